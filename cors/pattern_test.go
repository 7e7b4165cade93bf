package cors

import (
	"strings"
	"testing"

	"github.com/corscope/corscope/origin"
)

func TestPatternsThatAreAccepted(t *testing.T) {
	for _, tt := range []struct {
		name, in, text string
		exact          bool
	}{
		{"an origin", "https://app.example.com", "https://app.example.com", true},
		{"an origin with a port", "http://localhost:5173", "http://localhost:5173", true},
		{"an IPv4 address", "http://127.0.0.1:90", "http://127.0.0.1:90", true},
		{"labels and a host as long as DNS has them", "https://" + strings.Repeat(strings.Repeat("a", 63)+".", 3) + strings.Repeat("a", 61), "https://" + strings.Repeat(strings.Repeat("a", 63)+".", 3) + strings.Repeat("a", 61), true},
		{"an IPv6 address", "https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443", true},
		{"punycode", "https://xn--bcher-kva.example", "https://xn--bcher-kva.example", true},
		{"an underscore, as containers have", "http://my_service:8080", "http://my_service:8080", true},
		{"a dot at the end, as URLs may have", "https://example.com.", "https://example.com.", true},
		{"any scheme", "chrome-extension://aebcd", "chrome-extension://aebcd", true},
		{"subdomains", "https://*.example.com", "https://*.example.com", false},
		{"subdomains on one port", "https://*.example.com:8443", "https://*.example.com:8443", false},
		{"any port", "http://localhost:*", "http://localhost:*", false},
		{"any port of an IPv6 address", "http://[::1]:*", "http://[::1]:*", false},
		{"subdomains on any port", "https://*.example.com:*", "https://*.example.com:*", false},
		{"a list of ports, sorted and without repetitions", "http://a.example:{8081,8080,8081}", "http://a.example:{8080,8081}", false},
		{"a list with the default port", "https://a.example:{8443,443}", "https://a.example:{443,8443}", false},
		{"schemes, sorted", "{https,http}://intranet.example.com", "{http,https}://intranet.example.com", false},
		{"all together", "{http,https}://*.example.com:{8080,80}", "{http,https}://*.example.com:{80,8080}", false},
		{"a list of one port is that port", "http://a.example:{8080}", "http://a.example:8080", true},
		{"a list of the default port is no port", "https://a.example:{443}", "https://a.example", true},
		{"a list of one scheme is that scheme", "{https}://a.example", "https://a.example", true},
		{"a port that is the default of one of two schemes stays a list", "{http,https}://a.example:{443}", "{http,https}://a.example:{443}", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, fault := parsePattern(tt.in)
			if fault != nil {
				t.Fatalf("refused: %+v", *fault)
			}
			if p.text != tt.text || p.exact != tt.exact {
				t.Errorf("text %q, exact %v; want %q, %v", p.text, p.exact, tt.text, tt.exact)
			}
			if again, fault := parsePattern(p.text); fault != nil || again.text != p.text {
				t.Errorf("the canonical text gives %q, %+v", again.text, fault)
			}
		})
	}
}

