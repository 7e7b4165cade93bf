package fetch

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestBrokenBodies: what a page gets of an answer whose connection breaks off, by the standard and as Firefox 153 ESR was seen to do on 2026-11-23.
func TestBrokenBodies(t *testing.T) {
	const allow = "\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: x-a"
	waits := func(p *Profile) { p.WaitsForBody = false }
	ends := func(p *Profile) { p.BrokenErrorsEnd = false }
	coded := func(p *Profile) { p.BrokenCodingsEnd = false }
	partial := func(p *Profile) { p.PartialCodingsEnd = false }
	cut := gzipped("hello, hello")[:14]
	for _, c := range []struct {
		name, answer string // behind HTTP/1.1; what comes behind ~ does so later
		reset        bool
		preflight    bool
		standard     string
		firefox      string // empty: as the standard
		chromium     string // likewise
		without      func(*Profile)
	}{
		{name: "before the first byte", answer: "200 OK\r\nContent-Length: 5", standard: `200 "" broken`, firefox: "connection-closed", without: waits},
		{name: "of a chunk", answer: "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n~", standard: `200 "" broken`, firefox: "connection-closed", without: waits},
		{name: "a while later", answer: "200 OK\r\nContent-Length: 5\r\n\r\n~", standard: `200 "" broken`, firefox: "connection-closed", without: waits},
		{name: "by a reset", answer: "200 OK\r\nContent-Length: 5\r\n\r\n~", reset: true, standard: `200 "" broken`, firefox: "connection-reset", without: waits},
		{name: "behind the first byte", answer: "200 OK\r\nContent-Length: 5\r\n\r\nx~", standard: `200 "x" broken`},
		{name: "behind the first byte of a coded body", answer: "200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\n\x1f~", standard: `200 "" broken`, firefox: `200 ""`, without: coded},
		{name: "behind some of a coded body", answer: "200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100\r\n\r\n" + cut + "~", standard: `200 "hel" broken`, firefox: `200 "hel"`, without: coded},
		{name: "behind some of a coded body, by a reset", answer: "200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100\r\n\r\n" + cut + "~", reset: true, standard: `200 "hel" broken`},
		{name: "behind some of a coded body in chunks", answer: "200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\ne\r\n" + cut + "\r\n~", standard: `200 "hel" broken`},
		{name: "not, and its coded data is cut short", answer: "200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 14\r\n\r\n" + cut, standard: `200 "hel" broken`,
			firefox: `200 "hel"`, chromium: `200 "hel"`, without: partial},
		{name: "not, and its coded data is cut short in chunks", answer: "200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\x1f\r\n0\r\n\r\n", standard: `200 "" broken`,
			firefox: `200 ""`, chromium: `200 ""`, without: partial},
		{name: "before that of a coded body", answer: "200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5", standard: `200 "" broken`, firefox: `200 ""`, without: coded},
		{name: "not, and is no gzip", answer: "200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain", standard: `200 "" broken`},
		{name: "where nothing is to come", answer: "200 OK\r\nContent-Length: 0", standard: `200 ""`},
		{name: "of a body that ends with the connection", answer: "200 OK\r\n\r\n~x", standard: `200 "x"`},
		{name: "an error before its first byte", answer: "404 Not Found\r\nContent-Length: 5", standard: `404 "" broken`, firefox: `404 ""`, without: ends},
		{name: "an error behind it", answer: "500 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nxy\r\n~", standard: `500 "xy" broken`, firefox: `500 "xy"`, without: ends},
		{name: "an error by a reset", answer: "500 No\r\nContent-Length: 5\r\n\r\nxy~", reset: true, standard: `500 "xy" broken`, firefox: `500 "xy"`, without: ends},
		{name: "chunks that are none are no end", answer: "404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nxy\r\n~zz\r\n", standard: `404 "xy" broken`},
		{name: "a redirect is followed", answer: "302 Found\r\nContent-Length: 5\r\nLocation: http://api.test/end", standard: `200 "end"`},
		{name: "a preflight", answer: "204 OK", preflight: true, standard: `200 "end"`},
		{name: "a preflight with a body", answer: "200 OK\r\nContent-Length: 5", preflight: true, standard: `200 "end"`, firefox: "connection-closed", without: waits},
	} {
		t.Run(c.name, func(t *testing.T) {
			handler := func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/end" || c.preflight && r.Method != "OPTIONS" {
					w.Header().Set("Access-Control-Allow-Origin", "*")
					io.WriteString(w, "end")
					return
				}
				conn, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				defer conn.Close()
				head, body, _ := strings.Cut(c.answer, "\r\n\r\n")
				now, later, waits := strings.Cut(body, "~")
				fmt.Fprintf(conn, "HTTP/1.1 %s%s\r\n\r\n%s", head, allow, now)
				if waits {
					time.Sleep(10 * time.Millisecond)
					io.WriteString(conn, later)
				}
				if c.reset {
					conn.(*net.TCPConn).SetLinger(0)
				}
			}
			run := func(profile Profile) string {
				page := newLoopback(t, AgentConfig{Profile: profile}, handler, "api.test").page(PageConfig{URL: "http://app.test"})
				request := Request{URL: "http://api.test/", Trace: new(Trace)}
				if c.preflight {
					request.Headers = HeaderList{{"X-A", "1"}}
				}
				response, err := page.Fetch(t.Context(), request)
				if err != nil {
					t.Fatal(err)
				}
				defer response.Close()
				if response.IsError() {
					if last := request.Trace.Exchanges[len(request.Trace.Exchanges)-1]; last.Failure == nil || last.Status != 0 {
						t.Errorf("the exchange failed with %v and has the status %d", last.Failure, last.Status)
					}
					return string(response.Reason.Code)
				}
				body, err := io.ReadAll(response.Body)
				got := fmt.Sprintf("%d %q", response.Status, body)
				if err != nil {
					got += " broken"
				}
				return got
			}
			want := cmp.Or(c.firefox, c.standard)
			if got := run(Chromium()); got != cmp.Or(c.chromium, c.standard) {
				t.Errorf("in Chromium the page gets %s, want %s", got, cmp.Or(c.chromium, c.standard))
			}
			if got := run(Profile{}); got != c.standard {
				t.Errorf("by the standard the page gets %s, want %s", got, c.standard)
			}
			if got := run(Firefox()); got != want {
				t.Errorf("in Firefox the page gets %s, want %s", got, want)
			}
			if c.without != nil {
				firefox := Firefox()
				c.without(&firefox)
				if got := run(firefox); got == want {
					t.Errorf("without the field Firefox's page gets %s too", got)
				}
			}
		})
	}
}

