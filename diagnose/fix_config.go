package diagnose

import (
	"slices"
	"strings"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// maxConfigAge is the longest that package cors takes.
const maxConfigAge = 86400

// configure fills in the policy that sends what the fix asks for, and runs the fetch against it: the server's half answers, the
// browser's half judges.
func (s *search) configure(f *Fix) {
	if s.trace.Page.Origin == opaque {
		f.ConfigNote = "A page without an origin of its own cannot be named in a policy. Serve it over http or https."
		return
	}
	if !slices.ContainsFunc(s.edits, func(e edit) bool { return e.isCORS() }) {
		if slices.ContainsFunc(s.edits, func(e edit) bool { return e.name == httpspec.CrossOriginResourcePolicy }) {
			f.ConfigNote = `Package cors sends it with crossOriginResourcePolicy: "cross-origin".`
		}
		return
	}
	t := s.fixed[0]
	if t == nil {
		return
	}
	target, err := fetch.ParseURL(t.Request.URL)
	if err != nil {
		return
	}
	c := s.configFor(t, target.Origin().String())
	policy, err := cors.Compile(c)
	if err != nil && c.Credentials && strings.HasPrefix(s.trace.Page.Origin, "http://") {
		c.DangerouslyAllowInsecureOrigins = true
		f.ConfigNote = "The page is on plain http, and its credentials would go to whoever can change it on the way: serve it over https, and leave out dangerouslyAllowInsecureOrigins."
		policy, err = cors.Compile(c)
	}
	if err != nil {
		f.ConfigNote = "No policy of package cors says this: " + err.Error()
		return
	}
	// What the policy does not answer for stays edited: statuses, redirects, and the servers behind them.
	check := search{simulation: s.simulation, profiles: s.profiles}
	check.policy, check.policyOrigin = policy, target.Origin().String()
	check.edits = slices.DeleteFunc(slices.Clone(s.edits), func(e edit) bool {
		return e.isCORS() && sameServer(e.url, check.policyOrigin)
	})
	if !check.succeeds() {
		f.ConfigNote = "A policy on this server alone is not enough: the fix is on more than one server, or not about CORS."
		return
	}
	f.Config = &c
}

// isCORS reports an edit that a CORS middleware makes: one of its headers, or the status of a preflight.
func (e edit) isCORS() bool {
	return e.kind == fetch.ExchangePreflight && e.name == "" || isAccessControl(e.name)
}

func sameServer(raw, origin string) bool {
	u, err := fetch.ParseURL(raw)
	return err == nil && u.Origin().String() == origin
}

// configFor reads off a repaired trace what the server at origin has to allow: what was there and is not wrong, and what the fix adds.
func (s *search) configFor(t *fetch.Trace, origin string) cors.Config {
	include := t.Request.Credentials == fetch.CredentialsInclude
	c := cors.Config{Origins: []string{s.trace.Page.Origin}, Credentials: include}
	open := !include
	for _, x := range t.Exchanges {
		if !sameServer(x.URL, origin) {
			continue
		}
		allowed, _ := x.ResponseHeaders.Get(httpspec.AccessControlAllowOrigin)
		open = open && allowed == httpspec.Wildcard
		if x.Kind == fetch.ExchangePreflight {
			c.Methods = merge(c.Methods, x, httpspec.AccessControlAllowMethods, include)
			c.RequestHeaders = merge(c.RequestHeaders, x, httpspec.AccessControlAllowHeaders, include)
			if age, err := httpspec.ParseDeltaSeconds(x.ResponseHeaders.Values(httpspec.AccessControlMaxAge)); err == nil {
				c.MaxAgeSeconds = int(min(age, maxConfigAge))
				if age == 0 {
					c.MaxAgeSeconds = -1
				}
			}
		} else {
			c.ExposedHeaders = merge(c.ExposedHeaders, x, httpspec.AccessControlExposeHeaders, include)
		}
	}
	c.Methods = slices.DeleteFunc(c.Methods, func(m string) bool {
		return httpspec.IsCORSSafelistedMethod(m) || m != httpspec.NormalizeMethod(m) || httpspec.IsForbiddenMethod(m)
	})
	c.RequestHeaders = slices.DeleteFunc(c.RequestHeaders, func(h string) bool {
		return httpspec.IsForbiddenRequestHeaderName(h) || isAccessControl(h)
	})
	c.ExposedHeaders = slices.DeleteFunc(c.ExposedHeaders, func(h string) bool {
		return httpspec.IsCORSSafelistedResponseHeaderName(h) || httpspec.IsForbiddenResponseHeaderName(h)
	})
	if slices.Contains(c.Methods, httpspec.Wildcard) {
		c.Methods = []string{httpspec.Wildcard}
	}
	if slices.Contains(c.RequestHeaders, httpspec.Wildcard) {
		authorization := slices.ContainsFunc(c.RequestHeaders, httpspec.IsCORSNonWildcardRequestHeaderName)
		c.RequestHeaders = []string{httpspec.Wildcard}
		if authorization {
			c.RequestHeaders = append(c.RequestHeaders, "Authorization")
		}
	}
	if slices.Contains(c.ExposedHeaders, httpspec.Wildcard) {
		c.ExposedHeaders = []string{httpspec.Wildcard}
	}
	if open {
		c.Origins, c.AllowAnyOrigin = nil, true
	}
	return c
}

// merge adds to a list what a header of an answer names. A wildcard under credentials is a name that nobody uses.
func merge(list []string, x *fetch.Exchange, header string, include bool) []string {
	members, err := httpspec.ParseTokenList(x.ResponseHeaders.Values(header))
	if err != nil {
		return list
	}
	for _, m := range members {
		if include && m == httpspec.Wildcard || len(list) >= maxListed {
			continue
		}
		if !slices.ContainsFunc(list, func(o string) bool { return httpspec.EqualFold(o, m) }) {
			list = append(list, m)
		}
	}
	return list
}
