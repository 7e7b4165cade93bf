package diagnose

import (
	"slices"
	"strconv"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/internal/spelling"
	"github.com/corscope/corscope/origin"
)

// Finding is a cause that was recognised in a trace, with what shows it.
type Finding struct {
	Cause Cause `json:"cause"`
	// Likely is set where the evidence points to the cause without proving it. Otherwise it is certain.
	Likely   bool       `json:"likely,omitempty"`
	Evidence []Evidence `json:"evidence"`
}

// Evidence is one thing in the trace that shows a cause.
type Evidence struct {
	// Exchange is the index in [fetch.Trace.Exchanges], or -1 where it is not about an exchange.
	Exchange int `json:"exchange"`
	// Probe is the number of a further request that shows it, counted from 1 in [Report.Probes]; 0 for none. Exchange is then -1.
	Probe int `json:"probe,omitempty"`
	// Header and Value are a header of that exchange's answer, as it stands there; or Header is empty and Value is the status or what
	// else was looked at. A header that is absent has the value "".
	Header string `json:"header,omitempty"`
	Value  string `json:"value,omitempty"`
	// Text says in a clause what it shows.
	Text string `json:"text"`
}

// Recognise names the causes that a trace shows: what stops the fetch first, then what would stop it next if that were repaired, and
// then what the page misses of an answer that it gets. It names nothing that the trace and the answers to further requests, if there
// are any, do not show: without them, a cause with [Cause.Needs] is never among them. The slice is empty where nothing is wrong, and
// never nil.
func Recognise(t *fetch.Trace, probes ...Probe) []Finding {
	s := newSearch(t, []fetch.Profile{{}}, probes)
	if verdictOf(t) != VerdictNotSent {
		s.run()
	}
	return recognise(t, s.faults, probes)
}

func recognise(t *fetch.Trace, faults []fault, probes probed) []Finding {
	found := finder{trace: t, probes: probes, findings: []Finding{}}
	if r := t.Outcome.Reason; r != nil {
		found.reason(t, *r)
	}
	if t.Outcome.Type == fetch.TypeOpaque {
		// What a server says to a request without Origin tells little about what it would say to a page that asks under CORS.
		faults = nil
	}
	for i, f := range faults {
		// The first one is what the recorded fetch ended with, which the record itself shows better.
		if i == 0 && t.Outcome.Reason != nil && t.Outcome.Reason.Code == f.reason.Code {
			continue
		}
		if f.reason.IsZero() || len(f.trace.Exchanges) > 0 && isAssumed(f.trace.Exchanges[len(f.trace.Exchanges)-1]) || found.follows(f) {
			continue
		}
		found.reason(f.trace, f.reason)
	}
	found.localNetwork()
	found.answer()
	return found.findings
}

// finder collects findings about a trace.
type finder struct {
	trace    *fetch.Trace
	probes   probed
	findings []Finding
}

// add appends a finding unless the cause was found at the same exchange before.
func (f *finder) add(id string, likely bool, evidence ...Evidence) {
	cause := causesByID[id]
	for _, old := range f.findings {
		if old.Cause.ID == id && slices.EqualFunc(old.Evidence[:min(1, len(old.Evidence))], evidence[:min(1, len(evidence))], func(a, b Evidence) bool { return a.Exchange == b.Exchange && a.Probe == b.Probe }) {
			return
		}
	}
	f.findings = append(f.findings, Finding{Cause: cause, Likely: likely, Evidence: evidence})
}

// follows reports a fault that is no cause of its own: a header that is missing because the whole answer is not one that CORS was
// asked for.
func (f *finder) follows(later fault) bool {
	if len(later.trace.Exchanges) == 0 {
		return false
	}
	x := f.seen(later.trace.Exchanges[len(later.trace.Exchanges)-1])
	if x.index < 0 {
		return false
	}
	recorded := effective(f.trace.Exchanges[x.index])
	if recorded.ResponseHeaders.Contains(later.reason.Subject) {
		return false
	}
	for _, known := range f.findings {
		if len(known.Evidence) == 0 || known.Evidence[0].Exchange != x.index {
			continue
		}
		if x.Kind == fetch.ExchangePreflight && !isOK(recorded.Status) || !speaksCORS(recorded.ResponseHeaders) {
			return true
		}
	}
	return false
}

