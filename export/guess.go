package export

import (
	"net/http"
	"strings"
)

// Guess is a target that an answer looks like.
type Guess struct {
	Target Target `json:"target"`
	// Evidence is the header, or the part of the body, that says so.
	Evidence string `json:"evidence"`
	// Certain is set if the server names itself, and not if it only writes like that.
	Certain bool `json:"certain"`
}

// mark is what gives a server away.
type mark struct {
	target Target
	// header is the header to look into, or "" for the body.
	header string
	// prefix implies that the value must begin with text.
	prefix  bool
	text    string // lower case
	certain bool
}

// marks are in the order of the way of an answer: who is named in Server has seen it
// last, and X-Powered-By is what is behind. Error pages come after all that.
var marks = []mark{
	{Nginx, "Server", true, "nginx", true},
	{Nginx, "Server", true, "openresty", true},
	{Nginx, "Server", true, "tengine", true},
	{Nginx, "Server", true, "angie", true},
	{Nginx, "Server", true, "freenginx", true},
	{Apache, "Server", true, "apache/", true},
	{Caddy, "Server", true, "caddy", true},
	{HAProxy, "Server", true, "haproxy", true},
	{FastAPI, "Server", true, "uvicorn", true},
	{FastAPI, "Server", true, "hypercorn", true},
	{FastAPI, "Server", true, "daphne", true},
	{Flask, "Server", true, "gunicorn", true},
	{Flask, "Server", true, "werkzeug/", true},
	{Flask, "Server", true, "wsgiserver/", true},
	{Flask, "Server", true, "waitress", true},
	// Apache with ServerTokens Prod; other products of the foundation say more.
	{Apache, "Server", true, "apache\x00", true},
	{Caddy, "Via", false, "caddy", true},
	{Express, "X-Powered-By", true, "express", true},

	{Nginx, "", false, "<center>nginx", true},
	{Nginx, "", false, "<center>openresty", true},
	{Apache, "", false, "<address>apache", true},
	{HAProxy, "", false, "no server is available to handle this request.", false},
	{HAProxy, "", false, "the server returned an invalid or incomplete response.", false},
	{Express, "", false, "<pre>cannot ", false},
	{FastAPI, "", true, `{"detail":"not found"}` + "\x00", false},
	{FastAPI, "", true, `{"detail":"method not allowed"}` + "\x00", false},
	{Flask, "", false, "<p>the requested url was not found on the server. if you entered the url manually please check", false},
	{Flask, "", false, "<h1>not found</h1><p>the requested resource was not found on this server.</p>", false},
	{Go, "", true, "404 page not found\n\x00", false},
	{Go, "", true, "method not allowed\n\x00", false},
}

// maxGuessed bounds how much of a body is looked at.
const maxGuessed = 16 << 10

// GuessTargets says which targets an answer comes from, the one nearest to the
// browser first, each once. It looks at Server, Via and X-Powered-By in headers, and
// at the beginning of the body, of which error pages are the most telling; both may
// be empty. Nil: nothing is known, or it is a server that there is no target for.
//
// The names are canonical as net/http has them.
func GuessTargets(headers http.Header, body []byte) []Guess {
	page := string(body[:min(len(body), maxGuessed)])
	var guesses []Guess
	seen := map[Target]bool{}
	for _, m := range marks {
		if seen[m.target] {
			continue
		}
		values := []string{page}
		if m.header != "" {
			values = headers[m.header]
		}
		for _, value := range values {
			evidence, ok := m.find(value)
			if !ok {
				continue
			}
			if m.header != "" {
				evidence = m.header + ": " + clip(value)
			}
			guesses = append(guesses, Guess{m.target, evidence, m.certain})
			seen[m.target] = true
			break
		}
	}
	return guesses
}

// find looks for the mark. A zero byte in it stands for the end.
func (m *mark) find(value string) (evidence string, ok bool) {
	lower := strings.ToLower(value) + "\x00"
	i := strings.Index(lower, m.text)
	if i < 0 || m.prefix && i > 0 {
		return "", false
	}
	return strings.TrimRight(m.text, "\n\x00"), true
}

// clip bounds what is repeated of an answer.
func clip(s string) string {
	const most = 80
	s = strings.ToValidUTF8(s, "?")
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "..."
	}
	return s
}
