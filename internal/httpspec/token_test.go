package httpspec_test

import (
	"testing"

	"github.com/corscope/corscope/internal/httpspec"
)

func TestIsTokenByteAgreesWithTheGrammarOnEveryByte(t *testing.T) {
	for c := range 256 {
		s := string([]byte{byte(c)})
		if got, want := httpspec.IsTokenByte(byte(c)), refToken.MatchString(s); got != want {
			t.Errorf("IsTokenByte(%q) = %v, want %v", s, got, want)
		}
	}
}

func TestIsToken(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     bool
	}{
		{"a method is a token", "DELETE", true},
		{"punctuation that RFC 9110 lists is a token", "!#$%&'*+-.^_`|~", true},
		{"nothing is not a token", "", false},
		{"a space is not allowed inside", "X Y", false},
		{"a colon is not allowed at the end", "X-Y:", false},
		{"a letter beyond ASCII is not allowed", "résumé", false},
		{"NUL is not allowed", "a\x00", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := httpspec.IsToken(tt.in); got != tt.want {
				t.Errorf("IsToken(%q) = %v, want %v", tt.in, got, tt.want)
			}
		})
	}
}

func TestLowerTouchesOnlyASCII(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"nothing stays nothing", "", ""},
		{"lower case stays as it is", "x-api-key", "x-api-key"},
		{"upper case is lowered from the first capital on", "x-API-Key", "x-api-key"},
		{"bytes beside the letters are left alone", "@[`{AZ", "@[`{az"},
		{"letters beyond ASCII are left alone", "ÉK\u212a", "Ék\u212a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := httpspec.Lower(tt.in); got != tt.want {
				t.Errorf("Lower(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestEqualFoldFoldsOnlyASCII(t *testing.T) {
	for _, tt := range []struct {
		name, a, b string
		want       bool
	}{
		{"case does not matter", "Content-Type", "cONTENT-tYPE", true},
		{"a Kelvin sign is not a k", "\u212a", "k", false},
		{"@ is not `", "@", "`", false},
		{"[ is not {", "[", "{", false},
		{"length matters", "TE", "TE2", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := httpspec.EqualFold(tt.a, tt.b); got != tt.want {
				t.Errorf("EqualFold(%q, %q) = %v, want %v", tt.a, tt.b, got, tt.want)
			}
		})
	}
}

func TestAnswersThatNeedNoAllocationMakeNone(t *testing.T) {
	var sink string
	long := make([]byte, 1<<10)
	for i := range long {
		long[i] = 'a'
	}
	s := string(long)
	for name, f := range map[string]func(){
		"Lower of lower case":          func() { httpspec.Lower(s) },
		"IsToken":                      func() { httpspec.IsToken(s) },
		"NormalizeMethod":              func() { sink = httpspec.NormalizeMethod("delete") },
		"IsForbiddenRequestHeader":     func() { httpspec.IsForbiddenRequestHeader("X-HTTP-Method", "get, put") },
		"ParseTokenList of no members": func() { httpspec.ParseTokenList([]string{"", " , ,"}) },
		"ParseDeltaSeconds":            func() { httpspec.ParseDeltaSeconds([]string{"86400"}) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations, want 0", name, n)
		}
	}
	_ = sink
}

func FuzzTokensAndCase(f *testing.F) {
	f.Add("Content-Type", "content-type")
	f.Add("K", "\u212a")
	f.Add("", "x y")
	f.Fuzz(func(t *testing.T, a, b string) {
		if got, want := httpspec.IsToken(a), refToken.MatchString(a); got != want {
			t.Errorf("IsToken(%q) = %v, want %v", a, got, want)
		}
		if got, want := httpspec.Lower(a), refLower(a); got != want {
			t.Errorf("Lower(%q) = %q, want %q", a, got, want)
		}
		if got, want := httpspec.EqualFold(a, b), refLower(a) == refLower(b); got != want {
			t.Errorf("EqualFold(%q, %q) = %v, want %v", a, b, got, want)
		}
	})
}
