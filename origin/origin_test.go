package origin

import (
	"encoding"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

var (
	_ encoding.TextMarshaler   = Origin{}
	_ encoding.TextUnmarshaler = (*Origin)(nil)
)

func TestTheZeroOriginIsInvalidAndTheSameAsNothing(t *testing.T) {
	var zero Origin
	if zero.IsValid() || zero.IsOpaque() || zero.Scheme() != "" || zero.Host() != "" || zero.IsPotentiallyTrustworthy() {
		t.Error("the zero Origin has properties")
	}
	if _, ok := zero.Port(); ok {
		t.Error("it has a port")
	}
	if _, ok := zero.EffectivePort(); ok {
		t.Error("it has an effective port")
	}
	if SameOrigin(zero, zero) || SameSite(zero, zero) || SchemelesslySameSite(zero, zero) || SchemelesslySameSite(zero, NewOpaque()) {
		t.Error("it is the same as something")
	}
	if zero.Site().IsValid() || zero.Site() != (Site{}) || zero.Site().String() != "invalid site" {
		t.Error("it has a site")
	}
	if zero.String() != "invalid origin" || len(zero.AppendTo(nil)) != 0 {
		t.Errorf("String() = %q, AppendTo = %q", zero, zero.AppendTo(nil))
	}
	if _, err := Parse(zero.String()); err == nil {
		t.Error("its String parses")
	}
}

func TestOpaqueOriginsAreTheSameAsThemselvesOnly(t *testing.T) {
	a, b := NewOpaque(), NewOpaque()
	null := MustParse("null")
	if !a.IsValid() || !a.IsOpaque() || !null.IsOpaque() || a.String() != "null" || a.Scheme() != "" || a.Host() != "" {
		t.Errorf("got %v with scheme %q and host %q", a, a.Scheme(), a.Host())
	}
	if copied := a; copied != a || !SameOrigin(copied, a) || !SameSite(copied, a) || !SchemelesslySameSite(copied, a) || copied.Site() != a.Site() {
		t.Error("an opaque origin differs from its copy")
	}
	for _, other := range []Origin{b, null, MustParse("null"), MustParse("https://a.example"), {}} {
		if other == a || SameOrigin(a, other) || SameSite(a, other) || SchemelesslySameSite(a, other) || SchemelesslySameSite(other, a) || a.Site() == other.Site() {
			t.Errorf("an opaque origin is the same as another one, %v", other)
		}
	}
	if seen := map[Origin]bool{a: true}; !seen[a] || seen[b] {
		t.Error("opaque origins do not work as map keys")
	}
	if a.IsPotentiallyTrustworthy() || a.Site().String() != "null" || !a.Site().IsOpaque() || !a.Site().IsValid() {
		t.Error("an opaque origin is trusted or has a tuple's site")
	}
}

func TestTuplesAreEqualHoweverTheyWereMade(t *testing.T) {
	for _, tc := range []struct {
		name, scheme, host string
		port               int
		want               string
	}{
		{"no port", "https", "example.com", -1, "https://example.com"},
		{"the default port", "https", "example.com", 443, "https://example.com"},
		{"another port", "https", "example.com", 8443, "https://example.com:8443"},
		{"port 0", "http", "localhost", 0, "http://localhost:0"},
		{"an IPv6 address", "http", "[::1]", 8080, "http://[::1]:8080"},
		{"an unknown scheme", "foo", "a", 80, "foo://a:80"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o, err := New(tc.scheme, tc.host, tc.port)
			if err != nil {
				t.Fatal(err)
			}
			if parsed := MustParse(strings.Clone(tc.want)); o != parsed || !SameOrigin(o, parsed) || (map[Origin]bool{o: true})[parsed] != true {
				t.Errorf("New gives %v, which is not what parsing %s gives", o, tc.want)
			}
		})
	}
}

func TestNewTakesHostsOfURLsThatTheGrammarDoesNotKnow(t *testing.T) {
	for _, host := range []string{"my_service", "example.com.", "-a.example", "a!$&'()*+,;=~b", "a..b"} {
		o, err := New("http", host, 8080)
		if err != nil || o.Host() != host || o.String() != "http://"+host+":8080" {
			t.Errorf("New with host %q = %v, %v", host, o, err)
		}
		if _, err := Parse(o.String()); err == nil {
			t.Errorf("Parse takes %v", o)
		}
	}
}

func TestNewRefusesWhatNoURLHas(t *testing.T) {
	for _, tc := range []struct {
		name, scheme, host string
		port               int
		code               Code
		pos                int
	}{
		{"no scheme", "", "example.com", -1, CodeBadScheme, 0},
		{"a scheme in upper case", "HTTP", "example.com", -1, CodeBadScheme, 0},
		{"a scheme with its colon", "http:", "example.com", -1, CodeBadScheme, 4},
		{"a scheme with slashes", "a://b", "example.com", -1, CodeBadScheme, 1},
		{"no host", "file", "", -1, CodeBadHost, 7},
		{"a host in upper case", "http", "Example.com", -1, CodeBadHost, 7},
		{"a host with its port", "http", "example.com:80", -1, CodeBadHost, 18},
		{"a host that is not ASCII", "http", "bücher.example", -1, CodeBadHost, 8},
		{"a percent escape", "http", "a%2e", -1, CodeBadHost, 8},
		{"a NUL", "http", "a\x00", -1, CodeBadHost, 8},
		{"an IPv6 address without brackets", "http", "::1", -1, CodeBadHost, 7},
		{"an IPv6 address in full", "http", "[0:0:0:0:0:0:0:1]", -1, CodeBadHost, 7},
		{"an abbreviated IPv4 address", "http", "127.1", -1, CodeBadHost, 7},
		{"an IPv4 address with a dot at its end", "http", "127.0.0.1.", -1, CodeBadHost, 7},
		{"port -2", "http", "a.example", -2, CodePortOutOfRange, 17},
		{"port 65536", "http", "a.example", 65536, CodePortOutOfRange, 17},
		{"a kilobyte of host", "http", strings.Repeat("a", MaxLength), -1, CodeTooLong, MaxLength},
		{"a kilobyte of scheme", strings.Repeat("a", MaxLength), "a.example", -1, CodeTooLong, MaxLength},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o, err := New(tc.scheme, tc.host, tc.port)
			var e *ParseError
			if !errors.As(err, &e) || o != (Origin{}) {
				t.Fatalf("got %v, %v", o, err)
			}
			if e.Code != tc.code || e.Pos != tc.pos {
				t.Errorf("got %s at %d; want %s at %d", e.Code, e.Pos, tc.code, tc.pos)
			}
		})
	}
}

