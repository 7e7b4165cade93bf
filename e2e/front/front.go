// Package front stands before the servers of internal/demo as a reverse proxy does, and changes their answers as a fix of package
// diagnose says: what a person does who follows it.
package front

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/e2e/world"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
)

// Front is the running proxies. It is safe for concurrent use.
type Front struct {
	demo      *demo.World
	authority *world.Authority
	proxy     *httputil.ReverseProxy

	plain, secure, bare, socks net.Listener
	servers                    []*http.Server
	wait                       sync.WaitGroup
	done                       context.CancelFunc

	mu      sync.Mutex
	changes []diagnose.Change
	conns   map[net.Conn]bool
}

// Start opens the proxies on loopback.
func Start(ctx context.Context, d *demo.World) (*Front, error) {
	authority, err := world.NewAuthority(time.Now())
	if err != nil {
		return nil, err
	}
	f := &Front{demo: d, authority: authority, conns: map[net.Conn]bool{}}
	ctx, f.done = context.WithCancel(ctx)
	for _, l := range []*net.Listener{&f.plain, &f.secure, &f.bare, &f.socks} {
		if *l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			f.Close()
			return nil, err
		}
	}
	f.proxy = &httputil.ReverseProxy{
		Rewrite: f.rewrite, ModifyResponse: f.modify, FlushInterval: -1, ErrorLog: log.New(io.Discard, "", 0),
		Transport: &http.Transport{DialContext: f.dial, TLSClientConfig: &tls.Config{RootCAs: d.CAPool()}, ForceAttemptHTTP2: true, DisableCompression: true},
	}
	both := &tls.Config{GetCertificate: authority.Certificate, NextProtos: []string{"h2", "http/1.1"}}
	f.serve(ctx, f.plain, nil)
	f.serve(ctx, f.secure, both)
	only1 := both.Clone()
	only1.NextProtos = []string{"http/1.1"}
	f.accept(f.bare, func(c net.Conn) { f.pipe(tls.Server(c, only1)) })
	f.accept(f.socks, func(c net.Conn) { world.ForwardSOCKS(c, f.Addresses()) })
	return f, nil
}

// Close ends the proxies and all their connections.
func (f *Front) Close() {
	f.done()
	for _, s := range f.servers {
		s.Close()
	}
	for _, l := range []net.Listener{f.plain, f.secure, f.bare, f.socks} {
		if l != nil {
			l.Close()
		}
	}
	f.mu.Lock()
	for c := range f.conns {
		c.Close()
	}
	f.mu.Unlock()
	f.wait.Wait()
}

// SPKI is the hash of the key of the authority that vouches for the proxies. Nobody vouches for the servers that are reached without
// one.
func (f *Front) SPKI() string { return f.authority.SPKI() }

// SOCKS is the address of the SOCKS5 proxy that leads to them and nowhere else.
func (f *Front) SOCKS() string { return f.socks.Addr().String() }

// wire is the server whose answers are not HTTP, so that no HTTP proxy could hand them on.
const wire = "wire.example:443"

// Addresses maps HOST:PORT to where it is found: the servers that answer behind the proxies, and the others as they are.
func (f *Front) Addresses() map[string]string {
	addresses := maps.Clone(f.demo.Resolve())
	for _, host := range f.demo.Hosts() {
		if _, ok := addresses[host+":80"]; ok {
			addresses[host+":80"] = f.plain.Addr().String()
		}
		// A server without https gets it here: some fixes ask for that.
		addresses[host+":443"] = f.secure.Addr().String()
	}
	addresses[wire] = f.bare.Addr().String()
	return addresses
}

// Apply puts changes in the place of those before; nil for none.
func (f *Front) Apply(changes []diagnose.Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changes = slices.Clone(changes)
}

