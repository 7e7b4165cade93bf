package fetch

import (
	"context"
	"strings"
)

var _ AddressSpaceFinder = (*NetTransport)(nil)

// AddressSpaceOf implements [AddressSpaceFinder]: the space of the address that m's host resolves to, of the one that is tried first. Behind a proxy nobody knows it, and a name
// that does not resolve is the exchange's to tell.
func (t *NetTransport) AddressSpaceOf(ctx context.Context, m *Message) AddressSpace {
	x := &netExchange{transport: t, target: m.URL}
	if t.proxy != nil && (x.chooseProxy() != nil || x.proxy != nil) {
		return AddressSpaceUnknown
	}
	port, _ := m.URL.EffectivePort()
	addrs, err := t.dialer.resolve(ctx, strings.Trim(m.URL.Host(), "[]"), port)
	if err != nil || len(addrs) == 0 {
		return AddressSpaceUnknown
	}
	return AddressSpaceOf(addrs[0].Addr())
}
