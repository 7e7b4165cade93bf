package fetch

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// testClock is a clock that stands still until it is told to go on.
type testClock struct{ t time.Time }

func (c *testClock) now() time.Time { return c.t }

// put stores a cookie that must be accepted.
func put(t testing.TB, j *Jar, url, line string, ctx CookieContext) CookieDecision {
	t.Helper()
	d := j.Set(mustURL(t, url), line, ctx)
	if !d.Accepted {
		t.Fatalf("%s from %s: %s, %s", line, url, d.Reason, d.Why)
	}
	return d
}

var (
	chromiumCookies = Chromium().Cookies
	webkitCookies   = WebKit().Cookies
	firefoxCookies  = Firefox().Cookies
)

func TestCookiesAreSentOrWithheldForAReason(t *testing.T) {
	const (
		set   = "https://www.bank.example/a/login"
		line  = "s=1"
		other = "https://www.bank.example/a/x"
	)
	crossSite := CookieContext{SameSite: UnsetOrLess, ThirdParty: true, PartitionKey: "https://evil.example"}
	with := func(ctx CookieContext, p CookiePolicy) CookieContext { ctx.Policy = p; return ctx }
	navigation := CookieContext{SameSite: LaxOrLess, TopLevelNavigation: true, Method: "GET"}
	post := CookieContext{SameSite: UnsetOrLess, TopLevelNavigation: true, Method: "POST", Policy: chromiumCookies}
	later := func(d time.Duration) time.Duration { return d }
	for _, c := range []struct {
		name      string
		set, line string
		url       string
		ctx       CookieContext
		later     time.Duration
		reason    CookieReason
		also      []CookieReason
		why       string
	}{
		{"the same host and directory", set, line, other, CookieContext{}, 0, CookieSent, nil, "same-site"},
		{"the same host in another scheme", set, line, "http://www.bank.example/a/", CookieContext{}, 0, CookieSent, nil, "same-site"},
		{"another port is the same host", set, line, "https://www.bank.example:8443/a/", CookieContext{}, 0, CookieSent, nil, "same-site"},
		{"a directory above", set, line, "https://www.bank.example/", CookieContext{}, 0, CookiePathMismatch, nil, "/ is not below its path /a"},
		{"a directory that only begins alike", set, line, "https://www.bank.example/abc", CookieContext{}, 0, CookiePathMismatch, nil, "/abc is not below its path /a"},
		{"a sibling host", set, line, "https://api.bank.example/a/", CookieContext{}, 0, CookieHostOnlyMismatch, nil, "www.bank.example alone"},
		{"a host below", set, line, "https://x.www.bank.example/a/", CookieContext{}, 0, CookieHostOnlyMismatch, nil, "www.bank.example alone"},
		{"a sibling host, with Domain", set, line + "; Domain=bank.example", "https://api.bank.example/a/", CookieContext{}, 0, CookieSent, nil, "same-site"},
		{"a host beside its Domain", set, line + "; Domain=www.bank.example", "https://api.bank.example/a/", CookieContext{}, 0, CookieDomainMismatch, nil, "not below its domain www.bank.example"},
		{"Secure over http", set, line + "; Secure", "http://www.bank.example/a/", CookieContext{}, 0, CookieInsecureURL, nil, "it is Secure"},
		{"Secure to localhost, by the standard", "https://localhost/", line + "; Secure", "http://localhost:3000/", CookieContext{}, 0, CookieInsecureURL, nil, "it is Secure"},
		{"Secure to localhost, in Chromium", "https://localhost/", line + "; Secure", "http://localhost:3000/", CookieContext{Policy: chromiumCookies}, 0, CookieSent, nil, "same-site"},
		{"HttpOnly to a script", set, line + "; HttpOnly", other, CookieContext{FromScript: true}, 0, CookieHTTPOnly, nil, "a script asks"},
		{"HttpOnly to a fetch", set, line + "; HttpOnly", other, CookieContext{}, 0, CookieSent, nil, "same-site"},
		{"before its time is up", set, line + "; Max-Age=60", other, CookieContext{}, later(59 * time.Second), CookieSent, nil, "same-site"},
		{"after its time is up", set, line + "; Max-Age=60", other, CookieContext{}, later(60 * time.Second), CookieExpired, nil, "expired at 2026-11-22 12:01:00 UTC"},
		{"several faults at once", set, line + "; Secure; SameSite=Strict; Path=/b", "http://www.bank.example/a/", with(crossSite, CookiePolicy{ThirdParty: ThirdPartyBlocked}), 0,
			CookiePathMismatch, []CookieReason{CookieInsecureURL, CookieSameSiteStrict, CookieThirdPartyBlocked}, "/a/ is not below its path /b"},

		{"Strict, same-site", set, line + "; SameSite=Strict", other, CookieContext{SameSite: StrictOrLess}, 0, CookieSent, nil, "same-site"},
		{"Strict, cross-site", set, line + "; SameSite=Strict", other, crossSite, 0, CookieSameSiteStrict, nil, "the request is cross-site"},
		{"Strict, a link from elsewhere", set, line + "; SameSite=Strict", other, navigation, 0, CookieSameSiteStrict, nil, "the navigation comes from another site"},
		{"Lax, cross-site", set, line + "; SameSite=Lax", other, crossSite, 0, CookieSameSiteLax, nil, "the request is cross-site"},
		{"Lax, a link from elsewhere", set, line + "; SameSite=Lax", other, navigation, 0, CookieSent, nil, "SameSite=Lax lets it"},
		{"None, cross-site", set, line + "; SameSite=None; Secure", other, crossSite, 0, CookieSent, nil, "SameSite=None lets it"},
		{"no SameSite, cross-site, by the standard", set, line, other, crossSite, 0, CookieSent, nil, "without SameSite"},
		{"no SameSite, cross-site, in Chromium", set, line, other, with(crossSite, chromiumCookies), 0, CookieSameSiteLaxDefault, nil, "counts as Lax"},
		{"no SameSite, a link from elsewhere, in Chromium", set, line, other, with(navigation, chromiumCookies), 0, CookieSent, nil, "without SameSite"},
		{"no SameSite, a form from elsewhere at once, in Chromium", set, line, other, post, later(119 * time.Second), CookieSent, nil, "without SameSite"},
		{"no SameSite, a form from elsewhere later, in Chromium", set, line, other, post, later(120 * time.Second), CookieSameSiteLaxDefault, nil, "counts as Lax"},
		{"None, cross-site, where third parties are blocked", set, line + "; SameSite=None; Secure", other, with(crossSite, webkitCookies), 0, CookieThirdPartyBlocked, nil, "address bar"},
		{"None, cross-site, where third parties have jars of their own", set, line + "; SameSite=None; Secure", other, with(crossSite, firefoxCookies), 0, CookieThirdPartyIsolated, nil, "https://evil.example"},
		{"Partitioned, seen from its own site", set, line + "; SameSite=None; Secure; Partitioned", other, CookieContext{Policy: chromiumCookies}, 0, CookieSent, nil, "same-site"},
		{"Partitioned, seen from another site", set, line + "; SameSite=None; Secure; Partitioned", other, with(crossSite, chromiumCookies), 0, CookieOtherPartition, nil, "https://bank.example and exists only there; this page is under https://evil.example"},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := &testClock{cookieNow}
			j := NewJar(clock.now)
			put(t, j, c.set, c.line, CookieContext{Policy: CookiePolicy{PartitionedAttribute: c.ctx.Policy.PartitionedAttribute}})
			clock.t = clock.t.Add(c.later)
			header, decisions := j.Cookies(mustURL(t, c.url), c.ctx)
			if len(decisions) != 1 {
				t.Fatalf("decisions: %+v", decisions)
			}
			d := decisions[0]
			if d.Reason != c.reason || !slices.Equal(d.Also, c.also) || !strings.Contains(d.Why, c.why) {
				t.Errorf("%s %v: %s; want %s %v: ...%s...", d.Reason, d.Also, d.Why, c.reason, c.also, c.why)
			}
			if sent := c.reason == CookieSent; d.Accepted != sent || (header == "s=1") != sent || d.Name != "s" {
				t.Errorf("header %q, decision %+v", header, d)
			}
			if quiet := j.CookieHeader(mustURL(t, c.url), c.ctx); quiet != header {
				t.Errorf("CookieHeader %q, Cookies %q", quiet, header)
			}
		})
	}
}

