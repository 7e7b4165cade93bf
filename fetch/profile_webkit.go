package fetch

import "time"

// WebKit returns the profile of Safari's engine, as far as its published source and compatibility data tell. It has not been measured
// case by case, as [Chromium] and [Firefox] have been.
func WebKit() Profile {
	return Profile{
		Name: "webkit",
		// DEVIATION(webkit): at most ten minutes. CrossOriginPreflightResultCache.cpp, 2026-11-22.
		MaxPreflightAge: 10 * time.Minute,
		// DEVIATION(webkit): validateCrossOriginHeaders has no special case. https://github.com/whatwg/fetch/issues/1919, 2026-11-22.
		WildcardCoversAuthorization: true,
		Cookies: CookiePolicy{
			// DEVIATION(webkit): SameSite=None does not need Secure, and cookies without SameSite are as they always were.
			// https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie, 2026-11-22.
			AllowInsecureNone: true, StoreUnsetCrossSite: true,
			// DEVIATION(webkit): CHIPS, since 26.2. https://developer.mozilla.org/en-US/docs/Web/Privacy/Guides/Privacy_sandbox/Partitioned_cookies, 2026-11-22.
			PartitionedAttribute: true,
			// DEVIATION(webkit): full blocking. https://webkit.org/blog/10218/full-third-party-cookie-blocking-and-more/, 2026-11-22.
			ThirdParty: ThirdPartyBlocked,
		},
		Preflight: PreflightPolicy{
			// DEVIATION(webkit): an entry is one preflight's whole result, removed when it does not cover a request.
			// CrossOriginPreflightResultCache.cpp, 2026-11-22.
			LatestReplaces: true,
			// DEVIATION(webkit): Access-Control-Max-Age is read as a signed number; a negative one has expired. As above.
			NegativeAgeIsZero: true,
		},
		// DEVIATION(webkit): the header is not read. https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Permissions-Policy,
		// 2026-11-22.
		IgnoresPermissionsPolicy: true,
	}
}
