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
// /to?URL leads to URL. It and /open may be read by everyone, but on localhost.
func upgraded(t *testing.T, profile Profile, page string, request Request) string {
	t.Helper()
	var seen []string
	agent, err := NewAgent(AgentConfig{Profile: profile, Transport: scripted(func(m *Message) *Answer {
		from, ok := m.Headers.Get("Origin")
		if !ok {
			from = "-"
		}
		seen = append(seen, m.Method+" "+m.URL.String()+" origin="+from)
		answer := "200|X-A: 1"
		if to, ok := strings.CutPrefix(m.URL.String(), m.URL.OriginURL().String()+"to?"); ok {
			answer = "302|Location: " + to
		}
		if m.URL.Host() != "localhost" && m.URL.Path() != "/x" {
			answer += "|Access-Control-Allow-Origin: *"
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
