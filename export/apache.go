package export

import (
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

var apacheEngine = &engine{
	target:  Apache,
	title:   "Apache httpd",
	aliases: []string{"httpd", "apache2"},
	needs:   "Apache httpd 2.4.10 or later with mod_headers, mod_setenvif and mod_rewrite",
	limits:  limits{plainTokens: true},
	departs: map[Feature]departure{
		FeaturePreflightStatus: {level: LevelPartly, text: "Apache answers an allowed preflight with 204, whatever preflightStatus says: mod_rewrite sends a page about an error with 200."},
		FeatureVary:            {level: LevelFull, text: "Vary: Origin is a line of its own, also next to one of the backend that has it already."},
		FeatureErrors:          {level: LevelPartly, quiet: true, text: "The 400 for a request that Apache cannot read has no headers."},
		FeatureRejectRefused:   {level: LevelNone, text: "Apache cannot tell the requests of the site's own pages from those of others in a few lines; leave rejectRefusedRequests out (browsers hide the answer anyway), or put package cors in front"},
		FeatureSeveralPolicies: {level: LevelPartly, text: "One virtual host has one policy; give the paths a virtual host of their own, or put package cors in front."},
		FeatureUnusualNames:    {level: LevelNone, text: "bytes of such a name mean something else in Apache's values; leave it out"},
	},
	render: renderApache,
}

// apachePreflight is true for the preflights of pages that may read. It asks the
// request itself: variables that mod_rewrite sets have other names once Apache has
// turned to an error page.
const apachePreflight = `"expr=%{REQUEST_METHOD} == 'OPTIONS' && -n %{HTTP:Access-Control-Request-Method} && -n reqenv('CORS_ORIGIN')"`

func renderApache(p *plan) []File {
	w := &writer{comment: "# "}
	w.say("corscope-cors.conf: Include it in the <VirtualHost>, not in a <Directory> or <Location>.",
		"It needs: a2enmod headers setenvif rewrite", "")
	w.sayPolicy(p)
	w.line("")
	w.say("CORS_ORIGIN is the origin of the page if it may read, else unset. (SetEnvIfNoCase would",
		"take other spellings for the same origin, which browsers do not.)")
	if p.anyOrigin() {
		w.line(`SetEnvIf Origin "^.+$" CORS_ORIGIN=$0`)
	}
	for _, re := range p.allRegexps() {
		w.line(`SetEnvIf Origin "%s" CORS_ORIGIN=$0`, re)
	}
	w.line("")
	w.say("A preflight is OPTIONS with Origin and Access-Control-Request-Method. It ends here, before",
		"any login; the backend never sees it. Any other OPTIONS is the backend's to answer.")
	w.line("RewriteEngine On")
	for _, answer := range []struct{ test, flags string }{{"!.", "F"}, {".", "R=204,L"}} {
		w.line("RewriteCond %{REQUEST_METHOD} =OPTIONS")
		w.line("RewriteCond %{HTTP:Origin} .")
		w.line("RewriteCond %{HTTP:Access-Control-Request-Method} .")
		w.line("RewriteCond %{ENV:CORS_ORIGIN} " + answer.test)
		w.line("RewriteRule ^ - [" + answer.flags + "]")
	}
	w.line("")
	w.say("Apache has two tables of headers. What a backend sends is in \"onsuccess\", even with a",
		"404; what stays on Apache's own errors is in \"always\". The backend's CORS headers go",
		"from both: two of a kind are an error to browsers.")
	for _, name := range p.backendHeaders() {
		w.line("Header onsuccess unset %s", name)
		w.line("Header always unset %s", name)
	}
	w.line("")
	set := func(name, value, condition string) {
		if strings.ContainsAny(value, " *%") || value == "" {
			value = `"` + value + `"`
		}
		w.line("%s", strings.TrimRight("Header always set "+name+" "+value+" "+condition, " "))
	}
	const aPage = "env=CORS_ORIGIN"
	allowOrigin, whom := "%{CORS_ORIGIN}e", aPage
	if p.static != "" {
		allowOrigin, whom = p.static, ""
		if p.config.AlwaysSendOrigin {
			w.say("The one origin, whoever asks.")
		}
	}
	set(httpspec.AccessControlAllowOrigin, allowOrigin, whom)
	if p.config.Credentials {
		set(httpspec.AccessControlAllowCredentials, "true", aPage)
	}
	if p.expose != "" {
		set(httpspec.AccessControlExposeHeaders, p.expose, aPage)
	}
	switch {
	case p.anyMethod:
		w.say("With credentials * is no wildcard to browsers: what was asked for is said back.")
		set(httpspec.AccessControlAllowMethods, "expr=%{HTTP:Access-Control-Request-Method}", apachePreflight)
	case p.methods != "":
		set(httpspec.AccessControlAllowMethods, p.methods, apachePreflight)
	}
	switch {
	case p.anyHeader:
		condition := strings.TrimSuffix(apachePreflight, `"`) + ` && -n %{HTTP:Access-Control-Request-Headers}`
		w.say("With credentials * is no wildcard to browsers: what was asked for is said back.")
		if !p.authorization {
			w.say("Authorization is not listed, and * does not include it.")
			condition += ` && %{HTTP:Access-Control-Request-Headers} !~ m#(^|[ ,])authorization *(,|$)#i`
		}
		set(httpspec.AccessControlAllowHeaders, "expr=%{HTTP:Access-Control-Request-Headers}", condition+`"`)
	case p.headers != "":
		set(httpspec.AccessControlAllowHeaders, p.headers, apachePreflight)
	}
	if p.maxAge != "" {
		set(httpspec.AccessControlMaxAge, p.maxAge, apachePreflight)
	}
	if p.config.TimingAllowOrigin {
		set(httpspec.TimingAllowOrigin, allowOrigin, whom)
	}
	if p.config.CrossOriginResourcePolicy != "" {
		set(httpspec.CrossOriginResourcePolicy, p.config.CrossOriginResourcePolicy, "")
	}
	if p.static == "" {
		w.say("On refusals and plain requests too: a cache must not give their answers to other pages.")
		w.line("Header always merge Vary Origin")
	}
	if p.preflightVary != "" {
		w.line(`Header always set Vary "%s" "expr=%%{REQUEST_METHOD} == 'OPTIONS' && -n %%{HTTP:Origin} && -n %%{HTTP:Access-Control-Request-Method}"`, p.preflightVary)
	}
	return []File{{"corscope-cors.conf", "Include it in the <VirtualHost>", w.String()}}
}
