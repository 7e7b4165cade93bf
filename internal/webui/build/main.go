// Command build makes the lab's page: it bundles internal/webui/ui, which is TypeScript, into internal/webui/dist, which is
// committed and embedded. The same sources give the same bytes.
//
//	cd internal/webui/build && go run .          bundle
//	cd internal/webui/build && go run . -check   compare what is committed with what would be bundled, and write nothing
//	cd internal/webui/build && go run . -test    check the types and run the unit tests; needs Node
//
// It needs npm, to fetch the one library that is bundled. Nothing else of the project needs it.
package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// budget is what the page may weigh, compressed, all of it.
const budget = 150_000

func main() {
	check := flag.Bool("check", false, "compare with the committed files, and write nothing")
	test := flag.Bool("test", false, "check the types and run the unit tests")
	flag.Parse()
	if err := run(*check, *test); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run(check, test bool) error {
	webui, err := filepath.Abs("..")
	if err != nil {
		return err
	}
	ui, dist := filepath.Join(webui, "ui"), filepath.Join(webui, "dist")
	if _, err := os.Stat(filepath.Join(ui, "package.json")); err != nil {
		return errors.New("run it in internal/webui/build")
	}
	if err := install(ui); err != nil {
		return err
	}
	if test {
		return runTests(ui)
	}
	files, err := bundle(ui)
	if err != nil {
		return err
	}
	if err := weigh(files); err != nil {
		return err
	}
	if check {
		return compare(dist, files)
	}
	return write(dist, files)
}

// install runs npm ci where what it brings is not there, or is of another lockfile.
func install(ui string) error {
	lock, err := os.ReadFile(filepath.Join(ui, "package-lock.json"))
	if err != nil {
		return err
	}
	stamp := filepath.Join(ui, "node_modules", ".corscope-lock")
	if have, err := os.ReadFile(stamp); err == nil && bytes.Equal(have, lock) {
		return nil
	}
	// Nothing of the three packages needs to run a script of its own.
	c := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	c.Dir = ui
	c.Stdout, c.Stderr = os.Stderr, os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("npm ci: %w", err)
	}
	return os.WriteFile(stamp, lock, 0o644)
}

func write(dist string, files map[string][]byte) error {
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	old, err := os.ReadDir(dist)
	if err != nil {
		return err
	}
	for _, f := range old {
		if files[f.Name()] == nil {
			if err := os.Remove(filepath.Join(dist, f.Name())); err != nil {
				return err
			}
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dist, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func compare(dist string, files map[string][]byte) error {
	var stale []string
	for name, want := range files {
		if have, err := os.ReadFile(filepath.Join(dist, name)); err != nil || !bytes.Equal(have, want) {
			stale = append(stale, name)
		}
	}
	have, err := os.ReadDir(dist)
	if err != nil {
		return err
	}
	for _, f := range have {
		if files[f.Name()] == nil {
			stale = append(stale, f.Name())
		}
	}
	if len(stale) > 0 {
		slices.Sort(stale)
		return fmt.Errorf("internal/webui/dist is not what its sources make (%s): run go run . in internal/webui/build, and commit what it wrote", strings.Join(stale, ", "))
	}
	return nil
}

// weigh prints what each file weighs as a server would compress it, and holds the sum to the budget.
func weigh(files map[string][]byte) error {
	total := 0
	for _, name := range slices.Sorted(maps.Keys(files)) {
		var b bytes.Buffer
		z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := io.Copy(z, bytes.NewReader(files[name])); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		total += b.Len()
		fmt.Printf("%-12s %7d bytes, %6d compressed\n", name, len(files[name]), b.Len())
	}
	fmt.Printf("%-12s %28d compressed\n", "all", total)
	if total > budget {
		return fmt.Errorf("the page weighs %d bytes compressed, and may weigh %d", total, budget)
	}
	return nil
}
