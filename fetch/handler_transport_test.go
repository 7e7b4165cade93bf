package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func handled(handler http.HandlerFunc) *HandlerTransport {
	return &HandlerTransport{Handler: func(*URL) http.Handler { return handler }}
}

// handlers are what the two transports are compared by.
var handlers = map[string]http.HandlerFunc{
	"nothing":             func(w http.ResponseWriter, r *http.Request) {},
	"a status alone":      func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(404) },
	"a status of no name": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(299) },
	"204":                 func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) },
	"304 with a type": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/x")
		w.WriteHeader(304)
	},
	"204 with a length": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "5")
		w.WriteHeader(204)
	},
	"204 with a body": func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(204)
		io.WriteString(w, "x")
	},
	"a short text": func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") },
	"a short page": func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<!doctype html><title>x") },
	"2048 bytes":   func(w http.ResponseWriter, r *http.Request) { w.Write(bytes.Repeat([]byte("a"), 2048)) },
	"2049 bytes":   func(w http.ResponseWriter, r *http.Request) { w.Write(bytes.Repeat([]byte("a"), 2049)) },
	"2049 bytes one by one": func(w http.ResponseWriter, r *http.Request) {
		for range 2049 {
			w.Write([]byte("a"))
		}
	},
	"4096 bytes":    func(w http.ResponseWriter, r *http.Request) { w.Write(bytes.Repeat([]byte("a"), 4096)) },
	"4097 bytes":    func(w http.ResponseWriter, r *http.Request) { w.Write(bytes.Repeat([]byte("a"), 4097)) },
	"200,000 bytes": func(w http.ResponseWriter, r *http.Request) { w.Write(bytes.Repeat([]byte("a"), 200_000)) },
	"flushed headers": func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(201)
		w.(http.Flusher).Flush()
		io.WriteString(w, "<html>")
	},
	"flushed body": func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "<html>")
		http.NewResponseController(w).Flush()
		io.WriteString(w, "more")
	},
	"a type of its own": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/x")
		io.WriteString(w, "<html>")
	},
	"an empty type": func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Content-Type"] = nil
		io.WriteString(w, "<html>")
	},
	"a coding of its own": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "x-own")
		io.WriteString(w, "<html>")
	},
	"a length": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "5")
		io.WriteString(w, "hello")
	},
	"a length that is none": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "x")
		io.WriteString(w, "hello")
	},
	"more than its length": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "5")
		io.WriteString(w, "hello")
		io.WriteString(w, "!")
	},
	"headers after the fact": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-A", "before")
		w.WriteHeader(200)
		w.Header().Set("X-A", "after")
		w.Header().Set("X-B", "after")
		io.WriteString(w, "x")
	},
	"headers after an empty Write": func(w http.ResponseWriter, r *http.Request) { w.Write(nil); w.Header().Set("X-A", "after") },
	"several lines": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Access-Control-Allow-Origin", "https://b.example")
		w.Header().Add("Access-Control-Allow-Origin", "https://a.example")
		w.Header()["access-control-allow-origin"] = []string{"lower"}
		w.Header()["Set-Cookie"] = []string{"a=1", "b=2"}
	},
	"values that break lines": func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X-A", " a\r\nX-B: b ") },
	"a superfluous status":    func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(201); w.WriteHeader(500) },
	"early hints": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</x>")
		w.WriteHeader(103)
		w.Header().Set("X-A", "a")
		w.WriteHeader(200)
	},
	"trailers": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-T")
		io.WriteString(w, "x")
		w.Header().Set("X-T", "t")
		w.Header().Set(http.TrailerPrefix+"X-U", "u")
	},
	"the request": func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s %s host=%s length=%d coding=%v tls=%v body=%q %v\nheaders:", r.Method, r.RequestURI, r.URL, r.Proto, r.Host,
			r.ContentLength, r.TransferEncoding, r.TLS != nil, body, err)
		for _, h := range answerHeaders(r.Header, 0) {
			fmt.Fprintf(w, " %s=%q", h.Name, h.Value)
		}
	},
	"an echo while it reads": func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		io.Copy(w, r.Body)
	},
	"a redirect": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/else", http.StatusFound) },
	"an error":   func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", http.StatusForbidden) },
	"gzip": func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			defer z.Close()
			io.WriteString(z, strings.Repeat("a", 50_000))
		}
	},
	"a panic": func(w http.ResponseWriter, r *http.Request) { panic("boom") },
	"a panic after the headers": func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "half")
		w.(http.Flusher).Flush()
		panic("boom")
	},
	"an abort": func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) },
	"less than its length": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "10")
		io.WriteString(w, "hello")
	},
	"an impossible status":      func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(42) },
	"a mux with a cleaned path": http.NewServeMux().ServeHTTP,
}

