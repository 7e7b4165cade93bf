package diagnose

import (
	"github.com/corscope/corscope/fetch"
)

func isLocalNetwork(code fetch.ReasonCode) bool {
	return code == fetch.ReasonLocalNetworkAccess || code == fetch.ReasonLocalNetworkInsecure || code == fetch.ReasonTargetAddressSpace
}

// localNetwork looks for what other browsers than the one of the trace would stop before it is sent: the way from a page of the internet
// to the user's own network. What the user would say nobody knows.
func (f *finder) localNetwork() {
	t := f.trace
	if t.Page.AddressSpace != fetch.AddressSpacePublic || t.Outcome.Reason != nil && isLocalNetwork(t.Outcome.Reason.Code) {
		return
	}
	page, err := fetch.ParseURL(t.Page.Origin)
	secure := err == nil && page.IsPotentiallyTrustworthy()
	for i, x := range t.Exchanges {
		if x.AddressSpace != fetch.AddressSpaceLocal && x.AddressSpace != fetch.AddressSpaceLoopback {
			continue
		}
		u, err := fetch.ParseURL(x.URL)
		if err != nil || u.IsPotentiallyTrustworthy() && u.Origin().String() == t.Page.Origin {
			continue
		}
		where := Evidence{Exchange: i, Value: string(x.AddressSpace), Text: "the server's address space, and the page's is public"}
		if secure {
			f.add(id(fetch.ReasonLocalNetworkAccess), true, where)
		} else {
			f.add(id(fetch.ReasonLocalNetworkInsecure), false, where)
		}
		return
	}
}
