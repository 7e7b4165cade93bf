package fetch

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

const (
	http2App   = "https://app.example.com"
	http2Other = "https://other.example"
)

// What Chromium 156 and Firefox 153 ESR did over HTTP/2 on 2026-11-22.
func TestBrowsersOverHTTP2(t *testing.T) {
	stream := func() *Body { return StreamBody(strings.NewReader("x")) }
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		request func() Request
		times   int
		// want, in the profiles spec, chromium and firefox: reason or type of the last answer, its body, X-Firefox-Spdy if the page sees it, and
		// the requests that the servers saw.
		want [3]string
	}{
		{"the body of a 205", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(205); w.Write([]byte("body")) },
			func() Request { return Request{URL: http2App} }, 1,
			[3]string{"basic . GET", "basic body. GET", "basic .h2 GET"}},
		{"a stream in mode same-origin", nil, func() Request {
			return Request{URL: http2Other, Method: "POST", Mode: ModeSameOrigin, Body: stream()}
		}, 1, [3]string{"same-origin-mode . ", "cors ok. OPTIONS POST", "same-origin-mode . "}},
		{"a header of the browser's own", nil, func() Request { return Request{URL: http2Other} }, 1,
			[3]string{"cors ok. GET", "cors ok. GET", "cors ok.h2 GET"}},
		{"a preflight that names no method, for a stream", nil, func() Request { return Request{URL: http2Other, Method: "POST", Body: stream()} }, 2,
			[3]string{"cors ok. OPTIONS POST OPTIONS POST", "cors ok. OPTIONS POST POST", "cors ok.h2 POST POST"}}, // a text, to Firefox
		{"a preflight that names no method, for a PUT with a stream", func(w http.ResponseWriter, _ *http.Request) { w.Header().Del("Access-Control-Allow-Methods") },
			func() Request { return Request{URL: http2Other, Method: "PUT", Body: stream()} }, 1,
			[3]string{"cors . OPTIONS PUT", "method-not-allowed . OPTIONS", "method-not-allowed . OPTIONS"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, profile := range []Profile{{}, Chromium(), Firefox()} {
				l := newLoopback(t, AgentConfig{Profile: profile}, func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Access-Control-Allow-Origin", "*")
					w.Header().Set("Access-Control-Allow-Methods", "PUT")
					w.Header().Set("Access-Control-Expose-Headers", "x-firefox-spdy")
					if c.handler != nil {
						c.handler(w, r)
						return
					}
					if r.Method != http.MethodOptions {
						w.Write([]byte("ok"))
					}
				}, "app.example.com", "other.example")
				var response *Response
				body := ""
				for range c.times {
					response, body = l.get(http2App, c.request())
				}
				got := string(response.Type)
				if response.IsError() {
					got = string(response.Reason.Code)
				}
				spdy, _ := response.Headers.Get("X-Firefox-Spdy")
				var methods []string
				for seen := range strings.SplitSeq(l.requests(), ", ") {
					method, _, _ := strings.Cut(seen, " ")
					methods = append(methods, method)
				}
				if got += " " + body + "." + spdy + " " + strings.Join(methods, " "); got != c.want[i] {
					t.Errorf("%s: %q, want %q", profile.name(), got, c.want[i])
				}
			}
		})
	}
}

func TestStreamsThatFetchRefuses(t *testing.T) {
	l := newLoopback(t, AgentConfig{}, func(http.ResponseWriter, *http.Request) {})
	for name, request := range map[string]Request{
		"mode no-cors": {Mode: ModeNoCORS, Method: "POST"},
		"keepalive":    {Keepalive: true, Method: "POST"},
	} {
		t.Run(name, func(t *testing.T) {
			request.URL, request.Body = httpApp, StreamBody(strings.NewReader("x"))
			_, err := l.page(PageConfig{URL: httpApp}).Fetch(t.Context(), request)
			if refused := new(RequestError); !errors.As(err, &refused) || refused.Code != RequestBody {
				t.Errorf("%v, want %s", err, RequestBody)
			}
		})
	}
}

// Blanks at the ends of a value would make a request of HTTP/2 malformed.
func TestValuesOverHTTP2HaveNoBlanksAtTheirEnds(t *testing.T) {
	var got atomic.Value
	l := newLoopback(t, AgentConfig{Profile: Chromium()}, func(_ http.ResponseWriter, r *http.Request) {
		got.Store(r.Proto + " " + strings.Join(r.Header["X-A"], "|") + ".")
	}, "app.example.com")
	l.get(http2App, Request{URL: http2App, Headers: HeaderList{{"X-A", "1"}, {"X-A", ""}}})
	if got.Load() != "HTTP/2.0 1,." {
		t.Errorf("%q", got.Load())
	}
}

// An answer 421 that is asked for again, and its cookie.
func TestCookiesOfMisdirectedRequests(t *testing.T) {
	for want, profiles := range map[string][]Profile{"c=1": {{}, WebKit()}, "": {Chromium(), Firefox()}} {
		for _, profile := range profiles {
			var asked atomic.Int64
			var cookie atomic.Value
			l := newLoopback(t, AgentConfig{Profile: profile}, func(w http.ResponseWriter, r *http.Request) {
				if asked.Add(1) == 1 {
					w.Header().Set("Set-Cookie", "c=1")
					w.WriteHeader(http.StatusMisdirectedRequest)
					return
				}
				cookie.Store(r.Header.Get("Cookie"))
			}, "app.example.com")
			if l.get(http2App, Request{URL: http2App}); cookie.Load() != want {
				t.Errorf("%s sends %q, want %q", profile.name(), cookie.Load(), want)
			}
		}
	}
}

// An answer 421 that is asked for again, and its Content-Type.
func TestTypeOfMisdirectedAnswers(t *testing.T) {
	for _, c := range []struct {
		name, page string
		profile    Profile
		want       string
	}{
		{"the standard", http2App, Profile{}, "a/2"},
		{"Firefox, the page's own origin", http2App, Firefox(), "a/1,a/2"},
		{"Firefox, another origin", "https://other.example.com/", Firefox(), "a/2"},
	} {
		var asked atomic.Int64
		l := newLoopback(t, AgentConfig{Profile: c.profile}, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Content-Type", "a/"+strconv.FormatInt(asked.Add(1), 10))
			w.WriteHeader(http.StatusMisdirectedRequest)
		}, "app.example.com")
		response, _ := l.get(c.page, Request{URL: http2App})
		if got, _ := response.Headers.Get("Content-Type"); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// A 407 that no page may read, and its cookie.
func TestCookiesOfProxyAuthentication(t *testing.T) {
	for _, c := range []struct {
		profile Profile
		want    string
	}{{Profile{}, "c=1"}, {Chromium(), ""}, {Firefox(), "c=1"}} {
		var asked atomic.Int64
		var cookie atomic.Value
		l := newLoopback(t, AgentConfig{Profile: c.profile}, func(w http.ResponseWriter, r *http.Request) {
			if asked.Add(1) == 1 {
				w.Header().Set("Set-Cookie", "c=1")
				w.WriteHeader(http.StatusProxyAuthRequired)
				return
			}
			cookie.Store(r.Header.Get("Cookie"))
		}, "app.example.com")
		l.get(http2App, Request{URL: http2App})
		if l.get(http2App, Request{URL: http2App}); cookie.Load() != c.want {
			t.Errorf("%s sends %q, want %q", c.profile.name(), cookie.Load(), c.want)
		}
	}
}