func TestAHandlerAnswersAsItsServerWould(t *testing.T) {
	ca := newTestAuthority(t, "Test CA")
	messages := map[string]Message{
		"GET":              {Method: "GET", Headers: HeaderList{{"origin", "https://a.example"}, {"X-Two", "b"}, {"x-two", "a"}, {"Pragma", "no-cache"}, {"Cookie", "a=1; b=2"}, {"User-Agent", "x"}}},
		"HEAD":             {Method: "HEAD"},
		"POST":             {Method: "POST", Body: BytesBody([]byte("hello"))},
		"POST of a stream": {Method: "POST", Headers: HeaderList{{"Content-Type", "text/plain"}}},
		"POST of nothing":  {Method: "POST"},
		"PUT of no bytes":  {Method: "PUT", Body: BytesBody(nil)},
		"DELETE":           {Method: "DELETE"},
		"own-method":       {Method: "own-method"},
	}
	for handlerName, handler := range handlers {
		servers := map[string]*httptest.Server{"HTTP/1.1": netServer(t, handler), "HTTP/2": netTLSServer(t, ca.issue(t, nil, "127.0.0.1"), handler)}
		for proto, server := range servers {
			for messageName, message := range messages {
				switch handlerName + ", " + proto {
				case "more than its length, HTTP/2": // HTTP/2's server sends the byte too much, and its client calls that cut short
					continue
				case "a length that is none, HTTP/1.1": // its server sends the length to HEAD as it is, which no client takes
					if messageName == "HEAD" {
						continue
					}
				}
				t.Run(handlerName+", "+proto+", "+messageName, func(t *testing.T) {
					message.URL = netURL(t, server.URL+"/a//b/../c|%41?q=1&&x#f")
					inProcess := handled(handler)
					inProcess.HTTP2 = true
					outcome := func(transport Transport) string {
						m := message
						if messageName == "POST of a stream" {
							m.Body = StreamBody(strings.NewReader("hello"))
						}
						return describe(t, transport, &m)
					}
					net := outcome(newNet(t, NetConfig{RootCAs: ca.pool()}))
					if got := outcome(inProcess); got != net {
						t.Errorf("in process:\n%s\nover the network:\n%s", got, net)
					}
				})
			}
		}
	}
}

// describe makes an exchange and writes down all that is not by chance.
func describe(t *testing.T, transport Transport, m *Message) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	answer, err := transport.Exchange(ctx, m)
	var failed *NetworkError
	if errors.As(err, &failed) {
		if failed.Code == ReasonReset { // HTTP/2's word for it
			return string(ReasonClosed)
		}
		return string(failed.Code)
	}
	if err != nil {
		return err.Error()
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	var fault *BodyError
	if errors.As(err, &fault) {
		err = errors.New(string(fault.Code))
	}
	headers := slices.DeleteFunc(answer.Headers.Clone(), func(h Header) bool { return h.Name == "Date" })
	text := fmt.Sprintf("%s %d %q %q\n%d bytes, %v: ", answer.Proto, answer.Status, answer.StatusText, headers, len(body), err)
	return text + strings.TrimLeft(string(body), "a")
}

