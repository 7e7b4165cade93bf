package fetch

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// HTTPCachePolicy is where a browser's HTTP cache departs from RFC 9111, or leaves out what that leaves to it. The zero value does all
// that the RFC allows and that is of use in the cache mode default.
//
// The browsers' values were measured with web-platform-tests, fetch/http-cache, on 2026-11-22, and with the random cases of e2e.
type HTTPCachePolicy struct {
	// OneVariant keeps one answer of a URL, whatever Vary says: another one takes its place.
	OneVariant bool
	// NoGuessForFailures guesses no lifetime for the statuses 404, 405, 414 and 501, nor for one that only says public.
	NoGuessForFailures bool
	// NoGuessForNoContent guesses none for 204.
	NoGuessForNoContent bool
	// FailuresStale takes the statuses from 400 on but 410, and unknown ones, for stale however long they say that they may be kept.
	FailuresStale bool
	// StoresAll keeps answers with neither a lifetime nor a validator too, whatever their status but 205: the cache modes force-cache and
	// only-if-cached take them.
	StoresAll bool
	// LaterNotStored leaves out 408, 425 and 429, which ask to try again, and lets what is stored be; RangeFailureNotStored leaves out 416.
	LaterNotStored, RangeFailureNotStored bool
	// BareRedirectsNotStored leaves out the statuses from 300 to 308 where there is no Location.
	BareRedirectsNotStored bool
	// NotModifiedStored takes a 304 that answers no condition of the cache's for an answer like others.
	NotModifiedStored bool
	// OKValidatedAlone asks with conditions for stored answers of the statuses 200 and 206 alone; FailuresNotValidated for those below 400.
	OKValidatedAlone, FailuresNotValidated bool
	// DigitsAlone reads a lifetime and Age that are digits, and takes another, in quotes or with a sign, for none; otherwise quotes are taken
	// off, and what is no number is 0.
	DigitsAlone bool
	// LeadingDigits, with DigitsAlone, reads what stands before anything else, and nothing from 2^32 on.
	LeadingDigits bool
	// NegativeAgeIsOld takes a negative Age for a very great one; otherwise it is 0.
	NegativeAgeIsOld bool
	// LastMaxAge takes the last one of two lifetimes.
	LastMaxAge bool
	// WholeDirectives does not know no-store, no-cache and must-revalidate with an argument, nor max-age with a space behind its name.
	WholeDirectives bool
	// PragmaOfAnswers reads Pragma: no-cache in an answer too.
	PragmaOfAnswers bool
	// FirstExpires takes the first of two Expires, which otherwise are a time in the past.
	FirstExpires bool
	// EmptyLinesLost drops the header lines of what it stores that have no value.
	EmptyLinesLost bool
	// ValidatesOtherVariants asks with If-None-Match if a stored answer holds for a request with other headers in the sense of Vary too, and
	// for one with Vary: *.
	ValidatesOtherVariants bool
	// RequestDirectivesIgnored looks for no other directive than no-cache and max-age=0 in the Cache-Control that JavaScript sets.
	RequestDirectivesIgnored bool
	// ForgetsURLAlone lets an unsafe method drop what its own URL has, and not what Location and Content-Location name.
	ForgetsURLAlone bool
	// ForgetsForKnownMethods lets POST, PUT, DELETE and PATCH alone drop anything.
	ForgetsForKnownMethods bool
	// CredentialsApart keeps the answers to requests with credentials and to those without apart.
	CredentialsApart bool
	// RefusedNotStored leaves out answers that the page may not have, because of CORS or another rule on answers.
	RefusedNotStored bool
	// ImmutableNotValidated answers from a fresh answer over https that says immutable in the cache mode no-cache too.
	ImmutableNotValidated bool
	// NoStoreForgetsNothing leaves what is stored where an unsafe method has the cache mode no-store.
	NoStoreForgetsNothing bool
	// ReloadForgets drops what is stored when the cache mode is reload, before it is known whether the new answer can take its place.
	ReloadForgets bool
	// NotForOpaque takes no part in the requests of opaque origins, as those of sandboxed frames are.
	NotForOpaque bool
	// AnswersReplace drops what is stored for a URL for any other answer of the server to a GET but a 304 that validates it or a 206, stored
	// itself or not.
	AnswersReplace bool
	// ResourcePolicyFirst lets an answer that Cross-Origin-Resource-Policy refuses pass by the cache.
	ResourcePolicyFirst bool
	// ForgetsAfterFailure lets an unsafe method drop what is stored whatever its answer's status.
	ForgetsAfterFailure bool
	// PUTNeedsBody leaves what is stored behind a PUT without a body; one of length 0 is a body.
	PUTNeedsBody bool
	// OwnConditionsForgetNothing leaves what is stored where JavaScript set Range or a conditional header on the request, but for a POST with
	// If-None-Match or If-Modified-Since.
	OwnConditionsForgetNothing bool
	// ForceCacheForWrites answers PUT with a body, DELETE and PATCH from what a GET has stored, in the cache mode force-cache. Nothing is sent
	// then but their preflight.
	ForceCacheForWrites bool
	// ForgetsForFirstPartyAlone leaves what is stored where the request is a third party's, as the browser's cookies see it.
	ForgetsForFirstPartyAlone bool
}

