// Package http1 is the client's half of HTTP/1.1: it writes a request and reads the answer on one connection, in the caller's own
// goroutine, with names, order and bytes of headers as they are. It stands on RFC 9112, and where that leaves a choice, or servers
// break it, on what Chromium 156 and Firefox 153 ESR were both seen to do with the same bytes on 22 November 2026.
//
//	pool.Take, NewConn   a connection that waited, or a new one
//	Conn.RoundTrip       sends a [Request], returns an [Answer]
//	Answer.Open          the answer's [Body]; at its end the connection goes to the pool
//
// It does not resolve, dial, shake hands, follow, retry, decode content codings or speak to proxies.
package http1
