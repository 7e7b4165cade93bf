package intake

import (
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/corscope/corscope/fetch"
)

// Browser is one whose console errors are recognised.
type Browser string

// The browsers. Others print the words of the one that they are built on.
const (
	Chromium Browser = "chromium"
	Firefox  Browser = "firefox"
	WebKit   Browser = "webkit"
	// EdgeHTML is Edge before 2020, and Internet Explorer 10 and 11.
	EdgeHTML Browser = "edgehtml"
)

func (b Browser) name() string {
	switch b {
	case Chromium:
		return "Chromium"
	case Firefox:
		return "Firefox"
	case WebKit:
		return "Safari"
	case EdgeHTML:
		return "Edge before 2020, or Internet Explorer"
	}
	return "a browser"
}

// Message is what a console error says.
type Message struct {
	// Browser that prints such words; empty where several do.
	Browser Browser
	// Reason is the browser's own name for the fault: the sentence behind the frame that all such messages have. Empty where only the
	// frame was there.
	Reason string
	// Code is the rule that the reason stands for, empty for a reason that could be several. Safari, for one, has the same words for
	// a missing Access-Control-Allow-Origin and for a wrong one.
	Code fetch.ReasonCode
	// Cause is a cause of package diagnose's catalogue, by its ID: what the words stand for where that is no rule of the engine, or what
	// is behind them most often where Code is empty. Empty where they name none.
	Cause string
	// Phase is set where the message says whether the preflight was at fault.
	Phase fetch.Phase
	// URL is the one that was refused, RedirectedFrom the one that the page asked for where it was another.
	URL, RedirectedFrom string
	// Origin is the page's, and Page its address where the message has that.
	Origin, Page string
	// Initiator as the browser names it: fetch, XMLHttpRequest, script, font...
	Initiator Initiator
	// Method, Header and Value are what was refused.
	Method, Header, Value string
	// Directive is that of the page's Content-Security-Policy which is about such a request, and Value then what the policy says, which may be
	// another directive in its place.
	Directive string
	// Status is the answer's; 0 where the message has none.
	Status int
	// Client is the library whose error it is, where it is no console's.
	Client string
	// Foreign says that the words are not English, so that Reason is not known.
	Foreign bool
	// Older says that browsers of today use other words.
	Older bool

	// opens: the line is the first of those that the browser prints for one fault.
	opens bool
	// follows: the line is one that the browser prints behind another one.
	follows bool
}

// consoleStart finds the first words of a console error.
var consoleStart = newPattern(`Access\s+to\s+[\w ]+\s+at\s+['‘]|blocked\s+by\s+CORS\s+policy|Cross-Origin\s+Request\s+(?:Blocked|Warning)|` +
	`is\s+not\s+allowed\s+by\s+Access-Control-|is\s+therefore\s+not\s+allowed\s+access|due\s+to\s+access\s+control\s+checks|` +
	`(?:XMLHttpRequest|Fetch\s+API|Beacon\s+API|EventSource)\s+cannot\s+load\s|Failed\s+to\s+load\s+(?:resource:|https?://)|net::ERR_|` +
	`Mixed\s+Content:\s+The\s+page|Blocked\s+loading\s+mixed\s+active|Preflight\s+response\s+is\s+not\s+successful|` +
	`denied\s+by\s+Cross-Origin\s+Resource\s+Sharing|blocked\s+from\s+loading\s+by\s+Cross-Origin|violates\s+the\s+(?:resource['’]s\s+Cross-Origin|following\s+Content\s+Security)|` +
	`was\s+blocked\s+due\s+to\s+its\s+Cross-Origin-Resource-Policy|Not\s+allowed\s+to\s+(?:load\s+local|follow\s+a\s+redirection)|Security\s+Error:\s+Content\s+at|` +
	`TypeError:\s+(?:Failed\s+to\s+fetch|Load\s+failed|NetworkError\s+when)|Cannot\s+use\s+wildcard\s+in\s+Access-Control|Credentials\s+flag\s+is|` +
	`Unsafe\s+attempt\s+to\s+load\s+URL|Not\s+allowed\s+to\s+(?:request\s+resource|use\s+restricted\s+network)|\[blocked\]\s+The\s+page\s+at|\bSEC71[12]\d:|establish\s+a\s+connection\s+to\s+the\s+server\s+at\s|was\s+interrupted\s+while\s+the\s+page\s+was\s+loading|Load\s+cannot\s+follow\s+more|Refused\s+to\s+(?:load|connect\s+to)\s+https?://|^\s*FTP\s+is\s+not\s+supported\.|No\s+['‘]Access-Control-Allow-Origin['’]\s+header\s+is\s+present|` +
	`\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\s+https?://\S+\s+[45]\d\d(?:\s+\(|\s*(?:\n|$))|Content[ -]Security[ -]Policy:\s|` + signStart)

