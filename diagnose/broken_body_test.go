package diagnose

import (
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/corscope/corscope/fetch"
)

// TestBodiesThatBreakOff: what Chromium and Firefox make of them was measured in Chromium 156 and Firefox 153 on 2026-11-23, and is again by
// e2e for those of internal/demo.
func TestBodiesThatBreakOff(t *testing.T) {
	const allow = "|Access-Control-Allow-Origin: *"
	cutOff := &fetch.BodyError{Code: fetch.BodyTruncated, Err: io.ErrUnexpectedEOF}
	malformed := &fetch.BodyError{Code: fetch.BodyTruncated, Err: errors.New("malformed chunk")}
	for name, c := range map[string]struct {
		answer, proto, body string
		err                 *fetch.BodyError
		by                  Initiator
		verdict             Verdict
		cause               string
		chromium, firefox   string // the codes
		inChromium, inFF    string // what the script sees
	}{
		"no byte of it came: no answer to Firefox": {
			"200 x|Content-Length: 9" + allow, "HTTP/1.1", "", cutOff, ByFetch, VerdictNotCORS, "body-never-begins", "net::ERR_CONTENT_LENGTH_MISMATCH", firefoxDidNot, "", firefoxError},
		"and an XMLHttpRequest fails everywhere": {
			"200 x|Content-Length: 9" + allow, "HTTP/1.1", "", cutOff, ByXMLHttpRequest, VerdictNotCORS, "body-never-begins", "net::ERR_CONTENT_LENGTH_MISMATCH", firefoxDidNot, "error event, status 0", "error event, status 0"},
		"in chunks": {
			"200 x|Transfer-Encoding: chunked" + allow, "HTTP/1.1", "", cutOff, ByFetch, VerdictNotCORS, "body-never-begins", "net::ERR_INCOMPLETE_CHUNKED_ENCODING", firefoxDidNot, "", firefoxError},
		"a byte came: an answer": {
			"200 x|Content-Length: 9" + allow, "HTTP/1.1", "1", cutOff, ByFetch, VerdictAllowed, "body-unreadable", "net::ERR_CONTENT_LENGTH_MISMATCH", "", "", ""},
		"an error's body is whole to Firefox, wherever it ends": {
			"500 x|Content-Length: 9" + allow, "HTTP/1.1", "", cutOff, ByXMLHttpRequest, VerdictAllowed, "answer-is-an-error body-unreadable", "net::ERR_CONTENT_LENGTH_MISMATCH", "", "error event, status 0", ""},
		"but not over HTTP/2": {
			"500 x" + allow, "HTTP/2.0", "", cutOff, ByFetch, VerdictNotCORS, "body-never-begins answer-is-an-error", "net::ERR_HTTP2_PROTOCOL_ERROR", firefoxDidNot, "", firefoxError},
		"of a coded body a byte may have come in": {
			"200 x|Content-Encoding: gzip|Content-Length: 9" + allow, "HTTP/1.1", "", cutOff, ByFetch, VerdictAllowed, "body-unreadable", "net::ERR_CONTENT_LENGTH_MISMATCH", "", "", ""},
		"a coded body is held to its length by Chromium, and not by Firefox": {
			"200 x|Content-Encoding: gzip|Content-Length: 9" + allow, "HTTP/1.1", "1", cutOff, ByXMLHttpRequest, VerdictAllowed, "body-unreadable", "net::ERR_CONTENT_LENGTH_MISMATCH", "", "error event, status 0", ""},
		"in chunks by both": {
			"200 x|Content-Encoding: gzip|Transfer-Encoding: chunked" + allow, "HTTP/1.1", "1", cutOff, ByXMLHttpRequest, VerdictAllowed, "body-unreadable", "net::ERR_INCOMPLETE_CHUNKED_ENCODING", "", "error event, status 0", "error event, status 0"},
		"coded data that is cut short is whole to both": {
			"200 x|Content-Encoding: gzip|Transfer-Encoding: chunked" + allow, "HTTP/1.1", "1", &fetch.BodyError{Code: fetch.BodyCodingTruncated, Err: io.ErrUnexpectedEOF}, ByXMLHttpRequest, VerdictAllowed, "body-unreadable", "", "", "", ""},
		"a chunk without a size fails in Firefox behind the first one too": {
			"200 x|Transfer-Encoding: chunked" + allow, "HTTP/1.1", "1", malformed, ByFetch, VerdictAllowed, "body-unreadable", "net::ERR_INVALID_CHUNKED_ENCODING", firefoxDidNot, "", firefoxError},
		"not in its coding": {
			"200 x|Content-Encoding: gzip" + allow, "HTTP/1.1", "", &fetch.BodyError{Code: fetch.BodyCoding, Err: errors.New("no gzip")}, ByFetch, VerdictAllowed, "body-unreadable", "net::ERR_CONTENT_DECODING_FAILED", "", "", ""},
		"too large for us is nothing to a browser": {
			"200 x" + allow, "HTTP/1.1", "1", &fetch.BodyError{Code: fetch.BodyTooLarge}, ByFetch, VerdictAllowed, "body-unreadable", "", "", "", ""},
		"a rule comes first": {
			"200 x|Content-Length: 9", "HTTP/1.1", "", cutOff, ByFetch, VerdictBlocked, "allow-origin-missing body-unreadable", "MissingAllowOriginHeader", "CORSMissingAllowOrigin2", chromiumError, firefoxError},
	} {
		t.Run(name, func(t *testing.T) {
			trace := record(t, "https://app.example.com", fetch.Request{URL: "https://api.example.com/"}, answers("", c.answer))
			trace.Exchanges[0].Proto, trace.Exchanges[0].ResponseBody = c.proto, []byte(c.body)
			trace.Exchanges[0].ResponseBodyTruncated = false
			r := Diagnose(trace, Options{BodyError: c.err, Initiator: c.by})
			if r.Verdict != c.verdict || causeIDs(r.Findings) != c.cause {
				t.Errorf("the verdict is %s and the cause %s", r.Verdict, causeIDs(r.Findings))
			}
			if r.Fix != nil && r.Verdict != VerdictBlocked {
				t.Errorf("there is a fix: %+v", r.Fix)
			}
			for browser, want := range map[Browser][2]string{Chromium: {c.chromium, c.inChromium}, Firefox: {c.firefox, c.inFF}} {
				p := r.Consoles[slices.IndexFunc(r.Consoles, func(p Printout) bool { return p.Browser == browser })]
				if p.Code != want[0] || p.JavaScript != want[1] {
					t.Errorf("%s says %q and the script sees %q, want %q", browser, p.Code, p.JavaScript, want)
				}
			}
		})
	}
}

func TestWhatFirefoxSaysOfABodyThatNeverBeginsIsNotPutOnAnExtension(t *testing.T) {
	trace := record(t, "https://app.example.com", fetch.Request{URL: "https://api.example.com/"}, answers("", "200 x|Content-Length: 9|Access-Control-Allow-Origin: *"))
	trace.Exchanges[0].ResponseBodyTruncated = false
	r := Diagnose(trace, Options{BodyError: &fetch.BodyError{Code: fetch.BodyTruncated, Err: io.ErrUnexpectedEOF}, Said: firefoxDidNotText})
	if causeIDs(r.Findings) != "body-never-begins" {
		t.Errorf("named are %s", causeIDs(r.Findings))
	}
}
