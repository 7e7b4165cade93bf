package corstest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/corscope/corscope/cors"
)

type rsCase struct {
	Name    string `json:"name"`
	Options struct {
		Origins        []string `json:"allowed_origins"`
		OriginFunc     bool     `json:"uses_origin_func"`
		Methods        []string `json:"allowed_methods"`
		Headers        []string `json:"allowed_headers"`
		Exposed        []string `json:"exposed_headers"`
		MaxAge         int      `json:"max_age"`
		Credentials    bool     `json:"allow_credentials"`
		PrivateNetwork bool     `json:"allow_private_network"`
		Passthrough    bool     `json:"options_passthrough"`
	} `json:"options"`
	Method  string      `json:"method"`
	Request http.Header `json:"request_headers"`
	Want    http.Header `json:"want_headers"`
	Status  int         `json:"observed_status"`
}

// translate says the same in our words, where there are words for it.
func (c *rsCase) translate() cors.Config {
	o := &c.Options
	config := cors.Config{
		Origins: o.Origins, Credentials: o.Credentials, Methods: o.Methods, RequestHeaders: o.Headers, ExposedHeaders: o.Exposed,
		MaxAgeSeconds: o.MaxAge, DangerouslyAllowInsecureOrigins: true,
	}
	if len(o.Origins) == 0 || o.Origins[0] == "*" { // rs/cors allows all origins unless told otherwise
		config.Origins, config.AllowAnyOrigin = nil, true
	}
	return config
}

// rsExceptions are the cases in which package cors differs on purpose, and why.
var rsExceptions = map[string]string{
	"MatchAllOriginWithCredentials": "* with credentials is refused when the policy is made: no browser lets such an answer through",
	"DefaultAllowedHeaders":         "rs/cors allows X-Requested-With unasked; a policy here allows what it lists",
}

// rsWithoutWords are the cases whose options have no counterpart, and why.
var rsWithoutWords = map[string]string{
	"AllowedOriginFuncMatch":          "origins by function",
	"AllowOriginRequestFuncMatch":     "origins by function",
	"AllowOriginVaryRequestFuncMatch": "origins by function",
	"AllowOriginRequestFuncNotMatch":  "origins by function",
	"AllowedOriginsPlusAllowOriginFunc": "origins by function: they are where the published vulnerabilities of CORS middlewares come from. " +
		"Origins that change are added and removed with AddOrigin and RemoveOrigin",
}

func TestBrowsersMakeTheSameOfTheAnswersAsOfThoseOfRsCors(t *testing.T) {
	var cases struct {
		Spec []rsCase `json:"spec"`
	}
	loadCases(t, "rs-cases.json", &cases)
	if len(cases.Spec) != 28 {
		t.Fatalf("read %d cases, want 28", len(cases.Spec))
	}
	judged := 0
	for _, c := range cases.Spec {
		if _, ok := rsWithoutWords[c.Name]; ok {
			if !c.Options.OriginFunc {
				t.Errorf("%s has no function", c.Name)
			}
			continue
		}
		judged++
		t.Run(c.Name, func(t *testing.T) {
			_, exception := rsExceptions[c.Name]
			middleware, err := cors.New(c.translate())
			if err != nil {
				if !exception {
					t.Error(err)
				}
				return
			}
			want := answered{c.Status, c.Want}
			got := httptest.NewRecorder()
			r := httptest.NewRequest(c.Method, "https://server-under-test.example/", nil)
			if r.Header = c.Request.Clone(); r.Header == nil {
				r.Header = http.Header{}
			}
			middleware.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(got, r)
			include := c.Options.Credentials
			wanted, had := browserSees(t, c.Method, c.Request, include, want), browserSees(t, c.Method, c.Request, include, answered{got.Code, got.Header()})
			if exception == (wanted == had) {
				t.Errorf("exception %t: a browser makes %q of the answer, and %q of that of rs/cors\nours   %d %v\ntheirs %d %v",
					exception, had, wanted, got.Code, got.Header(), want.status, want.header)
			}
		})
	}
	if judged != 23 {
		t.Errorf("judged %d cases, want 23", judged)
	}
}
