package policycheck_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/policycheck"
)

const policies = `
policies:
  app:
    origins: ["https://app.example.com", "https://*.preview.example"]
    credentials: true
    methods: [DELETE]
    requestHeaders: [Content-Type]
    exposedHeaders: [X-Total]
  open: {allowAnyOrigin: true, dangerouslyAllowNullOrigin: true, requestHeaders: ["*"]}
  one: {origins: ["https://app.example.com"]}
routes:
  - {path: /api/, policy: app}
  - {path: /open/, policy: open}
  - {path: /one, policy: one}
  - {path: /off, policy: off}
`

func parse(t *testing.T, text string) *policycheck.File {
	t.Helper()
	f, err := policycheck.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestExpectationsAreHeldAgainstTheFilesOwnPolicies(t *testing.T) {
	for name, c := range map[string]struct {
		expect string
		want   policycheck.Status
		reason fetch.ReasonCode
		why    []string
	}{
		"allowed, as it should be": {
			expect("from: https://app.example.com", "request: DELETE /api/users/7", "credentials: true", "headers: {Content-Type: application/json}", "result: allowed"),
			policycheck.Holds, "", nil,
		},
		"blocked, as it should be": {
			expect("from: https://evil.example", "request: GET /api/users", "result: blocked"), policycheck.Holds, fetch.ReasonAllowOriginMissing, nil,
		},
		"blocked for one of the reasons": {
			expect("from: https://evil.example", "request: GET /api/users", "result: blocked", "reasons: [timeout, allow-origin-missing]"),
			policycheck.Holds, fetch.ReasonAllowOriginMissing, nil,
		},
		"blocked for another reason": {
			expect("from: https://evil.example", "request: GET /api/users", "result: blocked", "reasons: [method-not-allowed]"),
			policycheck.Fails, fetch.ReasonAllowOriginMissing,
			[]string{"has no entry in origins for https://evil.example.", "It is blocked, but for allow-origin-missing, not method-not-allowed.", "Access-Control-Allow-Origin is missing"},
		},
		"an origin that is not listed": {
			expect("from: https://other.example", "request: GET /api/users", "result: allowed"), policycheck.Fails, fetch.ReasonAllowOriginMissing,
			[]string{"The policy app has no entry in origins for https://other.example.", "The answer came, but the browser withholds it"},
		},
		"a page without a name": {
			expect(`from: "null"`, "request: GET /api/users", "result: allowed"), policycheck.Fails, fetch.ReasonAllowOriginMissing,
			[]string{"The policy app does not allow the origin null."},
		},
		"a method that is not listed": {
			expect("from: https://app.example.com", "request: PATCH /api/users", "result: allowed"), policycheck.Fails, fetch.ReasonAllowOriginMissing,
			[]string{"The policy app does not list the method PATCH.", "The browser did not send the request"},
		},
		"a header that is not listed": {
			expect("from: https://app.example.com", "request: GET /api/users", "headers: {X-Trace: a}", "result: allowed"), policycheck.Fails, fetch.ReasonAllowOriginMissing,
			[]string{"The policy app does not list the header x-trace."},
		},
		"Authorization, which a wildcard does not cover": {
			expect("from: https://app.example.com", "request: GET /open/", "headers: {Authorization: a}", "result: allowed"), policycheck.Fails, fetch.ReasonAllowOriginMissing,
			[]string{"The policy open does not list the header authorization."},
		},
		"credentials that the policy does not allow": {
			expect("from: https://app.example.com", "request: GET /one", "credentials: true", "result: allowed"), policycheck.Fails, fetch.ReasonAllowCredentialsAbsent,
			[]string{"The policy one has no credentials: true."},
		},
		"a route that is off": {
			expect("from: https://app.example.com", "request: GET /off", "result: allowed"), policycheck.Fails, fetch.ReasonAllowOriginMissing,
			[]string{"No route gives /off a policy, or its policy is off."},
		},
		"a pattern that allows too much": {
			expect("from: https://x.preview.example", "request: GET /api/users", "result: blocked"), policycheck.Fails, "",
			[]string{"The policy app allows it by its entry https://*.preview.example.", "It is let through: the page may read the answer (200)."},
		},
		"a policy for everybody": {
			expect("from: https://evil.example", "request: GET /open/", "result: blocked"), policycheck.Fails, "", []string{"The policy open allows it by allowAnyOrigin."},
		},
		"a page of the server's own origin": {
			expect("from: https://server.example", "request: GET /api/", "result: blocked"), policycheck.Fails, "",
			[]string{"the request goes to the page's own origin, where no CORS rule applies"},
		},
		"a header that is exposed": {
			expect("from: https://app.example.com", "request: GET /api/", "exposes: [X-Total, Cache-Control]", "result: allowed"), policycheck.Holds, "", nil,
		},
		"a header that is not exposed": {
			expect("from: https://app.example.com", "request: GET /api/", "exposes: [X-Total, X-Other]", "result: allowed"), policycheck.Fails, "",
			[]string{"not its X-Other, which Access-Control-Expose-Headers does not list"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			results, err := parse(t, policies+c.expect).Check(t.Context(), nil)
			if err != nil || len(results) != 1 {
				t.Fatalf("got %d results, %v", len(results), err)
			}
			r := results[0]
			if r.Status != c.want || r.Reason.Code != c.reason {
				t.Errorf("got %s, %s, want %s, %s\n%s", r.Status, r.Reason.Code, c.want, c.reason, strings.Join(r.Why, "\n"))
			}
			rest := strings.Join(r.Why, "\n")
			if len(c.why) == 0 && rest != "" {
				t.Errorf("says: %s", rest)
			}
			for _, part := range c.why {
				_, after, found := strings.Cut(rest, part)
				if !found {
					t.Errorf("%q is not there, or not in its place, in %q", part, r.Why)
				}
				rest = after
			}
		})
	}
}

func TestExpectationsAreHeldAgainstAServer(t *testing.T) {
	middleware, err := cors.New(cors.Config{Origins: []string{"https://app.example.com"}, Methods: []string{"DELETE"}, ExposedHeaders: []string{"X-Total"}})
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Method)
		middleware.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X-Total", "1") })).ServeHTTP(w, r)
	}))
	defer server.Close()
	for name, c := range map[string]struct {
		expect string
		send   bool
		want   policycheck.Status
		seen   string
		why    string
	}{
		"a GET is sent": {
			expect("from: https://app.example.com", "request: GET /", "exposes: X-Total", "result: allowed"), false, policycheck.Holds, "GET", "",
		},
		"a DELETE is judged by its preflight": {
			expect("from: https://app.example.com", "request: DELETE /", "result: allowed"), false, policycheck.Holds, "OPTIONS", "",
		},
		"a DELETE whose preflight is refused": {
			expect("from: https://evil.example", "request: DELETE /", "result: blocked"), false, policycheck.Holds, "OPTIONS", "",
		},
		"a DELETE that the preflight allows": {
			expect("from: https://app.example.com", "request: DELETE /", "result: blocked"), false, policycheck.Fails, "OPTIONS", "the preflight allows the request",
		},
		"a DELETE is sent with Send": {
			expect("from: https://app.example.com", "request: DELETE /", "result: allowed"), true, policycheck.Holds, "OPTIONS DELETE", "",
		},
		"headers of an answer that was not asked for": {
			expect("from: https://app.example.com", "request: DELETE /", "exposes: X-Total", "result: allowed"), false, policycheck.NotSent, "OPTIONS", "only its answer has the headers",
		},
		"a POST without a preflight is not sent": {
			expect("from: https://evil.example", "request: POST /", "result: blocked"), false, policycheck.NotSent, "", "POST may change data",
		},
		"a header that the server does not send": {
			expect("from: https://app.example.com", "request: GET /", "exposes: X-Other", "result: allowed"), false, policycheck.Fails, "GET", "it has no X-Other",
		},
		"no server": {
			expect("from: https://app.example.com", "request: GET http://127.0.0.1:9/", "result: blocked"), false, policycheck.Unreachable, "", "No answer came",
		},
		"no server, as expected": {
			expect("from: https://app.example.com", "request: GET http://127.0.0.1:9/", "result: blocked", "reasons: [connection-refused, bad-port]"), false, policycheck.Holds, "", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.Contains(c.expect, "127.0.0.1:9/") {
				// Port 9 stands for one at which nobody listens any more; it is itself on the block list.
				closed := httptest.NewServer(nil)
				closed.Close()
				c.expect = strings.ReplaceAll(c.expect, "http://127.0.0.1:9/", closed.URL+"/")
			}
			seen = nil
			results, err := parse(t, c.expect).Check(t.Context(), &policycheck.Server{URL: server.URL, Send: c.send})
			if err != nil || len(results) != 1 {
				t.Fatalf("got %d results, %v", len(results), err)
			}
			r := results[0]
			if why := strings.Join(r.Why, " "); r.Status != c.want || !strings.Contains(why, c.why) || c.why == "" && why != "" {
				t.Errorf("got %s, %q, want %s, %q", r.Status, why, c.want, c.why)
			}
			if got := strings.Join(seen, " "); got != c.seen {
				t.Errorf("the server saw %q, want %q", got, c.seen)
			}
		})
	}
}

