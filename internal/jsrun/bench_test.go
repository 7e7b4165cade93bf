package jsrun

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/benchserver"
)

// preflighted answers every request and lets every page in; its preflights are not remembered.
func preflighted(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	if r.Method == http.MethodOptions {
		h.Set("Access-Control-Allow-Headers", "x-a")
		h.Set("Access-Control-Max-Age", "0")
		return
	}
	io.WriteString(w, "ok")
}

// BenchmarkPreflightedFetch makes b.N preflighted fetches to a server on this machine, one or 16 at a time: from JavaScript, by the
// page's Fetch without JavaScript, and, the floor, the same requests by net/http alone. The server is a process of its own, or,
// "together", a part of this one.
func BenchmarkPreflightedFetch(b *testing.B) {
	b.Run("apart", func(b *testing.B) { benchmarkPreflightedFetch(b, benchserver.Start(b)) })
	b.Run("together", func(b *testing.B) {
		server := httptest.NewServer(http.HandlerFunc(preflighted))
		defer server.Close()
		benchmarkPreflightedFetch(b, server.URL)
	})
}

func benchmarkPreflightedFetch(b *testing.B, server string) {
	newNetPage := func(b *testing.B) *fetch.Page {
		transport, err := fetch.NewNetTransport(fetch.NetConfig{})
		if err != nil {
			b.Fatal(err)
		}
		page := newPage(b, "http://a.example/", transport)
		b.Cleanup(func() {
			if err := page.Agent().Close(); err != nil {
				b.Error(err)
			}
		})
		return page
	}
	for _, parallel := range []int{1, 16} {
		at := strconv.Itoa(parallel) + "-at-a-time"
		b.Run("script/"+at, func(b *testing.B) {
			defer CollectRarely()() // as corscope run does
			page := newNetPage(b)
			script := `let left = ` + strconv.Itoa(b.N) + `;
				async function worker() { while (left-- > 0) await (await fetch("` + server + `/x", {headers: {"x-a": "1"}})).text() }
				for (let i = 0; i < ` + strconv.Itoa(parallel) + `; i++) worker();`
			b.ReportAllocs()
			b.ResetTimer()
			if err := Run(context.Background(), Config{Page: page}, script, "bench.js"); err != nil {
				b.Fatal(err)
			}
		})
		b.Run("page/"+at, func(b *testing.B) {
			page := newNetPage(b)
			b.ReportAllocs()
			b.ResetTimer()
			inParallel(parallel, b.N, func() {
				response, err := page.Fetch(context.Background(), fetch.Request{URL: server + "/x", Headers: fetch.HeaderList{{Name: "x-a", Value: "1"}}})
				if err != nil || response.IsError() {
					b.Error("blocked", err)
					return
				}
				io.Copy(io.Discard, response.Body)
				response.Close()
			})
		})
		b.Run("go-client/"+at, func(b *testing.B) {
			transport := &http.Transport{MaxIdleConnsPerHost: 64}
			defer transport.CloseIdleConnections()
			client := &http.Client{Transport: transport}
			b.ReportAllocs()
			b.ResetTimer()
			inParallel(parallel, b.N, func() {
				for _, header := range []http.Header{
					{"Origin": {"http://a.example"}, "Access-Control-Request-Method": {"GET"}, "Access-Control-Request-Headers": {"x-a"}},
					{"Origin": {"http://a.example"}, "X-A": {"1"}},
				} {
					method := http.MethodGet
					if header["X-A"] == nil {
						method = http.MethodOptions
					}
					request, err := http.NewRequest(method, server+"/x", nil)
					if err != nil {
						b.Error(err)
						return
					}
					request.Header = header
					response, err := client.Do(request)
					if err != nil {
						b.Error(err)
						return
					}
					io.Copy(io.Discard, response.Body)
					response.Body.Close()
				}
			})
		})
	}
}

// instant answers everything at once, and lets every page in.
type instant struct{}

func (instant) Exchange(_ context.Context, m *fetch.Message) (*fetch.Answer, error) {
	headers := fetch.HeaderList{{Name: "Access-Control-Allow-Origin", Value: "http://a.example"}, {Name: "Content-Length", Value: "2"}, {Name: "Content-Type", Value: "text/plain; charset=utf-8"}}
	if m.Method == http.MethodOptions {
		headers = append(headers, fetch.Header{Name: "Access-Control-Allow-Headers", Value: "x-a"}, fetch.Header{Name: "Access-Control-Max-Age", Value: "0"})
	}
	return &fetch.Answer{Status: 200, StatusText: "OK", Proto: "HTTP/1.1", Headers: headers, Body: inMemory{strings.NewReader("ok")}}, nil
}

type inMemory struct{ io.Reader }

func (inMemory) Close() error { return nil }
func (inMemory) Ready() bool  { return true }

// BenchmarkFetchWithoutNetwork is what a preflighted fetch of a script costs beside its network, and, the floor, that of a page
// without JavaScript.
func BenchmarkFetchWithoutNetwork(b *testing.B) {
	b.Run("script", func(b *testing.B) {
		defer CollectRarely()()
		page := newPage(b, "http://a.example/", instant{})
		script := `for (let left = ` + strconv.Itoa(b.N) + `; left > 0; left--) await (await fetch("http://127.0.0.1:8000/x", {headers: {"x-a": "1"}})).text()`
		b.ReportAllocs()
		b.ResetTimer()
		if err := Run(context.Background(), Config{Page: page}, script, "bench.js"); err != nil {
			b.Fatal(err)
		}
	})
	b.Run("page", func(b *testing.B) {
		page := newPage(b, "http://a.example/", instant{})
		b.ReportAllocs()
		for b.Loop() {
			response, err := page.Fetch(context.Background(), fetch.Request{URL: "http://127.0.0.1:8000/x", Headers: fetch.HeaderList{{Name: "x-a", Value: "1"}}})
			if err != nil || response.IsError() {
				b.Fatal("blocked", err)
			}
			io.Copy(io.Discard, response.Body)
			response.Close()
		}
	})
}

// inParallel calls f n times, from some goroutines.
func inParallel(goroutines, n int, f func()) {
	var left atomic.Int64
	left.Store(int64(n))
	var group sync.WaitGroup
	for range goroutines {
		group.Go(func() {
			for left.Add(-1) >= 0 {
				f()
			}
		})
	}
	group.Wait()
}

func BenchmarkEmptyScript(b *testing.B) {
	page := newPage(b, "http://a.example/", world)
	for b.Loop() {
		if err := Run(context.Background(), Config{Page: page}, "", "empty.js"); err != nil {
			b.Fatal(err)
		}
	}
}