// TestFirefoxWaitsForTheBody: no fetch resolves before the first byte, and whoever gives up meanwhile is not kept.
func TestFirefoxWaitsForTheBody(t *testing.T) {
	for _, c := range []struct {
		name     string
		profile  Profile
		patience time.Duration
		waits    bool
	}{{"the standard", Profile{}, time.Minute, false}, {"Firefox", Firefox(), 100 * time.Millisecond, true}} {
		t.Run(c.name, func(t *testing.T) {
			more := make(chan bool)
			page := newLoopback(t, AgentConfig{Profile: c.profile}, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Access-Control-Allow-Origin", "*")
				w.(http.Flusher).Flush()
				select {
				case <-more:
				case <-r.Context().Done():
				}
				io.WriteString(w, "body")
			}, "api.test").page(PageConfig{URL: "http://app.test"})
			ctx, cancel := context.WithTimeout(t.Context(), c.patience)
			defer cancel()
			response, err := page.Fetch(ctx, Request{URL: "http://api.test/"})
			if gaveUp := err != nil; gaveUp != c.waits {
				t.Fatalf("without a byte of the body it ends with %v, %v", response, err)
			}
			if err == nil {
				response.Close()
			}
			time.AfterFunc(50*time.Millisecond, func() { close(more) })
			if response, err = page.Fetch(t.Context(), Request{URL: "http://api.test/"}); err != nil {
				t.Fatal(err)
			}
			defer response.Close()
			if body, err := io.ReadAll(response.Body); string(body) != "body" || err != nil {
				t.Errorf("the body is %q, %v", body, err)
			}
		})
	}
}
