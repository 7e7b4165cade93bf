package fetch

import (
	"context"
	"fmt"
	"slices"

	"github.com/corscope/corscope/internal/httpspec"
)

// ModuleRequest is a page's request for a JavaScript module.
type ModuleRequest struct {
	// URL of the module, absolute or relative to the page's.
	URL string
	// Referrer is the URL of the module that imports it. Empty: the page.
	Referrer string
	// Credentials; empty: [CredentialsSameOrigin], as for an import.
	Credentials CredentialsMode
	// InitiatorType; empty: another module imports it.
	InitiatorType InitiatorType
	// Integrity is that of [Request].
	Integrity string
	// ReferrerPolicy; empty: the page's.
	ReferrerPolicy ReferrerPolicy
	// Trace records what happened; nil records nothing.
	Trace *Trace
}

// ModuleErrorCode says why an answer is no module.
type ModuleErrorCode string

// The faults of an answer that the browser got.
const (
	// ModuleStatus: the status is not one of 200 to 299.
	ModuleStatus ModuleErrorCode = "module-status"
	// ModuleType: Content-Type is none of JavaScript.
	ModuleType ModuleErrorCode = "module-type"
)

// ModuleError says that a page may have an answer, and that it is no module.
type ModuleError struct {
	Code ModuleErrorCode
	// URL is the module's, behind redirects.
	URL string
	// Got is the status, or the Content-Type as it came.
	Got string
}

func (e *ModuleError) Error() string {
	if e.Code == ModuleStatus {
		return fmt.Sprintf("fetch: the module %s is answered with status %s", quote(e.URL), e.Got)
	}
	if e.Got == "" {
		return fmt.Sprintf("fetch: the module %s has no Content-Type, and modules need one of JavaScript, such as text/javascript", quote(e.URL))
	}
	return fmt.Sprintf("fetch: the module %s has Content-Type %s, which is none of JavaScript: send text/javascript", quote(e.URL), quote(e.Got))
}

// FetchModule fetches a module script as a page that imports it does: by CORS, with credentials for the page's own origin alone unless m says otherwise. As
// with [Page.Fetch], an answer that the page may not have is no error, but a response that says why; the caller closes it. The error is a
// *[ModuleError] for an answer that is no JavaScript, a *[RequestError] for a URL that is none, or ctx's. The script that
// imports is taken to have no nonce.
//
// https://html.spec.whatwg.org/#fetch-a-single-module-script
func (p *Page) FetchModule(ctx context.Context, m ModuleRequest) (*Response, error) {
	_, response, err := p.fetchModule(ctx, m)
	if err != nil {
		return nil, err
	}
	return response, nil
}

// fetchModule returns the answer beside a *[ModuleError] too, closed.
func (p *Page) fetchModule(ctx context.Context, m ModuleRequest) (*request, *Response, error) {
	r, _, err := p.newRequest(&Request{URL: m.URL, Mode: ModeCORS, Credentials: m.Credentials, URLCredentials: true, Destination: DestinationScript, InitiatorType: m.InitiatorType,
		Integrity: m.Integrity, ReferrerPolicy: m.ReferrerPolicy})
	if err != nil {
		return nil, nil, err
	}
	if m.Referrer != "" {
		// Unlike one that JavaScript names, it may be of another origin than the page.
		u, err := p.parse(m.Referrer)
		if err != nil {
			return nil, nil, &RequestError{Code: RequestReferrer, Value: m.Referrer, Hint: err.Error(), Err: err}
		}
		r.referrer = referrer{url: u}
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	params := &fetchParams{agent: p.agent, page: p, request: r, trace: m.Trace}
	if m.Trace != nil {
		params.beginTrace(nil)
	}
	response, err := params.run(ctx, params.fetch)
	if err != nil {
		return nil, nil, err
	}
	if m.Trace != nil {
		params.endTrace(response)
	}
	if response.IsError() {
		return r, response, nil
	}
	if failed := response.noModule(); failed != nil {
		response.Close()
		return r, response, failed
	}
	return r, response, nil
}

// noModule returns nil for an answer whose body is a module.
func (r *Response) noModule() error {
	url := r.URL()
	if !r.OK() {
		return &ModuleError{Code: ModuleStatus, URL: url, Got: fmt.Sprint(r.Status)}
	}
	got, _ := r.Internal().Headers.Get("Content-Type")
	if !slices.Contains(javaScriptTypes, r.Internal().MIMEType()) {
		return &ModuleError{Code: ModuleType, URL: url, Got: got}
	}
	return nil
}

// javaScriptTypes are the JavaScript MIME type essences.
//
// https://mimesniff.spec.whatwg.org/#javascript-mime-type
var javaScriptTypes = []string{
	"application/ecmascript", "application/javascript", "application/x-ecmascript", "application/x-javascript", "text/ecmascript",
	"text/javascript", "text/javascript1.0", "text/javascript1.1", "text/javascript1.2", "text/javascript1.3", "text/javascript1.4",
	"text/javascript1.5", "text/jscript", "text/livescript", "text/x-ecmascript", "text/x-javascript",
}

// lastMIMEType is the last value of Content-Type that is a MIME type and not */*; empty where there is none.
//
// https://fetch.spec.whatwg.org/#concept-header-extract-mime-type
func lastMIMEType(h HeaderList) string {
	last := ""
	for _, value := range httpspec.GetDecodeSplit(h.Values("Content-Type")) {
		if essence, ok := mimeEssence(value); ok && essence != "*/*" {
			last = value
		}
	}
	return last
}
