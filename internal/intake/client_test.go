package intake_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/intake"
)

// The error of axios as Chromium's console copies it, unfolded; as Node's util.inspect prints it; and as error.toJSON() gives it.
const (
	axiosTree = `AxiosError
code: "ERR_NETWORK"
config: 
adapter: (3) ['xhr', 'http', 'fetch']
baseURL: "https://api.example.com/v1/"
data: "{\"user\":\"ada\"}"
env: {FormData: ƒ, Blob: ƒ}
headers: AxiosHeaders
Accept: "application/json, text/plain, */*"
Content-Type: "application/json"
X-Tenant: "7"
[[Prototype]]: Object
method: "post"
timeout: 0
url: "/login"
withCredentials: true
[[Prototype]]: Object
message: "Network Error"
name: "AxiosError"
request: XMLHttpRequest {onreadystatechange: null, readyState: 4, timeout: 0, withCredentials: true, …}
stack: "AxiosError: Network Error\n    at XMLHttpRequest.handleError (http://localhost:5173/node_modules/.vite/deps/axios.js?v=1:1573:14)"
[[Prototype]]: Error`
	axiosNode = `AxiosError: Network Error
    at XMLHttpRequest.handleError (webpack-internal:///./node_modules/axios/lib/adapters/xhr.js:112:14)
    at Axios.request (webpack-internal:///./node_modules/axios/lib/core/Axios.js:54:41) {
  code: 'ERR_NETWORK',
  config: {
    transitional: { silentJSONParsing: true },
    adapter: [ 'xhr', 'http', 'fetch' ],
    headers: Object [AxiosHeaders] {
      Accept: 'application/json, text/plain, */*',
      'X-Request-Id': '7'
    },
    method: 'delete',
    url: 'https://api.example.com/users/7',
    data: undefined
  },
  request: XMLHttpRequest { }
}`
	axiosJSON = `{"message":"Network Error","name":"AxiosError","stack":"AxiosError: Network Error\n    at XMLHttpRequest.handleError (http://localhost:3000/static/js/bundle.js:1:2)","config":{"timeout":0,"headers":{"Accept":"application/json, text/plain, */*","Content-Type":"application/json"},"baseURL":"https://api.example.com","method":"put","url":"/users/7","data":"{\"a\":1}"},"code":"ERR_NETWORK","status":null}`
)

func TestErrorsOfLibraries(t *testing.T) {
	const api = "https://api.example.com/users"
	for _, c := range []struct {
		name, text, what  string
		url, method, page string
		headers, body     string
		include           bool
	}{
		{"axios, unfolded in Chromium's console", axiosTree, "an error of axios", "https://api.example.com/v1/login", "POST", "http://localhost:5173",
			"Accept: application/json, text/plain, */*\nContent-Type: application/json\nX-Tenant: 7", `{"user":"ada"}`, true},
		{"axios, as Node prints it", axiosNode, "an error of axios", "https://api.example.com/users/7", "DELETE", "", "Accept: application/json, text/plain, */*\nX-Request-Id: 7", "", false},
		{"axios, by toJSON()", axiosJSON, "an error of axios", "https://api.example.com/users/7", "PUT", "http://localhost:3000", "Accept: application/json, text/plain, */*\nContent-Type: application/json", `{"a":1}`, false},
		{"ofetch, as Nuxt throws it", `FetchError: [GET] "` + api + `": <no response> Failed to fetch`, "an error of ofetch", api, "GET", "", "", "", false},
		{"ofetch, in Firefox", `[PUT] "` + api + `": <no response> NetworkError when attempting to fetch resource.`, "an error of ofetch", api, "PUT", "", "", "", false},
		{"Angular, as its console shows it", `ERROR HttpErrorResponse {headers: HttpHeaders, status: 0, statusText: 'Unknown Error', url: '` + api + `', ok: false, …}`, "an error of Angular's HttpClient", api, "", "", "", "", false},
		{"Angular, as JSON", `{"headers":{"normalizedNames":{},"lazyUpdate":null,"headers":{}},"status":0,"statusText":"Unknown Error","url":"` + api + `","ok":false,"name":"HttpErrorResponse","message":"Http failure response for ` + api + `: 0 Unknown Error","error":{"isTrusted":true}}`,
			"an error of Angular's HttpClient", api, "", "", "", "", false},
		{"Angular, its message alone", "Http failure response for " + api + ": 0 Unknown Error", "an error of Angular's HttpClient", api, "", "", "", "", false},
		{"superagent, with what its error has", "Error: Request has been terminated\nPossible causes: the network is offline, Origin is not allowed by Access-Control-Allow-Origin, the page is being unloaded, etc. {\n  crossDomain: true,\n  status: undefined,\n  method: 'PATCH',\n  url: '" + api + "'\n}",
			"an error of superagent", api, "PATCH", "", "", "", false},
		{"ky", "NetworkError: Request failed due to a network error: POST " + api, "an error of ky", api, "POST", "", "", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := read(t, c.text)
			if in.Kind != intake.KindConsole || in.What != c.what || in.Message == nil || in.Message.Code != "" {
				t.Fatalf("it was taken for %q, %q, with %+v", in.Kind, in.What, in.Message)
			}
			if in.Request.URL != c.url || in.Request.Method != c.method || in.Page != c.page {
				t.Errorf("page %q asks %q for %q", in.Page, in.Request.Method, in.Request.URL)
			}
			if got := headerText(in.Request.Headers); got != c.headers {
				t.Errorf("headers %q, want %q", got, c.headers)
			}
			if got := in.Request.Credentials == fetch.CredentialsInclude; got != c.include || string(in.Body) != c.body {
				t.Errorf("with credentials: %v, body %q", got, in.Body)
			}
			for _, f := range []intake.Flag{intake.FlagMethod, intake.FlagHeader, intake.FlagCredentials} {
				if in.Known[f] == assumes(in, f) {
					t.Errorf("of --%s it says both or nothing: known %v", f, in.Known[f])
				}
			}
			if !strings.Contains(strings.Join(in.Notes, "\n"), "is told no reason") {
				t.Errorf("nobody is told that the error has no reason: %q", in.Notes)
			}
		})
	}
}

