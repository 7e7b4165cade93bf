package diagnose

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// firefox prints what Firefox 153 does. The texts stand in security.properties, their order in nsCORSListenerProxy.cpp; the further
// lines and the quoting were measured in Firefox 153 ESR on 2026-11-22, and e2e measures them again for every fault of internal/demo.
type firefox struct {
	*walk
	by Initiator
}

const (
	firefoxError      = "TypeError: NetworkError when attempting to fetch resource."
	firefoxDidNot     = "CORSDidNotSucceed2"
	firefoxDidNotText = "CORS request did not succeed"
	// neverEnds is what an XMLHttpRequest gets that was redirected to a blocked port.
	neverEnds = "no event: the request never ends"
)

func (f firefox) console() Printout {
	p := f.over(Firefox, f.judge, f.outside)
	if f.broken != nil && !p.Blocked() && f.by == ByXMLHttpRequest && !f.takenForWhole() {
		p.JavaScript = sees(f.by, firefoxError)
	}
	if f.by == ByEventSource && p.Blocked() {
		p.Lines = append(p.Lines, errorLine("Firefox can’t establish a connection to the server at "+f.trace.Request.URL+"."))
	}
	return p
}

// judge is about one exchange. A keepalive request may outlive its page, and Firefox prints no word on one that fails.
func (f firefox) judge(raw *fetch.Exchange) judged {
	j := f.judgeInPage(raw)
	if f.trace.Request.Keepalive && j.done {
		return f.silent(BasisMeasured)
	}
	return j
}

func (f firefox) judgeInPage(raw *fetch.Exchange) judged {
	x := effective(raw)
	if f.asksAgain(raw) {
		return unknown()
	}
	if f.broken != nil && (f.broken.never || f.broken.malformed()) && f.broken.last == raw {
		// See WaitsForBody of [fetch.Profile]: the network has failed, before any rule.
		return f.failure(&fetch.Exchange{Kind: x.Kind, Failure: &fetch.NetworkError{Code: fetch.ReasonClosed}})
	}
	if x.Failure != nil {
		return f.failure(x)
	}
	if x.Kind == fetch.ExchangePreflight {
		return f.preflight(x)
	}
	if f.underCORS() {
		if j := f.accessCheck(x); j.done {
			if leadsAway(x) && f.trace.Request.Redirect == fetch.RedirectFollow {
				j.Lines = append(j.Lines, f.didNotSucceed())
			}
			return j
		}
	}
	if f.defaultedByCOEP(raw) || f.trace.Request.Mode == fetch.ModeNoCORS && f.crossOrigin && violatesCORP(f.trace, f.current(), x) {
		j := f.silent(BasisReported)
		j.Lines = []Line{errorLine("The resource at “" + f.current() + "” was blocked due to its Cross-Origin-Resource-Policy header (or lack thereof). See https://developer.mozilla.org/docs/Web/HTTP/Cross-Origin_Resource_Policy_(CORP)#")}
		return j
	}
	return f.redirect(x)
}

// failure: an exchange without an answer is blocked once, and once more with a preflight. The page's own origin is not CORS's affair.
func (f firefox) failure(x *fetch.Exchange) judged {
	if !f.underCORS() {
		return f.silent(BasisSource)
	}
	fault := answerFault(x.Failure)
	switch fault {
	case answerCutOff, answerHeader:
		// It takes the lines that it can read, whatever the record holds of them.
		return unknown()
	case answerNotHTTP:
		if x.Kind == fetch.ExchangeRequest {
			return f.reason("CORSMissingAllowOrigin2", "CORS header ‘Access-Control-Allow-Origin’ missing", 200)
		}
		return unknown()
	}
	j := judged{Printout{Code: firefoxDidNot, Lines: []Line{f.didNotSucceed()}, JavaScript: sees(f.by, firefoxError), Basis: BasisMeasured}, true}
	if x.Kind == fetch.ExchangePreflight {
		j.Lines = append(j.Lines, f.didNotSucceed())
	}
	if fault == answerStatus {
		j.Lines = append([]Line{errorLine("The status line of the HTTP response is invalid")}, j.Lines...)
	}
	return j
}