func TestAnswersSetCookiesOrNotForAReason(t *testing.T) {
	const url = "https://www.bank.example/"
	crossSite := CookieContext{SameSite: UnsetOrLess, ThirdParty: true, PartitionKey: "https://news.example"}
	with := func(p CookiePolicy) CookieContext { c := crossSite; c.Policy = p; return c }
	script := CookieContext{FromScript: true}
	for _, c := range []struct {
		name     string
		before   string // a cookie that is there, set over https
		url      string
		line     string
		ctx      CookieContext
		accepted bool
		reason   CookieReason
		why      string
	}{
		{"a new cookie", "", url, "s=2", CookieContext{}, true, CookieStored, "kept for www.bank.example"},
		{"a lasting cookie for the domain", "", url, "s=2; Domain=bank.example; Path=/x; Max-Age=60", CookieContext{}, true, CookieStored,
			"kept for bank.example and the hosts below it, path /x, until 2026-11-22 12:01:00 UTC"},
		{"a new value", "s=1", url, "s=2", CookieContext{}, true, CookieReplaced, "replaces the one"},
		{"the same name and another path", "s=1", url, "s=2; Path=/x", CookieContext{}, true, CookieStored, "path /x"},
		{"the same name and a Domain", "s=1", url, "s=2; Domain=www.bank.example", CookieContext{}, true, CookieStored, "and the hosts below it"},
		{"a deletion", "s=1", url, "s=; Max-Age=0", CookieContext{}, true, CookieDeleted, "deletes the one that was there"},
		{"a deletion of what is not there", "s=1; Path=/x", url, "s=; Max-Age=0", CookieContext{}, false, CookieAlreadyExpired, "there was none of that name"},
		{"http over a Secure cookie", "s=1; Secure", "http://www.bank.example/", "s=2", CookieContext{}, false, CookieSecureOverwrite, "http:// may not shadow it"},
		{"http over a Secure cookie, from a sibling by Domain", "s=1; Secure; Domain=bank.example", "http://api.bank.example/", "s=2", CookieContext{}, false, CookieSecureOverwrite, "bank.example/"},
		{"http beside a Secure cookie of a deeper path", "s=1; Secure; Path=/x", "http://www.bank.example/", "s=2", CookieContext{}, true, CookieStored, "kept"},
		{"http beside a Secure cookie of another name", "t=1; Secure", "http://www.bank.example/", "s=2", CookieContext{}, true, CookieStored, "kept"},
		{"a script sets HttpOnly", "", url, "s=2; HttpOnly", script, false, CookieHTTPOnly, "a script cannot set"},
		{"a script replaces HttpOnly", "s=1; HttpOnly", url, "s=2", script, false, CookieHTTPOnlyOverwrite, "a script cannot replace"},
		{"Strict from a cross-site answer", "", url, "s=2; SameSite=Strict", crossSite, false, CookieSameSiteResponse, "SameSite=Strict"},
		{"Lax from a cross-site answer", "", url, "s=2; SameSite=Lax", crossSite, false, CookieSameSiteResponse, "SameSite=Lax"},
		{"None from a cross-site answer", "", url, "s=2; SameSite=None; Secure", crossSite, true, CookieStored, "kept"},
		{"no SameSite from a cross-site answer, by the standard", "", url, "s=2", crossSite, false, CookieSameSiteResponse, "SameSite=None alone"},
		{"no SameSite from a cross-site answer, in Chromium", "", url, "s=2", with(chromiumCookies), false, CookieSameSiteResponse, "counts as Lax"},
		{"no SameSite from a cross-site answer, in Firefox", "", url, "s=2", with(firefoxCookies), true, CookieStored, "under https://news.example alone"},
		{"a third party where they are blocked", "", url, "s=2; SameSite=None; Secure", with(webkitCookies), false, CookieThirdPartyBlocked, "address bar"},
		{"a Partitioned third party where they are blocked", "", url, "s=2; SameSite=None; Secure; Partitioned",
			with(CookiePolicy{ThirdParty: ThirdPartyBlocked, PartitionedAttribute: true}), true, CookieStored, "under https://news.example alone"},
		{"a Partitioned cookie does not replace the other", "s=1; SameSite=None; Secure", url, "s=2; SameSite=None; Secure; Partitioned", with(chromiumCookies), true, CookieStored, "kept"},
		{"a bad header says so first", "", url, "s=2; Domain=com", CookieContext{}, false, CookieDomainMismatch, "neither the host"},
		{"an attribute rule counts in a jar too", "", url, "__Host-s=2; Secure", CookieContext{}, false, CookieHostPrefix, "Path=/"},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := NewJar((&testClock{cookieNow}).now)
			if c.before != "" {
				put(t, j, url, c.before, CookieContext{})
			}
			before := j.All()
			d := j.Set(mustURL(t, c.url), c.line, c.ctx)
			if d.Accepted != c.accepted || d.Reason != c.reason || !strings.Contains(d.Why, c.why) {
				t.Errorf("%s (accepted %v): %s; want %s (%v): ...%s...", d.Reason, d.Accepted, d.Why, c.reason, c.accepted, c.why)
			}
			if after := j.All(); !c.accepted && !slices.Equal(before, after) {
				t.Errorf("a rejected cookie changed the jar: %+v", after)
			} else if c.accepted && c.reason != CookieDeleted && !slices.Contains(after, d.Cookie) {
				t.Errorf("%+v is not in the jar: %+v", d.Cookie, after)
			} else if j.Len() != len(after) {
				t.Errorf("Len %d, %d cookies", j.Len(), len(after))
			}
		})
	}
}

