package diagnose

import (
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
)

// asked are the kinds of all questions about a trace, each answered with answer in the place of the server.
func asked(t *testing.T, trace *fetch.Trace, answer script) []Probe {
	t.Helper()
	return askAll(t, answer, trace)
}

func kinds(probes []Probe) string {
	var words []string
	for _, p := range probes {
		words = append(words, string(p.Kind))
	}
	return strings.Join(words, " ")
}

func TestQuestionsFollowFromWhatIsOpen(t *testing.T) {
	same := func(text string) script { return func(*fetch.Message) string { return text } }
	for _, c := range []struct {
		name   string
		page   string
		r      fetch.Request
		answer script
		want   string
	}{
		{"an answer for everybody leaves nothing open", appPage, fetch.Request{}, same("200 x|Access-Control-Allow-Origin: *"), ""},
		{"an error that the page can read is no question of CORS", appPage, fetch.Request{}, same("500 x|Access-Control-Allow-Origin: *"), ""},
		{"an allowed origin that is sent with Vary is as it should be", appPage, fetch.Request{}, same("200 x|Vary: Origin" + appAllowed), ""},
		{"with credentials it may be whoever asks", appPage, fetch.Request{Credentials: "include"}, same("200 x|Vary: Origin|Access-Control-Allow-Credentials: true" + appAllowed), "other-origin"},
		{"without Vary it may be a list", appPage, fetch.Request{}, same("200 x" + appAllowed), "other-origin no-origin"},
		{"a slip in a value shows by itself", appPage, fetch.Request{}, same("200 x|Access-Control-Allow-Origin: " + appPage + "/"), ""},
		{"no header: no list that is known", appPage, fetch.Request{}, same("200 x"), "preflight own-origin near-origin near-origin"},
		{"no header, at localhost: the other name, and the other port", "http://localhost:5173", fetch.Request{URL: "http://localhost:8080/"}, same("200 x"),
			"preflight own-origin near-origin near-origin"},
		{"a page without an origin is on no list", "null", fetch.Request{}, same("200 x"), ""},
		{"a POST is not sent again", appPage, fetch.Request{Method: "POST"}, same("403 x"), "preflight root"},
		{"a refused preflight: login, then method or header, then page, then the request", appPage,
			fetch.Request{Method: "PUT", Headers: fetch.HeaderList{{Name: "Authorization", Value: "t"}}}, same("403 x"),
			"preflight-with-credentials plain-preflight own-origin near-origin near-origin get"},
		{"a bucket knows no pages", appPage, fetch.Request{Method: "PUT"}, same("403 x|Server: AmazonS3"), "plain-preflight get"},
		{"a redirect to a login is not followed", appPage, fetch.Request{}, same("302 x|Location: https://login.example.net/"), ""},
		{"a redirect is asked about where it leads", appPage, fetch.Request{}, same("302 x|Location: /elsewhere"), "redirect-target"},
		{"a redirect to another scheme leads nowhere", appPage, fetch.Request{}, same("302 x|Location: ftp://a.example/"), ""},
		{"no answer to a preflight: to anything?", appPage, fetch.Request{Method: "DELETE"}, same("!timeout"), "get"},
		{"no answer at all", appPage, fetch.Request{}, same("!timeout"), ""},
		{"nobody at 127.0.0.1: at localhost, which is ::1 too?", appPage, fetch.Request{URL: "http://127.0.0.1:8080/x?y"}, same("!connection-refused"), "twin-host"},
		{"nobody at localhost", appPage, fetch.Request{URL: "http://localhost:8080/x?y"}, same("!connection-refused"), ""},
		{"nobody elsewhere", appPage, fetch.Request{}, same("!connection-refused"), ""},
		{"no TLS", appPage, fetch.Request{}, same("!tls-handshake"), "other-scheme"},
		{"a request that was not sent, and nothing forbids it", appPage, fetch.Request{Method: "PUT"}, answers("204 x|Access-Control-Allow-Methods: PUT"+appAllowed, "!not-sent"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.r.URL == "" {
				c.r.URL = apiURL
			}
			probes := asked(t, record(t, c.page, c.r, c.answer), c.answer)
			if got := kinds(probes); got != c.want {
				t.Errorf("asked are %q, want %q", got, c.want)
			}
			for _, p := range probes {
				if !isSafe(p.Exchange.Method) || p.Exchange.RequestBodySize != 0 {
					t.Errorf("a question by %s", p.Exchange.Method)
				}
			}
		})
	}
}

