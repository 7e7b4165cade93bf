package jsrun

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// requests are the fetches of one script and the bodies that it has not read to their end. The maps belong to the loop's
// goroutine.
type requests struct {
	run    *run
	slots  chan struct{}
	work   sync.WaitGroup
	jobs   chan func() // to goroutines that have ended a request
	cancel map[int]context.CancelFunc
	bodies map[int]*body
	// waiting is how many bytes of bodies have come that their streams have not been read for yet.
	waiting atomic.Int64
	// records are those of keepalive requests in flight.
	records map[*fetch.FetchRecord]bool
	// next is the request of the task that runs now, if it has made one and done nothing since that anybody could notice.
	next func()
}

// body is that of an answer. One read is under way at a time.
type body struct {
	*readAhead
	response *fetch.Response
	cancel   context.CancelFunc
	record   *fetch.FetchRecord // nil but for keepalive requests
	asked    bool               // the page waits for bytes of it
	unwanted bool               // it is given up as soon as that is not so
	streamed bool               // the page has a stream of it, which the network fills
	filling  bool               // it does so now
	watched  bool               // somebody waits for its end: filling -> it counts in loop.pending
}

func newRequests(r *run) *requests {
	return &requests{run: r, slots: make(chan struct{}, parallelRequests), jobs: make(chan func()), cancel: make(map[int]context.CancelFunc), bodies: make(map[int]*body), records: make(map[*fetch.FetchRecord]bool)}
}

// close ends what is under way; the run's context has ended.
func (q *requests) close() {
	close(q.jobs)
	q.work.Wait()
	for _, b := range q.bodies {
		b.response.Close()
		b.cancel()
	}
	for _, cancel := range q.cancel {
		cancel()
	}
	for record := range q.records {
		record.Drop()
	}
}

// The flags of a request, as fetchFlags in prelude/fetch.js.
const (
	flagKeepalive = 1 << iota
	flagStream
	flagUploadListener
	flagURLCredentials
	flagInHand // the body may come with the answer
	flagKeepaliveImplied
	flagBeacon
)

// requestOf is the request that opFetch and opFetchSync take after a number: its lines, which are members and then headers; flags;
// integrity, which alone may hold a line's end; the body as base64, or null; and the number of its blob URL entry, or 0.
func (r *run) requestOf(a arguments) (fetch.Request, error) {
	lines := strings.Split(a.str(1), "\n")
	if len(lines) < 10 {
		return fetch.Request{}, fmt.Errorf("jsrun: a request of %d lines", len(lines))
	}
	flags := a.int(2)
	q := fetch.Request{
		Method: isomorphicEncode(lines[0]), URL: lines[1], Mode: fetch.Mode(lines[2]), Credentials: fetch.CredentialsMode(lines[3]),
		Redirect: fetch.RedirectMode(lines[4]), Cache: fetch.CacheMode(lines[5]), Referrer: lines[6],
		ReferrerPolicy: fetch.ReferrerPolicy(lines[7]), TargetAddressSpace: fetch.AddressSpace(lines[8]), Integrity: a.str(3), Keepalive: flags&flagKeepalive != 0, KeepaliveImplied: flags&flagKeepaliveImplied != 0,
		UploadListener: flags&flagUploadListener != 0, URLCredentials: flags&flagURLCredentials != 0, BodyType: lines[9],
	}
	switch {
	case q.URLCredentials:
		q.InitiatorType = fetch.InitiatorXMLHttpRequest
	case flags&flagBeacon != 0:
		q.InitiatorType = fetch.InitiatorBeacon
	}
	if len(lines) > 10 {
		q.Headers = make(fetch.HeaderList, 0, len(lines)-10)
		for _, line := range lines[10:] {
			name, value, _ := strings.Cut(line, ":")
			q.Headers = append(q.Headers, fetch.Header{Name: isomorphicEncode(name), Value: isomorphicEncode(value)})
		}
	}
	q.Parsed = r.blobEntries.byID[a.int(5)]
	if len(a) > 4 && a[4] != nil {
		b, err := a.bytes(4)
		if err != nil {
			return q, err
		}
		if flags&flagStream != 0 {
			q.Body = fetch.StreamBody(bytes.NewReader(b))
		} else {
			q.Body = fetch.BytesBody(b)
		}
	}
	return q, nil
}

