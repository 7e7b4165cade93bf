package fetch

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPagePolicies(t *testing.T) {
	csp := func(lines ...string) PageConfig { return PageConfig{URL: httpApp, ContentSecurityPolicy: lines} }
	coep := func(e EmbedderPolicy) PageConfig { return PageConfig{URL: app, EmbedderPolicy: e} }
	opaque := Request{URL: api + "/x", Mode: ModeNoCORS, Credentials: CredentialsInclude}
	for _, c := range []struct {
		name    string
		page    PageConfig
		request Request
		// step is "algorithm step" of the reason, where there is one; noted is that of a note or pass that the trace must have.
		code     ReasonCode
		step     string
		noted    string
		sentence string
		seen     string
	}{
		{name: "connect-src lets the API pass", page: csp("connect-src http://api.example.com"), request: Request{URL: httpAPI + "/x"},
			noted: "csp#connect-src-pre-request 5", seen: "GET http://api.example.com/x"},
		{name: "connect-src stops it", page: csp("connect-src 'self'"), request: Request{URL: httpAPI + "/x"},
			code: ReasonCSPConnectSrc, step: "csp#connect-src-pre-request 6",
			sentence: `The browser sent nothing: the page's own Content-Security-Policy has "connect-src 'self'", which does not let it connect to "http://api.example.com/x".`},
		{name: "default-src stops it", page: csp("default-src 'self'"), request: Request{URL: httpAPI + "/x"},
			code: ReasonCSPConnectSrc, step: "csp#connect-src-pre-request 6",
			sentence: `The browser sent nothing: the page's own Content-Security-Policy has "default-src 'self'", which does not let it connect to "http://api.example.com/x" (there is no connect-src, so default-src counts).`},
		{name: "every policy must let it pass", page: csp("connect-src *", "connect-src 'none'"), request: Request{URL: httpAPI + "/x"},
			code: ReasonCSPConnectSrc, step: "csp#connect-src-pre-request 6"},
		{name: "a policy that reports stops nothing", page: PageConfig{URL: httpApp, ContentSecurityPolicyReportOnly: []string{"connect-src 'self'"}},
			request: Request{URL: httpAPI + "/x"}, noted: "csp#connect-src-pre-request 6", seen: "GET http://api.example.com/x"},
		{name: "the preflight is not asked", page: csp("connect-src 'self'"), request: Request{Method: "PUT", URL: httpAPI + "/x"},
			code: ReasonCSPConnectSrc, step: "csp#connect-src-pre-request 6"},
		{name: "mode no-cors makes no difference", page: csp("connect-src 'self'"), request: Request{URL: httpAPI + "/x", Mode: ModeNoCORS},
			code: ReasonCSPConnectSrc, step: "csp#connect-src-pre-request 6"},
		{name: "data: needs its word", page: csp("connect-src *"), request: Request{URL: "data:,x"},
			code: ReasonCSPConnectSrc, step: "csp#connect-src-pre-request 6"},
		{name: "each redirect is looked at", page: csp("connect-src http://api.example.com"), request: Request{URL: httpAPI + "/to-other"},
			code: ReasonCSPConnectSrc, step: "csp#connect-src-pre-request 6", seen: "GET http://api.example.com/to-other",
			sentence: `The browser did not send the request that the redirect leads to: the page's own Content-Security-Policy has ` +
				`"connect-src http://api.example.com", which does not let it connect to "http://other.test/x".`},
		{name: "but not its path", page: csp("connect-src http://api.example.com/to-x"), request: Request{URL: httpAPI + "/to-x"},
			seen: "GET http://api.example.com/to-x, GET http://api.example.com/x"},
		{name: "a bad port comes first", page: csp("connect-src 'none'"), request: Request{URL: httpAPI + ":6667/"},
			code: ReasonBadPort, step: "concept-main-fetch 7"},

		{name: "insecure requests are upgraded", page: csp("upgrade-insecure-requests"), request: Request{URL: httpAPI + "/x"},
			noted: "upgrade-insecure-requests#upgrade-request 5", seen: "GET https://api.example.com/x"},
		{name: "and saved from being mixed content", page: PageConfig{URL: app, ContentSecurityPolicy: []string{"upgrade-insecure-requests"}},
			request: Request{URL: httpAPI + "/x"}, seen: "GET https://api.example.com/x"},
		{name: "behind a redirect too", page: PageConfig{URL: app, ContentSecurityPolicy: []string{"upgrade-insecure-requests"}},
			request: Request{URL: api + "/to-http"}, seen: "GET https://api.example.com/to-http, GET https://api.example.com/x"},
		{name: "this machine is left alone", page: csp("upgrade-insecure-requests"), request: Request{URL: "http://localhost/x"},
			seen: "GET http://localhost/x"},
		{name: "a policy that reports upgrades nothing", page: PageConfig{URL: httpApp, ContentSecurityPolicyReportOnly: []string{"upgrade-insecure-requests"}},
			request: Request{URL: httpAPI + "/x"}, seen: "GET http://api.example.com/x"},
		{name: "the upgraded URL is what connect-src looks at", page: csp("upgrade-insecure-requests; connect-src https://api.example.com"),
			request: Request{URL: httpAPI + "/x"}, seen: "GET https://api.example.com/x"},

		{name: "require-corp blocks what does not answer", page: coep(RequireCORP), request: opaque,
			code: ReasonCOEP, step: "fetch#cross-origin-resource-policy-internal-check 4", seen: "GET https://api.example.com/x",
			sentence: "The answer came, but the browser withholds it from the page: the page has Cross-Origin-Embedder-Policy: require-corp, and the answer has no Cross-Origin-Resource-Policy."},
		{name: "require-corp blocks a policy that is none", page: coep(RequireCORP), request: Request{URL: api + "/corp?any", Mode: ModeNoCORS},
			code: ReasonCOEP, step: "fetch#cross-origin-resource-policy-internal-check 4", seen: "GET https://api.example.com/corp?any",
			sentence: `The answer came, but the browser withholds it from the page: the page has Cross-Origin-Embedder-Policy: require-corp, and Cross-Origin-Resource-Policy is "any", not "same-site".`},
		{name: "require-corp takes what says cross-origin", page: coep(RequireCORP), request: Request{URL: api + "/corp?cross-origin", Mode: ModeNoCORS},
			seen: "GET https://api.example.com/corp?cross-origin"},
		{name: "require-corp leaves the blame with same-origin", page: coep(RequireCORP), request: Request{URL: api + "/corp?same-origin", Mode: ModeNoCORS},
			code: ReasonCORP, step: "fetch#cross-origin-resource-policy-internal-check 5", seen: "GET https://api.example.com/corp?same-origin"},
		{name: "require-corp asks CORS for nothing", page: coep(RequireCORP), request: Request{URL: api + "/x"}, seen: "GET https://api.example.com/x"},
		{name: "require-corp asks the page's origin for nothing", page: coep(RequireCORP), request: Request{URL: app + "/x", Mode: ModeNoCORS},
			seen: "GET https://app.example.com/x"},
		{name: "credentialless sends none with no-cors, and then asks for nothing", page: coep(Credentialless), request: opaque,
			noted: "concept-http-network-or-cache-fetch 8.4", seen: "GET https://api.example.com/x"},
		{name: "a page that is no secure context has no such policy", page: PageConfig{URL: httpApp, EmbedderPolicy: RequireCORP},
			request: Request{URL: httpAPI + "/x", Mode: ModeNoCORS}, seen: "GET http://api.example.com/x"},
		{name: "a policy that reports blocks nothing", page: PageConfig{URL: app, EmbedderPolicyReportOnly: RequireCORP}, request: opaque,
			noted: "fetch#cross-origin-resource-policy-internal-check 4", seen: "GET https://api.example.com/x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLoopback(t, AgentConfig{}, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Access-Control-Allow-Origin", "*")
				switch r.URL.Path {
				case "/to-other":
					http.Redirect(w, r, "http://other.test/x", http.StatusFound)
				case "/to-x":
					http.Redirect(w, r, "/x", http.StatusFound)
				case "/to-http":
					http.Redirect(w, r, httpAPI+"/x", http.StatusFound)
				case "/corp":
					w.Header().Set("Cross-Origin-Resource-Policy", r.URL.RawQuery)
				}
			}, "api.example.com", "app.example.com")
			c.request.Trace = new(Trace)
			page := l.page(c.page)
			response, _ := l.getFrom(page, c.request)
			if response.Reason.Code != c.code || c.code != "" && response.Reason.Algorithm+" "+response.Reason.Step != c.step {
				t.Fatalf("the reason is %+v, want %s at %s", response.Reason, c.code, c.step)
			}
			if c.sentence != "" && response.Reason.Sentence() != c.sentence {
				t.Errorf("the sentence is\n%s\nwant\n%s", response.Reason.Sentence(), c.sentence)
			}
			if c.code != "" && (response.Reason.Link() == "" || !strings.HasPrefix(response.Reason.Link(), "https://")) {
				t.Errorf("the link is %q", response.Reason.Link())
			}
			if seen := l.requests(); seen != c.seen {
				t.Errorf("the server saw %s, want %s", seen, c.seen)
			}
			noted := c.noted == ""
			for _, s := range c.request.Trace.Steps {
				noted = noted || s.Verdict != Fail && s.Algorithm+" "+s.ID == c.noted
			}
			if !noted {
				t.Errorf("the trace does not have %s: %+v", c.noted, c.request.Trace.Steps)
			}
			if recorded := c.request.Trace.Page.Policies; recorded == nil || cmp.Diff(*recorded, page.Policies()) != "" {
				t.Errorf("the trace says %+v of the page's policies", recorded)
			}
			again, _, err := Replay{Trace: c.request.Trace}.Fetch(t.Context())
			if err != nil || again.Reason != response.Reason {
				t.Errorf("the replay ends with %+v, %v", again.Reason, err)
			}
			// Without a trace it must end the same way.
			c.request.Trace = nil
			if plain, _ := l.getFrom(page, c.request); plain.Reason != response.Reason {
				t.Errorf("without a trace the reason is %+v", plain.Reason)
			}
		})
	}
}

