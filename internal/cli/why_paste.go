package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/internal/intake"
	"github.com/corscope/corscope/internal/term"
)

// isPaste tells an error from the name of a cause, which may be in words, and misspelt.
func isPaste(text string) bool {
	return text == "-" || strings.HasPrefix(text, "@") || strings.ContainsAny(text, "\n:'\"‘“(") && intake.IsText(text)
}

// isFileOnStdin: corscope why < error.txt. A pipe may be one that nobody will ever write to.
func (r *run) isFileOnStdin() bool {
	f, ok := r.env.Stdin.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}

// whyPaste tells what the words of an error name, and the command that finds the rest. It sends nothing.
func (r *run) whyPaste(ctx context.Context, what string, f *whyFlags) error {
	flags := &explainFlags{credentials: "same-origin", mode: "cors", redirect: "follow", networkFlags: networkFlags{timeout: "30s"}, colour: f.colour, asJSON: f.asJSON}
	in, err := r.readInput(ctx, what, flags)
	if err != nil {
		return inputError(ctx, err)
	}
	target, err := flags.take(in, func(string) bool { return false })
	if err != nil {
		return err
	}
	if in.Recorded != nil {
		return r.explain(ctx, target, flags)
	}
	u := flags.understood(nil)
	if u == nil {
		u = &understood{Kind: in.Kind, What: in.What, URL: target}
	}
	next := flags.command(target)
	if next == "" {
		next = "corscope explain " + shellWord(target) + " --from PAGE"
	}
	if flags.from != "" {
		next = strings.Replace(next, "--from PAGE", "--from "+shellWord(flags.from), 1)
	}
	var cause *diagnose.Cause
	if u.Said != nil {
		if c, ok := diagnose.CauseByID(string(u.Said.Code)); ok {
			cause = &c
		}
	}
	if f.asJSON {
		return r.writeJSON(struct {
			Version int             `json:"version"`
			Input   *understood     `json:"input"`
			Cause   *diagnose.Cause `json:"cause,omitempty"`
			Next    string          `json:"next"`
		}{jsonVersion, u, cause, next})
	}
	style, width, err := r.env.layout(f.colour)
	if err != nil {
		return err
	}
	_, err = io.WriteString(r.env.Stdout, pastePage(u, cause, next, style, width))
	return err
}

// pastePage is the cause that an error names, or that it names none.
func pastePage(u *understood, cause *diagnose.Cause, next string, style term.Style, width int) string {
	var b strings.Builder
	if cause != nil {
		b.WriteString(causePage(*cause, style, width))
	} else {
		what := "It holds no error, only the request."
		if u.Said != nil {
			what = "Its words name no cause: scripts are told none, and some browsers have one sentence for several."
		}
		for _, line := range term.Wrap(style.Strong(what), width) {
			b.WriteString(line + "\n")
		}
	}
	o := renderOptions{Style: style, Width: width}
	fmt.Fprintf(&b, "\n%s", renderInput(u, o))
	b.WriteString(style.Faint("what finds the rest, and the proven fix") + "\n  " + term.Escape(next) + "\n")
	return b.String()
}
