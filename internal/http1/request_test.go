package http1

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestRequestsAreWrittenAsTheyAre(t *testing.T) {
	for name, c := range map[string]struct {
		request Request
		want    string
	}{
		"lines in order and case, bytes as they are": {
			Request{Method: "GET", Fields: []Field{{"x-b", "2"}, {"X-A", "\x01\x0b\x7f\xff"}, {"X-b", ""}}}, "GET /p?q HTTP/1.1|Host: h|x-b: 2|X-A: \x01\x0b\x7f\xff|X-b: ||"},
		"a method of any token":        {Request{Method: "patch"}, "patch /p?q HTTP/1.1|Host: h||"},
		"POST without a body":          {Request{Method: "POST"}, "POST /p?q HTTP/1.1|Host: h|Content-Length: 0||"},
		"PUT without a body":           {Request{Method: "PUT"}, "PUT /p?q HTTP/1.1|Host: h|Content-Length: 0||"},
		"PATCH without a body":         {Request{Method: "PATCH"}, "PATCH /p?q HTTP/1.1|Host: h||"},
		"DELETE with an empty body":    {Request{Method: "DELETE", Body: []byte{}}, "DELETE /p?q HTTP/1.1|Host: h|Content-Length: 0||"},
		"a body":                       {Request{Method: "POST", Body: []byte("hi")}, "POST /p?q HTTP/1.1|Host: h|Content-Length: 2||hi"},
		"a body too large for one go":  {Request{Method: "POST", Body: []byte(strings.Repeat("x", 9000))}, "POST /p?q HTTP/1.1|Host: h|Content-Length: 9000||" + strings.Repeat("x", 9000)},
		"a stream":                     {Request{Method: "POST", Stream: strings.NewReader("hello")}, "POST /p?q HTTP/1.1|Host: h|Transfer-Encoding: chunked||5|hello|0||"},
		"a stream of nothing":          {Request{Method: "POST", Stream: strings.NewReader("")}, "POST /p?q HTTP/1.1|Host: h|Transfer-Encoding: chunked||0||"},
		"a stream larger than a chunk": {Request{Method: "POST", Stream: strings.NewReader(strings.Repeat("x", uploadSize+1))}, "POST /p?q HTTP/1.1|Host: h|Transfer-Encoding: chunked||4000|" + strings.Repeat("x", uploadSize) + "|1|x|0||"},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := tcpPair(t)
			got := make(chan string, 1)
			go func() {
				want := strings.ReplaceAll(c.want, "|", "\r\n")
				b := make([]byte, len(want))
				n, _ := io.ReadFull(server, b)
				io.WriteString(server, "HTTP/1.1 204 N\r\n\r\n")
				got <- string(b[:n])
			}()
			c.request.Target, c.request.Host = "/p?q", "h"
			a, err := NewConn(client, testLimit, nil, Key{}).RoundTrip(t.Context(), &c.request)
			if err != nil {
				t.Fatal(err)
			}
			a.Open()
			if text := strings.ReplaceAll(<-got, "\r\n", "|"); text != c.want {
				t.Errorf("wrote %q\nwant  %q", text, c.want)
			}
			server.Close()
		})
	}
}

// One request must never become two, whoever made its parts.
func TestBytesThatWouldSplitARequest(t *testing.T) {
	good := Request{Method: "GET", Target: "/", Host: "h"}
	for name, c := range map[string]struct {
		change func(*Request)
		part   string
	}{
		"a method of two words":      {func(r *Request) { r.Method = "GET /x" }, "method"},
		"a method with a line's end": {func(r *Request) { r.Method = "GET\r\n" }, "method"},
		"no method":                  {func(r *Request) { r.Method = "" }, "method"},
		"a target with a space":      {func(r *Request) { r.Target = "/ HTTP/1.1" }, "target"},
		"a target with a line's end": {func(r *Request) { r.Target = "/\r\nX: y" }, "target"},
		"a target with DEL":          {func(r *Request) { r.Target = "/\x7f" }, "target"},
		"no target":                  {func(r *Request) { r.Target = "" }, "target"},
		"a host with a line's end":   {func(r *Request) { r.Host = "h\nX: y" }, "host"},
		"no host":                    {func(r *Request) { r.Host = "" }, "host"},
		"a name with a line's end":   {func(r *Request) { r.Fields = []Field{{"X\r\nY", "z"}} }, "X\r\nY"},
		"a name with a colon":        {func(r *Request) { r.Fields = []Field{{"X:", "z"}} }, "X:"},
		"no name":                    {func(r *Request) { r.Fields = []Field{{"", "z"}} }, ""},
		"a value with LF":            {func(r *Request) { r.Fields = []Field{{"X", "y\nZ: z"}} }, "X"},
		"a value with CR":            {func(r *Request) { r.Fields = []Field{{"X", "y\rZ: z"}} }, "X"},
		"a value with NUL":           {func(r *Request) { r.Fields = []Field{{"X", "y\x00"}} }, "X"},
	} {
		t.Run(name, func(t *testing.T) {
			r := good
			c.change(&r)
			nc := &scriptedConn{answer: strings.NewReader("HTTP/1.1 204 N\r\n\r\n")}
			_, err := NewConn(nc, testLimit, nil, Key{}).RoundTrip(t.Context(), &r)
			var bad *RequestError
			if !errors.As(err, &bad) || bad.Part != c.part {
				t.Errorf("got %v, want a fault of %q", err, c.part)
			}
			if nc.written.Len() > 0 {
				t.Errorf("wrote %q", nc.written.String())
			}
		})
	}
}
