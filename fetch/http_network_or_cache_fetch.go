package fetch

import (
	"strconv"
)

// httpNetworkOrCacheFetch adds the browser's own headers to a copy of r and makes the exchange, unless the HTTP cache has the answer.
// There is nobody to prompt for a name and password, so a 401 is an answer like others, unless they stand in the URL of a request
// that uses them.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (p *fetchParams) httpNetworkOrCacheFetch(r *request, kind ExchangeKind, isAuthenticationFetch, isNewConnectionFetch bool) *Response {
	p.exchange = -1
	httpRequest := r.clone()
	includeCredentials := r.includeCredentials() && p.embedderPolicyAllowsCredentials(r)
	if n := httpRequest.body.Len(); httpRequest.body == nil {
		if httpRequest.method == "POST" || httpRequest.method == "PUT" {
			httpRequest.headers.Append("Content-Length", "0")
		}
	} else if n >= 0 {
		httpRequest.headers.Append("Content-Length", strconv.FormatInt(n, 10))
		if httpRequest.keepalive {
			if refused := p.keepaliveQuota(); refused != nil {
				return refused
			}
		}
	}
	if referrer := httpRequest.referrer; referrer.url != nil && !referrer.none {
		httpRequest.headers.Append("Referer", httpRequest.sentReferrer())
	}
	p.appendOrigin(httpRequest)
	ownHeaders := kind == ExchangePreflight || r.memory == nil || !r.memory.crossed
	if ownHeaders {
		httpRequest.appendFetchMetadata(kind)
	}
	if kind == ExchangePreflight && p.agent.profile.Preflight.FetchModeAlways && !httpRequest.headers.Contains("Sec-Fetch-Mode") {
		httpRequest.headers = append(httpRequest.headers, Header{"Sec-Fetch-Mode", string(ModeCORS)})
	}
	if !httpRequest.headers.Contains("User-Agent") {
		httpRequest.headers = append(httpRequest.headers, Header{"User-Agent", p.agent.userAgent})
	}
	httpRequest.appendCacheHeaders(ownHeaders)
	if p.agent.profile.Headers.MergeLines {
		httpRequest.mergeLines()
	}
	if p.agent.profile.Headers.RewriteRange {
		httpRequest.rewriteRange()
	}
	if httpRequest.headers.Contains("Range") {
		httpRequest.headers.Append("Accept-Encoding", "identity")
	}
	var cookies []CookieDecision
	if includeCredentials {
		cookies = p.appendCookie(httpRequest)
		p.appendAuthorization(httpRequest, isAuthenticationFetch)
	} else {
		cookies = p.withheldCookies(httpRequest)
	}
	response, lookup := p.fromHTTPCache(httpRequest, kind, includeCredentials, cookies)
	if response != nil && lookup.staleWhileRevalidate(httpRequest) {
		p.revalidate(r, lookup.stored)
	}
	if response == nil {
		if httpRequest.cache == CacheOnlyIfCached {
			p.step("concept-http-network-or-cache-fetch", "11.1", Step{Verdict: Fail, Subject: "cache", Want: "a stored response", Got: "none",
				Text: "cache mode only-if-cached, and nothing is stored"})
			return p.blocked(ReasonOnlyIfCached, "")
		}
		response = p.httpNetworkFetch(httpRequest, kind, includeCredentials, isNewConnectionFetch, cookies)
		if response.IsError() {
			return response
		}
		if !p.agent.profile.MisdirectedUnseen || !httpRequest.asksMisdirectedAgain(response.Status, isNewConnectionFetch) {
			response = p.updateHTTPCache(httpRequest, response, includeCredentials, lookup)
		}
	}
	response.URLList = httpRequest.urlList
	response.includesCredentials = includeCredentials
	if !isAuthenticationFetch && r.mayAuthenticate(response) {
		p.discard(response)
		if !r.body.hasSource() {
			p.step("concept-http-network-or-cache-fetch", "15.2.1", Step{Verdict: Fail, Subject: "body", Want: "a body that can be sent again",
				Got: "a stream", Text: "the server wants a name and password, and the body was a stream and is gone"})
			return p.blocked(ReasonRedirectStream, "")
		}
		p.step("concept-http-network-or-cache-fetch", "15.4", Step{Verdict: Note, Subject: "Authorization", Got: "401",
			Text: "asked again, with the name and password of the URL"})
		p.askAgain()
		return p.httpNetworkOrCacheFetch(r, kind, true, isNewConnectionFetch)
	}
	if response.Status == 407 && !p.agent.profile.ReadsProxyAuthentication {
		p.step("concept-http-network-or-cache-fetch", "16.1", Step{Verdict: Fail, Subject: "status", Want: "a proxy that lets the request through",
			Got: "407", Text: "the proxy asks for a name and password"})
		p.withhold(response)
		return p.blocked(ReasonProxyAuth, "the proxy asks for a name and password (status 407)")
	}
	if r.asksMisdirectedAgain(response.Status, isNewConnectionFetch) {
		p.discard(response)
		p.step("concept-http-network-or-cache-fetch", "17.2", Step{Verdict: Note, Subject: "status", Got: "421",
			Text: "the server says that the request came to the wrong place: asked again, once, on a connection of its own"})
		p.askAgain()
		second := p.httpNetworkOrCacheFetch(r, kind, isAuthenticationFetch, true)
		if p.agent.profile.MisdirectedTypeKept && p.request.tainting == TaintingBasic {
			kept, ok := response.Headers.Get("Content-Type")
			if value, given := second.Headers.Get("Content-Type"); ok && given {
				second.Headers.Set("Content-Type", kept+","+value)
			}
		}
		return second
	}
	if isAuthenticationFetch && response.Status != 401 {
		p.agent.authentication.set(r.currentURL().Origin(), authorizationValue(r.currentURL()))
	}
	return response
}

