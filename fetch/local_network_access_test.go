package fetch

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"testing"
)

// housed is the network, with servers in other address spaces than loopback, where all of a test's servers are.
type housed struct {
	*NetTransport
	spaces map[string]AddressSpace
}

func (h housed) AddressSpaceOf(ctx context.Context, m *Message) AddressSpace {
	if space, ok := h.spaces[m.URL.Host()]; ok {
		return space
	}
	return h.NetTransport.AddressSpaceOf(ctx, m)
}

// newHoused has api.example.com on the internet, printer.local, nas.example.com and 192.168.1.5 at home, and all else on this machine.
func newHoused(t *testing.T, profile Profile) *loopback {
	t.Helper()
	l := newLoopback(t, AgentConfig{Profile: profile}, func(w http.ResponseWriter, r *http.Request) {
		if to := r.URL.Query().Get("to"); to != "" {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Location", to)
			w.WriteHeader(302)
			return
		}
		if r.URL.Path != "/closed" {
			for _, name := range []string{"Origin", "Methods", "Headers"} {
				w.Header().Set("Access-Control-Allow-"+name, "*")
			}
		}
		io.WriteString(w, "hello")
	}, "api.example.com", "app.example.com", "nas.example.com", "localhost", "here.example.com")
	l.agent.transport = housed{l.agent.transport.(*NetTransport), map[string]AddressSpace{
		"api.example.com": AddressSpacePublic, "nas.example.com": AddressSpaceLocal, "printer.local": AddressSpaceLocal, "192.168.1.5": AddressSpaceLocal,
	}}
	return l
}

