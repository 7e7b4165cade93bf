package policyfile

import (
	"fmt"
	"strings"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/internal/policytext"
)

// The causes that are the file's own. A mistake in a policy or a route has the code that
// package cors gives it.
const (
	CodeTooLarge     cors.Code = "too-large"     // more than a policy file can be
	CodeSyntax       cors.Code = "syntax"        // not YAML, or not JSON
	CodeUnsupported  cors.Code = "unsupported"   // YAML that this format does without: anchors, tags, several documents
	CodeNull         cors.Code = "null"          // nothing, where something must be
	CodeType         cors.Code = "type"          // a list where a text must be, and the like
	CodeUnknownField cors.Code = "unknown-field" // a name that is no field's
	CodeMissing      cors.Code = "missing"       // a field that must be there
	CodeValue        cors.Code = "value"         // a text that is none of the words, or cannot be read
)

// Problem is one mistake in a policy file. The zero Problem is none and is never
// returned.
type Problem struct {
	// Line and Column are from 1, the column in characters; 0 where the whole file is
	// meant.
	Line   int `json:"line"`
	Column int `json:"column"`
	// Code is the cause.
	Code cors.Code `json:"code"`
	// Severity is cors.SeverityWarning for what works all the same.
	Severity cors.Severity `json:"severity"`
	// Message says what is wrong, Hint what to do; the latter may be empty.
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	// Excerpt is the line in the file, cut, and Caret the number of columns before the
	// fault in it. Excerpt is empty where Line is 0.
	Excerpt string `json:"excerpt,omitempty"`
	Caret   int    `json:"-"`
}

var _ error = (*Problem)(nil)

// Error returns one line: "policyfile: 3:14: message: hint".
func (p *Problem) Error() string { return p.in("") }

// in is Error with the name of the file, if there is one.
func (p *Problem) in(name string) string {
	place := name
	if p.Line > 0 {
		place = strings.TrimPrefix(fmt.Sprintf("%s:%d:%d", name, p.Line, p.Column), ":")
	}
	parts := []string{"policyfile"}
	for _, part := range []string{place, p.Message, p.Hint} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ": ")
}

// Error is that a file cannot be used: everything that is wrong in it, from its first
// line to its last, warnings included.
type Error struct {
	// Name is the file's, as it was given; empty for what was in memory.
	Name string
	// Problems has at least one member of cors.SeverityError.
	Problems []*Problem
}

var _ error = (*Error)(nil)

// Error returns the problems that are no warnings, one a line:
// "policyfile: cors.yaml:3:14: message: hint".
func (e *Error) Error() string {
	var lines []string
	for _, p := range e.Problems {
		if p.Severity == cors.SeverityError {
			lines = append(lines, p.in(e.Name))
		}
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the problems that are no warnings.
func (e *Error) Unwrap() []error {
	var errs []error
	for _, p := range e.Problems {
		if p.Severity == cors.SeverityError {
			errs = append(errs, p)
		}
	}
	return errs
}

func problems(faults []*policytext.Fault) []*Problem {
	var list []*Problem
	for _, f := range faults {
		list = append(list, (*Problem)(f))
	}
	return list
}
