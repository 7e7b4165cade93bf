package term

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEscape(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"plain text":                       {"Access-Control-Allow-Origin: *", "Access-Control-Allow-Origin: *"},
		"letters beyond ASCII":             {"Bücher 書", "Bücher 書"},
		"a backslash is left":              {`C:\dir`, `C:\dir`},
		"an escape code":                   {"\x1b[31m", `\x1b[31m`},
		"line breaks and tabs":             {"a\r\n\tb", `a\x0d\x0a\x09b`},
		"delete":                           {"a\x7f", `a\x7f`},
		"C1 as a character":                {"\u009b31m", `\u{9b}31m`},
		"C1 as a byte":                     {"\x9b31m", `\x9b31m`},
		"right to left":                    {"a\u202eb", `a\u{202e}b`},
		"no width":                         {"a\u200bb", `a\u{200b}b`},
		"half a character":                 {"a\xc3", `a\xc3`},
		"the replacement character itself": {"\ufffd", "\ufffd"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Escape(c.in); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestEscapeCodeKeepsTabsAlone(t *testing.T) {
	if got, want := EscapeCode("\tif a {\t\x1b[2J\r"), "\tif a {\t"+`\x1b[2J\x0d`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzEscape(f *testing.F) {
	for _, s := range []string{"", "a", "\x1b[0m", "\u202e", "\xff\xfe", "書"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Escape(s)
		if !utf8.ValidString(got) {
			t.Errorf("%q is not UTF-8", got)
		}
		for _, r := range got {
			if r < 0x20 || r == 0x7f || isDangerous(r) {
				t.Errorf("%U is left in %q", r, got)
			}
		}
		if Escape(got) != got {
			t.Errorf("%q is not stable", got)
		}
	})
}

func TestWidth(t *testing.T) {
	for s, want := range map[string]int{
		"": 0, "abc": 3, "é": 1, "e\u0301": 1, "書く": 4, "\x1b[1;31mred\x1b[0m": 3, "\x1b[x": 3, "🙂": 2,
	} {
		if got := Width(s); got != want {
			t.Errorf("Width(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	for name, c := range map[string]struct {
		in    string
		width int
		want  string
	}{
		"short":                     {"a b", 10, "a b"},
		"no limit":                  {"a b c", 0, "a b c"},
		"at a space":                {"one two three", 7, "one two|three"},
		"a word too long":           {"a abcdefgh b", 4, "a|abcd|efgh|b"},
		"wide characters":           {"書書書 書", 6, "書書書|書"},
		"codes take no room":        {"\x1b[1mone\x1b[0m two", 7, "\x1b[1mone\x1b[0m two"},
		"nothing":                   {"", 5, ""},
		"a character wider than it": {"書", 1, "書"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(Wrap(c.in, c.width), "|"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("one two three", 5)
	f.Add("\x1b[1mone\x1b[0m 書書書書", 3)
	f.Fuzz(func(t *testing.T, s string, width int) {
		width = max(width%100, 2)
		s = Escape(s)
		lines := Wrap(s, width)
		for _, line := range lines {
			if Width(line) > width {
				t.Errorf("%q has %d columns, want at most %d", line, Width(line), width)
			}
		}
		letters := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got := letters(strings.Join(lines, "")); got != letters(s) {
			t.Errorf("got %q of %q", got, s)
		}
	})
}

func BenchmarkWrapOneLongWord(b *testing.B) {
	// What a server can send at most: the time must grow with the length, not with its square.
	s := strings.Repeat("x", 256<<10)
	for b.Loop() {
		Wrap(s, 60)
	}
}

func TestPadAndClip(t *testing.T) {
	if got := Pad("書", 4); got != "書  " {
		t.Errorf("Pad: %q", got)
	}
	if got := Pad("long", 2); got != "long" {
		t.Errorf("Pad: %q", got)
	}
	for s, want := range map[string]string{"short": "short", "a little too long": "a little ...", "書書書書書書書": "書書書書..."} {
		if got := Clip(s, 12); got != want {
			t.Errorf("Clip(%q) = %q, want %q", s, got, want)
		}
	}
	if got := Clip("abcd", 2); got != ".." {
		t.Errorf("Clip: %q", got)
	}
}

func TestUseColourRefusesOtherWords(t *testing.T) {
	_, err := UseColour("blue", true, func(string) (string, bool) { return "", false })
	if err == nil || !strings.Contains(err.Error(), `"blue"`) {
		t.Errorf("got %v", err)
	}
}
