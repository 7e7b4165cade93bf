package fetch

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// Steps 8.5 to 8.7 of HTTP-network-or-cache fetch: a request without a body says "Content-Length: 0" for POST and PUT alone, as
// Chromium and Firefox were seen to do; net/http would say it for PATCH too.
func TestContentLengthOnTheWire(t *testing.T) {
	var got, coding string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got, coding = r.Header.Get("Content-Length"), strings.Join(r.TransferEncoding, ", ")
		io.Copy(io.Discard, r.Body)
	}))
	t.Cleanup(server.Close)
	transport, err := NewNetTransport(NetConfig{Resolve: []ResolveRule{{Host: "*", Addrs: []netip.AddrPort{
		netip.MustParseAddrPort(server.Listener.Addr().String())}}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.CloseIdleConnections)
	agent, err := NewAgent(AgentConfig{Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	page, err := agent.NewPage(PageConfig{URL: "http://app.test"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, method string
		body         *Body
		want         string
	}{
		{"a POST without a body says 0", "POST", nil, "0"},
		{"a PUT without a body says 0", "PUT", nil, "0"},
		{"a PATCH without a body says nothing", "PATCH", nil, ""},
		{"a DELETE without a body says nothing", "DELETE", nil, ""},
		{"a PATCH with an empty body says 0", "PATCH", BytesBody(nil), "0"},
		{"a PATCH with a body says its length", "PATCH", BytesBody([]byte("abc")), "3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			response, err := page.Fetch(t.Context(), Request{Method: c.method, URL: "/", Body: c.body})
			if err != nil {
				t.Fatal(err)
			}
			response.Close()
			if response.IsError() || got != c.want || coding != "" {
				t.Errorf("reason %q, Content-Length %q, Transfer-Encoding %q; want length %q", response.Reason.Code, got, coding, c.want)
			}
		})
	}
}
