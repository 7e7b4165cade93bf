package intake_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/intake"
)

// har writes a HAR as exports do. An entry is "METHOD URL|request header|... => STATUS|response header|... ; key=value ...", where the
// keys are those of the entry itself.
func har(creator string, entries ...string) string {
	var list []string
	for i, e := range entries {
		e, extra, _ := strings.Cut(e, " ; ")
		request, response, _ := strings.Cut(e, " => ")
		sent, got := strings.Split(request, "|"), strings.Split(response, "|")
		method, url, _ := strings.Cut(sent[0], " ")
		redirect := ""
		for _, h := range got[1:] {
			if location, ok := strings.CutPrefix(h, "Location: "); ok {
				redirect = location
			}
		}
		fields := ""
		for _, f := range strings.Fields(extra) {
			key, value, _ := strings.Cut(f, "=")
			fields += fmt.Sprintf(`, %q: %q`, key, value)
		}
		list = append(list, fmt.Sprintf(`{"startedDateTime": "2026-11-22T12:00:00.%03dZ", "time": 5.5, "pageref": "page_1"%s,
 "request": {"method": %q, "url": %q, "httpVersion": "h2", "cookies": [], "queryString": [], "headersSize": -1, "bodySize": 0, "headers": [%s]},
 "response": {"status": %s, "statusText": "", "httpVersion": "h2", "cookies": [], "redirectURL": %q, "headersSize": -1, "bodySize": -1,
  "headers": [%s], "content": {"size": 2, "mimeType": "text/html", "text": "<p>\"\u0041\\</p>"}},
 "cache": {}, "timings": {"send": 0, "wait": 1.5e0, "receive": 0}}`, i*10, fields, method, url, harHeaders(sent[1:]), got[0], redirect, harHeaders(got[1:])))
	}
	return `{"log": {"version": "1.2", "creator": {"name": "` + creator + `", "version": "1"}, "pages": [{"id": "page_1", "title": "https://app.example.com/cart", "startedDateTime": "2026-11-22T12:00:00Z", "pageTimings": {"onLoad": null}}], "entries": [` +
		strings.Join(list, ",\n") + `]}}`
}

func harHeaders(lines []string) string {
	var list []string
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ": ")
		list = append(list, fmt.Sprintf(`{"name": %q, "value": %q}`, name, value))
	}
	return strings.Join(list, ", ")
}

// withError gives the response of an entry the member _error.
func withError(har string, entry int, text string) string {
	parts := strings.Split(har, `"cookies": [], "redirectURL"`)
	parts[entry] += fmt.Sprintf(`"_error": %q, `, text)
	return strings.Join(parts, `"cookies": [], "redirectURL"`)
}

const (
	harPage      = "|Origin: https://app.example.com|Referer: https://app.example.com/|Sec-Fetch-Mode: cors|User-Agent: Mozilla/5.0"
	harPreflight = "OPTIONS https://api.example.com/users" + harPage + "|Access-Control-Request-Method: PUT|Access-Control-Request-Headers: content-type"
)

