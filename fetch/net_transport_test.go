package fetch

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var silentLog = log.New(io.Discard, "", 0)

func TestHTTP1RequestsAreSentAsTheMessageSays(t *testing.T) {
	for name, c := range map[string]struct {
		message Message
		path    string
		want    string // lines
	}{
		"no User-Agent and nothing else is added but Host and Accept-Encoding": {
			Message{Method: "GET"}, "/", "GET / HTTP/1.1|Host: HOST|Accept-Encoding: gzip, deflate"},
		"names keep their case and their order": {
			Message{Method: "GET", Headers: HeaderList{{"x-lower", "1"}, {"X-UPPER", "2"}, {"oRiGiN", "https://a.example"}}}, "/",
			"GET / HTTP/1.1|Host: HOST|x-lower: 1|X-UPPER: 2|oRiGiN: https://a.example|Accept-Encoding: gzip, deflate"},
		"lines of one name stay apart and in order": {
			Message{Method: "GET", Headers: HeaderList{{"X-A", "2"}, {"X-B", "b"}, {"X-A", "1"}, {"X-A", "3"}}}, "/",
			"GET / HTTP/1.1|Host: HOST|X-A: 2|X-B: b|X-A: 1|X-A: 3|Accept-Encoding: gzip, deflate"},
		"a name in several cases keeps them": {
			Message{Method: "GET", Headers: HeaderList{{"x-a", "2"}, {"X-A", "1"}, {"User-agent", "u"}, {"user-agent", "v"}}}, "/",
			"GET / HTTP/1.1|Host: HOST|x-a: 2|X-A: 1|User-agent: u|user-agent: v|Accept-Encoding: gzip, deflate"},
		"the message's own User-Agent is sent as it is": {
			Message{Method: "GET", Headers: HeaderList{{"user-agent", "Corscope"}}}, "/",
			"GET / HTTP/1.1|Host: HOST|user-agent: Corscope|Accept-Encoding: gzip, deflate"},
		"a value may hold every byte but NUL, CR and LF": {
			Message{Method: "GET", Headers: HeaderList{{"Accept-Language", "\x01\x0b\x1b\x7f\xe9\t1"}, {"X-Empty", ""}}}, "/",
			"GET / HTTP/1.1|Host: HOST|Accept-Language: \x01\x0b\x1b\x7f\xe9\t1|X-Empty: |Accept-Encoding: gzip, deflate"},
		"the message's own Accept-Encoding stands": {
			Message{Method: "GET", Headers: HeaderList{{"accept-encoding", "identity"}}}, "/",
			"GET / HTTP/1.1|Host: HOST|accept-encoding: identity"},
		"Host, lengths and codings are HTTP's business": {
			Message{Method: "GET", Headers: HeaderList{{"host", "evil.example"}, {"content-length", "7"}, {"Transfer-Encoding", "chunked"}, {"TRAILER", "X"}}}, "/",
			"GET / HTTP/1.1|Host: HOST|Accept-Encoding: gzip, deflate"},
		"a method of any token": {
			Message{Method: "patch"}, "/", "patch / HTTP/1.1|Host: HOST|Accept-Encoding: gzip, deflate"},
		"a body has its length": {
			Message{Method: "POST", Body: BytesBody([]byte("hello"))}, "/",
			"POST / HTTP/1.1|Host: HOST|Content-Length: 5|Accept-Encoding: gzip, deflate||hello"},
		"a body of nothing has the length 0 with any method": {
			Message{Method: "DELETE", Body: BytesBody(nil)}, "/",
			"DELETE / HTTP/1.1|Host: HOST|Content-Length: 0|Accept-Encoding: gzip, deflate"},
		"no body with DELETE has no length": {
			Message{Method: "DELETE"}, "/", "DELETE / HTTP/1.1|Host: HOST|Accept-Encoding: gzip, deflate"},
		"no body with POST has the length 0": {
			Message{Method: "POST"}, "/", "POST / HTTP/1.1|Host: HOST|Content-Length: 0|Accept-Encoding: gzip, deflate"},
		"a stream is chunked": {
			Message{Method: "POST", Body: StreamBody(strings.NewReader("hello"))}, "/",
			"POST / HTTP/1.1|Host: HOST|Transfer-Encoding: chunked|Accept-Encoding: gzip, deflate||5|hello|0|"},
		"bytes that net/url would escape stay": {
			Message{Method: "GET"}, `/a|b[c]^%zz%41~'(){}?q=%zz|"`, `GET /a|b[c]%5E%zz%41~'()%7B%7D?q=%zz|%22 HTTP/1.1|Host: HOST|Accept-Encoding: gzip, deflate`},
		"an empty query keeps its question mark": {
			Message{Method: "GET"}, "/a?", "GET /a? HTTP/1.1|Host: HOST|Accept-Encoding: gzip, deflate"},
		"a path of two slashes is no host": {
			Message{Method: "GET"}, "//evil.example/%41", "GET //evil.example/%41 HTTP/1.1|Host: HOST|Accept-Encoding: gzip, deflate"},
		"a path of two slashes that net/url would escape stays too": {
			Message{Method: "GET"}, "//a/%zz", "GET //a/%zz HTTP/1.1|Host: HOST|Accept-Encoding: gzip, deflate"},
		"the fragment stays at home": {
			Message{Method: "GET"}, "/a?b#c", "GET /a?b HTTP/1.1|Host: HOST|Accept-Encoding: gzip, deflate"},
	} {
		t.Run(name, func(t *testing.T) {
			got := make(chan string, 1)
			address := netRawServer(t, "tcp", "127.0.0.1:0", func(conn net.Conn) {
				var seen strings.Builder
				buf := make([]byte, 4096)
				end := "\r\n\r\n"
				if c.message.Body.Len() != 0 {
					end = "hello"
				}
				if c.message.Body.Len() < 0 {
					end = "0\r\n\r\n"
				}
				for !strings.HasSuffix(seen.String(), end) {
					n, err := conn.Read(buf)
					seen.Write(buf[:n])
					if err != nil {
						break
					}
				}
				got <- seen.String()
				io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			})
			m := c.message
			m.URL = netURL(t, "http://"+address+c.path)
			netAsk(t, newNet(t, NetConfig{}), &m)
			want := strings.ReplaceAll(strings.ReplaceAll(c.want, "HOST", address), "|", "\n")
			text := strings.TrimRight(strings.ReplaceAll(<-got, "\r\n", "\n"), "\n")
			// In the row about escapes the bar is a byte of its own.
			text, want = strings.ReplaceAll(text, "|", "\n"), strings.TrimRight(want, "\n")
			if text != want {
				t.Errorf("sent:\n%s\nwant:\n%s", text, want)
			}
		})
	}
}

