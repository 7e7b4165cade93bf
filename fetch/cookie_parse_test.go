package fetch

import (
	"strings"
	"testing"
	"time"
)

var cookieNow = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestSetCookieHeadersAreKeptOrRejectedForAReason(t *testing.T) {
	const (
		https = "https://www.example.com/a/b"
		http  = "http://www.example.com/a/b"
		local = "http://localhost:8080/"
	)
	chips := CookiePolicy{PartitionedAttribute: true}
	for _, c := range []struct {
		name, url, line string
		policy          CookiePolicy
		reason          CookieReason
		why             string // a part of it
	}{
		{"a name and a value", https, "a=1", CookiePolicy{}, CookieStored, ""},
		{"a value alone", https, "a", CookiePolicy{}, CookieStored, ""},
		{"a name alone", https, "a=", CookiePolicy{}, CookieStored, ""},
		{"a tab within the value", https, "a=1\t2", CookiePolicy{}, CookieStored, ""},
		{"bytes that are no UTF-8", https, "a=\xff\xfe", CookiePolicy{}, CookieStored, ""},
		{"nothing", https, "", CookiePolicy{}, CookieEmpty, "neither a name nor a value"},
		{"only an equals sign and attributes", https, " = ; Secure", CookiePolicy{}, CookieEmpty, "neither a name nor a value"},
		{"a newline", https, "a=1\nSet-Cookie: b=2", CookiePolicy{}, CookieControlCharacter, "0x0A at byte 3"},
		{"a NUL in an attribute", https, "a=1; Path=/\x00", CookiePolicy{}, CookieControlCharacter, "0x00 at byte 11"},
		{"a DEL", https, "a\x7f=1", CookiePolicy{}, CookieControlCharacter, "0x7F at byte 1"},
		{"4096 bytes of name and value", https, "a=" + strings.Repeat("b", 4095), CookiePolicy{}, CookieStored, ""},
		{"4097 bytes of name and value", https, "a=" + strings.Repeat("b", 4096), CookiePolicy{}, CookieTooLarge, "4097 bytes"},

		{"the host itself as Domain", https, "a=1; Domain=www.example.com", CookiePolicy{}, CookieStored, ""},
		{"a parent in capitals and with a dot", https, "a=1; Domain=.EXAMPLE.com", CookiePolicy{}, CookieStored, ""},
		{"a sibling", https, "a=1; Domain=api.example.com", CookiePolicy{}, CookieDomainMismatch, "neither the host"},
		{"a child", https, "a=1; Domain=x.www.example.com", CookiePolicy{}, CookieDomainMismatch, "neither the host"},
		{"another site with the same ending", https, "a=1; Domain=ample.com", CookiePolicy{}, CookieDomainMismatch, "neither the host"},
		{"two leading dots", https, "a=1; Domain=..www.example.com", CookiePolicy{}, CookieDomainMismatch, "neither the host"},
		{"a trailing dot", https, "a=1; Domain=example.com.", CookiePolicy{}, CookieDomainMismatch, "neither the host"},
		{"a top-level domain", https, "a=1; Domain=com", CookiePolicy{}, CookiePublicSuffix, "shared by sites of many owners"},
		{"a private suffix", "https://me.github.io/", "a=1; Domain=github.io", CookiePolicy{}, CookiePublicSuffix, "shared by sites of many owners"},
		{"a public suffix that is the host", "https://github.io/", "a=1; Domain=github.io", CookiePolicy{}, CookieStored, ""},
		{"localhost on localhost", local, "a=1; Domain=localhost", CookiePolicy{}, CookieStored, ""},
		{"a Domain with a port", https, "a=1; Domain=example.com:443", CookiePolicy{}, CookieBadDomain, "has a port"},
		{"a Domain that is a URL", https, "a=1; Domain=https://example.com", CookiePolicy{}, CookieBadDomain, "is a URL"},
		{"a Domain in quotes is another name", https, `a=1; Domain="www.example.com"`, CookiePolicy{}, CookieDomainMismatch, "neither the host"},
		{"a Domain with a space", https, "a=1; Domain=. www.example.com", CookiePolicy{}, CookieBadDomain, "is not a host"},
		{"a Domain of other letters", "https://b\u00fccher.example/", "a=1; Domain=b\u00fccher.example", CookiePolicy{}, CookieBadDomain, "xn-- form"},
		{"a dot alone", https, "a=1; Domain=.", CookiePolicy{}, CookieBadDomain, "is not a host"},
		{"an empty Domain is none", https, "a=1; Domain=", CookiePolicy{}, CookieStored, ""},
		{"the last Domain wins, for the better", https, "a=1; Domain=other.example; Domain=example.com", CookiePolicy{}, CookieStored, ""},
		{"the last Domain wins, for the worse", https, "a=1; Domain=example.com; Domain=other.example", CookiePolicy{}, CookieDomainMismatch, "neither the host"},
		{"an address on itself", "http://127.0.0.1/", "a=1; Domain=127.0.0.1", CookiePolicy{}, CookieStored, ""},
		{"the end of an address", "http://127.0.0.1/", "a=1; Domain=0.0.1", CookiePolicy{}, CookieDomainMismatch, "neither the host"},

		{"Secure over https", https, "a=1; secure", CookiePolicy{}, CookieStored, ""},
		{"Secure over http", http, "a=1; Secure", CookiePolicy{}, CookieInsecureURL, "http:// is not"},
		{"Secure on localhost, by the standard", local, "a=1; Secure", CookiePolicy{}, CookieInsecureURL, "http:// is not"},
		{"Secure on localhost, in a browser that trusts it", local, "a=1; Secure", CookiePolicy{SecureOnLocalhost: true}, CookieStored, ""},
		{"SameSite=None with Secure", https, "a=1; SameSite=none; Secure", CookiePolicy{}, CookieStored, ""},
		{"SameSite=None without Secure", https, "a=1; SameSite=None", CookiePolicy{}, CookieNoneNotSecure, "needs Secure"},
		{"SameSite=None without Secure, in a browser that does not mind", http, "a=1; SameSite=None", CookiePolicy{AllowInsecureNone: true}, CookieStored, ""},
		{"Partitioned without Secure", https, "a=1; Partitioned", chips, CookiePartitionedNotSecure, "needs Secure"},
		{"Partitioned without Secure, in a browser that does not know it", https, "a=1; Partitioned", CookiePolicy{}, CookieStored, ""},

		{"__Secure- with Secure", https, "__Secure-a=1; Secure", CookiePolicy{}, CookieStored, ""},
		{"__Secure- without Secure", https, "__Secure-a=1", CookiePolicy{}, CookieSecurePrefix, "needs Secure"},
		{"__secure- in lower case", https, "__secure-a=1", CookiePolicy{}, CookieSecurePrefix, "needs Secure"},
		{"__Host- with all that it needs", https, "__Host-a=1; Secure; Path=/", CookiePolicy{}, CookieStored, ""},
		{"__Host- without anything", https, "__Host-a=1", CookiePolicy{}, CookieHostPrefix, "needs Secure and Path=/"},
		{"__Host- with another path", https, "__Host-a=1; Secure; Path=/a", CookiePolicy{}, CookieHostPrefix, "needs Path=/"},
		{"__Host- with the path by default only", "https://www.example.com/", "__Host-a=1; Secure", CookiePolicy{}, CookieHostPrefix, "needs Path=/"},
		{"__Host- with a Domain", https, "__Host-a=1; Secure; Path=/; Domain=www.example.com", CookiePolicy{}, CookieHostPrefix, "to have no Domain"},
		{"__Http- without HttpOnly", https, "__Http-a=1; Secure", CookiePolicy{}, CookieHTTPPrefix, "needs HttpOnly"},
		{"__Http- with HttpOnly", https, "__Http-a=1; Secure; HttpOnly", CookiePolicy{}, CookieStored, ""},
		{"__Host-Http- without HttpOnly", https, "__Host-Http-a=1; Secure; Path=/", CookiePolicy{}, CookieHostHTTPPrefix, "needs HttpOnly"},
		{"__Host-Http- with all that it needs", https, "__Host-Http-a=1; Secure; Path=/; HttpOnly", CookiePolicy{}, CookieStored, ""},
		{"a prefix smuggled in by an empty name", https, "=__Host-a=1; Secure; Path=/", CookiePolicy{}, CookieNamelessPrefix, "__Host-"},
		{"a prefix as a value alone", https, "__secure-a", CookiePolicy{}, CookieNamelessPrefix, "__Secure-"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, d := ParseSetCookie(c.line, mustURL(t, c.url), c.policy, cookieNow)
			if d.Reason != c.reason || !strings.Contains(d.Why, c.why) || d.Accepted != (c.reason == CookieStored) {
				t.Errorf("%s (accepted %v): %s; want %s: ...%s...", d.Reason, d.Accepted, d.Why, c.reason, c.why)
			}
		})
	}
}

