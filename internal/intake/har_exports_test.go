package intake_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/intake"
)

// exported are the HARs that real browsers and Playwright exported of the same page: see testdata/har/SOURCE.
var exported = []struct {
	file string
	// entries are the requests that are listed, in order, and what they are judged as.
	entries []string
}{
	{"chromium-devtools.har", []string{
		"GET /allow-origin-missing allow-origin-missing", "GET /allow-origin-twice allow-origin-multiple",
		"GET /error-without-allow-origin allow-origin-missing", "PUT /preflight-404 allow-origin-missing", "PUT /preflight-redirect preflight-redirect",
		"PUT /methods-without-it method-not-allowed", "POST /headers-without-content-type header-not-allowed",
		"PUT /preflight-right-answer-wrong allow-origin-missing", "GET /wildcard-with-credentials allow-origin-wildcard-with-credentials",
		"GET /redirect-to-nobody allow-origin-missing", "GET /allow-origin-other allow-origin-mismatch",
		"GET https://refused.example/ connection-refused", "GET https://nowhere.invalid/ name-not-resolved",
	}},
	// Firefox marks no answer as withheld, so that a call with credentials looks like one without.
	{"firefox.har", []string{
		"GET /allow-origin-missing allow-origin-missing", "GET /allow-origin-twice allow-origin-multiple",
		"GET /error-without-allow-origin allow-origin-missing", "PUT /preflight-404 allow-origin-missing", "PUT /preflight-redirect preflight-redirect",
		"PUT /methods-without-it method-not-allowed", "POST /headers-without-content-type header-not-allowed",
		"PUT /preflight-right-answer-wrong allow-origin-missing", "GET /redirect-to-nobody allow-origin-missing", "GET /allow-origin-other allow-origin-mismatch",
		"GET https://refused.example/ not-recorded", "GET https://nowhere.invalid/ not-recorded",
	}},
	// Playwright writes down no preflight, and nothing of an answer that was withheld.
	{"playwright.har", []string{
		"GET /allow-origin-missing not-recorded", "GET /allow-origin-twice not-recorded", "GET /error-without-allow-origin not-recorded",
		"PUT /preflight-404 not-recorded", "PUT /preflight-redirect not-recorded", "PUT /methods-without-it not-recorded",
		"POST /headers-without-content-type not-recorded", "PUT /preflight-right-answer-wrong not-recorded", "GET /wildcard-with-credentials not-recorded",
		"GET /redirect-to-nobody not-recorded", "GET https://refused.example/ connection-refused", "GET https://nowhere.invalid/ name-not-resolved",
		"GET /allow-origin-other not-recorded",
	}},
}

func TestHARsThatBrowsersExportedAreListedAndJudged(t *testing.T) {
	for _, c := range exported {
		t.Run(c.file, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", "har", c.file))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for n := 1; n <= len(c.entries); n++ {
				in, err := intake.Read(t.Context(), strings.NewReader(string(data)), intake.Options{Entry: n})
				if err != nil {
					t.Fatal(err)
				}
				if len(in.Entries) != len(c.entries) {
					t.Fatalf("%d requests are listed, want %d: %+v", len(in.Entries), len(c.entries), in.Entries)
				}
				if page, err := fetch.ParseURL(in.Page); err != nil || page.Origin().String() != "https://app.example.com" {
					t.Errorf("entry %d: the page is %q", n, in.Page)
				}
				if byXHR := in.Initiator == intake.ByXMLHttpRequest; byXHR != (strings.HasSuffix(in.Request.URL, "/allow-origin-other") && c.file != "firefox.har") {
					t.Errorf("entry %d: asked by %s", n, in.Initiator)
				}
				for _, h := range in.Request.Headers {
					if name := strings.ToLower(h.Name); name != "content-type" {
						t.Errorf("entry %d: the page is taken to have set %s", n, h.Name)
					}
				}
				got = append(got, in.Request.Method+" "+strings.TrimPrefix(in.Request.URL, "https://faults.example")+" "+string(replay(t, in).Code))
			}
			if !slices.Equal(got, c.entries) {
				t.Errorf("judged as\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.entries, "\n"))
			}
		})
	}
}
