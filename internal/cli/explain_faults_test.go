package cli_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/corscope/corscope/internal/cli"
	"github.com/corscope/corscope/internal/demo"
)

// faultCauses are the causes of every fault of the demo, as package diagnose names them from one exchange alone.
func faultCauses(t *testing.T) map[string][]string {
	t.Helper()
	golden, err := os.ReadFile("../../diagnose/testdata/faults.golden")
	if err != nil {
		t.Fatal(err)
	}
	causes := make(map[string][]string)
	id := ""
	for line := range strings.Lines(string(golden)) {
		if name, ok := strings.CutPrefix(line, "== "); ok {
			id, _, _ = strings.Cut(name, ":")
		} else if words := strings.Fields(line); causes[id] == nil && len(words) > 0 {
			causes[id] = words[1:]
		}
	}
	return causes
}

// toldByProbes are those of which one exchange does not tell enough, and the further requests of explain do.
var toldByProbes = map[string]string{
	"preflight-allow-origin-missing": "preflight-without-headers", "origin-list": "origin-not-listed", "origin-rejected": "origin-rejected",
	"headers-on-options-alone": "preflight-alone", "preflight-origin-list": "origin-not-listed", "preflight-method-list": "method-not-allowed",
	"preflight-header-list": "header-not-allowed", "preflight-login-403": "preflight-needs-login", "not-found-at-all": "url-not-found",
	"image-then-fetch": "image-then-fetch", "body-never-begins": "body-never-begins",
}

// TestExplainNamesTheCauseOfEveryFaultFirst runs explain as people do, further requests included.
func TestExplainNamesTheCauseOfEveryFaultFirst(t *testing.T) {
	world, err := demo.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	ca := t.TempDir() + "/ca.pem"
	if err := os.WriteFile(ca, world.CAPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	causes := faultCauses(t)
	for _, fault := range demo.Faults() {
		if fault.Stream || fault.Keepalive || fault.UploadListener || fault.Cache != "" || fault.Kind == demo.KindBody && fault.ID != "body-never-begins" || fault.ID == "scheme-ftp" {
			continue // no flag of explain asks for that
		}
		t.Run(fault.ID, func(t *testing.T) {
			args := append([]string{"explain", "--json", "--cacert", ca, "--send"}, fault.Explained()...)
			args = append(args, "--timeout", "20s")
			if fault.NeedsTimeout {
				args[len(args)-1] = "200ms"
			}
			for _, flag := range []struct{ name, value string }{{"-X", fault.Method}, {"-d", fault.Body}, {"--mode", fault.Mode}, {"--credentials", fault.Credentials}, {"--redirect", fault.Redirect}} {
				if flag.value != "" {
					args = append(args, flag.name, flag.value)
				}
			}
			for _, h := range fault.Header {
				args = append(args, "-H", h.Name+": "+h.Value)
			}
			for _, hostPort := range slices.Sorted(maps.Keys(world.Resolve())) {
				args = append(args, "--resolve", hostPort+":"+world.Resolve()[hostPort])
			}
			env, stdout, stderr := terminalOf(0, nil)
			cli.Run(t.Context(), env, args)
			var report struct {
				Diagnosis struct {
					Findings []struct{ Cause struct{ ID, Severity string } }
				}
			}
			if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
				t.Fatalf("%v: %s", err, stderr)
			}
			var blocking []string
			for _, f := range report.Diagnosis.Findings {
				if f.Cause.Severity == "blocks" {
					blocking = append(blocking, f.Cause.ID)
				}
			}
			want := causes[fault.ID]
			if id := toldByProbes[fault.ID]; id != "" {
				want = []string{id}
			}
			if len(blocking) > 0 && (len(want) == 0 || blocking[0] != want[0]) || len(blocking) == 0 && !fault.Want.Allowed() {
				t.Errorf("what stops it is said to be %q, and is %q", blocking, want)
			}
			for _, id := range blocking {
				if !slices.Contains(want, id) {
					t.Errorf("%s is named, and is not what is wrong: %q", id, want)
				}
			}
		})
	}
}
