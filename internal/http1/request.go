package http1

import (
	"io"
	"strconv"

	"github.com/corscope/corscope/internal/httpspec"
)

// Field is one header line: a name, in any case, and a value without surrounding space.
type Field struct{ Name, Value string }

// Request is what is sent. Lines go out in this order: the request line, Host, the body's length or coding, Fields.
type Request struct {
	// Method is a token. POST and PUT without a body say "Content-Length: 0", as browsers do; others say nothing.
	Method string
	// Target is the request target, byte for byte: "/path?query".
	Target string
	// Host is the Host header's value.
	Host string
	// Fields are sent as they are. Host, Content-Length and Transfer-Encoding are not to be among them.
	Fields []Field
	// Body is nil for none; an empty one has a length of 0. It must not change while it is sent.
	Body []byte
	// Stream, if not nil, is sent in chunks in place of Body. It may be read until the answer's body is closed.
	Stream io.Reader
	// Wrote, if not nil, is told how many bytes of Body are written, as it goes, by the goroutine that writes them.
	Wrote func(n int64)
}

// appendHead writes the request's head behind b. Bytes that end a line or a part of one are refused here, whoever made them, so
// that one request never becomes two.
func (r *Request) appendHead(b []byte) ([]byte, error) {
	if !httpspec.IsToken(r.Method) {
		return b, &RequestError{"method"}
	}
	if !isVisible(r.Target) {
		return b, &RequestError{"target"}
	}
	if !isVisible(r.Host) {
		return b, &RequestError{"host"}
	}
	b = append(b, r.Method...)
	b = append(b, ' ')
	b = append(b, r.Target...)
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(b, r.Host...)
	switch {
	case r.Stream != nil:
		b = append(b, "\r\nTransfer-Encoding: chunked"...)
	case r.Body != nil || r.Method == "POST" || r.Method == "PUT":
		b = append(b, "\r\nContent-Length: "...)
		b = strconv.AppendInt(b, int64(len(r.Body)), 10)
	}
	for _, f := range r.Fields {
		if !httpspec.IsToken(f.Name) || !isLine(f.Value) {
			return b, &RequestError{f.Name}
		}
		b = append(b, "\r\n"...)
		b = append(b, f.Name...)
		b = append(b, ": "...)
		b = append(b, f.Value...)
	}
	return append(b, "\r\n\r\n"...), nil
}

// isVisible reports whether s is not empty and free of space and control characters.
func isVisible(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] == 0x7F {
			return false
		}
	}
	return s != ""
}

// isLine reports whether s has no NUL, CR or LF; other control characters are legal in the Fetch standard's header values.
func isLine(s string) bool {
	for i := range len(s) {
		if c := s[i]; c == 0 || c == '\r' || c == '\n' {
			return false
		}
	}
	return true
}
