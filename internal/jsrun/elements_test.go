package jsrun

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/corscope/corscope/fetch"
)

// gallery serves pictures, fonts, style sheets and sounds, by the query: as says what, acao whom, and status, type, corp and nosniff the
// rest. It writes down what was asked.
type gallery struct {
	mu   sync.Mutex
	seen []string
}

var samples = map[string]struct{ mime, body string }{
	"png":  {"image/png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x03\x00\x00\x00\x02\x08\x02\x00\x00\x00"},
	"svg":  {"image/svg+xml", `<?xml version="1.0"?><!-- c --><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20"/>`},
	"css":  {"text/css", "p { color: red }"},
	"js":   {"text/javascript", `console.log("ran")`},
	"html": {"text/html", "<!doctype html><p>x"},
	"json": {"application/json", "{}"},
	"font": {"font/woff2", "wOF2" + strings.Repeat("\x00", 40)},
	"wav":  {"audio/wav", "RIFF\x24\x00\x00\x00WAVEfmt "},
}

func (g *gallery) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	asked := strings.TrimPrefix(r.URL.Path, "/")
	if r.Host == "app.example.com" {
		asked = "own " + asked
	}
	for _, name := range []string{"Origin", "Cookie", "Sec-Fetch-Mode", "Sec-Fetch-Dest", "Accept"} {
		if v := r.Header.Get(name); v != "" && v != "*/*" {
			asked += " " + strings.TrimPrefix(strings.ToLower(name), "sec-fetch-") + "=" + strings.TrimPrefix(v, "https://")
		}
	}
	g.mu.Lock()
	g.seen = append(g.seen, asked)
	g.mu.Unlock()
	sample := samples[q.Get("as")]
	h := w.Header()
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
	if q.Has("to") {
		h.Set("Location", q.Get("to"))
		w.WriteHeader(http.StatusFound)
		return
	}
	if status, err := strconv.Atoi(q.Get("status")); err == nil {
		w.WriteHeader(status)
	}
	io.WriteString(w, sample.body)
}

// page is that of app.example.com, with a cookie for all of example.com.
func (g *gallery) page(t testing.TB, c fetch.PageConfig) *fetch.Page {
	t.Helper()
	return g.pageOf(t, c, fetch.Profile{})
}

func (g *gallery) pageOf(t testing.TB, c fetch.PageConfig, profile fetch.Profile) *fetch.Page {
	t.Helper()
	agent, err := fetch.NewAgent(fetch.AgentConfig{Profile: profile, Transport: &fetch.HandlerTransport{Handler: func(u *fetch.URL) http.Handler {
		if strings.HasSuffix(u.Host(), ".example.com") {
			return g
		}
		return nil
	}}})
	if err != nil {
		t.Fatal(err)
	}
	c.URL = "https://app.example.com/"
	p, err := agent.NewPage(c)
	if err != nil {
		t.Fatal(err)
	}
	own, err := fetch.ParseURL(c.URL)
	if err != nil {
		t.Fatal(err)
	}
	agent.Jar().Set(own, "c=1; Domain=example.com; Secure", fetch.CookieContext{})
	return p
}

// elementHelpers are what the scripts of the tests share: ends prints which of load and error comes.
const elementHelpers = `const API = "https://api.example.com/";
	const ends = (e) => new Promise((done) => { for (const t of ["load", "error", "canplay"]) e.addEventListener(t, (ev) => done(t + (ev.isTrusted && !ev.bubbles ? "" : "?"))); });
	const img = async (u, cors) => { const i = new Image(); if (cors !== undefined) i.crossOrigin = cors; i.src = u; const e = await ends(i); console.log(e, i.complete, i.naturalWidth, i.currentSrc === u); };
	const font = async (u) => { const f = new FontFace("x", "url(" + u + ")"), p = f.load(), s = f.status; console.log(s, await p.then((x) => x === f, (e) => e.name), f.status); };
	const add = async (tag, a) => { const e = document.createElement(tag); Object.assign(e, a); const p = ends(e); document.head.append(e); console.log(await p); return e; };
`

type elementTest struct{ name, source, want, seen string }

