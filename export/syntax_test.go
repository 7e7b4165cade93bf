package export_test

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/export"
)

// FuzzNothingEscapes renders policies whose names are chosen to break out of where they
// are written, and reads the files back with a small reader of each language: every
// line must begin with a word that the target's files have, quotes must close, and the
// values must be those of the policy.
func FuzzNothingEscapes(f *testing.F) {
	f.Add("https://app.example.com https://*.example.com:* http://[::1]:{80,8080}", "PUT DELETE", "x-a authorization", "x-b", uint16(0))
	f.Add("https://app.example.com", "QU$ERY O'NEIL A`B", "x-%o x-$1 x-#", "x-'a x-`b", uint16(1))
	f.Add("https://app.example.com", "$HTTP_COOKIE", "x-a", "x-b", uint16(0))
	f.Add("https://app.example.com", "PUT", "#x-a", "x-b", uint16(0))
	f.Add("https://app.example.com", "PUT", "x-a", "'x-b", uint16(0))
	f.Add("https://app.example.com", "PUT", "x-a", "`x-b", uint16(0))
	f.Add("https://app.example.com", "PUT", "x-%o", "x-b", uint16(0))
	f.Add("https://app.example.com", "*", "*", "x-b", uint16(1))
	f.Add("https://app.example.com", "*", "* Authorization", "*", uint16(0))
	f.Add("", "", "*", "*", uint16(2))
	f.Add("https://app.example.com", "PUT", "x-a", "", uint16(0x1f4))
	f.Add("https://app.example.com", "$http_cookie", "x-a", "x-b", uint16(8))
	f.Fuzz(func(t *testing.T, origins, methods, headers, exposed string, flags uint16) {
		flag := func(n int) bool { return flags>>n&1 == 1 }
		config := cors.Config{
			Origins: strings.Fields(origins), Methods: strings.Fields(methods), RequestHeaders: strings.Fields(headers), ExposedHeaders: strings.Fields(exposed),
			Credentials: flag(0), AllowAnyOrigin: flag(1), DangerouslyAllowNullOrigin: flag(2), TimingAllowOrigin: flag(3), PreflightVary: flag(4),
			AlwaysSendOrigin: flag(5), RejectRefusedRequests: flag(6), MaxAgeSeconds: int(flags>>7&3) * 100,
			DangerouslyAllowInsecureOrigins: true, DangerouslyAllowPublicSuffixes: true,
		}
		if flag(9) {
			config.CrossOriginResourcePolicy = "same-site"
		}
		policy, err := cors.Compile(config)
		if err != nil {
			return
		}
		for _, target := range export.Targets() {
			artifact, err := export.Render(config, target.Target)
			var unsupported *export.UnsupportedError
			if errors.As(err, &unsupported) {
				if len(unsupported.Problems) == 0 {
					t.Errorf("%s: refused without a reason", target.Target)
				}
				continue
			}
			if err != nil {
				t.Fatalf("%s: %v", target.Target, err)
			}
			if again, _ := export.Render(policy.Config(), target.Target); cmp.Diff(artifact, again) != "" {
				t.Errorf("%s: an equal policy gives other files:\n%s", target.Target, cmp.Diff(artifact, again))
			}
			for _, file := range artifact.Files {
				if err := checkFile(target.Target, file, policy.Config()); err != nil {
					t.Errorf("%s: %s: %v\n%s", target.Target, file.Name, err, file.Content)
				}
			}
		}
	})
}

func checkFile(target export.Target, file export.File, config cors.Config) error {
	for i, c := range []byte(file.Content) {
		if c != '\n' && c != '\t' && (c < ' ' || c > '~') {
			return fmt.Errorf("byte %d is %q", i, c)
		}
	}
	if !strings.HasSuffix(file.Content, "\n") {
		return errors.New("the last line does not end")
	}
	switch target {
	case export.Go, export.GoRSCors:
		formatted, err := format.Source([]byte(file.Content))
		if err != nil {
			return err
		}
		if diff := cmp.Diff(string(formatted), file.Content); diff != "" {
			return fmt.Errorf("gofmt would change it:\n%s", diff)
		}
		if target == export.Go {
			return checkGo(file.Content, config)
		}
		return nil
	case export.Express, export.FastAPI, export.Flask:
		return scripts[target].check(target, file.Content, config)
	}
	return checkLines(target, file.Content, config)
}

