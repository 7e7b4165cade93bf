package cors

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func mustNew(t testing.TB, c Config) *Middleware {
	t.Helper()
	m, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// request returns a request with the given header lines.
func request(method string, lines ...string) *http.Request {
	r := httptest.NewRequest(method, "https://api.example.com/users", nil)
	for name, values := range headers(lines...) {
		r.Header[name] = values
	}
	return r
}

func serveOne(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

var teapot = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusTeapot) })

const (
	fromApp  = "Origin: https://app.example.com"
	fromEvil = "Origin: https://evil.example"
	wantsPut = "Access-Control-Request-Method: PUT"
)

func TestOnlyPreflightsAreAnswered(t *testing.T) {
	h := mustNew(t, full).Wrap(teapot)
	for _, tt := range []struct {
		name    string
		request *http.Request
		status  int
	}{
		{"GET without Origin", request("GET"), 418},
		{"GET from an allowed page", request("GET", fromApp), 418},
		{"GET from another page: it is for the browser to block", request("GET", fromEvil), 418},
		{"POST from another page runs too", request("POST", fromEvil), 418},
		{"OPTIONS of one's own", request("OPTIONS"), 418},
		{"OPTIONS with Origin", request("OPTIONS", fromApp), 418},
		{"OPTIONS with a method but no Origin", request("OPTIONS", wantsPut), 418},
		{"a preflight", request("OPTIONS", fromApp, wantsPut), 204},
		{"a preflight from another page", request("OPTIONS", fromEvil, wantsPut), 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if w := serveOne(h, tt.request); w.Code != tt.status || w.Body.Len() != 0 {
				t.Errorf("%d with %d bytes, want %d", w.Code, w.Body.Len(), tt.status)
			}
		})
	}
}

func TestHeadersStayOnErrorsAndOnPanicsRecoveredOutside(t *testing.T) {
	recovered := func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				if recover() != nil {
					http.Error(w, "sorry", http.StatusInternalServerError)
				}
			}()
			h.ServeHTTP(w, r)
		})
	}
	m := mustNew(t, full)
	for name, h := range map[string]http.Handler{
		"an error": m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", http.StatusInternalServerError) })),
		"a 404":    m.Wrap(http.NewServeMux()),
		"a panic":  recovered(m.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("no") }))),
	} {
		w := serveOne(h, request("GET", fromApp))
		if w.Code < 400 || w.Header().Get("Access-Control-Allow-Origin") != "https://app.example.com" || w.Header().Get("Vary") != "Origin" {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
	}
}

// TestMiddlewareSendsWhatIsDecided holds the short ways of the middleware, which leave
// out what nobody looks at, to the decision: with an observer and without one.
func TestMiddlewareSendsWhatIsDecided(t *testing.T) {
	with := func(change func(*Config)) Config {
		c := full.clone()
		change(&c)
		return c
	}
	for name, c := range map[string]Config{
		"full":                        full,
		"every origin":                {AllowAnyOrigin: true, ExposedHeaders: []string{"*"}, TimingAllowOrigin: true},
		"every origin, to embed":      {AllowAnyOrigin: true, CrossOriginResourcePolicy: "cross-origin"},
		"one origin, always":          {Origins: []string{"https://app.example.com"}, AlwaysSendOrigin: true},
		"one kind of page embeds":     with(func(c *Config) { c.CrossOriginResourcePolicy = "same-site" }),
		"preflights vary":             with(func(c *Config) { c.PreflightVary = true }),
		"preflights are answered 200": with(func(c *Config) { c.PreflightStatus = 200 }),
		"the origin null":             {DangerouslyAllowNullOrigin: true},
	} {
		t.Run(name, func(t *testing.T) {
			m := mustNew(t, c)
			for _, observed := range []bool{false, true} {
				if observed {
					m.Observe(func(*http.Request, Decision) {})
				}
				for _, r := range []*http.Request{
					request("GET"), request("GET", fromApp), request("POST", fromEvil), request("GET", "Origin: null"), request("GET", fromApp, fromApp),
					request("POST", "Origin: https://api.example.com", "Sec-Fetch-Site: same-origin"), request("OPTIONS"), request("OPTIONS", fromApp),
					request("OPTIONS", fromApp, wantsPut), request("OPTIONS", fromEvil, wantsPut), request("OPTIONS", fromApp, "Access-Control-Request-Method: PURGE"),
					request("OPTIONS", fromApp, wantsPut, "Access-Control-Request-Headers: x-other"),
				} {
					want, d := http.Header{}, m.Decide(r.Method, r.Header)
					d.Apply(want)
					w := serveOne(m.Wrap(teapot), r)
					status := 418
					if d.Preflight {
						status = d.Status
					}
					if w.Code != status || !reflect.DeepEqual(w.Header(), want) {
						t.Errorf("observed %v, %s %v: %d %v, decided %d %v", observed, r.Method, r.Header, w.Code, w.Header(), status, want)
					}
				}
			}
		})
	}
}