func TestCookiesOfOneSiteAreExplainedTogether(t *testing.T) {
	clock := &testClock{cookieNow}
	j := NewJar(clock.now)
	put(t, j, "https://www.bank.example/", "root=1", CookieContext{})
	put(t, j, "https://www.bank.example/", "deep=2; Path=/a/b", CookieContext{})
	put(t, j, "https://www.bank.example/", "middle=3; Path=/a", CookieContext{})
	put(t, j, "https://www.bank.example/", "nameless", CookieContext{})
	put(t, j, "https://api.bank.example/", "api=4", CookieContext{})
	put(t, j, "https://other.example/", "other=5", CookieContext{})
	clock.t = clock.t.Add(time.Hour)
	put(t, j, "https://www.bank.example/", "root=6", CookieContext{})

	header, decisions := j.Cookies(mustURL(t, "https://www.bank.example/a/b/c"), CookieContext{})
	if want := "deep=2; middle=3; root=6; nameless"; header != want {
		t.Errorf("header %q, want %q: long paths first, then old cookies, and a new value is not a new cookie", header, want)
	}
	var got []string
	for _, d := range decisions {
		got = append(got, d.Name+" "+string(d.Reason))
	}
	if want := []string{"deep sent", "middle sent", "root sent", " sent", "api host-only-mismatch"}; !slices.Equal(got, want) {
		t.Errorf("decisions %q, want %q", got, want)
	}
	for _, c := range j.All() {
		if sent := c.Domain == "www.bank.example"; sent != c.LastAccess.Equal(clock.t) {
			t.Errorf("last access of %q: %v", c.Name, c.LastAccess)
		}
	}
	j.Clear()
	if header, decisions := j.Cookies(mustURL(t, "https://www.bank.example/"), CookieContext{}); header != "" || decisions != nil || j.Len() != 0 {
		t.Errorf("after Clear: %q, %+v, %d", header, decisions, j.Len())
	}
}

