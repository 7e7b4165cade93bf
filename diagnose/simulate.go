package diagnose

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/origin"
)

// simulation runs a recorded fetch again over the recorded answers, with changes made. Unlike [fetch.Replay] it can change what the
// page asks for, and it takes traces that were read from a file.
type simulation struct {
	trace *fetch.Trace
	// observed are answers beyond those of the trace, to what a browser would have sent.
	observed []*fetch.Exchange
	// edits are the changes to answers, page those to the call.
	edits []edit
	page  []PageChange
	// served, if not nil, is in the place of the page's Content-Security-Policy.
	served []string
	// policy, if set, answers for the server at policyOrigin in the place of the CORS headers that were recorded there.
	policy       *cors.Policy
	policyOrigin string
}

// answerKey names an answer of a trace: that of the preflight for a URL, or that of a method to it.
type answerKey struct {
	kind   fetch.ExchangeKind
	method string // empty for a preflight
	url    string
}

func keyOf(x *fetch.Exchange) answerKey {
	k := answerKey{x.Kind, x.Method, x.URL}
	if x.Kind == fetch.ExchangePreflight {
		k.method = ""
	}
	return k
}

// edit is one change to an answer: a header's only line or, without a name, the status.
type edit struct {
	answerKey
	name   string
	value  string
	status int
	why    string
	// assumed: the answer was never observed.
	assumed bool
}

// The statuses of answers that nobody has seen: what a server that works would send.
const (
	assumedStatus          = 200
	assumedPreflightStatus = 204
)

// maxSimulatedBody bounds the body of a simulated request. Nobody reads it; only its length counts, and only up to the 64 KiB that
// keepalive allows.
const maxSimulatedBody = 128 << 10

var zeros [maxSimulatedBody]byte

// ran is a run of a simulation under one profile, from whose last redirect another one can start.
type ran struct {
	transport  *recorded
	checkpoint *fetch.Checkpoint
	trace      *fetch.Trace
	// edits, page and served are the changes of that run.
	edits  []edit
	page   []PageChange
	served []string
}

// run returns the fetch under a profile, or nil for a record that makes no request. Last is the run before under the same profile, or
// nil: where the changes since are all behind the last redirect, what comes before it is not run again.
func (s *simulation) run(profile fetch.Profile, last *ran) *ran {
	if last != nil && s.agreesUntil(last) {
		return s.resume(last)
	}
	next := &ran{transport: newRecorded(s), checkpoint: new(fetch.Checkpoint), edits: slices.Clone(s.edits), page: slices.Clone(s.page), served: s.served}
	now := time.Now()
	agent, err := fetch.NewAgent(fetch.AgentConfig{
		Profile: profile, Transport: next.transport, NoHTTPCache: true, Clock: func() time.Time { return now }, Limits: fetch.Limits{Timeout: -1},
	})
	if err != nil {
		return nil
	}
	page, err := agent.NewPage(s.pageConfig())
	if err != nil {
		return nil
	}
	r := s.request()
	script := isImport(s.trace)
	if !s.mismatched() || r.Integrity != s.trace.Request.Integrity {
		r.Integrity = "" // the recorded body has the hash
	}
	r.Trace = &fetch.Trace{BodyLimit: -1, Brief: true}
	if s.policy == nil && !script {
		r.Trace.Checkpoint = next.checkpoint
	}
	if script {
		response, err := page.FetchModule(context.Background(), fetch.ModuleRequest{URL: r.URL, Trace: r.Trace})
		// That an answer is no JavaScript is another matter than whether the page may have it; its body is not in the record.
		if noModule := (*fetch.ModuleError)(nil); err != nil && !errors.As(err, &noModule) {
			return nil
		}
		if err == nil {
			response.Close()
		}
	} else {
		response, err := page.Fetch(context.Background(), r)
		if err != nil {
			return nil
		}
		response.Close()
	}
	next.trace = r.Trace
	next.markAssumed()
	return next
}

