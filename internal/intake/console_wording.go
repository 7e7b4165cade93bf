package intake

import (
	"slices"
	"strconv"
	"strings"

	"github.com/corscope/corscope/fetch"
)

// wording is one sentence that a console prints. The groups of its pattern are named after the fields of [Message] that they fill:
// url, first, origin, page, by, method, header, value, directive, status, and reason, which is what the browser says of the fault.
type wording struct {
	browser Browser
	pattern *pattern
	code    fetch.ReasonCode
	phase   fetch.Phase
	older   bool
}

// Frames are what stands around a reason. They are tried in this order on a line whose white space is single spaces and whose
// quotation marks are those of keyboards.
var frames = []wording{
	// Chromium since 2018.
	{Chromium, newPattern(`\w*s to (?P<by>[\w ]{1,30}?) at '(?P<url>.*?)' (?:\(redirected from '(?P<first>.*?)'\) )?from origin '(?P<origin>[^']*)' has been blocked by CORS policy:? ?(?P<reason>.*)`), "", "", false},
	{Chromium, newPattern(`Redirect from '(?P<first>.*?)' to '(?P<url>.*?)' has been blocked by CORS policy: ?(?P<reason>.*)`), "", "", true},
	{Chromium, newPattern(`(?P<by>[A-Z]\w+) from origin '(?P<url>[^']*)' has been blocked (?:from loading )?by (?:CORS|Cross-Origin Resource Sharing) policy: ?(?P<reason>.*)`), "", "", true},
	{Chromium, newPattern(`Access blocked by CORS policy: (?P<reason>.*)`), "", "", false},
	// Retold, quoted otherwise, or cut off at the start.
	{Chromium, newPattern(`(?P<url>[a-z][a-z0-9+.-]*://[^\s'"\])]+)['"\])]* from origin ['"]?(?P<origin>[^\s'"]+)['"]? has been blocked by CORS policy:? ?(?P<reason>.*)`), "", "", false},
	{Chromium, newPattern(`from origin ['"]?(?P<origin>[^\s'"]+)['"]? has been blocked by CORS policy:? ?(?P<reason>.*)`), "", "", false},
	// Firefox since 2015, and before.
	{Firefox, newPattern(`Cross-Origin Request (?:Blocked|Warning): The Same Origin Policy (?:disallows|will disallow) reading the remote resource at '?(?P<url>\S+?)'?(?: soon)?\. ?\(Reason: (?P<reason>.*)\)\.? Status code: (?:(?P<status>\d+)|\(null\))\.?`), "", "", false},
	{Firefox, newPattern(`Cross-Origin Request (?:Blocked|Warning): The Same Origin Policy (?:disallows|will disallow) reading the remote resource at '?(?P<url>\S+?)'?(?: soon)?\. ?\(Reason: (?P<reason>.*)\)\.?`), "", "", false},
	{Firefox, newPattern(`Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at '?(?P<url>\S+?)'?\.? (?P<reason>This can be fixed by moving the resource to the same domain or enabling CORS)`), "", "", true},
	// WebKit, whose reason stands on a line of its own.
	{WebKit, newPattern(`(?P<by>XMLHttpRequest|Fetch API|Beacon API|EventSource) cannot load (?P<url>\S+) due to access control checks`), "", "", false},
	{WebKit, newPattern(`Failed to load resource: (?P<reason>Origin \S+ is not allowed by Access-Control-Allow-Origin.*)`), "", "", false},
	{WebKit, newPattern(`Cross-origin redirection to \S+ denied by Cross-Origin Resource Sharing policy: (?P<reason>.*)`), "", "", false},
	// Chromium before 2018, and Safari before 2017.
	{"", newPattern(`(?P<by>XMLHttpRequest|Fetch API) cannot load (?P<url>\S+?)\.? (?P<reason>Origin \S+ is not allowed by Access-Control-Allow-Origin.*)`), "", "", true},
	{Chromium, newPattern(`(?P<by>XMLHttpRequest|Fetch API|EventSource) cannot load (?P<url>\S+?)\. (?P<reason>.+)`), "", "", true},
	{Chromium, newPattern(`Failed to load (?P<url>https?://\S+?): (?P<reason>.+)`), "", "", true},
}

