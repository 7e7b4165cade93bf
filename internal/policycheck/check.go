package policycheck

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/origin"
)

// Status is how an expectation fared.
type Status string

// The statuses.
const (
	// Holds: the browser does what was expected.
	Holds Status = "holds"
	// Fails: it does not.
	Fails Status = "fails"
	// NotSent: the request may change data and was not sent, and without it nothing
	// can be said.
	NotSent Status = "not-sent"
	// Unreachable: no answer came, for a reason that has nothing to do with CORS.
	Unreachable Status = "unreachable"
)

// Result is one expectation and what became of it.
type Result struct {
	Expectation *Expectation
	Status      Status
	// Reason is why the browser blocked the page; zero if it did not.
	Reason fetch.Reason
	// Why says in a few sentences what happened instead; empty if Status is Holds.
	Why []string
	// PreflightOnly says that the request itself was not sent, and the verdict is about
	// its preflight.
	PreflightOnly bool
	// Trace is what happened.
	Trace *fetch.Trace
}

// Server is what expectations are checked against over the network. A nil *Server
// stands for the file's own policies, without a network.
type Server struct {
	// URL is where the server is: paths in requests are relative to it.
	URL string
	// Agent makes the browser of each expectation.
	Agent fetch.AgentConfig
	// Send sends requests that may change data too: all but GET, HEAD and OPTIONS. If
	// it is false their preflight is real, and they stay here.
	Send bool
}

var errUnsent = errors.New("its method may change data")

// patience is how often in a row a server may let the time pass before the rest of what
// is expected of it is not asked any more.
const patience = 2

// notAsked is the result of an expectation of a server that has used up the patience.
func notAsked(e *Expectation, target *fetch.URL) Result {
	return Result{
		Expectation: e, Status: Unreachable, Reason: fetch.Reason{Code: fetch.ReasonTimeout},
		Why:   []string{fmt.Sprintf("It was not asked: %s had not answered in time, %d times in a row.", target.Origin(), patience)},
		Trace: &fetch.Trace{Request: fetch.RequestRecord{Method: e.Method, URL: target.String()}},
	}
}

// Check runs every expectation in a browser of its own, without cookies, and returns
// the results in the order of the expectations. A server that lets the time pass twice in
// a row is not asked again: its other expectations are Unreachable. The error says that
// the check cannot be run; it is ctx's where that is why.
func (f *File) Check(ctx context.Context, server *Server) ([]Result, error) {
	base := f.URL
	if server != nil {
		base = server.URL
	}
	u, err := fetch.ParseHTTPURL(base)
	if err != nil {
		return nil, err
	}
	results := make([]Result, 0, len(f.Expectations))
	late := make(map[origin.Origin]int)
	for i := range f.Expectations {
		e := &f.Expectations[i]
		target, err := u.Parse(e.Target)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", e.Line, err)
		}
		at := target.Origin()
		if late[at] >= patience {
			results = append(results, notAsked(e, target))
			continue
		}
		config, decided := fetch.AgentConfig{}, new(cors.Decision)
		if server == nil {
			config.Transport = f.transport(e, decided)
		} else {
			config = server.Agent
			config.BeforeSend = server.beforeSend
		}
		r, err := run(ctx, config, target, e)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", e.Line, err)
		}
		if late[at]++; r.Status != Unreachable || r.Reason.Code != fetch.ReasonTimeout {
			late[at] = 0
		}
		if server == nil && r.Status == Fails {
			// The cause before what a browser sees of it.
			r.Why = append(policySays(decided, e), r.Why...)
		}
		results = append(results, r)
	}
	return results, nil
}

func (s *Server) beforeSend(x *fetch.Exchange) error {
	if s.Send || x.Kind == fetch.ExchangePreflight || x.Method == "GET" || x.Method == "HEAD" || x.Method == "OPTIONS" {
		return nil
	}
	return errUnsent
}

// transport answers by the policies of the file, and otherwise 200 with the headers
// that are to be exposed. What the policies decide last, or refuse first, is kept.
func (f *File) transport(e *Expectation, decided *cors.Decision) fetch.Transport {
	f.routes.Observe(func(_ *http.Request, d cors.Decision) {
		if !decided.Reason.Refused() {
			*decided = d
		}
	})
	handler := f.routes.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range e.Exposes {
			w.Header().Set(name, "1")
		}
	}))
	return &fetch.HandlerTransport{Handler: func(*fetch.URL) http.Handler { return handler }}
}

