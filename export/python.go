package export

import (
	"fmt"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

// pythonFile is the name of the module.
const pythonFile = "corscope_cors.py"

// python writes what the modules for ASGI and WSGI have in common: all but the class.
// It needs the standard library only, of Python 3.8 or later.
type python struct {
	*writer
	plan *plan
	// bytes stands before each string: ASGI has headers as bytes, WSGI as text.
	bytes string
	// request is the variable that has the request, and value the expression for one
	// of its headers, or None.
	request string
	value   func(header string) string
	// name writes the name of a header of an answer.
	name func(header string) string
	// status writes the status of an answer.
	status func(code int) string
}

// literal writes a string of Python: in bytes, too, its escapes mean what they do here.
func (w *python) literal(s string) string {
	var b strings.Builder
	b.WriteString(w.bytes + "'")
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '\'' || c == '\\' {
			fmt.Fprintf(&b, `\x%02x`, c)
		} else {
			b.WriteByte(c)
		}
	}
	b.WriteString("'")
	return b.String()
}

// block writes a statement and what stands under it.
func (w *python) block(head string, body func()) {
	w.line("%s", head)
	w.within("    ", body)
}

// between writes what stands between definitions.
func (w *python) between() {
	w.line("")
	w.line("")
}

// constants writes the origins, the headers that are replaced, and may_read.
func (w *python) constants() {
	exact, regexps := w.plan.exact(), w.plan.regexps()
	if regexps != nil {
		w.line("import re")
		w.line("")
	}
	if !w.plan.anyOrigin() {
		w.say("Compared as they are: browsers write an origin in one way only.")
		w.line("ORIGINS = frozenset([")
		for _, text := range exact {
			w.line("    %s,", w.literal(text))
		}
		w.line("])")
	}
	if regexps != nil {
		w.say("For fullmatch: without, https://app.example.com.evil.example would fit.")
		w.line("PATTERNS = [")
		for _, re := range regexps {
			// To Python, $ would also be before a line break at the end.
			w.line("    re.compile(r%s'%s'),", w.bytes, strings.TrimSuffix(strings.TrimPrefix(re, "^"), "$"))
		}
		w.line("]")
	}
	w.say("Two of a kind are an error to browsers: only ours stay.")
	w.line("REPLACED = frozenset([")
	for _, name := range w.plan.backendHeaders() {
		w.line("    %s,", w.literal(strings.ToLower(name)))
	}
	w.line("])")
	w.between()
	if w.plan.anyOrigin() {
		return
	}
	w.block("def may_read(origin):", func() {
		if regexps != nil {
			w.line("return origin in ORIGINS or any(p.fullmatch(origin) for p in PATTERNS)")
		} else {
			w.line("return origin in ORIGINS")
		}
	})
	w.between()
}

// question writes who asks, and whether RejectRefusedRequests refuses it.
func (w *python) question() {
	w.line("origin = %s", w.value(httpspec.HeaderOrigin))
	if w.plan.anyOrigin() {
		w.line("page = origin is not None")
	} else {
		w.line("page = origin is not None and may_read(origin)")
	}
	if w.plan.config.RejectRefusedRequests {
		w.say("Refused, unless it is the site's own page that asks, or no page at all.")
		w.line("refused = origin is not None and not page and not is_own(%s, origin)", w.request)
	}
}

// preflights writes the answer to a preflight.
func (w *python) preflights(requestMethod string, answer func()) {
	w.line("method = %s", w.value(httpspec.AccessControlRequestMethod))
	w.say("A preflight is OPTIONS with both of these. Any other OPTIONS is the app's to answer.")
	w.block(fmt.Sprintf("if %s == 'OPTIONS' and origin is not None and method is not None:", requestMethod), func() {
		w.line("status, headers = preflight(%s, page, origin, method)", w.request)
		answer()
	})
}

// functions writes what the class calls.
func (w *python) functions() {
	if w.plan.config.RejectRefusedRequests {
		w.between()
		w.block(fmt.Sprintf("def is_own(%s, origin):", w.request), func() {
			w.line("site = %s", w.value("Sec-Fetch-Site"))
			w.block("if site is not None:", func() {
				w.line("return site in (%s, %s)", w.literal("same-origin"), w.literal("none"))
			})
			w.line("host = %s", w.value("Host"))
			w.line("return bool(host) and origin.partition(%s)[2] == host", w.literal("://"))
		})
	}
	w.between()
	w.preflight()
	w.between()
	w.headers()
}

