package webui

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
	"github.com/corscope/corscope/internal/httpspec"
)

// plan says how a case is carried over to loopback: which origin goes to which host there. Ports come when it is staged.
type plan struct {
	item Case
	// page and target are parsed; page is nil for a page without an origin.
	page, target *fetch.URL
	// hosts are the loopback hosts by origin; all of them get ports of their own.
	hosts map[string]string
	// order is that of the origins, the page's first.
	order []string
	demo  bool
}

// The loopback hosts: browsers take each for a site of its own, whatever the port.
const (
	hostPage   = "127.0.0.1"
	hostTarget = "localhost"
	hostThird  = "[::1]"
)

// nullPage is where a page without an origin is served.
const nullPage = "null"

// planStage returns the plan, or one sentence that says why the case cannot be carried over.
func planStage(c Case) (*plan, string) {
	p := &plan{item: c, hosts: make(map[string]string)}
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
		cannot = p.gallery()
		origins = append(origins, demo.Origins()...)
	} else {
		cannot = p.pretend()
		origins = append(origins, p.led()...)
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
	if p.mixed(target) {
		return "The page is on https and the URL on http: on this machine both would be http."
	}
	return ""
}

// mixed reports whether a URL is http where the page is https.
func (p *plan) mixed(u *fetch.URL) bool {
	return p.page != nil && p.page.Scheme() == "https" && u.Scheme() == "http" && !u.IsPotentiallyTrustworthy()
}

// gallery says why an item of the gallery cannot be carried over.
func (p *plan) gallery() string {
	_, items := collection()
	item, ok := items[p.item.Demo]
	switch {
	case !ok:
		return "The gallery has no such item."
	case item.lax:
		return "It is about a browser with another default for cookies than yours may have."
	case p.target.IsHTTP() && !blockedPort(p.target) && !slices.Contains(demo.Origins(), p.target.Origin().String()):
		return "It takes a real name, TLS, or a server that cannot be reached, and on this machine there is neither."
	case item.needsTimeout, p.item.Demo == "endless-hints":
		return "The server never ends its answer, and a browser waits for it much longer than you would."
	case p.item.Demo == "header-cut-off":
		return "Without TLS a browser takes a header that breaks off for a whole one, and on this machine there is no TLS."
	case item.story || demo.Portable(p.item.Demo):
		return ""
	case item.kind == demo.KindCookie:
		return "What a browser keeps of cookies depends on names and on https, and on this machine there is neither."
	}
	return "It takes a real name, TLS, or a server that cannot be reached, and on this machine there is neither."
}

// pretend says why a pretend server cannot be carried over.
func (p *plan) pretend() string {
	for _, a := range p.item.Server.Answers {
		if a.Failure != "" && a.Failure != string(fetch.ReasonClosed) && a.Failure != string(fetch.ReasonReset) {
			return "The pretend server fails with " + a.Failure + ", which a real one on this machine cannot."
		}
		for _, h := range a.Headers {
			switch {
			case httpspec.EqualFold(h.Name, "Clear-Site-Data"):
				return "Clear-Site-Data would clear what other programs on this machine keep in your browser."
			case httpspec.EqualFold(h.Name, "Set-Cookie") && hasDomain(h.Value):
				return "A cookie with a Domain needs the real names."
			}
		}
	}
	return ""
}

// call says why the call itself cannot be carried over.
func (p *plan) call() string {
	for _, c := range p.item.Cookies {
		if hasDomain(c) {
			return "A cookie with a Domain needs the real names."
		}
	}
	if p.item.Stream {
		return "A body that is a stream goes over HTTP/2 alone, which browsers speak with TLS only."
	}
	if p.asksPassword() {
		return "The server asks for a password, and your browser would ask you for one."
	}
	return ""
}

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

func hasDomain(setCookie string) bool {
	for i, part := range strings.Split(setCookie, ";") {
		name, _, _ := strings.Cut(part, "=")
		if i > 0 && strings.EqualFold(strings.TrimSpace(name), "domain") {
			return true
		}
	}
	return false
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

// maxOrigins is more than any case needs: each has a listener.
const maxOrigins = 12

// place gives each origin a host: the page's site one, the target's another, and all others a third.
func (p *plan) place(origins []string) string {
	site := func(u *fetch.URL) string {
		if u == nil {
			return nullPage
		}
		return u.Origin().Site().String()
	}
	pageSite, targetSite := site(p.page), site(p.target)
	third := ""
	for _, o := range origins {
		if _, placed := p.hosts[o]; placed {
			continue
		}
		host, own := hostPage, pageSite
		if o != nullPage {
			u, err := fetch.ParseURL(o)
			if err != nil || blockedPort(u) {
				continue // stays where it is, and nothing goes there
			}
			if p.mixed(u) {
				return "It leads from https to http: on this machine both would be http."
			}
			own = site(u)
		}
		switch own {
		case pageSite:
		case targetSite:
			host = hostTarget
		default:
			host = hostThird
			if !p.demo && third != "" && third != own {
				return "More than three sites take part, and this machine can play no more than three."
			}
			third = own
		}
		p.hosts[o] = host
		p.order = append(p.order, o)
	}
	if len(p.order) > maxOrigins {
		return fmt.Sprintf("More than %d origins take part.", maxOrigins)
	}
	return ""
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
