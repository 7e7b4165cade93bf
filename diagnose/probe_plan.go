package diagnose

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/origin"
)

// planner knows which questions a trace leaves open.
type planner struct {
	*walk
	probes probed
	list   []Probe
}

// questions are those that are open, the most telling first. It is asked again after each answer, which may open or close others.
func (p *planner) questions() []Probe {
	t := p.trace
	for _, x := range t.Exchanges {
		p.enter(x)
	}
	switch verdictOf(t) {
	case VerdictNotSent:
		return nil
	case VerdictAllowed:
		p.ofAllowed()
		return p.list
	}
	findings := Recognise(t)
	if len(findings) == 0 {
		return nil
	}
	cause := findings[0].Cause.ID
	if len(t.Exchanges) == 0 {
		if cause == id(fetch.ReasonMixedContent) {
			p.secure()
		}
		return p.list
	}
	x := effective(t.Exchanges[len(t.Exchanges)-1])
	switch {
	case x.Failure != nil:
		p.ofFailure(x, cause)
	case isRedirect(x.Status):
		p.ofRedirect(x, cause)
	case cause == "redirect-hides-origin":
		p.target(x, x.Kind, x.Method, x.URL)
	case cause == "allow-origin-missing", cause == "origin-not-listed":
		p.ofMissing(x)
	case x.Kind == fetch.ExchangePreflight && !isOK(x.Status):
		p.ofPreflight(x)
	case x.Status >= 400:
		p.ofError(x, cause)
	case cause == id(fetch.ReasonAllowOriginMismatch), cause == "origin-other-port", cause == "origin-other-scheme",
		cause == "cached-for-another-origin":
		p.uncached(x)
	case x.Kind == fetch.ExchangePreflight && isSafe(askedMethod(x)):
		// What is wrong is clear, and what comes next can be seen.
		p.request(x)
	}
	return p.list
}

// ofMissing: is it this page that the server does not know, or does it know nothing of CORS?
func (p *planner) ofMissing(x *fetch.Exchange) {
	if p.trace.Page.Origin == opaque {
		return
	}
	if x.Kind == fetch.ExchangePreflight {
		p.request(x)
		if allows(p.heldBack(), p.trace.Page.Origin, false) {
			return
		}
	} else if !p.preflighted(x) {
		p.preflight(x)
		if allows(p.probes.answer(ProbePreflight), p.trace.Page.Origin, p.include()) {
			return
		}
	}
	p.otherPages(x)
}

// ofPreflight: is it the login, the page, the method, a header, OPTIONS as such, or the URL?
func (p *planner) ofPreflight(x *fetch.Exchange) {
	switch {
	case x.Status == 404 || x.Status == 405 || x.Status == 501 || x.Status >= 500:
	default:
		p.withCredentials(x)
		if p.probes.answer(ProbeCredentials) != nil && allowsAsker(p.include())(p.probes.answer(ProbeCredentials)) {
			break
		}
		if x.Status != 401 && !x.ResponseHeaders.Contains(httpspec.AccessControlAllowOrigin) && p.trace.Page.Origin != opaque {
			if p.narrower(x); !isBucket(x.ResponseHeaders) && !allowsAsker(p.include())(orEmpty(p.probes.answer(ProbePlainPreflight))) {
				p.otherPages(x)
			}
		}
	}
	p.request(x)
}

// ofError: is the page refused for its Origin, and does the server send the headers elsewhere?
func (p *planner) ofError(x *fetch.Exchange, cause string) {
	if isSafe(x.Method) {
		p.vary(x, ProbeNoOrigin, "", "without Origin, as curl asks", "is it the Origin that the server refuses?")
		if none := p.probes.answer(ProbeNoOrigin); none != nil && none.Status < 400 {
			return
		}
	}
	if p.trace.Page.Origin == opaque || p.preflighted(x) || cause == "bot-wall" {
		return
	}
	p.preflight(x)
	if !speaks(p.probes.answer(ProbePreflight)) && (cause == "error-without-headers" || cause == "login-without-headers") {
		p.root(x)
	}
}

