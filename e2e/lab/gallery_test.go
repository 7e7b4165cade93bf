package lab

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/corscope/corscope/internal/demo"
)

// galleryItem is a step of the story or a cause, as the API's gallery has it.
type galleryItem struct {
	ID   string
	Kind string // of a cause
	Case map[string]any
	// Compare is said of causes alone.
	Compare bool
	scene   bool
}

// items asks the page for its gallery: every item that a browser plays, in the order in which the page lists them.
func (p *page) items() []galleryItem {
	p.t.Helper()
	gallery := read[struct {
		Scenes []struct{ Steps []galleryItem }
		Causes []galleryItem
	}](p, `return (await (await fetch("api/v1/gallery")).json())`)
	var items []galleryItem
	for _, s := range gallery.Scenes {
		for _, step := range s.Steps {
			if step.Case != nil {
				step.scene = true
				items = append(items, step)
			}
		}
	}
	// The page puts causes of a kind together, in the order in which the kinds first come.
	var order []string
	byKind := make(map[string][]galleryItem)
	for _, c := range gallery.Causes {
		if byKind[c.Kind] == nil {
			order = append(order, c.Kind)
		}
		byKind[c.Kind] = append(byKind[c.Kind], c)
	}
	for _, kind := range order {
		items = append(items, byKind[kind]...)
	}
	faults, steps := len(demo.Faults()), 0
	for _, s := range demo.Scenes() {
		for _, step := range s.Steps {
			if step.As == demo.Browser {
				steps++
			}
		}
	}
	if len(items) != faults+steps || faults == 0 || steps == 0 {
		p.t.Fatalf("the gallery has %d items, and the demo %d faults and %d steps of a browser", len(items), faults, steps)
	}
	return items
}

// played is what the page shows of an item, and what the API answered for it.
type played struct {
	Demo                                    string
	Word, Sentence, Because, Text, Position string
	// Events are the kinds of what the diagram shows, in order.
	Events []string
	Answer struct {
		Document json.RawMessage
		Text     string
	}
}

// play presses the button of the nth item and returns what the page then shows.
func (p *page) play(n int) played {
	p.t.Helper()
	return read[played](p, `
		lab.calls.splice(0);
		lab.press(".top nav button", "Gallery");
		(await lab.until("item", () => document.querySelectorAll("dialog .play-link")[`+quote(n)+`])).click();
		const call = await lab.answered(1);
		await lab.until("the diagram", () => document.querySelector(".diagram svg"));
		return {...lab.shown(), Demo: call.asked.case.demo, Answer: call.answer, Events: lab.events()};`)
}

// compared is what "Compare with this browser" shows of the item that was played.
type compared struct {
	// Cannot is the sentence where it cannot be staged; Shown what stands there otherwise.
	Cannot, Shown string
	// Warned says that it was said first, before a window was opened, that the browser will warn of certificates.
	Warned bool
	Answer struct {
		Agrees          bool
		Profile         string
		Differences     []struct{ What, Engine, Browser string }
		Engine, Browser json.RawMessage
	}
}

func (p *page) compare() compared {
	p.t.Helper()
	return read[compared](p, `
		lab.press(".compare button", "Let Chromium do it");
		let shown = await lab.until("the comparison", () => document.querySelector(".compare [role=status] > p:not(.quiet)"));
		const Warned = /^Chromium will warn of .*Go on there, or leave it\./.test(shown.textContent);
		if (Warned) {
			lab.press(".compare button", "Open the window");
			shown = await lab.until("the comparison", () => document.querySelector(".compare [role=status] > .agrees, .compare [role=status] > .field-error"));
		}
		if (shown.matches(".note")) return {Cannot: shown.textContent.replace("This one cannot be staged. ", "")};
		const call = lab.calls.find(c => c.path.endsWith("/outcome"));
		return {Shown: shown.textContent, Answer: call?.answer, Warned};`)
}

// words are the verdicts as the page prints them.
var words = map[string]string{"allowed": "ALLOWED", "blocked": "BLOCKED", "failed": "FAILED", "not-sent": "NOT SENT"}

// warned are the items for which the browser warns of certificates first. Like the first of each kind, all of them are compared here.
var warned = []string{"mixed-content", "redirect-to-http", "header-cut-off", "redirect-of-a-stream"}

