package fetch

import (
	"fmt"
	"strings"
	"testing"
)

// TestBodyHeadersReturnInWebKit: behind which redirects WebKitGTK 2.50.6 sends a Content-Type again that an earlier one has dropped, as measured
// in 510 chains of two to four redirects on 2026-11-23. Each hop is the first letter of its host, with a star where Content-Type was sent.
func TestBodyHeadersReturnInWebKit(t *testing.T) {
	hosts := map[byte]string{'a': "http://app.test", 'o': "http://other.test"}
	for _, c := range []struct {
		name     string
		mode     Mode
		hops     string
		statuses []int
		want     string // the standard never sends it again
	}{
		{"a 302 drops it and a 307 brings it back", ModeNoCORS, "ooo", []int{302, 307}, "o* o o*"},
		{"however many redirects later", ModeNoCORS, "ooaoa", []int{302, 302, 303, 308}, "o* o a o a*"},
		{"no 301, 302 or 303 does", ModeNoCORS, "oooo", []int{302, 301, 303}, "o* o o o"},
		{"a 307 away from the page's own origin does", ModeNoCORS, "aao", []int{302, 307}, "a* a o*"},
		{"a 302 away from it drops it for good", ModeNoCORS, "aooa", []int{302, 307, 308}, "a* o o a"},
		{"and finds it gone", ModeNoCORS, "aaoo", []int{303, 303, 307}, "a* a o o"},
		{"what a 307 took away from it comes back", ModeNoCORS, "aoao", []int{307, 303, 307}, "a* o* a o*"},
		{"in mode cors, at the page's own origin", ModeCORS, "aaaa", []int{302, 303, 307}, "a* a a a*"},
	} {
		t.Run(c.name, func(t *testing.T) {
			standard := strings.Fields(c.want)
			for i, hop := range standard {
				if i > 0 && !strings.HasSuffix(standard[i-1], "*") {
					standard[i] = hop[:1]
				}
			}
			for _, of := range []struct {
				profile Profile
				want    string
			}{{WebKit(), c.want}, {Profile{}, strings.Join(standard, " ")}} {
				var sent []string
				agent, err := NewAgent(AgentConfig{Profile: of.profile, Transport: scripted(func(m *Message) *Answer {
					hop := m.URL.Host()[:1]
					if m.Headers.Contains("Content-Type") {
						hop += "*"
					}
					n := len(sent)
					sent = append(sent, hop)
					if n == len(c.statuses) {
						return parseAnswer("200")
					}
					return parseAnswer(fmt.Sprintf("%d|Location: %s/%d", c.statuses[n], hosts[c.hops[n+1]], n))
				})})
				if err != nil {
					t.Fatal(err)
				}
				page, err := agent.NewPage(PageConfig{URL: "http://app.test"})
				if err != nil {
					t.Fatal(err)
				}
				response, err := page.Fetch(t.Context(), Request{Method: "POST", URL: hosts[c.hops[0]] + "/", Mode: c.mode, Body: BytesBody([]byte("x")), BodyType: "text/plain;charset=UTF-8"})
				if err != nil {
					t.Fatal(err)
				}
				response.Close()
				if got := strings.Join(sent, " "); got != of.want {
					t.Errorf("profile %q sends %q, want %q", of.profile.Name, got, of.want)
				}
			}
		})
	}
}
