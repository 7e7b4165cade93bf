package webui

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// Case is what is composed in the lab: a page, its request, and who answers. The zero value asks for nothing.
type Case struct {
	// Paste is anything that corscope explain takes but a file's name; the other fields are then what the person overrode.
	Paste string `json:"paste,omitempty"`
	// Entry is the number of the request in a HAR, from 1; 0: the one that explain picks.
	Entry int `json:"entry,omitempty"`
	// Page is the URL or the origin of the page, or "null".
	Page    string   `json:"page,omitempty"`
	URL     string   `json:"url,omitempty"`
	Method  string   `json:"method,omitempty"`
	Headers []Header `json:"headers,omitempty"`
	// Body is sent as fetch() sends a string; nil: none.
	Body *string `json:"body,omitempty"`
	// Credentials, Mode, Redirect and Cache are those of fetch(); empty: its defaults.
	Credentials string `json:"credentials,omitempty"`
	Mode        string `json:"mode,omitempty"`
	Redirect    string `json:"redirect,omitempty"`
	Cache       string `json:"cache,omitempty"`
	Keepalive   bool   `json:"keepalive,omitempty"`
	// UploadListener: an XMLHttpRequest with a listener for upload progress.
	UploadListener bool `json:"uploadListener,omitempty"`
	// Stream: the body is a stream, which cannot be sent twice.
	Stream bool `json:"stream,omitempty"`
	// Integrity and TargetAddressSpace are options of fetch(); empty: none.
	Integrity          string `json:"integrity,omitempty"`
	TargetAddressSpace string `json:"targetAddressSpace,omitempty"`
	// Import: import() of a JavaScript module, which has a URL and no option.
	Import bool `json:"import,omitempty"`
	// PageHeaders are the policies that the page is served with: Content-Security-Policy and its like. Others are passed over.
	PageHeaders []Header `json:"pageHeaders,omitempty"`
	// PageSpace is the address space that the page comes from: public, local or loopback; empty: not known.
	PageSpace string `json:"pageSpace,omitempty"`
	// Cookies, as in Set-Cookie, that the browser holds for the URL.
	Cookies []string `json:"cookies,omitempty"`
	// Server answers in the place of the real one.
	Server *Pretend `json:"server,omitempty"`
	// Demo is the id of an item of the gallery, whose servers answer. Server goes before it.
	Demo string `json:"demo,omitempty"`
	// Fixed asks for the case with its complete fix: the fault, the fix, and what comes of it.
	Fixed bool `json:"fixed,omitempty"`
}

// Header is one line of a header.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Pretend is a server that exists in the lab alone.
type Pretend struct {
	Answers []Answer `json:"answers"`
	// AddressSpace is where the servers are: public, local or loopback; empty: not known.
	AddressSpace string `json:"addressSpace,omitempty"`
	// Further are the answers to the further requests that explain made when these answers were recorded. They are given to the same
	// questions in the same order, up to the first that is another one: of what nobody asked a pretend server says nothing.
	Further []Further `json:"further,omitempty"`
}

// Further is a request beyond the page's own, and what the server answered.
type Further struct {
	Method string `json:"method"`
	URL    string `json:"url"`
	// Origin is the one that was asked with; empty: none.
	Origin string `json:"origin,omitempty"`
	// Status, 100 to 599; 0 where Failure is set.
	Status  int      `json:"status,omitempty"`
	Headers []Header `json:"headers,omitempty"`
	Body    string   `json:"body,omitempty"`
	Failure string   `json:"failure,omitempty"`
}

// Answer is one of a pretend server's. Of those that fit an exchange, the ones that name its URL go before the ones that name none; they are
// used in order, and the last one again and again.
type Answer struct {
	// On is "preflight" or "request".
	On string `json:"on"`
	// Method and URL, where set, must be the exchange's. Of a preflight the method may also be the one that is asked for.
	Method string `json:"method,omitempty"`
	URL    string `json:"url,omitempty"`
	// Status, 200 to 599.
	Status  int      `json:"status"`
	Headers []Header `json:"headers"`
	Body    string   `json:"body,omitempty"`
	// Failure is the code of a network error, such as connection-refused, in the place of an answer.
	Failure string `json:"failure,omitempty"`
}

