package corstest

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
)

// Allows fails the test unless a page at this address may send the request to the
// handler and read the answer, in a browser without cookies. page is a URL or an
// origin, or "null" for a sandboxed frame or a file.
func Allows(t testing.TB, handler http.Handler, page string, request Request) *Result {
	t.Helper()
	return browser(t, handler).Allows(t, page, request)
}

// Blocks fails the test unless the browser stops the page: either it does not send
// the request, or it withholds the answer. With reasons, it must be for one of
// them; fetch.ReasonCode has them all. The handler may have run: see
// [Result.Reached].
func Blocks(t testing.TB, handler http.Handler, page string, request Request, reasons ...fetch.ReasonCode) *Result {
	t.Helper()
	return browser(t, handler).Blocks(t, page, request, reasons...)
}

// Exposes fails the test unless the page may read the answer and these headers of
// it. A header that the answer does not have fails it too.
func Exposes(t testing.TB, handler http.Handler, page string, request Request, headers ...string) *Result {
	t.Helper()
	return browser(t, handler).Exposes(t, page, request, headers...)
}

// Hides fails the test unless the page may read the answer but none of these headers
// of it. A header that the answer does not have fails it too: nothing hides it.
func Hides(t testing.TB, handler http.Handler, page string, request Request, headers ...string) *Result {
	t.Helper()
	return browser(t, handler).Hides(t, page, request, headers...)
}

func browser(t testing.TB, handler http.Handler) *Browser {
	t.Helper()
	if handler == nil {
		t.Fatalf("corstest: the handler is nil")
	}
	return &Browser{Handler: handler}
}

// Allows is the function of that name with this browser.
func (b *Browser) Allows(t testing.TB, page string, request Request) *Result {
	t.Helper()
	r := b.Fetch(t, page, request)
	switch {
	case !r.Allowed:
		t.Errorf("%s", r.report("blocked, but should be allowed"))
	case r.unsent:
		t.Logf("corstest: %s was not sent, because it may change data: the preflight alone was judged (Browser.Send sends it)", r.Trace.Request.Method)
	}
	return r
}

// Blocks is the function of that name with this browser.
func (b *Browser) Blocks(t testing.TB, page string, request Request, reasons ...fetch.ReasonCode) *Result {
	t.Helper()
	r := b.Fetch(t, page, request)
	switch {
	case r.Allowed:
		t.Errorf("%s", r.report("allowed, but should be blocked"))
	case len(reasons) > 0 && !slices.Contains(reasons, r.Reason.Code):
		t.Errorf("%s", r.report("blocked, but for another reason: "+string(r.Reason.Code)+", not "+joinCodes(reasons)))
	case len(reasons) == 0 && r.Reason.Code.IsNetwork():
		// A handler that panics must not look like a policy that holds.
		t.Errorf("%s", r.report("no rule of the browser was reached, so this says nothing about CORS"))
	}
	return r
}

func joinCodes(codes []fetch.ReasonCode) string {
	words := make([]string, len(codes))
	for i, c := range codes {
		words[i] = string(c)
	}
	return strings.Join(words, " or ")
}

// Exposes is the function of that name with this browser.
func (b *Browser) Exposes(t testing.TB, page string, request Request, headers ...string) *Result {
	t.Helper()
	r := b.Allows(t, page, request)
	if r.headersSeen(t) {
		for _, name := range headers {
			switch {
			case r.Headers.Contains(name):
			case r.sent(name):
				t.Errorf("%s", r.headerReport(name+" is hidden from the page, but should be exposed",
					"the answer to "+r.Trace.Request.Method+" must list it: Access-Control-Expose-Headers: "+r.exposedWith(name)))
			default:
				t.Errorf("%s", r.headerReport("the answer has no "+name, "the handler must send it before a page can read it"))
			}
		}
	}
	return r
}

// Hides is the function of that name with this browser.
func (b *Browser) Hides(t testing.TB, page string, request Request, headers ...string) *Result {
	t.Helper()
	r := b.Allows(t, page, request)
	if r.headersSeen(t) {
		for _, name := range headers {
			switch {
			case r.Headers.Contains(name):
				t.Errorf("%s", r.headerReport("the page can read "+name+", but should not", whyReadable(r, name)))
			case !r.sent(name):
				t.Errorf("%s", r.headerReport("the answer has no "+name, "so nothing is shown about whether it would be hidden"))
			}
		}
	}
	return r
}

// headersSeen reports whether there is an answer whose headers a page may or may not
// read.
func (r *Result) headersSeen(t testing.TB) bool {
	t.Helper()
	if r.Allowed && r.unsent {
		t.Errorf("corstest: %s was not sent, because it may change data, so there is no answer with headers: set Browser.Send", r.Trace.Request.Method)
	}
	return r.Allowed && !r.unsent
}

// Reached reports whether the request itself, and not only its preflight, got to
// the server. A page that is blocked has often done there what it wanted.
func (r *Result) Reached() bool {
	for _, x := range r.Trace.Exchanges {
		if x.Kind == fetch.ExchangeRequest && x.Status != 0 && !fromCache(x) {
			return true
		}
	}
	return false
}

// sent reports whether the last answer has a header, hidden or not.
func (r *Result) sent(name string) bool {
	x := r.lastExchange()
	return x != nil && x.ResponseHeaders.Contains(name)
}

func (r *Result) lastExchange() *fetch.Exchange {
	if n := len(r.Trace.Exchanges); n > 0 {
		return r.Trace.Exchanges[n-1]
	}
	return nil
}
