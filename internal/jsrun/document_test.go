package jsrun

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
)

// TestTheDocument: what scripts of tutorials do with the page around their requests, and what libraries ask of it.
func TestTheDocument(t *testing.T) {
	runSnippets(t, Config{}, []snippet{
		{"the page is an empty one", `console.log(document.documentElement.outerHTML, document.body.tagName, document.head === document.querySelector("head"), document.getElementById("x"), document.querySelectorAll("p").length)`,
			"<html><head></head><body></body></html> BODY true null 0"},
		{"what was fetched is shown", `const ul = document.createElement("ul"), r = await fetch("/json"), { a } = await r.json();
			for (const n of a) { const li = document.createElement("li"); li.textContent = "<" + n + ">"; ul.appendChild(li) }
			document.body.append(ul); console.log(document.body.innerHTML)`, "<ul><li>&lt;1&gt;</li><li>&lt;2&gt;</li></ul>"},
		{"innerHTML is parsed as browsers parse it", `document.body.innerHTML = "<table><tr><td>1<p>a<p>b</table><br><a href='/x?a=1&amp;b'>l</a><!--c-->";
			console.log(document.body.innerHTML)`, `<table><tbody><tr><td>1<p>a</p><p>b</p></td></tr></tbody></table><br><a href="/x?a=1&amp;b">l</a><!--c-->`},
		{"selectors", `document.body.innerHTML = '<div id=d class="a b"><p data-x="1">1</p><p>2</p><span lang=en-us></span></div><input type=checkbox checked>';
			const n = (s) => document.querySelectorAll(s).length;
			console.log(n("p"), n("div > p"), n("#d.a.b"), n("[data-x='1']"), n("p:nth-child(2n)"), n("p + p"), n("p ~ span"), n("div :not(p)"), n("[lang|=en]"), n("p:first-child, span"), n(":checked"), n("body *"), n("div:has(> span)"), n("p:last-of-type"))`,
			"2 2 1 1 1 1 1 1 1 2 1 5 1 1"},
		{"a selector that is none", `try { document.querySelector("p:") } catch (e) { console.log(e.name) } try { document.querySelector("a[") } catch (e) { console.log(e.name) }`, "SyntaxError\nSyntaxError"},
		{"a link takes URLs apart", `const a = document.createElement("a"); a.href = "../up?q#h"; console.log(a.href, a.host, a.pathname, a.search, a.hash, a.protocol); a.pathname = "/x"; console.log(String(a))`,
			"https://app.example.com/up?q#h app.example.com /up ?q #h https:\nhttps://app.example.com/x?q#h"},
		{"nodes move", `const p = document.createElement("p"), b = document.createElement("b"); p.append("1", b, "2"); b.before("0"); b.replaceWith("x"); p.insertBefore(b, p.firstChild); p.removeChild(p.lastChild);
			console.log(p.outerHTML, p.childNodes.length, b.nextSibling.data, p.contains(b), b.closest("p") === p); p.normalize(); console.log(p.childNodes.length)`,
			"<p><b></b>10x</p> 4 1 true true\n2"},
		{"a node cannot hold itself", `const p = document.createElement("p"); try { p.append(p) } catch (e) { console.log(e.name) } try { p.removeChild(document.body) } catch (e) { console.log(e.name) }`,
			"HierarchyRequestError\nNotFoundError"},
		{"classes, data and styles", `const p = document.createElement("p"); p.classList.add("a", "b"); p.classList.toggle("a"); p.dataset.userId = 7; p.style.display = "none"; p.style.backgroundColor = "red";
			console.log(p.outerHTML, p.dataset.userId, p.style.display, Object.keys(p.dataset).join())`, `<p class="b" data-user-id="7" style="display: none; background-color: red;"></p> 7 none userId`},
		{"a form's data", `document.body.innerHTML = '<form id=f><input name=u value=bob><input name=c type=checkbox><input name=d type=checkbox checked><select name=s><option>1<option selected>2</select><textarea name=t>x</textarea><button name=b>go</button></form>';
			const f = document.getElementById("f"); f.elements.u.value = "eve"; console.log(JSON.stringify([...new FormData(f)])); console.log(new URLSearchParams(new FormData(f)).toString())`,
			`[["u","eve"],["d","on"],["s","2"],["t","x"]]` + "\nu=eve&d=on&s=2&t=x"},
		{"a click on a form's button submits, and its listener decides", `document.body.innerHTML = "<form><button>go</button></form>"; let seen = [];
			document.addEventListener("click", (e) => seen.push("document", e.eventPhase)); document.addEventListener("click", (e) => seen.push("capture"), true);
			document.querySelector("form").onsubmit = async (e) => { e.preventDefault(); console.log(seen.join(), e.target.tagName, await (await fetch("/echo", { method: "POST", body: new FormData(e.target) })).text() !== "") };
			document.querySelector("button").click()`, "capture,document,3 FORM true"},
		{"an event that stops goes no further", `document.body.innerHTML = "<p><b></b></p>"; const b = document.querySelector("b"); b.onclick = (e) => e.stopPropagation(); document.body.onclick = () => console.log("heard");
			window.addEventListener("click", () => console.log("captured"), true); b.click()`, "captured"},
		{"the window hears of the document", `addEventListener("DOMContentLoaded", (e) => console.log(e.target === document, e.composedPath().length)); addEventListener("load", (e) => console.log("load", document.readyState))`,
			"true 2\nload complete"},
		{"document.write", `document.write("<p>a</p>", "b"); console.log(document.body.innerHTML)`, "<p>a</p>b"},
		{"DOMParser", `const d = new DOMParser().parseFromString("<title> T </title><p>x", "text/html"); console.log(d.title, d.body.innerHTML, d instanceof Document, d.querySelector("p").ownerDocument === d);
			const x = new DOMParser().parseFromString("<r><I/></r>", "text/xml"); console.log(x.documentElement.tagName, x.querySelector("I").tagName, new DOMParser().parseFromString("<r>", "text/xml").querySelector("parsererror") !== null)`,
			"T <p>x</p> true true\nr I true"},
		{"features are found", `console.log(typeof document !== "undefined", document.nodeType, document instanceof Node, document.createElement("div") instanceof HTMLElement, "onclick" in document.body, typeof document.body.attachShadow, document.implementation.createHTMLDocument("t").title, document.compatMode)`,
			"true 9 true true true undefined t CSS1Compat"},
		{"what no script may make", `for (const C of [Node, Element, HTMLElement]) try { new C() } catch (e) { console.log(e.name) }`, "TypeError\nTypeError\nTypeError"},
		{"the title", `console.log(document.title === ""); document.title = " a  b "; console.log(document.title, document.head.innerHTML)`, "true\na b <title> a  b </title>"},
		{"new Image is an element of its own", `const i = new Image(2); i.crossOrigin = ""; console.log(i.tagName, i.width, i.crossOrigin, i instanceof HTMLImageElement)`, "IMG 2 anonymous true"},
		{"fragments and clones", `const f = document.createDocumentFragment(); f.append(document.createElement("i"), "t"); document.body.append(f.cloneNode(true), f); console.log(document.body.innerHTML, f.childNodes.length)`, "<i></i>t<i></i>t 0"},
	})
}

