package cli

import (
	"slices"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
)

// pageAddressSpaceUsage is the help of --page-address-space.
const pageAddressSpaceUsage = "where the page comes from: the `SPACE` public, local, loopback or unknown; Chromium and Firefox ask the user before a public page reaches the local network or this machine; by default the page's name tells, unless --resolve is given"

// addressSpaces are the values of --page-address-space.
var addressSpaces = []string{"public", "local", "loopback", "unknown"}

// parseAddressSpace reads --page-address-space; given is false where it was not.
func parseAddressSpace(text string) (space fetch.AddressSpace, given bool, err error) {
	if text == "" {
		return fetch.AddressSpaceUnknown, false, nil
	}
	if err := oneOf("--page-address-space", text, addressSpaces...); err != nil {
		return fetch.AddressSpaceUnknown, false, err
	}
	if text == "unknown" {
		return fetch.AddressSpaceUnknown, true, nil
	}
	return fetch.AddressSpace(text), true, nil
}

// tellsOfLocalNetwork reports whether a finding rests on the page's address space.
func tellsOfLocalNetwork(r *diagnose.Report) bool {
	return slices.ContainsFunc(r.Findings, func(f diagnose.Finding) bool {
		return f.Cause.ID == string(fetch.ReasonLocalNetworkAccess) || f.Cause.ID == string(fetch.ReasonLocalNetworkInsecure)
	})
}
