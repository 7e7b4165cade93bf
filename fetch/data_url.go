package fetch

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

// processDataURL is the data: URL processor. failure is empty, or a clause that says what is wrong.
//
// https://fetch.spec.whatwg.org/#data-url-processor
func processDataURL(u *URL) (m mimeType, body []byte, failure string) {
	typ, encoded, found := strings.Cut(strings.TrimPrefix(u.StringWithoutFragment(), "data:"), ",")
	if !found {
		return m, nil, "there is no comma in it"
	}
	typ = strings.Trim(typ, " \t\n\f\r")
	body = []byte(percentDecode(encoded))
	if before, ok := cutBase64(typ); ok {
		if body, ok = forgivingBase64(body); !ok {
			return m, nil, "it says base64, and what follows is not"
		}
		typ = before
	}
	if strings.HasPrefix(typ, ";") {
		typ = "text/plain" + typ
	}
	m, ok := parseMIMEType(typ)
	if !ok {
		m, _ = parseMIMEType("text/plain;charset=US-ASCII")
	}
	return m, body, ""
}

// maxDataURLShown is how much of a data: URL a person is shown, behind its comma and in all.
const (
	maxDataURLShown = 16
	maxURLShown     = 200
)

// BriefURL returns a URL as a person wants to read it: of a long data: URL its beginning and how long it is, as in
// "data:image/png;base64,iVBORw0KGgoAAAAN... (75 kB)", and every other URL as it is. Reasons and steps hold data: URLs like this.
func BriefURL(url string) string {
	if len(url) <= maxURLShown || !strings.HasPrefix(url, "data:") {
		return url
	}
	end := min(strings.IndexByte(url, ',')+1+maxDataURLShown, maxURLShown)
	return strings.ToValidUTF8(url[:end], "") + "... (" + briefSize(len(url)) + ")"
}

func briefSize(n int) string {
	switch {
	case n >= 10_000_000:
		return strconv.Itoa((n+500_000)/1_000_000) + " MB"
	case n >= 10_000:
		return strconv.Itoa((n+500)/1000) + " kB"
	}
	return strconv.Itoa(n) + " bytes"
}

// cutBase64 takes ";base64" off the end, spaces between the two included.
func cutBase64(s string) (string, bool) {
	const word = "base64"
	if len(s) < len(word) || !httpspec.EqualFold(s[len(s)-len(word):], word) {
		return s, false
	}
	return strings.CutSuffix(strings.TrimRight(s[:len(s)-len(word)], " "), ";")
}

// forgivingBase64 changes data.
//
// https://infra.spec.whatwg.org/#forgiving-base64-decode
func forgivingBase64(data []byte) ([]byte, bool) {
	kept := data[:0]
	for _, c := range data {
		switch c {
		case ' ', '\t', '\n', '\f', '\r':
		default:
			kept = append(kept, c)
		}
	}
	if len(kept)%4 == 0 {
		for range 2 {
			if n := len(kept); n > 0 && kept[n-1] == '=' {
				kept = kept[:n-1]
			}
		}
	}
	n, err := base64.RawStdEncoding.Decode(kept, kept)
	if err != nil {
		return nil, false
	}
	return kept[:n], true
}
