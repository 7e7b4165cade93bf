package cli

import (
	"strconv"
	"strings"

	"github.com/corscope/corscope/internal/term"
)

// usageCode names a kind of bad usage or input. Codes are stable: they are part of
// the JSON output.
type usageCode string

const (
	codeUsage       usageCode = "usage"
	codeFlagValue   usageCode = "flag-value"
	codeMissingPage usageCode = "page-missing"
	codePage        usageCode = "page-invalid"
	codeURL         usageCode = "url-invalid"
	codeInput       usageCode = "input-invalid"
	codeRequest     usageCode = "request-invalid"
	codeHeader      usageCode = "header-invalid"
	codeCookie      usageCode = "cookie-invalid"
	codeFile        usageCode = "file-unreadable"
	codeResolve     usageCode = "resolve-invalid"
	codeInterrupted usageCode = "interrupted"
	// codePageNotLoaded: --load-page got no answer from the page itself.
	codePageNotLoaded usageCode = "page-not-loaded"
	codeInternal      usageCode = "internal"
)

// usageError is something that the user must change before the command can run.
type usageError struct {
	Code usageCode `json:"code"`
	// Message says in one clause what is wrong; Hint says what to do, and may be
	// empty.
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// Error returns one line that is safe to print.
func (e *usageError) Error() string {
	line := e.Message
	if e.Hint != "" {
		line += ": " + e.Hint
	}
	return "corscope: " + term.Escape(line)
}

// quote quotes a value of the user's for a message, short enough for one line.
func quote(s string) string { return strconv.Quote(term.Clip(strings.ToValidUTF8(s, "?"), 80)) }
