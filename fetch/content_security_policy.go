package fetch

import (
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/origin"
)

// contentSecurityPolicy is one policy of a page, as far as it concerns fetches.
//
// https://w3c.github.io/webappsec-csp/#content-security-policy-object
type contentSecurityPolicy struct {
	reportOnly bool
	// The directive that decides about connections: connect-src, or default-src in its place.
	cspDirective
	// loads decide about what is fetched for a destination: img-src, or default-src in its place, and their like.
	loads map[Destination]cspDirective

	upgradeInsecureRequests bool
	// sandboxedOrigin: a sandbox directive without allow-same-origin, which takes the page's origin away.
	sandboxedOrigin bool
	// treatAsPublic: the page counts as one of the internet, wherever it came from.
	//
	// https://wicg.github.io/local-network-access/#csp
	treatAsPublic bool
}

// cspDirective is one with a source list.
type cspDirective struct {
	directive string // its name; empty: there is none
	text      string // as it was written
	sources   []cspSource
	// strictDynamic: scripts may load scripts.
	strictDynamic bool
}

func newCSPDirective(candidates ...[]string) cspDirective {
	for _, fields := range candidates {
		if fields == nil {
			continue
		}
		d := cspDirective{directive: httpspec.Lower(fields[0]), text: strings.Join(fields, " ")}
		for _, expression := range fields[1:] {
			if s, ok := parseCSPSource(expression); ok {
				d.sources = append(d.sources, s)
			}
			d.strictDynamic = d.strictDynamic || httpspec.EqualFold(expression, "'strict-dynamic'")
		}
		return d
	}
	return cspDirective{}
}

// parseContentSecurityPolicies reads header lines, each of which may hold several policies.
//
// https://w3c.github.io/webappsec-csp/#parse-response-csp
func parseContentSecurityPolicies(lines []string, reportOnly bool) []contentSecurityPolicy {
	var policies []contentSecurityPolicy
	for _, line := range lines {
		for serialized := range strings.SplitSeq(line, ",") {
			if p, ok := parseContentSecurityPolicy(serialized); ok {
				p.reportOnly = reportOnly
				policies = append(policies, p)
			}
		}
	}
	return policies
}

// parseContentSecurityPolicy reports false for a policy without a directive. Of a directive that is there twice the first one counts.
//
// https://w3c.github.io/webappsec-csp/#parse-serialized-policy
func parseContentSecurityPolicy(serialized string) (p contentSecurityPolicy, ok bool) {
	seen := map[string]bool{}
	directives := map[string][]string{}
	for token := range strings.SplitSeq(serialized, ";") {
		fields := splitASCIIWhitespace(token)
		if len(fields) == 0 || !isASCII(token) {
			continue
		}
		name := httpspec.Lower(fields[0])
		if seen[name] {
			continue
		}
		seen[name], ok = true, true
		switch name {
		case "connect-src", "script-src", "script-src-elem", "style-src", "style-src-elem", "img-src", "font-src", "media-src", "manifest-src", "default-src":
			directives[name] = fields
		case "upgrade-insecure-requests":
			p.upgradeInsecureRequests = true
		case "treat-as-public-address":
			p.treatAsPublic = true
		case "sandbox":
			p.sandboxedOrigin = true
			for _, flag := range fields[1:] {
				if httpspec.EqualFold(flag, "allow-same-origin") {
					p.sandboxedOrigin = false
				}
			}
		}
	}
	fallback := directives["default-src"]
	p.cspDirective = newCSPDirective(directives["connect-src"], fallback)
	media := newCSPDirective(directives["media-src"], fallback)
	p.loads = map[Destination]cspDirective{
		DestinationScript: newCSPDirective(directives["script-src-elem"], directives["script-src"], fallback),
		DestinationStyle:  newCSPDirective(directives["style-src-elem"], directives["style-src"], fallback),
		DestinationImage:  newCSPDirective(directives["img-src"], fallback), DestinationFont: newCSPDirective(directives["font-src"], fallback),
		DestinationManifest: newCSPDirective(directives["manifest-src"], fallback),
		DestinationAudio:    media, DestinationVideo: media, DestinationTrack: media,
	}
	return p, ok
}

// splitASCIIWhitespace is the Infra Standard's, which knows fewer spaces than Go.
//
// https://infra.spec.whatwg.org/#split-on-ascii-whitespace
func splitASCIIWhitespace(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\f' || r == '\r' })
}

