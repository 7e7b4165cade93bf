package fetch

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestStaleWhileRevalidate(t *testing.T) {
	n := 0
	var control []string
	l := newLoopback(t, AgentConfig{}, func(w http.ResponseWriter, r *http.Request) {
		n++
		control = append(control, r.Header.Get("Cache-Control"))
		w.Header()["Date"] = nil // the servers' clock stands still
		w.Header().Set("Cache-Control", "max-age=10, stale-while-revalidate=60")
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		fmt.Fprint(w, n)
	})
	get := func() (string, *Trace) {
		trace := new(Trace)
		_, body := l.get(httpApp, Request{URL: httpAPI + "/x", Trace: trace})
		return body, trace
	}
	get()
	l.pass(15 * time.Second)
	body, trace := get()
	noted := false
	for _, s := range trace.Steps {
		noted = noted || s.ID == "8.26.2.1.2"
	}
	if use := trace.Exchanges[0].Cache; body != "1" || use == nil || use.State != CacheLocal || !noted {
		t.Errorf("the stale answer is %q, %+v: %+v", body, use, trace.Steps)
	}
	if again, _, err := (Replay{Trace: trace}).Fetch(t.Context()); err != nil || again.Status != 200 {
		t.Errorf("the replay gives %+v, %v", again, err)
	}
	// What is refreshed in the background is there soon.
	for deadline := time.Now().Add(time.Minute); body != "2" && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
		body, _ = get()
	}
	if seen := strings.Count(l.requests(), "GET"); body != "2" || seen != 2 {
		t.Errorf("the answer is %q after %d requests", body, seen)
	}
	if got := strings.Join(control, "|"); got != "|" {
		t.Errorf("Cache-Control was sent: %q", got)
	}
	if err := l.agent.Close(); err != nil {
		t.Fatal(err)
	}
	l.pass(15 * time.Second)
	if body, _ := get(); body != "2" || strings.Contains(l.requests(), "GET") {
		t.Errorf("a closed agent refreshes: %q", body)
	}
}

func TestCloseEndsARevalidation(t *testing.T) {
	asked := make(chan bool, 2)
	l := newLoopback(t, AgentConfig{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=10, stale-while-revalidate=60")
		asked <- true
		if len(asked) > 1 {
			<-r.Context().Done()
		}
	})
	l.get(httpApp, Request{URL: httpApp + "/x"})
	l.pass(15 * time.Second)
	for range 3 {
		l.get(httpApp, Request{URL: httpApp + "/x"}) // one refreshes for all
	}
	for deadline := time.Now().Add(time.Minute); len(asked) < 2 && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	l.agent.Close() // the server waits for it
	if len(asked) != 2 {
		t.Errorf("the server was asked %d times", len(asked))
	}
}
