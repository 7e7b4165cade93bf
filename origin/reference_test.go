package origin

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The reference: the grammar of https://fetch.spec.whatwg.org/#origin-header, one variable per rule and in its order, and after it
// what an origin's serialisation cannot be although the grammar has it. Slow, and shares no code with the parser.
var (
	decOctet       = `(?:[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])`
	serialisedIPv4 = decOctet + `\.` + decOctet + `\.` + decOctet + `\.` + decOctet

	hex            = `[0-9a-f]`
	nonZeroHex     = `[1-9a-f]`
	h16            = `(?:0|` + nonZeroHex + hex + `{0,3})`
	h16Colon       = `(?:` + h16 + `:)`
	serialisedIPv6 = `(?:` + strings.Join([]string{
		h16Colon + `{7}` + h16,
		`::` + h16Colon + `{5}` + h16,
		`(?:` + h16 + `)?::` + h16Colon + `{4}` + h16,
		`(?:` + h16Colon + `{0,1}` + h16 + `)?::` + h16Colon + `{3}` + h16,
		`(?:` + h16Colon + `{0,2}` + h16 + `)?::` + h16Colon + `{2}` + h16,
		`(?:` + h16Colon + `{0,3}` + h16 + `)?::` + h16 + `:` + h16,
		`(?:` + h16Colon + `{0,4}` + h16 + `)?::` + h16,
		`(?:` + h16Colon + `{0,5}` + h16 + `)?::`,
	}, `|`) + `)`

	lowerAlpha       = `[a-z]`
	lowerAlphanum    = `[a-z0-9]`
	domainLabel      = `(?:` + lowerAlphanum + `|` + lowerAlphanum + `(?:` + lowerAlphanum + `|-)*` + lowerAlphanum + `)`
	serialisedDomain = `(?:` + domainLabel + `\.)*` + domainLabel

	serialisedScheme = lowerAlpha + `(?:` + lowerAlphanum + `|\+|-|\.)*`
	serialisedHost   = `(?:` + serialisedIPv4 + `|\[` + serialisedIPv6 + `\]|` + serialisedDomain + `)`
	serialisedPort   = `[0-9]{1,5}`

	serialisedOrigin = regexp.MustCompile(`\A(` + serialisedScheme + `)://(` + serialisedHost + `)(?::(` + serialisedPort + `))?\z`)
	onlyIPv4         = regexp.MustCompile(`\A` + serialisedIPv4 + `\z`)
	lastIsNumber     = regexp.MustCompile(`(?:\A|\.)(?:[0-9]+|0x[0-9a-f]*)\z`)
)

type referenceTuple struct{ scheme, host, port string }

// referenceGrammar is the grammar alone.
func referenceGrammar(s string) (t referenceTuple, ok bool) {
	m := serialisedOrigin.FindStringSubmatch(s)
	if m == nil {
		return referenceTuple{}, false
	}
	return referenceTuple{m[1], m[2], m[3]}, true
}

// referenceParse is the grammar without what no origin serialises to.
func referenceParse(s string) (t referenceTuple, ok bool) {
	t, ok = referenceGrammar(s)
	if !ok || len(s) > MaxLength {
		return referenceTuple{}, false
	}
	if t.port != "" {
		n, err := strconv.ParseUint(t.port, 10, 16)
		if err != nil || strconv.Itoa(int(n)) != t.port {
			return referenceTuple{}, false
		}
		defaults := map[string]string{"http": "80", "https": "443", "ws": "80", "wss": "443", "ftp": "21"}
		if defaults[t.scheme] == t.port {
			return referenceTuple{}, false
		}
	}
	if inner, ok := strings.CutPrefix(t.host, "["); ok {
		a, err := netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		if err != nil {
			return referenceTuple{}, false
		}
		want := a.String()
		if b := a.As16(); a.Is4In6() {
			want = fmt.Sprintf("::ffff:%x:%x", int(b[12])<<8|int(b[13]), int(b[14])<<8|int(b[15]))
		}
		return t, t.host == "["+want+"]"
	}
	if lastIsNumber.MatchString(t.host) && !onlyIPv4.MatchString(t.host) {
		return referenceTuple{}, false
	}
	return t, true
}

