package export_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/corscope/corscope/export"
)

func TestGuess(t *testing.T) {
	for name, c := range map[string]struct {
		headers http.Header
		body    string
		want    string
	}{
		"nothing is known":                             {nil, "", ""},
		"nginx says so":                                {http.Header{"Server": {"nginx/1.22.1"}}, "", "nginx"},
		"nginx without its version":                    {http.Header{"Server": {"nginx"}}, "", "nginx"},
		"OpenResty is nginx":                           {http.Header{"Server": {"openresty/1.27.1.1"}}, "", "nginx"},
		"Apache on Debian":                             {http.Header{"Server": {"Apache/2.4.65 (Debian)"}}, "", "apache"},
		"Apache with ServerTokens Prod":                {http.Header{"Server": {"Apache"}}, "", "apache"},
		"Tomcat's connector is not httpd":              {http.Header{"Server": {"Apache-Coyote/1.1"}}, "", ""},
		"Caddy":                                        {http.Header{"Server": {"Caddy"}}, "", "caddy"},
		"Caddy in front of another server":             {http.Header{"Server": {"nginx/1.28.0"}, "Via": {"1.1 Caddy"}}, "", "nginx caddy"},
		"nginx in front of Express":                    {http.Header{"Server": {"nginx"}, "X-Powered-By": {"Express"}}, "", "nginx express"},
		"Express alone":                                {http.Header{"X-Powered-By": {"Express"}}, "", "express"},
		"PHP is none of the targets":                   {http.Header{"X-Powered-By": {"PHP/8.4"}}, "", ""},
		"a page of nginx":                              {http.Header{"Server": {"cloudflare"}}, "<html>\r\n<hr><center>nginx/1.22.1</center>\r\n</html>", "nginx"},
		"a page of Apache":                             {nil, "<hr>\n<address>Apache/2.4.65 (Debian) Server at localhost Port 80</address>\n", "apache"},
		"a page of HAProxy, which never says":          {nil, "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n", "haproxy?"},
		"a page of Express":                            {nil, "<body>\n<pre>Cannot OPTIONS /users</pre>\n</body>", "express?"},
		"a page of Go":                                 {nil, "404 page not found\n", "go?"},
		"a text that quotes a page of Go":              {nil, "it says 404 page not found\n", ""},
		"FastAPI":                                      {http.Header{"Server": {"uvicorn"}}, `{"detail":"Method Not Allowed"}`, "fastapi"},
		"a page of FastAPI behind nginx":               {http.Header{"Server": {"nginx"}}, `{"detail":"Not Found"}`, "nginx fastapi?"},
		"what Django REST framework says":              {nil, `{"detail":"Not found."}`, ""},
		"hypercorn":                                    {http.Header{"Server": {"hypercorn-h11"}}, "", "fastapi"},
		"gunicorn":                                     {http.Header{"Server": {"gunicorn"}}, "", "flask"},
		"gunicorn with its version":                    {http.Header{"Server": {"gunicorn/20.0.4"}}, "", "flask"},
		"Flask's own server":                           {http.Header{"Server": {"Werkzeug/3.1.3 Python/3.13.1"}}, "", "flask"},
		"Django's runserver":                           {http.Header{"Server": {"WSGIServer/0.2 CPython/3.11.2"}}, "", "flask"},
		"Python that is neither":                       {http.Header{"Server": {"Python/3.11 aiohttp/3.8.4"}}, "", ""},
		"a page of Flask":                              {nil, "<h1>Not Found</h1>\n<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.</p>\n", "flask?"},
		"a page of Django":                             {nil, "<body>\n  <h1>Not Found</h1><p>The requested resource was not found on this server.</p>\n</body>", "flask?"},
		"a page of Apache, which says almost the same": {nil, "<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n", ""},
		"headers and page say the same":                {http.Header{"Server": {"nginx"}}, "<center>nginx</center>", "nginx"},
		"several lines":                                {http.Header{"Server": {"x", "Caddy"}}, "", "caddy"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, g := range export.GuessTargets(c.headers, []byte(c.body)) {
				mark := ""
				if !g.Certain {
					mark = "?"
				}
				if g.Evidence == "" {
					t.Errorf("%s: no evidence", g.Target)
				}
				got = append(got, string(g.Target)+mark)
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("got %q, want %q", s, c.want)
			}
		})
	}
}

func TestEvidenceIsBoundedAndValid(t *testing.T) {
	guesses := export.GuessTargets(http.Header{"Server": {"nginx/" + strings.Repeat("\xffx", 1000)}}, []byte(strings.Repeat("x", 1<<20)+"<address>Apache"))
	if len(guesses) != 1 || len(guesses[0].Evidence) > 200 || strings.Contains(guesses[0].Evidence, "\xff") {
		t.Errorf("%+v", guesses)
	}
}