// chromiumHTTPCachePolicy is Chromium 156's. It also answers ranges from a whole stored answer, which no policy here does.
func chromiumHTTPCachePolicy() HTTPCachePolicy {
	return HTTPCachePolicy{
		// DEVIATION(chromium): what does not say no-store is written, and read again where the flag to skip validation asks for it.
		// net/http/http_cache_transaction.cc, measured 2026-11-23 with 36 statuses; https://www.rfc-editor.org/rfc/rfc9111#section-3.
		StoresAll: true, RangeFailureNotStored: true, NotModifiedStored: true,
		// DEVIATION(chromium): it looks for directives by their whole text, and for "max-age=" with digits, and takes the first.
		// net/http/http_response_headers.cc, measured 2026-11-23; https://www.rfc-editor.org/rfc/rfc9111#section-4.2.1.
		DigitsAlone: true, WholeDirectives: true,
		// DEVIATION(chromium): an old cache's way to say no-cache, and the first of several dates. As above;
		// https://www.rfc-editor.org/rfc/rfc9111#section-5.4.
		PragmaOfAnswers: true, FirstExpires: true,
		// DEVIATION(chromium): conditions are made of entries of these statuses alone. As above;
		// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.1.
		OKValidatedAlone: true,
		// DEVIATION(chromium): its one entry is validated if Vary does not match, and Last-Modified is not trusted then. As above;
		// https://www.rfc-editor.org/rfc/rfc9111#section-4.1.
		ValidatesOtherVariants: true,
		// DEVIATION(chromium): its disk cache has one entry for each URL. net/http/http_cache.cc, measured 2026-11-22.
		OneVariant: true,
		// DEVIATION(chromium): lifetimes are guessed for 200, 203 and 206 alone. net/http/http_response_headers.cc, measured 2026-11-22.
		NoGuessForFailures: true, NoGuessForNoContent: true,
		// DEVIATION(chromium): three header values make its load flags, and others are for the server. net/http/http_cache_transaction.cc,
		// measured 2026-11-22.
		RequestDirectivesIgnored: true,
		// DEVIATION(chromium): a method dooms the entry of its own URL. net/http/http_cache_transaction.cc, measured 2026-11-22.
		ForgetsURLAlone: true, ForgetsForKnownMethods: true,
		// DEVIATION(chromium): a request that fails is cancelled, and its answer is not read to the end. Measured, 2026-11-22.
		RefusedNotStored: true,
		// DEVIATION(chromium): the origin of the frame is part of the key, and an opaque one is a new one each time. Measured, 2026-11-22.
		NotForOpaque: true,
		// DEVIATION(chromium): the flag keeps the cache out altogether. Measured, 2026-11-22.
		NoStoreForgetsNothing: true,
		// DEVIATION(chromium): the flag dooms the entry before anything is sent. net/http/http_cache_transaction.cc, measured 2026-11-22.
		ReloadForgets: true,
		// DEVIATION(chromium): its one entry is written anew. https://www.rfc-editor.org/rfc/rfc9111#section-4.3.3, measured 2026-11-22.
		AnswersReplace: true,
		// DEVIATION(chromium): without upload data a PUT is passed by the cache. net/http/http_cache_transaction.cc, measured 2026-11-22;
		// https://www.rfc-editor.org/rfc/rfc9111#section-4.4 wants the entry to go.
		PUTNeedsBody: true,
		// DEVIATION(chromium): a range and If-Match, If-Range and If-Unmodified-Since keep the cache out; the two other conditions make a
		// request that may update an entry, which of the unsafe methods POST alone drops then. As above.
		OwnConditionsForgetNothing: true,
		// DEVIATION(chromium): the flag to skip validation is heeded before the method. As above.
		ForceCacheForWrites: true,
	}
}

