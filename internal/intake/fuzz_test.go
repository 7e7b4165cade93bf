package intake

import (
	"errors"
	"strings"
	"testing"

	"github.com/corscope/corscope/internal/httpspec"
)

// checkIntake is what holds of every input that is understood, and of every error.
func checkIntake(t *testing.T, in *Intake, err error) {
	t.Helper()
	if err != nil {
		var bad *Error
		if !errors.As(err, &bad) || bad.Code == "" || bad.Message == "" {
			t.Fatalf("the error %v has no code", err)
		}
		return
	}
	if in.Request.URL == "" {
		t.Fatalf("no URL in %+v", in)
	}
	if in.Request.Body != nil {
		t.Fatal("the body stands in the request")
	}
	for _, h := range in.Request.Headers {
		if !httpspec.IsHeaderValue(h.Value) {
			t.Fatalf("the header %q smuggles in %q", h.Name, h.Value)
		}
	}
	for _, a := range in.Assumed {
		if a.Text == "" {
			t.Fatal("an empty assumption")
		}
	}
}

func FuzzConsole(f *testing.F) {
	for _, seed := range []string{
		"Access to fetch at 'https://a.example/x' (redirected from 'https://b.example/') from origin 'https://c.example' has been blocked by CORS policy: Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
		"Access to XMLHttpRequest at 'https://a.example/' from origin 'null' has been blocked by CORS policy: Request header field x-a is not allowed by Access-Control-Allow-Headers in preflight response.\nPOST https://a.example/ net::ERR_FAILED 200 (OK)",
		"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ‘https://a.example/’. (Reason: Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’).",
		"[Error] Origin https://c.example is not allowed by Access-Control-Allow-Origin. Status code: 200\n[Error] Fetch API cannot load https://a.example/ due to access control checks.",
		"XMLHttpRequest cannot load https://a.example/. No 'Access-Control-Allow-Origin' header is present on the requested resource. Origin 'https://c.example' is therefore not allowed access.",
		"AxiosError: Network Error\n    at f (http://localhost:1/a.js:1:2) {\n  config: {\n    headers: Object [AxiosHeaders] {\n      'X-A': '1\\r\\n2'\n    },\n    method: 'put',\n    baseURL: 'https://a.example',\n    url: '/x',\n    data: '{}',\n    withCredentials: true",
		"config:\nheaders: AxiosHeaders\nAccept: \"x\"\n[[Prototype]]: Object\nmethod: \"post\"\nurl: \"https://a.example/\"\nname: \"AxiosError\"",
		"[GET] \"https://a.example/\": <no response> Failed to fetch",
		"Http failure response for https://a.example/: 0 Unknown Error {\"readyState\":0,\"status\":0}",
		"SEC7118: XMLHttpRequest for https://a.example/ required CORS preflight.\nSEC7123: Request header x was not present in the Access-Control-Allow-Headers list.",
		"TypeError: fetch failed [cause]: Error: connect ECONNREFUSED 127.0.0.1:3000",
		"已拦截跨源请求：同源策略禁止读取位于 https://a.example/ 的远程资源。（原因：CORS 头缺少 'Access-Control-Allow-Origin'）。状态码：200。",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.TrimSpace(text) == "" || len(text) > 2<<10 {
			return
		}
		kindOf(text)
		in, err := readConsole(text, Options{})
		checkIntake(t, in, err)
		if err == nil && in.Message == nil {
			t.Fatal("no message")
		}
	})
}

func FuzzCURL(f *testing.F) {
	for _, seed := range []string{
		`curl 'https://a.example/' -X PUT -H 'X-A: 1' --data-raw $'{"a":"\u0021"}' -b 'a=1; b=2' --compressed`,
		"curl ^\"https://a.example/?x=1^&y=2^\" ^\r\n  -H ^\"content-type: application/json^\" ^\r\n  --data-raw ^\"^{^\\^\"a^\\^\":1^}^\"",
		"curl -sSLXDELETE -u a:b -F 'a=1;type=x' -G -d a=1 --data-urlencode 'b=c d' a.example -I --resolve a.example:443:127.0.0.1 --next",
		"curl -X OPTIONS https://a.example/ -H 'Access-Control-Request-Method: PUT' -H 'Access-Control-Request-Headers: a, b' -H 'Origin: null'",
		"curl https://a.example/$(x) `y` ${z} <(q) {a,b} ~ *",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !curlWord.re().MatchString(prompt.re().ReplaceAllString(text, "")) || len(text) > 64<<10 {
			return
		}
		in, err := readCURL(text)
		checkIntake(t, in, err)
	})
}