func TestHTTP2OverTLSWithAnAuthorityOfOurOwn(t *testing.T) {
	ca := newTestAuthority(t, "Test CA")
	var seen atomic.Pointer[http.Request]
	server := netTLSServer(t, ca.issue(t, nil, "api.example.com", "127.0.0.1"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Store(r)
		w.Header().Add("X-Two", "b")
		w.Header().Add("X-Two", "a")
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.WriteHeader(201)
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s", r.Method, body)
	}))
	rule := netRule(t, "api.example.com:443:"+server.Listener.Addr().String())
	for name, c := range map[string]struct {
		config     NetConfig
		proto      string
		statusText string
	}{
		"HTTP/2 where the server has it": {NetConfig{}, "HTTP/2.0", ""},
		"HTTP/1.1 where it is asked for": {NetConfig{DisableHTTP2: true}, "HTTP/1.1", "Created"},
	} {
		t.Run(name, func(t *testing.T) {
			c.config.RootCAs, c.config.Resolve = ca.pool(), []ResolveRule{rule}
			transport := newNet(t, c.config)
			for range 2 { // the second one on the same connection
				answer, body := netAsk(t, transport, &Message{Method: "PUT", URL: netURL(t, "https://api.example.com//x/|?y"),
					Headers: HeaderList{{"X-Tok", "1"}, {"x-tok", "2"}}, Body: BytesBody([]byte("hello"))})
				if answer.Proto != c.proto || answer.Status != 201 || answer.StatusText != c.statusText || body != "PUT hello" {
					t.Errorf("got %s %d %q %q", answer.Proto, answer.Status, answer.StatusText, body)
				}
				if got := answer.Headers.Values("x-two"); !slices.Equal(got, []string{"b", "a"}) {
					t.Errorf("X-Two: %q", got)
				}
				if answer.RemoteAddr != server.Listener.Addr().String() {
					t.Errorf("remote address %s", answer.RemoteAddr)
				}
				r := seen.Load()
				if c.proto == "HTTP/2.0" && r.RequestURI != "//x/|?y" || r.Host != "api.example.com" || r.UserAgent() != "" || len(r.Header["X-Tok"]) != 2 {
					t.Errorf("the server saw %s %s %v", r.Host, r.RequestURI, r.Header)
				}
			}
		})
	}
}

