package intake

import (
	"bytes"
	"context"
	"crypto/rand"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/internal/jsrun"
)

// Bounds of a snippet. It makes requests of nobody, so that it has nothing to wait for.
const (
	snippetTime     = 3 * time.Second
	snippetMemory   = 128 << 20
	snippetOutput   = 4 << 20
	snippetRequests = 50
	snippetBody     = 16 << 20
	// snippetTries is how often a snippet is run anew to fill in a name that is not in it.
	snippetTries = 12
)

// nowhere is the page of a snippet that does not say where it runs. It is not https, so that nothing is mixed content.
const nowhere = "http://page.invalid/"

//go:embed stubs/*.js
var stubFiles embed.FS

// readSnippet runs JavaScript on a page whose network writes down what it is asked for, and sends nothing.
func readSnippet(ctx context.Context, source string, o Options) (*Intake, error) {
	s := &snippet{source: withoutModules(withoutTags(source)), page: o.Page}
	if s.page == "" {
		s.page = nowhere
	}
	if err := s.runUntilAsked(ctx); err != nil {
		return nil, err
	}
	// The snippet itself can say which page it was copied from, and relative URLs start from there.
	if page := s.saysPage(); page != "" && o.Page == "" {
		s.page = page
		if err := s.runUntilAsked(ctx); err != nil {
			return nil, err
		}
	}
	entries := func() []Entry {
		list := make([]Entry, len(s.asked))
		for i, a := range s.asked {
			list[i] = Entry{Number: i + 1, Method: a.trace.Request.Method, URL: a.trace.Request.URL}
		}
		return list
	}
	n, err := choose(len(s.asked), o.Entry, "requests", entries)
	if err != nil {
		return nil, err
	}
	in, err := s.intake(s.asked[n])
	if err == nil && len(s.asked) > 1 {
		in.Entries, in.Entry = entries(), n+1
	}
	return in, err
}

// snippet is one in the making.
type snippet struct {
	source string
	page   string
	// missing are the names that the snippet uses and does not have, written those whose text it used.
	missing, written []string
	// called are functions of the snippet that were called because it calls none.
	called string
	// wrapped is set where the snippet is the body of a function, alone where only its first call that makes a request is run, because
	// the whole is a part of a class, or TypeScript.
	wrapped, alone bool

	asked []asked
}

// asked is one request of the snippet: what it gave to fetch or XMLHttpRequest, and what that became.
type asked struct {
	told  toldRequest
	trace *fetch.Trace
	body  []byte
	// stream: the body is a stream.
	stream bool
}

// toldRequest is what the stubs tell of a call before it is made.
type toldRequest struct {
	By       string      `json:"by"`
	URL      string      `json:"url"`
	Raw      string      `json:"raw"`
	Method   string      `json:"method"`
	Referrer string      `json:"referrer"`
	Headers  [][2]string `json:"headers"`
}

