package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/corscope/corscope/internal/httpspec"
)

// AcceptEncoding is the value of the Accept-Encoding header that a transport adds to a message without one: the codings that
// are decoded.
const AcceptEncoding = "gzip, deflate"

// NetTransport is the real network: HTTP/1.1 and HTTP/2 over TCP and TLS, by way of net/http.Transport. Make one with
// [NewNetTransport]. It is safe for concurrent use.
//
// A message's headers are sent with the names, values and line order per name that it has; a name in several cases takes the
// first. net/http sorts the names, and HTTP/2 writes them in lower case. To them come Host (of the URL), Content-Length or Transfer-Encoding (of the body), Accept-Encoding
// where there is none, and nothing else: those four, and Trailer, are not taken from the message. PATCH without a body is sent
// with Content-Length: 0, which browsers leave out. Header values with control characters are refused, though browsers send some.
//
// An answer's headers keep their lines' order for one name; the names are in Go's canonical case and sorted, because net/http
// keeps neither their order nor, for HTTP/1.1, their case. 1xx answers are skipped, trailers ignored, content codings decoded.
// StatusText is empty for HTTP/2, which has none. RemoteAddr is the proxy's where there is one. Where an answer has Pragma: no-cache
// and no Cache-Control, net/http adds Cache-Control: no-cache to it.
//
// GET, HEAD, OPTIONS and TRACE are sent a second time where a kept-alive connection turns out to be closed before any byte of
// an answer came; other methods only if not a byte of them was sent. Redirects, cookies and authentication are the caller's.
//
// [Message.PartitionKey] is not used: the sites of a page share connections, which no server can tell from separate ones by
// anything that CORS depends on.
type NetTransport struct {
	config NetConfig
	dialer netDialer
	proxy  func(*url.URL) (*url.URL, error) // nil: never any
	clock  func() time.Time
	roots  *x509.CertPool // nil: the system's
	// open carries messages with credentials, anonymous those without; they are one where there is no client certificate.
	open, anonymous *http.Transport
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
		config: c,
		dialer: netDialer{rules: rules, resolver: c.Resolver, permit: c.Permit, timeout: c.DialTimeout, connect: connectTCP},
		proxy:  c.Proxy,
		clock:  c.Clock,
		roots:  c.RootCAs,
	}
	t.open = t.newPool(c, c.ClientCertificates)
	t.anonymous = t.open
	if len(c.ClientCertificates) > 0 {
		t.anonymous = t.newPool(c, nil)
	}
	return t, nil
}

func (t *NetTransport) newPool(c NetConfig, certificates []tls.Certificate) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(!c.DisableHTTP2)
	pool := &http.Transport{
		DialContext: t.dialer.dial,
		TLSClientConfig: &tls.Config{
			RootCAs: c.RootCAs, Certificates: slices.Clone(certificates), Time: c.Clock,
		},
		Protocols:              protocols,
		TLSHandshakeTimeout:    max(c.TLSHandshakeTimeout, 0),
		MaxResponseHeaderBytes: c.MaxHeaderBytes,
		DisableCompression:     true,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        90 * time.Second,
		// An empty User-Agent keeps net/http from sending its own.
		ProxyConnectHeader:     http.Header{"User-Agent": {""}},
		OnProxyConnectResponse: checkProxyConnect,
	}
	if t.proxy != nil {
		pool.Proxy = func(r *http.Request) (*url.URL, error) {
			if x, ok := r.Context().Value(netExchangeKey{}).(*netExchange); ok {
				return x.proxy, nil
			}
			return nil, nil
		}
	}
	return pool
}

// CloseIdleConnections closes the connections that wait for another exchange. It does not touch those in use.
func (t *NetTransport) CloseIdleConnections() {
	t.open.CloseIdleConnections()
	if t.anonymous != t.open {
		t.anonymous.CloseIdleConnections()
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
	pool := t.open
	if !m.Credentials {
		pool = t.anonymous
	}
	response, err := pool.RoundTrip(x.request(ctx, m))
	if err != nil {
		return nil, x.failure(ctx, err)
	}
	return x.answer(ctx, m, response)
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
			if c := h.Value[i]; c < ' ' && c != '\t' || c == 0x7F {
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

// request puts m into net/http's terms.
func (x *netExchange) request(ctx context.Context, m *Message) *http.Request {
	r := http.Request{
		Method: m.Method,
		URL:    &url.URL{Scheme: m.URL.Scheme(), Host: m.URL.HostPort()},
		Proto:  "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: x.header(m),
	}
	x.setTarget(r.URL)
	switch n := m.Body.Len(); {
	case m.Body == nil && m.Method == http.MethodPatch:
		// Without a body net/http writes "Content-Length: 0" for PATCH too, which browsers do for POST and PUT alone.
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("")), nil }
		r.Body, _ = r.GetBody()
		r.ContentLength, r.TransferEncoding = -1, identity
	case m.Body == nil:
	case n == 0:
		// net/http writes "Content-Length: 0" for POST, PUT and PATCH alone, unless it is told that the body has no coding.
		r.Body, r.TransferEncoding = http.NoBody, identity
	case n > 0:
		body := m.Body
		r.ContentLength = n
		r.Body = io.NopCloser(body.Reader())
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(body.Reader()), nil }
	default:
		x.stream = &requestStream{reader: m.Body.Reader()}
		r.ContentLength, r.Body = -1, x.stream
	}
	return r.WithContext(x.context(ctx, m))
}