func TestWhoNoLongerLooksCostsNothing(t *testing.T) {
	m := mustNew(t, full)
	m.Observe(func(*http.Request, Decision) {})
	m.SetDebug(true)
	m.Observe(nil)
	if w := m.watcher.Load(); w == nil || !w.debug {
		t.Error("debug mode has ended with the observer")
	}
	if m.SetDebug(false); m.watcher.Load() != nil {
		t.Error("somebody still looks")
	}
}

func TestZeroMiddlewarePassesThroughUntilItIsConfigured(t *testing.T) {
	var m Middleware
	h := m.Wrap(teapot)
	preflight := func() *http.Request { return request("OPTIONS", fromApp, wantsPut) }
	if w := serveOne(h, preflight()); w.Code != 418 || len(w.Header()) != 0 {
		t.Errorf("zero: %d %v", w.Code, w.Header())
	}
	if _, ok := m.Config(); ok {
		t.Error("zero: there is a Config")
	}
	if added, err := m.AddOrigin("https://a.example"); added || !errors.Is(err, ErrNoPolicy) || m.RemoveOrigin("https://a.example") {
		t.Errorf("zero: AddOrigin says %v", err)
	}
	if err := m.Reconfigure(&full); err != nil {
		t.Fatal(err)
	}
	if w := serveOne(h, preflight()); w.Code != 204 {
		t.Errorf("configured: %d %v", w.Code, w.Header())
	}
	before, _ := m.Config()
	if err := m.Reconfigure(&Config{Origins: []string{"https://a.example/"}}); err == nil {
		t.Error("a wrong Config was accepted")
	}
	if after, ok := m.Config(); !ok || !reflect.DeepEqual(after, before) {
		t.Errorf("a wrong Config changed %+v", after)
	}
	if err := m.Reconfigure(nil); err != nil {
		t.Fatal(err)
	}
	if w := serveOne(h, preflight()); w.Code != 418 {
		t.Errorf("unconfigured: %d", w.Code)
	}
}

func TestAddOriginRefusesWhatNewRefuses(t *testing.T) {
	m := mustNew(t, full)
	for entry, code := range map[string]Code{
		"https://a.example/": CodeTrailingSlash, "http://a.example": CodeInsecureOrigin, "https://*.com": CodePublicSuffix, "*": CodeAnyOrigin, "null": CodeNull, "": CodeEmpty,
	} {
		added, err := m.AddOrigin(entry)
		var problem *Problem
		if added || !errors.As(err, &problem) || problem.Code != code || problem.Index != -1 {
			t.Errorf("AddOrigin(%q) = %v, %v; want %s", entry, added, err, code)
		}
	}
	if added, err := m.AddOrigin("https://app.example.com"); added || err != nil {
		t.Errorf("adding what is there: %v, %v", added, err)
	}
	if m.RemoveOrigin("nonsense") || m.RemoveOrigin("https://not.there") {
		t.Error("what was not there is removed")
	}
	if !m.RemoveOrigin("https://app.example.com") {
		t.Error("what was there is not removed")
	}

	static := mustNew(t, Config{Origins: []string{"https://app.example.com"}, AlwaysSendOrigin: true})
	var problem *Problem
	if _, err := static.AddOrigin("https://b.example"); !errors.As(err, &problem) || problem.Code != CodeNotStatic {
		t.Errorf("a second origin of one: %v", err)
	}
	if added, err := static.AddOrigin("https://app.example.com"); added || err != nil {
		t.Errorf("the one origin again: %v, %v", added, err)
	}
	if static.RemoveOrigin("https://app.example.com") {
		t.Error("the one origin is removed")
	}
}

