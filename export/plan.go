package export

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/internal/httpspec"
)

// plan is a policy as servers have it to be said: headers and their values, and
// the origins as texts to compare and regular expressions.
type plan struct {
	config cors.Config // in normal form
	rules  []originRule

	// static is the one value that Access-Control-Allow-Origin ever has, or "".
	static string

	// anyMethod and anyHeader say that what a preflight asks for is said back,
	// because with credentials "*" is no wildcard. Then methods and headers are "".
	anyMethod, anyHeader bool
	// authorization says that anyHeader includes that header.
	authorization bool

	methods, headers, expose string
	maxAge                   string
	status                   int
	// preflightVary is the Vary of preflights, or "".
	preflightVary string

	notes []Note
}

// The values of headers that are the same in all languages.
const (
	separator     = ", "
	preflightVary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
)

// backendHeaders are the headers of the backend that the policy replaces.
func (p *plan) backendHeaders() []string {
	names := []string{
		httpspec.AccessControlAllowOrigin,
		httpspec.AccessControlAllowCredentials,
		httpspec.AccessControlAllowMethods,
		httpspec.AccessControlAllowHeaders,
		httpspec.AccessControlMaxAge,
		httpspec.AccessControlExposeHeaders,
	}
	if p.config.TimingAllowOrigin {
		names = append(names, httpspec.TimingAllowOrigin)
	}
	if p.config.CrossOriginResourcePolicy != "" {
		names = append(names, httpspec.CrossOriginResourcePolicy)
	}
	return names
}

// newPlan takes the Config of a compiled policy.
func newPlan(config cors.Config) *plan {
	p := &plan{config: config, status: config.PreflightStatus}
	if p.status == 0 {
		p.status = http.StatusNoContent
	}
	if !config.AllowAnyOrigin {
		for _, text := range config.Origins {
			p.rules = append(p.rules, parseRule(text))
		}
		if config.DangerouslyAllowNullOrigin {
			p.rules = append(p.rules, originRule{text: "null", exact: true})
		}
	}
	switch {
	case config.AllowAnyOrigin:
		p.static = httpspec.Wildcard
	case config.AlwaysSendOrigin:
		p.static = config.Origins[0]
	}
	p.methods, p.anyMethod = strings.Join(config.Methods, separator), false
	if slices.Contains(config.Methods, httpspec.Wildcard) && config.Credentials {
		p.methods, p.anyMethod = "", true
	}
	p.headers = strings.Join(config.RequestHeaders, separator)
	if slices.Contains(config.RequestHeaders, httpspec.Wildcard) && config.Credentials {
		p.headers, p.anyHeader = "", true
		p.authorization = slices.Contains(config.RequestHeaders, "authorization")
	}
	p.expose = strings.Join(config.ExposedHeaders, separator)
	switch {
	case config.MaxAgeSeconds > 0:
		p.maxAge = strconv.Itoa(config.MaxAgeSeconds)
	case config.MaxAgeSeconds < 0:
		p.maxAge = "0"
	}
	if config.PreflightVary {
		p.preflightVary = preflightVary
	}
	return p
}

func (p *plan) anyOrigin() bool { return p.config.AllowAnyOrigin }

func (p *plan) hasRule(is func(*originRule) bool) bool {
	return slices.ContainsFunc(p.rules, func(r originRule) bool { return is(&r) })
}

// exact returns the origins to compare as they are.
func (p *plan) exact() []string {
	var texts []string
	for i := range p.rules {
		if p.rules[i].exact {
			texts = append(texts, p.rules[i].text)
		}
	}
	return texts
}

// regexps returns regular expressions for all other origins.
func (p *plan) regexps() []string {
	var all []string
	for i := range p.rules {
		if !p.rules[i].exact {
			all = append(all, p.rules[i].regexps()...)
		}
	}
	return all
}

// allRegexps returns regular expressions for all origins.
func (p *plan) allRegexps() []string {
	var all []string
	for i := range p.rules {
		all = append(all, p.rules[i].regexps()...)
	}
	return all
}
