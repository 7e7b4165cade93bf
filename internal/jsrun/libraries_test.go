package jsrun

import (
	"testing"
	"time"
)

// TestScriptsInTheMannerOfLibraries: small scripts that look for features, load, sign, poll and stream as the libraries do that pages use
// for their requests. Each shows which of its ways it took.
func TestScriptsInTheMannerOfLibraries(t *testing.T) {
	for _, c := range []struct {
		name, script, want string
		module             bool
	}{
		{name: "a universal module that takes the page for a browser's", script: `(function (root, factory) {
				typeof exports === "object" && typeof module !== "undefined" ? module.exports = factory() : typeof define === "function" && define.amd ? define(factory) : (root = typeof globalThis !== "undefined" ? globalThis : root || self).client = factory();
			})(this, function () {
				"use strict";
				var standard = typeof window !== "undefined" && typeof document !== "undefined" && ["ReactNative", "NativeScript"].indexOf(typeof navigator !== "undefined" && navigator.product) < 0;
				var worker = typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope;
				return { standard: standard, worker: worker, xhr: typeof XMLHttpRequest !== "undefined" && "withCredentials" in new XMLHttpRequest() };
			});
			console.log(JSON.stringify(client), window.client === client);`, want: `{"standard":true,"worker":false,"xhr":true} true`},
		{name: "tests of a DOM library, in elements that are thrown away", script: `var docElem = document.documentElement, support = {};
			function assert(f) { var el = document.createElement("fieldset"); try { return !!f(el) } catch (e) { return false } finally { if (el.parentNode) el.parentNode.removeChild(el) } }
			support.getById = assert(function (el) { docElem.appendChild(el).id = "sizzle1"; return !document.getElementsByName("sizzle1").length });
			support.scope = assert(function () { document.querySelectorAll(":scope"); return true });
			support.has = !assert(function () { document.querySelector(":has(*,:jqfake)"); return true });
			support.clone = (function () { var d = document.createDocumentFragment().appendChild(document.createElement("div")), i = document.createElement("input"); i.setAttribute("type", "radio"); i.setAttribute("checked", "checked"); d.appendChild(i); return d.cloneNode(true).cloneNode(true).lastChild.checked })();
			support.html = (function () { var body = document.implementation.createHTMLDocument("").body; body.innerHTML = "<form></form><form></form>"; return body.childNodes.length === 2 })();
			support.cors = "withCredentials" in new XMLHttpRequest();
			console.log(JSON.stringify(support))`, want: `{"getById":true,"scope":true,"has":true,"clone":true,"html":true,"cors":true}`},
		{name: "what shall run when the document is ready does, however late it is asked for", script: `function ready(f) { if (document.readyState !== "loading") setTimeout(f); else { function done() { document.removeEventListener("DOMContentLoaded", done); removeEventListener("load", done); f() } document.addEventListener("DOMContentLoaded", done); addEventListener("load", done) } }
			ready(() => { console.log("ready", document.readyState); ready(() => console.log("again")) }); console.log("first")`, want: "first\nready interactive\nagain"},
		{name: "an adapter on XMLHttpRequest with a token from a cookie and a link for the origin", script: `document.cookie = "XSRF-TOKEN=tok";
			function origin(u) { const a = document.createElement("a"); a.setAttribute("href", u); a.setAttribute("href", a.href); return a.protocol.replace(/:$/, "") + "//" + a.host }
			function request(method, url, data) { return new Promise((resolve, reject) => { const x = new XMLHttpRequest(); x.open(method, url, true); x.timeout = 5000; const m = document.cookie.match(/(?:^|; )XSRF-TOKEN=([^;]*)/);
				if (m && origin(url) === origin(location.href)) x.setRequestHeader("X-XSRF-TOKEN", decodeURIComponent(m[1])); x.setRequestHeader("Content-Type", "application/json");
				x.onloadend = () => x.status ? resolve(x.getAllResponseHeaders().split("\r\n").filter(Boolean).length + " " + x.responseText) : reject(new Error("Network Error")); x.send(data ? JSON.stringify(data) : null) }) }
			console.log(await request("POST", "/echo", { a: 1 })); console.log(await request("GET", "https://api.example.com/closed").catch((e) => e.message))`,
			want: `2 POST|application/json|{"a":1}` + "\nNetwork Error"},
		{name: "a polyfill of fetch on XMLHttpRequest, with the page's own classes", script: `function polyfill(url, init) { return new Promise((resolve, reject) => { const request = new Request(url, init), x = new XMLHttpRequest();
				if (request.signal.aborted) return reject(new DOMException("Aborted", "AbortError")); x.onload = () => { const headers = new Headers(); x.getAllResponseHeaders().replace(/\r?\n[\t ]+/g, " ").split("\r").map((h) => h.startsWith("\n") ? h.slice(1) : h).forEach((line) => { const [k, ...v] = line.split(":"); if (k.trim()) headers.append(k.trim(), v.join(":").trim()) });
					setTimeout(() => resolve(new Response("response" in x ? x.response : x.responseText, { status: x.status, statusText: x.statusText, headers }))) };
				x.onerror = () => setTimeout(() => reject(new TypeError("Network request failed"))); x.open(request.method, request.url, true); x.withCredentials = request.credentials === "include"; x.responseType = "blob"; request.headers.forEach((v, k) => x.setRequestHeader(k, v));
				request.signal.addEventListener("abort", () => { x.abort(); reject(new DOMException("Aborted", "AbortError")) }); request.blob().then((b) => x.send(b.size ? b : null)) }) }
			const r = await polyfill("/echo", { method: "POST", body: new URLSearchParams({ a: 1 }) }); console.log(r.status, await r.text()); console.log(await polyfill("https://api.example.com/closed").catch((e) => e.message))`,
			want: "200 POST|application/x-www-form-urlencoded;charset=UTF-8|a=1\nNetwork request failed"},
		{name: "a client that tries again, with a time limit for each try", module: true, script: `const sleep = (ms) => new Promise((done) => setTimeout(done, ms)); let tries = 0;
			async function client(url, { retry, timeout }) { for (;;) { const user = new AbortController(), signal = AbortSignal.any([user.signal, AbortSignal.timeout(timeout)]); tries++;
				try { const r = await fetch(new Request(url, { signal })); if (!r.ok) throw Object.assign(new Error("status " + r.status), { response: r.clone() }); return r } catch (e) { if (tries > retry) throw e; await sleep(2 ** tries) } } }
			try { await client("https://hang.example/", { retry: 2, timeout: 20 }) } catch (e) { console.log(e.name, tries) }`, want: "TimeoutError 3"},
		{name: "events by a stream of fetch, with a header that EventSource could not send", module: true, script: `const r = await fetch("/chunks", { headers: { Authorization: "Bearer x", Accept: "text/event-stream" } }), reader = r.body.getReader(), decoder = new TextDecoder(); let buffer = "", seen = [];
			for (let x; !(x = await reader.read()).done;) { buffer += decoder.decode(x.value, { stream: true }); let at; while ((at = buffer.indexOf(";")) >= 0) { seen.push(buffer.slice(0, at)); buffer = buffer.slice(at + 1) } } console.log(seen.join())`, want: "chunk0,chunk1,chunk2"},
		{name: "a request that is signed step by step", module: true, script: `const text = new TextEncoder(), hex = (b) => [...new Uint8Array(b)].map((x) => x.toString(16).padStart(2, "0")).join("");
			const hmac = async (key, data) => crypto.subtle.sign("HMAC", await crypto.subtle.importKey("raw", typeof key === "string" ? text.encode(key) : key, { name: "HMAC", hash: { name: "SHA-256" } }, false, ["sign"]), text.encode(data));
			let key = "AWS4" + "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"; for (const part of ["20150830", "us-east-1", "iam", "aws4_request"]) key = await hmac(key, part); console.log(hex(key));
			console.log(await (await fetch("https://api.example.com/x", { method: "PUT", headers: { "X-Asked": hex(await crypto.subtle.digest("SHA-256", text.encode(""))) }, body: "" })).text())`,
			want: "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9\nbody="},
		{name: "a scheduler on a channel, as views use it", script: `const channel = new MessageChannel(), queue = []; channel.port1.onmessage = () => { const f = queue.shift(); f(); if (queue.length) channel.port2.postMessage(null); else channel.port1.close() };
			const schedule = (f) => { queue.push(f); if (queue.length === 1) channel.port2.postMessage(null) }; schedule(() => console.log("task 1")); schedule(() => console.log("task 2")); Promise.resolve().then(() => console.log("microtask"))`, want: "microtask\ntask 1\ntask 2"},
		{name: "a cache that hears when the page is seen and on line", script: `const heard = []; if (typeof window !== "undefined" && window.addEventListener) { window.addEventListener("visibilitychange", () => heard.push("seen"), false); window.addEventListener("online", () => heard.push("online"), false) }
			console.log(document.visibilityState !== "hidden", navigator.onLine !== false); document.dispatchEvent(new Event("visibilitychange", { bubbles: true })); window.dispatchEvent(new Event("online")); console.log(heard.join())`, want: "true true\nseen,online"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := output(t, Config{Module: c.module, Limits: Limits{Time: 30 * time.Second}}, c.script)
			if err != nil || got != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}
