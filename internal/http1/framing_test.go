package http1

import (
	"strings"
	"testing"
)

func TestWhereABodyEnds(t *testing.T) {
	const hi = "2\r\nhi\r\n0\r\n\r\n"
	for name, c := range map[string]struct {
		method, headers, body string
		want                  string // the body, and whether the connection is kept; or the error
	}{
		"a length":                                               {"GET", "Content-Length: 2", "hi", "hi|kept"},
		"a length of 0":                                          {"GET", "Content-Length: 0", "", "none|kept"},
		"a length with zeros before it":                          {"GET", "Content-Length: 0002", "hi", "hi|kept"},
		"a name in another case":                                 {"GET", "content-LENGTH: 2", "hi", "hi|kept"},
		"the same length twice":                                  {"GET", "Content-Length: 2\r\nContent-Length: 2", "hi", "hi|kept"},
		"the same length twice in one line":                      {"GET", "Content-Length: 2, 2", "hi", "hi|kept"},
		"two lengths":                                            {"GET", "Content-Length: 2\r\nContent-Length: 3", "hi!", "length-conflict 2, 3"},
		"two lengths in one line":                                {"GET", "Content-Length: 2, 3", "hi!", "length-conflict 2, 3"},
		"a length written in two ways":                           {"GET", "Content-Length: 2\r\nContent-Length: 02", "hi", "length-conflict 2, 02"},
		"a length and an empty one":                              {"GET", "Content-Length: 2,", "hi", "length-conflict 2,"},
		"two lengths of a HEAD":                                  {"HEAD", "Content-Length: 2\r\nContent-Length: 3", "", "length-conflict 2, 3"},
		"a length that is a word ends with the connection":       {"GET", "Content-Length: two", "hi", "hi"},
		"a number with a letter behind it is none":               {"GET", "Content-Length: 1x", "hi", "hi"},
		"a number in another base is none":                       {"GET", "Content-Length: 0x1", "hi", "hi"},
		"a negative length is none":                              {"GET", "Content-Length: -1", "hi", "hi"},
		"the same word twice":                                    {"GET", "Content-Length: two, two", "hi", "hi"},
		"a length and a word":                                    {"GET", "Content-Length: 2\r\nContent-Length: two", "hi", "length-conflict 2, two"},
		"a length with a plus":                                   {"GET", "Content-Length: +2", "hi", "bad-length +2"},
		"a length with a form feed before it":                    {"GET", "Content-Length: \x0c2", "hi", "bad-length \x0c2"},
		"a length of an empty line ends with the connection":     {"GET", "Content-Length:", "hi", "hi"},
		"a length larger than any body ends with the connection": {"GET", "Content-Length: 99999999999999999999999", "hi", "hi"},
		"a length that the connection does not last for":         {"GET", "Content-Length: 9223372036854775807", "hi", "hi+unexpected EOF"},
		"more bytes than the length":                             {"GET", "Content-Length: 1", "hi", "h"},
		"neither length nor coding":                              {"GET", "", "hi", "hi"},
		"neither, and no byte":                                   {"GET", "", "", ""},
		"chunks":                                                 {"GET", "Transfer-Encoding: chunked", hi, "hi|kept"},
		"chunks in another case, and space":                      {"GET", "transfer-encoding: Chunked \t", hi, "hi|kept"},
		"chunks beside a length":                                 {"GET", "Transfer-Encoding: chunked\r\nContent-Length: 3", hi, "hi"},
		"chunks beside lengths that differ":                      {"GET", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\nContent-Length: 3", hi, "hi"},
		"chunks beside a length that is a word":                  {"GET", "Transfer-Encoding: chunked\r\nContent-Length: two", hi, "hi"},
		"chunks twice are once":                                  {"GET", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", hi, "hi|kept"},
		"another coding within chunks is not undone":             {"GET", "Transfer-Encoding: gzip, chunked", hi, "hi|kept"},
		"chunks named before another coding":                     {"GET", "Transfer-Encoding: chunked, gzip", hi, "hi|kept"},
		"identity is no coding":                                  {"GET", "Transfer-Encoding: identity\r\nContent-Length: 1", "hi", "h"},
		"no coding's name is none":                               {"GET", "Transfer-Encoding:\r\nContent-Length: 2", "hi", "hi|kept"},
		"an unknown coding ends with the connection":             {"GET", "Transfer-Encoding: zip", hi, hi},
		"an unknown coding with a length":                        {"GET", "Transfer-Encoding: zip\r\nContent-Length: 1", "hi", "h"},
		"a coding that only looks like chunked":                  {"GET", "Transfer-Encoding: \x0bchunked", hi, hi},
		"chunked with a parameter":                               {"GET", "Transfer-Encoding: chunked;q=1", hi, hi},
		"HEAD has no body":                                       {"HEAD", "Content-Length: 2", "", "none|kept"},
		"HEAD has no chunks":                                     {"HEAD", "Transfer-Encoding: chunked", "", "none|kept"},
		"HEAD with neither":                                      {"HEAD", "", "", "none|kept"},
		"HEAD may name any coding":                               {"HEAD", "Transfer-Encoding: zip", "", "none|kept"},
		"bytes behind an answer without a body":                  {"HEAD", "Content-Length: 2", "hi", "none"},
		"the server closes":                                      {"GET", "Connection: close\r\nContent-Length: 2", "hi", "hi"},
		"the server closes, among other options":                 {"GET", "Connection: x-a,\tCLOSE , y\r\nContent-Length: 2", "hi", "hi"},
		"an option that only looks like close":                   {"GET", "Connection: closed\r\nContent-Length: 2", "hi", "hi|kept"},
		"bytes behind the body, which nobody asked for":          {"GET", "Content-Length: 2", "hiHTTP/1.1 200 OK\r\n\r\n", "hi"},
		"bytes behind the chunks":                                {"GET", "Transfer-Encoding: chunked", hi + "x", "hi"},
	} {
		t.Run(name, func(t *testing.T) {
			head := "HTTP/1.1 200 OK\r\n"
			if c.headers != "" {
				head += c.headers + "\r\n"
			}
			wantBody(t, c.method, head+"\r\n"+c.body, c.want)
		})
	}
	for name, c := range map[string]struct{ raw, want string }{
		"204 has no body":                 {"HTTP/1.1 204 N\r\nContent-Length: 2\r\n\r\n", "none|kept"},
		"204 has no chunks":               {"HTTP/1.1 204 N\r\nTransfer-Encoding: chunked\r\n\r\n", "none|kept"},
		"304 has no body":                 {"HTTP/1.1 304 N\r\nContent-Length: 2\r\n\r\n", "none|kept"},
		"205 has one on the wire":         {"HTTP/1.1 205 R\r\nContent-Length: 2\r\n\r\nhi", "hi|kept"},
		"a status below 100 has a body":   {"HTTP/1.1 042 A\r\nContent-Length: 2\r\n\r\nhi", "hi|kept"},
		"101 is the connection's end":     {"HTTP/1.1 101 S\r\nUpgrade: x\r\n\r\nxx", "none"},
		"HTTP/1.0 closes":                 {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", "hi"},
		"HTTP/1.0 that is kept alive":     {"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nhi", "hi|kept"},
		"HTTP/1.0 has no chunks":          {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + hi, hi},
		"HTTP/1.0 with a coding, kept":    {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\nhi", "hi"},
		"HTTP/1.0 that ends as it closes": {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nhi", "hi"},
	} {
		t.Run(name, func(t *testing.T) { wantBody(t, "GET", c.raw, c.want) })
	}
}

// wantBody compares what stands behind the headers.
func wantBody(t *testing.T, method, raw, want string) {
	t.Helper()
	got := outcome(t.Context(), method, strings.NewReader(raw))
	if parts := strings.SplitN(got, "|", 5); len(parts) == 5 {
		got = parts[4]
	}
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestChunks(t *testing.T) {
	const cut, broken = "+unexpected EOF", "+http1: malformed chunked encoding"
	for name, c := range map[string]struct{ body, want string }{
		"two":                             {"2\r\nhi\r\nA\r\n, you there\r\n0\r\n\r\n", "hi, you ther" + broken},
		"two of the right size":           {"2\r\nhi\r\nb\r\n, you there\r\n0\r\n\r\n", "hi, you there|kept"},
		"none":                            {"0\r\n\r\n", "|kept"},
		"zeros before a size":             {strings.Repeat("0", 100) + "2\r\nhi\r\n000\r\n\r\n", "hi|kept"},
		"an extension":                    {"2;a=\"b\"\r\nhi\r\n0;c\r\n\r\n", "hi|kept"},
		"spaces behind a size":            {"2  \r\nhi\r\n0 ;x\r\n\r\n", "hi|kept"},
		"lines that end with LF alone":    {"2\nhi\n0\n\n", "hi|kept"},
		"trailers":                        {"2\r\nhi\r\n0\r\nX-T: t\r\nAccess-Control-Allow-Origin: *\r\n\r\n", "hi|kept"},
		"trailers that are none":          {"2\r\nhi\r\n0\r\nno trailer\x00\r\n\r\n", "hi|kept"},
		"a large chunk":                   {"2710\r\n" + strings.Repeat("x", 10_000) + "\r\n0\r\n\r\n", "10000 bytes|kept"},
		"an extension of 10,000 bytes":    {"2;" + strings.Repeat("x", 10_000) + "\r\nhi\r\n0\r\n\r\n", "hi|kept"},
		"an extension beyond the bound":   {"2;" + strings.Repeat("x", maxChunkLine) + "\r\nhi\r\n0\r\n\r\n", broken},
		"trailers beyond the bound":       {"2\r\nhi\r\n0\r\n" + strings.Repeat("X-T: t\r\n", testLimit/8) + "\r\n", "hi+" + ErrHeadTooLarge.Error()},
		"no size":                         {"\r\nhi\r\n0\r\n\r\n", broken},
		"a size that is no number":        {"g\r\nhi\r\n0\r\n\r\n", broken},
		"0x before a size":                {"0x2\r\nhi\r\n0\r\n\r\n", broken},
		"a sign before a size":            {"+2\r\nhi\r\n0\r\n\r\n", broken},
		"a space before a size":           {" 2\r\nhi\r\n0\r\n\r\n", broken},
		"a tab behind a size":             {"2\t\r\nhi\r\n0\r\n\r\n", broken},
		"two sizes":                       {"2 2\r\nhi\r\n0\r\n\r\n", broken},
		"CR in a size's line":             {"2;\rx\r\nhi\r\n0\r\n\r\n", broken},
		"a size of 16 digits":             {"7fffffffffffffff\r\nhi", "hi" + cut},
		"a size that does not fit":        {"8000000000000000\r\nhi", broken},
		"a size that does not fit at all": {"FFFFFFFFFFFFFFFFFF\r\nhi", broken},
		"no line's end behind the data":   {"2\r\nhi0\r\n\r\n", "hi" + broken},
		"more data than the size":         {"2\r\nhi!!\r\n0\r\n\r\n", "hi" + broken},
		"the end before the first size":   {"", cut},
		"the end in the data":             {"2\r\nh", "h" + cut},
		"the end behind the data":         {"2\r\nhi", "hi" + cut},
		"the end before the last chunk":   {"2\r\nhi\r\n", "hi" + cut},
		"the end in the last chunk":       {"2\r\nhi\r\n0", "hi" + cut},
		"the end behind the last chunk":   {"2\r\nhi\r\n0\r\n", "hi" + cut},
		"the end in the last line":        {"2\r\nhi\r\n0\r\n\r", "hi" + cut},
		"the end in the trailers":         {"2\r\nhi\r\n0\r\nX-T: t\r\n", "hi" + cut},
	} {
		t.Run(name, func(t *testing.T) {
			wantOutcome(t, "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"+c.body, "HTTP/1.1|200|OK|Transfer-Encoding: chunked|"+c.want)
		})
	}
}
