package fetch_test

import (
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
	"github.com/corscope/corscope/internal/demofetch"
)

// newDemoAgent is a browser whose names lead to the world, over real sockets.
func newDemoAgent(t *testing.T, w *demo.World, c fetch.AgentConfig) *fetch.Agent {
	t.Helper()
	net, err := demofetch.Network(w)
	if err != nil {
		t.Fatal(err)
	}
	if c.Transport, err = fetch.NewNetTransport(net); err != nil {
		t.Fatal(err)
	}
	agent, err := fetch.NewAgent(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { agent.Close() })
	return agent
}

// browserOf is the profile of the browser whose rule a fault is about.
func browserOf(f demo.Fault) fetch.Profile {
	if f.Browser == "chromium" {
		return fetch.Chromium()
	}
	return fetch.Profile{}
}

// checkWant holds what came of a call to what the world says must come of it.
func checkWant(t *testing.T, want demo.Want, response *fetch.Response, trace *fetch.Trace, seen []demo.Request) {
	t.Helper()
	if string(response.Reason.Code) != want.Reason || want.Reason != "" && string(response.Reason.Phase) != want.Phase {
		t.Fatalf("reason %q in phase %q, want %q in %q: %s", response.Reason.Code, response.Reason.Phase, want.Reason, want.Phase, response.Reason)
	}
	if want.Status != 0 && (len(trace.Exchanges) == 0 || trace.Exchanges[len(trace.Exchanges)-1].Status != want.Status) {
		t.Errorf("the last exchange is %+v, want status %d", trace.Exchanges, want.Status)
	}
	checkBody(t, want, response)
	if h := want.ReadsHeader; h != "" && !response.Headers.Contains(h) {
		t.Errorf("the page cannot read %s", h)
	}
	if h := want.HidesHeader; h != "" && (response.Headers.Contains(h) || !response.Internal().Headers.Contains(h)) {
		t.Errorf("%s is not hidden", h)
	}
	checkSetCookie(t, trace, want.Stores, true)
	checkSetCookie(t, trace, want.Refuses, false)
	if want.Requests != nil {
		var requests []string
		for _, r := range seen {
			requests = append(requests, r.Method+" "+r.Path)
		}
		if !slices.Equal(requests, want.Requests) {
			t.Errorf("the servers saw %q, want %q", requests, want.Requests)
		}
	}
	if want.Did != nil {
		var did []string
		for _, r := range seen {
			did = append(did, r.Did...)
		}
		if !slices.Equal(did, want.Did) {
			t.Errorf("the servers did %q, want %q", did, want.Did)
		}
	}
}

func checkBody(t *testing.T, want demo.Want, response *fetch.Response) {
	t.Helper()
	if response.Body == nil {
		if want.Reads != "" || want.BodyError != "" {
			t.Errorf("there is no body, want %q", want.Reads+want.BodyError)
		}
		return
	}
	body, err := io.ReadAll(response.Body)
	if !strings.Contains(string(body), want.Reads) {
		t.Errorf("the page reads %q, want %q in it", body, want.Reads)
	}
	code := ""
	if failure := new(fetch.BodyError); errors.As(err, &failure) {
		code = string(failure.Code)
	} else if err != nil {
		t.Errorf("reading the body: %v is no *BodyError", err)
	}
	if code != want.BodyError {
		t.Errorf("the body ends with %q (%v), want %q", code, err, want.BodyError)
	}
}

func checkSetCookie(t *testing.T, trace *fetch.Trace, name string, accepted bool) {
	t.Helper()
	if name == "" {
		return
	}
	for _, x := range trace.Exchanges {
		for _, d := range x.SetCookies {
			if d.Name == name {
				if d.Accepted != accepted {
					t.Errorf("cookie %s: accepted is %v: %s", name, d.Accepted, d.Why)
				}
				return
			}
		}
	}
	t.Errorf("no answer set the cookie %s", name)
}

// TestFaultsOverRealSockets meets every reason code that a server, a network or a page can cause. ReasonNotSent and
// ReasonNotRecorded, which a program causes, have tests of their own, as have those of proxies and streams below.
func TestFaultsOverRealSockets(t *testing.T) {
	world, err := demo.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { world.Close() })
	met := map[fetch.ReasonCode]bool{
		fetch.ReasonNotSent: true, fetch.ReasonNotRecorded: true, fetch.ReasonProxy: true, fetch.ReasonNetwork: true,
		fetch.ReasonCSPSubresource: true, // of elements, which no call of the demo is
	}
	for _, fault := range demo.Faults() {
		t.Run(fault.ID, func(t *testing.T) {
			limits := fetch.Limits{Timeout: 20 * time.Second, MaxResponseBody: 8 << 20}
			if fault.NeedsTimeout {
				limits.Timeout = 300 * time.Millisecond
			}
			agent := newDemoAgent(t, world, fetch.AgentConfig{Limits: limits, Profile: browserOf(fault)})
			page, err := demofetch.OpenPage(t.Context(), agent, fault.Call)
			if err != nil {
				t.Fatal(err)
			}
			before := len(world.Log())
			trace := new(fetch.Trace)
			response, err := demofetch.Make(t.Context(), page, fault.Call, trace)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Close()
			met[response.Reason.Code] = true
			checkWant(t, fault.Want, response, trace, world.Requests(before))
		})
	}
	if t.Failed() {
		return
	}
	for _, code := range fetch.ReasonCodes() {
		if !met[code] {
			t.Errorf("no server reaches the reason %q", code)
		}
	}
}

// TestNetworkReasonsBehindProxiesAndStreams meets the two that no origin server can cause.
func TestNetworkReasonsBehindProxiesAndStreams(t *testing.T) {
	world, err := demo.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { world.Close() })
	proxyAt := func(raw string) fetch.NetConfig {
		proxy, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		return fetch.NetConfig{RootCAs: world.CAPool(), Proxy: func(*url.URL) (*url.URL, error) { return proxy, nil }}
	}
	for _, c := range []struct {
		name    string
		net     fetch.NetConfig
		request fetch.Request
		want    fetch.ReasonCode
	}{
		{"through the proxy the answer comes", proxyAt(world.Proxy()), fetch.Request{URL: "https://api.example.com/news"}, ""},
		{"nothing listens where the proxy should be", proxyAt("http://127.0.0.1:1"), fetch.Request{URL: "https://api.example.com/news"}, fetch.ReasonProxy},
		{"the page's stream breaks off while it is sent", proxyAt(world.Proxy()),
			fetch.Request{Method: "POST", URL: "https://api.example.com/comments", Body: fetch.StreamBody(iotest.ErrReader(errors.New("torn")))}, fetch.ReasonNetwork},
	} {
		t.Run(c.name, func(t *testing.T) {
			transport, err := fetch.NewNetTransport(c.net)
			if err != nil {
				t.Fatal(err)
			}
			agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: transport})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { agent.Close() })
			page, err := agent.NewPage(fetch.PageConfig{URL: "https://api.example.com"})
			if err != nil {
				t.Fatal(err)
			}
			response, err := page.Fetch(t.Context(), c.request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Close()
			if response.Reason.Code != c.want {
				t.Errorf("got %q (%s), want %q", response.Reason.Code, response.Reason, c.want)
			}
		})
	}
}
