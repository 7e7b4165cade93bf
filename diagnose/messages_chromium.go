package diagnose

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// chromium prints what Chromium 156 does. The texts of CORS errors stand in cors_error_string.cc, which error wins in cors.cc and
// preflight_controller.cc; 20 of them, the escapes and the extra lines were measured in Chromium 156.0.8078.79 on 2026-11-22.
type chromium struct {
	*walk
	by Initiator
}

const (
	chromiumFailed     = "Failed to load resource: "
	chromiumError      = "TypeError: Failed to fetch"
	chromiumPreflight  = "Response to preflight request doesn't pass access control check: "
	chromiumServerHint = " Have the server send the header with a valid value."
	chromiumXHRHint    = " The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials attribute."
	chromiumSchemes    = "chrome, chrome-experimental-site-token-provider, chrome-extension, chrome-untrusted, data, http, https, isolated-app"
)

func (c chromium) console() Printout {
	p := c.over(Chromium, c.judge, c.outside)
	if n := len(c.trace.Exchanges); n > 0 && !p.Blocked() && !p.Unknown {
		// An answer that the page gets and that is an error has a line of its own.
		if x := effective(c.trace.Exchanges[n-1]); x.Status >= 400 {
			p.Lines = append(p.Lines, errorLine(fmt.Sprintf("%sthe server responded with a status of %d (%s)", chromiumFailed, x.Status, x.StatusText)))
		}
	}
	if c.broken != nil && !p.Blocked() && !p.Unknown {
		// The line comes behind the answer, when the body is read.
		if code := c.broken.chromiumNetError(); code != "" {
			p.Code, p.Lines = "net::"+code, append(p.Lines, c.netError(code, BasisMeasured).Lines...)
		}
		if c.by == ByXMLHttpRequest && c.broken.Code != fetch.BodyCodingTruncated {
			p.JavaScript = sees(c.by, chromiumError)
		}
	}
	return p
}

func (c chromium) judge(raw *fetch.Exchange) judged {
	x := effective(raw)
	if x.Failure != nil {
		switch fault := answerFault(x.Failure); {
		case fault == answerLengths:
			return c.netError("ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH", BasisMeasured)
		case fault == answerNUL:
			return c.netError("ERR_INVALID_HTTP_RESPONSE", BasisMeasured)
		case fault == answerCutOff:
			return c.netError("ERR_RESPONSE_HEADERS_TRUNCATED", BasisMeasured)
		case (fault == answerNotHTTP || fault == answerStatus) && c.underCORS() && x.Kind == fetch.ExchangeRequest:
			// On its scheme's own port Chromium takes for HTTP/0.9, which has no headers, what is not HTTP.
			return c.corsError("MissingAllowOriginHeader", "No 'Access-Control-Allow-Origin' header is present on the requested resource.")
		case fault != "":
			// It takes the lines that it can read, whatever the record holds of them.
			return unknown()
		}
		code, basis := chromiumNetError(x.Failure)
		return c.netError(code, basis)
	}
	if x.Status == 407 {
		return c.netError("ERR_UNEXPECTED_PROXY_AUTH", BasisSource)
	}
	if x.Kind == fetch.ExchangePreflight {
		return c.preflight(x)
	}
	if c.underCORS() {
		if code, text := c.accessCheck(x); code != "" {
			return c.corsError(code, text)
		}
	}
	if c.trace.Request.Mode == fetch.ModeNoCORS && c.crossOrigin && violatesCORP(c.trace, c.current(), x) {
		policy, _ := x.ResponseHeaders.Get(httpspec.CrossOriginResourcePolicy)
		if policy == "same-site" {
			return c.netError("ERR_BLOCKED_BY_RESPONSE.NotSameSite", BasisSource)
		}
		return c.netError("ERR_BLOCKED_BY_RESPONSE.NotSameOrigin", BasisMeasured)
	}
	if c.defaultedByCOEP(raw) {
		return c.netError("ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByCoep", BasisMeasured)
	}
	return c.redirect(x)
}

