package webui

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// waitingExplainer answers when it is let go, or when its caller is.
type waitingExplainer struct {
	running, most atomic.Int32
	entered       chan struct{}
	release       chan struct{}
}

func (w *waitingExplainer) Explain(ctx context.Context, _ Question) (*Explanation, error) {
	n := w.running.Add(1)
	defer w.running.Add(-1)
	for most := w.most.Load(); n > most && !w.most.CompareAndSwap(most, n); most = w.most.Load() {
	}
	w.entered <- struct{}{}
	select {
	case <-w.release:
	case <-ctx.Done():
	}
	return nil, &Problem{Code: "waited", Message: "it waited"}
}

// openWaiting runs a lab over w, and returns how to end it and what it ended with.
func openWaiting(t *testing.T, w *waitingExplainer) (l *lab, end func(), done <-chan error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := New(Config{Explainer: w}, listener.Addr())
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, listener) }()
	return &lab{s, t, strings.TrimSuffix(s.URL(), "/"), s.guard.token}, cancel, ended
}

// ask makes the harmless call and does not mind how it ends.
func (l *lab) ask() {
	r, err := http.NewRequest("POST", l.origin+"/api/v1/explain", strings.NewReader(harmless))
	if err != nil {
		l.t.Error(err)
		return
	}
	for name, value := range l.own() {
		r.Header[name] = []string{value}
	}
	if response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r); err == nil {
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
}

func TestOnlySoManyCasesRunAtOnce(t *testing.T) {
	w := &waitingExplainer{entered: make(chan struct{}, 100), release: make(chan struct{})}
	l, end, done := openWaiting(t, w)
	var calls sync.WaitGroup
	for range 3 * maxRunning {
		calls.Go(l.ask)
	}
	for range maxRunning {
		<-w.entered
	}
	select {
	case <-w.entered:
		t.Error("one more began before another had ended")
	case <-time.After(100 * time.Millisecond):
	}
	// What runs no case is answered meanwhile.
	if response, _ := l.send("GET", "/api/v1/info", nil, ""); response.StatusCode != 200 {
		t.Errorf("info: status %d", response.StatusCode)
	}
	close(w.release)
	calls.Wait()
	if most := w.most.Load(); most != maxRunning {
		t.Errorf("%d ran at once, want %d", most, maxRunning)
	}
	end()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestTheLabEndsAlthoughACaseRuns(t *testing.T) {
	w := &waitingExplainer{entered: make(chan struct{}, 1), release: make(chan struct{})}
	l, end, done := openWaiting(t, w)
	var call sync.WaitGroup
	call.Go(l.ask)
	<-w.entered
	end()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Error("it does not end")
	}
	call.Wait()
}

func TestInfoNamesTheReadersBrowser(t *testing.T) {
	l := openLab(t)
	for name, c := range map[string]struct {
		agent, hints, want string
	}{
		"Chrome":             {chromeUserAgent, "", "chromium"},
		"Edge, by its hints": {"Mozilla/5.0", `"Microsoft Edge";v="156", "Chromium";v="156", "Not)A;Brand";v="8"`, "chromium"},
		"Firefox":            {"Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0", "", "firefox"},
		"Safari":             {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15", "", "webkit"},
		"curl":               {"curl/8.14.1", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			header := map[string]string{"User-Agent": c.agent}
			if c.hints != "" {
				header["Sec-Ch-Ua"] = c.hints
			}
			_, body := l.send("GET", "/api/v1/info", header, "")
			var i info
			if err := json.Unmarshal([]byte(body), &i); err != nil {
				t.Fatal(err)
			}
			if i.Browser != c.want || !i.Stage || len(i.Targets) == 0 || i.Version != apiVersion {
				t.Errorf("got %+v, want %q", i, c.want)
			}
			if got := profileOf(http.Header{"User-Agent": {c.agent}, "Sec-Ch-Ua": {c.hints}}).Name; got != c.want {
				t.Errorf("the profile is %q, want %q", got, c.want)
			}
		})
	}
}

func TestCataloguesAndExports(t *testing.T) {
	l := openLab(t)
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		holds              string
	}{
		"all causes":                 {"GET", "/api/v1/causes", "", 200, `"id":"allow-origin-missing"`},
		"one cause":                  {"GET", "/api/v1/causes/allow-origin-missing", "", 200, `"cause":{"id":"allow-origin-missing"`},
		"a cause that there is not":  {"GET", "/api/v1/causes/nothing", "", 404, "cause-unknown"},
		"a policy for nginx":         {"POST", "/api/v1/export", `{"config":{"origins":["https://app.example.com"]},"server":"nginx"}`, 200, "add_header Access-Control-Allow-Origin"},
		"a server that there is not": {"POST", "/api/v1/export", `{"config":{"origins":["https://app.example.com"]},"server":"telnetd"}`, 400, "server-unknown"},
		"a policy with a mistake":    {"POST", "/api/v1/export", `{"config":{"origins":["https://app.example.com/"]},"server":"nginx"}`, 400, "policy-invalid"},
		"a page's script":            {"GET", "/app.js", "", 200, ""},
		"a page's style":             {"GET", "/style.css", "", 200, ""},
		"a file that there is not":   {"GET", "/app.js.map", "", 404, ""},
		"a directory of the page's":  {"GET", "/dist/", "", 404, ""},
	} {
		t.Run(name, func(t *testing.T) {
			header := l.own()
			if c.method == "GET" {
				header = nil
			}
			response, body := l.send(c.method, c.path, header, c.body)
			if response.StatusCode != c.status || !strings.Contains(body, c.holds) {
				t.Errorf("got %d %.500s, want %d and %s", response.StatusCode, body, c.status, c.holds)
			}
		})
	}
}
