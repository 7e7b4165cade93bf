package cli

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/term"
	"github.com/corscope/corscope/origin"
)

// updating is the flag that the tests of the command line define.
func updating() bool { return flag.Lookup("update").Value.String() == "true" }

// checkGolden compares got with testdata/render/NAME.txt, or writes it with -update.
func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	checkGoldenFile(t, filepath.Join("testdata", "render", name+".txt"), got)
}

func checkGoldenFile(t *testing.T, path, got string) {
	t.Helper()
	if updating() {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-file +now); go test -update writes it anew\n%s", path, diff)
	}
}

func mustOrigin(s string) origin.Origin {
	o, err := origin.Parse(s)
	if err != nil {
		panic(err)
	}
	return o
}

const (
	appOrigin = "https://app.example.com"
	apiOrigin = "https://api.example.com"
)

// traceOf is a trace of a page at app.example.com, as the engine would begin it.
func traceOf(method, url string) *fetch.Trace {
	target := url[:strings.IndexByte(url[len("https://"):], '/')+len("https://")]
	return &fetch.Trace{
		Page: fetch.PageRecord{URL: appOrigin + "/", Origin: appOrigin, TopSite: "https://example.com", Profile: "spec"},
		Request: fetch.RequestRecord{
			Method: method, URL: url, Origin: target, Mode: fetch.ModeCORS, Credentials: fetch.CredentialsSameOrigin,
			Redirect: fetch.RedirectFollow, Cache: fetch.CacheDefault, ReferrerPolicy: "strict-origin-when-cross-origin",
		},
		Relation: origin.Compare(mustOrigin(appOrigin), mustOrigin(target)),
		Steps:    []fetch.Step{}, Exchanges: []*fetch.Exchange{},
	}
}

func exchange(kind fetch.ExchangeKind, method, url string, sent fetch.HeaderList) *fetch.Exchange {
	return &fetch.Exchange{
		Kind: kind, Method: method, URL: url, Start: time.Unix(1_800_000_000, 0).UTC(), Duration: 12 * time.Millisecond,
		RequestHeaders: append(fetch.HeaderList{{Name: "Accept", Value: "*/*"}, {Name: "Origin", Value: appOrigin}}, sent...),
	}
}

func answer(x *fetch.Exchange, status int, body string, headers ...fetch.Header) *fetch.Exchange {
	x.Status, x.Proto, x.RemoteAddr = status, "HTTP/2.0", "127.0.0.1:443"
	x.ResponseHeaders = append(fetch.HeaderList{{Name: "Content-Type", Value: "application/json"}}, headers...)
	x.ResponseBody = []byte(body)
	return x
}

func step(algorithm, id string, v fetch.Verdict, exchange int, subject, want, got, text string) fetch.Step {
	return fetch.Step{Algorithm: algorithm, ID: id, Verdict: v, Exchange: exchange, Subject: subject, Want: want, Got: got, Text: text}
}

