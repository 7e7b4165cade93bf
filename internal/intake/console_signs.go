package intake

import (
	"errors"
	"strings"

	"github.com/corscope/corscope/fetch"
)

// sign is a sentence of a console, a server or a library that stands for a cause of package diagnose's catalogue by itself, whatever
// fetch it was about. The groups of its pattern are those of [wording].
type sign struct {
	browser Browser
	pattern *pattern
	cause   string
	// follows: it stands beside the error that it belongs to.
	follows bool
}

// signs are tried in this order. Where their words come from stands behind each; all were read on 2026-11-23.
var signs = []sign{
	// Chromium until 2023, and Firefox since 2023: what an image or a script tag asked for is neither.
	{Chromium, newPattern(`(?P<reason>Cross-Origin Read Blocking \(CORB\)) (?:has )?blocked (?:a )?cross-origin response(?: (?P<url>https?://\S+))?`), "opaque-response-blocked", true},
	{Firefox, newPattern(`(?:The resource at "(?P<url>[^"]*)" was|A resource is) (?P<reason>blocked by OpaqueResponseBlocking)`), "opaque-response-blocked", true},
	// Canvases, in the order Chromium, Firefox, Safari, and WebGL in each.
	{Chromium, newPattern(`(?P<reason>Tainted canvases may not be (?:exported|loaded)|The canvas has been tainted by cross-origin data)`), "canvas-tainted", false},
	{"", newPattern(`(?P<reason>The (?:image|video|canvas)(?: element)? contains cross-origin data,? and may not be loaded|The cross-origin image at \S+ may not be loaded|` +
		`Cross-origin images? (?:load denied|are not allowed)|Failed to execute 'tex(?:Sub)?Image2D' on 'WebGL2?RenderingContext': .{0,80}cross-origin)`), "canvas-tainted", false},
	{"", newPattern(`Cross-Origin .{0,20}(?P<reason>image .{0,40}tainted)`), "canvas-tainted", false},
	// Firefox's and Safari's words for any SecurityError, of which this is the one about CORS.
	{"", newPattern(`(?P<reason>The operation is insecure)`), "canvas-tainted", false},
	// window.onerror, as Sentry and others report it: HTML, "report an exception", for a script that was muted.
	{"", newPattern(`(?:^|["'\s:])(?P<reason>Script error\.)(?:["'\s(]|$)`), "script-error-muted", false},
	// Cookies. Chromium's DevTools and its console until 2021; Firefox: netwerk/locales/en-US/necko.properties.
	{Chromium, newPattern(`(?P<reason>(?:This (?:attempt to set a cookie via a )?Set-Cookie(?: header)? was blocked|A cookie associated with a (?:cross-site )?resource at \S+ was set|` +
		`Indicate whether to send a cookie in a cross-site request).*)`), "cookie-not-kept", false},
	{Firefox, newPattern(`(?P<reason>Cookie "[^"]*" (?:will be soon rejected|has been rejected) because .{0,160})`), "cookie-not-kept", false},
	{Firefox, newPattern(`Cookie "(?P<value>[^"]*)" (?P<reason>will soon be rejected because it is foreign and does not have the "?Partitioned"? attribute|has been rejected as third-party)`), "third-party-cookies", false},
	// The preflights of Private Network Access, which came to an end in 2024.
	{Chromium, newPattern(`(?P<reason>ERR_INSECURE_PRIVATE_NETWORK_REQUEST)`), "local-network-insecure", false},
	// Amazon S3's XML, and API Gateway's JSON.
	{"", newPattern(`(?P<reason>CORSResponse: (?:This CORS request is not allowed|CORS is not enabled for this bucket))`), "storage-bucket-rule", false},
	{"", newPattern(`"message"\s*:\s*"(?P<reason>Missing Authentication Token)"`), "gateway-error", false},
	// Spring's org.springframework.web.cors, and what people write behind the example of Express's cors.
	{"", newPattern(`(?:^|["'\s:])(?P<reason>Invalid CORS request)(?:["'\s.]|$)`), "origin-rejected", false},
	{"", newPattern(`Error: (?P<reason>Not allowed by CORS)\b`), "origin-rejected", false},
	{"", newPattern(`(?P<reason>[Ww]hen allowCredentials is true, allowedOrigins cannot contain the special value)`), string(fetch.ReasonAllowOriginWildcard), false},
	// ASP.NET Core.
	{"", newPattern(`(?P<reason>The CORS protocol does not allow specifying a wildcard \(any\) origin and credentials)`), string(fetch.ReasonAllowOriginWildcard), false},
	// django-cors-headers: corsheaders/checks.py
	{"", newPattern(`corsheaders\.E013\W.{0,10}Origin '?(?P<value>[^'\s]*)'? in (?P<reason>CORS_ALLOWED_ORIGINS is missing scheme or netloc)`), "origin-without-scheme", false},
	{"", newPattern(`corsheaders\.E014\W.{0,10}Origin '?(?P<value>[^'\s]*)'? in (?P<reason>CORS_ALLOWED_ORIGINS should not have path)`), "origin-with-path", false},
}

