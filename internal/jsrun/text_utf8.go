package jsrun

import (
	"strings"
	"unicode/utf8"
)

// decodeUTF8 returns b as a string in which each ill-formed sequence is one U+FFFD, counted as the standard does: the longest
// start of a well-formed sequence is one, where Go counts each byte of it. The second result says that there was none.
//
// https://encoding.spec.whatwg.org/#utf-8-decoder
func decodeUTF8(b []byte) (text string, valid bool) {
	if utf8.Valid(b) {
		return string(b), true
	}
	var out strings.Builder
	out.Grow(len(b) + 16)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			n = len(illFormedPrefix(b))
		}
		out.WriteRune(r)
		b = b[n:]
	}
	return out.String(), false
}

// decodeOwnUTF8 is decodeUTF8 for bytes that nobody will change: they become the string where that can be.
func decodeOwnUTF8(b []byte) (text string, valid bool) {
	if utf8.Valid(b) {
		return textOf(b), true
	}
	return decodeUTF8(b)
}

// illFormedPrefix is what one U+FFFD stands for at the start of b, where no well-formed sequence begins.
func illFormedPrefix(b []byte) []byte {
	need, lower, upper := 0, byte(0x80), byte(0xbf)
	switch c := b[0]; {
	case c >= 0xc2 && c <= 0xdf:
		need = 1
	case c >= 0xe0 && c <= 0xef:
		need = 2
		switch c {
		case 0xe0:
			lower = 0xa0
		case 0xed:
			upper = 0x9f
		}
	case c >= 0xf0 && c <= 0xf4:
		need = 3
		switch c {
		case 0xf0:
			lower = 0x90
		case 0xf4:
			upper = 0x8f
		}
	}
	n := 1
	for ; n <= need && n < len(b) && b[n] >= lower && b[n] <= upper; n++ {
		lower, upper = 0x80, 0xbf
	}
	return b[:n]
}

// incompleteUTF8 is how many bytes at the end of b begin a sequence that more bytes may complete.
func incompleteUTF8(b []byte) int {
	for back := 1; back <= 3 && back <= len(b); back++ {
		c := b[len(b)-back]
		if utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-back:]) {
				return back
			}
			return 0
		}
	}
	return 0
}
