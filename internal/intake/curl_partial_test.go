package intake_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/growth"
	"github.com/corscope/corscope/internal/intake"
)

func TestWhatIsLeftOfWhatCurlPrinted(t *testing.T) {
	const command = "curl -s -D - -o /dev/null https://api.example.com/a -H 'Origin: https://app.example.com'"
	const assumed = "has no status line"
	for name, c := range map[string]struct {
		text, method string
		code         fetch.ReasonCode
		assumed      bool
	}{
		"remarks before, between and behind":     {"# it works\n$ " + command + "\n# this came\nHTTP/2 200\n  # no header\nvary: Origin\n# that is all\n", "GET", fetch.ReasonAllowOriginMissing, false},
		"# is the prompt of root too":            {"# " + command + "\nHTTP/2 200\nvary: Origin\n", "GET", fetch.ReasonAllowOriginMissing, false},
		"curl -I":                                {"# a remark\ncurl -I https://api.example.com/a -H 'Origin: https://app.example.com'\nHTTP/1.1 404 Not Found\nserver: nginx\n", "HEAD", fetch.ReasonAllowOriginMissing, false},
		"the status line was cut off":            {command + "\ncontent-type: text/html\nAccess-Control-Allow-Origin: https://other.example.com\n", "GET", fetch.ReasonAllowOriginMismatch, true},
		"by grep, and there is but one header":   {command + " | grep -i access\naccess-control-allow-origin: *, *\n", "GET", fetch.ReasonAllowOriginMultiple, true},
		"the header of a command is no answer's": {"curl https://api.example.com/a -H 'Origin: https://app.example.com' \\\n -H 'Content-Type: text/plain'\nHTTP/2 200\n\n", "GET", fetch.ReasonAllowOriginMissing, false},
	} {
		t.Run(name, func(t *testing.T) {
			in := read(t, c.text)
			if in.Kind != intake.KindTranscript || in.Request.URL != "https://api.example.com/a" || in.Request.Method != c.method || in.Page != "https://app.example.com" {
				t.Fatalf("read as %q: page %q asks %q for %q", in.What, in.Page, in.Request.Method, in.Request.URL)
			}
			said := false
			for _, a := range in.Assumed {
				said = said || strings.Contains(a.Text, assumed)
			}
			if said != c.assumed {
				t.Errorf("assumed is %+v", in.Assumed)
			}
			if got := judged(t, in).Code; got != c.code {
				t.Errorf("it ends with %q", got)
			}
		})
	}
}

// What stands in a command's own quotes is neither a remark nor a header of an answer.
func TestWhatACommandQuotesIsItsOwn(t *testing.T) {
	const body = "# A\n# it's B\ndate: x\nc"
	for name, text := range map[string]string{
		"in single quotes":        `curl https://api.example.com/a --data-binary '# A` + "\n# it'\\''s B\ndate: x\nc'",
		"in double quotes":        `curl https://api.example.com/a --data-binary "# A` + "\n# it's B\ndate: x\nc\"",
		"in quotes with escapes":  `curl https://api.example.com/a --data-binary $'# A` + "\n# it\\'s B\ndate: x\nc'",
		"behind a line break":     "curl https://api.example.com/a \\\n  --data-binary \"# A\n# it's B\ndate: x\nc\"",
		"before a remark":         "# don't\n$ curl https://api.example.com/a --data-binary \"# A\n# it's B\ndate: x\nc\"\n# that's it",
		"at the prompt of root":   "# curl https://api.example.com/a --data-binary \"# A\n# it's B\ndate: x\nc\"",
		"with the answer's lines": "curl https://api.example.com/a --data-binary \"# A\n# it's B\ndate: x\nc\"\naccess-control-allow-origin: *\n",
	} {
		t.Run(name, func(t *testing.T) {
			if in := read(t, text); in.Request.URL != "https://api.example.com/a" || string(in.Body) != body {
				t.Errorf("read as %q: %q is sent to %q", in.What, in.Body, in.Request.URL)
			}
		})
	}
}

func TestHeadersOfAnAnswerAlone(t *testing.T) {
	const those = "these are the headers of an answer, and they do not say which URL was asked; "
	for text, want := range map[string]string{
		"HTTP/2 200\ncontent-type: a/b\naccess-control-allow-origin: https://other.example.com\n\n{}": those + `they allow a page of "https://other.example.com" and no other`,
		"content-type: a/b\naccess-control-allow-origin: *\n":                                         those + "they allow every page, as long as it sends no credentials",
		"access-control-allow-origin: null":                                                           those + "they allow pages with the origin null, such as a file or a sandboxed frame, and no other",
		"content-type: a/b\nserver: x\n":                                                              those + "without Access-Control-Allow-Origin they allow no page of another origin",
		"access-control-allow-origin: *\naccess-control-allow-origin: *":                              those + "they have two Access-Control-Allow-Origin, which no browser takes",
	} {
		_, err := intake.ReadText(t.Context(), []byte(text), intake.Options{})
		if bad := (*intake.Error)(nil); !errors.As(err, &bad) || bad.Code != intake.ErrNoRequest || bad.Message != want {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{
		"content-type: a/b\nuser-agent: x\norigin: https://app.example.com\n", // of a request
		"content-type: a/b\nand then it failed\n",
	} {
		if _, err := intake.ReadText(t.Context(), []byte(text), intake.Options{}); err == nil || strings.Contains(err.Error(), "headers of an answer") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestRemarksAreReadInTheTimeOfTheirLength(t *testing.T) {
	growth.Linear(t, 3000, func(n int) func() {
		text := []byte(strings.Repeat("# remark\ncontent-type: a/b\n", n) + "# curl")
		return func() { _, _ = intake.ReadText(t.Context(), text, intake.Options{}) }
	})
}
