package jsrun

import (
	"fmt"
	"strings"
	"testing"
)

func TestClasses(t *testing.T) {
	runSnippets(t, Config{}, []snippet{
		{"Headers of all kinds, combined and sorted", `const h = new Headers([["B", "1"], ["a", " x "], ["b", "2"]]); console.log(JSON.stringify([...h]), h.get("B"), h.has("c"), new Headers({x: "y"}).get("X"))`,
			`[["a","x"],["b","1, 2"]] 1, 2 false y`},
		{"Headers see changes while they are iterated", `const h = new Headers({a: "1", b: "2"}); for (const [k] of h) { console.log(k); h.delete("b") }`, "a"},
		{"mistakes in Headers", `for (const f of [() => new Headers([["a"]]), () => new Headers("x"), () => new Headers({"ä": "1"}), () => new Headers({a: "☃"}), () => Headers()]) try { f(); console.log("none") } catch (e) { console.log(e.name) }`,
			"TypeError\nTypeError\nTypeError\nTypeError\nTypeError"},
		{"Request takes over another one", `const a = new Request("https://x.example/", {method: "POST", body: "b", headers: {c: "d"}}); const b = new Request(a, {credentials: "omit"}); console.log(b.method, b.url, b.headers.get("c"), b.credentials, a.bodyUsed, await b.text())`,
			"POST https://x.example/ d omit true b"},
		{"the defaults of Request", `const r = new Request("x"); console.log(r.url, r.mode, r.credentials, r.cache, r.redirect, r.referrer, JSON.stringify(r.referrerPolicy), r.keepalive, r.signal.aborted, r.destination === "")`,
			`https://app.example.com/dir/x cors same-origin default follow about:client "" false false true`},
		{"Response by hand", `const r = new Response("x", {status: 201, statusText: "Made", headers: {a: "b"}}); console.log(r.status, r.statusText, r.ok, r.type, r.headers.get("content-type"), Response.error().type, Response.redirect("/y", 301).headers.get("location"), await Response.json({a: 1}).text())`,
			`201 Made true default text/plain;charset=UTF-8 error https://app.example.com/y {"a":1}`},
		{"mistakes in Response", `for (const f of [() => new Response("", {status: 99}), () => new Response("x", {status: 204}), () => Response.redirect("/", 200), () => new Response("", {statusText: "\n"})]) try { f() } catch (e) { console.log(e.name) }`,
			"RangeError\nTypeError\nRangeError\nTypeError"},
		{"FormData there and back", `const f = new FormData(); f.append("a", "1\n2"); f.append("f", new Blob(["x"], {type: "t/y"}), "n\"e.txt"); const g = await new Response(f).formData(); const file = g.get("f"); console.log(JSON.stringify(g.get("a")), file.name, file.type, await file.text(), [...g.keys()].join())`,
			`"1\r\n2" n"e.txt t/y x a,f`},
		{"Blob", `const b = new Blob(["ab", new Uint8Array([99]), new Blob(["d"])], {type: "A/B"}); console.log(b.size, b.type, await b.text(), await b.slice(1, -1).text(), (await b.arrayBuffer()).byteLength)`, "4 a/b abcd bc 4"},
		{"FileReader", `const r = new FileReader(); r.onload = () => console.log(r.result); r.readAsDataURL(new Blob(["hi"], {type: "a/b"}))`, "data:a/b;base64,aGk="},
		{"text there and back", `console.log(new TextEncoder().encode("é☃").join(), new TextDecoder("utf-16le").decode(new Uint8Array([97, 0, 61, 216, 0, 222])), new TextDecoder("latin1").decode(new Uint8Array([233, 128])), new TextDecoder("shift_jis").decode(new Uint8Array([130, 160])))`,
			"195,169,226,152,131 a😀 é€ あ"},
		{"text in pieces", `const d = new TextDecoder(); let s = ""; for (const b of [0xef, 0xbb, 0xbf, 0xe2, 0x98, 0x83]) s += d.decode(new Uint8Array([b]), {stream: true}); console.log(s + d.decode())`, "☃"},
		{"text that is not valid", `try { new TextDecoder("utf-8", {fatal: true}).decode(new Uint8Array([255])) } catch (e) { console.log(e.name) } try { new TextDecoder("nope") } catch (e) { console.log(e.name) }`, "TypeError\nRangeError"},
		{"events", `const t = new EventTarget(); t.addEventListener("x", {handleEvent(e) { console.log(e.type, this === t, e.target === t) }}); t.addEventListener("x", () => console.log("once"), {once: true}); t.dispatchEvent(new CustomEvent("x", {detail: 1})); console.log(t.dispatchEvent(new Event("x", {cancelable: true})))`,
			"x false true\nonce\nx false true\ntrue"},
		{"events of the old kind have no type before they are given one", `const t = new EventTarget(), e = document.createEvent("CustomEvent"); t.addEventListener("x", (e) => console.log(e.type, e.detail, e.cancelable));
			try { t.dispatchEvent(e) } catch (e) { console.log(e.name) } e.initCustomEvent("x", true, true, 7); t.dispatchEvent(e); const o = document.createEvent("Event"); o.initEvent("x"); console.log(t.dispatchEvent(o), o.bubbles)
			try { o.initEvent() } catch (e) { console.log(e.name) }`, "InvalidStateError\nx 7 true\nx undefined false\ntrue false\nTypeError"},
		{"what the engine lacks of ECMAScript", `class HTTPError extends Error { constructor(m) { super(m); Error.captureStackTrace(this, HTTPError) } } const e = new HTTPError("m"); console.log(typeof e.stack, e.stack.includes("HTTPError"), Object.keys(e).length);
			try { Error.captureStackTrace(1) } catch (e) { console.log(e.name) }
			console.log(await Array.fromAsync((async function* () { yield 1; yield 2 })()), await Array.fromAsync([Promise.resolve(3), 4], (v, i) => v * 10 + i), await Array.fromAsync({ length: 2, 0: "a" }), await Array.fromAsync("hi"));
			await Array.fromAsync(null).catch((e) => console.log(e.name)); await Array.fromAsync([], 1).catch((e) => console.log(e.name)); console.log(Array.fromAsync.name, Object.keys(Array).length)`,
			"string true 0\nTypeError\n[1, 2] [30, 41] ['a', undefined] ['h', 'i']\nTypeError\nTypeError\nfromAsync 0"},
		{"a listener that a signal takes away", `const t = new EventTarget(), c = new AbortController(); t.addEventListener("x", () => console.log("heard"), {signal: c.signal}); t.dispatchEvent(new Event("x")); c.abort(); t.dispatchEvent(new Event("x"))`, "heard"},
		{"AbortSignal", `const c = new AbortController(); c.signal.onabort = (e) => console.log(e.type, e.isTrusted); c.abort(); c.abort(); console.log(c.signal.reason.name, c.signal.reason.code); try { c.signal.throwIfAborted() } catch (e) { console.log(e === c.signal.reason) }`,
			"abort true\nAbortError 20\ntrue"},
		{"DOMException", `const e = new DOMException("m", "DataCloneError"); console.log(e instanceof Error, e.code, DOMException.ABORT_ERR, String(e), e.stack.includes("test.js") || e.stack.includes("eval"))`, "true 25 20 DataCloneError: m true"},
		{"streams", `const s = new ReadableStream({start(c) { c.enqueue("a"); c.enqueue("b"); c.close() }}); const [x, y] = s.tee(); for await (const v of x) console.log(v); console.log((await y.getReader().read()).value, s.locked)`, "a\nb\na true"},
		{"a stream that fails", `const s = new ReadableStream({pull() { throw new RangeError("p") }}); await s.getReader().read().catch((e) => console.log(String(e)))`, "RangeError: p"},
		{"text by a pipe", `const r = (await fetch("https://app.example.com/chunks")).body.pipeThrough(new TextDecoderStream()).getReader(); let s = ""; for (;;) { const {value, done} = await r.read(); if (done) break; s += value } console.log(s)`, "chunk0;chunk1;chunk2;"},
		{"a pipe into a sink", `const got = []; await new Response("abc").body.pipeThrough(new TransformStream({transform(c, out) { out.enqueue(c.length); out.enqueue("!") }, flush(out) { out.enqueue("end") }})).pipeTo(new WritableStream({write(v) { got.push(v) }, close() { got.push("closed") }})); console.log(got.join())`, "3,!,end,closed"},
		{"a pipe whose sink fails", `let why; const s = new ReadableStream({pull(c) { c.enqueue("x") }, cancel(e) { why = e }}); await s.pipeTo(new WritableStream({write() { throw new RangeError("full") }})).catch((e) => console.log(String(e), why === e, s.locked))`, "RangeError: full true false"},
		{"a pipe whose source fails", `let why; const w = new WritableStream({abort(e) { why = e }}); await new ReadableStream({pull() { throw new RangeError("dry") }}).pipeTo(w).catch((e) => console.log(String(e), why === e))`, "RangeError: dry true"},
		{"a pipe that is aborted", `const c = new AbortController(); setTimeout(() => c.abort("stop"), 5); await new ReadableStream({}).pipeTo(new WritableStream(), {signal: c.signal}).catch((e) => console.log(e))`, "stop"},
		{"a writer", `const w = new WritableStream({write(v) { console.log(v) }}).getWriter(); console.log(w.desiredSize); w.write(1); console.log(w.desiredSize); await w.ready; await w.close(); await w.closed; await w.write(2).catch((e) => console.log(e.name))`, "1\n0\n1\nTypeError"},
		{"a transform stream that writes when it starts, and ends early", `const t = new TransformStream({start(c) { c.enqueue("head") }, transform(v, c) { c.enqueue(v); if (v === 2) c.terminate() }});
			const w = t.writable.getWriter(); const wrote = [1, 2, 3].map((v) => w.write(v).then(() => "ok", (e) => e.name)); const got = []; for await (const v of t.readable) got.push(v);
			console.log(got.join(), (await Promise.all(wrote)).join()); await w.closed.catch((e) => console.log(e.name))`, "head,1,2 ok,ok,TypeError\nTypeError"},
		{"the progress of a download", `const r = await fetch("https://app.example.com/chunks"); let n = 0; const text = await new Response(r.body.pipeThrough(new TransformStream({transform(c, out) { n += c.length; out.enqueue(c) }}))).text(); console.log(n, text)`,
			"21 chunk0;chunk1;chunk2;"},
		{"a sink that is aborted ends its write first", `const seen = [], w = new WritableStream({write: (v) => new Promise((r) => setTimeout(() => { seen.push("wrote " + v); r() }, 5)), abort(e) { seen.push("aborted " + e) }}).getWriter();
			const p = w.write(1), q = w.write(2).catch((e) => seen.push("refused " + e)); await null; await w.abort("why"); await p; await q; console.log(seen.join(", "), w.desiredSize)`,
			"wrote 1, aborted why, refused why null"},
		{"text into bytes", `const t = new TextEncoderStream(), w = t.writable.getWriter(); w.write("\ud83d"); w.write("\ude00"); w.close(); for await (const c of t.readable) console.log(c.join())`, "240,159,152,128"},
		{"structuredClone", `const a = {d: new Date(0), m: new Map([[1, new Set([2])]]), u: new Uint8Array([1])}; a.self = a; const b = structuredClone(a); console.log(b !== a, b.self === b, b.d.getTime(), b.m.get(1).has(2), b.u[0]); try { structuredClone(() => {}) } catch (e) { console.log(e.name) }`,
			"true true 0 true 1\nDataCloneError"},
		{"base64", `console.log(btoa("\xff"), atob(" /w== ").charCodeAt(0)); for (const f of [() => btoa("☃"), () => atob("a")]) try { f() } catch (e) { console.log(e.name) }`,
			"/w== 255\nInvalidCharacterError\nInvalidCharacterError"},
		{"structuredClone takes what the standard lists, and nothing else", `const no = [new Proxy({}, {}), Promise.resolve(), new WeakMap(), Symbol("s"), Object(Symbol()), (function* () {})(), (function () { return arguments })(), new Headers(), new Event("x"), location, navigator, crypto, new AbortController(), globalThis];
			for (const v of no) try { structuredClone(v); console.log("cloned", Object.prototype.toString.call(v)) } catch (e) { if (e.name !== "DataCloneError") console.log(e.name) }
			class K extends Map { x = 1 } const e = structuredClone(Object.assign(new RangeError("m", {cause: [1]}), {extra: 1}));
			console.log(typeof structuredClone(Object(1n)), structuredClone(new K([[1, 2]])) instanceof K, e instanceof RangeError, e.message, e.cause[0], e.extra, structuredClone(new DOMException("m", "AbortError")).code)`,
			"object false true m 1 undefined 20"},
		{"structuredClone moves buffers and streams", `const u = new Uint8Array([1, 2, 3]), v = structuredClone({u, tail: u.subarray(1)}, {transfer: [u.buffer]}); console.log(u.length, v.u.length, v.tail.byteOffset, v.tail.buffer === v.u.buffer);
			const s = new Response("x").body, t = structuredClone(s, {transfer: [s]}); console.log(s.locked, t.locked, await new Response(t).text());
			for (const x of [[{}], [u.buffer], [v.u.buffer, v.u.buffer], [s]]) try { structuredClone(1, {transfer: x}) } catch (e) { console.log(e.name) }`,
			"0 3 1 true\ntrue false x\nDataCloneError\nDataCloneError\nDataCloneError\nDataCloneError"},
		{"what every event, and location, has of its own", `console.log(JSON.stringify(new Event("x")), Object.keys(location).includes("href"), JSON.parse(JSON.stringify(location)).pathname, Object.getOwnPropertyDescriptor(location, "href").configurable)`,
			`{"isTrusted":false} true /dir/page false`},
		{"PromiseRejectionEvent needs a promise", `try { new PromiseRejectionEvent("x", {}) } catch (e) { console.log(e.name) } console.log(new PromiseRejectionEvent("x", {promise: 5}).promise instanceof Promise)`, "TypeError\ntrue"},
		{"functions of the global object want it for their this", `for (const f of [setTimeout, clearTimeout, queueMicrotask, structuredClone, atob, btoa, reportError]) try { f.call({}, "x"); console.log(f.name) } catch (e) { if (!(e instanceof TypeError)) console.log(e) }
			const api = {fetch}; await api.fetch("/dir/text").catch((e) => console.log(String(e))); console.log(await (await fetch.call(window, "/dir/text")).text(), await (await (0, fetch)("/dir/text")).text())`,
			"TypeError: Failed to execute 'fetch': Illegal invocation\nown text own text"},
		{"single bytes without a letter are control characters", `console.log(escape(new TextDecoder("windows-1252", {fatal: true}).decode(new Uint8Array([0x80, 0x81]))), escape(new TextDecoder("iso-8859-8-i").decode(new Uint8Array([0x80, 0xa1]))))`, "%u20AC%81 %80%uFFFD"},
		{"multipart forms as others write them", `const text = ["--B", "Content-Type: text/x", 'content-disposition: form-data; filename="a;b.txt"; name=f', "", "x", "--B", "Content-Disposition: form-data; name=\"b\"", "", "\ufeffy", "--B--", ""].join("\r\n");
			const form = await new Response(text, {headers: {"content-type": "multipart/form-data; boundary=B"}}).formData(), f = form.get("f"); console.log(f.name, f.type, await f.text(), form.get("b").charCodeAt(0), form.get("b").length);
			const again = new FormData(); again.append("a", "b"); console.log((await new Response(await new Response(again).blob()).formData()).get("a"))`,
			"a;b.txt text/x x 65279 2\nb"},
		{"storage", `localStorage.setItem("a", 1); localStorage.b = {}; console.log(localStorage.a, localStorage.length, JSON.stringify(localStorage), localStorage.getItem("c"), localStorage.c, "b" in localStorage, delete localStorage.b, Object.keys(localStorage).join(), sessionStorage.length, localStorage instanceof Storage, localStorage.key(0), localStorage.key(1));
			localStorage.clear(); try { localStorage.big = "x".repeat(6e6) } catch (e) { console.log(e.name) }`,
			`1 2 {"a":"1","b":"[object Object]"} null undefined true true a 0 true a null` + "\nQuotaExceededError"},
		{"marks and measures", `performance.mark("a", {startTime: 5}); console.log(performance.measure("m", {start: "a", end: 12}).duration, performance.getEntriesByType("mark")[0].name, String(performance)); try { performance.measure("m", "none") } catch (e) { console.log(e.name) }`,
			"7 a [object Performance]\nSyntaxError"},
		{"randomness", `console.log(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()), crypto.getRandomValues(new Uint8Array(8)).length)`, "true 8"},
		{"time", `const a = performance.now(); for (let i = 0; i < 1e4; i++) ; console.log(performance.now() >= a, Math.abs(performance.timeOrigin + a - Date.now()) < 1000)`, "true true"},
		{"members of classes are enumerable and tagged", `const k = []; for (const x in new AbortController()) k.push(x); console.log(k.join(), String(new Headers()), Object.keys(globalThis).includes("Headers"), "Headers" in globalThis)`,
			"signal,abort [object Headers] false true"},
		{"methods want their own kind of object", `try { Headers.prototype.get.call({}, "a") } catch (e) { console.log(e.name) } await Response.prototype.text.call({}).catch((e) => console.log(e.name))`, "TypeError\nTypeError"},
	})
}

