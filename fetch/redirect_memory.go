package fetch

import (
	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/origin"
)

// redirectMemory is what a request keeps from before its redirects, in browsers whose profile asks for it.
type redirectMemory struct {
	// preflighted is set once there was an unsafe header or a preflight, for [PreflightPolicy.AlwaysAgain].
	preflighted bool
	// referrerSource is where Referer of each hop comes from, and referrerHop the index of the URL since when it does, for
	// [ReferrerRules.AnewEachHop].
	referrerSource referrer
	referrerHop    int
	// first is the Referer of the first hop, for [PreflightPolicy.AsksForFirstHeaders].
	first referrer
	// crossed is set for the hop behind a redirect to another origin, for [RedirectPolicy.OwnHeadersDropped].
	crossed bool
	// referrerPolicy is that of the first hop, for [HeaderPolicy.OriginIgnoresRedirectPolicy].
	referrerPolicy ReferrerPolicy
	// sentOrigin is the Origin of the last hop, for [RedirectPolicy.OriginStays].
	sentOrigin string
	// unauthorized is set once Authorization was dropped, for [RedirectPolicy.BodyHeadersReturn].
	unauthorized bool
	// contentType is what comes back behind 307 and 308, for [RedirectPolicy.BodyHeadersReturn].
	contentType string
	// refusal ends the fetch once the next preflight has been made, for [RedirectPolicy.ChecksAsAtFirst].
	refusal *Response
	// method and headers are those that JavaScript gave, and judged the headers that a preflight asks for, for
	// [RedirectPolicy.HeadersReturn].
	method          string
	headers, judged HeaderList
}

// remember is called before the first hop.
func (r *request) remember() {
	profile := &r.client.agent.profile
	redirect, preflight := &profile.Redirect, &profile.Preflight
	if !redirect.HeadersReturn && !redirect.BodyHeadersReturn && !redirect.OwnHeadersDropped && !redirect.ChecksAsAtFirst && !redirect.OriginStays &&
		!profile.Headers.OriginIgnoresRedirectPolicy && !preflight.AlwaysAgain && !preflight.AsksForFirstHeaders && !profile.Referrer.AnewEachHop {
		return
	}
	r.memory = &redirectMemory{
		preflighted:    profile.Preflight.AlwaysAgain && len(r.corsUnsafeRequestHeaderNames()) > 0,
		referrerSource: r.referrer, method: r.method, headers: r.headers, referrerPolicy: r.referrerPolicy,
	}
}

// followRedirect notes what later hops need of the redirect from response to location, which is about to be followed.
func (p *fetchParams) followRedirect(response *Response, location *URL) {
	r, profile := p.request, &p.agent.profile
	crossed := !origin.SameOrigin(r.currentURL().Origin(), location.Origin())
	if profile.Redirect.OwnHeadersDropped {
		r.memory.crossed = crossed && r.mode == ModeCORS
	}
	if profile.Redirect.UserAgentDropped && (r.mode != ModeCORS || r.tainting == TaintingBasic && !crossed) {
		r.dropHeaders(func(name string) bool { return httpspec.EqualFold(name, "user-agent") })
	}
	if profile.Redirect.OriginStays && crossed {
		r.memory.sentOrigin = ""
	}
	if profile.Preflight.AsksForFirstHeaders {
		if len(r.urlList) == 1 {
			first := *r
			first.ownReferrerPolicy = true
			first.referrer = first.memory.referrerSource
			first.determineReferrer()
			r.memory.first = first.referrer
		}
		r.memory.judged = r.memory.headers
	}
	if profile.Redirect.ChecksAsAtFirst && r.tainting == TaintingCORS && r.credentials == CredentialsSameOrigin &&
		r.memory.refusal == nil && origin.SameOrigin(r.origin, r.urlList[0].Origin()) {
		asked := *r
		asked.credentials = CredentialsInclude
		r.memory.refusal = p.corsCheck(&asked, response)
	}
}

// firstReferrer is the Referer of a preflight.
func (r *request) firstReferrer() referrer {
	if r.memory == nil || r.memory.first.url == nil || r.memory.first.none {
		return r.referrer
	}
	if r.client.agent.profile.Referrer.StrictCrossSite && !r.client.sameCookieSite(r.currentURL().Origin()) {
		return referrer{url: r.memory.first.url.OriginURL()}
	}
	return r.memory.first
}

func (r *request) preflighted() bool { return r.memory != nil && r.memory.preflighted }

// returnHeaders is [RedirectPolicy.HeadersReturn] and [RedirectPolicy.BodyHeadersReturn]. For the request itself the browser looks at the method that JavaScript gave, for a
// preflight at the one before this redirect.
func (r *request) returnHeaders(status int, before string, crossed bool) {
	if !r.client.agent.profile.Redirect.HeadersReturn {
		r.returnBodyHeaders(status, before, crossed)
		return
	}
	without := func(method string) HeaderList {
		return keepHeaders(r.memory.headers, func(name string) bool {
			return !(turnsIntoGET(status, method) && httpspec.IsRequestBodyHeaderName(name)) &&
				!(crossed && httpspec.IsCORSNonWildcardRequestHeaderName(name))
		})
	}
	r.headers, r.memory.judged = without(r.memory.method), without(before)
}

// returnBodyHeaders is [RedirectPolicy.BodyHeadersReturn]. It comes after what the standard drops.
func (r *request) returnBodyHeaders(status int, before string, crossed bool) {
	r.memory.unauthorized = r.memory.unauthorized || crossed
	if r.mode == ModeCORS && (crossed || r.tainting == TaintingCORS) {
		r.headers = keepHeaders(r.memory.headers, func(name string) bool {
			return !(turnsIntoGET(status, before) && httpspec.IsRequestBodyHeaderName(name)) &&
				!(r.memory.unauthorized && httpspec.IsCORSNonWildcardRequestHeaderName(name))
		})
		return
	}
	if value := r.memory.contentType; value != "" && (status == 307 || status == 308) && !r.headers.Contains("Content-Type") {
		r.headers = append(r.headers[:len(r.headers):len(r.headers)], Header{"Content-Type", value})
	}
	if crossed && r.tainting == TaintingBasic {
		r.memory.contentType, _ = r.headers.Get("Content-Type")
	}
}