// ofRedirect: does the page get the answer where the redirect leads, if it asks there?
func (p *planner) ofRedirect(x *fetch.Exchange, cause string) {
	to := redirectTarget(x, p.current())
	if to == nil || !to.IsHTTP() || to.HasCredentials() || p.trace.Page.Origin == opaque {
		return
	}
	switch cause {
	case "preflight-redirect-to-login":
		p.withCredentials(x)
		return
	case id(fetch.ReasonPreflightRedirect), "preflight-redirect-to-https", "preflight-redirect-slash":
		p.target(x, x.Kind, x.Method, to.StringWithoutFragment())
	case "redirect-without-headers", "redirect-to-https", "redirect-slash":
		method := x.Method
		if x.Status == 303 || (x.Status == 301 || x.Status == 302) && method == "POST" {
			method = "GET"
		}
		p.target(x, x.Kind, method, to.StringWithoutFragment())
	}
}

// ofFailure: is it OPTIONS alone, the scheme, or the name?
func (p *planner) ofFailure(x *fetch.Exchange, cause string) {
	switch fetch.ReasonCode(cause) {
	case fetch.ReasonTLS:
		p.plain(x)
	case fetch.ReasonRefused:
		// A browser that is given the name tries both addresses by itself.
		if u, err := fetch.ParseURL(x.URL); err == nil && twin(u.Host()) == "localhost" {
			port := strings.TrimPrefix(u.HostPort(), u.Host())
			to := u.Scheme() + "://" + twin(u.Host()) + port + strings.TrimPrefix(u.StringWithoutFragment(), u.Scheme()+"://"+u.HostPort())
			p.ask(ProbeTwinHost, x, x.Kind, x.Method, to, p.withoutSecrets(x.RequestHeaders), "by the name "+twin(u.Host()), "does the server listen under another name of this machine?")
			p.list[len(p.list)-1].Exchange.Credentials = false
		}
	case fetch.ReasonTimeout, fetch.ReasonReset, fetch.ReasonClosed, fetch.ReasonMalformed:
		if x.Kind == fetch.ExchangePreflight {
			p.request(x)
		}
	}
}

// ofAllowed: will caches, and other pages, get what they should?
func (p *planner) ofAllowed() {
	t := p.trace
	if len(t.Exchanges) == 0 || t.Page.Origin == opaque {
		return
	}
	x := t.Exchanges[len(t.Exchanges)-1]
	if x.Cache != nil || !isSafe(x.Method) {
		return
	}
	if t.Outcome.Type == fetch.TypeOpaque {
		headers := x.RequestHeaders.Clone()
		headers.Set(httpspec.HeaderOrigin, t.Page.Origin)
		setIfThere(&headers, "Sec-Fetch-Mode", "cors")
		p.ask(ProbeWithOrigin, x, x.Kind, x.Method, x.URL, headers, "with Origin, as mode cors sends it", "may the page read the answer if it asks in mode cors?")
		return
	}
	if t.Outcome.Type != fetch.TypeCORS {
		return
	}
	lines := x.ResponseHeaders.Values(httpspec.AccessControlAllowOrigin)
	if len(lines) == 1 && lines[0] == httpspec.Wildcard && isEmbeddable(x) {
		p.withoutOrigin(x)
	}
	if len(lines) != 1 || lines[0] != t.Page.Origin {
		return
	}
	credentials, _ := x.ResponseHeaders.Get(httpspec.AccessControlAllowCredentials)
	varies := variesByOrigin(x.ResponseHeaders)
	if !varies || credentials == "true" {
		p.vary(x, ProbeOtherOrigin, nobody, "as a page of "+nobody, "is the allowed origin fixed, on a list, or whoever asks?")
	}
	other := p.probes.answer(ProbeOtherOrigin)
	if isEmbeddable(x) || !varies && other != nil && sameAllowed(other, x) {
		p.withoutOrigin(x)
	}
}

