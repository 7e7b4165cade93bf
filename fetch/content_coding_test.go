package fetch

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"
)

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

func zlibbed(text string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

func deflated(text string) string {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

// contentEncoding splits its values at "|" into lines.
func contentEncoding(values string) HeaderList {
	var headers HeaderList
	for value := range strings.SplitSeq(values, "|") {
		headers = append(headers, Header{"content-encoding", value})
	}
	return headers
}

// closeCounter counts Close.
type closeCounter struct {
	io.Reader
	closed int
}

func (c *closeCounter) Close() error { c.closed++; return nil }

func TestHandleContentCodings(t *testing.T) {
	text := strings.Repeat("The quick brown fox. ", 500)
	whole := gzipped(text)
	for name, c := range map[string]struct {
		codings, body string
		want          string
		code          BodyErrorCode // empty: none
	}{
		"gzip":                         {"gzip", gzipped(text), text, ""},
		"x-gzip":                       {"x-gzip", gzipped(text), text, ""},
		"in any case":                  {"GZip", gzipped(text), text, ""},
		"deflate as zlib":              {"deflate", zlibbed(text), text, ""},
		"deflate without zlib's frame": {"deflate", deflated(text), text, ""},
		"identity":                     {"identity", text, text, ""},
		"two codings in order":         {"deflate, gzip", gzipped(zlibbed(text)), text, ""},
		"two lines of codings":         {"deflate|gzip", gzipped(deflated(text)), text, ""},
		"five codings":                 {"gzip,gzip,gzip,gzip,gzip", gzipped(gzipped(gzipped(gzipped(gzipped(text))))), text, ""},
		"empty members of the list":    {", gzip,,", gzipped(text), text, ""},
		"an empty value":               {"", text, text, ""},
		"an unknown coding":            {"br", text, text, ""},
		"an unknown coding after a known one leaves both": {"gzip, br", whole, whole, ""},
		"a value outside of the grammar":                  {"gzip;q=1", whole, whole, ""},
		"a body of nothing":                               {"gzip", "", "", ""},
		"a body of nothing in two codings":                {"gzip, deflate", "", "", ""},
		"several members":                                 {"gzip", gzipped("a") + gzipped("") + gzipped("b"), "ab", ""},
		"bytes after the coded data":                      {"gzip", gzipped(text) + "garbage", text, ""},
		"one byte after the coded data":                   {"gzip", gzipped(text) + "\x1f", text, ""},
		"not gzip at all":                                 {"gzip", text, "", BodyCoding},
		"not deflate at all":                              {"deflate", "\xff\xff\xff", "", BodyCoding},
		"gzip within which there is none":                 {"gzip, gzip", gzipped(text), "", BodyCoding},
		"a checksum that is wrong":                        {"gzip", whole[:len(whole)-8] + "XXXX" + whole[len(whole)-4:], text, BodyCoding},
		"half of it":                                      {"gzip", whole[:len(whole)-20], "", BodyCodingTruncated},
		"one byte of it":                                  {"gzip", "\x1f", "", BodyCodingTruncated},
		"the head of a second member":                     {"gzip", gzipped("a") + "\x1f\x8b\x08", "a", BodyCodingTruncated},
		"half of zlib's":                                  {"deflate", zlibbed(text)[:30], "", BodyCodingTruncated},
		"six codings":                                     {"gzip,gzip,gzip,gzip,gzip,gzip", whole, "", BodyCoding},
		"ten thousand codings":                            {strings.Repeat("gzip,", 10_000), whole, "", BodyCoding},
	} {
		for _, slow := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, byte by byte %v", name, slow), func(t *testing.T) {
				source := io.Reader(strings.NewReader(c.body))
				if slow {
					source = iotest.OneByteReader(source)
				}
				raw := &closeCounter{Reader: source}
				body := decodeBody(t.Context(), raw, new(atomic.Bool), contentEncoding(c.codings))
				got, err := io.ReadAll(body)
				var fault *BodyError
				errors.As(err, &fault)
				switch {
				case c.code == "" && err != nil, c.code != "" && (fault == nil || fault.Code != c.code):
					t.Errorf("error %v, want %q", err, c.code)
				case c.code == "" && string(got) != c.want, c.want != "" && string(got) != c.want:
					t.Errorf("got %d bytes %.60q, want %d bytes %.60q", len(got), got, len(c.want), c.want)
				}
				if _, again := body.Read(make([]byte, 1)); err == nil && again != io.EOF || err != nil && again != err {
					t.Errorf("first %v, then %v", err, again)
				}
				if body.Close(); raw.closed != 1 {
					t.Errorf("closed %d times", raw.closed)
				}
			})
		}
	}
}

