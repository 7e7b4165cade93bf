package intake

import (
	"context"
	"strconv"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// maxTranscript is how many exchanges of one run of curl are kept.
const maxTranscript = 50

var (
	sentLine    = newPattern(`^> ([A-Z]+) (\S+) HTTP/\d`)
	statusLine  = newPattern(`^HTTP/(\d(?:\.\d)?) (\d{3})(?: (.*))?$`)
	gotLine     = newPattern(`^< (HTTP/\d(?:\.\d)? \d{3}(?: .*)?)$`)
	curlFailed  = newPattern(`^curl: \((\d{1,3})\) (.*)$`)
	overTLS     = newPattern(`:scheme: https\b|SSL connection using|ALPN|TLSv1|existing https:|\bport 443\b`)
	connectedTo = newPattern(`^\* +(?:Connected to|Trying|Re-using existing)\b`)
	// anExchange finds what curl -v prints: the line of a request, or of an answer.
	anExchange = newPattern(`(?m)^(?:> [A-Z]+ \S+ HTTP/\d|< HTTP/\d(?:\.\d)? \d{3}\b)`)
	// anAnswer finds what curl -i prints behind a command.
	anAnswer = newPattern(`(?m)^HTTP/\d(?:\.\d)? \d{3}\b`)
	// someFailure finds curl's own error.
	someFailure = newPattern(`(?m)^curl: \(\d{1,3}\) `)
)

// isTranscript reports what curl printed, behind its command or without.
func isTranscript(text string) bool {
	if anExchange.re().MatchString(text) || someFailure.re().MatchString(text) {
		return true
	}
	if isCopied(text) && consoleAt(text) < 0 && !isCommand(text) {
		return true
	}
	return isCommand(text) && anAnswer.re().MatchString(text)
}

// isCommand reports a text that begins with curl.
func isCommand(text string) bool {
	return curlWord.re().MatchString(prompt.re().ReplaceAllString(text, ""))
}

// transcript is what curl printed, read line by line.
type transcript struct {
	command string
	entries []*harEntry
	// tls says of the connection that the lines are about whether it is on TLS.
	tls bool
	// failed is curl's own error, and its number.
	failed string
	number int
	// of is what the text is called.
	of string
}

// readTranscript reads what curl -v or curl -i printed. It is a recorded exchange and judged as one.
func readTranscript(ctx context.Context, text string) (*Intake, error) {
	if isCopied(text) && !anExchange.re().MatchString(text) && !someFailure.re().MatchString(text) {
		return readCopied(ctx, text)
	}
	return readTranscriptOf(ctx, text, curlsOutput)
}

const curlsOutput = "what curl printed"

// readTranscriptOf is readTranscript for a text that is called so.
func readTranscriptOf(ctx context.Context, text, of string) (*Intake, error) {
	t := parseTranscript(text)
	t.of = of
	var asked *Intake
	if t.command != "" {
		// A command that cannot be read, such as one with a variable of the shell, leaves what it printed.
		asked, _ = readCURL(t.command)
	}
	if asked != nil {
		t.complete(asked)
	}
	if len(t.entries) == 0 || t.entries[0].url == "" {
		if t.failed != "" {
			return nil, t.unreachable()
		}
		return nil, &Error{Code: ErrNoRequest, Kind: KindTranscript, Message: "what curl printed does not say which URL was asked",
			Hint: "paste the command too, or use curl -v, which prints the request"}
	}
	return t.intake(ctx, asked)
}

// parseTranscript keeps the exchanges. What curl does with proxies, and bodies, are left out.
func parseTranscript(text string) *transcript {
	t := new(transcript)
	var e *harEntry
	var commandLines []string
	state := "" // what the next lines belong to: sent, got, or nothing
	begun := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if len(line) > maxHARHeader {
			continue
		}
		if !begun && !strings.HasPrefix(line, "* ") && !strings.HasPrefix(line, "> ") && !strings.HasPrefix(line, "< ") && !statusLine.re().MatchString(line) && !curlFailed.re().MatchString(line) && !strings.HasPrefix(strings.TrimSpace(line), "% Total") {
			commandLines = append(commandLines, line)
			continue
		}
		begun = true
		switch found := sentLine.re().FindStringSubmatch(line); {
		case found != nil:
			e, state = nil, ""
			if found[1] != "CONNECT" && len(t.entries) < maxTranscript {
				e, state = &harEntry{method: found[1], url: found[2]}, "sent"
				t.entries = append(t.entries, e)
			}
			continue
		case strings.HasPrefix(line, "* "):
			if connectedTo.re().MatchString(line) {
				t.tls = false
			}
			t.tls = t.tls || overTLS.re().MatchString(line)
			continue
		}
		if failed := curlFailed.re().FindStringSubmatch(line); failed != nil {
			t.number, _ = strconv.Atoi(failed[1])
			t.failed = failed[2]
			continue
		}
		status := statusLine.re().FindStringSubmatch(line)
		if found := gotLine.re().FindStringSubmatch(line); found != nil {
			status = statusLine.re().FindStringSubmatch(found[1])
		}
		if status != nil {
			if e == nil && len(t.entries) == 0 && !strings.HasPrefix(line, "<") && !strings.EqualFold(status[3], "Connection established") {
				e = new(harEntry) // curl -i, which prints no request
				t.entries = append(t.entries, e)
			}
			if e != nil && (e.status == 0 || e.status < 200) {
				e.proto, e.statusText = "HTTP/"+status[1], status[3]
				e.status, _ = strconv.Atoi(status[2])
				e.got, state = nil, "got"
			}
			continue
		}
		switch {
		case e == nil:
		case state == "sent" && strings.HasPrefix(line, ">"):
			e.sent = appendLine(e.sent, line[1:])
		case state == "got":
			bare := strings.TrimPrefix(line, "<")
			if strings.TrimSpace(bare) == "" {
				state = "body"
			}
			e.got = appendLine(e.got, bare)
		case state == "body" && len(e.body)+len(line) < maxHARBody && !strings.HasPrefix(line, "{ [") && !strings.HasPrefix(line, "} ["):
			e.body += line + "\n"
		}
		if e != nil && state == "sent" {
			t.locate(e)
		}
	}
	t.command = strings.TrimSpace(strings.Join(commandLines, "\n"))
	if !isCommand(t.command) {
		t.command = ""
	}
	return t
}

