package webui

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
	"github.com/corscope/corscope/internal/httpspec"
)

// stagedSet are the servers of a staged case, on real sockets: one for the reader's browser, and one for the engine, which finds it where
// the browser's is. It is safe for concurrent use.
type stagedSet struct {
	// at says where each origin of the plan is found, for whoever asks.
	at     map[string]string
	cancel context.CancelFunc

	mu       sync.Mutex
	requests []string
	closed   bool
	conns    map[net.Conn]bool
	servers  []*http.Server
	// addrs are the addresses that listen, by the host:port that is asked for.
	addrs   map[string][]net.Addr
	running sync.WaitGroup
}

// maxStagedRequests is more than any fetch makes.
const maxStagedRequests = 1000

// backstage is the path under which a staged server serves what is not part of the case.
const backstage = "/.corscope/"

// openSet opens the servers of a plan. at, if not nil, is where they are to say that they are; else that is where they listen. front serves
// what is backstage.
func openSet(ctx context.Context, p *plan, at map[string]string, front http.Handler) (*stagedSet, error) {
	s := &stagedSet{at: at, conns: make(map[net.Conn]bool), addrs: make(map[string][]net.Addr)}
	ctx, s.cancel = context.WithCancel(ctx)
	listeners := make(map[string][]net.Listener)
	if at == nil {
		s.at = make(map[string]string)
	}
	for _, origin := range p.order {
		host := p.hosts[origin]
		port, open, err := listenLoopback(host)
		if err != nil && host == hostThird {
			host = hostTarget // a machine without IPv6 has two sites
			port, open, err = listenLoopback(host)
		}
		if err != nil {
			for _, ls := range listeners {
				for _, l := range ls {
					l.Close()
				}
			}
			s.close()
			return nil, fmt.Errorf("cannot listen on loopback: %w", err)
		}
		listeners[origin] = open
		if at == nil {
			s.at[origin] = "http://" + host + ":" + strconv.Itoa(port)
		}
		_, known, _ := strings.Cut(s.at[origin], "://")
		for _, l := range open {
			s.addrs[known] = append(s.addrs[known], l.Addr())
		}
	}
	behind := p.servers(s.at)
	for _, origin := range p.order {
		_, known, _ := strings.Cut(s.at[origin], "://")
		server := &http.Server{
			Handler:           s.around(known, front, behind(origin)),
			ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 1 << 20,
			BaseContext: func(net.Listener) context.Context { return ctx },
			ConnState:   s.track, ErrorLog: log.New(io.Discard, "", 0),
		}
		s.servers = append(s.servers, server)
		for _, l := range listeners[origin] {
			s.running.Go(func() { server.Serve(l) })
		}
	}
	return s, nil
}

// listenLoopback returns listeners for a loopback host on one free port. For localhost they are on both families where there are two: a
// browser tries either, and somebody else's server must not answer.
func listenLoopback(host string) (port int, open []net.Listener, err error) {
	if host != hostTarget {
		l, err := net.Listen("tcp", host+":0")
		if err != nil {
			return 0, nil, err
		}
		return l.Addr().(*net.TCPAddr).Port, []net.Listener{l}, nil
	}
	for range 5 {
		var v4, v6 net.Listener
		if v4, err = net.Listen("tcp4", "127.0.0.1:0"); err != nil {
			return 0, nil, err
		}
		port = v4.Addr().(*net.TCPAddr).Port
		if v6, err = net.Listen("tcp6", net.JoinHostPort("::1", strconv.Itoa(port))); err == nil {
			return port, []net.Listener{v4, v6}, nil
		}
		if probe, none := net.Listen("tcp6", "[::1]:0"); none != nil {
			return port, []net.Listener{v4}, nil
		} else {
			probe.Close()
		}
		v4.Close()
	}
	return 0, nil, err
}

// servers returns what is behind each origin.
func (p *plan) servers(at map[string]string) func(origin string) http.Handler {
	if p.demo {
		world := demo.NewElsewhere(at)
		return func(origin string) http.Handler { return briefCookies(world.Handler(origin)) }
	}
	pretend := newPretendTransport(p.item)
	return func(origin string) http.Handler { return briefCookies(&stagedPretend{pretend, origin, at}) }
}

// around answers what is backstage, and records everything else before it is answered.
func (s *stagedSet) around(host string, front, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.enter() {
			return
		}
		defer s.running.Done()
		switch {
		case r.Host != host:
			http.Error(w, "nobody is called "+r.Host+" here", http.StatusMisdirectedRequest)
		case strings.HasPrefix(r.URL.Path, backstage):
			front.ServeHTTP(w, r)
		case next == nil:
			http.NotFound(w, r)
		default:
			s.record(r.Method + " " + r.URL.RequestURI())
			next.ServeHTTP(w, r)
		}
	})
}

