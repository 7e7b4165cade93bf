package fetch

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/net/http2"
)

// toldDeadline is a context whose deadline has passed once over is closed: by the server, as a rule, when the exchange has come so far, for a
// busy machine needs more than any time that one would wait for.
type toldDeadline struct {
	context.Context
	over chan struct{}
}

func (d toldDeadline) Done() <-chan struct{} { return d.over }

func (d toldDeadline) Err() error {
	select {
	case <-d.over:
		return context.DeadlineExceeded
	default:
		return d.Context.Err()
	}
}

// failing makes an exchange that must fail, and returns why.
func failing(t *testing.T, ctx context.Context, transport Transport, m *Message) *NetworkError {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(ctx, 20*time.Second, errors.New("the test's own limit"))
	defer cancel()
	answer, err := transport.Exchange(ctx, m)
	if err == nil {
		answer.Body.Close()
		t.Fatalf("got an answer with the status %d", answer.Status)
	}
	var failed *NetworkError
	if !errors.As(err, &failed) {
		t.Fatalf("got %T: %v", err, err)
	}
	if !failed.Code.IsNetwork() {
		t.Errorf("%s is not a code of the network", failed.Code)
	}
	if strings.ContainsAny(failed.Detail+failed.Hint, "\n\r\x00\x1b") {
		t.Errorf("not fit for a terminal: %q, %q", failed.Detail, failed.Hint)
	}
	if len(failed.Detail) > 1000 {
		t.Errorf("the detail has %d bytes", len(failed.Detail))
	}
	return failed
}

func wantFailure(t *testing.T, failed *NetworkError, code ReasonCode, detail, hint string) {
	t.Helper()
	if failed.Code != code || !strings.Contains(failed.Detail, detail) || !strings.Contains(failed.Hint, hint) {
		t.Errorf("got  %s: %s (%s)\ncause %v\nwant %s: ...%s... (...%s...)", failed.Code, failed.Detail, failed.Hint, failed.Err, code, detail, hint)
	}
}

func getMessage(t *testing.T, url string) *Message {
	return &Message{Method: "GET", URL: netURL(t, url), Credentials: true}
}

