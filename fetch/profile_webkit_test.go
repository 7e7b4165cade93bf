package fetch

import (
	"net/http"
	"testing"
)

// What frames of WebKitGTK 2.50.6, with tracking prevention, said of themselves on 2026-11-22.
func TestWebKitFrames(t *testing.T) {
	sandbox := []string{"sandbox allow-scripts"}
	for _, c := range []struct {
		name string
		page PageConfig
		url  string
		// want is Referer and the cookies, in the profiles spec, webkit and WebKitGTK's.
		want [3]string
	}{
		{"of another site, to its own origin", PageConfig{URL: "http://other.test/f", TopLevel: "http://app.test/"}, "http://other.test/x",
			[3]string{"http://other.test/f none=1", "http://other.test/ ", "http://other.test/ "}},
		{"of another site, to the host in the address bar", PageConfig{URL: "http://other.test/f", TopLevel: "http://app.test/"}, "http://app.test/x",
			[3]string{"http://other.test/ none=1", "http://other.test/ none=1", "http://other.test/ strict=1; none=1"}},
		{"of another site, to the site in the address bar", PageConfig{URL: "http://other.test/f", TopLevel: "http://app.test/"}, "http://api.app.test/x",
			[3]string{"http://other.test/ none=1", "http://other.test/ none=1", "http://other.test/ none=1"}},
		{"sandboxed, of the same site", PageConfig{URL: "http://app.test/f", TopLevel: "http://app.test/", ContentSecurityPolicy: sandbox}, "http://app.test/x",
			[3]string{" none=1", "http://app.test/f strict=1; none=1", "http://app.test/f strict=1; none=1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, profile := range []Profile{{Cookies: CookiePolicy{AllowInsecureNone: true}}, WebKit(), WebKitGTK()} {
				got := ""
				handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					got = r.Header.Get("Referer") + " " + r.Header.Get("Cookie")
				})
				agent, err := NewAgent(AgentConfig{Profile: profile, Transport: &HandlerTransport{Handler: func(*URL) http.Handler { return handler }}})
				if err != nil {
					t.Fatal(err)
				}
				u, err := ParseURL(c.url)
				if err != nil {
					t.Fatal(err)
				}
				for _, line := range []string{"strict=1; SameSite=Strict", "none=1; SameSite=None"} {
					agent.Jar().Set(u, line, CookieContext{Policy: profile.Cookies, TopLevelNavigation: true, Method: "GET"})
				}
				page, err := agent.NewPage(c.page)
				if err != nil {
					t.Fatal(err)
				}
				response, err := page.Fetch(t.Context(), Request{URL: c.url, Mode: ModeNoCORS, Credentials: CredentialsInclude})
				if err != nil {
					t.Fatal(err)
				}
				response.Close()
				if got != c.want[i] {
					t.Errorf("%s: %q, want %q", []string{"spec", "webkit", "webkitgtk"}[i], got, c.want[i])
				}
			}
		})
	}
}

// A preflight of a sandboxed frame is remembered in WebKit, and in Chromium never.
func TestPreflightsOfSandboxes(t *testing.T) {
	for _, c := range []struct {
		profile Profile
		want    string
	}{{Profile{}, "OPTIONS PUT PUT "}, {Chromium(), "OPTIONS PUT OPTIONS PUT "}, {WebKit(), "OPTIONS PUT PUT "}} {
		got := ""
		handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got += r.Method + " "
			w.Header().Set("Access-Control-Allow-Origin", "null")
			w.Header().Set("Access-Control-Allow-Methods", "PUT")
		})
		agent, err := NewAgent(AgentConfig{Profile: c.profile, Transport: &HandlerTransport{Handler: func(*URL) http.Handler { return handler }}})
		if err != nil {
			t.Fatal(err)
		}
		page, err := agent.NewPage(PageConfig{URL: "http://app.test/f", TopLevel: "http://app.test/", ContentSecurityPolicy: []string{"sandbox allow-scripts"}})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			response, err := page.Fetch(t.Context(), Request{URL: "http://other.test/x", Method: "PUT"})
			if err != nil {
				t.Fatal(err)
			}
			response.Close()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.profile.name(), got, c.want)
		}
	}
}
