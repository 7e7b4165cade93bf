package cli

import (
	"strings"

	"github.com/corscope/corscope/fetch"
)

// labFlags are what a case of the lab says beyond the flags of explain. A nil one says nothing.
type labFlags struct {
	// answers stands in for the network; nil: the network as configure leaves it.
	answers fetch.Transport
	// further answers the further requests where answers does the fetch; nil: none are made.
	further fetch.Transport
	// configure changes how the network is reached, once the URL is known; may be nil.
	configure func(url string, c *fetch.NetConfig)
	// profile is the browser's; zero: the standard.
	profile fetch.Profile
	// body is sent as it is; nil: none. A case never names a file.
	body []byte
	// page adds what the case says of the page; may be nil.
	page func(*fetch.PageConfig)
	// imports: the request is for a module.
	imports bool
	// request changes the request before it is sent; may be nil.
	request func(*fetch.Request)
}

// transport is the network for the lab and for the command line.
func (l *labFlags) transport(url string, config fetch.NetConfig) (fetch.Transport, error) {
	switch {
	case l != nil && l.answers != nil:
		return l.answers, nil
	case l != nil && l.configure != nil:
		l.configure(url, &config)
	}
	return fetch.NewNetTransport(config)
}

// parseTarget parses the URL of the request. The gallery has one that no browser fetches, and to see why is what it is there for. On the
// command line a scheme without "//" behind it is a slip, but for those that a page can fetch without a server, and a WebSocket is no
// matter of fetch().
func (l *labFlags) parseTarget(target string) (*fetch.URL, error) {
	u, err := fetch.ParseURL(target)
	if err != nil {
		return fetch.ParseHTTPURL(target)
	}
	switch scheme := u.Scheme(); {
	case l != nil, scheme == "data", scheme == "blob":
		return u, nil
	case scheme != "ws" && scheme != "wss" && strings.HasPrefix(strings.TrimSpace(target)[len(scheme):], "://"):
		return u, nil
	}
	return fetch.ParseHTTPURL(target)
}

// pageConfig adds what a case says of the page.
func (l *labFlags) pageConfig(c fetch.PageConfig) fetch.PageConfig {
	if l != nil && l.page != nil {
		l.page(&c)
	}
	return c
}

// furtherTransport is what further requests go by where those of the fetch go by usual; nil: none are made.
func (l *labFlags) furtherTransport(usual fetch.Transport) fetch.Transport {
	if l != nil && l.answers != nil {
		return l.further
	}
	return usual
}

// browser is the profile that the fetch runs under.
func (l *labFlags) browser() fetch.Profile {
	if l == nil {
		return fetch.Profile{}
	}
	return l.profile
}

// complete adds body and request options, with the defaults of fetch().
func (l *labFlags) complete(a *asked) {
	if l == nil {
		return
	}
	a.imports = a.imports || l.imports
	if l.body != nil {
		a.request.Body, a.body = fetch.BytesBody(l.body), l.body
		if a.request.Method == "" {
			a.request.Method = "POST"
		}
		if !a.request.Headers.Contains("Content-Type") {
			a.request.Headers.Append("Content-Type", "text/plain;charset=UTF-8")
		}
	}
	if l.request != nil {
		l.request(&a.request)
	}
}
