package export

import "github.com/corscope/corscope/internal/httpspec"

var caddyEngine = &engine{
	target: Caddy,
	title:  "Caddy",
	needs:  "Caddy 2.6 or later, no modules",
	limits: limits{plainTokens: true},
	departs: map[Feature]departure{
		FeatureVary:            {level: LevelFull, text: "Vary: Origin is a line of its own, also next to one of the backend that has it already."},
		FeatureErrors:          {level: LevelPartly, quiet: true, text: "Errors that a directive outside of the route raises have no headers."},
		FeatureBackendHeaders:  {level: LevelPartly, text: "The backend's own CORS headers are removed only where reverse_proxy or php_fastcgi imports cors_backend."},
		FeatureRejectRefused:   {level: LevelNone, text: "Caddy cannot tell the requests of the site's own pages from those of others in a few lines; leave rejectRefusedRequests out (browsers hide the answer anyway), or put package cors in front"},
		FeatureSeveralPolicies: {level: LevelPartly, text: "Write route /api/* for route, once for each path, and rename the snippets of each further policy."},
		FeatureUnusualNames:    {level: LevelNone, text: "bytes of such a name mean something else in a Caddyfile; leave it out"},
	},
	render: renderCaddy,
}

func renderCaddy(p *plan) []File {
	w := &writer{comment: "# "}
	w.say("corscope-cors.caddy: import it at the top of the Caddyfile, then use the two snippets so:",
		"",
		"    import corscope-cors.caddy",
		"    api.example.com {",
		"        route {",
		"            import cors",
		"            reverse_proxy localhost:3000 {",
		"                import cors_backend",
		"            }",
		"        }",
		"    }",
		"",
		"Inside route directives run in the order in which they are written. Elsewhere Caddy has",
		"an order of its own, and logins would come before preflights.", "")
	w.sayPolicy(p)
	w.line("(cors) {")
	w.within("\t", func() { caddyPolicy(w, p) })
	w.line("}")
	w.line("")
	w.say("The backend's own CORS headers go: two of a kind are an error to browsers.")
	w.line("(cors_backend) {")
	w.within("\t", func() {
		for _, name := range p.backendHeaders() {
			w.line("header_down -%s", name)
		}
	})
	w.line("}")
	return []File{{"corscope-cors.caddy", "import it at the top of the Caddyfile, and import its snippets cors and cors_backend as it says", w.String()}}
}

func caddyPolicy(w *writer, p *plan) {
	w.say("The origin of the page if it may read, else nothing. Keys are compared case and all.")
	w.line("map {http.request.header.Origin} {cors_origin} {")
	w.within("\t", func() {
		if p.anyOrigin() {
			w.line("~^.+$ ${0}")
		}
		for _, text := range p.exact() {
			w.line("%s %s", text, text)
		}
		for _, re := range p.regexps() {
			w.line("`~%s` ${0}", re)
		}
		w.line(`default ""`)
	})
	w.line("}")
	w.line("@cors_page not vars {cors_origin} \"\"")
	w.say("A preflight is OPTIONS with Origin and Access-Control-Request-Method.")
	preflight := func(name string, more ...string) {
		w.line("@%s {", name)
		w.within("\t", func() {
			w.line("method OPTIONS")
			w.line("header Origin *")
			w.line("header Access-Control-Request-Method *")
			for _, l := range more {
				w.line("%s", l)
			}
		})
		w.line("}")
	}
	const aPage = `not vars {cors_origin} ""`
	preflight("cors_preflight")
	preflight("cors_preflight_of_page", aPage)

	w.line("")
	w.say("Set before anything answers, so that errors have them too. (Do not add defer: what is",
		"deferred is lost when reverse_proxy fails.)")
	block := func(matcher string, pairs ...[2]string) {
		w.line("header%s {", matcher)
		w.within("\t", func() {
			for _, pair := range pairs {
				w.line("%s %s", pair[0], pair[1])
			}
		})
		w.line("}")
	}
	quoted := func(s string) string { return `"` + s + `"` }

	var all, page, asked [][2]string
	origins := [][2]string{{httpspec.AccessControlAllowOrigin, "{cors_origin}"}}
	if p.static != "" {
		origins[0][1] = quoted(p.static)
	}
	if p.config.TimingAllowOrigin {
		origins = append(origins, [2]string{httpspec.TimingAllowOrigin, origins[0][1]})
	}
	if p.static != "" {
		all = origins
	} else {
		page = origins
	}
	if p.config.CrossOriginResourcePolicy != "" {
		all = append(all, [2]string{httpspec.CrossOriginResourcePolicy, p.config.CrossOriginResourcePolicy})
	}
	if p.static == "" {
		all = append(all, [2]string{"+" + httpspec.Vary, "Origin"})
	}
	if p.config.Credentials {
		page = append(page, [2]string{httpspec.AccessControlAllowCredentials, "true"})
	}
	if p.expose != "" {
		page = append(page, [2]string{httpspec.AccessControlExposeHeaders, quoted(p.expose)})
	}
	switch {
	case p.anyMethod:
		asked = append(asked, [2]string{httpspec.AccessControlAllowMethods, "{http.request.header.Access-Control-Request-Method}"})
	case p.methods != "":
		asked = append(asked, [2]string{httpspec.AccessControlAllowMethods, quoted(p.methods)})
	}
	if p.headers != "" {
		asked = append(asked, [2]string{httpspec.AccessControlAllowHeaders, quoted(p.headers)})
	}
	if p.maxAge != "" {
		asked = append(asked, [2]string{httpspec.AccessControlMaxAge, p.maxAge})
	}
	if all != nil {
		block("", all...)
	}
	if page != nil {
		block(" @cors_page", page...)
	}
	if asked != nil {
		block(" @cors_preflight_of_page", asked...)
	}
	if p.anyHeader {
		w.say("With credentials * is no wildcard to browsers: what was asked for is said back.")
		more := []string{aPage, "header Access-Control-Request-Headers *"}
		if !p.authorization {
			w.say("Authorization is not listed, and * does not include it.")
			more = append(more, "not header_regexp Access-Control-Request-Headers `(?i)(^|[ ,])authorization *(,|$)`")
		}
		preflight("cors_asks_for_headers", more...)
		block(" @cors_asks_for_headers", [2]string{httpspec.AccessControlAllowHeaders, "{http.request.header.Access-Control-Request-Headers}"})
	}
	if p.preflightVary != "" {
		block(" @cors_preflight", [2]string{httpspec.Vary, quoted(p.preflightVary)})
	}
	w.line("")
	w.say("Preflights end here: the backend, which may want a login, never sees them.")
	w.line("respond @cors_preflight_of_page %d", p.status)
	w.line("respond @cors_preflight 403")
}
