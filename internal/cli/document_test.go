package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/corscope/corscope/internal/demo"
)

// schema is the part of JSON Schema that explain.schema.json uses. A keyword that is
// not here fails the test, so that none is believed to be checked.
type schema struct {
	root map[string]any
}

func loadSchema(t *testing.T) *schema {
	t.Helper()
	s := new(schema)
	if err := json.Unmarshal(explainSchema, &s.root); err != nil {
		t.Fatal(err)
	}
	return s
}

// check returns one line for each fault of value, which stands at path.
func (s *schema) check(rule map[string]any, path string, value any) (faults []string) {
	fault := func(format string, args ...any) {
		faults = append(faults, path+": "+fmt.Sprintf(format, args...))
	}
	for _, keyword := range slices.Sorted(maps.Keys(rule)) {
		want := rule[keyword]
		switch keyword {
		case "$schema", "$id", "$defs", "title", "description", "format", "contentEncoding":
		case "$ref":
			name, _ := strings.CutPrefix(want.(string), "#/$defs/")
			target, ok := s.root["$defs"].(map[string]any)[name].(map[string]any)
			if !ok {
				fault("the schema has no %s", want)
				continue
			}
			faults = append(faults, s.check(target, path, value)...)
		case "oneOf":
			var all []string
			matches := 0
			for _, option := range want.([]any) {
				if f := s.check(option.(map[string]any), path, value); len(f) == 0 {
					matches++
				} else {
					all = append(all, f...)
				}
			}
			if matches != 1 {
				fault("%d of the options fit: %s", matches, strings.Join(all, "; "))
			}
		case "type":
			types, ok := want.([]any)
			if !ok {
				types = []any{want}
			}
			if !slices.ContainsFunc(types, func(t any) bool { return isOfType(value, t.(string)) }) {
				fault("%v is no %v", value, want)
			}
		case "const":
			if value != want {
				fault("%v is not %v", value, want)
			}
		case "enum":
			if !slices.Contains(want.([]any), value) {
				fault("%v is none of %v", value, want)
			}
		case "minimum":
			if n, ok := value.(float64); ok && n < want.(float64) {
				fault("%v is below %v", value, want)
			}
		case "required":
			object, _ := value.(map[string]any)
			for _, name := range want.([]any) {
				if _, ok := object[name.(string)]; !ok {
					fault("%s is missing", name)
				}
			}
		case "properties", "additionalProperties":
			if keyword == "additionalProperties" && want != false {
				fault("the schema allows additional properties")
			}
			if keyword == "properties" {
				faults = append(faults, s.checkProperties(want.(map[string]any), path, value)...)
			}
		case "items":
			list, _ := value.([]any)
			for i, item := range list {
				faults = append(faults, s.check(want.(map[string]any), path+"["+strconv.Itoa(i)+"]", item)...)
			}
		default:
			fault("the test does not know the keyword %s", keyword)
		}
	}
	return faults
}

// checkProperties refuses what the schema does not name: every object in it is closed.
func (s *schema) checkProperties(properties map[string]any, path string, value any) (faults []string) {
	object, _ := value.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(object)) {
		rule, ok := properties[name].(map[string]any)
		if !ok {
			faults = append(faults, path+": "+name+" is not in the schema")
			continue
		}
		faults = append(faults, s.check(rule, path+"."+name, object[name])...)
	}
	return faults
}

func isOfType(value any, name string) bool {
	switch v := value.(type) {
	case nil:
		return name == "null"
	case bool:
		return name == "boolean"
	case string:
		return name == "string"
	case float64:
		return name == "number" || name == "integer" && v == float64(int64(v))
	case []any:
		return name == "array"
	case map[string]any:
		return name == "object"
	}
	return false
}

func (s *schema) validate(t *testing.T, text []byte) {
	t.Helper()
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, text)
	}
	for _, fault := range s.check(s.root, "$", value) {
		t.Error(fault)
	}
}

func TestTheSchemaFitsWhatIsPrinted(t *testing.T) {
	s := loadSchema(t)
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
	s := loadSchema(t)
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
			if got := strings.Join(s.check(s.root, "$", value), "\n"); !strings.Contains(got, c.want) {
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
	s := loadSchema(t)
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
	case f.Want.Allowed(), f.Browser != "":
		// explain runs the call by the standard, and names what a browser has beyond it.
		return exitAllowed
	case isNetworkReason(f.Want.Reason):
		return exitFailed
	}
	return exitBlocked
}