// What was given for one URL is not shown to another server, nor in clear text.
func TestSecretsStayWhereTheyWereGiven(t *testing.T) {
	secret := fetch.Request{URL: "https://api.example.com/x", Headers: fetch.HeaderList{{Name: "Authorization", Value: "secret"}, {Name: "X-Api-Key", Value: "secret"}}}
	const allowed = "204 x|Access-Control-Allow-Headers: Authorization, X-Api-Key" + appAllowed
	for _, c := range []struct {
		name, url, request string
		kind               ProbeKind
		kept               bool
	}{
		{"another server", "", "302 x|Location: https://other.example/", ProbeTarget, false},
		{"the same server", "", "302 x|Location: /y", ProbeTarget, true},
		{"the same host over https", "http://api.example.com/x", "302 x|Location: https://api.example.com/x", ProbeTarget, true},
		// An https page may not ask there at all.
		{"the same host over http", "", "302 x|Location: http://api.example.com/x", ProbeTarget, false},
		{"another name of this machine", "http://127.0.0.1:8080/", "!connection-refused", ProbeTwinHost, false},
		{"no Origin", "", "403 x", ProbeNoOrigin, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := secret
			if c.url != "" {
				r.URL = c.url
			}
			page := appPage
			if strings.HasPrefix(r.URL, "http:") {
				page = "http://app.example.com"
			}
			trace := record(t, page, r, answers(strings.ReplaceAll(allowed, appPage, page), c.request))
			probes := asked(t, trace, func(*fetch.Message) string { return "403 x" })
			found := false
			for _, p := range probes {
				if p.Kind != c.kind {
					continue
				}
				found = true
				_, token := p.Exchange.RequestHeaders.Get("Authorization")
				_, key := p.Exchange.RequestHeaders.Get("X-Api-Key")
				if token != c.kept || key != c.kept {
					t.Errorf("%s %s carries %v", p.Exchange.Method, p.Exchange.URL, p.Exchange.RequestHeaders)
				}
				if p.Exchange.RequestHeaders.Contains("Cookie") {
					t.Errorf("a cookie: %v", p.Exchange.RequestHeaders)
				}
			}
			if found != (c.name != "the same host over http") {
				t.Errorf("asked are %s", kinds(probes))
			}
		})
	}
}

func TestTheBrowsersOwnWordsTellOfABlocker(t *testing.T) {
	right, wrong := record(t, appPage, fetch.Request{URL: apiURL}, answers("", "200 x|Access-Control-Allow-Origin: *")), record(t, appPage, fetch.Request{URL: apiURL}, answers("", "200 x"))
	refused := record(t, appPage, fetch.Request{URL: apiURL}, answers("", "!connection-refused"))
	for _, c := range []struct {
		name, said string
		trace      *fetch.Trace
		want       string
		likely     bool
	}{
		{"Chromium says it", "ERR_BLOCKED_BY_CLIENT", right, "blocked-by-extension", false},
		{"and says it where CORS is wrong too", "net::ERR_BLOCKED_BY_CLIENT.Inspector", wrong, "blocked-by-extension allow-origin-missing", false},
		{"Firefox says no more than that it failed, and outside of it nothing fails", "CORS request did not succeed", right, "blocked-by-extension", true},
		{"Firefox says so, and it fails", "CORS request did not succeed", refused, "connection-refused", false},
		{"another reason says nothing of it", "CORS header ‘Access-Control-Allow-Origin’ missing", right, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			findings := Diagnose(c.trace, Options{Said: c.said}).Findings
			if got := causeIDs(findings); got != c.want {
				t.Fatalf("named are %q, want %q", got, c.want)
			}
			if len(findings) > 0 && findings[0].Likely != c.likely {
				t.Errorf("likely is %v", findings[0].Likely)
			}
		})
	}
}

// TestEveryCauseOfAServerHasOneInTheDemo: the others are the page's, the browser's, or a program's.
func TestEveryCauseOfAServerHasOneInTheDemo(t *testing.T) {
	notTheServers := map[string]string{
		"cookie-not-sent":      "a cookie that the browser holds",
		"blocked-by-extension": "the browser", "proxy-failed": "the network of who asks", "network-failed": "what has no name of its own",
		"csp-subresource": "of elements, which no call of the demo is", "not-sent": "a program", "not-recorded": "a program", "body-unreadable": "in the demo, and shown when the body is read", "body-never-begins": "likewise",
		"canvas-tainted": "the page's code", "opaque-response-blocked": "the browser, in mode no-cors", "script-error-muted": "the page's code",
	}
	met := make(map[string]bool)
	for id, want := range wantCauses {
		if better, ok := wantAsked[id]; ok {
			want = better
		}
		first, _, _ := strings.Cut(want, " ")
		met[first] = true
	}
	for _, c := range Causes() {
		if why, excused := notTheServers[c.ID]; met[c.ID] == excused {
			t.Errorf("%s: the demo has one: %v; excused by %q", c.ID, met[c.ID], why)
		}
	}
}

func TestAnswersToOtherQuestionsAreNotHeardTwice(t *testing.T) {
	trace := record(t, appPage, fetch.Request{URL: apiURL}, answers("", "200 x"))
	before := len(Recognise(trace))
	var nonsense []Probe
	for range 1000 {
		nonsense = append(nonsense, Probe{}, Probe{Kind: ProbeOwnOrigin}, Probe{Kind: ProbeTarget, Exchange: &fetch.Exchange{}},
			Probe{Kind: ProbeRequest, Exchange: &fetch.Exchange{Status: 200, URL: "::", Kind: fetch.ExchangeRequest}})
	}
	r := Diagnose(trace, Options{Probes: nonsense})
	if len(r.Findings) != before || len(r.Probes) != len(nonsense) {
		t.Errorf("%d findings and %d probes", len(r.Findings), len(r.Probes))
	}
	if _, more := NextProbe(trace, nonsense); !more {
		t.Error("answers to nothing answered everything")
	}
	if _, more := NextProbe(&fetch.Trace{}, nil); more {
		t.Error("there is a question about nothing")
	}
}
