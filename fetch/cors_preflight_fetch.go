package fetch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/origin"
)

// defaultPreflightAge is the max-age in seconds where the header is absent or malformed.
const defaultPreflightAge = 5

// corsPreflightFetch asks the server whether r may be sent. It returns the preflight's response, or the network error that ends
// the fetch.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
func (p *fetchParams) corsPreflightFetch(r *request) *Response {
	preflight := &request{
		method: "OPTIONS", urlList: r.urlList, client: r.client, origin: r.origin,
		referrer: r.firstReferrer(), referrerPolicy: r.referrerPolicy,
		mode: ModeCORS, credentials: CredentialsSameOrigin, cache: CacheDefault, redirect: RedirectFollow, tainting: TaintingCORS,
		headers: make(HeaderList, 0, 3), taint: r.taint, taintOf: r.taintOf,
	}
	unsafeNames := r.corsUnsafeRequestHeaderNames()
	preflight.headers = append(preflight.headers,
		Header{"Accept", "*/*"},
		Header{httpspec.AccessControlRequestMethod, r.method})
	if len(unsafeNames) > 0 {
		preflight.headers = append(preflight.headers, Header{httpspec.AccessControlRequestHeaders, p.requestedHeaders(r, unsafeNames)})
	}
	if p.agent.profile.Preflight.CarriesCacheMode {
		preflight.cache = r.effectiveCacheMode()
	}
	if p.agent.profile.Preflight.CarriesUserAgent {
		if value, ok := r.headers.Get("User-Agent"); ok {
			preflight.headers = append(preflight.headers, Header{"User-Agent", value})
		}
	}
	judged := r
	if p.agent.profile.Preflight.OriginNeverHidden {
		preflight.urlList = r.urlList[len(r.urlList)-1:]
		direct := *r
		direct.urlList, direct.askedFrom, judged = preflight.urlList, 0, &direct
	}
	response := p.httpNetworkOrCacheFetch(preflight, ExchangePreflight, false, false)
	if response.IsError() {
		return response
	}
	failure := p.preflightRedirect(response)
	if own := judged != r && origin.SameOrigin(r.origin, r.currentURL().Origin()); failure == nil && !own {
		failure = p.corsCheck(judged, response)
	}
	if failure == nil {
		failure = p.preflightStatus(response)
	}
	var allowed preflightAllowed
	if failure == nil {
		allowed, failure = p.extractAllowed(r, response)
	}
	if failure == nil && p.agent.profile.Preflight.RefusedStored {
		p.storePreflight(r, response, allowed)
	}
	if failure == nil {
		failure = p.checkAllowed(r, unsafeNames, allowed)
	}
	if failure != nil {
		p.withhold(response)
		return failure
	}
	p.discard(response)
	if !p.agent.profile.Preflight.RefusedStored {
		p.storePreflight(r, response, allowed)
	}
	return response
}

// storePreflight is steps 7.8 to 7.15.
func (p *fetchParams) storePreflight(r *request, response *Response, allowed preflightAllowed) {
	if maxAge, ok := p.preflightMaxAge(response); ok && !p.skipsPreflightCache() {
		p.agent.preflightCache.update(r, maxAge, allowed.methods, allowed.headers)
	}
}

// requestedHeaders is the value of Access-Control-Request-Headers.
func (p *fetchParams) requestedHeaders(r *request, unsafeNames []string) string {
	if p.agent.profile.Preflight.RepeatNames && r.preflightHeaders().repeats() {
		var names []string
		for _, h := range p.agent.profile.Headers.unsafeRequestHeaders(r.preflightHeaders()) {
			names = append(names, httpspec.Lower(h.Name))
		}
		slices.Sort(names)
		unsafeNames = names
	}
	return strings.Join(unsafeNames, ",")
}

// preflightRedirect is the part of step 7 that asks for an ok status, for redirects. The step asks for the CORS check and the status
// at once; a redirect is looked at first because it is the cause where both fail, as it is in Chromium.
func (p *fetchParams) preflightRedirect(response *Response) *Response {
	location, present := response.Headers.Get("Location")
	if !present || !isRedirectStatus(response.Status) {
		return nil
	}
	p.step("cors-preflight-fetch-0", "8", Step{Verdict: Fail, Subject: "status", Want: "200 to 299", Got: fmt.Sprint(response.Status),
		Text: "a redirect: preflights do not follow them"})
	return p.blocked(ReasonPreflightRedirect, "to "+quote(location))
}