// firefoxHTTPCachePolicy is that of Firefox 153 ESR.
func firefoxHTTPCachePolicy() HTTPCachePolicy {
	return HTTPCachePolicy{
		// DEVIATION(firefox): its cache has one entry for each URL. netwerk/protocol/http/nsHttpChannel.cpp, measured 2026-11-22.
		OneVariant: true,
		// DEVIATION(firefox): the statuses of a list need no validation, and it guesses lifetimes for successes, redirects and 410.
		// netwerk/protocol/http/nsHttpChannel.cpp, nsHttpResponseHead.cpp, measured 2026-11-22.
		NoGuessForFailures: true, FailuresStale: true,
		// DEVIATION(firefox): what does not say no-store is written, and read again where a load asks for its cache alone. As above, measured
		// 2026-11-23 with 36 statuses; https://www.rfc-editor.org/rfc/rfc9111#section-3.
		StoresAll: true, LaterNotStored: true, BareRedirectsNotStored: true,
		// DEVIATION(firefox): each max-age is read over the last one, as far as it is a number of 32 bits. netwerk/protocol/http/CacheControlParser.cpp,
		// measured 2026-11-23; https://www.rfc-editor.org/rfc/rfc9111#section-4.2.1.
		DigitsAlone: true, LeadingDigits: true, LastMaxAge: true,
		// DEVIATION(firefox): a negative number becomes one without a sign. Measured, 2026-11-23; https://www.rfc-editor.org/rfc/rfc9111#section-5.1.
		NegativeAgeIsOld: true,
		// DEVIATION(firefox): an old cache's way to say no-cache, and the first of several dates. Measured, 2026-11-23;
		// https://www.rfc-editor.org/rfc/rfc9111#section-5.4.
		PragmaOfAnswers: true, FirstExpires: true,
		// DEVIATION(firefox): it stores a head as text, and reads no lines without a value from there. nsHttpHeaderArray.cpp, measured 2026-11-23;
		// https://www.rfc-editor.org/rfc/rfc9111#section-3.1.
		EmptyLinesLost: true,
		// DEVIATION(firefox): a failure is asked for anew. As above; https://www.rfc-editor.org/rfc/rfc9111#section-4.3.1.
		FailuresNotValidated: true,
		// DEVIATION(firefox): its one entry is validated if Vary does not match, by ETag alone. As above;
		// https://www.rfc-editor.org/rfc/rfc9111#section-4.1.
		ValidatesOtherVariants: true,
		// DEVIATION(firefox): entries are dropped before the status is looked at. netwerk/protocol/http/nsHttpChannel.cpp, measured 2026-11-22.
		ForgetsAfterFailure: true,
		// DEVIATION(firefox): RFC 8246 is obeyed for encrypted answers, in reloads too. netwerk/protocol/http/nsHttpChannel.cpp, measured
		// 2026-11-22.
		ImmutableNotValidated: true,
		// DEVIATION(firefox): the anonymous flag of a load is part of the key. netwerk/cache2/CacheFileUtils.cpp, measured 2026-11-22.
		CredentialsApart: true,
		// DEVIATION(firefox): its one entry is written anew, and in reloads dropped before anything is sent. Measured, 2026-11-22;
		// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.3.
		AnswersReplace: true, ReloadForgets: true,
		// DEVIATION(firefox): the channel is cancelled before it comes to its cache. Measured, 2026-11-22;
		// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check comes after the cache.
		ResourcePolicyFirst: true,
		// DEVIATION(firefox): the entry to drop is looked for outside of the partition that third parties have. Measured, 2026-11-22;
		// https://www.rfc-editor.org/rfc/rfc9111#section-4.4.
		ForgetsForFirstPartyAlone: true,
	}
}

// guessesLifetime reports whether an answer without an explicit lifetime may be given one.
func (c *HTTPCachePolicy) guessesLifetime(status int, public bool) bool {
	switch status {
	case 204:
		return !c.NoGuessForNoContent
	case 200, 203, 206, 300, 301, 308, 410:
		return true
	}
	return !c.NoGuessForFailures && (isHeuristicallyCacheable(status) || public)
}

// storesStatus reports whether an answer to a GET that says nothing against it is stored.
func (c *HTTPCachePolicy) storesStatus(status int, headers HeaderList) bool {
	switch status {
	case 206:
		return false
	case 205:
		return !c.StoresAll
	case 304:
		return c.NotModifiedStored
	case 408, 425, 429:
		return !c.LaterNotStored
	case 416:
		return !c.RangeFailureNotStored
	}
	return status < 300 || status > 308 || !c.BareRedirectsNotStored || isRedirectStatus(status) && headers.Contains("Location")
}

