package moving

import (
	"net/http"

	"github.com/gorilla/handlers"

	"github.com/corscope/corscope/cors"
)

func gorillaFull() Move {
	return Move{
		Name: "gorilla/handlers, full",
		Before: handlers.CORS(
			handlers.AllowedOrigins([]string{app}),
			handlers.AllowedMethods([]string{"GET", "POST", "PUT", "DELETE"}),
			handlers.AllowedHeaders([]string{"Authorization", "Content-Type"}),
			handlers.ExposedHeaders([]string{"X-Total-Count"}),
			handlers.AllowCredentials(),
			handlers.MaxAge(600),
		),
		After: cors.Config{
			Origins:        []string{app},
			Credentials:    true,
			Methods:        []string{"PUT", "DELETE"},
			RequestHeaders: []string{"Authorization", "Content-Type"},
			ExposedHeaders: []string{"X-Total-Count"},
			MaxAgeSeconds:  600,
		},
	}
}

func gorillaDefault() Move {
	return Move{
		Name:   "gorilla/handlers, no options",
		Before: func(api http.Handler) http.Handler { return handlers.CORS()(api) },
		After:  cors.Config{AllowAnyOrigin: true},
	}
}