func TestPatternsThatAreRefusedWithTheirCauseAndWhatWasMeant(t *testing.T) {
	long := strings.Repeat("a", 63)
	longest := strings.Join([]string{long, long, long, long[:61]}, ".")
	for _, tt := range []struct {
		name, in string
		code     Code
		pos      int
		meant    string
	}{
		{"nothing", "", CodeEmpty, 0, ""},
		{"a lone wildcard", "*", CodeAnyOrigin, 0, ""},
		{"null", "null", CodeNull, 0, ""},
		{"Null", "Null", CodeNull, 0, ""},
		{"a slash at the end", "https://app.example.com/", CodeTrailingSlash, 23, "https://app.example.com"},
		{"a path", "https://app.example.com/login", CodePath, 23, "https://app.example.com"},
		{"a query", "https://app.example.com?x", CodePath, 23, "https://app.example.com"},
		{"upper case", "https://App.example.com", CodeUpperCase, 8, "https://app.example.com"},
		{"upper case in the scheme", "HTTPS://app.example.com", CodeUpperCase, 0, "https://app.example.com"},
		{"the default port of https", "https://app.example.com:443", CodeDefaultPort, 24, "https://app.example.com"},
		{"the default port of http", "http://localhost:80", CodeDefaultPort, 17, "http://localhost"},
		{"no scheme", "app.example.com", CodeMissingScheme, 0, "https://app.example.com"},
		{"no scheme but a port", "localhost:5173", CodeMissingScheme, 0, "http://localhost:5173"},
		{"a Unicode name", "https://bücher.example", CodeUnicodeHost, 9, "https://xn--bcher-kva.example"},
		{"a user name", "https://me@app.example.com", CodeUserinfo, 8, "https://app.example.com"},
		{"blanks around", " https://app.example.com", CodeWhitespace, 0, "https://app.example.com"},
		{"two origins in one", "https://a.example,https://b.example", CodeSeveral, 17, ""},
		{"a file", "file:///index.html", CodeBadScheme, 0, ""},
		{"a file on a host", "file://example.com", CodeBadScheme, 0, ""},
		{"a file pattern", "file://*.example.com", CodeBadScheme, 0, ""},
		{"port 0", "https://app.example.com:0", CodeBadPort, 24, ""},
		{"a port above 65535", "https://app.example.com:65536", CodeBadPort, 24, ""},
		{"an IPv4 address in short", "http://127.1:3000", CodeBadAddress, 7, "http://127.0.0.1:3000"},
		{"an IPv6 address at length", "http://[0:0:0:0:0:0:0:1]", CodeBadAddress, 7, "http://[::1]"},
		{"an empty label", "https://a..example.com", CodeBadHost, 10, ""},
		{"a label that is too long", "https://" + long + "a.example", CodeBadHost, 8, ""},
		{"a host that is too long", "https://a." + longest, CodeTooLong, 8, ""},
		{"a host that is too long by its last byte", "https://" + longest[:len(longest)-1] + "aa.a", CodeTooLong, 8, ""},
		{"a label that is too long, after others", "https://a." + long + "a.example", CodeBadHost, 10, ""},
		{"a label that is too long, under a wildcard", "https://*." + long + "a.example", CodeBadHost, 10, ""},
		{"too many schemes", "{" + strings.Repeat("a,", 8) + "a}://example.com", CodeBadList, 0, ""},
		{"a wildcard in the middle and no scheme", "a.*.example.com", CodeWildcardPlace, 2, ""},
		{"subdomains that no name is long enough for", "https://*." + longest, CodeTooLong, 8, ""},
		{"something endless", "https://" + strings.Repeat("a.", 2000), CodeTooLong, 1024, ""},

		{"a wildcard at the start of a label", "https://*example.com", CodeWildcardInLabel, 8, "https://*.example.com"},
		{"the same with a port", "https://*example.com:8443", CodeWildcardInLabel, 8, "https://*.example.com:8443"},
		{"a wildcard before a public suffix without its dot", "https://*com", CodeWildcardInLabel, 8, ""},
		{"a wildcard at the end of a label", "https://pr-*.example.com", CodeWildcardInLabel, 11, ""},
		{"a wildcard inside a later label", "https://a.pr-*.example.com", CodeWildcardInLabel, 13, ""},
		{"a wildcard as a later label", "https://a.*.example.com", CodeWildcardPlace, 10, ""},
		{"two wildcards", "https://*.*.example.com", CodeWildcardPlace, 10, ""},
		{"a double wildcard", "https://**.example.com", CodeWildcardPlace, 8, "https://*.example.com"},
		{"a wildcard for the scheme", "*://example.com", CodeWildcardPlace, 0, ""},
		{"a wildcard for the host", "https://*", CodeWildcardPlace, 8, ""},
		{"a wildcard in a port", "http://localhost:30*", CodeWildcardPlace, 17, ""},
		{"a wildcard in a path", "https://example.com/*", CodePath, 19, "https://example.com"},
		{"a wildcard before an IPv4 address", "http://*.127.0.0.1", CodeWildcardPlace, 7, ""},
		{"a wildcard before an IPv6 address", "http://*.[::1]:80", CodeWildcardPlace, 7, ""},
		{"subdomains with a slash at the end", "https://*.example.com/", CodeTrailingSlash, 21, "https://*.example.com"},
		{"subdomains in upper case", "https://*.Example.com", CodeUpperCase, 10, "https://*.example.com"},
		{"subdomains with the default port", "https://*.example.com:443", CodeDefaultPort, 22, "https://*.example.com"},
		{"subdomains without scheme", "*.example.com", CodeMissingScheme, 0, "https://*.example.com"},
		{"subdomains of a Unicode name", "https://*.bücher.example", CodeUnicodeHost, 11, "https://*.xn--bcher-kva.example"},
		{"any port and a slash", "http://localhost:*/", CodeTrailingSlash, 18, "http://localhost:*"},
		{"a list of ports and a slash", "http://localhost:{1,22}/", CodeTrailingSlash, 23, "http://localhost:{1,22}"},
		{"schemes and a slash", "{http,https}://example.com/", CodeTrailingSlash, 26, "{http,https}://example.com"},
		{"an empty list", "https://example.com:{}", CodeBadList, 20, ""},
		{"an open list", "https://example.com:{1,2", CodeBadList, 20, ""},
		{"a list of too many ports", "https://example.com:{" + strings.Repeat("1,", 64) + "1}", CodeBadList, 20, ""},
		{"a range of ports", "https://example.com:{8000-8100}", CodeBadPort, 20, ""},
		{"hosts in a list", "https://{a,b}.example.com", CodeBadList, 8, ""},
		{"a default port with two schemes", "{http,https}://example.com:443", CodeDefaultPort, 27, "{http,https}://example.com"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, fault := parsePattern(tt.in)
			if fault == nil {
				t.Fatal("accepted")
			}
			if fault.code != tt.code || fault.pos != tt.pos || fault.meant != tt.meant || fault.hint == "" {
				t.Errorf("got  %s at %d, meant %q, hint %q\nwant %s at %d, meant %q", fault.code, fault.pos, fault.meant, fault.hint, tt.code, tt.pos, tt.meant)
			}
		})
	}
}

