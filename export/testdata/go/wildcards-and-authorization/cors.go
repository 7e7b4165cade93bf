package main

import (
	"net/http"

	"github.com/corscope/corscope/cors"
)

// These pages may read, with credentials:
//   https://app.example.com

// withCORS applies the policy to next, which is to be everything that may answer: logins,
// limits and routers too. The headers are set before next runs, so that errors have them.
func withCORS(next http.Handler) (http.Handler, error) {
	middleware, err := cors.New(cors.Config{
		Origins:        []string{"https://app.example.com"},
		Credentials:    true,
		Methods:        []string{"PUT"},
		RequestHeaders: []string{"*", "authorization"},
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
