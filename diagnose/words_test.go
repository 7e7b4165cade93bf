package diagnose

import (
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
)

func TestWordsAreInterpreted(t *testing.T) {
	const api, page = "https://api.example.com/users", "https://app.example.com"
	preflight, request := fetch.PhasePreflight, fetch.PhaseRequest
	missing, mismatch, multiple := id(fetch.ReasonAllowOriginMissing), id(fetch.ReasonAllowOriginMismatch), id(fetch.ReasonAllowOriginMultiple)
	status, redirect, header := id(fetch.ReasonPreflightStatus), id(fetch.ReasonPreflightRedirect), id(fetch.ReasonHeaderNotAllowed)
	for name, c := range map[string]struct {
		words  Words
		cause  string
		says   string // a part of it
		others string // the first one
	}{
		"nothing":                              {Words{}, "", "", ""},
		"what nobody knows, which is no cause": {Words{Cause: "bad-weather"}, "", "", ""},

		"no header":                          {Words{Cause: missing, Page: page, URL: api, Phase: request}, missing, "", "error-without-headers"},
		"no header on a 200":                 {Words{Cause: missing, Status: 200}, missing, "200", "origin-not-listed"},
		"no header on a 404":                 {Words{Cause: missing, Status: 404}, "error-without-headers", "404", ""},
		"no header on a 401":                 {Words{Cause: missing, Status: 401}, "login-without-headers", "401", "origin-rejected"},
		"no header on a 413":                 {Words{Cause: missing, Status: 413}, "body-too-large", "413", ""},
		"no header on a 502":                 {Words{Cause: missing, Status: 502}, "gateway-error", "502", ""},
		"no header on a redirect":            {Words{Cause: missing, Status: 302}, "redirect-without-headers", "302", "redirect-to-https"},
		"no header on a preflight":           {Words{Cause: missing, Phase: preflight}, missing, "OPTIONS", "preflight-needs-login"},
		"no header on a preflight's 401":     {Words{Cause: missing, Phase: preflight, Status: 401}, "preflight-needs-login", "401", ""},
		"no header on S3's preflight":        {Words{Cause: missing, Phase: preflight, URL: "https://b.s3.eu-west-1.amazonaws.com/k"}, "storage-bucket-rule", "bucket", ""},
		"no header on a file of Firebase":    {Words{Cause: missing, URL: "https://firebasestorage.googleapis.com/v0/b/x/o/y"}, "storage-bucket-rule", "bucket", "image-then-fetch"},
		"no header on 403 of Spaces":         {Words{Cause: missing, URL: "https://b.sfo3.digitaloceanspaces.com/k", Status: 403}, "storage-bucket-rule", "403", "login-without-headers"},
		"a host that only begins like S3":    {Words{Cause: missing, URL: "https://s3.example.com/k"}, missing, "", "error-without-headers"},
		"no header for a file":               {Words{Cause: missing, Page: "null", URL: api}, "page-without-origin", "null", missing},
		"no header behind a redirect":        {Words{Cause: missing, Page: page, RedirectedFrom: api, URL: "https://b.example/x"}, missing, "sent on to https://b.example/x", "redirect-to-login"},
		"no header at a login":               {Words{Cause: missing, Page: page, RedirectedFrom: api, URL: "https://sso.example.com/"}, "redirect-to-login", "log in", ""},
		"null behind a redirect":             {Words{Cause: missing, Page: "null", RedirectedFrom: api, URL: "https://b.example/x"}, "redirect-hides-origin", "null", ""},
		"null at a login":                    {Words{Cause: missing, Page: "null", RedirectedFrom: api, URL: "https://b.example/login"}, "redirect-to-login", "log in", "redirect-hides-origin"},
		"no header for an app":               {Words{Cause: missing, Page: "capacitor://localhost", URL: api}, missing, "capacitor://localhost", "error-without-headers"},
		"no header for an extension":         {Words{Cause: missing, Page: "chrome-extension://abc", URL: api}, missing, "host_permissions", "error-without-headers"},
		"another origin":                     {Words{Cause: mismatch, Value: "https://other.example", Page: page}, mismatch, `"https://other.example", and the page is https://app.example.com`, "cached-for-another-origin"},
		"another origin, on a preflight":     {Words{Cause: mismatch, Value: "https://other.example", Page: page, Phase: preflight}, mismatch, "", ""},
		"another port":                       {Words{Cause: mismatch, Value: "http://localhost:3000", Page: "http://localhost:5173"}, "origin-other-port", "5173", ""},
		"another name of this machine":       {Words{Cause: mismatch, Value: "http://localhost:3000", Page: "http://127.0.0.1:3000"}, "localhost-names", "", ""},
		"a slash, which Firefox calls other": {Words{Cause: mismatch, Value: page + "/", Page: page}, "origin-trailing-slash", "", ""},
		"*, *, which Firefox calls other":    {Words{Cause: mismatch, Value: "*, *"}, "header-set-twice", "*, *", multiple},
		"no value that Firefox could print":  {Words{Cause: mismatch, Value: "(null)"}, mismatch, "", ""},
		"null":                               {Words{Cause: mismatch, Value: "null", Page: page}, "allow-origin-null", "", ""},
		"a pattern":                          {Words{Cause: id(fetch.ReasonAllowOriginInvalid), Value: "https://*.example.com", Page: page}, "origin-pattern", "", ""},
		"an empty value":                     {Words{Cause: id(fetch.ReasonAllowOriginInvalid), Page: page}, "origin-empty", "empty", ""},
		"two layers":                         {Words{Cause: multiple, Value: page + ", *", Page: page}, "header-set-twice", ", *", multiple},
		"one origin twice":                   {Words{Cause: multiple, Value: page + ", " + page, Page: page}, "header-set-twice", "", multiple},
		"a list":                             {Words{Cause: multiple, Value: "https://a.example, https://b.example", Page: page}, multiple, "", "header-set-twice"},
		"a list that is not shown":           {Words{Cause: multiple}, multiple, "", "header-set-twice"},

		"credentials: no value": {Words{Cause: id(fetch.ReasonAllowCredentialsValue)}, "allow-credentials-missing", "", "allow-credentials-not-true"},
		"credentials: True":     {Words{Cause: id(fetch.ReasonAllowCredentialsValue), Value: "True"}, "allow-credentials-not-true", "True", ""},

		"a preflight's status":             {Words{Cause: status}, status, "", "preflight-not-routed"},
		"a preflight's 401":                {Words{Cause: status, Status: 401}, "preflight-needs-login", "401", ""},
		"a preflight's 404":                {Words{Cause: status, Status: 404}, "preflight-not-routed", "404", "url-not-found"},
		"a preflight's 405":                {Words{Cause: status, Status: 405}, "preflight-not-routed", "405", ""},
		"a preflight's 500":                {Words{Cause: status, Status: 500}, "preflight-server-error", "500", ""},
		"a preflight's 403":                {Words{Cause: status, Status: 403}, "preflight-refused", "403", "preflight-needs-login"},
		"a preflight's 403 of S3":          {Words{Cause: status, Status: 403, URL: "https://s3.amazonaws.com/b/k"}, "storage-bucket-rule", "403", ""},
		"a preflight's 302":                {Words{Cause: status, Status: 302, URL: api}, redirect, "", "preflight-redirect-slash"},
		"a preflight's redirect":           {Words{Cause: redirect, URL: "http://api.example.com/x"}, redirect, "", "preflight-redirect-to-https"},
		"a preflight's redirect to https":  {Words{Cause: redirect, URL: "http://api.example.com/x", Value: api[:24] + "x"}, "preflight-redirect-to-https", api[:24], ""},
		"a preflight's redirect by slash":  {Words{Cause: redirect, URL: api, Value: api + "/"}, "preflight-redirect-slash", "", ""},
		"a preflight's redirect to a form": {Words{Cause: redirect, URL: api, Value: "https://login.example.com/"}, "preflight-redirect-to-login", "", ""},
		"a redirect's preflight to a form": {Words{Cause: redirect, RedirectedFrom: api, URL: "https://id.example.com/oauth2/authorize"}, "preflight-redirect-to-login", "log in", "preflight-redirect-slash"},

		"a method":                 {Words{Cause: id(fetch.ReasonMethodNotAllowed), Method: "PUT"}, "method-not-allowed", "PUT", ""},
		"a method in lower case":   {Words{Cause: id(fetch.ReasonMethodNotAllowed), Method: "patch"}, "method-case", "PATCH", "method-not-allowed"},
		"a header":                 {Words{Cause: header, Header: "x-token"}, header, "x-token", ""},
		"Content-Type":             {Words{Cause: header, Header: "content-type"}, "content-type-not-allowed", "", header},
		"a header of CORS":         {Words{Cause: header, Header: "access-control-allow-origin"}, "cors-header-on-request", "", ""},
		"a file":                   {Words{Cause: id(fetch.ReasonScheme), URL: "file:///x.js", Page: "null"}, id(fetch.ReasonScheme), "http.server", ""},
		"another scheme":           {Words{Cause: id(fetch.ReasonScheme), URL: "ftp://x/", Page: page}, id(fetch.ReasonScheme), "", ""},
		"no answer from localhost": {Words{Cause: "network-failed", URL: "http://localhost:9000/"}, "network-failed", "no answer", "connection-refused"},
		"no answer over TLS here":  {Words{Cause: "network-failed", URL: "https://127.0.0.1/"}, "network-failed", "", "tls-certificate"},
		"no answer over TLS":       {Words{Cause: "network-failed", URL: api}, "network-failed", "", "blocked-by-extension"},
		"no answer to plain http":  {Words{Cause: "network-failed", URL: "http://api.example.com/"}, "network-failed", "", "mixed-content"},
		"no answer from nobody":    {Words{Cause: "network-failed"}, "network-failed", "", "connection-refused"},
	} {
		t.Run(name, func(t *testing.T) {
			m, ok := Interpret(c.words)
			if m.Cause.ID != c.cause || ok != (c.cause != "") {
				t.Fatalf("it is %q, %v", m.Cause.ID, ok)
			}
			if !strings.Contains(m.Says, c.says) || m.Says != "" && !strings.HasSuffix(m.Says, ".") {
				t.Errorf("it says %q", m.Says)
			}
			first := ""
			if len(m.Others) > 0 {
				first = m.Others[0].ID
			}
			if first != c.others {
				t.Errorf("others are %v", m.Others)
			}
			for _, o := range m.Others {
				if o.ID == "" || o.ID == m.Cause.ID {
					t.Errorf("others are %v", m.Others)
				}
			}
		})
	}
}
