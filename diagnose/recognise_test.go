package diagnose

import (
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
)

// wantCauses says for every fault of the demo's world which causes are named, the first one first. An empty text: nothing is wrong.
var wantCauses = map[string]string{
	"bad-port": "bad-port", "mixed-content": "mixed-content", "same-origin-mode": "same-origin-mode", "no-cors-redirect-error": "no-cors-redirect-mode",
	"scheme-ftp": "scheme-not-fetchable", "only-if-cached": "only-if-cached", "keepalive-quota": "keepalive-quota",

	"name-not-resolved": "name-not-resolved", "connection-refused": "connection-refused", "address-unreachable": "address-unreachable",
	"certificate-wrong-name": "tls-certificate", "certificate-expired": "tls-certificate", "certificate-unknown-authority": "tls-certificate",
	"http-on-https-port": "tls-handshake", "never-shakes-hands": "timeout", "never-answers": "timeout", "closed": "connection-closed",
	"reset": "connection-reset", "not-http": "malformed-response", "status-word": "malformed-response", "header-with-nul": "malformed-response",
	"two-lengths": "malformed-response", "header-cut-off": "connection-closed",
	"endless-headers": "headers-too-large", "endless-header": "headers-too-large", "endless-hints": "headers-too-large",

	"preflight-404": "preflight-not-routed", "preflight-405": "preflight-not-routed", "preflight-401": "preflight-needs-login",
	"preflight-500": "preflight-server-error", "preflight-404-with-headers": "preflight-not-routed", "preflight-403-with-headers": "preflight-status",
	"preflight-redirect": "preflight-redirect-slash", "preflight-redirect-without-headers": "preflight-redirect-to-login",
	"preflight-allow-origin-missing": "allow-origin-missing", "preflight-allow-origin-other": "allow-origin-mismatch",
	"preflight-allow-origin-twice": "header-set-twice", "preflight-wildcard-with-credentials": "allow-origin-wildcard-with-credentials",
	"preflight-allow-credentials-missing": "allow-credentials-missing", "preflight-allow-credentials-capital": "allow-credentials-not-true",
	"methods-missing": "method-not-allowed", "methods-without-it": "method-not-allowed", "methods-lower-case": "method-case",
	"methods-patch": "method-case", "methods-wildcard-with-credentials": "method-wildcard-with-credentials",
	"methods-semicolon": "allow-methods-malformed", "methods-brackets": "allow-methods-malformed",
	"headers-missing": "header-not-allowed", "headers-without-it": "header-not-allowed", "headers-without-content-type": "content-type-not-allowed",
	"headers-wildcard-with-credentials": "header-wildcard-with-credentials", "headers-colon": "allow-headers-malformed",
	"headers-space-list": "allow-headers-malformed", "authorization-under-wildcard": "authorization-not-listed", "authorization-missing": "header-not-allowed",
	"max-age-word": "max-age-malformed", "max-age-day": "", "max-age-zero": "", "preflight-wildcards": "", "preflight-two-lines": "",
	"preflight-empty-members": "", "preflight-allows-all": "", "preflight-long-accept": "", "upload-listener": "",
	"preflight-right-answer-wrong": "preflight-alone", "preflight-never-answers": "timeout",

	"redirect-without-allow-origin": "redirect-without-headers", "redirect-loop": "redirect-limit", "redirect-location-invalid": "redirect-location-invalid",
	"redirect-two-locations": "redirect-location-invalid", "redirect-to-ftp": "redirect-scheme", "redirect-to-data": "redirect-scheme",
	"redirect-with-user-name": "redirect-credentials", "redirect-home-with-user-name": "redirect-credentials", "redirect-to-http": "mixed-content",
	"redirect-to-bad-port": "bad-port", "redirect-mode-error": "redirect-mode-error", "redirect-manual": "", "redirect-without-location": "",
	"redirect-on-the-same-server": "", "redirect-to-another-origin": "redirect-hides-origin", "redirect-to-nobody": "redirect-hides-origin allow-origin-missing",
	"redirect-to-null": "", "redirect-to-everybody": "", "redirect-home": "redirect-hides-origin", "redirect-from-home": "", "redirect-303": "",
	"redirect-301-post": "", "redirect-308-post": "", "redirect-drops-authorization": "", "redirect-asks-again": "",
	"redirect-asks-in-vain": "redirect-hides-origin", "redirect-of-a-stream": "redirect-stream-body", "redirect-fragment": "", "redirect-long-location": "",

	"allow-origin-missing": "allow-origin-missing", "error-without-allow-origin": "error-without-headers", "not-found-without-allow-origin": "error-without-headers",
	"unauthorized-without-allow-origin": "login-without-headers", "allow-origin-other": "allow-origin-mismatch", "allow-origin-other-port": "origin-other-port",
	"allow-origin-other-scheme": "origin-other-scheme", "allow-origin-null": "allow-origin-null", "allow-origin-trailing-slash": "origin-trailing-slash",
	"allow-origin-path": "origin-with-path", "allow-origin-upper-case": "origin-upper-case", "allow-origin-default-port": "origin-default-port",
	"allow-origin-no-scheme": "origin-without-scheme", "allow-origin-subdomains": "origin-pattern", "allow-origin-quoted": "origin-quoted",
	"allow-origin-word": "allow-origin-invalid", "allow-origin-empty": "origin-empty", "allow-origin-list": "allow-origin-multiple", "allow-origin-space-list": "allow-origin-multiple",
	"allow-origin-twice": "header-set-twice", "allow-origin-two-stars": "header-set-twice", "wildcard-with-credentials": "allow-origin-wildcard-with-credentials",
	"allow-credentials-missing": "allow-credentials-missing", "allow-credentials-capital": "allow-credentials-not-true",
	"allow-credentials-false": "allow-credentials-not-true", "allow-credentials-one": "allow-credentials-not-true", "allow-credentials-twice": "allow-credentials-not-true",
	"wildcard": "", "wildcard-and-allow-credentials": "", "exact-and-credentials": "", "null-for-everybody": "", "no-name-for-null": "page-without-origin",

	"resource-policy-same-origin": "cross-origin-resource-policy", "resource-policy-same-origin-sibling": "cross-origin-resource-policy",
	"resource-policy-same-site": "cross-origin-resource-policy", "resource-policy-same-site-sibling": "opaque-answer",
	"resource-policy-cross-origin": "opaque-answer", "resource-policy-twice": "opaque-answer", "no-cors": "opaque-answer", "resource-policy-with-cors": "",

	// What is wrong with a body shows when it is read: see TestBodiesThatBreakOff.
	"body-never-begins": "", "body-cut-off": "", "body-bad-chunk": "", "body-cut-off-http2": "", "body-huge": "", "body-not-gzip": "", "body-gzip-bomb": "", "body-stops": "", "body-slow": "",

	"cookie-plain": "", "cookie-strict": "", "cookie-domain": "", "cookie-host-prefix": "", "cookie-host-prefix-with-domain": "cookie-not-kept",
	"cookie-host-prefix-with-path": "cookie-not-kept", "cookie-secure-prefix-insecure": "cookie-not-kept", "cookie-other-domain": "cookie-not-kept",
	"cookie-sibling-domain": "cookie-not-kept", "cookie-public-suffix": "cookie-not-kept", "cookie-none-insecure": "cookie-not-kept", "cookie-expired": "",
	"cookie-too-large": "cookie-not-kept", "cookie-secure-over-http": "cookie-not-kept", "cookie-omitted": "cookie-not-kept",
	"cookie-though-blocked": "allow-origin-missing", "cookie-none-from-another-site": "third-party-cookies", "cookie-lax-from-another-site": "cookie-not-kept",
	"cookie-strict-from-another-site": "cookie-not-kept",

	"right": "", "expose-nothing": "header-not-exposed", "expose-by-name": "", "expose-wildcard": "",
	"expose-wildcard-with-credentials": "expose-wildcard-with-credentials", "expose-malformed": "expose-headers-malformed",
	"expose-set-cookie": "cookie-not-kept", "status-404": "answer-is-an-error", "status-500": "answer-is-an-error", "status-401": "answer-is-an-error",
	"origin-list": "allow-origin-missing", "origin-list-with-vary": "origin-not-listed", "origin-rejected": "login-without-headers",
	"headers-on-options-alone": "allow-origin-missing", "errors-without-headers": "error-without-headers",
	"cached-for-another-page": "cached-for-another-origin", "preflight-origin-list": "preflight-refused", "preflight-method-list": "preflight-refused",
	"preflight-header-list": "preflight-refused", "preflight-login-403": "preflight-refused", "not-found-at-all": "preflight-not-routed",
	"vary-missing": "", "image-then-fetch": "", "reflects-any-origin": "",

	"preflight-403": "preflight-refused", "preflight-403-bucket": "storage-bucket-rule", "preflight-moved": "preflight-redirect",
	"preflight-to-https": "preflight-redirect-to-https", "cors-header-on-request": "cors-header-on-request", "redirect-to-https": "redirect-to-https",
	"with-slash": "redirect-slash", "redirect-to-login": "redirect-to-login", "header-misspelt": "header-name-misspelt", "gateway-502": "gateway-error",
	"gateway-403": "gateway-error", "upload-413": "body-too-large", "bot-wall": "bot-wall", "localhost-names": "localhost-names",

	"csp-connect-src": "csp-connect-src", "csp-script-src": "csp-script-src", "data-url-malformed": "data-url-malformed",
	"blob-url-unavailable": "blob-url-unavailable", "cross-origin-embedder-policy": "cross-origin-embedder-policy", "integrity-mismatch": "integrity-mismatch",
	"local-network-access": "local-network-access", "local-network-insecure": "local-network-insecure", "target-address-space": "target-address-space",

	"status-429": "answer-is-an-error", "status-204": "", "status-205": "", "status-304": "header-not-exposed", "status-407": "proxy-authentication", "early-hints": "",
}

