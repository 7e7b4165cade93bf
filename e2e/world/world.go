// Package world is the servers that a differential test talks to: a few origins on loopback, over http and https, that answer
// each case as its script says and write down every request as it came.
//
// It speaks HTTP/1.1 by itself, because net/http would tidy the answers: scripts have headers in odd cases, twice, with raw
// bytes and blanks, and a test must know that they went out so.
package world

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Field is one header line. Each byte of the value is a code point of the string, as in JavaScript.
type Field [2]string

// Answer is what a server says to one request.
type Answer struct {
	Status int     `json:"status"`
	Reason string  `json:"reason,omitempty"`
	Fields []Field `json:"headers,omitempty"`
	Body   string  `json:"body,omitempty"`
	// ValidatesTo is the status of an answer without a body to a request that has If-None-Match; 0: the same as to all others.
	ValidatesTo int `json:"validatesTo,omitempty"`
}

// Node is the script of one path: the answers to preflights and to requests in their order, the last one again for all that
// follow. A request of a kind without answers gets 404.
type Node struct {
	Preflights []Answer `json:"preflights,omitempty"`
	Answers    []Answer `json:"answers,omitempty"`
	// OwnConnection answers 421 to a request that came on a connection to another host, and does not count or log it: which connection
	// a browser takes is its own affair.
	OwnConnection bool `json:"ownConnection,omitempty"`
}

// Script maps a path inside a case ("a") to its node, whatever the host.
type Script map[string]*Node

// Request is one request as a server saw it.
type Request struct {
	Method string  `json:"method"`
	URL    string  `json:"url"`
	Fields []Field `json:"headers"`
	Body   string  `json:"body,omitempty"`
	// Protocol is "h2", or empty for HTTP/1.1.
	Protocol string `json:"protocol,omitempty"`
}

// World is the running servers. It is safe for concurrent use.
type World struct {
	plain, secure net.Listener
	socks         net.Listener
	authority     *Authority

	mu    sync.Mutex
	cases map[string]*run
	conns map[net.Conn]bool
	done  bool
	// misdirected counts what [Node.OwnConnection] refused.
	misdirected int
	wait        sync.WaitGroup
}

type run struct {
	play *Play
	log  []Request
}

// Play is a script that is being played from its beginning. It is not safe for concurrent use.
type Play struct {
	script Script
	asked  map[*Node][2]int // preflights and requests so far
}

// Play starts the script.
func (s Script) Play() *Play { return &Play{script: s, asked: map[*Node][2]int{}} }

// Next is the answer to the next request for a path inside the case.
func (p *Play) Next(path string, r *http.Request) Answer {
	node := p.script[path]
	if node == nil {
		return Answer{Status: 404}
	}
	asked := p.asked[node]
	kind, answers := 1, node.Answers
	if r.Method == "OPTIONS" && r.Header["Access-Control-Request-Method"] != nil {
		kind, answers = 0, node.Preflights
	}
	n := asked[kind]
	asked[kind]++
	p.asked[node] = asked
	if len(answers) == 0 {
		return Answer{Status: 404}
	}
	a := answers[min(n, len(answers)-1)]
	if a.ValidatesTo != 0 && r.Header["If-None-Match"] != nil {
		a.Status, a.Body = a.ValidatesTo, ""
	}
	return a
}

// Hosts are the origins of the world. app.test is where the pages are; api.app.test is of the same site, other.test is not;
// localhost is what browsers trust without TLS. The last two are [HTTP2Hosts].
var Hosts = []string{"app.test", "api.app.test", "other.test", "localhost", "h2.app.test", "h2.other.test"}

// Ports by scheme. The first one is the scheme's own.
var Ports = map[string][]string{"http": {"80", "8101"}, "https": {"443", "8443"}}

// Start starts the servers.
func Start() (*World, error) {
	a, err := NewAuthority(time.Now())
	if err != nil {
		return nil, err
	}
	w := &World{authority: a, cases: map[string]*run{}, conns: map[net.Conn]bool{}}
	for _, l := range []*net.Listener{&w.plain, &w.secure, &w.socks} {
		if *l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			w.Close()
			return nil, err
		}
	}
	w.serve(w.plain, func(c net.Conn) { w.answerAll(c, "http") })
	second, err := w.http2Config()
	if err != nil {
		w.Close()
		return nil, err
	}
	// HTTP/1.1 alone for all other hosts: with h2 the browsers would lower the names of headers before anyone can see them.
	config := &tls.Config{GetCertificate: a.Certificate, NextProtos: []string{"http/1.1"}, GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if isHTTP2Host(hello.ServerName) {
			return second, nil
		}
		return nil, nil
	}}
	w.serve(w.secure, func(c net.Conn) {
		secure := tls.Server(c, config)
		if secure.Handshake() != nil {
			return
		}
		if state := secure.ConnectionState(); state.NegotiatedProtocol == "h2" {
			w.answerHTTP2(secure, state.ServerName)
			return
		}
		w.answerAll(secure, "https")
	})
	w.serve(w.socks, func(c net.Conn) { ForwardSOCKS(c, w.Addresses()) })
	return w, nil
}

