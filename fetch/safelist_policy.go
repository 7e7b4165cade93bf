package fetch

import (
	"strconv"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

// isStandard reports whether the safelist is the standard's own.
func (p *HeaderPolicy) isStandard() bool {
	return !p.SafelistClientHints && p.LargestRange == 0 && !p.SafelistASCII && !p.SafelistNoTypeList && !p.RangeUnitAnyCase
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
	others, unsafe := make(HeaderList, 0, len(headers)), make([]UnsafeHeader, 0, len(headers))
	for _, h := range headers {
		if p.SafelistClientHints && isSaneClientHint(h) {
			continue
		}
		if u, ok := p.unsafeBeyondStandard(h); ok {
			unsafe = append(unsafe, u)
			continue
		}
		if p.RangeUnitAnyCase && httpspec.EqualFold(h.Name, "range") && IsCORSSafelistedRequestHeader(h.Name, httpspec.Lower(h.Value)) {
			continue
		}
		others = append(others, h)
	}
	return append(unsafe, UnsafeRequestHeaders(others)...)
}

// unsafeBeyondStandard is given headers that the standard may well safelist.
func (p *HeaderPolicy) unsafeBeyondStandard(h Header) (UnsafeHeader, bool) {
	unsafe := UnsafeHeader{Header: h, Code: UnsafeByte, Pos: -1}
	switch {
	case httpspec.EqualFold(h.Name, "range"):
		unsafe.Code = UnsafeRange
		return unsafe, p.LargestRange > 0 && !rangeFits(httpspec.Lower(h.Value), p.LargestRange)
	case httpspec.EqualFold(h.Name, "content-type"):
		if p.SafelistNoTypeList {
			unsafe.Pos = strings.IndexByte(h.Value, ',')
		}
	case httpspec.EqualFold(h.Name, "accept"):
	default:
		return unsafe, false
	}
	if p.SafelistASCII && unsafe.Pos < 0 {
		unsafe.Pos = strings.IndexFunc(h.Value, func(r rune) bool { return r >= 0x80 })
	}
	return unsafe, unsafe.Pos >= 0
}

// rangeFits is true for whatever is no single range, which other rules judge.
func rangeFits(value string, largest uint64) bool {
	start, end, ok := parseSingleRange(value, false)
	if !ok {
		return true
	}
	limit := strconv.FormatUint(largest, 10)
	return compareDecimal(start, limit) <= 0 && compareDecimal(end, limit) <= 0
}

// Safelists is [IsCORSSafelistedRequestHeader] as the browser does it.
func (p *HeaderPolicy) Safelists(name, value string) bool {
	if _, unsafe := p.unsafeBeyondStandard(Header{name, value}); unsafe {
		return false
	}
	if p.RangeUnitAnyCase && httpspec.EqualFold(name, "range") {
		value = httpspec.Lower(value)
	}
	return IsCORSSafelistedRequestHeader(name, value)
}

// mergeLines is [HeaderPolicy.MergeLines].
func (r *request) mergeLines() {
	if !r.headers.repeats() {
		return
	}
	var merged HeaderList
	for _, h := range r.headers {
		old, ok := merged.Get(h.Name)
		switch {
		case !ok:
			merged = append(merged, h)
		case r.body != nil && len(r.urlList) == 1 && !r.upgradeRedirects() && httpspec.EqualFold(h.Name, "content-type"):
		case old == "" || h.Value == "" || isSingleHeader(h.Name):
			merged.Set(h.Name, h.Value)
		default:
			merged.Set(h.Name, old+", "+h.Value)
		}
	}
	r.headers = merged
}

// mergeAnswerLines is [HeaderPolicy.MergeAnswerLines].
func mergeAnswerLines(l HeaderList, tainting Tainting, http2 bool) HeaderList {
	usual := 0 // only lines whose name is in the usual case are counted, which none is in HTTP/2
	for _, h := range l {
		if h.Name == httpspec.AccessControlAllowOrigin && !http2 {
			usual++
		}
	}
	apart := func(name string) bool {
		return httpspec.IsForbiddenResponseHeaderName(name) || httpspec.EqualFold(name, "location") ||
			tainting == TaintingCORS && usual > 1 && httpspec.EqualFold(name, httpspec.AccessControlAllowOrigin)
	}
	merged := make(HeaderList, 0, len(l))
	for _, h := range l {
		old, ok := merged.Get(h.Name)
		switch {
		case !ok || apart(h.Name):
			merged = append(merged, h)
		case old == "":
			merged.Set(h.Name, h.Value)
		case httpspec.EqualFold(h.Name, "content-type"):
			merged.Set(h.Name, old+","+h.Value)
		case h.Value == "":
		default:
			merged.Set(h.Name, old+", "+h.Value)
		}
	}
	return merged
}

func isSingleHeader(name string) bool {
	switch httpspec.Lower(name) {
	case "authorization", "content-type", "if-modified-since", "if-unmodified-since", "user-agent":
		return true
	}
	return false
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
