package lab

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/corscope/corscope/e2e/browser"
)

var updateFlag = flag.Bool("update", false, "keep the screenshots of this run as the ones to compare with")

// TestMain ends what the tests share.
func TestMain(m *testing.M) {
	flag.Parse()
	status := m.Run()
	for _, end := range shared.ends {
		end()
	}
	os.Exit(status)
}

// shared is what all tests use, made by the first that needs it.
var shared struct {
	ends   []func()
	dir    string
	binary func() (string, error)
	lab    func() (string, error)
	chrome func() (*browser.Chromium, error)
}

func init() {
	shared.binary = sync.OnceValues(func() (string, error) {
		dir, err := os.MkdirTemp("", "corscope-lab-")
		if err != nil {
			return "", err
		}
		shared.dir = dir
		shared.ends = append(shared.ends, func() { os.RemoveAll(dir) })
		program := filepath.Join(dir, "corscope")
		build := exec.Command("go", "build", "-o", program, "./cmd/corscope")
		build.Dir = filepath.Join("..", "..")
		if out, err := build.CombinedOutput(); err != nil {
			return "", fmt.Errorf("go build: %w\n%s", err, out)
		}
		return program, nil
	})
	shared.lab = sync.OnceValues(func() (string, error) {
		program, err := shared.binary()
		if err != nil {
			return "", err
		}
		url, end, err := startLab(program)
		if err == nil {
			shared.ends = append([]func(){end}, shared.ends...)
		}
		return url, err
	})
	shared.chrome = sync.OnceValues(func() (*browser.Chromium, error) {
		c, err := startChromium(browser.Options{TakeCertificates: true, Hosts: map[string]string{"localhost": "127.0.0.1", "::1": "[::1]", "::ffff:7f00:1": "[::ffff:7f00:1]"}})
		if err == nil {
			shared.ends = append([]func(){func() { c.Close() }}, shared.ends...)
		}
		return c, err
	})
}

// startLab runs corscope lab and returns the address that it prints.
func startLab(program string) (url string, end func(), err error) {
	cmd := exec.Command(program, "lab", "--no-open")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	end = func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		end()
		return "", nil, fmt.Errorf("corscope lab printed no address: %w", err)
	}
	_, url, ok := strings.Cut(strings.TrimSpace(line), "The lab is open: ")
	if !ok {
		end()
		return "", nil, fmt.Errorf("corscope lab printed %q", line)
	}
	return url, end, nil
}

// startChromium starts it, and installs it first where it is missing and can be had.
func startChromium(o browser.Options) (*browser.Chromium, error) {
	out, _ := browser.Install("../install.sh", "chromium")
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	c, err := browser.StartChromium(ctx, o)
	if missing := new(browser.MissingError); errors.As(err, &missing) {
		return nil, fmt.Errorf("%w, and it cannot be installed: %s", err, out)
	}
	return c, err
}

// page is the lab's page in the one tab.
type page struct {
	t   *testing.T
	ctx context.Context
	c   *browser.Chromium
	url string
}

//go:embed page.js
var pageScript string

// setting is how a reader sees the page.
type setting struct {
	browser.Viewport
	browser.Media
}

// desk is a reader at a desk, who does not care for things that move: the tests are done sooner.
var desk = setting{browser.Viewport{Width: 1280, Height: 900}, browser.Media{ColorScheme: "light", ReducedMotion: "reduce"}}

// open opens the lab's page anew, with a fragment or none.
func open(t *testing.T, s setting, fragment string) *page {
	t.Helper()
	p := tab(t)
	p.see(s)
	p.goTo(fragment)
	return p
}

// tab is the tab with whatever it shows. Without Chromium the test is skipped, but for CI's, which then fails.
func tab(t *testing.T) *page {
	t.Helper()
	url, err := shared.lab()
	if err != nil {
		t.Fatal(err)
	}
	p := &page{t: t, c: chrome(t), url: url}
	var cancel context.CancelFunc
	p.ctx, cancel = context.WithTimeout(t.Context(), 15*time.Minute)
	t.Cleanup(cancel)
	return p
}

var scripted sync.Once

func chrome(t *testing.T) *browser.Chromium {
	t.Helper()
	c, err := shared.chrome()
	if missing := new(browser.MissingError); errors.As(err, &missing) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	scripted.Do(func() {
		if err := errors.Join(c.Focus(t.Context()), c.BeforeScripts(t.Context(), pageScript)); err != nil {
			t.Fatal(err)
		}
	})
	return c
}

func (p *page) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *page) see(s setting) {
	p.t.Helper()
	p.must(p.c.Resize(p.ctx, s.Viewport))
	p.must(p.c.Emulate(p.ctx, s.Media))
}

// goTo opens the page with a fragment. From the page itself that would be no new document, so it leaves first.
func (p *page) goTo(fragment string) {
	p.t.Helper()
	p.must(p.c.Navigate(p.ctx, "about:blank"))
	p.must(p.c.Navigate(p.ctx, p.url+fragment))
	p.do(`await lab.ready()`)
}

// do runs the body of an async function in the page.
func (p *page) do(script string) {
	p.t.Helper()
	_, err := p.c.Eval(p.ctx, "(async () => {"+script+"})().then(() => '')")
	p.must(err)
}

// read runs the body of an async function in the page and decodes what it returns.
func read[T any](p *page, script string) T {
	p.t.Helper()
	text, err := p.c.Eval(p.ctx, "(async () => {"+script+"})().then(v => JSON.stringify(v ?? null))")
	p.must(err)
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		p.t.Fatalf("%s returned %s: %v", script, text, err)
	}
	return v
}

// quote writes a value as JavaScript.
func quote(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// quiet fails the test where a script of the page threw, or its policy forbade it something. What the console says of the calls that are
// compared is none of it.
func (p *page) quiet() {
	p.t.Helper()
	lines, err := p.c.Console(p.ctx, 0)
	p.must(err)
	for _, l := range lines {
		if strings.Contains(l.Text, "Content Security Policy") {
			p.t.Errorf("the page's console shows %s", l.Text)
		}
	}
	for _, e := range read[[]string](p, `return lab.errors`) {
		p.t.Errorf("a script of the page threw %s", e)
	}
}
