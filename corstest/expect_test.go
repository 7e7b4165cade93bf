package corstest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/corscope/corscope/corstest"
	"github.com/corscope/corscope/fetch"
)

const app = "https://app.example.com"

// answering returns a handler that gives every request this status and these headers,
// as "Name: value".
func answering(status int, headers ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			w.Header().Add(name, value)
		}
		w.WriteHeader(status)
	})
}

// byMethod sends OPTIONS to one handler and the rest to another.
func byMethod(options, rest http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions {
			options.ServeHTTP(w, r)
			return
		}
		rest.ServeHTTP(w, r)
	})
}

const allowApp = "Access-Control-Allow-Origin: " + app

func TestAFailureSaysWhatDecidedAndWhatTheServerWouldHaveToSend(t *testing.T) {
	put := corstest.Do("PUT", "/users/7").WithJSON(`{}`)
	for name, c := range map[string]struct {
		check func(t testing.TB)
		want  []string // parts of the failure, in order; none for a test that passes
	}{
		"a page that is let through": {
			func(t testing.TB) { corstest.Allows(t, answering(200, allowApp), app, corstest.Get("/users")) },
			nil,
		},
		"an answer that nobody may read": {
			func(t testing.TB) { corstest.Allows(t, answering(200), app, corstest.Get("/users")) },
			[]string{
				"corstest: blocked, but should be allowed: GET https://server-under-test.example/users from a page on https://app.example.com",
				"Access-Control-Allow-Origin is missing", "< 200 OK", "< (no CORS headers)",
				"The answer to GET would have to have:", "Access-Control-Allow-Origin: https://app.example.com",
				"reason: allow-origin-missing, step 2 of https://fetch.spec.whatwg.org/#concept-cors-check",
			},
		},
		"a wildcard with credentials": {
			func(t testing.TB) {
				corstest.Allows(t, answering(200, "Access-Control-Allow-Origin: *"), app, corstest.Get("/users").WithCredentials())
			},
			[]string{"with credentials from a page", "does not count when credentials are included",
				"Access-Control-Allow-Origin: https://app.example.com", "Access-Control-Allow-Credentials: true"},
		},
		"a preflight that lacks the method and a header names both, though the browser names one": {
			func(t testing.TB) {
				corstest.Allows(t, answering(200, allowApp, "Access-Control-Allow-Methods: GET", "Access-Control-Allow-Headers: X-A"), app, put)
			},
			[]string{"allows GET, and not PUT", "(the preflight)", "> Access-Control-Request-Headers: content-type",
				"Access-Control-Allow-Methods: GET, PUT", "Access-Control-Allow-Headers: X-A, content-type",
				"The answer to PUT, which was never sent, must allow the origin too."},
		},
		"a method that differs in case is another method": {
			func(t testing.TB) {
				corstest.Allows(t, answering(200, allowApp, "Access-Control-Allow-Methods: PATCH"), app, corstest.Do("patch", "/"))
			},
			[]string{"Access-Control-Allow-Methods: PATCH, patch"},
		},
		"a list with a bad member is written anew": {
			func(t testing.TB) {
				corstest.Allows(t, answering(200, allowApp, "Access-Control-Allow-Methods: PUT DELETE"), app, corstest.Do("PUT", "/"))
			},
			[]string{"Access-Control-Allow-Methods: PUT   (names only, separated by commas)"},
		},
		"a list of headers with a bad member is written anew": {
			func(t testing.TB) {
				corstest.Allows(t, answering(200, allowApp, "Access-Control-Allow-Headers: X-A; X-B"), app, corstest.Get("/").WithHeader("X-A", "1"))
			},
			[]string{"Access-Control-Allow-Headers: x-a   (names only, separated by commas)"},
		},
		"a wildcard among the headers with Authorization": {
			func(t testing.TB) {
				corstest.Allows(t, answering(200, allowApp, "Access-Control-Allow-Headers: *"), app,
					corstest.Get("/").WithHeader("Authorization", "Bearer t").WithHeader("X-A", "1"))
			},
			[]string{"does not cover Authorization", "Access-Control-Allow-Headers: authorization, x-a"},
		},
		"a preflight that asks for a login": {
			func(t testing.TB) { corstest.Allows(t, answering(401, allowApp), app, put) },
			[]string{"status 401", "a status from 200 to 299", "must stand outside of authentication"},
		},
		"a preflight that no router knows": {
			func(t testing.TB) { corstest.Allows(t, answering(405), app, put) },
			[]string{"< 405 Method Not Allowed", "a status from 200 to 299", "A router answered OPTIONS by itself"},
		},
		"a preflight that is refused without a word": {
			func(t testing.TB) { corstest.Allows(t, answering(403), app, put) },
			[]string{"the method or a header may be what", "SetDebug(true)"},
		},
		"a preflight that is refused with a reason": {
			func(t testing.TB) {
				corstest.Allows(t, answering(403, "Corscope-Reason: method-not-allowed"), app, put)
			},
			[]string{"< Corscope-Reason: method-not-allowed", "The server says why it refused: method-not-allowed."},
		},
		"a preflight that is redirected": {
			func(t testing.TB) { corstest.Allows(t, answering(308, "Location: /other"), app, put) },
			[]string{"the preflight was redirected", "< Location: /other", "not a redirect: browsers do not follow one there"},
		},
		"a handler that panics": {
			func(t testing.TB) {
				corstest.Allows(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("out of tea") }), app, corstest.Get("/"))
			},
			[]string{"No answer came", "no answer: ", "the handler panicked: out of tea"},
		},
		"a policy in the answer that forbids embedding": {
			func(t testing.TB) {
				r := corstest.Get("/")
				r.Mode = fetch.ModeNoCORS
				corstest.Allows(t, answering(200, "Cross-Origin-Resource-Policy: same-origin"), app, r)
			},
			[]string{"< Cross-Origin-Resource-Policy: same-origin", "Cross-Origin-Resource-Policy: cross-origin"},
		},
		"a page that should be blocked and is not": {
			func(t testing.TB) {
				corstest.Blocks(t, answering(200, "Access-Control-Allow-Origin: *"), "https://evil.example", corstest.Get("/users"))
			},
			[]string{"allowed, but should be blocked: GET ", "from a page on https://evil.example", "The page may read the answer (200).", "< Access-Control-Allow-Origin: *"},
		},
		"a page that should be blocked but asks its own origin": {
			func(t testing.TB) { corstest.Blocks(t, answering(200), app, corstest.Get(app+"/users")) },
			[]string{"allowed, but should be blocked", "goes to the page's own origin, where no CORS rule applies"},
		},
		"a page that is blocked for the reason that was named": {
			func(t testing.TB) {
				corstest.Blocks(t, answering(200), app, corstest.Get("/"), fetch.ReasonAllowOriginMismatch, fetch.ReasonAllowOriginMissing)
			},
			nil,
		},
		"a page that is blocked for another reason": {
			func(t testing.TB) {
				corstest.Blocks(t, answering(200), app, corstest.Get("/"), fetch.ReasonAllowOriginMismatch, fetch.ReasonMethodNotAllowed)
			},
			[]string{"blocked, but for another reason: allow-origin-missing, not allow-origin-mismatch or method-not-allowed"},
		},
		"a crash does not count as blocked": {
			func(t testing.TB) {
				corstest.Blocks(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("x") }), app, corstest.Get("/"))
			},
			[]string{"no rule of the browser was reached, so this says nothing about CORS"},
		},
		"a crash counts where it is named": {
			func(t testing.TB) {
				corstest.Blocks(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("x") }), app, corstest.Get("/"), fetch.ReasonClosed)
			},
			nil,
		},
		"a header that is exposed, and one that always is": {
			func(t testing.TB) {
				corstest.Exposes(t, answering(200, allowApp, "X-Total: 1", "Cache-Control: no-store", "Access-Control-Expose-Headers: x-total"), app,
					corstest.Get("/"), "X-Total", "cache-control")
			},
			nil,
		},
		"a header that is hidden": {
			func(t testing.TB) {
				corstest.Exposes(t, answering(200, allowApp, "X-Total: 1", "Cache-Control: no-store", "Access-Control-Expose-Headers: X-A"), app, corstest.Get("/"), "X-Total")
			},
			[]string{"X-Total is hidden from the page, but should be exposed", "Access-Control-Expose-Headers: X-A, X-Total",
				"< Access-Control-Expose-Headers: X-A", "the page can read: cache-control"},
		},
		"a header that is not there cannot be exposed": {
			func(t testing.TB) { corstest.Exposes(t, answering(200, allowApp), app, corstest.Get("/"), "X-Total") },
			[]string{"the answer has no X-Total", "the handler must send it", "Access-Control-Expose-Headers: (not sent)"},
		},
		"a header of an answer that nobody may read": {
			func(t testing.TB) {
				corstest.Exposes(t, answering(200, "X-Total: 1"), app, corstest.Get("/"), "X-Total")
			},
			[]string{"blocked, but should be allowed"},
		},
		"a header that stays hidden": {
			func(t testing.TB) {
				corstest.Hides(t, answering(200, allowApp, "X-Secret: 1"), app, corstest.Get("/"), "X-Secret")
			},
			nil,
		},
		"a header that is shown and should not be": {
			func(t testing.TB) {
				corstest.Hides(t, answering(200, allowApp, "X-Secret: 1", "Access-Control-Expose-Headers: *"), app, corstest.Get("/"), "X-Secret")
			},
			[]string{"the page can read X-Secret, but should not", "Access-Control-Expose-Headers must not list it"},
		},
		"a header that no policy hides": {
			func(t testing.TB) {
				corstest.Hides(t, answering(200, allowApp, "Expires: 0"), app, corstest.Get("/"), "Expires")
			},
			[]string{"one of the seven headers"},
		},
		"a header that is not there cannot be hidden": {
			func(t testing.TB) { corstest.Hides(t, answering(200, allowApp), app, corstest.Get("/"), "X-Secret") },
			[]string{"the answer has no X-Secret"},
		},
		"a handler that is nil": {
			func(t testing.TB) { corstest.Allows(t, nil, app, corstest.Get("/")) },
			[]string{"corstest: the handler is nil"},
		},
		"a page that is none": {
			func(t testing.TB) { corstest.Allows(t, answering(200), "app.example.com", corstest.Get("/")) },
			[]string{"corstest: the request cannot be run: fetch: page: "},
		},
		"a method that no browser sends": {
			func(t testing.TB) { corstest.Blocks(t, answering(200), app, corstest.Do("TRACE", "/")) },
			[]string{"corstest: the request cannot be run: ", "TRACE"},
		},
		"a value with control characters from the server": {
			func(t testing.TB) {
				corstest.Allows(t, answering(200, "Access-Control-Allow-Origin: \x1b[2J"+strings.Repeat("x", 1000)), app, corstest.Get("/"))
			},
			[]string{"< Access-Control-Allow-Origin: ?[2Jxxx", "x..."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := record(c.check)
			if (len(c.want) == 0) != (len(got.failures) == 0) {
				t.Fatalf("got %d failures:\n%s", len(got.failures), got.text())
			}
			rest := got.text()
			for _, part := range c.want {
				_, after, found := strings.Cut(rest, part)
				if !found {
					t.Fatalf("%q is not there, or not in its place, in:\n%s", part, got.text())
				}
				rest = after
			}
			if strings.Contains(got.text(), "\x1b") {
				t.Error("a control character reached the output")
			}
		})
	}
}

