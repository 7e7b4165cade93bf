package fetch

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// The cases are subtests of web-platform-tests' fetch/http-cache on which browsers differ, with what was measured.
func TestBrowsersHTTPCaches(t *testing.T) {
	lastModified := "Last-Modified: " + time.Now().Add(-1000*time.Hour).UTC().Format(http.TimeFormat)
	header := func(name, value string) Request { return Request{Headers: HeaderList{{name, value}}} }
	for _, c := range []struct {
		name, answer string
		// requests are made one after the other; the last one's answer counts.
		requests []Request
		// want is the body of the last answer in the profiles spec, chromium and firefox.
		want [3]string
	}{
		{"a lifetime is guessed for 200", "200|" + lastModified, []Request{{}, {}}, [3]string{"1", "1", "1"}},
		{"and for 203", "203|" + lastModified, []Request{{}, {}}, [3]string{"1", "1", "1"}},
		{"and for 404", "404|" + lastModified, []Request{{}, {}}, [3]string{"1", "2", "2"}},
		{"and for 501", "501|" + lastModified, []Request{{}, {}}, [3]string{"1", "2", "2"}},
		{"and for 410", "410|" + lastModified, []Request{{}, {}}, [3]string{"1", "1", "1"}},
		{"and for any that says public", "599|Cache-Control: public|" + lastModified, []Request{{}, {}}, [3]string{"1", "2", "2"}},
		{"404 says how long it may be kept", "404|Cache-Control: max-age=60", []Request{{}, {}}, [3]string{"1", "1", "2"}},
		{"500 says so", "500|Cache-Control: max-age=60", []Request{{}, {}}, [3]string{"1", "1", "2"}},
		{"299 says so", "299|Cache-Control: max-age=60", []Request{{}, {}}, [3]string{"1", "1", "2"}},
		{"302 says so, without Location", "302|Cache-Control: max-age=60", []Request{{}, {}}, [3]string{"1", "1", "2"}},
		{"a page's min-fresh", "200|Cache-Control: max-age=60", []Request{{}, header("Cache-Control", "min-fresh=120")}, [3]string{"2", "1", "2"}},
		{"a page's no-store", "200|Cache-Control: max-age=60", []Request{{}, header("Cache-Control", "no-store")}, [3]string{"2", "1", "2"}},
		{"a page's no-cache", "200|Cache-Control: max-age=60", []Request{{}, header("Cache-Control", "no-cache")}, [3]string{"2", "2", "2"}},
		{"a page's max-age=0", "200|Cache-Control: max-age=60", []Request{{}, header("Cache-Control", "max-age=0")}, [3]string{"2", "2", "2"}},
		{"a page's Pragma", "200|Cache-Control: max-age=60", []Request{{}, header("Pragma", "no-cache")}, [3]string{"2", "2", "2"}},
		{"a second variant leaves the first", "200|Cache-Control: max-age=60|Vary: X-A", []Request{header("X-A", "1"), header("X-A", "2"), header("X-A", "1")},
			[3]string{"1", "3", "3"}},
		{"an unknown method drops what is stored", "200|Cache-Control: max-age=60", []Request{{}, {Method: "NOTIFY"}, {}}, [3]string{"3", "1", "3"}},
		{"PATCH does so", "200|Cache-Control: max-age=60", []Request{{}, {Method: "PATCH"}, {}}, [3]string{"3", "3", "3"}},
		{"PUT does so", "200|Cache-Control: max-age=60", []Request{{}, {Method: "PUT", Body: BytesBody(nil)}, {}}, [3]string{"3", "3", "3"}},
		{"but not without a body", "200|Cache-Control: max-age=60", []Request{{}, {Method: "PUT"}, {}}, [3]string{"3", "1", "3"}},
		{"nor DELETE with Range", "200|Cache-Control: max-age=60", []Request{{}, {Method: "DELETE", Headers: HeaderList{{"Range", "bytes=0-0"}}}, {}}, [3]string{"3", "1", "3"}},
		{"nor DELETE with If-None-Match", "200|Cache-Control: max-age=60", []Request{{}, {Method: "DELETE", Headers: HeaderList{{"If-None-Match", "x"}}}, {}},
			[3]string{"3", "1", "3"}},
		{"nor POST with If-Match", "200|Cache-Control: max-age=60", []Request{{}, {Method: "POST", Headers: HeaderList{{"If-Match", "x"}}}, {}}, [3]string{"3", "1", "3"}},
		{"force-cache answers a DELETE", "200|Cache-Control: max-age=60", []Request{{}, {Method: "DELETE", Cache: CacheForceCache}}, [3]string{"2", "1", "2"}},
		{"but no POST", "200|Cache-Control: max-age=60", []Request{{}, {Method: "POST", Cache: CacheForceCache}}, [3]string{"2", "2", "2"}},
		{"nor a PUT without a body", "200|Cache-Control: max-age=60", []Request{{}, {Method: "PUT", Cache: CacheForceCache}}, [3]string{"2", "2", "2"}},
		{"nor a DELETE with Cache-Control: no-cache", "200|Cache-Control: max-age=60", []Request{{}, {Method: "DELETE", Cache: CacheForceCache,
			Headers: HeaderList{{"Cache-Control", "no-cache"}}}}, [3]string{"2", "2", "2"}},
		{"a method drops what Location names", "200|Cache-Control: max-age=60|Location: /x", []Request{{}, {Method: "POST", URL: httpApp + "/y"}, {}},
			[3]string{"3", "1", "3"}},
		{"a method that fails drops nothing", "410|Cache-Control: max-age=60", []Request{{}, {Method: "POST"}, {}}, [3]string{"1", "1", "3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, policy := range []HTTPCachePolicy{{}, chromiumHTTPCachePolicy(), firefoxHTTPCachePolicy()} {
				l := newLoopback(t, AgentConfig{Profile: Profile{HTTPCache: policy}}, counting(c.answer))
				body := ""
				for _, request := range c.requests {
					if request.URL == "" {
						request.URL = httpApp + "/x"
					}
					_, body = l.get(httpApp, request)
				}
				if body != c.want[i] {
					t.Errorf("%s gets %q, want %q", []string{"spec", "chromium", "firefox"}[i], body, c.want[i])
				}
			}
		})
	}
	if Chromium().HTTPCache != chromiumHTTPCachePolicy() || Firefox().HTTPCache != firefoxHTTPCachePolicy() {
		t.Error("a profile has another policy")
	}
	chromium, firefox := chromiumHTTPCachePolicy(), firefoxHTTPCachePolicy()
	if chromium.guessesLifetime(204, false) || !firefox.guessesLifetime(204, false) {
		t.Error("204 is guessed at in Firefox alone")
	}
}

