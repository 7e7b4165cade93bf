package webui

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
	"github.com/corscope/corscope/origin"
)

// place is where an origin is found on this machine.
type place struct {
	host     string
	tls      bool
	obstacle demo.Obstacle
}

// The loopback hosts: browsers take each for a site of its own, whatever the port.
const (
	hostPage   = "127.0.0.1"
	hostTarget = "localhost"
	hostThird  = "[::1]"
	// hostInsecure is 127.0.0.1 in the dress of IPv6: the one loopback host at which plain http does not count as secure, by the standard
	// and in browsers. https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
	hostInsecure = "[::ffff:7f00:1]"
	// hostUnreachable is the broadcast address. TCP has none: every system refuses by itself, and nothing leaves the machine.
	hostUnreachable = "255.255.255.255"
)

// localhostSuffix is that of names which browsers lead to loopback without asking anybody. No public suffix list has it, so that what is
// before it is a site: a.one.localhost and b.one.localhost are of the same, two.localhost is of another.
const localhostSuffix = ".localhost"

// maxOrigins is more than any case needs: each has a listener.
const maxOrigins = 14

// place gives each origin a place: the page's site a host, the target's another, and all others a third; or names.
func (p *plan) place(origins []string) string {
	pageSite, targetSite := siteOf(p.page), siteOf(p.target)
	third := ""
	for _, o := range origins {
		if _, placed := p.places[o]; placed {
			continue
		}
		at, own := place{host: hostPage}, pageSite
		if o != nullPage {
			u, err := fetch.ParseURL(o)
			if err != nil || blockedPort(u) {
				continue // stays where it is, and nothing goes there
			}
			own = siteOf(u)
			if p.demo {
				at.obstacle = demo.ObstacleAt(o)
				// Where the case is on http and its server is on https as well, it has both here too.
				at.tls = p.target.Scheme() == "http" && u.Scheme() == "https" && u.Host() == p.target.Host() || at.obstacle == demo.ObstacleCertificate
			}
			at.tls = at.tls || slices.Contains(p.certified, o)
			if p.window {
				var cannot string
				if at.host, cannot = p.named(u); cannot != "" {
					return cannot
				}
			}
		}
		switch {
		case at.obstacle == demo.ObstacleName:
			continue // stays, and really has no address
		case at.obstacle == demo.ObstacleUnreachable:
			at.host = hostUnreachable
		case at.obstacle == demo.ObstacleRefused:
			at.host = hostPage
		case p.window, own == pageSite:
		case own == targetSite:
			at.host = hostTarget
		default:
			at.host = hostThird
			if !p.demo && third != "" && third != own {
				return "More than three sites take part, and this machine can play no more than three."
			}
			third = own
		}
		p.places[o] = at
		p.order = append(p.order, o)
	}
	if len(p.order) > maxOrigins {
		return fmt.Sprintf("More than %d origins take part.", maxOrigins)
	}
	return ""
}

// obstacle is what stands before the target.
func (p *plan) obstacle() demo.Obstacle {
	if !p.demo {
		return ""
	}
	return demo.ObstacleAt(p.target.Origin().String())
}

func siteOf(u *fetch.URL) string {
	if u == nil {
		return nullPage
	}
	return u.Origin().Site().String()
}

// named returns the name that a host has in a window: what it is called within its site, below a name that no other stage has.
func (p *plan) named(u *fetch.URL) (host, cannot string) {
	if p.mixed(u) {
		return p.mixedHost(), ""
	}
	if u.Scheme() == "http" && !u.IsPotentiallyTrustworthy() && p.hasSecureCookie() {
		if u.Origin() != p.page.Origin() || u.Origin() != p.target.Origin() && registrable(u.Host()) == registrable(p.target.Host()) {
			return "", "It is about a Secure cookie over plain http, and at the names of this machine plain http counts as secure."
		}
		return hostInsecure, ""
	}
	site := registrable(u.Host())
	name, ok := p.sites[site]
	if !ok {
		word, _, _ := strings.Cut(site, ".")
		if len(word) > 20 || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" {
			word = "site"
		}
		name = fmt.Sprintf("%s-%s%d%s", word, randomName(), len(p.sites), localhostSuffix)
		p.sites[site] = name
	}
	return strings.TrimSuffix(u.Host(), site) + name, ""
}