func TestInsecurePatterns(t *testing.T) {
	for in, want := range map[string]bool{
		"https://example.com": false, "http://example.com": true, "http://*.example.com": true,
		"{http,https}://example.com": true, "http://localhost": false, "http://*.localhost": false, "http://*.localhost:*": false,
		"http://localhost.": false, "http://alocalhost": true, "http://127.0.0.1:3000": false, "http://127.127.1.1:{80,3000}": false,
		"http://[::1]:*": false, "http://169.254.169.254": true, "http://[2001:db8::1]": true, "chrome-extension://aebcd": false,
	} {
		p, fault := parsePattern(in)
		if fault != nil {
			t.Fatalf("%s: %+v", in, *fault)
		}
		if got := p.insecure(); got != want {
			t.Errorf("insecure(%s) = %v, want %v", in, got, want)
		}
	}
}

func TestPatternsUnderPublicSuffixes(t *testing.T) {
	for in, want := range map[string]bool{
		"https://*.com": true, "https://*.co.uk": true, "https://*.github.io": true, "https://*.com.": true, "https://*.internal": true,
		"https://*.example.com": false, "https://*.example.co.uk": false, "https://*.me.github.io": false,
		"https://github.io": false, "https://com": false, "http://*.localhost": false,
	} {
		p, fault := parsePattern(in)
		if fault != nil {
			t.Fatalf("%s: %+v", in, *fault)
		}
		if got := p.underPublicSuffix(); got != want {
			t.Errorf("underPublicSuffix(%s) = %v, want %v", in, got, want)
		}
	}
}