func (p *planner) withoutOrigin(x *fetch.Exchange) {
	p.vary(x, ProbeNoOrigin, "", "without Origin, as an image or a link asks", "does the answer depend on Origin, and say so?")
}

// isEmbeddable reports an answer that elements ask for without Origin, and that a cache keeps.
func isEmbeddable(x *fetch.Exchange) bool {
	contentType, _ := x.ResponseHeaders.Get("Content-Type")
	control, _ := x.ResponseHeaders.Get("Cache-Control")
	if x.Method != http.MethodGet || strings.Contains(httpspec.Lower(control), "no-store") {
		return false
	}
	for _, prefix := range []string{"image/", "audio/", "video/", "text/css", "text/javascript", "application/javascript"} {
		if strings.HasPrefix(httpspec.Lower(contentType), prefix) {
			return true
		}
	}
	return false
}

func sameAllowed(a, b *fetch.Exchange) bool {
	return slices.Equal(a.ResponseHeaders.Values(httpspec.AccessControlAllowOrigin), b.ResponseHeaders.Values(httpspec.AccessControlAllowOrigin))
}

// preflighted reports whether the recorded fetch asked before x.
func (p *planner) preflighted(x *fetch.Exchange) bool {
	return slices.ContainsFunc(p.trace.Exchanges, func(o *fetch.Exchange) bool { return o.Kind == fetch.ExchangePreflight && o.URL == x.URL })
}

// heldBack is the answer to the request that the browser did not send, or to a GET in its place.
func (p *planner) heldBack() *fetch.Exchange {
	if x := p.probes.answer(ProbeRequest); x != nil {
		return x
	}
	return p.probes.answer(ProbeGet)
}

// ask appends a question. x is the exchange that it is about.
func (p *planner) ask(kind ProbeKind, x *fetch.Exchange, on fetch.ExchangeKind, method, url string, headers fetch.HeaderList, asks, decides string) {
	p.list = append(p.list, Probe{Kind: kind, Asks: asks, Decides: decides, Exchange: &fetch.Exchange{
		Kind: on, Hop: x.Hop, Method: method, URL: url, RequestHeaders: headers, Credentials: on == fetch.ExchangeRequest && x.Kind == on && x.Credentials,
	}})
}

// vary asks what x asked, with another Origin or with none. Where that might change data, it asks for permission alone.
func (p *planner) vary(x *fetch.Exchange, kind ProbeKind, page, asks, decides string) {
	on, method, headers := x.Kind, x.Method, x.RequestHeaders.Clone()
	if x.Kind == fetch.ExchangeRequest && !isSafe(method) {
		on, method, headers = fetch.ExchangePreflight, http.MethodOptions, p.preflightHeaders(x, x.Method, unsafeNamesOf(p.trace, x.Hop))
		asks += ", by OPTIONS alone"
	}
	if page == "" {
		headers.Delete(httpspec.HeaderOrigin)
		headers.Delete("Referer")
		headers = slices.DeleteFunc(headers, func(h fetch.Header) bool { return strings.HasPrefix(httpspec.Lower(h.Name), "sec-fetch-") })
	} else {
		headers.Set(httpspec.HeaderOrigin, page)
		setIfThere(&headers, "Referer", page+"/")
		if kind == ProbeOwnOrigin {
			setIfThere(&headers, "Sec-Fetch-Site", "same-origin")
		}
	}
	p.ask(kind, x, on, method, x.URL, headers, asks, decides)
}