func runElements(t *testing.T, c fetch.PageConfig, tests []elementTest) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := &gallery{}
			var stdout, stderr bytes.Buffer
			config := Config{Page: g.page(t, c), Stdout: &stdout, Stderr: &stderr, OnError: func(err error) { fmt.Fprintln(&stdout, "uncaught:", err) }}
			if err := Run(context.Background(), config, elementHelpers+test.source, "test.js"); err != nil && !strings.HasPrefix(test.want, "uncaught") {
				t.Error(err)
			}
			if got := strings.TrimSuffix(stdout.String(), "\n"); got != test.want {
				t.Errorf("printed %q, want %q; on stderr %q", got, test.want, stderr.String())
			}
			if got := strings.Join(g.seen, "\n"); got != test.seen {
				t.Errorf("the server saw\n%s\nwant\n%s", got, test.seen)
			}
		})
	}
}

const imageAccept = " accept=image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"

func TestImages(t *testing.T) {
	runElements(t, fetch.PageConfig{}, []elementTest{
		{"without crossorigin: no CORS, and cookies", `await img(API + "a?as=png")`, "load true 3 true", "a cookie=c=1 mode=no-cors dest=image" + imageAccept},
		{"crossorigin is anonymous: by CORS, and no cookies", `await img(API + "a?as=png&acao=*", "")`, "load true 3 true",
			"a origin=app.example.com mode=cors dest=image" + imageAccept},
		{"any other word is anonymous", `await img(API + "a?as=png&acao=*", "bogus")`, "load true 3 true", "a origin=app.example.com mode=cors dest=image" + imageAccept},
		{"crossorigin, and the server does not allow it", `await img(API + "a?as=png", "anonymous")`, "error true 0 true", "a origin=app.example.com mode=cors dest=image" + imageAccept},
		{"use-credentials, and the server answers *", `await img(API + "a?as=png&acao=*", "use-credentials")`, "error true 0 true",
			"a origin=app.example.com cookie=c=1 mode=cors dest=image" + imageAccept},
		{"use-credentials, and the server allows it", `await img(API + "a?as=png&acao=echo", "use-credentials")`, "load true 3 true",
			"a origin=app.example.com cookie=c=1 mode=cors dest=image" + imageAccept},
		{"the page's own origin needs no header", `await img("https://app.example.com/a?as=png", "")`, "load true 3 true", "own a cookie=c=1 mode=cors dest=image" + imageAccept},
		{"a picture counts whatever its status or type", `await img(API + "a?as=png&status=404"); await img(API + "b?as=png&type=text/html")`, "load true 3 true\nload true 3 true",
			"a cookie=c=1 mode=no-cors dest=image" + imageAccept + "\nb cookie=c=1 mode=no-cors dest=image" + imageAccept},
		{"what is no picture is an error", `await img(API + "a?as=html")`, "error true 0 true", "a cookie=c=1 mode=no-cors dest=image" + imageAccept},
		{"nosniff takes the server at its word", `await img(API + "a?as=png&type=text/html&nosniff")`, "error true 0 true", "a cookie=c=1 mode=no-cors dest=image" + imageAccept},
		{"Cross-Origin-Resource-Policy", `await img(API + "a?as=png&corp=same-origin")`, "error true 0 true", "a cookie=c=1 mode=no-cors dest=image" + imageAccept},
		{"an SVG has a size too", `const i = new Image(); i.src = API + "a?as=svg"; await ends(i); console.log(i.width, i.height)`, "30 20", "a cookie=c=1 mode=no-cors dest=image" + imageAccept},
		{"the last src before the next microtask counts", `const i = new Image(); i.src = API + "a?as=png"; i.src = API + "b?as=png&acao=*"; i.crossOrigin = ""; console.log(i.complete, i.currentSrc, await ends(i))`,
			"false  load", "b origin=app.example.com mode=cors dest=image" + imageAccept},
		{"crossorigin afterwards asks again, by CORS", `const i = new Image(); i.src = API + "a?as=png&acao=*"; await ends(i); i.crossOrigin = "anonymous"; console.log(await ends(i))`, "load",
			"a cookie=c=1 mode=no-cors dest=image" + imageAccept + "\na origin=app.example.com mode=cors dest=image" + imageAccept},
		{"a picture that is there is not asked for again", `const i = new Image(); i.src = API + "a?as=png"; await ends(i); const j = new Image(); j.src = i.src; console.log(j.complete, await ends(j))`, "true load",
			"a cookie=c=1 mode=no-cors dest=image" + imageAccept},
		{"no src, an empty one, and one that is no URL", `const i = new Image(); console.log(i.complete, i.naturalWidth); i.src = ""; console.log(await ends(i), i.complete); i.src = "http://"; console.log(await ends(i), i.complete, i.currentSrc)`,
			"true 0\nerror true\nerror true http://", ""},
		{"decode", `const i = new Image(); i.src = API + "a?as=png"; console.log(await i.decode()); i.src = API + "b?as=html"; await i.decode().catch((e) => console.log(e.name)); await new Image().decode().catch((e) => console.log(e.name, e instanceof DOMException))`,
			"undefined\nEncodingError\nEncodingError true", "a cookie=c=1 mode=no-cors dest=image" + imageAccept + "\nb cookie=c=1 mode=no-cors dest=image" + imageAccept},
		{"innerHTML, setAttribute and onerror", `document.body.innerHTML = '<img crossorigin="use-credentials">'; const i = document.images[0]; i.onerror = (e) => console.log(e.type, e.target === i, i.crossOrigin); i.setAttribute("src", API + "a?as=png")`,
			"error true use-credentials", "a origin=app.example.com cookie=c=1 mode=cors dest=image" + imageAccept},
		{"an element from HTML loads at once", `const d = document.createElement("div"); d.innerHTML = "<img src='" + API + "a?as=png'>"; console.log(await ends(d.firstChild))`, "load", "a cookie=c=1 mode=no-cors dest=image" + imageAccept},
		{"nothing is loaded of a document that nobody sees", `new DOMParser().parseFromString("<img src='" + API + "a?as=png'>", "text/html")`, "", ""},
		{"srcset, for one pixel a pixel", `const i = new Image(); i.srcset = API + "a?as=png 1x, " + API + "b?as=png 2x"; console.log(await ends(i))`, "load", "a cookie=c=1 mode=no-cors dest=image" + imageAccept},
		{"lazy, and never shown", `const i = new Image(); i.loading = "lazy"; i.src = API + "a?as=png"; await null; console.log(i.complete); setTimeout(() => document.body.append(i), 1); console.log(await ends(i))`, "false\nload",
			"a cookie=c=1 mode=no-cors dest=image" + imageAccept},
		{"no referrer", `const i = new Image(); i.referrerPolicy = "no-referrer"; console.log(i.referrerPolicy); i.referrerPolicy = "bogus"; console.log(i.referrerPolicy + "|", new Image(5, 7).width)`, "no-referrer\n| 5", ""},
		{"a data: URL", `await img("data:image/svg+xml,<svg width='4' height='2'/>", "anonymous")`, "load true 4 true", ""},
		{"the window hears of it in the capturing phase", `addEventListener("error", (e) => console.log(e.target.tagName), true); const i = new Image(); document.body.append(i); i.src = API + "a?as=html"`, "IMG",
			"a cookie=c=1 mode=no-cors dest=image" + imageAccept},
	})
}

