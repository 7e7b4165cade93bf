package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corscope/corscope/internal/demo"
	"github.com/corscope/corscope/internal/webui"
)

// labClient speaks to a lab as its page does.
type labClient struct {
	t      testing.TB
	origin string
	token  string
}

// startLab runs corscope lab until the test ends.
func startLab(t *testing.T, args ...string) *labClient {
	t.Helper()
	c, end := openLab(t, args...)
	t.Cleanup(end)
	return c
}

// openLab is startLab for a caller that ends the lab by itself.
func openLab(t testing.TB, args ...string) (c *labClient, end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	env := Env{Stdin: strings.NewReader(""), Stdout: write, Stderr: io.Discard,
		LookupEnv: func(string) (string, bool) { return "", false }, Terminal: func(io.Writer) (int, bool) { return 0, false }}
	status := make(chan int, 1)
	go func() {
		status <- Run(ctx, env, append([]string{"lab", "--no-open"}, args...))
		write.Close()
	}()
	line := make([]byte, 200)
	n, err := read.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	url, ok := strings.CutPrefix(strings.TrimSpace(string(line[:n])), "The lab is open: ")
	if !ok {
		t.Fatalf("it says %q", line[:n])
	}
	end = func() {
		cancel()
		io.Copy(io.Discard, read)
		if got := <-status; got != exitAllowed {
			t.Errorf("it ends with status %d", got)
		}
	}
	c = &labClient{t: t, origin: strings.TrimSuffix(url, "/")}
	page := c.send("GET", "/", "")
	c.token = regexp.MustCompile(`corscope-token" content="([^"]+)"`).FindStringSubmatch(page)[1]
	return c, end
}

func (c *labClient) send(method, path, body string) string {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.origin+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if method == "POST" {
		r.Header.Set("Origin", c.origin)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Corscope-Token", c.token)
	}
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}

// labAnswer is the answer to POST explain.
type labAnswer struct {
	Document map[string]any
	Text     string
	Case     webui.Case
	Pretend  *webui.Pretend
	Fixed    *webui.Case
	Call     string
	Before   *labAnswer
	Error    *webui.Problem
}

func (c *labClient) explain(q map[string]any) labAnswer {
	c.t.Helper()
	body, err := json.Marshal(q)
	if err != nil {
		c.t.Fatal(err)
	}
	var a labAnswer
	if err := json.Unmarshal([]byte(c.send("POST", "/api/v1/explain", string(body))), &a); err != nil {
		c.t.Fatal(err)
	}
	return a
}

func (c *labClient) explainCase(item webui.Case) labAnswer {
	return c.explain(map[string]any{"case": item})
}

// explainArgs is the command line that asks for what a case asks for; false where there are no flags for it.
func explainArgs(c webui.Case) ([]string, bool) {
	if c.Cache != "" || c.Keepalive || c.UploadListener || c.Stream {
		return nil, false
	}
	if c.Integrity != "" || c.TargetAddressSpace != "" || c.Import || c.PageHeaders != nil {
		return nil, false // the command line is given JavaScript, or a page to load
	}
	args := []string{"explain", c.URL, "--from", c.Page, "--json", "--send"}
	for flag, value := range map[string]string{"--method": c.Method, "--credentials": c.Credentials, "--mode": c.Mode, "--redirect": c.Redirect} {
		if value != "" {
			args = append(args, flag, value)
		}
	}
	for _, h := range c.Headers {
		args = append(args, "-H", h.Name+": "+h.Value)
	}
	if c.Body != nil {
		args = append(args, "-d", *c.Body)
	}
	for _, cookie := range c.Cookies {
		args = append(args, "--cookie", cookie)
	}
	return args, true
}

// inWorld are the flags that lead to a world's servers.
func inWorld(t *testing.T, world *demo.World) []string {
	t.Helper()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, world.CAPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"--cacert", ca}
	for name, address := range world.Resolve() {
		args = append(args, "--resolve", name+":"+address)
	}
	return args
}

