package jsrun

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/corscope/corscope/fetch"
)

// shelf serves modules by host and path: headers, an empty line, and the source. It writes down what was asked, with the headers that
// matter.
type shelf struct {
	files map[string]string

	mu   sync.Mutex
	seen []string
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	asked := r.Host + r.URL.RequestURI()
	for _, name := range []string{"Origin", "Referer", "Cookie", "Sec-Fetch-Dest", "Sec-Fetch-Mode"} {
		if v := r.Header.Get(name); v != "" {
			asked += " " + name + "=" + v
		}
	}
	s.seen = append(s.seen, asked)
	s.mu.Unlock()
	file, ok := s.files[r.Host+r.URL.Path]
	if r.URL.Path == "/hang.js" {
		<-r.Context().Done()
	}
	if n, found := strings.CutPrefix(r.URL.Path, "/chain/"); found {
		k := 0
		fmt.Sscan(n, &k)
		file, ok = fmt.Sprintf("Content-Type: text/javascript\n\nimport './%d'", k+1), true
	}
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	headers, body, _ := strings.Cut(file, "\n\n")
	for line := range strings.SplitSeq(headers, "\n") {
		name, value, _ := strings.Cut(line, ": ")
		w.Header().Set(name, value)
	}
	if to := w.Header().Get("Location"); to != "" {
		w.WriteHeader(http.StatusFound)
	}
	fmt.Fprint(w, body)
}

func (s *shelf) page(t *testing.T, url string) *fetch.Page {
	t.Helper()
	return newPage(t, url, &fetch.HandlerTransport{Handler: func(*fetch.URL) http.Handler { return s }})
}

const (
	script = "Content-Type: text/javascript\n\n"
	open   = "Access-Control-Allow-Origin: *\n" + script
)

var library = map[string]string{
	"app.example.com/dir/a.js":     script + `import { b } from "./b.js"; export const a = "a" + b`,
	"app.example.com/dir/b.js":     script + `export const b = "b"`,
	"app.example.com/dir/bom.js":   script + "\xef\xbb\xbfexport default 'bom é'",
	"app.example.com/even.js":      script + `import { odd } from "./odd.js"; export const even = (n) => n === 0 || odd(n - 1)`,
	"app.example.com/odd.js":       script + `import { even } from "./even.js"; export const odd = (n) => n !== 0 && even(n - 1)`,
	"app.example.com/dir/meta.js":  script + `export default import.meta.url`,
	"app.example.com/old.js":       "Location: https://cdn.example.com/new/x.js\n\n",
	"cdn.example.com/new/x.js":     open + `import y from "./y.js"; export default "x" + y; export const here = import.meta.url`,
	"cdn.example.com/new/y.js":     open + `export default "y"`,
	"cdn.example.com/closed.js":    script + `export default 1`,
	"cdn.example.com/open.js":      open + `import "./deep.js"; export default "open"`,
	"cdn.example.com/deep.js":      open + ``,
	"app.example.com/text.js":      "Content-Type: text/plain\n\nexport default 1",
	"app.example.com/two.js":       "Content-Type: text/plain, text/javascript\n\nexport default 'two'",
	"app.example.com/empty.js":     "Content-Type: \n\nexport default 1",
	"app.example.com/broken.js":    script + "export default 1;\nlet = = 2",
	"app.example.com/breaks.js":    script + `import "./broken.js"`,
	"app.example.com/throws.js":    script + "\nthrow new RangeError('in a module')",
	"app.example.com/large.js":     script + "//" + strings.Repeat("x", 5000),
	"app.example.com/latin.js":     "Content-Type: text/javascript; charset=latin1\n\nexport default 'caf\xe9'",
	"app.example.com/missing.js":   script + `import { nothing } from "./dir/b.js"`,
	"app.example.com/cookie.js":    "Set-Cookie: sid=1\n" + script,
	"app.example.com/dir/names.js": script + `import "lodash"`,
}