// speaksCORS reports an answer with any of the headers of CORS.
func speaksCORS(h fetch.HeaderList) bool {
	return slices.ContainsFunc(h, func(header fetch.Header) bool {
		return isAccessControl(header.Name)
	})
}

// seen is an exchange of a trace, which may be a simulated one, and its place in the recorded one.
type seen struct {
	*fetch.Exchange
	index int
	// probe is the number of the probe that it was observed by; 0 where it was recorded.
	probe int
}

func (f *finder) seen(x *fetch.Exchange) seen {
	for i, original := range f.trace.Exchanges {
		if keyOf(original) == keyOf(x) && original.Hop == x.Hop {
			return seen{effective(x), i, 0}
		}
	}
	for i, p := range f.probes[:min(len(f.probes), maxProbed)] {
		if p.Exchange != nil && p.Exchange.Status != 0 && keyOf(p.Exchange) == keyOf(x) && slices.Contains(f.probes.observations(), p.Exchange) {
			return seen{effective(x), -1, i + 1}
		}
	}
	return seen{effective(x), -1, 0}
}

func (s seen) header(name, text string) Evidence {
	value, _ := s.ResponseHeaders.Get(name)
	return Evidence{Exchange: s.index, Probe: s.probe, Header: name, Value: value, Text: text}
}

func (s seen) status(text string) Evidence {
	return Evidence{Exchange: s.index, Probe: s.probe, Value: strconv.Itoa(s.Status), Text: text}
}

func (s seen) get(name string) string {
	value, _ := s.ResponseHeaders.Get(name)
	return value
}

// reason names the cause behind what t ended with.
func (f *finder) reason(t *fetch.Trace, r fetch.Reason) {
	if r.Code == fetch.ReasonNotSent || r.Code == fetch.ReasonNotRecorded {
		return
	}
	if len(t.Exchanges) == 0 || r.Phase == fetch.PhaseBefore && r.Code != fetch.ReasonMixedContent && r.Code != fetch.ReasonBadPort || r.Code == fetch.ReasonIntegrity {
		f.add(id(r.Code), false, Evidence{Exchange: -1, Value: r.Got, Text: beforeText(r)})
		return
	}
	x := f.seen(t.Exchanges[len(t.Exchanges)-1])
	switch r.Code {
	case fetch.ReasonAllowOriginMissing:
		f.originMissing(t, x)
	case fetch.ReasonAllowOriginMismatch, fetch.ReasonAllowOriginInvalid, fetch.ReasonAllowOriginMultiple:
		f.originWrong(t, x, r.Code)
	case fetch.ReasonPreflightStatus:
		f.preflightStatus(x)
	case fetch.ReasonPreflightRedirect:
		f.preflightRedirect(x)
	case fetch.ReasonMethodNotAllowed:
		f.method(x)
	case fetch.ReasonHeaderNotAllowed, fetch.ReasonAllowHeadersMalformed, fetch.ReasonHeaderWildcard, fetch.ReasonAuthorizationNotListed:
		f.requestHeaders(x, r.Code)
	case fetch.ReasonLocalNetworkAccess, fetch.ReasonLocalNetworkInsecure, fetch.ReasonTargetAddressSpace:
		f.add(id(r.Code), false, Evidence{Exchange: -1, Value: r.Got, Text: "the server's address space"})
	case fetch.ReasonMixedContent, fetch.ReasonBadPort, fetch.ReasonCSPConnectSrc, fetch.ReasonCSPScriptSrc, fetch.ReasonCSPSubresource, fetch.ReasonRedirectScheme, fetch.ReasonRedirectCredentials, fetch.ReasonRedirectLocation,
		fetch.ReasonRedirectMode, fetch.ReasonRedirectLimit, fetch.ReasonRedirectStream:
		f.add(id(r.Code), false, x.header("Location", "where the redirect leads"))
	case fetch.ReasonProxyAuth:
		f.add(id(r.Code), false, x.status("a proxy's status"))
	default:
		switch {
		case r.Code == fetch.ReasonNetwork && strings.Contains(r.Detail, blockedByClient):
			f.add("blocked-by-extension", false, Evidence{Exchange: x.index, Value: "net::" + blockedByClient, Text: networkText(r)})
		case r.Code.IsNetwork():
			evidence := []Evidence{{Exchange: x.index, Probe: x.probe, Value: string(r.Code), Text: networkText(r)}}
			f.add(id(r.Code), false, append(evidence, f.answeredOtherwise()...)...)
		case r.Subject != "":
			f.add(id(r.Code), false, x.header(r.Subject, "what the answer says"))
		default:
			f.add(id(r.Code), false, x.status("the answer"))
		}
	}
}

