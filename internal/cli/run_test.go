package cli

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
)

// runCLI runs a command line in a pipe, without an environment.
func runCLI(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, talk bytes.Buffer
	status = Run(t.Context(), Env{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &talk,
		LookupEnv: func(string) (string, bool) { return "", false },
		Terminal:  func(io.Writer) (int, bool) { return 0, false },
	}, args)
	return status, out.String(), talk.String()
}

func writeFile(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func isNetworkReason(code string) bool { return fetch.ReasonCode(code).IsNetwork() }

func TestHeaderFlags(t *testing.T) {
	for _, c := range []struct{ line, name, value, fault string }{
		{"X-A: b", "X-A", "b", ""},
		{"X-A:b", "X-A", "b", ""},
		{"X-A:", "X-A", "", ""},
		{"X-A: a:b", "X-A", "a:b", ""},
		{" X-A :  b  ", "X-A", "b", ""},
		{"X-A", "", "", "has no colon"},
		{": b", "", "", "has no header name"},
		{"X A: b", "", "", "has no header name"},
		{"X-A: b\nX-B: c", "", "", "holds a line break"},
	} {
		t.Run(c.line, func(t *testing.T) {
			name, value, err := parseHeader(c.line)
			if name != c.name || value != c.value {
				t.Errorf("got %q %q, want %q %q", name, value, c.name, c.value)
			}
			if c.fault == "" && err != nil || c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
				t.Errorf("got the error %v, want %q in it", err, c.fault)
			}
		})
	}
}

func TestTimeoutFlags(t *testing.T) {
	for value, want := range map[string]string{
		"10s": "10s", "500ms": "500ms", "2m": "2m0s", "3": "3s", "0.5": "500ms",
		"0": "", "-1": "", "soon": "", "": "", "1e9": "", "25h": "",
	} {
		t.Run(value, func(t *testing.T) {
			d, err := parseTimeout(value)
			if want == "" {
				if err == nil {
					t.Errorf("accepted as %s", d)
				}
				return
			}
			if err != nil || d.String() != want {
				t.Errorf("got %s, %v, want %s", d, err, want)
			}
		})
	}
}

func TestOneHeaderFixes(t *testing.T) {
	const acam, acah = "Access-Control-Allow-Methods", "Access-Control-Allow-Headers"
	asked := &fetch.Exchange{Method: "OPTIONS", RequestHeaders: fetch.HeaderList{{Name: "Access-Control-Request-Headers", Value: "authorization,x-trace"}}}
	for name, c := range map[string]struct {
		reason fetch.Reason
		want   string
	}{
		"a missing origin":                     {fetch.Reason{Code: fetch.ReasonAllowOriginMissing, Subject: "Access-Control-Allow-Origin", Want: appOrigin}, "Access-Control-Allow-Origin: " + appOrigin},
		"a method joins the list":              {fetch.Reason{Code: fetch.ReasonMethodNotAllowed, Subject: acam, Want: "PATCH", Got: "GET,POST"}, acam + ": GET, POST, PATCH"},
		"a method in another case is another":  {fetch.Reason{Code: fetch.ReasonMethodNotAllowed, Subject: acam, Want: "PATCH", Got: "patch"}, acam + ": patch, PATCH"},
		"all missing headers join at once":     {fetch.Reason{Code: fetch.ReasonHeaderNotAllowed, Subject: acah, Want: "authorization", Got: "X-Trace"}, acah + ": X-Trace, authorization"},
		"a star that does not count with them": {fetch.Reason{Code: fetch.ReasonHeaderWildcard, Subject: acah, Want: "authorization", Got: "*"}, acah + ": authorization, x-trace"},
		"null would allow too much":            {fetch.Reason{Code: fetch.ReasonAllowOriginMissing, Subject: "Access-Control-Allow-Origin", Want: "null"}, ""},
		"a status is no header":                {fetch.Reason{Code: fetch.ReasonPreflightStatus, Subject: "status", Want: "200 to 299"}, ""},
		"a failed connection has no fix":       {fetch.Reason{Code: fetch.ReasonTimeout, Want: "raise the time-out"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := judge(&fetch.Trace{Exchanges: []*fetch.Exchange{asked}, Outcome: fetch.Outcome{Reason: &c.reason}})
			got := ""
			if f := r.fix(); f != nil {
				got = f.Name + ": " + f.Value
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
