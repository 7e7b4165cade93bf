package fetch

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRequestsThatFetchWouldThrowFor(t *testing.T) {
	page := newScriptedPage(t, app, func(*Message) *Answer { t.Error("something was sent"); return nil })
	for _, c := range []struct {
		name    string
		request Request
		code    RequestCode
	}{
		{"no URL at all for another host", Request{URL: "https://"}, RequestURL},
		{"a user name in the URL", Request{URL: "https://u@api.example.com"}, RequestURLCredentials},
		{"a method with a space", Request{URL: api, Method: "GE T"}, RequestMethod},
		{"TRACE in any case", Request{URL: api, Method: "trace"}, RequestMethodForbid},
		{"PUT for no-cors", Request{URL: api, Method: "PUT", Mode: ModeNoCORS}, RequestMethodNoCORS},
		{"a header name with a colon", Request{URL: api, Headers: HeaderList{{"a:", "b"}}}, RequestHeaderName},
		{"a header value with a line break", Request{URL: api, Headers: HeaderList{{"a", "b\r\nc: d"}}}, RequestHeaderValue},
		{"a GET with a body", Request{URL: api, Body: BytesBody(nil)}, RequestBody},
		{"an unknown mode", Request{URL: api, Mode: "navigate"}, RequestMode},
		{"unknown credentials", Request{URL: api, Credentials: "always"}, RequestCredentials},
		{"an unknown redirect mode", Request{URL: api, Redirect: "x"}, RequestRedirect},
		{"an unknown cache mode", Request{URL: api, Cache: "x"}, RequestCache},
		{"only-if-cached without same-origin", Request{URL: api, Cache: CacheOnlyIfCached}, RequestCache},
		{"an unknown referrer policy", Request{URL: api, ReferrerPolicy: "x"}, RequestReferrerPolicy},
		{"a referrer that is no URL", Request{URL: api, Referrer: "https://["}, RequestReferrer},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := page.Fetch(t.Context(), c.request)
			fault := new(RequestError)
			if !errors.As(err, &fault) || fault.Code != c.code {
				t.Fatalf("got %v, want the code %q", err, c.code)
			}
			if s := err.Error(); !strings.HasPrefix(s, "fetch: ") || strings.ContainsAny(s, "\r\n") || strings.Contains(s, "%!") {
				t.Errorf("the error says %q", s)
			}
		})
	}
}

func TestHeadersThatPagesMayNotSetAreDropped(t *testing.T) {
	var sent HeaderList
	page := newScriptedPage(t, app, func(m *Message) *Answer { sent = m.Headers.Clone(); return parseAnswer("200|" + allow) })
	fetch := func(q Request) *Trace {
		sent = nil
		q.URL, q.Trace = api, new(Trace)
		if _, err := page.Fetch(t.Context(), q); err != nil {
			t.Fatal(err)
		}
		return q.Trace
	}
	trace := fetch(Request{Headers: HeaderList{
		{"cookie", "a=1"}, {"Sec-X", "1"}, {"Proxy-Y", "1"}, {"X-HTTP-Method-Override", "GET, trace"}, {"Accept", "text/plain"}, {"accept", "a/b"},
	}})
	if len(trace.Ignored) != 4 || trace.Ignored[0].Why != "browsers let no page set cookie" {
		t.Errorf("ignored are %+v", trace.Ignored)
	}
	if got := sent.Values("Accept"); !cmp.Equal(got, []string{"text/plain", "a/b"}) || sent.Contains("Cookie") || sent.Contains("Sec-X") {
		t.Errorf("sent were %v", sent)
	}
	trace = fetch(Request{Mode: ModeNoCORS, Headers: HeaderList{
		{"X-A", "1"}, {"Range", "bytes=0-"}, {"Content-Type", "application/json"}, {"Accept", strings.Repeat("a", 100)}, {"Accept", strings.Repeat("b", 100)},
	}})
	if len(trace.Ignored) != 4 || sent.Contains("X-A") || sent.Contains("Range") || sent.Contains("Content-Type") || len(sent.Values("Accept")) != 1 {
		t.Errorf("mode no-cors: ignored %+v, sent %v", trace.Ignored, sent)
	}
}

