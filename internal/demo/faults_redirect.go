package demo

import "strings"

// landings are where redirects lead to. They are right in themselves.
func landings() map[string]route {
	null := allowOrigin("null")
	return map[string]route{
		"{app}/landed":          {},
		"{faults}/landed":       {answer: with(allowOrigin("{app}"), allowCredentials("true"))},
		"{other}/for-everybody": {answer: with(allowOrigin("*")), preflight: status(204, allowOrigin("*"), allowMethods("*"), allowHeaders("*"))},
		"{other}/for-the-app":   {answer: with(allowOrigin("{app}")), preflight: status(204, allowOrigin("{app}"), allowMethods("PUT"))},
		"{other}/for-null":      {answer: with(null), preflight: status(204, null, allowMethods("PUT"))},
		"{other}/for-nobody":    {},
		"{faults}/moved":        {answer: with(allowOrigin("{app}")), preflight: status(204, allowOrigin("{app}"), allowMethods("PUT"))},
		"{faults}/with-slash/":  {answer: with(allowOrigin("{app}")), preflight: status(204, allowOrigin("{app}"), allowMethods("PUT"))},
		"{other}/login":         {answer: answer{header: []Field{contentType("text/html")}, body: "<title>Log in</title>"}},
	}
}

// redirectFaults are answers that lead elsewhere.
//
// https://fetch.spec.whatwg.org/#concept-http-redirect-fetch
func redirectFaults() []fault {
	origin := allowOrigin("{app}")
	lead := func(id, reason, title string, code int, header ...Field) fault {
		return fault{
			Fault: Fault{
				ID: id, Kind: KindRedirect, Title: title,
				Call: Call{Page: "{app}/", URL: "{faults}/" + id},
				Want: Want{Reason: reason, Phase: "request", Status: code},
			},
			answer: status(code, header...),
		}
	}
	// landing sets what the last server of the chain does.
	landing := func(f fault, want Want) fault {
		if want.Reason != "" && want.Phase == "" {
			want.Phase = "request"
		}
		f.Want = want
		return f
	}
	calling := func(f fault, call Call, preflight answer) fault {
		call.Page, call.URL = f.Page, f.URL
		f.Call, f.preflight = call, preflight
		return f
	}
	put := Call{Method: "PUT", Body: "new", Header: []Field{contentType("text/plain")}}
	post := Call{Method: "POST", Body: "new", Header: []Field{contentType("text/plain")}}
	token := Call{Header: []Field{{"Authorization", "Bearer " + bearer}}}
	allowsPut := status(204, origin, allowMethods("PUT"))

	fromHome := lead("redirect-from-home", "", "the page's own server leads to another, which sees the page's origin", 302, location("{other}/for-the-app"))
	fromHome.URL = "{app}/redirect-from-home"
	fromHome = landing(fromHome, Want{Status: 200, Reads: "/for-the-app", Requests: []string{"GET /redirect-from-home", "GET /for-the-app"}})

	withStream := Call{Method: "POST", Body: "new", Stream: true, Header: []Field{contentType("text/plain")}}
	withError := lead("redirect-mode-error", "redirect-mode-error", "a redirect, where the page forbids all", 302, origin, location("/landed"))
	withError.Redirect = "error"
	manual := lead("redirect-manual", "", "a redirect, where the page wants to follow none: it gets an answer that it cannot read", 302, origin, location("/landed"))
	manual.Redirect = "manual"
	manual = landing(manual, Want{Status: 302, Requests: []string{"GET /redirect-manual"}})

	loop := lead("redirect-loop", "redirect-limit", "a redirect to itself", 302, origin, location("/redirect-loop"))
	for range 21 {
		loop.Want.Requests = append(loop.Want.Requests, "GET /redirect-loop")
	}

	return []fault{
		lead("redirect-without-allow-origin", "allow-origin-missing", "a redirect without CORS headers: each hop needs them", 302, location("/landed")),
		loop,
		lead("redirect-location-invalid", "redirect-location-invalid", "a Location that is no URL", 302, origin, location("https://[")),
		lead("redirect-two-locations", "redirect-location-invalid", "two different Locations", 302, origin, location("/landed"), location("/elsewhere")),
		lead("redirect-to-ftp", "redirect-scheme", "a Location with another scheme", 302, origin, location("ftp://{other.name}/file")),
		lead("redirect-to-data", "redirect-scheme", "a data: URL as Location", 302, origin, location("data:text/plain,hello")),
		lead("redirect-with-user-name", "redirect-credentials", "user name and password in Location", 302, origin, location("https://user:secret@{other.host}/for-everybody")),
		lead("redirect-home-with-user-name", "redirect-credentials", "the same, back to the page's own server", 302, origin, location("https://user:secret@{app.host}/landed")),
		lead("redirect-to-http", "mixed-content", "from https to plain http", 302, origin, location("{insecure}/landed")),
		lead("redirect-to-bad-port", "bad-port", "to a port that browsers block", 302, origin, location("https://{other.name}:6000/")),
		withError,
		manual,
		landing(lead("redirect-without-location", "", "a 302 without Location, which is an answer like any other", 302, origin),
			Want{Status: 302, Requests: []string{"GET /redirect-without-location"}}),

		landing(lead("redirect-on-the-same-server", "", "to another path of the same server", 302, origin, location("/landed")),
			Want{Status: 200, Reads: "/landed", Requests: []string{"GET /redirect-on-the-same-server", "GET /landed"}}),
		landing(lead("redirect-to-another-origin", "allow-origin-mismatch", "to a third origin, which allows the page by name: after such a redirect the browser says Origin: null", 302, origin, location("{other}/for-the-app")),
			Want{Reason: "allow-origin-mismatch", Status: 200, Requests: []string{"GET /redirect-to-another-origin", "GET /for-the-app"}}),
		landing(lead("redirect-to-nobody", "allow-origin-missing", "to a third origin without CORS headers", 302, origin, location("{other}/for-nobody")),
			Want{Reason: "allow-origin-missing", Status: 200, Requests: []string{"GET /redirect-to-nobody", "GET /for-nobody"}}),
		landing(lead("redirect-to-null", "", "to a third origin that allows null", 302, origin, location("{other}/for-null")),
			Want{Status: 200, Reads: "/for-null", Requests: []string{"GET /redirect-to-null", "GET /for-null"}}),
		landing(lead("redirect-to-everybody", "", "to a third origin that allows everybody", 302, origin, location("{other}/for-everybody")),
			Want{Status: 200, Reads: "/for-everybody", Requests: []string{"GET /redirect-to-everybody", "GET /for-everybody"}}),
		landing(lead("redirect-home", "allow-origin-missing", "back to the page's own server, which must now allow null", 302, origin, location("{app}/landed")),
			Want{Reason: "allow-origin-missing", Status: 200, Requests: []string{"GET /redirect-home", "GET /landed"}}),
		fromHome,

		landing(calling(lead("redirect-303", "", "a 303, which makes GET of PUT", 303, origin, location("/landed")), put, allowsPut),
			Want{Status: 200, Reads: "/landed", Requests: []string{"OPTIONS /redirect-303", "PUT /redirect-303", "GET /landed"}}),
		landing(calling(lead("redirect-301-post", "", "a 301, which makes GET of POST", 301, origin, location("/landed")), post, answer{}),
			Want{Status: 200, Reads: "/landed", Requests: []string{"POST /redirect-301-post", "GET /landed"}}),
		landing(calling(lead("redirect-308-post", "", "a 308, which keeps POST", 308, origin, location("/landed")), post, answer{}),
			Want{Status: 200, Reads: "/landed", Requests: []string{"POST /redirect-308-post", "POST /landed"}}),
		landing(calling(lead("redirect-drops-authorization", "", "to a third origin: Authorization stays behind", 302, origin, location("{other}/for-everybody")), token, status(204, origin, allowHeaders("Authorization"))),
			Want{Status: 200, Reads: "/for-everybody", Requests: []string{"OPTIONS /redirect-drops-authorization", "GET /redirect-drops-authorization", "GET /for-everybody"}}),
		landing(calling(lead("redirect-asks-again", "", "a PUT led to a third origin is asked for there too", 307, origin, location("{other}/for-null")), put, allowsPut),
			Want{Status: 200, Reads: "/for-null", Requests: []string{"OPTIONS /redirect-asks-again", "PUT /redirect-asks-again", "OPTIONS /for-null", "PUT /for-null"}}),
		landing(calling(lead("redirect-asks-in-vain", "allow-origin-mismatch", "a PUT led to a third origin whose preflight allows the page by name", 307, origin, location("{other}/for-the-app")), put, allowsPut),
			Want{Reason: "allow-origin-mismatch", Phase: "preflight", Status: 204, Requests: []string{"OPTIONS /redirect-asks-in-vain", "PUT /redirect-asks-in-vain", "OPTIONS /for-the-app"}}),
		landing(calling(lead("redirect-of-a-stream", "redirect-stream-body", "a redirect of an upload that cannot be sent twice", 307, origin, location("/landed")), withStream, status(204, origin)),
			Want{Reason: "redirect-stream-body", Status: 307, Requests: []string{"OPTIONS /redirect-of-a-stream", "POST /redirect-of-a-stream"}}),
		lead("redirect-fragment", "", "a Location with a fragment", 302, origin, location("/landed#part")).landed(),
		lead("redirect-long-location", "", "a Location of 8,000 bytes", 302, origin, location("/landed?"+strings.Repeat("x", 8000))).landed(),
	}
}

// landed is a redirect that ends well on the same server.
func (f fault) landed() fault {
	f.Want = Want{Status: 200, Reads: "/landed"}
	return f
}