// registrable is the part of a host that somebody could register; the host itself where there is none.
func registrable(host string) string {
	if domain, ok := origin.RegistrableDomain(host); ok {
		return domain
	}
	return host
}

// randomName keeps the cookies of stages apart. It is no secret.
func randomName() string {
	var b [4]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// movedDomain carries the Domain of a cookie over. One that is nobody's here stays, and is refused here as it was there.
func (p *plan) movedDomain(domain string) string {
	name := strings.ToLower(strings.TrimPrefix(domain, "."))
	everybodys := ""
	for site, to := range p.sites {
		if name == site {
			return to
		}
		if within, ok := strings.CutSuffix(name, "."+site); ok {
			return within + "." + to
		}
		if name != "" && strings.HasSuffix(site, "."+name) {
			everybodys = strings.TrimPrefix(localhostSuffix, ".")
		}
	}
	if everybodys != "" {
		return everybodys
	}
	return domain
}

// opened is a place that is there.
type opened struct {
	origin    string // at which it is found
	addrs     []net.Addr
	listeners []net.Listener
	held      *refusedPort
}

func (o *opened) close() {
	for _, l := range o.listeners {
		l.Close()
	}
	if o.held != nil {
		o.held.close()
	}
}

func (at place) open() (*opened, error) {
	if strings.HasSuffix(at.host, invalidSuffix) {
		return &opened{origin: "http://" + at.host}, nil
	}
	scheme := "http://"
	if at.tls || at.obstacle != "" {
		scheme = "https://"
	}
	switch at.obstacle {
	case demo.ObstacleUnreachable:
		addr := net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(hostUnreachable), 443))
		return &opened{origin: scheme + hostUnreachable, addrs: []net.Addr{addr}}, nil
	case demo.ObstacleRefused:
		held, err := holdPort()
		if err != nil {
			return nil, err
		}
		return &opened{origin: scheme + held.near.LocalAddr().String(), addrs: []net.Addr{held.near.LocalAddr()}, held: held}, nil
	}
	host := at.host
	port, listeners, err := listenLoopback(host)
	if err != nil && host == hostThird {
		host = hostTarget // a machine without IPv6 has two sites
		port, listeners, err = listenLoopback(host)
	}
	if err != nil {
		return nil, err
	}
	o := &opened{origin: scheme + host + ":" + strconv.Itoa(port), listeners: listeners}
	for _, l := range listeners {
		o.addrs = append(o.addrs, l.Addr())
	}
	return o, nil
}

// listenLoopback returns listeners for a loopback host on one free port. For localhost, and for names below it, they are on both families
// where there are two: a browser tries either, and somebody else's server must not answer.
func listenLoopback(host string) (port int, open []net.Listener, err error) {
	if host == hostInsecure {
		host = hostPage
	}
	if host != hostTarget && !strings.HasSuffix(host, localhostSuffix) {
		l, err := net.Listen("tcp", host+":0")
		if err != nil {
			return 0, nil, err
		}
		return l.Addr().(*net.TCPAddr).Port, []net.Listener{l}, nil
	}
	for range 5 {
		var v4, v6 net.Listener
		if v4, err = net.Listen("tcp4", "127.0.0.1:0"); err != nil {
			return 0, nil, err
		}
		port = v4.Addr().(*net.TCPAddr).Port
		if v6, err = net.Listen("tcp6", net.JoinHostPort("::1", strconv.Itoa(port))); err == nil {
			return port, []net.Listener{v4, v6}, nil
		}
		if probe, none := net.Listen("tcp6", "[::1]:0"); none != nil {
			return port, []net.Listener{v4}, nil
		} else {
			probe.Close()
		}
		v4.Close()
	}
	return 0, nil, err
}

// refusedPort is a port at which nobody listens and nobody can begin to: the near end of a connection has it.
type refusedPort struct{ near, far net.Conn }

// holdPort takes one.
func holdPort() (*refusedPort, error) {
	l, err := net.Listen("tcp", hostPage+":0")
	if err != nil {
		return nil, err
	}
	defer l.Close()
	near, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return nil, err
	}
	far, err := l.Accept()
	if err != nil {
		near.Close()
		return nil, err
	}
	return &refusedPort{near, far}, nil
}

func (r *refusedPort) close() {
	r.near.Close()
	r.far.Close()
}
