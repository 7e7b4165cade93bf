package jsrun

import (
	"encoding/binary"
	"unicode/utf16"
)

// DecodeSource makes a script of a file's bytes: UTF-8, or UTF-16 where a byte order mark says so. The mark is dropped, and what
// is not valid becomes U+FFFD, as in browsers. It never fails.
//
// https://encoding.spec.whatwg.org/#decode
func DecodeSource(b []byte) string {
	switch {
	case len(b) >= 2 && b[0] == 0xfe && b[1] == 0xff:
		return decodeUTF16(b[2:], binary.BigEndian)
	case len(b) >= 2 && b[0] == 0xff && b[1] == 0xfe:
		return decodeUTF16(b[2:], binary.LittleEndian)
	case len(b) >= 3 && b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf:
		b = b[3:]
	}
	text, _ := decodeUTF8(b)
	return text
}

func decodeUTF16(b []byte, order binary.ByteOrder) string {
	units := make([]uint16, 0, len(b)/2+1)
	for ; len(b) >= 2; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	if len(b) == 1 {
		units = append(units, 0xfffd)
	}
	return string(utf16.Decode(units))
}
