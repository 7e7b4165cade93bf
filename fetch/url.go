package fetch

import (
	"strconv"
	"strings"

	"github.com/corscope/corscope/origin"
)

// URL is a parsed URL, as the URL Standard has it. It is immutable and safe for
// concurrent use; use it as *URL. The zero value is no URL: its accessors
// return empty values and its origin is the invalid origin.
//
// Parsing follows https://url.spec.whatwg.org/ and never net/url, because two
// parsers that disagree on where a host ends disagree on who the origin is.
type URL struct {
	// href is the serialisation with fragment; every component is a slice of it,
	// so that an accessor allocates nothing.
	href string

	schemeEnd     uint32 // index of the ":" after the scheme
	usernameStart uint32
	usernameEnd   uint32
	passwordStart uint32 // == passwordEnd -> no password
	passwordEnd   uint32
	hostStart     uint32
	hostEnd       uint32
	portEnd       uint32 // end of "host[:port]"
	pathStart     uint32
	pathEnd       uint32
	queryEnd      uint32 // end of the href without fragment; "?" stands at pathEnd if hasQuery

	port        uint16
	hasPort     bool
	hasHost     bool
	hasQuery    bool
	hasFragment bool // -> "#" stands at queryEnd
	opaquePath  bool

	origin origin.Origin

	// blobURLEntry is what a blob: URL named when it was parsed: Page.ParseURL alone fills it in.
	//
	// https://url.spec.whatwg.org/#concept-url-blob-entry
	blobURLEntry *blobURLEntry
}

// String returns the serialised URL with its fragment: the "href".
// Source: https://url.spec.whatwg.org/#concept-url-serializer
func (u *URL) String() string { return u.href }

// StringWithoutFragment returns the serialised URL, fragment excluded.
func (u *URL) StringWithoutFragment() string { return u.href[:u.queryEnd] }

// Scheme returns the scheme in lower case, without its ":".
func (u *URL) Scheme() string { return u.href[:u.schemeEnd] }

// Username returns the percent-encoded username, or "".
func (u *URL) Username() string { return u.href[u.usernameStart:u.usernameEnd] }

// Password returns the percent-encoded password, or "".
func (u *URL) Password() string { return u.href[u.passwordStart:u.passwordEnd] }

// HasCredentials reports whether the URL has a username or a password.
// Source: https://url.spec.whatwg.org/#include-credentials
func (u *URL) HasCredentials() bool {
	return u.usernameStart != u.usernameEnd || u.passwordStart != u.passwordEnd
}

// Host returns the serialised host without port: a lower-case ASCII domain, a
// dotted IPv4 address, a bracketed IPv6 address, or "" if there is none.
func (u *URL) Host() string { return u.href[u.hostStart:u.hostEnd] }

// HostPort returns "host" or "host:port", as the Host header has it. The
// scheme's default port is never written.
func (u *URL) HostPort() string { return u.href[u.hostStart:u.portEnd] }

// Port returns the port, and false if it is the scheme's default or absent.
func (u *URL) Port() (uint16, bool) { return u.port, u.hasPort }

// EffectivePort returns the port that a connection would use, and false if the
// URL has none and its scheme has no default port.
func (u *URL) EffectivePort() (uint16, bool) {
	if u.hasPort {
		return u.port, true
	}
	return origin.DefaultPort(u.Scheme())
}

// Path returns the serialised path. It begins with "/" for every http and https URL.
func (u *URL) Path() string { return u.href[u.pathStart:u.pathEnd] }

// HasOpaquePath reports whether the path is opaque, as in "data:,x": such a URL
// is no base for relative references.
func (u *URL) HasOpaquePath() bool { return u.opaquePath }

// Query returns the percent-encoded query without its "?", and whether there is
// one; it may be present and empty.
func (u *URL) Query() (string, bool) {
	if !u.hasQuery {
		return "", false
	}
	return u.href[u.pathEnd+1 : u.queryEnd], true
}

// Fragment returns the percent-encoded fragment without its "#", and whether
// there is one; it may be present and empty.
func (u *URL) Fragment() (string, bool) {
	if !u.hasFragment {
		return "", false
	}
	return u.href[u.queryEnd+1:], true
}