// asksMisdirectedAgain is the condition of step 17.
func (r *request) asksMisdirectedAgain(status int, isNewConnectionFetch bool) bool {
	return status == 421 && !isNewConnectionFetch && (r.body == nil || r.body.hasSource())
}

// askAgain marks the exchange whose answer is not judged, because the request is made again.
func (p *fetchParams) askAgain() {
	if p.trace != nil && p.exchange >= 0 {
		p.trace.Exchanges[p.exchange].AskedAgain = true
	}
}

// effectiveCacheMode is step 8.16: a conditional request is the caller's own business with the server.
func (r *request) effectiveCacheMode() CacheMode {
	if r.cache != CacheDefault || !r.isConditional() {
		return r.cache
	}
	if mode := r.client.agent.profile.Headers.ConditionalCacheMode; mode != "" {
		return mode
	}
	return CacheNoStore
}

// isConditional reports whether JavaScript set a header that makes the answer depend on what it already has.
func (r *request) isConditional() bool {
	for _, name := range [...]string{"If-Modified-Since", "If-None-Match", "If-Unmodified-Since", "If-Match", "If-Range"} {
		if r.headers.Contains(name) {
			return true
		}
	}
	return false
}

// appendCacheHeaders is steps 8.16 to 8.18.
func (r *request) appendCacheHeaders(send bool) {
	r.ownConditions = r.isConditional()
	r.cache = r.effectiveCacheMode()
	if !send {
		return
	}
	switch r.cache {
	case CacheNoCache:
		if !r.keepsCacheControl {
			r.appendUnlessPresent("Cache-Control", "max-age=0")
		}
	case CacheNoStore, CacheReload:
		r.appendUnlessPresent("Pragma", "no-cache")
		r.appendUnlessPresent("Cache-Control", "no-cache")
	}
}

func (r *request) appendUnlessPresent(name, value string) {
	if !r.headers.Contains(name) {
		r.headers = append(r.headers, Header{name, value})
	}
}
