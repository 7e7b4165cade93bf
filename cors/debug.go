package cors

import (
	"net/http"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/internal/spelling"
)

// debugReason is the header that names the reason of a refusal in debug mode.
const debugReason = "Corscope-Reason"

// explain makes a refused answer say what a browser's console then repeats. None
// of it makes a browser change its mind: where the origin is at fault, the
// origin sent is not the page's; where it is a method or a header, the list sent
// lacks it. Where there is no such thing to send, as with "*", nothing is.
func (d *Decision) explain(h http.Header) {
	p := d.policy
	h[debugReason] = []string{d.Reason.String()}
	switch {
	case d.Reason == ReasonOriginMalformed, d.Reason == ReasonOriginNull, d.Reason == ReasonOriginNotAllowed:
		// Chromium then says that the header "has a value '...' that is not equal to
		// the supplied origin".
		h[httpspec.AccessControlAllowOrigin] = []string{p.nearest(d.Origin, d.Reason)}
	case d.Reason == ReasonMethodNotAllowed && !p.anyMethod, d.Reason == ReasonHeaderNotAllowed && !p.anyHeader:
		d.allowMethods, d.allowHeaders = p.allowMethods, p.allowHeaders
		if p.anyMethod && p.credentials {
			d.allowMethods = d.Method
		}
		d.applyPreflight(p, h)
		if d.allowMethods == "" {
			// Without the header, a browser whose page listens to its upload takes the
			// request's own method for allowed
			// (https://fetch.spec.whatwg.org/#cors-preflight-fetch-0, step 7.4). These
			// methods need no permission, so the header says nothing new.
			h[httpspec.AccessControlAllowMethods] = []string{"GET,HEAD,POST"}
		}
	default:
		return
	}
	if d.Preflight {
		// So that the status is not what the console complains about.
		d.Status = p.status
	}
}

const (
	// maxNearest bounds the origins that nearest compares with.
	maxNearest = 256
	// nearEnough is the edit distance up to which two origins look like a slip.
	nearEnough = 4
)

// nearest returns the exact origin of the policy that is most like s: one of the
// same host or, failing that, a few bytes away. If there is none it returns the
// reason in a form that is no origin.
func (p *Policy) nearest(s string, reason Reason) string {
	fallback := "refused:" + reason.String()
	if len(s) > maxPatternLength || p.origins.size() > maxNearest {
		return fallback
	}
	host := lenientHost(s)
	best, distance := fallback, nearEnough+1
	for _, entry := range p.origins.list() {
		o, ok := parseRequestOrigin(entry)
		switch {
		case !ok || entry == s:
		case host != "" && o.host == host:
			return entry
		default:
			if n := spelling.Distance(s, entry, nearEnough); n < distance {
				best, distance = entry, n
			}
		}
	}
	return best
}

// lenientHost returns what is probably the host in s, which need not be an
// origin.
func lenientHost(s string) string {
	if i := strings.Index(s, "://"); i >= 0 {
		s = s[i+len("://"):]
	}
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		s = s[:i]
	}
	host, _, _ := cutPort(s)
	return httpspec.Lower(host)
}
