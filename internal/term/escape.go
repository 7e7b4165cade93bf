package term

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Escape returns s with every character that a terminal obeys, hides or reorders
// text by written out: "\x1b" for a byte, "\u{202e}" for a character beyond ASCII.
// Bytes that are not UTF-8 are written out too. A backslash stays as it is, so
// that most text is unchanged; the result is for eyes, not for a parser.
//
// The answer of a server can hold any byte, and a diagnosing tool prints answers of
// servers that nobody trusts.
func Escape(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size <= 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		case isDangerous(r):
			fmt.Fprintf(&b, `\u{%x}`, r)
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

// EscapeCode is [Escape] for a line of code that is there to be copied: its tabs stay.
func EscapeCode(s string) string {
	parts := strings.Split(s, "\t")
	for i, part := range parts {
		parts[i] = Escape(part)
	}
	return strings.Join(parts, "\t")
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// isDangerous reports C1 controls, line and paragraph separators, marks that
// reorder text, and characters without a width that make two texts look alike.
func isDangerous(r rune) bool {
	switch {
	case r >= 0x80 && r <= 0x9f,
		r == 0xad, r == 0x61c, r == 0x180e, r == 0xfeff,
		r >= 0x200b && r <= 0x200f,
		r >= 0x2028 && r <= 0x202e,
		r >= 0x2060 && r <= 0x206f,
		r >= 0xfff9 && r <= 0xfffb,
		r >= 0xe0000 && r <= 0xe007f:
		return true
	}
	return false
}
