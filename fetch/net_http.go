package fetch

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

// newProxied returns the pool for exchanges through proxies.
func newProxied(t *NetTransport, c NetConfig, config *tls.Config) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(!c.DisableHTTP2)
	config.NextProtos = nil
	return &http.Transport{
		DialContext:            t.dialer.dial,
		TLSClientConfig:        config,
		Protocols:              protocols,
		TLSHandshakeTimeout:    t.handshakeTimeout,
		MaxResponseHeaderBytes: c.MaxHeaderBytes,
		DisableCompression:     true,
		MaxIdleConns:           maxIdle,
		MaxIdleConnsPerHost:    maxIdlePerHost,
		IdleConnTimeout:        idleTime,
		// An empty User-Agent keeps net/http from sending its own.
		ProxyConnectHeader:     http.Header{"User-Agent": {""}},
		OnProxyConnectResponse: checkProxyConnect,
		Proxy: func(r *http.Request) (*url.URL, error) {
			if x, ok := r.Context().Value(netExchangeKey{}).(*netExchange); ok {
				return x.proxy, nil
			}
			return nil, nil
		},
	}
}

// overNetHTTP makes an exchange by way of net/http.
func (t *NetTransport) overNetHTTP(ctx context.Context, x *netExchange, m *Message, pool *http.Transport) (*Answer, error) {
	for _, h := range m.Headers {
		if hasControl(h.Value) {
			return nil, &NetworkError{Code: ReasonNetwork, Detail: "the value of the header " + h.Name + " holds a control character",
				Hint: "remove it; over HTTP/2 and through proxies none can be sent here"}
		}
	}
	response, err := pool.RoundTrip(x.request(ctx, m))
	if err != nil {
		return nil, x.failure(ctx, err)
	}
	return x.answer(ctx, m, response)
}

// hasControl is for what net/http takes in no header value.
func hasControl(value string) bool {
	for i := range len(value) {
		if c := value[i]; c < ' ' && c != '\t' || c == 0x7F {
			return true
		}
	}
	return false
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
		if isFramingHeader(name) {
			continue
		}
		switch len(name) {
		case 10:
			if httpspec.EqualFold(name, "User-Agent") {
				name = "User-Agent" // under any other case net/http would send its own as well
			}
		case 15:
			encoding = encoding || httpspec.EqualFold(name, "Accept-Encoding")
		}
		// RFC 9113, 8.2.1: "A field value MUST NOT start or end with an ASCII whitespace character".
		value := strings.Trim(h.Value, " \t")
		if there := header[name]; there != nil {
			header[name] = append(there, value)
			continue
		}
		// The order of two spellings of one name would be lost in HTTP/2, which has but one.
		same := func(o Header) bool { return httpspec.EqualFold(o.Name, name) }
		if first := m.Headers[slices.IndexFunc(m.Headers, same)].Name; header[first] != nil {
			header[first] = append(header[first], value)
			continue
		}
		lines = append(lines, value)
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
		return nil, x.statusFailure(r.Status)
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
	case m.Method == http.MethodHead || isNullBodyStatus(a.Status) && (a.Status != 205 || r.ProtoMajor < 2):
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
