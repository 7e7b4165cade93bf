package cli

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"strings"
	"testing"
)

func TestTheSchemaOfChecksReportsFitsWhatIsPrinted(t *testing.T) {
	text, err := os.ReadFile("schema/check.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	s := parseSchema(t, text)
	const policies = "policies: {a: {origins: [https://a.example, https://a.example]}}\nexpect:\n"
	for name, c := range map[string]struct {
		file   string
		args   []string
		status int
	}{
		"what holds": {policies + "  - {from: https://a.example, request: GET /, result: allowed, name: n}\n", nil, 0},
		"what fails": {policies + "  - {from: https://b.example, request: PUT /, headers: {Authorization: Bearer open-sesame}, credentials: true, result: allowed, exposes: X}\n" +
			"  - {from: https://b.example, result: blocked, reasons: timeout}\n", nil, 1},
		"no expectations":              {"policies: {a: {allowAnyOrigin: true}}\n", nil, 0},
		"a file with mistakes":         {"policy: 1\n", nil, 2},
		"a file of nothing":            {"", nil, 2},
		"bad usage":                    {policies, []string{"--against", "x"}, 2},
		"what cannot be told":          {"expect: [{from: https://a.example, request: POST /, result: blocked}]\n", []string{"--against", "https://b.example"}, 2},
		"a server that is not there":   {"expect: [{from: http://a.example, request: GET /, result: blocked}]\n", []string{"--against", "http://localhost:1"}, 0},
		"a server that does not exist": {"expect: [{from: https://a.example, request: GET /, result: blocked}]\n", []string{"--against", "https://b.example", "--resolve", "*:443:127.0.0.1:1"}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			out, status := runCheck(t, c.file, append(c.args, "--json")...)
			if status != c.status {
				t.Errorf("exit status %d, want %d\n%s", status, c.status, out)
			}
			s.validate(t, []byte(out))
			if strings.Contains(out, "sesame") {
				t.Errorf("a secret is printed:\n%s", out)
			}
		})
	}
}

// What a report repeats from a file or a server must not break out of its form.
func TestReportsAreWellFormedWhateverTheNames(t *testing.T) {
	const file = `{"policies": {"a": {"origins": []}}, "expect": [{"name": "<&\u001b]]>\" # \\ \u0007\n1..9\nok 7", "from": "https://a.example", "request": "GET /", "result": "allowed"}]}`
	out, status := runCheck(t, file, "--format", "junit")
	if status != 1 {
		t.Fatalf("exit status %d\n%s", status, out)
	}
	var report junitSuites
	if err := xml.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if name := report.Suites[0].Cases[0].Name; !strings.HasPrefix(name, "<&?]]>\" # \\ ?\n1..9\nok 7 (from https://a.example") {
		t.Errorf("the name is %q", name)
	}
	out, _ = runCheck(t, file, "--format", "tap")
	lines := strings.Split(out, "\n")
	if lines[1] != "1..1" || !strings.HasPrefix(lines[2], `not ok 1 - <& ]]>" \# \\   1..9 ok 7 (from`) || lines[3] != "  ---" {
		t.Errorf("got\n%s", out)
	}
	out, _ = runCheck(t, file)
	if strings.ContainsAny(out, "\x1b\a") || strings.Contains(out, "\nok 7") {
		t.Errorf("got\n%s", out)
	}
}

// A CI counts what JUnit calls an error, and a note beside a mistake is none.
func TestJUnitCountsMistakesAndNoNotes(t *testing.T) {
	out, status := runCheck(t, `{"policies": {"a": {"origins": ["https://a.example", "https://a.example", "https://b.example/"]}}}`, "--format", "junit")
	var report junitSuites
	if err := xml.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	suite := report.Suites[0]
	if status != 2 || report.Errors != 1 || suite.Tests != 1 || suite.Errors != 1 || len(suite.Cases) != 1 {
		t.Fatalf("exit status %d\n%s", status, out)
	}
	if got := suite.Cases[0].Error.Type; got != "trailing-slash" {
		t.Errorf("the error is %q", got)
	}
}

// runCheck runs corscope check on a file given on standard input.
func runCheck(t *testing.T, file string, args ...string) (stdout string, status int) {
	t.Helper()
	var out bytes.Buffer
	env := Env{
		Stdin: strings.NewReader(file), Stdout: &out, Stderr: io.Discard,
		LookupEnv: func(string) (string, bool) { return "", false },
		Terminal:  func(io.Writer) (int, bool) { return 0, false },
	}
	status = Run(t.Context(), env, append([]string{"check", "-"}, args...))
	return out.String(), status
}
