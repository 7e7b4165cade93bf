package browser

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/coder/websocket"
)

type firefox struct {
	process *process
	conn    *websocket.Conn
	version string
	tab     string
	lastID  int64
	console []Line
}

// maxMessage bounds one BiDi message, which holds the outcomes of a whole batch.
const maxMessage = 64 << 20

// StartFirefox starts Firefox without a window. The error is a *[MissingError] where there is none.
func StartFirefox(ctx context.Context, o Options) (Browser, error) {
	program, err := find("Firefox", "firefox-esr", "firefox")
	if err != nil {
		return nil, err
	}
	profile, err := newProfile("firefox")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(firefoxPrefs(o.SOCKS, o.Prefs)), 0o600); err != nil {
		return nil, err
	}
	cmd := exec.Command(program, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0", "about:blank")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	p, err := start(cmd, profile)
	if err != nil {
		return nil, err
	}
	f := &firefox{process: p}
	address := make(chan string, 1)
	go func() {
		defer close(address)
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			if _, url, ok := strings.Cut(lines.Text(), "WebDriver BiDi listening on "); ok {
				address <- strings.TrimSpace(url)
			}
		}
	}()
	if err := f.open(ctx, address, o); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// firefoxPrefs are what a test needs: the servers behind the proxy, if any, and no calls home. Nothing in them changes what fetch() does, but for
// what more says.
func firefoxPrefs(socks string, more map[string]string) string {
	kind, host, port := "1", "", "0"
	if socks == "" {
		kind = "0"
	} else {
		host, port, _ = net.SplitHostPort(socks)
	}
	var b strings.Builder
	for _, p := range []struct{ name, value string }{
		{"network.proxy.type", kind},
		{"network.proxy.socks", `"` + host + `"`},
		{"network.proxy.socks_port", port},
		{"network.proxy.socks_version", "5"},
		{"network.proxy.socks_remote_dns", "true"},
		{"network.proxy.no_proxies_on", `""`},
		{"network.proxy.allow_hijacking_localhost", fmt.Sprint(socks != "")},
		// The names of the tests are no sites of the Web.
		{"network.trr.mode", "5"},
		{"dom.security.https_first", "false"},
		{"dom.security.https_only_mode", "false"},
		{"network.captive-portal-service.enabled", "false"},
		{"network.connectivity-service.enabled", "false"},
		{"browser.safebrowsing.malware.enabled", "false"},
		{"browser.safebrowsing.phishing.enabled", "false"},
		{"browser.safebrowsing.update.enabled", "false"},
		{"datareporting.policy.dataSubmissionEnabled", "false"},
		{"toolkit.telemetry.enabled", "false"},
		{"app.normandy.enabled", "false"},
		{"app.update.disabledForTesting", "true"},
		{"extensions.update.enabled", "false"},
		{"extensions.getAddons.cache.enabled", "false"},
		{"services.settings.server", `"data:,#remote-settings-dummy/v1"`},
		{"browser.shell.checkDefaultBrowser", "false"},
		{"browser.startup.page", "0"},
		{"browser.startup.homepage_override.mstone", `"ignore"`},
		{"browser.aboutwelcome.enabled", "false"},
		{"browser.newtabpage.enabled", "false"},
		{"browser.topsites.contile.enabled", "false"},
		{"network.prefetch-next", "false"},
		{"network.http.speculative-parallel-limit", "0"},
		{"intl.accept_languages", `"en-US, en"`},
	} {
		fmt.Fprintf(&b, "user_pref(%q, %s);\n", p.name, p.value)
	}
	for name, value := range more {
		fmt.Fprintf(&b, "user_pref(%q, %s);\n", name, value)
	}
	return b.String()
}

