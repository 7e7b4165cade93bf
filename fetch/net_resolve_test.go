package fetch

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestParseResolveRule(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want string // String() of the rule
	}{
		"a host, a port, an address":         {"example.com:443:127.0.0.1", "example.com:443:127.0.0.1"},
		"another port than the URL's":        {"example.com:443:127.0.0.1:8443", "example.com:443:127.0.0.1:8443"},
		"IPv6 in brackets":                   {"example.com:443:[::1]", "example.com:443:[::1]"},
		"IPv6 in brackets, with a port":      {"example.com:443:[::1]:8443", "example.com:443:[::1]:8443"},
		"IPv6 without brackets":              {"example.com:443:::1", "example.com:443:[::1]"},
		"IPv6 with a zone":                   {"example.com:443:[fe80::1%eth0]", "example.com:443:[fe80::1%eth0]"},
		"several addresses":                  {"example.com:443:[::1],127.0.0.1, 10.0.0.7:81", "example.com:443:[::1],127.0.0.1,10.0.0.7:81"},
		"every host":                         {"*:443:10.0.0.7", "*:443:10.0.0.7"},
		"every port":                         {"example.com:*:10.0.0.7", "example.com:*:10.0.0.7"},
		"everything":                         {"*:*:10.0.0.7", "*:*:10.0.0.7"},
		"a host in capitals":                 {"EXAMPLE.com:443:10.0.0.7", "example.com:443:10.0.0.7"},
		"a host beyond ASCII":                {"bücher.example:443:10.0.0.7", "xn--bcher-kva.example:443:10.0.0.7"},
		"a host with a dot at its end":       {"example.com.:443:10.0.0.7", "example.com:443:10.0.0.7"},
		"an IPv6 address for a host":         {"[2001:DB8:0::1]:443:10.0.0.7", "[2001:db8::1]:443:10.0.0.7"},
		"an IPv4 address in an odd spelling": {"0x7f.1:443:10.0.0.7", "127.0.0.1:443:10.0.0.7"},
	} {
		t.Run(name, func(t *testing.T) {
			rule, err := ParseResolveRule(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := rule.String(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if again := netRule(t, rule.String()); again.String() != rule.String() {
				t.Errorf("read again: %s", again)
			}
		})
	}
}

func TestParseResolveRuleRefuses(t *testing.T) {
	many := strings.TrimSuffix(strings.Repeat("10.0.0.7,", maxResolveAddrs+1), ",")
	for name, c := range map[string]struct {
		text    string
		problem string
		pos     int
	}{
		"nothing":                     {"", "has no port", 0},
		"a host alone":                {"example.com", "has no port", 0},
		"no address":                  {"example.com:443", "has no address", 15},
		"an empty address":            {"example.com:443:", `has "" for an address`, 16},
		"an empty second address":     {"example.com:443:10.0.0.7,", `has "" for an address`, 25},
		"a name for an address":       {"example.com:443:localhost", `has "localhost" for an address`, 16},
		"a port of letters":           {"example.com:https:10.0.0.7", `has "https" for a port`, 12},
		"the port 0":                  {"example.com:0:10.0.0.7", `has "0" for a port`, 12},
		"a port too large":            {"example.com:65536:10.0.0.7", `has "65536" for a port`, 12},
		"a port with a sign":          {"example.com:+443:10.0.0.7", `has "+443" for a port`, 12},
		"an address's port too large": {"example.com:443:10.0.0.7:70000", "for an address", 16},
		"an IPv4 address in brackets": {"example.com:443:[10.0.0.7]", "for an address", 16},
		"brackets that stay open":     {"[::1:443:10.0.0.7", "has no port", 0},
		"an empty host":               {":443:10.0.0.7", "has no host", 0},
		"a dot for a host":            {".:443:10.0.0.7", "has no host", 0},
		"a star within a host":        {"*.example.com:443:10.0.0.7", "has no host", 0},
		"a space in a host":           {"a b:443:10.0.0.7", "has no host", 0},
		"curl's removal":              {"-example.com:443", `begins with "-"`, 0},
		"curl's expiry":               {"+example.com:443:10.0.0.7", `begins with "+"`, 0},
		"a URL":                       {"https://example.com:443:10.0.0.7", "for a port", 6},
		"too many addresses":          {"example.com:443:" + many, "has more than 16 addresses", 16 + 9*maxResolveAddrs},
		"a text too long":             {"example.com:443:" + strings.Repeat(" ", maxResolveRule), "is longer than", maxResolveRule},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseResolveRule(c.text)
			var fault *NetConfigError
			if !errors.As(err, &fault) {
				t.Fatalf("got %v", err)
			}
			if fault.Code != NetConfigResolve || !strings.Contains(fault.Problem, c.problem) || fault.Pos != c.pos || fault.Hint == "" {
				t.Errorf("got %s at %d (%s), want %s at %d", fault.Problem, fault.Pos, fault.Hint, c.problem, c.pos)
			}
		})
	}
}

func TestTheClosestResolveRuleWins(t *testing.T) {
	var rules []ResolveRule
	for _, text := range []string{"*:*:10.0.0.1", "*:443:10.0.0.2", "a.example:*:10.0.0.3", "a.example:443:10.0.0.4", "b.example:443:10.0.0.5", "b.example:443:10.0.0.6", "[::1]:443:10.0.0.7"} {
		rules = append(rules, netRule(t, text))
	}
	table, err := newResolveTable(rules)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		host string
		port uint16
		want string
	}{
		"host and port":             {"a.example", 443, "10.0.0.4"},
		"the host beats the port":   {"a.example", 80, "10.0.0.3"},
		"the port beats nothing":    {"c.example", 443, "10.0.0.2"},
		"all others":                {"c.example", 80, "10.0.0.1"},
		"the last of two":           {"b.example", 443, "10.0.0.6"},
		"an address without a name": {"::1", 443, "10.0.0.7"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := table.find(c.host, c.port); len(got) != 1 || got[0].Addr().String() != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}

func TestFamiliesTakeTurns(t *testing.T) {
	var found []netip.Addr
	for _, a := range []string{"2001:db8::1", "2001:db8::2", "::ffff:10.0.0.1", "2001:db8::3", "10.0.0.2"} {
		found = append(found, netip.MustParseAddr(a))
	}
	var got []string
	for _, a := range interleave(found, 80) {
		got = append(got, a.String())
	}
	want := []string{"[2001:db8::1]:80", "10.0.0.1:80", "[2001:db8::2]:80", "10.0.0.2:80", "[2001:db8::3]:80"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if n := len(interleave(slices.Repeat(found, 100), 80)); n != maxResolveAddrs {
		t.Errorf("%d addresses of 500 are tried", n)
	}
}

func FuzzParseResolveRule(f *testing.F) {
	for _, seed := range []string{"example.com:443:127.0.0.1", "*:*:[::1]:80,10.0.0.1", "[::1]:443:::1", "a:1:1.2.3.4:5", "-a:1", "bücher:1:[fe80::1%a]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rule, err := ParseResolveRule(text)
		if err != nil {
			if rule.Host != "" || rule.Addrs != nil {
				t.Errorf("an error, and the rule %v", rule)
			}
			return
		}
		again, err := ParseResolveRule(rule.String())
		if err != nil || again.Host != rule.Host || again.Port != rule.Port || !slices.Equal(again.Addrs, rule.Addrs) {
			t.Errorf("%q is written %q, which is read as %v, %v", text, rule, again, err)
		}
		if _, err := newResolveTable([]ResolveRule{rule}); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}
