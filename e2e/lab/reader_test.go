package lab

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/corscope/corscope/e2e/browser"
)

// TestKeyboard goes through the page of a blocked call by keyboard alone: everything that a mouse can press is reached by Tab, or by the
// arrow keys inside a group, and the focus never gets caught.
func TestKeyboard(t *testing.T) {
	p := open(t, desk, looks[1].fragment())
	p.answers("BLOCKED")
	want := read[int](p, `return lab.number()`)
	first, again := -1, false
	for range 2 * want {
		p.press(browser.Tab, 0)
		n := read[int](p, `return lab.reached()`)
		if n >= 0 && first < 0 {
			first = n
		} else if n >= 0 && n == first {
			again = true
			break
		}
	}
	if !again {
		t.Error("Tab never comes around")
	}
	for _, missed := range read[[]string](p, `return lab.missed()`) {
		t.Errorf("no key leads to %s", missed)
	}
	p.quiet()
}

// TestDiagramByKeyboard steps, jumps and plays without a mouse.
func TestDiagramByKeyboard(t *testing.T) {
	p := open(t, desk, looks[1].fragment())
	p.answers("BLOCKED")
	p.do(`await lab.until("the diagram", () => document.querySelector(".diagram svg")); document.querySelector(".scroller").focus()`)
	last := read[int](p, `return lab.events().length`)
	position := func() string {
		p.do(`await lab.frames(2)`)
		return strings.TrimSpace(read[string](p, `return lab.text(".player .position")`))
	}
	total := " / " + quote(last)
	for _, step := range []struct {
		key  browser.Key
		want string
	}{{browser.Home, "1"}, {browser.ArrowRight, "2"}, {browser.ArrowRight, "3"}, {browser.ArrowLeft, "2"}, {browser.ArrowLeft, "1"}, {browser.ArrowLeft, "1"}, {browser.End, quote(last)}} {
		p.press(step.key, 0)
		if got := position(); got != step.want+total {
			t.Errorf("after %s the position is %s, want %s", step.key, got, step.want+total)
		}
	}
	p.press(browser.Space, 0)
	if got := position(); !strings.HasPrefix(got, "1 ") {
		t.Errorf("Space at the end plays from %s, not from the beginning", got)
	}
	p.press(browser.Space, 0)
}

// TestReducedMotion says that nothing moves for readers who asked for that, and that something does for others.
func TestReducedMotion(t *testing.T) {
	p := tab(t)
	for motion, moves := range map[string]bool{"reduce": false, "no-preference": true} {
		s := desk
		s.ReducedMotion = motion
		p.see(s)
		p.goTo(looks[1].fragment())
		p.answers("BLOCKED")
		p.do(`await lab.until("the diagram", () => document.querySelector(".diagram svg"))`)
		// A press of Play, a step and the fix: everything that sets something in motion.
		seen := read[int](p, `
			let most = 0;
			const look = async n => { for (let i = 0; i < n; i++) { most = Math.max(most, document.getAnimations().filter(a => a.playState === "running").length); await lab.frames(1); } };
			document.querySelector(".player .play").click();
			await look(20);
			document.querySelector(".player button").click();
			await look(10);
			return most`)
		if (seen > 0) != moves {
			t.Errorf("with prefers-reduced-motion: %s, %d things move at once", motion, seen)
		}
	}
}