// A second answer between two fetches, and whether the first one is still there for the third.
func TestWhatReplacesAStoredAnswer(t *testing.T) {
	const fresh = "Cache-Control: max-age=60"
	for _, c := range []struct {
		name, first, second string
		request             Request
		want                [3]string // the body that the third fetch gets
	}{
		{"one that may be stored", fresh, fresh, Request{Cache: CacheNoCache}, [3]string{"2", "2", "2"}},
		{"one that may not be stored", fresh, "", Request{Cache: CacheNoCache}, [3]string{"1", "3", "3"}},
		{"one that may not be stored, for a reload", fresh, "", Request{Cache: CacheReload}, [3]string{"1", "3", "3"}},
		{"a 206", fresh, "206", Request{Cache: CacheNoCache}, [3]string{"1", "1", "1"}},
		{"one that CORS refuses", fresh, fresh, Request{URL: httpAPI + "/x", Cache: CacheNoCache}, [3]string{"refused", "3", "refused"}},
		{"one that CORS refuses and nobody may store", fresh, "", Request{URL: httpAPI + "/x", Cache: CacheNoCache}, [3]string{"1", "3", "3"}},
		{"one that Cross-Origin-Resource-Policy refuses", fresh, fresh + "|Cross-Origin-Resource-Policy: same-origin",
			Request{URL: httpAPI + "/x", Cache: CacheNoCache, Mode: ModeNoCORS}, [3]string{"refused", "3", "1"}},
		{"one that it refuses, for a reload", fresh, fresh + "|Cross-Origin-Resource-Policy: same-origin",
			Request{URL: httpAPI + "/x", Cache: CacheReload, Mode: ModeNoCORS}, [3]string{"refused", "3", "3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, policy := range []HTTPCachePolicy{{}, chromiumHTTPCachePolicy(), firefoxHTTPCachePolicy()} {
				var asked atomic.Int64
				l := newLoopback(t, AgentConfig{Profile: Profile{HTTPCache: policy}}, func(w http.ResponseWriter, _ *http.Request) {
					n, lines := asked.Add(1), c.first
					if n == 2 {
						lines = c.second
					} else {
						w.Header().Set("Access-Control-Allow-Origin", httpApp)
					}
					for line := range strings.SplitSeq(lines, "|") {
						if name, value, ok := strings.Cut(line, ": "); ok {
							w.Header().Set(name, value)
						}
					}
					if lines == "206" {
						w.WriteHeader(206)
					}
					fmt.Fprint(w, n)
				})
				url := c.request.URL
				if url == "" {
					url = httpApp + "/x"
				}
				second := c.request
				second.URL = url
				body := ""
				for _, request := range []Request{{URL: url}, second, {URL: url}} {
					_, body = l.get(httpApp, request)
				}
				if body == "" {
					body = "refused"
				}
				if body != c.want[i] {
					t.Errorf("%s gets %q, want %q", []string{"spec", "chromium", "firefox"}[i], body, c.want[i])
				}
			}
		})
	}
}

