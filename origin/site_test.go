package origin

import (
	"strings"
	"testing"
)

func TestSameSite(t *testing.T) {
	const (
		same       = "same site"
		schemeless = "same site but for the scheme"
		cross      = "cross-site"
	)
	for _, tc := range []struct{ why, a, b, want string }{
		{"an origin and itself", "https://example.com", "https://example.com", same},
		{"the port does not count", "https://example.com", "https://example.com:8443", same},
		{"two subdomains", "https://app.example.com", "https://api.example.com", same},
		{"a subdomain at any depth", "https://a.b.c.example.com", "https://example.com", same},
		{"the scheme counts", "http://app.example.com", "https://api.example.com", schemeless},
		{"ws is not http", "ws://example.com", "http://example.com", schemeless},
		{"two domains", "https://example.com", "https://example.org", cross},
		{"a domain that ends like another", "https://example.com", "https://notexample.com", cross},
		{"a suffix of two labels", "https://a.example.co.uk", "https://b.example.co.uk", same},
		{"two domains under one suffix of two labels", "https://a.co.uk", "https://b.co.uk", cross},
		{"two users of a private suffix", "https://alice.github.io", "https://bob.github.io", cross},
		{"one user of a private suffix", "https://a.alice.github.io", "https://alice.github.io", same},
		{"a private suffix and one below", "https://github.io", "https://alice.github.io", cross},
		{"a private suffix and itself", "https://github.io", "https://github.io:8443", same},
		{"a suffix made by a wildcard rule", "https://a.foo.ck", "https://b.foo.ck", cross},
		{"the exception to a wildcard rule", "https://a.www.ck", "https://b.www.ck", same},
		{"an unlisted top level", "https://a.corp.internal", "https://b.corp.internal", same},
		{"two hosts of an unlisted top level", "https://a.internal", "https://b.internal", cross},
		{"localhost and its ports", "http://localhost:3000", "http://localhost:8080", same},
		{"two names under localhost, which is a suffix like any other", "http://app.localhost", "http://api.localhost", cross},
		{"localhost and a name under it", "http://localhost", "http://app.localhost", cross},
		{"localhost and its address", "http://localhost", "http://127.0.0.1", cross},
		{"an address and its ports", "http://127.0.0.1:3000", "http://127.0.0.1:8080", same},
		{"two addresses that end alike", "http://10.0.0.1", "http://10.1.0.1", cross},
		{"an IPv6 address and its ports", "http://[::1]:3000", "http://[::1]:8080", same},
		{"two IPv6 addresses", "http://[::1]", "http://[::2]", cross},
		{"a dot at the end is another site", "https://example.com", "https://example.com.", cross},
		{"two hosts with a dot at the end", "https://a.example.com.", "https://b.example.com.", same},
		{"two users of a private suffix, with dots", "https://alice.github.io.", "https://bob.github.io.", cross},
		{"two extensions", "chrome-extension://aaaa", "chrome-extension://bbbb", cross},
	} {
		t.Run(tc.why, func(t *testing.T) {
			a, b := loose(t, tc.a), loose(t, tc.b)
			for _, pair := range [][2]Origin{{a, b}, {b, a}} {
				a, b := pair[0], pair[1]
				got := cross
				if SchemelesslySameSite(a, b) {
					got = schemeless
				}
				if SameSite(a, b) {
					got = same
				}
				if got != tc.want {
					t.Errorf("%v and %v are %s", a, b, got)
				}
				if (a.Site() == b.Site()) != (tc.want == same) {
					t.Errorf("the sites are %v and %v", a.Site(), b.Site())
				}
			}
		})
	}
}