var seeds = []string{
	"https://example.com", "http://localhost:5173", "https://a.b-c.example:8443", "http://127.0.0.1:8080", "http://[::1]",
	"http://[2001:db8::1]:8080", "http://[1:0:0:2::3]", "http://[1::2:0:0:3]", "http://[::ffff:7f00:1]", "http://[1:2:3:4:5:6:7:8]", "http://[0:0:0:0:0:0:0:1]",
	"http://[1:2:3:4:5:6:7::]", "http://[::]", "http://[1::]", "http://[fe80::1%25eth0]", "http://[::127.0.0.1]", "http://[::01]", "http://[::A]",
	"https://example.com:443", "http://example.com:80", "https://example.com:080", "https://example.com:65536", "https://example.com:99999",
	"https://example.com:0", "https://example.com:", "https://example.com:+1", "https://example.com:123456", "https://127.1", "https://0x7f.1", "https://1.2.3.0x", "https://1.2.3.256",
	"https://1.2.3.4.5", "https://1.2.3.04", "https://a.0xg", "https://a.1a", "https://xn--bcher-kva.example", "https://bücher.example",
	"null", "NULL", " null", "*", "", "https://", "https:///", "//example.com", "example.com", "https:example.com", "blob:https://example.com/id",
	"https://*.example.com", "https://example.com:*", "https://u:p@example.com", "https://example.com/", "https://example.com/a/b?q#f",
	"https://example.com?q", "https://example.com#f", "https://EXAMPLE.com", "HTTPS://example.com", "https://example.com.", "https://a..example",
	"https://-a.example", "https://a-.example", "https://a_b.example", "https://a%20b.example", "https://a b", "https://a.example https://b.example",
	"https://a.example, https://b.example", "\"https://a.example\"", "https://evil.test/.example.com", "https://a.example\x00", "chrome-extension://abcdef", "h+t.t-p://a", "1http://a", "http ://a",
}

// Random bytes seldom make an address; pieces of addresses do.
func TestParseAgreesWithTheReferenceOnPiecesOfOrigins(t *testing.T) {
	schemes := []string{"http://", "https://", "foo://", "h-1.+://", "http:/", "Http://"}
	groups := []string{"0", "0", "0", "1", "f", "ffff", "0", "2", "a0", "0", "1", "0", "3", "10000", "00", "F", "1.2.3.4", ""}
	inName := []string{"a", "b", ".", "-", "0", "1", "255", "256", "09", "0x", "0x1f", "xn--a", "_", ".1", "1.2.3.", "127.0.0."}
	ports := []string{"", "", "", ":", ":0", ":80", ":443", ":080", ":65535", ":65536", ":99999", ":123456", ":+1", "/", ":1/", "."}
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(pieces []string) string { return pieces[random.IntN(len(pieces))] }
	accepted := map[bool]int{}
	for i := range 20_000 {
		v6 := i%2 == 0
		host := ""
		if v6 {
			length := 8
			gap := -1
			if random.IntN(4) > 0 {
				gap, length = random.IntN(8), random.IntN(9)
			}
			for j := range length {
				if j == gap {
					host += "::"
				} else if j > 0 {
					host += ":"
				}
				host += pick(groups)
			}
			if gap >= length {
				host += "::"
			}
			host = "[" + host + "]"
		} else {
			for range 1 + random.IntN(9) {
				host += pick(inName)
			}
		}
		s := pick(schemes) + host + pick(ports)
		_, want := referenceParse(s)
		if _, err := Parse(s); (err == nil) != want {
			t.Errorf("Parse(%q) error = %v, the reference accepts: %v", s, err, want)
		}
		if want {
			accepted[v6]++
		}
	}
	if accepted[true] < 200 || accepted[false] < 200 {
		t.Errorf("too few of the strings were origins: IPv6 or not %v", accepted)
	}
}

