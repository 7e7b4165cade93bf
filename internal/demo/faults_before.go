package demo

import "strings"

// beforeFaults are calls that a rule stops before anything is sent.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func beforeFaults() []fault {
	stopped := func(id, reason, title string, call Call) fault {
		if call.Page == "" {
			call.Page = "{app}/"
		}
		return fault{Fault: Fault{
			ID: id, Kind: KindBefore, Title: title, Call: call,
			Want: Want{Reason: reason, Phase: "before", Requests: []string{}},
		}}
	}
	return []fault{
		stopped("bad-port", "bad-port", "a port that browsers keep for another protocol",
			Call{URL: "https://{faults.name}:6000/"}),
		stopped("mixed-content", "mixed-content", "a page on https asks for plain http",
			Call{URL: "{insecure}/mixed-content"}),
		stopped("same-origin-mode", "same-origin-mode", "mode same-origin, and another origin",
			Call{URL: "{faults}/same-origin-mode", Mode: "same-origin"}),
		stopped("no-cors-redirect-error", "no-cors-redirect-mode", "mode no-cors, and redirects forbidden",
			Call{URL: "{faults}/no-cors-redirect-error", Mode: "no-cors", Redirect: "error"}),
		stopped("scheme-ftp", "scheme-not-fetchable", "ftp",
			Call{URL: "ftp://{faults.name}/file"}),
		stopped("only-if-cached", "only-if-cached", "only what is in the cache, and the cache is empty",
			Call{URL: "{app}/only-if-cached", Mode: "same-origin", Cache: "only-if-cached"}),
		stopped("keepalive-quota", "keepalive-quota", "a keepalive body of more than 64 KiB",
			Call{Method: "POST", URL: "{app}/keepalive-quota", Keepalive: true, Body: strings.Repeat("x", 64<<10+1)}),
	}
}
