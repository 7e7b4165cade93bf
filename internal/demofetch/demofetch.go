// Package demofetch is where the demo's servers meet the browser's half: the network that package demo's world is, and its calls in the
// words of package fetch. [Network] leads a browser to a world, [Make] makes a call in a page.
//
// Package demo cannot do so itself: it must not know who holds it to its word. Nothing here judges what comes of a call.
package demofetch

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
)

// Network is a network on which every name of the world leads to it, its certificates are good, and no proxy of the environment is asked.
// Other names are looked up as anywhere. An error would be a fault of [demo.World.Resolve].
func Network(w *demo.World) (fetch.NetConfig, error) {
	config := fetch.NetConfig{RootCAs: w.CAPool(), Proxy: func(*url.URL) (*url.URL, error) { return nil, nil }}
	addresses := w.Resolve()
	for _, hostPort := range slices.Sorted(maps.Keys(addresses)) {
		rule, err := fetch.ParseResolveRule(hostPort + ":" + addresses[hostPort])
		if err != nil {
			return fetch.NetConfig{}, fmt.Errorf("demofetch: the world's address of %s: %w", hostPort, err)
		}
		config.Resolve = append(config.Resolve, rule)
	}
	return config, nil
}

// Request is the call as a page's script would make it with fetch(), recorded in trace, which may be nil. What of the call is about its
// page is for [OpenPage], and a call with Import is none of fetch(): see [Make].
func Request(c demo.Call, trace *fetch.Trace) fetch.Request {
	r := fetch.Request{
		Method: c.Method, URL: c.URL, Mode: fetch.Mode(c.Mode), Credentials: fetch.CredentialsMode(c.Credentials),
		Redirect: fetch.RedirectMode(c.Redirect), Cache: fetch.CacheMode(c.Cache), Keepalive: c.Keepalive, UploadListener: c.UploadListener,
		Integrity: c.Integrity, TargetAddressSpace: fetch.AddressSpace(c.TargetAddressSpace), Trace: trace,
	}
	for _, f := range c.Header {
		r.Headers = append(r.Headers, fetch.Header{Name: f.Name, Value: f.Value})
	}
	switch {
	case c.Stream:
		r.Body = fetch.StreamBody(strings.NewReader(c.Body))
	case c.Body != "":
		r.Body = fetch.BytesBody([]byte(c.Body))
	}
	return r
}

// OpenPage opens the page of a call in agent. Where the call says what the page's answer brings, the page is loaded from its server, so
// that its policies are those of a real answer. The errors are those of [fetch.Agent.NewPage] and [fetch.Agent.LoadPage].
func OpenPage(ctx context.Context, agent *fetch.Agent, c demo.Call) (*fetch.Page, error) {
	config := fetch.PageConfig{URL: c.Page, AddressSpace: fetch.AddressSpace(c.PageSpace)}
	if len(c.PageHeader) == 0 {
		return agent.NewPage(config)
	}
	page, _, err := agent.LoadPage(ctx, config)
	return page, err
}

// Make makes the call in page as it says, with fetch() or import(), recorded in trace, which may be nil. The caller closes the answer. The
// errors are those of [fetch.Page.Fetch] and [fetch.Page.FetchModule].
func Make(ctx context.Context, page *fetch.Page, c demo.Call, trace *fetch.Trace) (*fetch.Response, error) {
	if c.Import {
		return page.FetchModule(ctx, fetch.ModuleRequest{URL: c.URL, Trace: trace})
	}
	return page.Fetch(ctx, Request(c, trace))
}