func TestSetCookieFields(t *testing.T) {
	type fields struct {
		name, value, domain, path string
		hostOnly                  bool
		sameSite                  SameSite
		expires                   string // "" for a session cookie
		ignored                   string // a part of the only sentence, "" for none
	}
	host := func(f fields) fields {
		f.domain, f.hostOnly = "www.example.com", true
		if f.path == "" {
			f.path = "/a"
		}
		return f
	}
	day := "2026-11-23 12:00:00"
	limit := "2027-12-27 12:00:00" // 400 days
	for _, c := range []struct {
		name, line string
		want       fields
	}{
		{"blanks around name and value go", " \ta =\t1 ", host(fields{name: "a", value: "1"})},
		{"only the first equals sign divides", "a=1=2", host(fields{name: "a", value: "1=2"})},
		{"a leading equals sign gives no name", "=a=1", host(fields{value: "a=1"})},
		{"quotes are part of the value", `"a=1"=b; x"`, host(fields{name: `"a`, value: `1"=b`, ignored: "no attribute"})},
		{"a comma is part of the value", "z=1, a=2", host(fields{name: "z", value: "1, a=2"})},
		{"empty attributes are nothing", "a=1;; ;", host(fields{name: "a", value: "1"})},
		{"a Path", "a=1; Path=/x", host(fields{name: "a", value: "1", path: "/x"})},
		{"a Path without a slash", "a=1; Path=x", host(fields{name: "a", value: "1", ignored: `the path is "/a"`})},
		{"the last Path wins, also if it is empty", "a=1; Path=/x; path=", host(fields{name: "a", value: "1", ignored: `does not begin with "/"`})},
		{"a Path of 1025 bytes", "a=1; Path=/" + strings.Repeat("x", 1024), host(fields{name: "a", value: "1", ignored: "1025 bytes"})},
		{"a Domain", "a=1; Domain=example.com", fields{name: "a", value: "1", domain: "example.com", path: "/a"}},
		{"SameSite", "a=1; samesite=LAX", host(fields{name: "a", value: "1", sameSite: SameSiteLax})},
		{"an unknown SameSite after a known one", "a=1; SameSite=Strict; SameSite=Loose", host(fields{name: "a", value: "1", ignored: "none of Strict, Lax and None"})},
		{"a known SameSite after an unknown one", "a=1; SameSite=Loose; SameSite=Strict", host(fields{name: "a", value: "1", sameSite: SameSiteStrict, ignored: "none of Strict, Lax and None"})},
		{"Max-Age", "a=1; Max-Age=86400", host(fields{name: "a", value: "1", expires: day})},
		{"Max-Age of zero", "a=1; Max-Age=0", host(fields{name: "a", value: "1", expires: "1970-01-01 00:00:00"})},
		{"Max-Age below zero", "a=1; Max-Age=-5", host(fields{name: "a", value: "1", expires: "1970-01-01 00:00:00"})},
		{"Max-Age beyond all numbers", "a=1; Max-Age=99999999999999999999999", host(fields{name: "a", value: "1", expires: limit, ignored: "400 days"})},
		{"Max-Age with a fraction", "a=1; Max-Age=2.5", host(fields{name: "a", value: "1", ignored: "whole number"})},
		{"Max-Age with a plus", "a=1; Max-Age=+5", host(fields{name: "a", value: "1", ignored: "whole number"})},
		{"Max-Age without digits", "a=1; Max-Age=-", host(fields{name: "a", value: "1", ignored: "whole number"})},
		{"Expires", "a=1; Expires=Mon, 23 Nov 2026 12:00:00 GMT", host(fields{name: "a", value: "1", expires: day})},
		{"Expires too far ahead", "a=1; Expires=Fri, 01 Jan 2038 00:00:00 GMT", host(fields{name: "a", value: "1", expires: limit, ignored: "400 days"})},
		{"Expires that is no date", "a=1; Expires=tomorrow", host(fields{name: "a", value: "1", ignored: "not a date"})},
		{"Max-Age before Expires", "a=1; Max-Age=86400; Expires=Thu, 01 Jan 1970 00:00:00 GMT", host(fields{name: "a", value: "1", expires: day, ignored: "beside Max-Age"})},
		{"Max-Age after Expires", "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=86400", host(fields{name: "a", value: "1", expires: day})},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, d := ParseSetCookie(c.line, mustURL(t, "https://www.example.com/a/b"), CookiePolicy{}, cookieNow)
			f := fields{name: got.Name, value: got.Value, domain: got.Domain, path: got.Path, hostOnly: got.HostOnly, sameSite: got.SameSite, ignored: c.want.ignored}
			if got.Persistent {
				f.expires = got.Expires.Format("2006-01-02 15:04:05")
			}
			if f != c.want || !d.Accepted {
				t.Errorf("got  %+v (%s)\nwant %+v", f, d.Why, c.want)
			}
			if ignored := strings.Join(d.Ignored, "\n"); !strings.Contains(ignored, c.want.ignored) || (c.want.ignored == "") != (ignored == "") || len(d.Ignored) > 1 {
				t.Errorf("ignored: %q, want one with %q", d.Ignored, c.want.ignored)
			}
		})
	}
}

