package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/internal/term"
)

// row is one header or status of an exchange.
type row struct {
	arrow string // ">" sent, "<" came back
	text  string
	mark  string // "ok", "FAIL" or empty
	note  string
}

// gutter is the space left of the arrows, where the marks stand.
const gutter = 5

// exchanges are the rows of a browser's network tab.
func (r *renderer) exchanges() {
	all := r.trace.Exchanges
	for i := 0; i < len(all); i++ {
		if last := i + r.repeated(i) - 1; last > i {
			x := all[i]
			r.exchangeTitle(fmt.Sprintf("%d to %d", i+1, last+1), x.Method, x.URL,
				fmt.Sprintf("after redirects %d to %d: the same (-v shows them)", x.Hop, all[last].Hop))
			i = last
			continue
		}
		x := all[i]
		r.exchangeTitle(fmt.Sprint(i+1), x.Method, x.URL, exchangeTag(x))
		r.rows(r.requestRows(x))
		r.rows(r.responseRows(i, x))
	}
	if method, url := r.held(); url != "" {
		r.exchangeTitle(fmt.Sprint(len(all)+1), method, url, "never left the browser")
	}
}

// repeated counts the exchanges from i on that are like the one before them, as in a redirect that leads to itself. The last exchange
// is none of them: it is where the verdict falls.
func (r *renderer) repeated(i int) int {
	all := r.trace.Exchanges
	n := 0
	for ; !r.Verbose && i > 0 && i+n < len(all)-1; n++ {
		x, before := all[i+n], all[i+n-1]
		if x.Hop != before.Hop+1 || x.Method != before.Method || x.URL != before.URL || x.Status != before.Status || !slices.Equal(r.requestRows(x), r.requestRows(before)) ||
			!slices.Equal(withoutTime(r.responseRows(i+n, x)), withoutTime(r.responseRows(i+n-1, before))) {
			break
		}
	}
	return n
}

// withoutTime leaves out the row of the status, in which the time stands.
func withoutTime(rows []row) []row { return rows[min(1, len(rows)):] }

// held is the request that a rule stopped before it was sent; the URL is empty where there is none.
func (r *renderer) held() (method, url string) {
	last := lastExchange(r.trace)
	reason := r.trace.Outcome.Reason
	switch {
	case last == nil:
		return r.trace.Request.Method, fetch.BriefURL(r.trace.Request.URL)
	case last.Kind == fetch.ExchangePreflight && !r.trace.Outcome.Allowed:
		method, _ = last.RequestHeaders.Get(httpspec.AccessControlRequestMethod)
		return method, last.URL
	case reason != nil && reason.StoppedBehindRedirect():
		method = last.Method
		for _, s := range r.trace.Steps {
			if s.Exchange == len(r.trace.Exchanges)-1 && s.Subject == "method" && s.Verdict == fetch.Note {
				method = s.Got // the redirect turned it into GET
			}
		}
		return method, reason.URL
	}
	return "", ""
}

func exchangeTag(x *fetch.Exchange) string {
	var tags []string
	if x.Kind == fetch.ExchangePreflight {
		tags = append(tags, "the preflight")
	}
	if x.Hop > 0 {
		tags = append(tags, fmt.Sprintf("after redirect %d", x.Hop))
	}
	if x.Failure != nil && x.Failure.Code == fetch.ReasonNotSent {
		tags = append(tags, "not sent")
	}
	if x.Cache != nil {
		tags = append(tags, cacheTag(x.Cache))
	}
	if x.AskedAgain {
		tags = append(tags, "asked again, so that this answer does not count")
	}
	return strings.Join(tags, ", ")
}

// cacheTag says that an answer is a stored one, and whose request brought it.
func cacheTag(u *fetch.CacheUse) string {
	tag := "answered from the HTTP cache, nothing sent"
	if u.State == fetch.CacheValidated {
		tag = "304: the stored answer counts"
	}
	if u.StoredFor != "" {
		tag += "; stored for " + u.StoredFor
	}
	return tag
}

