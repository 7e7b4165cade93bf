package demo

import (
	"net/http"
	"strings"
)

// preflightFaults are wrong answers to OPTIONS. The request itself is always
// answered rightly, except where its title says so.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
func preflightFaults() []fault {
	right := with(allowOrigin("{app}"), allowCredentials("true"))
	origin := allowOrigin("{app}")

	ask := func(id, reason, title string, call Call, preflight answer) fault {
		call.Page, call.URL = "{app}/", "{faults}/"+id
		code := preflight.status
		if code == 0 {
			code = http.StatusOK
		}
		return fault{
			Fault: Fault{
				ID: id, Kind: KindPreflight, Title: title, Call: call,
				Want: Want{Reason: reason, Phase: "preflight", Status: code, Requests: []string{"OPTIONS /" + id}},
			},
			preflight: preflight, answer: right,
		}
	}
	passing := func(f fault) fault {
		f.Want = Want{Status: 200, Reads: f.ID, Requests: []string{"OPTIONS /" + f.ID, f.method() + " /" + f.ID}}
		return f
	}
	including := func(c Call) Call {
		c.Credentials = "include"
		return c
	}
	put := Call{Method: "PUT", Body: "new", Header: []Field{contentType("text/plain")}}
	json := Call{Method: "POST", Body: `{"a":1}`, Header: []Field{contentType("application/json")}}
	custom := Call{Header: []Field{{"X-Request-Id", "1"}}}
	token := Call{Header: []Field{{"Authorization", "Bearer " + bearer}}}

	faults := []fault{
		ask("preflight-404", "allow-origin-missing", "no route for OPTIONS", put, status(404)),
		ask("preflight-405", "allow-origin-missing", "OPTIONS is not allowed", put, status(405, Field{"Allow", "GET, PUT"})),
		ask("preflight-401", "allow-origin-missing", "a login is asked before the preflight, which never carries one", put, status(401, Field{"WWW-Authenticate", `Bearer realm="demo"`})),
		ask("preflight-500", "preflight-status", "CORS headers, on an error", put, status(500, origin, allowMethods("PUT"))),
		ask("preflight-404-with-headers", "preflight-status", "CORS headers, on a 404", put, status(404, origin, allowMethods("PUT"))),
		ask("preflight-403-with-headers", "preflight-status", "a firewall's 403, with CORS headers", put, status(403, origin, allowMethods("PUT"))),
		ask("preflight-redirect", "preflight-redirect", "a redirect to the path with a slash", put, status(301, origin, location("/preflight-redirect/"))),
		ask("preflight-redirect-without-headers", "preflight-redirect", "a redirect to a login page", put, status(302, location("{other}/login"))),

		ask("preflight-allow-origin-missing", "allow-origin-missing", "all but Access-Control-Allow-Origin", put, status(204, allowMethods("PUT"))),
		ask("preflight-allow-origin-other", "allow-origin-mismatch", "another page's origin", put, status(204, allowOrigin("https://www.example.com"), allowMethods("PUT"))),
		ask("preflight-allow-origin-twice", "allow-origin-multiple", "the header twice", put, status(204, origin, origin, allowMethods("PUT"))),
		ask("preflight-wildcard-with-credentials", "allow-origin-wildcard-with-credentials", "a star where cookies are in play", including(put), status(204, allowOrigin("*"), allowCredentials("true"), allowMethods("PUT"))),
		ask("preflight-allow-credentials-missing", "allow-credentials-missing", "no word about credentials: the preflight carries none, and must still allow them", including(put), status(204, origin, allowMethods("PUT"))),
		ask("preflight-allow-credentials-capital", "allow-credentials-not-true", "True instead of true", including(put), status(204, origin, allowCredentials("True"), allowMethods("PUT"))),

		ask("methods-missing", "method-not-allowed", "no Access-Control-Allow-Methods", put, status(204, origin)),
		ask("methods-without-it", "method-not-allowed", "a list without PUT", put, status(204, origin, allowMethods("GET, POST, DELETE"))),
		ask("methods-lower-case", "method-not-allowed", "put in lower case: methods are compared to the letter", put, status(204, origin, allowMethods("put"))),
		ask("methods-patch", "method-not-allowed", "PATCH allowed, and the page says patch, which no browser changes", Call{Method: "patch", Body: "new", Header: []Field{contentType("text/plain")}}, status(204, origin, allowMethods("PATCH"))),
		ask("methods-wildcard-with-credentials", "method-wildcard-with-credentials", "a star for methods, where cookies are in play", including(put), status(204, origin, allowCredentials("true"), allowMethods("*"))),
		ask("methods-semicolon", "allow-methods-malformed", "semicolons instead of commas", put, status(204, origin, allowMethods("GET; PUT"))),
		ask("methods-brackets", "allow-methods-malformed", "a list printed with its brackets", put, status(204, origin, allowMethods("[GET, PUT]"))),

		ask("headers-missing", "header-not-allowed", "no Access-Control-Allow-Headers", custom, status(204, origin)),
		ask("headers-without-it", "header-not-allowed", "a list without X-Request-Id", custom, status(204, origin, allowHeaders("Content-Type, X-Trace-Id"))),
		ask("headers-without-content-type", "header-not-allowed", "JSON is posted, and Content-Type is not allowed", json, status(204, origin, allowHeaders("X-Request-Id"))),
		ask("headers-wildcard-with-credentials", "header-wildcard-with-credentials", "a star for headers, where cookies are in play", including(custom), status(204, origin, allowCredentials("true"), allowHeaders("*"))),
		ask("headers-colon", "allow-headers-malformed", "a list with a colon in it", custom, status(204, origin, allowHeaders("X-Request-Id: 1"))),
		ask("headers-space-list", "allow-headers-malformed", "spaces instead of commas", custom, status(204, origin, allowHeaders("Content-Type X-Request-Id"))),
		ask("authorization-under-wildcard", "authorization-not-listed", "a star for headers, which does not cover Authorization", token, status(204, origin, allowHeaders("*"))),
		ask("authorization-missing", "header-not-allowed", "a list without Authorization", token, status(204, origin, allowHeaders("Content-Type"))),

		passing(ask("max-age-word", "", "a max-age that is no number: the answer counts, for 5 seconds", custom, status(204, origin, allowHeaders("x-request-id"), maxAge("1h")))),
		passing(ask("max-age-day", "", "a max-age of a day, which browsers shorten", custom, status(204, origin, allowHeaders("X-Request-Id"), maxAge("86400")))),
		passing(ask("max-age-zero", "", "a max-age of 0: every call asks again", custom, status(204, origin, allowHeaders("X-Request-Id"), maxAge("0")))),
		passing(ask("preflight-wildcards", "", "stars everywhere, asked without cookies", Call{Method: "PUT", Body: `{"a":1}`, Header: []Field{contentType("application/json")}}, status(200, allowOrigin("*"), allowMethods("*"), allowHeaders("*")))),
		passing(ask("preflight-two-lines", "", "the lists in two lines each", Call{Method: "PUT", Body: `{"a":1}`, Header: []Field{contentType("application/json")}}, status(204, origin, allowMethods("GET"), allowMethods("PUT"), allowHeaders("X-Request-Id"), allowHeaders("content-type")))),
		passing(ask("preflight-empty-members", "", "lists with empty members", put, status(204, origin, allowMethods(" , PUT,, ")))),
		passing(ask("preflight-allows-all", "", "method, header and credentials allowed by name", Call{Method: "DELETE", Credentials: "include", Header: []Field{{"Authorization", "Bearer " + bearer}}}, status(204, origin, allowCredentials("true"), allowMethods("DELETE"), allowHeaders("Authorization"), maxAge("600")))),
		passing(ask("preflight-long-accept", "", "a safelisted header whose value is too long, so that it must be allowed", Call{Header: []Field{{"Accept", longAccept}}}, status(204, origin, allowHeaders("accept")))),
		passing(ask("upload-listener", "", "a plain POST, preflighted because the page listens to the upload", Call{Method: "POST", Body: "new", Header: []Field{contentType("text/plain")}, UploadListener: true}, status(204, origin))),
	}

	refused := ask("preflight-right-answer-wrong", "allow-origin-missing", "a right preflight, and no CORS headers on the answer itself", put, status(204, origin, allowMethods("PUT")))
	refused.answer = answer{}
	refused.Want = Want{
		Reason: "allow-origin-missing", Phase: "request", Status: 200,
		Requests: []string{"OPTIONS /preflight-right-answer-wrong", "PUT /preflight-right-answer-wrong"},
		Did:      []string{"answered the preflight, and touched nothing", "answered preflight-right-answer-wrong"},
	}

	silent := ask("preflight-never-answers", "timeout", "no answer to OPTIONS, ever", put, answer{serve: neverAnswer})
	silent.NeedsTimeout = true
	silent.Want.Status = 0

	return append(faults, refused, silent)
}

// longAccept is a valid value of 129 bytes: one more than the safelist takes.
var longAccept = "application/json, " + strings.Repeat("x", 129-len("application/json, ")-len("/x")) + "/x"
