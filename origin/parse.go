package origin

// Parse parses a serialised origin, byte for byte: origin-or-null of the Fetch standard
// (https://fetch.spec.whatwg.org/#origin-header). "null" gives a new opaque origin each time.
//
// Parse accepts what the grammar accepts, as long as some origin serialises to it; so an accepted origin's String is the input, and two
// accepted origins are == exactly if they are the same. The grammar alone is wider: it lets through a default port, ports with leading
// zeros or above 65535, IPv6 addresses that are not compressed as RFC 5952 section 4 has it, and names such as 127.1 that are
// another spelling of an IPv4 address.
//
//	https://example.com          accepted
//	http://localhost:5173        accepted
//	http://[::1]:8080            accepted
//	https://xn--bcher-kva.de     accepted; punycode is not decoded
//	chrome-extension://abcdef    accepted; any scheme
//	null                         accepted; opaque
//	https://example.com/         refused: trailing slash
//	https://Example.com          refused: upper case
//	https://example.com:443      refused: the default port
//	http://[0:0:0:0:0:0:0:1]     refused: written as [::1]
//	http://127.1                 refused: written as 127.0.0.1
//	https://my_host.example      refused: no underscore in the grammar
//	https://example.com.         refused: no trailing dot in the grammar
//	*                            refused: a wildcard, not an origin
//
// What is refused, and longer input than [MaxLength], gives a *[ParseError]. Success allocates nothing, unless the origin is opaque.
func Parse(s string) (Origin, error) {
	if o, ok := ParseTuple(s); ok {
		return o, nil
	}
	if s == "null" {
		return NewOpaque(), nil
	}
	return Origin{}, explain(s)
}

// MustParse is [Parse] for origins that are known to be right; it panics on an error.
func MustParse(s string) Origin {
	o, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return o
}

// ParseTuple is [Parse] for the path of a request: it knows tuple origins only, does not say why it refuses, and never
// allocates. ok is false for "null" too.
func ParseTuple(s string) (o Origin, ok bool) {
	if len(s) > MaxLength {
		return Origin{}, false
	}
	schemeLen := scanScheme(s)
	start := schemeLen + len("://")
	if schemeLen == 0 || len(s) < start || s[schemeLen:start] != "://" {
		return Origin{}, false
	}
	hostEnd, ok := scanHost(s, start)
	if !ok {
		return Origin{}, false
	}
	o = Origin{s: s, schemeLen: uint16(schemeLen), hostEnd: uint16(hostEnd)}
	if hostEnd == len(s) {
		return o, true
	}
	if s[hostEnd] != ':' {
		return Origin{}, false
	}
	o.port, ok = parsePort(s[hostEnd+1:])
	if def, hasDefault := DefaultPort(o.Scheme()); !ok || hasDefault && o.port == def {
		return Origin{}, false
	}
	o.hasPort = true
	return o, true
}

// class sorts the bytes that the grammar names; all others are 0.
type class uint8

const (
	classAlpha class = 1 << iota // a-z, never A-Z
	classDigit
	classHyphen
	classDot
	classPlus

	classAlphanum = classAlpha | classDigit
	classScheme   = classAlphanum | classHyphen | classDot | classPlus
)

var classes = func() (t [256]class) {
	for c := 'a'; c <= 'z'; c++ {
		t[c] = classAlpha
	}
	for c := '0'; c <= '9'; c++ {
		t[c] = classDigit
	}
	t['-'], t['.'], t['+'] = classHyphen, classDot, classPlus
	return t
}()

// scanScheme returns the length of the serialized-scheme that s begins with, or 0.
func scanScheme(s string) int {
	if s == "" || classes[s[0]] != classAlpha {
		return 0
	}
	i := 1
	for i < len(s) && classes[s[i]]&classScheme != 0 {
		i++
	}
	return i
}

// scanHost returns the end of the serialized-host at start. ok is false if there is none, or if no origin serialises to it.
func scanHost(s string, start int) (end int, ok bool) {
	if start < len(s) && s[start] == '[' {
		for end = start + 1; end < len(s) && end < start+len("[")+maxIPv6Length; end++ {
			if s[end] == ']' {
				break
			}
		}
		if end == len(s) || s[end] != ']' || !isSerialisedIPv6(s[start+1:end]) {
			return start, false
		}
		return end + 1, true
	}
	label := start
	previous := classDot
	for end = start; end < len(s); end++ {
		c := classes[s[end]]
		if c&classAlphanum == 0 {
			if c == classHyphen && previous == classDot || c == classDot && previous&classAlphanum == 0 {
				return end, false
			}
			if c == classDot {
				label = end + 1
			} else if c != classHyphen {
				break
			}
		}
		previous = c
	}
	if previous&classAlphanum == 0 {
		return end, false
	}
	// serialized-ipv4 is a subset of serialized-domain, so that only names that look like an address need the second look.
	if classes[s[label]] == classDigit && isNumber(s[label:end]) && !isSerialisedIPv4(s[start:end]) {
		return start, false
	}
	return end, true
}

// parsePort parses a port as it is serialised: the shortest decimal form, 0 to 65535.
func parsePort(s string) (port uint16, ok bool) {
	if s == "" || len(s) > len("65535") || s[0] == '0' && len(s) > 1 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if classes[s[i]] != classDigit {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return uint16(n), n <= 65535
}
