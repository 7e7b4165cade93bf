package fetch

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// loopback is every host of a small internet, at the ports 80 and 443, on two real servers; and a browser with a clock that the test
// moves.
type loopback struct {
	t     testing.TB
	agent *Agent

	mu    sync.Mutex
	ahead time.Duration
	seen  []string
}

// newLoopback serves handler as every host that is named, over http and https.
func newLoopback(t testing.TB, c AgentConfig, handler http.HandlerFunc, hosts ...string) *loopback {
	t.Helper()
	l := &loopback{t: t}
	authority := newTestAuthority(t, "loopback")
	logged := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme := "http://"
		if r.TLS != nil {
			scheme = "https://"
		}
		l.mu.Lock()
		l.seen = append(l.seen, r.Method+" "+scheme+r.Host+r.RequestURI)
		l.mu.Unlock()
		handler(w, r)
	})
	plain := httptest.NewServer(logged)
	t.Cleanup(plain.Close)
	secure := netTLSServer(t, authority.issue(t, nil, hosts...), logged)
	c.Transport = newNet(t, NetConfig{
		RootCAs: authority.pool(),
		Resolve: []ResolveRule{
			netRule(t, "*:80:"+plain.Listener.Addr().String()), netRule(t, "*:443:"+secure.Listener.Addr().String()),
		},
	})
	c.Clock = l.now
	agent, err := NewAgent(c)
	if err != nil {
		t.Fatal(err)
	}
	l.agent = agent
	return l
}

func (l *loopback) now() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Now().Add(l.ahead)
}

func (l *loopback) pass(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ahead += d
}

// requests are what the servers saw since the last call, without preflights' headers.
func (l *loopback) requests() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	seen := strings.Join(l.seen, ", ")
	l.seen = nil
	return seen
}

func (l *loopback) page(c PageConfig) *Page {
	l.t.Helper()
	page, err := l.agent.NewPage(c)
	if err != nil {
		l.t.Fatal(err)
	}
	return page
}

// get is a fetch whose body is read to its end.
func (l *loopback) get(page string, request Request) (*Response, string) {
	l.t.Helper()
	return l.getFrom(l.page(PageConfig{URL: page}), request)
}

func (l *loopback) getFrom(page *Page, request Request) (*Response, string) {
	l.t.Helper()
	response, err := page.Fetch(l.t.Context(), request)
	if err != nil {
		l.t.Fatal(err)
	}
	defer response.Close()
	if response.Body == nil {
		return response, ""
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	return response, string(body)
}
