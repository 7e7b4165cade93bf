package fetch

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

// ResponseType says how much of an answer a response shows.
//
// https://fetch.spec.whatwg.org/#concept-response-type
type ResponseType string

// The response types.
const (
	// TypeBasic hides Set-Cookie alone: an answer of the page's own origin.
	TypeBasic ResponseType = "basic"
	// TypeCORS shows the safelisted and the exposed headers.
	TypeCORS ResponseType = "cors"
	// TypeDefault is a response not yet filtered.
	TypeDefault ResponseType = "default"
	// TypeError is a network error: JavaScript gets a TypeError.
	TypeError ResponseType = "error"
	// TypeOpaque shows nothing at all: mode no-cors.
	TypeOpaque ResponseType = "opaque"
	// TypeOpaqueRedirect shows nothing but the URL: redirect mode manual.
	TypeOpaqueRedirect ResponseType = "opaqueredirect"
)

// Response is what a page's JavaScript gets from fetch(). Its fields show only what the page may see; [Response.Internal] is
// the answer that the browser holds behind it.
//
// https://fetch.spec.whatwg.org/#concept-response
type Response struct {
	Type ResponseType
	// Status is 0 for the types error, opaque and opaqueredirect.
	Status     int
	StatusText string
	// Headers are those that the page may read.
	Headers HeaderList
	// Body is nil where the page may read none. The caller reads it to its end or closes the response; both free the
	// connection. Its Read returns a *[BodyError] when the body is cut short, cannot be decoded, or passes the agent's limit.
	Body io.ReadCloser
	// URLList holds every URL of a chain of redirects, the last one last; empty where the page may not know.
	URLList []*URL
	// Reason says why the type is error; zero otherwise.
	Reason Reason
	// TimingAllowed is the result of the Timing-Allow-Origin checks along the way.
	TimingAllowed bool

	internal     *Response
	http2        bool // it came over HTTP/2
	upgraded     bool // for [UpgradePolicy.CountsAsRedirect]
	redirects    RedirectTaint
	exposedNames []string
	// includesCredentials is the standard's request-includes-credentials.
	includesCredentials bool
	// cache is nil for an answer from the network.
	cache *CacheUse
}

// URL is the last URL without its fragment; empty where the page may not know it.
func (r *Response) URL() string {
	if len(r.URLList) == 0 {
		return ""
	}
	return r.URLList[len(r.URLList)-1].StringWithoutFragment()
}

// Redirected reports whether the page can see that the request was redirected.
func (r *Response) Redirected() bool { return len(r.URLList) > 1 || r.upgraded && len(r.URLList) > 0 }

// OK reports a status from 200 to 299.
func (r *Response) OK() bool { return isOKStatus(r.Status) }

// IsError reports whether JavaScript gets a TypeError instead of a response.
func (r *Response) IsError() bool { return r.Type == TypeError }

// Internal is the answer as the browser's network layer holds it, hidden headers and body included; the page never sees it. It
// is r itself where nothing is hidden, and r for an error. It shares its body with r.
func (r *Response) Internal() *Response {
	if r.internal != nil {
		return r.internal
	}
	return r
}

// Close closes the body, if there is one. It is safe to call more than once.
func (r *Response) Close() error {
	if in := r.Internal(); in.Body != nil {
		return in.Body.Close()
	}
	return nil
}

// networkError is the standard's network error with the reason that the standard keeps from the page.
//
// https://fetch.spec.whatwg.org/#concept-network-error
func networkError(r Reason) *Response {
	return &Response{Type: TypeError, Reason: r, redirects: TaintSameOrigin}
}

// https://fetch.spec.whatwg.org/#statuses
func isOKStatus(status int) bool { return status >= 200 && status <= 299 }

func isNullBodyStatus(status int) bool {
	switch status {
	case 101, 103, 204, 205, 304:
		return true
	}
	return false
}

