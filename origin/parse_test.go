package origin

import (
	"errors"
	"strings"
	"testing"
)

func TestParseAcceptsWhatOriginsSerialiseTo(t *testing.T) {
	type port struct {
		n  uint16
		ok bool
	}
	none := port{}
	for _, tc := range []struct {
		name, in, scheme, host string
		port, effective        port
	}{
		{"https has 443 when nothing is said", "https://example.com", "https", "example.com", none, port{443, true}},
		{"http has 80 when nothing is said", "http://example.com", "http", "example.com", none, port{80, true}},
		{"a port is kept", "http://localhost:5173", "http", "localhost", port{5173, true}, port{5173, true}},
		{"80 is not the default of https", "https://a.example:80", "https", "a.example", port{80, true}, port{80, true}},
		{"port 0 is a port", "https://a.example:0", "https", "a.example", port{0, true}, port{0, true}},
		{"the last port", "https://a.example:65535", "https", "a.example", port{65535, true}, port{65535, true}},
		{"an IPv4 address", "http://127.0.0.1:8080", "http", "127.0.0.1", port{8080, true}, port{8080, true}},
		{"the last IPv4 address", "http://255.255.255.255", "http", "255.255.255.255", none, port{80, true}},
		{"an IPv6 address keeps its brackets", "http://[::1]:8080", "http", "[::1]", port{8080, true}, port{8080, true}},
		{"the unspecified IPv6 address", "http://[::]", "http", "[::]", none, port{80, true}},
		{"an IPv6 address without a zero to leave out", "http://[2001:db8:1:2:3:4:5:6]", "http", "[2001:db8:1:2:3:4:5:6]", none, port{80, true}},
		{"one zero group is not left out", "http://[2001:db8:0:2:3:4:5:6]", "http", "[2001:db8:0:2:3:4:5:6]", none, port{80, true}},
		{"the longer run of zero groups is left out", "http://[1:0:0:2::3]", "http", "[1:0:0:2::3]", none, port{80, true}},
		{"of two equal runs the first is left out", "http://[1::2:3:0:0:4]", "http", "[1::2:3:0:0:4]", none, port{80, true}},
		{"a name of one label", "http://intranet", "http", "intranet", none, port{80, true}},
		{"punycode", "https://xn--bcher-kva.example", "https", "xn--bcher-kva.example", none, port{443, true}},
		{"a label that begins with a digit", "https://3com.1a", "https", "3com.1a", none, port{443, true}},
		{"two hyphens inside", "https://a--b.example", "https", "a--b.example", none, port{443, true}},
		{"a browser extension has no port", "chrome-extension://abcdef", "chrome-extension", "abcdef", none, none},
		{"443 is nobody's default under an unknown scheme", "foo+bar://a:443", "foo+bar", "a", port{443, true}, port{443, true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o, err := Parse(tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if !o.IsValid() || o.IsOpaque() || o.Scheme() != tc.scheme || o.Host() != tc.host {
				t.Errorf("got valid %v, opaque %v, scheme %q, host %q", o.IsValid(), o.IsOpaque(), o.Scheme(), o.Host())
			}
			if n, ok := o.Port(); (port{n, ok}) != tc.port {
				t.Errorf("Port() = %d, %v", n, ok)
			}
			if n, ok := o.EffectivePort(); (port{n, ok}) != tc.effective {
				t.Errorf("EffectivePort() = %d, %v", n, ok)
			}
			checkRoundTrips(t, tc.in, o)
		})
	}
}

func TestParseSaysWhatIsWrongAndWhatWasMeant(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		code     Code
		pos      int
		meant    string
	}{
		{"nothing", "", CodeEmpty, 0, ""},
		{"two quotes and nothing between", `""`, CodeQuoted, 0, ""},
		{"a space before", " https://a.example", CodeWhitespace, 0, "https://a.example"},
		{"a line end after", "https://a.example\r\n", CodeWhitespace, 17, "https://a.example"},
		{"a space in the host", "https://a b.example", CodeWhitespace, 9, ""},
		{"a tab before null", "\tnull", CodeWhitespace, 0, "null"},
		{"a NUL in the host", "https://a\x00.example", CodeWhitespace, 9, ""},
		{"quotes from a config file", `"https://a.example"`, CodeQuoted, 0, "https://a.example"},
		{"two origins with a comma", "https://a.example, https://b.example", CodeSeveral, 17, ""},
		{"two origins with a space", "https://a.example https://b.example", CodeSeveral, 17, ""},
		{"an origin and null", "https://a.example null", CodeSeveral, 17, ""},
		{"the wildcard", "*", CodeWildcard, 0, ""},
		{"a wildcard for the subdomain", "https://*.example.com", CodeWildcard, 8, ""},
		{"a wildcard for the port", "http://localhost:*", CodeWildcard, 17, ""},
		{"upper case in the host", "https://Example.com", CodeUpperCase, 8, "https://example.com"},
		{"upper case in the scheme", "hTTPS://example.com", CodeUpperCase, 1, "https://example.com"},
		{"upper case in null", "Null", CodeUpperCase, 0, "null"},
		{"upper case in an IPv6 address", "http://[2001:DB8::1]", CodeBadIPv6, 7, "http://[2001:db8::1]"},
		{"only a host", "example.com", CodeMissingScheme, 0, "https://example.com"},
		{"only localhost and a port", "localhost:3000", CodeMissingScheme, 0, "http://localhost:3000"},
		{"only an address and a port", "192.168.0.7:8080", CodeMissingScheme, 0, "http://192.168.0.7:8080"},
		{"a host and the port of http", "example.com:80", CodeMissingScheme, 0, "http://example.com"},
		{"a host and the port of https", "127.0.0.1:443", CodeMissingScheme, 0, "https://127.0.0.1"},
		{"two slashes and a host", "//example.com", CodeMissingScheme, 0, "https://example.com"},
		{"no slashes after the scheme", "https:example.com", CodeMissingScheme, 5, "https://example.com"},
		{"one slash after the scheme", "https:/example.com", CodeMissingScheme, 5, "https://example.com"},
		{"a colon and slashes without scheme", "://example.com", CodeMissingScheme, 0, "https://example.com"},
		{"a path that has another URL in it", "example.com/?u=http://b.example", CodeMissingScheme, 0, "https://example.com"},
		{"a scheme that begins with a digit", "1http://example.com", CodeBadScheme, 0, ""},
		{"a blob URL", "blob:https://a.example/1234", CodeBadScheme, 4, ""},
		{"a user name and password", "https://u:p@a.example", CodeUserinfo, 8, "https://a.example"},
		{"a file URL", "file:///etc/passwd", CodeMissingHost, 7, ""},
		{"no host", "https://", CodeMissingHost, 8, ""},
		{"a port without host", "https://:8080", CodeMissingHost, 8, ""},
		{"an empty label", "https://a..example", CodeBadHost, 10, ""},
		{"a dot in front", "https://.example", CodeBadHost, 8, ""},
		{"a hyphen in front of a label", "https://-a.example", CodeBadHost, 8, ""},
		{"a hyphen at the end of a label", "https://a-.example", CodeBadHost, 9, ""},
		{"an underscore", "https://my_app.example", CodeBadHost, 10, ""},
		{"a percent escape", "https://a%2eexample", CodeBadHost, 9, ""},
		{"something behind the brackets", "http://[::1]x", CodeBadHost, 12, ""},
		{"a trailing dot", "https://example.com.", CodeTrailingDot, 19, "https://example.com"},
		{"nothing but a dot", "https://.", CodeTrailingDot, 8, ""},
		{"a trailing dot before a port", "https://example.com.:8443", CodeTrailingDot, 19, "https://example.com:8443"},
		{"an internationalised name", "https://bücher.example", CodeNonASCIIHost, 9, "https://xn--bcher-kva.example"},
		{"an internationalised name with upper case after it", "https://bücher.Example:443/", CodeNonASCIIHost, 9, "https://xn--bcher-kva.example"},
		{"bytes that are no UTF-8", "https://b\xffcher.example", CodeNonASCIIHost, 9, ""},
		{"an IPv4 address of two numbers", "http://127.1:8080", CodeBadIPv4, 7, "http://127.0.0.1:8080"},
		{"an IPv4 address in hexadecimal", "http://0x7f000001", CodeBadIPv4, 7, "http://127.0.0.1"},
		{"an IPv4 address in octal", "http://0177.0.0.01", CodeBadIPv4, 7, "http://127.0.0.1"},
		{"an IPv4 address with 256 in it", "http://1.2.3.256", CodeBadIPv4, 7, ""},
		{"an IPv4 address of five numbers", "http://1.2.3.4.5", CodeBadIPv4, 7, ""},
		{"a name that ends in a number", "http://example.7", CodeBadIPv4, 7, ""},
		{"an IPv6 address without brackets", "http://::1", CodeBadIPv6, 7, "http://[::1]"},
		{"an IPv6 address in full", "http://[0:0:0:0:0:0:0:1]:8080", CodeBadIPv6, 7, "http://[::1]:8080"},
		{"an IPv6 address with leading zeros", "http://[2001:0db8::1]", CodeBadIPv6, 7, "http://[2001:db8::1]"},
		{"an IPv6 address with one group left out", "http://[2001:db8::2:3:4:5:6]", CodeBadIPv6, 7, "http://[2001:db8:0:2:3:4:5:6]"},
		{"an IPv6 address with an IPv4 address in it", "http://[::ffff:127.0.0.1]", CodeBadIPv6, 7, "http://[::ffff:7f00:1]"},
		{"an IPv6 address with a zone", "http://[fe80::1%25eth0]", CodeBadIPv6, 7, ""},
		{"an IPv6 address with two gaps", "http://[1::2::3]", CodeBadIPv6, 7, ""},
		{"an IPv6 address of seven groups", "http://[1:2:3:4:5:6:7]", CodeBadIPv6, 7, ""},
		{"an IPv6 address of nine groups", "http://[1:2:3:4:5:6:7:8:9]", CodeBadIPv6, 7, ""},
		{"an IPv6 address with a gap and eight groups", "http://[1:2:3:4::5:6:7:8]", CodeBadIPv6, 7, ""},
		{"a bracket left open", "http://[::1", CodeBadIPv6, 7, ""},
		{"a colon and no port", "https://a.example:", CodeBadPort, 18, "https://a.example"},
		{"a port with a letter", "https://a.example:80a", CodeBadPort, 20, ""},
		{"a port with a sign", "https://a.example:+80", CodeBadPort, 18, ""},
		{"a port with a leading zero", "https://a.example:08443", CodePortLeadingZero, 18, "https://a.example:8443"},
		{"a port of zeros only", "https://a.example:000", CodePortLeadingZero, 18, "https://a.example:0"},
		{"port 65536", "https://a.example:65536", CodePortOutOfRange, 18, ""},
		{"a port beyond every integer", "https://a.example:18446744073709551617", CodePortOutOfRange, 18, ""},
		{"the default port of https", "https://a.example:443", CodeDefaultPort, 18, "https://a.example"},
		{"the default port of http", "http://a.example:80", CodeDefaultPort, 17, "http://a.example"},
		{"a slash at the end", "https://a.example/", CodeTrailingSlash, 17, "https://a.example"},
		{"a path", "https://a.example/app/", CodePath, 17, "https://a.example"},
		{"a path that ends like a trusted host", "https://evil.test/.example.com", CodePath, 17, "https://evil.test"},
		{"a backslash, which browsers read as a slash", `https://a.example\b`, CodePath, 17, "https://a.example"},
		{"a slash and a query", "https://a.example/?q", CodePath, 17, "https://a.example"},
		{"a query", "https://a.example?q", CodeQuery, 17, "https://a.example"},
		{"a fragment", "https://a.example#f", CodeFragment, 17, "https://a.example"},
		{"all at once: the leftmost is named and all are repaired", "HTTPS://u@Example.COM.:0443/a?b#c ", CodeUpperCase, 0, "https://example.com"},
		{"a kilobyte and one byte", "https://" + strings.Repeat("a", MaxLength-7), CodeTooLong, MaxLength, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o, err := Parse(tc.in)
			if o != (Origin{}) {
				t.Errorf("got the origin %v along with an error", o)
			}
			var e *ParseError
			if !errors.As(err, &e) {
				t.Fatalf("error is %v", err)
			}
			if e.Code != tc.code || e.Pos != tc.pos || e.Meant != tc.meant {
				t.Errorf("got %s at %d, meant %q; want %s at %d, meant %q", e.Code, e.Pos, e.Meant, tc.code, tc.pos, tc.meant)
			}
			checkParseError(t, tc.in, err)
			if _, ok := ParseTuple(tc.in); ok {
				t.Error("ParseTuple accepts it")
			}
		})
	}
}

