package fetch

import (
	"context"
	"fmt"

	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/origin"
)

// Fetch runs a request as the page's JavaScript would with fetch(), over the agent's transport, redirects and preflights
// included, and returns when the answer's headers are there.
//
// A fetch that the page may not see is not an error: it is a response of type [TypeError] whose Reason says why. The error is a
// *[RequestError] where fetch() would throw before doing anything, or ctx's error when that ended the fetch. The caller closes the
// response, or reads its body to the end.
//
// https://fetch.spec.whatwg.org/#fetch-method
func (p *Page) Fetch(ctx context.Context, request Request) (*Response, error) {
	r, ignored, err := p.newRequest(&request)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	params := &fetchParams{agent: p.agent, page: p, request: r, trace: request.Trace}
	if request.Trace != nil {
		params.beginTrace(ignored)
	}
	if request.Keepalive {
		params.joinGroup(&request)
	}
	response, err := params.run(ctx, params.fetch)
	if params.record != nil {
		params.endRecord(response, err)
		if request.Record == nil {
			params.record.Told()
		}
	}
	if err == nil && request.Trace != nil {
		params.endTrace(response)
	}
	return response, err
}

// fetch adds what every request carries, whoever makes it.
//
// https://fetch.spec.whatwg.org/#concept-fetch
func (p *fetchParams) fetch() *Response {
	r := p.request
	if !r.headers.Contains("Accept") {
		r.headers = append(r.headers, Header{"Accept", r.destination.accept()})
	}
	if !r.headers.Contains("Accept-Language") {
		r.headers = append(r.headers, Header{"Accept-Language", p.agent.acceptLanguage})
	}
	return p.mainFetch(false)
}

// newRequest is the Request constructor, with the headers that were dropped.
//
// https://fetch.spec.whatwg.org/#dom-request
func (p *Page) newRequest(q *Request) (*request, []IgnoredHeader, error) {
	u := q.Parsed
	if u == nil {
		var err error
		if u, err = p.ParseURL(q.URL); err != nil {
			return nil, nil, &RequestError{Code: RequestURL, Value: q.URL, Hint: err.Error(), Err: err}
		}
	}
	if u.HasCredentials() && !q.URLCredentials {
		return nil, nil, &RequestError{Code: RequestURLCredentials, Value: u.String(), Hint: "send them in an Authorization header instead"}
	}
	if p.agent.profile.StreamBodyIsText && !q.Body.hasSource() {
		q.Body, q.BodyType = BytesBody([]byte("[object ReadableStream]")), "text/plain;charset=UTF-8"
	}
	r := &request{
		urlList: []*URL{u}, client: p, origin: p.origin, unsafeRequest: q.Destination == "" && q.InitiatorType.byJavaScript(), tainting: TaintingBasic,
		mode: q.Mode, credentials: q.Credentials, redirect: q.Redirect, cache: q.Cache,
		referrerPolicy: q.ReferrerPolicy, integrity: q.Integrity, keepalive: q.Keepalive, body: q.Body,
		useURLCredentials: q.URLCredentials, uploaded: q.Uploaded, destination: q.Destination, initiatorType: q.InitiatorType,
		useCORSPreflight: q.UploadListener || !q.Body.hasSource(),
	}
	// Kept under every profile, for those who judge the trace by another one.
	if q.TargetAddressSpace.valid() {
		r.targetAddressSpace = q.TargetAddressSpace
	} else if p.agent.profile.LocalNetwork.TargetAddressSpace && q.TargetAddressSpace != AddressSpaceUnknown {
		return nil, nil, &RequestError{Code: RequestTargetAddressSpace, Value: string(q.TargetAddressSpace), Hint: "use public, local or loopback"}
	}
	if err := r.setModes(); err != nil {
		return nil, nil, err
	}
	if err := p.setReferrer(r, q.Referrer); err != nil {
		return nil, nil, err
	}
	if r.method = q.Method; r.method == "" {
		r.method = "GET"
	}
	if !httpspec.IsToken(r.method) {
		return nil, nil, &RequestError{Code: RequestMethod, Value: q.Method, Hint: "use letters, digits and hyphens, such as GET or PURGE"}
	}
	if httpspec.IsForbiddenMethod(r.method) {
		return nil, nil, &RequestError{Code: RequestMethodForbid, Value: q.Method, Hint: "browsers never send CONNECT, TRACE or TRACK for a page"}
	}
	r.method = httpspec.NormalizeMethod(r.method)
	if r.mode == ModeNoCORS && !httpspec.IsCORSSafelistedMethod(r.method) {
		return nil, nil, &RequestError{Code: RequestMethodNoCORS, Value: q.Method, Hint: "use GET, HEAD or POST, or leave mode at cors"}
	}
	if q.Body != nil && (r.method == "GET" || r.method == "HEAD") {
		return nil, nil, &RequestError{Code: RequestBody, Value: r.method, Hint: "use POST, PUT or PATCH for a request with a body"}
	}
	if q.Body != nil && !q.Body.hasSource() {
		if r.mode == ModeNoCORS {
			return nil, nil, &RequestError{Code: RequestBody, Value: string(r.mode), Hint: "a stream needs mode cors or same-origin"}
		}
		if r.keepalive {
			return nil, nil, &RequestError{Code: RequestBody, Value: "keepalive", Hint: "a request that may outlive the page cannot have a stream"}
		}
		if p.agent.profile.StreamsUseCORS {
			r.mode = ModeCORS
		}
	}
	ignored, err := r.fillHeaders(q.Headers)
	if err != nil {
		return nil, nil, err
	}
	if q.Body != nil {
		ignored = append(ignored, r.addBodyType(q.BodyType)...)
	}
	return r, ignored, nil
}

