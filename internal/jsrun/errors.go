package jsrun

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// SyntaxError is a script that cannot be parsed. Nothing of it has run.
type SyntaxError struct {
	// Name is the script's, as given to Run.
	Name string
	// Line and Column count from 1; 0 where the engine does not know.
	Line, Column int
	Message      string
	// Excerpt is the line in question, shortened, with a caret below the column; empty where the line is not known.
	Excerpt string
}

func (e *SyntaxError) Error() string {
	s := fmt.Sprintf("%s:%d:%d: SyntaxError: %s", e.Name, e.Line, e.Column, e.Message)
	if e.Line == 0 {
		s = fmt.Sprintf("%s: SyntaxError: %s", e.Name, e.Message)
	}
	if e.Excerpt != "" {
		s += "\n" + e.Excerpt
	}
	return s
}

// ScriptErrorKind tells how an error got out of the script.
type ScriptErrorKind string

// The kinds of [ScriptError].
const (
	UncaughtException  ScriptErrorKind = "uncaught-exception"
	UnhandledRejection ScriptErrorKind = "unhandled-rejection"
	// NeverSettled: the script awaits a promise at its top level, and nothing is left that could settle it.
	NeverSettled ScriptErrorKind = "never-settled"
)

// ScriptError is an error of the script itself that it did not handle.
type ScriptError struct {
	Kind ScriptErrorKind
	// Text is what was thrown, as the console would write it in one line.
	Text string
	// Stack holds one "    at function (name:line:column)" a line, without the frames of Corscope's own; may be empty.
	Stack string
	// Hint says what to do about a name that a page has and a script's page here has not; empty for all else.
	Hint string
}

func (e *ScriptError) Error() string {
	s := "Uncaught " + e.Text
	switch e.Kind {
	case UnhandledRejection:
		s = "Uncaught (in promise) " + e.Text
	case NeverSettled:
		s = e.Text
	}
	if e.Stack != "" {
		s += "\n" + e.Stack
	}
	if e.Hint != "" {
		s += "\n    " + e.Hint
	}
	return s
}

// TimeoutError says that the script did not end in time.
type TimeoutError struct {
	After time.Duration
}

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("the script did not end within %s", e.After)
}

// LimitCode names a limit of [Limits].
type LimitCode string

// The limits that end a script. Deep recursion is an error that the script can catch, and so an ordinary [ScriptError].
const (
	LimitMemory   LimitCode = "memory"
	LimitOutput   LimitCode = "output"
	LimitTimers   LimitCode = "timers"
	LimitRequests LimitCode = "requests"
	LimitModules  LimitCode = "modules"

	LimitModuleBytes LimitCode = "module-bytes"
	LimitModuleDepth LimitCode = "module-depth"
)

// LimitError says which limit ended the script.
type LimitError struct {
	Code LimitCode
	Max  int64
}

func (e *LimitError) Error() string {
	switch e.Code {
	case LimitMemory:
		return fmt.Sprintf("the script needs more than %d MiB of memory", e.Max>>20)
	case LimitOutput:
		return fmt.Sprintf("the script printed more than %d bytes", e.Max)
	case LimitTimers:
		return fmt.Sprintf("the script has more than %d timers pending", e.Max)
	case LimitModules:
		return fmt.Sprintf("the script imports more than %d modules", e.Max)
	case LimitModuleBytes:
		return fmt.Sprintf("the modules that the script imports have more than %d bytes together", e.Max)
	case LimitModuleDepth:
		return fmt.Sprintf("the script imports modules that import modules, more than %d deep", e.Max)
	}
	return fmt.Sprintf("the script has more than %d requests pending", e.Max)
}

// moduleLine matches a line that begins a declaration of import or export; import() and import.meta are expressions.
var moduleLine = regexp.MustCompile(`^\s*(import\s*["'{*]|import\s+[\pL_$]|export\s*[{*]|export\s+(default|const|let|var|function|class|async)\b)`)

// isModuleLine reports whether a line of a script, counted from 1, would be right in a module.
func isModuleLine(source string, line int) bool {
	lines := strings.SplitN(source, "\n", line+1)
	return line > 0 && line <= len(lines) && moduleLine.MatchString(lines[line-1])
}

// maxExcerpt is how many characters of a line an excerpt shows.
const maxExcerpt = 76

// endOf is the place behind the last character of a script that is no space, counted from 1.
func endOf(source string) (line, column int) {
	source = strings.TrimRight(source, " \t\r\n")
	last := source[strings.LastIndexByte(source, '\n')+1:]
	return strings.Count(source, "\n") + 1, utf8.RuneCountInString(last) + 1
}

// excerpt returns the line with a caret below the column, both counted from 1.
func excerpt(source string, line, column int) string {
	if line < 1 {
		return ""
	}
	for range line - 1 {
		_, rest, found := strings.Cut(source, "\n")
		if !found {
			return ""
		}
		source = rest
	}
	text, _, _ := strings.Cut(source, "\n")
	runes := []rune(strings.ToValidUTF8(strings.TrimRight(text, "\r"), "?"))
	at := min(max(column-1, 0), len(runes))
	start := 0
	if at > maxExcerpt-10 {
		start = at - maxExcerpt/2
	}
	shown := runes[start:min(len(runes), start+maxExcerpt)]
	for i, r := range shown {
		if r < ' ' || r == 0x7f {
			shown[i] = ' '
		}
	}
	return "    " + string(shown) + "\n    " + strings.Repeat(" ", at-start) + "^"
}