// consoleAt is where the words of a console begin in a text, or -1.
func consoleAt(text string) int {
	if at := consoleStart.re().FindStringIndex(text); at != nil {
		return at[0]
	}
	return -1
}

// isError reports the error of a library or of another program. Its words may stand in code as well.
func isError(text string) bool { return clientAt(text) >= 0 || errorElsewhere(text) >= 0 }

var corsWords = newPattern(`(?i)\bCORS\b|Access-Control-|Cross[- ]Origin|Same[- ]Origin|\bNetwork ?Error\b|XMLHttpRequest`)

// aboutCORS reports a text in which CORS is spoken of, in whatever words.
func aboutCORS(text string) bool { return corsWords.re().MatchString(text) }

// readConsole reads a console error, with or without the lines around it.
func readConsole(text string, o Options) (*Intake, error) {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimLeft(plain(unmarked(lines[i])), "> ")
	}
	found := gather(lines)
	// Terminals and mails break lines, so that a message stands in several.
	if whole := strings.Join(lines, " "); len(whole) <= maxBroken {
		if whole := gather(sentences(whole)); weight(whole) > weight(found) {
			found = whole
		}
	}
	if !slices.ContainsFunc(found, func(m Message) bool { return m.asked() != "" }) {
		found = append(found, gatherForeign(text)...)
	}
	call := readCall(text)
	if len(found) == 0 && call == nil {
		return unknownWords(text)
	}
	for i := range found {
		found[i].suspect()
	}
	var known []Message
	for _, m := range found {
		if m.asked() != "" && !slices.ContainsFunc(known, func(k Message) bool { return k.asked() == m.asked() && k.Code == m.Code && k.Cause == m.Cause }) {
			known = append(known, m)
		}
	}
	if len(known) == 0 && call != nil && (call.url != "" || call.isAnswered()) && errorElsewhere(text) < 0 {
		return call.intake()
	}
	if len(known) == 0 {
		named := slices.ContainsFunc(found, func(m Message) bool { return m.isNamed() })
		if err := notBrowser(text); err != nil && (!named || errorElsewhere(text) >= 0) {
			return nil, err
		}
		if call != nil && !named {
			return call.intake()
		}
		return nil, withoutURL(found)
	}
	n, err := choose(len(known), o.Entry, "messages", func() []Entry { return entriesOf(known) })
	if err != nil {
		return nil, err
	}
	in := known[n].intake()
	if call != nil && samePath(call.url, in.Request.URL) {
		call.fill(in)
	}
	if len(known) > 1 {
		in.Entries, in.Entry = entriesOf(known), n+1
	}
	return in, nil
}

// samePath reports whether a and b are one URL, but for their queries.
func samePath(a, b string) bool {
	a, _, _ = strings.Cut(a, "?")
	b, _, _ = strings.Cut(b, "?")
	return a != "" && a == b
}

// choose picks one of n things by its number; 0 stands for the first.
func choose(n, entry int, what string, entries func() []Entry) (int, error) {
	if entry < 0 || entry > n {
		e := &Error{Code: ErrEntry, Message: "there is no entry " + strconv.Itoa(entry), Hint: "the input holds " + plural(n, strings.TrimSuffix(what, "s"), what), Entries: entries()}
		return 0, e
	}
	return max(entry-1, 0), nil
}

func entriesOf(messages []Message) []Entry {
	entries := make([]Entry, len(messages))
	for i, m := range messages {
		method := m.Method
		if method == "" {
			method = "GET"
		}
		entries[i] = Entry{Number: i + 1, Method: method, URL: m.asked(), Verdict: m.Reason}
	}
	return entries
}

// plain writes a text with single spaces and with the quotation marks that keyboards have.
func plain(s string) string {
	return strings.Join(strings.Fields(quotationMarks.Replace(s)), " ")
}

// markdownLink is what forums and mails make of a URL.
var markdownLink = newPattern(`\[([a-z][a-z0-9+.-]*://[^\[\]\s]+)\]\([^()\s]*\)`)

// entities are those that stand in the source of a page, such as a log that was saved as HTML.
var entities = newPattern(`&(?:#39|#x27|#34|quot|apos|lsquo|rsquo|#8216|#8217);`)

// logcat is what Android's log puts behind a line of a WebView's console.
var logcat = newPattern(`", source: \S* \(\d+\)\s*$`)

// unmarked takes the marks of Markdown, HTML and Android's log off a line.
func unmarked(line string) string {
	if entities.re().MatchString(line) {
		line = html.UnescapeString(line)
	}
	if strings.Contains(line, "](") {
		line = markdownLink.re().ReplaceAllString(line, "$1")
	}
	return logcat.re().ReplaceAllString(line, "")
}