func (p *Page) parse(ref string) (*URL, error) {
	if p.url != nil {
		return p.url.Parse(ref)
	}
	return ParseURL(ref)
}

// setModes fills in fetch()'s defaults and refuses what WebIDL would.
func (r *request) setModes() error {
	switch r.mode {
	case "":
		r.mode = ModeCORS
	case ModeCORS, ModeNoCORS, ModeSameOrigin:
	default:
		return &RequestError{Code: RequestMode, Value: string(r.mode), Hint: "use cors, no-cors or same-origin"}
	}
	switch r.credentials {
	case "":
		r.credentials = CredentialsSameOrigin
	case CredentialsOmit, CredentialsSameOrigin, CredentialsInclude:
	default:
		return &RequestError{Code: RequestCredentials, Value: string(r.credentials), Hint: "use omit, same-origin or include"}
	}
	switch r.redirect {
	case "":
		r.redirect = RedirectFollow
	case RedirectFollow, RedirectError, RedirectManual:
	default:
		return &RequestError{Code: RequestRedirect, Value: string(r.redirect), Hint: "use follow, error or manual"}
	}
	switch r.cache {
	case "":
		r.cache = CacheDefault
	case CacheDefault, CacheNoStore, CacheReload, CacheNoCache, CacheForceCache:
	case CacheOnlyIfCached:
		if r.mode != ModeSameOrigin {
			return &RequestError{Code: RequestCache, Value: string(r.cache), Hint: "only-if-cached needs mode same-origin"}
		}
	default:
		return &RequestError{Code: RequestCache, Value: string(r.cache),
			Hint: "use default, no-store, reload, no-cache, force-cache or only-if-cached"}
	}
	if r.referrerPolicy != "" && !r.referrerPolicy.valid() {
		return &RequestError{Code: RequestReferrerPolicy, Value: string(r.referrerPolicy), Hint: "use one of " + referrerPolicyList()}
	}
	return nil
}

func (p *Page) setReferrer(r *request, given string) error {
	switch given {
	case "", "about:client":
		return nil
	case "no-referrer":
		r.referrer = referrer{none: true}
		return nil
	}
	u, err := p.parse(given)
	if err != nil {
		return &RequestError{Code: RequestReferrer, Value: given, Hint: err.Error(), Err: err}
	}
	if origin.SameOrigin(u.Origin(), p.origin) {
		r.referrer = referrer{url: u}
	}
	return nil
}

// fillHeaders appends the caller's headers as a Headers object with the guard "request" or "request-no-cors" does.
//
// https://fetch.spec.whatwg.org/#concept-headers-fill
func (r *request) fillHeaders(headers HeaderList) ([]IgnoredHeader, error) {
	var ignored []IgnoredHeader
	// Room for what fetch and HTTP-network-or-cache fetch append.
	r.headers = make(HeaderList, 0, len(headers)+2)
	for _, h := range headers {
		value := httpspec.NormalizeHeaderValue(h.Value)
		if !httpspec.IsToken(h.Name) {
			return nil, &RequestError{Code: RequestHeaderName, Value: h.Name, Hint: "use letters, digits and hyphens"}
		}
		if !httpspec.IsHeaderValue(value) {
			return nil, &RequestError{Code: RequestHeaderValue, Value: h.Value, Hint: "take out the line breaks and NUL bytes of " + h.Name}
		}
		if why := r.refuses(h.Name, value); why != "" {
			ignored = append(ignored, IgnoredHeader{Header{h.Name, value}, why})
			continue
		}
		if r.client.agent.profile.Headers.CombineLines {
			if old, ok := r.headers.Get(h.Name); ok {
				r.headers.Set(h.Name, old+", "+value)
				continue
			}
		}
		r.headers.Append(h.Name, value)
	}
	return ignored, nil
}

// addBodyType is the step of the Request constructor that appends the type of the body.
//
// https://fetch.spec.whatwg.org/#dom-request
func (r *request) addBodyType(value string) []IgnoredHeader {
	if value == "" || r.headers.Contains("Content-Type") {
		return nil
	}
	if why := r.refuses("Content-Type", value); why != "" && !r.client.agent.profile.Headers.NoCORSBodyType {
		return []IgnoredHeader{{Header{"Content-Type", value}, why}}
	}
	r.headers.Append("Content-Type", value)
	return nil
}

// refuses says why the Headers object ignores a header; empty if it takes it.
func (r *request) refuses(name, value string) string {
	if httpspec.IsForbiddenRequestHeader(name, value) {
		if httpspec.IsForbiddenRequestHeaderName(name) {
			return fmt.Sprintf("browsers let no page set %s", name)
		}
		return fmt.Sprintf("browsers let no page set %s to %s", name, quote(value))
	}
	if r.client.agent.profile.Headers.IgnoreUserAgent && httpspec.EqualFold(name, "User-Agent") {
		return "this browser lets no page set User-Agent"
	}
	if r.mode != ModeNoCORS {
		return ""
	}
	if httpspec.IsPrivilegedNoCORSRequestHeaderName(name) {
		return fmt.Sprintf("mode no-cors drops %s", name)
	}
	if old, ok := r.headers.Get(name); ok {
		value = old + ", " + value
	}
	if !httpspec.IsNoCORSSafelistedRequestHeaderName(name) || !r.client.agent.profile.Headers.Safelists(name, value) {
		return fmt.Sprintf("mode no-cors takes only safelisted headers, and %s: %s is none", name, value)
	}
	return ""
}