func beforeText(r fetch.Reason) string {
	if r.Detail != "" {
		return r.Detail
	}
	return "nothing was sent"
}

func networkText(r fetch.Reason) string {
	if r.Detail != "" {
		return r.Detail
	}
	return "no answer came"
}

// originMissing tells apart why an answer has no Access-Control-Allow-Origin.
func (f *finder) originMissing(t *fetch.Trace, x seen) {
	missing := x.header(httpspec.AccessControlAllowOrigin, "the header is missing")
	if name := misspelt(x.ResponseHeaders); name != "" {
		f.add("header-name-misspelt", false, x.header(name, "this is not the header's name"))
		return
	}
	if f.originHidden(t, x, missing) {
		return
	}
	if x.Kind == fetch.ExchangePreflight && !isOK(x.Status) {
		f.preflightStatus(x)
		return
	}
	if isRedirect(x.Status) {
		if target := redirectTarget(x.Exchange, x.URL); target != nil && isLogin(target.String()) {
			f.add("redirect-to-login", true, x.header("Location", "this looks like a place to log in"), missing)
			return
		}
		f.redirected(x, missing)
		return
	}
	if x.Status >= 400 {
		f.errorAnswer(x, missing)
		return
	}
	if cachedElsewhere(x) {
		f.add("cached-for-another-origin", false, Evidence{Exchange: x.index, Value: x.Cache.StoredFor, Text: "the origin that the stored answer was for"}, missing)
		return
	}
	for i, other := range t.Exchanges {
		if x.Kind == fetch.ExchangeRequest && other.Kind == fetch.ExchangePreflight && other.Hop == x.Hop && other.URL == x.URL && !isAssumed(other) {
			allowed := seen{other, i, 0}
			if recorded := f.seen(other); recorded.index >= 0 {
				allowed.index = recorded.index
			}
			f.add("preflight-alone", false, missing, allowed.header(httpspec.AccessControlAllowOrigin, "and the preflight had it"))
			return
		}
	}
	if f.byProbes(t, x, missing) {
		return
	}
	if listsOrigin(x.ResponseHeaders) {
		f.add("origin-not-listed", true, missing, x.header(httpspec.Vary, "the answer depends on the origin"))
		return
	}
	f.add(id(fetch.ReasonAllowOriginMissing), false, missing)
}

// redirected tells apart the redirects that have no CORS headers.
func (f *finder) redirected(x seen, missing Evidence) {
	cause, evidence := "redirect-without-headers", []Evidence{missing, x.header("Location", "where the redirect leads")}
	if target := redirectTarget(x.Exchange, x.URL); target != nil {
		switch to := target.StringWithoutFragment(); {
		case toHTTPS(x.URL, to):
			cause = "redirect-to-https"
		case slashApart(x.URL, to):
			cause = "redirect-slash"
		}
	}
	f.add(cause, false, append(evidence, f.directly()...)...)
}

// originHidden: the browser asked as "null", so that no name of the page's could fit.
func (f *finder) originHidden(t *fetch.Trace, x seen, evidence Evidence) bool {
	if asked, _ := x.RequestHeaders.Get(httpspec.HeaderOrigin); asked != opaque {
		return false
	}
	said := Evidence{Exchange: x.index, Value: opaque, Text: "the Origin that the browser sent"}
	switch {
	case t.Page.Origin == opaque:
		f.add("page-without-origin", false, said, evidence)
	case isLogin(x.URL):
		f.add("redirect-to-login", true, Evidence{Exchange: x.index, Value: x.URL, Text: "this looks like a place to log in"}, evidence)
	default:
		f.add("redirect-hides-origin", false, said, evidence)
	}
	return true
}

