package webui

import (
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"strings"
	"testing"
)

const harmless = `{"case":{"page":"https://app.example.com","url":"https://api.example.com/","server":{"answers":[{"on":"request","status":200,"headers":[]}]}}}`

func TestOtherPagesCannotUseTheLab(t *testing.T) {
	l := openLab(t)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(l.origin, "http://"))
	for name, c := range map[string]struct {
		method, path string
		change       map[string]string // of what the page sends; "" leaves a header out
		status       int
		code         string
	}{
		"the lab's own page":                                {"POST", "/api/v1/explain", nil, 200, ""},
		"the page under the name localhost":                 {"POST", "/api/v1/explain", map[string]string{"Host": "localhost:" + port, "Origin": "http://localhost:" + port}, 200, ""},
		"a client without fetch metadata":                   {"POST", "/api/v1/explain", map[string]string{"Sec-Fetch-Site": "", "Sec-Fetch-Mode": "", "Sec-Fetch-Dest": ""}, 200, ""},
		"a name that somebody's DNS leads here":             {"POST", "/api/v1/explain", map[string]string{"Host": "evil.example:" + port, "Origin": "http://evil.example:" + port}, 421, "host"},
		"the same for the page itself":                      {"GET", "/", map[string]string{"Host": "evil.example:" + port}, 421, ""},
		"a name that only begins like the lab's":            {"GET", "/", map[string]string{"Host": "127.0.0.1:" + port + ".evil.example"}, 421, ""},
		"another port in Host":                              {"GET", "/", map[string]string{"Host": "127.0.0.1:1"}, 421, ""},
		"a page of another site":                            {"POST", "/api/v1/explain", map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, 403, "other-site"},
		"the same in a browser without fetch metadata":      {"POST", "/api/v1/explain", map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": ""}, 403, "other-origin"},
		"a program on another port of this machine":         {"POST", "/api/v1/explain", map[string]string{"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": "same-site"}, 403, "other-site"},
		"the same without fetch metadata":                   {"POST", "/api/v1/explain", map[string]string{"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": ""}, 403, "other-origin"},
		"localhost, for the lab at 127.0.0.1":               {"POST", "/api/v1/explain", map[string]string{"Origin": "http://localhost:" + port}, 403, "other-origin"},
		"a sandboxed frame":                                 {"POST", "/api/v1/explain", map[string]string{"Origin": "null", "Sec-Fetch-Site": ""}, 403, "other-origin"},
		"nobody who says where from":                        {"POST", "/api/v1/explain", map[string]string{"Origin": ""}, 403, "other-origin"},
		"a form of another site":                            {"POST", "/api/v1/explain", map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Content-Type": "text/plain"}, 403, "other-site"},
		"a form's content type":                             {"POST", "/api/v1/explain", map[string]string{"Content-Type": "text/plain"}, 415, "content-type"},
		"JSON hidden in a form's content type":              {"POST", "/api/v1/explain", map[string]string{"Content-Type": "text/plain; application/json"}, 415, "content-type"},
		"no content type":                                   {"POST", "/api/v1/explain", map[string]string{"Content-Type": ""}, 415, "content-type"},
		"no token":                                          {"POST", "/api/v1/explain", map[string]string{"X-Corscope-Token": ""}, 403, "token"},
		"a wrong token":                                     {"POST", "/api/v1/explain", map[string]string{"X-Corscope-Token": "~" + l.token[1:]}, 403, "token"},
		"half a token":                                      {"POST", "/api/v1/explain", map[string]string{"X-Corscope-Token": l.token[:20]}, 403, "token"},
		"a staging without a token":                         {"POST", "/api/v1/stage", map[string]string{"X-Corscope-Token": ""}, 403, "token"},
		"a GET of another site's script":                    {"GET", "/api/v1/gallery", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}, 403, "other-site"},
		"a GET that another site navigates to":              {"GET", "/api/v1/info", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 403, "other-site"},
		"the page's script, loaded into another site":       {"GET", "/app.js", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403, ""},
		"a GET where there is an effect":                    {"GET", "/api/v1/explain", nil, 404, "call-unknown"},
		"a preflight":                                       {"OPTIONS", "/api/v1/explain", map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Access-Control-Request-Method": "POST"}, 403, "other-site"},
		"a preflight without fetch metadata":                {"OPTIONS", "/api/v1/explain", map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "", "Access-Control-Request-Method": "POST"}, 403, "other-origin"},
		"a method that there is not":                        {"DELETE", "/api/v1/explain", nil, 405, "method"},
		"the page, opened by a link on another site":        {"GET", "/", map[string]string{"Origin": "", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200, ""},
		"two tokens in one header":                          {"POST", "/api/v1/explain", map[string]string{"X-Corscope-Token": l.token + ", " + l.token}, 403, "token"},
		"a call that there is not":                          {"POST", "/api/v1/shutdown", nil, 404, "call-unknown"},
		"a file outside of dist":                            {"GET", "/../server.go", nil, 307, ""}, // to /server.go, which there is not
		"a file outside of dist, with the dots in disguise": {"GET", "/%2e%2e/server.go", nil, 404, ""},
	} {
		t.Run(name, func(t *testing.T) {
			header := l.own()
			if c.method == "GET" {
				delete(header, "Origin") // a browser sends none
			}
			for name, value := range c.change {
				if header[name] = value; value == "" {
					delete(header, name)
				}
			}
			response, body := l.send(c.method, c.path, header, harmless)
			if response.StatusCode != c.status {
				t.Fatalf("status %d, want %d: %s", response.StatusCode, c.status, body)
			}
			if c.code != "" {
				var f failure
				if err := json.Unmarshal([]byte(body), &f); err != nil || f.Error == nil || f.Error.Code != c.code {
					t.Errorf("got %s, want the error %s", body, c.code)
				}
			}
			for name := range response.Header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("the lab sends %s: %s", name, response.Header.Get(name))
				}
			}
			if c.status != 200 && strings.Contains(body, l.token) {
				t.Error("a refusal holds the token")
			}
		})
	}
}

