package demo

import "net/http"

// layerFaults are what stands before an application and answers in its place: gateways, walls, caches, other servers' habits. They
// are known by their marks.
func layerFaults() []fault {
	ask := func(id, title string, code int, call Call, preflight, a answer) fault {
		if call.Page == "" {
			call.Page = "{app}/"
		}
		if call.URL == "" {
			call.URL = "{faults}/" + id
		}
		return fault{
			Fault:     Fault{ID: id, Kind: KindCORSCheck, Title: title, Call: call, Want: Want{Reason: "allow-origin-missing", Phase: "request", Status: code}},
			preflight: preflight, answer: a,
		}
	}
	before := func(f fault) fault {
		f.Kind, f.Want.Phase, f.Want.Requests = KindPreflight, "preflight", []string{"OPTIONS /" + f.ID}
		return f
	}
	because := func(reason string, f fault) fault {
		f.Want.Reason = reason
		return f
	}
	origin := allowOrigin("{app}")
	right := with(origin)
	put := Call{Method: "PUT", Body: "new", Header: []Field{contentType("text/plain")}}
	upload := Call{Method: "POST", Body: "an upload", Header: []Field{contentType("text/plain")}}
	html := func(code int, header ...Field) answer {
		return answer{status: code, header: append(header, contentType("text/html")), body: "<title>no</title>"}
	}

	// http and https are one server here, which sends everybody to https.
	toHTTPS := func(f fault) fault {
		f.at, f.URL, f.Page = "{faults}/"+f.ID, "http://{faults.host}/"+f.ID, "{insecure}/"
		id := f.ID
		f.choose = func(r *http.Request) answer {
			if r.TLS == nil {
				return status(301, location("{faults}/"+id))
			}
			return status(200, allowOrigin("{insecure}"), allowMethods("PUT"))
		}
		return f
	}
	slash := ask("with-slash", "a redirect to the path with a slash, without CORS headers", 301, Call{}, answer{}, status(301, location("/with-slash/")))
	moved := before(because("preflight-redirect", ask("preflight-moved", "a redirect of OPTIONS to another path", 308, put, status(308, location("/moved")), right)))

	header := because("header-not-allowed", before(ask("cors-header-on-request", "a page that sends the server's header itself", 204,
		Call{Header: []Field{allowOrigin("*")}}, status(204, origin), right)))

	localhost := because("allow-origin-mismatch", ask("localhost-names", "127.0.0.1 allowed, for a page at localhost", 200,
		Call{Page: "http://localhost:5173/"}, answer{}, with(allowOrigin("http://127.0.0.1:5173"))))

	return []fault{
		before(ask("preflight-403", "a firewall's 403 to OPTIONS, whoever asks", 403, put, status(403), right)),
		before(ask("preflight-403-bucket", "a storage bucket without a rule for this upload", 403, put,
			answer{status: 403, header: []Field{{"Server", "AmazonS3"}, {"X-Amz-Request-Id", "1"}, contentType("application/xml")}, body: "<Error><Code>AccessForbidden</Code></Error>"}, right)),
		moved,
		toHTTPS(before(because("preflight-redirect", ask("preflight-to-https", "a redirect of OPTIONS from http to https", 301, put, answer{}, answer{})))),
		header,

		toHTTPS(ask("redirect-to-https", "a redirect from http to https, without CORS headers", 301, Call{}, answer{}, answer{})),
		slash,
		ask("redirect-to-login", "a redirect to the login of another server", 302, Call{}, answer{}, status(302, location("{other}/login"))),
		ask("header-misspelt", "Access-Control-Allowed-Origin", 200, Call{}, answer{}, with(Field{"Access-Control-Allowed-Origin", "{app}"})),
		ask("gateway-502", "a proxy whose server is down", 502, Call{}, status(502), html(502)),
		ask("gateway-403", "API Gateway's answer to a wrong path", 403, Call{}, status(403, Field{"X-Amzn-Errortype", "MissingAuthenticationTokenException"}),
			status(403, Field{"X-Amzn-Errortype", "MissingAuthenticationTokenException"})),
		ask("upload-413", "an upload that the proxy takes to be too large", 413, upload, status(413), html(413)),
		ask("bot-wall", "a wall against bots", 403, Call{}, status(403, Field{"Cf-Mitigated", "challenge"}), html(403, Field{"Cf-Mitigated", "challenge"})),
		localhost,
	}
}
