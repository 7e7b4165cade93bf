package webui

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
	"github.com/corscope/corscope/internal/httpspec"
)

// plan says how a case is carried over to loopback: which origin goes to which host there. Ports come when it is staged.
type plan struct {
	item Case
	// page and target are parsed; page is nil for a page without an origin.
	page, target *fetch.URL
	// places are where the origins go; all of them get ports of their own.
	places map[string]place
	// order is that of the origins, the page's first.
	order []string
	demo  bool
	// cutsHeader: the target is a fault of the gallery over TLS alone.
	cutsHeader bool
	// window: the page that makes the call is in a window of its own and not in a frame of the lab's, and hosts have names. cookies: what the
	// browser keeps of cookies is compared, which depends on both. sites are the names by site.
	window, cookies bool
	sites           map[string]string
	// certified are the origins that are on https, with a certificate of which the reader's browser warns: the target, the page, or both.
	certified []string
	// nowhere: plain http that is mixed content goes to a name that leads nowhere.
	nowhere bool
	// limit, if not 0, is how long the call may take, for engine and browser alike.
	limit time.Duration
}

// nullPage is where a page without an origin is served.
const nullPage = "null"

// stageLimit is how long a call may take that would otherwise last until the browser gives up.
const stageLimit = 3 * time.Second

// planStage returns the plan for a browser of this profile, or one sentence that says why the case cannot be carried over.
func planStage(c Case, profile fetch.Profile) (*plan, string) {
	p := &plan{item: c, places: make(map[string]place), sites: make(map[string]string), nowhere: profile.LocalNetwork.TargetAddressSpace}
	if c.Server == nil && c.Demo == "" {
		return nil, "Only pretend servers and items of the gallery can be staged: the real server is where it is."
	}
	p.demo = c.Server == nil
	if cannot := p.parties(); cannot != "" {
		return nil, cannot
	}
	origins := []string{}
	if p.page != nil {
		origins = append(origins, p.page.Origin().String())
	} else {
		origins = append(origins, nullPage)
	}
	if p.target.IsHTTP() {
		origins = append(origins, p.target.Origin().String())
	}
	var cannot string
	if p.demo {
		cannot = p.gallery(profile)
		origins = append(origins, demo.Origins()...)
		if c.Demo == "redirect-to-http" {
			origins = append(origins, demo.InsecureOrigin)
		}
	} else {
		cannot = p.pretend()
		origins = append(origins, p.led()...)
	}
	if cannot == "" {
		cannot = p.certify(origins)
	}
	if cannot == "" {
		cannot = p.call()
	}
	if cannot == "" {
		cannot = p.served()
	}
	if cannot == "" {
		cannot = p.place(origins)
	}
	if cannot != "" {
		return nil, cannot
	}
	return p, ""
}

// parties parses page and target.
func (p *plan) parties() string {
	if !strings.EqualFold(p.item.Page, nullPage) {
		page, err := fetch.ParseHTTPURL(p.item.Page)
		if err != nil {
			return "The page has no address that can be carried over."
		}
		p.page = page
	}
	target, err := fetch.ParseURL(p.item.URL)
	if err != nil && p.page != nil {
		target, err = p.page.Parse(p.item.URL)
	}
	if err != nil {
		return "The URL is none, so that there is nothing to try."
	}
	p.target = target
	return ""
}

// mixed reports whether a URL is http where the page is https.
func (p *plan) mixed(u *fetch.URL) bool {
	return p.page != nil && p.page.Scheme() == "https" && u.Scheme() == "http" && !u.IsPotentiallyTrustworthy()
}

// gallery says why an item of the gallery cannot be carried over.
func (p *plan) gallery(profile fetch.Profile) string {
	_, items := collection()
	item, ok := items[p.item.Demo]
	switch {
	case !ok:
		return "The gallery has no such item."
	case item.lax && !profile.Cookies.LaxByDefault:
		return "It is about a browser that takes a cookie without SameSite for a Lax one, which yours does not."
	case item.cutsHeader && profile.Name == fetch.Firefox().Name:
		return "It is about a header that breaks off over TLS, which your browser takes for a whole one, and Corscope refuses under every profile."
	}
	p.cutsHeader = item.cutsHeader
	p.cookies = item.lax || item.kind == demo.KindCookie
	// Addresses are of no site for some browsers, so that a sibling has to have a name as well. And no frame of the lab's is on plain http
	// that does not count as secure.
	p.window = p.cookies || p.item.Demo == "resource-policy-same-site-sibling" || p.item.Demo == "local-network-insecure"
	if item.needsTimeout || p.item.Demo == "endless-hints" {
		p.limit = stageLimit
	}
	return ""
}

