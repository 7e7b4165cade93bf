package http1

import (
	"math"
	"strconv"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

// framing says where a body ends and whether the connection lives on behind it.
type framing struct {
	kind   framingKind
	length int64 // of byLength
	keep   bool
}

type framingKind int

const (
	noBody framingKind = iota
	byLength
	byChunks
	byClose
)

// frame decides by what both browsers do. chunked anywhere in Transfer-Encoding means chunks, beside whatever length; an empty length
// or one that is no number is none; two that differ are refused. Without chunked, Transfer-Encoding says nothing, and in HTTP/1.0 it
// never does. A head that was cut short has no body, whatever it says.
//
// https://www.rfc-editor.org/rfc/rfc9112#section-6.3
func frame(method string, h *head) (framing, error) {
	old := h.proto == "HTTP/1.0"
	f := framing{keep: !old}
	var lengths, codings, options []string
	for i := range h.fields {
		switch field := &h.fields[i]; len(field.Name) {
		case len("Content-Length"):
			if httpspec.EqualFold(field.Name, "Content-Length") {
				lengths = append(lengths, field.Value)
			}
		case len("Transfer-Encoding"):
			if httpspec.EqualFold(field.Name, "Transfer-Encoding") {
				codings = append(codings, field.Value)
			}
		case len("Connection"):
			if httpspec.EqualFold(field.Name, "Connection") {
				options = append(options, field.Value)
			}
		}
	}
	if hasMember(options, "close") {
		f.keep = false
	} else if old {
		f.keep = hasMember(options, "keep-alive")
	}
	chunked := hasMember(codings, "chunked")
	if old && codings != nil {
		// It may have been added by somebody between who knew it, or not: the next answer's place is not sure.
		chunked, f.keep = false, false
	}
	length, known, err := extractLength(lengths)
	switch {
	case err != nil && !chunked:
		return f, err
	case h.status == 101:
		f.keep = false // what follows is another protocol
		return f, nil
	case h.cut:
		f.keep = false
		return f, nil
	case method == "HEAD" || h.status == 204 || h.status == 304:
		return f, nil
	case chunked:
		f.kind = byChunks
		f.keep = f.keep && lengths == nil // two opinions on the length may come from an attack
	case !known:
		f.kind, f.keep = byClose, false
	case length > 0:
		f.kind, f.length = byLength, length
	}
	return f, nil
}

// extractLength is for Content-Length lines. known is false where there is none, or one that is no number or larger than any body.
//
// https://fetch.spec.whatwg.org/#content-length-header
func extractLength(lines []string) (n int64, known bool, err error) {
	if len(lines) == 0 {
		return 0, false, nil
	}
	value := lines[0]
	if len(lines) > 1 || strings.IndexByte(value, ',') >= 0 {
		values := httpspec.GetDecodeSplit(lines)
		for _, v := range values[1:] {
			if v != values[0] {
				return 0, false, syntaxError(LengthConflict, strings.Join(lines, ", "))
			}
		}
		value = values[0]
	}
	if number := strings.TrimPrefix(strings.TrimLeft(value, " \t\v\f"), "+"); number != value && isDigits(number) {
		// Firefox ends the body there, and Chromium with the connection.
		return 0, false, syntaxError(BadLength, value)
	}
	if !isDigits(value) {
		return 0, false, nil
	}
	u, err := strconv.ParseUint(value, 10, 64)
	if err != nil || u > math.MaxInt64 {
		return 0, false, nil
	}
	return int64(u), true, nil
}

func isDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// hasMember reports whether a comma-separated list has a member, in any case.
func hasMember(lines []string, member string) bool {
	for _, line := range lines {
		for more := true; more; {
			var m string
			if m, line, more = strings.Cut(line, ","); httpspec.EqualFold(trimSpace(m), member) {
				return true
			}
		}
	}
	return false
}
