package diagnose

import (
	"slices"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// repaired is what would take one reason away.
type repaired struct {
	edits []edit
	page  []PageChange
	// served are the lines of the Content-Security-Policy that the page should be served with; nil: as it is.
	served []string
	// stuck says what a person has to do where no header and no option of the call is known to help.
	stuck string
}

func page(option, before, after, why string) repaired {
	return repaired{page: []PageChange{{Option: option, Before: before, After: after, Why: why}}}
}

func stuck(what string) repaired { return repaired{stuck: what} }

// repair finds what would take the reason that t ended with away. t is a simulated trace, or the recorded one.
func repair(t *fetch.Trace) repaired {
	r := t.Outcome.Reason
	if r.Code.IsNetwork() {
		return stuck(networkAdvice(*r))
	}
	switch r.Phase {
	case fetch.PhaseBefore:
		return repairBefore(t, *r)
	case fetch.PhasePreflight, fetch.PhaseRequest:
	}
	if blocksBeforeSending(r.Code) {
		return repairBefore(t, *r)
	}
	x := t.Exchanges[len(t.Exchanges)-1]
	set := func(name, value, why string) repaired {
		return repaired{edits: []edit{{answerKey: keyOf(x), name: name, value: value, why: why, assumed: isAssumed(x)}}}
	}
	switch r.Code {
	case fetch.ReasonAllowOriginMissing, fetch.ReasonAllowOriginMismatch, fetch.ReasonAllowOriginMultiple, fetch.ReasonAllowOriginInvalid,
		fetch.ReasonAllowOriginWildcard:
		return repairOrigin(t, x)
	case fetch.ReasonAllowCredentialsAbsent, fetch.ReasonAllowCredentialsValue:
		return set(httpspec.AccessControlAllowCredentials, "true", "the call includes credentials, and only the word true allows that")

	case fetch.ReasonPreflightRedirect, fetch.ReasonPreflightStatus:
		if to := redirectTarget(x, x.URL); to != nil && x.Hop == 0 && toHTTPS(x.URL, to.StringWithoutFragment()) {
			return page(optionURL, t.Request.URL, to.String(), "the server answers over https alone, and a preflight is not led there")
		}
		return repaired{edits: []edit{{answerKey: keyOf(x), status: assumedPreflightStatus, assumed: isAssumed(x), why: "a preflight must be answered with a status from 200 to 299, by the URL that was asked"}}}
	case fetch.ReasonAllowMethodsMalformed, fetch.ReasonMethodNotAllowed, fetch.ReasonMethodWildcard:
		return repairMethods(t, x)
	case fetch.ReasonAllowHeadersMalformed, fetch.ReasonHeaderNotAllowed, fetch.ReasonHeaderWildcard, fetch.ReasonAuthorizationNotListed:
		return repairHeaders(t, x)

	case fetch.ReasonRedirectMode:
		return page(optionRedirect, string(fetch.RedirectError), string(fetch.RedirectFollow), "the server redirects, and redirect mode error refuses that")
	case fetch.ReasonRedirectCredentials:
		if u := redirectTarget(x, r.URL); u != nil {
			return set("Location", u.WithoutCredentialsAndFragment().String(), "a redirect may not carry a user name or password")
		}
	case fetch.ReasonRedirectStream:
		return page(optionBody, "a stream", "a Blob, string or ArrayBuffer", "a stream is gone once it was sent, and cannot follow a redirect")
	case fetch.ReasonRedirectLocation:
		if lines := x.ResponseHeaders.Values("Location"); len(lines) > 1 {
			return set("Location", lines[0], "one Location, not several")
		}
		return stuck("Have the server send a Location that is a URL: what it should be cannot be known from here.")
	case fetch.ReasonRedirectScheme:
		return stuck("Have the server redirect to an http or https URL, or answer itself: browsers follow no other scheme.")
	case fetch.ReasonRedirectLimit:
		return stuck("Find out why the server redirects without end: each answer leads to another one, and browsers give up after 20.")
	case fetch.ReasonIntegrity:
		if _, _, ok := computedHash(r); ok {
			return page(optionIntegrity, t.Request.Integrity, r.Got, "the hash of what the server sends today, which is right only if that is what it should send")
		}
		return stuck("Leave integrity out, or ask in mode cors: the body of this answer is one that the page may not read.")
	case fetch.ReasonCORP, fetch.ReasonCOEP:
		return set(httpspec.CrossOriginResourcePolicy, "cross-origin", "without it the answer is kept from pages of other origins")
	}
	return stuck("No header is known that would change this.")
}

// toHTTPS reports two URLs that differ by http and https alone.
func toHTTPS(from, to string) bool {
	return strings.HasPrefix(from, "http://") && to == "https://"+strings.TrimPrefix(from, "http://")
}

// repairBefore is for what is stopped before it is sent, at the first URL or at the target of a redirect.
func repairBefore(t *fetch.Trace, r fetch.Reason) repaired {
	switch r.Code {
	case fetch.ReasonSameOriginMode:
		return page(optionMode, string(fetch.ModeSameOrigin), string(fetch.ModeCORS), "mode same-origin refuses every other origin before the server is asked")
	case fetch.ReasonNoCORSRedirectMode:
		return page(optionMode, string(fetch.ModeNoCORS), string(fetch.ModeCORS), "mode no-cors must follow redirects, and could read nothing anyway")
	case fetch.ReasonOnlyIfCached:
		return page(optionCache, string(fetch.CacheOnlyIfCached), string(fetch.CacheDefault), "nothing is in the cache")
	case fetch.ReasonKeepaliveQuota:
		return page(optionKeepalive, "true", "false", "bodies of keepalive requests may have 64 KiB together")
	case fetch.ReasonMixedContent:
		u, err := fetch.ParseURL(r.URL)
		if err != nil {
			break
		}
		secure := u.WithScheme("https").String()
		const why = "a page on https may not fetch over plain http"
		if n := len(t.Exchanges); n > 0 {
			x := t.Exchanges[n-1]
			return repaired{edits: []edit{{answerKey: keyOf(x), name: "Location", value: secure, why: why, assumed: isAssumed(x)}}}
		}
		return page(optionURL, r.URL, secure, why)
	case fetch.ReasonBadPort:
		return stuck("Let the server listen on another port, such as 443 or 8443: browsers never connect to port " + r.Got + ".")
	case fetch.ReasonCSPConnectSrc, fetch.ReasonCSPScriptSrc, fetch.ReasonCSPSubresource:
		if lines, ok := naming(t.Page.Policies, r); ok {
			return repaired{served: lines}
		}
		return stuck("Serve the page with a Content-Security-Policy that says " + r.Want + " too. What the server would answer then was never observed.")
	case fetch.ReasonLocalNetworkAccess:
		if r.Detail != "" {
			return stuck("Serve the page with a Permissions-Policy that leaves " + r.Want + " to it, and let the user grant the permission. What the server would answer then was never observed.")
		}
		return stuck("Let the user grant the page access to the local network, or serve the page from there. What the server would answer then was never observed.")
	case fetch.ReasonLocalNetworkInsecure:
		return stuck("Serve the page over https, so that Chromium asks the user, or serve it from the local network. What the server would answer then was never observed.")
	case fetch.ReasonTargetAddressSpace:
		return page(optionTargetAddressSpace, r.Want, r.Got, "where the server is")
	case fetch.ReasonDataURL:
		return stuck("Write the data: URL anew: " + r.Detail + ".")
	case fetch.ReasonBlobURL:
		return stuck("Fetch the blob: URL in the page that made it, before it is revoked.")
	case fetch.ReasonScheme:
		if r.Got == "file" {
			return stuck("Serve the file over http, and open the page from there too: no page of a server may read the reader's own files, and a page that is a file itself may read no others.")
		}
		return stuck("Ask for an http or https URL: a page cannot fetch " + r.Got + ": URLs.")
	}
	return stuck("No header is known that would change this.")
}

// repairOrigin puts the page's own origin into Access-Control-Allow-Origin, unless what the browser asks with is "null", which must
// not be allowed: every sandboxed frame of everybody has that name.
func repairOrigin(t *fetch.Trace, x *fetch.Exchange) repaired {
	want, ok := x.RequestHeaders.Get(httpspec.HeaderOrigin)
	if !ok {
		want = t.Page.Origin
	}
	set := func(value, why string) repaired {
		return repaired{edits: []edit{{answerKey: keyOf(x), name: httpspec.AccessControlAllowOrigin, value: value, why: why, assumed: isAssumed(x)}}}
	}
	switch {
	case want != opaque:
		return set(want, "the page's origin, as the browser writes it: no slash, no path, one line")
	case t.Page.Origin == opaque && t.Request.Credentials != fetch.CredentialsInclude:
		return set(httpspec.Wildcard, "the page has no origin of its own, so only * can name it; that is right only if anybody may read the answer")
	case t.Page.Origin == opaque:
		return stuck("Serve the page over http or https, so that it has an origin that the server can allow. Never allow null: everybody can make a page with that origin.")
	case isLogin(x.URL):
		return stuck("Have the server answer 401 to scripts in the place of a redirect to the login page, and let the page itself navigate to the login.")
	}
	// After a redirect through another origin the browser hides the page's name. Asked directly, the target sees it.
	target := x.URL
	r := page(optionURL, t.Request.URL, target, "asked without the redirect, the target is told the page's origin")
	if x.Kind == fetch.ExchangeRequest && x.Method != t.Request.Method {
		r.page = append(r.page, PageChange{Option: optionMethod, Before: t.Request.Method, After: x.Method, Why: "what the redirect made of the method"})
	}
	return r
}

func repairMethods(t *fetch.Trace, x *fetch.Exchange) repaired {
	method := askedMethod(x)
	lines := x.ResponseHeaders.Values(httpspec.AccessControlAllowMethods)
	members := salvage(lines)
	if upper := strings.ToUpper(method); upper != method && slices.Contains(members, upper) {
		return page(optionMethod, method, upper, "methods are compared to the letter, and browsers change the case of the six best known ones alone")
	}
	if t.Request.Credentials == fetch.CredentialsInclude {
		members = slices.DeleteFunc(members, func(m string) bool { return m == httpspec.Wildcard })
	}
	// The same word in another case is another method, which nobody meant.
	members = slices.DeleteFunc(members, func(m string) bool { return m != method && httpspec.EqualFold(m, method) })
	if !slices.Contains(members, method) && !httpspec.IsCORSSafelistedMethod(method) {
		members = append(members, method)
	}
	return repaired{edits: []edit{{answerKey: keyOf(x), name: httpspec.AccessControlAllowMethods, value: strings.Join(members, ", "), assumed: isAssumed(x),
		why: "the method must be named, to the letter"}}}
}

func repairHeaders(t *fetch.Trace, x *fetch.Exchange) repaired {
	asked := unsafeNames(x)
	var r repaired
	for _, name := range asked {
		if strings.HasPrefix(name, "access-control-") {
			r.page = append(r.page, PageChange{Option: optionHeader, Before: name, Why: "this header belongs on the server's answer; on a request it only asks for more permission"})
		}
	}
	if r.page != nil {
		return r
	}
	include := t.Request.Credentials == fetch.CredentialsInclude
	members := salvage(x.ResponseHeaders.Values(httpspec.AccessControlAllowHeaders))
	if include {
		members = slices.DeleteFunc(members, func(m string) bool { return m == httpspec.Wildcard })
	}
	wildcard := slices.Contains(members, httpspec.Wildcard)
	for _, name := range asked {
		if wildcard && !httpspec.IsCORSNonWildcardRequestHeaderName(name) {
			continue
		}
		if !slices.ContainsFunc(members, func(m string) bool { return httpspec.EqualFold(m, name) }) {
			members = append(members, asWritten(t, name))
		}
	}
	r.edits = []edit{{answerKey: keyOf(x), name: httpspec.AccessControlAllowHeaders, value: strings.Join(members, ", "), assumed: isAssumed(x),
		why: "every header that needs permission must be named"}}
	return r
}

// asWritten is a header's name in the case that the page gave it.
func asWritten(t *fetch.Trace, name string) string {
	for _, h := range t.Request.Headers {
		if httpspec.EqualFold(h.Name, name) {
			return h.Name
		}
	}
	return name
}

// maxSalvaged bounds how many members are taken out of a malformed list, and maxListed how many a policy gets: package cors takes no more.
const (
	maxSalvaged = 256
	maxListed   = 1024
)

// salvage takes what can be meant as members out of a list that may be malformed.
func salvage(lines []string) []string {
	if members, err := httpspec.ParseTokenList(lines); err == nil {
		return slices.Clone(members)
	}
	var members []string
	for _, line := range lines {
		for _, piece := range strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(",; \t[]()\"'", c) }) {
			piece, _, _ = strings.Cut(piece, ":")
			if len(members) < maxSalvaged && httpspec.IsToken(piece) && !isNumber(piece) && !slices.Contains(members, piece) {
				members = append(members, piece)
			}
		}
	}
	return members
}

