package http1

import (
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// An unread rest of at most drainBytes is read on Close, for at most drainTime, so that the connection can be used again: most
// bodies that nobody reads are those of preflights and redirects.
const (
	drainBytes = 16 << 10
	drainTime  = 50 * time.Millisecond
)

// Body is an answer's body as it is transmitted, without its chunks. Close may be called while another goroutine reads; it ends
// that Read.
type Body struct {
	conn    atomic.Pointer[Conn] // nil once the exchange is over; who takes it out ends it
	closed  atomic.Bool
	framing framing

	reading sync.Mutex // held by Read, and by Close while it drains
	memory  []byte     // of a body that is whole already
	left    int64      // of the length, or of the chunk
	chunk   chunkState
	trailer int64 // bytes of trailers so far
	err     error // sticky
}

var _ io.ReadCloser = (*Body)(nil)

// Open ends the use of Fields and returns the answer's body, nil where it has none. Where all of it has come already, the connection
// is free again.
func (a *Answer) Open() *Body {
	c := a.conn
	a.Fields = nil
	if a.framing.kind == noBody {
		c.end(a.framing.keep)
		return nil
	}
	b := &Body{framing: a.framing, left: a.framing.length}
	b.conn.Store(c)
	if memory, ok := b.fromMemory(c); ok {
		b.memory, b.err = memory, io.EOF
		b.finish(true)
	}
	return b
}

// fromMemory returns the body if all of it has come.
func (b *Body) fromMemory(c *Conn) (memory []byte, ok bool) {
	rest := c.in.rest()
	switch b.framing.kind {
	case byLength:
		if int64(len(rest)) < b.left {
			return nil, false
		}
		memory = append(memory, rest[:b.left]...)
		c.in.skip(int(b.left))
		return memory, true
	case byChunks:
		if len(rest) < len("0\r\n\r\n") {
			return nil, false
		}
		// Chunks have to be read to know whether they are all there. The data cannot be longer than what it came in.
		r := c.in.r
		c.in.dry = true
		memory = make([]byte, 0, len(rest))
		for {
			n, err := b.readChunks(c, memory[len(memory):cap(memory)])
			memory = memory[:len(memory)+n]
			if err == nil {
				continue
			}
			if c.in.dry = false; err == io.EOF {
				c.in.skip(0)
				return memory, true
			}
			c.in.r = r
			b.left, b.chunk, b.trailer = 0, chunkSize, 0
			return nil, false
		}
	}
	return nil, false
}

// Read returns http.ErrBodyReadAfterClose after Close, and io.ErrUnexpectedEOF where the connection ends before the body.
func (b *Body) Read(p []byte) (int, error) {
	b.reading.Lock()
	defer b.reading.Unlock()
	return b.readLocked(p)
}

func (b *Body) readLocked(p []byte) (n int, err error) {
	if b.closed.Load() {
		return 0, http.ErrBodyReadAfterClose
	}
	if len(b.memory) > 0 {
		n = copy(p, b.memory)
		b.memory = b.memory[n:]
	}
	if len(b.memory) > 0 {
		return n, nil
	}
	if b.err != nil || len(p) == 0 {
		return n, b.err
	}
	c := b.conn.Load()
	if c == nil {
		return 0, http.ErrBodyReadAfterClose
	}
	n, err = b.read(c, p)
	if err != nil {
		b.err = err
		b.finish(err == io.EOF)
	}
	return n, err
}

// Ready reports whether the rest of the body is in memory, so that no Read waits.
func (b *Body) Ready() bool {
	if !b.reading.TryLock() {
		return false
	}
	defer b.reading.Unlock()
	return b.err == io.EOF
}

// finish ends the exchange if nobody else has done it.
func (b *Body) finish(complete bool) {
	if c := b.conn.Swap(nil); c != nil {
		c.end(complete && b.framing.keep)
	}
}

// Close frees the connection: for the next exchange if the rest of the body is short and comes at once.
func (b *Body) Close() error {
	if b.closed.Swap(true) {
		return nil
	}
	if !b.reading.TryLock() {
		if c := b.conn.Swap(nil); c != nil {
			c.end(false)
		}
		return nil
	}
	defer b.reading.Unlock()
	if c := b.conn.Load(); c != nil {
		b.finish(b.framing.keep && c.unwatch() && b.drain(c))
	}
	return nil
}

// drain reads the rest and reports whether it did.
func (b *Body) drain(c *Conn) bool {
	if b.framing.kind == byLength && b.left > drainBytes || b.framing.kind == byClose {
		return false
	}
	c.nc.SetReadDeadline(time.Now().Add(drainTime))
	buf := make([]byte, 2<<10)
	for rest := drainBytes; rest >= 0; {
		n, err := b.read(c, buf)
		rest -= n
		if err != nil {
			c.nc.SetReadDeadline(time.Time{})
			return err == io.EOF
		}
	}
	return false
}

func (b *Body) read(c *Conn, p []byte) (int, error) {
	switch b.framing.kind {
	case byLength:
		n, err := c.readSome(p, b.left)
		if b.left -= int64(n); b.left == 0 {
			return n, io.EOF
		}
		return n, noEOF(err)
	case byChunks:
		return b.readChunks(c, p)
	default:
		return c.readSome(p, int64(len(p)))
	}
}

// readSome reads up to limit bytes, past the buffer where that is empty and p large.
func (c *Conn) readSome(p []byte, limit int64) (n int, err error) {
	if int64(len(p)) > limit {
		p = p[:limit]
	}
	if len(p) == 0 {
		return 0, nil
	}
	if len(c.in.rest()) == 0 {
		if len(p) >= bufferSize && c.in.err == nil && !c.in.dry {
			return c.in.read(p)
		}
		if err := c.in.more(); err != nil {
			return 0, err
		}
	}
	n = copy(p, c.in.rest())
	c.in.skip(n)
	return n, nil
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
