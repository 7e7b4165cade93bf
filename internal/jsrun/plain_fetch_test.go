package jsrun

import (
	"context"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/corscope/corscope/fetch"
)

// lineRecorder notes the request lines that reach the network, and answers all with one short body.
type lineRecorder struct {
	body string

	mu   sync.Mutex
	sent []string
}

func (r *lineRecorder) Exchange(_ context.Context, m *fetch.Message) (*fetch.Answer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent = append(r.sent, m.Method+" "+m.URL.String())
	return &fetch.Answer{Status: 200, StatusText: "Fine", Proto: "HTTP/1.1", Headers: fetch.HeaderList{{Name: "Content-Length", Value: strconv.Itoa(len(r.body))}, {Name: "X-A", Value: "1"}},
		Body: io.NopCloser(strings.NewReader(r.body))}, nil
}

// fetch() hands a plain request to Go as it was given. It does what it would do with a Request object, which goes the standard's way
// step by step.
func TestAPlainFetchDoesWhatARequestWouldHaveDone(t *testing.T) {
	for name, c := range map[string]struct{ arguments, want string }{
		"a path":                                        {`"/x"`, "GET https://app.example.com/x"},
		"no dictionary but null":                        {`"/x", null`, "GET https://app.example.com/x"},
		"a URL object":                                  {`new URL("https://app.example.com/u")`, "GET https://app.example.com/u"},
		"half of a surrogate pair in the URL":           {`"/\ud800"`, "GET https://app.example.com/%EF%BF%BD"},
		"a method that is put into capitals":            {`"/x", {method: "put"}`, "PUT https://app.example.com/x"},
		"a method that is not":                          {`"/x", {method: "patch"}`, "patch https://app.example.com/x"},
		"a method that is an object":                    {`"/x", {method: {toString() { return "DELETE" }}}`, "DELETE https://app.example.com/x"},
		"a method and a mode":                           {`"/x", {method: "HEAD", mode: "same-origin"}`, "HEAD https://app.example.com/x"},
		"members that are undefined":                    {`"/x", {method: undefined, headers: undefined, body: undefined}`, "GET https://app.example.com/x"},
		"a method that is forbidden":                    {`"/x", {method: "TRACE"}`, "TypeError"},
		"a method that is no token":                     {`"/x", {method: "a b"}`, "TypeError"},
		"a method beyond ASCII":                         {`"/x", {method: "\xe9"}`, "TypeError"},
		"an empty method":                               {`"/x", {method: ""}`, "TypeError"},
		"a URL that is none":                            {`"https://"`, "TypeError"},
		"a URL with a name and a password":              {`"https://a:b@app.example.com/"`, "TypeError"},
		"a body that a GET may not have":                {`"/x", {body: "b"}`, "TypeError"},
		"a dictionary that is a number":                 {`"/x", 1`, "TypeError"},
		"a window that is not null":                     {`"/x", {window: 1}`, "TypeError"},
		"getters are asked once, in their order":        {`"/x", {get method() { console.log("method"); return "PUT" }, get headers() { console.log("headers") }, get body() { console.log("body") }}`, "body headers method PUT https://app.example.com/x"},
		"getters of a request that needs a second look": {`"/x", {get method() { console.log("method"); return "PUT" }, get headers() { console.log("headers"); return {a: "1\n"} }}`, "headers method PUT https://app.example.com/x"},
	} {
		t.Run(name, func(t *testing.T) {
			for how, call := range map[string]string{"plain": `fetch(` + c.arguments + `)`, "with an object": `fetch(new Request(` + c.arguments + `))`} {
				r := lineRecorder{body: "x"}
				page := newPage(t, "https://app.example.com/", &r)
				said, err := output(t, Config{Page: page}, `try { await `+call+` } catch (e) { console.log(e.name) }`)
				if err != nil {
					t.Fatal(err)
				}
				got := strings.Join(append(strings.Fields(said), r.sent...), " ")
				if got != c.want {
					t.Errorf("%s: got %q, want %q", how, got, c.want)
				}
			}
		})
	}
}

// An answer and its body stay text until somebody asks for them.
func TestAnAnswerThatNobodyHasReadYet(t *testing.T) {
	for name, c := range map[string]struct{ body, source, want string }{
		"its members":                       {"x", `const r = await fetch("/x"); console.log(r.statusText, r.type, r.url, r.redirected, r.ok, r.status, r.headers.get("x-a"))`, "Fine basic https://app.example.com/x false true 200 1"},
		"headers first":                     {"x", `const r = await fetch("/x"), h = r.headers; h.mark = 1; console.log(r.status, r.headers.mark, h.get("x-a"))`, "200 1 1"},
		"its clone":                         {"x", `const r = await fetch("/x"), c = r.clone(); console.log(c.status, c.url, c.headers !== r.headers, await c.text(), await r.text())`, "200 https://app.example.com/x true x x"},
		"a text, and again":                 {"x", `const r = await fetch("/x"); const p = r.text(); console.log(r.bodyUsed, await p); await r.text().catch((e) => console.log(e.name))`, "true x\nTypeError"},
		"a text without its mark":           {"\ufeffx", `console.log((await (await fetch("/x")).text()).length)`, "1"},
		"JSON that is none":                 {"{", `const r = await fetch("/x"); await r.json().catch((e) => console.log(e.name, r.bodyUsed))`, "SyntaxError true"},
		"JSON behind a mark":                {"\ufeff{\"a\": 1}", `console.log((await (await fetch("/x")).json()).a)`, "1"},
		"a text behind a stream":            {"x", `const r = await fetch("/x"); r.body; console.log(await r.text())`, "x"},
		"a text while a reader has it":      {"x", `const r = await fetch("/x"); r.body.getReader(); await r.text().catch((e) => console.log(e.name))`, "TypeError"},
		"a text that was aborted before":    {"x", `const c = new AbortController(), r = await fetch("/x", {signal: c.signal}); c.abort("why"); await r.text().catch((e) => console.log(e))`, "why"},
		"promises that the script replaced": {"x", `Promise.withResolvers = Promise.resolve = () => { throw "seen" }; console.log(await (await fetch("/x")).text())`, "x"},
	} {
		t.Run(name, func(t *testing.T) {
			page := newPage(t, "https://app.example.com/", &lineRecorder{body: c.body})
			got, err := output(t, Config{Page: page}, c.source)
			if err != nil {
				t.Fatal(err)
			}
			if strings.TrimSpace(got) != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
