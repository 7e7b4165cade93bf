package fetch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/origin"
)

// mainFetch runs the checks that come before any exchange, chooses the response tainting, and filters the answer.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (p *fetchParams) mainFetch(recursive bool) *Response {
	r := p.request
	p.exchange = -1
	r.redirectTaint() // which the copies of the request take over
	if recursive && p.trace != nil && p.trace.Checkpoint != nil {
		p.trace.Checkpoint.save(p)
	}
	p.upgradeInsecureRequest()
	p.upgradeMixedContent()
	response := p.blockedBeforeNetwork()
	if r.referrerPolicy == "" {
		r.referrerPolicy = p.page.referrerPolicy
	}
	if !recursive {
		r.remember()
	}
	if !r.referrer.none {
		r.determineReferrer()
	}
	if response == nil && !recursive && p.agent.profile.Keepalive.RefusedFirst {
		response = p.keepaliveQuota()
	}
	if response == nil {
		p.upgradeKnownHost()
		response = p.chooseFetch()
	}
	if recursive {
		return response
	}
	return p.handOver(response)
}

// handOver is main fetch from step 13 on, which is for the answer at the end of all redirects.
func (p *fetchParams) handOver(response *Response) *Response {
	r := p.request
	if p.outcome != nil {
		p.withhold(response)
		response = p.outcome
	}
	// The standard sets the URL list when the response is filtered already; a filtered response of ours is a copy, not a view.
	internal := response.Internal()
	if len(internal.URLList) == 0 {
		internal.URLList = slices.Clone(r.urlList)
	}
	if !response.IsError() && response.internal == nil {
		if r.tainting == TaintingCORS {
			p.exposeHeaders(response)
		}
		response = response.filtered(r.tainting)
	}
	internal.redirects = r.redirectTaint()
	response.TimingAllowed = !r.timingAllowFailed
	internal.TimingAllowed = response.TimingAllowed
	response.upgraded = r.upgraded && p.agent.profile.Upgrade.CountsAsRedirect
	// Step 21 stops a partial answer to a request that asked for no range. Only a service worker can hand one out, and there is
	// none.
	reset := internal.Status == 205 && internal.http2 && p.agent.profile.ReadsHTTP2ResetContent
	if !response.IsError() && (r.method == "HEAD" || isNullBodyStatus(internal.Status) && !reset) && internal.Body != nil {
		internal.Body.Close()
		internal.Body, response.Body = nil, nil
	}
	if p.record != nil && !response.IsError() {
		p.holdRecord(response)
	}
	if r.integrity != "" && !response.IsError() {
		return p.checkIntegrity(response)
	}
	return response
}

// blockedBeforeNetwork is step 7: what stops a request whatever the server would say.
func (p *fetchParams) blockedBeforeNetwork() *Response {
	r := p.request
	u := r.currentURL()
	if port, service, bad := badPort(u); bad {
		p.step("concept-main-fetch", "7", Step{Verdict: Fail, Subject: "port", Want: "a port that browsers do not block", Got: fmt.Sprint(port),
			Text: "the port is on the browsers' block list"})
		detail := ""
		if service != "" {
			detail = "it is the port of " + service
		}
		return p.blocked(ReasonBadPort, detail)
	}
	if p.isMixedContent() {
		if len(r.urlList) > 1 {
			p.askBeforeRefusal()
		}
		p.step("mixed-content#should-block-fetch", "", Step{Verdict: Fail, Subject: "scheme", Want: "https", Got: u.Scheme(),
			Text: "a page on https may not fetch over plain http"})
		return p.blocked(ReasonMixedContent, "")
	}
	return p.blockedByCSP()
}

