package fetch

import (
	"context"
	"net/netip"
	"strings"
)

var (
	_ AddressSpaceFinder = (*NetTransport)(nil)
	_ AddressFinder      = (*NetTransport)(nil)
)

// AddressSpaceOf implements [AddressSpaceFinder]: the space of the address that m's host resolves to, of the one that is tried first. Behind a proxy nobody knows it, and a name
// that does not resolve is the exchange's to tell.
func (t *NetTransport) AddressSpaceOf(ctx context.Context, m *Message) AddressSpace {
	if addrs := t.AddressesOf(ctx, m); len(addrs) > 0 {
		return AddressSpaceOf(addrs[0])
	}
	return AddressSpaceUnknown
}

// AddressesOf implements [AddressFinder]: those that m's host resolves to, in the order in which they are tried. There are none behind a
// proxy, and of a name that does not resolve.
func (t *NetTransport) AddressesOf(ctx context.Context, m *Message) []netip.Addr {
	x := &netExchange{transport: t, target: m.URL}
	if t.proxy != nil && (x.chooseProxy() != nil || x.proxy != nil) {
		return nil
	}
	port, _ := m.URL.EffectivePort()
	found, err := t.dialer.resolve(ctx, strings.Trim(m.URL.Host(), "[]"), port)
	if err != nil {
		return nil
	}
	addrs := make([]netip.Addr, len(found))
	for i, a := range found {
		addrs[i] = a.Addr()
	}
	return addrs
}