func isNumber(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

func isAssumed(x *fetch.Exchange) bool { return x.RemoteAddr == assumedAddr }

// isLogin reports a URL that by its look is a place to log in.
func isLogin(raw string) bool {
	u, err := fetch.ParseURL(raw)
	if err != nil {
		return false
	}
	host, path := u.Host(), strings.ToLower(u.Path())
	for _, label := range []string{"login.", "accounts.", "auth.", "sso.", "idp.", "signin.", "id."} {
		if strings.HasPrefix(host, label) {
			return true
		}
	}
	for _, part := range strings.FieldsFunc(path, func(c rune) bool { return c == '/' || c == '.' || c == '-' || c == '_' }) {
		switch part {
		case "login", "signin", "sso", "saml", "saml2", "oauth", "oauth2", "authorize", "openid":
			return true
		}
	}
	return false
}

// networkAdvice says what to do about an exchange that no rule of the browser's ended.
func networkAdvice(r fetch.Reason) string {
	if r.Code == fetch.ReasonProxyAuth {
		return "Give the proxy's name and password. If the server itself sent the 407, have it send 401."
	}
	if r.Want != "" {
		return strings.ToUpper(r.Want[:1]) + r.Want[1:] + "."
	}
	return "Find out why no answer came: no header would change it."
}
