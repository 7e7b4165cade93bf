package webui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
	"github.com/corscope/corscope/origin"
)

// Outcome is what a page's script gets of a call.
type Outcome struct {
	// OK says that the promise was resolved.
	OK bool `json:"ok"`
	// Error is the name of what it was rejected with, or reading the body was.
	Error      string   `json:"error,omitempty"`
	Type       string   `json:"type,omitempty"`
	Status     int      `json:"status,omitempty"`
	Redirected bool     `json:"redirected,omitempty"`
	URL        string   `json:"url,omitempty"`
	Headers    []Header `json:"headers,omitempty"`
	// Body is its first 64 kB as text.
	Body string `json:"body,omitempty"`
}

// Side is one of the two that are compared.
type Side struct {
	Sentence string  `json:"sentence"`
	Outcome  Outcome `json:"outcome"`
	// Requests are method and path of each request, as the servers saw them.
	Requests []string `json:"requests"`
	// Sent is set for a stage in a window alone.
	Sent []Sent `json:"sent,omitempty"`

	reason fetch.ReasonCode // of the engine's
}

// Difference is something in which the sides differ.
type Difference struct {
	What    string `json:"what"`
	Engine  string `json:"engine"`
	Browser string `json:"browser"`
}

type outcomeRequest struct {
	// Outcome is absent for a page in a window, which tells it by itself.
	Outcome *Outcome `json:"outcome"`
}

// comparison is the answer to an outcome.
type comparison struct {
	Version     int          `json:"version"`
	Agrees      bool         `json:"agrees"`
	Profile     string       `json:"profile"`
	Engine      Side         `json:"engine"`
	Browser     Side         `json:"browser"`
	Differences []Difference `json:"differences"`
	// Notes are sentences on what differs and decides nothing.
	Notes []string `json:"notes,omitempty"`
	// Document is what explain says of the engine's run.
	Document any `json:"document"`
}

// maxOutcomeBody is how much of a body is compared, in bytes.
const maxOutcomeBody = 64 << 10

// compare runs the engine on servers of the same kind, and holds what the browser got against it. The stage is over then. told is nil for a
// page in a window.
func (s *Server) compare(ctx context.Context, id string, told *Outcome, browser http.Header) (*comparison, error) {
	st := s.stages.find(id)
	if st == nil {
		return nil, &Problem{Status: http.StatusNotFound, Code: "stage-unknown", Message: "the stage is over, or there never was one", Hint: "compare again"}
	}
	defer s.stages.end(st)
	var seen Outcome
	switch {
	case st.plan.window:
		var err error
		if seen, err = st.listen(ctx); err != nil {
			return nil, err
		}
	case told == nil:
		return nil, &Problem{Code: "request-invalid", Message: "there is no outcome", Hint: "the page in the frame posts one"}
	default:
		seen = *told
	}
	requests, sent := st.set.seen(), st.set.seenCookies()
	seen.normalize()
	profile := profileOf(browser)
	engine, trace, err := st.run(ctx, profile, browser.Get("User-Agent"))
	if err != nil {
		return nil, err
	}
	c := &comparison{
		Version: apiVersion, Profile: profile.Name, Engine: *engine,
		Browser: Side{Sentence: seen.sentence(), Outcome: seen, Requests: requests, Sent: sent},
	}
	if c.Profile == "" {
		c.Profile = "spec"
	}
	noted, notes := alike(c.Engine, c.Browser)
	c.Differences = differences(c.Engine, noted)
	c.Notes = append(st.notes(c), notes...)
	c.Agrees = len(c.Differences) == 0
	if trace != nil {
		c.Document = s.stagedDocument(ctx, st, trace, profile)
	}
	return c, nil
}