// canned are traces as the engine would record them, with a clock that stands still.
func canned() map[string]*fetch.Trace {
	const acao, acam, acah, acac = "Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Allow-Credentials"
	traces := make(map[string]*fetch.Trace)
	deleteHeaders := fetch.HeaderList{{Name: "Authorization", Value: "Bearer correct-horse"}, {Name: "X-Trace", Value: "7"}}
	preflight := func() *fetch.Exchange {
		return exchange(fetch.ExchangePreflight, "OPTIONS", apiOrigin+"/users/7", fetch.HeaderList{
			{Name: "Access-Control-Request-Method", Value: "DELETE"}, {Name: "Access-Control-Request-Headers", Value: "authorization,x-trace"}})
	}
	needed := []fetch.PreflightNeed{{Needed: true, Method: "DELETE", Headers: fetch.UnsafeRequestHeaders(deleteHeaders)}}

	t := traceOf("DELETE", apiOrigin+"/users/7")
	t.Request.Headers, t.Preflights = deleteHeaders, needed
	t.Exchanges = append(t.Exchanges, answer(preflight(), 204, "",
		fetch.Header{Name: acao, Value: appOrigin}, fetch.Header{Name: acam, Value: "GET, POST"}, fetch.Header{Name: acah, Value: "authorization, x-trace"}))
	t.Steps = append(t.Steps,
		step("concept-main-fetch", "12[6].1", fetch.Note, -1, "origin", "", apiOrigin, "another origin: asked first"),
		step("concept-cors-check", "5", fetch.Pass, 0, acao, appOrigin, appOrigin, "this page's origin, to the letter"),
		step("cors-preflight-fetch-0", "7", fetch.Pass, 0, "status", "200 to 299", "204", ""),
		step("cors-preflight-fetch-0", "7.5", fetch.Fail, 0, acam, "DELETE", "GET, POST", "DELETE is not in it"))
	t.Outcome = fetch.Outcome{Type: fetch.TypeError, Reason: &fetch.Reason{Code: fetch.ReasonMethodNotAllowed, Phase: fetch.PhasePreflight,
		Algorithm: "cors-preflight-fetch-0", Step: "7.5", URL: apiOrigin + "/users/7", Subject: acam, Want: "DELETE", Got: "GET, POST", Status: 204}}
	traces["preflight-refuses-the-method"] = t

	t = traceOf("DELETE", apiOrigin+"/users/7")
	t.Request.Headers, t.Preflights = deleteHeaders, needed
	unsent := exchange(fetch.ExchangeRequest, "DELETE", apiOrigin+"/users/7", deleteHeaders)
	unsent.Failure = &fetch.NetworkError{Code: fetch.ReasonNotSent, Detail: "its method may change data"}
	t.Exchanges = append(t.Exchanges, answer(preflight(), 204, "", fetch.Header{Name: acao, Value: "*"}), unsent)
	t.Steps = append(t.Steps,
		step("concept-cors-check", "3", fetch.Pass, 0, acao, appOrigin, "*", "any origin may read it"),
		step("concept-http-network-fetch", "8.1", fetch.Fail, 1, "api.example.com", "an answer", "not-sent", "no answer came"))
	t.Outcome = fetch.Outcome{Type: fetch.TypeError, Reason: &fetch.Reason{Code: fetch.ReasonNotSent, Phase: fetch.PhaseRequest, Detail: "its method may change data"}}
	traces["preflight-allows-and-nothing-is-sent"] = t

	t = traceOf("GET", apiOrigin+"/me")
	t.Request.Credentials = fetch.CredentialsInclude
	t.Preflights = []fetch.PreflightNeed{{}}
	x := answer(exchange(fetch.ExchangeRequest, "GET", apiOrigin+"/me", fetch.HeaderList{{Name: "Cookie", Value: "sid=correct-horse"}}), 200, `{"hello":"Ada"}`,
		fetch.Header{Name: acao, Value: appOrigin}, fetch.Header{Name: acac, Value: "true"}, fetch.Header{Name: "Vary", Value: "Origin"},
		fetch.Header{Name: "Access-Control-Expose-Headers", Value: "X-Total"}, fetch.Header{Name: "X-Total", Value: "1"}, fetch.Header{Name: "X-Request-Id", Value: "a"},
		fetch.Header{Name: "Set-Cookie", Value: "sid=battery-staple; Path=/; HttpOnly"})
	x.Credentials = true
	x.Cookies = []fetch.CookieDecision{
		{Name: "sid", Cookie: fetch.Cookie{Name: "sid", Value: "correct-horse"}, Accepted: true, Reason: fetch.CookieSent, Why: "the request is same-site"},
		{Name: "old", Cookie: fetch.Cookie{Name: "old", Value: "withheld-value"}, Reason: fetch.CookieExpired, Why: "it expired"},
	}
	x.SetCookies = []fetch.CookieDecision{{Name: "sid", Cookie: fetch.Cookie{Name: "sid", Value: "battery-staple"}, Accepted: true, Reason: fetch.CookieReplaced, Why: "replaces the one for api.example.com"}}
	t.Exchanges = append(t.Exchanges, x)
	t.Steps = append(t.Steps,
		step("concept-cors-check", "4", fetch.Pass, 0, acao, appOrigin, appOrigin, "this page's origin, to the letter"),
		step("concept-cors-check", "7", fetch.Pass, 0, acac, "true", "true", "needed, because the credentials mode is include"))
	t.Outcome = fetch.Outcome{Allowed: true, Type: fetch.TypeCORS, Status: 200, URL: apiOrigin + "/me", BodyReadable: true,
		Headers: fetch.HeaderList{{Name: "Content-Type", Value: "application/json"}, {Name: "X-Total", Value: "1"}},
		Hidden:  []string{"access-control-allow-origin", "set-cookie", "x-request-id"}}
	traces["credentials-and-cookies"] = t

	t = traceOf("GET", apiOrigin+"/old")
	t.Preflights = []fetch.PreflightNeed{{}, {Hop: 1}}
	moved := exchange(fetch.ExchangeRequest, "GET", "https://other.example/new", nil)
	moved.Hop = 1
	t.Exchanges = append(t.Exchanges,
		answer(exchange(fetch.ExchangeRequest, "GET", apiOrigin+"/old", nil), 302, "", fetch.Header{Name: acao, Value: "*"}, fetch.Header{Name: "Location", Value: "https://ada:correct-horse@other.example/new"}),
		answer(moved, 500, "<h1>Oops</h1>", fetch.Header{Name: acao, Value: "null"}))
	t.Exchanges[1].ResponseHeaders[0].Value = "text/html"
	t.Steps = append(t.Steps,
		step("concept-cors-check", "3", fetch.Pass, 0, acao, appOrigin, "*", "any origin may read it"),
		step("concept-http-redirect-fetch", "18", fetch.Note, 0, "Location", "", "https://other.example/new", "followed"),
		step("concept-cors-check", "4", fetch.Fail, 1, acao, appOrigin, "null", "not this page's origin"))
	t.Outcome = fetch.Outcome{Type: fetch.TypeError, Reason: &fetch.Reason{Code: fetch.ReasonAllowOriginMismatch, Phase: fetch.PhaseRequest,
		Algorithm: "concept-cors-check", Step: "4", URL: "https://other.example/new", Subject: acao, Want: appOrigin, Got: "null", Status: 500}}
	traces["redirect-to-another-origin"] = t

	t = traceOf("POST", apiOrigin+"/old")
	t.Preflights = []fetch.PreflightNeed{{}}
	t.Exchanges = append(t.Exchanges,
		answer(exchange(fetch.ExchangeRequest, "POST", apiOrigin+"/old", nil), 302, "", fetch.Header{Name: acao, Value: "*"}, fetch.Header{Name: "Location", Value: "http://api.example.com/new"}))
	t.Steps = append(t.Steps,
		step("concept-cors-check", "3", fetch.Pass, 0, acao, appOrigin, "*", "any origin may read it"),
		step("concept-http-redirect-fetch", "12", fetch.Note, 0, "method", "POST", "GET", "the redirect turns the method into GET and drops the body"),
		step("concept-http-redirect-fetch", "18", fetch.Note, 0, "Location", "", "http://api.example.com/new", "followed"),
		step("mixed-content#should-block-fetch", "", fetch.Fail, -1, "scheme", "https", "http", "a page on https may not fetch over plain http"))
	t.Outcome = fetch.Outcome{Type: fetch.TypeError, Reason: &fetch.Reason{Code: fetch.ReasonMixedContent, Phase: fetch.PhaseRequest,
		Algorithm: "mixed-content#should-block-fetch", URL: "http://api.example.com/new", Subject: "scheme", Want: "https", Got: "http", Status: 302}}
	traces["redirect-to-plain-http"] = t

	t = traceOf("GET", apiOrigin+"/loop")
	t.Preflights = []fetch.PreflightNeed{{}}
	for hop := range 21 {
		x := answer(exchange(fetch.ExchangeRequest, "GET", apiOrigin+"/loop", nil), 302, "", fetch.Header{Name: acao, Value: "*"}, fetch.Header{Name: "Location", Value: "/loop"})
		x.Hop = hop
		t.Exchanges = append(t.Exchanges, x)
		t.Steps = append(t.Steps, step("concept-cors-check", "3", fetch.Pass, hop, acao, appOrigin, "*", "any origin may read it"))
		if hop < 20 {
			t.Steps = append(t.Steps, step("concept-http-redirect-fetch", "18", fetch.Note, hop, "Location", "", apiOrigin+"/loop", "followed"))
		}
	}
	t.Steps = append(t.Steps, step("concept-http-redirect-fetch", "7", fetch.Fail, 20, "redirects", "at most 20", "21", "20 redirects are followed at most"))
	t.Outcome = fetch.Outcome{Type: fetch.TypeError, Reason: &fetch.Reason{Code: fetch.ReasonRedirectLimit, Phase: fetch.PhaseRequest,
		Algorithm: "concept-http-redirect-fetch", Step: "7", URL: apiOrigin + "/loop", Subject: "redirects", Want: "at most 20", Got: "21", Status: 302}}
	traces["redirect-without-end"] = t

	t = traceOf("GET", apiOrigin+"/slow")
	t.Preflights = []fetch.PreflightNeed{{}}
	x = exchange(fetch.ExchangeRequest, "GET", apiOrigin+"/slow", nil)
	x.Failure = &fetch.NetworkError{Code: fetch.ReasonTimeout, Detail: "no answer within 30s", Hint: "raise the time-out"}
	t.Exchanges = append(t.Exchanges, x)
	t.Steps = append(t.Steps, step("concept-http-network-fetch", "8.1", fetch.Fail, 0, "api.example.com", "an answer", "timeout", "no answer came"))
	t.Outcome = fetch.Outcome{Type: fetch.TypeError, Reason: &fetch.Reason{Code: fetch.ReasonTimeout, Phase: fetch.PhaseRequest, Detail: "no answer within 30s", Want: "raise the time-out"}}
	traces["no-answer"] = t

	t = traceOf("GET", "https://app.example.com/users")
	t.Exchanges = append(t.Exchanges, answer(exchange(fetch.ExchangeRequest, "GET", "https://app.example.com/users", nil), 200, "[]"))
	t.Steps = append(t.Steps, step("concept-main-fetch", "12[2]", fetch.Note, -1, "origin", "", appOrigin, "the page's own origin: no CORS rule applies"))
	t.Outcome = fetch.Outcome{Allowed: true, Type: fetch.TypeBasic, Status: 200, URL: "https://app.example.com/users", BodyReadable: true,
		Headers: fetch.HeaderList{{Name: "Content-Type", Value: "application/json"}}}
	traces["its-own-origin"] = t

	t = traceOf("GET", apiOrigin+"/")
	t.Preflights = []fetch.PreflightNeed{{}}
	t.Exchanges = append(t.Exchanges, answer(exchange(fetch.ExchangeRequest, "GET", apiOrigin+"/", nil), 200, "\x1b[2Jbody \u202etxt.exe",
		fetch.Header{Name: acao, Value: "\x1b]0;owned\x07\x9b31m\u202e" + appOrigin}, fetch.Header{Name: "Vary", Value: "a\rb\x00c\x7f"}))
	t.Steps = append(t.Steps, step("concept-cors-check", "4", fetch.Fail, 0, acao, appOrigin, "\x1b]0;owned\x07\x9b31m\u202e"+appOrigin, "not this page's \x1b[31morigin"))
	t.Outcome = fetch.Outcome{Type: fetch.TypeError, Reason: &fetch.Reason{Code: fetch.ReasonAllowOriginInvalid, Phase: fetch.PhaseRequest,
		Algorithm: "concept-cors-check", Step: "4", Subject: acao, Want: appOrigin, Got: "\x1b]0;owned\x07", Status: 200, Detail: "it is not \x1b[31man origin"}}
	traces["hostile-bytes"] = t
	return traces
}

