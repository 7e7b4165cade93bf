package origin

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// explain says why Parse refused s. It reads s as leniently as it can, from left to right, notes every fault, and builds what was
// meant from what it understood.
func explain(s string) *ParseError {
	if s == "" {
		return &ParseError{Code: CodeEmpty, Hint: hintEmpty}
	}
	if len(s) > MaxLength {
		return tooLong(s)
	}
	// The ParseError is what outlives this call, and MaxLength bounds it; the input may be a piece of something larger.
	r := &reading{err: ParseError{Input: strings.Clone(s), Pos: len(s) + 1}}
	meant := r.origin(0, len(s))
	if _, ok := ParseTuple(meant); (ok || meant == "null") && meant != s {
		r.err.Meant = strings.Clone(meant)
	}
	return &r.err
}

type reading struct{ err ParseError }

// fault notes a fault; the leftmost one wins, and of two in one place the first noted.
func (r *reading) fault(pos int, code Code, hint string) {
	if pos < r.err.Pos {
		r.err.Code, r.err.Pos, r.err.Hint = code, pos, hint
	}
}

func (r *reading) origin(start, end int) (meant string) {
	in := r.err.Input
	for start < end && isBlank(in[start]) {
		r.fault(start, CodeWhitespace, hintWhitespace)
		start++
	}
	for start < end && isBlank(in[end-1]) {
		end--
		r.fault(end, CodeWhitespace, hintWhitespace)
	}
	if end-start >= 2 && in[start] == in[end-1] && (in[start] == '"' || in[start] == '\'') {
		r.fault(start, CodeQuoted, hintQuoted)
		start, end = start+1, end-1
	}
	s := in[start:end]
	switch {
	case s == "":
		r.fault(start, CodeEmpty, hintEmpty)
		return ""
	case strings.EqualFold(s, "null"):
		if i := firstUpper(s); i >= 0 {
			r.fault(start+i, CodeUpperCase, hintUpperCase)
		}
		return "null"
	case s == "*":
		r.fault(start, CodeWildcard, hintWildcard)
		return ""
	}
	scheme, authority := r.scheme(start, end)
	limit := authority
	for limit < end && strings.IndexByte("/?#\\", in[limit]) < 0 {
		limit++
	}
	hostport, ok := r.authority(authority, limit, scheme)
	r.afterAuthority(limit, end)
	if !ok {
		return ""
	}
	if scheme == "" {
		scheme = likelyScheme(hostport)
		// The guess brings a default port with it.
		hostport = withoutDefaultPort(hostport, scheme)
	}
	return scheme + "://" + hostport
}

// scheme returns the scheme in lower case, "" if there is none, and where the authority begins.
func (r *reading) scheme(start, end int) (scheme string, authority int) {
	s := r.err.Input[start:end]
	i := strings.Index(s, "://")
	if i < 0 || strings.ContainsAny(s[:i], "/?#\\@[ ,") {
		if colon := strings.IndexByte(s, ':'); colon > 0 {
			if name := strings.ToLower(s[:colon]); name == "http" || name == "https" {
				r.fault(start+colon, CodeMissingScheme, hintMissingSlashes)
				rest := strings.TrimLeft(s[colon+1:], "/\\")
				return name, end - len(rest)
			}
		}
		r.fault(start, CodeMissingScheme, hintMissingScheme)
		if strings.HasPrefix(s, "//") {
			return "", start + 2
		}
		return "", start
	}
	authority = start + i + len("://")
	raw := s[:i]
	if raw == "" {
		r.fault(start, CodeMissingScheme, hintMissingScheme)
		return "", authority
	}
	scheme = strings.ToLower(raw)
	if scheme != raw {
		if j := firstUpper(raw); j >= 0 {
			r.fault(start+j, CodeUpperCase, hintUpperCase)
		}
	}
	if n := scanScheme(scheme); n < len(scheme) {
		r.fault(start+min(n, len(raw)), CodeBadScheme, hintScheme)
	}
	return scheme, authority
}

