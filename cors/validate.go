package cors

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

// The bounds of Config.MaxAgeSeconds.
const (
	maxAgeNever   = -1
	maxAgeHighest = 86400
)

// Check reports every mistake in c, warnings included, in the order of the
// fields and of the entries in each; it returns nil if there is none. A Config
// without errors is accepted by [New] and [Compile].
func (c Config) Check() []*Problem {
	_, problems := compile(c)
	return problems
}

// compilation collects what a Config says and what is wrong with it.
type compilation struct {
	config   Config
	problems []*Problem
	policy   *Policy
}

func (c *compilation) report(p Problem) { c.problems = append(c.problems, &p) }

// fault reports a mistake in one entry of a list.
func (c *compilation) fault(field string, index int, value string, code Code, meant, hint string) {
	c.report(Problem{Field: field, Index: index, Value: value, Code: code, Meant: meant, Hint: hint})
}

func (c *compilation) warn(field string, index int, value string, code Code, meant, hint string) {
	c.report(Problem{Field: field, Index: index, Value: value, Code: code, Severity: SeverityWarning, Meant: meant, Hint: hint})
}

// compile returns the policy that c describes, and the problems. The policy is
// of use only if none of them is an error.
func compile(config Config) (*Policy, []*Problem) {
	c := &compilation{config: config, policy: &Policy{}}
	c.origins()
	c.methods()
	c.requestHeaders()
	c.exposedHeaders()
	c.rest()
	c.policy.finish(config)
	return c.policy, c.problems
}

func (c *compilation) origins() {
	config := &c.config
	size := 0
	for _, s := range config.Origins {
		size += len(s)
	}
	set := newOriginSet(len(config.Origins), size)
	c.policy.origins = set
	if config.Origins == nil && !config.AllowAnyOrigin && !config.DangerouslyAllowNullOrigin {
		c.fault("origins", -1, "", CodeNoOrigins, "", "list the origins whose pages may read, or set allowAnyOrigin (AllowAnyOrigin)")
	}
	// Exact origins are kept back and added together, which is faster.
	first := len(c.problems)
	exact := make([]string, 0, len(config.Origins))
	indices := make([]int32, 0, len(config.Origins))
	for i, s := range config.Origins {
		p, problem := admit(s, config)
		switch {
		case problem != nil:
			problem.Index = i
			c.report(*problem)
			continue
		case p.exact:
			exact, indices = append(exact, p.text), append(indices, int32(i))
		case !set.add(&p):
			c.warn("origins", i, s, CodeDuplicate, "", "the same as an entry before it")
		}
		if p.text != s {
			c.warn("origins", i, s, CodeNormalized, p.text, "the same, in canonical form")
		}
	}
	set.addExact(exact, func(i int) {
		at := int(indices[i])
		c.warn("origins", at, config.Origins[at], CodeDuplicate, "", "the same as an entry before it")
	})
	slices.SortStableFunc(c.problems[first:], func(a, b *Problem) int { return a.Index - b.Index })
	c.redundantOrigins(set)
	if config.AllowAnyOrigin && config.Credentials {
		c.fault("allowAnyOrigin", -1, "", CodeAnyWithCredentials, "", "browsers refuse * to requests with credentials, and reflecting any origin instead would give every site the user's data; list the origins")
	}
	if config.AllowAnyOrigin && len(config.Origins) > 0 {
		c.warn("origins", -1, "", CodeRedundant, "", "allowAnyOrigin (AllowAnyOrigin) allows all origins")
	}
	if config.AlwaysSendOrigin && (len(config.Origins) != 1 || config.AllowAnyOrigin || config.DangerouslyAllowNullOrigin || set.exact.size != 1) {
		c.fault("alwaysSendOrigin", -1, "", CodeNotStatic, "", "it wants exactly one origin, without wildcard or list")
	}
}

// redundantOrigins warns of exact origins that a pattern allows anyway.
func (c *compilation) redundantOrigins(set *originSet) {
	byPort, anyPort := set.byPort.Load(), set.anyPort.Load()
	if byPort == nil && anyPort == nil {
		return
	}
	for i, s := range c.config.Origins {
		if !set.exact.contains(s) {
			continue
		}
		if by, ok := matchPatterns(s, byPort, anyPort); ok {
			c.warn("origins", i, s, CodeRedundant, "", fmt.Sprintf("%s allows it already", by))
		}
	}
}

