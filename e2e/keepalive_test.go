package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/corscope/corscope/e2e/browser"
	"github.com/corscope/corscope/e2e/world"
	"github.com/corscope/corscope/internal/slowserver"
)

// TestKeepalive holds the browsers of today to what they were seen to do with the bodies of keepalive requests in flight, so that a new
// version's changes are noticed as such. The engine is held to it by internal/jsrun. It is not parallel with other tests: a case may depend on
// milliseconds. The browsers mostly wait, all three at once.
func TestKeepalive(t *testing.T) {
	text, err := os.ReadFile(vectorPath("keepalive"))
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Vectors []struct {
			Name, Script, CSP         string
			Chromium, Firefox, WebKit json.RawMessage
		}
	}
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(new(slowserver.Server))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	address := server.Listener.Addr().String()
	hosts := map[string]string{"app.test:80": address, "other.test:80": address}
	socks, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socks.Close() })
	go func() {
		for {
			c, err := socks.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				world.ForwardSOCKS(c, hosts)
			}()
		}
	}()
	for _, p := range []product{chromium, firefox, webkit} {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			b := p.openAt(t, browser.Options{Hosts: hosts, SOCKS: socks.Addr().String()})
			for i, v := range f.Vectors {
				var want bytes.Buffer
				if err := json.Compact(&want, map[string]json.RawMessage{"Chromium": v.Chromium, "Firefox": v.Firefox, "WebKit": v.WebKit}[p.name]); err != nil {
					t.Fatal(err)
				}
				var got string
				// What comes otherwise is asked for twice more: some steps are within milliseconds of another, and a machine may be busy.
				for run := 0; run < 3 && got != want.String(); run++ {
					if err := b.Navigate(t.Context(), "http://app.test/?csp="+url.QueryEscape(v.CSP)); err != nil {
						t.Fatal(err)
					}
					said, err := b.Eval(t.Context(), fmt.Sprintf("runCase(%q, %s)", fmt.Sprint(p.name, i, "-", run), v.Script))
					if err != nil {
						t.Fatalf("%s: %v", v.Name, err)
					}
					got = strings.TrimSpace(said)
				}
				if got != want.String() {
					t.Errorf("%s no longer does what it was seen to do in %q: %s, and it was %s", b.Version(), v.Name, got, want.String())
				}
			}
		})
	}
}
