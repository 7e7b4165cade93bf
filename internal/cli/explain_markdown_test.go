package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
)

func TestMarkdown(t *testing.T) {
	for name, trace := range canned() {
		t.Run(name, func(t *testing.T) {
			result := judge(masked(trace))
			result.notes = []string{"a note on the input"}
			checkGolden(t, name+".markdown", result.markdown())
		})
	}
}

// hostileMarkdown are values that would break out of a span, a cell, a fence or a sentence.
var hostileMarkdown = []string{
	"`", "``` \n# heading", "~~~", "a|b", `a\|b`, `\`, "<script>alert(1)</script>", "![x](https://evil.example/x.png)", "[x](javascript:alert(1))",
	"</code>|", "a\n| b |", "\r\n## b", "@everyone", "\x1b[31m", "\u202e", "*a* _b_ ~c~ #1", "&lt;b&gt;", strings.Repeat("`", 40), "`a``b```", "a\t|\tb",
}

func TestNothingOfAServerBreaksOutOfMarkdown(t *testing.T) {
	for _, value := range hostileMarkdown {
		trace := canned()["hostile-bytes"]
		x := trace.Exchanges[0]
		x.ResponseHeaders = append(x.ResponseHeaders[:1:1], fetch.Header{Name: "Access-Control-Allow-Origin", Value: value}, fetch.Header{Name: "Vary", Value: value})
		x.RequestHeaders = append(x.RequestHeaders, fetch.Header{Name: "Content-Type", Value: value})
		trace.Steps[0].Got, trace.Steps[0].Text = value, "it is "+value
		trace.Outcome.Reason.Got, trace.Outcome.Reason.Detail = value, "it is "+value
		result := judge(trace)
		result.notes = []string{value}
		for _, fault := range markdownFaults(result.markdown()) {
			t.Errorf("%q: %s in\n%s", value, fault, result.markdown())
		}
	}
}

func FuzzMarkdownStaysInItsPlace(f *testing.F) {
	for _, value := range hostileMarkdown {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		m := new(markdown)
		m.line("| 1 | " + cell(value) + " | " + plain(value) + " |")
		m.line("- " + code(value))
		m.fence("text", value)
		m.line("end")
		for _, fault := range markdownFaults(m.b.String()) {
			t.Errorf("%q: %s in\n%s", value, fault, m.b.String())
		}
	})
}

// markdownFaults reads Markdown line by line, as simply as can be, and says where a text was taken for more than text.
func markdownFaults(text string) []string {
	var faults []string
	fence := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		// Code that is there to be copied keeps its tabs.
		if strings.ContainsFunc(line, func(r rune) bool { return r < 0x20 && (r != '\t' || fence == "") || r == 0x202e }) {
			faults = append(faults, "a raw control character")
		}
		if run := line[:len(line)-len(strings.TrimLeft(line, "`"))]; len(run) >= 3 && strings.Count(line, "`") == len(run) {
			switch {
			case fence == "":
				fence = run
			case len(run) >= len(fence) && line == run:
				fence = ""
			}
			continue
		}
		if fence != "" {
			continue
		}
		bare := withoutCode(line)
		if strings.HasPrefix(line, "|") && strings.Count(strings.ReplaceAll(bare, `\|`, ""), "|") != 4 {
			faults = append(faults, "a row with other than three cells: "+line)
		}
		for _, mark := range []string{"](java", "<script", "![", "<img", "@every", "\n#"} {
			if i := strings.Index(bare, mark); i >= 0 && (i == 0 || bare[i-1] != '\\') {
				faults = append(faults, mark+" is live: "+line)
			}
		}
		headings := []string{"### What was asked, and what came back", "### Cause", "### Fix", "### What browsers print", "### What to do"}
		if strings.HasPrefix(line, "#") && !slices.Contains(headings, line) {
			faults = append(faults, "a heading: "+line)
		}
	}
	if fence != "" {
		faults = append(faults, "a fence that does not end")
	}
	return faults
}

// withoutCode takes spans of code out of a line: from a run of backticks to the next run of the same length. A table is cut into cells
// before spans are looked for, so that a bar in a span counts.
func withoutCode(line string) string {
	var b strings.Builder
	for i := 0; i < len(line); {
		if line[i] == '\\' && i+1 < len(line) {
			b.WriteString(line[i : i+2])
			i += 2
			continue
		}
		if line[i] != '`' {
			b.WriteByte(line[i])
			i++
			continue
		}
		run := i
		for run < len(line) && line[run] == '`' {
			run++
		}
		end := run
		for end < len(line) {
			if line[end] != '`' {
				end++
				continue
			}
			close := end
			for close < len(line) && line[close] == '`' {
				close++
			}
			if close-end == run-i {
				break
			}
			end = close
		}
		if end == len(line) {
			b.WriteString(line[i:run])
			i = run
			continue
		}
		b.WriteString(strings.Repeat("|", strings.Count(line[run:end], "|")))
		i = end + run - i
	}
	return b.String()
}

func TestMarkdownHoldsNoSecrets(t *testing.T) {
	for name, trace := range canned() {
		trace.Request.Headers = append(trace.Request.Headers, fetch.Header{Name: "X-Api-Key", Value: "sesame-open"})
		for _, x := range trace.Exchanges {
			x.RequestHeaders = append(x.RequestHeaders, fetch.Header{Name: "X-Api-Key", Value: "sesame-open"})
		}
		text := judge(masked(trace)).markdown()
		for _, secret := range []string{"correct-horse", "battery-staple", "withheld-value", "sesame-open"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: %q is in\n%s", name, secret, text)
			}
		}
	}
}
