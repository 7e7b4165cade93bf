package lab

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/corscope/corscope/e2e/browser"
)

// look is a state of the page in which a reader may find themselves. None shows a port or a time.
type look struct {
	name string
	// link is the case that the page is opened with; nil: none.
	link any
	// then leads on from there.
	then string
	// screen says that what is below the first screen is of no interest.
	screen bool
}

type dict = map[string]any

// stuck is a case of the kind that people bring: two things are wrong with the preflight, and one with the answer.
var stuck = dict{
	"page": "https://app.example.com", "url": "https://api.example.com/users/7", "method": "PUT", "credentials": "include",
	"headers": []dict{{"name": "Content-Type", "value": "application/json"}}, "body": `{"name":"Ada"}`,
	"server": dict{"answers": []dict{
		{"on": "preflight", "status": 204, "headers": []dict{
			{"name": "Access-Control-Allow-Origin", "value": "https://app.example.com"}, {"name": "Access-Control-Allow-Methods", "value": "GET, POST"}}},
		{"on": "request", "status": 200, "headers": []dict{
			{"name": "Content-Type", "value": "application/json"}, {"name": "Access-Control-Allow-Origin", "value": "*"}}, "body": `{"id":7}`},
	}},
}

var looks = []look{
	{name: "empty"},
	{name: "blocked", link: stuck},
	{name: "fixed", link: stuck, then: `
		[...document.querySelectorAll(".verdict button.primary")][0].click();
		await lab.answered(2);
		await lab.until("the fix to hold", () => lab.text(".verdict .word").endsWith("ALLOWED"));`},
	{name: "compared", link: stuck, then: `
		lab.press(".compare button", "Let Chromium do it");
		await lab.until("the comparison", () => document.querySelector(".compare .agrees"));`},
	{name: "cookies", link: dict{"page": "https://app.example.com", "url": "https://api.example.com/cookie-domain", "credentials": "include", "demo": "cookie-domain"}, then: `
		lab.press(".compare button", "Let Chromium do it");
		await lab.until("the comparison", () => document.querySelector(".compare .agrees"));`},
	{name: "gallery", screen: true, then: `
		lab.press(".top nav button", "Gallery");
		await lab.until("the gallery", () => document.querySelector("dialog .play-link"));`},
	{name: "link", link: dict{"page": "https://app.example.com", "url": "https://api.example.com/users/7"}},
}

// fragment is the link's.
func (l look) fragment() string {
	if l.link == nil {
		return ""
	}
	return "#c=" + base64.RawURLEncoding.EncodeToString([]byte(quote(l.link)))
}

// show leads the page to the look, at a size.
func (p *page) show(l look, s setting) {
	p.t.Helper()
	p.see(s)
	p.goTo(l.fragment())
	if l.link != nil {
		p.do(`await lab.until("the page to say something", () => document.querySelector(".verdict.not-sent, .diagram svg"))`)
	}
	if l.then != "" {
		p.do(l.then)
	}
	// A version is of one build alone. Where the cursor blinks is of one moment, and where the player floats is of one scroll position.
	p.do(`const player = document.querySelector(".player"); if (player) player.style.position = "static";
		document.querySelector(".version")?.remove(); document.activeElement?.blur(); scrollTo(0, 0);
		await document.fonts.ready; await lab.frames(3)`)
}

// The widths of a telephone, a tablet and a desk.
var widths = []int{360, 800, 1600}

func (l look) at(width int, scheme string) setting {
	return setting{browser.Viewport{Width: width, Height: cmp.Or(map[int]int{360: 740}[width], 1000)}, browser.Media{ColorScheme: scheme, ReducedMotion: "reduce"}}
}

// TestLooks looks at every state of the page at three widths in both schemes: nothing is cut off or stands out of the page, axe-core
// finds nothing that would keep anybody out, and it looks as it did when somebody last looked at it.
func TestLooks(t *testing.T) {
	axe := axeCore(t)
	for _, l := range looks {
		for _, width := range widths {
			t.Run(fmt.Sprintf("%s at %d", l.name, width), func(t *testing.T) {
				p := tab(t)
				p.show(l, l.at(width, "light"))
				for _, scheme := range []string{"light", "dark"} {
					p.see(l.at(width, scheme))
					p.do(`await lab.frames(3)`)
					p.fits()
					p.looksAsBefore(fmt.Sprintf("%s-%d-%s", l.name, width, scheme), l.screen)
					if width != 800 {
						p.accessible(axe, scheme)
					}
				}
				p.quiet()
			})
		}
	}
}