// language is what a reader needs to know of a configuration language.
type language struct {
	quotes string
	// first are the words that a line may begin with.
	first []string
	// special is what expands or ends something in a value, with what may do so.
	special *regexp.Regexp
	allowed *regexp.Regexp
}

// pattern is an anchored regular expression as this package writes them.
const pattern = `\^[a-z0-9.+\\-]+://(\(\[a-z0-9_-\]\+\\\.\)\+)?[][a-z0-9.:_\\-]+(\(:[0-9|:]+\)\?|:\([0-9|]+\)|\(:\[0-9\]\+\)\?)?\$`

var languages = map[export.Target]language{
	export.Nginx: {`"'`,
		[]string{"map", "default", "}", "if", "proxy_hide_header", "add_header", "allowed", "asked", "asked ", "~^asked .", "~^allowed .", "~.", "~^OPTIONS [^ ]+ [^ ]", "~*[ ,]authorization *(,|$)", "~^null$", "~" + pattern},
		regexp.MustCompile(`[$\\;{}~^]`),
		regexp.MustCompile(`^(\$(http_origin|cors_\w+|http_access_control_request_(method|headers))|\$request_method \$http_access_control_request_method \$http_origin` +
			`|\$cors_preflight \$cors_origin|\$cors_answer \$http_access_control_request_headers|\(\$cors_answer|[{}]|~\.|~\^null\$|~` + pattern +
			`|~\^OPTIONS \[\^ \]\+ \[\^ \]|~\^(asked|allowed) \.|~\*\[ ,\]authorization \*\(,\|\$\))$`)},
	export.Apache: {`"`,
		[]string{"SetEnvIf", "RewriteEngine", "RewriteCond", "RewriteRule", "Header"},
		regexp.MustCompile(`[$%\\<]`),
		regexp.MustCompile(`^(` + pattern + `|\^null\$|\^\.\+\$|CORS_ORIGIN=\$0|%\{(REQUEST_METHOD|HTTP:Origin|HTTP:Access-Control-Request-Method|ENV:CORS_ORIGIN)\}|%\{CORS_ORIGIN\}e|expr=.*)$`)},
	export.HAProxy: {`'"`,
		[]string{"acl", "http-request", "http-after-response"},
		regexp.MustCompile("[$%\\\\\"#]"),
		regexp.MustCompile(`^(` + pattern + `|%\[var\(txn\.cors_\w+\)\]|\(\^\|\[ ,\]\)authorization \*\(,\|\$\))$`)},
	export.Caddy: {"\"`",
		[]string{"(cors)", "(cors_backend)", "map", "default", "}", "~^.+$", "null", "header", "method", "not", "respond", "header_down", "+Vary", "Vary", "Timing-Allow-Origin", "Cross-Origin-Resource-Policy",
			"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Expose-Headers", "Access-Control-Max-Age"},
		regexp.MustCompile("[{}$\\\\`]"),
		regexp.MustCompile(`^(~` + pattern + `|~\^\.\+\$|\$\{0\}|[{}]|\{cors_origin\}|\{http\.request\.header\.(Origin|Access-Control-Request-(Method|Headers))\}|\(\?i\)\(\^\|\[ ,\]\)authorization \*\(,\|\$\))$`)},
}