func TestCredentiallessSendsNoCookiesWithNoCORS(t *testing.T) {
	for _, c := range []struct {
		name, url string
		mode      Mode
		want      string
	}{
		{"another origin", api + "/x", ModeNoCORS, ""},
		{"another origin under CORS", api + "/x", ModeCORS, "a=1"},
		{"the page's own", app + "/x", ModeNoCORS, "a=1"},
		{"the page's own, by way of another", api + "/home", ModeNoCORS, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got string
			l := newLoopback(t, AgentConfig{}, func(w http.ResponseWriter, r *http.Request) {
				got = r.Header.Get("Cookie")
				w.Header().Set("Access-Control-Allow-Origin", app)
				w.Header().Set("Access-Control-Allow-Credentials", "true")
				switch r.URL.Path {
				case "/set":
					w.Header().Set("Set-Cookie", "a=1")
				case "/home":
					http.Redirect(w, r, app+"/x", http.StatusFound)
				}
			}, "api.example.com", "app.example.com")
			for _, url := range []string{api, app} {
				l.get(app, Request{URL: url + "/set", Credentials: CredentialsInclude})
			}
			l.getFrom(l.page(PageConfig{URL: app, EmbedderPolicy: Credentialless}), Request{URL: c.url, Mode: c.mode, Credentials: CredentialsInclude})
			if got != c.want {
				t.Errorf("the cookies are %q, want %q", got, c.want)
			}
		})
	}
}

