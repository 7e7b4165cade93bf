package cors_test

import (
	"encoding/json"
	"errors"
	"expvar"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"

	"github.com/corscope/corscope/cors"
)

// ask sends a request without a network and prints what CORS says about it.
func ask(h http.Handler, method string, headers ...string) {
	r := httptest.NewRequest(method, "https://api.example.com/users", nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	allowed := w.Header().Get("Access-Control-Allow-Origin")
	if allowed == "" {
		allowed = "nobody"
	}
	fmt.Printf("%s %d, for %s\n", method, w.Code, allowed)
}

// The right way: one policy, made once, around everything.
func Example() {
	mw, err := cors.New(cors.Config{
		Origins:        []string{"https://app.example.com", "https://*.preview.example.com"},
		Credentials:    true,
		Methods:        []string{"PUT", "DELETE"},
		RequestHeaders: []string{"Authorization", "Content-Type"},
		MaxAgeSeconds:  600,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/users", func(w http.ResponseWriter, r *http.Request) {})
	handler := mw.Wrap(mux) // http.ListenAndServe("localhost:8080", handler)

	ask(handler, "GET", "Origin", "https://app.example.com")
	ask(handler, "GET", "Origin", "https://evil.example")
	ask(handler, "OPTIONS", "Origin", "https://pr-7.preview.example.com", "Access-Control-Request-Method", "DELETE")
	ask(handler, "OPTIONS", "Origin", "https://app.example.com", "Access-Control-Request-Method", "PATCH")
	// Output:
	// GET 200, for https://app.example.com
	// GET 200, for nobody
	// OPTIONS 204, for https://pr-7.preview.example.com
	// OPTIONS 403, for nobody
}

// The wrong way: the policy is inside of what answers first. The preflight, which
// never has a token, is turned away before the policy sees it, and the browser
// reports a CORS error. Wrap the other way round.
func Example_wrong() {
	requireToken := func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") == "" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			h.ServeHTTP(w, r)
		})
	}
	mw, err := cors.New(cors.Config{Origins: []string{"https://app.example.com"}, RequestHeaders: []string{"Authorization"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {})
	preflight := []string{"Origin", "https://app.example.com", "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "authorization"}

	ask(requireToken(mw.Wrap(api)), "OPTIONS", preflight...) // wrong
	ask(mw.Wrap(requireToken(api)), "OPTIONS", preflight...) // right
	// Output:
	// OPTIONS 401, for nobody
	// OPTIONS 204, for https://app.example.com
}

// CORS decides who may read an answer, not who may send a request. A form on any
// page can post to any server, and this handler runs; only net/http's
// CrossOriginProtection, inside the policy so that preflights do not reach it,
// keeps it from that.
func Example_crossOriginProtection() {
	mw, err := cors.New(cors.Config{Origins: []string{"https://app.example.com"}, Credentials: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	transfer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Println("money is moved") })

	protection := http.NewCrossOriginProtection()
	if err := protection.AddTrustedOrigin("https://app.example.com"); err != nil {
		fmt.Println(err)
		return
	}
	ask(mw.Wrap(transfer), "POST", "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
	ask(mw.Wrap(protection.Handler(transfer)), "POST", "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
	ask(mw.Wrap(protection.Handler(transfer)), "POST", "Origin", "https://app.example.com", "Sec-Fetch-Site", "same-site")
	// Output:
	// money is moved
	// POST 200, for nobody
	// POST 403, for nobody
	// money is moved
	// POST 200, for https://app.example.com
}

// Every mistake is reported at once, with what was probably meant.
func ExampleNew_mistakes() {
	_, err := cors.New(cors.Config{
		Origins:     []string{"https://app.example.com/", "https://*.github.io", "http://www.example.com"},
		Credentials: true,
		Methods:     []string{"patch"},
	})
	var mistakes *cors.ConfigError
	if errors.As(err, &mistakes) {
		for _, m := range mistakes.Problems {
			fmt.Printf("%s[%d] %s: %s, meant %q\n", m.Field, m.Index, m.Value, m.Code, m.Meant)
		}
	}
	// Output:
	// origins[0] https://app.example.com/: trailing-slash, meant "https://app.example.com"
	// origins[1] https://*.github.io: public-suffix, meant ""
	// origins[2] http://www.example.com: insecure-origin, meant "https://www.example.com"
	// methods[0] patch: misspelt, meant "PATCH"
}

// A policy can be asked without serving anything.
func ExamplePolicy_Decide() {
	policy, err := cors.Compile(cors.Config{Origins: []string{"https://*.example.com"}, Methods: []string{"PUT"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, method := range []string{"PUT", "DELETE"} {
		d := policy.Decide("OPTIONS", http.Header{
			"Origin":                        {"https://app.example.com"},
			"Access-Control-Request-Method": {method},
		})
		fmt.Println(method, d.Reason, d.Status, d.Pattern)
		for name, value := range d.Headers() {
			fmt.Printf("  %s: %s\n", name, value)
		}
	}
	// Output:
	// PUT allowed 204 https://*.example.com
	//   Access-Control-Allow-Origin: https://app.example.com
	//   Access-Control-Allow-Methods: PUT
	// DELETE method-not-allowed 403 https://*.example.com
}

// A gateway in front of a backend that says of itself, too widely, who may read. With
// Wrap both headers would reach the browser, which refuses two.
func ExampleMiddleware_WrapProxy() {
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	defer backend.Close()
	target, err := url.Parse(backend.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	mw, err := cors.New(cors.Config{Origins: []string{"https://app.example.com"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	handler := mw.WrapProxy(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }})

	ask(handler, "GET", "Origin", "https://app.example.com")
	ask(handler, "GET", "Origin", "https://evil.example")
	// Output:
	// GET 200, for https://app.example.com
	// GET 200, for nobody
}

// A tenant's origin comes and goes while requests are served, whether there are
// two of them or a million.
func ExampleMiddleware_AddOrigin() {
	mw, err := cors.New(cors.Config{Origins: []string{}}) // none yet
	if err != nil {
		fmt.Println(err)
		return
	}
	handler := mw.Wrap(http.NotFoundHandler())
	ask(handler, "GET", "Origin", "https://acme.example.com")
	if _, err := mw.AddOrigin("https://acme.example.com"); err != nil {
		fmt.Println(err)
	}
	ask(handler, "GET", "Origin", "https://acme.example.com")
	mw.RemoveOrigin("https://acme.example.com")
	ask(handler, "GET", "Origin", "https://acme.example.com")
	// Output:
	// GET 404, for nobody
	// GET 404, for https://acme.example.com
	// GET 404, for nobody
}

// A running server takes a new policy from one request to the next, for instance from
// settings that were read again. One with mistakes changes nothing. For files there is
// package policyfile, which is stricter and follows them.
func ExampleMiddleware_Reconfigure() {
	mw, err := cors.New(cors.Config{Origins: []string{"https://app.example.com"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	handler := mw.Wrap(http.NotFoundHandler())
	reload := func(file string) error {
		var config cors.Config
		decoder := json.NewDecoder(strings.NewReader(file))
		decoder.DisallowUnknownFields() // a slip in a field's name is a mistake too
		if err := decoder.Decode(&config); err != nil {
			return err
		}
		return mw.Reconfigure(&config)
	}
	fmt.Println(reload(`{"origins": ["https://new.example.com/"]}`))
	ask(handler, "GET", "Origin", "https://app.example.com")
	fmt.Println(reload(`{"origins": ["https://new.example.com"]}`))
	ask(handler, "GET", "Origin", "https://app.example.com")
	ask(handler, "GET", "Origin", "https://new.example.com")
	// Output:
	// cors: origins[0]: "https://new.example.com/": trailing-slash: write "https://new.example.com" (leave out the slash at the end)
	// GET 404, for https://app.example.com
	// <nil>
	// GET 404, for nobody
	// GET 404, for https://new.example.com
}

// Policies by path. What has no route, or "off", has no policy.
func ExampleNewRoutes() {
	routes, err := cors.NewRoutes(cors.RoutesConfig{
		Policies: map[string]cors.Config{
			"app":    {Origins: []string{"https://app.example.com"}, Credentials: true},
			"public": {AllowAnyOrigin: true},
		},
		Routes: []cors.Route{
			{Path: "/", Policy: "app"},
			{Path: "/fonts/", Policy: "public"},
			{Path: "/internal/", Policy: cors.RouteOff},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, path := range []string{"/users/7", "/fonts/a.woff2", "/internal/metrics"} {
		d := routes.Decide("api.example.com", path, "GET", http.Header{"Origin": {"https://app.example.com"}})
		fmt.Printf("%s: policy %q, %s, %q\n", path, d.Policy, d.Reason, d.Pattern)
	}
	// Output:
	// /users/7: policy "app", allowed, "https://app.example.com"
	// /fonts/a.woff2: policy "public", allowed, "*"
	// /internal/metrics: policy "", no-policy, ""
}

// Two observers: a log of refusals that nobody can flood, and counters for
// expvar. Prometheus reads the same counters from a handler that calls
// WritePrometheus; an OpenTelemetry callback reads them from All.
func ExampleMiddleware_Observe() {
	mw, err := cors.New(cors.Config{Origins: []string{"https://app.example.com"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{} // for the sake of the example's output
		}
		return a
	}}))
	log := cors.NewSlogObserver(logger, cors.SlogOptions{})
	counters := new(cors.Counters)
	expvar.Publish("cors", counters)
	mw.Observe(func(r *http.Request, d cors.Decision) {
		log(r, d)
		counters.Observe(r, d)
	})

	ask(mw.Wrap(http.NotFoundHandler()), "GET", "Origin", "http://app.example.com")
	for count := range counters.All() {
		if count.Total > 0 {
			fmt.Println(count.Reason, count.Total)
		}
	}
	// Output:
	// level=INFO msg="cors: refused" reason=origin-not-allowed preflight=false origin="\"http://app.example.com\"" method="\"GET\""
	// GET 404, for nobody
	// origin-not-allowed 1
}
