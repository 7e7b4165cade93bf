package fetch

import (
	"fmt"
	"strings"
	"time"

	"github.com/corscope/corscope/origin"
)

// Limits of the draft on one cookie.
// Source: https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-a-cookie
const (
	maxCookieNameValue = 4096
	maxCookieAttribute = 1024
	maxCookieAge       = 400 * 24 * time.Hour

	// maxIgnoredAttributes bounds what a decision repeats of a hostile header.
	maxIgnoredAttributes = 16
)

// setCookie is a parsed Set-Cookie header before anything is asked of the store.
type setCookie struct {
	Cookie
	hasPath   bool // a Path attribute gave the path
	hasDomain bool
	ignored   []string
}

func (c *setCookie) ignore(format string, args ...any) {
	if len(c.ignored) < maxIgnoredAttributes {
		c.ignored = append(c.ignored, fmt.Sprintf(format, args...))
	}
}

// ParseSetCookie parses the value of a Set-Cookie header of an answer from u, and
// applies every rule that needs neither a jar nor the request: a decision that is
// not Accepted says why no jar would store the cookie. now is the time that
// Max-Age counts from.
//
// Source: https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-a-cookie
func ParseSetCookie(line string, u *URL, p CookiePolicy, now time.Time) (Cookie, CookieDecision) {
	c, reason, why := parseSetCookie(line, u, p, now)
	if reason == "" {
		reason, why = c.checkAttributes(u, p)
	}
	d := c.decision(reason, why)
	if reason == "" {
		d.Accepted, d.Reason, d.Why = true, CookieStored, "the cookie is well-formed"
	}
	return c.Cookie, d
}

func (c *setCookie) decision(reason CookieReason, why string) CookieDecision {
	return CookieDecision{Name: c.Name, Cookie: c.Cookie, Reason: reason, Why: why, Ignored: c.ignored}
}

// parseSetCookie is "parse a cookie" and the part of "store a cookie" that finds
// the domain. A reason that is not empty says why there is no cookie.
func parseSetCookie(line string, u *URL, p CookiePolicy, now time.Time) (c setCookie, reason CookieReason, why string) {
	c.Created, c.LastAccess = now, now
	c.Domain, c.HostOnly = u.Host(), true
	c.Path = defaultCookiePath(u.Path())

	pair, attributes, more := strings.Cut(line, ";")
	name, value, ok := strings.Cut(pair, "=")
	if !ok {
		name, value = "", pair
	}
	c.Name, c.Value = trimBlanks(name), trimBlanks(value)
	if i := strings.IndexFunc(line, isCookieControl); i >= 0 {
		c.Name = strings.Map(func(r rune) rune {
			if isCookieControl(r) {
				return '\uFFFD'
			}
			return r
		}, c.Name)
		return c, CookieControlCharacter, fmt.Sprintf("the header has the control character 0x%02X at byte %d", line[i], i)
	}
	if c.Name == "" && c.Value == "" {
		return c, CookieEmpty, "the header has neither a name nor a value"
	}
	if n := len(c.Name) + len(c.Value); n > maxCookieNameValue {
		return c, CookieTooLarge, fmt.Sprintf("name and value have %d bytes together; the limit is %d", n, maxCookieNameValue)
	}

	var domain string
	maxAgeSeen := false
	for more {
		var attribute string
		attribute, attributes, more = strings.Cut(attributes, ";")
		name, value, _ := strings.Cut(attribute, "=")
		name, value = trimBlanks(name), trimBlanks(value)
		if len(value) > maxCookieAttribute {
			c.ignore("%s has %d bytes; the limit is %d", quoteShort(name), len(value), maxCookieAttribute)
			continue
		}
		switch strings.ToLower(name) {
		case "expires":
			expires, ok := parseCookieDate(value)
			switch {
			case !ok:
				c.ignore("Expires=%s is not a date", quoteShort(value))
			case maxAgeSeen:
				c.ignore("Expires has no effect beside Max-Age")
			default:
				c.expire(expires, now)
			}
		case "max-age":
			seconds, ok := parseMaxAge(value)
			if !ok {
				c.ignore("Max-Age=%s is not a whole number of seconds", quoteShort(value))
				break
			}
			maxAgeSeen = true
			if seconds <= 0 {
				c.Persistent, c.Expires = true, time.Unix(0, 0).UTC()
				break
			}
			c.expire(now.Add(time.Duration(seconds)*time.Second), now)
		case "domain":
			domain, c.hasDomain = strings.TrimPrefix(value, "."), value != ""
		case "path":
			c.hasPath = strings.HasPrefix(value, "/")
			if c.Path = value; !c.hasPath {
				c.Path = defaultCookiePath(u.Path())
				c.ignore("Path=%s does not begin with \"/\": the path is %s", quoteShort(value), quoteShort(c.Path))
			}
		case "secure":
			c.Secure = true
		case "httponly":
			c.HTTPOnly = true
		case "samesite":
			var ok bool
			if c.SameSite, ok = parseSameSite(value); !ok {
				c.ignore("SameSite=%s is none of Strict, Lax and None", quoteShort(value))
			}
		case "partitioned":
			if c.Partitioned = p.PartitionedAttribute; !c.Partitioned {
				c.ignore("Partitioned is unknown to this browser")
			}
		case "":
		default:
			c.ignore("there is no attribute %s", quoteShort(name))
		}
	}
	if c.hasDomain {
		if reason, why = c.setDomain(domain, u.Host()); reason != "" {
			return c, reason, why
		}
	}
	return c, "", ""
}