// run makes one fetch and compares.
func run(ctx context.Context, config fetch.AgentConfig, target *fetch.URL, e *Expectation) (Result, error) {
	r := Result{Expectation: e, Trace: new(fetch.Trace)}
	agent, err := fetch.NewAgent(config)
	if err != nil {
		return r, err
	}
	page, err := agent.NewPage(fetch.PageConfig{URL: e.From})
	if err != nil {
		return r, err
	}
	asked := fetch.Request{Method: e.Method, URL: target.String(), Headers: slices.Clone(fetch.HeaderList(e.Headers)), Trace: r.Trace}
	if e.Credentials {
		asked.Credentials = fetch.CredentialsInclude
	}
	response, err := page.Fetch(ctx, asked)
	if err != nil {
		return r, err
	}
	response.Close()
	if ctx.Err() != nil {
		return r, ctx.Err()
	}
	r.judge(response)
	return r, nil
}

// judge compares what the browser did with what was expected.
func (r *Result) judge(response *fetch.Response) {
	e := r.Expectation
	r.Reason = response.Reason
	allowed := !response.IsError()
	switch {
	case r.Reason.Code == fetch.ReasonNotSent:
		if !preflighted(r.Trace) {
			r.Status = NotSent
			r.Why = []string{e.Method + " may change data, and needs no preflight that could be asked instead; --send sends it"}
			return
		}
		allowed, r.PreflightOnly, r.Reason = true, true, fetch.Reason{}
	case r.Reason.Code.IsNetwork() && !slices.Contains(e.Reasons, r.Reason.Code):
		r.Status, r.Why = Unreachable, []string{r.Reason.Sentence()}
		return
	}
	r.Status = Holds
	switch {
	case e.Result == ResultAllowed && !allowed:
		r.Status, r.Why = Fails, []string{r.Reason.Sentence()}
	case e.Result == ResultBlocked && allowed:
		r.Status, r.Why = Fails, []string{allowedSentence(r)}
	case len(e.Reasons) > 0 && !slices.Contains(e.Reasons, r.Reason.Code):
		r.Status = Fails
		r.Why = []string{fmt.Sprintf("It is blocked, but for %s, not %s.", r.Reason.Code, joinReasons(e.Reasons)), r.Reason.Sentence()}
	case allowed && len(e.Exposes) > 0:
		r.exposure(response)
	}
}

func allowedSentence(r *Result) string {
	switch {
	case r.Trace.Relation.Same():
		return "It is let through: the request goes to the page's own origin, where no CORS rule applies."
	case r.PreflightOnly:
		return "It is let through: the preflight allows the request."
	}
	return fmt.Sprintf("It is let through: the page may read the answer (%d).", r.Trace.Outcome.Status)
}

func joinReasons(codes []fetch.ReasonCode) string {
	words := make([]string, len(codes))
	for i, c := range codes {
		words[i] = string(c)
	}
	return strings.Join(words, " or ")
}

// exposure wants the headers of the expectation among those that the page can read.
func (r *Result) exposure(response *fetch.Response) {
	if r.PreflightOnly {
		r.Status = NotSent
		r.Why = []string{r.Expectation.Method + " may change data, and only its answer has the headers; --send sends it"}
		return
	}
	for _, name := range r.Expectation.Exposes {
		if response.Headers.Contains(name) {
			continue
		}
		r.Status = Fails
		if response.Internal().Headers.Contains(name) {
			r.Why = append(r.Why, "The page may read the answer, but not its "+name+", which "+httpspec.AccessControlExposeHeaders+" does not list.")
		} else {
			r.Why = append(r.Why, "The page may read the answer, but it has no "+name+".")
		}
	}
}

func preflighted(t *fetch.Trace) bool {
	for _, x := range t.Exchanges {
		if x.Kind == fetch.ExchangePreflight && x.Status != 0 {
			return true
		}
	}
	return false
}

// policySays is the server's side of a failure, which no browser sees.
func policySays(d *cors.Decision, e *Expectation) []string {
	policy := "The policy " + d.Policy
	switch d.Reason {
	case cors.ReasonNoPolicy:
		return []string{"No route gives " + e.Target + " a policy, or its policy is off."}
	case cors.ReasonOriginNotAllowed:
		return []string{policy + " has no entry in origins for " + d.Origin + "."}
	case cors.ReasonOriginNull:
		return []string{policy + " does not allow the origin null."}
	case cors.ReasonMethodNotAllowed:
		return []string{policy + " does not list the method " + d.Method + "."}
	case cors.ReasonHeaderNotAllowed:
		return []string{policy + " does not list the header " + d.Header + "."}
	case cors.ReasonAllowed:
		if e.Result == ResultBlocked {
			return []string{fmt.Sprintf("%s allows it by %s.", policy, allowedBy(d))}
		}
		if e.Credentials {
			return []string{policy + " has no credentials: true."}
		}
	case cors.ReasonNotCORS:
	default:
		return []string{policy + " refuses: " + d.Reason.String() + "."}
	}
	return nil
}

func allowedBy(d *cors.Decision) string {
	switch d.Pattern {
	case "*":
		return "allowAnyOrigin"
	case "null":
		return "dangerouslyAllowNullOrigin"
	}
	return "its entry " + d.Pattern
}
