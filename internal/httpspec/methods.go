package httpspec

// NormalizeMethod returns m in upper case when it is DELETE, GET, HEAD,
// OPTIONS, POST or PUT in any case, and m unchanged otherwise: patch stays
// patch, and is not PATCH.
//
// https://fetch.spec.whatwg.org/#concept-method-normalize
func NormalizeMethod(m string) string {
	switch len(m) {
	case 3:
		if EqualFold(m, "GET") {
			return "GET"
		}
		if EqualFold(m, "PUT") {
			return "PUT"
		}
	case 4:
		if EqualFold(m, "HEAD") {
			return "HEAD"
		}
		if EqualFold(m, "POST") {
			return "POST"
		}
	case 6:
		if EqualFold(m, "DELETE") {
			return "DELETE"
		}
	case 7:
		if EqualFold(m, "OPTIONS") {
			return "OPTIONS"
		}
	}
	return m
}

// IsForbiddenMethod reports whether m is CONNECT, TRACE or TRACK in any case:
// a page can send none of them.
//
// https://fetch.spec.whatwg.org/#forbidden-method
func IsForbiddenMethod(m string) bool {
	return matchesAny(m, "CONNECT", "TRACE", "TRACK")
}

// IsCORSSafelistedMethod reports whether m is GET, HEAD or POST, in upper case:
// methods are case-sensitive, normalize first what a page wrote.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-method
func IsCORSSafelistedMethod(m string) bool {
	return m == "GET" || m == "HEAD" || m == "POST"
}
