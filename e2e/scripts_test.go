package e2e

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/corscope/corscope/e2e/browser"
)

func TestScriptsChromium(t *testing.T) { chromium.testScripts(t) }
func TestScriptsFirefox(t *testing.T)  { firefox.testScripts(t) }

// scripts are bodies of async functions that return a string. What they return is what the browser says, whichever that is: corscope run
// has to return the same with its profile.
var scripts = []struct{ name, source string }{
	{"blob: a Request, revoked", blobHelpers + `const r = new Request(u); revoke(); return text(fetch(r))`},
	{"blob: a Request, revoked, twice and a task later", blobHelpers + `const r = new Request(u); revoke(); await sleep(20); return await text(fetch(r)) + await text(fetch(r))`},
	{"blob: a clone", blobHelpers + `const r = new Request(u); revoke(); return text(fetch(r.clone()))`},
	{"blob: a Request of a Request", blobHelpers + `const r = new Request(u); revoke(); return text(fetch(new Request(r, {headers: {a: "b"}})))`},
	{"blob: a Request and a dictionary", blobHelpers + `const r = new Request(u); revoke(); return text(fetch(r, {headers: {Range: "bytes=1-2"}}))`},
	{"blob: the URL of a Request", blobHelpers + `const r = new Request(u); revoke(); return text(fetch(r.url))`},
	{"blob: the URL of an answer", blobHelpers + `const r = await fetch(u); revoke(); return text(fetch(r.url))`},
	{"blob: a URL object", blobHelpers + `const r = new URL(u); revoke(); return text(fetch(r))`},
	{"blob: a fragment", blobHelpers + `const r = new Request(u + "#f"); URL.revokeObjectURL(u + "#f"); revoke(); return text(fetch(r))`},
	{"blob: POST", blobHelpers + `const r = new Request(u, {method: "POST"}); revoke(); return text(fetch(r))`},
	{"blob: revoked first", blobHelpers + `revoke(); return text(fetch(new Request(u)))`},
	{"blob: XMLHttpRequest", blobHelpers + `return send(u, true, revoke)`},
	{"blob: XMLHttpRequest, synchronous", blobHelpers + `return send(u, false, revoke)`},
	{"data: 200 kB", `return (await (await fetch("data:text/plain," + "a".repeat(200000))).text()).length + " " + new URL("DATA:" + "a b".repeat(50000) + "#x y").href.length`},
	// What browsers do otherwise than the standard stands in docs/conformance.md: tabs and newlines, spaces before ? and #, and the query.
	{"data: what is encoded", `return ["data:,a b  c#f g", "data:,a?\u00e9#\u00e9\"<>` + "`" + `'", "\x01 data:,\x01\x7f\u00e9\u{1f600}\"<>` + "`" + `'^ \x02", "DATA:,X"].map((u) => new URL(u).href).join("|")`},
	{"stream: the connection breaks off", streamHelpers + `return ends("/break/0/1/5")`},
	{"stream: it breaks off behind 100 kB", streamHelpers + `return ends("/break/0/2/102400")`},
	{"stream: an empty body", streamHelpers + `return ends("/end/0/3/0")`},
	{"stream: a body of 5 bytes", streamHelpers + `return ends("/end/0/4/5")`},
	{"stream: a read behind the break", streamHelpers + `const r = await open("/break/0/5/5"); await sleep(600); return read(r)`},
	{"stream: a clone", streamHelpers + `return closed((await fetch("/break/0/6/5")).clone().body.getReader())`},
	{"stream: with buffers", streamHelpers + `return closed((await fetch("/break/0/7/5")).body.getReader({mode: "byob"}))`},
	{"stream: an abort", streamHelpers + `const c = new AbortController(), r = (await fetch("/stall/0/8/5", {signal: c.signal})).body.getReader(); c.abort(); return closed(r)`},
	{"broken: before the first byte of the body", `return fetch("/break/0/10/0").then((r) => r.text().catch((e) => r.status + " " + e.name), (e) => e.name)`},
	{"broken: behind it", `return fetch("/break/0/11/5").then((r) => r.text().catch((e) => r.status + " " + e.name), (e) => e.name)`},
	{"broken: an error", `return fetch("/error/0/12/0").then((r) => r.text().then((s) => r.status + s, (e) => r.status + e.name), (e) => e.name)`},
	{"broken: an error behind the first byte", `return fetch("/error/0/13/5").then((r) => r.text().then((s) => r.status + s, (e) => r.status + e.name), (e) => e.name)`},
	{"broken: asked for again", `const s = []; for (let i = 0; i < 3; i++) s.push(await fetch("/break/0/14/5").then((r) => r.text().catch((e) => r.status + " " + e.name), (e) => e.name)); return s.join()`},
	{"broken: coded", codedHelper + `return series("/gzip/0/16/")`},
	{"broken: coded, with a length", codedHelper + `return series("/length/0/16/")`},
	{"broken: coded, at once", codedHelper + `return series("/now/0/16/")`},
	{"broken: coded, complete", codedHelper + `return series("/fit/0/16/")`},
	{"broken: coded, complete, chunked", codedHelper + `return series("/chunks/0/16/")`},
	{"broken: coded, by XMLHttpRequest", `const s = []; for (const n of [0, 1, 14]) s.push(n + " " + await new Promise((f) => { const x = new XMLHttpRequest(); x.open("GET", "/gzip/0/17/" + n); x.onloadend = (e) => f(x.status + x.responseText); x.onerror = () => f("error"); x.onabort = () => f("abort"); x.send() })); return s.join()`},
	{"EventSource: open without an event", sleepHelper + `const s = new EventSource("/events/0/15/0"), p = await Promise.race([new Promise((f) => s.onopen = () => f("open")), sleep(1000)]); s.close(); return String(p)`},
	{"stream: closed before the last read", streamHelpers + `const said = [], r = await open("/end/0/9/0"), w = r.closed.then(() => said.push("closed")); await r.read().then(() => said.push("read")); await w; return said.join()`},
}

