package routers

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/corscope/corscope/cors"
)

// Chi mounts the middleware with Use on the top router, where chi runs it before it
// looks for a route.
func Chi(m *cors.Middleware) http.Handler {
	r := chi.NewRouter()
	r.Use(m.Wrap) // first: outside of Recoverer, and of all that may answer
	r.Use(middleware.Recoverer)
	r.Get("/users", list)
	r.Put("/users/{id}", accept)
	r.Options("/files", options)
	r.Get("/crash", crash)
	return r
}

// ChiWrong mounts the middleware in a group. chi runs the middlewares of a group after
// it has found a route, and for OPTIONS it finds none: preflights get a 405.
func ChiWrong(m *cors.Middleware) http.Handler {
	r := chi.NewRouter()
	r.Group(func(r chi.Router) {
		r.Use(m.Wrap)
		r.Get("/users", list)
		r.Put("/users/{id}", accept)
	})
	return r
}
