package cli

import (
	"io"
	"strings"
	"testing"

	xterm "golang.org/x/term"
)

func TestCtrlCTakesBackWhatIsWritten(t *testing.T) {
	for _, c := range []struct {
		name, typed string
		more        bool // the line goes on from one before
		want        string
		dropped     bool
	}{
		{"letters go through", "abc\r", false, "abc\r", false},
		{"what is written is deleted, and the line left", "abc\x03", false, "abc\x05\x15\r", true},
		{"so is what came before", "\x03", true, "\x05\x15\r", true},
		{"where nothing is written, the key is the editor's, which ends the session", "\x03", false, "\x03", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := &replKeys{in: strings.NewReader(c.typed), written: c.more}
			var got []byte
			for {
				// The editor reads what fits into its buffer.
				b := make([]byte, 8)
				n, err := k.Read(b)
				got = append(got, b[:n]...)
				if err != nil {
					break
				}
			}
			if string(got) != c.want || k.dropped != c.dropped {
				t.Errorf("the editor reads %q, dropped %v, want %q", got, k.dropped, c.want)
			}
		})
	}
}

func TestTheHistoryHasWhatIsWorthAnotherTry(t *testing.T) {
	h := replHistory{xterm.NewTerminal(nil, "").History}
	for _, line := range []string{"", "a", "a", " ", "b", "", "a"} {
		h.Add(line)
	}
	got := ""
	for i := range h.Len() {
		got += h.At(i)
	}
	if got != "aba" {
		t.Errorf("the history is %q, the last line first", got)
	}
}

func TestAValueDoesNotSteerTheTerminal(t *testing.T) {
	for isTerminal, want := range map[bool]string{true: "\\x1b[2J\n", false: "\x1b[2J\n"} {
		var stdout, stderr strings.Builder
		env := Env{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, LookupEnv: func(string) (string, bool) { return "", false },
			Terminal: func(io.Writer) (int, bool) { return 80, isTerminal }}
		if status := Run(t.Context(), env, []string{"run", "-e", `"\x1b[2J"`}); status != 0 || stdout.String() != want {
			t.Errorf("at a terminal %v: status %d, %q, %q", isTerminal, status, stdout.String(), stderr.String())
		}
	}
}