// otherPages asks as pages that the server is likely to know: its own, and then the page's neighbours.
func (p *planner) otherPages(x *fetch.Exchange) {
	const decides = "is there a list of origins, which this page is not on?"
	u, err := fetch.ParseURL(x.URL)
	if err != nil {
		return
	}
	own := u.Origin().String()
	p.vary(x, ProbeOwnOrigin, own, "as a page of "+own, decides)
	if allowsAsker(p.include())(orEmpty(p.probes.answer(ProbeOwnOrigin))) {
		return
	}
	for _, near := range neighbours(p.trace.Page.Origin, u.Origin()) {
		p.vary(x, ProbeNearOrigin, near, "as a page of "+near, decides)
		for _, probe := range p.probes {
			asked := orEmpty(probe.Exchange)
			if sent, _ := asked.RequestHeaders.Get(httpspec.HeaderOrigin); probe.Kind == ProbeNearOrigin && sent == near && allowsAsker(p.include())(asked) {
				return
			}
		}
	}
}

// neighbours are at most two origins that a server which does not know page may know.
func neighbours(page string, own origin.Origin) []string {
	from, err := origin.Parse(page)
	if err != nil || from.IsOpaque() {
		return nil
	}
	var list []string
	add := func(candidate string) {
		if o, err := origin.Parse(candidate); err == nil && o != from && o != own && !slices.Contains(list, candidate) && len(list) < 2 {
			list = append(list, candidate)
		}
	}
	if other := twin(from.Host()); other != "" {
		port := strings.TrimPrefix(page, from.Scheme()+"://"+from.Host())
		add(from.Scheme() + "://" + other + port)
		add("http://localhost:3000")
		return list
	}
	if site := own.Site().String(); strings.HasPrefix(site, "https://") && strings.Contains(site, ".") {
		add(site)
		add("https://www." + strings.TrimPrefix(site, "https://"))
	}
	return list
}

// twin is the other of the two best known names of this machine; empty for all other hosts.
func twin(host string) string {
	switch host {
	case "localhost":
		return "127.0.0.1"
	case "127.0.0.1", "[::1]":
		return "localhost"
	}
	return ""
}

// narrower asks for less than the preflight did, to find out which part of it is refused.
func (p *planner) narrower(x *fetch.Exchange) {
	method, names := askedMethod(x), unsafeNames(x)
	if httpspec.IsCORSSafelistedMethod(method) && len(names) == 0 {
		return
	}
	p.ask(ProbePlainPreflight, x, x.Kind, x.Method, x.URL, p.preflightHeaders(x, http.MethodGet, nil), "for GET without headers", "is it the method or a header that is refused?")
	if len(names) == 0 || httpspec.IsCORSSafelistedMethod(method) || !allowsAsker(p.include())(orEmpty(p.probes.answer(ProbePlainPreflight))) {
		return
	}
	p.ask(ProbeMethodPreflight, x, x.Kind, x.Method, x.URL, p.preflightHeaders(x, method, nil), "for "+method+" without headers", "is it the method that is refused?")
}

// preflight asks for what x did without asking.
func (p *planner) preflight(x *fetch.Exchange) {
	p.ask(ProbePreflight, x, fetch.ExchangePreflight, http.MethodOptions, x.URL, p.preflightHeaders(x, x.Method, unsafeNamesOf(p.trace, x.Hop)),
		"with a preflight, which the browser had no need of", "does the server speak of CORS in its answers to OPTIONS?")
}

// withCredentials asks with what a preflight never carries, if the call has any.
func (p *planner) withCredentials(x *fetch.Exchange) {
	headers := x.RequestHeaders.Clone()
	token, has := p.trace.Request.Headers.Get("Authorization")
	if has {
		headers.Set("Authorization", token)
	}
	if !has && !p.include() {
		return
	}
	p.ask(ProbeCredentials, x, x.Kind, x.Method, x.URL, headers, "with the credentials of the request", "is it the login that stands before CORS?")
	p.list[len(p.list)-1].Exchange.Credentials = p.include()
}

