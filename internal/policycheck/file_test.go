package policycheck_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/corscope/corscope/internal/policycheck"
	"github.com/corscope/corscope/policyfile"
)

// one policy and what is read of it, for cases that are about something else.
const onePolicy = "policies:\n  app:\n    origins: [\"https://app.example.com\"]\n"

func expect(lines ...string) string {
	return "expect:\n  - " + strings.Join(lines, "\n    ") + "\n"
}

// faultCases are files with mistakes. want has a line for each: "line:column code". The
// schema finds those with schema set.
var faultCases = []struct {
	name, file, want string
	schema           bool
}{
	// Nothing that can be read.
	{"an empty file", "", "0:0 missing", false},
	{"a file of comments", "# nothing\n", "0:0 missing", false},
	{"a file that is not UTF-8", "policies: \xff", "0:0 syntax", true},
	{"a list", "[1]", "1:1 type", true},
	{"neither policies nor expectations", "url: https://api.example.com\n", "1:1 missing", true},
	{"an unclosed quote", "policies: \"", "1:11 syntax", false},
	{"an indentation by tab", "policies:\n\tapp:\n", "2:1 syntax", false},
	{"a key that is there twice", "policies: {}\npolicies: {}\n", "2:1 syntax", false},
	{"a second document, which other readers drop", onePolicy + "---\npolicies: {}\n", "4:1 unsupported", false},
	{"a directive", "%YAML 1.1\n---\n" + onePolicy, "1:1 unsupported", false},
	{"brackets that would use up the stack", "policies: " + strings.Repeat("[", 100000), "1:75 too-large", false},
	{"more than a mebibyte", "# " + strings.Repeat("x", 1<<20), "0:0 too-large", false},

	// YAML that this format does without.
	{"an unquoted wildcard in brackets", "policies: {a: {methods: [*]}}\n", "1:26 syntax", false},
	{"an unquoted wildcard in a list", "policies:\n  a:\n    methods:\n      - *\n", "4:9 syntax", false},
	{"an unquoted wildcard that swallows the next line", "policies:\n  a:\n    allowAnyOrigin: true\n    methods:\n      - *\n    maxAgeSeconds: 5\n", "5:9 unsupported", false},
	{"anchor and alias", "policies: {a: &x {allowAnyOrigin: true}, b: *x}\n", "1:15 unsupported, 1:45 unsupported", false},
	{"a merge", "policies:\n  a:\n    <<: {allowAnyOrigin: true}\n", "3:5 unsupported", false},
	{"a tag", "policies: {a: {allowAnyOrigin: !!bool true}}\n", "1:32 unsupported", false},
	{"a number as a key", "policies:\n  1: {allowAnyOrigin: true}\n", "2:3 unsupported", false},
	{"null among origins, which other readers drop", "policies:\n  a:\n    origins: [null, \"https://a.example\"]\n", "3:15 null", true},
	{"an empty item", "policies:\n  a:\n    origins:\n      -\n      - https://a.example\n", "4:8 null", true},
	{"a field without a value", "policies:\n  a:\n    allowAnyOrigin: true\n    methods:\n", "4:14 null", true},

	// Wrong shapes.
	{"a misspelt field at the top", "polices: {}\nexpect: []\n", "1:1 unknown-field", true},
	{"a misspelt field of a policy", "policies: {a: {allowAnyOrigin: true, credential: true}}\n", "1:38 unknown-field", true},
	{"a field in another style", "policies: {a: {allow_any_origin: true}}\n", "1:16 unknown-field", true},
	{"a method in a route", onePolicy + "routes:\n  - {path: /, policy: app, method: GET}\n", "5:28 unknown-field", true},
	{"yes, which is no boolean in YAML 1.2", "policies: {a: {allowAnyOrigin: yes}}\n", "1:32 type", true},
	{"one text in place of a list", "policies: {a: {origins: \"https://a.example\"}}\n", "1:26 type", true},
	{"a number with a unit", "policies: {a: {allowAnyOrigin: true, maxAgeSeconds: 10m}}\n", "1:53 type", true},
	{"a number beyond all measure", "policies: {a: {allowAnyOrigin: true, maxAgeSeconds: 99999999999}}\n", "1:53 type", true},
	{"a fraction", "policies: {a: {allowAnyOrigin: true, maxAgeSeconds: 1.5}}\n", "1:53 type", true},
	{"policies as a list", "policies: [a]\n", "1:11 type", true},
	{"a policy that is a text", "policies: {a: x}\n", "1:15 type", true},
	{"a header's value that is a number", onePolicy + expect("from: https://a.example", "headers: {X-A: 1}", "result: allowed"), "6:20 type", true},

	{"a route that is a text", onePolicy + "routes: [/api/]\n", "4:10 type", true},
	{"routes as a map", onePolicy + "routes: {/api/: app}\n", "4:10 type", true},
	{"a route without a path", onePolicy + "routes: [{policy: app}]\n", "4:11 missing", true},
	{"a route without a policy", onePolicy + "routes: [{path: /}]\n", "4:11 missing", true},
	{"a route whose path is a number", onePolicy + "routes: [{path: 1, policy: app}]\n", "4:17 type", true},
	{"a route to a policy that cannot be read", "policies: {a: &x {allowAnyOrigin: true}}\nroutes: [{path: /, policy: a}]\n", "1:15 unsupported", false},
	{"routes where no policy can be read", "policies: &x {a: {allowAnyOrigin: true}}\nroutes: [{path: /, policy: a}]\n", "1:11 unsupported", false},

	// What package cors finds in policies, at its place.
	{"a slash at the end", "policies: {a: {origins: [https://a.example/]}}\n", "1:43 trailing-slash", false},
	{"a slash at the end, in quotes", "policies: {a: {origins: [\"https://a.example/\"]}}\n", "1:44 trailing-slash", false},
	{"a slash at the end, in a block", "policies:\n  a:\n    origins:\n      - https://b.example\n      - https://a.example/\n", "5:26 trailing-slash", false},
	{"a wildcard for all origins", "policies: {a: {origins: [\"*\"]}}\n", "1:27 any-origin", true},
	{"the origin null", "policies: {a: {origins: [\"null\"]}}\n", "1:27 null-origin", true},
	{"a name in Unicode", "policies: {a: {origins: [\"https://bücher.example\"]}}\n", "1:36 unicode-host", false},
	{"any origin with credentials", "policies: {a: {allowAnyOrigin: true, credentials: true}}\n", "1:16 any-with-credentials", false},
	{"a max age of more than a day", "policies: {a: {allowAnyOrigin: true, maxAgeSeconds: 86401}}\n", "1:53 out-of-range", true},
	{"a forbidden method", "policies: {a: {allowAnyOrigin: true, methods: [PUT, TRACE]}}\n", "1:53 forbidden-method", false},
	{"a policy without origins", "policies:\n  a: {}\n", "2:6 no-origins", false},
	{"a policy by the name of off", "policies: {off: {allowAnyOrigin: true}}\n", "1:12 unknown-name", true},
	{"two mistakes in two policies", "policies:\n  b: {origins: [\"https://b.example/\"]}\n  a: {origins: [a.example]}\n", "1:1 missing, 2:35 trailing-slash, 3:17 missing-scheme", false},
	{"several policies and no routes", "policies: {a: {allowAnyOrigin: true}, b: {allowAnyOrigin: true}}\n", "1:1 missing", false},
	{"a route to nowhere", onePolicy + "routes: [{path: /, policy: ap}]\n", "4:28 unknown-name", false},
	{"a path that is none", onePolicy + "routes: [{path: api, policy: app}]\n", "4:17 bad-path", false},
	{"the same path twice", onePolicy + "routes: [{path: /a, policy: app}, {path: /a, policy: \"off\"}]\n", "4:42 conflict", false},

	// The rest of the file.
	{"a url without a scheme", "url: api.example.com\n" + onePolicy, "1:6 value", true},
	{"a url with a password", "url: https://u:p@api.example.com\n" + onePolicy, "1:6 value", false},
	{"no page", onePolicy + expect("result: allowed"), "5:5 missing", true},
	{"an empty list of pages", onePolicy + expect("from: []", "result: allowed"), "5:5 missing", true},
	{"a page without a scheme", onePolicy + expect("from: [https://a.example, b.example]", "result: allowed"), "5:31 value", false},
	{"a page with a password", onePolicy + expect("from: https://u:p@a.example", "result: allowed"), "5:11 value", false},
	{"no result", onePolicy + expect("from: https://a.example"), "5:5 missing", true},
	{"another word for the result", onePolicy + expect("from: https://a.example", "result: ok"), "6:13 value", true},
	{"reasons for what is allowed", onePolicy + expect("from: https://a.example", "result: allowed", "reasons: [timeout]"), "7:5 value", true},
	{"headers of what is blocked", onePolicy + expect("from: https://a.example", "result: blocked", "exposes: X-A"), "7:5 value", true},
	{"a misspelt reason", onePolicy + expect("from: https://a.example", "result: blocked", "reasons: [allow-origin-mising]"), "7:15 value", false},
	{"a header name that is none", onePolicy + expect("from: https://a.example", "result: allowed", "exposes: [X-A, \"X B\"]"), "7:21 value", false},
	{"a header that no page can set", onePolicy + expect("from: https://a.example", "result: allowed", "headers: {Cookie: a=1}"), "7:15 value", false},
	{"a header that is none", onePolicy + expect("from: https://a.example", "result: allowed", "headers: {\"X A\": a}"), "7:15 value", false},
	{"a header with a line break", onePolicy + expect("from: https://a.example", "result: allowed", `headers: {X-A: "a\nb"}`), "7:20 value", false},
	{"a method without a path", onePolicy + expect("from: https://a.example", "result: allowed", "request: DELETE"), "7:14 value", false},
	{"a path that begins with no slash", onePolicy + expect("from: https://a.example", "result: allowed", "request: GET users"), "7:14 value", false},
	{"a method that is none", onePolicy + expect("from: https://a.example", "result: allowed", "request: [GET /, \"GE(T /\"]"), "7:23 value", false},
	{"a method that no browser sends", onePolicy + expect("from: https://a.example", "result: allowed", "request: TRACE /"), "7:14 value", false},
	{"a URL with a password", onePolicy + expect("from: https://a.example", "result: allowed", "request: GET https://u:p@a.example/"), "7:14 value", false},
	{"an empty list of requests", onePolicy + expect("from: https://a.example", "result: allowed", "request: []"), "7:14 missing", true},
}

