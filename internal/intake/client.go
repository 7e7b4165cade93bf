package intake

import (
	"slices"
	"strconv"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// client is a library that makes requests for a page and has words of its own for one that failed. The browser tells it no reason.
type client struct {
	name string
	// words are those by which its error is known. Groups: url, method, status.
	words *pattern
	by    Initiator
	// inspects: its error is an object that shows the request.
	inspects bool
}

// clients are the libraries, the most telling words first. Where their words stand is said behind each; all were read on 2026-11-22.
var clients = []client{
	// axios: lib/core/AxiosError.js and lib/adapters/xhr.js
	{name: "axios", by: ByXMLHttpRequest, inspects: true, words: newPattern(`AxiosError\b|"isAxiosError"|(?:^|\W)Error: "?Network Error\b`)},
	// Angular: packages/common/http/src/response.ts
	{name: "Angular's HttpClient", by: ByXMLHttpRequest, inspects: true, words: newPattern(`Http failure response for (?P<url>[^\s"']+): (?P<status>\d+)\b|HttpErrorResponse\b|Http failure response for \(unknown url\): 0`)},
	// ofetch, which Nuxt's useFetch and $fetch are made of: src/error.ts
	{name: "ofetch", by: ByFetch, words: newPattern(`\[(?P<method>[A-Z]+)\] "(?P<url>[^"]+)": (?:<no response>|(?P<status>\d{3}))`)},
	// superagent: src/client.js
	{name: "superagent", by: ByXMLHttpRequest, inspects: true, words: newPattern(`Request has been terminated\s+Possible causes: the network is offline`)},
	// ky: source/errors
	{name: "ky", by: ByFetch, words: newPattern(`Request failed due to a network error: (?P<method>[A-Z]+) (?P<url>\S+)|Request failed with (?:status code )?(?P<status>\d{3})\b[^\n]{0,100}: (?P<method2>[A-Z]+) (?P<url2>https?://\S+)`)},
	// Apollo: src/errors; urql: packages/core/src/utils/error.ts
	{name: "the GraphQL client", by: ByFetch, words: newPattern(`Network error: unable to reach server|Server cannot be reached|\[Network error\]: |\[Network\] |ApolloError\b|CombinedError\b|"networkError"|ServerError: Response not successful: Received status code (?P<status>\d{3})`)},
	// jQuery: src/ajax.js
	{name: "jQuery", by: ByXMLHttpRequest, words: newPattern(`(?s)readyState"?: ?0\b.{0,200}?\bstatus"?: ?0\b|readyState"?: ?0, getResponseHeader`)},
}

// call is what the error of a library shows of the request that failed.
type call struct {
	client      *client
	url, method string
	status      int
	headers     fetch.HeaderList
	body        string
	hasBody     bool
	credentials bool
	// shown: the object that holds the request was there, so that what it does not name was not set.
	shown bool
	// script is where the code was that called, from its stack.
	script string
}

// clientAt is where a library's error begins in a text, or -1.
func clientAt(text string) int {
	text = text[:min(len(text), maxInspected)]
	first := -1
	for i := range clients {
		if at := clients[i].words.re().FindStringIndex(text); at != nil && (first < 0 || at[0] < first) {
			first = at[0]
		}
	}
	return first
}

// readCall finds the error of a library in a text, or nil.
func readCall(text string) *call {
	text = quotationMarks.Replace(text[:min(len(text), maxInspected)])
	for i := range clients {
		c := &clients[i]
		found := c.words.re().FindStringSubmatchIndex(text)
		if found == nil {
			continue
		}
		k := &call{client: c, script: scriptOf(text)}
		for n, name := range c.words.re().SubexpNames() {
			if name == "" || found[2*n] < 0 {
				continue
			}
			switch value := text[found[2*n]:found[2*n+1]]; strings.TrimRight(name, "2") {
			case "url":
				k.url = strings.TrimRight(value, ".,;")
			case "method":
				k.method = value
			case "status":
				k.status = statusOf(value)
			}
		}
		if c.inspects {
			k.inspect(inspected{text[found[0]:]})
			if found[0] > 0 && !k.shown {
				k.inspect(inspected{text})
			}
		}
		if k.url == "null" || k.url == "(unknown" {
			k.url = ""
		}
		if status := receivedStatus.re().FindStringSubmatch(text); status != nil && k.status == 0 {
			k.status = statusOf(status[1])
		}
		return k
	}
	return nil
}

// inspect reads the request out of the object that is shown.
func (k *call) inspect(i inspected) {
	if url, ok := i.get("url"); ok && k.url == "" {
		base, _ := i.get("baseURL")
		k.url = joinURL(base, url)
	}
	if method, ok := i.get("method"); ok && k.method == "" && httpspec.IsToken(method) {
		k.method = strings.ToUpper(method)
	}
	if status, ok := i.get("status"); ok && k.status == 0 {
		k.status = statusOf(status)
	}
	if with, ok := i.get("withCredentials"); ok {
		k.credentials = with == "true"
	}
	if body, ok := i.get("data"); ok && !strings.HasPrefix(body, "{…") {
		k.body, k.hasBody = body, true
	}
	k.headers = i.headers()
	k.shown = k.method != "" && len(k.headers) > 0
}

// receivedStatus is how axios and Apollo tell of an answer that is an error.
var receivedStatus = newPattern(`(?:Request failed with status code|Received status code) (\d{3})\b`)

// joinURL puts a path behind a base as axios does.
func joinURL(base, url string) string {
	if base == "" || absolute.re().MatchString(url) || strings.HasPrefix(url, "//") {
		return url
	}
	if url == "" {
		return base
	}
	return strings.TrimRight(base, "/") + "/" + strings.TrimLeft(url, "/")
}

// statusOf reads a status; 0 for what is none.
func statusOf(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil || n < 100 || n > 999 {
		return 0
	}
	return n
}

// scriptURL is the address of a script in a line of a stack.
var scriptURL = newPattern(`(?m)(?:(?:^|\\n)\s*at [^\n]{0,200}?\(?|@)(https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?)/\S*?:\d+`)

// scriptOf is the origin of a development server's script in a stack: the page comes from there too. A script of another host may be
// a library from anywhere.
func scriptOf(text string) string {
	if m := scriptURL.re().FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// fill puts the request into an intake that knows less of it.
func (k *call) fill(in *Intake) {
	if k.method != "" && !in.Known[FlagMethod] {
		in.Request.Method = k.method
		in.settle(FlagMethod)
	}
	if k.shown {
		if !in.Known[FlagHeader] {
			in.Request.Headers = nil
		}
		for _, h := range k.headers {
			if k.sets(h) && !in.Request.Headers.Contains(h.Name) {
				in.Request.Headers = append(in.Request.Headers, h)
			} else if k.sets(h) {
				in.Request.Headers.Set(h.Name, h.Value)
			}
		}
		in.settle(FlagHeader)
	}
	if k.credentials {
		in.Request.Credentials = fetch.CredentialsInclude
		in.settle(FlagCredentials)
	}
	if k.hasBody && k.shown && in.Request.Method != "GET" && in.Request.Method != "HEAD" {
		in.Body = []byte(k.body)
		in.know(FlagData)
	}
	if in.Initiator == "" {
		in.Initiator = k.client.by
	}
}

// sets reports a header that the page's code set: a multipart type without its boundary is the library's guess.
func (k *call) sets(h fetch.Header) bool {
	return !httpspec.IsForbiddenRequestHeader(httpspec.Lower(h.Name), h.Value) && !httpspec.EqualFold(h.Name, "User-Agent")
}

// settle knows flags of which something was assumed.
func (in *Intake) settle(flags ...Flag) {
	in.know(flags...)
	in.Assumed = slices.DeleteFunc(in.Assumed, func(a Assumption) bool { return slices.Contains(flags, a.Flag) })
}

// isAnswered reports an error that holds the status of an answer: the page was given it, so that CORS was no obstacle.
func (k *call) isAnswered() bool { return k.status != 0 }

// intake makes the request that failed.
func (k *call) intake() (*Intake, error) {
	name := k.client.name
	if k.isAnswered() {
		return nil, &Error{Code: ErrNotBrowser, Kind: KindConsole, Message: "this is not CORS: " + name + " was given the answer's status, " + strconv.Itoa(k.status) + ", which no page gets of an answer that CORS withholds",
			Hint: "see what the server says with it"}
	}
	if k.url == "" {
		e := &Error{Code: ErrNoURL, Kind: KindConsole, Message: name + "'s error holds neither a reason nor a URL: the browser tells scripts no more than that it failed",
			Hint: "paste the red line that the console has above it, or run corscope explain URL --from PAGE"}
		if name == "axios" {
			e.Hint = "paste the red line that the console has above it, or unfold the error's config, which has the URL"
		}
		return nil, e
	}
	m := Message{URL: k.url, Client: name}
	in := &Intake{Kind: KindConsole, What: "an error of " + name, Message: &m, Initiator: k.client.by}
	in.Request.URL = k.url
	if k.script != "" {
		in.Page = k.script
		in.assume(FlagFrom, "the page is at "+k.script+", where its script came from")
	}
	m.implyMethod(in)
	m.implyHeaders(in)
	m.implyCredentials(in)
	k.fill(in)
	in.note(name + " is told no reason, by any browser: what stopped it shows when the request is made, here, and in the console's red line")
	return in, nil
}
