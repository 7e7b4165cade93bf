package fetch

import (
	"bytes"
	"context"
	"io"
	"testing"
)

// scripted is a transport that answers from a function: the algorithms without a network.
type scripted func(m *Message) *Answer

func (f scripted) Exchange(_ context.Context, m *Message) (*Answer, error) {
	a := f(m)
	if a == nil {
		return nil, &NetworkError{Code: ReasonRefused, Detail: "nothing listens"}
	}
	if a.Body == nil {
		a.Body = io.NopCloser(bytes.NewReader(nil))
	}
	a.Proto = "HTTP/1.1"
	return a, nil
}

func newScriptedPage(tb testing.TB, url string, f scripted) *Page {
	tb.Helper()
	agent, err := NewAgent(AgentConfig{Transport: f})
	if err != nil {
		tb.Fatal(err)
	}
	page, err := agent.NewPage(PageConfig{URL: url})
	if err != nil {
		tb.Fatal(err)
	}
	return page
}
