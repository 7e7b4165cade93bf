package webui

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
)

// Side is one of the two that are compared.
type Side struct {
	Sentence string  `json:"sentence"`
	Outcome  Outcome `json:"outcome"`
	// Requests are method and path of each request, as the servers saw them.
	Requests []string `json:"requests"`
	// Sent is set for a stage in a window alone.
	Sent []Sent `json:"sent,omitempty"`

	reason fetch.ReasonCode // of the engine's
}

// Difference is something in which the sides differ.
type Difference struct {
	What    string `json:"what"`
	Engine  string `json:"engine"`
	Browser string `json:"browser"`
}

type outcomeRequest struct {
	// Outcome is absent for a page in a window, which tells it by itself.
	Outcome *Outcome `json:"outcome"`
}

// comparison is the answer to an outcome.
type comparison struct {
	Version     int          `json:"version"`
	Agrees      bool         `json:"agrees"`
	Profile     string       `json:"profile"`
	Engine      Side         `json:"engine"`
	Browser     Side         `json:"browser"`
	Differences []Difference `json:"differences"`
	// Notes are sentences on what differs and decides nothing.
	Notes []string `json:"notes,omitempty"`
	// Document is what explain says of the engine's run.
	Document any `json:"document"`
}

// compare runs the engine on servers of the same kind, and holds what the browser got against it. The stage is over then. told is nil for a
// page in a window.
func (s *Server) compare(ctx context.Context, id string, told *Outcome, browser http.Header) (*comparison, error) {
	st := s.stages.find(id)
	if st == nil {
		return nil, &Problem{Status: http.StatusNotFound, Code: "stage-unknown", Message: "the stage is over, or there never was one", Hint: "compare again"}
	}
	defer s.stages.end(st)
	var seen Outcome
	switch {
	case st.plan.window:
		var err error
		if seen, err = st.listen(ctx); err != nil {
			return nil, err
		}
	case told == nil:
		return nil, &Problem{Code: "request-invalid", Message: "there is no outcome", Hint: "the page in the frame posts one"}
	default:
		seen = *told
	}
	requests, sent := st.set.seen(), st.set.seenCookies()
	seen.normalize()
	profile := profileOf(browser)
	engine, trace, err := st.run(ctx, profile, browser.Get("User-Agent"))
	if err != nil {
		return nil, err
	}
	c := &comparison{
		Version: apiVersion, Profile: profile.Name, Engine: *engine,
		Browser: Side{Sentence: seen.sentence(), Outcome: seen, Requests: requests, Sent: sent},
	}
	if c.Profile == "" {
		c.Profile = "spec"
	}
	noted, notes := alike(c.Engine, c.Browser)
	c.Differences = differences(c.Engine, noted)
	c.Notes = append(st.notes(c), notes...)
	c.Agrees = len(c.Differences) == 0
	if trace != nil {
		c.Document = s.stagedDocument(ctx, st, trace, profile)
	}
	return c, nil
}

// notes say what of the case is not as it would be elsewhere.
func (st *stage) notes(c *comparison) []string {
	var notes []string
	if c.Engine.Outcome.Error == timeoutError && c.Browser.Outcome.Error == timeoutError {
		notes = append(notes, fmt.Sprintf("Both gave up after %g s, because the lab's page says so with AbortSignal.timeout(): by itself a browser waits much longer.", st.plan.limit.Seconds()))
	}
	if at := st.plan.obstacle(); at != "" && c.Engine.Outcome.Error == "TypeError" && c.Browser.Outcome.Error == "TypeError" {
		notes = append(notes, "A page is not told why a connection fails: what is compared is that it does, and that no server is asked.")
		if at == demo.ObstacleCertificate {
			notes = append(notes, "No browser knows the authority that the lab made, which is one more reason for yours to refuse the certificate.")
		}
	}
	if st.plan.nowhere && c.Engine.reason == fetch.ReasonMixedContent {
		notes = append(notes, "Your browser lets a page on https ask for plain http on this machine, so that the plain http is at a name that leads nowhere.")
	}
	if st.plan.cookies && len(c.Differences) > 0 && siteOf(st.plan.page) != siteOf(st.plan.target) {
		notes = append(notes, "Browsers can be set to keep no cookies of another site than the one in the address bar.")
	}
	return notes
}