func TestABrowserOnTheNetworkSendsNothingThatMayChangeData(t *testing.T) {
	var seen []string
	cors := []string{allowApp, "Access-Control-Allow-Methods: DELETE", "Access-Control-Allow-Headers: content-type"}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Method+" "+r.URL.Path)
		answering(200, cors...).ServeHTTP(w, r)
	}))
	defer server.Close()
	form := corstest.Do("POST", "/orders").WithBody("text/plain", "tea")

	careful := &corstest.Browser{URL: server.URL}
	for name, c := range map[string]struct {
		check func(t testing.TB)
		seen  string
		want  string // a part of the failure
		log   string // a part of the log
	}{
		"a GET is sent": {
			func(t testing.TB) { careful.Allows(t, app, corstest.Get("/users")) }, "GET /users", "", "",
		},
		"a DELETE is judged by its preflight": {
			func(t testing.TB) { careful.Allows(t, app, corstest.Do("DELETE", "/users/7")) }, "OPTIONS /users/7", "",
			"DELETE was not sent, because it may change data: the preflight alone was judged (Browser.Send sends it)",
		},
		"a DELETE that the preflight allows is not blocked": {
			func(t testing.TB) { careful.Blocks(t, app, corstest.Do("DELETE", "/users/8")) }, "OPTIONS /users/8",
			"The preflight allows the request.", "",
		},
		"a POST without a preflight cannot be judged": {
			func(t testing.TB) { careful.Allows(t, app, form) }, "", "Nothing was sent, because POST may change data and no preflight is needed: set Browser.Send", "",
		},
		"a POST without a preflight is not blocked either": {
			func(t testing.TB) { careful.Blocks(t, app, form) }, "", "Nothing was sent", "",
		},
		"headers of an answer that never came": {
			func(t testing.TB) { careful.Exposes(t, app, corstest.Do("DELETE", "/users/9"), "X-A") }, "OPTIONS /users/9",
			"DELETE was not sent, because it may change data, so there is no answer with headers: set Browser.Send", "was not sent",
		},
		"everything is sent with Send": {
			func(t testing.TB) {
				(&corstest.Browser{URL: server.URL, Send: true}).Allows(t, app, corstest.Do("DELETE", "/users/7"))
			}, "OPTIONS /users/7, DELETE /users/7", "", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			seen = nil
			// The page is on https and the server on loopback, which counts as secure.
			got := record(c.check)
			if s := strings.Join(seen, ", "); s != c.seen {
				t.Errorf("the server saw %q, want %q", s, c.seen)
			}
			if text := got.text(); (c.want == "") != (text == "") || !strings.Contains(text, c.want) {
				t.Errorf("got failure %q, want %q", text, c.want)
			}
			if text := strings.Join(got.logs, "\n"); (c.log == "") != (text == "") || !strings.Contains(text, c.log) {
				t.Errorf("got log %q, want %q", text, c.log)
			}
		})
	}
}

func TestABrowserThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct {
		browser *corstest.Browser
		want    string
	}{
		"a URL that is none":                   {&corstest.Browser{Handler: answering(200), URL: "api.example.com"}, "the URL of the browser: "},
		"no URL, and a request without one":    {&corstest.Browser{}, "(without Browser.URL requests need whole URLs)"},
		"a cookie that no browser would keep":  {&corstest.Browser{Handler: answering(200), Cookies: []string{"sid=1; SameSite=None"}}, `no browser would keep the cookie "sid=1; SameSite=None"`},
		"a cookie without a URL to be for":     {&corstest.Browser{Cookies: []string{"sid=1"}}, "set Browser.URL"},
		"an agent with a limit below nothing":  {&corstest.Browser{Handler: answering(200), Agent: fetch.AgentConfig{Limits: fetch.Limits{MaxResponseBody: -1}}}, "MaxResponseBody"},
		"the mistake shows at every use again": {&corstest.Browser{Handler: answering(200), URL: ":"}, "the URL of the browser: "},
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 {
				got := record(func(t testing.TB) { c.browser.Allows(t, app, corstest.Get("/")) })
				if !got.fatal || !strings.Contains(got.text(), c.want) {
					t.Errorf("got %q (fatal: %t), want %q", got.text(), got.fatal, c.want)
				}
			}
		})
	}
}

