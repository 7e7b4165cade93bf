package jsrun

import "testing"

// TestByteStreams: web-platform-tests, streams/readable-byte-streams at c28ef1fae92b pass too, but for six subtests that hold to an older text.
func TestByteStreams(t *testing.T) {
	const text = `const text = (b) => new TextDecoder().decode(b);`
	runSnippets(t, Config{}, []snippet{
		{"a body is read into one's own buffer", text + `const r = (await fetch("text")).body.getReader({mode: "byob"}); let buffer = new ArrayBuffer(4), all = "";
			for (;;) { const {value, done} = await r.read(new Uint8Array(buffer)); buffer = value.buffer; if (done) break; all += text(value) } console.log(all, buffer.byteLength)`, "own text 4"},
		{"as many bytes as are wanted", text + `const r = new Response("0123456789").body.getReader({mode: "byob"});
			console.log(text((await r.read(new Uint8Array(6), {min: 6})).value), (await r.read(new Uint8Array(6))).value.length, (await r.read(new Uint8Array(2))).done)`, "012345 4 true"},
		{"a Blob's stream", text + `const r = new Blob(["ab", "cd"]).stream().getReader({mode: "byob"}); const v = (await r.read(new DataView(new ArrayBuffer(9), 2, 3))).value;
			console.log(v instanceof DataView, v.byteOffset, v.byteLength, v.buffer.byteLength, text(v))`, "true 2 3 9 abc"},
		{"the buffer is the stream's while it reads, and the old view is empty", `const mine = new Uint8Array(4), r = new Blob(["abcd"]).stream().getReader({mode: "byob"});
			const p = r.read(mine); console.log(mine.length, mine.buffer.detached); console.log((await p).value.length)`, "0 true\n4"},
		{"tee gives two streams of bytes", text + `const [a, b] = (await fetch("text")).body.tee(); const one = await new Response(a).text(), r = b.getReader({mode: "byob"});
			console.log(one, text((await r.read(new Uint8Array(99))).value), (await r.read(new Uint8Array(1))).done)`, "own text own text true"},
		{"a change to one branch of a tee is not seen in the other", `const [a, b] = new Blob(["ab"]).stream().tee(), x = (await a.getReader().read()).value; x[0] = 0;
			console.log((await b.getReader().read()).value[0])`, "97"},
		{"a clone's body too", `const r = await fetch("text"), c = r.clone(); console.log(await r.text(), (await c.body.getReader({mode: "byob"}).read(new Uint8Array(3))).value.length)`, "own text 3"},
		{"async iteration", text + `let all = ""; for await (const c of (await fetch("text")).body) all += text(c); console.log(all)`, "own text"},
		{"leaving the iteration cancels", `const r = await fetch("text"); for await (const c of r.body) break; console.log(r.bodyUsed, r.body.locked, (await r.body.getReader().read()).done)`, "true false true"},
		{"cancel gives waiting readers nothing", `let reason; const r = new ReadableStream({type: "bytes", cancel(x) { reason = x }}).getReader({mode: "byob"});
			const p = r.read(new Uint8Array(3)); await r.cancel("enough"); console.log((await p).value, (await p).done, reason)`, "undefined true enough"},
		{"a source fills the reader's buffer", text + `const s = new ReadableStream({type: "bytes", pull(c) { const v = c.byobRequest.view; v.set([104, 105]); c.byobRequest.respond(2) }});
			console.log(text((await s.getReader({mode: "byob"}).read(new Uint8Array(5))).value))`, "hi"},
		{"or one that the stream allocates", `const s = new ReadableStream({type: "bytes", autoAllocateChunkSize: 16, pull(c) { c.byobRequest.view[0] = 7; c.byobRequest.respond(1) }});
			const {value} = await s.getReader().read(); console.log(value.length, value[0], value.buffer.byteLength)`, "1 7 16"},
		{"or with a view of its own", `const s = new ReadableStream({type: "bytes", pull(c) { const v = c.byobRequest.view, b = v.buffer.transfer(); new Uint8Array(b)[0] = 9;
			c.byobRequest.respondWithNewView(new Uint8Array(b, 0, 1)) }}); console.log((await s.getReader({mode: "byob"}).read(new Uint8Array(3))).value[0])`, "9"},
		{"half an element waits for the other half", `let c; const s = new ReadableStream({type: "bytes", start(x) { c = x }}), r = s.getReader({mode: "byob"}), p = r.read(new Uint16Array(2));
			c.enqueue(new Uint8Array([1])); c.enqueue(new Uint8Array([1, 5])); const v = (await p).value; console.log(v.length, v[0], c.desiredSize)`, "1 257 -1"},
		{"a reader that is released leaves what it was given to the next", text + `let c; const s = new ReadableStream({type: "bytes", start(x) { c = x }}), r = s.getReader({mode: "byob"});
			const p = r.read(new Uint8Array(4)).catch((e) => e.name); r.releaseLock(); c.enqueue(new Uint8Array([65])); console.log(await p, text((await s.getReader().read()).value))`, "TypeError A"},
		{"a request's stream of bytes is sent", `const body = new ReadableStream({type: "bytes", start(c) { c.enqueue(new Uint8Array([97])); c.close() }});
			console.log(await new Request("/", {method: "POST", body, duplex: "half"}).text())`, "a"},
		{"mistakes", `const fails = (f) => { try { f(); return "none" } catch (e) { return e.name } }, s = () => new Blob(["x"]).stream(), late = async (p) => p.then(() => "none", (e) => e.name);
			console.log(fails(() => new ReadableStream({type: "byte"})), fails(() => new ReadableStream({type: "bytes"}, {size() {}})), fails(() => new ReadableStream({type: "bytes", autoAllocateChunkSize: 0})),
			fails(() => new ReadableStream().getReader({mode: "byob"})), fails(() => s().getReader({mode: "x"})), await late(s().getReader({mode: "byob"}).read(new Uint8Array(0))),
			await late(s().getReader({mode: "byob"}).read(new Uint8Array(1), {min: 2})), await late(s().getReader({mode: "byob"}).read("x")),
			fails(() => { let c; new ReadableStream({type: "bytes", start(x) { c = x }}); c.enqueue(new Uint8Array(0)) }))`,
			"TypeError RangeError TypeError TypeError TypeError TypeError RangeError TypeError TypeError"},
		{"an error reaches whoever waits", `let c; const s = new ReadableStream({type: "bytes", start(x) { c = x }}), p = s.getReader({mode: "byob"}).read(new Uint8Array(1)).catch((e) => e);
			c.error("broken"); console.log(await p, c.byobRequest)`, "broken null"},
	})
}
