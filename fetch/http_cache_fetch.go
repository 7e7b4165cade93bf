package fetch

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/origin"
)

// CacheState says how the HTTP cache took part in an answer.
//
// https://fetch.spec.whatwg.org/#concept-response-cache-state
type CacheState string

// The cache states. The zero value: the answer came from the network.
const (
	// CacheLocal: a stored answer was used, and nothing was sent.
	CacheLocal CacheState = "local"
	// CacheValidated: the server was asked, and said by 304 that the stored answer is still right.
	CacheValidated CacheState = "validated"
)

// CacheUse says which stored answer was used in place of one from the network.
type CacheUse struct {
	State CacheState `json:"state"`
	// StoredAt is when the answer came, or was validated last; Age how old it is by HTTP's reckoning, which counts earlier caches.
	StoredAt time.Time     `json:"storedAt"`
	Age      time.Duration `json:"ageNanoseconds"`
	// StoredFor is the Origin header of the request that brought it; empty where that request had none.
	StoredFor string `json:"storedFor,omitempty"`
	// VaryOrigin says whether the stored answer has Vary: Origin, so that it is used for that Origin header alone.
	VaryOrigin bool `json:"varyOrigin"`
	// Status and Headers are those of the answer that the rules were applied to. With [CacheValidated] they differ from the exchange's,
	// which are those of the 304.
	Status  int        `json:"status"`
	Headers HeaderList `json:"headers"`
}

// with is u for an answer that was edited since.
func (u *CacheUse) with(status int, headers HeaderList) *CacheUse {
	if u == nil {
		return nil
	}
	edited := *u
	edited.Status, edited.Headers = status, headers
	return &edited
}

// cacheLookup is what steps 8.24 to 8.26 of HTTP-network-or-cache fetch leave to the steps after them.
type cacheLookup struct {
	stored       *storedResponse
	revalidating bool
	requestTime  time.Time
}

// httpCache is null, in the standard's words, where the agent has none and for a request that no cache handles.
//
// https://fetch.spec.whatwg.org/#determine-the-http-cache-partition
func (p *fetchParams) usesHTTPCache(r *request) bool {
	if p.agent.profile.HTTPCache.NotForOpaque && p.page.origin.IsOpaque() {
		return false
	}
	return p.agent.httpCache != nil && r.cache != CacheNoStore && !r.ownConditions && r.method == "GET" && !r.headers.Contains("Range")
}

// readsHTTPCache reports whether a stored answer may be used for r.
func (p *fetchParams) readsHTTPCache(r *request) bool {
	policy := &p.agent.profile.HTTPCache
	return p.usesHTTPCache(r) || p.agent.httpCache != nil && policy.answersWrite(r) && !(policy.NotForOpaque && p.page.origin.IsOpaque())
}