// preflightStatus is the part of step 7 that asks for an ok status, for all others.
func (p *fetchParams) preflightStatus(response *Response) *Response {
	if isOKStatus(response.Status) {
		p.step("cors-preflight-fetch-0", "7", Step{Verdict: Pass, Subject: "status", Want: "200 to 299", Got: fmt.Sprint(response.Status)})
		return nil
	}
	p.step("cors-preflight-fetch-0", "8", Step{Verdict: Fail, Subject: "status", Want: "200 to 299", Got: fmt.Sprint(response.Status),
		Text: "the answer to OPTIONS must have a status from 200 to 299"})
	return p.blocked(ReasonPreflightStatus, "")
}

// preflightAllowed is what the answer to a preflight names, and the headers as they stood there.
type preflightAllowed struct {
	methods, headers         []string
	methodLines, headerLines []string
}

// extractAllowed is steps 7.1 to 7.4.
func (p *fetchParams) extractAllowed(r *request, response *Response) (preflightAllowed, *Response) {
	a := preflightAllowed{
		methodLines: response.Headers.Values(httpspec.AccessControlAllowMethods),
		headerLines: response.Headers.Values(httpspec.AccessControlAllowHeaders),
	}
	var bad *httpspec.ListError
	if a.methods, bad = httpspec.ParseTokenList(a.methodLines); bad != nil {
		p.step("cors-preflight-fetch-0", "7.3", Step{Verdict: Fail, Subject: httpspec.AccessControlAllowMethods,
			Want: "a list of methods", Got: joinLines(a.methodLines), Text: "one bad member makes the whole header count as an error"})
		return a, p.blocked(ReasonAllowMethodsMalformed, quote(bad.Value)+" is not a method")
	}
	if a.headers, bad = httpspec.ParseTokenList(a.headerLines); bad != nil {
		p.step("cors-preflight-fetch-0", "7.3", Step{Verdict: Fail, Subject: httpspec.AccessControlAllowHeaders,
			Want: "a list of header names", Got: joinLines(a.headerLines), Text: "one bad member makes the whole header count as an error"})
		return a, p.blocked(ReasonAllowHeadersMalformed, quote(bad.Value)+" is not a header name")
	}
	if a.methodLines == nil && r.useCORSPreflight && !p.agent.profile.Preflight.StreamsNeedMethod {
		a.methods = []string{r.method}
	}
	return a, nil
}

// checkAllowed is steps 7.5 to 7.7.
func (p *fetchParams) checkAllowed(r *request, unsafeNames []string, a preflightAllowed) *Response {
	include := r.credentials == CredentialsInclude
	methodWildcard := slices.Contains(a.methods, "*")
	named := slices.Contains(a.methods, r.method)
	switch {
	case isUnsafeMethod(r.method) && !named && (include || !methodWildcard):
		p.step("cors-preflight-fetch-0", "7.5", Step{Verdict: Fail, Subject: httpspec.AccessControlAllowMethods, Want: r.method,
			Got: joinLines(a.methodLines), Text: r.method + " is not in it"})
		return p.blocked(p.methodReason(r, a, methodWildcard))
	case named:
		p.step("cors-preflight-fetch-0", "7.5", Step{Verdict: Pass, Subject: httpspec.AccessControlAllowMethods, Want: r.method,
			Got: joinLines(a.methodLines), Text: "the method is in it"})
	case isUnsafeMethod(r.method):
		p.step("cors-preflight-fetch-0", "7.5", Step{Verdict: Pass, Subject: httpspec.AccessControlAllowMethods, Want: r.method,
			Got: joinLines(a.methodLines), Text: "* allows every method, as no credentials were asked for"})
	default:
		p.step("cors-preflight-fetch-0", "7.5", Step{Verdict: Pass, Subject: httpspec.AccessControlAllowMethods, Want: r.method,
			Got: joinLines(a.methodLines), Text: "not needed: GET, HEAD and POST are always allowed"})
	}
	headerWildcard := slices.Contains(a.headers, "*")
	listed := func(name string) bool {
		return slices.ContainsFunc(a.headers, func(h string) bool { return httpspec.EqualFold(h, name) })
	}
	for _, name := range unsafeNames {
		if !httpspec.IsCORSNonWildcardRequestHeaderName(name) || listed(name) ||
			p.agent.profile.WildcardCoversAuthorization && headerWildcard && !include {
			continue
		}
		p.step("cors-preflight-fetch-0", "7.6", Step{Verdict: Fail, Subject: httpspec.AccessControlAllowHeaders, Want: name,
			Got: joinLines(a.headerLines), Text: name + " must be named"})
		if headerWildcard {
			return p.blocked(ReasonAuthorizationNotListed, "* does not cover Authorization")
		}
		return p.blocked(ReasonHeaderNotAllowed, missingHeaders(unsafeNames, listed))
	}
	for _, name := range unsafeNames {
		if listed(name) || headerWildcard && !include {
			continue
		}
		p.step("cors-preflight-fetch-0", "7.7", Step{Verdict: Fail, Subject: httpspec.AccessControlAllowHeaders, Want: name,
			Got: joinLines(a.headerLines), Text: name + " is not in it"})
		if headerWildcard {
			return p.blocked(ReasonHeaderWildcard, "")
		}
		return p.blocked(ReasonHeaderNotAllowed, missingHeaders(unsafeNames, listed))
	}
	if len(unsafeNames) > 0 && p.trace != nil {
		p.step("cors-preflight-fetch-0", "7.7", Step{Verdict: Pass, Subject: httpspec.AccessControlAllowHeaders,
			Want: strings.Join(unsafeNames, ", "), Got: joinLines(a.headerLines), Text: "every header that was asked for is allowed"})
	}
	return nil
}

