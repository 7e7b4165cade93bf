package servers

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/export"
	"github.com/corscope/corscope/fetch"
)

// policies are those that package export's golden files are made of.
var policies map[string]cors.Config

// shared is a directory for what all tests use.
var shared string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if policies, err = readPolicies(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if shared, err = os.MkdirTemp("", "corscope-servers"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(shared)
	return m.Run()
}

func readPolicies() (map[string]cors.Config, error) {
	files, err := filepath.Glob("../export/testdata/policies/*.json")
	if err != nil {
		return nil, err
	}
	all := map[string]cors.Config{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var config cors.Config
		if err := json.Unmarshal(data, &config); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = config
	}
	if len(all) == 0 {
		return nil, errors.New("no policies")
	}
	all[fullest] = cors.Config{}
	return all, nil
}

// fullest is the policy that is as large as a target takes.
const fullest = "as-much-as-it-takes"

// fullestFor returns a policy with long origins, many of them, and lists that would be
// refused with one name more.
func fullestFor(target export.Target) cors.Config {
	long := strings.Repeat("a", 62) + "."
	config := cors.Config{
		Origins:     []string{"https://app.example.com", "https://" + strings.Repeat(long, 3) + "example.com", "{http,https}://*." + strings.Repeat(long, 3) + "example.com:{" + ports(64) + "}"},
		Credentials: true, DangerouslyAllowInsecureOrigins: true, TimingAllowOrigin: true, PreflightVary: true, MaxAgeSeconds: 86400,
		CrossOriginResourcePolicy: "cross-origin",
		Methods:                   []string{"PUT"}, RequestHeaders: []string{"content-type"}, ExposedHeaders: []string{"x-total"},
	}
	for i := range 300 {
		config.Origins = append(config.Origins, fmt.Sprintf("https://tenant-%d.example.com:%d", i, 10000+i))
	}
	for i := range 250 {
		next := config
		next.Methods = append(slices.Clip(config.Methods), fmt.Sprintf("METHOD-WITH-A-LONG-NAME-%d", i))
		next.RequestHeaders = append(slices.Clip(config.RequestHeaders), fmt.Sprintf("x-header-with-a-long-name-%d", i))
		next.ExposedHeaders = append(slices.Clip(config.ExposedHeaders), fmt.Sprintf("x-header-with-a-long-name-%d", i))
		if _, err := export.Render(next, target); err != nil {
			break
		}
		config = next
	}
	return config
}

func ports(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ",%d", 20000+i)
	}
	return b.String()[1:]
}

// backend answers /status/N with that status and everything with CORS headers that are
// wrong for every policy. It counts the preflights that reach it.
type backend struct {
	mu         sync.Mutex
	preflights []string
	options    int
}

func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodOptions {
		b.mu.Lock()
		b.options++
		if r.Header.Get("Access-Control-Request-Method") != "" && r.Header.Get("Origin") != "" {
			b.preflights = append(b.preflights, r.Header.Get("Origin"))
		}
		b.mu.Unlock()
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Credentials", "yes")
	h.Set("Access-Control-Allow-Methods", "TRACE")
	h.Set("Access-Control-Allow-Headers", "X-Backend")
	h.Set("Access-Control-Expose-Headers", "X-Secret")
	h.Set("Access-Control-Max-Age", "99999")
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Total", "7")
	h.Set("X-Request-Id", "r1")
	h.Set("X-Secret", "s")
	h.Set("Content-Type", "text/plain")
	status := http.StatusOK
	if _, err := fmt.Sscanf(r.URL.Path, "/status/%d", &status); err == nil {
		w.WriteHeader(status)
	}
	fmt.Fprintf(w, "%s %s", r.Method, r.URL.Path)
}

