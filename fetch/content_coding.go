package fetch

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"

	"github.com/corscope/corscope/internal/httpspec"
)

// maxCodings bounds the decoders of one body. Servers that mean well apply one.
const maxCodings = 5

// decodeBody returns body as the page gets it: decoded where all its codings are known, and else as it is. Nothing is read, and no
// decoder is made, before the first Read. ctx and closed end a Read that is busy with what is in memory already: nested codings
// can turn a few bytes into hours of work without a byte of output.
//
// https://fetch.spec.whatwg.org/#handle-content-codings
func decodeBody(ctx context.Context, body io.ReadCloser, closed *atomic.Bool, headers HeaderList) io.ReadCloser {
	if !headers.Contains("Content-Encoding") {
		return body
	}
	names, err := httpspec.ParseTokenList(headers.Values("Content-Encoding"))
	if err != nil {
		return body
	}
	codings := make([]contentCoding, 0, min(len(names), maxCodings))
	for _, name := range names {
		coding, known := contentCodings[httpspec.Lower(name)]
		if !known {
			return body
		}
		if coding != codingIdentity {
			codings = append(codings, coding)
		}
	}
	if len(codings) == 0 {
		return body
	}
	return &codedBody{ctx: ctx, body: body, closed: closed, codings: codings}
}

type contentCoding byte

const (
	codingIdentity contentCoding = iota
	codingGzip
	codingDeflate
)

// https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1
var contentCodings = map[string]contentCoding{
	"identity": codingIdentity, "gzip": codingGzip, "x-gzip": codingGzip, "deflate": codingDeflate,
}

// codedBody decodes. Close may be called while another goroutine reads.
type codedBody struct {
	ctx     context.Context
	body    io.ReadCloser
	closed  *atomic.Bool
	codings []contentCoding // in the order in which they were applied
	reader  io.Reader       // nil before the first Read
	partial bool            // data that is cut short is whole: see [Profile.PartialCodingsEnd]
	err     error           // sticky
}

func (b *codedBody) Read(p []byte) (int, error) {
	if b.closed.Load() {
		return 0, http.ErrBodyReadAfterClose
	}
	if b.err != nil {
		return 0, b.err
	}
	if b.reader == nil {
		if len(b.codings) > maxCodings {
			b.err = &BodyError{Code: BodyCoding, Err: fmt.Errorf("fetch: %d content codings, at most %d are decoded", len(b.codings), maxCodings)}
			return 0, b.err
		}
		b.reader = b.body
		for i := len(b.codings) - 1; i >= 0; i-- {
			b.reader = &codingReader{coding: b.codings[i], source: bufio.NewReader(b.reader), check: b.interrupted}
		}
	}
	n, err := b.reader.Read(p)
	if err == io.ErrUnexpectedEOF && b.partial {
		err = io.EOF
	}
	if err != nil && err != io.EOF {
		err = codingError(err)
	}
	b.err = err
	return n, err
}

func (b *codedBody) Close() error {
	// The decoders hold nothing but memory.
	return b.body.Close()
}

func (b *codedBody) interrupted() error {
	if b.closed.Load() {
		return http.ErrBodyReadAfterClose
	}
	if b.ctx.Err() != nil {
		return contextError(b.ctx)
	}
	return nil
}

// codingError tells what the decoders found from what they pass on.
func codingError(err error) error {
	var known *BodyError
	switch {
	case errors.As(err, &known), errors.Is(err, http.ErrBodyReadAfterClose),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case err == io.ErrUnexpectedEOF:
		return &BodyError{Code: BodyCodingTruncated, Err: err}
	}
	return &BodyError{Code: BodyCoding, Err: err}
}

// codingReader undoes one coding. It is as lenient as browsers are: a body of no bytes is no bytes in every coding, deflate may
// come without zlib's frame, and what follows the coded data is passed over.
type codingReader struct {
	coding contentCoding
	source *bufio.Reader
	check  func() error
	// decoder is nil before the first Read.
	decoder io.Reader
	gzip    *gzip.Reader // decoder, where it is one
}

func (r *codingReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		if err := r.check(); err != nil {
			return 0, err
		}
		if r.decoder == nil {
			if err := r.open(); err != nil {
				return 0, err
			}
		}
		n, err := r.decoder.Read(p)
		if err == io.EOF && r.gzip != nil && n == 0 {
			if err = r.nextMember(); err == nil {
				continue
			}
		}
		if err == io.EOF && n > 0 {
			err = nil // it is said again
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// open looks at the first bytes to choose a decoder.
func (r *codingReader) open() error {
	head, err := r.source.Peek(2)
	if len(head) == 0 {
		return err
	}
	switch {
	case r.coding == codingGzip && len(head) == 2 && !isGzipMagic(head):
		return gzip.ErrHeader // gzip.NewReader would call a short text of another kind cut short
	case r.coding == codingGzip:
		if r.gzip, err = gzip.NewReader(r.source); err != nil {
			return noEOF(err)
		}
		r.gzip.Multistream(false)
		r.decoder = r.gzip
	case len(head) == 2 && isZlibHeader(head[0], head[1]):
		if r.decoder, err = zlib.NewReader(r.source); err != nil {
			return noEOF(err)
		}
	default:
		r.decoder = flate.NewReader(r.source)
	}
	return nil
}

// nextMember goes on to the next gzip member, or returns io.EOF where there is none.
func (r *codingReader) nextMember() error {
	head, err := r.source.Peek(2)
	if len(head) < 2 || !isGzipMagic(head) {
		if err != nil && err != io.EOF {
			return err // the data is complete, the body that brought it is not
		}
		return io.EOF
	}
	if err := r.gzip.Reset(r.source); err != nil {
		return noEOF(err)
	}
	r.gzip.Multistream(false)
	return nil
}

// https://www.rfc-editor.org/rfc/rfc1952#page-6
func isGzipMagic(head []byte) bool { return head[0] == 0x1F && head[1] == 0x8B }

// isZlibHeader: method deflate, a window of at most 32 KiB, and the check bits.
// https://www.rfc-editor.org/rfc/rfc1950#section-2.2
func isZlibHeader(method, flags byte) bool {
	return method&0x0F == 8 && method>>4 <= 7 && (uint(method)<<8|uint(flags))%31 == 0
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
