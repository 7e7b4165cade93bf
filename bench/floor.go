package bench

import (
	"net/http"
	"strings"
)

// floor is the least that a safe middleware can do for the full policy: look
// things up in maps, and answer with slices of one array made for this response.
// It knows exact origins only, checks no grammar, bounds nothing, merges no Vary
// and tells nobody why.
type floor struct {
	origins, methods, headers map[string]struct{}

	allowMethods, allowHeaders, exposeHeaders, maxAge string
}

func set(members ...string) map[string]struct{} {
	s := make(map[string]struct{}, len(members))
	for _, m := range members {
		s[m] = struct{}{}
	}
	return s
}

func (f *floor) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origins := r.Header["Origin"]
		if len(origins) == 0 {
			vary := new([1]string)
			vary[0] = "Origin"
			w.Header()["Vary"] = vary[:]
			next.ServeHTTP(w, r)
			return
		}
		_, allowed := f.origins[origins[0]]
		if r.Method == http.MethodOptions {
			if method := r.Header["Access-Control-Request-Method"]; len(method) > 0 {
				if !allowed || !f.preflight(w.Header(), origins[0], method[0], r.Header["Access-Control-Request-Headers"]) {
					w.WriteHeader(http.StatusForbidden)
					return
				}
				w.WriteHeader(http.StatusNoContent)
				return
			}
		}
		h := w.Header()
		if !allowed {
			vary := new([1]string)
			vary[0] = "Origin"
			h["Vary"] = vary[:]
			next.ServeHTTP(w, r)
			return
		}
		v := new([4]string)
		v[0], v[1], v[2], v[3] = origins[0], "true", f.exposeHeaders, "Origin"
		h["Access-Control-Allow-Origin"] = v[0:1:1]
		h["Access-Control-Allow-Credentials"] = v[1:2:2]
		h["Access-Control-Expose-Headers"] = v[2:3:3]
		h["Vary"] = v[3:4:4]
		next.ServeHTTP(w, r)
	})
}

func (f *floor) preflight(h http.Header, origin, method string, lines []string) bool {
	if _, ok := f.methods[method]; !ok {
		return false
	}
	for _, line := range lines {
		for more := true; more; {
			var name string
			name, line, more = strings.Cut(line, ",")
			if _, ok := f.headers[name]; !ok {
				return false
			}
		}
	}
	v := new([5]string)
	v[0], v[1], v[2], v[3], v[4] = origin, "true", f.allowMethods, f.allowHeaders, f.maxAge
	h["Access-Control-Allow-Origin"] = v[0:1:1]
	h["Access-Control-Allow-Credentials"] = v[1:2:2]
	h["Access-Control-Allow-Methods"] = v[2:3:3]
	h["Access-Control-Allow-Headers"] = v[3:4:4]
	h["Access-Control-Max-Age"] = v[4:5:5]
	return true
}
