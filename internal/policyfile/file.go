package policyfile

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/fetch"
)

// DefaultURL is where the server is taken to be if a file has no url and is checked
// against its own policies.
const DefaultURL = "https://server.example"

// File is a policy file. Make one with [Parse]. Its fields are for reading. It is not safe for concurrent use while
// [File.Check] runs.
type File struct {
	// URL is where the server is: what paths in requests are relative to. It is never
	// empty.
	URL string
	// Config is the policies and routes. One policy without routes has the route "/".
	Config cors.RoutesConfig
	// Expectations are in the order of the file; of a list of pages or requests in one,
	// each has its own.
	Expectations []Expectation
	// Warnings are what works, but says something twice or in vain.
	Warnings []*Problem

	routes *cors.Routes
}

// document is the file as it is written.
type document struct {
	Schema   string                 `json:"$schema"`
	URL      string                 `json:"url"`
	Policies map[string]cors.Config `json:"policies"`
	Routes   []cors.Route           `json:"routes"`
	Expect   []written              `json:"expect"`
}

// texts is a list of texts that may be written as one text.
type texts []string

var textsType = reflect.TypeFor[texts]()

// Parse reads a policy file in YAML or JSON of at most a mebibyte. The error is an
// *[Error].
func Parse(data []byte) (*File, error) {
	// YAML has three kinds of line break; one is easier to count.
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(string(data), "\ufeff"))
	ps := &problems{lines: strings.Split(text, "\n")}
	root := decode([]byte(text), ps)
	if root == nil {
		return nil, ps.finish()
	}
	if root.kind != kindMap {
		ps.report(root.at, CodeType, "a policy file is a map, and here is "+describe(root), "begin with policies: or expect:")
		return nil, ps.finish()
	}
	var doc document
	ps.fill(root, &doc)
	f := &File{URL: doc.URL, Config: cors.RoutesConfig{Policies: doc.Policies, Routes: doc.Routes}}
	ps.policies(root, f)
	ps.url(root, f)
	f.Expectations = ps.expectations(root, doc.Expect, f)
	if err := ps.finish(); err != nil {
		return nil, err
	}
	f.Warnings = ps.list
	routes, err := cors.NewRoutes(f.Config)
	if err != nil {
		// Check has just found nothing.
		return nil, fmt.Errorf("policyfile: %w", err)
	}
	f.routes = routes
	return f, nil
}

// policies reports what package cors says of the policies and routes.
func (ps *problems) policies(root *node, f *File) {
	names := slices.Sorted(maps.Keys(f.Config.Policies))
	if len(f.Config.Routes) == 0 && root.field("routes") == nil {
		switch len(names) {
		case 0:
		case 1:
			f.Config.Routes = []cors.Route{{Path: "/", Policy: names[0]}}
		default:
			ps.report(root.field("policies").at, CodeMissing, fmt.Sprintf("there are %d policies and no routes", len(names)),
				"say where each applies: routes: [{path: /api/, policy: "+names[0]+"}]")
		}
	}
	misread := ps.bad()
	for _, p := range f.Config.Check() {
		if p.Code == cors.CodeNoOrigins && misread {
			continue // they may be there, in what could not be read
		}
		message := p.Hint
		if p.Value != "" {
			message = quote(p.Value) + ": " + message
		}
		if p.Index < 0 {
			message = p.Field + ": " + message
		}
		hint := ""
		if p.Meant != "" {
			hint = "write " + p.Meant
		}
		ps.report(placeOf(root, p), Code(p.Code), message, hint).Severity = p.Severity
	}
	if ps.bad() {
		return // a policy may be unused because its name is misspelt
	}
	used := map[string]bool{}
	for _, r := range f.Config.Routes {
		used[r.Policy] = true
	}
	for _, name := range names {
		if len(f.Config.Routes) > 0 && !used[name] {
			ps.report(root.find("policies").field(name).at, Code(cors.CodeRedundant), "no route uses the policy "+name, "").Severity = cors.SeverityWarning
		}
	}
}

// quote returns a value of the file's in quotes, cut.
func quote(s string) string {
	if r := []rune(s); len(r) > 80 {
		return fmt.Sprintf("%q...", string(r[:80]))
	}
	return fmt.Sprintf("%q", s)
}

// placeOf is where a problem of package cors stands.
func placeOf(root *node, p *cors.Problem) position {
	var parent, n *node
	if p.Policy != "" || p.Field == "policies" {
		parent = root.find("policies", p.Policy)
		if p.Field == "policies" {
			if f := root.find("policies").field(p.Policy); f != nil {
				return f.at
			}
			return root.at
		}
		if f := parent.field(p.Field); f != nil && p.Index < 0 && f.value.kind != kindString {
			if f.value.kind == kindInt {
				return f.value.at
			}
			return f.at
		}
		n = parent.find(p.Field, p.Index)
	} else {
		n = root.find("routes", p.Index)
		name := "path"
		if p.Code == cors.CodeUnknownName {
			name = "policy"
		}
		n = n.find(name)
	}
	at := n.at
	if n.plain && p.Pos > 0 && p.Pos <= len(n.text) {
		at.column += utf8.RuneCountInString(n.text[:p.Pos])
	}
	return at
}

func (ps *problems) url(root *node, f *File) {
	given := root.field("url")
	if given == nil {
		f.URL = DefaultURL
		return
	}
	u, err := fetch.ParseHTTPURL(f.URL)
	switch {
	case f.URL == "" && given.value.kind != kindString: // said already
	case err != nil:
		ps.report(given.value.at, CodeValue, "url: "+withoutPrefix(err), "write scheme and host, as in https://api.example.com")
	case u.HasCredentials():
		ps.report(given.value.at, CodeValue, "url: it holds a user name or password", "leave it out")
	default:
		f.URL = u.String()
	}
}

func withoutPrefix(err error) string {
	return strings.TrimPrefix(strings.TrimPrefix(err.Error(), "fetch: "), "url: ")
}
