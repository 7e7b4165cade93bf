package jsrun

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// TestLateParts: what a page has besides fetch, XMLHttpRequest and the document, as snippets and libraries use it.
func TestLateParts(t *testing.T) {
	runSnippets(t, Config{}, []snippet{
		{"they are as if they had been there", `const d = Object.getOwnPropertyDescriptor(window, "MessageChannel"); console.log("MessageChannel" in window, typeof MessageChannel, MessageChannel === window.MessageChannel, !!Object.getOwnPropertyDescriptor(window, "MessageChannel").value, Object.keys(window).includes("MessageChannel"))`,
			"true function true true false"},
		{"a script's own var of the name is the script's", `var history = 7; console.log(history, window.history)`, "7 7"},
		{"messages are cloned, and tasks", `const { port1, port2 } = new MessageChannel(), o = { a: [1] }; port1.onmessage = (e) => { console.log(e.data.a, e.data !== o, e instanceof MessageEvent); port1.close() };
			port2.postMessage(o); o.a = 0; Promise.resolve().then(() => console.log("first"))`, "first\n[1] true true"},
		{"a port that is not started keeps its messages", `const { port1, port2 } = new MessageChannel(); port2.postMessage(1); port1.addEventListener("message", (e) => console.log(e.data)); setTimeout(() => { console.log("then"); port1.start() }, 5)`, "then\n1"},
		{"what cannot be cloned is not sent", `try { new MessageChannel().port1.postMessage(() => 1) } catch (e) { console.log(e.name) }`, "DataCloneError"},
		{"a window posts to itself", `onmessage = (e) => console.log(e.data, e.origin, e.source === window); postMessage(1, "*"); postMessage(2, location.origin); postMessage(3, "https://other.example"); try { postMessage(4, "no URL") } catch (e) { console.log(e.name) }`,
			"SyntaxError\n1 https://app.example.com true\n2 https://app.example.com true"},
		{"history keeps a state, and says what it cannot do", `history.replaceState({ a: 1 }, ""); history.pushState({ a: 2 }, "", location.href); console.log(history.state.a, history.length); try { history.pushState(0, "", "?page=2") } catch (e) { console.log(e.name, e.message) }
			try { history.pushState(0, "", "https://other.example/") } catch (e) { console.log(e.name) }`,
			"2 1\nNotSupportedError corscope run cannot change the page's URL to https://app.example.com/dir/page?page=2: run the script with --url\nSecurityError"},
		{"a WebSocket fails as one whose server is away", `const s = new WebSocket("/x"); console.log(s.url, s.readyState); try { s.send("x") } catch (e) { console.log(e.name) } s.onerror = (e) => console.log(e.type); s.onclose = (e) => console.log(e.type, e.code, e.wasClean, s.readyState)`,
			"wss://app.example.com/x 0\nInvalidStateError\nerror\nclose 1006 false 3"},
		{"SHA-256", `const b = await crypto.subtle.digest("SHA-256", new TextEncoder().encode("abc")); console.log(b instanceof ArrayBuffer, new Uint8Array(b).toHex())`, "true ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"all digests have their lengths", `for (const h of ["SHA-1", "sha-256", { name: "SHA-384" }, "SHA-512"]) console.log((await crypto.subtle.digest(h, new Uint8Array())).byteLength)`, "20\n32\n48\n64"},
		{"HMAC", `const e = new TextEncoder(), k = await crypto.subtle.importKey("raw", e.encode("Jefe"), { name: "HMAC", hash: "SHA-256" }, true, ["sign", "verify"]);
			const s = await crypto.subtle.sign("HMAC", k, e.encode("what do ya want for nothing?")); console.log(new Uint8Array(s).toHex());
			console.log(await crypto.subtle.verify("HMAC", k, s, e.encode("what do ya want for nothing?")), await crypto.subtle.verify("HMAC", k, s, e.encode("else")), (await crypto.subtle.exportKey("jwk", k)).k)`,
			"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843\ntrue false SmVmZQ"},
		{"a key does what it is for", `const k = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-512" }, false, ["sign"]); console.log(k.algorithm.length, k.type, k.usages.join());
			for (const f of [() => crypto.subtle.exportKey("raw", k), () => crypto.subtle.verify("HMAC", k, new Uint8Array(), new Uint8Array())]) await f().catch((e) => console.log(e.name))`, "1024 secret sign\nInvalidAccessError\nInvalidAccessError"},
		{"what crypto.subtle has not, it says", `await crypto.subtle.encrypt("AES-GCM", 0, 0).catch((e) => console.log(e.name, e.message))`,
			"NotSupportedError corscope run has no AES-GCM to encrypt: crypto.subtle has digest, and HMAC by importKey, generateKey, exportKey, sign and verify"},
		{"compressed and back", `for (const f of ["gzip", "deflate", "deflate-raw"]) console.log(await new Response(new Blob(["text ".repeat(9)]).stream().pipeThrough(new CompressionStream(f)).pipeThrough(new DecompressionStream(f))).text() === "text ".repeat(9))`, "true\ntrue\ntrue"},
		{"what is not compressed, is cut off or goes on", `const zip = new Uint8Array(await new Response(new Blob(["text"]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer());
			for (const b of [new Uint8Array([1, 2, 3]), zip.slice(0, -3), new Uint8Array([...zip, 0])]) await new Response(new Blob([b]).stream().pipeThrough(new DecompressionStream("gzip"))).text().catch((e) => console.log(e.name))
			try { new CompressionStream("br") } catch (e) { console.log(e.name) }`, "TypeError\nTypeError\nTypeError\nTypeError"},
		{"an idle page", `requestIdleCallback((d) => console.log(d.didTimeout, d.timeRemaining() > 0)); cancelIdleCallback(requestIdleCallback(() => console.log("never")))`, "false true"},
	})
}

func TestAPageWithoutTLSHasNoSubtleCrypto(t *testing.T) {
	got, err := output(t, Config{Page: newPage(t, "http://app.example.com/", world)}, `console.log(isSecureContext, crypto.subtle, typeof crypto.randomUUID, typeof crypto.getRandomValues)`)
	if err != nil || got != "false undefined undefined function" {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestDecompressingIsBounded: a small input cannot fill the memory.
func TestDecompressingIsBounded(t *testing.T) {
	r, err := newRun(t.Context(), Config{Page: newPage(t, "https://app.example.com/", world)})
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	if made, err := opCompress(r, arguments{"deflate", encodeBytes(make([]byte, maxDecompressed+1))}); err != nil || made != true {
		t.Fatal(made, err)
	}
	bomb := coded(t, r)
	if made, err := opDecompress(r, arguments{"deflate", encodeBytes(bomb)}); made != false || err != nil {
		t.Errorf("%d bytes became more than %d", len(bomb), maxDecompressed)
	}
}

func TestCompressionIsAnInverse(t *testing.T) {
	r, err := newRun(t.Context(), Config{Page: newPage(t, "https://app.example.com/", world)})
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	// Random bytes stay as many, so that there are several pieces on both ways.
	want := make([]byte, 2*codedPiece+7)
	for i := range want {
		want[i] = byte(rand.N(256))
	}
	for _, format := range []string{"gzip", "deflate", "deflate-raw"} {
		for _, size := range []int{0, 1, codedPiece, len(want)} {
			if made, err := opCompress(r, arguments{format, encodeBytes(want[:size])}); err != nil || made != true {
				t.Fatal(made, err)
			}
			packed := coded(t, r)
			if made, err := opDecompress(r, arguments{format, encodeBytes(packed)}); err != nil || made != true {
				t.Fatal(made, err)
			}
			if got := coded(t, r); !bytes.Equal(got, want[:size]) {
				t.Errorf("%s: %d bytes became %d, or others", format, size, len(got))
			}
			if held := r.ledger.held.Load(); held != 0 {
				t.Errorf("%s: of %d bytes %d stay counted", format, size, held)
			}
		}
	}
	// Broken behind the first piece.
	if _, err := opCompress(r, arguments{"gzip", encodeBytes(want)}); err != nil {
		t.Fatal(err)
	}
	packed := coded(t, r)
	packed[len(packed)-9] ^= 1
	if made, err := opDecompress(r, arguments{"gzip", encodeBytes(packed)}); err != nil || made != false || r.ledger.held.Load() != 0 {
		t.Errorf("what is broken: %v, %v, and %d bytes stay counted", made, err, r.ledger.held.Load())
	}
}

// coded is all that a codec has made.
func coded(t *testing.T, r *run) []byte {
	t.Helper()
	var all []byte
	for {
		piece, err := opCoded(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if piece == nil {
			return all
		}
		b, err := arguments{piece}.bytes(0)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
}