func (r *renderer) exchangeTitle(number, method, url, tag string) {
	line := fmt.Sprintf("  %s  %s", number, r.Style.Strong(term.Escape(method+" "+r.shortURL(url))))
	if tag != "" {
		line += "   " + r.Style.Faint(tag)
	}
	r.b.WriteString(line + "\n")
}

// shortURL leaves out the target's own origin, which stands at the top.
func (r *renderer) shortURL(url string) string {
	if path, ok := strings.CutPrefix(url, r.trace.Request.Origin); ok && strings.HasPrefix(path, "/") {
		return path
	}
	return url
}

// isTelling names the request headers that CORS, cookies and the server's decision
// depend on.
func isTelling(name string) bool {
	for _, n := range [...]string{
		"Origin", httpspec.AccessControlRequestMethod, httpspec.AccessControlRequestHeaders,
		"Cookie", "Authorization", "Content-Type", "Range",
	} {
		if httpspec.EqualFold(n, name) {
			return true
		}
	}
	return false
}

func (r *renderer) requestRows(x *fetch.Exchange) []row {
	var rows []row
	for _, h := range x.RequestHeaders {
		if !r.Verbose && !isTelling(h.Name) && !r.asked(h.Name) {
			continue
		}
		rows = append(rows, row{arrow: ">", text: h.Name + ": " + h.Value})
	}
	if x.RequestBodySize > 0 {
		rows = append(rows, row{arrow: ">", text: "a body of " + size(x.RequestBodySize, false)})
	}
	return rows
}

// asked reports whether the page's JavaScript set the header itself.
func (r *renderer) asked(name string) bool {
	for _, p := range r.trace.Preflights {
		for _, h := range p.Headers {
			if httpspec.EqualFold(h.Name, name) {
				return true
			}
		}
	}
	return false
}

// mattersInAnswer names the response headers that are shown without -v.
func mattersInAnswer(name string) bool {
	if strings.HasPrefix(strings.ToLower(name), "access-control-") {
		return true
	}
	for _, n := range [...]string{"Vary", "Location", "Set-Cookie", "Cross-Origin-Resource-Policy", "WWW-Authenticate", "Proxy-Authenticate"} {
		if httpspec.EqualFold(n, name) {
			return true
		}
	}
	return false
}

func (r *renderer) responseRows(index int, x *fetch.Exchange) []row {
	judged := r.judged(index)
	if x.Status == 0 {
		switch {
		case x.Failure == nil:
			return []row{{arrow: "<", text: "no answer"}}
		case x.Failure.Code == fetch.ReasonNotSent:
			return nil
		}
		return []row{{arrow: "<", mark: "FAIL", text: "no answer: " + x.Failure.Detail}}
	}
	status := judged.take("status")
	status.arrow, status.text = "<", statusLine(x)
	// A recording may hold neither.
	if x.Duration > 0 {
		status.text += " in " + duration(x.Duration)
	}
	if r.Verbose && x.Proto != "" {
		status.text += " over " + x.Proto
		if x.RemoteAddr != "" {
			status.text += " from " + x.RemoteAddr
		}
	}
	rows := []row{status}
	hidden, setCookies := 0, 0
	headers := x.ResponseHeaders
	if x.Cache != nil {
		headers = x.Cache.Headers // what the rules were applied to, where the answer itself was a 304
	}
	for _, h := range headers {
		line := judged.take(h.Name)
		line.arrow, line.text = "<", h.Name+": "+h.Value
		if httpspec.EqualFold(h.Name, "Set-Cookie") {
			if setCookies < len(x.SetCookies) {
				line.note = setCookieNote(x.SetCookies[setCookies])
			}
			setCookies++
		}
		if !r.Verbose && line.mark == "" && !mattersInAnswer(h.Name) {
			hidden++
			continue
		}
		rows = append(rows, line)
	}
	// What is left of the rules judged a header that is not there.
	for _, s := range judged.steps {
		if s.Verdict == fetch.Fail || s.Got == "" && isHeaderRule(s) {
			line := judged.take(s.Subject)
			if line.mark == "" {
				continue
			}
			line.arrow, line.text = "<", "("+subjectThere(s)+")"
			rows = append(rows, line)
		}
	}
	if hidden > 0 && !r.Compact {
		rows = append(rows, row{arrow: "<", text: fmt.Sprintf("and %s that CORS does not look at (-v shows them)", count(hidden, "header", "headers"))})
	}
	return rows
}

