package corscope_test

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// stepIndex is every step of the Fetch standard's algorithms at the pinned
// commit, one line "ALGORITHM-ANCHOR STEP-ID" each.
const stepIndex = "testdata/fetch-586cd2a.steps"

// otherAnchors are the anchors that the index cannot hold: those of other
// standards, and parts of Fetch that are prose or definitions, not numbered
// algorithms ("fetch#").
var otherAnchors = []string{
	"csp#", "fetch#", "fetch-metadata#", "html#", "local-network-access#", "mimesniff#", "mixed-content#",
	"referrer-policy#", "rfc6265bis#", "rfc9110#", "secure-contexts#", "upgrade-insecure-requests#", "url#", "xhr#",
}

func TestEveryStepInCodeIsAStepOfThePinnedStandard(t *testing.T) {
	index := readStepIndex(t)
	files, err := filepath.Glob("fetch/*.go")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	calls := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Error(err)
			continue
		}
		n, faults := stepFaults(fset, file, index)
		calls += n
		for _, fault := range faults {
			t.Error(fault)
		}
	}
	if calls == 0 {
		t.Errorf("no call of step in %d files of fetch: either nothing is traced or this test looks for the wrong name", len(files))
	}
}

func TestAStepThatTheStandardLacksIsReported(t *testing.T) {
	index := map[string]bool{"concept-main-fetch 11": true}
	for name, c := range map[string]struct{ call, want string }{
		"a step of the index":                    {`t.step("concept-main-fetch", "11", pass)`, ""},
		"a step called through a chain":          {`f.params.trace().step("concept-main-fetch", "11")`, ""},
		"a plain function":                       {`step("concept-main-fetch", "11")`, ""},
		"a part of Fetch without steps":          {`t.step("fetch#port-blocking", "", fail)`, ""},
		"another standard":                       {`t.step("rfc6265bis#section-5.8.3", "1", fail)`, ""},
		"a step number that is not there":        {`t.step("concept-main-fetch", "99")`, `a.go:3:2: the standard has no step "concept-main-fetch 99"`},
		"an algorithm that is not there":         {`t.step("concept-side-fetch", "11")`, `a.go:3:2: the standard has no step "concept-side-fetch 11"`},
		"a standard that nobody listed":          {`t.step("rfc1#x", "1")`, `a.go:3:2: the standard has no step "rfc1#x 1"`},
		"an id that is computed":                 {`t.step("concept-main-fetch", id)`, `a.go:3:2: the anchor and the id of a step must be string literals`},
		"an anchor that is a constant":           {`t.step(mainFetch, "11")`, `a.go:3:2: the anchor and the id of a step must be string literals`},
		"a call without an id":                   {`t.step("concept-main-fetch")`, `a.go:3:2: the anchor and the id of a step must be string literals`},
		"a prefix of another standard by itself": {`t.step("fetch#", "1")`, `a.go:3:2: the standard has no step "fetch# 1"`},
	} {
		t.Run(name, func(t *testing.T) {
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, "a.go", "package fetch\nfunc f() {\n\t"+c.call+"\n}\n", 0)
			if err != nil {
				t.Fatal(err)
			}
			calls, faults := stepFaults(fset, file, index)
			if calls != 1 {
				t.Errorf("found %d calls of step, want 1", calls)
			}
			if got := strings.Join(faults, "\n"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// stepFaults counts the calls of anything named step in one file, and returns a
// sentence for each whose first two arguments do not name a step.
func stepFaults(fset *token.FileSet, file *ast.File, index map[string]bool) (calls int, faults []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || calledName(call.Fun) != "step" {
			return true
		}
		calls++
		if fault := stepFault(call.Args, index); fault != "" {
			faults = append(faults, fmt.Sprintf("%s: %s", fset.Position(call.Pos()), fault))
		}
		return true
	})
	return calls, faults
}

func calledName(fun ast.Expr) string {
	switch fun := fun.(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	}
	return ""
}

func stepFault(args []ast.Expr, index map[string]bool) string {
	const notLiteral = "the anchor and the id of a step must be string literals"
	if len(args) < 2 {
		return notLiteral
	}
	anchor, ok1 := stringLiteral(args[0])
	id, ok2 := stringLiteral(args[1])
	if !ok1 || !ok2 {
		return notLiteral
	}
	isOther := func(prefix string) bool { return strings.HasPrefix(anchor, prefix) && len(anchor) > len(prefix) }
	if index[anchor+" "+id] || slices.ContainsFunc(otherAnchors, isOther) {
		return ""
	}
	return fmt.Sprintf("the standard has no step %q", anchor+" "+id)
}

func stringLiteral(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

func readStepIndex(t *testing.T) map[string]bool {
	t.Helper()
	f, err := os.Open(stepIndex)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	index := make(map[string]bool)
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if line := lines.Text(); !strings.HasPrefix(line, "#") {
			index[line] = true
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	// One step that cannot go away, so that a truncated index is noticed.
	if !index["concept-cors-check 1"] || len(index) < 700 {
		t.Fatalf("%s holds %d steps, or not the first of the CORS check", stepIndex, len(index))
	}
	return index
}