// reference serves a policy with package cors itself, in front of the same backends.
func reference(t *testing.T, config cors.Config, p place) string {
	t.Helper()
	mw, err := cors.New(config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(mw.Wrap(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			host := p.backend
			if strings.HasPrefix(r.In.URL.Path, "/dead") {
				host = p.dead
			}
			r.SetURL(&url.URL{Scheme: "http", Host: host})
		},
		ModifyResponse: func(r *http.Response) error {
			maps.DeleteFunc(r.Header, func(name string, _ []string) bool { return strings.HasPrefix(name, "Access-Control-") })
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// pages are the origins that ask: those of the policies, and their look-alikes.
var pages = []string{
	"https://app.example.com",
	"https://app.example.com:8443",
	"http://app.example.com",
	"https://example.com",
	"https://www.app.example.com",
	"https://a.apps.example.com",
	"https://a.b.apps.example.com",
	"https://apps.example.com",
	"https://appxexample.com",
	"https://app.example.com.evil.example",
	"https://app.examplexcom",
	"https://evilapp.example.com",
	"https://evilexample.com",
	"https://evil-apps.example.com.evil.example",
	"https://app.example.co",
	"https://app.example.com.",
	"https://admin.example.com:8443",
	"https://admin.example.com",
	"https://app.example.org",
	"https://app.example.org:8443",
	"https://app.example.org:9443",
	"https://x.preview.example.org:9443",
	"https://x.preview.example.org",
	"http://localhost:5173",
	"http://localhost",
	"http://localhost.evil.example:5173",
	"http://[::1]:8080",
	"http://[::1]:8081",
	"http://intranet.example.net",
	"https://intranet.example.net",
	"https://intranet.example.net:8443",
	"https://" + strings.Repeat(strings.Repeat("a", 62)+".", 3) + "example.com",
	"http://x." + strings.Repeat(strings.Repeat("a", 62)+".", 3) + "example.com:20063",
	"http://x." + strings.Repeat(strings.Repeat("a", 62)+".", 3) + "example.com:20064",
	"https://tenant-299.example.com:10299",
	"null",
}

// requests are what the pages ask for.
var requests = []struct {
	name    string
	request fetch.Request
}{
	{"a plain GET", fetch.Request{}},
	{"a GET with credentials", fetch.Request{Credentials: fetch.CredentialsInclude}},
	{"a PUT", fetch.Request{Method: "PUT"}},
	{"a PUT with credentials", fetch.Request{Method: "PUT", Credentials: fetch.CredentialsInclude}},
	{"a PATCH", fetch.Request{Method: "PATCH", Credentials: fetch.CredentialsInclude}},
	{"a method nobody lists", fetch.Request{Method: "PURGE", Credentials: fetch.CredentialsInclude}},
	{"a method that only looks listed", fetch.Request{Method: "PUTT", Credentials: fetch.CredentialsInclude}},
	{"JSON", fetch.Request{Method: "POST", Headers: fetch.HeaderList{{Name: "Content-Type", Value: "application/json"}}}},
	{"Authorization", fetch.Request{Headers: fetch.HeaderList{{Name: "Authorization", Value: "Bearer x"}}, Credentials: fetch.CredentialsInclude}},
	{"Authorization without credentials", fetch.Request{Headers: fetch.HeaderList{{Name: "Authorization", Value: "Bearer x"}}}},
	{"Authorization among others", fetch.Request{Headers: fetch.HeaderList{{Name: "X-Aa", Value: "1"}, {Name: "Authorization", Value: "Bearer x"}, {Name: "X-Zz", Value: "1"}}, Credentials: fetch.CredentialsInclude}},
	{"a header nobody lists", fetch.Request{Headers: fetch.HeaderList{{Name: "X-Nobody", Value: "1"}}, Credentials: fetch.CredentialsInclude}},
	{"a header that is almost Authorization", fetch.Request{Headers: fetch.HeaderList{{Name: "X-Authorization", Value: "1"}}, Credentials: fetch.CredentialsInclude}},
}

// paths are the answers that are asked for.
var paths = []string{"/", "/status/404", "/status/500", "/dead", "/own/"}

// verdict is what a page sees of an answer.
type verdict struct {
	Allowed bool
	Status  int    // 599 for any of a gateway's own errors
	Body    string // of a backend's answers
	Visible string // which of the backend's headers
	Timing  bool
	Varies  bool // the answer has Vary: Origin; a matter of caches
}

func (v verdict) String() string {
	return fmt.Sprintf("allowed %v, status %d, body %q, visible %q, timing %v, varies %v", v.Allowed, v.Status, v.Body, v.Visible, v.Timing, v.Varies)
}

func ask(t *testing.T, page *fetch.Page, request fetch.Request, address, path string) verdict {
	t.Helper()
	trace := new(fetch.Trace)
	request.URL, request.Trace = "http://"+address+path, trace
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	response, err := page.Fetch(ctx, request)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	defer response.Close()
	v := verdict{Allowed: !response.IsError(), Status: response.Status, Timing: response.TimingAllowed}
	if !v.Allowed {
		switch response.Reason.Code {
		case fetch.ReasonRefused, fetch.ReasonReset, fetch.ReasonClosed, fetch.ReasonTimeout, fetch.ReasonNetwork:
			t.Fatalf("%s: %v", path, response.Reason.Code)
		}
		return v
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	v.Body = string(body)
	if path == "/dead" {
		if v.Status < 500 {
			t.Errorf("%s: status %d", path, v.Status)
		}
		v.Status, v.Body = 599, ""
	}
	for _, name := range []string{"X-Total", "X-Request-Id", "X-Secret"} {
		if response.Headers.Contains(name) {
			v.Visible += name + " "
		}
	}
	vary := strings.ToLower(strings.Join(response.Internal().Headers.Values("Vary"), ","))
	v.Varies = slices.Contains(strings.Split(strings.ReplaceAll(vary, " ", ""), ","), "origin")
	return v
}

// TestVerdicts asks every server, with every policy, on behalf of every page.
func TestVerdicts(t *testing.T) {
	for server, engine := range engines {
		t.Run(server, func(t *testing.T) {
			for name, config := range policies {
				t.Run(name, func(t *testing.T) {
					if name == fullest {
						config = fullestFor(engine.target)
					}
					artifact, err := export.Render(config, engine.target)
					var unsupported *export.UnsupportedError
					if errors.As(err, &unsupported) {
						return // The golden files of package export say so.
					}
					if err != nil {
						t.Fatal(err)
					}
					for _, difference := range try(t, engine, name, config, artifact) {
						t.Error(difference)
					}
				})
			}
		})
	}
}

// TestFaultsAreFound breaks what is exported in the ways that configurations written by
// hand are broken in. A table that did not notice would prove nothing.
func TestFaultsAreFound(t *testing.T) {
	for name, c := range map[string]struct{ server, policy, old, new string }{
		"headers on successes only":                  {"nginx", "one-origin", " always;", ";"},
		"a pattern that is open at its end":          {"nginx", "one-origin", `\.com$"`, `\.com"`},
		"a dot that stands for any byte":             {"nginx", "one-origin", `app\.example`, `app.example`},
		"a key that ignores case":                    {"nginx", "one-origin", `"~^https://app\.example\.com$"`, `"https://app.example.com"`},
		"a wildcard without its dot":                 {"nginx", "patterns", `([a-z0-9_-]+\.)+example`, `.*example`},
		"the backend's headers are left":             {"nginx", "one-origin", "proxy_hide_header Access-Control-Allow-Origin;", ""},
		"the backend answers preflights":             {"nginx", "one-origin", "if ($cors_answer", "# if ($cors_answer"},
		"every OPTIONS is taken for a preflight":     {"nginx", "one-origin", `"~^OPTIONS [^ ]+ [^ ]" asked;`, `"~^OPTIONS" asked;`},
		"no Vary":                                    {"nginx", "one-origin", "add_header Vary", "# add_header Vary"},
		"credentials for all":                        {"nginx", "one-origin", "add_header Vary", "add_header Access-Control-Allow-Credentials true always; add_header Vary"},
		"Authorization under the wildcard":           {"nginx", "wildcards-with-credentials", `"~*[ ,]authorization *(,|$)" "";`, ""},
		"a method is missing":                        {"nginx", "one-origin", `DELETE, PUT`, `DELETE`},
		"fastapi: a pattern that is open at its end": {"fastapi", "patterns", ".fullmatch(", ".match("},
		"fastapi: the app's headers are left":        {"fastapi", "one-origin", "if name.lower() not in REPLACED", ""},
		"fastapi: Authorization under the wildcard":  {"fastapi", "wildcards-with-credentials", "b'authorization' not in", "b'' not in"},
		"fastapi: a second line is not seen":         {"fastapi", "reject-refused-requests", "b', '.join(lines)", "lines[0]"},
		"flask: no Vary":                             {"flask", "one-origin", "ours.append(('Vary'", "(('Vary'"},
		"flask: the app answers preflights":          {"flask", "one-origin", "'OPTIONS'", "'NONE'"},
		"flask: refused requests are served":         {"flask", "reject-refused-requests", "if refused:", "if False:"},
		"django: the site's own pages are refused":   {"django", "reject-refused-requests", " and not is_own(environ, origin)", ""},
	} {
		t.Run(name, func(t *testing.T) {
			artifact, err := export.Render(policies[c.policy], engines[c.server].target)
			if err != nil {
				t.Fatal(err)
			}
			broken := false
			for i, f := range artifact.Files {
				artifact.Files[i].Content = strings.ReplaceAll(f.Content, c.old, c.new)
				broken = broken || artifact.Files[i].Content != f.Content
			}
			if !broken {
				t.Fatalf("%q is not in what is exported", c.old)
			}
			if len(try(t, engines[c.server], c.policy, policies[c.policy], artifact)) == 0 {
				t.Error("nobody noticed")
			}
		})
	}
}

// try starts a server with what was exported and returns what it does differently from
// package cors.
func try(t *testing.T, e engine, name string, config cors.Config, artifact export.Artifact) (differences []string) {
	t.Helper()
	b := new(backend)
	behind := httptest.NewServer(b)
	t.Cleanup(behind.Close)
	p := place{dir: t.TempDir(), listen: freeAddress(t), backend: behind.Listener.Addr().String(), dead: deadAddress(t)}
	for _, f := range artifact.Files {
		if err := os.WriteFile(filepath.Join(p.dir, f.Name), []byte(f.Content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	e.start(t, name, p)

	differences = compare(t, e.target, config, p)
	if n := len(b.preflights); n > 0 {
		differences = append(differences, fmt.Sprintf("%d preflights reached the backend", n))
	}
	b.options = 0
	differences = append(differences, raw(t, config, p)...)
	if b.options == 0 {
		differences = append(differences, "an OPTIONS that is no preflight did not reach the backend")
	}
	return differences
}

func compare(t *testing.T, target export.Target, config cors.Config, p place) (differences []string) {
	t.Helper()
	// The preflights that reach the backend by way of the reference would be counted.
	oracle := reference(t, config, p)
	transport, err := fetch.NewNetTransport(fetch.NetConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer transport.CloseIdleConnections()
	allowed := 0
	for _, origin := range pages {
		for _, r := range requests {
			for i, path := range paths {
				// Errors and other places are the same to preflights: one kind of request
				// with and one without will do.
				if i > 0 && r.name != "a plain GET" && r.name != "a PUT with credentials" && r.name != "a PUT" {
					continue
				}
				var got, want verdict
				for _, side := range []struct {
					verdict *verdict
					address string
				}{{&got, p.listen}, {&want, oracle}} {
					// A new one each time: nothing is remembered of the last answer.
					agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: transport})
					if err != nil {
						t.Fatal(err)
					}
					page, err := agent.NewPage(fetch.PageConfig{URL: origin})
					if err != nil {
						t.Fatal(err)
					}
					*side.verdict = ask(t, page, r.request, side.address, path)
				}
				if target == export.Express && r.request.Method == "PUTT" {
					// Said in its description: Node answers 400 before anybody is asked.
					want = verdict{Timing: got.Timing}
				}
				if target == export.GoRSCors {
					// Said in its description: no Timing-Allow-Origin, and always Vary.
					got.Timing, got.Varies = want.Timing, want.Varies
				}
				if got != want {
					differences = append(differences, fmt.Sprintf("%s, %s, %s:\n got %v\nwant %v", origin, r.name, path, got, want))
				}
				if want.Allowed {
					allowed++
				}
			}
		}
	}
	if allowed == 0 && (config.Origins == nil || len(config.Origins) > 0) {
		t.Error("no request was allowed: nothing was tried")
	}
	return differences
}

// raw asks as no browser does.
func raw(t *testing.T, config cors.Config, p place) (differences []string) {
	t.Helper()
	differ := func(format string, args ...any) { differences = append(differences, fmt.Sprintf(format, args...)) }
	policy, err := cors.Compile(config)
	if err != nil {
		t.Fatal(err)
	}
	const get = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
	static := config.AllowAnyOrigin || config.AlwaysSendOrigin
	for _, origin := range []string{
		"HTTPS://APP.EXAMPLE.COM", "https://APP.example.com", "https://app.example.com:443", "https://app.example.com/",
		"https://app.example.com https://evil.example", "https://evil.example, https://app.example.com",
		"https://evil.example/https://app.example.com", "https://evil.example#.app.example.com", "NULL", "Null", "https://",
		"https://evil.example\thttps://app.example.com", "https://evil.example?.app.example.com", "https://..app.example.com",
	} {
		if d := policy.Decide("GET", http.Header{"Origin": {origin}}); !d.Reason.Refused() || static {
			continue
		}
		if head := exchange(t, p.listen, get+"Origin: "+origin+"\r\n\r\n"); strings.Contains(head, "\r\naccess-control-") {
			differ("Origin: %q is answered with\n%s", origin, head)
		}
	}
	if head := exchange(t, p.listen, get+"\r\n"); !static && !(strings.Contains(head, "\r\nvary:") && strings.Contains(head, "origin")) {
		differ("a request without Origin is answered without Vary:\n%s", head)
	} else if static != strings.Contains(head, "access-control-allow-origin") && policy.Config().AllowAnyOrigin {
		differ("a request without Origin is answered with\n%s", head)
	}
	const options = "OPTIONS / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
	for _, request := range []string{options, options + "Origin: https://app.example.com\r\n", options + "Access-Control-Request-Method: PUT\r\n"} {
		head := exchange(t, p.listen, request+"\r\n")
		if !strings.HasPrefix(head, "http/1.1 200 ") && !strings.Contains(request, "Request-Method") {
			differ("an OPTIONS that is no preflight is answered with\n%s", head)
		}
		if strings.Contains(head, "x-backend") || strings.Contains(head, "trace") {
			differ("the backend's own headers are left:\n%s", head)
		}
	}
	if policy.Config().RejectRefusedRequests {
		for request, want := range map[string]string{
			"Origin: https://evil.example\r\n":                                              "403",
			"Origin: http://x\r\n":                                                          "200",
			"Origin: http://x\r\nSec-Fetch-Site: same-site\r\n":                             "403",
			"Origin: https://evil.example\r\nSec-Fetch-Site: none\r\n":                      "200",
			"Origin: null\r\nSec-Fetch-Site: same-origin\r\n":                               "200",
			"Origin: null\r\n":                                                              "403",
			"Origin: https://app.example.com\r\nSec-Fetch-Site: cross-site\r\n":             "200",
			"Origin: https://app.example.com\r\nOrigin: https://evil.example\r\n":           "403",
			"Origin: https://evil.example\r\nSec-Fetch-Site: none\r\nSec-Fetch-Site: x\r\n": "403",
		} {
			if head := exchange(t, p.listen, get+request+"\r\n"); !strings.HasPrefix(head, "http/1.1 "+want+" ") || !strings.Contains(head, "vary: ") {
				differ("with refused requests rejected, %q is answered with\n%s", request, head)
			}
		}
	}
	// Of two Origin lines one is allowed: a browser must not be able to take the answer
	// for one to the other.
	head := exchange(t, p.listen, get+"Origin: https://app.example.com\r\nOrigin: https://evil.example\r\n\r\n")
	if strings.Count(head, "access-control-allow-origin: ") == 1 && strings.Contains(head, "access-control-allow-origin: https://evil.example") {
		differ("two Origin lines are answered with\n%s", head)
	}
	return differences
}

// exchange sends a request as it is and returns the head of the answer in lower case.
func exchange(t *testing.T, address, request string) string {
	t.Helper()
	conn, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	var head strings.Builder
	for r := bufio.NewReader(conn); ; {
		line, err := r.ReadString('\n')
		head.WriteString(line)
		if err != nil || line == "\r\n" {
			return strings.ToLower(head.String())
		}
	}
}