// takenForWhole is BrokenErrorsEnd, BrokenCodingsEnd and PartialCodingsEnd of [fetch.Profile].
func (f firefox) takenForWhole() bool {
	b := f.broken
	if b.Code != fetch.BodyTruncated || b.last.Proto == "HTTP/2.0" {
		return b.Code == fetch.BodyCodingTruncated
	}
	return !isOK(b.last.Status) || b.last.ResponseHeaders.Contains("Content-Encoding") && !b.chunked() && errors.Is(b.Err, io.ErrUnexpectedEOF)
}

// asksAgain reports a request behind a redirect that Firefox would send a preflight for and the standard does not: see
// AlwaysAgain of [fetch.PreflightProfile].
func (f firefox) asksAgain(x *fetch.Exchange) bool {
	if x.Kind != fetch.ExchangeRequest || x.Hop == 0 || !f.underCORS() {
		return false
	}
	before := false
	for _, o := range f.trace.Exchanges {
		if o == x {
			return before
		}
		if o.Kind == fetch.ExchangePreflight {
			before = o.Hop < x.Hop
		}
	}
	return false
}

// askedOrigin: a preflight tells the page's origin where a redirect has hidden it from the request behind it.
func (f firefox) askedOrigin(x *fetch.Exchange) string {
	if x.Kind == fetch.ExchangePreflight {
		return f.trace.Page.Origin
	}
	return f.walk.askedOrigin(x)
}

// allowOrigin are the header's lines. Over HTTP/2 Firefox has joined them before it looks.
func (f firefox) allowOrigin(x *fetch.Exchange) []string {
	lines := x.ResponseHeaders.Values(httpspec.AccessControlAllowOrigin)
	if version := strings.TrimPrefix(strings.ToLower(x.Proto), "http/"); len(lines) > 1 && strings.HasPrefix(strings.TrimPrefix(version, "h"), "2") {
		return []string{strings.Join(lines, ", ")}
	}
	return lines
}

func (f firefox) accessCheck(x *fetch.Exchange) judged {
	lines := f.allowOrigin(x)
	switch {
	case len(lines) > 1:
		return f.reason("CORSMultipleAllowOriginNotAllowed", "Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed", 0)
	case len(lines) == 0:
		return f.reason("CORSMissingAllowOrigin2", "CORS header ‘Access-Control-Allow-Origin’ missing", x.Status)
	case lines[0] == httpspec.Wildcard && f.include():
		// The only one that puts the URL in quotation marks.
		j := f.reason("CORSNotSupportingCredentials", "", 0)
		j.Lines = []Line{errorLine("Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ‘" + f.current() +
			"’. (Reason: Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’).")}
		return j
	case lines[0] == httpspec.Wildcard:
		return judged{}
	case lines[0] != f.askedOrigin(x):
		return f.reason("CORSAllowOriginNotMatchingOrigin", "CORS header ‘Access-Control-Allow-Origin’ does not match ‘"+escapeFirefox(lines[0])+"’", 0)
	}
	if got, _ := x.ResponseHeaders.Get(httpspec.AccessControlAllowCredentials); f.include() && got != "true" {
		return f.reason("CORSMissingAllowCredentials", "expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’", 0)
	}
	return judged{}
}

func (f firefox) preflight(x *fetch.Exchange) judged {
	access := f.accessCheck(x)
	if leadsAway(x) {
		if access.done {
			access.Lines = append(access.Lines, f.didNotSucceed(), f.didNotSucceed())
			return access
		}
		j := f.reason("CORSExternalRedirectNotAllowed", "CORS request external redirect not allowed", 0)
		j.Lines = append(j.Lines, f.line("CORS preflight response did not succeed", fmt.Sprint(x.Status)), f.didNotSucceed())
		return j
	}
	j := access
	if !j.done {
		j = f.preflightLists(x)
	}
	if j.done {
		j.Lines = append(j.Lines, f.didNotSucceed())
	}
	return j
}

