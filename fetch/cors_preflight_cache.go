package fetch

import (
	"slices"
	"sync"
	"time"

	"github.com/corscope/corscope/internal/httpspec"
)

// The preflight cache's bounds. The standard lets an entry be removed at any time.
const (
	maxPreflightURLs    = 4096
	maxPreflightEntries = 512 // of one URL
)

// PreflightCache remembers which methods and headers a server has allowed, so that not every request is asked for first. It is
// safe for concurrent use and bounded: the URL that was stored first goes first. Make one with [NewPreflightCache].
//
// https://fetch.spec.whatwg.org/#concept-cache
type PreflightCache struct {
	clock func() time.Time

	mu    sync.Mutex
	byURL map[preflightKey]*preflightURL
	order []preflightKey // oldest first; may hold keys that are gone
}

// preflightKey is what every entry of a URL has in common.
type preflightKey struct {
	partition, origin, url string
}

type preflightURL struct {
	entries []preflightEntry
	// stored is when the first of them was, of those without and of those with credentials.
	stored [2]time.Time
}

// preflightEntry allows one method or one header, the other being empty.
//
// https://fetch.spec.whatwg.org/#cache-entry
type preflightEntry struct {
	method, header string
	credentials    bool
	expires        time.Time
}

// NewPreflightCache returns an empty cache; clock nil means time.Now.
func NewPreflightCache(clock func() time.Time) *PreflightCache {
	if clock == nil {
		clock = time.Now
	}
	return &PreflightCache{clock: clock, byURL: map[preflightKey]*preflightURL{}}
}

// Clear empties the cache.
func (c *PreflightCache) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.byURL)
	c.order = nil
}

func preflightKeyOf(r *request) preflightKey {
	return preflightKey{r.client.partitionKey, r.serializeOrigin(), r.currentURL().String()}
}

// credentialsIndex is the request's in stored.
func credentialsIndex(r *request) int {
	if r.credentials == CredentialsInclude {
		return 1
	}
	return 0
}

// storedAt is when the first of what is known of the request's URL and credentials mode was stored; zero where nothing is.
func (c *PreflightCache) storedAt(r *request) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.byURL[preflightKeyOf(r)]; known != nil {
		return known.stored[credentialsIndex(r)]
	}
	return time.Time{}
}

// forget removes what is known of the request's URL and credentials mode.
func (c *PreflightCache) forget(r *request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.byURL[preflightKeyOf(r)]
	if known == nil {
		return
	}
	include := r.credentials == CredentialsInclude
	known.entries = slices.DeleteFunc(known.entries, func(e preflightEntry) bool { return e.credentials == include })
	known.stored[credentialsIndex(r)] = time.Time{}
}

// clear removes what is known of the request's URL.
//
// https://fetch.spec.whatwg.org/#concept-cache-clear
func (c *PreflightCache) clear(r *request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.byURL, preflightKeyOf(r))
}

// matchMethod reports whether there is a method cache entry match.
//
// https://fetch.spec.whatwg.org/#concept-cache-match-method
func (c *PreflightCache) matchMethod(r *request, method string) bool {
	return c.match(r, func(e *preflightEntry) bool { return e.method == method || e.isStar(r, e.method) })
}

// matchHeader reports whether there is a header-name cache entry match.
//
// https://fetch.spec.whatwg.org/#concept-cache-match-header
func (c *PreflightCache) matchHeader(r *request, name string) bool {
	return c.match(r, func(e *preflightEntry) bool {
		return e.header != "" && httpspec.EqualFold(e.header, name) ||
			e.isStar(r, e.header) && (!httpspec.IsCORSNonWildcardRequestHeaderName(name) || r.client.agent.profile.Preflight.StarCachedForAuthorization)
	})
}

// knows reports whether there is any entry for the request's URL and credentials mode.
func (c *PreflightCache) knows(r *request) bool {
	return c.match(r, func(*preflightEntry) bool { return true })
}

// isFor compares credentials: what was learnt with them holds without them too.
func (e *preflightEntry) isFor(r *request) bool {
	include := r.credentials == CredentialsInclude
	return e.credentials == include || e.credentials && !r.client.agent.profile.Preflight.CredentialsApart
}

// isStar reports whether a method or header name of e counts as a wildcard.
func (e *preflightEntry) isStar(r *request, name string) bool {
	if r.credentials == CredentialsInclude && r.client.agent.profile.Preflight.StarForAnonymous {
		return false
	}
	return name == "*" && !r.client.agent.profile.Preflight.StarNeverCached && !(e.credentials && r.client.agent.profile.Preflight.StarNeedsAnonymous)
}

