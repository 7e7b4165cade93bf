package fetch

import (
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

// mimeEssence returns the essence of value parsed as a MIME type, in lower case; false for failure. Parameters cannot make
// parsing fail, so they are not looked at.
//
// https://mimesniff.spec.whatwg.org/#parse-a-mime-type
func mimeEssence(value string) (string, bool) {
	value = httpspec.NormalizeHeaderValue(value)
	typ, rest, found := strings.Cut(value, "/")
	if !found || !httpspec.IsToken(typ) {
		return "", false
	}
	subtype, _, _ := strings.Cut(rest, ";")
	subtype = strings.TrimRight(subtype, "\t\n\r ")
	if !httpspec.IsToken(subtype) {
		return "", false
	}
	return httpspec.Lower(value[:len(typ)+1+len(subtype)]), true
}
