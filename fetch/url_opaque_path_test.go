package fetch

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestURLsWithOpaquePaths(t *testing.T) {
	for _, c := range []struct{ name, input, href, path, query, fragment string }{
		{"as it is", "data:text/plain;base64,AAAA", "data:text/plain;base64,AAAA", "text/plain;base64,AAAA", "", ""},
		{"the scheme in lower case, the rest as it was", "DATA:Text/X,Y", "data:Text/X,Y", "Text/X,Y", "", ""},
		{"spaces and controls around it are cut off", "\x00 data:,x \x1f\n", "data:,x", ",x", "", ""},
		{"tabs and newlines are dropped wherever they stand", "d\nata\t:,\r\na\tb?c\nd#e\rf", "data:,ab?cd#ef", ",ab", "cd", "ef"},
		{"spaces in the path stay", "data:,a b  c", "data:,a b  c", ",a b  c", "", ""},
		{"one before a query or fragment would be lost without it", "data:,a  ?b", "data:,a %20?b", ",a %20", "b", ""},
		{"also with a tab between", "data:,a \t#b", "data:,a%20#b", ",a%20", "", "b"},
		{"spaces elsewhere are encoded", "data:,a?b c#d e", "data:,a?b%20c#d%20e", ",a", "b%20c", "d%20e"},
		{"controls and what is not ASCII are encoded", "data:,\x01\x7f\u00e9\U0001f600", "data:,%01%7F%C3%A9%F0%9F%98%80", ",%01%7F%C3%A9%F0%9F%98%80", "", ""},
		{"bytes that are not UTF-8 are the replacement character", "data:,\xff", "data:,%EF%BF%BD", ",%EF%BF%BD", "", ""},
		{"each component has its own set", "data:,\"<>`'^{}?\"<>`'#\"<>`'#", "data:,\"<>`'^{}?%22%3C%3E`'#%22%3C%3E%60'#", ",\"<>`'^{}", "%22%3C%3E`'", "%22%3C%3E%60'#"},
		{"percent signs stay", "data:,%zz%", "data:,%zz%", ",%zz%", "", ""},
		{"an empty one", "data:", "data:", "", "", ""},
		{"one of blanks alone", "data:  #", "data: %20#", " %20", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, err := parseOpaquePath(c.input)
			if err != nil || u == nil {
				t.Fatalf("%v, %v", u, err)
			}
			query, _ := u.Query()
			fragment, _ := u.Fragment()
			if u.String() != c.href || u.Path() != c.path || query != c.query || fragment != c.fragment || !u.HasOpaquePath() || !u.Origin().IsOpaque() {
				t.Errorf("%q: path %q, query %q, fragment %q", u, u.Path(), query, fragment)
			}
			if base := mustURL(t, "https://a.example/b?c#d"); true {
				if v, err := base.Parse(c.input); err != nil || *unidentified(v) != *unidentified(u) {
					t.Errorf("against a base it is %v, %v", v, err)
				}
			}
		})
	}
	for name, input := range map[string]string{
		"a path of segments": "data:/x", "a host": "data:\t//h/x", "a special scheme": "HT\ntp:x", "no scheme": "x/data:y", "a scheme that begins with a digit": "1:x",
		"a letter that is not ASCII in the scheme": "d\u00e4ta:x", "nothing": "",
	} {
		t.Run(name+" is left to the library", func(t *testing.T) {
			if u, err := parseOpaquePath(input); u != nil || err != nil {
				t.Errorf("%v, %v", u, err)
			}
		})
	}
}

// Texts made of what the standard treats apart come up far more often here than in what a fuzzer invents.
func TestOpaquePathsEqualTheStandardsParser(t *testing.T) {
	pieces := []string{"data:", "DaTa:", "x:", "blob:", "about:", "http:", "a1+-.:", "da\tta:", ":", "a", "B9", " ", "  ", "\t", "\n", "\r", "\x00", "\x1f", "\x7f", "\u00e9", "\u2028",
		"\U0001f600", "\xff", "\xed\xa0\x80", "\"", "<>", "`", "'", "^{}|", "%", "%20", "#", "?", "/", "//", "\\", "@", "[", ",", ";base64"}
	random := rand.New(rand.NewPCG(7, 9))
	taken := 0
	for range 20000 {
		var b strings.Builder
		if random.IntN(4) > 0 {
			b.WriteString(pieces[random.IntN(8)])
		}
		for range random.IntN(12) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		s := b.String()
		got, err := parseOpaquePath(s)
		want, wantErr := parseURLSlow(s, nil)
		switch {
		case err != nil:
			t.Fatalf("%q: %v", s, err)
		case got == nil:
			if want != nil && want.opaquePath {
				t.Fatalf("%q has an opaque path, %+v, and was left", s, *want)
			}
		case wantErr != nil:
			t.Fatalf("%q is %q, and the library says %v", s, got, wantErr)
		case *unidentified(got) != *unidentified(want):
			t.Fatalf("%q:\ngot  %+v\nwant %+v", s, *got, *want)
		default:
			taken++
		}
	}
	if taken < 5000 {
		t.Errorf("only %d of the texts had an opaque path", taken)
	}
}

// BenchmarkDataURL is what a data: URL costs: of the library, of parseOpaquePath, and of a fetch with all of its body.
func BenchmarkDataURL(b *testing.B) {
	// The library takes no longer one.
	short := "data:text/plain;base64," + strings.Repeat("QUJD", 8000)
	long := "data:text/plain;base64," + strings.Repeat("QUJD", 50000)
	page := newScriptedPage(b, "https://app.example.com/", nil)
	for _, c := range []struct {
		name, url string
		f         func(string) error
	}{
		{"parse/32kB/library", short, func(s string) error { _, err := parseURLSlow(s, nil); return err }},
		{"parse/32kB", short, func(s string) error { _, err := ParseURL(s); return err }},
		{"parse/200kB", long, func(s string) error { _, err := ParseURL(s); return err }},
		{"fetch/200kB", long, func(s string) error {
			response, err := page.Fetch(b.Context(), Request{URL: s})
			if err != nil {
				return err
			}
			return response.Close()
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.url)))
			b.ReportAllocs()
			for b.Loop() {
				if err := c.f(c.url); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
