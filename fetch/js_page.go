package fetch

// UserAgent is the value of the User-Agent header, and of navigator.userAgent.
func (a *Agent) UserAgent() string { return a.userAgent }

// CookieContext is what a jar must know when the page itself reads or writes its cookies, as document.cookie does; FromScript is
// left to the caller.
//
// https://html.spec.whatwg.org/#dom-document-cookie
func (p *Page) CookieContext() CookieContext {
	c := CookieContext{
		SameSite: StrictOrLess, Method: "GET", ThirdParty: p.origin.Site() != p.topSite, PartitionKey: p.partitionKey,
		Policy: p.agent.profile.Cookies,
	}
	if p.crossSiteParents {
		c.SameSite = UnsetOrLess
	}
	return c
}
