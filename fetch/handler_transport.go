package fetch

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/corscope/corscope/internal/httpspec"
)

// HandlerTransport answers messages with http.Handlers in the same process, without sockets, for tests. A handler sees the
// request that net/http's server would give it, and what it writes goes through the same rules: implicit 200, Content-Type by
// sniffing, Content-Length of short answers, headers fixed by WriteHeader, 1xx answers passed over, superfluous calls ignored.
//
// Different from a server are: no Date header; no Hijack and no deadlines (http.ErrNotSupported); no http.ServerContextKey; a
// Content-Length that is no number never reaches the client, and in HTTP/2 no byte beyond its Content-Length.
// A handler's panic is an answer that never came, or a truncated body, with the panic's text in the error. The values of the
// exchange's context do not reach the handler; its end does.
//
// The zero value answers nothing. The fields must not be changed while it is in use; it is then safe for concurrent use as far as
// the handlers are.
type HandlerTransport struct {
	// Handler returns the handler that listens at a URL's scheme, host and port, or nil for [ReasonNameNotResolved].
	Handler func(*URL) http.Handler
	// HTTP2 makes exchanges with https URLs HTTP/2. Zero: all are HTTP/1.1.
	HTTP2 bool
	// RemoteAddr is the client's address that handlers see. Empty: 192.0.2.1:1234, from the range for documentation.
	RemoteAddr string
	// MaxBuffer is how many bytes of a body a handler can be ahead of the reader, who must read or close the body. 0: 64 KiB.
	// At least 4 KiB are used.
	MaxBuffer int
}

var _ Transport = (*HandlerTransport)(nil)

// How many bytes of a body net/http's servers hold back, in case that it ends and its length can be told.
const (
	handlerFirstBuffer  = 2048
	handlerFirstBuffer2 = 4096 // HTTP/2
)

// Exchange runs the handler in a goroutine of its own and returns when it has flushed its headers: by writing more than 2 KiB (HTTP/2: 4 KiB), by Flush, or by
// returning. The error is always a *[NetworkError]; it wraps ctx's error if that is why the exchange ended. A handler that does
// not return when its request's context ends goes on for nobody.
func (t *HandlerTransport) Exchange(ctx context.Context, m *Message) (*Answer, error) {
	if err := checkMessage(m); err != nil {
		return nil, err
	}
	if m.HTTP2Only && !(t.HTTP2 && m.URL.Scheme() == "https") {
		return nil, http1Failure(m.URL.HostPort())
	}
	var handler http.Handler
	if t.Handler != nil {
		handler = t.Handler(m.URL)
	}
	if handler == nil {
		return nil, &NetworkError{Code: ReasonNameNotResolved, Detail: "no handler for " + m.URL.HostPort(), Hint: "give the HandlerTransport one"}
	}
	if ctx.Err() != nil {
		return nil, handlerInterrupted(ctx)
	}
	x := &handlerExchange{ctx: ctx, method: m.Method, limit: max(t.MaxBuffer, handlerFirstBuffer2), contentLength: -1}
	if t.MaxBuffer == 0 {
		x.limit = 64 << 10
	}
	x.changed.L = &x.mu
	handlerCtx, cancel := context.WithCancel(context.Background())
	x.cancel = cancel
	request, err := t.request(handlerCtx, m)
	if err != nil {
		cancel()
		return badRequestAnswer(), nil
	}
	x.proto, x.body, x.first = request.Proto, request.Body, handlerFirstBuffer
	if request.ProtoMajor == 2 {
		x.first = handlerFirstBuffer2
	}
	stop := context.AfterFunc(ctx, x.interrupt)
	go x.serve(handler, request)
	if err := x.wait(); err != nil {
		stop()
		return nil, err
	}
	return x.answer(m, stop), nil
}

func handlerInterrupted(ctx context.Context) *NetworkError {
	failed := &NetworkError{Code: ReasonNetwork, Detail: "canceled before the handler answered", Err: contextError(ctx)}
	if ctx.Err() == context.DeadlineExceeded {
		failed.Code, failed.Detail = ReasonTimeout, "no time was left before the handler answered"
		failed.Hint = "see what the handler waits for"
	}
	return failed
}

