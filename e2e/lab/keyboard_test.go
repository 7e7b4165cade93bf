package lab

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/corscope/corscope/e2e/browser"
)

func (p *page) press(k browser.Key, held browser.Modifiers) {
	p.t.Helper()
	p.must(p.c.Press(p.ctx, k, held))
}

// focus is the element that has the focus.
type focus struct {
	// Name is what a screen reader calls it, Tag its element or role, ID its id.
	Name, Tag, ID string
	// Visible says that the style sheet shows where the focus is, Inside that it is on the screen.
	Visible, Inside bool
}

func (p *page) focus() focus {
	p.t.Helper()
	return read[focus](p, `return lab.focus()`)
}

// tabTo presses Tab until the focus is at what is called name, as a reader without a mouse does, and not for ever.
func (p *page) tabTo(name string) {
	p.t.Helper()
	var passed []string
	for range 120 {
		p.press(browser.Tab, 0)
		at := p.focus()
		if !at.Visible || !at.Inside {
			p.t.Errorf("the focus is at %q (%s), and nobody sees it: shown %v, on the screen %v", at.Name, at.Tag, at.Visible, at.Inside)
		}
		if at.Name == name {
			return
		}
		passed = append(passed, at.Name)
	}
	p.t.Fatalf("Tab never reaches %q, but %q", name, passed)
}

// paste puts text where the cursor is, by way of the clipboard.
func (p *page) paste(text string) {
	p.t.Helper()
	p.must(p.c.AllowClipboard(p.ctx, strings.TrimSuffix(p.url, "/")))
	p.do(`await navigator.clipboard.writeText(` + quote(text) + `)`)
	p.press(browser.LetterV, browser.Ctrl)
}

// ownServer is the server of somebody who is stuck: it knows no DELETE. It keeps what it was asked.
type ownServer struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

func startOwnServer(t *testing.T) *ownServer {
	s := new(ownServer)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.Method)
		s.mu.Unlock()
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *ownServer) seen() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.asked, " ")
}

// TestNewcomer goes the way of issue E's "done when", by keyboard alone: a console error of one's own server is pasted, the lab asks before
// it reaches this machine, says where it stops and why, repairs it on a pretend server, and hands out the lines for nginx.
func TestNewcomer(t *testing.T) {
	server := startOwnServer(t)
	p := open(t, desk, "")
	if at := p.focus(); at.ID != "paste" {
		t.Errorf("the cursor is not where one pastes, but at %+v", at)
	}
	p.paste("Access to fetch at '" + server.URL + "/users/7' from origin 'http://localhost:5173' has been blocked by CORS policy: " +
		"Method DELETE is not allowed by Access-Control-Allow-Methods in preflight response.")
	p.tabTo("Explain")
	p.press(browser.Enter, 0)
	p.do(`await lab.until("the question", () => lab.text(".verdict .word").includes("ASKING YOU FIRST"))`)
	if seen := server.seen(); seen != "" {
		t.Errorf("the server on this machine was asked %s before the reader agreed", seen)
	}

	p.tabTo("Ask 127.0.0.1")
	p.press(browser.Enter, 0)
	p.answers("BLOCKED", "DELETE", "the method is not allowed")
	if seen := server.seen(); !strings.HasPrefix(seen, "OPTIONS") || strings.Contains(seen, "DELETE") {
		t.Errorf("the server was asked %s, want the preflight, and nothing that changes data", seen)
	}
	asked := server.seen()

	p.tabTo("Apply the fix to a pretend server")
	p.press(browser.Enter, 0)
	p.answers("ALLOWED", "")
	if seen := server.seen(); seen != asked {
		t.Errorf("the fix was tried on the server itself: %s", seen)
	}

	p.tabTo("The lines for your server")
	p.press(browser.Enter, 0)
	if at := p.focus(); at.ID != "snippets-title" || !at.Inside {
		t.Errorf("the way to the lines leads to %+v", at)
	}
	p.press(browser.Tab, 0)
	for range 12 {
		if p.focus().Name == "nginx" {
			break
		}
		p.press(browser.ArrowRight, 0)
	}
	if at := p.focus(); at.Name != "nginx" || at.Tag != "tab" {
		t.Fatalf("the arrow keys never reach nginx, but %+v", at)
	}
	p.do(`await lab.until("the lines", () => document.querySelector(".snippets .files"))`)
	// There are two files: one for http { }, one for location { }.
	copied := p.copyNext() + p.copyNext()
	for _, want := range []string{"map $http_origin", "http://localhost:5173", "DELETE", "add_header Access-Control-Allow-Methods"} {
		if !strings.Contains(copied, want) {
			t.Errorf("the clipboard has no %s:\n%s", want, copied)
		}
	}
	p.quiet()
}

