package fetch

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/corscope/corscope/internal/httpspec"
)

var (
	_ http.ResponseWriter = (*handlerExchange)(nil)
	_ http.Flusher        = (*handlerExchange)(nil)
	_ io.StringWriter     = (*handlerExchange)(nil)
)

// Header returns the map that the next WriteHeader sends.
func (x *handlerExchange) Header() http.Header {
	if x.header == nil {
		x.header = make(http.Header)
	}
	return x.header
}

// WriteHeader fixes status and headers. 1xx codes but 101 are answers of their own, which nobody here wants.
func (x *handlerExchange) WriteHeader(code int) {
	if x.wroteHeader {
		return
	}
	if code < 100 || code > 999 {
		panic(fmt.Sprintf("invalid WriteHeader code %v", code))
	}
	if code <= 199 && (code != http.StatusSwitchingProtocols || x.http2()) {
		return
	}
	x.wroteHeader, x.status = true, code
	x.sent = sentLines(x.header)
	// A name without values keeps the server from adding the header by itself.
	_, x.hasType = x.header["Content-Type"]
	_, x.hasLength = x.header["Content-Length"]
	if length := x.sent.value("Content-Length"); length != "" {
		n, err := strconv.ParseInt(length, 10, 64)
		if err != nil || n < 0 {
			x.sent.remove("Content-Length")
			x.hasLength = !x.http2() // that server forgets the value, but not that there was one
			return
		}
		x.contentLength = n
	}
}

// Write sends p, after the headers. It waits while the reader is too far behind.
func (x *handlerExchange) Write(p []byte) (int, error) { return writeHandler(x, p) }

// WriteString is Write.
func (x *handlerExchange) WriteString(s string) (int, error) { return writeHandler(x, s) }

