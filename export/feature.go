package export

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

// Feature is something that a policy can ask for, or that package cors does
// without being asked. The names are stable.
type Feature string

// The features. The last group is of what every policy needs.
const (
	FeatureOrigins             Feature = "origins"
	FeatureSubdomains          Feature = "subdomains"
	FeaturePorts               Feature = "ports"
	FeatureNull                Feature = "null-origin"
	FeatureAnyOrigin           Feature = "any-origin"
	FeatureAlwaysSendOrigin    Feature = "always-send-origin"
	FeatureCredentials         Feature = "credentials"
	FeatureAnyMethod           Feature = "any-method"
	FeatureAnyHeader           Feature = "any-header"
	FeatureOwnMethods          Feature = "own-methods"
	FeatureMaxAge              Feature = "max-age"
	FeaturePreflightStatus     Feature = "preflight-status"
	FeaturePreflightVary       Feature = "preflight-vary"
	FeatureTimingAllowOrigin   Feature = "timing-allow-origin"
	FeatureResourcePolicy      Feature = "resource-policy"
	FeatureRejectRefused       Feature = "reject-refused-requests"
	FeatureUnderscoreHeaders   Feature = "underscore-headers"
	FeatureUnusualNames        Feature = "unusual-names"
	FeatureLongLists           Feature = "long-lists"
	FeatureSeveralPolicies     Feature = "several-policies"
	FeatureVary                Feature = "vary"
	FeatureErrors              Feature = "errors"
	FeaturePreflightsKept      Feature = "preflights-kept"
	FeatureBackendHeaders      Feature = "backend-headers"
	FeatureRepeatedOrigin      Feature = "repeated-origin"
	FeatureRefusedPreflight    Feature = "refused-preflight"
	FeatureRequestsOfOwnOrigin Feature = "no-origin"
)

// feature is what there is to say of a Feature, and when a policy needs it.
type feature struct {
	name  Feature
	title string
	// field is the JSON name in cors.Config, or "" for what every policy needs.
	field string
	used  func(*plan) bool
}

func always(*plan) bool { return true }

// never is for what [engine.judge] finds in the lists, entry by entry, and for what
// no policy says.
func never(*plan) bool { return false }

func usesOrigins(p *plan) bool { return p.static == "" }

var features = []feature{
	{FeatureOrigins, "several origins, each named to the letter", "origins", usesOrigins},
	{FeatureSubdomains, "patterns for subdomains", "origins", func(p *plan) bool { return p.hasRule(func(r *originRule) bool { return r.subdomains }) }},
	{FeaturePorts, "lists of ports, any port, lists of schemes", "origins", func(p *plan) bool {
		return p.hasRule(func(r *originRule) bool { return r.anyPort || len(r.ports) > 1 || len(r.schemes) > 1 })
	}},
	{FeatureNull, "the origin null", "dangerouslyAllowNullOrigin", func(p *plan) bool { return p.config.DangerouslyAllowNullOrigin }},
	{FeatureAnyOrigin, "every origin", "allowAnyOrigin", func(p *plan) bool { return p.config.AllowAnyOrigin }},
	{FeatureAlwaysSendOrigin, "one origin in every answer, without Vary", "alwaysSendOrigin", func(p *plan) bool { return p.config.AlwaysSendOrigin }},
	{FeatureCredentials, "credentials", "credentials", func(p *plan) bool { return p.config.Credentials }},
	{FeatureAnyMethod, "every method, with credentials too", "methods", func(p *plan) bool { return slices.Contains(p.config.Methods, httpspec.Wildcard) }},
	{FeatureAnyHeader, "every header but Authorization, with credentials too", "requestHeaders", func(p *plan) bool {
		return slices.Contains(p.config.RequestHeaders, httpspec.Wildcard) && !slices.Contains(p.config.RequestHeaders, "authorization")
	}},
	{FeatureOwnMethods, "methods that are in no registry", "methods", func(p *plan) bool { return slices.ContainsFunc(p.config.Methods, isOwnMethod) }},
	{FeatureMaxAge, "for how long a preflight is remembered", "maxAgeSeconds", func(p *plan) bool { return p.maxAge != "" }},
	{FeaturePreflightStatus, "a status for preflights other than 204", "preflightStatus", func(p *plan) bool { return p.status != 204 }},
	{FeaturePreflightVary, "Vary on preflights", "preflightVary", func(p *plan) bool { return p.config.PreflightVary }},
	{FeatureTimingAllowOrigin, "Timing-Allow-Origin", "timingAllowOrigin", func(p *plan) bool { return p.config.TimingAllowOrigin }},
	{FeatureResourcePolicy, "Cross-Origin-Resource-Policy", "crossOriginResourcePolicy", func(p *plan) bool { return p.config.CrossOriginResourcePolicy != "" }},
	{FeatureRejectRefused, "403 for the requests of other origins", "rejectRefusedRequests", func(p *plan) bool { return p.config.RejectRefusedRequests }},
	{FeatureUnderscoreHeaders, "request headers with an underscore", "requestHeaders", func(p *plan) bool {
		return strings.Contains(strings.Join(p.config.RequestHeaders, ","), "_")
	}},
	{FeatureUnusualNames, "names with other bytes than letters, digits and - _ .", "", never},
	{FeatureLongLists, "lists of names of any length", "", never},
	{FeatureSeveralPolicies, "different policies for different paths", "", never},
	{FeatureVary, "Vary: Origin on every answer", "", usesOrigins},
	{FeatureErrors, "headers on 404, 500 and where the backend is dead", "", always},
	{FeaturePreflightsKept, "preflights do not reach the backend", "", always},
	{FeatureBackendHeaders, "the backend's own CORS headers are removed", "", always},
	{FeatureRepeatedOrigin, "a request with two Origin lines is refused", "", usesOrigins},
	{FeatureRefusedPreflight, "a preflight of a refused origin gets 403", "", always},
	{FeatureRequestsOfOwnOrigin, "answers to requests without Origin are right in caches", "", always},
}

