package export

import (
	"fmt"
	"slices"
	"strings"
)

// writer collects the lines of a file.
type writer struct {
	b strings.Builder
	// comment begins a comment, such as "# ".
	comment string
	// indent is what stands before each line.
	indent string
}

// line writes one line.
func (w *writer) line(format string, args ...any) {
	if len(args) > 0 {
		format = fmt.Sprintf(format, args...)
	}
	if format != "" {
		w.b.WriteString(w.indent)
	}
	w.b.WriteString(format)
	w.b.WriteByte('\n')
}

// say writes comment lines.
func (w *writer) say(lines ...string) {
	for _, l := range lines {
		w.line("%s", strings.TrimRight(w.comment+l, " "))
	}
}

// within writes what f writes one step further in.
func (w *writer) within(step string, f func()) {
	outer := w.indent
	w.indent += step
	f()
	w.indent = outer
}

// maxSaid bounds the origins that a comment repeats.
const maxSaid = 10

// sayPolicy writes in words what the policy says, and what comes out differently.
func (w *writer) sayPolicy(p *plan) {
	switch {
	case p.anyOrigin():
		w.say("Pages of every origin may read, without credentials.")
	default:
		with := "without credentials"
		if p.config.Credentials {
			with = "with credentials"
		}
		if slices.ContainsFunc(p.rules, func(r originRule) bool { return strings.Contains(r.text, "*") }) {
			with += "; a wildcard stands for one or more labels"
		}
		w.say("These pages may read, " + with + ":")
		for i := range p.rules {
			if i == maxSaid {
				w.say(fmt.Sprintf("  and %d more", len(p.rules)-maxSaid))
				break
			}
			w.say("  " + p.rules[i].text)
		}
		if len(p.rules) == 0 {
			w.say("  none so far")
		}
	}
	for _, n := range p.notes {
		w.say("")
		for i, l := range wrap(n.Text, 84) {
			if i == 0 {
				l = "NOTE: " + l
			} else {
				l = "      " + l
			}
			w.say(l)
		}
	}
}

// wrap breaks text at blanks into lines of at most width bytes, where it can.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case len(line)+1+len(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}

func (w *writer) String() string { return w.b.String() }