// answerOf writes what the page may know of a response, a line each: its type, status and message, its URL, whether it was
// redirected (1) and has a body (2), and the headers. An error's is errorAnswer.
func answerOf(response *fetch.Response) string {
	flags := 0
	if response.Redirected() {
		flags |= 1
	}
	if response.Body != nil {
		flags |= 2
	}
	b := make([]byte, 0, 256)
	b = append(b, response.Type...)
	b = append(b, '\n')
	b = strconv.AppendInt(b, int64(response.Status), 10)
	b = appendLine(b, '\n', isomorphicDecode(response.StatusText))
	b = appendLine(b, '\n', response.URL())
	b = append(b, '\n')
	b = strconv.AppendInt(b, int64(flags), 10)
	for _, h := range response.Headers {
		b = appendLine(b, '\n', h.Name)
		b = appendLine(b, ':', isomorphicDecode(h.Value))
	}
	return string(b)
}

func errorAnswer(message string) string {
	return string(appendLine([]byte("error\n0"), '\n', message))
}

// appendLine writes s after the byte before it. A line's end in s, which no transport of ours lets through, becomes a space.
func appendLine(b []byte, before byte, s string) []byte {
	b = append(b, before)
	if strings.IndexByte(s, '\n') >= 0 {
		s = strings.ReplaceAll(s, "\n", " ")
	}
	return append(b, s...)
}

// failedToFetch is the message of the TypeError, which tells the page nothing.
const failedToFetch = "Failed to fetch"

// opFetch takes a number and a request. Its answer comes by the hook "fetched". It returns false, and has done nothing, for a beacon that
// is too large.
func opFetch(r *run, a arguments) (any, error) {
	id := a.int(0)
	request, err := r.requestOf(a)
	if err != nil {
		return nil, err
	}
	size := heldBy(&request)
	if request.Body.Len() < 0 {
		size += int64(len(a.str(4)))
	}
	flags := a.int(2)
	ahead := flags&flagInHand != 0
	if flags&flagKeepalive != 0 {
		// Here, because the requests go out in whatever order.
		request.Record = r.requests.newRecord(&request)
		if flags&flagBeacon != 0 && request.Record.Refused() {
			return false, nil
		}
		// What a body in hand gives the page in one task has the end of the request between it.
		ahead = ahead && request.Record == nil
	}
	return nil, r.send(id, request, size, ahead)
}

// fetchPlain takes a request in lines: its number, a method or an empty line, the names and values of so many headers, and a URL that
// is not parsed yet. It returns false, and has done nothing, if any of it is not what Go takes as it is: the prelude then does what
// the standard does step by step. The answer comes as that of opFetch.
//
// It has a door of its own, with few arguments: each that crosses costs as much as a step of the standard.
func (r *run) fetchPlain(lines string, headers int) bool {
	if r.fatal != nil {
		return true
	}
	r.requests.begin()
	number, lines, _ := strings.Cut(lines, "\n")
	id, err := strconv.Atoi(number)
	request, ok := r.plainRequest(lines, headers)
	if err != nil || !ok {
		return false
	}
	// What it refuses has ended the script.
	_ = r.send(id, request, heldBy(&request), true)
	return true
}

func (r *run) plainRequest(lines string, headers int) (fetch.Request, bool) {
	q := fetch.Request{Method: "GET", Mode: fetch.ModeCORS, Credentials: fetch.CredentialsSameOrigin, Redirect: fetch.RedirectFollow, Cache: fetch.CacheDefault, Referrer: "about:client"}
	method, lines, _ := strings.Cut(lines, "\n")
	// A line's end within a part shows as a line too many.
	if r.config.Page.URL() == nil || strings.Count(lines, "\n") != 2*headers || !utf8.ValidString(lines) {
		return q, false
	}
	if method != "" {
		if !httpspec.IsToken(method) || httpspec.IsForbiddenMethod(method) {
			return q, false
		}
		q.Method = httpspec.NormalizeMethod(method)
	}
	if headers > 0 {
		q.Headers = make(fetch.HeaderList, headers)
		for i := range q.Headers {
			var name, value string
			name, lines, _ = strings.Cut(lines, "\n")
			value, lines, _ = strings.Cut(lines, "\n")
			if !httpspec.IsToken(name) || strings.ContainsFunc(value, func(c rune) bool { return c == 0 || c == '\r' || c > 0xff }) {
				return q, false
			}
			q.Headers[i] = fetch.Header{Name: name, Value: isomorphicEncode(value)}
		}
	}
	u, err := r.config.Page.ParseURL(lines)
	if err != nil || u.Username() != "" || u.Password() != "" {
		return q, false
	}
	q.URL, q.Parsed = u.String(), u
	return q, true
}

