package fetch

import (
	"slices"
	"time"
)

// Cookies follow draft-ietf-httpbis-layered-cookies as of 1 July 2026, which the
// Fetch Standard names.
//
// DEVIATION(browser): where its text contradicts both RFC 6265bis
// (draft-ietf-httpbis-rfc6265bis) and every browser, apparently by a slip, the
// latter are followed. Checked 2026-11-22.
//
//   - "/foo" is no path-match for "/foobar" (RFC 6265, 5.1.4);
//   - Max-Age takes precedence over an Expires that follows it;
//   - a cookie that differs from the stored one by its value alone replaces it;
//   - the last attribute of a name wins even if it is "Domain=", "Path=" or an
//     unknown SameSite, which stand for the host, the default path and unset;
//   - a "__Http-" cookie must have HttpOnly, and a "__Host-" cookie the path "/";
//   - the longer path in bytes, not in segments, goes first.

// SameSite is a cookie's SameSite attribute. The zero value is SameSiteUnset.
type SameSite uint8

// The values of SameSite.
const (
	SameSiteUnset SameSite = iota // no attribute, or one that is not known
	SameSiteNone
	SameSiteLax
	SameSiteStrict
)

// String returns the attribute's value, "unset" if there is none.
func (s SameSite) String() string {
	switch s {
	case SameSiteNone:
		return "None"
	case SameSiteLax:
		return "Lax"
	case SameSiteStrict:
		return "Strict"
	}
	return "unset"
}

// MarshalText returns the lower-case form of String.
func (s SameSite) MarshalText() ([]byte, error) {
	switch s {
	case SameSiteNone:
		return []byte("none"), nil
	case SameSiteLax:
		return []byte("lax"), nil
	case SameSiteStrict:
		return []byte("strict"), nil
	}
	return []byte("unset"), nil
}

// UnmarshalText reads what MarshalText writes; any other text is SameSiteUnset.
func (s *SameSite) UnmarshalText(text []byte) error {
	*s, _ = parseSameSite(string(text))
	return nil
}

// SameSiteMode says which cookies a request may carry and an answer may set. The
// empty value is StrictOrLess.
// Source: https://fetch.spec.whatwg.org/#determine-the-same-site-mode
type SameSiteMode string

// The values of SameSiteMode, each with the SameSite attributes that it admits.
const (
	StrictOrLess SameSiteMode = "strict-or-less" // a same-site request: all
	LaxOrLess    SameSiteMode = "lax-or-less"    // a top-level navigation from elsewhere: all but Strict
	UnsetOrLess  SameSiteMode = "unset-or-less"  // any other cross-site request: none and unset
)

// Cookie is one cookie as a jar holds it. It is plain data.
type Cookie struct {
	// Name may be empty: "Set-Cookie: x" sets a cookie without a name.
	Name string `json:"name"`
	// Value is a secret, more often than not: mask it before showing it (see Masked).
	Value string `json:"value"`
	// Domain is the serialised host that the cookie belongs to.
	Domain string `json:"domain"`
	// HostOnly: sent to Domain alone, and not to the hosts below it.
	HostOnly bool `json:"hostOnly"`
	// Path begins with "/".
	Path     string `json:"path"`
	Secure   bool   `json:"secure"`
	HTTPOnly bool   `json:"httpOnly"`
	// Partitioned: set with a Partitioned attribute that the policy honours.
	Partitioned bool     `json:"partitioned,omitempty"`
	SameSite    SameSite `json:"sameSite"`
	// Persistent says that Expires holds; otherwise the cookie lasts as long as the jar.
	Persistent bool      `json:"persistent"`
	Expires    time.Time `json:"expires,omitzero"`
	Created    time.Time `json:"created,omitzero"`
	LastAccess time.Time `json:"lastAccess,omitzero"`
	// PartitionKey is the top-level site under which alone the cookie exists; empty: everywhere.
	PartitionKey string `json:"partitionKey,omitempty"`
}

// Masked returns the cookie with its value replaced by mask, unless it is empty.
func (c Cookie) Masked(mask string) Cookie {
	if c.Value != "" {
		c.Value = mask
	}
	return c
}