// agreesUntil reports whether the run up to last's checkpoint would be as last was.
func (s *simulation) agreesUntil(last *ran) bool {
	n := last.checkpoint.Exchanges()
	if n == 0 || !slices.Equal(s.page, last.page) || !slices.Equal(s.served, last.served) {
		return false
	}
	before := last.trace.Exchanges[:n]
	changes := func(from, to []edit) bool {
		return slices.ContainsFunc(from, func(e edit) bool {
			return !slices.Contains(to, e) && slices.ContainsFunc(before, func(x *fetch.Exchange) bool { return keyOf(x) == e.answerKey })
		})
	}
	return !changes(s.edits, last.edits) && !changes(last.edits, s.edits)
}

// resume runs the fetch again from last's checkpoint. There is no other run from it afterwards.
func (s *simulation) resume(last *ran) *ran {
	next := &ran{transport: last.transport, checkpoint: last.checkpoint, edits: slices.Clone(s.edits), page: last.page, served: last.served}
	next.transport.simulation = s
	next.transport.backTo(last.checkpoint.Exchanges())
	response, trace, err := last.checkpoint.Resume(context.Background())
	if err != nil {
		return nil
	}
	response.Close()
	next.trace = trace
	next.markAssumed()
	return next
}

func (r *ran) markAssumed() {
	for i, x := range r.trace.Exchanges {
		if i < len(r.transport.assumed) && r.transport.assumed[i] {
			x.RemoteAddr = assumedAddr
		}
	}
}

// assumedAddr marks, in a simulated trace, an answer that was never observed.
const assumedAddr = "assumed"

// pageConfig is the recorded page with the changes. Where it comes from counts for what the call says of the server alone: what the user
// would say of the local network nobody knows.
func (s *simulation) pageConfig() fetch.PageConfig {
	p := s.trace.Page
	c := fetch.PageConfig{URL: p.URL}
	if p.Policies != nil {
		c.ReferrerPolicy = p.Policies.ReferrerPolicy
		c.ContentSecurityPolicy, c.EmbedderPolicy = p.Policies.ContentSecurityPolicy, p.Policies.EmbedderPolicy
	}
	if s.served != nil {
		c.ContentSecurityPolicy = s.served
	}
	if s.trace.Request.TargetAddressSpace != fetch.AddressSpaceUnknown {
		c.AddressSpace, c.LocalNetworkGranted = p.AddressSpace, true
	}
	if p.Origin == opaque {
		c.Origin = origin.NewOpaque()
	} else if o, err := origin.Parse(p.Origin); err == nil {
		c.Origin = o
		if site := o.Site().String(); p.TopSite != "" && p.TopSite != opaque && p.TopSite != site {
			c.TopLevel = p.TopSite
		}
	}
	return c
}

// request is the recorded request with the page's changes.
func (s *simulation) request() fetch.Request {
	t := s.trace
	r := fetch.Request{
		Method: t.Request.Method, URL: t.Request.URL, Headers: t.Request.Headers.Clone(), Mode: t.Request.Mode,
		Credentials: t.Request.Credentials, Redirect: t.Request.Redirect, Cache: t.Request.Cache, ReferrerPolicy: t.Request.ReferrerPolicy,
	}
	if len(t.Exchanges) > 0 && strings.HasPrefix(r.URL, "http://") && strings.HasPrefix(t.Exchanges[0].URL, "https://") {
		// The browser knew that the host wants https alone.
		r.URL = "https" + strings.TrimPrefix(r.URL, "http")
	}
	if size := t.Request.BodySize; size > 0 {
		r.Body = fetch.BytesBody(zeros[:min(size, maxSimulatedBody)])
	} else if size < 0 {
		r.Body = fetch.StreamBody(strings.NewReader(""))
	}
	r.Keepalive, r.UploadListener = t.Request.Keepalive, t.Request.UploadListener
	r.Integrity, r.TargetAddressSpace = t.Request.Integrity, t.Request.TargetAddressSpace
	r.Destination, r.InitiatorType = t.Request.Destination, t.Request.InitiatorType
	for _, c := range s.page {
		c.apply(&r)
	}
	return r
}

