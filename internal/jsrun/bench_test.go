package jsrun

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/corscope/corscope/fetch"
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

// BenchmarkPreflightedFetch makes b.N preflighted fetches from JavaScript to a server on this machine, 16 at a time; go-client makes
// the same requests with net/http alone, the floor.
func BenchmarkPreflightedFetch(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(preflighted))
	defer server.Close()
	b.Run("script", func(b *testing.B) {
		transport, err := fetch.NewNetTransport(fetch.NetConfig{})
		if err != nil {
			b.Fatal(err)
		}
		page := newPage(b, "http://a.example/", transport)
		defer page.Agent().Close()
		script := `let left = ` + strconv.Itoa(b.N) + `;
			async function worker() { while (left-- > 0) await (await fetch("` + server.URL + `/x", {headers: {"x-a": "1"}})).text() }
			for (let i = 0; i < 16; i++) worker();`
		b.ReportAllocs()
		b.ResetTimer()
		if err := Run(context.Background(), Config{Page: page}, script, "bench.js"); err != nil {
			b.Fatal(err)
		}
	})
	b.Run("go-client", func(b *testing.B) {
		transport := &http.Transport{MaxIdleConnsPerHost: 64}
		defer transport.CloseIdleConnections()
		client := &http.Client{Transport: transport}
		b.SetParallelism(8)
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				for _, method := range []string{http.MethodOptions, http.MethodGet} {
					request, err := http.NewRequest(method, server.URL+"/x", nil)
					if err != nil {
						b.Error(err)
						return
					}
					request.Header.Set("Origin", "http://a.example")
					response, err := client.Do(request)
					if err != nil {
						b.Error(err)
						return
					}
					io.Copy(io.Discard, response.Body)
					response.Body.Close()
				}
			}
		})
	})
}

func BenchmarkEmptyScript(b *testing.B) {
	page := newPage(b, "http://a.example/", world)
	for b.Loop() {
		if err := Run(context.Background(), Config{Page: page}, "", "empty.js"); err != nil {
			b.Fatal(err)
		}
	}
}
