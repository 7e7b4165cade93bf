package jsrun

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"math"
	"strconv"
	"strings"
)

// largestSide bounds what a file says of its own size.
const largestSide = math.MaxInt32

// pictureSize finds out what browsers find out of the start of a file before they paint it: whether it is a picture, and its width and
// height in pixels. Of a format whose size it does not read, such as AVIF, both are 0.
//
// https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern
func pictureSize(mime string, b []byte) (width, height int, ok bool) {
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		if len(b) < 24 {
			return 0, 0, false
		}
		return side(binary.BigEndian.Uint32(b[16:])), side(binary.BigEndian.Uint32(b[20:])), true
	case bytes.HasPrefix(b, []byte("GIF87a")), bytes.HasPrefix(b, []byte("GIF89a")):
		if len(b) < 10 {
			return 0, 0, false
		}
		return int(binary.LittleEndian.Uint16(b[6:])), int(binary.LittleEndian.Uint16(b[8:])), true
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return jpegSize(b)
	case len(b) >= 16 && string(b[:4]) == "RIFF" && string(b[8:14]) == "WEBPVP":
		return webpSize(b)
	case len(b) >= 26 && string(b[:2]) == "BM":
		return side(binary.LittleEndian.Uint32(b[18:])), side(magnitude(binary.LittleEndian.Uint32(b[22:]))), true
	case len(b) >= 8 && (string(b[:4]) == "\x00\x00\x01\x00" || string(b[:4]) == "\x00\x00\x02\x00"):
		return iconSide(b[6]), iconSide(b[7]), true
	case len(b) >= 12 && string(b[4:8]) == "ftyp" && (string(b[8:12]) == "avif" || string(b[8:12]) == "avis"):
		return 0, 0, true
	case mime == "image/svg+xml":
		return svgSize(b)
	}
	return 0, 0, false
}

func side(n uint32) int { return int(min(n, largestSide)) }

// magnitude is that of a signed number: a BMP counts its lines from above where the height is negative.
func magnitude(n uint32) uint32 {
	if n > math.MaxInt32 {
		return -n
	}
	return n
}

// iconSide: 0 stands for 256.
func iconSide(b byte) int {
	if b == 0 {
		return 256
	}
	return int(b)
}

// jpegSize looks for the start of the frame.
func jpegSize(b []byte) (width, height int, ok bool) {
	for i := 2; i+9 <= len(b) && b[i] == 0xff; {
		marker := b[i+1]
		switch {
		case marker == 0xff:
			i++
			continue
		case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc:
			return int(binary.BigEndian.Uint16(b[i+7:])), int(binary.BigEndian.Uint16(b[i+5:])), true
		}
		i += 2 + int(binary.BigEndian.Uint16(b[i+2:]))
	}
	return 0, 0, false
}

// webpSize reads the first chunk, of each of its three kinds.
func webpSize(b []byte) (width, height int, ok bool) {
	switch {
	case len(b) >= 30 && string(b[12:16]) == "VP8 ":
		return int(binary.LittleEndian.Uint16(b[26:]) & 0x3fff), int(binary.LittleEndian.Uint16(b[28:]) & 0x3fff), true
	case len(b) >= 25 && string(b[12:16]) == "VP8L":
		n := binary.LittleEndian.Uint32(b[21:])
		return int(n&0x3fff) + 1, int(n>>14&0x3fff) + 1, true
	case len(b) >= 30 && string(b[12:16]) == "VP8X":
		n := func(i int) int { return int(b[i]) | int(b[i+1])<<8 | int(b[i+2])<<16 }
		return n(24) + 1, n(27) + 1, true
	}
	return 0, 0, false
}

// svgSize reads the root's width and height, or its viewBox in the place of both. Without either browsers take 300 by 150.
func svgSize(b []byte) (width, height int, ok bool) {
	d := xml.NewDecoder(bytes.NewReader(b))
	d.Strict = false
	for {
		t, err := d.RawToken()
		if err != nil {
			return 0, 0, false
		}
		root, isElement := t.(xml.StartElement)
		if !isElement {
			continue
		}
		if root.Name.Local != "svg" {
			return 0, 0, false
		}
		width, height = 300, 150
		given := false
		for _, a := range root.Attr {
			n, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(a.Value), "px"), 64)
			number := err == nil && n >= 0 && n <= largestSide
			switch box := strings.FieldsFunc(a.Value, func(r rune) bool { return r == ' ' || r == ',' }); {
			case a.Name.Local == "width" && number:
				width, given = int(n), true
			case a.Name.Local == "height" && number:
				height, given = int(n), true
			case a.Name.Local == "viewBox" && len(box) == 4 && !given:
				w, err := strconv.ParseFloat(box[2], 64)
				h, err2 := strconv.ParseFloat(box[3], 64)
				if err == nil && err2 == nil && w > 0 && h > 0 && w <= largestSide && h <= largestSide {
					width, height = int(w), int(h)
				}
			}
		}
		return width, height, true
	}
}

// isFont looks at the signature alone.
//
// https://mimesniff.spec.whatwg.org/#matching-a-font-type-pattern
func isFont(b []byte) bool {
	for _, signature := range [...]string{"\x00\x01\x00\x00", "OTTO", "ttcf", "wOFF", "wOF2", "true"} {
		if bytes.HasPrefix(b, []byte(signature)) {
			return true
		}
	}
	return false
}

// isMedia takes a file for audio or video by its signature, or by what the server says of it.
//
// https://mimesniff.spec.whatwg.org/#matching-an-audio-or-video-type-pattern
func isMedia(mime string, b []byte) bool {
	switch {
	case bytes.HasPrefix(b, []byte("ID3")), bytes.HasPrefix(b, []byte("OggS\x00")), bytes.HasPrefix(b, []byte("MThd\x00\x00\x00\x06")),
		bytes.HasPrefix(b, []byte("\x1a\x45\xdf\xa3")), bytes.HasPrefix(b, []byte("fLaC")):
		return true
	case len(b) >= 12 && string(b[:4]) == "RIFF" && (string(b[8:12]) == "WAVE" || string(b[8:12]) == "AVI "),
		len(b) >= 12 && string(b[:4]) == "FORM" && string(b[8:12]) == "AIFF", len(b) >= 8 && string(b[4:8]) == "ftyp":
		return true
	}
	return len(b) > 0 && (strings.HasPrefix(mime, "audio/") || strings.HasPrefix(mime, "video/"))
}
