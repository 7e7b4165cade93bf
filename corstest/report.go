package corstest

import (
	"fmt"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// shown are the headers of an answer that a report repeats, where they are there.
var shown = []string{
	httpspec.AccessControlAllowOrigin, httpspec.AccessControlAllowCredentials, httpspec.AccessControlAllowMethods,
	httpspec.AccessControlAllowHeaders, httpspec.AccessControlExposeHeaders, "Location", httpspec.CrossOriginResourcePolicy,
	reasonHeader,
}

// reasonHeader is what package cors adds to refusals in debug mode.
const reasonHeader = "Corscope-Reason"

// maxShown bounds the bytes of a value in a report.
const maxShown = 300

// report is the text of a failure: what was expected, what the browser did and why,
// the exchange that decided, and what the server would have to send.
func (r *Result) report(headline string) string {
	var b strings.Builder
	b.WriteString(r.subject(headline))
	switch {
	case r.Allowed && r.Trace.Relation.Same():
		line(&b, "The request goes to the page's own origin, where no CORS rule applies.")
	case r.Allowed && r.unsent:
		line(&b, "The preflight allows the request.")
	case r.Allowed:
		line(&b, fmt.Sprintf("The page may read the answer (%d).", r.Status))
	case r.unsent:
		line(&b, "Nothing was sent, because "+r.Trace.Request.Method+" may change data and no preflight is needed: set Browser.Send to send it.")
	default:
		line(&b, plain(r.Reason.Sentence()))
	}
	r.exchanges(&b)
	r.remedy(&b)
	if r.Reason.Algorithm != "" && !r.Reason.Code.IsNetwork() {
		line(&b, fmt.Sprintf("reason: %s, step %s of %s", r.Reason.Code, r.Reason.Step, r.Reason.Link()))
	}
	return b.String()
}

// subject is the first line: who asked for what, and how it ended.
func (r *Result) subject(headline string) string {
	q := r.Trace.Request
	credentials := ""
	if q.Credentials == fetch.CredentialsInclude {
		credentials = " with credentials"
	}
	return fmt.Sprintf("corstest: %s: %s %s%s from a page on %s", headline, plain(q.Method), plain(q.URL), credentials, r.Trace.Page.Origin)
}

// exchanges shows what was sent and what came back.
func (r *Result) exchanges(b *strings.Builder) {
	for _, x := range r.Trace.Exchanges {
		what := x.Method + " " + x.URL
		if x.Kind == fetch.ExchangePreflight {
			what += "   (the preflight)"
		}
		if fromCache(x) {
			what += "   (answered by the browser's HTTP cache: the server was not asked)"
		}
		line(b, "")
		line(b, "  "+plain(what))
		for _, name := range []string{httpspec.HeaderOrigin, httpspec.AccessControlRequestMethod, httpspec.AccessControlRequestHeaders} {
			if value, ok := x.RequestHeaders.Get(name); ok {
				line(b, "  > "+name+": "+plain(value))
			}
		}
		if x.Failure != nil {
			line(b, "  no answer: "+plain(x.Failure.Detail))
			continue
		}
		if x.Status == 0 {
			line(b, "  not sent")
			continue
		}
		line(b, fmt.Sprintf("  < %d %s", x.Status, plain(x.StatusText)))
		none := true
		for _, name := range shown {
			if value, ok := x.ResponseHeaders.Get(name); ok {
				line(b, "  < "+name+": "+plain(value))
				none = false
			}
		}
		if none {
			line(b, "  < (no CORS headers)")
		}
	}
}

// fromCache reports whether a stored answer was used without asking the server.
func fromCache(x *fetch.Exchange) bool { return x.Cache != nil && x.Cache.State == fetch.CacheLocal }

// headerReport is the text of a failure about one header of an answer that the page
// may read.
func (r *Result) headerReport(headline, advice string) string {
	var b strings.Builder
	b.WriteString(r.subject(headline))
	line(&b, advice)
	if x := r.lastExchange(); x != nil {
		var names []string
		for _, h := range r.Headers.Combined() {
			names = append(names, plain(h.Name))
		}
		if names == nil {
			names = []string{"none"}
		}
		exposed, ok := x.ResponseHeaders.Get(httpspec.AccessControlExposeHeaders)
		if !ok {
			exposed = "(not sent)"
		}
		line(&b, "")
		line(&b, fmt.Sprintf("  %s %s", plain(x.Method), plain(x.URL)))
		line(&b, "  < "+httpspec.AccessControlExposeHeaders+": "+plain(exposed))
		line(&b, "  the page can read: "+strings.Join(names, ", "))
	}
	return b.String()
}

// exposedWith is Access-Control-Expose-Headers with one more name.
func (r *Result) exposedWith(name string) string {
	list, _ := r.lastExchange().ResponseHeaders.Get(httpspec.AccessControlExposeHeaders)
	return extend(list, name)
}

func whyReadable(r *Result, name string) string {
	switch {
	case r.Trace.Relation.Same():
		return "the request goes to the page's own origin, where all is readable"
	case httpspec.IsCORSSafelistedResponseHeaderName(name):
		return "it is one of the seven headers that every page may read that may read the answer at all"
	}
	return "Access-Control-Expose-Headers must not list it"
}

// extend appends to a list of a header those of the names that it lacks.
func extend(list string, names ...string) string {
	var members []string
	for member := range strings.SplitSeq(list, ",") {
		if member = strings.TrimSpace(member); member != "" && member != httpspec.Wildcard {
			members = append(members, member)
		}
	}
	for _, name := range names {
		if !containsName(members, name) {
			members = append(members, name)
		}
	}
	return strings.Join(members, ", ")
}

func containsName(members []string, name string) bool {
	for _, m := range members {
		if httpspec.EqualFold(m, name) {
			return true
		}
	}
	return false
}

// line writes one more line. All but the first are lines of the same failure, which
// package testing indents.
func line(b *strings.Builder, text string) { b.WriteString("\n" + text) }

// plain returns s without control characters, cut.
func plain(s string) string {
	cut := ""
	if len(s) > maxShown {
		s, cut = s[:maxShown], "..."
	}
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?")) + cut
}
