package fetch

// restrictsMixedContent is "does settings prohibit mixed security contexts", with the departure that
// [Profile.TrustworthyHTTPRestrictsMixedContent] describes.
//
// https://w3c.github.io/webappsec-mixed-content/#categorize-settings-object
func (p *Page) restrictsMixedContent() bool {
	if p.agent.profile.TrustworthyHTTPRestrictsMixedContent {
		return p.secureContext
	}
	// DEVIATION(browser): a sandboxed frame has an opaque origin, and the text then asks its ancestors alone; browsers ask for the frame's URL
	// too. Measured in Chromium 156 and Firefox 153 ESR, 2026-11-22; https://w3c.github.io/webappsec-mixed-content/#categorize-settings-object.
	return p.origin.Scheme() == "https" || p.frameOf.Scheme() == "https" || p.origin.IsOpaque() && p.url != nil && p.url.Scheme() == "https"
}

// isMixedContent is "should fetching request be blocked as mixed content" for requests whose destination is the empty string,
// which are never upgraded instead. URLs of other schemes than http count as mixed content in the text too; they are left to main
// fetch, where they fail as well, and for the reason that explains more.
//
// https://w3c.github.io/webappsec-mixed-content/#should-block-fetch
func (p *fetchParams) isMixedContent() bool {
	r := p.request
	if !r.currentURL().IsHTTP() || p.passesMixedContent() || !r.client.restrictsMixedContent() {
		return false
	}
	if p.agent.profile.MixedContentByScheme {
		return r.currentURL().Scheme() != "https"
	}
	return !r.currentURL().IsPotentiallyTrustworthy()
}
