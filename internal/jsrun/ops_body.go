package jsrun

import (
	"io"

	"github.com/corscope/corscope/fetch"
)

// chunk is how many bytes of a body are read at a time.
const chunk = 64 << 10

// opBodyRead reads the next bytes of a fetch's body. They come by the hook "chunk", as base64, or null at the end.
func opBodyRead(r *run, a arguments) (any, error) {
	return nil, r.requests.read(a.int(0), func(body io.Reader) (any, bool, error) {
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
}

// opBodyAll reads a body to its end; it comes by the hook "chunk".
func opBodyAll(r *run, a arguments) (any, error) {
	return nil, r.requests.read(a.int(0), func(body io.Reader) (any, bool, error) {
		b, err := io.ReadAll(body)
		return encodeBytes(b), true, err
	})
}

// opBodyText reads a body to its end and decodes it as UTF-8 without a byte order mark; it comes by the hook "chunk".
func opBodyText(r *run, a arguments) (any, error) {
	return nil, r.requests.read(a.int(0), func(body io.Reader) (any, bool, error) {
		b, err := io.ReadAll(body)
		if len(b) >= 3 && b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf {
			b = b[3:]
		}
		text, _ := decodeUTF8(b)
		return text, true, err
	})
}

// read runs f on a goroutine of its own and posts what it returns: a value for the page, whether the body has ended, and an error.
func (q *requests) read(id int, f func(io.Reader) (any, bool, error)) error {
	b := q.bodies[id]
	if b == nil {
		q.run.loop.post(func() { q.run.dispatch("chunk", id, nil, "") })
		return nil
	}
	q.run.loop.pending++
	b.asked = true
	q.work.Go(func() {
		v, ended, err := f(b)
		q.run.loop.post(func() {
			q.run.loop.pending--
			b.asked = false
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
	return nil
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
