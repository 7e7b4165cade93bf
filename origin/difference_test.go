package origin

import "testing"

func TestCompareSaysWhatDiffers(t *testing.T) {
	type differs struct{ scheme, host, port, sameSite bool }
	for _, tc := range []struct {
		why, a, b string
		differs   differs
		sentence  string
	}{
		{"nothing", "https://example.com", "https://example.com", differs{sameSite: true},
			"same origin: https://example.com"},
		{"the port, on localhost", "http://localhost:5173", "http://localhost:8080", differs{port: true, sameSite: true},
			"same host, different port: 5173 and 8080"},
		{"the port, one of them the default", "https://example.com", "https://example.com:8443", differs{port: true, sameSite: true},
			"same host, different port: 443 and 8443"},
		{"the scheme, and the default port with it", "http://a.example", "https://a.example", differs{scheme: true},
			"same host, different scheme: http and https, and with it the default port: 80 and 443"},
		{"the scheme alone, the port being written", "http://a.example:8080", "https://a.example:8080", differs{scheme: true},
			"same host and port 8080, different scheme: http and https"},
		{"the scheme alone, the port being one's default", "http://a.example:443", "https://a.example", differs{scheme: true},
			"same host and port 443, different scheme: http and https"},
		{"scheme and port", "http://localhost:3000", "https://localhost", differs{scheme: true, port: true},
			"same host, different scheme: http and https, different port: 3000 and 443"},
		{"the scheme where the default ports agree", "http://a.example", "ws://a.example", differs{scheme: true},
			"same host and port 80, different scheme: http and ws"},
		{"two schemes without ports", "chrome-extension://abc", "moz-extension://abc", differs{scheme: true},
			"same host, different scheme: chrome-extension and moz-extension"},
		{"a scheme without port", "https://abc", "chrome-extension://abc", differs{scheme: true},
			"same host, different scheme: https and chrome-extension, and with it the default port: 443 and none"},
		{"the host, on one site", "https://app.example.com", "https://api.example.com", differs{host: true, sameSite: true},
			"different host: app.example.com and api.example.com (same site)"},
		{"the host, on two sites", "https://example.com", "https://example.org", differs{host: true},
			"different host: example.com and example.org (cross-site)"},
		{"two users of one host", "https://alice.github.io", "https://bob.github.io", differs{host: true},
			"different host: alice.github.io and bob.github.io (cross-site)"},
		{"host and scheme", "http://app.example.com", "https://api.example.com", differs{scheme: true, host: true},
			"different host: app.example.com and api.example.com, different scheme: http and https, and with it the default port: 80 and 443 (same site but for the scheme)"},
		{"all", "http://example.com:3000", "https://example.org:8443", differs{scheme: true, host: true, port: true},
			"different host: example.com and example.org, different scheme: http and https, different port: 3000 and 8443 (cross-site)"},
		{"localhost and its address", "http://localhost:3000", "http://127.0.0.1:3000", differs{host: true},
			"different host: localhost and 127.0.0.1 (cross-site); both are this machine, but a browser compares the names"},
		{"localhost and its address, and the port", "http://127.0.0.1:3000", "http://[::1]:8080", differs{host: true, port: true},
			"different host: 127.0.0.1 and [::1], different port: 3000 and 8080 (cross-site); both are this machine, but a browser compares the names"},
		{"a dot at the end", "https://example.com", "https://example.com.", differs{host: true},
			"different host: example.com and example.com. (cross-site); a dot at the end makes it another host"},
	} {
		t.Run(tc.why, func(t *testing.T) {
			a, b := loose(t, tc.a), loose(t, tc.b)
			d := Compare(a, b)
			if d.String() != tc.sentence {
				t.Errorf("got  %s\nwant %s", d, tc.sentence)
			}
			for _, d := range []Difference{d, Compare(b, a)} {
				if got := (differs{d.Scheme(), d.Host(), d.Port(), d.SameSite()}); got != tc.differs {
					t.Errorf("got %+v, want %+v", got, tc.differs)
				}
				if d.Opaque() {
					t.Error("it says that one is opaque")
				}
				if d.Same() != (a == b) || d.Same() == (d.Scheme() || d.Host() || d.Port()) {
					t.Errorf("Same() = %v", d.Same())
				}
			}
		})
	}
}

func TestCompareWithOpaqueAndInvalidOrigins(t *testing.T) {
	tuple, opaque := MustParse("https://a.example"), NewOpaque()
	for _, tc := range []struct {
		why      string
		d        Difference
		same     bool
		opaque   bool
		sentence string
	}{
		{"an opaque origin and itself", Compare(opaque, opaque), true, true,
			"same origin: both are one opaque origin, written as null"},
		{"two opaque origins", Compare(opaque, NewOpaque()), false, true,
			"different origins: both are opaque and written as null, but an opaque origin is the same as itself only"},
		{"an opaque origin and a tuple", Compare(opaque, tuple), false, true,
			"different origins: an opaque one, written as null, and https://a.example; an opaque origin is the same as itself only"},
		{"a tuple and an opaque origin", Compare(tuple, opaque), false, true,
			"different origins: https://a.example and an opaque one, written as null; an opaque origin is the same as itself only"},
		{"an invalid origin and a tuple", Compare(Origin{}, tuple), false, false, "nothing to compare: not two valid origins"},
		{"an opaque origin and an invalid one", Compare(opaque, Origin{}), false, true, "nothing to compare: not two valid origins"},
		{"the zero Difference", Difference{}, false, false, "nothing to compare: not two valid origins"},
	} {
		t.Run(tc.why, func(t *testing.T) {
			if tc.d.Same() != tc.same || tc.d.SameSite() != tc.same || tc.d.Opaque() != tc.opaque || tc.d.String() != tc.sentence {
				t.Errorf("got same %v, same site %v, opaque %v: %s", tc.d.Same(), tc.d.SameSite(), tc.d.Opaque(), tc.d)
			}
			if tc.d.Scheme() || tc.d.Host() || tc.d.Port() {
				t.Error("a part is said to differ where there is no tuple to compare")
			}
		})
	}
}
