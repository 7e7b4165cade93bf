package demo

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// networkFaults give no answer that is HTTP, so that no rule of the browser's is
// ever applied.
func networkFaults() []fault {
	fails := func(id, reason, title, url string) fault {
		return fault{Fault: Fault{
			ID: id, Kind: KindNetwork, Title: title,
			Call: Call{Page: "{app}/", URL: url},
			Want: Want{Reason: reason, Phase: "request"},
		}}
	}
	says := func(id, reason, title string, serve func(w http.ResponseWriter, r *http.Request)) fault {
		f := fails(id, reason, title, "{wire}/"+id)
		f.answer.serve = serve
		return f
	}
	slow := func(f fault) fault {
		f.NeedsTimeout = true
		return f
	}
	cutOff := says("header-cut-off", "connection-closed", "a header that breaks off behind a line, over https", raw("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n"))
	cutOff.CutsHeader = true
	never := fails("never-answers", "timeout", "a server that takes the request and never answers", "{faults}/never-answers")
	never.answer.serve = neverAnswer

	const malformed, tooLarge = "malformed-response", "headers-too-large"
	ok := "HTTP/1.1 200 OK\r\n"
	return []fault{
		fails("name-not-resolved", "name-not-resolved", "a name without an address", "{nowhere}/"),
		fails("connection-refused", "connection-refused", "a port where nobody listens", "{refused}/"),
		fails("address-unreachable", "address-unreachable", "an address to which no way leads", "{unreachable}/"),
		fails("certificate-wrong-name", "tls-certificate", "a certificate for another name", "{wrong-name}/"),
		fails("certificate-expired", "tls-certificate", "a certificate of last week", "{expired}/"),
		fails("certificate-unknown-authority", "tls-certificate", "a certificate from an authority that nobody knows", "{unknown-authority}/"),
		fails("http-on-https-port", "tls-handshake", "plain http where https is expected", "{plain-on-tls-port}/"),
		slow(fails("never-shakes-hands", "timeout", "a server that accepts and never says a word", "{silent}/")),
		slow(never),

		says("closed", "connection-closed", "a connection that ends without an answer", raw("")),
		says("reset", "connection-reset", "a connection that is reset", resetConnection),
		says("not-http", malformed, "an answer in another protocol", raw("SSH-2.0-OpenSSH_9.2\r\n\r\n")),
		says("status-word", malformed, "a status that is no number", raw("HTTP/1.1 fine\r\n\r\n")),
		says("header-with-nul", malformed, "a header with a NUL in it", raw(ok+"Access-Control-Allow-Origin: *\r\nX-Note: a\x00b\r\n\r\n")),
		says("two-lengths", malformed, "two Content-Lengths that differ", raw(ok+"Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc")),
		cutOff,

		says("endless-headers", tooLarge, "header lines without end", endless("HTTP/1.1 200 OK\r\n", "X-Filler: "+strings.Repeat("x", 1000)+"\r\n")),
		says("endless-header", tooLarge, "one header line without end", endless("HTTP/1.1 200 OK\r\nX-Filler: ", strings.Repeat("x", 1000))),
		says("endless-hints", tooLarge, "early hints without end, and no answer", steady("HTTP/1.1 103 Early Hints\r\nLink: </"+strings.Repeat("x", 1000)+">\r\n\r\n")),
	}
}

// bodyFaults begin well: the page gets an answer, and then cannot read its body.
func bodyFaults() []fault {
	breaks := func(id, code, title, server string, serve func(w http.ResponseWriter, r *http.Request), header ...Field) fault {
		return fault{
			Fault: Fault{
				ID: id, Kind: KindBody, Title: title,
				Call: Call{Page: "{app}/", URL: server + "/" + id},
				Want: Want{Status: 200, BodyError: code},
			},
			answer: answer{header: append([]Field{allowOrigin("*")}, header...), serve: serve},
		}
	}
	ok := "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Type: text/plain\r\n"
	stops := breaks("body-stops", "body-timeout", "a body that stops in the middle", "{faults}", stopInTheMiddle)
	stops.NeedsTimeout = true
	slow := breaks("body-slow", "", "a body that comes byte by byte", "{faults}", trickle)
	slow.Want.Reads = trickled
	return []fault{
		breaks("body-never-begins", "body-truncated", "a connection that ends before the first byte of the body", "{wire}", raw(ok+"Content-Length: 100\r\n\r\n")),
		breaks("body-cut-off", "body-truncated", "a body shorter than its Content-Length", "{wire}", raw(ok+"Content-Length: 100\r\n\r\nshort")),
		breaks("body-bad-chunk", "body-truncated", "a chunk whose size is no number", "{wire}", raw(ok+"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\n")),
		breaks("body-cut-off-http2", "body-truncated", "a stream that is reset in the middle", "{faults}", abort),
		breaks("body-huge", "body-too-large", "gigabytes", "{faults}", gigabytes),
		breaks("body-not-gzip", "body-coding", "Content-Encoding: gzip on plain text", "{faults}", write("this is not gzip"), Field{"Content-Encoding", "gzip"}, Field{"Content-Type", "text/plain"}),
		breaks("body-gzip-bomb", "body-too-large", "a few megabytes that unpack to gigabytes", "{faults}", gzipBomb, Field{"Content-Encoding", "gzip"}),
		stops,
		slow,
	}
}

