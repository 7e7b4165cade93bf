package main

import (
	"net/http"
	"slices"

	"github.com/rs/cors"
)

// Compared as they are: browsers write an origin in one way only. (AllowedOrigins of rs/cors
// ignores case, and its * stands for anything, dots and slashes too.)
var corsOrigins = []string{"https://app.example.com", "null"}

// These pages may read, without credentials:
//   https://app.example.com
//   null

// withCORS applies the policy to next, which is to be everything that may answer: logins,
// limits and routers too.
func withCORS(next http.Handler) http.Handler {
	policy := cors.New(cors.Options{
		AllowOriginFunc: func(origin string) bool {
			return slices.Contains(corsOrigins, origin)
		},
		// rs/cors asks GET, HEAD and POST to be listed, though browsers need no permission for them.
		AllowedMethods: []string{"GET", "HEAD", "POST", "PUT"},
		// An empty list would allow Accept, Content-Type and X-Requested-With. Origin is a header
		// that no page can set.
		AllowedHeaders:       []string{"Origin"},
		OptionsSuccessStatus: 200,
	})
	return policy.Handler(next)
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
