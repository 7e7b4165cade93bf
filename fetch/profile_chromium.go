package fetch

import "time"

// Chromium returns the profile of Chromium 156, as measured by the random cases of e2e against Debian's 156.0.8078.79 on
// 2026-11-22. Each departure has its vector in testdata/browsers, or a test that names it.
func Chromium() Profile {
	return Profile{
		Name: "chromium",
		// DEVIATION(chromium): at most two hours, in the preflight cache's own code. services/network/cors/preflight_result.cc,
		// 2026-11-22.
		MaxPreflightAge: 2 * time.Hour,
		// DEVIATION(chromium): sites rely on it. https://github.com/whatwg/fetch/issues/1919, 2026-11-22.
		WildcardCoversAuthorization: true,
		Cookies:                     chromiumCookiePolicy(),
		Headers:                     chromiumHeaderPolicy(),
		Preflight:                   chromiumPreflightPolicy(),
		Redirect:                    chromiumRedirectPolicy(),
		HTTPCache:                   chromiumHTTPCachePolicy(),
		// DEVIATION(chromium): what could be decoded is the body. Measured, 2026-11-23, at each byte of a gzip, with a length and in chunks;
		// https://fetch.spec.whatwg.org/#handle-content-codings.
		PartialCodingsEnd: true,
		Referrer: ReferrerRules{
			// DEVIATION(chromium): its network layer asks whether a URL is encrypted, not whether it can be trusted. Measured,
			// 2026-11-22; https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer.
			DowngradeByScheme: true,
		},
		LocalNetwork: LocalNetworkPolicy{
			// DEVIATION(chromium): since 142; from the public to the other two address spaces, not from the local one to this machine.
			// The cases stand in local_network_access_test.go.
			// https://developer.chrome.com/blog/local-network-access, measured 2026-11-22.
			AsksUser: true, RefusesInsecure: true, TargetAddressSpace: true,
		},
		// DEVIATION(chromium): an address has no registrable domain, and without one there is no site. Measured at 127.0.0.1, and not so
		// at localhost, 2026-11-22; https://html.spec.whatwg.org/multipage/browsers.html#schemelessly-same-site.
		ResourcePolicySiteNeedsName: true,
		// DEVIATION(chromium): its parser of HTTP/1.1 alone knows that the status has no body. Measured, 2026-11-22;
		// https://fetch.spec.whatwg.org/#null-body-status.
		ReadsHTTP2ResetContent: true,
		// DEVIATION(chromium): the transaction asks again by itself. net/http/http_network_transaction.cc, measured 2026-11-22;
		// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, step 17.
		MisdirectedUnseen: true,
		// DEVIATION(chromium): net::ERR_UNEXPECTED_PROXY_AUTH comes before the headers are read. net/http/http_network_transaction.cc, measured
		// 2026-11-22; https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, step 16.
		ProxyAuthenticationUnseen: true,
		// DEVIATION(chromium): "CORS with forced preflight" takes the place of the mode. third_party/blink/renderer/core/fetch/fetch_manager.cc,
		// measured 2026-11-22; https://fetch.spec.whatwg.org/#dom-request.
		StreamsUseCORS: true,
		// DEVIATION(chromium): a canvas that is set to a width or a height is a new one. Measured, 2026-11-23;
		// https://html.spec.whatwg.org/#concept-canvas-set-bitmap-dimensions.
		Canvas: CanvasPolicy{ResizeCleans: true},
		Preload: PreloadPolicy{
			// DEVIATION(chromium): a preload is done as its resource loader says that the resource is. Measured, 2026-11-23, of each destination;
			// https://html.spec.whatwg.org/#preload.
			NeedOK: true, ImageNeedsPicture: true, ScriptOfAnyType: true,
			// DEVIATION(chromium): integrity is looked at for scripts, style sheets and fonts. As above.
			CodeIntegrityAlone: true,
		},
		// DEVIATION(chromium): a blocked port is a network error like others, net::ERR_UNSAFE_PORT. Measured, 2026-11-23;
		// https://html.spec.whatwg.org/#sse-processing-model.
		EventSource: EventSourcePolicy{BlockedPortRetries: true},
		// DEVIATION(chromium): a style sheet whose type is wrong is an empty one. Measured, 2026-11-23, of both origins, with and without CORS;
		// https://html.spec.whatwg.org/#link-type-stylesheet.
		StyleOfAnyType: true,
		Keepalive: KeepalivePolicy{
			// DEVIATION(chromium): the page's process counts what it asks the browser's for, and a data: URL it reads itself. Measured,
			// 2026-11-22.
			RefusedFirst: true, NotLocal: true, NotRefused: true,
			// DEVIATION(chromium): an answer that must not be stored is not buffered for a page that does not read it.
			// third_party/blink/renderer/core/fetch/fetch_manager.cc, measured 2026-11-22;
			// https://github.com/open-telemetry/opentelemetry-js/issues/7001.
			NoStoreHeld: true,
			// DEVIATION(chromium): its loader has ended before it tells of a failure. Measured, 2026-11-22.
			FailureFreesFirst: true,
		},
	}
}

