package fetch

import (
	"strings"
	"testing"
)

func TestConnectSrcMatchesAsCSPSays(t *testing.T) {
	const page = "https://app.example.com"
	for _, c := range []struct {
		name, page, sources, url string
		redirects                int
		want                     bool
	}{
		{"nothing is no URL", page, "", api, 0, false},
		{"'none' is no URL", page, "'NONE'", api, 0, false},
		{"'none' beside others counts for nothing", page, "'none' https://api.example.com", api, 0, true},
		{"nonces and hashes match no URL", page, "'nonce-x' 'sha256-x' 'unsafe-inline'", api, 0, false},

		{"* is http and https", page, "*", "http://other.test:81/", 0, true},
		{"* is not data:", page, "*", "data:,x", 0, false},
		{"* is not blob:", page, "*", "blob:" + page + "/x", 0, false},
		{"https: is https", page, "https:", api, 0, true},
		{"https: is not http", page, "https:", "http://api.example.com", 0, false},
		{"http: is https too", page, "HTTP:", api, 0, true},
		{"data: is data:", page, "data:", "data:,x", 0, true},
		{"blob: is blob:", page, "blob:", "blob:" + page + "/x", 0, true},
		{"wss: is https by the letter", page, "wss:", api, 0, true},

		{"'self' is the page's origin", page, "'self'", page + "/x", 0, true},
		{"'Self' too", page, "'Self'", page + "/x", 0, true},
		{"'self' is no other host", page, "'self'", api, 0, false},
		{"'self' is no other port", page, "'self'", page + ":8443", 0, false},
		{"'self' on http is https too", "http://app.example.com", "'self'", page, 0, true},
		{"'self' on https is not http", page, "'self'", "http://app.example.com", 0, false},
		{"'self' at one port is that port over https", "http://app.example.com:8080", "'self'", "https://app.example.com:8080", 0, true},
		{"'self' at one port is not the default port", "http://app.example.com:8080", "'self'", "https://app.example.com", 0, false},
		{"'self' is not blob:", page, "'self'", "blob:" + page + "/x", 0, false},
		{"'self' is not data:", page, "'self'", "data:,x", 0, false},
		{"self without quotes is a host", page, "self", page, 0, false},

		{"a host is the page's scheme", page, "api.example.com", api, 0, true},
		{"a host in another case", page, "API.example.COM", api, 0, true},
		{"a host on an https page is not http", page, "api.example.com", "http://api.example.com", 0, false},
		{"a host on an http page is https too", "http://app.example.com", "api.example.com", api, 0, true},
		{"a host is not what is below it", page, "example.com", api, 0, false},
		{"*. is what is below", page, "*.example.com", "https://a.b.example.com", 0, true},
		{"*. is not the host itself", page, "*.example.com", "https://example.com", 0, false},
		{"*. minds the dot", page, "*.example.com", "https://badexample.com", 0, false},
		{"a star in the middle is no source", page, "api.*.com", api, 0, false},
		{"a scheme and a host", page, "https://api.example.com", api, 0, true},
		{"http://host is https too", page, "http://api.example.com", api, 0, true},
		{"https://host is not http", page, "https://api.example.com", "http://api.example.com", 0, false},
		{"any host over https", page, "https://*", "https://other.test/x", 0, true},
		{"any host over https, at its port", page, "https://*", "https://other.test:8443/x", 0, false},
		{"an address", page, "http://192.168.1.5:8080", "http://192.168.1.5:8080/x", 0, true},
		{"an IPv6 address is no source", page, "http://[::1]:8080", "http://[::1]:8080/x", 0, false},
		{"localhost", page, "http://localhost:8080", "http://localhost:8080/x", 0, true},

		{"no port is the default port", page, "https://api.example.com", api + ":8443", 0, false},
		{"the default port may be written", page, "https://api.example.com:443", api, 0, true},
		{"with zeros", page, "https://api.example.com:00443", api, 0, true},
		{"port 80 is not 443", page, "http://api.example.com:80", api, 0, false},
		{"a port is that port", page, "api.example.com:8443", api + ":8443", 0, true},
		{"any port", page, "api.example.com:*", api + ":8443", 0, true},
		{"a port that is no number is no source", page, "api.example.com:x", api, 0, false},
		{"a port that is empty is no source", page, "api.example.com:/x", api + "/x", 0, false},

		{"a path is that path alone", page, "api.example.com/v1", api + "/v1", 0, true},
		{"and not below it", page, "api.example.com/v1", api + "/v1/x", 0, false},
		{"and minds its case", page, "api.example.com/v1", api + "/V1", 0, false},
		{"a path with a slash is what is below", page, "api.example.com/v1/", api + "/v1/x/y?z", 0, true},
		{"and not itself without the slash", page, "api.example.com/v1/", api + "/v1", 0, false},
		{"/ is every path", page, "api.example.com/", api + "/v1", 0, true},
		{"a path is compared decoded", page, "api.example.com/a%20b/", api + "/a b/c", 0, true},
		{"a path does not count after a redirect", page, "api.example.com/v1", api + "/v2", 1, true},
		{"but the host does", page, "api.example.com/v1", other + "/v1", 1, false},
		{"a query is cut off", page, "api.example.com/v1?a=b#c", api + "/v1", 0, true},
		{"several", page, "'self' https://a.example  https://api.example.com", api, 0, true},
		{"a page without a name has no 'self'", "null", "'self'", page, 0, false},
		{"nor a scheme of its own", "null", "api.example.com", api, 0, false},
		{"but others match", "null", "https://api.example.com", api, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			policy, _ := parseContentSecurityPolicy("connect-src " + c.sources)
			u, err := ParseURL(c.url)
			if err != nil {
				t.Fatal(err)
			}
			agent := newScriptedPage(t, app, nil).agent
			page, err := agent.NewPage(PageConfig{URL: c.page, ContentSecurityPolicy: []string{"connect-src " + c.sources}})
			if err != nil {
				t.Fatal(err)
			}
			if got := policy.allowsConnection(u, page.policies.self, c.redirects); got != c.want {
				t.Errorf("%q on %s: %v for %s", c.sources, c.page, got, c.url)
			}
		})
	}
}

