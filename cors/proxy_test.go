package cors

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// newProxy returns a ReverseProxy to a server with that handler.
func newProxy(t *testing.T, backend http.HandlerFunc) *httputil.ReverseProxy {
	t.Helper()
	server := httptest.NewServer(backend)
	t.Cleanup(server.Close)
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{
		Rewrite:  func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ErrorLog: log.New(io.Discard, "", 0),
	}
}

func TestWrapProxyPutsThePolicyInPlaceOfTheBackends(t *testing.T) {
	tooWide := func(w http.ResponseWriter, r *http.Request) {
		for _, name := range sentHeaders[:backendHeaders] {
			w.Header().Set(name, "backend")
		}
		w.Header().Set("Vary", "Accept-Encoding, Origin")
		w.Header().Set("Timing-Allow-Origin", "backend")
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		if r.URL.Path == "/hints" {
			w.Header().Set("Link", "</a>; rel=preload")
			w.WriteHeader(http.StatusEarlyHints)
		}
		fmt.Fprint(w, r.Method)
	}
	companions := full.clone()
	companions.TimingAllowOrigin, companions.CrossOriginResourcePolicy = true, "cross-origin"
	routes := mustRoutes(t, RoutesConfig{
		Policies: map[string]Config{"full": full, "any": {AllowAnyOrigin: true}, "companions": companions, "embed": {AllowAnyOrigin: true, CrossOriginResourcePolicy: "same-site"}},
		Routes:   []Route{{"/", "full"}, {"/any", "any"}, {"/companions", "companions"}, {"/embed", "embed"}, {"/off", "off"}},
	})
	debug := mustNew(t, full)
	debug.SetDebug(true)
	proxy := newProxy(t, tooWide)
	for _, tt := range []struct {
		name    string
		handler http.Handler
		path    string
		lines   []string
		want    map[string]string // "" for none
	}{
		{"an allowed page", routes.WrapProxy(proxy), "/", []string{fromApp}, map[string]string{
			"Access-Control-Allow-Origin": "https://app.example.com", "Access-Control-Allow-Credentials": "true", "Access-Control-Expose-Headers": "x-request-id",
			"Access-Control-Allow-Methods": "", "Access-Control-Allow-Headers": "", "Access-Control-Max-Age": "", "Timing-Allow-Origin": "backend",
		}},
		{"an allowed page, and hints before the answer", routes.WrapProxy(proxy), "/hints", []string{fromApp}, map[string]string{
			"Access-Control-Allow-Origin": "https://app.example.com", "Access-Control-Allow-Credentials": "true", "Access-Control-Expose-Headers": "x-request-id", "Access-Control-Max-Age": "",
		}},
		{"another page", routes.WrapProxy(proxy), "/", []string{fromEvil}, map[string]string{"Access-Control-Allow-Origin": "", "Access-Control-Allow-Credentials": "", "Access-Control-Expose-Headers": ""}},
		{"no page", routes.WrapProxy(proxy), "/", nil, map[string]string{"Access-Control-Allow-Origin": ""}},
		{"every page", routes.WrapProxy(proxy), "/any", nil, map[string]string{"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Credentials": "", "Cross-Origin-Resource-Policy": "same-origin"}},
		{"companions of the policy", routes.WrapProxy(proxy), "/companions", []string{fromApp}, map[string]string{"Timing-Allow-Origin": "https://app.example.com", "Cross-Origin-Resource-Policy": "cross-origin"}},
		{"a companion without Origin", routes.WrapProxy(proxy), "/embed", nil, map[string]string{"Cross-Origin-Resource-Policy": "same-site", "Access-Control-Allow-Origin": "*"}},
		{"no policy: the backend's own", routes.WrapProxy(proxy), "/off", []string{fromEvil}, map[string]string{"Access-Control-Allow-Origin": "backend", "Access-Control-Max-Age": "backend"}},
		{"debug mode, and hints before the answer", debug.WrapProxy(proxy), "/hints", []string{"Origin: http://app.example.com"}, map[string]string{"Access-Control-Allow-Origin": "https://app.example.com", debugReason: "origin-not-allowed", "Access-Control-Allow-Credentials": ""}},
		{"a policy that is not there yet", new(Middleware).WrapProxy(proxy), "/", []string{fromEvil}, map[string]string{"Access-Control-Allow-Origin": "backend"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(tt.handler)
			defer server.Close()
			r, err := http.NewRequest("GET", server.URL+tt.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header = headers(tt.lines...)
			res, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if body, err := io.ReadAll(res.Body); err != nil || string(body) != "GET" {
				t.Errorf("the answer is %q, %v", body, err)
			}
			for name, value := range tt.want {
				want := []string{value}
				if value == "" {
					want = nil
				}
				if got := res.Header[name]; !slices.Equal(got, want) {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			if vary := strings.Join(res.Header["Vary"], ","); !strings.Contains(vary, "Origin") || !strings.Contains(vary, "Accept-Encoding") {
				t.Errorf("Vary: %s", vary)
			}
		})
	}
}

func TestWrapProxyAnswersPreflightsAndStaysOnErrors(t *testing.T) {
	proxy := newProxy(t, func(http.ResponseWriter, *http.Request) { t.Error("the backend saw a preflight") })
	h := mustNew(t, full).WrapProxy(proxy)
	if w := serveOne(h, request("OPTIONS", fromApp, wantsPut)); w.Code != 204 || w.Header().Get("Access-Control-Allow-Methods") == "" {
		t.Errorf("a preflight: %d %v", w.Code, w.Header())
	}
	proxy.Rewrite = func(r *httputil.ProxyRequest) { r.Out.URL.Scheme = "nonsense" }
	if w := serveOne(h, request("GET", fromApp)); w.Code != 502 || w.Header().Get("Access-Control-Allow-Origin") != "https://app.example.com" {
		t.Errorf("a dead backend: %d %v", w.Code, w.Header())
	}
	panics := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { clear(w.Header()); panic("no") })
	w := httptest.NewRecorder()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is gone")
			}
		}()
		mustNew(t, full).WrapProxy(panics).ServeHTTP(w, request("GET", fromApp))
	}()
	if w.Header().Get("Access-Control-Allow-Origin") != "https://app.example.com" || w.Header().Get("Vary") != "Origin" {
		t.Errorf("after a panic: %v", w.Header())
	}
}

