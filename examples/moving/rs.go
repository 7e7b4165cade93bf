package moving

import (
	"net/http"

	rscors "github.com/rs/cors"

	"github.com/corscope/corscope/cors"
)

func rsFull() Move {
	return Move{
		Name: "rs/cors, full",
		Before: func(api http.Handler) http.Handler {
			return rscors.New(rscors.Options{
				AllowedOrigins:   []string{app, previews},
				AllowedMethods:   []string{"GET", "POST", "PUT", "DELETE"},
				AllowedHeaders:   []string{"Authorization", "Content-Type"},
				ExposedHeaders:   []string{"X-Total-Count"},
				AllowCredentials: true,
				MaxAge:           600,
			}).Handler(api)
		},
		After: cors.Config{
			Origins:        []string{app, previews},
			Credentials:    true,
			Methods:        []string{"PUT", "DELETE"},
			RequestHeaders: []string{"Authorization", "Content-Type"},
			ExposedHeaders: []string{"X-Total-Count"},
			MaxAgeSeconds:  600,
		},
	}
}

func rsDefault() Move {
	return Move{
		Name:   "rs/cors, Default",
		Before: rscors.Default().Handler,
		After:  cors.Config{AllowAnyOrigin: true, RequestHeaders: []string{"Content-Type", "X-Requested-With"}},
	}
}

func rsAllowAll() Move {
	return Move{
		Name:   "rs/cors, AllowAll",
		Before: rscors.AllowAll().Handler,
		After: cors.Config{
			AllowAnyOrigin: true,
			Methods:        []string{"PUT", "PATCH", "DELETE"},
			RequestHeaders: []string{"*", "Authorization"}, // the star alone leaves Authorization out
		},
	}
}

// rsMethods lists one method, and so withholds the answers to GET and POST, which browsers
// need no permission for.
func rsMethods() Move {
	const why = "GET and POST need no mention"
	return Move{
		Name: "rs/cors, PUT alone listed",
		Before: rscors.New(rscors.Options{
			AllowedOrigins: []string{app},
			AllowedMethods: []string{"PUT"},
			AllowedHeaders: []string{"Content-Type"},
		}).Handler,
		After: cors.Config{Origins: []string{app}, Methods: []string{"PUT"}, RequestHeaders: []string{"Content-Type"}},
		Differs: map[string]string{
			"the app: GET":                       why,
			"the app: POST of a form":            why,
			"the app: POST of JSON":              why,
			"the app: POST with upload progress": why,
		},
	}
}