func runJSON(t *testing.T, args []string) map[string]any {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := Env{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
		LookupEnv: func(string) (string, bool) { return "", false }, Terminal: func(io.Writer) (int, bool) { return 0, false }}
	Run(t.Context(), env, args)
	var document map[string]any
	if err := json.Unmarshal(stdout.Bytes(), &document); err != nil {
		t.Fatalf("%v: %s%s", err, stdout.String(), stderr.String())
	}
	return document
}

var (
	loopbackPort = regexp.MustCompile(`127\.0\.0\.1:\d+`)
	// minute is when a certificate of a world ran out, which was made with it.
	minute = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d UTC`)
	// httpDate is in the header Date of an answer that is net/http's own, such as that to a host that a world does not know.
	httpDate = regexp.MustCompile(`\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT`)
)

// timeless takes out of a document what differs from run to run: times, and the ports of the world. The curl command says --resolve where
// the command line did.
func timeless(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name := range v {
			switch name {
			case "start", "durationNanoseconds", "curl", "created", "lastAccess", "expires", "storedAt", "ageNanoseconds":
				delete(v, name)
			default:
				v[name] = timeless(v[name])
			}
		}
	case []any:
		for i := range v {
			v[i] = timeless(v[i])
		}
	case string:
		return httpDate.ReplaceAllString(minute.ReplaceAllString(loopbackPort.ReplaceAllString(v, "127.0.0.1:PORT"), "MINUTE"), "DATE")
	}
	return v
}

func TestTheLabSaysOfEachItemWhatTheCommandLineSays(t *testing.T) {
	lab := startLab(t)
	var gallery webui.Gallery
	if err := json.Unmarshal([]byte(lab.send("GET", "/api/v1/gallery", "")), &gallery); err != nil {
		t.Fatal(err)
	}
	world, err := demo.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	shared := inWorld(t, world)
	wants := make(map[string]demo.Want)
	patience := make(map[string]string)
	for _, fault := range demo.Faults() {
		wants[fault.ID] = fault.Want
		if fault.NeedsTimeout {
			patience[fault.ID] = "1s"
		}
	}
	compared := 0
	for _, item := range gallery.Causes {
		t.Run(item.ID, func(t *testing.T) {
			lab := &labClient{t, lab.origin, lab.token}
			got := lab.explainCase(item.Case)
			if got.Error != nil {
				t.Fatal(got.Error)
			}
			outcome := got.Document["trace"].(map[string]any)["outcome"].(map[string]any)
			reason, _ := outcome["reason"].(map[string]any)
			if code := fmt.Sprint(reason["code"]); reason == nil && wants[item.ID].Reason != "" || reason != nil && code != wants[item.ID].Reason {
				t.Errorf("the reason is %v, want %q", reason, wants[item.ID].Reason)
			}
			lab.checkFix(got)
			args, ok := explainArgs(item.Case)
			// Only the machine's own DNS can say how it does not find a name.
			if !ok || item.ID == "name-not-resolved" || item.ID == "mixed-content" {
				return
			}
			compared++
			if p := patience[item.ID]; p != "" {
				args = append(args, "--timeout", p)
			}
			want := runJSON(t, append(args, shared...))
			if diff := cmp.Diff(timeless(want), timeless(got.Document)); diff != "" {
				t.Errorf("the lab (+) and the command line (-) differ:\n%s", diff)
			}
		})
	}
	if compared < 160 {
		t.Errorf("only %d items were compared", compared)
	}
}

func TestTheLabPlaysEachStepOfTheStoryAsTheCommandLineDoes(t *testing.T) {
	lab := startLab(t)
	var gallery webui.Gallery
	if err := json.Unmarshal([]byte(lab.send("GET", "/api/v1/gallery", "")), &gallery); err != nil {
		t.Fatal(err)
	}
	for i, scene := range demo.Scenes() {
		for j, step := range gallery.Scenes[i].Steps {
			if step.Case == nil {
				continue
			}
			t.Run(step.ID, func(t *testing.T) {
				lab := &labClient{t, lab.origin, lab.token}
				// Twice, because the servers of the story have a memory.
				lab.explainCase(*step.Case)
				got := lab.explainCase(*step.Case)
				if got.Error != nil {
					t.Fatal(got.Error)
				}
				lab.checkFix(got)
				want := scene.Steps[j].Want
				verdict := "allowed"
				if want.Reason != "" {
					verdict = "blocked"
				}
				if got.Document["verdict"] != verdict {
					t.Errorf("the verdict is %v, want %s", got.Document["verdict"], verdict)
				}
				args, ok := explainArgs(*step.Case)
				if !ok || scene.Steps[j].SameSite != demo.SameSiteUnset {
					return // no flag makes another browser
				}
				world, err := demo.Start(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				defer world.Close()
				login := httptest.NewRequest("POST", "https://bank.example/login", strings.NewReader("user=alice&password=rabbit-hole"))
				login.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				world.Handler("bank.example").ServeHTTP(httptest.NewRecorder(), login)
				if diff := cmp.Diff(timeless(runJSON(t, append(args, inWorld(t, world)...))), timeless(got.Document)); diff != "" {
					t.Errorf("the lab (+) and the command line (-) differ:\n%s", diff)
				}
			})
		}
	}
}

// checkFix says that a complete fix is offered as a case, and that this case is allowed.
func (c *labClient) checkFix(got labAnswer) {
	c.t.Helper()
	fix, _ := got.Document["diagnosis"].(map[string]any)["fix"].(map[string]any)
	if complete, _ := fix["complete"].(bool); complete != (got.Fixed != nil) {
		c.t.Errorf("the fix is complete: %v, and there is a fixed case: %v", complete, got.Fixed != nil)
	}
	if got.Fixed == nil {
		return
	}
	again := c.explainCase(*got.Fixed)
	if again.Error != nil || again.Document["verdict"] != "allowed" {
		fixed, _ := json.MarshalIndent(got.Fixed, "", " ")
		c.t.Errorf("with the fix: %v %v\n%s", again.Error, again.Document["sentence"], fixed)
	}
	c.checkLink(got, again)
}

// checkLink says that what a link carries to somebody else, the case as it was answered and that its fix is applied, brings them the fault,
// the fix and the proof that were seen here.
func (c *labClient) checkLink(got, fixed labAnswer) {
	c.t.Helper()
	profile := got.Document["trace"].(map[string]any)["page"].(map[string]any)["profile"]
	recorded := got.Case
	recorded.Demo, recorded.Server = "", got.Pretend
	for name, link := range map[string]webui.Case{"the gallery's servers": got.Case, "what was recorded": recorded} {
		if link.Demo == "" && profile != "spec" {
			continue // the rule is one browser's, and the gallery alone takes the reader's part in it
		}
		link.Fixed = true
		there := c.explainCase(link)
		if there.Error != nil || there.Before == nil {
			c.t.Errorf("a link with %s: %v %v, and nothing before it", name, there.Error, there.Document["sentence"])
			continue
		}
		told := func(before, after labAnswer) []any {
			d := before.Document["diagnosis"].(map[string]any)
			var causes []any
			for _, f := range d["findings"].([]any) {
				causes = append(causes, f.(map[string]any)["cause"].(map[string]any)["id"])
			}
			return []any{before.Document["verdict"], causes, d["consoles"], d["fix"], before.Fixed, after.Document["verdict"], after.Document["sentence"], after.Case}
		}
		if diff := cmp.Diff(told(got, fixed), told(*there.Before, there)); diff != "" {
			c.t.Errorf("who opens a link with %s reads something else (-here +there):\n%s", name, diff)
		}
	}
}

func TestTheLabUnderstandsWhatExplainUnderstands(t *testing.T) {
	lab := startLab(t)
	const consoleError = "Access to fetch at 'https://api.example.com/v2/users/7' from origin 'https://app.example.com' has been blocked by CORS policy: " +
		"Method DELETE is not allowed by Access-Control-Allow-Methods in preflight response."
	pretend := &webui.Pretend{Answers: []webui.Answer{{On: "preflight", Status: 204, Headers: []webui.Header{{Name: "Access-Control-Allow-Origin", Value: "https://app.example.com"}}}}}
	override := "POST"
	for name, c := range map[string]struct {
		item             webui.Case
		page, url        string
		method           string
		verdict, kind    string
		header, wantBody string
	}{
		"a console error":                     {webui.Case{Paste: consoleError, Server: pretend}, "https://app.example.com", "https://api.example.com/v2/users/7", "DELETE", "blocked", "console-error", "", ""},
		"a console error, and another method": {webui.Case{Paste: consoleError, Method: "PUT", Server: pretend}, "https://app.example.com", "https://api.example.com/v2/users/7", "PUT", "blocked", "console-error", "", ""},
		"a fetch() call": {webui.Case{Paste: `fetch("https://api.example.com/a", {method: "PUT", headers: {"X-A": "1"}, body: "{}"})`, Page: "https://app.example.com", Server: pretend},
			"https://app.example.com", "https://api.example.com/a", "PUT", "blocked", "javascript", "X-A: 1\nContent-Type: text/plain;charset=UTF-8", "{}"},
		"a cURL command": {webui.Case{Paste: `curl -X DELETE https://api.example.com/a -H 'X-B: 2'`, Page: "https://app.example.com", Server: pretend},
			"https://app.example.com", "https://api.example.com/a", "DELETE", "blocked", "curl", "X-B: 2", ""},
		"a URL alone": {webui.Case{Paste: "https://api.example.com/a", Page: "https://app.example.com", Method: override, Server: &webui.Pretend{Answers: []webui.Answer{{On: "request", Status: 200}}}},
			"https://app.example.com", "https://api.example.com/a", "POST", "blocked", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			lab := &labClient{t, lab.origin, lab.token}
			got := lab.explainCase(c.item)
			if got.Error != nil {
				t.Fatal(got.Error)
			}
			if got.Case.Page != c.page || got.Case.URL != c.url || got.Case.Method != c.method || got.Case.Paste != c.item.Paste {
				t.Errorf("understood as %+v", got.Case)
			}
			input, _ := got.Document["input"].(map[string]any)
			if kind, _ := input["kind"].(string); kind != c.kind || got.Document["verdict"] != c.verdict {
				t.Errorf("it is %q and %v, want %q and %s", kind, got.Document["verdict"], c.kind, c.verdict)
			}
			var headers []string
			for _, h := range got.Case.Headers {
				headers = append(headers, h.Name+": "+h.Value)
			}
			if c.header != "" && !strings.EqualFold(strings.Join(headers, "\n"), c.header) {
				t.Errorf("headers %v, want %s", headers, c.header)
			}
			if body := got.Case.Body; c.wantBody != "" && (body == nil || *body != c.wantBody) {
				t.Errorf("body %v, want %s", body, c.wantBody)
			}
			again := lab.explainCase(got.Case)
			if diff := cmp.Diff(timeless(got.Document["trace"]), timeless(again.Document["trace"])); diff != "" {
				t.Errorf("explained again, what was understood is another case (-first +again):\n%s", diff)
			}
		})
	}
}

