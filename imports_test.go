package corscope_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const modulePath = "github.com/corscope/corscope"

// The modules that a room may need.
const (
	xnet      = "golang.org/x/net"
	xtext     = "golang.org/x/text"
	xterm     = "golang.org/x/term"
	xsys      = "golang.org/x/sys"
	whatwgURL = "github.com/nlnwa/whatwg-url"
	cobra     = "github.com/spf13/cobra"
	pflag     = "github.com/spf13/pflag" // the half of cobra that reads flags
	goccyYAML = "github.com/goccy/go-yaml"
	mvdanSh   = "mvdan.cc/sh/v3"

	// QuickJS, translated to Go, and what it stands on.
	quickJS    = "modernc.org/quickjs"
	libQuickJS = "modernc.org/libquickjs"
	libc       = "modernc.org/libc"
)

// room says what the non-test files of one package may import.
type room struct {
	inside  []string // packages of this module, without the module path
	outside []string // other modules; the standard library is always allowed
}

// all marks the rooms of the binary, which may import every room except the
// binary itself.
var all = []string{"*"}

// rooms is the house: every package of the module and what it may import. A new
// package fails the test until it has a row, so that its place is a decision.
var rooms = map[string]room{
	"": {},

	"origin":            {outside: []string{xnet}},
	"internal/httpspec": {},
	"internal/spelling": {},
	"internal/http1":    {inside: []string{"internal/httpspec"}},

	"internal/benchserver": {},
	"internal/slowserver":  {},
	"internal/growth":      {},
	"internal/jsonschema":  {},

	// What tests of corstest and e2e hold the two halves to; no program imports it.
	"internal/halves": {inside: []string{"fetch", "cors"}},

	"cors":  {inside: []string{"origin", "internal/httpspec", "internal/spelling"}, outside: []string{xnet}},
	"fetch": {inside: []string{"origin", "internal/httpspec", "internal/http1"}, outside: []string{xnet, xtext, whatwgURL}},

	"export":  {inside: []string{"cors", "origin", "internal/httpspec"}},
	"gateway": {inside: []string{"cors", "origin", "internal/httpspec"}},

	"diagnose": {inside: []string{"fetch", "cors", "origin", "internal/httpspec", "internal/spelling"}},
	"audit":    {inside: []string{"fetch", "diagnose", "cors", "origin", "internal/httpspec"}},
	"corstest": {inside: []string{"fetch", "diagnose", "cors", "origin", "internal/httpspec"}},

	"internal/jsrun":  {inside: []string{"fetch", "origin", "internal/httpspec"}, outside: []string{xnet, xtext, xsys, quickJS, libQuickJS, libc}},
	"internal/intake": {inside: []string{"internal/jsrun", "fetch", "origin", "internal/httpspec"}, outside: []string{mvdanSh, xtext}},
	"internal/demo":   {inside: []string{"cors", "origin"}},

	"internal/demofetch": {inside: []string{"fetch", "internal/demo"}},

	"policyfile":           {inside: []string{"cors", "internal/policytext"}},
	"internal/policytext":  {inside: []string{"cors", "internal/spelling"}, outside: []string{goccyYAML}},
	"internal/policycheck": {inside: []string{"policyfile", "internal/policytext", "fetch", "cors", "origin", "internal/httpspec"}},

	"internal/webui": {inside: all},
	"internal/term":  {},
	"internal/cli":   {inside: all, outside: []string{cobra, pflag, xterm}},
	"cmd/corscope":   {inside: []string{"internal/cli"}},

	"examples/server": {inside: []string{"cors"}},
	"examples/reload": {inside: []string{"policyfile"}},
}

// reach says which other modules a room may reach through everything that it
// imports. A room that is not here is bound only by its direct imports.
var reach = map[string][]string{
	"origin":            {xnet, xtext},
	"internal/httpspec": {},
	"internal/http1":    {},
	"internal/spelling": {},
	"cors":              {xnet, xtext},
	"internal/demo":     {xnet, xtext},
	"policyfile":        {xnet, xtext, goccyYAML},
}

