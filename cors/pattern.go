package cors

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/origin"
)

// pattern is one entry of Config.Origins, taken apart.
type pattern struct {
	// text is the canonical spelling: schemes and ports in ascending order,
	// without repetitions, and without braces around a single one. An exact
	// origin's text is the origin.
	text string
	// exact implies one scheme, no wildcard and at most one port, and that text
	// is all there is to compare.
	exact bool
	// schemes is set if the pattern has a wildcard or a list.
	schemes []string
	// host begins with a dot if the pattern is one for subdomains, and is a
	// serialised host otherwise.
	host    string
	ports   []uint16 // nil: the scheme's default, or none, only
	anyPort bool
}

const (
	maxPatternSchemes = 8
	maxPatternPorts   = 64
	maxPatternLength  = 1024
)

func (p *pattern) subdomains() bool { return p.host[0] == '.' }

// parsePattern parses one entry of Config.Origins; see there for the grammar.
// What is dangerous is for the caller to judge.
func parsePattern(s string) (pattern, *patternFault) {
	p, fault := readPattern(s)
	if fault != nil {
		fault.meant = meantPattern(fault.meant)
	}
	return p, fault
}

// readPattern is parsePattern without a look at whether what was meant would be
// accepted.
func readPattern(s string) (pattern, *patternFault) {
	if o, ok := parseRequestOrigin(s); ok {
		return pattern{text: s, exact: true, host: o.host}, checkHost(s, o)
	}
	switch {
	case s == "":
		return pattern{}, &patternFault{CodeEmpty, 0, "", "leave the entry out, or write an origin such as https://app.example.com"}
	case len(s) > maxPatternLength:
		return pattern{}, &patternFault{CodeTooLong, maxPatternLength, "", fmt.Sprintf("an origin has at most %d bytes", maxPatternLength)}
	case s == "*":
		return pattern{}, &patternFault{CodeAnyOrigin, 0, "", "to let every page read without credentials, set allowAnyOrigin (AllowAnyOrigin); a list never means everybody"}
	case strings.EqualFold(s, "null"):
		return pattern{}, &patternFault{CodeNull, 0, "", "null is the origin of every sandboxed frame and file, an attacker's too; if you must, set dangerouslyAllowNullOrigin (DangerouslyAllowNullOrigin)"}
	}
	if scheme, _, ok := strings.Cut(s, ":"); ok && httpspec.EqualFold(scheme, "file") {
		return pattern{}, fileFault()
	}
	if !strings.ContainsAny(s, "*{") {
		return pattern{}, originFault(s)
	}
	return parseWildcardPattern(s)
}

// checkHost refuses what can be written as an origin but that no page has.
func checkHost(s string, o requestOrigin) *patternFault {
	if o.scheme == "file" {
		return fileFault()
	}
	start := len(s) - len(o.hostport)
	if len(strings.TrimSuffix(o.host, ".")) > maxHostLength-len(".") {
		return &patternFault{CodeTooLong, start, "", fmt.Sprintf("a host has at most %d bytes", maxHostLength-len("."))}
	}
	if strings.HasSuffix(o.hostport, ":0") {
		return &patternFault{CodeBadPort, len(s) - 1, "", "no page can be loaded from port 0"}
	}
	if len(o.host) <= maxLabelLength {
		return nil
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(o.host, "."), ".") {
		if len(label) > maxLabelLength {
			return &patternFault{CodeBadHost, start, "", fmt.Sprintf("a label of a name has at most %d bytes", maxLabelLength)}
		}
		start += len(label) + 1
	}
	return nil
}

// maxLabelLength is DNS's: https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4
const maxLabelLength = 63

