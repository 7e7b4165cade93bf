package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// corscope returns the path of the command, which is built once for all tests.
func corscope(t *testing.T) string {
	t.Helper()
	program, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "corscope-e2e-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "corscope")
	build := exec.Command("go", "build", "-o", path, "./cmd/corscope")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		return "", errors.Join(fmt.Errorf("go build: %w\n%s", err, out), os.RemoveAll(dir))
	}
	ends = append(ends, func() { os.RemoveAll(dir) })
	return path, nil
})

// ends are done by TestMain behind the last test.
var ends []func()
