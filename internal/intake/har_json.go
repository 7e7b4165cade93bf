package intake

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// jsonReader reads JSON from a stream and keeps only what is asked for: most of a HAR is bodies, which are passed over. It is
// lenient in what it passes over.
type jsonReader struct {
	r    *bufio.Reader
	read int64
	// names are those of headers, which come again and again.
	names map[string]string
}

// maxNames is how many different names of headers are remembered.
const maxNames = 1000

func (j *jsonReader) intern(name string) string {
	if known, ok := j.names[name]; ok {
		return known
	}
	if j.names == nil {
		j.names = make(map[string]string)
	}
	if len(j.names) < maxNames {
		j.names[name] = name
	}
	return name
}

func (j *jsonReader) syntax(what string) error {
	return &Error{Code: ErrSyntax, Kind: KindHAR, Message: fmt.Sprintf("the HAR cannot be parsed, byte %d: %s", j.read, what), Hint: "export it anew"}
}

func (j *jsonReader) failed(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &Error{Code: ErrSyntax, Kind: KindHAR, Message: fmt.Sprintf("the HAR ends in the middle, after %d bytes", j.read), Hint: "export it anew: this one was cut off"}
	}
	return &Error{Code: ErrUnreadable, Kind: KindHAR, Message: "the HAR cannot be read", Hint: err.Error()}
}

func (j *jsonReader) byte() (byte, error) {
	c, err := j.r.ReadByte()
	if err != nil {
		return 0, j.failed(err)
	}
	j.read++
	return c, nil
}

// next is the next byte that is not white space.
func (j *jsonReader) next() (byte, error) {
	for {
		c, err := j.byte()
		if err != nil || c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c, err
		}
	}
}

func (j *jsonReader) back() {
	// The byte before was read by ReadByte, and that can always be undone.
	_ = j.r.UnreadByte()
	j.read--
}

// object calls f for each key; f must read or skip the value. A value that is no object is skipped.
func (j *jsonReader) object(f func(key string) error) error {
	c, err := j.next()
	if err != nil {
		return err
	}
	if c != '{' {
		j.back()
		return j.skip()
	}
	for {
		c, err := j.next()
		switch {
		case err != nil:
			return err
		case c == '}':
			return nil
		case c == ',':
			continue
		case c != '"':
			return j.syntax("a key was expected")
		}
		key, err := j.stringBody(1 << 10)
		if err != nil {
			return err
		}
		if c, err = j.next(); err != nil {
			return err
		}
		if c != ':' {
			return j.syntax("a colon was expected")
		}
		if err := f(key); err != nil {
			return err
		}
	}
}

// array calls f for each element; f must read or skip it. A value that is no array is skipped.
func (j *jsonReader) array(f func() error) error {
	c, err := j.next()
	if err != nil {
		return err
	}
	if c != '[' {
		j.back()
		return j.skip()
	}
	for {
		c, err := j.next()
		switch {
		case err != nil:
			return err
		case c == ']':
			return nil
		case c == ',':
			continue
		}
		j.back()
		if err := f(); err != nil {
			return err
		}
	}
}

// text reads a string or a number, at most keep bytes of it. Other values are skipped, and empty.
func (j *jsonReader) text(keep int) (string, error) {
	c, err := j.next()
	if err != nil {
		return "", err
	}
	if c == '"' {
		return j.stringBody(keep)
	}
	if c != '-' && (c < '0' || c > '9') {
		j.back()
		return "", j.skip()
	}
	var b strings.Builder
	for strings.IndexByte("+-.eE0123456789", c) >= 0 {
		if b.Len() < keep {
			b.WriteByte(c)
		}
		if c, err = j.byte(); err != nil {
			return "", err
		}
	}
	j.back()
	return b.String(), nil
}

// number reads an integer, and 0 for everything else.
func (j *jsonReader) number() (int, error) {
	s, err := j.text(32)
	f, _ := strconv.ParseFloat(s, 64)
	if f < -1e9 || f > 1e9 {
		f = 0
	}
	return int(f), err
}

// boolean reads true, and false for everything else.
func (j *jsonReader) boolean() (bool, error) {
	c, err := j.next()
	if err != nil {
		return false, err
	}
	j.back()
	return c == 't', j.skip()
}

// stringBody reads on behind the opening quotation mark and returns at most keep bytes.
func (j *jsonReader) stringBody(keep int) (string, error) {
	var raw []byte
	escaped := false
	for {
		if j.r.Buffered() == 0 {
			if _, err := j.r.Peek(1); err != nil {
				return "", j.failed(err)
			}
		}
		// What is buffered can always be peeked at.
		chunk, _ := j.r.Peek(j.r.Buffered())
		end := bytes.IndexByte(chunk, '"')
		segment := chunk
		if end >= 0 {
			segment = chunk[:end]
		}
		if at := bytes.IndexByte(segment, '\\'); at >= 0 {
			raw = appendUpTo(raw, segment[:at], keep)
			j.discard(at)
			escape, err := j.escape()
			if err != nil {
				return "", err
			}
			if len(raw)+len(escape) <= keep {
				raw = append(raw, escape...)
				escaped = true
			}
			continue
		}
		raw = appendUpTo(raw, segment, keep)
		if end >= 0 {
			j.discard(end + 1)
			break
		}
		j.discard(len(chunk))
	}
	if !escaped {
		return strings.ToValidUTF8(string(raw), "\ufffd"), nil
	}
	var s string
	quoted := append(append([]byte{'"'}, raw...), '"')
	if json.Unmarshal(quoted, &s) != nil {
		return "", j.syntax("a string was expected")
	}
	return s, nil
}

func appendUpTo(b, more []byte, limit int) []byte {
	return append(b, more[:max(min(len(more), limit-len(b)), 0)]...)
}

func (j *jsonReader) discard(n int) {
	n, _ = j.r.Discard(n) // never more than is buffered
	j.read += int64(n)
}

// escape reads a backslash and what belongs to it. The bytes are good until the next read.
func (j *jsonReader) escape() ([]byte, error) {
	b, err := j.r.Peek(2)
	if err == nil && b[1] == 'u' {
		b, err = j.r.Peek(6)
	}
	if err != nil {
		return nil, j.failed(err)
	}
	j.discard(len(b))
	return b, nil
}

// skip passes over one value.
func (j *jsonReader) skip() error {
	open := 0
	for {
		c, err := j.next()
		if err != nil {
			return err
		}
		switch c {
		case '"':
			if _, err := j.stringBody(0); err != nil {
				return err
			}
		case '{', '[':
			open++
		case '}', ']':
			open--
		case ',', ':':
			if open == 0 {
				return j.syntax("a value was expected")
			}
			continue
		default:
			if err := j.word(c); err != nil {
				return err
			}
		}
		if open < 0 {
			return j.syntax("a value was expected")
		}
		if open == 0 {
			return nil
		}
	}
}

// word passes over a number, true, false or null.
func (j *jsonReader) word(c byte) error {
	const letters = "+-.0123456789abcdefghijklmnopqrstuvwxyzEINaf"
	if strings.IndexByte(letters, c) < 0 {
		return j.syntax("a value was expected")
	}
	for strings.IndexByte(letters, c) >= 0 {
		var err error
		if c, err = j.byte(); err != nil {
			return err
		}
	}
	j.back()
	return nil
}
