package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Transport makes one HTTP exchange: no redirects, no cookies, no retries that the server would notice, and no headers beyond
// those of the message and those that HTTP itself needs. It must be safe for concurrent use.
//
// [NetTransport] is the network, [HandlerTransport] an http.Handler without sockets.
type Transport interface {
	// Exchange sends m and returns when the answer's headers have come. The error, if any, is best a *[NetworkError]; others
	// are reported as [ReasonNetwork]. The caller closes the answer's body. m must not be kept or changed.
	Exchange(ctx context.Context, m *Message) (*Answer, error)
}

// Message is a request on its way to the network.
type Message struct {
	Method  string
	URL     *URL
	Headers HeaderList
	// Body is nil where there is none.
	Body *Body
	// Credentials says whether a TLS client certificate may be shown and connections with one be used.
	Credentials bool
	// HTTP2Only: HTTP/1.x will not do, as for bodies that are streams. An exchange that would go over it fails with [ReasonNetwork], and
	// nothing is sent.
	HTTP2Only bool
	// NewConnection: no connection that stands already will do, because a server has said that such a one was misdirected (421).
	NewConnection bool
	// PartitionKey separates the connections of different top-level sites.
	PartitionKey string
}

// Answer is what came back.
type Answer struct {
	Status     int
	StatusText string
	// Proto is "HTTP/1.1", "HTTP/2.0" and the like.
	Proto      string
	Headers    HeaderList
	Body       io.ReadCloser // never nil
	RemoteAddr string

	// cache is set on an answer that is replayed and came from the HTTP cache when it was recorded.
	cache *CacheUse
}

// NetworkError says why an exchange gave no answer.
type NetworkError struct {
	// Code is one of those for which [ReasonCode.IsNetwork] holds.
	Code ReasonCode `json:"code"`
	// Detail is a lower-case clause with the facts: names, addresses, numbers.
	Detail string `json:"detail"`
	// Hint says what to do; may be empty.
	Hint string `json:"hint,omitempty"`
	// Err is the cause in Go's words; may be nil.
	Err error `json:"-"`
}

func (e *NetworkError) Error() string {
	if e.Detail == "" {
		return "fetch: " + string(e.Code)
	}
	return fmt.Sprintf("fetch: %s: %s", e.Code, e.Detail)
}

func (e *NetworkError) Unwrap() error { return e.Err }

// errHTTP1 is the cause of a [NetworkError] for a message that is [Message.HTTP2Only].
var errHTTP1 = errors.New("fetch: the connection is an HTTP/1.x one")

func http1Failure(host string) *NetworkError {
	return &NetworkError{Code: ReasonNetwork, Detail: "a body that is a stream goes over HTTP/2 alone, and " + host + " speaks HTTP/1.1", Err: errHTTP1,
		Hint: "offer HTTP/2 over TLS, or send a body that is not a stream"}
}

// BodyErrorCode says what was wrong with a response body.
type BodyErrorCode string

// The body errors.
const (
	// BodyTooLarge: the body passed [Limits.MaxResponseBody].
	BodyTooLarge BodyErrorCode = "body-too-large"
	// BodyTruncated: the connection ended before the body did.
	BodyTruncated BodyErrorCode = "body-truncated"
	// BodyCoding: Content-Encoding does not fit the bytes.
	BodyCoding BodyErrorCode = "body-coding"
	// BodyCodingTruncated: the body came whole, and what Content-Encoding announces breaks off in it. Chromium and Firefox take what could be
	// decoded for the body, without an error ([Profile.PartialCodingsEnd]).
	BodyCodingTruncated BodyErrorCode = "body-coding-truncated"
	// BodyTimeout: no bytes came for the length of the time-out.
	BodyTimeout BodyErrorCode = "body-timeout"
)

// BodyError is an error in the middle of a response body, after JavaScript already got the response: reading the body rejects
// with a TypeError.
type BodyError struct {
	Code BodyErrorCode
	// Limit is the number of bytes of BodyTooLarge; 0 otherwise.
	Limit int64
	Err   error
}

func (e *BodyError) Error() string {
	switch e.Code {
	case BodyTooLarge:
		return fmt.Sprintf("fetch: the body is larger than %d bytes; reading stopped there", e.Limit)
	case BodyTruncated:
		return "fetch: the connection ended before the body was complete"
	case BodyCoding:
		return "fetch: the body cannot be decoded as its Content-Encoding says"
	case BodyCodingTruncated:
		return "fetch: the body is complete, and the data that its Content-Encoding announces is not"
	case BodyTimeout:
		return "fetch: the server stopped in the middle of the body"
	}
	return "fetch: the body cannot be read"
}

func (e *BodyError) Unwrap() error { return e.Err }