// accessCheck is Chromium's CheckAccess: the error's name and its text, or nothing.
func (c chromium) accessCheck(x *fetch.Exchange) (code, text string) {
	const name = httpspec.AccessControlAllowOrigin
	got, present := x.ResponseHeaders.Get(name)
	want := c.askedOrigin(x)
	hint := ""
	if c.by == ByFetch {
		hint = chromiumServerHint
	}
	credentialsHint := ""
	if c.by == ByXMLHttpRequest {
		credentialsHint = chromiumXHRHint
	}
	quoted := "'" + escapeChromium(got) + "'"
	switch {
	case got == httpspec.Wildcard && !c.include():
		return "", ""
	case got == httpspec.Wildcard:
		return "WildcardOriginNotAllowed", "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'." + credentialsHint
	case !present:
		return "MissingAllowOriginHeader", "No 'Access-Control-Allow-Origin' header is present on the requested resource."
	case got == want:
	case strings.ContainsAny(got, " ,"):
		return "MultipleAllowOriginValues", "The 'Access-Control-Allow-Origin' header contains multiple values " + quoted + ", but only one is allowed." + hint
	case got != opaque && !isChromiumURL(got):
		return "InvalidAllowOriginValue", "The 'Access-Control-Allow-Origin' header contains the invalid value " + quoted + "." + hint
	default:
		return "AllowOriginMismatch", "The 'Access-Control-Allow-Origin' header has a value " + quoted + " that is not equal to the supplied origin." + hint
	}
	if !c.include() {
		return "", ""
	}
	if got, _ := x.ResponseHeaders.Get(httpspec.AccessControlAllowCredentials); got != "true" {
		return "InvalidAllowCredentials", "The value of the 'Access-Control-Allow-Credentials' header in the response is '" + escapeChromium(got) +
			"' which must be 'true' when the request's credentials mode is 'include'." + credentialsHint
	}
	return "", ""
}

// isChromiumURL reports whether Chromium takes a value for a URL at all. A tab inside is none to it, though URL parsers skip it.
func isChromiumURL(value string) bool {
	if strings.Contains(value, "\t") {
		return false
	}
	_, err := fetch.ParseURL(value)
	return err == nil
}

func (c chromium) preflight(x *fetch.Exchange) judged {
	if leadsAway(x) {
		return c.corsError("PreflightDisallowedRedirect", chromiumPreflight+"Redirect is not allowed for a preflight request.")
	}
	if code, text := c.accessCheck(x); code != "" {
		return c.corsError("Preflight"+code, chromiumPreflight+text)
	}
	if !isOK(x.Status) {
		return c.corsError("PreflightInvalidStatus", chromiumPreflight+"It does not have HTTP ok status.")
	}
	methods, headers := c.allowList(x, httpspec.AccessControlAllowMethods), c.allowList(x, httpspec.AccessControlAllowHeaders)
	const list = "Cannot parse %s response header field in preflight response."
	if methods.bad != "" {
		return c.corsError("InvalidAllowMethodsPreflightResponse", fmt.Sprintf(list, httpspec.AccessControlAllowMethods))
	}
	if headers.bad != "" {
		return c.corsError("InvalidAllowHeadersPreflightResponse", fmt.Sprintf(list, httpspec.AccessControlAllowHeaders))
	}
	if c.methodRefused(x, methods) {
		return c.corsError("MethodDisallowedByPreflightResponse", "Method "+askedMethod(x)+" is not allowed by Access-Control-Allow-Methods in preflight response.")
	}
	if refused := c.headersRefused(x, headers); len(refused) > 0 {
		named, others := chromiumNames(refused)
		j := c.corsError("HeaderDisallowedByPreflightResponse", "Request header field "+named+" is not allowed by Access-Control-Allow-Headers in preflight response.")
		j.Others = others
		if len(others) > 0 {
			j.Basis = BasisGuess
		}
		return j
	}
	return judged{}
}