// runUntilAsked runs the snippet, again and again while something that can be helped keeps it from its request.
func (s *snippet) runUntilAsked(ctx context.Context) error {
	for range snippetTries {
		output, err := s.run(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if len(s.asked) > 0 {
			return nil
		}
		if !s.help(output, err) {
			return s.failure(err, output)
		}
	}
	return s.failure(nil, "")
}

var returnLine = newPattern(`(?m)^\s*return\b`)

var notDefined = newPattern(`ReferenceError: '?([\p{L}_$][\p{L}\p{N}_$]*)'? is not defined`)

// help finds what keeps a snippet from its request, and changes it. It reports false when there is nothing.
func (s *snippet) help(output string, err error) bool {
	said := output
	if err != nil {
		said += "\n" + err.Error()
	}
	var syntax *jsrun.SyntaxError
	var limit *jsrun.LimitError
	var timeout *jsrun.TimeoutError
	if m := notDefined.re().FindStringSubmatch(said); m != nil && !slices.Contains(s.missing, m[1]) {
		s.missing = append(s.missing, m[1])
		return true
	}
	switch {
	case errors.As(err, &syntax) && !s.wrapped && returnLine.re().MatchString(s.source):
		s.wrapped = true
		return true
	case errors.As(err, &syntax) && !s.alone:
		call := firstCall(s.source)
		if call == "" {
			return false
		}
		s.source, s.alone, s.wrapped = call, true, false
		return true
	case errors.As(err, &syntax), errors.As(err, &limit), errors.As(err, &timeout):
		return false
	}
	if names := definedFunctions.re().FindAllStringSubmatch(s.source, 20); names != nil && s.called == "" {
		last := names[len(names)-1]
		s.called = last[1] + last[2]
		return true
	}
	return false
}

// definedFunctions are those that a snippet defines at its top level.
var definedFunctions = newPattern(`(?m)^(?:async\s+)?function\s+(\w+)\s*\(|^(?:const|let|var)\s+(\w+)\s*=\s*(?:async\s*)?(?:function\b|\([^()]*\)\s*=>|\w+\s*=>)`)

// run runs the snippet once. What the console printed comes back, without what was meant for s.
func (s *snippet) run(ctx context.Context) (output string, err error) {
	s.asked, s.written = nil, nil
	network := &recorder{}
	// fetch() takes every option that a browser's does.
	everyOption := fetch.Profile{LocalNetwork: fetch.LocalNetworkPolicy{TargetAddressSpace: true}}
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: network, Profile: everyOption, NoHTTPCache: true})
	if err != nil {
		return "", err
	}
	page, err := agent.NewPage(fetch.PageConfig{URL: s.page})
	if err != nil {
		return "", &Error{Code: ErrValue, Kind: KindSnippet, Value: s.page, Message: "the page " + quote(s.page) + " is none", Hint: "give it with --from"}
	}
	mark := "\x01" + rand.Text() + " "
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var console bytes.Buffer
	var traces []*fetch.Trace
	source, first := s.script(mark)
	err = jsrun.Run(ctx, jsrun.Config{
		Page: page, Stdout: &console, Stderr: &console,
		Limits: jsrun.Limits{Time: snippetTime, Memory: snippetMemory, Output: snippetOutput, Requests: snippetRequests},
		OnTrace: func(t *fetch.Trace) {
			if traces = append(traces, t); len(traces) >= snippetRequests {
				stop()
			}
		},
	}, source, "snippet")
	output = s.read(console.String(), mark, traces, network)
	var syntax *jsrun.SyntaxError
	if errors.As(err, &syntax) {
		syntax.Line -= first
	}
	if errors.Is(err, context.Canceled) && len(s.asked) > 0 {
		err = nil
	}
	return output, err
}

// script puts the stubs before the snippet. first is how many lines they have.
func (s *snippet) script(mark string) (source string, first int) {
	var b strings.Builder
	names, _ := json.Marshal(append([]string{}, s.missing...)) // strings can always be marshalled
	marked, _ := json.Marshal(mark)
	fmt.Fprintf(&b, "((MARK, MISSING) => {\n")
	for _, name := range []string{"recorder", "axios", "jquery"} {
		// The files are part of the binary.
		text, err := stubFiles.ReadFile("stubs/" + name + ".js")
		if err != nil {
			panic(err)
		}
		b.Write(text)
	}
	fmt.Fprintf(&b, "globalThis.__placeholder = placeholder;\n})(%s, %s);\n", marked, names)
	if s.wrapped {
		b.WriteString("(async () => {\n")
	}
	first = strings.Count(b.String(), "\n")
	b.WriteString(s.source)
	if s.wrapped {
		b.WriteString("\n})();")
	}
	if s.called != "" {
		fmt.Fprintf(&b, "\n;await %s(...['a', 'b', 'c'].map((n) => __placeholder(n)));", s.called)
	}
	return b.String(), first
}

