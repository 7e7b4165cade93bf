package demo

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// sockets are the listeners and connections of a world. http.Server forgets the
// connections that a handler takes over, and a world must end all of them.
type sockets struct {
	mu     sync.Mutex
	closed bool
	open   map[io.Closer]bool
	wait   sync.WaitGroup // everything that runs on them
}

// run starts f, which must end when the sockets are closed. It reports false,
// and does nothing, when they already are.
func (s *sockets) run(f func()) bool {
	if !s.enter() {
		return false
	}
	go func() {
		defer s.leave()
		f()
	}()
	return true
}

// enter counts a handler among what close waits for. It reports false when the
// sockets are already closed; otherwise leave must follow.
func (s *sockets) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.wait.Add(1)
	return true
}

func (s *sockets) leave() { s.wait.Done() }

// close closes everything and waits for what ran on it.
func (s *sockets) close() {
	s.mu.Lock()
	s.closed = true
	open := s.open
	s.open = nil
	s.mu.Unlock()
	for c := range open {
		c.Close()
	}
	s.wait.Wait()
}

// keep adds c to what close closes; it closes c at once when it is too late.
func (s *sockets) keep(c io.Closer) bool {
	s.mu.Lock()
	closed := s.closed
	if !closed {
		if s.open == nil {
			s.open = make(map[io.Closer]bool)
		}
		s.open[c] = true
	}
	s.mu.Unlock()
	if closed {
		c.Close()
	}
	return !closed
}

func (s *sockets) forget(c io.Closer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
}

// listen opens a listener on loopback whose connections are kept as well.
func (s *sockets) listen(network, address string) (net.Listener, error) {
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, err
	}
	if !s.keep(l) {
		return nil, net.ErrClosed
	}
	return &keptListener{Listener: l, sockets: s}, nil
}

type keptListener struct {
	net.Listener
	sockets *sockets
}

func (l *keptListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	kept := &keptConn{Conn: c, sockets: l.sockets}
	if !l.sockets.keep(kept) {
		return nil, net.ErrClosed
	}
	return kept, nil
}

type keptConn struct {
	net.Conn
	sockets *sockets
}

func (c *keptConn) Close() error {
	c.sockets.forget(c)
	return c.Conn.Close()
}

// reset closes the connection so that the client sees a reset instead of an end.
func (c *keptConn) reset() {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	c.Close()
}

// hold accepts connections and never says a word on them.
func (s *sockets) hold(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		if !s.run(func() {
			defer c.Close()
			io.Copy(io.Discard, c)
		}) {
			c.Close()
		}
	}
}

// proxyUser and proxyPassword open the proxy of a world.
const (
	proxyUser     = "demo"
	proxyPassword = "demo"
)

// proxy is an HTTP proxy that asks for a password and knows the world's own names
// only.
type proxy struct {
	sockets *sockets
	resolve map[string]string
	plain   http.Handler // the world, for requests without a tunnel
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	asked := &http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
	if user, password, ok := asked.BasicAuth(); !ok || user != proxyUser || password != proxyPassword {
		w.Header().Set("Proxy-Authenticate", `Basic realm="demo"`)
		http.Error(w, "the proxy wants a user name and a password", http.StatusProxyAuthRequired)
		return
	}
	if r.Method != http.MethodConnect {
		p.plain.ServeHTTP(w, r)
		return
	}
	address, ok := p.resolve[r.Host]
	if !ok {
		http.Error(w, "the proxy does not know "+r.Host, http.StatusBadGateway)
		return
	}
	p.tunnel(w, r.Context(), address)
}

func (p *proxy) tunnel(w http.ResponseWriter, ctx context.Context, address string) {
	far, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		http.Error(w, "the proxy cannot connect", http.StatusBadGateway)
		return
	}
	defer far.Close()
	if !p.sockets.keep(far) {
		return
	}
	defer p.sockets.forget(far)
	near, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer near.Close()
	if _, err := io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	var both sync.WaitGroup
	both.Go(func() {
		io.Copy(far, buffered)
		far.Close()
	})
	both.Go(func() {
		io.Copy(near, far)
		near.Close()
	})
	both.Wait()
}
