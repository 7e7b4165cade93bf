package fetch

import (
	"encoding/json"
	"strings"
	"testing"

	whatwg "github.com/nlnwa/whatwg-url/url"
)

func addURLSeeds(f *testing.F, add func(ref, base string)) {
	f.Helper()
	for _, s := range []string{
		"https://api.example.com/users/7?q=1&r=%20#top", "http://localhost:8080", "http://127.0.0.1:80/a/..b/c", "https://a:443?x",
		"https://a:00443/", "http://a/%2e/b", "http://a/b/%2E%2e", "http://a:65536/", "http://1.2.3.-09/", "http://9.2.+3.4", "http://0x7f.1/",
		"http://a.b.c.XN--\\p", "http://[1::8[]/", "http://[::ffff:1.2.3.4]/", "http://a.1.:8/", "https://a//b///", "http://./", "http://../",
		"http://a/b^c`{}|?'\"<>#`", "http:a", "https:///a", "http://u:p@a/", "blob:https://a/b", "data:,x y #f", "file:///C|/x", "http://a/.x/..", "/x", "//b/c", "?q",
	} {
		add(s, "")
		add(s, "http://base.example:81/p/q?r#s")
	}
	readVectors(f, "urltestdata.json", func(_ int, raw json.RawMessage) {
		var v urlVector
		if json.Unmarshal(raw, &v) != nil {
			return
		}
		base := ""
		if v.Base != nil {
			base = *v.Base
		}
		add(v.Input, base)
	})
}

// The fast path is only an optimisation: whatever it parses, the standard's
// state machine parses to the same value, component by component.
func FuzzFastURLsEqualTheStandardsParser(f *testing.F) {
	addURLSeeds(f, func(ref, _ string) { f.Add(ref) })
	f.Fuzz(func(t *testing.T, s string) {
		fast := parseURLFast(s)
		if fast == nil {
			return
		}
		slow, err := parseURLSlow(s, nil)
		if err != nil {
			t.Fatalf("%q: fast %q, slow fails: %v", s, fast, err)
		}
		if *fast != *slow {
			t.Fatalf("%q:\nfast %+v\nslow %+v", s, *fast, *slow)
		}
	})
}

// So does the parser of opaque paths, which takes every URL that has one. The error is that of the length alone.
func FuzzOpaquePathsEqualTheStandardsParser(f *testing.F) {
	addURLSeeds(f, func(ref, _ string) { f.Add(ref) })
	for _, s := range []string{
		"data:text/plain;base64,AAAA", "DaTa:,x", "\x00 data:,x \x1f", "da\tta\n:\r,x", "data:,a b  #f g", "data:x \t? y #z ", "data:x #", "data:x ?", "data: ", "data:",
		"data:,\x01\x7f\u00e9\U0001f600\xff?\x01\"<>`'\xff#\x01\"<>`'#?\xff", "data:/x", "data:\t//h/x", "about:blank", "blob:https://a.example/1-2#f", "blob:null/1",
		"a+-.1:x", "1a:x", "+a:x", ":x", "\t:x", "mailto:a@b?subject=c d", "javascript:x('y')", "http:x", "fi\nle:x", "data\u00e9:x", "da ta:x", "x:\u2028?\u00a0",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := parseOpaquePath(s)
		want, wantErr := parseURLSlow(s, nil)
		if got == nil && err == nil {
			if want != nil && want.opaquePath {
				t.Fatalf("%q has an opaque path, %+v, and was left", s, *want)
			}
			return
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: %v; the standard's parser: %v", s, err, wantErr)
		}
		if err == nil && *unidentified(got) != *unidentified(want) {
			t.Fatalf("%q:\ngot  %+v\nwant %+v", s, *got, *want)
		}
	})
}

// The same for references against a base, where the fast path joins texts.
func FuzzReferencesEqualTheStandardsParser(f *testing.F) {
	addURLSeeds(f, func(ref, base string) { f.Add(ref, base) })
	f.Fuzz(func(t *testing.T, ref, base string) {
		b, err := ParseURL(base)
		if err != nil {
			return
		}
		got, err := b.Parse(ref)
		want, wantErr := parseURLSlow(ref, b)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q against %q: %v; the standard's parser: %v", ref, base, err, wantErr)
		}
		if err == nil && *unidentified(got) != *unidentified(want) {
			t.Fatalf("%q against %q:\ngot  %+v\nwant %+v", ref, base, *got, *want)
		}
	})
}

// What is serialised parses to the same value again: a URL means one thing.
func FuzzURLsRoundTrip(f *testing.F) {
	addURLSeeds(f, func(ref, _ string) { f.Add(ref) })
	f.Fuzz(func(t *testing.T, s string) {
		u, err := ParseURL(s)
		if err != nil {
			return
		}
		again, err := ParseURL(u.String())
		if err != nil {
			t.Fatalf("%q gives %q, which does not parse: %v", s, u, err)
		}
		if *unidentified(again) != *unidentified(u) {
			t.Fatalf("%q:\nfirst  %+v\nsecond %+v", s, *u, *again)
		}
		if u.IsHTTP() && (u.Host() == "" || !strings.HasPrefix(u.RequestURI(), "/") || u.Origin().IsOpaque() || u.Origin().Host() != u.Host()) {
			t.Fatalf("%q: %+v", s, *u)
		}
	})
}

// Two IPv6 parsers agree, except on the brackets that the library strips.
func FuzzIPv6HostsEqualTheLibrarys(f *testing.F) {
	for _, s := range []string{"::1", "1:2:3:4:5:6:7:8", "::", "1::", "::1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "::ffff:0:0", "1:0:0:2:0:0:0:3", "1:2:3:4:5:6:7::", "0:0::0", "::1.2.3.04", "1.2.3.4", "FE80::a%eth0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ContainsAny(s, "[]\t\r\n@/\\?#") {
			return
		}
		got, ok := parseIPv6(s)
		u, err := whatwg.Parse("http://[" + s + "]/")
		if ok != (err == nil) || ok && got != u.Hostname() {
			t.Fatalf("%q: %q, %v; the library: %v, %v", s, got, ok, u, err)
		}
	})
}