var quotationMarks = strings.NewReplacer("‘", "'", "’", "'", "“", `"`, "”", `"`, "\u00a0", " ", "\u200b", "", "\u2028", " ", "\ufeff", "")

// sentenceStart is where one line of a console ends and another begins, in a text whose lines were joined.
var sentenceStart = newPattern(`Access to [\w ]{1,30} at '|Cross-Origin Request (?:Blocked|Warning): |Failed to load resource: (?:Origin |Preflight |Cross-origin |Method |Request header |Cancelled )?|` +
	`(?:XMLHttpRequest|Fetch API|Beacon API|EventSource) cannot load (?:\S+\. Origin )?|Cross-origin redirection to \S+ denied by .{0,40}policy: (?:Origin )?|Origin \S+ is not allowed by|` +
	`Mixed Content: |(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) https?://|TypeError: |Uncaught |\[Error\] `)

func sentences(text string) []string {
	var parts []string
	from := 0
	for _, at := range sentenceStart.re().FindAllStringIndex(text, 1000) {
		if at[0] > from {
			parts = append(parts, text[from:at[0]])
			from = at[0]
		}
	}
	return append(parts, text[from:])
}

// Bounds of the search for messages, which takes a while for each byte.
const (
	// maxMessages is how many messages are looked for in one input.
	maxMessages = 200
	// maxLine is the longest line that can be a message.
	maxLine = 16 << 10
	// maxSearched is how much of an input is searched, without the lines that cannot be messages.
	maxSearched = 256 << 10
	// maxBroken is the longest text that is searched for messages broken into lines.
	maxBroken = 32 << 10
)

// hints are such that each message has one of them.
var hints = []string{"Access", "Cross", "CORS", "cannot load", "Failed to load", "failed loading", "net::", "ixed", "reflight", "Credential", "Error", "The page at",
	"Load cannot", "Not allowed", "not allowed", "Unsafe", "Security", "Network", "resource", "SEC71", "connection to the server", "was interrupted", "T http", "D http", "H http", "E http", "S http", "XHR", "FTP",
	"ERR_", "anvas", "tainted", "cross-origin", "ookie", "llowed", "authentication", "Authentication", "corsheaders", "rigin", "cript error", "insecure"}

func mayBeMessage(line string) bool {
	return len(line) <= maxLine && slices.ContainsFunc(hints, func(h string) bool { return strings.Contains(line, h) })
}

// gather recognises each line and puts those together that a browser prints for one fault.
func gather(lines []string) []Message {
	var groups []Message
	searched := 0
	for _, line := range lines {
		if !mayBeMessage(line) {
			continue
		}
		if searched += len(line); searched > maxSearched {
			break
		}
		m, ok := recognise(line)
		if !ok {
			continue
		}
		if n := len(groups); n > 0 && groups[n-1].takes(m) {
			groups[n-1].add(m)
			continue
		}
		groups = append(groups, m)
		if len(groups) == maxMessages {
			break
		}
	}
	// Safari's two lines, copied from a console that shows the latest one first.
	if n := len(groups); n > 1 && groups[n-1].URL == "" && groups[n-1].Reason != "" && groups[n-2].URL != "" && groups[n-2].Reason == "" {
		groups[n-2].add(groups[n-1])
		groups = groups[:n-1]
	}
	return groups
}

// takes reports whether m is about the same fault.
func (g *Message) takes(m Message) bool {
	same := func(a, b string) bool { return a == "" || b == "" || a == b }
	if !same(g.URL, m.URL) && !same(g.RedirectedFrom, m.URL) || !same(g.Origin, m.Origin) || !same(string(g.Browser), string(m.Browser)) {
		return false
	}
	if m.opens && g.URL != "" {
		return false
	}
	return m.follows || g.follows || g.Code == m.Code && g.Reason == m.Reason || g.Reason == "" || m.Reason == ""
}

func (g *Message) add(m Message) {
	fill := func(to *string, from string) {
		if *to == "" {
			*to = from
		}
	}
	if g.Reason == "" || g.follows && !m.follows && m.Reason != "" {
		g.Reason, g.Code, g.Cause, g.Phase, g.Header, g.Value, g.Directive, g.Older = m.Reason, m.Code, m.Cause, m.Phase, m.Header, m.Value, m.Directive, m.Older
	}
	g.follows = g.follows && m.follows
	fill(&g.URL, m.URL)
	fill(&g.RedirectedFrom, m.RedirectedFrom)
	fill(&g.Origin, m.Origin)
	fill(&g.Page, m.Page)
	fill(&g.Method, m.Method)
	fill((*string)(&g.Initiator), string(m.Initiator))
	fill((*string)(&g.Browser), string(m.Browser))
	if g.Status == 0 {
		g.Status = m.Status
	}
}

