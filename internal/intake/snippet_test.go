package intake_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/intake"
)

func TestASnippetKeepsWhatLetsARequestOutliveThePageAndAskFirst(t *testing.T) {
	in := read(t, "fetch('https://api.example.com/', { method: 'POST', keepalive: true, body: 'bye' })")
	if !in.Request.Keepalive || in.Request.UploadListener {
		t.Errorf("it asks for %+v", in.Request)
	}
	in = read(t, "const x = new XMLHttpRequest();\nx.open('POST', 'https://api.example.com/');\nx.upload.onprogress = () => {};\nx.send('a');")
	if in.Request.Keepalive || !in.Request.UploadListener {
		t.Errorf("it asks for %+v", in.Request)
	}
}

func TestTheBodyOfARequestThatIsNotSentIsKept(t *testing.T) {
	in := read(t, "fetch('https://api.example.com/', { method: 'POST', keepalive: true, body: 'x'.repeat(70000) })")
	if !in.Request.Keepalive || len(in.Body) != 70000 || in.Stream {
		t.Errorf("the body has %d bytes, stream %v", len(in.Body), in.Stream)
	}
}

func TestAStreamIsABodyOfItsOwn(t *testing.T) {
	for name, text := range map[string]string{
		"a stream":               "fetch('https://api.example.com/', { method: 'POST', duplex: 'half', body: new Blob(['hello']).stream() })",
		"a stream for a Request": "const q = new Request('https://api.example.com/', { method: 'POST', duplex: 'half', body: new Blob(['hello']).stream() });\nawait fetch(q);",
	} {
		in := read(t, text)
		if !in.Stream || string(in.Body) != "hello" || len(in.Notes) != 1 || !strings.Contains(in.Notes[0], "[object ReadableStream]") {
			t.Errorf("%s: stream %v, body %q, notes %q", name, in.Stream, in.Body, in.Notes)
		}
	}
	if in := read(t, "fetch('https://api.example.com/', { method: 'POST', body: new Blob(['hello']) })"); in.Stream || string(in.Body) != "hello" {
		t.Errorf("a Blob is no stream: %v %q", in.Stream, in.Body)
	}
}

