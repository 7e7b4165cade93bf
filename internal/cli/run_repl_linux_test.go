package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// openTerminal returns the two ends of a pseudo-terminal.
func openTerminal(t *testing.T) (keyboard, terminal *os.File) {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { keyboard.Close() })
	fd := int(keyboard.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { terminal.Close() })
	return keyboard, terminal
}

// TestCtrlDEndsASessionAtATerminal: what is pending does not keep it, as it does not keep Node's.
func TestCtrlDEndsASessionAtATerminal(t *testing.T) {
	for _, c := range []struct{ name, typed string }{
		{"Ctrl-D", "\x04"}, {"Ctrl-C where nothing is written", "\x03"},
	} {
		t.Run(c.name, func(t *testing.T) {
			keyboard, terminal := openTerminal(t)
			ended := make(chan int, 1)
			go func() {
				env := Env{Stdin: terminal, Stdout: terminal, Stderr: io.Discard, LookupEnv: func(string) (string, bool) { return "", false },
					Terminal: func(io.Writer) (int, bool) { return 80, true }}
				ended <- Run(t.Context(), env, []string{"run", "--repl"})
			}()
			shown := ""
			show := func(want string) {
				t.Helper()
				for b := make([]byte, 1024); !strings.Contains(shown, want); {
					n, err := keyboard.Read(b)
					if err != nil {
						t.Fatalf("the terminal shows %q and then %v, want %q", shown, err, want)
					}
					shown += string(b[:n])
				}
			}
			show("> ")
			shown = ""
			fmt.Fprint(keyboard, "setInterval(() => {}, 10); 'pend' + 'ing'\r")
			show("pending")
			shown = shown[strings.Index(shown, "pending"):]
			show("> ")
			fmt.Fprint(keyboard, c.typed)
			select {
			case status := <-ended:
				if status != 0 {
					t.Errorf("status %d", status)
				}
			case <-time.After(time.Minute):
				t.Error("it goes on")
			}
		})
	}
}