func TestLocalNetworkAccess(t *testing.T) {
	public := PageConfig{URL: app, AddressSpace: AddressSpacePublic}
	granted := PageConfig{URL: app, AddressSpace: AddressSpacePublic, LocalNetworkGranted: true}
	insecure := PageConfig{URL: httpApp, AddressSpace: AddressSpacePublic, LocalNetworkGranted: true}
	gives := func(policy string) PageConfig {
		return PageConfig{URL: app, AddressSpace: AddressSpacePublic, LocalNetworkGranted: true, PermissionsPolicy: []string{policy}}
	}
	const (
		loop = "https://here.example.com/x"
		nas  = "https://nas.example.com/x"
	)
	get := func(url string) Request { return Request{URL: url} }
	treated := func(enforced bool) PageConfig {
		policy, c := []string{"img-src 'self'; Treat-As-Public-Address"}, PageConfig{URL: app, AddressSpace: AddressSpaceLoopback}
		if c.ContentSecurityPolicyReportOnly = policy; enforced {
			c.ContentSecurityPolicy, c.ContentSecurityPolicyReportOnly = policy, nil
		}
		return c
	}
	target := func(url string, space AddressSpace) Request { return Request{URL: url, TargetAddressSpace: space} }
	// The cases of Chromium and Firefox were put to Chromium 156.0.8078.79 and Firefox 153.7.0esr on 2026-11-22.
	for _, c := range []struct {
		name     string
		profile  func() Profile
		page     PageConfig
		request  Request
		code     ReasonCode
		got      string
		sentence string
		seen     string
	}{
		{name: "the standard does not ask", profile: func() Profile { return Profile{} }, page: public, request: get("http://localhost/x"), seen: "GET http://localhost/x"},
		{name: "WebKit does not ask", profile: WebKit, page: public, request: get(loop), seen: "GET " + loop},
		{name: "a page of nobody knows where is not stopped", profile: Chromium, page: PageConfig{URL: app}, request: get(loop), seen: "GET " + loop},
		{name: "Chromium asks before this machine is reached", profile: Chromium, page: public, request: get("http://localhost/x"),
			code: ReasonLocalNetworkAccess, got: "loopback",
			sentence: "The browser sent nothing: the server is in the loopback address space, which this page may reach only if the user allows it."},
		{name: "and before the network around it is", profile: Chromium, page: public, request: get(nas), code: ReasonLocalNetworkAccess, got: "local"},
		{name: "not before the internet is", profile: Chromium, page: public, request: get(api + "/x"), seen: "GET " + api + "/x"},
		{name: "the preflight is not sent either", profile: Chromium, page: public, request: Request{URL: loop, Method: "PUT"}, code: ReasonLocalNetworkAccess, got: "loopback"},
		{name: "mode no-cors makes no difference", profile: Chromium, page: public, request: Request{URL: loop, Mode: ModeNoCORS}, code: ReasonLocalNetworkAccess, got: "loopback"},
		{name: "a redirect from the internet is looked at", profile: Chromium, page: public, request: get(api + "/?to=" + loop),
			code: ReasonLocalNetworkAccess, got: "loopback", seen: "GET " + api + "/?to=" + loop},
		{name: "with the permission CORS decides", profile: Chromium, page: granted, request: get("https://here.example.com/closed"),
			code: ReasonAllowOriginMissing, seen: "GET https://here.example.com/closed"},
		{name: "and lets pass", profile: Chromium, page: granted, request: Request{URL: loop, Method: "PUT"}, seen: "OPTIONS " + loop + ", PUT " + loop},
		{name: "a page of the local network is not asked for this machine", profile: Chromium, page: PageConfig{URL: app, AddressSpace: AddressSpaceLocal},
			request: get(loop), seen: "GET " + loop},
		{name: "a page's own origin is its own", profile: Chromium, page: PageConfig{URL: "https://here.example.com", AddressSpace: AddressSpacePublic}, request: get(loop), seen: "GET " + loop},
		{name: "a page on plain http is not asked for, though the user would allow it", profile: Chromium, page: insecure, request: get("http://localhost/x"),
			code: ReasonLocalNetworkInsecure, got: "loopback",
			sentence: "The browser sent nothing: the server is in the loopback address space, and a page on plain http may not ask the user for that."},
		{name: "Firefox asks", profile: Firefox, page: public, request: get("http://localhost/x"), code: ReasonLocalNetworkAccess, got: "loopback"},
		{name: "Firefox asks for a page on plain http too", profile: Firefox, page: insecure, request: get("http://localhost/x"), seen: "GET http://localhost/x"},

		{name: "an address at home is no mixed content", profile: Chromium, page: granted, request: get("http://192.168.1.5/x"), seen: "GET http://192.168.1.5/x"},
		{name: "a name in .local is none", profile: Chromium, page: granted, request: get("http://printer.local/x"), seen: "GET http://printer.local/x"},
		{name: "any other name is", profile: Chromium, page: granted, request: get("http://nas.example.com/x"), code: ReasonMixedContent},
		{name: "unless the page says where it is", profile: Chromium, page: granted, request: target("http://nas.example.com/x", AddressSpaceLocal), seen: "GET http://nas.example.com/x"},
		{name: "the permission is asked for then too", profile: Chromium, page: public, request: target("http://nas.example.com/x", AddressSpaceLocal), code: ReasonLocalNetworkAccess, got: "local"},
		{name: "what the page says must be true", profile: Chromium, page: granted, request: target("http://nas.example.com/x", AddressSpaceLoopback),
			code: ReasonTargetAddressSpace, got: "local",
			sentence: `The browser sent nothing: targetAddressSpace is "loopback", and the server is in the local address space.`},
		{name: "of servers on the internet too", profile: Chromium, page: granted, request: target(api+"/x", AddressSpaceLocal), code: ReasonTargetAddressSpace, got: "public"},
		{name: "and behind a redirect", profile: Chromium, page: granted, request: target("https://nas.example.com/?to="+loop, AddressSpaceLocal),
			code: ReasonTargetAddressSpace, got: "loopback", seen: "GET https://nas.example.com/?to=" + loop},
		{name: "public is no way round mixed content", profile: Chromium, page: granted, request: target(httpAPI+"/x", AddressSpacePublic), code: ReasonMixedContent},
		{name: "Firefox keeps its check for mixed content", profile: Firefox, page: granted, request: target("http://192.168.1.5/x", AddressSpaceLocal), code: ReasonMixedContent},
		{name: "Firefox does not read what the page says", profile: Firefox, page: granted, request: target(nas, "bogus"), seen: "GET " + nas},

		{name: "the page's own policy gives this machine up", profile: Chromium, page: gives("loopback-network=()"), request: get(loop), code: ReasonLocalNetworkAccess, got: "loopback",
			sentence: "The browser sent nothing: the server is in the loopback address space, and the page's own Permissions-Policy gives up loopback-network."},
		{name: "and not the network", profile: Chromium, page: gives("loopback-network=()"), request: get(nas), seen: "GET " + nas},
		{name: "the older name covers both", profile: Chromium, page: gives("local-network-access=()"), request: get(nas), code: ReasonLocalNetworkAccess, got: "local"},
		{name: "and the newer one counts before it", profile: Chromium, page: gives("local-network=(self), local-network-access=()"), request: get(nas), seen: "GET " + nas},
		{name: "a page of this machine can say that it is to be treated as one of the internet", profile: Chromium, page: treated(true), request: get(loop), code: ReasonLocalNetworkAccess, got: "loopback"},
		{name: "in a policy that only reports it says nothing", profile: Chromium, page: treated(false), request: get(loop), seen: "GET " + loop},
		{name: "Firefox does not read that", profile: Firefox, page: treated(true), request: get(loop), seen: "GET " + loop},
		{name: "Firefox does not read the policy", profile: Firefox, page: gives("loopback-network=()"), request: get(loop), seen: "GET " + loop},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newHoused(t, c.profile())
			page, err := l.agent.NewPage(c.page)
			if err != nil {
				t.Fatal(err)
			}
			response, err := page.Fetch(t.Context(), c.request)
			if err != nil {
				t.Fatal(err)
			}
			response.Close()
			if got := response.Reason; got.Code != c.code || c.got != "" && got.Got != c.got {
				t.Errorf("the reason is %q with %q, want %q with %q", got.Code, got.Got, c.code, c.got)
			}
			if got := response.Reason.Sentence(); c.sentence != "" && got != c.sentence {
				t.Errorf("it says\n%s\nwant\n%s", got, c.sentence)
			}
			if got := l.requests(); got != c.seen {
				t.Errorf("the servers saw %q, want %q", got, c.seen)
			}
		})
	}
}

