package fetch

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestIntegrity(t *testing.T) {
	hashes := func(body string) (s256, s384, s512 string) {
		b := []byte(body)
		return "sha256-" + integrityHash("sha256", b), "sha384-" + integrityHash("sha384", b), "sha512-" + integrityHash("sha512", b)
	}
	right256, right384, right512 := hashes("hello?>")
	wrong256, wrong384, wrong512 := hashes("else")
	urlSafe := strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimPrefix(right512, "sha512-"))
	for _, c := range []struct {
		name      string
		request   Request
		integrity string
		step      string
		detail    string
	}{
		{name: "the right hash", integrity: right256},
		{name: "the right hash of another algorithm", integrity: right512},
		{name: "the wrong hash", integrity: wrong256, step: "23.3.1", detail: "its hash is " + right256},
		{name: "one right hash among several is enough", integrity: wrong384 + " " + right384},
		{name: "the strongest algorithm decides, for it", integrity: wrong256 + " " + right512 + " " + wrong384},
		{name: "the strongest algorithm decides, against it", integrity: right256 + " " + wrong512, step: "23.3.1", detail: "its hash is " + right512},
		{name: "an algorithm in upper case", integrity: strings.Replace(right256, "sha", "SHA", 1)},
		{name: "an option is passed over", integrity: right256 + "?ct=text/plain"},
		{name: "the URL-safe alphabet", integrity: "sha512-" + urlSafe},
		{name: "tabs and line breaks part hashes", integrity: wrong256 + "\n\t" + right256},
		{name: "an algorithm that is not known asks for nothing", integrity: "md5-abc sha1-def"},
		{name: "no hash at all is a wrong one", integrity: "sha256-", step: "23.3.1", detail: "its hash is " + right256},
		{name: "no-cors has no body to check", request: Request{Mode: ModeNoCORS}, integrity: right256, step: "23.2",
			detail: "the answer is opaque to the page; integrity needs mode cors"},
		{name: "nor has HEAD", request: Request{Method: "HEAD"}, integrity: right256, step: "23.2", detail: "there is none"},
		{name: "nor has a redirect that is not followed", request: Request{URL: httpAPI + "/redirect", Redirect: RedirectManual}, integrity: right256, step: "23.2",
			detail: "the answer is opaque to the page; integrity needs mode cors"},
		{name: "a redirect is checked at its end", request: Request{URL: httpAPI + "/redirect"}, integrity: right256},
		{name: "an empty body is a body", request: Request{URL: httpAPI + "/empty"}, integrity: right256, step: "23.3.1",
			detail: "its hash is sha256-" + integrityHash("sha256", nil) + ", that of an empty body"},
		{name: "a body that is cut short is none", request: Request{URL: httpAPI + "/short"}, integrity: right256, step: "23.4",
			detail: "it could not be read to its end: the connection ended before the body was complete"},
		{name: "nor is one that is too large", request: Request{URL: httpAPI + "/large"}, integrity: right256, step: "23.4",
			detail: "it could not be read to its end: the body is larger than 100000 bytes; reading stopped there"},
		{name: "a data: URL is checked too", request: Request{URL: "data:,hello%3F%3E"}, integrity: right256},
		{name: "and refused", request: Request{URL: "data:,x"}, integrity: right256, step: "23.3.1",
			detail: "its hash is sha256-" + integrityHash("sha256", []byte("x"))},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLoopback(t, AgentConfig{Limits: Limits{MaxResponseBody: 100_000}}, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Access-Control-Allow-Origin", "*")
				switch r.URL.Path {
				case "/redirect":
					http.Redirect(w, r, "/x", http.StatusFound)
				case "/short":
					w.Header().Set("Content-Length", "100")
					io.WriteString(w, "hello?>")
				case "/large":
					w.Write(make([]byte, 200_000))
				case "/x":
					io.WriteString(w, "hello?>")
				}
			})
			request := c.request
			if request.URL == "" {
				request.URL = httpAPI + "/x"
			}
			request.Integrity, request.Trace = c.integrity, new(Trace)
			response, body := l.get(httpApp, request)
			if c.step == "" {
				if body != "hello?>" || request.Trace.LastStep(Fail) != nil || !request.Trace.Outcome.BodyReadable {
					t.Errorf("the page reads %q: %s", body, response.Reason)
				}
				if _, err := response.Body.Read(make([]byte, 1)); !errors.Is(err, errBodyClosed) {
					t.Errorf("reading after Close: %v", err)
				}
				return
			}
			r := response.Reason
			if r.Code != ReasonIntegrity || r.Algorithm != "concept-main-fetch" || r.Step != c.step || r.Detail != c.detail || r.Phase != PhaseRequest {
				t.Errorf("the reason is %+v, want step %s and %q", r, c.step, c.detail)
			}
			want := "The answer came, but the browser withholds it from the page: the body is not the one that integrity "
			if s := r.Sentence(); !strings.HasPrefix(s, want) || !strings.HasSuffix(s, "("+c.detail+").") {
				t.Errorf("the sentence is %q", s)
			}
		})
	}
}

func TestIntegrityDoesNotHideAnEarlierReason(t *testing.T) {
	l := newLoopback(t, AgentConfig{}, func(w http.ResponseWriter, r *http.Request) {})
	response, _ := l.get(httpApp, Request{URL: httpAPI + "/x", Integrity: "sha256-x"})
	if response.Reason.Code != ReasonAllowOriginMissing {
		t.Errorf("the reason is %+v", response.Reason)
	}
}

func FuzzIntegrity(f *testing.F) {
	for _, seed := range []string{"sha256-x", "sha512-? sha1-x  sha384-", "-", "sha256", "SHA512-x?y sha512-z"} {
		f.Add(seed, "body")
	}
	f.Fuzz(func(t *testing.T, s, body string) {
		sum := sha256.Sum256([]byte(body))
		metadata := parseIntegrity(s + " sha256-" + base64.StdEncoding.EncodeToString(sum[:]))
		if len(metadata) == 0 {
			t.Fatalf("%q loses the hash behind it", s)
		}
		// The hash behind s decides exactly where s names nothing stronger.
		if _, ok := matchIntegrity(metadata, []byte(body)); !ok && metadata[0].algorithm == "sha256" {
			t.Errorf("%q refuses a body whose sha256 is named: %v", s, metadata)
		}
	})
}
