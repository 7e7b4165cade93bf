package fetch

import "time"

// Profile says where a browser departs from the standard, or settles what the standard leaves to it. The zero value is the
// standard as the notes at its fields say. A Profile is plain data: copy it, change a field, give it to [AgentConfig].
type Profile struct {
	// Name is shown in traces; empty: "spec".
	Name string
	// MaxPreflightAge caps Access-Control-Max-Age, the standard's imposed limit on max-age. Zero: no limit.
	MaxPreflightAge time.Duration
	// WildcardCoversAuthorization lets "Access-Control-Allow-Headers: *" allow Authorization, which the standard refuses and
	// Chromium, Firefox and WebKit do. https://github.com/whatwg/fetch/issues/1919, checked 2026-11-22.
	WildcardCoversAuthorization bool
	// KeepAuthorizationOnRedirect leaves an Authorization header that JavaScript set on the request when it is redirected to
	// another origin. Chromium did so once; Chromium 156, Firefox 153 ESR and WebKitGTK 2.50 drop it, measured 2026-11-22.
	KeepAuthorizationOnRedirect bool
	// TrustworthyHTTPRestrictsMixedContent follows the Mixed Content text for pages on http://localhost: their origin is
	// potentially trustworthy, so that they may not fetch from other http hosts. Off, only pages on https are restricted.
	//
	// DEVIATION(browser): off by default, because no browser blocks http://192.168.1.5 for a page on http://localhost:5173.
	// https://w3c.github.io/webappsec-mixed-content/#categorize-settings-object, 2026-11-22.
	TrustworthyHTTPRestrictsMixedContent bool
	// MixedContentByScheme counts every http URL as mixed content for a page on https, http://localhost too, which the standard trusts.
	MixedContentByScheme bool
	// Cookies is what the browser does with cookies beyond the standard.
	Cookies CookiePolicy
	// Headers, Preflight, Redirect, Referrer and HTTPCache are the departures of those parts.
	Headers   HeaderPolicy
	Preflight PreflightPolicy
	Redirect  RedirectPolicy
	Referrer  ReferrerRules
	HTTPCache HTTPCachePolicy
	// Upgrade is how the browser goes about upgrade-insecure-requests.
	Upgrade UpgradePolicy
	// Keepalive is how the browser counts the bodies of keepalive requests.
	Keepalive KeepalivePolicy
	// Preload is what links with rel=preload and rel=modulepreload ask for and say.
	Preload PreloadPolicy
	// EventSource is when an EventSource connects again.
	EventSource EventSourcePolicy
	// StyleOfAnyType says load of a link with rel=stylesheet whose answer is no text/css, and that has no rules then, but where nosniff forbids it.
	// The standard says error.
	StyleOfAnyType bool
	// LocalNetwork is how the browser guards the user's own network.
	LocalNetwork LocalNetworkPolicy
	// ResourcePolicySiteNeedsName lets "Cross-Origin-Resource-Policy: same-site" fit no page but one of the same origin where the host is
	// an IP address.
	ResourcePolicySiteNeedsName bool
	// ReadsProxyAuthentication hands out a 407 like any other answer. Where an HTTP proxy sent it, this is not what the browser does: it
	// asks the user for a password.
	ReadsProxyAuthentication bool
	// ReadsHTTP2ResetContent gives the page the body of a 205 over HTTP/2, where a server sent one although it must not (RFC 9110, 15.3.6).
	ReadsHTTP2ResetContent bool
	// MisdirectedUnseen keeps nothing of an answer of status 421 that is asked for again: neither its cookies nor what it would mean to the
	// HTTP cache.
	MisdirectedUnseen bool
	// MisdirectedTypeKept puts the Content-Type of a 421 that is asked for again in front of that of the next answer, with a comma between,
	// where the page asks its own origin.
	MisdirectedTypeKept bool
	// ProxyAuthenticationUnseen keeps no cookie of a 407 that the page may not read.
	ProxyAuthenticationUnseen bool
	// StreamsUseCORS turns mode same-origin into cors for a request whose body is a stream.
	StreamsUseCORS bool
	// TellsSyncFailures fires readystatechange, error and loadend where a rule stopped a synchronous XMLHttpRequest, before send() throws.
	// The standard throws and fires none of them.
	TellsSyncFailures bool
	// LazyBodies has the stream of an answer's body learn of its end, and that the connection broke off, by a read alone. By the standard the
	// network fills it meanwhile, a read behind a break gets nothing of what came before, and the promise closed of a reader needs no read.
	// Scripts of corscope run alone can tell.
	LazyBodies bool
	// Canvas is what the browser does with a canvas that was drawn into from another origin. Scripts of corscope run alone can tell.
	Canvas CanvasPolicy
	// WaitsForBody counts an answer as none before the first byte of its body, or the body's end, is there: until then no fetch resolves, no
	// redirect is followed, and no preflight is judged. Where the connection breaks off before, the network has failed. The standard needs the
	// headers alone.
	WaitsForBody bool
	// BrokenErrorsEnd takes the body of an answer over HTTP/1.1 whose status is not 200 to 299 for whole where its connection breaks off. The
	// standard fails to read it.
	BrokenErrorsEnd bool
	// BrokenCodingsEnd takes a body with a Content-Encoding and a Content-Length over HTTP/1.1 for whole where its connection is closed before its
	// end; one in chunks, or whose connection is reset, is broken all the same. The standard fails to read it.
	BrokenCodingsEnd bool
	// PartialCodingsEnd takes what could be decoded for the body where the data of a Content-Encoding is cut short and the body is not. The
	// standard fails to read it.
	PartialCodingsEnd bool
	// StreamBodyIsText and RefusesStreamBody are what becomes of a ReadableStream that JavaScript gives as a request's body: it is taken for the
	// text "[object ReadableStream]", so that it can be redirected and need not be preflighted, or fetch() rejects. Go's [StreamBody] becomes
	// that text too, but is never refused.
	StreamBodyIsText, RefusesStreamBody bool
	// IgnoresPermissionsPolicy takes no notice of a page's Permissions-Policy.
	IgnoresPermissionsPolicy bool
}