func TestRender(t *testing.T) {
	for name, trace := range canned() {
		t.Run(name, func(t *testing.T) {
			result := judge(masked(trace))
			result.notes = []string{"a note on the input"}
			full := render(result, renderOptions{Width: 80})
			checkGolden(t, name, full)
			checkGolden(t, name+".wide-and-verbose", render(result, renderOptions{Width: 140, Verbose: true}))
			checkGolden(t, name+".brief", render(result, renderOptions{Width: 80, Brief: true}))
			checkGolden(t, name+".compact", render(result, renderOptions{Width: 80, Compact: true}))
			coloured := render(result, renderOptions{Width: 80, Style: term.Style{On: true}})
			if plain := withoutCodes(coloured); plain != full {
				t.Errorf("colours change more than the colour (-plain +coloured)\n%s", cmp.Diff(full, plain))
			}
		})
	}
}

func withoutCodes(s string) string {
	for _, code := range []string{"0", "1", "2", "32", "33", "1;31"} {
		s = strings.ReplaceAll(s, "\x1b["+code+"m", "")
	}
	return s
}

func TestNothingOfAServerReachesTheTerminalRaw(t *testing.T) {
	trace := canned()["hostile-bytes"]
	result := judge(masked(trace))
	result.notes = []string{"\x1b[31m"}
	for _, o := range []renderOptions{{Width: 80}, {Width: 200, Verbose: true}, {Width: 80, Compact: true}} {
		text := render(result, o)
		for i, c := range text {
			if c < 0x20 && c != '\n' || c == 0x7f || c >= 0x80 && c < 0xa0 || c == 0x202e {
				t.Fatalf("raw %U at %d of\n%q", c, i, text)
			}
		}
		for _, shown := range []string{`\x1b`, `\x07`, `\x9b`, `\u{202e}`, `\x0d`, `\x00`, `\x7f`} {
			if !strings.Contains(text, shown) && !o.Compact {
				t.Errorf("%s is not shown in\n%s", shown, text)
			}
		}
	}
}