func TestFontFaces(t *testing.T) {
	const asked = "a origin=app.example.com mode=cors dest=font"
	runElements(t, fetch.PageConfig{}, []elementTest{
		{"a font is asked for by CORS, always", `await font(API + "a?as=font&acao=*")`, "loading true loaded", asked},
		{"and blocked without a header", `await font(API + "a?as=font")`, "loading NetworkError error", asked},
		{"of the page's own origin, with cookies", `await font("/a?as=font")`, "loading true loaded", "own a cookie=c=1 mode=cors dest=font"},
		{"a font counts whatever its type, and not whatever its status", `await font(API + "a?as=font&acao=*&type=text/html"); await font(API + "a?as=font&acao=*&status=404"); await font(API + "a?as=html&acao=*")`,
			"loading true loaded\nloading NetworkError error\nloading NetworkError error", asked + "\n" + asked + "\n" + asked},
		{"the next source, where one fails", `const f = new FontFace("x", "local('A, B'), url(" + API + "x) format('bogus'), url('" + API + "a?as=font'), url(" + API + "b?as=font&acao=*) format(\"woff2\")"); console.log(await f.load() === f)`, "true",
			asked + "\nb origin=app.example.com mode=cors dest=font"},
		{"what cannot be parsed", `const f = new FontFace("x", "bogus"); console.log(f.status, await f.loaded.catch((e) => e.name)); const g = new FontFace("x", new ArrayBuffer(8)); console.log(g.status)`, "error SyntaxError\nerror", ""},
		{"a font that is there", `const f = new FontFace("x", new TextEncoder().encode("wOF2")); console.log(f.status, await f.loaded === f)`, "loaded true", ""},
		{"one load, whoever asks", `const f = new FontFace("x", "url(" + API + "a?as=font&acao=*)"); console.log(f.load() === f.load(), f.load() === f.loaded, f.family, f.weight, f.display)`, "true true x normal auto", asked},
		{"nobody catches it", `new FontFace("x", "url(" + API + "a?as=font)").load()`, "uncaught: Uncaught (in promise) NetworkError: A network error occurred.", asked},
		{"document.fonts", `const f = new FontFace("x y", "url(" + API + "a?as=font&acao=*)", { weight: "bold" }); document.fonts.add(f); console.log(document.fonts.size, document.fonts.status, document.fonts.check("12px 'x y'"), document.fonts.check("12px z"));
			document.fonts.onloading = (e) => console.log(e.type, e.fontfaces.length); document.fonts.onloadingdone = (e) => console.log(e.type, e.fontfaces[0] === f);
			console.log((await document.fonts.load("bold 12px/2 'x y', serif"))[0] === f); console.log(await document.fonts.ready === document.fonts, document.fonts.check("12px 'x y'"), [...document.fonts].length)`,
			"1 loaded false true\nloading 0\ntrue\nloadingdone true\ntrue true 1", asked},
		{"document.fonts and a font that fails", `const f = new FontFace("x", "url(" + API + "a?as=font)"); document.fonts.add(f); document.fonts.onloadingerror = (e) => console.log(e.type, e.fontfaces[0] === f); await document.fonts.load("12px x").catch((e) => console.log(e.name)); await document.fonts.ready`,
			"NetworkError\nloadingerror true", asked},
	})
}