// errorAnswer tells apart the answers of 400 and more that have no CORS headers.
func (f *finder) errorAnswer(x seen, missing Evidence) {
	status := x.status("the status of the answer that the page cannot see")
	if x.probe > 0 && len(f.findings) > 0 && f.findings[0].Cause.ID == "url-not-found" {
		return // that is what it is an error for
	}
	if e, ok := f.originRefused(x); ok {
		f.add("origin-rejected", false, status, e)
		return
	}
	found := len(f.findings)
	defer func() {
		if e, ok := f.elsewhere(); ok && len(f.findings) > found {
			last := &f.findings[len(f.findings)-1]
			last.Evidence = append(last.Evidence, e)
		}
	}()
	if e, ok := x.botWall(); ok {
		f.add("bot-wall", true, e, status, missing)
		return
	}
	switch {
	case x.Status == 413:
		f.add("body-too-large", false, status, missing)
	case x.get("X-Amzn-Errortype") != "":
		f.add("gateway-error", false, x.header("X-Amzn-Errortype", "the gateway's own words"), status, missing)
	case isGateway(x.Status):
		f.add("gateway-error", true, status, missing)
	case x.Status == 401, x.Status == 403:
		f.add("login-without-headers", x.Status == 403, status, missing)
	default:
		f.add("error-without-headers", false, status, missing)
	}
}

// botWall looks for the marks that walls against bots leave on their own pages.
func (s seen) botWall() (Evidence, bool) {
	if s.Status != 403 && s.Status != 429 && s.Status != 503 {
		return Evidence{}, false
	}
	for _, name := range []string{"Cf-Mitigated", "X-Datadome", "X-Sucuri-Block", "X-Amzn-Waf-Action"} {
		if s.ResponseHeaders.Contains(name) {
			return s.header(name, "the mark of a wall against bots"), true
		}
	}
	return Evidence{}, false
}

// preflightStatus tells apart the statuses that a preflight must not have.
func (f *finder) preflightStatus(x seen) {
	status := x.status("the status of the answer to OPTIONS")
	hasHeaders := x.ResponseHeaders.Contains(httpspec.AccessControlAllowOrigin)
	_, asksLogin := x.ResponseHeaders.Get("WWW-Authenticate")
	switch {
	case f.refusedByProbes(x, status):
	case x.Status == 401:
		f.add("preflight-needs-login", false, status)
	case x.Status == 403 && asksLogin:
		f.add("preflight-needs-login", false, status, x.header("WWW-Authenticate", "a login is asked"))
	case x.Status == 404, x.Status == 405, x.Status == 501:
		f.add("preflight-not-routed", false, append([]Evidence{status}, f.heldBack()...)...)
	case x.Status >= 500:
		f.add("preflight-server-error", false, append([]Evidence{status}, f.heldBack()...)...)
	case x.Status == 403 && !hasHeaders && isBucket(x.ResponseHeaders):
		f.add("storage-bucket-rule", true, status, x.header("Server", "a storage service"))
	case hasHeaders || x.Status < 400:
		f.add(id(fetch.ReasonPreflightStatus), false, status)
	default:
		if e, ok := x.botWall(); ok {
			f.add("bot-wall", true, e, status)
			return
		}
		f.add("preflight-refused", false, append([]Evidence{status}, f.heldBack()...)...)
	}
}

func isBucket(h fetch.HeaderList) bool {
	server, _ := h.Get("Server")
	return server == "AmazonS3" || server == "MinIO" || server == "UploadServer" || h.Contains("X-Amz-Request-Id") && h.Contains("X-Amz-Id-2")
}

func (f *finder) preflightRedirect(x seen) {
	location := x.header("Location", "where the redirect leads")
	target, from := redirectTarget(x.Exchange, x.URL), x.URL
	if target == nil {
		f.add(id(fetch.ReasonPreflightRedirect), false, location)
		return
	}
	evidence := append([]Evidence{location}, f.directly()...)
	switch to := target.StringWithoutFragment(); {
	case toHTTPS(from, to):
		f.add("preflight-redirect-to-https", false, evidence...)
	case slashApart(from, to):
		f.add("preflight-redirect-slash", false, evidence...)
	case isLogin(to):
		passed, n := f.probes.find(ProbeCredentials, allowsAsker(f.include()))
		if n > 0 {
			evidence = append(evidence, seen{passed, -1, n}.status("with the credentials of the request it is answered"))
		}
		f.add("preflight-redirect-to-login", n == 0, evidence...)
	default:
		f.add(id(fetch.ReasonPreflightRedirect), false, evidence...)
	}
}