// messages are whole in themselves.
var messages = []wording{
	{Chromium, newPattern(`Fetch API cannot load (?P<url>\S+?)\. (?P<reason>URL scheme (?:"(?P<value>[^"]*)" is not supported|must be .*? for CORS request))`), fetch.ReasonScheme, fetch.PhaseBefore, false},
	{Chromium, newPattern(`Fetch API cannot load (?P<url>\S+?)\. (?P<reason>Request mode is "same-origin" but the URL's origin is not same as the request origin (?P<origin>\S+))`), fetch.ReasonSameOriginMode, fetch.PhaseBefore, false},
	{Chromium, newPattern(`Fetch API cannot load (?P<url>\S+?)\. (?P<reason>Request mode is "no-cors" but the redirect mode is not "follow")`), fetch.ReasonNoCORSRedirectMode, fetch.PhaseBefore, false},
	{Chromium, newPattern(`(?P<reason>Not allowed to load local resource): (?P<url>\S+)`), fetch.ReasonScheme, fetch.PhaseBefore, false},
	{Chromium, newPattern(`(?P<reason>Mixed Content): The page at '(?P<page>.*?)' was loaded over (?:a secure connection|HTTPS), but requested an insecure (?P<by>[\w ]+?) '(?P<url>.*?)'`), fetch.ReasonMixedContent, fetch.PhaseBefore, false},
	{Chromium, newPattern(`^(?P<reason>FTP is not supported)`), fetch.ReasonScheme, fetch.PhaseBefore, false},
	{Firefox, newPattern(`(?P<reason>Blocked loading mixed active content) "(?P<url>[^"]*)"`), fetch.ReasonMixedContent, fetch.PhaseBefore, false},
	{WebKit, newPattern(`(?:\[blocked\] )?The page at (?P<page>\S+) (?P<reason>requested insecure content) from (?P<url>\S+?)\.?(?: |$)`), fetch.ReasonMixedContent, fetch.PhaseBefore, false},
	{Firefox, newPattern(`The resource at "(?P<url>[^"]*)" (?P<reason>was blocked due to its Cross-Origin-Resource-Policy header)`), fetch.ReasonCORP, fetch.PhaseRequest, false},
	{WebKit, newPattern(`Cancelled load to (?P<url>\S+) because it (?P<reason>violates the resource's Cross-Origin-Resource-Policy response header)`), fetch.ReasonCORP, fetch.PhaseRequest, false},
	{Firefox, newPattern(`(?P<reason>Security Error): Content at (?P<page>\S+) may not load data from (?P<url>https?:\S+?)\.?(?: |$)`), fetch.ReasonSameOriginMode, fetch.PhaseBefore, false},
	{Firefox, newPattern(`(?P<reason>Security Error): Content at (?P<page>\S+) may not load data from (?P<url>\S+?)\.?(?: |$)`), fetch.ReasonScheme, fetch.PhaseBefore, false},
	{WebKit, newPattern(`(?P<reason>Not allowed to follow a redirection) while loading (?P<url>\S+)`), fetch.ReasonRedirectMode, fetch.PhaseRequest, false},
	{WebKit, newPattern(`(?P<reason>Load cannot follow more than 20 redirections)`), fetch.ReasonRedirectLimit, fetch.PhaseRequest, false},
	{Firefox, newPattern(`(?P<reason>Local Network Access detected): top-level site "(?P<page>[^"]*)", initiator "[^"]*", accessing target "(?P<url>[^"]*)"`), "", "", false},
	// An EventSource; a WebSocket's has another scheme.
	{Firefox, newPattern(`(?P<reason>Firefox can't establish a connection to the server) at (?P<url>https?://\S+?)\.?(?: |$)`), "", "", false},
	{Firefox, newPattern(`(?P<reason>The connection) to (?P<url>https?://\S+) was interrupted while the page was loading`), "", "", false},
	// Edge before 2020, and Internet Explorer: its developer tools' table of console messages, read 2026-11-22.
	{EdgeHTML, newPattern(`SEC7117: (?P<reason>Network request) to (?P<url>\S+) did not succeed`), "", "", true},
	{EdgeHTML, newPattern(`SEC7118: XMLHttpRequest for (?P<url>\S+) required Cross[ -]Origin Resource Sharing`), "", "", true},
	{EdgeHTML, newPattern(`SEC7119: XMLHttpRequest for (?P<url>\S+) required CORS preflight`), "", "", true},
	{EdgeHTML, newPattern(`SEC7120: \[CORS\] (?P<reason>The origin '(?P<origin>[^']*)' did not find '[^']*' in the Access-Control-Allow-Origin response header) for cross-origin resource at '(?P<url>[^']*)'`), "", "", true},
	{EdgeHTML, newPattern(`SEC7120: (?P<reason>Origin (?P<origin>\S+) not found in Access-Control-Allow-Origin header)`), "", "", true},
	{EdgeHTML, newPattern(`SEC7121: (?:\[CORS\] )?(?P<reason>Wildcard in Access-Control-Allow-Origin not allowed when credentials flag is set to true)`), fetch.ReasonAllowOriginWildcard, "", true},
	{EdgeHTML, newPattern(`SEC7122: (?:\[CORS\] )?(?P<reason>Credentials flag was set to true, but Access-Control-Allow-Credentials was not present)`), fetch.ReasonAllowCredentialsValue, "", true},
	{EdgeHTML, newPattern(`SEC7123: (?:\[CORS\] )?(?P<reason>Request header (?P<header>[^\s:]+) was not present in the Access-Control-(?:Allow-Headers list|Headers-List))`), fetch.ReasonHeaderNotAllowed, fetch.PhasePreflight, true},
	{EdgeHTML, newPattern(`SEC7124: (?:\[CORS\] )?(?P<reason>Request method (?P<method>[A-Z]+) was not present in the Access-Control-Allow-Methods list)`), fetch.ReasonMethodNotAllowed, fetch.PhasePreflight, true},
	{EdgeHTML, newPattern(`SEC7125: XMLHttpRequest for (?P<url>\S+) (?P<reason>caused a response headers parsing failure)`), "", "", true},
	{EdgeHTML, newPattern(`SEC7126: (?:\[CORS\] )?(?P<reason>Redirects? (?:are|was) (?:not allowed|blocked) for CORS preflight requests?)`), fetch.ReasonPreflightRedirect, fetch.PhasePreflight, true},
	{EdgeHTML, newPattern(`SEC7127: (?:\[CORS\] )?(?P<reason>Redirect was blocked for CORS request)`), "", fetch.PhaseRequest, true},
	{EdgeHTML, newPattern(`SEC7128: (?:\[CORS\] )?(?P<reason>Multiple Access-Control-Allow-Origin headers are not allowed for CORS response)`), fetch.ReasonAllowOriginMultiple, "", true},
	{EdgeHTML, newPattern(`SEC7129: (?:\[CORS\] )?(?P<reason>Multiple Access-Control-Allow-Credentials headers are not allowed for CORS response)`), fetch.ReasonAllowCredentialsValue, "", true},
	// What others of its sentences are is not known, only their form.
	{EdgeHTML, newPattern(`SEC712\d: \[CORS\] (?P<reason>.*? cross-origin resource at '(?P<url>[^']*)')`), "", "", true},
	// The line in which Chromium names the request itself.
	{Chromium, newPattern(`(?:^|\W)(?P<method>GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (?P<url>https?://\S+) net::(?P<reason>ERR_[A-Z_]+(?:\.\w+)?)(?: (?P<status>\d{3})\b)?`), "", "", false},
	{Chromium, newPattern(`(?P<by>Fetch|XHR) failed loading: (?P<method>[A-Z]+) "(?P<url>[^"]*)"`), "", "", false},
	{Firefox, newPattern(`XHR ?(?P<method>GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) ?(?P<url>https?://[^\s\[]+)`), "", "", false},
	{Chromium, newPattern(`(?P<method>GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (?P<url>https?://\S+) (?P<status>[45]\d\d)(?: \(|\W*$)`), "", "", false},
	{Chromium, newPattern(`(?:^|\W)net::(?P<reason>ERR_[A-Z0-9_]+(?:\.\w+)?)`), "", "", false},
	{Chromium, newPattern(`(?:^|\W)(?P<reason>` + netErrorName + `)`), "", "", false},
	{"", newPattern(`Failed to load resource: the server responded with a (?P<reason>status of (?P<status>\d+))`), "", "", false},
	// Firebug, an extension of Firefox until 2017.
	{Firefox, newPattern(`"NetworkError: (?P<status>[45]\d\d)\b[^-]{0,60}- (?P<url>https?://[^\s"]+)`), "", "", true},
	// What JavaScript is told, which is nothing.
	{Chromium, newPattern(`TypeError: Failed to fetch`), "", "", false},
	{Firefox, newPattern(`TypeError: NetworkError when attempting to fetch resource`), "", "", false},
	{WebKit, newPattern(`TypeError: Load failed`), "", "", false},
	{"", newPattern(`AxiosError:? ?Network Error|Error: Network Error`), "", "", false},
}

