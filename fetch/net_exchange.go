package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// netStage is how far an exchange has come.
type netStage int32

const (
	stageStart      netStage = iota
	stageResolving           // looking up a name
	stageConnecting          // waiting for TCP
	stageConnected           // to a proxy: waiting until it has made its own connection; else about to go on
	stageTLS                 // in the handshake
	stageSending             // a connection stands, the request's body is being written
	stageWaiting             // there is no body, or all of it is written
	stageHeaders             // the first byte of the answer has come
)

// netExchange follows one exchange, also through net/http, for what errors leave out.
type netExchange struct {
	transport *NetTransport
	target    *URL
	proxy     *url.URL       // nil: none
	conn      net.Conn       // the last one used; only for Exchange's own goroutine
	stream    *requestStream // nil unless net/http reads the request's body from one
	stage     atomic.Int32
	dials     atomic.Int32
	refused   atomic.Bool // HTTP/2 was asked for, and the connection is no such one

	mu     sync.Mutex
	object string // of stageResolving to stageConnected: the name or the addresses

	// Connections between net/http and the exchange, which only one of them has: on the way to it, since TLS agreed to HTTP/2, and on
	// the way back, since it did not. over: the exchange wants none any more.
	handed, offered net.Conn
	over            bool
}

type netExchangeKey struct{}

// maxDials bounds the connections that one exchange makes. net/http makes a new one for each answer of PROTOCOL_ERROR to an HTTP/2
// request, without end, and a server that does not like a URL answers so each time.
const maxDials = 3

// errDials is what the dial after the last one fails with.
var errDials = errors.New("fetch: too many connections for one exchange")

// dial counts a connection that is going to be made. A nil exchange has none.
func (x *netExchange) dial() error {
	if x != nil && x.dials.Add(1) > maxDials {
		return errDials
	}
	return nil
}

// context returns ctx with the exchange in it. Hooks cost an allocation each, so there are no more of them than errors need.
func (x *netExchange) context(ctx context.Context, m *Message) context.Context {
	trace := new(httptrace.ClientTrace)
	trace.GetConn = func(string) { x.stage.Store(int32(stageStart)) }
	connected := stageWaiting
	if m.Body != nil {
		connected = stageSending
	}
	trace.GotConn = func(info httptrace.GotConnInfo) {
		x.conn = info.Conn
		if m.HTTP2Only {
			c, ok := info.Conn.(interface{ ConnectionState() tls.ConnectionState })
			if !ok || c.ConnectionState().NegotiatedProtocol != "h2" {
				x.refused.Store(true)
				info.Conn.SetWriteDeadline(time.Unix(1, 0)) // net/http writes the headers next
			}
		}
		x.stage.Store(int32(connected))
	}
	trace.GotFirstResponseByte = func() { x.stage.Store(int32(stageHeaders)) }
	if m.Body != nil {
		trace.WroteRequest = func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				x.stage.CompareAndSwap(int32(stageSending), int32(stageWaiting))
			}
		}
	}
	if x.proxy != nil {
		trace.TLSHandshakeStart = func() { x.advance(stageTLS) }
		trace.TLSHandshakeDone = func(_ tls.ConnectionState, err error) {
			// After a proxy's handshake comes its CONNECT; after the server's, GotConn.
			if err == nil {
				x.stage.CompareAndSwap(int32(stageTLS), int32(stageConnected))
			}
		}
	}
	return httptrace.WithClientTrace(context.WithValue(ctx, netExchangeKey{}, x), trace)
}

// advance moves on within the making of a connection. An exchange that has got another connection meanwhile, while this one
// was still in the making, stays where it is.
func (x *netExchange) advance(to netStage) {
	for {
		from := x.stage.Load()
		if from >= int32(stageSending) || x.stage.CompareAndSwap(from, int32(to)) {
			return
		}
	}
}

// dialing is advance with what is being looked up or connected to. A nil exchange ignores it.
func (x *netExchange) dialing(to netStage, object string) {
	if x == nil {
		return
	}
	x.mu.Lock()
	x.object = object
	x.mu.Unlock()
	x.advance(to)
}

func (x *netExchange) reached() (netStage, string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return netStage(x.stage.Load()), x.object
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}

// isAddress takes a URL's host, with brackets or without.
func isAddress(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil
}

// requestStream is a request's body that remembers why it could not be read. The caller's reader is not closed: it is the
// caller's.
type requestStream struct {
	reader io.Reader
	closed atomic.Bool
	failed atomic.Pointer[error]
}

func (s *requestStream) Read(p []byte) (int, error) {
	if s.closed.Load() {
		return 0, http.ErrBodyReadAfterClose
	}
	n, err := s.reader.Read(p)
	if err != nil && err != io.EOF {
		s.failed.Store(&err)
	}
	return n, err
}

func (s *requestStream) Close() error {
	s.closed.Store(true)
	return nil
}

// A body of net/http's HTTP/1.1 is drained on Close as package http1 does it.
const (
	drainBytes = 16 << 10
	drainTime  = 50 * time.Millisecond
)

// netBody is the body as it is transmitted. Close may be called while another goroutine reads; it ends that Read.
type netBody struct {
	ctx    context.Context
	body   io.ReadCloser
	drain  bool // net/http would lose a connection that is left in the middle of a body
	closed atomic.Bool

	reading sync.Mutex
	err     error // sticky
}

func (b *netBody) Read(p []byte) (int, error) {
	b.reading.Lock()
	defer b.reading.Unlock()
	if b.closed.Load() {
		return 0, http.ErrBodyReadAfterClose
	}
	if b.err != nil {
		return 0, b.err
	}
	if b.ctx.Err() != nil {
		b.err = contextError(b.ctx) // the body may be in memory, where nothing else would notice
		return 0, b.err
	}
	n, err := b.body.Read(p)
	if err != nil {
		b.err = b.readError(err)
	}
	return n, b.err
}

// Ready reports whether the rest is in memory.
func (b *netBody) Ready() bool { return isReady(b.body) }

func (b *netBody) readError(err error) error {
	switch {
	case err == io.EOF || b.closed.Load():
		return err
	case b.ctx.Err() != nil:
		return contextError(b.ctx)
	}
	return &BodyError{Code: BodyTruncated, Err: err}
}

func (b *netBody) Close() error {
	if b.closed.Swap(true) {
		return nil
	}
	if b.drain && b.reading.TryLock() {
		if b.err == nil && b.ctx.Err() == nil {
			timer := time.AfterFunc(drainTime, func() { b.body.Close() })
			io.CopyN(io.Discard, b.body, drainBytes)
			timer.Stop()
		}
		b.reading.Unlock()
	}
	return b.body.Close()
}