// read takes what the stubs told out of the console's output, and joins it with the traces.
func (s *snippet) read(console, mark string, traces []*fetch.Trace, network *recorder) (output string) {
	var rest strings.Builder
	for line := range strings.Lines(console) {
		told, isOurs := strings.CutPrefix(line, mark)
		if !isOurs {
			rest.WriteString(line)
			continue
		}
		var t struct {
			Request     *toldRequest `json:"request"`
			Placeholder string       `json:"placeholder"`
		}
		if json.Unmarshal([]byte(told), &t) != nil {
			continue
		}
		if t.Placeholder != "" && !slices.Contains(s.written, t.Placeholder) {
			s.written = append(s.written, t.Placeholder)
		}
		if t.Request == nil {
			continue
		}
		for i, trace := range traces {
			if trace != nil && trace.Request.URL == t.Request.URL && trace.Request.Method == httpspec.NormalizeMethod(t.Request.Method) {
				a := asked{told: *t.Request, trace: trace}
				a.body, a.stream = network.body(trace)
				s.asked = append(s.asked, a)
				traces[i] = nil
				break
			}
		}
	}
	for i, trace := range traces {
		if trace == nil {
			continue
		}
		if e := elementOf(&trace.Request); e != nil && e.destination != destinationScript {
			s.asked, traces[i] = append(s.asked, asked{told: toldRequest{By: string(e.by), URL: trace.Request.URL, Raw: trace.Request.URL, Method: trace.Request.Method}, trace: trace}), nil
		}
	}
	if len(s.asked) > 0 {
		return rest.String() // what it imports only helps it to ask
	}
	for _, trace := range traces {
		if q := &trace.Request; q.Destination == destinationScript {
			by := byImport
			if e := elementOf(q); e != nil {
				by = string(e.by)
			}
			s.asked = append(s.asked, asked{told: toldRequest{By: by, URL: q.URL, Raw: q.URL, Method: q.Method}, trace: trace})
		}
	}
	return rest.String()
}

// byImport is what a request for a module is told by, and destinationScript what its trace says.
const (
	byImport          = "import"
	destinationScript = "script"
)

// saysPage is the page that the first request names as its own.
func (s *snippet) saysPage() string {
	for _, a := range s.asked {
		candidates := []string{a.told.Referrer}
		for _, h := range a.told.Headers {
			if name := httpspec.Lower(h[0]); name == "referer" || name == "origin" {
				candidates = append(candidates, h[1])
			}
		}
		for _, c := range candidates {
			if u, err := fetch.ParseHTTPURL(c); err == nil && !u.HasCredentials() {
				return c
			}
		}
	}
	return ""
}

// intake makes the page's request of what the snippet asked.
func (s *snippet) intake(a asked) (*Intake, error) {
	q := a.trace.Request
	for _, name := range s.written {
		if strings.HasPrefix(a.told.Raw, name) {
			e := &Error{Code: ErrScript, Kind: KindSnippet, Value: asWritten(name), Message: "the URL begins with " + asWritten(name) + ", which is not in the snippet",
				Hint: "say what it is in front: const " + name + " = 'https://...';"}
			if strings.Contains(name, ".") {
				e.Hint = "write its value in its place"
			}
			return nil, e
		}
	}
	in := &Intake{Kind: KindSnippet, What: "JavaScript that calls " + a.told.By, Initiator: Initiator(a.told.By)}
	in.Request = fetch.Request{
		URL: q.URL, Method: q.Method, Mode: q.Mode, Credentials: q.Credentials, Redirect: q.Redirect, Cache: q.Cache, ReferrerPolicy: q.ReferrerPolicy,
		Integrity: q.Integrity, TargetAddressSpace: q.TargetAddressSpace, Keepalive: q.Keepalive, UploadListener: q.UploadListener,
	}
	if e := elementOf(&q); e != nil {
		in.What = "JavaScript that " + e.what
		in.Request.Destination, in.Request.InitiatorType = q.Destination, q.InitiatorType
	}
	if a.told.By == byImport {
		in.What, in.Initiator, in.Import, in.Request = "JavaScript that imports a module", "", true, fetch.Request{URL: q.URL}
	}
	in.know(FlagMethod, FlagMode, FlagCredentials, FlagRedirect, FlagHeader)
	if a.body != nil {
		in.Body, in.Stream = a.body, a.stream
		in.know(FlagData)
	}
	if in.Stream {
		in.note("the body is a stream: Chromium sends it, over HTTP/2 alone. Firefox sends the text [object ReadableStream] in its place, and Safari makes no request, but throws a NotSupportedError")
	}
	told := make(fetch.HeaderList, 0, len(a.told.Headers))
	for _, h := range a.told.Headers {
		told = append(told, fetch.Header{Name: h[0], Value: h[1]})
	}
	headers := q.Headers
	if isCopy(told) {
		in.What = "a request that a browser copied as fetch"
		// Forbidden headers never came as far as the request.
		for _, name := range []string{"Origin", "Referer", "Cookie", "Sec-Fetch-Mode"} {
			if v, ok := told.Get(name); ok && !headers.Contains(name) {
				headers = append(headers, fetch.Header{Name: name, Value: v})
			}
		}
		if told.Contains("Cookie") {
			delete(in.Known, FlagCredentials)
			in.Request.Credentials = ""
		}
		headers = append(headers, fetch.Header{Name: "Sec-Fetch-Dest", Value: "empty"})
		in.takeSent(headers)
	} else {
		in.Request.Headers = headers
		in.Page, _ = told.Get("Origin")
	}
	if s.page != nowhere {
		in.Page = s.page
		in.know(FlagFrom)
	} else if strings.HasPrefix(q.URL, nowhere) {
		in.Request.URL = strings.TrimPrefix(q.URL, strings.TrimSuffix(nowhere, "/"))
	}
	in.Notes = slices.DeleteFunc(in.Notes, func(n string) bool { return strings.HasPrefix(n, "neither Origin") })
	for _, name := range s.written {
		in.assume("", asWritten(name)+" is not in the snippet, and its name stands for it")
	}
	if s.alone {
		in.note("the snippet cannot be parsed as a whole: its first call that makes a request was read alone, without what it takes from the rest")
	}
	if s.called != "" {
		in.note("the snippet calls no function that makes a request: " + s.called + "() was called")
	}
	return in, nil
}

