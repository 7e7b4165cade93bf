package webui

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/corscope/corscope/fetch"
)

// allowed are the hosts whose private addresses the person at the keyboard asked for: all of none, the URL's own, or a list.
type allowed struct {
	own   bool
	hosts []string
}

// UnmarshalJSON takes true, false, or a list of hosts.
func (a *allowed) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &a.own) == nil {
		return nil
	}
	if err := json.Unmarshal(b, &a.hosts); err != nil {
		return fmt.Errorf("allowPrivate is true, false, or a list of hosts")
	}
	if len(a.hosts) > maxHeaders {
		return fmt.Errorf("allowPrivate lists more than %d hosts", maxHeaders)
	}
	return nil
}

// gate keeps one fetch away from private addresses that nobody asked for: what a name leads to and what a redirect leads to is looked at
// when it is connected to. Its zero value lets nothing private pass. It is safe for concurrent use.
type gate struct {
	allow allowed
	// environment finds the proxy for a request; nil: [http.ProxyFromEnvironment].
	environment func(*http.Request) (*url.URL, error)

	mu      sync.Mutex
	own     string // the host of the request's URL
	proxies []string
	refused *Problem
}

// configure puts the gate in front of a network.
func (g *gate) configure(target string, c *fetch.NetConfig) {
	if u, err := fetch.ParseURL(target); err == nil {
		g.own = bareHost(u.Host())
	}
	c.Permit = g.permit
	c.Proxy = g.proxy
}

// refusal is why the network was not let through, or nil.
func (g *gate) refusal() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.refused == nil {
		return nil
	}
	return g.refused
}

// permit is the [fetch.NetConfig.Permit] of a run.
func (g *gate) permit(host string, addr netip.Addr) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !isPrivate(addr) || slices.Contains(g.proxies, host) || g.asked(host) {
		return nil
	}
	return g.refuse(host, addr)
}

// asked must be called with the lock held.
func (g *gate) asked(host string) bool {
	if g.allow.own && host == g.own {
		return true
	}
	return slices.ContainsFunc(g.allow.hosts, func(h string) bool { return strings.EqualFold(bareHost(h), host) })
}

// refuse must be called with the lock held.
func (g *gate) refuse(host string, addr netip.Addr) error {
	if g.refused != nil {
		return g.refused
	}
	addr = addr.Unmap()
	where := "an address of a private network"
	switch {
	case addr.IsLoopback(), addr.IsUnspecified():
		where = "this machine"
	case addr.IsLinkLocalUnicast():
		where = "an address that is next to this machine, where clouds keep what a server may know of itself"
	}
	message := host + " is " + where
	if host != addr.String() {
		message = host + " is at " + addr.String() + ", which is " + where
	}
	g.refused = &Problem{
		Status: http.StatusForbidden, Code: codePrivate, Host: host, Address: addr.String(), Message: message,
		Hint: "send it again with allowPrivate if you mean it: a page or a link from somebody else may have asked for it",
	}
	return g.refused
}

// proxy is that of the environment. What is behind it is out of sight, so that a private host is refused by what this machine knows of it.
func (g *gate) proxy(u *url.URL) (*url.URL, error) {
	find := g.environment
	if find == nil {
		find = http.ProxyFromEnvironment
	}
	p, err := find(&http.Request{URL: u})
	if err != nil || p == nil {
		return p, err
	}
	host := u.Hostname()
	addrs := []netip.Addr{}
	if a, err := netip.ParseAddr(host); err == nil {
		addrs = append(addrs, a)
	} else if found, err := net.DefaultResolver.LookupNetIP(context.Background(), "ip", host); err == nil {
		addrs = found
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, a := range addrs {
		if isPrivate(a) && !g.asked(host) {
			return nil, g.refuse(host, a)
		}
	}
	g.proxies = append(g.proxies, p.Hostname())
	return p, nil
}

func bareHost(host string) string {
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

// notPublic are the networks, beside those that netip knows, that no page of the public web has business with.
// https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry, checked 2026-11-22.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // carrier-grade NAT, and Alibaba's metadata server
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("168.63.129.16/32"), // Azure's metadata server, which has a public address
	netip.MustParsePrefix("fec0::/10"),        // site-local, as private networks were called once
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("5f00::/16"),
}

// The networks whose addresses hold an IPv4 address, and at which byte.
var translated = []struct {
	prefix netip.Prefix
	at     int
}{
	{netip.MustParsePrefix("64:ff9b::/96"), 12},
	{netip.MustParsePrefix("64:ff9b:1::/48"), 12},
	{netip.MustParsePrefix("2002::/16"), 2},
	{netip.MustParsePrefix("::/96"), 12},
}

// isPrivate reports whether an address is this machine's, a private network's, or a link's.
func isPrivate(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return true
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return true
		}
	}
	if a.Is4() {
		return false
	}
	bytes := a.As16()
	for _, t := range translated {
		if t.prefix.Contains(a) {
			return isPrivate(netip.AddrFrom4([4]byte(bytes[t.at : t.at+4])))
		}
	}
	return false
}
