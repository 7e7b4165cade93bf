package differ

import (
	"slices"
	"strings"

	"github.com/corscope/corscope/e2e/world"
)

// tainted says whether the page's origin is hidden from the hop with that index.
func (g *generator) tainted(hops []string, at int) bool {
	for i := 1; i <= at; i++ {
		if hops[i] != hops[i-1] && hops[i-1] != g.page {
			return true
		}
	}
	return false
}

// newNode scripts one hop: mostly what a right server says to the calls, sometimes changed.
func (g *generator) newNode(calls []Call, hops []string, at int) *world.Node {
	last := at == len(hops)-1
	node := &world.Node{}
	include := slices.ContainsFunc(calls, func(c Call) bool { return c.Credentials == "include" })
	wanted := g.page
	if g.tainted(hops, at) {
		wanted = "null"
	}
	crossed := false
	for i := range at + 1 {
		crossed = crossed || hops[i] != g.page
	}
	if crossed || g.chance(10) {
		for range pick(g, 1, 1, 2) {
			node.Preflights = append(node.Preflights, g.preflightAnswer(calls, wanted, include))
		}
	}
	answer := world.Answer{Status: 200, Body: "body"}
	if !last {
		answer.Status = pick(g, 301, 302, 302, 303, 307, 307, 308)
		answer.Body = ""
		answer.Fields = append(answer.Fields, g.location(hops, at)...)
		if g.chance(10) {
			answer.Fields = append(answer.Fields, world.Field{"Referrer-Policy", pick(g, g.referrerPolicy(), g.referrerPolicy(), "", "x, no-referrer", "no-referrer, x", "NO-REFERRER")})
		}
	} else if g.chance(15) {
		answer.Status = pick(g, 201, 202, 203, 204, 205, 206, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308, 400, 401, 403, 404, 405, 407, 410, 416, 418, 421, 429, 451, 500, 501, 503, 599)
		if g.chance(30) {
			answer.Reason = pick(g, "Fine", "", "a b  c", "é")
		}
	}
	if crossed || g.chance(10) {
		answer.Fields = append(answer.Fields, g.allow(wanted, include)...)
		answer.Fields = append(answer.Fields, g.expose(include)...)
	}
	if g.chance(25) {
		answer.Fields = append(answer.Fields, g.shown()...)
	}
	if g.chance(15) {
		answer.Fields = append(answer.Fields, world.Field{"Set-Cookie", g.setCookie()})
	}
	if g.chance(5) {
		answer.Fields = append(answer.Fields, world.Field{"Cross-Origin-Resource-Policy", pick(g, "same-origin", "same-site", "cross-origin", "Same-Origin", "x", "same-site, same-origin", "")})
	}
	node.Answers = []world.Answer{answer}
	if g.chance(2) {
		node.Answers = []world.Answer{{Status: 421}, answer}
	}
	// A stream that meets the connection of another host has its 421 for good in Chromium, as it cannot be sent again; which it meets is the
	// browser's affair (https://www.rfc-editor.org/rfc/rfc9110#section-15.5.20).
	streams := slices.ContainsFunc(calls, func(c Call) bool { return c.Body != nil && c.Body.Kind == "stream" })
	node.OwnConnection = g.http2 && g.chance(20) && !streams
	return node
}

// location leads to the next hop.
func (g *generator) location(hops []string, at int) []world.Field {
	from, to, path := hops[at], hops[at+1], "/{case}/"+nodes[at+1]
	value := to + path
	if from == to && g.chance(40) {
		value = pick(g, path, nodes[at+1], "./"+nodes[at+1], strings.TrimPrefix(to, schemeOf(to)+":")+path, "../{case}/"+nodes[at+1], path+"?q#new")
	}
	scheme, rest, _ := strings.Cut(to, "://")
	switch n := g.IntN(100); {
	case n < 80:
	case n < 85:
		value = scheme + "://" + pick(g, "u:p@", "u@", ":p@", "@", "u:@") + rest + path
	case n < 88:
		value = pick(g, "", "http://[", "http://a:99999/", "data:text/plain,x", "ftp://a/", "javascript:1", "about:blank", "blob:x", "http://other.test:6667/", "ws://other.test/", "//")
	case n < 90:
		return []world.Field{{"Location", value}, {"Location", pick(g, value, value+"x")}}
	case n < 91:
		return nil
	case n < 96:
		value += pick(g, "#f", "?é", "?a b", "?a\"b", " ", "?%zz")
	default:
		return []world.Field{{pick(g, "location", "LOCATION"), value}}
	}
	return []world.Field{{"Location", value}}
}

// allow is the two headers of the CORS check.
func (g *generator) allow(wanted string, include bool) []world.Field {
	origin := wanted
	if !include && g.chance(30) {
		origin = "*"
	}
	credentials := "true"
	fields := []world.Field{}
	if g.chance(10) {
		origin = g.wrongOrigin(wanted)
	}
	name := "Access-Control-Allow-Origin"
	if g.chance(5) {
		name = pick(g, "access-control-allow-origin", "ACCESS-CONTROL-ALLOW-ORIGIN")
	}
	if !g.chance(3) {
		fields = append(fields, world.Field{name, origin})
	}
	if g.chance(2) {
		fields = append(fields, world.Field{pick(g, name, "Access-Control-Allow-Origin", "access-control-allow-origin"), pick(g, origin, wanted, "", "*")})
	}
	if !include && g.chance(70) {
		return fields
	}
	if g.chance(8) {
		credentials = pick(g, "True", "false", "", "true, true", " true ", "TRUE", "1", "true;")
	}
	if !g.chance(3) {
		fields = append(fields, world.Field{"Access-Control-Allow-Credentials", credentials})
	}
	return fields
}

