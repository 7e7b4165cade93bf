package fetch

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// answers maps "METHOD URL" to an answer written as "STATUS|Name: value|Name: value".
type answers map[string]string

func (a answers) transport(t *testing.T, sent *[]string) scripted {
	return func(m *Message) *Answer {
		key := m.Method + " " + m.URL.StringWithoutFragment()
		line := key
		for _, name := range []string{"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers", "Authorization", "Referer"} {
			if v, ok := m.Headers.Get(name); ok {
				line += "|" + name + ": " + v
			}
		}
		*sent = append(*sent, line)
		script, ok := a[key]
		if !ok {
			t.Errorf("the server was asked for %s, which the case does not expect", key)
			return nil
		}
		return parseAnswer(script)
	}
}

func parseAnswer(script string) *Answer {
	parts := strings.Split(script, "|")
	status := 0
	for _, c := range parts[0] {
		status = status*10 + int(c-'0')
	}
	answer := &Answer{Status: status}
	for _, line := range parts[1:] {
		name, value, _ := strings.Cut(line, ":")
		answer.Headers = append(answer.Headers, Header{name, strings.TrimPrefix(value, " ")})
	}
	return answer
}

const (
	app   = "https://app.example.com"
	api   = "https://api.example.com"
	other = "https://other.test"
	allow = "Access-Control-Allow-Origin: " + app
	creds = "Access-Control-Allow-Credentials: true"
)

// outcome is what a case expects: how it ends, by which step, and what the server saw.
type outcome struct {
	code  ReasonCode
	phase Phase
	step  string // "algorithm step"
	typ   ResponseType
	sent  []string
}