// endless is a case whose words are longer than any line.
var endless = dict{
	"page": "https://app.example.com", "url": "https://api.example.com/" + strings.Repeat("x", 900) + "?q=" + strings.Repeat("y", 900), "method": "PUT",
	"headers": []dict{{"name": "X-" + strings.Repeat("Long-", 30) + "Name", "value": strings.Repeat("v", 300)}},
	"server": dict{"answers": []dict{
		{"on": "preflight", "status": 204, "headers": []dict{
			{"name": "Access-Control-Allow-Origin", "value": "https://" + strings.Repeat("sub.", 40) + "example.com"},
			{"name": "Access-Control-Allow-Headers", "value": strings.Repeat("x-header, ", 100) + "x-last"}}},
	}},
}

// TestLongWords holds that no URL and no header pushes the page wider than the screen, and that the summary of the fix stays one.
func TestLongWords(t *testing.T) {
	p := tab(t)
	for _, width := range widths {
		l := look{link: endless}
		p.show(l, l.at(width, "light"))
		p.fits()
		if high := read[int](p, `return document.querySelector(".fix-summary").clientHeight`); high > 900 {
			t.Errorf("at %d the summary of the fix is %d high", width, high)
		}
	}
	p.quiet()
}

// fits fails where the page has to be scrolled sideways, or where a text of it is cut off.
func (p *page) fits() {
	p.t.Helper()
	for _, what := range read[[]string](p, `return lab.cutOff()`) {
		p.t.Error(what)
	}
	if read[bool](p, `return document.querySelector(".diagram") !== null && lab.events().length === 0`) {
		p.t.Error("the diagram is empty")
	}
}

// axeCore returns the script that finds what would keep people out of a page. npm brings it, at the version of package-lock.json.
func axeCore(t *testing.T) string {
	t.Helper()
	script, err := axeScript()
	if err != nil {
		if _, missing := exec.LookPath("npm"); missing != nil && os.Getenv("CI") != "true" {
			t.Skip("axe-core comes from npm, and there is none: ", missing)
		}
		t.Fatal(err)
	}
	return script
}

var axeScript = sync.OnceValues(func() (string, error) {
	at := filepath.Join("node_modules", "axe-core", "axe.min.js")
	if _, err := os.Stat(at); err != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		if out, err := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund").CombinedOutput(); err != nil {
			return "", fmt.Errorf("npm ci: %w\n%s", err, out)
		}
	}
	script, err := os.ReadFile(at)
	return string(script), err
})

// accessible has axe-core look at the page.
func (p *page) accessible(axe, scheme string) {
	p.t.Helper()
	if read[bool](p, `return !window.axe`) {
		_, err := p.c.Eval(p.ctx, axe+"; ''")
		p.must(err)
	}
	rules := `{resultTypes: ["violations"]}`
	if scheme == "dark" {
		rules = `{resultTypes: ["violations"], runOnly: ["color-contrast", "link-in-text-block"]}` // the rest was looked at in light
	}
	type violation struct {
		ID, Help string
		Nodes    []struct{ HTML, FailureSummary string }
	}
	found := read[[]violation](p, `
		const result = await axe.run(document, `+rules+`);
		if (result.passes.length === 0) throw new Error("axe-core looked at nothing");
		return result.violations.map(v => ({ID: v.id, Help: v.help, Nodes: v.nodes.map(n => ({HTML: n.html, FailureSummary: n.failureSummary}))}))`)
	for _, v := range found {
		var b strings.Builder
		for i, n := range v.Nodes {
			if i == 3 {
				fmt.Fprintf(&b, "\n  and %d more", len(v.Nodes)-i)
				break
			}
			fmt.Fprintf(&b, "\n  %.300s\n    %s", n.HTML, strings.ReplaceAll(n.FailureSummary, "\n", "\n    "))
		}
		p.t.Errorf("%s: %s: %s%s", scheme, v.ID, v.Help, b.String())
	}
}
