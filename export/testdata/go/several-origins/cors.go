package main

import (
	"net/http"

	"github.com/corscope/corscope/cors"
)

// These pages may read, with credentials:
//   http://[::1]:8080
//   http://localhost:5173
//   https://admin.example.com:8443
//   https://app.example.com

// withCORS applies the policy to next, which is to be everything that may answer: logins,
// limits and routers too. The headers are set before next runs, so that errors have them.
func withCORS(next http.Handler) (http.Handler, error) {
	middleware, err := cors.New(cors.Config{
		Origins: []string{
			"http://[::1]:8080",
			"http://localhost:5173",
			"https://admin.example.com:8443",
			"https://app.example.com",
		},
		Credentials:    true,
		Methods:        []string{"DELETE", "PATCH", "PUT"},
		RequestHeaders: []string{"authorization", "content-type", "x-request-id"},
		ExposedHeaders: []string{"x-request-id", "x-total"},
		MaxAgeSeconds:  600,
	})
	if err != nil {
		return nil, err
	}
	return middleware.Wrap(next), nil
}

// withoutCORS is the ModifyResponse of an httputil.ReverseProxy: the backend's own CORS headers
// go, since two of a kind are an error to browsers. Without a proxy it is not needed.
func withoutCORS(response *http.Response) error {
	response.Header.Del("Access-Control-Allow-Origin")
	response.Header.Del("Access-Control-Allow-Credentials")
	response.Header.Del("Access-Control-Allow-Methods")
	response.Header.Del("Access-Control-Allow-Headers")
	response.Header.Del("Access-Control-Max-Age")
	response.Header.Del("Access-Control-Expose-Headers")
	return nil
}
