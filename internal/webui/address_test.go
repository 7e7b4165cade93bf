package webui

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/corscope/corscope/fetch"
)

func TestWhichAddressesArePrivate(t *testing.T) {
	for name, c := range map[string]struct {
		addr    string
		private bool
	}{
		"a public address":                          {"93.184.215.14", false},
		"a public address of IPv6":                  {"2606:2800:21f:cb07::1", false},
		"this machine":                              {"127.0.0.1", true},
		"all of 127/8 is this machine":              {"127.8.9.10", true},
		"this machine by IPv6":                      {"::1", true},
		"this machine, as IPv6 writes IPv4":         {"::ffff:127.0.0.1", true},
		"this machine, as IPv6 wrote IPv4 once":     {"::127.0.0.1", true},
		"unspecified, which is this machine":        {"0.0.0.0", true},
		"unspecified IPv6":                          {"::", true},
		"RFC 1918, 10":                              {"10.1.2.3", true},
		"RFC 1918, 172.16":                          {"172.31.255.255", true},
		"behind RFC 1918, 172.16":                   {"172.32.0.1", false},
		"RFC 1918, 192.168":                         {"192.168.0.1", true},
		"link-local, where clouds keep their keys":  {"169.254.169.254", true},
		"carrier-grade NAT":                         {"100.64.0.1", true},
		"Alibaba's metadata":                        {"100.100.100.200", true},
		"Azure's metadata, at a public address":     {"168.63.129.16", true},
		"Amazon's metadata by IPv6":                 {"fd00:ec2::254", true},
		"unique local":                              {"fc00::1", true},
		"link-local IPv6":                           {"fe80::1", true},
		"link-local IPv6 with a zone":               {"fe80::1%eth0", true},
		"site-local":                                {"fec0::1", true},
		"multicast":                                 {"224.0.0.1", true},
		"multicast IPv6":                            {"ff02::1", true},
		"broadcast":                                 {"255.255.255.255", true},
		"reserved":                                  {"240.0.0.1", true},
		"this network":                              {"0.1.2.3", true},
		"NAT64 to a private address":                {"64:ff9b::10.0.0.1", true},
		"NAT64 to a public address":                 {"64:ff9b::93.184.215.14", false},
		"6to4 of a private address":                 {"2002:0a00:0001::1", true},
		"a benchmark's network":                     {"198.18.0.1", true},
		"an IPv4 address in the place of an IPv6's": {"::ffff:93.184.215.14", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := isPrivate(netip.MustParseAddr(c.addr)); got != c.private {
				t.Errorf("%s is private: %v", c.addr, got)
			}
		})
	}
}

func TestPrivateAddressesAreReachedOnlyWhereThePersonSaidSo(t *testing.T) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
		t.Setenv(name, "")
	}
	l := openLab(t)
	var reached atomic.Int32
	inner := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached.Add(1)
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	defer inner.Close()
	port := inner.URL[strings.LastIndexByte(inner.URL, ':'):]
	// The redirect leads from one private name to another.
	outer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		http.Redirect(w, r, "http://localhost"+port+"/secret", http.StatusFound)
	}))
	defer outer.Close()
	for name, c := range map[string]struct {
		url     string
		allow   any
		host    string // of the refusal; empty: none
		reached bool
	}{
		"nobody said so":                                 {inner.URL, nil, "127.0.0.1", false},
		"nobody said so, of a name":                      {"http://localhost" + port, false, "localhost", false},
		"an odd spelling":                                {"http://2130706433" + port, nil, "127.0.0.1", false},
		"the person did":                                 {inner.URL, true, "", true},
		"the person did, by name":                        {inner.URL, []string{"127.0.0.1"}, "", true},
		"the person allowed another host":                {inner.URL, []string{"localhost"}, "127.0.0.1", false},
		"a redirect leads on to another host":            {outer.URL, true, "localhost", false},
		"a redirect, and the person allowed both":        {outer.URL, []string{"127.0.0.1", "localhost"}, "", true},
		"a redirect, and the person allowed the far end": {outer.URL, []string{"localhost"}, "127.0.0.1", false},
	} {
		t.Run(name, func(t *testing.T) {
			before := reached.Load()
			q := map[string]any{"case": Case{Page: "https://app.example.com", URL: c.url}, "allowPrivate": c.allow}
			if c.allow == nil {
				delete(q, "allowPrivate")
			}
			var f failure
			response := l.call("explain", q, &f)
			if c.host == "" {
				if response.StatusCode != 200 {
					t.Errorf("status %d: %+v", response.StatusCode, f.Error)
				}
			} else if f.Error == nil || f.Error.Code != codePrivate || f.Error.Host != c.host || !strings.Contains(f.Error.Message, f.Error.Address) || response.StatusCode != 403 {
				t.Errorf("got %d %+v, want %s for %s", response.StatusCode, f.Error, codePrivate, c.host)
			}
			if got := reached.Load() > before; got != c.reached {
				t.Errorf("reached: %v, want %v", got, c.reached)
			}
		})
	}
}

