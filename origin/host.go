package origin

import (
	"strconv"
	"strings"
)

// maxIPv6Length is the length of the longest serialised IPv6 address, without brackets.
const maxIPv6Length = len("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")

// isNumber reports whether the last label of a host makes the URL parser take the whole host for an IPv4 address.
//
// https://url.spec.whatwg.org/#ends-in-a-number-checker
func isNumber(label string) bool {
	if label == "" {
		return false
	}
	if hex, ok := strings.CutPrefix(label, "0x"); ok {
		for i := range len(hex) {
			if _, ok := hexDigit(hex[i]); !ok {
				return false
			}
		}
		return true
	}
	for i := range len(label) {
		if classes[label[i]] != classDigit {
			return false
		}
	}
	return true
}

// isSerialisedIPv4 reports whether host is four decimal numbers from 0 to 255 without leading zeros.
func isSerialisedIPv4(host string) bool {
	for part := range 4 {
		n, digits := 0, 0
		for digits < len(host) && digits < 3 && classes[host[digits]] == classDigit {
			n = n*10 + int(host[digits]-'0')
			digits++
		}
		if digits == 0 || n > 255 || digits > 1 && host[0] == '0' {
			return false
		}
		host = host[digits:]
		if part < 3 {
			if host == "" || host[0] != '.' {
				return false
			}
			host = host[1:]
		}
	}
	return host == ""
}

// isSerialisedIPv6 reports whether s, without brackets, is an IPv6 address in the one form that the URL standard's serialiser gives.
func isSerialisedIPv6(s string) bool {
	groups, ok := parseIPv6Groups(s)
	if !ok {
		return false
	}
	var buf [maxIPv6Length]byte
	return string(appendIPv6(buf[:0], groups)) == s
}

// parseIPv6Groups reads lower-case hexadecimal groups with at most one "::". It is lax about leading zeros and the place of "::",
// which the comparison in isSerialisedIPv6 settles, and strict about what has no value at all.
func parseIPv6Groups(s string) (groups [8]uint16, ok bool) {
	n, gap := 0, -1
	if strings.HasPrefix(s, "::") {
		gap, s = 0, s[2:]
	}
	for s != "" {
		if n == len(groups) {
			return groups, false
		}
		value, digits := 0, 0
		for digits < len(s) && digits < 4 {
			d, ok := hexDigit(s[digits])
			if !ok {
				break
			}
			value = value<<4 | d
			digits++
		}
		if digits == 0 {
			return groups, false
		}
		groups[n] = uint16(value)
		n++
		s = s[digits:]
		switch {
		case s == "":
		case strings.HasPrefix(s, "::") && gap < 0:
			gap, s = n, s[2:]
		case s[0] == ':' && len(s) > 1:
			s = s[1:]
		default:
			return groups, false
		}
	}
	if gap < 0 {
		return groups, n == len(groups)
	}
	if n == len(groups) {
		return groups, false
	}
	tail := n - gap
	copy(groups[len(groups)-tail:], groups[gap:n])
	clear(groups[gap : len(groups)-tail])
	return groups, true
}

// https://url.spec.whatwg.org/#concept-ipv6-serializer
func appendIPv6(b []byte, groups [8]uint16) []byte {
	// RFC 5952 sections 4.2.2 and 4.2.3: the longest run of two or more zero groups, the first among equals.
	gap, length := -1, 1
	for i := 0; i < len(groups); i++ {
		run := 0
		for i+run < len(groups) && groups[i+run] == 0 {
			run++
		}
		if run > length {
			gap, length = i, run
		}
		i += run
	}
	for i := 0; i < len(groups); i++ {
		if i == gap {
			b = append(b, "::"...)
			i += length - 1
			continue
		}
		if i > 0 && b[len(b)-1] != ':' {
			b = append(b, ':')
		}
		b = strconv.AppendUint(b, uint64(groups[i]), 16)
	}
	return b
}

func hexDigit(c byte) (value int, ok bool) {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0'), true
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10, true
	}
	return 0, false
}

// badURLHost returns the position of the first byte for which host cannot be the serialised host of a URL with a tuple origin, or -1.
//
// https://url.spec.whatwg.org/#forbidden-domain-code-point
func badURLHost(host string) int {
	if host == "" {
		return 0
	}
	if host[0] == '[' {
		if host[len(host)-1] != ']' || !isSerialisedIPv6(host[1:len(host)-1]) {
			return 0
		}
		return -1
	}
	for i := range len(host) {
		c := host[i]
		if c <= ' ' || c >= 0x7f || 'A' <= c && c <= 'Z' || strings.IndexByte("#/:<>?@[\\]^|%", c) >= 0 {
			return i
		}
	}
	if endsInNumber(host) && !isSerialisedIPv4(host) {
		return 0
	}
	return -1
}

// endsInNumber is isNumber for a whole host, whose trailing dot does not count.
func endsInNumber(host string) bool {
	host = strings.TrimSuffix(host, ".")
	return isNumber(host[strings.LastIndexByte(host, '.')+1:])
}

// isIP reports whether a serialised host is an IP address.
func isIP(host string) bool {
	return host != "" && host[0] == '[' || isSerialisedIPv4(host)
}
