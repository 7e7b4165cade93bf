package intake_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/intake"
)

// judged runs what was recorded through the engine.
func judged(t *testing.T, in *intake.Intake) fetch.Reason {
	t.Helper()
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: in.Recorded})
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()
	page, err := agent.NewPage(fetch.PageConfig{URL: in.Page})
	if err != nil {
		t.Fatal(err)
	}
	response, err := page.Fetch(t.Context(), in.Request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Close()
	return response.Reason
}

const connected = "*   Trying 192.0.2.1:443...\n* Connected to api.example.com (192.0.2.1) port 443 (#0)\n* ALPN: offers h2,http/1.1\n* using HTTP/2\n"

func TestWhatCurlPrinted(t *testing.T) {
	const api, app = "https://api.example.com/users/7", "https://app.example.com"
	for _, c := range []struct {
		name, text  string
		url, method string
		page        string
		headers     string
		code        fetch.ReasonCode
		note        string // in the notes, or in what was assumed
	}{
		{"a GET with Origin whose answer names nobody", "$ curl -v " + api + " -H 'Origin: " + app + "'\n" + connected +
			"> GET /users/7 HTTP/2\n> Host: api.example.com\n> user-agent: curl/8.14.1\n> accept: */*\n> origin: " + app + "\n> \n< HTTP/2 200 \n< content-type: application/json\n< \n{\"id\":7}\n* Connection #0 to host api.example.com left intact\n",
			api, "GET", app, "", fetch.ReasonAllowOriginMissing, "judged from the recorded exchange"},
		{"without its command, over plain http, with a port", "* Connected to localhost (127.0.0.1) port 8080 (#0)\n> POST /a HTTP/1.1\n> Host: localhost:8080\n> Origin: http://localhost:5173\n> X-A: 1\n> Content-Length: 2\n> \n} [2 bytes data]\n< HTTP/1.1 200 OK\n< Access-Control-Allow-Origin: http://localhost:3000\n< \n",
			"http://localhost:8080/a", "POST", "http://localhost:5173", "X-A: 1", fetch.ReasonAllowOriginMismatch, "the preflight, which browsers ask first and curl does not, allows the request"},
		{"a preflight by hand that refuses the method", connected +
			"> OPTIONS /users/7 HTTP/2\n> Host: api.example.com\n> origin: " + app + "\n> access-control-request-method: DELETE\n> access-control-request-headers: authorization\n> \n< HTTP/2 204 \n< access-control-allow-origin: " + app + "\n< access-control-allow-methods: GET, POST\n< \n",
			api, "DELETE", app, "authorization: Bearer x", fetch.ReasonMethodNotAllowed, "preflight made by hand"},
		{"a preflight by hand that allows it all: the request itself was never made", connected +
			"> OPTIONS /users/7 HTTP/2\n> Host: api.example.com\n> origin: " + app + "\n> access-control-request-method: DELETE\n> \n< HTTP/2 204 \n< access-control-allow-origin: " + app + "\n< access-control-allow-methods: DELETE\n< \n",
			api, "DELETE", app, "", fetch.ReasonNotSent, "preflight made by hand"},
		{"an OPTIONS that is no preflight, because it names no method", connected +
			"> OPTIONS /users/7 HTTP/2\n> Host: api.example.com\n> origin: " + app + "\n> \n< HTTP/2 204 \n< allow: GET\n< \n",
			api, "POST", app, "content-type: application/json", fetch.ReasonAllowOriginMissing, "had no Access-Control-Request-Method"},
		{"a DELETE that went well without a preflight", connected +
			"> DELETE /users/7 HTTP/2\n> Host: api.example.com\n> origin: " + app + "\n> \n< HTTP/2 204 \n< access-control-allow-origin: *\n< \n",
			api, "DELETE", app, "", fetch.ReasonNotRecorded, "--live"},
		{"no Origin, and an answer that says nothing", connected +
			"> GET /users/7 HTTP/2\n> Host: api.example.com\n> referer: " + app + "/cart\n> \n< HTTP/2 200 \n< \n",
			api, "GET", app + "/cart", "", fetch.ReasonAllowOriginMissing, "judged"},
		{"a redirect that curl followed, through a proxy", "> CONNECT api.example.com:443 HTTP/1.1\n> Host: api.example.com:443\n> \n< HTTP/1.1 200 Connection established\n< \n* SSL connection using TLSv1.3\n> GET /users/7 HTTP/1.1\n> Host: api.example.com\n> Origin: " + app + "\n> \n< HTTP/1.1 301 Moved\n< Access-Control-Allow-Origin: *\n< Location: /users/7/\n< \n* Issue another request to this URL: '" + api + "/'\n> GET /users/7/ HTTP/1.1\n> Host: api.example.com\n> Origin: " + app + "\n> \n< HTTP/1.1 200 OK\n< \n",
			api, "GET", app, "", fetch.ReasonAllowOriginMissing, "judged"},
		{"100 Continue is no answer", connected + "> POST /users/7 HTTP/1.1\n> Host: api.example.com\n> Origin: " + app + "\n> Expect: 100-continue\n> \n< HTTP/1.1 100 Continue\n< \n< HTTP/1.1 200 OK\n< Access-Control-Allow-Origin: *\n< Access-Control-Allow-Origin: *\n< \n",
			api, "POST", app, "", fetch.ReasonAllowOriginMultiple, "judged"},
		{"curl -i, whose command has the request", "curl -i " + api + " \\\n  -H 'Origin: " + app + "'\nHTTP/2 403 \ncontent-type: text/html\n\n<html>\n", api, "GET", app, "", fetch.ReasonAllowOriginMissing, "judged"},
		{"an answer that never came", connected + "> GET /users/7 HTTP/1.1\n> Host: api.example.com\n> Origin: " + app + "\n> \n* Empty reply from server\ncurl: (52) Empty reply from server\n", api, "GET", app, "", fetch.ReasonClosed, "judged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := read(t, c.text)
			if in.Kind != intake.KindTranscript || in.What != "what curl printed" {
				t.Fatalf("it was taken for %q, %q", in.Kind, in.What)
			}
			if in.Request.URL != c.url || in.Request.Method != c.method || in.Page != c.page {
				t.Errorf("page %q asks %q for %q", in.Page, in.Request.Method, in.Request.URL)
			}
			if got := headerText(in.Request.Headers); got != c.headers {
				t.Errorf("headers %q, want %q", got, c.headers)
			}
			reason := judged(t, in)
			if reason.Code != c.code {
				t.Errorf("it comes to %q (%s), want %q", reason.Code, reason.Detail, c.code)
			}
			said := strings.Join(in.Notes, "\n")
			for _, a := range in.Assumed {
				said += "\n" + a.Text
			}
			if !strings.Contains(said+reason.Want, c.note) {
				t.Errorf("nothing is said of %q in\n%s", c.note, said)
			}
		})
	}
}