func TestThePolicyOfAConfigIsNotTheMiddlewares(t *testing.T) {
	p := mustCompile(t, full)
	m := mustNew(t, p.Config())
	if _, err := m.AddOrigin("https://late.example"); err != nil {
		t.Fatal(err)
	}
	if p.Decide("GET", headers("Origin: https://late.example")).Reason != ReasonOriginNotAllowed {
		t.Error("a Policy changed")
	}
}

func TestRejectRefusedRequests(t *testing.T) {
	c := full.clone()
	c.RejectRefusedRequests = true
	h := mustNew(t, c).Wrap(teapot)
	for _, tt := range []struct {
		name    string
		request *http.Request
		status  int
	}{
		{"another page", request("POST", fromEvil), 403},
		{"another page, and an old browser of the site's own host", request("POST", "Origin: https://api.example.com"), 418},
		{"the site's own page", request("POST", "Origin: https://own.example", "Sec-Fetch-Site: same-origin"), 418},
		{"a page of the same site only", request("POST", fromEvil, "Sec-Fetch-Site: same-site"), 403},
		{"another page that has the right host, but says who it is", request("POST", "Origin: http://api.example.com", "Sec-Fetch-Site: same-site"), 403},
		{"the site's own form under Referrer-Policy: no-referrer", request("POST", "Origin: null", "Sec-Fetch-Site: same-origin"), 418},
		{"the same on plain http, where a sandboxed frame says no more and no less", request("POST", "Origin: null"), 403},
		{"no page: an extension, or what the user did", request("POST", "Origin: chrome-extension://aebcd", "Sec-Fetch-Site: none"), 418},
		{"another site's form, though a browser shows what it answers", request("POST", fromEvil, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"), 403},
		{"two claims", request("POST", fromEvil, "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: same-origin"), 403},
		{"an allowed page", request("POST", fromApp), 418},
		{"no page", request("POST"), 418},
		{"what is no origin", request("POST", "Origin: nonsense"), 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := serveOne(h, tt.request)
			if w.Code != tt.status || w.Header().Get("Vary") != "Origin" {
				t.Errorf("%d %v, want %d", w.Code, w.Header(), tt.status)
			}
		})
	}
}

// TestHandlersCannotPoisonOtherAnswers has a handler do to the header slices
// whatever it can, and looks at the next answers and at the request.
func TestHandlersCannotPoisonOtherAnswers(t *testing.T) {
	poison := func(h http.Header) {
		for name, values := range h {
			for i := range values {
				values[i] = "poison"
			}
			for range 3 {
				h[name] = append(h[name], "poison")
			}
			full := values[:cap(values)]
			for i := range full {
				full[i] = "poison"
			}
		}
	}
	for name, c := range map[string]Config{
		"full":   full,
		"any":    {AllowAnyOrigin: true, Methods: []string{"*"}, RequestHeaders: []string{"*"}, ExposedHeaders: []string{"*"}, TimingAllowOrigin: true, CrossOriginResourcePolicy: "cross-origin"},
		"static": {Origins: []string{"https://app.example.com"}, AlwaysSendOrigin: true, PreflightVary: true},
	} {
		t.Run(name, func(t *testing.T) {
			m := mustNew(t, c)
			m.SetDebug(true)
			clean, dirty := m.Wrap(teapot), m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { poison(w.Header()) }))
			requests := func() []*http.Request {
				return []*http.Request{
					request("GET"), request("GET", fromApp), request("GET", fromEvil), request("OPTIONS", fromApp, wantsPut, "Access-Control-Request-Headers: authorization"),
					request("OPTIONS", fromEvil, wantsPut), request("OPTIONS", fromApp, "Access-Control-Request-Method: PURGE"), request("GET", "Origin: null"),
				}
			}
			var want []http.Header
			for _, r := range requests() {
				want = append(want, serveOne(clean, r).Header())
			}
			for range 2 {
				for _, r := range requests() {
					before := r.Header.Clone()
					w := serveOne(dirty, r)
					poison(w.Header())
					if !reflect.DeepEqual(r.Header, before) {
						t.Errorf("the request's headers became %v", r.Header)
					}
				}
			}
			for i, r := range requests() {
				if got := serveOne(clean, r).Header(); !reflect.DeepEqual(got, want[i]) {
					t.Errorf("%s %v: %v\nwant %v", r.Method, r.Header, got, want[i])
				}
			}
		})
	}
}