// admit parses an entry of Origins and refuses what the rest of the Config makes
// dangerous.
func admit(s string, config *Config) (pattern, *Problem) {
	p, fault := parsePattern(s)
	if fault != nil {
		return p, &Problem{Field: "origins", Value: s, Pos: fault.pos, Code: fault.code, Meant: meantEntry(fault.meant, config), Hint: fault.hint}
	}
	if config.Credentials && !config.DangerouslyAllowInsecureOrigins && p.insecure() {
		meant := ""
		if host, ok := strings.CutPrefix(s, "http://"); ok && !strings.Contains(host, ":") {
			meant = meantEntry(meantPattern("https://"+host), config)
		}
		return p, &Problem{Field: "origins", Value: s, Code: CodeInsecureOrigin, Meant: meant,
			Hint: "with credentials, whoever can change an http page on its way acts as the user; if you must, set dangerouslyAllowInsecureOrigins (DangerouslyAllowInsecureOrigins)"}
	}
	if !config.DangerouslyAllowPublicSuffixes && p.underPublicSuffix() {
		return p, &Problem{Field: "origins", Value: s, Pos: strings.IndexByte(s, '*'), Code: CodePublicSuffix,
			Hint: fmt.Sprintf("anybody can have a name under %s; list your own domains, or if you must, set dangerouslyAllowPublicSuffixes (DangerouslyAllowPublicSuffixes)", p.base())}
	}
	return p, nil
}

// meantEntry returns s if config admits it, or what is meant by it in its turn: a guess that would be refused as well helps nobody.
func meantEntry(s string, config *Config) string {
	if s == "" {
		return ""
	}
	if _, problem := admit(s, config); problem != nil {
		return problem.Meant
	}
	return s
}

func (c *compilation) methods() {
	const field = "methods"
	if c.tooMany(field, c.config.Methods) {
		return
	}
	var methods []string
	for i, m := range c.config.Methods {
		normalized := httpspec.NormalizeMethod(m)
		switch {
		case m == "":
			c.fault(field, i, m, CodeEmpty, "", "leave the entry out, or write a method such as PUT")
			continue
		case m == httpspec.Wildcard:
			c.policy.anyMethod = true
			continue
		case !httpspec.IsToken(m):
			c.fault(field, i, m, CodeNotToken, meantMethod(m), "a method has letters, digits and !#$%&'*+-.^_`|~ only; write one to an entry")
			continue
		case len(m) > maxMethodLength:
			c.fault(field, i, m, CodeTooLong, "", fmt.Sprintf("a method has at most %d bytes", maxMethodLength))
			continue
		case httpspec.IsForbiddenMethod(m):
			c.fault(field, i, m, CodeForbiddenMethod, "", "browsers refuse to send it")
			continue
		case normalized != m:
			c.warn(field, i, m, CodeNormalized, normalized, "browsers send it in upper case")
		default:
			if meant := misspeltMethod(m); meant != "" {
				c.fault(field, i, m, CodeMisspelt, meant, "methods are case-sensitive, and no request would ever match")
				continue
			}
		}
		if slices.Contains(methods, normalized) {
			c.warn(field, i, m, CodeDuplicate, "", "the same as an entry before it")
			continue
		}
		methods = append(methods, normalized)
	}
	if c.policy.anyMethod && len(c.config.Methods) > 1 {
		c.warn(field, -1, "", CodeRedundant, "", "* allows all methods")
	}
	if c.policy.anyMethod {
		methods = nil
	}
	slices.Sort(methods)
	c.policy.methods = methods
}

func (c *compilation) requestHeaders() {
	const field = "requestHeaders"
	if c.tooMany(field, c.config.RequestHeaders) {
		return
	}
	var names []string
	for i, name := range c.config.RequestHeaders {
		switch {
		case name == httpspec.Wildcard:
			c.policy.anyHeader = true
			continue
		case !c.headerName(field, i, name):
			continue
		case httpspec.IsForbiddenRequestHeaderName(name):
			c.fault(field, i, name, CodeForbiddenHeader, "", "browsers do not let pages set it")
			continue
		}
		names = c.addName(field, i, names, name)
	}
	if c.policy.anyHeader {
		for _, name := range names {
			if !httpspec.IsCORSNonWildcardRequestHeaderName(name) {
				c.warn(field, -1, "", CodeRedundant, "", "* allows all headers but Authorization")
				break
			}
		}
		names = slices.DeleteFunc(names, func(name string) bool { return !httpspec.IsCORSNonWildcardRequestHeaderName(name) })
	}
	slices.Sort(names)
	c.policy.headerNames = names
}

