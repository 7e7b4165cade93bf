package fetch

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const (
	httpApp   = "http://app.example.com"
	httpAdmin = "http://admin.example.com"
	httpAPI   = "http://api.example.com"
)

// counting answers with the number of requests so far as body, and the headers of a script as of [parseAnswer].
func counting(script string) http.HandlerFunc {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		a := parseAnswer(script)
		for _, h := range a.Headers {
			w.Header().Add(h.Name, strings.ReplaceAll(h.Value, "ORIGIN", r.Header.Get("Origin")))
		}
		w.Header()["Date"] = w.Header()["Date"] // as the script says, or the server's
		if len(w.Header()["Date"]) == 0 {
			w.Header().Del("Date")
		}
		if etag := w.Header().Get("ETag"); etag != "" && r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.WriteHeader(a.Status)
		fmt.Fprint(w, n.Add(1))
	}
}

func TestHTTPCacheAnswersAsRFC9111Says(t *testing.T) {
	lastModified := "Last-Modified: " + time.Now().Add(-100*time.Hour).UTC().Format(http.TimeFormat)
	for _, c := range []struct {
		name   string
		answer string
		first  Request
		wait   time.Duration
		second Request
		// want is the second body, and the requests that the server saw in all.
		want     string
		requests int
	}{
		{"an answer with max-age is used again", "200|Cache-Control: max-age=60", Request{}, 59 * time.Second, Request{}, "1", 1},
		{"but not when it is older than that", "200|Cache-Control: max-age=60", Request{}, 61 * time.Second, Request{}, "2", 2},
		{"a lifetime in quotes counts", `200|Cache-Control: max-age="60"`, Request{}, 59 * time.Second, Request{}, "1", 1},
		{"a lifetime that is no number is none", "200|Cache-Control: max-age=soon", Request{}, 0, Request{}, "2", 2},
		{"the first of two lifetimes counts", "200|Cache-Control: max-age=0, max-age=60", Request{}, 0, Request{}, "2", 2},
		{"a lifetime beyond counting is a long one", "200|Cache-Control: max-age=99999999999999999999", Request{}, 1000 * time.Hour, Request{}, "1", 1},
		{"s-maxage is for shared caches", "200|Cache-Control: s-maxage=60", Request{}, 0, Request{}, "2", 2},
		{"an answer with Expires is used again", "200|Expires: " + time.Now().Add(time.Minute).UTC().Format(http.TimeFormat), Request{}, 30 * time.Second, Request{}, "1", 1},
		{"max-age goes before Expires", "200|Cache-Control: max-age=60|Expires: 0", Request{}, 30 * time.Second, Request{}, "1", 1},
		{"Expires: 0 is the past", "200|Expires: 0", Request{}, 0, Request{}, "2", 2},
		{"no-store is not stored", "200|Cache-Control: max-age=60, no-store", Request{}, 0, Request{}, "2", 2},
		{"private is stored, as the cache is one user's", "200|Cache-Control: private, max-age=60", Request{}, 0, Request{}, "1", 1},
		{"no-cache is stored, and validated each time", `200|Cache-Control: no-cache|ETag: "a"`, Request{}, 0, Request{}, "1", 2},
		{"the age of an earlier cache counts", "200|Cache-Control: max-age=60|Age: 50", Request{}, 11 * time.Second, Request{}, "2", 2},
		{"an old Date counts", "200|Cache-Control: max-age=60|Date: " + time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat), Request{}, 0, Request{}, "2", 2},
		{"a tenth of the time since Last-Modified is a lifetime", "200|" + lastModified, Request{}, 9 * time.Hour, Request{}, "1", 1},
		{"more than a tenth is not", "200|" + lastModified, Request{}, 11 * time.Hour, Request{}, "2", 2},
		{"an ETag alone gives no lifetime, and is asked about", `200|ETag: "a"`, Request{}, 0, Request{}, "1", 2},
		{"neither lifetime nor validator: not stored", "200", Request{}, 0, Request{Cache: CacheForceCache}, "2", 2},
		{"404 may be stored", "404|Cache-Control: max-age=60", Request{}, 0, Request{}, "1", 1},
		{"500 may, where it says how long", "500|Cache-Control: max-age=60", Request{}, 0, Request{}, "1", 1},
		{"500 may not be guessed at", "500|" + lastModified, Request{}, 0, Request{}, "2", 2},
		{"410 is for ever", "410", Request{}, 1000 * time.Hour, Request{}, "1", 1},
		{"206 is not stored", "206|Cache-Control: max-age=60", Request{}, 0, Request{}, "2", 2},

		{"Vary names a header that is the same", "200|Cache-Control: max-age=60|Vary: X-A", Request{Headers: HeaderList{{"X-A", "1, 2"}}}, 0,
			Request{Headers: HeaderList{{"x-a", "1"}, {"X-A", "2"}}}, "1", 1},
		{"Vary names a header that differs", "200|Cache-Control: max-age=60|Vary: X-A", Request{Headers: HeaderList{{"X-A", "1"}}}, 0,
			Request{Headers: HeaderList{{"X-A", "2"}}}, "2", 2},
		{"Vary names a header that is there once", "200|Cache-Control: max-age=60|Vary: X-A", Request{}, 0,
			Request{Headers: HeaderList{{"X-A", ""}}}, "2", 2},
		{"Vary: * matches nothing", "200|Cache-Control: max-age=60|Vary: *", Request{}, 0, Request{}, "2", 2},

		{"cache mode no-store leaves no trace", "200|Cache-Control: max-age=60", Request{Cache: CacheNoStore}, 0, Request{}, "2", 2},
		{"and takes nothing", "200|Cache-Control: max-age=60", Request{}, 0, Request{Cache: CacheNoStore}, "2", 2},
		{"cache mode reload stores", "200|Cache-Control: max-age=60", Request{Cache: CacheReload}, 0, Request{}, "1", 1},
		{"and takes nothing", "200|Cache-Control: max-age=60", Request{}, 0, Request{Cache: CacheReload}, "2", 2},
		{"cache mode no-cache asks, even for what is fresh", `200|Cache-Control: max-age=60|ETag: "a"`, Request{}, 0, Request{Cache: CacheNoCache}, "1", 2},
		{"cache mode force-cache takes what is stale", "200|Cache-Control: max-age=1", Request{}, time.Hour, Request{Cache: CacheForceCache}, "1", 1},
		{"cache mode only-if-cached does so too", "200|Cache-Control: max-age=1", Request{}, time.Hour, Request{Mode: ModeSameOrigin, Cache: CacheOnlyIfCached}, "1", 1},
		{"a conditional header of the page's goes past the cache", "200|Cache-Control: max-age=60", Request{}, 0,
			Request{Headers: HeaderList{{"If-None-Match", `"b"`}}}, "2", 2},
		{"a request's max-age is obeyed", "200|Cache-Control: max-age=60", Request{}, 20 * time.Second,
			Request{Headers: HeaderList{{"Cache-Control", "max-age=10"}}}, "2", 2},
		{"a request's min-fresh is obeyed", "200|Cache-Control: max-age=60", Request{}, 20 * time.Second,
			Request{Headers: HeaderList{{"Cache-Control", "min-fresh=50"}}}, "2", 2},
		{"a request's max-stale takes what is stale", "200|Cache-Control: max-age=10", Request{}, 15 * time.Second,
			Request{Headers: HeaderList{{"Cache-Control", "max-stale=10"}}}, "1", 1},
		{"but not for longer than it says", "200|Cache-Control: max-age=10", Request{}, 25 * time.Second,
			Request{Headers: HeaderList{{"Cache-Control", "max-stale=10"}}}, "2", 2},
		{"nor where the answer says must-revalidate", "200|Cache-Control: max-age=10, must-revalidate", Request{}, 15 * time.Second,
			Request{Headers: HeaderList{{"Cache-Control", "max-stale"}}}, "2", 2},
		{"a request's no-store takes nothing", "200|Cache-Control: max-age=60", Request{}, 0,
			Request{Headers: HeaderList{{"Cache-Control", "no-store"}}}, "2", 2},
		{"stale-while-revalidate counts in cache mode default alone", "200|Cache-Control: max-age=10, stale-while-revalidate=60", Request{}, 15 * time.Second,
			Request{Headers: HeaderList{{"Cache-Control", "max-age=20"}}}, "2", 2},
		{"stale-while-revalidate has an end", "200|Cache-Control: max-age=10, stale-while-revalidate=60", Request{}, 71 * time.Second, Request{}, "2", 2},
		{"a request's no-store keeps the answer out", "200|Cache-Control: max-age=60", Request{Headers: HeaderList{{"Cache-Control", "no-store"}}}, 0,
			Request{}, "2", 2},
		{"a request's Pragma counts without Cache-Control", "200|Cache-Control: max-age=60", Request{}, 0,
			Request{Headers: HeaderList{{"Pragma", "no-cache"}}}, "2", 2},
		{"a range is not answered from the whole", "200|Cache-Control: max-age=60", Request{}, 0,
			Request{Headers: HeaderList{{"Range", "bytes=0-"}}}, "2", 2},
		{"HEAD is not answered by GET's", "200|Cache-Control: max-age=60", Request{}, 0, Request{Method: "HEAD"}, "", 2},
		{"POST is never stored", "200|Cache-Control: max-age=60", Request{Method: "POST"}, 0, Request{}, "2", 2},
		{"another query is another URL", "200|Cache-Control: max-age=60", Request{}, 0, Request{URL: httpApp + "/x?b"}, "2", 2},
		{"another fragment is not", "200|Cache-Control: max-age=60", Request{}, 0, Request{URL: httpApp + "/x#b"}, "1", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLoopback(t, AgentConfig{}, counting(c.answer))
			for _, request := range []*Request{&c.first, &c.second} {
				if request.URL == "" {
					request.URL = httpApp + "/x"
				}
			}
			if _, body := l.get(httpApp, c.first); body != "1" {
				t.Fatalf("the first answer is %q", body)
			}
			l.pass(c.wait)
			trace := new(Trace)
			c.second.Trace = trace
			response, body := l.get(httpApp, c.second)
			if response.IsError() || body != c.want {
				t.Errorf("the second answer is %q, want %q (%s)", body, c.want, response.Reason)
			}
			if n := strings.Count(l.requests(), "http"); n != c.requests {
				t.Errorf("the server saw %d requests, want %d", n, c.requests)
			}
			use := trace.Exchanges[0].Cache
			if fromCache := c.want == "1"; fromCache != (use != nil) {
				t.Errorf("the trace says of the cache: %+v", use)
			}
			if use != nil && (use.State == CacheLocal) != (c.requests == 1) {
				t.Errorf("the state is %q with %d requests", use.State, c.requests)
			}
		})
	}
}