// blockedByCSP is the last part of main fetch's step 7, and step 4 for policies that only report.
//
// https://w3c.github.io/webappsec-csp/#should-block-request
func (p *fetchParams) blockedByCSP() *Response {
	if p.page.policies == nil {
		return nil
	}
	u, destination := p.request.currentURL(), p.request.destination
	own := cspDirectiveOf(destination)
	for i := range p.page.policies.csp {
		policy := &p.page.policies.csp[i]
		directive := policy.cspDirective
		if destination != "" {
			directive = policy.loads[destination]
		}
		if directive.directive == "" {
			continue
		}
		// A script that the page runs has no nonce here; what it loads under strict-dynamic it may load all the same.
		allowed := destination == DestinationScript && directive.strictDynamic ||
			directive.allowsConnection(u, p.page.policies.self, p.request.redirectCount)
		if p.trace == nil && (allowed || policy.reportOnly) {
			continue
		}
		step := Step{Verdict: Fail, Subject: policy.headerName(), Want: strings.TrimSuffix(own, "-elem") + " " + cspSourceFor(u), Got: directive.text,
			Text: "the page's own policy does not let it connect"}
		switch {
		case allowed:
			step.Verdict, step.Text = Pass, "the page's own policy lets it connect"
		case policy.reportOnly:
			step.Verdict, step.Text = Note, "the page's own policy would not let it connect, and only reports"
		}
		p.cspStep(step)
		if step.Verdict == Fail {
			return p.blocked(cspReason(destination), insteadOf(directive.directive, own))
		}
	}
	return nil
}

// cspStep records the pre-request check of the directive for the request's destination.
func (p *fetchParams) cspStep(step Step) {
	switch p.request.destination {
	case "":
		if step.Verdict == Pass {
			p.step("csp#connect-src-pre-request", "5", step)
		} else {
			p.step("csp#connect-src-pre-request", "6", step)
		}
	case DestinationScript:
		p.step("csp#script-src-elem-pre-request", "3", step)
	case DestinationStyle:
		p.step("csp#style-src-elem-pre-request", "3", step)
	case DestinationImage:
		p.step("csp#img-src-pre-request", "3", step)
	case DestinationFont:
		p.step("csp#font-src-pre-request", "3", step)
	case DestinationManifest:
		p.step("csp#manifest-src-pre-request", "3", step)
	default:
		p.step("csp#media-src-pre-request", "3", step)
	}
}

// cspDirectiveOf is the directive that is about a destination.
//
// https://w3c.github.io/webappsec-csp/#effective-directive-for-a-request
func cspDirectiveOf(d Destination) string {
	switch d {
	case DestinationScript:
		return "script-src-elem"
	case DestinationStyle:
		return "style-src-elem"
	case DestinationImage:
		return "img-src"
	case DestinationFont:
		return "font-src"
	case DestinationManifest:
		return "manifest-src"
	case DestinationAudio, DestinationVideo, DestinationTrack:
		return "media-src"
	}
	return "connect-src"
}

func cspReason(d Destination) ReasonCode {
	switch d {
	case "":
		return ReasonCSPConnectSrc
	case DestinationScript:
		return ReasonCSPScriptSrc
	}
	return ReasonCSPSubresource
}

// insteadOf says that a directive counts where the one that is about such requests is not there.
func insteadOf(directive, own string) string {
	if directive == own {
		return ""
	}
	return "there is no " + own + ", so " + directive + " counts"
}

func (c *contentSecurityPolicy) headerName() string {
	if c.reportOnly {
		return "Content-Security-Policy-Report-Only"
	}
	return "Content-Security-Policy"
}

// allowsConnection reports whether a URL matches the source list.
//
// https://w3c.github.io/webappsec-csp/#match-url-to-source-list
func (c *cspDirective) allowsConnection(u *URL, self origin.Origin, redirects int) bool {
	for i := range c.sources {
		if c.sources[i].matches(u, self, redirects) {
			return true
		}
	}
	return false
}

// cspSourceFor is the narrowest source expression without a path that lets a URL pass.
func cspSourceFor(u *URL) string {
	if u.IsHTTP() {
		return u.Scheme() + "://" + u.HostPort()
	}
	return u.Scheme() + ":"
}
