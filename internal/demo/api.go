package demo

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
)

// bearer is the token that may delete users.
const bearer = "demo-token"

// people are the users of the story. Ada's cookie on the API is sid=ada-1.
var people = map[int]string{7: "Ada", 8: "Grace", 9: "Edsger"}

// users is the user list that the page's own server and the API share.
type users struct {
	mu    sync.Mutex
	names map[int]string
}

func newUsers() *users {
	u := &users{names: make(map[int]string)}
	for id, name := range people {
		u.names[id] = name
	}
	return u
}

func (u *users) read(w http.ResponseWriter, r *http.Request) {
	id, name, ok := u.find(w, r)
	if !ok {
		return
	}
	did(r, "read user %d", id)
	writeJSON(w, http.StatusOK, map[string]any{"id": id, "name": name})
}

// remove deletes a user for good, for whoever has the token.
func (u *users) remove(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+bearer {
		did(r, "refused: no token, nothing deleted")
		w.Header().Set("WWW-Authenticate", `Bearer realm="demo"`)
		problem(w, http.StatusUnauthorized, "send Authorization: Bearer "+bearer)
		return
	}
	id, _, ok := u.find(w, r)
	if !ok {
		return
	}
	u.mu.Lock()
	delete(u.names, id)
	u.mu.Unlock()
	did(r, "deleted user %d", id)
	writeJSON(w, http.StatusOK, map[string]any{"deleted": id})
}

func (u *users) find(w http.ResponseWriter, r *http.Request) (id int, name string, ok bool) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		problem(w, http.StatusBadRequest, "a user has a number")
		return 0, "", false
	}
	u.mu.Lock()
	name, ok = u.names[id]
	u.mu.Unlock()
	if !ok {
		did(r, "found no user %d", id)
		problem(w, http.StatusNotFound, fmt.Sprintf("there is no user %d, or no longer", id))
	}
	return id, name, ok
}

// comments is what anybody may say. It counts instead of keeping, so that nobody
// can fill it.
type comments struct {
	mu     sync.Mutex
	number int
}

func (c *comments) store(w http.ResponseWriter, r *http.Request) {
	text, err := readText(r)
	if err != nil || text == "" {
		did(r, "refused an empty or endless comment")
		problem(w, http.StatusBadRequest, "say something, in less than a megabyte")
		return
	}
	c.mu.Lock()
	c.number++
	n := c.number
	c.mu.Unlock()
	did(r, "stored comment %d", n)
	writeJSON(w, http.StatusCreated, map[string]any{"comment": n, "bytes": len(text)})
}

func news(w http.ResponseWriter, r *http.Request) {
	did(r, "read the news")
	writeJSON(w, http.StatusOK, map[string]string{"headline": "Browser asks server, server answers"})
}

// greet knows Ada by her cookie.
func greet(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie("sid"); err == nil && c.Value == "ada-1" {
		did(r, "greeted Ada by her cookie")
		writeJSON(w, http.StatusOK, map[string]string{"hello": "Ada"})
		return
	}
	did(r, "greeted a stranger")
	writeJSON(w, http.StatusOK, map[string]string{"hello": "stranger"})
}

// api is the story's API: what it lacks or allows is in the version of the path.
func (s *site) api() http.Handler {
	mux := http.NewServeMux()

	mux.HandleFunc("GET /news", news)
	mux.HandleFunc("POST /comments", s.notes.store)
	mux.Handle("/v2/news", permission{origin: "{app}"}.on(s, http.HandlerFunc(news)))

	remove := http.HandlerFunc(s.users.remove)
	mux.Handle("/v1/users/{id}", permission{
		origin: "{app}", methods: "GET, POST", headers: "Authorization",
	}.on(s, onlyMethod(http.MethodDelete, remove)))
	mux.Handle("/v2/users/{id}", permission{
		origin: "{app}", methods: "GET, POST, DELETE", headers: "Authorization", maxAge: "600",
	}.on(s, onlyMethod(http.MethodDelete, remove)))

	mux.Handle("/v1/me", permission{origin: "*"}.on(s, http.HandlerFunc(greet)))
	mux.Handle("/v2/me", permission{origin: "{app}"}.on(s, http.HandlerFunc(greet)))
	mux.Handle("/v3/me", permission{origin: "{app}", credentials: "true"}.on(s, http.HandlerFunc(greet)))
	return mux
}

// onlyMethod answers 405 to every other method.
func onlyMethod(method string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != method {
			w.Header().Set("Allow", method)
			problem(w, http.StatusMethodNotAllowed, "only "+method+" here")
			return
		}
		next.ServeHTTP(w, r)
	})
}
