package intake_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/intake"
)

// server answers preflights and requests with one text each: "204|Name: value|Name: value", or "!code" for a failure of the network.
type server struct{ preflight, request string }

func (s server) Exchange(_ context.Context, m *fetch.Message) (*fetch.Answer, error) {
	text := s.request
	if m.Headers.Contains("Access-Control-Request-Method") {
		text = s.preflight
	} else if strings.HasSuffix(m.URL.Path(), "/redirected") {
		text = "200"
	}
	if code, failed := strings.CutPrefix(text, "!"); failed {
		return nil, &fetch.NetworkError{Code: fetch.ReasonCode(code)}
	}
	parts := strings.Split(text, "|")
	status, err := strconv.Atoi(parts[0])
	if err != nil {
		return nil, fmt.Errorf("the test's answer %q: %w", text, err)
	}
	a := &fetch.Answer{Status: status, Proto: "HTTP/1.1", Body: io.NopCloser(strings.NewReader(""))}
	for _, line := range parts[1:] {
		name, value, _ := strings.Cut(line, ": ")
		a.Headers = append(a.Headers, fetch.Header{Name: name, Value: value})
	}
	return a, nil
}

const (
	roundTripPage = "https://app.example.com"
	allowPage     = "|Access-Control-Allow-Origin: " + roundTripPage
)

// Every fault that a console can name.
var faults = []struct {
	name    string
	request fetch.Request
	server  server
}{
	{"no header", fetch.Request{}, server{"", "200"}},
	{"no header on an error", fetch.Request{}, server{"", "502"}},
	{"another origin", fetch.Request{}, server{"", "200|Access-Control-Allow-Origin: https://other.example"}},
	{"a quotation mark in the value", fetch.Request{}, server{"", "200|Access-Control-Allow-Origin: https://it's.example"}},
	{"a value that reads like the sentence", fetch.Request{}, server{"", "200|Access-Control-Allow-Origin: https://x' that is not equal to the supplied origin. 'y"}},
	{"null", fetch.Request{}, server{"", "200|Access-Control-Allow-Origin: null"}},
	{"an invalid value", fetch.Request{}, server{"", "200|Access-Control-Allow-Origin: app"}},
	{"an empty value", fetch.Request{}, server{"", "200|Access-Control-Allow-Origin: "}},
	{"several values", fetch.Request{}, server{"", "200" + allowPage + ", *"}},
	{"two lines", fetch.Request{}, server{"", "200" + allowPage + allowPage}},
	{"the wildcard with credentials", fetch.Request{Credentials: fetch.CredentialsInclude}, server{"", "200|Access-Control-Allow-Origin: *"}},
	{"no credentials allowed", fetch.Request{Credentials: fetch.CredentialsInclude}, server{"", "200" + allowPage}},
	{"True", fetch.Request{Credentials: fetch.CredentialsInclude}, server{"", "200" + allowPage + "|Access-Control-Allow-Credentials: True"}},
	{"a preflight without headers", fetch.Request{Method: "PUT"}, server{"204", "200"}},
	{"a preflight's 404", fetch.Request{Method: "PUT"}, server{"404", "200"}},
	{"a preflight's 405", fetch.Request{Method: "PUT"}, server{"405" + allowPage, "200"}},
	{"a preflight's redirect", fetch.Request{Method: "PUT"}, server{"302|Location: /login" + allowPage, "200"}},
	{"a preflight's redirect without headers", fetch.Request{Method: "PUT"}, server{"302|Location: /login", "200"}},
	{"a method", fetch.Request{Method: "PUT"}, server{"204" + allowPage, "200"}},
	{"a header", fetch.Request{Headers: fetch.HeaderList{{Name: "X-Token", Value: "1"}}}, server{"204" + allowPage, "200"}},
	{"the wildcard and Authorization", fetch.Request{Headers: fetch.HeaderList{{Name: "Authorization", Value: "1"}}}, server{"204" + allowPage + "|Access-Control-Allow-Headers: *", "200"}},
	{"a list of methods that cannot be parsed", fetch.Request{Method: "PUT"}, server{"204" + allowPage + "|Access-Control-Allow-Methods: PUT POST", "200"}},
	{"a list of headers that cannot be parsed", fetch.Request{Method: "PUT"}, server{"204" + allowPage + "|Access-Control-Allow-Methods: PUT|Access-Control-Allow-Headers: x-a: 1", "200"}},
	{"the request after a good preflight", fetch.Request{Method: "PUT"}, server{"204" + allowPage + "|Access-Control-Allow-Methods: PUT", "500"}},
	{"the target of a redirect", fetch.Request{}, server{"", "302|Location: https://b.example/redirected" + allowPage}},
	{"a redirect without headers", fetch.Request{}, server{"", "302|Location: https://b.example/redirected"}},
	{"a redirect with a password", fetch.Request{}, server{"", "302|Location: https://u:p@b.example/" + allowPage}},
	{"a redirect to another scheme", fetch.Request{}, server{"", "302|Location: ftp://b.example/" + allowPage}},
	{"a redirect to data", fetch.Request{}, server{"", "302|Location: data:,x" + allowPage}},
	{"a redirect in mode error", fetch.Request{Redirect: fetch.RedirectError}, server{"", "302|Location: /x" + allowPage}},
	{"CORP", fetch.Request{Mode: fetch.ModeNoCORS}, server{"", "200|Cross-Origin-Resource-Policy: same-origin"}},
	{"mixed content", fetch.Request{URL: "http://api.example.com/x"}, server{"", "200"}},
	{"a bad port", fetch.Request{URL: "https://api.example.com:6000/x"}, server{"", "200"}},
	{"another scheme", fetch.Request{URL: "ftp://api.example.com/x"}, server{"", "200"}},
	{"a file", fetch.Request{URL: "file:///etc/hosts"}, server{"", "200"}},
	{"mode same-origin", fetch.Request{Mode: fetch.ModeSameOrigin}, server{"", "200"}},
	{"mode no-cors without following", fetch.Request{Mode: fetch.ModeNoCORS, Redirect: fetch.RedirectManual}, server{"", "200"}},
	{"no such name", fetch.Request{}, server{"", "!name-not-resolved"}},
	{"refused", fetch.Request{}, server{"", "!connection-refused"}},
	{"reset, at the preflight", fetch.Request{Method: "PUT"}, server{"!connection-reset", "200"}},
	{"a certificate", fetch.Request{}, server{"", "!tls-certificate"}},
	{"an error that the page may read", fetch.Request{}, server{"", "404" + allowPage}},
}