// run has the engine make the staged call, on servers of its own that it finds where the browser found its.
func (st *stage) run(ctx context.Context, profile fetch.Profile, userAgent string) (*Side, *fetch.Trace, error) {
	set, err := openSet(ctx, st.plan, st.set.at, http.HandlerFunc(st.backstage))
	if err != nil {
		return nil, nil, err
	}
	defer set.close()
	transport, err := set.network()
	if err != nil {
		return nil, nil, err
	}
	limit := cmp.Or(st.plan.limit, 20*time.Second)
	agent, err := fetch.NewAgent(fetch.AgentConfig{Profile: profile, Transport: transport, UserAgent: userAgent, Limits: fetch.Limits{Timeout: limit}})
	if err != nil {
		return nil, nil, err
	}
	defer agent.Close()
	config := fetch.PageConfig{URL: st.page(), TopLevel: st.lab, AddressSpace: fetch.AddressSpaceLoopback}.WithPolicies(st.plan.policies(st.set.at))
	if st.plan.window {
		config.TopLevel = ""
	}
	if st.plan.page == nil {
		config.Origin = origin.NewOpaque()
	}
	page, err := agent.NewPage(config)
	if err != nil {
		return nil, nil, err
	}
	if err := st.hold(ctx, agent, page); err != nil {
		return nil, nil, err
	}
	request := st.request()
	request.Trace = new(fetch.Trace)
	if st.call.Import {
		o, reason, err := imported(ctx, page, fetch.ModuleRequest{URL: request.URL, Trace: request.Trace})
		return &Side{Sentence: o.sentence(), Outcome: o, Requests: set.seen(), reason: reason}, request.Trace, err
	}
	response, err := page.Fetch(ctx, request)
	var refused *fetch.RequestError
	var bad *fetch.URLError
	switch {
	case errors.As(err, &refused), errors.As(err, &bad):
		o := Outcome{Error: "TypeError"}
		return &Side{Sentence: o.sentence(), Outcome: o, Requests: set.seen()}, nil, nil
	case err != nil:
		return nil, nil, err
	}
	o := outcomeOf(response, st.call.XHR, st.plan.limit > 0)
	side := &Side{Sentence: o.sentence(), Outcome: o, Requests: set.seen(), reason: response.Reason.Code}
	if st.plan.window {
		if err := st.askFor(ctx, agent, page); err != nil {
			return nil, nil, err
		}
		side.Sent = set.seenCookies()
	}
	return side, request.Trace, nil
}

// hold has the engine's browser hold the cookies of the case, set as they are in the reader's: by a page of another site in a frame, or by
// their own server, visited itself.
func (st *stage) hold(ctx context.Context, agent *fetch.Agent, page *fetch.Page) error {
	if st.call.Cookies == "" {
		return nil
	}
	request := fetch.Request{URL: st.call.Cookies, Mode: fetch.ModeNoCORS, Credentials: fetch.CredentialsInclude, Cache: fetch.CacheNoStore}
	if st.plan.window {
		var err error
		if page, err = agent.NewPage(fetch.PageConfig{URL: st.call.Cookies}); err != nil {
			return err
		}
		request.Mode, request.Redirect = fetch.ModeCORS, fetch.RedirectManual
	}
	response, err := page.Fetch(ctx, request)
	if err != nil {
		return err
	}
	return response.Close()
}

// imported is what a script gets of import(): the module, which is nothing that can be compared, or an error.
func imported(ctx context.Context, page *fetch.Page, m fetch.ModuleRequest) (Outcome, fetch.ReasonCode, error) {
	response, err := page.FetchModule(ctx, m)
	if noModule := (*fetch.ModuleError)(nil); errors.As(err, &noModule) {
		return Outcome{Error: "TypeError"}, "", nil
	}
	if err != nil {
		return Outcome{}, "", err
	}
	defer response.Close()
	if response.IsError() {
		return Outcome{Error: "TypeError"}, response.Reason.Code, nil
	}
	return Outcome{OK: true}, "", nil
}

// request is the staged call for the engine.
func (st *stage) request() fetch.Request {
	c := st.plan.item
	r := fetch.Request{
		URL: st.call.URL, Method: c.Method, Headers: headerList(c.Headers), Mode: fetch.Mode(c.Mode), Credentials: fetch.CredentialsMode(c.Credentials),
		Redirect: fetch.RedirectMode(c.Redirect), Cache: fetch.CacheMode(c.Cache), Keepalive: c.Keepalive, UploadListener: c.UploadListener,
		Integrity: c.Integrity, TargetAddressSpace: fetch.AddressSpace(c.TargetAddressSpace),
	}
	if c.Body != nil && c.Stream {
		r.Body = fetch.StreamBody(strings.NewReader(*c.Body))
	} else if c.Body != nil {
		r.Body = fetch.BytesBody([]byte(*c.Body))
		if !r.Headers.Contains("Content-Type") {
			r.Headers.Append("Content-Type", "text/plain;charset=UTF-8")
		}
	}
	return r
}

// onlySet is a network on which there is a set and nothing else.
type onlySet struct {
	*fetch.NetTransport
	set *stagedSet
}

func (s *stagedSet) network() (*onlySet, error) {
	config := fetch.NetConfig{Proxy: func(*url.URL) (*url.URL, error) { return nil, nil }}
	if s.world != nil {
		pool, err := s.world.CAPool()
		if err != nil {
			return nil, err
		}
		config.RootCAs = pool
	}
	for known, addrs := range s.addrs {
		if known == hostUnreachable {
			continue // is where it is
		}
		rule, err := fetch.ParseResolveRule(known + ":" + addrs[0].String())
		if err != nil {
			return nil, err
		}
		rule.Addrs = nil
		for _, a := range addrs {
			at, err := netip.ParseAddrPort(a.String())
			if err != nil {
				return nil, err
			}
			rule.Addrs = append(rule.Addrs, at)
		}
		config.Resolve = append(config.Resolve, rule)
	}
	t, err := fetch.NewNetTransport(config)
	if err != nil {
		return nil, err
	}
	return &onlySet{t, s}, nil
}