// Close ends the servers and all connections.
func (w *World) Close() {
	w.mu.Lock()
	w.done = true
	for c := range w.conns {
		c.Close()
	}
	w.mu.Unlock()
	for _, l := range []net.Listener{w.plain, w.secure, w.socks} {
		if l != nil {
			l.Close()
		}
	}
	w.wait.Wait()
}

func (w *World) serve(l net.Listener, handle func(net.Conn)) {
	w.wait.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			w.mu.Lock()
			if w.done {
				c.Close()
			} else {
				w.conns[c] = true
			}
			w.mu.Unlock()
			w.wait.Go(func() {
				handle(c)
				c.Close()
				w.mu.Lock()
				delete(w.conns, c)
				w.mu.Unlock()
			})
		}
	})
}

// Addresses maps every HOST:PORT of the world to the address that listens for it.
func (w *World) Addresses() map[string]string {
	addresses := map[string]string{}
	for _, host := range Hosts {
		for scheme, ports := range Ports {
			for _, port := range ports {
				addresses[host+":"+port] = w.listener(scheme).Addr().String()
			}
		}
	}
	return addresses
}

func (w *World) listener(scheme string) net.Listener {
	if scheme == "https" {
		return w.secure
	}
	return w.plain
}

// SOCKS is the address of the SOCKS5 proxy that leads to the world and nowhere else.
func (w *World) SOCKS() string { return w.socks.Addr().String() }

// Play lets the servers answer the paths of a case by its script, from its beginning.
func (w *World) Play(id string, s Script) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cases[id] = &run{play: s.Play()}
}

// Seen ends a case and returns the requests that the servers saw, in their order.
func (w *World) Seen(id string) []Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.cases[id]
	delete(w.cases, id)
	if r == nil {
		return nil
	}
	return r.log
}

// Misdirected is how many requests have come on a connection to another host, where the script did not want them to.
func (w *World) Misdirected() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.misdirected
}

// maxBody bounds the request bodies that are kept.
const maxBody = 1 << 20

func (w *World) answerAll(c net.Conn, scheme string) {
	in := bufio.NewReaderSize(c, 64<<10)
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
		if err != nil {
			return
		}
		answer := w.answer(r, scheme, string(body), "")
		if _, err := c.Write(answer.wire(r.Method)); err != nil {
			return
		}
	}
}

// answer logs a request and finds what to say. The path is /CASE/NODE. connection is the host that a connection of HTTP/2 was made for;
// empty: HTTP/1.1.
func (w *World) answer(r *http.Request, scheme, body, connection string) Answer {
	id, path, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if !ok {
		return w.page(scheme, r)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	play := w.cases[id]
	if play == nil {
		return Answer{Status: 404}
	}
	node := play.play.script[path]
	if host, _, _ := strings.Cut(r.Host, ":"); node != nil && node.OwnConnection && connection != "" && host != connection {
		w.misdirected++
		return Answer{Status: 421}
	}
	seen := Request{Method: r.Method, URL: scheme + "://" + r.Host + r.RequestURI, Body: body}
	if r.ProtoMajor == 2 {
		seen.Protocol = "h2"
	}
	for name, values := range r.Header {
		for _, v := range values {
			seen.Fields = append(seen.Fields, Field{strings.ToLower(name), decodeLatin1(v)})
		}
	}
	play.log = append(play.log, seen)
	return play.play.Next(path, r)
}

// decodeLatin1 and encodeLatin1 turn bytes into code points of the same number and back.
func decodeLatin1(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

func encodeLatin1(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

// fields are the answer's header lines as they go out. Every one says that it must not be stored, unless its script says something
// about that itself.
func (a Answer) fields() []Field {
	fields, cached := slices.Clone(a.Fields), false
	for _, f := range a.Fields {
		cached = cached || strings.EqualFold(f[0], "cache-control")
	}
	if !cached {
		fields = append(fields, Field{"Cache-Control", "no-store"})
	}
	if !a.bodiless() {
		fields = append(fields, Field{"Content-Length", strconv.Itoa(len(a.Body))})
	}
	return fields
}

// ServeHTTP answers as far as package net/http lets it: names in canonical case, values without blanks at their ends, no reason
// phrase of its own.
func (a Answer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, f := range a.fields() {
		w.Header().Add(f[0], encodeLatin1(f[1]))
	}
	w.WriteHeader(a.Status)
	if !a.bodiless() && r.Method != http.MethodHead {
		io.WriteString(w, a.Body)
	}
}

func (a Answer) bodiless() bool { return a.Status < 200 || a.Status == 204 || a.Status == 304 }

// wire is the answer as it goes out over HTTP/1.1.
func (a Answer) wire(method string) []byte {
	var b strings.Builder
	reason := a.Reason
	if reason == "" {
		reason = http.StatusText(a.Status)
	}
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", a.Status, encodeLatin1(reason))
	for _, f := range a.fields() {
		fmt.Fprintf(&b, "%s: %s\r\n", f[0], encodeLatin1(f[1]))
	}
	b.WriteString("\r\n")
	if !a.bodiless() && method != "HEAD" {
		b.WriteString(a.Body)
	}
	return []byte(b.String())
}