func TestAHandlerSeesItsClient(t *testing.T) {
	var seen *http.Request
	var dump string
	transport := &HandlerTransport{HTTP2: true, Handler: func(u *URL) http.Handler {
		if u.Host() != "api.example.com" {
			return nil
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			seen = r
			text, err := httputil.DumpRequest(r, true)
			if err != nil {
				t.Error(err)
			}
			dump = string(text)
		})
	}}
	type key struct{}
	m := &Message{Method: "PUT", URL: netURL(t, "https://api.example.com:8443/a?b"), Headers: HeaderList{{"Origin", "https://a.example"}}, Body: BytesBody([]byte("hello"))}
	answer, err := transport.Exchange(context.WithValue(t.Context(), key{}, "client's"), m)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	if seen.RemoteAddr != "192.0.2.1:1234" || seen.TLS == nil || seen.TLS.ServerName != "api.example.com" || seen.TLS.NegotiatedProtocol != "h2" || seen.ProtoMajor != 2 {
		t.Errorf("remote %s, TLS %+v, %s", seen.RemoteAddr, seen.TLS, seen.Proto)
	}
	if seen.Context().Value(key{}) != nil {
		t.Error("the client's context values reach the handler")
	}
	if seen.Context().Err() == nil {
		t.Error("the request's context goes on after the handler")
	}
	if !strings.Contains(dump, "PUT /a?b HTTP/2.0\r\nHost: api.example.com:8443\r\n") || !strings.HasSuffix(dump, "\r\n\r\nhello") {
		t.Errorf("the request reads\n%s", dump)
	}
	failed := failing(t, t.Context(), transport, &Message{Method: "GET", URL: netURL(t, "https://other.example/")})
	wantFailure(t, failed, ReasonNameNotResolved, "no handler for other.example", "")
	failed = failing(t, t.Context(), new(HandlerTransport), &Message{Method: "GET", URL: netURL(t, "https://other.example/")})
	wantFailure(t, failed, ReasonNameNotResolved, "no handler for other.example", "")
	failed = failing(t, t.Context(), transport, &Message{Method: "GET", URL: netURL(t, "https://api.example.com/"), Headers: HeaderList{{"a b", ""}}})
	wantFailure(t, failed, ReasonNetwork, "not a token", "")
	if answer, body := netGet(t, transport, "https://api.example.com/%zz"); answer.Status != 400 || body != "400 Bad Request" {
		t.Errorf("a path that the server cannot read: %d %q", answer.Status, body)
	}
}

func TestHandlersThatDoNotReturnWell(t *testing.T) {
	cause := errors.New("the cause")
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		detail  string
		wraps   error
	}{
		"a panic":                              {func(http.ResponseWriter, *http.Request) { panic("boom\x1b[31m") }, `no answer: the handler panicked: boom\x1b[31m`, nil},
		"a panic with an error":                {func(http.ResponseWriter, *http.Request) { panic(cause) }, "the handler panicked: the cause", cause},
		"a panic with what cannot be compared": {func(http.ResponseWriter, *http.Request) { panic([]int{1}) }, "the handler panicked: [1]", nil},
		"a panic of the runtime":               {func(_ http.ResponseWriter, r *http.Request) { _ = []int{}[len(r.Method)] }, "index out of range", nil},
		"a panic after a short text":           {func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "x"); panic("boom") }, "the handler panicked: boom", nil},
		"an abort":                             {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "no answer: the handler aborted", nil},
		"the end of its goroutine":             {func(http.ResponseWriter, *http.Request) { runtime.Goexit() }, "as by a test's FailNow", nil},
		"a status that cannot be":              {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(1000) }, "the handler panicked: invalid WriteHeader code 1000", nil},
	} {
		t.Run(name, func(t *testing.T) {
			failed := failing(t, t.Context(), handled(c.handler), &Message{Method: "GET", URL: netURL(t, "http://a.example/")})
			wantFailure(t, failed, ReasonClosed, c.detail, "")
			if c.wraps != nil && !errors.Is(failed, c.wraps) {
				t.Errorf("%v does not wrap %v", failed.Err, c.wraps)
			}
		})
	}
	t.Run("a panic in the middle of the body", func(t *testing.T) {
		answer, err := handled(handlers["a panic after the headers"]).Exchange(t.Context(), &Message{Method: "GET", URL: netURL(t, "http://a.example/")})
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		var fault *BodyError
		if !errors.As(err, &fault) || fault.Code != BodyTruncated || fault.Err.Error() != "the handler panicked: boom" || string(body) != "half" {
			t.Errorf("got %q, %v", body, err)
		}
	})
}

