package fetch

import "testing"

// Chromium's keepalive requests take another way through the browser, which leaves the client hints on (measured by e2e in Chromium
// 156, 2026-11-22).
func TestChromiumDropsClientHintsOnRedirectsButNotWithKeepalive(t *testing.T) {
	for _, keepalive := range []bool{false, true} {
		var last HeaderList
		agent, err := NewAgent(AgentConfig{Profile: Chromium(), Transport: scripted(func(m *Message) *Answer {
			last = m.Headers.Clone()
			if m.URL.Path() == "/x" {
				return parseAnswer("302|Location: " + other + "/y|" + allow)
			}
			return parseAnswer("200|Access-Control-Allow-Origin: null")
		})})
		if err != nil {
			t.Fatal(err)
		}
		page, err := agent.NewPage(PageConfig{URL: app})
		if err != nil {
			t.Fatal(err)
		}
		response, err := page.Fetch(t.Context(), Request{URL: api + "/x", Headers: HeaderList{{"ECT", "4g"}}, Keepalive: keepalive})
		if err != nil || response.IsError() {
			t.Fatal(response, err)
		}
		response.Close()
		if last.Contains("ECT") != keepalive {
			t.Errorf("keepalive %v: behind the redirect the headers are %v", keepalive, last)
		}
	}
}

// In a frame of another origin than the page's Chromium drops them behind every redirect (measured by e2e in Chromium 156, 2026-11-22).
func TestChromiumDropsClientHintsInFrames(t *testing.T) {
	for _, c := range []struct {
		name string
		page PageConfig
		want bool
	}{
		{"the page itself", PageConfig{URL: app}, true},
		{"a frame of its own origin", PageConfig{URL: app, TopLevel: app}, true},
		{"a frame of another one", PageConfig{URL: app, TopLevel: other}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var last HeaderList
			agent, err := NewAgent(AgentConfig{Profile: Chromium(), Transport: scripted(func(m *Message) *Answer {
				last = m.Headers.Clone()
				if m.URL.Path() == "/x" {
					return parseAnswer("302|Location: /y")
				}
				return parseAnswer("200")
			})})
			if err != nil {
				t.Fatal(err)
			}
			page, err := agent.NewPage(c.page)
			if err != nil {
				t.Fatal(err)
			}
			response, err := page.Fetch(t.Context(), Request{URL: app + "/x", Headers: HeaderList{{"ECT", "4g"}}})
			if err != nil || response.IsError() {
				t.Fatal(response, err)
			}
			response.Close()
			if last.Contains("ECT") != c.want {
				t.Errorf("behind the redirect the headers are %v", last)
			}
		})
	}
}
