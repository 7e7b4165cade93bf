package fetch

import (
	"net/http"
	"testing"
)

// What e2e's lab found, which the random cases of names cannot.
func TestDeparturesOnLoopback(t *testing.T) {
	for name, c := range map[string]struct {
		page, url string
		mode      Mode
		header    string
		status    int
		want      map[string]ReasonCode // by profile; empty: none
	}{
		"resource policy same-site, at an address": {"http://127.0.0.1:81", "http://127.0.0.1:82/", ModeNoCORS, "same-site", 200,
			map[string]ReasonCode{"spec": "", "chromium": ReasonCORP, "firefox": "", "webkit": ""}},
		"resource policy same-site, at an address of IPv6": {"http://[::1]:81", "http://[::1]:82/", ModeNoCORS, "same-site", 200,
			map[string]ReasonCode{"spec": "", "chromium": ReasonCORP, "firefox": "", "webkit": ""}},
		"resource policy same-site, at an address of the same origin": {"http://127.0.0.1:81", "http://127.0.0.1:81/", ModeNoCORS, "same-site", 200,
			map[string]ReasonCode{"spec": "", "chromium": "", "firefox": "", "webkit": ""}},
		"resource policy same-site, at a name": {"http://localhost:81", "http://localhost:82/", ModeNoCORS, "same-site", 200,
			map[string]ReasonCode{"spec": "", "chromium": "", "firefox": "", "webkit": ""}},
		"a 407 from a server": {"http://localhost:81", "http://localhost:82/", ModeCORS, "", 407,
			map[string]ReasonCode{"spec": ReasonProxyAuth, "chromium": ReasonProxyAuth, "firefox": "", "webkit": ReasonProxyAuth}},
	} {
		t.Run(name, func(t *testing.T) {
			handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if c.header != "" {
					w.Header().Set("Cross-Origin-Resource-Policy", c.header)
				}
				w.Header().Set("Access-Control-Allow-Origin", "*")
				w.WriteHeader(c.status)
			})
			for _, profile := range []Profile{{Name: "spec"}, Chromium(), Firefox(), WebKit()} {
				agent, err := NewAgent(AgentConfig{Profile: profile, Transport: &HandlerTransport{Handler: func(*URL) http.Handler { return handler }}})
				if err != nil {
					t.Fatal(err)
				}
				page, err := agent.NewPage(PageConfig{URL: c.page})
				if err != nil {
					t.Fatal(err)
				}
				response, err := page.Fetch(t.Context(), Request{URL: c.url, Mode: c.mode})
				if err != nil {
					t.Fatal(err)
				}
				response.Close()
				if response.Reason.Code != c.want[profile.Name] {
					t.Errorf("%s: %q, want %q", profile.Name, response.Reason.Code, c.want[profile.Name])
				}
			}
		})
	}
}
