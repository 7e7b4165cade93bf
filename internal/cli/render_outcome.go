package cli

import (
	"bytes"
	"fmt"
	"mime"
	"strings"
	"unicode/utf8"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// pageGets is what the page's JavaScript may do with the outcome.
func (r *renderer) pageGets() {
	o := r.trace.Outcome
	const label = "the page gets"
	switch {
	case r.verdict == verdictNotSent:
		r.field(label, "nothing yet")
		return
	case r.neverBegan():
		rest := "status " + fmt.Sprint(o.Status) + ", and a TypeError where it reads the body"
		if r.initiator == diagnose.ByXMLHttpRequest {
			rest = "an error event, and nothing else"
		}
		r.field(label, "in Firefox nothing but an error, as if no answer had come; elsewhere "+rest)
		return
	case !o.Allowed && r.initiator != diagnose.ByFetch:
		r.field(label, r.blockedGets())
		return
	case o.Type == fetch.TypeOpaque && elementName(r.trace) != "":
		r.field(label, "the "+elementName(r.trace)+", and no way to look into it: a load event, no status, no headers, no body")
		return
	case !o.Allowed:
		r.field(label, "TypeError, and nothing else: no status, no headers, no body")
		return
	case o.Type == fetch.TypeOpaque:
		r.field(label, "an opaque response: status 0, no headers, no body")
		return
	case o.Type == fetch.TypeOpaqueRedirect:
		r.field(label, "a response of type opaqueredirect: status 0, no headers, no body")
		return
	}
	text := fmt.Sprintf("status %d", o.Status)
	if o.Redirected {
		text += " from " + o.URL
	}
	x := lastExchange(r.trace)
	switch {
	case !o.BodyReadable:
		text += ", and there is no body"
	case x == nil:
		text += ", and the body that the URL stands for"
	case r.BodyAfterwards:
		text += ", and may read the body"
	case len(x.ResponseBody) == 0 && !x.ResponseBodyTruncated:
		text += ", and an empty body"
	default:
		text += ", and the body: " + bodyText(x)
	}
	r.field(label, text)
	if r.bodyErr != nil {
		how := "reading the body to its end fails with a TypeError: "
		if r.initiator == diagnose.ByXMLHttpRequest {
			how = "the body breaks off with an error event: "
		}
		r.field("", how+withoutPrefix(r.bodyErr))
	}
	if r.Compact {
		return
	}
	if readable := headerNames(o.Headers); readable != "" {
		r.field("it may read", readable)
	}
	r.hidden()
}

// blockedGets is what the page gets where fetch() would throw a TypeError.
func (r *renderer) blockedGets() string {
	switch r.initiator {
	case diagnose.ByXMLHttpRequest:
		return "an error event, and nothing else: status 0, no headers, no body"
	case diagnose.ByEventSource:
		if r.trace.Outcome.Reason.Code.IsNetwork() {
			return "an error event of the EventSource, and nothing else: it connects again (Firefox closes it)"
		}
		return "an error event of the EventSource, and nothing else: readyState is 2, and it does not connect again"
	case diagnose.ByBeacon:
		return "nothing: sendBeacon() has returned true before"
	case diagnose.ByFont:
		if r.trace.Request.InitiatorType != fetch.InitiatorLink {
			return "NetworkError, a DOMException, and nothing else; text is shown in another font"
		}
	case diagnose.ByAudio, diagnose.ByVideo:
		return "an error event of the element, and nothing else: error.code is 4, and play() rejects with NotSupportedError"
	case diagnose.ByScript:
		if r.trace.Request.InitiatorType == "" {
			return "TypeError, and nothing else: no status, no headers, no body"
		}
	}
	return "an error event of the element, and nothing else: no status, no headers, no body"
}

// hidden lists what the page cannot read. That the permission itself is hidden
// surprises nobody, and is in the JSON.
func (r *renderer) hidden() {
	var names []string
	setCookie := false
	for _, name := range r.trace.Outcome.Hidden {
		switch {
		case name == "set-cookie":
			setCookie = true
		case !strings.HasPrefix(name, "access-control-"):
			names = append(names, name)
		}
	}
	label := "hidden from it"
	if len(names) > 0 {
		text := strings.Join(names, ", ")
		if r.trace.Outcome.Type == fetch.TypeCORS {
			them := "them"
			if len(names) == 1 {
				them = "it"
			}
			text += " (Access-Control-Expose-Headers does not name " + them + ")"
		}
		r.field(label, text)
		label = ""
	}
	if setCookie {
		r.field(label, "set-cookie, which no page may read")
	}
}

// headerNames lists each name once, as JavaScript would: in lower case and sorted.
func headerNames(headers fetch.HeaderList) string {
	var names []string
	for _, h := range headers.Combined() {
		names = append(names, h.Name)
	}
	return strings.Join(names, ", ")
}

// maxPreview is how much of a body is quoted, in bytes.
const maxPreview = 120

// bodyText is a body's size and, where it is text, its beginning.
func bodyText(x *fetch.Exchange) string {
	text := size(int64(len(x.ResponseBody)), x.ResponseBodyTruncated)
	if start := preview(x); start != "" {
		text += ", " + start
	}
	return text
}

// preview returns the start of a text body on one line, or "".
func preview(x *fetch.Exchange) string {
	contentType, _ := x.ResponseHeaders.Get("Content-Type")
	if coding, _ := x.ResponseHeaders.Get("Content-Encoding"); coding != "" || !isText(contentType) {
		return ""
	}
	start, cut := bytes.TrimSpace(x.ResponseBody), false
	if len(start) > maxPreview {
		start, cut = start[:maxPreview], true
		// A character that was cut in two is no fault of the body's.
		for len(start) > maxPreview-utf8.UTFMax && !utf8.Valid(start) {
			start = start[:len(start)-1]
		}
	}
	if len(start) == 0 || !utf8.Valid(start) {
		return ""
	}
	line := strings.Join(strings.Fields(string(start)), " ")
	if cut {
		line += "..."
	}
	return line
}

func isText(contentType string) bool {
	essence, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return contentType == ""
	}
	return strings.HasPrefix(essence, "text/") || strings.HasSuffix(essence, "json") || strings.HasSuffix(essence, "xml") ||
		essence == "application/javascript" || essence == "application/x-www-form-urlencoded"
}