func TestWhatTheCodedBodyMeetsIsPassedOn(t *testing.T) {
	truncated := &BodyError{Code: BodyTruncated, Err: io.ErrUnexpectedEOF}
	for name, cut := range map[string]int{"at the start": 0, "after a byte": 1, "in the middle": 20, "in the checksum": len(gzipped("hello")) - 2, "after the end": len(gzipped("hello"))} {
		for _, want := range []error{truncated, context.Canceled, context.DeadlineExceeded} {
			t.Run(name+", "+want.Error(), func(t *testing.T) {
				source := io.MultiReader(strings.NewReader(gzipped("hello")[:min(cut, len(gzipped("hello")))]), iotest.ErrReader(want))
				body := decodeBody(t.Context(), io.NopCloser(source), new(atomic.Bool), contentEncoding("gzip"))
				if _, err := io.ReadAll(body); !errors.Is(err, want) {
					t.Errorf("got %v, want %v", err, want)
				}
			})
		}
	}
}

func TestCodedBodiesAreLazy(t *testing.T) {
	source := iotest.ErrReader(errors.New("read before anybody asked"))
	body := decodeBody(t.Context(), io.NopCloser(source), new(atomic.Bool), contentEncoding("gzip, deflate"))
	if err := body.Close(); err != nil {
		t.Error(err)
	}
}

// bomb is gzip of 8 MiB of zeros, twice over: 100 bytes or so.
func bomb() string {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	zeros := make([]byte, 1<<20)
	for range 8 {
		w.Write(zeros)
	}
	w.Close()
	return gzipped(b.String())
}

func TestABombTakesNoMemory(t *testing.T) {
	packed := bomb()
	body := decodeBody(t.Context(), io.NopCloser(strings.NewReader(packed)), new(atomic.Bool), contentEncoding("gzip, gzip"))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n, err := io.CopyN(io.Discard, body, 8<<20)
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatalf("after %d bytes: %v", n, err)
	}
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 2<<20 {
		t.Errorf("%d bytes of %d took %d bytes of memory", len(packed), n, taken)
	}
}

// emptyBlocks is deflate that goes on for ever and holds nothing.
type emptyBlocks struct{}

func (emptyBlocks) Read(p []byte) (int, error) {
	n := 0
	for n+5 <= len(p) {
		n += copy(p[n:], "\x00\x00\x00\xff\xff")
	}
	return n, nil
}

func TestWorkWithoutOutputCanBeInterrupted(t *testing.T) {
	// Empty blocks without end, packed twice over: work for ever, no byte of output.
	var inner bytes.Buffer
	w := gzip.NewWriter(&inner)
	io.CopyN(w, emptyBlocks{}, 2_000_000)
	w.Close()
	packed := gzipped(inner.String())
	for name, end := range map[string]func(cancel func(), body io.Closer){
		"by the context": func(cancel func(), _ io.Closer) { cancel() },
		"by Close":       func(_ func(), body io.Closer) { body.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			raw := &netBody{ctx: ctx, body: io.NopCloser(&repeated{text: packed})}
			body := decodeBody(ctx, raw, &raw.closed, contentEncoding("deflate, gzip, gzip"))
			time.AfterFunc(50*time.Millisecond, func() { end(cancel, body) })
			n, err := io.Copy(io.Discard, body)
			if err == nil || n > 0 {
				t.Errorf("%d bytes, %v", n, err)
			}
		})
	}
}

// repeated is text again and again.
type repeated struct {
	text string
	at   int
}

