package export_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corscope/corscope/export"
)

// The tables in docs/export.md are those of Targets. With -update they are written
// anew.
func TestDocumentation(t *testing.T) {
	const file = "../docs/export.md"
	const begin, end = "go test ./export -update -->\n", "<!-- end of the tables -->\n"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(data), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("the marks around the tables are gone")
	}
	want := before + begin + "\n" + tables() + "\n" + end + after
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(data), want); diff != "" {
		t.Errorf("-documentation +targets (write anew with -update):\n%s", diff)
	}
}

func tables() string {
	var b strings.Builder
	all := export.Targets()
	b.WriteString("| |")
	for _, d := range all {
		fmt.Fprintf(&b, " %s |", d.Target)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(all)) + "\n")
	for i, f := range export.Features() {
		fmt.Fprintf(&b, "| %s |", strings.NewReplacer("|", `\|`, "*", `\*`).Replace(f.Title()))
		for _, d := range all {
			word := map[export.Level]string{export.LevelFull: "yes", export.LevelPartly: "*partly*", export.LevelNone: "**no**"}[d.Supports[i].Level]
			fmt.Fprintf(&b, " %s |", word)
		}
		b.WriteString("\n")
	}
	for _, d := range all {
		fmt.Fprintf(&b, "\n### %s (`--to %s`)\n\nNeeds %s.\n\n", d.Title, d.Target, d.Needs)
		for _, s := range d.Supports {
			if s.Text != "" {
				fmt.Fprintf(&b, "- %s: %s\n", strings.NewReplacer("*", `\*`).Replace(s.Feature.Title()), strings.TrimSuffix(strings.ReplaceAll(s.Text, "*", `\*`), ".")+".")
			}
		}
	}
	return b.String()
}

func TestEveryDepartureIsDescribed(t *testing.T) {
	titles := map[string]bool{}
	for _, f := range export.Features() {
		if f.Title() == "" || titles[f.Title()] {
			t.Errorf("%s has no title of its own", f)
		}
		titles[f.Title()] = true
	}
	for _, d := range export.Targets() {
		if len(d.Supports) != len(export.Features()) || d.Title == "" || d.Needs == "" {
			t.Errorf("%s is not described: %+v", d.Target, d)
		}
		for _, s := range d.Supports {
			if s.Level != export.LevelFull && s.Text == "" {
				t.Errorf("%s departs in %s and does not say how", d.Target, s.Feature)
			}
		}
	}
}
