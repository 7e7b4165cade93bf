package cli_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/corscope/corscope/internal/cli"
)

// runCLI returns the exit status and what was written, the server's address as SERVER.
func runCLI(t *testing.T, server *httptest.Server, stdin string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	port := strings.TrimPrefix(server.URL, "http://127.0.0.1:")
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "PORT", port)
	}
	var out, talk bytes.Buffer
	status = cli.Run(t.Context(), cli.Env{
		Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &talk,
		LookupEnv: func(string) (string, bool) { return "", false },
		Terminal:  func(io.Writer) (int, bool) { return 0, false },
	}, args)
	plain := strings.NewReplacer(port, "PORT")
	return status, plain.Replace(out.String()), plain.Replace(talk.String())
}

func TestLoadPageObeysThePagesOwnPolicies(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		switch r.URL.Path {
		case "/strict":
			w.Header().Set("Content-Security-Policy", "default-src 'self'")
			w.Header().Set("Cross-Origin-Embedder-Policy-Report-Only", "require-corp")
		case "/sandbox":
			w.Header().Set("Content-Security-Policy", "sandbox allow-scripts")
		case "/missing":
			w.WriteHeader(http.StatusNotFound)
		case "/away":
			http.Redirect(w, r, "http://localhost:"+strings.Split(r.Host, ":")[1]+"/plain", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		}
	}))
	defer server.Close()
	for _, c := range []struct {
		name, page string
		flags      []string
		status     int
		stdout     []string
		stderr     string
	}{
		{name: "without the flag its policies are not known", page: "/strict", stdout: []string{"ALLOWED", "only the origin http://127.0.0.1:PORT counts"}},
		{name: "connect-src stops the request", page: "/strict", flags: []string{"--load-page"}, status: 1, stdout: []string{
			"BLOCKED  The browser sent nothing: the page's own Content-Security-Policy has",
			"\n  it says         Content-Security-Policy: default-src 'self'\n                  Cross-Origin-Embedder-Policy-Report-Only: require-corp\n",
			"\n  the server got  nothing\n", "https://w3c.github.io/webappsec-csp/#connect-src-pre-request",
		}},
		{name: "the policies are in the JSON", page: "/strict", flags: []string{"--load-page", "--json"}, status: 1, stdout: []string{
			`"contentSecurityPolicy": [`, `"code": "csp-connect-src"`, `"embedderPolicyReportOnly": "require-corp"`,
		}},
		{name: "a sandboxed page has no origin", page: "/sandbox", flags: []string{"--load-page"}, stdout: []string{
			"\n  page            null\n", "its Content-Security-Policy sandboxes the page", "> Origin: null",
		}},
		{name: "a page that is not there is told", page: "/missing", flags: []string{"--load-page"}, stdout: []string{
			"ALLOWED", "the page itself answers 404", "states no policy that stops a fetch",
		}},
		{name: "a redirect is the page", page: "/away", flags: []string{"--load-page"}, stdout: []string{
			"\n  page            http://localhost:PORT\n", "leads to http://localhost:PORT",
		}},
		{name: "a loop is no page", page: "/loop", flags: []string{"--load-page"}, status: 3,
			stderr: `corscope: --load-page cannot load "http://127.0.0.1:PORT/loop": The answer is a redirect that the browser does not follow: it is the 21st in a row, and 20 are followed` + "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := append([]string{"explain", "http://localhost:PORT/api", "--from", "http://127.0.0.1:PORT" + c.page}, c.flags...)
			status, stdout, stderr := runCLI(t, server, "", args...)
			if status != c.status || stderr != c.stderr {
				t.Errorf("status %d, want %d; on standard error:\n%s", status, c.status, stderr)
			}
			for _, want := range c.stdout {
				if !strings.Contains(stdout, want) {
					t.Errorf("no %q in:\n%s", want, stdout)
				}
			}
		})
	}
	status, _, stderr := runCLI(t, server, "", "explain", "http://localhost:PORT/api", "--from", "null", "--load-page")
	if want := "corscope: --load-page needs a page with an address: give its URL to --from\n"; status != 2 || stderr != want {
		t.Errorf("status %d, %q; want %q", status, stderr, want)
	}
}

// The trace of a script shows what came from the cache, and what needed no server.
func TestTracesShowTheHTTPCache(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Set("Set-Cookie", "sid=s3cretvalue")
		w.Header().Set("ETag", `"a"`)
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
		}
	}))
	defer server.Close()
	script := `(async () => {
		await (await fetch("data:text/plain,hi")).text();
		for (const cache of ["default", "default", "no-cache"]) await (await fetch("http://localhost:` + strings.TrimPrefix(server.URL, "http://127.0.0.1:") + `/x", {cache})).text();
	})()`
	status, _, stderr := runCLI(t, server, script, "run", "--trace", "--url", "http://127.0.0.1:PORT/", "-")
	if status != 0 {
		t.Fatalf("status %d:\n%s", status, stderr)
	}
	for _, want := range []string{
		"the URL holds it,", "status 200, and the body that the URL stands for",
		"\n  1  GET /x   answered from the HTTP cache, nothing sent; stored for http://127.0.0.1:PORT\n", "\n  the server got  nothing\n",
		"\n  1  GET /x   304: the stored answer counts; stored for http://127.0.0.1:PORT\n",
	} {
		if !strings.Contains(stderr, want) {
			t.Errorf("no %q in:\n%s", want, stderr)
		}
	}
	if strings.Contains(stderr, "s3cretvalue") {
		t.Errorf("a secret is shown:\n%s", stderr)
	}
}