// parseWildcardPattern parses what has a wildcard or a list in it.
//
// The rest must be an origin. So each wildcard and list is replaced by the
// shortest thing that could stand in its place, and package origin judges what
// comes out: it knows what people write, and what they mean.
func parseWildcardPattern(s string) (pattern, *patternFault) {
	var p pattern
	schemes, rest, hasScheme := strings.Cut(s, "://")
	if !hasScheme {
		schemes, rest = "", s
	}
	authority, tail := rest, ""
	if i := strings.IndexAny(rest, `/?#\`); i >= 0 {
		authority, tail = rest[:i], rest[i:]
	}
	host, port, hasPort := cutPort(authority)
	hostStart := len(s) - len(rest)

	var ok bool
	if p.schemes, ok = braceList(schemes, maxPatternSchemes); !ok {
		return p, &patternFault{CodeBadList, 0, "", fmt.Sprintf("schemes are one, or up to %d as in {http,https}", maxPatternSchemes)}
	}
	if i := strings.IndexByte(schemes, '*'); i >= 0 {
		return p, &patternFault{CodeWildcardPlace, i, "", "list the schemes, as in {http,https}"}
	}
	base, subdomains := strings.CutPrefix(host, "*.")
	if i := strings.IndexByte(base, '*'); i >= 0 {
		return p, wildcardFault(s, hostStart+len(host)-len(base)+i)
	}
	if i := strings.IndexAny(host, "{}"); i >= 0 {
		return p, &patternFault{CodeBadList, hostStart + i, "", "braces list schemes or ports; write one pattern for each host"}
	}
	if fault := p.parsePorts(port, hostStart+len(host)+1, hasPort); fault != nil {
		return p, fault
	}

	if subdomains && isAddress(base) {
		return p, &patternFault{CodeWildcardPlace, hostStart, "", "an IP address has no subdomains"}
	}
	// A dot and at least one byte must fit before it.
	if subdomains && len(strings.TrimSuffix(base, ".")) > maxHostLength-len("x..") {
		return p, &patternFault{CodeTooLong, hostStart, "", "no name in DNS is long enough to be a subdomain of this"}
	}
	stand := standIn{pattern: s, schemes: schemes, port: port, subdomains: subdomains, wildPort: p.anyPort || p.ports != nil}
	for _, scheme := range p.schemes {
		probe := stand.origin(scheme, hasScheme, base, port, hasPort, tail)
		o, ok := parseRequestOrigin(probe)
		if !ok {
			return p, stand.fault(originFault(probe), len(scheme))
		}
		if fault := checkHost(probe, o); fault != nil {
			return p, stand.fault(fault, len(scheme))
		}
		p.host = o.host
		if n, ok := parsePort(port); ok {
			p.ports = []uint16{n}
		}
	}
	if subdomains {
		p.host = "." + base
	}
	p.canonicalize()
	return p, nil
}

// cutPort cuts at the colon before the port, which is not one of an IPv6
// address.
func cutPort(authority string) (host, port string, ok bool) {
	if end := strings.LastIndexByte(authority, ']'); end >= 0 {
		after, ok := strings.CutPrefix(authority[end+1:], ":")
		if !ok {
			return authority, "", false
		}
		return authority[:end+1], after, true
	}
	return strings.Cut(authority, ":")
}

// parsePorts parses the port of a pattern if it is a list or a wildcard, and
// leaves a single one to be judged with the rest of the origin.
func (p *pattern) parsePorts(port string, start int, hasPort bool) *patternFault {
	switch {
	case !hasPort:
		return nil
	case port == "*":
		p.anyPort = true
		return nil
	case strings.Contains(port, "*"):
		return &patternFault{CodeWildcardPlace, start, "", "a wildcard is the whole port or no part of it; list the ports, as in {8080,8443}"}
	case !strings.HasPrefix(port, "{"):
		return nil
	}
	list, ok := braceList(port, maxPatternPorts)
	if !ok {
		return &patternFault{CodeBadList, start, "", fmt.Sprintf("ports are one, up to %d as in {8080,8443}, or * for any", maxPatternPorts)}
	}
	for _, one := range list {
		n, ok := parsePort(one)
		if !ok || n == 0 {
			return &patternFault{CodeBadPort, start, "", "a port is a number from 1 to 65535"}
		}
		p.ports = append(p.ports, n)
	}
	return nil
}

// braceList parses "x" and "{x,y}".
func braceList(s string, limit int) ([]string, bool) {
	inner, ok := strings.CutPrefix(s, "{")
	if !ok {
		return []string{s}, true
	}
	if inner, ok = strings.CutSuffix(inner, "}"); !ok || inner == "" || strings.Count(inner, ",") >= limit {
		return nil, false
	}
	return strings.Split(inner, ","), true
}

// canonicalize sorts the lists and sets text, and exact if no list or wildcard
// is left.
func (p *pattern) canonicalize() {
	slices.Sort(p.schemes)
	p.schemes = slices.Compact(p.schemes)
	slices.Sort(p.ports)
	p.ports = slices.Compact(p.ports)
	var b strings.Builder
	writeList(&b, p.schemes, func(s string) string { return s })
	b.WriteString("://")
	if p.subdomains() {
		b.WriteByte('*')
	}
	b.WriteString(p.host)
	switch {
	case p.anyPort:
		b.WriteString(":*")
	case len(p.ports) == 1 && len(p.schemes) == 1 && isDefaultPort(p.schemes[0], p.ports[0]):
		p.ports = nil
	case p.ports != nil:
		b.WriteByte(':')
		one := len(p.ports) == 1 && !slices.ContainsFunc(p.schemes, func(s string) bool { return isDefaultPort(s, p.ports[0]) })
		if one {
			b.WriteString(strconv.Itoa(int(p.ports[0])))
		} else {
			b.WriteByte('{')
			for i, port := range p.ports {
				if i > 0 {
					b.WriteByte(',')
				}
				b.WriteString(strconv.Itoa(int(port)))
			}
			b.WriteByte('}')
		}
	}
	p.text = b.String()
	p.exact = len(p.schemes) == 1 && !p.subdomains() && !p.anyPort && len(p.ports) <= 1
}

func writeList(b *strings.Builder, list []string, text func(string) string) {
	if len(list) == 1 {
		b.WriteString(text(list[0]))
		return
	}
	b.WriteByte('{')
	for i, s := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(text(s))
	}
	b.WriteByte('}')
}

func isDefaultPort(scheme string, port uint16) bool {
	def, ok := origin.DefaultPort(scheme)
	return ok && def == port
}

// keys calls yield with every key under which the set looks for the pattern, and
// the scheme that goes with it.
func (p *pattern) keys(yield func(key, scheme string)) {
	for _, scheme := range p.schemes {
		if p.ports == nil {
			yield(p.host, scheme)
		}
		for _, port := range p.ports {
			if isDefaultPort(scheme, port) {
				yield(p.host, scheme)
			} else {
				yield(p.host+":"+strconv.Itoa(int(port)), scheme)
			}
		}
	}
}

// base is the host without the leading dot of a pattern for subdomains.
func (p *pattern) base() string { return strings.TrimPrefix(p.host, ".") }

// insecure reports whether a page of one of these origins may have been changed
// on its way: http, except on the machine itself.
func (p *pattern) insecure() bool {
	return (slices.Contains(p.schemes, "http") || p.exact && strings.HasPrefix(p.text, "http://")) && !isLoopback(p.base())
}

// isLoopback reports whether host, a name or a serialised address, is this
// machine.
func isLoopback(host string) bool {
	o, err := origin.New("http", host, -1)
	return err == nil && o.IsPotentiallyTrustworthy()
}

// isAddress reports whether host is an IP address.
func isAddress(host string) bool {
	return strings.HasPrefix(host, "[") || isNumber(host[strings.LastIndexByte(host, '.')+1:])
}

// underPublicSuffix reports whether the subdomains that the pattern stands for
// belong to whoever registers one.
func (p *pattern) underPublicSuffix() bool {
	if !p.subdomains() || isLoopback(p.base()) {
		return false
	}
	_, ok := origin.RegistrableDomain(p.base())
	return !ok
}