func FuzzParseAgreesWithTheReference(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		o, err := Parse(s)
		if s == "null" {
			if err != nil || !o.IsOpaque() {
				t.Fatalf("Parse(%q) = %v, %v", s, o, err)
			}
			return
		}
		want, ok := referenceParse(s)
		if ok != (err == nil) {
			t.Fatalf("Parse(%q) error = %v, the reference accepts: %v", s, err, ok)
		}
		if err != nil {
			checkParseError(t, s, err)
			return
		}
		port := ""
		if p, ok := o.Port(); ok {
			port = strconv.Itoa(int(p))
		}
		if got := (referenceTuple{o.Scheme(), o.Host(), port}); got != want {
			t.Fatalf("Parse(%q) = %q, the reference says %q", s, got, want)
		}
		checkRoundTrips(t, s, o)
	})
}

func FuzzNewRoundTrips(f *testing.F) {
	f.Add("https", "example.com", 443)
	f.Add("http", "[::1]", 8080)
	f.Add("http", "my_service.", -1)
	f.Add("ws", "127.0.0.1", 65536)
	f.Add("foo", "-", 0)
	f.Fuzz(func(t *testing.T, scheme, host string, port int) {
		o, err := New(scheme, host, port)
		if err != nil {
			var p *ParseError
			if p, _ = err.(*ParseError); p == nil || p.Code == "" || p.Hint == "" || p.Pos < 0 || p.Pos > len(p.Input) {
				t.Fatalf("New(%q, %q, %d) error = %#v", scheme, host, port, err)
			}
			return
		}
		if o.Scheme() != scheme || o.Host() != host {
			t.Fatalf("New(%q, %q, %d) = %q and %q", scheme, host, port, o.Scheme(), o.Host())
		}
		if p, ok := o.EffectivePort(); port >= 0 && (!ok || int(p) != port) {
			t.Fatalf("New(%q, %q, %d) has port %d, %v", scheme, host, port, p, ok)
		}
		if SameOrigin(o, o) != true || !SameSite(o, o) || o.Site().Scheme() != scheme {
			t.Fatalf("%v is not the same as itself", o)
		}
		// New knows more hosts than the grammar; but what both know is one and the same.
		_, inGrammar := referenceParse(o.String())
		parsed, ok := ParseTuple(o.String())
		if ok != inGrammar || ok && parsed != o {
			t.Fatalf("ParseTuple(%q) = %v, %v; the reference accepts: %v", o, parsed, ok, inGrammar)
		}
	})
}

func checkRoundTrips(t *testing.T, s string, o Origin) {
	t.Helper()
	if o.String() != s || string(o.AppendTo(nil)) != s {
		t.Fatalf("Parse(%q).String() = %q", s, o)
	}
	port := -1
	if p, ok := o.EffectivePort(); ok {
		port = int(p)
	}
	if again, err := New(o.Scheme(), o.Host(), port); err != nil || again != o {
		t.Fatalf("New of the parts of %q = %v, %v", s, again, err)
	}
	var unmarshalled Origin
	if err := unmarshalled.UnmarshalText([]byte(s)); err != nil || unmarshalled != o {
		t.Fatalf("UnmarshalText(%q) = %v, %v", s, unmarshalled, err)
	}
}

func checkParseError(t *testing.T, s string, err error) {
	t.Helper()
	e, ok := err.(*ParseError)
	if !ok {
		t.Fatalf("Parse(%q) error is a %T", s, err)
	}
	if e.Code == "" || e.Hint == "" || e.Pos < 0 || e.Pos > len(e.Input) || !strings.HasPrefix(s, e.Input) {
		t.Fatalf("Parse(%q) error = %#v", s, e)
	}
	if _, ok := referenceParse(e.Meant); e.Meant != "" && e.Meant != "null" && !ok || e.Meant == s && s != "" {
		t.Fatalf("Parse(%q) means %q, which does not parse or is the input", s, e.Meant)
	}
	for _, c := range e.Error() {
		if c < ' ' || c > '~' {
			t.Fatalf("the message for %q has %q in it: %q", s, c, e.Error())
		}
	}
}
