package fetch

import (
	"fmt"

	"github.com/corscope/corscope/internal/httpspec"
)

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
	if r.memory != nil && r.memory.refusal != nil {
		return r.memory.refusal
	}
	response := p.httpNetworkOrCacheFetch(r, ExchangeRequest, false, false)
	if response.IsError() {
		return response
	}
	if r.tainting == TaintingCORS && !r.withoutCORS {
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
		failure := p.corpCheck(r, response)
		if failure == nil {
			failure = p.embedderPolicyCheck(r, response)
		}
		if failure != nil {
			p.withhold(response)
			return failure
		}
	}
	if !isRedirectStatus(response.Status) {
		return response
	}
	switch r.redirect {
	case RedirectError:
		if p.agent.profile.Redirect.NeedsLocation && !response.hasLocation() ||
			p.agent.profile.Redirect.ErrorNeedsLocation && !response.Headers.Contains("Location") {
			return response
		}
		location, _ := response.Headers.Get("Location")
		p.step("concept-http-fetch", "6.3[1].1", Step{Verdict: Fail, Subject: "redirect", Want: "an answer that is no redirect",
			Got: fmt.Sprintf("%d %s", response.Status, location), Text: "redirect mode error refuses every redirect"})
		p.withhold(response)
		return p.blocked(ReasonRedirectMode, "")
	case RedirectManual:
		if p.agent.profile.Redirect.ManualNeedsURL {
			if _, err := response.locationURL("", false, &p.agent.profile.Redirect); err != nil {
				got, _ := response.Headers.Get("Location")
				p.step("concept-http-redirect-fetch", "5", Step{Verdict: Fail, Subject: "Location", Want: "one URL", Got: got, Text: "not a URL"})
				p.withhold(response)
				return p.blocked(ReasonRedirectLocation, err.Error())
			}
		}
		if location, err := response.locationURL("", false, &p.agent.profile.Redirect); p.agent.profile.Redirect.ManualRefusesFTP &&
			err == nil && location != nil && location.Scheme() == "ftp" {
			p.step("concept-http-redirect-fetch", "6", Step{Verdict: Fail, Subject: "Location", Want: "an http or https URL", Got: location.String(),
				Text: "only http and https redirects are followed"})
			p.withhold(response)
			return p.blocked(ReasonRedirectScheme, "")
		}
		p.step("concept-http-fetch", "6.3[2].2", Step{Verdict: Note, Subject: "redirect", Got: fmt.Sprint(response.Status),
			Text: "redirect mode manual: the page gets an answer that it cannot read, and nothing is followed"})
		opaque := response.opaqueRedirect()
		if p.agent.profile.Redirect.ManualShowsBody && !response.Headers.Contains("Location") {
			opaque.Body = response.Body
		}
		if !p.agent.profile.Redirect.KeepaliveFollowsManual || !r.keepalive || r.mode != ModeNoCORS {
			return opaque
		}
		p.outcome, r.redirect = opaque, RedirectFollow
	}
	return p.httpRedirectFetch(response)
}

// skipsPreflightCache is false in the standard.
func (p *fetchParams) skipsPreflightCache() bool {
	return p.agent.profile.Preflight.NoStoreNotCached && p.request.effectiveCacheMode() == CacheNoStore
}

// bypassesPreflightCache is false in the standard.
func (p *fetchParams) bypassesPreflightCache() bool {
	policy := &p.agent.profile.Preflight
	opaque := p.page.origin.IsOpaque()
	if policy.TaintedNeverCached && (opaque || p.request.redirectTaint() != TaintSameOrigin) && !(opaque && policy.OpaqueCached) {
		return true
	}
	switch p.request.effectiveCacheMode() {
	case CacheNoStore, CacheReload:
		return policy.CacheModeBypasses
	case CacheNoCache:
		return policy.NoCacheBypasses
	}
	return false
}

// preflightIfNeeded is step 4.1 of HTTP fetch. It returns nil when the request may go on.
func (p *fetchParams) preflightIfNeeded() *Response {
	r := p.request
	cache := p.agent.preflightCache
	policy := &p.agent.profile.Preflight
	needed := isUnsafeMethod(r.method) || r.useCORSPreflight || policy.AsksForHEAD && r.method == "HEAD"
	bypass := p.bypassesPreflightCache()
	if !bypass {
		p.forgetMovedHost(r)
	}
	known := cache.matchMethod(r, r.method) || policy.SafelistedMethodsCached && httpspec.IsCORSSafelistedMethod(r.method) && cache.knows(r)
	missing := bypass || needed && !known || r.preflighted() && !cache.knows(r)
	if policy.AlwaysAgain {
		r.memory.preflighted = true
	}
	unsafe := r.corsUnsafeRequestHeaderNames()
	for _, name := range unsafe {
		if missing {
			break
		}
		missing = !cache.matchHeader(r, name)
	}
	if p.trace != nil && !p.trace.Brief {
		need := PreflightNeed{Hop: len(r.urlList) - 1, Needed: true, CacheHit: !missing, Headers: p.agent.profile.Headers.unsafeRequestHeaders(r.preflightHeaders())}
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
	if policy.LatestReplaces && !bypass {
		cache.clear(r)
	}
	response := p.corsPreflightFetch(r)
	if response.IsError() {
		return response
	}
	return nil
}
