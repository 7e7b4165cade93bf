package term

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Width returns the number of columns that s takes up in a terminal. Codes that
// [Style] writes take none.
func Width(s string) int {
	width := 0
	for i := 0; i < len(s); {
		if n := codeLen(s[i:]); n > 0 {
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		width += runeWidth(r)
		i += size
	}
	return width
}

// codeLen is the length of the code "ESC [ digits-and-semicolons m" that s begins
// with, or 0.
func codeLen(s string) int {
	if !strings.HasPrefix(s, "\x1b[") {
		return 0
	}
	for i := 2; i < len(s); i++ {
		switch c := s[i]; {
		case c == 'm':
			return i + 1
		case c != ';' && (c < '0' || c > '9'):
			return 0
		}
	}
	return 0
}

// runeWidth follows what terminals do: two columns for the wide scripts and
// pictures, none for marks that sit on the character before.
func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case r >= 0x1100 && r <= 0x115f,
		r >= 0x2e80 && r <= 0x303e,
		r >= 0x3041 && r <= 0xa4cf,
		r >= 0xac00 && r <= 0xd7a3,
		r >= 0xf900 && r <= 0xfaff,
		r >= 0xfe30 && r <= 0xfe6f,
		r >= 0xff00 && r <= 0xff60,
		r >= 0xffe0 && r <= 0xffe6,
		r >= 0x1f300 && r <= 0x1f64f,
		r >= 0x1f680 && r <= 0x1f6ff,
		r >= 0x1f900 && r <= 0x1f9ff,
		r >= 0x20000 && r <= 0x3fffd:
		return 2
	}
	return 1
}

// Pad returns s with spaces at its end until it is width columns wide.
func Pad(s string, width int) string {
	if missing := width - Width(s); missing > 0 {
		return s + strings.Repeat(" ", missing)
	}
	return s
}

// Wrap breaks s into lines of at most width columns, at spaces where there are
// any, and inside a word only where the word alone is too long. A width below 1
// means no limit. The result has at least one line.
func Wrap(s string, width int) []string {
	if width < 1 || Width(s) <= width {
		return []string{s}
	}
	var lines []string
	line, columns := "", 0
	for word := range strings.SplitSeq(s, " ") {
		w := Width(word)
		if line != "" && columns+1+w <= width {
			line, columns = line+" "+word, columns+1+w
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for w > width {
			cut, columns := cutAt(word, width)
			if cut == len(word) {
				break // one character that is wider than a line
			}
			lines = append(lines, word[:cut])
			word, w = word[cut:], w-columns
		}
		line, columns = word, w
	}
	return append(lines, line)
}

// cutAt returns the index of the first byte that does not fit into width columns, and
// the columns before it. The index is never 0.
func cutAt(s string, width int) (cut, columns int) {
	for i := 0; i < len(s); {
		n, w := codeLen(s[i:]), 0
		if n == 0 {
			var r rune
			r, n = utf8.DecodeRuneInString(s[i:])
			w = runeWidth(r)
		}
		if columns+w > width && i > 0 {
			return i, columns
		}
		columns += w
		i += n
	}
	return len(s), columns
}

// Clip returns s cut to width columns, with "..." at its end if anything was cut.
func Clip(s string, width int) string {
	if Width(s) <= width {
		return s
	}
	if width <= 3 {
		return strings.Repeat(".", max(width, 0))
	}
	cut, _ := cutAt(s, width-3)
	return s[:cut] + "..."
}
