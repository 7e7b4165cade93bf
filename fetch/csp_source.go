package fetch

import (
	"strconv"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/origin"
)

// cspSource is a source expression that can match a URL.
//
//   - any host over http and https
//     'self'                  the page's origin, and the same host over https
//     https:                  a scheme
//     api.example.com         a host, over the page's scheme or https, at the default port
//     https://*.example.com   hosts below it, and not itself
//     http://a.example:*      any port; http covers https
//     a.example/v1/           what is below a path; without the last slash that path alone
//     'none'                  nothing; nor do other words in quotes match a URL
//     a.example:80x           not a source expression: passed over
//
// https://w3c.github.io/webappsec-csp/#framework-directive-source-list
type cspSource struct {
	any, self bool
	// scheme is in lower case; empty: the page's. schemeOnly -> host, port and path are empty.
	scheme     string
	schemeOnly bool
	host       string // in lower case; "*" or "*." in front stand for others
	port       string // digits without leading zeros, "*", or empty
	path       string
}

// parseCSPSource reports false for what matches no URL: nonces, hashes, 'none', and what is malformed.
//
// DEVIATION(browser): a query or fragment is cut off, where the grammar refuses the whole expression; Chromium and Firefox do so and say it
// in the console. https://w3c.github.io/webappsec-csp/#grammardef-host-source, 2026-11-22.
//
// https://w3c.github.io/webappsec-csp/#grammardef-source-expression
func parseCSPSource(s string) (cspSource, bool) {
	switch {
	case s == "*":
		return cspSource{any: true}, true
	case httpspec.EqualFold(s, "'self'"):
		return cspSource{self: true}, true
	}
	if scheme, ok := strings.CutSuffix(s, ":"); ok && isScheme(scheme) {
		return cspSource{scheme: httpspec.Lower(scheme), schemeOnly: true}, true
	}
	var c cspSource
	rest := s
	if scheme, after, found := strings.Cut(s, "://"); found {
		if !isScheme(scheme) {
			return c, false
		}
		c.scheme, rest = httpspec.Lower(scheme), after
	}
	if at := strings.IndexByte(rest, '/'); at >= 0 {
		rest, c.path = rest[:at], rest[at:]
		if at := strings.IndexAny(c.path, "?#"); at >= 0 {
			c.path = c.path[:at]
		}
		if strings.HasPrefix(c.path, "//") {
			return c, false
		}
	}
	host, port, found := strings.Cut(rest, ":")
	if found {
		if port != "*" && (port == "" || !isDigits(port)) {
			return c, false
		}
		if c.port = strings.TrimLeft(port, "0"); c.port == "" {
			c.port = "0"
		}
	}
	if !isCSPHost(host) {
		return c, false
	}
	c.host = httpspec.Lower(host)
	return c, true
}

// isScheme is RFC 3986's scheme.
func isScheme(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if letter := c >= 'a' && c <= 'z'; !letter && (i == 0 || !isDigits(s[i:i+1]) && strings.IndexByte("+-.", s[i]) < 0) {
			return false
		}
	}
	return s != ""
}

// https://w3c.github.io/webappsec-csp/#grammardef-host-part
func isCSPHost(s string) bool {
	if s == "*" {
		return true
	}
	s = strings.TrimSuffix(strings.TrimPrefix(s, "*."), ".")
	for label := range strings.SplitSeq(s, ".") {
		if label == "" {
			return false
		}
		for i := range len(label) {
			if c := label[i] | 0x20; (c < 'a' || c > 'z') && !isDigits(label[i:i+1]) && label[i] != '-' {
				return false
			}
		}
	}
	return true
}

// matches is "does url match expression in origin with redirect count". After a redirect paths do not count, so that a page cannot
// learn from its own policy where it led.
//
// DEVIATION(browser): 'self' does not match blob: URLs of the page's origin, as web-platform-tests
// (content-security-policy/blob/self-doesnt-match-blob) and browsers have it, where the text compares origins alone.
// https://w3c.github.io/webappsec-csp/#match-url-to-source-expression, 2026-11-22.
//
// https://w3c.github.io/webappsec-csp/#match-url-to-source-expression
func (c *cspSource) matches(u *URL, self origin.Origin, redirects int) bool {
	switch {
	case c.any:
		return u.IsHTTP() || u.Scheme() == self.Scheme() && self.Scheme() != ""
	case c.self:
		return u.Scheme() != "blob" && matchesSelf(u, self)
	case c.schemeOnly:
		return cspSchemeMatches(c.scheme, u.Scheme())
	}
	scheme := c.scheme
	if scheme == "" {
		scheme = self.Scheme()
	}
	return u.Host() != "" && cspSchemeMatches(scheme, u.Scheme()) && c.hostMatches(u.Host()) && c.portMatches(u) &&
		(c.path == "" || redirects > 0 || cspPathMatches(c.path, u.Path()))
}

func matchesSelf(u *URL, self origin.Origin) bool {
	if origin.SameOrigin(u.Origin(), self) {
		return true
	}
	if self.IsOpaque() || !u.IsHTTP() || self.Host() != u.Host() {
		return false
	}
	selfPort, _ := self.EffectivePort()
	urlPort, _ := u.EffectivePort()
	_, selfHas := self.Port()
	_, urlHas := u.Port()
	if selfPort != urlPort && (selfHas || urlHas) {
		return false
	}
	return u.Scheme() == "https" || self.Scheme() == "http"
}

// https://w3c.github.io/webappsec-csp/#match-schemes
func cspSchemeMatches(a, b string) bool {
	switch a {
	case b:
		return true
	case "http", "wss":
		return b == "https"
	case "ws":
		return b == "wss" || b == "http" || b == "https"
	}
	return false
}

// hostMatches is host-part matching.
//
// DEVIATION(browser): an address matches itself, and "*" matches it, where the text lets none match; Chromium, Firefox and WebKit compare
// the strings. https://w3c.github.io/webappsec-csp/#match-hosts, 2026-11-22.
//
// https://w3c.github.io/webappsec-csp/#match-hosts
func (c *cspSource) hostMatches(host string) bool {
	if c.host == "*" {
		return true
	}
	if below, ok := strings.CutPrefix(c.host, "*"); ok {
		return strings.HasSuffix(host, below)
	}
	return c.host == host
}

// https://w3c.github.io/webappsec-csp/#match-ports
func (c *cspSource) portMatches(u *URL) bool {
	if c.port == "*" {
		return true
	}
	port, has := u.Port()
	if !has {
		if c.port == "" {
			return true
		}
		port, has = origin.DefaultPort(u.Scheme())
	}
	return has && c.port == strconv.Itoa(int(port))
}

// https://w3c.github.io/webappsec-csp/#match-paths
func cspPathMatches(a, b string) bool {
	if a == "/" && b == "" {
		return true
	}
	exact := !strings.HasSuffix(a, "/")
	pieces, others := strings.Split(a, "/"), strings.Split(b, "/")
	if len(pieces) > len(others) || exact && len(pieces) != len(others) {
		return false
	}
	if !exact {
		pieces = pieces[:len(pieces)-1]
	}
	for i, piece := range pieces {
		if percentDecode(piece) != percentDecode(others[i]) {
			return false
		}
	}
	return true
}
