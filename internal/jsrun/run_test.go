package jsrun

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/benchserver"
)

func TestMain(m *testing.M) {
	benchserver.Main(http.HandlerFunc(preflighted))
	goleak.VerifyTestMain(m)
}

// newPage makes a page at url whose network is transport.
func newPage(t testing.TB, url string, transport fetch.Transport) *fetch.Page {
	t.Helper()
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	p, err := agent.NewPage(fetch.PageConfig{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// output runs a script and returns what it printed and its error.
func output(t testing.TB, c Config, source string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	if c.Page == nil {
		c.Page = newPage(t, "https://app.example.com/dir/page?q=1#f", world)
	}
	c.Stdout = &out
	err := Run(context.Background(), c, source, "test.js")
	return strings.TrimSuffix(out.String(), "\n"), err
}

// snippet is a script and what it prints.
type snippet struct{ name, source, want string }

func runSnippets(t *testing.T, c Config, snippets []snippet) {
	t.Helper()
	for _, s := range snippets {
		t.Run(s.name, func(t *testing.T) {
			got, err := output(t, c, s.source)
			if err != nil {
				t.Errorf("error: %v", err)
			}
			if got != s.want {
				t.Errorf("printed:\n%s\nwant:\n%s", got, s.want)
			}
		})
	}
}

func TestTheScriptsOfAPage(t *testing.T) {
	runSnippets(t, Config{}, []snippet{
		{"var and function at the top level are properties of the global object, let is not",
			`var a = 1; function f() {} let b = 2; console.log(window.a, typeof self.f, globalThis.b, b)`, "1 function undefined 2"},
		{"sloppy mode: this is the global object", `console.log(this === globalThis, (function () { return this === window })())`, "true true"},
		{"await at the top level", `console.log(await Promise.resolve(7))`, "7"},
		{"the engine's own doors are closed", `console.log(typeof __corscopeOp, typeof __corscopeHook, typeof std, typeof os, typeof require, typeof process)`,
			"undefined undefined undefined undefined undefined undefined"},
		{"microtasks run before timers, timers by their time and then by their order",
			`setTimeout(() => console.log("b"), 200); setTimeout(() => console.log("c"), 200); setTimeout(() => console.log("a"), 0);
			 queueMicrotask(() => console.log("micro")); Promise.resolve().then(() => console.log("then")); console.log("sync")`,
			"sync\nmicro\nthen\na\nb\nc"},
		{"a signal that will time out keeps the page alive for who listens, and for nobody else",
			`AbortSignal.timeout(5).onabort = (e) => console.log(e.target.reason.name); AbortSignal.timeout(1e9)`, "TimeoutError"},
		{"an interval lives until it is cleared, also from within",
			`let n = 0; const id = setInterval(() => { console.log(++n); if (n === 3) clearInterval(id) }, 1)`, "1\n2\n3"},
		{"timers take arguments, and strings", `setTimeout(console.log, 0, "x", 1); setTimeout("console.log('evaluated')", 1)`, "x 1\nevaluated"},
		{"load comes after the script and DOMContentLoaded",
			`addEventListener("load", () => console.log("load", document.readyState)); onload = (e) => console.log(e.type);
			 document.addEventListener("DOMContentLoaded", () => console.log("ready")); console.log(document.readyState)`,
			"loading\nready\nload complete\nload"},
		{"the page's place", `console.log(location.href, String(location), origin, document.URL, location.pathname, isSecureContext)`,
			"https://app.example.com/dir/page?q=1#f https://app.example.com/dir/page?q=1#f https://app.example.com https://app.example.com/dir/page?q=1#f /dir/page true"},
		{"the global object is a Window", `console.log(String(window), window instanceof Window, window instanceof EventTarget, self === top)`,
			"[object Window] true true true"},
		{"document.cookie sets and reads the jar", `document.cookie = "a=1"; document.cookie = "b=2; path=/"; document.cookie = "h=3; HttpOnly"; console.log(document.cookie)`,
			"a=1; b=2"},
		{"a page cannot be left", `try { location.href = "https://elsewhere.example/" } catch (e) { console.log(e.name) }`, "NotSupportedError"},
		{"an error in a timer is an event that can be handled",
			`addEventListener("error", (e) => { console.log(e.message, e.error === boom, e.lineno); e.preventDefault() });
			 const boom = new TypeError("late"); setTimeout(() => { throw boom })`, "Uncaught TypeError: late true 2"},
		{"onerror gets five arguments, and true means handled",
			`onerror = (...a) => { console.log(a.length, a[0], a[4].name); return true }; setTimeout(() => null.x)`,
			"5 Uncaught TypeError: cannot read property 'x' of null TypeError"},
		{"an unhandled rejection is an event that can be handled",
			`onunhandledrejection = (e) => { console.log(e.reason, e.promise === p); e.preventDefault() }; const p = Promise.reject("why")`, "why true"},
		{"a rejection that is handled in time is none", `const p = Promise.reject(1); p.catch(() => console.log("caught"))`, "caught"},
		{"a rejection that is handled late is told",
			`onunhandledrejection = (e) => { e.preventDefault(); setTimeout(() => p.catch(() => {}), 1) };
			 onrejectionhandled = (e) => console.log("handled", e.reason); const p = Promise.reject(5)`, "handled 5"},
		{"a rejection that is handled while it is told is not told as late",
			`onunhandledrejection = (e) => { e.preventDefault(); e.promise.catch(() => {}) };
			 onrejectionhandled = (e) => console.log("handled", e.reason); Promise.reject(5); setTimeout(() => console.log("end"), 5)`, "end"},
		{"microtasks run between the listeners of an event, unless a script fires it",
			`const note = (s) => () => { console.log(s); Promise.resolve().then(() => console.log(s, "then")) };
			 for (const t of ["load", "own"]) for (const n of [1, 2]) addEventListener(t, note(t + n)); dispatchEvent(new Event("own")); console.log("script")`,
			"own1\nown2\nscript\nown1 then\nown2 then\nload1\nload1 then\nload2\nload2 then"},
		{"and so between those of a timer's script and of an answer's",
			`const x = new XMLHttpRequest(); x.onload = () => { console.log("load"); Promise.resolve().then(() => console.log("then")) }; x.onloadend = () => console.log("loadend");
			 x.onreadystatechange = () => x.readyState === 1 && Promise.resolve().then(() => console.log("opened"));
			 setTimeout(() => { x.open("GET", "text"); x.send(); console.log("sent") }, 1)`, "sent\nopened\nload\nthen\nloadend"},
		{"what belongs to the page cannot be declared anew, and the rest can",
			`const origin = 1; let self = 2, status = 3; var name = 4; console.log(origin, self, typeof name, closed, crossOriginIsolated, Object.getOwnPropertyDescriptor(window, "document").configurable)`,
			"1 2 string false false false"},
		{"frames of an animation", `requestAnimationFrame((t) => console.log(typeof t)); cancelAnimationFrame(requestAnimationFrame(() => console.log("never")))`, "number"},
	})
}

// TestDialoguesAreDismissed: their texts go where errors go.
func TestDialoguesAreDismissed(t *testing.T) {
	var errs bytes.Buffer
	got, err := output(t, Config{Stderr: &errs}, `console.log(alert("a"), confirm("b?"), prompt())`)
	if err != nil || got != "undefined false null" || errs.String() != "alert: a\nconfirm: b?\nprompt: \n" {
		t.Errorf("got %q and %q, error %v", got, errs.String(), err)
	}
}

func TestAWorkerHasNoDocument(t *testing.T) {
	got, err := output(t, Config{Worker: true}, `console.log(typeof document, typeof window, self instanceof WorkerGlobalScope, typeof fetch)`)
	if err != nil || got != "undefined undefined true function" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestAPageWithoutAName(t *testing.T) {
	got, err := output(t, Config{Page: newPage(t, "null", world)}, `console.log(location.href, origin, document.cookie === "")`)
	if err != nil || got != "about:blank null true" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestAModuleIsStrict(t *testing.T) {
	t.Run("a module is strict and may await", func(t *testing.T) {
		got, err := output(t, Config{Module: true}, `var a = await 1; console.log(this, typeof window.a)`)
		if err != nil || got != "undefined undefined" {
			t.Errorf("got %q, %v", got, err)
		}
	})
}

func TestTheCompletionValue(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{`1 + 1`, "2"}, {`"text"`, "text"}, {`({a: [1, "b"]})`, "{ a: [1, 'b'] }"}, {`await Promise.resolve(new Headers({A: "1"}))`, "Headers { 'a': '1' }"},
		{`undefined`, ""}, {`let x = 5`, ""}, {`null`, "null"},
		{`fetch("data:,x").then((r) => r.text())`, "x"}, {`new Promise((done) => setTimeout(done, 1, 7))`, "7"}, {`Promise.resolve()`, ""}, {`new Promise(() => {})`, ""},
	} {
		t.Run(c.source, func(t *testing.T) {
			got := ""
			if _, err := output(t, Config{OnValue: func(s string) { got = s }}, c.source); err != nil || got != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestACompletionValueThatIsRejected(t *testing.T) {
	got := ""
	_, err := output(t, Config{OnValue: func(s string) { got = s }}, `Promise.reject(new Error("no"))`)
	if uncaught := (*ScriptError)(nil); !errors.As(err, &uncaught) || uncaught.Kind != UnhandledRejection || got != "" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestUncaughtErrors(t *testing.T) {
	for _, c := range []struct {
		name, source string
		kind         ScriptErrorKind
		text, stack  string
	}{
		{"an exception at the top level, with its place in the script", "\n  throw new RangeError('boom')", UncaughtException, "RangeError: boom",
			"    at test.js (test.js:2:23)"},
		{"a value that is no error", "throw {code: 7}", UncaughtException, "{ code: 7 }", ""},
		{"a rejection that nobody handles", "Promise.reject(new TypeError('no'))", UnhandledRejection, "TypeError: no", "    at test.js (test.js:1:29)"},
		{"an exception in a timer", "setTimeout(() => { throw new Error('late') })", UncaughtException, "Error: late", "    at <anonymous> (test.js:1:35)"},
		{"an exception in a listener", "onload = function go() { throw new Error('in load') }", UncaughtException, "Error: in load", "    at go (test.js:1:41)"},
		{"reportError", "reportError('x')", UncaughtException, "'x'", ""},
		{"an object that throws when it is looked at", "throw new Proxy({}, { get() { throw 1 } })", UncaughtException, "[object]", ""},
		{"an error whose members throw", "throw Object.defineProperty(new Error('x'), 'message', { get() { throw 1 } })", UncaughtException, "Error", "*"},
		{"an exception in a microtask", "queueMicrotask(() => { throw 1 })", UncaughtException, "1", ""},
		{"an awaited promise that nothing can settle", "await new Promise(() => {})", NeverSettled,
			"the script awaits a promise that nothing will settle: no timer and no request is left", ""},
		{"deep recursion", "function f() { f() } f()", UncaughtException, "InternalError: stack overflow", "*"},
	} {
		t.Run(c.name, func(t *testing.T) {
			told := 0
			_, err := output(t, Config{OnError: func(error) { told++ }}, c.source)
			var e *ScriptError
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want a ScriptError", err)
			}
			if e.Kind != c.kind || e.Text != c.text || c.stack != "*" && e.Stack != c.stack {
				t.Errorf("got %q %q\n%s", e.Kind, e.Text, e.Stack)
			}
			if told != 1 {
				t.Errorf("told %d times", told)
			}
		})
	}
}

func TestThePageLivesOnAfterAnError(t *testing.T) {
	got, err := output(t, Config{}, `setTimeout(() => console.log("alive"), 1); throw new Error("first")`)
	var e *ScriptError
	if !errors.As(err, &e) || e.Text != "Error: first" || got != "alive" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestSyntaxErrors(t *testing.T) {
	for _, c := range []struct {
		name, source string
		line, column int
		excerpt      string
	}{
		{"an expression that is none", "let a = 1;\nlet b = ;", 2, 9, "    let b = ;\n            ^"},
		{"a script that ends too early", "if (a) {\n  foo(\n\n", 2, 7, "      foo(\n          ^"},
		{"lines that end as on Windows", "let a = 1;\r\nlet b = ;\r\n", 2, 9, "    let b = ;\n            ^"},
		{"an excerpt of a long line is cut to what is near", "let a = '" + strings.Repeat("x", 200) + "' 5", 1, 212,
			"    " + strings.Repeat("x", 36) + "' 5\n    " + strings.Repeat(" ", 38) + "^"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := output(t, Config{}, c.source)
			var e *SyntaxError
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want a SyntaxError", err)
			}
			if e.Name != "test.js" || e.Line != c.line || e.Column != c.column || e.Excerpt != c.excerpt {
				t.Errorf("got %s:%d:%d\n%s", e.Name, e.Line, e.Column, e.Excerpt)
			}
		})
	}
}

func TestAScriptThatIsAModule(t *testing.T) {
	for _, source := range []string{`import x from "./x.js"`, "let a = 1;\nimport {x} from './x.js'", `import "./x.js"`, `import * as x from "./x.js"`, "export default 5",
		"export const a = 1", "export { a }"} {
		if _, err := output(t, Config{}, source); err == nil || !strings.Contains(err.Error(), "SyntaxError: import and export stand in modules alone: run it with --module") {
			t.Errorf("%s: got %v", source, err)
		}
	}
	for _, source := range []string{"import('x') let", "exports = = 5", "important x"} {
		if _, err := output(t, Config{}, source); err == nil || strings.Contains(err.Error(), "--module") {
			t.Errorf("%s: got %v", source, err)
		}
	}
}

func TestLimits(t *testing.T) {
	short := Limits{Time: 300 * time.Millisecond}
	for _, c := range []struct {
		name, source string
		limits       Limits
		want         error
	}{
		{"an endless loop", "for (;;) ;", short, &TimeoutError{short.Time}},
		{"an endless loop that catches everything", "for (;;) { try { for (;;) ; } catch {} }", short, &TimeoutError{short.Time}},
		{"endless microtasks", "(function go() { Promise.resolve().then(go) })()", short, &TimeoutError{short.Time}},
		{"endless microtasks that are awaited", "for (;;) await 0", short, &TimeoutError{short.Time}},
		{"timers that make timers", "(function go() { setTimeout(go); setTimeout(go) })()", Limits{Time: short.Time, Timers: 1 << 30}, &TimeoutError{short.Time}},
		{"a trap in the console", "console.log(new Proxy({}, { ownKeys() { for (;;) ; } }))", short, &TimeoutError{short.Time}},
		{"an endless regular expression", "/(a+)+$/.test('a'.repeat(40) + 'b')", short, &TimeoutError{short.Time}},
		{"an interval that is never cleared", "setInterval(() => {}, 10)", short, &TimeoutError{short.Time}},
		{"a timer far away", "setTimeout(() => {}, 1e9)", short, &TimeoutError{short.Time}},
		{"a request that is never answered", "fetch('https://hang.example/')", short, &TimeoutError{short.Time}},
		{"a synchronous request that is never answered", "const x = new XMLHttpRequest(); x.open('GET', 'https://hang.example/', false); x.send()",
			short, &TimeoutError{short.Time}},
		{"memory that grows", "const a = []; for (;;) a.push(new Array(10000).fill(1))", Limits{Memory: 8 << 20}, &LimitError{LimitMemory, 8 << 20}},
		{"strings of a gigabyte together", "const a = []; for (;;) a.push('x'.repeat(1e6) + a.length)", Limits{Memory: 8 << 20}, &LimitError{LimitMemory, 8 << 20}},
		{"memory that grows in a promise", "const a = []; (async () => { await 0; for (;;) a.push({}) })()", Limits{Memory: 8 << 20}, &LimitError{LimitMemory, 8 << 20}},
		{"memory that grows behind a promise that is handled", "const a = []; Promise.resolve().then(() => { for (;;) a.push([1]) }).catch(() => {}); setInterval(() => {}, 10)",
			Limits{Memory: 8 << 20}, &LimitError{LimitMemory, 8 << 20}},
		{"memory that grows, and a script that catches everything", "const a = []; for (;;) try { a.push('x'.repeat(1e5) + a.length) } catch {}", Limits{Memory: 8 << 20}, &LimitError{LimitMemory, 8 << 20}},
		{"a text that is large once it is parsed", "JSON.parse('[' + '{},'.repeat(1e6) + '0]')", Limits{Memory: 16 << 20}, &LimitError{LimitMemory, 16 << 20}},
		{"a regular expression that keeps where it was", "/(?:(a)|b)*$/.test('ab'.repeat(1e6))", Limits{Memory: 16 << 20}, &LimitError{LimitMemory, 16 << 20}},
		{"rejections without end", "for (;;) Promise.reject(1)", Limits{Memory: 8 << 20}, &LimitError{LimitMemory, 8 << 20}},
		{"blobs behind URLs", "const b = new Blob(['x'.repeat(1e5)]); for (;;) URL.createObjectURL(b)", Limits{Memory: 8 << 20}, &LimitError{LimitMemory, 8 << 20}},
		{"bodies that are read at once", "for (let i = 0; i < 8; i++) fetch('data:,' + 'x'.repeat(1e6)).then((r) => r.text()); await new Promise(() => {})", Limits{Memory: 8 << 20}, &LimitError{LimitMemory, 8 << 20}},
		{"a string of a gigabyte", "'x'.repeat(1e9)", Limits{Memory: 64 << 20}, &LimitError{LimitMemory, 64 << 20}},
		{"a string that fits once, and not on its way out", "new TextEncoder().encode('x'.repeat(20e6))", Limits{Memory: 40 << 20}, &LimitError{LimitMemory, 40 << 20}},
		{"output without end", "for (;;) console.log('line')", Limits{Output: 1000}, &LimitError{LimitOutput, 1000}},
		{"a million timers", "for (let i = 0; i < 1e6; i++) setTimeout(() => {}, 1e6)", Limits{Timers: 1000}, &LimitError{LimitTimers, 1000}},
		{"errors without end", "setInterval(() => { throw 'x'.repeat(500) }, 0)", Limits{Output: 2000}, &LimitError{LimitOutput, 2000}},
		{"refusals without end", "for (;;) await fetch('https://api.example.com/closed?' + 'x'.repeat(500)).catch(() => {})", Limits{Output: 2000}, &LimitError{LimitOutput, 2000}},
		{"a limit after an error", "setTimeout(() => { for (;;) console.log('line') }); throw 1", Limits{Output: 1000}, &LimitError{LimitOutput, 1000}},
		{"long bodies that wait", "for (;;) fetch('https://hang.example/', {method: 'POST', body: 'x'.repeat(1e5)})", Limits{Memory: 8 << 20}, &LimitError{LimitMemory, 8 << 20}},
		{"long URLs that wait", "for (let n = 1; ; n++) if (n > 400) throw 'not counted'; else fetch('https://hang.example/?' + 'x'.repeat(3e4))", Limits{Memory: 8 << 20}, &LimitError{LimitMemory, 8 << 20}},
		{"long headers that wait", "for (;;) fetch('https://hang.example/', {headers: {a: 'x'.repeat(1e5)}})", Limits{Memory: 8 << 20}, &LimitError{LimitMemory, 8 << 20}},
		{"requests without end", "for (;;) fetch('https://hang.example/')", Limits{Requests: 100}, &LimitError{LimitRequests, 100}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := output(t, Config{Limits: c.limits, OnError: func(error) {}, OnBlocked: func(string, string, fetch.Reason) {}}, c.source)
			if err == nil || err.Error() != c.want.Error() {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// TestDeepObjects: what the prelude does by recursion ends by an error of the script's, and not by its time.
func TestDeepObjects(t *testing.T) {
	const deep = "let c = {}; for (let i = 0; i < 2e4; i++) c = { c };"
	for name, source := range map[string]string{
		"structuredClone": deep + "structuredClone(c)", "JSON.parse": "JSON.parse('['.repeat(1e6))", "eval": "eval('('.repeat(1e5))",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := output(t, Config{}, source)
			var e *ScriptError
			if !errors.As(err, &e) || !strings.Contains(e.Text, "stack overflow") {
				t.Errorf("got %v", err)
			}
		})
	}
	if got, err := output(t, Config{}, deep+"console.log(c)"); err != nil || !strings.HasPrefix(got, "{ c: ") {
		t.Errorf("the console prints %q, %v", got, err)
	}
}

func TestConfigErrors(t *testing.T) {
	_, err := output(t, Config{Limits: Limits{Memory: -1, Stack: 6000}}, "")
	want := "jsrun: Limits.Memory is -1: give a positive number, or 0 for 536870912\njsrun: Limits.Stack is 6000: give at most 5000"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	if err := Run(context.Background(), Config{}, "", ""); err == nil || !strings.Contains(err.Error(), "Config.Page is nil") {
		t.Errorf("got %v", err)
	}
}

func TestTheCallersContextEndsARun(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	err := Run(ctx, Config{Page: newPage(t, "https://a.example/", world)}, "for (;;) ;", "x.js")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestDecodeSource(t *testing.T) {
	for _, c := range []struct{ name, bytes, want string }{
		{"UTF-8", "a\u00e9", "aé"},
		{"UTF-8 with a byte order mark", "\xef\xbb\xbfa", "a"},
		{"UTF-16, little end first", "\xff\xfea\x00=\xd8\x00\xde", "a\U0001f600"},
		{"UTF-16, big end first, with half a unit", "\xfe\xff\x00a\x00", "a\ufffd"},
		{"a sequence that is cut short is one replacement", "a\xe2\x82b", "a\ufffdb"},
		{"bytes that begin nothing are one replacement each", "\xfd\xfe\xff", "\ufffd\ufffd\ufffd"},
		{"Latin-1 read as UTF-8", "caf\xe9", "caf\ufffd"},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := DecodeSource([]byte(c.bytes))
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzDecodeUTF8(f *testing.F) {
	for _, s := range []string{"a", "\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf0\x9f\x98\x80", "\xc0\x80"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		text, valid := decodeUTF8(b)
		if valid != (string(b) == text) {
			t.Errorf("%q: valid is %t, and the text %q", b, valid, text)
		}
		// Cutting the input where more bytes may complete a sequence must not change the text.
		for i := range b {
			cut := i - incompleteUTF8(b[:i])
			a, _ := decodeUTF8(b[:cut])
			z, _ := decodeUTF8(b[cut:])
			if a+z != text {
				t.Errorf("%q cut at %d: %q + %q, whole %q", b, cut, a, z, text)
			}
		}
	})
}
