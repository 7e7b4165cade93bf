package fetch

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// idnaToASCII is Unicode ToASCII with the options of the URL Standard: bidi and
// joiner checks on; hyphen, length and STD3 checks off; non-transitional.
// Source: https://url.spec.whatwg.org/#concept-domain-to-ascii
var idnaToASCII = idna.New(
	idna.MapForLookup(),
	idna.BidiRule(),
	idna.CheckJoiners(true),
	idna.CheckHyphens(false),
	idna.VerifyDNSLength(false),
	idna.StrictDomainName(false),
	idna.Transitional(false),
)

// parseHost parses the host of a URL with a special scheme and returns its
// serialisation.
//
// It stands here, and the library's is bypassed, because the host decides the
// origin: the library reads "9.2.+3.4" as an IPv4 address, drops what follows
// "XN--" in a label, and takes brackets inside an IPv6 address for decoration.
// Source: https://url.spec.whatwg.org/#concept-host-parser
func parseHost(input string) (string, bool) {
	if strings.HasPrefix(input, "[") {
		if !strings.HasSuffix(input, "]") {
			return "", false
		}
		return parseIPv6(input[1 : len(input)-1])
	}
	domain := percentDecode(input)
	if !utf8.ValidString(domain) {
		return "", false
	}
	host, ok := domainToASCII(domain)
	if !ok {
		return "", false
	}
	for i := range len(host) {
		if isForbiddenDomainByte(host[i]) {
			return "", false
		}
	}
	if endsInANumber(host) {
		return parseIPv4(host)
	}
	return host, true
}

// domainToASCII is the standard's domain to ASCII with beStrict false.
// Source: https://url.spec.whatwg.org/#concept-domain-to-ascii
func domainToASCII(domain string) (string, bool) {
	if isASCII(domain) {
		// An ASCII domain is only lower-cased: its "xn--" labels are not looked into.
		return strings.ToLower(domain), domain != ""
	}
	host, err := idnaToASCII.ToASCII(domain)
	return host, err == nil && host != "" && isASCII(host)
}

// isForbiddenDomainByte tells the forbidden domain code points.
// Source: https://url.spec.whatwg.org/#forbidden-domain-code-point
func isForbiddenDomainByte(b byte) bool {
	if b <= ' ' || b >= 0x7F {
		return true
	}
	switch b {
	case '#', '/', ':', '<', '>', '?', '@', '[', '\\', ']', '^', '|', '%':
		return true
	}
	return false
}

// endsInANumber is the standard's ends-in-a-number checker.
// Source: https://url.spec.whatwg.org/#ends-in-a-number-checker
func endsInANumber(host string) bool {
	last := strings.TrimSuffix(host, ".")
	last = last[strings.LastIndexByte(last, '.')+1:]
	if last == "" {
		return false
	}
	if allDigits(last) {
		return true
	}
	_, ok := parseIPv4Number(last)
	return ok
}

// parseIPv4 parses and serialises an IPv4 address in any of its spellings.
// Source: https://url.spec.whatwg.org/#concept-ipv4-parser
func parseIPv4(host string) (string, bool) {
	parts := strings.Split(strings.TrimSuffix(host, "."), ".")
	if len(parts) > 4 {
		return "", false
	}
	var address uint64
	for i, part := range parts {
		n, ok := parseIPv4Number(part)
		if !ok {
			return "", false
		}
		if i < len(parts)-1 {
			if n > 255 {
				return "", false
			}
			address |= n << (8 * (3 - i))
			continue
		}
		// The last number fills all octets that are left.
		if n >= 1<<(8*(5-len(parts))) {
			return "", false
		}
		address |= n
	}
	a := netip.AddrFrom4([4]byte{byte(address >> 24), byte(address >> 16), byte(address >> 8), byte(address)})
	return a.String(), true
}

// parseIPv4Number parses a decimal, octal (0) or hexadecimal (0x) number. A
// number too large for an address is a number still; its value is then 1<<32 or more.
// Source: https://url.spec.whatwg.org/#ipv4-number-parser
func parseIPv4Number(s string) (uint64, bool) {
	if s == "" {
		return 0, false
	}
	base := uint64(10)
	switch {
	case len(s) >= 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X'):
		s, base = s[2:], 16
	case len(s) >= 2 && s[0] == '0':
		s, base = s[1:], 8
	}
	var n uint64
	for i := range len(s) {
		d := uint64(hexValue(s[i]))
		if d >= base {
			return 0, false
		}
		if n = n*base + d; n > 1<<32 {
			n = 1 << 32
		}
	}
	return n, true
}

// parseIPv6 parses an IPv6 address without brackets and serialises it with them.
// netip accepts the same texts once zones are excluded (a fuzz target holds
// it against the library), but writes IPv4-mapped addresses differently.
// Source: https://url.spec.whatwg.org/#concept-ipv6-parser
func parseIPv6(s string) (string, bool) {
	if strings.IndexByte(s, '%') >= 0 {
		return "", false
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Is4() {
		return "", false
	}
	return serializeIPv6(a.As16()), true
}

// serializeIPv6 writes an address with brackets.
// Source: https://url.spec.whatwg.org/#concept-ipv6-serializer
func serializeIPv6(a [16]byte) string {
	var pieces [8]uint16
	for i := range pieces {
		pieces[i] = uint16(a[2*i])<<8 | uint16(a[2*i+1])
	}
	// The first longest run of two zeros or more is written "::".
	start, length := -1, 1
	for i := 0; i < 8; i++ {
		j := i
		for j < 8 && pieces[j] == 0 {
			j++
		}
		if j-i > length {
			start, length = i, j-i
		}
		if j > i {
			i = j
		}
	}
	b := append(make([]byte, 0, 41), '[')
	for i := 0; i < 8; i++ {
		if i == start {
			b = append(b, "::"...)
			i += length - 1
			continue
		}
		if i > 0 && i != start+length {
			b = append(b, ':')
		}
		b = strconv.AppendUint(b, uint64(pieces[i]), 16)
	}
	return string(append(b, ']'))
}

// percentDecode replaces every valid percent-encoded byte.
// Source: https://url.spec.whatwg.org/#string-percent-decode
func percentDecode(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && hexValue(s[i+1]) < 16 && hexValue(s[i+2]) < 16 {
			b = append(b, hexValue(s[i+1])<<4|hexValue(s[i+2]))
			i += 2
			continue
		}
		b = append(b, s[i])
	}
	return string(b)
}

// hexValue returns the value of a hexadecimal digit, or 0xFF.
func hexValue(b byte) byte {
	switch {
	case '0' <= b && b <= '9':
		return b - '0'
	case 'a' <= b && b <= 'f':
		return b - 'a' + 10
	case 'A' <= b && b <= 'F':
		return b - 'A' + 10
	}
	return 0xFF
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
