package intake

import (
	"strings"
)

// elsewhere is an error or a program that is no browser's, to which no rule of CORS applies.
type elsewhere struct {
	words *pattern
	// says is what the person is told, with %s for what else the text says; hint is what to do.
	says, hint string
}

// places are the programs, by the words of their errors.
var places = []elsewhere{
	{newPattern(`(?:TypeError: )?fetch failed\b|<no response> fetch failed`),
		`this is not CORS: "fetch failed" is what Node says, where no browser's rule applies`,
		"its [cause] says more, such as ECONNREFUSED, and so does curl -v with the same URL, from the same machine"},
	{newPattern(`Network request failed|\bindex\.bundle\?platform=(?:ios|android)`),
		`this is not CORS: it is React Native's error ("Network request failed"), and apps have no origin that a server could refuse`,
		"on a device localhost is the device itself (10.0.2.2 in Android's emulator), and plain http may be forbidden; in a browser, give its own red line"},
	{newPattern(`(?:AxiosError|Error): (?:connect|getaddrinfo|read|socket) ?(?:ECONN|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|EHOST|hang up)|\b(?:ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN)\b`),
		"this is not CORS: it is an error of Node, where no browser's rule applies",
		"see to the name, the port and whether the server runs: curl -v with the same URL, from the same machine, shows it"},
	{newPattern(`EventSource's response has a (?:MIME type|charset)`),
		"this is not CORS: the answer came, and the page may have it, but an EventSource takes text/event-stream in UTF-8 alone",
		"answer with Content-Type: text/event-stream; another type is often that of an error page, which corscope explain URL --from PAGE shows"},
	{newPattern(`(?:establish a connection to the server at|The connection to) wss?://|WebSocket connection to '`),
		"this is not CORS: a WebSocket has none, and a server that minds the page's Origin refuses it by itself",
		"see whether the server runs, speaks TLS for wss, and what it answers the handshake: curl -v -H 'Connection: Upgrade' -H 'Upgrade: websocket' and the Origin of the page"},
	// Chromium: core/loader; its Strict MIME type checking. Firefox: dom.properties.
	{newPattern(`Failed to load module script: |Loading module from "[^"]*" was blocked because of a disallowed MIME type|Strict MIME type checking is enforced`),
		"this is not CORS: the script's answer came, and its Content-Type is not JavaScript's",
		"text/html is most often a 404 or a single-page app's index page, so that the path is wrong; else serve .js and .mjs as text/javascript, and open no page from file:"},
	{newPattern(`Blocked a frame with origin|Permission denied to access property .{1,60} on cross-origin object`),
		"this is not CORS: one window reached into another of a different origin, which no header allows",
		"let the two talk by postMessage(), and have the other page listen for it"},
	// webpack-dev-server: lib/Server.js. Vite: packages/vite/src/node/server/middlewares/hostValidation.ts
	{newPattern(`Invalid Host(?:/Origin)? header|Blocked request\. This host \(.{1,200}\) is not allowed`),
		"this is not CORS: the development server itself refuses a Host that it does not know",
		"name the host in its configuration: allowedHosts of webpack's devServer, server.allowedHosts in Vite"},
	{newPattern(`\[Report Only\] |\(Report-Only policy\)`),
		"this is no error: a Content-Security-Policy-Report-Only would have forbidden it, and nothing was blocked",
		"where something was, paste the line that says so; else name the server in the policy before it is no longer report-only"},
	{newPattern(`Refused to (?:frame|apply|execute|run|display|send|prefetch) .{0,600}?Content Security Policy|Content-Security-Policy: .{0,300}?\((?:frame|worker|object|child)-src`),
		"this is not CORS: the page's own Content-Security-Policy forbids it, and the browser asked nobody",
		"add the server to the directive that the error names, in the policy that the page is served with"},
	// Amazon S3: API reference, error responses.
	{newPattern(`SignatureDoesNotMatch|There were headers present in the request which were not\s+@?signed|<Code>(?:RequestTimeTooSkewed|ExpiredToken|InvalidAccessKeyId)`),
		"this is not CORS: S3 refuses the signature, and the page was allowed to read that",
		"send the method and every header as they were signed, x-amz-acl and Content-Type too, before the URL expires"},
	// What the network tab shows of every request, and people take for the reason.
	{newPattern(`(?i)^\W*(?:(?:referrer[- ]policy|status(?: code)?|error)\W*)?strict-origin-when-cross-origin\W*$`),
		"this is no error: strict-origin-when-cross-origin is the page's Referrer Policy, which Chromium shows beside every request",
		"the reason is the red line in the console: paste that"},
	{newPattern(`(?i)\b(?:postman|insomnia|thunder client|hoppscotch|bruno|curl|httpie)\b`),
		// The last one is no error, and counts only where the text says no more.
		"Postman, Insomnia and curl are no browsers: they ask no preflight, send no Origin by themselves and withhold no answer, so that what works there says nothing of CORS",
		"corscope explain URL --from PAGE asks as a browser does"},
}

