package intake

import (
	"context"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// Recording answers a request from the exchanges that a HAR holds, so that the engine judges what a browser saw. It is a
// [fetch.Transport] and sends nothing.
type Recording struct {
	file *harFile
	main *harEntry
	// at is the place of main in the file.
	at int
	// of names the record where it is no HAR. strict: what is not in it is not assumed.
	of     string
	strict bool

	mu   sync.Mutex
	used map[*harEntry]bool
	// assumedPreflight is set when a preflight that was not recorded had to be taken for granted.
	assumedPreflight bool
}

var _ fetch.Transport = (*Recording)(nil)

// reset makes the recording answer from its start.
func (t *Recording) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.used, t.assumedPreflight = make(map[*harEntry]bool), false
}

// Exchange implements [fetch.Transport].
func (t *Recording) Exchange(_ context.Context, m *fetch.Message) (*fetch.Answer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u := m.URL.StringWithoutFragment()
	if method, ok := m.Headers.Get(httpspec.AccessControlRequestMethod); ok && m.Method == "OPTIONS" {
		if e := t.file.preflightOf(t.main, method, u); e != nil {
			return e.answer()
		}
		if t.main.status > 0 && !t.strict {
			t.assumedPreflight = true
			return allowing(m), nil
		}
		if t.strict {
			return nil, &fetch.NetworkError{Code: fetch.ReasonNotRecorded, Detail: "curl asks no preflight, and a browser asks one before this " + method, Hint: "--live asks it"}
		}
		return nil, t.notRecorded("the preflight of " + method + " " + u)
	}
	if t.main.unsent {
		return nil, t.unsent()
	}
	// Redirects come later.
	for _, e := range t.file.entries[t.at:] {
		if !e.isPreflight() && !t.used[e] && e.method == m.Method && withoutFragment(e.url) == u {
			t.used[e] = true
			return e.answer()
		}
	}
	return nil, t.notRecorded(m.Method + " " + u)
}

func (t *Recording) notRecorded(what string) error {
	of := t.of
	if of == "" {
		of = "the HAR"
	}
	return &fetch.NetworkError{Code: fetch.ReasonNotRecorded, Detail: what + " is not in " + of, Hint: liveTells}
}

// unsent is for the request behind a preflight that somebody made by hand.
func (t *Recording) unsent() error {
	hint := "--live sends it"
	if t.main.method != "GET" && t.main.method != "HEAD" {
		hint = "--live --send sends it, and it may change data"
	}
	return &fetch.NetworkError{Code: fetch.ReasonNotSent, Detail: "only the preflight was made", Hint: hint}
}

// preflightOf finds the preflight of a request. Its own number is not in a HAR, and it can stand before the request or behind.
func (f *harFile) preflightOf(main *harEntry, method, u string) *harEntry {
	var best *harEntry
	var distance time.Duration
	for _, e := range f.preflights[withoutFragment(u)] {
		if asked, ok := e.sent.Get(httpspec.AccessControlRequestMethod); ok && asked != method {
			continue
		}
		if d := e.started.Sub(main.started).Abs(); best == nil || d < distance {
			best, distance = e, d
		}
	}
	return best
}

// answer is what was recorded, or why there is nothing.
func (e *harEntry) answer() (*fetch.Answer, error) {
	if e.status <= 0 {
		return nil, e.networkError()
	}
	a := &fetch.Answer{Status: e.status, StatusText: e.statusText, Proto: e.proto, Body: io.NopCloser(strings.NewReader(e.responseBody()))}
	for _, h := range e.got {
		// The HAR has the body decoded, and only its start is kept.
		if name := httpspec.Lower(h.Name); name != "content-encoding" && name != "content-length" && name != "transfer-encoding" {
			a.Headers = append(a.Headers, h)
		}
	}
	if location := e.redirect; location != "" && !a.Headers.Contains("Location") && e.status/100 == 3 {
		a.Headers = append(a.Headers, fetch.Header{Name: "Location", Value: location})
	}
	return a, nil
}

