package fetch

import "github.com/corscope/corscope/origin"

// appendOrigin appends the Origin header to r, which is the copy that goes to the network.
//
// https://fetch.spec.whatwg.org/#append-a-request-origin-header
func (p *fetchParams) appendOrigin(r *request) {
	serialized := r.serializeOrigin()
	if r.tainting == TaintingCORS {
		if p.trace != nil && serialized == "null" && !r.origin.IsOpaque() {
			p.step("append-a-request-origin-header", "3", Step{Verdict: Note, Subject: "Origin", Got: serialized,
				Text: "a redirect led through another origin, so the page's origin is hidden"})
		} else {
			p.step("append-a-request-origin-header", "3", Step{Verdict: Note, Subject: "Origin", Got: serialized,
				Text: "the request asks another origin under CORS"})
		}
		r.sendOrigin(serialized)
		return
	}
	if r.memory != nil && r.memory.sentOrigin != "" {
		r.headers.Append("Origin", r.memory.sentOrigin)
		return
	}
	if p.storageAccessInactive(r) {
		p.step("append-a-request-origin-header", "4.2", Step{Verdict: Note, Subject: "Origin", Got: serialized,
			Text: "a frame asks the site in the address bar, with credentials: this browser says whose frame it is"})
		r.sendOrigin(serialized)
		return
	}
	if p.agent.profile.Headers.OriginForElements && r.mode == ModeCORS && r.isOfElement() {
		p.step("append-a-request-origin-header", "4.2", Step{Verdict: Note, Subject: "Origin", Got: serialized,
			Text: "an element or a font asks by CORS: this browser says whose page it is on, to the page's own origin too"})
		r.sendOrigin(serialized)
		return
	}
	if r.method == "GET" || r.method == "HEAD" {
		return
	}
	if p.agent.profile.Headers.NullOriginAfterRedirect && r.crossedOrigins() {
		serialized = "null"
	} else if r.mode != ModeCORS && !p.agent.profile.Headers.OriginIgnoresReferrerPolicy {
		policy := r.strictCrossSite()
		if r.memory != nil && p.agent.profile.Headers.OriginIgnoresRedirectPolicy {
			policy = r.memory.referrerPolicy
		}
		switch policy {
		case NoReferrer:
			serialized = "null"
		case NoReferrerWhenDowngrade, StrictOrigin, StrictOriginWhenCrossOrigin:
			upgraded := r.upgradedFrom != nil && p.agent.profile.Upgrade.JudgedBefore
			if r.origin.Scheme() == "https" && (r.currentURL().Scheme() != "https" || upgraded) {
				serialized = "null"
			}
		case SameOriginReferrer:
			if !origin.SameOrigin(r.origin, r.currentURL().Origin()) {
				serialized = "null"
			}
		}
	}
	p.step("append-a-request-origin-header", "4.2", Step{Verdict: Note, Subject: "Origin", Got: serialized,
		Text: "every method but GET and HEAD carries the header"})
	r.sendOrigin(serialized)
}

// storageAccessInactive is [HeaderPolicy.OriginForStorageAccess].
func (p *fetchParams) storageAccessInactive(r *request) bool {
	u := r.currentURL()
	return p.agent.profile.Headers.OriginForStorageAccess && r.mode == ModeNoCORS && r.credentials == CredentialsInclude &&
		u.IsPotentiallyTrustworthy() && r.redirectTaint() == TaintSameOrigin && p.isThirdParty(r) && p.agent.profile.Cookies.sameSite(u.Origin().Site(), p.page.topSite)
}

// isOfElement says which requests [HeaderPolicy.OriginForElements] is about.
func (r *request) isOfElement() bool {
	switch r.initiatorType {
	case InitiatorAudio, InitiatorVideo, InitiatorOther:
		return false
	}
	return r.destination != "" || !r.initiatorType.byJavaScript()
}

func (r *request) sendOrigin(value string) {
	if r.memory != nil && r.client.agent.profile.Redirect.OriginStays {
		r.memory.sentOrigin = value
	}
	r.headers.Append("Origin", value)
}