// fromHTTPCache is step 8.26. It returns a response where a stored one can be used unasked; otherwise nil, and r may have become
// conditional.
func (p *fetchParams) fromHTTPCache(r *request, kind ExchangeKind, includeCredentials bool, cookies []CookieDecision) (*Response, cacheLookup) {
	var l cacheLookup
	if !p.readsHTTPCache(r) {
		return nil, l
	}
	l.requestTime = p.agent.clock()
	if p.agent.httpCache.count.Load() == 0 {
		return nil, l
	}
	if r.cache == CacheReload {
		if p.agent.profile.HTTPCache.ReloadForgets {
			p.agent.httpCache.invalidate(p.httpCacheKey(r.currentURL(), includeCredentials))
		}
		return nil, l
	}
	policy := &p.agent.profile.HTTPCache
	if policy.requestDirectives(r.headers).noStore {
		return nil, l // a page that says no-store wants no cache to take part
	}
	matches := false
	l.stored, matches = p.agent.httpCache.selectStored(p.httpCacheKey(r.currentURL(), includeCredentials), r.headers, policy)
	if l.stored == nil {
		return nil, l
	}
	if !matches {
		p.validateVariant(r, &l)
		return nil, l
	}
	if l.staleWhileRevalidate(r) {
		return p.storedAnswer(r, kind, includeCredentials, cookies, l), l
	}
	l.revalidating = l.stored.mustValidate(policy, r, l.requestTime)
	if !l.revalidating || r.cache == CacheForceCache || r.cache == CacheOnlyIfCached {
		return p.storedAnswer(r, kind, includeCredentials, cookies, l), l
	}
	conditional := l.stored.hasValidator() && policy.validates(l.stored.status)
	if value, _ := l.stored.headers.Get("ETag"); value != "" && conditional {
		r.headers.Append("If-None-Match", value)
	}
	if value, _ := l.stored.headers.Get("Last-Modified"); value != "" && conditional {
		r.headers.Append("If-Modified-Since", value)
	}
	l.revalidating = conditional || !policy.NotModifiedStored && policy.validates(l.stored.status)
	if p.trace != nil {
		text := "the stored answer may not be used unasked, so the server is asked if it still holds"
		if !conditional {
			text = "the stored answer may not be used unasked and cannot be validated, so it is fetched again"
		}
		p.step("concept-http-network-or-cache-fetch", "8.26.2.2.1", Step{Verdict: Note, Subject: "HTTP cache",
			Want: "fresh", Got: l.stored.ageClause(l.requestTime), Text: text})
	}
	return nil, l
}

// validateVariant makes r conditional for a stored answer to other headers: [HTTPCachePolicy.ValidatesOtherVariants]. A write that a stored
// answer could have answered is not, nor where nothing may be asked.
func (p *fetchParams) validateVariant(r *request, l *cacheLookup) {
	if r.cache == CacheOnlyIfCached || r.method != "GET" {
		l.stored = nil
		return
	}
	value, _ := l.stored.headers.Get("ETag")
	r.headers.Append("If-None-Match", value)
	l.revalidating = true
	if p.trace != nil {
		p.step("concept-http-network-or-cache-fetch", "8.26.2.2.1", Step{Verdict: Note, Subject: "HTTP cache", Want: "the headers that Vary names",
			Got: l.stored.ageClause(l.requestTime), Text: "the stored answer is for other headers, so the server is asked if it holds for these too"})
	}
}

// storedAnswer is step 8.26.2.2.3.
func (p *fetchParams) storedAnswer(r *request, kind ExchangeKind, credentials bool, cookies []CookieDecision, l cacheLookup) *Response {
	s := l.stored
	p.phase = PhaseRequest
	message := Message{Method: r.method, URL: r.currentURL(), Headers: r.headers, Body: r.body, Credentials: credentials}
	x := p.recordExchange(&message, kind, cookies)
	response := p.responseFrom(s, CacheLocal, l.requestTime, x)
	if x != nil {
		x.Status, x.StatusText, x.Proto, x.ResponseHeaders = s.status, s.statusText, s.proto, response.Headers
		text := "the answer comes from the HTTP cache, and nothing is sent"
		if l.staleWhileRevalidate(r) {
			p.step("concept-http-network-or-cache-fetch", "8.26.2.1.2", Step{Verdict: Note, Subject: "HTTP cache", Got: s.ageClause(l.requestTime),
				Text: "stale-while-revalidate: the answer comes from the HTTP cache, and the server is asked in the background"})
			p.status = s.status
			return response
		}
		if l.revalidating {
			text = "the cache mode takes a stored answer however old it is, and nothing is sent"
		}
		p.step("concept-http-network-or-cache-fetch", "8.26.2.2.3", Step{Verdict: Note, Subject: "HTTP cache", Got: s.ageClause(l.requestTime), Text: text})
	}
	p.status = s.status
	return response
}