// setDomain applies a Domain attribute that is not empty.
// Source: https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-store-a-cookie
func (c *setCookie) setDomain(value, host string) (CookieReason, string) {
	domain, ok := "", false
	if isASCII(value) && value != "" {
		domain, ok = parseHost(value)
	}
	switch {
	case ok:
	case strings.Contains(value, "://"):
		return CookieBadDomain, fmt.Sprintf("Domain=%s is a URL: write its host alone", quoteShort(value))
	case strings.Contains(value, ":") && !strings.HasPrefix(value, "["):
		return CookieBadDomain, fmt.Sprintf("Domain=%s has a port: cookies do not know ports", quoteShort(value))
	case !isASCII(value):
		return CookieBadDomain, fmt.Sprintf("Domain=%s is not ASCII: write its xn-- form", quoteShort(value))
	default:
		return CookieBadDomain, fmt.Sprintf("Domain=%s is not a host", quoteShort(value))
	}
	if !domainMatches(host, domain) {
		return CookieDomainMismatch, fmt.Sprintf("Domain=%s is neither the host %s nor a parent of it", quoteShort(value), quoteShort(host))
	}
	if isPublicSuffix(domain) {
		if domain == host {
			return "", "" // the host itself is one: the cookie stays with it
		}
		return CookiePublicSuffix, fmt.Sprintf("Domain=%s is a public suffix, shared by sites of many owners", quoteShort(value))
	}
	c.Domain, c.HostOnly = domain, false
	return "", ""
}

// checkAttributes are the steps of "store a cookie" that look at nothing but the
// cookie and whether its URL is secure.
// Source: https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-store-a-cookie
func (c *setCookie) checkAttributes(u *URL, p CookiePolicy) (CookieReason, string) {
	if c.Secure && !p.isSecure(u) {
		return CookieInsecureURL, fmt.Sprintf("it is Secure, and %s:// is not", u.Scheme())
	}
	if c.SameSite == SameSiteNone && !c.Secure && !p.AllowInsecureNone {
		return CookieNoneNotSecure, "SameSite=None needs Secure"
	}
	if c.Partitioned && !c.Secure {
		return CookiePartitionedNotSecure, "Partitioned needs Secure"
	}
	hasPrefix := func(s, prefix string) bool {
		return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
	}
	if c.Name == "" {
		for _, prefix := range []string{"__Secure-", "__Host-", "__Http-"} { // __Host-Http- begins with __Host-
			if hasPrefix(c.Value, prefix) {
				return CookieNamelessPrefix, fmt.Sprintf("a cookie without a name would be read as one named %s...", prefix)
			}
		}
		return "", ""
	}
	switch {
	case hasPrefix(c.Name, "__Secure-"):
		if missing := c.missing(false, false); missing != "" {
			return CookieSecurePrefix, "a name that begins with __Secure- needs " + missing
		}
	case hasPrefix(c.Name, "__Host-Http-"):
		if missing := c.missing(true, true); missing != "" {
			return CookieHostHTTPPrefix, "a name that begins with __Host-Http- needs " + missing
		}
	case hasPrefix(c.Name, "__Host-"):
		if missing := c.missing(true, false); missing != "" {
			return CookieHostPrefix, "a name that begins with __Host- needs " + missing
		}
	case hasPrefix(c.Name, "__Http-"):
		if missing := c.missing(false, true); missing != "" {
			return CookieHTTPPrefix, "a name that begins with __Http- needs " + missing
		}
	}
	return "", ""
}