func TestFailuresOfAConnection(t *testing.T) {
	port := func(address string) string { return address[strings.LastIndexByte(address, ':')+1:] }
	for name, c := range map[string]struct {
		serve  func(net.Conn) // nil: nothing listens
		url    string         // ADDRESS and PORT are replaced
		rule   string
		config NetConfig
		code   ReasonCode
		detail string
		hint   string
	}{
		"nothing listens at the port": {nil, "http://ADDRESS/", "", NetConfig{}, ReasonRefused, "nothing accepts connections at ADDRESS", "correct the port PORT"},
		"nothing listens on localhost in either family": {nil, "http://localhost:PORT/", "", NetConfig{}, ReasonRefused,
			"at [::1]:PORT and 127.0.0.1:PORT (localhost)", "is the server running"},
		"no route": {nil, "http://api.example.com/", "api.example.com:80:224.0.0.1", NetConfig{}, ReasonUnreachable,
			"there is no way to 224.0.0.1:80 (api.example.com): network is unreachable", "routes"},
		"a port of a server whose other address is unreachable": {nil, "http://api.example.com/", "api.example.com:80:224.0.0.1,ADDRESS", NetConfig{}, ReasonRefused,
			"224.0.0.1:80 and ADDRESS (api.example.com)", ""},
		"the server resets": {func(conn net.Conn) {
			readRawHead(conn)
			conn.(*net.TCPConn).SetLinger(0)
		}, "http://ADDRESS/", "", NetConfig{}, ReasonReset, "ADDRESS reset the connection before it answered", "its log"},
		"the server closes without a word": {func(conn net.Conn) { readRawHead(conn) }, "http://ADDRESS/", "", NetConfig{}, ReasonClosed,
			"ADDRESS closed the connection before it answered", "its log"},
		"the server closes in the first word": {rawAnswer("HT"), "http://ADDRESS/", "", NetConfig{}, ReasonClosed,
			"closed the connection in the middle of the answer's headers", ""},
		"no HTTP at all": {rawAnswer("SSH-2.0-OpenSSH_9.2\x1b[31m\r\n\r\n"), "http://ADDRESS/", "", NetConfig{}, ReasonMalformed,
			`ADDRESS did not answer in HTTP: malformed HTTP response "SSH-2.0-OpenSSH_9.2\x1b[31m"`, "check the port"},
		"a status that is no number":  {rawAnswer("HTTP/1.1 OK\r\n\r\n"), "http://ADDRESS/", "", NetConfig{}, ReasonMalformed, "malformed HTTP status code", ""},
		"a status that means nothing": {rawAnswer("HTTP/1.1 000 Answer\r\n\r\n"), "http://ADDRESS/", "", NetConfig{}, ReasonMalformed, "with the status 000 Answer", "from 200 to 599"},
		"NUL in a header, and escapes for the terminal": {rawAnswer("HTTP/1.1 200 OK\r\nX-A: \x00\x1b]0;x\x07\r\n\r\n"), "http://ADDRESS/", "", NetConfig{}, ReasonMalformed,
			`in the line "X-A: \x00\x1b]0;x\a"`, "grammar"},
		"two lengths": {rawAnswer("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"), "http://ADDRESS/", "", NetConfig{}, ReasonMalformed, "multiple Content-Length", "grammar"},
		"a length that browsers read differently": {rawAnswer("HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nhi"), "http://ADDRESS/", "", NetConfig{}, ReasonMalformed, `bad Content-Length "+2"`, "grammar"},
		"TLS at a port asked without":             {rawAnswer("\x15\x03\x01\x00\x02\x02\x46"), "http://ADDRESS/", "", NetConfig{}, ReasonMalformed, "did not answer in HTTP", "https://"},
		"HTTP/2 at a port asked without":          {rawAnswer("\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64\x00\x04\x00\x01"), "http://ADDRESS/", "", NetConfig{}, ReasonMalformed, "", "HTTP/2 without TLS"},
		"a megabyte of one line":                  {rawAnswer(strings.Repeat("A", 1<<20)), "http://ADDRESS/", "", NetConfig{}, ReasonHeadersTooLarge, "more headers than", "grows"},
		"headers without end": {func(conn net.Conn) {
			readRawHead(conn)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
			for {
				if _, err := io.WriteString(conn, "X-Endless: "+strings.Repeat("x", 1000)+"\r\n"); err != nil {
					return
				}
			}
		}, "http://ADDRESS/", "", NetConfig{}, ReasonHeadersTooLarge, "ADDRESS sent more headers", ""},
		"1xx answers without end": {func(conn net.Conn) {
			readRawHead(conn)
			for {
				if _, err := io.WriteString(conn, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"); err != nil {
					return
				}
			}
		}, "http://ADDRESS/", "", NetConfig{}, ReasonHeadersTooLarge, "", ""},
		"headers beyond a limit of one's own": {rawAnswer("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 5000) + "\r\n\r\n"), "http://ADDRESS/", "",
			NetConfig{MaxHeaderBytes: 4096}, ReasonHeadersTooLarge, "", ""},
		"plain HTTP at a port asked for TLS": {func(conn net.Conn) {
			conn.Read(make([]byte, 1000))
			io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n")
		}, "https://ADDRESS/", "", NetConfig{}, ReasonTLS, "ADDRESS (127.0.0.1:PORT) speaks HTTP without TLS", "use http://"},
		"neither HTTP nor TLS at a port asked for TLS": {func(conn net.Conn) {
			io.WriteString(conn, "220 mail.example ESMTP\r\n")
			conn.Read(make([]byte, 1000))
		}, "https://ADDRESS/", "", NetConfig{}, ReasonTLS, "does not speak TLS", "check the port"},
		"the server closes during the TLS handshake": {readTLSRecord, "https://ADDRESS/", "", NetConfig{}, ReasonClosed,
			"closed the connection during the TLS handshake", "try http://"},
		"the server resets during the TLS handshake": {func(conn net.Conn) {
			conn.Read(make([]byte, 1))
			conn.(*net.TCPConn).SetLinger(0)
		}, "https://ADDRESS/", "", NetConfig{}, ReasonReset, "reset the connection during the TLS handshake", "try http://"},
		"the server stops in the TLS handshake": {func(conn net.Conn) { io.Copy(io.Discard, conn) }, "https://ADDRESS/", "",
			NetConfig{TLSHandshakeTimeout: 50 * time.Millisecond}, ReasonTimeout, "did not finish the TLS handshake", "http://"},
	} {
		t.Run(name, func(t *testing.T) {
			var address string
			if c.serve == nil {
				address = unusedAddress(t)
			} else {
				address = netRawServer(t, "tcp", "127.0.0.1:0", c.serve)
			}
			fill := strings.NewReplacer("ADDRESS (127.0.0.1:PORT)", address, "ADDRESS", address, "PORT", port(address)).Replace
			if c.rule != "" {
				c.config.Resolve = []ResolveRule{netRule(t, fill(c.rule))}
			}
			failed := failing(t, t.Context(), newNet(t, c.config), getMessage(t, fill(c.url)))
			wantFailure(t, failed, c.code, fill(c.detail), fill(c.hint))
		})
	}
}

func TestTimeSpentInVain(t *testing.T) {
	blocking := func(ctx context.Context, _ netip.AddrPort) (net.Conn, error) {
		<-ctx.Done()
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: ctx.Err()}
	}
	t.Run("no connection within the transport's own limit", func(t *testing.T) {
		transport := newNet(t, NetConfig{DialTimeout: 30 * time.Millisecond})
		transport.dialer.connect = blocking
		failed := failing(t, t.Context(), transport, getMessage(t, "http://192.0.2.7:8080/"))
		wantFailure(t, failed, ReasonTimeout, "no connection to 192.0.2.7:8080 within 30ms", "firewall")
	})
	t.Run("no connection at any of two addresses", func(t *testing.T) {
		transport := newNet(t, NetConfig{DialTimeout: 2 * time.Second, Resolve: []ResolveRule{netRule(t, "api.example.com:*:192.0.2.7,[2001:db8::7]")}})
		transport.dialer.connect = blocking
		failed := failing(t, t.Context(), transport, getMessage(t, "http://api.example.com/"))
		wantFailure(t, failed, ReasonTimeout, " (api.example.com) within 2s", "firewall")
		if !strings.Contains(failed.Detail, "192.0.2.7:80") || !strings.Contains(failed.Detail, "[2001:db8::7]:80") {
			t.Errorf("both addresses are to be named: %s", failed.Detail)
		}
	})
	slow := func(write string) func(net.Conn) {
		return func(conn net.Conn) {
			readRawHead(conn)
			for i := range len(write) {
				if _, err := io.WriteString(conn, write[i:i+1]); err != nil {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
			io.Copy(io.Discard, conn)
		}
	}
	for name, c := range map[string]struct {
		serve  func(net.Conn)
		scheme string
		body   *Body
		detail string
	}{
		"the context ends while the server thinks":           {slow(""), "http", nil, "before it answered (ADDRESS)"},
		"the context ends while headers come byte by byte":   {slow("HTTP/1.1 200 OK\r\n" + strings.Repeat("X-Slow: slow\r\n", 100)), "http", nil, "in the middle of the answer's headers (ADDRESS)"},
		"the context ends in the TLS handshake":              {func(conn net.Conn) { io.Copy(io.Discard, conn) }, "https", nil, "before"},
		"the context ends while the server takes no body":    {nil, "http", BytesBody(make([]byte, 32<<20)), "while the request was being sent (ADDRESS)"},
		"the context ends after the body, without an answer": {func(conn net.Conn) { io.Copy(io.Discard, conn) }, "http", BytesBody([]byte("x")), "before it answered (ADDRESS)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			over := make(chan struct{})
			defer close(over)
			if c.serve == nil { // reads nothing at all
				c.serve = func(net.Conn) { <-over }
			}
			ctx := toldDeadline{t.Context(), make(chan struct{})}
			// The time that is left begins when there is a connection, however long a busy machine needs for one.
			begun := sync.OnceFunc(func() { time.AfterFunc(500*time.Millisecond, func() { close(ctx.over) }) })
			address := netRawServer(t, "tcp", "127.0.0.1:0", func(conn net.Conn) {
				conn.Read(make([]byte, 1))
				begun()
				c.serve(conn)
			})
			m := getMessage(t, c.scheme+"://"+address)
			m.Method, m.Body = "POST", c.body
			if c.scheme == "https" {
				c.detail = "during the TLS handshake (ADDRESS)"
			}
			failed := failing(t, ctx, newNet(t, NetConfig{}), m)
			wantFailure(t, failed, ReasonTimeout, "no time was left "+strings.ReplaceAll(c.detail, "ADDRESS", address), "")
			if !errors.Is(failed, context.DeadlineExceeded) {
				t.Errorf("%v does not wrap the context's error", failed.Err)
			}
		})
	}
	t.Run("the context is canceled with a cause", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cause := errors.New("the user left")
		address := netRawServer(t, "tcp", "127.0.0.1:0", func(conn net.Conn) {
			readRawHead(conn)
			cancel(cause)
			io.Copy(io.Discard, conn)
		})
		failed := failing(t, ctx, newNet(t, NetConfig{}), getMessage(t, "http://"+address))
		wantFailure(t, failed, ReasonNetwork, "canceled before it answered", "")
		if !errors.Is(failed, context.Canceled) || !errors.Is(failed, cause) {
			t.Errorf("got %v", failed.Err)
		}
	})
	t.Run("the context ends before anything begins", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		failed := failing(t, ctx, newNet(t, NetConfig{}), getMessage(t, "http://192.0.2.7/"))
		wantFailure(t, failed, ReasonNetwork, "canceled before there was a connection to 192.0.2.7", "")
	})
	t.Run("the context ends while connecting", func(t *testing.T) {
		transport := newNet(t, NetConfig{DialTimeout: time.Minute})
		transport.dialer.connect = blocking
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		defer cancel()
		failed := failing(t, ctx, transport, getMessage(t, "http://192.0.2.7:8080/"))
		wantFailure(t, failed, ReasonTimeout, "no time was left while connecting to 192.0.2.7:8080", "firewall")
	})
}