func TestLinks(t *testing.T) {
	const style = " dest=style accept=text/css,*/*;q=0.1"
	runElements(t, fetch.PageConfig{}, []elementTest{
		{"a style sheet without crossorigin, whose rules nobody may read", `const l = await add("link", { rel: "stylesheet", href: API + "a?as=css" }); try { l.sheet.cssRules } catch (e) { console.log(e.name, document.styleSheets.length) }`, "load\nSecurityError 1",
			"a cookie=c=1 mode=no-cors" + style},
		{"a style sheet by CORS", `await add("link", { rel: "stylesheet", href: API + "a?as=css&acao=*", crossOrigin: "" }); await add("link", { rel: "stylesheet", href: API + "b?as=css", crossOrigin: "" })`, "load\nerror",
			"a origin=app.example.com mode=cors" + style + "\nb origin=app.example.com mode=cors" + style},
		{"a style sheet that is none", `for (const q of ["as=json", "as=css&status=404", "as=css&type=text/plain&nosniff", "as=css&corp=same-origin"]) await add("link", { rel: "stylesheet", href: API + "a?" + q }); await add("link", { rel: "stylesheet", href: API + "a?as=css&type=" })`,
			"error\nerror\nerror\nerror\nload", strings.TrimSuffix(strings.Repeat("a cookie=c=1 mode=no-cors"+style+"\n", 5), "\n")},
		{"links that ask for nothing", `for (const a of [{ rel: "stylesheet", href: "" }, { rel: "stylesheet", type: "text/less", href: "/a" }, { rel: "stylesheet", disabled: true, href: "/a" }, { rel: "preload", href: "/a" }, { rel: "next", href: "/a" }]) document.head.append(Object.assign(document.createElement("link"), a));
			Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/a" })`, "", ""},
		{"preloads ask as what they are for", `for (const as of ["image", "font", "script", "style", "fetch", "track"]) await add("link", { rel: "preload", as, href: API + as + "?acao=*", crossOrigin: "anonymous" })`, "load\nload\nload\nload\nload\nload",
			"image origin=app.example.com mode=cors dest=image" + imageAccept + "\nfont origin=app.example.com mode=cors dest=font\nscript origin=app.example.com mode=cors dest=script\nstyle origin=app.example.com mode=cors" + style +
				"\nfetch origin=app.example.com mode=cors dest=empty\ntrack origin=app.example.com mode=cors dest=track"},
		{"a preload without crossorigin is not by CORS, of a font too", `await add("link", { rel: "preload", as: "font", href: API + "a?as=font" })`, "load", "a cookie=c=1 mode=no-cors dest=font"},
		{"a preload that is blocked", `await add("link", { rel: "preload", as: "fetch", href: API + "a?as=json", crossOrigin: "use-credentials" })`, "error", "a origin=app.example.com cookie=c=1 mode=cors dest=empty"},
		{"modules before their time, always by CORS", `for (const q of ["as=js&acao=*", "as=js", "as=html&acao=*"]) await add("link", { rel: "modulepreload", href: API + "a?" + q }); await add("link", { rel: "modulepreload", href: API + "a?as=js&acao=echo", crossOrigin: "use-credentials" })`, "load\nerror\nerror\nload",
			strings.Repeat("a origin=app.example.com mode=cors dest=script\n", 3) + "a origin=app.example.com cookie=c=1 mode=cors dest=script"},
		{"a link that is changed asks again", `const l = await add("link", { rel: "stylesheet", href: API + "a?as=css" }); l.crossOrigin = "anonymous"; console.log(await ends(l)); console.log(l.as + "|", l.relList.supports("preload"), l.relList.contains("stylesheet"))`, "load\nerror\n| true true",
			"a cookie=c=1 mode=no-cors" + style + "\na origin=app.example.com mode=cors" + style},
	})
}