// AddressSpaceOf implements [fetch.AddressSpaceFinder]. Nobody is asked for the address of a name that is not of the set.
func (t *onlySet) AddressSpaceOf(ctx context.Context, m *fetch.Message) fetch.AddressSpace {
	if _, known := t.set.addrs[m.URL.HostPort()]; !known {
		return fetch.AddressSpaceUnknown
	}
	return t.NetTransport.AddressSpaceOf(ctx, m)
}

// Exchange implements [fetch.Transport].
func (t *onlySet) Exchange(ctx context.Context, m *fetch.Message) (*fetch.Answer, error) {
	if _, known := t.set.addrs[m.URL.HostPort()]; !known {
		return nil, &fetch.NetworkError{Code: fetch.ReasonNameNotResolved, Detail: "nothing is staged at " + m.URL.HostPort()}
	}
	return t.NetTransport.Exchange(ctx, m)
}

// timeoutError is the name of what a promise is rejected with when the signal's time is up.
const timeoutError = "TimeoutError"

// outcomeOf reads what a script gets of a response. limited: the script has set a limit, and the engine's is that one.
func outcomeOf(response *fetch.Response, xhr, limited bool) Outcome {
	defer response.Close()
	if response.IsError() {
		o := Outcome{Error: "TypeError"}
		if limited && response.Reason.Code == fetch.ReasonTimeout {
			o.Error = timeoutError
		}
		if xhr {
			o.Error = "error"
		}
		return o
	}
	o := Outcome{OK: true, Type: string(response.Type), Status: response.Status, Redirected: response.Redirected(), URL: response.URL(), Headers: headersOf(response.Headers)}
	if response.Body != nil {
		body, err := io.ReadAll(io.LimitReader(response.Body, maxOutcomeBody))
		o.Body = string(body)
		if err != nil && len(body) < maxOutcomeBody {
			o.Body, o.Error = "", "TypeError"
			if broken := new(fetch.BodyError); limited && errors.As(err, &broken) && broken.Code == fetch.BodyTimeout {
				o.Error = timeoutError
			}
			if xhr {
				o = Outcome{Error: "error"}
			}
		}
	}
	if xhr {
		o.Type, o.Redirected = "", false
	}
	o.normalize()
	return o
}

// ownHeaders are those of a connection or of the time of day.
var ownHeaders = []string{"connection", "date", "keep-alive", "transfer-encoding"}

// normalize brings an outcome into the one form in which two can be compared, within bounds.
func (o *Outcome) normalize() {
	byName := make(map[string]string)
	var names []string
	for _, h := range o.Headers {
		name := strings.ToLower(h.Name)
		if slices.Contains(ownHeaders, name) {
			continue
		}
		if before, ok := byName[name]; ok {
			byName[name] = before + ", " + h.Value
			continue
		}
		byName[name] = h.Value
		names = append(names, name)
	}
	slices.Sort(names)
	o.Headers = nil
	for _, name := range names {
		o.Headers = append(o.Headers, Header{name, byName[name]})
	}
	// A decoder of UTF-8 leaves out a byte order mark.
	o.Body = strings.TrimPrefix(strings.ToValidUTF8(o.Body, "\uFFFD"), "\uFEFF")
}

func (o *Outcome) sentence() string {
	switch {
	case !o.OK && o.Error == "error":
		return "The page gets an error event, and nothing else."
	case o.OK && o.Status == 0 && o.Type == "":
		return "The page gets the module."
	case !o.OK:
		return "The page gets " + orWord(o.Error, "an error") + ", and nothing else."
	case o.Type == string(fetch.TypeOpaque), o.Type == string(fetch.TypeOpaqueRedirect):
		return "The page gets an answer that it cannot read (" + o.Type + ")."
	case o.Error != "":
		return fmt.Sprintf("The page gets status %d, and %s when it reads the body.", o.Status, o.Error)
	}
	return fmt.Sprintf("The page gets status %d, and can read the answer.", o.Status)
}

func orWord(word, otherwise string) string {
	if word == "" {
		return otherwise
	}
	return word
}

