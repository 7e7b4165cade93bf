package http1

import (
	"bytes"
	"io"
	"math"
)

// maxChunkLine bounds the line of a chunk's size with its extensions; Chromium's bound is between 5,000 and 20,000 bytes.
const maxChunkLine = 16 << 10

// chunkState is what comes next.
type chunkState int

const (
	chunkSize chunkState = iota
	chunkData
	chunkEnd // the line's end behind the data
	chunkTrailer
)

// readChunks reads the data of chunks. Extensions and trailers are passed over, whatever is in them; a line may end with LF alone.
//
// https://www.rfc-editor.org/rfc/rfc9112#section-7.1
func (b *Body) readChunks(c *Conn, p []byte) (n int, err error) {
	for {
		switch b.chunk {
		case chunkSize:
			line, size, err := c.chunkLine()
			if err != nil {
				return n, err
			}
			if b.left, err = parseChunkSize(line); err != nil {
				return n, err
			}
			c.in.skip(size)
			b.chunk = chunkData
			if b.left == 0 {
				b.chunk = chunkTrailer
			}
		case chunkData:
			if n > 0 && len(c.in.rest()) == 0 || n == len(p) && n > 0 {
				return n, nil
			}
			m, err := c.readSome(p[n:], b.left)
			n += m
			if b.left -= int64(m); b.left == 0 {
				b.chunk = chunkEnd
			}
			if err != nil {
				return n, noEOF(err)
			}
			if m == 0 {
				return n, nil
			}
		case chunkEnd:
			if n > 0 && !c.hasLine() {
				return n, nil // what is here is not held back
			}
			line, size, err := c.chunkLine()
			if err != nil {
				return n, err
			}
			if len(line) > 0 {
				return n, errChunk
			}
			c.in.skip(size)
			b.chunk = chunkSize
			if n > 0 && !c.hasLine() {
				return n, nil
			}
		case chunkTrailer:
			if n > 0 && !c.hasLine() {
				return n, nil
			}
			line, size, err := c.chunkLine()
			if err != nil {
				return n, err
			}
			if b.trailer += int64(size); b.trailer > c.limit {
				return n, ErrHeadTooLarge
			}
			end := len(line) == 0
			c.in.skip(size)
			if end {
				return n, io.EOF
			}
		}
	}
}

func (c *Conn) hasLine() bool { return bytes.IndexByte(c.in.rest(), '\n') >= 0 }

// chunkLine returns the next line without its end, and its size with it. It stays in the buffer.
func (c *Conn) chunkLine() (line []byte, size int, err error) {
	for {
		rest := c.in.rest()
		i := bytes.IndexByte(rest, '\n')
		if i > maxChunkLine || i < 0 && len(rest) > maxChunkLine {
			return nil, 0, errChunk
		}
		if i >= 0 {
			return withoutCR(rest[:i]), i + 1, nil
		}
		if err := c.in.more(); err != nil {
			return nil, 0, noEOF(err)
		}
	}
}

// parseChunkSize takes hexadecimal digits, then spaces, then extensions behind a semicolon, as Chromium does.
func parseChunkSize(line []byte) (int64, error) {
	if bytes.IndexByte(line, '\r') >= 0 {
		return 0, errChunk
	}
	if i := bytes.IndexByte(line, ';'); i >= 0 {
		line = line[:i]
	}
	line = bytes.TrimRight(line, " ")
	if len(line) == 0 {
		return 0, errChunk
	}
	n := int64(0)
	for _, c := range line {
		d, ok := hexDigit(c)
		if !ok || n > math.MaxInt64>>4 {
			return 0, errChunk
		}
		n = n<<4 | int64(d)
	}
	return n, nil
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case isDigit(c):
		return c - '0', true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}
