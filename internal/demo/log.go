package demo

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Request is one request as a server of the world saw it, and what the server did
// with it. It is a copy: changing it changes nothing.
type Request struct {
	// Number counts from 1, over all servers of one world.
	Number int
	// Proto is "HTTP/2.0" or "HTTP/1.1".
	Proto  string
	Method string
	// Host is the name that was asked, without the port.
	Host string
	// Path with the query.
	Path string
	// Origin is the value of the Origin header, empty where there was none.
	Origin string
	// Preflight says that it was a CORS preflight: OPTIONS, with Origin and
	// Access-Control-Request-Method.
	Preflight bool
	// Cookies are the names of the cookies that came, sorted. Their values are in
	// Header only.
	Cookies []string
	// Header is all that came, secrets included.
	Header http.Header
	// Status is what was answered: 0 while there is no answer, or for one that was
	// not HTTP.
	Status int
	// Did is what the server really did, in order: "deleted user 7".
	Did []string
}

// Line returns method and path: "DELETE /v2/users/7".
func (r Request) Line() string { return r.Method + " " + r.Path }

// maxLog is how many requests a world remembers. A world that runs for days, as
// behind corscope demo --serve, forgets the oldest.
const maxLog = 10_000

// record holds the newest requests of a world. It is safe for concurrent use.
type record struct {
	mu     sync.Mutex
	seen   []*Request
	number int
}

// since returns copies of the requests with a number above n, oldest first.
func (rec *record) since(n int) []Request {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	var out []Request
	for _, r := range rec.seen {
		if r.Number > n {
			c := *r
			c.Cookies, c.Did, c.Header = slices.Clone(r.Cookies), slices.Clone(r.Did), r.Header.Clone()
			out = append(out, c)
		}
	}
	return out
}

func (rec *record) add(r *http.Request) *Request {
	entry := &Request{
		Proto: r.Proto, Method: r.Method, Host: hostOnly(r.Host), Path: r.URL.RequestURI(),
		Origin: strings.Join(r.Header.Values("Origin"), ", "), Preflight: isPreflight(r), Header: r.Header.Clone(),
	}
	names := make(map[string]bool)
	for _, c := range r.Cookies() {
		names[c.Name] = true
	}
	entry.Cookies = slices.Sorted(maps.Keys(names))
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.number++
	entry.Number = rec.number
	if len(rec.seen) == maxLog {
		rec.seen = slices.Delete(rec.seen, 0, maxLog/10)
	}
	rec.seen = append(rec.seen, entry)
	return entry
}

// around records every request that reaches next. Status and deeds are on record
// before the client can see the answer.
func (rec *record) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entry := rec.add(r)
		notes := &notes{rec: rec, entry: entry}
		next.ServeHTTP(&statusRecorder{ResponseWriter: w, notes: notes}, r.WithContext(context.WithValue(r.Context(), notesKey{}, notes)))
	})
}

type notesKey struct{}

type notes struct {
	rec   *record
	entry *Request
}

// did notes what a server really did with r. Call it before the answer is
// written.
func did(r *http.Request, format string, args ...any) {
	n, ok := r.Context().Value(notesKey{}).(*notes)
	if !ok {
		return
	}
	n.rec.mu.Lock()
	defer n.rec.mu.Unlock()
	n.entry.Did = append(n.entry.Did, fmt.Sprintf(format, args...))
}

// statusRecorder notes the final status. http.ResponseController finds the real
// writer through Unwrap.
type statusRecorder struct {
	http.ResponseWriter
	notes *notes
}

func (s *statusRecorder) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (s *statusRecorder) WriteHeader(status int) {
	if status >= 200 {
		s.note(status)
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *statusRecorder) Write(b []byte) (int, error) {
	s.note(http.StatusOK)
	return s.ResponseWriter.Write(b)
}

func (s *statusRecorder) note(status int) {
	s.notes.rec.mu.Lock()
	defer s.notes.rec.mu.Unlock()
	if s.notes.entry.Status == 0 {
		s.notes.entry.Status = status
	}
}

func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}

func hostOnly(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}