func checkLines(target export.Target, content string, config cors.Config) error {
	l := languages[target]
	var values []string
	for line := range strings.Lines(content) {
		words, err := l.words(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return fmt.Errorf("%q: %w", line, err)
		}
		if len(words) == 0 {
			continue
		}
		values = append(values, words...)
		known := slices.ContainsFunc(l.first, func(first string) bool {
			return words[0] == first || first == "~"+pattern && regexp.MustCompile("^"+first+"$").MatchString(words[0])
		})
		// What Caddy has at the beginning of a line besides: matchers and keys of a map.
		if target == export.Caddy && !known {
			known = regexp.MustCompile(`^(@cors_\w+|~` + pattern + `|[a-z0-9.+-]+://[][a-z0-9.:_-]+)$`).MatchString(words[0])
		}
		if !known {
			return fmt.Errorf("a line begins with %q", words[0])
		}
		for i, word := range words {
			if i == len(words)-1 || words[len(words)-1] == "}" {
				word = strings.TrimSuffix(word, ";")
			}
			if l.special.MatchString(word) && !l.allowed.MatchString(word) {
				return fmt.Errorf("%q means more than itself", word)
			}
		}
	}
	for _, list := range [][]string{config.Methods, config.RequestHeaders, config.ExposedHeaders} {
		want := strings.Join(list, ", ")
		if len(list) == 0 || config.Credentials && slices.Contains(list, "*") {
			continue
		}
		if !slices.ContainsFunc(values, func(v string) bool { return strings.TrimSuffix(v, ";") == want }) && target != export.Nginx {
			return fmt.Errorf("%q is nowhere", want)
		}
	}
	return nil
}

// words splits a line as all of these languages do, and drops a comment.
func (l language) words(line string) (words []string, err error) {
	for i := 0; i < len(line); {
		switch {
		case line[i] == ' ' || line[i] == '\t':
			i++
			continue
		case line[i] == '#':
			return words, nil
		}
		var word strings.Builder
		for i < len(line) && line[i] != ' ' && line[i] != '\t' {
			if !strings.Contains(l.quotes, line[i:i+1]) {
				word.WriteByte(line[i])
				i++
				continue
			}
			end := strings.IndexByte(line[i+1:], line[i])
			if end < 0 {
				return nil, errors.New("a quote does not close")
			}
			word.WriteString(line[i+1 : i+1+end])
			i += end + 2
		}
		words = append(words, word.String())
	}
	return words, nil
}

// checkGo reads the cors.Config back from the syntax tree.
func checkGo(content string, want cors.Config) error {
	file, err := parser.ParseFile(token.NewFileSet(), "cors.go", content, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	lists := map[string][]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		kv, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		list, ok := kv.Value.(*ast.CompositeLit)
		if !ok {
			return true
		}
		for _, e := range list.Elts {
			s, err := strconv.Unquote(e.(*ast.BasicLit).Value)
			if err != nil {
				panic(err)
			}
			name := kv.Key.(*ast.Ident).Name
			lists[name] = append(lists[name], s)
		}
		return true
	})
	for name, list := range map[string][]string{"Origins": want.Origins, "Methods": want.Methods, "RequestHeaders": want.RequestHeaders, "ExposedHeaders": want.ExposedHeaders} {
		if !slices.Equal(lists[name], list) {
			return fmt.Errorf("%s is %q, want %q", name, lists[name], list)
		}
	}
	return nil
}

// script is what a reader needs to know of a programming language.
type script struct {
	// text, pattern and comment match a string, a regular expression and a comment.
	text, pattern, comment *regexp.Regexp
	// value is what a string means.
	value func(literal string) (string, error)
}

var javaScript = script{
	text:    regexp.MustCompile(`'(?:[^'\\\n]|\\.)*'`),
	pattern: regexp.MustCompile(`(?m)^  /(?:[^/\\\n]|\\.)*/,?$`),
	comment: regexp.MustCompile(`(?m)^ *//.*\n`),
	value: func(literal string) (string, error) {
		return strconv.Unquote(`"` + strings.ReplaceAll(literal[1:len(literal)-1], `\'`, "'") + `"`)
	},
}

// python is read as it is written: escapes are \x alone, and raw strings have no quotes.
var python = script{
	text:    regexp.MustCompile(`\bb?'(?:[^'\\\n]|\\x[0-9a-f]{2})*'|'(?:[^'\\\n]|\\x[0-9a-f]{2})*'`),
	pattern: regexp.MustCompile(`(?m)^    re\.compile\(rb?'[^'\n]*'\),$`),
	comment: regexp.MustCompile(`(?m)^ *#.*\n`),
	value: func(literal string) (string, error) {
		return strconv.Unquote(`"` + strings.ReplaceAll(strings.Trim(strings.TrimPrefix(literal, "b"), "'"), `"`, `\"`) + `"`)
	},
}

