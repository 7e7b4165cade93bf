package demo

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// World is a running set of servers. Make one with [Start]. It is safe for
// concurrent use.
type World struct {
	site     *site
	sockets  *sockets
	servers  []*http.Server
	cancel   context.CancelFunc
	unhook   func() bool
	ca       *authority
	stranger *authority // nobody trusts it
	resolve  map[string]string
	proxy    string
}

// Start opens a world on free loopback ports. It runs until Close, or until ctx
// is done. The error says which listener or certificate could not be had.
func Start(ctx context.Context) (*World, error) {
	now := time.Now()
	ca, err := newAuthority("Corscope demo, in memory", now)
	if err != nil {
		return nil, err
	}
	stranger, err := newAuthority("Somebody else", now)
	if err != nil {
		return nil, err
	}
	w := &World{site: newSite(realNames), sockets: new(sockets), ca: ca, stranger: stranger}
	ctx, w.cancel = context.WithCancel(ctx)
	if err := w.open(ctx); err != nil {
		w.Close()
		return nil, err
	}
	w.unhook = context.AfterFunc(ctx, func() { w.shut() })
	return w, nil
}

func (w *World) open(ctx context.Context) error {
	listeners := make(map[string]net.Listener)
	for _, name := range []string{"tls", "plain", "silent", "proxy"} {
		l, err := w.sockets.listen("tcp", "127.0.0.1:0")
		if err != nil {
			return fmt.Errorf("demo: cannot listen on loopback: %w", err)
		}
		listeners[name] = l
	}
	address := func(name string) string { return listeners[name].Addr().String() }
	w.resolve = make(map[string]string)
	for role := range realNames {
		host := realNames.host(role)
		switch role {
		case roleNowhere:
		case roleInsecure:
			w.resolve[host+":80"] = address("plain")
		case rolePlainTLS:
			w.resolve[host+":443"] = address("plain")
		case roleSilent:
			w.resolve[host+":443"] = address("silent")
		case roleRefused:
			// A privileged port that no service of today uses. A port that was free a
			// moment ago may be somebody else's by now.
			w.resolve[host+":443"] = "127.0.0.1:1"
		case roleUnreachable:
			// TCP has no broadcast: the system refuses, and nothing leaves the machine.
			w.resolve[host+":443"] = "255.255.255.255:443"
		case roleWrongName, roleExpired, roleUnknownAuthority:
			w.resolve[host+":443"] = address("tls")
		default:
			w.resolve[host+":443"] = address("tls")
			w.resolve[host+":80"] = address("plain")
		}
	}
	w.proxy = address("proxy")

	byHost := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.Handler(hostOnly(r.Host)).ServeHTTP(rw, r) })
	w.serve(ctx, listeners["tls"], byHost, w.tlsConfig())
	w.serve(ctx, listeners["plain"], byHost, nil)
	w.serve(ctx, listeners["proxy"], &proxy{sockets: w.sockets, resolve: w.resolve, plain: byHost}, nil)
	w.sockets.run(func() { w.sockets.hold(listeners["silent"]) })
	return nil
}

// serve starts an HTTP server on l, with TLS when there is a configuration.
func (w *World) serve(ctx context.Context, l net.Listener, h http.Handler, tlsConfig *tls.Config) {
	server := newServer(ctx, w.sockets, h)
	server.TLSConfig = tlsConfig
	w.servers = append(w.servers, server)
	w.sockets.run(func() {
		// Both return only when the listener is closed.
		if tlsConfig != nil {
			server.ServeTLS(l, "", "")
		} else {
			server.Serve(l)
		}
	})
}

// newServer returns a server that no client can hold for long, and whose handlers
// the sockets wait for.
func newServer(ctx context.Context, s *sockets, h http.Handler) *http.Server {
	return &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !s.enter() {
				return
			}
			defer s.leave()
			h.ServeHTTP(w, r)
		}),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       time.Minute,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		// Clients that give up are what this world is for.
		ErrorLog: log.New(io.Discard, "", 0),
	}
}

// tlsConfig answers each name with its own certificate, right or wrong. A name
// that is not of this world gets none.
func (w *World) tlsConfig() *tls.Config {
	certificates := make(map[string]func() (*tls.Certificate, error))
	for role := range realNames {
		host := realNames.host(role)
		switch role {
		case roleWrongName:
			certificates[host] = func() (*tls.Certificate, error) { return w.ca.leaf("somebody-else.example") }
		case roleExpired:
			certificates[host] = func() (*tls.Certificate, error) { return w.ca.expired(host) }
		case roleUnknownAuthority:
			certificates[host] = func() (*tls.Certificate, error) { return w.stranger.leaf(host) }
		default:
			certificates[host] = func() (*tls.Certificate, error) { return w.ca.leaf(host) }
		}
	}
	both := &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			certificate, ok := certificates[strings.ToLower(hello.ServerName)]
			if !ok {
				return nil, fmt.Errorf("demo: no server is called %q", hello.ServerName)
			}
			return certificate()
		},
	}
	// What is not HTTP can only be said on a connection of one's own.
	http1 := both.Clone()
	http1.NextProtos = []string{"http/1.1"}
	wire := realNames.host(roleWire)
	both.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if strings.EqualFold(hello.ServerName, wire) {
			return http1, nil
		}
		return nil, nil
	}
	return both
}

// Close ends all servers and connections and waits for them. Answers that are
// under way break off. It may be called more than once; the error is always nil.
func (w *World) Close() error {
	if w.unhook != nil {
		w.unhook()
	}
	w.shut()
	return nil
}

func (w *World) shut() {
	w.cancel()
	w.sockets.close()
	for _, s := range w.servers {
		s.Close()
	}
}

// CAPool returns a new pool with the world's certificate authority in it.
func (w *World) CAPool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(w.ca.cert)
	return pool
}

// CAPEM returns the world's certificate authority as a PEM block, as curl's
// --cacert wants it.
func (w *World) CAPEM() []byte { return bytes.Clone(w.ca.pem()) }

// Resolve says where each name is found: "app.example.com:443" is at
// "127.0.0.1:41234". Names with an http server have a second entry for port 80.
// It returns a new map.
func (w *World) Resolve() map[string]string { return maps.Clone(w.resolve) }

// Proxy returns the URL of an HTTP proxy that knows the names of this world and
// no others: it answers 502 for those. Without the user name and password in the
// URL it answers 407.
func (w *World) Proxy() string { return "http://" + proxyUser + ":" + proxyPassword + "@" + w.proxy }

// Handler returns the server called host, without sockets: what it does is on
// record like everything else. For a host that is not of this world it returns a
// handler that answers 421.
func (w *World) Handler(host string) http.Handler {
	for _, role := range answering {
		if strings.EqualFold(realNames.host(role), host) {
			return w.site.handler(role)
		}
	}
	return w.site.record.around(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		http.Error(rw, "no server of this world is called "+host, http.StatusMisdirectedRequest)
	}))
}

// Requests returns the requests with a number above n that reached a server, oldest
// first: what was really received and really done. Zero returns all, up to the
// newest 10,000.
func (w *World) Requests(n int) []Request { return w.site.record.since(n) }

// Log returns all requests that reached a server, up to the newest 10,000.
func (w *World) Log() []Request { return w.Requests(0) }

// Hosts returns the names of the servers that answer as HTTP servers do, sorted.
func (w *World) Hosts() []string {
	var hosts []string
	for _, role := range answering {
		hosts = append(hosts, realNames.host(role))
	}
	slices.Sort(hosts)
	return hosts
}