// The bounds of a case, beside those of package fetch.
const (
	maxPaste   = 8 << 20
	maxBody    = 1 << 20
	maxHeaders = 200
	maxAnswers = 100
	maxFurther = 20
	maxText    = 64 << 10 // any other text
	maxRequest = 16 << 20 // the JSON of a whole call
)

// Problem is why a call of the API was refused, in the words of the command line's errors.
type Problem struct {
	// Status is that of HTTP; 0: 400.
	Status int `json:"-"`
	// Code is stable, in lower case with hyphens.
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	// Host and Address are set where the code is private-address.
	Host    string `json:"host,omitempty"`
	Address string `json:"address,omitempty"`
}

func (p *Problem) Error() string { return "webui: " + p.Message }

// The codes that are the lab's own; others are the command line's.
const (
	codeCase    = "case-invalid"
	codeRequest = "request-invalid"
	codePrivate = "private-address"
)

// decode reads one JSON value and nothing behind it. Unknown fields are mistakes: a word that is passed over would change the case unseen.
func decode(r io.Reader, v any) error {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = fmt.Errorf("there is more behind the JSON value")
		}
	}
	if err == nil {
		return nil
	}
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return &Problem{Status: http.StatusRequestEntityTooLarge, Code: codeRequest, Message: fmt.Sprintf("the request is larger than %d bytes", tooLarge.Limit)}
	}
	return &Problem{Code: codeRequest, Message: "the body is not what this call takes: " + strings.TrimPrefix(err.Error(), "json: "), Hint: "see docs/lab-api.md"}
}

// check holds the case against the bounds, and what no rule of the command line looks at.
func (c *Case) check() error {
	bad := func(field, problem string) error {
		return &Problem{Code: codeCase, Message: "the case's " + field + " " + problem}
	}
	for _, f := range []struct {
		name, value string
		most        int
	}{
		{"paste", c.Paste, maxPaste}, {"page", c.Page, maxText}, {"url", c.URL, maxText}, {"method", c.Method, maxText},
		{"credentials", c.Credentials, maxText}, {"mode", c.Mode, maxText}, {"redirect", c.Redirect, maxText}, {"cache", c.Cache, maxText}, {"demo", c.Demo, maxText},
		{"integrity", c.Integrity, maxText},
	} {
		if len(f.value) > f.most {
			return bad(f.name, fmt.Sprintf("is longer than %d bytes", f.most))
		}
	}
	switch {
	case c.Paste == "" && c.URL == "":
		return &Problem{Code: codeCase, Message: "the case asks for nothing", Hint: "paste something, or give a URL"}
	case c.Entry < 0:
		return bad("entry", "is negative")
	case c.Body != nil && len(*c.Body) > maxBody:
		return bad("body", fmt.Sprintf("is longer than %d bytes", maxBody))
	case len(c.Cookies) > maxHeaders:
		return bad("cookies", fmt.Sprintf("are more than %d", maxHeaders))
	case c.Method != "" && !httpspec.IsToken(c.Method):
		return bad("method", "is no method")
	case c.Cache != "" && !slices.Contains(cacheModes, c.Cache):
		return bad("cache", "is none of "+strings.Join(cacheModes, ", "))
	}
	for _, space := range []struct{ field, value string }{{"targetAddressSpace", c.TargetAddressSpace}, {"pageSpace", c.PageSpace}} {
		if !isAddressSpace(space.value) {
			return bad(space.field, "is none of public, local and loopback")
		}
	}
	if err := checkHeaders(c.PageHeaders); err != "" {
		return bad("pageHeaders", err)
	}
	for _, cookie := range c.Cookies {
		if len(cookie) > maxText {
			return bad("cookies", "hold one that is too long")
		}
	}
	if err := checkHeaders(c.Headers); err != "" {
		return bad("headers", err)
	}
	if c.Server == nil {
		return nil
	}
	if !isAddressSpace(c.Server.AddressSpace) {
		return bad("server", "is in none of the address spaces public, local and loopback")
	}
	if len(c.Server.Answers) > maxAnswers {
		return bad("server", fmt.Sprintf("has more than %d answers", maxAnswers))
	}
	for i, a := range c.Server.Answers {
		if problem := a.check(); problem != "" {
			return bad(fmt.Sprintf("server.answers[%d]", i), problem)
		}
	}
	if len(c.Server.Further) > maxFurther {
		return bad("server", fmt.Sprintf("has answers to more than %d further requests", maxFurther))
	}
	for i, f := range c.Server.Further {
		if problem := f.check(); problem != "" {
			return bad(fmt.Sprintf("server.further[%d]", i), problem)
		}
	}
	return nil
}

