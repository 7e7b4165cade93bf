package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/corscope/corscope/e2e/browser"
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

// galleryItem is an item that can be compared.
type galleryItem struct {
	ID      string
	Case    json.RawMessage
	Compare bool
}

func (p labIn) test(t *testing.T) {
	url := startLab(t)
	b := p.openAt(t, browser.Options{Hosts: map[string]string{"localhost": "127.0.0.1", "::1": "[::1]"}})
	if err := b.Navigate(t.Context(), url); err != nil {
		t.Fatal(err)
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
	for _, scene := range gallery.Scenes {
		for _, step := range scene.Steps {
			step.Compare = step.Case != nil && step.ID != "scene-3-4" // which is about another browser's default
			items = append(items, step)
		}
	}
	compared := 0
	for _, item := range items {
		if !item.Compare {
			continue
		}
		compared++
		t.Run(item.ID, func(t *testing.T) { p.compare(t, b, url, item) })
	}
	if compared < 150 {
		t.Errorf("only %d items were compared", compared)
	}
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
		Cannot      string
		Error       json.RawMessage
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	if c.Agrees && c.Profile == p.profile.Name {
		return
	}
	t.Errorf("profile %q, %s%s", c.Profile, c.Cannot, c.Error)
	for _, d := range c.Differences {
		t.Errorf("%s\n engine:  %.500q\n browser: %.500q", d.What, d.Engine, d.Browser)
	}
}

// startLab builds the command, runs it until the test ends, and returns its page's address.
func startLab(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "corscope")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./cmd/corscope")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lab := exec.Command(program, "lab", "--no-open")
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
