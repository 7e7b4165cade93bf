package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

func TestPermitIsAskedAboutEveryAddressBeforeAnyIsConnectedTo(t *testing.T) {
	var reached atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer server.Close()
	_, port, _ := strings.Cut(server.Listener.Addr().String(), ":")
	loopback := netip.MustParseAddr("127.0.0.1")
	refuse := errors.New("not there")
	for name, c := range map[string]struct {
		rule  string
		url   string
		proxy bool
		asked string // host and address, as they are put to Permit in order
		sent  bool
	}{
		"an address in the URL":                     {"", "http://127.0.0.1:" + port, false, "127.0.0.1 127.0.0.1", false},
		"an address in an odd spelling":             {"", "http://0x7f.1:" + port, false, "127.0.0.1 127.0.0.1", false},
		"localhost, which nobody looks up":          {"", "http://localhost:" + port, false, "localhost ::1, localhost 127.0.0.1", false},
		"a public name with a private address":      {"example.com:*:127.0.0.1:" + port, "http://example.com", false, "example.com 127.0.0.1", false},
		"a second address behind one that will do":  {"example.com:*:192.0.2.1,127.0.0.1", "http://example.com:" + port, false, "example.com 192.0.2.1, example.com 127.0.0.1", false},
		"an address that will do, here by the name": {"good.example:*:127.0.0.1:" + port, "http://good.example", false, "good.example 127.0.0.1", true},
		"a proxy, whose own address counts":         {"", "http://example.com", true, "127.0.0.1 127.0.0.1", false},
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			config := NetConfig{
				Proxy: func(*url.URL) (*url.URL, error) { return nil, nil },
				Permit: func(host string, addr netip.Addr) error {
					asked = append(asked, fmt.Sprint(host, " ", addr))
					if addr == loopback && host != "good.example" {
						return refuse
					}
					return nil
				},
			}
			if c.rule != "" {
				config.Resolve = []ResolveRule{netRule(t, c.rule)}
			}
			if c.proxy {
				config.Proxy = func(*url.URL) (*url.URL, error) { return url.Parse(server.URL) }
			}
			transport, err := NewNetTransport(config)
			if err != nil {
				t.Fatal(err)
			}
			defer transport.CloseIdleConnections()
			u, err := ParseURL(c.url)
			if err != nil {
				t.Fatal(err)
			}
			before := reached.Load()
			answer, err := transport.Exchange(t.Context(), &Message{Method: "GET", URL: u})
			if err == nil {
				answer.Body.Close()
			}
			if got := strings.Join(asked, ", "); got != c.asked {
				t.Errorf("asked about %q, want %q", got, c.asked)
			}
			if sent := reached.Load() > before; sent != c.sent {
				t.Errorf("sent: %v, want %v", sent, c.sent)
			}
			var failed *NetworkError
			if !c.sent && (!errors.As(err, &failed) || failed.Code != ReasonNotSent || !errors.Is(err, refuse)) {
				t.Errorf("got the error %v, want %s for %v", err, ReasonNotSent, refuse)
			}
		})
	}
}
