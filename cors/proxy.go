package cors

import (
	"bufio"
	"net"
	"net/http"
	"slices"

	"github.com/corscope/corscope/internal/httpspec"
)

// WrapProxy is [Middleware.Wrap] for a handler that passes on the answers of others,
// such as an httputil.ReverseProxy. Where requests have a policy, the CORS headers that
// come from behind are removed: two Access-Control-Allow-Origin are an error to browsers,
// and one of the backend's may allow more. And what the policy says is put into the
// answer when its status is written, for a ReverseProxy empties the headers after a 1xx
// answer of its backend. Vary is merged.
//
// The handler gets a ResponseWriter in front of the server's, with Flush and Hijack; the
// rest is for [http.ResponseController], by Unwrap. It panics if m or h is nil.
func (m *Middleware) WrapProxy(h http.Handler) http.Handler {
	mustWrap(m == nil, h)
	return &proxyHandler{func(*http.Request) (*Policy, *watcher) { return m.policy.Load(), m.watcher.Load() }, h}
}

// WrapProxy is [Routes.Wrap] for a handler that passes on the answers of others; see
// [Middleware.WrapProxy].
func (t *Routes) WrapProxy(h http.Handler) http.Handler {
	mustWrap(t == nil, h)
	return &proxyHandler{func(r *http.Request) (*Policy, *watcher) {
		return t.table.Load().find(r.Host, r.URL.EscapedPath()), t.watcher.Load()
	}, h}
}

// mustWrap panics now rather than on every request.
func mustWrap(isNil bool, h http.Handler) {
	switch {
	case isNil:
		panic("cors: there is nothing to wrap with: look at the error that came with it")
	case h == nil:
		panic("cors: there is no handler to wrap")
	}
}

type proxyHandler struct {
	find func(*http.Request) (*Policy, *watcher)
	next http.Handler
}

// ServeHTTP implements [http.Handler].
func (h *proxyHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	policy, watch := h.find(r)
	if !serve(policy, watch, w, r) {
		return
	}
	if policy == nil {
		h.next.ServeHTTP(w, r)
		return
	}
	p := newProxyWriter(w)
	defer p.settle() // for a handler that writes nothing, or panics
	h.next.ServeHTTP(p, r)
}

// proxyWriter puts the headers that were set before the handler ran into its answer.
type proxyWriter struct {
	http.ResponseWriter
	kept    [len(sentHeaders)]string // by the index in sentHeaders; "" for none
	vary    []string
	reason  []string // debugReason
	settled bool
}

// backendHeaders counts those of sentHeaders that are CORS's own, and so are not for a
// backend to send. They come first.
const backendHeaders = 6

func newProxyWriter(w http.ResponseWriter) *proxyWriter {
	p := &proxyWriter{ResponseWriter: w}
	h := w.Header()
	for i, name := range sentHeaders {
		if values := h[name]; name != httpspec.Vary && len(values) > 0 {
			p.kept[i] = values[0]
		}
	}
	p.vary, p.reason = slices.Clone(h[httpspec.Vary]), slices.Clone(h[debugReason])
	return p
}

// settle is for the moment before the status is written.
func (w *proxyWriter) settle() {
	if w.settled {
		return
	}
	w.settled = true
	h := w.Header()
	for i, name := range sentHeaders {
		switch {
		case w.kept[i] != "":
			h[name] = []string{w.kept[i]}
		case i < backendHeaders:
			delete(h, name)
		}
	}
	for _, line := range w.vary {
		addVary(h, line)
	}
	if w.reason != nil {
		h[debugReason] = w.reason
	}
}

// WriteHeader implements [http.ResponseWriter].
func (w *proxyWriter) WriteHeader(status int) {
	if status >= 200 {
		w.settle()
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (w *proxyWriter) Write(p []byte) (int, error) {
	w.settle()
	return w.ResponseWriter.Write(p)
}

// Flush implements [http.Flusher].
func (w *proxyWriter) Flush() { _ = w.FlushError() } // Flush has no error

// FlushError is Flush to [http.ResponseController].
func (w *proxyWriter) FlushError() error {
	w.settle()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack implements [http.Hijacker].
func (w *proxyWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

// Unwrap is for [http.ResponseController].
func (w *proxyWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