// signStart finds the first words of a sign in a text whose white space and quotation marks are as they came.
const signStart = `Cross-Origin\s+Read\s+Blocking|OpaqueResponseBlocking|Tainted\s+canvases|tainted\s+by\s+cross-origin|The\s+operation\s+is\s+insecure|contains\s+cross-origin\s+data|` +
	`The\s+cross-origin\s+image\s+at|(?:^|\n)\W*(?:(?:Uncaught|Error:)\s+)?Script\s+error\.|Set-Cookie(?:\s+header)?\s+was\s+blocked|A\s+cookie\s+associated\s+with|cookie\s+in\s+a\s+cross-site\s+request|` +
	`Cookie\s+["“”][^"“”\n]{0,200}["“”]\s+(?:will\s+be\s+soon|will\s+soon\s+be|has\s+been)\s+rejected|CORSResponse:|"Missing\s+Authentication\s+Token"|` +
	`Invalid\s+CORS\s+request|Not\s+allowed\s+by\s+CORS|hen\s+allowCredentials\s+is\s+true,|The\s+CORS\s+protocol\s+does\s+not\s+allow|corsheaders\.E01[34]|` + netErrorName

// netErrorName is one of Chromium's names for a failure of the network without its net::. Node's and other libraries' names begin with ERR_
// too. net/base/net_error_list.h, checked 2026-11-23.
const netErrorName = `\bERR_(?:BLOCKED_BY_|CONNECTION_|NAME_NOT_|CERT_|SSL_|INSECURE_PRIVATE|TOO_MANY_REDIRECTS|UNSAFE_PORT|EMPTY_RESPONSE|ADDRESS_|INTERNET_DISC|HTTP2_|QUIC_|TUNNEL_|PROXY_|INCOMPLETE_|CONTENT_)[A-Z0-9_]*(?:\.\w+)?`

func readSign(line string) (Message, bool) {
	if !signAt(line) {
		return Message{}, false
	}
	for _, s := range signs {
		if m, ok := (wording{browser: s.browser, pattern: s.pattern}).read(line); ok {
			m.Cause, m.follows = s.cause, s.follows
			return m, true
		}
	}
	return Message{}, false
}

var someSign = newPattern(signStart)

// signAt reports a text in which a sign stands.
func signAt(text string) bool { return someSign.re().MatchString(text) }

// usual are the causes behind reasons that could be several, or that the engine has no one rule for, by the start of the reason.
var usual = []struct{ start, cause string }{
	{"CORS request did not succeed", string(fetch.ReasonNetwork)},
	{"CORS request failed", string(fetch.ReasonNetwork)},
	{"This can be fixed by moving the resource", string(fetch.ReasonAllowOriginMissing)},
	{"Request had", string(fetch.ReasonTargetAddressSpace)},
	{"Permission was denied for this request", string(fetch.ReasonLocalNetworkAccess)},
	{"Local Network Access detected", string(fetch.ReasonLocalNetworkAccess)},
	{"CORS-preflight request was blocked", string(fetch.ReasonLocalNetworkAccess)},
	{"ERR_BLOCKED_BY_CLIENT", "blocked-by-extension"},
	{"ERR_BLOCKED_BY_ORB", "opaque-response-blocked"},
	{"ERR_BLOCKED_BY_CSP", string(fetch.ReasonCSPConnectSrc)},
	{"ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS", string(fetch.ReasonLocalNetworkAccess)},
	{"ERR_BLOCKED_BY_PRIVATE_NETWORK_ACCESS", string(fetch.ReasonLocalNetworkAccess)},
	{"ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaulted", string(fetch.ReasonCOEP)},
	{"ERR_BLOCKED_BY_RESPONSE", string(fetch.ReasonCORP)},
	{"ERR_UNSAFE_PORT", string(fetch.ReasonBadPort)},
	{"ERR_TOO_MANY_REDIRECTS", string(fetch.ReasonRedirectLimit)},
	{"ERR_CONTENT_", "body-unreadable"}, {"ERR_INCOMPLETE_", "body-unreadable"},
	{"ERR_HTTP2_", string(fetch.ReasonNetwork)}, {"ERR_QUIC_", string(fetch.ReasonNetwork)},
	{"Mixed Content", string(fetch.ReasonMixedContent)},
}

