package fetch

import (
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// AddressSpace says how public an IP address is: whether it is this machine, the network around it, or the internet.
//
// https://wicg.github.io/local-network-access/#ip-address-space-heading
type AddressSpace string

// The address spaces, from the most public to the most private. The zero value is a space that is not known.
const (
	AddressSpaceUnknown  AddressSpace = ""
	AddressSpacePublic   AddressSpace = "public"
	AddressSpaceLocal    AddressSpace = "local"
	AddressSpaceLoopback AddressSpace = "loopback"
)

// AddressSpaces returns those that are known.
func AddressSpaces() []AddressSpace {
	return []AddressSpace{AddressSpacePublic, AddressSpaceLocal, AddressSpaceLoopback}
}

func (s AddressSpace) valid() bool { return slices.Contains(AddressSpaces(), s) }

// nonPublicBlocks are the addresses that are not the internet's; the first one that fits counts.
//
// https://wicg.github.io/local-network-access/#non-public-ip-address-blocks, 2026-04-22.
var nonPublicBlocks = func() []addressBlock {
	var blocks []addressBlock
	for space, prefixes := range map[AddressSpace][]string{
		AddressSpaceLoopback: {"127.0.0.0/8", "0.0.0.0/32", "::1/128", "::/128"},
		AddressSpaceLocal: {
			"10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "0.0.0.0/8",
			"fc00::/7", "fe80::/10", "fec0::/10", "2001:db8::/32", "3fff::/20",
		},
	} {
		for _, p := range prefixes {
			blocks = append(blocks, addressBlock{netip.MustParsePrefix(p), space})
		}
	}
	// 0.0.0.0 is this machine, and the rest of its block is not.
	slices.SortFunc(blocks, func(a, b addressBlock) int { return b.prefix.Bits() - a.prefix.Bits() })
	return blocks
}()

type addressBlock struct {
	prefix netip.Prefix
	space  AddressSpace
}

// AddressSpaceOf returns the space of an address; of the zero Addr it is not known. An IPv4 address inside an IPv6 one counts as itself.
// The addresses for benchmarks, 198.18.0.0/15, are public, as they are to Chromium and not to the draft.
func AddressSpaceOf(a netip.Addr) AddressSpace {
	if !a.IsValid() {
		return AddressSpaceUnknown
	}
	a = a.Unmap().WithZone("")
	for _, b := range nonPublicBlocks {
		if b.prefix.Contains(a) {
			return b.space
		}
	}
	return AddressSpacePublic
}

// LikelyAddressSpace is the space that the URL's host stands for, by itself: an address's own; loopback for localhost and local for names in
// .local; public for a name below a suffix of the public suffix list, which a name inside a company may have too. No resolver is
// asked. It is not known for other hosts.
func (u *URL) LikelyAddressSpace() AddressSpace {
	host := strings.TrimSuffix(strings.Trim(u.Host(), "[]"), ".")
	if a, err := netip.ParseAddr(host); err == nil {
		return AddressSpaceOf(a)
	}
	switch suffix, icann := publicsuffix.PublicSuffix(host); {
	case isLocalhost(host):
		return AddressSpaceLoopback
	case strings.HasSuffix(host, ".local"):
		return AddressSpaceLocal
	case (icann || strings.Contains(suffix, ".")) && suffix != host: // without a dot, no rule of the list fits
		return AddressSpacePublic
	}
	return AddressSpaceUnknown
}
