package cors

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestConfigsThatAreRefused(t *testing.T) {
	app := []string{"https://app.example.com"}
	for _, tt := range []struct {
		name   string
		config Config
		want   []string // of each problem
	}{
		{"nothing", Config{}, []string{
			`cors: origins: no-origins: list the origins whose pages may read, or set allowAnyOrigin (AllowAnyOrigin)`}},
		{"any origin with credentials", Config{AllowAnyOrigin: true, Credentials: true}, []string{
			`cors: allowAnyOrigin: any-with-credentials: browsers refuse * to requests with credentials, and reflecting any origin instead would give every site the user's data; list the origins`}},
		{"a public suffix", Config{Origins: []string{"https://*.github.io"}}, []string{
			`cors: origins[0]: "https://*.github.io": public-suffix: anybody can have a name under github.io; list your own domains, or if you must, set dangerouslyAllowPublicSuffixes (DangerouslyAllowPublicSuffixes)`}},
		{"http with credentials", Config{Origins: []string{"https://a.example", "http://a.example", "http://localhost:3000", "http://b.example:81"}, Credentials: true}, []string{
			`cors: origins[1]: "http://a.example": insecure-origin: write "https://a.example" (with credentials, whoever can change an http page on its way acts as the user; if you must, set dangerouslyAllowInsecureOrigins (DangerouslyAllowInsecureOrigins))`,
			`cors: origins[3]: "http://b.example:81": insecure-origin: with credentials, whoever can change an http page on its way acts as the user; if you must, set dangerouslyAllowInsecureOrigins (DangerouslyAllowInsecureOrigins)`}},
		{"methods", Config{Origins: app, Methods: []string{"", "PUT", "TRACE", "patch", "DELTE", "OPTION", "GTE", "P UT", "put,delete", " post ", strings.Repeat("A", 65)}}, []string{
			`cors: methods[0]: empty: leave the entry out, or write a method such as PUT`,
			`cors: methods[2]: "TRACE": forbidden-method: browsers refuse to send it`,
			`cors: methods[3]: "patch": misspelt: write "PATCH" (methods are case-sensitive, and no request would ever match)`,
			`cors: methods[4]: "DELTE": misspelt: write "DELETE" (methods are case-sensitive, and no request would ever match)`,
			`cors: methods[5]: "OPTION": misspelt: write "OPTIONS" (methods are case-sensitive, and no request would ever match)`,
			`cors: methods[6]: "GTE": misspelt: write "GET" (methods are case-sensitive, and no request would ever match)`,
			`cors: methods[7]: "P UT": not-token: a method has letters, digits and !#$%&'*+-.^_` + "`" + `|~ only; write one to an entry`,
			`cors: methods[8]: "put,delete": not-token: a method has letters, digits and !#$%&'*+-.^_` + "`" + `|~ only; write one to an entry`,
			`cors: methods[9]: " post ": not-token: write "POST" (a method has letters, digits and !#$%&'*+-.^_` + "`" + `|~ only; write one to an entry)`,
			`cors: methods[10]: "` + strings.Repeat("A", 65) + `": too-long: a method has at most 64 bytes`}},
		{"request headers", Config{Origins: app, RequestHeaders: []string{"X-Ok", "", "Cookie", "Sec-Fetch-Site", "proxy-x", "Access-Control-Allow-Origin", "Athorization", "Content-Tpye", "X-Key:", "résumé", strings.Repeat("a", 257)}}, []string{
			`cors: requestHeaders[1]: empty: leave the entry out, or write a header name`,
			`cors: requestHeaders[2]: "Cookie": forbidden-header: browsers do not let pages set it`,
			`cors: requestHeaders[3]: "Sec-Fetch-Site": forbidden-header: browsers do not let pages set it`,
			`cors: requestHeaders[4]: "proxy-x": forbidden-header: browsers do not let pages set it`,
			`cors: requestHeaders[5]: "Access-Control-Allow-Origin": protocol-header: it is part of CORS itself, and no page's to set or to read`,
			`cors: requestHeaders[6]: "Athorization": misspelt: write "Authorization" (one slip away from a well-known header)`,
			`cors: requestHeaders[7]: "Content-Tpye": misspelt: write "Content-Type" (one slip away from a well-known header)`,
			`cors: requestHeaders[8]: "X-Key:": not-token: write "X-Key" (a header name has letters, digits and !#$%&'*+-.^_` + "`" + `|~ only; write one to an entry)`,
			`cors: requestHeaders[9]: "r\u00e9sum\u00e9": not-token: a header name has letters, digits and !#$%&'*+-.^_` + "`" + `|~ only; write one to an entry`,
			`cors: requestHeaders[10]: "` + strings.Repeat("a", 100) + `"...: too-long: a header name has at most 256 bytes`}},
		{"exposed headers", Config{Origins: app, Credentials: true, ExposedHeaders: []string{"X-Ok", "Set-Cookie", "Access-Control-Request-Method", "*"}}, []string{
			`cors: exposedHeaders[1]: "Set-Cookie": forbidden-header: browsers show it to no page`,
			`cors: exposedHeaders[2]: "Access-Control-Request-Method": protocol-header: it is part of CORS itself, and no page's to set or to read`,
			`cors: exposedHeaders[3]: "*": any-with-credentials: browsers do not take * for a wildcard with credentials; list the headers`}},
		{"numbers and names", Config{Origins: app, MaxAgeSeconds: 86401, PreflightStatus: 403, CrossOriginResourcePolicy: "Same-Site"}, []string{
			`cors: maxAgeSeconds: "86401": out-of-range: write "86400" (1 to 86400 seconds, 0 to leave it to browsers, -1 to forbid remembering)`,
			`cors: preflightStatus: "403": out-of-range: 200 to 299: browsers take a preflight with any other status for a refusal`,
			`cors: crossOriginResourcePolicy: "Same-Site": unknown-name: write "same-site" (same-origin, same-site or cross-origin, in lower case)`}},
		{"a negative age", Config{Origins: app, MaxAgeSeconds: -2}, []string{
			`cors: maxAgeSeconds: "-2": out-of-range: 1 to 86400 seconds, 0 to leave it to browsers, -1 to forbid remembering`}},
		{"one origin always, of two", Config{Origins: []string{"https://a.example", "https://b.example"}, AlwaysSendOrigin: true}, []string{
			`cors: alwaysSendOrigin: not-static: it wants exactly one origin, without wildcard or list`}},
		{"one origin always, of a pattern", Config{Origins: []string{"https://*.a.example"}, AlwaysSendOrigin: true}, []string{
			`cors: alwaysSendOrigin: not-static: it wants exactly one origin, without wildcard or list`}},
		{"too many methods", Config{Origins: app, Methods: make([]string, 1025)}, []string{
			`cors: methods: out-of-range: at most 1024 entries`}},
		{"mistakes in several fields, in their order", Config{Origins: []string{"https://a.example/", "null", "*"}, Methods: []string{"CONNECT"}, RequestHeaders: []string{"Host"}, MaxAgeSeconds: -7}, []string{
			`cors: origins[0]: "https://a.example/": trailing-slash: write "https://a.example" (leave out the slash at the end)`,
			`cors: origins[1]: "null": null-origin: null is the origin of every sandboxed frame and file, an attacker's too; if you must, set dangerouslyAllowNullOrigin (DangerouslyAllowNullOrigin)`,
			`cors: origins[2]: "*": any-origin: to let every page read without credentials, set allowAnyOrigin (AllowAnyOrigin); a list never means everybody`,
			`cors: methods[0]: "CONNECT": forbidden-method: browsers refuse to send it`,
			`cors: requestHeaders[0]: "Host": forbidden-header: browsers do not let pages set it`,
			`cors: maxAgeSeconds: "-7": out-of-range: 1 to 86400 seconds, 0 to leave it to browsers, -1 to forbid remembering`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := New(tt.config)
			if err == nil || m != nil {
				t.Fatal("accepted")
			}
			if got := strings.Split(err.Error(), "\n"); !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
			var all *ConfigError
			var first *Problem
			if !errors.As(err, &all) || !errors.As(err, &first) || first != all.Problems[0] || len(all.Problems) != len(tt.want) {
				t.Errorf("the error is %#v", err)
			}
			for _, p := range all.Problems {
				if p.Meant != "" && p.Meant == p.Value {
					t.Errorf("%s: what was meant is what was written", p)
				}
			}
		})
	}
}

