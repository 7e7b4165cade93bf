package fetch

import (
	"context"
	"strconv"
	"sync"
)

// maxKeepaliveBytes bounds the bodies of a page's keepalive requests in flight.
const maxKeepaliveBytes = 64 << 10

// fetchGroup is what a page holds of its fetches: how many bytes the bodies of its keepalive requests in flight have together.
//
// https://fetch.spec.whatwg.org/#concept-fetch-group
type fetchGroup struct {
	mu       sync.Mutex
	inFlight int64
}

// FetchRecord is the place of one keepalive request among its page's fetches. It holds the bytes of the request's body from the time
// when it is made until the answer's body has ended, been closed or failed, whatever redirects there were, and the page has been told of
// the answer. [Page.Fetch] makes and ends one by itself. Who makes requests in one order and fetches them in another, as a script's page
// with its goroutines does, makes it in the order of the requests with [Page.NewFetchRecord].
//
// It is safe for concurrent use. All methods of a nil record do nothing.
//
// https://fetch.spec.whatwg.org/#concept-fetch-record
type FetchRecord struct {
	page *Page
	// queue takes the task that gives the bytes back; nil: that is done at once.
	queue func(func())
	// before is what was in flight when the record was made, bytes what its own body has. Refused: together they were too many, and the
	// record holds nothing.
	before, bytes int64
	refused       bool
	ctx           context.Context // the fetch's, once there is an answer

	mu                         sync.Mutex
	ended, told, done, waiting bool
	given                      bool // back
}

// NewFetchRecord returns a record for a request that is about to be fetched, to be its [Request.Record]; nil for one that no limit
// applies to, because it has no keepalive, no body, or one that is a stream. Whether the body is too large, together with those in
// flight, is settled here. After [Page.Fetch] has returned, and the page has been told what it returned, the caller calls
// [FetchRecord.Told], or the record holds its bytes for ever. Queue is called, by any goroutine, with a function that gives the bytes back,
// for a page whose script must not see that between two of its tasks; nil: they are given back as soon as that is due.
func (p *Page) NewFetchRecord(q *Request, queue func(func())) *FetchRecord {
	if !q.Keepalive || q.Body == nil || !q.Body.hasSource() {
		return nil
	}
	r, _, err := p.newRequest(q)
	if err != nil {
		return nil
	}
	return p.newFetchRecord(r, q.KeepaliveImplied, queue)
}

func (p *Page) newFetchRecord(r *request, implied bool, queue func(func())) *FetchRecord {
	policy := &p.agent.profile.Keepalive
	if implied && policy.OwnOptionAlone || policy.NotLocal && !r.currentURL().IsHTTP() {
		return nil
	}
	if policy.NotRefused {
		// A copy, as its URL may be upgraded here.
		params := &fetchParams{agent: p.agent, page: p, request: r.clone()}
		params.upgradeInsecureRequest()
		if params.isMixedContent() || params.blockedByCSP() != nil {
			return nil
		}
	}
	record := &FetchRecord{page: p, queue: queue, bytes: r.body.Len()}
	g := &p.group
	g.mu.Lock()
	defer g.mu.Unlock()
	record.before = g.inFlight
	if record.refused = record.before+record.bytes > maxKeepaliveBytes; !record.refused {
		g.inFlight += record.bytes
	}
	return record
}

// joinGroup takes the request's record, or makes one.
func (p *fetchParams) joinGroup(q *Request) {
	if p.record = q.Record; p.record == nil && q.Body != nil && q.Body.hasSource() {
		p.record = p.page.newFetchRecord(p.request, q.KeepaliveImplied, nil)
	}
	if p.trace != nil {
		p.trace.replay.keepaliveImplied = q.KeepaliveImplied
		if p.record != nil {
			p.trace.replay.inFlight = p.record.before
		}
	}
}

// Refused reports whether the body is too large, so that the fetch will fail with [ReasonKeepaliveQuota]: navigator.sendBeacon returns false
// then, and fetches nothing.
func (r *FetchRecord) Refused() bool { return r != nil && r.refused }

// Told says that the page has been told of the answer.
func (r *FetchRecord) Told() {
	if r != nil {
		r.update(func() { r.told = true })
	}
}

