package fetch

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// resolving is a transport whose hosts have the addresses that a test gives them.
type resolving struct {
	scripted
	addrs   map[string][]netip.Addr
	lookups int
}

func (r *resolving) AddressesOf(_ context.Context, m *Message) []netip.Addr {
	r.lookups++
	return slices.Clone(r.addrs[m.URL.Host()])
}

func addresses(text string) []netip.Addr {
	var addrs []netip.Addr
	for a := range strings.FieldsSeq(text) {
		addrs = append(addrs, netip.MustParseAddr(a))
	}
	return addrs
}

// TestPreflightsAndAddresses: when Firefox asks again because of the host's addresses, as it was measured, and that it hangs on one field each.
func TestPreflightsAndAddresses(t *testing.T) {
	type request struct {
		after time.Duration // since the last one
		addrs string        // of the host from then on; empty: as before
		get   bool          // a request without a preflight
		other bool          // from a page of another site
		asked bool          // a preflight is sent
		moved bool          // and something was forgotten before it
	}
	const second = time.Second
	for _, c := range []struct {
		name, url string
		requests  []request
		without   func(*PreflightPolicy)
	}{
		{"the same addresses, looked up again, change nothing", "https://api.test/x", []request{
			{addrs: "192.0.2.1 192.0.2.2", asked: true}, {after: 61 * second, addrs: "192.0.2.2 192.0.2.1"}, {after: second}, {after: 599 * second}, {after: second},
		}, nil},
		{"other addresses are noticed by the request after the one that looks them up", "https://api.test/x", []request{
			{addrs: "192.0.2.1", asked: true}, {after: 59 * second, addrs: "192.0.2.9"}, {after: second}, {after: second, asked: true, moved: true}, {after: second},
		}, func(p *PreflightPolicy) { p.AddressLifetime = 0 }},
		{"which need not be one that is asked for", "https://api.test/x", []request{
			{addrs: "192.0.2.1", asked: true}, {after: 61 * second, addrs: "192.0.2.1 192.0.2.9", get: true}, {after: second, asked: true, moved: true}, {after: second},
		}, func(p *PreflightPolicy) { p.AddressLifetime = 0 }},
		{"a host that nothing asked for eleven minutes is asked again", "https://api.test/x", []request{
			{addrs: "192.0.2.1", asked: true}, {after: 659 * second}, {after: 660 * second, asked: true, moved: true}, {after: second},
		}, func(p *PreflightPolicy) { p.AddressGrace = time.Hour }},
		{"an address is asked three times", "http://192.0.2.1/x", []request{
			{addrs: "192.0.2.1", asked: true}, {after: second, asked: true, moved: true}, {after: second, asked: true, moved: true}, {after: second}, {after: 3600 * second},
		}, func(p *PreflightPolicy) { p.AddressURLRecords = 0 }},
		{"and so for each site", "http://[2001:db8::1]/x", []request{
			{addrs: "2001:db8::1", asked: true}, {after: second, asked: true, moved: true}, {after: second, asked: true, moved: true}, {after: second},
			{other: true, asked: true}, {after: second, other: true, asked: true, moved: true}, {after: second, other: true, asked: true, moved: true}, {after: second, other: true},
			{after: second},
		}, func(p *PreflightPolicy) { p.AddressURLRecords = 1 }},
		{"this machine's names keep their addresses", "http://api.localhost/x", []request{
			{addrs: "127.0.0.1", asked: true}, {after: 61 * second, addrs: "::1"}, {after: second}, {after: 3600 * second},
		}, nil},
		{"a host whose addresses nobody can tell, as behind a proxy, is not asked again", "https://api.test/x", []request{
			{asked: true}, {after: 61 * second}, {after: 3600 * second},
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			// play returns the requests with what came of them.
			play := func(profile Profile) []request {
				now, preflights := time.Unix(1_000_000, 0), 0
				transport := &resolving{addrs: map[string][]netip.Addr{}, scripted: func(m *Message) *Answer {
					if m.Method == "OPTIONS" {
						preflights++
					}
					return parseAnswer("200|Access-Control-Allow-Origin: *|Access-Control-Allow-Methods: PUT|Access-Control-Max-Age: 86400")
				}}
				agent, err := NewAgent(AgentConfig{Profile: profile, Transport: transport, Clock: func() time.Time { return now }, NoHTTPCache: true})
				if err != nil {
					t.Fatal(err)
				}
				u, err := ParseURL(c.url)
				if err != nil {
					t.Fatal(err)
				}
				played := slices.Clone(c.requests)
				for i, r := range c.requests {
					now = now.Add(r.after)
					if r.addrs != "" {
						transport.addrs[u.Host()] = addresses(r.addrs)
					}
					q, from := Request{Method: "PUT", URL: c.url, Trace: new(Trace)}, "http://app.test"
					if r.get {
						q.Method = "GET"
					}
					if r.other {
						from = "http://other.test"
					}
					page, err := agent.NewPage(PageConfig{URL: from})
					if err != nil {
						t.Fatal(err)
					}
					before := preflights
					response, err := page.Fetch(t.Context(), q)
					if err != nil || response.IsError() {
						t.Fatal(err, response.Reason)
					}
					response.Close()
					played[i].asked = preflights > before
					played[i].moved = slices.ContainsFunc(q.Trace.Steps, func(s Step) bool {
						return s.Subject == "preflight cache" && strings.Contains(s.Text, "forgets")
					})
				}
				if profile.Preflight.AddressLifetime == 0 && transport.lookups > 0 {
					t.Errorf("%d lookups that no policy asks for", transport.lookups)
				}
				return played
			}
			if got := play(Firefox()); !slices.Equal(got, c.requests) {
				t.Errorf("in Firefox:\n%+v\nwant\n%+v", got, c.requests)
			}
			if c.without == nil {
				return
			}
			profile := Firefox()
			c.without(&profile.Preflight)
			for _, other := range []Profile{profile, {}} {
				if slices.Equal(play(other), c.requests) {
					t.Errorf("profile %s does the same without the field", other.name())
				}
			}
		})
	}
}

