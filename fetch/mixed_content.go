package fetch

// restrictsMixedContent is "does settings prohibit mixed security contexts", with the departure that
// [Profile.TrustworthyHTTPRestrictsMixedContent] describes.
//
// https://w3c.github.io/webappsec-mixed-content/#categorize-settings-object
func (p *Page) restrictsMixedContent() bool {
	if p.agent.profile.TrustworthyHTTPRestrictsMixedContent {
		return p.secureContext
	}
	return p.origin.Scheme() == "https"
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
