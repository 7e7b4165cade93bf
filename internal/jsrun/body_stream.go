package jsrun

import "io"

// The network goes on while a page that has the stream of a body does not read: that is how its reader's promise closed learns of the end,
// or that the connection broke off. No text or bytes of a body that is read as a whole come this way.
//
// https://fetch.spec.whatwg.org/#concept-http-network-fetch

// The standard's limits of the buffer between the network and a stream: at the upper one the fetch is suspended, below the lower one it is
// resumed.
const (
	upperLimit = 1 << 20
	lowerLimit = upperLimit / 2
	// maxWaiting is how much may wait in all of a script's bodies. Beyond that, nothing comes but by a read.
	maxWaiting = 64 << 20
)

// opBodyStream says that the page has the stream of a body.
func opBodyStream(r *run, a arguments) (any, error) {
	if b := r.requests.bodies[a.int(0)]; b != nil {
		b.streamed = true
		r.requests.resume(a.int(0), b)
	}
	return nil, nil
}

// opBodyWatch says that somebody waits for the end of a stream. What comes of it then keeps the script alive, as a read does, until as much
// waits as may: nothing comes after that, unless somebody reads.
func opBodyWatch(r *run, a arguments) (any, error) {
	b := r.requests.bodies[a.int(0)]
	if b == nil || b.watched {
		return nil, nil
	}
	b.watched = true
	if b.filling {
		r.loop.pending++
	}
	return nil, nil
}

// resume lets the network go on with the body of a stream, if there is room, or tells the page how it has ended.
func (q *requests) resume(id int, b *body) {
	if !b.streamed || b.filling || q.bodies[id] != b {
		return
	}
	n, err := b.waiting()
	if err != nil {
		// A page that reads on does so in the microtasks of this task, and is told then.
		q.run.loop.post(func() { q.ended(id, b) })
		return
	}
	if n >= lowerLimit || q.waiting.Load() >= maxWaiting {
		return
	}
	b.filling = true
	if b.watched {
		q.run.loop.pending++
	}
	q.work.Go(func() {
		b.fill(upperLimit, &q.waiting)
		q.run.loop.post(func() {
			b.filling = false
			if b.watched {
				q.run.loop.pending--
			}
			q.ended(id, b)
		})
	})
}

// ended tells the page that nobody has to read any more: the body has ended and all of it was read, or the connection broke off, which takes
// what waits with it. Whoever reads is told when that read ends.
func (q *requests) ended(id int, b *body) {
	n, err := b.waiting()
	if q.bodies[id] != b || b.asked || err == nil || err == io.EOF && n > 0 {
		return
	}
	q.drop(id)
	failure := ""
	if err != io.EOF {
		failure = bodyFailure(err)
	}
	q.run.dispatch("bodyEnd", id, failure)
}
