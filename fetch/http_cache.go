package fetch

import (
	"container/list"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/corscope/corscope/internal/httpspec"
)

// The defaults of [HTTPCacheConfig], and how many answers of one URL, told apart by Vary, are kept.
const (
	DefaultHTTPCacheBytes   = 64 << 20
	DefaultHTTPCacheEntries = 4096
	maxStoredVariants       = 16
)

// HTTPCacheConfig bounds an [HTTPCache]. The zero value takes the defaults that stand at the fields.
type HTTPCacheConfig struct {
	// MaxBytes bounds the stored answers, headers and bodies, together with the bodies that are being received for storing.
	// Default: 64 MiB.
	MaxBytes int64
	// MaxEntries is the greatest number of stored answers. Default: 4096.
	MaxEntries int
	// MaxBody is the largest body in bytes, after decoding, that is stored. Default: an eighth of MaxBytes.
	MaxBody int64
}

// HTTPCache is a private cache of answers, as browsers keep one for all their pages: parted by the page's top-level site, so that
// pages of one site share answers, and with them the Access-Control-Allow-Origin of whoever asked first. The answer that was used
// longest ago goes first. It is safe for concurrent use. Make one with [NewHTTPCache].
//
// Only whole answers to GET are stored. Those with neither a lifetime nor a validator, which could not be used again in the cache mode
// default, are stored where [HTTPCachePolicy.StoresAll] says so.
//
// https://www.rfc-editor.org/rfc/rfc9111
type HTTPCache struct {
	maxBytes, maxBody int64
	maxEntries        int
	// count lets an empty cache answer without a lock.
	count atomic.Int64

	mu    sync.Mutex
	byKey map[httpCacheKey][]*storedResponse // newest first, never empty
	used  list.List                          // of *storedResponse, the one used last first
	bytes int64                              // of used, and reserved for bodies on their way
}

// httpCacheKey is a cache key within an HTTP cache partition. The method is GET always.
//
// https://fetch.spec.whatwg.org/#http-cache-partitions
type httpCacheKey struct {
	partition, url string
	// anonymous is set where [HTTPCachePolicy.CredentialsApart] asks for it.
	anonymous bool
}

// storedResponse is immutable but for its place in the list of use: freshening replaces it.
type storedResponse struct {
	key        httpCacheKey
	vary       []varyField
	varyStar   bool // no request matches
	status     int
	statusText string
	proto      string
	headers    HeaderList
	body       []byte

	control      cacheControl
	responseTime time.Time
	initialAge   time.Duration
	lifetime     time.Duration

	// origin is the Origin header of the request that it answered; empty where there was none.
	origin string
	// only -> no other variant of the URL is kept.
	only  bool
	size  int64
	place *list.Element // nil: no longer in the cache
}

// varyField is a request header that the answer depends on, and what it was.
type varyField struct {
	name, value string
	present     bool
}

// NewHTTPCache returns an empty cache. Fields of c that are not positive take their defaults.
func NewHTTPCache(c HTTPCacheConfig) *HTTPCache {
	h := &HTTPCache{maxBytes: c.MaxBytes, maxEntries: c.MaxEntries, maxBody: c.MaxBody, byKey: map[httpCacheKey][]*storedResponse{}}
	if h.maxBytes <= 0 {
		h.maxBytes = DefaultHTTPCacheBytes
	}
	if h.maxEntries <= 0 {
		h.maxEntries = DefaultHTTPCacheEntries
	}
	if h.maxBody <= 0 {
		h.maxBody = h.maxBytes / 8
	}
	return h
}

// Len is the number of stored answers.
func (c *HTTPCache) Len() int { return int(c.count.Load()) }

// Bytes is the size of the stored answers and of the bodies that are being received for storing, as MaxBytes counts it.
func (c *HTTPCache) Bytes() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bytes
}

// Clear empties the cache.
func (c *HTTPCache) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.used.Len() > 0 {
		c.remove(c.used.Back().Value.(*storedResponse))
	}
}