func TestABrowserRemembersCookiesAndPreflights(t *testing.T) {
	var seen []string
	b := &corstest.Browser{
		Cookies: []string{"sid=1; SameSite=None; Secure"},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			seen = append(seen, r.Method+" "+r.Host+" "+r.Header.Get("Cookie"))
			answering(200, allowApp, "Access-Control-Allow-Credentials: true", "Access-Control-Allow-Methods: PUT", "Access-Control-Max-Age: 60").ServeHTTP(w, r)
		}),
	}
	put := corstest.Do("PUT", "/")
	b.Allows(t, app, put.WithCredentials())
	b.Allows(t, app, put.WithCredentials())
	b.Allows(t, app, put)
	want := "OPTIONS server-under-test.example , PUT server-under-test.example sid=1, PUT server-under-test.example sid=1, " +
		"PUT server-under-test.example "
	if got := strings.Join(seen, ", "); got != want {
		t.Errorf("the server saw\n%s\nwant\n%s", got, want)
	}
}

func TestABrowserThatStoresAnswersShowsAMissingVary(t *testing.T) {
	vary := false
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=600")
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		if vary {
			w.Header().Set("Vary", "Origin")
		}
	})
	two := func(t testing.TB) *corstest.Result {
		b := &corstest.Browser{Handler: handler}
		b.Allows(t, app, corstest.Get("/logo"))
		return b.Allows(t, "https://www.example.com", corstest.Get("/logo"))
	}
	got := record(func(t testing.TB) {
		if r := two(t); r.Reached() {
			t.Errorf("the server was asked twice")
		}
	})
	rest := got.text()
	for _, part := range []string{"(answered by the browser's HTTP cache: the server was not asked)", "< Access-Control-Allow-Origin: " + app, "must say Vary: Origin"} {
		_, after, found := strings.Cut(rest, part)
		if !found {
			t.Fatalf("%q is not there, or not in its place, in:\n%s", part, got.text())
		}
		rest = after
	}
	vary = true
	if r := two(t); !r.Reached() {
		t.Error("the server was not asked for the second page")
	}
}

func TestARequestIsNotChangedByItsMethods(t *testing.T) {
	base := corstest.Get("/").WithHeader("X-A", "1")
	one, two := base.WithHeader("X-B", "1"), base.WithHeader("X-C", "1")
	if len(base.Headers) != 1 || one.Headers[1].Name != "X-B" || two.Headers[1].Name != "X-C" {
		t.Errorf("got %v, %v, %v", base.Headers, one.Headers, two.Headers)
	}
}

func TestTheResultHasWhatThePageGets(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.WriteHeader(http.StatusTeapot)
		w.Write([]byte("short and stout"))
	})
	r := corstest.Allows(t, handler, "null", corstest.Get("/"))
	if r.Status != http.StatusTeapot || string(r.Body) != "short and stout" || !r.Reached() {
		t.Errorf("got status %d, body %q, reached %t", r.Status, r.Body, r.Reached())
	}
	refused := corstest.Blocks(t, byMethod(answering(403), answering(200)), app, corstest.Do("PUT", "/"))
	if refused.Reached() || refused.Status != 0 || refused.Body != nil {
		t.Errorf("got reached %t, status %d, body %q", refused.Reached(), refused.Status, refused.Body)
	}
}
