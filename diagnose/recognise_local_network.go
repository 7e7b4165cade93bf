package diagnose

import (
	"slices"
	"strings"

	"github.com/corscope/corscope/fetch"
)

func isLocalNetwork(code fetch.ReasonCode) bool {
	return code == fetch.ReasonLocalNetworkAccess || code == fetch.ReasonLocalNetworkInsecure || code == fetch.ReasonTargetAddressSpace
}

// saysLocalNetwork is what a browser's message says of the local network, or "".
func saysLocalNetwork(said string) fetch.ReasonCode {
	for _, m := range []struct {
		words string
		code  fetch.ReasonCode
	}{
		{"Permission was denied for this request to access the", fetch.ReasonLocalNetworkAccess},
		{"Local Network Access", fetch.ReasonLocalNetworkAccess},
		{"is not a secure context and the resource is in more-private address space", fetch.ReasonLocalNetworkInsecure},
		{"Request had a target IP address space of", fetch.ReasonTargetAddressSpace},
	} {
		if strings.Contains(said, m.words) {
			return m.code
		}
	}
	return ""
}

// localNetwork looks for what other browsers than the one of the trace would stop before it is sent.
func (f *finder) localNetwork() {
	f.targetAddressSpace()
	i := intoLocalNetwork(f.trace)
	if i < 0 {
		return
	}
	where := Evidence{Exchange: i, Value: string(f.trace.Exchanges[i].AddressSpace), Text: "the server's address space, and the page's is public"}
	// What the user would say nobody knows.
	asks, _ := crossesIntoLocalNetwork(f.trace)
	if asks {
		f.add(id(fetch.ReasonLocalNetworkAccess), true, where)
	} else {
		f.add(id(fetch.ReasonLocalNetworkInsecure), false, where)
	}
}

// targetAddressSpace looks for what Chromium alone reads: the page said where the server is, and it is elsewhere.
func (f *finder) targetAddressSpace() {
	said := f.trace.Request.TargetAddressSpace
	found := slices.ContainsFunc(f.findings, func(o Finding) bool { return o.Cause.ID == id(fetch.ReasonTargetAddressSpace) })
	if said == fetch.AddressSpaceUnknown || found {
		return
	}
	i := slices.IndexFunc(f.trace.Exchanges, func(x *fetch.Exchange) bool {
		return x.AddressSpace != fetch.AddressSpaceUnknown && x.AddressSpace != said
	})
	if i < 0 {
		return
	}
	f.add(id(fetch.ReasonTargetAddressSpace), false, Evidence{Exchange: i, Value: string(f.trace.Exchanges[i].AddressSpace),
		Text: `the server's address space, and the call says targetAddressSpace: "` + string(said) + `"`})
}

// crossesIntoLocalNetwork says whether the browsers that guard the local network ask the user about the recorded fetch, or refuse it unasked.
func crossesIntoLocalNetwork(t *fetch.Trace) (asks, refuses bool) {
	if intoLocalNetwork(t) < 0 {
		return false, false
	}
	page, err := fetch.ParseURL(t.Page.Origin)
	asks = err == nil && page.IsPotentiallyTrustworthy()
	return asks, !asks
}

// intoLocalNetwork is the first exchange from a page of the internet with a server of the user's own network, or -1.
func intoLocalNetwork(t *fetch.Trace) int {
	if t.Page.AddressSpace != fetch.AddressSpacePublic || t.Outcome.Reason != nil && isLocalNetwork(t.Outcome.Reason.Code) {
		return -1
	}
	return slices.IndexFunc(t.Exchanges, func(x *fetch.Exchange) bool {
		if x.AddressSpace != fetch.AddressSpaceLocal && x.AddressSpace != fetch.AddressSpaceLoopback {
			return false
		}
		u, err := fetch.ParseURL(x.URL)
		return err == nil && (!u.IsPotentiallyTrustworthy() || u.Origin().String() != t.Page.Origin)
	})
}
