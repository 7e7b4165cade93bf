package corstest_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/fetch"
)

// The tables of other libraries, held to their verdict: to what a browser makes of an
// answer, not to its bytes. See testdata/SOURCE.

// jub0bsExceptions are the cases in which package cors differs on purpose, and why. One
// that is listed and does not differ fails the test.
var jub0bsExceptions = map[string]string{
	"outer Vary middleware/fake preflight with CORS-safelisted method from allowed": "a POST with a listener on its upload is preflighted " +
		"although its method is safelisted, and the standard wants no Access-Control-Allow-Methods for it: refused, such pages would break",
	"debug credentialed no req headers/preflight with PUT from invalid": "in debug mode the answer names the reason where an origin would stand; " +
		"no browser sends such an Origin, and the name is no origin",
	"debug credentialed no req headers/preflight with disallowed method": "without Access-Control-Allow-Methods in the debug answer, a page that " +
		"listens to its upload is allowed the refused method; here the answer lists GET, HEAD and POST",

	"http://[::ffff:7f7f:7f7f]:90": "an origin that browsers have: that of an IPv4-mapped address, in the form in which they write it",
	"http://xn--f":                 "the URL Standard no longer validates labels that are ASCII already, so browsers may have it",
}

// differs reports a difference, unless it is an exception. It also reports an
// exception that is none.
func differs(t *testing.T, name string, different bool, format string, args ...any) {
	t.Helper()
	_, listed := jub0bsExceptions[name]
	switch {
	case listed && !different:
		t.Errorf("%s is listed as an exception, and is none", name)
	case different && !listed:
		t.Errorf(format, args...)
	}
}

func TestBrowsersMakeTheSameOfTheAnswersAsOfThoseOfJub0bs(t *testing.T) {
	cases := loadJub0bs(t)
	if len(cases.Requests) != 142 {
		t.Fatalf("read %d cases, want 142", len(cases.Requests))
	}
	for _, c := range cases.Requests {
		t.Run(c.Group+"/"+c.Name, func(t *testing.T) {
			want := answered{c.Want.Status, http.Header{}}
			parts := []http.Header{c.Want.Headers, c.Before}
			if c.Want.Inner {
				parts = append(parts, c.Inner.Headers)
			}
			for _, part := range parts {
				for name, values := range part {
					want.header[name] = append(want.header[name], values...)
				}
			}
			inner := false
			got := httptest.NewRecorder()
			var handler http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				inner = true
				for name, values := range c.Inner.Headers {
					for _, v := range values {
						w.Header().Add(name, v)
					}
				}
				w.WriteHeader(c.Inner.Status)
			})
			middleware := new(cors.Middleware)
			if c.Config != nil {
				config := c.Config.translate()
				if err := middleware.Reconfigure(&config); err != nil {
					t.Fatal(err)
				}
			}
			middleware.SetDebug(c.Debug)
			for name, values := range c.Before {
				got.Header()[name] = slices.Clone(values)
			}
			r := httptest.NewRequest(c.Request.Method, "https://server-under-test.example/", nil)
			r.Header = c.Request.Headers.Clone()
			if r.Header == nil {
				r.Header = http.Header{}
			}
			middleware.Wrap(handler).ServeHTTP(got, r)

			if inner != c.Want.Inner {
				t.Errorf("the handler was called: %t, want %t", inner, c.Want.Inner)
			}
			include := c.Config != nil && c.Config.Credentialed
			wanted, had := browserSees(t, c.Request.Method, c.Request.Headers, include, want), browserSees(t, c.Request.Method, c.Request.Headers, include, answered{got.Code, got.Header()})
			differs(t, c.Group+"/"+c.Name, wanted != had, "a browser makes %q of the answer, and %q of that of jub0bs/cors\nours   %d %v\ntheirs %d %v",
				had, wanted, got.Code, got.Header(), want.status, want.header)
		})
	}
}

// answered is an answer as it stands on the wire.
type answered struct {
	status int
	header http.Header
}

// browserSees is a browser's verdict on one answer to one request, as it stands on the
// wire: "allowed" with the names of what the page may read, or "blocked".
func browserSees(t *testing.T, method string, header http.Header, include bool, answer answered) string {
	t.Helper()
	origins := header["Origin"]
	if len(origins) == 0 {
		return "not asked by a page of another origin"
	}
	canned := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, values := range answer.header {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.status)
	})
	q := fetch.Request{URL: "https://server-under-test.example/", Method: method}
	if include {
		q.Credentials = fetch.CredentialsInclude
	}
	handler := http.Handler(canned)
	if asked := header["Access-Control-Request-Method"]; method == http.MethodOptions && len(asked) > 0 {
		// The answer to the request itself is none of the case's.
		allowing := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
			w.Header().Set("Access-Control-Allow-Credentials", "true")
		})
		handler = byMethod(canned, allowing)
		q.Method, q.UploadListener = asked[0], true
		for _, line := range header["Access-Control-Request-Headers"] {
			for name := range strings.SplitSeq(line, ",") {
				if name = strings.Trim(name, " \t"); name != "" {
					q.Headers = append(q.Headers, fetch.Header{Name: name, Value: "application/json"})
				}
			}
		}
	}
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: &fetch.HandlerTransport{Handler: func(*fetch.URL) http.Handler { return handler }}})
	if err != nil {
		t.Fatal(err)
	}
	page, err := pageAt(agent, origins[0])
	if err != nil {
		// No browser has such a page; what counts is that nothing is said to it.
		return "no page: " + strings.Join(answer.header.Values("Access-Control-Allow-Origin"), "|")
	}
	q.Trace = new(fetch.Trace)
	response, err := page.Fetch(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Close()
	if response.IsError() {
		return "blocked"
	}
	if q.UploadListener {
		return "allowed"
	}
	names := []string{}
	for _, h := range response.Headers.Combined() {
		names = append(names, h.Name)
	}
	return "allowed, readable: " + strings.Join(names, " ")
}

