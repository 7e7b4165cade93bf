// Package browser drives the real browsers that the fetch engine is held to: Chromium by the DevTools protocol over a pipe,
// Firefox by WebDriver BiDi over a WebSocket, WebKitGTK by classic WebDriver. It knows just enough of them to open pages and to run a script in them, and
// nothing of CORS.
package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Options say where a browser finds the servers of a test.
type Options struct {
	// Hosts maps HOST:PORT of a URL to the address that listens for it. Chromium goes there; WebKitGTK takes only the names.
	Hosts map[string]string
	// SOCKS is the address of a SOCKS5 proxy that leads to the same servers. Firefox and WebKitGTK only.
	SOCKS string
	// TrustSPKI is the base64 SHA-256 of the test authority's public key. Chromium only; the others accept every certificate.
	TrustSPKI string
	// TakeCertificates has Chromium take every certificate, as a person does who goes on at each warning.
	TakeCertificates bool
	// Prefs are preferences on top, each with its value as user.js has it. Firefox only.
	Prefs map[string]string
	// CheckCertificates has Firefox refuse what it does not trust, as it does for people.
	CheckCertificates bool
}

// Browser is one running browser with an empty profile. It is not safe for concurrent use.
type Browser interface {
	// Version is the product and its version: "Chrome/156.0.8078.79".
	Version() string
	// Navigate opens url in the one tab, as a person who types it would, and returns when it has loaded.
	Navigate(ctx context.Context, url string) error
	// Eval runs a JavaScript expression in the tab's page, as if a person had just clicked there, waits for its promise, and returns the
	// string it resolves to.
	Eval(ctx context.Context, expression string) (string, error)
	// Console returns what the console has shown since it was last asked, in order. It waits until there are as many lines as are
	// expected and a moment longer, or for a second.
	Console(ctx context.Context, expected int) ([]Line, error)
	// ClearCookies removes all cookies.
	ClearCookies(ctx context.Context) error
	// Close ends the browser and removes its profile.
	Close() error
}

// Line is one line of a console.
type Line struct {
	// Level is "error", "warning", "info" or "verbose".
	Level string
	Text  string
}

// MissingError says that a browser is not on this machine.
type MissingError struct {
	// Browser is its name, Programs the names that were looked for.
	Browser  string
	Programs []string
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("browser: %s is not installed (looked for %v): run e2e/install.sh", e.Browser, e.Programs)
}

func find(name string, programs ...string) (string, error) {
	for _, p := range programs {
		if path, err := exec.LookPath(p); err == nil {
			return path, nil
		}
	}
	return "", &MissingError{name, programs}
}

// process is a browser's process and all that it starts, in a group of their own.
type process struct {
	cmd     *exec.Cmd
	profile string
	done    chan struct{}
}

// start runs cmd with HOME inside profile, so that a browser leaves nothing else behind, and with env on top.
func start(cmd *exec.Cmd, profile string, env ...string) (*process, error) {
	cmd.Env = append(append(os.Environ(), "HOME="+profile, "XDG_RUNTIME_DIR="+profile), env...)
	cmd.SysProcAttr = ownGroup()
	if err := cmd.Start(); err != nil {
		os.RemoveAll(profile)
		return nil, fmt.Errorf("browser: %w", err)
	}
	p := &process{cmd: cmd, profile: profile, done: make(chan struct{})}
	go func() { cmd.Wait(); close(p.done) }()
	return p, nil
}

// stop ends the process and its group, gently first, and removes the profile.
func (p *process) stop() error {
	select {
	case <-p.done:
	case <-time.After(3 * time.Second):
	}
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.done
	var err error
	for range 20 {
		// Children of the browser may still be writing while they die.
		if err = os.RemoveAll(p.profile); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return err
}

func newProfile(name string) (string, error) {
	dir, err := os.MkdirTemp("", "corscope-e2e-"+name+"-")
	if err != nil {
		return "", err
	}
	return filepath.Clean(dir), nil
}

// envelope is a call in CDP and in BiDi.
type envelope struct {
	ID     int64           `json:"id,omitempty"`
	Method string          `json:"method,omitempty"`
	Params any             `json:"params,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
}

// patience is how long a console is waited for, and settling how much longer for lines that nobody expects.
const (
	patience = time.Second
	settling = 40 * time.Millisecond
)

// settle calls lines, which says how many lines there are, until there are as many as expected and time enough for one more.
func settle(expected int, lines func() (int, error)) error {
	began := time.Now()
	for {
		n, err := lines()
		if err != nil {
			return err
		}
		if n >= expected || time.Since(began) > patience {
			time.Sleep(settling)
			_, err := lines()
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
}
