package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/corscope/corscope/internal/http1"
	"github.com/corscope/corscope/internal/httpspec"
)

// direct makes an exchange without a proxy: over a connection of HTTP/1.1 that waits, or a new one, which TLS may turn into one of
// HTTP/2 and so net/http's.
func (t *NetTransport) direct(ctx context.Context, x *netExchange, m *Message) (*Answer, error) {
	if ctx.Err() != nil {
		return nil, x.failure(ctx, ctx.Err())
	}
	p := t.protected(m)
	key := http1.Key{Scheme: m.URL.Scheme(), Host: m.URL.HostPort(), Credentials: p != &t.anonymous}
	if m.URL.Scheme() == "https" && t.http2Hosts.has(key) {
		answer, err := t.overNetHTTP(ctx, x, m, p.http2)
		nc := x.finishTLS()
		if nc == nil {
			return answer, err
		}
		t.http2Hosts.remove(key) // the server has changed its mind
		conn := http1.NewConn(nc, t.maxHead, &t.waiting, key)
		if err == nil {
			conn.Close()
			return answer, nil
		}
		return t.overHTTP1(ctx, x, m, conn)
	}
	conn := t.waiting.Take(key)
	again := conn != nil
	for {
		if conn == nil {
			nc, err := x.connect(ctx, p)
			if err != nil {
				return nil, x.failure(ctx, err)
			}
			if isHTTP2(nc) {
				t.http2Hosts.add(key)
				x.handed = nc
				answer, err := t.overNetHTTP(ctx, x, m, p.http2)
				if nc := x.finishTLS(); nc != nil {
					nc.Close()
				}
				return answer, err
			}
			conn = http1.NewConn(nc, t.maxHead, &t.waiting, key)
		}
		answer, err := t.overHTTP1(ctx, x, m, conn)
		if failed := (*http1.Error)(nil); again && ctx.Err() == nil && errors.As(err, &failed) && mayRepeat(m, failed) {
			again, conn = false, nil
			continue
		}
		return answer, err
	}
}

// mayRepeat is for an exchange that failed on a connection that had waited, most likely because the server closed it meanwhile.
func mayRepeat(m *Message, failed *http1.Error) bool {
	if failed.Unsent {
		return true
	}
	switch m.Method {
	case "GET", "HEAD", "OPTIONS", "TRACE":
		return failed.Stage != http1.Reading && m.Body.hasSource()
	}
	return false
}

// overHTTP1 makes the exchange on conn.
func (t *NetTransport) overHTTP1(ctx context.Context, x *netExchange, m *Message, conn *http1.Conn) (*Answer, error) {
	if m.HTTP2Only {
		conn.Close()
		return nil, http1Failure(x.target.HostPort())
	}
	x.conn = conn.NetConn()
	request := http1.Request{Method: m.Method, Target: m.URL.RequestURI(), Host: m.URL.HostPort()}
	request.Fields = http1Fields(m.Headers)
	switch {
	case m.Body == nil:
	case m.Body.hasSource():
		request.Body = m.Body.source
		if request.Body == nil {
			request.Body = []byte{}
		}
		request.Wrote = m.Body.wrote
	default:
		request.Stream = m.Body.stream
	}
	got, err := conn.RoundTrip(ctx, &request)
	if err != nil {
		return nil, x.http1Failure(ctx, err)
	}
	a := &Answer{Status: got.Status, StatusText: got.Reason, Proto: got.Proto, RemoteAddr: conn.RemoteAddr()}
	a.Headers = make(HeaderList, len(got.Fields))
	for i, f := range got.Fields {
		a.Headers[i] = Header(f)
	}
	body := got.Open()
	switch {
	case got.Status == 0:
		// Both browsers give it to the page. In a trace, as in a HAR, a status of 0 is no answer.
		if body != nil {
			body.Close()
		}
		return nil, x.statusFailure(fmt.Sprintf("%03d %s", got.Status, got.Reason))
	case body == nil:
		a.Body = http.NoBody
	case isNullBodyStatus(a.Status):
		a.Body = emptyBody{body}
	default:
		b := &netBody{ctx: ctx, body: body}
		a.Body = decodeBody(ctx, b, &b.closed, a.Headers)
	}
	return a, nil
}

// http1Fields leaves out what HTTP itself decides, and adds Accept-Encoding where there is none.
func http1Fields(headers HeaderList) []http1.Field {
	fields := make([]http1.Field, 0, len(headers)+1)
	encoding := false
	for _, h := range headers {
		switch {
		case isFramingHeader(h.Name):
			continue
		case httpspec.EqualFold(h.Name, "Accept-Encoding"):
			encoding = true
		}
		fields = append(fields, http1.Field(h))
	}
	if !encoding {
		fields = append(fields, http1.Field{Name: "Accept-Encoding", Value: AcceptEncoding})
	}
	return fields
}

// isFramingHeader tells the headers that are HTTP's business.
func isFramingHeader(name string) bool {
	switch len(name) {
	case 4, 7, 14, 17:
		return httpspec.EqualFold(name, "Host") || httpspec.EqualFold(name, "Trailer") ||
			httpspec.EqualFold(name, "Content-Length") || httpspec.EqualFold(name, "Transfer-Encoding")
	}
	return false
}

// http1Failure is failure for an error of package http1.
func (x *netExchange) http1Failure(ctx context.Context, err error) *NetworkError {
	var failed *http1.Error
	if !errors.As(err, &failed) {
		return x.failure(ctx, err)
	}
	stages := [...]netStage{http1.Sending: stageSending, http1.Waiting: stageWaiting, http1.Reading: stageHeaders}
	x.stage.Store(int32(stages[failed.Stage]))
	var source *http1.SourceError
	if errors.As(failed.Err, &source) && ctx.Err() == nil {
		return sourceFailure(source.Err)
	}
	told := x.failure(ctx, failed.Err)
	if told.Err == failed.Err {
		told.Err = failed // says whether it may be sent again
	}
	return told
}

// connect dials the target, and shakes hands where it is an https URL.
func (x *netExchange) connect(ctx context.Context, p *protectedPool) (net.Conn, error) {
	port, _ := x.target.EffectivePort()
	host := strings.Trim(x.target.Host(), "[]")
	nc, err := x.transport.dialer.dialFor(ctx, x, host, port)
	if err != nil || x.target.Scheme() != "https" {
		return nc, err
	}
	return x.shakeHands(ctx, nc, p.tls, host)
}

func (x *netExchange) shakeHands(ctx context.Context, nc net.Conn, config *tls.Config, host string) (net.Conn, error) {
	x.advance(stageTLS)
	config = config.Clone()
	config.ServerName = host
	conn := tls.Client(nc, config)
	limited := ctx
	if limit := x.transport.handshakeTimeout; limit > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeoutCause(ctx, limit, errHandshakeTime)
		defer cancel()
	}
	if err := conn.HandshakeContext(limited); err != nil {
		nc.Close()
		if ctx.Err() == nil && context.Cause(limited) == errHandshakeTime {
			err = errHandshakeTime
		}
		return nil, err
	}
	return conn, nil
}

// handshakeTimeout is the end of the transport's own patience.
type handshakeTimeout struct{}

func (handshakeTimeout) Error() string { return "fetch: TLS handshake timeout" }
func (handshakeTimeout) Timeout() bool { return true }

var errHandshakeTime error = handshakeTimeout{}

func isHTTP2(nc net.Conn) bool {
	c, ok := nc.(*tls.Conn)
	return ok && c.ConnectionState().NegotiatedProtocol == "h2"
}
