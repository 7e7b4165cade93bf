package fetch

import (
	"fmt"
	"net/netip"
	"strings"

	whatwgerrors "github.com/nlnwa/whatwg-url/errors"
	whatwg "github.com/nlnwa/whatwg-url/url"

	"github.com/corscope/corscope/origin"
)

// MaxURLLength bounds a URL and a reference, as written and as serialised, in
// bytes; data: URLs have a bound of their own, [MaxDataURLLength]. The standard has
// no bound; servers commonly refuse more than 8 to 16 KiB. Chromium 156 parses any
// length and fetches up to 2 MiB, Firefox 153 ESR parses http URLs below 1 MiB
// (2026-11-22).
const MaxURLLength = 32 << 10

// maxAuthorityLength bounds "user:password@host:port". The library's work grows
// with its square: 64 KiB of "@" took it 8 seconds.
const maxAuthorityLength = 4 << 10

// URLErrorCode says what is wrong with a URL.
type URLErrorCode string

// The codes of [URLError].
const (
	URLEmpty         URLErrorCode = "empty"
	URLTooLong       URLErrorCode = "too-long"
	URLNoScheme      URLErrorCode = "no-scheme"
	URLUnknownScheme URLErrorCode = "unknown-scheme"
	URLBadHost       URLErrorCode = "bad-host"
	URLBadPort       URLErrorCode = "bad-port"
	URLInvalid       URLErrorCode = "invalid"
)

// URLError says why a text is no URL, or none that can be fetched.
type URLError struct {
	Code  URLErrorCode
	Input string // what was given, shortened if it is very long
	Value string // the part that is wrong, where it is not the whole
	Hint  string // what to write instead
	Limit int    // of too-long: the bound, in bytes
}

// Error implements error.
func (e *URLError) Error() string {
	var what string
	switch e.Code {
	case URLEmpty:
		what = "the URL is empty"
	case URLTooLong:
		what = fmt.Sprintf("the URL %q is longer than %d bytes", e.Input, e.Limit)
	case URLNoScheme:
		what = fmt.Sprintf("the URL %q has no scheme", e.Input)
	case URLUnknownScheme:
		what = fmt.Sprintf("the URL %q has the scheme %q, not http or https", e.Input, e.Value)
	case URLBadHost:
		what = fmt.Sprintf("the URL %q has no valid host: %q", e.Input, e.Value)
	case URLBadPort:
		what = fmt.Sprintf("the URL %q has no valid port", e.Input)
	default:
		what = fmt.Sprintf("the URL %q cannot be parsed", e.Input)
	}
	if e.Hint != "" {
		what += ": " + e.Hint
	}
	return "fetch: " + what
}

// ParseURL parses an absolute URL with any scheme, exactly as the standard's URL
// parser does without a base. Use [ParseHTTPURL] for what a person typed: the
// standard takes "localhost:8080/x" for a URL with the scheme "localhost".
//
// The error is a *[URLError]. Source: https://url.spec.whatwg.org/#concept-url-parser
func ParseURL(s string) (*URL, error) {
	if u := parseURLFast(s); u != nil {
		return u, nil
	}
	if u, err := parseOpaquePath(s); u != nil || err != nil {
		return u, err
	}
	return parseURLSlow(s, nil)
}

// ParseHTTPURL parses an absolute http or https URL and refuses all others, with
// a hint that tells what was probably meant.
//
//	https://api.example.com   accepted
//	localhost:8080/x          refused: write "http://localhost:8080/x"
//	api.example.com/users     refused: write "https://api.example.com/users"
//	ftp://example.com         refused: not http or https
//
// The error is a *[URLError].
func ParseHTTPURL(s string) (*URL, error) {
	u, err := ParseURL(s)
	if err != nil {
		return nil, err
	}
	if u.IsHTTP() {
		return u, nil
	}
	e := &URLError{Code: URLUnknownScheme, Input: shorten(s), Value: u.Scheme(), Hint: "only http and https URLs can be fetched"}
	rest, _ := strings.CutPrefix(strings.TrimSpace(s)[len(u.Scheme()):], ":")
	port := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
	switch {
	case port != "" && (len(rest) == len(port) || strings.IndexByte("/?#", rest[len(port)]) >= 0):
		// host:port, which every person reads as such.
		e.Code, e.Value = URLNoScheme, ""
		e.Hint = suggest(strings.TrimSpace(s))
	case u.Scheme() == "ws" || u.Scheme() == "wss":
		e.Hint = "a WebSocket begins with an HTTP request, but CORS does not apply to it"
	case u.Scheme() == "file":
		e.Hint = "serve the file over http: to a browser a file: page has no origin of its own"
	}
	return nil, e
}