// slashApart reports URLs whose paths differ by a slash at the end alone. The scheme may differ too: some frameworks lose it.
func slashApart(a, b string) bool {
	u, err := fetch.ParseURL(a)
	if err != nil {
		return false
	}
	v, err := fetch.ParseURL(b)
	if err != nil {
		return false
	}
	return u.Host() == v.Host() && u.Path() != v.Path() && strings.TrimSuffix(u.Path(), "/") == strings.TrimSuffix(v.Path(), "/")
}

func (f *finder) method(x seen) {
	header := x.header(httpspec.AccessControlAllowMethods, "what the answer allows")
	asked := askedMethod(x.Exchange)
	members, err := httpspec.ParseTokenList(x.ResponseHeaders.Values(httpspec.AccessControlAllowMethods))
	if err == nil && slices.ContainsFunc(members, func(m string) bool { return m != asked && httpspec.EqualFold(m, asked) }) {
		f.add("method-case", false, header, Evidence{Exchange: x.index, Value: asked, Text: "the method that was asked for"})
		return
	}
	f.add(id(fetch.ReasonMethodNotAllowed), false, header, Evidence{Exchange: x.index, Value: asked, Text: "the method that was asked for"})
}

func (f *finder) requestHeaders(x seen, code fetch.ReasonCode) {
	header := x.header(httpspec.AccessControlAllowHeaders, "what the answer allows")
	asked := unsafeNames(x.Exchange)
	if slices.ContainsFunc(asked, func(name string) bool { return strings.HasPrefix(name, "access-control-") }) {
		f.add("cors-header-on-request", false, Evidence{Exchange: x.index, Value: strings.Join(asked, ", "), Text: "the headers that the page sets"})
		return
	}
	if code != fetch.ReasonHeaderNotAllowed {
		f.add(id(code), false, header)
		if code == fetch.ReasonAuthorizationNotListed && f.include() && len(asked) > 1 {
			f.add(id(fetch.ReasonHeaderWildcard), false, header) // the other headers would be refused next, and the repair names them too
		}
		return
	}
	members, _ := httpspec.ParseTokenList(x.ResponseHeaders.Values(httpspec.AccessControlAllowHeaders))
	var refused []string
	for _, name := range asked {
		if !slices.ContainsFunc(members, func(m string) bool { return httpspec.EqualFold(m, name) }) {
			refused = append(refused, name)
		}
	}
	missing := Evidence{Exchange: x.index, Value: strings.Join(refused, ", "), Text: "not allowed, and set by the page"}
	if slices.Equal(refused, []string{"content-type"}) {
		f.add("content-type-not-allowed", false, header, missing)
		return
	}
	f.add(id(code), false, header, missing)
}

// originWrong tells apart what is wrong with a value of Access-Control-Allow-Origin.
func (f *finder) originWrong(t *fetch.Trace, x seen, code fetch.ReasonCode) {
	header := x.header(httpspec.AccessControlAllowOrigin, "what the answer allows")
	if code != fetch.ReasonAllowOriginMultiple && f.originHidden(t, x, header) {
		return
	}
	value := header.Value
	if fresh, n := f.probes.find(ProbeUncached, func(o *fetch.Exchange) bool { return allows(o, t.Page.Origin, f.include()) }); n > 0 && code == fetch.ReasonAllowOriginMismatch {
		f.add("cached-for-another-origin", false, header, seen{fresh, -1, n}.header(httpspec.AccessControlAllowOrigin, "past the caches, the server allows the page"))
		return
	}
	switch code {
	case fetch.ReasonAllowOriginMultiple:
		if len(x.ResponseHeaders.Values(httpspec.AccessControlAllowOrigin)) > 1 {
			f.add("header-set-twice", false, header)
		} else {
			f.add(id(code), false, header)
		}
	case fetch.ReasonAllowOriginInvalid:
		f.add(invalidOrigin(value, t.Page.Origin), false, header)
	default:
		if cached, ok := f.fromCache(x, value); ok {
			f.add("cached-for-another-origin", x.Cache == nil, header, cached)
			return
		}
		f.add(otherOrigin(value, t.Page.Origin), false, header, Evidence{Exchange: -1, Value: t.Page.Origin, Text: "the page's origin"})
	}
}