// reasons are what stands in a frame; in WebKit also alone. The first one that is found counts.
var reasons = []wording{
	{Chromium, newPattern(`The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '\*' when`), fetch.ReasonAllowOriginWildcard, fetch.PhaseRequest, false},
	{Chromium, newPattern(`A wildcard '\*' cannot be used in the 'Access-Control-Allow-Origin' header when the credentials flag is true`), fetch.ReasonAllowOriginWildcard, fetch.PhaseRequest, true},
	{Chromium, newPattern(`No 'Access-Control-Allow-Origin' header is present on the requested resource`), fetch.ReasonAllowOriginMissing, fetch.PhaseRequest, false},
	{Chromium, newPattern(`'Access-Control-Allow-Origin' header contains multiple values '(?P<value>.*)', but only one is allowed`), fetch.ReasonAllowOriginMultiple, fetch.PhaseRequest, false},
	{Chromium, newPattern(`The 'Access-Control-Allow-Origin' header contains the invalid value '(?P<value>.*?)'\.(?: |$)`), fetch.ReasonAllowOriginInvalid, fetch.PhaseRequest, false},
	{Chromium, newPattern(`The 'Access-Control-Allow-Origin' header has a value '(?P<value>.*)' that is not equal to the supplied origin`), fetch.ReasonAllowOriginMismatch, fetch.PhaseRequest, false},
	{Chromium, newPattern(`The value of the 'Access-Control-Allow-Credentials' header in the response is '(?P<value>.*)' which must be 'true' when`), fetch.ReasonAllowCredentialsValue, fetch.PhaseRequest, false},
	{Chromium, newPattern(`Credentials flag is '?true'?, but the 'Access-Control-Allow-Credentials' header is '(?P<value>.*?)'`), fetch.ReasonAllowCredentialsValue, fetch.PhaseRequest, true},
	{Chromium, newPattern(`It does not have HTTP ok status`), fetch.ReasonPreflightStatus, fetch.PhasePreflight, false},
	{Chromium, newPattern(`Response for preflight has invalid HTTP status code (?P<status>\d+)`), fetch.ReasonPreflightStatus, fetch.PhasePreflight, true},
	{Chromium, newPattern(`Invalid HTTP status code (?P<status>\d+)`), fetch.ReasonPreflightStatus, fetch.PhasePreflight, true},
	{Chromium, newPattern(`Redirect is not allowed for a preflight request`), fetch.ReasonPreflightRedirect, fetch.PhasePreflight, false},
	{Chromium, newPattern(`Response for preflight is invalid \(redirect\)`), fetch.ReasonPreflightRedirect, fetch.PhasePreflight, true},
	{Chromium, newPattern(`The request was redirected to '(?P<value>.*?)', which is disallowed for cross-origin requests that require preflight`), fetch.ReasonPreflightRedirect, fetch.PhaseRequest, true},
	{Chromium, newPattern(`Cannot parse Access-Control-Allow-Methods response header field`), fetch.ReasonAllowMethodsMalformed, fetch.PhasePreflight, false},
	{Chromium, newPattern(`Cannot parse Access-Control-Allow-Headers response header field`), fetch.ReasonAllowHeadersMalformed, fetch.PhasePreflight, false},
	{Chromium, newPattern(`Method (?P<method>\S+) is not allowed by Access-Control-Allow-Methods in preflight response`), fetch.ReasonMethodNotAllowed, fetch.PhasePreflight, false},
	{Chromium, newPattern(`Request header field (?P<header>\S+) is not allowed by Access-Control-Allow-Headers in preflight response`), fetch.ReasonHeaderNotAllowed, fetch.PhasePreflight, false},
	{Chromium, newPattern(`Redirect location '(?P<value>.*?)' contains a username and password`), fetch.ReasonRedirectCredentials, fetch.PhaseRequest, false},
	{Chromium, newPattern(`Cross origin requests are only supported for (?:protocol schemes|HTTP)`), fetch.ReasonScheme, "", false},
	{Chromium, newPattern(`Cross origin requests are not allowed by request mode`), fetch.ReasonSameOriginMode, fetch.PhaseBefore, false},
	{Chromium, newPattern(`The response is invalid`), "", fetch.PhaseRequest, false},
	{Chromium, newPattern(`in (?:the )?more-private address space`), "", fetch.PhaseBefore, false},
	{Chromium, newPattern("Request had (?:a|no) target IP address space"), "", fetch.PhaseBefore, false},
	{Chromium, newPattern("Permission was denied for this request to access the"), "", fetch.PhaseBefore, false},
	{Chromium, newPattern("(?:'|header )?(?:Access-Control-Allow-(?:Private-Network|External)|Private-Network-Access-(?:Id|Name))'?|Unable to ask for permission to access the"), "", fetch.PhasePreflight, true},

	{Firefox, newPattern(`^CORS disabled`), "", fetch.PhaseBefore, false},
	{Firefox, newPattern(`^CORS request did not succeed`), "", "", false},
	{Firefox, newPattern(`^CORS request failed`), "", "", true},
	{Firefox, newPattern(`^CORS header 'Origin' cannot be added`), "", fetch.PhaseBefore, false},
	{Firefox, newPattern(`^CORS request external redirect not allowed`), fetch.ReasonPreflightRedirect, fetch.PhasePreflight, false},
	{Firefox, newPattern(`^CORS request not http`), fetch.ReasonScheme, "", false},
	{Firefox, newPattern(`^CORS header 'Access-Control-Allow-Origin' missing`), fetch.ReasonAllowOriginMissing, "", false},
	{Firefox, newPattern(`^Multiple CORS header 'Access-Control-Allow-Origin' not allowed`), fetch.ReasonAllowOriginMultiple, "", false},
	{Firefox, newPattern(`^CORS header 'Access-Control-Allow-Origin' does not match '(?P<value>.*)'`), fetch.ReasonAllowOriginMismatch, "", false},
	{Firefox, newPattern(`^Credential is not supported if the CORS header 'Access-Control-Allow-Origin' is '\*'`), fetch.ReasonAllowOriginWildcard, "", false},
	{Firefox, newPattern(`^Did not find method in CORS header 'Access-Control-Allow-Methods'`), fetch.ReasonMethodNotAllowed, fetch.PhasePreflight, false},
	{Firefox, newPattern(`^expected 'true' in CORS header 'Access-Control-Allow-Credentials'`), fetch.ReasonAllowCredentialsValue, "", false},
	{Firefox, newPattern(`^CORS preflight (?:response|channel) did not succeed`), fetch.ReasonPreflightStatus, fetch.PhasePreflight, false},
	{Firefox, newPattern(`^invalid token '(?P<value>.*)' in CORS header 'Access-Control-Allow-Methods'`), fetch.ReasonAllowMethodsMalformed, fetch.PhasePreflight, false},
	{Firefox, newPattern(`^invalid token '(?P<value>.*)' in CORS header 'Access-Control-Allow-Headers'`), fetch.ReasonAllowHeadersMalformed, fetch.PhasePreflight, false},
	{Firefox, newPattern(`^header '(?P<header>.*?)' is not allowed according to header 'Access-Control-Allow-Headers' from CORS preflight response`), fetch.ReasonHeaderNotAllowed, fetch.PhasePreflight, false},
	{Firefox, newPattern(`^missing token '(?P<header>.*?)' in CORS header 'Access-Control-Allow-Headers' from CORS preflight channel`), fetch.ReasonHeaderNotAllowed, fetch.PhasePreflight, true},
	{Firefox, newPattern("^When the `Access-Control-Allow-Headers` is `\\*`, the `(?P<header>Authorization)` header is not covered"), fetch.ReasonAuthorizationNotListed, fetch.PhasePreflight, false},
	{Firefox, newPattern(`^This can be fixed by moving the resource`), "", "", true},

	{WebKit, newPattern(`(?:Origin (?P<origin>\S+)|(?:^|[^, ]\s?)Origin) is not allowed by Access-Control-Allow-Origin(?:\. Status code: (?P<status>\d+))?`), "", "", false},
	{WebKit, newPattern(`Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true`), fetch.ReasonAllowOriginWildcard, "", false},
	{WebKit, newPattern(`Access-Control-Allow-Origin cannot contain more than one origin`), fetch.ReasonAllowOriginMultiple, "", false},
	{WebKit, newPattern(`Credentials flag is true, but Access-Control-Allow-Credentials is not "true"`), fetch.ReasonAllowCredentialsValue, "", false},
	{WebKit, newPattern(`Preflight response is not successful(?:\.? Status code: (?P<status>\d+))?`), fetch.ReasonPreflightStatus, fetch.PhasePreflight, false},
	{WebKit, newPattern(`CORS-preflight request was blocked`), "", fetch.PhasePreflight, false},
	{WebKit, newPattern(`Header Access-Control-Allow-Methods has an invalid value: (?P<value>.*)`), fetch.ReasonAllowMethodsMalformed, fetch.PhasePreflight, false},
	{WebKit, newPattern(`Header Access-Control-Allow-Headers has an invalid value: (?P<value>.*)`), fetch.ReasonAllowHeadersMalformed, fetch.PhasePreflight, false},
	{WebKit, newPattern(`Method (?P<method>\S+) is not allowed by Access-Control-Allow-Methods`), fetch.ReasonMethodNotAllowed, fetch.PhasePreflight, false},
	{WebKit, newPattern(`Request header field (?P<header>\S+) is not allowed by Access-Control-Allow-Headers`), fetch.ReasonHeaderNotAllowed, fetch.PhasePreflight, false},
	{WebKit, newPattern(`not allowed to follow a cross-origin CORS redirection with non CORS scheme`), fetch.ReasonRedirectScheme, fetch.PhaseRequest, false},
	{WebKit, newPattern(`redirection URL \S+ has credentials`), fetch.ReasonRedirectCredentials, fetch.PhaseRequest, false},
	{WebKit, newPattern(`Unsafe attempt to load URL (?P<url>\S+) from origin (?P<origin>\S+?)\. Domains, protocols and ports must match`), fetch.ReasonSameOriginMode, fetch.PhaseBefore, false},
	{WebKit, newPattern(`Not allowed to use restricted network port \d+: (?P<url>\S+)`), fetch.ReasonBadPort, fetch.PhaseBefore, false},
	{WebKit, newPattern(`Not allowed to request resource`), "", fetch.PhaseBefore, false},
	{WebKit, newPattern(`^(?:\[Error\] )?Failed to load resource: (?:A server with the specified hostname could not be found|Could not connect to the server|The network connection was lost|` +
		`The request timed out|The certificate for this server is invalid|An SSL error has occurred)`), "", "", false},
}