// pretend says why a pretend server cannot be carried over.
func (p *plan) pretend() string {
	for _, a := range p.item.Server.Answers {
		switch fetch.ReasonCode(a.Failure) {
		case "", fetch.ReasonClosed, fetch.ReasonReset:
		case fetch.ReasonTimeout:
			p.limit = stageLimit
		default:
			return "The pretend server fails with " + a.Failure + ", which a server that is there cannot."
		}
		for _, h := range a.Headers {
			switch {
			case httpspec.EqualFold(h.Name, "Clear-Site-Data"):
				return "Clear-Site-Data would clear what other programs on this machine keep in your browser."
			case httpspec.EqualFold(h.Name, "Set-Cookie"):
				p.cookies = p.cookies || p.mayOpen() || needsWindow(h.Value)
			}
		}
	}
	return ""
}

// call says why the call itself cannot be carried over.
func (p *plan) call() string {
	p.cookies = p.cookies || len(p.item.Cookies) > 0 && p.mayOpen() || slices.ContainsFunc(p.item.Cookies, needsWindow)
	p.window = p.window || p.cookies
	if p.window && p.page == nil {
		return "A page without an origin is in a frame, where no browser keeps such a cookie."
	}
	if p.asksPassword() {
		return "The server asks for a password, and your browser would ask you for one."
	}
	return ""
}

// mayOpen reports whether a case about cookies may be in a window. A page without an origin is in a frame, and one with policies may not let
// its script ask which cookies go along next.
func (p *plan) mayOpen() bool { return p.page != nil && len(p.item.PageHeaders) == 0 }

// asksPassword looks for a 401 that makes a browser open its dialogue, as it does where credentials go along.
func (p *plan) asksPassword() bool {
	own := p.page != nil && p.page.Origin() == p.target.Origin()
	if p.item.Credentials != string(fetch.CredentialsInclude) && !(own && p.item.Credentials != string(fetch.CredentialsOmit)) || p.item.Server == nil {
		return false
	}
	return slices.ContainsFunc(p.item.Server.Answers, func(a Answer) bool {
		return a.Status == 401 && slices.ContainsFunc(a.Headers, func(h Header) bool { return httpspec.EqualFold(h.Name, "WWW-Authenticate") })
	})
}

// led are the origins to which a pretend server leads, and those that its answers are for.
func (p *plan) led() []string {
	var origins []string
	add := func(u *fetch.URL, err error) {
		if err == nil && u.IsHTTP() {
			origins = append(origins, u.Origin().String())
		}
	}
	for _, a := range p.item.Server.Answers {
		base := p.target
		if u, err := fetch.ParseURL(a.URL); a.URL != "" && err == nil {
			base = u
			add(u, nil)
		}
		for _, h := range a.Headers {
			if httpspec.EqualFold(h.Name, "Location") {
				add(base.Parse(h.Value))
			}
		}
	}
	return origins
}

// blockedPort asks the browser's half.
func blockedPort(u *fetch.URL) bool {
	if _, own := u.Port(); !own {
		return false // no scheme has a default that is blocked
	}
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: newPretendTransport(Case{Server: new(Pretend)}), NoHTTPCache: true})
	if err != nil {
		return false
	}
	defer agent.Close()
	page, err := agent.NewPage(fetch.PageConfig{URL: nullPage})
	if err != nil {
		return false
	}
	response, err := page.Fetch(context.Background(), fetch.Request{URL: u.String()})
	if err != nil {
		return false
	}
	defer response.Close()
	return response.Reason.Code == fetch.ReasonBadPort
}

var originInText = regexp.MustCompile(`[a-z]+://[^\s,;"'/]+`)

// moved returns text with every origin of at in it replaced. An origin that is written in another way is another one, and stays.
func moved(text string, at map[string]string) string {
	return originInText.ReplaceAllStringFunc(text, func(o string) string {
		if to, ok := at[o]; ok {
			return to
		}
		return o
	})
}

// movedURL returns a URL with its origin replaced, or as it is where that is none of at's. A port that browsers block stays.
func movedURL(u *fetch.URL, at map[string]string) string {
	if inner, isBlob := strings.CutPrefix(u.String(), "blob:"); isBlob {
		return "blob:" + moved(inner, at)
	}
	to, ok := at[u.Origin().String()]
	if !ok {
		return u.String()
	}
	rest := u.RequestURI()
	if fragment, ok := u.Fragment(); ok {
		rest += "#" + fragment
	}
	if u.HasCredentials() {
		scheme, host, _ := strings.Cut(to, "://")
		to = scheme + "://" + u.Username() + ":" + u.Password() + "@" + host
	}
	return to + rest
}
