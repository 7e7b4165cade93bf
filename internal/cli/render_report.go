package cli

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
)

// report diagnoses the fetch once.
func (r *result) report() *diagnose.Report {
	if r.diagnosis == nil {
		r.diagnosis = diagnose.Diagnose(r.trace, diagnose.Options{BodyError: r.bodyErr, Initiator: r.initiator, Probes: r.probes, Said: r.saidReason()})
	}
	return r.diagnosis
}

// saidReason is the browser's name for the failure, where a console error was pasted.
func (r *result) saidReason() string {
	if r.understood == nil || r.understood.Said == nil {
		return ""
	}
	return r.understood.Said.Reason
}

// causes names what is wrong, what stops the fetch first.
func (r *renderer) causes() {
	label := "cause"
	for _, f := range r.report().Findings {
		if label == "cause" {
			switch {
			case f.Cause.Severity == diagnose.SeverityRisk:
				label = "risk"
			case f.Cause.Severity != diagnose.SeverityBlocks, r.verdict == verdictAllowed && r.saidReason() == "":
				label = "note"
			}
		}
		text := f.Cause.ID + ": " + f.Cause.Title
		if f.Likely {
			text += " (likely)"
		}
		r.field(label, text)
		label = "and"
	}
	if findings := r.report().Findings; len(findings) > 0 {
		r.labelled("", func() string { return "corscope why " + findings[0].Cause.ID })
	}
	if advice := r.advice(); advice != "" {
		r.field("do", advice)
	}
}

// saidByTheLines are causes of which the lines of the fix say all that there is to do.
var saidByTheLines = []string{
	"method-not-allowed", "method-case", "method-wildcard-with-credentials", "allow-methods-malformed",
	"header-not-allowed", "content-type-not-allowed", "header-wildcard-with-credentials", "authorization-not-listed", "allow-headers-malformed",
	"allow-credentials-not-true", "header-name-misspelt", "opaque-answer",
}

// advice says in a sentence or two what is to be done about what stops the fetch first: headers alone do not say that a login has to
// stand behind CORS, or that one of two layers has to be silent. It is empty where the fix or what there is to try says the same.
func (r *result) advice() string {
	findings := r.report().Findings
	if len(findings) == 0 || r.verdict == verdictFailed && !r.neverBegan() || r.verdict == verdictNotSent {
		return ""
	}
	c, f := findings[0].Cause, r.report().Fix
	if f != nil && f.Todo != "" {
		return ""
	}
	// A server that refuses the preflight as a whole because of one name in it gets lines about all of the answer.
	whole := f != nil && slices.ContainsFunc(f.Server, func(c diagnose.Change) bool { return c.Header == "" })
	if slices.Contains(saidByTheLines, c.ID) && !whole {
		return ""
	}
	return c.Fix
}

// consoles is what the browsers print, for whoever looks for the line that they saw.
func (r *renderer) consoles() {
	if r.verdict == verdictAllowed && r.bodyErr == nil || r.verdict == verdictNotSent {
		return
	}
	r.blank()
	for _, p := range r.report().Consoles {
		label := p.Browser.Name()
		if p.Unknown && len(p.Lines) == 0 {
			r.field(label, "goes on here; nobody has seen what comes then")
			continue
		}
		if len(p.Lines) == 0 {
			r.field(label, "prints nothing")
		}
		for _, l := range p.Lines {
			r.field(label, l.Text)
			label = ""
		}
		if len(p.Others) > 0 {
			r.field("", "or the same of "+strings.Join(p.Others, ", ")+": of several it names one, in an order of its own")
		}
	}
}

// remedy is the complete fix: the changes, what proves them, what was assumed, and what not to do.
func (r *renderer) remedy() {
	f := r.report().Fix
	if f == nil || r.verdict == verdictFailed {
		return
	}
	r.blank()
	label := "fix"
	line := func(text func() string) {
		r.labelled(label, text)
		label = ""
	}
	if len(f.Page) > 0 {
		line(func() string { return r.Style.Strong(r.escape(f.Call)) + "   in the page" })
		for _, c := range f.Page {
			r.field("", c.String()+": "+c.Why)
		}
	}
	for _, c := range f.Server {
		if c.Implied {
			continue // a note says so
		}
		line(func() string { return r.Style.Strong(r.escape(changeText(c))) + "   on " + r.escape(r.changePlace(c)) })
	}
	if f.Todo != "" {
		r.field(label, f.Todo)
		return
	}
	if !r.Brief {
		r.field("proven", proofText(f))
	}
	for i, sentence := range f.Assumed {
		r.field(once("assumed", i), sentence)
	}
	for i, sentence := range f.Notes {
		r.field(once("note", i), sentence)
	}
	if f.Config != nil && !r.Brief {
		if policy, err := json.Marshal(f.Config); err == nil {
			r.labelled("policy", func() string { return r.escape(string(policy)) })
		}
	}
	if f.ConfigNote != "" {
		r.field("policy", f.ConfigNote)
	}
	r.printServerLines()
	if r.Brief {
		return
	}
	for i, w := range f.Avoid {
		r.field(once("do not", i), w.What+": "+w.Why)
	}
}

// once is the label of the first of several lines.
func once(label string, i int) string {
	if i > 0 {
		return ""
	}
	return label
}

func changeText(c diagnose.Change) string {
	if c.Header == "" {
		return "status " + c.After
	}
	return c.Header + ": " + c.After
}

// changePlace is which answer a change is to.
func (r *renderer) changePlace(c diagnose.Change) string {
	if c.On == diagnose.OnPage {
		return "the answer that brings the page"
	}
	place := "the answer to " + c.Method
	if first, _, _ := strings.Cut(r.trace.Request.URL, "#"); c.URL != first {
		place += " " + c.URL
	}
	if c.Assumed {
		place += ", which was never seen"
	}
	return place
}

// proofText says of each browser what becomes of the fetch, those alike together.
func proofText(f *diagnose.Fix) string {
	var names, goOn []string
	for _, p := range f.Proofs {
		name := p.Profile
		for _, b := range diagnose.Browsers() {
			if string(b) == name {
				name = b.Name()
			}
		}
		if name == "spec" {
			name = "the standard"
		}
		names = append(names, name)
		if p.Before.IsZero() || p.Before.Code == fetch.ReasonNotRecorded {
			goOn = append(goOn, name)
		}
	}
	text := "with it, the page gets the answer by " + strings.Join(names, ", ")
	if len(goOn) > 0 {
		text += "; " + strings.Join(goOn, ", ") + " would not have stopped here"
	}
	return text
}