// request asks what the browser held back: the request itself, or a GET where that may change data.
func (p *planner) request(x *fetch.Exchange) {
	if x.Kind != fetch.ExchangePreflight {
		return
	}
	kind, method, asks := ProbeRequest, askedMethod(x), "itself, which the browser held back"
	if !isSafe(method) {
		kind, method, asks = ProbeGet, http.MethodGet, "in the place of "+method+", which may change data"
	}
	p.ask(kind, x, fetch.ExchangeRequest, method, x.URL, p.requestHeaders(x.RequestHeaders, kind == ProbeGet), asks, "is it OPTIONS alone, and what does the answer itself say?")
	p.list[len(p.list)-1].Exchange.Credentials = p.include()
}

// target asks the URL that a redirect leads to, as if the page had.
func (p *planner) target(x *fetch.Exchange, on fetch.ExchangeKind, method, url string) {
	if !isSafe(method) {
		return
	}
	if strings.HasPrefix(p.trace.Page.Origin, "https:") && strings.HasPrefix(url, "http:") {
		return // mixed content, whatever the server says
	}
	headers := x.RequestHeaders.Clone()
	if !sameParty(x.URL, url) {
		headers = p.withoutSecrets(headers)
	}
	// The cookies of one URL are not those of another; whoever asks knows which the browser holds.
	headers.Delete("Cookie")
	headers.Set(httpspec.HeaderOrigin, p.trace.Page.Origin)
	p.ask(ProbeTarget, x, on, method, url, headers, "directly at "+url, "may the page read the answer if it asks there?")
}

// root asks for the server's root.
func (p *planner) root(x *fetch.Exchange) {
	u, err := fetch.ParseURL(x.URL)
	if err != nil || u.Path() == "/" {
		return
	}
	p.ask(ProbeRoot, x, fetch.ExchangeRequest, http.MethodGet, u.Origin().String()+"/", p.withoutSecrets(x.RequestHeaders), "for the server's root", "does the server send the headers elsewhere?")
	p.list[len(p.list)-1].Exchange.Credentials = false
}

// uncached asks for a URL that no cache has.
func (p *planner) uncached(x *fetch.Exchange) {
	if x.Kind != fetch.ExchangeRequest || !isSafe(x.Method) || strings.Contains(x.URL, "ignature=") {
		return
	}
	sign := "?"
	if strings.Contains(x.URL, "?") {
		sign = "&"
	}
	headers := x.RequestHeaders.Clone()
	headers.Set("Cache-Control", "no-cache")
	p.ask(ProbeUncached, x, x.Kind, x.Method, x.URL+sign+"corscope=uncached", headers, "past caches, with a query that they do not know", "is it a cache's answer?")
}

// secure asks over https what an https page may not ask over http.
func (p *planner) secure() {
	q := p.trace.Request
	headers := fetch.HeaderList{{Name: "Accept", Value: "*/*"}, {Name: httpspec.HeaderOrigin, Value: p.trace.Page.Origin}}
	x := &fetch.Exchange{Kind: fetch.ExchangeRequest, Method: q.Method, URL: q.URL, RequestHeaders: headers, Credentials: p.include()}
	if u, err := fetch.ParseURL(q.URL); err != nil || !strings.HasPrefix(u.StringWithoutFragment(), "http://") {
		return
	}
	// Which headers would need a preflight is the engine's to say, which came to nothing here.
	if !isSafe(q.Method) || len(q.Headers) > 0 {
		x.Kind, x.Method = fetch.ExchangePreflight, http.MethodOptions
		headers.Set(httpspec.AccessControlRequestMethod, q.Method)
		if names := lowerNames(q.Headers); names != "" {
			headers.Set(httpspec.AccessControlRequestHeaders, names)
		}
		x.RequestHeaders = headers
	}
	u, err := fetch.ParseURL(x.URL)
	if err != nil {
		return
	}
	p.ask(ProbeScheme, x, x.Kind, x.Method, u.WithScheme("https").StringWithoutFragment(), headers.Clone(), "over https",
		"is the server there over https, and does it allow the page?")
}