func TestAFullHostEvictsInsecureAndUnusedCookiesFirst(t *testing.T) {
	clock := &testClock{cookieNow}
	j := NewJar(clock.now)
	const url = "https://www.bank.example/"
	for i := range MaxCookiesPerHost - 2 {
		put(t, j, url, fmt.Sprintf("s%d=1; Secure", i), CookieContext{})
	}
	clock.t = clock.t.Add(time.Second)
	put(t, j, url, "old=1; Path=/old", CookieContext{})
	clock.t = clock.t.Add(time.Second)
	put(t, j, url, "new=1", CookieContext{})
	j.CookieHeader(mustURL(t, url+"old"), CookieContext{}) // uses both
	clock.t = clock.t.Add(time.Second)
	j.CookieHeader(mustURL(t, url), CookieContext{}) // uses new alone

	for _, want := range []string{"old", "new", "s0"} {
		d := put(t, j, url, "x-"+want+"=1; Secure", CookieContext{})
		if len(d.Evicted) != 1 || d.Evicted[0].Name != want {
			t.Fatalf("evicted %+v, want %s", d.Evicted, want)
		}
	}
	d := j.Set(mustURL(t, url), "plain=1", CookieContext{})
	if d.Accepted || d.Reason != CookieEvicted || !strings.Contains(d.Why, "must not displace") || j.Len() != MaxCookiesPerHost {
		t.Errorf("one that is not Secure among Secure ones: %+v, %d cookies", d, j.Len())
	}
	if d := put(t, j, "https://api.bank.example/", "a=1", CookieContext{}); d.Evicted != nil {
		t.Errorf("another host of the site has room of its own: %+v", d.Evicted)
	}
}

func TestAFullJarEvictsExpiredAndThenUnusedCookies(t *testing.T) {
	clock := &testClock{cookieNow}
	j := NewJar(clock.now)
	url := func(i int) string { return fmt.Sprintf("https://h%d.example/", i) }
	put(t, j, url(0), "a=1", CookieContext{})
	clock.t = clock.t.Add(time.Second)
	put(t, j, url(1), "a=1; Max-Age=60", CookieContext{})
	for i := 2; i < MaxCookies; i++ {
		put(t, j, url(i), "a=1", CookieContext{})
	}
	clock.t = clock.t.Add(time.Minute)
	if d := put(t, j, url(MaxCookies), "a=1", CookieContext{}); d.Evicted != nil || j.Len() != MaxCookies {
		t.Errorf("an expired cookie makes room by itself: %+v, %d cookies", d.Evicted, j.Len())
	}
	d := put(t, j, url(MaxCookies+1), "a=1", CookieContext{})
	if len(d.Evicted) != 1 || d.Evicted[0].Domain != "h0.example" || j.Len() != MaxCookies {
		t.Errorf("the longest unused cookie goes: %+v, %d cookies", d.Evicted, j.Len())
	}
}

