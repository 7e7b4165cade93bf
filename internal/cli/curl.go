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
// Secrets that are masked in the trace are masked here too.
func curlCommand(t *fetch.Trace) string {
	words := []string{"curl", "-i"}
	q := t.Request
	body, hasBody := requestBody(t)
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
		words = append(words, "--data-binary", shellWord(body))
	}
	return strings.Join(words, " ")
}

// requestBody returns the body of the first request that had one; a long one is left
// to the reader.
func requestBody(t *fetch.Trace) (string, bool) {
	if t.Request.BodySize == 0 {
		return "", false
	}
	for _, x := range t.Exchanges {
		if len(x.RequestBody) > 0 && len(x.RequestBody) <= maxCurlBody && int64(len(x.RequestBody)) == x.RequestBodySize {
			return string(x.RequestBody), true
		}
	}
	return "@BODY", true
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
