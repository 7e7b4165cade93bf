package fetch

import (
	"bytes"
	"io"
)

// Body is a request's body. The zero value and nil mean an empty body and no body. A body made of bytes can be sent again, for
// a redirect or a retry; one made of a stream cannot, as the standard's bodies without a source.
//
// https://fetch.spec.whatwg.org/#concept-body
type Body struct {
	source []byte
	stream io.Reader
	// wrote is told how many bytes of the source have gone to the network; nil: nobody is.
	wrote func(int64)
}

// BytesBody returns a body with b as its source. The caller must not change b afterwards.
func BytesBody(b []byte) *Body {
	if b == nil {
		b = []byte{}
	}
	return &Body{source: b}
}

// StreamBody returns a body that is read from r once, as far as the server takes it. A request with such a body is always
// preflighted when it is cross-origin, and cannot follow a redirect other than 303.
func StreamBody(r io.Reader) *Body { return &Body{stream: r} }

// Len returns the length in bytes, or -1 for a stream. A nil body has the length 0.
func (b *Body) Len() int64 {
	switch {
	case b == nil:
		return 0
	case b.stream != nil:
		return -1
	}
	return int64(len(b.source))
}

// Reader returns the body's bytes from the start; for a stream, from where it is.
func (b *Body) Reader() io.Reader {
	switch {
	case b == nil:
		return bytes.NewReader(nil)
	case b.stream != nil:
		return b.stream
	case b.wrote != nil:
		return &toldReader{left: b.source, length: len(b.source), wrote: b.wrote}
	}
	return bytes.NewReader(b.source)
}

// telling is the same body, of whose bytes wrote is told as they go to the network. A stream tells nothing: who feeds it knows.
func (b *Body) telling(wrote func(int64)) *Body {
	if wrote == nil || b == nil || b.stream != nil {
		return b
	}
	return &Body{source: b.source, wrote: wrote}
}

// toldReader reads a body and tells how much of it is read. It has no WriteTo, which would read all of it at once.
type toldReader struct {
	left   []byte
	length int
	wrote  func(int64)
}

func (r *toldReader) Read(p []byte) (int, error) {
	if len(r.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	r.wrote(int64(r.length - len(r.left)))
	return n, nil
}

// hasSource is false for a stream: what was sent once cannot be sent again.
func (b *Body) hasSource() bool { return b == nil || b.stream == nil }