func TestBrowserHeaders(t *testing.T) {
	var sent HeaderList
	record := func(m *Message) *Answer { sent = m.Headers.Clone(); return parseAnswer("200|" + allow) }
	for _, c := range []struct {
		name    string
		page    string
		request Request
		want    map[string]string // "" for absent
	}{
		{"a cross-origin GET", app + "/cart?x#f", Request{URL: api}, map[string]string{
			"Accept": "*/*", "Origin": app, "Referer": app + "/", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-site", "Sec-Fetch-Dest": "empty", "Content-Length": ""}},
		{"a same-origin GET tells the whole URL", app + "/cart?x#f", Request{URL: "/y"}, map[string]string{
			"Origin": "", "Referer": app + "/cart?x", "Sec-Fetch-Site": "same-origin"}},
		{"another site", app, Request{URL: other}, map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": app}},
		{"no Sec-Fetch headers over plain http", "http://a.test", Request{URL: "http://b.test"}, map[string]string{"Sec-Fetch-Mode": "", "Sec-Fetch-Site": "", "Referer": "http://a.test/"}},
		{"no referrer from https to http", app, Request{URL: "http://localhost:1234"}, map[string]string{"Referer": app + "/"}},
		{"no-referrer sends none, and Origin all the same", app, Request{URL: api, ReferrerPolicy: NoReferrer}, map[string]string{"Referer": "", "Origin": app}},
		{"unsafe-url tells everything", app + "/cart", Request{URL: other, ReferrerPolicy: UnsafeURL}, map[string]string{"Referer": app + "/cart"}},
		{"a long referrer is cut to its origin", app + "/" + strings.Repeat("a", 4096), Request{URL: app}, map[string]string{"Referer": app + "/"}},
		{"a no-cors POST under no-referrer hides the origin", app, Request{URL: api, Method: "POST", Mode: ModeNoCORS, ReferrerPolicy: NoReferrer}, map[string]string{"Origin": "null", "Content-Length": "0"}},
		{"a no-cors POST under same-origin hides it from others", app, Request{URL: api, Method: "POST", Mode: ModeNoCORS, ReferrerPolicy: SameOriginReferrer}, map[string]string{"Origin": "null"}},
		{"a no-cors POST otherwise tells it", app, Request{URL: api, Method: "POST", Mode: ModeNoCORS}, map[string]string{"Origin": app}},
		{"a body has its length", app, Request{URL: api, Method: "POST", Body: BytesBody([]byte("abc"))}, map[string]string{"Content-Length": "3"}},
		{"a range asks for no coding", app, Request{URL: app, Headers: HeaderList{{"Range", "bytes=0-1"}}}, map[string]string{"Accept-Encoding": "identity"}},
		{"no-store", app, Request{URL: api, Cache: CacheNoStore}, map[string]string{"Pragma": "no-cache", "Cache-Control": "no-cache"}},
		{"no-cache", app, Request{URL: api, Cache: CacheNoCache}, map[string]string{"Pragma": "", "Cache-Control": "max-age=0"}},
		{"a validator of the page's own counts as no-store", app, Request{URL: app, Headers: HeaderList{{"If-None-Match", `"x"`}}}, map[string]string{"Cache-Control": "no-cache", "Pragma": "no-cache"}},
		{"a referrer of the page's origin is taken", app, Request{URL: app, Referrer: "/other"}, map[string]string{"Referer": app + "/other"}},
		{"a referrer of another origin is not", app, Request{URL: app, Referrer: other}, map[string]string{"Referer": app + "/"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			sent = nil
			page := newScriptedPage(t, c.page, record)
			if _, err := page.Fetch(t.Context(), c.request); err != nil {
				t.Fatal(err)
			}
			if sent == nil {
				t.Fatal("nothing was sent")
			}
			for name, want := range c.want {
				if got, _ := sent.Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestBeforeSendStopsTheRequest(t *testing.T) {
	var shown []string
	agent, err := NewAgent(AgentConfig{
		Transport: scripted(func(m *Message) *Answer { return parseAnswer("204|" + allow + "|Access-Control-Allow-Methods: PUT") }),
		BeforeSend: func(x *Exchange) error {
			shown = append(shown, string(x.Kind)+" "+x.Method)
			if x.Kind == ExchangeRequest {
				return errors.New("not without being asked")
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	page, err := agent.NewPage(PageConfig{URL: app})
	if err != nil {
		t.Fatal(err)
	}
	for _, trace := range []*Trace{nil, new(Trace)} {
		agent.PreflightCache().Clear()
		shown = nil
		response, err := page.Fetch(t.Context(), Request{Method: "PUT", URL: api, Trace: trace})
		if err != nil || response.Reason.Code != ReasonNotSent || response.Reason.Phase != PhaseRequest {
			t.Errorf("got %v, %v", response.Reason, err)
		}
		if !cmp.Equal(shown, []string{"preflight OPTIONS", "request PUT"}) {
			t.Errorf("shown were %q", shown)
		}
	}
}

// hanging never answers, or stops in the middle of a body.
type hanging struct{ body bool }

func (h hanging) Exchange(ctx context.Context, _ *Message) (*Answer, error) {
	if !h.body {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	r, w := io.Pipe()
	context.AfterFunc(ctx, func() { w.CloseWithError(ctx.Err()) })
	go io.WriteString(w, "first")
	return &Answer{Status: 200, Headers: HeaderList{{"Access-Control-Allow-Origin", "*"}}, Body: r}, nil
}

func TestTimeouts(t *testing.T) {
	page := func(t *testing.T, h hanging) *Page {
		agent, err := NewAgent(AgentConfig{Transport: h, Limits: Limits{Timeout: time.Second}})
		if err != nil {
			t.Fatal(err)
		}
		p, err := agent.NewPage(PageConfig{URL: app})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	t.Run("a server that never answers ends the fetch with a reason", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			response, err := page(t, hanging{}).Fetch(t.Context(), Request{URL: api})
			if err != nil || response.Reason.Code != ReasonTimeout {
				t.Errorf("got %v, %v", response, err)
			}
		})
	})
	t.Run("the caller's own cancellation is an error", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			response, err := page(t, hanging{}).Fetch(ctx, Request{URL: api})
			if response != nil || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v, %v", response, err)
			}
		})
	})
	t.Run("a body that stops is an error of the body", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			response, err := page(t, hanging{body: true}).Fetch(t.Context(), Request{URL: api})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour) // a page that takes its time before it reads is no reason to give up
			body, err := io.ReadAll(response.Body)
			fault := new(BodyError)
			if !errors.As(err, &fault) || fault.Code != BodyTimeout || string(body) != "first" {
				t.Errorf("got %q, %v", body, err)
			}
			response.Close()
		})
	})
	t.Run("a withheld body that trickles does not hold up the verdict", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			trace := new(Trace)
			begin := time.Now()
			response, err := page(t, hanging{body: true}).Fetch(t.Context(), Request{URL: api, Credentials: CredentialsInclude, Trace: trace})
			if err != nil || response.Reason.Code != ReasonAllowOriginWildcard {
				t.Fatal(response, err)
			}
			if x := trace.Exchanges[0]; string(x.ResponseBody) != "first" || !x.ResponseBodyTruncated || time.Since(begin) != withheldWait {
				t.Errorf("kept %q, truncated %v, after %v", x.ResponseBody, x.ResponseBodyTruncated, time.Since(begin))
			}
		})
	})
}