func TestATargetAddressSpaceThatIsNone(t *testing.T) {
	l := newHoused(t, Chromium())
	page, err := l.agent.NewPage(PageConfig{URL: app})
	if err != nil {
		t.Fatal(err)
	}
	_, err = page.Fetch(t.Context(), Request{URL: api + "/x", TargetAddressSpace: "bogus"})
	if want := `fetch: "bogus" is not an address space: use public, local or loopback`; err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %s", err, want)
	}
}

func TestALoadedPageKnowsItsAddressSpace(t *testing.T) {
	l := newHoused(t, Chromium())
	for host, want := range map[string]AddressSpace{"api.example.com": AddressSpacePublic, "nas.example.com": AddressSpaceLocal, "localhost": AddressSpaceLoopback} {
		page, _, err := l.agent.LoadPage(t.Context(), PageConfig{URL: "https://" + host})
		if err != nil {
			t.Fatal(err)
		}
		if got := page.AddressSpace(); got != want {
			t.Errorf("%s is in %q, want %q", host, got, want)
		}
	}
}

// TestLocalNetworkAccessIsReplayed: what a browser would do that asks the user is told from a fetch under the standard.
func TestLocalNetworkAccessIsReplayed(t *testing.T) {
	for name, profile := range map[string]Profile{"recorded under the standard": {}, "recorded under Chromium": Chromium()} {
		t.Run(name, func(t *testing.T) {
			l := newHoused(t, profile)
			page, err := l.agent.NewPage(PageConfig{URL: app, AddressSpace: AddressSpacePublic})
			if err != nil {
				t.Fatal(err)
			}
			trace := new(Trace)
			response, err := page.Fetch(t.Context(), Request{URL: "http://localhost/x", Trace: trace})
			if err != nil {
				t.Fatal(err)
			}
			response.Close()
			chromium := Chromium()
			again, _, err := Replay{Trace: trace, Profile: &chromium}.Fetch(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if again.Reason.Code != ReasonLocalNetworkAccess {
				t.Errorf("under Chromium the reason is %q", again.Reason.Code)
			}
		})
	}
}

func TestAddressSpaces(t *testing.T) {
	for text, want := range map[string]AddressSpace{
		"127.0.0.1": AddressSpaceLoopback, "127.255.255.255": AddressSpaceLoopback, "::1": AddressSpaceLoopback, "0.0.0.0": AddressSpaceLoopback, "::": AddressSpaceLoopback,
		"::ffff:127.0.0.1": AddressSpaceLoopback,
		"0.0.0.1":          AddressSpaceLocal, "10.1.2.3": AddressSpaceLocal, "172.16.0.1": AddressSpaceLocal, "172.31.255.255": AddressSpaceLocal, "192.168.1.5": AddressSpaceLocal,
		"169.254.169.254": AddressSpaceLocal, "100.64.0.1": AddressSpaceLocal, "fd00::2": AddressSpaceLocal, "fe80::1%eth0": AddressSpaceLocal, "::ffff:10.0.0.1": AddressSpaceLocal,
		"2001:db8::1": AddressSpaceLocal, "3fff::1": AddressSpaceLocal,
		"172.32.0.1": AddressSpacePublic, "100.128.0.1": AddressSpacePublic, "192.0.2.1": AddressSpacePublic, "8.8.8.8": AddressSpacePublic, "198.18.0.1": AddressSpacePublic,
		"2606:4700::1": AddressSpacePublic, "128.0.0.1": AddressSpacePublic,
	} {
		if got := AddressSpaceOf(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s is in %q, want %q", text, got, want)
		}
	}
	if got := AddressSpaceOf(netip.Addr{}); got != AddressSpaceUnknown {
		t.Errorf("no address is in %q", got)
	}
}

func TestLikelyAddressSpaces(t *testing.T) {
	for text, want := range map[string]AddressSpace{
		"https://app.example.com/x": AddressSpacePublic, "https://EXAMPLE.co.uk.": AddressSpacePublic, "https://me.github.io": AddressSpacePublic,
		"http://localhost:5173": AddressSpaceLoopback, "http://a.localhost": AddressSpaceLoopback, "http://127.1": AddressSpaceLoopback, "http://[::1]:80": AddressSpaceLoopback,
		"http://printer.local": AddressSpaceLocal, "http://192.168.1.5": AddressSpaceLocal, "http://8.8.8.8": AddressSpacePublic,
		"https://intranet": AddressSpaceUnknown, "https://app.test": AddressSpaceUnknown, "https://git.corp": AddressSpaceUnknown, "data:,x": AddressSpaceUnknown,
	} {
		u, err := ParseURL(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := u.LikelyAddressSpace(); got != want {
			t.Errorf("%s is likely in %q, want %q", text, got, want)
		}
	}
}
