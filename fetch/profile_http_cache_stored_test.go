package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// inTurn answers the n-th request with the n-th of answers, the last one again for all that follow, and with n as the body.
func inTurn(answers []string, asked *atomic.Int64, conditions *[]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		n := int(asked.Add(1))
		*conditions = append(*conditions, r.Header.Get("If-None-Match")+r.Header.Get("If-Modified-Since"))
		a := parseAnswer(answers[min(n, len(answers))-1])
		for _, h := range a.Headers {
			w.Header().Add(h.Name, h.Value)
		}
		w.WriteHeader(a.Status)
		if a.Status != http.StatusNotModified {
			w.Write([]byte(strconv.Itoa(n)))
		}
	}
}

// What browsers keep though it can hardly be used again, and what they ask with, as Chromium 156 and Firefox 153 ESR did on 2026-11-23.
func TestWhatBrowsersStoreAndValidate(t *testing.T) {
	const modified = "|Last-Modified: Sat, 29 Oct 1994 19:43:31 GMT"
	cached := Request{Mode: ModeSameOrigin, Cache: CacheOnlyIfCached}
	withA := func(r Request, value string) Request {
		r.Headers = HeaderList{{"X-A", value}}
		return r
	}
	a1, a2 := withA(Request{}, "1"), withA(Request{}, "2")
	for _, c := range []struct {
		name     string
		answers  []string
		requests []Request
		// want is in the profiles spec, chromium and firefox what the page gets of each request, and behind the bar the conditions with which
		// the server was asked.
		want [3]string
	}{
		{"force-cache takes an answer without a lifetime", []string{"200"}, []Request{{}, {Cache: CacheForceCache}}, [3]string{"1 2|,", "1 1|", "1 1|"}},
		{"so does only-if-cached, whatever the status", []string{"500"}, []Request{{}, cached}, [3]string{"1 error|", "1 1|", "1 1|"}},
		{"but not one that says no-store", []string{"200|Cache-Control: no-store"}, []Request{{}, cached}, [3]string{"1 error|", "1 error|", "1 error|"}},
		{"and the mode default does not", []string{"200"}, []Request{{}, {}}, [3]string{"1 2|,", "1 2|,", "1 2|,"}},
		{"a failure that says how long", []string{"404|Cache-Control: max-age=60"}, []Request{{}, {}, cached}, [3]string{"1 1 1|", "1 1 1|", "1 2 2|,"}},
		{"status 429 that says so", []string{"429|Cache-Control: max-age=60"}, []Request{{}, {}, cached}, [3]string{"1 1 1|", "1 1 1|", "1 2 error|,"}},
		{"which leaves what is stored", []string{"200|Cache-Control: max-age=60", "429"}, []Request{{}, {Cache: CacheNoCache}, {}}, [3]string{"1 2 1|,", "1 2 3|,,", "1 2 1|,"}},
		{"a page's no-store leaves it too", []string{"200|Cache-Control: max-age=60"}, []Request{{}, {Headers: HeaderList{{"Cache-Control", "no-store"}}}, {}},
			[3]string{"1 2 1|,", "1 1 1|", "1 2 1|,"}},
		{"status 416 that says so", []string{"416|Cache-Control: max-age=60"}, []Request{{}, {}, cached}, [3]string{"1 1 1|", "1 2 error|,", "1 2 2|,"}},
		{"status 302 without Location", []string{"302|Cache-Control: max-age=60"}, []Request{{}, {}, cached}, [3]string{"1 1 1|", "1 1 1|", "1 2 error|,"}},
		{"a 304 to no condition", []string{"304|Cache-Control: max-age=60"}, []Request{{}, {}}, [3]string{"304 304|,", "304 304|", "304 304|,"}},
		{"a 304 where what is stored has no validator", []string{"200|Cache-Control: max-age=60", "304"}, []Request{{}, {Cache: CacheNoCache}},
			[3]string{"1 1|,", "1 304|,", "1 1|,"}},
		{"a 404 with an ETag", []string{`404|ETag: "v"`}, []Request{{}, {}}, [3]string{`1 2|,"v"`, "1 2|,", "1 2|,"}},
		{"a 203 with an ETag", []string{`203|ETag: "v"`}, []Request{{}, {}}, [3]string{`1 2|,"v"`, "1 2|,", `1 2|,"v"`}},
		{"an ETag for other headers", []string{`200|Cache-Control: max-age=60|Vary: X-A|ETag: "v"` + modified, "304"}, []Request{a1, a2},
			[3]string{"1 304|,", `1 1|,"v"`, `1 1|,"v"`}},
		{"then the answer is for the other headers", []string{`200|Cache-Control: max-age=60|Vary: X-A|ETag: "v"`, "304", "200"}, []Request{a1, a2, a2, a1},
			[3]string{"1 304 3 1|,,", `1 1 1 3|,"v","v"`, `1 1 1 3|,"v","v"`}},
		{"a date for other headers", []string{"200|Cache-Control: max-age=60|Vary: X-A" + modified}, []Request{a1, a2}, [3]string{"1 2|,", "1 2|,", "1 2|,"}},
		{"an ETag and Vary: *", []string{`200|Cache-Control: max-age=60|Vary: *|ETag: "v"`, "304"}, []Request{{}, {}}, [3]string{"1 304|,", `1 1|,"v"`, `1 1|,"v"`}},
		{"force-cache for other headers", []string{`200|Cache-Control: max-age=60|Vary: X-A|ETag: "v"`, "304"}, []Request{a1, withA(Request{Cache: CacheForceCache}, "2")},
			[3]string{"1 304|,", `1 1|,"v"`, `1 1|,"v"`}},
		{"only-if-cached for other headers", []string{`200|Cache-Control: max-age=60|Vary: X-A|ETag: "v"`}, []Request{a1, withA(cached, "2"), a1},
			[3]string{"1 error 1|", "1 error 1|", "1 error 1|"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, policy := range []HTTPCachePolicy{{}, chromiumHTTPCachePolicy(), firefoxHTTPCachePolicy()} {
				var asked atomic.Int64
				var conditions, got []string
				l := newLoopback(t, AgentConfig{Profile: Profile{HTTPCache: policy}}, inTurn(c.answers, &asked, &conditions))
				for _, request := range c.requests {
					request.URL = httpApp + "/x"
					response, body := l.get(httpApp, request)
					switch {
					case response.IsError():
						body = "error"
					case response.Status == 304:
						body = "304"
					}
					got = append(got, body)
				}
				if got := strings.Join(got, " ") + "|" + strings.Join(conditions, ","); got != c.want[i] {
					t.Errorf("%s: %s, want %s", []string{"spec", "chromium", "firefox"}[i], got, c.want[i])
				}
			}
		})
	}
}