var scripts = map[export.Target]script{export.Express: javaScript, export.FastAPI: python, export.Flask: python}

// check takes away strings, regular expressions and comments. What is left must be the
// same as for a policy with harmless names.
func (s script) check(target export.Target, content string, config cors.Config) error {
	harmless := config
	rename := func(list []string) []string {
		renamed := slices.Clone(list)
		for i, name := range renamed {
			if name != "*" && name != "authorization" {
				renamed[i] = fmt.Sprintf("X%d", i)
			}
		}
		return renamed
	}
	harmless.Methods, harmless.RequestHeaders, harmless.ExposedHeaders = rename(config.Methods), rename(config.RequestHeaders), rename(config.ExposedHeaders)
	artifact, err := export.Render(harmless, target)
	if err != nil {
		return err
	}
	code := func(text string) string {
		text = s.comment.ReplaceAllString(text, "")
		text = s.pattern.ReplaceAllString(text, "R")
		return s.text.ReplaceAllString(text, "S")
	}
	left := code(content)
	if strings.ContainsAny(left, `'"`) {
		return fmt.Errorf("a string is none:\n%s", left)
	}
	if want := code(artifact.Files[0].Content); left != want {
		return fmt.Errorf("the code depends on names:\n%s", cmp.Diff(want, left))
	}
	var values []string
	for _, literal := range s.text.FindAllString(s.comment.ReplaceAllString(content, ""), -1) {
		value, err := s.value(literal)
		if err != nil {
			return fmt.Errorf("%s: %w", literal, err)
		}
		values = append(values, value)
	}
	for _, list := range [][]string{config.Methods, config.RequestHeaders, config.ExposedHeaders} {
		if want := strings.Join(list, ", "); len(list) > 0 && !(config.Credentials && slices.Contains(list, "*")) && !slices.Contains(values, want) {
			return fmt.Errorf("%q is nowhere", want)
		}
	}
	return nil
}

func TestRenderRefusesWhatItCannotKnow(t *testing.T) {
	good := cors.Config{Origins: []string{"https://app.example.com"}}
	_, err := export.Render(good, "iis")
	var unknown *export.UnknownTargetError
	if !errors.As(err, &unknown) || unknown.Name != "iis" {
		t.Errorf("an unknown target: %v", err)
	}
	_, err = export.Render(cors.Config{Origins: []string{"https://app.example.com/"}}, export.Nginx)
	var mistakes *cors.ConfigError
	if !errors.As(err, &mistakes) {
		t.Errorf("a policy with a mistake: %v", err)
	}
	long := good
	for i := range 1000 {
		long.RequestHeaders = append(long.RequestHeaders, fmt.Sprintf("x-header-%d", i))
	}
	_, err = export.Render(long, export.HAProxy)
	var unsupported *export.UnsupportedError
	if !errors.As(err, &unsupported) || unsupported.Problems[0].Feature != export.FeatureLongLists || unsupported.Problems[0].Field != "requestHeaders" {
		t.Errorf("a list that does not fit: %v", err)
	}
	if _, err := export.Render(long, export.Go); err != nil {
		t.Errorf("package cors takes it: %v", err)
	}
}

func TestTargetsAreFoundByTheirNames(t *testing.T) {
	for name, want := range map[string]export.Target{"nginx": export.Nginx, "NGINX": export.Nginx, "httpd": export.Apache, "rs/cors": export.GoRSCors, "node": export.Express, "ASGI": export.FastAPI, "django": export.Flask} {
		if got, err := export.ParseTarget(name); err != nil || got != want {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	if _, err := export.ParseTarget("iis\n" + strings.Repeat("x", 1000)); err == nil || len(err.Error()) > 300 || bytes.ContainsRune([]byte(err.Error()), '\n') {
		t.Errorf("an unknown name: %v", err)
	}
}