func TestAnEmptyOrAbsentJarCostsNothing(t *testing.T) {
	u := mustURL(t, "https://www.bank.example/")
	var zero Jar
	for name, j := range map[string]*Jar{"nil": nil, "zero": &zero, "new": NewJar(nil)} {
		if n := testing.AllocsPerRun(100, func() {
			if header, decisions := j.Cookies(u, CookieContext{}); header != "" || decisions != nil {
				t.Errorf("%s: %q, %+v", name, header, decisions)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	var none *Jar
	if d := none.Set(u, "a=1", CookieContext{}); d.Accepted || d.Reason != CookiesDisabled || none.Len() != 0 || none.All() != nil {
		t.Errorf("%+v", d)
	}
	none.Clear()
	if d := zero.Set(u, "a=1; Max-Age=60", CookieContext{}); !d.Accepted || zero.Len() != 1 || time.Until(d.Cookie.Expires) > time.Minute {
		t.Errorf("the zero Jar works by the system's clock: %+v", d)
	}
}

func TestMaskedDecisionsHoldNoValues(t *testing.T) {
	const secret = "s3cr3t"
	j := NewJar((&testClock{cookieNow}).now)
	u := mustURL(t, "https://www.bank.example/")
	var all []CookieDecision
	for i := range MaxCookiesPerHost + 1 {
		all = append(all, j.Set(u, fmt.Sprintf("a%d=%s; Odd; Max-Age=x", i, secret), CookieContext{}))
	}
	for _, line := range []string{secret, "a=" + secret + "\x01", "a=" + secret + "; Domain=com", "=__Host-" + secret, "a0=" + secret + "; SameSite=None"} {
		all = append(all, j.Set(u, line, CookieContext{}))
	}
	_, sent := j.Cookies(u, CookieContext{})
	if all = append(all, sent...); !slices.ContainsFunc(all, func(d CookieDecision) bool { return len(d.Evicted) > 0 }) {
		t.Error("nothing was evicted")
	}
	for _, d := range all {
		unmasked, err := json.Marshal(d)
		if err != nil || !strings.Contains(string(unmasked), secret) {
			t.Fatalf("%s, %v", unmasked, err)
		}
		if masked, err := json.Marshal(d.Masked("***")); err != nil || strings.Contains(string(masked), secret) {
			t.Errorf("%s, %v", masked, err)
		}
	}
}

func TestSameSiteIsTextInJSON(t *testing.T) {
	for _, s := range []SameSite{SameSiteUnset, SameSiteNone, SameSiteLax, SameSiteStrict} {
		text, err := json.Marshal(s)
		var back SameSite
		if err != nil || json.Unmarshal(text, &back) != nil || back != s || !strings.EqualFold(string(text), `"`+s.String()+`"`) {
			t.Errorf("%v: %s, %v, %v", s, text, back, err)
		}
	}
}

func TestAJarIsSharedByConcurrentRequests(t *testing.T) {
	j := NewJar((&testClock{cookieNow}).now)
	u := mustURL(t, "https://www.bank.example/")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for k := range 50 {
				j.Set(u, fmt.Sprintf("a%d=%d", i, k), CookieContext{})
				j.Cookies(u, CookieContext{})
				j.All()
			}
		})
	}
	all.Wait()
	if got := strings.Count(j.CookieHeader(u, CookieContext{}), "=49"); got != 8 {
		t.Errorf("%d cookies with their last value, want 8", got)
	}
}

func BenchmarkJarCookies(b *testing.B) {
	u := mustURL(b, "https://www.bank.example/a")
	for _, n := range []int{0, 1, 10, MaxCookiesPerHost} {
		j := NewJar((&testClock{cookieNow}).now)
		for i := range n {
			put(b, j, "https://www.bank.example/", fmt.Sprintf("a%d=0123456789abcdef", i), CookieContext{})
		}
		b.Run(fmt.Sprintf("%d cookies", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				j.CookieHeader(u, CookieContext{})
			}
		})
		b.Run(fmt.Sprintf("%d cookies explained", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				j.Cookies(u, CookieContext{})
			}
		})
	}
}
