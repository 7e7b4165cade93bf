package diagnose

import (
	"slices"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// Browser is one whose console [Console] knows.
type Browser string

// The browsers, in the versions whose words are known.
const (
	// Chromium 156 and what is built on it: Chrome, Edge, Opera, Brave.
	Chromium Browser = "chromium"
	// Firefox 153.
	Firefox Browser = "firefox"
	// WebKit of Safari 26.
	WebKit Browser = "webkit"
)

// Browsers returns them all.
func Browsers() []Browser { return []Browser{Chromium, Firefox, WebKit} }

// Name is how people call the browser, with the version whose words these are.
func (b Browser) Name() string {
	switch b {
	case Chromium:
		return "Chromium 156"
	case Firefox:
		return "Firefox 153"
	case WebKit:
		return "Safari 26"
	}
	return string(b)
}

// Basis is how it is known what a browser prints.
type Basis string

// The bases, the firmest first.
const (
	// BasisMeasured: the browser printed it for the same exchange.
	BasisMeasured Basis = "measured"
	// BasisSource: it stands in the browser's own source.
	BasisSource Basis = "source"
	// BasisReported: people who saw it quote it so.
	BasisReported Basis = "reported"
	// BasisGuess: nobody has seen it for this exchange; the words exist, and that they are these is likely.
	BasisGuess Basis = "guess"
)

// Level is how a console marks a line.
type Level string

// The levels.
const (
	LevelError   Level = "error"
	LevelWarning Level = "warning"
)

// Line is one line of a console, without the time and the place in the script that consoles put around it.
type Line struct {
	Level Level  `json:"level"`
	Text  string `json:"text"`
}

// Printout is what a browser's console shows for one fetch, and what the page's JavaScript gets.
type Printout struct {
	Browser Browser `json:"browser"`
	// Code is the browser's own short name for the fault: Chromium's CORS error or net:: code, Firefox's property, which is also the
	// name of MDN's page. Empty for WebKit, which has none, and where nothing was wrong.
	Code string `json:"code,omitempty"`
	// Lines in the order in which they are printed; none where the console stays silent.
	Lines []Line `json:"lines"`
	// JavaScript is what the page's script sees instead of a response: the error of fetch(), or of an XMLHttpRequest. Empty where it
	// gets a response.
	JavaScript string `json:"javascript,omitempty"`
	// Basis is how that is known.
	Basis Basis `json:"basis"`
	// Unknown is set where this browser goes on after what was recorded, so that nobody knows what comes next. Lines holds what it
	// printed until then.
	Unknown bool `json:"unknown,omitempty"`
	// Others are further names that could stand in the place of the header's that a line names, where several are refused and the
	// browser picks one in an order that is not known.
	Others []string `json:"others,omitempty"`
}

// Blocked reports whether the page gets an error.
func (p Printout) Blocked() bool { return p.JavaScript != "" }

// Console says what b prints for the recorded fetch. It judges the recorded exchanges themselves in the browser's own order of rules,
// which differs from the standard's and between browsers: the same answer can be "missing" in one and "not successful" in another.
// What a browser would have done before the record began or after it ended is not invented: see [Printout.Unknown].
func Console(b Browser, t *fetch.Trace, by Initiator) Printout { return console(b, t, by, nil) }

func console(b Browser, t *fetch.Trace, by Initiator, broken *brokenBody) Printout {
	if own := InitiatorOf(t); by == "" || own != ByFetch {
		by = own
	}
	w := newWalk(t)
	w.broken = broken
	p := Printout{Browser: b, Basis: BasisGuess, Unknown: true}
	switch b {
	case Chromium:
		p = chromium{walk: w, by: by}.console()
	case Firefox:
		p = firefox{walk: w, by: by}.console()
	case WebKit:
		p = webkit{walk: w, by: by}.console()
	}
	if p.Lines == nil {
		p.Lines = []Line{}
	}
	if p.Blocked() {
		p.JavaScript = pageGets(b, t, by, p.JavaScript)
	}
	return p
}

// importError is what import() rejects with: measured in Chromium 156 and Firefox 153 ESR on 2026-11-22.
func importError(b Browser, url string) string {
	switch b {
	case Chromium:
		return "TypeError: Failed to fetch dynamically imported module: " + url
	case Firefox:
		return "TypeError: error loading dynamically imported module: " + url
	}
	return "TypeError: Importing a module script failed."
}

// judged is what a browser makes of one exchange.
type judged struct {
	Printout
	done bool
}

// unknown is where a browser goes on, and nobody has seen what it meets then.
func unknown() judged { return judged{Printout{Basis: BasisMeasured, Unknown: true}, true} }

// over walks the exchanges with what the browser makes of each, and then looks at what ended the fetch outside of them.
func (w *walk) over(b Browser, one func(x *fetch.Exchange) judged, outside func(r *fetch.Reason) Printout) Printout {
	var warned []Line
	for _, x := range w.trace.Exchanges {
		w.enter(x)
		if x.AskedAgain {
			continue
		}
		if undecided(x) {
			return Printout{Browser: b, Lines: warned, Basis: BasisMeasured, Unknown: true}
		}
		j := one(x)
		if j.done {
			j.Browser, j.Lines = b, append(warned, j.Lines...)
			return j.Printout
		}
		warned = append(warned, j.Lines...)
	}
	p := Printout{Browser: b, Basis: BasisMeasured}
	if r := w.trace.Outcome.Reason; r != nil {
		if r.Phase == fetch.PhaseBefore || blocksBeforeSending(r.Code) || r.Code == fetch.ReasonIntegrity {
			p = outside(r)
			p.Browser = b
		} else {
			// The standard stops here, and this browser does not.
			p.Unknown = true
		}
	}
	p.Lines = append(warned, p.Lines...)
	return p
}

// What an answer that Go does not take can be wrong by. Browsers take much of that.
const (
	answerNotHTTP = "another protocol"
	answerStatus  = "status"
	answerHeader  = "header"
	answerNUL     = "NUL" // in a header's value
	answerLengths = "lengths"
	answerCutOff  = "cut off"
)

// answerFault tells, by what package fetch says of it, how an answer is broken; "" where there is none.
func answerFault(e *fetch.NetworkError) string {
	says := func(words string) bool { return strings.Contains(e.Detail, words) }
	switch {
	case e.Code == fetch.ReasonClosed && says("in the middle of the answer's headers"):
		return answerCutOff
	case e.Code != fetch.ReasonMalformed || says("HTTP/2"):
		return ""
	case says("multiple Content-Length"):
		return answerLengths
	case says("malformed HTTP response"):
		return answerNotHTTP
	case says("malformed HTTP status code"):
		return answerStatus
	case says("NUL"):
		_, line, _ := strings.Cut(e.Detail, `in the line "`)
		if before, _, found := strings.Cut(line, `\x00`); found && strings.Contains(before, ":") {
			return answerNUL
		}
	}
	return answerHeader
}

// blocksBeforeSending reports reasons that stand between two exchanges: the target of a redirect that is not fetched.
func blocksBeforeSending(code fetch.ReasonCode) bool {
	switch code {
	case fetch.ReasonBadPort, fetch.ReasonMixedContent, fetch.ReasonSameOriginMode, fetch.ReasonScheme, fetch.ReasonNoCORSRedirectMode,
		fetch.ReasonOnlyIfCached, fetch.ReasonKeepaliveQuota, fetch.ReasonCSPConnectSrc, fetch.ReasonCSPScriptSrc, fetch.ReasonCSPSubresource, fetch.ReasonDataURL, fetch.ReasonBlobURL,
		fetch.ReasonLocalNetworkAccess, fetch.ReasonLocalNetworkInsecure, fetch.ReasonTargetAddressSpace:
		return true
	}
	return false
}

// computedHash is the body's own hash where integrity asked for another one: "sha256", and the hash in base64.
func computedHash(r *fetch.Reason) (algorithm, hash string, ok bool) {
	return strings.Cut(r.Got, "-")
}

// blockedURL is the URL that such a reason is about.
func (w *walk) blockedURL(r *fetch.Reason) string {
	if r.URL != "" {
		return r.URL
	}
	return w.current()
}

// allowList is what a preflight's answer names in one of its two lists, as the three browsers understand them.
type allowList struct {
	members []string
	bad     string // the first member that is no token; empty where all are
	value   string // the whole value
}

func (w *walk) allowList(x *fetch.Exchange, name string) allowList {
	l := allowList{}
	l.value, _ = x.ResponseHeaders.Get(name)
	members, err := httpspec.ParseTokenList(x.ResponseHeaders.Values(name))
	if err != nil {
		l.bad = err.Value
	}
	l.members = members
	return l
}

func (l allowList) wildcard(include bool) bool {
	return !include && slices.Contains(l.members, httpspec.Wildcard)
}

// methodRefused: browsers compare methods to the letter.
func (w *walk) methodRefused(x *fetch.Exchange, methods allowList) bool {
	method := askedMethod(x)
	return !httpspec.IsCORSSafelistedMethod(method) && !slices.Contains(methods.members, method) && !methods.wildcard(w.include())
}

// headersRefused are the header names that the preflight's answer does not allow, sorted. All three browsers let * cover
// Authorization, which the standard does not: https://github.com/whatwg/fetch/issues/1919, checked 2026-11-22.
func (w *walk) headersRefused(x *fetch.Exchange, headers allowList) []string {
	if headers.wildcard(w.include()) {
		return nil
	}
	var refused []string
	for _, name := range unsafeNames(x) {
		if !slices.ContainsFunc(headers.members, func(m string) bool { return httpspec.EqualFold(m, name) }) {
			refused = append(refused, name)
		}
	}
	return refused
}

func errorLine(text string) Line { return Line{LevelError, text} }

func sees(by Initiator, fetchError string) string {
	if by == ByXMLHttpRequest {
		return "error event, status 0"
	}
	return fetchError
}
