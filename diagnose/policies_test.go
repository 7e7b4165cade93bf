package diagnose

import (
	"slices"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
)

// policyCases are what the page's own policies, integrity and URLs of its own making stop.
var policyCases = []struct {
	name   string
	page   fetch.PageConfig
	r      fetch.Request
	answer script
	want   string
	// fix is a part of what is left to do or of the one change; console a part of Chromium's first line.
	fix, console string
}{
	{"connect-src without the server", fetch.PageConfig{ContentSecurityPolicy: []string{"connect-src 'self'"}}, fetch.Request{}, answers("", "200 x"+appAllowed),
		"csp-connect-src", "Content-Security-Policy: connect-src 'self' https://api.example.com", `directive: "connect-src 'self'". The action has been blocked.`},
	{"default-src in its place", fetch.PageConfig{ContentSecurityPolicy: []string{"default-src 'self'"}}, fetch.Request{}, answers("", "200 x"+appAllowed),
		"csp-connect-src", "Content-Security-Policy: default-src 'self'; connect-src 'self' https://api.example.com", "Note that 'connect-src' was not explicitly set"},
	{"a redirect to a server that connect-src does not name", fetch.PageConfig{ContentSecurityPolicy: []string{"connect-src https://api.example.com"}}, fetch.Request{},
		answers("", "302 x|Location: https://other.example/"+appAllowed), "csp-connect-src", "connect-src https://api.example.com https://other.example", "Connecting to 'https://other.example/' violates"},
	{"an embedder policy, and an answer without a resource policy", fetch.PageConfig{EmbedderPolicy: fetch.RequireCORP}, fetch.Request{Mode: "no-cors"}, answers("", "200 x"),
		"cross-origin-embedder-policy", "Cross-Origin-Resource-Policy: cross-origin", "net::ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByCoep"},
	{"a body with another hash", fetch.PageConfig{}, fetch.Request{Integrity: "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}, answers("", "200 x"+appAllowed),
		"integrity-mismatch", "integrity: sha256-Iw2DWNyOiJC0xY3utikS7i8gNXrpKlzIYbmOaP4xrLU= instead of", "SRI's integrity checks failed."},
	{"a data: URL without a comma", fetch.PageConfig{}, fetch.Request{URL: "data:text/plain"}, answers("", ""), "data-url-malformed", "data: URL", "net::ERR_INVALID_URL"},
	{"a blob: URL that was revoked", fetch.PageConfig{}, fetch.Request{URL: "blob:https://app.example.com/0d5e1f6c-6d0a-4d0a-8d0a-0d5e1f6c6d0a"}, answers("", ""),
		"blob-url-unavailable", "before it is revoked", "net::ERR_FILE_NOT_FOUND"},
}

func TestPoliciesOfThePage(t *testing.T) {
	for _, c := range policyCases {
		t.Run(c.name, func(t *testing.T) {
			agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: c.answer})
			if err != nil {
				t.Fatal(err)
			}
			c.page.URL = appPage
			if c.r.URL == "" {
				c.r.URL = apiURL
			}
			r := Diagnose(recordIn(t, agent, c.page, c.r), Options{})
			if got := causeIDs(r.Findings); got != c.want {
				t.Fatalf("named are %q, want %q", got, c.want)
			}
			said := ""
			if r.Fix != nil {
				said = r.Fix.Todo
				for _, change := range r.Fix.Server {
					said += change.Header + ": " + change.After
				}
				for _, change := range r.Fix.Page {
					said += change.String()
				}
			}
			if !strings.Contains(said, c.fix) {
				t.Errorf("the fix is %q, want %q in it", said, c.fix)
			}
			i := slices.IndexFunc(r.Consoles, func(p Printout) bool { return p.Browser == Chromium })
			if !strings.Contains(strings.Join(texts(r.Consoles[i]), "\n"), c.console) {
				t.Errorf("Chromium prints %q, want %q in it", texts(r.Consoles[i]), c.console)
			}
			for _, p := range r.Consoles {
				if !p.Blocked() {
					t.Errorf("%s blocks nothing", p.Browser)
				}
			}
		})
	}
}