// ThirdPartyCookies says what becomes of cookies of another site than the
// top-level page's. The empty value is ThirdPartyAllowed.
type ThirdPartyCookies string

// The values of ThirdPartyCookies.
const (
	// ThirdPartyAllowed treats them like any other.
	ThirdPartyAllowed ThirdPartyCookies = ""
	// ThirdPartyBlocked neither stores nor sends them, unless they are Partitioned.
	ThirdPartyBlocked ThirdPartyCookies = "blocked"
	// ThirdPartyIsolated keeps a jar of its own for each top-level site.
	ThirdPartyIsolated ThirdPartyCookies = "isolated"
)

// CookiePolicy is the part of a browser profile that concerns cookies. The zero
// value is the standard.
type CookiePolicy struct {
	// LaxByDefault treats a cookie without SameSite as Lax. Chromium does.
	LaxByDefault bool `json:"laxByDefault,omitempty"`
	// LaxPlusPOST is how old a cookie without SameSite may be to go along with a
	// top-level cross-site navigation of an unsafe method in spite of
	// LaxByDefault. Chromium: 2 minutes. Zero: never.
	LaxPlusPOST time.Duration `json:"laxPlusPOSTNanoseconds,omitempty"`
	// AllowInsecureNone stores a SameSite=None cookie that is not Secure, as WebKit does.
	AllowInsecureNone bool `json:"allowInsecureNone,omitempty"`
	// StoreUnsetCrossSite stores a cookie without SameSite from the answer to a
	// cross-site request. The standard stores SameSite=None alone then, although
	// it sends unset ones; browsers without LaxByDefault do both.
	StoreUnsetCrossSite bool `json:"storeUnsetCrossSite,omitempty"`
	// SecureOnLocalhost counts http://localhost and its like as secure. Chromium and Firefox do.
	SecureOnLocalhost bool `json:"secureOnLocalhost,omitempty"`
	// PartitionedAttribute honours Partitioned (CHIPS); without it the attribute is unknown.
	PartitionedAttribute bool `json:"partitionedAttribute,omitempty"`
	// IgnoreRedirects looks at the page and the URL alone for SameSite, and not at a chain of redirects between them.
	IgnoreRedirects bool `json:"ignoreRedirects,omitempty"`
	// IgnoreScheme counts http and https of one site as the same site.
	IgnoreScheme bool `json:"ignoreScheme,omitempty"`
	// FrameIsThirdParty counts all that a frame of another site, or of an opaque origin, asks as third-party, the page's own site too.
	FrameIsThirdParty bool `json:"frameIsThirdParty,omitempty"`
	// RedirectedSchemeCrossSite counts a request that a redirect has led from http to https, or back, as cross-site, but to the host in the
	// address bar.
	RedirectedSchemeCrossSite bool `json:"redirectedSchemeCrossSite,omitempty"`
	// BlockedStaysBlocked keeps a request that third-party blocking has met once without cookies along the rest of its redirects.
	BlockedStaysBlocked bool `json:"blockedStaysBlocked,omitempty"`
	// SandboxKeepsSite takes the site of a page or frame of an opaque origin from its URL.
	SandboxKeepsSite bool `json:"sandboxKeepsSite,omitempty"`
	// TopHostIsSameSite counts requests to the very host in the address bar as of the same site, whatever frame makes them.
	TopHostIsSameSite bool `json:"topHostIsSameSite,omitempty"`
	// ThirdParty says what becomes of third-party cookies.
	ThirdParty ThirdPartyCookies `json:"thirdParty,omitempty"`
}

// isSecure reports whether Secure cookies go to and come from u.
// Source: https://fetch.spec.whatwg.org/#cookie-header
func (p CookiePolicy) isSecure(u *URL) bool {
	return u.Scheme() == "https" || p.SecureOnLocalhost && u.IsHTTP() && u.IsPotentiallyTrustworthy()
}

// CookieContext is what a jar must know of the request. The zero value is a
// same-site request that a fetch makes, judged by the standard.
type CookieContext struct {
	// SameSite is the request's same-site mode.
	SameSite SameSiteMode
	// Method and TopLevelNavigation matter to LaxPlusPOST alone.
	Method             string
	TopLevelNavigation bool
	// FromScript says that document.cookie asks, from which HttpOnly cookies are hidden.
	FromScript bool
	// ThirdParty says that the URL's site is not the top-level page's.
	ThirdParty bool
	// PartitionKey is the top-level page's site, serialised. Empty stands for the URL's own.
	PartitionKey string
	// Policy is the browser's.
	Policy CookiePolicy
}

