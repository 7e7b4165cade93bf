package httpspec

import "strings"

// Stars stand for a secret. Their number says nothing about its length.
const Stars = "****"

// IsAuthorization reports whether the value of the header is a scheme and credentials.
func IsAuthorization(name string) bool {
	return matchesAny(name, "Authorization", "Proxy-Authorization")
}

// IsKey reports whether a key travels in the header, as it does by custom in some and by no standard.
func IsKey(name string) bool {
	return matchesAny(name, "X-Api-Key", "X-Auth-Token", "X-Csrf-Token", "X-Xsrf-Token")
}

// MaskValue returns the value of the header called name with stars for what opens doors, and whether the header is of those that hold such
// things: credentials, cookies, keys. The scheme of credentials stays, which is no secret and goes wrong most often, and so do the names
// and attributes of cookies.
func MaskValue(name, value string) (masked string, secret bool) {
	switch {
	case matchesAny(name, "Cookie"):
		pairs := strings.Split(value, ";")
		for i, pair := range pairs {
			pairs[i] = maskPair(pair)
		}
		return strings.Join(pairs, ";"), true
	case matchesAny(name, "Set-Cookie"):
		pair, attributes, found := strings.Cut(value, ";")
		if found {
			attributes = ";" + attributes
		}
		return maskPair(pair) + attributes, true
	case IsKey(name):
		return starsFor(value), true
	case IsAuthorization(name):
		if scheme, _, found := strings.Cut(value, " "); found && IsToken(scheme) {
			return scheme + " " + Stars, true
		}
		return starsFor(value), true
	}
	return value, false
}

func starsFor(value string) string {
	if value == "" {
		return ""
	}
	return Stars
}

// maskPair masks the value of "name=value"; without a name, all of it is the value.
func maskPair(pair string) string {
	name, value, found := strings.Cut(pair, "=")
	switch {
	case found && value != "":
		return name + "=" + Stars
	case found || strings.TrimSpace(pair) == "":
		return pair
	}
	return Stars
}