func TestSnippets(t *testing.T) {
	for _, c := range []struct {
		name, text        string
		by                intake.Initiator
		method, url, page string
		headers, body     string
		credentials       fetch.CredentialsMode
	}{
		{"Copy as fetch of Chromium",
			"fetch(\"https://api.example.com/users/7\", {\n  \"headers\": {\n    \"accept\": \"*/*\",\n    \"accept-language\": \"en-US,en;q=0.9\",\n    \"authorization\": \"Bearer abc\",\n    \"content-type\": \"application/json\",\n    \"priority\": \"u=1, i\",\n    \"sec-ch-ua\": \"\\\"Chromium\\\";v=\\\"156\\\"\",\n    \"sec-fetch-mode\": \"cors\"\n  },\n  \"referrer\": \"https://app.example.com/\",\n  \"referrerPolicy\": \"strict-origin-when-cross-origin\",\n  \"body\": \"{\\\"name\\\":\\\"Ada\\\"}\",\n  \"method\": \"PUT\",\n  \"mode\": \"cors\",\n  \"credentials\": \"include\"\n});",
			"fetch", "PUT", "https://api.example.com/users/7", "https://app.example.com/", "authorization: Bearer abc\ncontent-type: application/json", `{"name":"Ada"}`, "include"},
		{"Copy as Node.js fetch",
			"fetch(\"https://api.example.com/me\", {\n  \"headers\": {\n    \"accept\": \"application/json\",\n    \"sec-fetch-mode\": \"cors\",\n    \"cookie\": \"sid=1\",\n    \"Referer\": \"https://app.example.com/x\"\n  },\n  \"body\": null,\n  \"method\": \"GET\"\n});",
			"fetch", "GET", "https://api.example.com/me", "https://app.example.com/x", "accept: application/json", "", "include"},
		{"Copy as fetch of Firefox",
			"await fetch(\"https://api.example.com/me\", {\n    \"credentials\": \"omit\",\n    \"headers\": {\n        \"User-Agent\": \"Mozilla/5.0 (X11; rv:153.0)\",\n        \"Accept\": \"*/*\",\n        \"X-Token\": \"1\",\n        \"Sec-Fetch-Dest\": \"empty\",\n        \"Pragma\": \"no-cache\",\n        \"Cache-Control\": \"no-cache\"\n    },\n    \"referrer\": \"https://app.example.com/\",\n    \"method\": \"GET\",\n    \"mode\": \"cors\"\n});",
			"fetch", "GET", "https://api.example.com/me", "https://app.example.com/", "X-Token: 1", "", "omit"},
		{"expressions", "const id = 3 + 4;\nconst headers = new Headers([['X-A', 'a'.repeat(3)]]);\nconst r = await fetch(`https://api.example.com/users/${id}`, { headers, method: 'post', body: new URLSearchParams({ q: 'a b' }) });\nconsole.log((await r.json()).items.length);",
			"fetch", "POST", "https://api.example.com/users/7", "", "x-a: aaa\nContent-Type: application/x-www-form-urlencoded;charset=UTF-8", "q=a+b", "same-origin"},
		{"a Request object", "fetch(new Request('https://api.example.com/', { method: 'DELETE', credentials: 'include', referrer: 'https://app.example.com/' }))",
			"fetch", "DELETE", "https://api.example.com/", "https://app.example.com/", "", "", "include"},
		{"the body of a function", "const url = 'https://api.example.com/';\nreturn fetch(url, { headers: { 'X-A': '1' } });",
			"fetch", "GET", "https://api.example.com/", "", "X-A: 1", "", "same-origin"},
		{"a function that nobody calls", "export async function load(id) {\n  const r = await fetch('https://api.example.com/users?x=1', { headers: { Authorization: `Bearer ${token}` } });\n  return r.json();\n}",
			"fetch", "GET", "https://api.example.com/users?x=1", "", "Authorization: Bearer token", "", "same-origin"},
		{"React", "import { useEffect, useState } from 'react';\nconst [data, setData] = useState();\nuseEffect(() => { fetch('https://api.example.com/data').then(r => r.json()).then(setData); }, []);",
			"fetch", "GET", "https://api.example.com/data", "", "", "", "same-origin"},
		{"a storage, and an error that is caught", "try {\n  await fetch('https://api.example.com/', { headers: { 'X-Token': localStorage.getItem('token') } });\n} catch (e) { console.error(e); }",
			"fetch", "GET", "https://api.example.com/", "", "X-Token: null", "", "same-origin"},
		{"XMLHttpRequest", "var x = new XMLHttpRequest();\nx.open('PUT', 'https://api.example.com/a');\nx.withCredentials = true;\nx.setRequestHeader('X-A', '1');\nx.onload = function () { alert(x.responseText); };\nx.send('{}');",
			"XMLHttpRequest", "PUT", "https://api.example.com/a", "", "X-A: 1\nContent-Type: text/plain;charset=UTF-8", "{}", "include"},
		{"axios with an instance", "import axios from 'axios';\nconst api = axios.create({ baseURL: 'https://api.example.com/v1/', withCredentials: true, headers: { 'X-App': '1' } });\napi.interceptors.request.use((c) => { c.headers.Authorization = 'Bearer abc'; return c; });\nconst { data } = await api.post('/users', { name: 'Ada' }, { params: { a: 1, b: [2, 3] } });",
			"XMLHttpRequest", "POST", "https://api.example.com/v1/users?a=1&b%5B%5D=2&b%5B%5D=3", "", "Accept: application/json, text/plain, */*\nX-App: 1\nAuthorization: Bearer abc\nContent-Type: application/json", `{"name":"Ada"}`, "include"},
		{"axios with a configuration", "const axios = require('axios');\naxios({ method: 'delete', url: 'https://api.example.com/users/7', auth: { username: 'a', password: 'b' } }).then(r => console.log(r.data));",
			"XMLHttpRequest", "DELETE", "https://api.example.com/users/7", "", "Accept: application/json, text/plain, */*\nAuthorization: Basic YTpi", "", "same-origin"},
		{"a method of a React component", "componentDidMount() {\n  // don't\n  fetch('https://api.example.com/users', { headers: { 'X-A': ')' } })\n    .then(r => r.json());\n}",
			"fetch", "GET", "https://api.example.com/users", "", "X-A: )", "", "same-origin"},
		{"TypeScript with axios", "import axios, { AxiosResponse } from 'axios';\nexport const login = async (name: string): Promise<AxiosResponse> => {\n  return await axios.post('https://api.example.com/login', { a: 1 }, { withCredentials: true });\n};",
			"XMLHttpRequest", "POST", "https://api.example.com/login", "", "Accept: application/json, text/plain, */*\nContent-Type: application/json", `{"a":1}`, "include"},
		{"Angular's HttpClient", "users(): Observable<User[]> {\n  return this.http.get<User[]>('https://api.example.com/users', { withCredentials: true });\n}",
			"XMLHttpRequest", "GET", "https://api.example.com/users", "", "Accept: application/json, text/plain, */*", "", "include"},
		{"AngularJS", "$http({ method: 'DELETE', url: 'https://api.example.com/a', headers: { 'X-A': '1' } }).then(function (r) {}, function (e) {});",
			"XMLHttpRequest", "DELETE", "https://api.example.com/a", "", "Accept: application/json, text/plain, */*\nX-A: 1", "", "same-origin"},
		{"a script with its tags", "<script type=\"text/javascript\">\nfetch('https://api.example.com/');\n</script>",
			"fetch", "GET", "https://api.example.com/", "", "", "", "same-origin"},
		{"jQuery", "$.ajax({\n  url: 'https://api.example.com/a',\n  type: 'POST',\n  data: JSON.stringify({ a: 1 }),\n  contentType: 'application/json',\n  dataType: 'json',\n  xhrFields: { withCredentials: true },\n  beforeSend: function (xhr) { xhr.setRequestHeader('X-Token', '1'); },\n  success: function (d) { console.log(d); }\n});",
			"XMLHttpRequest", "POST", "https://api.example.com/a", "", "Accept: application/json, text/javascript, */*; q=0.01\nContent-Type: application/json\nX-Token: 1", `{"a":1}`, "include"},
		{"jQuery's get in a ready handler", "$(document).ready(function () { $.get('https://api.example.com/a', { q: 'x y' }, function (d) { $('#out').text(d.a); }); });",
			"XMLHttpRequest", "GET", "https://api.example.com/a?q=x+y", "", "Accept: */*", "", "same-origin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := read(t, c.text)
			if in.Kind != intake.KindSnippet || in.Initiator != c.by {
				t.Fatalf("it was taken for %q by %q", in.Kind, in.Initiator)
			}
			if in.Request.Method != c.method || in.Request.URL != c.url || in.Page != c.page || in.Request.Credentials != c.credentials {
				t.Errorf("page %q asks %s %s with credentials %q", in.Page, in.Request.Method, in.Request.URL, in.Request.Credentials)
			}
			if got := headerText(in.Request.Headers); got != c.headers {
				t.Errorf("headers\n%s\nwant\n%s", got, c.headers)
			}
			if string(in.Body) != c.body {
				t.Errorf("body %q, want %q", in.Body, c.body)
			}
		})
	}
}