// The cause that this cache is here for: a server echoes the Origin and forgets Vary, and the second page gets the first one's answer.
func TestACachedAnswerWithoutVaryFailsForTheNextOrigin(t *testing.T) {
	for _, c := range []struct {
		name, answer, second string
		want                 Reason
		requests             string
	}{
		{"without Vary the second page of the site is refused", "200|Cache-Control: max-age=60|Access-Control-Allow-Origin: ORIGIN", httpAdmin,
			Reason{Code: ReasonAllowOriginMismatch, Want: httpAdmin, Got: httpApp,
				Detail: "different host: admin.example.com and app.example.com (same site); the answer came from the HTTP cache, where it was stored for " + httpApp + ", and without Vary: Origin it is used for every page"},
			"GET http://api.example.com/x"},
		{"with Vary each page has its own", "200|Cache-Control: max-age=60|Access-Control-Allow-Origin: ORIGIN|Vary: origin", httpAdmin, Reason{},
			"GET http://api.example.com/x, GET http://api.example.com/x"},
		{"a page of another site has a cache of its own", "200|Cache-Control: max-age=60|Access-Control-Allow-Origin: ORIGIN", "http://other.test", Reason{},
			"GET http://api.example.com/x, GET http://api.example.com/x"},
		{"the same page is served from the cache", "200|Cache-Control: max-age=60|Access-Control-Allow-Origin: ORIGIN", httpApp, Reason{},
			"GET http://api.example.com/x"},
		{"* is good for all", "200|Cache-Control: max-age=60|Access-Control-Allow-Origin: *", httpAdmin, Reason{},
			"GET http://api.example.com/x"},
		{"a 304 that says the origin of the second page repairs it", `200|ETag: "a"|Access-Control-Allow-Origin: ORIGIN`, httpAdmin, Reason{},
			"GET http://api.example.com/x, GET http://api.example.com/x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLoopback(t, AgentConfig{}, counting(c.answer))
			if response, body := l.get(httpApp, Request{URL: httpAPI + "/x"}); body != "1" {
				t.Fatalf("the first page gets %q: %s", body, response.Reason)
			}
			trace := new(Trace)
			response, _ := l.get(c.second, Request{URL: httpAPI + "/x", Trace: trace})
			got := Reason{Code: response.Reason.Code, Want: response.Reason.Want, Got: response.Reason.Got, Detail: response.Reason.Detail}
			if got != c.want {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
			if seen := l.requests(); seen != c.requests {
				t.Errorf("the server saw %s, want %s", seen, c.requests)
			}
			again, _, err := Replay{Trace: trace}.Fetch(t.Context())
			if err != nil || again.Reason != response.Reason {
				t.Errorf("the replay ends with %+v, %v", again.Reason, err)
			}
		})
	}
}

