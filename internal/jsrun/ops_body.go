package jsrun

import (
	"errors"
	"io"

	"github.com/corscope/corscope/fetch"
)

// chunk is how many bytes of a body are read at a time.
const chunk = 64 << 10

// opBodyRead reads the next bytes of a fetch's body. They come by the hook "chunk", as base64, or null at the end.
func opBodyRead(r *run, a arguments) (any, error) {
	r.requests.read(a.int(0), func(body *heldReader) (any, bool, error) {
		buf := make([]byte, chunk)
		for {
			n, err := body.Read(buf)
			switch {
			case n > 0:
				return encodeBytes(buf[:n]), false, nil
			case err == io.EOF:
				return nil, true, nil
			case err != nil:
				return nil, true, err
			}
		}
	})
	return nil, nil
}

// opBodyAll reads a body to its end; it comes by the hook "chunk".
func opBodyAll(r *run, a arguments) (any, error) {
	r.requests.read(a.int(0), func(body *heldReader) (any, bool, error) {
		b, err := body.all()
		return encodeBytes(b), true, err
	})
	return nil, nil
}

// opBodyText reads a body to its end and decodes it as UTF-8 without a byte order mark; it comes by the hook "chunk".
func opBodyText(r *run, a arguments) (any, error) {
	r.requests.read(a.int(0), func(body *heldReader) (any, bool, error) {
		b, err := body.all()
		if len(b) >= 3 && b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf {
			b = b[3:]
		}
		text, _ := decodeOwnUTF8(b)
		return text, true, err
	})
	return nil, nil
}

// read runs f on a goroutine of its own and posts what it returns: a value for the page, whether the body has ended, and an error.
func (q *requests) read(id int, f func(*heldReader) (any, bool, error)) {
	b := q.bodies[id]
	if b == nil {
		q.run.loop.post(func() { q.run.dispatch("chunk", id, nil, "") })
		return
	}
	q.run.loop.pending++
	b.asked = true
	q.work.Go(func() {
		counted := &heldReader{run: q.run, body: b}
		v, ended, err := f(counted)
		// The text is copied for the engine to take it from.
		if text, ok := v.(string); ok && err == nil {
			err = counted.hold(2 * int64(len(text)))
		}
		q.run.loop.post(func() {
			defer counted.drop()
			q.run.loop.pending--
			b.asked = false
			if errors.Is(err, errFull) {
				_ = q.run.outOfMemory()
				return
			}
			if ended || b.unwanted {
				q.drop(id)
			}
			failure := ""
			if err != nil {
				v, failure = nil, bodyFailure(err)
			}
			q.run.dispatch("chunk", id, v, failure)
			q.resume(id, b)
		})
	})
}

// heldReader counts what is read of a body as held by the run, until drop. It is for one goroutine at a time.
type heldReader struct {
	run  *run
	body io.Reader
	held int64
}

type fullError struct{}

func (fullError) Error() string { return "jsrun: the script needs more memory than it may have" }

// errFull ends a read that would take the script beyond its memory.
var errFull error = fullError{}

func (h *heldReader) Read(p []byte) (int, error) {
	n, err := h.body.Read(p)
	if full := h.hold(int64(n)); full != nil {
		return 0, full
	}
	return n, err
}

// all reads to the end. Until then there may be two of each byte.
func (h *heldReader) all() ([]byte, error) {
	b, err := io.ReadAll(doubleReader{h})
	h.release(h.held / 2)
	return b, err
}

type doubleReader struct{ *heldReader }

func (d doubleReader) Read(p []byte) (int, error) {
	n, err := d.heldReader.Read(p)
	if full := d.hold(int64(n)); full != nil {
		return 0, full
	}
	return n, err
}

func (h *heldReader) hold(n int64) error {
	if !h.run.hold(n) {
		return errFull
	}
	h.held += n
	return nil
}

func (h *heldReader) drop() { h.release(h.held) }

func (h *heldReader) release(n int64) {
	h.run.drop(n)
	h.held -= n
}

func bodyFailure(err error) string {
	if broken, ok := err.(*fetch.BodyError); ok {
		return broken.Error()
	}
	return "network error"
}

func (q *requests) drop(id int) {
	if b := q.bodies[id]; b != nil {
		delete(q.bodies, id)
		if !b.giveUp() {
			b.response.Close()
			b.cancel()
			return
		}
		b.cancel()
		q.work.Go(func() {
			b.wait()
			b.response.Close()
		})
	}
}

// opBodyDrain reads a body that nobody wants to its end.
func opBodyDrain(r *run, a arguments) (any, error) {
	id := a.int(0)
	if b := r.requests.bodies[id]; b != nil {
		delete(r.requests.bodies, id)
		r.requests.drain(b.response, b.readAhead, b.cancel)
	}
	return nil, nil
}

// opBodyCancel gives up a body. A read that is under way ends by itself, and closes it.
func opBodyCancel(r *run, a arguments) (any, error) {
	id := a.int(0)
	b := r.requests.bodies[id]
	if b == nil {
		return nil, nil
	}
	if b.record != nil && !a.flag(1) && r.config.Page.Agent().Profile().Keepalive.CancelReadsOn {
		return opBodyDrain(r, a)
	}
	b.cancel()
	b.unwanted = true
	if !a.flag(1) {
		r.requests.drop(id)
	}
	return nil, nil
}
