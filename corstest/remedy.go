package corstest

import (
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// remedy says what the server would have to send for the page to be let through. It
// names all that the answer lacks at once, where a browser names one fault at a time.
func (r *Result) remedy(b *strings.Builder) {
	x := r.lastExchange()
	if r.Allowed || x == nil || x.Status == 0 || r.Reason.Code.IsNetwork() {
		return
	}
	var lines []string
	switch r.Reason.Code {
	case fetch.ReasonPreflightRedirect:
		lines = []string{"an answer to OPTIONS itself, with a status from 200 to 299, not a redirect: browsers do not follow one there"}
	case fetch.ReasonCORP:
		lines = []string{httpspec.CrossOriginResourcePolicy + ": cross-origin"}
	default:
		if !r.aboutHeaders() {
			return
		}
		lines = r.lacking(x)
	}
	line(b, "")
	line(b, "The answer to "+plain(x.Method)+" would have to have:")
	for _, l := range lines {
		line(b, "  "+plain(l))
	}
	if x.Kind == fetch.ExchangePreflight && r.aboutHeaders() {
		line(b, "The answer to "+plain(r.Trace.Request.Method)+", which was never sent, must allow the origin too.")
	}
	r.hints(b, x)
}

// aboutHeaders reports whether the fault is in the headers or the status of CORS.
func (r *Result) aboutHeaders() bool {
	switch r.Reason.Code {
	case fetch.ReasonAllowOriginMissing, fetch.ReasonAllowOriginMismatch, fetch.ReasonAllowOriginMultiple,
		fetch.ReasonAllowOriginInvalid, fetch.ReasonAllowOriginWildcard,
		fetch.ReasonAllowCredentialsAbsent, fetch.ReasonAllowCredentialsValue,
		fetch.ReasonPreflightStatus, fetch.ReasonAllowMethodsMalformed, fetch.ReasonAllowHeadersMalformed,
		fetch.ReasonMethodNotAllowed, fetch.ReasonMethodWildcard,
		fetch.ReasonHeaderNotAllowed, fetch.ReasonHeaderWildcard, fetch.ReasonAuthorizationNotListed:
		return true
	}
	return false
}

// lacking lists what the answer x would need and has not.
func (r *Result) lacking(x *fetch.Exchange) []string {
	var lines []string
	include := r.Trace.Request.Credentials == fetch.CredentialsInclude
	sent := func(name string) string {
		value, _ := x.ResponseHeaders.Get(name)
		return value
	}
	preflight := x.Kind == fetch.ExchangePreflight
	if preflight && (x.Status < 200 || x.Status > 299) {
		lines = append(lines, "a status from 200 to 299, such as 204")
	}
	origin, _ := x.RequestHeaders.Get(httpspec.HeaderOrigin)
	if allowed := sent(httpspec.AccessControlAllowOrigin); allowed != origin && (include || allowed != httpspec.Wildcard) {
		lines = append(lines, httpspec.AccessControlAllowOrigin+": "+origin)
	}
	if include && sent(httpspec.AccessControlAllowCredentials) != "true" {
		lines = append(lines, httpspec.AccessControlAllowCredentials+": true")
	}
	if !preflight {
		return lines
	}
	method, _ := x.RequestHeaders.Get(httpspec.AccessControlRequestMethod)
	switch list := sent(httpspec.AccessControlAllowMethods); {
	case r.Reason.Code == fetch.ReasonAllowMethodsMalformed:
		lines = append(lines, httpspec.AccessControlAllowMethods+": "+method+"   (names only, separated by commas)")
	case !httpspec.IsCORSSafelistedMethod(method) && !allows(list, method, include, sameMethod):
		lines = append(lines, httpspec.AccessControlAllowMethods+": "+extendMethods(list, method))
	}
	asked, _ := x.RequestHeaders.Get(httpspec.AccessControlRequestHeaders)
	list, missing := sent(httpspec.AccessControlAllowHeaders), false
	var names []string
	for name := range strings.SplitSeq(asked, ",") {
		if name == "" {
			continue
		}
		names = append(names, name)
		wildcardCounts := !include && !httpspec.IsCORSNonWildcardRequestHeaderName(name)
		missing = missing || !allows(list, name, !wildcardCounts, httpspec.EqualFold)
	}
	switch {
	case r.Reason.Code == fetch.ReasonAllowHeadersMalformed:
		lines = append(lines, httpspec.AccessControlAllowHeaders+": "+strings.Join(names, ", ")+"   (names only, separated by commas)")
	case missing:
		lines = append(lines, httpspec.AccessControlAllowHeaders+": "+extend(list, names...))
	}
	return lines
}

// allows reports whether a list names a member, or has a wildcard that counts.
func allows(list, name string, literal bool, same func(a, b string) bool) bool {
	for member := range strings.SplitSeq(list, ",") {
		member = strings.TrimSpace(member)
		if same(member, name) || !literal && member == httpspec.Wildcard {
			return true
		}
	}
	return false
}

// sameMethod compares to the letter, as browsers compare methods.
func sameMethod(a, b string) bool { return a == b }

// extendMethods is extend without regard to names that differ in case alone: another
// case is another method.
func extendMethods(list, method string) string {
	if kept := extend(list); kept != "" {
		return kept + ", " + method
	}
	return method
}

// hints say what the headers alone do not.
func (r *Result) hints(b *strings.Builder, x *fetch.Exchange) {
	if fromCache(x) && !x.Cache.VaryOrigin {
		line(b, "It was stored for another page: an answer that depends on Origin must say Vary: Origin, the refused ones too.")
	}
	if x.Kind != fetch.ExchangePreflight {
		return
	}
	if why, ok := x.ResponseHeaders.Get(reasonHeader); ok {
		line(b, "The server says why it refused: "+plain(why)+".")
		return
	}
	switch none := !x.ResponseHeaders.Contains(httpspec.AccessControlAllowOrigin); {
	case x.Status == 403 && none:
		line(b, "A server that refuses a preflight often sends no CORS headers at all, so that the origin, the method or a header may be what")
		line(b, "it refuses. With package cors, Middleware.SetDebug(true) makes the answer say which.")
	case x.Status == 401:
		line(b, "A preflight never carries credentials: the CORS middleware must stand outside of authentication.")
	case (x.Status == 404 || x.Status == 405) && none:
		line(b, "A router answered OPTIONS by itself: the CORS middleware must stand outside of it.")
	}
}