func TestModules(t *testing.T) {
	for _, c := range []struct {
		name, source string
		classic      bool
		want         string // of standard output and then of the error
		seen         string // empty: not looked at
	}{
		{name: "imports are relative to the page, and theirs to themselves", source: `import { a } from "./a.js"; console.log(a)`, want: "ab",
			seen: "app.example.com/dir/a.js Referer=https://app.example.com/dir/page Sec-Fetch-Dest=script Sec-Fetch-Mode=cors | " +
				"app.example.com/dir/b.js Referer=https://app.example.com/dir/a.js Sec-Fetch-Dest=script Sec-Fetch-Mode=cors"},
		{name: "another origin is asked by CORS, without cookies, and its modules name it as referrer",
			source: `document.cookie = "sid=7"; const m = await import("https://cdn.example.com/open.js"); console.log(m.default)`, want: "open",
			seen: "cdn.example.com/open.js Origin=https://app.example.com Referer=https://app.example.com/ Sec-Fetch-Dest=script Sec-Fetch-Mode=cors | " +
				"cdn.example.com/deep.js Origin=https://app.example.com Referer=https://cdn.example.com/open.js Sec-Fetch-Dest=script Sec-Fetch-Mode=cors"},
		{name: "the page's own modules get its cookies", source: `import "/cookie.js"; await import("./b.js")`,
			seen: "app.example.com/cookie.js Referer=https://app.example.com/dir/page Sec-Fetch-Dest=script Sec-Fetch-Mode=cors | " +
				"app.example.com/dir/b.js Referer=https://app.example.com/dir/page Cookie=sid=1 Sec-Fetch-Dest=script Sec-Fetch-Mode=cors"},
		{name: "a module is fetched once", source: `import "./b.js"; import "../dir/b.js"; await import("https://app.example.com/dir/b.js")`,
			seen: "app.example.com/dir/b.js Referer=https://app.example.com/dir/page Sec-Fetch-Dest=script Sec-Fetch-Mode=cors"},
		{name: "cycles", source: `import { even } from "/even.js"; console.log(even(10))`, want: "true"},
		{name: "behind a redirect imports are relative to where it led", source: `import x, { here } from "/old.js"; console.log(x, here)`, want: "xy https://cdn.example.com/new/x.js"},
		{name: "import.meta.url", source: `import u from "./meta.js"; console.log(u)`, want: "https://app.example.com/dir/meta.js"},
		{name: "import.meta.url of the script itself is the page's", source: `console.log(import.meta.url)`, want: "https://app.example.com/dir/page"},
		{name: "what a module throws can be caught", source: `await import("/throws.js").catch((e) => console.log(e.message))`, want: "in a module"},
		{name: "a byte order mark is dropped, and UTF-8 it is", source: `import b from "./bom.js"; console.log(b)`, want: "bom é"},
		{name: "whatever charset says", source: `import b from "/latin.js"; console.log(b)`, want: "caf\ufffd"},
		{name: "a data: URL", source: `import v from "data:text/javascript,export default 5"; console.log(v)`, want: "5"},
		{name: "a blob: URL", source: `const u = URL.createObjectURL(new Blob(["export default 6"], {type: "text/javascript"})); console.log((await import(u)).default)`, want: "6"},
		{name: "the last of two types counts", source: `import v from "/two.js"; console.log(v)`, want: "two"},
		{name: "a classic script may import()", classic: true, source: `import("./b.js").then((m) => console.log(m.b))`, want: "b"},

		{name: "without CORS headers nothing is imported", source: `import "https://cdn.example.com/closed.js"`,
			want: `blocked allow-origin-missing Uncaught TypeError: failed to fetch the module "https://cdn.example.com/closed.js"`},
		{name: "and import() rejects", source: `await import("https://cdn.example.com/closed.js").catch((e) => console.log(e.name))`, want: "TypeError blocked allow-origin-missing"},
		{name: "a module that is not there", source: `import "./no.js"`,
			want: `the module "https://app.example.com/dir/no.js" is answered with status 404 Uncaught TypeError: failed to fetch the module "https://app.example.com/dir/no.js"`},
		{name: "a type that is not JavaScript", source: `import "/text.js"`,
			want: `the module "https://app.example.com/text.js" has Content-Type "text/plain", which is none of JavaScript: send text/javascript Uncaught TypeError: failed to fetch the module "https://app.example.com/text.js"`},
		{name: "no type", source: `import "/empty.js"`,
			want: `the module "https://app.example.com/empty.js" has no Content-Type, and modules need one of JavaScript, such as text/javascript Uncaught TypeError: failed to fetch the module "https://app.example.com/empty.js"`},
		{name: "a bare specifier", source: `import "lodash"`,
			want: `Uncaught TypeError: "lodash" is a bare specifier, and there is no import map: begin it with /, ./ or ../, or write the whole URL`},
		{name: "a bare specifier in a module", source: `import "./names.js"`,
			want: `Uncaught TypeError: "lodash" is a bare specifier, and there is no import map: begin it with /, ./ or ../, or write the whole URL`},
		{name: "a file", source: `import "file:///etc/passwd"`, want: `blocked scheme-not-fetchable Uncaught TypeError: failed to fetch the module "file:///etc/passwd"`},
		{name: "plain http in a page on https", source: `import "http://cdn.example.com/open.js"`,
			want: `blocked mixed-content Uncaught TypeError: failed to fetch the module "http://cdn.example.com/open.js"`},
		{name: "an export that is not there", source: `import "/missing.js"`, want: "test.js: SyntaxError: Could not find export 'nothing' in module 'https://app.example.com/dir/b.js'"},
		{name: "a syntax error is shown where it is", source: `import "/breaks.js"`,
			want: "https://app.example.com/broken.js:2:5: SyntaxError: variable name expected\n    let = = 2\n        ^"},
		{name: "an exception has its place", source: `import "/throws.js"`,
			want: "Uncaught RangeError: in a module\n    at <anonymous> (https://app.example.com/throws.js:2:21)"},
		{name: "the module of the page's own classes is empty", source: `console.log(Object.keys(await import("corscope:page")).length)`, want: "0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &shelf{files: library}
			var out, errs bytes.Buffer
			err := Run(t.Context(), Config{Page: s.page(t, "https://app.example.com/dir/page"), Module: !c.classic, Stdout: &out, Stderr: &errs,
				OnBlocked: func(_, _ string, reason fetch.Reason) { fmt.Fprintln(&errs, "blocked", reason.Code) }}, c.source, "test.js")
			got := out.String() + errs.String()
			if err != nil {
				got += err.Error()
			}
			var syntax *SyntaxError
			if !errors.As(err, &syntax) && !strings.Contains(got, "    at ") {
				got = strings.Join(strings.Fields(got), " ")
			}
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if seen := strings.Join(s.seen, " | "); c.seen != "" && seen != c.seen {
				t.Errorf("the servers saw\n%s\nwant\n%s", seen, c.seen)
			}
		})
	}
}

