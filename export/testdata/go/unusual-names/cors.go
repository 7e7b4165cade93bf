package main

import (
	"net/http"

	"github.com/corscope/corscope/cors"
)

// These pages may read, without credentials:
//   https://app.example.com

func newCORS() (*cors.Middleware, error) {
	return cors.New(cors.Config{
		Origins:        []string{"https://app.example.com"},
		Methods:        []string{"O'NEIL", "QU$ERY"},
		RequestHeaders: []string{"x-%o", "x-a`b"},
		ExposedHeaders: []string{"x-#1"},
	})
}

// withCORS applies the policy to next, which is to be everything that may answer: logins,
// limits and routers too. The headers are set before next runs, so that errors have them.
func withCORS(next http.Handler) (http.Handler, error) {
	middleware, err := newCORS()
	if err != nil {
		return nil, err
	}
	return middleware.Wrap(next), nil
}

// proxyWithCORS is withCORS for what passes on the answers of others, as an httputil.ReverseProxy
// does: the CORS headers of the backend go, since two of a kind are an error to browsers.
func proxyWithCORS(proxy http.Handler) (http.Handler, error) {
	middleware, err := newCORS()
	if err != nil {
		return nil, err
	}
	return middleware.WrapProxy(proxy), nil
}