func TestCookieDates(t *testing.T) {
	for _, c := range []struct{ name, input, want string }{
		{"the form of HTTP", "Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06 08:49:37"},
		{"the form of RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06 08:49:37"},
		{"the form of asctime", "Sun Nov  6 08:49:37 1994", "1994-11-06 08:49:37"},
		{"any order", "1994 08:49:37 6 november", "1994-11-06 08:49:37"},
		{"one digit each", "1 jan 2030 1:2:3", "2030-01-01 01:02:03"},
		{"a zone sticks to the time", "1 jan 2030 10:20:30GMT", "2030-01-01 10:20:30"},
		{"a year of 69", "1 jan 69 0:0:0", "2069-01-01 00:00:00"},
		{"a year of 70", "1 jan 70 0:0:0", "1970-01-01 00:00:00"},
		{"a suffix on the day", "1st jan 2030 0:0:0", "2030-01-01 00:00:00"},
		{"a leap day", "29 feb 2028 0:0:0", "2028-02-29 00:00:00"},
		{"no leap day", "29 feb 2027 0:0:0", ""},
		{"a day that no month has", "32 jan 2030 0:0:0", ""},
		{"day zero", "0 jan 2030 0:0:0", ""},
		{"a year before 1601", "1 jan 1600 0:0:0", ""},
		{"a year of five digits", "1 jan 20300 0:0:0", ""},
		{"24 o'clock", "1 jan 2030 24:00:00", ""},
		{"a leap second", "31 dec 2016 23:59:60", ""},
		{"three digits of seconds", "1 jan 2030 10:20:300", ""},
		{"no seconds", "1 jan 2030 10:20", ""},
		{"no time", "1 jan 2030", ""},
		{"no month", "1 2030 10:20:30", ""},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := parseCookieDate(c.input)
			if ok != (c.want != "") || ok && got.Format("2006-01-02 15:04:05") != c.want {
				t.Errorf("%q: %v, %v; want %q", c.input, got, ok, c.want)
			}
		})
	}
}

