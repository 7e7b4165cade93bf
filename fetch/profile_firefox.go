package fetch

import "time"

// Firefox returns the profile of Firefox 153 ESR, as measured by the random cases of e2e against Debian's 153.7.0 on 2026-11-22. Each
// departure has its vector in testdata/browsers, or a test that names it.
func Firefox() Profile {
	return Profile{
		Name: "firefox",
		// DEVIATION(firefox): at most a day. netwerk/protocol/http/nsCORSListenerProxy.cpp, 2026-11-22.
		MaxPreflightAge: 24 * time.Hour,
		// DEVIATION(firefox): with a warning in the console. https://github.com/whatwg/fetch/issues/1919, 2026-11-22.
		WildcardCoversAuthorization: true,
		// DEVIATION(firefox): without an HTTP proxy a 407 asks for nobody's password. netwerk/protocol/http/nsHttpChannelAuthProvider.cpp,
		// measured 2026-11-22.
		ReadsProxyAuthentication: true,
		Cookies:                  firefoxCookiePolicy(),
		Headers:                  firefoxHeaderPolicy(),
		Preflight:                firefoxPreflightPolicy(),
		Redirect:                 firefoxRedirectPolicy(),
		HTTPCache:                firefoxHTTPCachePolicy(),
		Referrer: ReferrerRules{
			// DEVIATION(firefox): asks whether a URL is encrypted, not whether it can be trusted. Measured, 2026-11-22;
			// https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer.
			DowngradeByScheme: true,
			// DEVIATION(firefox): tracking protection ignores policies that are laxer than the default.
			// https://blog.mozilla.org/security/2021/10/05/firefox-93-features-an-improved-smartblock-and-new-referrer-tracking-protections/, 2026-11-22.
			StrictCrossSite: true,
			// DEVIATION(firefox): redirects of keepalive are followed in its parent process alone, whose ReferrerInfo has put the stricter policy in
			// the place of the request's; with other requests the page's process hands in its own again at each hop. Measured, 2026-11-23: 2,088
			// chains of up to four hops, with and without keepalive; https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer.
			KeepaliveStaysStrict: true,
			// DEVIATION(firefox): its ReferrerInfo keeps the original referrer. Measured, 2026-11-22.
			AnewEachHop: true,
		},
		Upgrade: firefoxUpgradePolicy(),
		Preload: PreloadPolicy{
			// DEVIATION(firefox): what another origin answered, and whether it did, is kept from the page. dom/html/HTMLLinkElement.cpp, measured 2026-11-23;
			// https://html.spec.whatwg.org/#preload.
			FailuresLoad: true,
			// DEVIATION(firefox): of an answer that the page may read the loaders' own rules hold. Measured, 2026-11-23, of each destination.
			NeedOK: true, FetchNeedsOK: true, ImageNeedsPicture: true, StyleNeedsType: true,
			// DEVIATION(firefox): integrity is its script and style loaders' own. Measured, 2026-11-23.
			CodeIntegrityAlone: true, FontIntegrityIgnored: true,
			// DEVIATION(firefox): as it asks for the font itself. uriloader/preload/FontPreloader.cpp, measured 2026-11-23.
			AnonymousFonts: true,
			// DEVIATION(firefox): no preload of that kind is built. Measured, 2026-11-23.
			NoTracks: true,
		},
		// DEVIATION(firefox): it connects again behind an answer that ended alone. Measured, 2026-11-23, of names that are none, refused and reset connections
		// and TLS, the first and later ones; https://html.spec.whatwg.org/#sse-processing-model.
		EventSource: EventSourcePolicy{FailureCloses: true},
		// DEVIATION(firefox): on for everyone since 153; a page on plain http is asked for too, mixed content stays blocked, and
		// treat-as-public-address is not read. Measured, 2026-11-22; https://wicg.github.io/local-network-access/.
		LocalNetwork: LocalNetworkPolicy{AsksUser: true, IgnoresTreatAsPublic: true},
		// DEVIATION(firefox): it has no request streams, and Web IDL makes a string of them. Measured, 2026-11-22;
		// https://developer.mozilla.org/en-US/docs/Web/API/Request/duplex#browser_compatibility.
		StreamBodyIsText: true,
		// DEVIATION(firefox): the header is read behind a preference alone; sync-xhr=() did not stop a request. Measured, 2026-11-22.
		IgnoresPermissionsPolicy: true,
		// DEVIATION(firefox): the transaction asks again by itself. netwerk/protocol/http/nsHttpTransaction.cpp, measured 2026-11-22;
		// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, step 17.
		MisdirectedUnseen: true,
		// DEVIATION(firefox): both answers are read into one head. Measured, 2026-11-22; of no other header, and not of other origins.
		// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, step 17.
		MisdirectedTypeKept: true,
		// DEVIATION(firefox): not where the network failed. Measured, 2026-11-22; https://xhr.spec.whatwg.org/#request-error-steps.
		TellsSyncFailures: true,
		// DEVIATION(firefox): measured, 2026-11-22: five bytes of ten and the end of the connection; a read 800 ms later gives the five, and
		// closed rejects then. Chromium 156 and WebKitGTK 2.50.6 do as https://fetch.spec.whatwg.org/#concept-http-network-fetch says.
		LazyBodies: true,
		// DEVIATION(firefox): no words on which operation. Measured, 2026-11-23; https://html.spec.whatwg.org/#security-with-canvas-elements.
		Canvas: CanvasPolicy{BriefErrors: true},
		// DEVIATION(firefox): its network is heard when there is something to read. Measured, 2026-11-23, over HTTP/1.1 and HTTP/2, also of
		// EventSource's open, XMLHttpRequest, redirects and preflights; https://fetch.spec.whatwg.org/#concept-http-network-fetch, step 11.
		WaitsForBody: true,
		// DEVIATION(firefox): of errors it takes what came. Measured, 2026-11-23, with statuses from 200 to 599, Content-Length and chunks, the end of
		// the connection and its reset; not over HTTP/2.
		BrokenErrorsEnd: true,
		// DEVIATION(firefox): it holds coded bodies to no length. Measured, 2026-11-23, at each byte of a gzip; a read behind a reset of the
		// connection rejects with an AbortError, which is not built. https://www.rfc-editor.org/rfc/rfc9112#section-8.
		BrokenCodingsEnd: true,
		// DEVIATION(firefox): as Chromium. Measured, 2026-11-23; https://fetch.spec.whatwg.org/#handle-content-codings.
		PartialCodingsEnd: true,
		Keepalive: KeepalivePolicy{
			// DEVIATION(firefox): fetch() counts by its own options, at once. Measured, 2026-11-22.
			RefusedFirst: true, OwnOptionAlone: true,
			// DEVIATION(firefox): the network notices only when it has more to give. Measured, 2026-11-22;
			// https://streams.spec.whatwg.org/#readablestream-cancel.
			CancelReadsOn: true,
		},
	}
}