// selectStored is the part of constructing responses from caches that looks at the URL and the headers that Vary names: the newest
// answer that matches the request, or nil. Where none matches and others may be validated, it is the newest one with an ETag that does
// not match.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.1
func (c *HTTPCache) selectStored(key httpCacheKey, request HeaderList, policy *HTTPCachePolicy) (s *storedResponse, matches bool) {
	if c.count.Load() == 0 {
		return nil, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.byKey[key] {
		if s.matches(request) {
			c.used.MoveToFront(s.place)
			return s, true
		}
	}
	for _, s := range c.byKey[key] {
		if policy.ValidatesOtherVariants && policy.validates(s.status) {
			if etag, _ := s.headers.Get("ETag"); etag != "" {
				return s, false
			}
		}
	}
	return nil, false
}

// put stores s in place of the answers that would match the same request.
func (c *HTTPCache) put(s *storedResponse, request HeaderList) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, old := range slices.Clone(c.byKey[s.key]) {
		if s.only || old.matches(request) {
			c.remove(old)
		}
	}
	if variants := c.byKey[s.key]; len(variants) >= maxStoredVariants {
		c.remove(variants[len(variants)-1])
	}
	if !c.makeRoom(s.size) {
		return
	}
	for c.used.Len() >= c.maxEntries {
		c.remove(c.used.Back().Value.(*storedResponse))
	}
	c.bytes += s.size
	c.byKey[s.key] = slices.Insert(c.byKey[s.key], 0, s)
	s.place = c.used.PushFront(s)
	c.count.Add(1)
}

// replace puts next where old is, if it still is, or removes it where next may not be kept.
func (c *HTTPCache) replace(old, next *storedResponse, keep bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	variants := c.byKey[old.key]
	at := slices.Index(variants, old)
	if at < 0 {
		return
	}
	if !keep {
		c.remove(old)
		return
	}
	variants[at], next.place = next, old.place
	next.place.Value, old.place = next, nil
	c.bytes += next.size - old.size
	c.makeRoom(0)
}

// invalidate removes every answer of a URL, and reports how many there were.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.4
func (c *HTTPCache) invalidate(key httpCacheKey) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	variants := slices.Clone(c.byKey[key])
	for _, s := range variants {
		c.remove(s)
	}
	return len(variants)
}

// reserve makes room for n bytes of a body on its way, or reports that there is none. Each reservation is given back with release.
func (c *HTTPCache) reserve(n int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.makeRoom(n) {
		return false
	}
	c.bytes += n
	return true
}

func (c *HTTPCache) release(n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bytes -= n
}

// makeRoom drops what was used longest ago until n bytes more fit. The caller holds mu.
func (c *HTTPCache) makeRoom(n int64) bool {
	if n > c.maxBytes {
		return false
	}
	for c.bytes+n > c.maxBytes {
		last := c.used.Back()
		if last == nil {
			return false
		}
		c.remove(last.Value.(*storedResponse))
	}
	return true
}

// remove takes s out. The caller holds mu.
func (c *HTTPCache) remove(s *storedResponse) {
	variants := c.byKey[s.key]
	at := slices.Index(variants, s)
	if variants = slices.Delete(variants, at, at+1); len(variants) == 0 {
		delete(c.byKey, s.key)
	} else {
		c.byKey[s.key] = variants
	}
	c.used.Remove(s.place)
	s.place = nil
	c.bytes -= s.size
	c.count.Add(-1)
}

// matches reports whether the request has the headers that Vary names as the request had that s answered.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.1
func (s *storedResponse) matches(request HeaderList) bool {
	if s.varyStar {
		return false
	}
	for _, field := range s.vary {
		value, present := varyValue(request, field.name)
		if present != field.present || value != field.value {
			return false
		}
	}
	return true
}

// varyValue joins a request's lines of one name, without the white space that may differ.
func varyValue(request HeaderList, name string) (string, bool) {
	lines := request.Values(name)
	if len(lines) == 0 {
		return "", false
	}
	return strings.Join(httpspec.GetDecodeSplit(lines), ", "), true
}

// varyFields are what a request has for the names in an answer's Vary header. It reports false for "*", which no request matches.
func varyFields(response, request HeaderList) ([]varyField, bool) {
	var fields []varyField
	for _, line := range response.Values("Vary") {
		for name := range strings.SplitSeq(line, ",") {
			name = httpspec.Lower(strings.Trim(name, " \t"))
			if name == "*" {
				return nil, false
			}
			if name == "" || slices.ContainsFunc(fields, func(f varyField) bool { return f.name == name }) {
				continue
			}
			value, present := varyValue(request, name)
			fields = append(fields, varyField{name, value, present})
		}
	}
	return fields, true
}

// variesOn reports whether Vary names a request header, given in lower case, or all.
func (s *storedResponse) variesOn(name string) bool {
	return s.varyStar || slices.ContainsFunc(s.vary, func(f varyField) bool { return f.name == name })
}
