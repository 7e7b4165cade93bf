package fetch

// sameSiteMode is "determine the same-site mode" for requests whose destination is the empty string. The standard's assertion
// that the method is GET or POST is taken as meant for navigations.
//
// DEVIATION(browser): the text at 586cd2a never compares the page with the URL, so that a page of one site would send the Strict
// cookies of another; every browser asks for the same site, as RFC 6265bis section 5.2 does.
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.2, 2026-11-22.
//
// https://fetch.spec.whatwg.org/#determine-the-same-site-mode
func (r *request) sameSiteMode() SameSiteMode {
	if r.client.crossSiteParents || r.redirectTaint() == TaintCrossSite && !r.client.agent.profile.Cookies.IgnoreRedirects ||
		!r.client.sameSite(r.currentURL().Origin()) {
		return UnsetOrLess
	}
	return StrictOrLess
}

// cookieContext is what the jar must know of r.
func (p *fetchParams) cookieContext(r *request) CookieContext {
	return CookieContext{
		SameSite: r.sameSiteMode(), Method: r.method, PartitionKey: p.page.partitionKey,
		ThirdParty: r.currentURL().Origin().Site() != p.page.topSite, Policy: p.agent.profile.Cookies,
	}
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