// HeaderPolicy is how a browser departs from the standard in the headers that it sends and in those that it counts as safelisted.
// The zero value is the standard.
type HeaderPolicy struct {
	// CombineLines joins all headers of one name that JavaScript sets into one, by a comma and a space, before anything else is
	// asked of them. The server gets one line, and two Accept of 100 bytes are too long for the safelist.
	CombineLines bool
	// SafelistClientHints counts DPR, Width, Viewport-Width, Device-Memory, RTT, Downlink and ECT with a sane value, "Save-Data: on"
	// and Intervention as safelisted, and drops the first seven on redirects to another origin than the page's, or than that of the page in the
	// address bar, but not with keepalive.
	SafelistClientHints bool
	// LargestRange is the largest number of a safelisted Range. Zero: no limit.
	LargestRange uint64
	// SafelistASCII counts bytes of 0x80 and above as unsafe in Accept and Content-Type too.
	SafelistASCII bool
	// SafelistNoTypeList counts a Content-Type with a comma as unsafe, also in a parameter.
	SafelistNoTypeList bool
	// MergeLines joins all headers of one name into one line as they are sent; before that each is judged by itself. Of
	// Authorization, Content-Type, If-Modified-Since, If-Unmodified-Since and User-Agent the last one alone is sent (of Content-Type the
	// first, where there is a body), and an empty value removes those before it.
	MergeLines bool
	// MergeAnswerLines joins several headers of one name in an answer, empty ones left out, those of Content-Type by a comma without a
	// space. Location stays as it came, and for the CORS check Access-Control-Allow-Origin does where two lines have just that name: in
	// another case an empty one is left out.
	MergeAnswerLines bool
	// AddsHTTP2Header adds "X-Firefox-Spdy: h2" to every answer over HTTP/2.
	AddsHTTP2Header bool
	// RangeUnitAnyCase safelists "Range: BYTES=0-1" too.
	RangeUnitAnyCase bool
	// NoCORSBodyType sends the type of a body, a Blob's say, in mode no-cors too, whatever it is; the standard drops what is not safelisted.
	NoCORSBodyType bool
	// RewriteRange writes the Range of a GET in its plainest form: "bytes=00-1" becomes "bytes=0-1".
	RewriteRange bool
	// ExposeStarFirst lets a "*" in Access-Control-Expose-Headers expose all headers although a later member is malformed.
	ExposeStarFirst bool
	// IgnoreUserAgent drops a User-Agent that JavaScript sets.
	IgnoreUserAgent bool
	// ConditionalCacheMode is what a header such as If-None-Match turns the default cache mode into. Empty: [CacheNoStore].
	ConditionalCacheMode CacheMode
	// OriginIgnoresReferrerPolicy sends the page's origin where the standard lets the referrer policy turn it into null: in the
	// modes no-cors and same-origin.
	OriginIgnoresReferrerPolicy bool
	// OriginIgnoresRedirectPolicy looks at the request's own referrer policy for that, and not at one that a redirect has set.
	OriginIgnoresRedirectPolicy bool
	// OriginForStorageAccess sends Origin in mode no-cors with whatever method where a frame of another site asks, with credentials, for the
	// site in the address bar over https: its access to storage is then inactive, as Sec-Fetch-Storage-Access says. Not where redirects have
	// hidden the origin.
	OriginForStorageAccess bool
	// OriginForElements sends Origin to the page's own origin too, where a script, a style sheet, an image, a font or a preload is asked for by
	// CORS; not where audio, video or an EventSource is.
	OriginForElements bool
	// RedirectSiteNeedsDomain counts URLs of other origins than the page's whose hosts have no registrable domain, addresses and localhost, as
	// cross-site in Sec-Fetch-Site behind any redirect, also where that leads back to the page's own origin.
	RedirectSiteNeedsDomain bool
	// NullOriginAfterRedirect sends "Origin: null" in mode no-cors from the first redirect to another origin on, and not only
	// from the second.
	NullOriginAfterRedirect bool
}

