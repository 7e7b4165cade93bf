package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corscope/corscope/e2e/browser"
	"github.com/corscope/corscope/fetch"
)

// TestLabInChromium and TestLabInFirefox open corscope lab in a real browser and compare everything in its gallery with it, as a reader
// would: the browser must get what the engine gets, and its servers must see the same requests.
func TestLabInChromium(t *testing.T) { labIn{chromium}.test(t) }
func TestLabInFirefox(t *testing.T)  { labIn{firefox}.test(t) }

type labIn struct{ product }

// labScript stages a case in a frame and posts what it says, as the lab's page does.
const labScript = `(async () => {
  const token = document.querySelector('meta[name="corscope-token"]').content;
  const post = async (call, body) => (await fetch("/api/v1/" + call, {
    method: "POST", headers: {"Content-Type": "application/json", "X-Corscope-Token": token}, body: JSON.stringify(body),
  })).json();
  const staged = await post("stage", {case: CASE});
  if (!staged.id) return JSON.stringify(staged);
  if (staged.window) {
    if (open(staged.page, "_blank", "popup,width=480,height=240") === null) throw new Error("no window may be opened");
    return JSON.stringify(await post("stage/" + staged.id + "/outcome", {}));
  }
  const frame = document.createElement("iframe");
  if (staged.sandbox) frame.sandbox = "allow-scripts";
  const said = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("the stage says nothing")), 30000);
    addEventListener("message", e => {
      if (e.source === frame.contentWindow && e.data.corscope === staged.id) resolve(e.data.outcome);
    });
  });
  frame.src = staged.page;
  document.body.append(frame);
  const outcome = await said;
  frame.remove();
  return JSON.stringify(await post("stage/" + staged.id + "/outcome", {outcome}));
})()`

