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
	}
	return bytes.NewReader(b.source)
}

// hasSource is false for a stream: what was sent once cannot be sent again.
func (b *Body) hasSource() bool { return b == nil || b.stream == nil }