func firefoxCookiePolicy() CookiePolicy {
	return CookiePolicy{
		// DEVIATION(firefox): cookies without SameSite are as they always were.
		// https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie, 2026-11-22.
		StoreUnsetCrossSite: true,
		// DEVIATION(firefox): developers' machines have no certificates. https://github.com/whatwg/fetch/pull/1807, 2026-11-22.
		SecureOnLocalhost: true,
		// DEVIATION(firefox): CHIPS. https://datatracker.ietf.org/doc/html/draft-cutler-httpbis-partitioned-cookies, 2026-11-22.
		PartitionedAttribute: true,
		// DEVIATION(firefox): network.cookie.sameSite.schemeful is off. Measured, 2026-11-22.
		IgnoreScheme: true,
		// DEVIATION(firefox): Total Cookie Protection. https://developer.mozilla.org/en-US/docs/Web/Privacy/Guides/State_Partitioning, 2026-11-22.
		ThirdParty: ThirdPartyIsolated, FrameIsThirdParty: true,
	}
}

func firefoxHeaderPolicy() HeaderPolicy {
	return HeaderPolicy{
		// DEVIATION(firefox): its header arrays join lines as they are set, and know which headers have one value. nsHttpHeaderArray,
		// measured 2026-11-22.
		MergeLines: true, MergeAnswerLines: true,
		// DEVIATION(firefox): it notes the protocol in the answer. netwerk/protocol/http/Http2Stream.cpp, measured 2026-11-22.
		AddsHTTP2Header: true,
		// DEVIATION(firefox): numbers in Range are limited; the largest that was tried and safelisted is this. Measured, 2026-11-22.
		LargestRange: 1<<63 - 1,
		// DEVIATION(firefox): an older text of the safelist, with a table of ASCII bytes and without commas in types. Measured,
		// 2026-11-22.
		SafelistASCII: true, SafelistNoTypeList: true,
		// DEVIATION(firefox): reads the list from its start and stops at the star. Measured, 2026-11-22.
		ExposeStarFirst: true,
		// DEVIATION(firefox): the Storage Access API, which the standard does not have. Measured, 2026-11-22;
		// https://privacycg.github.io/storage-access-headers/.
		OriginForStorageAccess: true,
		// DEVIATION(firefox): it compares registrable domains along the chain, and takes none for another site. Measured, 2026-11-23, between ports of
		// 127.0.0.1 and of localhost, of fetch() and of elements; https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site.
		RedirectSiteNeedsDomain: true,
	}
}

