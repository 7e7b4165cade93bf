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

// opCompress takes a format and bytes.
func opCompress(_ *run, a arguments) (any, error) {
	b, err := a.bytes(1)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	var w io.WriteCloser
	switch a.str(0) {
	case "gzip":
		w = gzip.NewWriter(&out)
	case "deflate":
		w = zlib.NewWriter(&out)
	case "deflate-raw":
		if w, err = flate.NewWriter(&out, flate.DefaultCompression); err != nil {
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
	return encodeBytes(out.Bytes()), nil
}

// opDecompress is the inverse. It returns null for what is broken, cut off, or followed by anything.
func opDecompress(_ *run, a arguments) (any, error) {
	b, err := a.bytes(1)
	if err != nil {
		return nil, err
	}
	out, err := decompress(a.str(0), b)
	if err != nil {
		return nil, nil
	}
	return encodeBytes(out), nil
}

func decompress(format string, b []byte) ([]byte, error) {
	in := bytes.NewReader(b)
	var r io.Reader
	switch format {
	case "gzip":
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, err
		}
		z.Multistream(false)
		r = z
	case "deflate":
		z, err := zlib.NewReader(in)
		if err != nil {
			return nil, err
		}
		r = z
	default:
		r = flate.NewReader(in)
	}
	out, err := io.ReadAll(io.LimitReader(r, maxDecompressed+1))
	switch {
	case err != nil:
		return nil, err
	case len(out) > maxDecompressed:
		return nil, fmt.Errorf("more than %d MiB", maxDecompressed>>20)
	case in.Len() > 0:
		return nil, fmt.Errorf("%d bytes behind the end", in.Len())
	}
	return out, nil
}