// dnsServer answers every question with the code, or not at all.
func dnsServer(t *testing.T, answer bool, code dnsmessage.RCode) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() {
		conn.Close()
		<-done
	})
	go func() {
		defer close(done)
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if !answer || m.Unpack(buf[:n]) != nil {
				continue
			}
			m.Response, m.Authoritative, m.RCode, m.Additionals = true, true, code, nil
			if reply, err := m.Pack(); err == nil {
				conn.WriteTo(reply, from)
			}
		}
	}()
	// A lookup that nobody waits for any more goes on until its own time-out, unless its socket is closed.
	var mu sync.Mutex
	var asking []net.Conn
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range asking {
			c.Close()
		}
		asking = nil
	})
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		c, err := d.DialContext(ctx, "udp", conn.LocalAddr().String())
		mu.Lock()
		defer mu.Unlock()
		asking = append(asking, c)
		return c, err
	}}
}

func TestNamesThatDoNotResolve(t *testing.T) {
	// A dot at the end keeps the machine's search list out of it.
	const url = "http://api.exmaple.test./"
	for name, c := range map[string]struct {
		answer       bool
		code         dnsmessage.RCode
		detail, hint string
	}{
		"there is no such name":          {true, dnsmessage.RCodeNameError, `the name "api.exmaple.test." has no address`, "check the spelling"},
		"the name has no address":        {true, dnsmessage.RCodeSuccess, `the name "api.exmaple.test." has no address`, "check the spelling"},
		"the DNS server fails":           {true, dnsmessage.RCodeServerFailure, `failed for the name "api.exmaple.test."`, "DNS server works"},
		"the DNS server does not answer": {false, 0, `did not answer for the name "api.exmaple.test."`, "DNS server works"},
	} {
		t.Run(name, func(t *testing.T) {
			patience := time.Minute
			if !c.answer {
				patience = 100 * time.Millisecond
			}
			transport := newNet(t, NetConfig{Resolver: dnsServer(t, c.answer, c.code), DialTimeout: patience})
			failed := failing(t, t.Context(), transport, getMessage(t, url))
			wantFailure(t, failed, ReasonNameNotResolved, c.detail, c.hint)
		})
	}
	t.Run("the context ends while the name is looked up", func(t *testing.T) {
		transport := newNet(t, NetConfig{Resolver: dnsServer(t, false, 0), DialTimeout: time.Minute})
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		failed := failing(t, ctx, transport, getMessage(t, url))
		wantFailure(t, failed, ReasonTimeout, `no time was left while the name "api.exmaple.test." was being looked up`, "DNS")
	})
}

