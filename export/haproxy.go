package export

import (
	"fmt"

	"github.com/corscope/corscope/internal/httpspec"
)

var haproxyEngine = &engine{
	target: HAProxy,
	title:  "HAProxy",
	needs:  "HAProxy 2.2 or later, built with PCRE or PCRE2 as those of distributions are",
	// Half as much as what HAProxy was seen to fail with: a buffer has 16 KiB for all
	// headers of an answer.
	limits: limits{plainTokens: true, listBytes: 4000},
	departs: map[Feature]departure{
		FeatureVary:            {level: LevelFull, text: "Vary: Origin is a line of its own, also next to one of the backend that has it already."},
		FeatureErrors:          {level: LevelPartly, quiet: true, text: "The 400 for a request that HAProxy cannot read has no headers."},
		FeatureRejectRefused:   {level: LevelNone, text: "HAProxy cannot tell the requests of the site's own pages from those of others in a few lines; leave rejectRefusedRequests out (browsers hide the answer anyway), or put package cors in front"},
		FeatureSeveralPolicies: {level: LevelPartly, text: "Paste each policy into the backend section that its path is sent to, and none into the frontend."},
		FeatureUnusualNames:    {level: LevelNone, text: "bytes of such a name mean something else in HAProxy's values; leave it out"},
		FeatureLongLists:       {level: LevelNone, text: "headers of this length do not fit into a buffer of HAProxy's beside those of the backend; use \"*\", or list fewer"},
	},
	render: renderHAProxy,
}

func renderHAProxy(p *plan) []File {
	w := &writer{comment: "# ", indent: "    "}
	w.say("corscope-cors.cfg: paste it into the frontend, listen or backend section, which must have",
		"mode http, before all other http-request rules.", "")
	w.sayPolicy(p)
	w.line("")
	w.say("fhdr is the header as a whole (hdr would split it at commas), compared case and all.")
	const found = " -m found }"
	if p.anyOrigin() {
		w.line("acl cors_page req.fhdr(origin) -m len gt 0")
	}
	for _, text := range p.exact() {
		w.line("acl cors_page req.fhdr(origin) -m str '%s'", text)
	}
	for _, re := range p.regexps() {
		w.line("acl cors_page req.fhdr(origin) -m reg '%s'", re)
	}
	known := len(p.rules) > 0 || p.anyOrigin()
	w.say("What the request says is kept for the answer, which cannot see it. Of two Origin lines",
		"HAProxy would see the last one only: such requests, which no browser sends, get nothing.")
	if known {
		w.line("http-request set-var(txn.cors_origin) req.fhdr(origin) if { req.fhdr_cnt(origin) eq 1 } cors_page")
	}
	w.say("A preflight is OPTIONS with Origin and Access-Control-Request-Method. It ends here, before",
		"any login; the backend never sees it. Any other OPTIONS is the backend's to answer.")
	w.line("http-request set-var(txn.cors_preflight) req.fhdr(access-control-request-method) if { method OPTIONS } { req.fhdr(origin)" + found)
	if p.anyHeader {
		condition := "if { var(txn.cors_preflight)" + found
		if !p.authorization {
			w.say("Authorization is not listed, and * does not include it.")
			condition += ` !{ req.fhdr(access-control-request-headers) -m reg -i '(^|[ ,])authorization *(,|$)' }`
		}
		w.line("http-request set-var(txn.cors_headers) req.fhdr(access-control-request-headers) %s", condition)
	}
	const preflight = "{ var(txn.cors_preflight)" + found
	const aPage = "{ var(txn.cors_origin)" + found
	w.line("http-request return status %d if "+preflight+" "+aPage, p.status)
	w.line("http-request deny deny_status 403 if " + preflight)
	w.line("")
	w.say("http-after-response is for every answer: the backend's, and HAProxy's own 503. The backend's",
		"CORS headers go first: two of a kind are an error to browsers.")
	for _, name := range p.backendHeaders() {
		w.line("http-after-response del-header %s", name)
	}
	set := func(name, value, condition string) {
		if condition != "" {
			condition = " if " + condition
		}
		w.line("http-after-response set-header %s %s%s", name, value, condition)
	}
	quoted := func(value string) string { return fmt.Sprintf("'%s'", value) }
	allowOrigin, whom := "%[var(txn.cors_origin)]", aPage
	if p.static != "" {
		allowOrigin, whom = quoted(p.static), ""
		if p.config.AlwaysSendOrigin {
			w.say("The one origin, whoever asks.")
		}
	}
	set(httpspec.AccessControlAllowOrigin, allowOrigin, whom)
	if p.config.Credentials {
		set(httpspec.AccessControlAllowCredentials, "true", aPage)
	}
	if p.expose != "" {
		set(httpspec.AccessControlExposeHeaders, quoted(p.expose), aPage)
	}
	const both = preflight + " " + aPage
	if p.anyMethod || p.anyHeader {
		w.say("With credentials * is no wildcard to browsers: what was asked for is said back.")
	}
	switch {
	case p.anyMethod:
		set(httpspec.AccessControlAllowMethods, "%[var(txn.cors_preflight)]", both)
	case p.methods != "":
		set(httpspec.AccessControlAllowMethods, quoted(p.methods), both)
	}
	switch {
	case p.anyHeader:
		set(httpspec.AccessControlAllowHeaders, "%[var(txn.cors_headers)]", "{ var(txn.cors_headers)"+found+" "+aPage)
	case p.headers != "":
		set(httpspec.AccessControlAllowHeaders, quoted(p.headers), both)
	}
	if p.maxAge != "" {
		set(httpspec.AccessControlMaxAge, p.maxAge, both)
	}
	if p.config.TimingAllowOrigin {
		set(httpspec.TimingAllowOrigin, allowOrigin, whom)
	}
	if p.config.CrossOriginResourcePolicy != "" {
		set(httpspec.CrossOriginResourcePolicy, p.config.CrossOriginResourcePolicy, "")
	}
	if p.static == "" {
		w.say("On refusals and plain requests too: a cache must not give their answers to other pages.")
		w.line("http-after-response add-header Vary Origin")
	}
	if p.preflightVary != "" {
		set(httpspec.Vary, quoted(p.preflightVary), preflight)
	}
	return []File{{"corscope-cors.cfg", "paste it into the frontend, listen or backend section, before all other http-request rules", w.String()}}
}