func TestContentSecurityPoliciesAreParsed(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		// want is the deciding directives of the policies, one a policy.
		want             string
		upgrade, sandbox bool
	}{
		{"one", []string{"connect-src 'self'"}, "connect-src 'self'", false, false},
		{"names in any case", []string{"Connect-SRC 'self'"}, "Connect-SRC 'self'", false, false},
		{"two lines", []string{"connect-src a.example", "connect-src b.example"}, "connect-src a.example|connect-src b.example", false, false},
		{"two in one line", []string{"connect-src a.example, connect-src b.example"}, "connect-src a.example|connect-src b.example", false, false},
		{"the first of two directives counts", []string{"connect-src a.example; connect-src b.example"}, "connect-src a.example", false, false},
		{"connect-src goes before default-src", []string{"default-src 'none'; connect-src a.example"}, "connect-src a.example", false, false},
		{"default-src takes its place", []string{"script-src a; default-src\t b.example  c.example"}, "default-src b.example c.example", false, false},
		{"no directive that concerns fetches", []string{"script-src 'self'; frame-ancestors 'none'"}, "", false, false},
		{"empty ones are none", []string{" ; ;, ,"}, "", false, false},
		{"a directive with a byte that is not ASCII is none", []string{"connect-src \xFF; default-src a.example"}, "default-src a.example", false, false},
		{"upgrade-insecure-requests", []string{"upgrade-insecure-requests"}, "", true, false},
		{"sandbox", []string{"sandbox allow-scripts"}, "", false, true},
		{"sandbox with the origin left", []string{"sandbox allow-scripts Allow-Same-Origin"}, "", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var texts []string
			upgrade, sandbox := false, false
			for _, p := range parseContentSecurityPolicies(c.lines, false) {
				if p.directive != "" {
					texts = append(texts, p.text)
				}
				upgrade, sandbox = upgrade || p.upgradeInsecureRequests, sandbox || p.sandboxedOrigin
			}
			if got := strings.Join(texts, "|"); got != c.want || upgrade != c.upgrade || sandbox != c.sandbox {
				t.Errorf("got %q, %v, %v", got, upgrade, sandbox)
			}
		})
	}
}

func TestEmbedderPoliciesAreParsed(t *testing.T) {
	for _, c := range []struct {
		lines []string
		want  EmbedderPolicy
	}{
		{nil, UnsafeNone},
		{[]string{"require-corp"}, RequireCORP},
		{[]string{" credentialless "}, Credentialless},
		{[]string{`require-corp; report-to="a;b,c"`}, RequireCORP},
		{[]string{"require-corp;a;b=1;c=x:/?y"}, UnsafeNone},
		{[]string{"require-corp;a;b=?1; c=x:/y"}, RequireCORP},
		{[]string{"Require-Corp"}, UnsafeNone},
		{[]string{`"require-corp"`}, UnsafeNone},
		{[]string{"require-corp, require-corp"}, UnsafeNone},
		{[]string{"require-corp", "require-corp"}, UnsafeNone},
		{[]string{"require-corp;"}, UnsafeNone},
		{[]string{"require-corp;=x"}, UnsafeNone},
		{[]string{"require-corp;a="}, UnsafeNone},
		{[]string{"require-corp;A=1"}, UnsafeNone},
		{[]string{"cross-origin"}, UnsafeNone},
	} {
		if got := parseEmbedderPolicy(c.lines); got != c.want {
			t.Errorf("%q gives %s, want %s", c.lines, got, c.want)
		}
	}
}

func FuzzContentSecurityPolicy(f *testing.F) {
	for _, seed := range []string{"default-src 'self'; connect-src https://*.a.example:*/b/ wss:", ";,;connect-src", "sandbox\t; upgrade-insecure-requests"} {
		f.Add(seed, api+"/b/c")
	}
	f.Fuzz(func(t *testing.T, csp, url string) {
		u, err := ParseURL(url)
		if err != nil {
			return
		}
		self, err := ParseURL(app)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range parseContentSecurityPolicies([]string{csp}, false) {
			first, later := p.allowsConnection(u, self.Origin(), 0), p.allowsConnection(u, self.Origin(), 1)
			if first && !later {
				t.Errorf("%q lets %s pass before a redirect and not after", csp, u)
			}
			if p.directive == "" && (first || p.text != "") {
				t.Errorf("%q decides without a directive", csp)
			}
		}
	})
}
