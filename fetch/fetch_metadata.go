package fetch

import "github.com/corscope/corscope/origin"

// appendFetchMetadata appends the Sec-Fetch headers.
//
// DEVIATION(browser): the text looks at the request's first URL, browsers and web-platform-tests (fetch/metadata, redirect from
// http to https and back) at the current one. https://w3c.github.io/webappsec-fetch-metadata/#fetch-integration, 2026-11-22.
//
// https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-append-the-fetch-metadata-headers-for-a-request
func (r *request) appendFetchMetadata(kind ExchangeKind) {
	if !r.currentURL().IsPotentiallyTrustworthy() {
		return
	}
	if r.mode == modeNavigate {
		r.headers = append(r.headers, r.navigationMetadata()...)
		return
	}
	site := r.secFetchSite(r.urlList)
	if kind == ExchangePreflight && r.client.agent.profile.Preflight.FetchSiteOfLastURL {
		site = r.secFetchSite(r.urlList[len(r.urlList)-1:])
	}
	if kind == ExchangePreflight && r.client.agent.profile.Preflight.FetchSiteOfOrigin {
		if !r.urlList[0].IsPotentiallyTrustworthy() {
			return
		}
		site = r.secFetchSite(r.urlList[len(r.urlList)-1:])
		if r.redirectTaint() != TaintSameOrigin {
			site = "cross-site"
		}
	}
	destination := "empty"
	if r.destination != "" {
		destination = string(r.destination)
	}
	r.headers = append(r.headers,
		Header{"Sec-Fetch-Dest", destination},
		Header{"Sec-Fetch-Mode", string(r.mode)},
		Header{"Sec-Fetch-Site", site})
}

// https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site
func (r *request) secFetchSite(urls []*URL) string {
	site := "same-origin"
	for _, u := range urls {
		if origin.SameOrigin(u.Origin(), r.origin) {
			continue
		}
		if !r.client.sameSite(u.Origin()) {
			return "cross-site"
		}
		if len(urls) > 1 && r.client.agent.profile.Headers.RedirectSiteNeedsDomain {
			if _, ok := origin.RegistrableDomain(u.Origin().Host()); !ok {
				return "cross-site"
			}
		}
		site = "same-site"
	}
	return site
}
