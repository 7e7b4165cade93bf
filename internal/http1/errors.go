package http1

import (
	"errors"
	"strconv"
)

// Stage is how far an exchange had come.
type Stage int

// The stages, in order.
const (
	Sending Stage = iota // the request has a body, and it is not all written
	Waiting              // all is written, no byte of an answer is there
	Reading              // the first byte of an answer has come
)

// Error says why there is no answer.
type Error struct {
	Stage Stage
	// Unsent: not a byte of the request was written.
	Unsent bool
	// Err is the cause: a *[SyntaxError], a *[SourceError], a *[RequestError], [ErrHeadTooLarge], or the connection's own error,
	// io.EOF and io.ErrUnexpectedEOF included.
	Err error
}

func (e *Error) Error() string { return "http1: " + e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// ErrHeadTooLarge is an answer whose status line and headers, those of 1xx answers included, pass the connection's limit or
// [MaxLines].
var ErrHeadTooLarge = errors.New("http1: response headers exceeded the limit")

// SyntaxCode says which rule an answer breaks.
type SyntaxCode string

// The ways in which an answer's head can be wrong.
const (
	NotHTTP        SyntaxCode = "not-http"        // the first line is no status line
	BadStatus      SyntaxCode = "bad-status"      // the status is not one to three digits
	BadByte        SyntaxCode = "bad-byte"        // NUL, or CR without LF
	BadLength      SyntaxCode = "bad-length"      // Content-Length is a number to Firefox and none to Chromium
	LengthConflict SyntaxCode = "length-conflict" // Content-Length has different values
)

var syntaxTexts = map[SyntaxCode]string{
	NotHTTP:        "malformed HTTP response ",
	BadStatus:      "malformed HTTP status code ",
	BadByte:        "NUL, or CR without LF, in the line ",
	BadLength:      "bad Content-Length ",
	LengthConflict: "multiple Content-Length values that differ: ",
}

// SyntaxError is an answer's head that breaks HTTP's grammar so that it is refused.
type SyntaxError struct {
	Code SyntaxCode
	// Value is the offending line or value, cut at 200 bytes.
	Value string
}

// maxQuoted bounds what an error repeats.
const maxQuoted = 200

func syntaxError(code SyntaxCode, value string) *SyntaxError {
	return &SyntaxError{code, value[:min(len(value), maxQuoted)]}
}

func (e *SyntaxError) Error() string { return syntaxTexts[e.Code] + strconv.Quote(e.Value) }

// SourceError is a request's body that could not be read from its owner.
type SourceError struct{ Err error }

func (e *SourceError) Error() string { return "http1: reading the request's body: " + e.Err.Error() }
func (e *SourceError) Unwrap() error { return e.Err }

// RequestError is a request that cannot be written: the part named would change the meaning of what follows it.
type RequestError struct {
	// Part is "method", "target", "host" or a header's name.
	Part string
}

func (e *RequestError) Error() string {
	return "http1: " + e.Part + " holds bytes that cannot stand in a request"
}

// errChunk is a body whose chunks break the grammar.
var errChunk = errors.New("http1: malformed chunked encoding")
