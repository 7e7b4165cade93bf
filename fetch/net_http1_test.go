package fetch

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A server may close a kept-alive connection at the moment at which it is used again.
func TestRequestsThatAreSentAgain(t *testing.T) {
	for name, c := range map[string]struct {
		method string
		body   *Body
		second string // what the first connection answers to its second request before it closes
		again  bool
	}{
		"a GET":                            {"GET", nil, "", true},
		"a HEAD":                           {"HEAD", nil, "", true},
		"an OPTIONS":                       {"OPTIONS", nil, "", true},
		"a GET with a body":                {"GET", BytesBody([]byte("x")), "", true},
		"a GET whose answer began":         {"GET", nil, "H", false},
		"a POST":                           {"POST", BytesBody([]byte("x")), "", false},
		"a POST without a body":            {"POST", nil, "", false},
		"a DELETE":                         {"DELETE", nil, "", false},
		"a method that nobody knows":       {"get", nil, "", false},
		"a GET whose body is not read yet": {"GET", StreamBody(strings.NewReader("x")), "", false},
	} {
		t.Run(name, func(t *testing.T) {
			var connections, requests atomic.Int32
			address := netRawServer(t, "tcp", "127.0.0.1:0", func(conn net.Conn) {
				first := connections.Add(1) == 1
				r := bufio.NewReader(conn)
				for n := 1; ; n++ {
					request, err := http.ReadRequest(r)
					if err != nil {
						return
					}
					io.Copy(io.Discard, request.Body)
					requests.Add(1)
					if first && n == 2 {
						io.WriteString(conn, c.second)
						return
					}
					io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				}
			})
			transport := newNet(t, NetConfig{})
			netGet(t, transport, "http://"+address)
			m := &Message{Method: c.method, URL: netURL(t, "http://"+address), Body: c.body}
			if c.again {
				netAsk(t, transport, m)
			} else {
				code := ReasonClosed
				wantFailure(t, failing(t, t.Context(), transport, m), code, "closed the connection", "")
			}
			if want := map[bool]int32{true: 3, false: 2}[c.again]; requests.Load() != want {
				t.Errorf("the server saw %d requests, want %d", requests.Load(), want)
			}
		})
	}
}

// A connection that was closed while it waited is not used, so that no POST is lost on it.
func TestAConnectionThatWasClosedIsNotUsed(t *testing.T) {
	for name, scheme := range map[string]string{"plain": "http", "with TLS": "https"} {
		t.Run(name, func(t *testing.T) {
			ca := newTestAuthority(t, "Test CA")
			closed := make(chan struct{}, 1)
			var connections atomic.Int32
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
			server.Config.IdleTimeout = 10 * time.Millisecond
			server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
				switch s {
				case http.StateNew:
					connections.Add(1)
				case http.StateClosed:
					select {
					case closed <- struct{}{}:
					default:
					}
				}
			}
			if scheme == "https" {
				server.TLS = &tls.Config{Certificates: []tls.Certificate{ca.issue(t, nil, "127.0.0.1")}}
				server.StartTLS()
			} else {
				server.Start()
			}
			t.Cleanup(server.Close)
			transport := newNet(t, NetConfig{RootCAs: ca.pool(), DisableHTTP2: true})
			for range 3 {
				netAsk(t, transport, &Message{Method: "POST", URL: netURL(t, server.URL), Body: BytesBody([]byte("x"))})
				<-closed
				time.Sleep(5 * time.Millisecond) // the news has to cross the loopback
			}
			if got := connections.Load(); got != 3 {
				t.Errorf("%d connections", got)
			}
		})
	}
}

// What TLS says of itself while a connection waits, as its session tickets, is no reason to give it up.
func TestHTTP1OverTLS(t *testing.T) {
	ca := newTestAuthority(t, "Test CA")
	var connections atomic.Int32
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{ca.issue(t, nil, "127.0.0.1")}})
	if err != nil {
		t.Fatal(err)
	}
	netServeRaw(t, listener, func(conn net.Conn) {
		connections.Add(1)
		for r := bufio.NewReader(conn); ; {
			if _, err := http.ReadRequest(r); err != nil {
				return
			}
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nx-b: \x01\r\nX-A: a\r\ncontent-length: 2\r\n\r\nhi")
		}
	})
	transport := newNet(t, NetConfig{RootCAs: ca.pool()})
	for range 3 {
		answer, body := netGet(t, transport, "https://"+listener.Addr().String())
		want := HeaderList{{"x-b", "\x01"}, {"X-A", "a"}, {"content-length", "2"}}
		if answer.Proto != "HTTP/1.1" || answer.StatusText != "OK" || !slices.Equal(answer.Headers, want) || body != "hi" {
			t.Errorf("got %s %q %q %q", answer.Proto, answer.StatusText, answer.Headers, body)
		}
		time.Sleep(5 * time.Millisecond)
	}
	if got := connections.Load(); got != 1 {
		t.Errorf("%d connections", got)
	}
}

