package cors

import (
	"cmp"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func mustCompile(t testing.TB, c Config) *Policy {
	t.Helper()
	p, err := Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// full is a policy of the usual kind.
var full = Config{
	Origins:        []string{"https://app.example.com", "https://*.preview.example.com", "http://localhost:*"},
	Credentials:    true,
	Methods:        []string{"PUT", "DELETE", "PATCH"},
	RequestHeaders: []string{"Authorization", "Content-Type", "X-Api-Key"},
	ExposedHeaders: []string{"X-Request-Id"},
	MaxAgeSeconds:  600,
}

// headers makes a header map from lines of the form "Name: value".
func headers(lines ...string) http.Header {
	h := http.Header{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		h.Add(name, value)
	}
	return h
}

func sent(d Decision) []string {
	var lines []string
	for name, value := range d.Headers() {
		lines = append(lines, name+": "+value)
	}
	return lines
}

func TestDecisions(t *testing.T) {
	with := func(change func(*Config)) Config {
		c := full.clone()
		change(&c)
		return c
	}
	anonymous := Config{AllowAnyOrigin: true, Methods: []string{"*"}, RequestHeaders: []string{"*"}, ExposedHeaders: []string{"*"}, TimingAllowOrigin: true}
	const (
		origin   = "Origin: https://app.example.com"
		acao     = "Access-Control-Allow-Origin: https://app.example.com"
		acac     = "Access-Control-Allow-Credentials: true"
		acam     = "Access-Control-Allow-Methods: DELETE,PATCH,PUT"
		acah     = "Access-Control-Allow-Headers: authorization,content-type,x-api-key"
		acma     = "Access-Control-Max-Age: 600"
		aceh     = "Access-Control-Expose-Headers: x-request-id"
		acrm     = "Access-Control-Request-Method: "
		acrh     = "Access-Control-Request-Headers: "
		vary     = "Vary: Origin"
		varyLong = "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
	)
	for _, tt := range []struct {
		name    string
		config  Config
		method  string
		request []string
		want    Decision // Origin, Method and, unless it is set, Status of preflights follow from the rest
		sent    []string
	}{
		{"no Origin: not CORS, but the answer varies", full, "GET", nil, Decision{Reason: ReasonNotCORS}, []string{vary}},
		{"an allowed page", full, "GET", []string{origin}, Decision{Reason: ReasonAllowed, Pattern: "https://app.example.com"}, []string{acao, acac, aceh, vary}},
		{"any method of an actual request", full, "PURGE", []string{origin}, Decision{Reason: ReasonAllowed, Pattern: "https://app.example.com"}, []string{acao, acac, aceh, vary}},
		{"a subdomain", full, "GET", []string{"Origin: https://pr-7.a.preview.example.com"}, Decision{Reason: ReasonAllowed, Pattern: "https://*.preview.example.com"},
			[]string{"Access-Control-Allow-Origin: https://pr-7.a.preview.example.com", acac, aceh, vary}},
		{"a port of loopback", full, "GET", []string{"Origin: http://localhost:5173"}, Decision{Reason: ReasonAllowed, Pattern: "http://localhost:*"},
			[]string{"Access-Control-Allow-Origin: http://localhost:5173", acac, aceh, vary}},
		{"another page", full, "GET", []string{"Origin: https://evil.example"}, Decision{Reason: ReasonOriginNotAllowed}, []string{vary}},
		{"the base of a pattern for subdomains", full, "GET", []string{"Origin: https://preview.example.com"}, Decision{Reason: ReasonOriginNotAllowed}, []string{vary}},
		{"another scheme", full, "GET", []string{"Origin: http://app.example.com"}, Decision{Reason: ReasonOriginNotAllowed}, []string{vary}},
		{"another port", full, "GET", []string{"Origin: https://app.example.com:8443"}, Decision{Reason: ReasonOriginNotAllowed}, []string{vary}},
		{"null", full, "GET", []string{"Origin: null"}, Decision{Reason: ReasonOriginNull}, []string{vary}},
		{"what is no origin", full, "GET", []string{"Origin: https://evil.test/.preview.example.com"}, Decision{Reason: ReasonOriginMalformed}, []string{vary}},
		{"two Origin lines, the first of which is allowed", full, "GET", []string{origin, "Origin: https://evil.example"}, Decision{Reason: ReasonOriginRepeated}, []string{vary}},
		{"the site's own page, which sends Origin with a POST", full, "POST", []string{"Origin: https://api.example.com", "Sec-Fetch-Site: same-origin"}, Decision{Reason: ReasonNotCORS}, []string{vary}},
		{"the site's own page, whose Referrer-Policy hides its name", full, "POST", []string{"Origin: null", "Sec-Fetch-Site: same-origin"}, Decision{Reason: ReasonNotCORS}, []string{vary}},
		{"no page: an extension, or what the user did", full, "POST", []string{"Origin: chrome-extension://aebcd", "Sec-Fetch-Site: none"}, Decision{Reason: ReasonNotCORS}, []string{vary}},
		{"another page of the same site", full, "POST", []string{"Origin: https://www.example.com", "Sec-Fetch-Site: same-site"}, Decision{Reason: ReasonOriginNotAllowed}, []string{vary}},
		{"two claims to be the site's own page", full, "POST", []string{"Origin: https://api.example.com", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: same-origin"}, Decision{Reason: ReasonOriginNotAllowed}, []string{vary}},
		{"a listed page that is the site's own as well", full, "POST", []string{origin, "Sec-Fetch-Site: same-origin"}, Decision{Reason: ReasonAllowed, Pattern: "https://app.example.com"}, []string{acao, acac, aceh, vary}},
		{"what is no origin, whatever else it says", full, "POST", []string{"Origin: nonsense", "Sec-Fetch-Site: same-origin"}, Decision{Reason: ReasonOriginMalformed}, []string{vary}},
		{"a preflight is never the site's own", full, "OPTIONS", []string{"Origin: https://api.example.com", acrm + "PUT", "Sec-Fetch-Site: same-origin"}, Decision{Reason: ReasonOriginNotAllowed, Preflight: true}, nil},
		{"OPTIONS that asks for no method is no preflight", full, "OPTIONS", []string{origin, acrh + "x"}, Decision{Reason: ReasonAllowed, Pattern: "https://app.example.com"}, []string{acao, acac, aceh, vary}},
		{"OPTIONS without Origin is no preflight", full, "OPTIONS", []string{acrm + "PUT"}, Decision{Reason: ReasonNotCORS}, []string{vary}},
		{"only OPTIONS in upper case is a preflight", full, "options", []string{origin, acrm + "PUT"}, Decision{Reason: ReasonAllowed, Pattern: "https://app.example.com"}, []string{acao, acac, aceh, vary}},

		{"a preflight", full, "OPTIONS", []string{origin, acrm + "PUT", acrh + "authorization,content-type"},
			Decision{Reason: ReasonAllowed, Preflight: true, Pattern: "https://app.example.com"}, []string{acao, acac, acam, acah, acma}},
		{"a preflight for a method that needs no permission", full, "OPTIONS", []string{origin, acrm + "POST", acrh + "content-type"},
			Decision{Reason: ReasonAllowed, Preflight: true, Pattern: "https://app.example.com"}, []string{acao, acac, acam, acah, acma}},
		{"a preflight under a policy of origins only", Config{Origins: []string{"https://app.example.com"}}, "OPTIONS", []string{origin, acrm + "POST"},
			Decision{Reason: ReasonAllowed, Preflight: true, Pattern: "https://app.example.com"}, []string{acao}},
		{"headers in any case, order and number of lines", full, "OPTIONS", []string{origin, acrm + "PUT", acrh + "X-API-Key ,\tauthorization", acrh + "", acrh + "Content-Type"},
			Decision{Reason: ReasonAllowed, Preflight: true, Pattern: "https://app.example.com"}, []string{acao, acac, acam, acah, acma}},
		{"sixteen empty members", full, "OPTIONS", []string{origin, acrm + "PUT", acrh + strings.Repeat(",", 16) + "authorization"},
			Decision{Reason: ReasonAllowed, Preflight: true, Pattern: "https://app.example.com"}, []string{acao, acac, acam, acah, acma}},
		{"seventeen empty members", full, "OPTIONS", []string{origin, acrm + "PUT", acrh + strings.Repeat(",", 17) + "authorization"},
			Decision{Reason: ReasonHeadersTooLong, Preflight: true, Pattern: "https://app.example.com"}, nil},
		{"a preflight from another page", full, "OPTIONS", []string{"Origin: https://evil.example", acrm + "PUT"}, Decision{Reason: ReasonOriginNotAllowed, Preflight: true}, nil},
		{"another method", full, "OPTIONS", []string{origin, acrm + "PURGE"}, Decision{Reason: ReasonMethodNotAllowed, Preflight: true, Pattern: "https://app.example.com"}, nil},
		{"a method in lower case, which browsers do not send", full, "OPTIONS", []string{origin, acrm + "put"}, Decision{Reason: ReasonMethodNotAllowed, Preflight: true, Pattern: "https://app.example.com"}, nil},
		{"what is no method", full, "OPTIONS", []string{origin, acrm + "PUT, DELETE"}, Decision{Reason: ReasonMethodMalformed, Preflight: true, Pattern: "https://app.example.com"}, nil},
		{"no method at all", full, "OPTIONS", []string{origin, acrm + ""}, Decision{Reason: ReasonMethodMalformed, Preflight: true, Pattern: "https://app.example.com"}, nil},
		{"two methods", full, "OPTIONS", []string{origin, acrm + "PUT", acrm + "PUT"}, Decision{Reason: ReasonMethodMalformed, Preflight: true, Pattern: "https://app.example.com"}, nil},
		{"another header", full, "OPTIONS", []string{origin, acrm + "PUT", acrh + "authorization, X-Evil"}, Decision{Reason: ReasonHeaderNotAllowed, Preflight: true, Pattern: "https://app.example.com", Header: "X-Evil"}, nil},
		{"what is no header name", full, "OPTIONS", []string{origin, acrm + "PUT", acrh + "authorization,x evil"}, Decision{Reason: ReasonHeadersMalformed, Preflight: true, Pattern: "https://app.example.com", Header: "x evil"}, nil},
		{"a megabyte of commas", full, "OPTIONS", []string{origin, acrm + "PUT", acrh + strings.Repeat(",", 1<<20)}, Decision{Reason: ReasonHeadersTooLong, Preflight: true, Pattern: "https://app.example.com"}, nil},

		{"any origin", anonymous, "GET", []string{"Origin: https://any.example"}, Decision{Reason: ReasonAllowed, Pattern: "*"}, []string{"Access-Control-Allow-Origin: *", "Access-Control-Expose-Headers: *", "Timing-Allow-Origin: *"}},
		{"any origin, and no Origin", anonymous, "GET", nil, Decision{Reason: ReasonNotCORS}, []string{"Access-Control-Allow-Origin: *", "Access-Control-Expose-Headers: *", "Timing-Allow-Origin: *"}},
		{"any origin, null", anonymous, "GET", []string{"Origin: null"}, Decision{Reason: ReasonAllowed, Pattern: "*"}, []string{"Access-Control-Allow-Origin: *", "Access-Control-Expose-Headers: *", "Timing-Allow-Origin: *"}},
		{"any method and header", anonymous, "OPTIONS", []string{"Origin: https://any.example", acrm + "CHICKEN", acrh + "x-a,x-b"},
			Decision{Reason: ReasonAllowed, Preflight: true, Pattern: "*"}, []string{"Access-Control-Allow-Origin: *", "Access-Control-Allow-Methods: *", "Access-Control-Allow-Headers: *"}},
		{"any header does not mean Authorization", anonymous, "OPTIONS", []string{"Origin: https://any.example", acrm + "GET", acrh + "Authorization"},
			Decision{Reason: ReasonHeaderNotAllowed, Preflight: true, Pattern: "*", Header: "Authorization"}, nil},
		{"any header and Authorization", Config{AllowAnyOrigin: true, RequestHeaders: []string{"Authorization", "*"}}, "OPTIONS", []string{"Origin: https://any.example", acrm + "GET", acrh + "authorization"},
			Decision{Reason: ReasonAllowed, Preflight: true, Pattern: "*"}, []string{"Access-Control-Allow-Origin: *", "Access-Control-Allow-Headers: *,authorization"}},
		{"any method does not mean forbidden ones", anonymous, "OPTIONS", []string{"Origin: https://any.example", acrm + "Trace"}, Decision{Reason: ReasonMethodNotAllowed, Preflight: true, Pattern: "*"}, nil},
		{"any method and header with credentials are said by name", with(func(c *Config) { c.Methods, c.RequestHeaders = []string{"*"}, []string{"*"} }), "OPTIONS", []string{origin, acrm + "CHICKEN", acrh + "x-a,x-b"},
			Decision{Reason: ReasonAllowed, Preflight: true, Pattern: "https://app.example.com"}, []string{acao, acac, "Access-Control-Allow-Methods: CHICKEN", "Access-Control-Allow-Headers: x-a,x-b", acma}},
		{"several lines are said as one", with(func(c *Config) { c.RequestHeaders = []string{"*"} }), "OPTIONS", []string{origin, acrm + "PUT", acrh + "x-a, ", acrh + "", acrh + " x-b"},
			Decision{Reason: ReasonAllowed, Preflight: true, Pattern: "https://app.example.com"}, []string{acao, acac, acam, "Access-Control-Allow-Headers: x-a,x-b", acma}},
		{"what is no header name is not said", with(func(c *Config) { c.RequestHeaders = []string{"*"} }), "OPTIONS", []string{origin, acrm + "PUT", acrh + "x-a\x01"},
			Decision{Reason: ReasonHeadersMalformed, Preflight: true, Pattern: "https://app.example.com", Header: "x-a\x01"}, nil},

		{"null, allowed", with(func(c *Config) { c.DangerouslyAllowNullOrigin = true }), "GET", []string{"Origin: null"}, Decision{Reason: ReasonAllowed, Pattern: "null"}, []string{"Access-Control-Allow-Origin: null", acac, aceh, vary}},
		{"the one origin, to everybody", Config{Origins: []string{"https://app.example.com"}, AlwaysSendOrigin: true, Credentials: true}, "GET", []string{"Origin: https://evil.example"},
			Decision{Reason: ReasonOriginNotAllowed}, []string{acao, acac}},
		{"the one origin, without Origin", Config{Origins: []string{"https://app.example.com"}, AlwaysSendOrigin: true}, "GET", nil, Decision{Reason: ReasonNotCORS}, []string{acao}},
		{"the one origin, not on refused preflights", Config{Origins: []string{"https://app.example.com"}, AlwaysSendOrigin: true}, "OPTIONS", []string{"Origin: https://evil.example", acrm + "PUT"}, Decision{Reason: ReasonOriginNotAllowed, Preflight: true}, nil},
		{"companions", with(func(c *Config) { c.TimingAllowOrigin, c.CrossOriginResourcePolicy = true, "same-site" }), "GET", []string{origin},
			Decision{Reason: ReasonAllowed, Pattern: "https://app.example.com"}, []string{acao, acac, aceh, "Timing-Allow-Origin: https://app.example.com", "Cross-Origin-Resource-Policy: same-site", vary}},
		{"companions of a refusal", with(func(c *Config) { c.TimingAllowOrigin, c.CrossOriginResourcePolicy = true, "same-site" }), "GET", []string{"Origin: https://evil.example"},
			Decision{Reason: ReasonOriginNotAllowed}, []string{"Cross-Origin-Resource-Policy: same-site", vary}},
		{"a preflight that varies", with(func(c *Config) { c.PreflightVary = true }), "OPTIONS", []string{origin, acrm + "PUT"},
			Decision{Reason: ReasonAllowed, Preflight: true, Pattern: "https://app.example.com"}, []string{acao, acac, acam, acah, acma, varyLong}},
		{"a refused preflight that varies", with(func(c *Config) { c.PreflightVary = true }), "OPTIONS", []string{"Origin: https://evil.example", acrm + "PUT"},
			Decision{Reason: ReasonOriginNotAllowed, Preflight: true}, []string{varyLong}},
		{"a preflight for clients that want 200", with(func(c *Config) { c.PreflightStatus = 200 }), "OPTIONS", []string{origin, acrm + "PUT"},
			Decision{Reason: ReasonAllowed, Preflight: true, Pattern: "https://app.example.com", Status: 200}, []string{acao, acac, acam, acah, acma}},
		{"a refused preflight for clients that want 200", with(func(c *Config) { c.PreflightStatus = 200 }), "OPTIONS", []string{"Origin: https://evil.example", acrm + "PUT"},
			Decision{Reason: ReasonOriginNotAllowed, Preflight: true}, nil},
		{"a preflight that is not to be remembered", with(func(c *Config) { c.MaxAgeSeconds = -1 }), "OPTIONS", []string{origin, acrm + "PUT"},
			Decision{Reason: ReasonAllowed, Preflight: true, Pattern: "https://app.example.com"}, []string{acao, acac, acam, acah, "Access-Control-Max-Age: 0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := headers(tt.request...)
			before := h.Clone()
			got := mustCompile(t, tt.config).Decide(tt.method, h)
			lines := sent(got)
			tt.want.Method, tt.want.Origin = tt.method, h.Get("Origin")
			if tt.want.Preflight {
				status := tt.want.Status
				tt.want.Method, tt.want.Status = h.Get("Access-Control-Request-Method"), 403
				if tt.want.Reason == ReasonAllowed {
					tt.want.Status = cmp.Or(status, 204)
				}
			}
			got.policy, got.allowOrigin, got.allowMethods, got.allowHeaders = nil, "", "", ""
			if got != tt.want {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
			if !slices.Equal(lines, tt.sent) {
				t.Errorf("sent %q\nwant %q", lines, tt.sent)
			}
			if !reflect.DeepEqual(h, before) {
				t.Errorf("the request's headers became %v", h)
			}
		})
	}
}

func TestZeroAndNilPoliciesAddNothing(t *testing.T) {
	for _, p := range []*Policy{nil, {}} {
		d := p.Decide("OPTIONS", headers("Origin: https://a.example", "Access-Control-Request-Method: PUT"))
		if d.Reason != ReasonNoPolicy || d.Preflight || sent(d) != nil || d.Reason.Refused() {
			t.Errorf("%+v sends %q", d, sent(d))
		}
		if !reflect.DeepEqual(p.Config(), Config{}) {
			t.Errorf("Config() = %+v", p.Config())
		}
	}
}

func TestBadOriginsAreRefusedAndNeverSentBack(t *testing.T) {
	c := Config{
		Origins:     []string{"https://a.example.com", "https://*.example.com", "https://*.example.com:*", "https://*.example.com:{443,8443}", "{http,https}://evil.test:*"},
		Credentials: true, DangerouslyAllowInsecureOrigins: true,
	}
	p := mustCompile(t, c)
	for _, s := range badOrigins {
		for _, method := range []string{"GET", "OPTIONS"} {
			d := p.Decide(method, http.Header{"Origin": {s}, "Access-Control-Request-Method": {"GET"}})
			if d.Reason != ReasonOriginMalformed {
				t.Errorf("%s with Origin %q: %s", method, s, d.Reason)
			}
			for name, value := range d.Headers() {
				if name != "Vary" {
					t.Errorf("%s with Origin %q: %s: %s", method, s, name, value)
				}
			}
		}
	}
}

func TestHugeRequestsAreDecidedWithoutAllocation(t *testing.T) {
	p := mustCompile(t, full)
	mib := strings.Repeat("a", 1<<20)
	for name, h := range map[string]http.Header{
		"Origin":                        {"Origin": {"https://" + mib}},
		"Origin of many labels":         {"Origin": {"https://" + strings.Repeat("a.", 500) + "preview.example.com"}},
		"a thousand Origins":            {"Origin": make([]string, 1000)},
		"method":                        {"Origin": {"https://app.example.com"}, "Access-Control-Request-Method": {mib}},
		"one header":                    {"Origin": {"https://app.example.com"}, "Access-Control-Request-Method": {"PUT"}, "Access-Control-Request-Headers": {mib}},
		"many headers":                  {"Origin": {"https://app.example.com"}, "Access-Control-Request-Method": {"PUT"}, "Access-Control-Request-Headers": {strings.Repeat("a,", 1<<19)}},
		"thousands of lines of headers": {"Origin": {"https://app.example.com"}, "Access-Control-Request-Method": {"PUT"}, "Access-Control-Request-Headers": make([]string, 5000)},
	} {
		if d := p.Decide("OPTIONS", h); !d.Reason.Refused() {
			t.Errorf("%s: %s", name, d.Reason)
		}
		if n := testing.AllocsPerRun(10, func() { p.Decide("OPTIONS", h) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func TestEveryListedHeaderMayBeAskedForAtOnce(t *testing.T) {
	c := Config{Origins: []string{"https://app.example.com"}}
	for i := range 300 {
		c.RequestHeaders = append(c.RequestHeaders, "x-header-with-quite-a-long-name-"+strings.Repeat("a", i%7)+itoa(uint16(i)))
	}
	p := mustCompile(t, c)
	for _, lines := range [][]string{{strings.Join(c.RequestHeaders, ", ")}, c.RequestHeaders} {
		d := p.Decide("OPTIONS", http.Header{"Origin": {"https://app.example.com"}, "Access-Control-Request-Method": {"GET"}, "Access-Control-Request-Headers": lines})
		if d.Reason != ReasonAllowed {
			t.Errorf("%d lines: %s %q", len(lines), d.Reason, d.Header)
		}
	}
}

// drawConfig draws a Config that is accepted.
func drawConfig(t *rapid.T) Config {
	some := func(label string, from ...string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(from), 0, 4, rapid.ID[string]).Draw(t, label)
	}
	c := Config{
		Origins: some("origins", "https://a.example", "https://*.a.example", "http://localhost:*", "https://b.example:{443,8443}", "{http,https}://*.c.example:{80,443}",
			"https://*.a.example:8443", "http://*.localhost", "https://*.deep.a.example", "x-app://view", "http://[::1]:*", "https://*.a.example:*"),
		AllowAnyOrigin:                  rapid.Bool().Draw(t, "any"),
		Credentials:                     rapid.Bool().Draw(t, "credentials"),
		Methods:                         some("methods", "PUT", "DELETE", "*", "PATCH", "CHICKEN"),
		RequestHeaders:                  some("headers", "*", "Authorization", "X-Api-Key", "content-type"),
		ExposedHeaders:                  some("exposed", "X-A", "X-B"),
		MaxAgeSeconds:                   rapid.SampledFrom([]int{0, -1, 600}).Draw(t, "age"),
		PreflightVary:                   rapid.Bool().Draw(t, "vary"),
		TimingAllowOrigin:               rapid.Bool().Draw(t, "timing"),
		DangerouslyAllowNullOrigin:      rapid.Bool().Draw(t, "null"),
		DangerouslyAllowInsecureOrigins: true,
	}
	c.AllowAnyOrigin = c.AllowAnyOrigin && !c.Credentials
	return c
}

func drawRequest(t *rapid.T) (method string, h http.Header) {
	h = http.Header{}
	add := func(name string, from ...string) {
		for range rapid.SampledFrom([]int{0, 1, 1, 1, 2}).Draw(t, name+" lines") {
			h.Add(name, rapid.SampledFrom(from).Draw(t, name))
		}
	}
	add("Origin", "https://a.example", "https://x.a.example", "https://x.deep.a.example:8443", "https://a.example:8443", "http://localhost", "http://localhost:5173",
		"http://x.localhost", "https://b.example", "https://b.example:8443", "https://b.example:1", "http://y.c.example", "https://y.c.example", "https://y.c.example:80",
		"http://y.c.example:443", "x-app://view", "http://[::1]:3", "null", "https://*.a.example", "https://.a.example", "https://xa.example", "", "https://x.a.example:443")
	add("Access-Control-Request-Method", "GET", "PUT", "put", "CHICKEN", "TRACE", "", "P T", "*")
	add("Access-Control-Request-Headers", "authorization", "x-api-key,content-type", " X-API-KEY , ,", "x-other", "*", "a b", strings.Repeat(",", 9), "authorization,x-api-key")
	return rapid.SampledFrom([]string{"OPTIONS", "GET", "DELETE"}).Draw(t, "method"), h
}

// TestPolicyAgreesWithItsReferenceAndWithABrowser draws policies and requests:
// the reason is that of the literal reading of Config, and a browser lets
// through exactly what is allowed.
func TestPolicyAgreesWithItsReferenceAndWithABrowser(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawConfig(t)
		p, err := Compile(c)
		if err != nil {
			if len(c.Origins) == 0 {
				return
			}
			t.Fatalf("%+v: %v", c, err)
		}
		method, h := drawRequest(t)
		d := p.Decide(method, h)
		if want := refReason(c, method, h); d.Reason != want {
			t.Fatalf("%+v\n%s %v: %s, want %s", c, method, h, d.Reason, want)
		}
		var plain Decision
		p.decide(&plain, method, h, h["Origin"], false)
		if plain.Reason.Refused() != d.Reason.Refused() || plain.Status != d.Status || !slices.Equal(sent(plain), sent(d)) {
			t.Fatalf("%+v\n%s %v: without detail %+v, with %+v", c, method, h, plain, d)
		}
		if !browserSends(method, h) {
			return
		}
		answer := http.Header{}
		d.Apply(answer)
		if got := refBrowser(h, d.Preflight, d.Status, answer, c.Credentials); got != (d.Reason == ReasonAllowed) {
			t.Fatalf("%+v\n%s %v: %s, and a browser says %v to %v", c, method, h, d.Reason, got, answer)
		}
	})
}

// browserSends reports whether a browser could have sent such a request.
func browserSends(method string, h http.Header) bool {
	if len(h["Origin"]) != 1 {
		return false
	}
	if _, ok := parseRequestOrigin(h.Get("Origin")); !ok && h.Get("Origin") != "null" {
		return false
	}
	if m := h["Access-Control-Request-Method"]; method == "OPTIONS" && len(m) > 0 {
		return len(m) == 1 && m[0] != "put" && m[0] != "TRACE" && refMethod(Config{Methods: []string{"*"}}, m) == ReasonAllowed &&
			refHeaders(Config{RequestHeaders: []string{"*", "authorization"}}, h["Access-Control-Request-Headers"]) == ReasonAllowed
	}
	return true
}

func FuzzDecide(f *testing.F) {
	f.Add("OPTIONS", "https://x.a.example:8443", "PUT", "authorization, x-api-key", "", uint8(0))
	f.Add("OPTIONS", "https://a.example", "CHICKEN", "x-a", "x-b", uint8(1))
	f.Add("GET", "null", "", "", "", uint8(2))
	configs := []Config{
		{Origins: []string{"https://a.example", "https://*.a.example:{443,8443}", "{http,https}://*.b.example:*"}, Methods: []string{"PUT"}, RequestHeaders: []string{"Authorization", "X-Api-Key"}},
		{Origins: []string{"https://a.example"}, Credentials: true, Methods: []string{"*"}, RequestHeaders: []string{"*"}},
		{AllowAnyOrigin: true, Methods: []string{"*"}, RequestHeaders: []string{"*", "authorization"}},
	}
	policies := make([]*Policy, len(configs))
	for i, c := range configs {
		policies[i] = mustCompile(f, c)
	}
	f.Fuzz(func(t *testing.T, method, origin, requested, first, second string, which uint8) {
		i := int(which) % len(configs)
		h := http.Header{"Origin": {origin}, "Access-Control-Request-Method": {requested}, "Access-Control-Request-Headers": {first, second}}
		d := policies[i].Decide(method, h)
		if want := refReason(configs[i], method, h); d.Reason != want {
			t.Fatalf("%s %q under %d: %s, want %s", method, h, i, d.Reason, want)
		}
		for name, value := range d.Headers() {
			if strings.ContainsAny(value, "\r\n\x00") {
				t.Fatalf("%s %q: %s: %q", method, h, name, value)
			}
		}
	})
}