// failure says why the snippet made no request.
func (s *snippet) failure(err error, output string) error {
	var syntax *jsrun.SyntaxError
	var timeout *jsrun.TimeoutError
	var limit *jsrun.LimitError
	var thrown *jsrun.ScriptError
	var own *Error
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &syntax):
		e := &Error{Code: ErrSyntax, Kind: KindSnippet, Line: max(syntax.Line, 0), Message: "the snippet cannot be parsed: " + syntax.Message}
		if syntax.Line > 0 {
			e.Message = fmt.Sprintf("the snippet cannot be parsed, line %d: %s", syntax.Line, syntax.Message)
		}
		e.Hint = "is it complete?"
		return e
	case errors.As(err, &timeout):
		return &Error{Code: ErrLimit, Kind: KindSnippet, Message: fmt.Sprintf("the snippet runs longer than %s, and was stopped", snippetTime), Hint: "give the call alone"}
	case errors.As(err, &limit):
		return &Error{Code: ErrLimit, Kind: KindSnippet, Message: limit.Error(), Hint: "give the call alone"}
	case errors.As(err, &thrown):
		return &Error{Code: ErrScript, Kind: KindSnippet, Message: "the snippet failed before it made a request: " + firstLine(thrown.Text), Hint: "give the call alone, with the values that it uses"}
	case err != nil:
		return err
	}
	e := &Error{Code: ErrNoRequest, Kind: KindSnippet, Message: "the snippet makes no request", Hint: "give the fetch() call itself"}
	if line := firstLine(strings.TrimSpace(output)); line != "" {
		e.Message += ", and prints " + quote(line)
	}
	return e
}

var (
	importLine = newPattern(`(?m)^[ \t]*import\s(?:[^;'"()]*?\sfrom\s*)?['"][^'"\n]*['"][ \t]*;?`)
	exportWord = newPattern(`(?m)^[ \t]*export\s+(?:default\s+)?`)
)

// withoutModules makes a script of a module: what it imports is not there anyway.
func withoutModules(source string) string {
	source = importLine.re().ReplaceAllStringFunc(source, func(s string) string { return strings.Repeat("\n", strings.Count(s, "\n")) })
	source = exportWord.re().ReplaceAllString(source, "")
	return strings.ReplaceAll(source, "import.meta", importMeta)
}

// scriptTags are those around a script that was copied out of a page.
var scriptTags = newPattern(`(?i)^\s*<script\b[^>]*>|</script\s*>\s*$`)

