package policytext

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/corscope/corscope/cors"
)

// Policies reports what package cors says of the policies and routes.
func (fs *Faults) Policies(root *Node, config *cors.RoutesConfig) {
	names := slices.Sorted(maps.Keys(config.Policies))
	if len(config.Routes) == 0 && root.Field("routes") == nil {
		switch len(names) {
		case 0:
		case 1:
			config.Routes = []cors.Route{{Path: "/", Policy: names[0]}}
		default:
			fs.Report(root.Field("policies").At, CodeMissing, fmt.Sprintf("there are %d policies and no routes", len(names)),
				"say where each applies: routes: [{path: /api/, policy: "+names[0]+"}]")
		}
	}
	misread := fs.Bad()
	for _, p := range config.Check() {
		if p.Code == cors.CodeNoOrigins && misread {
			continue // they may be there, in what could not be read
		}
		if p.Policy == "" && p.Field == "routes" && fs.routeSaid(root, p) {
			continue
		}
		message := goNames.ReplaceAllString(p.Hint, "")
		if p.Value != "" {
			message = Quote(p.Value) + ": " + message
		}
		if p.Index < 0 {
			message = p.Field + ": " + message
		}
		hint := ""
		if p.Meant != "" {
			hint = "write " + p.Meant
		}
		fs.Report(placeOf(root, p), p.Code, message, hint).Severity = p.Severity
	}
	if fs.Bad() {
		return // a policy may be unused because its name is misspelt
	}
	for _, name := range names {
		if p := config.Policies[name]; len(p.Origins) == 0 && !p.AllowAnyOrigin && !p.DangerouslyAllowNullOrigin {
			fs.Report(root.Find("policies", name).Field("origins").At, cors.CodeNoOrigins, "origins is empty, and no page may read",
				"list the origins, unless a program adds them").Severity = cors.SeverityWarning
		}
	}
	if routes := root.Field("routes"); routes != nil && len(config.Routes) == 0 && len(names) > 0 {
		fs.Report(routes.At, cors.CodeRedundant, "routes is empty, and no policy applies anywhere", "leave it out where there is one policy for all").Severity = cors.SeverityWarning
	}
	used := map[string]bool{}
	for _, r := range config.Routes {
		used[r.Policy] = true
	}
	for _, name := range names {
		if len(config.Routes) > 0 && !used[name] {
			fs.Report(root.Find("policies").Field(name).At, cors.CodeRedundant, "no route uses the policy "+name, "").Severity = cors.SeverityWarning
		}
	}
}

// goNames is how package cors names a field to whoever writes Go, next to its name here.
var goNames = regexp.MustCompile(` \([A-Z][A-Za-z]+\)`)

// routeSaid reports whether a problem with a route follows from what is not there or
// could not be read; of a field that is not there it says so itself.
func (fs *Faults) routeSaid(root *Node, p *cors.Problem) bool {
	route := root.Find("routes", p.Index)
	field := routeField(p)
	if route.Kind != KindMap || slices.Contains(route.unread, field) {
		return true
	}
	f := route.Field(field)
	switch {
	case f == nil:
		hint := "write path: / for all of them"
		if field == "policy" {
			hint = "write the name of one, or policy: off"
		}
		fs.Report(route.At, CodeMissing, "the route has no "+field, hint)
		return true
	case f.Value.Kind != KindText:
		return true
	}
	policies := root.Field("policies")
	return field == "policy" && (slices.Contains(root.unread, "policies") || policies != nil && slices.Contains(policies.Value.unread, f.Value.Text))
}

// routeField is the field of a route that a problem is about.
func routeField(p *cors.Problem) string {
	if p.Code == cors.CodeUnknownName {
		return "policy"
	}
	return "path"
}

// placeOf is where a problem of package cors stands.
func placeOf(root *Node, p *cors.Problem) Position {
	var parent, n *Node
	if p.Policy != "" || p.Field == "policies" {
		parent = root.Find("policies", p.Policy)
		if p.Field == "policies" {
			if f := root.Find("policies").Field(p.Policy); f != nil {
				return f.At
			}
			return root.At
		}
		if f := parent.Field(p.Field); f != nil && p.Index < 0 && f.Value.Kind != KindText {
			if f.Value.Kind == KindInt {
				return f.Value.At
			}
			return f.At
		}
		n = parent.Find(p.Field, p.Index)
	} else {
		n = root.Find("routes", p.Index, routeField(p))
	}
	at := n.At
	if n.plain && p.Pos > 0 && p.Pos <= len(n.Text) {
		at.Column += utf8.RuneCountInString(n.Text[:p.Pos])
	}
	return at
}
