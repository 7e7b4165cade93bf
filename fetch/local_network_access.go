package fetch

import (
	"context"
	"net/netip"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/origin"
)

// LocalNetworkPolicy is how a browser guards the user's machine and network from pages of the internet. The Fetch standard has no such
// rule, and neither has the zero value.
//
// https://wicg.github.io/local-network-access/
type LocalNetworkPolicy struct {
	// AsksUser lets a page of the public address space reach the local and the loopback one only if the user allows it
	// ([PageConfig.LocalNetworkGranted]). A page's own origin is exempt where it can be trusted.
	AsksUser bool
	// RefusesInsecure lets a page that is no secure context not even ask.
	RefusesInsecure bool
	// TargetAddressSpace heeds fetch()'s option of this name ([Request.TargetAddressSpace]), and lets plain http to the local network pass
	// the check for mixed content: where that option says so, for addresses of the local network and for names in .local.
	TargetAddressSpace bool
	// IgnoresTreatAsPublic leaves the directive treat-as-public-address of a page's Content-Security-Policy unread, which makes the page one
	// of the public address space.
	IgnoresTreatAsPublic bool
}

// AddressSpaceFinder is a [Transport] that can tell the address space of the server that a message would go to, without sending it.
type AddressSpaceFinder interface {
	// AddressSpaceOf is called before Exchange, with a message that it must not change; unknown where it cannot be told. It is safe for
	// concurrent use where the transport is.
	AddressSpaceOf(context.Context, *Message) AddressSpace
}

// claimedAddressSpace is the space that the request says its server is in, or that its URL shows by itself.
func (r *request) claimedAddressSpace() AddressSpace {
	if r.targetAddressSpace != AddressSpaceUnknown {
		return r.targetAddressSpace
	}
	host := r.currentURL().Host()
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return AddressSpaceOf(a)
	}
	if strings.HasSuffix(httpspec.Lower(strings.TrimSuffix(host, ".")), ".local") {
		return AddressSpaceLocal
	}
	return AddressSpaceUnknown
}

// passesMixedContent reports whether local network access decides about the request in the place of the check for mixed content.
func (p *fetchParams) passesMixedContent() bool {
	if !p.agent.profile.LocalNetwork.TargetAddressSpace {
		return false
	}
	space := p.request.claimedAddressSpace()
	return space == AddressSpaceLocal || space == AddressSpaceLoopback
}

// addressSpaceOf is the space of the server that m would go to.
func (a *Agent) addressSpaceOf(ctx context.Context, m *Message) AddressSpace {
	if finder, ok := a.transport.(AddressSpaceFinder); ok {
		return finder.AddressSpaceOf(ctx, m)
	}
	return AddressSpaceUnknown
}

// localNetworkAccess stops a message from a page of the internet to the user's own network, before it is sent. It returns nil where the
// message may go, which is always so where the page's address space is not known.
//
// https://wicg.github.io/local-network-access/#local-network-access-check
func (p *fetchParams) localNetworkAccess(r *request, m *Message) *Response {
	policy := &p.agent.profile.LocalNetwork
	if p.page.addressSpace == AddressSpaceUnknown || !policy.AsksUser && p.trace == nil {
		return nil
	}
	space := p.agent.addressSpaceOf(p.ctx, m)
	if p.trace != nil {
		// A trace tells it under every profile, for those who judge it by another one.
		p.trace.replay.spaces[m.URL.HostPort()] = space
	}
	if !policy.AsksUser || space == AddressSpaceUnknown {
		return nil
	}
	if target := r.targetAddressSpace; policy.TargetAddressSpace && target != AddressSpaceUnknown && target != space {
		p.step("local-network-access#local-network-access-check", "", Step{Verdict: Fail, Subject: "address space", Want: string(target), Got: string(space),
			Text: "targetAddressSpace names another address space than the server's"})
		return p.blocked(ReasonTargetAddressSpace, "")
	}
	own := origin.SameOrigin(r.currentURL().Origin(), p.page.origin) && r.currentURL().IsPotentiallyTrustworthy()
	if p.page.addressSpace != AddressSpacePublic || space == AddressSpacePublic || own {
		return nil
	}
	feature := policyFeature(space)
	switch {
	case policy.RefusesInsecure && !p.page.secureContext:
		p.step("local-network-access#local-network-access-check", "", Step{Verdict: Fail, Subject: "address space", Want: "a page on https", Got: string(space),
			Text: "a page on plain http may not reach the user's own network, and the user is not asked"})
		return p.blocked(ReasonLocalNetworkInsecure, "")
	case !p.page.featureAllowed(feature, featureLocalNetworkAccess):
		p.step("local-network-access#local-network-access-check", "", Step{Verdict: Fail, Subject: "address space", Want: feature, Got: string(space),
			Text: "the page's own Permissions-Policy gives this up, and the user is not asked"})
		return p.blocked(ReasonLocalNetworkAccess, "the page's own Permissions-Policy gives up "+feature)
	case !p.page.localNetworkGranted:
		p.step("local-network-access#local-network-access-check", "", Step{Verdict: Fail, Subject: "address space", Want: "the user's permission", Got: string(space),
			Text: "a page of the internet may reach the user's own network only if the user allows it"})
		return p.blocked(ReasonLocalNetworkAccess, "")
	}
	p.step("local-network-access#local-network-access-check", "", Step{Verdict: Pass, Subject: "address space", Got: string(space),
		Text: "the user lets this page reach the own network"})
	return nil
}

// policyFeature is the feature of Permissions-Policy that covers a space.
func policyFeature(space AddressSpace) string {
	if space == AddressSpaceLoopback {
		return featureLoopbackNetwork
	}
	return featureLocalNetwork
}
