package cli

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/corscope/corscope/internal/demo"
	"github.com/corscope/corscope/internal/jsonschema"
)

// schema is one that --json is printed by. Each object in it is closed, so that a member which it does not name is a fault.
type schema struct{ *jsonschema.Schema }

func parseSchema(t *testing.T, text []byte) schema {
	t.Helper()
	s, err := jsonschema.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range s.Open() {
		t.Errorf("the schema allows additional properties at %s", place)
	}
	return schema{s}
}

func (s schema) validate(t *testing.T, text []byte) {
	t.Helper()
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, text)
	}
	for _, fault := range s.Check(value) {
		t.Error(fault)
	}
}

func TestTheSchemaFitsWhatIsPrinted(t *testing.T) {
	s := parseSchema(t, explainSchema)
	for name, trace := range canned() {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := encodeJSON(&b, judge(masked(trace)).document()); err != nil {
				t.Fatal(err)
			}
			s.validate(t, b.Bytes())
		})
	}
}

func TestTheSchemaRefusesOtherDocuments(t *testing.T) {
	s := parseSchema(t, explainSchema)
	for name, c := range map[string]struct{ text, want string }{
		"another version":      {`{"version": 2, "error": {"code": "usage", "message": "m"}}`, "2 is not 1"},
		"an unknown code":      {`{"version": 1, "error": {"code": "oops", "message": "m"}}`, "oops is none of"},
		"a field of its own":   {`{"version": 1, "error": {"code": "usage", "message": "m", "x": 1}}`, "x is not in the schema"},
		"neither of the two":   {`{"version": 1}`, "0 of the options fit"},
		"a list":               {`[]`, "[] is no object"},
		"a text for a verdict": {`{"version": 1, "verdict": "fine"}`, "fine is none of"},
	} {
		t.Run(name, func(t *testing.T) {
			var value any
			if err := json.Unmarshal([]byte(c.text), &value); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(s.Check(value), "\n"); !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q in it", got, c.want)
			}
		})
	}
}

// TestEveryFaultOfTheDemoIsToldRight runs explain against everything that can go wrong
// in the demo's world: the exit status is that of the reason, the text has nothing raw
// in it, and the JSON fits its schema.
func TestEveryFaultOfTheDemoIsToldRight(t *testing.T) {
	world, err := demo.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Not deferred: the parallel tests below outlive this function.
	t.Cleanup(func() { world.Close() })
	ca := t.TempDir() + "/ca.pem"
	writeFile(t, ca, world.CAPEM())
	s := parseSchema(t, explainSchema)
	// The causes that are named, the first one first, and what was asked further.
	var mu sync.Mutex
	told := make(map[string]string)
	t.Cleanup(func() {
		var b strings.Builder
		for _, id := range slices.Sorted(maps.Keys(told)) {
			b.WriteString(id + told[id] + "\n")
		}
		checkGoldenFile(t, "testdata/causes.txt", b.String())
	})
	for _, f := range demo.Faults() {
		args, ok := faultArgs(f)
		if !ok {
			continue
		}
		t.Run(f.ID, func(t *testing.T) {
			t.Parallel()
			args = append(args, "--cacert", ca)
			for name, address := range world.Resolve() {
				args = append(args, "--resolve", name+":"+address)
			}
			status, text, stderr := runCLI(t, args...)
			if want := wantStatus(f); status != want {
				t.Errorf("status %d, want %d\n%s%s", status, want, text, stderr)
			}
			if words := []string{"ALLOWED ", "BLOCKED ", "FAILED ", ""}; status < 2 || status == 3 {
				verdict := map[int]string{0: words[0], 1: words[1], 3: words[2]}[status]
				if !strings.HasPrefix(text, verdict) && (f.Explained()[0] == f.URL || !strings.Contains(text, "\n"+verdict)) {
					t.Errorf("the first line has no %s\n%s", verdict, text)
				}
			}
			for _, c := range text {
				if c < 0x20 && c != '\n' || c == 0x7f {
					t.Fatalf("raw %U in\n%q", c, text)
				}
			}
			_, document, _ := runCLI(t, append(args, "--json")...)
			s.validate(t, []byte(document))
			mu.Lock()
			defer mu.Unlock()
			told[f.ID] = toldCauses(t, document)
		})
	}
}

// toldCauses is ": CAUSE CAUSE <- PROBE PROBE" of a document of explain.
func toldCauses(t *testing.T, text string) string {
	t.Helper()
	var d struct {
		Diagnosis struct {
			Findings []struct{ Cause struct{ ID string } }
			Probes   []struct{ Kind string }
		}
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	line := ":"
	for _, f := range d.Diagnosis.Findings {
		line += " " + f.Cause.ID
	}
	for i, p := range d.Diagnosis.Probes {
		if i == 0 {
			line += " <-"
		}
		line += " " + p.Kind
	}
	return line
}

// faultArgs is the command line of a fault, and false where explain has no flag for it.
func faultArgs(f demo.Fault) ([]string, bool) {
	if f.Stream || f.Keepalive || f.UploadListener || f.Cache != "" {
		return nil, false
	}
	args := append([]string{"explain", "--send"}, f.Explained()...)
	for flag, value := range map[string]string{"-X": f.Method, "--mode": f.Mode, "--credentials": f.Credentials, "--redirect": f.Redirect, "-d": f.Body} {
		if value != "" {
			args = append(args, flag, value)
		}
	}
	for _, h := range f.Header {
		args = append(args, "-H", h.Name+": "+h.Value)
	}
	if f.NeedsTimeout {
		args = append(args, "--timeout", "500ms")
	}
	return args, true
}

func wantStatus(f demo.Fault) int {
	switch {
	case f.ID == "body-never-begins":
		return exitFailed // by the standard an answer, and in Firefox none
	case f.Want.Allowed(), f.Browser != "":
		// explain runs the call by the standard, and names what a browser has beyond it.
		return exitAllowed
	case isNetworkReason(f.Want.Reason):
		return exitFailed
	}
	return exitBlocked
}
