package routers

import (
	"fmt"
	"net/http"

	"github.com/corscope/corscope/cors"
)

// Mux wraps the router of net/http, with a handler between that turns panics into 500s.
func Mux(m *cors.Middleware) http.Handler { return m.Wrap(recovering(newMux())) }

// MuxWrong wraps the handlers, one by one: the mux answers OPTIONS with 405 itself, as
// the routes name other methods.
func MuxWrong(m *cors.Middleware) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /users", m.Wrap(http.HandlerFunc(list)))
	mux.Handle("PUT /users/{id}", m.Wrap(http.HandlerFunc(accept)))
	return mux
}

func newMux() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /users", list)
	mux.HandleFunc("PUT /users/{id}", accept)
	mux.HandleFunc("OPTIONS /files", options)
	mux.HandleFunc("GET /crash", crash)
	return mux
}

// recovering keeps the headers that were set further out on the 500.
func recovering(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}()
		h.ServeHTTP(w, r)
	})
}

// The handlers of all the routers here.

func list(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Total-Count", "2")
	fmt.Fprint(w, `["Ada","Grace"]`)
}

func accept(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) }

// options is a handler for OPTIONS of the program's own.
func options(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Allow", "GET, OPTIONS")
	fmt.Fprint(w, "our own answer")
}

func crash(w http.ResponseWriter, r *http.Request) { panic("crash") }
