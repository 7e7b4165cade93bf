package fetch

import "fmt"

// httpFetch asks first where that is needed, makes the exchange, and applies the CORS check and the resource policy.
//
// https://fetch.spec.whatwg.org/#concept-http-fetch
func (p *fetchParams) httpFetch(makeCORSPreflight bool) *Response {
	r := p.request
	if makeCORSPreflight {
		if response := p.preflightIfNeeded(); response != nil {
			return response
		}
	}
	response := p.httpNetworkOrCacheFetch(r, ExchangeRequest)
	if response.IsError() {
		return response
	}
	if r.tainting == TaintingCORS {
		if failure := p.corsCheck(r, response); failure != nil {
			response.explainCache(&failure.Reason, r.serializeOrigin())
			p.withhold(response)
			return failure
		}
	}
	if !r.taoCheck(response) {
		r.timingAllowFailed = true
	}
	if r.tainting == TaintingOpaque {
		if failure := p.corpCheck(r, response); failure != nil {
			p.withhold(response)
			return failure
		}
	}
	if !isRedirectStatus(response.Status) {
		return response
	}
	switch r.redirect {
	case RedirectError:
		location, _ := response.Headers.Get("Location")
		p.step("concept-http-fetch", "6.3[1].1", Step{Verdict: Fail, Subject: "redirect", Want: "an answer that is no redirect",
			Got: fmt.Sprintf("%d %s", response.Status, location), Text: "redirect mode error refuses every redirect"})
		p.withhold(response)
		return p.blocked(ReasonRedirectMode, "")
	case RedirectManual:
		p.step("concept-http-fetch", "6.3[2].2", Step{Verdict: Note, Subject: "redirect", Got: fmt.Sprint(response.Status),
			Text: "redirect mode manual: the page gets an answer that it cannot read, and nothing is followed"})
		return response.opaqueRedirect()
	}
	return p.httpRedirectFetch(response)
}

// preflightIfNeeded is step 4.1 of HTTP fetch. It returns nil when the request may go on.
func (p *fetchParams) preflightIfNeeded() *Response {
	r := p.request
	cache := p.agent.preflightCache
	needed := isUnsafeMethod(r.method) || r.useCORSPreflight
	missing := needed && !cache.matchMethod(r, r.method)
	unsafe := r.corsUnsafeRequestHeaderNames()
	for _, name := range unsafe {
		if missing {
			break
		}
		missing = !cache.matchHeader(r, name)
	}
	if p.trace != nil {
		need := PreflightNeed{Hop: len(r.urlList) - 1, Needed: true, CacheHit: !missing, Headers: UnsafeRequestHeaders(r.headers)}
		if isUnsafeMethod(r.method) {
			need.Method = r.method
		}
		if r.useCORSPreflight {
			need.Forced = "upload-listener"
			if !r.body.hasSource() {
				need.Forced = "stream-body"
			}
		}
		p.trace.Preflights = append(p.trace.Preflights, need)
	}
	if !missing {
		p.step("concept-http-fetch", "4.1", Step{Verdict: Pass, Subject: "preflight cache", Text: "an earlier preflight allows the method and the headers"})
		return nil
	}
	response := p.corsPreflightFetch(r)
	if response.IsError() {
		return response
	}
	return nil
}
