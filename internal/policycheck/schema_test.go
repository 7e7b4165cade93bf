package policycheck_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/internal/jsonschema"
	"github.com/corscope/corscope/internal/policycheck"
	"github.com/corscope/corscope/policyfile"
)

// The schema is written by hand, for people in editors. These tests hold it to the
// decoder: what the decoder reads, the schema accepts; and of what the decoder refuses,
// the schema refuses the shapes, which is all that a schema can know.

func TestTheSchemaFindsWhatASchemaCanFind(t *testing.T) {
	s := loadSchema(t)
	refused := 0
	for _, c := range faultCases {
		t.Run(c.name, func(t *testing.T) {
			if len(c.file) > 4096 {
				return // a generic reader takes a minute for what is refused at once
			}
			value, err := generic(c.file)
			if value == nil && err == nil {
				return // nothing that a schema could look at
			}
			if err != nil {
				if c.schema {
					t.Errorf("no value that a schema could look at: %v", err)
				}
				return
			}
			faults := s.Check(value)
			if c.schema != (len(faults) > 0) {
				t.Errorf("refused %t, want %t: %v", len(faults) > 0, c.schema, faults)
			}
			if len(faults) > 0 {
				refused++
			}
		})
	}
	if refused < 25 {
		t.Errorf("the schema refused %d cases only", refused)
	}
}

func TestTheSchemaAcceptsWhatIsRight(t *testing.T) {
	s := loadSchema(t)
	for name, text := range map[string]string{
		"a policy alone":             onePolicy,
		"expectations alone":         expect("from: https://a.example", "result: allowed"),
		"a list of pages":            onePolicy + expect("from: [https://a.example, \"null\"]", "request: GET /", "result: blocked", "reasons: [timeout, allow-origin-missing]"),
		"one reason":                 onePolicy + expect("from: https://a.example", "result: blocked", "reasons: timeout"),
		"exposed headers":            onePolicy + expect("from: https://a.example", "result: allowed", "exposes: [X-A]", "headers: {X-A: b}", "credentials: true", "name: n"),
		"a schema and a url":         "$schema: x\nurl: HTTPS://api.example.com\n" + onePolicy,
		"a policy of every field":    everyField(t),
		"a route without a policy":   onePolicy + "routes: [{path: /a, policy: \"off\"}]\n",
		"an empty list of origins":   "policies: {a: {origins: []}}\n",
		"no expectations, in a list": onePolicy + "expect: []\n",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := policycheck.Parse([]byte(text)); err != nil {
				t.Fatal(err)
			}
			value, err := generic(text)
			if err != nil {
				t.Fatal(err)
			}
			if faults := s.Check(value); len(faults) > 0 {
				t.Errorf("%v", faults)
			}
		})
	}
}

// everyField is a policy that sets every field of cors.Config, so that a new one is
// missed by the schema in a test and not in an editor.
func everyField(t *testing.T) string {
	t.Helper()
	c := cors.Config{
		Origins: []string{"https://a.example"}, Methods: []string{"PUT"}, RequestHeaders: []string{"X-A"}, ExposedHeaders: []string{"X-B"},
		MaxAgeSeconds: 5, PreflightStatus: 200, PreflightVary: true, TimingAllowOrigin: true, CrossOriginResourcePolicy: "same-site",
		RejectRefusedRequests: true, Credentials: true, AlwaysSendOrigin: true, DangerouslyAllowInsecureOrigins: true,
		DangerouslyAllowPublicSuffixes: true,
	}
	text, err := json.Marshal(map[string]any{"policies": map[string]any{"a": c}})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheSchemaNamesTheFieldsThatThereAre(t *testing.T) {
	s := loadSchema(t)
	for def, typ := range map[string]reflect.Type{"policy": reflect.TypeFor[cors.Config](), "route": reflect.TypeFor[cors.Route]()} {
		var want []string
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			want = append(want, name)
		}
		slices.Sort(want)
		properties := s.Definition(def)["properties"].(map[string]any)
		if got := slices.Sorted(maps.Keys(properties)); !slices.Equal(got, want) {
			t.Errorf("%s: the schema has %v, and the type %v", def, got, want)
		}
		for name, p := range properties {
			if text, _ := p.(map[string]any)["description"].(string); text == "" {
				t.Errorf("%s.%s has no description", def, name)
			}
		}
	}
}

// generic is a document as a schema sees it.
func generic(text string) (any, error) {
	var v any
	if err := yaml.UnmarshalWithOptions([]byte(text), &v); err != nil {
		return nil, err
	}
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out any
	err = json.Unmarshal(data, &out)
	return out, err
}

func loadSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.Parse(policyfile.Schema)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
