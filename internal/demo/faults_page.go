package demo

import "html"

// pageFaults are what the page brings with it: policies that it is served with, options of its call, and URLs of its own making. The
// servers do nothing wrong.
func pageFaults() []fault {
	const csp = "Content-Security-Policy"
	everybody := with(allowOrigin("*"))
	asks := func(id, title, page, url string) fault {
		return fault{
			Fault:  Fault{ID: id, Kind: KindBefore, Title: title, Call: Call{Page: page + "/", URL: url}},
			answer: everybody,
		}
	}
	stopped := func(f fault) fault {
		f.Want = Want{Reason: f.ID, Phase: "before", Requests: []string{}}
		return f
	}
	// served gives the page an address of its own, where it is served with a header.
	served := func(f fault, header ...Field) fault {
		f.Page += "page-of-" + f.ID
		f.PageHeader = header
		return f
	}
	inChromium := func(f fault) fault {
		f.Browser = "chromium"
		return f
	}

	module := asks("csp-script-src", "a page whose policy takes scripts from its own server alone, and a module of another one", "{app}", "{faults}/csp-script-src")
	module.Import = true
	module.answer = answer{header: []Field{allowOrigin("*"), contentType("text/javascript")}, body: "export default 'a module'\n"}

	embedded := asks("cross-origin-embedder-policy", "a page that embeds what names it alone, and an answer in mode no-cors that names nobody", "{app}", "{faults}/cross-origin-embedder-policy")
	embedded.Kind, embedded.Mode, embedded.answer = KindPolicy, "no-cors", answer{}

	changed := asks("integrity-mismatch", "a call that wants a body with another hash, that of an empty one", "{app}", "{faults}/integrity-mismatch")
	changed.Kind, changed.Integrity = KindPolicy, "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	changed.Want = Want{Reason: "integrity-mismatch", Phase: "request", Status: 200, Requests: []string{"GET /integrity-mismatch"}}

	elsewhere := asks("target-address-space", "a call that takes a server of this machine for one of the network around it", "{app}", "{faults}/target-address-space")
	elsewhere.TargetAddressSpace, elsewhere.PageSpace = "local", "loopback"

	// What a browser takes for the internet cannot be had on one machine; a page can say that it is to be treated so.
	public := Field{csp, "treat-as-public-address"}

	embedded = served(embedded, Field{"Cross-Origin-Embedder-Policy", "require-corp"})
	embedded.Want = Want{Reason: "cross-origin-embedder-policy", Phase: "request", Status: 200, Requests: []string{"GET /cross-origin-embedder-policy"}}
	return []fault{
		stopped(served(asks("csp-connect-src", "a page whose policy lets it talk to its own server alone", "{app}", "{faults}/csp-connect-src"),
			Field{csp, "connect-src 'self'"})),
		stopped(served(module, Field{csp, "script-src 'self'"})),
		stopped(asks("data-url-malformed", "a data: URL without a comma", "{app}", "data:text/plain;charset=utf-8")),
		stopped(asks("blob-url-unavailable", "a blob: URL that was revoked", "{app}", "blob:{app}/7d1f3e6c-52a4-4c1b-9a60-0f8f6b2f4c11")),
		embedded,
		changed,
		inChromium(stopped(served(asks("local-network-access", "a page of the internet, and a server of this machine", "{app}", "{faults}/local-network-access"),
			public))),
		inChromium(stopped(served(asks("local-network-insecure", "a page of the internet on plain http, and a server of this machine", "{insecure}", "{faults}/local-network-insecure"),
			public))),
		inChromium(stopped(elsewhere)),
	}
}

// servedPage is the page of a fault, as its server sends it.
func servedPage(f Fault) answer {
	return answer{
		header: append([]Field{contentType("text/html; charset=utf-8")}, f.PageHeader...),
		body:   "<!doctype html>\n<meta charset=\"utf-8\">\n<link rel=\"icon\" href=\"data:,\">\n<title>" + html.EscapeString(f.ID) + "</title>\n<p>This is " + html.EscapeString(f.Title) + ".\n",
	}
}
