package intake_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/intake"
)

func TestCURLCommands(t *testing.T) {
	const bodyOfForm = "------CorscopeFormBoundary7MA4YWxkTrZu0gW\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n" +
		"------CorscopeFormBoundary7MA4YWxkTrZu0gW\r\nContent-Disposition: form-data; name=\"b\"\r\nContent-Type: application/json\r\n\r\n{}\r\n------CorscopeFormBoundary7MA4YWxkTrZu0gW--\r\n"
	for _, c := range []struct {
		name, text        string
		method, url, page string
		headers, body     string
		cookies           string
		include           bool
	}{
		{"as Chromium copies it for bash",
			"curl 'https://api.example.com/users/7' \\\n  -X 'PUT' \\\n  -H 'accept: */*' \\\n  -H 'accept-language: en-US,en;q=0.9' \\\n  -H 'authorization: Bearer abc' \\\n  -H 'content-type: application/json' \\\n  -b 'sid=1; theme=dark' \\\n  -H 'origin: https://app.example.com' \\\n  -H 'priority: u=1, i' \\\n  -H 'referer: https://app.example.com/cart?x=1' \\\n  -H 'sec-ch-ua: \"Chromium\";v=\"156\"' \\\n  -H 'sec-fetch-mode: cors' \\\n  -H 'user-agent: Mozilla/5.0 (X11)' \\\n  --data-raw $'{\"name\":\"Ada\\u0021 it\\'s\"}'",
			"PUT", "https://api.example.com/users/7", "https://app.example.com/cart?x=1", "authorization: Bearer abc\ncontent-type: application/json", `{"name":"Ada! it's"}`, "sid=1 theme=dark", true},
		{"as Chromium copies it for cmd",
			"curl ^\"https://api.example.com/a?x=1^&y=2^\" ^\r\n  -H ^\"content-type: application/json^\" ^\r\n  -H ^\"Origin: https://app.example.com^\" ^\r\n  -H ^\"sec-fetch-mode: cors^\" ^\r\n  --data-raw ^\"^{^\\^\"a^\\^\":^\\^\"50^% ^^ c:^\\^\\x^\\^\"^}^\" ^\r\n  --compressed",
			"POST", "https://api.example.com/a?x=1&y=2", "https://app.example.com", "content-type: application/json", `{"a":"50% ^ c:\\x"}`, "", false},
		{"as Chromium copied it for cmd until 2023",
			"curl \"https://api.example.com/a\" ^\n  -H \"Origin: https://app.example.com\" ^\n  -H \"Content-Type: application/json\" ^\n  --data-raw \"{\\\"a\\\":1}\" ^\n  --compressed",
			"POST", "https://api.example.com/a", "https://app.example.com", "Content-Type: application/json", `{"a":1}`, "", false},
		{"as Firefox copies it",
			"curl 'https://api.example.com/a' --compressed -X POST -H 'User-Agent: Mozilla/5.0 (X11; rv:153.0)' -H 'Accept: application/json' -H 'Referer: https://app.example.com/' -H 'X-Token: 1' -H 'Origin: https://app.example.com' -H 'Sec-Fetch-Site: same-site' -H 'Pragma: no-cache' -H 'Cache-Control: no-cache' --data-raw 'a=1'",
			"POST", "https://api.example.com/a", "https://app.example.com/", "Accept: application/json\nX-Token: 1\nContent-Type: application/x-www-form-urlencoded", "a=1", "", false},
		{"escaped between quotes, and without them", `curl https://api.example.com/a?b=1\&c=2 -H Origin:\ https://app.example.com -d 'it'\''s \'"\$5 \"\x" --data ~\é`,
			"POST", "https://api.example.com/a?b=1&c=2", "https://app.example.com", "Content-Type: application/x-www-form-urlencoded", `it's \$5 "\x&~é`, "", false},
		{"piped to what looks for the headers", "curl -sI -X OPTIONS -H 'Origin: https://app.example.com' -H 'Access-Control-Request-Method: PUT' https://api.example.com/a 2>&1 | grep -i access | sort",
			"PUT", "https://api.example.com/a", "https://app.example.com", "", "", "", false},
		{"typed by a person", "$ curl -sSLXDELETE -HX-A:1 -H'X-B;' -H 'Accept:' -u ada:pw -e https://app.example.com/x api.example.com/a#b",
			"DELETE", "http://api.example.com/a#b", "https://app.example.com/x", "X-A: 1\nX-B: \nAuthorization: Basic YWRhOnB3", "", "", false},
		{"data and its default type", "curl -d a=1 --data-binary b=2 --data-urlencode 'c=x y&z' --data-urlencode =é https://api.example.com/ -H 'Origin: null'",
			"POST", "https://api.example.com/", "null", "Content-Type: application/x-www-form-urlencoded", "a=1&b=2&c=x%20y%26z&%C3%A9", "", false},
		{"--json", `curl --json '{"a":' --json '1}' https://api.example.com/ -H 'Origin: https://a.example'`,
			"POST", "https://api.example.com/", "https://a.example", "Content-Type: application/json\nAccept: application/json", `{"a":1}`, "", false},
		{"-G puts the data into the URL", "curl -G --data-urlencode 'q=a b' -d c=1 'https://api.example.com/?x=1#f'",
			"GET", "https://api.example.com/?x=1&q=a%20b&c=1#f", "", "", "", "", false},
		{"-I", "curl -I --url https://api.example.com/", "HEAD", "https://api.example.com/", "", "", "", "", false},
		{"-F", "curl -F a=1 -F 'b={};type=application/json' https://api.example.com/",
			"POST", "https://api.example.com/", "", "Content-Type: multipart/form-data; boundary=----CorscopeFormBoundary7MA4YWxkTrZu0gW", bodyOfForm, "", false},
		{"a cookie makes it a request with credentials", "curl https://api.example.com/ -H 'Cookie: a=1;b=2' -H 'Origin: https://a.example'",
			"GET", "https://api.example.com/", "https://a.example", "", "", "a=1 b=2", true},
		{"a preflight made by hand", "curl -i -X OPTIONS https://api.example.com/a -H 'Origin: https://a.example' -H 'Access-Control-Request-Method: PUT' -H 'Access-Control-Request-Headers: content-type, x-a'",
			"PUT", "https://api.example.com/a", "https://a.example", "content-type: application/json\nx-a: x", "", "", false},
		{"a person's Cache-Control is the page's", "curl https://api.example.com/ -H 'Cache-Control: no-cache'", "GET", "https://api.example.com/", "", "Cache-Control: no-cache", "", "", false},
		{"where the output goes does not matter", "curl https://api.example.com/ -o x -w '%{http_code}' > /dev/null 2>&1", "GET", "https://api.example.com/", "", "", "", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := read(t, c.text)
			if in.Kind != intake.KindCURL {
				t.Fatalf("it was taken for %q", in.Kind)
			}
			if in.Request.Method != c.method || in.Request.URL != c.url || in.Page != c.page {
				t.Errorf("page %q asks %s %s", in.Page, in.Request.Method, in.Request.URL)
			}
			if got := headerText(in.Request.Headers); got != c.headers {
				t.Errorf("headers\n%s\nwant\n%s", got, c.headers)
			}
			if string(in.Body) != c.body {
				t.Errorf("body %q, want %q", in.Body, c.body)
			}
			if got := strings.Join(in.Cookies, " "); got != c.cookies || c.include != (in.Request.Credentials == fetch.CredentialsInclude) {
				t.Errorf("cookies %q, credentials %q", got, in.Request.Credentials)
			}
		})
	}
}

