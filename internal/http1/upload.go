package http1

import (
	"io"
	"strconv"
	"sync/atomic"
	"time"
)

// uploadGrace is how long the rest of a request may take behind the end of its answer before the connection is given up.
const uploadGrace = 50 * time.Millisecond

// uploadSize is how much of a stream goes into one chunk.
const uploadSize = 16 << 10

// upload writes a request while its answer is waited for, so that one that comes early is seen.
type upload struct {
	conn     *Conn
	isStream bool
	written  atomic.Int64
	finished atomic.Bool // all of it is written; err is set by the time that done is closed
	owner    atomic.Int32
	err      atomic.Pointer[error]
	done     chan struct{}
}

// The owner of a connection while a request is uploaded: who comes second to the end of his half gives it back.
const (
	bothHalves int32 = iota
	uploadEnded
	answerEnded
)

func (u *upload) run(head []byte, r *Request) {
	defer close(u.done)
	err := u.write(head)
	switch {
	case err != nil:
	case r.Stream != nil:
		err = u.chunks(r.Stream)
	case r.Wrote != nil:
		err = u.tell(r.Body, r.Wrote)
	default:
		err = u.write(r.Body)
	}
	if err != nil {
		u.err.Store(&err)
		// An answer may be there all the same. A body that cannot be read is the end of the exchange.
		if _, ok := err.(*SourceError); ok {
			u.conn.nc.SetReadDeadline(longAgo)
		}
	} else {
		u.finished.Store(true)
	}
	if !u.owner.CompareAndSwap(bothHalves, uploadEnded) {
		u.conn.nc.SetWriteDeadline(time.Time{})
		u.conn.end(err == nil)
	}
}

// leave is called when the answer has ended. It reports whether the connection is the caller's.
func (u *upload) leave() bool {
	if u.owner.Load() == uploadEnded {
		return u.settled()
	}
	if u.isStream {
		u.conn.nc.Close() // its owner wants it back
		return false
	}
	u.conn.nc.SetWriteDeadline(time.Now().Add(uploadGrace))
	if u.owner.CompareAndSwap(bothHalves, answerEnded) {
		return false
	}
	u.conn.nc.SetWriteDeadline(time.Time{})
	return u.settled()
}

// settled closes a connection on which only half a request was written.
func (u *upload) settled() bool {
	if u.finished.Load() {
		return true
	}
	u.conn.nc.Close()
	return false
}

func (u *upload) failure() error {
	if err := u.err.Load(); err != nil {
		return *err
	}
	return nil
}

// toldBytes is how many bytes of a body are written at a time where somebody is told of them.
const toldBytes = 64 << 10

func (u *upload) tell(body []byte, wrote func(int64)) error {
	for n := 0; n < len(body); {
		next := min(n+toldBytes, len(body))
		if err := u.write(body[n:next]); err != nil {
			return err
		}
		n = next
		wrote(int64(n))
	}
	return nil
}

func (u *upload) write(b []byte) error {
	n, err := u.conn.nc.Write(b)
	u.written.Add(int64(n))
	return err
}

// chunks sends a stream. https://www.rfc-editor.org/rfc/rfc9112#section-7.1
func (u *upload) chunks(stream io.Reader) error {
	const sizeLine = len("4000\r\n")
	buf := make([]byte, sizeLine+uploadSize+2)
	for empty := 0; empty < 100; {
		n, err := stream.Read(buf[sizeLine : sizeLine+uploadSize])
		if n > 0 {
			empty = 0
			size := append(strconv.AppendInt(nil, int64(n), 16), "\r\n"...)
			start := sizeLine - len(size)
			copy(buf[start:], size)
			copy(buf[sizeLine+n:], "\r\n")
			if err := u.write(buf[start : sizeLine+n+2]); err != nil {
				return err
			}
		}
		switch {
		case err == io.EOF:
			return u.write([]byte("0\r\n\r\n"))
		case err != nil:
			return &SourceError{err}
		case n == 0:
			empty++
		}
	}
	return &SourceError{io.ErrNoProgress}
}
