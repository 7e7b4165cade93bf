package fetch

import "github.com/corscope/corscope/internal/httpspec"

// redirectMemory is what a request keeps from before its redirects, in browsers whose profile asks for it.
type redirectMemory struct {
	// preflighted is set once there was an unsafe header or a preflight, for [PreflightPolicy.AlwaysAgain].
	preflighted bool
	// referrerSource is where Referer of each hop comes from, and referrerHop the index of the URL since when it does, for
	// [ReferrerRules.AnewEachHop].
	referrerSource referrer
	referrerHop    int
	// method and headers are those that JavaScript gave, and judged the headers that a preflight asks for, for
	// [RedirectPolicy.HeadersReturn].
	method          string
	headers, judged HeaderList
}

// remember is called before the first hop.
func (r *request) remember() {
	profile := &r.client.agent.profile
	if !profile.Redirect.HeadersReturn && !profile.Preflight.AlwaysAgain && !profile.Referrer.AnewEachHop {
		return
	}
	r.memory = &redirectMemory{
		preflighted:    profile.Preflight.AlwaysAgain && len(r.corsUnsafeRequestHeaderNames()) > 0,
		referrerSource: r.referrer, method: r.method, headers: r.headers,
	}
}

func (r *request) preflighted() bool { return r.memory != nil && r.memory.preflighted }

// returnHeaders is [RedirectPolicy.HeadersReturn]. For the request itself the browser looks at the method that JavaScript gave, for a
// preflight at the one before this redirect.
func (r *request) returnHeaders(status int, before string, crossed bool) {
	without := func(method string) HeaderList {
		return keepHeaders(r.memory.headers, func(name string) bool {
			return !(turnsIntoGET(status, method) && httpspec.IsRequestBodyHeaderName(name)) &&
				!(crossed && httpspec.IsCORSNonWildcardRequestHeaderName(name))
		})
	}
	r.headers, r.memory.judged = without(r.memory.method), without(before)
	r.unsafeNamesKnown = false
}
