package webui

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
)

func TestTheGalleryNamesTheCauseOfEveryFault(t *testing.T) {
	w := &worlds{ctx: t.Context()}
	defer w.close()
	found := make(map[string]string)
	for _, fault := range demo.Faults() {
		servers, err := w.open(fault.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, items := collection()
		e, err := plainExplainer{}.Explain(t.Context(), Question{Case: items[fault.ID].item, Answers: servers.transport, Profile: servers.profile, Timeout: servers.timeout})
		servers.close()
		if err != nil {
			t.Fatalf("%s: %v", fault.ID, err)
		}
		// What an answer that the page gets could have better is not what the item is about.
		if len(e.Report.Findings) > 0 && e.Report.Findings[0].Cause.Severity != diagnose.SeverityNote {
			found[fault.ID] = e.Report.Findings[0].Cause.ID
		}
	}
	var b bytes.Buffer
	b.WriteString("{\n")
	for i, id := range slices.Sorted(maps.Keys(found)) {
		if i > 0 {
			b.WriteString(",\n")
		}
		b.WriteString("  \"" + id + "\": \"" + found[id] + "\"")
	}
	b.WriteString("\n}\n")
	if *update {
		if err := os.WriteFile("causes.json", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	listed := make(map[string]string)
	if err := json.Unmarshal(causesJSON, &listed); err != nil {
		t.Fatal(err)
	}
	for _, fault := range demo.Faults() {
		if listed[fault.ID] != found[fault.ID] {
			t.Errorf("%s: causes.json says %q, and it is %q (go test ./internal/webui -update)", fault.ID, listed[fault.ID], found[fault.ID])
		}
	}
	if len(listed) != len(found) {
		t.Errorf("causes.json names %d faults, and there are %d", len(listed), len(found))
	}
}

func TestTheGalleryHoldsTheWholeStoryAndEveryFault(t *testing.T) {
	g := gallery()
	steps, curl := 0, 0
	for i, scene := range demo.Scenes() {
		if len(g.Scenes[i].Steps) != len(scene.Steps) {
			t.Errorf("scene %d has %d steps, want %d", scene.Number, len(g.Scenes[i].Steps), len(scene.Steps))
		}
		for j, step := range g.Scenes[i].Steps {
			steps++
			if isCurl := scene.Steps[j].As == demo.Curl; isCurl != (step.Case == nil) || isCurl != (step.Curl != "") {
				t.Errorf("%s: case %v, curl %q", step.ID, step.Case, step.Curl)
			}
			if step.Curl != "" {
				curl++
			}
		}
	}
	if steps == curl || curl == 0 {
		t.Errorf("%d of %d steps are curl's", curl, steps)
	}
	if len(g.Causes) != len(demo.Faults()) {
		t.Errorf("%d faults, want %d", len(g.Causes), len(demo.Faults()))
	}
	comparable := 0
	for _, c := range g.Causes {
		if err := c.Case.check(); err != nil {
			t.Errorf("%s: %v", c.ID, err)
		}
		if c.Cause != "" && c.Group == "" {
			t.Errorf("%s: the cause %s is in no group", c.ID, c.Cause)
		}
		if c.Compare {
			comparable++
		}
	}
	if comparable < 130 {
		t.Errorf("only %d of %d can be compared", comparable, len(g.Causes))
	}
}

func TestANameThatDoesNotExistIsSaidToHaveNoAddress(t *testing.T) {
	w := &worlds{ctx: t.Context()}
	defer w.close()
	servers, err := w.open("name-not-resolved")
	if err != nil {
		t.Fatal(err)
	}
	defer servers.close()
	for url, want := range map[string]string{
		"https://nowhere.invalid/": `the name "nowhere.invalid" has no address`,
		// A link may have changed the item. The network is not asked, and the reader learns why.
		"https://example.com/": "the demo has no server at example.com:443",
	} {
		parsed, err := fetch.ParseURL(url)
		if err != nil {
			t.Fatal(err)
		}
		_, err = servers.transport.Exchange(t.Context(), &fetch.Message{Method: "GET", URL: parsed})
		var failed *fetch.NetworkError
		if !errors.As(err, &failed) || failed.Code != fetch.ReasonNameNotResolved || failed.Detail != want {
			t.Errorf("%s: %v, want %s", url, err, want)
		}
	}
}