// RequestURI returns path and query as an HTTP request line has them. It is
// never empty.
func (u *URL) RequestURI() string {
	if u.pathStart == u.pathEnd {
		return "/" + u.href[u.pathEnd:u.queryEnd]
	}
	return u.href[u.pathStart:u.queryEnd]
}

// Origin returns the URL's origin. It is a tuple for http, https, ws, wss and
// ftp, the inner URL's for blob: URLs of http and https, and otherwise opaque.
// An opaque origin is one value per parse: asking twice gives the same origin,
// parsing twice gives two.
// Source: https://url.spec.whatwg.org/#concept-url-origin
func (u *URL) Origin() origin.Origin { return u.origin }

// pageOrigin is the origin of a page at u. To the URL Standard, which is also [URL.Origin]'s, those of schemes that it does not know are
// opaque; the browser whose own scheme it is sends its tuple as Origin.
func (u *URL) pageOrigin() origin.Origin {
	if u.origin.IsOpaque() && u.hasHost && u.Scheme() != "file" {
		if o, ok := origin.ParseTuple(u.Scheme() + "://" + u.HostPort()); ok {
			return o
		}
	}
	return u.origin
}

// IsHTTP reports whether the scheme is an HTTP(S) scheme.
// Source: https://fetch.spec.whatwg.org/#http-scheme
func (u *URL) IsHTTP() bool {
	s := u.Scheme()
	return s == "https" || s == "http"
}

// IsPotentiallyTrustworthy answers whether the URL is potentially trustworthy:
// about:blank, about:srcdoc, data:, file:, https, wss, and whatever is served by
// this machine (localhost, 127.0.0.0/8, [::1]).
// Source: https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy
func (u *URL) IsPotentiallyTrustworthy() bool {
	switch u.Scheme() {
	case "data", "file":
		return true
	case "about":
		return u.Path() == "blank" || u.Path() == "srcdoc"
	}
	return u.origin.IsPotentiallyTrustworthy()
}

// WithFragment returns a copy whose fragment is f (without "#"), percent-encoded
// where the standard asks for it. An empty f gives an empty fragment, not none.
func (u *URL) WithFragment(f string) *URL {
	c := *u
	c.href = u.href[:u.queryEnd] + "#" + percentEncodeFragment(f)
	c.hasFragment = true
	return &c
}

// WithoutCredentialsAndFragment returns a copy stripped of username, password
// and fragment, as a referrer is.
// Source: https://w3c.github.io/webappsec-referrer-policy/#strip-url
func (u *URL) WithoutCredentialsAndFragment() *URL {
	if !u.HasCredentials() {
		if !u.hasFragment {
			return u
		}
		c := *u
		c.href, c.hasFragment = u.href[:u.queryEnd], false
		return &c
	}
	p := u.parts()
	p.username, p.password = "", ""
	p.hasFragment, p.fragment = false, ""
	return p.assemble(u.origin)
}

// OriginURL returns the URL's origin as a URL: path "/", no credentials, query
// or fragment. It returns nil for a URL without a host.
// Source: https://w3c.github.io/webappsec-referrer-policy/#strip-url (origin-only flag)
func (u *URL) OriginURL() *URL {
	if !u.hasHost || u.hostStart == u.hostEnd {
		return nil
	}
	p := urlParts{scheme: u.Scheme(), host: u.Host(), hasHost: true, port: u.port, hasPort: u.hasPort, path: "/"}
	return p.assemble(u.origin)
}

// WithScheme returns a copy with another scheme, as an upgrade from http to
// https needs. A port that is the new scheme's default is dropped; a default
// port stays the default: http://a/ becomes https://a/. Like the standard's
// protocol setter it returns u unchanged where scheme is not one of http, https,
// ws, wss and ftp, or where u's own scheme is not.
func (u *URL) WithScheme(scheme string) *URL {
	port, ok := origin.DefaultPort(scheme)
	if _, from := origin.DefaultPort(u.Scheme()); !ok || !from {
		return u
	}
	p := u.parts()
	p.scheme = scheme
	if p.hasPort && p.port == port {
		p.hasPort, p.port = false, 0
	}
	c := p.assemble(u.origin)
	if err := c.computeOrigin(); err != nil {
		return u // unreachable: the host has an origin already, and only the scheme is new
	}
	return c
}

