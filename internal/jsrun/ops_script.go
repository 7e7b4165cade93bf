package jsrun

import (
	"context"
	"io"
	"strings"

	"github.com/corscope/corscope/fetch"
)

// opScript fetches the classic script of an element: it takes a number, a URL, the element's CORS setting and its integrity. The hook
// "script" is given the number and the script's text, or null for one that does not run.
//
// https://html.spec.whatwg.org/#fetch-a-classic-script
func opScript(r *run, a arguments) (any, error) {
	limits, q, id := &r.config.Limits, r.requests, a.int(0)
	if r.loop.pending >= limits.Requests {
		r.stop(&LimitError{Code: LimitRequests, Max: int64(limits.Requests)})
		return nil, errStopped
	}
	if r.modules.count++; r.modules.count > limits.Modules {
		r.stop(&LimitError{Code: LimitModules, Max: int64(limits.Modules)})
		return nil, errStopped
	}
	request := fetch.PotentialCORSRequest{URL: a.str(1), Script: true, CORS: fetch.CORSSetting(a.str(2)), Integrity: a.str(3)}
	if r.config.OnTrace != nil {
		request.Trace = new(fetch.Trace)
	}
	left := limits.ModuleBytes - r.modules.bytes
	ctx, cancel := context.WithCancel(r.ctx)
	r.loop.pending++
	q.work.Go(func() {
		defer cancel()
		response, err := r.config.Page.FetchPotentialCORS(ctx, request)
		var source []byte
		runs := false
		if err == nil {
			defer response.Close()
			source, runs = classicScript(response, left)
		}
		r.loop.post(func() {
			r.loop.pending--
			if err == nil {
				q.tell(fetch.Request{URL: request.URL, Trace: request.Trace}, response)
			}
			r.modules.bytes += int64(len(source))
			switch {
			case r.modules.bytes > limits.ModuleBytes:
				r.fatal = &LimitError{Code: LimitModuleBytes, Max: limits.ModuleBytes}
			case runs:
				text, _ := decodeUTF8(source)
				r.dispatch("script", id, strings.TrimPrefix(text, "\ufeff"))
			default:
				r.dispatch("script", id, nil)
			}
		})
	})
	return nil, nil
}

// classicScript reads the script of an answer, up to one byte more than left. What no-cors hides from the page, the browser runs.
func classicScript(response *fetch.Response, left int64) (source []byte, ok bool) {
	if response.IsError() {
		return nil, false
	}
	inner := response.Internal()
	if inner.Status < 200 || inner.Status > 299 {
		return nil, false
	}
	if inner.Body == nil {
		return nil, true
	}
	b, err := io.ReadAll(io.LimitReader(inner.Body, left+1))
	return b, err == nil
}
