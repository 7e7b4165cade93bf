package fetch

import (
	"fmt"

	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/origin"
)

// maxRedirects is the standard's limit on a request's redirect count.
const maxRedirects = 20

// httpRedirectFetch follows one redirect.
//
// https://fetch.spec.whatwg.org/#concept-http-redirect-fetch
func (p *fetchParams) httpRedirectFetch(response *Response) *Response {
	r := p.request
	fragment, hasFragment := r.currentURL().Fragment()
	location, err := response.locationURL(fragment, hasFragment, &p.agent.profile.Redirect)
	if location == nil && err == nil || p.agent.profile.Redirect.NeedsLocation && !response.hasLocation() {
		p.step("concept-http-redirect-fetch", "4", Step{Verdict: Note, Subject: "Location", Got: fmt.Sprint(response.Status),
			Text: "no Location, so the answer is an ordinary one"})
		return response
	}
	p.discard(response)
	got, _ := response.Headers.Get("Location")
	if err != nil {
		p.step("concept-http-redirect-fetch", "5", Step{Verdict: Fail, Subject: "Location", Want: "one URL", Got: got, Text: "not a URL"})
		return p.blocked(ReasonRedirectLocation, err.Error())
	}
	if !location.IsHTTP() {
		p.step("concept-http-redirect-fetch", "6", Step{Verdict: Fail, Subject: "Location", Want: "an http or https URL", Got: got,
			Text: "only http and https redirects are followed"})
		return p.blocked(ReasonRedirectScheme, "")
	}
	if r.redirectCount == maxRedirects {
		p.step("concept-http-redirect-fetch", "7", Step{Verdict: Fail, Subject: "redirects", Want: "at most 20", Got: "21",
			Text: "20 redirects are followed at most"})
		return p.blocked(ReasonRedirectLimit, "")
	}
	r.redirectCount++
	if p.agent.profile.Redirect.RefuseCredentials && location.HasCredentials() {
		p.step("concept-http-redirect-fetch", "9", Step{Verdict: Fail, Subject: "Location", Want: "a URL without user name and password",
			Got: got, Text: "it holds a user name or password, which this browser refuses in every redirect"})
		refusal := p.blocked(ReasonRedirectCredentials, "")
		if !r.keepalive || !p.agent.profile.Redirect.KeepaliveRefusedLater {
			return refusal
		}
		if p.outcome == nil {
			p.outcome = refusal
		}
	}
	if p.agent.profile.Preflight.BeforeRefusal && r.tainting == TaintingBasic && location.HasCredentials() && !origin.SameOrigin(r.origin, location.Origin()) {
		asked := *r
		p.followRedirect(response, location)
		if p.turnsIntoGET(response.Status, location) {
			r.method = "GET"
		}
		r.urlList = append(r.urlList[:len(r.urlList):len(r.urlList)], location.WithoutCredentialsAndFragment())
		p.askBeforeRefusal()
		*r = asked
	}
	if r.mode == ModeCORS && location.HasCredentials() && !p.spares(location) && !origin.SameOrigin(r.origin, location.Origin()) {
		p.step("concept-http-redirect-fetch", "9", Step{Verdict: Fail, Subject: "Location", Want: "a URL without user name and password",
			Got: got, Text: "it holds a user name or password for another origin"})
		return p.blocked(ReasonRedirectCredentials, "")
	}
	own := r.spared && !r.askedOther && origin.SameOrigin(r.origin, location.Origin())
	if r.tainting == TaintingCORS && location.HasCredentials() && !own && !p.spares(location) {
		p.step("concept-http-redirect-fetch", "10", Step{Verdict: Fail, Subject: "Location", Want: "a URL without user name and password",
			Got: got, Text: "another origin sent a user name or password for this page's own"})
		return p.blocked(ReasonRedirectCredentials, "")
	}
	if response.Status != 303 && !r.body.hasSource() {
		p.step("concept-http-redirect-fetch", "11", Step{Verdict: Fail, Subject: "body", Want: "a body that can be sent again", Got: "a stream",
			Text: "the body was a stream and is gone"})
		return p.blocked(ReasonRedirectStream, "")
	}
	before := r.method
	if p.agent.profile.Redirect.BodyHeadersReturn && len(r.urlList) == 1 {
		r.memory.contentType, _ = r.headers.Get("Content-Type")
	}
	crossed := !origin.SameOrigin(r.currentURL().Origin(), location.Origin())
	if p.turnsIntoGET(response.Status, location) {
		p.step("concept-http-redirect-fetch", "12", Step{Verdict: Note, Subject: "method", Want: r.method, Got: "GET",
			Text: "the redirect turns the method into GET and drops the body"})
		r.method, r.body = "GET", nil
		r.dropHeaders(httpspec.IsRequestBodyHeaderName)
	}
	if crossed && !p.agent.profile.KeepAuthorizationOnRedirect && r.headers.Contains("Authorization") {
		p.step("concept-http-redirect-fetch", "13", Step{Verdict: Note, Subject: "Authorization",
			Text: "dropped, because the redirect leads to another origin"})
		r.dropHeaders(httpspec.IsCORSNonWildcardRequestHeaderName)
	}
	if p.agent.profile.Redirect.HeadersReturn || p.agent.profile.Redirect.BodyHeadersReturn {
		r.returnHeaders(response.Status, before, crossed)
	}
	if p.agent.profile.Headers.SafelistClientHints && !r.keepalive && !p.page.isTopOrigin(location.Origin()) {
		r.dropHeaders(isDroppedClientHint)
	}
	p.step("concept-http-redirect-fetch", "18", Step{Verdict: Note, Subject: "Location", Got: location.String(), Text: "followed"})
	p.followRedirect(response, location)
	// The URL list is shared with responses, so it grows by copying.
	r.urlList = append(r.urlList[:len(r.urlList):len(r.urlList)], location)
	r.setReferrerPolicyOnRedirect(response)
	return p.mainFetch(true)
}

// isTopOrigin reports whether o is the origin of the page and of the one in the address bar.
func (p *Page) isTopOrigin(o origin.Origin) bool {
	return origin.SameOrigin(p.origin, o) && (!p.frameOf.IsValid() || origin.SameOrigin(p.frameOf, o))
}

// turnsIntoGET reports whether the browser follows a redirect to location with GET.
func (p *fetchParams) turnsIntoGET(status int, location *URL) bool {
	r := p.request
	return turnsIntoGET(status, r.method) || r.method == "DELETE" && p.agent.profile.Redirect.DeleteTurnsIntoGET &&
		!origin.SameOrigin(r.currentURL().Origin(), location.Origin())
}

// turnsIntoGET is the condition of step 12.
func turnsIntoGET(status int, method string) bool {
	switch status {
	case 301, 302:
		return method == "POST"
	case 303:
		return method != "GET" && method != "HEAD"
	}
	return false
}

// dropHeaders deletes the headers with such names from the request's own list.
func (r *request) dropHeaders(is func(name string) bool) {
	r.headers = keepHeaders(r.headers, func(name string) bool { return !is(name) })
}