// request is what net/http's server would make of m. The error is one for which that server answers 400.
func (t *HandlerTransport) request(ctx context.Context, m *Message) (*http.Request, error) {
	uri := m.URL.RequestURI()
	target, err := url.ParseRequestURI(uri)
	if err != nil {
		return nil, err
	}
	r := http.Request{
		Method: m.Method, URL: target, RequestURI: uri, Host: m.URL.HostPort(), RemoteAddr: t.RemoteAddr,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: make(http.Header, len(m.Headers)+2),
		Body:   http.NoBody, ContentLength: m.Body.Len(),
	}
	if r.RemoteAddr == "" {
		r.RemoteAddr = "192.0.2.1:1234"
	}
	if m.URL.Scheme() == "https" {
		r.TLS = &tls.ConnectionState{
			Version: tls.VersionTLS13, HandshakeComplete: true, CipherSuite: tls.TLS_AES_128_GCM_SHA256,
		}
		if host := m.URL.Host(); !isAddress(host) {
			r.TLS.ServerName = strings.TrimSuffix(host, ".") // clients do not name addresses
		}
		if t.HTTP2 {
			r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/2.0", 2, 0
			r.TLS.NegotiatedProtocol = "h2"
		}
	}
	setHandlerHeader(&r, m)
	if r.ContentLength != 0 {
		r.Body = &handlerRequestBody{reader: m.Body.Reader()}
	}
	return r.WithContext(ctx), nil
}

func setHandlerHeader(r *http.Request, m *Message) {
	for _, h := range m.Headers {
		switch name := textproto.CanonicalMIMEHeaderKey(h.Name); name {
		case "Host", "Content-Length", "Transfer-Encoding", "Trailer":
		default:
			r.Header[name] = append(r.Header[name], strings.Trim(h.Value, " \t"))
		}
	}
	if _, ok := r.Header["Accept-Encoding"]; !ok {
		r.Header["Accept-Encoding"] = []string{AcceptEncoding}
	}
	switch {
	case r.ContentLength < 0:
		if r.ProtoMajor == 1 {
			r.TransferEncoding = []string{"chunked"}
		}
	case m.Body != nil && (r.ContentLength > 0 || r.ProtoMajor == 1), m.Method == "POST", m.Method == "PUT", m.Method == "PATCH":
		r.Header["Content-Length"] = []string{strconv.FormatInt(r.ContentLength, 10)}
	}
	// net/http's server, too, reads the old header as the new one.
	if pragma := r.Header["Pragma"]; len(pragma) > 0 && pragma[0] == "no-cache" && r.ProtoMajor == 1 {
		if _, ok := r.Header["Cache-Control"]; !ok {
			r.Header["Cache-Control"] = []string{"no-cache"}
		}
	}
}

// badRequestAnswer is what net/http's server says to a request that it cannot read.
func badRequestAnswer() *Answer {
	return &Answer{
		Status: http.StatusBadRequest, StatusText: "Bad Request", Proto: "HTTP/1.1",
		Headers: HeaderList{{"Connection", "close"}, {"Content-Type", "text/plain; charset=utf-8"}},
		Body:    io.NopCloser(strings.NewReader("400 Bad Request")),
	}
}

// handlerRequestBody ends when the handler does.
type handlerRequestBody struct {
	reader io.Reader
	closed atomic.Bool
}

func (b *handlerRequestBody) Read(p []byte) (int, error) {
	if b.closed.Load() {
		return 0, http.ErrBodyReadAfterClose
	}
	return b.reader.Read(p)
}

func (b *handlerRequestBody) Close() error {
	b.closed.Store(true)
	return nil
}

// handlerExchange is the connection between a handler and the reader of its answer, with net/http's rules for the first: an
// http.ResponseWriter for one goroutine, the handler's, and a body for another.
type handlerExchange struct {
	ctx    context.Context
	cancel context.CancelFunc // of the request's context
	method string
	proto  string
	body   io.Closer // the request's
	limit  int
	first  int // the limit until flushed

	// For the handler's goroutine only, until flushed.
	header        http.Header
	wroteHeader   bool
	status        int
	sent          handlerLines // snapshot of header by WriteHeader
	contentLength int64        // as declared; -1: not
	hasType       bool         // Content-Type was in header, if without a value
	hasLength     bool         // and Content-Length
	written       int64

	mu       sync.Mutex
	changed  sync.Cond
	flushed  bool   // -> status and sent do not change any more, and the reader may have them
	pending  []byte // written and not read yet
	returned bool
	failure  error // why the handler did not end well; with returned
	gone     error // why nobody reads any more: closed, or ctx's error
}

