package fetch

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// AddressFinder is a [Transport] that can tell the addresses of the server that a message would go to, without sending it.
type AddressFinder interface {
	// AddressesOf is called before Exchange, with a message that it must not change; nil where they cannot be told, as behind a proxy. It is
	// safe for concurrent use where the transport is.
	AddressesOf(context.Context, *Message) []netip.Addr
}

// maxHostRecords bounds the hosts whose addresses are remembered; the one that was added first goes first.
const maxHostRecords = 4096

// hostRecords is what a browser remembers of the addresses of hosts, for [PreflightPolicy.AddressLifetime]. It is safe for concurrent use.
type hostRecords struct {
	mu     sync.Mutex
	byHost map[hostKey]*hostRecord
	order  []hostKey
}

type hostKey struct{ partition, host string }

type hostRecord struct {
	addrs []netip.Addr // in order
	// found is when they were looked up last, changed when they were others before that.
	found, changed time.Time
	// late are when the records of [PreflightPolicy.AddressURLRecords] were made.
	late []time.Time
}

// stands reports whether the record of a host still counts at now, given what the policy says.
func (h *hostRecord) stands(now time.Time, policy *PreflightPolicy) bool {
	return now.Before(h.found.Add(policy.AddressLifetime + policy.AddressGrace))
}

// get returns a copy of the record of a host, or false.
func (h *hostRecords) get(key hostKey) (hostRecord, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if found := h.byHost[key]; found != nil {
		return *found, true
	}
	return hostRecord{}, false
}

// put notes which addresses a host has at now.
func (h *hostRecords) put(key hostKey, addrs []netip.Addr, now time.Time) {
	slices.SortFunc(addrs, netip.Addr.Compare)
	addrs = slices.Compact(addrs)
	h.mu.Lock()
	defer h.mu.Unlock()
	record := h.byHost[key]
	if record == nil {
		if h.byHost == nil {
			h.byHost = map[hostKey]*hostRecord{}
		}
		if len(h.order) >= maxHostRecords {
			delete(h.byHost, h.order[0])
			h.order = h.order[1:]
		}
		h.order = append(h.order, key)
		record = &hostRecord{changed: now}
		h.byHost[key] = record
	} else if !slices.Equal(record.addrs, addrs) {
		record.changed = now
	}
	record.addrs, record.found = addrs, now
}

// outlives reports whether all records of an address are older than what was stored then. Where they are it makes the next one, of at most
// limit, which is not.
func (h *hostRecords) outlives(key hostKey, stored, now time.Time, limit int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	record := h.byHost[key]
	if record == nil {
		return true
	}
	for _, made := range record.late {
		if made.After(stored) {
			return false
		}
	}
	if len(record.late) >= limit {
		return true
	}
	record.late = append(record.late, now)
	return !now.After(stored)
}

func hostKeyOf(p *Page, u *URL) hostKey { return hostKey{p.partitionKey, u.Host()} }

// learnAddresses looks up where m goes: before a preflight if that is not known, and before any message if it was found too long ago.
func (p *fetchParams) learnAddresses(m *Message, kind ExchangeKind) {
	policy := &p.agent.profile.Preflight
	finder, ok := p.agent.transport.(AddressFinder)
	if policy.AddressLifetime == 0 || !ok || isLocalhost(m.URL.Host()) {
		return
	}
	key, now := hostKeyOf(p.page, m.URL), p.agent.clock()
	record, known := p.agent.hostRecords.get(key)
	if !known && kind != ExchangePreflight || known && now.Before(record.found.Add(policy.AddressLifetime)) {
		return
	}
	if addrs := finder.AddressesOf(p.ctx, m); len(addrs) > 0 {
		p.agent.hostRecords.put(key, addrs, now)
	}
}

// forgetMovedHost drops what preflights have allowed of the request's URL where the browser does so because of the host's addresses.
func (p *fetchParams) forgetMovedHost(r *request) {
	policy, cache := &p.agent.profile.Preflight, p.agent.preflightCache
	if policy.AddressLifetime == 0 {
		return
	}
	u := r.currentURL()
	key, stored := hostKeyOf(p.page, u), cache.storedAt(r)
	record, known := p.agent.hostRecords.get(key)
	if stored.IsZero() || !known {
		return
	}
	text := ""
	switch {
	case isAddress(u.Host()):
		if !p.agent.hostRecords.outlives(key, stored, p.agent.clock(), policy.AddressURLRecords) {
			text = "the host is an IP address, of which this browser makes new records at first: it forgets what an earlier preflight allowed"
		}
	case record.changed.After(stored):
		text = "the host has other addresses than when it was asked: this browser forgets what an earlier preflight allowed"
	case !record.stands(p.agent.clock(), policy):
		text = "the host's addresses were looked up too long ago: this browser forgets what an earlier preflight allowed"
	}
	if text == "" {
		return
	}
	cache.forget(r)
	p.step("concept-http-fetch", "4.1", Step{Verdict: Note, Subject: "preflight cache", Text: text})
}