// wantAsked are the faults that the answers to further questions tell better.
var wantAsked = map[string]string{
	"preflight-allow-origin-missing": "preflight-without-headers",
	"origin-list":                    "origin-not-listed", "origin-rejected": "origin-rejected", "headers-on-options-alone": "preflight-alone",
	"preflight-origin-list": "origin-not-listed", "preflight-method-list": "method-not-allowed", "preflight-header-list": "header-not-allowed",
	"preflight-login-403": "preflight-needs-login", "not-found-at-all": "url-not-found",
	"vary-missing": "vary-missing", "image-then-fetch": "image-then-fetch", "reflects-any-origin": "origin-reflected",
}

func causeIDs(findings []Finding) string {
	var ids []string
	for _, f := range findings {
		ids = append(ids, f.Cause.ID)
	}
	return strings.Join(ids, " ")
}

func TestEveryFaultOfTheWorldIsNamedAndNothingElse(t *testing.T) {
	traces := recordFaults(t)
	for _, fault := range demo.Faults() {
		t.Run(fault.ID, func(t *testing.T) {
			want, ok := wantCauses[fault.ID]
			if !ok {
				t.Fatalf("the table has no row for it: %s", fault.Title)
			}
			findings := Recognise(traces[fault.ID])
			if got := causeIDs(findings); got != want {
				t.Errorf("named are %q, want %q", got, want)
			}
			for _, f := range findings {
				if f.Cause.Title == "" {
					t.Errorf("a cause outside of the catalogue: %+v", f)
				}
				if f.Cause.Needs != "" {
					t.Errorf("%s needs %s, and was named all the same", f.Cause.ID, f.Cause.Needs)
				}
				if len(f.Evidence) == 0 || f.Evidence[0].Text == "" {
					t.Errorf("%s without evidence", f.Cause.ID)
				}
				for _, e := range f.Evidence {
					if e.Exchange < -1 || e.Exchange >= len(traces[fault.ID].Exchanges) {
						t.Errorf("%s: no exchange %d", f.Cause.ID, e.Exchange)
					}
				}
			}
		})
	}
	for id := range wantCauses {
		if traces[id] == nil {
			t.Errorf("the world has no fault %q", id)
		}
	}
}

