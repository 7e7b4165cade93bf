package export

import (
	"encoding/json"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

var expressEngine = &engine{
	target:  Express,
	title:   "Express",
	aliases: []string{"node", "nodejs", "connect"},
	needs:   "Node 18.3 or later; Express 4 or 5, Connect, or node:http alone; no other modules",
	departs: map[Feature]departure{
		FeatureSeveralPolicies: {level: LevelFull, text: "Use each policy at its path, as in app.use('/api', cors)."},
		FeatureOwnMethods:      {level: LevelPartly, text: "Node answers 400 to methods that it does not know (http.METHODS), whatever the policy says."},
	},
	render: renderExpress,
}

// literal writes a JavaScript string.
func literal(s string) string {
	// JSON is a subset of JavaScript. It escapes the double quotes that it writes
	// around, which single ones allow as well.
	b, _ := json.Marshal(s)
	return "'" + strings.ReplaceAll(string(b[1:len(b)-1]), "'", `\'`) + "'"
}

func renderExpress(p *plan) []File {
	w := &writer{comment: "// "}
	w.say("corscope-cors.cjs: use it before everything else, logins too:", "",
		"    const cors = require('./corscope-cors.cjs')",
		"    app.use(cors)", "")
	w.sayPolicy(p)
	w.line("")
	w.line("'use strict'")
	w.line("")
	expressOrigins(w, p)
	w.line("")
	w.line("function cors (req, res, next) {")
	w.within("  ", func() {
		w.line("const origin = req.headers.origin")
		w.line("const page = origin !== undefined && mayRead(origin)")
		w.say("A preflight is OPTIONS with both of these. Any other OPTIONS is the app's to answer.")
		w.line("if (req.method === 'OPTIONS' && origin !== undefined && req.headers['access-control-request-method'] !== undefined) {")
		w.within("  ", func() { expressPreflight(w, p) })
		w.line("}")
		if p.config.RejectRefusedRequests {
			w.say("Refused, unless it is the site's own page that asks, or no page at all.")
			w.line("const site = req.headers['sec-fetch-site']")
			w.line("const own = site !== undefined ? site === 'same-origin' || site === 'none' : origin !== undefined && origin.split('://')[1] === req.headers.host")
			w.line("const refused = origin !== undefined && !page && !own")
		}
		w.say("At the last moment, so that errors have the headers and the app's own do not stay.")
		w.line("const writeHead = res.writeHead")
		w.line("res.writeHead = function (status, ...rest) {")
		w.within("  ", func() {
			w.say("Headers that come with the call, as from a proxy, would win: they are set first.")
			w.line("const late = rest.find(arg => typeof arg === 'object' && arg !== null)")
			w.line("if (Array.isArray(late)) {")
			w.line("  for (let i = 0; i < late.length; i += 2) res.removeHeader(late[i])")
			w.line("  for (let i = 0; i < late.length; i += 2) res.appendHeader(late[i], late[i + 1])")
			w.line("} else if (late !== undefined) {")
			w.line("  for (const name of Object.keys(late)) res.setHeader(name, late[name])")
			w.line("}")
			w.line("setHeaders(res, page, origin)")
			w.line("return writeHead.call(res, status, ...rest.filter(arg => typeof arg === 'string'))")
		})
		w.line("}")
		if p.config.RejectRefusedRequests {
			w.line("if (refused) {")
			w.line("  res.statusCode = 403")
			w.line("  return res.end()")
			w.line("}")
		}
		w.line("next()")
	})
	w.line("}")
	w.line("")
	expressHeaders(w, p)
	w.line("")
	w.line("module.exports = cors")
	return []File{{"corscope-cors.cjs", "put it next to the app, and use it before everything else", w.String()}}
}

func expressOrigins(w *writer, p *plan) {
	if p.anyOrigin() {
		w.line("const mayRead = () => true")
		return
	}
	w.say("Compared as they are: browsers write an origin in one way only.")
	w.line("const origins = new Set([")
	for i, text := range p.exact() {
		if i > 0 {
			w.b.WriteString(",\n")
		}
		w.b.WriteString("  " + literal(text))
	}
	w.line("\n])")
	if regexps := p.regexps(); regexps != nil {
		w.say("Anchored at both ends: without, https://app.example.com.evil.example would fit.")
		w.line("const patterns = [")
		for i, re := range regexps {
			if i > 0 {
				w.b.WriteString(",\n")
			}
			w.b.WriteString("  /" + strings.ReplaceAll(re, "/", `\/`) + "/")
		}
		w.line("\n]")
		w.line("const mayRead = origin => origins.has(origin) || patterns.some(p => p.test(origin))")
		return
	}
	w.line("const mayRead = origin => origins.has(origin)")
}

func expressPreflight(w *writer, p *plan) {
	set := func(name, value string) { w.line("res.setHeader('%s', %s)", name, value) }
	if p.preflightVary != "" {
		set(httpspec.Vary, literal(p.preflightVary))
	}
	w.line("res.statusCode = page ? %d : 403", p.status)
	w.line("if (page) {")
	w.within("  ", func() {
		if p.static != "" {
			set(httpspec.AccessControlAllowOrigin, literal(p.static))
		} else {
			set(httpspec.AccessControlAllowOrigin, "origin")
		}
		if p.config.Credentials {
			set(httpspec.AccessControlAllowCredentials, "'true'")
		}
		if p.anyMethod || p.anyHeader {
			w.say("With credentials * is no wildcard to browsers: what was asked for is said back.")
		}
		switch {
		case p.anyMethod:
			set(httpspec.AccessControlAllowMethods, "req.headers['access-control-request-method']")
		case p.methods != "":
			set(httpspec.AccessControlAllowMethods, literal(p.methods))
		}
		switch {
		case p.anyHeader:
			w.line("const asked = req.headers['access-control-request-headers']")
			if p.authorization {
				w.line("if (asked !== undefined) res.setHeader('%s', asked)", httpspec.AccessControlAllowHeaders)
				break
			}
			w.say("Authorization is not listed, and * does not include it.")
			w.line("if (asked !== undefined && !/(^|[ ,])authorization *(,|$)/i.test(asked)) res.setHeader('%s', asked)", httpspec.AccessControlAllowHeaders)
		case p.headers != "":
			set(httpspec.AccessControlAllowHeaders, literal(p.headers))
		}
		if p.maxAge != "" {
			set(httpspec.AccessControlMaxAge, "'"+p.maxAge+"'")
		}
	})
	w.line("}")
	w.line("return res.end()")
}

func expressHeaders(w *writer, p *plan) {
	w.line("function setHeaders (res, page, origin) {")
	w.within("  ", func() {
		w.say("Two of a kind are an error to browsers: only ours stay.")
		for _, name := range p.backendHeaders() {
			w.line("res.removeHeader('%s')", name)
		}
		set := func(name, value string) { w.line("res.setHeader('%s', %s)", name, value) }
		if p.static != "" {
			set(httpspec.AccessControlAllowOrigin, literal(p.static))
			if p.config.TimingAllowOrigin {
				set(httpspec.TimingAllowOrigin, literal(p.static))
			}
		}
		if p.config.CrossOriginResourcePolicy != "" {
			set(httpspec.CrossOriginResourcePolicy, literal(p.config.CrossOriginResourcePolicy))
		}
		if p.static == "" {
			w.say("On refusals and plain requests too: a cache must not give their answers to other pages.")
			w.line("const vary = [].concat(res.getHeader('Vary') ?? []).join(', ')")
			w.line(`if (!/(^|[ ,])(origin|\*) *(,|$)/i.test(vary)) res.setHeader('Vary', vary === '' ? 'Origin' : vary + ', Origin')`)
		}
		if p.static != "" && !p.config.Credentials && p.expose == "" {
			return
		}
		w.line("if (!page) return")
		if p.static == "" {
			set(httpspec.AccessControlAllowOrigin, "origin")
			if p.config.TimingAllowOrigin {
				set(httpspec.TimingAllowOrigin, "origin")
			}
		}
		if p.config.Credentials {
			set(httpspec.AccessControlAllowCredentials, "'true'")
		}
		if p.expose != "" {
			set(httpspec.AccessControlExposeHeaders, literal(p.expose))
		}
	})
	w.line("}")
}
