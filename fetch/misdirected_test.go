package fetch

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// TestMisdirectedRequest: each case was seen in Chromium 156.0.8078.79 and Firefox 153.7.0esr on 2026-11-22 as well.
func TestMisdirectedRequest(t *testing.T) {
	for _, c := range []struct {
		name    string
		request Request
		// misdirected is how many answers to a method are 421.
		misdirected map[string]int
		code        ReasonCode
		status      int
		seen        string
	}{
		{"asked again on a new connection", Request{}, map[string]int{"GET": 1}, "", 200, "GET 1, GET 2"},
		{"once", Request{}, map[string]int{"GET": 9}, "", 421, "GET 1, GET 2"},
		{"a body goes along again", Request{Method: "POST", Body: BytesBody([]byte("twice"))}, map[string]int{"POST": 1}, "", 200, "POST twice 1, POST twice 2"},
		{"a preflight too", Request{Method: "PUT"}, map[string]int{"OPTIONS": 1}, "", 200, "OPTIONS 1, OPTIONS 2, PUT 1"},
		{"and the request behind one", Request{Method: "PUT"}, map[string]int{"PUT": 1}, "", 200, "OPTIONS 1, PUT 1, PUT 2"},
		{"a preflight that stays misdirected is refused", Request{Method: "PUT"}, map[string]int{"OPTIONS": 9}, ReasonPreflightStatus, 0, "OPTIONS 1, OPTIONS 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var mu sync.Mutex
			var seen []string
			connections := map[string]int{}
			left := c.misdirected
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				mu.Lock()
				defer mu.Unlock()
				if connections[r.RemoteAddr] == 0 {
					connections[r.RemoteAddr] = len(connections) + 1
				}
				seen = append(seen, strings.Join(strings.Fields(r.Method+" "+string(body)), " ")+" "+string(rune('0'+connections[r.RemoteAddr])))
				w.Header().Set("Access-Control-Allow-Methods", "PUT")
				w.Header().Set("Access-Control-Allow-Origin", "*")
				if left[r.Method] > 0 {
					left[r.Method]--
					w.WriteHeader(http.StatusMisdirectedRequest)
				}
			}))
			t.Cleanup(server.Close)
			agent, err := NewAgent(AgentConfig{})
			if err != nil {
				t.Fatal(err)
			}
			defer agent.Close()
			page, err := agent.NewPage(PageConfig{URL: httpApp})
			if err != nil {
				t.Fatal(err)
			}
			c.request.URL = server.URL
			c.request.Trace = new(Trace)
			response, err := page.Fetch(t.Context(), c.request)
			if err != nil {
				t.Fatal(err)
			}
			response.Close()
			if response.Reason.Code != c.code || response.Status != c.status {
				t.Errorf("got %d, %q; want %d, %q", response.Status, response.Reason.Code, c.status, c.code)
			}
			if got := strings.Join(seen, ", "); got != c.seen {
				t.Errorf("the server saw %q, want %q", got, c.seen)
			}
			again := 0
			for _, x := range c.request.Trace.Exchanges {
				if x.AskedAgain {
					again++
				}
			}
			if again != 1 {
				t.Errorf("%d exchanges were asked again", again)
			}
			replayed, _, err := Replay{Trace: c.request.Trace}.Fetch(t.Context())
			if err != nil || replayed.Reason.Code != c.code || replayed.Status != c.status {
				t.Errorf("replayed it is %d, %q, %v", replayed.Status, replayed.Reason.Code, err)
			}
		})
	}
}

func TestAStreamIsNotSentAgainToTheRightPlace(t *testing.T) {
	sent := 0
	agent, err := NewAgent(AgentConfig{Transport: scripted(func(*Message) *Answer {
		sent++
		return &Answer{Status: 421, Headers: HeaderList{{"Access-Control-Allow-Origin", "*"}}}
	})})
	if err != nil {
		t.Fatal(err)
	}
	page, err := agent.NewPage(PageConfig{URL: httpApp})
	if err != nil {
		t.Fatal(err)
	}
	response, err := page.Fetch(t.Context(), Request{Method: "POST", URL: httpApp + "/x", Body: StreamBody(strings.NewReader("gone"))})
	if err != nil || response.Status != 421 || sent != 1 {
		t.Errorf("got %d after %d messages, %v", response.Status, sent, err)
	}
}