func TestHARs(t *testing.T) {
	for _, c := range []struct {
		name, har         string
		method, url, page string
		code              fetch.ReasonCode
		phase             fetch.Phase
		verdict           string // of the first entry, where there are several
		assumed           string
	}{
		{"Chromium: the answer has no header", har("WebInspector",
			"GET https://app.example.com/cart => 200",
			"GET https://api.example.com/users"+harPage+" => 400|Content-Type: text/html ; _error=net::ERR_FAILED _resourceType=fetch"),
			"GET", "https://api.example.com/users", "https://app.example.com/", fetch.ReasonAllowOriginMissing, fetch.PhaseRequest, "", ""},
		{"Chromium: stopped at the preflight, which stands behind it and alone has the origin", har("WebInspector",
			"PUT https://api.example.com/users|User-Agent: Mozilla/5.0|Content-Type: application/json => 0 ; _error=net::ERR_FAILED _resourceType=xhr",
			harPreflight+" => 204|Access-Control-Allow-Origin: https://app.example.com ; _resourceType=preflight"),
			"PUT", "https://api.example.com/users", "https://app.example.com", fetch.ReasonMethodNotAllowed, fetch.PhasePreflight, "", ""},
		{"Chromium: lines of one name are joined by a line break", har("WebInspector",
			"GET https://api.example.com/users"+harPage+" => 200|Access-Control-Allow-Origin: https://app.example.com\nhttps://app.example.com ; _error=net::ERR_FAILED"),
			"GET", "https://api.example.com/users", "https://app.example.com/", fetch.ReasonAllowOriginMultiple, fetch.PhaseRequest, "", ""},
		{"Chromium: cookies were left out of the HAR, and must have been sent", har("WebInspector",
			"GET https://api.example.com/users"+harPage+" => 200|Access-Control-Allow-Origin: * ; _error=net::ERR_FAILED"),
			"GET", "https://api.example.com/users", "https://app.example.com/", fetch.ReasonAllowOriginWildcard, fetch.PhaseRequest, "", "with credentials, because the browser withheld"},
		{"Chromium: the target of a redirect", har("WebInspector",
			"GET https://api.example.com/users"+harPage+" => 302|Location: https://sso.example.net/login|Access-Control-Allow-Origin: * ; _resourceType=fetch",
			"GET https://sso.example.net/login|Origin: null|Sec-Fetch-Mode: cors => 200 ; _error=net::ERR_FAILED _resourceType=fetch"),
			"GET", "https://api.example.com/users", "https://app.example.com/", fetch.ReasonAllowOriginMissing, fetch.PhaseRequest, "", ""},
		{"Chromium: no such name", har("WebInspector",
			"GET https://api.example.com/users"+harPage+" => 0 ; _error=net::ERR_NAME_NOT_RESOLVED"),
			"GET", "https://api.example.com/users", "https://app.example.com/", fetch.ReasonNameNotResolved, fetch.PhaseRequest, "", ""},
		{"Chromium: what is allowed is not asked for, nor images and the page itself", har("WebInspector",
			"GET https://app.example.com/cart|Sec-Fetch-Mode: navigate => 200 ; _resourceType=document",
			"GET https://cdn.example.com/a.png|Sec-Fetch-Mode: no-cors => 404 ; _resourceType=image _error=net::ERR_ABORTED",
			"GET https://ok.example.com/a"+harPage+" => 200|Access-Control-Allow-Origin: *",
			"GET https://api.example.com/users"+harPage+" => 200",
			"GET https://down.example.com/"+harPage+" => 0 ; _error=net::ERR_CONNECTION_REFUSED"),
			"GET", "https://api.example.com/users", "https://app.example.com/", fetch.ReasonAllowOriginMissing, fetch.PhaseRequest, "blocked: allow-origin-missing", ""},
		{"Firefox: status 0, no type, no error", har("Firefox",
			harPreflight+" => 405",
			"PUT https://api.example.com/users"+harPage+"|Content-Type: application/json => 0"),
			"PUT", "https://api.example.com/users", "https://app.example.com/", fetch.ReasonAllowOriginMissing, fetch.PhasePreflight, "", ""},
		// Safari keeps a blocked answer in its network process, and exports what it printed in the console as the response's _error.
		{"Safari: the one that it blocked comes before the one that had no answer", withError(har("WebKit Web Inspector",
			"GET https://down.example.com/"+harPage+" => 0",
			"GET https://api.example.com/users"+harPage+" => 0"), 1, "Origin https://app.example.com is not allowed by Access-Control-Allow-Origin. Status code: 200"),
			"GET", "https://api.example.com/users", "https://app.example.com/", fetch.ReasonNotRecorded, fetch.PhaseRequest,
			"no answer in the HAR: Origin https://app.example.com is not allowed by Access-Control-Allow-Origin. Status code: 200", ""},
		{"Safari: lines of one name are joined by a comma", har("WebKit Web Inspector",
			"GET https://api.example.com/users"+harPage+" => 200|Access-Control-Allow-Origin: https://app.example.com, https://app.example.com"),
			"GET", "https://api.example.com/users", "https://app.example.com/", fetch.ReasonAllowOriginMultiple, fetch.PhaseRequest, "", ""},
		{"WebPageTest: its own types, a sentence for a title, and no Origin", strings.NewReplacer(
			`"version": "1.2"`, `"version": "1.1"`, `"title": "https://`, `"title": "Run 1, First View for https://`, `"h2"`, `"2"`).Replace(har("WebPagetest",
			"GET https://app.example.com/cart => 200 ; _request_type=Document",
			"GET https://cdn.example.com/a.png => 12007 ; _request_type=Image",
			"GET https://api.example.com/users => 200|Content-Type: application/json ; _request_type=Fetch _initiator_type=script",
			"OPTIONS https://api.example.com/users/7|Origin: https://app.example.com|Access-Control-Request-Method: DELETE => 204|Access-Control-Allow-Origin: * ; _request_type=Preflight",
			"DELETE https://api.example.com/users/7 => -1 ; _request_type=Fetch")),
			"DELETE", "https://api.example.com/users/7", "https://app.example.com", fetch.ReasonMethodNotAllowed, fetch.PhasePreflight, "", ""},
		{"Playwright: no preflights, status -1", har("Playwright",
			"PUT https://api.example.com/users"+harPage+"|content-type: application/json => 200",
			"GET https://api.example.com/slow"+harPage+" => -1 ; _failureText=net::ERR_TIMED_OUT"),
			"PUT", "https://api.example.com/users", "https://app.example.com/", fetch.ReasonAllowOriginMissing, fetch.PhaseRequest, "blocked: allow-origin-missing", "the preflight is not in the HAR"},
		{"a status that is a word", strings.Replace(har("x", "GET https://api.example.com/users"+harPage+" => 777"), "777", `"error"`, 1),
			"GET", "https://api.example.com/users", "https://app.example.com/", fetch.ReasonNotRecorded, fetch.PhaseRequest, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := read(t, c.har)
			if in.Kind != intake.KindHAR || in.Request.Method != c.method || in.Request.URL != c.url || in.Page != c.page {
				t.Errorf("%s: page %q asks %s %s", in.Kind, in.Page, in.Request.Method, in.Request.URL)
			}
			reason := replay(t, in)
			if reason.Code != c.code || reason.Phase != c.phase {
				t.Errorf("judged as %q in phase %q, want %q in %q", reason.Code, reason.Phase, c.code, c.phase)
			}
			if c.verdict != "" && (len(in.Entries) == 0 || in.Entries[0].Verdict != c.verdict) || c.verdict == "" && in.Entries != nil {
				t.Errorf("entries %+v", in.Entries)
			}
			said := ""
			for _, a := range in.Assumed {
				said += a.Text + "\n"
			}
			if !strings.Contains(said, c.assumed) {
				t.Errorf("assumed\n%s", said)
			}
		})
	}
}

