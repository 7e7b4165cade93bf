package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// What people download is to stay under 20 MB: a dependency that shows here is to be a decision.
func TestTheProgramIsSmall(t *testing.T) {
	const limit = 20_000_000 // bytes
	name := filepath.Join(t.TempDir(), "corscope")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", name, ".") // as ./release does
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if t.Logf("%d bytes", info.Size()); info.Size() >= limit {
		t.Errorf("the program has %d bytes, and is to have less than %d", info.Size(), limit)
	}
}
