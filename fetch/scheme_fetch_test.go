package fetch

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestSchemeFetch(t *testing.T) {
	for _, c := range []struct {
		name    string
		request Request
		// want is the body, and kind the Content-Type; code and step where there is none.
		kind, want string
		code       ReasonCode
		step       string
	}{
		{name: "a data: URL is its own answer", request: Request{URL: "data:text/html,<b>x</b>"}, kind: "text/html", want: "<b>x</b>"},
		{name: "without a type it is US-ASCII", request: Request{URL: "data:,x"}, kind: "text/plain;charset=US-ASCII", want: "x"},
		{name: "parameters alone are of text/plain", request: Request{URL: "data:;charset=utf-8,x"}, kind: "text/plain;charset=utf-8", want: "x"},
		{name: "a type that is none becomes US-ASCII", request: Request{URL: "data:text,x"}, kind: "text/plain;charset=US-ASCII", want: "x"},
		{name: "bytes are percent-decoded", request: Request{URL: "data:,%FF%41%4"}, kind: "text/plain;charset=US-ASCII", want: "\xFFA%4"},
		{name: "the fragment is no part of it", request: Request{URL: "data:,x#y"}, kind: "text/plain;charset=US-ASCII", want: "x"},
		{name: "base64 is decoded", request: Request{URL: "data:text/plain;base64,aGk="}, kind: "text/plain", want: "hi"},
		{name: "base64 forgives spaces and a missing =", request: Request{URL: "data:;BASE64,a%20Gk"}, kind: "text/plain;charset=US-ASCII", want: "hi"},
		{name: "base64 may stand after spaces", request: Request{URL: "data:text/a; base64,aGk"}, kind: "text/a", want: "hi"},
		{name: "base64 without a semicolon is a type that is none", request: Request{URL: "data:base64,aGk"}, kind: "text/plain;charset=US-ASCII", want: "aGk"},
		{name: "base64 that is not the last is a parameter", request: Request{URL: "data:text/a;base64;a=b,aGk"}, kind: "text/a;a=b", want: "aGk"},
		{name: "POST gets the same", request: Request{Method: "POST", URL: "data:,x", Body: BytesBody([]byte("y"))}, kind: "text/plain;charset=US-ASCII", want: "x"},
		{name: "HEAD gets no body", request: Request{Method: "HEAD", URL: "data:,x"}, kind: "text/plain;charset=US-ASCII"},
		{name: "mode same-origin lets it through", request: Request{URL: "data:,x", Mode: ModeSameOrigin}, kind: "text/plain;charset=US-ASCII", want: "x"},
		{name: "no comma, no answer", request: Request{URL: "data:x"}, code: ReasonDataURL, step: "concept-scheme-fetch 3[3].2"},
		{name: "base64 that is none", request: Request{URL: "data:;base64,a"}, code: ReasonDataURL, step: "concept-scheme-fetch 3[3].2"},
		{name: "base64 with = in the middle", request: Request{URL: "data:;base64,a=Gk"}, code: ReasonDataURL, step: "concept-scheme-fetch 3[3].2"},
		{name: "about:blank is of another origin", request: Request{URL: "about:blank"}, code: ReasonScheme, step: "concept-main-fetch 12[5]"},
		{name: "about:blank is opaque with no-cors", request: Request{URL: "about:blank", Mode: ModeNoCORS}},
		{name: "about:config is nothing", request: Request{URL: "about:config", Mode: ModeNoCORS}, code: ReasonScheme, step: "concept-scheme-fetch 4"},
		{name: "file: is left alone", request: Request{URL: "file:///x", Mode: ModeNoCORS}, code: ReasonScheme, step: "concept-scheme-fetch 4"},
		{name: "a blob URL that nobody made is of the page's origin", request: Request{URL: "blob:" + app + "/x"}, code: ReasonBlobURL, step: "concept-scheme-fetch 3[2].2"},
		{name: "a blob URL of another origin", request: Request{URL: "blob:" + api + "/x"}, code: ReasonScheme, step: "concept-main-fetch 12[5]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			page := newScriptedPage(t, app, answers{}.transport(t, new([]string)))
			checkLocal(t, page, c.request, 200, c.kind, c.want, c.code, c.step)
		})
	}
}

