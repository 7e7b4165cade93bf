package http1

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"time"
)

// inlineBody is the largest request body that is written in one go with its head, by the caller itself: so much fits into the
// system's buffers, so that the write does not wait for a server that answers early.
const inlineBody = 8 << 10

// Conn is a connection to a server, for one exchange at a time. It is not safe for concurrent use. Make one with [NewConn].
type Conn struct {
	nc     net.Conn
	remote string
	limit  int64 // of an answer's head, in bytes
	in     input
	out    []byte
	fields []Field // scratch

	pool  *Pool // nil: never used again
	key   Key
	used  bool // it has carried an exchange
	idle  time.Time
	probe probe

	// Of the exchange that runs.
	stop      func() bool // ends the watch over the context; false: it has struck
	upload    *upload     // nil: the request is written
	interrupt func()
}

// NewConn returns a connection on nc, which is the connection's own from now on. maxHead bounds status line and headers of an
// answer, 1xx answers included, in bytes. Behind an exchange it goes to pool under key, if it can carry another one; a nil pool has
// it closed. Where key's scheme is https, a head that is cut short is no answer.
func NewConn(nc net.Conn, maxHead int64, pool *Pool, key Key) *Conn {
	c := &Conn{nc: nc, limit: maxHead, pool: pool, key: key}
	if a := nc.RemoteAddr(); a != nil {
		c.remote = a.String()
	}
	c.in.source = nc
	c.interrupt = func() { nc.SetDeadline(longAgo) }
	c.probe.init(nc)
	return c
}

var longAgo = time.Unix(1, 0)

// RemoteAddr is the server's address.
func (c *Conn) RemoteAddr() string { return c.remote }

// NetConn is what the connection was made of.
func (c *Conn) NetConn() net.Conn { return c.nc }

// Close ends the connection and whatever runs on it.
func (c *Conn) Close() error { return c.nc.Close() }

// Answer is a server's final answer: not a 1xx one, but for 101.
type Answer struct {
	Proto  string // "HTTP/1.1"
	Status int    // 0 to 999
	Reason string // the reason phrase, control characters included; may be empty
	// Fields are the header lines as they came, in order, their values without surrounding space. They are the connection's: valid
	// until Open.
	Fields []Field

	conn    *Conn
	framing framing
}

// RoundTrip sends r and returns when the head of the final answer has come, though the request may still be on its way. ctx bounds
// the reading of the body too. Open must be called on the answer. The error is an *[Error]; the connection is closed then.
func (c *Conn) RoundTrip(ctx context.Context, r *Request) (Answer, error) {
	stage := Waiting
	if r.Body != nil || r.Stream != nil {
		stage = Sending
	}
	fail := func(err *Error) (Answer, error) {
		c.end(false)
		return Answer{}, err
	}
	out, err := r.appendHead(c.out[:0])
	c.out = out
	c.stop = nil
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return fail(&Error{Stage: stage, Unsent: true, Err: err})
	}
	if ctx.Done() != nil {
		c.stop = context.AfterFunc(ctx, c.interrupt)
	}
	var errWrite error
	if r.Stream != nil || len(r.Body) > inlineBody {
		c.out = nil
		c.upload = &upload{conn: c, isStream: r.Stream != nil, done: make(chan struct{})}
		go c.upload.run(out, r)
	} else {
		out = append(out, r.Body...)
		c.out = out
		var n int
		if n, errWrite = c.nc.Write(out); errWrite == nil {
			stage = Waiting
			if r.Wrote != nil && r.Body != nil {
				r.Wrote(int64(len(r.Body)))
			}
		} else if n == 0 && c.used || errors.Is(errWrite, os.ErrDeadlineExceeded) {
			return fail(&Error{Stage: stage, Unsent: n == 0, Err: errWrite})
		}
	}
	c.used = true
	a, began, err := c.readAnswer(r.Method)
	if err == nil {
		a.framing.keep = a.framing.keep && errWrite == nil
		return a, nil
	}
	failed := &Error{Stage: stage, Err: err}
	if u := c.upload; u != nil {
		// It writes no more, and what it says is complete, once the connection is closed; a stream that gives nothing is not waited for.
		c.nc.Close()
		if r.Stream == nil {
			<-u.done
		}
		failed.Unsent = u.written.Load() == 0
		if u.finished.Load() {
			failed.Stage = Waiting
		}
		errWrite = u.failure()
	}
	switch source := (*SourceError)(nil); {
	case began:
		failed.Stage = Reading
	case errors.As(errWrite, &source), errWrite != nil && !errors.Is(errWrite, net.ErrClosed) && !isTimeout(err):
		// Without an answer, what the write says comes nearer to the cause than the end of the connection.
		failed.Err = errWrite
	}
	return fail(failed)
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}

// readAnswer passes over 1xx answers. began says whether the first byte of any answer has come.
func (c *Conn) readAnswer(method string) (a Answer, began bool, err error) {
	if len(c.in.rest()) == 0 {
		if err := c.in.more(); err != nil {
			return a, false, err
		}
	}
	for left := c.limit; ; {
		h, size, err := c.readHead(left)
		if err == io.EOF {
			err = io.ErrUnexpectedEOF // behind a 1xx answer
		}
		if err != nil {
			return a, true, err
		}
		left -= size
		if h.status >= 100 && h.status < 200 && h.status != 101 {
			if h.cut {
				return a, true, io.ErrUnexpectedEOF // Firefox; to Chromium it is a 200
			}
			continue
		}
		f, err := frame(method, &h)
		if err != nil {
			return a, true, err
		}
		return Answer{Proto: h.proto, Status: h.status, Reason: h.reason, Fields: h.fields, conn: c, framing: f}, true, nil
	}
}

// unwatch lets the context go, and reports whether it has left the connection alone.
func (c *Conn) unwatch() bool {
	stop := c.stop
	c.stop = nil
	return stop == nil || stop()
}

// end is the end of an exchange: the connection goes to the pool where keep says so and nothing speaks against it, or is closed.
func (c *Conn) end(keep bool) {
	keep = c.unwatch() && keep
	u := c.upload
	c.upload = nil
	if !keep || c.pool == nil || len(c.in.rest()) > 0 || c.in.err != nil {
		c.nc.Close()
		return
	}
	if u != nil && !u.leave() {
		return // it has the connection now
	}
	c.in.settle()
	c.pool.put(c)
}