// isAddressSpace reports whether s is one, or empty.
func isAddressSpace(s string) bool {
	return s == "" || slices.Contains(fetch.AddressSpaces(), fetch.AddressSpace(s))
}

var cacheModes = []string{
	string(fetch.CacheDefault), string(fetch.CacheNoStore), string(fetch.CacheReload), string(fetch.CacheNoCache),
	string(fetch.CacheForceCache), string(fetch.CacheOnlyIfCached),
}

func (a *Answer) check() string {
	switch {
	case a.On != string(fetch.ExchangePreflight) && a.On != string(fetch.ExchangeRequest):
		return "is on neither preflight nor request"
	case a.Failure != "" && !fetch.ReasonCode(a.Failure).IsNetwork():
		return "has a failure that is no network error: " + clip(a.Failure)
	case a.Failure == "" && (a.Status < 200 || a.Status > 599):
		return fmt.Sprintf("has the status %d, which is not from 200 to 599", a.Status)
	case len(a.Body) > maxBody:
		return fmt.Sprintf("has a body of more than %d bytes", maxBody)
	case len(a.URL) > maxText || len(a.Method) > maxText:
		return "has a URL or method that is too long"
	}
	return checkHeaders(a.Headers)
}

func (f *Further) check() string {
	switch {
	case f.Failure != "" && !fetch.ReasonCode(f.Failure).IsNetwork():
		return "has a failure that is no network error: " + clip(f.Failure)
	case f.Failure == "" && (f.Status < 100 || f.Status > 599):
		return fmt.Sprintf("has the status %d, which is not from 100 to 599", f.Status)
	case len(f.Body) > maxText:
		return fmt.Sprintf("has a body of more than %d bytes", maxText)
	case len(f.URL) > maxText || len(f.Method) > maxText || len(f.Origin) > maxText:
		return "has a URL, method or origin that is too long"
	}
	return checkHeaders(f.Headers)
}

func checkHeaders(headers []Header) string {
	if len(headers) > maxHeaders {
		return fmt.Sprintf("are more than %d", maxHeaders)
	}
	for _, h := range headers {
		switch {
		case len(h.Name) > maxText || len(h.Value) > maxText:
			return "hold one that is too long"
		case !httpspec.IsToken(h.Name):
			return "hold a name that is no header's: " + clip(h.Name)
		case !httpspec.IsHeaderValue(httpspec.NormalizeHeaderValue(h.Value)):
			return "hold a line break or a zero byte in " + clip(h.Name)
		}
	}
	return ""
}

// clip quotes the start of a text for a message.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if utf8.RuneCountInString(s) > 60 {
		s = string([]rune(s)[:60]) + "..."
	}
	return fmt.Sprintf("%q", s)
}

func headerList(headers []Header) fetch.HeaderList {
	var list fetch.HeaderList
	for _, h := range headers {
		list = append(list, fetch.Header{Name: h.Name, Value: httpspec.NormalizeHeaderValue(h.Value)})
	}
	return list
}

func headersOf(list fetch.HeaderList) []Header {
	headers := make([]Header, 0, len(list))
	for _, h := range list {
		headers = append(headers, Header{h.Name, h.Value})
	}
	return headers
}

// clone copies what the lab changes of a case.
func (c Case) clone() Case {
	c.Headers, c.Cookies, c.PageHeaders = slices.Clone(c.Headers), slices.Clone(c.Cookies), slices.Clone(c.PageHeaders)
	c.Server = c.Server.clone()
	return c
}

func (p *Pretend) clone() *Pretend {
	if p == nil {
		return nil
	}
	copied := &Pretend{Answers: slices.Clone(p.Answers), AddressSpace: p.AddressSpace, Further: slices.Clone(p.Further)}
	for i := range copied.Answers {
		copied.Answers[i].Headers = slices.Clone(copied.Answers[i].Headers)
	}
	for i := range copied.Further {
		copied.Further[i].Headers = slices.Clone(copied.Further[i].Headers)
	}
	return copied
}