func TestAnswersKeepWhatTheServerSent(t *testing.T) {
	for name, c := range map[string]struct {
		method, raw string
		want        string // status|text|headers|body
	}{
		"lines keep their order, and names their case": {"GET",
			"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: https://b.example\r\nvary: Origin\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 2\r\n\r\nhi",
			"200|OK|Access-Control-Allow-Origin: https://b.example,vary: Origin,Access-Control-Allow-Origin: *,Content-Length: 2|hi"},
		"1xx answers are passed over": {"GET",
			"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", "204|No Content||"},
		"a status text of the server's own": {"GET", "HTTP/1.1 299 Mostly fine\r\nContent-Length: 0\r\n\r\n", "299|Mostly fine|Content-Length: 0|"},
		"no status text":                    {"GET", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "200||Content-Length: 0|"},
		"a chunked body, and its trailers ignored": {"GET",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nAccess-Control-Allow-Origin: *\r\n\r\n", "200|OK|Transfer-Encoding: chunked|hello"},
		"a body that ends with the connection": {"GET", "HTTP/1.0 200 OK\r\n\r\nhello", "200|OK||hello"},
		"HEAD has no body, whatever the length says": {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\n\r\n",
			"200|OK|Content-Length: 5,Content-Encoding: gzip|"},
		"bytes beyond ASCII in a value": {"GET", "HTTP/1.1 200 OK\r\nX-A: \xe9\xff\r\nContent-Length: 0\r\n\r\n", "200|OK|X-A: \xe9\xff,Content-Length: 0|"},
		"control characters in a value, and what stands around them": {"GET", "HTTP/1.1 200 OK\r\nX-A: \x0cbb-8\x0b, \x7f \r\nContent-Length: 0\r\n\r\n",
			"200|OK|X-A: \x0cbb-8\x0b, \x7f,Content-Length: 0|"},
		"lines without a colon, lengths and codings that are none": {"GET", "HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: two\r\nTransfer-Encoding: zip\r\nX-A: a\r\n\r\nhi",
			"200|OK|Content-Length: two,Transfer-Encoding: zip,X-A: a|hi"},
		"a head that the connection breaks off":  {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: a", "200|OK|Content-Length: 2,X-A: a|"},
		"a status below 100":                     {"GET", "HTTP/1.1 042 Answer\r\nContent-Length: 2\r\n\r\nhi", "42|Answer|Content-Length: 2|hi"},
		"Pragma without Cache-Control":           {"GET", "HTTP/1.1 200 OK\r\nPragma: no-cache\r\nContent-Length: 0\r\n\r\n", "200|OK|Pragma: no-cache,Content-Length: 0|"},
		"an unasked switch of protocols":         {"GET", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nxxxx", "101|Switching Protocols|Upgrade: x,Connection: upgrade|"},
		"an error page is an answer like others": {"GET", "HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\n\r\nbad", "400|Bad Request|Content-Length: 3|bad"},
	} {
		t.Run(name, func(t *testing.T) {
			address := netRawServer(t, "tcp", "127.0.0.1:0", rawAnswer(c.raw))
			answer, body := netAsk(t, newNet(t, NetConfig{}), &Message{Method: c.method, URL: netURL(t, "http://"+address)})
			var lines []string
			for _, h := range answer.Headers {
				lines = append(lines, h.Name+": "+h.Value)
			}
			if got := fmt.Sprintf("%d|%s|%s|%s", answer.Status, answer.StatusText, strings.Join(lines, ","), body); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestNamesOfThisMachineNeedNoDNS(t *testing.T) {
	dead := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("DNS was asked")
	}}
	for _, family := range []string{"127.0.0.1:0", "[::1]:0"} {
		listener, err := net.Listen("tcp", family)
		if err != nil {
			t.Logf("this machine has no %s: %v", family, err)
			continue
		}
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Host) })}
		go server.Serve(listener)
		t.Cleanup(func() { server.Close() })
		_, port, _ := net.SplitHostPort(listener.Addr().String())
		for _, host := range []string{"localhost", "app.localhost", "a.b.localhost", "localhost.", strings.TrimSuffix(family, ":0")} {
			t.Run(host+" for a server at "+family, func(t *testing.T) {
				answer, body := netGet(t, newNet(t, NetConfig{Resolver: dead}), "http://"+host+":"+port+"/")
				if body != host+":"+port || answer.RemoteAddr != listener.Addr().String() {
					t.Errorf("got %q from %s", body, answer.RemoteAddr)
				}
			})
		}
	}
}

func TestResolveRulesBeatDNSAndProxies(t *testing.T) {
	server := netServer(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Host) })
	address := server.Listener.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	noProxy := func(u *url.URL) (*url.URL, error) { return nil, fmt.Errorf("a proxy was asked for %s", u) }
	for name, c := range map[string]struct{ rule, url string }{
		"a host and its default port":              {"api.example.com:80:" + address, "http://api.example.com/"},
		"the URL's own port":                       {"api.example.com:" + port + ":127.0.0.1", "http://api.example.com:" + port + "/"},
		"every port":                               {"api.example.com:*:" + address, "http://api.example.com:8/"},
		"every host":                               {"*:80:" + address, "http://whoever.example/"},
		"a host in another case":                   {"API.Example.COM:80:" + address, "http://api.example.com/"},
		"a host with a dot at its end":             {"api.example.com:80:" + address, "http://api.example.com./"},
		"an address in the URL":                    {"192.0.2.7:80:" + address, "http://192.0.2.7/"},
		"an IPv6 address in the URL":               {"[2001:db8::1]:80:" + address, "http://[2001:db8::1]/"},
		"localhost itself":                         {"localhost:80:" + address, "http://localhost/"},
		"the second address, if the first refuses": {"api.example.com:80:" + unusedAddress(t) + "," + address, "http://api.example.com/"},
	} {
		t.Run(name, func(t *testing.T) {
			transport := newNet(t, NetConfig{Resolve: []ResolveRule{netRule(t, c.rule)}, Proxy: noProxy})
			if _, body := netGet(t, transport, c.url); body != netURL(t, c.url).HostPort() {
				t.Errorf("Host was %q", body)
			}
		})
	}
}