// newRecord gives a keepalive request its place among the others; nil where none is limited. The end of the request is a task of its own.
//
// https://fetch.spec.whatwg.org/#fetch-finale
func (q *requests) newRecord(request *fetch.Request) *fetch.FetchRecord {
	var record *fetch.FetchRecord
	record = q.run.config.Page.NewFetchRecord(request, func(giveBack func()) {
		q.run.loop.post(func() {
			delete(q.records, record)
			giveBack()
		})
	})
	if record != nil && !record.Refused() {
		q.records[record] = true
	}
	return record
}

// send starts a request, which holds so many bytes until its answer comes; ahead says that the body may come with the answer.
func (r *run) send(id int, request fetch.Request, size int64, ahead bool) error {
	if r.loop.pending >= r.config.Limits.Requests {
		r.stop(&LimitError{Code: LimitRequests, Max: int64(r.config.Limits.Requests)})
		return errStopped
	}
	if !r.hold(size) {
		return r.outOfMemory()
	}
	if request.UploadListener {
		request.Uploaded = r.requests.uploaded(id, request.Body.Len())
	}
	if r.config.OnTrace != nil {
		request.Trace = new(fetch.Trace)
		// The trace is told of before the page reads the body.
		ahead = false
	}
	ctx, cancel := context.WithCancel(r.ctx)
	q := r.requests
	q.cancel[id] = cancel
	r.loop.pending++
	run := func() {
		response, err := q.fetch(ctx, request)
		var head *readAhead
		post := func(text string, inHand bool) {
			r.loop.post(func() {
				r.loop.pending--
				r.drop(size)
				q.fetched(id, fetched{request, response, err, head, text, inHand})
			})
		}
		switch {
		case err != nil || response.Body == nil:
			post("", false)
		case ahead && isShort(response):
			head = newReadAhead(response.Body, true)
			if isReady(response.Body) {
				head.run(post)
			} else {
				q.work.Go(func() { head.run(post) })
			}
		default:
			head = newReadAhead(response.Body, false)
			post("", false)
		}
	}
	switch {
	case strings.HasPrefix(request.URL, "blob:"):
		// There is no server to wait for.
		ahead = false
		run()
	case request.Uploaded != nil:
		q.start(run) // the page is told of it meanwhile
	default:
		q.next = run
	}
	return nil
}

// heldBy is how many bytes a request holds until its answer comes: its URL, which is kept as it was given too, its headers and its body, but
// for that of a stream.
func heldBy(q *fetch.Request) int64 {
	n := 2 * int64(len(q.URL))
	for _, h := range q.Headers {
		n += int64(len(h.Name) + len(h.Value))
	}
	return n + max(q.Body.Len(), 0)
}

// uploadInterval is how often a page is told at most how much of a body has gone out.
//
// https://xhr.spec.whatwg.org/#the-send()-method
const uploadInterval = 50 * time.Millisecond

// uploaded returns a function that tells the page how much of a body of that length has gone out.
func (q *requests) uploaded(id int, length int64) func(int64) {
	var last time.Time
	return func(n int64) {
		now := time.Now()
		if n < length && now.Sub(last) < uploadInterval {
			return
		}
		last = now
		q.run.loop.post(func() { q.run.dispatch("uploaded", id, float64(n)) })
	}
}

// begin sends the request that is next. The script may go on meanwhile.
func (q *requests) begin() {
	if run := q.next; run != nil {
		q.next = nil
		q.start(run)
	}
}

// start makes a request on a goroutine, best one that has made another: its stack has grown to what a request needs.
func (q *requests) start(run func()) {
	select {
	case q.jobs <- run:
	default:
		q.work.Go(func() {
			run()
			for run := range q.jobs {
				run()
			}
		})
	}
}

// turn sends the request that is next, and waits for its answer here if that is all that there is to do: to hand it to another
// goroutine, and the answer back, costs more than all else.
func (q *requests) turn() {
	if r := q.run; q.next == nil || r.loop.pending > 1 || len(r.loop.timers) > 0 || r.loop.queued() {
		q.begin()
		return
	}
	run := q.next
	q.next = nil
	run()
}

