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
	plan   *plan
	world  *demo.Elsewhere // nil for a pretend server without a certificate
	cancel context.CancelFunc

	mu       sync.Mutex
	requests []string
	sent     []Sent
	closed   bool
	conns    map[net.Conn]bool
	servers  []*http.Server
	places   []*opened
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
	s := &stagedSet{at: at, plan: p, conns: make(map[net.Conn]bool), addrs: make(map[string][]net.Addr)}
	ctx, s.cancel = context.WithCancel(ctx)
	if at == nil {
		s.at = make(map[string]string)
	}
	for _, origin := range p.order {
		o, err := p.places[origin].open()
		if err != nil {
			s.close()
			return nil, fmt.Errorf("cannot listen on loopback: %w", err)
		}
		s.places = append(s.places, o)
		if at == nil {
			s.at[origin] = o.origin
		}
		u, err := fetch.ParseHTTPURL(s.at[origin])
		if err != nil {
			s.close()
			return nil, err
		}
		if len(o.addrs) > 0 {
			s.addrs[u.HostPort()] = o.addrs
		}
	}
	behind := p.servers(s)
	for i, origin := range p.order {
		for _, l := range s.places[i].listeners {
			s.serve(ctx, l, origin, front, behind(origin))
		}
	}
	return s, nil
}

// serve has a listener do what its place is to do.
func (s *stagedSet) serve(ctx context.Context, l net.Listener, origin string, front, next http.Handler) {
	at := s.plan.places[origin]
	if at.obstacle == demo.ObstacleSilence {
		s.running.Go(func() { s.hold(l) })
		return
	}
	_, known, _ := strings.Cut(s.at[origin], "://")
	server := &http.Server{
		Handler:           s.around(known, origin, front, next),
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 1 << 20,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ConnState:   s.track, ErrorLog: log.New(io.Discard, "", 0),
	}
	s.servers = append(s.servers, server)
	if !at.tls {
		s.running.Go(func() { server.Serve(l) })
		return
	}
	s.secure(server, s.world, origin, at.host)
	s.running.Go(func() { server.ServeTLS(l, "", "") })
}

// hold accepts connections and never says a word.
func (s *stagedSet) hold(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		s.track(c, http.StateHijacked)
	}
}

// servers returns what is behind each origin.
func (p *plan) servers(s *stagedSet) func(origin string) http.Handler {
	if p.demo {
		s.world = demo.NewElsewhere(s.at)
		return func(origin string) http.Handler { return p.briefCookies(s.world.Handler(origin)) }
	}
	if len(p.certified) > 0 {
		s.world = demo.NewElsewhere(nil) // for its certificates
	}
	pretend := newPretendTransport(p.item)
	return func(origin string) http.Handler { return p.briefCookies(&stagedPretend{pretend, origin, s.at}) }
}

// around answers what is backstage, and records everything else before it is answered.
func (s *stagedSet) around(host, origin string, front, next http.Handler) http.Handler {
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
		case s.plan.cookies && s.asks(origin, r):
			w.WriteHeader(http.StatusNoContent)
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
	for _, o := range s.places {
		o.close()
	}
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
		if a != nil && a.Failure == string(fetch.ReasonTimeout) {
			<-r.Context().Done()
		}
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