// A server may come back with other protocols than it had.
func TestAServerThatChangesItsProtocol(t *testing.T) {
	ca := newTestAuthority(t, "Test CA")
	var protocols atomic.Pointer[[]string]
	protocols.Store(&[]string{"h2", "http/1.1"})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Proto, " ", r.RemoteAddr)
	}))
	server.EnableHTTP2 = true
	certificate := ca.issue(t, nil, "127.0.0.1")
	server.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		return &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: *protocols.Load()}, nil
	}}
	server.Config.ErrorLog = silentLog
	server.StartTLS()
	t.Cleanup(server.Close)
	transport := newNet(t, NetConfig{RootCAs: ca.pool()})
	last := ""
	for i, c := range []struct {
		offer []string
		want  string
	}{
		{[]string{"h2", "http/1.1"}, "HTTP/2.0"}, {[]string{"http/1.1"}, "HTTP/1.1"}, {nil, "HTTP/1.1"}, {[]string{"h2"}, "HTTP/2.0"}, {[]string{"http/1.1"}, "HTTP/1.1"},
	} {
		protocols.Store(&c.offer)
		transport.CloseIdleConnections()
		for range 3 {
			_, body := netAskWith(t, transport, "POST", server.URL)
			proto, from, _ := strings.Cut(body, " ")
			if proto != c.want {
				t.Errorf("change %d: got %s, want %s", i, proto, c.want)
			}
			last = from
		}
		if _, body := netAskWith(t, transport, "GET", server.URL); !strings.HasSuffix(body, last) {
			t.Errorf("change %d: another connection", i)
		}
	}
}

func netAskWith(t testing.TB, transport Transport, method, url string) (*Answer, string) {
	return netAsk(t, transport, &Message{Method: method, URL: netURL(t, url)})
}

// All of them may find out by themselves that the server speaks HTTP/2; what is too many is closed.
func TestManyFirstExchangesWithAServerOfHTTP2(t *testing.T) {
	ca := newTestAuthority(t, "Test CA")
	server := netTLSServer(t, ca.issue(t, nil, "127.0.0.1"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }))
	transport := newNet(t, NetConfig{RootCAs: ca.pool()})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, body := netGet(t, transport, server.URL); body != "HTTP/2.0" {
				t.Errorf("got %q", body)
			}
		})
	}
	all.Wait()
}

func TestControlCharactersOverHTTP2(t *testing.T) {
	ca := newTestAuthority(t, "Test CA")
	server := netTLSServer(t, ca.issue(t, nil, "127.0.0.1"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	transport := newNet(t, NetConfig{RootCAs: ca.pool()})
	for _, value := range []string{"secret\x01", "secret\x7f"} {
		for range 2 {
			m := &Message{Method: "GET", URL: netURL(t, server.URL), Headers: HeaderList{{"X-A", value}}}
			failed := failing(t, t.Context(), transport, m)
			wantFailure(t, failed, ReasonNetwork, "the value of the header X-A holds a control character", "over HTTP/2")
			if strings.Contains(failed.Detail, "secret") {
				t.Errorf("the value is told: %s", failed.Detail)
			}
		}
	}
}

func TestAnAnswerBeforeTheBodyIsSent(t *testing.T) {
	address := netRawServer(t, "tcp", "127.0.0.1:0", func(conn net.Conn) {
		conn.Read(make([]byte, 10))
		io.WriteString(conn, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
		conn.(*net.TCPConn).CloseWrite()
		io.CopyN(io.Discard, conn, 1<<20)
		time.Sleep(50 * time.Millisecond)
	})
	answer, body := netAsk(t, newNet(t, NetConfig{}), &Message{Method: "POST", URL: netURL(t, "http://"+address), Body: BytesBody(make([]byte, 32<<20))})
	if answer.Status != 413 || body != "no" {
		t.Errorf("got %d %q", answer.Status, body)
	}
}
