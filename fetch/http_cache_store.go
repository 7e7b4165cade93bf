package fetch

import (
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/corscope/corscope/internal/httpspec"
)

// storedOverhead is about what an answer takes in memory beside its strings and its body.
const storedOverhead = 512

// The rest of a body that nobody reads is fetched for the cache as far as a network layer would have read ahead.
const (
	maxReadAhead  = 64 << 10
	readAheadWait = withheldWait
)

// mayStore reports whether an answer to r is one that a private cache stores, and that could be used again.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-3
func mayStore(policy *HTTPCachePolicy, r *request, response *Response) (cacheControl, bool) {
	var c cacheControl
	if r.method != "GET" || r.cache == CacheNoStore || r.headers.Contains("Range") || !policy.storesStatus(response.Status, response.Headers) {
		return c, false
	}
	control, validator, expires := false, false, false
	for _, h := range response.Headers {
		switch len(h.Name) {
		case len("ETag"):
			validator = validator || httpspec.EqualFold(h.Name, "ETag")
		case len("Pragma"):
			control = control || httpspec.EqualFold(h.Name, "Pragma")
		case len("Expires"):
			expires = expires || httpspec.EqualFold(h.Name, "Expires")
		case len("Cache-Control"): // as long as Last-Modified
			control = control || httpspec.EqualFold(h.Name, "Cache-Control")
			validator = validator || httpspec.EqualFold(h.Name, "Last-Modified")
		}
	}
	if control {
		c = policy.answerDirectives(response.Headers)
	}
	useful := policy.StoresAll || c.hasMaxAge || expires || validator && (c.public || c.private || isHeuristicallyCacheable(response.Status)) ||
		c.freshnessLifetime(policy, response.Status, nil, time.Time{}) == forever // permanent by its status
	return c, useful && !c.noStore && !policy.requestDirectives(r.headers).noStore
}

// storedWriter gathers a body for the cache while the page reads it. One goroutine reads; another may close.
type storedWriter struct {
	cache    *HTTPCache
	stored   *storedResponse
	request  HeaderList // what Vary looks at
	body     []byte
	reserved int64
	expected int64 // Content-Length; -1: not known

	reading atomic.Bool
	mu      sync.Mutex
	done    bool
}

// newStoredWriter returns nil where the cache will not take the answer. r is the request as it was sent.
func (p *fetchParams) newStoredWriter(r *request, response *Response, includeCredentials bool, c cacheControl, requestTime time.Time) *storedWriter {
	cache := p.agent.httpCache
	vary, ok := varyFields(response.Headers, r.headers)
	if !ok && !p.agent.profile.HTTPCache.ValidatesOtherVariants {
		return nil
	}
	expected := int64(-1)
	if value, ok := response.Headers.Get("Content-Length"); ok && !response.Headers.Contains("Content-Encoding") {
		if expected = parseLength(value); expected > cache.maxBody {
			return nil
		}
	}
	now := p.agent.clock()
	s := &storedResponse{
		key: p.httpCacheKey(r.currentURL(), includeCredentials), vary: vary, varyStar: !ok, status: response.Status, statusText: response.StatusText,
		headers: response.Headers.Clone(), control: c, responseTime: now, initialAge: initialAge(&p.agent.profile.HTTPCache, response.Headers, requestTime, now),
		lifetime: c.freshnessLifetime(&p.agent.profile.HTTPCache, response.Status, response.Headers, now),
		only:     p.agent.profile.HTTPCache.OneVariant,
	}
	p.agent.profile.HTTPCache.loseEmptyLines(&s.headers)
	s.origin, _ = r.headers.Get("Origin")
	return &storedWriter{cache: cache, stored: s, request: r.headers, expected: expected}
}

func (p *fetchParams) httpCacheKey(u *URL, includeCredentials bool) httpCacheKey {
	return httpCacheKey{p.page.partitionKey, u.StringWithoutFragment(), !includeCredentials && p.agent.profile.HTTPCache.CredentialsApart}
}

// write takes a copy of what the reader got. A body that is too large ends the writer.
func (w *storedWriter) write(b []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.done || len(b) == 0 {
		return
	}
	need := len(w.body) + len(b)
	if int64(need) > w.cache.maxBody {
		w.drop()
		return
	}
	if need > cap(w.body) {
		size := max(need, 2*cap(w.body), 512, int(min(w.expected, w.cache.maxBody)))
		size = min(size, int(w.cache.maxBody))
		if !w.cache.reserve(int64(size) - w.reserved) {
			w.drop()
			return
		}
		w.reserved = int64(size)
		grown := make([]byte, len(w.body), size)
		copy(grown, w.body)
		w.body = grown
	}
	w.body = append(w.body, b...)
}

// end stores the answer where the body came whole, and forgets it otherwise.
func (w *storedWriter) end(whole bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.done {
		return
	}
	s, body := w.stored, w.body
	w.drop()
	if !whole {
		return
	}
	s.body = body
	s.size = s.measure()
	w.cache.put(s, w.request)
}

// drop frees what was gathered. The caller holds mu.
func (w *storedWriter) drop() {
	w.done, w.body = true, nil
	w.cache.release(w.reserved)
}

func (s *storedResponse) measure() int64 {
	size := storedOverhead + len(s.key.partition) + len(s.key.url) + cap(s.body)
	for _, h := range s.headers {
		size += len(h.Name) + len(h.Value) + 32
	}
	for _, f := range s.vary {
		size += len(f.name) + len(f.value) + 40
	}
	return int64(size)
}

// leave ends the storing of a body that its reader leaves before its end. What a browser's network layer would have read ahead is
// fetched first, so that a page which looks at the status alone fills the cache all the same.
func (b *responseBody) leave() {
	w := b.store
	if w == nil {
		return
	}
	if !w.reading.Load() && b.err == nil {
		b.readAhead(w)
	}
	w.end(false)
}

func (b *responseBody) readAhead(w *storedWriter) {
	w.mu.Lock()
	gathered, done := int64(len(w.body)), w.done
	w.mu.Unlock()
	if done || w.expected-gathered > maxReadAhead {
		return
	}
	timer := time.AfterFunc(readAheadWait, func() { b.body.Close() })
	defer timer.Stop()
	buf := make([]byte, 8<<10)
	for left := maxReadAhead; left >= 0; {
		n, err := b.read(buf)
		w.write(buf[:n])
		if left -= n; err != nil {
			w.end(err == io.EOF)
			return
		}
	}
}

// take is called with what one Read returned.
func (w *storedWriter) take(b []byte, err error) {
	w.write(b)
	if err != nil {
		w.end(err == io.EOF)
	}
	w.reading.Store(false)
}
