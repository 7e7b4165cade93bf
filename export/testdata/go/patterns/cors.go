package main

import (
	"net/http"

	"github.com/corscope/corscope/cors"
)

// These pages may read, without credentials; a wildcard stands for one or more labels:
//   http://[::1]:*
//   http://localhost:*
//   https://*.example.com
//   https://*.preview.example.org:{8443,9443}
//   https://app.example.org:{443,8443}
//   {http,https}://intranet.example.net

// withCORS applies the policy to next, which is to be everything that may answer: logins,
// limits and routers too. The headers are set before next runs, so that errors have them.
func withCORS(next http.Handler) (http.Handler, error) {
	middleware, err := cors.New(cors.Config{
		Origins: []string{
			"http://[::1]:*",
			"http://localhost:*",
			"https://*.example.com",
			"https://*.preview.example.org:{8443,9443}",
			"https://app.example.org:{443,8443}",
			"{http,https}://intranet.example.net",
		},
		Methods:        []string{"PUT"},
		RequestHeaders: []string{"content-type", "x_under"},
		ExposedHeaders: []string{"x-total"},
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
