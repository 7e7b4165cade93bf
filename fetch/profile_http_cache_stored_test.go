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