// PreflightPolicy is how a browser departs from the standard in preflights and in their cache. The zero value is the standard.
type PreflightPolicy struct {
	// AlwaysAgain preflights every request behind a redirect once there was an unsafe header or a preflight before it, although
	// nothing unsafe may be left of the request.
	AlwaysAgain bool
	// AsksForHEAD looks for HEAD in the preflight cache as for a method that is not safelisted.
	AsksForHEAD bool
	// OriginNeverHidden sends the page's origin with a preflight, and compares its answer with that, where a redirect has made the
	// request's own Origin null. To the page's own origin such a preflight needs no Access-Control-Allow-Origin at all.
	OriginNeverHidden bool
	// AsksForFirstHeaders asks behind a redirect for the unsafe headers that JavaScript gave, those too that a redirect has dropped, and
	// sends the Referer of the first request.
	AsksForFirstHeaders bool
	// CarriesUserAgent sends a User-Agent that JavaScript set with the preflight too.
	CarriesUserAgent bool
	// BeforeRefusal asks for a request that a redirect leads to mixed content, or to a URL with a user name or password, before it refuses
	// it.
	BeforeRefusal bool
	// FetchSiteOfOrigin computes the Sec-Fetch-Site of a preflight from the origin that it names, to which all is cross-site once
	// redirects have hidden it, and from the URL that it goes to. Where the first URL gets no Sec-Fetch headers, no preflight does.
	FetchSiteOfOrigin bool
	// StarCachedForAuthorization lets a "*" in the cache cover Authorization.
	StarCachedForAuthorization bool
	// RefusedStored keeps what a preflight allows also where it does not allow the request that it was made for.
	RefusedStored bool
	// RepeatNames lists a header name in Access-Control-Request-Headers as often as the request has an unsafe header of it.
	RepeatNames bool
	// AddressLifetime is how long the browser keeps a host's addresses before it looks them up again, which it does beside the next request.
	// Where they turn out to be others, what preflights have allowed before is forgotten, whatever their Access-Control-Max-Age. Zero: addresses
	// do not matter. They are known where the transport is an [AddressFinder]. The names of this machine, localhost and what ends in it, keep
	// theirs.
	AddressLifetime time.Duration
	// AddressGrace is how much longer it takes the old addresses for good while nothing asks the host. After that, what preflights have allowed
	// is forgotten even where the addresses are the same.
	AddressGrace time.Duration
	// AddressURLRecords is how many records of a host that is an IP address the browser makes late, for each top-level site: one each time that it
	// looks for what a preflight has allowed. What is older than such a record is forgotten, so that the first requests are all preflighted. It
	// counts where AddressLifetime does.
	AddressURLRecords int
	// MalformedAgeNotCached keeps nothing of a preflight whose Access-Control-Max-Age is no number; the standard keeps it for 5 s.
	MalformedAgeNotCached bool
	// StarNeverCached looks for the very names of method and headers in the cache, to which "*" is one like others.
	StarNeverCached bool
	// FetchModeAlways sends "Sec-Fetch-Mode: cors" with preflights to http URLs too, where no other Sec-Fetch header goes.
	FetchModeAlways bool
	// FetchSiteOfLastURL computes the Sec-Fetch-Site of a preflight from the URL that it goes to, and not from all URLs of the chain
	// of redirects.
	FetchSiteOfLastURL bool
	// CarriesCacheMode sends the Cache-Control and Pragma of the request's cache mode with the preflight too.
	CarriesCacheMode bool
	// CacheModeBypasses asks again in the cache modes no-store and reload, whatever the preflight cache holds, and NoCacheBypasses in
	// the mode no-cache.
	CacheModeBypasses, NoCacheBypasses bool
	// CredentialsApart keeps what was learnt with and without credentials in two caches.
	CredentialsApart bool
	// NoStoreNotCached keeps what a preflight of the cache mode no-store learnt out of the preflight cache.
	NoStoreNotCached bool
	// TaintedNeverCached asks again wherever the request's origin is null, because of a redirect or of a sandbox.
	TaintedNeverCached bool
	// OpaqueCached spares pages of opaque origins from TaintedNeverCached.
	OpaqueCached bool
	// StreamsNeedMethod wants the method of a request with a stream or an upload listener named by the preflight's answer like any other, also
	// where the answer names none.
	StreamsNeedMethod bool
	// StarNeedsAnonymous lets a "*" from a preflight for a request with credentials cover nothing, ever. The standard's cache
	// forgets with which credentials it was learnt.
	StarNeedsAnonymous bool
	// StarForAnonymous lets a "*" in the cache cover requests without credentials alone, whatever it was learnt with.
	StarForAnonymous bool
	// KeptAfterFailure leaves the cache's entries of a URL when the request itself fails.
	KeptAfterFailure bool
	// RefusedRedirectClears drops the cache's entries of a URL that redirects to a blocked one, and not those of the blocked one; those of
	// one that redirects in redirect mode error stay.
	RefusedRedirectClears bool
	// LatestReplaces forgets what was known of a URL as soon as it does not cover a request, and whenever a new preflight succeeds.
	LatestReplaces bool
	// SafelistedMethodsCached keeps that a preflight succeeded although it allowed no method and no header, and counts GET, HEAD and POST as
	// allowed by any that did. Only a stream or a listener on an upload lets such methods be asked for.
	SafelistedMethodsCached bool
	// NegativeAgeIsZero reads "Access-Control-Max-Age: -1" as 0 and not as an error, which stands for 5 s.
	NegativeAgeIsZero bool
	// PlusInAge reads "Access-Control-Max-Age: +600" as 600 and not as an error.
	PlusInAge bool
	// MaxURLs is how many URLs the cache holds. The one that was used least lately makes room. Zero: 4,096, and the one that was stored first.
	MaxURLs int
	// LongestURL is how many bytes a URL may have for its preflights to be remembered. Zero: no limit.
	LongestURL int
	// ShowsClientCertificate lets a preflight show the client's certificate to a server that asks for one.
	ShowsClientCertificate bool
}

