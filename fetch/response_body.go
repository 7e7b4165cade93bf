package fetch

import (
	"errors"
	"io"
	"time"
)

// withheldWait is how long a trace waits for the body of an answer that the page may not have.
const withheldWait = 250 * time.Millisecond

var errBodyClosed = errors.New("fetch: read from a closed response body")

// responseBody bounds a body in size and in time, and keeps the start of it for the trace. It is not safe for concurrent use.
type responseBody struct {
	body     io.ReadCloser
	left     int64
	limit    int64
	deadline *deadline
	exchange *Exchange // nil without a trace
	keep     int
	store    *storedWriter // nil: not for the HTTP cache
	err      error
	closed   bool
	// fetchRecord ends with the body; nil: there is none.
	fetchRecord *FetchRecord
}

func (p *fetchParams) responseBody(body io.ReadCloser, x *Exchange) *responseBody {
	limit := p.agent.limits.MaxResponseBody
	b := &responseBody{body: body, left: limit, limit: limit, deadline: &p.deadline, exchange: x}
	if x != nil {
		b.keep = p.trace.bodyLimit()
	}
	return b
}

func (b *responseBody) Read(buf []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if len(buf) == 0 {
		return 0, nil
	}
	if b.store != nil {
		b.store.reading.Store(true)
	}
	b.deadline.arm()
	n, err := b.read(buf)
	b.deadline.disarm()
	b.record(buf[:n])
	if b.store != nil {
		b.store.take(buf[:n], err)
	}
	if err != nil {
		b.err = b.bodyError(err)
		if b.fetchRecord != nil {
			b.endRecord(err)
		}
		b.deadline.release()
	}
	return n, b.err
}

// endRecord tells the fetch record of the error that the transport's body ended in.
func (b *responseBody) endRecord(err error) {
	if err != io.EOF && b.fetchRecord.ctx.Err() != nil && !b.deadline.expired() {
		b.fetchRecord.abort()
		return
	}
	b.fetchRecord.end()
}

// Ready reports whether the rest of the body is in memory, so that no Read waits.
func (b *responseBody) Ready() bool { return isReady(b.body) }

func isReady(body io.Reader) bool {
	b, ok := body.(interface{ Ready() bool })
	return ok && b.Ready()
}

func (b *responseBody) read(buf []byte) (int, error) {
	if b.left == 0 {
		// One byte more tells a body of just the limit from a larger one.
		var one [1]byte
		if n, err := b.body.Read(one[:]); n == 0 {
			return 0, err
		}
		return 0, &BodyError{Code: BodyTooLarge, Limit: b.limit}
	}
	n, err := b.body.Read(buf[:min(int64(len(buf)), b.left)])
	b.left -= int64(n)
	return n, err
}

func (b *responseBody) record(bytes []byte) {
	if b.exchange == nil || len(bytes) == 0 {
		return
	}
	room := max(b.keep-len(b.exchange.ResponseBody), 0)
	if len(bytes) > room {
		bytes, b.exchange.ResponseBodyTruncated = bytes[:room], true
	}
	b.exchange.ResponseBody = append(b.exchange.ResponseBody, bytes...)
}

func (b *responseBody) bodyError(err error) error {
	if err == io.EOF {
		return err // before known, which costs an allocation
	}
	var known *BodyError
	switch {
	case b.deadline.expired():
		return &BodyError{Code: BodyTimeout, Err: err}
	case errors.As(err, &known):
		return known
	}
	return &BodyError{Code: BodyTruncated, Err: err}
}

func (b *responseBody) Close() error {
	if b.closed {
		return nil
	}
	b.closed = true
	b.leave()
	if b.err == nil {
		b.err = errBodyClosed
		if b.exchange != nil {
			b.exchange.ResponseBodyTruncated = true
		}
	}
	b.fetchRecord.abort()
	err := b.body.Close()
	b.deadline.release()
	return err
}

// withhold ends an answer that the page does not get, and with it the fetch. With a trace, the start of the body is kept: it is
// what the server gave away to the browser and not to the page.
func (p *fetchParams) withhold(response *Response) {
	b, ok := response.Body.(*responseBody)
	if !ok {
		return
	}
	response.Body = nil
	if b.store != nil && p.agent.profile.HTTPCache.RefusedNotStored {
		b.store.end(false)
	}
	if b.keep == 0 {
		b.leave()
		b.body.Close()
		return
	}
	// Closing the transport's body from the timer ends a read that would wait for a slow server.
	timer := time.AfterFunc(withheldWait, func() { b.body.Close() })
	_, err := io.CopyN(io.Discard, b, int64(b.keep)+1)
	if !timer.Stop() || err != io.EOF {
		b.exchange.ResponseBodyTruncated = true
	}
	b.leave()
	b.body.Close()
}

// discard ends an answer whose body nobody wants, that of a redirect or of a successful preflight, while the fetch goes on.
func (p *fetchParams) discard(response *Response) {
	if b, ok := response.Body.(*responseBody); ok {
		b.body.Close()
		response.Body = nil
	}
}