func TestEveryAnswerIsProtected(t *testing.T) {
	l := openLab(t)
	want := map[string]string{
		"X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		"Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Cache-Control": "no-store",
	}
	for _, path := range []string{"/", "/api/v1/info", "/api/v1/nothing", "/nothing"} {
		response, _ := l.send("GET", path, nil, "")
		got := make(map[string]string)
		for name := range want {
			got[name] = response.Header.Get(name)
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
		policy := response.Header.Get("Content-Security-Policy")
		for _, directive := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, directive) {
				t.Errorf("%s: the policy lacks %s: %s", path, directive, policy)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%s: the policy allows what is inline: %s", path, policy)
		}
	}
}

func TestThePageHoldsNothingThatItsPolicyForbids(t *testing.T) {
	l := openLab(t)
	_, page := l.send("GET", "/", nil, "")
	for _, forbidden := range []string{"<style", " style=", " onclick=", "javascript:", "https://", "{{"} {
		if strings.Contains(page, forbidden) {
			t.Errorf("the page holds %s", forbidden)
		}
	}
	rest := strings.ReplaceAll(page, "<script type=\"module\" src=", "")
	if strings.Contains(rest, "<script") {
		t.Error("the page holds a script of its own")
	}
}

func TestEachRunOfTheLabHasATokenOfItsOwn(t *testing.T) {
	one, two := openLab(t), openLab(t)
	if one.token == two.token || len(one.token) < 40 {
		t.Errorf("the tokens are %s and %s", one.token, two.token)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	l := openLab(t)
	for name, c := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"more than 16 MiB":          {`{"case":{"paste":"` + strings.Repeat("x", maxRequest) + `"}}`, 413, "request-invalid"},
		"a paste of more than 8":    {`{"case":{"paste":"` + strings.Repeat("x", maxPaste+1) + `"}}`, 400, "case-invalid"},
		"no JSON":                   {`page=https://app.example.com`, 400, "request-invalid"},
		"two values":                {harmless + harmless, 400, "request-invalid"},
		"a word that nobody knows":  {`{"case":{"uri":"https://api.example.com/"}}`, 400, "request-invalid"},
		"deep nesting":              {strings.Repeat(`{"case":`, 20000), 400, "request-invalid"},
		"a case that asks nothing":  {`{"case":{}}`, 400, "case-invalid"},
		"a status that is none":     {`{"case":{"url":"https://a.example/","server":{"answers":[{"on":"request","status":99,"headers":[]}]}}}`, 400, "case-invalid"},
		"a header with a new line":  {`{"case":{"url":"https://a.example/","headers":[{"name":"X-A","value":"1\r\nX-B: 2"}]}}`, 400, "case-invalid"},
		"an item that there is not": {`{"case":{"page":"https://a.example","url":"https://a.example/","demo":"nothing"}}`, 404, "demo-unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			response, body := l.send("POST", "/api/v1/explain", l.own(), c.body)
			var f failure
			if err := json.Unmarshal([]byte(body), &f); err != nil || f.Error == nil || f.Error.Code != c.code || response.StatusCode != c.status || f.Version != apiVersion {
				t.Errorf("got %d %.300s, want %d %s", response.StatusCode, body, c.status, c.code)
			}
		})
	}
}

func TestHeadersOfACallAreBounded(t *testing.T) {
	l := openLab(t)
	header := l.own()
	header["X-Padding"] = strings.Repeat("x", 128<<10)
	response, _ := l.send("POST", "/api/v1/explain", header, harmless)
	if response.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d", response.StatusCode)
	}
}