// Parse parses ref relative to u, as for a Location header or the URL that a page
// gives to fetch(). An absolute ref stands for itself.
//
// The error is a *[URLError]. Source: https://url.spec.whatwg.org/#concept-url-parser
func (u *URL) Parse(ref string) (*URL, error) {
	if v := parseURLFast(ref); v != nil {
		return v, nil
	}
	if len(ref) > 0 && ref[0] == '/' && (len(ref) == 1 || ref[1] != '/' && ref[1] != '\\') && u.IsHTTP() && !u.HasCredentials() {
		// The path of the same server, the most common Location: equal to the
		// absolute URL that a person would write.
		if v := parseURLFast(u.href[:u.portEnd] + ref); v != nil {
			return v, nil
		}
	}
	if v, err := parseOpaquePath(ref); v != nil || err != nil {
		return v, err
	}
	return parseURLSlow(ref, u)
}

// The bytes that a component holds unchanged when parsed in a URL with a special
// scheme; any other byte sends the whole URL the slow way.
const (
	fastHost = 1 << iota
	fastPath
	fastQuery
	fastFragment
)

// fastBytes is derived from the standard's percent-encode sets.
// Source: https://url.spec.whatwg.org/#percent-encoded-bytes
var fastBytes = func() (t [256]uint8) {
	for c := '!'; c <= '~'; c++ {
		if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' {
			t[c] |= fastHost
		}
		if !strings.ContainsRune("\"#<>?^`{}\\", c) {
			t[c] |= fastPath
		}
		if !strings.ContainsRune("\"#<>'", c) {
			t[c] |= fastQuery
		}
		if !strings.ContainsRune("\"<>`", c) {
			t[c] |= fastFragment
		}
	}
	return t
}()

// parseURLFast parses the http and https URLs that the standard's parser would
// leave unchanged, but for a default port and an empty path. It returns nil for
// all others; it never refuses. A fuzz target holds it against parseURLSlow.
func parseURLFast(s string) *URL {
	if len(s) > MaxURLLength {
		return nil
	}
	var schemeEnd int
	switch {
	case strings.HasPrefix(s, "https://"):
		schemeEnd = 5
	case strings.HasPrefix(s, "http://"):
		schemeEnd = 4
	default:
		return nil
	}
	u := &URL{hasHost: true, schemeEnd: uint32(schemeEnd)}
	start := schemeEnd + len("://")
	i := start
	for i < len(s) && fastBytes[s[i]]&fastHost != 0 {
		i++
	}
	host := s[start:i]
	if host == "" {
		return nil
	}
	if endsInANumber(host) {
		// netip reads the one spelling that the standard writes.
		if v4, err := netip.ParseAddr(host); err != nil || !v4.Is4() {
			return nil
		}
	}
	at := uint32(start)
	u.usernameStart, u.usernameEnd, u.passwordStart, u.passwordEnd, u.hostStart = at, at, at, at, at
	u.hostEnd = uint32(i)
	insert := 0 // bytes of s left out (a default port) or put in (the path "/")
	if i < len(s) && s[i] == ':' {
		n, first := 0, i+1
		for i++; i < len(s) && isDigit(s[i]) && i-first < 5; i++ {
			n = n*10 + int(s[i]-'0')
		}
		if i == first || s[first] == '0' || n > 65535 {
			return nil
		}
		if def, _ := origin.DefaultPort(s[:u.schemeEnd]); n == int(def) {
			insert = first - 1 - i
		} else {
			u.port, u.hasPort = uint16(n), true
		}
	}
	portEnd := i
	if i < len(s) && s[i] == '/' {
		for i < len(s) && s[i] == '/' {
			i++
			if i < len(s) && (s[i] == '.' || s[i] == '%') {
				return nil // may be a dot segment
			}
			for i < len(s) && s[i] != '/' && fastBytes[s[i]]&fastPath != 0 {
				i++
			}
		}
	}
	pathEnd := i
	if i < len(s) && s[i] == '?' {
		u.hasQuery = true
		for i++; i < len(s) && fastBytes[s[i]]&fastQuery != 0; i++ {
		}
	}
	queryEnd := i
	if i < len(s) && s[i] == '#' {
		u.hasFragment = true
		for i++; i < len(s) && fastBytes[s[i]]&fastFragment != 0; i++ {
		}
	}
	if i != len(s) {
		return nil
	}
	slash := ""
	if pathEnd == portEnd {
		slash = "/"
	}
	u.href = s
	if insert != 0 || slash != "" {
		u.href = s[:portEnd+insert] + slash + s[portEnd:]
	}
	u.portEnd = uint32(portEnd + insert)
	u.pathStart = u.portEnd
	u.pathEnd = uint32(pathEnd + insert + len(slash))
	u.queryEnd = uint32(queryEnd + insert + len(slash))
	if u.computeOrigin() != nil {
		return nil
	}
	return u
}

