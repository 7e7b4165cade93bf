package jsrun

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/slowserver"
)

// Each vector is what a page does, and what comes of it by the standard and in each browser; where they differ, a field of
// fetch.KeepalivePolicy carries it. e2e holds the browsers to it.
func TestKeepaliveRequestsAsBrowsersCountThem(t *testing.T) {
	text, err := os.ReadFile("../../testdata/browsers/keepalive.json")
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Vectors []struct {
			Name, Script, CSP               string
			Spec, Chromium, Firefox, WebKit json.RawMessage
		}
	}
	if err := json.Unmarshal(text, &f); err != nil || len(f.Vectors) == 0 {
		t.Fatal(len(f.Vectors), err)
	}
	for _, profile := range []fetch.Profile{{Name: "spec"}, fetch.Chromium(), fetch.Firefox(), fetch.WebKit()} {
		for i, v := range f.Vectors {
			t.Run(profile.Name+"/"+v.Name, func(t *testing.T) {
				t.Parallel()
				page := slowPage(t, profile, v.CSP)
				got := runKeepalive(t, page, fmt.Sprintf("console.log(await runCase(%q, %s))", fmt.Sprint(i), v.Script))
				var want bytes.Buffer
				if err := json.Compact(&want, map[string]json.RawMessage{"spec": v.Spec, "chromium": v.Chromium, "firefox": v.Firefox, "webkit": v.WebKit}[profile.Name]); err != nil {
					t.Fatal(err)
				}
				if got != want.String() {
					t.Errorf("%s, want %s", got, want.String())
				}
			})
		}
	}
}

func slowPage(t *testing.T, profile fetch.Profile, csp string) *fetch.Page {
	t.Helper()
	server := httptest.NewServer(new(slowserver.Server))
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	address := netip.MustParseAddrPort(server.Listener.Addr().String())
	nowhere := netip.MustParseAddrPort("127.0.0.1:1")
	transport, err := fetch.NewNetTransport(fetch.NetConfig{Resolve: []fetch.ResolveRule{
		{Host: "*", Addrs: []netip.AddrPort{nowhere}}, {Host: "app.test", Addrs: []netip.AddrPort{address}}, {Host: "other.test", Addrs: []netip.AddrPort{address}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	agent, err := fetch.NewAgent(fetch.AgentConfig{Profile: profile, Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { agent.Close() })
	page, _, err := agent.LoadPage(t.Context(), fetch.PageConfig{URL: "http://app.test/?csp=" + url.QueryEscape(csp), AddressSpace: fetch.AddressSpaceLoopback})
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func runKeepalive(t *testing.T, page *fetch.Page, script string) string {
	t.Helper()
	var out, complaints bytes.Buffer
	if err := Run(t.Context(), Config{Page: page, Stdout: &out, Stderr: &complaints}, slowserver.Script+"\n"+script, "keepalive.js"); err != nil {
		t.Fatalf("%v\n%s", err, complaints.String())
	}
	return strings.TrimSpace(out.String())
}

// Each request goes out on a goroutine of its own, and which of them is first must not matter.
func TestKeepaliveRequestsCountInTheOrderOfTheirCalls(t *testing.T) {
	const rounds = 300
	page := slowPage(t, fetch.Profile{}, "")
	got := runKeepalive(t, page, fmt.Sprintf(`run = "order";
		const counts = {}, three = (n) => [40, 40, 24].map((n) => say(send("/empty", n)));
		for (let i = 0; i < %d; i++) {
			const all = (await Promise.all(three())).join();
			counts[all] = (counts[all] ?? 0) + 1;
			// Each turn of the loop takes one task: the ends of the two that went out are among them.
			for (let j = 0; j < 4; j++) await sleep(0);
		}
		console.log(JSON.stringify(counts))`, rounds))
	if want := fmt.Sprintf(`{"204,TypeError,204":%d}`, rounds); got != want {
		t.Errorf("%s, want %s: the second is too large beside the first, and the third is not", got, want)
	}
}

func TestAScriptThatEndsHoldsNoBytesOfItsPage(t *testing.T) {
	page := slowPage(t, fetch.Chromium(), "")
	for range 3 {
		if got := runKeepalive(t, page, `run = "end"; console.log(await say(send("/answer?store=no&kb=1")))`); got != "200" {
			t.Errorf("%s, want 200: the run before has ended without reading its answer", got)
		}
	}
}
