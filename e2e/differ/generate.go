package differ

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/corscope/corscope/e2e/world"
)

// Scope narrows what is generated, for browsers that the engine's profile does not follow everywhere. Each field's comment says
// why it exists.
type Scope struct {
	// Pages are the addresses of the pages.
	Pages []string
	// ASCIIHeaders keeps other characters out of header values, in both directions. WebKitGTK's network stack, libsoup, has ways of its
	// own with them, which Safari does not share.
	ASCIIHeaders bool
	// NoResetContent leaves out answers of status 205. WebKit reads their body, which RFC 9110, 15.3.6, forbids servers to send and the
	// engine never reads.
	NoResetContent bool
	// NoHTTPCache and NoWaiting leave out the cases whose answers may be stored, and those that wait until a preflight is too old. WebKitGTK
	// has no HTTP cache under its WebDriver, whose sessions are ephemeral
	// (https://webkitgtk.org/reference/webkitgtk/stable/method.WebContext.get_network_session_for_automation.html).
	NoHTTPCache, NoWaiting bool
	// NoNotModified leaves 304 to no condition, and 300 without Location, out of the answers that may be stored. Firefox does not store the answer
	// that comes after one either (https://www.rfc-editor.org/rfc/rfc9111#section-3; docs/conformance.md, "Departures").
	NoNotModified bool
	// HTTPCacheAlone draws nothing but cases whose answers may be stored.
	HTTPCacheAlone bool
	// NoNoCORSFrames keeps mode no-cors out of frames. Cookies behind redirects of theirs follow a rule that was not found: at the third URL
	// WebKitGTK may send some that it sends at no other (https://webkit.org/tracking-prevention/ tells of none).
	NoNoCORSFrames bool
	// NoHTTP2 leaves out the servers of HTTP/2, and NoStreams request bodies as streams, which Chromium alone sends: Firefox and WebKit
	// make text of them (https://developer.mozilla.org/en-US/docs/Web/API/RequestInit#body).
	NoHTTP2, NoStreams bool
	// NoEmptyBlobs makes empty Blobs hold something. WebKitGTK sends them without Content-Length, but for POST and PUT.
	NoEmptyBlobs bool
}

// Generate returns the case with that number of a seed.
func Generate(seed uint64, number int, scope Scope) Case {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, uint64(number))), scope: scope}
	c := g.newCase()
	if scope.ASCIIHeaders {
		c.keepASCII()
	}
	for i := range c.Calls {
		if b := c.Calls[i].Body; scope.NoEmptyBlobs && b != nil && b.Kind == "blob" && b.Text == "" {
			b.Text = "x"
		}
	}
	if scope.NoResetContent {
		for _, node := range c.Script {
			for i := range node.Answers {
				if node.Answers[i].Status == 205 {
					node.Answers[i].Status = 200
				}
			}
		}
	}
	return c
}

// keepASCII writes "e" for "é" in all headers.
func (c *Case) keepASCII() {
	plain := func(fields []world.Field) {
		for i := range fields {
			fields[i][1] = strings.NewReplacer("é", "e", "É", "E").Replace(fields[i][1])
		}
	}
	for i := range c.Calls {
		plain(c.Calls[i].Headers)
	}
	for _, node := range c.Script {
		for _, answers := range [][]world.Answer{node.Preflights, node.Answers} {
			for i := range answers {
				plain(answers[i].Fields)
			}
		}
	}
}

type generator struct {
	*rand.Rand
	scope Scope
	top   string // the address of the page in the address bar
	frame *Frame // that the fetches come from; nil: the page itself
	home  string // the origin of the address of the page or frame
	page  string // its own origin, as it is serialized: "null" in a sandbox
	http2 bool   // most servers speak HTTP/2
}

// chance is true n times in a hundred.
func (g *generator) chance(n int) bool { return g.IntN(100) < n }

func pick[T any](g *generator, choices ...T) T { return choices[g.IntN(len(choices))] }

// originOf cuts a URL of the world after its host.
func originOf(url string) string {
	i := strings.Index(url, "://")
	if j := strings.IndexByte(url[i+3:], '/'); j >= 0 {
		return url[:i+3+j]
	}
	return url
}

func schemeOf(url string) string { s, _, _ := strings.Cut(url, ":"); return s }

