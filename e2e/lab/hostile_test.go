package lab

import (
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/corscope/corscope/e2e/browser"
)

// attack is what a page of somebody else's tries; its value is what it got.
var attacks = map[string]string{
	"reads the page with the token": `await (await fetch(LAB)).text()`,
	"reads the API":                 `await (await fetch(LAB + "api/v1/info")).text()`,
	"posts JSON with a made-up token": `await (await fetch(LAB + "api/v1/explain", {method: "POST",
		headers: {"Content-Type": "application/json", "X-Corscope-Token": "guess"}, body: JSON.stringify({case: {url: TARGET, page: location.origin}, allowPrivate: true})})).text()`,
	"posts JSON as text, blindly": `(await fetch(LAB + "api/v1/explain", {method: "POST", mode: "no-cors",
		headers: {"Content-Type": "text/plain"}, body: JSON.stringify({case: {url: TARGET, page: location.origin}, allowPrivate: true})}), "")`,
	"posts a form": `await new Promise(done => {
		const frame = document.createElement("iframe"), form = document.createElement("form"), field = document.createElement("input");
		frame.name = "away"; form.target = "away"; form.method = "post"; form.enctype = "text/plain"; form.action = LAB + "api/v1/explain";
		field.name = '{"case":{"url":"' + TARGET + '","page":"' + location.origin + '"},"allowPrivate":true,"x":"'; field.value = '"}';
		form.append(field); document.body.append(frame, form);
		frame.onload = () => { try { done(frame.contentDocument?.body.textContent ?? ""); } catch (e) { done(""); } };
		form.submit(); setTimeout(done, 3000, "");
	})`,
	"runs the page's script as its own": `await new Promise(done => {
		const s = document.createElement("script");
		s.onload = () => done("it ran"); s.onerror = () => done("");
		s.src = LAB + "app.js"; document.body.append(s);
	})`,
}

// TestHostilePages opens pages of other origins in the reader's browser, while the lab runs: none of them gets a word from it, and none
// has it send anything.
func TestHostilePages(t *testing.T) {
	p := open(t, desk, "")
	token := read[string](p, `return document.querySelector('meta[name="corscope-token"]').content`)
	target := startOwnServer(t)
	hostile := startHostile(t)
	labURL, err := url.Parse(p.url)
	p.must(err)
	// Another port of the same host is the same site, and localhost another one.
	for _, from := range []string{"http://127.0.0.1:" + hostile, "http://localhost:" + hostile} {
		for name, script := range attacks {
			p.must(p.c.Navigate(p.ctx, from))
			script = strings.NewReplacer("LAB", quote(p.url), "TARGET", quote(target.URL)).Replace(script)
			got, err := p.c.Eval(p.ctx, `(async () => { try { return String(`+script+`) } catch (e) { return "" } })()`)
			p.must(err)
			if got != "" {
				t.Errorf("a page of %s %s: it got %.200s", from, name, got)
			}
			if strings.Contains(got, token) {
				t.Errorf("a page of %s got the token", from)
			}
		}
		p.must(p.c.Navigate(p.ctx, from))
		if framed := frames(p, p.url); framed {
			t.Errorf("a page of %s can put the lab into a frame", from)
		}
	}
	if seen := target.seen(); seen != "" {
		t.Errorf("a page of somebody else's had the lab send %s", seen)
	}

	// What no browser sends, a program on this machine can: the token of another run is no key.
	for name, header := range map[string]map[string]string{
		"another host":  {"Host": "evil.test:" + labURL.Port(), "Origin": "http://evil.test:" + labURL.Port(), "X-Corscope-Token": token},
		"another page":  {"Origin": "http://127.0.0.1:1", "X-Corscope-Token": token},
		"no page":       {"X-Corscope-Token": token},
		"without token": {"Origin": strings.TrimSuffix(p.url, "/")},
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"api/v1/explain", strings.NewReader(`{"case":{"url":"`+target.URL+`"},"allowPrivate":true}`))
		p.must(err)
		request.Header.Set("Content-Type", "application/json")
		for name, value := range header {
			request.Header.Set(name, value)
		}
		if host := header["Host"]; host != "" {
			request.Host = host
		}
		response, err := http.DefaultClient.Do(request)
		p.must(err)
		response.Body.Close()
		if response.StatusCode < 400 || target.seen() != "" {
			t.Errorf("%s: the lab answers %s", name, response.Status)
		}
	}
}

// frames reports whether a page gets the lab into a frame that shows something.
func frames(p *page, url string) bool {
	p.t.Helper()
	before := len(read[[]string](p, `
		const f = document.createElement("iframe");
		f.src = `+quote(url)+`;
		document.body.append(f);
		await new Promise(done => { f.onload = done; setTimeout(done, 3000); });
		return [...Array(f.contentWindow.length)].map(String)`))
	lines, err := p.c.Console(p.ctx, 1)
	p.must(err)
	for _, l := range lines {
		if strings.Contains(l.Text, "frame-ancestors") || strings.Contains(l.Text, "X-Frame-Options") {
			return before > 0
		}
	}
	return true
}

// startHostile serves an empty page at every host of this machine, and returns its port.
func startHostile(t *testing.T) (port string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<!doctype html><title>hostile</title>")
	}))
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// TestDNSRebinding has a name of somebody else's lead to this machine: for the browser the lab is then of that page's own origin, and
// only the lab can know better.
func TestDNSRebinding(t *testing.T) {
	p := tab(t) // says whether there is a Chromium
	labURL, err := url.Parse(p.url)
	p.must(err)
	host := "rebound.test:" + labURL.Port()
	c, err := startChromium(browser.Options{Hosts: map[string]string{host: labURL.Host}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	p.must(c.Navigate(p.ctx, "http://"+host+"/"))
	said, err := c.Eval(p.ctx, `document.documentElement.textContent + (document.querySelector("meta[name=corscope-token]") ? " and the token" : "")`)
	p.must(err)
	if !strings.Contains(said, "the lab is not at "+quote(host)) || strings.Contains(said, "token") {
		t.Errorf("at another name the lab says %q", said)
	}
	for _, call := range []string{`fetch("/api/v1/info")`, `fetch("/api/v1/explain", {method: "POST", headers: {"Content-Type": "application/json", "X-Corscope-Token": "guess"}, body: "{}"})`} {
		got, err := c.Eval(p.ctx, call+`.then(async r => r.status + " " + (await r.json()).error.code)`)
		p.must(err)
		if got != "421 host" {
			t.Errorf("%s at another name is answered %s", call, got)
		}
	}
}

// TestLinksAskNobody opens a link that somebody sent: what is real waits for the reader, and what is pretended plays at once.
func TestLinksAskNobody(t *testing.T) {
	target := startOwnServer(t)
	p := tab(t)
	p.see(desk)
	link := func(c dict) string { return "#c=" + base64.RawURLEncoding.EncodeToString([]byte(quote(c))) }
	for _, c := range []dict{
		{"page": "https://app.example.com", "url": target.URL + "/users/7"},
		{"paste": fmt.Sprintf("fetch(%q)", target.URL+"/users/7"), "page": "https://app.example.com"},
	} {
		p.goTo(link(c))
		p.do(`await lab.until("the question", () => lab.text(".verdict .word").includes("FROM A LINK"))`)
		time.Sleep(200 * time.Millisecond)
		if n := read[int](p, `return lab.explained()`); n != 0 || target.seen() != "" {
			t.Errorf("the link %v runs by itself: %d calls, %s", c, n, target.seen())
		}
	}
	p.goTo(link(stuck))
	p.answers("BLOCKED")
}
