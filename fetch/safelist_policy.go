package fetch

import (
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

// isStandard reports whether the safelist is the standard's own.
func (p *HeaderPolicy) isStandard() bool {
	return !p.SafelistClientHints && !p.SafelistRangeInt64
}

// corsUnsafeRequestHeaderNames is [CORSUnsafeRequestHeaderNames] as the browser does it.
func (p *HeaderPolicy) corsUnsafeRequestHeaderNames(headers HeaderList) []string {
	if p.isStandard() {
		return CORSUnsafeRequestHeaderNames(headers)
	}
	var names []string
	for _, h := range p.unsafeRequestHeaders(headers) {
		names = append(names, h.Name)
	}
	return sortedLowercaseSet(names)
}

// unsafeRequestHeaders is [UnsafeRequestHeaders] as the browser does it.
func (p *HeaderPolicy) unsafeRequestHeaders(headers HeaderList) []UnsafeHeader {
	if p.isStandard() {
		return UnsafeRequestHeaders(headers)
	}
	var others HeaderList
	var unsafe []UnsafeHeader
	for _, h := range headers {
		switch {
		case p.SafelistClientHints && isSaneClientHint(h):
		case p.SafelistRangeInt64 && httpspec.EqualFold(h.Name, "range") && !rangeFitsInt64(h.Value):
			unsafe = append(unsafe, UnsafeHeader{Header: h, Code: UnsafeRange, Pos: -1})
		default:
			others = append(others, h)
		}
	}
	return append(unsafe, UnsafeRequestHeaders(others)...)
}

// rangeFitsInt64 is true for whatever is no single range, which other rules judge.
func rangeFitsInt64(value string) bool {
	start, end, ok := parseSingleRange(value, false)
	if !ok {
		return true
	}
	const limit = "9223372036854775807"
	return compareDecimal(start, limit) < 0 && compareDecimal(end, limit) < 0
}

// rewriteRange brings the Range of a GET into its plainest form, as Chromium's HTTP cache does.
func (r *request) rewriteRange() {
	value, ok := r.headers.Get("Range")
	if !ok || r.method != "GET" || r.cache == CacheNoStore || r.isConditional() {
		return
	}
	unit, rest, ok := strings.Cut(value, "=")
	if !ok || !httpspec.EqualFold(strings.TrimSpace(unit), "bytes") {
		return
	}
	start, end, ok := strings.Cut(strings.TrimSpace(rest), "-")
	if !ok {
		return
	}
	start, end = strings.TrimSpace(start), strings.TrimSpace(end)
	if !isDigits(start) || !isDigits(end) || start == "" && end == "" || len(start) > 18 || len(end) > 18 {
		return
	}
	if start != "" && end != "" && compareDecimal(start, end) > 0 {
		return
	}
	plain := func(s string) string {
		if s == "" {
			return ""
		}
		return strings.TrimLeft(s[:len(s)-1], "0") + s[len(s)-1:]
	}
	r.headers.Set("Range", "bytes="+plain(start)+"-"+plain(end))
}

// isSaneClientHint is what Chromium safelists beyond the standard.
//
//	DPR, Device-Memory, Downlink      1   0.25   01    not 1.  .5  +1  1e3
//	Width, Viewport-Width, RTT        1   01           not 2.0
//	ECT                               slow-2g  2g  3g  4g
//	Save-Data                         on  ON
//	Intervention                      any value
func isSaneClientHint(h Header) bool {
	if len(h.Value) > maxSafelistedValue {
		return false
	}
	switch httpspec.Lower(h.Name) {
	case "save-data":
		return httpspec.EqualFold(h.Value, "on")
	case "intervention":
		return true
	case "dpr", "device-memory", "downlink":
		whole, fraction, ok := strings.Cut(h.Value, ".")
		return isNumber(whole) && (!ok || isNumber(fraction))
	case "width", "viewport-width", "rtt":
		return isNumber(h.Value)
	case "ect":
		switch h.Value {
		case "slow-2g", "2g", "3g", "4g":
			return true
		}
	}
	return false
}

func isNumber(s string) bool { return s != "" && isDigits(s) }

// isDroppedClientHint is what Chromium takes off a request that is redirected to another origin than the page's.
func isDroppedClientHint(name string) bool {
	switch httpspec.Lower(name) {
	case "dpr", "width", "viewport-width", "device-memory", "rtt", "downlink", "ect":
		return true
	}
	return false
}