func TestConfigurationsAreAcceptedAndRefusedAsByJub0bs(t *testing.T) {
	cases := loadJub0bs(t)
	if len(cases.Valid) != 15 || len(cases.Invalid) != 23 {
		t.Fatalf("read %d and %d", len(cases.Valid), len(cases.Invalid))
	}
	for _, c := range cases.Valid {
		if c.Config == nil {
			continue // no policy: the zero Middleware
		}
		if _, err := cors.New(c.Config.translate()); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
	for _, c := range cases.Invalid {
		if _, err := cors.New(c.Config.translate()); err == nil {
			t.Errorf("accepted: %s: %+v", c.Name, c.Config)
		}
	}
	for _, p := range cases.Insecure {
		_, err := cors.New(cors.Config{Origins: []string{p.Pattern}, Credentials: true, DangerouslyAllowPublicSuffixes: true})
		if p.Want != (err != nil) {
			t.Errorf("%s with credentials: want refused %t, got %v", p.Pattern, p.Want, err)
		}
	}
	for _, p := range cases.PublicSuffix {
		_, err := cors.New(cors.Config{Origins: []string{p.Pattern}})
		if p.Want != (err != nil) {
			t.Errorf("%s: want refused %t, got %v", p.Pattern, p.Want, err)
		}
	}
}

func TestOriginPatternsMeanWhatTheyMeanToJub0bs(t *testing.T) {
	cases := loadJub0bs(t)
	patterns, probes := 0, 0
	for _, p := range cases.Patterns {
		_, err := cors.New(cors.Config{Origins: []string{p.Pattern}, DangerouslyAllowPublicSuffixes: true})
		differs(t, p.Pattern, p.Valid != (err == nil), "%s: want accepted %t, got %v", p.Pattern, p.Valid, err)
		patterns++
	}
	for _, s := range cases.Sets {
		config := cors.Config{Origins: append([]string{}, s.Patterns...), DangerouslyAllowPublicSuffixes: true}
		policy, err := cors.Compile(config)
		if err != nil {
			t.Errorf("%s: %v", s.Name, err)
			continue
		}
		for want, origins := range map[bool][]string{true: s.Accepts, false: s.Rejects} {
			for _, o := range origins {
				probes++
				d := policy.Decide("GET", http.Header{"Origin": {o}})
				if want == d.Reason.Refused() {
					t.Errorf("%s: %s: want allowed %t, got %s", s.Name, o, want, d.Reason)
				}
			}
		}
	}
	if patterns != 75 || probes != 347 {
		t.Errorf("tried %d patterns and %d probes, want 75 and 347", patterns, probes)
	}
}

func TestRequestedHeadersAreReadAsByJub0bs(t *testing.T) {
	probes := 0
	for _, set := range loadJub0bs(t).ACRH {
		policy, err := cors.Compile(cors.Config{Origins: []string{"https://example.com"}, RequestHeaders: set.Allowed})
		if err != nil {
			t.Errorf("%s: %v", set.Name, err)
			continue
		}
		for want, all := range map[bool][][]string{true: set.Accepted, false: set.Rejected} {
			for _, lines := range all {
				probes++
				d := policy.Decide("OPTIONS", http.Header{
					"Origin": {"https://example.com"}, "Access-Control-Request-Method": {"GET"}, "Access-Control-Request-Headers": lines,
				})
				if got := !d.Reason.Refused(); got != want && !(got && onlyUnusual(set.Allowed, lines)) {
					t.Errorf("%s: %q: want allowed %t, got %s", set.Name, lines, want, d.Reason)
				}
			}
		}
	}
	if probes != 131 {
		t.Errorf("tried %d probes, want 131", probes)
	}
}

// onlyUnusual explains the exceptions: jub0bs/cors refuses names that are not sorted
// or said twice, more than one blank beside a name, and more than 16 empty members as
// signs of a client that is no browser. The standard does not ask for that, gateways
// and people's tests do such things, and what is allowed is no more for it: package
// cors reads them, within its bound.
func onlyUnusual(allowed, lines []string) bool {
	for _, line := range lines {
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.Trim(name, " \t"); name != "" && !slices.Contains(allowed, name) {
				return false
			}
		}
	}
	return true
}