// fromCache looks for signs that the answer was kept for another origin.
func (f *finder) fromCache(x seen, allowed string) (Evidence, bool) {
	if allowed == opaque || x.Kind != fetch.ExchangeRequest || variesByOrigin(x.ResponseHeaders) {
		return Evidence{}, false
	}
	if cachedElsewhere(x) {
		return Evidence{Exchange: x.index, Value: x.Cache.StoredFor, Text: "the origin that the stored answer was for"}, true
	}
	if age, err := strconv.Atoi(x.get("Age")); err == nil && age > 0 {
		return x.header("Age", "the seconds that a cache has kept the answer"), true
	}
	for _, name := range []string{"X-Cache", "Cf-Cache-Status", "X-Cache-Status"} {
		if strings.Contains(strings.ToLower(x.get(name)), "hit") {
			return x.header(name, "a cache answered"), true
		}
	}
	return Evidence{}, false
}

func cachedElsewhere(x seen) bool {
	asked, _ := x.RequestHeaders.Get(httpspec.HeaderOrigin)
	return x.Cache != nil && x.Cache.StoredFor != asked && !x.Cache.VaryOrigin
}

func invalidOrigin(value, page string) string {
	unslashed := strings.TrimSuffix(value, "/")
	host := strings.TrimPrefix(strings.TrimPrefix(page, "https://"), "http://")
	switch u, err := fetch.ParseURL(value); {
	case value == "":
		return "origin-empty"
	case strings.HasPrefix(value, `"`) || strings.HasPrefix(value, "'"):
		return "origin-quoted"
	case strings.Contains(value, "*"):
		return "origin-pattern"
	case unslashed == page:
		return "origin-trailing-slash"
	case httpspec.EqualFold(value, page):
		return "origin-upper-case"
	case httpspec.EqualFold(value, host) || !strings.Contains(value, "://") && strings.Contains(value, "."):
		return "origin-without-scheme"
	case err == nil && u.IsHTTP() && u.Origin().String() != value && strings.HasPrefix(value, u.Scheme()+"://"+u.Host()+":") && !strings.Contains(value[len(u.Scheme())+3:], "/"):
		return "origin-default-port"
	case err == nil && u.IsHTTP() && u.Path() != "/":
		return "origin-with-path"
	}
	return id(fetch.ReasonAllowOriginInvalid)
}

func otherOrigin(value, page string) string {
	if value == opaque {
		return "allow-origin-null"
	}
	allowed, err := origin.Parse(value)
	if err != nil {
		return id(fetch.ReasonAllowOriginMismatch)
	}
	own, err := origin.Parse(page)
	if err != nil {
		return id(fetch.ReasonAllowOriginMismatch)
	}
	d := origin.Compare(own, allowed)
	switch {
	case d.Host() && isThisMachine(allowed.Host()) && isThisMachine(own.Host()) && !d.Scheme() && !d.Port():
		return "localhost-names"
	case d.Port() && !d.Host() && !d.Scheme():
		return "origin-other-port"
	case d.Scheme() && !d.Host():
		return "origin-other-scheme"
	}
	return id(fetch.ReasonAllowOriginMismatch)
}

func isThisMachine(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "[::1]" || host == "0.0.0.0"
}

// misspelt is the name of a header that is meant to be Access-Control-Allow-Origin and is not, or "".
func misspelt(h fetch.HeaderList) string {
	const meant = "accesscontrolalloworigin"
	for _, header := range h {
		name := strings.NewReplacer("-", "", "_", "").Replace(httpspec.Lower(header.Name))
		if len(name) > 2*len(meant) || httpspec.EqualFold(header.Name, httpspec.AccessControlAllowOrigin) {
			continue
		}
		if spelling.Distance(name, meant, 3) <= 3 && strings.Contains(name, "origin") {
			return header.Name
		}
	}
	return ""
}

func variesByOrigin(h fetch.HeaderList) bool {
	for _, line := range h.Values(httpspec.Vary) {
		for member := range strings.SplitSeq(line, ",") {
			if member = strings.TrimSpace(member); member == httpspec.Wildcard || httpspec.EqualFold(member, httpspec.HeaderOrigin) {
				return true
			}
		}
	}
	return false
}

// listsOrigin is variesByOrigin without Vary: *, which is about everything.
func listsOrigin(h fetch.HeaderList) bool {
	vary, _ := h.Get(httpspec.Vary)
	return variesByOrigin(h) && !strings.Contains(vary, httpspec.Wildcard)
}
