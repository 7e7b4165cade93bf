package intake

import (
	"context"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// What people keep of curl's output is not always all of it: notes of their own stand between, the status line is cut off, as behind
// `| grep -i access-control`, or the command is.

var (
	// answerHeader finds a header that answers have and commands do not, at the start of a line.
	answerHeader = newPattern(`(?mi)^(?:access-control-allow-(?:origin|methods|headers|credentials)|content-type|content-length|server|vary|date|cache-control|set-cookie|x-powered-by):[ \t]*\S?.*$`)
	// requestHeader finds one that answers do not have.
	requestHeader = newPattern(`(?mi)^\s*(?:host|origin|user-agent|referer|cookie|accept|accept-language|sec-[\w-]+):`)
	anyHeader     = newPattern(`^[!#$%&'*+.^\w|~-]{1,100}:(?:[ \t].*)?$`)
)

// withoutRemarks leaves out the lines behind a # that stand between a command and what it printed. A # is the prompt of root as well.
func withoutRemarks(text string) string {
	if !strings.Contains(text, "#") {
		return text
	}
	var kept strings.Builder
	printed := false
	for text := text; text != ""; {
		line, rest, _ := strings.Cut(text, "\n")
		bare := strings.TrimSpace(line)
		remark, marked := strings.CutPrefix(bare, "#")
		switch {
		case isCommand(strings.TrimSpace(remark)):
			// What is quoted in a command is its own, whatever its lines begin with.
			printed = true
			end := commandEnd(text)
			line, rest = text[:end], strings.TrimPrefix(text[end:], "\n")
		case marked:
			text = rest
			continue
		default:
			printed = printed || statusLine.re().MatchString(bare) || gotLine.re().MatchString(bare)
		}
		kept.WriteString(line + "\n")
		text = rest
	}
	if !printed {
		return text
	}
	return strings.TrimSpace(kept.String())
}

// commandEnd is where the line ends that a text begins with, as shells have it: neither a quoted line break ends it nor one behind a backslash, or
// behind the ^ of Windows. It is the end of the text if a quote is never closed.
func commandEnd(text string) int {
	quote, escapes := byte(0), true
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && escapes, c == '^' && quote == 0:
			if i++; strings.HasPrefix(text[min(i, len(text)):], "\r\n") {
				i++
			}
		case quote != 0 && c == quote:
			quote, escapes = 0, true
		case quote == 0 && (c == '\'' || c == '"'):
			quote, escapes = c, c == '"' || i > 0 && text[i-1] == '$'
		case quote == 0 && c == '\n':
			return i
		}
	}
	return len(text)
}

// withStatus gives the headers behind a command a status line, where they have none, and reports it.
func withStatus(text string) (string, bool) {
	if !isCommand(text) || anAnswer.re().MatchString(text) || anExchange.re().MatchString(text) || someFailure.re().MatchString(text) {
		return text, false
	}
	end := commandEnd(text)
	at := answerHeader.re().FindStringIndex(text[end:])
	if at == nil {
		return text, false
	}
	end += at[0]
	return text[:end] + "HTTP/1.1 200 OK\n" + text[end:], true
}

// isBareAnswer reports the headers of an answer, with their status line or without, and nothing else.
func isBareAnswer(text string) bool {
	if !answerHeader.re().MatchString(text) || requestHeader.re().MatchString(text) || isCommand(text) {
		return false
	}
	headers := 0
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "< "))
		switch {
		case line == "":
			return headers > 0
		case headers == 0 && statusLine.re().MatchString(line):
		case anyHeader.re().MatchString(line):
			headers++
		default:
			return false
		}
	}
	return headers > 0
}

// bareAnswer is the error for it: what was asked, and by whom, stands nowhere. What the headers allow is said all the same.
func bareAnswer(text string) error {
	var headers fetch.HeaderList
	for line := range strings.Lines(text) {
		headers = appendLine(headers, strings.TrimPrefix(strings.TrimSpace(line), "< "))
	}
	allowed := headers.Values(httpspec.AccessControlAllowOrigin)
	message := "these are the headers of an answer, and they do not say which URL was asked"
	switch {
	case len(allowed) == 0:
		message += "; without Access-Control-Allow-Origin they allow no page of another origin"
	case len(allowed) > 1:
		message += "; they have two Access-Control-Allow-Origin, which no browser takes"
	case allowed[0] == httpspec.Wildcard:
		message += "; they allow every page, as long as it sends no credentials"
	case allowed[0] == "null":
		message += "; they allow pages with the origin null, such as a file or a sandboxed frame, and no other"
	default:
		message += "; they allow a page of " + quote(allowed[0]) + " and no other"
	}
	return &Error{Code: ErrNoRequest, Kind: KindTranscript, Message: message, Hint: "paste them behind the command that printed them, or use curl -v, which prints the request too"}
}

// readPartial is readTranscript for a text that withStatus has completed.
func readPartial(ctx context.Context, text string) (*Intake, error) {
	in, err := readTranscript(ctx, text)
	if err != nil {
		return nil, err
	}
	in.assume("", "the answer's status is 200, and it has no other headers than these, because what was pasted has no status line")
	return in, nil
}