// TestWhichPage pastes what Firefox prints, which names no page: the lab asks for it where the answer will stand, with the cursor in the
// field, and takes it from there.
func TestWhichPage(t *testing.T) {
	server := startOwnServer(t)
	p := open(t, desk, "")
	p.paste("Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at " + server.URL + "/users/7. " +
		"(Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200.")
	p.press(browser.Enter, browser.Ctrl)
	p.do(`await lab.until("the question", () => lab.text(".verdict h1").startsWith("Which page asks?")); await lab.frames(2)`)
	if at := p.focus(); at.ID != "which-page" || !at.Inside {
		t.Fatalf("the cursor is not in the field, but at %+v", at)
	}
	p.must(p.c.Type(p.ctx, "http://localhost:5173"))
	p.press(browser.Enter, 0)
	p.do(`await lab.until("the other question", () => lab.text(".verdict .word").includes("ASKING YOU FIRST")); await lab.frames(2)`)
	if at := p.focus(); at.ID != "answer" {
		t.Errorf("the field is gone, and the keyboard goes on at %+v, not at the answer", at)
	}
	p.tabTo("Ask 127.0.0.1")
	p.press(browser.Enter, 0)
	p.answers("ALLOWED")
	if page := read[string](p, `return document.getElementById("page").value`); page != "http://localhost:5173" {
		t.Errorf("the form has the page %q", page)
	}
	p.quiet()
}

// copyNext presses the next button that copies, and returns what it put into the clipboard.
func (p *page) copyNext() string {
	p.t.Helper()
	p.tabTo("Copy")
	p.press(browser.Enter, 0)
	p.do(`await lab.until("the button to say so", () => document.activeElement.textContent === "Copied")`)
	return read[string](p, `return navigator.clipboard.readText()`)
}

// answers waits until the page shows this verdict, with these words in the sentence or the cause.
func (p *page) answers(word string, parts ...string) {
	p.t.Helper()
	p.do(`await lab.until(` + quote(word) + `, () => lab.text(".verdict .word").endsWith(` + quote(word) + `)); await lab.frames(2)`)
	got := read[played](p, `return lab.shown()`)
	for _, part := range parts {
		if !strings.Contains(got.Sentence+got.Because, part) {
			p.t.Errorf("the page says %q %q, without %s", got.Sentence, got.Because, part)
		}
	}
}

// TestGoingBack goes away from an answer in every way there is: what stood there before is there, and nothing else.
func TestGoingBack(t *testing.T) {
	p := open(t, desk, "")
	empty := func(after string) {
		p.do(`await lab.until("the page as it was first, after ` + after + `", () => document.querySelector(".welcome") && !document.querySelector(".verdict") && document.getElementById("paste").value === "", 5000)`)
	}
	p.do(`lab.press(".example .example-name", "A line from the console")`)
	p.answers("BLOCKED")
	p.do(`history.back()`)
	empty("going back")
	p.do(`history.forward()`)
	p.answers("BLOCKED")
	p.do(`lab.press(".top nav button", "Start over")`)
	empty("starting over")

	p.paste("no error of any browser")
	p.press(browser.Enter, browser.Ctrl)
	p.do(`await lab.until("the complaint", () => lab.text(".verdict .word").includes("NOT RUN"))`)
	p.do(`history.back()`)
	p.answers("BLOCKED")
	if asked := read[int](p, `return lab.explained()`); asked != 2 {
		t.Errorf("the lab was asked %d times, want once for the example and once for what was no error", asked)
	}
	p.quiet()
}
