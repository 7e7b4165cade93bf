package jsrun

import (
	"testing"

	"github.com/corscope/corscope/fetch"
)

func TestHandlersInAttributes(t *testing.T) {
	const plain = "a cookie=c=1 mode=no-cors dest=image" + imageAccept
	runElements(t, fetch.PageConfig{}, []elementTest{
		{"of what innerHTML makes", `document.body.innerHTML = "<img onload='console.log(event.type, this.tagName, src.length)' onerror='console.log(7)' src='" + API + "a?as=png'>"`, "load IMG 32", plain},
		{"and what CORS refuses", `document.body.innerHTML = "<img crossorigin onload='console.log(7)' onerror='console.log(event.type, arguments.length)' src='" + API + "a?as=png'>"`, "error 1",
			"a origin=app.example.com mode=cors dest=image" + imageAccept},
		{"of a script that an attribute names", `const s = document.createElement("script"); s.setAttribute("onerror", "console.log(event.type)"); s.src = API + "a?as=html"; document.head.append(s)`, "error", "a cookie=c=1 mode=no-cors dest=script"},
		{"of a copy", `const i = document.createElement("img"); i.setAttribute("onload", "console.log(this !== event.target, 'copy')"); i.cloneNode().src = API + "a?as=png"`, "false copy", plain},
		{"the text is a function", `const d = document.createElement("div"); d.setAttribute("onclick", "return false"); console.log(String(d.onclick)); console.log(d.dispatchEvent(new Event("click", { cancelable: true }))); d.removeAttribute("onclick"); console.log(d.onclick)`,
			"function onclick(event) {\nreturn false\n}\nfalse\nnull", ""},
		{"it keeps its place, and its attribute", `const d = document.createElement("div"), said = globalThis.said = []; d.addEventListener("click", () => said.push(1)); d.setAttribute("onclick", "said.push(2)"); d.addEventListener("click", () => said.push(3)); d.setAttribute("onclick", "said.push(4)"); d.click(); d.onclick = null; d.click();
			console.log(said.join(), d.getAttribute("onclick"))`, "1,4,3,1,3 said.push(4)", ""},
		{"it sees the form and the document", `const f = document.createElement("form"); f.innerHTML = "<button onclick='console.log(typeof elements, typeof method, typeof type, typeof cookie)'></button>"; f.firstChild.onclick({})`, "object string string string", ""},
		{"what cannot be parsed is told when it is first wanted", `addEventListener("error", (e) => { console.log(e.message); e.preventDefault() }); const d = document.createElement("div"); d.setAttribute("onclick", "x y"); console.log("set"); d.click(); d.click(); console.log(d.onclick)`,
			"set\nUncaught SyntaxError: expecting ';'\nnull", ""},
		{"a text cannot end what stands around it", `addEventListener("error", (e) => { console.log(e.error.name); e.preventDefault() }); const d = document.createElement("div"); d.setAttribute("onclick", "} } console.log('out'); function x() { {"); d.click()`, "SyntaxError", ""},
		{"nor itself, and begin another", `addEventListener("error", (e) => { console.log(e.error.name, e.message); e.preventDefault() }); const d = document.createElement("div"); d.setAttribute("onclick", "}, function () { console.log('out')"); d.click()`, "SyntaxError Uncaught SyntaxError: unexpected '}'", ""},
		{"texts of every kind are whole", `const d = document.createElement("div"); for (const text of ["console.log('a') // b", "console.log('\u{1f600}é\ud800'.length)\r\n\r", "", " ", "console.log(1) <!-- x", "'use strict'; console.log(typeof event)"]) { d.setAttribute("onclick", text); d.click() }`, "a\n4\n1\nobject", ""},
		{"the body's are the window's", `document.body.setAttribute("onload", "console.log(this === window, event.type)"); console.log(typeof onload, document.body.onload === onload)`, "function true\ntrue load", ""},
		{"but not those of a body that nobody sees", `onload = () => console.log("mine"); const { body } = new DOMParser().parseFromString("<body onload='console.log(7)'>", "text/html"); body.onload = () => console.log(8); console.log(body.onload)`, "null\nmine", ""},
		{"and are told of errors as those", `document.body.setAttribute("onerror", "console.log(arguments.length, error.message, event === arguments[0]); return true"); setTimeout(() => { throw new Error("x") })`, "5 x true", ""},
		{"nothing runs of a document that nobody sees, before it is in one", `const p = new DOMParser().parseFromString("<p onclick='console.log(9)'>", "text/html").querySelector("p"); p.click(); console.log(p.onclick); document.body.append(p); p.click()`, "null\n9", ""},
		{"what is no handler is an attribute", `const d = document.createElement("div"); d.setAttribute("onnothing", "x y"); d.setAttribute("on", "x"); console.log(d.onnothing, d.getAttribute("onnothing"))`, "undefined x y", ""},
	})
}