// replaces reports whether an answer from the network drops what is stored, where answers do.
func (c *HTTPCachePolicy) replaces(status int) bool {
	switch status {
	case 206:
		return false
	case 408, 425, 429:
		return !c.LaterNotStored
	}
	return true
}

// alwaysStale is [HTTPCachePolicy.FailuresStale].
func (c *HTTPCachePolicy) alwaysStale(status int) bool {
	switch status {
	case 200, 203, 204, 300, 301, 302, 303, 307, 308, 410:
		return false
	}
	return c.FailuresStale
}

// validates reports whether the server is asked with conditions if what is stored still holds.
func (c *HTTPCachePolicy) validates(status int) bool {
	return status == 200 || status == 206 || !c.OKValidatedAlone && (status < 400 || !c.FailuresNotValidated)
}

// requestDirectives reads the Cache-Control of a request as far as the cache obeys it.
func (c *HTTPCachePolicy) requestDirectives(headers HeaderList) cacheControl {
	lines := headers.Values("Cache-Control")
	if lines == nil {
		// RFC 9111 section 5.4 leaves Pragma to the cache; RFC 7234 asked for this, and browsers do it.
		return cacheControl{noCache: parseCacheControl(c, headers.Values("Pragma")).noCache}
	}
	d := parseCacheControl(c, lines)
	if c.RequestDirectivesIgnored {
		return cacheControl{noCache: d.noCache, hasMaxAge: d.hasMaxAge && d.maxAge == 0}
	}
	return d
}

// answerDirectives reads the Cache-Control of an answer.
func (c *HTTPCachePolicy) answerDirectives(headers HeaderList) cacheControl {
	d := parseCacheControl(c, headers.Values("Cache-Control"))
	if c.PragmaOfAnswers && !d.noCache {
		d.noCache = parseCacheControl(c, headers.Values("Pragma")).noCache
	}
	return d
}

// loseEmptyLines is [HTTPCachePolicy.EmptyLinesLost].
func (c *HTTPCachePolicy) loseEmptyLines(headers *HeaderList) {
	if c.EmptyLinesLost {
		*headers = slices.DeleteFunc(*headers, func(h Header) bool { return h.Value == "" })
	}
}

// deltaSeconds reads max-age and Age.
func (c *HTTPCachePolicy) deltaSeconds(s string) (time.Duration, bool) {
	if !c.DigitsAlone {
		return parseDeltaSeconds(s)
	}
	s = strings.Trim(s, " \t")
	if c.LeadingDigits {
		n := 0
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		s = s[:n]
		if _, err := strconv.ParseUint(s, 10, 32); err != nil {
			return 0, false
		}
	}
	if strings.HasPrefix(s, `"`) {
		return 0, false
	}
	return parseDeltaSeconds(s)
}

// forgets reports whether the answer to r may have made what is stored wrong.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.4
func (p *fetchParams) forgets(r *request, status int) bool {
	c := &p.agent.profile.HTTPCache
	switch r.method {
	case "GET", "HEAD", "OPTIONS", "TRACE": // https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1
		return false
	case "PUT":
		if c.PUTNeedsBody && r.body == nil {
			return false
		}
	case "POST", "DELETE", "PATCH":
	default:
		if c.ForgetsForKnownMethods {
			return false
		}
	}
	switch {
	case c.NoStoreForgetsNothing && r.cache == CacheNoStore,
		c.OwnConditionsForgetNothing && r.conditionsKeepStored(),
		c.ForgetsForFirstPartyAlone && p.isThirdParty(r):
		return false
	}
	return c.ForgetsAfterFailure || status >= 200 && status <= 399
}

// conditionsKeepStored is [HTTPCachePolicy.OwnConditionsForgetNothing].
func (r *request) conditionsKeepStored() bool {
	for _, name := range [...]string{"Range", "If-Match", "If-Range", "If-Unmodified-Since"} {
		if r.headers.Contains(name) {
			return true
		}
	}
	return r.ownConditions && r.method != "POST"
}

// answersWrite is [HTTPCachePolicy.ForceCacheForWrites].
func (c *HTTPCachePolicy) answersWrite(r *request) bool {
	switch {
	case !c.ForceCacheForWrites || r.cache != CacheForceCache || r.ownConditions || r.headers.Contains("Range"):
		return false
	case r.method == "DELETE" || r.method == "PATCH" || r.method == "PUT" && r.body != nil:
		d := c.requestDirectives(r.headers)
		return !d.noCache && !d.hasMaxAge
	}
	return false
}