func TestScriptElementsAndTypes(t *testing.T) {
	runElements(t, fetch.PageConfig{}, []elementTest{
		{"scripts that run", `for (const q of ["as=js", "as=js&type=text/plain", "as=js&type=text/html"]) await add("script", { src: API + "a?" + q })`, "ran\nload\nran\nload\nran\nload",
			strings.TrimSuffix(strings.Repeat("a cookie=c=1 mode=no-cors dest=script\n", 3), "\n")},
		{"scripts that do not, by what they say that they are", `for (const q of ["as=js&type=image/png", "as=js&type=text/plain&nosniff", "as=html", "as=js&corp=same-origin"]) await add("script", { src: API + "a?" + q })`, "error\nerror\nerror\nerror",
			strings.TrimSuffix(strings.Repeat("a cookie=c=1 mode=no-cors dest=script\n", 4), "\n")},
		{"a script by CORS", `await add("script", { src: API + "a?as=js", crossOrigin: "" })`, "error", "a origin=app.example.com mode=cors dest=script"},
	})
}

func TestMediaElements(t *testing.T) {
	runElements(t, fetch.PageConfig{}, []elementTest{
		{"Audio without crossorigin", `const a = new Audio(API + "a?as=wav"); console.log(a.networkState, await ends(a), a.readyState, a.error)`, "3 canplay 4 null", "a cookie=c=1 mode=no-cors dest=audio"},
		{"by CORS, and blocked", `const a = document.createElement("audio"); a.crossOrigin = ""; a.src = API + "a?as=wav"; console.log(await ends(a), a.error.code, a.error instanceof MediaError); await a.play().catch((e) => console.log(e.name))`, "error 4 true\nNotSupportedError",
			"a origin=app.example.com mode=cors dest=audio"},
		{"a video's sources, one after the other", `const v = document.createElement("video"); v.innerHTML = "<source src='" + API + "a?as=html'><source src='" + API + "b?as=wav'>"; console.log(await ends(v), v.currentSrc)`, "canplay https://api.example.com/b?as=wav",
			"a cookie=c=1 mode=no-cors dest=video\nb cookie=c=1 mode=no-cors dest=video"},
		{"play waits for the answer", `const a = new Audio(); a.src = API + "a?as=wav"; await a.play(); console.log(a.paused, a.duration)`, "false NaN", "a cookie=c=1 mode=no-cors dest=audio"},
		{"preload none asks when it plays", `const a = new Audio(); a.preload = "none"; a.src = API + "a?as=wav"; await new Promise((f) => setTimeout(f, 2)); console.log(a.networkState); await a.play()`, "1", "a cookie=c=1 mode=no-cors dest=audio"},
	})
}