// pretended are pretend servers beside the gallery's.
var pretended = map[string]string{
	"an upload listener": `{"page": "https://app.example.com", "url": "https://api.example.com/up", "method": "POST", "body": "x", "uploadListener": true, "server": {"answers": [
		{"on": "preflight", "status": 204, "headers": [{"name": "Access-Control-Allow-Origin", "value": "https://app.example.com"}]},
		{"on": "request", "status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "https://app.example.com"}, {"name": "Content-Type", "value": "text/plain"}], "body": "thanks"}]}}`,
	"an upload listener, refused": `{"page": "https://app.example.com", "url": "https://api.example.com/up", "method": "POST", "body": "x", "uploadListener": true, "server": {"answers": [
		{"on": "preflight", "status": 403, "headers": []}]}}`,
	"a page without an origin": `{"page": "null", "url": "https://api.example.com/", "headers": [{"name": "X-A", "value": "1"}], "server": {"answers": [
		{"on": "preflight", "status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "null"}, {"name": "Access-Control-Allow-Headers", "value": "x-a"}]},
		{"on": "request", "status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "*"}]}]}}`,
	"a cookie of the same site": `{"page": "https://app.example.com", "url": "https://api.example.com/me", "credentials": "include", "cookies": ["sid=1; SameSite=Strict"], "server": {"answers": [
		{"on": "request", "status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "https://app.example.com"}, {"name": "Access-Control-Allow-Credentials", "value": "true"},
			{"name": "Set-Cookie", "value": "b=2; Path=/; Secure; SameSite=None"}]}]}}`,
	"a cookie of another site": `{"page": "https://app.example.com", "url": "https://api.other.example/me", "credentials": "include", "cookies": ["sid=1; SameSite=None; Secure", "lax=1; SameSite=Lax"], "server": {"answers": [
		{"on": "request", "status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "*"}, {"name": "Access-Control-Allow-Credentials", "value": "true"}]}]}}`,
	"cookies with a Domain, a prefix and a path": `{"page": "https://app.example.com", "url": "https://api.example.com/v1/me", "credentials": "include", "cookies": ["held=1; Domain=example.com; SameSite=Strict"], "server": {"answers": [
		{"on": "request", "status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "https://app.example.com"}, {"name": "Access-Control-Allow-Credentials", "value": "true"},
			{"name": "Set-Cookie", "value": "all=1; Domain=.example.com"}, {"name": "Set-Cookie", "value": "__Host-a=1; Path=/; Secure"},
			{"name": "Set-Cookie", "value": "deep=1; Path=/v1"}, {"name": "Set-Cookie", "value": "deeper=1; Path=/v1/you"}, {"name": "Set-Cookie", "value": "old=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT"}]}]}}`,
	"a Secure cookie of a server on plain http": `{"page": "http://app.example.com", "url": "http://app.example.com/", "credentials": "include", "server": {"answers": [
		{"on": "request", "status": 200, "headers": [{"name": "Set-Cookie", "value": "a=1; Secure"}, {"name": "Set-Cookie", "value": "b=1"}]}]}}`,
	"a server that never answers": `{"page": "https://app.example.com", "url": "https://api.example.com/", "server": {"answers": [{"on": "request", "status": 0, "headers": [], "failure": "timeout"}]}}`,
	"a keepalive with exposed headers": `{"page": "https://app.example.com", "url": "https://api.example.com/", "method": "PUT", "body": "{}", "headers": [{"name": "Content-Type", "value": "application/json"}], "keepalive": true, "server": {"answers": [
		{"on": "preflight", "status": 204, "headers": [{"name": "Access-Control-Allow-Origin", "value": "*"}, {"name": "Access-Control-Allow-Methods", "value": "*"}, {"name": "Access-Control-Allow-Headers", "value": "*"}]},
		{"on": "request", "status": 201, "headers": [{"name": "Access-Control-Allow-Origin", "value": "*"}, {"name": "Access-Control-Expose-Headers", "value": "X-B"}, {"name": "X-B", "value": "1"}, {"name": "X-B", "value": "2"}, {"name": "X-C", "value": "3"}], "body": "{\"é\": 1}"}]}}`,
	"mode no-cors":              `{"page": "https://app.example.com", "url": "https://api.example.com/", "mode": "no-cors", "method": "POST", "body": "a=1", "server": {"answers": [{"on": "request", "status": 500, "headers": []}]}}`,
	"its own origin, by a path": `{"page": "https://app.example.com", "url": "/api?x=%20", "method": "DELETE", "server": {"answers": [{"on": "request", "status": 204, "headers": [{"name": "X-Own", "value": "1"}]}]}}`,
	"redirects over three sites": `{"page": "https://app.example.com", "url": "https://api.other.example/a", "server": {"answers": [
		{"on": "request", "url": "https://api.other.example/a", "status": 302, "headers": [{"name": "Access-Control-Allow-Origin", "value": "*"}, {"name": "Location", "value": "https://third.test/b"}]},
		{"on": "request", "url": "https://third.test/b", "status": 307, "headers": [{"name": "Access-Control-Allow-Origin", "value": "null"}, {"name": "Location", "value": "//app.example.com/c"}]},
		{"on": "request", "url": "https://app.example.com/c", "status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "null"}], "body": "home"}]}}`,
	"a page on https that asks for plain http": `{"page": "https://app.example.com", "url": "http://api.example.com/", "server": {"answers": [
		{"on": "request", "status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "*"}]}]}}`,
	"a page on https that is redirected to plain http": `{"page": "https://app.example.com", "url": "https://api.other.example/a", "server": {"answers": [
		{"on": "request", "status": 302, "headers": [{"name": "Access-Control-Allow-Origin", "value": "*"}, {"name": "Location", "value": "http://third.test/b"}]}]}}`,
	"a stream": `{"page": "https://app.example.com", "url": "https://api.example.com/", "method": "POST", "body": "abc", "stream": true, "headers": [{"name": "Content-Type", "value": "text/plain"}], "server": {"answers": [
		{"on": "preflight", "status": 204, "headers": [{"name": "Access-Control-Allow-Origin", "value": "*"}]},
		{"on": "request", "status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "*"}], "body": "thanks"}]}}`,
	"a connection that is reset": `{"page": "https://app.example.com", "url": "https://api.example.com/", "server": {"answers": [{"on": "request", "status": 0, "headers": [], "failure": "connection-reset"}]}}`,
	"a blocked port":             `{"page": "https://app.example.com", "url": "https://api.example.com:6000/", "server": {"answers": [{"on": "request", "status": 200, "headers": []}]}}`,
	"a forbidden header and a method in small letters": `{"page": "https://app.example.com", "url": "https://api.example.com/", "method": "patch", "headers": [{"name": "Cookie", "value": "a=1"}, {"name": "X-A", "value": "1"}], "server": {"answers": [
		{"on": "preflight", "status": 204, "headers": [{"name": "Access-Control-Allow-Origin", "value": "*"}, {"name": "Access-Control-Allow-Methods", "value": "PATCH"}, {"name": "Access-Control-Allow-Headers", "value": "X-A"}]}]}}`,
	"a method that no page may use": `{"page": "https://app.example.com", "url": "https://api.example.com/", "method": "TRACE", "server": {"answers": [{"on": "request", "status": 200, "headers": []}]}}`,
}