func (f *firefox) open(ctx context.Context, address <-chan string, o Options) error {
	var url string
	select {
	case <-ctx.Done():
		return fmt.Errorf("browser: Firefox did not start: %w", ctx.Err())
	case u, ok := <-address:
		if !ok {
			return errors.New("browser: Firefox ended before it was ready")
		}
		url = u
	}
	conn, _, err := websocket.Dial(ctx, url+"/session", &websocket.DialOptions{CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return fmt.Errorf("browser: Firefox: %w", err)
	}
	conn.SetReadLimit(maxMessage)
	f.conn = conn
	var session struct {
		Capabilities struct{ BrowserName, BrowserVersion string }
	}
	params := map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{"acceptInsecureCerts": !o.CheckCertificates}}}
	if err := f.call(ctx, "session.new", params, &session); err != nil {
		return err
	}
	f.version = session.Capabilities.BrowserName + "/" + session.Capabilities.BrowserVersion
	// A tab of our own: Firefox may still be opening its first one.
	var tab struct{ Context string }
	if err := f.call(ctx, "browsingContext.create", map[string]any{"type": "tab"}, &tab); err != nil {
		return err
	}
	f.tab = tab.Context
	return f.call(ctx, "session.subscribe", map[string]any{"events": []string{"log.entryAdded"}}, nil)
}

func (f *firefox) call(ctx context.Context, method string, params any, result any) error {
	f.lastID++
	if params == nil {
		params = struct{}{}
	}
	text, err := json.Marshal(envelope{ID: f.lastID, Method: method, Params: params})
	if err != nil {
		return err
	}
	if err := f.conn.Write(ctx, websocket.MessageText, text); err != nil {
		return fmt.Errorf("browser: Firefox does not listen: %w", err)
	}
	for {
		_, data, err := f.conn.Read(ctx)
		if err != nil {
			return fmt.Errorf("browser: Firefox has ended: %w", err)
		}
		var m struct {
			Type    string
			Method  string
			Params  Line
			ID      int64
			Result  json.RawMessage
			Error   string
			Message string
		}
		if err := json.Unmarshal(data, &m); err != nil {
			return err
		}
		switch {
		case m.Type == "event" && m.Method == "log.entryAdded":
			f.console = append(f.console, m.Params)
		case m.ID != f.lastID: // an event
		case m.Type == "error":
			return fmt.Errorf("browser: Firefox: %s: %s", m.Error, m.Message)
		case result == nil:
			return nil
		default:
			return json.Unmarshal(m.Result, result)
		}
	}
}

func (f *firefox) Version() string { return f.version }

func (f *firefox) Navigate(ctx context.Context, url string) error {
	return f.call(ctx, "browsingContext.navigate", map[string]any{"context": f.tab, "url": url, "wait": "complete"}, nil)
}

func (f *firefox) Eval(ctx context.Context, expression string) (string, error) {
	var result struct {
		Type   string
		Result struct {
			Type  string
			Value any
		}
		ExceptionDetails struct{ Text string }
	}
	params := map[string]any{"expression": expression, "target": map[string]any{"context": f.tab}, "awaitPromise": true, "userActivation": true}
	if err := f.call(ctx, "script.evaluate", params, &result); err != nil {
		return "", err
	}
	if result.Type == "exception" {
		return "", fmt.Errorf("browser: Firefox: the script threw: %s", result.ExceptionDetails.Text)
	}
	text, ok := result.Result.Value.(string)
	if !ok {
		return "", fmt.Errorf("browser: the script returned a %s and no string", result.Result.Type)
	}
	return text, nil
}

func (f *firefox) Console(ctx context.Context, expected int) ([]Line, error) {
	err := settle(expected, func() (int, error) {
		// Any call reads the events that came before its answer.
		err := f.call(ctx, "browsingContext.getTree", nil, nil)
		return len(f.console), err
	})
	lines := f.console
	f.console = nil
	return lines, err
}

func (f *firefox) ClearCookies(ctx context.Context) error {
	return f.call(ctx, "storage.deleteCookies", nil, nil)
}

func (f *firefox) Close() error {
	if f.conn != nil {
		f.conn.CloseNow()
	}
	// Firefox has no parent to notice that its driver is gone.
	f.process.cmd.Process.Signal(os.Interrupt)
	return f.process.stop()
}
