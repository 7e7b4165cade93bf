package fetch

import (
	"strings"
	"unicode/utf8"
)

// MaxDataURLLength bounds a data: URL, as written and as serialised, in bytes. The standard has no bound. Chromium 156 and Firefox 153 ESR
// took 128 MiB on 2026-11-22; ours is half of the body that an answer may have.
const MaxDataURLLength = 32 << 20

// The bytes that a component of a URL with an opaque path holds unchanged, and the space, which its path keeps.
const (
	opaquePathByte = 1 << iota
	opaqueQueryByte
	opaqueFragmentByte
)

// opaqueBytes is derived from the standard's C0 control, query and fragment percent-encode sets.
//
// https://url.spec.whatwg.org/#percent-encoded-bytes
var opaqueBytes = func() (t [256]uint8) {
	for c := ' '; c <= '~'; c++ {
		t[c] = opaquePathByte
		if !strings.ContainsRune(" \"#<>", c) {
			t[c] |= opaqueQueryByte
		}
		if !strings.ContainsRune(" \"<>`", c) {
			t[c] |= opaqueFragmentByte
		}
	}
	return t
}()

// parseOpaquePath parses a URL whose path is opaque, as that of data:, blob: and about: URLs is, whatever stands in it. It returns neither
// URL nor error for all others. The library takes a hundred times as long; a fuzz target holds this against it.
//
// https://url.spec.whatwg.org/#cannot-be-a-base-url-path-state
func parseOpaquePath(input string) (*URL, error) {
	s := strings.TrimFunc(input, func(r rune) bool { return r <= ' ' })
	scheme, rest, ok := cutScheme(s)
	if !ok || isSpecialScheme(scheme) {
		return nil, nil
	}
	limit := MaxURLLength
	if scheme == "data" {
		limit = MaxDataURLLength
	}
	if len(input) > limit {
		if strings.HasPrefix(withoutTabsAndNewlines(rest[:min(len(rest), MaxURLLength)]), "/") {
			return nil, nil
		}
		return nil, tooLong(input, limit)
	}
	rest = withoutTabsAndNewlines(rest)
	if strings.HasPrefix(rest, "/") {
		return nil, nil // a host, or a path of segments
	}
	u := &URL{opaquePath: true}
	b := opaqueBuilder{from: s, limit: limit}
	b.add(scheme)
	at := uint32(len(scheme) + 1)
	u.schemeEnd = at - 1
	u.usernameStart, u.usernameEnd, u.passwordStart, u.passwordEnd = at, at, at, at
	u.hostStart, u.hostEnd, u.portEnd, u.pathStart = at, at, at, at
	b.add(":")

	rest, fragment, hasFragment := strings.Cut(rest, "#")
	path, query, hasQuery := strings.Cut(rest, "?")
	if ends := hasFragment || hasQuery; ends && strings.HasSuffix(path, " ") {
		// It would be lost if what follows were taken away.
		b.encode(path[:len(path)-1], opaquePathByte)
		b.add("%20")
	} else {
		b.encode(path, opaquePathByte)
	}
	u.pathEnd = b.len()
	if u.hasQuery = hasQuery; hasQuery {
		b.add("?")
		b.encode(query, opaqueQueryByte)
	}
	u.queryEnd = b.len()
	if u.hasFragment = hasFragment; hasFragment {
		b.add("#")
		b.encode(fragment, opaqueFragmentByte)
	}
	if b.full {
		return nil, tooLong(input, limit)
	}
	u.href = b.String()
	// It fails for hosts alone.
	_ = u.computeOrigin()
	return u, nil
}

// cutScheme returns the scheme in lower case and what follows its colon. Tabs and newlines in it are dropped.
//
// https://url.spec.whatwg.org/#scheme-state
func cutScheme(s string) (scheme, rest string, ok bool) {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '\t' || c == '\n' || c == '\r':
		case i > 0 && (isDigit(c) || c == '+' || c == '-' || c == '.'):
		case i > 0 && c == ':':
			scheme = withoutTabsAndNewlines(s[:i])
			return strings.ToLower(scheme), s[i+1:], scheme != "" && !isDigit(scheme[0]) && strings.IndexByte("+-.", scheme[0]) < 0
		default:
			return "", "", false
		}
	}
	return "", "", false
}

func withoutTabsAndNewlines(s string) string {
	for _, c := range "\t\n\r" {
		if strings.IndexByte(s, byte(c)) >= 0 {
			s = strings.ReplaceAll(s, string(c), "")
		}
	}
	return s
}

// opaqueBuilder joins a URL. As long as what it is given is what the text began with, it keeps to that text.
type opaqueBuilder struct {
	from  string
	same  int    // how much of from is the URL so far; -1 once it is not
	b     []byte // the URL then
	limit int
	full  bool
}

func (b *opaqueBuilder) len() uint32 {
	if b.same >= 0 {
		return uint32(b.same)
	}
	return uint32(len(b.b))
}

func (b *opaqueBuilder) String() string {
	if b.same >= 0 {
		return b.from[:b.same]
	}
	return string(b.b)
}

func (b *opaqueBuilder) add(s string) {
	if b.same >= 0 {
		if strings.HasPrefix(b.from[b.same:], s) {
			b.same += len(s)
			return
		}
		b.b = append(make([]byte, 0, len(b.from)+len(b.from)/8+16), b.from[:b.same]...)
		b.same = -1
	}
	if b.full = b.full || len(b.b)+len(s) > b.limit; !b.full {
		b.b = append(b.b, s...)
	}
}

// encode adds a component, in which the bytes that are not of the set, and all that is not ASCII, are percent-encoded as UTF-8.
//
// https://url.spec.whatwg.org/#string-percent-encode-after-encoding
func (b *opaqueBuilder) encode(s string, set uint8) {
	const hex = "0123456789ABCDEF"
	for len(s) > 0 && !b.full {
		n := 0
		for n < len(s) && opaqueBytes[s[n]]&set != 0 {
			n++
		}
		b.add(s[:n])
		if s = s[n:]; s == "" {
			return
		}
		r, width := utf8.DecodeRuneInString(s)
		s = s[width:]
		for _, c := range utf8.AppendRune(make([]byte, 0, utf8.UTFMax), r) {
			b.add(string([]byte{'%', hex[c>>4], hex[c&15]}))
		}
	}
}
