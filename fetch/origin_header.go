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
		r.headers.Append("Origin", serialized)
		return
	}
	if r.method == "GET" || r.method == "HEAD" {
		return
	}
	if p.agent.profile.Headers.NullOriginAfterRedirect && r.crossedOrigins() {
		serialized = "null"
	} else if r.mode != ModeCORS && !p.agent.profile.Headers.OriginIgnoresReferrerPolicy {
		switch r.referrerPolicy {
		case NoReferrer:
			serialized = "null"
		case NoReferrerWhenDowngrade, StrictOrigin, StrictOriginWhenCrossOrigin:
			if r.origin.Scheme() == "https" && r.currentURL().Scheme() != "https" {
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
	r.headers.Append("Origin", serialized)
}
