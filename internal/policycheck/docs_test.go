package policycheck_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/internal/policycheck"
)

func TestTheFileInTheDocumentationIsRight(t *testing.T) {
	text := readDoc(t)
	_, rest, found := strings.Cut(text, "```yaml\n")
	if !found {
		t.Fatal("docs/middleware.md shows no file")
	}
	example, _, _ := strings.Cut(rest, "```")
	results, err := parse(t, example).Check(t.Context(), nil)
	if err != nil || len(results) < 5 {
		t.Fatalf("got %d results, %v", len(results), err)
	}
	for _, r := range results {
		if r.Status != policycheck.Holds {
			t.Errorf("%s: %s %q", r.Expectation, r.Status, r.Why)
		}
	}
}

func TestTheDocumentationNamesEveryField(t *testing.T) {
	text := readDoc(t)
	for _, typ := range []reflect.Type{reflect.TypeFor[cors.Config](), reflect.TypeFor[policycheck.Expectation]()} {
		for i := range typ.NumField() {
			field := typ.Field(i)
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			switch {
			case strings.HasPrefix(name, "dangerously"), name == "line": // summed up; not written
			case name == "method" || name == "target": // of request
				name = "request"
				fallthrough
			default:
				if !strings.Contains(text, "`"+name+"`") {
					t.Errorf("docs/middleware.md does not name %s", name)
				}
			}
		}
	}
}

func readDoc(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/middleware.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
