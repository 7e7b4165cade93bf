package diagnose

import (
	"slices"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
)

// ffLine is Firefox's line about the URL that all these tests ask for.
func ffLine(reason string) string {
	return "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at " + there + "/x. (Reason: " + reason
}

const ffDidNot = "CORS request did not succeed). Status code: (null)."

func TestFirefoxPrintsWhatWasMeasured(t *testing.T) {
	allowed := func(value string) script { return answers("", "200 OK|Access-Control-Allow-Origin: "+value) }
	put, xA := fetch.Request{Method: "PUT"}, fetch.Request{Headers: fetch.HeaderList{{Name: "X-B", Value: "1"}, {Name: "X-A", Value: "1"}}}
	for _, c := range []struct {
		name   string
		r      fetch.Request
		answer script
		code   string
		want   []string // whole lines
	}{
		{"a final answer without the header is one line with its status", fetch.Request{}, answers("", "500 x"), "CORSMissingAllowOrigin2",
			[]string{ffLine("CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 500.")}},
		{"a second line of the header is multiple, whatever it says", fetch.Request{}, answers("", "200 OK"+allow+allow), "CORSMultipleAllowOriginNotAllowed",
			[]string{ffLine("Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed).")}},
		{"one line with a comma does not match", fetch.Request{}, allowed("http://a.test, http://b.test"), "CORSAllowOriginNotMatchingOrigin",
			[]string{ffLine("CORS header ‘Access-Control-Allow-Origin’ does not match ‘http://a.test, http://b.test’).")}},
		{"an empty value does not match", fetch.Request{}, allowed(""), "CORSAllowOriginNotMatchingOrigin",
			[]string{ffLine("CORS header ‘Access-Control-Allow-Origin’ does not match ‘’).")}},
		{"a byte that is not UTF-8 is shown as a replacement character", fetch.Request{}, allowed("http://\xE9.test"), "CORSAllowOriginNotMatchingOrigin",
			[]string{ffLine("CORS header ‘Access-Control-Allow-Origin’ does not match ‘http://\uFFFD.test’).")}},
		{"only the wildcard under credentials quotes the URL", fetch.Request{Credentials: "include"}, allowed("*"), "CORSNotSupportingCredentials",
			[]string{"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ‘" + there + "/x’. (Reason: Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’)."}},
		{"True is not true", fetch.Request{Credentials: "include"}, answers("", "200 OK"+allow+"|Access-Control-Allow-Credentials: True"), "CORSMissingAllowCredentials",
			[]string{ffLine("expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’).")}},
		{"a failed preflight has a second line", put, answers("204 x"+allow, ""), "CORSMethodNotFound",
			[]string{ffLine("Did not find method in CORS header ‘Access-Control-Allow-Methods’)."), ffLine(ffDidNot)}},
		{"a preflight's bad status comes after its origin", put, answers("404 x"+allow, ""), "CORSPreflightDidNotSucceed3",
			[]string{ffLine("CORS preflight response did not succeed). Status code: 404."), ffLine(ffDidNot)}},
		{"a preflight's redirect is three lines", put, answers("301 x|Location: /y"+allow, ""), "CORSExternalRedirectNotAllowed",
			[]string{ffLine("CORS request external redirect not allowed)."), ffLine("CORS preflight response did not succeed). Status code: 301."), ffLine(ffDidNot)}},
		{"and without the header it is missing, and twice not succeeded", put, answers("301 x|Location: /y", ""), "CORSMissingAllowOrigin2",
			[]string{ffLine("CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 301."), ffLine(ffDidNot), ffLine(ffDidNot)}},
		{"a token is the whole piece between commas", put, answers("204 x"+allow+"|Access-Control-Allow-Methods: GET, PUT POST, x y", ""), "CORSInvalidAllowMethod",
			[]string{ffLine("invalid token ‘PUT POST’ in CORS header ‘Access-Control-Allow-Methods’)."), ffLine(ffDidNot)}},
		{"a refused method goes before a bad list of headers", put, answers("204 x"+allow+"|Access-Control-Allow-Headers: a b", ""), "CORSMethodNotFound",
			[]string{ffLine("Did not find method in CORS header ‘Access-Control-Allow-Methods’)."), ffLine(ffDidNot)}},
		{"of several refused headers the first in sorted order is named", xA, answers("204 x"+allow, ""), "CORSMissingAllowHeaderFromPreflight2",
			[]string{ffLine("header ‘x-a’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response)."), ffLine(ffDidNot)}},
		{"a closed port is one line", fetch.Request{}, answers("", "!connection-refused"), "CORSDidNotSucceed2", []string{ffLine(ffDidNot)}},
		{"and two with a preflight", put, answers("!connection-refused", ""), "CORSDidNotSucceed2", []string{ffLine(ffDidNot), ffLine(ffDidNot)}},
		{"a refused redirect that would be followed has a second line", fetch.Request{}, answers("", "302 x|Location: /y"), "CORSMissingAllowOrigin2",
			[]string{ffLine("CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 302."), ffLine(ffDidNot)}},
		{"and none where redirects are not followed", fetch.Request{Redirect: "manual"}, answers("", "302 x|Location: /y"), "CORSMissingAllowOrigin2",
			[]string{ffLine("CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 302.")}},
		{"a keepalive request fails in silence", fetch.Request{Keepalive: true}, answers("", "200 OK"), "", nil},
		{"and so does its preflight", fetch.Request{Keepalive: true, Method: "PUT"}, answers("404 x", ""), "", nil},
		{"redirect mode error is silent", fetch.Request{Redirect: "error"}, answers("", "302 x|Location: /y"+allow), "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.r.URL = there + "/x"
			got := Console(Firefox, record(t, here, c.r, c.answer), ByFetch)
			if got.Code != c.code || !slices.Equal(texts(got), c.want) {
				t.Errorf("%s prints\n%s\nwant %s\n%s", got.Code, strings.Join(texts(got), "\n"), c.code, strings.Join(c.want, "\n"))
			}
			if got.JavaScript != "TypeError: NetworkError when attempting to fetch resource." {
				t.Errorf("JavaScript sees %q", got.JavaScript)
			}
		})
	}
}

func TestFirefoxWarnsOfAuthorizationUnderAWildcardAndGoesOn(t *testing.T) {
	r := fetch.Request{URL: there + "/x", Headers: fetch.HeaderList{{Name: "Authorization", Value: "x"}}}
	got := Console(Firefox, record(t, here, r, answers("204 x"+allow+"|Access-Control-Allow-Headers: *", "")), ByFetch)
	if len(got.Lines) != 1 || got.Lines[0].Level != LevelWarning || !strings.Contains(got.Lines[0].Text, "soon. (Reason: When the `Access-Control-Allow-Headers` is `*`") {
		t.Errorf("prints %q", texts(got))
	}
	if got.Blocked() || !got.Unknown {
		t.Errorf("the standard stops here and Firefox does not, so nobody knows what comes: %+v", got)
	}
}