func TestCertificatesThatAreNotTrusted(t *testing.T) {
	ca, other := newTestAuthority(t, "Test CA"), newTestAuthority(t, "Evil \x1b[31m CA")
	expired := func(c *x509.Certificate) { c.NotAfter = netTestNow.Add(-time.Minute) }
	hosts := make([]string, 20)
	for i := range hosts {
		hosts[i] = fmt.Sprintf("h%02d.example", i)
	}
	selfSigned := func(hosts ...string) tls.Certificate {
		key := newTestKey(t)
		template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "dev"}, DNSNames: hosts,
			NotBefore: netTestNow.Add(-time.Hour), NotAfter: netTestNow.Add(time.Hour)}
		return tls.Certificate{Certificate: [][]byte{signTest(t, template, template, &key.PublicKey, key).Raw}, PrivateKey: key}
	}
	for name, c := range map[string]struct {
		certificate  tls.Certificate
		detail, hint string
	}{
		"of an authority nobody here knows": {other.issue(t, nil, "api.example.com"),
			`it comes from "Evil \x1b[31m CA", which is not an authority trusted here`, "CA file"},
		"signed by itself": {selfSigned("api.example.com"), "it is signed by itself", "CA file"},
		"expired, for another name, and of an unknown authority": {other.issue(t, expired, "localhost"), "it is for localhost, not for api.example.com; it expired on", "CA file"},
		"signed by itself and for another name":                  {selfSigned("localhost"), "it is for localhost, not for api.example.com; it is signed by itself", "CA file"},
		"for another name":                                       {ca.issue(t, nil, "www.example.com", "192.0.2.1"), "it is for www.example.com and 192.0.2.1, not for api.example.com", "issued for api.example.com"},
		"for a wildcard too narrow":                              {ca.issue(t, nil, "*.api.example.com"), "it is for *.api.example.com, not for api.example.com", ""},
		"for many other names":                                   {ca.issue(t, nil, hosts...), "h07.example and 12 more, not for", ""},
		"for no name":                                            {ca.issue(t, nil), "it names no host, so it is not for api.example.com", "subject alternative name"},
		"expired":                                                {ca.issue(t, expired, "api.example.com"), "it expired on " + day(netTestNow.Add(-time.Minute)), "renew"},
		"not valid yet":                                          {ca.issue(t, func(c *x509.Certificate) { c.NotBefore = netTestNow.Add(time.Minute) }, "api.example.com"), "it is not valid before " + day(netTestNow.Add(time.Minute)), "clock"},
		"expired and for another name": {ca.issue(t, expired, "www.example.com"),
			"it is for www.example.com, not for api.example.com; it expired on", "renew it"},
		"not for servers": {ca.issue(t, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }, "api.example.com"),
			"incompatible key usage", "reissued"},
	} {
		t.Run(name, func(t *testing.T) {
			server := netTLSServer(t, c.certificate, http.NotFoundHandler())
			address := server.Listener.Addr().String()
			transport := newNet(t, NetConfig{RootCAs: ca.pool(), Resolve: []ResolveRule{netRule(t, "*:443:"+address)}, Clock: func() time.Time { return netTestNow }})
			failed := failing(t, t.Context(), transport, getMessage(t, "https://api.example.com/"))
			wantFailure(t, failed, ReasonCertificate, c.detail, c.hint)
			wantFailure(t, failed, ReasonCertificate, "the certificate of api.example.com cannot be trusted: ", "")
		})
	}
	t.Run("an expired authority", func(t *testing.T) {
		server := netTLSServer(t, ca.issue(t, func(c *x509.Certificate) { c.NotAfter = netTestNow.Add(100 * time.Hour) }, "api.example.com"), http.NotFoundHandler())
		transport := newNet(t, NetConfig{RootCAs: ca.pool(), Resolve: []ResolveRule{netRule(t, "*:443:"+server.Listener.Addr().String())},
			Clock: func() time.Time { return netTestNow.Add(50 * time.Hour) }})
		failed := failing(t, t.Context(), transport, getMessage(t, "https://api.example.com/"))
		wantFailure(t, failed, ReasonCertificate, `the authority "Test CA" expired on`, "")
	})
}