func FuzzTranscript(f *testing.F) {
	for _, seed := range []string{
		"$ curl -v -X OPTIONS https://a.example/x -H 'Origin: https://b.example'\n* Connected to a.example (192.0.2.1) port 443 (#0)\n> OPTIONS /x HTTP/2\n> Host: a.example\n> origin: https://b.example\n> access-control-request-method: PUT\n> \n< HTTP/2 204 \n< access-control-allow-origin: *\n< \n",
		"> CONNECT a.example:443 HTTP/1.1\n< HTTP/1.1 200 Connection established\n> GET /r HTTP/1.1\n> Host: a.example:8080\n> Origin: null\n>\n< HTTP/1.1 100 Continue\n<\n< HTTP/1.1 302 Found\n< Location: /x\n<\n> GET /x HTTP/1.1\n> Host: a.example\n< HTTP/1.1 200\n<\nbody\n",
		"curl -i https://a.example/ -H 'Origin: https://b.example' -d 'a=1'\nHTTP/1.1 200 OK\nX-A: 1\n\n<html>\n> GET /",
		"curl: (7) Failed to connect to a.example port 1",
		"Request URL: https://a.example/x\nRequest Method: OPTIONS\nStatus Code: 403 Forbidden\nResponse Headers\nserver: x\nRequest Headers\n:authority: a.example\norigin: https://b.example\naccess-control-request-method: PUT\n",
		"Request URL:\nhttps://a.example/x\nStatus Code:\n200 OK\nResponse Headers\nvary:\nOrigin\n",
		"OPTIONS /x HTTP/1.1\nHost: a.example\nOrigin: https://b.example\nAccess-Control-Request-Method: PUT\n\nHTTP/1.1 204\n",
		"Host: a.example\nOrigin: https://b'.example\nAccess-Control-Request-Method: PUT\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 64<<10 || !isTranscript(text) {
			return
		}
		in, err := readTranscript(t.Context(), text)
		checkIntake(t, in, err)
		if err == nil && in.Recorded == nil && in.What != "copied headers without an answer" {
			t.Fatal("nothing is recorded")
		}
	})
}

func FuzzHAR(f *testing.F) {
	for _, seed := range []string{
		`{"log":{"creator":{"name":"x"},"pages":[{"id":"p","title":"https://b.example/"}],"entries":[{"startedDateTime":"2026-11-22T12:00:00Z","_error":"net::ERR_FAILED","pageref":"p","request":{"method":"PUT","url":"https://a.example/","headers":[{"name":"Origin","value":"https://b.example"}],"postData":{"text":"\u00e9"}},"response":{"status":200,"headers":[{"name":"Access-Control-Allow-Origin","value":"*\nx"}],"content":{"text":"aGk=","encoding":"base64"}}}]}}`,
		`{"log":{"entries":[{"request":{"method":"OPTIONS","url":"https://a.example/","headers":[{"name":"Origin","value":"null"},{"name":"Access-Control-Request-Method","value":"PUT"}]},"response":{"status":204}},{"request":{"method":"PUT","url":"https://a.example/","headers":[{"name":"Origin","value":"null"}]},"response":{"status":-1.5e3,"redirectURL":"/x"}}]}}`,
		`{"a":[1,{"b":null}],"log":{"entries":[1,"a",null,[],{"request":5}]}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 64<<10 || !looksLikeJSON([]byte(text)) {
			return
		}
		in, err := ReadText(t.Context(), []byte(text), Options{})
		checkIntake(t, in, err)
		if err == nil && in.Recorded == nil && in.What != "copied headers without an answer" {
			t.Fatal("nothing is recorded")
		}
	})
}
