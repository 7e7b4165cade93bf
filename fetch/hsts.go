package fetch

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/corscope/corscope/internal/httpspec"
)

// maxHSTSHosts bounds the store; the host that was added first goes first.
const maxHSTSHosts = 4096

// HSTS remembers the hosts that asked to be fetched over https alone (Strict-Transport-Security). It holds no preload list. It is safe
// for concurrent use and bounded. Make one with [NewHSTS].
//
// https://www.rfc-editor.org/rfc/rfc6797
type HSTS struct {
	clock func() time.Time
	// count lets an empty store answer without a lock.
	count atomic.Int64

	mu     sync.Mutex
	byHost map[string]hstsHost
	order  []string // the hosts of byHost, the one added first at the front
}

type hstsHost struct {
	expires           time.Time
	includeSubDomains bool
}

// NewHSTS returns an empty store; clock nil means time.Now.
func NewHSTS(clock func() time.Time) *HSTS {
	if clock == nil {
		clock = time.Now
	}
	return &HSTS{clock: clock, byHost: map[string]hstsHost{}}
}

// Add makes host a known one for maxAge, as its header does; a maxAge that is not positive forgets it. host is a domain as URLs have it, in
// lower case and ASCII; others, addresses among them, are left out.
func (h *HSTS) Add(host string, maxAge time.Duration, includeSubDomains bool) {
	if !canBeKnownHost(host) {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	_, known := h.byHost[host]
	if maxAge <= 0 {
		if known {
			h.forget(host)
		}
		return
	}
	if !known {
		if len(h.order) >= maxHSTSHosts {
			h.forget(h.order[0])
		}
		h.order = append(h.order, host)
		h.count.Add(1)
	}
	h.byHost[host] = hstsHost{h.clock().Add(maxAge), includeSubDomains}
}

// Len is the number of known hosts, those whose time is over included.
func (h *HSTS) Len() int { return int(h.count.Load()) }

// Clear empties the store.
func (h *HSTS) Clear() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.byHost)
	h.order = nil
	h.count.Store(0)
}

// forget removes a host that is known. The caller holds mu.
func (h *HSTS) forget(host string) {
	delete(h.byHost, host)
	h.order = slices.DeleteFunc(h.order, func(s string) bool { return s == host })
	h.count.Add(-1)
}

// match is Known HSTS Host Domain Name Matching: it returns the known host that covers this one, or "".
//
// https://www.rfc-editor.org/rfc/rfc6797#section-8.2
func (h *HSTS) match(host string) string {
	if h.count.Load() == 0 {
		return ""
	}
	now := h.clock()
	h.mu.Lock()
	defer h.mu.Unlock()
	for known, congruent := host, true; known != ""; congruent = false {
		if entry, ok := h.byHost[known]; ok && now.Before(entry.expires) && (congruent || entry.includeSubDomains) {
			return known
		}
		_, known, _ = strings.Cut(known, ".")
	}
	return ""
}

// learn reads the header of an answer over https, of which only the first line counts.
//
// https://www.rfc-editor.org/rfc/rfc6797#section-8.1
func (h *HSTS) learn(u *URL, headers HeaderList) {
	if h == nil || u.Scheme() != "https" {
		return
	}
	at := slices.IndexFunc(headers, func(f Header) bool { return httpspec.EqualFold(f.Name, "Strict-Transport-Security") })
	if at < 0 {
		return
	}
	if maxAge, includeSubDomains, ok := parseStrictTransportSecurity(headers[at].Value); ok {
		h.Add(u.Host(), maxAge, includeSubDomains)
	}
}

// parseStrictTransportSecurity reports false for a value that has no max-age, a malformed one, or a directive twice.
//
// https://www.rfc-editor.org/rfc/rfc6797#section-6.1
func parseStrictTransportSecurity(value string) (maxAge time.Duration, includeSubDomains, ok bool) {
	var seen []string
	for directive := range strings.SplitSeq(value, ";") {
		name, argument, valued := strings.Cut(directive, "=")
		name = httpspec.Lower(strings.Trim(name, " \t"))
		if name == "" && !valued {
			continue
		}
		if !httpspec.IsToken(name) || slices.Contains(seen, name) {
			return 0, false, false
		}
		seen = append(seen, name)
		switch name {
		case "max-age":
			if maxAge, ok = parseDeltaSeconds(argument); !ok {
				return 0, false, false
			}
		case "includesubdomains":
			if valued {
				return 0, false, false
			}
			includeSubDomains = true
		}
	}
	return maxAge, includeSubDomains, slices.Contains(seen, "max-age")
}

// canBeKnownHost reports whether a URL's host is a domain whose public suffix is not "localhost".
func canBeKnownHost(host string) bool {
	return host != "" && !isAddress(host) && !isLocalhost(host)
}

// upgradeKnownHost is step 10 of main fetch.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (p *fetchParams) upgradeKnownHost() {
	r := p.request
	u := r.currentURL()
	if u.Scheme() != "http" || !canBeKnownHost(u.Host()) {
		return
	}
	known := ""
	if p.agent.hsts == nil {
		// A replay upgrades what the fetch upgraded: the store may have learnt more since.
		if slices.Contains(p.upgraded, u.String()) {
			known = u.Host()
		}
	} else {
		known = p.agent.hsts.match(u.Host())
	}
	if known == "" {
		return
	}
	if p.trace != nil {
		p.trace.replay.upgraded = append(p.trace.replay.upgraded, u.String())
		p.step("concept-main-fetch", "10", Step{Verdict: Note, Subject: "Strict-Transport-Security", Want: "https", Got: u.Scheme(),
			Text: known + " asked for https alone, so the URL is upgraded; it was another origin before"})
	}
	r.replaceCurrentURL(u.WithScheme("https"))
}

// replaceCurrentURL leaves the URL list itself alone, which responses share.
func (r *request) replaceCurrentURL(u *URL) {
	r.urlList = slices.Clone(r.urlList)
	r.urlList[len(r.urlList)-1] = u
}