func TestTLSWithoutCommonGround(t *testing.T) {
	ca := newTestAuthority(t, "Test CA")
	for name, c := range map[string]struct {
		config       *tls.Config
		detail, hint string
	}{
		"a server that speaks TLS 1.1 at most":                 {&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, "protocol version", "TLS 1.2 or 1.3"},
		"a server that wants a client certificate, in TLS 1.3": {&tls.Config{ClientAuth: tls.RequireAnyClientCert}, "certificate required", "credentials"},
		"a server that wants a client certificate, in TLS 1.2": {&tls.Config{ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12}, "handshake failure", "client certificate"},
		"a server with no site of that name":                   {&tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, errors.New("no") }}, "ended the TLS handshake: internal error", ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewUnstartedServer(http.NotFoundHandler())
			server.Config.ErrorLog = silentLog
			server.TLS = c.config
			server.TLS.Certificates = []tls.Certificate{ca.issue(t, nil, "127.0.0.1")}
			server.StartTLS()
			t.Cleanup(server.Close)
			failed := failing(t, t.Context(), newNet(t, NetConfig{RootCAs: ca.pool()}), getMessage(t, server.URL))
			wantFailure(t, failed, ReasonTLS, c.detail, c.hint)
		})
	}
}

func TestProxiesThatFail(t *testing.T) {
	ca := newTestAuthority(t, "Test CA")
	secret := "http://user:geheim@"
	for name, c := range map[string]struct {
		scheme, url string
		serve       func(net.Conn)
		code        ReasonCode
		detail      string
		hint        string
	}{
		"no proxy listens":              {"http", "https://api.example.com/", nil, ReasonProxy, "the proxy http://ADDRESS cannot be used: nothing accepts connections at ADDRESS", "HTTPS_PROXY"},
		"no proxy listens, without TLS": {"http", "http://api.example.com/", nil, ReasonProxy, "cannot be used: nothing accepts connections", ""},
		"the proxy does not know the host": {"http", "https://api.example.com/", rawAnswer("HTTP/1.1 502 Bad Gateway\r\n\r\n"), ReasonProxy,
			"the proxy http://ADDRESS would not connect to api.example.com: 502 Bad Gateway", "NO_PROXY"},
		"the proxy wants a password": {"http", "https://api.example.com/", rawAnswer("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"), ReasonProxyAuth,
			"407", "USER:PASSWORD"},
		"the proxy is none":                   {"http", "https://api.example.com/", rawAnswer("220 mail.example ESMTP\r\n"), ReasonProxy, "no usable answer to CONNECT: malformed", ""},
		"the proxy closes at CONNECT":         {"http", "https://api.example.com/", rawAnswer(""), ReasonProxy, "no usable answer to CONNECT: unexpected EOF", ""},
		"the proxy closes at a plain request": {"http", "http://api.example.com/", rawAnswer(""), ReasonClosed, "the proxy http://ADDRESS closed the connection", ""},
		"the proxy at https:// has no TLS": {"https", "https://api.example.com/", func(conn net.Conn) {
			conn.Read(make([]byte, 1000))
			io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n")
		}, ReasonProxy, "the proxy https://ADDRESS cannot be used: the proxy https://ADDRESS speaks HTTP without TLS", ""},
		"the proxy at socks5:// is none": {"socks5", "http://api.example.com/", func(conn net.Conn) {
			conn.Read(make([]byte, 1000))
			io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n")
		}, ReasonProxy, "the proxy socks5://ADDRESS would not connect to api.example.com: unexpected protocol version", ""},
		"the tunnel ends where it should speak TLS": {"http", "https://api.example.com/", func(conn net.Conn) {
			readRawHead(conn)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
			readTLSRecord(conn)
		}, ReasonClosed,
			"api.example.com closed the connection during the TLS handshake", ""},
	} {
		t.Run(name, func(t *testing.T) {
			address := unusedAddress(t)
			if c.serve != nil {
				address = netRawServer(t, "tcp", "127.0.0.1:0", c.serve)
			}
			proxy := &url.URL{Scheme: c.scheme, Host: address, User: url.UserPassword("user", "geheim")}
			transport := newNet(t, NetConfig{RootCAs: ca.pool(), Proxy: func(*url.URL) (*url.URL, error) { return proxy, nil }})
			failed := failing(t, t.Context(), transport, getMessage(t, c.url))
			wantFailure(t, failed, c.code, strings.ReplaceAll(c.detail, "ADDRESS", address), c.hint)
			if strings.Contains(failed.Error()+failed.Hint, "geheim") {
				t.Errorf("the proxy's password is told: %v", failed)
			}
		})
	}
	t.Run("the context ends while the proxy connects", func(t *testing.T) {
		ctx := toldDeadline{t.Context(), make(chan struct{})}
		address := netRawServer(t, "tcp", "127.0.0.1:0", func(conn net.Conn) {
			conn.Read(make([]byte, 1))
			close(ctx.over)
			io.Copy(io.Discard, conn)
		})
		transport := newNet(t, NetConfig{Proxy: func(*url.URL) (*url.URL, error) { return url.Parse(secret + address) }})
		failed := failing(t, ctx, transport, getMessage(t, "https://api.example.com/"))
		wantFailure(t, failed, ReasonTimeout, "while the proxy http://"+address+" was connecting to api.example.com", "")
		transport.CloseIdleConnections()
	})
	for name, proxy := range map[string]func(*url.URL) (*url.URL, error){
		"a proxy function that fails":    func(*url.URL) (*url.URL, error) { return nil, errors.New("no wpad") },
		"a proxy with an unknown scheme": func(*url.URL) (*url.URL, error) { return &url.URL{Scheme: "ftp", Host: "x"}, nil },
		"a proxy without a host":         func(*url.URL) (*url.URL, error) { return &url.URL{Scheme: "http"}, nil },
	} {
		t.Run(name, func(t *testing.T) {
			failed := failing(t, t.Context(), newNet(t, NetConfig{Proxy: proxy}), getMessage(t, "http://api.example.com/"))
			wantFailure(t, failed, ReasonProxy, "no proxy can be chosen", "http://HOST:PORT")
		})
	}
}