func firefoxPreflightPolicy() PreflightPolicy {
	return PreflightPolicy{
		// DEVIATION(firefox): the preflight inherits the request's load flags; a bypassed cache is the preflight cache too. Measured,
		// 2026-11-22.
		CarriesCacheMode: true, CacheModeBypasses: true,
		// DEVIATION(firefox): the unsafe headers are those that JavaScript set, one by one, along the whole chain of redirects.
		// nsCORSListenerProxy.cpp, measured 2026-11-22.
		AlwaysAgain: true, RepeatNames: true,
		// DEVIATION(firefox): the preflight is the page's own request, whatever redirects there were. As above.
		OriginNeverHidden: true,
		// DEVIATION(firefox): its cache compares names literally, has GET and POST alone as safelisted methods, is asked for requests with
		// and without credentials apart, and reads nothing but digits as an age. As above.
		StarNeverCached: true, AsksForHEAD: true, CredentialsApart: true, MalformedAgeNotCached: true,
		// DEVIATION(firefox): entries go when the proxy refuses an answer or a redirect. As above.
		RefusedRedirectClears: true,
		// DEVIATION(firefox): an entry is dropped that is older than the record of the host's addresses, or has none any more; not behind a
		// proxy. The record is as old as its last change, lives for 60 s (with DNS over HTTPS: its TTL) and then for up to 600 s while it is
		// renewed beside a request. Of an address there are three records, two of which are made only when the entry is looked for.
		// CORSCacheEntry::CheckDNSCache in nsCORSListenerProxy.cpp; network.dnsCacheExpiration and network.dnsCacheExpirationGracePeriod;
		// measured 2026-11-22.
		AddressLifetime: time.Minute, AddressGrace: 10 * time.Minute, AddressURLRecords: 2,
		// DEVIATION(firefox): PREFLIGHT_CACHE_SIZE, the least recently used goes. As above.
		MaxURLs: 100,
	}
}

func firefoxRedirectPolicy() RedirectPolicy {
	return RedirectPolicy{
		// DEVIATION(firefox): against response splitting, repeated headers must agree. Measured, 2026-11-22.
		SameLocationTwice: true,
		// DEVIATION(firefox): raw bytes of Location are escaped before it is parsed. Measured, 2026-11-22.
		EscapeLocationBytes: true,
		// DEVIATION(firefox): each hop takes its headers from JavaScript's request, less what this redirect asks to drop. FetchDriver.cpp,
		// measured 2026-11-22.
		HeadersReturn: true,
	}
}

func firefoxUpgradePolicy() UpgradePolicy {
	return UpgradePolicy{
		// DEVIATION(firefox): the upgrade is a redirect of its network, which the page's side of a fetch comes to know afterwards. FetchDriver.cpp,
		// measured 2026-11-22; https://w3c.github.io/webappsec-upgrade-insecure-requests/#upgrade-request.
		JudgedBefore: true, CountsAsRedirect: true, NotKeepalive: true,
		// DEVIATION(firefox): CORS is skipped where an upgrade is promised, CheckInsecureUpgradePreventsCORS in nsCORSListenerProxy.cpp; but
		// this machine is never upgraded. HTTPS-Only Mode, which is off by default, does the same to every page. Measured, 2026-11-22.
		SparesHost: true,
	}
}