// notes say what of the case is not as it would be elsewhere.
func (st *stage) notes(c *comparison) []string {
	var notes []string
	if c.Engine.Outcome.Error == timeoutError && c.Browser.Outcome.Error == timeoutError {
		notes = append(notes, fmt.Sprintf("Both gave up after %g s, because the lab's page says so with AbortSignal.timeout(): by itself a browser waits much longer.", st.plan.limit.Seconds()))
	}
	if at := st.plan.obstacle(); at != "" && c.Engine.Outcome.Error == "TypeError" && c.Browser.Outcome.Error == "TypeError" {
		notes = append(notes, "A page is not told why a connection fails: what is compared is that it does, and that no server is asked.")
		if at == demo.ObstacleCertificate {
			notes = append(notes, "No browser knows the authority that the lab made, which is one more reason for yours to refuse the certificate.")
		}
	}
	if st.plan.nowhere && c.Engine.reason == fetch.ReasonMixedContent {
		notes = append(notes, "Your browser lets a page on https ask for plain http on this machine, so that the plain http is at a name that leads nowhere.")
	}
	if st.plan.cookies && len(c.Differences) > 0 && siteOf(st.plan.page) != siteOf(st.plan.target) {
		notes = append(notes, "Browsers can be set to keep no cookies of another site than the one in the address bar.")
	}
	return notes
}

// alike takes out of what the browser did what differs in ways that no standard settles, and says it.
func alike(engine, browser Side) (Side, []string) {
	var notes []string
	e, b := engine.Outcome, browser.Outcome
	once := slices.Compact(slices.Clone(browser.Requests))
	if !e.OK && !b.OK && len(once) < len(browser.Requests) && slices.Equal(once, engine.Requests) {
		notes = append(notes, fmt.Sprintf("No answer came, and your browser tried %d times before it gave up.", len(browser.Requests)-len(once)+1))
		browser.Requests = once
	}
	if engine.reason == fetch.ReasonHeadersTooLarge && !e.OK && b.Error == timeoutError {
		notes = append(notes, "The engine stops at a bound of its own, and your browser read on until its time was up: neither had an answer.")
		browser.Outcome = e
	}
	if e.OK && e.Error != "" && !b.OK {
		notes = append(notes, "The body is broken, and your browser saw it before it handed the answer out.")
		browser.Outcome = e
	}
	return browser, notes
}

// differences compares the sides, what matters most first.
func differences(engine, browser Side) []Difference {
	found := []Difference{}
	add := func(what, e, b string) {
		if e != b {
			found = append(found, Difference{what, e, b})
		}
	}
	e, b := engine.Outcome, browser.Outcome
	add("what the page gets", resolved(e), resolved(b))
	add("requests", strings.Join(engine.Requests, "\n"), strings.Join(browser.Requests, "\n"))
	add("cookies sent next", sentText(engine.Sent), sentText(browser.Sent))
	if e.OK != b.OK {
		return found
	}
	add("error", e.Error, b.Error)
	add("type", e.Type, b.Type)
	add("status", fmt.Sprint(e.Status), fmt.Sprint(b.Status))
	add("redirected", fmt.Sprint(e.Redirected), fmt.Sprint(b.Redirected))
	add("url", e.URL, b.URL)
	add("headers", headerText(e.Headers), headerText(b.Headers))
	add("body", e.Body, b.Body)
	return found
}

func resolved(o Outcome) string {
	if o.OK {
		return "an answer"
	}
	return "an error"
}

func sentText(sent []Sent) string {
	lines := make([]string, len(sent))
	for i, x := range sent {
		lines[i] = fmt.Sprintf("from %s to %s: %s", x.From, x.To, orWord(x.Cookie, "none"))
	}
	return strings.Join(lines, "\n")
}

func headerText(headers []Header) string {
	lines := make([]string, len(headers))
	for i, h := range headers {
		lines[i] = h.Name + ": " + h.Value
	}
	return strings.Join(lines, "\n")
}

// stagedDocument explains the engine's run, from what it recorded. Nil where that cannot be said.
func (s *Server) stagedDocument(ctx context.Context, st *stage, trace *fetch.Trace, profile fetch.Profile) any {
	c := st.plan.item.clone()
	c.Page, c.URL, c.Paste, c.Demo, c.Cookies = st.set.at[st.pageOrigin()], st.call.URL, "", "", nil
	if st.plan.page == nil {
		c.Page = nullPage
	}
	c.PageHeaders, c.PageSpace = headersOf(st.plan.policies(st.set.at)), string(fetch.AddressSpaceLoopback)
	c.Server = recordedServer(trace, nil)
	e, err := s.config.Explainer.Explain(ctx, Question{Case: c, Answers: newPretendTransport(c), Profile: profile, Send: true})
	if err != nil {
		return nil
	}
	return e.Document
}
