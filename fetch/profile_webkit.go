package fetch

import "time"

// WebKit returns the profile of WebKit 2.50, as measured by the random cases of e2e against Debian's WebKitGTK 2.50.6 on 2026-11-22, with
// Intelligent Tracking Prevention on, as Safari has it. What is known to be its GTK port's own stands in [WebKitGTK]. Safari has not been
// measured; it shares WebKit's code, but not the network stack beneath. Each departure has its vector in testdata/browsers, or a test that
// names it.
func WebKit() Profile {
	return Profile{
		Name: "webkit",
		// DEVIATION(webkit): at most ten minutes. CrossOriginPreflightResultCache.cpp, 2026-11-22.
		MaxPreflightAge: 10 * time.Minute,
		// DEVIATION(webkit): validateCrossOriginHeaders has no special case. https://github.com/whatwg/fetch/issues/1919, 2026-11-22.
		WildcardCoversAuthorization: true,
		// DEVIATION(webkit): only https counts as secure. https://bugs.webkit.org/show_bug.cgi?id=171934, measured 2026-11-22.
		MixedContentByScheme: true,
		Cookies:              webkitCookiePolicy(),
		Headers: HeaderPolicy{
			// DEVIATION(webkit): its header map has one value for each name. Measured, 2026-11-22.
			CombineLines: true,
			// DEVIATION(webkit): its parser of Range takes the unit in any case, and numbers of 64 bits. Measured, 2026-11-22.
			RangeUnitAnyCase: true, LargestRange: 1<<64 - 1,
			// DEVIATION(webkit): the type of a body is set past the guard of the Headers object. FetchRequest.cpp, measured 2026-11-22.
			NoCORSBodyType: true,
			// DEVIATION(webkit): Origin is settled with the first request. Measured, 2026-11-22.
			OriginIgnoresRedirectPolicy: true,
		},
		Preflight: webkitPreflightPolicy(),
		Redirect: RedirectPolicy{
			// DEVIATION(webkit): headers that a page did not set are cleaned away before a redirect to another origin.
			// CrossOriginAccessControl.cpp, measured 2026-11-22.
			OwnHeadersDropped: true,
			// DEVIATION(webkit): the process of the page checks redirects again, with the credentials that the first request was given.
			// SubresourceLoader.cpp, measured 2026-11-22.
			ChecksAsAtFirst: true,
			// DEVIATION(webkit): each hop takes its headers from JavaScript's request, less what this redirect asks to drop.
			// NetworkLoadChecker.cpp, measured 2026-11-22.
			BodyHeadersReturn: true,
			// DEVIATION(webkit): an answer without Location is no redirect to its network process, and the body goes to the page. Measured,
			// 2026-11-22.
			ErrorNeedsLocation: true, ManualShowsBody: true, ManualRefusesFTP: true,
			// DEVIATION(webkit): the credentials of mode no-cors are settled with the first request. Measured, 2026-11-22.
			NoCORSKeepsCredentials: true,
		},
		Referrer: ReferrerRules{
			// DEVIATION(webkit): tracking prevention cuts the Referer of third parties in its network process. NetworkSession.cpp,
			// https://webkit.org/tracking-prevention/, measured 2026-11-22.
			ThirdPartyOriginAlone: true,
			// DEVIATION(webkit): the referrer is the document's URL, whatever its origin. Measured, 2026-11-22;
			// https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer.
			OpaqueTells: true,
		},
		// DEVIATION(webkit): it has no request streams: fetch() rejects with a NotSupportedError. Measured, 2026-11-22;
		// https://developer.mozilla.org/en-US/docs/Web/API/Request/duplex#browser_compatibility.
		RefusesStreamBody: true,
		// DEVIATION(webkit): the header is not read. https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Permissions-Policy,
		// 2026-11-22.
		IgnoresPermissionsPolicy: true,
		// DEVIATION(webkit): no words on which operation. Measured, 2026-11-23; https://html.spec.whatwg.org/#security-with-canvas-elements.
		Canvas: CanvasPolicy{BriefErrors: true},
		Keepalive: KeepalivePolicy{
			// DEVIATION(webkit): the process of the page counts what it asks the network for, before preflights. Measured, 2026-11-22.
			RefusedFirst: true, NotRefused: true, FailureFreesFirst: true, NoBodyFreesFirst: true,
			// DEVIATION(webkit): its tracker is not told of a load that is cancelled. KeepaliveRequestTracker.cpp, measured 2026-11-22.
			AbortKeeps: true,
			// DEVIATION(webkit): the load goes on without the page. Measured, 2026-11-22; https://streams.spec.whatwg.org/#readablestream-cancel.
			CancelReadsOn: true,
		},
	}
}

