package fetch

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// cacheWorld counts preflights against a server whose answer a test can change.
type cacheWorld struct {
	*testing.T
	now        time.Time
	preflights int
	answer     string
	actual     string
	page       *Page
}

func newCacheWorld(t *testing.T, profile Profile) *cacheWorld {
	w := &cacheWorld{T: t, now: time.Unix(1_000_000, 0), actual: "200|" + allow + "|" + creds}
	agent, err := NewAgent(AgentConfig{Profile: profile, Clock: func() time.Time { return w.now }, Transport: scripted(func(m *Message) *Answer {
		if m.Method == "OPTIONS" {
			w.preflights++
			return parseAnswer(w.answer)
		}
		return parseAnswer(w.actual)
	})})
	if err != nil {
		t.Fatal(err)
	}
	if w.page, err = agent.NewPage(PageConfig{URL: app}); err != nil {
		t.Fatal(err)
	}
	return w
}

// fetch returns how many preflights the request caused.
func (w *cacheWorld) fetch(q Request) int {
	w.Helper()
	before := w.preflights
	if q.URL == "" {
		q.URL = api + "/x"
	}
	response, err := w.page.Fetch(w.Context(), q)
	if err != nil {
		w.Fatal(err)
	}
	response.Close()
	return w.preflights - before
}

func (w *cacheWorld) want(n, got int, what string) {
	w.Helper()
	if n != got {
		w.Errorf("%s: %d preflights, want %d", what, got, n)
	}
}

