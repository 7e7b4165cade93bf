package jsrun

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
)

// maxDecompressed bounds what a DecompressionStream makes of its input.
const maxDecompressed = 64 << 20

// codedPiece is how much of what a codec makes goes to the page at a time: a multiple of 3, as base64 wants.
const codedPiece = 3 << 18

// codedPieces is what a codec has made, until opCoded hands it over. It is counted as the script's.
type codedPieces struct {
	run    *run
	pieces [][]byte
	bytes  int
}

func (c *codedPieces) Write(b []byte) (int, error) {
	for n := 0; n < len(b); {
		last := len(c.pieces) - 1
		if last < 0 || len(c.pieces[last]) == codedPiece {
			if !c.run.hold(codedPiece) {
				return n, c.run.outOfMemory()
			}
			// As large as it can become: to grow would leave garbage of several times the size.
			c.pieces = append(c.pieces, make([]byte, 0, codedPiece))
			last++
		}
		took := min(len(b)-n, codedPiece-len(c.pieces[last]))
		c.pieces[last] = append(c.pieces[last], b[n:n+took]...)
		n, c.bytes = n+took, c.bytes+took
	}
	return len(b), nil
}

func (c *codedPieces) drop() {
	c.run.drop(int64(len(c.pieces)) * codedPiece)
	c.pieces = nil
}

// opCoded returns the next piece, or null behind the last.
func opCoded(r *run, _ arguments) (any, error) {
	if r.coded == nil || len(r.coded.pieces) == 0 {
		return nil, nil
	}
	piece := r.coded.pieces[0]
	r.coded.pieces[0] = nil
	r.coded.pieces = r.coded.pieces[1:]
	r.drop(codedPiece)
	return encodeBytes(piece), nil
}

// opCompress takes a format and bytes. What they come to is opCoded's.
func opCompress(r *run, a arguments) (any, error) {
	b, err := a.bytes(1)
	if err != nil {
		return nil, err
	}
	out := &codedPieces{run: r}
	r.coded = out
	var w io.WriteCloser
	switch a.str(0) {
	case "gzip":
		w = gzip.NewWriter(out)
	case "deflate":
		w = zlib.NewWriter(out)
	case "deflate-raw":
		if w, err = flate.NewWriter(out, flate.DefaultCompression); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("no format %s", quoteName(a.str(0)))
	}
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return true, nil
}

// opDecompress is the inverse. It returns false for what is broken, cut off, or followed by anything.
func opDecompress(r *run, a arguments) (any, error) {
	b, err := a.bytes(1)
	if err != nil {
		return nil, err
	}
	r.coded = &codedPieces{run: r}
	if err := decompress(r.coded, a.str(0), b); err != nil {
		r.coded.drop()
		if r.fatal != nil {
			return nil, errStopped
		}
		return false, nil
	}
	return true, nil
}

func decompress(out *codedPieces, format string, b []byte) error {
	in := bytes.NewReader(b)
	var r io.Reader
	switch format {
	case "gzip":
		z, err := gzip.NewReader(in)
		if err != nil {
			return err
		}
		z.Multistream(false)
		r = z
	case "deflate":
		z, err := zlib.NewReader(in)
		if err != nil {
			return err
		}
		r = z
	default:
		r = flate.NewReader(in)
	}
	_, err := io.CopyBuffer(out, io.LimitReader(r, maxDecompressed+1), make([]byte, 64<<10))
	switch {
	case err != nil:
		return err
	case out.bytes > maxDecompressed:
		return fmt.Errorf("more than %d MiB", maxDecompressed>>20)
	case in.Len() > 0:
		return fmt.Errorf("%d bytes behind the end", in.Len())
	}
	return nil
}
