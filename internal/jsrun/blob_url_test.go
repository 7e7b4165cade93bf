package jsrun

import "testing"

// A URL that was parsed keeps what it named; a text that is parsed again does not. Chromium 156 and Firefox 153 ESR give the same, 2026-11-22.
func TestBlobURLsThatAreRevokedBeforeTheFetch(t *testing.T) {
	const made = `const u = URL.createObjectURL(new Blob(["inside"], {type: "text/x"})), revoke = () => URL.revokeObjectURL(u), say = async (f) => console.log(await f.then((r) => r.text(), (e) => e.message));`
	const sent = `const send = (x) => new Promise((f) => { x.onload = () => f(x.responseText); x.onerror = () => f("error"); x.send() });`
	runSnippets(t, Config{}, []snippet{
		{"a Request keeps what its URL named", made + `const r = new Request(u); revoke(); await say(fetch(r)); await say(fetch(r))`, "inside\ninside"},
		{"also a task later", made + `const r = new Request(u); revoke(); await new Promise((f) => setTimeout(f, 1)); await say(fetch(r))`, "inside"},
		{"and gives it to its clones", made + `const r = new Request(u), c = r.clone(); revoke(); await say(fetch(c)); await say(fetch(r.clone()))`, "inside\ninside"},
		{"and to requests made of it", made + `const r = new Request(u); revoke(); await say(fetch(new Request(r, {headers: {a: "b"}}))); await say(fetch(r, {headers: {Range: "bytes=1-2"}}))`, "inside\nns"},
		{"a fragment does not matter", made + `const r = new Request(u + "#f"); revoke(); await say(fetch(r))`, "inside"},
		{"the Request's URL as a text is parsed again", made + `const r = new Request(u); revoke(); await say(fetch(r.url))`, "Failed to fetch"},
		{"so is the answer's", made + `const r = await fetch(u); revoke(); await say(fetch(r.url)); await say(Promise.resolve(r))`, "Failed to fetch\ninside"},
		{"so is a URL object", made + `const r = new URL(u); revoke(); await say(fetch(r))`, "Failed to fetch"},
		{"a Request that comes too late has nothing", made + `revoke(); await say(fetch(new Request(u)))`, "Failed to fetch"},
		{"POST does not read it", made + `const r = new Request(u, {method: "POST"}); revoke(); await say(fetch(r))`, "Failed to fetch"},
		{"fetch() takes it at once", made + `const p = fetch(u, {cache: "no-store"}); revoke(); await say(p)`, "inside"},
		{"an XMLHttpRequest keeps what open() parsed", made + sent + `const x = new XMLHttpRequest(); x.open("GET", u); revoke(); console.log(await send(x))`, "inside"},
		{"also a synchronous one", made + `const x = new XMLHttpRequest(); x.open("GET", u, false); revoke(); x.send(); console.log(x.responseText)`, "inside"},
		{"open() parses again", made + sent + `const x = new XMLHttpRequest(); x.open("GET", u); revoke(); x.open("GET", u); console.log(await send(x))`, "error"},
	})
}

// What no Request holds any more is given back: the engine tells of it when it collects its garbage.
func TestWhatGarbageHeldOfBlobURLsIsGivenBack(t *testing.T) {
	page := newPage(t, "https://app.example.com/", world)
	r, err := newRun(t.Context(), Config{Page: page})
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	r.start(`const kept = new Request(URL.createObjectURL(new Blob(["123"])));
		for (let i = 0; i < 1000; i++) new Request(URL.createObjectURL(new Blob(["12345"])));
		globalThis.rest = Array.from({length: 200000}, (_, i) => ({i}));
		setTimeout(() => kept)`, "t.js")
	r.loopUntilIdle()
	if err := r.result(); err != nil {
		t.Fatal(err)
	}
	if e := r.blobEntries; e.last != 1001 || len(e.byID) > 500 || e.byID[1] == nil || e.size != 3+5*int64(len(e.byID)-1) {
		t.Errorf("%d of %d are kept, %d bytes", len(e.byID), e.last, e.size)
	}
}

func TestURLsThatAreTooLong(t *testing.T) {
	runSnippets(t, Config{}, []snippet{
		{"a data: URL of a megabyte is none of them", `const r = await fetch("data:text/plain," + "a".repeat(1 << 20)); console.log((await r.text()).length, r.url.length, new URL("data:," + "b".repeat(1 << 20)).pathname.length)`, "1048576 1048592 1048577"},
		{"a data: URL says which bound", `await fetch("data:," + "a".repeat(1 << 25)).catch((e) => console.log(e.name, e.message.replace(/aa+/, "a")))`,
			`TypeError the URL "data:,a..." is longer than 33554432 bytes: browsers take longer ones; put what is long behind a blob: URL, or on a server`},
		{"so does any other", `await fetch("/" + "a".repeat(1 << 15)).catch((e) => console.log(e.name, e.message.replace(/aa+/, "a")))`,
			`TypeError the URL "/a..." is longer than 32768 bytes: browsers take longer ones, but few servers do; send what is long as the body of a POST`},
		{"for every class", `const u = "https://a.example/" + "a".repeat(1 << 15); for (const f of [() => new URL(u), () => new Request(u), () => new XMLHttpRequest().open("GET", u), () => Response.redirect(u)]) try { f() } catch (e) { console.log(e.name, e.message.includes("is longer than 32768 bytes")) }`,
			"TypeError true\nTypeError true\nSyntaxError true\nTypeError true"},
		{"what is no URL is repeated in part", `try { new Request("https://a b/" + "c".repeat(2000)) } catch (e) { console.log(e.message.length, e.message.slice(-22)) }`, "246 c... (2012 characters)"},
	})
}
