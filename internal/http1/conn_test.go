package http1

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

var get = Request{Method: "GET", Target: "/", Host: "h"}

// readRequest reads a request without a body.
func readRequest(t testing.TB, server net.Conn) {
	t.Helper()
	for r := bufio.NewReader(server); ; {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Errorf("the server read: %v", err)
			return
		}
		if line == "\r\n" {
			return
		}
	}
}

func onlyPool() *Pool { return &Pool{MaxPerKey: 1, Max: 1} }

func TestAnAnswerThatComesBeforeTheRequestIsWritten(t *testing.T) {
	for name, r := range map[string]Request{
		"a body":   {Method: "POST", Target: "/", Host: "h", Body: make([]byte, 32<<20)},
		"a stream": {Method: "POST", Target: "/", Host: "h", Stream: endless{}},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := tcpPair(t)
			io.WriteString(server, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
			pool := onlyPool()
			a, err := NewConn(client, testLimit, pool, Key{}).RoundTrip(t.Context(), &r)
			if err != nil {
				t.Fatal(err)
			}
			status := a.Status
			body, err := io.ReadAll(a.Open())
			if status != 413 || string(body) != "no" || err != nil {
				t.Errorf("got %d %q, %v", status, body, err)
			}
			// Half a request was written, and nobody reads the rest: the connection is of no use.
			for range 6000 {
				if _, err = client.Write(nil); errors.Is(err, net.ErrClosed) {
					break
				}
				time.Sleep(10 * time.Millisecond)
			}
			if !errors.Is(err, net.ErrClosed) || pool.Take(Key{}) != nil {
				t.Errorf("the connection is kept: %v", err)
			}
		})
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestAnAnswerToARequestThatTheServerDoesNotReadToItsEnd(t *testing.T) {
	client, server := tcpPair(t)
	go func() {
		server.Read(make([]byte, 10))
		io.WriteString(server, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
		server.(*net.TCPConn).CloseWrite()
	}()
	r := Request{Method: "POST", Target: "/", Host: "h", Body: make([]byte, 32<<20)}
	a, err := NewConn(client, testLimit, onlyPool(), Key{}).RoundTrip(t.Context(), &r)
	if err != nil || a.Status != 400 {
		t.Fatalf("got %d, %v", a.Status, err)
	}
	a.Open()
}

// The writer may need a moment longer than the answer.
func TestARequestThatIsWrittenWithItsAnswerKeepsTheConnection(t *testing.T) {
	client, server := tcpPair(t)
	slow := &slowWriter{Conn: client, wait: make(chan struct{})}
	pool := onlyPool()
	go func() {
		io.ReadFull(server, make([]byte, len("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9000\r\n\r\n")+9000))
		io.WriteString(server, "HTTP/1.1 204 N\r\n\r\n")
	}()
	r := Request{Method: "POST", Target: "/", Host: "h", Body: make([]byte, 9000)}
	a, err := NewConn(slow, testLimit, pool, Key{}).RoundTrip(t.Context(), &r)
	if err != nil {
		t.Fatal(err)
	}
	a.Open()
	if pool.Take(Key{}) != nil {
		t.Fatal("the connection is back before the request is written")
	}
	close(slow.wait)
	for range 6000 {
		if c := pool.Take(Key{}); c != nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the connection is not kept")
}

// slowWriter returns late from writes of bodies.
type slowWriter struct {
	net.Conn
	wait chan struct{}
}

func (w *slowWriter) Write(p []byte) (int, error) {
	n, err := w.Conn.Write(p)
	if len(p) == 9000 {
		<-w.wait
	}
	return n, err
}

func TestABodyThatCannotBeRead(t *testing.T) {
	client, server := tcpPair(t)
	go io.Copy(io.Discard, server)
	broken := errors.New("the disk is gone")
	r := Request{Method: "POST", Target: "/", Host: "h", Stream: io.MultiReader(strings.NewReader("x"), brokenReader{broken})}
	_, err := NewConn(client, testLimit, onlyPool(), Key{}).RoundTrip(t.Context(), &r)
	var source *SourceError
	if !errors.As(err, &source) || !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

type brokenReader struct{ err error }

func (r brokenReader) Read([]byte) (int, error) { return 0, r.err }

func TestHowFarAnExchangeCame(t *testing.T) {
	body := make([]byte, 32<<20)
	for name, c := range map[string]struct {
		request Request
		serve   func(net.Conn)
		stage   Stage
		unsent  bool
		err     error
	}{
		"the server closes before it answers":       {get, func(s net.Conn) { readRequest(t, s); s.Close() }, Waiting, false, io.EOF},
		"the server closes in the head":             {get, func(s net.Conn) { readRequest(t, s); io.WriteString(s, "HT"); s.Close() }, Reading, false, io.ErrUnexpectedEOF},
		"the server closes behind 1xx":              {get, func(s net.Conn) { readRequest(t, s); io.WriteString(s, "HTTP/1.1 100 C\r\n\r\n"); s.Close() }, Reading, false, io.ErrUnexpectedEOF},
		"the server closes before a small body":     {Request{Method: "POST", Target: "/", Host: "h", Body: []byte("x")}, func(s net.Conn) { s.Read(make([]byte, 1000)); s.Close() }, Waiting, false, nil},
		"the server resets in the middle of a body": {Request{Method: "POST", Target: "/", Host: "h", Body: body}, func(s net.Conn) { s.Read(make([]byte, 10)); s.(*net.TCPConn).SetLinger(0); s.Close() }, Sending, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := tcpPair(t)
			done := make(chan struct{})
			go func() { defer close(done); c.serve(server) }()
			conn := NewConn(client, testLimit, onlyPool(), Key{})
			_, err := conn.RoundTrip(t.Context(), &c.request)
			<-done
			var failed *Error
			if !errors.As(err, &failed) || failed.Stage != c.stage || failed.Unsent != c.unsent || c.err != nil && !errors.Is(err, c.err) {
				t.Errorf("got %#v, want stage %d, unsent %v, %v", failed, c.stage, c.unsent, c.err)
			}
		})
	}
	t.Run("a connection that was used before takes not a byte", func(t *testing.T) {
		client, server := tcpPair(t)
		conn := NewConn(client, testLimit, onlyPool(), Key{})
		go func() { readRequest(t, server); io.WriteString(server, "HTTP/1.1 204 N\r\n\r\n") }()
		a, err := conn.RoundTrip(t.Context(), &get)
		if err != nil {
			t.Fatal(err)
		}
		a.Open()
		client.(*net.TCPConn).CloseWrite()
		_, err = conn.RoundTrip(t.Context(), &get)
		if failed := (*Error)(nil); !errors.As(err, &failed) || !failed.Unsent || failed.Stage != Waiting {
			t.Errorf("got %#v", err)
		}
	})
}

func TestTheContextEndsAnExchange(t *testing.T) {
	type step func(context.Context, *Conn, context.CancelFunc) error
	for name, c := range map[string]struct {
		run  step
		want error
	}{
		"before it begins": {func(ctx context.Context, c *Conn, cancel context.CancelFunc) error {
			cancel()
			_, err := c.RoundTrip(ctx, &get)
			return err
		}, context.Canceled},
		"while the server thinks": {func(ctx context.Context, c *Conn, _ context.CancelFunc) error {
			_, err := c.RoundTrip(ctx, &Request{Method: "GET", Target: "/silent", Host: "h"})
			return err
		}, os.ErrDeadlineExceeded},
		"while a body is written": {func(ctx context.Context, c *Conn, _ context.CancelFunc) error {
			_, err := c.RoundTrip(ctx, &Request{Method: "POST", Target: "/silent", Host: "h", Body: make([]byte, 32<<20)})
			return err
		}, os.ErrDeadlineExceeded},
		"in the middle of the body": {func(ctx context.Context, c *Conn, cancel context.CancelFunc) error {
			a, err := c.RoundTrip(ctx, &get)
			if err != nil {
				t.Error(err)
			}
			body := a.Open()
			time.AfterFunc(20*time.Millisecond, cancel)
			_, err = io.ReadAll(body)
			return err
		}, os.ErrDeadlineExceeded},
		"and the body is closed then": {func(ctx context.Context, c *Conn, cancel context.CancelFunc) error {
			a, err := c.RoundTrip(ctx, &get)
			if err != nil {
				t.Error(err)
			}
			body := a.Open()
			cancel()
			body.Close()
			_, err = body.Read(make([]byte, 1))
			return err
		}, http.ErrBodyReadAfterClose},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := tcpPair(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go func() {
				b := make([]byte, 100)
				if n, _ := server.Read(b); strings.HasPrefix(string(b[:n]), "GET / ") {
					io.WriteString(server, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhalf")
				} else {
					cancel() // the request is on its way, and there will be no answer
				}
			}()
			pool := onlyPool()
			if err := c.run(ctx, NewConn(client, testLimit, pool, Key{}), cancel); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if pool.count != 0 {
				t.Error("the connection is kept")
			}
			if _, err := client.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
				t.Errorf("the connection is open: %v", err)
			}
		})
	}
}

func TestAContextThatEndsLaterLeavesTheConnectionAlone(t *testing.T) {
	client, server := tcpPair(t)
	pool := onlyPool()
	conn := NewConn(client, testLimit, pool, Key{})
	for range 3 {
		go func() {
			readRequest(t, server)
			io.WriteString(server, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
		}()
		ctx, cancel := context.WithCancel(t.Context())
		a, err := conn.RoundTrip(ctx, &get)
		if err != nil {
			t.Fatal(err)
		}
		body := a.Open()
		cancel()
		if text, err := io.ReadAll(body); string(text) != "hi" || err != nil {
			t.Errorf("a body in memory: %q, %v", text, err)
		}
		if conn = pool.Take(Key{}); conn == nil {
			t.Fatal("the connection is not kept")
		}
	}
}

func TestCloseEndsARead(t *testing.T) {
	client, server := tcpPair(t)
	go func() { readRequest(t, server); io.WriteString(server, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n") }()
	pool := onlyPool()
	a, err := NewConn(client, testLimit, pool, Key{}).RoundTrip(t.Context(), &get)
	if err != nil {
		t.Fatal(err)
	}
	body := a.Open()
	ended := make(chan error, 1)
	var reads atomic.Bool
	go func() {
		reads.Store(true)
		_, err := io.ReadAll(body)
		ended <- err
	}()
	for !reads.Load() {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(10 * time.Millisecond)
	body.Close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) && !errors.Is(err, http.ErrBodyReadAfterClose) {
		t.Errorf("the Read that Close ended: %v", err)
	}
	if _, err := body.Read(make([]byte, 1)); err != http.ErrBodyReadAfterClose {
		t.Errorf("Read after Close: %v", err)
	}
	if pool.count != 0 {
		t.Error("the connection is kept")
	}
}

func TestABodyThatNobodyReads(t *testing.T) {
	const large = drainBytes + 5000
	for name, c := range map[string]struct {
		head, first, second string
		kept                bool
	}{
		"all of it has come":                {"Content-Length: 2", "hi", "", true},
		"the rest comes at once":            {"Content-Length: 5000", strings.Repeat("x", 10), strings.Repeat("x", 4990), true},
		"the rest in chunks comes at once":  {"Transfer-Encoding: chunked", "5\r\nhe", "llo\r\n0\r\n\r\n", true},
		"the rest does not come":            {"Content-Length: 5000", "half", "", false},
		"the rest is long":                  {"Content-Length: 21384", "", strings.Repeat("x", large), false},
		"the rest ends with the connection": {"X-A: a", "hi", "", false},
		"the rest is long, in chunks":       {"Transfer-Encoding: chunked", "", strings.Repeat("100\r\n"+strings.Repeat("x", 256)+"\r\n", 100) + "0\r\n\r\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := tcpPair(t)
			opened, written := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(written)
				readRequest(t, server)
				io.WriteString(server, "HTTP/1.1 200 OK\r\n"+c.head+"\r\n\r\n"+c.first)
				<-opened
				io.WriteString(server, c.second)
			}()
			pool := onlyPool()
			a, err := NewConn(client, testLimit, pool, Key{}).RoundTrip(t.Context(), &get)
			if err != nil {
				t.Fatal(err)
			}
			body := a.Open()
			close(opened)
			<-written // at once, however busy the machine is
			body.Close()
			if kept := pool.count == 1; kept != c.kept {
				t.Errorf("kept: %v", kept)
			}
		})
	}
}