func (p *fetchParams) methodReason(r *request, a preflightAllowed, wildcard bool) (ReasonCode, string) {
	if wildcard {
		return ReasonMethodWildcard, ""
	}
	for _, m := range a.methods {
		if httpspec.EqualFold(m, r.method) {
			return ReasonMethodNotAllowed, fmt.Sprintf("methods are compared to the letter, and %s is not %s", m, r.method)
		}
	}
	return ReasonMethodNotAllowed, ""
}

// missingHeaders names the others that are missing too, as a browser reports one at a time.
func missingHeaders(unsafeNames []string, listed func(string) bool) string {
	var missing []string
	for _, name := range unsafeNames {
		if !listed(name) {
			missing = append(missing, name)
		}
	}
	if len(missing) < 2 {
		return ""
	}
	return "missing are " + strings.Join(missing, ", ")
}

// preflightMaxAge is steps 7.8 to 7.10, in seconds; ok is false where the browser keeps nothing of the preflight.
func (p *fetchParams) preflightMaxAge(response *Response) (age int64, ok bool) {
	lines := response.Headers.Values(httpspec.AccessControlMaxAge)
	if lines == nil {
		return defaultPreflightAge, true
	}
	age, bad := httpspec.ParseDeltaSeconds(lines)
	if bad != nil && p.agent.profile.Preflight.NegativeAgeIsZero && isNegativeInteger(lines) {
		age, bad = 0, nil
	}
	if number, signed := strings.CutPrefix(joinLines(lines), "+"); bad != nil && signed && p.agent.profile.Preflight.PlusInAge {
		age, bad = httpspec.ParseDeltaSeconds([]string{number})
	}
	if bad != nil && p.agent.profile.Preflight.MalformedAgeNotCached && joinLines(lines) != "" {
		p.step("cors-preflight-fetch-0", "7.9", Step{Verdict: Note, Subject: httpspec.AccessControlMaxAge, Want: "a number of seconds",
			Got: joinLines(lines), Text: "not a number of seconds, for which this browser does not remember the preflight"})
		return 0, false
	}
	if bad != nil {
		p.step("cors-preflight-fetch-0", "7.9", Step{Verdict: Note, Subject: httpspec.AccessControlMaxAge, Want: "a number of seconds",
			Got: joinLines(lines), Text: "not a number of seconds, so the preflight is remembered for 5 s"})
		return defaultPreflightAge, true
	}
	if limit := int64(p.agent.profile.MaxPreflightAge.Seconds()); limit > 0 && age > limit {
		if p.trace != nil {
			p.step("cors-preflight-fetch-0", "7.10", Step{Verdict: Note, Subject: httpspec.AccessControlMaxAge, Want: fmt.Sprint(limit),
				Got: joinLines(lines), Text: "cut to the most that the browser allows"})
		}
		return limit, true
	}
	return age, true
}

func isNegativeInteger(lines []string) bool {
	digits, negative := strings.CutPrefix(joinLines(lines), "-")
	return negative && digits != "" && len(digits) < 20 && isDigits(digits)
}

// joinLines shows several lines of one header as the standard's get does.
func joinLines(lines []string) string {
	if len(lines) == 1 {
		return lines[0]
	}
	return strings.Join(lines, ", ")
}

// maxQuoted bounds how much of a value from a server is repeated inside a sentence.
const maxQuoted = 80

func quote(s string) string {
	if len(s) > maxQuoted {
		return fmt.Sprintf("%q...", s[:maxQuoted])
	}
	return fmt.Sprintf("%q", s)
}
