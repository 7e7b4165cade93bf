// Package slowserver is a server for tests of what a page's requests hold while they are in flight: headers, bodies and preflights wait
// until the page opens a gate. The page's script for that comes with it.
package slowserver

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Script is what a case of testdata/browsers/keepalive.json is written with: runCase(ID, WORK) is a promise of what came of it, as JSON.
//
//go:embed page.js
var Script string

// Server is the handler of http://app.test and http://other.test, which are the two hosts of the script. It is safe for concurrent use.
// The zero value is ready.
type Server struct {
	mu    sync.Mutex
	gates map[string]chan struct{}
	seen  []string
}

// patience is how long the server waits at most.
const patience = 15 * time.Second

func (s *Server) gate(name string) chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gates == nil {
		s.gates = map[string]chan struct{}{}
	}
	if s.gates[name] == nil {
		s.gates[name] = make(chan struct{})
	}
	return s.gates[name]
}

// open may be told twice.
func (s *Server) open(name string) {
	gate := s.gate(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-gate:
	default:
		close(gate)
	}
}

func (s *Server) wait(r *http.Request, at string) {
	name := r.URL.Query().Get(at)
	if name == "" {
		return
	}
	select {
	case <-s.gate(name):
	case <-r.Context().Done():
	case <-time.After(patience):
	}
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	q, h := r.URL.Query(), w.Header()
	if origin := r.Header.Get("Origin"); origin != "" && q.Get("nocors") == "" {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Allow-Headers", "x-y, content-type")
	}
	if q.Get("store") == "no" {
		h.Set("Cache-Control", "no-store")
	}
	switch r.URL.Path {
	case "/":
		h.Set("Content-Type", "text/html;charset=utf-8")
		if csp := q.Get("csp"); csp != "" {
			h.Set("Content-Security-Policy", csp)
		}
		io.WriteString(w, "<!doctype html><title>page</title><link rel=icon href=data:,><script>"+Script+"</script>")
		return
	case "/open":
		s.open(q.Get("gate"))
		w.WriteHeader(http.StatusNoContent)
		return
	case "/seen":
		s.mu.Lock()
		text, _ := json.Marshal(append([]string{}, s.seen...))
		s.seen = nil
		s.mu.Unlock()
		w.Write(text)
		return
	}
	s.mu.Lock()
	s.seen = append(s.seen, r.Method+" "+r.URL.Path)
	s.mu.Unlock()
	if r.Method == http.MethodOptions {
		s.wait(r, "pre")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	s.wait(r, "head")
	switch r.URL.Path {
	case "/empty":
		w.WriteHeader(http.StatusNoContent)
	case "/redirect":
		status, _ := strconv.Atoi(q.Get("status"))
		h.Set("Location", q.Get("to"))
		w.WriteHeader(status)
	case "/answer":
		h.Set("Content-Type", "text/plain")
		// As much as browsers look at before they say what an opaque answer is.
		io.WriteString(w, strings.Repeat("x", 1024))
		w.(http.Flusher).Flush()
		s.wait(r, "body")
		n, _ := strconv.Atoi(q.Get("kb"))
		w.Write(bytes.Repeat([]byte("y"), n<<10))
		if q.Get("break") != "" {
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}
