package diagnose

import (
	"fmt"
	"net/textproto"
	"slices"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// webkit prints what Safari 26 does. The texts and their order stand in WebKit's CrossOriginAccessControl.cpp,
// CrossOriginPreflightResultCache.cpp, NetworkLoadChecker.cpp and ThreadableLoader.cpp, as of 2026-11-22. Safari's console puts
// "[Error] " before each line.
type webkit struct {
	*walk
	by Initiator
}

const webkitError = "TypeError: Load failed"

func (w webkit) console() Printout {
	p := w.over(WebKit, w.judge, w.outside)
	if n := len(w.trace.Exchanges); n > 0 && !p.Blocked() && !p.Unknown {
		if x := effective(w.trace.Exchanges[n-1]); x.Status >= 400 {
			p.Lines = append(p.Lines, errorLine(fmt.Sprintf("Failed to load resource: the server responded with a status of %d (%s)", x.Status, x.StatusText)))
			p.Basis = BasisReported
		}
	}
	if w.broken != nil && !p.Blocked() && !p.Unknown {
		p.Basis = BasisGuess
		if w.broken.Code == fetch.BodyTruncated {
			p.Lines = append(p.Lines, errorLine("Failed to load resource: The network connection was lost."))
		}
		if w.by == ByXMLHttpRequest {
			p.JavaScript = sees(w.by, webkitError)
		}
	}
	return p
}

func (w webkit) judge(raw *fetch.Exchange) judged {
	x := effective(raw)
	if x.Failure != nil {
		return w.failure(x)
	}
	if x.Kind == fetch.ExchangePreflight {
		if message := w.preflight(x); message != "" {
			j := w.refused(message, w.current())
			return j
		}
		return judged{}
	}
	if w.defaultedByCOEP(raw) || w.trace.Request.Mode == fetch.ModeNoCORS && w.crossOrigin && violatesCORP(w.trace, w.current(), x) {
		return w.refused("Cancelled load to "+w.current()+" because it violates the resource's Cross-Origin-Resource-Policy response header.", w.current())
	}
	inner := ""
	if w.underCORS() {
		inner = w.accessCheck(x)
	}
	return w.redirect(x, inner)
}

func (w webkit) accessCheck(x *fetch.Exchange) string {
	got, _ := x.ResponseHeaders.Get(httpspec.AccessControlAllowOrigin)
	want := w.askedOrigin(x)
	switch {
	case got == httpspec.Wildcard && !w.include():
		return ""
	case got == httpspec.Wildcard:
		return "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true."
	case got == want:
	case strings.Contains(got, ","):
		return "Access-Control-Allow-Origin cannot contain more than one origin."
	default:
		return fmt.Sprintf("Origin %s is not allowed by Access-Control-Allow-Origin. Status code: %d", want, x.Status)
	}
	if got, _ := x.ResponseHeaders.Get(httpspec.AccessControlAllowCredentials); w.include() && got != "true" {
		return `Credentials flag is true, but Access-Control-Allow-Credentials is not "true".`
	}
	return ""
}

// preflight looks at the status before everything else, unlike the other two.
func (w webkit) preflight(x *fetch.Exchange) string {
	if !isOK(x.Status) {
		return fmt.Sprintf("Preflight response is not successful. Status code: %d", x.Status)
	}
	if message := w.accessCheck(x); message != "" {
		return message
	}
	methods, headers := w.allowList(x, httpspec.AccessControlAllowMethods), w.allowList(x, httpspec.AccessControlAllowHeaders)
	const invalid = "Header %s has an invalid value: %s"
	if methods.bad != "" {
		return fmt.Sprintf(invalid, httpspec.AccessControlAllowMethods, methods.value)
	}
	if headers.bad != "" {
		return fmt.Sprintf(invalid, httpspec.AccessControlAllowHeaders, headers.value)
	}
	if w.methodRefused(x, methods) {
		return "Method " + askedMethod(x) + " is not allowed by Access-Control-Allow-Methods."
	}
	if refused := w.headersRefused(x, headers); len(refused) > 0 {
		return "Request header field " + w.named(refused) + " is not allowed by Access-Control-Allow-Headers."
	}
	return ""
}

// named picks the header that WebKit names: those that it knows come first and in their usual case, the others as the page wrote them.
func (w webkit) named(refused []string) string {
	var unknown string
	for _, h := range w.trace.Request.Headers {
		if !slices.Contains(refused, httpspec.Lower(h.Name)) {
			continue
		}
		switch httpspec.Lower(h.Name) {
		case "accept", "accept-language", "authorization", "cache-control", "content-language", "content-type", "if-match", "if-modified-since",
			"if-none-match", "if-range", "if-unmodified-since", "pragma", "range":
			return textproto.CanonicalMIMEHeaderKey(h.Name)
		}
		if unknown == "" {
			unknown = h.Name
		}
	}
	if unknown == "" {
		return refused[0]
	}
	return unknown
}

func (w webkit) redirect(x *fetch.Exchange, inner string) judged {
	target := w.redirectTarget(x)
	if target == nil {
		if inner != "" {
			return w.refused(inner, w.current())
		}
		if leadsAway(x) {
			return w.silent(BasisGuess)
		}
		return judged{}
	}
	denied := "Cross-origin redirection to " + target.String() + " denied by Cross-Origin Resource Sharing policy: "
	crossOrigin := w.trace.Request.Mode == fetch.ModeCORS && (w.crossOrigin || w.isForeign(target.String()))
	switch {
	case inner != "":
		return w.refused(denied+inner, w.current())
	case w.trace.Request.Redirect == fetch.RedirectError:
		return w.refused("Not allowed to follow a redirection while loading "+w.current(), w.current())
	case w.trace.Request.Redirect == fetch.RedirectManual:
		return judged{}
	case crossOrigin && !target.IsHTTP():
		return w.refused(denied+"not allowed to follow a cross-origin CORS redirection with non CORS scheme", w.current())
	case crossOrigin && target.HasCredentials():
		return w.refused(denied+"redirection URL "+target.String()+" has credentials", w.current())
	case x.Hop >= 20:
		return w.refused("Load cannot follow more than 20 redirections", w.current())
	case x.RequestBodySize < 0 && x.Status != 303:
		return w.silent(BasisGuess)
	}
	return judged{}
}

// failure: the words are those of Apple's network library.
func (w webkit) failure(x *fetch.Exchange) judged {
	j := w.silent(BasisReported)
	text := ""
	switch x.Failure.Code {
	case fetch.ReasonNameNotResolved:
		text = "A server with the specified hostname could not be found."
	case fetch.ReasonRefused, fetch.ReasonUnreachable:
		text = "Could not connect to the server."
	case fetch.ReasonReset, fetch.ReasonClosed:
		text = "The network connection was lost."
	case fetch.ReasonTimeout:
		text = "The request timed out."
	case fetch.ReasonCertificate:
		text = "The certificate for this server is invalid."
	case fetch.ReasonTLS:
		text = "An SSL error has occurred and a secure connection to the server cannot be made."
	default:
		j.Basis = BasisGuess
		return j
	}
	j.Lines = []Line{errorLine("Failed to load resource: " + text)}
	return j
}

func (w webkit) outside(r *fetch.Reason) Printout {
	u := w.blockedURL(r)
	p := w.silent(BasisGuess).Printout
	switch r.Code {
	case fetch.ReasonMixedContent:
		p.Lines = []Line{
			{LevelWarning, "[blocked] The page at " + w.trace.Page.URL + " requested insecure content from " + u + ". This content was blocked and must be served over HTTPS."},
			errorLine("Not allowed to request resource"), w.cannotLoad(u),
		}
		p.Basis = BasisReported
	case fetch.ReasonBadPort:
		p.Lines, p.Basis = []Line{errorLine("Not allowed to use restricted network port " + r.Got + ": " + u)}, BasisReported
	case fetch.ReasonSameOriginMode:
		p = w.refused("Unsafe attempt to load URL "+u+" from origin "+w.trace.Page.Origin+". Domains, protocols and ports must match.", u).Printout
	case fetch.ReasonCSPScriptSrc, fetch.ReasonCSPSubresource:
		directive, _, _ := strings.Cut(r.Got, " ")
		p.Lines = []Line{errorLine("Refused to load " + u + " because it does not appear in the " + directive + " directive of the Content Security Policy.")}
	case fetch.ReasonCSPConnectSrc:
		directive, _, _ := strings.Cut(r.Got, " ")
		p.Lines, p.Basis = []Line{errorLine("Refused to connect to " + u + " because it does not appear in the " + directive + " directive of the Content Security Policy."), w.cannotLoad(u)}, BasisReported
	case fetch.ReasonLocalNetworkAccess, fetch.ReasonLocalNetworkInsecure, fetch.ReasonTargetAddressSpace:
		p = Printout{Basis: BasisSource, Unknown: true}
	case fetch.ReasonScheme, fetch.ReasonOnlyIfCached:
		p.Lines = []Line{w.cannotLoad(u)}
	}
	return p
}

func (w webkit) silent(basis Basis) judged {
	return judged{Printout{JavaScript: sees(w.by, webkitError), Basis: basis}, true}
}

// refused is the three lines of everything that access control stops.
func (w webkit) refused(message, u string) judged {
	basis := BasisSource
	if isElement(w.trace) {
		basis = BasisReported
	}
	return judged{Printout{
		Lines:      []Line{errorLine(message), w.cannotLoad(u), errorLine("Failed to load resource: " + message)},
		JavaScript: sees(w.by, webkitError), Basis: basis,
	}, true}
}

func (w webkit) cannotLoad(u string) Line {
	const why = " due to access control checks."
	switch w.by {
	case ByXMLHttpRequest, ByEventSource:
		return errorLine(string(w.by) + " cannot load " + u + why)
	case ByBeacon:
		return errorLine("Beacon API cannot load " + u + why)
	case ByImage, ByFont, ByAudio, ByVideo:
		return errorLine("Cannot load " + string(w.by) + " " + u + why)
	case ByScript:
		if !isImport(w.trace) {
			return errorLine("Cannot load script " + u + why)
		}
	case ByStyleSheet:
		return errorLine("Cannot load stylesheet " + u + why)
	}
	return errorLine("Fetch API cannot load " + u + why)
}
