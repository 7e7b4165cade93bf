package intake

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	utf16 "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/corscope/corscope/internal/jsrun"
)

// Options say how to read an input. The zero value is fine.
type Options struct {
	// Page is the page's address where it is known from elsewhere. Relative URLs in a snippet start from it.
	Page string
	// Entry is the number of the request to take where there are several, counted from 1. 0: the one that is most likely meant.
	Entry int
}

// MaxText is how large an input of text may be. A HAR may be larger.
const MaxText = 4 << 20

// sniffed is how much of an input is looked at to tell a HAR from text.
const sniffed = 4 << 10

// Read reads an input to its end and says what it is. The error is an *[Error] for input that cannot be used, and ctx's own when
// that has ended.
func Read(ctx context.Context, r io.Reader, o Options) (*Intake, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	if mark, _ := b.Peek(2); string(mark) == "\xff\xfe" || string(mark) == "\xfe\xff" {
		// Windows writes files so.
		decoder := utf16.UTF16(utf16.LittleEndian, utf16.UseBOM).NewDecoder()
		b = bufio.NewReaderSize(transform.NewReader(b, decoder), 64<<10)
	}
	// A shorter input ends with an error that reading on will repeat.
	start, _ := b.Peek(sniffed)
	if looksLikeJSON(start) && !isClientJSON(start) {
		return readHAR(ctx, b, o)
	}
	raw, err := io.ReadAll(io.LimitReader(b, MaxText+1))
	if err != nil {
		return nil, &Error{Code: ErrUnreadable, Message: "the input cannot be read", Hint: err.Error()}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if len(raw) > MaxText && isBinary(string(raw[:64<<10])) {
		return nil, notText(start)
	}
	if len(raw) > MaxText {
		return nil, &Error{Code: ErrTooLarge, Message: "the input is larger than 4 MiB", Hint: "only a HAR may be, and this is none: it begins with " + quote(string(start[:min(len(start), 20)]))}
	}
	return ReadText(ctx, raw, o)
}

// ReadText is [Read] for an input that is at hand.
func ReadText(ctx context.Context, raw []byte, o Options) (*Intake, error) {
	text := strings.TrimSpace(jsrun.DecodeSource(raw))
	if looksLikeJSON([]byte(text)) && !isClientJSON([]byte(text[:min(len(text), sniffed)])) {
		return readHAR(ctx, strings.NewReader(text), o)
	}
	if text == "" {
		return nil, &Error{Code: ErrEmpty, Message: "the input is empty", Hint: "give the line of the console, the fetch() call, the cURL command, the HAR or the URL"}
	}
	if isBinary(text) {
		return nil, notText(raw)
	}
	text, cutOff := withStatus(withoutRemarks(text))
	kind := kindOf(text)
	if kind == KindURL || kind == KindCURL || kind == KindTranscript {
		if _, err := choose(1, o.Entry, "requests", func() []Entry { return nil }); err != nil {
			return nil, err
		}
	}
	switch kind {
	case KindURL:
		return readURL(text), nil
	case KindCURL:
		return readCURL(text)
	case KindTranscript:
		if cutOff {
			return readPartial(ctx, text)
		}
		return readTranscript(ctx, text)
	case KindConsole:
		in, err := readConsole(text, o)
		if err == nil && isCopied(text) {
			return withHeadersBeside(ctx, in, text), nil
		}
		return in, err
	case KindSnippet:
		in, err := readSnippet(ctx, text, o)
		return withErrorBeside(in, err, text, o)
	}
	if isBareAnswer(text) {
		return nil, bareAnswer(text)
	}
	return nil, notUnderstood(text)
}

func notText(start []byte) error {
	for magic, packer := range map[string]string{"\x1f\x8b": "gzip", "PK\x03\x04": "zip", "\x28\xb5\x2f\xfd": "zstd"} {
		if bytes.HasPrefix(start, []byte(magic)) {
			return &Error{Code: ErrBinary, Message: "the input is packed by " + packer, Hint: "unpack it first"}
		}
	}
	return &Error{Code: ErrBinary, Message: "the input is no text", Hint: "give a console error, JavaScript, a cURL command, a HAR or a URL"}
}

func readURL(text string) *Intake {
	in := &Intake{Kind: KindURL, What: "a URL"}
	in.Request.URL = text
	return in
}

// looksLikeJSON looks behind a byte order mark and white space.
func looksLikeJSON(start []byte) bool {
	start = bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xef\xbb\xbf")), " \t\r\n")
	return len(start) > 0 && start[0] == '{' && startOfObject.re().Match(start)
}

// isClientJSON reports the start of a library's or a server's error that was written as JSON.
func isClientJSON(start []byte) bool {
	return !startOfHAR.re().Match(start) && (clientAt(string(start)) >= 0 || signAt(string(start)))
}

var startOfHAR = newPattern(`^\s*\{\s*"log"`)

// startOfObject tells JSON from a block of JavaScript.
var startOfObject = newPattern(`^\{\s*("|\}|$)`)

// isBinary: text has no zero bytes, and few others that nobody types.
func isBinary(text string) bool {
	if strings.ContainsRune(text, 0) {
		return true
	}
	odd, n := 0, 0
	for _, r := range text[:min(len(text), 64<<10)] {
		n++
		if r == utf8.RuneError || r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != 0x1b {
			odd++
		}
	}
	return odd*10 > n
}

var (
	// An input of one word, which a shell or a browser's address bar would take for a URL.
	oneWord    = newPattern(`^\S+$`)
	absolute   = newPattern(`^(?:[A-Za-z][A-Za-z0-9+.-]*://|(?:data|blob):\S*$)`)
	codeBytes  = newPattern("[(){};'\"`<>]")
	prompt     = newPattern(`^(?:[$#%>]|PS [^>\n]*>|[A-Za-z]:\\[^>\n]*>)\s*`)
	curlWord   = newPattern(`^(?:["']?(?:[^\s"']*[/\\])?curl(?:\.exe)?["']?)(?:\s|$)`)
	powerShell = newPattern(`(?i)\b(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm)\s+-|^\$session\s*=\s*New-Object`)
	markup     = newPattern(`(?i)^(?:<!doctype|<\?xml|<html|<head|<body|<svg|<!--|<[a-z][a-z0-9]*[\s>])`)
	// A call that makes a request.
	requestCall = newPattern(`\b(?:fetch|import|axios(?:\s*\.\s*\w+)?|jQuery\s*\.\s*\w+|sendBeacon|new\s+XMLHttpRequest|new\s+Request|new\s+FontFace|new\s+EventSource|new\s+Image|new\s+Audio|document\s*\.\s*createElement|\$?http\s*\.\s*\w+)\s*(?:<[^>()]*>)?\s*\(` +
		`|\bnew\s+XMLHttpRequest\b|\bnew\s+Image\b|\baxios\s*\(|(?:^|[^\w$])\$\s*\.\s*(?:ajax|get|post|getJSON)\s*\(`)
)

// kindOf tells the kind of a text that is neither empty nor binary; empty for one that is none.
func kindOf(text string) Kind {
	if isTranscript(text) {
		return KindTranscript
	}
	command := prompt.re().ReplaceAllString(text, "")
	if curlWord.re().MatchString(command) {
		return KindCURL
	}
	single := oneWord.re().MatchString(text)
	if absolute.re().MatchString(text) && !strings.Contains(text, "\n") && consoleAt(text) < 0 && (single || !namesTool(text) && !isError(text)) {
		return KindURL
	}
	if isBareAnswer(text) {
		return ""
	}
	code, console := -1, consoleAt(text)
	before := text // only a call before the message counts
	if console >= 0 {
		before = text[:console]
	}
	for _, at := range requestCall.re().FindAllStringIndex(before, maxCallsSeen) {
		if !inStack(text, at[0]) {
			code = at[0]
			break
		}
	}
	switch {
	case code >= 0:
		return KindSnippet
	case console >= 0, isError(text):
		return KindConsole
	case markup.re().MatchString(text) || powerShell.re().MatchString(text) || isJSON(text):
		return ""
	case single && !codeBytes.re().MatchString(text):
		return KindURL
	case aboutCORS(text):
		return KindConsole
	case looksLikeCode.re().MatchString(text):
		return KindSnippet
	}
	return ""
}

// maxCallsSeen bounds how many calls are looked at for one that is no line of a stack.
const maxCallsSeen = 100

// stackLine is how a line of a stack begins, in Chromium and Node.
var stackLine = newPattern(`^\s*at\s(?:async\s)?`)

// inStack reports whether what is at that place of a text stands in a line of a stack.
func inStack(text string, at int) bool {
	line := strings.LastIndexByte(text[:at], '\n') + 1
	return stackLine.re().MatchString(text[line : at+1])
}

// isJSON reports an object or an array.
func isJSON(text string) bool {
	return (strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{")) && json.Valid([]byte(text))
}

// looksLikeCode is JavaScript in which no request stands in plain sight.
var looksLikeCode = newPattern(`(?m)=>|\bfunction\b|^\s*(?:const|let|var|await|import|async)\s|;\s*$|\)\s*\(`)

// notUnderstood says what an input that is none of the kinds looks like.
func notUnderstood(text string) error {
	e := &Error{Code: ErrUnknown, Message: "the input " + quote(firstLine(text)) + " is no console error, JavaScript, cURL command, HAR or URL",
		Hint: "paste the console's line that says what was blocked, or give the URL and --from"}
	switch {
	case markup.re().MatchString(text):
		e.Message, e.Hint = "the input is HTML, and not what a page asks for", "paste the console error, a fetch() call, a cURL command or a HAR"
	case isJSON(text):
		e.Message, e.Hint = "the input is JSON and no HAR", `in the browser's network tab take "Save all as HAR"`
	case powerShell.re().MatchString(text):
		e.Message, e.Hint = "the input is a PowerShell command", `in the browser's network tab take "Copy as fetch" or "Copy as cURL" instead`
	default:
		if err := notBrowser(text); err != nil {
			return err
		}
	}
	return e
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimRightFunc(line, unicode.IsSpace)
}

// IsText reports whether an argument of a command line is more than a URL, so that it has to be read by [ReadText].
func IsText(argument string) bool { return kindOf(strings.TrimSpace(argument)) != KindURL }

// IsError reports whether an argument of a command line has the words of a console's error, or of another program's.
func IsError(argument string) bool {
	if len(argument) > maxLine {
		return false // no name of anything is so long, and what is long is read anyway
	}
	_, ok := recognise(plain(argument))
	return ok || consoleAt(argument) >= 0 || isError(argument)
}