func TestASandboxedPageHasNoOrigin(t *testing.T) {
	agent := newScriptedPage(t, app, nil).agent
	for _, c := range []struct {
		name string
		page PageConfig
		want string
	}{
		{"sandbox takes it away", PageConfig{URL: app, ContentSecurityPolicy: []string{"sandbox allow-scripts"}}, "null"},
		{"unless it is left", PageConfig{URL: app, ContentSecurityPolicy: []string{"sandbox allow-same-origin"}}, app},
		{"or only reported", PageConfig{URL: app, ContentSecurityPolicyReportOnly: []string{"sandbox"}}, app},
	} {
		page, err := agent.NewPage(c.page)
		if err != nil || page.Origin().String() != c.want {
			t.Errorf("%s: the origin is %v, %v", c.name, page.Origin(), err)
		}
	}
}

func TestLoadPage(t *testing.T) {
	for _, c := range []struct {
		name, url string
		config    PageConfig
		// want is what the page is then, origin and URL; blocked the reason of an error.
		wantURL, wantOrigin string
		want                PagePolicies
		blocked             ReasonCode
		requestError        bool
		seen                string
	}{
		{name: "a page without policies", url: app + "/plain#top", wantURL: app + "/plain#top", wantOrigin: app,
			want: PagePolicies{ReferrerPolicy: StrictOriginWhenCrossOrigin, EmbedderPolicy: UnsafeNone, EmbedderPolicyReportOnly: UnsafeNone},
			seen: "GET https://app.example.com/plain document none"},
		{name: "a page with all of them", url: app + "/all", wantURL: app + "/all", wantOrigin: app,
			want: PagePolicies{ReferrerPolicy: OriginReferrer, EmbedderPolicy: RequireCORP, EmbedderPolicyReportOnly: Credentialless,
				ContentSecurityPolicy: []string{"connect-src 'self'", "upgrade-insecure-requests"}, ContentSecurityPolicyReportOnly: []string{"default-src 'none'"}},
			seen: "GET https://app.example.com/all document none"},
		{name: "what the caller says goes first", url: app + "/all", wantURL: app + "/all", wantOrigin: app,
			config: PageConfig{ReferrerPolicy: NoReferrer, EmbedderPolicy: UnsafeNone, ContentSecurityPolicy: []string{"connect-src *"}},
			want: PagePolicies{ReferrerPolicy: NoReferrer, EmbedderPolicy: UnsafeNone, EmbedderPolicyReportOnly: Credentialless,
				ContentSecurityPolicy: []string{"connect-src 'self'", "upgrade-insecure-requests", "connect-src *"}, ContentSecurityPolicyReportOnly: []string{"default-src 'none'"}},
			seen: "GET https://app.example.com/all document none"},
		{name: "a redirect leads to another origin", url: httpApp + "/away", wantURL: other + "/plain", wantOrigin: other,
			want: PagePolicies{ReferrerPolicy: StrictOriginWhenCrossOrigin, EmbedderPolicy: UnsafeNone, EmbedderPolicyReportOnly: UnsafeNone},
			seen: "GET http://app.example.com/away  , GET https://other.test/plain document none"},
		{name: "the answer to a page that is not there has policies too", url: app + "/missing", wantURL: app + "/missing", wantOrigin: app,
			want: PagePolicies{ReferrerPolicy: NoReferrer, EmbedderPolicy: UnsafeNone, EmbedderPolicyReportOnly: UnsafeNone},
			seen: "GET https://app.example.com/missing document none"},
		{name: "a sandboxed page has no origin", url: app + "/sandbox", wantURL: app + "/sandbox", wantOrigin: "null",
			want: PagePolicies{ReferrerPolicy: StrictOriginWhenCrossOrigin, EmbedderPolicy: UnsafeNone, EmbedderPolicyReportOnly: UnsafeNone,
				ContentSecurityPolicy: []string{"sandbox"}},
			seen: "GET https://app.example.com/sandbox document none"},
		{name: "a frame of another site", url: app + "/plain", config: PageConfig{TopLevel: other}, wantURL: app + "/plain", wantOrigin: app,
			want: PagePolicies{ReferrerPolicy: StrictOriginWhenCrossOrigin, EmbedderPolicy: UnsafeNone, EmbedderPolicyReportOnly: UnsafeNone},
			seen: "GET https://app.example.com/plain iframe cross-site"},
		{name: "a loop", url: app + "/loop", blocked: ReasonRedirectLimit, seen: strings.TrimSuffix(strings.Repeat("GET https://app.example.com/loop document none, ", 21), ", ")},
		{name: "a redirect to a file", url: app + "/file", blocked: ReasonRedirectScheme, seen: "GET https://app.example.com/file document none"},
		{name: "a redirect to no URL", url: app + "/bad", blocked: ReasonRedirectLocation, seen: "GET https://app.example.com/bad document none"},
		{name: "a host that is not there", url: "https://unknown.test/", blocked: ReasonCertificate},
		{name: "a page that is no http", url: "file:///x", requestError: true},
		{name: "no URL at all", url: "app.example.com", requestError: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var seen []string
			l := newLoopback(t, AgentConfig{}, func(w http.ResponseWriter, r *http.Request) {
				seen = append(seen, strings.Join([]string{r.Method, map[bool]string{true: "https", false: "http"}[r.TLS != nil] + "://" + r.Host + r.RequestURI,
					r.Header.Get("Sec-Fetch-Dest"), r.Header.Get("Sec-Fetch-Site")}, " "))
				if r.Header.Get("Upgrade-Insecure-Requests") != "1" || !strings.HasPrefix(r.Header.Get("Accept"), "text/html") || r.Header.Get("Origin") != "" {
					t.Errorf("the headers are %v", r.Header)
				}
				h := w.Header()
				switch r.URL.Path {
				case "/all":
					h.Set("Referrer-Policy", "no-referrer, origin, something-new")
					h.Add("Content-Security-Policy", "connect-src 'self'")
					h.Add("Content-Security-Policy", "upgrade-insecure-requests")
					h.Set("Content-Security-Policy-Report-Only", "default-src 'none'")
					h.Set("Cross-Origin-Embedder-Policy", `require-corp; report-to="x"`)
					h.Set("Cross-Origin-Embedder-Policy-Report-Only", "credentialless")
				case "/away":
					http.Redirect(w, r, other+"/plain", http.StatusMovedPermanently)
				case "/missing":
					h.Set("Referrer-Policy", "no-referrer")
					w.WriteHeader(http.StatusNotFound)
				case "/sandbox":
					h.Set("Content-Security-Policy", "sandbox")
				case "/loop":
					http.Redirect(w, r, "/loop", http.StatusFound)
				case "/file":
					h.Set("Location", "file:///x")
					w.WriteHeader(http.StatusFound)
				case "/bad":
					h.Set("Location", "http://[")
					w.WriteHeader(http.StatusFound)
				}
			}, "app.example.com", "other.test")
			c.config.URL = c.url
			page, response, err := l.agent.LoadPage(t.Context(), c.config)
			var blocked *BlockedError
			var refused *RequestError
			switch {
			case c.requestError:
				if !errors.As(err, &refused) || refused.Code != RequestURL {
					t.Errorf("the error is %v", err)
				}
			case c.blocked != "":
				if !errors.As(err, &blocked) || blocked.Reason.Code != c.blocked {
					t.Errorf("the error is %v, want %s", err, c.blocked)
				}
			case err != nil:
				t.Fatal(err)
			default:
				if page.URL().String() != c.wantURL || page.Origin().String() != c.wantOrigin || response.Status == 0 {
					t.Errorf("the page is %s of %s, status %d", page.URL(), page.Origin(), response.Status)
				}
				if diff := cmp.Diff(c.want, page.Policies()); diff != "" {
					t.Errorf("want - got +\n%s", diff)
				}
			}
			if got := strings.Join(seen, ", "); got != c.seen {
				t.Errorf("the server saw %q, want %q", got, c.seen)
			}
		})
	}
}

