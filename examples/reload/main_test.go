package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corscope/corscope/corstest"
	"github.com/corscope/corscope/policyfile"
)

const page, other = "http://localhost:5173", "http://localhost:5174"

func TestThePageMayUntilTheFileSaysOtherwise(t *testing.T) {
	text, err := os.ReadFile("cors.yaml")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "cors.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(string(text))
	source, err := policyfile.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	api := newHandler(source)
	corstest.Allows(t, api, page, corstest.Get("/api/users"))
	corstest.Blocks(t, api, other, corstest.Get("/api/users"))
	corstest.Blocks(t, api, page, corstest.Get("/health"))

	write(strings.ReplaceAll(string(text), page, page+"/"))
	if _, err := source.Reload(); err == nil || !strings.Contains(err.Error(), "cors.yaml:3:") {
		t.Errorf("a slash too many: %v", err)
	}
	corstest.Allows(t, api, page, corstest.Get("/api/users"))

	write(strings.ReplaceAll(string(text), page, other))
	if _, err := source.Reload(); err != nil {
		t.Fatal(err)
	}
	corstest.Allows(t, api, other, corstest.Get("/api/users"))
	corstest.Blocks(t, api, page, corstest.Get("/api/users"))
}
