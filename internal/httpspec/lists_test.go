package httpspec_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/corscope/corscope/internal/httpspec"
)

// TestExposeHeadersVectorsOfWebPlatformTests reads each vector's header block
// and asks whether bb-8 is among the exposed headers.
func TestExposeHeadersVectorsOfWebPlatformTests(t *testing.T) {
	data, err := os.ReadFile("../../testdata/wpt/access-control-expose-headers.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Input   string
		Exposed bool
	}
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) != 15 {
		t.Fatalf("%d vectors, want 15", len(vectors))
	}
	for _, v := range vectors {
		t.Run(v.Input, func(t *testing.T) {
			var lines []string
			for field := range strings.SplitSeq(v.Input, "\r\n") {
				_, value, _ := strings.Cut(field, ":")
				lines = append(lines, httpspec.NormalizeHeaderValue(value))
			}
			names, err := httpspec.ParseTokenList(lines)
			exposed := err == nil && slices.ContainsFunc(names, func(n string) bool {
				return httpspec.EqualFold(n, "BB-8")
			})
			if exposed != v.Exposed {
				t.Errorf("exposed = %v (members %q, error %v), want %v", exposed, names, err, v.Exposed)
			}
		})
	}
}

func TestParseTokenList(t *testing.T) {
	type bad = httpspec.ListError
	for _, tt := range []struct {
		name string
		in   []string
		want []string
		err  *bad
	}{
		{"no lines have no members", nil, nil, nil},
		{"an empty line has no members", []string{""}, nil, nil},
		{"commas and spaces alone have no members", []string{", ,\t,"}, nil, nil},
		{"members keep their case and order", []string{"B, a,C"}, []string{"B", "a", "C"}, nil},
		{"members of all lines are joined", []string{"a", "", "b,"}, []string{"a", "b"}, nil},
		{"a wildcard is a token", []string{"*"}, []string{"*"}, nil},
		{"a space inside fails at the member", []string{"a,  b c ,d"}, nil, &bad{Code: httpspec.ListBadMember, Pos: 4, Value: "b c"}},
		{"one bad line fails the good ones", []string{"a", "b", "@"}, nil, &bad{Code: httpspec.ListBadMember, Line: 2, Value: "@"}},
		{"a quoted string is not a token", []string{`"a,b"`}, nil, &bad{Code: httpspec.ListBadMember, Value: `"a`}},
		{"form feed is not whitespace", []string{"a\f"}, nil, &bad{Code: httpspec.ListBadMember, Value: "a\f"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := httpspec.ParseTokenList(tt.in)
			if !slices.Equal(got, tt.want) || (got == nil) != (tt.want == nil) {
				t.Errorf("members %q, want %q", got, tt.want)
			}
			if (err == nil) != (tt.err == nil) || err != nil && *err != *tt.err {
				t.Errorf("error %+v, want %+v", err, tt.err)
			}
		})
	}
}

func TestParseDeltaSeconds(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   []string
		want int64
		code httpspec.ListCode
	}{
		{"digits are seconds", []string{"600"}, 600, ""},
		{"zero is a number", []string{"0"}, 0, ""},
		{"leading zeros are digits", []string{"007"}, 7, ""},
		{"whitespace around is not part of the value", []string{" 5\t"}, 5, ""},
		{"the largest int64 fits", []string{"9223372036854775807"}, math.MaxInt64, ""},
		{"one more saturates", []string{"9223372036854775808"}, math.MaxInt64, ""},
		{"a thousand nines saturate", []string{strings.Repeat("9", 1000)}, math.MaxInt64, ""},
		{"a bad byte after saturation still fails", []string{strings.Repeat("9", 30) + "x"}, 0, httpspec.ListNotSeconds},
		{"an absent header is an error", nil, 0, httpspec.ListMissing},
		{"an empty value is not a number", []string{""}, 0, httpspec.ListNotSeconds},
		{"a minus sign is not a digit", []string{"-1"}, 0, httpspec.ListNotSeconds},
		{"a plus sign is not a digit", []string{"+1"}, 0, httpspec.ListNotSeconds},
		{"a fraction is not an integer", []string{"1.5"}, 0, httpspec.ListNotSeconds},
		{"a digit beyond ASCII is not a digit", []string{"５"}, 0, httpspec.ListNotSeconds},
		{"two members are not one", []string{"5, 6"}, 0, httpspec.ListNotSeconds},
		{"two lines are an error even if they agree", []string{"5", "5"}, 0, httpspec.ListRepeated},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n, err := httpspec.ParseDeltaSeconds(tt.in)
			var code httpspec.ListCode
			if err != nil {
				code = err.Code
				n = 0
			}
			if n != tt.want || code != tt.code {
				t.Errorf("ParseDeltaSeconds(%q) = %d, %q; want %d, %q", tt.in, n, code, tt.want, tt.code)
			}
		})
	}
}

