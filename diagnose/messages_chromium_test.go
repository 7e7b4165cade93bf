package diagnose

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
)

// measured is a row of testdata/chromium156-cors.json.
type measured struct {
	JS  string   `json:"js"`
	Log []string `json:"log"`
}

const (
	here  = "http://127.0.0.1:8801"
	there = "http://127.0.0.1:8802"
	allow = "|Access-Control-Allow-Origin: " + here
)

// The servers that were asked, by path; what they answered was laid down when it was measured.
var measuredServers = map[string]struct {
	request fetch.Request
	answer  script
}{
	"noacao":  {fetch.Request{}, answers("", "200 OK")},
	"err500":  {fetch.Request{Method: "PUT"}, answers("204 No Content"+allow+"|Access-Control-Allow-Methods: PUT", "500 Internal Server Error")},
	"pf405":   {fetch.Request{Method: "PUT"}, answers("405 Method Not Allowed"+allow, "200 OK"+allow)},
	"pf302":   {fetch.Request{Method: "PUT"}, answers("302 Found|Location: /x"+allow, "200 OK"+allow)},
	"pfnohdr": {fetch.Request{Method: "PUT"}, answers("204 No Content", "200 OK"+allow)},
	"pfmeth":  {fetch.Request{Method: "PUT"}, answers("204 No Content"+allow+"|Access-Control-Allow-Methods: GET", "200 OK"+allow)},
	"pfhdr": {fetch.Request{Method: "POST", Headers: fetch.HeaderList{{Name: "Content-Type", Value: "application/json"}}},
		answers("204 No Content"+allow+"|Access-Control-Allow-Headers: x-other", "200 OK"+allow)},
	"dup":      {fetch.Request{}, answers("", "200 OK"+allow+"|Access-Control-Allow-Origin: *")},
	"slash":    {fetch.Request{}, answers("", "200 OK"+allow+"/")},
	"badval":   {fetch.Request{}, answers("", "200 OK|Access-Control-Allow-Origin: example.com")},
	"wildcred": {fetch.Request{Credentials: "include"}, answers("", "200 OK|Access-Control-Allow-Origin: *|Access-Control-Allow-Credentials: true")},
	"nocred":   {fetch.Request{Credentials: "include"}, answers("", "200 OK"+allow)},
	"credTRUE": {fetch.Request{Credentials: "include"}, answers("", "200 OK"+allow+"|Access-Control-Allow-Credentials: True")},
	"redir": {fetch.Request{}, func(m *fetch.Message) string {
		if strings.HasSuffix(m.URL.String(), "/redir") {
			return "302 Found|Location: http://localhost:8802/noacao" + allow
		}
		return "200 OK"
	}},
	"corp":     {fetch.Request{Mode: "no-cors"}, answers("", "200 OK|Cross-Origin-Resource-Policy: same-origin")},
	"reset":    {fetch.Request{}, answers("", "!connection-closed")},
	"refused":  {fetch.Request{URL: "http://127.0.0.1:8999/"}, answers("", "!connection-refused")},
	"dnsfail":  {fetch.Request{URL: "http://no-such-host.invalid/"}, answers("", "!name-not-resolved")},
	"nocorsok": {fetch.Request{Mode: "no-cors", URL: there + "/noacao?nc"}, answers("", "200 OK")},
	"authstar": {fetch.Request{Headers: fetch.HeaderList{{Name: "Authorization", Value: "Bearer x"}}},
		answers("204 No Content"+allow+"|Access-Control-Allow-Headers: *", "200 OK"+allow)},
}

func TestChromiumPrintsWhatWasMeasured(t *testing.T) {
	data, err := os.ReadFile("testdata/chromium156-cors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Out map[string]measured `json:"out"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Out) != len(measuredServers) {
		t.Errorf("%d exchanges were measured, and %d are laid down here", len(file.Out), len(measuredServers))
	}
	for name, want := range file.Out {
		t.Run(name, func(t *testing.T) {
			server := measuredServers[name]
			if server.request.URL == "" {
				server.request.URL = there + "/" + name
			}
			trace := record(t, here, server.request, server.answer)
			got := Console(Chromium, trace, ByFetch)
			if !slices.Equal(texts(got), want.Log) {
				t.Errorf("prints\n%s\nand Chromium printed\n%s", strings.Join(texts(got), "\n"), strings.Join(want.Log, "\n"))
			}
			if js := strings.TrimPrefix(want.JS, "REJECT "); got.Blocked() != strings.HasPrefix(want.JS, "REJECT") || got.Blocked() && got.JavaScript != js {
				t.Errorf("JavaScript sees %q, and saw %q", got.JavaScript, want.JS)
			}
		})
	}
}

