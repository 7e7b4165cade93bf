package origin

import "strings"

// IsPotentiallyTrustworthy reports whether a browser counts o as secure: https and wss, loopback addresses and localhost whatever the
// scheme, and file. Opaque and invalid origins are not. Origins that a user has set to be trusted, and schemes of a browser's own
// such as chrome-extension, are for the caller to add.
//
// https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
func (o Origin) IsPotentiallyTrustworthy() bool {
	switch o.Scheme() {
	case "https", "wss", "file":
		return true
	}
	return isLoopbackHost(o.Host())
}

// isLoopbackHost reports whether host is an address in 127.0.0.0/8 or ::1/128, or a name that resolves to one by
// https://datatracker.ietf.org/doc/html/draft-ietf-dnsop-let-localhost-be-localhost.
// An IPv4 loopback address in IPv6 dress is not: the standard names two blocks only.
func isLoopbackHost(host string) bool {
	if host == "[::1]" || strings.HasPrefix(host, "127.") && isSerialisedIPv4(host) {
		return true
	}
	name := strings.TrimSuffix(host, ".")
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}
