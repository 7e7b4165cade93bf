package fetch_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/benchserver"
)

func newNetPage(tb testing.TB, pageURL string) *fetch.Page {
	tb.Helper()
	agent, err := fetch.NewAgent(fetch.AgentConfig{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { agent.Close() })
	page, err := agent.NewPage(fetch.PageConfig{URL: pageURL})
	if err != nil {
		tb.Fatal(err)
	}
	return page
}

func TestClientObeysTheSameOriginPolicy(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/open":
			w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
			w.Header().Add("Cache-Control", "private")
			w.Header().Add("Cache-Control", "max-age=1")
			w.Header().Set("X-Secret", "1")
			body, _ := io.ReadAll(r.Body)
			io.WriteString(w, r.Method+" "+string(body))
		case "/moved":
			w.Header().Set("Access-Control-Allow-Origin", "*")
			http.Redirect(w, r, "/open", http.StatusTemporaryRedirect)
		}
	}))
	defer server.Close()
	client := newNetPage(t, "http://localhost:5173").Client()

	t.Run("an answer that the page may read comes with the headers that it may read", func(t *testing.T) {
		response, err := client.Get(server.URL + "/open")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		if response.StatusCode != 200 || response.Status != "200 OK" || string(body) != "GET " || response.ContentLength != 4 {
			t.Errorf("got %s, %d bytes: %q", response.Status, response.ContentLength, body)
		}
		if v := response.Header.Values("Cache-Control"); len(v) != 2 || response.Header.Get("X-Secret") != "" {
			t.Errorf("the headers are %v", response.Header)
		}
	})
	t.Run("a blocked answer is an error with the reason", func(t *testing.T) {
		trace := new(fetch.Trace)
		request, _ := http.NewRequestWithContext(fetch.WithTrace(t.Context(), trace), "GET", server.URL+"/closed", nil)
		_, err := client.Do(request)
		blocked := new(fetch.BlockedError)
		if !errors.As(err, &blocked) || blocked.Reason.Code != fetch.ReasonAllowOriginMissing {
			t.Fatalf("got %v", err)
		}
		if !strings.Contains(err.Error(), "Access-Control-Allow-Origin is missing") {
			t.Errorf("the error says %q", err)
		}
		if trace.Outcome.Allowed || len(trace.Exchanges) != 1 {
			t.Errorf("the trace is %+v", trace)
		}
	})
	t.Run("a body is sent again after a redirect", func(t *testing.T) {
		response, err := client.Post(server.URL+"/moved", "text/plain", strings.NewReader("hello"))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if body, _ := io.ReadAll(response.Body); string(body) != "POST hello" {
			t.Errorf("the body is %q", body)
		}
		if u := response.Request.URL.String(); u != server.URL+"/open" {
			t.Errorf("the response's request is for %s", u)
		}
	})
	t.Run("a bad request is an error of its own", func(t *testing.T) {
		request, _ := http.NewRequest("TRACE", server.URL, nil)
		_, err := client.Do(request)
		fault := new(fetch.RequestError)
		if !errors.As(err, &fault) || fault.Code != fetch.RequestMethodForbid {
			t.Errorf("got %v", err)
		}
	})
}

// BenchmarkClient makes the same round trip over loopback, byte for byte in what is sent, with the page's client and with a plain
// one. "bare" is a plain client that sends none of a browser's headers, so that their own cost shows. The server is a process of its
// own, or, "together", a part of this one.
func BenchmarkClient(b *testing.B) {
	b.Run("apart", func(b *testing.B) { benchmarkClient(b, benchserver.Start(b)) })
	b.Run("together", func(b *testing.B) {
		server := httptest.NewServer(fetch.Hello)
		defer server.Close()
		benchmarkClient(b, server.URL)
	})
}

func benchmarkClient(b *testing.B, server string) {
	trace := new(fetch.Trace)
	page := newNetPage(b, "http://localhost:5173")
	if response, err := page.Fetch(b.Context(), fetch.Request{URL: server, Trace: trace}); err != nil || response.IsError() {
		b.Fatal(response, err)
	}
	headers := http.Header{"Accept-Encoding": {fetch.AcceptEncoding}}
	for _, h := range trace.Exchanges[0].RequestHeaders {
		headers[h.Name] = []string{h.Value}
	}
	for _, c := range []struct {
		name    string
		client  *http.Client
		headers http.Header
	}{
		{"bare", newPlainClient(b), nil},
		{"plain", newPlainClient(b), headers},
		{"page", page.Client(), nil},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				request, _ := http.NewRequest("GET", server+"/users", nil)
				if c.headers != nil {
					request.Header = c.headers.Clone()
				}
				response, err := c.client.Do(request)
				if err != nil {
					b.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
		})
	}
}

func newPlainClient(b *testing.B) *http.Client {
	transport := &http.Transport{DisableCompression: true}
	b.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}
