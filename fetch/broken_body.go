package fetch

import (
	"errors"
	"io"
	"syscall"
)

// begunBody is a body whose first byte, or its end, has been waited for.
type begunBody struct {
	io.ReadCloser
	first [1]byte
	n     int
	err   error // sticky, behind first
}

func (b *begunBody) Read(p []byte) (int, error) {
	if b.n > 0 && len(p) > 0 {
		b.n = 0
		p[0] = b.first[0]
		return 1, nil
	}
	if b.err != nil {
		return 0, b.err
	}
	return b.ReadCloser.Read(p)
}

// Ready reports whether the rest of the body is in memory, so that no Read waits.
func (b *begunBody) Ready() bool { return b.err != nil || isReady(b.ReadCloser) }

// endedBody ends where its connection does, in one of the ways in which a connection ends.
type endedBody struct {
	io.ReadCloser
	ends func(error) bool
}

func (b endedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.ends(err) {
		err = io.EOF
	}
	return n, err
}

// Ready reports whether the rest of the body is in memory, so that no Read waits.
func (b endedBody) Ready() bool { return isReady(b.ReadCloser) }

// isBroken tells a connection of HTTP/1.1 that ended before the body did from bytes that are no body.
func isBroken(err error) bool {
	return isTruncated(err) && (errors.Is(err, io.ErrUnexpectedEOF) || isErrno(err, syscall.ECONNRESET, 10054) || isErrno(err, syscall.ECONNABORTED, 10053))
}

// isClosed tells a connection of HTTP/1.1 that was closed, and not reset.
func isClosed(err error) bool { return isTruncated(err) && errors.Is(err, io.ErrUnexpectedEOF) }

// isTruncated tells a server that did not send all of a body from the patience of this side.
func isTruncated(err error) bool {
	truncated := (*BodyError)(nil)
	return errors.As(err, &truncated) && truncated.Code == BodyTruncated
}

// begin is [Profile.WaitsForBody], [Profile.BrokenErrorsEnd], [Profile.BrokenCodingsEnd] and [Profile.PartialCodingsEnd]. A failure leaves the
// answer's body closed.
func (p *fetchParams) begin(answer *Answer, host string) *NetworkError {
	sent := &answer.Body // as it is transmitted
	coded, isCoded := answer.Body.(*codedBody)
	if isCoded {
		sent, coded.partial = &coded.body, p.agent.profile.PartialCodingsEnd
	}
	if answer.Proto != "HTTP/2.0" {
		switch profile := &p.agent.profile; {
		case profile.BrokenErrorsEnd && (answer.Status < 200 || answer.Status > 299):
			*sent = endedBody{*sent, isBroken}
		case profile.BrokenCodingsEnd && isCoded && !answer.Headers.Contains("Transfer-Encoding"):
			*sent = endedBody{*sent, isClosed}
		}
	}
	if !p.agent.profile.WaitsForBody {
		return nil
	}
	b := &begunBody{ReadCloser: *sent}
	for b.n == 0 && b.err == nil {
		b.n, b.err = b.ReadCloser.Read(b.first[:])
	}
	if b.n > 0 || b.err == io.EOF {
		*sent = b
		return nil
	}
	answer.Body.Close()
	if !isTruncated(b.err) {
		return p.networkFailure(b.err)
	}
	failed := &NetworkError{Code: ReasonClosed, Err: b.err, Hint: closedHint(stageHeaders),
		Detail: host + " sent the headers of an answer and no byte of its body, which is no answer to this browser"}
	if !errors.Is(b.err, io.ErrUnexpectedEOF) {
		failed.Code = ReasonReset
	}
	return failed
}
