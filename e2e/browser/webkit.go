package browser

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

type webkit struct {
	display, driver *process
	hosts           []string // names of the world's servers
	address         string   // of the driver
	session         string   // path, "/session/ID"
	version         string
}

// StartWebKit starts WebKitGTK's MiniBrowser by its WebDriver, on a display that nobody sees. The error is a *[MissingError] where
// either is missing.
func StartWebKit(ctx context.Context, o Options) (Browser, error) {
	program, err := find("WebKitGTK", "WebKitWebDriver")
	if err != nil {
		return nil, err
	}
	xvfb, err := find("Xvfb", "Xvfb")
	if err != nil {
		return nil, err
	}
	w := &webkit{}
	for name := range o.Hosts {
		host, _, _ := net.SplitHostPort(name)
		w.hosts = append(w.hosts, host)
	}
	slices.Sort(w.hosts)
	w.hosts = slices.Compact(w.hosts)
	display, err := w.startDisplay(ctx, xvfb)
	if err == nil {
		err = w.startDriver(program, display)
	}
	if err == nil {
		err = w.open(ctx, o)
	}
	if err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// startDisplay returns the display's name.
func (w *webkit) startDisplay(ctx context.Context, program string) (string, error) {
	profile, err := newProfile("xvfb")
	if err != nil {
		return "", err
	}
	from, to, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer from.Close()
	cmd := exec.Command(program, "-displayfd", "3", "-screen", "0", "800x600x24", "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{to}
	w.display, err = start(cmd, profile)
	to.Close()
	if err != nil {
		return "", err
	}
	from.SetReadDeadline(deadlineOf(ctx))
	number, err := bufio.NewReader(from).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("browser: Xvfb did not start: %w", err)
	}
	return ":" + strings.TrimSpace(number), nil
}

func deadlineOf(ctx context.Context) time.Time {
	d, _ := ctx.Deadline()
	return d
}

func (w *webkit) startDriver(program, display string) error {
	// The driver cannot choose a port by itself and say which.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	w.address = l.Addr().String()
	l.Close()
	profile, err := newProfile("webkit")
	if err != nil {
		return err
	}
	_, port, _ := net.SplitHostPort(w.address)
	cmd := exec.Command(program, "--host=127.0.0.1", "--port="+port)
	w.driver, err = start(cmd, profile, "DISPLAY="+display,
		// Its sandbox does not run as root, nor in most containers.
		"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1",
		"GDK_BACKEND=x11", "LIBGL_ALWAYS_SOFTWARE=1", "WEBKIT_DISABLE_COMPOSITING_MODE=1", "GSETTINGS_BACKEND=memory", "NO_AT_BRIDGE=1",
		"XDG_CACHE_HOME="+filepath.Join(profile, "cache"), "XDG_DATA_HOME="+filepath.Join(profile, "data"), "XDG_CONFIG_HOME="+filepath.Join(profile, "config"),
		"LANG=en_US.UTF-8", "LANGUAGE=en_US")
	return err
}

func (w *webkit) open(ctx context.Context, o Options) error {
	for {
		err := w.call(ctx, "GET", "/status", nil, nil)
		if err == nil {
			break
		}
		if failure := new(net.OpError); !errors.As(err, &failure) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("browser: WebKitWebDriver did not start: %w", ctx.Err())
		case <-w.driver.done:
			return errors.New("browser: WebKitWebDriver ended before it was ready")
		case <-time.After(20 * time.Millisecond):
		}
	}
	// Without tracking prevention it would be no model of Safari: third-party cookies would go along. Proxies that the capability of
	// WebDriver names are for their own scheme alone.
	params := map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"acceptInsecureCerts":      true,
		"webkitgtk:browserOptions": map[string]any{"args": []string{"--automation", "--enable-itp", "--proxy=socks5://" + o.SOCKS}},
		"timeouts":                 map[string]any{"script": 600_000, "pageLoad": 60_000},
	}}}
	var session struct {
		SessionID    string
		Capabilities struct{ BrowserName, BrowserVersion string }
	}
	if err := w.call(ctx, "POST", "/session", params, &session); err != nil {
		return err
	}
	w.session = "/session/" + session.SessionID
	w.version = session.Capabilities.BrowserName + "/" + session.Capabilities.BrowserVersion
	return nil
}

// call makes one call of https://www.w3.org/TR/webdriver2/.
func (w *webkit) call(ctx context.Context, method, path string, params, result any) error {
	var body io.Reader
	if method == "POST" {
		if params == nil {
			params = struct{}{}
		}
		text, err := json.Marshal(params)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://"+w.address+path, body)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("browser: WebKitWebDriver does not listen: %w", err)
	}
	defer answer.Body.Close()
	var m struct{ Value json.RawMessage }
	if err := json.NewDecoder(io.LimitReader(answer.Body, maxMessage)).Decode(&m); err != nil {
		return fmt.Errorf("browser: WebKitWebDriver: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		var failure struct{ Error, Message string }
		json.Unmarshal(m.Value, &failure)
		return fmt.Errorf("browser: WebKitGTK: %s: %s", failure.Error, failure.Message)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(m.Value, result)
}

func (w *webkit) Version() string { return w.version }

func (w *webkit) Navigate(ctx context.Context, url string) error {
	return w.call(ctx, "POST", w.session+"/url", map[string]any{"url": url}, nil)
}

func (w *webkit) Eval(ctx context.Context, expression string) (string, error) {
	// A script of WebDriver is a function's body; its last argument ends it.
	const script = `const done = arguments[arguments.length - 1];
Promise.resolve().then(() => (0, eval)(arguments[0])).then(value => done({value: String(value)}), e => done({threw: String(e)}));`
	var result struct{ Value, Threw *string }
	params := map[string]any{"script": script, "args": []string{expression}}
	if err := w.call(ctx, "POST", w.session+"/execute/async", params, &result); err != nil {
		return "", err
	}
	if result.Threw != nil {
		return "", fmt.Errorf("browser: WebKitGTK: the script threw: %s", *result.Threw)
	}
	if result.Value == nil {
		return "", errors.New("browser: the script returned nothing")
	}
	return *result.Value, nil
}

// Console is always empty: classic WebDriver tells nothing of the console.
func (w *webkit) Console(context.Context, int) ([]Line, error) { return nil, nil }

// ClearCookies goes to every host of the world: WebDriver removes the cookies of the page's host alone.
func (w *webkit) ClearCookies(ctx context.Context) error {
	for _, host := range w.hosts {
		if err := w.Navigate(ctx, "http://"+host+"/none"); err != nil {
			return err
		}
		if err := w.call(ctx, "DELETE", w.session+"/cookie", nil, nil); err != nil {
			return err
		}
	}
	return nil
}

func (w *webkit) Close() error {
	if w.session != "" {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		w.call(ctx, "DELETE", w.session, nil, nil)
		cancel()
	}
	var errs []error
	for _, p := range []*process{w.driver, w.display} {
		if p != nil {
			p.cmd.Process.Signal(os.Interrupt)
			errs = append(errs, p.stop())
		}
	}
	return errors.Join(errs...)
}
