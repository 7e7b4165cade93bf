package export

import "github.com/corscope/corscope/internal/httpspec"

var nginxEngine = &engine{
	target:  Nginx,
	title:   "nginx",
	aliases: []string{"openresty", "tengine", "angie", "freenginx"},
	needs:   "nginx 1.11 or later with its usual modules",
	// A parameter of nginx has less than 4096 bytes.
	limits: limits{plainTokens: true, listBytes: 4000},
	departs: map[Feature]departure{
		FeatureVary:              {level: LevelFull, text: "Vary: Origin is a line of its own, also next to one of the backend that has it already."},
		FeatureRepeatedOrigin:    {level: LevelPartly, quiet: true, text: "Before 1.23, nginx looks at the first of two Origin lines; no browser sends two."},
		FeatureErrors:            {level: LevelPartly, text: "An error_page that leads to a location with an add_header of its own needs the include there too."},
		FeatureOwnMethods:        {level: LevelPartly, text: "nginx answers 400 to methods with anything but capital letters, - and _, whatever the policy says."},
		FeatureUnderscoreHeaders: {level: LevelPartly, text: "nginx drops request headers with an underscore in their names before the backend sees them, unless underscores_in_headers is on."},
		FeatureRejectRefused:     {level: LevelNone, text: "nginx cannot tell the requests of the site's own pages from those of others in a few lines; leave rejectRefusedRequests out (browsers hide the answer anyway), or put package cors in front"},
		FeatureSeveralPolicies:   {level: LevelPartly, text: "Include corscope-cors.conf in the location of the path, and for each further policy rename cors_ in both of its files: of two maps of one variable nginx takes the last without a word."},
		FeatureUnusualNames:      {level: LevelNone, text: "nginx cannot escape every byte of such a name; leave it out"},
		FeatureLongLists:         {level: LevelNone, text: "a value of this length does not fit into a parameter of nginx; use \"*\", or list fewer"},
	},
	render: renderNginx,
}

func renderNginx(p *plan) []File {
	return []File{
		{"corscope-maps.conf", "include it in http { }, once", nginxMaps(p)},
		{"corscope-cors.conf", "include it in server { } or location { }, and in each location inside that has an add_header or proxy_hide_header of its own", nginxHeaders(p)},
	}
}

// nginxMaps decides; what it decides is in variables.
func nginxMaps(p *plan) string {
	w := &writer{comment: "# "}
	w.say("corscope-maps.conf: include it in http { }, once. A second policy in the same nginx needs",
		"other names: replace cors_ in both of its files.", "")
	w.sayPolicy(p)
	w.line("")
	w.say("The origin of the page if it may read, else nothing. Only regular expressions will do:",
		"nginx compares plain keys without regard to case.")
	w.line("map $http_origin $cors_origin {")
	w.line(`    default "";`)
	if p.anyOrigin() {
		w.line(`    "~." $http_origin;`)
	}
	for _, re := range p.allRegexps() {
		w.line(`    "~%s" $http_origin;`, re)
	}
	w.line("}")
	w.line("")
	w.say("A preflight is OPTIONS with Origin and Access-Control-Request-Method. Any other OPTIONS",
		"is the backend's to answer.")
	w.line(`map "$request_method $http_access_control_request_method $http_origin" $cors_preflight {`)
	w.line(`    default "";`)
	w.line(`    "~^OPTIONS [^ ]+ [^ ]" asked;`)
	w.line("}")
	w.line(`map "$cors_preflight $cors_origin" $cors_answer {`)
	w.line(`    default "";`)
	w.line(`    "asked " refused;`)
	w.line(`    "~^asked ." allowed;`)
	w.line("}")
	w.line("")
	w.say("What is sent. nginx leaves out an add_header whose value is empty.")
	onlyIf := func(variable, source, key, value string) {
		w.line("map %s $cors_%s {", source, variable)
		w.line(`    default "";`)
		w.line(`    %s "%s";`, key, value)
		w.line("}")
	}
	const aPage = `"~."`
	if p.config.Credentials {
		onlyIf("credentials", "$cors_origin", aPage, "true")
	}
	if p.expose != "" {
		onlyIf("expose", "$cors_origin", aPage, p.expose)
	}
	switch {
	case p.anyMethod:
		onlyIf("methods", "$cors_answer", "allowed", "$http_access_control_request_method")
	case p.methods != "":
		onlyIf("methods", "$cors_answer", "allowed", p.methods)
	}
	switch {
	case p.anyHeader:
		nginxAnyHeader(w, p)
	case p.headers != "":
		onlyIf("headers", "$cors_answer", "allowed", p.headers)
	}
	if p.maxAge != "" {
		onlyIf("max_age", "$cors_answer", "allowed", p.maxAge)
	}
	if p.static == "" || p.preflightVary != "" {
		w.line("map $cors_preflight $cors_vary {")
		if p.static == "" {
			w.line(`    default "Origin";`)
		} else {
			w.line(`    default "";`)
		}
		w.line(`    asked "%s";`, p.preflightVary)
		w.line("}")
	}
	return w.String()
}

