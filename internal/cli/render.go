package cli

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/term"
	"github.com/corscope/corscope/origin"
)

// renderOptions say how a result is told.
type renderOptions struct {
	Style term.Style
	// Width in columns.
	Width int
	// Verbose shows every header and every step.
	Verbose bool
	// Compact leaves out what one scene of a story has said already.
	Compact bool
	// Brief is the verdict, the cause and the fix alone.
	Brief bool
	// BodyAfterwards says that the trace was made before the page could read the body, so that it does not hold it.
	BodyAfterwards bool
}

// labelWidth is that of the names on the left, with the space after them.
const labelWidth = 16

// renderer writes the text of one result. Its methods escape what they are given.
type renderer struct {
	renderOptions
	*result
	b strings.Builder
}

// render tells a result to a person: the answer first, then what the reader can check.
// It is what explain and demo both print. Text from servers is escaped; secrets must
// have been masked in the trace.
func render(res *result, o renderOptions) string {
	r := &renderer{renderOptions: o, result: res}
	r.headline()
	if o.Brief {
		r.inputNotes()
		r.decision()
		r.causes()
		r.remedy()
		return strings.TrimRight(r.b.String(), "\n") + "\n"
	}
	r.parties()
	r.preflights()
	r.blank()
	r.exchanges()
	if !o.Compact {
		r.rules()
	}
	r.blank()
	r.pageGets()
	r.serverGot()
	r.cookies()
	if !o.Compact {
		r.elsewhere()
		r.blank()
	}
	r.decision()
	if !o.Compact {
		r.causes()
		r.probesMade()
		r.remedy()
		r.consoles()
	}
	if o.Verbose {
		r.steps()
	}
	return strings.TrimRight(r.b.String(), "\n") + "\n"
}

func (r *renderer) headline() {
	words := map[verdict]string{verdictAllowed: "ALLOWED", verdictBlocked: "BLOCKED", verdictFailed: "FAILED", verdictNotSent: "NOT SENT"}
	paint := map[verdict]func(string) string{
		verdictAllowed: r.Style.Good, verdictBlocked: r.Style.Bad, verdictFailed: r.Style.Bad, verdictNotSent: r.Style.Warn,
	}
	word := words[r.verdict]
	r.hanging(paint[r.verdict](word)+"  ", term.Width(word)+2, r.sentence)
	r.blank()
}

// parties is the page, the target, and what differs.
func (r *renderer) parties() {
	t := r.trace
	target := t.Request.Origin
	if r.Compact {
		r.field("page", t.Page.Origin)
		r.field("asks", target+"   "+relationInShort(t.Relation))
		return
	}
	r.field("page", t.Page.Origin)
	r.policies()
	r.field("target", target)
	r.field("", t.Relation.String())
	r.inputNotes()
}

// inputNotes say what became of the flags.
func (r *renderer) inputNotes() {
	for _, note := range r.notes {
		r.field("note", note)
	}
	for _, h := range r.trace.Ignored {
		text := "-H " + h.Name + " was dropped: " + h.Why
		if strings.EqualFold(h.Name, "Cookie") {
			text += "; --cookie puts one into the browser"
		}
		r.field("note", text)
	}
}

// policies are the page's own.
func (r *renderer) policies() {
	p := r.trace.Page.Policies
	if p == nil {
		return
	}
	label := "it says"
	say := func(name string, lines ...string) {
		for _, line := range lines {
			r.field(label, name+": "+line)
			label = ""
		}
	}
	say("Content-Security-Policy", p.ContentSecurityPolicy...)
	say("Content-Security-Policy-Report-Only", p.ContentSecurityPolicyReportOnly...)
	if p.EmbedderPolicy != fetch.UnsafeNone {
		say("Cross-Origin-Embedder-Policy", string(p.EmbedderPolicy))
	}
	if p.EmbedderPolicyReportOnly != fetch.UnsafeNone {
		say("Cross-Origin-Embedder-Policy-Report-Only", string(p.EmbedderPolicyReportOnly))
	}
}

// relationInShort leaves out what the two lines above it show.
func relationInShort(d origin.Difference) string {
	switch {
	case d.Same():
		return "its own origin"
	case d.SameSite():
		return "another origin, same site"
	}
	return "another origin, cross-site"
}

// preflights says for each hop that went to another origin whether it was asked about
// first, and why.
func (r *renderer) preflights() {
	for _, p := range r.trace.Preflights {
		where := ""
		if p.Hop > 0 {
			where = fmt.Sprintf(" (after redirect %d)", p.Hop)
		}
		if !p.Needed && (r.Compact || p.Hop > 0) {
			continue
		}
		if by := r.trace.Request.InitiatorType; !p.Needed && by != "" && by != fetch.InitiatorXMLHttpRequest && by != fetch.InitiatorBeacon {
			r.field("preflight", "not needed: the browser itself asks, and no script chose the method and the headers")
			continue
		}
		if !p.Needed {
			r.field("preflight", "not needed: the method and every header are such that a form could send them")
			continue
		}
		lead := "needed" + where + ", because "
		if p.CacheHit {
			lead = "not sent" + where + ": an earlier one allows it; it was needed, because "
		}
		for i, why := range preflightReasons(p) {
			if i > 0 {
				lead = "and "
			}
			label := "preflight"
			if i > 0 {
				label = ""
			}
			r.field(label, lead+why)
		}
	}
}