// isHeaderRule tells a rule about a header from one about a method or a mode.
func isHeaderRule(s fetch.Step) bool { return strings.HasPrefix(s.Subject, "Access-Control-") }

func subjectThere(s fetch.Step) string {
	switch {
	case isHeaderRule(s) && s.Got == "":
		return "no " + s.Subject
	case s.Got == "":
		return s.Subject
	}
	return s.Subject + ": " + s.Got
}

// judgements are the rules that were applied to one answer and are not shown yet.
type judgements struct{ steps []fetch.Step }

func (r *renderer) judged(index int) *judgements {
	j := new(judgements)
	for _, s := range r.trace.Steps {
		if s.Exchange == index {
			j.steps = append(j.steps, s)
		}
	}
	return j
}

// take returns the mark and note on a subject, and forgets its steps. A failed rule
// outweighs the passed ones.
func (j *judgements) take(subject string) row {
	var line row
	var rest []fetch.Step
	for _, s := range j.steps {
		if !httpspec.EqualFold(s.Subject, subject) {
			rest = append(rest, s)
			continue
		}
		switch s.Verdict {
		case fetch.Fail:
			line.mark, line.note = "FAIL", s.Text
		case fetch.Pass:
			if line.mark != "FAIL" {
				line.mark, line.note = "ok", s.Text
			}
		case fetch.Note:
			if line.mark == "" {
				line.note = s.Text
			}
		}
	}
	j.steps = rest
	return line
}

// rows writes the notes in a column of their own where they fit beside the longest
// header, and each under its header where they do not.
func (r *renderer) rows(rows []row) {
	column, widest := 0, 0
	for i := range rows {
		line := &rows[i]
		line.text, line.note = r.escape(line.text), r.escape(line.note)
		if line.note != "" {
			column = max(column, gutter+2+term.Width(line.text)+3)
			widest = max(widest, term.Width(line.note))
		}
	}
	beside := column+widest <= r.Width
	for _, line := range rows {
		left := r.mark(line.mark) + r.Style.Faint(line.arrow) + " "
		if line.note != "" && beside {
			r.b.WriteString(left + term.Pad(line.text, column-gutter-2) + line.note + "\n")
			continue
		}
		for i, part := range term.Wrap(line.text, max(r.Width-gutter-4, 24)) {
			if i > 0 {
				left = strings.Repeat(" ", gutter+4)
			}
			r.b.WriteString(left + part + "\n")
		}
		if line.note != "" {
			r.hanging(strings.Repeat(" ", gutter+4), gutter+4, line.note)
		}
	}
}

func (r *renderer) mark(mark string) string {
	padded := term.Pad(" "+mark, gutter)
	if mark == "FAIL" {
		return r.Style.Bad(mark) + " "
	}
	if mark == "ok" {
		return r.Style.Good(padded)
	}
	return padded
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// size is a number of bytes; atLeast says that there may be more.
func size(n int64, atLeast bool) string {
	s := fmt.Sprintf("%d bytes", n)
	switch {
	case n == 1:
		s = "1 byte"
	case n >= 10<<20:
		s = fmt.Sprintf("%d MiB", n>>20)
	case n >= 10<<10:
		s = fmt.Sprintf("%d KiB", n>>10)
	}
	if atLeast {
		return s + " or more"
	}
	return s
}