// plain asks over http at the very port that speaks no TLS.
func (p *planner) plain(x *fetch.Exchange) {
	u, err := fetch.ParseURL(x.URL)
	if err != nil || u.Scheme() != "https" || !isSafe(x.Method) {
		return
	}
	port, _ := u.EffectivePort()
	rest := strings.TrimPrefix(u.StringWithoutFragment(), "https://"+u.HostPort())
	p.ask(ProbeScheme, x, x.Kind, x.Method, "http://"+u.Host()+":"+strconv.Itoa(int(port))+rest, p.withoutSecrets(x.RequestHeaders), "over http at the same port", "does the port speak http?")
	p.list[len(p.list)-1].Exchange.Credentials = false
}

// withoutSecrets leaves out what the page itself sets and the cookies: they were given for one URL, and are not shown to another.
func (p *planner) withoutSecrets(headers fetch.HeaderList) fetch.HeaderList {
	return slices.DeleteFunc(headers.Clone(), func(h fetch.Header) bool {
		return httpspec.EqualFold(h.Name, "Cookie") || p.trace.Request.Headers.Contains(h.Name)
	})
}

// sameParty reports whether what may be said to from may be said to the URL to as well: the same origin, or the same host over https.
func sameParty(from, to string) bool {
	u, err := fetch.ParseURL(from)
	if err != nil {
		return false
	}
	v, err := fetch.ParseURL(to)
	return err == nil && (u.Origin() == v.Origin() || u.Host() == v.Host() && v.Scheme() == "https")
}

// preflightHeaders are those of a preflight like x, or for a request like x.
func (p *planner) preflightHeaders(x *fetch.Exchange, method string, names []string) fetch.HeaderList {
	headers := x.RequestHeaders.Clone()
	if x.Kind == fetch.ExchangeRequest {
		headers = p.withoutSecrets(headers)
		headers.Delete("Content-Type")
	}
	headers.Set(httpspec.AccessControlRequestMethod, method)
	headers.Delete(httpspec.AccessControlRequestHeaders)
	if len(names) > 0 {
		headers.Set(httpspec.AccessControlRequestHeaders, strings.Join(names, ","))
	}
	return headers
}

// requestHeaders are those of the request behind the preflight that had these.
func (p *planner) requestHeaders(preflight fetch.HeaderList, bare bool) fetch.HeaderList {
	headers := preflight.Clone()
	headers.Delete(httpspec.AccessControlRequestMethod)
	headers.Delete(httpspec.AccessControlRequestHeaders)
	for _, h := range p.trace.Request.Headers {
		if !bare || !httpspec.EqualFold(h.Name, "Content-Type") {
			headers.Set(h.Name, h.Value)
		}
	}
	return headers
}

// unsafeNamesOf are the names that a preflight at that hop has to ask for.
func unsafeNamesOf(t *fetch.Trace, hop int) []string {
	var names []string
	for _, need := range t.Preflights {
		if need.Hop != hop {
			continue
		}
		for _, h := range need.Headers {
			if name := httpspec.Lower(h.Name); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

func lowerNames(headers fetch.HeaderList) string {
	var names []string
	for _, h := range headers {
		if name := httpspec.Lower(h.Name); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ",")
}

func setIfThere(headers *fetch.HeaderList, name, value string) {
	if headers.Contains(name) {
		headers.Set(name, value)
	}
}

func orEmpty(x *fetch.Exchange) *fetch.Exchange {
	if x == nil {
		return &fetch.Exchange{}
	}
	return x
}

// isSafe reports a method that changes nothing, by the word of its specification.
func isSafe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

func speaks(x *fetch.Exchange) bool { return x != nil && speaksCORS(x.ResponseHeaders) }
