package diagnose

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
)

// moduleCases are imports that a page cannot make.
var moduleCases = []struct {
	name   string
	policy []string
	answer string
	want   string
	// fix is a part of what is left to do or of the one change; console and firefox are parts of what is printed.
	fix, console, firefox string
}{
	{"script-src without the server", []string{"script-src 'self'; connect-src *"}, "200 x" + appAllowed + "|Content-Type: text/javascript", "csp-script-src",
		"script-src 'self' https://api.example.com; connect-src *", `Loading the script 'https://api.example.com/users' violates the following Content Security Policy directive: "script-src 'self'". Note that 'script-src-elem' was not explicitly set, so 'script-src' is used as a fallback.`,
		"blocked a script (script-src-elem) at https://api.example.com/users from being executed"},
	{"an answer without CORS headers, and a connect-src that has no say", []string{"connect-src 'none'"}, "200 x|Content-Type: text/javascript", "allow-origin-missing",
		"Access-Control-Allow-Origin: https://app.example.com", "Access to script at 'https://api.example.com/users' from origin 'https://app.example.com' has been blocked by CORS policy: No 'Access-Control-Allow-Origin'",
		"(Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200."},
}

func TestModulesAreDiagnosed(t *testing.T) {
	for _, c := range moduleCases {
		t.Run(c.name, func(t *testing.T) {
			agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: answers("", c.answer)})
			if err != nil {
				t.Fatal(err)
			}
			page, err := agent.NewPage(fetch.PageConfig{URL: appPage, ContentSecurityPolicy: c.policy})
			if err != nil {
				t.Fatal(err)
			}
			trace := new(fetch.Trace)
			response, err := page.FetchModule(context.Background(), fetch.ModuleRequest{URL: apiURL, Trace: trace})
			if err != nil {
				t.Fatal(err)
			}
			response.Close()
			r := Diagnose(trace, Options{})
			if got := causeIDs(r.Findings); got != c.want {
				t.Fatalf("named are %q, want %q", got, c.want)
			}
			said := ""
			if r.Fix != nil {
				said = r.Fix.Todo
				for _, change := range r.Fix.Server {
					said += change.Header + ": " + change.After
				}
			}
			if !strings.Contains(said, c.fix) {
				t.Errorf("the fix is %q, want %q in it", said, c.fix)
			}
			for browser, want := range map[Browser][2]string{
				Chromium: {c.console, "TypeError: Failed to fetch dynamically imported module: " + apiURL}, Firefox: {c.firefox, "TypeError: error loading dynamically imported module: " + apiURL},
			} {
				p := r.Consoles[slices.IndexFunc(r.Consoles, func(p Printout) bool { return p.Browser == browser })]
				if got := strings.Join(texts(p), "\n"); !strings.Contains(got, want[0]) || p.JavaScript != want[1] {
					t.Errorf("%s prints %q and %q, want %q and %q", browser, got, p.JavaScript, want[0], want[1])
				}
			}
		})
	}
}