func isRedirectStatus(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// locationURL returns nil without an error where the response is no redirect or has no Location.
//
// https://fetch.spec.whatwg.org/#concept-response-location-url
func (r *Response) locationURL(fragment string, hasFragment bool, policy *RedirectPolicy) (*URL, error) {
	if !isRedirectStatus(r.Status) {
		return nil, nil
	}
	values := r.Headers.Values("Location")
	if policy.SameLocationTwice {
		values = slices.Compact(values)
	}
	if policy.JoinLocations && len(values) > 1 {
		values = []string{strings.Join(values, ", ")}
	}
	switch len(values) {
	case 0:
		return nil, nil
	case 1:
	default:
		return nil, &URLError{Input: strings.Join(values, ", "), Code: URLInvalid, Hint: "send one Location header, not several"}
	}
	value := values[0]
	if value == "" && policy.EmptyLocationFails {
		return nil, &URLError{Input: value, Code: URLInvalid, Hint: "send a URL in Location"}
	}
	if policy.EscapeLocationBytes {
		value = escapeNonASCII(value)
	}
	u, err := r.URLList[len(r.URLList)-1].Parse(isomorphicDecode(value))
	if err != nil {
		return nil, err
	}
	if _, has := u.Fragment(); !has && hasFragment {
		u = u.WithFragment(fragment)
	}
	return u, nil
}

// hasLocation is false for an empty one too.
func (r *Response) hasLocation() bool {
	value, _ := r.Headers.Get("Location")
	return value != ""
}

func escapeNonASCII(s string) string {
	if isASCII(s) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if s[i] < 0x80 {
			b.WriteByte(s[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", s[i])
		}
	}
	return b.String()
}

// isomorphicDecode maps each byte to the code point of the same number.
//
// https://infra.spec.whatwg.org/#isomorphic-decode
func isomorphicDecode(s string) string {
	if isASCII(s) {
		return s
	}
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

// filtered returns the view of r that a page may have.
//
// https://fetch.spec.whatwg.org/#concept-filtered-response
func (r *Response) filtered(t Tainting) *Response {
	f := *r
	f.internal = r
	switch t {
	case TaintingBasic:
		f.Type = TypeBasic
		f.Headers = keepHeaders(r.Headers, func(name string) bool { return !httpspec.IsForbiddenResponseHeaderName(name) })
	case TaintingCORS:
		f.Type = TypeCORS
		f.Headers = keepHeaders(r.Headers, func(name string) bool {
			return isCORSSafelistedResponseHeaderName(name, r.exposedNames)
		})
	case TaintingOpaque:
		f.Type = TypeOpaque
		f.hide()
		f.URLList = nil
	}
	return &f
}

// opaqueRedirect is the standard's opaque-redirect filtered response.
//
// https://fetch.spec.whatwg.org/#concept-filtered-response-opaque-redirect
func (r *Response) opaqueRedirect() *Response {
	f := *r
	f.internal = r
	f.Type = TypeOpaqueRedirect
	f.hide()
	return &f
}

func (r *Response) hide() {
	r.Status, r.StatusText, r.Headers, r.Body = 0, "", nil, nil
}

// isCORSSafelistedResponseHeaderName is given the CORS-exposed header-name list.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
func isCORSSafelistedResponseHeaderName(name string, exposed []string) bool {
	if httpspec.IsCORSSafelistedResponseHeaderName(name) {
		return true
	}
	for _, e := range exposed {
		if httpspec.EqualFold(e, name) {
			return !httpspec.IsForbiddenResponseHeaderName(name)
		}
	}
	return false
}

// keepHeaders allocates only when something is left out.
func keepHeaders(l HeaderList, keep func(name string) bool) HeaderList {
	n := 0
	for _, h := range l {
		if keep(h.Name) {
			n++
		}
	}
	if n == len(l) {
		return l
	}
	kept := make(HeaderList, 0, n)
	for _, h := range l {
		if keep(h.Name) {
			kept = append(kept, h)
		}
	}
	return kept
}