func TestFetchDecides(t *testing.T) {
	get := Request{URL: api + "/x"}
	with := func(edit func(*Request)) Request { q := get; edit(&q); return q }
	include := func(q *Request) { q.Credentials = CredentialsInclude }
	put := func(q *Request) { q.Method = "PUT" }
	preflightPUT := "OPTIONS " + api + "/x|Origin: " + app + "|Access-Control-Request-Method: PUT|Referer: " + app + "/"
	putLine := "PUT " + api + "/x|Origin: " + app + "|Referer: " + app + "/"
	getLine := "GET " + api + "/x|Origin: " + app + "|Referer: " + app + "/"
	both := func(q *Request) { put(q); include(q) }

	for _, c := range []struct {
		name    string
		page    string
		request Request
		answers answers
		want    outcome
	}{
		{"the page's own origin needs no header at all", app, Request{URL: app + "/x"}, answers{"GET " + app + "/x": "200"},
			outcome{typ: TypeBasic, sent: []string{"GET " + app + "/x|Referer: " + app + "/"}}},
		{"a POST to the page's own origin carries Origin", app, Request{Method: "post", URL: "/x", Body: BytesBody(nil)}, answers{"POST " + app + "/x": "200"},
			outcome{typ: TypeBasic, sent: []string{"POST " + app + "/x|Origin: " + app + "|Referer: " + app + "/"}}},
		{"another origin without a header is withheld", app, get, answers{"GET " + api + "/x": "200"},
			outcome{code: ReasonAllowOriginMissing, phase: PhaseRequest, step: "concept-cors-check 2", sent: []string{getLine}}},
		{"the star lets anyone read without credentials", app, get, answers{"GET " + api + "/x": "200|Access-Control-Allow-Origin: *"},
			outcome{typ: TypeCORS, sent: []string{getLine}}},
		{"the star does not count with credentials", app, with(include), answers{"GET " + api + "/x": "200|Access-Control-Allow-Origin: *|" + creds},
			outcome{code: ReasonAllowOriginWildcard, phase: PhaseRequest, step: "concept-cors-check 4", sent: []string{getLine}}},
		{"the page's origin without credentials needs no more", app, get, answers{"GET " + api + "/x": "200|" + allow},
			outcome{typ: TypeCORS, sent: []string{getLine}}},
		{"a trailing slash makes it no origin", app, get, answers{"GET " + api + "/x": "200|" + allow + "/"},
			outcome{code: ReasonAllowOriginInvalid, phase: PhaseRequest, step: "concept-cors-check 4", sent: []string{getLine}}},
		{"another origin in the header is a mismatch", app, get, answers{"GET " + api + "/x": "200|Access-Control-Allow-Origin: " + other},
			outcome{code: ReasonAllowOriginMismatch, phase: PhaseRequest, step: "concept-cors-check 4", sent: []string{getLine}}},
		{"null in the header is a mismatch for a page with a name", app, get, answers{"GET " + api + "/x": "200|Access-Control-Allow-Origin: null"},
			outcome{code: ReasonAllowOriginMismatch, phase: PhaseRequest, step: "concept-cors-check 4", sent: []string{getLine}}},
		{"null in the header lets a page without a name read", "null", get, answers{"GET " + api + "/x": "200|Access-Control-Allow-Origin: null"},
			outcome{typ: TypeCORS, sent: []string{"GET " + api + "/x|Origin: null"}}},
		{"two header lines are more than one origin", app, get, answers{"GET " + api + "/x": "200|" + allow + "|" + allow},
			outcome{code: ReasonAllowOriginMultiple, phase: PhaseRequest, step: "concept-cors-check 4", sent: []string{getLine}}},
		{"an empty header is an invalid one and not a missing one", app, get, answers{"GET " + api + "/x": "200|Access-Control-Allow-Origin:"},
			outcome{code: ReasonAllowOriginInvalid, phase: PhaseRequest, step: "concept-cors-check 4", sent: []string{getLine}}},
		{"credentials need Allow-Credentials", app, with(include), answers{"GET " + api + "/x": "200|" + allow},
			outcome{code: ReasonAllowCredentialsAbsent, phase: PhaseRequest, step: "concept-cors-check 8", sent: []string{getLine}}},
		{"True with a capital is not true", app, with(include), answers{"GET " + api + "/x": "200|" + allow + "|Access-Control-Allow-Credentials: True"},
			outcome{code: ReasonAllowCredentialsValue, phase: PhaseRequest, step: "concept-cors-check 8", sent: []string{getLine}}},
		{"credentials with both headers are let through", app, with(include), answers{"GET " + api + "/x": "200|" + allow + "|" + creds},
			outcome{typ: TypeCORS, sent: []string{getLine}}},
		{"an error status is readable like any other", app, get, answers{"GET " + api + "/x": "500|" + allow},
			outcome{typ: TypeCORS, sent: []string{getLine}}},

		{"a PUT is asked for first", app, with(put), answers{"OPTIONS " + api + "/x": "204|" + allow + "|Access-Control-Allow-Methods: PUT", "PUT " + api + "/x": "200|" + allow},
			outcome{typ: TypeCORS, sent: []string{preflightPUT, putLine}}},
		{"a preflight without the origin ends it", app, with(put), answers{"OPTIONS " + api + "/x": "204"},
			outcome{code: ReasonAllowOriginMissing, phase: PhasePreflight, step: "concept-cors-check 2", sent: []string{preflightPUT}}},
		{"the credentials rule holds for the preflight's answer too", app, with(both), answers{"OPTIONS " + api + "/x": "204|" + allow + "|Access-Control-Allow-Methods: PUT"},
			outcome{code: ReasonAllowCredentialsAbsent, phase: PhasePreflight, step: "concept-cors-check 8", sent: []string{preflightPUT}}},
		{"a preflight with status 404 fails although its headers are right", app, with(put), answers{"OPTIONS " + api + "/x": "404|" + allow + "|Access-Control-Allow-Methods: PUT"},
			outcome{code: ReasonPreflightStatus, phase: PhasePreflight, step: "cors-preflight-fetch-0 8", sent: []string{preflightPUT}}},
		{"a missing origin is named before a bad status", app, with(put), answers{"OPTIONS " + api + "/x": "404"},
			outcome{code: ReasonAllowOriginMissing, phase: PhasePreflight, step: "concept-cors-check 2", sent: []string{preflightPUT}}},
		{"a preflight is never redirected", app, with(put), answers{"OPTIONS " + api + "/x": "301|Location: /y"},
			outcome{code: ReasonPreflightRedirect, phase: PhasePreflight, step: "cors-preflight-fetch-0 8", sent: []string{preflightPUT}}},
		{"a method that is not listed is refused", app, with(put), answers{"OPTIONS " + api + "/x": "204|" + allow + "|Access-Control-Allow-Methods: GET, POST"},
			outcome{code: ReasonMethodNotAllowed, phase: PhasePreflight, step: "cors-preflight-fetch-0 7.5", sent: []string{preflightPUT}}},
		{"no list of methods allows only the safelisted ones", app, with(put), answers{"OPTIONS " + api + "/x": "204|" + allow},
			outcome{code: ReasonMethodNotAllowed, phase: PhasePreflight, step: "cors-preflight-fetch-0 7.5", sent: []string{preflightPUT}}},
		{"methods are compared to the letter", app, with(put), answers{"OPTIONS " + api + "/x": "204|" + allow + "|Access-Control-Allow-Methods: put"},
			outcome{code: ReasonMethodNotAllowed, phase: PhasePreflight, step: "cors-preflight-fetch-0 7.5", sent: []string{preflightPUT}}},
		{"the star covers methods without credentials", app, with(put), answers{"OPTIONS " + api + "/x": "204|" + allow + "|Access-Control-Allow-Methods: *", "PUT " + api + "/x": "200|" + allow},
			outcome{typ: TypeCORS, sent: []string{preflightPUT, putLine}}},
		{"the star covers no method with credentials", app, with(both), answers{"OPTIONS " + api + "/x": "204|" + allow + "|" + creds + "|Access-Control-Allow-Methods: *"},
			outcome{code: ReasonMethodWildcard, phase: PhasePreflight, step: "cors-preflight-fetch-0 7.5", sent: []string{preflightPUT}}},
		{"one bad member spoils the whole list of methods", app, with(put), answers{"OPTIONS " + api + "/x": "204|" + allow + "|Access-Control-Allow-Methods: PUT, G ET"},
			outcome{code: ReasonAllowMethodsMalformed, phase: PhasePreflight, step: "cors-preflight-fetch-0 7.3", sent: []string{preflightPUT}}},
		{"patch in lower case stays so", app, with(func(q *Request) { q.Method = "patch" }), answers{"OPTIONS " + api + "/x": "204|" + allow + "|Access-Control-Allow-Methods: PATCH"},
			outcome{code: ReasonMethodNotAllowed, phase: PhasePreflight, step: "cors-preflight-fetch-0 7.5",
				sent: []string{"OPTIONS " + api + "/x|Origin: " + app + "|Access-Control-Request-Method: patch|Referer: " + app + "/"}}},
		{"an upload listener forces a preflight and needs no list", app, with(func(q *Request) { q.UploadListener, q.Method, q.Body = true, "POST", BytesBody(nil) }),
			answers{"OPTIONS " + api + "/x": "204|" + allow, "POST " + api + "/x": "200|" + allow},
			outcome{typ: TypeCORS, sent: []string{
				"OPTIONS " + api + "/x|Origin: " + app + "|Access-Control-Request-Method: POST|Referer: " + app + "/",
				"POST " + api + "/x|Origin: " + app + "|Referer: " + app + "/"}}},

		{"mode same-origin sends nothing to another origin", app, with(func(q *Request) { q.Mode = ModeSameOrigin }), answers{},
			outcome{code: ReasonSameOriginMode, phase: PhaseBefore, step: "concept-main-fetch 12[3]"}},
		{"mode no-cors must follow redirects", app, with(func(q *Request) { q.Mode, q.Redirect = ModeNoCORS, RedirectError }), answers{},
			outcome{code: ReasonNoCORSRedirectMode, phase: PhaseBefore, step: "concept-main-fetch 12[4].1"}},
		{"mode no-cors gets an opaque answer and sends no Origin", app, with(func(q *Request) { q.Mode = ModeNoCORS }), answers{"GET " + api + "/x": "200"},
			outcome{typ: TypeOpaque, sent: []string{"GET " + api + "/x|Referer: " + app + "/"}}},
		{"a resource policy of same-origin stops no-cors", app, with(func(q *Request) { q.Mode = ModeNoCORS }), answers{"GET " + api + "/x": "200|Cross-Origin-Resource-Policy: same-origin"},
			outcome{code: ReasonCORP, phase: PhaseRequest, step: "fetch#cross-origin-resource-policy-internal-check 5", sent: []string{"GET " + api + "/x|Referer: " + app + "/"}}},
		{"a resource policy of same-site lets a sibling through", app, with(func(q *Request) { q.Mode = ModeNoCORS }), answers{"GET " + api + "/x": "200|Cross-Origin-Resource-Policy: same-site"},
			outcome{typ: TypeOpaque, sent: []string{"GET " + api + "/x|Referer: " + app + "/"}}},
		{"a resource policy of same-site stops a page on http", "http://app.example.com", with(func(q *Request) { q.Mode = ModeNoCORS }), answers{"GET " + api + "/x": "200|Cross-Origin-Resource-Policy: same-site"},
			outcome{code: ReasonCORP, phase: PhaseRequest, step: "fetch#cross-origin-resource-policy-internal-check 5", sent: []string{"GET " + api + "/x|Referer: http://app.example.com/"}}},
		{"CORS asks for no resource policy", app, get, answers{"GET " + api + "/x": "200|" + allow + "|Cross-Origin-Resource-Policy: same-origin"},
			outcome{typ: TypeCORS, sent: []string{getLine}}},
		{"an opaque partial answer needs a Range", app, with(func(q *Request) { q.Mode = ModeNoCORS }), answers{"GET " + api + "/x": "206"},
			outcome{typ: TypeOpaque, sent: []string{"GET " + api + "/x|Referer: " + app + "/"}}},

		{"a blocked port is never asked", app, Request{URL: "https://api.example.com:6667/"}, answers{},
			outcome{code: ReasonBadPort, phase: PhaseBefore, step: "concept-main-fetch 7"}},
		{"a page on https may not ask over http", app, Request{URL: "http://api.example.com/"}, answers{},
			outcome{code: ReasonMixedContent, phase: PhaseBefore, step: "mixed-content#should-block-fetch "}},
		{"http on localhost is no mixed content", app, Request{URL: "http://localhost:8080/"}, answers{"GET http://localhost:8080/": "200|" + allow},
			outcome{typ: TypeCORS, sent: []string{"GET http://localhost:8080/|Origin: " + app + "|Referer: " + app + "/"}}},
		{"a page on http://localhost may ask over http", "http://localhost:5173", Request{URL: "http://192.168.1.5/"}, answers{"GET http://192.168.1.5/": "200|Access-Control-Allow-Origin: *"},
			outcome{typ: TypeCORS, sent: []string{"GET http://192.168.1.5/|Origin: http://localhost:5173"}}},
		{"ftp cannot be fetched", app, Request{URL: "ftp://api.example.com/"}, answers{},
			outcome{code: ReasonScheme, phase: PhaseBefore, step: "concept-main-fetch 12[5]"}},
		{"ftp cannot be fetched from another origin", "http://app.example.com", Request{URL: "ftp://api.example.com/"}, answers{},
			outcome{code: ReasonScheme, phase: PhaseBefore, step: "concept-main-fetch 12[5]"}},
		{"file: is left alone, even by a page from a file", "file:///page.html", Request{URL: "file:///x", Mode: ModeNoCORS}, answers{},
			outcome{code: ReasonScheme, phase: PhaseBefore, step: "concept-scheme-fetch 4"}},
		{"nothing is stored, so only-if-cached fails", app, Request{URL: app + "/x", Mode: ModeSameOrigin, Cache: CacheOnlyIfCached}, answers{},
			outcome{code: ReasonOnlyIfCached, phase: PhaseBefore, step: "concept-http-network-or-cache-fetch 11.1"}},
		{"keepalive bodies are bounded", app, Request{Method: "POST", URL: app + "/x", Keepalive: true, Body: BytesBody(make([]byte, 64<<10+1))}, answers{},
			outcome{code: ReasonKeepaliveQuota, phase: PhaseBefore, step: "concept-http-network-or-cache-fetch 8.10.5"}},
		{"a refused connection is no CORS failure", app, get, nil,
			outcome{code: ReasonRefused, phase: PhaseRequest, step: "concept-http-network-fetch 8.1", sent: []string{getLine}}},

		{"every redirect hop to another origin must allow it", app, get, answers{"GET " + api + "/x": "302|Location: /y|" + allow, "GET " + api + "/y": "200"},
			outcome{code: ReasonAllowOriginMissing, phase: PhaseRequest, step: "concept-cors-check 2",
				sent: []string{getLine, "GET " + api + "/y|Origin: " + app + "|Referer: " + app + "/"}}},
		{"a redirect without the header is refused itself", app, get, answers{"GET " + api + "/x": "302|Location: /y"},
			outcome{code: ReasonAllowOriginMissing, phase: PhaseRequest, step: "concept-cors-check 2", sent: []string{getLine}}},
		{"a redirect through another origin hides the page's", app, get, answers{"GET " + api + "/x": "302|Location: " + other + "/y|" + allow, "GET " + other + "/y": "200|" + allow},
			outcome{code: ReasonAllowOriginMismatch, phase: PhaseRequest, step: "concept-cors-check 4",
				sent: []string{getLine, "GET " + other + "/y|Origin: null|Referer: " + app + "/"}}},
		{"the first redirect away from the page's origin does not hide it", app, Request{URL: app + "/x"}, answers{"GET " + app + "/x": "302|Location: " + api + "/y", "GET " + api + "/y": "200|" + allow},
			outcome{typ: TypeCORS, sent: []string{"GET " + app + "/x|Referer: " + app + "/", "GET " + api + "/y|Origin: " + app + "|Referer: " + app + "/"}}},
		{"a redirect back home stays under CORS", app, get, answers{"GET " + api + "/x": "302|Location: " + app + "/y|" + allow, "GET " + app + "/y": "200"},
			outcome{code: ReasonAllowOriginMissing, phase: PhaseRequest, step: "concept-cors-check 2",
				sent: []string{getLine, "GET " + app + "/y|Origin: null|Referer: " + app + "/"}}},
		{"a preflighted request is asked for again behind a redirect", app, with(put), answers{
			"OPTIONS " + api + "/x": "204|" + allow + "|Access-Control-Allow-Methods: PUT", "PUT " + api + "/x": "307|Location: /y|" + allow,
			"OPTIONS " + api + "/y": "204|" + allow},
			outcome{code: ReasonMethodNotAllowed, phase: PhasePreflight, step: "cors-preflight-fetch-0 7.5",
				sent: []string{preflightPUT, putLine, "OPTIONS " + api + "/y|Origin: " + app + "|Access-Control-Request-Method: PUT|Referer: " + app + "/"}}},
		{"Authorization is dropped on the way to another origin", app, Request{URL: app + "/x", Headers: HeaderList{{"Authorization", "a"}}},
			answers{"GET " + app + "/x": "302|Location: " + api + "/y", "GET " + api + "/y": "200|" + allow},
			outcome{typ: TypeCORS, sent: []string{"GET " + app + "/x|Authorization: a|Referer: " + app + "/", "GET " + api + "/y|Origin: " + app + "|Referer: " + app + "/"}}},
		{"303 turns a PUT into a GET that is not asked for", app, with(put), answers{
			"OPTIONS " + api + "/x": "204|" + allow + "|Access-Control-Allow-Methods: PUT", "PUT " + api + "/x": "303|Location: /y|" + allow, "GET " + api + "/y": "200|" + allow},
			outcome{typ: TypeCORS, sent: []string{preflightPUT, putLine, "GET " + api + "/y|Origin: " + app + "|Referer: " + app + "/"}}},
		{"redirect mode error refuses redirects", app, with(func(q *Request) { q.Redirect = RedirectError }), answers{"GET " + api + "/x": "302|Location: /y|" + allow},
			outcome{code: ReasonRedirectMode, phase: PhaseRequest, step: "concept-http-fetch 6.3[1].1", sent: []string{getLine}}},
		{"redirect mode manual shows nothing and follows nothing", app, with(func(q *Request) { q.Redirect = RedirectManual }), answers{"GET " + api + "/x": "302|Location: /y|" + allow},
			outcome{typ: TypeOpaqueRedirect, sent: []string{getLine}}},
		{"a Location that is no URL is an error", app, get, answers{"GET " + api + "/x": "302|Location: http://[|" + allow},
			outcome{code: ReasonRedirectLocation, phase: PhaseRequest, step: "concept-http-redirect-fetch 5", sent: []string{getLine}}},
		{"two Locations are an error", app, get, answers{"GET " + api + "/x": "302|Location: /y|Location: /z|" + allow},
			outcome{code: ReasonRedirectLocation, phase: PhaseRequest, step: "concept-http-redirect-fetch 5", sent: []string{getLine}}},
		{"a redirect without Location is an answer", app, get, answers{"GET " + api + "/x": "302|" + allow},
			outcome{typ: TypeCORS, sent: []string{getLine}}},
		{"a redirect to data: is an error", app, get, answers{"GET " + api + "/x": "302|Location: data:,x|" + allow},
			outcome{code: ReasonRedirectScheme, phase: PhaseRequest, step: "concept-http-redirect-fetch 6", sent: []string{getLine}}},
		{"a redirect to a user name at another origin is an error", app, Request{URL: app + "/x"}, answers{"GET " + app + "/x": "302|Location: https://u@api.example.com/"},
			outcome{code: ReasonRedirectCredentials, phase: PhaseRequest, step: "concept-http-redirect-fetch 9", sent: []string{"GET " + app + "/x|Referer: " + app + "/"}}},
		{"a redirect back home with a password is an error", app, get, answers{"GET " + api + "/x": "302|Location: https://:p@app.example.com/|" + allow},
			outcome{code: ReasonRedirectCredentials, phase: PhaseRequest, step: "concept-http-redirect-fetch 10", sent: []string{getLine}}},
		{"a stream cannot be sent again", app, Request{Method: "POST", URL: app + "/x", Body: StreamBody(strings.NewReader("x"))}, answers{"POST " + app + "/x": "307|Location: /y"},
			outcome{code: ReasonRedirectStream, phase: PhaseRequest, step: "concept-http-redirect-fetch 11", sent: []string{"POST " + app + "/x|Origin: " + app + "|Referer: " + app + "/"}}},
		{"a redirect loop ends after twenty", app, Request{URL: app + "/x"}, answers{"GET " + app + "/x": "302|Location: /x"},
			outcome{code: ReasonRedirectLimit, phase: PhaseRequest, step: "concept-http-redirect-fetch 7", sent: slices.Repeat([]string{"GET " + app + "/x|Referer: " + app + "/"}, 21)}},
		{"a proxy that asks for a password answers nothing", app, get, answers{"GET " + api + "/x": "407|" + allow},
			outcome{code: ReasonProxyAuth, phase: PhaseRequest, step: "concept-http-network-or-cache-fetch 16.1", sent: []string{getLine}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var sent []string
			transport := c.answers.transport(t, &sent)
			if c.answers == nil {
				transport = func(m *Message) *Answer { answers{}.transport(new(testing.T), &sent)(m); return nil }
			}
			page := newScriptedPage(t, c.page, transport)
			trace := new(Trace)
			c.request.Trace = trace
			response, err := page.Fetch(t.Context(), c.request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Close()
			got := outcome{code: response.Reason.Code, phase: response.Reason.Phase, typ: response.Type, sent: sent}
			if response.IsError() {
				got.typ = ""
				got.step = response.Reason.Algorithm + " " + response.Reason.Step
				if fail := trace.LastStep(Fail); fail == nil || fail.Algorithm+" "+fail.ID != got.step {
					t.Errorf("the trace ends with %+v, the reason with %s", fail, got.step)
				}
				if trace.Outcome.Allowed || *trace.Outcome.Reason != response.Reason {
					t.Errorf("the trace's outcome is %+v", trace.Outcome)
				}
				if s := response.Reason.Sentence(); !strings.HasSuffix(s, ".") || strings.Contains(s, "%!") || strings.Contains(s, string(response.Reason.Code)+".") {
					t.Errorf("the sentence is %q", s)
				}
			} else if fail := trace.LastStep(Fail); fail != nil {
				t.Errorf("the fetch was allowed, but the trace has the failed step %+v", *fail)
			}
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(outcome{})); diff != "" {
				t.Errorf("want - got +\n%s", diff)
			}
			if len(trace.Exchanges) != len(sent) {
				t.Errorf("the trace has %d exchanges, the server saw %d", len(trace.Exchanges), len(sent))
			}
		})
	}
}

func TestTheZeroReasonSaysThatNothingIsBlocked(t *testing.T) {
	if r := (Reason{}); r.Sentence() != "" || r.String() != "not blocked" {
		t.Errorf("sentence %q, string %q", r.Sentence(), r.String())
	}
}
