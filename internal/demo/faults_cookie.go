package demo

import "strings"

// cookieFaults are answers that set a cookie, and whether a browser keeps it. The
// first ones come from a sibling of the page's host, the last ones from another
// site.
//
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7
func cookieFaults() []fault {
	set := func(id, server, title, cookie string) fault {
		return fault{
			Fault: Fault{
				ID: id, Kind: KindCookie, Title: title,
				Call: Call{Page: "{app}/", URL: server + "/" + id, Credentials: "include"},
				Want: Want{Status: 200, Reads: id},
			},
			answer: with(allowOrigin("{app}"), allowCredentials("true"), Field{"Set-Cookie", cookie}),
		}
	}
	name := func(cookie string) string {
		name, _, _ := strings.Cut(cookie, "=")
		return name
	}
	kept := func(id, title, cookie string) fault {
		f := set(id, "{api}", title, cookie)
		f.Want.Stores = name(cookie)
		return f
	}
	refused := func(id, title, cookie string) fault {
		f := set(id, "{api}", title, cookie)
		f.Want.Refuses = name(cookie)
		return f
	}
	far := func(f fault) fault {
		f.URL = strings.Replace(f.URL, "{api}", "{faults}", 1)
		return f
	}

	unreadable := kept("cookie-though-blocked", "a cookie on an answer that the page may not read: it is kept all the same", "blocked=1; Path=/; Secure")
	unreadable.answer = with(Field{"Set-Cookie", "blocked=1; Path=/; Secure"})
	unreadable.Want = Want{Reason: "allow-origin-missing", Phase: "request", Status: 200, Stores: "blocked"}

	omitted := refused("cookie-omitted", "a cookie on an answer to a call without credentials", "omitted=1; Path=/; Secure")
	omitted.Credentials = "omit"

	insecure := refused("cookie-secure-over-http", "a Secure cookie over plain http", "over-http=1; Path=/; Secure")
	insecure.Page, insecure.URL = "{insecure}/", "{insecure}/cookie-secure-over-http"

	return []fault{
		kept("cookie-plain", "name and value", "plain=1"),
		kept("cookie-strict", "SameSite=Strict", "strict=1; Path=/; Secure; HttpOnly; SameSite=Strict"),
		kept("cookie-domain", "for all hosts below example.com", "domain=1; Domain=example.com; Path=/; Secure"),
		kept("cookie-host-prefix", "a __Host- cookie as it must be", "__Host-right=1; Path=/; Secure"),
		refused("cookie-host-prefix-with-domain", "a __Host- cookie with a Domain", "__Host-domain=1; Domain=api.example.com; Path=/; Secure"),
		refused("cookie-host-prefix-with-path", "a __Host- cookie with a Path other than /", "__Host-path=1; Path=/v1; Secure"),
		refused("cookie-secure-prefix-insecure", "a __Secure- cookie without Secure", "__Secure-bare=1; Path=/"),
		refused("cookie-other-domain", "for a host of somebody else", "other=1; Domain=bank.example; Path=/; Secure"),
		refused("cookie-sibling-domain", "for a sibling", "sibling=1; Domain=app.example.com; Path=/; Secure"),
		refused("cookie-public-suffix", "for a whole top-level domain", "suffix=1; Domain=com; Path=/; Secure"),
		refused("cookie-none-insecure", "SameSite=None without Secure", "none-insecure=1; Path=/; SameSite=None"),
		refused("cookie-expired", "a cookie that ends at once", "expired=1; Path=/; Max-Age=0"),
		refused("cookie-too-large", "more than 4,096 bytes", "large="+strings.Repeat("x", 4096)+"; Path=/; Secure"),
		insecure,
		omitted,
		unreadable,
		far(kept("cookie-none-from-another-site", "SameSite=None, from another site", "far-none=1; Path=/; Secure; SameSite=None")),
		far(refused("cookie-lax-from-another-site", "SameSite=Lax, from another site", "far-lax=1; Path=/; Secure; SameSite=Lax")),
		far(refused("cookie-strict-from-another-site", "SameSite=Strict, from another site", "far-strict=1; Path=/; Secure; SameSite=Strict")),
	}
}