// target picks an origin in some relation to the page's.
func (g *generator) target() string {
	scheme := schemeOf(g.home)
	port := ""
	if g.chance(30) {
		port = ":" + world.Ports[scheme][1]
	}
	if g.http2 && g.chance(60) {
		return "https://" + pick(g, world.HTTP2Hosts...) + port
	}
	switch n := g.IntN(100); {
	case n < 22:
		return g.home
	case n < 50:
		return scheme + "://api.app.test" + port
	case n < 78:
		return scheme + "://other.test" + port
	case n < 86:
		return scheme + "://app.test:" + world.Ports[scheme][1]
	case n < 91:
		return "http://localhost:8101"
	}
	// The other scheme: mixed content one way, a cross-site secure target the other.
	if scheme == "http" {
		return "https://" + pick(g, "app.test", "api.app.test", "other.test", "app.test:8443")
	}
	return "http://" + pick(g, "app.test", "api.app.test", "other.test:8101")
}

// place picks the page, and sometimes a frame in it.
func (g *generator) place() {
	g.top = pick(g, g.scope.Pages...)
	if !g.scope.NoHTTP2 && g.chance(8) {
		g.http2 = true
		g.top = "https://" + pick(g, "app.test", "h2.app.test") + "/?page=1"
	}
	g.home = originOf(g.top)
	g.page = g.home
	if !g.chance(10) {
		return
	}
	hosts := []string{"https://other.test", "https://api.app.test", "https://app.test"}
	if g.http2 {
		hosts = append(hosts, "https://h2.app.test", "https://h2.other.test")
	}
	if schemeOf(g.top) == "http" {
		hosts = append(hosts, "http://other.test", "http://api.app.test", "http://app.test:8101")
	}
	g.home = pick(g, hosts...)
	g.page = g.home
	g.frame = &Frame{URL: g.home + "/?frame=1", Sandbox: g.chance(35)}
	if g.frame.Sandbox {
		g.page = "null"
	}
}

// newTimedCase is a preflighted fetch that is made again before or after its preflight has grown too old. The times are far apart,
// because machines are slow at times.
func (g *generator) newTimedCase() Case {
	c := Case{Page: g.top, Frame: g.frame, Script: world.Script{}}
	host := "http://other.test"
	if schemeOf(g.top) == "https" {
		host = "https://other.test"
	}
	call := Call{URL: host + "/{case}/a", Method: "PUT"}
	later := call
	later.Wait = 2500
	c.Calls = []Call{call, later}
	preflight := world.Answer{Status: 204, Fields: []world.Field{{"Access-Control-Allow-Origin", "*"}, {"Access-Control-Allow-Methods", "PUT"}}}
	preflight.Fields = append(preflight.Fields, world.Field{"Access-Control-Max-Age", pick(g, "1", "1", "60", "0")})
	c.Script["a"] = &world.Node{Preflights: []world.Answer{preflight}, Answers: []world.Answer{{Status: 200, Fields: []world.Field{{"Access-Control-Allow-Origin", "*"}}}}}
	return c
}

// nodes are the paths of a case; a chain of redirects walks along them.
var nodes = []string{"a", "b", "c", "d", "e"}

func (g *generator) newCase() Case {
	g.place()
	switch n := g.IntN(200); {
	case (n < 24 || g.scope.HTTPCacheAlone) && !g.scope.NoHTTPCache:
		return g.newCacheCase()
	case n == 199 && !g.scope.NoWaiting:
		return g.newTimedCase()
	}
	c := Case{Page: g.top, Frame: g.frame, Script: world.Script{}}
	hops := []string{g.target()}
	for n := g.chainLength(); n > 0; n-- {
		if g.chance(35) {
			hops = append(hops, hops[len(hops)-1])
		} else {
			hops = append(hops, g.target())
		}
	}
	call := g.newCall(hops[0] + "/{case}/a")
	c.Calls = []Call{call}
	if g.chance(30) {
		c.Calls = append(c.Calls, g.variant(call))
		if g.chance(30) {
			c.Calls = append(c.Calls, g.variant(call))
		}
	}
	for i := range hops {
		c.Script[nodes[i]] = g.newNode(c.Calls, hops, i)
	}
	if c.Calls[0].Keepalive && leadsToCredentials(c.Script) {
		// Chromium's page hears of the refusal while the redirect is still being followed, so that a second call could overtake it.
		c.Calls = c.Calls[:1]
	}
	return c
}

