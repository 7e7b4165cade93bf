package cli

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/corscope/corscope/internal/demo"
	"github.com/corscope/corscope/internal/term"
)

// renderScene tells a scene: what to watch for, each step as explain tells it, and
// what to take home.
func renderScene(scene demo.Scene, of int, takes []take, o renderOptions) string {
	var b strings.Builder
	title := fmt.Sprintf("%d of %d  %s", scene.Number, of, scene.Title)
	fmt.Fprintf(&b, "%s\n%s\n", o.Style.Strong(term.Escape(title)), o.Style.Faint(strings.Repeat("=", term.Width(title))))
	paragraph(&b, scene.Story, o.Width)
	for _, t := range takes {
		b.WriteByte('\n')
		marked(&b, "-- ", t.Lead, o)
		b.WriteByte('\n')
		if t.Answer != nil {
			renderCurl(&b, t.Answer, t.Did, o)
			continue
		}
		b.WriteString(render(t.result, o))
	}
	b.WriteByte('\n')
	marked(&b, "=> ", scene.Moral, o)
	b.WriteString("\n\n")
	return b.String()
}

// marked writes a paragraph behind a mark, and its further lines below its first.
func marked(b *strings.Builder, mark, text string, o renderOptions) {
	for i, line := range term.Wrap(term.Escape(text), o.Width-len(mark)) {
		if i > 0 {
			mark = strings.Repeat(" ", len(mark))
		}
		b.WriteString(o.Style.Strong(mark+line) + "\n")
	}
}

func paragraph(b *strings.Builder, text string, width int) {
	for _, line := range term.Wrap(term.Escape(text), width) {
		b.WriteString(line + "\n")
	}
}

// renderCurl shows an answer that no rule was applied to.
func renderCurl(b *strings.Builder, a *curlDocument, did []string, o renderOptions) {
	fmt.Fprintf(b, "     $ %s\n", a.Command)
	fmt.Fprintf(b, "     %s %d %s\n", o.Style.Faint("<"), a.Status, http.StatusText(a.Status))
	body := strings.Join(strings.Fields(a.Body), " ")
	if len(body) > maxPreview {
		body = body[:maxPreview] + "..."
	}
	for _, line := range term.Wrap(term.Escape(body), o.Width-7) {
		fmt.Fprintf(b, "     %s %s\n", o.Style.Faint("<"), line)
	}
	if len(did) > 0 {
		fmt.Fprintf(b, "\n  %s%s\n", o.Style.Faint(term.Pad("the server did", labelWidth)), term.Escape(strings.Join(did, "; ")))
	}
}
