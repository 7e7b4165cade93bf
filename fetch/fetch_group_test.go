package fetch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// keepalivePost is a keepalive request with so many KiB.
func keepalivePost(url string, kib int) Request {
	return Request{Method: "POST", URL: url, Keepalive: true, Body: BytesBody(make([]byte, kib<<10))}
}

// inFlight waits until the page holds so many KiB, or says how many it holds.
func inFlight(page *Page, kib int64) int64 {
	for range 12_000 {
		page.group.mu.Lock()
		held := page.group.inFlight >> 10
		page.group.mu.Unlock()
		if held == kib {
			return held
		}
		time.Sleep(5 * time.Millisecond)
	}
	page.group.mu.Lock()
	defer page.group.mu.Unlock()
	return page.group.inFlight >> 10
}

func TestKeepaliveBytesAreHeldUntilTheBodyHasEnded(t *testing.T) {
	const app, api = "https://app.example.com", "https://api.example.com"
	noStore := HeaderList{{"Cache-Control", "no-store"}}
	for _, c := range []struct {
		name    string
		request func(*Request)
		answer  Answer
		slow    bool // the body does not end by itself
		then    func(*Response)
		// spec, chromium and webkit are the KiB in flight in the end.
		spec, chromium, webkit int64
	}{
		{name: "a body under way", slow: true, spec: 40, chromium: 40, webkit: 40},
		{name: "a body that is read to its end", then: func(r *Response) { io.ReadAll(r.Body) }},
		{name: "a body that nobody reads", then: func(*Response) {}},
		{name: "a body that must not be stored, and that nobody reads", answer: Answer{Headers: noStore}, chromium: 40},
		{name: "such a one, read", answer: Answer{Headers: noStore}, then: func(r *Response) { io.ReadAll(r.Body) }},
		{name: "such a one, closed", answer: Answer{Headers: noStore}, then: func(r *Response) { r.Close() }},
		{name: "a body that is closed under way", slow: true, then: func(r *Response) { r.Close() }, webkit: 40},
		{name: "an opaque answer that nobody can read", request: func(q *Request) { q.URL, q.Mode = api+"/", ModeNoCORS }},
		{name: "an opaque answer under way", request: func(q *Request) { q.URL, q.Mode = api+"/", ModeNoCORS }, slow: true, spec: 40, chromium: 40, webkit: 40},
		{name: "an opaque redirect", request: func(q *Request) { q.Redirect = RedirectManual }, answer: Answer{Status: 302, Headers: HeaderList{{"Location", "/y"}}}},
		{name: "an answer without a body", answer: Answer{Status: 204}},
		{name: "an answer that CORS refuses", request: func(q *Request) { q.URL = api + "/" }, slow: true},
		{name: "a body with the hash that was asked for", request: func(q *Request) { q.Integrity = "sha256-LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=" }, answer: Answer{Body: io.NopCloser(strings.NewReader("foo"))}},
		{name: "a body that breaks off", answer: Answer{Body: io.NopCloser(iotest.ErrReader(errors.New("cut")))}},
	} {
		for name, profile := range map[string]Profile{"spec": {}, "chromium": Chromium(), "webkit": WebKit()} {
			t.Run(c.name+"/"+name, func(t *testing.T) {
				page := newProfilePage(t, profile, app, func(m *Message) *Answer {
					if m.URL.Path() == "/again" {
						return &Answer{Status: 204}
					}
					a := c.answer
					if a.Status == 0 {
						a.Status = 200
					}
					if c.slow {
						a.Body = newSlowBody()
					} else if a.Body == nil {
						a.Body = io.NopCloser(strings.NewReader("body"))
					}
					return &a
				})
				q := keepalivePost(app+"/", 40)
				if c.request != nil {
					c.request(&q)
				}
				response, err := page.Fetch(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				defer response.Close()
				if c.then != nil {
					c.then(response)
				}
				want := map[string]int64{"spec": c.spec, "chromium": c.chromium, "webkit": c.webkit}[name]
				if held := inFlight(page, want); held != want {
					t.Errorf("%d KiB in flight, want %d", held, want)
				}
				again, err := page.Fetch(t.Context(), keepalivePost(app+"/again", 40))
				if err != nil {
					t.Fatal(err)
				}
				defer again.Close()
				reason := again.Reason
				if want == 0 {
					if again.IsError() {
						t.Errorf("the next request is blocked: %+v", reason)
					}
					return
				}
				if reason.Code != ReasonKeepaliveQuota || reason.Got != "81920" || reason.Detail != "40960 bytes of earlier ones are still in flight" || reason.Step != "8.10.5" {
					t.Errorf("the next request is blocked for %+v, want %s of 81920 bytes", reason, ReasonKeepaliveQuota)
				}
			})
		}
	}
}

func newProfilePage(t *testing.T, profile Profile, url string, f scripted) *Page {
	t.Helper()
	agent, err := NewAgent(AgentConfig{Transport: f, Profile: profile})
	if err != nil {
		t.Fatal(err)
	}
	page, err := agent.NewPage(PageConfig{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// slowBody has one byte, and then nothing until it is closed.
type slowBody struct {
	first  *bytes.Reader
	closed context.Context
	close  context.CancelFunc
}

func newSlowBody() *slowBody {
	ctx, cancel := context.WithCancel(context.Background())
	return &slowBody{bytes.NewReader([]byte("x")), ctx, cancel}
}

func (b *slowBody) Read(p []byte) (int, error) {
	if n, err := b.first.Read(p); err == nil {
		return n, nil
	}
	<-b.closed.Done()
	return 0, io.ErrClosedPipe
}

func (b *slowBody) Close() error {
	b.close()
	return nil
}

func TestKeepaliveBytesAreHeldAlongRedirects(t *testing.T) {
	for _, status := range []int{303, 307} {
		var page *Page
		held := map[string]int64{}
		page = newScriptedPage(t, "https://app.example.com", func(m *Message) *Answer {
			held[m.Method+m.URL.Path()] = page.group.inFlight >> 10
			if m.URL.Path() == "/x" {
				return &Answer{Status: status, Headers: HeaderList{{"Location", "/y"}}}
			}
			return &Answer{Status: 204}
		})
		response, err := page.Fetch(t.Context(), keepalivePost("/x", 40))
		if err != nil || response.IsError() {
			t.Fatal(err, response.Reason)
		}
		if method := map[int]string{303: "GET", 307: "POST"}[status]; held["POST/x"] != 40 || held[method+"/y"] != 40 || page.group.inFlight != 0 {
			t.Errorf("%d: %v KiB in flight at the servers, and %d bytes in the end", status, held, page.group.inFlight)
		}
	}
}

func TestKeepaliveQuotaAndPreflights(t *testing.T) {
	for name, c := range map[string]struct {
		profile Profile
		sent    string
	}{"spec": {Profile{}, "OPTIONS"}, "chromium": {Chromium(), ""}, "firefox": {Firefox(), ""}, "webkit": {WebKit(), ""}} {
		var sent []string
		page := newProfilePage(t, c.profile, "https://app.example.com", func(m *Message) *Answer {
			sent = append(sent, m.Method)
			return &Answer{Status: 204, Headers: HeaderList{{"Access-Control-Allow-Origin", "*"}, {"Access-Control-Allow-Headers", "x-a"}}}
		})
		q := keepalivePost("https://api.example.com/", 70)
		q.Headers = HeaderList{{"X-A", "1"}}
		response, err := page.Fetch(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(sent, " "); response.Reason.Code != ReasonKeepaliveQuota || got != c.sent || page.group.inFlight != 0 {
			t.Errorf("%s: %s, sent %q with %d bytes in flight; want %s, %q and none", name, response.Reason.Code, got, page.group.inFlight, ReasonKeepaliveQuota, c.sent)
		}
	}
}

func TestFetchRecordsCountInTheOrderInWhichTheyAreMade(t *testing.T) {
	page := newScriptedPage(t, "https://app.example.com", func(*Message) *Answer { return &Answer{Status: 204} })
	requests := []Request{keepalivePost("/a", 40), keepalivePost("/b", 40), keepalivePost("/c", 24)}
	for i := range requests {
		requests[i].Record = page.NewFetchRecord(&requests[i], nil)
	}
	for i := len(requests) - 1; i >= 0; i-- { // fetched the other way round
		response, err := page.Fetch(t.Context(), requests[i])
		if err != nil {
			t.Fatal(err)
		}
		if refused := response.Reason.Code == ReasonKeepaliveQuota; refused != (i == 1) || requests[i].Record.Refused() != refused {
			t.Errorf("request %d: %+v", i, response.Reason)
		}
	}
	if page.group.inFlight != 64<<10 {
		t.Errorf("%d bytes in flight before the page is told, want 65536", page.group.inFlight)
	}
	requests[0].Record.Told()
	requests[1].Record.Told()
	requests[2].Record.Drop()
	requests[2].Record.Told() // counts once
	if page.group.inFlight != 0 {
		t.Errorf("%d bytes in flight in the end", page.group.inFlight)
	}
	plain := Request{Method: "POST", URL: "/", Body: BytesBody([]byte("x"))}
	stream := Request{Method: "POST", URL: "/", Keepalive: true, Body: StreamBody(strings.NewReader("x"))}
	for name, q := range map[string]Request{"without keepalive": plain, "with a stream": stream, "without a body": {Method: "POST", URL: "/", Keepalive: true}, "without a URL": keepalivePost("https://", 1)} {
		record := page.NewFetchRecord(&q, nil)
		if record != nil || record.Refused() || record.WaitsForPage() {
			t.Errorf("%s: %+v, want no record", name, record)
		}
		record.Told()
		record.Drop()
	}
}

func TestKeepaliveBytesOfAFetchThatWasCancelled(t *testing.T) {
	for name, want := range map[string]int64{"spec": 0, "webkit": 40} {
		ctx, cancel := context.WithCancel(t.Context())
		page := newProfilePage(t, map[string]Profile{"webkit": WebKit()}[name], "https://app.example.com", func(*Message) *Answer {
			cancel()
			return nil
		})
		if _, err := page.Fetch(ctx, keepalivePost("/", 40)); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if held := inFlight(page, want); held != want {
			t.Errorf("%s: %d KiB in flight, want %d", name, held, want)
		}
	}
}

func TestAReplayKnowsWhatElseWasInFlight(t *testing.T) {
	page := newScriptedPage(t, "https://app.example.com", func(*Message) *Answer { return &Answer{Status: 200, Body: newSlowBody()} })
	first, err := page.Fetch(t.Context(), keepalivePost("/", 40))
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	q := keepalivePost("/", 40)
	q.Trace = new(Trace)
	if _, err := page.Fetch(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	firefox := Firefox()
	for _, profile := range []*Profile{nil, &firefox} {
		response, trace, err := Replay{Trace: q.Trace, Profile: profile}.Fetch(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if response.Reason.Code != ReasonKeepaliveQuota || response.Reason.Got != "81920" {
			t.Errorf("%s: %+v", trace.Page.Profile, response.Reason)
		}
	}
	q.KeepaliveImplied = true
	if _, err := page.Fetch(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	response, _, err := Replay{Trace: q.Trace, Profile: &firefox}.Fetch(t.Context())
	if err != nil || response.Reason.Code != ReasonNotRecorded {
		t.Errorf("%v, %+v: Firefox limits no Request object", err, response.Reason)
	}
}

func TestADrainedBodyIsBoundedAndTellsItsEndFirst(t *testing.T) {
	const limit = 100_000
	for _, c := range []struct {
		name  string
		body  io.Reader
		want  int
		err   error
		ended error // nil: it is not told
	}{
		{"an empty body", strings.NewReader(""), 0, nil, io.EOF},
		{"a body of just the limit", strings.NewReader(strings.Repeat("x", limit)), limit, nil, io.EOF},
		{"a larger body", strings.NewReader(strings.Repeat("x", 2*limit)), limit + 1, io.ErrUnexpectedEOF, nil},
		{"a body that breaks off", io.MultiReader(strings.NewReader("xy"), iotest.ErrReader(io.ErrNoProgress)), 2, io.ErrNoProgress, io.ErrNoProgress},
		{"a body byte by byte", iotest.OneByteReader(strings.NewReader("xyz")), 3, nil, io.EOF},
		{"a body whose end comes with its last bytes", iotest.DataErrReader(strings.NewReader("xyz")), 3, nil, io.EOF},
	} {
		t.Run(c.name, func(t *testing.T) {
			ended := make(chan error, 2)
			d := newDrainedBody(io.NopCloser(c.body), limit, func(err error) { ended <- err })
			got, err := io.ReadAll(d)
			if len(got) != c.want || err != c.err {
				t.Errorf("%d bytes and %v, want %d and %v", len(got), err, c.want, c.err)
			}
			close(ended)
			if told := <-ended; told != c.ended {
				t.Errorf("told of %v, want %v", told, c.ended)
			}
			if err := d.Close(); err != nil || !d.Ready() {
				t.Errorf("%v, ready %v", err, d.Ready())
			}
			if _, err := d.Read(make([]byte, 1)); err != errBodyClosed {
				t.Errorf("a read behind Close: %v", err)
			}
		})
	}
	t.Run("a read that waits when it is closed", func(t *testing.T) {
		d := newDrainedBody(newSlowBody(), limit, func(error) {})
		if n, err := d.Read(make([]byte, 8)); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		time.AfterFunc(10*time.Millisecond, func() { d.Close() })
		if _, err := d.Read(make([]byte, 8)); err != errBodyClosed {
			t.Errorf("%v, want %v", err, errBodyClosed)
		}
	})
}
