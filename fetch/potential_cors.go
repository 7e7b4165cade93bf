package fetch

import "context"

// CORSSetting is the state of a CORS settings attribute, such as crossorigin.
//
// https://html.spec.whatwg.org/#cors-settings-attributes
type CORSSetting string

// The states. The zero value is the first.
const (
	// NoCORS: there is no attribute. The request is made in [ModeNoCORS] and with credentials.
	NoCORS CORSSetting = ""
	// Anonymous: by CORS, with credentials for the page's own origin alone.
	Anonymous CORSSetting = "anonymous"
	// UseCredentials: by CORS, with credentials.
	UseCredentials CORSSetting = "use-credentials"
)

// PotentialCORSRequest is a request that a page makes without fetch(): for an element, a font, or an EventSource.
type PotentialCORSRequest struct {
	// URL, absolute or relative to the page's.
	URL string
	// Destination is what the answer is for. Empty: there is none.
	Destination Destination
	// InitiatorType says what asks. Empty: [InitiatorOther].
	InitiatorType InitiatorType
	// CORS says whether the request is made by CORS. Zero: it is not.
	CORS CORSSetting
	// Cache; empty: [CacheDefault].
	Cache CacheMode
	// Integrity is that of [Request].
	Integrity string
	// ReferrerPolicy; empty: the page's.
	ReferrerPolicy ReferrerPolicy
	// Headers are the browser's own, of any name: they are sent without a preflight.
	Headers HeaderList
	// Trace records what happened; nil records nothing.
	Trace *Trace
}

// FetchPotentialCORS runs a request of HTML's own, which is never preflighted for its headers. As with [Page.Fetch], an answer that the
// page may not have is no error, but a response that says why; the caller closes it. Of an answer without CORS the page has
// [Response.Internal] to use, and not to read. The error is a *[RequestError] or ctx's.
//
// https://html.spec.whatwg.org/#create-a-potential-cors-request
func (p *Page) FetchPotentialCORS(ctx context.Context, q PotentialCORSRequest) (*Response, error) {
	_, response, err := p.fetchPotentialCORS(ctx, q)
	return response, err
}

func (p *Page) fetchPotentialCORS(ctx context.Context, q PotentialCORSRequest) (*request, *Response, error) {
	request := Request{
		URL: q.URL, Mode: ModeCORS, Credentials: CredentialsInclude, Cache: q.Cache, Integrity: q.Integrity, ReferrerPolicy: q.ReferrerPolicy, URLCredentials: true,
		Destination: q.Destination, InitiatorType: q.InitiatorType,
	}
	if request.InitiatorType == "" {
		request.InitiatorType = InitiatorOther
	}
	switch q.CORS {
	case NoCORS:
		request.Mode = ModeNoCORS
	case Anonymous:
		request.Credentials = CredentialsSameOrigin
	}
	r, _, err := p.newRequest(&request)
	if err != nil {
		return nil, nil, err
	}
	r.headers = append(r.headers, q.Headers...)
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	params := &fetchParams{agent: p.agent, page: p, request: r, trace: q.Trace}
	if q.Trace != nil {
		params.beginTrace(nil)
	}
	response, err := params.run(ctx, params.fetch)
	if err != nil {
		return nil, nil, err
	}
	if q.Trace != nil {
		params.endTrace(response)
	}
	return r, response, nil
}