// TestFurtherQuestionsTellWhatOneAnswerDoesNot: what they change is in the table, and all else is named as before.
func TestFurtherQuestionsTellWhatOneAnswerDoesNot(t *testing.T) {
	traces, probes := recordAndAsk(t, true)
	for _, fault := range demo.Faults() {
		t.Run(fault.ID, func(t *testing.T) {
			want, ok := wantAsked[fault.ID]
			if !ok {
				want = wantCauses[fault.ID]
			}
			trace, asked := traces[fault.ID], probes[fault.ID]
			report := Diagnose(trace, Options{Probes: asked})
			findings := Recognise(trace, asked...)
			if got := causeIDs(findings); got != want {
				t.Errorf("named are %q, want %q", got, want)
			}
			for _, f := range findings {
				for _, e := range f.Evidence {
					if e.Text == "" || e.Probe < 0 || e.Probe > len(asked) || e.Probe > 0 && e.Exchange != -1 {
						t.Errorf("%s: the evidence %+v of %d probes", f.Cause.ID, e, len(asked))
					}
				}
			}
			if len(asked) > 6 {
				t.Errorf("%d questions", len(asked))
			}
			for i, p := range report.Probes {
				t.Logf("%s %s %s: %s", p.Exchange.Method, p.Exchange.URL, p.Asks, p.Learned)
				if p.Learned == "" || p.Asks == "" || !strings.HasSuffix(p.Decides, "?") {
					t.Errorf("probe %d: %+v", i+1, p)
				}
				if p.Learned != "" && asked[i].Learned != "" {
					t.Errorf("probe %d was changed", i+1)
				}
				if method := p.Exchange.Method; method != "GET" && method != "HEAD" && method != "OPTIONS" {
					t.Errorf("a probe is %s", method)
				}
			}
		})
	}
}

