package fetch

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
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

// Chromium follows redirects of keepalive in another process than the page's.
func TestKeepaliveRedirects(t *testing.T) {
	own := Request{URL: "http://app.test/a", Keepalive: true}
	opaque := Request{URL: "http://app.test/a", Keepalive: true, Mode: ModeNoCORS}
	manual := Request{URL: "http://app.test/a", Keepalive: true, Mode: ModeNoCORS, Redirect: RedirectManual}
	with := func(r Request, edit func(*Request)) Request { edit(&r); return r }
	for _, c := range []struct {
		name     string
		request  Request
		location string
		want     map[string]string // by profile: reason or type, and the paths that the servers saw
	}{
		{"a user name for the page's own origin", own, "http://u:p@app.test/b", map[string]string{"spec": "basic /a /b", "chromium": "redirect-credentials /a /b"}},
		{"without keepalive", with(own, func(r *Request) { r.Keepalive = false }), "http://u:p@app.test/b", map[string]string{"spec": "basic /a /b", "chromium": "redirect-credentials /a"}},
		{"for another origin", own, "http://u:p@other.test/b", map[string]string{"spec": "redirect-credentials /a", "chromium": "redirect-credentials /a"}},
		{"for another origin in mode no-cors", opaque, "http://u:p@other.test/b", map[string]string{"spec": "opaque /a /b", "chromium": "redirect-credentials /a /b"}},
		{"redirect mode manual in mode no-cors", manual, "/b", map[string]string{"spec": "opaqueredirect /a", "chromium": "opaqueredirect /a /b"}},
		{"redirect mode manual to a user name", manual, "http://u:p@app.test/b", map[string]string{"spec": "opaqueredirect /a", "chromium": "opaqueredirect /a /b"}},
		{"redirect mode manual in mode cors", with(manual, func(r *Request) { r.Mode = ModeCORS }), "/b", map[string]string{"spec": "opaqueredirect /a", "chromium": "opaqueredirect /a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, profile := range []Profile{{Name: "spec"}, Chromium()} {
				seen := ""
				handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if seen += " " + r.URL.Path; r.URL.Path == "/a" {
						w.Header().Set("Location", c.location)
						w.WriteHeader(302)
					}
				})
				agent, err := NewAgent(AgentConfig{Profile: profile, Transport: &HandlerTransport{Handler: func(*URL) http.Handler { return handler }}})
				if err != nil {
					t.Fatal(err)
				}
				page, err := agent.NewPage(PageConfig{URL: "http://app.test/"})
				if err != nil {
					t.Fatal(err)
				}
				response, err := page.Fetch(t.Context(), c.request)
				if err != nil {
					t.Fatal(err)
				}
				response.Close()
				got := string(response.Type)
				if response.IsError() {
					got = string(response.Reason.Code)
				}
				if got += seen; got != c.want[profile.Name] {
					t.Errorf("%s: %q, want %q", profile.Name, got, c.want[profile.Name])
				}
			}
		})
	}
}