// http2Server answers the first request on a connection with answer.
func http2Server(t *testing.T, ca *testAuthority, answer func(*http2.Framer, uint32)) string {
	t.Helper()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{ca.issue(t, nil, "127.0.0.1")}, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	netServeRaw(t, listener, func(conn net.Conn) {
		if _, err := io.ReadFull(conn, make([]byte, len(http2.ClientPreface))); err != nil {
			return
		}
		framer := http2.NewFramer(conn, conn)
		framer.WriteSettings()
		for {
			frame, err := framer.ReadFrame()
			if err != nil {
				return
			}
			switch frame := frame.(type) {
			case *http2.SettingsFrame:
				if !frame.IsAck() {
					framer.WriteSettingsAck()
				}
			case *http2.HeadersFrame:
				answer(framer, frame.StreamID)
			}
		}
	})
	return "https://" + listener.Addr().String()
}

func TestFailuresOfHTTP2(t *testing.T) {
	log.SetOutput(io.Discard) // net/http talks of broken peers
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	// A literal header of the static table's name 61 with a value of 15,000 bytes. 0x88 is ":status: 200".
	hugeLine := append([]byte{0x0F, 61 - 15, 0x7F, 0x99, 0x74}, strings.Repeat("x", 15000)...)
	manyLines := bytes.Repeat(append([]byte{0x0F, 61 - 15, 100}, strings.Repeat("x", 100)...), 120)
	ca := newTestAuthority(t, "Test CA")
	for name, c := range map[string]struct {
		answer func(*http2.Framer, uint32)
		code   ReasonCode
		detail string
	}{
		"the server resets the stream":                          {func(f *http2.Framer, id uint32) { f.WriteRSTStream(id, http2.ErrCodeInternal) }, ReasonReset, "reset the HTTP/2 stream: INTERNAL_ERROR"},
		"the server resets every stream for the request's sake": {func(f *http2.Framer, id uint32) { f.WriteRSTStream(id, http2.ErrCodeProtocol) }, ReasonReset, "refused the request on each of 3 HTTP/2 connections"},
		"the server says good-bye in anger":                     {func(f *http2.Framer, id uint32) { f.WriteGoAway(0, http2.ErrCodeEnhanceYourCalm, []byte("enough")) }, ReasonClosed, "ENHANCE_YOUR_CALM"},
		"the server says good-bye each time":                    {func(f *http2.Framer, id uint32) { f.WriteGoAway(0, http2.ErrCodeNo, nil) }, ReasonReset, "refused the request on each of 3"},
		"settings that cannot be":                               {func(f *http2.Framer, id uint32) { f.WriteSettings(http2.Setting{ID: http2.SettingEnablePush, Val: 7}) }, ReasonMalformed, "broke the rules of HTTP/2"},
		"headers without a status": {func(f *http2.Framer, id uint32) {
			// The static table's entry 61, "www-authenticate", with the value "x".
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, EndHeaders: true, EndStream: true, BlockFragment: []byte{0x0F, 61 - 15, 1, 'x'}})
		}, ReasonMalformed, "missing status"},
		"data before headers": {func(f *http2.Framer, id uint32) { f.WriteData(id, true, []byte("x")) }, ReasonMalformed, "broke the rules of HTTP/2"},
		"headers that cannot be unpacked": {func(f *http2.Framer, id uint32) {
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, EndHeaders: true, BlockFragment: []byte{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}})
		}, ReasonMalformed, "broke the rules of HTTP/2"},
		"too many headers": {func(f *http2.Framer, id uint32) {
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, EndHeaders: true, BlockFragment: append([]byte{0x88}, manyLines...)})
		}, ReasonHeadersTooLarge, "more headers than"},
		"headers without end": {func(f *http2.Framer, id uint32) {
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: []byte{0x88}})
			for f.WriteContinuation(id, false, hugeLine) == nil {
			}
		}, ReasonMalformed, "broke the rules of HTTP/2"},
	} {
		t.Run(name, func(t *testing.T) {
			base := http2Server(t, ca, c.answer)
			failed := failing(t, t.Context(), newNet(t, NetConfig{RootCAs: ca.pool(), MaxHeaderBytes: 10_000}), getMessage(t, base))
			wantFailure(t, failed, c.code, c.detail, "")
		})
	}
}