func TestAPolicyThatNamesTheServerToo(t *testing.T) {
	const api = "https://api.example.com"
	for _, c := range []struct {
		name        string
		before      string // lines, parted by |
		got, source string // what blocks, and what it should say
		after       string
	}{
		{"beside others", "connect-src 'self'", "connect-src 'self'", "connect-src " + api, "connect-src 'self' " + api},
		{"in the place of nobody", "connect-src 'None'; img-src *", "connect-src 'None'", "connect-src " + api, "connect-src " + api + "; img-src *"},
		{"where the directive is empty", "img-src *;connect-src", "connect-src", "connect-src " + api, "img-src *;connect-src " + api},
		{"with blanks as they were, but for its own", "img-src *;  Connect-Src  'self' ;sandbox", "Connect-Src 'self'", "connect-src " + api, "img-src *;  Connect-Src 'self' " + api + ";sandbox"},
		{"default-src stays, and what it said is said again", "default-src 'self'; img-src *", "default-src 'self'", "connect-src " + api, "default-src 'self'; connect-src 'self' " + api + "; img-src *"},
		{"the directive for elements of its own", "script-src-elem 'self'; script-src 'none'", "script-src-elem 'self'", "script-src " + api, "script-src-elem 'self' " + api + "; script-src 'none'"},
		{"in the second policy of the second line", "img-src *|connect-src *, connect-src a.example", "connect-src a.example", "connect-src " + api, "img-src *|connect-src *, connect-src a.example " + api},
		{"not where it is named, and something else counts", "script-src 'strict-dynamic' " + api, "script-src 'strict-dynamic' " + api, "script-src " + api, ""},
		{"not where there is no such directive", "img-src *", "connect-src 'self'", "connect-src " + api, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &fetch.PagePolicies{ContentSecurityPolicy: strings.Split(c.before, "|")}
			lines, ok := naming(p, fetch.Reason{Want: c.source, Got: c.got})
			if got := strings.Join(lines, "|"); got != c.after || ok != (c.after != "") {
				t.Errorf("%q, %v; want %q", got, ok, c.after)
			}
			if strings.Join(p.ContentSecurityPolicy, "|") != c.before {
				t.Errorf("the page's own lines were changed: %q", p.ContentSecurityPolicy)
			}
		})
	}
}

func TestACookieThatIsWithheldIsNamedWhereTheAnswerIsALogin(t *testing.T) {
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: answers("", "401 x"+appAllowed)})
	if err != nil {
		t.Fatal(err)
	}
	u, err := fetch.ParseURL(apiURL)
	if err != nil {
		t.Fatal(err)
	}
	if d := agent.Jar().Set(u, "session=1; Secure", fetch.CookieContext{}); !d.Accepted {
		t.Fatal(d.Why)
	}
	findings := Recognise(recordIn(t, agent, fetch.PageConfig{URL: appPage}, fetch.Request{URL: apiURL}))
	if causeIDs(findings) != "cookie-not-sent answer-is-an-error" {
		t.Errorf("named are %q", causeIDs(findings))
	}
}

func TestAnAnswerThatIsAskedAgainIsNotJudged(t *testing.T) {
	asked := 0
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: script(func(*fetch.Message) string {
		if asked++; asked == 1 {
			return "421 Misdirected Request"
		}
		return "200 OK" + appAllowed
	})})
	if err != nil {
		t.Fatal(err)
	}
	r := Diagnose(recordIn(t, agent, fetch.PageConfig{URL: appPage}, fetch.Request{URL: apiURL}), Options{})
	if asked != 2 || r.Verdict != VerdictAllowed || r.Fix != nil || len(r.Findings) > 0 {
		t.Errorf("asked %d times, %s, %q, fix %+v", asked, r.Verdict, causeIDs(r.Findings), r.Fix)
	}
	for _, p := range r.Consoles {
		if p.Blocked() || len(p.Lines) > 0 {
			t.Errorf("%s prints %q", p.Browser, texts(p))
		}
	}
}