// loose parses an origin whose host may have a dot at its end, as URLs may.
func loose(t *testing.T, s string) Origin {
	t.Helper()
	bare, dotted := strings.CutSuffix(s, ".")
	o := MustParse(bare)
	if !dotted {
		return o
	}
	o, err := New(o.Scheme(), o.Host()+".", -1)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestSites(t *testing.T) {
	for in, want := range map[string]string{
		"https://app.example.com:8443": "https://example.com",
		"http://localhost:5173":        "http://localhost",
		"http://127.0.0.1:8080":        "http://127.0.0.1",
		"http://[::1]:8080":            "http://[::1]",
		"https://a.alice.github.io":    "https://alice.github.io",
		"https://github.io":            "https://github.io",
		"https://app.example.com.":     "https://example.com.",
	} {
		s := loose(t, in).Site()
		if s.String() != want || s.Scheme()+"://"+s.Host() != want || !s.IsValid() || s.IsOpaque() {
			t.Errorf("the site of %s is %v", in, s)
		}
	}
}

func TestRegistrableDomain(t *testing.T) {
	for _, tc := range []struct{ why, in, want string }{
		{"a domain", "example.com", "example.com"},
		{"a subdomain", "a.b.example.com", "example.com"},
		{"upper case", "WWW.Example.COM", "example.com"},
		{"a dot at the end", "www.example.com.", "example.com"},
		{"a suffix of two labels", "www.example.co.uk", "example.co.uk"},
		{"a user of a private suffix", "x.alice.github.io", "alice.github.io"},
		{"an exception to a wildcard rule", "a.www.ck", "www.ck"},
		{"an unlisted top level", "a.b.test", "b.test"},
		{"a name under localhost", "api.app.localhost", "app.localhost"},
		{"punycode", "www.xn--bcher-kva.example", "xn--bcher-kva.example"},
		{"an underscore", "_dmarc.my_host.example", "my_host.example"},
		{"a bare suffix", "com", ""},
		{"a bare suffix with a dot", "com.", ""},
		{"a bare suffix of two labels", "co.uk", ""},
		{"a bare private suffix", "github.io", ""},
		{"a suffix by a wildcard rule", "foo.ck", ""},
		{"localhost", "localhost", ""},
		{"an IPv4 address", "127.0.0.1", ""},
		{"an IPv4 address with a dot", "127.0.0.1.", ""},
		{"what only looks like an IPv4 address", "1.2.3.256", ""},
		{"an IPv6 address in brackets", "[2001:db8::1]", ""},
		{"an IPv6 address without brackets", "2001:db8::1", ""},
		{"an IPv6 address with a name behind it", "2001:db8::a.example.com", ""},
		{"nothing", "", ""},
		{"a dot", ".", ""},
		{"two dots at the end", "example.com..", ""},
		{"an empty label", "a..example.com", ""},
		{"a dot in front", ".example.com", ""},
		{"a name in Unicode", "bücher.example", ""},
		{"a Kelvin sign, which lower-cases to an ASCII k", "a.example.u\u212a", ""},
		{"more than a kilobyte", strings.Repeat("a.", MaxLength) + "com", ""},
	} {
		t.Run(tc.why, func(t *testing.T) {
			if got, ok := RegistrableDomain(tc.in); got != tc.want || ok != (tc.want != "") {
				t.Errorf("RegistrableDomain(%q) = %q, %v", tc.in, got, ok)
			}
		})
	}
}

func FuzzRegistrableDomain(f *testing.F) {
	for _, s := range []string{"www.example.co.uk", "a.github.io.", "1.2.3.4", "a..b", ".ck", "x.y.Z.ck", "\u212a", "[::1]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, host string) {
		domain, ok := RegistrableDomain(host)
		if !ok {
			if domain != "" {
				t.Fatalf("RegistrableDomain(%q) = %q, false", host, domain)
			}
			return
		}
		if bare := strings.TrimSuffix(strings.ToLower(host), "."); bare != domain && !strings.HasSuffix(bare, "."+domain) {
			t.Fatalf("RegistrableDomain(%q) = %q, which is no part of it", host, domain)
		}
		if again, ok := RegistrableDomain(domain); !ok || again != domain {
			t.Fatalf("the registrable domain of %q is %q, %v", domain, again, ok)
		}
	})
}

func BenchmarkSameSite(b *testing.B) {
	one, two := MustParse("https://app.example.com"), MustParse("https://api.example.com")
	b.ReportAllocs()
	for b.Loop() {
		SameSite(one, two)
	}
}
