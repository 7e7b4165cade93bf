package browser

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Chromium is a running Chromium. Beyond [Browser] it can be driven like a person would: see devtools.go.
type Chromium struct {
	process *process
	to      io.WriteCloser
	from    *bufio.Reader
	version string
	session string
	lastID  int64
	frames  chan frame
	console []Line
}

var _ Browser = (*Chromium)(nil)

type frame struct {
	data []byte
	err  error
}

// StartChromium starts Chromium without a window. The error is a *[MissingError] where there is none.
func StartChromium(ctx context.Context, o Options) (*Chromium, error) {
	program, err := find("Chromium", "chromium", "chromium-browser", "google-chrome")
	if err != nil {
		return nil, err
	}
	profile, err := newProfile("chromium")
	if err != nil {
		return nil, err
	}
	if err := writePreferences(profile); err != nil {
		return nil, err
	}
	var rules []string
	for _, name := range slices.Sorted(maps.Keys(o.Hosts)) {
		rules = append(rules, "MAP "+name+" "+o.Hosts[name])
	}
	// All else fails at once instead of asking a DNS server.
	rules = append(rules, "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1", "EXCLUDE *.localhost", "EXCLUDE 255.255.255.255")
	cmd := exec.Command(program,
		"--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage",
		"--no-first-run", "--no-default-browser-check",
		// Chromium's own calls home: they would only cost time, and fail where tests run.
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
		"--disable-extensions", "--disable-domain-reliability", "--disable-client-side-phishing-detection",
		"--disable-features=OptimizationHints,MediaRouter,Translate,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable",
		"--password-store=basic", "--use-mock-keychain", "--metrics-recording-only", "--mute-audio",
		"--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding",
		"--lang=en-US", "--accept-lang=en-US,en",
		"--user-data-dir="+profile,
		"--host-resolver-rules="+strings.Join(rules, ", "),
		"--ignore-certificate-errors-spki-list="+o.TrustSPKI,
		"--remote-debugging-pipe", "about:blank")
	if o.TakeCertificates {
		cmd.Args = append(cmd.Args[:1:1], append([]string{"--ignore-certificate-errors"}, cmd.Args[1:]...)...)
	}
	readTo, to, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	from, writeFrom, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.ExtraFiles = []*os.File{readTo, writeFrom} // Chromium's descriptors 3 and 4
	p, err := start(cmd, profile)
	readTo.Close()
	writeFrom.Close()
	if err != nil {
		return nil, err
	}
	c := &Chromium{process: p, to: to, from: bufio.NewReaderSize(from, 1<<20), frames: make(chan frame, 64)}
	go c.read()
	if err := c.open(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// writePreferences allows third-party cookies, as Chrome does for people who never touched the setting; Debian's Chromium in
// headless mode comes up with them blocked.
func writePreferences(profile string) error {
	dir := filepath.Join(profile, "Default")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "Preferences"), []byte(`{"profile":{"cookie_controls_mode":0,"block_third_party_cookies":false}}`), 0o600)
}

func (c *Chromium) read() {
	for {
		data, err := c.from.ReadBytes(0)
		c.frames <- frame{data, err}
		if err != nil {
			close(c.frames)
			return
		}
	}
}

func (c *Chromium) open(ctx context.Context) error {
	var version struct{ Product string }
	if err := c.call(ctx, "Browser.getVersion", nil, &version); err != nil {
		return err
	}
	c.version = version.Product
	var target struct{ TargetID string }
	if err := c.call(ctx, "Target.createTarget", map[string]any{"url": "about:blank"}, &target); err != nil {
		return err
	}
	var session struct{ SessionID string }
	if err := c.call(ctx, "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session); err != nil {
		return err
	}
	c.session = session.SessionID
	if err := c.call(ctx, "Page.enable", nil, nil); err != nil {
		return err
	}
	return c.call(ctx, "Log.enable", nil, nil)
}