func appendLine(l fetch.HeaderList, line string) fetch.HeaderList {
	name, value, found := strings.Cut(line, ":")
	name, value = strings.TrimSpace(name), httpspec.NormalizeHeaderValue(value)
	if !found || len(l) >= maxHARHeaders || !httpspec.IsToken(name) || !httpspec.IsHeaderValue(value) {
		return l
	}
	return append(l, fetch.Header{Name: name, Value: value})
}

// locate makes a URL of the request's target once its Host is known.
func (t *transcript) locate(e *harEntry) {
	host, ok := e.sent.Get("Host")
	if !ok || !strings.HasPrefix(e.url, "/") {
		return
	}
	scheme := "http://"
	if t.tls {
		scheme = "https://"
	}
	e.url = scheme + host + e.url
}

// complete adds what the command says and the output does not: the request of curl -i, and the scheme.
func (t *transcript) complete(asked *Intake) {
	u, err := fetch.ParseHTTPURL(asked.Request.URL)
	if err != nil || len(t.entries) == 0 {
		return
	}
	first := t.entries[0]
	if first.url == "" {
		first.url, first.method = asked.Request.URL, asked.Request.Method
		return
	}
	if sent, err := fetch.ParseHTTPURL(first.url); err == nil && sent.Host() == u.Host() {
		first.url = sent.WithScheme(u.Scheme()).StringWithoutFragment()
	}
}

// curlErrors are the numbers that curl ends with where no answer came. curl's manual, section EXIT CODES, checked 2026-11-22.
var curlErrors = map[int]fetch.ReasonCode{
	5: fetch.ReasonProxy, 6: fetch.ReasonNameNotResolved, 7: fetch.ReasonRefused, 28: fetch.ReasonTimeout, 35: fetch.ReasonTLS,
	51: fetch.ReasonCertificate, 52: fetch.ReasonClosed, 55: fetch.ReasonReset, 56: fetch.ReasonReset, 60: fetch.ReasonCertificate, 97: fetch.ReasonProxy,
}

// unreachable is for curl that came to no server: no browser comes further.
func (t *transcript) unreachable() error {
	return &Error{Code: ErrNotBrowser, Kind: KindTranscript, Message: "this is not CORS: curl came to no server either, and says " + quote(t.failed),
		Hint: "no header of the server changes that; see to the name, the port, the certificate or the network first"}
}