// weight is how much is known, to tell the better of two readings.
func weight(messages []Message) int {
	w := 0
	for _, m := range messages {
		for _, known := range []bool{m.URL != "", m.Origin != "", m.Reason != "", m.Code != "", m.Reason != "" && m.URL != "", m.RedirectedFrom != ""} {
			if known {
				w++
			}
		}
	}
	return w
}

// asked is the URL that the page asked for.
func (m *Message) asked() string {
	if m.RedirectedFrom != "" {
		return m.RedirectedFrom
	}
	return m.URL
}

// What names the message in a few words for a person.
func (m *Message) What() string {
	s := "a console error"
	if m.Browser != "" {
		s += " of " + m.Browser.name()
	}
	if m.Older && m.Browser != EdgeHTML {
		s += ", in an older wording"
	}
	return s
}

var someURL = newPattern(`https?://[^\s'"‘’“”«»<>)（）、。，]+`)

// unknownWords is for text that speaks of CORS in no known words: another language than English, or a wording that is new.
func unknownWords(text string) (*Intake, error) {
	foreign := isForeign(text)
	urls := someURL.re().FindAllString(text, -1)
	if err := notBrowser(text); err != nil && (len(urls) == 0 || errorElsewhere(text) >= 0) {
		return nil, err
	}
	if len(urls) == 0 {
		if foreign {
			return nil, &Error{Code: ErrLanguage, Kind: KindConsole, Message: "the message is not in English, and no URL stands in it",
				Hint: "give the URL and --from: what is wrong shows when the request is made"}
		}
		e := &Error{Code: ErrNoURL, Kind: KindConsole, Message: "the message " + quote(firstLine(text)) + " has no URL in it",
			Hint: "paste the console's line that says what was blocked, or give the URL and --from"}
		if name := corsHeaderSet(text); name != "" {
			e.Said = &Message{Cause: causeOnRequest, Header: name}
		}
		return nil, e
	}
	m := Message{URL: strings.TrimRight(urls[0], ".,;:"), Foreign: foreign}
	if name := corsHeaderSet(text); name != "" {
		m.Cause, m.Header = causeOnRequest, name
	}
	in := m.intake()
	if namesTool(text) {
		in.note(places[len(places)-1].says)
	}
	if foreign {
		in.note("the message is not in English: its URL was taken, and its reason was not read")
	} else {
		in.note("the wording is not known: its URL was taken, and its reason was not read")
	}
	return in, nil
}

// isForeign: letters that English has not, or words of the languages that browsers speak without them. Words that are neither known
// nor foreign are just not known.
func isForeign(text string) bool {
	if isEnglish(text) {
		return false
	}
	text = someURL.re().ReplaceAllString(text, " ")
	if strings.ContainsFunc(text, func(r rune) bool { return r >= 0x80 && unicode.IsLetter(r) }) {
		return true
	}
	return foreignIn(text) >= 2
}

// foreignIn is how many of the foreign words stand in a text.
func foreignIn(text string) int {
	seen := make(map[string]bool)
	for _, w := range foreignWords.re().FindAllString(text, -1) {
		seen[strings.ToLower(w)] = true
	}
	return len(seen)
}

// foreignWords are words that are frequent in German, French, Spanish, Portuguese, Italian, Dutch, Indonesian and Polish, and rare in English.
var foreignWords = newPattern(`(?i)\b(?:der|das|und|wurde|von|nicht|durch|auf|le|la|les|des|par|pas|est|sur|el|los|del|por|una|que|da|foi|pela|pelo|di|della|dal|non|il|het|een|van|door|naar|yang|tidak|pada|oleh|dari|przez|nie|jest|zosta\w*|blockiert|bloqu\w*|blocc\w*|geblokkeerd|zablokowan\w*)\b`)

var englishWords = newPattern(`(?i)\b(?:the|has|been|was|not|is|from|blocked|request|resource|error|failed|allowed|cannot|policy)\b`)

// isEnglish looks for words that no English message is without.
func isEnglish(text string) bool {
	text = someURL.re().ReplaceAllString(text, " ")
	seen := make(map[string]bool)
	for _, w := range englishWords.re().FindAllString(text, -1) {
		seen[strings.ToLower(w)] = true
	}
	letters, foreign := 0, 0
	for _, r := range text {
		if r >= 0x80 && !strings.ContainsRune("‘’“”…–—", r) {
			foreign++
		}
		letters++
	}
	if words := len(strings.Fields(text)); foreign == 0 && words <= 4 {
		return len(seen) > 0
	}
	return len(seen) >= 3 && foreign*20 < letters || len(seen) >= 2 && foreign == 0
}
