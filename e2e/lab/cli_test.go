package lab

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/corscope/corscope/internal/demo"
)

// cliRun is a run of the command line for an item of the gallery.
type cliRun struct {
	args []string
	wait func() (json.RawMessage, error)
}

func (r cliRun) document(t *testing.T) json.RawMessage {
	t.Helper()
	document, err := r.wait()
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// startCLI returns runs of the command line by the items' ids: demo for the whole story, and explain for the first fault of each kind,
// at a world of the test's own. That all others are the same is held without a browser, by internal/cli.
func startCLI(t *testing.T, items []galleryItem) map[string]cliRun {
	t.Helper()
	program, err := shared.binary()
	if err != nil {
		t.Fatal(err)
	}
	world, err := demo.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { world.Close() })
	authority := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(authority, world.CAPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	network := []string{"--cacert", authority}
	for name, address := range world.Resolve() {
		network = append(network, "--resolve", name+":"+address)
	}
	runs := make(map[string]cliRun)
	story := sync.OnceValues(func() (map[string]json.RawMessage, error) { return playStory(t.Context(), program) })
	for _, item := range items {
		if item.scene {
			runs[item.ID] = cliRun{args: []string{"demo", "--json"}, wait: func() (json.RawMessage, error) {
				steps, err := story()
				return steps[item.ID], err
			}}
		}
	}
	kinds := make(map[demo.Kind]bool)
	for _, fault := range demo.Faults() {
		// Only the machine's own DNS can say how it does not find a name.
		if kinds[fault.Kind] || fault.ID == "name-not-resolved" {
			continue
		}
		kinds[fault.Kind] = true
		args := []string{"explain", "-", "--json", "--send", "--from", strings.TrimSuffix(fault.Page, "/")}
		runs[fault.ID] = cliRun{args: args, wait: func() (json.RawMessage, error) {
			return explain(t.Context(), program, append(args[:len(args):len(args)], network...), script(fault.Call))
		}}
	}
	return runs
}

// explain runs corscope and returns what it prints as JSON. That something is blocked is no failure.
func explain(ctx context.Context, program string, args []string, input string) (json.RawMessage, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdin = strings.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if !json.Valid(out) {
		return nil, fmt.Errorf("corscope %v for %s: %v\n%s%s", args, input, err, out, stderr.Bytes())
	}
	return out, nil
}

// playStory returns the documents of corscope demo by the lab's ids of the steps.
func playStory(ctx context.Context, program string) (map[string]json.RawMessage, error) {
	out, err := explain(ctx, program, []string{"demo", "--json"}, "")
	if err != nil {
		return nil, err
	}
	var story struct {
		Scenes []struct {
			Number int
			Steps  []struct{ Browser json.RawMessage }
		}
	}
	if err := json.Unmarshal(out, &story); err != nil {
		return nil, err
	}
	steps := make(map[string]json.RawMessage)
	for _, s := range story.Scenes {
		for i, step := range s.Steps {
			steps[fmt.Sprintf("scene-%d-%d", s.Number, i+1)] = step.Browser
		}
	}
	return steps, nil
}

// script is a call as a page's script has it.
func script(c demo.Call) string {
	init := map[string]any{"method": cmp.Or(c.Method, "GET")}
	for name, value := range map[string]string{"mode": c.Mode, "credentials": c.Credentials, "redirect": c.Redirect, "cache": c.Cache, "body": c.Body} {
		if value != "" {
			init[name] = value
		}
	}
	headers := [][2]string{}
	for _, h := range c.Header {
		headers = append(headers, [2]string{h.Name, h.Value})
	}
	init["headers"] = headers
	return "fetch(" + quote(c.URL) + ", " + quote(init) + ");\n"
}

// same compares two documents, but for what no two runs have in common.
func same(t *testing.T, aName string, a json.RawMessage, bName string, b json.RawMessage) {
	t.Helper()
	at, of := timeless(t, a), timeless(t, b)
	if at == of {
		return
	}
	al, bl := strings.Split(at, "\n"), strings.Split(of, "\n")
	for i := range min(len(al), len(bl)) {
		if al[i] != bl[i] {
			from := max(0, i-3)
			t.Errorf("%s says\n%s\nand %s\n%s", aName, strings.Join(al[from:min(len(al), i+4)], "\n"), bName, strings.Join(bl[from:min(len(bl), i+4)], "\n"))
			return
		}
	}
	t.Errorf("%s says %d lines, and %s %d", aName, len(al), bName, len(bl))
}

// timeless writes a document in one form, without what is of one run alone, and how it was asked for.
func timeless(t *testing.T, document json.RawMessage) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(document, &v); err != nil {
		t.Fatalf("%v in %.200s", err, document)
	}
	if m, ok := v.(map[string]any); ok {
		delete(m, "input")
		delete(m, "curl") // names the authority and the addresses that were given by flags
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(forget(v)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// ofThisRun is what changes from run to run: addresses, times, and when a certificate of the demo ran out.
var ofThisRun = regexp.MustCompile(`127\.0\.0\.1:\d+|\[::1\]:\d+|\b(under )?\d+(\.\d+)? m?s\b|\d{4}-\d\d-\d\d \d\d:\d\d UTC`)

// forget takes out when it was, how long it took, and where the servers listened.
func forget(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range []string{"start", "created", "lastAccess", "expires", "durationNanoseconds", "remoteAddr"} {
			delete(v, key)
		}
		if name, ok := v["name"].(string); ok && strings.EqualFold(name, "Date") {
			v["value"] = "some day"
		}
		for key := range v {
			v[key] = forget(v[key])
		}
	case []any:
		for i := range v {
			v[i] = forget(v[i])
		}
	case string:
		return ofThisRun.ReplaceAllString(v, "*")
	}
	return v
}