// TestForgottenWithCredentials: what is known of a URL with credentials and without are forgotten apart.
func TestForgottenWithCredentials(t *testing.T) {
	preflights := 0
	transport := &resolving{addrs: map[string][]netip.Addr{"192.0.2.1": addresses("192.0.2.1")}, scripted: func(m *Message) *Answer {
		if m.Method == "OPTIONS" {
			preflights++
		}
		return parseAnswer("200|" + allow + "|" + creds + "|Access-Control-Allow-Methods: PUT|Access-Control-Max-Age: 86400")
	}}
	now := time.Unix(1_000_000, 0)
	agent, err := NewAgent(AgentConfig{Profile: Firefox(), Transport: transport, Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	page, err := agent.NewPage(PageConfig{URL: app})
	if err != nil {
		t.Fatal(err)
	}
	for i, step := range []struct {
		credentials CredentialsMode
		want        int
	}{
		{CredentialsInclude, 1}, {CredentialsOmit, 2}, // nothing was known
		{CredentialsOmit, 3}, {CredentialsInclude, 4}, // both older than the first record
		{CredentialsInclude, 5}, {CredentialsOmit, 6}, // and than the second
		{CredentialsInclude, 6}, {CredentialsOmit, 6},
	} {
		now = now.Add(time.Second)
		response, err := page.Fetch(t.Context(), Request{Method: "PUT", URL: "https://192.0.2.1/x", Credentials: step.credentials})
		if err != nil || response.IsError() {
			t.Fatal(err, response.Reason)
		}
		response.Close()
		if preflights != step.want {
			t.Errorf("after request %d there were %d preflights, want %d", i+1, preflights, step.want)
		}
	}
}

func TestAddressesOfTheNetwork(t *testing.T) {
	proxied := func(*url.URL) (*url.URL, error) { return &url.URL{Scheme: "http", Host: "127.0.0.1:1"}, nil }
	rules := []ResolveRule{netRule(t, "api.test:443:192.0.2.7,192.0.2.8")}
	for _, c := range []struct {
		name, url, want string
		config          NetConfig
	}{
		{"a rule's addresses in their order", "https://api.test/", "192.0.2.7 192.0.2.8", NetConfig{Resolve: rules}},
		{"an address is its own", "http://192.0.2.1:8080/", "192.0.2.1", NetConfig{}},
		{"an address of IPv6 too", "http://[2001:db8::1]/", "2001:db8::1", NetConfig{}},
		{"localhost", "http://localhost/", "::1 127.0.0.1", NetConfig{}},
		{"behind a proxy there are none", "http://192.0.2.1/", "", NetConfig{Proxy: proxied}},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, err := ParseURL(c.url)
			if err != nil {
				t.Fatal(err)
			}
			if got := newNet(t, c.config).AddressesOf(t.Context(), &Message{Method: http.MethodGet, URL: u}); !slices.Equal(got, addresses(c.want)) {
				t.Errorf("the addresses are %v, want %s", got, c.want)
			}
		})
	}
}

// TestHostRecordsAreBounded against pages that ask one host after the other.
func TestHostRecordsAreBounded(t *testing.T) {
	var h hostRecords
	for i := range maxHostRecords + 10 {
		h.put(hostKey{"", string(rune('a' + i))}, addresses("192.0.2.1"), time.Unix(int64(i), 0))
	}
	if _, first := h.get(hostKey{"", "a"}); len(h.byHost) != maxHostRecords || len(h.order) != maxHostRecords || first {
		t.Errorf("%d records in an order of %d, the first one kept: %v", len(h.byHost), len(h.order), first)
	}
}