// How browsers read what an answer says of its lifetime, as Chromium 156 and Firefox 153 ESR did on 2026-11-23. The answer has an ETag and was
// last modified long ago, so that one without a lifetime is fresh by a guess.
func TestHowBrowsersReadLifetimes(t *testing.T) {
	const fresh, stale = "fresh", "stale"
	for _, c := range []struct {
		name, headers string
		want          [3]string // in the profiles spec, chromium and firefox
	}{
		{"0 is a lifetime", "Cache-Control: max-age=0", [3]string{stale, stale, stale}},
		{"0 in quotes is none to browsers", `Cache-Control: max-age="0"`, [3]string{stale, fresh, fresh}},
		{"neither is a negative number", "Cache-Control: max-age=-1", [3]string{stale, fresh, fresh}},
		{"nor a word", "Cache-Control: max-age=x", [3]string{stale, fresh, fresh}},
		{"nor nothing", "Cache-Control: max-age", [3]string{stale, fresh, fresh}},
		{"digits with something behind them", "Cache-Control: max-age=0x", [3]string{stale, fresh, stale}},
		{"a number beyond 32 bits", "Expires: 0|Cache-Control: max-age=4294967296", [3]string{fresh, fresh, stale}},
		{"the greatest of 32 bits", "Expires: 0|Cache-Control: max-age=4294967295", [3]string{fresh, fresh, fresh}},
		{"two lifetimes, the first one greater", "Cache-Control: max-age=60, max-age=0", [3]string{fresh, fresh, stale}},
		{"two lifetimes, the first one smaller", "Cache-Control: max-age=0, max-age=60", [3]string{stale, stale, fresh}},
		{"two lifetimes, the first one in quotes", `Cache-Control: max-age="60", max-age=0`, [3]string{fresh, stale, stale}},
		{"two lifetimes, the second one a word", "Expires: 0|Cache-Control: max-age=60, max-age=x", [3]string{fresh, fresh, stale}},
		{"a space before the sign", "Cache-Control: max-age =0", [3]string{stale, fresh, stale}},
		{"no-cache with names of headers", `Cache-Control: max-age=60, no-cache="a"`, [3]string{stale, fresh, stale}},
		{"Pragma", "Cache-Control: max-age=60|Pragma: no-cache", [3]string{fresh, stale, stale}},
		{"two Expires, the first one in the future", "Expires: Thu, 01 Jan 2099 00:00:00 GMT|Expires: 0", [3]string{stale, fresh, fresh}},
		{"two Expires on one line", "Expires: Thu, 01 Jan 2099 00:00:00 GMT, 0", [3]string{stale, fresh, fresh}},
		{"two Expires, the first one in the past", "Expires: 0|Expires: Thu, 01 Jan 2099 00:00:00 GMT", [3]string{stale, stale, stale}},
		{"an Age beyond the lifetime", "Cache-Control: max-age=60|Age: 70", [3]string{stale, stale, stale}},
		{"which stands first", "Cache-Control: max-age=60|Age: 70, 0", [3]string{stale, stale, stale}},
		{"in quotes", `Cache-Control: max-age=60|Age: "70"`, [3]string{stale, fresh, fresh}},
		{"a negative Age", "Cache-Control: max-age=60|Age: -1", [3]string{fresh, fresh, stale}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, policy := range []HTTPCachePolicy{{}, chromiumHTTPCachePolicy(), firefoxHTTPCachePolicy()} {
				var asked atomic.Int64
				var conditions []string
				answer := "200|ETag: \"v\"|Last-Modified: Sat, 29 Oct 1994 19:43:31 GMT|" + c.headers
				l := newLoopback(t, AgentConfig{Profile: Profile{HTTPCache: policy}}, inTurn([]string{answer}, &asked, &conditions))
				l.get(httpApp, Request{URL: httpApp + "/x"})
				l.get(httpApp, Request{URL: httpApp + "/x"})
				got := fresh
				if len(conditions) == 2 {
					got = stale
				}
				if got != c.want[i] {
					t.Errorf("%s: %s, want %s", []string{"spec", "chromium", "firefox"}[i], got, c.want[i])
				}
			}
		})
	}
}

