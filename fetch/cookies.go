package fetch

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/corscope/corscope/origin"
)

// The limits of a jar. The draft asks for at least 50 and 3000; 180 is what
// Chromium and Firefox keep.
const (
	MaxCookiesPerHost = 180
	MaxCookies        = 3000
)

// Jar is a cookie store that says of each cookie why it was kept or withheld. It
// is safe for concurrent use. The zero value is an empty jar by the system's
// clock; a nil *Jar stores nothing and sends nothing. A Jar must not be copied.
type Jar struct {
	clock func() time.Time // nil: time.Now

	// count is the number of cookies, read without the lock so that an empty jar
	// costs a request nothing.
	count atomic.Int64

	mu sync.Mutex
	// sites holds the cookies by the registrable domain of their host, in the
	// order of their creation; no list is empty.
	sites map[string][]*Cookie
}

// NewJar returns an empty jar that reads the time from clock; nil: time.Now.
func NewJar(clock func() time.Time) *Jar { return &Jar{clock: clock} }

func (j *Jar) now() time.Time {
	if j.clock == nil {
		return time.Now()
	}
	return j.clock()
}

// cookieSite is the key of Jar.sites for a host. No cookie crosses it.
func cookieSite(host string) string {
	if domain, ok := origin.RegistrableDomain(host); ok {
		return domain
	}
	return host
}

