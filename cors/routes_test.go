package cors

import (
	"encoding/json"
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

func exampleRoutes() RoutesConfig {
	return RoutesConfig{
		Policies: map[string]Config{
			"app":    {Origins: []string{"https://app.example.com"}, Credentials: true, Methods: []string{"PUT"}},
			"public": {AllowAnyOrigin: true},
		},
		Routes: []Route{
			{"/", "public"},
			{"/api/", "app"},
			{"/api/users/{id}", "app"},
			{"/api/health", RouteOff},
			{"status.example.com/", RouteOff},
		},
	}
}

func mustRoutes(t testing.TB, c RoutesConfig) *Routes {
	t.Helper()
	routes, err := NewRoutes(c)
	if err != nil {
		t.Fatal(err)
	}
	return routes
}

func TestRoutesApplyThePolicyOfThePath(t *testing.T) {
	routes := mustRoutes(t, exampleRoutes())
	h := routes.Wrap(teapot)
	for _, tt := range []struct {
		name, host, path, policy string
		reason                   Reason
		allowOrigin              string
	}{
		{"the catch-all", "example.com", "/logo.png", "public", ReasonAllowed, "*"},
		{"below a path", "example.com", "/api/orders/7", "app", ReasonAllowed, "https://app.example.com"},
		{"a path with a name in it", "example.com", "/api/users/7", "app", ReasonAllowed, "https://app.example.com"},
		{"a path that is off", "example.com", "/api/health", "", ReasonNoPolicy, ""},
		{"a path that redirects to one below", "example.com", "/api", "app", ReasonAllowed, "https://app.example.com"},
		{"a path that climbs", "example.com", "/public/../api/health", "", ReasonNoPolicy, ""},
		{"a host that is off", "status.example.com:8080", "/api/orders", "", ReasonNoPolicy, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := routes.Decide(tt.host, tt.path, "GET", headers(fromApp))
			if d.Policy != tt.policy || d.Reason != tt.reason {
				t.Errorf("Decide says %q, %s; want %q, %s", d.Policy, d.Reason, tt.policy, tt.reason)
			}
			r := httptest.NewRequest("GET", tt.path, nil)
			r.Host = tt.host
			r.Header = headers(fromApp)
			w := serveOne(h, r)
			if got := w.Header().Get("Access-Control-Allow-Origin"); got != tt.allowOrigin || w.Code != 418 {
				t.Errorf("%d, allowed %q, want %q", w.Code, got, tt.allowOrigin)
			}
		})
	}
}

func TestRoutesLeaveOptionsOfPathsWithoutPolicyToTheHandler(t *testing.T) {
	h := mustRoutes(t, exampleRoutes()).Wrap(teapot)
	for path, status := range map[string]int{"/api/x": 204, "/x": 403, "/api/health": 418} {
		r := httptest.NewRequest("OPTIONS", path, nil)
		r.Header = headers(fromApp, wantsPut)
		if w := serveOne(h, r); w.Code != status {
			t.Errorf("%s: %d, want %d", path, w.Code, status)
		}
	}
	r := httptest.NewRequest("OPTIONS", "*", nil)
	r.Header = headers(fromApp, wantsPut)
	if w := serveOne(h, r); w.Code != 418 {
		t.Errorf("OPTIONS *: %d", w.Code)
	}
}