func (s *stagedSet) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.running.Add(1)
	return true
}

func (s *stagedSet) record(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.requests) < maxStagedRequests {
		s.requests = append(s.requests, line)
	}
}

// seen are the requests so far, as the servers saw them.
func (s *stagedSet) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.requests...)
}

// track keeps the connections that a handler took over, which http.Server forgets.
func (s *stagedSet) track(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch state {
	case http.StateHijacked:
		if s.closed {
			c.Close()
			return
		}
		s.conns[c] = true
	case http.StateClosed:
		delete(s.conns, c)
	case http.StateNew, http.StateActive, http.StateIdle:
	}
}

// close ends servers and connections and waits for them.
func (s *stagedSet) close() {
	s.cancel()
	s.mu.Lock()
	s.closed = true
	conns := s.conns
	s.conns = nil
	s.mu.Unlock()
	for _, server := range s.servers {
		server.Close()
	}
	for c := range conns {
		c.Close()
	}
	s.running.Wait()
}

// stagedPretend is a pretend server on a socket: what it is asked and what it answers are carried over.
type stagedPretend struct {
	pretend *pretendTransport
	origin  string // that the case knows it by
	at      map[string]string
}

// ServeHTTP implements [http.Handler].
func (s *stagedPretend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// A server that answers while the body still comes breaks the connection off.
	io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, maxPaste))
	kind, asked := fetch.ExchangeRequest, r.Header.Get("Access-Control-Request-Method")
	if r.Method == http.MethodOptions && asked != "" {
		kind = fetch.ExchangePreflight
	}
	a := s.pretend.pick(string(kind), r.Method, asked, s.origin+r.URL.RequestURI())
	if a == nil || a.Failure != "" {
		breakOff(w, a)
		return
	}
	h := w.Header()
	h["Date"], h["Content-Type"] = nil, nil
	for _, line := range a.Headers {
		switch name := textproto.CanonicalMIMEHeaderKey(line.Name); {
		case slices.Contains([]string{"Transfer-Encoding", "Connection", "Trailer", "Upgrade", "Keep-Alive", "Date"}, name):
		case name == "Location":
			h.Add(name, s.location(line.Value, r))
		default:
			h.Add(name, moved(httpspec.NormalizeHeaderValue(line.Value), s.at))
		}
	}
	w.WriteHeader(a.Status)
	// An error means that the client is gone, or that the status has no body.
	io.WriteString(w, a.Body)
}

// location carries a redirect's target over, whether it is absolute or not.
func (s *stagedPretend) location(value string, r *http.Request) string {
	base, err := fetch.ParseURL(s.origin + r.URL.RequestURI())
	if err != nil {
		return value
	}
	to, err := base.Parse(httpspec.NormalizeHeaderValue(value))
	if err != nil || !to.IsHTTP() {
		return value
	}
	return movedURL(to, s.at)
}

// breakOff ends the connection without an answer, by a reset where the answer says so.
func breakOff(w http.ResponseWriter, a *Answer) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok && a != nil && a.Failure == string(fetch.ReasonReset) {
		tcp.SetLinger(0)
	}
	conn.Close()
}

// briefCookies lets no cookie of a staged server stay in the reader's browser, and none take the place of one that is there: the cookies of
// this machine's hosts belong to whatever is being developed on it.
func briefCookies(next http.Handler) http.Handler {
	if next == nil {
		return nil
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		brief := &cookieWriter{w, r.URL.EscapedPath()}
		next.ServeHTTP(brief, r)
		brief.shorten() // where the handler left the status to net/http
	})
}

type cookieWriter struct {
	http.ResponseWriter
	path string
}

// Unwrap is for http.ResponseController.
func (w *cookieWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *cookieWriter) WriteHeader(status int) {
	w.shorten()
	w.ResponseWriter.WriteHeader(status)
}

func (w *cookieWriter) Write(b []byte) (int, error) {
	w.shorten()
	return w.ResponseWriter.Write(b)
}

func (w *cookieWriter) shorten() {
	lines := w.Header()["Set-Cookie"]
	for i, line := range lines {
		lines[i] = briefCookie(line, w.path)
	}
}

// briefCookie gives a cookie the path that it is for, and a minute to live. One that ends at once still does.
func briefCookie(line, path string) string {
	parts := strings.Split(line, ";")
	kept := parts[:1]
	brief := "; Max-Age=60"
	for _, part := range parts[1:] {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch strings.ToLower(name) {
		case "path":
		case "expires", "max-age":
			if n, err := strconv.Atoi(value); strings.EqualFold(name, "max-age") && err == nil && n <= 0 {
				brief = "; Max-Age=0"
			}
		default:
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, ";") + "; Path=" + path + brief
}