func chromiumCookiePolicy() CookiePolicy {
	return CookiePolicy{
		// DEVIATION(chromium): a cookie without SameSite is a Lax one, with two minutes of grace for top-level POST requests.
		// https://chromestatus.com/feature/5088147346030592, 2026-11-22.
		LaxByDefault: true, LaxPlusPOST: 2 * time.Minute,
		// DEVIATION(chromium): developers' machines have no certificates. https://github.com/whatwg/fetch/pull/1807, 2026-11-22.
		SecureOnLocalhost: true,
		// DEVIATION(chromium): CHIPS. https://datatracker.ietf.org/doc/html/draft-cutler-httpbis-partitioned-cookies, 2026-11-22.
		PartitionedAttribute: true,
		// DEVIATION(chromium): too many sites log in by way of a redirect through another site, so that the feature
		// CookieSameSiteConsidersRedirectChain is off. https://chromestatus.com/feature/5096179480133632, 2026-11-22.
		IgnoreRedirects: true,
	}
}

func chromiumHeaderPolicy() HeaderPolicy {
	return HeaderPolicy{
		// DEVIATION(chromium): its header map has one value for each name. Measured, 2026-11-22.
		CombineLines: true,
		// DEVIATION(chromium): client hints were safelisted before the standard gave them Sec- names.
		// services/network/public/cpp/cors/cors.cc, measured 2026-11-22.
		SafelistClientHints: true,
		// DEVIATION(chromium): numbers in Range are int64. Measured, 2026-11-22.
		LargestRange: 1<<63 - 2,
		// DEVIATION(chromium): its HTTP cache parses Range and writes it anew. Measured, 2026-11-22.
		RewriteRange: true,
		// DEVIATION(chromium): its elements set Origin before the network layer looks where they ask. Measured, 2026-11-23;
		// https://fetch.spec.whatwg.org/#append-a-request-origin-header.
		OriginForElements: true,
		// DEVIATION(chromium): a page cannot change User-Agent. https://crbug.com/571722, measured 2026-11-22.
		IgnoreUserAgent: true,
		// DEVIATION(chromium): If-None-Match and its like ask the server anew and keep the answer. Measured, 2026-11-22.
		ConditionalCacheMode: CacheNoCache,
		// DEVIATION(chromium): the Origin of a POST never depends on the referrer policy. Measured, 2026-11-22.
		OriginIgnoresReferrerPolicy: true,
		// DEVIATION(chromium): its network layer hides the origin in every redirect to another one. Measured, 2026-11-22.
		NullOriginAfterRedirect: true,
	}
}

func chromiumPreflightPolicy() PreflightPolicy {
	return PreflightPolicy{
		// DEVIATION(chromium): the preflight's code sets the header by itself, and computes Sec-Fetch-Site from the one URL of the
		// preflight. services/network/cors/preflight_controller.cc, measured 2026-11-22.
		FetchModeAlways: true, FetchSiteOfLastURL: true,
		// DEVIATION(chromium): the preflight inherits the request's load flags, so that a developer's reload asks again. As above.
		CarriesCacheMode: true, CacheModeBypasses: true, NoCacheBypasses: true, NoStoreNotCached: true,
		// DEVIATION(chromium): entries are never looked up for a hidden origin. As above.
		TaintedNeverCached: true,
		// DEVIATION(chromium): an entry is one preflight's whole result, with its credentials mode. It is dropped when it does not
		// cover a request, and only then. services/network/cors/preflight_result.cc, measured 2026-11-22.
		LatestReplaces: true, StarNeedsAnonymous: true, KeptAfterFailure: true, SafelistedMethodsCached: true,
		// DEVIATION(chromium): its check of methods knows nothing of the flag. services/network/cors/preflight_result.cc, measured 2026-11-22;
		// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0, step 7.4.
		StreamsNeedMethod: true,
		// DEVIATION(chromium): Access-Control-Max-Age is read as a signed number. As above.
		NegativeAgeIsZero: true, PlusInAge: true,
		// DEVIATION(chromium): kMaxCacheEntries and kMaxKeyLength; of more, ten at random go. services/network/cors/preflight_cache.cc; a URL
		// of 1,023 bytes was remembered and one of 1,024 was not, measured 2026-11-22.
		MaxURLs: 1024, LongestURL: 1023,
		// DEVIATION(chromium): servers that want a certificate want it of preflights too; the feature OmitCorsClientCert is off.
		// https://crbug.com/775438, 2026-11-22.
		ShowsClientCertificate: true,
	}
}

func chromiumRedirectPolicy() RedirectPolicy {
	return RedirectPolicy{
		// DEVIATION(chromium): a user name in Location is refused by its CORS loader in every mode. Measured, 2026-11-22.
		RefuseCredentials: true,
		// DEVIATION(chromium): the browser's process follows the redirects of keepalive, and tells the page's, whose CORS loader then refuses.
		// content/browser/loader/keep_alive_url_loader.cc, measured 2026-11-22; https://fetch.spec.whatwg.org/#concept-http-redirect-fetch.
		KeepaliveRefusedLater: true, KeepaliveFollowsManual: true,
		// DEVIATION(chromium): its network layer takes an answer for a redirect only if it has a Location with something in it, and
		// looks at it before the redirect mode is asked. Measured, 2026-11-22.
		NeedsLocation: true, ManualNeedsURL: true,
		// DEVIATION(chromium): against response splitting, repeated headers must agree. net::ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION,
		// measured 2026-11-22.
		SameLocationTwice: true,
		// DEVIATION(chromium): raw bytes of Location are escaped before it is parsed. Measured, 2026-11-22.
		EscapeLocationBytes: true,
	}
}
