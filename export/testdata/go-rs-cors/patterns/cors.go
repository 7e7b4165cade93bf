package main

import (
	"net/http"
	"regexp"
	"slices"

	"github.com/rs/cors"
)

// Anchored at both ends: without, https://app.example.com.evil.example would fit.
var corsPatterns = []*regexp.Regexp{
	regexp.MustCompile(`^http://\[::1\](:[0-9]+)?$`),
	regexp.MustCompile(`^http://localhost(:[0-9]+)?$`),
	regexp.MustCompile(`^https://([a-z0-9_-]+\.)+example\.com$`),
	regexp.MustCompile(`^https://([a-z0-9_-]+\.)+preview\.example\.org:(8443|9443)$`),
	regexp.MustCompile(`^https://app\.example\.org(:8443)?$`),
	regexp.MustCompile(`^http://intranet\.example\.net$`),
	regexp.MustCompile(`^https://intranet\.example\.net$`),
}

// These pages may read, without credentials; a wildcard stands for one or more labels:
//   http://[::1]:*
//   http://localhost:*
//   https://*.example.com
//   https://*.preview.example.org:{8443,9443}
//   https://app.example.org:{443,8443}
//   {http,https}://intranet.example.net

// withCORS applies the policy to next, which is to be everything that may answer: logins,
// limits and routers too.
func withCORS(next http.Handler) http.Handler {
	policy := cors.New(cors.Options{
		AllowOriginFunc: func(origin string) bool {
			return slices.ContainsFunc(corsPatterns, func(p *regexp.Regexp) bool { return p.MatchString(origin) })
		},
		// rs/cors asks GET, HEAD and POST to be listed, though browsers need no permission for them.
		AllowedMethods: []string{"GET", "HEAD", "POST", "PUT"},
		AllowedHeaders: []string{"content-type", "x_under"},
		ExposedHeaders: []string{"x-total"},
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