// alike takes out of what the browser did what differs in ways that no standard settles, and says it.
func alike(engine, browser Side) (Side, []string) {
	var notes []string
	e, b := engine.Outcome, browser.Outcome
	once := slices.Compact(slices.Clone(browser.Requests))
	if !e.OK && !b.OK && len(once) < len(browser.Requests) && slices.Equal(once, engine.Requests) {
		notes = append(notes, fmt.Sprintf("No answer came, and your browser tried %d times before it gave up.", len(browser.Requests)-len(once)+1))
		browser.Requests = once
	}
	if engine.reason == fetch.ReasonHeadersTooLarge && !e.OK && b.Error == timeoutError {
		notes = append(notes, "The engine stops at a bound of its own, and your browser read on until its time was up: neither had an answer.")
		browser.Outcome = e
	}
	if e.OK && e.Error != "" && !b.OK {
		notes = append(notes, "The body is broken, and your browser saw it before it handed the answer out.")
		browser.Outcome = e
	}
	return browser, notes
}

// differences compares the sides, what matters most first.
func differences(engine, browser Side) []Difference {
	found := []Difference{}
	add := func(what, e, b string) {
		if e != b {
			found = append(found, Difference{what, e, b})
		}
	}
	e, b := engine.Outcome, browser.Outcome
	add("what the page gets", resolved(e), resolved(b))
	add("requests", strings.Join(engine.Requests, "\n"), strings.Join(browser.Requests, "\n"))
	add("cookies sent next", sentText(engine.Sent), sentText(browser.Sent))
	if e.OK != b.OK {
		return found
	}
	add("error", e.Error, b.Error)
	add("type", e.Type, b.Type)
	add("status", fmt.Sprint(e.Status), fmt.Sprint(b.Status))
	add("redirected", fmt.Sprint(e.Redirected), fmt.Sprint(b.Redirected))
	add("url", e.URL, b.URL)
	add("headers", headerText(e.Headers), headerText(b.Headers))
	add("body", e.Body, b.Body)
	return found
}

func resolved(o Outcome) string {
	if o.OK {
		return "an answer"
	}
	return "an error"
}

func sentText(sent []Sent) string {
	lines := make([]string, len(sent))
	for i, x := range sent {
		lines[i] = fmt.Sprintf("from %s to %s: %s", x.From, x.To, cmp.Or(x.Cookie, "none"))
	}
	return strings.Join(lines, "\n")
}

func headerText(headers []Header) string {
	lines := make([]string, len(headers))
	for i, h := range headers {
		lines[i] = h.Name + ": " + h.Value
	}
	return strings.Join(lines, "\n")
}

// stagedDocument explains the engine's run, from what it recorded. Nil where that cannot be said.
func (s *Server) stagedDocument(ctx context.Context, st *stage, trace *fetch.Trace, profile fetch.Profile) any {
	c := st.plan.item.clone()
	c.Page, c.URL, c.Paste, c.Demo, c.Cookies = st.set.at[st.pageOrigin()], st.call.URL, "", "", nil
	if st.plan.page == nil {
		c.Page = nullPage
	}
	c.PageHeaders, c.PageSpace = headersOf(st.plan.policies(st.set.at)), string(fetch.AddressSpaceLoopback)
	c.Server = recordedServer(trace, nil)
	e, err := s.config.Explainer.Explain(ctx, Question{Case: c, Answers: newPretendTransport(c), Profile: profile, Send: true})
	if err != nil {
		return nil
	}
	return e.Document
}