// Set stores the cookie of one Set-Cookie header of an answer from u, or deletes
// the one that it names if it has expired, and says what it did and why.
//
// Sources: https://fetch.spec.whatwg.org/#set-cookie-header and
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-store-a-cookie
func (j *Jar) Set(u *URL, line string, ctx CookieContext) CookieDecision {
	if j == nil {
		return CookieDecision{Reason: CookiesDisabled, Why: "there is no cookie jar"}
	}
	now := j.now()
	c, reason, why := parseSetCookie(line, u, ctx.Policy, now)
	if reason == "" {
		reason, why = c.place(u, ctx)
	}
	if reason == "" {
		reason, why = c.checkContext(ctx)
	}
	if reason == "" {
		reason, why = c.checkAttributes(u, ctx.Policy)
	}
	if reason != "" {
		return c.decision(reason, why)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.store(&c, u, ctx, now)
}

// place applies the policy on third parties and finds the cookie's partition.
func (c *setCookie) place(u *URL, ctx CookieContext) (CookieReason, string) {
	switch {
	case c.Partitioned, ctx.ThirdParty && ctx.Policy.ThirdParty == ThirdPartyIsolated:
		c.PartitionKey = ctx.partitionKey(u)
	case ctx.ThirdParty && ctx.Policy.ThirdParty == ThirdPartyBlocked:
		return CookieThirdPartyBlocked, "this browser keeps no cookies of another site than the one in the address bar"
	}
	return "", ""
}

func (ctx *CookieContext) partitionKey(u *URL) string {
	if ctx.PartitionKey == "" {
		return u.Origin().Site().String()
	}
	return ctx.PartitionKey
}

// checkContext are the steps of "store a cookie" that look at the request.
func (c *setCookie) checkContext(ctx CookieContext) (CookieReason, string) {
	if c.HTTPOnly && ctx.FromScript {
		return CookieHTTPOnly, "a script cannot set an HttpOnly cookie"
	}
	if ctx.SameSite == StrictOrLess || ctx.SameSite == "" || c.SameSite == SameSiteNone {
		return "", ""
	}
	if c.SameSite != SameSiteUnset {
		return CookieSameSiteResponse, fmt.Sprintf("it has SameSite=%s and came in the answer to a cross-site request", c.SameSite)
	}
	switch {
	case ctx.Policy.LaxByDefault:
		return CookieSameSiteResponse, "it has no SameSite, which counts as Lax, and came in the answer to a cross-site request"
	case ctx.Policy.StoreUnsetCrossSite:
		return "", ""
	}
	return CookieSameSiteResponse, "it has no SameSite and came in the answer to a cross-site request, from which the standard keeps SameSite=None alone"
}

// store puts c where it belongs. The caller holds the lock.
func (j *Jar) store(c *setCookie, u *URL, ctx CookieContext, now time.Time) CookieDecision {
	site := cookieSite(c.Domain)
	list := j.sites[site]
	if !ctx.Policy.isSecure(u) {
		for _, old := range list {
			if old.Secure && old.Name == c.Name && old.PartitionKey == c.PartitionKey &&
				(domainMatches(old.Domain, c.Domain) || domainMatches(c.Domain, old.Domain)) && pathMatches(c.Path, old.Path) {
				return c.decision(CookieSecureOverwrite, fmt.Sprintf("a Secure cookie of that name exists for %s%s, and %s:// may not shadow it", old.Domain, quotePath(old.Path), u.Scheme()))
			}
		}
	}
	at := slices.IndexFunc(list, func(old *Cookie) bool {
		return old.Name == c.Name && old.Domain == c.Domain && old.HostOnly == c.HostOnly && old.Path == c.Path && old.PartitionKey == c.PartitionKey
	})
	if at >= 0 && ctx.FromScript && list[at].HTTPOnly {
		return c.decision(CookieHTTPOnlyOverwrite, "a script cannot replace an HttpOnly cookie")
	}
	expired := c.Persistent && !c.Expires.After(now)
	switch {
	case expired && at < 0:
		return c.decision(CookieAlreadyExpired, fmt.Sprintf("it expired at %s, and there was none of that name, domain and path to delete", formatExpiry(c.Expires)))
	case expired:
		j.remove(site, list[at])
		d := c.decision(CookieDeleted, fmt.Sprintf("its expiry at %s deletes the one that was there", formatExpiry(c.Expires)))
		d.Accepted = true
		return d
	}
	stored := c.Cookie
	d := c.decision(CookieStored, "kept for "+c.reach())
	d.Accepted = true
	if at >= 0 {
		stored.Created = list[at].Created // so that its place in the header stays
		list[at] = &stored
		d.Reason, d.Why = CookieReplaced, "replaces the one for "+c.reach()
	} else {
		if j.sites == nil {
			j.sites = map[string][]*Cookie{}
		}
		j.sites[site] = append(list, &stored)
		j.count.Add(1)
		d.Evicted = j.collectGarbage(site, &stored, now)
		if slices.ContainsFunc(d.Evicted, func(e Cookie) bool { return e == stored }) {
			d.Accepted, d.Reason = false, CookieEvicted
			d.Why = fmt.Sprintf("%s has %d Secure cookies already, and one that is not must not displace them", stored.Domain, MaxCookiesPerHost)
			d.Evicted = nil
		}
	}
	d.Cookie = stored
	return d
}

// reach says in words where a cookie will go.
func (c *Cookie) reach() string {
	reach := c.Domain
	if !c.HostOnly && !isIPHost(c.Domain) {
		reach += " and the hosts below it"
	}
	if c.Path != "/" {
		reach += ", path " + quotePath(c.Path)
	}
	if c.PartitionKey != "" {
		reach += ", under " + c.PartitionKey + " alone"
	}
	if c.Persistent {
		return reach + ", until " + formatExpiry(c.Expires)
	}
	return reach
}

func formatExpiry(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }

// quotePath keeps a long path out of a sentence.
func quotePath(path string) string {
	const limit = 80
	if len(path) > limit {
		return strings.ToValidUTF8(path[:limit], "") + "..."
	}
	return path
}

// remove takes one cookie out. The caller holds the lock.
func (j *Jar) remove(site string, c *Cookie) {
	list := j.sites[site]
	at := slices.Index(list, c)
	if list = slices.Delete(list, at, at+1); len(list) == 0 {
		delete(j.sites, site)
	} else {
		j.sites[site] = list
	}
	j.count.Add(-1)
}

// collectGarbage keeps the jar within its limits after a cookie was added, and
// returns what had to go although it had not expired.
// Source: https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-garbage-collect-cookies
func (j *Jar) collectGarbage(site string, added *Cookie, now time.Time) (evicted []Cookie) {
	var ofHost []*Cookie
	for _, c := range slices.Clone(j.sites[site]) {
		switch {
		case c.expired(now):
			j.remove(site, c)
		case c.Domain == added.Domain:
			ofHost = append(ofHost, c)
		}
	}
	if len(ofHost) > MaxCookiesPerHost {
		// Those that are not Secure go first, the longest unused of them foremost.
		c := slices.MinFunc(ofHost, func(a, b *Cookie) int {
			if a.Secure != b.Secure {
				if b.Secure {
					return -1
				}
				return 1
			}
			return a.LastAccess.Compare(b.LastAccess)
		})
		evicted = append(evicted, *c)
		j.remove(site, c)
	}
	if j.count.Load() <= MaxCookies {
		return evicted
	}
	var oldest *Cookie
	for key, list := range j.sites {
		for _, c := range slices.Clone(list) {
			switch {
			case c.expired(now):
				j.remove(key, c)
			case c != added && (oldest == nil || compareAge(c, oldest) < 0):
				oldest = c
			}
		}
	}
	if j.count.Load() > MaxCookies {
		evicted = append(evicted, *oldest)
		j.remove(cookieSite(oldest.Domain), oldest)
	}
	return evicted
}

// compareAge puts the longest unused cookie first; the rest only makes the order total.
func compareAge(a, b *Cookie) int {
	return cmp.Or(a.LastAccess.Compare(b.LastAccess), a.Created.Compare(b.Created), compareCookies(a, b))
}

func compareCookies(a, b *Cookie) int {
	return cmp.Or(cmp.Compare(a.Domain, b.Domain), cmp.Compare(a.Path, b.Path), a.Created.Compare(b.Created),
		cmp.Compare(a.Name, b.Name), cmp.Compare(a.PartitionKey, b.PartitionKey))
}

func (c *Cookie) expired(now time.Time) bool { return c.Persistent && !c.Expires.After(now) }

// Cookies returns the value of the Cookie header for a request to u, empty if
// there is none to send, and a decision on every cookie of u's site: those sent,
// in the order of the header, and then those withheld.
//
// Sources: https://fetch.spec.whatwg.org/#cookie-header and
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-retrieve-cookies
func (j *Jar) Cookies(u *URL, ctx CookieContext) (header string, decisions []CookieDecision) {
	return j.cookies(u, &ctx, true)
}

// CookieHeader is Cookies without the decisions, for a fetch that nobody watches.
func (j *Jar) CookieHeader(u *URL, ctx CookieContext) string {
	header, _ := j.cookies(u, &ctx, false)
	return header
}

func (j *Jar) cookies(u *URL, ctx *CookieContext, explain bool) (header string, decisions []CookieDecision) {
	if j == nil || j.count.Load() == 0 {
		return "", nil
	}
	now := j.now()
	site := cookieSite(u.Host())
	j.mu.Lock()
	defer j.mu.Unlock()
	var sent []*Cookie
	var withheld []CookieDecision
	for _, c := range j.sites[site] {
		d := c.retrieve(u, ctx, now, explain)
		switch {
		case d.Reason == "":
			sent = append(sent, c)
		case explain:
			withheld = append(withheld, d)
		}
	}
	// The list is in the order of creation already.
	slices.SortStableFunc(sent, func(a, b *Cookie) int { return cmp.Compare(len(b.Path), len(a.Path)) })
	var b strings.Builder
	for i, c := range sent {
		c.LastAccess = now
		if i > 0 {
			b.WriteString("; ")
		}
		if c.Name != "" {
			b.WriteString(c.Name)
			b.WriteByte('=')
		}
		b.WriteString(c.Value)
		if explain {
			decisions = append(decisions, CookieDecision{Name: c.Name, Cookie: *c, Accepted: true, Reason: CookieSent, Why: c.whySent(ctx)})
		}
	}
	return b.String(), append(decisions, withheld...)
}

// retrieve applies every rule of "retrieve cookies"; the decision's Reason is
// empty if the cookie is to be sent, and all else is only if explain is true.
func (c *Cookie) retrieve(u *URL, ctx *CookieContext, now time.Time, explain bool) CookieDecision {
	var d CookieDecision
	withhold := func(reason CookieReason, format string, args ...any) {
		switch {
		case !explain:
			d.Reason = reason
		case d.Reason == "":
			d = CookieDecision{Name: c.Name, Cookie: *c, Reason: reason, Why: fmt.Sprintf(format, args...)}
		default:
			d.Also = append(d.Also, reason)
		}
	}
	if c.expired(now) {
		withhold(CookieExpired, "it expired at %s", formatExpiry(c.Expires))
	}
	switch {
	case c.HostOnly && c.Domain != u.Host():
		withhold(CookieHostOnlyMismatch, "it belongs to %s alone, because it was set without Domain", c.Domain)
	case !c.HostOnly && !domainMatches(u.Host(), c.Domain):
		withhold(CookieDomainMismatch, "%s is not below its domain %s", u.Host(), c.Domain)
	}
	if !pathMatches(u.Path(), c.Path) {
		withhold(CookiePathMismatch, "%s is not below its path %s", quotePath(u.Path()), quotePath(c.Path))
	}
	if c.Secure && !ctx.Policy.isSecure(u) {
		withhold(CookieInsecureURL, "it is Secure, and %s:// is not", u.Scheme())
	}
	if c.HTTPOnly && ctx.FromScript {
		withhold(CookieHTTPOnly, "it is HttpOnly, and a script asks")
	}
	if reason, why := c.sameSiteRefusal(ctx, now); reason != "" {
		withhold(reason, "%s", why)
	}
	switch {
	case c.PartitionKey != "" && c.PartitionKey != ctx.partitionKey(u):
		withhold(CookieOtherPartition, "it was set under %s and exists only there; this page is under %s", c.PartitionKey, ctx.partitionKey(u))
	case c.PartitionKey == "" && ctx.ThirdParty && ctx.Policy.ThirdParty == ThirdPartyBlocked:
		withhold(CookieThirdPartyBlocked, "this browser sends no cookies to another site than the one in the address bar")
	case c.PartitionKey == "" && ctx.ThirdParty && ctx.Policy.ThirdParty == ThirdPartyIsolated:
		withhold(CookieThirdPartyIsolated, "this browser keeps a separate jar for what is embedded under %s", ctx.partitionKey(u))
	}
	return d
}

// sameSiteRefusal applies the SameSite attribute.
func (c *Cookie) sameSiteRefusal(ctx *CookieContext, now time.Time) (CookieReason, string) {
	if ctx.SameSite == StrictOrLess || ctx.SameSite == "" {
		return "", ""
	}
	request := "the request is cross-site"
	if ctx.SameSite == LaxOrLess {
		request = "the navigation comes from another site"
	}
	switch {
	case c.SameSite == SameSiteStrict:
		return CookieSameSiteStrict, "it has SameSite=Strict, and " + request
	case c.SameSite == SameSiteLax && ctx.SameSite != LaxOrLess:
		return CookieSameSiteLax, "it has SameSite=Lax, and " + request
	case c.SameSite == SameSiteUnset && ctx.Policy.LaxByDefault && ctx.SameSite != LaxOrLess && !c.laxPlusPOST(ctx, now):
		return CookieSameSiteLaxDefault, "it has no SameSite, which counts as Lax in this browser, and " + request
	}
	return "", ""
}

// laxPlusPOST is Chromium's grace for young cookies without SameSite, which log-in
// forms on other sites rely on.
// Source: https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis ("Lax-Allowing-Unsafe")
func (c *Cookie) laxPlusPOST(ctx *CookieContext, now time.Time) bool {
	switch ctx.Method {
	case "GET", "HEAD", "OPTIONS", "TRACE", "":
		return false
	}
	return ctx.TopLevelNavigation && now.Sub(c.Created) < ctx.Policy.LaxPlusPOST
}

// whySent says what let a cookie through.
func (c *Cookie) whySent(ctx *CookieContext) string {
	if ctx.SameSite == StrictOrLess || ctx.SameSite == "" {
		return "its domain and path match, and the request is same-site"
	}
	if c.SameSite == SameSiteUnset {
		return "its domain and path match, and without SameSite it goes along cross-site"
	}
	return fmt.Sprintf("its domain and path match, and SameSite=%s lets it go along cross-site", c.SameSite)
}

// All returns copies of all cookies, expired ones too, by domain, path, creation and name.
func (j *Jar) All() []Cookie {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	var all []Cookie
	for _, list := range j.sites {
		for _, c := range list {
			all = append(all, *c)
		}
	}
	slices.SortFunc(all, func(a, b Cookie) int { return compareCookies(&a, &b) })
	return all
}

// Len returns the number of cookies.
func (j *Jar) Len() int {
	if j == nil {
		return 0
	}
	return int(j.count.Load())
}

// Clear removes all cookies.
func (j *Jar) Clear() {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	clear(j.sites)
	j.count.Store(0)
}