// next returns the next message, whatever it is.
func (c *Chromium) next(ctx context.Context) (envelope, json.RawMessage, error) {
	select {
	case <-ctx.Done():
		return envelope{}, nil, ctx.Err()
	case f, ok := <-c.frames:
		if !ok {
			return envelope{}, nil, errors.New("browser: Chromium has ended")
		}
		if f.err != nil {
			return envelope{}, nil, fmt.Errorf("browser: Chromium has ended: %w", f.err)
		}
		var m struct {
			envelope
			Error *struct {
				Message string
			} `json:"error"`
		}
		if err := json.Unmarshal(f.data[:len(f.data)-1], &m); err != nil {
			return envelope{}, nil, err
		}
		if m.Method == "Log.entryAdded" {
			c.log(f.data[:len(f.data)-1])
		}
		if m.Error != nil {
			return m.envelope, nil, fmt.Errorf("browser: Chromium: %s", m.Error.Message)
		}
		return m.envelope, m.Result, nil
	}
}

func (c *Chromium) call(ctx context.Context, method string, params any, result any) error {
	c.lastID++
	if params == nil {
		params = struct{}{}
	}
	text, err := json.Marshal(struct {
		ID        int64  `json:"id"`
		Method    string `json:"method"`
		Params    any    `json:"params"`
		SessionID string `json:"sessionId,omitempty"`
	}{c.lastID, method, params, c.session})
	if err != nil {
		return err
	}
	if _, err := c.to.Write(append(text, 0)); err != nil {
		return fmt.Errorf("browser: Chromium does not listen: %w", err)
	}
	for {
		m, answer, err := c.next(ctx)
		if m.ID != c.lastID && (err == nil || m.ID != 0) {
			continue // an event, or the answer to a call that was given up
		}
		if err != nil {
			return err
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(answer, result)
	}
}

func (c *Chromium) Version() string { return c.version }

func (c *Chromium) Navigate(ctx context.Context, url string) error {
	var result struct{ ErrorText string }
	if err := c.call(ctx, "Page.navigate", map[string]any{"url": url}, &result); err != nil {
		return err
	}
	if result.ErrorText != "" {
		return fmt.Errorf("browser: Chromium cannot open %s: %s", url, result.ErrorText)
	}
	for {
		m, _, err := c.next(ctx)
		if err != nil {
			return err
		}
		if m.Method == "Page.loadEventFired" {
			return nil
		}
	}
}

func (c *Chromium) Eval(ctx context.Context, expression string) (string, error) {
	var result struct {
		Result           struct{ Value any }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	params := map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true}
	if err := c.call(ctx, "Runtime.evaluate", params, &result); err != nil {
		return "", err
	}
	if e := result.ExceptionDetails; e != nil {
		return "", fmt.Errorf("browser: Chromium: the script threw: %s %s", e.Text, e.Exception.Description)
	}
	text, ok := result.Result.Value.(string)
	if !ok {
		return "", fmt.Errorf("browser: the script returned %v and no string", result.Result.Value)
	}
	return text, nil
}

// log keeps a line of the console.
func (c *Chromium) log(message []byte) {
	var m struct{ Params struct{ Entry Line } }
	if json.Unmarshal(message, &m) == nil {
		c.console = append(c.console, m.Params.Entry)
	}
}

func (c *Chromium) Console(ctx context.Context, expected int) ([]Line, error) {
	err := settle(expected, func() (int, error) {
		// Any call reads the events that came before its answer.
		err := c.call(ctx, "Browser.getVersion", nil, nil)
		return len(c.console), err
	})
	lines := c.console
	c.console = nil
	return lines, err
}

func (c *Chromium) ClearCookies(ctx context.Context) error {
	return c.call(ctx, "Network.clearBrowserCookies", nil, nil)
}

func (c *Chromium) Close() error {
	// Closing the pipe ends Chromium.
	c.to.Close()
	go func() {
		for range c.frames { // so that its last words do not block it
		}
	}()
	return c.process.stop()
}