func TestVaryIsMergedWithWhatIsThere(t *testing.T) {
	for _, tt := range []struct {
		name      string
		preflight bool
		before    []string
		want      []string
	}{
		{"nothing there", false, nil, []string{"Origin"}},
		{"an empty list there", false, []string{}, []string{"Origin"}},
		{"something else there", false, []string{"Accept-Encoding"}, []string{"Accept-Encoding", "Origin"}},
		{"several lines there", false, []string{"Accept", "Accept-Encoding, Cookie"}, []string{"Accept", "Accept-Encoding, Cookie", "Origin"}},
		{"it is there", false, []string{"Origin"}, []string{"Origin"}},
		{"it is there among others, in another case", false, []string{"Accept, oRIGIN ,Cookie"}, []string{"Accept, oRIGIN ,Cookie"}},
		{"everything varies", false, []string{"Accept", "*"}, []string{"Accept", "*"}},
		{"something like it there", false, []string{"X-Origin"}, []string{"X-Origin", "Origin"}},
		{"a preflight, nothing there", true, nil, []string{"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"}},
		{"a preflight, part of it there", true, []string{"access-control-request-method"}, []string{"access-control-request-method", "Origin, Access-Control-Request-Headers"}},
		{"a preflight, all of it there", true, []string{"Access-Control-Request-Headers", "Access-Control-Request-Method, Origin"}, []string{"Access-Control-Request-Headers", "Access-Control-Request-Method, Origin"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := full.clone()
			c.PreflightVary = true
			r := request("GET", fromApp)
			if tt.preflight {
				r = request("OPTIONS", fromApp, wantsPut)
			}
			// Room behind the slice, which belongs to somebody else.
			spare := append(slices.Clone(tt.before), "theirs")
			w := httptest.NewRecorder()
			if tt.before != nil {
				w.Header()["Vary"] = spare[:len(tt.before)]
			}
			mustNew(t, c).Wrap(teapot).ServeHTTP(w, r)
			if got := w.Header()["Vary"]; !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if spare[len(spare)-1] != "theirs" {
				t.Error("it wrote behind somebody else's slice")
			}
		})
	}
}