func (g *generator) wrongOrigin(wanted string) string {
	host := strings.TrimPrefix(wanted, schemeOf(wanted)+"://")
	return pick(g, "*", "null", "NULL", wanted+"/", wanted+":80", strings.ToUpper(wanted), wanted+",", wanted+" ", " "+wanted+"\t", wanted+", "+wanted, wanted+" http://x.test",
		"", host, "http://other.test", "https://"+host, "http://*.test", "**", "* ", "é", "http://app.tes", wanted+"#", "http:/"+host, "* , *", wanted+"\x00")
}

// preflightAnswer allows what the calls need, mostly.
func (g *generator) preflightAnswer(calls []Call, wanted string, include bool) world.Answer {
	a := world.Answer{Status: pick(g, 200, 204, 204)}
	if g.chance(5) {
		a.Status = pick(g, 201, 206, 226, 299, 300, 301, 302, 304, 307, 400, 403, 404, 405, 500)
		if g.chance(40) {
			a.Fields = append(a.Fields, world.Field{"Location", "/{case}/a"})
		}
	}
	a.Fields = append(a.Fields, g.allow(wanted, include)...)
	var methods, names []string
	for _, c := range calls {
		if m := normalMethod(c.Method); !slices.Contains(methods, m) {
			methods = append(methods, m)
		}
		for _, f := range c.Headers {
			if name := strings.ToLower(f[0]); !slices.Contains(names, name) && name != "bad name" {
				names = append(names, name)
			}
		}
		if c.Body != nil && !slices.Contains(names, "content-type") {
			names = append(names, "content-type")
		}
	}
	a.Fields = append(a.Fields, g.list("Access-Control-Allow-Methods", methods, include)...)
	a.Fields = append(a.Fields, g.list("Access-Control-Allow-Headers", names, include)...)
	if g.chance(35) {
		a.Fields = append(a.Fields, world.Field{"Access-Control-Max-Age", pick(g, "600", "600", "0", "-1", "", "x", "5.5", "+600", "600 ", "600, 600", "99999999999999999999", "1e3", "0600", "600;")})
	}
	if g.chance(5) {
		a.Fields = append(a.Fields, world.Field{"Set-Cookie", g.setCookie()})
	}
	return a
}

func normalMethod(m string) string {
	if m == "" {
		return "GET"
	}
	if upper := strings.ToUpper(m); slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}, upper) {
		return upper
	}
	return m
}

// list writes a list header, mostly right.
func (g *generator) list(name string, members []string, include bool) []world.Field {
	members = slices.Clone(members)
	if !include && g.chance(15) || g.chance(2) {
		members = []string{"*"}
		if g.chance(20) {
			members = append(members, pick(g, "PUT", "x-a", "authorization"))
		}
	}
	if g.chance(5) && len(members) > 0 {
		members = slices.Delete(members, 0, 1)
	}
	if g.chance(10) {
		members = append(members, pick(g, "x-z", "GET", "", "PATCH", "a b", "\"x\"", "x:y", "é", "*", "(", "x-a x-b", "\t"))
	}
	for i, m := range members {
		switch {
		case g.chance(4):
			members[i] = strings.ToUpper(m)
		case g.chance(2):
			members[i] = strings.ToLower(m)
		case g.chance(2):
			members[i] = pick(g, " "+m, m+" ", m+"\t", "", m+";", m+"x")
		}
	}
	g.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	if len(members) > 1 && g.chance(15) {
		return []world.Field{{name, members[0]}, {name, strings.Join(members[1:], ",")}}
	}
	if g.chance(3) {
		return nil
	}
	return []world.Field{{name, strings.Join(members, pick(g, ", ", ",", ", ", ",, ", " , "))}}
}

// expose is Access-Control-Expose-Headers, for the headers of shown.
func (g *generator) expose(include bool) []world.Field {
	if g.chance(60) {
		return nil
	}
	return g.list("Access-Control-Expose-Headers", []string{pick(g, "x-shown", "X-Shown", "etag"), pick(g, "x-other", "set-cookie", "x-shown", "date")}, include)
}

// shown are answer headers for JavaScript to read or not.
func (g *generator) shown() []world.Field {
	var fields []world.Field
	for range 1 + g.IntN(3) {
		fields = append(fields, world.Field{
			pick(g, "X-Shown", "x-other", "X-SHOWN", "Content-Type", "Content-Language", "Pragma", "Expires", "Date", "Server", "Vary", "Link", "X_Y", "Timing-Allow-Origin", "Refresh", "Content-Location"),
			pick(g, "1", "", "text/plain", "a, b", "é", "\"q\"", "  x  ", "a\tb", "Sat, 29 Oct 2094 19:43:31 GMT", "*"),
		})
	}
	return fields
}

// setCookie stays below the case's own path, so that cases do not meet.
func (g *generator) setCookie() string {
	return pick(g, "c", "d", "h-lax") + "=2" + pick(g, "; Path=/{case}/", "; path=/{case}", "") + pick(g, "", "", "; SameSite=None; Secure", "; SameSite=None", "; SameSite=Lax", "; SameSite=Strict", "; Secure") +
		pick(g, "", "", "", "; HttpOnly", "; Partitioned", "; Max-Age=0", "; Domain=app.test")
}