// A console's red line has the reason, and the library's error below it the request.
func TestALibrarysErrorCompletesTheConsolesOwn(t *testing.T) {
	in := read(t, "Access to XMLHttpRequest at 'https://api.example.com/v1/login' from origin 'https://app.example.com' has been blocked by CORS policy: Response to preflight request doesn't pass access control check: It does not have HTTP ok status.\nlogin.ts:12 "+axiosTree)
	if in.Message.Code != fetch.ReasonPreflightStatus || in.Page != "https://app.example.com" || in.Request.Method != "POST" || string(in.Body) != `{"user":"ada"}` {
		t.Errorf("page %q asks %q, %q, with %+v", in.Page, in.Request.Method, in.Body, in.Message)
	}
	if got := headerText(in.Request.Headers); !strings.Contains(got, "X-Tenant: 7") || assumes(in, intake.FlagHeader) || assumes(in, intake.FlagMethod) {
		t.Errorf("headers %q, assumed %v", got, in.Assumed)
	}
	other := read(t, "Access to fetch at 'https://b.example/' from origin 'https://app.example.com' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.\n"+axiosTree)
	if other.Request.Method != "" || len(other.Request.Headers) != 0 {
		t.Errorf("the error of another request was taken for this one's: %+v", other.Request)
	}
}