func TestDebugModeTellsTheConsoleAndChangesNoVerdict(t *testing.T) {
	two := Config{Origins: []string{"https://app.example.com", "https://admin.example.org:8443", "https://*.preview.example.com"}, Credentials: true, Methods: []string{"PUT"}, RequestHeaders: []string{"X-Api-Key"}}
	many := Config{}
	for i := range maxNearest + 1 {
		many.Origins = append(many.Origins, fmt.Sprintf("https://t%d.example.com", i))
	}
	any := Config{AllowAnyOrigin: true, Methods: []string{"*"}, RequestHeaders: []string{"*"}}
	const acao, acam, acah = "Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers"
	for _, tt := range []struct {
		name    string
		config  Config
		request *http.Request
		status  int
		want    map[string]string
	}{
		{"allowed: as ever", two, request("GET", fromApp), 418, map[string]string{acao: "https://app.example.com", debugReason: ""}},
		{"another scheme: the origin of that host", two, request("GET", "Origin: http://app.example.com"), 418, map[string]string{acao: "https://app.example.com", debugReason: "origin-not-allowed"}},
		{"another port: the origin of that host", two, request("GET", "Origin: https://admin.example.org:9443"), 418, map[string]string{acao: "https://admin.example.org:8443", debugReason: "origin-not-allowed"}},
		{"a slip: the origin near it", two, request("OPTIONS", "Origin: https://ap.example.com", wantsPut), 204, map[string]string{acao: "https://app.example.com", acam: "", debugReason: "origin-not-allowed"}},
		{"four slips: still near", two, request("GET", "Origin: https://apqqqq.example.com"), 418, map[string]string{acao: "https://app.example.com", debugReason: "origin-not-allowed"}},
		{"five slips: the reason", two, request("GET", "Origin: https://apqqqqq.example.com"), 418, map[string]string{acao: "refused:origin-not-allowed", debugReason: "origin-not-allowed"}},
		{"the site's own page: nothing, for no browser applies CORS", two, request("POST", "Origin: https://api.example.com", "Sec-Fetch-Site: same-origin"), 418, map[string]string{acao: "", debugReason: ""}},
		{"a slash: the origin without", two, request("GET", "Origin: https://app.example.com/"), 418, map[string]string{acao: "https://app.example.com", debugReason: "origin-malformed"}},
		{"another scheme and a path: the origin of that host", two, request("GET", "Origin: http://APP.example.com/users?x=1"), 418, map[string]string{acao: "https://app.example.com", debugReason: "origin-malformed"}},
		{"nothing like it: the reason", two, request("OPTIONS", fromEvil, wantsPut), 204, map[string]string{acao: "refused:origin-not-allowed", debugReason: "origin-not-allowed"}},
		{"too many to compare: the reason", many, request("GET", "Origin: https://t1.example.org"), 418, map[string]string{acao: "refused:origin-not-allowed"}},
		{"null: the reason", two, request("GET", "Origin: null"), 418, map[string]string{acao: "refused:origin-null", debugReason: "origin-null"}},
		{"two Origins: no origin, for one of them might match", two, request("GET", fromApp, fromEvil), 418, map[string]string{acao: "", debugReason: "origin-repeated"}},
		{"a method: the list without it", two, request("OPTIONS", fromApp, "Access-Control-Request-Method: DELETE"), 204, map[string]string{acao: "https://app.example.com", acam: "PUT", debugReason: "method-not-allowed"}},
		{"a method, and none is listed: those that need no permission, for a page that listens to its upload", Config{Origins: []string{"https://app.example.com"}},
			request("OPTIONS", fromApp, wantsPut), 204, map[string]string{acao: "https://app.example.com", acam: "GET,HEAD,POST", debugReason: "method-not-allowed"}},
		{"a header: the list without it", two, request("OPTIONS", fromApp, wantsPut, "Access-Control-Request-Headers: x-other"), 204, map[string]string{acao: "https://app.example.com", acam: "PUT", acah: "x-api-key", debugReason: "header-not-allowed"}},
		{"a header, and any method: the method is listed", Config{Origins: []string{"https://app.example.com"}, Credentials: true, Methods: []string{"*"}, RequestHeaders: []string{"X-A"}},
			request("OPTIONS", fromApp, wantsPut, "Access-Control-Request-Headers: x-other"), 204, map[string]string{acao: "https://app.example.com", acam: "PUT", acah: "x-a", debugReason: "header-not-allowed"}},
		{"any method but this: nothing to list", any, request("OPTIONS", fromApp, "Access-Control-Request-Method: TRACE"), 403, map[string]string{acao: "", debugReason: "method-not-allowed"}},
		{"any header but this: nothing to list", any, request("OPTIONS", fromApp, wantsPut, "Access-Control-Request-Headers: authorization"), 403, map[string]string{acao: "", debugReason: "header-not-allowed"}},
		{"a long list of headers: nothing to list", any, request("OPTIONS", fromApp, wantsPut, "Access-Control-Request-Headers: "+strings.Repeat("x-a,", 2000)+"x"), 403, map[string]string{acao: "", debugReason: "headers-too-long"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := mustNew(t, tt.config)
			plain := serveOne(m.Wrap(teapot), tt.request)
			m.SetDebug(true)
			w := serveOne(m.Wrap(teapot), tt.request)
			if w.Code != tt.status {
				t.Errorf("%d, want %d", w.Code, tt.status)
			}
			for name, want := range tt.want {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			preflight := w.Code != 418
			for _, credentials := range []bool{false, true} {
				if got, want := refBrowser(tt.request.Header, preflight, w.Code, w.Header(), credentials), refBrowser(tt.request.Header, preflight, plain.Code, plain.Header(), credentials); got != want {
					t.Errorf("with credentials %v a browser says %v, and without debug mode %v", credentials, got, want)
				}
			}
			m.SetDebug(false)
			if again := serveOne(m.Wrap(teapot), tt.request); again.Code != plain.Code || !reflect.DeepEqual(again.Header(), plain.Header()) {
				t.Errorf("switched off it is %v", again.Header())
			}
		})
	}
}

func TestObserverSeesEveryDecisionOnce(t *testing.T) {
	m := mustNew(t, full)
	var seen []Decision
	m.Observe(func(r *http.Request, d Decision) {
		if r == nil {
			t.Error("no request")
		}
		seen = append(seen, d)
	})
	h := m.Wrap(teapot)
	for _, r := range []*http.Request{request("GET"), request("GET", fromEvil), request("OPTIONS", "Origin: x y", wantsPut), request("OPTIONS", fromApp, wantsPut)} {
		serveOne(h, r)
	}
	type line struct {
		reason          Reason
		preflight       bool
		origin, pattern string
	}
	var got []line
	for _, d := range seen {
		got = append(got, line{d.Reason, d.Preflight, d.Origin, d.Pattern})
	}
	want := []line{
		{ReasonNotCORS, false, "", ""},
		{ReasonOriginNotAllowed, false, "https://evil.example", ""},
		{ReasonOriginMalformed, true, "x y", ""},
		{ReasonAllowed, true, "https://app.example.com", "https://app.example.com"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("seen %+v\nwant %+v", got, want)
	}
	m.Observe(nil)
	serveOne(h, request("GET"))
	if len(seen) != 4 {
		t.Error("it still looks")
	}
}

// TestReconfigureAddOriginAndTrafficTogether is for the race detector; what it
// checks is that every answer is that of one policy or the other.
func TestReconfigureAddOriginAndTrafficTogether(t *testing.T) {
	a, b := full.clone(), Config{AllowAnyOrigin: true, ExposedHeaders: []string{"*"}}
	m := mustNew(t, a)
	h := m.Wrap(teapot)
	var stop atomic.Bool
	var traffic sync.WaitGroup
	for range 3 {
		traffic.Go(func() {
			for !stop.Load() {
				got := serveOne(h, request("GET", fromApp)).Header()
				first := got.Get("Access-Control-Allow-Origin") == "https://app.example.com" && got.Get("Access-Control-Allow-Credentials") == "true" && got.Get("Vary") == "Origin"
				second := got.Get("Access-Control-Allow-Origin") == "*" && got.Get("Access-Control-Expose-Headers") == "*" && got.Get("Vary") == ""
				if !first && !second {
					t.Errorf("%v", got)
					return
				}
			}
		})
	}
	for i := range 300 {
		if err := m.Reconfigure([]*Config{&a, &b}[i%2]); err != nil {
			t.Fatal(err)
		}
		if _, err := m.AddOrigin(fmt.Sprintf("https://t%d.example", i)); err != nil {
			t.Fatal(err)
		}
		m.RemoveOrigin(fmt.Sprintf("https://t%d.example", i-1))
		m.SetDebug(i%3 == 0)
		m.Observe(func(*http.Request, Decision) {})
		if _, ok := m.Config(); !ok {
			t.Fatal("no Config")
		}
	}
	stop.Store(true)
	traffic.Wait()
}
