package cors

import (
	"strings"

	"github.com/corscope/corscope/origin"
)

// requestOrigin is an origin taken apart: substrings of what it was taken from.
type requestOrigin struct {
	scheme   string
	host     string // an IPv6 address with its brackets
	hostport string // host, and the port if it is written
}

// maxHostLength is that of the longest name in DNS, with the dot at its end.
const maxHostLength = 254

// parseRequestOrigin takes apart the value of an Origin header, or an exact
// origin of a Config. It accepts what package origin does, and the hosts that
// its grammar leaves out but that URLs, and so browsers, have: names with
// underscores, labels that begin or end with a hyphen, and one dot at the end.
// Nothing that it accepts has bytes other than a-z, 0-9 and "+-._:/[]", so that
// an accepted origin can be sent back and logged as it is.
func parseRequestOrigin(s string) (requestOrigin, bool) {
	if o, ok := origin.ParseTuple(s); ok {
		host := o.Host()
		if len(host) > maxHostLength {
			return requestOrigin{}, false
		}
		return requestOrigin{o.Scheme(), host, s[len(o.Scheme())+len("://"):]}, true
	}
	// The names that only URLs have: judged by the parser of package origin with
	// the host put aside.
	if len(s) > origin.MaxLength {
		return requestOrigin{}, false
	}
	scheme, hostport, ok := strings.Cut(s, "://")
	if !ok {
		return requestOrigin{}, false
	}
	host, port, hasPort := strings.Cut(hostport, ":")
	if !isURLName(host) || !isScheme(scheme) {
		return requestOrigin{}, false
	}
	if hasPort && !isExplicitPort(scheme, port) {
		return requestOrigin{}, false
	}
	return requestOrigin{scheme, host, hostport}, true
}

// isURLName reports whether host is a domain name as URLs have it, underscores
// and a dot at the end included. A name whose last label is a number is not one:
// it would be an IPv4 address.
func isURLName(host string) bool {
	if len(host) > maxHostLength {
		return false
	}
	name := strings.TrimSuffix(host, ".")
	label := 0
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_':
		case c == '.' && i > label:
			label = i + 1
		default:
			return false
		}
	}
	return len(name) > label && !isNumber(name[label:])
}

// isNumber reports whether the last label of a host makes a URL's parser take
// the host for an IPv4 address.
//
// https://url.spec.whatwg.org/#ends-in-a-number-checker
func isNumber(label string) bool {
	if hex, ok := strings.CutPrefix(label, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return label != "" && strings.Trim(label, "0123456789") == ""
}

// isScheme reports whether s is a scheme in lower case.
//
// https://fetch.spec.whatwg.org/#origin-header (serialized-scheme)
func isScheme(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z':
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return s != "" && len(s) <= maxSchemeLength
}

// maxSchemeLength is far above that of any scheme with origins.
const maxSchemeLength = 64

// isExplicitPort reports whether a serialised origin of this scheme may carry
// this port: in shortest form, at most 65535, and not the scheme's default.
func isExplicitPort(scheme, port string) bool {
	n, ok := parsePort(port)
	if !ok {
		return false
	}
	def, hasDefault := origin.DefaultPort(scheme)
	return !hasDefault || n != def
}

// parsePort parses a port in its shortest decimal form.
func parsePort(s string) (uint16, bool) {
	if s == "" || len(s) > len("65535") || s[0] == '0' && len(s) > 1 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return uint16(n), n <= 65535
}