func TestTheGrammarIsWiderThanWhatParseAccepts(t *testing.T) {
	for name, in := range map[string]string{
		"a default port":               "https://a.example:443",
		"a port with a leading zero":   "https://a.example:0443",
		"a port above 65535":           "https://a.example:99999",
		"an IPv6 address in full":      "http://[0:0:0:0:0:0:0:1]",
		"a gap in the wrong place":     "http://[1::2:0:0:0:0]",
		"an IPv4 address abbreviated":  "http://127.1",
		"a name that ends in a number": "http://a.256",
		"a kilobyte and more":          "https://" + strings.Repeat("a", MaxLength),
	} {
		t.Run(name, func(t *testing.T) {
			if _, ok := referenceGrammar(in); !ok {
				t.Error("the grammar refuses it, too")
			}
			if _, err := Parse(in); err == nil {
				t.Error("Parse accepts it")
			}
		})
	}
}

func TestTheLongestOriginIsAccepted(t *testing.T) {
	in := "https://" + strings.Repeat("a", MaxLength-8)
	if _, err := Parse(in); err != nil {
		t.Error(err)
	}
}

func TestAMegabyteIsRefusedWithoutKeepingIt(t *testing.T) {
	_, err := Parse("https://" + strings.Repeat("a", 1<<20))
	var e *ParseError
	if !errors.As(err, &e) || len(e.Input) != MaxLength || len(e.Error()) > 300 {
		t.Errorf("error is %.200v", err)
	}
}

