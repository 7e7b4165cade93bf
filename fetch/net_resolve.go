package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// ResolveRule says where a host is, in place of DNS: curl's --resolve. The zero value fits nothing and is refused by
// [NewNetTransport].
type ResolveRule struct {
	// Host as [URL.Host] has it: an ASCII domain in lower case, or an address, IPv6 in brackets. "*": every host.
	Host string
	// Port of the URL. 0: every port.
	Port uint16
	// Addrs are tried in order. Port 0 in one of them: the URL's port.
	Addrs []netip.AddrPort
}

const (
	maxResolveRule  = 4096
	maxResolveAddrs = 16
)

// ParseResolveRule parses HOST:PORT:ADDR[,ADDR…].
//
//	example.com:443:127.0.0.1           that host and port
//	example.com:443:[::1],127.0.0.1     two addresses; the brackets may be left out
//	example.com:443:127.0.0.1:8443      another port than the URL's; not in curl
//	*.example.com:443:…                 refused: "*" stands for every host, not for a part of one
//	*:443:10.0.0.7                      every host
//	example.com:*:10.0.0.7              every port; not in curl
//	[2001:db8::1]:443:127.0.0.1         a URL with an address in it
//
// The host is brought into the form that URLs have: lower case, ASCII. The error is a *[NetConfigError].
func ParseResolveRule(text string) (ResolveRule, error) {
	var r ResolveRule
	fault := func(pos int, problem, hint string) (ResolveRule, error) {
		return ResolveRule{}, &NetConfigError{Code: NetConfigResolve, Field: "resolve rule", Value: text, Pos: pos, Problem: problem, Hint: hint}
	}
	const form = "write HOST:PORT:ADDRESS, as in example.com:443:127.0.0.1"
	if len(text) > maxResolveRule {
		return fault(maxResolveRule, fmt.Sprintf("is longer than %d bytes", maxResolveRule), form)
	}
	if text != "" && (text[0] == '-' || text[0] == '+') {
		return fault(0, fmt.Sprintf("begins with %q", text[:1]), "leave it out: rules neither expire nor remove others")
	}
	host, rest, ok := cutHost(text)
	if !ok {
		return fault(0, "has no port", form)
	}
	if r.Host, ok = resolveHost(host); !ok {
		return fault(0, "has no host that a URL could have", `write a full name, or "*" for every host`)
	}
	at := len(text) - len(rest)
	port, rest, ok := strings.Cut(rest, ":")
	if !ok {
		return fault(len(text), "has no address", form)
	}
	if port != "*" {
		n, ok := parsePort(port)
		if !ok {
			return fault(at, fmt.Sprintf("has %q for a port", printable(port, 20)), `write a number from 1 to 65535, or "*" for every port`)
		}
		r.Port = n
	}
	at = len(text) - len(rest)
	for item := range strings.SplitSeq(rest, ",") {
		addr, ok := parseResolveAddr(strings.Trim(item, " "))
		if !ok {
			return fault(at, fmt.Sprintf("has %q for an address", printable(item, 60)), "write an IP address, not a name, as in 127.0.0.1, [::1] or 127.0.0.1:8443")
		}
		r.Addrs = append(r.Addrs, addr)
		if len(r.Addrs) > maxResolveAddrs {
			return fault(at, fmt.Sprintf("has more than %d addresses", maxResolveAddrs), "keep those that answer")
		}
		at += len(item) + 1
	}
	return r, nil
}

// cutHost cuts at the first colon outside of brackets.
func cutHost(text string) (host, rest string, ok bool) {
	if strings.HasPrefix(text, "[") {
		end := strings.IndexByte(text, ']')
		if end < 0 || !strings.HasPrefix(text[end+1:], ":") {
			return "", "", false
		}
		return text[:end+1], text[end+2:], true
	}
	return strings.Cut(text, ":")
}

func resolveHost(host string) (string, bool) {
	if host == "*" {
		return host, true
	}
	parsed, ok := parseHost(host)
	if !ok || strings.Contains(parsed, "*") || strings.Trim(parsed, ".") == "" {
		return "", false
	}
	return strings.TrimSuffix(parsed, "."), true
}

func parsePort(s string) (uint16, bool) {
	n, err := strconv.ParseUint(s, 10, 16)
	return uint16(n), err == nil && n > 0 && allDigits(s)
}

func parseResolveAddr(s string) (netip.AddrPort, bool) {
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.AddrPortFrom(a, 0), true
	}
	if inner, ok := strings.CutPrefix(s, "["); ok && strings.HasSuffix(inner, "]") {
		a, err := netip.ParseAddr(inner[:len(inner)-1])
		return netip.AddrPortFrom(a, 0), err == nil && a.Is6()
	}
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return netip.AddrPort{}, false
	}
	a, err := netip.ParseAddr(host)
	n, ok := parsePort(port)
	return netip.AddrPortFrom(a, n), err == nil && ok && a.Is6() == strings.HasPrefix(s, "[")
}