const preflightPrefix = "Response to preflight request doesn't pass access control check: "

var (
	thereforeNot = newPattern(` ?Origin '(?P<origin>[^']*)' is therefore not allowed access\.?`)
	hadStatus    = newPattern(` ?The response had HTTP status code (?P<status>\d+)\.?`)
)

// recognise reads one line.
func recognise(line string) (Message, bool) {
	if m, ok := readSign(line); ok {
		return m, true
	}
	known := messages
	if !strings.Contains(line, "[Report Only]") {
		known = slices.Concat(messages, policyWordings)
	}
	for _, w := range known {
		if m, ok := w.read(line); ok {
			m.follows = m.Code == "" && (m.Reason == "" || strings.HasPrefix(m.Reason, "ERR_") || strings.HasPrefix(m.Reason, "status of"))
			return m, true
		}
	}
	for _, w := range frames {
		m, ok := w.read(line)
		if !ok {
			continue
		}
		reason := m.Reason
		m.takeOld(&reason, thereforeNot)
		m.takeOld(&reason, hadStatus)
		inner, preflight := strings.CutPrefix(reason, preflightPrefix)
		if r, found := readReason(inner, m.Browser); found {
			m.take(r)
		} else if r, found := readReason(inner, ""); found && w.older {
			// Browsers of different makers once had these words.
			m.Browser = ""
			m.take(r)
		} else if w.older && reason != "" && !strings.Contains(reason, "Access-Control") {
			// A sentence that begins in the same way and is no reason of this kind.
			continue
		}
		if preflight {
			m.Phase = fetch.PhasePreflight
		}
		m.Reason = reason
		m.Older = m.Older || w.older
		m.follows = strings.HasPrefix(reason, "CORS request did not succeed")
		return m, true
	}
	if m, ok := readReason(line, WebKit); ok {
		m.Reason, _ = strings.CutPrefix(line, "[Error] ")
		m.Reason, m.follows = strings.CutPrefix(m.Reason, "Failed to load resource: ")
		m.opens = !m.follows
		return m, true
	}
	if m, ok := readReason(line, Chromium); ok {
		m.Reason = line
		if strings.Contains(line, strings.TrimSuffix(preflightPrefix, ": ")) {
			m.Phase = fetch.PhasePreflight
		}
		m.takeOld(&m.Reason, thereforeNot)
		m.takeOld(&m.Reason, hadStatus)
		return m, true
	}
	if !strings.Contains(line, "CORS") {
		return Message{}, false
	}
	_, alone, found := strings.Cut(line, "Reason: ")
	if !found {
		alone = line
	}
	if m, ok := readReason(strings.TrimLeft(alone, "("), Firefox); ok {
		m.Reason = alone
		return m, true
	}
	return Message{}, false
}

