package differ

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/corscope/corscope/e2e/world"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/halves"
)

// Check runs the calls in the engine, without a network, and holds every request that the servers saw to what their policies say of it:
//   - what a policy allows passes, and what it refuses, or allows without credentials only, is where the fetch ends, for a reason that belongs to it;
//   - no request that must be asked for reaches a server whose policy does not permit it, by no preflight, no stored one and no redirect;
//   - Origin is the page's, and "null" behind a redirect between two other origins;
//   - no policy refuses a request of its own origin's page, unless the page hides its origin on plain http, and no preflight comes to the handler;
//   - the page reads the headers that the policy exposes, and no others, also of stored answers.
//
// It returns what happened, in words, so that a test can tell what it has met. The error is the first disagreement.
func (r *Ruled) Check(ctx context.Context, profile fetch.Profile) (met []string, err error) {
	return r.check(ctx, profile, r.Case)
}

func (r *Ruled) check(ctx context.Context, profile fetch.Profile, c Case) (met []string, err error) {
	s := &ruledServers{ruled: r, play: c.Script.Play()}
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	engine, err := newEngine(fetch.AgentConfig{Profile: profile, Clock: func() time.Time { return now },
		Transport: &fetch.HandlerTransport{Handler: s.at, HTTP2: r.HTTP2}})
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	page, err := engine.page(c)
	if err != nil {
		return nil, err
	}
	for i, call := range c.Calls {
		now = now.Add(time.Duration(call.Wait) * time.Millisecond)
		q, trace := call.request(), &fetch.Trace{BodyLimit: -1}
		q.Trace = trace
		s.seen = nil
		response, err := page.Fetch(ctx, q)
		if err != nil {
			if len(s.seen) > 0 {
				return met, fmt.Errorf("call %d: %w, and yet %v was sent", i, err, s.seen)
			}
			met = append(met, "not a request")
			continue
		}
		response.Close()
		w := &walk{ruled: r, page: c.needs().page, trace: trace, seen: s.seen}
		if err := w.check(); err != nil {
			return met, fmt.Errorf("call %d: %w", i, err)
		}
		met = append(met, w.met...)
	}
	return met, nil
}

// Shrink takes away from the case what the disagreement does not need, and returns what is left of it.
func (r *Ruled) Shrink(ctx context.Context, profile fetch.Profile) (Case, error) {
	c := r.Case
	_, err := r.check(ctx, profile, c)
	for again := true; again && err != nil; {
		again = false
		for _, smaller := range c.smaller() {
			if _, still := r.check(ctx, profile, smaller); still != nil {
				c, err, again = smaller, still, true
				break
			}
		}
	}
	return c, err
}

// Policies are those that were asked for, one in a line.
func (r *Ruled) Policies() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	for _, origin := range slices.Sorted(maps.Keys(r.rules)) {
		fmt.Fprintf(&b, "%s, debug %t: %+v\n", origin, r.rules[origin].debug, r.rules[origin].config)
	}
	return b.String()
}

// ruledServers play the script behind the policies. One request is under way at a time.
type ruledServers struct {
	ruled *Ruled
	play  *world.Play
	seen  []*seenRequest
}

// seenRequest is a request as a server saw it.
type seenRequest struct {
	method, url, origin string
	// handled says that it came through to the handler behind the policy.
	handled bool
}

func (q *seenRequest) String() string { return q.method + " " + q.url }

// at is the server of an origin, nil where the world has none.
func (s *ruledServers) at(u *fetch.URL) http.Handler {
	port, _ := u.EffectivePort()
	if !slices.Contains(world.Hosts, u.Host()) || !slices.Contains(world.Ports[u.Scheme()], fmt.Sprint(port)) {
		return nil
	}
	base := u.Scheme() + "://" + u.HostPort()
	guard := s.ruled.rule(base).guard
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := &seenRequest{method: r.Method, url: base + r.RequestURI, origin: r.Header.Get("Origin")}
		s.seen = append(s.seen, q)
		guard.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			q.handled = true
			s.play.Next(strings.TrimPrefix(r.URL.Path, "/case/"), r).ServeHTTP(w, r)
		})).ServeHTTP(w, r)
	})
}

