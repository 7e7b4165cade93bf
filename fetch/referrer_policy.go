package fetch

import (
	"strings"

	"github.com/corscope/corscope/origin"
)

// ReferrerPolicy says how much of the page's URL the server is told.
//
// https://w3c.github.io/webappsec-referrer-policy/#referrer-policies
type ReferrerPolicy string

// The referrer policies. The zero value leaves the choice to the page, and there to the default.
const (
	NoReferrer                  ReferrerPolicy = "no-referrer"
	NoReferrerWhenDowngrade     ReferrerPolicy = "no-referrer-when-downgrade"
	SameOriginReferrer          ReferrerPolicy = "same-origin"
	OriginReferrer              ReferrerPolicy = "origin"
	StrictOrigin                ReferrerPolicy = "strict-origin"
	OriginWhenCrossOrigin       ReferrerPolicy = "origin-when-cross-origin"
	StrictOriginWhenCrossOrigin ReferrerPolicy = "strict-origin-when-cross-origin"
	UnsafeURL                   ReferrerPolicy = "unsafe-url"
)

var referrerPolicies = []ReferrerPolicy{
	NoReferrer, NoReferrerWhenDowngrade, SameOriginReferrer, OriginReferrer, StrictOrigin, OriginWhenCrossOrigin,
	StrictOriginWhenCrossOrigin, UnsafeURL,
}

func (p ReferrerPolicy) valid() bool {
	for _, q := range referrerPolicies {
		if p == q {
			return true
		}
	}
	return false
}

func referrerPolicyList() string {
	names := make([]string, len(referrerPolicies))
	for i, p := range referrerPolicies {
		names[i] = string(p)
	}
	return strings.Join(names, ", ")
}

// maxReferrer is the length in bytes beyond which a referrer is cut to its origin.
const maxReferrer = 4096

// referrer is a request's referrer: "client", "no-referrer" or a URL.
type referrer struct {
	none bool
	url  *URL // nil: client
}

// determineReferrer changes the request's referrer from "client" to a URL or none.
//
// https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer
func (r *request) determineReferrer() {
	source := r.referrer.url
	if r.client.agent.profile.Referrer.AnewEachHop {
		source = r.memory.referrerSource.url
	}
	if source == nil {
		if r.client.origin.IsOpaque() && !r.client.agent.profile.Referrer.OpaqueTells || r.client.url == nil {
			r.referrer = referrer{none: true}
			return
		}
		source = r.client.url
	}
	if !source.IsHTTP() {
		// about:, blob: and data: are local schemes, which strip to no referrer; others never reach a page's fetch.
		r.referrer = referrer{none: true}
		return
	}
	// The page's own URL is by far the most frequent source, so what is made of it is kept.
	full, originURL := r.client.referrerURL, r.client.referrerOrigin
	if source != r.client.url {
		full, originURL = source.WithoutCredentialsAndFragment(), nil
	}
	cut := len(full.String()) > maxReferrer
	sameOrigin := origin.SameOrigin(full.Origin(), r.currentURL().Origin())
	policy := r.strictCrossSite()
	if r.keepalive && r.client.agent.profile.Referrer.KeepaliveStaysStrict {
		r.referrerPolicy = policy
	}
	if r.client.agent.profile.Referrer.AnewEachHop {
		hop := r.memory.referrerHop
		if r.upgradeRedirects() {
			hop = len(r.urlList) - 1 // the browser's own redirect is no part of the chain, and looks at none
		}
		for _, u := range r.urlList[hop:] {
			if policy == OriginWhenCrossOrigin && !r.client.sameCookieSite(u.Origin()) {
				sameOrigin = origin.SameOrigin(full.Origin(), r.currentURL().Origin()) // another policy held there, and nothing is kept of it
				continue
			}
			sameOrigin = sameOrigin && origin.SameOrigin(full.Origin(), u.Origin())
		}
	}
	downgrade := full.IsPotentiallyTrustworthy() && !r.currentURL().IsPotentiallyTrustworthy()

	if r.client.agent.profile.Referrer.DowngradeByScheme {
		downgrade = full.Scheme() == "https" && r.currentURL().Scheme() == "http"
	}
	none, originOnly := false, false
	switch policy {
	case NoReferrer:
		none = true
	case OriginReferrer:
		originOnly = true
	case UnsafeURL:
	case StrictOrigin:
		none, originOnly = downgrade, true
	case StrictOriginWhenCrossOrigin:
		none, originOnly = !sameOrigin && downgrade, !sameOrigin
	case SameOriginReferrer:
		none = !sameOrigin
	case OriginWhenCrossOrigin:
		originOnly = !sameOrigin
	case NoReferrerWhenDowngrade:
		none = downgrade
	}
	switch {
	case none:
		r.referrer = referrer{none: true}
	case originOnly || cut:
		if originURL == nil {
			originURL = full.OriginURL()
		}
		r.referrer = referrer{url: originURL}
	default:
		r.referrer = referrer{url: full}
	}
}

// sentReferrer is the request's referrer as it goes to the server.
func (r *request) sentReferrer() string {
	profile := &r.client.agent.profile
	if profile.Referrer.ThirdPartyOriginAlone && !profile.Cookies.sameSite(r.currentURL().Origin().Site(), r.client.topSite) {
		return r.referrer.url.OriginURL().String()
	}
	return r.referrer.url.String()
}

// strictCrossSite is [ReferrerRules.StrictCrossSite].
func (r *request) strictCrossSite() ReferrerPolicy {
	policy := r.referrerPolicy
	if !r.client.agent.profile.Referrer.StrictCrossSite || r.ownReferrerPolicy || r.client.sameCookieSite(r.currentURL().Origin()) {
		return policy
	}
	switch policy {
	case UnsafeURL, NoReferrerWhenDowngrade, OriginWhenCrossOrigin:
		return StrictOriginWhenCrossOrigin
	}
	return policy
}

// setReferrerPolicyOnRedirect reads the Referrer-Policy header of a redirect.
//
// https://w3c.github.io/webappsec-referrer-policy/#set-requests-referrer-policy-on-redirect
func (r *request) setReferrerPolicyOnRedirect(response *Response) {
	if p := parseReferrerPolicy(response.Headers.Values("Referrer-Policy")); p != "" {
		r.referrerPolicy = p
		if r.memory != nil {
			r.memory.referrerSource, r.memory.referrerHop = r.referrer, len(r.urlList)-1
		}
	}
}