// mismatched reports that the recorded body has another hash than integrity asks for.
func (s *simulation) mismatched() bool {
	r := s.trace.Outcome.Reason
	if r == nil || r.Code != fetch.ReasonIntegrity {
		return false
	}
	_, _, ok := computedHash(r)
	return ok
}

// recorded is a transport that answers from the record. One fetch uses it, in sequence.
type recorded struct {
	*simulation
	all []*fetch.Exchange
	// used are those of all that have been answered with, taken their indices in the order of the fetch, and -1 for what is not there.
	used  []bool
	taken []int
	// assumed says of each exchange that was made whether its answer was never observed.
	assumed []bool
}

func newRecorded(s *simulation) *recorded {
	all := slices.Concat(s.trace.Exchanges, s.observed)
	return &recorded{simulation: s, all: all, used: make([]bool, len(all)), taken: make([]int, 0, len(all)+1), assumed: make([]bool, 0, len(all)+1)}
}

// backTo makes it as it was after n exchanges.
func (r *recorded) backTo(n int) {
	for _, i := range r.taken[n:] {
		if i >= 0 {
			r.used[i] = false
		}
	}
	r.taken, r.assumed = r.taken[:n], r.assumed[:n]
}

// AddressSpaceOf implements [fetch.AddressSpaceFinder], for what the call says of the server alone.
func (r *recorded) AddressSpaceOf(_ context.Context, m *fetch.Message) fetch.AddressSpace {
	if r.trace.Request.TargetAddressSpace == fetch.AddressSpaceUnknown {
		return fetch.AddressSpaceUnknown
	}
	at := func(raw string) bool {
		u, err := fetch.ParseURL(raw)
		return err == nil && u.HostPort() == m.URL.HostPort()
	}
	if reason := r.trace.Outcome.Reason; reason != nil && isLocalNetwork(reason.Code) && at(reason.URL) {
		return fetch.AddressSpace(reason.Got)
	}
	for _, x := range r.trace.Exchanges {
		if at(x.URL) {
			return x.AddressSpace
		}
	}
	return fetch.AddressSpaceUnknown
}

// Exchange implements [fetch.Transport].
func (r *recorded) Exchange(_ context.Context, m *fetch.Message) (*fetch.Answer, error) {
	key := answerKey{fetch.ExchangeRequest, m.Method, m.URL.StringWithoutFragment()}
	if m.Method == http.MethodOptions && m.Headers.Contains(httpspec.AccessControlRequestMethod) {
		key.kind, key.method = fetch.ExchangePreflight, ""
	}
	a, observed, err := r.answer(key, m.Headers.Contains(httpspec.HeaderOrigin))
	if err != nil {
		r.assumed = append(r.assumed, false)
		return nil, err
	}
	r.assumed = append(r.assumed, !observed)
	if r.policy != nil && m.URL.Origin().String() == r.policyOrigin {
		r.applyPolicy(a, m)
	}
	for _, e := range r.edits {
		if e.answerKey != key {
			continue
		}
		if e.name == "" {
			a.Status = e.status
		} else {
			a.Headers.Set(e.name, e.value)
		}
	}
	return a, nil
}

// answer is a copy of the recorded answer, or what is assumed where there is none. What a server said to a request without Origin
// is not what it says to one with it, though likely all but the CORS headers is the same.
func (r *recorded) answer(key answerKey, withOrigin bool) (a *fetch.Answer, observed bool, err error) {
	a = &fetch.Answer{Status: assumedStatus, Proto: "HTTP/1.1", Body: http.NoBody}
	if r.mismatched() {
		a.Body = io.NopCloser(strings.NewReader("a body that nobody asked for"))
	}
	for i, x := range r.all {
		if r.used[i] || keyOf(x) != key || undecided(x) || withOrigin && r.hasBetter(i) {
			continue
		}
		r.used[i] = true
		r.taken = append(r.taken, i)
		if x.Failure != nil {
			return nil, true, x.Failure
		}
		x = effective(x)
		a.Status, a.StatusText, a.Headers = x.Status, x.StatusText, x.ResponseHeaders.Clone()
		return a, !withOrigin || x.RequestHeaders.Contains(httpspec.HeaderOrigin), nil
	}
	if key.kind == fetch.ExchangePreflight {
		a.Status = assumedPreflightStatus
	}
	r.taken = append(r.taken, -1)
	return a, false, nil
}