// preflightReasons returns one clause for the method and one for each header.
func preflightReasons(p fetch.PreflightNeed) []string {
	var reasons []string
	if p.Method != "" {
		reasons = append(reasons, p.Method+" is not GET, HEAD or POST")
	}
	switch p.Forced {
	case "":
	case "upload-listener":
		reasons = append(reasons, "the page listens for upload progress")
	case "stream-body":
		reasons = append(reasons, "the body is a stream")
	default:
		reasons = append(reasons, p.Forced)
	}
	for _, h := range p.Headers {
		reasons = append(reasons, h.Why())
	}
	return reasons
}

// algorithmNames are what the standards call the algorithms; anchors that are not here
// are shown as they are.
var algorithmNames = map[string]string{
	"concept-main-fetch":                                "main fetch",
	"concept-scheme-fetch":                              "scheme fetch",
	"concept-http-fetch":                                "HTTP fetch",
	"concept-http-redirect-fetch":                       "HTTP-redirect fetch",
	"concept-http-network-or-cache-fetch":               "HTTP-network-or-cache fetch",
	"concept-http-network-fetch":                        "HTTP-network fetch",
	"cors-preflight-fetch-0":                            "CORS-preflight fetch",
	"concept-cors-check":                                "CORS check",
	"fetch#cross-origin-resource-policy-internal-check": "cross-origin resource policy internal check",
	"mixed-content#should-block-fetch":                  "mixed content: should fetching request be blocked",
}

func algorithmName(anchor string) string {
	if name, ok := algorithmNames[anchor]; ok {
		return name
	}
	return anchor
}

// decision is the deciding rule and, where one header says it, the fix.
func (r *renderer) decision() {
	reason := r.trace.Outcome.Reason
	if reason == nil || r.verdict == verdictNotSent {
		return
	}
	if r.verdict == verdictFailed {
		if reason.Want != "" {
			r.field("try", reason.Want)
		}
		return
	}
	if r.Compact {
		name := algorithmName(reason.Algorithm)
		if reason.Step != "" {
			name += ", step " + reason.Step
		}
		r.field("rule", name+": "+reason.Link())
		// In a story the page that asks is not always one that should be let in.
		return
	}
}

// steps lists everything that was recorded, in order.
func (r *renderer) steps() {
	r.blank()
	r.b.WriteString("  " + r.Style.Faint("every step") + "\n")
	marks := map[fetch.Verdict]string{fetch.Pass: r.Style.Good("ok"), fetch.Fail: r.Style.Bad("FAIL")}
	for _, s := range r.trace.Steps {
		name := algorithmName(s.Algorithm)
		if s.ID != "" {
			name += " " + s.ID
		}
		text := fmt.Sprintf("%s: %s", name, s.Subject)
		if s.Got != "" {
			text += " " + s.Got
		}
		if s.Text != "" {
			text += " (" + s.Text + ")"
		}
		r.hanging("     "+term.Pad(marks[s.Verdict], 6), 11, text)
	}
}

// field writes a line with a label; text is wrapped under itself.
func (r *renderer) field(label, text string) {
	r.hanging("  "+r.Style.Faint(label)+strings.Repeat(" ", max(labelWidth-len(label), 1)), labelWidth+2, text)
}

// labelled writes one line that is never wrapped, so that links and commands can be
// copied. The text is escaped by whoever makes it.
func (r *renderer) labelled(label string, text func() string) {
	r.b.WriteString("  " + r.Style.Faint(label) + strings.Repeat(" ", max(labelWidth-len(label), 1)) + text() + "\n")
}

// hanging writes lead, which takes indent columns, and text wrapped beside it.
func (r *renderer) hanging(lead string, indent int, text string) {
	for i, line := range term.Wrap(r.escape(text), max(r.Width-indent, 24)) {
		if i > 0 {
			lead = strings.Repeat(" ", indent)
		}
		r.b.WriteString(strings.TrimRight(lead+line, " ") + "\n")
	}
}

// maxText is how many columns of one text are shown, unless everything is asked for.
const maxText = 1000

// escape makes text safe to print, and a very long one short enough to read on.
func (r *renderer) escape(text string) string {
	text = term.Escape(text)
	if r.Verbose {
		return text
	}
	return term.Clip(text, maxText)
}

// blank writes one empty line, however often it is called in a row.
func (r *renderer) blank() {
	if s := r.b.String(); s != "" && !strings.HasSuffix(s, "\n\n") {
		r.b.WriteByte('\n')
	}
}

// statusLine is "404 Not Found"; HTTP/2 has no phrases, so the usual one is shown.
func statusLine(x *fetch.Exchange) string {
	text := x.StatusText
	if text == "" {
		text = http.StatusText(x.Status)
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", x.Status, text))
}

// duration is short: nobody compares microseconds here.
func duration(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "under 1 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
