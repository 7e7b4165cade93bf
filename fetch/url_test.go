package fetch

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
)

func mustURL(t testing.TB, s string) *URL {
	t.Helper()
	u, err := ParseURL(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestHTTPURLErrorsSayWhatToWrite(t *testing.T) {
	for _, c := range []struct {
		name, input string
		code        URLErrorCode
		hint        string // a part of it
	}{
		{"nothing", "", URLEmpty, `"https://api.example.com"`},
		{"only spaces", " \t\n", URLEmpty, `"https://api.example.com"`},
		{"a name alone", "api.example.com", URLNoScheme, `write "https://api.example.com"`},
		{"a name and a path", "api.example.com/users?x=1", URLNoScheme, `write "https://api.example.com/users?x=1"`},
		{"a name and a port, which the standard reads as a scheme", "api.example.com:8443/x", URLNoScheme, `write "https://api.example.com:8443/x"`},
		{"localhost and a port", "localhost:8080/x", URLNoScheme, `write "http://localhost:8080/x"`},
		{"localhost and a port and nothing more", "localhost:8080", URLNoScheme, `write "http://localhost:8080"`},
		{"a sub-domain of localhost", "app.localhost:5173/", URLNoScheme, `write "http://app.localhost:5173/"`},
		{"an address and a port", "127.0.0.1:8080", URLNoScheme, `write "http://127.0.0.1:8080"`},
		{"an IPv6 address and a port", "[::1]:8080/x", URLNoScheme, `write "http://[::1]:8080/x"`},
		{"a scheme-relative URL", "//cdn.example.com/x.js", URLNoScheme, `write "https://cdn.example.com/x.js"`},
		{"a path alone", "/users", URLNoScheme, "a path names no server"},
		{"words", "not a url", URLNoScheme, "write it with one"},
		{"ftp", "ftp://example.com/", URLUnknownScheme, "only http and https"},
		{"a WebSocket", "wss://example.com/", URLUnknownScheme, "CORS does not apply"},
		{"a file", "file:///tmp/index.html", URLUnknownScheme, "serve the file over http"},
		{"a mistyped scheme", "htps://example.com/", URLUnknownScheme, "only http and https"},
		{"no host", "https://", URLBadHost, "write a host after the scheme"},
		{"a pattern", "https://*.exa mple.com", URLBadHost, "no spaces"},
		{"a template", "https://<host>/", URLBadHost, "not a pattern"},
		{"a sign in an address", "http://9.2.+3.4/", URLBadHost, "four numbers from 0 to 255"},
		{"five numbers", "http://1.2.3.4.5/", URLBadHost, "four numbers from 0 to 255"},
		{"an IPv6 address with a bracket too many", "http://[1::8[]/", URLBadHost, `"http://[::1]:8080/"`},
		{"an IPv6 address with a zone", "http://[fe80::1%25eth0]/", URLBadHost, `"http://[::1]:8080/"`},
		{"a host longer than an origin may be", "http://" + strings.Repeat("a.", 800) + "com/", URLBadHost, "longer than any name"},
		{"credentials without end", "http://" + strings.Repeat("@", 5000) + "a/", URLBadHost, "longer than any name"},
		{"a port too large", "http://a:65536/", URLBadPort, "0 to 65535"},
		{"a port of letters", "http://a:http/", URLBadPort, "0 to 65535"},
		{"a URL without end", "http://a/" + strings.Repeat("a", MaxURLLength), URLTooLong, "as the body of a POST"},
		{"a URL whose serialisation is too long", "http://a/" + strings.Repeat("\u00e9", MaxURLLength/3), URLTooLong, "as the body of a POST"},
		{"a data: URL without end", "data:," + strings.Repeat("a", MaxDataURLLength), URLTooLong, "behind a blob: URL"},
		{"a data: URL whose serialisation is too long", "data:," + strings.Repeat("\x01", MaxDataURLLength/3) + "x", URLTooLong, "behind a blob: URL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, err := ParseHTTPURL(c.input)
			var e *URLError
			if !errors.As(err, &e) {
				t.Fatalf("parsed as %q, error %v", u, err)
			}
			if e.Code != c.code || !strings.Contains(e.Hint, c.hint) {
				t.Errorf("code %q, hint %q; want %q, %q", e.Code, e.Hint, c.code, c.hint)
			}
			if len(e.Error()) > 1200 || !strings.HasPrefix(e.Error(), "fetch: the URL ") {
				t.Errorf("message of %d bytes: %.100s", len(e.Error()), e.Error())
			}
		})
	}
}

func TestHostsThatTheLibraryMisreads(t *testing.T) {
	for _, c := range []struct{ name, input, host string }{
		{"a sign makes a label no number", "http://1.2.3.-09/", "1.2.3.-09"},
		{"a sign after the octal prefix", "http://1.2.3.0-5/", "1.2.3.0-5"},
		{"an ASCII xn-- label is not looked into", "http://a.b.c.XN--\\p", "a.b.c.xn--"},
		{"short forms of an address", "http://127.1/", "127.0.0.1"},
		{"a hexadecimal address", "http://0x7F000001/", "127.0.0.1"},
		{"an octal address with a trailing dot", "http://0177.0.0.1./", "127.0.0.1"},
		{"an IPv4 address in IPv6", "http://[::ffff:1.2.3.4]/", "[::ffff:102:304]"},
		{"a percent-encoded host", "http://ex%61mple.com/", "example.com"},
		{"a host of other letters", "http://b\u00fccher.example/", "xn--bcher-kva.example"},
		{"a full-width dot", "http://a\uff0eexample/", "a.example"},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := mustURL(t, c.input)
			if u.Host() != c.host || u.Origin().String() != "http://"+c.host {
				t.Errorf("host %q, origin %q; want %q", u.Host(), u.Origin(), c.host)
			}
		})
	}
}