func (f firefox) preflightLists(x *fetch.Exchange) judged {
	if !isOK(x.Status) {
		return f.reason("CORSPreflightDidNotSucceed3", "CORS preflight response did not succeed", x.Status)
	}
	methods, headers := f.allowList(x, httpspec.AccessControlAllowMethods), f.allowList(x, httpspec.AccessControlAllowHeaders)
	const token = "invalid token ‘%s’ in CORS header ‘%s’"
	if methods.bad != "" {
		return f.reason("CORSInvalidAllowMethod", fmt.Sprintf(token, escapeFirefox(methods.bad), httpspec.AccessControlAllowMethods), 0)
	}
	if f.methodRefused(x, methods) {
		return f.reason("CORSMethodNotFound", "Did not find method in CORS header ‘Access-Control-Allow-Methods’", 0)
	}
	if headers.bad != "" {
		return f.reason("CORSInvalidAllowHeader", fmt.Sprintf(token, escapeFirefox(headers.bad), httpspec.AccessControlAllowHeaders), 0)
	}
	if refused := f.headersRefused(x, headers); len(refused) > 0 {
		return f.reason("CORSMissingAllowHeaderFromPreflight2", "header ‘"+refused[0]+"’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response", 0)
	}
	authorization := func(name string) bool { return httpspec.IsCORSNonWildcardRequestHeaderName(name) }
	if slices.ContainsFunc(unsafeNames(x), authorization) && !slices.ContainsFunc(headers.members, authorization) {
		return judged{Printout{Lines: []Line{{LevelWarning, "Cross-Origin Request Warning: The Same Origin Policy will disallow reading the remote resource at " + f.current() +
			" soon. (Reason: When the `Access-Control-Allow-Headers` is `*`, the `Authorization` header is not covered. To include the `Authorization` header, it must be explicitly listed in CORS header `Access-Control-Allow-Headers`)."}}}, false}
	}
	return judged{}
}

func (f firefox) redirect(x *fetch.Exchange) judged {
	if !leadsAway(x) {
		return judged{}
	}
	target := f.redirectTarget(x)
	locations := x.ResponseHeaders.Values("Location")
	didNot := f.reason(firefoxDidNot, firefoxDidNotText, -1)
	switch {
	case f.trace.Request.Redirect == fetch.RedirectError:
		return f.silent(BasisMeasured)
	case f.trace.Request.Redirect == fetch.RedirectManual:
		return judged{}
	case f.trace.Request.Mode != fetch.ModeCORS:
		if target == nil || !target.IsHTTP() || x.Hop >= 20 {
			return f.silent(BasisGuess)
		}
		return judged{}
	case target == nil, x.Hop >= 20, target.HasCredentials(), target.Scheme() == "data", differ(locations):
		return didNot
	case !target.IsHTTP():
		f.urls = append(f.urls, target.String())
		j := f.reason("CORSRequestNotHttp", "CORS request not http", 0)
		j.Lines = append(j.Lines, didNot.Lines...)
		return j
	}
	// A stream needs no refusal: Firefox sends none, but the text "[object ReadableStream]", which it can send again.
	return judged{}
}

