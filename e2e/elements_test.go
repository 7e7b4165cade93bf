package e2e

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/corscope/corscope/e2e/browser"
)

func TestElementsChromium(t *testing.T) { chromium.testElements(t) }
func TestElementsFirefox(t *testing.T)  { firefox.testElements(t) }

// elementScripts are bodies of async functions that return a string, on a page at /, with another origin at OTHER. What they return, and what
// both servers see, is what the browser says: corscope run has to return the same with its profile.
var elementScripts = []struct{ name, source string }{
	{"an image without crossorigin", `return img(OTHER + "a?as=png")`},
	{"an image by CORS", `return img(OTHER + "a?as=png&acao=*", "anonymous")`},
	{"an image that CORS refuses", `return img(OTHER + "a?as=png", "")`},
	{"an image with credentials, and *", `return img(OTHER + "a?as=png&acao=*", "use-credentials")`},
	{"an image with credentials", `return img(OTHER + "a?as=png&acao=echo", "use-credentials")`},
	{"an image of the page's own origin, by CORS", `return img(OWN + "a?as=png", "anonymous")`},
	{"crossorigin of another word", `return img(OTHER + "a?as=png", "bogus")`},
	{"a picture of 404", `return img(OTHER + "a?as=png&status=404")`},
	{"HTML for a picture", `return img(OTHER + "a?as=html")`},
	{"a picture that says that it is HTML", `return img(OTHER + "a?as=png&type=text/html")`},
	{"and is to be believed", `return img(OTHER + "a?as=png&type=text/html&nosniff=1")`},
	{"an SVG", `return img(OTHER + "a?as=svg")`},
	{"a picture of the wrong resource policy", `return img(OTHER + "a?as=png&corp=same-origin")`},
	{"a redirect of a picture, without CORS on it", `return img(OTHER + "a?to=" + encodeURIComponent(OTHER + "b?as=png&acao=*"), "")`},
	{"a redirect of a picture back to the page", `return img(OTHER + "a?to=" + encodeURIComponent(OWN + "b?as=png"))`},
	{"a picture without a referrer", `return img(OTHER + "a?as=png", undefined, (i) => i.referrerPolicy = "no-referrer")`},
	{"an empty src", `const i = new Image(), p = ends(i); i.src = ""; return await p + i.complete`},
	{"a src that is no URL", `const i = new Image(), p = ends(i); i.src = "http://"; return await p + i.complete`},
	{"no src", `const i = new Image(); return [i.complete, i.src, i.currentSrc, i.naturalWidth].join()`},
	{"two srcs at once", `const i = new Image(), p = ends(i); i.src = OTHER + "a?as=png"; i.src = OTHER + "b?as=png"; return p`},
	{"crossorigin behind src", `const i = new Image(), p = ends(i); i.src = OTHER + "a?as=png"; i.crossOrigin = ""; return p`},
	{"crossorigin when it is there", `const i = new Image(); i.src = OTHER + "a?as=png&acao=*"; await ends(i); i.crossOrigin = ""; return await ends(i) + i.complete`},
	{"the same src again", `const i = new Image(); i.src = OTHER + "a?as=png"; await ends(i); const p = ends(i); i.src = i.src; return i.complete + await p`},
	{"the same picture in another element", `const i = new Image(), j = new Image(); i.src = OTHER + "a?as=png"; await ends(i); const p = ends(j); j.src = i.src; return j.complete + await p`},
	{"src is taken away", `const i = new Image(); i.src = OTHER + "a?as=png"; await ends(i); i.removeAttribute("src"); await sleep(20); return [i.complete, i.currentSrc, i.naturalWidth].join()`},
	{"decode", `const i = new Image(); i.src = OTHER + "a?as=png"; return i.decode().then(() => "ok " + i.complete)`},
	{"decode of HTML", `const i = new Image(); i.src = OTHER + "a?as=html"; return i.decode().catch((e) => e.name + (e instanceof DOMException))`},
	{"decode of nothing", `return new Image().decode().catch((e) => e.name)`},
	{"the load event is a task", `const i = new Image(); let s = ""; i.onload = () => s += "load"; i.src = OTHER + "a?as=png"; await null; s += "micro "; await ends(i); return s`},
	{"innerHTML of an element that nobody sees", `const d = document.createElement("div"); d.innerHTML = "<img crossorigin src='" + OTHER + "a?as=png'>"; return ends(d.firstChild)`},
	{"srcset", `const i = new Image(), p = ends(i); i.srcset = OTHER + "a?as=png 1x, " + OTHER + "b?as=png 2x"; return p`},
	{"a lazy picture that nobody sees", `const i = new Image(), p = ends(i); i.loading = "lazy"; i.src = OTHER + "a?as=png"; return await Promise.race([p, sleep(300).then(() => "nothing")]) + i.complete`},
	{"width and height", `const i = new Image(5, 7); i.src = OTHER + "a?as=png"; await ends(i); return [i.width, i.height, i.naturalWidth, i.naturalHeight].join()`},
	{"a data: URL", `return img("data:image/png;base64," + PNG, "anonymous")`},
	{"a blocked port", `return img("http://127.0.0.1:1/a")`},
	{"who hears of it", `const said = [], i = new Image(); addEventListener("error", (e) => said.push("window " + e.target.tagName), true); document.addEventListener("load", (e) => said.push("document " + e.target.tagName), true);
		document.body.append(i); i.src = OTHER + "a?as=html"; await ends(i); i.src = OTHER + "b?as=png"; await ends(i); return said.join()`},
	{"attributes of an image", `const i = document.createElement("img"), s = []; i.setAttribute("crossorigin", "Use-Credentials"); s.push(i.crossOrigin); i.crossOrigin = "x"; s.push(i.crossOrigin, i.getAttribute("crossorigin")); i.crossOrigin = null; s.push(i.crossOrigin);
		i.referrerPolicy = "bogus"; s.push(i.referrerPolicy, i.decoding, i.fetchPriority); return s.join()`},

	{"a canvas with a picture without crossorigin", `const [c, x] = await drawn(OTHER + "a?as=png"); return [fails(() => c.toDataURL()), fails(() => c.toBlob(() => 0)), fails(() => x.getImageData(0, 0, 1, 1))].join("; ")`},
	{"a canvas with a picture by CORS", `const [c, x] = await drawn(OTHER + "a?as=png&acao=*", ""); return [fails(() => c.toDataURL()), (await new Promise((f) => c.toBlob(f))).type, x.getImageData(0, 0, 4, 2).data.length].join()`},
	{"a canvas with a picture of the page's own origin", `const [c] = await drawn(OWN + "a?as=png"); return fails(() => c.toDataURL())`},
	{"a canvas with a picture by CORS that is refused", `return drawn(OTHER + "a?as=png", "").catch((e) => e.name)`},
	{"a canvas with a picture that was fetched", `const [c] = await drawn(URL.createObjectURL(await (await fetch(OTHER + "a?as=png&acao=*")).blob())); return fails(() => c.toDataURL())`},
	{"a canvas with an SVG of another origin", `const [c] = await drawn(OTHER + "a?as=svg"); return fails(() => c.toDataURL())`},
	{"a canvas with another canvas", `const [c] = await drawn(OTHER + "a?as=png"), d = document.createElement("canvas"); d.getContext("2d").drawImage(c, 0, 0); return fails(() => d.toDataURL())`},
	{"a canvas that was cleared", `const [c, x] = await drawn(OTHER + "a?as=png"); x.clearRect(0, 0, 300, 150); x.reset(); return fails(() => c.toDataURL())`},
	{"a canvas that is set to its width", `const [c] = await drawn(OTHER + "a?as=png"); c.width = c.width; return fails(() => c.toDataURL())`},
	{"a canvas with a pattern", `const i = new Image(), c = document.createElement("canvas"), x = c.getContext("2d"); i.src = OTHER + "a?as=png"; await ends(i); const p = x.createPattern(i, "repeat"), s = [fails(() => c.toDataURL())]; x.fillStyle = p; s.push(x.fillStyle === p, fails(() => c.toDataURL())); return s.join()`},
	{"a canvas with a picture that is not there yet", `const i = new Image(), c = document.createElement("canvas"); c.getContext("2d").drawImage(i, 0, 0); i.src = OTHER + "a?as=png"; c.getContext("2d").drawImage(i, 0, 0); await ends(i); return fails(() => c.toDataURL())`},
	{"a canvas of no size", `const c = document.createElement("canvas"); c.width = 0; return [c.toDataURL(), await new Promise((f) => c.toBlob(f)), fails(() => document.createElement("canvas").getContext("2d").drawImage(c, 0, 0)).split(" ")[0]].join()`},
	{"attributes of a canvas", `const c = document.createElement("canvas"), s = []; for (const v of ["5", "-5", "abc", "70000", "5000000000", "5.7", ""]) { c.setAttribute("width", v); s.push(c.width) } c.width = -3; s.push(c.getAttribute("width"), c.height, c.getContext("2d") === c.getContext("2d"), c.getContext("bogus"), c.getContext("2d").canvas === c, c.toDataURL("image/bogus").slice(0, 22)); return s.join()`},

	{"a font", `return font(OTHER + "a?as=font&acao=*")`},
	{"a font that CORS refuses", `return font(OTHER + "a?as=font")`},
	{"a font of the page's own origin", `return font(OWN + "a?as=font")`},
	{"a font of 404", `return font(OTHER + "a?as=font&acao=*&status=404")`},
	{"HTML for a font", `return font(OTHER + "a?as=html&acao=*")`},
	{"a font that says that it is HTML", `return font(OTHER + "a?as=font&type=text/html&nosniff=1&acao=*")`},
	{"a font without a server", `return font("http://127.0.0.1:9/a")`},
	{"a font's sources", `const f = new FontFace("x", "local('Nope'), url(" + OTHER + "x?as=font&acao=*) format('bogus'), url(" + OTHER + "a?as=font), url(" + OTHER + "b?as=font&acao=*) format('woff2')"); return f.load().then(() => f.status)`},
	{"a source that is none", `const f = new FontFace("x", "bogus"); return f.status + await f.loaded.catch((e) => e.name)`},
	{"a font that nobody catches", `const said = []; addEventListener("unhandledrejection", (e) => { e.preventDefault(); said.push(e.reason.name) }); new FontFace("x", "url(" + OTHER + "a?as=font)").load(); new FontFace("x", "bogus"); await sleep(300); return said.join()`},
	{"a font of bytes", `const b = await (await fetch(OWN + "a?as=font")).arrayBuffer(), f = new FontFace("x", b), g = new FontFace("x", new ArrayBuffer(8)); g.loaded.catch(() => 0); return [f.status, g.status].join()`},
	{"one promise for a font", `const f = new FontFace("x", "url(" + OTHER + "a?as=font&acao=*)"), p = f.load(); return [p === f.load(), p === f.loaded, await p === f, f.weight, f.display].join()`},
	{"document.fonts", `const f = new FontFace("abc", "url(" + OTHER + "a?as=font&acao=*)"), s = document.fonts, said = []; s.add(f); said.push(s.size, s.status, s.check("12px abc"), s.check("12px none"), s.has(f)); for (const type of ["loading", "loadingdone", "loadingerror"]) s.addEventListener(type, (e) => said.push(e.type));
		said.push((await s.load("12px abc"))[0] === f, await s.ready === s); await sleep(50); said.push(s.status, s.check("12px abc")); s.delete(f); return said.filter((x) => typeof x !== "string" || !x.startsWith("loading")).join() + said.filter((x) => typeof x === "string" && x.startsWith("loading")).join()`},
	{"document.fonts and a font that fails", `const f = new FontFace("abc", "url(" + OTHER + "a?as=font)"), s = document.fonts, said = []; s.add(f); s.onloadingerror = (e) => said.push(e.fontfaces[0] === f); said.push(await s.load("12px abc").catch((e) => e.name)); await sleep(50); s.delete(f); return said.join()`},

	{"a style sheet", `return add("link", { rel: "stylesheet", href: OTHER + "a?as=css" })`},
	{"a style sheet by CORS", `return add("link", { rel: "stylesheet", href: OTHER + "a?as=css&acao=*", crossOrigin: "" })`},
	{"a style sheet that CORS refuses", `return add("link", { rel: "stylesheet", href: OTHER + "a?as=css", crossOrigin: "anonymous" })`},
	{"a style sheet with credentials, and *", `return add("link", { rel: "stylesheet", href: OTHER + "a?as=css&acao=*", crossOrigin: "use-credentials" })`},
	{"a style sheet of the page's own origin, by CORS", `return add("link", { rel: "stylesheet", href: OWN + "a?as=css", crossOrigin: "" })`},
	{"a style sheet of 404", `return add("link", { rel: "stylesheet", href: OTHER + "a?as=css&status=404" })`},
	{"a style sheet of the wrong resource policy", `return add("link", { rel: "stylesheet", href: OTHER + "a?as=css&corp=same-origin" })`},
	{"links that ask for nothing", `for (const a of [{ rel: "stylesheet", href: "" }, { rel: "stylesheet", type: "text/less", href: OTHER + "a?as=css" }, { rel: "stylesheet", disabled: true, href: OTHER + "b?as=css" }, { rel: "preload", href: OTHER + "c?as=css" }]) document.head.append(Object.assign(document.createElement("link"), a)); Object.assign(document.createElement("link"), { rel: "stylesheet", href: OTHER + "d?as=css" }); await sleep(200); return ""`},
	{"the rules of a style sheet without crossorigin", `const l = Object.assign(document.createElement("link"), { rel: "stylesheet", href: OTHER + "a?as=css" }), p = ends(l); document.head.append(l); await p; try { l.sheet.cssRules; return "read" } catch (e) { return e.name }`},
	{"preloads", `const s = []; for (const as of ["image", "font", "script", "style", "fetch"]) s.push(await add("link", { rel: "preload", as, href: OTHER + as + "?acao=*&as=" + ({ image: "png", style: "css", script: "js", fetch: "json" }[as] ?? as), crossOrigin: "" })); return s.join()`},
	{"a preload of a script without crossorigin", `return add("link", { rel: "preload", as: "script", href: OTHER + "a?as=js" })`},
	{"a module before its time", `return add("link", { rel: "modulepreload", href: OTHER + "a?as=js&acao=*" })`},
	{"a module before its time, with credentials", `return add("link", { rel: "modulepreload", href: OTHER + "a?as=js&acao=echo", crossOrigin: "use-credentials" })`},
	{"preloads that CORS refuses", `return preloads(OTHER)`},
	{"preloads without crossorigin", `return preloads(OTHER, "", null)`},
	{"preloads with credentials", `return preloads(OTHER, "&acao=echo", "use-credentials")`},
	{"preloads of 404", `return preloads(OTHER, "&acao=*&status=404")`},
	{"preloads of 404 without crossorigin", `return preloads(OTHER, "&status=404", null)`},
	{"preloads of 404 of the page's own origin", `return preloads(OWN, "&status=404", null)`},
	{"preloads that say that they are HTML", `return preloads(OTHER, "&acao=*&type=text/html")`},
	{"and are to be believed", `return preloads(OTHER, "&acao=*&type=text/html&nosniff=1")`},
	{"preloads of the page's own origin that are", `return preloads(OWN, "&type=text/html&nosniff=1")`},
	{"preloads of other content than their integrity", `return preloads(OTHER, "&acao=*", "", { integrity: EMPTY })`},
	{"preloads of the page's own origin, likewise", `return preloads(OWN, "", null, { integrity: EMPTY })`},
	{"preloads of the wrong resource policy", `return preloads(OTHER, "&corp=same-origin", null)`},
	{"preloads that the page's own origin redirects", `return preloads(OWN, "&to=" + encodeURIComponent(OTHER + "x?acao=*&status=404&as=png"))`},
	{"preloads of pictures that are none", `const s = []; for (const [where, q, cors] of [[OTHER, "&acao=*", ""], [OTHER, "&acao=*&status=404", ""], [OTHER, "", null], [OWN, "&status=404", null]]) s.push(await add("link", { rel: "preload", as: "image", href: where + s.length + "?as=html" + q, ...cors === null ? {} : { crossOrigin: cors } })); return s.join()`},
	{"and of pictures by a redirect", `return preloads(OTHER, "&acao=*&to=" + encodeURIComponent(OTHER + "x?acao=*&status=404&as=png"))`},
	{"preloads that the page's own origin redirects to what CORS refuses", `return preloads(OWN, "&to=" + encodeURIComponent(OTHER + "x"))`},
	{"preloads that are redirected to a blocked port", `return await preloads(OWN, "&to=http://127.0.0.1:1/") + " " + await preloads(OTHER, "&acao=*&to=http://127.0.0.1:1/")`},
	{"preloads at a blocked port", `return preloads("http://127.0.0.1:1/")`},
	{"preloads without a server", `return preloads("http://127.0.0.1:9999/")`},
	{"a style sheet that says that it is text", `return add("link", { rel: "stylesheet", href: OTHER + "a?as=css&type=text/plain" })`},
	{"a style sheet of the page's own origin that does", `return add("link", { rel: "stylesheet", href: OWN + "a?as=css&type=text/plain" })`},
	{"a style sheet of text, to be believed", `return add("link", { rel: "stylesheet", href: OTHER + "a?as=css&type=text/plain&nosniff=1" })`},
	{"an error page of text for a style sheet", `return add("link", { rel: "stylesheet", href: OTHER + "a?as=css&type=text/plain&status=404" })`},
	{"attributes of a link", `const l = document.createElement("link"), s = [l.as]; l.as = "bogus"; s.push(l.as); l.as = "font"; s.push(l.as, l.crossOrigin, l.relList.supports("preload"), l.relList.supports("stylesheet"), l.disabled, l.media); return s.join()`},

	{"a script", `return add("script", { src: OTHER + "a?as=js" })`},
	{"a script that CORS refuses", `return add("script", { src: OTHER + "a?as=js", crossOrigin: "" })`},
	{"a script of the page's own origin, by CORS", `return add("script", { src: OWN + "a?as=js", crossOrigin: "" })`},
	{"HTML for a script", `return add("script", { src: OTHER + "a?as=html" })`},
	{"a script that says that it is HTML", `return add("script", { src: OTHER + "a?as=js&type=text/html" })`},
	{"a script that says that it is a picture", `return add("script", { src: OTHER + "a?as=js&type=image/png" })`},
	{"a script of text, to be believed", `return add("script", { src: OTHER + "a?as=js&type=text/plain&nosniff=1" })`},

	{"a module", `const s = document.createElement("script"); s.type = "module"; s.src = OTHER + "a?as=js&acao=*"; document.head.append(s); return await ends(s) + globalThis.ran`},
	{"a module that CORS refuses", `const s = document.createElement("script"); s.type = "module"; s.src = OTHER + "a?as=js"; document.head.append(s); return await ends(s) + globalThis.ran`},
	{"a module with credentials", `const s = document.createElement("script"); s.type = "module"; s.crossOrigin = "use-credentials"; s.src = OTHER + "a?as=js&acao=echo"; document.head.append(s); return await ends(s) + globalThis.ran`},
	{"a module with credentials, and *", `const s = document.createElement("script"); s.type = "module"; s.crossOrigin = "use-credentials"; s.src = OTHER + "a?as=js&acao=*"; document.head.append(s); return await ends(s) + globalThis.ran`},
	{"a module of the page's own origin", `const s = document.createElement("script"); s.type = "module"; s.src = OWN + "a?as=js"; document.head.append(s); return await ends(s) + globalThis.ran`},
	{"a module of text, and one of 404", `const s = document.createElement("script"); s.type = "module"; s.src = OTHER + "a?as=js&acao=*&type=text/plain"; document.head.append(s); const u = document.createElement("script"), first = await ends(s); u.type = "module"; u.src = OTHER + "b?as=js&acao=*&status=404"; document.head.append(u); return first + await ends(u)`},
	{"a module of another integrity", `const s = document.createElement("script"); s.type = "module"; s.integrity = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; s.src = OTHER + "a?as=js&acao=*"; document.head.append(s); return await ends(s)`},
	{"a module without a referrer", `const s = document.createElement("script"); s.type = "module"; s.referrerPolicy = "no-referrer"; s.src = OTHER + "a?as=js&acao=*"; document.head.append(s); return await ends(s)`},
	{"a module twice", `const s = document.createElement("script"); s.type = "module"; s.src = OTHER + "a?as=js&acao=*"; document.head.append(s); const u = document.createElement("script"), first = await ends(s); globalThis.ran = 5; u.type = "module"; u.src = s.src; document.head.append(u); return first + await ends(u) + globalThis.ran`},
	{"a module in the element, that imports", `const s = document.createElement("script"); s.type = "module"; globalThis.said = []; s.textContent = "import '" + OTHER + "a?as=js&acao=*'; said.push(typeof globalThis.ran, import.meta.url === document.baseURI, document.currentScript)"; const p = ends(s); document.head.append(s); said.push(await Promise.race([p, sleep(500)])); return said.join()`},
	{"a module in the element, that imports what CORS refuses", `const s = document.createElement("script"); s.type = "module"; globalThis.said = []; s.textContent = "import '" + OTHER + "a?as=js'; said.push(1)"; const p = ends(s); document.head.append(s); said.push(await Promise.race([p, sleep(500)])); return said.join()`},
	{"a module that throws, and one that cannot be parsed", `const s = document.createElement("script"); s.type = "module"; const said = []; addEventListener("error", (e) => { said.push(e.error?.name ?? "none"); e.preventDefault() }); s.src = "data:text/javascript,throw new RangeError('x')"; document.head.append(s); said.push(await ends(s)); const u = document.createElement("script"); u.type = "module"; u.src = "data:text/javascript,x y"; document.head.append(u); said.push(await ends(u)); return said.join()`},
	{"a module that awaits", `const s = document.createElement("script"); s.type = "module"; globalThis.said = []; s.src = "data:text/javascript,said.push(1); await new Promise((f) => setTimeout(f, 200)); said.push(2)"; document.head.append(s); said.push(await ends(s)); await sleep(400); return said.join()`},
	{"a script with nomodule", `const s = document.createElement("script"); s.noModule = true; s.src = OTHER + "a?as=js&acao=*"; document.head.append(s); return String(await Promise.race([ends(s), sleep(300)]))`},

	{"handlers of what innerHTML makes", `const d = document.createElement("div"); globalThis.said = []; d.innerHTML = "<img onload='said.push(this.tagName, event.type, typeof src)' onerror='said.push(event.type)' src='" + OTHER + "a?as=png'>"; await ends(d.firstChild); return said.join() + typeof d.firstChild.onload`},
	{"a handler of an error", `const d = document.createElement("div"); globalThis.said = []; d.innerHTML = "<img onerror='said.push(event.type, this === event.target, arguments.length)' src='" + OTHER + "a?as=html'>"; await ends(d.firstChild); return said.join()`},
	{"a handler that is a text", `addEventListener("error", (e) => e.preventDefault()); const d = document.createElement("div"), s = []; d.setAttribute("onclick", "return false"); s.push(String(d.onclick)); s.push(d.dispatchEvent(new Event("click", {cancelable: true}))); d.removeAttribute("onclick"); s.push(d.onclick); d.setAttribute("onclick", "syntax ("); s.push(d.onclick); d.onclick = () => 0; s.push(d.getAttribute("onclick")); return s.join("|")`},
	{"a handler of a script", `globalThis.said = []; const s = document.createElement("script"); s.setAttribute("onload", "said.push('load')"); s.src = OTHER + "a?as=js"; document.head.append(s); await ends(s); return said.join()`},
	{"a handler's place", `globalThis.said = []; const d = document.createElement("div"); d.addEventListener("click", () => said.push(1)); d.setAttribute("onclick", "said.push(2)"); d.addEventListener("click", () => said.push(3)); d.setAttribute("onclick", "said.push(4)"); d.click(); return said.join()`},
	{"handlers of the body", `globalThis.said = []; document.body.setAttribute("onload", "said.push('load')"); return typeof window.onload + typeof document.body.onload`},
	{"what a handler sees", `globalThis.said = []; const f = document.createElement("form"); f.action = "ACT"; f.innerHTML = "<button onclick='said.push(typeof elements, typeof method, typeof type, typeof cookie)'></button>"; f.firstChild.onclick({}); return said.join()`},

	{"audio that CORS refuses", `const a = new Audio(); a.crossOrigin = ""; const p = ends(a); a.src = OTHER + "a?as=wav"; return [a.networkState, await p, a.error.code, a.networkState, a.readyState].join()`},
	{"play of what CORS refuses", `const a = new Audio(); a.crossOrigin = ""; a.src = OTHER + "a?as=wav"; return a.play().catch((e) => e.name)`},
	{"audio of 404", `const a = new Audio(OTHER + "a?as=wav&status=404"); return await ends(a) + a.error.code`},
	{"an Audio of nothing", `const a = new Audio(); return [a.preload, a.networkState, a.readyState, a.paused, a.currentSrc, a.duration, a.src, a.tagName].join()`},

	{"an EventSource that CORS refuses", `const e = new EventSource(OTHER + "a"), p = ends(e); return await p + e.readyState`},
	{"an EventSource of the page's own origin", `const e = new EventSource(OWN + "a"), p = ends(e); return await p + e.readyState`},
}

