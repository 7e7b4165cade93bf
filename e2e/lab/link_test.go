package lab

import (
	"strings"
	"testing"

	"github.com/corscope/corscope/e2e/browser"
)

// repaired is what a reader sees of a fault whose fix is applied.
type repaired struct {
	// Word and Sentence are of the answer with the fix, Was of the one without it.
	Word, Sentence, Was string
	// Fix is the section of the fix, with its proof; Lines are those for a server.
	Fix, Lines string
	// Said is what a screen reader is told.
	Said string
}

func (p *page) repaired() repaired {
	p.t.Helper()
	p.answers("ALLOWED")
	return read[repaired](p, `
		await lab.until("the lines", () => !document.querySelector(".snippets") || document.querySelector(".snippets .files"));
		return {Word: lab.text(".verdict .word"), Sentence: lab.text(".verdict h1"), Was: lab.text(".verdict .was"), Fix: lab.text("section.fix"),
			Lines: lab.text(".snippets"), Said: lab.text(".verdict-area [role=status]")}`)
}

// TestALinkToAFix sends what somebody repaired to a colleague: they see the fault, the fix and its proof, as the sender does, and nobody is
// asked anything again. Going back, forward and over works on both sides.
func TestALinkToAFix(t *testing.T) {
	server := startOwnServer(t)
	for name, c := range map[string]struct {
		link  any
		paste string
		apply string
		fault string
		proof string
	}{
		"a server of one's own": {
			paste: "Access to fetch at '" + server.URL + "/users/7' from origin 'http://localhost:5173' has been blocked by CORS policy: " +
				"Method DELETE is not allowed by Access-Control-Allow-Methods in preflight response.",
			apply: "Apply the fix to a pretend server", fault: "and not DELETE", proof: "DELETE",
		},
		"a fault of the gallery": {link: dict{"page": "https://app.example.com", "url": "https://faults.example/allow-origin-missing", "demo": "allow-origin-missing"},
			apply: "Apply the fix to a pretend server", fault: "no Access-Control-Allow-Origin", proof: "Access-Control-Allow-Origin: https://app.example.com"},
		"a pretend server": {link: stuck, apply: "Apply the fix", fault: "Access-Control-Allow-Credentials is missing", proof: "Access-Control-Allow-Methods: GET, POST, PUT"},
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t, desk, look{link: c.link}.fragment())
			if c.paste != "" {
				p.paste(c.paste)
				p.press(browser.Enter, browser.Ctrl)
				p.do(`await lab.until("the question", () => lab.text(".verdict .word").includes("ASKING YOU FIRST"))`)
				p.do(`lab.press(".verdict button", "Ask 127.0.0.1")`)
			}
			p.answers("BLOCKED", c.fault)
			before := read[played](p, `return lab.shown()`)
			p.do(`lab.press(".verdict button", ` + quote(c.apply) + `)`)
			here := p.repaired()
			if !strings.Contains(here.Was, "Without the fix: BLOCKED. "+before.Sentence) || !strings.Contains(here.Said, here.Was) {
				t.Errorf("with the fix, what was wrong is told as %q, and spoken %q", here.Was, here.Said)
			}
			if !strings.Contains(here.Fix, c.proof) || !strings.Contains(here.Fix, "Proven") || here.Lines == "" {
				t.Errorf("the fix is told as %q, and for servers %q", here.Fix, here.Lines)
			}
			p.must(p.c.AllowClipboard(p.ctx, strings.TrimSuffix(p.url, "/")))
			p.do(`lab.press(".top nav button", "Copy link"); await lab.until("the copy", () => lab.text(".said").startsWith("Copied"))`)
			link := read[string](p, `return navigator.clipboard.readText()`)
			if bar := read[string](p, `return location.href`); link != bar {
				t.Errorf("the link that is copied is not the one in the address bar:\n%s\n%s", link, bar)
			}
			asked := server.seen()

			p.goTo(strings.TrimPrefix(link, p.url))
			if there := p.repaired(); there != here {
				t.Errorf("who opens the link sees\n%+v\nand who sent it\n%+v", there, here)
			}
			if bar := read[string](p, `return location.href`); bar != link {
				t.Errorf("opening the link made another of it:\n%s\n%s", bar, link)
			}
			if n := read[int](p, `return lab.explained()`); n != 1 {
				t.Errorf("the lab was asked %d times to open the link", n)
			}
			p.do(`lab.press(".verdict button", "Take the fix back")`)
			p.answers("BLOCKED")
			if now := read[played](p, `return lab.shown()`); now.Sentence != before.Sentence || now.Because != before.Because {
				t.Errorf("without the fix it says %q %q, and the sender saw %q %q", now.Sentence, now.Because, before.Sentence, before.Because)
			}
			p.do(`history.back()`)
			if again := p.repaired(); again != here {
				t.Errorf("going back shows\n%+v\nwant\n%+v", again, here)
			}
			p.do(`history.forward()`)
			p.answers("BLOCKED")
			p.do(`history.back()`)
			p.repaired()
			p.do(`lab.press(".top nav button", "Start over"); await lab.until("an empty page", () => document.querySelector(".welcome") && location.hash === "")`)
			p.do(`history.back()`)
			if again := p.repaired(); again != here {
				t.Errorf("starting over and going back shows\n%+v\nwant\n%+v", again, here)
			}
			if n := read[int](p, `return lab.explained()`); n != 1 {
				t.Errorf("the lab was asked %d times, although all of it was there", n)
			}
			if now := server.seen(); now != asked {
				t.Errorf("the server was asked %s before the link was sent, and then %s", asked, now)
			}
			p.quiet()
		})
	}
}

// TestALinkToAFixThatIsNone opens links that somebody changed: to a call that nothing is wrong with, and to one of a real server.
func TestALinkToAFixThatIsNone(t *testing.T) {
	allowed := dict{"page": "https://app.example.com", "url": "https://api.example.com/", "fixed": true, "server": dict{"answers": []dict{
		{"on": "request", "status": 200, "headers": []dict{{"name": "Access-Control-Allow-Origin", "value": "*"}}}}}}
	p := open(t, desk, look{link: allowed}.fragment())
	p.answers("ALLOWED")
	if was := read[string](p, `return lab.text(".verdict .was")`); !strings.Contains(was, "There is none for this call") {
		t.Errorf("the page says of the fix %q", was)
	}
	if read[bool](p, `return document.querySelector("section.fix") !== null`) {
		t.Error("it shows a fix")
	}

	server := startOwnServer(t)
	p.goTo(look{link: dict{"page": "http://localhost:5173", "url": server.URL + "/users/7", "method": "DELETE", "fixed": true}}.fragment())
	p.answers("FROM A LINK")
	if seen := server.seen(); seen != "" {
		t.Errorf("a link asked a server of this machine %s", seen)
	}
	p.do(`lab.press(".verdict button", "Run it")`)
	p.do(`await lab.until("the question", () => lab.text(".verdict .word").includes("ASKING YOU FIRST")); lab.press(".verdict button", "Ask 127.0.0.1")`)
	if got := p.repaired(); !strings.Contains(got.Was, "DELETE") {
		t.Errorf("run by hand, it shows %+v", got)
	}
	p.quiet()
}