// replay judges what the HAR recorded.
func replay(t *testing.T, in *intake.Intake) fetch.Reason {
	t.Helper()
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: in.Recorded})
	if err != nil {
		t.Fatal(err)
	}
	page, err := agent.NewPage(fetch.PageConfig{URL: in.Page})
	if err != nil {
		t.Fatal(err)
	}
	response, err := page.Fetch(t.Context(), in.Request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Close()
	return response.Reason
}

func TestHARsThatCannotBeUsed(t *testing.T) {
	good := har("x", "GET https://api.example.com/users"+harPage+" => 200")
	for name, c := range map[string]struct {
		text    string
		code    intake.ErrorCode
		message string
	}{
		"cut off":                  {good[:len(good)/2], intake.ErrSyntax, "ends in the middle"},
		"cut off in a string":      {`{"log": {"entries": [{"request": {"url": "https://a`, intake.ErrSyntax, "ends in the middle"},
		"cut off in an escape":     {`{"log": {"entries": [{"request": {"url": "\u00`, intake.ErrSyntax, "ends in the middle"},
		"other JSON":               {`{"a": [1, {"b": null}], "c": true}`, intake.ErrUnknown, "no HAR"},
		"a list of other things":   {`{"log": {"entries": [1, "a", null, [], {"request": 5, "response": []}]}}`, intake.ErrNoRequest, "holds 5 requests"},
		"not JSON":                 {`{"log": {"entries": [}`, intake.ErrSyntax, "byte"},
		"a value that is none":     {`{"log": <html>}`, intake.ErrSyntax, "byte"},
		"no request to elsewhere":  {har("x", "GET https://app.example.com/a => 200"), intake.ErrNoRequest, "holds 1 request, and none by a page to another origin"},
		"a header with line break": {`{"log": {"entries": [{"request": {"method": "GET\r\nX: y", "url": "https://a.example/", "headers": [{"name": "Origin", "value": "https://b.example"}]}}]}}`, intake.ErrNoRequest, ""},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := intake.ReadText(t.Context(), []byte(c.text), intake.Options{})
			var bad *intake.Error
			if !errors.As(err, &bad) || bad.Code != c.code || !strings.Contains(bad.Message, c.message) {
				t.Errorf("got %+v, error %v, want code %q with %q", in, err, c.code, c.message)
			}
		})
	}
}