// readReason looks the reason up among those of b, or of all where b is not known.
func readReason(text string, b Browser) (Message, bool) {
	for _, w := range reasons {
		if b != "" && w.browser != b {
			continue
		}
		if m, ok := w.read(text); ok {
			return m, true
		}
	}
	return Message{}, false
}

// take adds what the reason says to what the frame did.
func (m *Message) take(r Message) {
	m.Code, m.Phase, m.Method, m.Header, m.Value, m.Older = r.Code, r.Phase, r.Method, r.Header, r.Value, r.Older
	if m.Browser == "" && r.Older {
		m.Browser = r.Browser
	}
	if m.Status == 0 {
		m.Status = r.Status
	}
	if m.Origin == "" {
		m.Origin = r.Origin
	}
}

// takeOld cuts a sentence out of a reason that browsers used to put behind it, and keeps what it says.
func (m *Message) takeOld(reason *string, sentence *pattern) {
	at := sentence.re().FindStringSubmatchIndex(*reason)
	if at == nil {
		return
	}
	m.set(sentence.re().SubexpNames()[1], (*reason)[at[2]:at[3]])
	*reason = strings.TrimSpace((*reason)[:at[0]] + (*reason)[at[1]:])
	m.Older = true
}

func (w wording) read(line string) (Message, bool) {
	found := w.pattern.re().FindStringSubmatch(line)
	if found == nil {
		return Message{}, false
	}
	m := Message{Browser: w.browser, Code: w.code, Phase: w.phase, Older: w.older}
	for i, name := range w.pattern.re().SubexpNames() {
		if name != "" && found[i] != "" {
			m.set(name, found[i])
		}
	}
	return m, true
}

func (m *Message) set(field, value string) {
	switch field {
	case "url":
		m.URL = value
	case "first":
		m.RedirectedFrom = value
	case "origin":
		m.Origin = strings.Trim(value, "'")
		// Of an app's page, as Electron has it, the dot is the host.
		if !strings.HasSuffix(m.Origin, "://.") {
			m.Origin = strings.TrimSuffix(m.Origin, ".")
		}
	case "page":
		m.Page = value
	case "by":
		m.Initiator = initiator(value)
	case "method":
		m.Method = value
	case "header":
		m.Header = value
	case "value":
		m.Value = value
	case "reason":
		m.Reason = strings.TrimSpace(value)
	case "directive":
		m.Directive = value
	case "status":
		// What the pattern lets through is a number, and one too large to be a status is none.
		m.Status, _ = strconv.Atoi(value)
	}
}

// initiator is the name that browsers of today use.
func initiator(name string) Initiator {
	switch name {
	case "Fetch API", "Fetch", "fetch", "resource":
		return ByFetch
	case "XHR", "XMLHttpRequest endpoint":
		return ByXMLHttpRequest
	}
	if name == string(ByXMLHttpRequest) {
		return ByXMLHttpRequest
	}
	return Initiator(strings.ToLower(name))
}
