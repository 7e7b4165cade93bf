package e2e

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/corscope/corscope/e2e/browser"
	"github.com/corscope/corscope/e2e/world"
	"github.com/corscope/corscope/fetch"
)

// addressStep is one PUT of a page, and how long before it the browser waited: the engine's clock goes on by as much as it says for that.
type addressStep struct {
	what, host  string
	change      []netip.Addr // of the host, before the wait
	wait        time.Duration
	passes      time.Duration
	credentials string
	asked       bool // a preflight is sent
}

// tick is longer than what two records or entries of Firefox can be apart without being told apart, and lookup than its names take to be
// looked up again.
const (
	tick   = 50 * time.Millisecond
	lookup = 500 * time.Millisecond
)

// TestAddressesInFirefox: when Firefox forgets what a preflight allowed because of the host's addresses, and that the engine does too. The names
// are looked up over HTTPS, where an answer holds for a second and not for a minute.
func TestAddressesInFirefox(t *testing.T) {
	t.Parallel()
	one, two := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2")
	expired := time.Duration(world.NamesTTL)*time.Second + tick
	testAddresses(t, nil, []addressStep{
		{what: "a name", host: "api.test", asked: true},
		{what: "again", host: "api.test", wait: tick, passes: tick},
		{what: "its addresses are looked up again", host: "api.test", wait: expired, passes: time.Minute},
		{what: "and are the same", host: "api.test", wait: lookup, passes: lookup},
		{what: "they are looked up again", host: "api.test", change: []netip.Addr{one, two}, wait: expired, passes: time.Minute},
		{what: "and are others", host: "api.test", wait: lookup, passes: lookup, asked: true},
		{what: "which is known now", host: "api.test", wait: tick, passes: tick},
		{what: "they stand in another order", host: "api.test", change: []netip.Addr{two, one}, wait: expired, passes: time.Minute},
		{what: "which means nothing", host: "api.test", wait: lookup, passes: lookup},

		{what: "an address", host: "127.0.0.1", asked: true},
		{what: "again", host: "127.0.0.1", wait: tick, passes: tick, asked: true},
		{what: "with credentials", host: "127.0.0.1", wait: tick, passes: tick, credentials: "include", asked: true},
		{what: "and again", host: "127.0.0.1", wait: tick, passes: tick, asked: true},
		{what: "with credentials again", host: "127.0.0.1", wait: tick, passes: tick, credentials: "include", asked: true},
		{what: "for the last time", host: "127.0.0.1", wait: tick, passes: tick, credentials: "include"},
		{what: "and without", host: "127.0.0.1", wait: tick, passes: tick},

		{what: "a name of this machine", host: "api.localhost", asked: true},
		{what: "again", host: "api.localhost", wait: tick, passes: tick},
		{what: "after a while", host: "api.localhost", wait: tick, passes: time.Hour},
	})
}

// TestForgottenHostsInFirefox takes Firefox the ten minutes for which it uses old addresses, so that it forgets a host after the minute that it
// leaves nobody to take away.
func TestForgottenHostsInFirefox(t *testing.T) {
	t.Parallel()
	testAddresses(t, map[string]string{"network.dnsCacheExpirationGracePeriod": "0"}, []addressStep{
		{what: "a name", host: "api.test", asked: true},
		{what: "an address", host: "127.0.0.1", asked: true},
		{what: "the second time", host: "127.0.0.1", wait: tick, passes: tick, asked: true},
		{what: "the third time", host: "127.0.0.1", wait: tick, passes: tick, asked: true},
		{what: "a name of this machine", host: "api.localhost", asked: true},
		{what: "the name, whose addresses are no longer known", host: "api.test", wait: 62 * time.Second, passes: 11 * time.Minute, asked: true},
		// Asked once more, it would depend on time: what Firefox has found now holds for a second.
		{what: "the address", host: "127.0.0.1"},
		{what: "the name of this machine", host: "api.localhost"},
	})
}