// chromiumNames picks the header that Chromium names of several refused ones. It goes through them in the order of a hash table,
// which was the same in every run; these few orders were measured, and all else is a guess.
func chromiumNames(refused []string) (named string, others []string) {
	if len(refused) == 1 {
		return refused[0], nil
	}
	switch strings.Join(refused, ",") {
	case "a,b":
		return "b", nil
	case "x-a,x-b,x-c":
		return "x-c", nil
	case "accept,accept-language,range":
		return "accept-language", nil
	case "x-1,x-10,x-2,x-3,x-4,x-5,x-6,x-7,x-8,x-9":
		return "x-2", nil
	}
	return refused[0], refused[1:]
}

// redirect judges what a redirect leads to, as far as the answer alone says it.
func (c chromium) redirect(x *fetch.Exchange) judged {
	if !isRedirect(x.Status) {
		return judged{}
	}
	locations := x.ResponseHeaders.Values("Location")
	if len(locations) > 1 && differ(locations) {
		return c.netError("ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION", BasisSource)
	}
	if len(locations) == 0 || locations[0] == "" {
		return judged{}
	}
	if c.trace.Request.Redirect == fetch.RedirectError {
		return c.netError("ERR_FAILED", BasisMeasured)
	}
	target := c.redirectTarget(x)
	switch {
	case target == nil:
		return c.netError("ERR_INVALID_REDIRECT", BasisSource)
	case c.trace.Request.Redirect == fetch.RedirectManual:
		return judged{}
	case target.HasCredentials():
		// The location is always shown empty.
		return c.corsError("RedirectContainsCredentials", "Redirect location '' contains a username and password, which is disallowed for cross-origin requests.")
	case !target.IsHTTP():
		switch target.Scheme() {
		case "file", "data", "blob", "about":
			return c.netError("ERR_UNSAFE_REDIRECT", BasisMeasured)
		}
		c.urls = append(c.urls, target.String())
		j := c.corsError("CorsDisabledScheme", "Cross origin requests are only supported for protocol schemes: "+chromiumSchemes+".")
		j.Basis = BasisSource
		return j
	case x.Hop >= 20:
		return c.netError("ERR_TOO_MANY_REDIRECTS", BasisSource)
	case x.RequestBodySize < 0 && x.Status != 303:
		return c.netError("ERR_INVALID_ARGUMENT", BasisSource)
	}
	return judged{}
}

func differ(values []string) bool {
	for _, v := range values[1:] {
		if v != values[0] {
			return true
		}
	}
	return false
}