func TestACaseReadsNoFile(t *testing.T) {
	lab := startLab(t)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("https://secret.example/"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := &webui.Pretend{Answers: []webui.Answer{{On: "request", Status: 200}}}
	for name, item := range map[string]webui.Case{
		"a paste that names one":        {Paste: "@" + secret, Page: "https://app.example.com", Server: server},
		"standard input":                {Paste: "-", Page: "https://app.example.com", Server: server},
		"a cURL command that names one": {Paste: "curl https://api.example.com/ -d @" + secret, Page: "https://app.example.com", Server: server},
	} {
		t.Run(name, func(t *testing.T) {
			lab := &labClient{t, lab.origin, lab.token}
			if got := lab.explainCase(item); got.Error == nil {
				t.Errorf("it was understood as %+v", got.Case)
			}
		})
	}
	body := "@" + secret
	got := lab.explainCase(webui.Case{Page: "https://app.example.com", URL: "https://app.example.com/", Method: "POST", Body: &body, Server: server})
	if got.Error != nil || got.Case.Body == nil || *got.Case.Body != body {
		t.Errorf("a body that looks like a file's name: %v %+v", got.Error, got.Case)
	}
}

func TestTheLabMasksSecretsButInWhatItWasGiven(t *testing.T) {
	lab := startLab(t)
	const secret = "s3cr3t-s3cr3t"
	item := webui.Case{
		Page: "https://app.example.com", URL: "https://api.example.com/", Method: "GET", Credentials: "include",
		Headers: []webui.Header{{Name: "Authorization", Value: "Bearer " + secret}}, Cookies: []string{"sid=" + secret + "; SameSite=Lax"},
		Server: &webui.Pretend{Answers: []webui.Answer{{On: "preflight", Status: 204, Headers: []webui.Header{{Name: "Access-Control-Allow-Origin", Value: "https://app.example.com"}}}}},
	}
	got := lab.explainCase(item)
	if got.Error != nil {
		t.Fatal(got.Error)
	}
	shown, err := json.Marshal([]any{got.Document, got.Text, got.Call, got.Pretend})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(shown), secret) {
		t.Errorf("what is shown holds the secret: %s", shown)
	}
	if got.Case.Headers[0].Value != "Bearer "+secret || got.Case.Cookies[0] != item.Cookies[0] {
		t.Errorf("the case came back changed: %+v", got.Case)
	}
}

