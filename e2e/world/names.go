package world

import (
	"crypto/tls"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"

	"golang.org/x/net/dns/dnsmessage"
)

// Names is a DNS server over HTTPS (RFC 8484) on loopback, for a browser that asks no other. It is safe for concurrent use.
type Names struct {
	server   *http.Server
	listener net.Listener

	mu    sync.Mutex
	addrs map[string][]netip.Addr
}

// NamesTTL is how many seconds its answers hold, the fewest that a browser does not take for none.
const NamesTTL = 1

// StartNames starts a server that knows no name.
func StartNames(a *Authority) (*Names, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	n := &Names{listener: l, addrs: map[string][]netip.Addr{}}
	n.server = &http.Server{Handler: n, TLSConfig: &tls.Config{GetCertificate: a.Certificate}}
	go n.server.ServeTLS(l, "", "")
	return n, nil
}

// Close ends the server.
func (n *Names) Close() { n.server.Close() }

// FirefoxPrefs lead Firefox to the server, whatever address its name has.
func (n *Names) FirefoxPrefs() map[string]string {
	_, port, _ := net.SplitHostPort(n.listener.Addr().String())
	return map[string]string{
		"network.trr.mode": "3", "network.trr.uri": `"https://names.test:` + port + `/dns-query"`, "network.trr.bootstrapAddr": `"127.0.0.1"`,
		"network.trr.confirmationNS": `"skip"`, "network.trr.allow-rfc1918": "true",
	}
}

// Set gives a name its addresses, of IPv4.
func (n *Names) Set(name string, addrs ...netip.Addr) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.addrs[name] = addrs
}

// Addresses are those that a name has now.
func (n *Names) Addresses(name string) []netip.Addr {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.addrs[name]
}

// ServeHTTP implements [http.Handler].
func (n *Names) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, err := base64.RawURLEncoding.DecodeString(r.URL.Query().Get("dns"))
	if r.Method == "POST" {
		text, err = io.ReadAll(io.LimitReader(r.Body, 64<<10))
	}
	var m dnsmessage.Message
	if err != nil || m.Unpack(text) != nil || len(m.Questions) != 1 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	q := m.Questions[0]
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	name := strings.TrimSuffix(q.Name.String(), ".")
	n.mu.Lock()
	addrs, known := n.addrs[name]
	n.mu.Unlock()
	if !known {
		m.RCode = dnsmessage.RCodeNameError
	} else if q.Type == dnsmessage.TypeA {
		for _, a := range addrs {
			m.Answers = append(m.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: dnsmessage.ClassINET, TTL: NamesTTL},
				Body:   &dnsmessage.AResource{A: a.As4()},
			})
		}
	}
	if text, err = m.Pack(); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/dns-message")
	w.Write(text)
}
