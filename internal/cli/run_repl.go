package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"

	xterm "golang.org/x/term"

	"github.com/corscope/corscope/internal/jsrun"
)

// The prompts of a terminal.
const (
	replPrompt = "> "
	replMore   = "... "
)

// repl runs lines until there are no more: with line editing at a terminal, as they come elsewhere.
func (r *run) repl(ctx context.Context, config jsrun.Config) error {
	read, out, restore := r.replLines()
	defer restore()
	config.Stdout = out
	config.OnValue = func(text string) { fmt.Fprintln(out, escapeLines(text)) }
	return r.scriptEnded(ctx, jsrun.REPL(ctx, config, read))
}

// replLines returns what reads a line, where answers go, and what must be called at the end.
func (r *run) replLines() (read func(more bool) (string, bool), out io.Writer, restore func()) {
	in, isFile := r.env.Stdin.(*os.File)
	_, isTerminal := r.env.Terminal(r.env.Stdout)
	if !isFile || !isTerminal || !xterm.IsTerminal(int(in.Fd())) {
		lines := bufio.NewScanner(r.env.Stdin)
		lines.Buffer(nil, maxScript)
		return func(bool) (string, bool) {
			ok := lines.Scan()
			return lines.Text(), ok
		}, r.env.Stdout, func() {}
	}
	fd := int(in.Fd())
	editor := xterm.NewTerminal(struct {
		io.Reader
		io.Writer
	}{in, r.env.Stdout}, replPrompt)
	editor.SetBracketedPasteMode(true)
	var cooked *xterm.State
	restore = func() {
		if cooked != nil {
			editor.SetBracketedPasteMode(false)
			// The terminal is left as it is where it cannot be set.
			_ = xterm.Restore(fd, cooked)
		}
	}
	return func(more bool) (string, bool) {
		editor.SetPrompt(replPrompt)
		if more {
			editor.SetPrompt(replMore)
		}
		// Raw only while a line is edited, so that Ctrl-C ends a script that runs.
		state, err := xterm.MakeRaw(fd)
		if err != nil {
			return "", false
		}
		cooked = state
		line, err := editor.ReadLine()
		_ = xterm.Restore(fd, state)
		return line, err == nil || err == xterm.ErrPasteIndicator
	}, editor, restore
}