func TestARefusalSaysWhereItWouldHaveGone(t *testing.T) {
	for name, c := range map[string]struct{ host, addr, says string }{
		"this machine":             {"127.0.0.1", "127.0.0.1", "127.0.0.1 is this machine"},
		"this machine, by a name":  {"localhost", "::1", "localhost is at ::1, which is this machine"},
		"an address in disguise":   {"::ffff:10.0.0.3", "::ffff:10.0.0.3", "::ffff:10.0.0.3 is at 10.0.0.3, which is an address of a private network"},
		"a public name of another": {"router.example", "192.168.1.1", "router.example is at 192.168.1.1, which is an address of a private network"},
		"a cloud's metadata":       {"169.254.169.254", "169.254.169.254", "169.254.169.254 is an address that is next to this machine, where clouds keep what a server may know of itself"},
	} {
		t.Run(name, func(t *testing.T) {
			g := new(gate)
			g.permit(c.host, netip.MustParseAddr(c.addr))
			if g.refused == nil || g.refused.Message != c.says {
				t.Errorf("got %+v, want %s", g.refused, c.says)
			}
		})
	}
}

func TestAPublicNameWithAPrivateAddressIsRefused(t *testing.T) {
	g := new(gate)
	c := new(fetch.NetConfig)
	g.configure("https://rebinding.example/", c)
	if err := c.Permit("rebinding.example", netip.MustParseAddr("93.184.215.14")); err != nil {
		t.Errorf("the first, public answer of its DNS: %v", err)
	}
	if err := c.Permit("rebinding.example", netip.MustParseAddr("192.168.1.1")); err == nil || g.refusal() == nil {
		t.Error("the second, private one is let through")
	}
}

func TestAProxyHidesNoPrivateHost(t *testing.T) {
	for name, c := range map[string]struct {
		host    string
		allow   allowed
		refused bool
	}{
		"a private address":              {"192.168.1.1", allowed{}, true},
		"a name of a private address":    {"localhost", allowed{}, true},
		"one that the person asked for":  {"192.168.1.1", allowed{own: true}, false},
		"a public address":               {"93.184.215.14", allowed{}, false},
		"a name that only the proxy has": {"nowhere.invalid", allowed{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			g := &gate{allow: c.allow, environment: func(*http.Request) (*url.URL, error) { return url.Parse("http://10.0.0.3:3128") }}
			config := new(fetch.NetConfig)
			g.configure("http://"+c.host+"/", config)
			proxy, err := config.Proxy(&url.URL{Scheme: "http", Host: c.host})
			if refused := err != nil && g.refusal() != nil; refused != c.refused {
				t.Fatalf("refused: %v (%v), want %v", refused, err, c.refused)
			}
			if c.refused {
				return
			}
			if err := config.Permit(proxy.Hostname(), netip.MustParseAddr("10.0.0.3")); err != nil {
				t.Errorf("the proxy itself, which the person's own environment names: %v", err)
			}
		})
	}
}

func TestPretendAndDemoCasesReachNobodyElse(t *testing.T) {
	l := openLab(t)
	var reached atomic.Int32
	outside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer outside.Close()
	for name, c := range map[string]Case{
		"a pretend server that redirects to a real one": {Page: "https://app.example.com", URL: "https://api.example.com/", Server: &Pretend{Answers: []Answer{
			{On: "request", URL: "https://api.example.com/", Status: 302, Headers: []Header{{"Location", outside.URL}, {"Access-Control-Allow-Origin", "*"}}},
		}}},
		"a pretend server at a real address":     {Page: "https://app.example.com", URL: outside.URL, Server: &Pretend{Answers: []Answer{{On: "request", Status: 200}}}},
		"a gallery's item whose URL was changed": {Page: "https://app.example.com", URL: outside.URL, Demo: "allow-origin-missing"},
	} {
		t.Run(name, func(t *testing.T) {
			var out any
			if response := l.call("explain", map[string]any{"case": c}, &out); response.StatusCode != 200 {
				t.Errorf("status %d: %v", response.StatusCode, out)
			}
			if reached.Load() > 0 {
				t.Error("a request left the lab")
			}
		})
	}
}