func TestCurlThatSentNoOriginTellsNothingOfCORS(t *testing.T) {
	in := read(t, connected+"> GET /users/7 HTTP/2\n> Host: api.example.com\n> \n< HTTP/2 200 \n< \n")
	if in.Page != "" || !strings.Contains(strings.Join(in.Notes, " "), "curl sent no Origin") {
		t.Fatalf("page %q, notes %q", in.Page, in.Notes)
	}
	in.Page = "https://app.example.com"
	if reason := judged(t, in); reason.Code != fetch.ReasonNotRecorded || !strings.Contains(reason.Detail, "no Origin") {
		t.Errorf("it comes to %q: %s", reason.Code, reason.Detail)
	}
}

func TestCurlThatCameToNoServer(t *testing.T) {
	for name, text := range map[string]string{
		"behind its command": "$ curl -v https://api.example.com/\n* Could not resolve host: api.example.com\n* Closing connection 0\ncurl: (6) Could not resolve host: api.example.com\n",
		"alone":              "curl: (7) Failed to connect to localhost port 8080 after 0 ms: Couldn't connect to server",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := intake.ReadText(t.Context(), []byte(text), intake.Options{})
			var bad *intake.Error
			if !errors.As(err, &bad) || bad.Code != intake.ErrNotBrowser || !strings.HasPrefix(bad.Message, "this is not CORS: curl came to no server either") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestACommandAloneIsNoTranscript(t *testing.T) {
	for _, text := range []string{
		"curl -v https://api.example.com/ -H 'Origin: https://app.example.com'",
		"curl https://api.example.com/ \\\n  -H 'X-A: HTTP/1.1 200'",
	} {
		if in := read(t, text); in.Kind != intake.KindCURL {
			t.Errorf("%s: taken for %q", text, in.Kind)
		}
	}
}