func nginxAnyHeader(w *writer, p *plan) {
	w.say("With credentials * is no wildcard to browsers: what was asked for is said back.")
	if !p.authorization {
		w.say("Authorization is not listed, and * does not include it.")
	}
	w.line(`map "$cors_answer $http_access_control_request_headers" $cors_headers {`)
	w.line(`    default "";`)
	if !p.authorization {
		w.line(`    "~*[ ,]authorization *(,|$)" "";`)
	}
	w.line(`    "~^allowed ." $http_access_control_request_headers;`)
	w.line("}")
}

// nginxHeaders does what was decided.
func nginxHeaders(p *plan) string {
	w := &writer{comment: "# "}
	w.say("corscope-cors.conf: include it in server { } or location { }, and once more in each",
		"location inside that has an add_header or proxy_hide_header of its own: nginx inherits",
		"those only where there is none. It needs corscope-maps.conf.", "")
	w.say("Preflights end here: the backend, which may want a login, never sees them. There is no",
		"add_header inside an if, since one there would drop all others.")
	w.line("if ($cors_answer = refused) { return 403; }")
	if p.status == 204 {
		w.line("if ($cors_answer = allowed) { return 204; }")
	} else {
		w.line(`if ($cors_answer = allowed) { return %d ""; }`, p.status)
	}
	w.line("")
	w.say("The backend's own CORS headers go: two of a kind are an error to browsers. (For other",
		"backends write fastcgi_hide_header, uwsgi_hide_header or grpc_hide_header.)")
	for _, name := range p.backendHeaders() {
		w.line("proxy_hide_header %s;", name)
	}
	w.line("")
	w.say("\"always\" is for errors: without the headers a 500 looks like a CORS error.")
	add := func(name, value string) { w.line("add_header %s %s always;", name, value) }
	allowOrigin := "$cors_origin"
	switch {
	case p.static != "":
		allowOrigin = `"` + p.static + `"`
		if p.config.AlwaysSendOrigin {
			w.say("The one origin, whoever asks.")
		}
	}
	add(httpspec.AccessControlAllowOrigin, allowOrigin)
	if p.config.Credentials {
		add(httpspec.AccessControlAllowCredentials, "$cors_credentials")
	}
	if p.methods != "" || p.anyMethod {
		add(httpspec.AccessControlAllowMethods, "$cors_methods")
	}
	if p.headers != "" || p.anyHeader {
		add(httpspec.AccessControlAllowHeaders, "$cors_headers")
	}
	if p.maxAge != "" {
		add(httpspec.AccessControlMaxAge, "$cors_max_age")
	}
	if p.expose != "" {
		add(httpspec.AccessControlExposeHeaders, "$cors_expose")
	}
	if p.config.TimingAllowOrigin {
		add(httpspec.TimingAllowOrigin, allowOrigin)
	}
	if p.config.CrossOriginResourcePolicy != "" {
		add(httpspec.CrossOriginResourcePolicy, p.config.CrossOriginResourcePolicy)
	}
	if p.static == "" || p.preflightVary != "" {
		if p.static == "" {
			w.say("On refusals and plain requests too: a cache must not give their answers to other pages.")
		}
		add(httpspec.Vary, "$cors_vary")
	}
	return w.String()
}
