package cors

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// newReference returns a tree and a ServeMux with the same patterns; each
// pattern's policy has the pattern for its name.
func newReference(t *testing.T, patterns []string) (*routeTree, *http.ServeMux) {
	t.Helper()
	tree, mux := newRouteTree(), http.NewServeMux()
	for _, p := range patterns {
		if problem := tree.add(p, &Policy{name: p}); problem != nil {
			continue
		}
		mux.Handle(p, http.NotFoundHandler())
	}
	return tree, mux
}

func compareWithServeMux(t *testing.T, tree *routeTree, mux *http.ServeMux, host, escaped string) {
	t.Helper()
	u, err := url.ParseRequestURI(escaped)
	if err != nil || u.Host != "" || u.RawQuery != "" || u.ForceQuery || !strings.HasPrefix(escaped, "/") {
		// What is left out of the last is "OPTIONS *", which has no path.
		return
	}
	_, want := mux.Handler(&http.Request{Method: "GET", Host: host, URL: u})
	got := ""
	if p := tree.find(host, u.EscapedPath()); p != nil {
		got = p.name
	}
	if got != want {
		t.Errorf("host %q path %q has the policy of %q, and ServeMux the handler of %q", host, escaped, got, want)
	}
}

func TestRouteTreeFindsWhatServeMuxFinds(t *testing.T) {
	patterns := []string{
		"/", "/{$}", "/api/", "/api/users/{id}", "/api/users/me", "/api/{version}/users/", "/files/{path...}",
		"/exact", "/a%2Fb", "/x/{y}/z", "api.example.com/", "api.example.com/users/{id}", "other.example.com/only",
		"/tree/{$}", "/deep/{a}/{b}/{c...}",
	}
	paths := []string{
		"/", "/api", "/api/", "/api/users", "/api/users/", "/api/users/7", "/api/users/me", "/api/users/7/", "/api/v1/users", "/api/v1/users/x/y",
		"/files", "/files/", "/files/a/b", "/exact", "/exact/", "/a/b", "/a%2Fb", "/a%2fb", "/x/1/z", "/x//z", "/x/1/2/z", "/x/a%2Fb/z",
		"/users/7", "/only", "/only/", "/tree", "/tree/", "/tree/x", "/deep/1/2/3/4", "/deep/1/2", "/deep/1/2/", "/none",
		"/../api/", "/api/../files/x", "/./exact", "/api/.", "/api//users/7", "/.well-known", "//", "/%", "/%zz",
	}
	tree, mux := newReference(t, patterns)
	for _, host := range []string{"", "api.example.com", "api.example.com:8443", "other.example.com", "API.example.com", "[::1]:80", "a:b:c"} {
		for _, p := range paths {
			compareWithServeMux(t, tree, mux, host, p)
		}
	}
	bare, bareMux := newReference(t, []string{"/only/below/", "h.example/{x}/"})
	for _, p := range paths {
		compareWithServeMux(t, bare, bareMux, "h.example", p)
	}
}

func TestRouteTreeRefusesWhatServeMuxRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, path string
		code       Code
		meant      string
		hint       string
	}{
		{"a method", "GET /users", CodeBadPath, "/users", "without method"},
		{"a method and several blanks", "GET  /users", CodeBadPath, "/users", "without method"},
		{"no slash at the start", "users", CodeBadPath, "/users", "begins with /"},
		{"nothing", "", CodeBadPath, "/", "begins with /"},
		{"an open brace", "/{id", CodeBadPath, "", "bad wildcard segment"},
		{"a wildcard inside a segment", "/u{id}", CodeBadPath, "", "bad wildcard segment"},
		{"the same twice", "/taken/{x}", CodeConflict, "", "conflicts with pattern"},
		{"two that overlap", "/{x}/free", CodeConflict, "", "neither is more specific"},
		{"a path that is never asked for", "/a/../b", CodeBadPath, "/b", "never matches"},
		{"too long", "/" + strings.Repeat("a", maxRoutePath), CodeTooLong, "", "at most 1024 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tree := newRouteTree()
			if problem := tree.add("/taken/{id}", nil); problem != nil {
				t.Fatal(problem)
			}
			problem := tree.add(tt.path, nil)
			if problem == nil {
				t.Fatal("accepted")
			}
			if problem.Code != tt.code || problem.Meant != tt.meant || !strings.Contains(problem.Hint, tt.hint) {
				t.Errorf("got %s, meant %q, hint %q; want %s, %q, %q", problem.Code, problem.Meant, problem.Hint, tt.code, tt.meant, tt.hint)
			}
			if strings.Contains(problem.Hint, ".go") {
				t.Errorf("the hint names a source file: %s", problem.Hint)
			}
		})
	}
}

func FuzzRouteTree(f *testing.F) {
	f.Add("/a/\n/a/{x}\n/{y}/b", "/a/b", "h")
	f.Add("h/a/{$}\n/a\n/a/{r...}", "/a/../a/", "h:80")
	f.Add("/", "/%2F/..", "")
	f.Fuzz(func(t *testing.T, patterns, path, host string) {
		if len(patterns) > 500 || strings.Count(patterns, "\n") > 8 {
			return
		}
		tree, mux := newReference(t, strings.Split(patterns, "\n"))
		compareWithServeMux(t, tree, mux, host, path)
	})
}