func TestAnAnswerStoredWithoutOriginFailsUnderCORS(t *testing.T) {
	l := newLoopback(t, AgentConfig{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60")
		if origin := r.Header.Get("Origin"); origin != "" {
			w.Header().Set("Access-Control-Allow-Origin", origin)
		}
	})
	l.get(httpApp, Request{URL: httpAPI + "/x", Mode: ModeNoCORS})
	response, _ := l.get(httpApp, Request{URL: httpAPI + "/x"})
	want := "The answer came, but the browser withholds it from the page: Access-Control-Allow-Origin is missing (the answer came from the " +
		"HTTP cache, where it was stored for a request without an Origin header, and without Vary: Origin it is used for every page)."
	if got := response.Reason.Sentence(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestA304FreshensWhatIsStored(t *testing.T) {
	var asked []string
	l := newLoopback(t, AgentConfig{}, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("If-None-Match")+" "+r.Header.Get("If-Modified-Since"))
		w.Header()["Date"] = nil // the servers' clock stands still
		w.Header().Set("Cache-Control", "max-age="+strconv.Itoa(10*len(asked)))
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
		w.Header().Set("X-Count", strconv.Itoa(len(asked)))
		if len(asked) > 1 {
			w.Header()["Content-Type"] = nil
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, "body")
	})
	l.get(httpApp, Request{URL: httpApp + "/x"})
	l.pass(11 * time.Second)
	trace := new(Trace)
	response, body := l.get(httpApp, Request{URL: httpApp + "/x", Trace: trace})
	count, _ := response.Headers.Get("X-Count")
	kind, _ := response.Headers.Get("Content-Type")
	if response.Status != 200 || body != "body" || count != "2" || kind != "text/plain" {
		t.Errorf("the page gets %d %q with X-Count %s and Content-Type %s", response.Status, body, count, kind)
	}
	if asked[1] != `"v1" Thu, 01 Jan 2026 00:00:00 GMT` {
		t.Errorf("the server was asked with %s", asked[1])
	}
	x := trace.Exchanges[0]
	if x.Status != 304 || x.Cache == nil || x.Cache.State != CacheValidated || x.Cache.Status != 200 {
		t.Errorf("the exchange is %d with %+v", x.Status, x.Cache)
	}
	l.pass(15 * time.Second)
	if _, body := l.get(httpApp, Request{URL: httpApp + "/x"}); body != "body" || len(asked) != 2 {
		t.Errorf("the new lifetime of 20 s is not kept: %d requests", len(asked))
	}
	again, record, err := Replay{Trace: trace, Edit: func(x *Exchange) { x.ResponseHeaders.Set("X-Count", "9") }}.Fetch(t.Context())
	if err != nil || again.Status != 200 || record.Exchanges[0].Cache == nil {
		t.Fatalf("the replay gives %+v, %v", again, err)
	}
	if count, _ := again.Headers.Get("X-Count"); count != "9" {
		t.Errorf("the edited header is %q", count)
	}
}