// pathEncodeSet is the standard's path percent-encode set; the library's is older and lacks "^".
// Source: https://url.spec.whatwg.org/#path-percent-encode-set
var pathEncodeSet = whatwg.PathPercentEncodeSet.Set('^')

// hostPlaceholder stands in for every host of a special URL while the library
// runs its state machine.
const hostPlaceholder = "host"

// hostHook parses hosts in the library's stead.
type hostHook struct {
	host   string // serialisation of the last host
	raw    string // what it was written as
	failed bool
}

func (h *hostHook) parse(u *whatwg.Url, raw string) string {
	special := u.IsSpecialScheme()
	if h.failed || raw == "" || !special && raw[0] != '[' {
		return raw // an opaque host, or nothing to do any more
	}
	host, ok := parseHost(raw)
	h.host, h.raw, h.failed = host, raw, !ok
	if special && host != "localhost" { // file://localhost/ is for the library to see
		return hostPlaceholder
	}
	return host
}

// parseURLSlow parses ref against base, or alone if base is nil, with the
// library's state machine and the host parser of this package.
func parseURLSlow(ref string, base *URL) (*URL, error) {
	if len(ref) > MaxURLLength {
		return nil, tooLong(ref, MaxURLLength)
	}
	if len(authority(ref)) > maxAuthorityLength {
		return nil, badHost(ref, authority(ref))
	}
	if base == nil && strings.TrimFunc(ref, func(r rune) bool { return r <= ' ' }) == "" {
		return nil, &URLError{Code: URLEmpty, Input: ref, Hint: `write one such as "https://api.example.com"`}
	}
	var hook hostHook
	parser := whatwg.NewParser(
		whatwg.WithPreParseHostFunc(hook.parse),
		whatwg.WithPathPercentEncodeSet(pathEncodeSet),
	)
	var parsed *whatwg.Url
	var err error
	if base == nil {
		parsed, err = parser.Parse(ref)
	} else {
		// The base is parsed again from its text: to hand the library its own value
		// would be a data race, because resolving against a value writes to it.
		parsed, err = parser.ParseRef(base.href, ref)
	}
	if hook.failed {
		return nil, badHost(ref, hook.raw)
	}
	if err != nil {
		return nil, urlError(ref, err)
	}
	p := urlParts{
		scheme:     parsed.Scheme(),
		username:   parsed.Username(),
		password:   parsed.Password(),
		host:       parsed.Hostname(),
		path:       parsed.Pathname(),
		query:      parsed.Query(),
		fragment:   parsed.Fragment(),
		opaquePath: parsed.OpaquePath(),
	}
	// The library's accessors do not tell absent from empty, and its serialiser
	// is as slow as its path. But the first "#" begins a fragment wherever it
	// stands, and so does the first "?" before it a query.
	beforeFragment, _, hasFragment := strings.Cut(ref, "#")
	p.hasFragment = hasFragment
	p.hasQuery = p.query != "" || strings.Contains(beforeFragment, "?")
	p.hasHost = p.host != "" || parsed.IsSpecialScheme()
	inheritsQuery := !p.hasQuery && base != nil && base.hasQuery
	if inheritsQuery || !p.hasHost {
		href := parsed.Href(true)
		p.hasQuery = p.hasQuery || strings.HasSuffix(href, "?")
		p.hasHost = p.hasHost || strings.HasPrefix(href[len(p.scheme):], "://")
	}
	if parsed.IsSpecialScheme() && p.host == hostPlaceholder {
		p.host = hook.host
	}
	if port := parsed.Port(); port != "" {
		p.hasPort, p.port = true, uint16(parsed.DecodedPort())
		if port == "0" {
			p.port = 0 // the library's decoded port is the default one then
		}
	}
	if p.opaquePath && (p.hasQuery || p.hasFragment) && strings.HasSuffix(p.path, " ") {
		// A space before "?" or "#" would be lost if these were taken away.
		// https://url.spec.whatwg.org/#cannot-be-a-base-url-path-state
		p.path = p.path[:len(p.path)-1] + "%20"
	}
	u := p.assemble(origin.Origin{})
	if len(u.href) > MaxURLLength {
		return nil, tooLong(ref, MaxURLLength)
	}
	if err := u.computeOrigin(); err != nil {
		return nil, badHost(ref, p.host)
	}
	return u, nil
}