func TestOriginsTravelThroughJSON(t *testing.T) {
	type page struct {
		Origin Origin            `json:"origin"`
		Seen   map[Origin]string `json:"seen"`
	}
	in := page{MustParse("https://a.example:8443"), map[Origin]string{MustParse("http://localhost:5173"): "yes"}}
	text, err := json.Marshal(in)
	if want := `{"origin":"https://a.example:8443","seen":{"http://localhost:5173":"yes"}}`; err != nil || string(text) != want {
		t.Fatalf("got %s, %v", text, err)
	}
	var out page
	if err := json.Unmarshal(text, &out); err != nil || out.Origin != in.Origin || out.Seen[MustParse("http://localhost:5173")] != "yes" {
		t.Errorf("got %+v, %v", out, err)
	}
}

func TestUnmarshalText(t *testing.T) {
	o := MustParse("https://a.example")
	if err := o.UnmarshalText([]byte("https://b.example/")); err == nil || o != MustParse("https://a.example") {
		t.Errorf("a mistake gives %v, and the origin is now %v", err, o)
	}
	if err := o.UnmarshalText([]byte("null")); err != nil || !o.IsOpaque() {
		t.Errorf("null gives %v, %v", o, err)
	}
	if err := o.UnmarshalText(nil); err != nil || o.IsValid() {
		t.Errorf("no text gives %v, %v", o, err)
	}
	text := []byte("https://a.example")
	if err := o.UnmarshalText(text); err != nil {
		t.Fatal(err)
	}
	if text[8] = 'b'; o.Host() != "a.example" {
		t.Error("the origin changes with the buffer it was read from")
	}
	var e *ParseError
	if err := o.UnmarshalText([]byte("https://" + strings.Repeat("a", 1<<20))); !errors.As(err, &e) || e.Code != CodeTooLong {
		t.Errorf("a megabyte gives %.100v", err)
	}
}

func TestDefaultPorts(t *testing.T) {
	for scheme, want := range map[string]uint16{"http": 80, "ws": 80, "https": 443, "wss": 443, "ftp": 21} {
		if got, ok := DefaultPort(scheme); got != want || !ok {
			t.Errorf("DefaultPort(%q) = %d, %v", scheme, got, ok)
		}
	}
	for _, scheme := range []string{"file", "HTTP", "", "chrome-extension"} {
		if got, ok := DefaultPort(scheme); ok || got != 0 {
			t.Errorf("DefaultPort(%q) = %d, %v", scheme, got, ok)
		}
	}
}

func TestPotentiallyTrustworthy(t *testing.T) {
	for _, tc := range []struct {
		why, scheme, host string
		want              bool
	}{
		{"https", "https", "example.com", true},
		{"wss", "wss", "example.com", true},
		{"a file URL with a host", "file", "server", true},
		{"plain http", "http", "example.com", false},
		{"localhost", "http", "localhost", true},
		{"localhost by any scheme", "ftp", "localhost", true},
		{"localhost with a dot", "http", "localhost.", true},
		{"a name under localhost", "ws", "app.localhost", true},
		{"a name under localhost with a dot", "http", "app.localhost.", true},
		{"a name that only ends in localhost", "http", "notlocalhost", false},
		{"localhost as a subdomain", "http", "localhost.example.com", false},
		{"localhost with two dots", "http", "localhost..", false},
		{"localhost.localdomain", "http", "localhost.localdomain", false},
		{"the first loopback address", "http", "127.0.0.0", true},
		{"the last loopback address", "http", "127.255.255.255", true},
		{"the address before", "http", "126.255.255.255", false},
		{"the address after", "http", "128.0.0.1", false},
		{"a name that begins as a loopback address", "http", "127.0.0.1.example.com", false},
		{"a private address", "http", "192.168.0.1", false},
		{"the unspecified address", "http", "0.0.0.0", false},
		{"the IPv6 loopback address", "http", "[::1]", true},
		{"the address after it", "http", "[::2]", false},
		{"the loopback address of IPv4 in IPv6 dress", "http", "[::ffff:7f00:1]", false},
	} {
		t.Run(tc.why, func(t *testing.T) {
			o, err := New(tc.scheme, tc.host, 8080)
			if err != nil {
				t.Fatal(err)
			}
			if got := o.IsPotentiallyTrustworthy(); got != tc.want {
				t.Errorf("%v: %v", o, got)
			}
		})
	}
}
