package webui

import (
	"net/http"
	"strings"
	"testing"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
)

// deniedPUT is a case whose preflight knows no PUT.
func deniedPUT() Case {
	return Case{Page: "https://app.example.com", URL: "https://api.example.com/", Method: "PUT", Server: &Pretend{Answers: []Answer{
		{On: "preflight", Status: 204, Headers: []Header{{"Access-Control-Allow-Origin", "*"}}},
		{On: "request", Status: 200, Headers: []Header{{"Access-Control-Allow-Origin", "*"}}},
	}}}
}

type explained struct {
	Text   string
	Case   Case
	Fixed  *Case
	Before *explained
	Error  *Problem
}

func TestACaseWithItsFixBringsTheFaultAndWhatComesOfTheFix(t *testing.T) {
	l := openLab(t)
	c := deniedPUT()
	c.Fixed = true
	var got explained
	l.call("explain", map[string]any{"case": c}, &got)
	if got.Error != nil || got.Before == nil {
		t.Fatalf("%v, and nothing before it", got.Error)
	}
	if got.Text != string(diagnose.VerdictAllowed) || got.Before.Text != string(diagnose.VerdictBlocked) || got.Case.Fixed || got.Before.Case.Fixed {
		t.Errorf("with the fix it is %s, and without it %s", got.Text, got.Before.Text)
	}
	if len(got.Case.Server.Answers[0].Headers) != 2 || len(got.Before.Case.Server.Answers[0].Headers) != 1 {
		t.Errorf("the fix is in %+v, and not in %+v", got.Case.Server.Answers[0], got.Before.Case.Server.Answers[0])
	}
}

func TestACaseWithoutAFixIsAnsweredAsItIs(t *testing.T) {
	l := openLab(t)
	c := deniedPUT()
	c.Method, c.Fixed = "GET", true
	var got explained
	l.call("explain", map[string]any{"case": c}, &got)
	if got.Error != nil || got.Before != nil || got.Text != string(diagnose.VerdictAllowed) {
		t.Errorf("it is %s, and before it %+v (%v)", got.Text, got.Before, got.Error)
	}
}

func TestAFixIsNoMatterOfTheStage(t *testing.T) {
	l := openLab(t)
	c := deniedPUT()
	c.Fixed = true
	var got failure
	if response := l.call("stage", map[string]any{"case": c}, &got); response.StatusCode != http.StatusBadRequest || got.Error.Code != codeCase || !strings.Contains(got.Error.Hint, "explain") {
		t.Errorf("status %d, %+v", response.StatusCode, got.Error)
	}
}

func TestWhatNobodyAskedHasNoAnswerInTheRecord(t *testing.T) {
	const api = "https://api.example.com/"
	recorded := []Further{
		{Method: "GET", URL: api, Origin: "https://app.example.com", Status: 200, Headers: []Header{{"X-A", "1"}}, Body: "yes"},
		{Method: "OPTIONS", URL: api, Failure: "connection-reset"},
		{Method: "GET", URL: api, Status: 204},
	}
	ask := func(method, origin string) *fetch.Message {
		u, err := fetch.ParseURL(api)
		if err != nil {
			t.Fatal(err)
		}
		m := &fetch.Message{Method: method, URL: u}
		if origin != "" {
			m.Headers.Set("Origin", origin)
		}
		return m
	}
	for name, c := range map[string]struct {
		asks []*fetch.Message
		want string
	}{
		"the same questions in the same order": {[]*fetch.Message{ask("GET", "https://app.example.com"), ask("OPTIONS", ""), ask("GET", "")}, "200 connection-reset 204"},
		"one more than there were":             {[]*fetch.Message{ask("GET", "https://app.example.com"), ask("OPTIONS", ""), ask("GET", ""), ask("GET", "")}, "200 connection-reset 204 not-recorded"},
		"another origin, and all behind it":    {[]*fetch.Message{ask("GET", "https://b.example"), ask("GET", "https://app.example.com")}, "not-recorded not-recorded"},
		"another order":                        {[]*fetch.Message{ask("OPTIONS", "")}, "not-recorded"},
	} {
		t.Run(name, func(t *testing.T) {
			transport := &furtherTransport{recorded}
			var got []string
			for _, m := range c.asks {
				answer, err := transport.Exchange(t.Context(), m)
				if err != nil {
					got = append(got, string(err.(*fetch.NetworkError).Code))
				} else {
					got = append(got, map[int]string{200: "200", 204: "204"}[answer.Status])
				}
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("got %s, want %s", s, c.want)
			}
		})
	}
}

func TestAnAnswerToAFurtherRequestKeepsItsBounds(t *testing.T) {
	for name, c := range map[string]struct {
		further []Further
		says    string
	}{
		"too many":                   {make([]Further, maxFurther+1), "more than 20 further requests"},
		"neither answer nor failure": {[]Further{{Method: "GET"}}, "status 0"},
		"a failure of no network":    {[]Further{{Failure: "allow-origin-missing"}}, "no network error"},
		"a header with a line break": {[]Further{{Status: 200, Headers: []Header{{"X-A", "1\r\nX-B: 2"}}}}, "line break"},
		"a body that is too long":    {[]Further{{Status: 200, Body: strings.Repeat("x", maxText+1)}}, "more than 65536 bytes"},
		"an origin that is too long": {[]Further{{Status: 200, Origin: strings.Repeat("x", maxText+1)}}, "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			item := deniedPUT()
			item.Server.Further = c.further
			if err := item.check(); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %s", err, c.says)
			}
		})
	}
}