// badOrigins has what no browser sends, after what has been seen to slip
// through other middlewares.
var badOrigins = []string{
	"", " ", "*", "NULL", "null ", "https://", "https:///", "://a.example.com", "a.example.com", "//a.example.com",
	"https://evil.test/.example.com", "https://evil.test#.example.com", "https://evil.test?.example.com", `https://evil.test\.example.com`,
	"https://u@a.example.com", "https://u:p@a.example.com", "https://a b.example.com", "https://*.example.com", "https://a..example.com",
	"https://.example.com", "https://a.example.com/", "https://A.example.com", "HTTPS://a.example.com", "https://a.example.com:", "https://a.example.com:443",
	"https://a.example.com:08", "https://a.example.com:65536", "https://a.example.com:8443x", "https://a.example.com:-1", "https://a.example.com:8443:1",
	"https://a.example.com,https://b.example.com", "https://a.example.com https://b.example.com", "https://a.example.com\x00", "https://a\x00.example.com",
	"https://a.example.com\r\nSet-Cookie: x=1", "https://a.example.com\n", "\thttps://a.example.com", "https://\xff.example.com", "https://bücher.example.com",
	"https://a%2e.example.com", "https://a.example.com%00", "https://[a.example.com]", "https://[::1].example.com", "https://(a).example.com", "https://<script>.example.com",
	"https://'or'1.example.com", "https://a;b.example.com", "https://a.example.com..", "https://a.example.com./", "https//a.example.com", "https:/a.example.com", "https:a.example.com",
}

func TestBadOriginsAreNoOrigins(t *testing.T) {
	for _, s := range append(badOrigins, "https://"+strings.Repeat("a", 1<<20)+".example.com", "https://"+strings.Repeat("a.", 500)+"example.com") {
		if o, ok := parseRequestOrigin(s); ok {
			t.Errorf("%.60q is taken for %+v", s, o)
		}
	}
}

// TestNamesThatOnlyURLsHave walks along the edges of what package origin leaves to this
// one: a name with an underscore, and one with a dot at its end.
func TestNamesThatOnlyURLsHave(t *testing.T) {
	label := strings.Repeat("a", 63) + "."
	long := "_" + strings.Repeat(label, 3)[1:] + strings.Repeat("a", 61) // 253 bytes
	for _, tt := range []struct {
		name, in string
		want     requestOrigin // zero: no origin
	}{
		{"every kind of byte at its ends", "https://a_-z.0_9.example", requestOrigin{"https", "a_-z.0_9.example", "a_-z.0_9.example"}},
		{"a scheme with every kind of byte", "az09+-.://a_b", requestOrigin{"az09+-.", "a_b", "a_b"}},
		{"a scheme that begins with a digit", "1x://a_b", requestOrigin{}},
		{"a scheme that begins with a plus", "+x://a_b", requestOrigin{}},
		{"a scheme with an underscore", "x_y://a_b", requestOrigin{}},
		{"a scheme in upper case", "X://a_b", requestOrigin{}},
		{"no scheme", "://a_b", requestOrigin{}},
		{"a scheme as long as it may be", strings.Repeat("x", 64) + "://a_b", requestOrigin{strings.Repeat("x", 64), "a_b", "a_b"}},
		{"a longer scheme", strings.Repeat("x", 65) + "://a_b", requestOrigin{}},
		{"a host as long as DNS has them", "https://" + long, requestOrigin{"https", long, long}},
		{"the same with a dot at the end", "https://" + long + ".", requestOrigin{"https", long + ".", long + "."}},
		{"a longer host", "https://" + long + "aa", requestOrigin{}},
		{"a longer host without an underscore", "https://" + strings.Repeat("a", 255), requestOrigin{}},
		{"a port", "https://a_b:8443", requestOrigin{"https", "a_b", "a_b:8443"}},
		{"the default port", "https://a_b:443", requestOrigin{}},
		{"the default port of another scheme", "http://a_b:443", requestOrigin{"http", "a_b", "a_b:443"}},
		{"the highest port", "https://a_b:65535", requestOrigin{"https", "a_b", "a_b:65535"}},
		{"a higher one", "https://a_b:65536", requestOrigin{}},
		{"a port with a zero before it", "https://a_b:080", requestOrigin{}},
		{"no port after the colon", "https://a_b:", requestOrigin{}},
		{"an empty label", "https://a_b..example", requestOrigin{}},
		{"a dot at the beginning", "https://.a_b", requestOrigin{}},
		{"two dots at the end", "https://a_b..", requestOrigin{}},
		{"a number at the end", "https://a_b.1", requestOrigin{}},
		{"a hexadecimal number at the end", "https://a_b.0x1f", requestOrigin{}},
		{"a name that only looks like one", "https://a_b.0xg", requestOrigin{"https", "a_b.0xg", "a_b.0xg"}},
		{"an upper-case letter", "https://a_B", requestOrigin{}},
		{"a slash", "https://a_b/", requestOrigin{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := parseRequestOrigin(tt.in); got != tt.want || ok != (tt.want != requestOrigin{}) {
				t.Errorf("%q: got %+v, %v", tt.in, got, ok)
			}
		})
	}
}