func TestAnImportOfAModuleIsARequest(t *testing.T) {
	for name, c := range map[string]struct {
		text, url string
		imports   bool
	}{
		"alone":                        {"import('https://api.example.com/m.js')", "https://api.example.com/m.js", true},
		"for what is in it":            {"const { a } = await import('https://api.example.com/m.js');\na();", "https://api.example.com/m.js", true},
		"of a library, before a fetch": {"const m = await import('https://cdn.example/m.js').catch(() => 0);\nfetch('https://api.example.com/a');", "https://api.example.com/a", false},
	} {
		t.Run(name, func(t *testing.T) {
			in := read(t, c.text)
			if in.Kind != intake.KindSnippet || in.Import != c.imports || in.Request.URL != c.url {
				t.Errorf("%+v", in)
			}
			if c.imports && (in.Request.Method != "" || in.Request.Mode != "" || in.Initiator != "") {
				t.Errorf("an import has no options: %+v", in.Request)
			}
		})
	}
}

func TestWhatElementsAskForIsARequest(t *testing.T) {
	for name, c := range map[string]struct{ text, what, want string }{
		"an image":                     {"const img = new Image();\nimg.crossOrigin = 'anonymous';\nimg.src = 'https://api.example.com/a.png';\nimg.onload = () => ctx.drawImage(img, 0, 0);", "JavaScript that loads an image", "https://api.example.com/a.png image img cors same-origin"},
		"one made by its tag":          {"const i = document.createElement('img');\ni.src = 'https://api.example.com/a.png';\ndocument.body.appendChild(i);", "JavaScript that loads an image", "https://api.example.com/a.png image img no-cors include"},
		"a font":                       {"const f = new FontFace('Inter', 'url(https://api.example.com/a.woff2)');\nf.load().then(() => document.fonts.add(f));", "JavaScript that loads a font", "https://api.example.com/a.woff2 font css cors same-origin"},
		"a style sheet":                {"const l = document.createElement('link');\nl.rel = 'stylesheet';\nl.crossOrigin = 'use-credentials';\nl.href = 'https://api.example.com/a.css';\ndocument.head.appendChild(l);", "JavaScript that loads a style sheet", "https://api.example.com/a.css style link cors include"},
		"a script":                     {"const s = document.createElement('script');\ns.src = 'https://api.example.com/a.js';\ns.crossOrigin = '';\ndocument.head.append(s);", "JavaScript that loads a script", "https://api.example.com/a.js script script cors same-origin"},
		"a script, and what it is for": {"const s = document.createElement('script');\ns.src = 'https://cdn.example/a.js';\ndocument.head.append(s);\nfetch('https://api.example.com/a');", "JavaScript that calls fetch", "https://api.example.com/a   cors same-origin"},
		"an EventSource":               {"new EventSource('https://api.example.com/a', { withCredentials: true }).onmessage = (e) => show(e.data);", "JavaScript that opens an EventSource", "https://api.example.com/a  other cors include"},
		"a sound":                      {"new Audio('https://api.example.com/a.mp3').play();", "JavaScript that loads a sound", "https://api.example.com/a.mp3 audio audio no-cors include"},
	} {
		t.Run(name, func(t *testing.T) {
			in := read(t, c.text)
			q := in.Request
			if got := strings.Join([]string{q.URL, string(q.Destination), string(q.InitiatorType), string(q.Mode), string(q.Credentials)}, " "); in.What != c.what || got != c.want {
				t.Errorf("%s: %s, want %s", in.What, got, c.want)
			}
		})
	}
}

