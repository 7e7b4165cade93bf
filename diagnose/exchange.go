package diagnose

import (
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/origin"
)

// walk goes over the exchanges of a trace in their order and knows what a browser knows at each: the URLs with their fragments, and
// whether CORS applies by then.
type walk struct {
	trace *fetch.Trace
	// urls are those of the chain of redirects, with fragments; the last one is the current one.
	urls []string
	// crossOrigin is set once a URL of the chain was of another origin than the page; it is never unset, as response tainting is
	// not.
	crossOrigin bool
	// led is the exchange whose redirect was looked at last, ledFrom the URL from where, and ledTo where it leads.
	led     *fetch.Exchange
	ledFrom string
	ledTo   *fetch.URL
	// broken is set where the page gets an answer whose body breaks off.
	broken *brokenBody
}

func newWalk(t *fetch.Trace) *walk {
	w := &walk{trace: t, urls: []string{t.Request.URL}}
	w.crossOrigin = w.isForeign(t.Request.URL)
	return w
}

func (w *walk) isForeign(raw string) bool {
	u, err := fetch.ParseURL(raw)
	return err != nil || w.trace.Page.Origin == opaque || u.Origin().String() != w.trace.Page.Origin
}

// opaque is how an origin without a name is written.
const opaque = "null"

// enter makes the URL of x the current one.
func (w *walk) enter(x *fetch.Exchange) {
	for x.Hop >= len(w.urls) {
		// The record holds URLs without fragments, and a browser's message has them: they come from Location.
		next := x.URL
		if x.Hop == len(w.urls) {
			next = w.target(x)
		}
		w.urls = append(w.urls, next)
		w.crossOrigin = w.crossOrigin || w.isForeign(next)
	}
}

// target is the URL of x, with the fragment that the Location that led to it or the URL before it had.
func (w *walk) target(x *fetch.Exchange) string {
	for _, before := range w.trace.Exchanges {
		if before.Kind != fetch.ExchangeRequest || before.Hop != x.Hop-1 || before.Status == 0 {
			continue
		}
		if u := w.redirectTarget(before); u != nil && u.StringWithoutFragment() == x.URL {
			return u.String()
		}
	}
	return x.URL
}

// redirectTarget is where the answer of x leads, seen from the current URL. It is asked for when x is judged, and again for the hop behind.
func (w *walk) redirectTarget(x *fetch.Exchange) *fetch.URL {
	if from := w.current(); w.led != x || w.ledFrom != from {
		w.led, w.ledFrom, w.ledTo = x, from, redirectTarget(x, from)
	}
	return w.ledTo
}

// redirectTarget is where the answer of x leads, seen from the URL from, or nil for no redirect and for a Location that is no URL.
func redirectTarget(x *fetch.Exchange, from string) *fetch.URL {
	location, _ := x.ResponseHeaders.Get("Location")
	if location == "" || !isRedirect(x.Status) {
		return nil
	}
	base, err := fetch.ParseURL(from)
	if err != nil {
		return nil
	}
	u, err := base.Parse(location)
	if err != nil {
		return nil
	}
	if _, has := u.Fragment(); !has {
		if fragment, inherited := base.Fragment(); inherited {
			u = u.WithFragment(fragment)
		}
	}
	return u
}

func (w *walk) current() string { return w.urls[len(w.urls)-1] }

// first is the URL that the chain began with, or "" where nothing was followed.
func (w *walk) first() string {
	if len(w.urls) == 1 {
		return ""
	}
	return w.urls[0]
}

// underCORS reports whether the CORS check is applied to an answer from the current URL.
func (w *walk) underCORS() bool { return w.trace.Request.Mode == fetch.ModeCORS && w.crossOrigin }

func (w *walk) include() bool { return w.trace.Request.Credentials == fetch.CredentialsInclude }

// askedOrigin is the origin that the exchange's answer is compared with, as the request named it.
func (w *walk) askedOrigin(x *fetch.Exchange) string {
	if sent, ok := x.RequestHeaders.Get(httpspec.HeaderOrigin); ok {
		return sent
	}
	return w.trace.Page.Origin
}

// unsafeNames are the header names that the preflight x asks for, in lower case and sorted.
func unsafeNames(x *fetch.Exchange) []string {
	asked, _ := x.RequestHeaders.Get(httpspec.AccessControlRequestHeaders)
	names, err := httpspec.ParseTokenList([]string{asked})
	if err != nil {
		return nil
	}
	return names
}

// askedMethod is the method that the preflight x asks for.
func askedMethod(x *fetch.Exchange) string {
	method, _ := x.RequestHeaders.Get(httpspec.AccessControlRequestMethod)
	return method
}

func isRedirect(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

func isOK(status int) bool { return status >= 200 && status <= 299 }

// leadsAway reports a redirect that a browser would follow: one that says where to.
func leadsAway(x *fetch.Exchange) bool {
	location, _ := x.ResponseHeaders.Get("Location")
	return isRedirect(x.Status) && location != ""
}

// undecided reports an exchange that nobody knows the answer of, because it was never made.
func undecided(x *fetch.Exchange) bool {
	return x.Failure != nil && (x.Failure.Code == fetch.ReasonNotSent || x.Failure.Code == fetch.ReasonNotRecorded)
}

// effective is x with the answer that the rules were applied to: the stored one, where the HTTP cache had it.
func effective(x *fetch.Exchange) *fetch.Exchange {
	if x.Cache == nil {
		return x
	}
	stored := *x
	stored.Status, stored.ResponseHeaders = x.Cache.Status, x.Cache.Headers
	return &stored
}

// defaultedByCOEP reports that the page's embedder policy kept the answer of x, the last one, from it.
func (w *walk) defaultedByCOEP(x *fetch.Exchange) bool {
	r := w.trace.Outcome.Reason
	return r != nil && r.Code == fetch.ReasonCOEP && x == w.trace.Exchanges[len(w.trace.Exchanges)-1]
}

// violatesCORP reports whether Cross-Origin-Resource-Policy keeps an opaque answer from u from the page.
//
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check
func violatesCORP(t *fetch.Trace, u string, x *fetch.Exchange) bool {
	policy, _ := x.ResponseHeaders.Get(httpspec.CrossOriginResourcePolicy)
	target, err := fetch.ParseURL(u)
	if err != nil || policy != "same-origin" && policy != "same-site" {
		return false
	}
	page, err := origin.Parse(t.Page.Origin)
	if err != nil || page.IsOpaque() {
		return true
	}
	if policy == "same-origin" {
		return !origin.SameOrigin(page, target.Origin())
	}
	return !origin.SchemelesslySameSite(page, target.Origin()) || page.Scheme() != "https" && target.Scheme() == "https"
}