// authority returns host and port as they were meant.
func (r *reading) authority(start, end int, scheme string) (hostport string, ok bool) {
	in := r.err.Input
	if i := strings.IndexFunc(in[start:end], func(c rune) bool { return c == ',' || c < 0x80 && isBlank(byte(c)) }); i >= 0 {
		rest := strings.TrimLeft(in[start+i:], ", \t\r\n")
		if in[start+i] == ',' || strings.Contains(rest, "://") || strings.EqualFold(rest, "null") {
			r.fault(start+i, CodeSeveral, hintSeveral)
		} else {
			r.fault(start+i, CodeWhitespace, hintWhitespace)
		}
		return "", false
	}
	if i := strings.LastIndexByte(in[start:end], '@'); i >= 0 {
		r.fault(start, CodeUserinfo, hintUserinfo)
		start += i + 1
	}
	if a, err := netip.ParseAddr(in[start:end]); err == nil && a.Is6() {
		r.fault(start, CodeBadIPv6, hintIPv6)
		return serialiseIPv6(a)
	}
	hostEnd := end
	if start < end && in[start] == '[' {
		if i := strings.IndexByte(in[start:end], ']'); i >= 0 {
			hostEnd = start + i + 1
		}
	} else if i := strings.IndexByte(in[start:end], ':'); i >= 0 {
		hostEnd = start + i
	}
	host, ok := r.host(start, hostEnd)
	if hostEnd == end {
		return host, ok
	}
	port, portOK := r.port(hostEnd, end, scheme)
	return host + port, ok && portOK
}

// host returns the host as it was meant.
func (r *reading) host(start, end int) (meant string, ok bool) {
	raw := r.err.Input[start:end]
	if raw == "" {
		r.fault(start, CodeMissingHost, hintMissingHost)
		return "", false
	}
	if isWholeHost(raw) {
		return raw, true
	}
	if raw[0] == '[' {
		return r.bracketed(start, raw)
	}
	for i := range len(raw) {
		if raw[i] >= 0x80 {
			return r.nonASCII(start, start+i, raw)
		}
	}
	if i := firstUpper(raw); i >= 0 {
		r.fault(start+i, CodeUpperCase, hintUpperCase)
	}
	host := strings.ToLower(raw)
	if isWholeHost(host) {
		return host, true
	}
	if bare := strings.TrimSuffix(host, "."); bare != host {
		r.fault(start+len(bare), CodeTrailingDot, hintTrailingDot)
		host = bare
		if isWholeHost(host) {
			return host, true
		}
	}
	if i, code, hint := badDomain(host); i >= 0 {
		r.fault(start+i, code, hint)
		return "", false
	}
	// Nothing else is left of what scanHost refuses.
	r.fault(start, CodeBadIPv4, hintIPv4)
	return parseIPv4(host)
}

// isWholeHost is scanHost for a string that is nothing but a host.
func isWholeHost(host string) bool {
	end, ok := scanHost(host, 0)
	return ok && end == len(host)
}

func (r *reading) bracketed(start int, raw string) (meant string, ok bool) {
	r.fault(start, CodeBadIPv6, hintIPv6)
	inner, closed := strings.CutSuffix(raw[1:], "]")
	a, err := netip.ParseAddr(inner)
	if !closed || err != nil || !a.Is6() {
		return "", false
	}
	return serialiseIPv6(a)
}

// serialiseIPv6 refuses zones: they are no part of a URL's host, and an address without its zone is another one.
func serialiseIPv6(a netip.Addr) (string, bool) {
	if a.Zone() != "" {
		return "", false
	}
	bytes := a.As16()
	var groups [8]uint16
	for i := range groups {
		groups[i] = uint16(bytes[2*i])<<8 | uint16(bytes[2*i+1])
	}
	return string(append(appendIPv6([]byte{'['}, groups), ']')), true
}

// hostProfile is UTS 46 as the URL standard's "domain to ASCII" calls it when it is not strict.
//
// https://url.spec.whatwg.org/#concept-domain-to-ascii
var hostProfile = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.VerifyDNSLength(false))

func (r *reading) nonASCII(start, pos int, raw string) (meant string, ok bool) {
	if i := firstUpper(raw); i >= 0 {
		r.fault(start+i, CodeUpperCase, hintUpperCase)
	}
	host, err := hostProfile.ToASCII(raw)
	// idna would name a host of replacement characters for bytes that are no UTF-8.
	if err != nil || !isWholeHost(host) || !utf8.ValidString(raw) {
		r.fault(pos, CodeNonASCIIHost, hintNoPunycode)
		return "", false
	}
	r.fault(pos, CodeNonASCIIHost, hintNonASCII)
	return host, true
}