// CookieReason is why a cookie was stored or rejected, sent or withheld.
type CookieReason string

// The reasons. Those in the first group come with an accepted cookie.
const (
	CookieStored   CookieReason = "stored"
	CookieReplaced CookieReason = "replaced" // stored in the place of an older one
	CookieDeleted  CookieReason = "deleted"  // its Expires or Max-Age deleted an older one
	CookieSent     CookieReason = "sent"

	// Not stored, because of what the header says.
	CookieControlCharacter     CookieReason = "control-character"
	CookieEmpty                CookieReason = "empty"
	CookieTooLarge             CookieReason = "too-large"
	CookieAlreadyExpired       CookieReason = "already-expired"
	CookieBadDomain            CookieReason = "bad-domain"
	CookiePublicSuffix         CookieReason = "public-suffix"
	CookieNoneNotSecure        CookieReason = "none-not-secure"
	CookiePartitionedNotSecure CookieReason = "partitioned-not-secure"
	CookieSecurePrefix         CookieReason = "secure-prefix"
	CookieHostPrefix           CookieReason = "host-prefix"
	CookieHTTPPrefix           CookieReason = "http-prefix"
	CookieHostHTTPPrefix       CookieReason = "host-http-prefix"
	CookieNamelessPrefix       CookieReason = "nameless-prefix"

	// Not stored, because of where it came from or of what was there.
	CookieSecureOverwrite   CookieReason = "secure-overwrite"
	CookieHTTPOnlyOverwrite CookieReason = "http-only-overwrite"
	CookieSameSiteResponse  CookieReason = "same-site-response"
	CookieEvicted           CookieReason = "evicted"
	CookiesDisabled         CookieReason = "cookies-disabled"

	// Not stored or not sent.
	CookieDomainMismatch    CookieReason = "domain-mismatch"
	CookieInsecureURL       CookieReason = "insecure-url"
	CookieHTTPOnly          CookieReason = "http-only"
	CookieThirdPartyBlocked CookieReason = "third-party-blocked"

	// Not sent.
	CookieExpired            CookieReason = "expired"
	CookieHostOnlyMismatch   CookieReason = "host-only-mismatch"
	CookiePathMismatch       CookieReason = "path-mismatch"
	CookieSameSiteStrict     CookieReason = "same-site-strict"
	CookieSameSiteLax        CookieReason = "same-site-lax"
	CookieSameSiteLaxDefault CookieReason = "same-site-lax-by-default"
	CookieThirdPartyIsolated CookieReason = "third-party-isolated"
	CookieOtherPartition     CookieReason = "other-partition"
)

// CookieDecision says what became of one cookie, and why.
type CookieDecision struct {
	// Name is the cookie's, and may be empty.
	Name string `json:"name"`
	// Cookie is a copy of it, with its Value. It is incomplete where the header
	// could not be read to its end.
	Cookie Cookie `json:"cookie"`
	// Accepted: it was sent; or stored, or deleted as the server asked.
	Accepted bool `json:"accepted"`
	// Reason is the first rule that decided; Also are others that a withheld
	// cookie fails too, so that one need not be repaired to see the next.
	Reason CookieReason   `json:"reason"`
	Also   []CookieReason `json:"also,omitempty"`
	// Why is a sentence without the cookie's value.
	Why string `json:"why"`
	// Ignored are sentences on attributes of the header that had no effect.
	Ignored []string `json:"ignored,omitempty"`
	// Evicted are cookies that had to make room.
	Evicted []Cookie `json:"evicted,omitempty"`
}

// Masked returns a copy without cookie values.
func (d CookieDecision) Masked(mask string) CookieDecision {
	d.Cookie = d.Cookie.Masked(mask)
	d.Evicted = slices.Clone(d.Evicted)
	for i := range d.Evicted {
		d.Evicted[i] = d.Evicted[i].Masked(mask)
	}
	return d
}
