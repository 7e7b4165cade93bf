package fetch

import (
	"io"
	"sync"
)

// drainedBody is a transport's body that a goroutine of its own reads to its end, whether or not anybody else does. One goroutine may
// read from it while another closes it.
type drainedBody struct {
	body io.ReadCloser

	mu      sync.Mutex
	changed sync.Cond // with mu
	data    []byte
	err     error // follows data; nil: there is more to come
	closed  bool
}

// drainedChunk is how many bytes are read at a time.
const drainedChunk = 16 << 10

// newDrainedBody keeps up to limit bytes and one, so that who reads it can tell a larger body, and leaves the rest where it is. Ended is
// called once with the error that the body ended in, before anybody gets that from Read; not where the body is larger.
func newDrainedBody(body io.ReadCloser, limit int64, ended func(error)) *drainedBody {
	d := &drainedBody{body: body}
	d.changed.L = &d.mu
	if isReady(body) {
		d.drain(limit, ended)
	} else {
		go d.drain(limit, ended)
	}
	return d
}

func (d *drainedBody) drain(limit int64, ended func(error)) {
	buf := make([]byte, drainedChunk)
	for read, err := int64(0), error(nil); err == nil; {
		var n int
		n, err = d.body.Read(buf[:min(drainedChunk, limit+1-read)])
		if read += int64(n); err != nil {
			ended(err)
		} else if read > limit {
			err = io.ErrUnexpectedEOF // behind more bytes than anybody reads
		}
		d.mu.Lock()
		d.data = append(d.data, buf[:n]...)
		d.err = err
		d.changed.Broadcast()
		d.mu.Unlock()
	}
}

func (d *drainedBody) Read(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.data) == 0 && d.err == nil && !d.closed {
		d.changed.Wait()
	}
	switch {
	case d.closed:
		return 0, errBodyClosed
	case len(d.data) == 0:
		return 0, d.err
	}
	n := copy(p, d.data)
	d.data = d.data[n:]
	return n, nil
}

// Ready reports whether the rest of the body is in memory, so that no Read waits.
func (d *drainedBody) Ready() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err != nil
}

func (d *drainedBody) Close() error {
	d.mu.Lock()
	d.closed, d.data = true, nil
	d.changed.Broadcast()
	d.mu.Unlock()
	// It ends a read that is under way.
	return d.body.Close()
}