func (f firefox) outside(r *fetch.Reason) Printout {
	u := f.blockedURL(r)
	p := f.silent(BasisMeasured).Printout
	switch r.Code {
	case fetch.ReasonMixedContent:
		p.Lines = []Line{errorLine("Blocked loading mixed active content “" + u + "”")}
		p.Code = "BlockMixedActiveContent"
		if f.by == ByImage || f.by == ByAudio || f.by == ByVideo {
			p.Lines, p.Code, p.Basis = []Line{errorLine("Blocked loading mixed display content “" + u + "”")}, "BlockMixedDisplayContent", BasisSource
		}
		if len(f.trace.Exchanges) > 0 {
			p.Lines = append(p.Lines, f.didNotSucceed())
		}
	case fetch.ReasonBadPort:
		if len(f.trace.Exchanges) > 0 {
			p.Code, p.Lines = firefoxDidNot, []Line{f.didNotSucceed()}
			if f.by == ByXMLHttpRequest {
				p.JavaScript = neverEnds
			}
		}
	case fetch.ReasonSameOriginMode:
		p.Lines = []Line{errorLine("Security Error: Content at " + f.trace.Page.URL + " may not load data from " + u + ".")}
		if len(f.trace.Exchanges) > 0 {
			p.Basis = BasisGuess
		}
	case fetch.ReasonScheme:
		scheme, _, _ := strings.Cut(u, ":")
		switch {
		case scheme == "blob", scheme == "file" && f.trace.Page.Origin != opaque:
			p.Lines = []Line{errorLine("Security Error: Content at " + f.trace.Page.URL + " may not load data from " + u + ".")}
			p.Basis = BasisReported
		case scheme == "ws", scheme == "wss":
		default:
			f.urls = append(f.urls, u)
			p.Code, p.Lines, p.Basis = "CORSRequestNotHttp", []Line{f.line("CORS request not http", "")}, BasisSource
		}
	case fetch.ReasonCSPSubresource:
		if f.by == ByStyleSheet {
			p.Lines = []Line{errorLine("Content-Security-Policy: The page’s settings blocked a style (style-src-elem) at " + u + " from being applied because it violates the following directive: “" + r.Got + "”")}
		} else {
			p.Lines = []Line{errorLine("Content-Security-Policy: The page’s settings blocked the loading of a resource (" + cspDirective(r) + ") at " + u + " because it violates the following directive: “" + r.Got + "”")}
		}
	case fetch.ReasonCSPConnectSrc:
		p.Lines = []Line{errorLine("Content-Security-Policy: The page’s settings blocked the loading of a resource (connect-src) at " + u + " because it violates the following directive: “" + r.Got + "”")}
	case fetch.ReasonCSPScriptSrc:
		p.Lines = []Line{errorLine("Content-Security-Policy: The page’s settings blocked a script (script-src-elem) at " + u + " from being executed because it violates the following directive: “" + r.Got + "”")}
	case fetch.ReasonLocalNetworkAccess:
		f.urls = append(f.urls, u)
		p.Code, p.Lines = firefoxDidNot, []Line{f.didNotSucceed()}
	case fetch.ReasonLocalNetworkInsecure, fetch.ReasonTargetAddressSpace:
		// It asks the user here too, and does not read what the page says of the server.
		p = Printout{Basis: BasisMeasured, Unknown: true}
	case fetch.ReasonIntegrity:
		if algorithm, hash, ok := computedHash(r); ok {
			p.Lines = []Line{errorLine("None of the “" + algorithm + "” hashes in the integrity attribute match the content of the subresource at “" + u + "”. The computed hash is “" + hash + "”.")}
		} else {
			p.Basis = BasisGuess
		}
	case fetch.ReasonNoCORSRedirectMode, fetch.ReasonOnlyIfCached, fetch.ReasonKeepaliveQuota:
		p.Basis = BasisGuess
	}
	return p
}

// silent is an error that the console does not mention.
func (f firefox) silent(basis Basis) judged {
	return judged{Printout{JavaScript: sees(f.by, firefoxError), Basis: basis}, true}
}

// reason is the line for a fault. status stands behind it when it is positive, "(null)" when it is negative.
func (f firefox) reason(code, text string, status int) judged {
	shown := ""
	if status > 0 {
		shown = fmt.Sprint(status)
	} else if status < 0 {
		shown = "(null)"
	}
	return judged{Printout{Code: code, Lines: []Line{f.line(text, shown)}, JavaScript: sees(f.by, firefoxError), Basis: BasisMeasured}, true}
}

func (f firefox) didNotSucceed() Line { return f.line(firefoxDidNotText, "(null)") }

// line names the last URL of a chain of redirects alone.
func (f firefox) line(reason, status string) Line {
	text := "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at " + f.current() + ". (Reason: " + reason + ")."
	if status != "" {
		text += " Status code: " + status + "."
	}
	return errorLine(text)
}

// escapeFirefox shows values as they are, and bytes that are not UTF-8 as U+FFFD, one for each.
func escapeFirefox(value string) string { return string([]rune(value)) }