// String returns the rule in the form that [ParseResolveRule] reads.
func (r ResolveRule) String() string {
	var b strings.Builder
	b.WriteString(r.Host)
	b.WriteByte(':')
	if r.Port == 0 {
		b.WriteByte('*')
	} else {
		b.WriteString(strconv.Itoa(int(r.Port)))
	}
	for i, a := range r.Addrs {
		b.WriteByte(":,"[min(i, 1)])
		switch {
		case a.Port() != 0:
			b.WriteString(a.String())
		case a.Addr().Is6():
			b.WriteString("[" + a.Addr().String() + "]")
		default:
			b.WriteString(a.Addr().String())
		}
	}
	return b.String()
}

// resolveTable finds the rule for a host and port. Its zero value has none.
type resolveTable map[resolveKey][]netip.AddrPort

type resolveKey struct {
	host string // as resolveHost leaves it, IPv6 without brackets
	port uint16
}

func newResolveTable(rules []ResolveRule) (resolveTable, error) {
	if len(rules) == 0 {
		return nil, nil
	}
	table := make(resolveTable, len(rules))
	var faults []error
	for i, rule := range rules {
		fault := &NetConfigError{Code: NetConfigResolve, Field: fmt.Sprintf("Resolve[%d]", i), Value: rule.String(), Hint: "make it with ParseResolveRule"}
		host, ok := resolveHost(rule.Host)
		switch {
		case !ok:
			fault.Problem = "has no host that a URL could have"
		case len(rule.Addrs) == 0:
			fault.Problem = "has no address"
		case len(rule.Addrs) > maxResolveAddrs:
			fault.Problem = fmt.Sprintf("has more than %d addresses", maxResolveAddrs)
		}
		for _, a := range rule.Addrs {
			if !a.Addr().IsValid() {
				fault.Problem = "has an empty address"
			}
		}
		if fault.Problem != "" {
			faults = append(faults, fault)
			continue
		}
		addrs := make([]netip.AddrPort, len(rule.Addrs))
		copy(addrs, rule.Addrs)
		table[resolveKey{strings.Trim(host, "[]"), rule.Port}] = addrs
	}
	return table, errors.Join(faults...)
}

// find takes a host without brackets.
func (t resolveTable) find(host string, port uint16) []netip.AddrPort {
	if len(t) == 0 {
		return nil
	}
	host = strings.TrimSuffix(host, ".")
	for _, key := range [...]resolveKey{{host, port}, {host, 0}, {"*", port}, {"*", 0}} {
		if found, ok := t[key]; ok {
			return found
		}
	}
	return nil
}

// isLocalhost tells the names that are this machine whatever DNS says.
// https://www.rfc-editor.org/rfc/rfc6761#section-6.3
func isLocalhost(host string) bool {
	host = strings.TrimSuffix(host, ".")
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// resolve returns where host is, at most maxResolveAddrs addresses in the order in which they are to be tried. The host is
// without brackets.
func (d *netDialer) resolve(ctx context.Context, host string, port uint16) ([]netip.AddrPort, error) {
	if rule := d.rules.find(host, port); rule != nil {
		addrs := make([]netip.AddrPort, len(rule))
		for i, a := range rule {
			if addrs[i] = a; a.Port() == 0 {
				addrs[i] = netip.AddrPortFrom(a.Addr(), port)
			}
		}
		return addrs, nil
	}
	if isLocalhost(host) {
		return []netip.AddrPort{netip.AddrPortFrom(netip.IPv6Loopback(), port), netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port)}, nil
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.AddrPort{netip.AddrPortFrom(a, port)}, nil
	}
	found, err := d.resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	return interleave(found, port), nil
}

// interleave makes the two families take turns, beginning with that of the first address, so that a family that does not work
// costs one attempt's delay and not one for each of its addresses.
// https://www.rfc-editor.org/rfc/rfc8305#section-4
func interleave(found []netip.Addr, port uint16) []netip.AddrPort {
	var families [2][]netip.Addr
	for _, a := range found {
		a = a.Unmap()
		i := 0
		if len(families[0]) > 0 && families[0][0].Is4() != a.Is4() {
			i = 1
		}
		families[i] = append(families[i], a)
	}
	var addrs []netip.AddrPort
	for i := range max(len(families[0]), len(families[1])) {
		for _, family := range families {
			if i < len(family) && len(addrs) < maxResolveAddrs {
				addrs = append(addrs, netip.AddrPortFrom(family[i], port))
			}
		}
	}
	return addrs
}