// limit is how long any of the handlers below goes on when the client does not
// mind.
const limit = 2 * time.Minute

// neverAnswer waits for the client to give up, or for the world to end.
func neverAnswer(w http.ResponseWriter, r *http.Request) {
	waitFor(r.Context(), limit)
	breakOff()
}

// breakOff ends the connection or stream in the middle of an answer. A handler that
// returns would end the answer well.
func breakOff() { panic(http.ErrAbortHandler) }

// waitFor reports whether the whole time passed.
func waitFor(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

func write(text string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, text) }
}

// stopInTheMiddle sends the header and half a sentence.
func stopInTheMiddle(w http.ResponseWriter, r *http.Request) {
	io.WriteString(w, "the other half of this sentence")
	http.NewResponseController(w).Flush()
	waitFor(r.Context(), limit)
	breakOff()
}

// trickled is the body of body-slow.
const trickled = "patience"

func trickle(w http.ResponseWriter, r *http.Request) {
	for i := range len(trickled) {
		io.WriteString(w, trickled[i:i+1])
		http.NewResponseController(w).Flush()
		if !waitFor(r.Context(), 20*time.Millisecond) {
			breakOff()
		}
	}
}

// abort ends the stream without ending the body.
func abort(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", "100")
	io.WriteString(w, "short")
	http.NewResponseController(w).Flush()
	breakOff()
}

// maxFlood is the most that one answer sends: more than any client should take.
const maxFlood = 8 << 30

func gigabytes(w http.ResponseWriter, r *http.Request) {
	flood(w, r.Context(), make([]byte, 64<<10), maxFlood)
	if r.Context().Err() != nil {
		breakOff()
	}
}

// flood writes block again and again until the client is gone, the world ends, or
// most bytes are written.
func flood(w io.Writer, ctx context.Context, block []byte, most int) {
	for sent := 0; sent < most && ctx.Err() == nil; sent += len(block) {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

// raw takes the connection over and says exactly text on it, then ends it.
func raw(text string) http.HandlerFunc {
	return onConnection(func(conn net.Conn, _ *http.Request) { io.WriteString(conn, text) })
}

// endless says start and then line without end.
func endless(start, line string) http.HandlerFunc {
	return onConnection(func(conn net.Conn, r *http.Request) {
		conn.SetWriteDeadline(time.Now().Add(limit))
		io.WriteString(conn, start)
		flood(conn, r.Context(), []byte(strings.Repeat(line, 16)), maxFlood)
	})
}

// steady says line without end, in no hurry: Chromium takes every line, and would be busy with them long after it gave up.
func steady(line string) http.HandlerFunc {
	return onConnection(func(conn net.Conn, r *http.Request) {
		conn.SetWriteDeadline(time.Now().Add(limit))
		block := []byte(strings.Repeat(line, 16))
		for waitFor(r.Context(), 10*time.Millisecond) {
			if _, err := conn.Write(block); err != nil {
				return
			}
		}
	})
}

// onConnection lets say write to the bare connection, which ends then.
func onConnection(say func(net.Conn, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if conn := takeOver(w); conn != nil {
			defer conn.Close()
			say(conn, r)
		}
	}
}

func resetConnection(w http.ResponseWriter, r *http.Request) {
	conn := takeOver(w)
	if conn == nil {
		return
	}
	under := conn
	if secure, ok := conn.(*tls.Conn); ok {
		under = secure.NetConn()
	}
	switch c := under.(type) {
	case *keptConn:
		c.reset()
	case *net.TCPConn:
		c.SetLinger(0)
	}
	conn.Close()
}

// takeOver returns the bare connection, or nil after an answer that says why there
// is none: over HTTP/2 many requests share it, and without sockets there is none.
func takeOver(w http.ResponseWriter) net.Conn {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		problem(w, http.StatusHTTPVersionNotSupported, "this answer needs a connection of its own, over HTTP/1.1")
		return nil
	}
	return conn
}
