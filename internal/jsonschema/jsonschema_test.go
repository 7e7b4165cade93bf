package jsonschema

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestFaultsAreNamedWithTheirPlace(t *testing.T) {
	for name, c := range map[string]struct{ schema, document, want string }{
		"a document that fits":            {`{"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": false}`, `{"a": "b"}`, ""},
		"a member of the wrong type":      {`{"properties": {"a": {"type": "string"}}}`, `{"a": 1}`, "$.a: 1 is no string"},
		"a type of two":                   {`{"type": ["string", "null"]}`, `null`, ""},
		"none of two types":               {`{"type": ["string", "null"]}`, `true`, "$: true is no [string null]"},
		"a fraction for an integer":       {`{"type": "integer"}`, `1.5`, "$: 1.5 is no integer"},
		"a member that is missing":        {`{"required": ["a"]}`, `{}`, "$: a is missing"},
		"a member of its own":             {`{"properties": {}, "additionalProperties": false}`, `{"a": 1}`, "$: a is not in the schema"},
		"a member that has a rule":        {`{"additionalProperties": {"type": "string"}}`, `{"a": 1}`, "$.a: 1 is no string"},
		"a name that does not fit":        {`{"propertyNames": {"pattern": "^[a-z]$"}}`, `{"A": 1}`, "$.A: A does not fit pattern ^[a-z]$"},
		"an item of a list":               {`{"items": {"minimum": 2}}`, `[2, 1]`, "$[1]: 1 does not fit minimum 2"},
		"too long a list":                 {`{"maxItems": 1}`, `[2, 1]`, "$: [2 1] does not fit maxItems 1"},
		"too short a list":                {`{"minItems": 1}`, `[]`, "$: [] does not fit minItems 1"},
		"too short a text":                {`{"minLength": 2}`, `"é"`, "$: é does not fit minLength 2"},
		"too large a number":              {`{"maximum": 2}`, `3`, "$: 3 does not fit maximum 2"},
		"another value":                   {`{"const": 1}`, `2`, "$: 2 is not 1"},
		"none of the values":              {`{"enum": ["a", "b"]}`, `"c"`, "$: c is none of [a b]"},
		"what is excluded":                {`{"not": {"type": "string"}}`, `"c"`, "$: c does not fit not map[type:string]"},
		"one of all":                      {`{"allOf": [{"type": "string"}, {"const": "a"}]}`, `"b"`, "$: b is not a"},
		"none of any":                     {`{"anyOf": [{"const": 1}, {"const": 2}]}`, `3`, "$: 0 of the options fit: $: 3 is not 1; $: 3 is not 2"},
		"two of any":                      {`{"anyOf": [{"type": "number"}, {"const": 2}]}`, `2`, ""},
		"two of one":                      {`{"oneOf": [{"type": "number"}, {"const": 2}]}`, `2`, "$: 2 of the options fit: "},
		"a definition":                    {`{"$ref": "#/$defs/n", "$defs": {"n": {"type": "number"}}}`, `"x"`, "$: x is no number"},
		"a definition that is not there":  {`{"$ref": "#/$defs/n"}`, `"x"`, "$: the schema has no #/$defs/n"},
		"a keyword that is not looked at": {`{"multipleOf": 2}`, `3`, "$: the keyword multipleOf is not known here"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Parse([]byte(c.schema))
			if err != nil {
				t.Fatal(err)
			}
			var document any
			if err := json.Unmarshal([]byte(c.document), &document); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(s.Check(document), "\n"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestObjectsThatTakeAnyMemberAreNamed(t *testing.T) {
	s, err := Parse([]byte(`{"properties": {"a": {"properties": {}}, "b": {"oneOf": [{"properties": {}, "additionalProperties": false}]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.Open(), []string{"#", "#/properties/a"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestATextThatIsNoSchemaIsRefused(t *testing.T) {
	if _, err := Parse([]byte("[]")); err == nil || !strings.HasPrefix(err.Error(), "jsonschema: json: cannot unmarshal array") {
		t.Errorf("got %v", err)
	}
}
