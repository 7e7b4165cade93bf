package http1

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestStatusLines(t *testing.T) {
	const refused = "not-http "
	for name, c := range map[string]struct{ line, want string }{
		"as it should be":       {"HTTP/1.1 200 OK", "HTTP/1.1|200|OK"},
		"no reason":             {"HTTP/1.1 200", "HTTP/1.1|200|"},
		"a space and no reason": {"HTTP/1.1 200 ", "HTTP/1.1|200|"},
		"spaces before, in and behind the reason":   {"HTTP/1.1 200  OK  there ", "HTTP/1.1|200|OK  there"},
		"two spaces before the status":              {"HTTP/1.1  200 OK", "HTTP/1.1|200|OK"},
		"a tab behind the status":                   {"HTTP/1.1 200\tOK", "HTTP/1.1|200|OK"},
		"control characters and more in the reason": {"HTTP/1.1 200 \x01O\x1bK\xe9\x7f", "HTTP/1.1|200|\x01O\x1bK\xe9\x7f"},
		"HTTP/1.0":                                    {"HTTP/1.0 200 OK", "HTTP/1.0|200|OK"},
		"a version to come":                           {"HTTP/3.7 200 OK", "HTTP/3.7|200|OK"},
		"a status beyond 599":                         {"HTTP/1.1 999 x", "HTTP/1.1|999|x"},
		"a status below 100":                          {"HTTP/1.1 042 Answer", "HTTP/1.1|42|Answer"},
		"an empty line before it":                     {"\r\nHTTP/1.1 200 OK", "HTTP/1.1|200|OK"},
		"four bytes of another answer before it":      {"\x00xxxHTTP/1.1 200 OK", "HTTP/1.1|200|OK"},
		"five bytes before it":                        {"xxxxxHTTP/1.1 200 OK", refused + "xxxxxHTTP/1.1 200 OK"},
		"HTTP/0.9":                                    {"HTTP/0.9 200 OK", refused + "HTTP/0.9 200 OK"},
		"a version without a dot":                     {"HTTP/2 200 OK", refused + "HTTP/2 200 OK"},
		"a version of two digits":                     {"HTTP/1.10 200 OK", "HTTP/1.1|200|OK"},
		"a version with a letter behind it":           {"HTTP/1.1x 200 OK", "HTTP/1.1|200|OK"},
		"a version with CR behind it":                 {"HTTP/1.1\r 200 OK", refused + "HTTP/1.1\r 200 OK"},
		"a version in lower case":                     {"http/1.1 200 OK", refused + "http/1.1 200 OK"},
		"a version alone":                             {"HTTP/1.1", "HTTP/1.1|200|OK"},
		"a version and a tab":                         {"HTTP/1.1\t", "HTTP/1.1|200|OK"},
		"a version and a space":                       {"HTTP/1.1 ", "bad-status "},
		"a tab before the status":                     {"HTTP/1.1\t200 OK", "bad-status OK"},
		"another protocol":                            {"SSH-2.0-OpenSSH_9.2", refused + "SSH-2.0-OpenSSH_9.2"},
		"a page without a head":                       {"<!doctype html>", refused + "<!doctype html>"},
		"a status that is a word":                     {"HTTP/1.1 OK", "bad-status OK"},
		"a status of two digits":                      {"HTTP/1.1 20", "HTTP/1.1|20|"},
		"a status of one digit":                       {"HTTP/1.1 5 x", "HTTP/1.1|5|x"},
		"a status of four digits":                     {"HTTP/1.1 0200 x", "bad-status 0200"},
		"a status with a letter behind it":            {"HTTP/1.1 200x OK", "bad-status 200x"},
		"a negative status":                           {"HTTP/1.1 -200 x", "bad-status -200"},
		"NUL in the reason":                           {"HTTP/1.1 200 O\x00K", "bad-byte HTTP/1.1 200 O\x00K"},
		"CR in the reason":                            {"HTTP/1.1 200 O\rX-A: a", "bad-byte O\rX-A: a"},
		"a long line of no protocol is cut in errors": {strings.Repeat("a", 500), refused + strings.Repeat("a", 200)},
	} {
		t.Run(name, func(t *testing.T) {
			want := c.want
			if strings.HasPrefix(want, "HTTP/") {
				want += "|Content-Length: 2|hi"
				if strings.HasPrefix(want, "HTTP/1.1") || strings.HasPrefix(want, "HTTP/3.7") {
					want += "|kept"
				}
			}
			wantOutcome(t, "GET", c.line+"\r\nContent-Length: 2\r\n\r\nhi", want)
		})
	}
}

