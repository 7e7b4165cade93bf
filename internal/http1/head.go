package http1

import (
	"bytes"
	"io"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

// MaxLines bounds the header lines of an answer.
const MaxLines = 10_000

// maxSlop is how many bytes may stand before a status line: an empty line, or what is left of a body with a wrong length. Both
// browsers pass over four.
const maxSlop = 4

// head is one status line with its headers. Fields are the connection's, and valid until its next head.
type head struct {
	proto  string // "HTTP/1.1"
	status int    // up to three digits
	reason string
	fields []Field
	cut    bool // the connection ended before the empty line
}

// readHead reads one head, of at most limit bytes, and returns how many it had. A head of which nothing came is io.EOF. One that was
// cut short is a head over http, as in both browsers, and io.ErrUnexpectedEOF over https, where Chromium refuses it.
func (c *Conn) readHead(limit int64) (h head, size int64, err error) {
	start, err := c.findStatusLine(limit)
	if err != nil {
		return h, 0, err
	}
	at, line, cut, err := c.findLine(start, limit)
	if err != nil {
		return h, 0, err
	}
	s, err := parseStatusLine(line, cut)
	if err != nil {
		return h, 0, err
	}
	short, headers := len(line) < len("HTTP/1.1"), at-start
	for len(line) > 0 && !cut {
		if at, line, cut, err = c.findLine(at, limit); err != nil {
			return h, 0, err
		}
	}
	// All strings of the head are parts of this one.
	text := string(c.in.rest()[start:at])
	c.in.skip(at)
	if i := strings.IndexByte(text, 0); i >= 0 {
		return h, 0, syntaxError(BadByte, lineAround(text, i))
	}
	h.proto, h.status, h.reason, h.cut = "HTTP/1.0", s.status, trimSpace(text[s.reason:s.end]), cut
	if !short {
		h.proto = text[:len(h.proto)]
	}
	if s.bare {
		h.reason = "OK"
	}
	if strings.IndexByte(h.reason, '\r') >= 0 {
		return h, 0, syntaxError(BadByte, h.reason)
	}
	h.fields, err = parseFields(c.fields[:0], text[headers:])
	c.fields = h.fields
	return h, int64(at), err
}

// findStatusLine returns where in the rest "HTTP/" stands.
func (c *Conn) findStatusLine(limit int64) (int, error) {
	for {
		rest := c.in.rest()
		at, decided := statusLineAt(rest)
		switch {
		case at >= 0:
			return at, nil
		case decided && (bytes.IndexByte(rest, '\n') >= 0 || isBinary(rest)):
			return 0, notHTTP(rest)
		case int64(len(rest)) >= limit:
			return 0, ErrHeadTooLarge
		}
		if err := c.in.more(); err == io.EOF && len(rest) > 0 {
			if strings.HasPrefix("HTTP/", string(rest)) {
				if len(rest) == len("HTTP") && !c.secure() {
					return 0, nil
				}
				return 0, io.ErrUnexpectedEOF
			}
			return 0, notHTTP(rest)
		} else if err != nil {
			return 0, err
		}
	}
}

// statusLineAt returns where "HTTP/" stands in b, or -1 and whether more bytes cannot change that.
func statusLineAt(b []byte) (at int, decided bool) {
	for at := range maxSlop + 1 {
		tail := b[min(at, len(b)):]
		if bytes.HasPrefix(tail, []byte("HTTP/")) {
			return at, true
		}
		if len(tail) < len("HTTP/") && strings.HasPrefix("HTTP/", string(tail)) {
			return -1, false
		}
	}
	return -1, true
}

// isBinary tells TLS and HTTP/2, which may never send a line's end, from protocols of lines.
func isBinary(b []byte) bool {
	for _, c := range b[:min(len(b), maxSlop+len("HTTP/"))] {
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' {
			return true
		}
	}
	return false
}

func notHTTP(b []byte) *SyntaxError {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		b = b[:i]
	}
	b = bytes.TrimRight(b, "\r")
	return syntaxError(NotHTTP, string(b[:min(len(b), maxQuoted)]))
}

// findLine returns the line of the rest that begins at from, without its end, and where the next one begins. cut says that the
// connection ended in it, or where it would begin.
func (c *Conn) findLine(from int, limit int64) (next int, line []byte, cut bool, err error) {
	for {
		rest := c.in.rest()
		if i := bytes.IndexByte(rest[from:], '\n'); i >= 0 {
			if next = from + i + 1; int64(next) > limit {
				return 0, nil, false, ErrHeadTooLarge
			}
			return next, withoutCR(rest[from : from+i]), false, nil
		}
		if int64(len(rest)) >= limit {
			return 0, nil, false, ErrHeadTooLarge
		}
		if err := c.in.more(); err == io.EOF && !c.secure() {
			return len(rest), withoutCR(rest[from:]), true, nil
		} else if err != nil {
			return 0, nil, false, noEOF(err)
		}
	}
}