func TestASlowAddressDoesNotHoldUpTheNext(t *testing.T) {
	server := netServer(t, func(w http.ResponseWriter, r *http.Request) {})
	transport := newNet(t, NetConfig{Resolve: []ResolveRule{netRule(t, "api.example.com:80:192.0.2.1,192.0.2.2,"+server.Listener.Addr().String())}})
	abandoned := make(chan netip.AddrPort, 2)
	transport.dialer.connect = func(ctx context.Context, addr netip.AddrPort) (net.Conn, error) {
		if addr.Addr().IsLoopback() {
			if n := len(abandoned); n > 0 {
				t.Errorf("%d of the others were given up before the third address was tried", n)
			}
			return connectTCP(ctx, addr)
		}
		<-ctx.Done()
		abandoned <- addr
		return nil, ctx.Err()
	}
	start := time.Now()
	netGet(t, transport, "http://api.example.com/")
	if took := time.Since(start); took < 2*attemptDelay {
		t.Errorf("the third address was tried after %s", took)
	}
	<-abandoned
	<-abandoned
}

func TestALateConnectionIsClosed(t *testing.T) {
	server := netServer(t, func(w http.ResponseWriter, r *http.Request) {})
	transport := newNet(t, NetConfig{Resolve: []ResolveRule{netRule(t, "api.example.com:80:192.0.2.1,"+server.Listener.Addr().String())}})
	late, lateEnd := net.Pipe()
	transport.dialer.connect = func(ctx context.Context, addr netip.AddrPort) (net.Conn, error) {
		if addr.Addr().IsLoopback() {
			return connectTCP(ctx, addr)
		}
		<-ctx.Done()
		return late, nil // it stood at the moment at which it was no longer wanted
	}
	netGet(t, transport, "http://api.example.com/")
	lateEnd.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := lateEnd.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the late connection: %v", err)
	}
}

