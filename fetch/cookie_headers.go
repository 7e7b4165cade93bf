package fetch

import (
	"strings"

	"github.com/corscope/corscope/origin"
)

// sameSiteMode is "determine the same-site mode" for requests whose destination is the empty string. The standard's assertion
// that the method is GET or POST is taken as meant for navigations.
//
// DEVIATION(browser): the text at 586cd2a never compares the page with the URL, so that a page of one site would send the Strict
// cookies of another; every browser asks for the same site, as RFC 6265bis section 5.2 does.
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.2, 2026-11-22.
//
// https://fetch.spec.whatwg.org/#determine-the-same-site-mode
func (r *request) sameSiteMode() SameSiteMode {
	policy, host, top := &r.client.agent.profile.Cookies, r.currentURL().Host(), r.client.frameOf
	inFrame := top.IsValid()
	if !inFrame {
		top = r.origin
	}
	if policy.RedirectedSchemeCrossSite && r.schemeRedirected() && host != top.Host() {
		return UnsetOrLess
	}
	if policy.TopHostIsSameSite && inFrame && host == top.Host() {
		return StrictOrLess
	}
	if r.client.crossSiteParents || r.redirectedCrossSite() ||
		!r.client.sameCookieSite(r.currentURL().Origin()) {
		return UnsetOrLess
	}
	return StrictOrLess
}

func (r *request) schemeRedirected() bool {
	for i, u := range r.urlList[1:] {
		if u.Scheme() != r.urlList[i].Scheme() {
			return true
		}
	}
	return false
}

// redirectedCrossSite reports whether a chain of redirects has passed through another site than the page's, as the browser's cookies
// see it.
func (r *request) redirectedCrossSite() bool {
	switch policy := &r.client.agent.profile.Cookies; {
	case policy.IgnoreRedirects:
		return false
	case !policy.IgnoreScheme:
		return r.redirectTaint() == TaintCrossSite
	}
	for i, u := range r.urlList[1:] {
		last := r.urlList[i].Origin()
		if !r.client.sameCookieSite(last) && !r.client.agent.profile.Cookies.sameSite(u.Origin().Site(), last.Site()) {
			return true
		}
	}
	return false
}

// sameCookieSite is sameSite as the browser's cookies see it.
func (p *Page) sameCookieSite(o origin.Origin) bool {
	if p.agent.profile.Cookies.SandboxKeepsSite && p.origin.IsOpaque() && p.url != nil {
		return p.agent.profile.Cookies.sameSite(p.url.Origin().Site(), o.Site())
	}
	if p.agent.profile.Cookies.IgnoreScheme {
		return p.agent.profile.Cookies.sameSite(p.origin.Site(), o.Site())
	}
	return p.sameSite(o)
}

// sameSite compares without the scheme where the browser does.
func (p *CookiePolicy) sameSite(a, b origin.Site) bool {
	if !p.IgnoreScheme || a == b {
		return a == b
	}
	_, hostA, tuples := strings.Cut(a.String(), "://")
	_, hostB, _ := strings.Cut(b.String(), "://")
	return tuples && hostA == hostB
}

// cookieContext is what the jar must know of r.
func (p *fetchParams) cookieContext(r *request) CookieContext {
	return CookieContext{
		SameSite: r.sameSiteMode(), Method: r.method, PartitionKey: p.page.partitionKey,
		ThirdParty: p.isThirdParty(r), Policy: p.agent.profile.Cookies,
	}
}

func (p *fetchParams) isThirdParty(r *request) bool {
	policy := &p.agent.profile.Cookies
	if policy.FrameIsThirdParty && !p.page.frameOf.IsOpaque() && p.page.frameOf.IsValid() &&
		(p.page.origin.IsOpaque() || !policy.sameSite(p.page.origin.Site(), p.page.topSite)) {
		return true
	}
	urls := r.urlList[len(r.urlList)-1:]
	if policy.BlockedStaysBlocked {
		urls = r.urlList
	}
	for _, u := range urls {
		if !policy.sameSite(u.Origin().Site(), p.page.topSite) {
			return true
		}
	}
	return false
}

// appendCookie appends the Cookie header to r, which is the copy that goes to the network.
//
// https://fetch.spec.whatwg.org/#append-a-request-cookie-header
func (p *fetchParams) appendCookie(r *request) []CookieDecision {
	if p.agent.jar.Len() == 0 {
		return nil
	}
	var value string
	var decisions []CookieDecision
	if p.trace == nil {
		value = p.agent.jar.CookieHeader(r.currentURL(), p.cookieContext(r))
	} else {
		value, decisions = p.agent.jar.Cookies(r.currentURL(), p.cookieContext(r))
	}
	if value != "" {
		r.headers.Append("Cookie", value)
	}
	return decisions
}

// storeCookies stores the cookies of an answer, whether the page may read it or not.
//
// https://fetch.spec.whatwg.org/#parse-and-store-response-set-cookie-headers
func (p *fetchParams) storeCookies(r *request, response *Response, x *Exchange) {
	for _, line := range response.Headers.Values("Set-Cookie") {
		decision := p.agent.jar.Set(r.currentURL(), line, p.cookieContext(r))
		if x != nil {
			x.SetCookies = append(x.SetCookies, decision)
		}
	}
}

// CookieCredentialsOmitted: neither sent nor stored, because the request's credentials mode leaves credentials out.
const CookieCredentialsOmitted CookieReason = "credentials-not-included"

func (d CookieDecision) withoutCredentials(why string) CookieDecision {
	d.Accepted, d.Reason, d.Also, d.Evicted = false, CookieCredentialsOmitted, nil, nil
	d.Why = why
	return d
}

// withheldCookies says for a trace which cookies there are and did not go along because credentials were not included.
func (p *fetchParams) withheldCookies(r *request) []CookieDecision {
	if p.trace == nil || p.agent.jar.Len() == 0 {
		return nil
	}
	_, decisions := p.agent.jar.Cookies(r.currentURL(), p.cookieContext(r))
	for i, d := range decisions {
		if d.Accepted {
			decisions[i] = d.withoutCredentials("the request goes without credentials")
		}
	}
	return decisions
}

// refuseCookies says for a trace which cookies were not stored because credentials were not included.
func (p *fetchParams) refuseCookies(r *request, response *Response, x *Exchange) {
	if x == nil {
		return
	}
	for _, line := range response.Headers.Values("Set-Cookie") {
		_, decision := ParseSetCookie(line, r.currentURL(), p.agent.profile.Cookies, p.agent.clock())
		x.SetCookies = append(x.SetCookies, decision.withoutCredentials("the request went without credentials"))
	}
}
