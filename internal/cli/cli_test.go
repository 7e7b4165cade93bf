package cli_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/corscope/corscope/internal/cli"
	"github.com/corscope/corscope/internal/demo"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"corscope": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			os.Exit(cli.Run(ctx, cli.System(), os.Args[1:]))
		},
	})
}

// TestScripts plays testdata/script against the demo's servers. In each script $TLS
// and $PLAIN are where all their names are found, $SILENT where a server accepts and
// says nothing, and $CA is the certificate authority's file.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"oneline": oneLine, "exits": exits},
		Setup: func(e *testscript.Env) error {
			world, err := demo.Start(context.Background())
			if err != nil {
				return err
			}
			e.Defer(func() { world.Close() })
			ca := filepath.Join(e.WorkDir, "ca.pem")
			if err := os.WriteFile(ca, world.CAPEM(), 0o600); err != nil {
				return err
			}
			at := world.Resolve()
			e.Setenv("CA", ca)
			e.Setenv("TLS", at["api.example.com:443"])
			e.Setenv("PLAIN", at["api.example.com:80"])
			e.Setenv("SILENT", at["silent.example:443"])
			e.Setenv("REFUSED", at["refused.example:443"])
			for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "NO_COLOR", "CLICOLOR_FORCE"} {
				e.Setenv(name, "")
			}
			return nil
		},
	})
}

// oneLine says that the last command wrote one line on standard error, under the
// program's name, and nothing else.
func oneLine(ts *testscript.TestScript, _ bool, _ []string) {
	stdout, stderr := ts.ReadFile("stdout"), ts.ReadFile("stderr")
	if stdout != "" {
		ts.Fatalf("standard output is not empty: %q", stdout)
	}
	if !strings.HasPrefix(stderr, "corscope: ") || strings.Index(stderr, "\n") != len(stderr)-1 {
		ts.Fatalf("not one line that begins with the program's name: %q", stderr)
	}
}

// exits runs a program and wants an exit status: "exits 1 corscope explain".
func exits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits STATUS PROGRAM [ARGUMENT...]")
	}
	status := 0
	var exit *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &exit):
		status = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(status) != args[0] {
		ts.Fatalf("exit status %d, want %s", status, args[0])
	}
}

// terminalOf is an environment whose standard output is a terminal of so many columns,
// or no terminal for 0.
func terminalOf(columns int, variables map[string]string) (cli.Env, *bytes.Buffer, *bytes.Buffer) {
	stdout, stderr := new(bytes.Buffer), new(bytes.Buffer)
	return cli.Env{
		Stdin: strings.NewReader(""), Stdout: stdout, Stderr: stderr,
		LookupEnv: func(name string) (string, bool) {
			value, ok := variables[name]
			return value, ok
		},
		Terminal: func(w io.Writer) (int, bool) { return columns, columns > 0 && w == stdout },
	}, stdout, stderr
}