// connectProxy is an HTTP proxy, CONNECT included, that reaches every name at to.
func connectProxy(t *testing.T, to string) (*httptest.Server, func() []string) {
	var mu sync.Mutex
	var log []string
	note := func(r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		log = append(log, fmt.Sprintf("%s %s ua=%q auth=%q", r.Method, r.RequestURI, r.UserAgent(), r.Header.Get("Proxy-Authorization")))
	}
	proxy := netServer(t, func(w http.ResponseWriter, r *http.Request) {
		note(r)
		if r.Method != "CONNECT" {
			fmt.Fprintf(w, "by proxy: %s", r.RequestURI)
			return
		}
		up, err := net.Dial("tcp", to)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer up.Close()
		down, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer down.Close()
		io.WriteString(down, "HTTP/1.1 200 Connection established\r\n\r\n")
		go func() {
			defer up.Close()
			io.Copy(up, buffered)
		}()
		io.Copy(down, up)
	})
	return proxy, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(log)
	}
}

func TestProxies(t *testing.T) {
	ca := newTestAuthority(t, "Test CA")
	server := netTLSServer(t, ca.issue(t, nil, "api.example.com"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "by tunnel: "+r.Proto) }))
	proxy, log := connectProxy(t, server.Listener.Addr().String())
	address := proxy.Listener.Addr().String()
	t.Setenv("HTTPS_PROXY", "http://user:pass@"+address)
	t.Setenv("HTTP_PROXY", address)
	t.Setenv("NO_PROXY", "direct.example")
	transport := newNet(t, NetConfig{RootCAs: ca.pool()})

	if answer, body := netGet(t, transport, "https://api.example.com/"); body != "by tunnel: HTTP/2.0" || answer.RemoteAddr != address {
		t.Errorf("https: %q from %s", body, answer.RemoteAddr)
	}
	if _, body := netGet(t, transport, "http://api.example.com:8080//a|b?c"); body != "by proxy: http://api.example.com:8080//a|b?c" {
		t.Errorf("http: %q", body)
	}
	plain := netServer(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "direct") })
	_, port, _ := net.SplitHostPort(plain.Listener.Addr().String())
	for _, host := range []string{"127.0.0.1", "localhost", "app.localhost"} {
		if _, body := netGet(t, transport, "http://"+host+":"+port); body != "direct" {
			t.Errorf("%s: %q", host, body)
		}
	}
	want := []string{
		`CONNECT api.example.com:443 ua="" auth="Basic dXNlcjpwYXNz"`,
		`GET http://api.example.com:8080//a|b?c ua="" auth=""`,
	}
	if got := log(); !slices.Equal(got, want) {
		t.Errorf("the proxy saw\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAClientCertificateGoesWithCredentialsOnly(t *testing.T) {
	ca := newTestAuthority(t, "Test CA")
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, len(r.TLS.PeerCertificates), " from ", r.RemoteAddr)
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{ca.issue(t, nil, "api.example.com")}, ClientAuth: tls.RequestClientCert}
	server.StartTLS()
	t.Cleanup(server.Close)
	config := NetConfig{RootCAs: ca.pool(), Resolve: []ResolveRule{netRule(t, "*:443:"+server.Listener.Addr().String())},
		ClientCertificates: []tls.Certificate{ca.issue(t, nil)}}
	transport := newNet(t, config)
	ask := func(transport Transport, credentials bool) string {
		_, body := netAsk(t, transport, &Message{Method: "GET", URL: netURL(t, "https://api.example.com/"), Credentials: credentials})
		return body
	}
	with, without, again := ask(transport, true), ask(transport, false), ask(transport, true)
	if !strings.HasPrefix(with, "1 from") || !strings.HasPrefix(without, "0 from") || again != with {
		t.Errorf("with credentials %q and %q, without %q", with, again, without)
	}
	config.ClientCertificates = nil
	transport = newNet(t, config)
	if with, without := ask(transport, true), ask(transport, false); with != without {
		t.Errorf("without a client certificate, two connections: %q and %q", with, without)
	}
}

func TestAConnectionIsUsedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		size int64
		read bool
	}{
		"after a body that was read":           {100, true},
		"after a small body nobody read":       {100, false},
		"after a body of no bytes nobody read": {0, false},
	} {
		t.Run(name, func(t *testing.T) {
			from := map[string]bool{}
			server := netServer(t, func(w http.ResponseWriter, r *http.Request) {
				from[r.RemoteAddr] = true // requests come one after another
				w.Write(bytes.Repeat([]byte("x"), int(c.size)))
			})
			transport := newNet(t, NetConfig{})
			for range 3 {
				answer, err := transport.Exchange(t.Context(), &Message{Method: "GET", URL: netURL(t, server.URL)})
				if err != nil {
					t.Fatal(err)
				}
				if c.read {
					io.Copy(io.Discard, answer.Body)
				}
				answer.Body.Close()
			}
			if len(from) != 1 {
				t.Errorf("%d connections", len(from))
			}
		})
	}
}

func TestCloseDoesNotWaitForAServerThatStalls(t *testing.T) {
	address := netRawServer(t, "tcp", "127.0.0.1:0", func(conn net.Conn) {
		rawAnswer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")(conn)
		conn.Read(make([]byte, 1)) // until the client goes
	})
	transport := newNet(t, NetConfig{})
	for _, reading := range []bool{false, true} {
		answer, err := transport.Exchange(t.Context(), &Message{Method: "GET", URL: netURL(t, "http://"+address)})
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		if reading {
			go func() {
				_, err := io.ReadAll(answer.Body)
				ended <- err
			}()
			time.Sleep(20 * time.Millisecond)
		}
		answer.Body.Close() // the server waits for it
		if reading {
			if err := <-ended; !errors.Is(err, net.ErrClosed) && !errors.Is(err, http.ErrBodyReadAfterClose) {
				t.Errorf("the Read that Close ended: %v", err)
			}
		}
		if _, err := answer.Body.Read(make([]byte, 1)); !errors.Is(err, http.ErrBodyReadAfterClose) {
			t.Errorf("reading %v: Read after Close: %v", reading, err)
		}
	}
}