// Firefox counts the lines of Access-Control-Allow-Origin by the case of their names.
func TestAllowOriginInAnotherCase(t *testing.T) {
	const usual, lower = "Access-Control-Allow-Origin", "access-control-allow-origin"
	for _, c := range []struct {
		name  string
		lines HeaderList
		want  string
	}{
		{"two lines of the usual case stay two", HeaderList{{usual, app}, {usual, ""}}, app + ", "},
		{"an empty one in lower case is left out", HeaderList{{usual, app}, {lower, ""}}, app},
		{"and an empty one beside lower case", HeaderList{{usual, ""}, {lower, app}}, app},
		{"one with something in it stays", HeaderList{{usual, app}, {lower, "*"}}, app + ", *"},
	} {
		t.Run(c.name, func(t *testing.T) {
			merged := mergeAnswerLines(c.lines, TaintingCORS, false)
			if got, _ := merged.Get(usual); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// A frame's GET in mode no-cors, and the Origin that it sends.
func TestOriginForStorageAccess(t *testing.T) {
	frame := PageConfig{URL: "https://widget.example/", TopLevel: "https://app.test/"}
	for _, c := range []struct {
		name    string
		page    PageConfig
		request Request
		want    string // in the profile firefox; the others send none
	}{
		{"to the site in the address bar, with credentials", frame, Request{URL: "https://api.app.test/", Credentials: CredentialsInclude}, "https://widget.example"},
		{"without credentials", frame, Request{URL: "https://api.app.test/"}, ""},
		{"to a third site", frame, Request{URL: "https://other.test/", Credentials: CredentialsInclude}, ""},
		{"of the same site", PageConfig{URL: "https://www.app.test/", TopLevel: "https://app.test/"}, Request{URL: "https://api.app.test/", Credentials: CredentialsInclude}, ""},
		{"over http", PageConfig{URL: "http://widget.example/", TopLevel: "http://app.test/"}, Request{URL: "http://api.app.test/", Credentials: CredentialsInclude}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, profile := range []Profile{{}, Chromium(), Firefox()} {
				got := ""
				handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header.Get("Origin") })
				agent, err := NewAgent(AgentConfig{Profile: profile, Transport: &HandlerTransport{Handler: func(*URL) http.Handler { return handler }}})
				if err != nil {
					t.Fatal(err)
				}
				page, err := agent.NewPage(c.page)
				if err != nil {
					t.Fatal(err)
				}
				c.request.Mode = ModeNoCORS
				response, err := page.Fetch(t.Context(), c.request)
				if err != nil {
					t.Fatal(err)
				}
				response.Close()
				want := ""
				if profile.Name == "firefox" {
					want = c.want
				}
				if got != want {
					t.Errorf("%s: Origin %q, want %q", profile.name(), got, want)
				}
			}
		})
	}
}

// TestWhatAPreflightCacheHolds: sizes and ages, measured with servers of their own on 2026-11-22. In Chromium ten at random go where one goes
// here.
func TestWhatAPreflightCacheHolds(t *testing.T) {
	at := func(n int) Request { return Request{Method: "PUT", URL: fmt.Sprintf("%s/%d", api, n)} }
	long := func(n int) Request { return Request{Method: "PUT", URL: api + "/" + strings.Repeat("a", n-len(api)-1)} }
	for name, c := range map[string]struct {
		profile Profile
		most    int  // URLs
		longest int  // bytes of a URL; 0: no limit
		plus    int  // preflights for a second request after 6 s where max-age is +600
		leaves  bool // what was used lately stays
	}{
		"spec":     {Profile{}, maxPreflightURLs, 0, 1, false},
		"chromium": {Chromium(), 1024, 1023, 0, true},
		"firefox":  {Firefox(), 100, 0, 1, true},
		"webkit":   {WebKit(), maxPreflightURLs, 0, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newCacheWorld(t, c.profile)
			w.answer = "204|" + allow + "|Access-Control-Allow-Methods: PUT|Access-Control-Max-Age: 600"
			for n := range c.most {
				w.want(1, w.fetch(at(n)), "a URL that is new")
			}
			w.want(0, w.fetch(at(0)), "the first of as many as there is room for")
			w.want(1, w.fetch(at(c.most)), "one more")
			gone, stays := 0, 1
			if c.leaves {
				gone, stays = 1, 0
			}
			w.want(0, w.fetch(at(stays)), "one that stays")
			w.want(1, w.fetch(at(gone)), "the one that made room")

			w = newCacheWorld(t, c.profile)
			w.answer = "204|" + allow + "|Access-Control-Allow-Methods: PUT|Access-Control-Max-Age: 600"
			again := func(n int) int {
				w.fetch(long(n))
				return w.fetch(long(n))
			}
			if c.longest == 0 {
				w.want(0, again(5000), "a long URL")
			} else {
				w.want(0, again(c.longest), "the longest URL")
				w.want(1, again(c.longest+1), "a longer one")
			}

			w = newCacheWorld(t, c.profile)
			w.answer = "204|" + allow + "|Access-Control-Allow-Methods: PUT|Access-Control-Max-Age: +600"
			w.want(1, w.fetch(at(0)), "max-age +600")
			w.now = w.now.Add(6 * time.Second)
			w.want(c.plus, w.fetch(at(0)), "six seconds later")
		})
	}
}

// TestPreflightsAndClientCertificates: which messages may show a certificate, by [Message.Credentials], and that no cookie goes along.
func TestPreflightsAndClientCertificates(t *testing.T) {
	for name, c := range map[string]struct {
		profile Profile
		want    string
	}{
		"spec": {Profile{}, "OPTIONS false PUT false"}, "chromium": {Chromium(), "OPTIONS true PUT false"},
		"firefox": {Firefox(), "OPTIONS false PUT false"}, "webkit": {WebKit(), "OPTIONS false PUT false"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			agent, err := NewAgent(AgentConfig{Profile: c.profile, Transport: scripted(func(m *Message) *Answer {
				got = append(got, m.Method, fmt.Sprint(m.Credentials))
				if m.Headers.Contains("Cookie") {
					t.Errorf("%s has a cookie", m.Method)
				}
				return parseAnswer("204|" + allow + "|Access-Control-Allow-Methods: PUT|Set-Cookie: a=1")
			})})
			if err != nil {
				t.Fatal(err)
			}
			page, err := agent.NewPage(PageConfig{URL: app})
			if err != nil {
				t.Fatal(err)
			}
			trace := new(Trace)
			response, err := page.Fetch(t.Context(), Request{Method: "PUT", URL: api + "/x", Credentials: CredentialsOmit, Trace: trace})
			if err != nil {
				t.Fatal(err)
			}
			response.Close()
			if joined := strings.Join(got, " "); joined != c.want || trace.Exchanges[0].Credentials {
				t.Errorf("the messages are %s, want %s; credentials in the trace: %v", joined, c.want, trace.Exchanges[0].Credentials)
			}
		})
	}
}

