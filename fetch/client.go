package fetch

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// ClientTransport is an [http.RoundTripper] that runs each request as the page's JavaScript would. Its fields may be set before
// the first use. It is safe for concurrent use after that. Make one with [Page.Transport].
//
// Redirects are followed inside, as fetch() does, so the http.Client never sees one. Cookies come from the agent's jar, never from
// the http.Client's. Headers that a page may not set are dropped.
type ClientTransport struct {
	page *Page
	// Mode, Credentials, Redirect and Cache are those of every request; empty: fetch()'s defaults.
	Mode        Mode
	Credentials CredentialsMode
	Redirect    RedirectMode
	Cache       CacheMode
}

var _ http.RoundTripper = (*ClientTransport)(nil)

// Transport returns a round tripper that obeys the same-origin policy for p.
func (p *Page) Transport() *ClientTransport { return &ClientTransport{page: p} }

// Client returns an HTTP client that obeys the same-origin policy for p: an answer that the page may not see is a *[BlockedError],
// wrapped in the *url.Error of package net/url.
func (p *Page) Client() *http.Client { return &http.Client{Transport: p.Transport()} }

// RoundTrip implements [http.RoundTripper]. [WithTrace] on the request's context records it.
func (t *ClientTransport) RoundTrip(hr *http.Request) (*http.Response, error) {
	request, err := t.request(hr)
	if err != nil {
		return nil, err
	}
	response, err := t.page.Fetch(hr.Context(), request)
	if err != nil {
		return nil, err
	}
	if response.IsError() {
		return nil, &BlockedError{Reason: response.Reason}
	}
	answer := httpResponse(hr, response)
	if response.Redirected() {
		// As with net/http, the response's request is the last one.
		if last, err := url.Parse(response.URL()); err == nil {
			answer.Request = hr.Clone(hr.Context())
			answer.Request.URL, answer.Request.Host = last, last.Host
		}
	}
	return answer, nil
}

// request takes hr's body over, as the contract of RoundTripper wants: it is closed on every way out.
func (t *ClientTransport) request(hr *http.Request) (Request, error) {
	if hr.Body != nil {
		defer hr.Body.Close()
	}
	if hr.URL == nil {
		return Request{}, errors.New("fetch: the request has no URL")
	}
	body, err := requestBody(hr)
	if err != nil {
		return Request{}, err
	}
	return Request{
		Method: hr.Method, URL: hr.URL.String(), Headers: headersFrom(hr.Header), Body: body,
		Mode: t.Mode, Credentials: t.Credentials, Redirect: t.Redirect, Cache: t.Cache, Trace: traceFrom(hr.Context()),
	}, nil
}

// maxClientBody bounds a request body that is read into memory so that it can be sent again after a redirect.
const maxClientBody = 64 << 20

func requestBody(hr *http.Request) (*Body, error) {
	if hr.Body == nil || hr.Body == http.NoBody {
		return nil, nil
	}
	b, err := io.ReadAll(io.LimitReader(hr.Body, maxClientBody+1))
	if err != nil {
		return nil, fmt.Errorf("fetch: reading the request's body: %w", err)
	}
	if len(b) > maxClientBody {
		return nil, fmt.Errorf("fetch: the request's body is larger than %d bytes", maxClientBody)
	}
	return BytesBody(b), nil
}

// headersFrom sorts the names, as a map has no order.
func headersFrom(h http.Header) HeaderList {
	if len(h) == 0 {
		return nil
	}
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	list := make(HeaderList, 0, len(h))
	for _, name := range names {
		for _, value := range h[name] {
			list = append(list, Header{name, value})
		}
	}
	return list
}

func httpResponse(hr *http.Request, r *Response) *http.Response {
	header := make(http.Header, len(r.Headers))
	values := make([]string, len(r.Headers))
	for i, h := range r.Headers {
		name := http.CanonicalHeaderKey(h.Name)
		if old := header[name]; old != nil {
			header[name] = append(old, h.Value)
			continue
		}
		values[i] = h.Value
		// Capacity 1: appending to one name's values must not reach the next one's.
		header[name] = values[i : i+1 : i+1]
	}
	body := r.Body
	if body == nil {
		body = http.NoBody
	}
	length := int64(-1)
	if v, ok := r.Headers.Get("Content-Length"); ok && !r.Headers.Contains("Content-Encoding") {
		length = parseLength(v)
	} else if r.Body == nil {
		length = 0
	}
	text := r.StatusText
	if text == "" {
		text = http.StatusText(r.Status)
	}
	return &http.Response{
		Status: strings.TrimSpace(strconv.Itoa(r.Status) + " " + text), StatusCode: r.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: body, ContentLength: length, Request: hr,
	}
}

// parseLength returns -1 for anything but digits.
func parseLength(v string) int64 {
	if v == "" || len(v) > 18 || !isDigits(v) {
		return -1
	}
	n := int64(0)
	for i := range len(v) {
		n = n*10 + int64(v[i]-'0')
	}
	return n
}
