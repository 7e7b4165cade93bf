package http1

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/corscope/corscope/internal/httpspec"
)

var answerSeeds = []string{
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhi\r\n0\r\nX-T: t\r\n\r\n",
	"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nX-A: a\r\n b\r\n\r\nhi",
	"HTTP/1.1 103 Early\r\nLink: </x>\r\n\r\nHTTP/1.1 204 N\r\nVary: Origin\r\nvary: x\r\n\r\n",
	"HTTP/1.1 200 OK\nContent-Length: 2, 2\nX-A: \x0cb\x01\x7f\n\nhi",
	"\r\nHTTP/1.1 304 N\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
	"HTTP/1.1 042 A\r\nno colon\r\nContent-Length: two\r\nTransfer-Encoding: zip\r\n\r\nhi", "HTTP/1.1 200 OK\r\nX-A: a\r\nX-B",
	"SSH-2.0-x\r\n", "\x15\x03\x01\x00\x02\x02\x46",
}

// However the bytes of an answer are cut, it is the same answer.
func FuzzAnswerInPieces(f *testing.F) {
	for _, seed := range answerSeeds {
		f.Add(seed, false)
	}
	f.Add(answerSeeds[0], true)
	f.Fuzz(func(t *testing.T, raw string, head bool) {
		method := "GET"
		if head {
			method = "HEAD"
		}
		whole := strings.TrimSuffix(outcome(t.Context(), method, strings.NewReader(raw)), "|kept")
		for _, reader := range []io.Reader{iotest.OneByteReader(strings.NewReader(raw)), iotest.HalfReader(strings.NewReader(raw))} {
			got := strings.TrimSuffix(outcome(t.Context(), method, reader), "|kept")
			if strings.HasPrefix(whole, "not-http ") && strings.HasPrefix(got, "not-http ") && strings.HasPrefix(whole, got) {
				continue
			}
			if got != whole {
				t.Errorf("in pieces %q\nwhole     %q", got, whole)
			}
		}
	})
}

// net/http reads answers too, and what both take, they take for the same.
func FuzzAnswerBesideNetHTTP(f *testing.F) {
	for _, seed := range answerSeeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) { besideNetHTTP(t, raw) })
}

func TestAnswersBesideNetHTTP(t *testing.T) {
	for _, seed := range answerSeeds {
		besideNetHTTP(t, seed)
	}
}

func besideNetHTTP(t *testing.T, raw string) {
	for {
		// net/http leaves 1xx answers to its caller.
		r := bufio.NewReader(strings.NewReader(raw))
		theirs, errTheirs := http.ReadResponse(r, &http.Request{Method: "GET"})
		if errTheirs == nil && theirs.StatusCode >= 100 && theirs.StatusCode < 200 && theirs.StatusCode != 101 {
			rest, _ := io.ReadAll(r)
			if len(rest) == len(raw) {
				return
			}
			raw = string(rest)
			continue
		}
		nc := &scriptedConn{answer: strings.NewReader(raw)}
		ours, err := NewConn(nc, testLimit, nil, Key{}).RoundTrip(t.Context(), &get)
		if err != nil || errTheirs != nil {
			if errTheirs == nil && !mayRefuse(raw, err) {
				t.Errorf("refused: %v\nnet/http: %s %v", err, theirs.Status, theirs.Header)
			}
			if err == nil {
				ours.Open()
			}
			return
		}
		sameAnswer(t, raw, ours, theirs)
		return
	}
}

// mayRefuse names what net/http takes and this package does not.
func mayRefuse(raw string, err error) bool {
	var syntax *SyntaxError
	switch {
	case !errors.As(err, &syntax):
		return errors.Is(err, ErrHeadTooLarge)
	case syntax.Code == NotHTTP:
		return strings.Contains(raw, "HTTP/0.") || strings.Contains(raw, "\r") // before the status, where net/http trims
	case syntax.Code == BadByte:
		return true // in the reason phrase, and CRs at lines' ends
	case syntax.Code == LengthConflict, syntax.Code == BadLength:
		// net/http reads the length of no answer that cannot have a body.
		return strings.Contains(raw, " 204") || strings.Contains(raw, " 304") || strings.Contains(raw, " 1") || strings.Contains(raw, " 0") || strings.Contains(raw, ",")
	case syntax.Code == BadStatus:
		return strings.Contains(raw, "\r") || strings.Contains(raw, "\t") || strings.Contains(raw, "+")
	}
	return false
}

func sameAnswer(t *testing.T, raw string, ours Answer, theirs *http.Response) {
	if ours.Status != theirs.StatusCode {
		t.Errorf("status %d, net/http %d", ours.Status, theirs.StatusCode)
	}
	// Of a message with both, net/http drops the length; it takes framing headers out of the map.
	framing := []string{"Content-Length", "Transfer-Encoding", "Trailer", "Connection", "Cache-Control"}
	lines := make(http.Header)
	for _, field := range ours.Fields {
		name := http.CanonicalHeaderKey(field.Name)
		lines[name] = append(lines[name], strings.Trim(field.Value, " \t"))
	}
	for name, values := range theirs.Header {
		if slices.Contains(framing, name) || !httpspec.IsToken(name) || strings.Contains(raw, " :") || strings.Contains(raw, "\t:") {
			continue // net/http keeps names with spaces in them
		}
		for i, v := range values {
			// A fold is one space in both, but empty lines in it are not.
			values[i] = strings.Join(strings.Fields(v), " ")
		}
		mine := slices.Clone(lines[name])
		for i, v := range mine {
			mine[i] = strings.Join(strings.Fields(v), " ")
		}
		if !slices.Equal(mine, values) {
			t.Errorf("%s: %q, net/http %q", name, mine, values)
		}
	}
	old := ours.Proto != "HTTP/1.1" || theirs.ProtoMajor != 1
	chunked := len(theirs.TransferEncoding) > 0
	kind := ours.framing.kind
	body := ours.Open()
	if old || chunked != (kind == byChunks) || ours.Status < 100 {
		return // what these may have is told apart differently
	}
	text, errTheirs := io.ReadAll(theirs.Body)
	if body == nil {
		if len(text) > 0 {
			t.Errorf("no body, net/http %q", text)
		}
		return
	}
	mine, err := io.ReadAll(body)
	if errTheirs == nil && err == nil && !bytes.Equal(mine, text) {
		t.Errorf("body %q, net/http %q", mine, text)
	}
	if errTheirs == nil && err != nil && kind != byChunks {
		t.Errorf("body %q, %v; net/http %q", mine, err, text)
	}
}
