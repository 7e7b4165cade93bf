package fetch

import (
	"fmt"
	"sync/atomic"

	"github.com/corscope/corscope/origin"
)

// PageConfig configures [Agent.NewPage].
type PageConfig struct {
	// URL is the page's address, with or without a path: "https://app.example.com" or "http://localhost:5173/cart". "null"
	// stands for a page without a name: a sandboxed frame, a data: or file: document. A page of a scheme that apps and extensions have
	// for themselves, as "capacitor://localhost" and "chrome-extension://ID", has an origin like one of http, because its browser knows
	// the scheme.
	URL string
	// Origin overrides the URL's origin, for a sandboxed frame or a page that has one inherited. Zero: the URL's.
	Origin origin.Origin
	// TopLevel is the address of the page in the address bar, where this one is a frame in it. Empty: the page itself.
	TopLevel string
	// ReferrerPolicy of the page; empty: strict-origin-when-cross-origin, the default of browsers.
	ReferrerPolicy ReferrerPolicy
	// ContentSecurityPolicy and ContentSecurityPolicyReportOnly hold the values of the page's headers of these names, one item a line. What
	// is obeyed is connect-src and those for scripts, styles, images, fonts and media, default-src in their place, upgrade-insecure-requests, treat-as-public-address, and sandbox, which without
	// allow-same-origin takes the origin away unless Origin is set. Policies that only report are noted in traces; nothing is reported.
	ContentSecurityPolicy           []string
	ContentSecurityPolicyReportOnly []string
	// EmbedderPolicy is what the page's Cross-Origin-Embedder-Policy says; empty: unsafe-none. Only pages at potentially trustworthy URLs
	// have one. EmbedderPolicyReportOnly is noted in traces.
	EmbedderPolicy           EmbedderPolicy
	EmbedderPolicyReportOnly EmbedderPolicy
	// PermissionsPolicy holds the values of the page's header of this name, one item a line. Of its features sync-xhr, local-network,
	// loopback-network and local-network-access count; what a frame is given by its parent does not.
	PermissionsPolicy []string
	// AddressSpace is that of the address which the page came from, and [Agent.LoadPage] finds it out. Unknown: nothing is
	// checked that depends on it. LocalNetworkGranted: the user lets the page reach the own network, in profiles whose browser asks.
	AddressSpace        AddressSpace
	LocalNetworkGranted bool
}

// Page is what the standard calls an environment settings object: the place that a fetch comes from. It is safe for concurrent
// use. Make one with [Agent.NewPage].
type Page struct {
	agent            *Agent
	url              *URL // nil for a page without a name
	origin           origin.Origin
	topSite          origin.Site
	partitionKey     string
	crossSiteParents bool
	frameOf          origin.Origin    // of the page in the address bar; zero: this is it
	policies         *policyContainer // nil: none but referrerPolicy
	referrerPolicy   ReferrerPolicy
	// referrerURL is url without what a referrer must not tell, referrerOrigin its origin alone; nil where there is none.
	referrerURL, referrerOrigin *URL
	secureContext               bool
	addressSpace                AddressSpace
	localNetworkGranted         bool
	group                       fetchGroup
	// lastSite remembers how the origin that was asked last relates to this one: a page asks one API most of the time, and the
	// public suffix list takes a while to ask.
	lastSite atomic.Pointer[siteRelation]
}

// opaqueTops numbers the top-level pages without a site of their own.
var opaqueTops atomic.Int64

// NewPage returns a page at c.URL in the agent, with the policies that c holds; [Agent.LoadPage] asks the server for them. The error joins a
// *[PageConfigError] for each mistake in c.
func (a *Agent) NewPage(c PageConfig) (*Page, error) {
	p := &Page{
		agent: a, referrerPolicy: c.ReferrerPolicy, origin: c.Origin,
		addressSpace: c.AddressSpace, localNetworkGranted: c.LocalNetworkGranted,
	}
	u, topURL, err := c.parse()
	if err != nil {
		return nil, err
	}
	if u != nil {
		p.url = u
		if u.IsHTTP() {
			p.referrerURL = u.WithoutCredentialsAndFragment()
			p.referrerOrigin = p.referrerURL.OriginURL()
		}
		if !p.origin.IsValid() {
			p.origin = u.pageOrigin()
		}
	} else if !p.origin.IsValid() {
		p.origin = origin.NewOpaque()
	}
	p.policies = newPolicyContainer(&c, p.url, p.origin, &a.profile)
	if p.policies != nil && p.policies.sandboxedOrigin && !c.Origin.IsValid() {
		p.origin = origin.NewOpaque()
	}
	if p.policies != nil && p.policies.treatAsPublic {
		p.addressSpace = AddressSpacePublic
	}
	top := p.origin
	if topURL != nil {
		top = topURL.Origin()
		p.frameOf = top
		p.crossSiteParents = !p.sameCookieSite(top)
	}
	p.topSite = top.Site()
	p.partitionKey = p.topSite.String()
	if top.IsOpaque() {
		// Sites of different opaque origins are never the same, though all are written "null".
		p.partitionKey = fmt.Sprintf("opaque %d", opaqueTops.Add(1))
	}
	if p.referrerPolicy == "" {
		p.referrerPolicy = StrictOriginWhenCrossOrigin
	}
	p.secureContext = p.origin.IsPotentiallyTrustworthy()
	return p, nil
}

// siteRelation is whether a page's origin and another one are the same site.
type siteRelation struct {
	other origin.Origin
	same  bool
}

// sameSite reports whether the page's origin and o are the same site.
func (p *Page) sameSite(o origin.Origin) bool {
	if last := p.lastSite.Load(); last != nil && last.other == o {
		return last.same
	}
	same := origin.SameSite(p.origin, o)
	p.lastSite.Store(&siteRelation{o, same})
	return same
}

// URL is the page's address, or nil for a page without a name.
func (p *Page) URL() *URL { return p.url }

// Origin is the page's origin.
func (p *Page) Origin() origin.Origin { return p.origin }

// AddressSpace is that of the address which the page came from, where it is known.
func (p *Page) AddressSpace() AddressSpace { return p.addressSpace }

// Agent is the browser that the page is in.
func (p *Page) Agent() *Agent { return p.agent }

// urlString is how a trace names the page.
func (p *Page) urlString() string {
	if p.url == nil {
		return "null"
	}
	return p.url.String()
}
