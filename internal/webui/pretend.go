package webui

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// pretendTransport answers as a pretend server does. It is safe for concurrent use.
type pretendTransport struct {
	answers []Answer
	space   fetch.AddressSpace
	urls    []string // of the answers, parsed and written again; empty: any

	mu   sync.Mutex
	used []bool
}

var _ fetch.Transport = (*pretendTransport)(nil)

func newPretendTransport(c Case) *pretendTransport {
	t := &pretendTransport{answers: c.Server.Answers, space: fetch.AddressSpace(c.Server.AddressSpace), used: make([]bool, len(c.Server.Answers)), urls: make([]string, len(c.Server.Answers))}
	for i, a := range t.answers {
		t.urls[i] = a.URL
		if u, err := fetch.ParseURL(a.URL); a.URL != "" && err == nil {
			t.urls[i] = u.StringWithoutFragment()
		}
	}
	return t
}

// AddressSpaceOf implements [fetch.AddressSpaceFinder].
func (t *pretendTransport) AddressSpaceOf(context.Context, *fetch.Message) fetch.AddressSpace {
	return t.space
}

// Exchange implements [fetch.Transport].
func (t *pretendTransport) Exchange(ctx context.Context, m *fetch.Message) (*fetch.Answer, error) {
	if err := drain(ctx, m); err != nil {
		return nil, err
	}
	asked := ""
	kind := fetch.ExchangeRequest
	if m.Method == "OPTIONS" && m.Headers.Contains("Access-Control-Request-Method") {
		kind = fetch.ExchangePreflight
		asked, _ = m.Headers.Get("Access-Control-Request-Method")
	}
	url := m.URL.StringWithoutFragment()
	a := t.pick(string(kind), m.Method, asked, url)
	if a == nil {
		return nil, &fetch.NetworkError{Code: fetch.ReasonNotRecorded, Detail: "the pretend server has no answer to the " + string(kind) + " " + m.Method + " " + url,
			Hint: "give it one"}
	}
	if a.Failure != "" {
		return nil, &fetch.NetworkError{Code: fetch.ReasonCode(a.Failure), Detail: "the pretend server fails so"}
	}
	answer := &fetch.Answer{Status: a.Status, StatusText: http.StatusText(a.Status), Proto: "HTTP/1.1", Headers: headerList(a.Headers), Body: io.NopCloser(strings.NewReader(a.Body))}
	if m.URL.Scheme() == "https" {
		answer.StatusText, answer.Proto = "", "HTTP/2.0"
	} else if m.HTTP2Only {
		return nil, &fetch.NetworkError{Code: fetch.ReasonNetwork, Detail: "a body that is a stream goes over HTTP/2 alone, and http URLs have HTTP/1.1"}
	}
	return answer, nil
}

// drain reads the message's body as a server would, within bounds.
func drain(ctx context.Context, m *fetch.Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.Body == nil {
		return nil
	}
	_, err := io.Copy(io.Discard, io.LimitReader(m.Body.Reader(), maxPaste))
	return err
}

// pick returns the answer for an exchange, or nil. asked is the method that a preflight asks for.
func (t *pretendTransport) pick(kind, method, asked, url string) *Answer {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, named := range []bool{true, false} {
		last := -1
		for i, a := range t.answers {
			fits := a.On == kind && (a.Method == "" || a.Method == method || a.Method == asked) && (t.urls[i] != "") == named && (!named || t.urls[i] == url)
			if !fits {
				continue
			}
			if last = i; !t.used[i] {
				break
			}
		}
		if last >= 0 {
			t.used[last] = true
			return &t.answers[last]
		}
	}
	return nil
}

// furtherTransport gives the answers to further requests again. It is asked by one goroutine at a time.
type furtherTransport struct{ left []Further }

var _ fetch.Transport = (*furtherTransport)(nil)

// Exchange implements [fetch.Transport]. A request that is not the next of those that were recorded ends it.
func (t *furtherTransport) Exchange(ctx context.Context, m *fetch.Message) (*fetch.Answer, error) {
	if err := drain(ctx, m); err != nil {
		return nil, err
	}
	asking, _ := m.Headers.Get(httpspec.HeaderOrigin)
	if len(t.left) == 0 || t.left[0].Method != m.Method || t.left[0].URL != m.URL.StringWithoutFragment() || t.left[0].Origin != asking {
		t.left = nil
		return nil, &fetch.NetworkError{Code: fetch.ReasonNotRecorded, Detail: "nobody has asked this"}
	}
	f := t.left[0]
	t.left = t.left[1:]
	if f.Failure != "" {
		return nil, &fetch.NetworkError{Code: fetch.ReasonCode(f.Failure), Detail: "it failed so when it was recorded"}
	}
	return &fetch.Answer{Status: f.Status, StatusText: http.StatusText(f.Status), Proto: "HTTP/1.1", Headers: headerList(f.Headers), Body: io.NopCloser(strings.NewReader(f.Body))}, nil
}