func TestThePagesPoliciesOnElements(t *testing.T) {
	const script = `await img(API + "a?as=png"); await font(API + "b?as=font&acao=*"); await add("link", { rel: "stylesheet", href: API + "c?as=css" }); const a = new Audio(API + "d?as=wav"); console.log(await ends(a)); await fetch(API + "e?acao=*").then((r) => console.log(r.status))`
	loaded := []string{"a cookie=c=1 mode=no-cors dest=image" + imageAccept, "b origin=app.example.com mode=cors dest=font",
		"c cookie=c=1 mode=no-cors dest=style accept=text/css,*/*;q=0.1", "d cookie=c=1 mode=no-cors dest=audio", "e origin=app.example.com mode=cors dest=empty"}
	printed := []string{"load true 3 true", "loading true loaded", "load", "canplay", "200"}
	failed := []string{"error true 0 true", "loading NetworkError error", "error", "error", "200"}
	for i, directive := range []string{"img-src 'self'", "font-src 'none'", "style-src 'self'", "media-src 'self'"} {
		want, seen := slices.Clone(printed), slices.Delete(slices.Clone(loaded), i, i+1)
		want[i] = failed[i]
		runElements(t, fetch.PageConfig{ContentSecurityPolicy: []string{directive}}, []elementTest{{directive, script, strings.Join(want, "\n"), strings.Join(seen, "\n")}})
	}
	runElements(t, fetch.PageConfig{ContentSecurityPolicy: []string{"default-src 'self'; connect-src *"}}, []elementTest{
		{"default-src stands for all of them", script, strings.Join(failed, "\n"), loaded[4]}})
	runElements(t, fetch.PageConfig{EmbedderPolicy: fetch.RequireCORP}, []elementTest{
		{"Cross-Origin-Embedder-Policy", `await img(API + "a?as=png"); await img(API + "a?as=png&corp=cross-origin"); await img(API + "a?as=png&acao=*", "")`, "error true 0 true\nload true 3 true\nload true 3 true",
			loaded[0] + "\n" + loaded[0] + "\na origin=app.example.com mode=cors dest=image" + imageAccept}})
}

// TestImagesOverPlainHTTP: of a page on https they are asked for over https.
func TestImagesOverPlainHTTP(t *testing.T) {
	runElements(t, fetch.PageConfig{}, []elementTest{
		{"an image is upgraded, a style sheet is not asked for", `const i = new Image(); i.src = "http://api.example.com/a?as=png"; console.log(await ends(i)); await add("link", { rel: "stylesheet", href: "http://api.example.com/b?as=css" })`, "load\nerror",
			"a cookie=c=1 mode=no-cors dest=image" + imageAccept}})
}

// What the profiles say otherwise than the standard. e2e puts more of it to the browsers.
func TestElementsInProfiles(t *testing.T) {
	const preload = `rel: "preload", as: "image", crossOrigin: "", href: API + `
	for _, c := range []struct{ name, script, spec, chromium, firefox string }{
		{"a preload that CORS refuses", `await add("link", { ` + preload + `"a?as=png" })`, "error", "error", "load"},
		{"a preload of a picture that is none", `await add("link", { ` + preload + `"a?as=html&acao=*" })`, "load", "error", "error"},
		{"and that the page may not read", `await add("link", { rel: "preload", as: "image", href: API + "a?as=html" })`, "load", "error", "load"},
		{"a preload of a picture", `await add("link", { ` + preload + `"a?as=png&acao=*" })`, "load", "load", "load"},
		{"a preload of a track", `await add("link", { rel: "preload", as: "track", href: "/a" })`, "load", "load", "error"},
		{"a style sheet of text", `await add("link", { rel: "stylesheet", href: "/a?as=css&type=text/plain" })`, "error", "load", "error"},
		{"an EventSource at a blocked port", `const e = new EventSource("https://api.example.com:1/"); await new Promise((f) => e.onerror = f); console.log(e.readyState); e.close()`, "2", "0", "2"},
		{"an EventSource without a server", `const e = new EventSource("https://nowhere.test/"); await new Promise((f) => e.onerror = f); console.log(e.readyState); e.close()`, "0", "0", "2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for want, profile := range map[string]fetch.Profile{"spec " + c.spec: {Name: "spec"}, "chromium " + c.chromium: fetch.Chromium(), "firefox " + c.firefox: fetch.Firefox()} {
				stdout, err := output(t, Config{Page: (&gallery{}).pageOf(t, fetch.PageConfig{}, profile)}, elementHelpers+c.script)
				if got := profile.Name + " " + strings.TrimSpace(stdout); err != nil || got != want {
					t.Errorf("%s, %v, want %s", got, err, want)
				}
			}
		})
	}
}

