package demo

// corsCheckFaults are answers to a plain GET that the CORS check refuses, and a
// few that look wrong and pass.
//
// https://fetch.spec.whatwg.org/#concept-cors-check
func corsCheckFaults() []fault {
	const (
		missing  = "allow-origin-missing"
		mismatch = "allow-origin-mismatch"
		multiple = "allow-origin-multiple"
		invalid  = "allow-origin-invalid"
		absent   = "allow-credentials-missing"
		notTrue  = "allow-credentials-not-true"
	)
	// The first ones ask without credentials, the others with.
	without := func(id, reason, title string, header ...Field) fault {
		return fault{
			Fault: Fault{
				ID: id, Kind: KindCORSCheck, Title: title,
				Call: Call{Page: "{app}/", URL: "{faults}/" + id},
				Want: Want{Reason: reason, Phase: "request", Status: 200},
			},
			answer: with(header...),
		}
	}
	including := func(id, reason, title string, header ...Field) fault {
		f := without(id, reason, title, header...)
		f.Credentials = "include"
		return f
	}
	failing := func(id string, code int, title string) fault {
		f := without(id, missing, title)
		f.Want.Status = code
		f.answer = answer{status: code, header: []Field{contentType("application/json")}, body: `{"error":"the page never sees this"}`}
		return f
	}
	passing := func(f fault) fault {
		f.Want = Want{Status: 200, Reads: f.ID}
		return f
	}
	from := func(page string, f fault) fault {
		f.Page = page
		return f
	}
	return []fault{
		without("allow-origin-missing", missing, "no Access-Control-Allow-Origin at all"),
		failing("error-without-allow-origin", 500, "an error page that forgets the CORS headers of the others"),
		failing("not-found-without-allow-origin", 404, "a 404 without CORS headers: often a typing error in the path"),
		failing("unauthorized-without-allow-origin", 401, "a 401 without CORS headers: the page cannot see that the login ran out"),

		without("allow-origin-other", mismatch, "the name of another page", allowOrigin("https://www.example.com")),
		without("allow-origin-other-port", mismatch, "the right host on another port", allowOrigin("https://app.example.com:8443")),
		without("allow-origin-other-scheme", mismatch, "http where the page is https", allowOrigin("http://app.example.com")),
		without("allow-origin-null", mismatch, "null, which stands for pages without an origin", allowOrigin("null")),

		without("allow-origin-trailing-slash", invalid, "the page's origin with a slash behind it", allowOrigin("{app}/")),
		without("allow-origin-path", invalid, "a URL instead of an origin", allowOrigin("{app}/index.html")),
		without("allow-origin-upper-case", invalid, "the page's origin in upper case", allowOrigin("HTTPS://APP.EXAMPLE.COM")),
		without("allow-origin-default-port", invalid, "the page's origin with the port that goes without saying", allowOrigin("https://app.example.com:443")),
		without("allow-origin-no-scheme", invalid, "a host without https://", allowOrigin("app.example.com")),
		without("allow-origin-subdomains", invalid, "a star inside of an origin", allowOrigin("https://*.example.com")),
		without("allow-origin-quoted", invalid, "the page's origin in quotation marks", allowOrigin(`"{app}"`)),
		without("allow-origin-word", invalid, "a word", allowOrigin("yes")),
		without("allow-origin-empty", invalid, "an empty value", allowOrigin("")),

		without("allow-origin-list", multiple, "two origins in one line", allowOrigin("https://www.example.com, {app}")),
		without("allow-origin-space-list", multiple, "two origins with a space between", allowOrigin("https://www.example.com {app}")),
		without("allow-origin-twice", multiple, "the header twice, as when proxy and app both set it", allowOrigin("{app}"), allowOrigin("{app}")),
		without("allow-origin-two-stars", multiple, "the star twice", allowOrigin("*"), allowOrigin("*")),

		including("wildcard-with-credentials", "allow-origin-wildcard-with-credentials", "a star where cookies are in play", allowOrigin("*"), allowCredentials("true")),
		including("allow-credentials-missing", absent, "the right origin, and no word about credentials", allowOrigin("{app}")),
		including("allow-credentials-capital", notTrue, "True instead of true", allowOrigin("{app}"), allowCredentials("True")),
		including("allow-credentials-false", notTrue, "false, which nobody needs to say", allowOrigin("{app}"), allowCredentials("false")),
		including("allow-credentials-one", notTrue, "1 instead of true", allowOrigin("{app}"), allowCredentials("1")),
		including("allow-credentials-twice", notTrue, "true in two lines, which is \"true, true\"", allowOrigin("{app}"), allowCredentials("true"), allowCredentials("true")),

		passing(without("wildcard", "", "a star, for everybody without cookies", allowOrigin("*"))),
		passing(without("wildcard-and-allow-credentials", "", "a star and credentials, asked without cookies", allowOrigin("*"), allowCredentials("true"))),
		passing(including("exact-and-credentials", "", "the page's origin and credentials", allowOrigin("{app}"), allowCredentials("true"))),
		passing(from("null", without("null-for-everybody", "", "null, which every sandboxed page matches", allowOrigin("null")))),
		from("null", without("no-name-for-null", mismatch, "a name, to a page that has none", allowOrigin("{app}"))),
	}
}
