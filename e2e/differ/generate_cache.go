package differ

import (
	"fmt"

	"github.com/corscope/corscope/e2e/world"
)

// newCacheCase is two or three fetches of one URL whose answers may be stored, so that the HTTP cache decides what is sent and what the
// page gets. Every answer has a body of its own. Left out are, of what RFC 9111 leaves to a cache,
//   - redirects: Chromium agrees, but Firefox fetches the target of a stored 301 or 308 anew, and stores neither without a lifetime (section 4.2.2);
//   - ranges: Chromium answers them from whole stored answers (section 3.4), and Firefox stores a 206 that nobody asked for;
//   - HEAD: Chromium answers it from what a GET has stored, and the engine's cache does not (section 4; RFC 9110, 9.3.2);
//   - the statuses 205 with a body, which servers must not send (RFC 9110, 15.3.6), 408, which Chromium asks again for by itself, and 416, which to a
//     validation Chromium gives the page with the stored answer's body (RFC 9110, 15.5.17).
//
// https://www.rfc-editor.org/rfc/rfc9111
func (g *generator) newCacheCase() Case {
	c := Case{Page: g.top, Frame: g.frame, Script: world.Script{}}
	hops := []string{g.target()}
	first := Call{URL: hops[0] + "/{case}/a", Credentials: pick(g, "", "", "include", "omit"), Mode: pick(g, "", "", "", "", "no-cors", "same-origin")}
	if g.chance(20) {
		first.Headers = []world.Field{{"Accept-Language", "en"}}
	}
	first.Cache = pick(g, "", "", "", "", "no-store", "reload", "no-cache", "force-cache")
	c.Calls = []Call{first, g.cachedVariant(first)}
	if g.chance(40) {
		c.Calls = append(c.Calls, g.cachedVariant(first))
	}
	include := false
	for _, call := range c.Calls {
		include = include || call.Credentials == "include"
	}
	for i := range hops {
		c.Script[nodes[i]] = g.storedNode(c.Calls, hops, i, include)
	}
	return c
}

// cachedVariant is first again, with the differences that caches look at.
func (g *generator) cachedVariant(first Call) Call {
	c := first
	c.Cache = pick(g, "", "", "", "no-store", "reload", "no-cache", "force-cache", "only-if-cached")
	if c.Cache == "only-if-cached" {
		c.Mode = "same-origin"
	} else if g.chance(20) {
		c.Mode = pick(g, "", "no-cors", "same-origin")
	}
	if g.chance(30) {
		c.Credentials = pick(g, "", "include", "omit", "same-origin")
	}
	if g.chance(25) {
		c.Headers = pick(g, nil, []world.Field{{"Accept-Language", "de"}}, []world.Field{{"Accept", "a/b"}})
	}
	if c.Cache != "only-if-cached" && g.chance(20) {
		g.makeUnsafe(&c)
	}
	return c
}

// makeUnsafe gives c a method that makes wrong what is stored (RFC 9111, 4.4), or none of its business.
func (g *generator) makeUnsafe(c *Call) {
	if c.Method = "POST"; c.Mode != "no-cors" {
		c.Method = pick(g, "POST", "PUT", "PUT", "DELETE", "PATCH", "PURGE")
	}
	if g.chance(50) {
		c.Body = g.body()
	}
	if g.chance(15) {
		c.Headers = []world.Field{pick(g, world.Field{"Range", "bytes=0-0"}, world.Field{"If-None-Match", `"1"`}, world.Field{"If-Match", `"1"`},
			world.Field{"If-Modified-Since", "Sat, 29 Oct 1994 19:43:31 GMT"}, world.Field{"If-Range", `"1"`}, world.Field{"Cache-Control", "no-cache"})}
	}
}

// storedStatus is a status that browsers' caches treat in a way of its own: another one in the list stands for those that are left out.
func (g *generator) storedStatus() int {
	status := pick(g, 200, 201, 203, 204, 300, 302, 304, 307, 400, 404, 410, 425, 429, 500, 501, 599)
	if g.scope.NoNotModified && (status == 300 || status == 304) {
		return 200
	}
	return status
}

func (g *generator) storedNode(calls []Call, hops []string, at int, include bool) *world.Node {
	wanted := g.page
	if g.tainted(hops, at) {
		wanted = "null"
	}
	node := &world.Node{Preflights: []world.Answer{g.preflightAnswer(calls, wanted, include)}}
	fields := []world.Field{{"Cache-Control", pick(g, "max-age=600", "max-age=600", "max-age=600", "public, max-age=600", "private, max-age=600", "max-age=600, must-revalidate",
		"no-cache", "max-age=0", "x", "no-store", "s-maxage=600", "MAX-AGE=600", "max-age=600, immutable")}}
	if g.chance(15) {
		fields[0][1] = pick(g, "", `max-age="600"`, "max-age=0, max-age=600", "max-age=600, max-age=0", "max-age=600, max-age=x", "max-age=x, max-age=600", "max-age=600x", "max-age=-1",
			"max-age=+600", "max-age =600", "max-age=4294967295", "max-age=4294967296", `max-age=600, no-cache="a, b"`, "max-age=600, no-store=1", `a="no-store", max-age=600`)
	}
	if g.chance(5) {
		fields = append(fields, world.Field{"Cache-Control", pick(g, "", "max-age=0", "no-cache")})
	}
	if g.chance(5) {
		fields = append(fields, world.Field{"Pragma", pick(g, "no-cache", "x")})
	}
	if g.chance(5) {
		fields = append(fields, world.Field{"Expires", pick(g, "Thu, 01 Jan 2099 00:00:00 GMT", "Thu, 01 Jan 1998 00:00:00 GMT", "0")})
	}
	validated := g.chance(40)
	if validated {
		fields = append(fields, world.Field{"ETag", `"1"`})
	}
	if validated && g.chance(30) {
		fields = append(fields, world.Field{"Last-Modified", "Sat, 29 Oct 1994 19:43:31 GMT"})
	}
	if g.chance(10) {
		fields = append(fields, world.Field{"Age", pick(g, "10", "700", `"700"`, "700, 0", "-1")})
	}
	if g.chance(45) {
		fields = append(fields, world.Field{"Vary", pick(g, "Origin", "Origin", "Accept-Language", "accept-language, origin", "Accept", "X-None", "*")})
	}
	status := 200
	if g.chance(30) {
		status = g.storedStatus()
	}
	star := !include && g.chance(40)
	for i := range 3 {
		a := world.Answer{Status: status, Body: fmt.Sprint(i + 1), Fields: append([]world.Field{}, fields...)}
		if g.chance(10) {
			a.Status = g.storedStatus()
		}
		if i > 0 && validated && g.chance(30) {
			a.ValidatesTo = 304
		}
		if validated || !g.chance(10) {
			origin := wanted
			if star {
				origin = "*"
			}
			a.Fields = append(a.Fields, world.Field{"Access-Control-Allow-Origin", origin})
			if !star {
				a.Fields = append(a.Fields, world.Field{"Access-Control-Allow-Credentials", "true"})
			}
		}
		node.Answers = append(node.Answers, a)
	}
	return node
}