// responseFrom makes a response of a stored one, with headers that the caller may change.
func (p *fetchParams) responseFrom(s *storedResponse, state CacheState, now time.Time, x *Exchange) *Response {
	use := &CacheUse{
		State: state, StoredAt: s.responseTime, Age: s.currentAge(now), StoredFor: s.origin, VaryOrigin: s.variesOn("origin"),
		Status: s.status,
	}
	response := &Response{Type: TypeDefault, Status: s.status, StatusText: s.statusText, Headers: s.headers.Clone(), cache: use}
	if x != nil {
		use.Headers = response.Headers
		x.Cache = use
	}
	response.Body = p.responseBody(io.NopCloser(bytes.NewReader(s.body)), x)
	return response
}

// updateHTTPCache is steps 11.3 to 11.5, given an answer from the network that is no network error.
func (p *fetchParams) updateHTTPCache(r *request, response *Response, includeCredentials bool, l cacheLookup) *Response {
	cache := p.agent.httpCache
	if cache == nil {
		return response
	}
	if cache.count.Load() > 0 && p.forgets(r, response.Status) {
		p.invalidateStored(r, response, includeCredentials)
	}
	if !p.usesHTTPCache(r) {
		return response
	}
	if l.revalidating && response.Status == 304 {
		return p.freshenStored(r, response, l)
	}
	if p.agent.profile.HTTPCache.ResourcePolicyFirst && r.tainting == TaintingOpaque {
		if policy, ok := response.Headers.Get(resourcePolicyName); ok && p.resourcePolicyRefuses(policy, r.origin, r.currentURL().Origin()) != "" {
			return response
		}
	}
	if p.agent.profile.HTTPCache.requestDirectives(r.headers).noStore {
		return response
	}
	if p.agent.profile.HTTPCache.AnswersReplace && cache.count.Load() > 0 && p.agent.profile.HTTPCache.replaces(response.Status) {
		cache.invalidate(p.httpCacheKey(r.currentURL(), includeCredentials))
	}
	control, ok := mayStore(&p.agent.profile.HTTPCache, r, response)
	if !ok {
		return response
	}
	w := p.newStoredWriter(r, response, includeCredentials, control, l.requestTime)
	if w == nil {
		return response
	}
	if p.trace != nil {
		w.stored.proto = response.Body.(*responseBody).exchange.Proto
		p.step("concept-http-network-or-cache-fetch", "11.5.2", Step{Verdict: Note, Subject: "HTTP cache", Got: w.stored.lifetimeClause(),
			Text: "the answer is stored once its body is read"})
	}
	if isRedirectStatus(response.Status) && response.Headers.Contains("Location") {
		// Nobody reads the body of a redirect.
		w.end(true)
		return response
	}
	response.Body.(*responseBody).store = w
	return response
}

// invalidateStored is step 11.3: the URL's answers, and those of the same origin that Location and Content-Location name.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.4
func (p *fetchParams) invalidateStored(r *request, response *Response, includeCredentials bool) {
	u := r.currentURL()
	gone := p.agent.httpCache.invalidate(p.httpCacheKey(u, includeCredentials))
	for _, name := range [...]string{"Location", "Content-Location"} {
		value, ok := response.Headers.Get(name)
		if !ok || p.agent.profile.HTTPCache.ForgetsURLAlone {
			continue
		}
		if other, err := u.Parse(isomorphicDecode(value)); err == nil && origin.SameOrigin(other.Origin(), u.Origin()) {
			gone += p.agent.httpCache.invalidate(p.httpCacheKey(other, includeCredentials))
		}
	}
	if gone > 0 {
		p.step("concept-http-network-or-cache-fetch", "11.3", Step{Verdict: Note, Subject: "HTTP cache", Got: r.method,
			Text: "the method may have changed what was stored, so it is dropped"})
	}
}