func TestTheMessageNamesFaultPlaceAndRepair(t *testing.T) {
	_, err := Parse("https://a.example/app")
	want := `origin: "https://a.example/app": path at byte 17: an origin ends before the path; did you mean "https://a.example"?`
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
}

func TestMustParsePanicsWithTheParseError(t *testing.T) {
	defer func() {
		if e, ok := recover().(*ParseError); !ok || e.Code != CodeTrailingSlash {
			t.Errorf("panic value is %v", e)
		}
	}()
	MustParse("https://a.example/")
}

func TestParsingATupleDoesNotAllocate(t *testing.T) {
	for _, in := range []string{"https://example.com", "http://localhost:5173", "http://[2001:db8::1]:8080", "http://127.0.0.1"} {
		if n := testing.AllocsPerRun(100, func() { sink, _ = Parse(in) }); n != 0 {
			t.Errorf("Parse(%q) allocates %v times", in, n)
		}
	}
	for _, in := range []string{"https://example.com/", "null", strings.Repeat("a", 1<<20)} {
		if n := testing.AllocsPerRun(100, func() { sink, _ = ParseTuple(in) }); n != 0 {
			t.Errorf("ParseTuple of %.20q allocates %v times", in, n)
		}
	}
}

var sink Origin

func BenchmarkParse(b *testing.B) {
	for _, bc := range []struct{ name, in string }{
		{"https", "https://app.example.com"},
		{"port", "http://localhost:5173"},
		{"IPv4", "http://127.0.0.1:8080"},
		{"IPv6", "http://[2001:db8::1]:8080"},
		{"longest", "https://" + strings.Repeat("a", MaxLength-8)},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sink, _ = Parse(bc.in)
			}
		})
	}
}

func BenchmarkParseTupleRefuses(b *testing.B) {
	for _, bc := range []struct{ name, in string }{
		{"trailing slash", "https://app.example.com/"},
		{"null", "null"},
		{"a megabyte", "https://" + strings.Repeat("a", 1<<20)},
		{"the longest with a fault at its end", "https://" + strings.Repeat("a", MaxLength-9) + "_"},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sink, _ = ParseTuple(bc.in)
			}
		})
	}
}

func BenchmarkParseExplains(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		sink, _ = Parse("https://App.Example.com:443/")
	}
}