func TestWhatElementsAskIsTraced(t *testing.T) {
	g := &gallery{}
	var got []string
	_, err := output(t, Config{Page: g.page(t, fetch.PageConfig{}), OnTrace: func(tr *fetch.Trace) {
		got = append(got, fmt.Sprint(tr.Request.InitiatorType, " ", tr.Request.Destination, " ", tr.Request.Mode, " ", tr.Outcome.Allowed))
	}}, elementHelpers+`await img(API + "a", ""); await font(API + "a"); await add("link", { rel: "preload", as: "fetch", href: API + "a", crossOrigin: "" }); new EventSource(API + "a").onerror = (e) => e.target.close();
		navigator.sendBeacon(API + "a"); const x = new XMLHttpRequest(); x.open("GET", API + "a"); x.onerror = () => 0; x.send()`)
	slices.Sort(got)
	want := []string{"beacon  no-cors true", "css font cors false", "img image cors false", "link  cors false", "other  cors false", "xmlhttprequest  cors false"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestThePartsOfElementsAreBounded(t *testing.T) {
	_, err := output(t, Config{Page: (&gallery{}).page(t, fetch.PageConfig{}), Limits: Limits{Requests: 20}}, `for (let i = 0; i < 100; i++) new Image().src = "/" + i`)
	if limit, ok := err.(*LimitError); !ok || limit.Code != LimitRequests {
		t.Errorf("a hundred images at once: %v", err)
	}
}

func TestPictureSizes(t *testing.T) {
	jpeg := "\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc0\x00\x11\x08\x00\x02\x00\x03\x03"
	bmp := "BM" + strings.Repeat("\x00", 16) + "\x03\x00\x00\x00\xfe\xff\xff\xff"
	for name, c := range map[string]struct {
		mime, body    string
		width, height int
		ok            bool
	}{
		"PNG":                           {"", samples["png"].body, 3, 2, true},
		"a PNG that is cut off":         {"", samples["png"].body[:20], 0, 0, false},
		"GIF":                           {"", "GIF89a\x03\x00\x02\x00", 3, 2, true},
		"JPEG, behind another segment":  {"", jpeg, 3, 2, true},
		"a JPEG without a frame":        {"", jpeg[:8], 0, 0, false},
		"a JPEG whose segment is empty": {"", "\xff\xd8\xff\xe0\x00\x00\xff\xe0\x00\x00\xff\xe0\x00\x00", 0, 0, false},
		"WebP, lossy":                   {"", "RIFF\x00\x00\x00\x00WEBPVP8 \x00\x00\x00\x00\x00\x00\x00\x9d\x01\x2a\x03\x00\x02\x00", 3, 2, true},
		"WebP, lossless":                {"", "RIFF\x00\x00\x00\x00WEBPVP8L\x00\x00\x00\x00\x2f\x02\x40\x00\x00", 3, 2, true},
		"WebP, extended":                {"", "RIFF\x00\x00\x00\x00WEBPVP8X\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x01\x00\x00", 3, 2, true},
		"BMP, its lines from above":     {"", bmp, 3, 2, true},
		"an icon":                       {"", "\x00\x00\x01\x00\x01\x00\x00\x10", 256, 16, true},
		"AVIF has no size here":         {"", "\x00\x00\x00\x1cftypavif\x00\x00", 0, 0, true},
		"SVG: width and height":         {"image/svg+xml", `<svg width="3px" height='2' viewBox="0 0 9 9"/>`, 3, 2, true},
		"SVG: neither":                  {"image/svg+xml", `<!DOCTYPE svg><svg>`, 300, 150, true},
		"SVG that says that it is text": {"text/plain", `<svg width="3" height="2"/>`, 0, 0, false},
		"XML that is no SVG":            {"image/svg+xml", `<p/>`, 0, 0, false},
		"nothing":                       {"image/png", "", 0, 0, false},
	} {
		if width, height, ok := pictureSize(c.mime, []byte(c.body)); width != c.width || height != c.height || ok != c.ok {
			t.Errorf("%s: got %d by %d, %v", name, width, height, ok)
		}
	}
}

func FuzzPictureSize(f *testing.F) {
	for _, s := range samples {
		f.Add(s.mime, []byte(s.body))
	}
	f.Add("", binary.BigEndian.AppendUint16([]byte("\xff\xd8\xff\xe0\xff\xff"), 7))
	f.Fuzz(func(t *testing.T, mime string, b []byte) {
		if width, height, ok := pictureSize(mime, b); width < 0 || height < 0 || !ok && width+height > 0 {
			t.Errorf("%d by %d, %v", width, height, ok)
		}
		beginsAsHTML(b)
		isMedia(mime, b)
	})
}
