package fetch

import (
	"strings"

	"github.com/corscope/corscope/origin"
)

// The features of Permissions-Policy that decide about a fetch.
const (
	featureSyncXHR            = "sync-xhr"
	featureLocalNetwork       = "local-network"
	featureLoopbackNetwork    = "loopback-network"
	featureLocalNetworkAccess = "local-network-access"
)

// permissionsPolicy maps a feature to the origins that the page's answer lets have it. A feature that it does not name is allowed.
type permissionsPolicy map[string]permissionsAllowlist

type permissionsAllowlist struct {
	all, self bool
	origins   []string
}

// parsePermissionsPolicy reads the page's header of this name. One that is no structured dictionary counts as absent, as a member that is
// no allowlist does.
//
// https://w3c.github.io/webappsec-permissions-policy/#algo-parse-policy-directive
func parsePermissionsPolicy(lines []string) permissionsPolicy {
	members, ok := parseStructuredDictionary(strings.Join(lines, ", "))
	if !ok {
		return nil
	}
	var policy permissionsPolicy
	for _, m := range members {
		if m.other {
			continue
		}
		list := permissionsAllowlist{}
		for _, item := range m.items {
			switch {
			case item == structuredItem{token: true, text: "*"}:
				list.all = true
			case item == structuredItem{token: true, text: "self"}:
				list.self = true
			case !item.token:
				list.origins = append(list.origins, item.text)
			}
		}
		if !m.list && !list.all && !list.self && len(list.origins) == 0 {
			continue
		}
		if policy == nil {
			policy = permissionsPolicy{}
		}
		policy[m.key] = list
	}
	return policy
}

func (l permissionsAllowlist) includes(self origin.Origin) bool {
	if l.all || l.self {
		return true
	}
	for _, text := range l.origins {
		if u, err := ParseURL(text); err == nil && origin.SameOrigin(u.Origin(), self) {
			return true
		}
	}
	return false
}

// featureAllowed reports whether the page's policy lets the page itself use a feature. The first name that the policy has decides.
func (p *Page) featureAllowed(names ...string) bool {
	if p.policies == nil {
		return true
	}
	for _, name := range names {
		if list, ok := p.policies.permissions[name]; ok {
			return list.includes(p.origin)
		}
	}
	return true
}

// AllowsSyncXHR reports whether the page may make synchronous XMLHttpRequests, which its Permissions-Policy can forbid.
//
// https://xhr.spec.whatwg.org/#feature-policy-integration
func (p *Page) AllowsSyncXHR() bool { return p.featureAllowed(featureSyncXHR) }
