package export

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/corscope/corscope/origin"
)

// originRule is one entry of Config.Origins in normal form, taken apart; for the
// grammar see there.
type originRule struct {
	text string
	// exact implies that text is all there is to compare.
	exact      bool
	schemes    []string
	subdomains bool
	host       string // without the wildcard label
	ports      []string
	anyPort    bool
}

// parseRule takes apart an entry that package cors has accepted and written.
func parseRule(text string) originRule {
	r := originRule{text: text, exact: !strings.ContainsAny(text, "*{")}
	schemes, rest, _ := strings.Cut(text, "://")
	r.schemes = braceList(schemes)
	host, port, hasPort := rest, "", false
	if end := strings.LastIndexByte(rest, ']'); end >= 0 {
		host = rest[:end+1]
		port, hasPort = strings.CutPrefix(rest[end+1:], ":")
	} else {
		host, port, hasPort = strings.Cut(rest, ":")
	}
	r.host, r.subdomains = strings.CutPrefix(host, "*.")
	switch {
	case port == "*":
		r.anyPort = true
	case hasPort:
		r.ports = braceList(port)
	}
	return r
}

// braceList parses "x" and "{x,y}".
func braceList(s string) []string {
	if inner, ok := strings.CutPrefix(s, "{"); ok {
		return strings.Split(strings.TrimSuffix(inner, "}"), ",")
	}
	return []string{s}
}

// label is a label of a name in a URL, followed by its dot.
const label = `([a-z0-9_-]+\.)+`

// regexps returns regular expressions, one for each scheme, that match what the
// rule does among the origins that browsers write. They are anchored at both ends
// and mean the same to PCRE, RE2 and JavaScript, and without their ends to Python; of
// the bytes that some language would want escaped, they have none but backslash and
// dollar.
func (r *originRule) regexps() []string {
	if r.exact {
		return []string{"^" + regexp.QuoteMeta(r.text) + "$"}
	}
	all := make([]string, len(r.schemes))
	for i, scheme := range r.schemes {
		var b strings.Builder
		b.WriteString("^" + regexp.QuoteMeta(scheme) + "://")
		if r.subdomains {
			b.WriteString(label)
		}
		b.WriteString(regexp.QuoteMeta(r.host))
		b.WriteString(r.portRegexp(scheme))
		b.WriteString("$")
		all[i] = b.String()
	}
	return all
}

// portRegexp says how an origin of this scheme ends. The default port is never
// written, so that a list that has it may be left out.
func (r *originRule) portRegexp(scheme string) string {
	if r.anyPort {
		return `(:[0-9]+)?`
	}
	ports := slices.Clone(r.ports)
	optional := false
	if def, ok := origin.DefaultPort(scheme); ok {
		n := len(ports)
		ports = slices.DeleteFunc(ports, func(p string) bool { return p == strconv.Itoa(int(def)) })
		optional = len(ports) < n
	}
	switch {
	case len(ports) == 0:
		return ""
	case optional:
		return `(:` + strings.Join(ports, "|:") + `)?`
	case len(ports) == 1:
		return ":" + ports[0]
	}
	return `:(` + strings.Join(ports, "|") + `)`
}