func TestBodyLimits(t *testing.T) {
	for _, c := range []struct {
		size int64
		code BodyErrorCode
	}{{9, ""}, {10, ""}, {11, BodyTooLarge}} {
		agent, err := NewAgent(AgentConfig{Limits: Limits{MaxResponseBody: 10}, Transport: scripted(func(*Message) *Answer {
			return &Answer{Status: 200, Headers: HeaderList{{"Access-Control-Allow-Origin", "*"}},
				Body: io.NopCloser(io.LimitReader(strings.NewReader(strings.Repeat("x", 100)), c.size))}
		})})
		if err != nil {
			t.Fatal(err)
		}
		page, err := agent.NewPage(PageConfig{URL: app})
		if err != nil {
			t.Fatal(err)
		}
		trace := &Trace{BodyLimit: 4}
		response, err := page.Fetch(t.Context(), Request{URL: api, Trace: trace})
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		fault := new(BodyError)
		if errors.As(err, &fault) != (c.code != "") || fault.Code != c.code || int64(len(body)) != min(c.size, 10) {
			t.Errorf("%d bytes: read %d, %v", c.size, len(body), err)
		}
		if x := trace.Exchanges[0]; string(x.ResponseBody) != "xxxx" || !x.ResponseBodyTruncated {
			t.Errorf("the trace keeps %q, truncated %v", x.ResponseBody, x.ResponseBodyTruncated)
		}
		if _, err := response.Body.Read(make([]byte, 1)); err == nil {
			t.Error("a body that has ended can be read")
		}
		for range 2 {
			if err := response.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}