// authority returns the part of ref that could be one, only to bound its length.
func authority(ref string) string {
	// The parser drops these wherever they stand, and spaces at the start.
	ref = strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, ref)
	if scheme, rest, ok := strings.Cut(ref, ":"); ok && !strings.ContainsAny(scheme, "/\\?#@[") {
		ref = rest
		if !isSpecialScheme(scheme) && !strings.HasPrefix(ref, "//") {
			return "" // an opaque path, such as that of a long data: URL
		}
	} else if len(ref) < 2 || strings.IndexByte("/\\", ref[0]) < 0 || strings.IndexByte("/\\", ref[1]) < 0 {
		return "" // relative to the base's authority
	}
	ref = strings.TrimLeft(ref, "/\\")
	if end := strings.IndexAny(ref, "/\\?#"); end >= 0 {
		ref = ref[:end]
	}
	return ref
}

// isSpecialScheme tells the special schemes, in any case.
// Source: https://url.spec.whatwg.org/#special-scheme
func isSpecialScheme(scheme string) bool {
	scheme = strings.ToLower(scheme)
	_, ok := origin.DefaultPort(scheme)
	return ok || scheme == "file"
}

func badHost(input, raw string) *URLError {
	e := &URLError{Code: URLBadHost, Input: shorten(input), Value: shorten(raw)}
	switch {
	case len(raw) > origin.MaxLength/2:
		e.Hint = "it is longer than any name in DNS"
	case strings.ContainsAny(raw, " \t"):
		e.Hint = "a host has no spaces"
	case raw != "" && raw[0] == '[':
		e.Hint = `write an IPv6 address as in "http://[::1]:8080/"`
	case strings.ContainsAny(raw, "*{}<>"):
		e.Hint = "write one host, not a pattern"
	case endsInANumber(raw):
		e.Hint = "its last part is a number, so that it must be an IPv4 address of four numbers from 0 to 255"
	default:
		e.Hint = `write a name such as "api.example.com" or an address`
	}
	return e
}

// urlError translates the library's error.
func urlError(input string, err error) *URLError {
	e := &URLError{Code: URLInvalid, Input: shorten(input)}
	switch whatwgerrors.Type(err) {
	case whatwgerrors.MissingSchemeNonRelativeURL:
		e.Code = URLNoScheme
		e.Hint = suggest(strings.TrimSpace(input))
	case whatwgerrors.HostMissing, whatwgerrors.HostInvalidCodePoint, whatwgerrors.InvalidCredentials:
		e.Code = URLBadHost
		e.Hint = `write a host after the scheme, as in "https://api.example.com/"`
	case whatwgerrors.PortInvalid, whatwgerrors.PortOutOfRange:
		e.Code = URLBadPort
		e.Hint = "a port is a number from 0 to 65535"
	}
	return e
}

// suggest writes a URL for a text that has no scheme.
func suggest(s string) string {
	scheme := "https://"
	if strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//") {
		return `a path names no server: write the whole, as in "https://api.example.com/users"`
	}
	s = strings.TrimLeft(s, "/")
	host := s[:len(s)-len(strings.TrimLeft(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"))]
	if lower := strings.ToLower(host); lower == "localhost" || strings.HasSuffix(lower, ".localhost") || endsInANumber(lower) || strings.HasPrefix(s, "[") {
		scheme = "http://" // development servers and addresses seldom have certificates
	}
	if u, err := ParseURL(scheme + s); err != nil || strings.ContainsAny(s, " \t\r\n") || u.HasCredentials() {
		return `write it with one, such as "https://api.example.com"`
	}
	return fmt.Sprintf("write %q", shorten(scheme+s))
}

func tooLong(input string, limit int) *URLError {
	e := &URLError{Code: URLTooLong, Input: shorten(input), Limit: limit, Hint: "browsers take longer ones, but few servers do; send what is long as the body of a POST"}
	if limit == MaxDataURLLength {
		e.Hint = "browsers take longer ones; put what is long behind a blob: URL, or on a server"
	}
	return e
}

// shorten bounds what an error message repeats.
func shorten(s string) string {
	const limit = 200
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "..."
}

// percentEncodeFragment percent-encodes the fragment percent-encode set, and
// drops tabs and newlines, as the fragment setter does.
// Source: https://url.spec.whatwg.org/#fragment-percent-encode-set
func percentEncodeFragment(f string) string {
	i := 0
	for i < len(f) && fastBytes[f[i]]&fastFragment != 0 {
		i++
	}
	if i == len(f) {
		return f
	}
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, len(f)+16)
	for _, c := range []byte(strings.ToValidUTF8(f, "\uFFFD")) {
		switch {
		case c == '\t' || c == '\n' || c == '\r':
		case fastBytes[c]&fastFragment != 0:
			b = append(b, c)
		default:
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(b)
}