func TestCookiePathsMatchByDirectory(t *testing.T) {
	for _, c := range []struct {
		request, cookie string
		want            bool
	}{
		{"/a/b", "/", true}, {"/a/b", "/a", true}, {"/a/b", "/a/", true}, {"/a/b", "/a/b", true}, {"/a/b/", "/a/b", true},
		{"/ab", "/a", false}, {"/a", "/a/", false}, {"/a", "/a/b", false}, {"/A", "/a", false}, {"/a//", "/a/", true},
	} {
		if got := pathMatches(c.request, c.cookie); got != c.want {
			t.Errorf("request %q, cookie %q: %v, want %v", c.request, c.cookie, got, c.want)
		}
	}
	for request, want := range map[string]string{"/": "/", "/a": "/", "/a/": "/a", "/a/b": "/a", "/a/b/c?": "/a/b", "": "/", "x": "/"} {
		if got := defaultCookiePath(request); got != want {
			t.Errorf("default path of %q: %q, want %q", request, got, want)
		}
	}
}

func TestCookieSpecs(t *testing.T) {
	for _, c := range []struct {
		name, spec string
		want       []string
		hint       string
	}{
		{"one cookie", "a=1", []string{"a=1; Path=/"}, ""},
		{"one cookie with attributes", "a=1; SameSite=Lax; Secure", []string{"a=1; SameSite=Lax; Secure; Path=/"}, ""},
		{"a path of its own", "a=1;path=/x", []string{"a=1;path=/x"}, ""},
		{"a whole Set-Cookie header", "Set-Cookie: a=1; Secure; Odd", []string{"a=1; Secure; Odd; Path=/"}, ""},
		{"the pairs of a Cookie header", "a=1; b=2;", []string{"a=1; Path=/", "b=2; Path=/"}, ""},
		{"a whole Cookie header, with a cookie named like an attribute", "cookie: a=1; secure=2", []string{"a=1; Path=/", "secure=2; Path=/"}, ""},
		{"a colon in the value", "a=b:c", []string{"a=b:c; Path=/"}, ""},
		{"an empty value", "a=", []string{"a=; Path=/"}, ""},
		{"nothing", " ", nil, "there is none"},
		{"no value", "s3cr3t", nil, "write NAME=VALUE"},
		{"no name", "=s3cr3t", nil, "write NAME=VALUE"},
		{"an attribute that nobody knows", "a=1; Sekure", nil, "or an attribute"},
		{"attributes and a second cookie", "a=s3cr3t; Secure; b=s3cr3t", nil, "by itself"},
		{"a line break", "a=1\r\nb=2", nil, "0x0D"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines, err := ParseCookieSpec(c.spec)
			if strings.Join(lines, "|") != strings.Join(c.want, "|") || (err == nil) != (c.hint == "") {
				t.Fatalf("%q, %v; want %q", lines, err, c.want)
			}
			if err != nil && (!strings.Contains(err.Error(), c.hint) || strings.Contains(err.Error(), "s3cr3t")) {
				t.Errorf("error %q, want one with %q and without the value", err, c.hint)
			}
		})
	}
}