// match is "a cache entry match" with a further condition.
//
// https://fetch.spec.whatwg.org/#concept-cache-match
func (c *PreflightCache) match(r *request, also func(*preflightEntry) bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.byURL) == 0 {
		return false
	}
	key := preflightKeyOf(r)
	found := c.byURL[key]
	if found == nil {
		return false
	}
	now := c.clock()
	for i := range found.entries {
		e := &found.entries[i]
		if e.isFor(r) && now.Before(e.expires) && also(e) {
			if r.client.agent.profile.Preflight.MaxURLs > 0 {
				c.used(key)
			}
			return true
		}
	}
	return false
}

// entries returns a copy of what is known of the request's URL.
func (c *PreflightCache) entries(r *request) []preflightEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.byURL) == 0 {
		return nil
	}
	if known := c.byURL[preflightKeyOf(r)]; known != nil {
		return slices.Clone(known.entries)
	}
	return nil
}

// restore puts what [PreflightCache.entries] returned in the place of what is known now.
func (c *PreflightCache) restore(r *request, entries []preflightEntry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := preflightKeyOf(r)
	switch known := c.byURL[key]; {
	case len(entries) == 0:
		delete(c.byURL, key)
	case known == nil:
		c.insert(key, &preflightURL{entries: slices.Clone(entries)})
	default:
		known.entries = slices.Clone(entries)
	}
}

// update is steps 7.12 to 7.15 of CORS-preflight fetch: it refreshes the entries that match and creates the others.
func (c *PreflightCache) update(r *request, maxAge int64, methods, headers []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	limits := r.client.agent.profile.Preflight
	key := preflightKeyOf(r)
	if limits.LongestURL > 0 && len(key.url) > limits.LongestURL {
		return
	}
	now := c.clock()
	const longest = int64(1<<63-1) / int64(time.Second)
	expires := now.Add(time.Duration(min(maxAge, longest)) * time.Second)
	if len(methods) == 0 && limits.SafelistedMethodsCached {
		methods = []string{r.method} // which was allowed: the preflight succeeded
	}
	known := c.byURL[key]
	if known == nil {
		if len(methods)+len(headers) == 0 || maxAge == 0 {
			return
		}
		known = new(preflightURL)
		if limits.MaxURLs > 0 {
			c.makeRoom(limits.MaxURLs)
		}
		c.insert(key, known)
	}
	if limits.LatestReplaces {
		known.entries = known.entries[:0]
	}
	known.removeExpired(now)
	if stored := &known.stored[credentialsIndex(r)]; stored.IsZero() {
		*stored = now
	}
	methods, headers = methods[:min(len(methods), maxPreflightEntries)], headers[:min(len(headers), maxPreflightEntries)]
	known.entries = slices.Grow(known.entries, len(methods)+len(headers))
	for _, method := range methods {
		known.put(preflightEntry{method: method, expires: expires}, r)
	}
	for _, header := range headers {
		known.put(preflightEntry{header: header, expires: expires}, r)
	}
}

// put sets the max-age of the entries that match e, or adds e.
//
// https://fetch.spec.whatwg.org/#concept-cache-create-entry
func (u *preflightURL) put(e preflightEntry, r *request) {
	include := r.credentials == CredentialsInclude
	matched := false
	for i := range u.entries {
		old := &u.entries[i]
		if !old.isFor(r) {
			continue
		}
		sameMethod := e.method != "" && (old.method == e.method || old.isStar(r, old.method))
		sameHeader := e.header != "" && (httpspec.EqualFold(old.header, e.header) ||
			old.isStar(r, old.header) && !httpspec.IsCORSNonWildcardRequestHeaderName(e.header))
		if sameMethod || sameHeader {
			old.expires, matched = e.expires, true
		}
	}
	if matched || len(u.entries) >= maxPreflightEntries {
		return
	}
	e.credentials = include
	u.entries = append(u.entries, e)
}

func (u *preflightURL) removeExpired(now time.Time) {
	kept := u.entries[:0]
	for _, e := range u.entries {
		if now.Before(e.expires) {
			kept = append(kept, e)
		}
	}
	u.entries = kept
}

// used puts a URL behind all others in the order of who goes first.
func (c *PreflightCache) used(key preflightKey) {
	if c.order[len(c.order)-1] == key {
		return
	}
	c.order = append(slices.DeleteFunc(c.order, func(k preflightKey) bool { return k == key }), key)
}

// makeRoom drops URLs until there is room for one more among limit.
func (c *PreflightCache) makeRoom(limit int) {
	for len(c.byURL) >= limit && len(c.order) > 0 {
		delete(c.byURL, c.order[0])
		c.order = c.order[1:]
	}
}

// insert makes room by dropping the URL that was stored first.
func (c *PreflightCache) insert(key preflightKey, u *preflightURL) {
	c.makeRoom(maxPreflightURLs)
	if len(c.order) > 2*maxPreflightURLs {
		live := c.order[:0]
		for _, k := range c.order {
			if c.byURL[k] != nil {
				live = append(live, k)
			}
		}
		c.order = live
	}
	c.byURL[key] = u
	c.order = append(c.order, key)
}
