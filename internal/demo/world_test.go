package demo_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/corscope/corscope/internal/demo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start opens a world that ends with the test.
func start(t *testing.T) *demo.World {
	t.Helper()
	w, err := demo.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// client knows the names of w, trusts its authority, and follows no redirects.
func client(t *testing.T, w *demo.World, http2 bool) *http.Client {
	t.Helper()
	resolve := w.Resolve()
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(http2)
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: w.CAPool()},
		Protocols:       protocols,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			real, ok := resolve[address]
			if !ok {
				return nil, &net.DNSError{Err: "no such host", Name: address, IsNotFound: true}
			}
			return new(net.Dialer).DialContext(ctx, network, real)
		},
		DisableCompression: true,
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{
		Transport: transport, Timeout: 10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// do sends one request and reads the whole answer.
func do(t *testing.T, c *http.Client, method, url, body string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	response, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(text)
}

func TestEveryNameAnswersUnderItsOwnCertificate(t *testing.T) {
	w := start(t)
	for name, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2.0": true} {
		c := client(t, w, http2)
		for _, host := range w.Hosts() {
			if host == "insecure.example" {
				continue
			}
			t.Run(host+" over "+name, func(t *testing.T) {
				response, _ := do(t, c, "GET", "https://"+host+"/", "")
				want := name
				if host == "wire.example" {
					want = "HTTP/1.1"
				}
				if response.Proto != want {
					t.Errorf("answered over %s, want %s", response.Proto, want)
				}
				if got := response.TLS.PeerCertificates[0].DNSNames; !slices.Equal(got, []string{host}) {
					t.Errorf("the certificate is for %v", got)
				}
				if _, ok := response.Header["Date"]; ok {
					t.Error("the answer says the time, so that no two answers are the same")
				}
			})
		}
	}
}

func TestTheSameNamesAnswerOnPlainHTTP(t *testing.T) {
	w := start(t)
	c := client(t, w, false)
	for _, host := range []string{"app.example.com", "insecure.example"} {
		if _, ok := w.Resolve()[host+":80"]; !ok {
			t.Errorf("%s has no address for port 80", host)
		}
	}
	if response, _ := do(t, c, "GET", "http://app.example.com/", ""); response.StatusCode != 200 {
		t.Errorf("status %d", response.StatusCode)
	}
}

func TestTheAuthorityIsReadableAsPEM(t *testing.T) {
	w := start(t)
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(w.CAPEM()) {
		t.Fatal("no certificate in the PEM text")
	}
	if !pool.Equal(w.CAPool()) {
		t.Error("the PEM text and the pool hold different authorities")
	}
}

func TestANameOfNobodyIsToldSo(t *testing.T) {
	w := start(t)
	for _, host := range []string{"", "nobody.example", "faults.example:443"} {
		recorder := httptest.NewRecorder()
		w.Handler(host).ServeHTTP(recorder, httptest.NewRequest("GET", "/", nil))
		if recorder.Code != http.StatusMisdirectedRequest {
			t.Errorf("%q: status %d, want 421", host, recorder.Code)
		}
	}
	recorder := httptest.NewRecorder()
	w.Handler("BANK.EXAMPLE").ServeHTTP(recorder, httptest.NewRequest("GET", "/", nil))
	if recorder.Code != 200 {
		t.Errorf("BANK.EXAMPLE: status %d, want 200: host names have no case", recorder.Code)
	}
}

func TestTheWorldEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	w, err := demo.Start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	c := client(t, w, false)
	do(t, c, "GET", "https://app.example.com/", "")
	cancel()
	for range 6000 {
		conn, err := net.Dial("tcp", w.Resolve()["app.example.com:443"])
		if err != nil {
			w.Close()
			return
		}
		conn.Close()
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the servers still listen")
}

