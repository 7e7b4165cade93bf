package jsrun

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
)

// What a canvas may be at most to give a picture: Chromium's.
const (
	maxCanvasSide   = 1<<16 - 1
	maxCanvasPixels = 1 << 28
)

// opCanvasRefused takes the method that would read a canvas, the URL of what made it unreadable, and whether to say so. It returns the words
// of the SecurityError. Chromium's were measured in version 156, the others in Firefox 153 ESR and WebKitGTK 2.50, on 2026-11-23.
//
// https://html.spec.whatwg.org/#security-with-canvas-elements
func opCanvasRefused(r *run, a arguments) (any, error) {
	if a.flag(2) {
		note := "corscope: the canvas holds " + a.str(1) + ", which was loaded without CORS: set crossOrigin = \"anonymous\" before src, and have its server send " +
			"Access-Control-Allow-Origin (corscope why canvas-tainted)"
		if _, err := opPrint(r, arguments{float64(2), note}); err != nil {
			return nil, err
		}
	}
	switch method := a.str(0); {
	case r.config.Page.Agent().Profile().Canvas.BriefErrors:
		return "The operation is insecure.", nil
	case method == "getImageData":
		return "Failed to execute 'getImageData' on 'CanvasRenderingContext2D': The canvas has been tainted by cross-origin data.", nil
	default:
		return "Failed to execute '" + method + "' on 'HTMLCanvasElement': Tainted canvases may not be exported.", nil
	}
}

// opCanvasPNG takes a width and a height and returns a transparent picture of that size, or null where there is no pixel or too many.
func opCanvasPNG(_ *run, a arguments) (any, error) {
	width, height := a.num(0), a.num(1)
	if width < 1 || height < 1 || width > maxCanvasSide || height > maxCanvasSide || width*height > maxCanvasPixels {
		return nil, nil
	}
	b, err := blankPNG(int(width), int(height))
	if err != nil {
		return nil, err
	}
	return encodeBytes(b), nil
}

// blankPNG has one bit for each pixel, and a palette of one colour that nobody sees.
//
// https://www.w3.org/TR/png-3/#5DataRep
func blankPNG(width, height int) ([]byte, error) {
	var pixels bytes.Buffer
	z := zlib.NewWriter(&pixels)
	row := make([]byte, 1+(width+7)/8) // the filter, and the pixels
	for range height {
		if _, err := z.Write(row); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	header := binary.BigEndian.AppendUint32(nil, uint32(width))
	header = binary.BigEndian.AppendUint32(header, uint32(height))
	b := []byte("\x89PNG\r\n\x1a\n")
	b = appendChunk(b, "IHDR", append(header, 1, 3, 0, 0, 0))
	b = appendChunk(b, "PLTE", []byte{0, 0, 0})
	b = appendChunk(b, "tRNS", []byte{0})
	b = appendChunk(b, "IDAT", pixels.Bytes())
	return appendChunk(b, "IEND", nil), nil
}

func appendChunk(b []byte, kind string, data []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	from := len(b)
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[from:]))
}
