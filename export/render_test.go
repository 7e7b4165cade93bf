package export_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/export"
)

var update = flag.Bool("update", false, "write the golden files anew")

// policies are those of testdata/policies, by name.
func policies(t testing.TB) map[string]cors.Config {
	t.Helper()
	files, err := filepath.Glob("testdata/policies/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no policies: %v", err)
	}
	all := map[string]cors.Config{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var config cors.Config
		if err := json.Unmarshal(data, &config); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = config
	}
	return all
}

// TestGolden compares each policy in each language with testdata/TARGET/POLICY. What a
// target refuses is in refused.txt. With -update the directories are written anew.
func TestGolden(t *testing.T) {
	for name, config := range policies(t) {
		for _, target := range export.Targets() {
			t.Run(string(target.Target)+"/"+name, func(t *testing.T) {
				got := map[string]string{}
				artifact, err := export.Render(config, target.Target)
				for _, f := range artifact.Files {
					got[f.Name] = f.Content
				}
				if err != nil {
					var unsupported *export.UnsupportedError
					if !errors.As(err, &unsupported) {
						t.Fatal(err)
					}
					got["refused.txt"] = err.Error() + "\n"
				}
				dir := filepath.Join("testdata", string(target.Target), name)
				if *update {
					write(t, dir, got)
				}
				if diff := cmp.Diff(read(t, dir), got); diff != "" {
					t.Errorf("-golden +got (write anew with -update):\n%s", diff)
				}
			})
		}
	}
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(data)
	}
	return files
}
