package fetch

import "github.com/corscope/corscope/origin"

// UpgradePolicy is how a browser departs from the standard where a page's policy upgrades insecure requests. The zero value is the standard.
//
// https://w3c.github.io/webappsec-upgrade-insecure-requests/
type UpgradePolicy struct {
	// JudgedBefore looks at the URL as it was before the upgrade to tell whether it is another origin's. The page's own origin, asked for
	// over http, is then one of those in all that the page sees: mode same-origin refuses it, mode no-cors makes the answer opaque, and in
	// mode cors there are an Origin, cookies with the credentials mode include alone, and an answer of the type cors. But there is no
	// preflight and no CORS check, for it is the page's own origin that is asked.
	JudgedBefore bool
	// CountsAsRedirect tells the page that an upgraded request was redirected. The redirect modes error and manual do not mind.
	CountsAsRedirect bool
	// SparesHost asks for no CORS of the page's own host over http, whatever the port: no preflight is sent, and no header is needed. It
	// counts on the upgrade, and there is none on this machine, whose URLs can be trusted as they are: http://localhost:3000 reads
	// http://localhost:8080. Behind a redirect the first URL must be of that host too, and once another host was asked the answers are checked.
	SparesHost bool
}

// upgradesInsecureRequests reports whether the page's policy does.
func (p *Page) upgradesInsecureRequests() bool {
	return p.policies != nil && p.policies.upgradeInsecureRequests
}

// upgradeInsecureRequest is step 5 of main fetch.
//
// DEVIATION(browser): a URL that is potentially trustworthy already, http://localhost, is left alone, where the text upgrades it too:
// Chromium does so since 2018, and servers in development have no certificate.
// https://w3c.github.io/webappsec-upgrade-insecure-requests/#upgrade-request, 2026-11-22.
//
// https://w3c.github.io/webappsec-upgrade-insecure-requests/#upgrade-request
func (p *fetchParams) upgradeInsecureRequest() {
	r := p.request
	u := r.currentURL()
	r.upgradedFrom = nil
	if !p.page.upgradesInsecureRequests() || u.Scheme() != "http" || u.IsPotentiallyTrustworthy() {
		return
	}
	p.step("upgrade-insecure-requests#upgrade-request", "5", Step{Verdict: Note, Subject: "Content-Security-Policy", Want: "https", Got: u.Scheme(),
		Text: "the page upgrades insecure requests, so the URL becomes https; it was another origin before"})
	r.upgradedFrom, r.upgraded = u, true
	r.replaceCurrentURL(u.WithScheme("https"))
}

// skipsCORS is [UpgradePolicy.JudgedBefore] and [UpgradePolicy.SparesHost]: it reports whether a request of the tainting cors goes to a
// server that is asked for nothing.
func (p *fetchParams) skipsCORS() bool {
	r, policy := p.request, &p.agent.profile.Upgrade
	if !p.page.upgradesInsecureRequests() {
		return false
	}
	u := r.currentURL()
	own := policy.JudgedBefore && !r.askedOther && origin.SameOrigin(u.Origin(), r.origin)
	spared := policy.SparesHost && u.Scheme() == "http" && u.Host() == r.origin.Host() && r.urlList[0].Host() == u.Host()
	if !own && !spared {
		return false
	}
	r.withoutCORS = !r.askedOther
	text := "the page's own origin, by the upgrade: no CORS rule applies, though the page sees an answer of another origin"
	if !own {
		text = "the page's own host, and the page upgrades insecure requests: this browser asks for no CORS, though nothing was upgraded"
	}
	p.step("concept-main-fetch", "12[2]", Step{Verdict: Note, Subject: "origin", Got: u.Origin().String(), Text: text})
	if p.trace != nil && !p.trace.Brief {
		p.trace.Preflights = append(p.trace.Preflights, PreflightNeed{Hop: len(r.urlList) - 1})
	}
	return true
}