func TestEveryMistakeIsFoundAtItsPlace(t *testing.T) {
	for _, c := range faultCases {
		t.Run(c.name, func(t *testing.T) {
			f, err := policycheck.Parse([]byte(c.file))
			var bad *policyfile.Error
			if !errors.As(err, &bad) {
				t.Fatalf("got %v, %v", f, err)
			}
			var got []string
			for _, p := range bad.Problems {
				got = append(got, fmt.Sprintf("%d:%d %s", p.Line, p.Column, p.Code))
				if p.Message == "" {
					t.Error("a problem without a message")
				}
			}
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("got %s, want %s\n%v", s, c.want, err)
			}
		})
	}
}

func TestAMistakeShowsItsLineAndSaysWhatWasMeant(t *testing.T) {
	_, err := policycheck.Parse([]byte("policies:\n  a:\n    origins:\n      - https://a.example/\n"))
	var p *policyfile.Problem
	if !errors.As(err, &p) {
		t.Fatal(err)
	}
	if p.Excerpt != "      - https://a.example/" || p.Excerpt[p.Caret] != '/' || p.Caret != len(p.Excerpt)-1 || p.Hint != "write https://a.example" {
		t.Errorf("got %+v", p)
	}
	long := "expect: [{result: allowed, from: " + strings.Repeat("https://a.example, ", 100) + "}]"
	_, err = policycheck.Parse([]byte(long))
	var bad *policyfile.Error
	if !errors.As(err, &bad) {
		t.Fatal("a long line is no file")
	}
	for _, p := range bad.Problems {
		if len(p.Excerpt) > 120 || p.Caret > len(p.Excerpt) {
			t.Errorf("a long line is not cut: %d, caret %d", len(p.Excerpt), p.Caret)
		}
	}
}