// An answer that comes from Firefox's cache has no header lines without a value, and no browser's asks with an empty ETag.
func TestEmptyHeaderLinesOfStoredAnswers(t *testing.T) {
	for i, policy := range []HTTPCachePolicy{{}, chromiumHTTPCachePolicy(), firefoxHTTPCachePolicy()} {
		var asked atomic.Int64
		var conditions []string
		l := newLoopback(t, AgentConfig{Profile: Profile{HTTPCache: policy}}, inTurn([]string{"200|Cache-Control: max-age=60|X-A: |ETag: "}, &asked, &conditions))
		first, _ := l.get(httpApp, Request{URL: httpApp + "/x"})
		second, _ := l.get(httpApp, Request{URL: httpApp + "/x"})
		if kept := second.Headers.Contains("X-A"); !first.Headers.Contains("X-A") || kept == policy.EmptyLinesLost || asked.Load() != 1 {
			t.Errorf("%d: X-A is kept: %t", i, kept)
		}
		if l.get(httpApp, Request{URL: httpApp + "/x", Cache: CacheNoCache}); conditions[1] != "" {
			t.Errorf("%d: asked with %q", i, conditions[1])
		}
	}
}

// An answer of https that says immutable is asked for in Firefox's reloads where its status is not one that may be fresh.
func TestAFailureIsNotImmutable(t *testing.T) {
	for status, want := range map[string]int64{"200": 1, "400": 2} {
		var asked atomic.Int64
		var conditions []string
		l := newLoopback(t, AgentConfig{Profile: Firefox()}, inTurn([]string{status + "|Cache-Control: max-age=60, immutable"}, &asked, &conditions), "app.example.com")
		l.get(app, Request{URL: app + "/x"})
		l.get(app, Request{URL: app + "/x", Cache: CacheNoCache})
		if asked.Load() != want {
			t.Errorf("status %s: asked %d times, want %d", status, asked.Load(), want)
		}
	}
}

// The 304 of a server that answers each origin with its own Access-Control-Allow-Origin, and forgets it there.
func TestAVariantIsValidatedForAnotherOrigin(t *testing.T) {
	var asked atomic.Int64
	var conditions []string
	first := "200|Cache-Control: max-age=60|Vary: Origin|ETag: \"v\"|" + strings.Replace(allow, app, httpApp, 1)
	l := newLoopback(t, AgentConfig{Profile: Chromium()}, inTurn([]string{first, "304"}, &asked, &conditions))
	if response, _ := l.get(httpApp, Request{URL: httpAPI + "/x"}); response.IsError() {
		t.Fatal(response.Reason)
	}
	response, _ := l.get("http://admin.example.com", Request{URL: httpAPI + "/x"})
	want := "the answer came from the HTTP cache after a 304 that has no Access-Control-Allow-Origin of its own"
	if response.Reason.Code != ReasonAllowOriginMismatch || !strings.Contains(response.Reason.Detail, want) || conditions[1] != `"v"` {
		t.Errorf("asked with %s: %s", conditions[1], response.Reason.Sentence())
	}
}
