package origin

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Site is a site of the HTML standard: an opaque origin, or a scheme and the registrable domain of a host (the whole host where there is
// none, as for IP addresses and localhost). The port is no part of it. Browsers use it as the key of network partitions and for
// SameSite cookies.
//
// Sites are comparable with == and usable as map keys. The zero Site is the invalid one of the zero Origin.
type Site struct {
	scheme, host string
	id           *identity
}

// Site returns the site of o.
//
// https://html.spec.whatwg.org/multipage/browsers.html#obtain-a-site
func (o Origin) Site() Site {
	if o.IsOpaque() {
		return Site{id: o.id}
	}
	return Site{scheme: o.Scheme(), host: siteHost(o.Host())}
}

// IsValid reports whether s is the site of a valid origin.
func (s Site) IsValid() bool { return s != Site{} }

// IsOpaque reports whether s is the site of an opaque origin.
func (s Site) IsOpaque() bool { return s.id != nil }

// Scheme returns the scheme, or "" for an opaque or invalid site.
func (s Site) Scheme() string { return s.scheme }

// Host returns the registrable domain, or the whole host where there is none, or "" for an opaque or invalid site.
func (s Site) Host() string { return s.host }

// String returns the serialisation of s, "https://example.com"; "null" for an opaque site and "invalid site" for the zero Site.
//
// https://html.spec.whatwg.org/multipage/browsers.html#serialization-of-a-site
func (s Site) String() string {
	switch {
	case s.IsOpaque():
		return "null"
	case !s.IsValid():
		return "invalid site"
	}
	return s.scheme + "://" + s.host
}

// SameSite reports whether a and b are the same site: the same opaque origin, or equal in scheme and schemelessly same site. An invalid
// origin is the same as nothing.
//
// https://html.spec.whatwg.org/multipage/browsers.html#same-site
func SameSite(a, b Origin) bool {
	return a.Scheme() == b.Scheme() && SchemelesslySameSite(a, b)
}

// SchemelesslySameSite reports whether a and b are the same opaque origin, or have the same registrable domain, or the same host where
// that has none. An invalid origin is the same as nothing.
//
// A trailing dot counts, as it does in the URL standard: example.com. and example.com are two sites.
//
// https://html.spec.whatwg.org/multipage/browsers.html#schemelessly-same-site
func SchemelesslySameSite(a, b Origin) bool {
	switch {
	case !a.IsValid() || !b.IsValid():
		return false
	case a.IsOpaque() || b.IsOpaque():
		return a.id == b.id
	case a.Host() == b.Host():
		return true
	}
	// If one host has a registrable domain and the other has none, these differ: a registrable domain is never a public suffix.
	return siteHost(a.Host()) == siteHost(b.Host())
}

// RegistrableDomain returns the part of host that somebody could register: one label more than its longest match in the public suffix
// list, private suffixes such as github.io included. ASCII upper case is lowered, and one trailing dot is left out of the answer.
//
// ok is false for IP addresses (in brackets or not), bare public suffixes, single labels such as localhost, hosts with an empty
// label or with non-ASCII bytes (write punycode), and hosts longer than [MaxLength].
//
// https://url.spec.whatwg.org/#host-registrable-domain, by the list in golang.org/x/net/publicsuffix
func RegistrableDomain(host string) (domain string, ok bool) {
	if len(host) > MaxLength {
		return "", false
	}
	for i := range len(host) {
		// Before lowering: the Kelvin sign would become an ASCII k.
		if c := host[i]; c >= 0x80 || c == ':' || c == '[' {
			return "", false
		}
	}
	return registrableDomain(strings.TrimSuffix(strings.ToLower(host), "."))
}

// registrableDomain wants ASCII in lower case and no trailing dot. publicsuffix itself would answer for 127.0.0.1 with "0.1".
func registrableDomain(host string) (domain string, ok bool) {
	if host == "" || host[0] == '.' || host[0] == '[' || host[len(host)-1] == '.' || strings.Contains(host, "..") || endsInNumber(host) {
		return "", false
	}
	suffix, _ := publicsuffix.PublicSuffix(host)
	if len(suffix) >= len(host) {
		return "", false
	}
	label := strings.LastIndexByte(host[:len(host)-len(suffix)-1], '.') + 1
	return host[label:], true
}

// siteHost wants a serialised host. It keeps a trailing dot.
func siteHost(host string) string {
	bare := strings.TrimSuffix(host, ".")
	if domain, ok := registrableDomain(bare); ok {
		return host[len(bare)-len(domain):]
	}
	return host
}