var identity = []string{"identity"}

// header leaves out what net/http writes itself. Names are put into the map as they are, past Header.Set and its change of case.
func (x *netExchange) header(m *Message) http.Header {
	header := make(http.Header, len(m.Headers)+2)
	lines := make([]string, 0, len(m.Headers)+1)
	encoding := false
	for _, h := range m.Headers {
		name := h.Name
		switch len(name) {
		case 4, 7, 14, 17:
			if httpspec.EqualFold(name, "Host") || httpspec.EqualFold(name, "Trailer") ||
				httpspec.EqualFold(name, "Content-Length") || httpspec.EqualFold(name, "Transfer-Encoding") {
				continue
			}
		case 10:
			if httpspec.EqualFold(name, "User-Agent") {
				name = "User-Agent" // under any other case net/http would send its own as well
			}
		case 15:
			encoding = encoding || httpspec.EqualFold(name, "Accept-Encoding")
		}
		if there := header[name]; there != nil {
			header[name] = append(there, h.Value)
			continue
		}
		// The order of two spellings of one name would be lost in HTTP/2, which has but one.
		same := func(o Header) bool { return httpspec.EqualFold(o.Name, name) }
		if first := m.Headers[slices.IndexFunc(m.Headers, same)].Name; header[first] != nil {
			header[first] = append(header[first], h.Value)
			continue
		}
		lines = append(lines, h.Value)
		header[name] = lines[len(lines)-1 : len(lines) : len(lines)]
	}
	if _, ok := header["User-Agent"]; !ok {
		header["User-Agent"] = nil
	}
	if !encoding {
		header["Accept-Encoding"] = acceptEncodingLine
	}
	return header
}

// acceptEncodingLine is shared by all requests; net/http only reads it.
var acceptEncodingLine = []string{AcceptEncoding}

// setTarget makes u.RequestURI return the target's path and query byte for byte: net/url would write some of the bytes that the
// URL Standard leaves alone as escapes.
func (x *netExchange) setTarget(u *url.URL) {
	path := x.target.Path()
	if query, ok := x.target.Query(); ok {
		u.RawQuery, u.ForceQuery = query, true
	}
	if x.proxy != nil && u.Scheme == "http" && strings.HasPrefix(x.proxy.Scheme, "http") {
		u.Opaque = "//" + u.Host + path // a proxy is given the whole URL
		return
	}
	if !strings.HasPrefix(path, "//") {
		u.Opaque = path
		return
	}
	// An opaque part of two slashes would be written as a whole URL. Servers must take that too, but few are ever asked to.
	if plain, err := url.PathUnescape(path); err == nil {
		u.Path, u.RawPath = plain, path
		if u.EscapedPath() == path {
			return
		}
		u.Path, u.RawPath = "", ""
	}
	u.Opaque = "//" + u.Host + path
}

// answer puts net/http's response into an Answer, or frees it.
func (x *netExchange) answer(ctx context.Context, m *Message, r *http.Response) (*Answer, error) {
	a := &Answer{Status: r.StatusCode, Proto: r.Proto, Headers: answerHeaders(r.Header, len(r.TransferEncoding))}
	if x.conn != nil {
		a.RemoteAddr = x.conn.RemoteAddr().String()
	}
	if a.Status < 100 {
		r.Body.Close()
		return nil, &NetworkError{Code: ReasonMalformed, Detail: x.server() + " answered with the status " + printable(r.Status, 60), Hint: malformedHint}
	}
	if r.ProtoMajor < 2 {
		_, a.StatusText, _ = strings.Cut(r.Status, " ")
	}
	for _, coding := range r.TransferEncoding {
		a.Headers = append(a.Headers, Header{"Transfer-Encoding", coding})
	}
	switch {
	case a.Status == http.StatusSwitchingProtocols:
		// The body would be the connection itself, in a protocol that nobody asked for.
		r.Body.Close()
		a.Body = http.NoBody
	case r.Body == http.NoBody:
		a.Body = r.Body
	case m.Method == http.MethodHead || isNullBodyStatus(a.Status):
		// net/http would complain of a length that HTTP/2 servers may tell beside such a status.
		a.Body = emptyBody{r.Body}
	default:
		body := &netBody{ctx: ctx, body: r.Body, drain: r.ProtoMajor < 2}
		a.Body = decodeBody(ctx, body, &body.closed, a.Headers)
	}
	return a, nil
}

// emptyBody has no bytes, and frees the connection when it is closed.
type emptyBody struct{ io.Closer }

func (emptyBody) Read([]byte) (int, error) { return 0, io.EOF }

// answerHeaders returns the lines of h with names sorted, and room for more.
func answerHeaders(h http.Header, more int) HeaderList {
	list := headerLines(h, more)
	sortByName(list)
	return list
}

// headerLines returns the lines of h, those of one name together and in order, and room for more.
func headerLines(h http.Header, more int) HeaderList {
	n := more
	for _, values := range h {
		n += len(values)
	}
	list := make(HeaderList, 0, n)
	for name, values := range h {
		for _, value := range values {
			list = append(list, Header{name, value})
		}
	}
	return list
}

func sortByName(list HeaderList) {
	slices.SortStableFunc(list, func(a, b Header) int { return strings.Compare(a.Name, b.Name) })
}