func withoutTags(source string) string { return scriptTags.re().ReplaceAllString(source, "") }

// firstCall is the first call of a snippet that makes a request, up to the bracket that closes it; empty where there is none.
func firstCall(source string) string {
	for _, at := range requestCall.re().FindAllStringIndex(source, 100) {
		open := at[1] - 1
		if source[open] != '(' {
			continue
		}
		end := closingBracket(source, open)
		if end < 0 {
			continue
		}
		name := strings.TrimLeft(source[at[0]:open], " \t\r\n.;,(){}=&|!?:")
		if generic := strings.IndexByte(name, '<'); generic >= 0 {
			name = name[:generic]
		}
		if strings.HasPrefix(name, "new ") {
			continue
		}
		return thisWord.re().ReplaceAllString(name+source[open:end], thisObject)
	}
	return ""
}

// closingBracket is the index behind the bracket that closes the one at open, or -1. Strings, templates and comments are passed over.
func closingBracket(source string, open int) int {
	depth := 0
	for i := open; i < len(source); i++ {
		switch c := source[i]; c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"', '\'', '`':
			for i++; i < len(source) && source[i] != c; i++ {
				if source[i] == '\\' {
					i++
				}
			}
		case '/':
			end := -1
			if strings.HasPrefix(source[i:], "//") {
				end = strings.IndexByte(source[i:], '\n')
			} else if strings.HasPrefix(source[i:], "/*") {
				end = strings.Index(source[i:], "*/")
			}
			if end > 0 {
				i += end
			}
		}
	}
	return -1
}

// importMeta stands for import.meta, which a script may not say.
const importMeta = "importMeta"

// thisObject stands for this, where the object is not there.
const thisObject = "thisObject"

var thisWord = newPattern(`\bthis\b`)

// asWritten is a name as it stands in the snippet.
func asWritten(name string) string {
	if rest, ok := strings.CutPrefix(name, thisObject); ok {
		return "this" + rest
	}
	if rest, ok := strings.CutPrefix(name, importMeta); ok {
		return "import.meta" + rest
	}
	return name
}

// recorder is a network that sends nothing. It answers as a server does that allows everything, so that the snippet goes on, and
// keeps the bodies.
type recorder struct {
	mu     sync.Mutex
	bodies []recorded
}

type recorded struct {
	method, url string
	body        []byte
}

// Exchange implements [fetch.Transport].
func (n *recorder) Exchange(_ context.Context, m *fetch.Message) (*fetch.Answer, error) {
	if m.Method == "OPTIONS" && m.Headers.Contains(httpspec.AccessControlRequestMethod) {
		return allowing(m), nil
	}
	origin, _ := m.Headers.Get(httpspec.HeaderOrigin)
	if origin == "" {
		origin = httpspec.Wildcard
	}
	a := &fetch.Answer{Status: 200, StatusText: "OK", Proto: "HTTP/1.1", Body: io.NopCloser(strings.NewReader("{}")), Headers: fetch.HeaderList{
		{Name: httpspec.AccessControlAllowOrigin, Value: origin}, {Name: httpspec.AccessControlAllowCredentials, Value: "true"},
		{Name: "Content-Type", Value: "application/json"},
	}}
	if m.Body == nil {
		return a, nil
	}
	b, err := io.ReadAll(io.LimitReader(m.Body.Reader(), snippetBody))
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.bodies = append(n.bodies, recorded{m.Method, m.URL.StringWithoutFragment(), b})
	return a, nil
}

// body finds the body of a request, nil for none, and says whether it is a stream. Only a stream must have been sent.
func (n *recorder) body(t *fetch.Trace) (body []byte, stream bool) {
	asked := t.RequestBody()
	if asked == nil {
		return nil, false
	}
	if asked.Len() >= 0 {
		body = make([]byte, min(asked.Len(), snippetBody))
		io.ReadFull(asked.Reader(), body) // of bytes there is no error
		return body, false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	u, _, _ := strings.Cut(t.Request.URL, "#")
	for i, r := range n.bodies {
		if r.method == t.Request.Method && r.url == u {
			n.bodies = slices.Delete(n.bodies, i, i+1)
			return r.body, true
		}
	}
	return []byte{}, true
}
