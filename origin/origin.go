// Package origin holds the web's notion of "the same": an [Origin] is a scheme, a host and a port, or an opaque identity that
// equals nothing but itself; a [Site] is the wider circle that cookies know.
//
// Use [Parse] on what somebody wrote (an Origin header, a configured origin) and [Compare] to tell a person which of scheme, host
// and port keep two origins apart. [New] is for code that has already parsed a URL.
//
// Sources: Origin, same origin and same site are the HTML standard's (https://html.spec.whatwg.org/multipage/browsers.html#origin);
// the serialised form is origin-or-null of the Fetch standard (https://fetch.spec.whatwg.org/#origin-header); hosts, default ports and
// registrable domains are the URL standard's (https://url.spec.whatwg.org/#host-registrable-domain); trustworthiness is that of
// Secure Contexts (https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy).
//
// The package does not parse URLs, does not resolve names, does not know origin patterns such as https://*.example.com, and leaves out
// document.domain ("same origin-domain"), which no part of CORS consults.
//
// All values are immutable and all functions are safe for concurrent use.
package origin

import "strconv"

// MaxLength bounds the serialised form of an origin, in bytes. Neither the grammar nor the URL standard has a bound; the
// longest name that DNS can carry is 253 bytes, so that 1024 leaves room for every origin that can be reached, and keeps the work
// done on a hostile header small.
const MaxLength = 1024

// Origin is an origin of the HTML standard: a tuple of scheme, host and port, or opaque.
//
// Origins are comparable with == and usable as map keys. Two tuple origins are == exactly when scheme, host and port are; an
// opaque origin is == only to copies of itself. The zero Origin is invalid: == to itself, but the [SameOrigin] of nothing.
//
// A parsed Origin keeps its input string alive; clone the string first when it is a small part of something large.
type Origin struct {
	// s is the serialisation, and the only thing that tells two tuples apart: the offsets below follow from it.
	// s == "" implies that all else is zero.
	s string
	// id != nil implies s == "null" and all else zero.
	id        *identity
	schemeLen uint16
	hostEnd   uint16
	port      uint16
	// hasPort implies that port is not the scheme's default.
	hasPort bool
}

// identity must not be empty: pointers to distinct zero-size variables may be equal.
type identity struct{ _ byte }

// New returns the tuple origin of a parsed URL.
//
// The host is in serialised form, as a URL parser leaves it: ASCII, lower case, an IPv6 address in brackets and compressed. It may be
// wider than what [Parse] takes from the wire, because URLs are: "my_service", "-a.example" and "example.com." are hosts here. The
// port is 0 to 65535, or -1 for none; the scheme's default port is the same as none.
//
// Whatever cannot be the origin of a URL is refused with a *[ParseError] whose Input is the serialisation that was refused.
func New(scheme, host string, port int) (Origin, error) {
	if len(scheme)+len("://")+len(host)+len(":65535") > MaxLength {
		return Origin{}, tooLong(scheme[:min(len(scheme), MaxLength)] + "://" + host[:min(len(host), MaxLength)])
	}
	s := scheme + "://" + host
	if end := scanScheme(s); end == 0 || end != len(scheme) {
		return Origin{}, &ParseError{Code: CodeBadScheme, Input: s, Pos: min(end, len(scheme)), Hint: hintScheme}
	}
	start := len(scheme) + len("://")
	if pos := badURLHost(host); pos >= 0 {
		return Origin{}, &ParseError{Code: CodeBadHost, Input: s, Pos: start + pos, Hint: hintSerialisedHost}
	}
	if port < -1 || port > 65535 {
		s += ":" + strconv.Itoa(port)
		return Origin{}, &ParseError{Code: CodePortOutOfRange, Input: s, Pos: start + len(host) + 1, Hint: hintPortRange}
	}
	o := Origin{s: s, schemeLen: uint16(len(scheme)), hostEnd: uint16(len(s))}
	if def, ok := DefaultPort(scheme); port >= 0 && (!ok || port != int(def)) {
		o.s += ":" + strconv.Itoa(port)
		o.port, o.hasPort = uint16(port), true
	}
	return o, nil
}

// NewOpaque returns an opaque origin that differs from every other one. It serialises as "null".
func NewOpaque() Origin { return Origin{s: "null", id: new(identity)} }

// IsValid reports whether o is an origin at all, tuple or opaque. Only the zero Origin is not.
func (o Origin) IsValid() bool { return o.s != "" }

// IsOpaque reports whether o is an opaque origin.
func (o Origin) IsOpaque() bool { return o.id != nil }

// Scheme returns the scheme in lower case and without colon, or "" for an opaque or invalid origin.
func (o Origin) Scheme() string { return o.s[:o.schemeLen] }

// Host returns the serialised host, an IPv6 address in its brackets, or "" for an opaque or invalid origin.
func (o Origin) Host() string {
	if o.hostEnd == 0 {
		return ""
	}
	return o.s[int(o.schemeLen)+len("://") : o.hostEnd]
}

// Port returns the port as it is serialised. ok is false if there is none, because it is the scheme's default, because the scheme has
// no ports, or because o is no tuple.
func (o Origin) Port() (port uint16, ok bool) { return o.port, o.hasPort }

// EffectivePort returns the port that a connection would use: the one of [Origin.Port] or else the scheme's default. ok is false if
// there is neither.
func (o Origin) EffectivePort() (port uint16, ok bool) {
	if o.hasPort {
		return o.port, true
	}
	return DefaultPort(o.Scheme())
}

// String returns the ASCII serialisation of o: "https://example.com:8443", or "null" for an opaque origin. For the zero Origin it returns
// "invalid origin", which is not the serialisation of any origin.
//
// https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
func (o Origin) String() string {
	if !o.IsValid() {
		return "invalid origin"
	}
	return o.s
}

// AppendTo appends the serialisation of o to b and returns the longer slice. It appends nothing for the zero Origin.
func (o Origin) AppendTo(b []byte) []byte { return append(b, o.s...) }

// MarshalText implements [encoding.TextMarshaler]. The text of the zero Origin is empty. The identity of an opaque origin is lost: its
// text is "null".
func (o Origin) MarshalText() ([]byte, error) { return []byte(o.s), nil }

// UnmarshalText implements [encoding.TextUnmarshaler]. Empty text gives the zero Origin, all else is as in [Parse]: "null" gives a new
// opaque origin.
func (o *Origin) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*o = Origin{}
		return nil
	}
	// One byte beyond the bound is enough for Parse to refuse it; copying a megabyte first would be the sender's choice, not ours.
	parsed, err := Parse(string(text[:min(len(text), MaxLength+1)]))
	if err != nil {
		return err
	}
	*o = parsed
	return nil
}

// DefaultPort returns the default port of a special scheme of the URL standard, in lower case: http and ws 80, https and wss 443, ftp 21. ok is
// false for all others, file among them.
//
// https://url.spec.whatwg.org/#default-port
func DefaultPort(scheme string) (port uint16, ok bool) {
	switch scheme {
	case "https", "wss":
		return 443, true
	case "http", "ws":
		return 80, true
	case "ftp":
		return 21, true
	}
	return 0, false
}

// SameOrigin reports whether a and b are the same origin: the same opaque origin, or equal in scheme, host and port. An invalid
// origin is the same as nothing.
//
// https://html.spec.whatwg.org/multipage/browsers.html#same-origin
func SameOrigin(a, b Origin) bool { return a.IsValid() && a == b }