func TestAddingAnOriginToAPolicyThatThereIsNotNamesIt(t *testing.T) {
	routes, err := NewRoutes(RoutesConfig{Policies: map[string]Config{"partners": {Origins: []string{"https://a.example"}}}})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"partner": `cors: there is no policy "partner" to add an origin to: did you mean "partners"?`,
		"admin":   `cors: there is no policy "admin" to add an origin to`,
		"of":      `cors: there is no policy "of" to add an origin to`,
		"a\nb":    `cors: there is no policy "a\nb" to add an origin to`,
	} {
		added, err := routes.AddOrigin(name, "https://b.example")
		var missing *NoPolicyError
		if added || !errors.Is(err, ErrNoPolicy) || !errors.As(err, &missing) || missing.Policy != name || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestZeroRoutesPassThrough(t *testing.T) {
	var routes Routes
	if w := serveOne(routes.Wrap(teapot), request("OPTIONS", fromApp, wantsPut)); w.Code != 418 || len(w.Header()) != 0 {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if c := routes.Config(); !reflect.DeepEqual(c, RoutesConfig{}) {
		t.Errorf("%+v", c)
	}
	if _, err := routes.AddOrigin("app", "https://a.example"); !errors.Is(err, ErrNoPolicy) || routes.RemoveOrigin("app", "https://a.example") {
		t.Errorf("AddOrigin says %v", err)
	}
	if d := routes.Decide("h", "/", "GET", headers(fromApp)); d.Reason != ReasonNoPolicy {
		t.Errorf("%+v", d)
	}
}

func TestAPathWithoutItsSlashIsNoted(t *testing.T) {
	policies := map[string]Config{"any": {AllowAnyOrigin: true}}
	for path, meant := range map[string]string{
		"api/": "/api/", "api/users": "/api/users",
		"/api/": "", "localhost/": "", "api.example.com/": "", "[::1]/": "",
	} {
		c := RoutesConfig{Policies: policies, Routes: []Route{{"/other", "any"}, {path, "any"}}}
		if _, err := NewRoutes(c); err != nil {
			t.Errorf("%s is refused: %v", path, err)
		}
		found := c.Check()
		if meant == "" {
			if len(found) != 0 {
				t.Errorf("%s: %v", path, found[0])
			}
			continue
		}
		if len(found) != 1 || found[0].Severity != SeverityWarning || found[0].Code != CodeBadPath || found[0].Index != 1 || found[0].Meant != meant {
			t.Errorf("%s: %v, want a note that means %s", path, found, meant)
		}
	}
}

func TestRoutesReportEveryMistake(t *testing.T) {
	c := RoutesConfig{
		Policies: map[string]Config{
			"good": {AllowAnyOrigin: true},
			"bad":  {Origins: []string{"https://a.example/"}, MaxAgeSeconds: -5},
			"off":  {AllowAnyOrigin: true},
			"":     {AllowAnyOrigin: true},
		},
		Routes: []Route{{"/a/{x}", "good"}, {"/a/{y}", "good"}, {"/b", "goood"}, {"/c", ""}, {"GET /d", "good"}, {"e/{f", "of"}},
	}
	want := []string{
		`cors: policies: unknown-name: a policy's name is not empty, and off means none`,
		`cors: policy "bad": origins[0]: "https://a.example/": trailing-slash: write "https://a.example" (leave out the slash at the end)`,
		`cors: policy "bad": maxAgeSeconds: "-5": out-of-range: 1 to 86400 seconds, 0 to leave it to browsers, -1 to forbid remembering`,
		`cors: policy "off": policies: "off": unknown-name: a policy's name is not empty, and off means none`,
		`cors: routes[1]: "/a/{y}": conflict: pattern "/a/{y}" conflicts with pattern "/a/{x}": /a/{y} matches the same requests as /a/{x}`,
		`cors: routes[2]: "goood": unknown-name: write "good" (the policy of a route is a name in policies, or off)`,
		`cors: routes[3]: unknown-name: the policy of a route is a name in policies, or off`,
		`cors: routes[4]: "GET /d": bad-path: write "/d" (write it without method: a policy covers them all)`,
		`cors: routes[5]: "e/{f": bad-path: parsing "e/{f": at offset 2: bad wildcard segment (must end with '}')`,
		`cors: routes[5]: "of": unknown-name: write "off" (the policy of a route is a name in policies, or off)`,
	}
	_, err := NewRoutes(c)
	var all *ConfigError
	if !errors.As(err, &all) {
		t.Fatalf("%v", err)
	}
	if got := strings.Split(err.Error(), "\n"); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := len(c.Check()); got != len(want) {
		t.Errorf("Check reports %d, want %d", got, len(want))
	}
	if problems := exampleRoutes().Check(); problems != nil {
		t.Errorf("a good one has problems: %v", problems[0])
	}
}

func TestRoutesConfigComesBackAndSurvivesJSON(t *testing.T) {
	routes := mustRoutes(t, exampleRoutes())
	if added, err := routes.AddOrigin("app", "https://*.tenant.example.com"); !added || err != nil {
		t.Fatal(added, err)
	}
	if !routes.RemoveOrigin("app", "https://app.example.com") {
		t.Fatal("not removed")
	}
	want := exampleRoutes()
	app := want.Policies["app"]
	app.Origins = []string{"https://*.tenant.example.com"}
	want.Policies["app"] = app
	got := routes.Config()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var back RoutesConfig
	if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, got) {
		t.Errorf("%s gives %+v, %v", text, back, err)
	}
	if d := routes.Decide("h", "/api/", "GET", headers("Origin: https://x.tenant.example.com")); d.Reason != ReasonAllowed {
		t.Errorf("the added origin: %s", d.Reason)
	}
	if d := routes.Decide("h", "/api/", "GET", headers(fromApp)); d.Reason != ReasonOriginNotAllowed {
		t.Errorf("the removed origin: %s", d.Reason)
	}
	if err := routes.Reconfigure(RoutesConfig{Routes: []Route{{"nonsense", "x"}}}); err == nil || !reflect.DeepEqual(routes.Config(), want) {
		t.Errorf("a wrong RoutesConfig: %v", err)
	}
}

func TestRoutesChangeUnderLoad(t *testing.T) {
	a := exampleRoutes()
	b := RoutesConfig{Policies: map[string]Config{"app": {AllowAnyOrigin: true}}, Routes: []Route{{"/", "app"}}}
	routes := mustRoutes(t, a)
	h := routes.Wrap(teapot)
	var stop atomic.Bool
	var traffic sync.WaitGroup
	for range 2 {
		traffic.Go(func() {
			for !stop.Load() {
				r := httptest.NewRequest("GET", "/api/x", nil)
				r.Header = headers(fromApp)
				if got := serveOne(h, r).Header().Get("Access-Control-Allow-Origin"); got != "*" && got != "https://app.example.com" {
					t.Errorf("allowed %q", got)
					return
				}
			}
		})
	}
	var counters Counters
	for i := range 200 {
		if err := routes.Reconfigure([]RoutesConfig{a, b}[i%2]); err != nil {
			t.Fatal(err)
		}
		if _, err := routes.AddOrigin("app", fmt.Sprintf("https://t%d.example", i)); err != nil {
			t.Fatal(err)
		}
		routes.SetDebug(i%2 == 0)
		routes.Observe(counters.Observe)
	}
	stop.Store(true)
	traffic.Wait()
}

func TestRoutesObserverSeesNamesAndRequestsWithoutPolicy(t *testing.T) {
	routes := mustRoutes(t, exampleRoutes())
	var seen []string
	routes.Observe(func(r *http.Request, d Decision) { seen = append(seen, r.URL.Path+" "+d.Policy+" "+d.Reason.String()) })
	h := routes.Wrap(teapot)
	for _, path := range []string{"/api/x", "/api/health", "/x"} {
		serveOne(h, httptest.NewRequest("GET", path, nil))
	}
	if want := []string{"/api/x app not-cors", "/api/health  no-policy", "/x public not-cors"}; !slices.Equal(seen, want) {
		t.Errorf("seen %q, want %q", seen, want)
	}
}