func (r *repeated) Read(p []byte) (int, error) {
	n := copy(p, r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	return n, nil
}

func TestBodiesOverTheNetwork(t *testing.T) {
	text := strings.Repeat("hello ", 1000)
	packed := gzipped(text)
	head := func(length int, more string) string {
		return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%s\r\n", length, more)
	}
	for name, c := range map[string]struct {
		method, answer string
		want           string
		code           BodyErrorCode
	}{
		"gzip, and the header still says so": {"GET", head(len(packed), "Content-Encoding: gzip\r\n") + packed, text, ""},
		"no body with HEAD":                  {"HEAD", head(len(packed), "Content-Encoding: gzip\r\n"), "", ""},
		"no body with 204":                   {"GET", "HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n", "", ""},
		"no body with 304":                   {"GET", "HTTP/1.1 304 Not Modified\r\nContent-Encoding: gzip\r\n\r\n", "", ""},
		"fewer bytes than the length says":   {"GET", head(10, "") + "hello", "hello", BodyTruncated},
		"a gzip body cut short":              {"GET", head(len(packed), "Content-Encoding: gzip\r\n") + packed[:20], "", BodyTruncated},
		"chunks cut short":                   {"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "hello", BodyTruncated},
		"a chunk that is no chunk":           {"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n", "hello", BodyTruncated},
		"no gzip, though the header says so": {"GET", head(5, "Content-Encoding: gzip\r\n") + "hello", "", BodyCoding},
	} {
		t.Run(name, func(t *testing.T) {
			address := netRawServer(t, "tcp", "127.0.0.1:0", rawAnswer(c.answer))
			answer, err := newNet(t, NetConfig{}).Exchange(t.Context(), &Message{Method: c.method, URL: netURL(t, "http://"+address)})
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if strings.Contains(c.answer, "gzip") && !answer.Headers.Contains("Content-Encoding") {
				t.Error("Content-Encoding is gone")
			}
			got, err := io.ReadAll(answer.Body)
			var fault *BodyError
			errors.As(err, &fault)
			if (err == nil) != (c.code == "") || fault != nil && fault.Code != c.code {
				t.Errorf("error %v, want %q", err, c.code)
			}
			if c.want != "" && string(got) != c.want {
				t.Errorf("got %.60q", got)
			}
		})
	}
	t.Run("the context ends in the middle of the body", func(t *testing.T) {
		address := netRawServer(t, "tcp", "127.0.0.1:0", func(conn net.Conn) {
			rawAnswer(head(10, "") + "hello")(conn)
			io.Copy(io.Discard, conn)
		})
		ctx := toldDeadline{t.Context(), make(chan struct{})}
		answer, err := newNet(t, NetConfig{}).Exchange(ctx, &Message{Method: "GET", URL: netURL(t, "http://"+address)})
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		got := make([]byte, 5)
		if _, err := io.ReadFull(answer.Body, got); string(got) != "hello" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
		close(ctx.over)
		if n, err := answer.Body.Read(got); n != 0 || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("then %d bytes, %v", n, err)
		}
	})
	t.Run("a stream of HTTP/2 reset in the middle of the body", func(t *testing.T) {
		ca := newTestAuthority(t, "Test CA")
		server := netTLSServer(t, ca.issue(t, nil, "127.0.0.1"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "hello")
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}))
		answer, err := newNet(t, NetConfig{RootCAs: ca.pool()}).Exchange(t.Context(), &Message{Method: "GET", URL: netURL(t, server.URL)})
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		var fault *BodyError
		if _, err := io.ReadAll(answer.Body); !errors.As(err, &fault) || fault.Code != BodyTruncated {
			t.Errorf("got %v", err)
		}
	})
}

func FuzzContentCodings(f *testing.F) {
	f.Add("gzip", []byte(gzipped("hello")))
	f.Add("deflate, gzip", []byte(gzipped(zlibbed("hello"))))
	f.Add("deflate", []byte(deflated("hello")))
	f.Add("gzip", []byte(gzipped("a")+gzipped("b")+"c"))
	f.Fuzz(func(t *testing.T, codings string, packed []byte) {
		read := func(source io.Reader) (string, error) {
			body := decodeBody(t.Context(), io.NopCloser(source), new(atomic.Bool), HeaderList{{"Content-Encoding", codings}})
			got, err := io.ReadAll(io.LimitReader(body, 1<<20))
			return string(got), err
		}
		got, err := read(bytes.NewReader(packed))
		var fault *BodyError
		if err != nil && (!errors.As(err, &fault) || fault.Code != BodyCoding && fault.Code != BodyTruncated) {
			t.Errorf("error %v", err)
		}
		// How the bytes arrive must not matter.
		if slow, errSlow := read(iotest.HalfReader(bytes.NewReader(packed))); err == nil && slow != got || (err == nil) != (errSlow == nil) {
			t.Errorf("in one: %d bytes, %v; in parts: %d bytes, %v", len(got), err, len(slow), errSlow)
		}
		// What was packed comes out again.
		seed := rand.New(rand.NewPCG(uint64(len(packed)), 1))
		again, errAgain := "", error(nil)
		if seed.IntN(2) == 0 {
			again, errAgain = readCoded(t, "gzip, deflate", deflated(gzipped(string(packed))))
		} else {
			again, errAgain = readCoded(t, "deflate, x-gzip", gzipped(zlibbed(string(packed))))
		}
		if again != string(packed) || errAgain != nil {
			t.Errorf("packed and unpacked: %d bytes became %d, %v", len(packed), len(again), errAgain)
		}
	})
}

func readCoded(t *testing.T, codings, packed string) (string, error) {
	body := decodeBody(t.Context(), io.NopCloser(strings.NewReader(packed)), new(atomic.Bool), HeaderList{{"Content-Encoding", codings}})
	got, err := io.ReadAll(body)
	return string(got), err
}
