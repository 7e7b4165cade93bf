package diagnose

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
)

// script answers each message with text: "204 No Content|Name: value|Name: value", or "!code" for a failure of the network.
type script func(m *fetch.Message) string

func (s script) Exchange(_ context.Context, m *fetch.Message) (*fetch.Answer, error) {
	text := s(m)
	if code, failed := strings.CutPrefix(text, "!"); failed {
		return nil, &fetch.NetworkError{Code: fetch.ReasonCode(code), Detail: "as the test wants"}
	}
	parts := strings.Split(text, "|")
	number, phrase, _ := strings.Cut(parts[0], " ")
	status, err := strconv.Atoi(number)
	if err != nil {
		return nil, fmt.Errorf("the test's answer %q: %w", text, err)
	}
	a := &fetch.Answer{Status: status, StatusText: phrase, Proto: "HTTP/1.1", Body: io.NopCloser(strings.NewReader("body"))}
	for _, line := range parts[1:] {
		name, value, _ := strings.Cut(line, ": ")
		a.Headers = append(a.Headers, fetch.Header{Name: name, Value: value})
	}
	return a, nil
}

// record runs a request of a page and returns its trace.
func record(tb testing.TB, page string, r fetch.Request, answer script) *fetch.Trace {
	tb.Helper()
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: answer})
	if err != nil {
		tb.Fatal(err)
	}
	return recordIn(tb, agent, fetch.PageConfig{URL: page}, r)
}

// recordIn is record for a page with more than a URL.
func recordIn(tb testing.TB, agent *fetch.Agent, c fetch.PageConfig, r fetch.Request) *fetch.Trace {
	tb.Helper()
	p, err := agent.NewPage(c)
	if err != nil {
		tb.Fatal(err)
	}
	r.Trace = new(fetch.Trace)
	response, err := p.Fetch(context.Background(), r)
	if err != nil {
		tb.Fatal(err)
	}
	response.Close()
	return r.Trace
}

// answers is a script that answers preflights and requests with one text each.
func answers(preflight, request string) script {
	return func(m *fetch.Message) string {
		if m.Headers.Contains("Access-Control-Request-Method") {
			return preflight
		}
		return request
	}
}

// uniform answers every preflight and every request alike.
type uniform struct {
	preflight, status int
	headers           fetch.HeaderList
}

func (u uniform) Exchange(_ context.Context, m *fetch.Message) (*fetch.Answer, error) {
	a := &fetch.Answer{Status: u.status, Proto: "HTTP/1.1", Headers: u.headers.Clone(), Body: io.NopCloser(strings.NewReader(""))}
	if m.Headers.Contains("Access-Control-Request-Method") {
		a.Status = u.preflight
	}
	return a, nil
}
