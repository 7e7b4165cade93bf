package http1

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// scriptedConn answers with what a reader has and keeps what is written.
type scriptedConn struct {
	answer  io.Reader
	written bytes.Buffer
	closed  bool
}

func (c *scriptedConn) Read(p []byte) (int, error)       { return c.answer.Read(p) }
func (c *scriptedConn) Write(p []byte) (int, error)      { return c.written.Write(p) }
func (c *scriptedConn) Close() error                     { c.closed = true; return nil }
func (c *scriptedConn) LocalAddr() net.Addr              { return nil }
func (c *scriptedConn) RemoteAddr() net.Addr             { return nil }
func (c *scriptedConn) SetDeadline(time.Time) error      { return nil }
func (c *scriptedConn) SetReadDeadline(time.Time) error  { return nil }
func (c *scriptedConn) SetWriteDeadline(time.Time) error { return nil }

const testLimit = 64 << 10

// outcome is an exchange written down: "HTTP/1.1|200|OK|X-A: a,X-B: b|body|kept", or the error.
func outcome(ctx context.Context, method string, answer io.Reader) string {
	pool := &Pool{MaxPerKey: 1, Max: 1}
	nc := &scriptedConn{answer: answer}
	a, err := NewConn(nc, testLimit, pool, Key{}).RoundTrip(ctx, &Request{Method: method, Target: "/", Host: "h"})
	if err != nil {
		var failed *Error
		var syntax *SyntaxError
		switch {
		case !errors.As(err, &failed):
			return fmt.Sprintf("not an *Error: %v", err)
		case !nc.closed:
			return "an error, and the connection is open"
		case errors.As(err, &syntax):
			return string(syntax.Code) + " " + syntax.Value
		}
		return failed.Err.Error()
	}
	var fields []string
	for _, f := range a.Fields {
		fields = append(fields, f.Name+": "+f.Value)
	}
	said := fmt.Sprintf("%s|%d|%s|%s|", a.Proto, a.Status, a.Reason, strings.Join(fields, ","))
	if body := a.Open(); body == nil {
		said += "none"
	} else {
		text, err := io.ReadAll(body)
		if len(text) > 100 {
			said += fmt.Sprintf("%d bytes", len(text))
		} else {
			said += string(text)
		}
		if err != nil {
			said += "+" + err.Error()
		}
		body.Close()
	}
	if kept := pool.count == 1; kept == nc.closed {
		return "kept and closed, or neither"
	} else if kept {
		said += "|kept"
	}
	return said
}

// wantOutcome takes the answer whole, byte by byte, and with the connection's end beside its last byte.
func wantOutcome(t *testing.T, method, raw, want string) {
	t.Helper()
	if got := outcome(t.Context(), method, strings.NewReader(raw)); got != want {
		t.Errorf("whole: got  %.300q\nwant %.300q", got, want)
	}
	for how, reader := range map[string]io.Reader{
		"byte by byte": iotest.OneByteReader(strings.NewReader(raw)), "with its end": iotest.DataErrReader(strings.NewReader(raw)),
	} {
		// What follows an answer decides whether the connection is kept, and comes too late in the one way and too early in the other.
		got, want := strings.TrimSuffix(outcome(t.Context(), method, reader), "|kept"), strings.TrimSuffix(want, "|kept")
		if strings.HasPrefix(want, "not-http ") && strings.HasPrefix(want, got) && len(got) > len("not-http ") {
			continue // bytes of no protocol are not waited for
		}
		if got != want {
			t.Errorf("%s: got  %.300q\nwant %.300q", how, got, want)
		}
	}
}

// tcpPair returns both ends of a connection, which end with the test.
func tcpPair(t testing.TB) (client, server net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	accepted := make(chan net.Conn, 1)
	go func() {
		conn, _ := listener.Accept()
		accepted <- conn
	}()
	if client, err = net.Dial("tcp", listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if server = <-accepted; server == nil {
		t.Fatal("the connection was not accepted")
	}
	t.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}
