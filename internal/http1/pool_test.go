package http1

import (
	"io"
	"net"
	"strconv"
	"testing"
	"time"
)

// waiting puts a connection into p, and returns it with the server's end.
func waiting(t testing.TB, p *Pool, k Key) (*Conn, net.Conn) {
	t.Helper()
	client, server := tcpPair(t)
	c := NewConn(client, testLimit, p, k)
	p.put(c)
	return c, server
}

func isClosed(server net.Conn) bool {
	server.SetReadDeadline(time.Now().Add(time.Minute))
	_, err := server.Read(make([]byte, 1))
	return err == io.EOF
}

func TestThePoolHasLimits(t *testing.T) {
	p := &Pool{MaxPerKey: 2, Max: 3}
	a, b := Key{Host: "a"}, Key{Host: "b"}
	_, first := waiting(t, p, a)
	second, _ := waiting(t, p, a)
	third, _ := waiting(t, p, a)
	if !isClosed(first) {
		t.Error("a third connection under one key does not displace the first")
	}
	waiting(t, p, b)
	waiting(t, p, Key{Host: "b", Credentials: true})
	if got := p.Take(a); got != third {
		t.Error("the connection that came last is not the first to be taken")
	}
	if p.Take(a) != nil {
		t.Error("a fourth connection does not displace the one that waits longest")
	}
	if _, err := second.nc.Write([]byte("x")); err == nil {
		t.Error("the connection that was displaced is open")
	}
	if p.Take(Key{Host: "b", Scheme: "https"}) != nil {
		t.Error("a connection of another scheme is given out")
	}
	if p.Take(b) == nil || p.Take(Key{Host: "b", Credentials: true}) == nil || p.count != 0 {
		t.Errorf("%d connections are left", p.count)
	}
}

func TestThePoolForgetsHosts(t *testing.T) {
	p := &Pool{MaxPerKey: 1, Max: 2}
	for i := range 20 {
		waiting(t, p, Key{Host: strconv.Itoa(i)})
	}
	if len(p.waiting) > 2*p.Max || p.count != 2 {
		t.Errorf("%d keys, %d connections", len(p.waiting), p.count)
	}
}

func TestAPoolOfNothingKeepsNothing(t *testing.T) {
	p := new(Pool)
	_, server := waiting(t, p, Key{})
	if !isClosed(server) || p.Take(Key{}) != nil {
		t.Error("the connection is kept")
	}
}

func TestConnectionsWaitForATimeOnly(t *testing.T) {
	p := &Pool{MaxPerKey: 4, Max: 4, IdleTime: 40 * time.Millisecond}
	_, first := waiting(t, p, Key{})
	time.Sleep(25 * time.Millisecond)
	start := time.Now()
	_, second := waiting(t, p, Key{Host: "b"})
	if !isClosed(first) || !isClosed(second) {
		t.Error("a connection waits for ever")
	}
	if took := time.Since(start); took < 40*time.Millisecond {
		t.Errorf("the second one waited for %s only", took)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.count != 0 || len(p.waiting) != 0 || p.timer != nil {
		t.Errorf("left: %d connections, %d keys, timer %v", p.count, len(p.waiting), p.timer)
	}
}

func TestCloseIdle(t *testing.T) {
	p := &Pool{MaxPerKey: 4, Max: 4, IdleTime: time.Hour}
	_, server := waiting(t, p, Key{})
	p.CloseIdle()
	if !isClosed(server) {
		t.Error("the connection is open")
	}
	late, lateServer := waiting(t, p, Key{})
	if !isClosed(lateServer) {
		t.Error("a connection whose exchange ends later is kept")
	}
	if p.Take(Key{}) == late {
		t.Error("a closed connection is given out")
	}
	again, _ := waiting(t, p, Key{})
	if p.Take(Key{}) != again {
		t.Error("the pool keeps nothing any more")
	}
}

func TestConnectionsThatDoNotStandAnyMore(t *testing.T) {
	for name, c := range map[string]struct {
		serve func(net.Conn)
		alive bool
	}{
		"nothing happened":               {func(net.Conn) {}, true},
		"the server closed":              {func(s net.Conn) { s.Close() }, false},
		"the server reset":               {func(s net.Conn) { s.(*net.TCPConn).SetLinger(0); s.Close() }, false},
		"the server will not write more": {func(s net.Conn) { s.(*net.TCPConn).CloseWrite() }, false},
		"the server said something":      {func(s net.Conn) { io.WriteString(s, "HTTP/1.1 408 Request Timeout\r\n\r\n") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := onlyPool()
			conn, server := waiting(t, p, Key{})
			c.serve(server)
			if !c.alive {
				waitReadable(t, conn)
			}
			if alive := conn.listen(); alive != c.alive {
				t.Errorf("listening: %v", alive)
			}
			if got := p.Take(Key{}); (got != nil) != c.alive {
				t.Errorf("taken: %v", got != nil)
			}
		})
	}
}

// waitReadable waits for the news to cross the loopback.
func waitReadable(t *testing.T, c *Conn) {
	for range 6000 {
		if c.probe.state(time.Time{}) != silent {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("nothing came")
}