// RedirectPolicy is how a browser departs from the standard in redirects. The zero value is the standard.
type RedirectPolicy struct {
	// HeadersReturn drops Content-Type and its like, and Authorization, for the one hop behind a redirect that asks for it; behind the
	// next redirect they are back.
	HeadersReturn bool
	// OwnHeadersDropped sends neither Sec-Fetch headers nor those of the cache mode for the one hop behind a redirect from one origin to
	// another, in mode cors.
	OwnHeadersDropped bool
	// ChecksAsAtFirst holds redirects of other origins to the CORS check for credentials where the request began at the page's own
	// origin with the credentials mode same-origin, and looks at them after the next preflight.
	ChecksAsAtFirst bool
	// DeleteTurnsIntoGET follows every redirect of a DELETE to another origin with GET.
	DeleteTurnsIntoGET bool
	// BodyHeadersReturn is HeadersReturn without Authorization, which stays away once it was dropped. Where no hop is another origin's under
	// mode cors, Content-Type alone returns, and only behind the statuses 307 and 308; not where the redirect that led away from the page's own
	// origin has dropped it, or found it gone.
	BodyHeadersReturn bool
	// OriginStays sends the Origin header of a hop again behind a redirect to the same origin, where no CORS asks for one: with a GET that
	// the redirect made, and under whatever referrer policy.
	OriginStays bool
	// NoCORSKeepsCredentials includes credentials in mode no-cors also behind redirects, where the request began at the page's own origin
	// with the credentials mode same-origin.
	NoCORSKeepsCredentials bool
	// EmptyLocationFails refuses a redirect whose Location is empty, which the standard follows to the same URL.
	EmptyLocationFails bool
	// ErrorNeedsLocation lets a redirect without Location through in redirect mode error, as an ordinary answer.
	ErrorNeedsLocation bool
	// ManualRefusesFTP refuses a Location of the scheme ftp in redirect mode manual too.
	ManualRefusesFTP bool
	// ManualShowsBody gives the page the body of a redirect without Location in redirect mode manual.
	ManualShowsBody bool
	// UserAgentDropped sends a User-Agent that JavaScript set with the first request alone, but under mode cors to other origins.
	UserAgentDropped bool
	// JoinLocations reads several Location headers as one, joined by a comma and a space.
	JoinLocations bool
	// RefuseCredentials refuses a Location with a user name or password in every mode, to the page's own origin too.
	RefuseCredentials bool
	// KeepaliveRefusedLater follows such a Location with keepalive as the standard would, chain and all, before RefuseCredentials keeps what
	// comes of it from the page.
	KeepaliveRefusedLater bool
	// KeepaliveFollowsManual follows redirects with keepalive in mode no-cors and redirect mode manual too. The page gets what the standard
	// gives it.
	KeepaliveFollowsManual bool
	// NeedsLocation counts a redirect with an empty Location as an ordinary answer, as one without; in redirect mode error too.
	NeedsLocation bool
	// ManualNeedsURL refuses a Location that is no URL in redirect mode manual too, where the standard does not look at it.
	ManualNeedsURL bool
	// SameLocationTwice follows two Location headers with the same value. Two different ones are a network error whatever the
	// status, so that not even the cookies of such an answer are kept.
	SameLocationTwice bool
	// EscapeLocationBytes turns each byte of Location above 0x7F into its escape, %E9, and does not read it as a character.
	EscapeLocationBytes bool
}