// tokens writes the set of names in a list.
func (w *python) tokens(list string) string {
	return fmt.Sprintf("{name.strip().lower() for name in %s.split(%s)}", list, w.literal(","))
}

func (w *python) preflight() {
	p := w.plan
	set := func(name, value string) { w.line("headers.append((%s, %s))", w.name(name), value) }
	w.block(fmt.Sprintf("def preflight(%s, page, origin, method):", w.request), func() {
		w.line("headers = []")
		if p.preflightVary != "" {
			set(httpspec.Vary, w.literal(p.preflightVary))
		}
		w.block("if not page:", func() {
			set("Content-Length", w.literal("0"))
			w.line("return %s, headers", w.status(403))
		})
		if p.static != "" {
			set(httpspec.AccessControlAllowOrigin, w.literal(p.static))
		} else {
			set(httpspec.AccessControlAllowOrigin, "origin")
		}
		if p.config.Credentials {
			set(httpspec.AccessControlAllowCredentials, w.literal("true"))
		}
		if p.anyMethod || p.anyHeader {
			w.say("With credentials * is no wildcard to browsers: what was asked for is said back.")
		}
		switch {
		case p.anyMethod:
			set(httpspec.AccessControlAllowMethods, "method")
		case p.methods != "":
			set(httpspec.AccessControlAllowMethods, w.literal(p.methods))
		}
		switch {
		case p.anyHeader:
			w.line("asked = %s", w.value(httpspec.AccessControlRequestHeaders))
			asks := "if asked is not None:"
			if !p.authorization {
				w.say("Authorization is not listed, and * does not include it.")
				asks = fmt.Sprintf("if asked is not None and %s not in %s:", w.literal("authorization"), w.tokens("asked"))
			}
			w.block(asks, func() { set(httpspec.AccessControlAllowHeaders, "asked") })
		case p.headers != "":
			set(httpspec.AccessControlAllowHeaders, w.literal(p.headers))
		}
		if p.maxAge != "" {
			set(httpspec.AccessControlMaxAge, w.literal(p.maxAge))
		}
		if p.status != 204 { // which has no content, nor a length of it
			set("Content-Length", w.literal("0"))
		}
		w.line("return %s, headers", w.status(p.status))
	})
}

func (w *python) headers() {
	p := w.plan
	set := func(name, value string) { w.line("ours.append((%s, %s))", w.name(name), value) }
	w.block("def with_headers(headers, page, origin):", func() {
		w.line("ours = [(name, value) for name, value in headers if name.lower() not in REPLACED]")
		if p.static != "" {
			set(httpspec.AccessControlAllowOrigin, w.literal(p.static))
			if p.config.TimingAllowOrigin {
				set(httpspec.TimingAllowOrigin, w.literal(p.static))
			}
		}
		if p.config.CrossOriginResourcePolicy != "" {
			set(httpspec.CrossOriginResourcePolicy, w.literal(p.config.CrossOriginResourcePolicy))
		}
		if p.static == "" {
			vary := w.literal("vary")
			w.say("On refusals and plain requests too: a cache must not give their answers to other pages.")
			w.line("vary = %s.join(value for name, value in ours if name.lower() == %s)", w.literal(separator), vary)
			w.block(fmt.Sprintf("if not {%s, %s} & %s:", w.literal("origin"), w.literal("*"), w.tokens("vary")), func() {
				w.line("ours = [(name, value) for name, value in ours if name.lower() != %s]", vary)
				set(httpspec.Vary, fmt.Sprintf("vary + %s if vary else %s", w.literal(separator+httpspec.HeaderOrigin), w.literal(httpspec.HeaderOrigin)))
			})
		}
		if p.static == "" || p.config.Credentials || p.expose != "" {
			w.block("if page:", func() {
				if p.static == "" {
					set(httpspec.AccessControlAllowOrigin, "origin")
					if p.config.TimingAllowOrigin {
						set(httpspec.TimingAllowOrigin, "origin")
					}
				}
				if p.config.Credentials {
					set(httpspec.AccessControlAllowCredentials, w.literal("true"))
				}
				if p.expose != "" {
					set(httpspec.AccessControlExposeHeaders, w.literal(p.expose))
				}
			})
		}
		w.line("return ours")
	})
}