const appPage, apiURL = "https://app.example.com", "https://api.example.com/users"
const appAllowed = "|Access-Control-Allow-Origin: " + appPage

// otherAnswers are answers of services and layers that the demo does not play, with the causes that they show.
var otherAnswers = []struct {
	name   string
	page   string
	r      fetch.Request
	answer script
	want   string
	likely bool
}{
	{"a preflight refused with 403 and nothing else", appPage, fetch.Request{Method: "PUT"}, answers("403 x", ""), "preflight-refused", false},
	{"a bucket's 403", appPage, fetch.Request{Method: "PUT"}, answers("403 x|Server: AmazonS3|X-Amz-Request-Id: 1", ""), "storage-bucket-rule", true},
	{"a login asked with 403", appPage, fetch.Request{Method: "PUT"}, answers("403 x|WWW-Authenticate: Bearer", ""), "preflight-needs-login", false},
	{"a proxy whose server is down, at the preflight", appPage, fetch.Request{Method: "PUT"}, answers("502 x", ""), "preflight-server-error", false},
	{"a wall against bots at the preflight", appPage, fetch.Request{Method: "PUT"}, answers("403 x|Cf-Mitigated: challenge", ""), "bot-wall", true},
	{"a preflight redirected from http to https", "http://app.example.com", fetch.Request{Method: "PUT", URL: "http://api.example.com/users"},
		answers("301 x|Location: https://api.example.com/users", ""), "preflight-redirect-to-https", false},
	{"a header that is misspelt", appPage, fetch.Request{}, answers("", "200 x|Access-Control-Allowed-Origin: *"), "header-name-misspelt", false},
	{"a header with an s too many", appPage, fetch.Request{}, answers("", "200 x|Access-Control-Allow-Origins: *"), "header-name-misspelt", false},
	{"a header with an underline", appPage, fetch.Request{}, answers("", "200 x|Access_Control_Allow_Origin: *"), "header-name-misspelt", false},
	{"a server that looks at the origin", appPage, fetch.Request{}, answers("", "200 x|Vary: Accept, origin"), "origin-not-listed", true},
	{"a server that varies by everything", appPage, fetch.Request{}, answers("", "200 x|Vary: *"), "allow-origin-missing", false},
	{"an upload that is too large", appPage, fetch.Request{Method: "POST"}, answers("", "413 x"), "body-too-large", false},
	{"API Gateway's own answer", appPage, fetch.Request{}, answers("", "403 x|X-Amzn-Errortype: MissingAuthenticationTokenException"), "gateway-error", false},
	{"a proxy whose server is down", appPage, fetch.Request{}, answers("", "502 x"), "gateway-error", true},
	{"a 403 that is the server's", appPage, fetch.Request{}, answers("", "403 x"), "login-without-headers", true},
	{"a wall against bots", appPage, fetch.Request{}, answers("", "403 x|Cf-Mitigated: challenge"), "bot-wall", true},
	{"a redirect to a login", appPage, fetch.Request{}, answers("", "302 x|Location: https://login.example.net/authorize"), "redirect-to-login", true},
	{"a redirect that allows, to a login that does not", appPage, fetch.Request{}, func(m *fetch.Message) string {
		if m.URL.Host() == "login.example.net" {
			return "200 x|Content-Type: text/html"
		}
		return "302 x|Location: https://login.example.net/authorize" + appAllowed
	}, "redirect-to-login", true},
	{"this machine by another name", "http://localhost:5173", fetch.Request{URL: "http://localhost:8080/"},
		answers("", "200 x|Access-Control-Allow-Origin: http://127.0.0.1:5173"), "localhost-names", false},
	{"a shared cache that kept it for another page", appPage, fetch.Request{},
		answers("", "200 x|Age: 17|Access-Control-Allow-Origin: https://www.example.com"), "cached-for-another-origin", true},
	{"another page's answer that no cache kept", appPage, fetch.Request{},
		answers("", "200 x|Age: 0|Access-Control-Allow-Origin: https://www.example.com"), "allow-origin-mismatch", false},
	{"another page's answer, which the server knows to vary", appPage, fetch.Request{},
		answers("", "200 x|Age: 17|Vary: Origin|Access-Control-Allow-Origin: https://www.example.com"), "allow-origin-mismatch", false},
	{"a page that sends the server's header", appPage, fetch.Request{Headers: fetch.HeaderList{{Name: "Access-Control-Allow-Origin", Value: "*"}}},
		answers("204 x"+appAllowed, ""), "cors-header-on-request", false},
	{"every fault at once", appPage, fetch.Request{Method: "PATCH", Credentials: "include", Headers: fetch.HeaderList{{Name: "X-A", Value: "1"}}},
		answers("204 x|Access-Control-Allow-Origin: *|Access-Control-Allow-Methods: patch|Access-Control-Allow-Headers: a b", ""),
		"allow-origin-wildcard-with-credentials allow-credentials-missing allow-headers-malformed method-case", false},
	{"a star for Authorization and another header, with credentials", appPage, fetch.Request{Credentials: "include",
		Headers: fetch.HeaderList{{Name: "Authorization", Value: "x"}, {Name: "X-A", Value: "1"}}},
		answers("204 x|Access-Control-Allow-Credentials: true|Access-Control-Allow-Headers: *"+appAllowed, "200 x|Access-Control-Allow-Credentials: true"+appAllowed),
		"authorization-not-listed header-wildcard-with-credentials", false},
	{"a star for Authorization alone, with credentials", appPage, fetch.Request{Credentials: "include", Headers: fetch.HeaderList{{Name: "Authorization", Value: "x"}}},
		answers("204 x|Access-Control-Allow-Credentials: true|Access-Control-Allow-Headers: *"+appAllowed, "200 x|Access-Control-Allow-Credentials: true"+appAllowed),
		"authorization-not-listed", false},
	{"a request that was not sent shows nothing wrong", appPage, fetch.Request{Method: "PUT"}, answers("204 x"+appAllowed+"|Access-Control-Allow-Methods: PUT", "!not-sent"), "", false},
	{"a redirect of a preflight to anywhere", appPage, fetch.Request{Method: "PUT"}, answers("302 x|Location: /elsewhere", ""), "preflight-redirect", false},
	{"a value that is nothing at all", appPage, fetch.Request{}, answers("", "200 x|Access-Control-Allow-Origin: yes"), "allow-origin-invalid", false},
	{"a proxy that does not work", appPage, fetch.Request{}, answers("", "!proxy-failed"), "proxy-failed", false},
	{"an exchange that failed", appPage, fetch.Request{}, answers("", "!network-failed"), "network-failed", false},
}