func TestWhatWorksIsWarnedOf(t *testing.T) {
	f, err := policycheck.Parse([]byte("policies:\n  a: {origins: [https://a.example, https://a.example]}\n  b: {allowAnyOrigin: true}\nroutes: [{path: /, policy: a}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range f.Warnings {
		got = append(got, fmt.Sprintf("%d:%d %s %s", w.Line, w.Column, w.Severity, w.Code))
	}
	if s := strings.Join(got, ", "); s != "2:36 warning duplicate, 3:3 warning redundant" {
		t.Errorf("got %s", s)
	}
}

func TestAFileIsReadAsItIsWritten(t *testing.T) {
	yaml := `# with a comment
url: https://api.example.com
policies:
  app: {origins: [https://app.example.com], credentials: true, methods: [DELETE]}
  open: {allowAnyOrigin: true}
routes:
  - {path: /api/, policy: app}
  - {path: "files.example.com/{name}/{$}", policy: open}
  - {path: /health, policy: off}
expect:
  - name: ours
    from: [https://app.example.com, "null"]
    request: [DELETE /api/users/7, /api/users]
    credentials: true
    headers: {X-B: b, X-A: " a "}
    result: blocked
    reasons: method-not-allowed
  - from: https://evil.example
    result: blocked
  - from: https://app.example.com
    request: GET https://other.example.com/x?y
    exposes: [X-Total]
    result: allowed
`
	json := `{"$schema": "x", "url": "https://api.example.com",
 "policies": {"app": {"origins": ["https://app.example.com"], "credentials": true, "methods": ["DELETE"]}, "open": {"allowAnyOrigin": true}},
 "routes": [{"path": "/api/", "policy": "app"}, {"path": "files.example.com/{name}/{$}", "policy": "open"}, {"path": "/health", "policy": "off"}],
 "expect": [
  {"name": "ours", "from": ["https://app.example.com", "null"], "request": ["DELETE /api/users/7", "/api/users"], "credentials": true, "headers": {"X-B": "b", "X-A": " a "}, "result": "blocked", "reasons": ["method-not-allowed"]},
  {"from": "https://evil.example", "result": "blocked"},
  {"from": "https://app.example.com", "request": "GET https://other.example.com/x?y", "exposes": "X-Total", "result": "allowed"}]}`
	want := []string{
		"from https://app.example.com, DELETE /api/users/7 with credentials and X-A, X-B: blocked",
		"from https://app.example.com, GET /api/users with credentials and X-A, X-B: blocked",
		"from null, DELETE /api/users/7 with credentials and X-A, X-B: blocked",
		"from null, GET /api/users with credentials and X-A, X-B: blocked",
		"from https://evil.example, GET /api/: blocked",
		"from https://evil.example, GET https://files.example.com/x/: blocked",
		"from https://evil.example, GET /health: blocked",
		"from https://app.example.com, GET https://other.example.com/x?y: allowed",
	}
	for form, text := range map[string]string{"YAML": yaml, "JSON": json, "with a byte order mark": "\ufeff" + yaml, "with CRLF": strings.ReplaceAll(yaml, "\n", "\r\n")} {
		t.Run(form, func(t *testing.T) {
			f, err := policycheck.Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i := range f.Expectations {
				got = append(got, f.Expectations[i].String())
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if f.URL != "https://api.example.com/" || len(f.Config.Routes) != 3 || len(f.Config.Policies) != 2 {
				t.Errorf("got %s, %+v", f.URL, f.Config)
			}
			if h := f.Expectations[0].Headers; h[0].Value != "a" {
				t.Errorf("the value is %q", h[0].Value)
			}
		})
	}
}

func TestOnePolicyWithoutRoutesIsEverywhere(t *testing.T) {
	f, err := policycheck.Parse([]byte(onePolicy))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Config.Routes) != 1 || f.Config.Routes[0].Path != "/" || f.Config.Routes[0].Policy != "app" || f.URL != policycheck.DefaultURL {
		t.Errorf("got %+v", f)
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range faultCases {
		if len(c.file) < 4096 {
			f.Add(c.file)
		}
	}
	f.Add(onePolicy + expect("from: https://a.example", "result: allowed"))
	f.Fuzz(func(t *testing.T, text string) {
		file, err := policycheck.Parse([]byte(text))
		if err == nil {
			if _, err := file.Check(t.Context(), nil); err != nil {
				t.Errorf("a file that is right cannot be checked: %v\n%s", err, text)
			}
			return
		}
		var bad *policyfile.Error
		if !errors.As(err, &bad) || len(bad.Problems) == 0 {
			t.Fatalf("got %T %v", err, err)
		}
		lines := strings.Count(text, "\n") + strings.Count(text, "\r") + 1
		for _, p := range bad.Problems {
			if p.Line < 0 || p.Line > lines || p.Caret < 0 || p.Excerpt != "" && p.Caret > len([]rune(p.Excerpt))+1 {
				t.Errorf("a place that is none: %+v\n%q", p, text)
			}
		}
	})
}