// elementSamples are what the servers of the test have, by the query's "as". The font has a single table directory: browsers take its
// name from the script, and its shape from nobody.
var elementSamples = map[string]struct{ mime, body string }{
	"png":  {"image/png", decoded(pngOf3By2)},
	"svg":  {"image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"></svg>`},
	"css":  {"text/css", "p { color: red }"},
	"js":   {"text/javascript", "globalThis.ran = true"},
	"html": {"text/html", "<!doctype html><p>x"},
	"json": {"application/json", "{}"},
	"wav":  {"audio/wav", "RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data\x00\x00\x00\x00"},
}

const pngOf3By2 = "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAYAAACddGYaAAAAEklEQVR4nGP4z8DwH4YZkDkAk7sF+wpxGBQAAAAASUVORK5CYII="

func decoded(s string) string {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// smallestFont is a TrueType font with one glyph, a triangle, and no character.
func smallestFont() string {
	words := func(values ...int) string {
		var b strings.Builder
		for _, v := range values {
			b.Write([]byte{byte(v >> 8), byte(v)})
		}
		return b.String()
	}
	zeros := func(n int) string { return strings.Repeat("\x00", n) }
	tables := []struct{ tag, data string }{
		{"OS/2", words(1, 500, 400, 5, 0) + zeros(52) + words(0x40, 0xffff, 0xffff, 800, -200, 0, 800, 200) + zeros(8)},
		{"cmap", words(0, 1, 3, 1, 0, 12) + words(4, 24, 0, 2, 2, 0, 0, 0xffff, 0, 0xffff, 1, 0)},
		{"glyf", words(1, 0, 0, 100, 100, 2, 0) + "\x01\x01\x01" + words(0, 100, 0, 0, 0, 100) + "\x00"},
		{"head", words(1, 0, 1, 0, 0, 0, 0x5f0f, 0x3cf5, 0, 1000) + zeros(16) + words(0, 0, 100, 100, 0, 8, 2, 0, 0)},
		{"hhea", words(1, 0, 800, -200, 0, 500, 0, 0, 100, 1, 0, 0, 0, 0, 0, 0, 0, 1)},
		{"hmtx", words(500, 0)},
		{"loca", words(0, 15)},
		{"maxp", words(1, 0, 1, 3, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0)},
		{"name", words(0, 0, 6)},
		{"post", words(3, 0) + zeros(28)},
	}
	directory, body := words(1, 0, len(tables), 128, 3, 32), ""
	for _, t := range tables {
		data := t.data + zeros(-len(t.data)&3)
		sum := uint32(0)
		for i := 0; i < len(data); i += 4 {
			sum += binary.BigEndian.Uint32([]byte(data[i:]))
		}
		entry := binary.BigEndian.AppendUint32([]byte(t.tag), sum)
		entry = binary.BigEndian.AppendUint32(entry, uint32(12+16*len(tables)+len(body)))
		directory += string(binary.BigEndian.AppendUint32(entry, uint32(len(t.data))))
		body += data
	}
	return directory + body
}

const elementHelpers = sleepHelper + `const OWN = location.origin + "/RUN/", OTHER = "http://127.0.0.1:PORT/RUN/", PNG = "` + pngOf3By2 + `";
	const ends = (e) => new Promise((done) => { for (const t of ["load", "error", "canplay"]) e.addEventListener(t, (ev) => done(t + (ev.bubbles ? " bubbles" : "") + (ev.isTrusted ? "" : " not trusted"))) });
	const img = async (u, cors, also) => { const i = new Image(); if (cors !== undefined) i.crossOrigin = cors; also?.(i); i.src = u; const now = [i.complete, i.currentSrc === u], e = await ends(i); return [e, ...now, i.complete, i.naturalWidth, i.currentSrc === u].join() };
	const fails = (f) => { try { return typeof f() } catch (e) { return e.name + ": " + e.message } };
	const drawn = async (u, cors) => { const i = new Image(), c = document.createElement("canvas"), x = c.getContext("2d"); if (cors !== undefined) i.crossOrigin = cors; i.src = u; await ends(i); x.drawImage(i, 0, 0); return [c, x] };
	const font = async (u) => { const f = new FontFace("x", "url(" + u + ")"), before = f.status, p = f.load(), during = f.status; return [before, during, await p.then((x) => x === f, (e) => e.name + (e instanceof DOMException)), f.status].join() };
	const EMPTY = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", preloads = async (where, q = "", crossOrigin = "", also) => {
		const s = [];
		for (const [as, is] of Object.entries({ image: "png", font: "font", script: "js", style: "css", fetch: "json", track: "json", module: "js" }))
			s.push(as + " " + await add("link", { ...as === "module" ? { rel: "modulepreload" } : { rel: "preload", as }, href: where + as + "?as=" + is + q, ...crossOrigin === null ? {} : { crossOrigin }, ...also }));
		return s.join();
	};
	const add = async (tag, a) => { const e = Object.assign(document.createElement(tag), a), p = ends(e); document.head.append(e); const said = await p; e.remove(); return said }; `

// elementServer answers by the query, and writes down by the first part of the path what it was asked. No path comes twice, so that no cache
// has it.
type elementServer struct {
	mu   sync.Mutex
	seen map[string][]string
	font string
}

func (s *elementServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(r.URL.Path, "/")
	if len(parts) != 3 {
		http.SetCookie(w, &http.Cookie{Name: "c", Value: "1", Path: "/"})
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!doctype html><link rel=icon href=data:,><body>")
		return
	}
	q := r.URL.Query()
	asked := r.Method + " " + parts[2]
	for _, name := range []string{"Origin", "Cookie", "Referer", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest"} {
		if v := r.Header.Get(name); v != "" {
			asked += " | " + name + ": " + v
		}
	}
	s.mu.Lock()
	s.seen[parts[1]] = append(s.seen[parts[1]], asked)
	s.mu.Unlock()
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	sample := elementSamples[q.Get("as")]
	if q.Get("as") == "font" {
		sample.mime, sample.body = "font/ttf", s.font
	}
	h["Content-Type"] = []string{sample.mime}
	if q.Has("type") {
		h["Content-Type"] = []string{q.Get("type")}
	}
	switch acao := q.Get("acao"); acao {
	case "":
	case "echo":
		h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		h.Set("Access-Control-Allow-Credentials", "true")
	default:
		h.Set("Access-Control-Allow-Origin", acao)
	}
	if q.Has("corp") {
		h.Set("Cross-Origin-Resource-Policy", q.Get("corp"))
	}
	if q.Has("nosniff") {
		h.Set("X-Content-Type-Options", "nosniff")
	}
	if to := q.Get("to"); to != "" {
		h.Set("Location", to)
		w.WriteHeader(http.StatusFound)
		return
	}
	if status, err := strconv.Atoi(q.Get("status")); err == nil {
		w.WriteHeader(status)
	}
	fmt.Fprint(w, sample.body)
}

func (s *elementServer) saw(run string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.seen[run], "\n")
}

func (p product) testElements(t *testing.T) {
	served := &elementServer{seen: make(map[string][]string), font: smallestFont()}
	own, other := httptest.NewServer(served), httptest.NewServer(served)
	t.Cleanup(own.Close)
	t.Cleanup(other.Close)
	_, port, err := net.SplitHostPort(other.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	b := p.openAt(t, browser.Options{})
	program := filepath.Join(t.TempDir(), "corscope")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./cmd/corscope")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, s := range elementScripts {
		t.Run(s.name, func(t *testing.T) {
			expression := "(async () => { " + elementHelpers + s.source + " })()"
			in := func(run string) string { return strings.NewReplacer("RUN", run, "PORT", port).Replace(expression) }
			theirs, ours := fmt.Sprint("b", i), fmt.Sprint("c", i)
			// A page of its own for each, so that none meets what another has left.
			if err := b.Navigate(t.Context(), own.URL+"/"); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			want, err := b.Eval(ctx, in(theirs))
			if err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			run := exec.CommandContext(ctx, program, "run", "--browser", strings.ToLower(p.name), "--url", own.URL+"/", "-")
			run.Stdin = strings.NewReader(`document.cookie = "c=1; path=/"; console.log(await ` + in(ours) + ")")
			run.Stdout, run.Stderr = &stdout, &stderr
			if err := run.Run(); err != nil {
				t.Fatalf("corscope run: %v\n%s", err, stderr.String())
			}
			if got := strings.TrimSuffix(stdout.String(), "\n"); got != want {
				t.Errorf("corscope run gives %q, %s %q", got, p.name, want)
			}
			if got, want := served.saw(ours), served.saw(theirs); got != want {
				t.Errorf("of corscope run the servers saw\n%s\nof %s\n%s", got, p.name, want)
			}
		})
	}
}
