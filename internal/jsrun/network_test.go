package jsrun

import (
	"slices"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
)

func TestFetch(t *testing.T) {
	runSnippets(t, Config{}, []snippet{
		{"the page's own origin, by a relative URL",
			`const r = await fetch("text"); console.log(r.type, r.status, r.ok, r.url, r.redirected, r.bodyUsed, await r.text(), r.bodyUsed)`,
			"basic 200 true https://app.example.com/dir/text false false own text true"},
		{"another origin that lets the page in", `const r = await fetch("https://api.example.com/x"); console.log(r.type, r.headers.get("x-seen"), r.headers.get("x-hidden"), await r.text())`,
			`cors GET cookie="" null body=`},
		{"another origin that does not", `await fetch("https://api.example.com/closed").catch((e) => console.log(e instanceof TypeError, e.message))`,
			"true Failed to fetch"},
		{"no-cors gets an opaque answer", `const r = await fetch("https://api.example.com/closed", {mode: "no-cors"}); console.log(r.type, r.status, r.body, (await r.text()).length)`,
			"opaque 0 null 0"},
		{"a host that does not exist", `await fetch("https://nowhere.example/").catch((e) => console.log(String(e)))`, "TypeError: Failed to fetch"},
		{"a redirect is followed, or seen", `const a = await fetch("/redirect"); console.log(a.redirected, a.url); const b = await fetch("/redirect", {redirect: "manual"}); console.log(b.type, b.status, b.url)`,
			"true https://app.example.com/dir/text\nopaqueredirect 0 https://app.example.com/redirect"},
		{"cookies with credentials", `await fetch("https://api.example.com/login", {credentials: "include"}); console.log((await fetch("https://api.example.com/", {credentials: "include"})).headers.get("x-seen"))`,
			`GET cookie="sid=7"`},
		{"a string body has a type", `console.log(await (await fetch("/echo", {method: "post", body: "é"})).text())`, "POST|text/plain;charset=UTF-8|é"},
		{"a form body", `console.log(await (await fetch("/echo", {method: "PUT", body: new URLSearchParams({a: "1 2", b: "é"})})).text())`,
			"PUT|application/x-www-form-urlencoded;charset=UTF-8|a=1+2&b=%C3%A9"},
		{"bytes have no type, a blob its own", `console.log(await (await fetch("/echo", {method: "POST", body: new Uint8Array([104, 105])})).text(), await (await fetch("/echo", {method: "POST", body: new Blob(["x"], {type: "a/b"})})).text())`,
			"POST||hi POST|a/b|x"},
		{"JSON", `console.log((await (await fetch("/json")).json()).a[1])`, "2"},
		{"a content coding is undone", `console.log(await (await fetch("/gzip")).text())`, "unpacked unpacked unpacked "},
		{"no content is no body", `const r = await fetch("/empty"); console.log(r.status, r.body, JSON.stringify(await r.text()))`, `204 null ""`},
		{"a body is read as a stream, while it comes", `const r = (await fetch("/held")).body.getReader(); const d = new TextDecoder(); let s = d.decode((await r.read()).value); await fetch("/release");
			for (;;) { const {value, done} = await r.read(); if (done) break; s += "|" + d.decode(value) } console.log(s)`, "first;|second"},
		{"for await over a body", `let n = 0; for await (const c of (await fetch("/chunks")).body) n += c.length; console.log(n)`, "21"},
		{"a clone is read apart", `const a = await fetch("/json"), b = a.clone(); console.log((await a.text()) === (await b.text()), a.bodyUsed)`, "true true"},
		{"a clone is read when the other one is given up", `const a = await fetch("/chunks"), b = a.clone(); a.body.cancel(); console.log(a.bodyUsed, b.bodyUsed, await b.text())`, "true false chunk0;chunk1;chunk2;"},
		{"a body is read once", `const r = await fetch("/json"); await r.text(); await r.text().catch((e) => console.log(e.name))`, "TypeError"},
		{"a body that is cut short rejects", `const r = await fetch("/cut"); console.log(r.status); await r.text().catch((e) => console.log(e.name))`, "200\nTypeError"},
		{"headers of the answer cannot be changed, and Set-Cookie is not there",
			`const r = await fetch("/headers"); console.log([...r.headers.keys()].join(), r.headers.get("x-b")); try { r.headers.set("a", "b") } catch (e) { console.log(e.name) }`,
			"aa,ax,content-length,content-type,x-b 1, 2\nTypeError"},
		{"an abort before anything", `await fetch("/json", {signal: AbortSignal.abort()}).catch((e) => console.log(e.name))`, "AbortError"},
		{"an abort while waiting", `const c = new AbortController(); setTimeout(() => c.abort("why"), 5); await fetch("https://hang.example/", {signal: c.signal}).catch((e) => console.log(e))`, "why"},
		{"an abort in the middle of the body", `const c = new AbortController(); const r = await fetch("/stalls", {signal: c.signal}); const t = r.text(); setTimeout(() => c.abort(), 5); await t.catch((e) => console.log(e.name))`,
			"AbortError"},
		{"an abort in the middle of a stream", `const c = new AbortController(); const r = (await fetch("/stalls", {signal: c.signal})).body.getReader(); await r.read(); c.abort(); await r.read().catch((e) => console.log(e.name))`,
			"AbortError"},
		{"a time-out", `await fetch("https://hang.example/", {signal: AbortSignal.timeout(5)}).catch((e) => console.log(e.name))`, "TimeoutError"},
		{"any of several signals", `const c = new AbortController(); setTimeout(() => c.abort(), 5); await fetch("https://hang.example/", {signal: AbortSignal.any([AbortSignal.timeout(60000), c.signal])}).catch((e) => console.log(e.name)); console.log("end")`,
			"AbortError\nend"},
		{"a stream is given up", `const r = await fetch("/stalls"); await r.body.cancel(); console.log("cancelled")`, "cancelled"},
		{"a body that nobody reads does not keep the page alive", `await fetch("/stalls"); console.log("end")`, "end"},
		{"a blob URL that is revoked once it is asked for", `const u = URL.createObjectURL(new Blob(["x"])); const p = fetch(u); URL.revokeObjectURL(u); console.log(await (await p).text()); const y = URL.createObjectURL(new Blob(["sync"])), x = new XMLHttpRequest(); x.open("GET", y, false); x.send(); console.log(x.responseText)`,
			"x\nsync"},
		{"a data URL", `const r = await fetch("data:text/x,a%20b"); console.log(r.url, r.headers.get("content-type"), await r.text())`, "data:text/x,a%20b text/x a b"},
		{"a body that was aborted before it was read", `const c = new AbortController(), r = await fetch("text", {signal: c.signal}); c.abort("why"); await r.body.getReader().read().catch((e) => console.log(e))`, "why"},
		{"a beacon", `console.log(navigator.sendBeacon("https://api.example.com/beacon", "x"), navigator.sendBeacon("/x", "y".repeat(70000))); try { navigator.sendBeacon("data:,x") } catch (e) { console.log(e.name) }`,
			"true false\nTypeError"},
		{"integrity", `console.log(await (await fetch("text", {integrity: "sha256-VyNKZ1C/uZcV8IGPKFnalC6MDSoVOihdGtBYDaQxrz8="})).text()); await fetch("text", {integrity: "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}).catch((e) => console.log(e.name))`, "own text\nTypeError"},
		{"a blob URL", `const u = URL.createObjectURL(new Blob(["inside"], {type: "text/x"})); const r = await fetch(u); console.log(r.status, r.headers.get("content-type"), await r.text()); URL.revokeObjectURL(u); await fetch(u).catch((e) => console.log(e.name))`,
			"200 text/x inside\nTypeError"},
	})
}

