package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/term"
)

// ruleGroup is what one algorithm said of one exchange, or the same of several in a row.
type ruleGroup struct {
	algorithm string
	method    string
	link      string
	// first and last are indices of exchanges, or -1.
	first, last int
	lines       []ruleLine
}

type ruleLine struct {
	verdict fetch.Verdict
	text    string
}

func (g *ruleGroup) title() string {
	switch {
	case g.first < 0:
		return g.algorithm
	case g.last > g.first:
		return fmt.Sprintf("%s on %d to %d %s", g.algorithm, g.first+1, g.last+1, g.method)
	}
	return fmt.Sprintf("%s on %d %s", g.algorithm, g.first+1, g.method)
}

// ruleGroups lists each rule that was applied, by algorithm and exchange. Where three exchanges or more in a row were judged alike, as in
// a redirect without end, one group tells it for all.
func (r *renderer) ruleGroups() []ruleGroup {
	var groups []ruleGroup
	for _, s := range r.trace.Steps {
		if s.Verdict == fetch.Note || isNoAnswer(s) {
			continue
		}
		step := ""
		if s.ID != "" {
			step = "step " + s.ID + "  "
		}
		g := ruleGroup{algorithm: algorithmName(s.Algorithm), link: s.Link(), first: -1, last: -1}
		if s.Exchange >= 0 && s.Exchange < len(r.trace.Exchanges) {
			g.first, g.last, g.method = s.Exchange, s.Exchange, r.trace.Exchanges[s.Exchange].Method
		}
		if n := len(groups); n == 0 || groups[n-1].title() != g.title() {
			groups = append(groups, g)
		}
		last := &groups[len(groups)-1]
		last.lines = append(last.lines, ruleLine{s.Verdict, step + wantedAndThere(s)})
	}
	if r.Verbose {
		return groups
	}
	var merged []ruleGroup
	for i := 0; i < len(groups); {
		g, n := groups[i], 1
		for ; g.first >= 0 && i+n < len(groups); n++ {
			if next := groups[i+n]; next.first != g.first+n || next.algorithm != g.algorithm || next.method != g.method || !slices.Equal(next.lines, g.lines) {
				break
			}
		}
		if n < 3 {
			n = 1
		}
		g.last += n - 1
		merged = append(merged, g)
		i += n
	}
	return merged
}

func (r *renderer) rules() {
	groups := r.ruleGroups()
	for i, g := range groups {
		label := ""
		if i == 0 {
			r.blank()
			label = "rules"
		}
		r.labelled(label, func() string { return term.Escape(g.title()) + "   " + r.Style.Faint(g.link) })
		for _, line := range g.lines {
			mark, paint := "ok  ", r.Style.Good
			if line.verdict == fetch.Fail {
				mark, paint = "FAIL", r.Style.Bad
			}
			r.hanging(strings.Repeat(" ", labelWidth+2)+paint(mark)+"  ", labelWidth+8, line.text)
		}
	}
	if len(groups) > 0 {
		return
	}
	r.blank()
	switch {
	case r.verdict == verdictFailed:
		r.field("rules", "none was applied: no answer came")
	case r.verdict == verdictNotSent:
		r.field("rules", "none was applied yet")
	case r.trace.Relation.Same():
		r.field("rules", "none of CORS: the page asks its own origin")
	default:
		r.field("rules", "none was applied")
	}
}

// isNoAnswer tells the step that ends an exchange without an answer, which is no rule.
func isNoAnswer(s fetch.Step) bool {
	return s.Algorithm == "concept-http-network-fetch"
}

// wantedAndThere compares what a rule asks for with what it found.
func wantedAndThere(s fetch.Step) string {
	there := "there " + s.Got
	switch {
	case s.Got == "":
		there = "there none"
	case s.Got == s.Want:
		there = "there the same"
	}
	if s.Verdict == fetch.Pass && s.Got != s.Want && s.Text != "" {
		there += " (" + s.Text + ")"
	}
	if s.Want == "" {
		return s.Subject + ": " + there
	}
	return s.Subject + ": wanted " + s.Want + ", " + there
}
