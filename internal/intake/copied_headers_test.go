package intake_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/intake"
)

func TestCopiedHeadersAreARecordedExchange(t *testing.T) {
	const api, app = "https://api.example.com/v1/users", "https://app.example.com"
	const general = "Request URL: " + api + "\nRequest Method: OPTIONS\nStatus Code: 403 Forbidden\nRemote Address: 192.0.2.1:443\nReferrer Policy: strict-origin-when-cross-origin\n"
	const asked = "Request Headers\n:authority: api.example.com\n:method: OPTIONS\n:path: /v1/users\n:scheme: https\naccess-control-request-method: PUT\norigin: " + app + "\n"
	for name, c := range map[string]struct {
		text, url, method, page string
		reason                  fetch.ReasonCode
	}{
		"the network tab of Chromium": {general + "Response Headers\nserver: nginx\n" + asked, api, "PUT", app, fetch.ReasonAllowOriginMissing},
		"with its buttons":            {"▼ General\n" + general + "▼ Response Headers (1)\nserver: nginx\n▼ Request Headers view source\n" + strings.TrimPrefix(asked, "Request Headers\n"), api, "PUT", app, fetch.ReasonAllowOriginMissing},
		"in two lines each": {"Request URL:\n" + api + "\nRequest Method:\nGET\nStatus Code:\n200 OK\nResponse Headers\naccess-control-allow-origin:\nhttps://other.example\nRequest Headers\norigin:\n" + app + "\n",
			api, "GET", app, fetch.ReasonAllowOriginMismatch},
		"over the wire": {"OPTIONS /v1/users HTTP/1.1\r\nHost: api.example.com\r\nOrigin: " + app + "\r\nAccess-Control-Request-Method: PUT\r\n\r\nHTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: GET\r\n",
			api, "PUT", app, fetch.ReasonMethodNotAllowed},
		"a server of this machine": {"GET /x HTTP/1.1\nHost: localhost:8080\nOrigin: http://localhost:3000\n\nHTTP/1.1 500 Internal Server Error\n", "http://localhost:8080/x", "GET", "http://localhost:3000", fetch.ReasonAllowOriginMissing},
		"beside the console's error": {"Access to fetch at '" + api + "' from origin '" + app + "' has been blocked by CORS policy: Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource.\n\n" + general + "Response Headers\nserver: nginx\n" + asked,
			api, "PUT", app, fetch.ReasonAllowOriginMissing},
	} {
		t.Run(name, func(t *testing.T) {
			in := read(t, c.text)
			if in.Kind != intake.KindTranscript || in.Recorded == nil || in.Request.URL != c.url || in.Request.Method != c.method || in.Page != c.page {
				t.Fatalf("%+v", in)
			}
			if reason := judged(t, in); reason.Code != c.reason {
				t.Errorf("it comes to %q: %s", reason.Code, reason.Detail)
			}
			for _, n := range in.Notes {
				if strings.Contains(n, "curl sent") || strings.Contains(n, "by hand") {
					t.Errorf("the note %q is about curl", n)
				}
			}
		})
	}
}

func TestCopiedHeadersWithoutAnAnswerAreARequest(t *testing.T) {
	in := read(t, "Host: localhost:8080\nUser-Agent: Mozilla/5.0\nAccept: */*\nAccess-Control-Request-Method: POST\nAccess-Control-Request-Headers: content-type\nOrigin: http://localhost:4201\n")
	if in.Recorded != nil || in.Request.URL != "http://localhost:8080/" || in.Request.Method != "POST" || in.Page != "http://localhost:4201" {
		t.Errorf("%+v", in)
	}
}

func TestCopiedHeadersOfNobodySaySo(t *testing.T) {
	_, err := intake.ReadText(t.Context(), []byte("GET /x HTTP/1.1\nAccept: */*\n"), intake.Options{})
	var bad *intake.Error
	if !errors.As(err, &bad) || bad.Code != intake.ErrNoRequest {
		t.Errorf("the error is %v", err)
	}
}

func TestLinesOfAServersLogAreNoHeaders(t *testing.T) {
	in, err := intake.ReadText(t.Context(), []byte(`127.0.0.1 - - [19/Mar/2020 15:49:44] "OPTIONS /users HTTP/1.1" 301 0`), intake.Options{})
	if err == nil && in.Kind == intake.KindTranscript {
		t.Errorf("%+v", in)
	}
}
