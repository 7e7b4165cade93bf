package fetch

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

func TestUploaded(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "content-type")
		if r.URL.Path == "/again" && r.Method == "POST" {
			w.Header().Set("Location", "/once")
			w.WriteHeader(http.StatusTemporaryRedirect)
		}
	}
	for _, c := range []struct {
		name, url string
		size      int
		// ends is how often the whole body is told of at most, where an answer may come first; steps says whether parts of it are.
		ends  int
		steps bool
	}{
		{"a short body, over HTTP/1.1", httpAPI + "/once", 5, 1, false},
		{"a long body, over HTTP/1.1", httpAPI + "/once", 1 << 20, 1, true},
		{"a long body, over HTTP/2", api + "/once", 1 << 20, 1, true},
		{"a body that is sent again", httpAPI + "/again", 1 << 20, 2, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLoopback(t, AgentConfig{}, echo, "api.example.com")
			page := l.page(PageConfig{URL: httpApp})
			var mu sync.Mutex
			var told []int64
			response, err := page.Fetch(t.Context(), Request{Method: "POST", URL: c.url, Body: BytesBody(bytes.Repeat([]byte("x"), c.size)), UploadListener: true,
				Uploaded: func(n int64) {
					mu.Lock()
					defer mu.Unlock()
					told = append(told, n)
				}})
			if err != nil || response.IsError() {
				t.Fatal(response.Reason, err)
			}
			response.Close()
			// The server may have answered the last byte before the goroutine that sent it can say so.
			for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
				mu.Lock()
				done := len(told) > 0 && told[len(told)-1] == int64(c.size)
				mu.Unlock()
				if done {
					break
				}
			}
			mu.Lock()
			defer mu.Unlock()
			ends := 0
			for i, n := range told {
				if n == int64(c.size) {
					ends++
				} else if c.ends == 1 && i > 0 && n <= told[i-1] {
					t.Errorf("after %d bytes came %d", told[i-1], n)
				}
			}
			if ends < 1 || ends > c.ends || c.steps != slices.ContainsFunc(told, func(n int64) bool { return n < int64(c.size) }) {
				t.Errorf("the end was told %d times, want %d; in all %v", ends, c.ends, told)
			}
		})
	}
}