// A parsed cookie is inside its bounds, says why, never repeats its value, and
// written out again it parses to the same.
func FuzzSetCookie(f *testing.F) {
	for _, s := range []string{
		"a=1", "a", "=", "a=1; Domain=example.com; Path=/; Secure; HttpOnly; SameSite=None; Max-Age=5; Expires=Sun, 06 Nov 1994 08:49:37 GMT",
		"__Host-a=1; Secure; Path=/", "a=1;;;==; path", "a=\x00", "a=1; Domain=.com", "a=1; Partitioned; Secure", "a=1; Domain=[::1]; Max-Age=--1", "\u00e9=\xff; Domain=\xff",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		u := mustURL(t, "https://www.example.com/a/b")
		p := CookiePolicy{PartitionedAttribute: true}
		c, d := ParseSetCookie(line, u, p, cookieNow)
		if d.Reason == "" || d.Why == "" || len(d.Why) > 2000 || len(d.Ignored) > maxIgnoredAttributes {
			t.Fatalf("%q: %+v", line, d)
		}
		if !d.Accepted {
			return
		}
		if len(c.Name)+len(c.Value) == 0 || len(c.Name)+len(c.Value) > maxCookieNameValue || !strings.HasPrefix(c.Path, "/") || len(c.Path) > maxCookieAttribute ||
			!domainMatches(u.Host(), c.Domain) || c.Expires.After(cookieNow.Add(maxCookieAge)) {
			t.Fatalf("%q: %+v", line, c)
		}
		again := c.Name + "=" + c.Value + "; Path=" + c.Path
		if !c.HostOnly {
			again += "; Domain=" + c.Domain
		}
		if c.Secure {
			again += "; Secure"
		}
		if c.HTTPOnly {
			again += "; HttpOnly"
		}
		if c.Partitioned {
			again += "; Partitioned"
		}
		if c.SameSite != SameSiteUnset {
			again += "; SameSite=" + c.SameSite.String()
		}
		if c.Persistent {
			again += "; Expires=" + c.Expires.Format("2 Jan 2006 15:04:05")
		}
		c2, d2 := ParseSetCookie(again, u, p, cookieNow)
		if c2 != c || !d2.Accepted {
			t.Fatalf("%q:\nfirst  %+v\nsecond %+v (%s)", line, c, c2, d2.Why)
		}
	})
}