func TestHeaderLines(t *testing.T) {
	for name, c := range map[string]struct{ lines, want string }{
		"order and case are kept":                        {"X-b: 1\r\nx-A: 2\r\nX-B: 3", "X-b: 1,x-A: 2,X-B: 3"},
		"space around a value goes":                      {"X-A:\t a b \t", "X-A: a b"},
		"no space and no value":                          {"X-A:a\r\nX-B:", "X-A: a,X-B: "},
		"a second colon is the value's":                  {"X-A:: a", "X-A: : a"},
		"every byte but NUL, CR and LF in a value":       {"X-A: \x01\x0b\x0c\x1b\x1f\x7f\x80\xff", "X-A: \x01\x0b\x0c\x1b\x1f\x7f\x80\xff"},
		"control characters at the ends are the value's": {"X-A: \x0cbb-8\x0b ", "X-A: \x0cbb-8\x0b"},
		"lines that end with LF alone":                   {"X-A: a\nX-B: b", "X-A: a,X-B: b"},
		"space before the colon":                         {"X-A : a\r\nX-B\t: b", "X-A: a,X-B: b"},
		"a name of two words is passed over":             {"X A: a\r\nX-B: b", "X-B: b"},
		"other names that are no tokens too":             {"X(A): a\r\n: b\r\n\"X\": c\r\nX-\xe9: d\r\nX-\x01: e\r\nX-B: b", "X-B: b"},
		"a folded line":                                  {"X-A: a\r\n b", "X-A: a b"},
		"a fold with tabs, and one of nothing":           {"X-A: a\r\n\tb\r\n \r\n   c d\r\nX-B: b", "X-A: a b c d,X-B: b"},
		"a fold of an empty value":                       {"X-A:\r\n a", "X-A: a"},
		"a fold that looks like a header":                {"X-A: a\r\n X-B: b", "X-A: a X-B: b"},
		"a fold behind a line that is passed over":       {"X A: a\r\n b\r\nX-B: b", "X-B: b"},
		"a fold behind nothing":                          {" X-A: a\r\nX-B: b", "X-B: b"},
		"a line without a colon":                         {"X-A: a\r\nno colon\r\nX-B: b", "X-A: a,X-B: b"},
		"a fold behind a line without a colon":           {"X-A\r\n : a\r\n X-B: b\r\nX-C: c", "X-C: c"},
		"NUL in a value":                                 {"X-A: a\x00b", "bad-byte X-A: a\x00b"},
		"NUL in a name":                                  {"X-\x00A: b", "bad-byte X-\x00A: b"},
		"CR in a value, which would make it two headers": {"X-A: a\rX-B: b", "bad-byte X-A: a\rX-B: b"},
		"CR in a folded line":                            {"X-A: a\r\n b\rc", "bad-byte  b\rc"},
		"two CRs at a line's end":                        {"X-A: a\r", "bad-byte X-A: a\r"},
		"CR before a name":                               {"X-A: a\r\n\rX-B: b", "bad-byte \rX-B: b"},
		"as many lines as are taken":                     {strings.Repeat("a:\n", MaxLines-2) + "b:", strings.Repeat("a: ,", MaxLines-2) + "b: "},
		"one line more":                                  {strings.Repeat("a:\n", MaxLines-1) + "b:", ErrHeadTooLarge.Error()},
		"folded lines count":                             {"a:\n" + strings.Repeat(" \n", MaxLines) + "b:", ErrHeadTooLarge.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			want := c.want
			if strings.Contains(want, ":") && !strings.HasPrefix(want, "bad-byte ") && !strings.HasPrefix(want, "http1: ") {
				want = "HTTP/1.1|200|OK|" + want + ",Content-Length: 2|hi|kept"
			}
			wantOutcome(t, "GET", "HTTP/1.1 200 OK\r\n"+c.lines+"\r\nContent-Length: 2\r\n\r\nhi", want)
		})
	}
}

