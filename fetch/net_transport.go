package fetch

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/corscope/corscope/internal/http1"
	"github.com/corscope/corscope/internal/httpspec"
)

// AcceptEncoding is the value of the Accept-Encoding header that a transport adds to a message without one: the codings that
// are decoded.
const AcceptEncoding = "gzip, deflate"

// NetTransport is the real network: HTTP/1.1 of its own, HTTP/2 by way of net/http, over TCP and TLS. Make one with [NewNetTransport].
// It is safe for concurrent use.
//
// A message's headers are sent as they are: names in their case, lines in their order, values with every byte but NUL, CR and LF.
// Before them come Host (of the URL) and Content-Length or Transfer-Encoding (of the body), behind them Accept-Encoding where there is
// none, and nothing else: those four, and Trailer, are not taken from the message. Without a body, POST and PUT have a
// Content-Length of 0, and other methods have none.
//
// An answer's headers are those that the server sent, in its order and its case, control characters included. 1xx answers are
// skipped, trailers ignored, content codings decoded. Where answers break the grammar of HTTP/1.1, what Chromium and Firefox both do
// with them is done here too: a header line without a colon or whose name is no token is passed over, a folded line continues the one
// before it, chunked anywhere in Transfer-Encoding means chunks and nothing else in it counts, a Content-Length that is no number is
// none, a head that is cut short over plain http is a whole one without a body, a status may be below 100. These give no answer: NUL,
// or CR without LF, in the head, a status of 0, and some that the two take differently: a head that is cut short over https, a status
// that is a word or has four digits, a Content-Length with a plus, HTTP/0.9.
//
// HTTP/2, and whatever goes through a proxy, is net/http's. Header names are sorted there, and in HTTP/2 in lower case; the names of
// answers are in Go's canonical case and sorted. Values with control characters are refused, both ways, though browsers send some. Where
// an answer has Pragma: no-cache and no Cache-Control, Cache-Control: no-cache is added to it. StatusText is empty for HTTP/2, which
// has none. RemoteAddr is the proxy's where there is one.
//
// GET, HEAD, OPTIONS and TRACE are sent a second time where a kept-alive connection turns out to be closed before any byte of
// an answer came; other methods only if not a byte of them was sent. Redirects, cookies and authentication are the caller's.
//
// [Message.PartitionKey] is not used: the sites of a page share connections, which no server can tell from separate ones by
// anything that CORS depends on.
type NetTransport struct {
	config           NetConfig
	dialer           netDialer
	proxy            func(*url.URL) (*url.URL, error) // nil: never any
	clock            func() time.Time
	roots            *x509.CertPool // nil: the system's
	handshakeTimeout time.Duration  // 0: none
	maxHead          int64
	waiting          http1.Pool
	http2Hosts       http2Hosts
	// open carries messages with credentials, anonymous those without, where there is a client certificate; else all is anonymous.
	open, anonymous protectedPool
}

var _ Transport = (*NetTransport)(nil)

// NewNetTransport returns a transport that works as c says. The error joins every mistake in c, each a *[NetConfigError].
func NewNetTransport(c NetConfig) (*NetTransport, error) {
	c, err := c.withDefaults()
	rules, errRules := newResolveTable(c.Resolve)
	if err := errors.Join(err, errRules); err != nil {
		return nil, err
	}
	t := &NetTransport{
		config:           c,
		dialer:           netDialer{rules: rules, resolver: c.Resolver, permit: c.Permit, timeout: c.DialTimeout, connect: connectTCP},
		proxy:            c.Proxy,
		clock:            c.Clock,
		roots:            c.RootCAs,
		handshakeTimeout: max(c.TLSHandshakeTimeout, 0),
		maxHead:          c.MaxHeaderBytes,
		waiting:          http1.Pool{MaxPerKey: maxIdlePerHost, Max: maxIdle, IdleTime: idleTime},
	}
	t.anonymous = t.newProtectedPool(c, nil)
	if len(c.ClientCertificates) > 0 {
		t.open = t.newProtectedPool(c, slices.Clone(c.ClientCertificates))
	}
	return t, nil
}