func TestLoadPageReadsTheHeadOfTheDocument(t *testing.T) {
	const header = "connect-src https://api.example.com"
	for _, c := range []struct {
		name, document, contentType string
		given                       ReferrerPolicy
		csp                         string // the policies after the header's own
		referrer                    ReferrerPolicy
	}{
		{name: "a policy and a referrer policy", document: `<!doctype html><html><head><meta charset=utf-8><title>a</title>
			<meta http-equiv="Content-Security-Policy" content="connect-src 'self'; img-src *"><meta name=referrer content=origin></head><body>`,
			csp: "connect-src 'self'; img-src *", referrer: OriginReferrer},
		{name: "without html and head tags", document: `<META HTTP-EQUIV=content-security-policy CONTENT="default-src 'none'"><p>`, csp: "default-src 'none'"},
		{name: "several add up, and the last referrer policy counts", document: `<meta http-equiv=Content-Security-Policy content="connect-src a"><meta name=referrer content=origin>
			<meta http-equiv=Content-Security-Policy content="connect-src b"><meta name=Referrer content=No-Referrer><meta name=referrer content=nonsense>`,
			csp: "connect-src a|connect-src b", referrer: NoReferrer},
		{name: "what a meta element may not say is dropped", document: `<meta http-equiv=Content-Security-Policy content="sandbox; report-uri /x; FRAME-ancestors 'none'; connect-src a">`, csp: "connect-src a"},
		{name: "reports alone are not for meta elements", document: `<meta http-equiv=Content-Security-Policy-Report-Only content="connect-src a">`},
		{name: "a comma parts no policies", document: `<meta http-equiv=Content-Security-Policy content="connect-src a,connect-src b">`, csp: "connect-src a%2Cconnect-src b"},
		{name: "scripts, styles and comments are passed over", document: `<script>document.write("<body>")</script><script></script><style>a{}</style><noscript><p></noscript><!-- <body> --><title></title>
			<meta name=referrer content=always>`, referrer: UnsafeURL},
		{name: "what stands in a script is none", document: `<script>"<meta name=referrer content=never>"</script>`},
		{name: "what stands in a template is none", document: `<template><meta name=referrer content=never></template><meta name=referrer content=default>`, referrer: StrictOriginWhenCrossOrigin},
		{name: "in the body it is too late", document: `<head></head><meta name=referrer content=never>`},
		{name: "text begins the body", document: `Hello<meta name=referrer content=never>`},
		{name: "as does an element of it", document: `<div><meta name=referrer content=never></div>`},
		{name: "a document that breaks off", document: `<meta name=referrer content=never><meta http-equiv=Content-Security-Policy content="connect`, referrer: NoReferrer},
		{name: "what is not HTML has no elements", contentType: "text/plain", document: `<meta name=referrer content=never>`},
		{name: "what the caller says stands", document: `<meta name=referrer content=never>`, given: UnsafeURL, referrer: UnsafeURL},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLoopback(t, AgentConfig{}, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				if c.contentType != "" {
					w.Header().Set("Content-Type", c.contentType)
				}
				w.Header().Set("Content-Security-Policy", header)
				w.Header().Set("Referrer-Policy", "same-origin")
				io.WriteString(w, c.document)
			}, "app.example.com")
			page, _, err := l.agent.LoadPage(t.Context(), PageConfig{URL: app, ReferrerPolicy: c.given})
			if err != nil {
				t.Fatal(err)
			}
			want := header
			if c.csp != "" {
				want += "|" + c.csp
			}
			if c.referrer == "" {
				c.referrer = SameOriginReferrer
			}
			got := page.Policies()
			if csp := strings.Join(got.ContentSecurityPolicy, "|"); csp != want || got.ReferrerPolicy != c.referrer {
				t.Errorf("the policies are %q and %s, want %q and %s", csp, got.ReferrerPolicy, want, c.referrer)
			}
		})
	}
}

