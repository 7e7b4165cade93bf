package cli

import (
	"errors"
	"net/http"
	"strings"

	"github.com/corscope/corscope/export"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/term"
)

// serverLines is the fix's policy in the language of the server, or the word which server it seems to be.
type serverLines struct {
	Server export.Target `json:"server"`
	// Evidence says why it is taken for that server; empty where --server named it.
	Evidence string `json:"evidence,omitempty"`
	// Files and Notes are set where --server named it and the server can say the policy.
	Files []export.File `json:"files,omitempty"`
	Notes []export.Note `json:"notes,omitempty"`
	// Cannot are the parts of the policy that the server cannot say.
	Cannot []string `json:"cannot,omitempty"`
}

// serverLines returns nil where the fix is no policy, or nothing is known of the server.
func (r *result) serverLines() *serverLines {
	if r.verdict != verdictBlocked || r.report().Fix == nil || r.report().Fix.Config == nil {
		return nil
	}
	if r.server == "" {
		return guessedServer(r.trace)
	}
	lines := &serverLines{Server: r.server}
	artifact, err := export.Render(*r.report().Fix.Config, r.server)
	var unsupported *export.UnsupportedError
	switch {
	case errors.As(err, &unsupported):
		for _, p := range unsupported.Problems {
			lines.Cannot = append(lines.Cannot, p.Hint)
		}
	case err != nil:
		lines.Cannot = []string{err.Error()}
	default:
		lines.Files, lines.Notes = artifact.Files, artifact.Notes
	}
	return lines
}

// guessedServer looks at the last answer, which is nearest to what has to change.
func guessedServer(t *fetch.Trace) *serverLines {
	for i := len(t.Exchanges) - 1; i >= 0; i-- {
		x := t.Exchanges[i]
		if x.Status == 0 {
			continue
		}
		headers := http.Header{}
		for _, h := range x.ResponseHeaders {
			headers.Add(h.Name, h.Value)
		}
		if guesses := export.GuessTargets(headers, x.ResponseBody); len(guesses) > 0 {
			return &serverLines{Server: guesses[0].Target, Evidence: guesses[0].Evidence}
		}
	}
	return nil
}

// serverTarget reads --server.
func serverTarget(name string) (export.Target, error) {
	if name == "" {
		return "", nil
	}
	target, err := export.ParseTarget(name)
	if err != nil {
		return "", &usageError{Code: codeFlagValue, Message: "--server cannot be " + quote(name), Hint: "use one of " + strings.Join(targets(), ", ")}
	}
	return target, nil
}

// printServerLines prints the lines for the server as they are, so that they can be copied.
func (r *renderer) printServerLines() {
	lines := r.serverLines()
	if lines == nil {
		return
	}
	if lines.Evidence != "" {
		r.field("server", "it looks like "+string(lines.Server)+" ("+lines.Evidence+"): --server "+string(lines.Server)+" prints the lines for it")
		return
	}
	for i, cannot := range lines.Cannot {
		r.field(once("server", i), string(lines.Server)+" cannot say it: "+cannot)
	}
	for i, f := range lines.Files {
		r.field(once("server", i), string(lines.Server)+", "+f.Name+": "+f.Place)
		for line := range strings.Lines(f.Content) {
			r.b.WriteString("    " + term.EscapeCode(strings.TrimRight(line, "\n")) + "\n")
		}
	}
	for i, n := range lines.Notes {
		r.field(once("note", i), n.Text)
	}
}
