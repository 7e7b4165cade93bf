package policytext

import (
	"slices"
	"strings"

	"github.com/corscope/corscope/cors"
)

// The causes that are the file's own. Package policyfile documents them.
const (
	CodeTooLarge     cors.Code = "too-large"
	CodeSyntax       cors.Code = "syntax"
	CodeUnsupported  cors.Code = "unsupported"
	CodeNull         cors.Code = "null"
	CodeType         cors.Code = "type"
	CodeUnknownField cors.Code = "unknown-field"
	CodeMissing      cors.Code = "missing"
	CodeValue        cors.Code = "value"
)

// Fault is one mistake in a policy file: policyfile.Problem, which documents it, and
// which it can be converted to.
type Fault struct {
	Line     int
	Column   int
	Code     cors.Code
	Severity cors.Severity
	Message  string
	Hint     string
	Excerpt  string
	Caret    int
}

// Faults collects what is wrong in one file.
type Faults struct {
	lines []string
	list  []*Fault
}

// Report adds an error, and returns it to be changed.
func (fs *Faults) Report(at Position, code cors.Code, message, hint string) *Fault {
	f := &Fault{Line: at.Line, Column: at.Column, Code: code, Message: message, Hint: hint}
	fs.list = append(fs.list, f)
	return f
}

// Bad reports whether there is an error among the faults so far.
func (fs *Faults) Bad() bool {
	return slices.ContainsFunc(fs.list, func(f *Fault) bool { return f.Severity == cors.SeverityError })
}

// maxExcerpt is in characters.
const maxExcerpt = 120

// Finish returns the faults sorted by place, each with its line in the file, and whether
// one of them is an error.
func (fs *Faults) Finish() (all []*Fault, bad bool) {
	slices.SortStableFunc(fs.list, func(a, b *Fault) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	for _, f := range fs.list {
		if f.Line < 1 || f.Line > len(fs.lines) {
			continue
		}
		line := []rune(fs.lines[f.Line-1])
		start := 0
		if f.Column > maxExcerpt-20 {
			start = min(f.Column-maxExcerpt/2, len(line))
		}
		end := min(start+maxExcerpt, len(line))
		f.Excerpt = strings.ReplaceAll(string(line[start:end]), "\t", " ")
		f.Caret = max(f.Column-1-start, 0)
	}
	return fs.list, fs.Bad()
}