func (f *Front) serve(ctx context.Context, l net.Listener, c *tls.Config) {
	s := &http.Server{Handler: http.HandlerFunc(f.handle), TLSConfig: c, ErrorLog: f.proxy.ErrorLog, BaseContext: func(net.Listener) context.Context { return ctx }}
	f.servers = append(f.servers, s)
	f.wait.Go(func() {
		if c == nil {
			s.Serve(l)
		} else {
			s.ServeTLS(l, "", "")
		}
	})
}

func (f *Front) accept(l net.Listener, handle func(net.Conn)) {
	f.wait.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			f.mu.Lock()
			f.conns[c] = true
			f.mu.Unlock()
			f.wait.Go(func() {
				handle(c)
				c.Close()
				f.mu.Lock()
				delete(f.conns, c)
				f.mu.Unlock()
			})
		}
	})
}

// NoOrigin is the URL of a page without an origin of its own: one in a sandbox.
const NoOrigin = "https://app.example.com/in-a-sandbox"

func (f *Front) handle(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/favicon.ico" {
		// A 404 here would be a line of the console, at any time.
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if "https://"+r.Host+r.URL.Path != NoOrigin {
		f.proxy.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Security-Policy", "sandbox allow-scripts")
	w.Header().Set("Content-Type", "text/html")
	io.WriteString(w, "<!doctype html><title>sandbox</title><link rel=icon href=data:,>")
}

// dial connects to a server of the demo by its name. Those without https are reached without it, see rewrite.
func (f *Front) dial(ctx context.Context, network, address string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, network, f.demo.Resolve()[address])
}

func (f *Front) rewrite(r *httputil.ProxyRequest) {
	host := r.In.Host
	r.Out.URL.Host, r.Out.Host = host, host
	r.Out.URL.Scheme = "http"
	if _, secure := f.demo.Resolve()[host+":443"]; secure && r.In.TLS != nil {
		r.Out.URL.Scheme = "https"
	}
}

// modify makes the changes that are meant for this answer.
func (f *Front) modify(r *http.Response) error {
	if r.Header.Get("Cache-Control") == "" {
		// The same URL is asked before and after a fix.
		r.Header.Set("Cache-Control", "no-store")
	}
	kind := fetch.ExchangeRequest
	if r.Request.Method == http.MethodOptions && r.Request.Header["Access-Control-Request-Method"] != nil {
		kind = fetch.ExchangePreflight
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.changes {
		if c.On != kind && (c.On != diagnose.OnPage || kind != fetch.ExchangeRequest) || c.Method != r.Request.Method || !sameURL(c.URL, r.Request) {
			continue
		}
		if c.Header != "" {
			r.Header.Set(c.Header, c.After)
			continue
		}
		status, err := strconv.Atoi(c.After)
		if err != nil {
			return err
		}
		r.StatusCode, r.Status = status, ""
		if status == http.StatusNoContent {
			r.Body.Close()
			r.Body, r.ContentLength = http.NoBody, 0
			r.Header.Del("Content-Length")
		}
	}
	return nil
}

// sameURL reports whether the browser asked for u. The demo may have been asked in another scheme than the proxy.
func sameURL(u string, r *http.Request) bool {
	_, rest, _ := strings.Cut(u, "://")
	return rest == r.Host+r.URL.RequestURI()
}

// pipe hands bytes on to the server that does not speak HTTP well, and back.
func (f *Front) pipe(near *tls.Conn) {
	far, err := tls.Dial("tcp", f.demo.Resolve()[wire], &tls.Config{RootCAs: f.demo.CAPool(), ServerName: strings.TrimSuffix(wire, ":443"), NextProtos: []string{"http/1.1"}})
	if err != nil {
		return
	}
	defer far.Close()
	go func() {
		io.Copy(far, near)
		far.Close()
	}()
	_, err = io.Copy(near, far)
	if reset := new(net.OpError); err != nil && errors.As(err, &reset) {
		if tcp, ok := near.NetConn().(*net.TCPConn); ok {
			tcp.SetLinger(0)
			tcp.Close()
		}
	}
	near.Close()
}
