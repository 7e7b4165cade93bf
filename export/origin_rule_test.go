package export

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/origin"
)

func TestRegularExpressionsOfPatterns(t *testing.T) {
	for name, c := range map[string]struct {
		pattern string
		want    string
	}{
		"an exact origin":              {"https://app.example.com", `^https://app\.example\.com$`},
		"an address in brackets":       {"http://[::1]:8080", `^http://\[::1\]:8080$`},
		"subdomains":                   {"https://*.example.com", `^https://([a-z0-9_-]+\.)+example\.com$`},
		"subdomains on a port":         {"https://*.example.com:8443", `^https://([a-z0-9_-]+\.)+example\.com:8443$`},
		"ports, one of them default":   {"https://a.example:{443,8443}", `^https://a\.example(:8443)?$`},
		"ports, none of them default":  {"https://a.example:{8443,9443}", `^https://a\.example:(8443|9443)$`},
		"any port":                     {"http://localhost:*", `^http://localhost(:[0-9]+)?$`},
		"any port of an address":       {"http://[::1]:*", `^http://\[::1\](:[0-9]+)?$`},
		"schemes":                      {"{http,https}://a.example", `^http://a\.example$ ^https://a\.example$`},
		"schemes, default for one":     {"{http,https}://a.example:{80,8080}", `^http://a\.example(:8080)?$ ^https://a\.example:(80|8080)$`},
		"a scheme with a plus":         {"web+x://*.a.example", `^web\+x://([a-z0-9_-]+\.)+a\.example$`},
		"a single port that is listed": {"{http,https}://a.example:{443}", `^http://a\.example:443$ ^https://a\.example$`},
	} {
		t.Run(name, func(t *testing.T) {
			policy, err := cors.Compile(cors.Config{Origins: []string{c.pattern}})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(newPlan(policy.Config()).allRegexps(), " "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// The regular expressions are another way to say what package cors says: for each
// origin that a browser can write they must agree.
func FuzzRegularExpressionsAgreeWithPackageCORS(f *testing.F) {
	for _, pattern := range []string{
		"https://app.example.com", "https://*.example.com", "https://*.example.com:*", "http://localhost:*", "http://[::1]:*",
		"{http,https}://a.example:{80,443,8080}", "https://*.example.com:{443,8443}", "web+x://*.a.example:*", "https://a_b.example", "https://*.example.com.",
	} {
		for _, origin := range []string{
			"https://app.example.com", "https://a.b.example.com", "https://example.com", "https://xexample.com", "https://app.example.com:8443",
			"http://localhost", "http://localhost:5173", "http://[::1]:1", "https://a.example:80", "http://a.example", "web+x://b.a.example:7",
			"https://app.example.com.evil.example", "https://app-example.com", "https://a_b.example", "https://a.example.com.",
		} {
			f.Add(pattern, origin)
		}
	}
	f.Fuzz(func(t *testing.T, pattern, asked string) {
		policy, err := cors.Compile(cors.Config{Origins: []string{pattern}, DangerouslyAllowPublicSuffixes: true})
		if err != nil {
			return
		}
		if _, err := origin.Parse(asked); err != nil || len(asked) > 250 {
			return
		}
		matches := func(re string) bool { return regexp.MustCompile(re).MatchString(asked) }
		got := false
		for _, re := range newPlan(policy.Config()).allRegexps() {
			got = got || matches(re)
		}
		decision := policy.Decide("GET", http.Header{"Origin": {asked}})
		if want := decision.Reason == cors.ReasonAllowed; got != want {
			t.Errorf("pattern %q, origin %q: matches %v, package cors says %v", pattern, asked, got, decision.Reason)
		}
	})
}
