package demo

import (
	"io"
	"net/http"
)

// answerFaults are answers that the page gets, right and odd ones, and what it may
// see of them.
func answerFaults() []fault {
	origin, credentials := allowOrigin("{app}"), allowCredentials("true")
	total := Field{"X-Total", "42"}
	get := func(id, title string, a answer) fault {
		code := a.status
		if code == 0 {
			code = http.StatusOK
		}
		f := fault{
			Fault: Fault{
				ID: id, Kind: KindAnswer, Title: title,
				Call: Call{Page: "{app}/", URL: "{faults}/" + id},
				Want: Want{Status: code, Reads: a.body},
			},
			answer: a,
		}
		if a.body == "" && code == http.StatusOK && a.serve == nil {
			f.Want.Reads = id
		}
		return f
	}
	reads := func(header string, f fault) fault {
		f.Want.ReadsHeader = header
		return f
	}
	hides := func(header string, f fault) fault {
		f.Want.HidesHeader = header
		return f
	}
	including := func(f fault) fault {
		f.Credentials = "include"
		return f
	}
	proxied := get("status-407", "a proxy's 407, from a server", status(407, origin, Field{"Proxy-Authenticate", `Basic realm="demo"`}))
	proxied.Want.Reason, proxied.Want.Phase = "proxy-authentication", "request"

	conditional := get("status-304", "a 304, for a page that sent If-None-Match itself", status(304, origin, Field{"ETag", `"1"`}))
	conditional.Header = []Field{{"If-None-Match", `"1"`}}
	conditional.preflight = status(204, origin, allowHeaders("If-None-Match"))

	right := get("right", "all that a page can ask for: any method, header and credentials", answer{})
	right.Method, right.Body = "POST", `{"a":1}`
	right.Header = []Field{contentType("application/json"), {"Authorization", "Bearer " + bearer}}
	right.Credentials = "include"
	right.preflight = status(204, origin, credentials, Field{"Vary", "Origin"},
		allowMethods("GET, HEAD, POST, PUT, PATCH, DELETE"), allowHeaders("Authorization, Content-Type, X-Request-Id"), maxAge("600"))
	right.answer = answer{
		header: []Field{origin, credentials, {"Vary", "Origin"}, {"X-Request-Id", "demo-1"}, exposeHeaders("X-Request-Id")},
		serve:  echo,
	}
	right.Want = Want{
		Status: 200, Reads: `"method":"POST"`, ReadsHeader: "x-request-id",
		Requests: []string{"OPTIONS /right", "POST /right"},
		Did:      []string{"answered the preflight, and touched nothing", "answered right"},
	}

	return []fault{
		right,
		hides("x-total", get("expose-nothing", "a header of its own, which the page cannot see", with(origin, total))),
		reads("x-total", get("expose-by-name", "the same, exposed by name", with(origin, total, exposeHeaders("X-Total")))),
		reads("x-total", get("expose-wildcard", "the same, under a star", with(origin, total, exposeHeaders("*")))),
		hides("x-total", including(get("expose-wildcard-with-credentials", "under a star where cookies are in play", with(origin, credentials, total, exposeHeaders("*"))))),
		hides("x-total", get("expose-malformed", "one bad member, so that none counts", with(origin, total, exposeHeaders("X-Total, X Page")))),
		hides("set-cookie", get("expose-set-cookie", "Set-Cookie exposed, which no page ever sees", with(origin, Field{"Set-Cookie", "a=1"}, exposeHeaders("Set-Cookie, *")))),

		get("status-404", "a 404 that the page can read", answer{status: 404, header: []Field{origin}, body: "no such thing"}),
		get("status-500", "a 500 that the page can read", answer{status: 500, header: []Field{origin}, body: "we are sorry"}),
		get("status-401", "a 401 that the page can read", answer{status: 401, header: []Field{origin, {"WWW-Authenticate", `Basic realm="demo"`}}, body: "log in"}),
		get("status-429", "a 429 that says when to come again", answer{status: 429, header: []Field{origin, {"Retry-After", "60"}, exposeHeaders("Retry-After")}, body: "slow down"}),
		get("status-204", "a 204", status(204, origin)),
		get("status-205", "a 205", status(205, origin)),
		conditional,
		proxied,
		get("early-hints", "a 103 before the answer", answer{serve: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Link", "</style.css>; rel=preload")
			w.WriteHeader(http.StatusEarlyHints)
			w.Header().Set("Access-Control-Allow-Origin", "*")
			io.WriteString(w, "after the hints")
		}}),
	}
}

// echo says what it got, so that a page can see that its body arrived.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := readText(r)
	if err != nil {
		problem(w, http.StatusRequestEntityTooLarge, "less than a megabyte, please")
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"method": r.Method, "bytes": len(body)})
}
