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
	// script decides about scripts: script-src-elem, or script-src in its place, or default-src.
	script cspDirective

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
	var connect, script, scriptElement, fallback []string
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
		case "connect-src":
			connect = fields
		case "script-src":
			script = fields
		case "script-src-elem":
			scriptElement = fields
		case "default-src":
			fallback = fields
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
	p.cspDirective = newCSPDirective(connect, fallback)
	p.script = newCSPDirective(scriptElement, script, fallback)
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
	u := p.request.currentURL()
	for i := range p.page.policies.csp {
		policy := &p.page.policies.csp[i]
		directive, want := &policy.cspDirective, "connect-src "
		if p.request.destination == destinationScript {
			directive, want = &policy.script, "script-src "
		}
		if directive.directive == "" {
			continue
		}
		// A script that the page runs has no nonce here; what it loads under strict-dynamic it may load all the same.
		allowed := p.request.destination == destinationScript && directive.strictDynamic ||
			directive.allowsConnection(u, p.page.policies.self, p.request.redirectCount)
		if p.trace == nil && (allowed || policy.reportOnly) {
			continue
		}
		step := Step{Verdict: Fail, Subject: policy.headerName(), Want: want + cspSourceFor(u), Got: directive.text,
			Text: "the page's own policy does not let it connect"}
		switch {
		case allowed:
			step.Verdict, step.Text = Pass, "the page's own policy lets it connect"
		case policy.reportOnly:
			step.Verdict, step.Text = Note, "the page's own policy would not let it connect, and only reports"
		}
		switch {
		case p.request.destination == destinationScript:
			p.step("csp#script-src-elem-pre-request", "3", step)
		case allowed:
			p.step("csp#connect-src-pre-request", "5", step)
		default:
			p.step("csp#connect-src-pre-request", "6", step)
		}
		if step.Verdict != Fail {
			continue
		}
		if p.request.destination == destinationScript {
			return p.blocked(ReasonCSPScriptSrc, insteadOf(directive.directive, "script-src-elem"))
		}
		return p.blocked(ReasonCSPConnectSrc, insteadOf(directive.directive, "connect-src"))
	}
	return nil
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