func testAddresses(t *testing.T, prefs map[string]string, steps []addressStep) {
	var preflights atomic.Int64
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	answer := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "OPTIONS" {
			preflights.Add(1)
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Access-Control-Allow-Methods", "PUT")
		w.Header().Set("Access-Control-Max-Age", "86400")
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<!doctype html><link rel=icon href=data:,>")
	})}
	go answer.Serve(server)
	t.Cleanup(func() { answer.Close() })
	_, port, _ := net.SplitHostPort(server.Addr().String())

	authority, err := world.NewAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	names, err := world.StartNames(authority)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(names.Close)
	options := browser.Options{Prefs: names.FirefoxPrefs()}
	for name, value := range prefs {
		options.Prefs[name] = value
	}
	for _, name := range []string{"app.test", "api.test"} {
		names.Set(name, netip.MustParseAddr("127.0.0.1"))
	}
	b := firefox.openAt(t, options)
	const home = "http://app.test"
	if err := b.Navigate(t.Context(), home+":"+port+"/"); err != nil {
		t.Fatal(err)
	}
	engine := newAddressEngine(t, names, home+":"+port)

	put := func(s addressStep, run func(url string) error) bool {
		before := preflights.Load()
		if err := run("http://" + s.host + ":" + port + "/a"); err != nil {
			t.Fatalf("%s (%s): %v", s.what, s.host, err)
		}
		return preflights.Load() > before
	}
	for _, s := range steps {
		if s.change != nil {
			names.Set(s.host, s.change...)
		}
		time.Sleep(s.wait)
		engine.ahead += s.passes
		inBrowser := put(s, func(url string) error {
			out, err := b.Eval(t.Context(), fmt.Sprintf(`fetch(%q, {method: "PUT", credentials: %q}).then(r => r.type, String)`, url, s.mode()))
			if err == nil && out != "cors" {
				err = fmt.Errorf("the page got %s", out)
			}
			return err
		})
		inEngine := put(s, func(url string) error { return engine.put(t.Context(), url, s.mode()) })
		if inBrowser != s.asked || inEngine != s.asked {
			t.Errorf("%s (%s): a preflight in Firefox: %v, in the engine: %v, want %v", s.what, s.host, inBrowser, inEngine, s.asked)
		}
	}
}

func (s addressStep) mode() string {
	if s.credentials == "" {
		return "same-origin"
	}
	return s.credentials
}

// addressEngine is the engine with a clock that a test moves, and the names of the browser.
type addressEngine struct {
	*fetch.NetTransport
	names *world.Names
	page  *fetch.Page
	began time.Time
	ahead time.Duration
}

func newAddressEngine(t *testing.T, names *world.Names, home string) *addressEngine {
	t.Helper()
	e := &addressEngine{names: names, began: time.Now()}
	rule, err := fetch.ParseResolveRule("api.test:*:127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	if e.NetTransport, err = fetch.NewNetTransport(fetch.NetConfig{Resolve: []fetch.ResolveRule{rule}}); err != nil {
		t.Fatal(err)
	}
	agent, err := fetch.NewAgent(fetch.AgentConfig{Profile: fetch.Firefox(), Transport: e, Clock: func() time.Time { return e.began.Add(e.ahead) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { agent.Close() })
	if e.page, err = agent.NewPage(fetch.PageConfig{URL: home}); err != nil {
		t.Fatal(err)
	}
	return e
}

// AddressesOf implements [fetch.AddressFinder]: names have the addresses that the browser finds.
func (e *addressEngine) AddressesOf(ctx context.Context, m *fetch.Message) []netip.Addr {
	if strings.HasSuffix(m.URL.Host(), ".test") {
		return slices.Clone(e.names.Addresses(m.URL.Host()))
	}
	return e.NetTransport.AddressesOf(ctx, m)
}

func (e *addressEngine) put(ctx context.Context, url, credentials string) error {
	response, err := e.page.Fetch(ctx, fetch.Request{Method: "PUT", URL: url, Credentials: fetch.CredentialsMode(credentials)})
	if err != nil {
		return err
	}
	response.Close()
	if response.IsError() {
		return fmt.Errorf("%s", response.Reason.Sentence())
	}
	return nil
}