func TestConsoleErrorsOfElementsAreTheirRequests(t *testing.T) {
	const rest = " at 'https://api.example.com/a' from origin 'https://app.example.com' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."
	for kind, want := range map[string]string{"image": "image img", "font": "font css", "CSS stylesheet": "style link", "script": "script script", "audio": "audio audio", "link element resource": " link", "fetch": " "} {
		in := read(t, "Access to "+kind+rest)
		if got := string(in.Request.Destination) + " " + string(in.Request.InitiatorType); got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
	if in := read(t, "EventSource cannot load https://api.example.com/a due to access control checks."); in.Request.InitiatorType != "other" {
		t.Errorf("Safari's EventSource: %+v", in.Request)
	}
}

func TestOptionsThatOneBrowserReadsAreRead(t *testing.T) {
	in := read(t, "fetch('https://nas.example.com/', { targetAddressSpace: 'local', integrity: 'sha256-x' })")
	if in.Request.TargetAddressSpace != "local" || in.Request.Integrity != "sha256-x" {
		t.Errorf("%+v", in.Request)
	}
}

func TestRelativeURLsOfASnippetStartFromItsPage(t *testing.T) {
	const text = "fetch('/api/users')"
	in, err := intake.ReadText(t.Context(), []byte(text), intake.Options{Page: "https://app.example.com/cart"})
	if err != nil || in.Request.URL != "https://app.example.com/api/users" {
		t.Errorf("%+v, %v", in, err)
	}
	if in := read(t, text); in.Request.URL != "/api/users" || in.Page != "" {
		t.Errorf("without a page the URL is %q of page %q", in.Request.URL, in.Page)
	}
}

func TestANameThatIsNotInTheSnippetIsSaid(t *testing.T) {
	in := read(t, "fetch('https://api.example.com/', { headers: { Authorization: 'Bearer ' + auth.token } })")
	said := false
	for _, a := range in.Assumed {
		said = said || strings.Contains(a.Text, "auth.token is not in the snippet")
	}
	if !said || headerText(in.Request.Headers) != "Authorization: Bearer auth.token" {
		t.Errorf("assumed %+v, headers %q", in.Assumed, headerText(in.Request.Headers))
	}
}

func TestWhatASnippetsObjectHoldsIsNotInvented(t *testing.T) {
	_, err := intake.ReadText(t.Context(), []byte("add(user: User) {\n  return this.http.post<User>(this.url, user);\n}"), intake.Options{})
	if err == nil || !strings.Contains(err.Error(), "the URL begins with this.url, which is not in the snippet") {
		t.Errorf("got %v", err)
	}
	in := read(t, "async load() {\n  return fetch('https://api.example.com/', { headers: { Authorization: `Bearer ${this.token}` } });\n}")
	if v, _ := in.Request.Headers.Get("Authorization"); v != "Bearer this.token" && v != "Bearer thisObject.token" || len(in.Assumed) != 1 || !strings.HasPrefix(in.Assumed[0].Text, "this.token is not in the snippet") {
		t.Errorf("Authorization %q, assumed %+v", v, in.Assumed)
	}
}

func TestSeveralRequestsOfASnippetAreListed(t *testing.T) {
	const text = "const { token } = await (await fetch('https://api.example.com/login', { method: 'POST' })).json();\nawait fetch('https://api.example.com/me', { headers: { 'X-Token': token } });"
	in, err := intake.ReadText(t.Context(), []byte(text), intake.Options{Entry: 2})
	if err != nil || in.Request.URL != "https://api.example.com/me" || len(in.Entries) != 2 || in.Entries[0].Method != "POST" {
		t.Errorf("%+v, %v", in, err)
	}
}

func TestSnippetsThatCannotBeUsed(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		code    intake.ErrorCode
		message string
	}{
		"a syntax error":                   {"// the call\nfetch('https://api.example.com/', { headers: { }", intake.ErrSyntax, "line 2"},
		"an endless loop":                  {"while (true) {} fetch('https://api.example.com/')", intake.ErrLimit, "longer than 3s"},
		"no end of memory":                 {"let a = []; while (true) a.push(new Uint8Array(1 << 20)); fetch('https://a.example')", intake.ErrLimit, ""},
		"an exception":                     {"throw new Error('no'); fetch('https://api.example.com/')", intake.ErrScript, "Error: no"},
		"no request":                       {"const a = () => 1; // fetch('x')", intake.ErrNoRequest, "makes no request"},
		"a URL that begins with a name":    {"fetch(API_URL + '/users')", intake.ErrScript, "begins with API_URL"},
		"a URL that begins with Vite's":    {"fetch(`${import.meta.env.VITE_API}/users`)", intake.ErrScript, "begins with import.meta.env.VITE_API"},
		"a URL that cannot be parsed":      {"await fetch('https://a b/')", intake.ErrScript, ""},
		"a line break in a header's value": {"await fetch('https://api.example.com/', { headers: { 'X-A': 'a\\nb: c' } })", intake.ErrScript, ""},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := intake.ReadText(t.Context(), []byte(c.text), intake.Options{})
			var bad *intake.Error
			if !errors.As(err, &bad) || bad.Code != c.code || !strings.Contains(bad.Message, c.message) {
				t.Errorf("got %+v, error %v, want code %q with %q", in, err, c.code, c.message)
			}
		})
	}
}