func FuzzMetaPolicies(f *testing.F) {
	for _, seed := range []string{`<meta name=referrer content=origin>`, `<template><template></template>`, `<script>`, `<meta http-equiv=content-security-policy content="a;b,c">`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, document string) {
		c := PageConfig{URL: app}.withMetaPolicies(&Response{Headers: HeaderList{{"Content-Type", "text/html"}}, Body: io.NopCloser(strings.NewReader(document))})
		if _, err := mustAgent(t).NewPage(c); err != nil {
			t.Errorf("%q makes policies that no page can have: %v", document, err)
		}
	})
}

func mustAgent(t *testing.T) *Agent {
	t.Helper()
	agent, err := NewAgent(AgentConfig{Transport: scripted(func(*Message) *Answer { return nil })})
	if err != nil {
		t.Fatal(err)
	}
	return agent
}

// A page's cookies, its HSTS and its cached document are those of the browser that its fetches run in.
func TestLoadPageIsOneBrowser(t *testing.T) {
	l := newLoopback(t, AgentConfig{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "a=1; SameSite=Strict")
		w.Header().Set("Strict-Transport-Security", "max-age=60")
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Set("Cookies", r.Header.Get("Cookie"))
	}, "app.example.com")
	if _, _, err := l.agent.LoadPage(t.Context(), PageConfig{URL: app}); err != nil {
		t.Fatal(err)
	}
	page, response, err := l.agent.LoadPage(t.Context(), PageConfig{URL: httpApp})
	if err != nil || page.Origin().String() != app || response.cache == nil {
		t.Fatal(page.Origin(), response.cache, err)
	}
	if seen := l.requests(); seen != "GET https://app.example.com/" {
		t.Errorf("the server saw %s", seen)
	}
	l.pass(time.Hour)
	if got, _ := l.getFrom(page, Request{URL: "/x"}); got.Headers == nil || func() string { v, _ := got.Headers.Get("Cookies"); return v }() != "a=1" {
		t.Errorf("the page's fetch has the cookies %v", got.Headers)
	}
}