// isOwnMethod reports whether m is none of the methods of HTTP and WebDAV, which all
// servers know; "*" allows such methods as well.
func isOwnMethod(m string) bool {
	return !slices.Contains(strings.Fields(`
		ACL BIND CHECKOUT COPY DELETE GET HEAD LINK LOCK MERGE MKACTIVITY MKCALENDAR MKCOL MOVE OPTIONS PATCH POST
		PROPFIND PROPPATCH PUT REBIND REPORT SEARCH UNBIND UNLINK UNLOCK`), m)
}

// Features returns all features, always in the same order.
func Features() []Feature {
	all := make([]Feature, len(features))
	for i, f := range features {
		all[i] = f.name
	}
	return all
}

// Title returns what the feature is, in a few words, or "" if there is no such
// feature.
func (f Feature) Title() string {
	for i := range features {
		if features[i].name == f {
			return features[i].title
		}
	}
	return ""
}

// Level says how far a target supports a feature.
type Level uint8

const (
	// LevelFull: as package cors does.
	LevelFull Level = iota
	// LevelPartly: in another way, or not at all but so that pages may do less, never
	// more. A policy that uses it gets a [Note], unless no browser would notice.
	LevelPartly
	// LevelNone: pages could do more than the policy says, or none of what it says.
	// A policy that uses it is refused.
	LevelNone
)

// String returns "full", "partly" or "none".
func (l Level) String() string {
	switch l {
	case LevelFull:
		return "full"
	case LevelPartly:
		return "partly"
	}
	return "none"
}

// MarshalText implements [encoding.TextMarshaler].
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// Support is what a target makes of a feature.
type Support struct {
	Feature Feature `json:"feature"`
	Level   Level   `json:"level"`
	// Text is a sentence, or "" if there is nothing to say.
	Text string `json:"text,omitempty"`
}

// Unsupported is one thing in a policy that a target cannot express.
type Unsupported struct {
	Feature Feature `json:"feature"`
	// Field is the JSON name of the field in cors.Config.
	Field string `json:"field"`
	// Index is the place in the field's list, in normal form, from 0; -1 if it has
	// none or the whole of it is meant.
	Index int `json:"index"`
	// Value is what stands there, or "".
	Value string `json:"value,omitempty"`
	// Hint says why, and what to do.
	Hint string `json:"hint"`
}

// UnsupportedError is the error of [Render] for a policy that the target would get
// wrong: everything at once.
type UnsupportedError struct {
	Target Target `json:"target"`
	// Problems has at least one member.
	Problems []Unsupported `json:"problems"`
}

// Error returns the problems, one a line.
func (e *UnsupportedError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		where := p.Field
		if p.Index >= 0 {
			where = fmt.Sprintf("%s[%d]", p.Field, p.Index)
		}
		if p.Value != "" {
			where += ": " + quote(p.Value)
		}
		lines[i] = fmt.Sprintf("export: %s: %s: %s: %s", e.Target, where, p.Feature, p.Hint)
	}
	return strings.Join(lines, "\n")
}

// judge says what e makes of p.
func (e *engine) judge(p *plan) ([]Note, error) {
	notes := []Note{}
	var problems []Unsupported
	for _, f := range features {
		dep := e.departs[f.name]
		switch {
		case dep.level == LevelFull || dep.quiet || !f.used(p):
		case dep.level == LevelNone:
			problems = append(problems, Unsupported{f.name, f.field, -1, "", dep.text})
		default:
			notes = append(notes, Note{f.name, dep.text})
		}
	}
	for _, list := range []struct {
		field   string
		members []string
	}{{"methods", p.config.Methods}, {"requestHeaders", p.config.RequestHeaders}, {"exposedHeaders", p.config.ExposedHeaders}} {
		bytes := 0
		for i, name := range list.members {
			bytes += len(name) + len(", ")
			if e.limits.plainTokens && name != httpspec.Wildcard && !isPlainToken(name) {
				problems = append(problems, Unsupported{FeatureUnusualNames, list.field, i, name, e.departs[FeatureUnusualNames].text})
			}
		}
		if e.limits.listBytes > 0 && bytes > e.limits.listBytes {
			problems = append(problems, Unsupported{FeatureLongLists, list.field, -1, "", e.departs[FeatureLongLists].text})
		}
	}
	if problems != nil {
		return nil, &UnsupportedError{e.target, problems}
	}
	return notes, nil
}

// isPlainToken reports whether s means itself in the languages of all targets.
func isPlainToken(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return s != ""
}