func TestAHandlerThatIsLeftAlone(t *testing.T) {
	left := make(chan error, 10)
	waiting := func(before func(http.ResponseWriter)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			before(w)
			<-r.Context().Done()
			_, err := io.WriteString(w, "too late")
			left <- errors.Join(err, http.NewResponseController(w).Flush())
		}
	}
	m := &Message{Method: "GET", URL: netURL(t, "http://a.example/")}
	flush := func(w http.ResponseWriter) { w.(http.Flusher).Flush() }

	t.Run("the context ends before the headers", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		defer cancel()
		failed := failing(t, ctx, handled(waiting(func(http.ResponseWriter) {})), m)
		wantFailure(t, failed, ReasonTimeout, "no time was left before the handler answered", "waits for")
		if !errors.Is(failed, context.DeadlineExceeded) {
			t.Errorf("got %v", failed.Err)
		}
		if err := <-left; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the handler's Write: %v", err)
		}
	})
	t.Run("the context has ended already", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		failed := failing(t, ctx, handled(func(http.ResponseWriter, *http.Request) { t.Error("the handler runs") }), m)
		wantFailure(t, failed, ReasonNetwork, "canceled", "")
	})
	t.Run("the context ends in the middle of the body", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		answer, err := handled(waiting(flush)).Exchange(ctx, m)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		time.AfterFunc(20*time.Millisecond, cancel)
		if _, err := io.ReadAll(answer.Body); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		<-left
	})
	t.Run("the reader closes", func(t *testing.T) {
		answer, err := handled(waiting(flush)).Exchange(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if err := <-left; !errors.Is(err, http.ErrBodyReadAfterClose) {
			t.Errorf("the handler's Write: %v", err)
		}
		if _, err := answer.Body.Read(make([]byte, 1)); err != http.ErrBodyReadAfterClose {
			t.Errorf("Read after Close: %v", err)
		}
	})
	t.Run("the reader closes while another reads", func(t *testing.T) {
		answer, err := handled(waiting(flush)).Exchange(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(20*time.Millisecond, func() { answer.Body.Close() })
		if _, err := io.ReadAll(answer.Body); !errors.Is(err, http.ErrBodyReadAfterClose) {
			t.Errorf("got %v", err)
		}
		<-left
	})
	t.Run("headers come before the body ends", func(t *testing.T) {
		release := make(chan struct{})
		answer, err := handled(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "first ")
			w.(http.Flusher).Flush()
			<-release
			io.WriteString(w, "second")
		}).Exchange(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		buf := make([]byte, 100)
		n, err := answer.Body.Read(buf)
		if string(buf[:n]) != "first " || err != nil {
			t.Errorf("first %q, %v", buf[:n], err)
		}
		close(release)
		if rest, err := io.ReadAll(answer.Body); string(rest) != "second" || err != nil {
			t.Errorf("then %q, %v", rest, err)
		}
	})
}

func TestAHandlerCannotRunFarAhead(t *testing.T) {
	for name, limit := range map[string]int{"by default": 0, "with a limit": 5000, "with a limit below the least": 1} {
		t.Run(name, func(t *testing.T) {
			written := make(chan int, 10_000)
			transport := handled(func(w http.ResponseWriter, r *http.Request) {
				for {
					n, err := w.Write(make([]byte, 1000))
					if err != nil {
						close(written)
						return
					}
					written <- n
				}
			})
			transport.MaxBuffer = limit
			answer, err := transport.Exchange(t.Context(), &Message{Method: "GET", URL: netURL(t, "http://a.example/")})
			if err != nil {
				t.Fatal(err)
			}
			if n, err := io.CopyN(io.Discard, answer.Body, 1_000_000); err != nil {
				t.Errorf("after %d bytes: %v", n, err)
			}
			time.Sleep(10 * time.Millisecond)
			answer.Body.Close()
			total := 0
			for n := range written {
				total += n
			}
			ahead := max(limit, handlerFirstBuffer2)
			if limit == 0 {
				ahead = 64 << 10
			}
			if total < 1_000_000 || total > 1_000_000+ahead+32<<10 {
				t.Errorf("1,000,000 bytes were read, %d written", total)
			}
		})
	}
}

func TestARequestBodyEndsWithItsHandler(t *testing.T) {
	bodies := make(chan io.Reader, 1)
	transport := handled(func(w http.ResponseWriter, r *http.Request) { bodies <- r.Body })
	exchangeOnce := &Message{Method: "POST", URL: netURL(t, "http://a.example/"), Body: StreamBody(strings.NewReader("hello"))}
	netAsk(t, transport, exchangeOnce)
	if _, err := (<-bodies).Read(make([]byte, 1)); err != http.ErrBodyReadAfterClose {
		t.Errorf("got %v", err)
	}
}