func TestARealRequestThatMayChangeDataIsNotSentUnasked(t *testing.T) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
		t.Setenv(name, "")
	}
	lab := startLab(t)
	var methods []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		methods = append(methods, r.Method)
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Methods", "*")
	}))
	defer server.Close()
	q := map[string]any{"case": webui.Case{Page: "https://app.example.com", URL: server.URL, Method: "DELETE"}, "allowPrivate": true}
	if got := lab.explain(q); got.Error != nil || got.Document["verdict"] != "not-sent" {
		t.Errorf("unasked: %v %v", got.Error, got.Document["verdict"])
	}
	q["send"] = true
	if got := lab.explain(q); got.Error != nil || got.Document["verdict"] != "allowed" {
		t.Errorf("asked: %v %v", got.Error, got.Document["verdict"])
	}
	if got := strings.Join(methods, " "); got != "OPTIONS OPTIONS DELETE" {
		t.Errorf("the server saw %s", got)
	}
}

func TestTheLabListensOnThisMachineAlone(t *testing.T) {
	for name, c := range map[string]struct{ listen, says string }{
		"every address":                 {":8080", "for this machine alone"},
		"every address, written out":    {"0.0.0.0:8080", "for this machine alone"},
		"every address of IPv6":         {"[::]:8080", "for this machine alone"},
		"an address of the network":     {"192.168.1.2:8080", "for this machine alone"},
		"a name":                        {"lab.example:8080", "for this machine alone"},
		"a port without an address":     {"8080", "write 127.0.0.1:PORT"},
		"a port that is none":           {"127.0.0.1:http-alt-alt", "cannot listen"},
		"a port that is taken by a lab": {"", "listens on"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.listen == "" {
				l, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				defer l.Close()
				c.listen = l.Addr().String()
			}
			var stdout, stderr bytes.Buffer
			env := Env{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
				LookupEnv: func(string) (string, bool) { return "", false }, Terminal: func(io.Writer) (int, bool) { return 0, false }}
			status := Run(t.Context(), env, []string{"lab", "--no-open", "--listen", c.listen})
			if status != exitUsage || stdout.Len() > 0 || !strings.Contains(stderr.String(), c.says) || strings.Count(stderr.String(), "\n") != 1 {
				t.Errorf("status %d, %q, %q", status, stdout.String(), stderr.String())
			}
		})
	}
}

// From the command to the page's first line; the lab is closed again in each round.
func BenchmarkTheLabOpens(b *testing.B) {
	for b.Loop() {
		_, end := openLab(b, "--listen", "localhost:0")
		end()
	}
}
