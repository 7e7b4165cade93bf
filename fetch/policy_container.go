package fetch

import (
	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/origin"
)

// PagePolicies are the policies of a page that its fetches obey, as plain values.
type PagePolicies struct {
	ReferrerPolicy ReferrerPolicy `json:"referrerPolicy"`
	// ContentSecurityPolicy and ContentSecurityPolicyReportOnly hold the headers' values, one item a line.
	ContentSecurityPolicy           []string `json:"contentSecurityPolicy,omitempty"`
	ContentSecurityPolicyReportOnly []string `json:"contentSecurityPolicyReportOnly,omitempty"`
	// EmbedderPolicy is "unsafe-none" for a page that is no secure context, whatever its header says.
	EmbedderPolicy           EmbedderPolicy `json:"embedderPolicy"`
	EmbedderPolicyReportOnly EmbedderPolicy `json:"embedderPolicyReportOnly"`
	// PermissionsPolicy holds the header's values, one item a line; nil where the browser does not heed it.
	PermissionsPolicy []string `json:"permissionsPolicy,omitempty"`
}

// policyContainer is nil for a page without any policy but a referrer policy.
//
// https://html.spec.whatwg.org/#policy-container
type policyContainer struct {
	csp                          []contentSecurityPolicy
	self                         origin.Origin // the CSP list's self-origin
	upgradeInsecureRequests      bool
	sandboxedOrigin              bool
	treatAsPublic                bool
	embedder, embedderReportOnly EmbedderPolicy
	// cspLines and cspReportOnlyLines are what csp was made of.
	cspLines, cspReportOnlyLines []string
	permissions                  permissionsPolicy
	permissionsLines             []string
}

// newPolicyContainer is given the page's address, nil for a page without a name, and the origin that its URL or configuration says.
func newPolicyContainer(c *PageConfig, u *URL, self origin.Origin, profile *Profile) *policyContainer {
	none := func(e EmbedderPolicy) bool { return e == "" || e == UnsafeNone }
	permissions := c.PermissionsPolicy
	if profile.IgnoresPermissionsPolicy {
		permissions = nil
	}
	if len(c.ContentSecurityPolicy)+len(c.ContentSecurityPolicyReportOnly)+len(permissions) == 0 && none(c.EmbedderPolicy) && none(c.EmbedderPolicyReportOnly) {
		return nil
	}
	p := &policyContainer{
		self: self, embedder: UnsafeNone, embedderReportOnly: UnsafeNone,
		csp: append(parseContentSecurityPolicies(c.ContentSecurityPolicy, false),
			parseContentSecurityPolicies(c.ContentSecurityPolicyReportOnly, true)...),
		cspLines: append([]string(nil), c.ContentSecurityPolicy...), cspReportOnlyLines: append([]string(nil), c.ContentSecurityPolicyReportOnly...),
		permissions: parsePermissionsPolicy(permissions), permissionsLines: append([]string(nil), permissions...),
	}
	for _, policy := range p.csp {
		// None of them works in a policy that only reports.
		p.upgradeInsecureRequests = p.upgradeInsecureRequests || policy.upgradeInsecureRequests && !policy.reportOnly
		p.sandboxedOrigin = p.sandboxedOrigin || policy.sandboxedOrigin && !policy.reportOnly
		p.treatAsPublic = p.treatAsPublic || policy.treatAsPublic && !policy.reportOnly && !profile.LocalNetwork.IgnoresTreatAsPublic
	}
	secure := u != nil && u.IsPotentiallyTrustworthy()
	for _, e := range []struct {
		given EmbedderPolicy
		to    *EmbedderPolicy
	}{{c.EmbedderPolicy, &p.embedder}, {c.EmbedderPolicyReportOnly, &p.embedderReportOnly}} {
		if e.given != "" && secure {
			*e.to = e.given
		}
	}
	return p
}

// Policies returns the page's policies.
func (p *Page) Policies() PagePolicies {
	all := PagePolicies{ReferrerPolicy: p.referrerPolicy, EmbedderPolicy: UnsafeNone, EmbedderPolicyReportOnly: UnsafeNone}
	if c := p.policies; c != nil {
		all.ContentSecurityPolicy = append([]string(nil), c.cspLines...)
		all.ContentSecurityPolicyReportOnly = append([]string(nil), c.cspReportOnlyLines...)
		all.PermissionsPolicy = append([]string(nil), c.permissionsLines...)
		all.EmbedderPolicy, all.EmbedderPolicyReportOnly = c.embedder, c.embedderReportOnly
	}
	return all
}

// record is what a trace says of the page's policies: nothing where it has none but a referrer policy.
func (p *Page) policyRecord() *PagePolicies {
	if p.policies == nil {
		return nil
	}
	all := p.Policies()
	return &all
}

// parseReferrerPolicy returns the last policy in the header that is one, or "".
//
// https://w3c.github.io/webappsec-referrer-policy/#parse-referrer-policy-from-header
func parseReferrerPolicy(lines []string) ReferrerPolicy {
	tokens, err := httpspec.ParseTokenList(lines)
	if err != nil {
		return ""
	}
	policy := ReferrerPolicy("")
	for _, token := range tokens {
		if p := ReferrerPolicy(httpspec.Lower(token)); p.valid() {
			policy = p
		}
	}
	return policy
}