func TestHeadsThatEndEarlyOrNever(t *testing.T) {
	for name, c := range map[string]struct{ raw, want string }{
		"nothing at all":                     {"", "EOF"},
		"three letters of a version":         {"HTT", "unexpected EOF"},
		"four letters of a version":          {"HTTP", "HTTP/1.0|200|OK||none"},
		"the beginning of a version":         {"HTTP/1.", "HTTP/1.0|200|OK||none"},
		"a version alone":                    {"HTTP/1.1", "HTTP/1.1|200|OK||none"},
		"the beginning of a version and CR":  {"HTTP/1.\r", "HTTP/1.0|200|OK||none"},
		"a version and a space":              {"HTTP/1.1 ", "bad-status "},
		"a version of no HTTP":               {"HTTP/x", "not-http HTTP/x"},
		"a few bytes that are none":          {"hi", "not-http hi"},
		"a status cut short":                 {"HTTP/1.1 2", "HTTP/1.1|2|||none"},
		"a status line cut short":            {"HTTP/1.1 200 O", "HTTP/1.1|200|O||none"},
		"a status line cut in its end":       {"HTTP/1.1 200 OK\r", "HTTP/1.1|200|OK||none"},
		"a status line alone":                {"HTTP/1.1 200 OK\r\n", "HTTP/1.1|200|OK||none"},
		"headers cut between lines":          {"HTTP/1.1 200 OK\r\nX-A: a\r\n", "HTTP/1.1|200|OK|X-A: a|none"},
		"headers cut in the empty line":      {"HTTP/1.1 200 OK\r\nX-A: a\r\n\r", "HTTP/1.1|200|OK|X-A: a|none"},
		"headers cut in a value":             {"HTTP/1.1 200 OK\r\nX-A: a", "HTTP/1.1|200|OK|X-A: a|none"},
		"headers cut in a name":              {"HTTP/1.1 200 OK\r\nX-A: a\r\nX-B", "HTTP/1.1|200|OK|X-A: a|none"},
		"headers cut in a fold":              {"HTTP/1.1 200 OK\r\nX-A: a\r\n b", "HTTP/1.1|200|OK|X-A: a b|none"},
		"headers cut, with a length":         {"HTTP/1.1 200 OK\r\nContent-Length: 2", "HTTP/1.1|200|OK|Content-Length: 2|none"},
		"headers cut, with chunks":           {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n", "HTTP/1.1|200|OK|Transfer-Encoding: chunked|none"},
		"headers cut, with NUL":              {"HTTP/1.1 200 OK\r\nX-A: a\x00b", "bad-byte X-A: a\x00b"},
		"headers cut, with two lengths":      {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2", "length-conflict 1, 2"},
		"a 1xx answer cut short":             {"HTTP/1.1 103 Early\r\nLink: x\r\n", "unexpected EOF"},
		"a 1xx answer and nothing behind it": {"HTTP/1.1 100 Continue\r\n\r\n", "unexpected EOF"},
		"a TLS alert":                        {"\x15\x03\x01\x00\x02\x02\x46", "not-http \x15\x03\x01\x00\x02\x02\x46"},
		"one line beyond the limit":          {strings.Repeat("A", testLimit+1), ErrHeadTooLarge.Error()},
		"a reason beyond the limit":          {"HTTP/1.1 200 " + strings.Repeat("A", testLimit), ErrHeadTooLarge.Error()},
		"a header beyond the limit":          {"HTTP/1.1 200 OK\r\nX-A: " + strings.Repeat("A", testLimit) + "\r\n\r\n", ErrHeadTooLarge.Error()},
		"headers beyond the limit":           {"HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: a\r\n", testLimit/8) + "\r\n", ErrHeadTooLarge.Error()},
		"1xx answers beyond the limit":       {strings.Repeat("HTTP/1.1 103 Early\r\n\r\n", testLimit/22+1), ErrHeadTooLarge.Error()},
		"a head of just the limit": {"HTTP/1.1 204 x\r\nA: " + strings.Repeat("A", testLimit-len("HTTP/1.1 204 x\r\nA: \r\n\r\n")) + "\r\n\r\n",
			"HTTP/1.1|204|x|A: " + strings.Repeat("A", testLimit-len("HTTP/1.1 204 x\r\nA: \r\n\r\n")) + "|none|kept"},
		"several 1xx answers": {"HTTP/1.1 100 C\r\n\r\nHTTP/1.1 103 E\r\nLink: x\r\n\r\nHTTP/1.1 150 x\r\n\r\nHTTP/1.1 204 N\r\nX-A: a\r\n\r\n",
			"HTTP/1.1|204|N|X-A: a|none|kept"},
		"a 1xx answer's body of two bytes is passed over": {"HTTP/1.1 100 C\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 204 N\r\n\r\n", "HTTP/1.1|204|N||none|kept"},
	} {
		t.Run(name, func(t *testing.T) { wantOutcome(t, "GET", c.raw, c.want) })
	}
}

// Chromium refuses over https what it takes over http, where a stranger may have cut it.
func TestHeadsThatEndEarlyOverHTTPS(t *testing.T) {
	for name, raw := range map[string]string{
		"in a version": "HTTP", "in a status line": "HTTP/1.1 200 OK", "between lines": "HTTP/1.1 200 OK\r\nX-A: a\r\n", "in a line": "HTTP/1.1 200 OK\r\nX-A: a",
	} {
		t.Run(name, func(t *testing.T) {
			nc := &scriptedConn{answer: strings.NewReader(raw)}
			_, err := NewConn(nc, testLimit, nil, Key{Scheme: "https"}).RoundTrip(t.Context(), &get)
			if failed := (*Error)(nil); !errors.As(err, &failed) || failed.Err != io.ErrUnexpectedEOF || failed.Stage != Reading {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TLS and HTTP/2 wait for an answer of their own and never send a line's end.
func TestBinaryIsNotWaitedFor(t *testing.T) {
	client, server := tcpPair(t)
	if _, err := server.Write([]byte("\x00\x00\x12\x04\x00\x00\x00\x00\x00")); err != nil {
		t.Fatal(err)
	}
	_, err := NewConn(client, testLimit, nil, Key{}).RoundTrip(t.Context(), &Request{Method: "GET", Target: "/", Host: "h"})
	if err == nil || !strings.Contains(err.Error(), `malformed HTTP response "\x00\x00\x12`) {
		t.Errorf("got %v", err)
	}
}
