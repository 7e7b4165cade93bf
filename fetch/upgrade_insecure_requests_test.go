package fetch

import (
	"fmt"
	"strings"
	"testing"
)

// TestUpgradesOfBrowsers: what an upgrade by the page's policy is to Firefox, as it was measured, and that each difference to the standard hangs
// on one field.
func TestUpgradesOfBrowsers(t *testing.T) {
	judged := func(p *UpgradePolicy) { p.JudgedBefore = false }
	counted := func(p *UpgradePolicy) { p.CountsAsRedirect = false }
	spared := func(p *UpgradePolicy) { p.SparesHost = false }
	alive := func(p *UpgradePolicy) { p.NotKeepalive = false }
	for _, c := range []struct {
		name, page string
		request    Request
		standard   string
		firefox    string // empty: as the standard
		without    []func(*UpgradePolicy)
	}{
		{"the page's own origin over http is seen as another's, but asked for nothing", "https://app.test", Request{URL: "http://app.test/x"},
			"GET https://app.test/x origin=- -> basic x-a", "GET https://app.test/x origin=https://app.test -> cors redirected",
			[]func(*UpgradePolicy){judged, counted}},
		{"nor asked first", "https://app.test", Request{URL: "http://app.test/x", Method: "PUT", Headers: HeaderList{{"X-A", "1"}}},
			"PUT https://app.test/x origin=https://app.test -> basic x-a", "PUT https://app.test/x origin=https://app.test -> cors redirected",
			[]func(*UpgradePolicy){judged, counted}},
		{"mode same-origin refuses it", "https://app.test", Request{URL: "http://app.test/x", Mode: ModeSameOrigin},
			"GET https://app.test/x origin=- -> basic x-a", "-> same-origin-mode concept-main-fetch 12[3]", []func(*UpgradePolicy){judged}},
		{"mode no-cors makes it opaque", "https://app.test", Request{URL: "http://app.test/x", Mode: ModeNoCORS},
			"GET https://app.test/x origin=- -> basic x-a", "GET https://app.test/x origin=- -> opaque", []func(*UpgradePolicy){judged}},
		{"redirect mode error does not mind the upgrade", "https://app.test", Request{URL: "http://api.test/open", Redirect: RedirectError},
			"GET https://api.test/open origin=https://app.test -> cors", "GET https://api.test/open origin=https://app.test -> cors redirected",
			[]func(*UpgradePolicy){counted}},
		{"another host is asked", "https://app.test", Request{URL: "http://api.test/x"},
			"GET https://api.test/x origin=https://app.test -> allow-origin-missing concept-cors-check 2", "", nil},
		{"and another port of the page's own", "https://app.test:8443", Request{URL: "http://app.test/x"},
			"GET https://app.test/x origin=https://app.test:8443 -> allow-origin-missing concept-cors-check 2", "", nil},
		{"a page on http is at another origin behind the upgrade", "http://app.test", Request{URL: "http://app.test/x"},
			"GET https://app.test/x origin=http://app.test -> allow-origin-missing concept-cors-check 2", "", nil},
		{"a redirect to the page's own origin over http", "https://app.test", Request{URL: "https://app.test/to?http://app.test/x"},
			"GET https://app.test/to?http://app.test/x origin=-, GET https://app.test/x origin=- -> basic redirected x-a",
			"GET https://app.test/to?http://app.test/x origin=-, GET https://app.test/x origin=https://app.test -> cors redirected",
			[]func(*UpgradePolicy){judged}},
		{"and one that came by another origin", "https://app.test", Request{URL: "http://api.test/to?http://app.test/x"},
			"GET https://api.test/to?http://app.test/x origin=https://app.test, GET https://app.test/x origin=null -> allow-origin-missing concept-cors-check 2", "", nil},
		{"a redirect from one URL to the next over http hides the page, though both are upgraded", "https://app.test", Request{URL: "http://api.test/to?http://api.test/open"},
			"GET https://api.test/to?http://api.test/open origin=https://app.test, GET https://api.test/open origin=https://app.test -> cors redirected",
			"GET https://api.test/to?http://api.test/open origin=https://app.test, GET https://api.test/open origin=null -> cors redirected",
			[]func(*UpgradePolicy){judged}},
		{"under no-cors too", "http://app.test", Request{URL: "http://api.test/keep?http://api.test/open", Mode: ModeNoCORS, Method: "POST"},
			"POST https://api.test/keep?http://api.test/open origin=http://app.test, POST https://api.test/open origin=http://app.test -> opaque",
			"POST https://api.test/keep?http://api.test/open origin=http://app.test, POST https://api.test/open origin=null -> opaque",
			[]func(*UpgradePolicy){judged}},
		{"an upgrade to the page's own scheme is a downgrade before", "https://app.test", Request{URL: "http://api.test/open", Mode: ModeNoCORS, Method: "POST"},
			"POST https://api.test/open origin=https://app.test -> opaque", "POST https://api.test/open origin=null -> opaque", []func(*UpgradePolicy){judged}},
		{"what the redirect before has dropped is back", "https://app.test", Request{URL: "https://app.test/to?http://api.test/open", Headers: HeaderList{{"Authorization", "x"}}},
			"GET https://app.test/to?http://api.test/open origin=- auth, GET https://api.test/open origin=https://app.test -> cors redirected",
			"GET https://app.test/to?http://api.test/open origin=- auth, OPTIONS https://api.test/open origin=https://app.test, " +
				"GET https://api.test/open origin=https://app.test auth -> cors redirected",
			[]func(*UpgradePolicy){counted}},
		{"and of several Content-Type the last one goes out, as behind every redirect", "https://app.test",
			Request{URL: "http://api.test/open", Method: "POST", Headers: HeaderList{{"Content-Type", "text/plain"}, {"Content-Type", "text/plain;a"}}, Body: BytesBody([]byte("x"))},
			"POST https://api.test/open origin=https://app.test type=text/plain, text/plain;a -> cors",
			"POST https://api.test/open origin=https://app.test type=text/plain;a -> cors redirected",
			[]func(*UpgradePolicy){counted}},
		{"a request that was preflighted is so again at the page's own host, with a user name in the redirect", "http://localhost:3000",
			Request{URL: "http://api.test/to?http://u@localhost:8080/x", Headers: HeaderList{{"X-A", "1"}}},
			"OPTIONS https://api.test/to?http://u@localhost:8080/x origin=http://localhost:3000, GET https://api.test/to?http://u@localhost:8080/x origin=http://localhost:3000" +
				" -> redirect-credentials concept-http-redirect-fetch 9",
			"OPTIONS https://api.test/to?http://u@localhost:8080/x origin=http://localhost:3000, GET https://api.test/to?http://u@localhost:8080/x origin=http://localhost:3000, " +
				"OPTIONS http://u@localhost:8080/x origin=http://localhost:3000 -> allow-origin-missing concept-cors-check 2",
			[]func(*UpgradePolicy){spared}},
		{"and one that was not is not", "http://localhost:3000", Request{URL: "http://api.test/to?http://localhost:8080/x", Headers: HeaderList{{"Accept", "x"}}},
			"GET https://api.test/to?http://localhost:8080/x origin=http://localhost:3000, GET http://localhost:8080/x origin=null -> allow-origin-missing concept-cors-check 2",
			"", nil},
		{"with keepalive nothing is upgraded", "http://app.test", Request{URL: "http://api.test/open", Keepalive: true},
			"GET https://api.test/open origin=http://app.test -> cors", "GET http://api.test/open origin=http://app.test -> cors",
			[]func(*UpgradePolicy){alive}},
		{"and nothing is spared", "http://localhost:3000", Request{URL: "http://localhost:8080/x", Keepalive: true},
			"GET http://localhost:8080/x origin=http://localhost:3000 -> allow-origin-missing concept-cors-check 2", "", nil},
		{"a user name in a redirect to the page's own origin is no other's", "https://app.test", Request{URL: "http://app.test/to?https://u@app.test/x"},
			"GET https://app.test/to?https://u@app.test/x origin=-, GET https://u@app.test/x origin=- -> basic redirected x-a",
			"GET https://app.test/to?https://u@app.test/x origin=https://app.test, GET https://u@app.test/x origin=https://app.test -> cors redirected",
			[]func(*UpgradePolicy){judged}},
		{"but by way of another origin it is", "https://app.test", Request{URL: "http://api.test/to?http://u@app.test/x"},
			"GET https://api.test/to?http://u@app.test/x origin=https://app.test -> redirect-credentials concept-http-redirect-fetch 9", "", nil},
		{"which makes it mixed content", "https://app.test", Request{URL: "http://api.test/open", Keepalive: true},
			"GET https://api.test/open origin=https://app.test -> cors", "-> mixed-content mixed-content#should-block-fetch ",
			[]func(*UpgradePolicy){alive}},

		{"another port of this machine needs nothing", "http://localhost:3000", Request{URL: "http://localhost:8080/x"},
			"GET http://localhost:8080/x origin=http://localhost:3000 -> allow-origin-missing concept-cors-check 2",
			"GET http://localhost:8080/x origin=http://localhost:3000 -> cors", []func(*UpgradePolicy){spared}},
		{"and is not asked first", "https://127.0.0.1", Request{URL: "http://127.0.0.1:8080/x", Method: "DELETE", Credentials: CredentialsInclude},
			"OPTIONS http://127.0.0.1:8080/x origin=https://127.0.0.1 -> allow-origin-missing concept-cors-check 2",
			"DELETE http://127.0.0.1:8080/x origin=https://127.0.0.1 -> cors", []func(*UpgradePolicy){spared}},
		{"but another name of it is", "http://localhost:3000", Request{URL: "http://127.0.0.1:8080/x", Method: "DELETE"},
			"OPTIONS http://127.0.0.1:8080/x origin=http://localhost:3000 -> allow-origin-missing concept-cors-check 2", "", nil},
		{"mode same-origin refuses another port all the same", "http://localhost:3000", Request{URL: "http://localhost:8080/x", Mode: ModeSameOrigin},
			"-> same-origin-mode concept-main-fetch 12[3]", "", nil},
		{"a redirect from one port to the next and home again needs nothing", "http://localhost:3000", Request{URL: "http://localhost:8080/to?http://localhost:3000/x"},
			"GET http://localhost:8080/to?http://localhost:3000/x origin=http://localhost:3000 -> allow-origin-missing concept-cors-check 2",
			"GET http://localhost:8080/to?http://localhost:3000/x origin=http://localhost:3000, GET http://localhost:3000/x origin=null -> cors redirected",
			[]func(*UpgradePolicy){spared}},
		{"a redirect from another host does", "http://localhost:3000", Request{URL: "http://127.0.0.1:8080/to?http://localhost:8080/x"},
			"GET http://127.0.0.1:8080/to?http://localhost:8080/x origin=http://localhost:3000, GET http://localhost:8080/x origin=null -> allow-origin-missing concept-cors-check 2", "", nil},
		{"and back by way of one", "http://localhost:3000", Request{URL: "http://localhost:8080/to?http://127.0.0.1:8080/to?http://localhost:8080/x"},
			"GET http://localhost:8080/to?http://127.0.0.1:8080/to?http://localhost:8080/x origin=http://localhost:3000 -> allow-origin-missing concept-cors-check 2",
			"GET http://localhost:8080/to?http://127.0.0.1:8080/to?http://localhost:8080/x origin=http://localhost:3000, " +
				"GET http://127.0.0.1:8080/to?http://localhost:8080/x origin=null, GET http://localhost:8080/x origin=null -> allow-origin-missing concept-cors-check 2",
			[]func(*UpgradePolicy){spared}},
		{"a redirect to another host hides the page in Origin, and not in what the answer is compared with", "http://localhost:3000",
			Request{URL: "http://localhost:8080/to?http://127.0.0.1:8080/page"},
			"GET http://localhost:8080/to?http://127.0.0.1:8080/page origin=http://localhost:3000 -> allow-origin-missing concept-cors-check 2",
			"GET http://localhost:8080/to?http://127.0.0.1:8080/page origin=http://localhost:3000, GET http://127.0.0.1:8080/page origin=null -> cors redirected",
			[]func(*UpgradePolicy){spared}},
		{"nor in what a preflight's is", "http://localhost:3000", Request{URL: "http://localhost:8080/to?http://127.0.0.1:8080/page", Headers: HeaderList{{"X-A", "1"}}},
			"OPTIONS http://localhost:8080/to?http://127.0.0.1:8080/page origin=http://localhost:3000 -> allow-origin-missing concept-cors-check 2",
			"GET http://localhost:8080/to?http://127.0.0.1:8080/page origin=http://localhost:3000, OPTIONS http://127.0.0.1:8080/page origin=http://localhost:3000, " +
				"GET http://127.0.0.1:8080/page origin=null -> cors redirected",
			[]func(*UpgradePolicy){spared}},
		{"so that null does not fit", "http://localhost:3000", Request{URL: "http://localhost:8080/to?http://127.0.0.1:8080/null"},
			"GET http://localhost:8080/to?http://127.0.0.1:8080/null origin=http://localhost:3000 -> allow-origin-missing concept-cors-check 2",
			"GET http://localhost:8080/to?http://127.0.0.1:8080/null origin=http://localhost:3000, " +
				"GET http://127.0.0.1:8080/null origin=null -> allow-origin-mismatch concept-cors-check 4",
			[]func(*UpgradePolicy){spared}},
	} {
		t.Run(c.name, func(t *testing.T) {
			standard, firefox := Profile{}, Firefox()
			if got := upgraded(t, standard, c.page, c.request); got != c.standard {
				t.Errorf("by the standard: %s\nwant             %s", got, c.standard)
			}
			want := c.firefox
			if want == "" {
				want = c.standard
			}
			if got := upgraded(t, firefox, c.page, c.request); got != want {
				t.Errorf("in Firefox: %s\nwant        %s", got, want)
			}
			for i, without := range c.without {
				firefox := Firefox()
				without(&firefox.Upgrade)
				if got := upgraded(t, firefox, c.page, c.request); got == want {
					t.Errorf("without field %d Firefox does the same: %s", i, got)
				}
			}
		})
	}
}