// leadsToCredentials reports whether a Location holds a user name or password.
func leadsToCredentials(script world.Script) bool {
	for _, node := range script {
		for _, a := range node.Answers {
			for _, f := range a.Fields {
				if strings.EqualFold(f[0], "Location") && strings.Contains(f[1], "@") {
					return true
				}
			}
		}
	}
	return false
}

func (g *generator) chainLength() int {
	switch n := g.IntN(100); {
	case n < 62:
		return 0
	case n < 84:
		return 1
	case n < 95:
		return 2
	}
	return pick(g, 3, 4)
}

func (g *generator) newCall(url string) Call {
	c := Call{URL: url}
	if g.chance(4) {
		c.URL += pick(g, "?q=1", "#f", "?q=%20%27'#f g", "/../a", "?é")
	}
	c.Method = g.method()
	if c.Mode = g.mode(); c.Mode == "no-cors" && g.frame != nil && g.scope.NoNoCORSFrames {
		c.Mode = ""
	}
	c.Headers = g.headers()
	if hasBody := c.Method == "POST" || c.Method == "PUT" || c.Method == "DELETE" || c.Method == "PATCH"; hasBody && g.chance(60) || g.chance(1) {
		c.Body = g.body()
	}
	if g.chance(60) {
		c.Credentials = pick(g, "include", "include", "include", "omit", "same-origin")
	}
	if g.chance(15) {
		c.Redirect = pick(g, "error", "manual", "manual", "follow")
	}
	if g.chance(12) {
		c.Cache = pick(g, "no-store", "reload", "no-cache", "default", "force-cache")
	}
	if g.chance(18) {
		c.ReferrerPolicy = g.referrerPolicy()
	}
	if g.chance(4) {
		c.Referrer = pick(g, g.home+"/else?x=1#f", "about:client", "http://other.test/else", "/{case}/else")
	}
	c.Keepalive = g.chance(3)
	return c
}

func (g *generator) method() string {
	switch n := g.IntN(100); {
	case n < 40:
		return ""
	case n < 62:
		return "POST"
	case n < 77:
		return "PUT"
	case n < 84:
		return "DELETE"
	}
	return pick(g, "HEAD", "OPTIONS", "PATCH", "patch", "get", "post", "delete", "Put", "PURGE", "x-M", "GET", "CHICKEN", "TRACE", "a b")
}

func (g *generator) mode() string {
	switch n := g.IntN(100); {
	case n < 78:
		return ""
	case n < 82:
		return "cors"
	case n < 95:
		return "no-cors"
	}
	return "same-origin"
}

func (g *generator) referrerPolicy() string {
	return pick(g, "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin",
		"origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url")
}

// variant is a second fetch of the same URL that the preflight cache may answer.
func (g *generator) variant(c Call) Call {
	v := c
	v.Headers = slices.Clone(c.Headers)
	switch g.IntN(6) {
	case 0, 1:
	case 2:
		v.Method, v.Body = pick(g, "", "PUT", "DELETE", "PATCH"), nil
	case 3:
		v.Headers = append(v.Headers, pick(g, world.Field{"X-A", "2"}, world.Field{"X-B", "2"}, world.Field{"Authorization", "Bearer 2"}))
	case 4:
		v.Credentials = pick(g, "include", "omit", "")
	case 5:
		v.Cache = pick(g, "no-store", "reload", "no-cache", "")
	}
	return v
}

func (g *generator) body() *Body {
	if g.http2 && !g.scope.NoStreams && g.chance(25) {
		return &Body{Kind: "stream", Text: pick(g, "", "x", "a=1&b=2")}
	}
	b := &Body{Kind: pick(g, "bytes", "text", "text", "form", "blob"), Text: pick(g, "", "x", "a=1&b=2", `{"a":1}`)}
	if b.Kind == "form" {
		b.Text = pick(g, "", "x=", "a=1&b=2") // as URLSearchParams writes them
	}
	if b.Kind == "blob" {
		b.Type = pick(g, "", "text/plain", "application/json", "text/plain;charset=utf-8", "application/octet-stream", "multipart/form-data;boundary=x")
	}
	if g.http2 && b.Text == "" {
		b.Text = "x="
	}
	return b
}

