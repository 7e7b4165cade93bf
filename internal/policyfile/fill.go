package policyfile

import (
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/corscope/corscope/internal/spelling"
)

// fill sets the fields of the struct that v points to from a map, by the names of their
// JSON tags, and reports what does not fit. So a policy in a file has the fields that
// cors.Config has, and cannot fall behind.
func (ps *problems) fill(n *node, v any) {
	ps.fillValue(n, reflect.ValueOf(v).Elem(), "")
}

func (ps *problems) fillValue(n *node, v reflect.Value, name string) {
	wrong := func(want string) {
		ps.report(n.at, CodeType, fmt.Sprintf("%s must be %s, and here is %s", name, want, describe(n)), typeHint(n, v.Kind()))
	}
	switch v.Kind() {
	case reflect.String:
		if n.kind != kindString {
			wrong("a text")
			return
		}
		v.SetString(n.text)
	case reflect.Bool:
		if n.kind != kindBool {
			wrong("true or false")
			return
		}
		v.SetBool(n.truth)
	case reflect.Int:
		if n.kind != kindInt || n.number > math.MaxInt32 || n.number < math.MinInt32 {
			wrong("a whole number")
			return
		}
		v.SetInt(n.number)
	case reflect.Slice:
		if v.Type() == textsType && n.kind == kindString {
			v.Set(reflect.ValueOf(texts{n.text}))
			return
		}
		if n.kind != kindList {
			wrong("a list")
			return
		}
		list := reflect.MakeSlice(v.Type(), len(n.items), len(n.items))
		for i, item := range n.items {
			ps.fillValue(item, list.Index(i), fmt.Sprintf("%s[%d]", name, i))
		}
		v.Set(list)
	case reflect.Map:
		if n.kind != kindMap {
			wrong("a map")
			return
		}
		all := reflect.MakeMapWithSize(v.Type(), len(n.fields))
		for _, f := range n.fields {
			value := reflect.New(v.Type().Elem()).Elem()
			ps.fillValue(f.value, value, strings.TrimPrefix(name+"."+f.name, "."))
			all.SetMapIndex(reflect.ValueOf(f.name), value)
		}
		v.Set(all)
	case reflect.Struct:
		if n.kind != kindMap {
			wrong("a map")
			return
		}
		ps.fillStruct(n, v, name)
	}
}

func (ps *problems) fillStruct(n *node, v reflect.Value, name string) {
	fields := jsonFields(v.Type())
	for _, f := range n.fields {
		index, ok := fields[f.name]
		if !ok {
			hint := "there are " + strings.Join(jsonNames(v.Type()), ", ")
			if near := nearest(f.name, jsonNames(v.Type())); near != "" {
				hint = "did you mean " + near + "?"
			}
			ps.report(f.at, CodeUnknownField, fmt.Sprintf("there is no field %q here", f.name), hint)
			continue
		}
		ps.fillValue(f.value, v.Field(index), strings.TrimPrefix(name+"."+f.name, "."))
	}
}

// jsonFields are the indexes of the fields by name.
func jsonFields(t reflect.Type) map[string]int {
	fields := make(map[string]int, t.NumField())
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" && name != "-" {
			fields[name] = i
		}
	}
	return fields
}

// jsonNames are the names in the order of the fields.
func jsonNames(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// describe names a value for a message.
func describe(n *node) string {
	switch {
	case n.kind == kindList || n.kind == kindMap:
		return n.kind.String()
	case n.kind == kindOther:
		return n.text
	}
	return fmt.Sprintf("%s (%.60q)", n.kind, n.text)
}

// typeHint says how the value is written that was probably meant.
func typeHint(n *node, want reflect.Kind) string {
	switch {
	case want == reflect.Bool && n.kind == kindString:
		switch strings.ToLower(n.text) {
		case "yes", "on", "y", "true":
			return "write true"
		case "no", "off", "n", "false":
			return "write false"
		}
	case want == reflect.String && (n.kind == kindBool || n.kind == kindInt || n.kind == kindOther):
		return fmt.Sprintf("write it in quotes: %q", n.text)
	case want == reflect.Slice && n.kind == kindString:
		return fmt.Sprintf("write it in brackets: [%s]", n.text)
	case want == reflect.Int && n.kind == kindString:
		return "a number stands without quotes and units"
	}
	return ""
}

// nearest returns the name that s is most likely a slip of, or "".
func nearest(s string, names []string) string {
	best, distance := "", 4
	for _, name := range names {
		if strings.EqualFold(strings.NewReplacer("_", "", "-", "").Replace(s), name) {
			return name
		}
		if d := spelling.Distance(strings.ToLower(s), strings.ToLower(name), 3); d < distance && d < len(name)-1 {
			best, distance = name, d
		}
	}
	return best
}
