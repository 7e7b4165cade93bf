package corstest

import (
	"slices"

	"github.com/corscope/corscope/fetch"
)

// Request is what a page's JavaScript gives to fetch(). It has the fields of
// [fetch.Request] and its zero values; write one out, or begin with [Get] or [Do].
// A URL without scheme and host, as "/users", is one of the server under test;
// with them, as "https://api.example.com/users", it is what it says. Its Trace
// is not used: see [Result].
//
// The methods return changed copies.
type Request fetch.Request

// Get returns a GET request.
func Get(url string) Request { return Request{URL: url} }

// Do returns a request with a method. The method is sent as fetch() sends it: GET,
// HEAD, POST, PUT, DELETE and OPTIONS in any case become upper case, others stay
// as they are written.
func Do(method, url string) Request { return Request{Method: method, URL: url} }

// WithCredentials returns the request with credentials: "include": cookies go
// along, and the server must allow that.
func (r Request) WithCredentials() Request {
	r.Credentials = fetch.CredentialsInclude
	return r
}

// WithHeader returns the request with one more header that the page's JavaScript
// sets.
func (r Request) WithHeader(name, value string) Request {
	r.Headers = append(slices.Clip(r.Headers), fetch.Header{Name: name, Value: value})
	return r
}

// WithBody returns the request with a body and its Content-Type. With
// "text/plain", "multipart/form-data" and "application/x-www-form-urlencoded"
// it needs no preflight; with others it does. The method must allow a body: GET
// and HEAD do not.
func (r Request) WithBody(contentType, body string) Request {
	r.Body = fetch.BytesBody([]byte(body))
	return r.WithHeader("Content-Type", contentType)
}

// WithJSON returns the request with a body of type application/json, which a server
// must allow by naming Content-Type in Access-Control-Allow-Headers.
func (r Request) WithJSON(body string) Request { return r.WithBody("application/json", body) }
