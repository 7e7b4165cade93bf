package fetch

import (
	"context"

	"github.com/corscope/corscope/origin"
)

// modeNavigate is the mode of the requests for pages themselves.
const modeNavigate Mode = "navigate"

// LoadPage fetches the page at c.URL as a browser does when the address is typed into it, redirects, cookies and HSTS included, and returns
// a page at the address where that ended, with the policies that the answer states: Referrer-Policy, Content-Security-Policy,
// Cross-Origin-Embedder-Policy, their report-only forms, and Permissions-Policy; with the first and the second of the document's <meta>
// elements; and with the address space of its server, but behind a proxy. Policies that c holds are added to them; where there can be
// but one, c's stands. The second result is the answer, its body closed: of the document, only its head is read.
//
// The error is a *[RequestError] for an address that is not http or https, that of [Agent.NewPage] for other mistakes in c, a
// *[BlockedError] where no answer came or the redirects lead nowhere, or ctx's error.
//
// https://html.spec.whatwg.org/#navigate-fetch
func (a *Agent) LoadPage(ctx context.Context, c PageConfig) (*Page, *Response, error) {
	u, err := ParseURL(c.URL)
	if err != nil {
		return nil, nil, &RequestError{Code: RequestURL, Value: c.URL, Hint: err.Error(), Err: err}
	}
	if !u.IsHTTP() {
		return nil, nil, &RequestError{Code: RequestURL, Value: c.URL, Hint: "only pages at http and https URLs can be loaded"}
	}
	if _, _, err := c.parse(); err != nil {
		return nil, nil, err
	}
	for redirects := 0; ; redirects++ {
		// Before main fetch does it, so that the page is of the site that it will be of.
		if u.Scheme() == "http" && a.hsts.match(u.Host()) != "" {
			u = u.WithScheme("https")
		}
		response, err := a.navigate(ctx, u, c.TopLevel)
		if err != nil {
			return nil, nil, err
		}
		fragment, hasFragment := u.Fragment()
		next, err := response.locationURL(fragment, hasFragment, &a.profile.Redirect)
		if err != nil || next != nil {
			response.Close()
		}
		switch {
		case err != nil:
			return nil, nil, loadBlocked(response, ReasonRedirectLocation, "concept-http-redirect-fetch", "5", err.Error())
		case next == nil:
			given := c.ReferrerPolicy
			c = c.withPoliciesOf(response, u).withMetaPolicies(response)
			if given != "" {
				c.ReferrerPolicy = given
			}
			response.Close()
			response.Body = nil
			if c.AddressSpace == AddressSpaceUnknown {
				c.AddressSpace = a.addressSpaceOf(ctx, &Message{URL: u})
			}
			page, err := a.NewPage(c)
			return page, response, err
		case !next.IsHTTP():
			return nil, nil, loadBlocked(response, ReasonRedirectScheme, "concept-http-redirect-fetch", "6", "")
		case redirects == maxRedirects:
			return nil, nil, loadBlocked(response, ReasonRedirectLimit, "concept-http-redirect-fetch", "7", "")
		}
		u = next
	}
}

// navigate makes one exchange for a page.
func (a *Agent) navigate(ctx context.Context, u *URL, topLevel string) (*Response, error) {
	page, err := a.NewPage(PageConfig{URL: u.String(), TopLevel: topLevel})
	if err != nil {
		return nil, err
	}
	r := &request{
		method: "GET", urlList: []*URL{u}, client: page, origin: page.origin, mode: modeNavigate, credentials: CredentialsInclude,
		redirect: RedirectManual, cache: CacheDefault, tainting: TaintingBasic, referrer: referrer{none: true}, referrerPolicy: page.referrerPolicy,
		headers: HeaderList{
			{"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}, {"Upgrade-Insecure-Requests", "1"},
		},
	}
	p := &fetchParams{agent: a, page: page, request: r}
	response, err := p.run(ctx, p.fetch)
	if err != nil {
		return nil, err
	}
	if response.IsError() {
		return nil, &BlockedError{Reason: response.Reason}
	}
	return response.Internal(), nil
}

func loadBlocked(response *Response, code ReasonCode, algorithm, step, detail string) error {
	location, _ := response.Headers.Get("Location")
	return &BlockedError{Reason: Reason{
		Code: code, Phase: PhaseRequest, Algorithm: algorithm, Step: step, URL: response.URL(), Subject: "Location", Got: location,
		Status: response.Status, Detail: detail,
	}}
}

// withPoliciesOf is c for the page at u that response brought.
func (c PageConfig) withPoliciesOf(response *Response, u *URL) PageConfig {
	c.URL = u.String()
	return c.WithPolicies(response.Headers)
}

// WithPolicies returns c with the policies that the answer which brings the page states in its headers: Referrer-Policy,
// Content-Security-Policy, Cross-Origin-Embedder-Policy, their report-only forms, and Permissions-Policy. Those that c holds are kept;
// where there can be but one, c's stands. Other headers are passed over.
func (c PageConfig) WithPolicies(h HeaderList) PageConfig {
	c.ContentSecurityPolicy = append(h.Values("Content-Security-Policy"), c.ContentSecurityPolicy...)
	c.ContentSecurityPolicyReportOnly = append(h.Values("Content-Security-Policy-Report-Only"), c.ContentSecurityPolicyReportOnly...)
	if c.ReferrerPolicy == "" {
		c.ReferrerPolicy = parseReferrerPolicy(h.Values("Referrer-Policy"))
	}
	if c.EmbedderPolicy == "" {
		c.EmbedderPolicy = parseEmbedderPolicy(h.Values("Cross-Origin-Embedder-Policy"))
	}
	if c.EmbedderPolicyReportOnly == "" {
		c.EmbedderPolicyReportOnly = parseEmbedderPolicy(h.Values("Cross-Origin-Embedder-Policy-Report-Only"))
	}
	c.PermissionsPolicy = append(h.Values("Permissions-Policy"), c.PermissionsPolicy...)
	return c
}

// navigationMetadata are the Sec-Fetch headers of a request for a page: typed into the address bar, or a frame of the page there.
//
// https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-append-the-fetch-metadata-headers-for-a-request
func (r *request) navigationMetadata() HeaderList {
	page := r.client
	if !page.frameOf.IsValid() {
		return HeaderList{{"Sec-Fetch-Dest", "document"}, {"Sec-Fetch-Mode", string(modeNavigate)}, {"Sec-Fetch-Site", "none"}, {"Sec-Fetch-User", "?1"}}
	}
	site := "same-site"
	switch {
	case page.crossSiteParents:
		site = "cross-site"
	case origin.SameOrigin(page.frameOf, r.currentURL().Origin()):
		site = "same-origin"
	}
	return HeaderList{{"Sec-Fetch-Dest", "iframe"}, {"Sec-Fetch-Mode", string(modeNavigate)}, {"Sec-Fetch-Site", site}}
}