// intake makes a page's request of the first that curl made.
func (t *transcript) intake(ctx context.Context, asked *Intake) (*Intake, error) {
	e := t.entries[0]
	in := &Intake{Kind: KindTranscript, What: t.of, Initiator: ByFetch}
	in.Request.URL, in.Request.Method = e.url, e.method
	in.know(FlagMethod, FlagHeader)
	sent := e.sent
	if asked != nil && len(sent) == 0 {
		in = asked
		in.Kind, in.What = KindTranscript, t.of
		in.Notes = nil
	} else {
		t.bareProbe(in, e)
		sent = e.sent
		in.takeSent(withoutCurls(sent))
		in.Notes = withoutNote(in.Notes, "neither Origin")
		if asked != nil && asked.Body != nil && asked.Request.Method == e.method {
			in.Body = asked.Body
			in.know(FlagData)
		}
	}
	file := &harFile{entries: t.entries, preflights: make(map[string][]*harEntry)}
	main := e
	if e.isPreflight() || e.method == "OPTIONS" && in.Request.Method != "OPTIONS" {
		main = t.behind(e, in.Request.Method)
	}
	for _, x := range t.entries {
		if x.isPreflight() {
			at := withoutFragment(x.url)
			file.preflights[at] = append(file.preflights[at], x)
		}
	}
	if e.isPreflight() && len(file.preflights) == 0 {
		file.preflights[withoutFragment(e.url)] = []*harEntry{e}
	}
	if code, ok := curlErrors[t.number]; ok && t.failed != "" {
		if last := t.entries[len(t.entries)-1]; last.status == 0 {
			last.reason = fetch.NetworkError{Code: code, Detail: "curl says " + quote(t.failed)}
		}
	}
	in.Recorded = &Recording{file: file, main: main, used: make(map[*harEntry]bool), of: t.of}
	t.page(in, asked)
	c := harCandidate{entry: main, in: in}
	if in.Page != "" {
		reason, ok := c.run(ctx)
		if ok && in.Recorded.assumedPreflight {
			// A browser asks first here, and curl does not. What the answer lacks it lacks in any case; what is right about it is not all.
			if reason.IsZero() {
				in.Recorded.strict = true
			} else {
				in.assume("", "the preflight, which browsers ask first and curl does not, allows the request")
			}
		}
		in.Recorded.reset()
	}
	if t.of != curlsOutput {
		for i, n := range in.Notes {
			in.Notes[i] = strings.Replace(n, "a preflight made by hand", "a preflight", 1)
		}
	}
	in.note("judged from the recorded exchange; --live makes the request again")
	return in, nil
}

// behind is the request for which a preflight by hand asked: the one that curl made next, or none.
func (t *transcript) behind(preflight *harEntry, method string) *harEntry {
	for _, x := range t.entries {
		if !x.isPreflight() && x != preflight && x.method == method && x.url == preflight.url {
			return x
		}
	}
	return &harEntry{method: method, url: preflight.url, unsent: true}
}

// bareProbe takes an OPTIONS request with Origin and without Access-Control-Request-Method for the preflight that it was meant to be.
func (t *transcript) bareProbe(in *Intake, e *harEntry) {
	if e.method != "OPTIONS" || !e.sent.Contains(httpspec.HeaderOrigin) || e.sent.Contains(httpspec.AccessControlRequestMethod) {
		return
	}
	e.sent = append(e.sent, fetch.Header{Name: httpspec.AccessControlRequestMethod, Value: "POST"})
	if !e.sent.Contains(httpspec.AccessControlRequestHeaders) {
		e.sent = append(e.sent, fetch.Header{Name: httpspec.AccessControlRequestHeaders, Value: "content-type"})
	}
	in.note("the OPTIONS request had no Access-Control-Request-Method, so that it was no preflight, and servers may answer it otherwise: " +
		"curl -v -X OPTIONS -H 'Origin: PAGE' -H 'Access-Control-Request-Method: POST' -H 'Access-Control-Request-Headers: content-type' asks as browsers do")
	in.assume(FlagMethod, "it was meant for a POST of JSON")
}

// page says which page asked, where curl sent no Origin.
func (t *transcript) page(in, asked *Intake) {
	if in.Page == "" && asked != nil && asked.Page != "" {
		in.Page = asked.Page
	}
	if in.Page != "" {
		in.know(FlagFrom)
		return
	}
	if t.of != curlsOutput {
		in.note("the copied headers do not say which page asked")
		return
	}
	in.note("curl sent no Origin, so that the server may have answered otherwise than it answers a page: --live asks as one, and so does curl -H 'Origin: PAGE'")
	if e := t.entries[0]; e.status > 0 && !e.got.Contains(httpspec.AccessControlAllowOrigin) {
		e.status = 0
		e.reason = fetch.NetworkError{Code: fetch.ReasonNotRecorded, Detail: "curl sent no Origin, and many servers speak of CORS to those alone who send one", Hint: liveTells}
	}
}

// withoutCurls leaves out what curl itself adds to every request.
func withoutCurls(sent fetch.HeaderList) fetch.HeaderList {
	var kept fetch.HeaderList
	for _, h := range sent {
		if !httpspec.EqualFold(h.Name, "Accept") || h.Value != "*/*" {
			kept = append(kept, h)
		}
	}
	return kept
}

func withoutNote(notes []string, prefix string) []string {
	var kept []string
	for _, n := range notes {
		if !strings.HasPrefix(n, prefix) {
			kept = append(kept, n)
		}
	}
	return kept
}