// fetch waits for its turn on the network.
func (q *requests) fetch(ctx context.Context, request fetch.Request) (*fetch.Response, error) {
	select {
	case q.slots <- struct{}{}:
		defer func() { <-q.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return q.run.config.Page.Fetch(ctx, request)
}

// fetched is what came of a request: a response or an error.
type fetched struct {
	request  fetch.Request
	response *fetch.Response
	err      error
	head     *readAhead // nil if there is no body
	text     string     // the body's, if that is in hand
	inHand   bool
}

// fetched tells the page of an answer.
func (q *requests) fetched(id int, f fetched) {
	response := f.response
	cancel := q.cancel[id]
	delete(q.cancel, id)
	f.request.Record.Told()
	if f.err != nil {
		cancel()
		q.run.dispatchFetched(id, refusal(f.err), nil)
		return
	}
	q.tell(f.request, response)
	switch {
	case response.IsError():
		cancel()
		q.run.dispatchFetched(id, errorAnswer(failedToFetch), nil)
		return
	case f.request.Record.WaitsForPage() && response.Body == nil:
		q.bodies[id] = &body{readAhead: newReadAhead(response.Internal().Body, false), response: response, cancel: cancel, record: f.request.Record}
	case response.Body == nil:
		q.drain(response, response.Internal().Body, cancel)
	case f.inHand:
		response.Close()
		cancel()
		q.run.dispatchFetched(id, answerOf(response), f.text)
		return
	default:
		q.bodies[id] = &body{readAhead: f.head, response: response, cancel: cancel, record: f.request.Record}
	}
	q.run.dispatchFetched(id, answerOf(response), nil)
}

// drain reads what the page may not read, as browsers do, so that the connection can be used again.
func (q *requests) drain(response *fetch.Response, hidden io.Reader, cancel context.CancelFunc) {
	if hidden == nil {
		cancel()
		return
	}
	q.work.Go(func() {
		defer cancel()
		defer response.Close()
		// A body that breaks off is nothing that the page could notice.
		_, _ = io.Copy(io.Discard, hidden)
	})
}

// tell gives the fetch to whoever looks on.
func (q *requests) tell(request fetch.Request, response *fetch.Response) {
	if q.run.config.OnTrace != nil {
		q.run.config.OnTrace(request.Trace)
	}
	if response.IsError() && q.run.config.OnBlocked != nil && q.run.mayPrint(len(request.URL)+len(response.Reason.Detail)) {
		method := request.Method
		if method == "" {
			method = "GET"
		}
		q.run.config.OnBlocked(method, request.URL, response.Reason)
	}
}

// refusal answers a request that could not be run: cancelled, or one that the Request constructor should have refused.
func refusal(err error) string {
	var refused *fetch.RequestError
	if errors.As(err, &refused) {
		return errorAnswer(refused.Error())
	}
	return errorAnswer(failedToFetch)
}

// opFetchSync runs a request, and reads its body, while the page stands still: a synchronous XMLHttpRequest. It returns the body as
// base64, a line's end, and the answer. Where events tell of a failure, a word stands in the place of the body.
func opFetchSync(r *run, a arguments) (any, error) {
	request, err := r.requestOf(a)
	if err != nil {
		return nil, err
	}
	if r.config.OnTrace != nil {
		request.Trace = new(fetch.Trace)
	}
	response, err := r.config.Page.Fetch(r.ctx, request)
	if r.stopped() {
		if err == nil {
			response.Close()
		}
		r.stop(r.fatal)
		return nil, errStopped
	}
	if err != nil {
		return "\n" + refusal(err), nil
	}
	defer response.Close()
	r.requests.tell(request, response)
	if response.IsError() {
		tell := ""
		if r.config.Page.Agent().Profile().TellsSyncFailures && !response.Reason.Code.IsNetwork() {
			tell = "tell"
		}
		return tell + "\n" + errorAnswer(failedToFetch), nil
	}
	bytes := ""
	if response.Body != nil {
		counted := &heldReader{run: r, body: response.Body}
		defer counted.drop()
		b, err := counted.all()
		if errors.Is(err, errFull) {
			return nil, r.outOfMemory()
		}
		if err != nil {
			return "\n" + errorAnswer(err.Error()), nil
		}
		bytes = encodeBytes(b)
	}
	return bytes + "\n" + answerOf(response), nil
}

// opFetchAbort ends a fetch or the reading of its body.
func opFetchAbort(r *run, a arguments) (any, error) {
	id := a.int(0)
	if cancel := r.requests.cancel[id]; cancel != nil {
		cancel()
	}
	if b := r.requests.bodies[id]; b != nil {
		b.cancel()
		b.unwanted = true
		if !b.asked {
			// Nobody reads, so that nobody would notice the end of the context, and close the connection.
			r.requests.drop(id)
		}
	}
	return nil, nil
}