// upgraded runs a fetch of a page that upgrades insecure requests, and tells what the servers saw, with its Origin, and what the page gets.
// /to?URL and /keep?URL lead to URL. They and /open may be read by everyone, but on localhost, /page by the page, /null by null and /x by nobody.
func upgraded(t *testing.T, profile Profile, page string, request Request) string {
	t.Helper()
	var seen []string
	agent, err := NewAgent(AgentConfig{Profile: profile, Transport: scripted(func(m *Message) *Answer {
		from, ok := m.Headers.Get("Origin")
		if !ok {
			from = "-"
		}
		line := m.Method + " " + m.URL.String() + " origin=" + from
		if m.Headers.Contains("Authorization") {
			line += " auth"
		}
		if types := m.Headers.Values("Content-Type"); types != nil {
			line += " type=" + strings.Join(types, ", ")
		}
		seen = append(seen, line)
		answer := "200|X-A: 1"
		if to, ok := strings.CutPrefix(m.URL.String(), m.URL.OriginURL().String()+"to?"); ok && m.Method != "OPTIONS" {
			answer = "302|Location: " + to
		} else if to, ok := strings.CutPrefix(m.URL.String(), m.URL.OriginURL().String()+"keep?"); ok {
			answer = "307|Location: " + to
		}
		switch {
		case m.URL.Path() == "/page":
			answer += "|Access-Control-Allow-Origin: " + page + "|Access-Control-Allow-Headers: *"
		case m.URL.Path() == "/null":
			answer += "|Access-Control-Allow-Origin: null"
		case m.URL.Host() != "localhost" && m.URL.Path() != "/x":
			answer += "|Access-Control-Allow-Origin: *|Access-Control-Allow-Headers: *"
		}
		return parseAnswer(answer)
	})})
	if err != nil {
		t.Fatal(err)
	}
	p, err := agent.NewPage(PageConfig{URL: page, ContentSecurityPolicy: []string{"upgrade-insecure-requests"}})
	if err != nil {
		t.Fatal(err)
	}
	request.Trace = new(Trace)
	response, err := p.Fetch(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	response.Close()
	if again, _, err := (Replay{Trace: request.Trace}).Fetch(t.Context()); err != nil || again.Type != response.Type || again.Redirected() != response.Redirected() ||
		again.Reason != response.Reason {
		t.Errorf("the replay ends with %+v, %v", again, err)
	}
	got := strings.Join(seen, ", ")
	if got != "" {
		got += " "
	}
	if response.IsError() {
		return got + fmt.Sprintf("-> %s %s %s", response.Reason.Code, response.Reason.Algorithm, response.Reason.Step)
	}
	got += "-> " + string(response.Type)
	if response.Redirected() {
		got += " redirected"
	}
	if response.Headers.Contains("X-A") {
		got += " x-a"
	}
	return got
}

// TestRefererOfUpgrades: the upgrade behind a redirect determines the referrer anew, without the chain before it.
func TestRefererOfUpgrades(t *testing.T) {
	for _, c := range []struct {
		name, url, counted, otherwise string
	}{
		{"to the page's own origin", "http://api.test/to?http://app.test/x", "https://app.test/p", "https://app.test/"},
		{"behind a downgrade", "http://localhost:8080/to?http://api.test/x", "https://app.test/", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, profile := range []Profile{Firefox(), func() Profile { p := Firefox(); p.Upgrade.CountsAsRedirect = false; return p }()} {
				last := ""
				agent, err := NewAgent(AgentConfig{Profile: profile, Transport: scripted(func(m *Message) *Answer {
					last, _ = m.Headers.Get("Referer")
					answer := "200|Access-Control-Allow-Origin: *"
					if to, ok := strings.CutPrefix(m.URL.String(), m.URL.OriginURL().String()+"to?"); ok {
						answer = "302|Access-Control-Allow-Origin: *|Location: " + to
					}
					return parseAnswer(answer)
				})})
				if err != nil {
					t.Fatal(err)
				}
				page, err := agent.NewPage(PageConfig{URL: "https://app.test/p", ContentSecurityPolicy: []string{"upgrade-insecure-requests"}})
				if err != nil {
					t.Fatal(err)
				}
				response, err := page.Fetch(t.Context(), Request{URL: c.url})
				if err != nil {
					t.Fatal(err)
				}
				response.Close()
				want := c.otherwise
				if profile.Upgrade.CountsAsRedirect {
					want = c.counted
				}
				if last != want {
					t.Errorf("with the upgrade as a redirect (%v) the last Referer is %q, want %q", profile.Upgrade.CountsAsRedirect, last, want)
				}
			}
		})
	}
}