// hasBetter reports that the exchange of that index was asked without Origin, and that a further request has the answer to the same
// with it.
func (r *recorded) hasBetter(i int) bool {
	x, further := r.all[i], len(r.trace.Exchanges)
	if x.RequestHeaders.Contains(httpspec.HeaderOrigin) {
		return false
	}
	for j := max(i+1, further); j < len(r.all); j++ {
		if o := r.all[j]; !r.used[j] && keyOf(o) == keyOf(x) && o.RequestHeaders.Contains(httpspec.HeaderOrigin) {
			return true
		}
	}
	return false
}

// applyPolicy puts what package cors answers in the place of the CORS headers of a.
func (r *recorded) applyPolicy(a *fetch.Answer, m *fetch.Message) {
	a.Headers = slices.DeleteFunc(a.Headers, func(h fetch.Header) bool { return isAccessControl(h.Name) })
	asked := make(http.Header, 3)
	for _, h := range m.Headers {
		// A policy looks at no others.
		if httpspec.EqualFold(h.Name, httpspec.HeaderOrigin) || isAccessControl(h.Name) {
			asked.Add(h.Name, h.Value)
		}
	}
	d := r.policy.Decide(m.Method, asked)
	for name, value := range d.Headers() {
		a.Headers.Append(name, value)
	}
	if d.Preflight {
		a.Status = d.Status
	}
}

// isAccessControl reports the name of a header of CORS.
func isAccessControl(name string) bool {
	const prefix = "access-control-"
	return len(name) > len(prefix) && httpspec.EqualFold(name[:len(prefix)], prefix)
}

// PageChange is one change to the page's call.
type PageChange struct {
	// Option is the member of fetch()'s second argument that changes, "url" for the first, or "header" for one that is left out.
	Option string `json:"option"`
	// Before and After are its values; for a header Before is the name and After is empty.
	Before string `json:"before"`
	After  string `json:"after"`
	Why    string `json:"why"`
}

// The options of a [PageChange].
const (
	optionURL         = "url"
	optionMethod      = "method"
	optionHeader      = "header"
	optionMode        = "mode"
	optionCredentials = "credentials"
	optionRedirect    = "redirect"
	optionCache       = "cache"
	optionKeepalive   = "keepalive"
	optionBody        = "body"
	optionIntegrity   = "integrity"

	optionTargetAddressSpace = "targetAddressSpace"
)

func (c PageChange) apply(r *fetch.Request) {
	switch c.Option {
	case optionURL:
		r.URL = c.After
	case optionMethod:
		r.Method = c.After
	case optionHeader:
		r.Headers.Delete(c.Before)
	case optionMode:
		r.Mode = fetch.Mode(c.After)
		if r.Mode != fetch.ModeSameOrigin && r.Cache == fetch.CacheOnlyIfCached {
			r.Cache = fetch.CacheDefault
		}
	case optionCredentials:
		r.Credentials = fetch.CredentialsMode(c.After)
	case optionRedirect:
		r.Redirect = fetch.RedirectMode(c.After)
	case optionCache:
		r.Cache = fetch.CacheMode(c.After)
	case optionKeepalive:
		r.Keepalive = false
	case optionIntegrity:
		r.Integrity = c.After
	case optionTargetAddressSpace:
		r.TargetAddressSpace = fetch.AddressSpace(c.After)
	case optionBody:
		r.Body = fetch.BytesBody(nil)
	}
}

// String is the change in a line.
func (c PageChange) String() string {
	if c.Option == optionHeader {
		return fmt.Sprintf("leave out the header %s", c.Before)
	}
	return fmt.Sprintf("%s: %s instead of %s", c.Option, c.After, c.Before)
}
