package cli

import (
	"bufio"
	"io"
	"log"
	"os"

	xterm "golang.org/x/term"

	"github.com/corscope/corscope/internal/term"
)

// Env is what a run may touch of the outside. Every field must be set; [System] is
// that of the process.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// LookupEnv finds an environment variable.
	LookupEnv func(name string) (value string, ok bool)
	// Terminal says whether w is a terminal, and how many columns it has.
	Terminal func(w io.Writer) (columns int, ok bool)
}

// System returns the streams and environment of the process. It silences package log, to which net/http writes of broken peers:
// what a peer did wrong is said in the answer.
func System() Env {
	log.SetOutput(io.Discard)
	return Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, LookupEnv: os.LookupEnv, Terminal: terminal}
}

func terminal(w io.Writer) (columns int, ok bool) {
	f, isFile := w.(*os.File)
	if !isFile || !xterm.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	columns, _, err := xterm.GetSize(int(f.Fd()))
	if err != nil || columns <= 0 {
		columns = pipeWidth
	}
	return columns, true
}

// piped reports whether in is what another program writes, or a file: then a command without an argument reads it.
func piped(in io.Reader) bool {
	f, isFile := in.(*os.File)
	if !isFile {
		return false
	}
	info, err := f.Stat()
	return err == nil && (info.Mode().IsRegular() || info.Mode()&os.ModeNamedPipe != 0)
}

// nothingPiped reports whether standard input ends at once. What it holds can be read afterwards.
func (r *run) nothingPiped() bool {
	in := bufio.NewReader(r.env.Stdin)
	r.env.Stdin = in
	_, err := in.Peek(1)
	return err == io.EOF
}

// The columns of a text: where there is no terminal, and the bounds where there is
// one. Beyond maxWidth lines are hard to read, below minWidth nothing lines up.
const (
	pipeWidth = 80
	minWidth  = 60
	maxWidth  = 140
)

// layout says how text for standard output looks.
func (e Env) layout(colourFlag string) (style term.Style, width int, err error) {
	columns, isTerminal := e.Terminal(e.Stdout)
	on, err := term.UseColour(colourFlag, isTerminal, e.LookupEnv)
	if err != nil {
		return term.Style{}, 0, &usageError{Code: codeFlagValue, Message: "--color is " + quote(colourFlag), Hint: "use auto, always or never"}
	}
	if !isTerminal {
		columns = pipeWidth
	}
	return term.Style{On: on}, min(max(columns, minWidth), maxWidth), nil
}