// serverGot is what reached the server, whatever the page may see of the answer.
func (r *renderer) serverGot() {
	const label = "the server got"
	r.field(label, r.received())
	if len(r.deeds) > 0 {
		r.field("and did", strings.Join(r.deeds, "; "))
	}
}

func (r *renderer) received() string {
	t := r.trace
	var got []string
	for _, x := range t.Exchanges {
		if x.Status != 0 && !fromCache(x) {
			got = append(got, x.Method)
		}
	}
	x := lastExchange(t)
	switch {
	case x == nil, fromCache(x) && len(got) == 0:
		return "nothing"
	case fromCache(x):
		return sequence(got) + ", and not the last request: its answer was in the browser's cache"
	case x.Status == 0 && r.verdict == verdictNotSent:
		if len(got) == 0 {
			return "nothing"
		}
		return sequence(got) + ", and no " + x.Method
	case x.Status == 0:
		what := "the " + x.Method + " perhaps; no whole answer came"
		if x.Failure != nil && isUnsent(x.Failure.Code) {
			what = "no " + x.Method + ": the connection failed before it"
		}
		if len(got) == 0 {
			return what
		}
		return sequence(got) + ", then " + what
	case x.Kind == fetch.ExchangePreflight:
		method, _ := x.RequestHeaders.Get(httpspec.AccessControlRequestMethod)
		return sequence(got) + ", and never the " + method
	case t.Outcome.Allowed && t.Outcome.Type != fetch.TypeOpaque && t.Outcome.Type != fetch.TypeOpaqueRedirect:
		return sequence(got)
	}
	text := sequence(got) + ", and answered " + statusLine(x)
	if len(x.ResponseBody) > 0 {
		text += " with " + bodyText(x) + "; that reached the browser, not the page"
	} else {
		text += "; whatever it does on this request, it has done"
	}
	return text
}

// fromCache reports whether an answer came from the HTTP cache, and nothing was sent.
func fromCache(x *fetch.Exchange) bool { return x.Cache != nil && x.Cache.State == fetch.CacheLocal }

// isUnsent reports failures before the first byte of a request could be sent.
func isUnsent(code fetch.ReasonCode) bool {
	switch code {
	case fetch.ReasonNameNotResolved, fetch.ReasonRefused, fetch.ReasonUnreachable, fetch.ReasonCertificate, fetch.ReasonTLS,
		fetch.ReasonProxy, fetch.ReasonProxyAuth:
		return true
	}
	return false
}

// sequence is "OPTIONS, then DELETE"; equal neighbours are counted.
func sequence(methods []string) string {
	var parts []string
	for i := 0; i < len(methods); {
		n := 1
		for i+n < len(methods) && methods[i+n] == methods[i] {
			n++
		}
		part := methods[i]
		if n > 1 {
			part = fmt.Sprintf("%d times %s", n, methods[i])
		}
		parts = append(parts, part)
		i += n
	}
	return strings.Join(parts, ", then ")
}

// cookies is there only where cookies could matter.
func (r *renderer) cookies() {
	label := "cookies"
	say := func(text string) {
		r.field(label, text)
		label = ""
	}
	withCredentials := false
	for i, x := range r.trace.Exchanges {
		if x.Kind == fetch.ExchangePreflight || !x.Credentials || fromCache(x) {
			continue
		}
		withCredentials = true
		on := ""
		if len(r.trace.Exchanges) > 1 {
			on = fmt.Sprintf(" with request %d", i+1)
		}
		for _, d := range x.Cookies {
			what := "withheld"
			if d.Accepted {
				what = "sent"
			}
			say(cookieName(d) + " " + what + on + ": " + d.Why)
		}
	}
	if withCredentials || !r.heldCookies || len(r.trace.Exchanges) == 0 {
		return
	}
	switch last := lastExchange(r.trace); {
	case r.trace.Request.Credentials == fetch.CredentialsOmit:
		say("none sent: the credentials mode is omit")
	case last.Kind == fetch.ExchangePreflight:
		say("none sent: a preflight never carries any")
	case r.trace.Request.Credentials == fetch.CredentialsSameOrigin:
		say("none sent: the credentials mode is same-origin, and this is another origin; --credentials include sends them")
	}
}

func cookieName(d fetch.CookieDecision) string {
	if d.Name == "" {
		return "a cookie without a name"
	}
	return d.Name
}

// setCookieNote says what the jar did with one Set-Cookie header.
func setCookieNote(d fetch.CookieDecision) string {
	if d.Accepted {
		return "the browser keeps it, whatever the page may see"
	}
	return "not kept: " + d.Why
}

// elsewhere is the same request from outside a browser.
func (r *renderer) elsewhere() {
	command := r.curl()
	if command == "" {
		return
	}
	text := "no rule applies outside browsers; there, the same request is"
	if strings.Contains(command, stars) {
		text += " (--show-secrets fills in " + stars + ")"
	}
	r.field("elsewhere", text)
	r.labelled("", func() string { return command })
}