func TestUnsafeMethodsInvalidate(t *testing.T) {
	for _, c := range []struct {
		name, method, url, answer string
		want                      string
	}{
		{"POST drops what its URL has", "POST", "/x", "200", "2"},
		{"a method that nobody knows does too", "NOTIFY", "/x", "204", "2"},
		{"a failed one does not", "POST", "/x", "500", "1"},
		{"OPTIONS does not", "OPTIONS", "/x", "200", "1"},
		{"another URL's does not", "POST", "/y", "200", "1"},
		{"unless Location names the URL", "POST", "/y", "200|Location: /x", "2"},
		{"or Content-Location", "PUT", "/y", "200|Content-Location: http://app.example.com/x", "2"},
		{"of the same origin", "PUT", "/y", "200|Content-Location: http://admin.example.com/x", "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			get, change := counting("200|Cache-Control: max-age=60"), counting(c.answer)
			l := newLoopback(t, AgentConfig{}, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == "GET" {
					get(w, r)
				} else {
					change(w, r)
				}
			})
			l.get(httpApp, Request{URL: httpApp + "/x"})
			l.get(httpApp, Request{Method: c.method, URL: httpApp + c.url})
			if _, body := l.get(httpApp, Request{URL: httpApp + "/x"}); body != c.want {
				t.Errorf("the answer is %q, want %q", body, c.want)
			}
		})
	}
}