// walk goes along one fetch.
type walk struct {
	ruled *Ruled
	page  string // the origin
	trace *fetch.Trace
	seen  []*seenRequest
	met   []string

	// What redirects have made of the request so far.
	hop              int
	at               string // the origin of its URL
	crossed, tainted bool
	asked            *fetch.Exchange // the preflight that has just passed
}

func (w *walk) check() error {
	request, outcome := &w.trace.Request, &w.trace.Outcome
	for i, x := range w.trace.Exchanges {
		w.move(x)
		q, err := w.next(x)
		if err != nil {
			return err
		}
		if x.Failure != nil {
			continue
		}
		if request.Mode != fetch.ModeCORS || !w.crossed {
			if err := w.checkWithoutCORS(x, q); err != nil {
				return err
			}
			continue
		}
		blocked, err := w.judge(x, q)
		if err != nil {
			return err
		}
		if len(blocked) == 0 || x.AskedAgain {
			continue
		}
		switch {
		case !outcome.Allowed && outcome.Reason.Code == fetch.ReasonProxyAuth:
			// Status 407 is an error before the answer is judged: https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, step 16.
			w.met = append(w.met, "no matter of CORS")
			return nil
		case outcome.Allowed:
			return fmt.Errorf("%s %s is to be blocked for one of %s, and the page gets the answer", x.Method, x.URL, blocked)
		case i < len(w.trace.Exchanges)-1:
			return fmt.Errorf("%s %s is to be blocked for one of %s, and the fetch goes on", x.Method, x.URL, blocked)
		case !slices.Contains(blocked, outcome.Reason.Code):
			return fmt.Errorf("%s %s is to be blocked for one of %s, and is for %s", x.Method, x.URL, blocked, outcome.Reason.Code)
		}
		w.met = append(w.met, "blocked: "+string(outcome.Reason.Code))
		return nil
	}
	if len(w.seen) > 0 {
		return fmt.Errorf("%v came to the servers, and the trace has nothing of it", w.seen)
	}
	if !outcome.Allowed {
		if slices.Contains(corsReasons, outcome.Reason.Code) {
			return fmt.Errorf("every policy allows it, and it is blocked for %s", outcome.Reason.Code)
		}
		w.met = append(w.met, "no matter of CORS")
		return nil
	}
	return w.checkReadable()
}

// corsReasons are those that policies can make a browser give.
var corsReasons = func() []fetch.ReasonCode {
	codes := []fetch.ReasonCode{fetch.ReasonAllowOriginMultiple, fetch.ReasonAllowOriginWildcard, fetch.ReasonAllowCredentialsAbsent, fetch.ReasonAllowCredentialsValue,
		fetch.ReasonPreflightRedirect, fetch.ReasonPreflightStatus, fetch.ReasonAllowMethodsMalformed, fetch.ReasonAllowHeadersMalformed,
		fetch.ReasonMethodWildcard, fetch.ReasonHeaderWildcard, fetch.ReasonAuthorizationNotListed}
	for _, more := range halves.Reasons {
		codes = append(codes, more...)
	}
	return codes
}()

// move follows the redirects up to an exchange.
func (w *walk) move(x *fetch.Exchange) {
	origin := parse(x.URL).Origin().String()
	if w.at == "" || x.Hop != w.hop {
		// https://fetch.spec.whatwg.org/#http-redirect-fetch: the origin is hidden from where another origin than the page's leads to.
		if w.at != "" && origin != w.at && w.at != w.page {
			w.tainted = true
		}
		w.hop, w.at, w.asked = x.Hop, origin, nil
		w.crossed = w.crossed || origin != w.page
	}
}

