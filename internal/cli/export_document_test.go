package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestTheJSONOfExportIsThatOfItsSchema(t *testing.T) {
	text, err := os.ReadFile("schema/export.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	s := parseSchema(t, text)
	file := filepath.Join(t.TempDir(), "cors.yaml")
	policy := `policies: {app: {origins: ["https://app.example.com"], methods: [PUT], rejectRefusedRequests: false}}` + "\n" + `routes: [{path: /api/, policy: app}]`
	if err := os.WriteFile(file, []byte(policy), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := map[string][]string{
		"the list":          {"--list"},
		"an unknown server": {file, "--to", "iis"},
		"no such file":      {file + "x", "--to", "nginx"},
	}
	for _, target := range targets() {
		cases[target] = []string{file, "--to", target}
	}
	for name, args := range cases {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			env := Env{
				Stdin: new(bytes.Buffer), Stdout: &stdout, Stderr: &stderr,
				LookupEnv: func(string) (string, bool) { return "", false },
				Terminal:  func(w io.Writer) (int, bool) { return 0, false },
			}
			Run(t.Context(), env, append(append([]string{"export"}, args...), "--json"))
			s.validate(t, stdout.Bytes())
		})
	}
}
