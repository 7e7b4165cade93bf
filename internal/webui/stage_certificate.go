package webui

import (
	"crypto/tls"
	"net/http"
	"slices"
	"time"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
)

// certificateLife is how long a stage lives whose browser warns of a certificate first, and certificatePatience how long the lab then waits
// for the window: a person reads the warning, once for each server, and an API call ends after a minute.
const (
	certificateLife     = 2 * time.Minute
	certificatePatience = 50 * time.Second
)

// certify decides which of the origins are on https, with a certificate that the lab makes: no more than the case needs, because the reader
// is asked for each. It says why there is none where the case needs one.
func (p *plan) certify(origins []string) string {
	mixes := slices.ContainsFunc(origins, func(o string) bool {
		u, err := fetch.ParseURL(o)
		return err == nil && p.mixed(u)
	})
	over := p.item.Stream || p.cutsHeader && p.target.Scheme() == "https"
	if !mixes && !over {
		return ""
	}
	switch {
	case over && p.target.Scheme() != "https":
		return "A body that is a stream goes over HTTP/2 alone, which browsers speak with TLS only, and there is none at this address."
	case p.page == nil:
		return "A page without an origin is in a frame, where your browser asks nobody whether a certificate will do."
	case p.obstacle() != "":
		return "Your browser is to take a certificate for it, and comes to none at this server."
	case p.mixed(p.target) && (p.cookies || len(p.item.Cookies) > 0):
		return "It is about a cookie of a server that a page on https cannot ask."
	case p.item.Stream && (p.item.UploadListener || p.item.Import):
		return "XMLHttpRequest and import() take no stream."
	}
	p.window = true
	if target := p.target.Origin().String(); p.target.Scheme() == "https" {
		p.certified = append(p.certified, target)
	}
	if page := p.page.Origin().String(); mixes && !slices.Contains(p.certified, page) {
		p.certified = append(p.certified, page)
	}
	return ""
}

// invalidSuffix is that of names which lead nowhere. https://www.rfc-editor.org/rfc/rfc6761#section-6.4
const invalidSuffix = ".invalid"

// mixedHost is where plain http is that a page on https may not ask for: at an address that does not count as secure. A browser that asks its
// user about the local network lets such a page ask for http at every address of this machine, so that it gets a name that is nobody's.
// https://wicg.github.io/local-network-access/#mixed-content
func (p *plan) mixedHost() string {
	if !p.nowhere {
		return hostInsecure
	}
	return "insecure-" + randomName() + invalidSuffix
}

// entry is where a window begins that makes the call from page: at the target, where that sets cookies first or has a certificate of which
// the browser warns. A page's own certificate is warned of when it is opened.
func (st *stage) entry() string {
	target := st.plan.target.Origin().String()
	switch {
	case st.plan.window && st.call.Cookies != "":
		return st.call.Cookies
	case target != st.pageOrigin() && slices.Contains(st.plan.certified, target):
		return st.set.at[target] + backstage + "enter"
	}
	return st.page()
}

// life and patience are how long the stage lives, and how long the lab waits for its window.
func (p *plan) life() time.Duration {
	if len(p.certified) > 0 {
		return certificateLife
	}
	return stageLife
}

func (p *plan) patience() time.Duration {
	if len(p.certified) > 0 {
		return certificatePatience
	}
	return windowPatience
}

// secure makes a server one on TLS. Streams alone need HTTP/2; what breaks a connection off, as some servers here do, needs HTTP/1.1.
func (s *stagedSet) secure(server *http.Server, world *demo.Elsewhere, origin, host string) {
	server.Protocols = new(http.Protocols)
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetHTTP2(s.plan.item.Stream)
	server.TLSConfig = &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		return world.Certificate(origin, host)
	}}
}
