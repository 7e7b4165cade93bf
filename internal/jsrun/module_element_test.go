package jsrun

import (
	"testing"

	"github.com/corscope/corscope/fetch"
)

func TestModuleElements(t *testing.T) {
	const (
		byCORS = "a origin=app.example.com mode=cors dest=script"
		fault  = `addEventListener("error", (e) => { console.log(e.message); e.preventDefault() }); `
		module = `const module = async (a) => add("script", { type: "module", ...a }); `
		inline = `const inline = async (text) => { const s = Object.assign(document.createElement("script"), { type: "module", textContent: text }), p = ends(s); document.head.append(s); console.log(await Promise.race([p, new Promise((f) => setTimeout(f, 50))])); }; `
	)
	tests := []elementTest{
		{"a module is asked for by CORS, always, and without cookies", `await module({ src: API + "a?as=js&acao=*" })`, "ran\nload", byCORS},
		{"and not run where the server does not allow it", `await module({ src: API + "a?as=js" })`, "error", byCORS},
		{"use-credentials sends cookies", `await module({ src: API + "a?as=js&acao=echo", crossOrigin: "use-credentials" })`, "ran\nload", "a origin=app.example.com cookie=c=1 mode=cors dest=script"},
		{"of the page's own origin, with cookies", `await module({ src: "/a?as=js" })`, "ran\nload", "own a cookie=c=1 mode=cors dest=script"},
		{"what is no module", `await module({ src: API + "a?as=js&acao=*&type=text/plain" }); await module({ src: API + "a?as=js&acao=*&status=404" }); await module({ src: "http://" })`, "error\nerror\nerror", byCORS + "\n" + byCORS},
		{"integrity", `await module({ src: API + "a?as=js&acao=*", integrity: "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" })`, "error", byCORS},
		{"a module is fetched and run once", `for (let i = 0; i < 2; i++) await module({ src: API + "a?as=js&acao=*" }); await import(API + "a?as=js&acao=*")`, "ran\nload\nload", byCORS},
		{"nor fetched again while it is on its way", `await Promise.all([module({ src: API + "a?as=js&acao=*" }), module({ src: API + "a?as=js&acao=*" })])`, "ran\nload\nload", byCORS},
		{"what is refused is refused to all that wait, and asked for anew behind that", `await Promise.all([module({ src: API + "a?as=js" }), module({ src: API + "a?as=js" })]); await module({ src: API + "a?as=js" })`, "error\nerror\nerror", byCORS + "\n" + byCORS},
		{"a module that was imported is not fetched again", `await import(API + "a?as=js&acao=*"); await module({ src: API + "a?as=js&acao=*" })`, "ran\nload", byCORS},
		{"what it throws is the page's, and then it is loaded", `await module({ src: "data:text/javascript,throw new RangeError('x')" })`, "Uncaught RangeError: x\nload", ""},
		{"a syntax error too", `await module({ src: "data:text/javascript,x y" })`, "Uncaught SyntaxError: expecting ';' (data:text/javascript,x y:1:3)\nload", ""},
		{"the load event does not wait for an await", `await module({ src: "data:text/javascript,await new Promise((f) => setTimeout(f, 5)); console.log('late')" })`, "load\nlate", ""},
		{"a module in the element has the page's URL, and no event", `await inline("console.log(import.meta.url, document.currentScript)")`, "https://app.example.com/ null\nundefined", ""},
		{"what it imports is fetched by CORS", `await inline("import '" + API + "a?as=js&acao=*'"); await inline("import '" + API + "b?as=js'; console.log('run')")`, "ran\nundefined\nerror", byCORS + "\nb origin=app.example.com mode=cors dest=script"},
		{"a bare specifier is an exception", `await inline("import 'lodash'")`,
			`Uncaught TypeError: "lodash" is a bare specifier, and there is no import map: begin it with /, ./ or ../, or write the whole URL` + "\nundefined", ""},
		{"listeners of an event that it fires run before the microtasks between", `globalThis.t = new EventTarget(); for (const n of [1, 2]) t.addEventListener("x", () => { console.log(n); Promise.resolve().then(() => console.log("micro")) }); await inline("t.dispatchEvent(new Event('x'))")`,
			"1\n2\nmicro\nmicro\nundefined", ""},
		{"nomodule is for those that have no modules", `const s = Object.assign(document.createElement("script"), { noModule: true, src: API + "a?as=js" }); document.head.append(s); await new Promise((f) => setTimeout(f, 20)); console.log("nothing")`, "nothing", ""},
	}
	for i := range tests {
		tests[i].source = fault + module + inline + tests[i].source
	}
	runElements(t, fetch.PageConfig{}, tests)
}

func TestAModuleElementGivesItsCredentialsToWhatItImports(t *testing.T) {
	s := &shelf{files: map[string]string{
		"app.example.com/dir/own.js": script + `import "https://cdn.example.com/dep.js"`,
		"cdn.example.com/dep.js":     "Access-Control-Allow-Origin: https://app.example.com\nAccess-Control-Allow-Credentials: true\n" + script + `import("https://cdn.example.com/later.js")`,
		"cdn.example.com/later.js":   "Access-Control-Allow-Origin: *\n" + script,
	}}
	printed, err := output(t, Config{Page: s.page(t, "https://app.example.com/dir/page"), OnError: func(error) {}},
		`const s = Object.assign(document.createElement("script"), { type: "module", src: "./own.js", crossOrigin: "use-credentials" }); s.onload = () => console.log("load"); document.head.append(s)`)
	// * is not enough for a request with credentials.
	if printed != "load" || err == nil {
		t.Errorf("printed %q, error %v", printed, err)
	}
	if len(s.seen) != 3 {
		t.Errorf("the servers saw %q", s.seen)
	}
}
