package jsrun

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// opUTF8 encodes a string; the prelude has made it well-formed.
func opUTF8(_ *run, a arguments) (any, error) { return encodeBytes([]byte(a.str(0))), nil }

// opEncodingName returns the name of the encoding that a label stands for, in lower case, or null.
//
// https://encoding.spec.whatwg.org/#concept-encoding-get
func opEncodingName(_ *run, a arguments) (any, error) {
	name := encodingName(a.str(0))
	if name == "" {
		return nil, nil
	}
	return name, nil
}

func encodingName(label string) string {
	label = strings.Trim(label, "\t\n\f\r ")
	e, err := htmlindex.Get(label)
	// The library trims more white space than the standard does.
	if err != nil || strings.TrimSpace(label) != label {
		return ""
	}
	name, err := htmlindex.Name(e)
	if err != nil {
		return ""
	}
	return strings.ToLower(name)
}

// opDecode takes an encoding's name, bytes, and whether ill-formed bytes are an error; the answer is null where they are.
func opDecode(_ *run, a arguments) (any, error) {
	b, err := a.bytes(1)
	if err != nil {
		return nil, err
	}
	text, valid := decode(a.str(0), b)
	if a.flag(2) && !valid {
		return nil, nil
	}
	return text, nil
}

// decode leaves a byte order mark where it is. Nobody may change b afterwards.
func decode(name string, b []byte) (text string, valid bool) {
	var e encoding.Encoding
	switch name {
	case "utf-8", "":
		return decodeOwnUTF8(b)
	case "utf-16le":
		e = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case "utf-16be":
		e = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	default:
		var err error
		if e, err = htmlindex.Get(name); err != nil {
			return decodeUTF8(b)
		}
	}
	switch c := e.(type) {
	case *charmap.Charmap:
		return decodeSingleByte(c, b)
	default:
		if name == "iso-8859-8-i" {
			return decodeSingleByte(charmap.ISO8859_8, b)
		}
	}
	if name == "replacement" && len(b) == 0 {
		return "", true
	}
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return "", false
	}
	text = string(out)
	// No encoding but UTF-8 and its like can write U+FFFD itself, so that one stands for an error.
	return text, !strings.ContainsRune(text, '\ufffd')
}

// decodeSingleByte has the control characters from 0x80 to 0x9F that the library leaves out where an encoding has no letter.
//
// https://encoding.spec.whatwg.org/#single-byte-decoder
func decodeSingleByte(c *charmap.Charmap, b []byte) (text string, valid bool) {
	valid = true
	runes := make([]rune, len(b))
	for i, x := range b {
		runes[i] = c.DecodeByte(x)
		if runes[i] == '\ufffd' {
			if x <= 0x9f {
				runes[i] = rune(x)
			} else {
				valid = false
			}
		}
	}
	return string(runes), valid
}

// opIncompleteUTF8 says how many bytes at the end wait for more.
func opIncompleteUTF8(_ *run, a arguments) (any, error) {
	b, err := a.bytes(0)
	return incompleteUTF8(b), err
}
