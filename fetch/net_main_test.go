package fetch

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/corscope/corscope/internal/benchserver"
)

// Hello is the server of BenchmarkClient.
var Hello http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "http://localhost:5173")
	io.WriteString(w, "hello")
})

// Nothing that the package starts may outlive its tests: connections, dials that lost the race, handlers, timers.
func TestMain(m *testing.M) {
	benchserver.Main(Hello)
	// The machine's own proxies would change what is tested.
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"} {
		os.Unsetenv(name)
	}
	goleak.VerifyTestMain(m)
}

// authority is a certificate authority in memory.
type testAuthority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	serial      int64
}

func newTestAuthority(t testing.TB, name string) *testAuthority {
	t.Helper()
	a := &testAuthority{key: newTestKey(t)}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: netTestNow.Add(-time.Hour), NotAfter: netTestNow.Add(24 * time.Hour), SerialNumber: big.NewInt(1),
	}
	a.certificate = signTest(t, template, template, &a.key.PublicKey, a.key)
	return a
}

// netTestNow is within the validity of test certificates; transports in tests have their clocks at it.
var netTestNow = time.Now().Truncate(time.Second)

func newTestKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func signTest(t testing.TB, template, parent *x509.Certificate, public *ecdsa.PublicKey, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (a *testAuthority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool
}

// issue returns a certificate for hosts, after change has been at its template.
func (a *testAuthority) issue(t testing.TB, change func(*x509.Certificate), hosts ...string) tls.Certificate {
	t.Helper()
	a.serial++
	template := &x509.Certificate{
		SerialNumber: big.NewInt(100 + a.serial), Subject: pkix.Name{CommonName: "test"},
		NotBefore: netTestNow.Add(-time.Hour), NotAfter: netTestNow.Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	if change != nil {
		change(template)
	}
	key := newTestKey(t)
	leaf := signTest(t, template, a.certificate, &key.PublicKey, a.key)
	return tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}
}

func netURL(t testing.TB, text string) *URL {
	t.Helper()
	u, err := ParseURL(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func newNet(t testing.TB, c NetConfig) *NetTransport {
	t.Helper()
	transport, err := NewNetTransport(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

func netRule(t testing.TB, text string) ResolveRule {
	t.Helper()
	rule, err := ParseResolveRule(text)
	if err != nil {
		t.Fatal(err)
	}
	return rule
}

// netGet exchanges a GET and reads the answer's body.
func netGet(t testing.TB, transport Transport, url string, headers ...Header) (*Answer, string) {
	t.Helper()
	return netAsk(t, transport, &Message{Method: "GET", URL: netURL(t, url), Headers: headers})
}

func netAsk(t testing.TB, transport Transport, m *Message) (*Answer, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	answer, err := transport.Exchange(ctx, m)
	if err != nil {
		var failed *NetworkError
		if errors.As(err, &failed) {
			t.Fatalf("%v (hint: %s; cause: %v)", err, failed.Hint, failed.Err)
		}
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatalf("reading the body: %v", err)
	}
	return answer, string(body)
}

// netRawServer answers each connection with serve, which need not close it, and returns its address.
func netRawServer(t testing.TB, network, address string, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	netServeRaw(t, listener, serve)
	return listener.Addr().String()
}

func netServeRaw(t testing.TB, listener net.Listener, serve func(net.Conn)) {
	var all sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	all.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, conn)
			mu.Unlock()
			all.Go(func() {
				defer conn.Close()
				serve(conn)
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		mu.Lock()
		for _, conn := range open {
			conn.Close()
		}
		mu.Unlock()
		all.Wait()
	})
}

// rawAnswer reads one request and writes text.
func rawAnswer(text string) func(net.Conn) {
	return func(conn net.Conn) {
		if readRawHead(conn) != "" {
			io.WriteString(conn, text)
		}
	}
}

// readRawHead returns a request's head; "" at the connection's end.
func readRawHead(conn net.Conn) string {
	var head strings.Builder
	for r := bufio.NewReader(conn); ; {
		line, err := r.ReadString('\n')
		if err != nil {
			return ""
		}
		head.WriteString(line)
		if line == "\r\n" {
			return head.String()
		}
	}
}

// unusedAddress returns a loopback address at which nothing listens.
func unusedAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// netTLSServer serves handler over TLS with certificate, HTTP/2 included.
func netTLSServer(t testing.TB, certificate tls.Certificate, handler http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.EnableHTTP2 = true
	server.Config.ErrorLog = silentLog
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func netServer(t testing.TB, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	server.Config.ErrorLog = silentLog
	t.Cleanup(server.Close)
	return server
}
