package cli

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/term"
)

// markdown tells a result in Markdown as GitHub, GitLab and their like read it, for a ticket. What comes from outside stands in code,
// where it can do nothing, or escaped. Secrets must have been masked in the trace.
func (r *result) markdown() string {
	m := &markdown{renderer: renderer{result: r, renderOptions: renderOptions{Compact: true}}}
	m.head()
	m.table()
	m.findings()
	m.fix()
	m.printouts()
	m.line("<sub>corscope " + fetch.Version + ", which follows the Fetch standard at " + standard + "</sub>")
	return strings.TrimRight(m.b.String(), "\n") + "\n"
}

type markdown struct{ renderer }

// line writes one line of Markdown, which is taken as it is.
func (m *markdown) line(text string) { m.b.WriteString(text + "\n") }

func (m *markdown) heading(text string) {
	m.blank()
	m.line("### " + text)
	m.line("")
}

func (m *markdown) head() {
	words := map[verdict]string{verdictAllowed: "Allowed", verdictBlocked: "Blocked", verdictFailed: "Failed", verdictNotSent: "Not sent"}
	m.line("**" + words[m.verdict] + ".** " + plain(m.sentence))
	m.line("")
	t := m.trace
	m.line("- page: " + code(t.Page.Origin))
	m.line("- asks: " + code(t.Request.Method+" "+fetch.BriefURL(t.Request.URL)) + ", " + plain(t.Relation.String()))
	options := []string{"mode " + code(string(t.Request.Mode)), "credentials " + code(string(t.Request.Credentials))}
	if t.Request.Redirect != fetch.RedirectFollow {
		options = append(options, "redirect "+code(string(t.Request.Redirect)))
	}
	m.line("- with: " + strings.Join(options, ", "))
	for _, p := range t.Preflights {
		if p.Needed && p.Hop == 0 {
			m.line("- preflight: needed, because " + plain(strings.Join(preflightReasons(p), ", and ")))
		}
	}
	if u := m.understood; u != nil {
		m.line("- read from: " + plain(u.What))
		for _, a := range u.Assumed {
			m.line("- assumed: " + plain(a.Text))
		}
		for _, note := range u.Notes {
			m.line("- note: " + plain(note))
		}
	}
	for _, note := range m.notes {
		m.line("- note: " + plain(note))
	}
}

// table is the exchanges with the headers that matter, and what the rules say of each.
func (m *markdown) table() {
	m.heading("What was asked, and what came back")
	m.line("| # | exchange | judged |")
	m.line("| --: | :-- | :-- |")
	t := m.trace
	title := func(number, text, tag string) {
		m.line(fmt.Sprintf("| %s | **%s** | %s |", number, cell(text), plain(tag)))
	}
	for i := 0; i < len(t.Exchanges); i++ {
		x := t.Exchanges[i]
		if last := i + m.repeated(i) - 1; last > i {
			title(fmt.Sprintf("%d to %d", i+1, last+1), x.Method+" "+x.URL, fmt.Sprintf("after redirects %d to %d: the same", x.Hop, t.Exchanges[last].Hop))
			i = last
			continue
		}
		title(fmt.Sprint(i+1), x.Method+" "+x.URL, exchangeTag(x))
		for _, line := range append(m.requestRows(x), m.responseRows(i, x)...) {
			arrow := map[string]string{">": "&rarr;", "<": "&larr;"}[line.arrow]
			judged := plain(line.note)
			if line.mark == "FAIL" {
				judged = strings.TrimSpace("**fails** " + judged)
			} else if line.mark != "" {
				judged = strings.TrimSpace(line.mark + " " + judged)
			}
			m.line("| | " + arrow + " " + cell(line.text) + " | " + judged + " |")
		}
	}
	if method, url := m.held(); url != "" {
		title(fmt.Sprint(len(t.Exchanges)+1), method+" "+url, "never left the browser")
	}
}

func (m *markdown) findings() {
	report := m.report()
	if len(report.Findings) == 0 {
		return
	}
	m.heading("Cause")
	for _, f := range report.Findings {
		likely := ""
		if f.Likely {
			likely = " (likely)"
		}
		m.line("- " + code(f.Cause.ID) + ": " + plain(f.Cause.Title) + likely)
		for _, e := range f.Evidence {
			m.line("  - " + evidence(e))
		}
	}
	if advice := m.advice(); advice != "" {
		m.line("- do: " + plain(advice))
	}
	if probes := report.Probes; len(probes) > 0 {
		m.line("")
		m.line("Asked further:")
		m.line("")
		for _, p := range probes {
			m.line("- " + plain(probeText(p)))
		}
	}
	if reason := m.trace.Outcome.Reason; reason != nil && m.verdict == verdictBlocked {
		m.line("")
		rule := algorithmName(reason.Algorithm)
		if reason.Step != "" {
			rule += ", step " + reason.Step
		}
		m.line("Rule: [" + plain(rule) + "](" + reason.Link() + ")")
	}
}

// evidence is where a cause shows.
func evidence(e diagnose.Evidence) string {
	switch {
	case e.Header == "" && e.Value == "":
		return plain(e.Text)
	case e.Header == "":
		return code(e.Value) + ": " + plain(e.Text)
	case e.Value == "":
		return "no " + code(e.Header) + ": " + plain(e.Text)
	}
	return code(e.Header+": "+e.Value) + ": " + plain(e.Text)
}