func writeHandler[B []byte | string](x *handlerExchange, p B) (int, error) {
	if !x.wroteHeader {
		x.WriteHeader(http.StatusOK)
	}
	if len(p) == 0 {
		return 0, nil
	}
	if !bodyAllowed(x.status) {
		return 0, http.ErrBodyNotAllowed
	}
	x.written += int64(len(p))
	if x.contentLength >= 0 && x.written > x.contentLength {
		return 0, http.ErrContentLength
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	n := 0
	for n < len(p) {
		if err := x.writable(); err != nil {
			return n, err
		}
		room := x.limit
		if !x.flushed {
			room = x.first
		}
		step := min(len(p)-n, room-len(x.pending))
		n += step
		if x.flushed && x.method == http.MethodHead {
			continue // answers to HEAD have no body, whatever handlers think
		}
		x.pending = append(x.pending, p[n-step:n]...)
		if !x.flushed && n < len(p) {
			x.flush()
		}
		if x.flushed {
			x.changed.Broadcast()
		}
	}
	return n, nil
}

var errHandlerWriteLate = errors.New("fetch: the handler wrote after it had returned")

// writable waits until there is room. The caller holds mu.
func (x *handlerExchange) writable() error {
	for x.gone == nil && !x.returned && x.flushed && len(x.pending) >= x.limit {
		x.changed.Wait()
	}
	if x.returned {
		return errHandlerWriteLate
	}
	return x.gone
}

// Flush sends headers and body as far as they are written.
func (x *handlerExchange) Flush() { x.FlushError() }

// FlushError is Flush. The error says why nobody reads.
func (x *handlerExchange) FlushError() error {
	if !x.wroteHeader {
		x.WriteHeader(http.StatusOK)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.flush()
	x.changed.Broadcast()
	return x.gone
}

// EnableFullDuplex is for http.ResponseController: reading the request while writing the answer is always possible here.
func (x *handlerExchange) EnableFullDuplex() error { return nil }

// flush completes the headers from what is known by now. The caller holds mu and has called WriteHeader.
func (x *handlerExchange) flush() {
	if x.flushed {
		return
	}
	x.flushed = true
	h, head := &x.sent, x.method == http.MethodHead
	coding := ""
	if x.http2() {
		x.dropHTTP1Lines()
	} else {
		if !bodyAllowed(x.status) {
			h.remove("Content-Length")
			h.remove("Transfer-Encoding")
			if x.status == http.StatusNotModified {
				h.remove("Content-Type")
			}
		}
		coding = h.value("Transfer-Encoding")
		h.remove("Transfer-Encoding")
		sortByName(HeaderList(*h)) // what the server adds comes behind
	}
	if bodyAllowed(x.status) {
		if x.returned && !x.hasLength && coding == "" && (x.http2() || !x.trailers()) && (!head || len(x.pending) > 0) {
			x.contentLength = int64(len(x.pending))
			*h = append(*h, Header{"Content-Length", strconv.Itoa(len(x.pending))})
		}
		if !x.hasType && h.value("Content-Encoding") == "" && coding == "" && len(x.pending) > 0 {
			*h = append(*h, Header{"Content-Type", http.DetectContentType(x.pending)})
		}
		if x.contentLength < 0 && !head && !x.http2() && coding != "identity" {
			*h = append(*h, Header{"Transfer-Encoding", "chunked"})
		}
	}
	if head {
		x.pending = nil
	}
}

// dropHTTP1Lines removes what HTTP/2 has no place for.
func (x *handlerExchange) dropHTTP1Lines() {
	x.sent = slices.DeleteFunc(x.sent, func(h Header) bool {
		return h.Name == "Connection" || httpspec.EqualFold(h.Name, "Transfer-Encoding") && h.Value != "trailers" ||
			strings.ContainsAny(h.Value, "\r\n\x00")
	})
}

func (x *handlerExchange) http2() bool { return x.proto != "HTTP/1.1" }

// trailers says whether the handler has announced any, so that the answer must be chunked.
func (x *handlerExchange) trailers() bool {
	for _, line := range x.sent {
		if line.Name == "Trailer" || strings.HasPrefix(line.Name, http.TrailerPrefix) {
			return true
		}
	}
	return false
}

// handlerLines are header lines as a handler has set them. Names are compared byte by byte, as in the map that they come from.
type handlerLines HeaderList

// sentLines copies h with room for what a server adds.
func sentLines(h http.Header) handlerLines { return handlerLines(headerLines(h, 3)) }

func (l handlerLines) line(name string) int {
	return slices.IndexFunc(l, func(h Header) bool { return h.Name == name })
}

func (l handlerLines) value(name string) string {
	if at := l.line(name); at >= 0 {
		return l[at].Value
	}
	return ""
}

func (l *handlerLines) remove(name string) {
	*l = slices.DeleteFunc(*l, func(h Header) bool { return h.Name == name })
}

// bodyAllowed says whether the server lets a handler write a body.
func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// handlerBody is the reader's end. Close may be called while another goroutine reads; it ends that Read.
type handlerBody struct {
	exchange *handlerExchange
	stop     func() bool // ends the watch on the exchange's context
	empty    bool        // by its method or status
	closed   atomic.Bool
}

func (b *handlerBody) Read(p []byte) (int, error) {
	x := b.exchange
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(p) == 0 {
		return 0, nil
	}
	for len(x.pending) == 0 && !x.returned && x.gone == nil && !b.empty {
		x.changed.Wait()
	}
	switch {
	case x.gone != nil:
		return 0, x.gone
	case b.empty:
		return 0, io.EOF
	case len(x.pending) > 0:
		n := copy(p, x.pending)
		if x.pending = x.pending[n:]; len(x.pending) == 0 {
			x.pending = nil
		}
		x.changed.Broadcast()
		return n, nil
	case x.failure != nil:
		return 0, &BodyError{Code: BodyTruncated, Err: x.failure}
	}
	return 0, io.EOF
}

func (b *handlerBody) Close() error {
	if !b.closed.Swap(true) {
		b.stop()
		b.exchange.leave(http.ErrBodyReadAfterClose)
	}
	return nil
}
