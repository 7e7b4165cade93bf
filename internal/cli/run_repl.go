package cli

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

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
	errs := r.env.Stderr
	config.Stdout = out
	if _, isTerminal := r.env.Terminal(r.env.Stderr); isTerminal && out != r.env.Stdout {
		// The editor puts what is printed above the line that is being written.
		r.env.Stderr = out
		config.Stderr = out
	}
	config.OnValue = func(text string) { fmt.Fprintln(out, escapeLines(text)) }
	err := jsrun.REPL(ctx, config, read)
	restore()
	r.env.Stderr = errs
	return r.scriptEnded(ctx, err)
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
	keys := &replKeys{in: in}
	editor := xterm.NewTerminal(struct {
		io.Reader
		io.Writer
	}{keys, r.env.Stdout}, replPrompt)
	editor.SetBracketedPasteMode(true)
	editor.History = replHistory{editor.History}
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
		keys.dropped, keys.written = false, more
		line, err := editor.ReadLine()
		_ = xterm.Restore(fd, state)
		switch {
		case keys.dropped:
			return jsrun.Drop, true
		case err == io.EOF:
			// Ctrl-D, or Ctrl-C where nothing is written. The shell's prompt begins a line of its own.
			fmt.Fprintln(r.env.Stdout)
			return jsrun.Leave, true
		}
		return line, err == nil || err == xterm.ErrPasteIndicator
	}, editor, restore
}

// replHistory keeps no empty lines, as one that Ctrl-C takes back is, and none a second time running.
type replHistory struct{ xterm.History }

func (h replHistory) Add(line string) {
	if strings.TrimSpace(line) != "" && (h.Len() == 0 || h.At(0) != line) {
		h.History.Add(line)
	}
}

// replKeys reads a terminal's keys. Ctrl-C takes back what is written, and ends the session where nothing is.
type replKeys struct {
	in io.Reader
	// written is true once there is something to take back, dropped once it was.
	written, dropped bool
}

func (k *replKeys) Read(b []byte) (int, error) {
	const ctrlC = 3
	// Room for the keys that one may become.
	n, err := k.in.Read(b[:max(len(b)-2, 1)])
	if i := bytes.IndexByte(b[:n], ctrlC); i >= 0 && (k.written || i > 0) && i+3 <= len(b) {
		// To the end of the line, delete all before it, and leave it. What came behind is dropped with it.
		k.dropped = true
		return copy(b[i:], "\x05\x15\r") + i, nil
	}
	k.written = k.written || n > 0
	return n, err
}