func webkitCookiePolicy() CookiePolicy {
	return CookiePolicy{
		// DEVIATION(webkit): SameSite=None does not need Secure, and cookies without SameSite are as they always were.
		// https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie, measured 2026-11-22.
		AllowInsecureNone: true, StoreUnsetCrossSite: true,
		// DEVIATION(webkit): a sandbox does not count. Measured, 2026-11-22;
		// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.2.
		SandboxKeepsSite: true,
		// DEVIATION(webkit): a site is a registrable domain. Measured, 2026-11-22.
		IgnoreScheme: true,
		// DEVIATION(webkit): CHIPS, since 26.2. https://developer.mozilla.org/en-US/docs/Web/Privacy/Guides/Privacy_sandbox/Partitioned_cookies, 2026-11-22.
		PartitionedAttribute: true,
		// DEVIATION(webkit): full blocking, which lasts along a chain of redirects.
		// https://webkit.org/blog/10218/full-third-party-cookie-blocking-and-more/, measured 2026-11-22.
		ThirdParty: ThirdPartyBlocked, BlockedStaysBlocked: true,
	}
}

func webkitPreflightPolicy() PreflightPolicy {
	return PreflightPolicy{
		// DEVIATION(webkit): an entry is one preflight's whole result, removed when it does not cover a request, and only then. It is stored
		// before it is compared with the request. CrossOriginPreflightResultCache.cpp, CrossOriginAccessControl.cpp, measured 2026-11-22.
		LatestReplaces: true, KeptAfterFailure: true, RefusedStored: true, StarForAnonymous: true, StarCachedForAuthorization: true,
		// DEVIATION(webkit): Access-Control-Max-Age is read as a signed number; a negative one has expired. As above.
		NegativeAgeIsZero: true, PlusInAge: true,
		// DEVIATION(webkit): that of a sandbox stays the same. Measured, 2026-11-22.
		OpaqueCached: true,
		// DEVIATION(webkit): behind a redirect the request is made anew from its first headers and its first Referer, and asked for again
		// if it was once; a hidden origin is a new one each time. NetworkLoadChecker.cpp, measured 2026-11-22.
		AsksForFirstHeaders: true, AlwaysAgain: true, TaintedNeverCached: true, FetchSiteOfOrigin: true,
		// DEVIATION(webkit): these refusals are the page's process's business, preflights are the network's. As above.
		BeforeRefusal: true,
		// DEVIATION(webkit): User-Agent is copied. CrossOriginAccessControl.cpp, measured 2026-11-22.
		CarriesUserAgent: true,
	}
}

// WebKitGTK returns the profile of WebKit's GTK port: [WebKit] with what its network stack, libsoup, does beneath it. Safari's is another.
func WebKitGTK() Profile {
	p := WebKit()
	// DEVIATION(webkitgtk): NetworkDataTaskSoup.cpp decides which redirects turn into GET. Measured, 2026-11-22.
	p.Redirect.DeleteTurnsIntoGET = true
	// DEVIATION(webkitgtk): Location is read from the header map, which joins lines. NetworkDataTaskSoup.cpp, measured 2026-11-22.
	p.Redirect.JoinLocations = true
	// DEVIATION(webkitgtk): an empty Location is an error there. As above.
	p.Redirect.EmptyLocationFails = true
	// DEVIATION(webkitgtk): a redirect's request is a copy of the one before, Origin included, but for redirects to another origin. As above.
	p.Redirect.OriginStays = true
	// DEVIATION(webkitgtk): libsoup's own takes its place. As above.
	p.Redirect.UserAgentDropped = true
	// DEVIATION(webkitgtk): where WebKit does not vouch for the site, libsoup compares hosts. Measured, 2026-11-22.
	p.Cookies.RedirectedSchemeCrossSite, p.Cookies.TopHostIsSameSite = true, true
	// DEVIATION(webkitgtk): libsoup does not know Partitioned. Measured, 2026-11-22.
	p.Cookies.PartitionedAttribute = false
	// DEVIATION(webkitgtk): where there is no HTTP proxy, nobody is asked for its password. Measured, 2026-11-22;
	// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, step 16.
	p.ReadsProxyAuthentication = true
	return p
}
