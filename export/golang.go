package export

import (
	"slices"
	"strconv"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

var goEngine = &engine{
	target:  Go,
	title:   "Go, with package cors",
	aliases: []string{"golang", "corscope"},
	needs:   "the module github.com/corscope/corscope",
	departs: map[Feature]departure{
		FeatureSeveralPolicies: {level: LevelFull, text: "Wrap what serves the path, or use cors.NewRoutes."},
		FeatureBackendHeaders:  {level: LevelPartly, quiet: true, text: "The CORS headers of a backend are removed by proxyWithCORS; with withCORS a handler's own are the handler's to leave out."},
	},
	render: renderGo,
}

func renderGo(p *plan) []File {
	w := &writer{comment: "// "}
	w.line("package main")
	w.line("")
	w.line("import (")
	w.within("\t", func() {
		w.line(`"net/http"`)
		w.line("")
		w.line(`"github.com/corscope/corscope/cors"`)
	})
	w.line(")")
	w.line("")
	w.sayPolicy(p)
	w.line("")
	w.line("func newCORS() (*cors.Middleware, error) {")
	w.within("\t", func() {
		w.line("return cors.New(cors.Config{")
		w.within("\t", func() { goFields(w, p) })
		w.line("})")
	})
	w.line("}")
	w.line("")
	w.say("withCORS applies the policy to next, which is to be everything that may answer: logins,", "limits and routers too. The headers are set before next runs, so that errors have them.")
	goWrap(w, "withCORS(next http.Handler)", "Wrap(next)")
	w.line("")
	w.say("proxyWithCORS is withCORS for what passes on the answers of others, as an httputil.ReverseProxy", "does: the CORS headers of the backend go, since two of a kind are an error to browsers.")
	goWrap(w, "proxyWithCORS(proxy http.Handler)", "WrapProxy(proxy)")
	return []File{{"cors.go", "put it into the package of the server, and rename its package", w.String()}}
}

// goWrap writes a function that puts the policy around a handler.
func goWrap(w *writer, signature, call string) {
	w.line("func %s (http.Handler, error) {", signature)
	w.line("\tmiddleware, err := newCORS()")
	w.line("\tif err != nil {")
	w.line("\t\treturn nil, err")
	w.line("\t}")
	w.line("\treturn middleware.%s, nil", call)
	w.line("}")
}

// goFields writes the fields of a cors.Config that are not zero.
func goFields(w *writer, p *plan) {
	c := p.config
	var fields goLiteral
	field := func(set bool, name, value string) {
		if set {
			fields.add(name, value)
		}
	}
	field(c.Origins != nil, "Origins", goList(c.Origins))
	field(c.AllowAnyOrigin, "AllowAnyOrigin", "true")
	field(c.Credentials, "Credentials", "true")
	field(len(c.Methods) > 0, "Methods", goList(c.Methods))
	field(len(c.RequestHeaders) > 0, "RequestHeaders", goList(c.RequestHeaders))
	field(len(c.ExposedHeaders) > 0, "ExposedHeaders", goList(c.ExposedHeaders))
	field(c.MaxAgeSeconds != 0, "MaxAgeSeconds", strconv.Itoa(c.MaxAgeSeconds))
	field(c.PreflightStatus != 0, "PreflightStatus", strconv.Itoa(c.PreflightStatus))
	field(c.PreflightVary, "PreflightVary", "true")
	field(c.AlwaysSendOrigin, "AlwaysSendOrigin", "true")
	field(c.TimingAllowOrigin, "TimingAllowOrigin", "true")
	field(c.CrossOriginResourcePolicy != "", "CrossOriginResourcePolicy", strconv.QuoteToASCII(c.CrossOriginResourcePolicy))
	field(c.RejectRefusedRequests, "RejectRefusedRequests", "true")
	field(c.DangerouslyAllowNullOrigin, "DangerouslyAllowNullOrigin", "true")
	field(c.DangerouslyAllowInsecureOrigins, "DangerouslyAllowInsecureOrigins", "true")
	field(c.DangerouslyAllowPublicSuffixes, "DangerouslyAllowPublicSuffixes", "true")
	fields.write(w)
}

// goLiteral are the fields of a struct literal. They are written as gofmt has them, without the formatter itself, which would make the
// program half a megabyte larger.
type goLiteral [][2]string

func (l *goLiteral) add(name, value string) { *l = append(*l, [2]string{name, value}) }

// write writes the fields and forgets them. The values of fields that follow each other on one line each stand below each other.
func (l *goLiteral) write(w *writer) {
	for rest := *l; len(rest) > 0; {
		n := slices.IndexFunc(rest, func(f [2]string) bool { return strings.Contains(f[1], "\n") })
		if n < 0 {
			n = len(rest)
		}
		width := 0
		for _, f := range rest[:n] {
			width = max(width, len(f[0]))
		}
		for _, f := range rest[:n] {
			w.line("%-*s %s,", width+1, f[0]+":", f[1])
		}
		if rest = rest[n:]; len(rest) > 0 {
			w.line("%s: %s,", rest[0][0], strings.ReplaceAll(rest[0][1], "\n", "\n"+w.indent))
			rest = rest[1:]
		}
	}
	*l = nil
}

// goList writes a []string, an entry a line if it would be a long one.
func goList(list []string) string {
	quoted := make([]string, len(list))
	size := 0
	for i, s := range list {
		quoted[i] = strconv.QuoteToASCII(s)
		size += len(quoted[i]) + len(separator)
	}
	if size <= 70 {
		return "[]string{" + strings.Join(quoted, separator) + "}"
	}
	return "[]string{\n\t" + strings.Join(quoted, ",\n\t") + ",\n}"
}

// goWithoutCORS writes what removes the headers of a backend.
func goWithoutCORS(w *writer, p *plan) {
	w.say("withoutCORS is the ModifyResponse of an httputil.ReverseProxy: the backend's own CORS headers", "go, since two of a kind are an error to browsers. Without a proxy it is not needed.")
	w.line("func withoutCORS(response *http.Response) error {")
	w.within("\t", func() {
		for _, name := range p.backendHeaders() {
			w.line("response.Header.Del(%q)", name)
		}
		w.line("return nil")
	})
	w.line("}")
}

var rsCorsEngine = &engine{
	target:  GoRSCors,
	title:   "Go, with rs/cors",
	aliases: []string{"rs-cors", "rs/cors", "rscors"},
	needs:   "the module github.com/rs/cors, v1.8 or later",
	departs: map[Feature]departure{
		FeatureSeveralPolicies:     {level: LevelFull, text: "Wrap what serves the path."},
		FeatureAlwaysSendOrigin:    {level: LevelPartly, text: "rs/cors sends the origin to its own pages only, and Vary, so that a CDN stores each resource more than once."},
		FeatureAnyMethod:           {level: LevelNone, text: "rs/cors knows no wildcard for methods; list them"},
		FeatureTimingAllowOrigin:   {level: LevelPartly, text: "rs/cors sends no Timing-Allow-Origin: pages see less of the timing."},
		FeatureRejectRefused:       {level: LevelNone, text: "rs/cors runs the handler whatever the origin is; leave rejectRefusedRequests out (browsers hide the answer anyway), or export for go"},
		FeatureVary:                {level: LevelFull, text: "Vary: Origin is a line of its own, also next to one of the backend that has it already."},
		FeatureBackendHeaders:      {level: LevelPartly, quiet: true, text: "The CORS headers of a backend are removed where httputil.ReverseProxy has withoutCORS as its ModifyResponse; a handler's own are the handler's to leave out."},
		FeatureRefusedPreflight:    {level: LevelPartly, quiet: true, text: "A refused preflight gets the status of an allowed one, without CORS headers."},
		FeatureRepeatedOrigin:      {level: LevelPartly, quiet: true, text: "rs/cors decides by the first of two Origin lines and sends both back, which browsers refuse."},
		FeatureAnyHeader:           {level: LevelNone, text: "rs/cors takes \"*\" for every header, Authorization included; list the headers, Authorization among them if pages may set it"},
		FeatureRequestsOfOwnOrigin: {level: LevelFull, text: "Answers to requests without Origin have Vary, also where every origin may read."},
	},
	render: renderRSCors,
}

func renderRSCors(p *plan) []File {
	w := &writer{comment: "// "}
	regexps := p.regexps()
	w.line("package main")
	w.line("")
	w.line("import (")
	w.within("\t", func() {
		w.line(`"net/http"`)
		if regexps != nil {
			w.line(`"regexp"`)
		}
		if !p.anyOrigin() {
			w.line(`"slices"`)
		}
		w.line("")
		w.line(`"github.com/rs/cors"`)
	})
	w.line(")")
	w.line("")
	exact := p.exact()
	if exact != nil || regexps == nil && !p.anyOrigin() {
		w.say("Compared as they are: browsers write an origin in one way only. (AllowedOrigins of rs/cors", "ignores case, and its * stands for anything, dots and slashes too.)")
		w.line("var corsOrigins = %s", goList(exact))
		w.line("")
	}
	if regexps != nil {
		w.say("Anchored at both ends: without, https://app.example.com.evil.example would fit.")
		w.line("var corsPatterns = []*regexp.Regexp{")
		for _, re := range regexps {
			w.line("\tregexp.MustCompile(`%s`),", re)
		}
		w.line("}")
		w.line("")
	}
	w.sayPolicy(p)
	w.line("")
	w.say("withCORS applies the policy to next, which is to be everything that may answer: logins,", "limits and routers too.")
	w.line("func withCORS(next http.Handler) http.Handler {")
	w.within("\t", func() {
		w.line("policy := cors.New(cors.Options{")
		w.within("\t", func() { rsOptions(w, p) })
		w.line("})")
		if p.config.CrossOriginResourcePolicy == "" {
			w.line("return policy.Handler(next)")
			return
		}
		w.line("handler := policy.Handler(next)")
		w.line("return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {")
		w.line("\tw.Header().Set(%q, %q)", httpspec.CrossOriginResourcePolicy, p.config.CrossOriginResourcePolicy)
		w.line("\thandler.ServeHTTP(w, r)")
		w.line("})")
	})
	w.line("}")
	w.line("")
	goWithoutCORS(w, p)
	return []File{{"cors.go", "put it into the package of the server, and rename its package", w.String()}}
}

func rsOptions(w *writer, p *plan) {
	var fields goLiteral
	if p.anyOrigin() {
		fields.add("AllowedOrigins", `[]string{"*"}`)
	} else {
		var tests []string
		if p.exact() != nil || p.regexps() == nil {
			tests = append(tests, "slices.Contains(corsOrigins, origin)")
		}
		if p.regexps() != nil {
			tests = append(tests, "slices.ContainsFunc(corsPatterns, func(p *regexp.Regexp) bool { return p.MatchString(origin) })")
		}
		fields.add("AllowOriginFunc", "func(origin string) bool {\n\treturn "+strings.Join(tests, " ||\n\t\t")+"\n}")
	}
	if p.config.Credentials {
		fields.add("AllowCredentials", "true")
	}
	fields.write(w)
	w.say("rs/cors asks GET, HEAD and POST to be listed, though browsers need no permission for them.")
	methods := []string{"GET", "HEAD", "POST"}
	for _, m := range p.config.Methods {
		if m != "GET" && m != "HEAD" && m != "POST" {
			methods = append(methods, m)
		}
	}
	fields.add("AllowedMethods", goList(methods))
	headers := p.config.RequestHeaders
	if len(headers) == 0 {
		fields.write(w)
		w.say("An empty list would allow Accept, Content-Type and X-Requested-With. Origin is a header", "that no page can set.")
		headers = []string{"Origin"}
	}
	fields.add("AllowedHeaders", goList(headers))
	if p.expose != "" {
		fields.add("ExposedHeaders", goList(p.config.ExposedHeaders))
	}
	if p.config.MaxAgeSeconds != 0 {
		fields.add("MaxAge", strconv.Itoa(p.config.MaxAgeSeconds))
	}
	if p.status != 204 {
		fields.add("OptionsSuccessStatus", strconv.Itoa(p.status))
	}
	fields.write(w)
}
