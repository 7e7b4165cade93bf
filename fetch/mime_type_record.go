package fetch

import (
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

// mimeType is a MIME type record. The zero value is none.
//
// https://mimesniff.spec.whatwg.org/#mime-type
type mimeType struct {
	essence    string // in lower case
	parameters []mimeParameter
}

type mimeParameter struct {
	name, value string
}

// parseMIMEType reports false for failure.
//
// https://mimesniff.spec.whatwg.org/#parse-a-mime-type
func parseMIMEType(s string) (mimeType, bool) {
	s = httpspec.NormalizeHeaderValue(s)
	essence, ok := mimeEssence(s)
	if !ok {
		return mimeType{}, false
	}
	m := mimeType{essence: essence}
	_, rest, found := strings.Cut(s, ";")
	for found {
		var name, value string
		rest = strings.TrimLeft(rest, httpWhitespace)
		end := strings.IndexAny(rest, ";=")
		if end < 0 {
			break
		}
		name = httpspec.Lower(rest[:end])
		bare := rest[end] == ';'
		if rest = rest[end+1:]; bare {
			continue
		}
		if strings.HasPrefix(rest, `"`) {
			value, rest = quotedValue(rest)
			_, rest, found = strings.Cut(rest, ";")
		} else {
			value, rest, found = strings.Cut(rest, ";")
			if value = strings.TrimRight(value, httpWhitespace); value == "" {
				continue
			}
		}
		if httpspec.IsToken(name) && isQuotable(value) && !m.has(name) {
			m.parameters = append(m.parameters, mimeParameter{name, value})
		}
	}
	return m, true
}

const httpWhitespace = "\t\n\r "

// quotedValue collects an HTTP quoted string, of which s has the opening quote; the closing one may be missing.
//
// https://fetch.spec.whatwg.org/#collect-an-http-quoted-string
func quotedValue(s string) (value, rest string) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return b.String(), s[i+1:]
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), ""
}

// isQuotable reports whether s holds HTTP quoted-string token code points alone. s is bytes or ASCII.
func isQuotable(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 && c != '\t' || c == 0x7F {
			return false
		}
	}
	return true
}

func (m mimeType) has(name string) bool {
	for _, p := range m.parameters {
		if p.name == name {
			return true
		}
	}
	return false
}

// String is the serialization.
//
// https://mimesniff.spec.whatwg.org/#serialize-a-mime-type
func (m mimeType) String() string {
	var b strings.Builder
	b.WriteString(m.essence)
	for _, p := range m.parameters {
		b.WriteString(";" + p.name + "=")
		if httpspec.IsToken(p.value) {
			b.WriteString(p.value)
			continue
		}
		b.WriteByte('"')
		for i := range len(p.value) {
			if c := p.value[i]; c == '"' || c == '\\' {
				b.WriteByte('\\')
			}
			b.WriteByte(p.value[i])
		}
		b.WriteByte('"')
	}
	return b.String()
}