func (c chromium) outside(r *fetch.Reason) Printout {
	u := c.blockedURL(r)
	p := Printout{JavaScript: sees(c.by, chromiumError), Basis: BasisSource}
	cannotLoad := "Fetch API cannot load " + u + ". "
	switch r.Code {
	case fetch.ReasonBadPort:
		return c.netError("ERR_UNSAFE_PORT", BasisSource).Printout
	case fetch.ReasonOnlyIfCached:
		return c.netError("ERR_CACHE_MISS", BasisSource).Printout
	case fetch.ReasonMixedContent:
		what := "resource"
		switch c.by {
		case ByXMLHttpRequest:
			what = "XMLHttpRequest endpoint"
		case ByScript, ByImage, ByFont, ByAudio, ByVideo:
			what = string(c.by)
		case ByStyleSheet:
			what = "stylesheet"
		case ByEventSource:
			what = "EventSource endpoint"
		}
		p.Lines = []Line{errorLine("Mixed Content: The page at '" + c.trace.Page.URL + "' was loaded over HTTPS, but requested an insecure " + what + " '" + u +
			"'. This request has been blocked; the content must be served over HTTPS.")}
		p.Basis = BasisReported
	case fetch.ReasonSameOriginMode:
		p.Lines = []Line{errorLine(cannotLoad + `Request mode is "same-origin" but the URL's origin is not same as the request origin ` + c.trace.Page.Origin + ".")}
	case fetch.ReasonNoCORSRedirectMode:
		p.Lines = []Line{errorLine(cannotLoad + `Request mode is "no-cors" but the redirect mode is not "follow".`)}
	case fetch.ReasonScheme:
		scheme, _, _ := strings.Cut(u, ":")
		xhr := c.by == ByXMLHttpRequest
		switch {
		case scheme == "file" && c.trace.Page.Origin == opaque:
			// A page that is a file itself; nobody else without a name asks for files.
			return c.at(u).corsError("CorsDisabledScheme", "Cross origin requests are only supported for protocol schemes: "+chromiumSchemes+".").Printout
		case scheme == "file", xhr && (scheme == "chrome" || scheme == "filesystem"):
			p.Lines = []Line{errorLine("Not allowed to load local resource: " + u)}
		case xhr && scheme == "ftp":
			p.Lines = []Line{errorLine("FTP is not supported.")}
		case xhr:
			return c.corsError("CorsDisabledScheme", "Cross origin requests are only supported for protocol schemes: "+chromiumSchemes+".").Printout
		default:
			p.Lines = []Line{errorLine(cannotLoad + `URL scheme "` + scheme + `" is not supported.`)}
		}
		p.Basis = BasisMeasured
	case fetch.ReasonCSPConnectSrc:
		note := ""
		if strings.HasPrefix(r.Got, "default-src") {
			note = " Note that 'connect-src' was not explicitly set, so 'default-src' is used as a fallback."
		}
		p.Lines = []Line{errorLine("Connecting to '" + u + `' violates the following Content Security Policy directive: "` + r.Got + `".` + note + " The action has been blocked.")}
		if c.by == ByFetch {
			p.Lines = append(p.Lines, errorLine(cannotLoad+"Refused to connect because it violates the document's Content Security Policy."))
		}
		p.Basis = BasisMeasured
	case fetch.ReasonCSPScriptSrc, fetch.ReasonCSPSubresource:
		note := ""
		if name, _, _ := strings.Cut(r.Got, " "); name != cspDirective(r) {
			note = " Note that '" + cspDirective(r) + "' was not explicitly set, so '" + name + "' is used as a fallback."
		}
		p.Lines = []Line{errorLine("Loading " + c.by.loads() + " '" + u + `' violates the following Content Security Policy directive: "` + r.Got + `".` + note + " The action has been blocked.")}
		p.Basis = BasisMeasured
	case fetch.ReasonLocalNetworkAccess:
		return c.at(u).corsError("LocalNetworkAccessPermissionDenied", "Permission was denied for this request to access the `"+r.Got+"` address space.").Printout
	case fetch.ReasonLocalNetworkInsecure:
		return c.at(u).corsError("LocalNetworkAccessPermissionDenied", "The request client is not a secure context and the resource is in more-private address space `"+r.Got+"`.").Printout
	case fetch.ReasonTargetAddressSpace:
		return c.at(u).corsError("InvalidLocalNetworkAccess", "Request had a target IP address space of `"+r.Want+"` yet the resource is in address space `"+r.Got+"`.").Printout
	case fetch.ReasonIntegrity:
		if algorithm, hash, ok := computedHash(r); ok {
			p.Lines = []Line{errorLine("Failed to find a valid digest in the 'integrity' attribute for resource '" + u + "' with computed SHA-" + strings.TrimPrefix(algorithm, "sha") +
				" integrity '" + hash + "'. The resource has been blocked.")}
			p.Basis = BasisMeasured
		}
		if c.by == ByFetch || c.by == ByXMLHttpRequest {
			p.Lines = append(p.Lines, errorLine(cannotLoad+"SRI's integrity checks failed."))
		}
	case fetch.ReasonDataURL:
		return c.netError("ERR_INVALID_URL", BasisMeasured).Printout
	case fetch.ReasonBlobURL:
		return c.netError("ERR_FILE_NOT_FOUND", BasisMeasured).Printout
	case fetch.ReasonKeepaliveQuota:
		p.Basis = BasisGuess
	}
	return p
}

