package jsrun

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/corscope/corscope/fetch"
)

// TestUploadProgress: a server that takes its time is told of while it does.
func TestUploadProgress(t *testing.T) {
	const size = 24 << 20
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		if r.Method == "OPTIONS" {
			return
		}
		part := make([]byte, size/12)
		for {
			if _, err := io.ReadFull(r.Body, part); err != nil {
				break
			}
			time.Sleep(60 * time.Millisecond)
		}
		if r.URL.Path == "/closed" {
			w.Header().Del("Access-Control-Allow-Origin")
		}
	}))
	t.Cleanup(server.Close)
	type event struct {
		Type   string
		Loaded int64
		Time   float64
	}
	for _, c := range []struct {
		name, path string
		last       string // what comes last
	}{{"the answer may be read", "/open", "load"}, {"the answer may not be read, but the body was sent", "/closed", "error"}} {
		t.Run(c.name, func(t *testing.T) {
			transport, err := fetch.NewNetTransport(fetch.NetConfig{})
			if err != nil {
				t.Fatal(err)
			}
			defer transport.CloseIdleConnections()
			var out bytes.Buffer
			err = Run(t.Context(), Config{Page: newPage(t, "http://app.example.com", transport), Stdout: &out}, `
				const x = new XMLHttpRequest(), seen = [], note = (e) => seen.push({type: e.type, loaded: e.loaded, time: performance.now()});
				for (const t of ["loadstart", "progress", "load", "loadend", "error"]) x.upload.addEventListener(t, note);
				x.onload = x.onerror = (e) => { note({type: e.type + " of the answer", loaded: 0}); console.log(JSON.stringify(seen)) };
				x.open("POST", "`+server.URL+c.path+`"); x.send(new Uint8Array(`+"24 << 20"+`))`, "test.js")
			if err != nil {
				t.Fatal(err)
			}
			var seen []event
			if err := json.Unmarshal(out.Bytes(), &seen); err != nil {
				t.Fatal(err)
			}
			n := len(seen)
			if n < 7 || seen[0].Type != "loadstart" || seen[n-1].Type != c.last+" of the answer" || seen[n-2].Type != "loadend" || seen[n-3].Type != "load" || seen[n-4].Type != "progress" {
				t.Fatalf("the events are %v", seen)
			}
			for i, e := range seen[1 : n-3] {
				before := seen[i]
				if e.Type != "progress" || e.Loaded <= before.Loaded || e.Loaded > size || (e.Loaded < size) != (i+1 < n-4) {
					t.Errorf("%v after %v", e, before)
				}
			}
			// The first one comes at once, the last one when all is sent, and the others at most every 50 ms.
			if most := 3 + int((seen[n-4].Time-seen[0].Time)/50); n-4 > most {
				t.Errorf("%d progress events, and time for %d: %v", n-4, most, seen)
			}
		})
	}
}