// next finds the request that a server saw for an exchange; nil where nothing was sent.
func (w *walk) next(x *fetch.Exchange) (*seenRequest, error) {
	if x.Cache != nil && x.Cache.State == fetch.CacheLocal {
		w.met = append(w.met, "from the cache")
		return nil, nil
	}
	if len(w.seen) == 0 {
		if x.Failure == nil {
			return nil, fmt.Errorf("the trace has %s %s, and no server saw it", x.Method, x.URL)
		}
		return nil, nil
	}
	if x.Failure != nil {
		return nil, nil
	}
	q := w.seen[0]
	w.seen = w.seen[1:]
	origin, _ := x.RequestHeaders.Get("Origin")
	if q.method != x.Method || q.url != parse(x.URL).WithoutCredentialsAndFragment().String() || q.origin != origin {
		return nil, fmt.Errorf("the trace has %s %s from %q, and the server saw %s from %q", x.Method, x.URL, origin, q, q.origin)
	}
	return q, nil
}

// checkWithoutCORS is for what no policy has to allow: the page's own origin, and mode no-cors.
func (w *walk) checkWithoutCORS(x *fetch.Exchange, q *seenRequest) error {
	mode := w.trace.Request.Mode
	switch {
	case x.Kind == fetch.ExchangePreflight:
		return fmt.Errorf("a preflight in mode %s to %s", mode, x.URL)
	case mode == fetch.ModeSameOrigin && w.crossed:
		return fmt.Errorf("mode same-origin, and %s was asked", x.URL)
	case mode == fetch.ModeNoCORS && w.crossed && !slices.Contains(safelistedMethods, x.Method):
		return fmt.Errorf("mode no-cors, and %s %s was sent", x.Method, x.URL)
	case q == nil:
		return nil
	}
	rule := w.ruled.rule(w.at)
	handled := true
	// On plain http nothing tells the site's own page that hides its origin from any other that does: cors.Config.RejectRefusedRequests.
	if w.crossed || q.origin == "null" && !x.RequestHeaders.Contains("Sec-Fetch-Site") {
		handled = !rule.config.RejectRefusedRequests || !rule.policy.Decide(x.Method, header(x.RequestHeaders)).Reason.Refused()
		if !w.crossed && !handled {
			w.met = append(w.met, "an own page that hides its origin")
		}
	}
	if q.handled != handled {
		return fmt.Errorf("%s came to the handler: %t, and should: %t", q, q.handled, handled)
	}
	return nil
}

// judge says why a browser must block the answer; nil where it must not.
func (w *walk) judge(x *fetch.Exchange, q *seenRequest) ([]fetch.ReasonCode, error) {
	wanted := w.page
	if w.tainted {
		wanted = "null"
		w.met = append(w.met, "hidden origin")
	}
	if got, _ := x.RequestHeaders.Get("Origin"); got != wanted {
		return nil, fmt.Errorf("%s %s has the origin %q and not %q", x.Method, x.URL, got, wanted)
	}
	rule := w.ruled.rule(w.at)
	v, err := w.ask(rule, x.Method, header(x.RequestHeaders))
	if err != nil {
		return nil, err
	}
	if v.Preflight != (x.Kind == fetch.ExchangePreflight) {
		return nil, fmt.Errorf("%s %s is a preflight to one half alone", x.Method, x.URL)
	}
	if handled := !v.Preflight && !(v.Refused && rule.config.RejectRefusedRequests); q != nil && q.handled != handled {
		return nil, fmt.Errorf("%s came to the handler: %t, and should: %t", q, q.handled, handled)
	}
	w.met = append(w.met, "cors: "+strings.TrimPrefix(v.Refusal, "preflight "))
	if v.Preflight {
		if w.asked = x; len(v.Blocked) > 0 {
			w.asked = nil
		}
		return v.Blocked, nil
	}
	return v.Blocked, w.checkPermission(x, rule)
}

func (w *walk) ask(rule *rule, method string, h http.Header) (halves.Verdict, error) {
	include := w.trace.Request.Credentials == fetch.CredentialsInclude
	return halves.Judge(rule.policy, halves.Request{Method: method, Header: h, Include: include, Debug: rule.debug})
}

var safelistedMethods = []string{"GET", "HEAD", "POST"}

