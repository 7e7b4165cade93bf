package jsrun

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/corscope/corscope/fetch"
)

// headerRecorder notes the headers that reach the network, without those of the browser.
type headerRecorder struct {
	mu   sync.Mutex
	sent []string
}

func (r *headerRecorder) Exchange(_ context.Context, m *fetch.Message) (*fetch.Answer, error) {
	own := []string{"Accept", "Accept-Language", "Referer", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "User-Agent", "Accept-Encoding"}
	var lines []string
	for _, h := range m.Headers {
		if !slices.Contains(own, h.Name) {
			lines = append(lines, h.Name+": "+h.Value)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent = append(r.sent, strings.Join(lines, ", "))
	return &fetch.Answer{Status: 200, Proto: "HTTP/1.1", Body: io.NopCloser(strings.NewReader(""))}, nil
}

// fetch() makes no Request object where nobody would see it, and leaves the headers as text where they need no second look. It sends
// what the object would have sent.
func TestFetchSendsTheHeadersThatARequestWouldHave(t *testing.T) {
	for name, c := range map[string]struct{ headers, want string }{
		"none":                                 {`undefined`, ""},
		"an object":                            {`{"X-A": "1", "x-b": 2}`, "X-A: 1, x-b: 2"},
		"pairs, one name twice in two cases":   {`[["X-A", "1"], ["x-a", "2"]]`, "X-A: 1, X-A: 2"},
		"a Headers object":                     {`new Headers({"X-A": "1"})`, "x-a: 1"},
		"a Headers object of many lines":       {`new Headers([["X-B", "1"], ["X-A", "2"], ["x-b", "3"]])`, "x-a: 2, x-b: 1, 3"},
		"space around a value":                 {`{"X-A": "\t 1 \n"}`, "X-A: 1"},
		"a value with a colon":                 {`{"X-A": "a:b"}`, "X-A: a:b"},
		"control characters":                   {`{"X-A": "\x01\x7f"}`, "X-A: \x01\x7f"},
		"characters up to 255 are bytes":       {`{"X-A": "\xe9"}`, "X-A: \xe9"},
		"a forbidden name is dropped":          {`{"Cookie": "a", "Sec-X": "b", "X-A": "1"}`, "X-A: 1"},
		"a forbidden method in an override":    {`{"X-HTTP-Method": "TRACE", "X-A": "1"}`, "X-A: 1"},
		"an iterable":                          {`new Map([["X-A", "1"]])`, "X-A: 1"},
		"a value that would be another line":   {`{"X-A": "1\nX-B: 2"}`, "TypeError"},
		"a name that would be another line":    {`{"X-A: 1\nX-B": "2"}`, "TypeError"},
		"a name that holds a colon":            {`{"X-A: x": "2"}`, "TypeError"},
		"an empty name":                        {`{"": "2"}`, "TypeError"},
		"a value with NUL":                     {`{"X-A": "\0"}`, "TypeError"},
		"a character beyond 255":               {`{"X-A": "\u0100"}`, "TypeError"},
		"half of a surrogate pair":             {`{"X-A": "\ud800"}`, "TypeError"},
		"a symbol":                             {`{"X-A": Symbol()}`, "TypeError"},
		"a pair of three":                      {`[["X-A", "1", "2"]]`, "TypeError"},
		"a getter is asked once":               {`{n: 0, get "X-A"() { return ++this.n }}`, "n: 0, X-A: 1"},
		"what is not the object's own is left": {`Object.create({"X-A": "1"})`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for how, arguments := range map[string]string{"without an object": `"/", {headers: H}`, "with one": `new Request("/", {headers: H})`} {
				var r headerRecorder
				page := newPage(t, "https://app.example.com/", &r)
				said, err := output(t, Config{Page: page}, "const H = "+c.headers+"; try { await fetch("+arguments+") } catch (e) { console.log(e.name) }")
				if err != nil {
					t.Fatal(err)
				}
				got := said + strings.Join(r.sent, "|")
				if got != c.want {
					t.Errorf("%s: sent %q, want %q", how, got, c.want)
				}
			}
		})
	}
}

// A request that is all there is to do is waited for by the loop itself, which must end with the script's time all the same.
func TestTheTimeLimitEndsARequestThatIsWaitedFor(t *testing.T) {
	page := newPage(t, "https://app.example.com/", world)
	err := Run(t.Context(), Config{Page: page, Limits: Limits{Time: 50 * time.Millisecond}}, `await null; await new Promise((r) => setTimeout(r, 1)); await fetch("https://hang.example/")`, "t.js")
	var late *TimeoutError
	if !errors.As(err, &late) {
		t.Errorf("got %v", err)
	}
}

// What a script does behind fetch(), in the same task, may be of use to the request, or wait for something else.
func TestARequestDoesNotHoldUpTheScript(t *testing.T) {
	runSnippets(t, Config{}, []snippet{
		{"an abort in the next line", `const c = new AbortController(), p = fetch("https://hang.example/", {signal: c.signal}); c.abort("why"); await p.catch((e) => console.log(e))`, "why"},
		{"an abort in a microtask", `const c = new AbortController(), p = fetch("https://hang.example/", {signal: c.signal}); queueMicrotask(() => c.abort("why")); await p.catch((e) => console.log(e))`, "why"},
		{"a timer behind it", `const c = new AbortController(), p = fetch("https://hang.example/", {signal: c.signal}); await null; setTimeout(() => c.abort("why"), 5); await p.catch((e) => console.log(e))`, "why"},
		{"another request", `const c = new AbortController(), p = fetch("https://hang.example/", {signal: c.signal}); console.log(await (await fetch("text")).text()); c.abort("why"); await p.catch((e) => console.log(e))`, "own text\nwhy"},
		{"a body that is being read", `const c = new AbortController(), r = await fetch("/stalls", {signal: c.signal}); const t = r.text().catch((e) => console.log(e)); console.log(await (await fetch("text")).text()); c.abort("why"); await t`, "own text\nwhy"},
		{"a synchronous request", `const p = fetch("text"), x = new XMLHttpRequest(); x.open("GET", "/json", false); x.send(); console.log(x.responseText, await (await p).text())`, "{\"a\":[1,2]} own text"},
	})
}
