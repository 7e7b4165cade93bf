package httpspec

// NormalizeHeaderValue returns v without HTTP whitespace bytes (HT, LF, CR, SP)
// at either end.
//
// https://fetch.spec.whatwg.org/#concept-header-value-normalize
func NormalizeHeaderValue(v string) string {
	for v != "" && isHTTPWhitespace(v[0]) {
		v = v[1:]
	}
	for v != "" && isHTTPWhitespace(v[len(v)-1]) {
		v = v[:len(v)-1]
	}
	return v
}

// IsHeaderValue reports whether v is a header value: no tab or space at either
// end, and no NUL, LF or CR anywhere. The empty string is one.
//
// https://fetch.spec.whatwg.org/#concept-header-value
func IsHeaderValue(v string) bool {
	if v == "" {
		return true
	}
	if isTabOrSpace(v[0]) || isTabOrSpace(v[len(v)-1]) {
		return false
	}
	for i := range len(v) {
		if v[i] == 0 || v[i] == '\n' || v[i] == '\r' {
			return false
		}
	}
	return true
}

func isTabOrSpace(c byte) bool { return c == ' ' || c == '\t' }

func isHTTPWhitespace(c byte) bool { return isTabOrSpace(c) || c == '\n' || c == '\r' }

// IsForbiddenRequestHeader reports whether a page may not set the header (name,
// value). The value matters for X-HTTP-Method, X-HTTP-Method-Override and
// X-Method-Override, which are forbidden when they smuggle a forbidden method.
//
// https://fetch.spec.whatwg.org/#forbidden-request-header
func IsForbiddenRequestHeader(name, value string) bool {
	if IsForbiddenRequestHeaderName(name) {
		return true
	}
	if !matchesAny(name, "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override") {
		return false
	}
	forbidden := false
	splitQuoted(value, func(method string) {
		forbidden = forbidden || IsForbiddenMethod(method)
	})
	return forbidden
}

// IsForbiddenRequestHeaderName reports whether a page may not set a header of
// this name, whatever its value. See IsForbiddenRequestHeader for the names
// whose value matters.
//
// https://fetch.spec.whatwg.org/#forbidden-request-header
func IsForbiddenRequestHeaderName(name string) bool {
	if hasPrefixFold(name, "proxy-") || hasPrefixFold(name, "sec-") {
		return true
	}
	switch len(name) {
	case 2:
		return EqualFold(name, "TE")
	case 3:
		return matchesAny(name, "DNT", "Via")
	case 4:
		return matchesAny(name, "Date", "Host")
	case 6:
		return matchesAny(name, "Cookie", "Expect", "Origin")
	case 7:
		return matchesAny(name, "Cookie2", "Referer", "Trailer", "Upgrade")
	case 10:
		return matchesAny(name, "Connection", "Keep-Alive", "Set-Cookie")
	case 14:
		return matchesAny(name, "Accept-Charset", "Content-Length")
	case 15:
		return EqualFold(name, "Accept-Encoding")
	case 17:
		return EqualFold(name, "Transfer-Encoding")
	case 29:
		return EqualFold(name, AccessControlRequestMethod)
	case 30:
		return EqualFold(name, AccessControlRequestHeaders)
	}
	return false
}

// IsForbiddenResponseHeaderName reports whether name is Set-Cookie or
// Set-Cookie2, which no page gets to read and no list can expose.
//
// https://fetch.spec.whatwg.org/#forbidden-response-header-name
func IsForbiddenResponseHeaderName(name string) bool {
	return matchesAny(name, "Set-Cookie", "Set-Cookie2")
}

// IsCORSSafelistedResponseHeaderName reports whether a page may read the
// response header name across origins when the server exposes none by name.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
func IsCORSSafelistedResponseHeaderName(name string) bool {
	return matchesAny(name, "Cache-Control", "Content-Language", "Content-Length",
		"Content-Type", "Expires", "Last-Modified", "Pragma")
}

// IsCORSNonWildcardRequestHeaderName reports whether name is Authorization,
// which a "*" in Access-Control-Allow-Headers does not cover.
//
// https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
func IsCORSNonWildcardRequestHeaderName(name string) bool {
	return EqualFold(name, "Authorization")
}

// IsPrivilegedNoCORSRequestHeaderName reports whether name is Range.
//
// https://fetch.spec.whatwg.org/#privileged-no-cors-request-header-name
func IsPrivilegedNoCORSRequestHeaderName(name string) bool {
	return EqualFold(name, "Range")
}

// IsRequestBodyHeaderName reports whether name describes a request's body, and
// so is dropped when a redirect drops the body.
//
// https://fetch.spec.whatwg.org/#request-body-header-name
func IsRequestBodyHeaderName(name string) bool {
	return matchesAny(name, "Content-Encoding", "Content-Language", "Content-Location", "Content-Type")
}

// IsCORSSafelistedRequestHeaderName reports whether name is one that the
// definition of a CORS-safelisted request-header knows: Accept,
// Accept-Language, Content-Language, Content-Type or Range. Whether a header of
// that name needs a preflight depends on its value too.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func IsCORSSafelistedRequestHeaderName(name string) bool {
	return IsNoCORSSafelistedRequestHeaderName(name) || EqualFold(name, "Range")
}

// IsNoCORSSafelistedRequestHeaderName reports whether name is Accept,
// Accept-Language, Content-Language or Content-Type.
//
// https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header-name
func IsNoCORSSafelistedRequestHeaderName(name string) bool {
	return matchesAny(name, "Accept", "Accept-Language", "Content-Language", "Content-Type")
}