func texts(p Printout) []string {
	lines := make([]string, len(p.Lines))
	for i, l := range p.Lines {
		lines[i] = l.Text
	}
	return lines
}

// TestChromiumOnOddAnswers holds the surprises that were measured beside the twenty: which error wins, and how values are shown.
func TestChromiumOnOddAnswers(t *testing.T) {
	allowed := func(value string) script { return answers("", "200 OK|Access-Control-Allow-Origin: "+value) }
	for _, c := range []struct {
		name   string
		by     Initiator
		r      fetch.Request
		answer script
		code   string
		want   string // a part of the first line
	}{
		{"an empty value is invalid, not missing", "", fetch.Request{}, allowed(""), "InvalidAllowOriginValue", "the invalid value ''. Have"},
		{"a second, empty line makes it multiple", "", fetch.Request{}, answers("", "200 OK"+allow+"|Access-Control-Allow-Origin: "), "MultipleAllowOriginValues", "'http://127.0.0.1:8801, '"},
		{"quotation marks are not escaped", "", fetch.Request{}, allowed("'" + here + "'"), "InvalidAllowOriginValue", "''http://127.0.0.1:8801''"},
		{"a byte beyond ASCII is shown as one escape", "", fetch.Request{}, allowed("http://\xE9.test"), "InvalidAllowOriginValue", `'http://\u00E9.test'`},
		{"DEL is escaped too", "", fetch.Request{}, allowed("x\x7F"), "InvalidAllowOriginValue", `'x\u007F'`},
		{"a host with a port and no scheme parses as a URL", "", fetch.Request{}, allowed("app.test:8101"), "AllowOriginMismatch", "has a value 'app.test:8101'"},
		{"backslashes parse", "", fetch.Request{}, allowed(`http:\\app.test:8101`), "AllowOriginMismatch", `'http:\\app.test:8101'`},
		{"a star in the host parses", "", fetch.Request{}, allowed("http://*.app.test"), "AllowOriginMismatch", "'http://*.app.test'"},
		{"a star for the port does not", "", fetch.Request{}, allowed("http://app.test:*"), "InvalidAllowOriginValue", "'http://app.test:*'"},
		{"a port of five nines does not", "", fetch.Request{}, allowed("http://app.test:99999"), "InvalidAllowOriginValue", "'http://app.test:99999'"},
		{"a comma makes it multiple even in a data URL", "", fetch.Request{}, allowed("data:text/plain,x"), "MultipleAllowOriginValues", "multiple values 'data:text/plain,x'"},
		{"a preflight's redirect goes before its missing origin", "", fetch.Request{Method: "PUT"}, answers("301 Moved|Location: /x", "200 OK"), "PreflightDisallowedRedirect", "Redirect is not allowed"},
		{"a preflight's 302 without Location is a status", "", fetch.Request{Method: "PUT"}, answers("302 Found"+allow, "200 OK"), "PreflightInvalidStatus", "does not have HTTP ok status"},
		{"a preflight's 404 without headers is missing, not unsuccessful", "", fetch.Request{Method: "PUT"}, answers("404 Not Found", "200 OK"), "PreflightMissingAllowOriginHeader",
			"Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin'"},
		{"a method in lower case stays so", "", fetch.Request{Method: "patch"}, answers("204 x"+allow+"|Access-Control-Allow-Methods: PATCH", "200 OK"), "MethodDisallowedByPreflightResponse", "Method patch is not"},
		{"Delete is shown as DELETE", "", fetch.Request{Method: "Delete"}, answers("204 x"+allow, "200 OK"), "MethodDisallowedByPreflightResponse", "Method DELETE is not"},
		{"a list of methods with a semicolon cannot be parsed", "", fetch.Request{Method: "PUT"}, answers("204 x"+allow+"|Access-Control-Allow-Methods: GET; PUT", "200 OK"),
			"InvalidAllowMethodsPreflightResponse", "Cannot parse Access-Control-Allow-Methods"},
		{"of three refused headers the third was named", "", fetch.Request{Headers: fetch.HeaderList{{Name: "X-A", Value: "1"}, {Name: "X-B", Value: "1"}, {Name: "X-C", Value: "1"}}},
			answers("204 x"+allow, "200 OK"), "HeaderDisallowedByPreflightResponse", "Request header field x-c is not"},
		{"XMLHttpRequest has no hint about the server", ByXMLHttpRequest, fetch.Request{}, allowed("http://other.test"), "AllowOriginMismatch", "Access to XMLHttpRequest at"},
		{"XMLHttpRequest has a hint about credentials", ByXMLHttpRequest, fetch.Request{Credentials: "include"}, allowed("*"), "WildcardOriginNotAllowed", "is 'include'. The credentials mode of requests"},
		{"a Location with a user name names the URL that redirected, and no location", "", fetch.Request{}, answers("", "302 Found|Location: http://u@other.test/"+allow), "RedirectContainsCredentials",
			"at 'http://127.0.0.1:8802/x' from origin 'http://127.0.0.1:8801' has been blocked by CORS policy: Redirect location '' contains"},
		{"a Location with another scheme is unsafe", "", fetch.Request{}, answers("", "302 Found|Location: data:,x"+allow), "net::ERR_UNSAFE_REDIRECT", "net::ERR_UNSAFE_REDIRECT"},
		{"redirect mode error has the second line alone", "", fetch.Request{Redirect: "error"}, answers("", "302 Found|Location: /y"+allow), "net::ERR_FAILED", "Failed to load resource: net::ERR_FAILED"},
		{"an error that the page may read is named with its phrase", "", fetch.Request{}, answers("", "404 Not Found"+allow), "", "Failed to load resource: the server responded with a status of 404 (Not Found)"},
		{"and without one where it is empty", "", fetch.Request{}, answers("", "599"+allow), "", "a status of 599 ()"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.r.URL = there + "/x"
			got := Console(Chromium, record(t, here, c.r, c.answer), c.by)
			if got.Code != c.code {
				t.Errorf("the code is %q, want %q", got.Code, c.code)
			}
			if len(got.Lines) == 0 || !strings.Contains(got.Lines[0].Text, c.want) {
				t.Errorf("prints %q, want %q in the first line", texts(got), c.want)
			}
		})
	}
}

