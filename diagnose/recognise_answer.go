package diagnose

import (
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// answer looks for what the page misses of what it gets, and for what became of cookies.
func (f *finder) answer() {
	t := f.trace
	f.cookies()
	f.maxAge()
	if !t.Outcome.Allowed || len(t.Exchanges) == 0 {
		return
	}
	i := len(t.Exchanges) - 1
	x := seen{effective(t.Exchanges[i]), i, 0}
	if t.Outcome.Type == fetch.TypeOpaque {
		f.add("opaque-answer", false, Evidence{Exchange: -1, Value: string(fetch.ModeNoCORS), Text: "the mode of the call"})
		return
	}
	if t.Outcome.Type == fetch.TypeOpaqueRedirect {
		return
	}
	if x.Status >= 400 {
		f.add("answer-is-an-error", false, x.status("a status that the page can read"))
	}
	if t.Outcome.Type == fetch.TypeCORS {
		f.caching(x)
		f.exposed(x)
	}
}

// exposed is about the headers that stay hidden.
func (f *finder) exposed(x seen) {
	var hidden []string
	for _, name := range f.trace.Outcome.Hidden {
		if !isPlumbing(name) {
			hidden = append(hidden, name)
		}
	}
	header := x.header(httpspec.AccessControlExposeHeaders, "what the answer exposes")
	members, err := httpspec.ParseTokenList(x.ResponseHeaders.Values(httpspec.AccessControlExposeHeaders))
	named := Evidence{Exchange: x.index, Value: strings.Join(hidden, ", "), Text: "hidden from the page"}
	switch {
	case err != nil:
		f.add("expose-headers-malformed", false, header)
	case len(hidden) == 0:
	case f.trace.Request.Credentials == fetch.CredentialsInclude && len(members) > 0 && members[0] == httpspec.Wildcard:
		f.add("expose-wildcard-with-credentials", false, header, named)
	default:
		f.add("header-not-exposed", false, named, header)
	}
}

// isPlumbing reports headers that pages have no use for, so that nobody misses them.
func isPlumbing(name string) bool {
	for _, prefix := range []string{"access-control-", "cross-origin-", "cf-", "x-amz-", "x-cache", "content-security-policy", "x-envoy-", "x-vercel-", "fly-"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	switch name {
	case "date", "server", "via", "vary", "age", "connection", "keep-alive", "transfer-encoding", "strict-transport-security", "x-powered-by",
		"alt-svc", "nel", "report-to", "reporting-endpoints", "x-content-type-options", "x-frame-options", "x-xss-protection", "referrer-policy",
		"permissions-policy", "set-cookie", "set-cookie2", "timing-allow-origin", "accept-ranges", "content-encoding", "server-timing", "x-served-by",
		"x-timer", "x-dns-prefetch-control", "x-download-options", "x-permitted-cross-domain-policies", "origin-agent-cluster", "link", "allow",
		"www-authenticate", "proxy-authenticate":
		return true
	}
	return false
}

// cookies are about CORS only from afar, but where they are missing the answer is often 401.
func (f *finder) cookies() {
	for i, x := range f.trace.Exchanges {
		if x.Kind != fetch.ExchangeRequest {
			continue
		}
		f.thirdParty(i, x)
		for _, d := range x.SetCookies {
			if d.Accepted || d.Reason == fetch.CookieAlreadyExpired {
				continue
			}
			f.add("cookie-not-kept", false, Evidence{Exchange: i, Header: "Set-Cookie", Value: d.Name, Text: d.Why})
		}
		included := f.trace.Request.Credentials == fetch.CredentialsInclude
		for _, d := range x.Cookies {
			if d.Accepted || isThirdParty(d.Reason) || !included && x.Status != 401 && x.Status != 403 || !isPolicy(d.Reason) && included {
				continue
			}
			f.add("cookie-not-sent", false, Evidence{Exchange: i, Value: d.Name, Text: d.Why})
		}
	}
}

// thirdParty looks for cookies that cross from one site to another: one browser sends and keeps them, and the next does not.
func (f *finder) thirdParty(i int, x *fetch.Exchange) {
	u, err := fetch.ParseURL(x.URL)
	if err != nil || u.Origin().Site().String() == f.trace.Page.TopSite {
		return
	}
	for _, of := range []struct {
		header    string
		decisions []fetch.CookieDecision
	}{{"", x.Cookies}, {"Set-Cookie", x.SetCookies}} {
		for _, d := range of.decisions {
			blocked := isThirdParty(d.Reason)
			if blocked || d.Accepted && d.Reason != fetch.CookieDeleted {
				f.add("third-party-cookies", !blocked, Evidence{Exchange: i, Header: of.header, Value: d.Name, Text: "a cookie of " + u.Origin().Site().String() + " for a page of " + f.trace.Page.TopSite})
				return
			}
		}
	}
}

func isThirdParty(r fetch.CookieReason) bool {
	return r == fetch.CookieThirdPartyBlocked || r == fetch.CookieThirdPartyIsolated
}

// isPolicy reports reasons that are the browser's caution, and not that the cookie is for somewhere else.
func isPolicy(r fetch.CookieReason) bool {
	switch r {
	case fetch.CookieSameSiteStrict, fetch.CookieSameSiteLax, fetch.CookieSameSiteLaxDefault, fetch.CookieThirdPartyBlocked,
		fetch.CookieThirdPartyIsolated, fetch.CookieInsecureURL, fetch.CookieOtherPartition:
		return true
	}
	return false
}

func (f *finder) maxAge() {
	for i, x := range f.trace.Exchanges {
		if x.Kind != fetch.ExchangePreflight || !isOK(x.Status) || !x.ResponseHeaders.Contains(httpspec.AccessControlMaxAge) {
			continue
		}
		if _, err := httpspec.ParseDeltaSeconds(x.ResponseHeaders.Values(httpspec.AccessControlMaxAge)); err != nil {
			f.add("max-age-malformed", false, seen{x, i, 0}.header(httpspec.AccessControlMaxAge, "not a number of seconds"))
		}
	}
}