func TestClosingEndsAnswersThatAreUnderWay(t *testing.T) {
	w := start(t)
	type result struct {
		path string
		err  error
	}
	results := make(chan result)
	paths := []string{
		"https://faults.example/never-answers", "https://faults.example/body-huge", "https://faults.example/body-stops",
		"https://wire.example/endless-headers", "https://silent.example/",
	}
	for _, path := range paths {
		c := client(t, w, strings.Contains(path, "faults"))
		// Nothing but the end of the world ends these.
		c.Timeout = 0
		c.Transport.(*http.Transport).MaxResponseHeaderBytes = 1 << 40
		go func() {
			response, err := c.Get(path)
			if err == nil {
				_, err = io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
			results <- result{path, err}
		}()
	}
	for range 6000 {
		// The silent one never gets a request.
		if len(w.Log()) == len(paths)-1 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	w.Close()
	for range paths {
		if r := <-results; r.err == nil {
			t.Errorf("%s came to a good end", r.path)
		}
	}
	w.Close()
}

func TestServersSayWhatTheyGotAndDid(t *testing.T) {
	w := start(t)
	c := client(t, w, true)
	if len(w.Log()) != 0 {
		t.Fatal("a new world has a past")
	}
	do(t, c, "OPTIONS", "https://api.example.com/v2/users/7?x=1", "",
		"Origin", "https://app.example.com", "Access-Control-Request-Method", "DELETE")
	do(t, c, "GET", "https://api.example.com/v3/me", "", "Cookie", "sid=ada-1; b=2; a=1", "Authorization", "Bearer secret")
	do(t, c, "GET", "https://api.example.com/elsewhere", "")
	log := w.Log()
	if len(log) != 3 {
		t.Fatalf("%d requests on record, want 3", len(log))
	}
	asked, greeted, lost := log[0], log[1], log[2]
	if asked.Number != 1 || !asked.Preflight || asked.Line() != "OPTIONS /v2/users/7?x=1" || asked.Host != "api.example.com" ||
		asked.Origin != "https://app.example.com" || asked.Status != 204 || asked.Proto != "HTTP/2.0" ||
		!slices.Equal(asked.Did, []string{"answered the preflight, and touched nothing"}) {
		t.Errorf("the preflight is on record as %+v", asked)
	}
	if greeted.Preflight || !slices.Equal(greeted.Cookies, []string{"a", "b", "sid"}) || greeted.Header.Get("Authorization") != "Bearer secret" ||
		!slices.Equal(greeted.Did, []string{"greeted Ada by her cookie"}) {
		t.Errorf("the request with cookies is on record as %+v", greeted)
	}
	if lost.Status != 404 || lost.Did != nil {
		t.Errorf("the request for nothing is on record as %+v", lost)
	}
	if since := w.Requests(2); len(since) != 1 || since[0].Number != 3 {
		t.Errorf("after number 2 came %+v", since)
	}
	greeted.Header.Set("Authorization", "changed")
	greeted.Did[0] = "changed"
	if again := w.Log()[1]; again.Header.Get("Authorization") != "Bearer secret" || again.Did[0] != "greeted Ada by her cookie" {
		t.Error("changing a copy changed the record")
	}
}

func TestDeletingAUserDeletesIt(t *testing.T) {
	w := start(t)
	c := client(t, w, true)
	read := func() int {
		response, _ := do(t, c, "GET", "https://app.example.com/api/users/7", "")
		return response.StatusCode
	}
	remove := func(token string) (int, string) {
		response, _ := do(t, c, "DELETE", "https://api.example.com/v1/users/7", "", "Authorization", token)
		return response.StatusCode, response.Header.Get("Access-Control-Allow-Origin")
	}
	if got := read(); got != 200 {
		t.Fatalf("before: %d", got)
	}
	if status, origin := remove("Bearer wrong"); status != 401 || origin != "https://app.example.com" {
		t.Errorf("with a wrong token: %d, allowing %q: errors need the header as well", status, origin)
	}
	if status, _ := remove("Bearer demo-token"); status != 200 {
		t.Errorf("with the token: %d", status)
	}
	if got := read(); got != 404 {
		t.Errorf("after: %d", got)
	}
	if status, origin := remove("Bearer demo-token"); status != 404 || origin != "https://app.example.com" {
		t.Errorf("a second time: %d, allowing %q", status, origin)
	}
}

func TestTheBankKnowsWhoIsLoggedIn(t *testing.T) {
	w := start(t)
	c := client(t, w, true)
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	if response, _ := do(t, c, "GET", "https://bank.example/balance", "", "Cookie", "session=alice-1"); response.StatusCode != 401 {
		t.Errorf("a session that was never opened: %d", response.StatusCode)
	}
	if response, _ := do(t, c, "POST", "https://bank.example/login", "user=alice&password=guess", form...); response.StatusCode != 403 ||
		response.Header.Get("Set-Cookie") != "" {
		t.Errorf("a wrong password: %d, %q", response.StatusCode, response.Header.Get("Set-Cookie"))
	}
	response, _ := do(t, c, "POST", "https://bank.example/login", "user=alice&password=rabbit-hole", form...)
	if got, want := response.Header.Get("Set-Cookie"), "session=alice-1; Path=/; HttpOnly; Secure"; got != want {
		t.Fatalf("the cookie is %q, want %q", got, want)
	}
	response, body := do(t, c, "GET", "https://bank.example/balance", "", "Cookie", "session=alice-1", "Origin", "https://evil.example")
	if response.StatusCode != 200 || !strings.Contains(body, "4213.70 EUR") || response.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("logged in: %d %s, allowing %q", response.StatusCode, body, response.Header.Get("Access-Control-Allow-Origin"))
	}
	response, _ = do(t, c, "GET", "https://bank.example/mobile/balance", "", "Cookie", "session=alice-1", "Origin", "https://evil.example")
	if response.Header.Get("Access-Control-Allow-Origin") != "https://evil.example" || response.Header.Get("Access-Control-Allow-Credentials") != "true" {
		t.Errorf("the careless corner says %v", response.Header)
	}
}

func TestTwoWorldsShareNothing(t *testing.T) {
	one, two := start(t), start(t)
	do(t, client(t, one, true), "DELETE", "https://api.example.com/v2/users/7", "", "Authorization", "Bearer demo-token")
	if response, _ := do(t, client(t, two, true), "GET", "https://app.example.com/api/users/7", ""); response.StatusCode != 200 {
		t.Errorf("deleting a user in one world deleted it in the other")
	}
	if len(two.Log()) != 1 {
		t.Errorf("the record of one world has the requests of both")
	}
	if one.CAPool().Equal(two.CAPool()) {
		t.Error("both worlds have the same authority")
	}
}

func TestTheProxyAsksForAPasswordAndKnowsTheWorldOnly(t *testing.T) {
	w := start(t)
	through := func(proxy string) *http.Client {
		address, err := url.Parse(proxy)
		if err != nil {
			t.Fatal(err)
		}
		transport := &http.Transport{Proxy: http.ProxyURL(address), TLSClientConfig: &tls.Config{RootCAs: w.CAPool()}, ForceAttemptHTTP2: true}
		t.Cleanup(transport.CloseIdleConnections)
		return &http.Client{Transport: transport, Timeout: 10 * time.Second}
	}
	for _, target := range []string{"https://api.example.com/news", "http://api.example.com/news"} {
		if response, body := do(t, through(w.Proxy()), "GET", target, ""); response.StatusCode != 200 || !strings.Contains(body, "headline") {
			t.Errorf("%s through the proxy: %d %s", target, response.StatusCode, body)
		}
	}
	for name, c := range map[string]struct{ proxy, target, want string }{
		"without a password":         {strings.Replace(w.Proxy(), "demo:demo@", "", 1), "https://api.example.com/news", "Proxy Authentication Required"},
		"with a wrong password":      {strings.Replace(w.Proxy(), "demo:demo@", "demo:guess@", 1), "https://api.example.com/news", "Proxy Authentication Required"},
		"to a name out of the world": {w.Proxy(), "https://www.example.org/", "Bad Gateway"},
		"to a port where nobody is":  {w.Proxy(), "https://refused.example/", "Bad Gateway"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := through(c.proxy).Get(c.target)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestWrongCertificatesAreWrongInTheWayTheySay(t *testing.T) {
	w := start(t)
	c := client(t, w, true)
	get := func(host string) error {
		_, err := c.Get("https://" + host + "/")
		return err
	}
	var hostname x509.HostnameError
	if err := get("wrong-name.example"); !errors.As(err, &hostname) {
		t.Errorf("wrong-name.example: %v", err)
	}
	var invalid x509.CertificateInvalidError
	if err := get("expired.example"); !errors.As(err, &invalid) || invalid.Reason != x509.Expired {
		t.Errorf("expired.example: %v", err)
	}
	var unknown x509.UnknownAuthorityError
	if err := get("unknown-authority.example"); !errors.As(err, &unknown) {
		t.Errorf("unknown-authority.example: %v", err)
	}
	if len(w.Log()) != 0 {
		t.Error("a request was sent in spite of the certificate")
	}
	if err := get("plain.example"); err == nil || !strings.Contains(err.Error(), "HTTP response to HTTPS client") {
		t.Errorf("plain.example: %v", err)
	}
}

func TestThePageOfAFaultBringsTheHeaderThatTheCallNames(t *testing.T) {
	w := start(t)
	c := client(t, w, true)
	for _, f := range demo.Faults() {
		if len(f.PageHeader) == 0 {
			continue
		}
		response, _ := do(t, c, "GET", f.Page, "")
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s is answered with %d", f.Page, response.StatusCode)
		}
		for _, field := range f.PageHeader {
			if got := response.Header.Values(field.Name); !slices.Contains(got, field.Value) {
				t.Errorf("%s has %s: %q, want %q", f.Page, field.Name, got, field.Value)
			}
		}
	}
}

func TestEveryPageHoldsItsStepsOfTheStory(t *testing.T) {
	w := start(t)
	c := client(t, w, true)
	want := make(map[string][]string)
	for _, scene := range demo.Scenes() {
		for _, step := range scene.Steps {
			if step.As == demo.Browser && step.SameSite == demo.SameSiteUnset {
				want[step.Page] = append(want[step.Page], step.URL)
			}
		}
	}
	for _, page := range slices.Sorted(maps.Keys(want)) {
		response, body := do(t, c, "GET", page, "")
		if got := response.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/html") {
			t.Errorf("%s is %s", page, got)
		}
		_, after, _ := strings.Cut(body, "const calls = ")
		list, _, _ := strings.Cut(after, "\n")
		var calls []struct{ URL string }
		if err := json.Unmarshal([]byte(list), &calls); err != nil {
			t.Fatalf("%s: %v in %s", page, err, list)
		}
		var got []string
		for _, call := range calls {
			got = append(got, call.URL)
		}
		if !slices.Equal(got, want[page]) {
			t.Errorf("%s asks for %v, want %v", page, got, want[page])
		}
	}
}

func TestRequestBodiesAreBounded(t *testing.T) {
	w := start(t)
	c := client(t, w, true)
	response, _ := do(t, c, "POST", "https://api.example.com/comments", strings.Repeat("x", 2<<20))
	if response.StatusCode != 400 {
		t.Errorf("a comment of two megabytes: %d", response.StatusCode)
	}
	if did := w.Log()[0].Did; !slices.Equal(did, []string{"refused an empty or endless comment"}) {
		t.Errorf("the server did %v", did)
	}
}
