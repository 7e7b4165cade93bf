package cors

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"
	"time"
)

// TestTheHandlerGetsTheResponseWriterItself is why streaming, http.ResponseController,
// HTTP/2 and WebSockets need no more tests than these: nothing is wrapped.
func TestTheHandlerGetsTheResponseWriterItself(t *testing.T) {
	r, w := request("GET", fromApp), httptest.NewRecorder()
	for name, wrap := range map[string]func(http.Handler) http.Handler{"Middleware": mustNew(t, full).Wrap, "Routes": mustRoutes(t, RoutesConfig{Policies: map[string]Config{"p": full}, Routes: []Route{{Path: "/", Policy: "p"}}}).Wrap} {
		called := false
		wrap(http.HandlerFunc(func(gotW http.ResponseWriter, gotR *http.Request) {
			called = true
			if gotW != http.ResponseWriter(w) || gotR != r {
				t.Errorf("%s hands on another writer or request", name)
			}
		})).ServeHTTP(w, r)
		if !called {
			t.Errorf("%s does not hand on", name)
		}
	}
}

// TestRequestsAsTheyComeOverTheWire sends bytes to a server of net/http, for what of a
// request http.NewRequest cannot make.
func TestRequestsAsTheyComeOverTheWire(t *testing.T) {
	server := httptest.NewServer(mustNew(t, full).Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "body") })))
	defer server.Close()
	const preflight = "OPTIONS / HTTP/1.1\nHost: api\nOrigin: https://app.example.com\nAccess-Control-Request-Method: PUT\n"
	for _, tt := range []struct {
		name, request string
		status        int
		allowed       string // Access-Control-Allow-Origin
	}{
		{"names in lower case", "GET / HTTP/1.1\nhost: api\norigin: https://app.example.com\n", 200, "https://app.example.com"},
		{"blanks around the value", "GET / HTTP/1.1\nHost: api\nOrigin: \t https://app.example.com \n", 200, "https://app.example.com"},
		{"two Origin lines in two spellings", "GET / HTTP/1.1\nHost: api\nOrigin: https://app.example.com\nORIGIN: https://evil.example\n", 200, ""},
		{"an Origin that goes on in the next line", "GET / HTTP/1.1\nHost: api\nOrigin: https://app.example.com\n https://evil.example\n", 200, ""},
		{"an empty Origin", "GET / HTTP/1.1\nHost: api\nOrigin:\n", 200, ""},
		{"a HEAD", "HEAD / HTTP/1.1\nHost: api\nOrigin: https://app.example.com\n", 200, "https://app.example.com"},
		{"HTTP/1.0", "GET / HTTP/1.0\nOrigin: https://app.example.com\n", 200, "https://app.example.com"},
		{"a preflight", preflight, 204, "https://app.example.com"},
		{"headers in a line each, as a gateway sends them", preflight + "access-control-request-headers: authorization\nAccess-Control-Request-Headers: Content-Type\n", 204, "https://app.example.com"},
		{"a preflight with two methods in two spellings", preflight + "access-control-request-method: PUT\n", 403, ""},
		{"a preflight with a body", preflight + "Content-Length: 4\n\nbody", 204, "https://app.example.com"},
		{"a preflight for the server as a whole is net/http's", strings.Replace(preflight, " / ", " * ", 1), 200, ""},
		{"a preflight to a whole URL", strings.Replace(preflight, " / ", " http://api/ ", 1), 204, "https://app.example.com"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
				t.Fatal(err)
			}
			text := strings.ReplaceAll(tt.request, "\n", "\r\n")
			if !strings.Contains(text, "\r\n\r\n") {
				text += "\r\n"
			}
			// Behind it a second request, which is answered only if the first was read to its end.
			if _, err := io.WriteString(conn, text+"GET /second HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			method, _, _ := strings.Cut(tt.request, " ")
			in := bufio.NewReader(conn)
			res, err := http.ReadResponse(in, &http.Request{Method: method})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, res.Body); err != nil {
				t.Fatal(err)
			}
			got := res.Header["Access-Control-Allow-Origin"]
			if res.StatusCode != tt.status || strings.Join(got, "|") != tt.allowed {
				t.Errorf("%d %v", res.StatusCode, res.Header)
			}
			if strings.Contains(tt.request, "HTTP/1.0") || method == "OPTIONS" && strings.Contains(tt.request, " * ") {
				return // net/http closes
			}
			if second, err := http.ReadResponse(in, nil); err != nil || second.StatusCode != 200 || second.Header.Get("Vary") != "Origin" {
				t.Errorf("the next request on the connection: %+v, %v", second, err)
			}
		})
	}
}

func TestPreflightsAndRequestsOverHTTP2(t *testing.T) {
	server := httptest.NewUnstartedServer(mustNew(t, full).Wrap(teapot))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	for name, tt := range map[string]struct {
		method string
		lines  []string
		status int
	}{
		"a request":   {"GET", []string{fromApp}, 418},
		"a preflight": {"OPTIONS", []string{fromApp, wantsPut, "Access-Control-Request-Headers: authorization", "Access-Control-Request-Headers: content-type"}, 204},
	} {
		r, err := http.NewRequest(tt.method, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header = headers(tt.lines...)
		res, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.ProtoMajor != 2 || res.StatusCode != tt.status || res.Header.Get("Access-Control-Allow-Origin") != "https://app.example.com" {
			t.Errorf("%s: %s %d %v", name, res.Proto, res.StatusCode, res.Header)
		}
	}
}

// TestEarlyHintsAndTheAnswerBoth: what is set before a 1xx stays for what follows.
func TestEarlyHintsAndTheAnswerBoth(t *testing.T) {
	server := httptest.NewServer(mustNew(t, full).Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</style.css>; rel=preload; as=style")
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusInternalServerError)
	})))
	defer server.Close()
	hints := 0
	trace := &httptrace.ClientTrace{Got1xxResponse: func(int, textproto.MIMEHeader) error { hints++; return nil }}
	r := request("GET", fromApp)
	r = r.WithContext(httptrace.WithClientTrace(t.Context(), trace))
	r.RequestURI, r.URL.Scheme, r.URL.Host = "", "http", server.Listener.Addr().String()
	res, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if hints != 1 || res.StatusCode != 500 || res.Header.Get("Access-Control-Allow-Origin") != "https://app.example.com" || res.Header.Get("Vary") != "Origin" {
		t.Errorf("%d hints, then %d %v", hints, res.StatusCode, res.Header)
	}
}

// TestAnUpgradeGoesThrough: a WebSocket is opened with an Origin, and its handler takes
// the connection over.
func TestAnUpgradeGoesThrough(t *testing.T) {
	server := httptest.NewUnstartedServer(mustNew(t, full).Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprintf(buffered, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: %s\r\nConnection: Upgrade\r\n\r\nhello", r.Header.Get("Upgrade"))
		buffered.Flush()
	})))
	server.StartTLS()
	defer server.Close()
	conn, err := tls.Dial("tcp", server.Listener.Addr().String(), server.Client().Transport.(*http.Transport).TLSClientConfig)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: api\r\nOrigin: https://evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 101 ") || !strings.HasSuffix(string(answer), "\r\n\r\nhello") {
		t.Errorf("got %q, %v", answer, err)
	}
}
