package fetch

import "github.com/corscope/corscope/origin"

// UpgradePolicy is how a browser departs from the standard where a page's policy upgrades insecure requests. The zero value is the standard.
//
// https://w3c.github.io/webappsec-upgrade-insecure-requests/
type UpgradePolicy struct {
	// JudgedBefore looks at the URL as it was before the upgrade to tell whether it is another origin's. The page's own origin, asked for
	// over http, is then one of those in all that the page sees: mode same-origin refuses it, mode no-cors makes the answer opaque, and in
	// mode cors there are an Origin, cookies with the credentials mode include alone, and an answer of the type cors. But there is no
	// preflight and no CORS check, for it is the page's own origin that is asked. Redirects from an upgraded URL to one that is yet to be upgraded
	// lead to another origin and hide the page's.
	JudgedBefore bool
	// CountsAsRedirect tells the page that an upgraded request was redirected; the redirect modes error and manual do not mind. Behind another
	// redirect it determines the Referer anew, of the upgraded URL alone, and with [RedirectPolicy.HeadersReturn] the headers are all back.
	CountsAsRedirect bool
	// NotKeepalive takes no notice of the policy for a request with keepalive.
	NotKeepalive bool
	// SparesHost asks for no CORS of the page's own host over http, whatever the port: no preflight is sent, and no header is needed. It
	// counts on the upgrade, and there is none on this machine, whose URLs can be trusted as they are: http://localhost:3000 reads
	// http://localhost:8080. Once another host was asked the answers are checked, and a request that was preflighted is so again, with all the
	// headers that JavaScript gave. Redirects may hold a user name or password for it.
	SparesHost bool
}

// upgrades reports whether the page's policy does, for this request.
func (p *fetchParams) upgrades() bool {
	return p.page.policies != nil && p.page.policies.upgradeInsecureRequests &&
		!(p.request.keepalive && p.agent.profile.Upgrade.NotKeepalive)
}

// upgradeInsecureRequest is step 5 of main fetch.
//
// DEVIATION(browser): a URL that is potentially trustworthy already, http://localhost, is left alone, where the text upgrades it too:
// Chromium does so since 2018, Firefox 153 ESR too, and servers in development have no certificate.
// https://w3c.github.io/webappsec-upgrade-insecure-requests/#upgrade-request, 2026-11-22.
//
// https://w3c.github.io/webappsec-upgrade-insecure-requests/#upgrade-request
func (p *fetchParams) upgradeInsecureRequest() {
	r := p.request
	u := r.currentURL()
	r.upgradedFrom = nil
	if !p.upgrades() || u.Scheme() != "http" || u.IsPotentiallyTrustworthy() {
		return
	}
	p.step("upgrade-insecure-requests#upgrade-request", "5", Step{Verdict: Note, Subject: "Content-Security-Policy", Want: "https", Got: u.Scheme(),
		Text: "the page upgrades insecure requests, so the URL becomes https; it was another origin before"})
	r.upgradedFrom, r.upgraded = u, true
	if before := len(r.urlList) - 2; before >= 0 && p.agent.profile.Upgrade.JudgedBefore {
		last := r.urlList[before].Origin()
		r.upgradeTaints = r.upgradeTaints || (r.askedOther || r.mode == ModeNoCORS) && !origin.SameOrigin(u.Origin(), last) && !origin.SameOrigin(r.origin, last)
	}
	if r.upgradeRedirects() && p.agent.profile.Redirect.HeadersReturn && r.memory != nil {
		r.headers, r.memory.judged = r.memory.headers, r.memory.headers
		if p.agent.profile.Referrer.AnewEachHop {
			r.referrer = r.memory.referrerSource
		}
	}
	r.replaceCurrentURL(u.WithScheme("https"))
}

// upgradeRedirects reports whether the current URL is one that [UpgradePolicy.CountsAsRedirect] is about.
func (r *request) upgradeRedirects() bool {
	return r.upgradedFrom != nil && r.client.agent.profile.Upgrade.CountsAsRedirect
}

// skipsCORS is [UpgradePolicy.JudgedBefore] and [UpgradePolicy.SparesHost]: it reports whether a request of the tainting cors goes to a
// server that is asked for nothing.
func (p *fetchParams) skipsCORS() bool {
	r, policy := p.request, &p.agent.profile.Upgrade
	if !p.upgrades() {
		return false
	}
	u := r.currentURL()
	text := "the page's own origin, by the upgrade: no CORS rule applies, though the page sees an answer of another origin"
	if spared := p.spares(u); spared && r.askedOther && r.preflighted() {
		r.memory.judged = r.memory.headers
		return false
	} else if spared {
		text = "the page's own host, and the page upgrades insecure requests: this browser asks for no CORS, though nothing was upgraded"
	} else if !policy.JudgedBefore || r.askedOther || !origin.SameOrigin(u.Origin(), r.origin) {
		return false
	}
	r.withoutCORS, r.spared = !r.askedOther, true
	p.step("concept-main-fetch", "12[2]", Step{Verdict: Note, Subject: "origin", Got: u.Origin().String(), Text: text})
	if p.trace != nil && !p.trace.Brief {
		p.trace.Preflights = append(p.trace.Preflights, PreflightNeed{Hop: len(r.urlList) - 1})
	}
	return true
}

// spares reports whether [UpgradePolicy.SparesHost] is about a URL.
func (p *fetchParams) spares(u *URL) bool {
	return p.agent.profile.Upgrade.SparesHost && p.upgrades() && u.Scheme() == "http" && u.IsPotentiallyTrustworthy() &&
		u.Host() == p.request.origin.Host()
}

// checkedOrigin is what Access-Control-Allow-Origin is compared with: the Origin that was sent, but where that is hidden because of hops that
// were asked for nothing.
func (r *request) checkedOrigin() string {
	if r.askedFrom == 0 || !r.client.agent.profile.Upgrade.SparesHost {
		return r.serializeOrigin()
	}
	asked := *r
	asked.urlList, asked.taintOf = r.urlList[r.askedFrom:], nil
	return asked.serializeOrigin()
}