// MarshalText returns the href, so that a URL is a string in JSON.
func (u *URL) MarshalText() ([]byte, error) { return []byte(u.href), nil }

// UnmarshalText parses an absolute URL. It must not be called on a URL that is
// in use already. Errors are those of ParseURL.
func (u *URL) UnmarshalText(text []byte) error {
	v, err := ParseURL(string(text))
	if err != nil {
		return err
	}
	*u = *v
	return nil
}

// urlParts is a URL record in components. All are serialised already.
type urlParts struct {
	scheme, username, password, host, path, query, fragment string

	port                                                uint16
	hasHost, hasPort, hasQuery, hasFragment, opaquePath bool
}

func (u *URL) parts() urlParts {
	p := urlParts{
		scheme: u.Scheme(), username: u.Username(), password: u.Password(),
		host: u.Host(), path: u.Path(), port: u.port,
		hasHost: u.hasHost, hasPort: u.hasPort, opaquePath: u.opaquePath,
	}
	p.query, p.hasQuery = u.Query()
	p.fragment, p.hasFragment = u.Fragment()
	return p
}

// assemble is the URL serializer that remembers where each component stands.
// Source: https://url.spec.whatwg.org/#concept-url-serializer
func (p *urlParts) assemble(o origin.Origin) *URL {
	u := &URL{
		port: p.port, hasPort: p.hasPort, hasHost: p.hasHost,
		hasQuery: p.hasQuery, hasFragment: p.hasFragment, opaquePath: p.opaquePath,
		origin: o,
	}
	var b strings.Builder
	b.Grow(len(p.scheme) + len(p.username) + len(p.password) + len(p.host) + len(p.path) + len(p.query) + len(p.fragment) + 16)
	at := func() uint32 { return uint32(b.Len()) }
	b.WriteString(p.scheme)
	u.schemeEnd = at()
	b.WriteByte(':')
	if p.hasHost {
		b.WriteString("//")
	}
	u.usernameStart = at()
	b.WriteString(p.username)
	u.usernameEnd, u.passwordStart = at(), at()
	if p.password != "" {
		b.WriteByte(':')
		u.passwordStart = at()
		b.WriteString(p.password)
	}
	u.passwordEnd = at()
	if p.username != "" || p.password != "" {
		b.WriteByte('@')
	}
	u.hostStart = at()
	b.WriteString(p.host)
	u.hostEnd = at()
	if p.hasPort {
		b.WriteByte(':')
		b.WriteString(strconv.FormatUint(uint64(p.port), 10))
	}
	u.portEnd = at()
	if !p.hasHost && !p.opaquePath && strings.HasPrefix(p.path, "//") {
		b.WriteString("/.") // else the path would be read back as a host
	}
	u.pathStart = at()
	b.WriteString(p.path)
	u.pathEnd = at()
	if p.hasQuery {
		b.WriteByte('?')
		b.WriteString(p.query)
	}
	u.queryEnd = at()
	if p.hasFragment {
		b.WriteByte('#')
		b.WriteString(p.fragment)
	}
	u.href = b.String()
	return u
}

// computeOrigin sets the origin. It fails for a host too long to be one, and for nothing else.
// Source: https://url.spec.whatwg.org/#concept-url-origin
func (u *URL) computeOrigin() (err error) {
	scheme := u.Scheme()
	if _, ok := origin.DefaultPort(scheme); ok {
		if u.hostStart == u.usernameStart { // no credentials: the href begins with the origin
			if u.origin, ok = origin.ParseTuple(u.href[:u.portEnd]); ok {
				return nil
			}
		}
		port := -1
		if u.hasPort {
			port = int(u.port)
		}
		u.origin, err = origin.New(scheme, u.Host(), port)
		return err
	}
	if scheme == "blob" {
		if inner, err := ParseURL(u.Path()); err == nil && inner.IsHTTP() {
			u.origin = inner.origin
			return nil
		}
	}
	u.origin = origin.NewOpaque()
	return nil
}