// bigHAR is a stream of a HAR of about n bytes, most of them bodies.
func bigHAR(n int) io.Reader {
	text := har("big", "GET https://api.example.com/users"+harPage+" => 200")
	at := strings.Index(text, `"entries": [`) + len(`"entries": [`)
	entry := strings.Replace(har("big", "GET https://app.example.com/a|Accept: */*|Cookie: a=1 => 200|Content-Type: text/html|ETag: 1"), `<p>\"`,
		strings.Repeat(`<p class=\"a\">some text of a page\n`, 3000), 1)
	first := strings.Index(entry, `"entries": [`) + len(`"entries": [`)
	entry = entry[first:len(entry)-3] + ",\n"
	parts := []io.Reader{strings.NewReader(text[:at])}
	for range n / len(entry) {
		parts = append(parts, strings.NewReader(entry))
	}
	return io.MultiReader(append(parts, strings.NewReader(text[at:]))...)
}

// The memory that a large HAR takes does not grow with it.
func TestALargeHARIsStreamed(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	in, err := intake.Read(t.Context(), bigHAR(64<<20), intake.Options{})
	runtime.ReadMemStats(&after)
	if err != nil || in.Request.URL != "https://api.example.com/users" {
		t.Fatalf("%+v, %v", in, err)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 64<<20 {
		t.Errorf("%d MiB were allocated", grown>>20)
	}
}

// denseHAR has no bodies: n requests to other origins, of which every eighth was blocked at its preflight.
func denseHAR(n int) io.Reader {
	text := har("dense", "GET https://api.example.com/users"+harPage+" => 200|Access-Control-Allow-Origin: *")
	at := strings.Index(text, `"entries": [`) + len(`"entries": [`)
	only := func(text string) string {
		from := strings.Index(text, `"entries": [`) + len(`"entries": [`)
		return text[from:len(text)-3] + ",\n"
	}
	const many = "|Accept: application/json|Accept-Language: en-US,en;q=0.9|Cache-Control: no-cache|Pragma: no-cache|Sec-Fetch-Dest: empty|Sec-Fetch-Site: same-site"
	fine := only(har("dense", "GET https://api.example.com/users"+harPage+many+" => 200|Access-Control-Allow-Origin: https://app.example.com|Content-Type: application/json|ETag: x"))
	parts := []io.Reader{strings.NewReader(text[:at])}
	for i := range n {
		if i%8 == 0 {
			u := fmt.Sprintf("https://api.example.com/users/%d", i)
			parts = append(parts, strings.NewReader(only(har("dense", "PUT "+u+"|User-Agent: Mozilla/5.0"+many+" => 0 ; _error=net::ERR_FAILED",
				strings.ReplaceAll(harPreflight, "https://api.example.com/users", u)+" => 204|Access-Control-Allow-Origin: https://app.example.com"))))
			continue
		}
		parts = append(parts, strings.NewReader(fine))
	}
	return io.MultiReader(append(parts, strings.NewReader(text[at:]))...)
}

func TestADenseHARIsReadToItsBounds(t *testing.T) {
	in, err := intake.Read(t.Context(), denseHAR(20_000), intake.Options{})
	if err != nil || in.Request.Method != "PUT" || len(in.Entries) < 1000 || in.Entries[0].Verdict != "blocked: method-not-allowed" {
		t.Fatalf("%+v, %v", in, err)
	}
	if reason := replay(t, in); reason.Code != fetch.ReasonMethodNotAllowed {
		t.Errorf("judged as %q", reason.Code)
	}
}

func BenchmarkHAR(b *testing.B) {
	const size = 100 << 20
	for name, make := range map[string]func() io.Reader{
		"bodies": func() io.Reader { return bigHAR(size) },
		"dense":  func() io.Reader { return denseHAR(70_000) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				r := make()
				read := &counter{r: r}
				b.StartTimer()
				if _, err := intake.Read(b.Context(), read, intake.Options{}); err != nil {
					b.Fatal(err)
				}
				b.SetBytes(read.n)
			}
		})
	}
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
