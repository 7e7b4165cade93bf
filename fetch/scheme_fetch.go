package fetch

import (
	"bytes"
	"io"
	"strconv"
)

// schemeFetch is given requests that the page's origin may make without CORS.
//
// https://fetch.spec.whatwg.org/#concept-scheme-fetch
func (p *fetchParams) schemeFetch() *Response {
	switch u := p.request.currentURL(); u.Scheme() {
	case "http", "https":
		return p.httpFetch(false)
	case "about":
		if u.Path() != "blank" {
			break
		}
		p.step("concept-scheme-fetch", "3[1]", Step{Verdict: Note, Subject: "scheme", Got: u.String(), Text: "an empty document; nothing is sent"})
		return p.localResponse(200, HeaderList{{"Content-Type", "text/html;charset=utf-8"}}, nil)
	case "data":
		return p.dataFetch(u)
	case "blob":
		return p.blobFetch(u)
	}
	// file: is left to the user agent, "when in doubt, return a network error".
	p.step("concept-scheme-fetch", "4", Step{Verdict: Fail, Subject: "scheme", Want: "http, https, data or blob",
		Got: p.request.currentURL().Scheme(), Text: "URLs of this scheme are not fetched"})
	return p.blocked(ReasonScheme, "")
}

// localResponse is an answer that no server gave.
func (p *fetchParams) localResponse(status int, headers HeaderList, body []byte) *Response {
	text := "OK"
	if status == 206 {
		text = "Partial Content"
	}
	return &Response{
		Type: TypeDefault, Status: status, StatusText: text, Headers: headers,
		Body: p.responseBody(io.NopCloser(bytes.NewReader(body)), nil),
	}
}

// dataFetch is scheme fetch for data: URLs.
//
// https://fetch.spec.whatwg.org/#concept-scheme-fetch
func (p *fetchParams) dataFetch(u *URL) *Response {
	mimeType, body, err := processDataURL(u)
	if err != "" {
		p.step("concept-scheme-fetch", "3[3].2", Step{Verdict: Fail, Subject: "data: URL", Want: "data:TYPE,BODY", Got: BriefURL(u.String()), Text: err})
		return p.blocked(ReasonDataURL, err)
	}
	p.step("concept-scheme-fetch", "3[3].4", Step{Verdict: Note, Subject: "scheme", Got: "data", Text: "the URL holds the answer; nothing is sent"})
	return p.localResponse(200, HeaderList{{"Content-Type", mimeType.String()}}, body)
}

// blobFetch is scheme fetch for blob: URLs. "top-level-self-fetch" makes no difference here: a page at a blob: URL is of the blob's
// origin and partition.
//
// https://fetch.spec.whatwg.org/#concept-scheme-fetch
func (p *fetchParams) blobFetch(u *URL) *Response {
	r, entry := p.request, u.blobURLEntry
	if r.method != "GET" || entry == nil {
		why, want, got := "nothing is registered at it, or no longer", "a blob URL that was not revoked", u.StringWithoutFragment()
		if entry != nil {
			why, want, got = "blob: URLs are fetched with GET alone", "GET", r.method
		}
		p.step("concept-scheme-fetch", "3[2].2", Step{Verdict: Fail, Subject: "blob: URL", Want: want, Got: got, Text: why})
		return p.blocked(ReasonBlobURL, why)
	}
	if !entry.obtainable(p.page) {
		p.step("concept-scheme-fetch", "3[2].8", Step{Verdict: Fail, Subject: "blob: URL", Want: p.page.origin.String(), Got: entry.origin.String(),
			Text: "it was made by a page of another origin, or below another top-level site"})
		return p.blocked(ReasonBlobURL, "it was made by a page of another origin, or below another top-level site")
	}
	body, full := entry.body, int64(len(entry.body))
	value, ranged := r.headers.Get("Range")
	if !ranged {
		p.step("concept-scheme-fetch", "3[2].13.4", Step{Verdict: Note, Subject: "scheme", Got: "blob", Text: "the page holds the answer; nothing is sent"})
		return p.localResponse(200, HeaderList{{"Content-Length", strconv.FormatInt(full, 10)}, {"Content-Type", entry.mimeType}}, body)
	}
	start, end, ok := parseSingleRange(value, true)
	if !ok {
		p.step("concept-scheme-fetch", "3[2].14.4", Step{Verdict: Fail, Subject: "Range", Want: "bytes=FIRST-LAST", Got: value, Text: "not a single range"})
		return p.blocked(ReasonBlobURL, "Range is not a single range of bytes")
	}
	first, last := blobRange(start, end, full)
	if first >= full && start != "" {
		p.step("concept-scheme-fetch", "3[2].14.7.1", Step{Verdict: Fail, Subject: "Range", Want: "a first byte below " + strconv.FormatInt(full, 10),
			Got: value, Text: "the range begins behind the end of the blob"})
		return p.blocked(ReasonBlobURL, "Range begins behind the end of the blob")
	}
	p.step("concept-scheme-fetch", "3[2].14.15", Step{Verdict: Note, Subject: "Range", Got: value, Text: "a part of what the page holds; nothing is sent"})
	part := body[first : last+1]
	return p.localResponse(206, HeaderList{
		{"Content-Length", strconv.Itoa(len(part))}, {"Content-Type", entry.mimeType},
		{"Content-Range", "bytes " + strconv.FormatInt(first, 10) + "-" + strconv.FormatInt(last, 10) + "/" + strconv.FormatInt(full, 10)},
	}, part)
}

// blobRange is steps 14.6 and 14.7. The text lets a suffix longer than the blob begin before its first byte; it is cut to the whole, as
// slicing does to the bytes.
func blobRange(start, end string, full int64) (first, last int64) {
	if start == "" {
		return max(full-saturate(end), 0), full - 1
	}
	last = full - 1
	if end != "" {
		last = min(saturate(end), last)
	}
	return saturate(start), last
}

// saturate reads digits as a number; one of more than 18 is as large as one of 18.
func saturate(digits string) int64 {
	if n := parseLength(digits); n >= 0 {
		return n
	}
	return 1<<63 - 1
}
