package fetch

import "fmt"

// RequestCode says why a request could not be made at all: JavaScript's fetch() throws before anything happens.
type RequestCode string

// The faults of a [Request].
const (
	RequestURL            RequestCode = "url-invalid"
	RequestURLCredentials RequestCode = "url-with-credentials"
	RequestMethod         RequestCode = "method-invalid"
	RequestMethodForbid   RequestCode = "method-forbidden"
	RequestMethodNoCORS   RequestCode = "method-not-for-no-cors"
	RequestHeaderName     RequestCode = "header-name-invalid"
	RequestHeaderValue    RequestCode = "header-value-invalid"
	RequestBody           RequestCode = "body-not-allowed"
	RequestMode           RequestCode = "mode-invalid"
	RequestCredentials    RequestCode = "credentials-invalid"
	RequestRedirect       RequestCode = "redirect-invalid"
	RequestCache          RequestCode = "cache-invalid"
	RequestReferrer       RequestCode = "referrer-invalid"
	RequestReferrerPolicy RequestCode = "referrer-policy-invalid"
)

// RequestError says what is wrong with a [Request].
type RequestError struct {
	Code RequestCode
	// Value is what was given.
	Value string
	// Hint says what to give instead; may be empty.
	Hint string
	// Err is the cause, such as a *[URLError]; may be nil.
	Err error
}

func (e *RequestError) Error() string {
	what := map[RequestCode]string{
		RequestURL: "the URL cannot be parsed", RequestURLCredentials: "the URL holds a user name or password",
		RequestMethod: "not a method", RequestMethodForbid: "a method that pages may not use",
		RequestMethodNoCORS: "not a method for mode no-cors", RequestHeaderName: "not a header name",
		RequestHeaderValue: "not a header value", RequestBody: "a body is not allowed with this method",
		RequestMode: "not a mode", RequestCredentials: "not a credentials mode", RequestRedirect: "not a redirect mode",
		RequestCache: "not a cache mode here", RequestReferrer: "the referrer cannot be parsed",
		RequestReferrerPolicy: "not a referrer policy",
	}[e.Code]
	s := fmt.Sprintf("fetch: %s: %s", quote(e.Value), what)
	if e.Hint != "" {
		s += ": " + e.Hint
	}
	return s
}

func (e *RequestError) Unwrap() error { return e.Err }
