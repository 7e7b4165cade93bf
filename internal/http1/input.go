package http1

import (
	"errors"
	"io"
)

// bufferSize is that of a connection's buffer between exchanges; a large head makes it grow.
const bufferSize = 4 << 10

// errDry is what more returns while nothing may be read.
var errDry = errors.New("http1: nothing more in memory")

// input is what has come and is not used yet: buf[r:w].
type input struct {
	source io.Reader
	buf    []byte
	r, w   int
	err    error // said after the bytes that came with it
	dry    bool  // more fails at once, and buf stays where it is
}

// rest is valid until the next call of more.
func (in *input) rest() []byte { return in.buf[in.r:in.w] }

func (in *input) skip(n int) {
	in.r += n
	if in.r == in.w && !in.dry {
		in.r, in.w = 0, 0
	}
}

// more adds at least one byte to the rest, or says why not.
func (in *input) more() error {
	if in.dry {
		return errDry
	}
	if in.err != nil {
		return in.err
	}
	if in.w == len(in.buf) {
		if in.r > 0 {
			in.w = copy(in.buf, in.buf[in.r:in.w])
			in.r = 0
		} else {
			larger := make([]byte, max(2*len(in.buf), bufferSize))
			copy(larger, in.buf)
			in.buf = larger
		}
	}
	n, err := in.read(in.buf[in.w:])
	in.w += n
	if n > 0 {
		in.err = err
		return nil
	}
	return err
}

// read is a Read of the source that returns a byte or an error.
func (in *input) read(p []byte) (n int, err error) {
	for range 100 {
		if n, err = in.source.Read(p); n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

// settle gives up a buffer that a large head has made.
func (in *input) settle() {
	if len(in.buf) > 4*bufferSize && in.r == in.w {
		in.buf, in.r, in.w = nil, 0, 0
	}
}