// Firefox drops what is stored for the site in the address bar alone.
func TestThirdPartiesForgetNothing(t *testing.T) {
	for _, c := range []struct {
		name, url string
		want      [3]string
	}{
		{"the page's own site", "http://api.example.com/x", [3]string{"3", "3", "3"}},
		{"another site", "http://other.example/x", [3]string{"3", "3", "1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, profile := range []Profile{{}, Chromium(), Firefox()} {
				var asked atomic.Int64
				l := newLoopback(t, AgentConfig{Profile: profile}, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Access-Control-Allow-Origin", "*")
					w.Header().Set("Cache-Control", "max-age=60")
					fmt.Fprint(w, asked.Add(1))
				})
				body := ""
				for _, method := range []string{"GET", "POST", "GET"} {
					_, body = l.get("http://app.example.com", Request{URL: c.url, Method: method})
				}
				if body != c.want[i] {
					t.Errorf("%s gets %q, want %q", []string{"spec", "chromium", "firefox"}[i], body, c.want[i])
				}
			}
		})
	}
}

// A reload that brings nothing worth keeping, as Chromium 156 answered it; the others were not asked.
func TestReloadForgets(t *testing.T) {
	for _, c := range []struct {
		policy HTTPCachePolicy
		want   int // the requests that the server saw
	}{{HTTPCachePolicy{}, 2}, {chromiumHTTPCachePolicy(), 3}} {
		var asked atomic.Int64
		l := newLoopback(t, AgentConfig{Profile: Profile{HTTPCache: c.policy}}, func(w http.ResponseWriter, _ *http.Request) {
			if asked.Add(1) == 1 {
				w.Header().Set("Cache-Control", "max-age=60")
			}
		})
		for _, mode := range []CacheMode{"", CacheReload, ""} {
			l.get(httpApp, Request{URL: httpApp + "/x", Cache: mode})
		}
		if asked := int(asked.Load()); asked != c.want {
			t.Errorf("reload forgets: %t: asked %d times, want %d", c.policy.ReloadForgets, asked, c.want)
		}
	}
}

// What a page asks for with and without credentials, and what it may not have, as Chromium 156 and Firefox 153 ESR answered it.
func TestBrowsersHTTPCachesUnderCORS(t *testing.T) {
	omit, include := Request{Credentials: CredentialsOmit}, Request{Credentials: CredentialsInclude}
	opaque := Request{Mode: ModeNoCORS}
	allowed := "200|Cache-Control: max-age=60|" + strings.Replace(allow, app, httpApp, 1) + "|" + creds
	for _, c := range []struct {
		name, answer  string
		first, second Request
		want          [3]int // the requests that the server saw
	}{
		{"omit, then include", allowed, omit, include, [3]int{1, 1, 2}},
		{"include, then omit", allowed, include, omit, [3]int{1, 1, 2}},
		{"the default is omit for another origin", allowed, Request{}, omit, [3]int{1, 1, 1}},
		{"no-cors, then cors", allowed, opaque, Request{}, [3]int{1, 1, 1}},
		{"an answer that CORS refuses", "200|Cache-Control: max-age=60", Request{}, Request{}, [3]int{1, 2, 1}},
		{"and is traced", "200|Cache-Control: max-age=60", Request{Trace: new(Trace)}, Request{Trace: new(Trace)}, [3]int{1, 2, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, policy := range []HTTPCachePolicy{{}, chromiumHTTPCachePolicy(), firefoxHTTPCachePolicy()} {
				l := newLoopback(t, AgentConfig{Profile: Profile{HTTPCache: policy}}, counting(c.answer))
				for _, request := range []Request{c.first, c.second} {
					request.URL = httpAPI + "/x"
					l.get(httpApp, request)
				}
				if seen := strings.Count(l.requests(), "GET"); seen != c.want[i] {
					t.Errorf("%s asks %d times, want %d", []string{"spec", "chromium", "firefox"}[i], seen, c.want[i])
				}
			}
		})
	}
}