func (c *compilation) exposedHeaders() {
	const field = "exposedHeaders"
	if c.tooMany(field, c.config.ExposedHeaders) {
		return
	}
	var names []string
	for i, name := range c.config.ExposedHeaders {
		switch {
		case name == httpspec.Wildcard:
			c.policy.exposeAll = true
			if c.config.Credentials {
				c.fault(field, i, name, CodeAnyWithCredentials, "", "browsers do not take * for a wildcard with credentials; list the headers")
			}
			continue
		case !c.headerName(field, i, name):
			continue
		case httpspec.IsForbiddenResponseHeaderName(name):
			c.fault(field, i, name, CodeForbiddenHeader, "", "browsers show it to no page")
			continue
		case httpspec.IsCORSSafelistedResponseHeaderName(name):
			c.warn(field, i, name, CodeRedundant, "", "browsers show it to every page that may read")
			continue
		}
		names = c.addName(field, i, names, name)
	}
	if c.policy.exposeAll {
		if len(names) > 0 {
			c.warn(field, -1, "", CodeRedundant, "", "* exposes all headers")
		}
		names = nil
	}
	slices.Sort(names)
	c.policy.exposedNames = names
}

// headerName reports whether name can be a header's, and otherwise why not.
func (c *compilation) headerName(field string, i int, name string) bool {
	switch {
	case name == "":
		c.fault(field, i, name, CodeEmpty, "", "leave the entry out, or write a header name")
	case !httpspec.IsToken(name):
		c.fault(field, i, name, CodeNotToken, meantHeader(name), "a header name has letters, digits and !#$%&'*+-.^_`|~ only; write one to an entry")
	case len(name) > maxHeaderNameLength:
		c.fault(field, i, name, CodeTooLong, "", fmt.Sprintf("a header name has at most %d bytes", maxHeaderNameLength))
	case isProtocolHeader(name):
		c.fault(field, i, name, CodeProtocolHeader, "", "it is part of CORS itself, and no page's to set or to read")
	default:
		meant := misspeltHeader(name)
		if meant == "" {
			return true
		}
		c.fault(field, i, name, CodeMisspelt, meant, "one slip away from a well-known header")
	}
	return false
}

// isProtocolHeader reports whether name is one of CORS's own.
func isProtocolHeader(name string) bool {
	const prefix = "access-control-"
	return len(name) >= len(prefix) && httpspec.EqualFold(name[:len(prefix)], prefix)
}

func (c *compilation) addName(field string, i int, names []string, name string) []string {
	lower := httpspec.Lower(name)
	if slices.Contains(names, lower) {
		c.warn(field, i, name, CodeDuplicate, "", "the same as an entry before it")
		return names
	}
	return append(names, lower)
}

func (c *compilation) tooMany(field string, list []string) bool {
	if len(list) <= maxListed {
		return false
	}
	c.fault(field, -1, "", CodeOutOfRange, "", fmt.Sprintf("at most %d entries", maxListed))
	return true
}

func (c *compilation) rest() {
	config := &c.config
	if age := config.MaxAgeSeconds; age < maxAgeNever || age > maxAgeHighest {
		meant := ""
		if age > maxAgeHighest {
			meant = fmt.Sprint(maxAgeHighest)
		}
		c.report(Problem{Field: "maxAgeSeconds", Index: -1, Value: fmt.Sprint(age), Code: CodeOutOfRange, Meant: meant,
			Hint: fmt.Sprintf("1 to %d seconds, 0 to leave it to browsers, %d to forbid remembering", maxAgeHighest, maxAgeNever)})
	}
	if status := config.PreflightStatus; status != 0 && (status < 200 || status > 299) {
		c.report(Problem{Field: "preflightStatus", Index: -1, Value: fmt.Sprint(status), Code: CodeOutOfRange,
			Hint: "200 to 299: browsers take a preflight with any other status for a refusal"})
	}
	switch policy := config.CrossOriginResourcePolicy; policy {
	case "", "same-origin", "same-site", "cross-origin":
	default:
		meant := ""
		if lower := httpspec.Lower(strings.TrimSpace(policy)); lower == "same-origin" || lower == "same-site" || lower == "cross-origin" {
			meant = lower
		}
		c.report(Problem{Field: "crossOriginResourcePolicy", Index: -1, Value: policy, Code: CodeUnknownName, Meant: meant,
			Hint: "same-origin, same-site or cross-origin, in lower case"})
	}
}