func TestRedirectsAreCached(t *testing.T) {
	for _, c := range []struct {
		name, answer string
		requests     string
	}{
		{"301 is for ever", "301|Location: /y", "GET http://app.example.com/x, GET http://app.example.com/y, GET http://app.example.com/y"},
		{"302 is not kept", "302|Location: /y", "GET http://app.example.com/x, GET http://app.example.com/y, GET http://app.example.com/x, GET http://app.example.com/y"},
		{"302 is kept where it says so", "302|Location: /y|Cache-Control: max-age=60", "GET http://app.example.com/x, GET http://app.example.com/y, GET http://app.example.com/y"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, y := counting(c.answer), counting("200")
			l := newLoopback(t, AgentConfig{}, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/x" {
					x(w, r)
				} else {
					y(w, r)
				}
			})
			for range 2 {
				if response, _ := l.get(httpApp, Request{URL: httpApp + "/x"}); response.URL() != httpApp+"/y" {
					t.Errorf("the page ends at %s: %s", response.URL(), response.Reason)
				}
			}
			if seen := l.requests(); seen != c.requests {
				t.Errorf("the server saw %s", seen)
			}
		})
	}
}

func TestTheHTTPCacheHoldsItsBounds(t *testing.T) {
	body := func(n int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "max-age=60")
			if r.URL.Query().Has("length") {
				w.Header().Set("Content-Length", strconv.Itoa(n))
			}
			w.Write(make([]byte, n))
		}
	}
	t.Run("a body beyond MaxBody is read and not stored", func(t *testing.T) {
		cache := NewHTTPCache(HTTPCacheConfig{MaxBody: 1000})
		l := newLoopback(t, AgentConfig{HTTPCache: cache}, body(1001))
		for _, url := range []string{"/x", "/x?length"} {
			if _, got := l.get(httpApp, Request{URL: httpApp + url}); len(got) != 1001 || cache.Len() != 0 || cache.Bytes() != 0 {
				t.Errorf("%d bytes were read, %d answers of %d bytes are stored", len(got), cache.Len(), cache.Bytes())
			}
		}
	})
	t.Run("a body of MaxBody is stored", func(t *testing.T) {
		cache := NewHTTPCache(HTTPCacheConfig{MaxBody: 1001})
		l := newLoopback(t, AgentConfig{HTTPCache: cache}, body(1001))
		if l.get(httpApp, Request{URL: httpApp + "/x"}); cache.Len() != 1 {
			t.Errorf("%d answers are stored", cache.Len())
		}
	})
	t.Run("what was used longest ago goes first", func(t *testing.T) {
		cache := NewHTTPCache(HTTPCacheConfig{MaxEntries: 2})
		l := newLoopback(t, AgentConfig{HTTPCache: cache}, body(1))
		for _, url := range []string{"/a", "/b", "/a", "/c"} {
			l.get(httpApp, Request{URL: httpApp + url})
		}
		l.requests()
		for _, url := range []string{"/a", "/c", "/b"} {
			l.get(httpApp, Request{URL: httpApp + url})
		}
		if seen := l.requests(); seen != "GET http://app.example.com/b" || cache.Len() != 2 {
			t.Errorf("the server saw %s, %d are stored", seen, cache.Len())
		}
	})
	t.Run("the bytes of all bodies together are bounded", func(t *testing.T) {
		cache := NewHTTPCache(HTTPCacheConfig{MaxBytes: 50_000, MaxBody: 20_000})
		l := newLoopback(t, AgentConfig{HTTPCache: cache}, body(10_000))
		for i := range 20 {
			l.get(httpApp, Request{URL: fmt.Sprintf("%s/%d", httpApp, i)})
			if cache.Bytes() > 50_000 {
				t.Fatalf("%d bytes after %d answers", cache.Bytes(), i)
			}
		}
		if cache.Len() < 2 {
			t.Errorf("%d answers are stored", cache.Len())
		}
		if cache.Clear(); cache.Len() != 0 || cache.Bytes() != 0 {
			t.Errorf("%d answers of %d bytes after Clear", cache.Len(), cache.Bytes())
		}
	})
	t.Run("variants of one URL are bounded", func(t *testing.T) {
		cache := NewHTTPCache(HTTPCacheConfig{})
		l := newLoopback(t, AgentConfig{HTTPCache: cache}, counting("200|Cache-Control: max-age=60|Vary: X-A"))
		for i := range 3 * maxStoredVariants {
			l.get(httpApp, Request{URL: httpApp + "/x", Headers: HeaderList{{"X-A", strconv.Itoa(i)}}})
		}
		if cache.Len() != maxStoredVariants {
			t.Errorf("%d variants are stored", cache.Len())
		}
	})
}