func TestErrorsThatAreNotCORS(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		code intake.ErrorCode
		says []string // in the message or in what to do
	}{
		"axios was given a status":  {`AxiosError {message: "Request failed with status code 401", name: "AxiosError", code: "ERR_BAD_REQUEST", config: {…}, …}`, intake.ErrNotBrowser, []string{"not CORS", "axios", "401"}},
		"the network tab, no error": {"Referrer Policy: strict-origin-when-cross-origin", intake.ErrNotBrowser, []string{"no error", "Referrer Policy", "red line"}},
		"Angular was given one":     {"Http failure response for https://api.example.com/users: 404 Not Found", intake.ErrNotBrowser, []string{"not CORS", "404"}},
		"ofetch was given one":      {`[POST] "https://api.example.com/users": 422 Unprocessable Entity`, intake.ErrNotBrowser, []string{"not CORS", "422"}},
		"Apollo was given one":      {"ApolloError: Response not successful: Received status code 500", intake.ErrNotBrowser, []string{"not CORS", "500"}},
		"Node's fetch": {"TypeError: fetch failed\n    at node:internal/deps/undici/undici:13185:13 {\n  [cause]: Error: connect ECONNREFUSED 127.0.0.1:3000\n    at TCPConnectWrap.afterConnect {\n    code: 'ECONNREFUSED'\n  }\n}",
			intake.ErrNotBrowser, []string{"not CORS", "Node", "nobody listens", "curl -v 127.0.0.1:3000"}},
		"Node's fetch, without its cause": {"TypeError: fetch failed", intake.ErrNotBrowser, []string{"not CORS", "Node", "[cause]"}},
		"ofetch on a server":              {`[GET] "http://backend:3000/users": <no response> fetch failed`, intake.ErrNotBrowser, []string{"not CORS", "Node"}},
		"axios in Node":                   {"AxiosError: connect ECONNREFUSED 127.0.0.1:3000 {\n  code: 'ECONNREFUSED',\n  config: { method: 'get', url: 'http://127.0.0.1:3000/users' }\n}", intake.ErrNotBrowser, []string{"not CORS", "Node", "nobody listens"}},
		"React Native": {"TypeError: Network request failed\n    at anonymous (http://192.168.1.4:8081/index.bundle?platform=android&dev=true:28591:33)",
			intake.ErrNotBrowser, []string{"not CORS", "React Native", "10.0.2.2"}},
		"axios in React Native":         {"AxiosError: Network Error\n    at dispatchXhrRequest (http://192.168.1.4:8081/index.bundle?platform=ios&dev=true:28591:33)", intake.ErrNotBrowser, []string{"not CORS", "React Native"}},
		"an EventSource's type":         {`EventSource's response has a MIME type ("text/html") that is not "text/event-stream". Aborting the connection.`, intake.ErrNotBrowser, []string{"not CORS", "text/event-stream"}},
		"a WebSocket in Firefox":        {"Firefox can’t establish a connection to the server at wss://api.example.com/live.", intake.ErrNotBrowser, []string{"not CORS", "WebSocket"}},
		"it works in Postman":           {"It works in Postman but not in the browser", intake.ErrNotBrowser, []string{"no preflight", "explain URL --from PAGE"}},
		"it works in Insomnia, and URL": {"Why does GET https://api.example.com/users work in Insomnia?", intake.ErrNotBrowser, []string{"no preflight", "explain https://api.example.com/users --from PAGE"}},
		"a URL works in Postman":        {"https://api.example.com/users works in Postman", intake.ErrNotBrowser, []string{"no preflight", "explain https://api.example.com/users --from PAGE"}},
		"axios, folded":                 {"AxiosError {message: 'Network Error', name: 'AxiosError', code: 'ERR_NETWORK', config: {…}, request: XMLHttpRequest, …}", intake.ErrNoURL, []string{"neither a reason nor a URL", "unfold"}},
		"superagent alone":              {"Error: Request has been terminated\nPossible causes: the network is offline, Origin is not allowed by Access-Control-Allow-Origin, the page is being unloaded, etc.", intake.ErrNoURL, []string{"superagent", "red line"}},
		"Angular without a URL":         {"Http failure response for (unknown url): 0 Unknown Error", intake.ErrNoURL, []string{"Angular", "red line"}},
		"jQuery":                        {`{"readyState":0,"responseText":"","status":0,"statusText":"error"}`, intake.ErrNoURL, []string{"jQuery", "red line"}},
		"Apollo":                        {"ApolloError: Failed to fetch", intake.ErrNoURL, []string{"GraphQL", "red line"}},
		"Apollo's link":                 {"[Network error]: TypeError: Failed to fetch", intake.ErrNoURL, []string{"GraphQL", "red line"}},
		"urql":                          {"CombinedError: [Network] Failed to fetch", intake.ErrNoURL, []string{"GraphQL", "red line"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := intake.ReadText(t.Context(), []byte(c.text), intake.Options{})
			var bad *intake.Error
			if !errors.As(err, &bad) || bad.Code != c.code {
				t.Fatalf("got %v, want %s", err, c.code)
			}
			for _, part := range c.says {
				if !strings.Contains(bad.Message+": "+bad.Hint, part) {
					t.Errorf("nothing is said of %q in\n%s: %s", part, bad.Message, bad.Hint)
				}
			}
		})
	}
}