func TestConfigsThatAreAcceptedWithWarnings(t *testing.T) {
	for _, tt := range []struct {
		name   string
		config Config
		want   []string // code, field and index of each warning
	}{
		{"a plain one", full, nil},
		{"no origins yet", Config{Origins: []string{}}, nil},
		{"null alone", Config{DangerouslyAllowNullOrigin: true}, nil},
		{"said twice", Config{Origins: []string{"https://a.example", "https://a.example"}, Methods: []string{"PUT", "PUT"}, RequestHeaders: []string{"X-A", "x-a"}, ExposedHeaders: []string{"x-B", "X-b"}},
			[]string{"duplicate origins 1", "duplicate methods 1", "duplicate requestHeaders 1", "duplicate exposedHeaders 1"}},
		{"a pattern said twice, in two spellings", Config{Origins: []string{"https://*.a.example:{1,2}", "https://b.example", "https://*.a.example:{2,1}"}}, []string{"duplicate origins 2", "normalized origins 2"}},
		{"said by a pattern too", Config{Origins: []string{"https://b.a.example", "https://*.a.example", "https://a.example"}}, []string{"redundant origins 0"}},
		{"not in canonical form", Config{Origins: []string{"http://localhost:{3001,3000}"}, Methods: []string{"delete"}}, []string{"normalized origins 0", "normalized methods 0"}},
		{"said in vain", Config{AllowAnyOrigin: true, Origins: []string{"https://a.example"}, Methods: []string{"*", "PUT"}, RequestHeaders: []string{"*", "X-A"}, ExposedHeaders: []string{"*", "X-B", "Expires"}},
			[]string{"redundant origins -1", "redundant methods -1", "redundant requestHeaders -1", "redundant exposedHeaders 2", "redundant exposedHeaders -1"}},
		{"any header and Authorization", Config{AllowAnyOrigin: true, RequestHeaders: []string{"*", "Authorization"}}, nil},
		{"methods that only look like slips", Config{Origins: []string{}, Methods: []string{"PURGE", "HELP", "getaway", "REPORT", "SEARCH", "QUERY", "MOVE", "CHICKEN", "PROPPATCH", "LOCK"}}, nil},
		{"headers that only look like slips", Config{Origins: []string{}, RequestHeaders: []string{"X-Authorization", "X-CSRFToken", "X-Request-Ids-Of-All", "Content-Types-Known"}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := New(tt.config); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range tt.config.Check() {
				if p.Severity != SeverityWarning || p.Hint == "" {
					t.Errorf("%+v", p)
				}
				got = append(got, string(p.Code)+" "+p.Field+" "+indexText(p.Index))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func indexText(i int) string {
	if i < 0 {
		return "-1"
	}
	return itoa(uint16(i))
}

func TestDangerousConfigsAreAcceptedByName(t *testing.T) {
	for name, c := range map[string]Config{
		"insecure origins": {Origins: []string{"http://a.example"}, Credentials: true, DangerouslyAllowInsecureOrigins: true},
		"public suffixes":  {Origins: []string{"https://*.github.io"}, Credentials: true, DangerouslyAllowPublicSuffixes: true},
		"null":             {Credentials: true, DangerouslyAllowNullOrigin: true},
	} {
		if problems := c.Check(); problems != nil {
			t.Errorf("%s: %v", name, problems[0])
		}
	}
}

func TestConfigComesBackInNormalFormAndSurvivesJSON(t *testing.T) {
	for _, tt := range []struct {
		name     string
		in, want Config
	}{
		{
			"lists are sorted and without repetitions, names in the case of the wire",
			Config{Origins: []string{"https://b.example", "https://*.a.example:{9,8}", "https://b.example"}, Methods: []string{"put", "DELETE", "PUT"},
				RequestHeaders: []string{"X-B", "Authorization", "x-b"}, ExposedHeaders: []string{"X-Z", "Expires", "X-A"}, MaxAgeSeconds: -1, Credentials: true},
			Config{Origins: []string{"https://*.a.example:{8,9}", "https://b.example"}, Methods: []string{"DELETE", "PUT"},
				RequestHeaders: []string{"authorization", "x-b"}, ExposedHeaders: []string{"x-a", "x-z"}, MaxAgeSeconds: -1, Credentials: true},
		},
		{
			"wildcards swallow what they include",
			Config{AllowAnyOrigin: true, Methods: []string{"PUT", "*"}, RequestHeaders: []string{"X-A", "*", "Authorization"}, ExposedHeaders: []string{"X-A", "*"}},
			Config{AllowAnyOrigin: true, Methods: []string{"*"}, RequestHeaders: []string{"*", "authorization"}, ExposedHeaders: []string{"*"}},
		},
		{"no origins yet stays that", Config{Origins: []string{}}, Config{Origins: []string{}}},
		{"null alone", Config{DangerouslyAllowNullOrigin: true}, Config{DangerouslyAllowNullOrigin: true}},
		{
			"all that is not a list stays as it is",
			Config{Origins: []string{"https://a.example"}, PreflightStatus: 200, PreflightVary: true, AlwaysSendOrigin: true, TimingAllowOrigin: true, CrossOriginResourcePolicy: "same-site",
				RejectRefusedRequests: true, DangerouslyAllowInsecureOrigins: true, DangerouslyAllowPublicSuffixes: true},
			Config{Origins: []string{"https://a.example"}, PreflightStatus: 200, PreflightVary: true, AlwaysSendOrigin: true, TimingAllowOrigin: true, CrossOriginResourcePolicy: "same-site",
				RejectRefusedRequests: true, DangerouslyAllowInsecureOrigins: true, DangerouslyAllowPublicSuffixes: true},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := mustCompile(t, tt.in).Config()
			if !reflect.DeepEqual(got, tt.want) {
				t.Fatalf("got  %+v\nwant %+v", got, tt.want)
			}
			if again := mustCompile(t, got).Config(); !reflect.DeepEqual(again, got) {
				t.Errorf("the second time it is %+v", again)
			}
			text, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			var back Config
			if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, got) {
				t.Errorf("%s gives %+v, %v", text, back, err)
			}
		})
	}
}

func TestConfigIsCopiedInAndOut(t *testing.T) {
	c := full.clone()
	p := mustCompile(t, c)
	want := p.Config()
	c.Origins[0], c.Methods[0], c.RequestHeaders[0], c.ExposedHeaders[0] = "https://evil.example", "EVIL", "x-evil", "x-evil"
	out := p.Config()
	out.Origins[0], out.Methods[0], out.RequestHeaders[0], out.ExposedHeaders[0] = "https://evil.example", "EVIL", "x-evil", "x-evil"
	if got := p.Config(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestProblemsAreDataToo(t *testing.T) {
	problems := Config{Origins: []string{"https://a.example/"}, Methods: []string{"put"}}.Check()
	text, err := json.Marshal(problems)
	if err != nil {
		t.Fatal(err)
	}
	const want = `[{"field":"origins","index":0,"value":"https://a.example/","pos":17,"code":"trailing-slash","severity":"error","meant":"https://a.example","hint":"leave out the slash at the end"},` +
		`{"field":"methods","index":0,"value":"put","pos":0,"code":"normalized","severity":"warning","meant":"PUT","hint":"browsers send it in upper case"}]`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

func TestAConfigErrorIsDataToo(t *testing.T) {
	_, err := Compile(Config{Origins: []string{"https://a.example/"}})
	text, fault := json.Marshal(err)
	if fault != nil {
		t.Fatal(fault)
	}
	const want = `{"problems":[{"field":"origins","index":0,"value":"https://a.example/","pos":17,"code":"trailing-slash","severity":"error","meant":"https://a.example","hint":"leave out the slash at the end"}]}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

func TestWhatWasMeantIsAccepted(t *testing.T) {
	for name, tt := range map[string]struct {
		config      Config
		value, want string
	}{
		"an http pattern for a whole public suffix":             {Config{Credentials: true}, "http://*.com", ""},
		"an http pattern for subdomains":                        {Config{Credentials: true}, "http://*.example.com", "https://*.example.com"},
		"an http origin with a slash":                           {Config{Credentials: true}, "http://app.example.com/", "https://app.example.com"},
		"an http origin with a slash, without credentials":      {Config{}, "http://app.example.com/", "http://app.example.com"},
		"an http origin with a slash, where they are allowed":   {Config{Credentials: true, DangerouslyAllowInsecureOrigins: true}, "http://app.example.com/", "http://app.example.com"},
		"a pattern for a public suffix, with a slash":           {Config{}, "https://*.github.io/", ""},
		"a pattern for a public suffix, where they are allowed": {Config{DangerouslyAllowPublicSuffixes: true}, "https://*.github.io/", "https://*.github.io"},
	} {
		t.Run(name, func(t *testing.T) {
			tt.config.Origins = []string{tt.value}
			problems := tt.config.Check()
			if len(problems) != 1 || problems[0].Severity != SeverityError || problems[0].Meant != tt.want {
				t.Errorf("got %v, want the proposal %q", problems, tt.want)
			}
		})
	}
}

// replaced is c with value in the place that p is about.
func replaced(c Config, p *Problem, value string) Config {
	c = c.clone()
	list := map[string][]string{"origins": c.Origins, "methods": c.Methods, "requestHeaders": c.RequestHeaders, "exposedHeaders": c.ExposedHeaders}[p.Field]
	list[p.Index] = value
	return c
}

func FuzzCompile(f *testing.F) {
	f.Add(`{"origins":["https://*.a.example"],"credentials":true,"methods":["PUT"],"requestHeaders":["*"],"maxAgeSeconds":5}`)
	f.Add(`{"allowAnyOrigin":true,"exposedHeaders":["*"],"methods":["DELTE"]}`)
	f.Add(`{"origins":["http://*.com","https://a.example/","http://a.example/x","\"https://b.example\""],"credentials":true,"methods":["Put "],"requestHeaders":["X-A: b"]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var c Config
		if json.Unmarshal([]byte(text), &c) != nil {
			return
		}
		p, err := Compile(c)
		if err != nil {
			for _, problem := range err.(*ConfigError).Problems {
				if line := problem.Error(); strings.ContainsAny(line, "\r\n\x00") || len(line) > 1000 {
					t.Fatalf("%q", line)
				}
				if problem.Meant == "" || problem.Index < 0 {
					continue
				}
				for _, again := range replaced(c, problem, problem.Meant).Check() {
					if again.Severity == SeverityError && again.Field == problem.Field && again.Index == problem.Index {
						t.Fatalf("%v; but of that: %v", problem, again)
					}
				}
			}
			return
		}
		normal := p.Config()
		again, err := Compile(normal)
		if err != nil || !reflect.DeepEqual(again.Config(), normal) {
			t.Fatalf("%+v\nbecomes %+v\nand that %v, %+v", c, normal, err, again.Config())
		}
		for _, problem := range normal.Check() {
			if problem.Code != CodeRedundant {
				t.Fatalf("the normal form %+v has a problem: %v", normal, problem)
			}
		}
	})
}
