package fetch

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

func TestFirefoxSendsATextForAStream(t *testing.T) {
	for _, c := range []struct {
		name    string
		profile Profile
		want    string
	}{
		{"the standard asks first", Profile{}, "OPTIONS"},
		{"Firefox sends what a stream is as a string", Firefox(), "POST text/plain;charset=UTF-8 [object ReadableStream]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			agent, err := NewAgent(AgentConfig{Profile: c.profile, Transport: transportFunc(func(m *Message) *Answer {
				line := m.Method
				if contentType, ok := m.Headers.Get("Content-Type"); ok {
					body, _ := io.ReadAll(m.Body.Reader())
					line += " " + contentType + " " + string(body)
				}
				got = append(got, line)
				return parseAnswer("404")
			})})
			if err != nil {
				t.Fatal(err)
			}
			page, err := agent.NewPage(PageConfig{URL: app})
			if err != nil {
				t.Fatal(err)
			}
			trace := new(Trace)
			response, err := page.Fetch(t.Context(), Request{URL: api, Method: "POST", Body: StreamBody(strings.NewReader("hello")), Trace: trace})
			if err != nil || !response.IsError() {
				t.Fatal(response, err)
			}
			if len(got) != 1 || got[0] != c.want {
				t.Errorf("the server got %q, want %q", got, c.want)
			}
			if asked := trace.RequestBody(); asked == nil || (asked.Len() < 0) != (c.want == "OPTIONS") {
				t.Errorf("the trace holds the body %v", asked)
			}
		})
	}
}

// No stream goes over HTTP/1.x: https://fetch.spec.whatwg.org/#concept-http-network-fetch, step 8.3.
func TestStreamsNeedHTTP2(t *testing.T) {
	var seen atomic.Int32
	var got atomic.Value
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		b, _ := io.ReadAll(r.Body)
		got.Store(r.Proto + " " + string(b))
	})
	authority := newTestAuthority(t, "streams")
	modern := netTLSServer(t, authority.issue(t, nil, "modern.example"), handler)
	old := httptest.NewUnstartedServer(handler)
	old.TLS = modern.TLS.Clone()
	old.TLS.NextProtos = []string{"http/1.1"}
	old.TLS.Certificates = append(old.TLS.Certificates[:0:0], authority.issue(t, nil, "old.example"))
	old.Config.ErrorLog = silentLog
	old.StartTLS()
	t.Cleanup(old.Close)
	plain := netServer(t, handler)
	network := newNet(t, NetConfig{RootCAs: authority.pool(), Resolve: []ResolveRule{
		netRule(t, "modern.example:443:"+modern.Listener.Addr().String()), netRule(t, "old.example:443:"+old.Listener.Addr().String()),
		netRule(t, "*:80:"+plain.Listener.Addr().String()),
	}})
	handlers := func(http2 bool) Transport {
		return &HandlerTransport{Handler: func(*URL) http.Handler { return handler }, HTTP2: http2}
	}
	for _, c := range []struct {
		name, url string
		transport Transport
		body      *Body
		want      string // what the server got; empty: nothing
	}{
		{"over HTTP/2", "https://modern.example", network, StreamBody(strings.NewReader("hello")), "HTTP/2.0 hello"},
		{"over TLS, where the server speaks HTTP/1.1", "https://old.example", network, StreamBody(strings.NewReader("hello")), ""},
		{"without TLS", "http://modern.example", network, StreamBody(strings.NewReader("hello")), ""},
		{"bytes over HTTP/1.1", "https://old.example", network, BytesBody([]byte("hello")), "HTTP/1.1 hello"},
		{"in the same process, over HTTP/2", "https://modern.example", handlers(true), StreamBody(strings.NewReader("hello")), "HTTP/2.0 hello"},
		{"in the same process, over HTTP/1.1", "https://modern.example", handlers(false), StreamBody(strings.NewReader("hello")), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen.Store(0)
			agent, err := NewAgent(AgentConfig{Transport: c.transport})
			if err != nil {
				t.Fatal(err)
			}
			page, err := agent.NewPage(PageConfig{URL: c.url})
			if err != nil {
				t.Fatal(err)
			}
			trace := new(Trace)
			response, err := page.Fetch(t.Context(), Request{Method: "POST", URL: "/x", Body: c.body, Trace: trace})
			if err != nil {
				t.Fatal(err)
			}
			defer response.Close()
			if c.want != "" {
				if response.IsError() || got.Load() != c.want {
					t.Errorf("the server got %q, want %q: %s", got.Load(), c.want, response.Reason)
				}
				return
			}
			host := strings.TrimPrefix(strings.TrimPrefix(c.url, "https://"), "http://")
			want := "No answer came: a body that is a stream goes over HTTP/2 alone, and " + host + " speaks HTTP/1.1."
			if r := response.Reason; r.Code != ReasonNetwork || r.Step != "8.3" || r.Sentence() != want || !errors.Is(trace.Exchanges[0].Failure, errHTTP1) {
				t.Errorf("the reason is %+v: %s", r, r.Sentence())
			}
			if seen.Load() != 0 {
				t.Error("the server saw a request")
			}
		})
	}
}