// The connections that wait for another exchange, and how long.
const (
	maxIdlePerHost = 16
	maxIdle        = 100
	idleTime       = 90 * time.Second
)

// protected returns the pool for m.
func (t *NetTransport) protected(m *Message) *protectedPool {
	if m.Credentials && t.open.tls != nil {
		return &t.open
	}
	return &t.anonymous
}

// CloseIdleConnections closes the connections that wait for another exchange. It does not touch those in use.
func (t *NetTransport) CloseIdleConnections() {
	t.waiting.CloseIdle()
	for _, p := range []*protectedPool{&t.open, &t.anonymous} {
		for _, pool := range []*http.Transport{p.http2, p.proxied} {
			if pool != nil {
				pool.CloseIdleConnections()
			}
		}
	}
}

// Exchange sends m and returns when the answer's headers have come. ctx bounds the reading of the body too. The error is always
// a *[NetworkError]; it wraps ctx's error if that is why the exchange ended, with the code [ReasonTimeout] for a deadline and
// [ReasonNetwork] for a cancellation, and its Detail tells how far the exchange had come. A body made of a stream may be read
// until the answer's body is closed.
func (t *NetTransport) Exchange(ctx context.Context, m *Message) (*Answer, error) {
	if err := checkMessage(m); err != nil {
		return nil, err
	}
	if m.NewConnection {
		return t.exchangeAnew(ctx, m)
	}
	if m.HTTP2Only && m.URL.Scheme() == "http" {
		return nil, http1Failure(m.URL.HostPort()) // HTTP/2 without TLS is not spoken by browsers
	}
	x := &netExchange{transport: t, target: m.URL}
	if t.proxy != nil {
		if err := x.chooseProxy(); err != nil {
			return nil, err
		}
	}
	if x.proxy != nil {
		return t.overNetHTTP(ctx, x, m, t.protected(m).proxied)
	}
	return t.direct(ctx, x, m)
}

// checkMessage refuses what cannot be put on the wire.
func checkMessage(m *Message) error {
	refuse := func(detail, hint string) error {
		return &NetworkError{Code: ReasonNetwork, Detail: detail, Hint: hint}
	}
	if !m.URL.IsHTTP() || m.URL.Host() == "" {
		return refuse("only http and https URLs with a host can be asked", "")
	}
	if !httpspec.IsToken(m.Method) {
		return refuse("the method is not a token", "")
	}
	for _, h := range m.Headers {
		if !httpspec.IsToken(h.Name) {
			return refuse("the header name "+quoted(h.Name, 60)+" is not a token", "")
		}
		for i := range len(h.Value) {
			if c := h.Value[i]; c == 0 || c == '\r' || c == '\n' {
				// The value may be a secret, so it is not repeated.
				return refuse("the value of the header "+h.Name+" holds a control character", "remove it")
			}
		}
	}
	return nil
}

// chooseProxy asks the transport's proxy function once, so that the request can be written in the form that a proxy wants.
func (x *netExchange) chooseProxy() error {
	host := strings.Trim(x.target.Host(), "[]")
	port, _ := x.target.EffectivePort()
	if isLocalhost(host) || x.transport.dialer.rules.find(host, port) != nil || isLoopback(host) {
		return nil
	}
	proxy, err := x.transport.proxy(&url.URL{Scheme: x.target.Scheme(), Host: x.target.HostPort()})
	if err == nil && proxy != nil && !isProxyURL(proxy) {
		err = errors.New("not a proxy's URL: " + proxy.Redacted())
	}
	if err != nil {
		return &NetworkError{Code: ReasonProxy, Detail: "no proxy can be chosen: " + printable(err.Error(), 200), Err: err,
			Hint: "write proxies as http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT"}
	}
	x.proxy = proxy
	return nil
}