// netErrors are Chromium's names, by the start of which a failure is known. net/base/net_error_list.h, checked 2026-11-22.
var netErrors = []struct {
	prefix string
	code   fetch.ReasonCode
}{
	{"ERR_NAME_NOT_RESOLVED", fetch.ReasonNameNotResolved}, {"ERR_NAME_RESOLUTION_FAILED", fetch.ReasonNameNotResolved},
	{"ERR_CONNECTION_REFUSED", fetch.ReasonRefused}, {"ERR_CONNECTION_RESET", fetch.ReasonReset},
	{"ERR_CONNECTION_CLOSED", fetch.ReasonClosed}, {"ERR_EMPTY_RESPONSE", fetch.ReasonClosed},
	{"ERR_ADDRESS_UNREACHABLE", fetch.ReasonUnreachable}, {"ERR_INTERNET_DISCONNECTED", fetch.ReasonUnreachable}, {"ERR_NETWORK_CHANGED", fetch.ReasonUnreachable},
	{"ERR_TIMED_OUT", fetch.ReasonTimeout}, {"ERR_CONNECTION_TIMED_OUT", fetch.ReasonTimeout},
	{"ERR_CERT_", fetch.ReasonCertificate}, {"ERR_SSL_", fetch.ReasonTLS},
	{"ERR_PROXY_", fetch.ReasonProxy}, {"ERR_TUNNEL_", fetch.ReasonProxy}, {"ERR_UNEXPECTED_PROXY_AUTH", fetch.ReasonProxyAuth},
	{"ERR_RESPONSE_HEADERS_TOO_BIG", fetch.ReasonHeadersTooLarge}, {"ERR_INVALID_HTTP_RESPONSE", fetch.ReasonMalformed},
}

// liveTells is what to do where a HAR does not say enough.
const liveTells = "--live makes the request again, and tells"

func (e *harEntry) networkError() *fetch.NetworkError {
	if e.reason.Code.IsNetwork() {
		failed := e.reason
		return &failed
	}
	code := strings.TrimPrefix(e.failure, "net::")
	for _, n := range netErrors {
		if strings.HasPrefix(code, n.prefix) {
			return &fetch.NetworkError{Code: n.code, Detail: "the HAR says " + e.failure}
		}
	}
	switch said := e.said(); {
	case said != "":
		return &fetch.NetworkError{Code: fetch.ReasonNotRecorded, Hint: liveTells,
			Detail: "the HAR holds no answer to " + e.method + " " + e.url + ", only what the browser said of it: " + said}
	case code == "ERR_FAILED":
		return &fetch.NetworkError{Code: fetch.ReasonNotRecorded, Hint: liveTells,
			Detail: "the HAR holds no answer to " + e.method + " " + e.url + ", only net::ERR_FAILED, which is what Chromium says where CORS withholds one"}
	case code == "":
		return &fetch.NetworkError{Code: fetch.ReasonNotRecorded, Hint: liveTells, Detail: "the HAR holds no answer to " + e.method + " " + e.url}
	case code == "ERR_BLOCKED_BY_CLIENT":
		return &fetch.NetworkError{Code: fetch.ReasonNetwork, Detail: "the HAR says " + e.failure + ": an extension or the browser's own blocker stopped it"}
	}
	return &fetch.NetworkError{Code: fetch.ReasonNetwork, Detail: "the HAR says " + e.failure}
}

// said is the rule of CORS that the browser itself names for a request without an answer, in its words, as Safari's exports do; empty
// where it names none.
func (e *harEntry) said() string {
	if e.status > 0 || !aboutCORS(e.failure) {
		return ""
	}
	if m, ok := recognise(plain(e.failure)); ok {
		return m.Reason
	}
	return ""
}

// allowing is the answer of a server to a preflight that it allows in all.
func allowing(m *fetch.Message) *fetch.Answer {
	origin, _ := m.Headers.Get(httpspec.HeaderOrigin)
	method, _ := m.Headers.Get(httpspec.AccessControlRequestMethod)
	names, _ := m.Headers.Get(httpspec.AccessControlRequestHeaders)
	return &fetch.Answer{Status: 204, StatusText: "No Content", Proto: "HTTP/1.1", Body: io.NopCloser(strings.NewReader("")), Headers: fetch.HeaderList{
		{Name: httpspec.AccessControlAllowOrigin, Value: origin}, {Name: httpspec.AccessControlAllowCredentials, Value: "true"},
		{Name: httpspec.AccessControlAllowMethods, Value: method}, {Name: httpspec.AccessControlAllowHeaders, Value: names},
	}}
}