// TestGetDecodeSplit holds the examples of the standard and a few of our own.
func TestGetDecodeSplit(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   []string
		want []string
	}{
		{"an absent header is nil", nil, nil},
		{"an empty header has one empty member", []string{""}, []string{""}},
		{"a trailing comma makes an empty member", []string{"nosniff,"}, []string{"nosniff", ""}},
		{"an empty line makes an empty member", []string{"nosniff", ""}, []string{"nosniff", ""}},
		{"an open quote swallows the rest", []string{`text/html;", x/x`}, []string{`text/html;", x/x`}},
		{"an open quote swallows the next line", []string{`text/html;"`, "x/x"}, []string{`text/html;", x/x`}},
		{"a closed quote splits after it", []string{`x/x;test="hi"`, "y/y"}, []string{`x/x;test="hi"`, "y/y"}},
		{"spaces inside stay", []string{"x / x,,,1"}, []string{"x / x", "", "", "1"}},
		{"lines with commas only add empty members", []string{"x / x", ",", "1"}, []string{"x / x", "", "", "1"}},
		{"a quoted comma does not split", []string{`"1,2", 3`}, []string{`"1,2"`, "3"}},
		{"an escaped quote does not close", []string{`"a\",b",c`}, []string{`"a\",b"`, "c"}},
		{"a backslash at the end is kept", []string{`"a\`}, []string{`"a\`}},
		{"two quoted strings in one member stay together", []string{`"a,"b"c,",d`}, []string{`"a,"b"c,"`, "d"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := httpspec.GetDecodeSplit(tt.in); !slices.Equal(got, tt.want) || (got == nil) != (tt.want == nil) {
				t.Errorf("GetDecodeSplit(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestListErrorSaysWhereAndRepeatsLittle(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		err        *httpspec.ListError
	}{
		{
			"a bad member", `httpspec: line 2, byte 4: "b c" is not a token`,
			&httpspec.ListError{Code: httpspec.ListBadMember, Line: 1, Pos: 3, Value: "b c"},
		},
		{
			"control bytes are escaped and length is bounded",
			`httpspec: line 1, byte 1: "\x00` + strings.Repeat("a", 63) + `"... is not a token`,
			&httpspec.ListError{Code: httpspec.ListBadMember, Value: "\x00" + strings.Repeat("a", 1<<20)},
		},
		{"an absent header", "httpspec: the header is absent", &httpspec.ListError{Code: httpspec.ListMissing}},
		{
			"a repeated header", `httpspec: line 2: "5": the header may stand only once`,
			&httpspec.ListError{Code: httpspec.ListRepeated, Line: 1, Value: "5"},
		},
		{
			"not a number", `httpspec: line 1, byte 1: "-1" is not a number of seconds (digits only)`,
			&httpspec.ListError{Code: httpspec.ListNotSeconds, Value: "-1"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.err.Error(); got != tt.want {
				t.Errorf("%s\nwant %s", got, tt.want)
			}
		})
	}
}

// FuzzLists compares the three list parsers with the literal reference, on up
// to two lines.
func FuzzLists(f *testing.F) {
	f.Add("a, b,,c", "", true)
	f.Add(`"a,b", c`, `d"`, true)
	f.Add(" 86400 ", "", false)
	f.Add("99999999999999999999999", "x", false)
	f.Fuzz(func(t *testing.T, first, second string, two bool) {
		lines := []string{first}
		if two {
			lines = append(lines, second)
		}
		members, listErr := httpspec.ParseTokenList(lines)
		if want, ok := refParseTokenList(lines); ok != (listErr == nil) || !slices.Equal(members, want) {
			t.Errorf("ParseTokenList(%q) = %q, %v; want %q, ok %v", lines, members, listErr, want, ok)
		}
		n, secondsErr := httpspec.ParseDeltaSeconds(lines)
		if want, ok := refParseDeltaSeconds(lines); ok != (secondsErr == nil) || ok && n != want {
			t.Errorf("ParseDeltaSeconds(%q) = %d, %v; want %d, ok %v", lines, n, secondsErr, want, ok)
		}
		if got, want := httpspec.GetDecodeSplit(lines), refGetDecodeSplit(lines); !slices.Equal(got, want) {
			t.Errorf("GetDecodeSplit(%q) = %q, want %q", lines, got, want)
		}
		for _, err := range []*httpspec.ListError{listErr, secondsErr} {
			if err == nil {
				continue
			}
			if !strings.HasPrefix(lines[err.Line][err.Pos:], err.Value) {
				t.Errorf("%+v does not point into %q", err, lines)
			}
		}
	})
}
