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

// upgradeMixedContent is step 6 of main fetch: an image, a sound or a film that a page on https asks for over plain http is asked for over https.
//
// https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm
func (p *fetchParams) upgradeMixedContent() {
	r := p.request
	u := r.currentURL()
	if !r.destination.isUpgradeable() || u.Scheme() != "http" || u.IsPotentiallyTrustworthy() || isAddress(u.Host()) || !r.client.restrictsMixedContent() {
		return
	}
	p.step("mixed-content#upgrade-algorithm", "2", Step{Verdict: Note, Subject: "scheme", Want: "https", Got: u.Scheme(),
		Text: "mixed content of this kind is upgraded: the URL becomes https"})
	r.replaceCurrentURL(u.WithScheme("https"))
}

// isMixedContent is "should fetching request be blocked as mixed content" for what was not upgraded. URLs of other schemes than http count as mixed content in the text too; they are left to main
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