// heavy are the modules that no importer of a library package may pay for, with
// the rooms that may reach them.
var heavy = map[string][]string{
	cobra: binary, pflag: binary, xterm: binary, goccyYAML: {"internal/policytext", "internal/policycheck", "policyfile", "examples/reload", "internal/cli", "cmd/corscope"},
	quickJS: scripting, libQuickJS: scripting, libc: scripting,
}

var (
	binary    = []string{"internal/cli", "cmd/corscope"}
	scripting = []string{"internal/jsrun", "internal/intake", "internal/webui", "internal/cli", "cmd/corscope"}
)

// pkg is what go list says of one package.
type pkg struct {
	ImportPath string
	Standard   bool
	Module     *struct{ Path string }
	Imports    []string // of the non-test files
	Deps       []string // the same, and theirs, and so on
}

// room returns the path below the module's, and false for a package of another
// module.
func (p pkg) room() (string, bool) {
	if p.Module == nil || p.Module.Path != modulePath {
		return "", false
	}
	return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, modulePath), "/"), true
}

func TestEveryImportIsInTheTable(t *testing.T) {
	packages := listPackages(t)
	for _, fault := range importFaults(packages) {
		t.Error(fault)
	}
	// An empty or misread listing would agree with every table.
	for _, want := range []string{"", "origin", "internal/httpspec", "fetch"} {
		path := strings.TrimSuffix(modulePath+"/"+want, "/")
		if _, ok := packages[path]; !ok {
			t.Errorf("go list does not show %s", path)
		}
	}
}

// The table in docs/architecture.md is this one, with the last words of the rooms' names.
func TestTheDocsHaveTheSameTable(t *testing.T) {
	text, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	written := make(map[string]string)
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| .* \\| ([^|]+) \\|$").FindAllStringSubmatch(string(text), -1) {
		written[row[1]] = row[2]
	}
	for _, p := range listPackages(t) {
		name, ours := p.room()
		if !ours || name == "" {
			continue
		}
		var words []string
		for _, inside := range rooms[name].inside {
			words = append(words, path.Base(inside))
		}
		want := cmp.Or(strings.Join(words, ", "), "-")
		if want == "*" {
			want = "all"
		}
		if got := strings.TrimSuffix(written[name], " but cli"); got != want {
			t.Errorf("docs/architecture.md says of %s that it may import %q, want %q", name, got, want)
		}
	}
}

