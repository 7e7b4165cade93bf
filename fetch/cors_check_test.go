package fetch

import (
	"strings"
	"testing"
)

// Behind a redirect from one origin to another the header is compared with null. Whoever reads that the page's own origin is not the
// page's origin believes nothing any more.
func TestWhatTheOriginIsComparedWithIsSaid(t *testing.T) {
	hop := "302|" + allow + "|Location: " + other + "/y"
	for _, c := range []struct{ name, page, answer, text, sentence string }{
		{"the page's origin", app, "", "this page's origin, to the letter", ""},
		{"behind a redirect, the page's origin", app, "200|" + allow, "not null, as the browser calls the page behind this redirect",
			`is "https://app.example.com", not "null"; a redirect from another origin led here, and behind it the browser says null for the page.`},
		{"behind a redirect, null", app, "200|Access-Control-Allow-Origin: null", "null, as the browser calls the page behind this redirect", ""},
		{"behind a redirect, a third origin", app, "200|Access-Control-Allow-Origin: https://third.test", "not null, as the browser calls the page behind this redirect", "behind it the browser says null"},
		{"behind a redirect, a list", app, "200|Access-Control-Allow-Origin: null, " + app, "only one origin may stand in it", "only one origin may stand there"},
		{"a page that has no name", "null", "200|Access-Control-Allow-Origin: null", "this page's origin, to the letter", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := answers{"GET " + api + "/x": hop, "GET " + other + "/y": c.answer}
			switch {
			case c.answer == "":
				a = answers{"GET " + api + "/x": "200|" + allow}
			case c.page == "null":
				a = answers{"GET " + api + "/x": c.answer}
			}
			var sent []string
			trace := new(Trace)
			response, err := newScriptedPage(t, c.page, a.transport(t, &sent)).Fetch(t.Context(), Request{URL: api + "/x", Trace: trace})
			if err != nil {
				t.Fatal(err)
			}
			defer response.Close()
			verdict := Pass
			if c.sentence != "" {
				verdict = Fail
			}
			var last Step
			for _, s := range trace.Steps {
				if s.Subject == "Access-Control-Allow-Origin" {
					last = s
				}
			}
			if last.Text != c.text || last.Verdict != verdict {
				t.Errorf("the step is %s, %q; want %s, %q", last.Verdict, last.Text, verdict, c.text)
			}
			if s := response.Reason.Sentence(); !strings.Contains(s, c.sentence) || (s == "") != (c.sentence == "") {
				t.Errorf("the sentence is %q, want %q", s, c.sentence)
			}
		})
	}
}