const (
	// What becomes of a gzip of which so many bytes came: none, the first, its head alone, some of its data, all but its last bytes.
	codedHelper   = `const series = async (u) => { const said = []; for (const n of [0, 1, 10, 14, 24]) said.push(n + " " + await fetch(u + n).then((r) => r.text().then((s) => r.status + s, (e) => r.status + e.name), (e) => e.name)); return said.join() }; `
	sleepHelper   = `const sleep = (ms) => new Promise((f) => setTimeout(f, ms)); `
	blobHelpers   = sleepHelper + `const u = URL.createObjectURL(new Blob(["inside"], {type: "text/x"})), revoke = () => URL.revokeObjectURL(u), text = (p) => p.then((r) => r.text(), (e) => e.name); const send = (u, async, f) => new Promise((done) => { const x = new XMLHttpRequest(); x.open("GET", u, async); f(); x.onload = () => done(x.responseText); x.onerror = () => done("error"); x.send() }); `
	streamHelpers = sleepHelper + `const open = async (p) => (await fetch(p, {cache: "no-store"})).body.getReader(), read = (r) => r.read().then((s) => s.done ? "done" : "bytes", (e) => e.name); const closed = (r) => Promise.race([r.closed.then(() => "closed", (e) => "broken " + e.name), sleep(1000).then(() => "pending")]); const ends = async (p) => { const r = await open(p); return await closed(r) + ", " + await read(r) }; `
)

// serveHalves serves /HOW/RUN/NUMBER/LENGTH: so many bytes and, 300 ms later, the end of the body, the end of the connection before that
// of the body, in an answer 500 too, or nothing.
func serveHalves(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(r.URL.Path, "/")
	if len(parts) != 5 {
		w.Header().Set("Content-Type", "text/html")
		return
	}
	length, err := strconv.Atoi(parts[4])
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer c.Close()
	head := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	switch parts[1] {
	case "error":
		head = strings.Replace(head, "200 OK", "500 No", 1)
	case "fit":
		fmt.Fprintf(buffered, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", min(length, len(gzipped)), gzipped[:min(length, len(gzipped))])
		buffered.Flush()
		return
	case "length", "now":
		fmt.Fprintf(buffered, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100\r\n\r\n%s", gzipped[:min(length, len(gzipped))])
		buffered.Flush()
		if parts[1] == "length" {
			time.Sleep(300 * time.Millisecond)
		}
		c.(*net.TCPConn).CloseWrite()
		return
	case "gzip", "chunks":
		head = strings.Replace(head, "\r\n", "\r\nContent-Encoding: gzip\r\n", 1)
	case "events":
		head = strings.Replace(head, "\r\n", "\r\nContent-Type: text/event-stream\r\n", 1)
	}
	buffered.WriteString(head)
	if length > 0 {
		text := strings.Repeat("x", length)
		if parts[1] == "gzip" || parts[1] == "chunks" {
			text = gzipped[:min(length, len(gzipped))]
		}
		fmt.Fprintf(buffered, "%x\r\n%s\r\n", len(text), text)
	}
	buffered.Flush()
	switch parts[1] {
	case "stall", "events":
		buffered.ReadByte()
	case "end", "chunks":
		time.Sleep(300 * time.Millisecond)
		fmt.Fprint(c, "0\r\n\r\n")
	default:
		time.Sleep(300 * time.Millisecond)
		c.(*net.TCPConn).CloseWrite()
	}
}

// gzipped is "hello, hello", of which the head is 10 bytes long and the tail 8.
var gzipped = func() string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, "hello, hello")
	w.Close()
	return b.String()
}()

func (p product) testScripts(t *testing.T) {
	t.Parallel()
	program := corscope(t)
	server := httptest.NewServer(http.HandlerFunc(serveHalves))
	t.Cleanup(server.Close)
	b := p.openAt(t, browser.Options{})
	if err := b.Navigate(t.Context(), server.URL+"/"); err != nil {
		t.Fatal(err)
	}
	for _, s := range scripts {
		t.Run(s.name, func(t *testing.T) {
			expression := "(async () => { " + s.source + " })()"
			want, err := b.Eval(t.Context(), strings.ReplaceAll(expression, "/0/", "/1/"))
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			var stdout, stderr bytes.Buffer
			run := exec.CommandContext(ctx, program, "run", "--browser", strings.ToLower(p.name), "--url", server.URL+"/", "-")
			run.Stdin = strings.NewReader("console.log(await " + expression + ")")
			run.Stdout, run.Stderr = &stdout, &stderr
			if err := run.Run(); err != nil {
				t.Fatalf("corscope run: %v\n%s", err, stderr.String())
			}
			if got := strings.TrimSuffix(stdout.String(), "\n"); got != want {
				t.Errorf("corscope run gives %q, %s %q", got, p.name, want)
			}
		})
	}
}