// badDomain returns the first byte of a lower-case ASCII host that the grammar's serialized-domain cannot have, or -1.
func badDomain(host string) (pos int, code Code, hint string) {
	for i := range len(host) {
		atStart := i == 0 || host[i-1] == '.'
		atEnd := i == len(host)-1 || host[i+1] == '.'
		switch c := host[i]; {
		case classes[c]&classAlphanum != 0:
		case c == '-' && !atStart && !atEnd:
		case c == '.' && !atStart && i < len(host)-1:
		case c == '*':
			return i, CodeWildcard, hintWildcard
		case c == '_':
			return i, CodeBadHost, hintUnderscore
		case c == '%':
			return i, CodeBadHost, hintPercent
		default:
			return i, CodeBadHost, hintHost
		}
	}
	if host == "" {
		return 0, CodeBadHost, hintHost
	}
	return -1, "", ""
}

// parseIPv4 reads the spellings of an IPv4 address that a URL knows: one to four numbers, decimal, octal or hexadecimal, the last one
// filling what is left.
//
// https://url.spec.whatwg.org/#concept-ipv4-parser
func parseIPv4(host string) (serialised string, ok bool) {
	parts := strings.Split(host, ".")
	if len(parts) > 4 {
		return "", false
	}
	var address uint64
	for i, part := range parts {
		base := 10
		if digits, ok := strings.CutPrefix(part, "0x"); ok {
			part, base = "0"+digits, 16
		} else if len(part) > 1 && part[0] == '0' {
			base = 8
		}
		bits := 8
		if i == len(parts)-1 {
			bits = 32 - 8*i
		}
		// With an explicit base, ParseUint takes no sign, underscore or prefix.
		n, err := strconv.ParseUint(part, base, bits)
		if err != nil {
			return "", false
		}
		address = address<<bits | n
	}
	return netip.AddrFrom4([4]byte{byte(address >> 24), byte(address >> 16), byte(address >> 8), byte(address)}).String(), true
}

// port wants the position of the colon and returns what is meant to follow the host, with colon or empty.
func (r *reading) port(colon, end int, scheme string) (meant string, ok bool) {
	raw := r.err.Input[colon+1 : end]
	pos := colon + 1
	switch {
	case r.err.Input[colon] != ':':
		// Something between "]" and the end.
		r.fault(colon, CodeBadHost, hintHost)
		return "", false
	case raw == "":
		r.fault(pos, CodeBadPort, hintPort)
		return "", true
	case raw == "*":
		r.fault(pos, CodeWildcard, hintWildcard)
		return "", false
	}
	for i := range len(raw) {
		if classes[raw[i]] != classDigit {
			r.fault(pos+i, CodeBadPort, hintPort)
			return "", false
		}
	}
	digits := strings.TrimLeft(raw[:len(raw)-1], "0") + raw[len(raw)-1:]
	if digits != raw {
		r.fault(pos, CodePortLeadingZero, hintPortZero)
	}
	if _, ok := parsePort(digits); !ok {
		r.fault(pos, CodePortOutOfRange, hintPortRange)
		return "", false
	}
	if meant = withoutDefaultPort(":"+digits, scheme); meant == "" {
		r.fault(pos, CodeDefaultPort, hintDefaultPort)
	}
	return meant, true
}

func (r *reading) afterAuthority(pos, end int) {
	if pos >= end {
		return
	}
	switch in := r.err.Input; {
	case in[pos] == '?':
		r.fault(pos, CodeQuery, hintQuery)
	case in[pos] == '#':
		r.fault(pos, CodeFragment, hintFragment)
	case pos+1 == end && in[pos] == '/':
		r.fault(pos, CodeTrailingSlash, hintTrailingSlash)
	default:
		r.fault(pos, CodePath, hintPath)
	}
}

func withoutDefaultPort(hostport, scheme string) string {
	if port, ok := DefaultPort(scheme); ok {
		return strings.TrimSuffix(hostport, ":"+strconv.Itoa(int(port)))
	}
	return hostport
}

// likelyScheme is https, except where certificates are rare: on this machine and on bare addresses.
func likelyScheme(hostport string) string {
	host := hostport
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
		if hostport[i:] == ":80" {
			return "http"
		}
		if hostport[i:] == ":443" {
			return "https"
		}
	}
	if isIP(host) || isLoopbackHost(host) {
		return "http"
	}
	return "https"
}

func firstUpper(s string) int {
	return strings.IndexFunc(s, func(c rune) bool { return 'A' <= c && c <= 'Z' })
}

// isBlank reports space and control characters.
func isBlank(c byte) bool { return c <= ' ' || c == 0x7f }