func TestErrorsOfOlderEdgeAndInternetExplorer(t *testing.T) {
	const api, app = "https://api.example.com/users", "https://app.example.com"
	required := "SEC7118: XMLHttpRequest for " + api + " required Cross Origin Resource Sharing (CORS).\n"
	for name, c := range map[string]struct {
		text           string
		page           string
		code           fetch.ReasonCode
		method, header string
	}{
		"Edge: the origin":              {"SEC7120: [CORS] The origin '" + app + "' did not find '" + app + "' in the Access-Control-Allow-Origin response header for cross-origin  resource at '" + api + "'.", app, "", "", ""},
		"Internet Explorer: the origin": {required + "SEC7120: Origin " + app + " not found in Access-Control-Allow-Origin header.", app, "", "", ""},
		"the wildcard with credentials": {required + "SEC7121: Wildcard in Access-Control-Allow-Origin not allowed when credentials flag is set to true.", "", fetch.ReasonAllowOriginWildcard, "", ""},
		"credentials":                   {required + `SEC7122: Credentials flag was set to true, but Access-Control-Allow-Credentials was not present or was not set to "true".`, "", fetch.ReasonAllowCredentialsValue, "", ""},
		"a header":                      {required + "SEC7123: Request header x-tenant was not present in the Access-Control-Allow-Headers list.\nSCRIPT7002: XMLHttpRequest: Network Error 0x80070005, Access is denied.", "", fetch.ReasonHeaderNotAllowed, "", "x-tenant: x"},
		"a method":                      {required + "SEC7124: Request method PUT was not present in the Access-Control-Allow-Methods list.", "", fetch.ReasonMethodNotAllowed, "PUT", ""},
		"a redirect of the preflight":   {required + "SEC7126: Redirects are not allowed for CORS preflight requests.", "", fetch.ReasonPreflightRedirect, "", "Content-Type: application/json"},
		"the header twice":              {required + "SEC7128: Multiple Access-Control-Allow-Origin headers are not allowed for CORS response.", "", fetch.ReasonAllowOriginMultiple, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			in := read(t, c.text)
			if in.Request.URL != api || in.Page != c.page || in.Message.Browser != intake.EdgeHTML || in.Message.Code != c.code || in.Request.Method != c.method {
				t.Errorf("page %q asks %q for %q, %+v", in.Page, in.Request.Method, in.Request.URL, in.Message)
			}
			if got := headerText(in.Request.Headers); got != c.header {
				t.Errorf("headers %q, want %q", got, c.header)
			}
		})
	}
}

func TestAnEventSourceInFirefoxNamesItsURL(t *testing.T) {
	for text, want := range map[string]string{
		"Firefox can’t establish a connection to the server at https://api.example.com/events.":            "https://api.example.com/events",
		"The connection to https://api.example.com/events?a=1 was interrupted while the page was loading.": "https://api.example.com/events?a=1",
	} {
		if in := read(t, text); in.Request.URL != want || in.Message.Browser != intake.Firefox || in.Message.Code != "" {
			t.Errorf("%s: %q, %+v", text, in.Request.URL, in.Message)
		}
	}
}

func TestAURLThatWorksInPostmanIsAskedForAndSaidWhy(t *testing.T) {
	in := read(t, "GET https://api.example.com/users works in Postman, but I get a CORS error in Chrome")
	if in.Request.URL != "https://api.example.com/users" || !strings.Contains(strings.Join(in.Notes, "\n"), "ask no preflight") {
		t.Errorf("%q: %q", in.Request.URL, in.Notes)
	}
}

// The words of errors stand in code too, where they are handled, and in files of the programs that they name.
func TestCodeThatSpeaksOfErrorsIsCode(t *testing.T) {
	for name, text := range map[string]string{
		"Angular's":      "import { HttpErrorResponse } from '@angular/common/http';\nthis.http.get('https://api.example.com/users').subscribe({error: (e: HttpErrorResponse) => console.log(e.message)});",
		"axios's":        "import axios, { AxiosError } from 'axios';\naxios.get('https://api.example.com/users').catch((e) => { if (e instanceof AxiosError) console.log(e.code) });",
		"a text in it":   "console.log('fetch failed');\nfetch('https://api.example.com/users')",
		"React Native's": "fetch('https://api.example.com/users').catch(() => alert('Network request failed'))",
	} {
		t.Run(name, func(t *testing.T) {
			if in := read(t, text); in.Kind != intake.KindSnippet || in.Request.URL != "https://api.example.com/users" {
				t.Errorf("taken for %q, %q", in.Kind, in.Request.URL)
			}
		})
	}
	for name, text := range map[string]string{
		"Postman's own file":         `{"info": {"_postman_id": "1", "name": "x"}, "item": []}`,
		"a page that speaks of curl": "<!doctype html><p>Use curl or Postman</p>",
		"a stack of Node is no code": "TypeError: fetch failed\n    at fetch (node:internal/deps/undici/undici:1:2)\n    at async http.get (/app/a.js:3:3)",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := intake.ReadText(t.Context(), []byte(text), intake.Options{})
			var bad *intake.Error
			wantNode := strings.HasPrefix(text, "TypeError")
			if !errors.As(err, &bad) || (bad.Code == intake.ErrNotBrowser) != wantNode {
				t.Errorf("got %v", err)
			}
		})
	}
}
