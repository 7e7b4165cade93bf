package cli

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/internal/demo"
)

func TestAdviceIsLeftOutForCausesThatExist(t *testing.T) {
	for _, id := range saidByTheLines {
		if _, ok := diagnose.CauseByID(id); !ok {
			t.Errorf("there is no cause %s", id)
		}
	}
}

// Lines of headers do not say where they are to be set, and by whom.
func TestExplainSaysWhatToDo(t *testing.T) {
	local, err := demo.ServeLocal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { local.Close() })
	servers := make(map[string]string)
	for _, try := range local.Tries() {
		servers[try.URL[strings.LastIndex(try.URL, "/")+1:]] = try.Explain
	}
	middleware, err := cors.New(cors.Config{Origins: []string{"http://localhost:4100"}})
	if err != nil {
		t.Fatal(err)
	}
	strict := httptest.NewServer(middleware.Wrap(http.NotFoundHandler()))
	t.Cleanup(strict.Close)
	servers["strict"] = "corscope explain " + strict.URL + " --from http://localhost:4100 -X PUT"
	for name, c := range map[string]struct{ path, want string }{
		"a login before CORS":             {"preflight-401", "  do              Let CORS answer first: "},
		"two layers":                      {"allow-origin-twice", "  do              Let one layer do CORS."},
		"a risk, though the page may":     {"reflects-any-origin", "  do              Compare Origin with a list"},
		"a list that lacks the method":    {"methods-without-it", ""},
		"a 403 that is about the method":  {"strict", "  do              Name it in Access-Control-Allow-Methods on the answer to"},
		"a server that closes connection": {"closed", ""},
	} {
		t.Run(name, func(t *testing.T) {
			line, ok := servers[c.path]
			if !ok {
				t.Fatalf("the demo has no %s", c.path)
			}
			_, text, _ := runCLI(t, quotedWords(line)[1:]...)
			_, markdown, _ := runCLI(t, append(quotedWords(line)[1:], "--markdown")...)
			if has := strings.Contains(text, "\n  do  "); has != (c.want != "") || !strings.Contains(text, c.want) {
				t.Errorf("want %q in\n%s", c.want, text)
			}
			if has := strings.Contains(markdown, "\n- do: "); has != (c.want != "") {
				t.Errorf("want it in the Markdown: %v\n%s", c.want != "", markdown)
			}
		})
	}
}
