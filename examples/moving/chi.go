package moving

import (
	"net/http"

	chicors "github.com/go-chi/cors"

	"github.com/corscope/corscope/cors"
)

func chiFull() Move {
	return Move{
		Name: "go-chi/cors, full",
		Before: chicors.Handler(chicors.Options{
			AllowedOrigins:   []string{app, previews},
			AllowedMethods:   []string{"GET", "POST", "PUT", "DELETE"},
			AllowedHeaders:   []string{"Authorization", "Content-Type"},
			ExposedHeaders:   []string{"X-Total-Count"},
			AllowCredentials: true,
			MaxAge:           600,
		}),
		After: rsFull().After,
	}
}

func chiDefault() Move {
	return Move{
		Name:   "go-chi/cors, zero Options",
		Before: func(api http.Handler) http.Handler { return chicors.Handler(chicors.Options{})(api) },
		After:  cors.Config{AllowAnyOrigin: true, RequestHeaders: []string{"Content-Type"}},
	}
}
