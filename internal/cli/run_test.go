package cli

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
)

// runCLI runs a command line in a pipe, without an environment.
func runCLI(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, talk bytes.Buffer
	status = Run(t.Context(), Env{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &talk,
		LookupEnv: func(string) (string, bool) { return "", false },
		Terminal:  func(io.Writer) (int, bool) { return 0, false },
	}, args)
	return status, out.String(), talk.String()
}

func writeFile(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func isNetworkReason(code string) bool { return fetch.ReasonCode(code).IsNetwork() }

func TestHeaderFlags(t *testing.T) {
	for _, c := range []struct{ line, name, value, fault string }{
		{"X-A: b", "X-A", "b", ""},
		{"X-A:b", "X-A", "b", ""},
		{"X-A:", "X-A", "", ""},
		{"X-A: a:b", "X-A", "a:b", ""},
		{" X-A :  b  ", "X-A", "b", ""},
		{"X-A", "", "", "has no colon"},
		{": b", "", "", "has no header name"},
		{"X A: b", "", "", "has no header name"},
		{"X-A: b\nX-B: c", "", "", "holds a line break"},
	} {
		t.Run(c.line, func(t *testing.T) {
			name, value, err := parseHeader(c.line)
			if name != c.name || value != c.value {
				t.Errorf("got %q %q, want %q %q", name, value, c.name, c.value)
			}
			if c.fault == "" && err != nil || c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
				t.Errorf("got the error %v, want %q in it", err, c.fault)
			}
		})
	}
}

func TestTimeoutFlags(t *testing.T) {
	for value, want := range map[string]string{
		"10s": "10s", "500ms": "500ms", "2m": "2m0s", "3": "3s", "0.5": "500ms",
		"0": "", "-1": "", "soon": "", "": "", "1e9": "", "25h": "",
	} {
		t.Run(value, func(t *testing.T) {
			d, err := parseTimeout(value)
			if want == "" {
				if bad := new(usageError); !errors.As(err, &bad) || bad.Code != codeFlagValue || !strings.Contains(bad.Message, quote(value)) {
					t.Errorf("got %s, %v", d, err)
				}
				return
			}
			if err != nil || d.String() != want {
				t.Errorf("got %s, %v, want %s", d, err, want)
			}
		})
	}
}
