package cors

import (
	"fmt"
	"strings"
)

// Code is the cause of a [Problem]. Its text is stable and fit for JSON.
type Code string

// The causes. Those of a wrong origin name the leftmost fault.
const (
	// Of any field.
	CodeEmpty     Code = "empty"     // an entry that is the empty string
	CodeDuplicate Code = "duplicate" // warning: said before
	CodeRedundant Code = "redundant" // warning: another entry, or the browser, allows it already

	// Of origins.
	CodeNoOrigins          Code = "no-origins"           // nothing would ever be allowed
	CodeAnyOrigin          Code = "any-origin"           // "*" in a list
	CodeNull               Code = "null-origin"          // "null" in a list
	CodeMalformed          Code = "malformed"            // not an origin, for a rarer cause
	CodeMissingScheme      Code = "missing-scheme"       // example.com
	CodeBadScheme          Code = "bad-scheme"           // no scheme, or one that no page's origin has
	CodeBadHost            Code = "bad-host"             // a byte or a label that no host has
	CodeBadAddress         Code = "bad-address"          // not an IP address as browsers write it
	CodeBadPort            Code = "bad-port"             // not a number up to 65535
	CodeBadList            Code = "bad-list"             // braces that do not list schemes or ports
	CodeTooLong            Code = "too-long"             // longer than an origin can be
	CodeUpperCase          Code = "upper-case"           // browsers write origins in lower case
	CodeUnicodeHost        Code = "unicode-host"         // browsers write punycode
	CodeDefaultPort        Code = "default-port"         // browsers leave it out
	CodeTrailingSlash      Code = "trailing-slash"       // an origin has none
	CodePath               Code = "path"                 // a path, query or fragment
	CodeUserinfo           Code = "userinfo"             // user:password@
	CodeSeveral            Code = "several"              // more than one origin in one entry
	CodeWhitespace         Code = "whitespace"           // blanks, control characters or quotes
	CodeWildcardPlace      Code = "wildcard-place"       // not the first label, nor the port
	CodeWildcardInLabel    Code = "wildcard-in-label"    // https://pr-*.example.com
	CodePublicSuffix       Code = "public-suffix"        // https://*.com, https://*.github.io
	CodeInsecureOrigin     Code = "insecure-origin"      // http with credentials
	CodeAnyWithCredentials Code = "any-with-credentials" // AllowAnyOrigin or "*" with Credentials
	CodeNotStatic          Code = "not-static"           // AlwaysSendOrigin wants one exact origin

	// Of methods and header names.
	CodeNotToken        Code = "not-token"        // a byte that no method or header name has
	CodeForbiddenMethod Code = "forbidden-method" // browsers refuse to send it
	CodeForbiddenHeader Code = "forbidden-header" // browsers refuse to send it, or to show it
	CodeProtocolHeader  Code = "protocol-header"  // part of CORS itself
	CodeMisspelt        Code = "misspelt"         // one slip away from a well-known name
	CodeNormalized      Code = "normalized"       // warning: browsers send it in upper case

	// Of the rest.
	CodeOutOfRange  Code = "out-of-range"
	CodeUnknownName Code = "unknown-name" // of a policy, or a value from a fixed set
	CodeBadPath     Code = "bad-path"     // not a path pattern of net/http; warning: a host of one label
	CodeConflict    Code = "conflict"     // a path pattern that another one contradicts
)

// Severity tells what must be repaired from what should be known.
type Severity uint8

const (
	// SeverityError: the Config is refused.
	SeverityError Severity = iota
	// SeverityWarning: the Config works, but says something twice or in vain.
	SeverityWarning
)

// String returns "error" or "warning".
func (s Severity) String() string {
	if s == SeverityWarning {
		return "warning"
	}
	return "error"
}

// MarshalText implements [encoding.TextMarshaler].
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Problem is one mistake in a [Config] or [RoutesConfig]. The zero Problem is
// none and is never returned.
type Problem struct {
	// Policy is the name of the policy in a RoutesConfig, and empty elsewhere.
	Policy string `json:"policy,omitempty"`
	// Field is the JSON name of the field, such as "origins".
	Field string `json:"field"`
	// Index is the place in the field's list, from 0, and -1 if it has no list or
	// the whole of it is meant.
	Index int `json:"index"`
	// Value is what was written there, or "".
	Value string `json:"value"`
	// Pos is where in Value the fault begins, in bytes, from 0.
	Pos int `json:"pos"`
	// Code is the cause.
	Code Code `json:"code"`
	// Severity is error if nothing else is said.
	Severity Severity `json:"severity"`
	// Meant is the value that was probably meant, or "" if that is anybody's
	// guess. It would be accepted in place of Value.
	Meant string `json:"meant,omitempty"`
	// Hint says in a few words why, or what to do. It is never empty.
	Hint string `json:"hint"`
}

var _ error = (*Problem)(nil)

// maxQuoted bounds what is repeated, in messages and logs, of a value from
// outside.
const maxQuoted = 100

// Error returns one line of the form
//
//	cors: origins[2]: "https://Example.com": upper-case: write "https://example.com" (browsers write origins in lower case)
//
// with control characters escaped and long values cut.
func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString("cors: ")
	if p.Policy != "" {
		fmt.Fprintf(&b, "policy %s: ", quote(p.Policy))
	}
	b.WriteString(p.Field)
	if p.Index >= 0 {
		fmt.Fprintf(&b, "[%d]", p.Index)
	}
	b.WriteString(": ")
	if p.Value != "" {
		b.WriteString(quote(p.Value) + ": ")
	}
	b.WriteString(string(p.Code) + ": ")
	if p.Meant != "" {
		fmt.Fprintf(&b, "write %s (%s)", quote(p.Meant), p.Hint)
	} else {
		b.WriteString(p.Hint)
	}
	return b.String()
}

// quote returns s in Go's double quotes, ASCII only and of bounded length.
func quote(s string) string {
	if len(s) > maxQuoted {
		return fmt.Sprintf("%+q...", s[:maxQuoted])
	}
	return fmt.Sprintf("%+q", s)
}

// ConfigError is the error of [New], [Compile] and [NewRoutes]: all mistakes at
// once, in the order of the fields and, within one, of the entries. Use
// errors.As with a *[Problem] for the first of them, or range over Problems.
type ConfigError struct {
	// Problems has at least one member, all of [SeverityError].
	Problems []*Problem `json:"problems"`
}

// Error returns the problems, one a line.
func (e *ConfigError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the problems as errors.
func (e *ConfigError) Unwrap() []error {
	errs := make([]error, len(e.Problems))
	for i, p := range e.Problems {
		errs[i] = p
	}
	return errs
}

// configError returns nil if there is nothing but warnings.
func configError(problems []*Problem) error {
	var errs []*Problem
	for _, p := range problems {
		if p.Severity == SeverityError {
			errs = append(errs, p)
		}
	}
	if errs == nil {
		return nil
	}
	return &ConfigError{errs}
}
