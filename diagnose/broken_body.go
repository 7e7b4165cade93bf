package diagnose

import (
	"errors"
	"io"
	"syscall"

	"github.com/corscope/corscope/fetch"
)

// brokenBody is an answer whose body could not be read to its end; nil where there is none.
type brokenBody struct {
	*fetch.BodyError
	last *fetch.Exchange
	// never: not one byte of it came.
	never bool
}

// NeverBegan reports whether bodyErr, a [fetch.BodyError] that reading the answer's body ended with, says that the connection broke off before its
// first byte: an answer by the standard, and none to Firefox. It is false where the page may not read the body anyway.
func NeverBegan(t *fetch.Trace, bodyErr error) bool {
	b := brokenBodyOf(t, bodyErr)
	return b != nil && b.never
}

func brokenBodyOf(t *fetch.Trace, err error) *brokenBody {
	broken := (*fetch.BodyError)(nil)
	if !errors.As(err, &broken) || !t.Outcome.Allowed || !t.Outcome.BodyReadable || len(t.Exchanges) == 0 {
		return nil
	}
	x := t.Exchanges[len(t.Exchanges)-1]
	if x.Failure != nil || x.Cache != nil {
		return nil
	}
	// Of a coded body no byte may come out although some came in; and Firefox takes the body of an error over HTTP/1.1 for whole.
	never := broken.Code == fetch.BodyTruncated && len(x.ResponseBody) == 0 && !x.ResponseBodyTruncated && !x.ResponseHeaders.Contains("Content-Encoding") &&
		(isOK(x.Status) || x.Proto == "HTTP/2.0")
	return &brokenBody{broken, x, never}
}

func (b *brokenBody) chunked() bool { return b.last.ResponseHeaders.Contains("Transfer-Encoding") }

// malformed: what stands where a chunk's size should is none. Firefox fails the request where it comes in one piece with the headers, as short
// answers do.
func (b *brokenBody) malformed() bool {
	cutOff := errors.Is(b.Err, io.ErrUnexpectedEOF) || errors.Is(b.Err, syscall.ECONNRESET)
	return b.Code == fetch.BodyTruncated && b.chunked() && !cutOff
}

// chromiumNetError is Chromium's name for the break, or "" where it is not known: measured in Chromium 156 on 2026-11-23.
func (b *brokenBody) chromiumNetError() string {
	switch {
	case b.Code == fetch.BodyCoding:
		return "ERR_CONTENT_DECODING_FAILED"
	case b.Code != fetch.BodyTruncated:
		return ""
	case b.last.Proto == "HTTP/2.0":
		return "ERR_HTTP2_PROTOCOL_ERROR"
	case b.malformed():
		return "ERR_INVALID_CHUNKED_ENCODING"
	case !errors.Is(b.Err, io.ErrUnexpectedEOF):
		return ""
	case b.chunked():
		return "ERR_INCOMPLETE_CHUNKED_ENCODING"
	case b.last.ResponseHeaders.Contains("Content-Length"):
		return "ERR_CONTENT_LENGTH_MISMATCH"
	}
	return ""
}
