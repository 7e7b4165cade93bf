package policycheck_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/corscope/corscope/cors"
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
			faults := s.check(s.root, "", value)
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
			if faults := s.check(s.root, "", value); len(faults) > 0 {
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
	defs := s.root["$defs"].(map[string]any)
	for def, typ := range map[string]reflect.Type{"policy": reflect.TypeFor[cors.Config](), "route": reflect.TypeFor[cors.Route]()} {
		var want []string
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			want = append(want, name)
		}
		slices.Sort(want)
		properties := defs[def].(map[string]any)["properties"].(map[string]any)
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

// schema is the part of JSON Schema that the file uses. Another keyword fails the test,
// so that none is believed to be checked.
type schema struct{ root map[string]any }

func loadSchema(t *testing.T) *schema {
	t.Helper()
	s := new(schema)
	if err := json.Unmarshal(policyfile.Schema, &s.root); err != nil {
		t.Fatal(err)
	}
	return s
}

// check returns one line for each fault of value, which stands at path.
func (s *schema) check(rule map[string]any, path string, value any) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, path+": "+fmt.Sprintf(format, args...)) }
	fits := func(option any) bool { return len(s.check(option.(map[string]any), path, value)) == 0 }
	object, _ := value.(map[string]any)
	list, isList := value.([]any)
	text, isText := value.(string)
	number, isNumber := value.(float64)
	properties, _ := rule["properties"].(map[string]any)
	for _, keyword := range slices.Sorted(maps.Keys(rule)) {
		want := rule[keyword]
		ok := true
		switch keyword {
		case "$schema", "$id", "$defs", "title", "description":
		case "$ref":
			name := strings.TrimPrefix(want.(string), "#/$defs/")
			faults = append(faults, s.check(s.root["$defs"].(map[string]any)[name].(map[string]any), path, value)...)
		case "type":
			ok = isType(value, want.(string))
		case "const":
			ok = value == want
		case "enum":
			ok = slices.Contains(want.([]any), value)
		case "minimum":
			ok = !isNumber || number >= want.(float64)
		case "maximum":
			ok = !isNumber || number <= want.(float64)
		case "minLength":
			ok = !isText || float64(len([]rune(text))) >= want.(float64)
		case "minItems":
			ok = !isList || float64(len(list)) >= want.(float64)
		case "maxItems":
			ok = !isList || float64(len(list)) <= want.(float64)
		case "pattern":
			ok = !isText || regexp.MustCompile(want.(string)).MatchString(text)
		case "not":
			ok = !fits(want)
		case "anyOf":
			ok = slices.ContainsFunc(want.([]any), fits)
		case "allOf":
			ok = !slices.ContainsFunc(want.([]any), func(o any) bool { return !fits(o) })
		case "oneOf":
			n := 0
			for _, option := range want.([]any) {
				if fits(option) {
					n++
				}
			}
			ok = n == 1
		case "required":
			for _, name := range want.([]any) {
				if _, found := object[name.(string)]; !found && object != nil {
					fault("%s is missing", name)
				}
			}
		case "properties":
			for name, r := range properties {
				if v, found := object[name]; found {
					faults = append(faults, s.check(r.(map[string]any), path+"."+name, v)...)
				}
			}
		case "additionalProperties":
			for name, v := range object {
				if _, named := properties[name]; named {
					continue
				}
				if want == false {
					fault("%s is not in the schema", name)
				} else {
					faults = append(faults, s.check(want.(map[string]any), path+"."+name, v)...)
				}
			}
		case "propertyNames":
			for name := range object {
				faults = append(faults, s.check(want.(map[string]any), path+"."+name, name)...)
			}
		case "items":
			for i, item := range list {
				faults = append(faults, s.check(want.(map[string]any), fmt.Sprintf("%s[%d]", path, i), item)...)
			}
		default:
			fault("the test does not know the keyword %s", keyword)
		}
		if !ok {
			fault("%v does not fit %s %v", value, keyword, want)
		}
	}
	return faults
}

func isType(value any, name string) bool {
	switch v := value.(type) {
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
	return name == "null" && value == nil
}
