package fetch

import (
	"fmt"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

// maxSafelistedValue and maxSafelistedTotal are in bytes: of one safelisted header, and of all of a request together.
const (
	maxSafelistedValue = 128
	maxSafelistedTotal = 1024
)

// UnsafeCode says why a request header is not CORS-safelisted, so that the request is preflighted.
type UnsafeCode string

// The reasons for which a request header is not safelisted.
const (
	// UnsafeName: only five header names can be safelisted at all, and this is none of them.
	UnsafeName UnsafeCode = "name"
	// UnsafeLength: the value is longer than 128 bytes.
	UnsafeLength UnsafeCode = "value-length"
	// UnsafeByte: the value holds a byte that is not allowed in it.
	UnsafeByte UnsafeCode = "value-byte"
	// UnsafeMIMEType: Content-Type is no valid MIME type.
	UnsafeMIMEType UnsafeCode = "mime-type-invalid"
	// UnsafeEssence: Content-Type is none of the three that a form could send.
	UnsafeEssence UnsafeCode = "mime-type"
	// UnsafeRange: Range is not a single range with a first byte, as "bytes=0-499" is.
	UnsafeRange UnsafeCode = "range"
	// UnsafeTotal: the values of all safelisted headers together are longer than 1024 bytes.
	UnsafeTotal UnsafeCode = "total-length"
)

// UnsafeHeader is a request header that is not CORS-safelisted, and why.
type UnsafeHeader struct {
	Header
	Code UnsafeCode `json:"code"`
	// Pos is the index of the offending byte in the value for [UnsafeByte], -1 otherwise.
	Pos int `json:"pos"`
	// Length is the number of bytes that were too many: of the value for [UnsafeLength], of all for [UnsafeTotal].
	Length int `json:"length,omitempty"`
}

// Why is a clause for a person: "Content-Type: application/json is not one of the three types that a form can send".
func (u UnsafeHeader) Why() string {
	switch u.Code {
	case UnsafeName:
		return u.Name + " is not a safelisted header"
	case UnsafeLength:
		return fmt.Sprintf("the value of %s is %d bytes long, and more than %d are not safelisted", u.Name, u.Length, maxSafelistedValue)
	case UnsafeByte:
		return fmt.Sprintf("byte %d of %s is %s, which is not safelisted in it", u.Pos+1, u.Name, describeByte(u.Value[u.Pos]))
	case UnsafeMIMEType:
		return fmt.Sprintf("%s %q is not a valid MIME type", u.Name, u.Value)
	case UnsafeEssence:
		essence, _ := mimeEssence(u.Value)
		return fmt.Sprintf("%s %s is not one of the three that a form can send", u.Name, essence)
	case UnsafeRange:
		return fmt.Sprintf("%s %q is not a single range with a first byte, as bytes=0-499 is", u.Name, u.Value)
	case UnsafeTotal:
		return fmt.Sprintf("the safelisted headers are %d bytes long together, and more than %d are not safelisted", u.Length, maxSafelistedTotal)
	}
	return u.Name + " is not safelisted"
}

func describeByte(b byte) string {
	if b > 0x20 && b < 0x7F {
		return fmt.Sprintf("%q", rune(b))
	}
	return fmt.Sprintf("0x%02X", b)
}

// IsCORSSafelistedRequestHeader reports whether a header may go to another origin without a preflight.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func IsCORSSafelistedRequestHeader(name, value string) bool {
	code, _ := unsafeRequestHeader(name, value)
	return code == ""
}

