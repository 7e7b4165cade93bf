package diagnose

import (
	"slices"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
)

func TestWebKitPrintsWhatItsSourceSays(t *testing.T) {
	put := fetch.Request{Method: "PUT"}
	const notAllowed = "Origin " + here + " is not allowed by Access-Control-Allow-Origin. Status code: "
	for _, c := range []struct {
		name   string
		r      fetch.Request
		answer script
		want   string
	}{
		{"missing and mismatch are one message", fetch.Request{}, answers("", "500 x"), notAllowed + "500"},
		{"and so is another origin", fetch.Request{}, answers("", "200 x|Access-Control-Allow-Origin: http://other.test"), notAllowed + "200"},
		{"a comma is more than one origin", fetch.Request{}, answers("", "200 x"+allow+allow), "Access-Control-Allow-Origin cannot contain more than one origin."},
		{"a wildcard under credentials", fetch.Request{Credentials: "include"}, answers("", "200 x|Access-Control-Allow-Origin: *"),
			"Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true."},
		{"no word about credentials", fetch.Request{Credentials: "include"}, answers("", "200 x"+allow), `Credentials flag is true, but Access-Control-Allow-Credentials is not "true".`},
		{"a preflight's status goes before its missing origin", put, answers("404 x", ""), "Preflight response is not successful. Status code: 404"},
		{"and so does its redirect", put, answers("302 x|Location: /y", ""), "Preflight response is not successful. Status code: 302"},
		{"a preflight without the header is not allowed", put, answers("204 x", ""), notAllowed + "204"},
		{"a list that is none", put, answers("204 x"+allow+"|Access-Control-Allow-Methods: GET; PUT", ""), "Header Access-Control-Allow-Methods has an invalid value: GET; PUT"},
		{"a method", put, answers("204 x"+allow, ""), "Method PUT is not allowed by Access-Control-Allow-Methods."},
		{"a header that WebKit knows is shown in its usual case, and first", fetch.Request{Headers: fetch.HeaderList{{Name: "X-Mine", Value: "1"}, {Name: "authorization", Value: "1"}}},
			answers("204 x"+allow, ""), "Request header field Authorization is not allowed by Access-Control-Allow-Headers."},
		{"another one as the page wrote it", fetch.Request{Headers: fetch.HeaderList{{Name: "X-Media-Type", Value: "1"}}}, answers("204 x"+allow, ""),
			"Request header field X-Media-Type is not allowed by Access-Control-Allow-Headers."},
		{"a redirect that is refused names its target", fetch.Request{}, answers("", "302 x|Location: /y"),
			"Cross-origin redirection to " + there + "/y denied by Cross-Origin Resource Sharing policy: " + notAllowed + "302"},
		{"a user name in Location", fetch.Request{}, answers("", "302 x|Location: http://u:p@other.test/"+allow),
			"Cross-origin redirection to http://u:p@other.test/ denied by Cross-Origin Resource Sharing policy: redirection URL http://u:p@other.test/ has credentials"},
		{"redirect mode error", fetch.Request{Redirect: "error"}, answers("", "302 x|Location: /y"+allow), "Not allowed to follow a redirection while loading " + there + "/x"},
		{"the resource policy", fetch.Request{Mode: "no-cors"}, answers("", "200 x|Cross-Origin-Resource-Policy: same-origin"),
			"Cancelled load to " + there + "/x because it violates the resource's Cross-Origin-Resource-Policy response header."},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.r.URL = there + "/x"
			got := Console(WebKit, record(t, here, c.r, c.answer), ByFetch)
			want := []string{c.want, "Fetch API cannot load " + there + "/x due to access control checks.", "Failed to load resource: " + c.want}
			if !slices.Equal(texts(got), want) {
				t.Errorf("prints\n%s\nwant\n%s", strings.Join(texts(got), "\n"), strings.Join(want, "\n"))
			}
			if got.JavaScript != "TypeError: Load failed" {
				t.Errorf("JavaScript sees %q", got.JavaScript)
			}
		})
	}
}

func TestWebKitSaysNothingOfCORSWhereTheNetworkFailed(t *testing.T) {
	got := Console(WebKit, record(t, here, fetch.Request{URL: there}, answers("", "!name-not-resolved")), ByXMLHttpRequest)
	if !slices.Equal(texts(got), []string{"Failed to load resource: A server with the specified hostname could not be found."}) || got.JavaScript != "error event, status 0" {
		t.Errorf("prints %q, JavaScript sees %q", texts(got), got.JavaScript)
	}
}

// FuzzConsole: whatever the headers of answers hold, no browser's judge fails, every line has a text and a level, and no fetch is
// both blocked and undecided.
func FuzzConsole(f *testing.F) {
	f.Add("PUT", "x-a", 204, "http://127.0.0.1:8801", "true", "PUT", "x-a", "/y")
	f.Add("GET", "", 302, "\x00\xE9\n", "True", "a b", ",", "http://u:p@x/")
	f.Fuzz(func(t *testing.T, method, header string, status int, origin, credentials, methods, headers, location string) {
		if status < 200 || status > 599 {
			status = 200
		}
		answer := func(*fetch.Message) string { return "200" }
		agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: script(answer)})
		if err != nil {
			t.Fatal(err)
		}
		page, err := agent.NewPage(fetch.PageConfig{URL: here})
		if err != nil {
			t.Fatal(err)
		}
		trace := new(fetch.Trace)
		r := fetch.Request{Method: method, URL: there, Credentials: "include", Trace: trace}
		if header != "" {
			r.Headers = fetch.HeaderList{{Name: header, Value: "1"}}
		}
		if _, err := page.Fetch(t.Context(), r); err != nil {
			return // not a request
		}
		for _, x := range trace.Exchanges {
			x.Status = status
			x.ResponseHeaders = fetch.HeaderList{
				{Name: "Access-Control-Allow-Origin", Value: origin}, {Name: "Access-Control-Allow-Credentials", Value: credentials},
				{Name: "Access-Control-Allow-Methods", Value: methods}, {Name: "Access-Control-Allow-Headers", Value: headers},
				{Name: "Location", Value: location},
			}
		}
		for _, b := range Browsers() {
			p := Console(b, trace, ByFetch)
			if p.Browser != b || p.Basis == "" {
				t.Errorf("%s: %+v", b, p)
			}
			if p.Blocked() && p.Unknown {
				t.Errorf("%s is both blocked and unknown", b)
			}
			for _, l := range p.Lines {
				if l.Text == "" || l.Level == "" {
					t.Errorf("%s prints an empty line", b)
				}
			}
		}
	})
}