// corsError is the two lines of every CORS error.
// at makes u the current URL, where a redirect leads to it that was not followed.
func (c chromium) at(u string) chromium {
	if c.current() != u {
		c.urls = append(c.urls, u)
	}
	return c
}

func (c chromium) corsError(code, text string) judged {
	redirected := ""
	if first := c.first(); first != "" {
		redirected = "(redirected from '" + first + "') "
	}
	return judged{Printout{
		Code: code,
		Lines: []Line{
			errorLine("Access to " + c.by.kind() + " at '" + c.current() + "' " + redirected + "from origin '" + c.trace.Page.Origin + "' has been blocked by CORS policy: " + text),
			errorLine(chromiumFailed + "net::ERR_FAILED"),
		},
		JavaScript: sees(c.by, chromiumError), Basis: BasisMeasured,
	}, true}
}

func (c chromium) netError(code string, basis Basis) judged {
	return judged{Printout{
		Code: "net::" + code, Lines: []Line{errorLine(chromiumFailed + "net::" + code)}, JavaScript: sees(c.by, chromiumError), Basis: basis,
	}, true}
}

// chromiumNetError is Chromium's name for a failure of the network: net/base/net_error_list.h.
func chromiumNetError(e *fetch.NetworkError) (code string, basis Basis) {
	switch e.Code {
	case fetch.ReasonNameNotResolved:
		return "ERR_NAME_NOT_RESOLVED", BasisMeasured
	case fetch.ReasonRefused:
		return "ERR_CONNECTION_REFUSED", BasisMeasured
	case fetch.ReasonClosed:
		return "ERR_EMPTY_RESPONSE", BasisMeasured
	case fetch.ReasonUnreachable:
		return "ERR_ADDRESS_UNREACHABLE", BasisSource
	case fetch.ReasonReset:
		return "ERR_CONNECTION_RESET", BasisSource
	case fetch.ReasonTimeout:
		return "ERR_TIMED_OUT", BasisGuess
	case fetch.ReasonCertificate:
		switch certificateFault(e) {
		case certificateDate:
			return "ERR_CERT_DATE_INVALID", BasisSource
		case certificateName:
			return "ERR_CERT_COMMON_NAME_INVALID", BasisSource
		case certificateAuthority:
			return "ERR_CERT_AUTHORITY_INVALID", BasisSource
		}
		return "ERR_CERT_INVALID", BasisGuess
	case fetch.ReasonTLS:
		return "ERR_SSL_PROTOCOL_ERROR", BasisSource
	case fetch.ReasonProxy:
		return "ERR_PROXY_CONNECTION_FAILED", BasisSource
	case fetch.ReasonProxyAuth:
		return "ERR_UNEXPECTED_PROXY_AUTH", BasisSource
	case fetch.ReasonHeadersTooLarge:
		return "ERR_RESPONSE_HEADERS_TOO_BIG", BasisSource
	case fetch.ReasonMalformed:
		return "ERR_HTTP2_PROTOCOL_ERROR", BasisGuess
	}
	return "ERR_FAILED", BasisGuess
}

// What a certificate can fail by.
const (
	certificateDate      = "date"
	certificateName      = "name"
	certificateAuthority = "authority"
)

func certificateFault(e *fetch.NetworkError) string {
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	switch {
	case errors.As(e.Err, &invalid) && invalid.Reason == x509.Expired:
		return certificateDate
	case errors.As(e.Err, &name):
		return certificateName
	case errors.As(e.Err, &authority):
		return certificateAuthority
	}
	return ""
}

// escapeChromium writes every byte outside of printable ASCII as \u00XX, one for each byte.
func escapeChromium(value string) string {
	const hex = "0123456789ABCDEF"
	plain := true
	for i := range len(value) {
		plain = plain && value[i] >= 0x20 && value[i] <= 0x7E
	}
	if plain {
		return value
	}
	var b strings.Builder
	for i := range len(value) {
		if c := value[i]; c < 0x20 || c > 0x7E {
			b.WriteString(`\u00`)
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