// CanvasPolicy is what a browser does with a canvas that was drawn into from another origin without CORS. The zero value is the standard, with
// Chromium's words.
type CanvasPolicy struct {
	// ResizeCleans lets a page read such a canvas again behind setting its width or height.
	ResizeCleans bool
	// BriefErrors has the SecurityError say "The operation is insecure." whatever was asked of it. Off, it names the method.
	BriefErrors bool
}

// KeepalivePolicy is how a browser departs from the standard in its limit on the bodies of keepalive requests in flight. The zero value is
// the standard.
type KeepalivePolicy struct {
	// RefusedFirst refuses a body that is too large before the server is asked for a preflight, and at URLs that need no server, as data:.
	RefusedFirst bool
	// NotLocal leaves out requests for other URLs than those of http and https.
	NotLocal bool
	// NotRefused leaves out requests that the page's own Content-Security-Policy or mixed content stops; in the standard they count until the
	// page is told.
	NotRefused bool
	// OwnOptionAlone counts, and limits, requests only where keepalive is an option of fetch() itself: neither beacons nor Request objects.
	OwnOptionAlone bool
	// NoStoreHeld does not read an answer with "Cache-Control: no-store" by itself: its request counts until the page has read the body or
	// given it up, and for ever where the page may not read it.
	NoStoreHeld bool
	// FailureFreesFirst and NoBodyFreesFirst let a request that failed, or whose answer has no body, count no longer when the page is told;
	// in the standard it counts until the script has done what it does then.
	FailureFreesFirst, NoBodyFreesFirst bool
	// CancelReadsOn reads the body of an answer further although the page has given it up by cancel(), so that its request counts until more
	// comes or it ends. It is for who runs the page's script: in Go, closing a body ends it.
	CancelReadsOn bool
	// AbortKeeps lets a request that the page ended, before or during its answer, count for ever.
	AbortKeeps bool
}

// ReferrerRules is how a browser departs from the standard in Referer. The zero value is the standard.
type ReferrerRules struct {
	// AnewEachHop determines the Referer of each hop from the page's URL, and takes a chain of redirects that was ever at another
	// origin (for origin-when-cross-origin: since it was at another site) for cross-origin. So it grows again under the laxer policies, unless
	// it was left out or a redirect has set a Referrer-Policy.
	AnewEachHop bool
	// StrictCrossSite counts the policies unsafe-url, no-referrer-when-downgrade and origin-when-cross-origin as
	// strict-origin-when-cross-origin for requests to another site.
	StrictCrossSite bool
	// KeepaliveStaysStrict keeps a keepalive request at strict-origin-when-cross-origin, also back at its page's own origin, once StrictCrossSite
	// has counted its policy as that, until a redirect sets a Referrer-Policy.
	KeepaliveStaysStrict bool
	// ThirdPartyOriginAlone tells the origin alone of any page or frame to another site than the one in the address bar.
	ThirdPartyOriginAlone bool
	// OpaqueTells lets pages and frames of opaque origins, as in a sandbox, send a Referer; the standard lets them send none.
	OpaqueTells bool
	// DowngradeByScheme counts every step from https to http as a downgrade, to http://localhost too, which the standard trusts.
	DowngradeByScheme bool
}

func (p *Profile) name() string {
	if p.Name == "" {
		return "spec"
	}
	return p.Name
}
