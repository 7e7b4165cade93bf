// Package jsonschema, for tests, holds JSON documents against the schemas that the project publishes: [Parse] reads one, [Schema.Check]
// says what does not fit. It knows as much of JSON Schema as they use, and another keyword is a fault, so that none is believed to be
// checked.
//
// https://json-schema.org/draft/2020-12/json-schema-validation
package jsonschema

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Schema is a schema that was read. It is safe for concurrent use. Make one with [Parse].
type Schema struct{ root map[string]any }

// Parse reads the text of a schema. The error is that of the JSON.
func Parse(text []byte) (*Schema, error) {
	s := new(Schema)
	if err := json.Unmarshal(text, &s.root); err != nil {
		return nil, fmt.Errorf("jsonschema: %w", err)
	}
	return s, nil
}

// Definition is the schema of this name under $defs, as encoding/json reads it; nil where there is none.
func (s *Schema) Definition(name string) map[string]any {
	definitions, _ := s.root["$defs"].(map[string]any)
	definition, _ := definitions[name].(map[string]any)
	return definition
}

// Check returns one line for each fault of a document, as encoding/json reads it into an any, each with its place below "$".
func (s *Schema) Check(document any) []string { return s.check(s.root, "$", document) }

func (s *Schema) check(rule map[string]any, path string, value any) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, path+": "+fmt.Sprintf(format, args...)) }
	inside := func(rule any, path string, value any) {
		faults = append(faults, s.check(rule.(map[string]any), path, value)...)
	}
	object, _ := value.(map[string]any)
	list, isList := value.([]any)
	text, isText := value.(string)
	number, isNumber := value.(float64)
	properties, _ := rule["properties"].(map[string]any)
	for _, keyword := range slices.Sorted(maps.Keys(rule)) {
		want := rule[keyword]
		fits := true
		switch keyword {
		case "$schema", "$id", "$defs", "title", "description", "format", "contentEncoding":
		case "$ref":
			target := s.Definition(strings.TrimPrefix(want.(string), "#/$defs/"))
			if target == nil {
				fault("the schema has no %s", want)
				continue
			}
			inside(target, path, value)
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
			fits = !isNumber || number >= want.(float64)
		case "maximum":
			fits = !isNumber || number <= want.(float64)
		case "minLength":
			fits = !isText || float64(len([]rune(text))) >= want.(float64)
		case "minItems":
			fits = !isList || float64(len(list)) >= want.(float64)
		case "maxItems":
			fits = !isList || float64(len(list)) <= want.(float64)
		case "pattern":
			fits = !isText || regexp.MustCompile(want.(string)).MatchString(text)
		case "not":
			fits = len(s.check(want.(map[string]any), path, value)) > 0
		case "allOf":
			for _, option := range want.([]any) {
				inside(option, path, value)
			}
		case "anyOf", "oneOf":
			n, why := s.options(want.([]any), path, value)
			if n == 0 || n > 1 && keyword == "oneOf" {
				fault("%d of the options fit: %s", n, strings.Join(why, "; "))
			}
		case "required":
			for _, name := range want.([]any) {
				if _, found := object[name.(string)]; !found && object != nil {
					fault("%s is missing", name)
				}
			}
		case "properties":
			for _, name := range slices.Sorted(maps.Keys(object)) {
				if rule, named := properties[name]; named {
					inside(rule, path+"."+name, object[name])
				}
			}
		case "additionalProperties":
			for _, name := range slices.Sorted(maps.Keys(object)) {
				if _, named := properties[name]; named {
					continue
				}
				if want == false {
					fault("%s is not in the schema", name)
				} else {
					inside(want, path+"."+name, object[name])
				}
			}
		case "propertyNames":
			for _, name := range slices.Sorted(maps.Keys(object)) {
				inside(want, path+"."+name, name)
			}
		case "items":
			for i, item := range list {
				inside(want, fmt.Sprintf("%s[%d]", path, i), item)
			}
		default:
			fault("the keyword %s is not known here", keyword)
		}
		if !fits {
			fault("%v does not fit %s %v", value, keyword, want)
		}
	}
	return faults
}

// options returns how many of the schemas a value fits, and why it does not fit the others.
func (s *Schema) options(options []any, path string, value any) (fit int, why []string) {
	for _, option := range options {
		faults := s.check(option.(map[string]any), path, value)
		if len(faults) == 0 {
			fit++
		}
		why = append(why, faults...)
	}
	return fit, why
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

// Open returns the places of the schema's objects that take members which it does not name.
func (s *Schema) Open() []string {
	var places []string
	var walk func(path string, rule any)
	walk = func(path string, rule any) {
		switch rule := rule.(type) {
		case map[string]any:
			if _, named := rule["properties"].(map[string]any); named && rule["additionalProperties"] != false {
				places = append(places, path)
			}
			for _, name := range slices.Sorted(maps.Keys(rule)) {
				walk(path+"/"+name, rule[name])
			}
		case []any:
			for i, r := range rule {
				walk(fmt.Sprintf("%s/%d", path, i), r)
			}
		}
	}
	walk("#", s.root)
	return places
}