// galleryItem is an item that can be compared.
type galleryItem struct {
	ID      string
	Case    json.RawMessage
	Compare bool
}

func (p labIn) test(t *testing.T) {
	t.Parallel()
	url := startLab(t)
	hosts := map[string]string{"localhost": "127.0.0.1", "::1": "[::1]", "::ffff:7f00:1": "[::ffff:7f00:1]"}
	b := p.openAt(t, browser.Options{Hosts: hosts, CheckCertificates: true})
	// Another one takes the certificates that the reader is asked for.
	trusting := p.openAt(t, browser.Options{Hosts: hosts, TakeCertificates: true})
	for _, b := range []browser.Browser{b, trusting} {
		if err := b.Navigate(t.Context(), url); err != nil {
			t.Fatal(err)
		}
	}
	text, err := b.Eval(t.Context(), `fetch("/api/v1/gallery").then(r => r.text())`)
	if err != nil {
		t.Fatal(err)
	}
	var gallery struct {
		Scenes []struct{ Steps []galleryItem }
		Causes []galleryItem
	}
	if err := json.Unmarshal([]byte(text), &gallery); err != nil {
		t.Fatal(err)
	}
	items := gallery.Causes
	for i, item := range items {
		// Firefox takes a header that breaks off over TLS for a whole one; see docs/conformance.md.
		if item.ID == "header-cut-off" && p.profile.Name == fetch.Firefox().Name {
			items[i].Compare = false
		}
	}
	for _, scene := range gallery.Scenes {
		for _, step := range scene.Steps {
			// One is about a default that Chromium has and Firefox has not.
			step.Compare = step.Case != nil && (step.ID != "scene-3-4" || p.profile.Cookies.LaxByDefault)
			items = append(items, step)
		}
	}
	for name, c := range pretended {
		items = append(items, galleryItem{name, json.RawMessage(c), true})
	}
	compared := 0
	for _, item := range items {
		if !item.Compare {
			continue
		}
		compared++
		t.Run(item.ID, func(t *testing.T) {
			if slices.Contains(warned, item.ID) {
				p.compare(t, trusting, url, item)
			} else {
				p.compare(t, b, url, item)
			}
		})
	}
	if compared < 228 {
		t.Errorf("only %d items were compared", compared)
	}
}

// warned are the items for which the browser warns of a certificate.
var warned = []string{
	"mixed-content", "redirect-to-http", "header-cut-off", "redirect-of-a-stream",
	"a page on https that asks for plain http", "a page on https that is redirected to plain http", "a stream",
}

func (p labIn) compare(t *testing.T, b browser.Browser, url string, item galleryItem) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := b.ClearCookies(ctx); err != nil {
		t.Fatal(err)
	}
	text, err := b.Eval(ctx, strings.Replace(labScript, "CASE", string(item.Case), 1))
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Agrees      bool
		Profile     string
		Differences []struct{ What, Engine, Browser string }
		Browser     struct{ Sent []struct{ From, To string } }
		Cannot      string
		Error       json.RawMessage
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(item.ID, "cookie-") && len(c.Browser.Sent) < 2 {
		t.Errorf("what is sent next was not seen from the page and from the target's own: %v", c.Browser.Sent)
	}
	if c.Agrees && c.Profile == p.profile.Name {
		return
	}
	t.Errorf("profile %q, %s%s", c.Profile, c.Cannot, c.Error)
	for _, d := range c.Differences {
		t.Errorf("%s\n engine:  %.500q\n browser: %.500q", d.What, d.Engine, d.Browser)
	}
}

// startLab runs the command until the test ends, and returns its page's address.
func startLab(t *testing.T) string {
	t.Helper()
	lab := exec.Command(corscope(t), "lab", "--no-open")
	stdout, err := lab.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := lab.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		lab.Process.Signal(os.Interrupt)
		if err := lab.Wait(); err != nil {
			t.Errorf("the lab ends with %v", err)
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(strings.TrimPrefix(line, "The lab is open: "))
}