// checkLocal runs a fetch that must end without a server.
func checkLocal(t *testing.T, page *Page, request Request, status int, kind, want string, code ReasonCode, step string) *Response {
	t.Helper()
	trace := new(Trace)
	request.Trace = trace
	response, err := page.Fetch(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Close()
	if response.Reason.Code != code {
		t.Fatalf("the reason is %+v, want %s", response.Reason, code)
	}
	if code != "" {
		if got := response.Reason.Algorithm + " " + response.Reason.Step; got != step {
			t.Errorf("the step is %s, want %s", got, step)
		}
		if s := response.Reason.Sentence(); strings.Contains(s, "%!") || !strings.HasPrefix(s, "The browser sent nothing: ") {
			t.Errorf("the sentence is %q", s)
		}
		return response
	}
	if response.Type == TypeOpaque {
		response = response.Internal()
		kind = "text/html;charset=utf-8"
	}
	if whole, _, _ := strings.Cut(request.URL, "#"); response.Type == TypeBasic && response.URL() != whole {
		t.Errorf("the answer's URL is %q, want %q", response.URL(), whole)
	}
	body := ""
	if response.Body != nil {
		b, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		body = string(b)
	}
	if got, _ := response.Headers.Get("Content-Type"); got != kind || body != want || response.Status != status {
		t.Errorf("the page gets %d %q of %q, want %d %q of %q", response.Status, body, got, status, want, kind)
	}
	if len(trace.Exchanges) != 0 {
		t.Errorf("there are %d exchanges", len(trace.Exchanges))
	}
	return response
}

func TestBlobURLs(t *testing.T) {
	agent, err := NewAgent(AgentConfig{Transport: answers{}.transport(t, new([]string))})
	if err != nil {
		t.Fatal(err)
	}
	newPage := func(c PageConfig) *Page {
		page, err := agent.NewPage(c)
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	page := newPage(PageConfig{URL: app})
	made, err := page.NewBlobURL([]byte("0123456789"), "text/x")
	if err != nil || !strings.HasPrefix(made, "blob:"+app+"/") || len(made) != len("blob:"+app+"/")+36 {
		t.Fatal(made, err)
	}
	opaque := newPage(PageConfig{URL: "null"})
	hidden, err := opaque.NewBlobURL([]byte("hidden"), "")
	if err != nil || !strings.HasPrefix(hidden, "blob:null/") {
		t.Fatal(hidden, err)
	}
	rng := func(v string) Request { return Request{URL: made, Headers: HeaderList{{"Range", v}}} }
	const step = "concept-scheme-fetch "
	for _, c := range []struct {
		name       string
		page       *Page
		request    Request
		status     int
		kind, want string
		rang       string
		code       ReasonCode
		step       string
	}{
		{name: "the page that made it reads it", page: page, request: Request{URL: made}, status: 200, kind: "text/x", want: "0123456789"},
		{name: "a fragment does not matter", page: page, request: Request{URL: made + "#f"}, status: 200, kind: "text/x", want: "0123456789"},
		{name: "a query does", page: page, request: Request{URL: made + "?q"}, code: ReasonBlobURL, step: step + "3[2].2"},
		{name: "POST does not read it", page: page, request: Request{Method: "POST", URL: made}, code: ReasonBlobURL, step: step + "3[2].2"},
		{name: "another page of the origin reads it", page: newPage(PageConfig{URL: app + "/other"}), request: Request{URL: made}, status: 200, kind: "text/x", want: "0123456789"},
		{name: "the same origin below another site does not", page: newPage(PageConfig{URL: app, TopLevel: other}), request: Request{URL: made}, code: ReasonBlobURL, step: step + "3[2].8"},
		{name: "another origin does not", page: newPage(PageConfig{URL: other}), request: Request{URL: made}, code: ReasonScheme, step: "concept-main-fetch 12[5]"},
		{name: "not even with no-cors", page: newPage(PageConfig{URL: other}), request: Request{URL: made, Mode: ModeNoCORS}, code: ReasonBlobURL, step: step + "3[2].8"},
		{name: "a page without a name reads its own", page: opaque, request: Request{URL: hidden}, status: 200, want: "hidden"},
		{name: "another page without a name does not", page: newPage(PageConfig{URL: "null"}), request: Request{URL: hidden}, code: ReasonScheme, step: "concept-main-fetch 12[5]"},
		{name: "a range is a part", page: page, request: rng("bytes=2-4"), status: 206, kind: "text/x", want: "234", rang: "bytes 2-4/10"},
		{name: "a range may have spaces and no end", page: page, request: rng("bytes = 7 - "), status: 206, kind: "text/x", want: "789", rang: "bytes 7-9/10"},
		{name: "a range with spaces inside", page: page, request: rng("bytes\t= 7 -"), status: 206, kind: "text/x", want: "789", rang: "bytes 7-9/10"},
		{name: "a range that ends too late is cut", page: page, request: rng("bytes=8-99999999999999999999"), status: 206, kind: "text/x", want: "89", rang: "bytes 8-9/10"},
		{name: "a suffix", page: page, request: rng("bytes=-3"), status: 206, kind: "text/x", want: "789", rang: "bytes 7-9/10"},
		{name: "a suffix longer than the whole is the whole", page: page, request: rng("bytes=-30"), status: 206, kind: "text/x", want: "0123456789", rang: "bytes 0-9/10"},
		{name: "a range behind the end", page: page, request: rng("bytes=10-"), code: ReasonBlobURL, step: step + "3[2].14.7.1"},
		{name: "several ranges are none", page: page, request: rng("bytes=1-2,4-5"), code: ReasonBlobURL, step: step + "3[2].14.4"},
		{name: "another unit is none", page: page, request: rng("lines=1-2"), code: ReasonBlobURL, step: step + "3[2].14.4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			response := checkLocal(t, c.page, c.request, c.status, c.kind, c.want, c.code, c.step)
			if got, _ := response.Headers.Get("Content-Range"); got != c.rang {
				t.Errorf("Content-Range is %q, want %q", got, c.rang)
			}
		})
	}
	newPage(PageConfig{URL: other}).RevokeBlobURL(made)
	checkLocal(t, page, Request{URL: made}, 200, "text/x", "0123456789", "", "")
	page.RevokeBlobURL(made)
	page.RevokeBlobURL("not a URL")
	checkLocal(t, page, Request{URL: made}, 0, "", "", ReasonBlobURL, step+"3[2].2")
	if agent.blobURLs.bytes != int64(len("hidden")) {
		t.Errorf("%d bytes are kept", agent.blobURLs.bytes)
	}
}

func TestBlobURLsAreBounded(t *testing.T) {
	page := newScriptedPage(t, app, nil)
	big := make([]byte, 100<<20)
	var failed *BlobURLError
	for i := range 6 {
		_, err := page.NewBlobURL(big, "")
		if wantErr := i == 5; wantErr != errors.As(err, &failed) {
			t.Fatalf("blob %d: %v", i, err)
		}
	}
	if failed.Unit != "bytes" || failed.Limit != maxBlobBytes {
		t.Errorf("the error is %v", failed)
	}
}

func TestMIMETypesRoundTrip(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"text/html", "text/html"},
		{" TEXT/HTML ; Charset = utf-8", "text/html"},
		{"TEXT/HTML;CHARSET=GBK", "text/html;charset=GBK"},
		{"text/html;charset=gbk;charset=windows-1255", "text/html;charset=gbk"},
		{"text/html;charset=gbk(", `text/html;charset="gbk("`},
		{"text/html;x=(;charset=gbk", `text/html;x="(";charset=gbk`},
		{`text/html;charset="gbk"`, "text/html;charset=gbk"},
		{`text/html;charset="gbk`, "text/html;charset=gbk"},
		{`text/html;charset="gbk"x;a=b`, "text/html;charset=gbk;a=b"},
		{`text/html;charset="\"";a="\\`, `text/html;charset="\"";a="\\"`},
		{`text/html;charset=""`, `text/html;charset=""`},
		{"text/html;charset=;a=b", "text/html;a=b"},
		{"text/html;;;;charset=gbk", "text/html;charset=gbk"},
		{"text/html;test;charset=gbk", "text/html;charset=gbk"},
		{"text/html;charset= gbk", `text/html;charset=" gbk"`},
		{"text/html;a=\x00", "text/html"},
		{"text/ html", ""},
		{"text", ""},
		{"/", ""},
	} {
		m, ok := parseMIMEType(c.in)
		if ok != (c.want != "") || ok && m.String() != c.want {
			t.Errorf("%q gives %q, %v; want %q", c.in, m.String(), ok, c.want)
		}
	}
}

