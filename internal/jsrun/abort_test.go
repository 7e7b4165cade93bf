package jsrun

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/corscope/corscope/fetch"
)

// TestAbortClosesTheConnection: the server learns that its answer is no longer wanted, whether or not the page has begun to read it.
func TestAbortClosesTheConnection(t *testing.T) {
	for _, c := range []struct{ name, script string }{
		{"before the body is asked for", `await fetch("/", {signal: c.signal}); c.abort(); await wait()`},
		{"between two reads", `const r = (await fetch("/", {signal: c.signal})).body.getReader(); await r.read(); c.abort(); await wait()`},
		{"while a read waits", `const r = (await fetch("/", {signal: c.signal})).body.getReader(); await r.read(); const p = r.read(); c.abort(); await p.catch(() => {}); await wait()`},
		{"an XMLHttpRequest", `const x = new XMLHttpRequest(); x.open("GET", "/"); x.onprogress = () => x.abort(); x.send(); await wait()`},
	} {
		t.Run(c.name, func(t *testing.T) {
			gone := make(chan struct{})
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/wait" {
					select {
					case <-gone:
					case <-time.After(time.Minute):
						w.WriteHeader(http.StatusGatewayTimeout)
					}
					return
				}
				for r.Context().Err() == nil {
					w.Write([]byte("more"))
					w.(http.Flusher).Flush()
					time.Sleep(10 * time.Millisecond)
				}
				close(gone)
			}))
			t.Cleanup(server.Close)
			transport, err := fetch.NewNetTransport(fetch.NetConfig{})
			if err != nil {
				t.Fatal(err)
			}
			defer transport.CloseIdleConnections()
			got, err := output(t, Config{Page: newPage(t, server.URL+"/page", transport)},
				`const c = new AbortController(), wait = async () => console.log((await fetch("/wait")).status); `+c.script)
			if err != nil || got != "200" {
				t.Errorf("the server was told of it with status %s, error %v", got, err)
			}
		})
	}
}