// suspect gives a message its cause where its Code does not.
func (m *Message) suspect() {
	if m.isNamed() {
		return
	}
	for _, u := range usual {
		if strings.HasPrefix(m.Reason, u.start) {
			m.Cause = u.cause
			return
		}
	}
	for _, n := range netErrors {
		if strings.HasPrefix(m.Reason, n.prefix) {
			m.Cause = string(n.code)
			return
		}
	}
	switch {
	case strings.Contains(m.Reason, "more-private address space"):
		m.Cause = string(fetch.ReasonLocalNetworkInsecure)
	case m.policyForbids():
	case strings.Contains(m.Reason, "is not allowed by Access-Control-Allow-Origin"):
		m.Cause = string(fetch.ReasonAllowOriginMissing)
	case strings.HasPrefix(m.URL, "file:"):
		m.Cause = string(fetch.ReasonScheme)
	case m.Method == "OPTIONS" && m.Status >= 300:
		m.Phase, m.Cause = fetch.PhasePreflight, string(fetch.ReasonPreflightStatus)
	case m.Status >= 400 && m.Origin == "" && m.Older:
		m.Cause = string(fetch.ReasonAllowOriginMissing)
	case m.Status >= 400 && m.Origin == "" && m.Browser != WebKit && (m.Reason == "" || strings.HasPrefix(m.Reason, "status of")):
		m.Cause = "answer-is-an-error"
	}
}

// isNamed reports that the message stands for a cause.
func (m *Message) isNamed() bool { return m.Code != "" || m.Cause != "" }

// withoutURL is the error for messages in none of which a URL stands, with the one that says most.
func withoutURL(found []Message) error {
	m := found[0]
	for _, other := range found {
		if !m.isNamed() && other.isNamed() {
			m = other
		}
	}
	e := &Error{Code: ErrNoURL, Kind: KindConsole, Message: m.What() + ", and no URL stands in it", Said: &m,
		Hint: "paste the lines around it too, or give the URL and --from"}
	switch {
	case m.isNamed():
		e.Hint = "corscope why tells what it means; for the proven fix paste the lines around it too, or give the URL and --from"
	case m.Reason == "":
		e.Message = m.What() + " that names neither a reason nor a URL: scripts are told no more than that it failed"
		e.Hint = "paste the red line that the console has above it, or run corscope explain URL --from PAGE"
	}
	return e
}

var (
	// requestSetsCORS is a header of CORS in an object of JavaScript, and whatCalls a call that takes such an object.
	requestSetsCORS = newPattern(`["'](Access-Control-Allow-(?:Origin|Methods|Headers|Credentials))["']\s*:\s*["'` + "`" + `\w]`)
	whatCalls       = newPattern(`\b(?:axios|fetch|XMLHttpRequest|HttpHeaders|ajax|\$http|request|connect|io|extraHeaders|headers)\b`)
	// whatServes is code of a server, whose answers may well have such headers.
	whatServes = newPattern(`\b(?:statusCode|writeHead|setHeader|createServer|app\.use|new Response|NextResponse|res\.(?:set|header|send|end|type)|devServer|express)\b`)
)

// corsHeaderSet is the header of CORS that a page's code sends with its request, "" where it sends none. The code may be incomplete.
func corsHeaderSet(text string) string {
	if len(text) > maxSearched || whatServes.re().MatchString(text) || !whatCalls.re().MatchString(text) {
		return ""
	}
	if found := requestSetsCORS.re().FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

// causeOnRequest is the cause of such a header.
const causeOnRequest = "cors-header-on-request"

// withErrorBeside reads a snippet with the error that its author put beside it.
func withErrorBeside(in *Intake, err error, text string, o Options) (*Intake, error) {
	if consoleAt(text) >= 0 {
		if beside, _ := readConsole(text, Options{}); beside != nil && beside.Message.isNamed() {
			switch {
			case err != nil:
				return readConsole(text, o)
			case samePath(beside.Request.URL, in.Request.URL):
				in.Message = beside.Message
				in.What += ", and " + in.Message.What()
				if in.Page == "" && beside.Page != "" {
					in.Page = beside.Page
					in.know(FlagFrom)
				}
			}
			return in, nil
		}
	}
	var bad *Error
	if name := corsHeaderSet(text); name != "" && errors.As(err, &bad) && bad.Said == nil {
		bad.Said = &Message{Cause: causeOnRequest, Header: name}
	}
	return in, err
}
