package halves

import (
	"regexp"
	"slices"
	"strings"

	"github.com/corscope/corscope/cors"
)

// allowsOrigin says whether the policy allows the origin, from the documentation
// of Config.Origins alone and as slowly as it takes.
func allowsOrigin(c cors.Config, o string) bool {
	if c.AllowAnyOrigin || o == "null" {
		return c.AllowAnyOrigin || c.DangerouslyAllowNullOrigin
	}
	return slices.ContainsFunc(c.Origins, func(entry string) bool {
		scheme, rest, _ := strings.Cut(entry, "://")
		host, port, _ := strings.Cut(rest, ":")
		pattern := "^(" + alternatives(scheme) + ")://"
		if base, ok := strings.CutPrefix(host, "*."); ok {
			pattern, host = pattern+`(?:[a-z0-9-]+\.)+`, base
		}
		parts := regexp.MustCompile(pattern + regexp.QuoteMeta(host) + "(?::([0-9]+))?$").FindStringSubmatch(o)
		if parts == nil {
			return false
		}
		asked := parts[2]
		if port == "" || port == "*" {
			return asked == "" || port == "*"
		}
		if asked == "" {
			asked = map[string]string{"http": "80", "https": "443"}[parts[1]]
		}
		return asked != "" && regexp.MustCompile("^(?:"+alternatives(port)+")$").MatchString(asked)
	})
}

// alternatives turns "{a,b}" into "a|b".
func alternatives(s string) string {
	return strings.NewReplacer("{", "", "}", "", ",", "|").Replace(s)
}

// permits says whether the policy permits a preflighted request, from the
// documentation of Config alone.
func permits(c cors.Config, method string, unsafeNames []string) bool {
	const longest = 64 // of a method that a policy can list
	safelisted := method == "GET" || method == "HEAD" || method == "POST"
	if !safelisted && !slices.ContainsFunc(c.Methods, func(m string) bool {
		return m == "*" && len(method) <= longest || m == method || m == "put" && method == "PUT"
	}) {
		return false
	}
	size := len(strings.Join(unsafeNames, ","))
	for _, name := range unsafeNames {
		if !slices.ContainsFunc(c.RequestHeaders, func(h string) bool {
			return strings.EqualFold(h, name) || h == "*" && name != "authorization" && size <= 4096
		}) {
			return false
		}
	}
	return true
}

// alwaysReadable are the CORS-safelisted response-header names.
var alwaysReadable = []string{"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"}

// Readable says whether a page may read a header of an answer that it was allowed to read, from the documentation of
// Config.ExposedHeaders alone. The name's case does not matter.
func Readable(c cors.Config, name string) bool {
	is := func(listed string) bool { return strings.EqualFold(listed, name) }
	if is("set-cookie") {
		return false
	}
	return slices.ContainsFunc(alwaysReadable, is) || slices.ContainsFunc(c.ExposedHeaders, is) || slices.Contains(c.ExposedHeaders, "*")
}