func TestChromiumShowsFirstAndLastURLWithFragments(t *testing.T) {
	trace := record(t, here, fetch.Request{URL: there + "/a#top"}, func(m *fetch.Message) string {
		switch m.URL.Path() {
		case "/a":
			return "302 Found|Location: /b" + allow
		case "/b":
			return "302 Found|Location: /c#end" + allow
		}
		return "200 OK"
	})
	got := Console(Chromium, trace, ByFetch)
	const want = "Access to fetch at 'http://127.0.0.1:8802/c#end' (redirected from 'http://127.0.0.1:8802/a#top') from origin"
	if len(got.Lines) != 2 || !strings.HasPrefix(got.Lines[0].Text, want) {
		t.Errorf("prints %q, want it to begin with %q", texts(got), want)
	}
}

func TestChromiumOnOtherSchemesSaysOtherThingsToXMLHttpRequest(t *testing.T) {
	const disabled = "Access to XMLHttpRequest at 'foo://a.example/x' from origin 'http://127.0.0.1:8801' has been blocked by CORS policy: Cross origin requests are only supported for protocol schemes: " + chromiumSchemes + "."
	for _, c := range []struct {
		url  string
		by   Initiator
		want []string
	}{
		{"foo://a.example/x", ByFetch, []string{`Fetch API cannot load foo://a.example/x. URL scheme "foo" is not supported.`}},
		{"foo://a.example/x", ByXMLHttpRequest, []string{disabled, "Failed to load resource: net::ERR_FAILED"}},
		{"ftp://a.example/x", ByFetch, []string{`Fetch API cannot load ftp://a.example/x. URL scheme "ftp" is not supported.`}},
		{"ftp://a.example/x", ByXMLHttpRequest, []string{"FTP is not supported."}},
		{"chrome://version/", ByFetch, []string{`Fetch API cannot load chrome://version/. URL scheme "chrome" is not supported.`}},
		{"chrome://version/", ByXMLHttpRequest, []string{"Not allowed to load local resource: chrome://version/"}},
		{"file:///etc/hosts", ByXMLHttpRequest, []string{"Not allowed to load local resource: file:///etc/hosts"}},
	} {
		got := Console(Chromium, record(t, here, fetch.Request{URL: c.url}, answers("", "200")), c.by)
		if !slices.Equal(texts(got), c.want) {
			t.Errorf("%s by %s prints %q, want %q", c.url, c.by, texts(got), c.want)
		}
	}
}

func TestAGuessAtOneOfSeveralHeadersIsSaidToBeOne(t *testing.T) {
	headers := fetch.HeaderList{{Name: "X-Trace", Value: "1"}, {Name: "Authorization", Value: "1"}}
	got := Console(Chromium, record(t, here, fetch.Request{URL: there, Headers: headers}, answers("204 x"+allow, "")), ByFetch)
	if got.Basis != BasisGuess || !slices.Equal(got.Others, []string{"x-trace"}) {
		t.Errorf("basis %q, others %q", got.Basis, got.Others)
	}
}