func TestURLComponents(t *testing.T) {
	u := mustURL(t, "https://user:pa%20ss@api.example.com:8443/a/b?q=1#top")
	port, hasPort := u.Port()
	query, hasQuery := u.Query()
	fragment, hasFragment := u.Fragment()
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"scheme", u.Scheme(), "https"},
		{"username", u.Username(), "user"},
		{"password", u.Password(), "pa%20ss"},
		{"credentials", u.HasCredentials(), true},
		{"host", u.Host(), "api.example.com"},
		{"port", port, uint16(8443)},
		{"has a port", hasPort, true},
		{"host and port", u.HostPort(), "api.example.com:8443"},
		{"path", u.Path(), "/a/b"},
		{"query", query, "q=1"},
		{"has a query", hasQuery, true},
		{"fragment", fragment, "top"},
		{"has a fragment", hasFragment, true},
		{"request URI", u.RequestURI(), "/a/b?q=1"},
		{"origin", u.Origin().String(), "https://api.example.com:8443"},
		{"without fragment", u.StringWithoutFragment(), "https://user:pa%20ss@api.example.com:8443/a/b?q=1"},
		{"stripped", u.WithoutCredentialsAndFragment().String(), "https://api.example.com:8443/a/b?q=1"},
		{"its origin's URL", u.OriginURL().String(), "https://api.example.com:8443/"},
		{"another fragment", u.WithFragment("a b\t<").String(), "https://user:pa%20ss@api.example.com:8443/a/b?q=1#a%20b%3C"},
		{"http", u.IsHTTP(), true},
		{"the original is unchanged", u.String(), "https://user:pa%20ss@api.example.com:8443/a/b?q=1#top"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

func TestURLPortsAndSchemes(t *testing.T) {
	for _, c := range []struct {
		name, input, scheme, want string
		effective                 uint16
	}{
		{"the default port stays the default", "http://a/x#f", "https", "https://a/x#f", 443},
		{"another port stays", "http://a:8080/x", "https", "https://a:8080/x", 8080},
		{"the new default port is dropped", "http://a:443/x", "https", "https://a/x", 443},
		{"the same scheme", "https://a/", "https", "https://a/", 443},
		{"port 0 is a port", "http://a:0/", "https", "https://a:0/", 0},
		{"a scheme that is not special changes nothing", "http://a/", "data", "http://a/", 80},
		{"nor does a special one on a URL that is not", "foo://a:9/", "https", "foo://a:9/", 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := mustURL(t, c.input).WithScheme(c.scheme)
			if port, ok := u.EffectivePort(); u.String() != c.want || port != c.effective || !ok {
				t.Errorf("%q, port %d, %v; want %q, %d", u, port, ok, c.want, c.effective)
			}
			if again := mustURL(t, u.String()); *unidentified(again) != *unidentified(u) {
				t.Errorf("parsed again: %+v, want %+v", *again, *u)
			}
		})
	}
	if port, ok := mustURL(t, "foo://a/").EffectivePort(); ok {
		t.Errorf("an unknown scheme has the default port %d", port)
	}
}

