package demo

import (
	_ "embed"
	"encoding/json"
	"html"
	"net/http"
	"strings"
)

//go:embed page.html
var pageSource string

// pageCall is a step as the page's script needs it; the names are those of
// fetch()'s arguments.
type pageCall struct {
	Lead string         `json:"lead"`
	URL  string         `json:"url"`
	Init map[string]any `json:"init"`
}

// page serves what a person sees at the root of a role: the steps of the story
// that this page takes part in, each with a button that runs it in the browser.
func (s *site) page(role, title, text string) http.Handler {
	address := s.at[role] + "/"
	calls := []pageCall{}
	for _, scene := range s.at.scenes() {
		for _, step := range scene.Steps {
			if step.As == Browser && step.Page == address && step.SameSite == SameSiteUnset {
				calls = append(calls, pageCall{step.Lead, step.URL, step.Call.fetchInit()})
			}
		}
	}
	// JSON is JavaScript, and json.Marshal writes <, > and & so that no tag can begin in it.
	script, err := json.Marshal(calls)
	if err != nil {
		panic("demo: the calls of a page: " + err.Error())
	}
	source := strings.NewReplacer(
		"{title}", html.EscapeString(title), "{origin}", html.EscapeString(s.at[role]), "{text}", html.EscapeString(text), "{calls}", string(script),
	).Replace(pageSource)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" || r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		// An error means that the client is gone.
		w.Write([]byte(source))
	})
}

// fetchInit is the second argument of fetch().
func (c Call) fetchInit() map[string]any {
	init := make(map[string]any)
	for name, value := range map[string]string{
		"method": c.Method, "body": c.Body, "mode": c.Mode, "credentials": c.Credentials, "redirect": c.Redirect, "cache": c.Cache,
	} {
		if value != "" {
			init[name] = value
		}
	}
	for name, value := range c.ownOptions() {
		init[name] = value
	}
	if len(c.Header) > 0 {
		var headers [][2]string
		for _, f := range c.Header {
			headers = append(headers, [2]string{f.Name, f.Value})
		}
		init["headers"] = headers
	}
	return init
}

// app is the page of the story with its own API beside it.
func (s *site) app() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", s.page(roleApp, "The app", "Open the console beside this page, and see what the browser says."))
	mux.HandleFunc("GET /api/users/{id}", s.users.read)
	return mux
}