// TestPlayWaitsForItsReader holds that nothing is over before it was seen: on a small screen the diagram is below the verdict, and plays
// when one gets there; at a desk the place where it stops and what plays it are on the first screen.
func TestPlayWaitsForItsReader(t *testing.T) {
	p := tab(t)
	small := setting{browser.Viewport{Width: 360, Height: 740}, browser.Media{ColorScheme: "light", ReducedMotion: "no-preference"}}
	p.see(small)
	p.goTo(looks[1].fragment())
	p.answers("BLOCKED")
	p.do(`await lab.until("the diagram", () => document.querySelector(".diagram svg")); await new Promise(r => setTimeout(r, 1500))`)
	if at := read[string](p, `return lab.text(".player .position")`); !strings.HasPrefix(at, "1 ") {
		t.Errorf("it played to %s where nobody saw it", at)
	}
	p.do(`document.querySelector(".watch").scrollIntoView(); await lab.until("the play to begin", () => parseInt(lab.text(".player .position")) > 1, 5000)`)

	large := desk
	large.Height = 1000
	p.see(large)
	p.goTo(looks[1].fragment())
	p.answers("BLOCKED")
	outside := read[[]string](p, `
		await lab.until("the diagram", () => document.querySelector(".diagram svg"));
		await lab.frames(5);
		return [".highlight", ".player .play"].filter(s => document.querySelector(s).getBoundingClientRect().bottom > innerHeight)`)
	if len(outside) > 0 {
		t.Errorf("below the first screen are %q", outside)
	}
	p.quiet()
}

// TestFoldedWindow folds the window away and opens it again: the diagram is still there, at its event, and follows its width.
func TestFoldedWindow(t *testing.T) {
	p := open(t, desk, looks[1].fragment())
	p.answers("BLOCKED")
	for _, width := range []int{1, 700, 1, desk.Width} {
		s := desk
		s.Width = width
		p.see(s)
		p.do(`await lab.frames(5)`)
	}
	p.do(`await lab.until("the diagram at the width of its box", () => {
		const box = document.querySelector(".scroller");
		const row = document.querySelector(".highlight").getBoundingClientRect(), frame = box.getBoundingClientRect();
		return box.querySelector("svg")?.clientWidth === box.clientWidth && lab.events().length > 0 && row.top >= frame.top && row.bottom <= frame.bottom;
	}, 5000)`)
	p.quiet()
}

// TestScreenReader holds the text that stands for the diagram to what the command line prints for the same paste.
func TestScreenReader(t *testing.T) {
	server := startOwnServer(t)
	program, err := shared.binary()
	if err != nil {
		t.Fatal(err)
	}
	line := "Access to fetch at '" + server.URL + "/users/7' from origin 'http://localhost:5173' has been blocked by CORS policy: " +
		"Method DELETE is not allowed by Access-Control-Allow-Methods in preflight response."
	cmd := exec.CommandContext(t.Context(), program, "explain", line)
	cmd.Env = append(cmd.Environ(), "COLUMNS=80", "NO_COLOR=1")
	printed, err := cmd.Output() // it ends with 1, for blocked
	if len(printed) == 0 {
		t.Fatal(err)
	}
	p := open(t, desk, "")
	p.paste(line)
	p.press(browser.Enter, browser.Ctrl)
	p.do(`await lab.until("the question", () => lab.text(".verdict .word").includes("ASKING YOU FIRST"))`)
	p.do(`lab.press(".verdict button", "Ask 127.0.0.1")`)
	p.answers("BLOCKED")
	shown := read[played](p, `return lab.shown()`)
	got, want := strings.Split(strings.TrimSpace(shown.Text), "\n"), strings.Split(strings.TrimSpace(string(printed)), "\n")
	for i := range max(len(got), len(want)) {
		g, w := lineOf(got, i), lineOf(want, i)
		if g != w {
			t.Errorf("line %d: a screen reader gets\n%s\nand the terminal shows\n%s", i+1, g, w)
		}
	}
	described := read[string](p, `
		const svg = await lab.until("the diagram", () => document.querySelector(".diagram svg"));
		return svg.getAttribute("aria-label") + "|" + document.getElementById(svg.getAttribute("aria-describedby"))?.id + "|" + lab.text(".verdict-area [role=status]")`)
	label, rest, _ := strings.Cut(described, "|")
	if !strings.Contains(label, shown.Sentence) || !strings.HasPrefix(rest, "cli-text|") || !strings.Contains(rest, "BLOCKED. "+shown.Sentence) {
		t.Errorf("the diagram and the status line say %s", described)
	}
}

func lineOf(lines []string, i int) string {
	if i >= len(lines) {
		return "nothing"
	}
	return ofThisRun.ReplaceAllString(lines[i], "*")
}