// Drop gives the bytes back at once, whatever becomes of the fetch: for a page that is gone.
func (r *FetchRecord) Drop() {
	if r != nil {
		r.giveBack()
	}
}

// WaitsForPage reports, once [Page.Fetch] has returned, whether the browser leaves the answer's body for the page to read: its bytes are
// held until the page has done that or has given the body up. See [KeepalivePolicy.NoStoreHeld].
func (r *FetchRecord) WaitsForPage() bool {
	if r == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.waiting
}

// end says that the answer's body has ended, or that there will be none.
func (r *FetchRecord) end() {
	if r != nil {
		r.update(func() { r.ended = true })
	}
}

// abort says that the caller ended the fetch.
func (r *FetchRecord) abort() {
	if r != nil && !r.page.agent.profile.Keepalive.AbortKeeps {
		r.end()
	}
}

// update changes what is known, and sets the request's done flag where it is done.
//
// https://fetch.spec.whatwg.org/#fetch-finale
func (r *FetchRecord) update(change func()) {
	r.mu.Lock()
	change()
	due := r.ended && r.told && !r.done
	r.done = r.done || due
	r.mu.Unlock()
	switch {
	case !due:
	case r.queue != nil && !r.refused:
		r.queue(r.giveBack)
	default:
		r.giveBack()
	}
}

func (r *FetchRecord) giveBack() {
	r.mu.Lock()
	given := r.given
	r.given = true
	r.mu.Unlock()
	if given || r.refused {
		return
	}
	g := &r.page.group
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inFlight -= r.bytes
}

// keepaliveQuota is the end of step 8.10.
//
// DEVIATION(browser): the text counts the request's own record as well, so that a body of 33 KiB would be too large alone, and the records
// of requests that were made later; and it forgets a body that a redirect has dropped. Chromium, Firefox and WebKit count what was in
// flight when the request was made, and hold it until the answer behind all redirects has ended. Measured 2026-11-22;
// web-platform-tests: fetch/api/request/request-keepalive-quota.html.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (p *fetchParams) keepaliveQuota() *Response {
	record := p.record
	if !record.Refused() {
		return nil
	}
	detail := ""
	if record.before > 0 {
		detail = strconv.FormatInt(record.before, 10) + " bytes of earlier ones are still in flight"
	}
	p.step("concept-http-network-or-cache-fetch", "8.10.5", Step{Verdict: Fail, Subject: "keepalive",
		Want: "at most 65536 bytes in flight", Got: strconv.FormatInt(record.bytes+record.before, 10), Text: "the bodies of keepalive requests are too large together"})
	return p.blocked(ReasonKeepaliveQuota, detail)
}

// holdRecord has the record end with the body of the answer. Browsers read a body to its end whether or not the page does, and so does this.
//
// DEVIATION(browser): by the text nothing of a body goes through its stream until the page reads, so that an opaque answer would hold the
// bytes for ever. Chromium and Firefox read on by themselves. Measured 2026-11-22; https://fetch.spec.whatwg.org/#fetch-finale.
func (p *fetchParams) holdRecord(response *Response) {
	b, ok := response.Internal().Body.(*responseBody)
	if !ok {
		return
	}
	p.record.ctx, b.fetchRecord = p.ctx, p.record
	if p.agent.profile.Keepalive.NoStoreHeld && isNoStore(response.Internal().Headers) {
		p.record.update(func() { p.record.waiting = true })
		return
	}
	b.body = newDrainedBody(b.body, b.limit, b.endRecord)
}

func isNoStore(h HeaderList) bool {
	lines := h.Values("Cache-Control")
	return lines != nil && parseCacheControl(&HTTPCachePolicy{}, lines).noStore
}

// endRecord says what run came to.
func (p *fetchParams) endRecord(response *Response, err error) {
	r, policy := p.record, &p.agent.profile.Keepalive
	switch {
	case r == nil:
	case err != nil:
		r.abort()
	case response.IsError():
		r.update(func() { r.ended, r.told = true, r.told || policy.FailureFreesFirst })
	case response.Internal().Body == nil:
		r.update(func() { r.ended, r.told = true, r.told || policy.NoBodyFreesFirst })
	}
}