// missing names what a prefixed cookie lacks: Secure always, the others as asked.
func (c *setCookie) missing(host, http bool) string {
	var missing []string
	if !c.Secure {
		missing = append(missing, "Secure")
	}
	if http && !c.HTTPOnly {
		missing = append(missing, "HttpOnly")
	}
	if host && (!c.hasPath || c.Path != "/") {
		missing = append(missing, "Path=/")
	}
	if host && !c.HostOnly {
		missing = append(missing, "to have no Domain")
	}
	return strings.Join(missing, " and ")
}

// expire sets the expiry, at most 400 days ahead.
func (c *setCookie) expire(at, now time.Time) {
	if limit := now.Add(maxCookieAge); at.After(limit) {
		at = limit
		c.ignore("the lifetime is cut to 400 days")
	}
	c.Persistent, c.Expires = true, at
}

// parseMaxAge parses Max-Age in seconds; a number too large for the age limit is
// cut to a little more than it.
func parseMaxAge(s string) (int64, bool) {
	digits := strings.TrimPrefix(s, "-")
	if !allDigits(digits) {
		return 0, false
	}
	if len(digits) < len(s) {
		return -1, true
	}
	const limit = int64(maxCookieAge/time.Second) + 1
	var n int64
	for i := range len(digits) {
		if n = n*10 + int64(digits[i]-'0'); n > limit {
			return limit, true
		}
	}
	return n, true
}

func parseSameSite(s string) (SameSite, bool) {
	switch strings.ToLower(s) {
	case "none":
		return SameSiteNone, true
	case "lax":
		return SameSiteLax, true
	case "strict":
		return SameSiteStrict, true
	}
	return SameSiteUnset, false
}

// defaultCookiePath is the URL's directory.
// Source: https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-default-path
func defaultCookiePath(path string) string {
	if i := strings.LastIndexByte(path, '/'); i > 0 && path[0] == '/' {
		return path[:i]
	}
	return "/"
}

// pathMatches reports whether a cookie with cookiePath goes along to requestPath.
// Source: https://datatracker.ietf.org/doc/html/rfc6265#section-5.1.4
func pathMatches(requestPath, cookiePath string) bool {
	rest, ok := strings.CutPrefix(requestPath, cookiePath)
	return ok && (rest == "" || rest[0] == '/' || strings.HasSuffix(cookiePath, "/"))
}

// domainMatches reports whether host is domain or below it.
// Source: https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-domain-matching
func domainMatches(host, domain string) bool {
	if host == domain {
		return true
	}
	rest, ok := strings.CutSuffix(host, domain)
	return ok && strings.HasSuffix(rest, ".") && !isIPHost(host)
}

// isIPHost reports whether a serialised host is an address.
func isIPHost(host string) bool {
	return strings.HasPrefix(host, "[") || endsInANumber(host)
}

// isPublicSuffix reports whether a serialised host is a public suffix: sites of
// many owners lie below it.
func isPublicSuffix(host string) bool {
	_, below := origin.RegistrableDomain(host)
	return !below && !isIPHost(host)
}

// isCookieControl tells the bytes that no Set-Cookie may have: controls but tab.
func isCookieControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7F }

func trimBlanks(s string) string { return strings.Trim(s, " \t") }

// quoteShort quotes an attribute for a sentence.
func quoteShort(s string) string {
	const limit = 80
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "") + "..."
	}
	return fmt.Sprintf("%q", s)
}