// freshenStored is step 11.4: the server said 304.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.4
func (p *fetchParams) freshenStored(r *request, response *Response, l cacheLookup) *Response {
	now := p.agent.clock()
	next, ok := l.stored.freshened(&p.agent.profile.HTTPCache, r.headers, response.Headers, l.requestTime, now)
	p.agent.httpCache.replace(l.stored, next, ok)
	x := response.Body.(*responseBody).exchange
	p.discard(response)
	if p.trace != nil {
		p.step("concept-http-network-or-cache-fetch", "11.4.2", Step{Verdict: Note, Subject: "HTTP cache", Got: l.stored.ageClause(now),
			Text: "the server says that the stored answer still holds (304): it is used, with the headers of the 304 in place of its own"})
	}
	p.status = next.status
	return p.responseFrom(next, CacheValidated, now, x)
}

// freshened returns s with the headers of a 304 in place of its own. Those about the body as it travelled, and Set-Cookie, which the
// jar has had already, stay as they were. It reports false for an answer that may not stay in the cache.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-3.2
func (s *storedResponse) freshened(policy *HTTPCachePolicy, request, headers HeaderList, requestTime, now time.Time) (*storedResponse, bool) {
	next := *s
	next.headers = s.headers.Clone()
	replaced := map[string]bool{}
	for _, h := range headers {
		switch name := httpspec.Lower(h.Name); name {
		case "content-length", "content-encoding", "content-range", "transfer-encoding", "connection", "keep-alive", "trailer",
			"upgrade", "te", "proxy-authenticate", "proxy-authentication-info", "set-cookie":
		default:
			if !replaced[name] {
				replaced[name] = true
				next.headers.Delete(name)
			}
			next.headers = append(next.headers, h)
		}
	}
	policy.loseEmptyLines(&next.headers)
	ok := true
	next.vary, ok = varyFields(next.headers, request)
	next.varyStar = !ok
	keep := ok || policy.ValidatesOtherVariants
	if replaced["access-control-allow-origin"] {
		next.origin, _ = request.Get("Origin")
	}
	next.control = policy.answerDirectives(next.headers)
	next.responseTime, next.initialAge = now, initialAge(policy, next.headers, requestTime, now)
	next.lifetime = next.control.freshnessLifetime(policy, next.status, next.headers, now)
	next.size = next.measure()
	return &next, keep && !next.control.noStore
}

// ageClause says for a trace how old an answer is and whose request brought it.
func (s *storedResponse) ageClause(now time.Time) string {
	whose := "a request without Origin"
	if s.origin != "" {
		whose = s.origin
	}
	return fmt.Sprintf("%s old, %s, stored for %s", s.currentAge(now).Round(time.Second), s.lifetimeClause(), whose)
}

func (s *storedResponse) lifetimeClause() string {
	switch {
	case s.control.noCache:
		return "to be validated each time"
	case s.lifetime == 0:
		return "stale from the start"
	case s.lifetime >= forever:
		return "fresh for ever"
	}
	return "fresh for " + s.lifetime.Round(time.Second).String()
}

// explainCache adds to the reason of a failed CORS check that the answer was a stored one, and for whom it was made: what the server
// says today may be another thing.
func (r *Response) explainCache(reason *Reason, page string) {
	u := r.cache
	if u == nil {
		return
	}
	where := "the answer came from the HTTP cache"
	if u.State == CacheValidated {
		where = "the answer came from the HTTP cache after a 304"
	}
	switch {
	case u.StoredFor == page:
		where += ", where it was stored for this page's origin"
	case u.State == CacheValidated && u.VaryOrigin:
		// Had the 304 one of its own, the answer would be this page's now.
		where += " that has no Access-Control-Allow-Origin of its own"
	case u.StoredFor == "":
		where += ", where it was stored for a request without an Origin header, and without Vary: Origin it is used for every page"
	default:
		where += ", where it was stored for " + u.StoredFor + ", and without Vary: Origin it is used for every page"
	}
	if reason.Detail != "" {
		reason.Detail += "; "
	}
	reason.Detail += where
}