func TestRequestsThatFetchRefuses(t *testing.T) {
	for _, c := range []struct{ name, arguments string }{
		{"no URL", `"https://"`},
		{"a URL with a password", `"https://u:p@api.example.com/"`},
		{"a method that is no token", `"/", {method: "A B"}`},
		{"a forbidden method", `"/", {method: "TRACE"}`},
		{"a body with GET", `"/", {body: "x"}`},
		{"a mode that does not exist", `"/", {mode: "relaxed"}`},
		{"mode navigate", `"/", {mode: "navigate"}`},
		{"a header name that is none", `"/", {headers: {"a b": "1"}}`},
		{"a header value that is none", `"/", {headers: {a: "1\n2"}}`},
		{"PUT in mode no-cors", `"/", {mode: "no-cors", method: "PUT"}`},
		{"only-if-cached from elsewhere", `"/", {cache: "only-if-cached"}`},
		{"a stream without duplex", `"/", {method: "POST", body: new ReadableStream()}`},
		{"a signal that is none", `"/", {signal: {}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := output(t, Config{}, `await fetch(`+c.arguments+`).then(() => console.log("sent"), (e) => console.log(e.name))`)
			if err != nil || got != "TypeError" {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestForbiddenHeadersAreDropped(t *testing.T) {
	runSnippets(t, Config{}, []snippet{
		{"of a request", `console.log([...new Request("/", {headers: {Cookie: "a=1", Host: "x", "Sec-Fetch-Mode": "y", "X-Mine": "1"}}).headers].join("|"))`, "x-mine,1"},
		{"method overrides to forbidden methods", `console.log([...new Request("/", {headers: {"X-HTTP-Method": "TRACE", "X-HTTP-Method-Override": "PUT"}}).headers].join("|"))`,
			"x-http-method-override,PUT"},
		{"of a response", `console.log([...new Response("", {headers: {"Set-Cookie": "a=1", "X-Mine": "1"}}).headers.keys()].join("|"))`, "content-type|x-mine"},
		{"of mode no-cors, a Headers object's together and an array's one by one", `const long = ["a", "b"].map((c) => ["Accept-Language", c.repeat(100)]);
			for (const headers of [new Headers(long), long]) console.log([...new Request("/", {mode: "no-cors", headers}).headers].join("|").length)`, "0\n116"},
		{"of mode no-cors", `console.log([...new Request("/", {mode: "no-cors", headers: {"Content-Type": "application/json", Accept: "a/b", "X-Mine": "1"}}).headers].join("|"))`, "accept,a/b"},
	})
}

func TestXMLHttpRequest(t *testing.T) {
	const log = `const x = new XMLHttpRequest(), seen = []; const note = (w) => (e) => seen.push(w + e.type + (e.type === "readystatechange" ? x.readyState : ""));
		for (const t of ["readystatechange", "loadstart", "progress", "load", "loadend", "error", "abort", "timeout"]) x.addEventListener(t, note(""));
		x.addEventListener("loadend", () => console.log(seen.join(" ")));`
	runSnippets(t, Config{}, []snippet{
		{"the events of an answer, in their order", log + `x.open("GET", "text"); x.send()`,
			"readystatechange1 loadstart readystatechange2 readystatechange3 progress readystatechange4 load loadend"},
		{"the events of a refusal", log + `x.open("GET", "https://api.example.com/closed"); x.send()`, "readystatechange1 loadstart readystatechange4 error loadend"},
		{"the events of an abort", log + `x.open("GET", "https://hang.example/"); x.send(); x.abort(); console.log(x.readyState, x.status)`,
			"readystatechange1 loadstart readystatechange4 abort loadend\n0 0"},
		{"the events of a time-out", log + `x.open("GET", "https://hang.example/"); x.timeout = 5; x.send()`, "readystatechange1 loadstart readystatechange4 timeout loadend"},
		{"a time-out in the middle of the body", log + `x.open("GET", "/stalls"); x.timeout = 1000; x.send()`,
			"readystatechange1 loadstart readystatechange2 readystatechange3 progress readystatechange4 timeout loadend"},
		{"the events of an upload", log + `for (const t of ["loadstart", "progress", "load", "loadend"]) x.upload.addEventListener(t, note("upload.")); x.open("POST", "/echo"); x.send("body")`,
			"readystatechange1 loadstart upload.loadstart upload.progress upload.load upload.loadend readystatechange2 readystatechange3 progress readystatechange4 load loadend"},
		{"a body that is cut short is an error", log + `x.open("GET", "/cut"); x.send()`,
			"readystatechange1 loadstart readystatechange2 readystatechange3 progress readystatechange4 error loadend"},
		{"synchronous", `const x = new XMLHttpRequest(); x.open("GET", "text", false); x.send(); console.log(x.readyState, x.status, x.statusText, x.responseText, x.responseURL)`,
			"4 200 OK own text https://app.example.com/dir/text"},
		{"synchronous and refused", `const x = new XMLHttpRequest(); x.open("GET", "https://api.example.com/closed", false); try { x.send() } catch (e) { console.log(e.name, x.readyState, x.status) }`,
			"NetworkError 4 0"},
		{"synchronous requests take no time-out and no type", `const x = new XMLHttpRequest(); x.timeout = 1; try { x.open("GET", "/", false) } catch (e) { console.log(e.name) }
			const y = new XMLHttpRequest(); y.open("GET", "/", false); try { y.responseType = "json" } catch (e) { console.log(e.name) }`, "InvalidAccessError\nInvalidAccessError"},
		{"response types", `const get = (type) => new Promise((done) => { const x = new XMLHttpRequest(); x.responseType = type; x.onload = () => done(x.response); x.open("GET", "/json"); x.send() });
			console.log((await get("json")).a.length, (await get("arraybuffer")).byteLength, (await get("blob")).type, await get("text"))`, `2 11 application/json {"a":[1,2]}`},
		{"the charset of the answer, and another one", `const x = new XMLHttpRequest(); x.open("GET", "/latin1", false); x.send(); console.log(x.responseText);
			x.open("GET", "/latin1", false); x.overrideMimeType("text/plain; charset=windows-1251"); x.send(); console.log(x.responseText)`, "café\ncafй"},
		{"all headers, sorted by upper-cased names, without Set-Cookie", `const x = new XMLHttpRequest(); x.open("GET", "/headers", false); x.send(); console.log(JSON.stringify(x.getAllResponseHeaders()), x.getResponseHeader("X-b"), x.getResponseHeader("Set-Cookie"))`,
			`"aa: second\r\nax: first\r\ncontent-length: 0\r\ncontent-type: text/plain\r\nx-b: 1, 2\r\n" 1, 2 null`},
		{"another origin's headers as far as they are exposed", `const x = new XMLHttpRequest(); x.open("GET", "https://api.example.com/", false); x.send(); console.log(x.getResponseHeader("x-hidden"), x.getResponseHeader("x-seen"))`,
			`null GET cookie=""`},
		{"withCredentials", `const x = new XMLHttpRequest(); x.withCredentials = true; x.open("GET", "https://api.example.com/login", false); x.send(); x.open("GET", "https://api.example.com/", false); x.send(); console.log(x.getResponseHeader("x-seen"))`,
			`GET cookie="sid=7"`},
		{"the charset of a text body is UTF-8 whatever the author says", `const x = new XMLHttpRequest(); x.open("POST", "/echo", false); x.setRequestHeader("Content-Type", "a/b; charset=latin1"); x.send("é"); console.log(x.responseText)`,
			"POST|a/b;charset=UTF-8|é"},
		{"responseXML is a tree to read", `const x = new XMLHttpRequest(); x.onload = () => { const d = x.responseXML; console.log(d.documentElement.localName, d.getElementsByTagName("item").length, d.documentElement.firstElementChild.getAttribute("id"), d.documentElement.textContent, x.responseXML === d) }; x.open("GET", "/xml"); x.send()`,
			"list 2 i1 onetwo true"},
		{"an HTML document, in the charset that it names", `const get = (type, ...parts) => new Promise((done) => { const x = new XMLHttpRequest(); x.responseType = "document"; x.onload = () => done(x);
			x.open("GET", URL.createObjectURL(new Blob(parts, { type }))); x.send() });
			let x = await get("text/html", "<meta charset='latin1'><title>caf", new Uint8Array([0xe9]), "</title><p>one<p id=b>two"); console.log(x.response instanceof Document, x.response === x.responseXML, x.response.title, x.response.querySelectorAll("p").length, x.response.getElementById("b").textContent);
			x = await get("text/html;charset=utf-8", "<meta http-equiv=content-type content='text/html; charset=latin1'>é"); console.log(x.response.body.textContent);
			x = await get("text/html", "<meta http-equiv=content-type content='text/html; charset=utf-16le'>é"); console.log(x.response.body.textContent);
			x = await get("text/xml", "<?xml version='1.0' encoding='latin1'?><a>", new Uint8Array([0xe9]), "</a>"); console.log(x.response.documentElement.textContent);
			x = await get("text/plain", "<p>"); console.log(x.response);
			x = new XMLHttpRequest(); x.open("GET", "data:text/html,<p>", false); x.send(); console.log(x.responseXML)`, "true true café 2 two\né\né\né\nnull\nnull"},
		{"an HTML document is at the answer's URL", `const x = new XMLHttpRequest(); x.responseType = "document"; x.overrideMimeType("text/html"); x.onload = () => { const d = x.response;
			console.log(d.URL, d.baseURI, document.URL); d.body.innerHTML = "<a href='b?c'>l</a>"; console.log(d.querySelector("a").href, d.querySelector("a").pathname); document.body.append(d.querySelector("a")); console.log(document.querySelector("a").href) };
			x.open("GET", "/json"); x.send()`, "https://app.example.com/json https://app.example.com/json https://app.example.com/dir/page?q=1#f\nhttps://app.example.com/b?c /b\nhttps://app.example.com/dir/b?c"},
		{"a document is sent as its markup, in UTF-8", `const send = (d, type) => { const x = new XMLHttpRequest(); x.open("POST", "/echo", false); if (type) x.setRequestHeader("Content-Type", type); x.send(d); return x.responseText };
			const d = document.implementation.createHTMLDocument("é"), xml = new DOMParser().parseFromString("<a><b>1</b></a>", "text/xml");
			console.log(send(d)); console.log(send(xml)); console.log(send(xml, "a/b;charset=latin1")); console.log(send(document.body))`,
			"POST|text/html;charset=UTF-8|<html><head><title>é</title></head><body></body></html>\nPOST|application/xml;charset=UTF-8|<a><b>1</b></a>\nPOST|a/b;charset=UTF-8|<a><b>1</b></a>\nPOST|text/plain;charset=UTF-8|[object HTMLBodyElement]"},
		{"what is not XML has none", `const x = new XMLHttpRequest(); x.open("GET", "/json", false); x.send(); console.log(x.responseXML)`, "null"},
		{"mistakes", `const x = new XMLHttpRequest(), fails = (f) => { try { f() } catch (e) { return e.name } };
			console.log(fails(() => x.send()), fails(() => x.setRequestHeader("a", "b")), fails(() => x.open("A B", "/")), fails(() => x.open("TRACE", "/")), fails(() => x.open("GET", "https://")), fails(() => x.open("GET")))`,
			"InvalidStateError InvalidStateError SyntaxError SecurityError SyntaxError TypeError"},
	})
}

func TestPreflightsOfXMLHttpRequest(t *testing.T) {
	preflights.take()
	for _, c := range []struct {
		name, source string
		want         []string
	}{
		{"a simple POST has none", `x.send("a")`, nil},
		{"a listener on upload forces one", `x.upload.onprogress = () => {}; x.send("a")`, []string{"POST "}},
		{"a listener on the object itself does not", `x.onprogress = () => {}; x.send("a")`, nil},
		{"a header that is not safelisted needs one", `x.setRequestHeader("X-Asked", "1"); x.send("a")`, []string{"POST x-asked"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := output(t, Config{}, `const x = new XMLHttpRequest(); x.open("POST", "https://api.example.com/"); x.onerror = () => { throw new Error("blocked") };`+c.source)
			if got := preflights.take(); err != nil || !slices.Equal(got, c.want) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestTracesAndBlockedFetchesAreTold(t *testing.T) {
	var traces, blocked []string
	c := Config{
		OnTrace: func(t *fetch.Trace) { traces = append(traces, t.Request.URL+" "+string(t.Outcome.Type)) },
		OnBlocked: func(method, url string, reason fetch.Reason) {
			blocked = append(blocked, method+" "+url+" "+string(reason.Code))
		},
	}
	_, err := output(t, c, `await fetch("text"); await fetch("https://api.example.com/closed").catch(() => {});
		const x = new XMLHttpRequest(); x.open("PUT", "https://api.example.com/closed", false); try { x.send() } catch {}`)
	if err != nil {
		t.Error(err)
	}
	if want := []string{"https://app.example.com/dir/text basic", "https://api.example.com/closed error", "https://api.example.com/closed error"}; !slices.Equal(traces, want) {
		t.Errorf("traces %q", traces)
	}
	if want := []string{"GET https://api.example.com/closed allow-origin-missing", "PUT https://api.example.com/closed allow-origin-missing"}; !slices.Equal(blocked, want) {
		t.Errorf("blocked %q", blocked)
	}
}

func TestSynchronousRequestsOfAPageThatGaveThemUp(t *testing.T) {
	const source = `const x = new XMLHttpRequest(); x.open("GET", "text", false);
		try { x.send(); console.log(x.responseText) } catch (e) { console.log(e instanceof DOMException, e.name, e.code, x.readyState, x.status) }`
	for _, c := range []struct {
		name    string
		policy  string
		profile fetch.Profile
		worker  bool
		want    string
	}{
		{"no word of it", "camera=()", fetch.Profile{}, false, "own text"},
		{"given up", "sync-xhr=()", fetch.Profile{}, false, "true NetworkError 19 4 0"},
		{"Chromium as the standard", "sync-xhr=()", fetch.Chromium(), false, "true NetworkError 19 4 0"},
		{"Firefox does not read the policy", "sync-xhr=()", fetch.Firefox(), false, "own text"},
		{"nor does WebKit", "sync-xhr=()", fetch.WebKit(), false, "own text"},
		{"a worker may", "sync-xhr=()", fetch.Profile{}, true, "own text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: world, Profile: c.profile})
			if err != nil {
				t.Fatal(err)
			}
			page, err := agent.NewPage(fetch.PageConfig{URL: "https://app.example.com/dir/page", PermissionsPolicy: []string{c.policy}})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := output(t, Config{Page: page, Worker: c.worker}, source); err != nil || got != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestSynchronousRequestsThatFail(t *testing.T) {
	const source = `for (const url of ["https://api.example.com/closed", "https://nowhere.example/"]) { const x = new XMLHttpRequest(), told = [];
		for (const type of ["readystatechange", "error", "load", "loadend"]) x.addEventListener(type, () => told.push(type + x.readyState), false);
		x.open("GET", url, false); told.length = 0;
		try { x.send() } catch (e) { told.push(e.name) } console.log(told.join(), x.readyState, x.status) }`
	for _, c := range []struct {
		name    string
		profile fetch.Profile
		want    string
	}{
		{"the standard throws", fetch.Profile{}, "NetworkError 4 0\nNetworkError 4 0"},
		{"Chromium does so", fetch.Chromium(), "NetworkError 4 0\nNetworkError 4 0"},
		{"Firefox fires events before, where a rule stopped the request", fetch.Firefox(), "readystatechange4,error4,loadend4,NetworkError 4 0\nNetworkError 4 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: world, Profile: c.profile})
			if err != nil {
				t.Fatal(err)
			}
			page, err := agent.NewPage(fetch.PageConfig{URL: "https://app.example.com/dir/page"})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := output(t, Config{Page: page}, source); err != nil || got != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

// TestRequestStreamsByBrowser: what was seen in Chromium 156, Firefox 153 ESR and WebKitGTK 2.50 on 2026-11-22.
func TestRequestStreamsByBrowser(t *testing.T) {
	for name, want := range map[string]string{
		"spec": "null true true half TypeError", "chromium": "null true true half TypeError",
		"firefox": "text/plain;charset=UTF-8 false false undefined POST|text/plain;charset=UTF-8|[object ReadableStream]",
		"webkit":  "null true false undefined NotSupportedError",
	} {
		t.Run(name, func(t *testing.T) {
			profile := map[string]fetch.Profile{"spec": {}, "chromium": fetch.Chromium(), "firefox": fetch.Firefox(), "webkit": fetch.WebKit()}[name]
			agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: world, Profile: profile})
			if err != nil {
				t.Fatal(err)
			}
			page, err := agent.NewPage(fetch.PageConfig{URL: "https://app.example.com/"})
			if err != nil {
				t.Fatal(err)
			}
			got, err := output(t, Config{Page: page}, `const body = () => new Blob(["x"]).stream(), init = () => ({method: "POST", body: body(), duplex: "half"});
				const r = new Request("/echo", init());
				const answer = await fetch("/echo", init()).then((r) => r.text(), (e) => e.name);
				console.log(r.headers.get("content-type"), "body" in r, "duplex" in r, r.duplex, answer, await new Response(body()).text() === "x" ? "" : "no stream of an answer")`)
			if err != nil || strings.TrimRight(got, " ") != want {
				t.Errorf("got %s, want %s, error %v", got, want, err)
			}
		})
	}
}

func TestTargetAddressSpaceIsAnOptionOfChromium(t *testing.T) {
	for name, c := range map[string]struct {
		profile fetch.Profile
		want    string
	}{"chromium": {fetch.Chromium(), "TypeError"}, "the standard": {fetch.Profile{}, "200"}} {
		t.Run(name, func(t *testing.T) {
			agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: world, Profile: c.profile})
			if err != nil {
				t.Fatal(err)
			}
			page, err := agent.NewPage(fetch.PageConfig{URL: "https://app.example.com/dir/page"})
			if err != nil {
				t.Fatal(err)
			}
			const source = `for (const space of ["loopback", "private", "unknown"]) await fetch("/json", {targetAddressSpace: space});
				console.log(await fetch("/json", {targetAddressSpace: "bogus"}).then((r) => r.status, (e) => e.name))`
			if got, err := output(t, Config{Page: page}, source); err != nil || got != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

// In mode no-cors the guard of Headers drops a type that is not safelisted, and WebKit sends a body's own past it.
func TestTypesOfBodiesInModeNoCORS(t *testing.T) {
	const source = `const init = (extra) => ({mode: "no-cors", method: "POST", body: new Blob(["x"], {type: "a/b"}), ...extra});
		const asked = new Request("/echo", init()), say = async (...a) => console.log(await (await fetch(...a)).text());
		console.log(asked.headers.get("Content-Type")); await say(asked); await say("/echo", init());
		await say("/echo", init({headers: {"Content-Type": "text/plain"}})); await say("/echo", init({mode: "cors"}));
		await say(new Request(new Request("/echo", init()), {body: "text", method: "POST"}))`
	const text = "POST|text/plain;charset=UTF-8|text"
	for _, c := range []struct {
		name    string
		profile fetch.Profile
		want    string
	}{
		{"the standard", fetch.Profile{}, "null\nPOST||x\nPOST||x\nPOST|text/plain|x\nPOST|a/b|x\n" + text},
		{"Chromium", fetch.Chromium(), "null\nPOST||x\nPOST||x\nPOST|text/plain|x\nPOST|a/b|x\n" + text},
		{"WebKit", fetch.WebKit(), "null\nPOST|a/b|x\nPOST|a/b|x\nPOST|text/plain|x\nPOST|a/b|x\n" + text},
	} {
		t.Run(c.name, func(t *testing.T) {
			agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: world, Profile: c.profile})
			if err != nil {
				t.Fatal(err)
			}
			page, err := agent.NewPage(fetch.PageConfig{URL: "https://app.example.com/dir/page"})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := output(t, Config{Page: page}, source); err != nil || got != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}