func TestAnImportOutsideTheTableIsReported(t *testing.T) {
	ours := &struct{ Path string }{modulePath}
	foreign := func(module string) *struct{ Path string } { return &struct{ Path string }{module} }
	for name, c := range map[string]struct {
		packages []pkg
		want     string
	}{
		"a server's half that imports the browser's half": {
			[]pkg{{ImportPath: modulePath + "/cors", Module: ours, Imports: []string{modulePath + "/fetch"}}},
			"cors imports fetch, which its row does not allow",
		},
		"a browser's half that imports the server's half": {
			[]pkg{{ImportPath: modulePath + "/fetch", Module: ours, Imports: []string{modulePath + "/cors"}}},
			"fetch imports cors, which its row does not allow",
		},
		"a room that nobody placed": {
			[]pkg{{ImportPath: modulePath + "/internal/util", Module: ours}},
			"internal/util has no row in the table of rooms",
		},
		"a library that imports a command-line module": {
			[]pkg{
				{ImportPath: modulePath + "/fetch", Module: ours, Imports: []string{cobra}, Deps: []string{cobra}},
				{ImportPath: cobra, Module: foreign(cobra)},
			},
			"fetch imports " + cobra + ", which its row does not allow\n" +
				"fetch reaches " + cobra + ", which is only for internal/cli, cmd/corscope",
		},
		"a library that reaches the JavaScript engine by way of a room that may": {
			[]pkg{
				{ImportPath: modulePath + "/corstest", Module: ours, Deps: []string{modulePath + "/internal/jsrun", quickJS}},
				{ImportPath: quickJS, Module: foreign(quickJS)},
			},
			"corstest reaches " + quickJS + ", which is only for internal/jsrun, internal/intake, internal/webui, internal/cli, cmd/corscope",
		},
		"a server's half that reaches a URL parser by way of another package": {
			[]pkg{
				{ImportPath: modulePath + "/cors", Module: ours, Deps: []string{whatwgURL + "/url"}},
				{ImportPath: whatwgURL + "/url", Module: foreign(whatwgURL)},
			},
			"cors reaches " + whatwgURL + ", which it must not",
		},
		"rooms that keep to their rows": {
			[]pkg{
				{ImportPath: modulePath + "/cors", Module: ours,
					Imports: []string{"net/http", modulePath + "/origin", xnet + "/idna"},
					Deps:    []string{"net/http", modulePath + "/origin", xnet + "/idna", xtext + "/unicode/norm"}},
				{ImportPath: "net/http", Standard: true},
				{ImportPath: xnet + "/idna", Module: foreign(xnet)},
				{ImportPath: xtext + "/unicode/norm", Module: foreign(xtext)},
			},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			packages := make(map[string]pkg)
			for _, p := range c.packages {
				packages[p.ImportPath] = p
			}
			if got := strings.Join(importFaults(packages), "\n"); got != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

// importFaults returns, sorted, one sentence for each import that the tables
// above do not allow.
func importFaults(packages map[string]pkg) []string {
	var faults []string
	report := func(words ...string) {
		if fault := strings.Join(words, ""); !slices.Contains(faults, fault) {
			faults = append(faults, fault)
		}
	}
	for _, p := range packages {
		name, ours := p.room()
		if !ours {
			continue
		}
		row, listed := rooms[name]
		if !listed {
			report(name, " has no row in the table of rooms")
			continue
		}
		for _, path := range p.Imports {
			if inside, ours := insideModule(path); ours {
				if !slices.Contains(row.inside, inside) && !(slices.Equal(row.inside, all) && !slices.Contains(binary, inside)) {
					report(name, " imports ", inside, ", which its row does not allow")
				}
			} else if module := moduleOf(packages, path); module != "" && !slices.Contains(row.outside, module) {
				report(name, " imports ", module, ", which its row does not allow")
			}
		}
		allowed, bounded := reach[name]
		for _, path := range p.Deps {
			module := moduleOf(packages, path)
			if module == "" || module == modulePath {
				continue
			}
			if bounded && !slices.Contains(allowed, module) {
				report(name, " reaches ", module, ", which it must not")
			}
			if may, ok := heavy[module]; ok && !slices.Contains(may, name) {
				report(name, " reaches ", module, ", which is only for ", strings.Join(may, ", "))
			}
		}
	}
	slices.Sort(faults)
	return faults
}

func insideModule(path string) (string, bool) {
	if path == modulePath {
		return "", true
	}
	return strings.CutPrefix(path, modulePath+"/")
}

// moduleOf returns the module of an imported package: "" for the standard library.
func moduleOf(packages map[string]pkg, path string) string {
	if p, ok := packages[path]; ok && p.Module != nil {
		return p.Module.Path
	}
	return ""
}

// listPackages asks go list for the module's packages and all that they import.
func listPackages(t *testing.T) map[string]pkg {
	t.Helper()
	list := exec.Command("go", "list", "-e", "-deps", "-json=ImportPath,Standard,Module,Imports,Deps", "./...")
	out, err := list.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatal("go list: ", err)
	}
	packages := make(map[string]pkg)
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); err == io.EOF {
			return packages
		} else if err != nil {
			t.Fatal("reading go list: ", err)
		}
		if p.Module == nil && !p.Standard {
			t.Errorf("go list knows neither module nor standard library for %s", p.ImportPath)
		}
		packages[p.ImportPath] = p
	}
}
