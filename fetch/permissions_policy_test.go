package fetch

import (
	"strings"
	"testing"
)

func TestPermissionsPolicy(t *testing.T) {
	for _, c := range []struct {
		name    string
		lines   []string
		refused bool
	}{
		{"no policy", nil, false},
		{"nobody", []string{"sync-xhr=()"}, true},
		{"the page itself", []string{"sync-xhr=(self)"}, false},
		{"the page itself, without brackets", []string{"sync-xhr=self"}, false},
		{"everybody", []string{"sync-xhr=*"}, false},
		{"everybody, in brackets", []string{"sync-xhr=(*)"}, false},
		{"another origin", []string{`sync-xhr=("https://other.test")`}, true},
		{"this origin by its name", []string{`sync-xhr=("https://app.example.com:443")`}, false},
		{"another feature", []string{"camera=()"}, false},
		{"among others", []string{"camera=(), sync-xhr=() , geolocation=(self)"}, true},
		{"on a line of its own", []string{"camera=()", "sync-xhr=()"}, true},
		{"the last one counts", []string{"sync-xhr=(), sync-xhr=*"}, false},
		{"parameters are passed over", []string{`sync-xhr=();report-to="here", camera=*`}, true},
		{"a word that is no allowlist counts as none", []string{"sync-xhr=none"}, false},
		{"a number is no allowlist", []string{"sync-xhr=1"}, false},
		{"the syntax of Feature-Policy", []string{"sync-xhr 'none'"}, false},
		{"one fault, and nothing counts", []string{"sync-xhr=(), camera=)"}, false},
		{"a comma at the end", []string{"sync-xhr=(),"}, false},
		{"a list that is not closed", []string{"sync-xhr=(self"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			agent, err := NewAgent(AgentConfig{})
			if err != nil {
				t.Fatal(err)
			}
			page, err := agent.NewPage(PageConfig{URL: app, PermissionsPolicy: c.lines})
			if err != nil {
				t.Fatal(err)
			}
			if got := !page.AllowsSyncXHR(); got != c.refused {
				t.Errorf("refused is %v, want %v", got, c.refused)
			}
		})
	}
}

// Firefox and Safari do not read the header.
func TestPermissionsPolicyByBrowser(t *testing.T) {
	for _, c := range []struct {
		profile Profile
		refused bool
	}{{Profile{}, true}, {Chromium(), true}, {Firefox(), false}, {WebKit(), false}, {WebKitGTK(), false}} {
		agent, err := NewAgent(AgentConfig{Profile: c.profile})
		if err != nil {
			t.Fatal(err)
		}
		page, err := agent.NewPage(PageConfig{URL: app, PermissionsPolicy: []string{"sync-xhr=()"}})
		if err != nil {
			t.Fatal(err)
		}
		if got := !page.AllowsSyncXHR(); got != c.refused {
			t.Errorf("%s: refused is %v, want %v", c.profile.name(), got, c.refused)
		}
	}
}

func FuzzStructuredDictionary(f *testing.F) {
	for _, seed := range []string{`a=(self "x";p=1), b;c=?1, d=:YQ==:, *e=-1.5`, `a=("\"\\")`, "a=(", `a="`, "a=@1", "a=?", "a=1,", ",", "A=1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		members, ok := parseStructuredDictionary(s)
		if !ok {
			if members != nil {
				t.Errorf("%q is no dictionary, and has %v", s, members)
			}
			return
		}
		seen := map[string]bool{}
		for _, m := range members {
			if m.key == "" || seen[m.key] || !strings.Contains(s, m.key) {
				t.Errorf("%q has the key %q", s, m.key)
			}
			seen[m.key] = true
		}
	})
}
