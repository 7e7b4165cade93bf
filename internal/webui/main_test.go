package webui

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
)

var update = flag.Bool("update", false, "write the generated files anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// plainExplainer runs a case as package cli does, without the words around it. That the two agree is a test there.
type plainExplainer struct{}

func (plainExplainer) Explain(ctx context.Context, q Question) (*Explanation, error) {
	transport := q.Answers
	if transport == nil {
		var c fetch.NetConfig
		q.Network(q.Case.URL, &c)
		net, err := fetch.NewNetTransport(c)
		if err != nil {
			return nil, err
		}
		transport = net
	}
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: transport, Profile: q.Profile, Limits: fetch.Limits{Timeout: q.Timeout}})
	if err != nil {
		return nil, err
	}
	defer agent.Close()
	page, err := agent.NewPage(fetch.PageConfig{URL: q.Case.Page, AddressSpace: fetch.AddressSpace(q.Case.PageSpace)}.WithPolicies(headerList(q.Case.PageHeaders)))
	if err != nil {
		return nil, &Problem{Code: "page-invalid", Message: err.Error()}
	}
	if u, err := fetch.ParseURL(q.Case.URL); err == nil {
		for _, c := range q.Case.Cookies {
			agent.Jar().Set(u, c, fetch.CookieContext{Policy: q.Profile.Cookies})
		}
	}
	c := q.Case
	r := fetch.Request{
		URL: c.URL, Method: c.Method, Headers: headerList(c.Headers), Mode: fetch.Mode(c.Mode), Credentials: fetch.CredentialsMode(c.Credentials),
		Redirect: fetch.RedirectMode(c.Redirect), Cache: fetch.CacheMode(c.Cache), Keepalive: c.Keepalive, UploadListener: c.UploadListener, Trace: new(fetch.Trace),
		Integrity: c.Integrity, TargetAddressSpace: fetch.AddressSpace(c.TargetAddressSpace),
	}
	if c.Body != nil {
		r.Body = fetch.BytesBody([]byte(*c.Body))
		if c.Stream {
			r.Body = fetch.StreamBody(strings.NewReader(*c.Body))
		}
	}
	var response *fetch.Response
	if c.Import {
		response, err = page.FetchModule(ctx, fetch.ModuleRequest{URL: c.URL, Trace: r.Trace})
	} else {
		response, err = page.Fetch(ctx, r)
	}
	if err != nil {
		return nil, &Problem{Code: "request-invalid", Message: err.Error()}
	}
	defer response.Close()
	var bodyErr error
	if response.Body != nil {
		_, bodyErr = io.CopyN(io.Discard, response.Body, 1024)
		if bodyErr == io.EOF {
			bodyErr = nil
		}
	}
	report := diagnose.Diagnose(r.Trace, diagnose.Options{BodyError: bodyErr})
	return &Explanation{Document: report, Text: string(report.Verdict), Case: c, Trace: r.Trace, Report: report}, nil
}

// lab is a running one, and a client that speaks to it as its page does.
type lab struct {
	*Server
	t      *testing.T
	origin string
	token  string
}

func openLab(t *testing.T) *lab {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := New(Config{Explainer: plainExplainer{}, Version: "test"}, l.Addr())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("the server ended with %v", err)
			}
		case <-time.After(time.Minute):
			t.Error("the server does not end")
		}
	})
	open := &lab{Server: s, t: t, origin: strings.TrimSuffix(s.URL(), "/")}
	_, body := open.send("GET", "/", nil, "")
	open.token = regexp.MustCompile(`<meta name="corscope-token" content="([^"]*)">`).FindStringSubmatch(body)[1]
	return open
}

// send makes one request with these headers and nothing that a client adds by itself.
func (l *lab) send(method, path string, header map[string]string, body string) (*http.Response, string) {
	l.t.Helper()
	r, err := http.NewRequestWithContext(l.t.Context(), method, l.origin+path, strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	for name, value := range header {
		if name == "Host" {
			r.Host = value
		} else {
			r.Header[name] = []string{value}
		}
	}
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := transport.RoundTrip(r)
	if err != nil {
		l.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	return response, string(text)
}

// own are the headers with which the page sends a call.
func (l *lab) own() map[string]string {
	return map[string]string{
		"Origin": l.origin, "Content-Type": "application/json", "X-Corscope-Token": l.token,
		"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty",
	}
}

// call makes a call of the API as the page does, and reads its answer into out.
func (l *lab) call(name string, q, out any) *http.Response {
	l.t.Helper()
	body, err := json.Marshal(q)
	if err != nil {
		l.t.Fatal(err)
	}
	response, text := l.send("POST", "/api/v1/"+name, l.own(), string(body))
	if err := json.NewDecoder(bytes.NewReader([]byte(text))).Decode(out); err != nil {
		l.t.Fatalf("%s: %v in %s", name, err, text)
	}
	return response
}

// failure is an error of the API.
type failure struct {
	Version int      `json:"version"`
	Error   *Problem `json:"error"`
}
