package corstest_test

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/fetch"
)

// The Vary that a policy sends is right if and only if a shared cache that obeys it
// changes no page's verdict, whoever filled the cache. Without Vary on the answers to
// requests that carry no Origin, this fails at once.

func TestASharedCacheChangesNoVerdict(t *testing.T) { rapid.Check(t, throughCache) }

func throughCache(t *rapid.T) {
	config := drawConfig(t)
	middleware, err := cors.New(config)
	if err != nil {
		t.Fatal(err)
	}
	direct := middleware.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=600")
	}))
	cached := &sharedCache{next: direct}
	for range rapid.IntRange(2, 6).Draw(t, "visits") {
		page := drawOrigin(t, config.Origins)
		request := fetch.Request{URL: "https://server-under-test.example/data"}
		if rapid.IntRange(0, 3).Draw(t, "no Origin") == 0 {
			request.Mode = fetch.ModeNoCORS // as an img element asks: without Origin
		}
		if want, got := verdictOf(t, direct, page, request), verdictOf(t, cached, page, request); want != got {
			t.Fatalf("for %s, the server itself: %q; through the cache: %q\npolicy %+v\nstored %v", page, want, got, config, cached.stored)
		}
	}
}

// verdictOf is the reason for which the page is blocked, or "" if it is not.
func verdictOf(t *rapid.T, handler http.Handler, page string, request fetch.Request) fetch.ReasonCode {
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: &fetch.HandlerTransport{Handler: func(*fetch.URL) http.Handler { return handler }}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := pageAt(agent, page)
	if err != nil {
		t.Fatal(err)
	}
	response, err := p.Fetch(context.Background(), request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Close()
	return response.Reason.Code
}

// sharedCache stores answers to GET as RFC 9111 section 4.1 has it: one for each set
// of values of the request headers that Vary names.
type sharedCache struct {
	next   http.Handler
	stored []storedAnswer
}

type storedAnswer struct {
	request, answer http.Header
	status          int
}

func (c *sharedCache) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		c.next.ServeHTTP(w, r)
		return
	}
	for _, s := range c.stored {
		if s.fits(r.Header) {
			maps.Copy(w.Header(), s.answer)
			w.WriteHeader(s.status)
			return
		}
	}
	recorder := httptest.NewRecorder()
	c.next.ServeHTTP(recorder, r)
	answer := storedAnswer{r.Header.Clone(), recorder.Header().Clone(), recorder.Code}
	if answer.status == http.StatusOK {
		c.stored = append(c.stored, answer)
	}
	maps.Copy(w.Header(), answer.answer)
	w.WriteHeader(answer.status)
}

func (s *storedAnswer) fits(request http.Header) bool {
	for _, line := range s.answer.Values("Vary") {
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.TrimSpace(name); name == "*" || strings.Join(request.Values(name), ", ") != strings.Join(s.request.Values(name), ", ") {
				return false
			}
		}
	}
	return true
}
