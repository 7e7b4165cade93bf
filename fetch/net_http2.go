package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/corscope/corscope/internal/http1"
)

// protectedPool is what connections with TLS have of their own, with a client certificate or without.
type protectedPool struct {
	tls   *tls.Config
	http2 *http.Transport // makes HTTP/2 of connections that TLS agreed so for; nil where it is not offered
	// proxied makes exchanges through proxies; nil where there is never one.
	proxied *http.Transport
}

func (t *NetTransport) newProtectedPool(c NetConfig, certificates []tls.Certificate) protectedPool {
	config := &tls.Config{RootCAs: c.RootCAs, Certificates: certificates, Time: c.Clock, NextProtos: []string{"http/1.1"}}
	p := protectedPool{tls: config}
	if t.proxy != nil {
		p.proxied = newProxied(t, c, config.Clone())
	}
	if c.DisableHTTP2 {
		return p
	}
	config.NextProtos = []string{"h2", "http/1.1"}
	protocols := new(http.Protocols)
	protocols.SetHTTP2(true)
	p.http2 = &http.Transport{
		DialTLSContext:         func(ctx context.Context, _, address string) (net.Conn, error) { return dialHTTP2(ctx, config, address) },
		Protocols:              protocols,
		MaxResponseHeaderBytes: c.MaxHeaderBytes,
		DisableCompression:     true,
		IdleConnTimeout:        idleTime,
	}
	return p
}

// errNotHTTP2 is what a dial for HTTP/2 fails with where the server speaks HTTP/1.1. The connection is the exchange's.
var errNotHTTP2 = errors.New("fetch: the server does not speak HTTP/2")

// dialHTTP2 is net/http's DialTLSContext: it returns the connection that the exchange has made already, or makes one.
func dialHTTP2(ctx context.Context, config *tls.Config, address string) (net.Conn, error) {
	x, ok := ctx.Value(netExchangeKey{}).(*netExchange)
	if !ok {
		return nil, errors.New("fetch: a connection that no exchange asked for")
	}
	if nc := x.takeHanded(); nc != nil {
		return nc, nil
	}
	host, port, err := splitAddress(address)
	if err != nil {
		return nil, err
	}
	nc, err := x.transport.dialer.dialFor(ctx, x, host, port)
	if err != nil {
		return nil, err
	}
	if nc, err = x.shakeHands(ctx, nc, config, host); err != nil {
		return nil, err
	}
	if isHTTP2(nc) {
		return nc, nil
	}
	x.offer(nc)
	return nil, errNotHTTP2
}

// takeHanded returns the connection that was made before net/http was asked; nil the second time.
func (x *netExchange) takeHanded() net.Conn {
	x.mu.Lock()
	defer x.mu.Unlock()
	nc := x.handed
	x.handed = nil
	return nc
}

// offer gives the exchange a connection of HTTP/1.1, unless it has ended.
func (x *netExchange) offer(nc net.Conn) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.over || x.offered != nil {
		nc.Close()
		return
	}
	x.offered = nc
}

// finishTLS is called when net/http has done with the exchange. It closes a connection that net/http had no need of, and returns one
// that turned out to be of HTTP/1.1, with which the exchange can be made.
func (x *netExchange) finishTLS() net.Conn {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.handed != nil {
		x.handed.Close()
		x.handed = nil
	}
	nc := x.offered
	x.over, x.offered = true, nil
	return nc
}

// maxKnownHosts bounds the memory for servers that speak HTTP/2; one that is forgotten is asked again.
const maxKnownHosts = 1024

// http2Hosts are the servers that agreed to HTTP/2 last time. The zero value is empty. It is safe for concurrent use.
type http2Hosts struct {
	mu    sync.Mutex
	known map[http1.Key]struct{}
}

func (h *http2Hosts) has(k http1.Key) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, ok := h.known[k]
	return ok
}

func (h *http2Hosts) add(k http1.Key) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.known == nil || len(h.known) >= maxKnownHosts {
		h.known = make(map[http1.Key]struct{})
	}
	k.Host = strings.Clone(k.Host)
	h.known[k] = struct{}{}
}

func (h *http2Hosts) remove(k http1.Key) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.known, k)
}
