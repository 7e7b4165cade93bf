package intake_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/corscope/corscope/internal/intake"
)

func TestTheKindOfAnInputIsFound(t *testing.T) {
	const message = "Access to fetch at 'https://a.example/' from origin 'https://b.example' has been blocked by CORS policy: It does not have HTTP ok status."
	for name, c := range map[string]struct {
		text string
		want intake.Kind
	}{
		"a URL":                                {"https://api.example.com/users?a=(b)'c'", intake.KindURL},
		"a URL with a space":                   {"https://api.example.com/a b", intake.KindURL},
		"a host":                               {"localhost:8080/users", intake.KindURL},
		"a path":                               {"/api/users", intake.KindURL},
		"a call":                               {"fetch('/api')", intake.KindSnippet},
		"an import":                            {"import('https://a.example/m.js')", intake.KindSnippet},
		"a data: URL":                          {"data:text/plain;charset=utf-8,a(b)", intake.KindURL},
		"a blob: URL":                          {"blob:https://a.example/7d1f3e6c", intake.KindURL},
		"a call with a type":                   {"const r = await fetch ('/api')", intake.KindSnippet},
		"jQuery in one line":                   {`$.ajax({url:"https://a.example/",type:"POST"})`, intake.KindSnippet},
		"jQuery behind await":                  {`await $.get("https://a.example/")`, intake.KindSnippet},
		"a message":                            {message, intake.KindConsole},
		"a message, and then the code":         {message + "\nfetch('https://a.example/')", intake.KindConsole},
		"the code, and then the message":       {"fetch('https://a.example/')\n// " + message, intake.KindSnippet},
		"a message in UTF-16":                  {"\xff\xfe" + utf16LE(message), intake.KindConsole},
		"a message behind a byte order mark":   {"\xef\xbb\xbf" + message, intake.KindConsole},
		"a command":                            {"curl https://a.example/", intake.KindCURL},
		"a command behind a prompt of Windows": {`C:\Users\ada>curl.exe https://a.example/`, intake.KindCURL},
		"a HAR in UTF-16":                      {"\xff\xfe" + utf16LE(har("x", "GET https://api.example.com/"+harPage+" => 200")), intake.KindHAR},
		"a HAR behind a byte order mark":       {"\xef\xbb\xbf\n " + har("x", "GET https://api.example.com/"+harPage+" => 200"), intake.KindHAR},
	} {
		t.Run(name, func(t *testing.T) {
			for by, r := range map[string]io.Reader{"text": nil, "stream": strings.NewReader(c.text)} {
				in, err := intake.ReadText(t.Context(), []byte(c.text), intake.Options{})
				if r != nil {
					in, err = intake.Read(t.Context(), r, intake.Options{})
				}
				if err != nil || in.Kind != c.want {
					t.Errorf("by %s: %+v, %v, want %q", by, in, err, c.want)
				}
			}
		})
	}
}

func utf16LE(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteByte(c)
		b.WriteByte(0)
	}
	return b.String()
}

func TestAHARThatWindowsWroteIsReadAsOne(t *testing.T) {
	text := har("WebInspector", "GET https://api.example.com/users"+harPage+" => 200 ; _error=net::ERR_FAILED")
	for _, padding := range []int{0, intake.MaxText} {
		in := read(t, "\xff\xfe"+utf16LE("{"+strings.Repeat(" ", padding)+text[1:]))
		if in.Kind != intake.KindHAR || in.Request.URL != "https://api.example.com/users" {
			t.Errorf("%s that asks %s", in.Kind, in.Request.URL)
		}
	}
}

func TestInputThatIsNoneOfTheKinds(t *testing.T) {
	binary := bytes.Repeat([]byte{0x89, 'P', 0, 1, 0xff}, 1000)
	for name, c := range map[string]struct {
		text []byte
		code intake.ErrorCode
	}{
		"nothing":                    {nil, intake.ErrEmpty},
		"white space":                {[]byte(" \n\t "), intake.ErrEmpty},
		"binary":                     {binary, intake.ErrBinary},
		"binary of many megabytes":   {bytes.Repeat(binary, 1000), intake.ErrBinary},
		"text of many megabytes":     {bytes.Repeat([]byte("lorem ipsum\n"), 500_000), intake.ErrTooLarge},
		"HTML":                       {[]byte("<!DOCTYPE html><p>CORS</p>"), intake.ErrUnknown},
		"prose":                      {[]byte("it does not work"), intake.ErrUnknown},
		"PowerShell":                 {[]byte("Invoke-WebRequest -Uri x"), intake.ErrUnknown},
		"what gzip packed":           {[]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00"), intake.ErrBinary},
		"an array":                   {[]byte("[1,2,3]"), intake.ErrUnknown},
		"a reader that fails midway": {nil, intake.ErrUnreadable},
	} {
		t.Run(name, func(t *testing.T) {
			var r io.Reader = bytes.NewReader(c.text)
			if c.code == intake.ErrUnreadable {
				r = io.MultiReader(strings.NewReader("x y"), broken{})
			}
			in, err := intake.Read(t.Context(), r, intake.Options{})
			var bad *intake.Error
			if !errors.As(err, &bad) || bad.Code != c.code {
				t.Errorf("got %+v, error %v, want code %q", in, err, c.code)
			}
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }
