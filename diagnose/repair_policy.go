package diagnose

import (
	"slices"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

const contentSecurityPolicy = "Content-Security-Policy"

// naming returns the lines of a page's Content-Security-Policy after which it names the server that r says it should. It reports false
// where the directive that r speaks of is not there, or names the server already, and something else in it counts more.
//
// https://w3c.github.io/webappsec-csp/#framework-directive-source-list
func naming(p *fetch.PagePolicies, r fetch.Reason) (lines []string, ok bool) {
	if p == nil {
		return nil, false
	}
	name, source, _ := strings.Cut(r.Want, " ")
	lines = slices.Clone(p.ContentSecurityPolicy)
	for i, line := range lines {
		policies := strings.Split(line, ",")
		for j, policy := range policies {
			directives := strings.Split(policy, ";")
			for k, directive := range directives {
				words := strings.Fields(directive)
				if strings.Join(words, " ") != r.Got || source == "" || slices.Contains(words, source) {
					continue
				}
				sources := slices.DeleteFunc(slices.Clone(words[1:]), func(s string) bool { return httpspec.EqualFold(s, "'none'") })
				sources = append(sources, source)
				if decides := httpspec.Lower(words[0]); decides == name || strings.HasPrefix(decides, name+"-") {
					directives[k] = blanksOf(directive) + strings.Join(append([]string{words[0]}, sources...), " ")
				} else {
					// default-src says more than this, and stays as it is.
					directives = slices.Insert(directives, k+1, " "+strings.Join(append([]string{name}, sources...), " "))
				}
				policies[j] = strings.Join(directives, ";")
				lines[i] = strings.Join(policies, ",")
				return lines, true
			}
		}
	}
	return nil, false
}

// blanksOf are those at the start of a text.
func blanksOf(text string) string { return text[:len(text)-len(strings.TrimLeft(text, " \t"))] }
