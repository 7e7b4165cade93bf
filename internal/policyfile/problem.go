package policyfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corscope/corscope/cors"
)

// Code is the cause of a [Problem]. Its text is stable and fit for JSON. A mistake in a
// policy or a route has the code that package cors gives it.
type Code string

// The causes that are the file's own.
const (
	CodeTooLarge     Code = "too-large"     // more than a policy file can be
	CodeSyntax       Code = "syntax"        // not YAML, or not JSON
	CodeUnsupported  Code = "unsupported"   // YAML that this format does without: anchors, tags, several documents
	CodeNull         Code = "null"          // nothing, where something must be
	CodeType         Code = "type"          // a list where a text must be, and the like
	CodeUnknownField Code = "unknown-field" // a name that is no field's
	CodeMissing      Code = "missing"       // a field that must be there
	CodeValue        Code = "value"         // a text that is none of the words, or cannot be read
)

// Problem is one mistake in a policy file.
type Problem struct {
	// Line and Column are from 1, the column in characters; 0 where the whole file is
	// meant.
	Line   int `json:"line"`
	Column int `json:"column"`
	// Code is the cause.
	Code Code `json:"code"`
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
func (p *Problem) Error() string {
	s := "policyfile: "
	if p.Line > 0 {
		s += fmt.Sprintf("%d:%d: ", p.Line, p.Column)
	}
	s += p.Message
	if p.Hint != "" {
		s += ": " + p.Hint
	}
	return s
}

// Error is that a file cannot be used: everything that is wrong in it, from its first
// line to its last.
type Error struct {
	// Problems has at least one member of cors.SeverityError.
	Problems []*Problem
}

var _ error = (*Error)(nil)

// Error returns the problems, one a line.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the problems as errors.
func (e *Error) Unwrap() []error {
	errs := make([]error, len(e.Problems))
	for i, p := range e.Problems {
		errs[i] = p
	}
	return errs
}

// problems collects what is wrong in one file.
type problems struct {
	lines []string
	list  []*Problem
}

func (ps *problems) report(at position, code Code, message, hint string) *Problem {
	p := &Problem{Line: at.line, Column: at.column, Code: code, Message: message, Hint: hint}
	ps.list = append(ps.list, p)
	return p
}

// bad reports whether there is an error among the problems so far.
func (ps *problems) bad() bool {
	return slices.ContainsFunc(ps.list, func(p *Problem) bool { return p.Severity == cors.SeverityError })
}

// maxExcerpt is in characters.
const maxExcerpt = 120

// finish sorts the problems, shows the line of each, and returns an *Error if one of
// them is an error.
func (ps *problems) finish() error {
	slices.SortStableFunc(ps.list, func(a, b *Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	for _, p := range ps.list {
		if p.Line < 1 || p.Line > len(ps.lines) {
			continue
		}
		line := []rune(ps.lines[p.Line-1])
		start := 0
		if p.Column > maxExcerpt-20 {
			start = min(p.Column-maxExcerpt/2, len(line))
		}
		end := min(start+maxExcerpt, len(line))
		p.Excerpt = strings.ReplaceAll(string(line[start:end]), "\t", " ")
		p.Caret = max(p.Column-1-start, 0)
	}
	if ps.bad() {
		return &Error{ps.list}
	}
	return nil
}