func TestAWorkerHasNoTree(t *testing.T) {
	got, err := output(t, Config{Worker: true}, `console.log(typeof document, typeof Node, typeof Image, typeof EventSource)`)
	if err != nil || got != "undefined undefined undefined function" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestScriptElements(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"JSONP needs no CORS", `window.take = (d) => console.log(d.a, document.currentScript.tagName); const s = document.createElement("script"); s.src = "https://api.example.com/closed-jsonp?callback=take"; document.head.append(s)`, "7 SCRIPT"},
		{"with crossorigin a script needs it", `const s = document.createElement("script"); s.src = "https://api.example.com/closed-jsonp?callback=take"; s.crossOrigin = "anonymous"; s.onload = () => console.log("load"); s.onerror = (e) => console.log(e.type, s.crossOrigin); document.head.append(s)`, "error anonymous"},
		{"its globals are the page's, and load comes behind it", `const s = document.createElement("script"); s.src = "/lib.js"; s.onload = () => console.log("loaded", lib); document.body.append(s); console.log("first")`, "first\nloaded 1"},
		{"a status of 404 does not run", `const s = document.createElement("script"); s.src = "/none.js"; s.onerror = () => console.log("error"); document.body.append(s)`, "error"},
		{"a text runs at once, and once", `const s = document.createElement("script"); s.text = "console.log('in')"; document.body.append(s); document.body.append(s); console.log("out")`, "in\nout"},
		{"what innerHTML brings does not run", `document.body.innerHTML = "<script>console.log('never')<\/script>"; console.log("out")`, "out"},
		{"a type that is no JavaScript does not run", `const s = document.createElement("script"); s.type = "text/template"; s.text = "console.log('never')"; document.body.append(s); console.log("out")`, "out"},
		{"a module", `const s = document.createElement("script"); s.type = "module"; s.src = "/mod.js"; s.onload = () => console.log("load"); document.body.append(s)`, "module\nload"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := output(t, Config{Page: newPage(t, "https://app.example.com/", scriptWorld())}, c.script)
			if err != nil || got != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestAnExceptionInAScriptElementIsThePages(t *testing.T) {
	got, err := output(t, Config{}, `const s = document.createElement("script"); s.text = "throw new RangeError('in')"; onerror = (m) => { console.log(m); return true }; document.body.append(s); console.log("on")`)
	if err != nil || got != "Uncaught RangeError: in\non" {
		t.Errorf("got %q, %v", got, err)
	}
}

func FuzzParseHTML(f *testing.F) {
	for _, s := range []string{"<p>a<p>b", "<table><tr><td>", "<!--x-->", "<svg><path d=1 /></svg>", "<template><p></template>", "\x00<"} {
		f.Add(s, "div")
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, text, within string) {
		nodes, err := parseHTML(text, within)
		if err != nil {
			return
		}
		// No deeper than JSON and the page can take it.
		var depth func(list []*htmlNode) int
		depth = func(list []*htmlNode) int {
			most := 0
			for _, n := range list {
				most = max(most, 1+depth(n.Children))
				if n.Name != "" && (n.Text != "" || n.Comment != nil) {
					t.Errorf("a node of two kinds: %+v", n)
				}
			}
			return most
		}
		if got := depth(nodes); got > 600 {
			t.Errorf("%d deep", got)
		}
	})
}

// scriptWorld serves scripts.
func scriptWorld() fetch.Transport {
	return serving(map[string]string{"/lib.js": "var lib = 1", "/mod.js": "console.log('module')", "/closed-jsonp": `take({"a":7})`})
}

// serving answers with files by their paths, on every host.
func serving(files map[string]string) fetch.Transport {
	serve := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := files[r.URL.Path]
		w.Header().Set("Content-Type", "text/javascript")
		if !ok {
			w.WriteHeader(http.StatusNotFound)
		}
		io.WriteString(w, text)
	})
	return &fetch.HandlerTransport{Handler: func(*fetch.URL) http.Handler { return serve }}
}

// TestHTMLOfTooManyNodes: the parser would take a hundred bytes and more for each, before anybody counts them.
func TestHTMLOfTooManyNodes(t *testing.T) {
	for name, text := range map[string]string{
		"which tags tell": strings.Repeat("<p>", 2*maxHTMLNodes+1), "which the parser makes of fewer tags": strings.Repeat("<p>a", maxHTMLNodes),
	} {
		if nodes, err := parseHTML(text, "body"); err != errHTML {
			t.Errorf("%s: got %d nodes, %v", name, len(nodes), err)
		}
	}
}