// FuzzRequestOrigin holds parseRequestOrigin between package origin's Parse,
// which follows the grammar of the header, and its New, which knows what URLs
// can have.
func FuzzRequestOrigin(f *testing.F) {
	for _, s := range append(badOrigins, "https://a.example", "http://my_service:8080", "https://example.com.", "http://[::1]:1", "x+y://a", "http://a.0x1", "http://1.2.3.4") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := parseRequestOrigin(s)
		if parsed, strict := origin.ParseTuple(s); strict && len(parsed.Host()) <= maxHostLength {
			if !ok || got.scheme != parsed.Scheme() || got.host != parsed.Host() {
				t.Fatalf("%q is an origin, and taken for %+v, %v", s, got, ok)
			}
		}
		if !ok {
			return
		}
		for i := range len(s) {
			if !strings.Contains("abcdefghijklmnopqrstuvwxyz0123456789+-._:/[]", s[i:i+1]) {
				t.Fatalf("%q is accepted with %q in it", s, s[i])
			}
		}
		port := -1
		if text, explicit := strings.CutPrefix(got.hostport[len(got.host):], ":"); explicit {
			n, ok := parsePort(text)
			if !ok {
				t.Fatalf("%q is accepted with the port %q", s, text)
			}
			port = int(n)
		}
		o, err := origin.New(got.scheme, got.host, port)
		if err != nil || o.String() != s {
			t.Fatalf("%q is accepted, but no URL has this origin: %v, %v", s, o, err)
		}
	})
}

func FuzzPattern(f *testing.F) {
	for _, s := range []string{"https://*.example.com:{1,2}", "{http,https}://a:*", "http://[::1]:*", "https://pr-*.a", "*.a/", "https://**.b", "{", "://{", "*", "*.", "https://*.a.:1", "{a,b}://*.c:{80,443}/x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, fault := parsePattern(s)
		if fault != nil {
			if fault.hint == "" || fault.code == "" || fault.pos < 0 || fault.pos > len(s) {
				t.Fatalf("%q: %+v", s, *fault)
			}
			if fault.meant != "" {
				if _, again := parsePattern(fault.meant); again != nil || fault.meant == s {
					t.Fatalf("%q: meant %q, which gives %+v", s, fault.meant, again)
				}
			}
			return
		}
		again, fault := parsePattern(p.text)
		if fault != nil || again.text != p.text || again.exact != p.exact {
			t.Fatalf("%q has the canonical form %q, which gives %q, %+v", s, p.text, again.text, fault)
		}
		if p.exact {
			if _, ok := parseRequestOrigin(p.text); !ok {
				t.Fatalf("%q is exact, and no origin", p.text)
			}
		}
	})
}
