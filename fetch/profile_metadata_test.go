package fetch

import (
	"net/http"
	"strings"
	"testing"
)

// Sec-Fetch-Site behind redirects where a host has no registrable domain, as Firefox 153.7.0 and Chromium 156 sent it on 2026-11-23.
func TestFetchSiteOfHostsWithoutADomain(t *testing.T) {
	for _, c := range []struct {
		name          string
		page          string
		chain         []string
		spec, firefox string
	}{
		{"another port of an address", "http://127.0.0.1:81", []string{"http://127.0.0.1:82"}, "same-site", "same-site"},
		{"and back from it", "http://127.0.0.1:81", []string{"http://127.0.0.1:82", "http://127.0.0.1:81"}, "same-site same-site", "same-site cross-site"},
		{"and to itself again", "http://127.0.0.1:81", []string{"http://127.0.0.1:82", "http://127.0.0.1:82"}, "same-site same-site", "same-site cross-site"},
		{"from the page's own origin", "http://127.0.0.1:81", []string{"http://127.0.0.1:81", "http://127.0.0.1:82"}, "same-origin same-site", "same-origin cross-site"},
		{"within the page's own origin", "http://127.0.0.1:81", []string{"http://127.0.0.1:81", "http://127.0.0.1:81"}, "same-origin same-origin", "same-origin same-origin"},
		{"ports of localhost", "http://localhost:81", []string{"http://localhost:82", "http://localhost:81"}, "same-site same-site", "same-site cross-site"},
		{"hosts of a domain", "https://app.test", []string{"https://api.app.test", "https://app.test"}, "same-site same-site", "same-site same-site"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, profile := range []Profile{{Name: "spec"}, Chromium(), Firefox()} {
				var seen []string
				handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if seen = append(seen, r.Header.Get("Sec-Fetch-Site")); len(seen) < len(c.chain) {
						w.Header().Set("Location", c.chain[len(seen)]+"/")
						w.WriteHeader(302)
					}
				})
				agent, err := NewAgent(AgentConfig{Profile: profile, Transport: &HandlerTransport{Handler: func(*URL) http.Handler { return handler }}})
				if err != nil {
					t.Fatal(err)
				}
				page, err := agent.NewPage(PageConfig{URL: c.page})
				if err != nil {
					t.Fatal(err)
				}
				response, err := page.FetchPotentialCORS(t.Context(), PotentialCORSRequest{URL: c.chain[0], Destination: DestinationImage})
				if err != nil {
					t.Fatal(err)
				}
				response.Close()
				want := c.spec
				if profile.Name == "firefox" {
					want = c.firefox
				}
				if got := strings.Join(seen, " "); got != want {
					t.Errorf("%s: %s, want %s", profile.Name, got, want)
				}
			}
		})
	}
}