// chooseFetch is step 12, where the response tainting is decided.
func (p *fetchParams) chooseFetch() *Response {
	r := p.request
	u := r.currentURL()
	sameOrigin := origin.SameOrigin(u.Origin(), r.origin)
	r.withoutCORS = false
	if p.agent.profile.Upgrade.JudgedBefore && r.upgradedFrom != nil {
		u = r.upgradedFrom
		sameOrigin = sameOrigin && origin.SameOrigin(u.Origin(), r.origin)
	}
	switch {
	case sameOrigin && r.tainting == TaintingBasic || u.Scheme() == "data" || r.mode == modeNavigate:
		if sameOrigin {
			p.step("concept-main-fetch", "12[2]", Step{Verdict: Note, Subject: "origin", Got: u.Origin().String(),
				Text: "the page's own origin: no CORS rule applies"})
		}
		r.tainting = TaintingBasic
		return p.schemeFetch()
	case r.mode == ModeSameOrigin:
		p.step("concept-main-fetch", "12[3]", Step{Verdict: Fail, Subject: "mode", Want: r.origin.String(), Got: u.Origin().String(),
			Text: "mode same-origin refuses every other origin"})
		return p.blocked(ReasonSameOriginMode, "")
	case r.mode == ModeNoCORS:
		if r.redirect != RedirectFollow {
			p.step("concept-main-fetch", "12[4].1", Step{Verdict: Fail, Subject: "redirect", Want: string(RedirectFollow), Got: string(r.redirect),
				Text: "mode no-cors must follow redirects"})
			return p.blocked(ReasonNoCORSRedirectMode, "")
		}
		p.step("concept-main-fetch", "12[4].2", Step{Verdict: Note, Subject: "mode", Got: string(ModeNoCORS),
			Text: "mode no-cors: the page gets an opaque answer that it cannot read"})
		r.tainting = TaintingOpaque
		return p.schemeFetch()
	case !u.IsHTTP():
		p.step("concept-main-fetch", "12[5]", Step{Verdict: Fail, Subject: "scheme", Want: "http or https", Got: u.Scheme(),
			Text: "only http and https URLs can be fetched from another origin"})
		return p.blocked(ReasonScheme, "")
	}
	r.tainting = TaintingCORS
	if p.skipsCORS() {
		return p.httpFetch(false)
	}
	if !r.askedOther && r.spared {
		r.askedFrom = len(r.urlList) - 1
	}
	r.askedOther = true
	if r.asksFirst() {
		p.step("concept-main-fetch", "12[6].1", Step{Verdict: Note, Subject: "origin", Got: u.Origin().String(),
			Text: "another origin, and more than a form could send: asked first"})
		hop := len(r.urlList)
		response := p.httpFetch(true)
		if response.IsError() {
			p.clearPreflights(response.Reason.Code, hop)
		}
		return response
	}
	p.step("concept-main-fetch", "12[7].1", Step{Verdict: Note, Subject: "origin", Got: u.Origin().String(),
		Text: "another origin, and no more than a form could send: not asked first"})
	if p.trace != nil && !p.trace.Brief {
		p.trace.Preflights = append(p.trace.Preflights, PreflightNeed{Hop: len(r.urlList) - 1})
	}
	return p.httpFetch(false)
}

// askBeforeRefusal is [PreflightPolicy.BeforeRefusal].
func (p *fetchParams) askBeforeRefusal() {
	if r := p.request; p.agent.profile.Preflight.BeforeRefusal && r.mode == ModeCORS && r.asksFirst() {
		p.preflightIfNeeded()
	}
}

// asksFirst is the condition of step 12's case with a preflight.
func (r *request) asksFirst() bool {
	return r.useCORSPreflight || r.preflighted() || r.unsafeRequest && (isUnsafeMethod(r.method) || len(r.corsUnsafeRequestHeaderNames()) > 0)
}

// clearPreflights forgets what is known of a URL whose request has failed; hop is the length of the URL list when it was sent.
func (p *fetchParams) clearPreflights(code ReasonCode, hop int) {
	r, policy := p.request, &p.agent.profile.Preflight
	switch {
	case policy.KeptAfterFailure, policy.RefusedRedirectClears && code == ReasonRedirectMode:
		return
	case policy.RefusedRedirectClears && len(r.urlList) == hop+1 && (code == ReasonMixedContent || code == ReasonBadPort):
		from := *r
		from.urlList = r.urlList[:hop]
		p.agent.preflightCache.clear(&from)
	default:
		p.agent.preflightCache.clear(r)
	}
}

// starBeforeError reports whether a list has a member "*" before the first one that is no token.
func starBeforeError(lines []string) bool {
	for member := range strings.SplitSeq(joinLines(lines), ",") {
		switch member = strings.Trim(member, " \t"); {
		case member == "*":
			return true
		case member != "" && !httpspec.IsToken(member):
			return false
		}
	}
	return false
}

// exposeHeaders is step 14.1: which headers a cross-origin answer lets the page read.
func (p *fetchParams) exposeHeaders(response *Response) {
	const name = httpspec.AccessControlExposeHeaders
	lines := response.Headers.Values(name)
	if lines == nil {
		return
	}
	names, err := httpspec.ParseTokenList(lines)
	if err != nil && p.agent.profile.Headers.ExposeStarFirst && starBeforeError(lines) {
		names, err = []string{"*"}, nil
	}
	if err != nil {
		if p.trace != nil {
			p.step("concept-main-fetch", "14.1.3", Step{Verdict: Note, Subject: name, Want: "a list of header names", Got: joinLines(lines),
				Text: fmt.Sprintf("not a list of header names (%s), so it exposes none", quote(err.Value))})
		}
		return
	}
	if p.request.credentials != CredentialsInclude && slices.Contains(names, "*") {
		response.exposedNames = sortedLowercaseSet(response.Headers.names())
		p.step("concept-main-fetch", "14.1.2", Step{Verdict: Note, Subject: name, Got: "*", Text: "exposes every header but Set-Cookie"})
		return
	}
	response.exposedNames = names
	if p.trace == nil {
		return
	}
	text := "exposes these headers, beside the seven that are always readable"
	if slices.Contains(names, "*") {
		text = "with credentials, * is no wildcard: it exposes a header of that very name"
	}
	p.step("concept-main-fetch", "14.1.3", Step{Verdict: Note, Subject: name, Got: joinLines(lines), Text: text})
}