func TestCURLFlagsThatAreLeftOutAreSaid(t *testing.T) {
	in := read(t, "curl https://api.example.com/ -k -x http://proxy:1 --frobnicate -H 'Origin: https://a.example' --resolve api.example.com:443:127.0.0.1 -A me")
	notes := strings.Join(in.Notes, "\n")
	for _, want := range []string{"-k was left out", "-x of cURL was left out", "--frobnicate of cURL is not known", "-A was left out"} {
		if !strings.Contains(notes, want) {
			t.Errorf("no %q in\n%s", want, notes)
		}
	}
	if !slices.Equal(in.Resolve, []string{"api.example.com:443:127.0.0.1"}) {
		t.Errorf("resolve %q", in.Resolve)
	}
}

func TestCURLBodiesInFilesAreNotRead(t *testing.T) {
	for text, want := range map[string]string{
		"curl https://a.example/ -d @body.json":              "body.json",
		"curl https://a.example/ --data-binary @/etc/passwd": "/etc/passwd",
		"curl https://a.example/ --json @-":                  "-",
		"curl https://a.example/ -T up.bin":                  "up.bin",
	} {
		if in := read(t, text); in.BodyFile != want || in.Body != nil {
			t.Errorf("%s: file %q, body %q", text, in.BodyFile, in.Body)
		}
	}
}

func TestCURLCommandsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		code intake.ErrorCode
	}{
		"a command in the URL":             {"curl https://a.example/$(whoami)", intake.ErrUnsafe},
		"backticks":                        {"curl https://a.example/`whoami`", intake.ErrUnsafe},
		"another process":                  {"curl https://a.example/ -d <(ls)", intake.ErrUnsafe},
		"a variable":                       {`curl "$API/users"`, intake.ErrUnsafe},
		"a pipe, and then":                 {"curl https://a.example/ | grep -i x && ls", intake.ErrUnsafe},
		"two commands":                     {"curl https://a.example/; rm -rf x", intake.ErrUnsafe},
		"and then":                         {"curl https://a.example/ && ls", intake.ErrUnsafe},
		"an unquoted ampersand":            {"curl https://a.example/?a=1&b=2", intake.ErrUnsafe},
		"a pipe on Windows":                {"curl ^\"https://a.example/^\" | more", intake.ErrUnsafe},
		"a body from a here document":      {"curl https://a.example/ -d @- <<EOF\nx\nEOF", intake.ErrUnsafe},
		"two URLs":                         {"curl https://a.example/ https://b.example/", intake.ErrUnsafe},
		"--next":                           {"curl https://a.example/ --next -d 1 https://a.example/", intake.ErrUnsafe},
		"a quotation mark without partner": {"curl 'https://a.example/", intake.ErrSyntax},
		"and one on Windows":               {"curl ^\"https://a.example/", intake.ErrSyntax},
		"a flag without its value":         {"curl https://a.example/ -H", intake.ErrSyntax},
		"no URL":                           {"curl -v", intake.ErrNoRequest},
		"nothing at all":                   {"curl", intake.ErrNoRequest},
		"a line break in a header":         {`curl https://a.example/ -H $'X-A: 1\r\nX-B: 2'`, intake.ErrValue},
		"a header's name with a space":     {"curl https://a.example/ -H 'X A: 1'", intake.ErrValue},
		"headers from a file":              {"curl https://a.example/ -H @headers.txt", intake.ErrUnsafe},
		"a form's name with a line break":  {"curl https://a.example/ -F $'a\\nb=1'", intake.ErrValue},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := intake.ReadText(t.Context(), []byte(c.text), intake.Options{})
			var bad *intake.Error
			if !errors.As(err, &bad) || bad.Code != c.code {
				t.Errorf("got %+v, error %v, want code %q", in, err, c.code)
			}
		})
	}
}