// TestWrapProxysWriter holds each way to begin an answer.
func TestWrapProxysWriter(t *testing.T) {
	for name, begin := range map[string]func(http.ResponseWriter){
		"WriteHeader":        func(w http.ResponseWriter) { w.WriteHeader(500) },
		"Write":              func(w http.ResponseWriter) { fmt.Fprint(w, "x") },
		"Flush":              func(w http.ResponseWriter) { w.(http.Flusher).Flush() },
		"ResponseController": func(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() },
	} {
		h := mustNew(t, full).WrapProxy(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Access-Control-Allow-Origin", "https://backend.example")
			w.Header().Set("Access-Control-Max-Age", "5")
			begin(w)
			w.Header().Set("Access-Control-Allow-Origin", "too late")
		}))
		got := serveOne(h, request("GET", fromApp)).Result().Header
		if got.Get("Access-Control-Allow-Origin") != "https://app.example.com" || got.Get("Access-Control-Max-Age") != "" {
			t.Errorf("%s: %v", name, got)
		}
	}
	quiet := mustNew(t, full).WrapProxy(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Add("Access-Control-Allow-Origin", "x") }))
	if got := serveOne(quiet, request("GET", fromApp)).Header()["Access-Control-Allow-Origin"]; !slices.Equal(got, []string{"https://app.example.com"}) {
		t.Errorf("a handler that writes nothing: %q", got)
	}
}

func TestWrapProxyPassesUpgradesThrough(t *testing.T) {
	proxy := newProxy(t, func(w http.ResponseWriter, r *http.Request) {
		conn, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprintf(buffered, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello")
		buffered.Flush()
	})
	server := httptest.NewServer(mustNew(t, full).WrapProxy(proxy))
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: api\r\nOrigin: https://app.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || res.StatusCode != 101 {
		t.Fatalf("%+v, %v", res, err)
	}
}

func TestThereIsNothingToWrap(t *testing.T) {
	for name, wrap := range map[string]func(){
		"a Middleware that New refused": func() { (*Middleware)(nil).Wrap(teapot) },
		"Routes that NewRoutes refused": func() { (*Routes)(nil).Wrap(teapot) },
		"the same around a proxy":       func() { (*Middleware)(nil).WrapProxy(teapot) },
		"those around a proxy":          func() { (*Routes)(nil).WrapProxy(teapot) },
		"no handler":                    func() { new(Middleware).Wrap(nil) },
		"no handler with routes":        func() { new(Routes).Wrap(nil) },
		"no proxy":                      func() { new(Middleware).WrapProxy(nil) },
		"no proxy with routes":          func() { new(Routes).WrapProxy(nil) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if said, _ := recover().(string); !strings.HasPrefix(said, "cors: there is no") {
					t.Errorf("it says %q", said)
				}
			}()
			wrap()
		})
	}
}