func FuzzDataURL(f *testing.F) {
	for _, seed := range []string{",", "text/a;base64,aGk=", `;a="b,c`, "%FF;base64 ,====", ";;base64,"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := ParseURL("data:" + s)
		if err != nil {
			return
		}
		m, body, failure := processDataURL(u)
		if failure != "" {
			return
		}
		if len(body) > len(u.String()) {
			t.Errorf("%d bytes of %q", len(body), u)
		}
		again, ok := parseMIMEType(m.String())
		if !ok || again.String() != m.String() {
			t.Errorf("the type %q is read back as %q, %v", m, again, ok)
		}
	})
}

func TestBriefURL(t *testing.T) {
	for _, c := range []struct{ name, url, want string }{
		{"a short one", "data:,x", "data:,x"},
		{"a long one", "data:image/png;base64," + strings.Repeat("A", 75000), "data:image/png;base64,AAAAAAAAAAAAAAAA... (75 kB)"},
		{"a very long one", "data:," + strings.Repeat("A", 20<<20), "data:,AAAAAAAAAAAAAAAA... (21 MB)"},
		{"one of less than 10 kB", "data:," + strings.Repeat("A", 995), "data:,AAAAAAAAAAAAAAAA... (1001 bytes)"},
		{"a long type", "data:" + strings.Repeat("a", 300) + ",x", "data:" + strings.Repeat("a", 195) + "... (307 bytes)"},
		{"one without a comma", "data:" + strings.Repeat("a", 300), "data:aaaaaaaaaaa... (305 bytes)"},
		{"another scheme", "https://a.example/" + strings.Repeat("a", 300), "https://a.example/" + strings.Repeat("a", 300)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := BriefURL(c.url); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// What a trace says of a long data: URL is for people; what was asked for is there as it is.
func TestALongDataURLIsCutInReasons(t *testing.T) {
	page := newScriptedPage(t, app, nil)
	url := "data:text/plain;base64,@" + strings.Repeat("A", 100000)
	trace := new(Trace)
	response, err := page.Fetch(t.Context(), Request{URL: url, Trace: trace})
	if err != nil || response.Reason.Code != ReasonDataURL {
		t.Fatal(response, err)
	}
	const brief = "data:text/plain;base64,@AAAAAAAAAAAAAAA... (100 kB)"
	if r := response.Reason; r.Got != brief || r.URL != brief || trace.Request.URL != url {
		t.Errorf("got %q at %.100q, asked for %d bytes", r.Got, r.URL, len(trace.Request.URL))
	}
}

// What a parsed blob: URL names is what it named then.
func TestParsedBlobURLs(t *testing.T) {
	page := newScriptedPage(t, app, nil)
	made, err := page.NewBlobURL([]byte("0123456789"), "text/x")
	if err != nil {
		t.Fatal(err)
	}
	parse := func(s string) *URL {
		u, err := page.ParseURL(s)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	kept, alone := parse(made), mustURL(t, made)
	fragment := parse(made + "#f")
	page.RevokeBlobURL(made + "#f") // is another URL
	if size, ok := parse(made).BlobSize(); size != 10 || !ok {
		t.Errorf("it has %d bytes, %v", size, ok)
	}
	page.RevokeBlobURL(made)
	late := parse(made)
	if size, ok := late.BlobSize(); size != 0 || ok {
		t.Errorf("a revoked one has %d bytes, %v", size, ok)
	}
	const step = "concept-scheme-fetch 3[2].2"
	for name, c := range map[string]struct {
		request Request
		code    ReasonCode
		step    string
	}{
		"parsed before it was revoked":                 {Request{URL: made, Parsed: kept}, "", ""},
		"also with a fragment":                         {Request{URL: made, Parsed: fragment}, "", ""},
		"parsed afterwards":                            {Request{URL: made, Parsed: late}, ReasonBlobURL, step},
		"parsed when the fetch begins":                 {Request{URL: made}, ReasonBlobURL, step},
		"parsed by ParseURL, which knows of no page":   {Request{URL: made, Parsed: alone}, ReasonBlobURL, step},
		"with a method that does not read what it has": {Request{URL: made, Parsed: kept, Method: "POST"}, ReasonBlobURL, step},
	} {
		t.Run(name, func(t *testing.T) {
			checkLocal(t, page, c.request, 200, "text/x", "0123456789", c.code, c.step)
		})
	}
}