func (m *markdown) fix() {
	f := m.report().Fix
	if f == nil || m.verdict == verdictFailed {
		if reason := m.trace.Outcome.Reason; m.verdict == verdictFailed && reason != nil && reason.Want != "" {
			m.heading("What to do")
			m.line(plain(reason.Want))
		}
		return
	}
	m.heading("Fix")
	if f.Todo != "" {
		m.line(plain(f.Todo))
		return
	}
	place, lines := "", []string(nil)
	flush := func() {
		if len(lines) > 0 {
			m.line("On " + place + ":")
			m.fence("http", strings.Join(lines, "\n"))
		}
		lines = nil
	}
	for _, c := range f.Server {
		if c.Implied {
			continue // a note says so
		}
		on := "the answer to " + code(c.Method+" "+c.URL) + unseen(c)
		if c.On == diagnose.OnPage {
			on = "the answer that brings the page " + code(c.URL)
		}
		if on != place {
			flush()
			place = on
		}
		lines = append(lines, changeText(c))
	}
	flush()
	if len(f.Page) > 0 {
		m.line("In the page:")
		m.fence("js", f.Call)
		for _, c := range f.Page {
			m.line("- " + plain(c.String()+": "+c.Why))
		}
		m.line("")
	}
	if f.Config != nil {
		if policy, err := json.MarshalIndent(f.Config, "", "  "); err == nil {
			m.line("As a policy for " + code("corscope export") + ":")
			m.fence("json", string(policy))
		}
	}
	if lines := m.serverLines(); lines != nil {
		for _, cannot := range lines.Cannot {
			m.line("- " + plain(string(lines.Server)) + " cannot say it: " + plain(cannot))
		}
		for _, file := range lines.Files {
			m.line(plain(string(lines.Server)) + ", " + code(file.Name) + ": " + plain(file.Place))
			m.fence("", file.Content)
		}
		for _, n := range lines.Notes {
			m.line("- " + plain(n.Text))
		}
	}
	m.line("- proven: " + plain(proofText(f)))
	for _, s := range f.Assumed {
		m.line("- assumed: " + plain(s))
	}
	for _, s := range f.Notes {
		m.line("- note: " + plain(s))
	}
	if f.ConfigNote != "" {
		m.line("- policy: " + plain(f.ConfigNote))
	}
	for _, w := range f.Avoid {
		m.line("- do not: " + plain(w.What) + ": " + plain(w.Why))
	}
}

func unseen(c diagnose.Change) string {
	if c.Assumed {
		return ", which was never seen"
	}
	return ""
}

func (m *markdown) printouts() {
	if m.verdict == verdictAllowed && m.bodyErr == nil || m.verdict == verdictNotSent {
		m.blank()
		return
	}
	m.heading("What browsers print")
	for _, p := range m.report().Consoles {
		switch {
		case len(p.Lines) > 0:
			var lines []string
			for _, l := range p.Lines {
				lines = append(lines, l.Text)
			}
			m.line(plain(p.Browser.Name()) + ":")
			m.fence("text", strings.Join(lines, "\n"))
		case p.Unknown:
			m.line(plain(p.Browser.Name()) + " goes on here; nobody has seen what comes then.")
			m.line("")
		default:
			m.line(plain(p.Browser.Name()) + " prints nothing.")
			m.line("")
		}
	}
}

// fence writes text as a block of code, behind a fence that is longer than any in it.
func (m *markdown) fence(language, text string) {
	fence := strings.Repeat("`", max(3, longestRun(text, '`')+1))
	m.line(fence + language)
	for line := range strings.Lines(text) {
		m.line(term.EscapeCode(strings.TrimRight(line, "\n")))
	}
	m.line(fence)
	m.line("")
}

func longestRun(text string, c byte) int {
	longest, run := 0, 0
	for i := range len(text) {
		if text[i] == c {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return longest
}

// maxCode is how many columns of one value are shown.
const maxCode = 500

// code is text as a span of code, on one line.
func code(text string) string {
	text = term.Clip(term.Escape(text), maxCode)
	if text == "" {
		return "(empty)"
	}
	fence := strings.Repeat("`", longestRun(text, '`')+1)
	if len(fence) > 1 || strings.HasPrefix(text, " ") || strings.HasSuffix(text, " ") {
		return fence + " " + text + " " + fence
	}
	return fence + text + fence
}

// cell is code in a cell of a table. A bar or a backslash would end the cell in one reader or another, so that text with one stands
// there in entities.
func cell(text string) string {
	if !strings.ContainsAny(text, "|`\\") {
		return code(text)
	}
	text = term.Clip(term.Escape(text), maxCode)
	var b strings.Builder
	for _, c := range text {
		if c < 0x80 && !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == ' ') {
			fmt.Fprintf(&b, "&#%d;", c)
		} else {
			b.WriteRune(c)
		}
	}
	return "<code>" + b.String() + "</code>"
}

// markdownEscapes are the characters that Markdown gives a meaning inside of a line; @ calls people.
var markdownEscapes = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "|", `\|`,
	"~", `\~`, "#", `\#`, "&", `\&`, "!", `\!`, "@", "&#64;")

// plain is a sentence, of which nothing is Markdown.
func plain(text string) string { return markdownEscapes.Replace(term.Clip(term.Escape(text), maxText)) }
