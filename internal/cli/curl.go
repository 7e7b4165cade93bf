package cli

import (
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/internal/term"
)

// maxCurlBody is how many bytes of a body are worth repeating in a command.
const maxCurlBody = 200

// curlCommand returns the request as a command line for a POSIX shell, safe to print.
// Secrets that are masked in the trace are masked here too. body is the request's, as
// far as it is known.
func curlCommand(t *fetch.Trace, body []byte) string {
	words := []string{"curl", "-i"}
	q := t.Request
	hasBody := q.BodySize != 0
	switch {
	case q.Method == "HEAD":
		words[1] = "-I"
	case q.Method == "GET" && !hasBody, q.Method == "POST" && hasBody:
	default:
		words = append(words, "-X", shellWord(q.Method))
	}
	words = append(words, shellWord(q.URL))
	for _, h := range q.Headers {
		if h.Value == "" {
			// "Name:" would make curl leave the header out.
			words = append(words, "-H", shellWord(h.Name+";"))
			continue
		}
		words = append(words, "-H", shellWord(h.Name+": "+h.Value))
	}
	for _, x := range t.Exchanges {
		if cookie, ok := x.RequestHeaders.Get("Cookie"); ok {
			words = append(words, "-b", shellWord(cookie))
			break
		}
	}
	if hasBody {
		words = append(words, "--data-binary", bodyWord(body, q.BodySize))
	}
	return strings.Join(words, " ")
}

// bodyWord leaves a long body to the reader, and one that a shell would change.
func bodyWord(body []byte, size int64) string {
	if text := string(body); int64(len(body)) == size && len(body) <= maxCurlBody && term.Escape(text) == text && !strings.HasPrefix(text, "@") {
		return shellWord(text)
	}
	return "@BODY"
}

// shellWord quotes s for a shell where that is needed. Control characters are shown
// as escapes, so that such a word is for reading and not for running.
func shellWord(s string) string {
	s = term.Escape(s)
	if s != "" && strings.IndexFunc(s, needsQuotes) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func needsQuotes(r rune) bool {
	return !(r < 0x80 && (httpspec.IsTokenByte(byte(r)) || strings.ContainsRune("/:@,=", r))) || strings.ContainsRune("!#$&'*^`|~", r)
}