func TestColoursAreForTerminalsAndForWhoAsks(t *testing.T) {
	for name, c := range map[string]struct {
		columns   int
		variables map[string]string
		args      []string
		want      bool
	}{
		"a terminal":                                {80, nil, nil, true},
		"a pipe":                                    {0, nil, nil, false},
		"a terminal, and NO_COLOR":                  {80, map[string]string{"NO_COLOR": "1"}, nil, false},
		"a terminal, and an empty NO_COLOR":         {80, map[string]string{"NO_COLOR": ""}, nil, true},
		"a terminal, and NO_COLOR, but the flag":    {80, map[string]string{"NO_COLOR": "1"}, []string{"--color=always"}, true},
		"a dumb terminal":                           {80, map[string]string{"TERM": "dumb"}, nil, false},
		"a pipe, and CLICOLOR_FORCE":                {0, map[string]string{"CLICOLOR_FORCE": "1"}, nil, true},
		"a pipe, and CLICOLOR_FORCE=0":              {0, map[string]string{"CLICOLOR_FORCE": "0"}, nil, false},
		"a pipe, and CLICOLOR_FORCE, but NO_COLOR":  {0, map[string]string{"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, nil, false},
		"a pipe, and the flag":                      {0, nil, []string{"--color", "always"}, true},
		"a terminal, and the flag says never":       {80, nil, []string{"--color", "never"}, false},
		"a terminal, and the flag in other English": {80, nil, []string{"--colour", "never"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			env, stdout, stderr := terminalOf(c.columns, c.variables)
			status := cli.Run(t.Context(), env, append([]string{"explain", "http://a.example:6000/", "--from", "http://b.example"}, c.args...))
			if status != 1 {
				t.Fatalf("status %d: %s", status, stderr)
			}
			if got := strings.Contains(stdout.String(), "\x1b["); got != c.want {
				t.Errorf("coloured: %v, want %v\n%q", got, c.want, stdout)
			}
		})
	}
}

func TestLinesFitTheTerminal(t *testing.T) {
	for name, c := range map[string]struct{ columns, want int }{
		"a pipe counts as 80 columns":     {0, 80},
		"a narrow terminal":               {64, 64},
		"below 60 columns lines run over": {20, 60},
		"nobody reads very long lines":    {400, 140},
	} {
		t.Run(name, func(t *testing.T) {
			env, stdout, _ := terminalOf(c.columns, map[string]string{"NO_COLOR": "1"})
			cli.Run(t.Context(), env, []string{"explain", "http://api.example.com:6000/", "--from", "http://api.example.com:5173"})
			longest := 0
			for line := range strings.Lines(stdout.String()) {
				line = strings.TrimSuffix(line, "\n")
				// Links and commands are kept whole, to be copied.
				if !strings.Contains(line, "https://fetch.spec") && !strings.Contains(line, "curl ") {
					longest = max(longest, len(line))
				}
			}
			if longest > c.want || longest < min(c.want-30, 90) {
				t.Errorf("the longest line has %d columns, want at most %d and not far below\n%s", longest, c.want, stdout)
			}
		})
	}
}

func TestCancellingEndsARunAtOnce(t *testing.T) {
	world, err := demo.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	policies := filepath.Join(t.TempDir(), "cors.yaml")
	if err := os.WriteFile(policies, []byte("expect:\n  - {from: https://app.example.com, request: GET /users, result: allowed}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"explain":      {"explain", "https://silent.example/", "--from", "https://app.example.com", "--resolve", "silent.example:443:" + world.Resolve()["silent.example:443"]},
		"demo":         {"demo"},
		"run":          {"run", "-e", "for (;;);"},
		"run, waiting": {"run", "-e", "new Promise(() => setInterval(() => {}, 1000))"},
		"check":        {"check", policies, "--against", "https://silent.example", "--resolve", "silent.example:443:" + world.Resolve()["silent.example:443"]},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			if name == "demo" {
				cancel()
			}
			timer := time.AfterFunc(100*time.Millisecond, cancel)
			defer timer.Stop()
			env, stdout, stderr := terminalOf(0, nil)
			if status := cli.Run(ctx, env, args); status != 130 {
				t.Errorf("status %d, want 130", status)
			}
			if stdout.Len() > 0 || stderr.String() != "corscope: interrupted\n" {
				t.Errorf("stdout %q, stderr %q", stdout, stderr)
			}
		})
	}
}

// onWrite calls then after each write.
type onWrite struct {
	io.Writer
	then func()
}

func (w onWrite) Write(p []byte) (int, error) {
	defer w.then()
	return w.Writer.Write(p)
}

func TestServingTheDemoEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	env, stdout, stderr := terminalOf(0, nil)
	env.Stderr = onWrite{stderr, cancel} // which says that the servers are open
	if status := cli.Run(ctx, env, []string{"demo", "--serve"}); status != 0 {
		t.Errorf("status %d, want 0: %s", status, stderr)
	}
	for _, want := range []string{"Scene 5  DELETE", "corscope explain http://localhost:", "curl -i"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	if got, want := stderr.String(), "The servers are open. Ctrl-C closes them.\n"; got != want {
		t.Errorf("stderr %q, want %q", got, want)
	}
}