func (c *Conn) secure() bool { return c.key.Scheme == "https" }

func withoutCR(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		return line[:n-1]
	}
	return line
}

type statusLine struct {
	status      int
	reason, end int  // offsets
	bare        bool // nothing behind the version: 200 OK
}

// parseStatusLine takes any version from 1.0 on, as browsers do, whatever stands between it and the next space, and several spaces
// before the status. A version alone is 200 OK; so is the beginning of one with which the connection ended.
//
// https://www.rfc-editor.org/rfc/rfc9112#section-4
func parseStatusLine(line []byte, cut bool) (s statusLine, err error) {
	const version = len("HTTP/1.1")
	ok := statusLine{status: 200, bare: true}
	if cut && len(line) >= len("HTTP") && strings.HasPrefix("HTTP/1.", string(line)) {
		return ok, nil
	}
	if len(line) < version || !isDigit(line[5]) || line[5] == '0' || line[6] != '.' || !isDigit(line[7]) {
		return s, notHTTP(line)
	}
	i := version
	for i < len(line) && line[i] != ' ' {
		if line[i] == '\r' {
			return s, notHTTP(line)
		}
		i++
	}
	if i == len(line) {
		return ok, nil
	}
	for i < len(line) && line[i] == ' ' {
		i++
	}
	end := i
	for end < len(line) && isDigit(line[end]) {
		s.status = s.status*10 + int(line[end]-'0')
		if end++; end-i > 3 {
			break
		}
	}
	if end == i || end-i > 3 || end < len(line) && line[end] != ' ' && line[end] != '\t' {
		code, _, _ := strings.Cut(string(line[i:]), " ")
		return s, syntaxError(BadStatus, code)
	}
	s.reason, s.end = end, len(line)
	return s, nil
}

// parseFields appends the header lines in text, up to its end or an empty line. As in both browsers, a line without a colon or whose
// name is no token is passed over, with what is folded behind it, and so is a folded line that follows none. Space before the colon is
// removed, as RFC 9112 has proxies do.
//
// https://www.rfc-editor.org/rfc/rfc9112#section-5
func parseFields(fields []Field, text string) ([]Field, error) {
	for lines := 0; ; {
		line, rest := cutLine(text)
		if line == "" {
			return fields, nil
		}
		if lines++; lines > MaxLines {
			return fields, ErrHeadTooLarge
		}
		if strings.IndexByte(line, '\r') >= 0 {
			return fields, syntaxError(BadByte, line)
		}
		text = rest
		name, value, ok := strings.Cut(line, ":")
		if !ok || isSpace(line[0]) {
			continue
		}
		value = trimSpace(value)
		if isFolded(text) {
			var err error
			if value, text, lines, err = unfold(value, text, lines); err != nil {
				return fields, err
			}
		}
		if name = trimSpace(name); httpspec.IsToken(name) {
			fields = append(fields, Field{name, value})
		}
	}
}

func isFolded(text string) bool { return text != "" && isSpace(text[0]) }

// unfold joins the lines that continue value by single spaces.
//
// https://www.rfc-editor.org/rfc/rfc9112#section-5.2
func unfold(value, text string, lines int) (string, string, int, error) {
	joined := []byte(value)
	for isFolded(text) {
		line, rest := cutLine(text)
		if lines++; lines > MaxLines {
			return "", "", 0, ErrHeadTooLarge
		}
		if strings.IndexByte(line, '\r') >= 0 {
			return "", "", 0, syntaxError(BadByte, line)
		}
		if line = trimSpace(line); line != "" {
			if len(joined) > 0 {
				joined = append(joined, ' ')
			}
			joined = append(joined, line...)
		}
		text = rest
	}
	return string(joined), text, lines, nil
}

// cutLine returns the first line of text without its end.
func cutLine(text string) (line, rest string) {
	line, rest, _ = strings.Cut(text, "\n")
	return strings.TrimSuffix(line, "\r"), rest
}

func lineAround(text string, i int) string {
	line, _ := cutLine(text[strings.LastIndexByte(text[:i], '\n')+1:])
	return line
}

func trimSpace(s string) string {
	for s != "" && isSpace(s[0]) {
		s = s[1:]
	}
	for s != "" && isSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }
func isDigit(c byte) bool { return c-'0' <= 9 }