func TestABodyThatIsNotReadToItsEnd(t *testing.T) {
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		stored  int
	}{
		{"a short one is stored all the same", func(w http.ResponseWriter, r *http.Request) { w.Write(make([]byte, 60<<10)) }, 1},
		{"a long one is not", func(w http.ResponseWriter, r *http.Request) { w.Write(make([]byte, 1<<20)) }, 0},
		{"one that stops is not", func(w http.ResponseWriter, r *http.Request) {
			w.Write([]byte("x"))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, 0},
		{"one that is cut short is not", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "10")
			w.Write([]byte("x"))
		}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLoopback(t, AgentConfig{}, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Cache-Control", "max-age=60")
				c.handler(w, r)
			})
			response, err := l.page(PageConfig{URL: httpApp}).Fetch(t.Context(), Request{URL: httpApp + "/x"})
			if err != nil || response.Status != 200 {
				t.Fatal(response, err)
			}
			response.Close()
			if cache := l.agent.HTTPCache(); cache.Len() != c.stored || c.stored == 0 && cache.Bytes() != 0 {
				t.Errorf("%d answers of %d bytes are stored, want %d", cache.Len(), cache.Bytes(), c.stored)
			}
		})
	}
}

func TestAnAgentWithoutHTTPCache(t *testing.T) {
	l := newLoopback(t, AgentConfig{NoHTTPCache: true}, counting("200|Cache-Control: max-age=60"))
	l.get(httpApp, Request{URL: httpApp + "/x"})
	if _, body := l.get(httpApp, Request{URL: httpApp + "/x"}); body != "2" || l.agent.HTTPCache() != nil {
		t.Errorf("the second answer is %q", body)
	}
	if response, _ := l.get(httpApp, Request{URL: httpApp + "/x", Mode: ModeSameOrigin, Cache: CacheOnlyIfCached}); response.Reason.Code != ReasonOnlyIfCached {
		t.Errorf("only-if-cached ends with %+v", response.Reason)
	}
}

// A program that changes what it got must not change what the next one gets.
func TestStoredHeadersAreNotShared(t *testing.T) {
	l := newLoopback(t, AgentConfig{}, counting("200|Cache-Control: max-age=60|X-A: 1"))
	for range 3 {
		response, _ := l.get(httpApp, Request{URL: httpApp + "/x"})
		if value, _ := response.Headers.Get("X-A"); value != "1" {
			t.Fatalf("X-A is %q", value)
		}
		response.Internal().Headers.Set("X-A", "2")
	}
}

func FuzzCacheControl(f *testing.F) {
	for _, seed := range []string{"max-age=60", `private="a,b", max-age="1"`, "no-store,,no-cache=x", "max-age", "MAX-AGE=2147483649"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := parseCacheControl(&HTTPCachePolicy{}, []string{s})
		if c.maxAge < 0 || c.maxAge > forever || c.maxAge > 0 && !c.hasMaxAge || c.minFresh < 0 || c.minFresh > forever {
			t.Errorf("%q gives %+v", s, c)
		}
		if again := parseCacheControl(&HTTPCachePolicy{}, []string{"", s}); again != c {
			t.Errorf("%q gives %+v, and %+v after an empty line", s, c, again)
		}
	})
}

// BenchmarkHTTPCacheHit is a cross-origin GET that is answered without the network.
func BenchmarkHTTPCacheHit(b *testing.B) {
	headers := append(simpleHeaders.Clone(), Header{"Cache-Control", "max-age=3600"})
	page := newScriptedPage(b, "https://app.example.com/", func(*Message) *Answer { return &Answer{Status: 200, Headers: headers} })
	b.ReportAllocs()
	for b.Loop() {
		response, err := page.Fetch(b.Context(), Request{URL: "https://api.example.com/users/7?full=1"})
		if err != nil || response.Status != 200 {
			b.Fatal(response, err)
		}
		response.Close()
	}
}
