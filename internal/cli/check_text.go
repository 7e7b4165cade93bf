package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/internal/policycheck"
	"github.com/corscope/corscope/internal/term"
	"github.com/corscope/corscope/policyfile"
)

// checkRenderer writes check's answer for a person.
type checkRenderer struct {
	Style   term.Style
	Width   int
	Verbose bool
}

// render says first whether all holds, then what does not, then what is odd.
func (o checkRenderer) render(c *checked) string {
	var b strings.Builder
	b.WriteString(o.headline(c) + "\n")
	for _, group := range []struct {
		status policycheck.Status
		title  string
	}{
		{policycheck.Fails, ""},
		{policycheck.Unreachable, "no answer came:"},
		{policycheck.NotSent, "cannot be told without --send:"},
	} {
		o.group(&b, c, group.status, group.title)
	}
	if o.Verbose {
		o.group(&b, c, policycheck.Holds, "what holds:")
	}
	if n := preflightOnly(c); n > 0 {
		o.paragraph(&b, fmt.Sprintf("Of %s the preflight alone was asked, as the request may change data; --send sends it.", requests(n)))
	}
	for _, p := range c.file.Warnings {
		o.problem(&b, c, p)
	}
	return b.String()
}

func preflightOnly(c *checked) int {
	n := 0
	for _, r := range c.results {
		if r.PreflightOnly {
			n++
		}
	}
	return n
}

func requests(n int) string {
	if n == 1 {
		return "one request"
	}
	return fmt.Sprintf("%d requests", n)
}

func (o checkRenderer) headline(c *checked) string {
	name := term.Escape(c.displayName())
	all, fails := len(c.results), c.count(policycheck.Fails)
	unreachable, unsent := c.count(policycheck.Unreachable), c.count(policycheck.NotSent)
	where := term.Escape(c.where())
	var word, text string
	switch {
	case all == 0:
		word = o.Style.Good("OK")
		text = fmt.Sprintf("The policies of %s have no mistakes. It expects nothing: add expect: to check what pages may do.", name)
	case fails > 0:
		word = o.Style.Bad("FAILS")
		text = fmt.Sprintf("%d of %d expectations of %s %s not hold against %s.", fails, all, name, plural(fails, "does", "do"), where)
	case unreachable > 0:
		word = o.Style.Bad("FAILED")
		text = fmt.Sprintf("%d of %d expectations of %s could not be checked: %s gave no answer.", unreachable, all, name, where)
	case unsent > 0:
		word = o.Style.Warn("UNKNOWN")
		text = fmt.Sprintf("%d of %d expectations of %s could not be checked against %s without sending what may change data.", unsent, all, name, where)
	case all == 1:
		word, text = o.Style.Good("HOLDS"), fmt.Sprintf("The one expectation of %s holds against %s.", name, where)
	default:
		word, text = o.Style.Good("HOLDS"), fmt.Sprintf("All %d expectations of %s hold against %s.", all, name, where)
	}
	return strings.Join(term.Wrap(word+"  "+text, o.Width), "\n")
}

func plural(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

func (o checkRenderer) group(b *strings.Builder, c *checked, status policycheck.Status, title string) {
	if c.count(status) == 0 {
		return
	}
	b.WriteString("\n")
	if title != "" {
		b.WriteString(title + "\n")
	}
	said := make(map[string]bool)
	for _, r := range c.results {
		if r.Status != status {
			continue
		}
		e := r.Expectation
		head := fmt.Sprintf("%s:%d", term.Escape(c.displayName()), e.Line)
		if e.Name != "" {
			head += "  " + term.Escape(e.Name)
		}
		b.WriteString("  " + o.Style.Strong(head) + "\n")
		o.indented(b, "expected: "+e.String())
		for _, why := range r.Why {
			// A server that is not there is so for all, and to say it once is enough.
			if status != policycheck.Unreachable || !said[why] {
				o.indented(b, why)
			}
			said[why] = true
		}
		if c.against != "" && status == policycheck.Fails {
			b.WriteString("      all of it: " + explainLine(&r) + "\n")
		}
	}
}

// explainLine is the command that shows the whole of one result. It is for copying, and
// so never wrapped. Secrets are masked as elsewhere.
func explainLine(r *policycheck.Result) string {
	e := r.Expectation
	words := []string{"corscope", "explain", shellWord(r.Trace.Request.URL), "--from", shellWord(e.From)}
	if e.Method != "GET" {
		words = append(words, "-X", shellWord(e.Method))
	}
	if e.Credentials {
		words = append(words, "--credentials", "include")
	}
	for _, h := range e.Headers {
		h = new(secrets).header(h)
		words = append(words, "-H", shellWord(h.Name+": "+h.Value))
	}
	return strings.Join(words, " ")
}

// indented writes a text of anybody's, wrapped.
func (o checkRenderer) indented(b *strings.Builder, text string) {
	for _, line := range term.Wrap(term.Escape(text), o.Width-6) {
		b.WriteString("      " + line + "\n")
	}
}

func (o checkRenderer) paragraph(b *strings.Builder, text string) {
	b.WriteString("\n" + strings.Join(term.Wrap(text, o.Width), "\n") + "\n")
}

// problem shows one mistake with its line.
func (o checkRenderer) problem(b *strings.Builder, c *checked, p *policyfile.Problem) {
	place := c.displayName()
	if p.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", place, p.Line, p.Column)
	}
	text := p.Message
	if p.Hint != "" {
		text += ": " + p.Hint
	}
	word := o.Style.Bad("error")
	if p.Severity == cors.SeverityWarning {
		word = o.Style.Warn("note")
	}
	lines := term.Wrap(o.Style.Strong(term.Escape(place))+": "+word+": "+term.Escape(text), o.Width)
	b.WriteString("\n" + strings.Join(lines, "\n    ") + "\n")
	if p.Excerpt != "" {
		number := fmt.Sprintf("%5d | ", p.Line)
		excerpt, caret := window([]rune(p.Excerpt), p.Caret, o.Width-len(number))
		before := term.Width(term.Escape(string(excerpt[:min(caret, len(excerpt))])))
		b.WriteString(o.Style.Faint(number) + term.Escape(string(excerpt)) + "\n")
		b.WriteString(strings.Repeat(" ", len(number)+before) + o.Style.Bad("^") + "\n")
	}
}

// window is the part of a line around the caret that fits: on a line that the terminal breaks, the caret would stand under nothing.
func window(line []rune, caret, width int) (part []rune, caretThere int) {
	if len(line) <= width {
		return line, caret
	}
	start := min(max(caret-width/2, 0), len(line)-width)
	part = slices.Clone(line[start : start+width])
	if start > 0 {
		copy(part, []rune("..."))
	}
	if start+width < len(line) {
		copy(part[width-3:], []rune("..."))
	}
	return part, caret - start
}

// renderProblems says what is wrong with a file that cannot be used.
func (o checkRenderer) renderProblems(c *checked, bad *policyfile.Error) string {
	var b strings.Builder
	n := 0
	for _, p := range bad.Problems {
		if p.Severity == cors.SeverityError {
			n++
		}
	}
	text := fmt.Sprintf("corscope: %s has %d mistakes; nothing was checked", term.Escape(c.displayName()), n)
	if n == 1 {
		text = fmt.Sprintf("corscope: %s has a mistake; nothing was checked", term.Escape(c.displayName()))
	}
	b.WriteString(text + "\n")
	for _, p := range bad.Problems {
		o.problem(&b, c, p)
	}
	return b.String()
}
