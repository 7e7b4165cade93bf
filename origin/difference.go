package origin

import (
	"fmt"
	"strings"
)

// Difference is what keeps two origins apart, as [Compare] found it. Differences are comparable with ==. The zero Difference is that of two
// invalid origins.
type Difference struct{ a, b Origin }

// Compare says in what a and b differ. They are named in this order in the sentence of [Difference.String]; all else does not depend on it.
func Compare(a, b Origin) Difference { return Difference{a, b} }

// Same reports whether the two are the same origin; see [SameOrigin].
func (d Difference) Same() bool { return SameOrigin(d.a, d.b) }

// SameSite reports whether the two are the same site; see [SameSite].
func (d Difference) SameSite() bool { return SameSite(d.a, d.b) }

// Opaque reports whether one of the two, or both, is an opaque origin. If so, Scheme, Host and Port are all false: there is nothing
// to compare, and Same says all.
func (d Difference) Opaque() bool { return d.a.IsOpaque() || d.b.IsOpaque() }

// Scheme reports whether both are tuples and the schemes differ.
func (d Difference) Scheme() bool { return d.tuples() && d.a.Scheme() != d.b.Scheme() }

// Host reports whether both are tuples and the hosts differ, as strings: that is how browsers compare them.
func (d Difference) Host() bool { return d.tuples() && d.a.Host() != d.b.Host() }

// Port reports whether both are tuples and the ports differ on their own account. Two default ports that differ because the schemes do,
// as those of http://a and https://a, are part of the scheme's difference. Otherwise it is the effective ports that count: http://a:443 and
// https://a differ in the scheme only.
func (d Difference) Port() bool {
	if !d.tuples() {
		return false
	}
	_, explicitA := d.a.Port()
	_, explicitB := d.b.Port()
	if !explicitA && !explicitB {
		return false
	}
	return d.portsDiffer()
}

// String returns the difference as a sentence without full stop, for people:
//
//	same origin: https://example.com
//	same host, different port: 5173 and 8080
//	same host, different scheme: http and https, and with it the default port: 80 and 443
//	different host: app.example.com and api.example.com (same site)
func (d Difference) String() string {
	switch {
	case !d.a.IsValid() || !d.b.IsValid():
		return "nothing to compare: not two valid origins"
	case d.Same() && d.Opaque():
		return "same origin: both are one opaque origin, written as null"
	case d.Same():
		return "same origin: " + d.a.String()
	case d.a.IsOpaque() && d.b.IsOpaque():
		return "different origins: both are opaque and written as null, but an opaque origin is the same as itself only"
	case d.a.IsOpaque():
		return "different origins: an opaque one, written as null, and " + d.b.String() + "; an opaque origin is the same as itself only"
	case d.b.IsOpaque():
		return "different origins: " + d.a.String() + " and an opaque one, written as null; an opaque origin is the same as itself only"
	}
	var b strings.Builder
	if d.Host() {
		fmt.Fprintf(&b, "different host: %s and %s", d.a.Host(), d.b.Host())
	} else {
		b.WriteString("same host")
		if port, ok := d.a.EffectivePort(); ok && d.Scheme() && !d.Port() && !d.portsDiffer() {
			fmt.Fprintf(&b, " and port %d", port)
		}
	}
	if d.Scheme() {
		fmt.Fprintf(&b, ", different scheme: %s and %s", d.a.Scheme(), d.b.Scheme())
		if !d.Port() && d.portsDiffer() {
			fmt.Fprintf(&b, ", and with it the default port: %s and %s", portName(d.a), portName(d.b))
		}
	}
	if d.Port() {
		fmt.Fprintf(&b, ", different port: %s and %s", portName(d.a), portName(d.b))
	}
	if d.Host() {
		b.WriteString(d.siteAside())
	}
	return b.String()
}

// siteAside says of different hosts what people expect least: whether cookies see a difference too, and why two names of one machine do
// not help.
func (d Difference) siteAside() string {
	hostA, hostB := d.a.Host(), d.b.Host()
	site := "cross-site"
	switch {
	case d.SameSite():
		site = "same site"
	case SchemelesslySameSite(d.a, d.b):
		site = "same site but for the scheme"
	}
	switch {
	case strings.TrimSuffix(hostA, ".") == strings.TrimSuffix(hostB, "."):
		return " (" + site + "); a dot at the end makes it another host"
	case isLoopbackHost(hostA) && isLoopbackHost(hostB):
		return " (" + site + "); both are this machine, but a browser compares the names"
	}
	return " (" + site + ")"
}

// portsDiffer compares the effective ports, whatever the reason.
func (d Difference) portsDiffer() bool {
	a, okA := d.a.EffectivePort()
	b, okB := d.b.EffectivePort()
	return a != b || okA != okB
}

func (d Difference) tuples() bool {
	return d.a.IsValid() && d.b.IsValid() && !d.Opaque()
}

func portName(o Origin) string {
	port, ok := o.EffectivePort()
	if !ok {
		return "none"
	}
	return fmt.Sprint(port)
}
