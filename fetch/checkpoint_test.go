package fetch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestResumeEqualsAFetchFromTheStart walks random chains of redirects under every profile, changes the answers behind the last redirect,
// and holds the resumed fetch against one that makes the whole way again.
func TestResumeEqualsAFetchFromTheStart(t *testing.T) {
	profiles := []Profile{{}, Chromium(), Firefox(), WebKit()}
	resumed := 0
	for seed := range uint64(400) {
		random := rand.New(rand.NewPCG(seed, 1))
		pick := func(of ...string) string { return of[random.IntN(len(of))] }
		hosts := []string{app, api, "https://api.example.net", "http://api.example.com"}
		hops := 1 + random.IntN(4)
		locations := make([]string, hops)
		for i := range locations {
			locations[i] = hosts[random.IntN(len(hosts))] + fmt.Sprintf("/%d", random.IntN(4))
		}
		status := pick("301", "302", "303", "307", "308")
		lists := pick("PUT|Access-Control-Allow-Headers: x-a,content-type", "*|Access-Control-Allow-Headers: *", "GET")
		cors := pick("|Access-Control-Allow-Origin: *", "|Access-Control-Allow-Credentials: true|"+allow, "|"+allow)
		before := [2]string{pick("204"+cors, "404", "204|Access-Control-Allow-Methods: "+lists+cors), pick("200", "200"+cors, "500")}
		after := [2]string{"204|Access-Control-Allow-Methods: " + lists + cors, pick("200"+cors, "307|Location: "+hosts[random.IntN(len(hosts))]+"/end"+cors)}
		request := Request{Keepalive: random.IntN(4) == 0, Redirect: RedirectMode(pick("follow", "follow", "manual")), URL: locations[0] + "?start", Method: pick("GET", "PUT", "POST", "DELETE"), Credentials: CredentialsMode(pick("omit", "same-origin", "include"))}
		if random.IntN(2) == 0 {
			request.Headers = HeaderList{{"X-A", "1"}, {"Content-Type", "application/json"}, {"Authorization", "x"}}
		}
		for _, profile := range profiles {
			// The transport answers the first exchanges with redirects, and those behind the last redirect with what end says.
			end, redirects := before, 0
			transport := transportFunc(func(m *Message) *Answer {
				preflight := m.Method == "OPTIONS" && m.Headers.Contains("Access-Control-Request-Method")
				switch onTheWay := redirects < hops; {
				case onTheWay && preflight:
					return parseAnswer("204|Access-Control-Allow-Methods: " + lists + cors)
				case onTheWay:
					redirects++
					return parseAnswer(status + "|Referrer-Policy: unsafe-url|Location: " + locations[redirects-1] + cors)
				case preflight:
					return parseAnswer(end[0])
				}
				return parseAnswer(end[1])
			})
			run := func(c *Checkpoint) *Trace {
				clock := func() time.Time { return time.Unix(1e9, 0) }
				agent, err := NewAgent(AgentConfig{Profile: profile, Transport: transport, NoHTTPCache: true, Clock: clock})
				if err != nil {
					t.Fatal(err)
				}
				page, err := agent.NewPage(PageConfig{URL: app + "/page"})
				if err != nil {
					t.Fatal(err)
				}
				r := request
				r.Trace = &Trace{Checkpoint: c}
				if response, err := page.Fetch(t.Context(), r); err != nil {
					t.Fatal(err)
				} else {
					response.Close()
				}
				return r.Trace
			}
			var c Checkpoint
			run(&c)
			if len(c.request.urlList) != hops+1 {
				continue // stopped on the way
			}
			end = after
			response, got, err := c.Resume(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			response.Close()
			redirects = 0
			want := run(nil)
			resumed++
			if a, b := traceJSON(t, got), traceJSON(t, want); a != b {
				at := 0
				for at < min(len(a), len(b)) && a[at] == b[at] {
					at++
				}
				at = max(at-200, 0)
				t.Fatalf("seed %d, %s:\nresumed     %.600s\nfrom start  %.600s", seed, profile.Name, a[at:], b[at:])
			}
		}
	}
	if resumed < 300 {
		t.Errorf("only %d fetches came so far as to be resumed", resumed)
	}
}

type transportFunc func(m *Message) *Answer

func (f transportFunc) Exchange(_ context.Context, m *Message) (*Answer, error) {
	a := f(m)
	a.Body = http.NoBody
	return a, nil
}

func traceJSON(t *testing.T, trace *Trace) string {
	t.Helper()
	text, err := json.Marshal(trace)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestCheckpoint(t *testing.T) {
	t.Run("a fetch without redirects has nothing to resume", func(t *testing.T) {
		page := newScriptedPage(t, app, func(*Message) *Answer { return parseAnswer("200|" + allow) })
		var c Checkpoint
		if _, err := page.Fetch(t.Context(), Request{URL: api, Trace: &Trace{Checkpoint: &c}}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.Resume(t.Context()); !errors.Is(err, ErrNoCheckpoint) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("the first trace stays as it is", func(t *testing.T) {
		last := "200"
		page := newScriptedPage(t, app, func(m *Message) *Answer {
			if strings.HasSuffix(m.URL.Path(), "/a") {
				return parseAnswer("302|Location: /b|" + allow)
			}
			return parseAnswer(last)
		})
		var c Checkpoint
		trace := &Trace{Checkpoint: &c, Brief: true}
		response, err := page.Fetch(t.Context(), Request{URL: api + "/a", Trace: trace})
		if err != nil || response.Reason.Code != ReasonAllowOriginMissing || c.Exchanges() != 1 {
			t.Fatal(response, err, c.Exchanges())
		}
		last = "200|" + allow
		response, again, err := c.Resume(t.Context())
		if err != nil || response.IsError() || len(again.Exchanges) != 2 || again.Exchanges[0] != trace.Exchanges[0] {
			t.Fatal(response, err)
		}
		if trace.Outcome.Allowed || trace.Exchanges[1].ResponseHeaders.Contains("Access-Control-Allow-Origin") {
			t.Error("the first trace was changed")
		}
	})
}