func TestAServerThatLetsTheTimePassTwiceIsNotAskedAgain(t *testing.T) {
	hold := make(chan struct{})
	var asked atomic.Int32
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		select {
		case <-hold:
		case <-r.Context().Done():
		}
	}))
	defer silent.Close()
	defer close(hold)
	awake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Access-Control-Allow-Origin", "*") }))
	defer awake.Close()
	get := func(url string) string {
		return "  - from: https://app.example.com\n    request: GET " + url + "\n    result: allowed\n"
	}
	f := parse(t, "expect:\n"+get("/a")+get(awake.URL+"/b")+get("/c")+get("/d")+get(awake.URL+"/e"))
	results, err := f.Check(t.Context(), &policycheck.Server{URL: silent.URL, Agent: fetch.AgentConfig{Limits: fetch.Limits{Timeout: 100 * time.Millisecond}}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range results {
		got = append(got, string(r.Status)+" "+r.Trace.Request.URL[strings.LastIndex(r.Trace.Request.URL, "/"):])
	}
	if got, want := strings.Join(got, ", "), "unreachable /a, holds /b, unreachable /c, unreachable /d, holds /e"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("the silent server was asked %d times", n)
	}
	if why, want := strings.Join(results[3].Why, " "), "It was not asked: "+silent.URL+" had not answered in time, 2 times in a row."; why != want {
		t.Errorf("got %q, want %q", why, want)
	}
}

func TestACheckEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f := parse(t, policies+expect("from: https://app.example.com", "request: GET /api/", "result: allowed"))
	if results, err := f.Check(ctx, nil); err == nil {
		t.Errorf("got %v", results)
	}
}