// The sets below are not generated, with the reason:
//   - answers that may be stored, but for those of generate_cache.go: the world adds "Cache-Control: no-store" to all that say nothing;
//   - status 101 and 103: they are no answers, and the fetch waits for one (https://www.rfc-editor.org/rfc/rfc9110#section-15.2);
//   - status 401 with a challenge: browsers ask a person (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, step 15);
//   - status 408: Chromium asks again where its connection was not a new one, which no case can know (net/http/http_network_transaction.cc;
//     https://www.rfc-editor.org/rfc/rfc9110#section-15.5.9);
//   - redirects to mailto: and the like: Firefox opens its mail settings in the tab and the page is gone
//     (https://html.spec.whatwg.org/multipage/browsing-the-web.html#hand-off-to-external-software);
//   - bodies of length 0 over HTTP/2: Go's client sends "content-length: 0" with them for POST, PUT and PATCH alone, and lets nobody set it
//     (https://pkg.go.dev/golang.org/x/net/http2#Transport);
//   - more than twenty redirects: covered by a table test of the engine.

func (g *generator) headers() []world.Field {
	var fields []world.Field
	if g.chance(45) {
		return nil
	}
	for range 1 + g.IntN(3) {
		fields = append(fields, g.header())
	}
	if g.chance(8) && len(fields) > 0 {
		fields = append(fields, pick(g, fields...))
	}
	return fields
}

// pad makes a value of n bytes.
func pad(start string, n int) string { return start + strings.Repeat("a", max(0, n-len(start))) }

func (g *generator) header() world.Field {
	switch n := g.IntN(100); {
	case n < 30:
		return world.Field{pick(g, "X-A", "x-b", "X-C", "X-Requested-With", "Zebra", "X_Y", "x-a"), pick(g, "1", "", "a, b", "é", " 1 ", "a\tb")}
	case n < 40:
		return world.Field{"Authorization", pick(g, "Bearer x", "Basic YTpi")}
	case n < 60:
		return world.Field{pick(g, "Content-Type", "content-type"), g.contentType()}
	case n < 80:
		return g.safelisted()
	case n < 88:
		return world.Field{pick(g, "Range", "range"), pick(g, "bytes=0-", "bytes=0-1", "bytes=1-0", "bytes=-5", "bytes 0-1", "bytes=0-1,3-4", "bytes=", "bytes=00-01", "bytes = 0-1", "BYTES=0-1", "x=0-1", "bytes=0-9223372036854775807", "bytes=99999999999999999999-")}
	case n < 93:
		return world.Field{pick(g, "If-None-Match", "If-Modified-Since", "If-Match", "If-Range", "If-Unmodified-Since"), pick(g, `"x"`, "Sat, 29 Oct 1994 19:43:31 GMT")}
	case n < 96:
		return world.Field{pick(g, "Cache-Control", "Pragma", "User-Agent", "DPR", "Save-Data", "Width", "Device-Memory", "ECT", "Purpose", "Content-Encoding", "Content-Location", "Last-Event-ID"), pick(g, "no-cache", "1", "on", "x", "4g", "2.0")}
	}
	return world.Field{pick(g, "Accept-Charset", "Access-Control-Request-Method", "Access-Control-Request-Headers", "Connection", "Cookie", "Date", "DNT", "Expect",
		"Host", "Origin", "Referer", "Set-Cookie", "TE", "Via", "Proxy-X", "Sec-X", "sec-ch-dpr", "X-HTTP-Method-Override", "X-Method-Override", "bad name", "Upgrade"),
		pick(g, "x", "GET", "TRACE", "get,track", "trailers")}
}

func (g *generator) contentType() string {
	return pick(g, "text/plain", "application/json", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=a",
		"text/plain;charset=utf-8", "TEXT/PLAIN", "text/plain; a=\"b\"", "text/plain,application/json", "text/plain, text/plain", "text/html", "text/plain ; charset=x",
		"text", "", "text/plain;", "text/plain; charset=é", pad("text/plain;a=", 128), pad("text/plain;a=", 129), "application/x-www-form-urlencoded;x", "text /plain", "text/plain;a=(")
}

func (g *generator) safelisted() world.Field {
	name := pick(g, "Accept", "Accept-Language", "Content-Language", "accept", "ACCEPT-LANGUAGE")
	value := pick(g, "*/*", "text/html", "en", "en-US,en;q=0.5", "de_DE", "a b", "x\"y", "x:y", "x/y", "x=y;z", "", "\tx", "é", "a\x7fb", "{", "a@b", "[1]", "a*b", "(a)",
		pad("x", 127), pad("x", 128), pad("x", 129), pad("en", 100))
	return world.Field{name, value}
}
