package fetch

import (
	"context"
	"io"
	"sync"
)

// revalidations are the fetches that refresh what the HTTP cache has while the page already has the stale answer.
type revalidations struct {
	ctx  context.Context
	stop context.CancelFunc

	mu      sync.Mutex
	running map[*storedResponse]bool
	closed  bool
	done    sync.WaitGroup
}

func newRevalidations() *revalidations {
	r := &revalidations{running: map[*storedResponse]bool{}}
	r.ctx, r.stop = context.WithCancel(context.Background())
	return r
}

// begin reports whether s is to be refreshed now: not where that is under way, and not in a closed agent.
func (r *revalidations) begin(s *storedResponse) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || r.running[s] {
		return false
	}
	r.running[s] = true
	r.done.Add(1)
	return true
}

func (r *revalidations) end(s *storedResponse) {
	r.mu.Lock()
	delete(r.running, s)
	r.mu.Unlock()
	r.done.Done()
}

// close ends those that are under way, and waits for them.
func (r *revalidations) close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.stop()
	r.done.Wait()
}

// staleWhileRevalidate reports whether s is a stale-while-revalidate response, and r a request that may have it.
//
// https://fetch.spec.whatwg.org/#concept-stale-while-revalidate-response
func (l *cacheLookup) staleWhileRevalidate(r *request) bool {
	s := l.stored
	if r.cache != CacheDefault || s.control.noCache || s.control.mustRevalidate || s.control.staleWhileRevalidate == 0 ||
		r.headers.Contains("Cache-Control") || r.headers.Contains("Pragma") {
		return false
	}
	age := s.currentAge(l.requestTime)
	return age >= s.lifetime && age < s.lifetime+s.control.staleWhileRevalidate
}

// revalidate runs step 8.26.2.1's fetch in the background: that of r anew, in cache mode no-cache without the header that goes with it. It
// is no part of the trace.
func (p *fetchParams) revalidate(r *request, s *storedResponse) {
	again := r.clone()
	again.cache, again.keepsCacheControl = CacheNoCache, true
	all := p.agent.revalidations
	if !all.begin(s) {
		return
	}
	go func() {
		defer all.end(s)
		q := &fetchParams{agent: p.agent, page: p.page, request: again}
		response, err := q.run(all.ctx, q.fetch)
		if err != nil {
			return
		}
		if body := response.Internal().Body; body != nil {
			io.Copy(io.Discard, body) // into the cache
		}
		response.Close()
	}()
}