// TestModulesUnderAPolicy: the cases were put to import() of Chromium 156.0.8078.79 and Firefox 153.7.0esr on 2026-11-22.
func TestModulesUnderAPolicy(t *testing.T) {
	const fallback = " (there is no script-src-elem, so script-src counts)"
	for _, c := range []struct {
		name, policy string
		sentence     string // empty: it is fetched
	}{
		{name: "connect-src has no say", policy: "connect-src 'none'"},
		{name: "script-src names the server", policy: "script-src https://api.example.com; default-src 'none'"},
		{name: "script-src does not", policy: "script-src 'self'",
			sentence: `The browser sent nothing: the page's own Content-Security-Policy has "script-src 'self'", which does not let it load scripts from "https://api.example.com/m.js"` + fallback + "."},
		{name: "default-src stands in", policy: "default-src 'self'",
			sentence: `The browser sent nothing: the page's own Content-Security-Policy has "default-src 'self'", which does not let it load scripts from "https://api.example.com/m.js" (there is no script-src-elem, so default-src counts).`},
		{name: "script-src-elem counts before script-src", policy: "script-src 'none'; script-src-elem https://api.example.com"},
		{name: "a nonce is another script's", policy: "script-src 'nonce-abc'",
			sentence: `The browser sent nothing: the page's own Content-Security-Policy has "script-src 'nonce-abc'", which does not let it load scripts from "https://api.example.com/m.js"` + fallback + "."},
		{name: "strict-dynamic lets scripts load scripts", policy: "script-src 'strict-dynamic' 'nonce-abc'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLoopback(t, AgentConfig{}, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Access-Control-Allow-Origin", "*")
				w.Header().Set("Content-Type", "text/javascript")
			}, "api.example.com")
			response, err := l.page(PageConfig{URL: app, ContentSecurityPolicy: []string{c.policy}}).FetchModule(t.Context(), ModuleRequest{URL: api + "/m.js", Trace: new(Trace)})
			if err != nil {
				t.Fatal(err)
			}
			defer response.Close()
			if c.sentence == "" {
				if response.IsError() {
					t.Error(response.Reason)
				}
				return
			}
			if response.Reason.Code != ReasonCSPScriptSrc || response.Reason.Sentence() != c.sentence || response.Reason.Algorithm != "csp#script-src-elem-pre-request" {
				t.Errorf("got %s %s by %s", response.Reason.Code, response.Reason.Sentence(), response.Reason.Algorithm)
			}
		})
	}
}