// serve runs the handler to its end, however it ends.
func (x *handlerExchange) serve(handler http.Handler, r *http.Request) {
	failure := error(errHandlerGoexit)
	defer func() {
		if v := recover(); v != nil {
			failure = &handlerPanic{v}
			if v == http.ErrAbortHandler {
				failure = errHandlerAborted
			}
		}
		x.finish(failure)
	}()
	handler.ServeHTTP(x, r)
	failure = nil
}

var (
	errHandlerAborted = handlerEnd("the handler aborted")
	errHandlerGoexit  = handlerEnd("the handler's goroutine ended without a return, as by a test's FailNow")
	errHandlerShort   = handlerEnd("the handler returned before it had written as much as its Content-Length says")
)

// handlerEnd is how a handler did not end well.
type handlerEnd string

func (e handlerEnd) Error() string { return string(e) }

type handlerPanic struct{ value any }

func (e *handlerPanic) Error() string { return fmt.Sprintf("the handler panicked: %v", e.value) }

// Unwrap returns the value, where it is an error.
func (e *handlerPanic) Unwrap() error {
	err, _ := e.value.(error)
	return err
}

func (x *handlerExchange) finish(failure error) {
	x.mu.Lock()
	x.returned = true
	if failure == nil {
		if !x.wroteHeader {
			x.WriteHeader(http.StatusOK)
		}
		if x.method != http.MethodHead && bodyAllowed(x.status) && x.contentLength >= 0 && x.written < x.contentLength {
			failure = errHandlerShort
		}
		x.flush()
	}
	x.failure = failure
	x.changed.Broadcast()
	x.mu.Unlock()
	x.body.Close()
	x.cancel()
}

// interrupt ends the exchange because ctx has.
func (x *handlerExchange) interrupt() { x.leave(contextError(x.ctx)) }

// leave is the reader's going away.
func (x *handlerExchange) leave(why error) {
	x.mu.Lock()
	if x.gone == nil {
		x.gone, x.pending = why, nil
	}
	x.changed.Broadcast()
	x.mu.Unlock()
	x.cancel()
}

// wait returns when there is an answer or will be none.
func (x *handlerExchange) wait() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	for !x.flushed && !x.returned && x.gone == nil {
		x.changed.Wait()
	}
	switch {
	case x.gone != nil: // what the handler flushed after that, it flushed for nobody
		return handlerInterrupted(x.ctx)
	case x.flushed:
		return nil
	}
	return &NetworkError{Code: ReasonClosed, Detail: "no answer: " + printable(x.failure.Error(), 300), Err: x.failure}
}

// answer is called when the headers are flushed.
func (x *handlerExchange) answer(m *Message, stop func() bool) *Answer {
	a := &Answer{Status: x.status, Proto: x.proto, Headers: handlerHeaders(x.sent, x.http2())}
	if x.proto == "HTTP/1.1" {
		if a.StatusText = http.StatusText(a.Status); a.StatusText == "" {
			a.StatusText = "status code " + strconv.Itoa(a.Status)
		}
	}
	body := &handlerBody{exchange: x, stop: stop}
	if m.Method == http.MethodHead || isNullBodyStatus(a.Status) {
		body.empty = true
		a.Body = body
		return a
	}
	a.Body = decodeBody(x.ctx, body, &body.closed, a.Headers)
	return a
}

// handlerHeaders turns the lines that a server would send into those that a client reads: in HTTP/2, by way of net/http, names are in
// canonical case and sorted. It changes sent.
func handlerHeaders(sent handlerLines, http2 bool) HeaderList {
	if !http2 {
		kept := HeaderList(sent)[:0]
		for _, line := range sent {
			if httpspec.IsToken(line.Name) { // names with http.TrailerPrefix are none
				kept = append(kept, Header{line.Name, strings.Trim(newlineToSpace.Replace(line.Value), " \t")})
			}
		}
		return kept
	}
	sortByName(HeaderList(sent)) // as a server writes them
	renamed := false
	kept := HeaderList(sent)[:0]
	for _, line := range sent {
		canonical := textproto.CanonicalMIMEHeaderKey(line.Name)
		if canonical == "Trailer" || !httpspec.IsToken(line.Name) {
			continue // the client takes out the announcement of trailers
		}
		renamed = renamed || canonical != line.Name
		kept = append(kept, Header{canonical, strings.Trim(newlineToSpace.Replace(line.Value), " \t")})
	}
	if renamed {
		sortByName(kept)
	}
	return kept
}

var newlineToSpace = strings.NewReplacer("\n", " ", "\r", " ")