// checkPermission holds a request to what must be asked for before it.
func (w *walk) checkPermission(x *fetch.Exchange, rule *rule) error {
	var own fetch.HeaderList
	for _, h := range w.trace.Request.Headers {
		if x.RequestHeaders.Contains(h.Name) { // redirects drop some
			own = append(own, h)
		}
	}
	asked := w.asked
	if !x.AskedAgain {
		w.asked = nil
	}
	names := fetch.CORSUnsafeRequestHeaderNames(own)
	stored := slices.ContainsFunc(w.trace.Preflights, func(p fetch.PreflightNeed) bool { return p.Hop == w.hop && p.CacheHit })
	if slices.Contains(safelistedMethods, x.Method) && len(names) == 0 {
		if forced := slices.ContainsFunc(w.trace.Preflights, func(p fetch.PreflightNeed) bool { return p.Hop == w.hop && p.Forced != "" }); asked != nil && !forced {
			return fmt.Errorf("%s %s was preflighted and need not", x.Method, x.URL)
		}
		return nil
	}
	if asked == nil && !stored {
		return fmt.Errorf("%s %s with %v was not preflighted", x.Method, x.URL, names)
	}
	if stored {
		w.met = append(w.met, "preflight from its cache")
	}
	question := http.Header{"Origin": {header(x.RequestHeaders).Get("Origin")}, "Access-Control-Request-Method": {x.Method}}
	if len(names) > 0 {
		question["Access-Control-Request-Headers"] = []string{strings.Join(names, ",")}
	}
	v, err := w.ask(rule, http.MethodOptions, question)
	if err == nil && len(v.Blocked) > 0 {
		err = fmt.Errorf("%s %s with %v was sent, and its preflight is to be blocked: %s", x.Method, x.URL, names, v.Refusal)
	}
	return err
}

// checkReadable holds what the page gets to what the last policy exposes.
func (w *walk) checkReadable() error {
	outcome, request := &w.trace.Outcome, &w.trace.Request
	wanted := fetch.TypeBasic
	switch {
	case outcome.Type == fetch.TypeOpaqueRedirect && request.Redirect == fetch.RedirectManual:
		wanted = fetch.TypeOpaqueRedirect
	case w.crossed && request.Mode == fetch.ModeNoCORS:
		wanted = fetch.TypeOpaque
	case w.crossed:
		wanted = fetch.TypeCORS
	}
	w.met = append(w.met, "answer: "+string(wanted))
	if outcome.Type != wanted {
		return fmt.Errorf("the page gets an answer of type %s and not %s", outcome.Type, wanted)
	}
	got := map[string]bool{}
	for _, h := range outcome.Headers {
		got[strings.ToLower(h.Name)] = true
	}
	if wanted == fetch.TypeOpaque || wanted == fetch.TypeOpaqueRedirect {
		if len(got) > 0 || outcome.BodyReadable {
			return fmt.Errorf("of an answer of type %s the page can read %v, body %t", wanted, outcome.Headers, outcome.BodyReadable)
		}
		return nil
	}
	last := w.trace.Exchanges[len(w.trace.Exchanges)-1]
	headers := last.ResponseHeaders
	if last.Cache != nil {
		headers = last.Cache.Headers
	}
	exposed := map[string]bool{}
	for _, h := range headers {
		name := strings.ToLower(h.Name)
		if wanted == fetch.TypeBasic && name != "set-cookie" || wanted == fetch.TypeCORS && halves.Readable(w.ruled.rule(w.at).config, name) {
			exposed[name] = true
		}
	}
	if !maps.Equal(got, exposed) {
		return fmt.Errorf("the page can read %v, and should %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(exposed)))
	}
	return nil
}

// parse parses a URL that the engine has sent.
func parse(url string) *fetch.URL {
	u, err := fetch.ParseURL(url)
	if err != nil {
		panic(err)
	}
	return u
}

func header(list fetch.HeaderList) http.Header {
	h := http.Header{}
	for _, f := range list {
		h.Add(f.Name, f.Value)
	}
	return h
}
