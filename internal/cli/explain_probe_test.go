package cli_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
)

// counting is a server that writes down what reaches it.
type counting struct {
	*httptest.Server
	mu   sync.Mutex
	seen []*http.Request
}

func count(t *testing.T, answer http.HandlerFunc) *counting {
	t.Helper()
	c := new(counting)
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		c.seen = append(c.seen, r.Clone(t.Context()))
		c.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *counting) requests() []*http.Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := c.seen
	c.seen = nil
	return seen
}

func TestFurtherRequestsStayWithinTheirBudget(t *testing.T) {
	refuse := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		flags  []string
		// without is how many requests --no-probe leaves, most how many there may be without it, and least how many there must be.
		without, least, most int
	}{
		{"a preflight that is refused whatever is asked", refuse, []string{"-X", "DELETE", "-H", "Authorization: Bearer t", "-H", "X-A: 1", "--credentials", "include"}, 1, 5, 7},
		{"an answer without the header", func(http.ResponseWriter, *http.Request) {}, nil, 1, 3, 7},
		{"an error without the header", refuse, nil, 1, 3, 7},
		{"a POST that was sent is not sent again", refuse, []string{"-X", "POST", "--send", "-d", "a=1"}, 1, 2, 7},
		{"an answer for everybody leaves nothing open", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Access-Control-Allow-Origin", "*") }, nil, 1, 1, 1},
		{"nor does a preflight that allows a request which is not sent", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Access-Control-Allow-Methods", "*")
		}, []string{"-X", "DELETE"}, 1, 1, 1},
		{"an answer that redirects to itself", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, nil, 1, 2, 7},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := count(t, c.answer)
			args := append([]string{"explain", "http://127.0.0.1:PORT/x/y?z=1", "--from", "http://page.example"}, c.flags...)
			_, stdout, stderr := runCLI(t, server.Server, "", append(args, "--no-probe")...)
			if n := len(server.requests()); n != c.without || strings.Contains(stdout, "asked too") {
				t.Errorf("--no-probe: %d requests, want %d\n%s%s", n, c.without, stdout, stderr)
			}
			_, stdout, stderr = runCLI(t, server.Server, "", args...)
			seen := server.requests()
			if len(seen) < c.least || len(seen) > c.most {
				t.Errorf("%d requests, want %d to %d\n%s%s", len(seen), c.least, c.most, stdout, stderr)
			}
			if said := strings.Contains(stdout, "asked too"); said != (len(seen) > c.without) {
				t.Errorf("that it asked further is said: %v\n%s", said, stdout)
			}
			for i, r := range seen {
				if r.Method != "GET" && r.Method != "HEAD" && r.Method != "OPTIONS" && i >= c.without {
					t.Errorf("a further request is %s", r.Method)
				}
			}
		})
	}
}

func TestFurtherRequestsCarryWhatWasGivenAndNothingMore(t *testing.T) {
	server := count(t, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "planted", Value: "by-the-server"})
		w.WriteHeader(http.StatusForbidden)
	})
	_, stdout, _ := runCLI(t, server.Server, "", "explain", "http://127.0.0.1:PORT/", "--from", "http://127.0.0.1:1", "-X", "DELETE",
		"--credentials", "include", "--cookie", "sid=given")
	with := 0
	for _, r := range server.requests()[1:] {
		for _, c := range r.Cookies() {
			if c.Name != "sid" || c.Value != "given" {
				t.Errorf("%s carries the cookie %s", r.Method, c)
			}
			with++
		}
	}
	if with < 2 {
		t.Errorf("%d requests carry the cookie that was given, want the preflight with it and the GET\n%s", with, stdout)
	}
	runCLI(t, server.Server, "", "explain", "http://127.0.0.1:PORT/", "--from", "http://127.0.0.1:1", "-X", "DELETE", "--cookie", "sid=given")
	for _, r := range server.requests() {
		if r.Header.Get("Cookie") != "" {
			t.Errorf("%s carries %s, and the call includes no credentials", r.Method, r.Header.Get("Cookie"))
		}
	}
}

func TestFurtherRequestsThatHangEndInTime(t *testing.T) {
	server := count(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") == "http://page.example" && r.Method == "GET" {
			return
		}
		<-r.Context().Done()
	})
	status, stdout, _ := runCLI(t, server.Server, "", "explain", "http://127.0.0.1:PORT/", "--from", "http://page.example", "--timeout", "1s")
	if status != 1 || !strings.Contains(stdout, "need of: no\n                  answer in time") {
		t.Errorf("status %d\n%s", status, stdout)
	}
}

func TestAHARIsJudgedWithoutFurtherRequests(t *testing.T) {
	server := count(t, func(http.ResponseWriter, *http.Request) {})
	port := strings.TrimPrefix(server.URL, "http://127.0.0.1:")
	har := `{"log":{"version":"1.2","entries":[{"startedDateTime":"2026-01-01T00:00:00Z","request":{"method":"GET","url":"http://127.0.0.1:` + port + `/",
		"headers":[{"name":"Origin","value":"http://page.example"},{"name":"Sec-Fetch-Mode","value":"cors"}]},
		"response":{"status":200,"statusText":"OK","headers":[{"name":"Content-Type","value":"application/json"}],"content":{"size":0}}}]}}`
	file := t.TempDir() + "/a.har"
	if err := os.WriteFile(file, []byte(har), 0o600); err != nil {
		t.Fatal(err)
	}
	status, stdout, stderr := runCLI(t, server.Server, "", "explain", "@"+file)
	if n := len(server.requests()); status != 1 || n != 0 || strings.Contains(stdout, "asked too") {
		t.Errorf("status %d, %d requests\n%s%s", status, n, stdout, stderr)
	}
	status, stdout, stderr = runCLI(t, server.Server, "", "explain", "@"+file, "--live")
	if n := len(server.requests()); status != 1 || n < 2 || !strings.Contains(stdout, "asked too") {
		t.Errorf("--live: status %d, %d requests\n%s%s", status, n, stdout, stderr)
	}
}