// nodeCauses are the codes that stand behind Node's errors.
var nodeCauses = []struct{ code, means string }{
	{"ECONNREFUSED", "nobody listens there"}, {"ENOTFOUND", "the name has no address"}, {"EAI_AGAIN", "the name could not be looked up"},
	{"ECONNRESET", "the connection was reset"}, {"ETIMEDOUT", "no answer came in time"}, {"UND_ERR_CONNECT_TIMEOUT", "no connection came about in time"},
	{"UND_ERR_HEADERS_TIMEOUT", "no answer came in time"}, {"UND_ERR_SOCKET", "the other side closed the connection"},
	{"SELF_SIGNED_CERT", "the certificate is one that Node does not know"}, {"DEPTH_ZERO_SELF_SIGNED_CERT", "the certificate is one that Node does not know"},
	{"UNABLE_TO_VERIFY_LEAF_SIGNATURE", "the certificate's chain is incomplete"}, {"CERT_HAS_EXPIRED", "the certificate has expired"},
}

var nodeAddress = newPattern(`(?:connect|getaddrinfo) [A-Z_]+ (\S+)`)

// errorElsewhere is where such an error begins in a text, or -1. The name of a program is no error.
func errorElsewhere(text string) int {
	text = text[:min(len(text), maxInspected)]
	first := -1
	for _, p := range places[:len(places)-1] {
		if at := p.words.re().FindStringIndex(text); at != nil && (first < 0 || at[0] < first) {
			first = at[0]
		}
	}
	return first
}

// namesTool reports a text that speaks of a program with which people try requests.
func namesTool(text string) bool {
	return len(text) <= maxAside && places[len(places)-1].words.re().MatchString(text)
}

// notBrowser says so of a text that holds such an error; nil for others.
func notBrowser(text string) error {
	text = quotationMarks.Replace(text[:min(len(text), maxInspected)])
	for i, p := range places {
		if !p.words.re().MatchString(text) {
			continue
		}
		e := &Error{Code: ErrNotBrowser, Kind: KindConsole, Message: p.says, Hint: p.hint}
		last := i == len(places)-1
		if last && len(text) > maxAside {
			return nil
		}
		for _, cause := range nodeCauses {
			if !last && strings.Contains(text, cause.code) {
				e.Message += "; " + cause.code + " means that " + cause.means
				if at := nodeAddress.re().FindStringSubmatch(text); at != nil {
					e.Hint = "curl -v " + strings.TrimRight(at[1], ",;") + " shows it from there"
				}
				break
			}
		}
		if url := someURL.re().FindString(text); url != "" {
			e.Hint = strings.Replace(e.Hint, "explain URL", "explain "+strings.TrimRight(url, ".,;:?!"), 1)
		}
		return e
	}
	return nil
}

// maxAside is the longest text in which the name of a program is what it is about.
const maxAside = 2 << 10
