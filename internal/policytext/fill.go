package policytext

import (
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/internal/spelling"
)

// Fill sets the fields of the struct that v points to from a map, by the names of their
// JSON tags, and reports what does not fit. So a policy in a file has the fields that
// cors.Config has, and cannot fall behind.
func (fs *Faults) Fill(n *Node, v any) {
	fs.fillValue(n, reflect.ValueOf(v).Elem(), "")
}

func (fs *Faults) fillValue(n *Node, v reflect.Value, name string) {
	wrong := func(want string) {
		fs.Report(n.At, CodeType, fmt.Sprintf("%s must be %s, and here is %s", name, want, describe(n)), typeHint(n, v.Type()))
	}
	switch v.Kind() {
	case reflect.Interface: // for somebody else to read
	case reflect.String:
		if n.Kind != KindText {
			wrong("a text")
			return
		}
		v.SetString(n.Text)
	case reflect.Bool:
		if n.Kind != KindBool {
			wrong("true or false")
			return
		}
		v.SetBool(n.truth)
	case reflect.Int:
		if n.Kind != KindInt || n.number > math.MaxInt32 || n.number < math.MinInt32 {
			wrong("a whole number")
			return
		}
		v.SetInt(n.number)
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[Texts]() && n.Kind == KindText {
			v.Set(reflect.ValueOf(Texts{n.Text}))
			return
		}
		if n.Kind != KindList {
			wrong("a list")
			return
		}
		list := reflect.MakeSlice(v.Type(), len(n.Items), len(n.Items))
		for i, item := range n.Items {
			fs.fillValue(item, list.Index(i), fmt.Sprintf("%s[%d]", name, i))
		}
		v.Set(list)
	case reflect.Map:
		if n.Kind != KindMap {
			wrong("a map")
			return
		}
		all := reflect.MakeMapWithSize(v.Type(), len(n.Fields))
		for _, f := range n.Fields {
			value := reflect.New(v.Type().Elem()).Elem()
			fs.fillValue(f.Value, value, strings.TrimPrefix(name+"."+f.Name, "."))
			all.SetMapIndex(reflect.ValueOf(f.Name), value)
		}
		v.Set(all)
	case reflect.Struct:
		if n.Kind != KindMap {
			wrong("a map")
			return
		}
		fs.fillStruct(n, v, name)
	}
}

func (fs *Faults) fillStruct(n *Node, v reflect.Value, name string) {
	fields := jsonFields(v.Type())
	for _, f := range n.Fields {
		index, ok := fields[f.Name]
		if !ok {
			hint := "there are " + strings.Join(jsonNames(v.Type()), ", ")
			if near := Nearest(f.Name, jsonNames(v.Type())); near != "" {
				hint = "did you mean " + near + "?"
			}
			fs.Report(f.At, CodeUnknownField, fmt.Sprintf("there is no field %q here", f.Name), hint)
			continue
		}
		fs.fillValue(f.Value, v.Field(index), strings.TrimPrefix(name+"."+f.Name, "."))
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
func describe(n *Node) string {
	switch {
	case n.Kind == KindList || n.Kind == KindMap:
		return n.Kind.String()
	case n.Kind == KindOther:
		return n.Text
	}
	return fmt.Sprintf("%s (%.60q)", n.Kind, n.Text)
}

// typeHint says how the value is written that was probably meant.
func typeHint(n *Node, t reflect.Type) string {
	switch want := t.Kind(); {
	case want == reflect.Bool && n.Kind == KindText:
		switch strings.ToLower(n.Text) {
		case "yes", "on", "y", "true", "include": // as fetch() has it
			return "write true"
		case "no", "off", "n", "false", "omit", "same-origin":
			return "write false"
		}
	case want == reflect.String && (n.Kind == KindBool || n.Kind == KindInt || n.Kind == KindOther):
		return fmt.Sprintf("write it in quotes: %q", n.Text)
	case want == reflect.Slice && n.Kind == KindText:
		return fmt.Sprintf("write it in brackets: [%s]", n.Text)
	case want == reflect.Int && n.Kind == KindText:
		return "a number stands without quotes and units"
	case t == reflect.TypeFor[[]cors.Route](), t == reflect.TypeFor[cors.Route]():
		return "a route is written - {path: /api/, policy: NAME}"
	case t == reflect.TypeFor[map[string]cors.Config](), t == reflect.TypeFor[cors.Config]():
		return "a policy is written under its name: NAME: {origins: [...]}"
	}
	return ""
}

// Nearest returns the name that s is most likely a slip of, or "".
func Nearest(s string, names []string) string {
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