func TestSecretsAreMaskedWhereverTheyStand(t *testing.T) {
	secrets := []string{"correct-horse", "battery-staple", "withheld-value"}
	for name, trace := range canned() {
		t.Run(name, func(t *testing.T) {
			// A server, or the engine, may repeat what it was given.
			trace.Ignored = []fetch.IgnoredHeader{{Header: fetch.Header{Name: "Proxy-Authorization", Value: "Basic correct-horse"}, Why: "browsers let no page set it"}}
			trace.Steps = append(trace.Steps, step("rfc6265bis#cookies", "", fetch.Note, -1, "Cookie", "", "sid=correct-horse", "sent correct-horse"))
			if trace.Outcome.Reason != nil {
				trace.Outcome.Reason.Detail += " correct-horse"
			}
			result := judge(masked(trace))
			var json strings.Builder
			if err := encodeJSON(&json, result.document()); err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{render(result, renderOptions{Width: 200, Verbose: true}), json.String()} {
				for _, secret := range secrets {
					if strings.Contains(text, secret) {
						t.Errorf("%q is in\n%s", secret, text)
					}
				}
			}
		})
	}
}

func TestMasking(t *testing.T) {
	s := &secrets{repeated: []string{"long-secret"}}
	for _, c := range []struct{ name, value, want string }{
		{"Authorization", "Bearer abc", "Bearer ****"},
		{"authorization", "abc", "****"},
		{"Authorization", "a/b c", "****"},
		{"Proxy-Authorization", "Basic eDp5", "Basic ****"},
		{"Cookie", "a=1; b=2", "a=****; b=****"},
		{"Cookie", "lonely", "****"},
		{"Cookie", "a=; b", "a=;****"},
		{"Set-Cookie", "a=1; Path=/; Secure", "a=****; Path=/; Secure"},
		{"Set-Cookie", "a=", "a="},
		{"Location", "https://ada:pw@a.example/@b", "https://****@a.example/@b"},
		{"Location", "https://ada@a.example/", "https://****@a.example/"},
		{"Location", "https://a.example/u@b", "https://a.example/u@b"},
		{"X-Echo", "got long-secret", "got ****"},
		{"X-Plain", "nothing to hide", "nothing to hide"},
		{"Cookie", "", ""},
	} {
		t.Run(c.name+" "+c.value, func(t *testing.T) {
			if got := s.about(c.name, c.value); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestCurlCommandsAreForAShell(t *testing.T) {
	for name, c := range map[string]struct {
		request fetch.RequestRecord
		body    string
		want    string
	}{
		"a GET":                            {fetch.RequestRecord{Method: "GET", URL: "https://a.example/"}, "", "curl -i https://a.example/"},
		"a HEAD":                           {fetch.RequestRecord{Method: "HEAD", URL: "https://a.example/"}, "", "curl -I https://a.example/"},
		"a query is quoted":                {fetch.RequestRecord{Method: "GET", URL: "https://a.example/?a=1&b=2"}, "", "curl -i 'https://a.example/?a=1&b=2'"},
		"quotes in a value":                {fetch.RequestRecord{Method: "GET", URL: "https://a.example/", Headers: fetch.HeaderList{{Name: "X-A", Value: "it's $HOME"}}}, "", `curl -i https://a.example/ -H 'X-A: it'\''s $HOME'`},
		"an empty value":                   {fetch.RequestRecord{Method: "GET", URL: "https://a.example/", Headers: fetch.HeaderList{{Name: "X-A"}}}, "", "curl -i https://a.example/ -H 'X-A;'"},
		"control bytes":                    {fetch.RequestRecord{Method: "GET", URL: "https://a.example/", Headers: fetch.HeaderList{{Name: "X-A", Value: "\x1b[31m"}}}, "", `curl -i https://a.example/ -H 'X-A: \x1b[31m'`},
		"a POST with a body":               {fetch.RequestRecord{Method: "POST", URL: "https://a.example/", BodySize: 3}, "a b", "curl -i https://a.example/ --data-binary 'a b'"},
		"a POST without a body":            {fetch.RequestRecord{Method: "POST", URL: "https://a.example/"}, "", "curl -i -X POST https://a.example/"},
		"a method of one's own":            {fetch.RequestRecord{Method: "PURGE", URL: "https://a.example/"}, "", "curl -i -X PURGE https://a.example/"},
		"a body that a shell would change": {fetch.RequestRecord{Method: "POST", URL: "https://a.example/", BodySize: 3}, "a\nb", "curl -i https://a.example/ --data-binary @BODY"},
		"a body too long to say":           {fetch.RequestRecord{Method: "PUT", URL: "https://a.example/", BodySize: 300}, strings.Repeat("x", 300), "curl -i -X PUT https://a.example/ --data-binary @BODY"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := curlCommand(&fetch.Trace{Request: c.request}, []byte(c.body), ""); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestCurlIsToldWhatExplainWasTold(t *testing.T) {
	for name, c := range map[string]struct {
		target string
		rules  []string
		caFile string
		want   string
	}{
		"nothing":                            {"https://a.example/", nil, "", ""},
		"a rule":                             {"https://a.example/x", []string{"a.example:443:10.0.0.7"}, "", "--resolve a.example:443:10.0.0.7"},
		"a rule with two addresses":          {"https://a.example/", []string{"a.example:443:::1,10.0.0.7"}, "", "--resolve a.example:443:::1,10.0.0.7"},
		"a rule that changes the port":       {"https://a.example/", []string{"a.example:443:[::1]:8443"}, "", "--connect-to 'a.example:443:[::1]:8443'"},
		"a rule for every host and port":     {"http://a.example:81/", []string{"*:*:10.0.0.7"}, "", "--resolve a.example:81:10.0.0.7"},
		"the first rule that fits":           {"https://a.example/", []string{"b.example:443:10.0.0.6", "a.example:80:10.0.0.6", "a.example:443:10.0.0.7", "*:*:10.0.0.8"}, "", "--resolve a.example:443:10.0.0.7"},
		"an authority":                       {"https://a.example/", nil, "my ca.pem", "--cacert 'my ca.pem'"},
		"no authority where there is no TLS": {"http://a.example/", nil, "ca.pem", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := curlNetwork(c.target, c.rules, c.caFile); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	request := fetch.RequestRecord{Method: "GET", URL: "https://a.example/"}
	if got := curlCommand(&fetch.Trace{Request: request}, nil, "--cacert ca.pem"); got != "curl -i --cacert ca.pem https://a.example/" {
		t.Errorf("got  %s", got)
	}
}

func TestALongDataURLDoesNotFloodTheTerminal(t *testing.T) {
	for name, url := range map[string]string{
		"one that is read":     "data:text/plain;base64," + strings.Repeat("AAAA", 25000),
		"one that is not":      "data:text/plain;base64,@" + strings.Repeat("A", 100000),
		"one that CSP forbids": "data:text/plain;base64,#" + strings.Repeat("A", 100000),
	} {
		t.Run(name, func(t *testing.T) {
			agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: &fetch.HandlerTransport{}})
			if err != nil {
				t.Fatal(err)
			}
			c := fetch.PageConfig{URL: "https://app.example/"}
			if strings.Contains(url, "#") {
				c.ContentSecurityPolicy = []string{"connect-src 'self'"}
			}
			page, err := agent.NewPage(c)
			if err != nil {
				t.Fatal(err)
			}
			trace := new(fetch.Trace)
			if _, err := page.Fetch(t.Context(), fetch.Request{URL: url, Trace: trace}); err != nil {
				t.Fatal(err)
			}
			result := judge(masked(trace))
			for how, text := range map[string]string{"text": render(result, renderOptions{Width: 80}), "all text": render(result, renderOptions{Width: 80, Verbose: true}), "Markdown": result.markdown()} {
				if len(text) > 6000 || !strings.Contains(text, " kB)") {
					t.Errorf("%s has %d bytes: %.2000s", how, len(text), text)
				}
			}
			if got := result.curl(); got != "" {
				t.Errorf("curl is to ask a server: %.100s", got)
			}
		})
	}
}