// unsafeRequestHeader returns an empty code for a safelisted header; pos is the offending byte's index for UnsafeByte.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func unsafeRequestHeader(name, value string) (code UnsafeCode, pos int) {
	// The standard asks for the length first; asking for the name first gives the reader the reason that explains more, and the
	// result is the same.
	if !httpspec.IsCORSSafelistedRequestHeaderName(name) {
		return UnsafeName, -1
	}
	if len(value) > maxSafelistedValue {
		return UnsafeLength, -1
	}
	switch {
	case httpspec.EqualFold(name, "accept"):
		if pos := unsafeByteIndex(value); pos >= 0 {
			return UnsafeByte, pos
		}
	case httpspec.EqualFold(name, "accept-language"), httpspec.EqualFold(name, "content-language"):
		for i := range len(value) {
			if !isLanguageByte(value[i]) {
				return UnsafeByte, i
			}
		}
	case httpspec.EqualFold(name, "content-type"):
		if pos := unsafeByteIndex(value); pos >= 0 {
			return UnsafeByte, pos
		}
		essence, ok := mimeEssence(value)
		if !ok {
			return UnsafeMIMEType, -1
		}
		switch essence {
		case "application/x-www-form-urlencoded", "multipart/form-data", "text/plain":
		default:
			return UnsafeEssence, -1
		}
	case httpspec.EqualFold(name, "range"):
		if start, _, ok := parseSingleRange(value, false); !ok || start == "" {
			return UnsafeRange, -1
		}
	}
	return "", -1
}

// CORSUnsafeRequestHeaderNames returns the names of the headers that must be asked for in a preflight, in lower case, sorted and
// unique: the members of Access-Control-Request-Headers.
//
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
func CORSUnsafeRequestHeaderNames(headers HeaderList) []string {
	var names []string
	size := 0
	for _, h := range headers {
		if code, _ := unsafeRequestHeader(h.Name, h.Value); code != "" {
			names = append(names, h.Name)
		} else {
			size += len(h.Value)
		}
	}
	if size > maxSafelistedTotal {
		names = headers.names()
	}
	return sortedLowercaseSet(names)
}

// UnsafeRequestHeaders returns the headers behind [CORSUnsafeRequestHeaderNames] in their order, and why each of them is not
// safelisted.
func UnsafeRequestHeaders(headers HeaderList) []UnsafeHeader {
	var unsafe []UnsafeHeader
	size := 0
	for _, h := range headers {
		code, pos := unsafeRequestHeader(h.Name, h.Value)
		if code == "" {
			size += len(h.Value)
			continue
		}
		u := UnsafeHeader{Header: h, Code: code, Pos: pos}
		if code == UnsafeLength {
			u.Length = len(h.Value)
		}
		unsafe = append(unsafe, u)
	}
	if size <= maxSafelistedTotal {
		return unsafe
	}
	for _, h := range headers {
		if code, _ := unsafeRequestHeader(h.Name, h.Value); code == "" {
			unsafe = append(unsafe, UnsafeHeader{Header: h, Code: UnsafeTotal, Pos: -1, Length: size})
		}
	}
	return unsafe
}

// unsafeByteIndex returns the index of the first CORS-unsafe request-header byte, or -1.
//
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte
func unsafeByteIndex(value string) int {
	for i := range len(value) {
		switch c := value[i]; {
		case c < 0x20 && c != '\t', c == 0x7F:
			return i
		case strings.IndexByte(`"():<>?@[\]{}`, c) >= 0:
			return i
		}
	}
	return -1
}

// isLanguageByte is what Accept-Language and Content-Language may hold and be safelisted.
func isLanguageByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || strings.IndexByte(" *,-.;=", c) >= 0
}

// parseSingleRange parses a single range header value. start and end are strings of digits; empty for null.
//
// https://fetch.spec.whatwg.org/#simple-range-header-value
func parseSingleRange(value string, allowWhitespace bool) (start, end string, ok bool) {
	blank := ""
	if allowWhitespace {
		blank = " \t"
	}
	rest, found := strings.CutPrefix(value, "bytes")
	if !found {
		return "", "", false
	}
	if rest, found = strings.CutPrefix(strings.TrimLeft(rest, blank), "="); !found {
		return "", "", false
	}
	start, end, found = strings.Cut(strings.TrimLeft(rest, blank), "-")
	start, end = strings.TrimRight(start, blank), strings.TrimLeft(end, blank)
	if !found || !isDigits(start) || !isDigits(end) || start == "" && end == "" {
		return "", "", false
	}
	if start != "" && end != "" && compareDecimal(start, end) > 0 {
		return "", "", false
	}
	return start, end, true
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// compareDecimal compares strings of digits as numbers of any size.
func compareDecimal(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}