func TestPreflightCache(t *testing.T) {
	put := Request{Method: "PUT"}
	t.Run("a preflight is remembered for five seconds unless it says otherwise", func(t *testing.T) {
		w := newCacheWorld(t, Profile{})
		w.answer = "204|" + allow + "|Access-Control-Allow-Methods: PUT"
		w.want(1, w.fetch(put), "first")
		w.now = w.now.Add(4999 * time.Millisecond)
		w.want(0, w.fetch(put), "within five seconds")
		w.now = w.now.Add(time.Millisecond)
		w.want(1, w.fetch(put), "after five seconds")
	})
	t.Run("max-age counts in seconds and a malformed one as five", func(t *testing.T) {
		for age, seconds := range map[string]int{"60": 60, "-1": 5, "60s": 5, "1, 2": 5, "": 5} {
			w := newCacheWorld(t, Profile{})
			w.answer = "204|" + allow + "|Access-Control-Allow-Methods: PUT|Access-Control-Max-Age: " + age
			w.want(1, w.fetch(put), "first")
			w.now = w.now.Add(time.Duration(seconds)*time.Second - 1)
			w.want(0, w.fetch(put), "just before "+age)
			w.now = w.now.Add(1)
			w.want(1, w.fetch(put), "just after "+age)
		}
	})
	t.Run("max-age 0 remembers nothing", func(t *testing.T) {
		w := newCacheWorld(t, Profile{})
		w.answer = "204|" + allow + "|Access-Control-Allow-Methods: PUT|Access-Control-Max-Age: 0"
		w.want(1, w.fetch(put), "first")
		w.want(1, w.fetch(put), "second")
	})
	t.Run("the profile caps max-age", func(t *testing.T) {
		w := newCacheWorld(t, Profile{MaxPreflightAge: 10 * time.Second})
		w.answer = "204|" + allow + "|Access-Control-Allow-Methods: PUT|Access-Control-Max-Age: 99999999999999999999"
		w.want(1, w.fetch(put), "first")
		w.now = w.now.Add(10 * time.Second)
		w.want(1, w.fetch(put), "after the cap")
	})
	t.Run("methods and headers are remembered one by one and added to", func(t *testing.T) {
		w := newCacheWorld(t, Profile{})
		w.answer = "204|" + allow + "|Access-Control-Allow-Methods: PUT, DELETE|Access-Control-Allow-Headers: X-A, x-b"
		w.want(1, w.fetch(put), "PUT")
		w.want(0, w.fetch(Request{Method: "DELETE"}), "a method that was listed and not asked for")
		w.want(0, w.fetch(Request{Headers: HeaderList{{"X-a", "1"}, {"X-B", "1"}}}), "headers that were listed and not asked for")
		w.answer = "204|" + allow + "|Access-Control-Allow-Headers: x-c"
		w.want(1, w.fetch(Request{Headers: HeaderList{{"X-C", "1"}}}), "another header")
		w.want(0, w.fetch(put), "the method is still known")
	})
	t.Run("the star is remembered but never covers Authorization", func(t *testing.T) {
		w := newCacheWorld(t, Profile{})
		w.answer = "204|" + allow + "|Access-Control-Allow-Methods: *|Access-Control-Allow-Headers: *"
		w.want(1, w.fetch(put), "PUT")
		w.want(0, w.fetch(Request{Method: "PURGE", Headers: HeaderList{{"X-Z", "1"}}}), "anything else")
		w.want(1, w.fetch(Request{Headers: HeaderList{{"Authorization", "x"}}}), "Authorization")
	})
	t.Run("what was allowed without credentials says nothing with them", func(t *testing.T) {
		w := newCacheWorld(t, Profile{})
		w.answer = "204|" + allow + "|" + creds + "|Access-Control-Allow-Methods: PUT"
		include := Request{Method: "PUT", Credentials: CredentialsInclude}
		w.want(1, w.fetch(put), "without")
		w.want(1, w.fetch(include), "with")
		w.want(0, w.fetch(include), "with, again")
		w.want(0, w.fetch(put), "without, which the other covers")
	})
	t.Run("another URL or page is asked for again", func(t *testing.T) {
		w := newCacheWorld(t, Profile{})
		w.answer = "204|" + allow + "|Access-Control-Allow-Methods: PUT"
		w.want(1, w.fetch(put), "first")
		w.want(1, w.fetch(Request{Method: "PUT", URL: api + "/y"}), "another path")
		frame, err := w.page.Agent().NewPage(PageConfig{URL: app, TopLevel: "https://elsewhere.test"})
		if err != nil {
			t.Fatal(err)
		}
		w.page = frame
		w.want(1, w.fetch(put), "the same page inside another site's")
	})
	t.Run("a failed request forgets what is known of the URL", func(t *testing.T) {
		w := newCacheWorld(t, Profile{})
		w.answer = "204|" + allow + "|Access-Control-Allow-Methods: PUT"
		w.want(1, w.fetch(put), "first")
		w.actual = "200"
		w.want(0, w.fetch(put), "the preflight is known, the answer is refused")
		w.want(1, w.fetch(put), "asked for again")
	})
	t.Run("a forced preflight is remembered too", func(t *testing.T) {
		w := newCacheWorld(t, Profile{})
		w.answer = "204|" + allow
		upload := Request{Method: "POST", UploadListener: true}
		w.want(1, w.fetch(upload), "first")
		w.want(0, w.fetch(upload), "second")
	})
	t.Run("the entries of one URL are bounded", func(t *testing.T) {
		w := newCacheWorld(t, Profile{})
		var names strings.Builder
		for i := range 2 * maxPreflightEntries {
			fmt.Fprintf(&names, "x-%d,", i)
		}
		w.answer = "204|" + allow + "|Access-Control-Allow-Methods: PUT|Access-Control-Allow-Headers: " + names.String()
		w.want(1, w.fetch(put), "first")
		for _, u := range w.page.Agent().PreflightCache().byURL {
			if len(u.entries) > maxPreflightEntries {
				t.Errorf("%d entries are kept", len(u.entries))
			}
		}
	})
	t.Run("the number of URLs is bounded, and the oldest goes first", func(t *testing.T) {
		w := newCacheWorld(t, Profile{})
		w.answer = "204|" + allow + "|Access-Control-Allow-Methods: PUT|Access-Control-Max-Age: 600"
		for i := range maxPreflightURLs + 10 {
			w.want(1, w.fetch(Request{Method: "PUT", URL: fmt.Sprintf("%s/%d", api, i)}), "a new URL")
		}
		cache := w.page.Agent().PreflightCache()
		if n := len(cache.byURL); n != maxPreflightURLs {
			t.Errorf("%d URLs are kept", n)
		}
		w.want(1, w.fetch(Request{Method: "PUT", URL: api + "/0"}), "the oldest URL has gone")
		w.want(0, w.fetch(Request{Method: "PUT", URL: fmt.Sprintf("%s/%d", api, maxPreflightURLs)}), "a newer one has not")
		cache.Clear()
		w.want(1, w.fetch(Request{Method: "PUT", URL: fmt.Sprintf("%s/%d", api, maxPreflightURLs)}), "after Clear")
	})
}
