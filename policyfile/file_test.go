package policyfile_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/internal/policytext"
	"github.com/corscope/corscope/policyfile"
)

func TestAFileIsReadAsItIsWritten(t *testing.T) {
	app := cors.Config{Origins: []string{"https://app.example.com"}, Credentials: true, Methods: []string{"PUT"}, MaxAgeSeconds: 600}
	for _, tt := range []struct {
		name, file string
		want       cors.RoutesConfig
	}{
		{"YAML", "policies:\n  app:\n    origins: [\"https://app.example.com\"]\n    credentials: true\n    methods: [PUT]\n    maxAgeSeconds: 600\nroutes:\n  - {path: /api/, policy: app}\n  - {path: /health, policy: off}\n",
			cors.RoutesConfig{Policies: map[string]cors.Config{"app": app}, Routes: []cors.Route{{Path: "/api/", Policy: "app"}, {Path: "/health", Policy: "off"}}}},
		{"JSON", `{"policies": {"app": {"origins": ["https://app.example.com"], "credentials": true, "methods": ["PUT"], "maxAgeSeconds": 600}}, "routes": [{"path": "/api/", "policy": "app"}]}`,
			cors.RoutesConfig{Policies: map[string]cors.Config{"app": app}, Routes: []cors.Route{{Path: "/api/", Policy: "app"}}}},
		{"one policy without routes is for everything", "policies: {any: {allowAnyOrigin: true}}",
			cors.RoutesConfig{Policies: map[string]cors.Config{"any": {AllowAnyOrigin: true}}, Routes: []cors.Route{{Path: "/", Policy: "any"}}}},
		{"what is for corscope check is not judged", "$schema: x\nurl: nonsense\npolicies: {any: {allowAnyOrigin: true}}\nexpect: [{form: nobody}, 7]\n",
			cors.RoutesConfig{Policies: map[string]cors.Config{"any": {AllowAnyOrigin: true}}, Routes: []cors.Route{{Path: "/", Policy: "any"}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := policyfile.Parse([]byte(tt.file))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(f.Config, tt.want) || f.Warnings != nil {
				t.Errorf("got %+v, warnings %v\nwant %+v", f.Config, f.Warnings, tt.want)
			}
		})
	}
}

// TestWhatEncodingJSONTakesSilentlyIsAMistake holds the reason to be of this package.
func TestWhatEncodingJSONTakesSilentlyIsAMistake(t *testing.T) {
	const origins = `"origins": ["https://app.example.com"]`
	for _, tt := range []struct{ name, file, want string }{
		{"a misspelt field", `{"policies": {"app": {` + origins + `, "credentails": true}}}`, "1:63 unknown-field"},
		{"a field in another case", `{"policies": {"app": {` + origins + `, "Credentials": true}}}`, "1:63 unknown-field"},
		{"a misspelt field of a route", `{"policies": {"app": {` + origins + `}}, "routes": [{"path": "/", "polciy": "off", "policy": "app"}]}`, "1:90 unknown-field"},
		{"a misspelt field at the top", `{"policies": {"app": {` + origins + `}}, "routs": []}`, "1:65 unknown-field"},
		{"a key that is there twice", `{"policies": {"app": {` + origins + `, ` + origins + `}}}`, "1:63 syntax"},
		{"a policy that is there twice", `{"policies": {"app": {` + origins + `}, "app": {` + origins + `}}}`, "1:64 syntax"},
		{"null, which leaves a field as it was", `{"policies": {"app": {` + origins + `, "credentials": null}}}`, "1:78 null"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var loose cors.RoutesConfig
			if err := json.Unmarshal([]byte(tt.file), &loose); err != nil {
				t.Errorf("encoding/json says %v", err)
			}
			if got := faults(t, tt.file); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestMistakesThatAProgramMustNotStartWith(t *testing.T) {
	for _, tt := range []struct{ name, file, want string }{
		{"nothing", "", "0:0 missing"},
		{"no policies", "routes: []\n", "1:1 missing"},
		{"no policies, but expectations", "expect: [{from: https://a.example, result: blocked}]\n", "1:1 missing"},
		{"an empty map of policies", "policies: {}\n", "1:1 missing"},
		{"a second document, which may be a whole other policy", "policies: {any: {allowAnyOrigin: true}}\n---\npolicies: {}\n", "2:1 unsupported"},
		{"a slash at the end of an origin", "policies:\n  app:\n    origins:\n      - https://app.example.com/\n", "4:32 trailing-slash"},
		{"two mistakes at once", "policies:\n  app:\n    origins: [app.example.com]\n    credentials: \"yes\"\n", "3:15 missing-scheme, 4:19 type"},
		{"more than a mebibyte", "# " + strings.Repeat("x", 1<<20), "0:0 too-large"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := faults(t, tt.file); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// faults returns "line:column code" for each problem.
func faults(t *testing.T, file string) string {
	t.Helper()
	f, err := policyfile.Parse([]byte(file))
	var bad *policyfile.Error
	if f != nil || !errors.As(err, &bad) {
		t.Fatalf("got %+v, %v", f, err)
	}
	var got []string
	for _, p := range bad.Problems {
		got = append(got, fmt.Sprintf("%d:%d %s", p.Line, p.Column, p.Code))
	}
	return strings.Join(got, ", ")
}

func TestWarningsAreNoMistakes(t *testing.T) {
	f, err := policyfile.Parse([]byte("policies:\n  app: {origins: [], methods: [put]}\n  any: {allowAnyOrigin: true}\nroutes: [{path: /, policy: app}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	nowhere, err := policyfile.Parse([]byte("policies: {any: {allowAnyOrigin: true}}\nroutes: []\n"))
	if err != nil || len(nowhere.Config.Routes) != 0 || len(nowhere.Warnings) != 1 || !strings.Contains(nowhere.Warnings[0].Error(), "2:1: routes is empty") {
		t.Errorf("no routes: %+v, %v", nowhere, err)
	}
	var got []string
	for _, p := range f.Warnings {
		got = append(got, p.Error())
	}
	want := []string{
		"policyfile: 2:9: origins is empty, and no page may read: list the origins, unless a program adds them",
		`policyfile: 2:32: "put": browsers send it in upper case: write PUT`,
		"policyfile: 3:3: no route uses the policy any",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestReadNamesTheFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "cors.yaml")
	if _, err := policyfile.Read(name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	write(t, name, "policies:\n  app:\n    origins: [https://app.example.com/]\n    methods: [put, TRACE]\n")
	_, err := policyfile.Read(name)
	want := "policyfile: " + name + `:3:38: "https://app.example.com/": leave out the slash at the end: write https://app.example.com` + "\n" +
		"policyfile: " + name + `:4:20: "TRACE": browsers refuse to send it`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %v", err, want)
	}
	var p *policyfile.Problem
	if !errors.As(err, &p) || p.Code != cors.CodeTrailingSlash || p.Hint != "write https://app.example.com" || p.Excerpt[p.Caret] != '/' {
		t.Errorf("the first problem is %+v", p)
	}
	write(t, name, strings.Repeat("#", 3<<20))
	if _, err := policyfile.Read(name); !errors.As(err, &p) || p.Code != policyfile.CodeTooLarge || !strings.HasPrefix(err.Error(), "policyfile: "+name+": the file has ") {
		t.Errorf("a large file: %v", err)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestHintsAreForTheFile: package cors says what a field is called in Go too.
func TestHintsAreForTheFile(t *testing.T) {
	_, err := policyfile.Parse([]byte("policies: {a: {origins: [\"null\", \"*\", \"http://a.example\", \"https://*.com\"], credentials: true}}"))
	if err == nil || strings.Contains(err.Error(), "(Dangerously") || strings.Contains(err.Error(), "(Allow") || !strings.Contains(err.Error(), "set dangerouslyAllowNullOrigin\n") {
		t.Errorf("got %v", err)
	}
}

func TestTheCodesAreThoseOfTheReader(t *testing.T) {
	for ours, theirs := range map[cors.Code]cors.Code{
		policyfile.CodeTooLarge: policytext.CodeTooLarge, policyfile.CodeSyntax: policytext.CodeSyntax, policyfile.CodeUnsupported: policytext.CodeUnsupported,
		policyfile.CodeNull: policytext.CodeNull, policyfile.CodeType: policytext.CodeType, policyfile.CodeUnknownField: policytext.CodeUnknownField,
		policyfile.CodeMissing: policytext.CodeMissing, policyfile.CodeValue: policytext.CodeValue,
	} {
		if ours != theirs {
			t.Errorf("%q and %q", ours, theirs)
		}
	}
}

// FuzzParse holds that what is accepted is a configuration that package cors accepts,
// and that it survives being written as JSON and read again.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"policies: {a: {origins: [https://a.example]}}", `{"policies": {"a": {"allowAnyOrigin": true}}, "routes": [{"path": "/{x}", "policy": "off"}]}`,
		"policies:\n  a:\n    origins: []\n    methods: ['*']\nroutes:\n- path: /\n  policy: a\n", "expect: [{}]", "&a [*a]", "a: !b c\n---\nd", "policies: {\"a\\u0000\": {origins: [\"https://*.a.example:{1,2}\"]}}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := policyfile.Parse(data)
		if err != nil {
			var bad *policyfile.Error
			if !errors.As(err, &bad) || len(bad.Problems) == 0 || err.Error() == "" {
				t.Fatalf("%v", err)
			}
			return
		}
		if _, err := cors.NewRoutes(file.Config); err != nil {
			t.Fatalf("package cors refuses it: %v", err)
		}
		if len(file.Config.Routes) == 0 {
			return // there is a warning; JSON leaves an empty list out, and then there is the route "/"
		}
		text, err := json.Marshal(file.Config)
		if err != nil {
			t.Fatal(err)
		}
		again, err := policyfile.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if second, err := json.Marshal(again.Config); err != nil || string(second) != string(text) {
			t.Fatalf("%s became %s, %v", text, second, err)
		}
	})
}