func TestCausesThatTheWorldDoesNotHave(t *testing.T) {
	for _, c := range otherAnswers {
		t.Run(c.name, func(t *testing.T) {
			if c.r.URL == "" {
				c.r.URL = apiURL
			}
			findings := Recognise(record(t, c.page, c.r, c.answer))
			if got := causeIDs(findings); got != c.want {
				t.Fatalf("named are %q, want %q", got, c.want)
			}
			if len(findings) > 0 && findings[0].Likely != c.likely {
				t.Errorf("likely is %v, want %v", findings[0].Likely, c.likely)
			}
		})
	}
}

func TestTheBrowsersOwnCacheIsNamedForCertain(t *testing.T) {
	const answer = "200 x|Cache-Control: max-age=60|Access-Control-Allow-Origin: https://www.example.com"
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: script(func(*fetch.Message) string { return answer })})
	if err != nil {
		t.Fatal(err)
	}
	var last *fetch.Trace
	for _, url := range []string{"https://www.example.com", "https://app.example.com"} {
		page, err := agent.NewPage(fetch.PageConfig{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		last = new(fetch.Trace)
		response, err := page.Fetch(t.Context(), fetch.Request{URL: "https://api.example.com/", Trace: last})
		if err != nil {
			t.Fatal(err)
		}
		if response.Body != nil {
			response.Body.Read(make([]byte, 10))
			response.Body.Read(make([]byte, 10))
		}
		response.Close()
	}
	findings := Recognise(last)
	if causeIDs(findings) != "cached-for-another-origin" || findings[0].Likely {
		t.Errorf("named are %q, cache %+v", causeIDs(findings), last.Exchanges[0].Cache)
	}
}

func TestCookiesBetweenSitesAreToldByWhatBecameOfThem(t *testing.T) {
	for _, c := range []struct {
		name    string
		profile fetch.Profile
		page    string
		want    string
		likely  bool
	}{
		{"sent by this browser, and not by others", fetch.Profile{}, "https://app.example.org", "third-party-cookies", true},
		{"withheld by this one", fetch.WebKit(), "https://app.example.org", "third-party-cookies", false},
		{"of the page's own site", fetch.WebKit(), appPage, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			agent, err := fetch.NewAgent(fetch.AgentConfig{Profile: c.profile, Transport: answers("", "200 x|Access-Control-Allow-Credentials: true|Access-Control-Allow-Origin: "+c.page)})
			if err != nil {
				t.Fatal(err)
			}
			u, err := fetch.ParseURL(apiURL)
			if err != nil {
				t.Fatal(err)
			}
			if d := agent.Jar().Set(u, "sid=1; Path=/; SameSite=None; Secure", fetch.CookieContext{}); !d.Accepted {
				t.Fatal(d.Why)
			}
			findings := Recognise(recordIn(t, agent, fetch.PageConfig{URL: c.page}, fetch.Request{URL: apiURL, Credentials: "include"}))
			if got := causeIDs(findings); got != c.want {
				t.Fatalf("named are %q, want %q", got, c.want)
			}
			if len(findings) > 0 && findings[0].Likely != c.likely {
				t.Errorf("likely is %v", findings[0].Likely)
			}
		})
	}
}
