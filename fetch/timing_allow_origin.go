package fetch

import (
	"slices"

	"github.com/corscope/corscope/internal/httpspec"
)

// taoCheck decides whether the page may see how long the answer took. It never blocks.
//
// https://fetch.spec.whatwg.org/#concept-tao-check
func (r *request) taoCheck(response *Response) bool {
	if r.timingAllowFailed {
		return false
	}
	if lines := response.Headers.Values("Timing-Allow-Origin"); lines != nil {
		values := httpspec.GetDecodeSplit(lines)
		if slices.Contains(values, "*") || slices.Contains(values, r.serializeOrigin()) {
			return true
		}
	}
	return r.tainting == TaintingBasic
}
