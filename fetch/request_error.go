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
	// RequestTargetAddressSpace: not an address space.
	RequestTargetAddressSpace RequestCode = "target-address-space-invalid"
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

// requestFaults are the sentences, each with room for the value.
var requestFaults = map[RequestCode]string{
	RequestURL:            "the URL %s cannot be parsed",
	RequestURLCredentials: "the URL %s holds a user name or password",
	RequestMethod:         "%s is not a method",
	RequestMethodForbid:   "%s is a method that pages may not use",
	RequestMethodNoCORS:   "%s is not a method for mode no-cors",
	RequestHeaderName:     "%s is not a header name",
	RequestHeaderValue:    "%s is not a header value",
	RequestBody:           "%s takes no body",
	RequestMode:           "%s is not a mode",
	RequestCredentials:    "%s is not a credentials mode",
	RequestRedirect:       "%s is not a redirect mode",
	RequestCache:          "%s cannot be the cache mode",
	RequestReferrer:       "the referrer %s cannot be parsed",
	RequestReferrerPolicy: "%s is not a referrer policy",

	RequestTargetAddressSpace: "%s is not an address space",
}

func (e *RequestError) Error() string {
	s := "fetch: " + fmt.Sprintf(requestFaults[e.Code], quote(e.Value))
	if e.Hint != "" {
		s += ": " + e.Hint
	}
	return s
}

func (e *RequestError) Unwrap() error { return e.Err }
