package fetch

import (
	"net/http"
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
		{"302 says so", "302|Cache-Control: max-age=60", []Request{{}, {}}, [3]string{"1", "1", "1"}},
		{"a page's min-fresh", "200|Cache-Control: max-age=60", []Request{{}, header("Cache-Control", "min-fresh=120")}, [3]string{"2", "1", "2"}},
		{"a page's no-store", "200|Cache-Control: max-age=60", []Request{{}, header("Cache-Control", "no-store")}, [3]string{"2", "1", "2"}},
		{"a page's no-cache", "200|Cache-Control: max-age=60", []Request{{}, header("Cache-Control", "no-cache")}, [3]string{"2", "2", "2"}},
		{"a page's max-age=0", "200|Cache-Control: max-age=60", []Request{{}, header("Cache-Control", "max-age=0")}, [3]string{"2", "2", "2"}},
		{"a page's Pragma", "200|Cache-Control: max-age=60", []Request{{}, header("Pragma", "no-cache")}, [3]string{"2", "2", "2"}},
		{"a second variant leaves the first", "200|Cache-Control: max-age=60|Vary: X-A", []Request{header("X-A", "1"), header("X-A", "2"), header("X-A", "1")},
			[3]string{"1", "3", "3"}},
		{"an unknown method drops what is stored", "200|Cache-Control: max-age=60", []Request{{}, {Method: "NOTIFY"}, {}}, [3]string{"3", "1", "3"}},
		{"PATCH does so", "200|Cache-Control: max-age=60", []Request{{}, {Method: "PATCH"}, {}}, [3]string{"3", "3", "3"}},
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
	if Chromium().HTTPCache != chromiumHTTPCachePolicy() {
		t.Error("the profile chromium has another policy")
	}
	chromium, firefox := chromiumHTTPCachePolicy(), firefoxHTTPCachePolicy()
	if chromium.guessesLifetime(204, false) || !firefox.guessesLifetime(204, false) {
		t.Error("204 is guessed at in Firefox alone")
	}
}