func TestConsole(t *testing.T) {
	runSnippets(t, Config{}, []snippet{
		{"formats", `console.log("%s %d %i %f %j %o %% %c!", "a", 1.5, "2", 3.5, 1)`, "a 1 2 3.5 %j 1 % %c!"},
		{"values", `console.log([1, , "x"], {a: {b: {c: {d: {e: {f: 1}}}}}}, null, undefined, -0, 1n, Symbol("s"), () => 1, class K {}, /r/g)`,
			"[1, <empty>, 'x'] { a: { b: { c: { d: { e: [Object] } } } } } null undefined -0 1n Symbol(s) [Function (anonymous)] [class K] /r/g"},
		{"what is circular, and getters are not called", `const o = {get g() { throw 1 }}; o.o = o; console.log(o)`, "{ g: [Getter], o: [Circular] }"},
		{"long values over several lines", `console.log({first: "x".repeat(40), second: "y".repeat(40)})`, "{\n  first: '" + x40 + "',\n  second: '" + y40 + "'\n}"},
		{"errors", `console.log(new TypeError("m").message, [new Error("n")])`, "m [[Error: n]]"},
		{"groups and counts", `console.group("g"); console.log("in\nside"); console.groupEnd(); console.count(); console.count(); console.countReset(); console.count("z")`, "g\n  in\n  side\ndefault: 1\ndefault: 2\nz: 1"},
		{"a table of more rows than anybody reads", `console.table(Array.from({length: 100000}, (_, i) => i < 1000 ? "" : {late: 1}))`, "(index)  Values\n" + tableLines(1000, "''") + "... 99000 more rows"},
		{"a table of more columns", `console.table([Object.fromEntries(Array.from({length: 101}, (_, i) => ["c" + i, 1]))], null)`, tableHead(100) + "\n... and columns behind the first 100"},
		{"the columns of a table, in their order", `console.table([{a: 1, b: 2}, {b: {c: 1}}, 3], ["b", "none", "a"])`, "(index)  b         none  a  Values\n0        2               1\n1        { c: 1 }\n2                           3"},
		{"a cell of a table is one line", `console.table([[{ a: "y".repeat(80) }], ["z".repeat(201)]])`, "(index)  0\n0        { a: '" + strings.Repeat("y", 80) + "' }\n1        '" + strings.Repeat("z", 196) + "..."},
		{"tables", `console.table([{a: 1, b: "x"}, {a: 22}])`, "(index)  a   b\n0        1   'x'\n1        22"},
	})
	t.Run("error, warn and failed assertions are not on standard output", func(t *testing.T) {
		got, err := output(t, Config{}, `console.error(1); console.warn(2); console.assert(false, "x"); console.trace()`)
		if err != nil || got != "" {
			t.Errorf("got %q, %v", got, err)
		}
	})
}

const (
	x40 = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	y40 = "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
)

func tableLines(n int, value string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%-7d  %s\n", i, value)
	}
	return b.String()
}

func tableHead(columns int) string {
	head, row := "(index)", "0      "
	for i := range columns {
		name := fmt.Sprint("c", i)
		head += "  " + name
		row += fmt.Sprintf("  %-*d", len(name), 1)
	}
	return head + "\n" + strings.TrimRight(row, " ")
}
