package diagnose

import (
	"slices"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// What the answers to further requests show. Without any, none of these finds anything.

func (f *finder) include() bool { return f.trace.Request.Credentials == fetch.CredentialsInclude }

// byProbes tells apart why an answer with a good status has no Access-Control-Allow-Origin: on the answer x, or on the page.
func (f *finder) byProbes(t *fetch.Trace, x seen, missing Evidence) bool {
	page := func(o *fetch.Exchange) bool { return allows(o, t.Page.Origin, false) }
	if x.Kind == fetch.ExchangePreflight {
		for _, kind := range []ProbeKind{ProbeRequest, ProbeGet} {
			if o, n := f.probes.find(kind, page); n > 0 {
				f.add("preflight-without-headers", false, missing, seen{o, -1, n}.header(httpspec.AccessControlAllowOrigin, "and the answer to "+o.Method+" has it"))
				return true
			}
		}
	} else if o, n := f.probes.find(ProbePreflight, page); n > 0 {
		f.add("preflight-alone", false, missing, seen{o, -1, n}.header(httpspec.AccessControlAllowOrigin, "and an answer to OPTIONS has it"))
		return true
	}
	return f.listed(missing)
}

// listed looks for another page that is allowed.
func (f *finder) listed(refused Evidence) bool {
	o, n := f.probes.find(ProbeOwnOrigin, allowsAsker(f.include()))
	if n == 0 {
		o, n = f.probes.find(ProbeNearOrigin, allowsAsker(f.include()))
	}
	if n == 0 {
		return false
	}
	asked, _ := o.RequestHeaders.Get(httpspec.HeaderOrigin)
	cause := otherOrigin(asked, f.trace.Page.Origin)
	if cause == id(fetch.ReasonAllowOriginMismatch) {
		cause = "origin-not-listed"
	}
	f.add(cause, false, refused, Evidence{Exchange: -1, Probe: n, Header: httpspec.AccessControlAllowOrigin, Value: firstAllowed(o), Text: "to a page of " + asked})
	return true
}

func firstAllowed(o *fetch.Exchange) string {
	value, _ := o.ResponseHeaders.Get(httpspec.AccessControlAllowOrigin)
	return value
}

// refusedByProbes tells apart why a preflight gets a bad status.
func (f *finder) refusedByProbes(x seen, status Evidence) bool {
	if o, n := f.probes.find(ProbeCredentials, allowsAsker(f.include())); n > 0 && !isRedirect(x.Status) {
		f.add("preflight-needs-login", false, status, seen{o, -1, n}.status("with the credentials of the request it is answered well"))
		return true
	}
	if x.Status == 404 {
		for _, kind := range []ProbeKind{ProbeRequest, ProbeGet} {
			if o, n := f.probes.find(kind, func(o *fetch.Exchange) bool { return o.Status == 404 }); n > 0 {
				f.add("url-not-found", kind == ProbeGet, status, seen{o, -1, n}.status(o.Method+" is answered so too"))
				return true
			}
		}
	}
	if x.Status >= 500 || x.Status == 404 || x.Status == 405 || x.Status == 401 || x.ResponseHeaders.Contains(httpspec.AccessControlAllowOrigin) {
		return false
	}
	passes := allowsAsker(f.include())
	plain, n := f.probes.find(ProbePlainPreflight, passes)
	if n == 0 {
		return f.listed(status)
	}
	method, names := askedMethod(x.Exchange), strings.Join(unsafeNames(x.Exchange), ", ")
	asked := Evidence{Exchange: x.index, Value: method, Text: "the method that was asked for"}
	evidence := seen{plain, -1, n}.status("for GET without headers the page is allowed")
	if isBucket(x.ResponseHeaders) {
		f.add("storage-bucket-rule", false, status, x.header("Server", "a storage service"), evidence)
		return true
	}
	if only, m := f.probes.find(ProbeMethodPreflight, passes); m > 0 {
		evidence = seen{only, -1, m}.status("for " + method + " without headers the page is allowed")
		f.add(id(fetch.ReasonHeaderNotAllowed), false, status, Evidence{Exchange: x.index, Value: names, Text: "the headers that were asked for"}, evidence)
		return true
	}
	if httpspec.IsCORSSafelistedMethod(method) {
		f.add(id(fetch.ReasonHeaderNotAllowed), false, status, Evidence{Exchange: x.index, Value: names, Text: "the headers that were asked for"}, evidence)
		return true
	}
	f.add(id(fetch.ReasonMethodNotAllowed), false, status, asked, evidence)
	return true
}

// heldBack is what the request itself was answered, or a GET in its place.
func (f *finder) heldBack() []Evidence {
	for _, kind := range []ProbeKind{ProbeRequest, ProbeGet} {
		if o, n := f.probes.find(kind, nil); n > 0 {
			return []Evidence{seen{o, -1, n}.status("what " + o.Method + " is answered")}
		}
	}
	return nil
}

// answeredOtherwise is that OPTIONS alone gets no answer, or that the server is there in another way.
func (f *finder) answeredOtherwise() []Evidence {
	evidence := f.heldBack()
	if o, n := f.probes.find(ProbeScheme, nil); n > 0 {
		evidence = append(evidence, seen{o, -1, n}.status("over http the port answers"))
	}
	if o, n := f.probes.find(ProbeTwinHost, nil); n > 0 {
		evidence = append(evidence, seen{o, -1, n}.status("by another name of this machine it answers"))
	}
	return evidence
}

// directly is what the target of a redirect says to a page that asks there.
func (f *finder) directly() []Evidence {
	o, n := f.probes.find(ProbeTarget, nil)
	if n == 0 {
		return nil
	}
	text := "asked there directly, the server does not allow the page"
	if allows(o, f.trace.Page.Origin, f.include()) {
		text = "asked there directly, the server allows the page"
	}
	return []Evidence{seen{o, -1, n}.header(httpspec.AccessControlAllowOrigin, text)}
}

// originRefused: the same without Origin is no error.
func (f *finder) originRefused(x seen) (Evidence, bool) {
	if x.Kind != fetch.ExchangeRequest {
		return Evidence{}, false
	}
	o, n := f.probes.find(ProbeNoOrigin, func(o *fetch.Exchange) bool { return o.Status < 400 && o.URL == x.URL })
	if n == 0 {
		return Evidence{}, false
	}
	return seen{o, -1, n}.status("without Origin there is no error"), true
}

// elsewhere: the server sends the headers, and not with its errors.
func (f *finder) elsewhere() (Evidence, bool) {
	for _, kind := range []ProbeKind{ProbePreflight, ProbeRoot} {
		if o, n := f.probes.find(kind, func(o *fetch.Exchange) bool { return allows(o, f.trace.Page.Origin, false) }); n > 0 {
			return seen{o, -1, n}.header(httpspec.AccessControlAllowOrigin, "on another answer of the server it is there"), true
		}
	}
	return Evidence{}, false
}

// caching is about an answer that the page gets: whether other pages, and caches, get what they should.
func (f *finder) caching(x seen) {
	allowed := x.header(httpspec.AccessControlAllowOrigin, "what this page is told")
	if allowed.Value != f.trace.Page.Origin && allowed.Value != httpspec.Wildcard {
		return
	}
	other, o := f.probes.find(ProbeOtherOrigin, nil)
	credentials, _ := orEmpty(other).ResponseHeaders.Get(httpspec.AccessControlAllowCredentials)
	if o > 0 && credentials == "true" && firstAllowed(other) == nobody {
		f.add("origin-reflected", false, seen{other, -1, o}.header(httpspec.AccessControlAllowOrigin, "what a page of nobody's is told, with credentials"))
	}
	none, n := f.probes.find(ProbeNoOrigin, nil)
	if n > 0 && isEmbeddable(x.Exchange) && firstAllowed(none) == "" && !variesByOrigin(none.ResponseHeaders) && isOK(none.Status) {
		f.add("image-then-fetch", true, seen{none, -1, n}.header(httpspec.AccessControlAllowOrigin, "without Origin it is missing, and so is Vary: Origin"))
		return
	}
	if variesByOrigin(x.ResponseHeaders) || allowed.Value == httpspec.Wildcard {
		return
	}
	depends, by := other, o
	if o == 0 || sameAllowed(other, x.Exchange) {
		depends, by = none, n
	}
	if by > 0 && !sameAllowed(depends, x.Exchange) {
		f.add("vary-missing", false, allowed, seen{depends, -1, by}.header(httpspec.AccessControlAllowOrigin, "what another is told"), x.header(httpspec.Vary, "does not name Origin"))
	}
}

// blockedByClient is what Chromium calls a request that an extension stopped.
const blockedByClient = "ERR_BLOCKED_BY_CLIENT"

// withTold adds what nothing but the browser's own words for a failure tells: outside of the browser nobody stops the request.
func withTold(findings []Finding, t *fetch.Trace, said string) []Finding {
	if code := saysLocalNetwork(said); code != "" {
		findings = slices.DeleteFunc(findings, func(f Finding) bool { return f.Cause.ID == id(code) })
		return slices.Insert(findings, 0, Finding{Cause: causesByID[id(code)], Evidence: []Evidence{{Exchange: -1, Value: said, Text: "the browser's own words"}}})
	}
	if slices.ContainsFunc(findings, func(f Finding) bool { return f.Cause.ID == id(fetch.ReasonLocalNetworkAccess) }) {
		return findings // Firefox says the same when the user says no
	}
	likely := strings.HasPrefix(said, firefoxDidNotText) && t.Outcome.Allowed
	if !likely && !strings.Contains(said, blockedByClient) {
		return findings
	}
	if slices.ContainsFunc(findings, func(f Finding) bool { return f.Cause.ID == "blocked-by-extension" || f.Cause.Group == GroupNetwork }) {
		return findings
	}
	text := "the browser's own words"
	if likely {
		text += ", and outside of it the page gets the answer"
	}
	return slices.Insert(findings, 0, Finding{Cause: causesByID["blocked-by-extension"], Likely: likely,
		Evidence: []Evidence{{Exchange: -1, Value: said, Text: text}}})
}
