package diagnose

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
)

func TestTheCatalogueIsWhole(t *testing.T) {
	seen := make(map[string]bool)
	form := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, c := range Causes() {
		if seen[c.ID] {
			t.Errorf("%s is there twice", c.ID)
		}
		seen[c.ID] = true
		if !form.MatchString(c.ID) {
			t.Errorf("%q is not in lower case with hyphens", c.ID)
		}
		if !slices.Contains(Groups(), c.Group) {
			t.Errorf("%s is in the group %q", c.ID, c.Group)
		}
		if c.Severity != SeverityBlocks && c.Severity != SeverityHides && c.Severity != SeverityNote && c.Severity != SeverityRisk {
			t.Errorf("%s has the severity %q", c.ID, c.Severity)
		}
		if c.Title == "" || strings.HasSuffix(c.Title, ".") {
			t.Errorf("%s: the title %q is no clause", c.ID, c.Title)
		}
		if strings.HasSuffix(c.Needs, ".") {
			t.Errorf("%s: what it needs is no clause: %q", c.ID, c.Needs)
		}
		for name, text := range map[string]string{"meaning": c.Means, "why": c.Why, "sign": c.Recognise, "fix": c.Fix} {
			if !strings.HasSuffix(text, ".") {
				t.Errorf("%s: its %s is no sentence: %q", c.ID, name, text)
			}
		}
		if len(c.Links) == 0 {
			t.Errorf("%s leads nowhere", c.ID)
		}
		for _, link := range c.Links {
			if !strings.HasPrefix(link, "https://") {
				t.Errorf("%s leads to %q", c.ID, link)
			}
		}
	}
	for _, code := range fetch.ReasonCodes() {
		if !seen[string(code)] {
			t.Errorf("the reason %q has no cause", code)
		}
	}
}

// TestEveryCauseIsNamedSomewhere: a cause that nothing recognises has to say what would tell it.
func TestEveryCauseIsNamedSomewhere(t *testing.T) {
	// What a program causes, or only reading the body shows, has tests of its own.
	named := map[string]bool{"not-sent": true, "not-recorded": true, "body-unreadable": true, "body-never-begins": true, "cookie-not-sent": true}
	for _, want := range wantCauses {
		for id := range strings.FieldsSeq(want) {
			named[id] = true
		}
	}
	for _, c := range otherAnswers {
		for id := range strings.FieldsSeq(c.want) {
			named[id] = true
		}
	}
	for _, c := range moduleCases {
		named[c.want] = true
	}
	for _, c := range elementCases {
		for id := range strings.FieldsSeq(c.want) {
			named[id] = true
		}
	}
	for _, c := range localNetworkCases {
		named[c.want] = true
	}
	for _, c := range policyCases {
		named[c.want] = true
	}
	asked := make(map[string]bool)
	for _, want := range wantAsked {
		for id := range strings.FieldsSeq(want) {
			asked[id] = true
		}
	}
	// Only a person can find it out.
	asked["blocked-by-extension"] = true
	// Only the page's own code and the browser's words tell these: see words_test.go.
	for _, id := range []string{"canvas-tainted", "opaque-response-blocked", "script-error-muted"} {
		asked[id] = true
	}
	for _, c := range Causes() {
		if named[c.ID] == (c.Needs != "") {
			t.Errorf("%s: named is %v, and it needs %q", c.ID, named[c.ID], c.Needs)
		}
		if c.Needs != "" && !asked[c.ID] {
			t.Errorf("%s needs %q, and no further request tells it", c.ID, c.Needs)
		}
	}
}

func TestCausesAreFoundInWords(t *testing.T) {
	for _, name := range []string{"preflight-needs-login", "Preflight Needs Login", " preflight_needs_login "} {
		if c, ok := CauseByID(name); !ok || c.ID != "preflight-needs-login" {
			t.Errorf("%q is %+v", name, c)
		}
	}
	if c, ok := CauseByID("cors"); ok {
		t.Errorf("cors is %+v", c)
	}
}

// TestDocumentation holds docs/causes.md, which is written from the same values.
func TestDocumentation(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("<!-- Written by go test ./diagnose -update from the catalogue in package diagnose. Change it there. -->\n\n# Causes\n\n")
	b.WriteString("Why a page does not get what it asked for. `corscope why CAUSE` prints the same; `corscope explain` names the causes of a fetch.\n")
	for _, group := range Groups() {
		title := string(group)
		fmt.Fprintf(&b, "\n## %s\n\n", strings.ToUpper(title[:1])+title[1:])
		for _, c := range Causes() {
			if c.Group == group {
				fmt.Fprintf(&b, "- [%s](#%s): %s\n", c.ID, c.ID, markdown(c.Title))
			}
		}
		for _, c := range Causes() {
			if c.Group == group {
				writeCause(&b, c)
			}
		}
	}
	compareGolden(t, "../docs/causes.md", b.Bytes())
}

func writeCause(b *bytes.Buffer, c Cause) {
	fmt.Fprintf(b, "\n### %s\n\n**%s** %s\n\n", c.ID, markdown(c.Title+"."), markdown(c.Means))
	fmt.Fprintf(b, "- Why the browser insists: %s\n- How to recognise it: %s\n- How to fix it: %s\n", markdown(c.Why), markdown(c.Recognise), markdown(c.Fix))
	if c.Needs != "" {
		fmt.Fprintf(b, "- What tells it, as one request does not: %s.\n", markdown(c.Needs))
	}
	fmt.Fprintf(b, "- More: <%s>\n", strings.Join(c.Links, ">, <"))
}

// markdown escapes what has a meaning there.
func markdown(text string) string {
	return strings.NewReplacer("*", `\*`, "_", `\_`, "<", `\<`, "[", `\[`, "]", `\]`).Replace(text)
}