func TestURLOrigins(t *testing.T) {
	for _, c := range []struct {
		name, input, want string
	}{
		{"https", "https://A.example:443/x", "https://a.example"},
		{"a host that the origin grammar does not have", "http://my_service.:3000/", "http://my_service.:3000"},
		{"credentials are no part of it", "https://u:p@a.example/", "https://a.example"},
		{"a blob has the origin inside it", "blob:https://a.example:8443/9f2b", "https://a.example:8443"},
		{"a blob of something else has none", "blob:ftp://a.example/9f2b", "null"},
		{"a data URL", "data:text/plain,x", "null"},
		{"a file", "file:///tmp/x", "null"},
		{"an unknown scheme", "foo://a.example/", "null"},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := mustURL(t, c.input)
			o := u.Origin()
			if o.String() != c.want || o != u.Origin() || o != u.WithFragment("x").Origin() {
				t.Errorf("origin %q, want %q, the same each time", o, c.want)
			}
			if other := mustURL(t, c.input).Origin(); (other == o) == o.IsOpaque() {
				t.Errorf("a second parse has the same origin: %v; opaque: %v", other == o, o.IsOpaque())
			}
		})
	}
}

func TestPotentiallyTrustworthyURLs(t *testing.T) {
	for input, want := range map[string]bool{
		"https://a.example/": true, "wss://a.example/": true, "http://a.example/": false,
		"http://localhost:3000/": true, "http://app.localhost/": true, "http://localhost./": true, "http://notlocalhost/": false,
		"http://127.0.0.1/": true, "http://127.255.0.1:8/": true, "http://128.0.0.1/": false, "http://127.example/": false,
		"http://[::1]/": true, "http://[::ffff:127.0.0.1]/": false, "http://192.168.1.1/": false,
		"about:blank": true, "about:srcdoc": true, "about:config": false, "data:,x": true, "file:///x": true, "foo:x": false,
		"blob:https://a.example/1": true, "blob:http://a.example/1": false, "blob:http://localhost/1": true, "blob:null/1": false,
	} {
		if got := mustURL(t, input).IsPotentiallyTrustworthy(); got != want {
			t.Errorf("%s: %v, want %v", input, got, want)
		}
	}
}

func TestReferencesKeepAbsentAndEmptyApart(t *testing.T) {
	for _, c := range []struct{ name, base, ref, want string }{
		{"an empty reference keeps the query and drops the fragment", "http://a/b?#c", "", "http://a/b?"},
		{"a fragment keeps an empty query", "http://a/b?", "#d", "http://a/b?#d"},
		{"the scheme alone is an empty reference", "http://a/b?", "http:", "http://a/b?"},
		{"a path drops the query", "http://a/b?", "c", "http://a/c"},
		{"an empty query", "http://a/b?x", "?", "http://a/b?"},
		{"an empty fragment", "http://a/b", "#", "http://a/b#"},
		{"a question mark in the fragment is no query", "http://a/b", "c#?", "http://a/c#?"},
		{"a path of the same server", "http://a:81/b", "/c?d", "http://a:81/c?d"},
		{"a path inherits the credentials", "http://u:p@a:81/b", "/c", "http://u:p@a:81/c"},
		{"another server by backslashes", "http://a/b", "\\\\c/d", "http://c/d"},
		{"another server by a slash and a backslash", "http://a/b", "/\\c/d", "http://c/d"},
		{"an empty host is not none", "foo:/a", "///b", "foo:///b"},
		{"no host is not an empty one", "foo:/a", "/.//b", "foo:/.//b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, err := mustURL(t, c.base).Parse(c.ref)
			if err != nil || u.String() != c.want {
				t.Errorf("%q, %v; want %q", u, err, c.want)
			}
		})
	}
}

func TestURLsAreTextInJSON(t *testing.T) {
	type record struct{ URL *URL }
	text, err := json.Marshal(record{mustURL(t, "https://a.example?x#y")})
	if err != nil || string(text) != `{"URL":"https://a.example/?x#y"}` {
		t.Fatalf("%s, %v", text, err)
	}
	var back record
	if err := json.Unmarshal(text, &back); err != nil || back.URL.String() != "https://a.example/?x#y" {
		t.Fatalf("%v, %v", back.URL, err)
	}
	var e *URLError
	if err := json.Unmarshal([]byte(`{"URL":"x"}`), &back); !errors.As(err, &e) || e.Code != URLNoScheme {
		t.Errorf("error %v, want %s", err, URLNoScheme)
	}
}

// The library writes to a base when it resolves against it; ours may not. The
// race detector is the judge.
func TestABaseIsSharedByConcurrentParses(t *testing.T) {
	base := mustURL(t, "http://u@a.example/b?c")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if u, err := base.Parse("./d e"); err != nil || u.String() != "http://u@a.example/d%20e" {
				t.Errorf("%q, %v", u, err)
			}
		})
	}
	all.Wait()
}

func BenchmarkParseURL(b *testing.B) {
	for _, c := range []struct{ name, input string }{
		{"plain", "https://api.example.com/users/7?fields=name"},
		{"default port", "https://api.example.com:443"},
		{"credentials go the slow way", "https://u:p@api.example.com/users/7"},
		{"16 Ki slashes the slow way", "https://a/" + strings.Repeat("/", 16<<10) + "^"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ParseURL(c.input); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