// TestEveryMessageThatDiagnosePrintsIsRecognised reads each line of each browser's console, and what it then says about the
// request must be what was asked.
func TestEveryMessageThatDiagnosePrintsIsRecognised(t *testing.T) {
	for _, f := range faults {
		for _, b := range diagnose.Browsers() {
			for _, by := range []diagnose.Initiator{diagnose.ByFetch, diagnose.ByXMLHttpRequest} {
				t.Run(f.name+"/"+string(b)+"/"+string(by), func(t *testing.T) {
					trace := record(t, f.request, f.server)
					printed := diagnose.Console(b, trace, by)
					var text strings.Builder
					for _, l := range printed.Lines {
						one, err := intake.ReadText(t.Context(), []byte(l.Text), intake.Options{})
						if bad, ok := err.(*intake.Error); ok && bad.Code != intake.ErrNoURL || err == nil && one.Message.Reason == "" && one.Message.URL == "" {
							t.Errorf("the line alone is not recognised: %v\n%s", err, l.Text)
						}
						text.WriteString(l.Text + "\n")
					}
					if !strings.Contains(text.String(), "://") {
						return // no line names the URL
					}
					in := read(t, text.String())
					checkRead(t, in, trace, printed, text.String())
				})
			}
		}
	}
}

func checkRead(t *testing.T, in *intake.Intake, trace *fetch.Trace, printed diagnose.Printout, text string) {
	t.Helper()
	m := in.Message
	if m.Browser != "" && string(m.Browser) != string(printed.Browser) {
		t.Errorf("taken for %q\n%s", m.Browser, text)
	}
	if m.Foreign || m.Older && trace.Outcome.Reason != nil {
		t.Errorf("foreign %v, older %v\n%s", m.Foreign, m.Older, text)
	}
	// Chromium alone names the URL that a chain of redirects began with; the others are said to name the last one.
	if want := trace.Request.URL; in.Request.URL != want && (printed.Browser == diagnose.Chromium || !strings.Contains(trace.Exchanges[0].ResponseHeaders.Values("Location")[0], "//b.example")) {
		t.Errorf("the URL is %q, want %q\n%s", in.Request.URL, want, text)
	}
	if in.Page != "" && !strings.HasPrefix(in.Page, trace.Page.Origin) && !(in.Page == "null" && assumes(in, intake.FlagFrom)) {
		t.Errorf("the page is %q\n%s", in.Page, text)
	}
	if in.Request.Method != "" && in.Request.Method != trace.Request.Method {
		t.Errorf("the method is %q\n%s", in.Request.Method, text)
	}
	if in.Known[intake.FlagCredentials] && in.Request.Credentials != trace.Request.Credentials {
		t.Errorf("credentials %q\n%s", in.Request.Credentials, text)
	}
	if in.Known[intake.FlagMode] && in.Request.Mode != trace.Request.Mode {
		t.Errorf("mode %q\n%s", in.Request.Mode, text)
	}
	alone := strings.Count(text, "\n") == 1 && strings.Contains(text, "due to access control checks")
	if m.Reason == "" && !strings.Contains(text, "net::") && !alone {
		t.Errorf("no reason\n%s", text)
	}
}

func record(tb testing.TB, r fetch.Request, s server) *fetch.Trace {
	tb.Helper()
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: s})
	if err != nil {
		tb.Fatal(err)
	}
	page, err := agent.NewPage(fetch.PageConfig{URL: roundTripPage + "/cart"})
	if err != nil {
		tb.Fatal(err)
	}
	if r.URL == "" {
		r.URL = "https://api.example.com/it's?a=1#top"
	}
	r.Trace = new(fetch.Trace)
	response, err := page.Fetch(context.Background(), r)
	if err != nil {
		tb.Fatal(err)
	}
	response.Close()
	return r.Trace
}

// TestTheMeasuredMessagesOfChromiumAreRecognised reads what Chromium 156 printed.
func TestTheMeasuredMessagesOfChromiumAreRecognised(t *testing.T) {
	data, err := os.ReadFile("../../diagnose/testdata/chromium156-cors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Out map[string]struct {
			Log      []string `json:"log"`
			Requests []struct {
				URL  string `json:"u"`
				Type string `json:"type"`
				CORS string `json:"cors"`
			} `json:"reqs"`
		} `json:"out"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	read := 0
	for name, m := range file.Out {
		for _, q := range m.Requests {
			if q.CORS == "" {
				continue
			}
			read++
			in, err := intake.ReadText(t.Context(), []byte(strings.Join(m.Log, "\n")), intake.Options{})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if in.Message.Code == "" || in.Message.URL != q.URL || in.Page != "http://127.0.0.1:8801" || in.Initiator != intake.ByFetch {
				t.Errorf("%s: %+v", name, in.Message)
			}
		}
	}
	if read != 14 {
		t.Errorf("%d CORS errors were read, want 14", read)
	}
}