// TestTheLongestAgeOfAPreflight by browser.
func TestTheLongestAgeOfAPreflight(t *testing.T) {
	for name, c := range map[string]struct {
		profile Profile
		longest time.Duration // 0: what the server says
	}{
		"spec": {Profile{}, 0}, "chromium": {Chromium(), 2 * time.Hour}, "firefox": {Firefox(), 24 * time.Hour}, "webkit": {WebKit(), 10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			w := newCacheWorld(t, c.profile)
			w.answer = "204|" + allow + "|Access-Control-Allow-Methods: PUT|Access-Control-Max-Age: 604800"
			put := Request{Method: "PUT"}
			w.want(1, w.fetch(put), "first")
			longest := c.longest
			if longest == 0 {
				longest = 7 * 24 * time.Hour
			}
			w.now = w.now.Add(longest - time.Second)
			w.want(0, w.fetch(put), "a second before its end")
			w.now = w.now.Add(time.Second)
			w.want(1, w.fetch(put), "at its end")
		})
	}
}

// TestCookiesOfBrowsers: which Cookie headers a page's second request has, by the lines of Set-Cookie that the first one got.
func TestCookiesOfBrowsers(t *testing.T) {
	const ownHTTP, own = "http://localhost:5173", "https://app.test"
	profiles := map[string]Profile{"spec": {}, "chromium": Chromium(), "firefox": Firefox(), "webkit": WebKit()}
	for _, c := range []struct {
		name, page string
		lines      []string
		want       map[string]string
	}{
		{"Secure over http from localhost", ownHTTP, []string{"a=1; Secure"}, map[string]string{"spec": "", "chromium": "a=1", "firefox": "a=1", "webkit": ""}},
		{"Partitioned is another cookie than the one of the same name without", own, []string{"a=1; Secure; SameSite=None", "a=2; Secure; SameSite=None; Partitioned"},
			map[string]string{"spec": "a=2", "chromium": "a=1; a=2", "firefox": "a=1; a=2", "webkit": "a=1; a=2"}},
	} {
		for name, profile := range profiles {
			t.Run(c.name+", "+name, func(t *testing.T) {
				var sent []string
				agent, err := NewAgent(AgentConfig{Profile: profile, Transport: scripted(func(m *Message) *Answer {
					cookie, _ := m.Headers.Get("Cookie")
					sent = append(sent, cookie)
					return parseAnswer("200|Cache-Control: no-store|Set-Cookie: " + strings.Join(c.lines, "|Set-Cookie: "))
				})})
				if err != nil {
					t.Fatal(err)
				}
				page, err := agent.NewPage(PageConfig{URL: c.page})
				if err != nil {
					t.Fatal(err)
				}
				for range 2 {
					response, err := page.Fetch(t.Context(), Request{URL: c.page + "/x"})
					if err != nil {
						t.Fatal(err)
					}
					response.Close()
				}
				if sent[0] != "" || sent[1] != c.want[name] {
					t.Errorf("the cookies are %q, want %q", sent[1], c.want[name])
				}
			})
		}
	}
}

// TestCookiesWithoutSameSiteOfWebKit: seen where the user lets third parties set cookies, which is not so at first.
func TestCookiesWithoutSameSiteOfWebKit(t *testing.T) {
	policy := WebKit().Cookies
	policy.ThirdParty = ThirdPartyAllowed
	for name, c := range map[string]struct {
		policy CookiePolicy
		want   bool
	}{"spec": {CookiePolicy{}, false}, "webkit": {policy, true}} {
		d := NewJar(time.Now).Set(mustURL(t, "https://api.example/"), "a=1", CookieContext{SameSite: UnsetOrLess, ThirdParty: true, Policy: c.policy})
		if d.Accepted != c.want {
			t.Errorf("%s: accepted is %v, %s %s", name, d.Accepted, d.Reason, d.Why)
		}
	}
}

// TestRefererBehindOtherSites: under origin-when-cross-origin WebKit shows the page's URL to its own origin again only where every hop was at it.
func TestRefererBehindOtherSites(t *testing.T) {
	for name, c := range map[string]struct {
		profile Profile
		want    string
	}{"firefox": {Firefox(), app + "/page"}, "webkit": {WebKit(), app + "/"}} {
		t.Run(name, func(t *testing.T) {
			var last string
			agent, err := NewAgent(AgentConfig{Profile: c.profile, Transport: scripted(func(m *Message) *Answer {
				last, _ = m.Headers.Get("Referer")
				if m.URL.Host() == mustURL(t, app).Host() {
					return parseAnswer("200|" + allow)
				}
				return parseAnswer("302|" + allow + "|Location: " + app + "/end")
			})})
			if err != nil {
				t.Fatal(err)
			}
			page, err := agent.NewPage(PageConfig{URL: app + "/page"})
			if err != nil {
				t.Fatal(err)
			}
			response, err := page.Fetch(t.Context(), Request{URL: "https://elsewhere.test/", ReferrerPolicy: OriginWhenCrossOrigin})
			if err != nil {
				t.Fatal(err)
			}
			response.Close()
			if last != c.want {
				t.Errorf("Referer at the end is %q, want %q", last, c.want)
			}
		})
	}
}