// TestAModuleThatThrowsIsToldOnce: the engine rejects a promise of its own beside the one that the script sees.
func TestAModuleThatThrowsIsToldOnce(t *testing.T) {
	for _, c := range []struct {
		name, source string
		module       bool
		want         []string
	}{
		{"the script itself", `throw new Error("x")`, true, []string{"Uncaught Error: x"}},
		{"the script itself, later", `await null; throw new Error("x")`, true, []string{"Uncaught Error: x"}},
		{"one that it imports", `import "/throws.js"`, true, []string{"Uncaught RangeError: in a module"}},
		{"one that import() loads, caught", `await import("/throws.js").catch(() => {})`, false, nil},
		{"one that import() loads, not caught", `import("/throws.js")`, false, []string{"Uncaught (in promise) RangeError: in a module"}},
		{"a promise that a module leaves", `import "data:text/javascript,Promise.reject(new Error('y'))"`, true, []string{"Uncaught (in promise) Error: y"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &shelf{files: library}
			var got []string
			_ = Run(t.Context(), Config{Page: s.page(t, "https://app.example.com/dir/page"), Module: c.module, OnError: func(err error) {
				line, _, _ := strings.Cut(err.Error(), "\n")
				got = append(got, line)
			}}, c.source, "test.js")
			if !slices.Equal(got, c.want) {
				t.Errorf("told %q, want %q", got, c.want)
			}
		})
	}
}

func TestModulesOfAPageWithoutAName(t *testing.T) {
	s := &shelf{files: library}
	_, err := output(t, Config{Page: s.page(t, "null"), Module: true}, `import "./a.js"`)
	if want := `Uncaught TypeError: "./a.js" is relative, and the page has no URL: give it one`; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	got, err := output(t, Config{Page: s.page(t, "null"), Module: true}, `import v from "https://cdn.example.com/open.js"; console.log(v)`)
	if err != nil || got != "open" || !slices.Contains(s.seen, "cdn.example.com/open.js Origin=null Sec-Fetch-Dest=script Sec-Fetch-Mode=cors") {
		t.Errorf("got %q, %v, %q", got, err, s.seen)
	}
}

func TestModulesAreTraced(t *testing.T) {
	s := &shelf{files: library}
	var asked []string
	_, err := output(t, Config{Page: s.page(t, "https://app.example.com/"), Module: true, OnTrace: func(tr *fetch.Trace) {
		asked = append(asked, tr.Request.URL+" "+string(tr.Request.Destination)+" "+fmt.Sprint(tr.Outcome.Allowed))
	}}, `import "./dir/a.js"; await import("https://cdn.example.com/closed.js").catch(() => {})`)
	want := "https://app.example.com/dir/a.js script true, https://app.example.com/dir/b.js script true, https://cdn.example.com/closed.js script false"
	if got := strings.Join(asked, ", "); err != nil || got != want {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestLimitsOfModules(t *testing.T) {
	for _, c := range []struct {
		name, source string
		limits       Limits
		want         error
	}{
		{"imports without end", `import "/chain/0"`, Limits{}, &LimitError{LimitModuleDepth, 200}},
		{"more modules than may be", `import "/chain/0"`, Limits{Modules: 20}, &LimitError{LimitModules, 20}},
		{"modules that are too large", `import "/large.js"`, Limits{ModuleBytes: 4000}, &LimitError{LimitModuleBytes, 4000}},
		{"a module that never comes", `import "/hang.js"`, Limits{Time: 300 * time.Millisecond}, &TimeoutError{300 * time.Millisecond}},
		{"a module that never comes, imported later", `await import("/hang.js")`, Limits{Time: 300 * time.Millisecond}, &TimeoutError{300 * time.Millisecond}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &shelf{files: library}
			_, err := output(t, Config{Page: s.page(t, "https://app.example.com/"), Module: true, Limits: c.limits}, c.source)
			if err == nil || err.Error() != c.want.Error() {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}