// TestGallery has the page play every step of the story and every fault. What the page shows must be what the API says, and that must be
// what the command line says of the same call. For the story, and for a fault of each kind, this Chromium is asked as well, and must
// agree; that it does so for all others is held by e2e's TestLabInChromium.
func TestGallery(t *testing.T) {
	p := open(t, desk, "")
	items := p.items()
	cli := startCLI(t, items)
	kinds := make(map[string]bool)
	for i, item := range items {
		ask := slices.Contains(warned, item.ID) || !kinds[item.Kind] || item.scene
		kinds[item.Kind] = true
		if !item.Compare && !item.scene {
			t.Errorf("the gallery says of %s that it cannot be compared", item.ID)
		}
		t.Run(item.ID, func(t *testing.T) {
			at := *p
			at.t = t
			got := at.play(i)
			if got.Demo != item.ID {
				t.Fatalf("the button at its place plays %s", got.Demo)
			}
			at.says(got)
			if run, ok := cli[item.ID]; ok {
				same(t, "the API", got.Answer.Document, "corscope "+strings.Join(run.args, " "), run.document(t))
			}
			if ask {
				at.compares(item)
			}
		})
	}
	t.Logf("%d items play", len(items))
	p.quiet()
}

// says holds what the page shows to what the API answered.
func (p *page) says(got played) {
	p.t.Helper()
	said := summaryOf(p.t, got.Answer.Document)
	if got.Word != words[said.Verdict] || got.Sentence != said.Sentence {
		p.t.Errorf("the page shows %q %q, and the API says %q %q", got.Word, got.Sentence, said.Verdict, said.Sentence)
	}
	if len(said.Diagnosis.Findings) > 0 && said.Verdict != "allowed" && !strings.Contains(got.Because, said.Diagnosis.Findings[0].Cause.Title) {
		p.t.Errorf("the page gives the cause as %q, and the API as %q", got.Because, said.Diagnosis.Findings[0].Cause.Title)
	}
	if got.Text != got.Answer.Text {
		p.t.Errorf("a screen reader gets\n%s\nand the API says\n%s", got.Text, got.Answer.Text)
	}
	p.ends(got, said)
}

// compares asks this Chromium for the item that was played.
func (p *page) compares(item galleryItem) {
	p.t.Helper()
	with := p.compare()
	if with.Cannot != "" {
		p.t.Errorf("the lab says of comparing %q", with.Cannot)
	}
	if with.Warned != slices.Contains(warned, item.ID) {
		p.t.Errorf("the lab says before the window opens that the browser will warn: %v", with.Warned)
	}
	if a := with.Answer; with.Cannot == "" && (!a.Agrees || a.Profile != "chromium" || with.Shown != "✓ Corscope and Chromium agree.") {
		p.t.Errorf("%s %s %+v\nengine  %s\nbrowser %s", with.Shown, a.Profile, a.Differences, a.Engine, a.Browser)
	}
}

// ends holds the diagram to the verdict: an answer that is blocked reaches the browser and stops before the page.
func (p *page) ends(got played, said summary) {
	p.t.Helper()
	n := len(got.Events)
	if n == 0 || got.Position != fmt.Sprintf("%d / %d", n, n) {
		p.t.Errorf("the player stands at %s of %d events", got.Position, n)
	}
	delivers := slices.Contains(got.Events, "deliver")
	if delivers != (said.Verdict == "allowed") {
		p.t.Errorf("the verdict is %s, and the diagram shows %v", said.Verdict, got.Events)
	}
	if said.Verdict == "blocked" && !slices.Contains(got.Events, "stop") && !slices.Contains(got.Events, "held") {
		p.t.Errorf("nothing in the diagram stops: %v", got.Events)
	}
}

// summary is what every document has.
type summary struct {
	Verdict, Sentence string
	Diagnosis         struct {
		Findings []struct{ Cause struct{ ID, Title string } }
	}
}

func summaryOf(t *testing.T, document json.RawMessage) summary {
	t.Helper()
	var s summary
	if err := json.Unmarshal(document, &s); err != nil {
		t.Fatal(err)
	}
	return s
}