func TestMessagesThatCannotBeSent(t *testing.T) {
	broken := errors.New("the disk is gone")
	server := netServer(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) })
	for name, c := range map[string]struct {
		message Message
		detail  string
	}{
		"a header name that is no token": {Message{Method: "GET", Headers: HeaderList{{"a b", "c"}}}, `the header name "a b" is not a token`},
		"an empty header name":           {Message{Method: "GET", Headers: HeaderList{{"", "c"}}}, `the header name "" is not a token`},
		"a header value of two lines":    {Message{Method: "GET", Headers: HeaderList{{"X", "secret\r\nHost: evil"}}}, "the value of the header X holds a control character"},
		"a method that is no token":      {Message{Method: "GE T"}, "the method is not a token"},
		"no method":                      {Message{}, "the method is not a token"},
		"a URL that is not HTTP's":       {Message{Method: "GET", URL: netURL(t, "ftp://example.com/")}, "only http and https"},
		"a request body that breaks":     {Message{Method: "POST", Body: StreamBody(io.MultiReader(strings.NewReader("x"), brokenReader{broken}))}, "the request's body cannot be read: the disk is gone"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.message.URL == nil {
				c.message.URL = netURL(t, server.URL)
			}
			failed := failing(t, t.Context(), newNet(t, NetConfig{}), &c.message)
			wantFailure(t, failed, ReasonNetwork, c.detail, "")
			if c.message.Body != nil && !errors.Is(failed, broken) {
				t.Errorf("%v does not wrap the reader's error", failed.Err)
			}
			if strings.Contains(failed.Detail, "secret") {
				t.Errorf("the value is told: %s", failed.Detail)
			}
		})
	}
}

type brokenReader struct{ err error }

func (r brokenReader) Read([]byte) (int, error) { return 0, r.err }

// readTLSRecord reads all of one record, so that closing after it sends no reset for bytes that nobody read.
func readTLSRecord(conn net.Conn) {
	header := make([]byte, 5)
	if _, err := io.ReadFull(conn, header); err == nil {
		io.CopyN(io.Discard, conn, int64(header[3])<<8|int64(header[4]))
	}
}
