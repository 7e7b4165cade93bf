package fetch

import (
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/origin"
)

// corsCheck returns nil for success, and the network error that ends the fetch for failure. For a preflight, r is the request
// that the preflight is for, so that its credentials mode counts.
//
// https://fetch.spec.whatwg.org/#concept-cors-check
func (p *fetchParams) corsCheck(r *request, response *Response) *Response {
	const allowOrigin, allowCredentials = httpspec.AccessControlAllowOrigin, httpspec.AccessControlAllowCredentials
	want := r.checkedOrigin()
	got, present := response.Headers.Get(allowOrigin)
	if !present {
		p.step("concept-cors-check", "2", Step{Verdict: Fail, Subject: allowOrigin, Want: want, Text: "the header is missing"})
		return p.blocked(ReasonAllowOriginMissing, "")
	}
	include := r.credentials == CredentialsInclude
	if !include && got == "*" {
		p.step("concept-cors-check", "3", Step{Verdict: Pass, Subject: allowOrigin, Want: want, Got: got,
			Text: "any origin may read it, as no credentials were asked for"})
		return nil
	}
	// A redirect from one origin to another hides the page's: what the header is compared with is then not what the reader sees as the page.
	hidden := want == "null" && !r.origin.IsOpaque()
	if got != want {
		code, detail := classifyAllowOrigin(got, want)
		text := allowOriginFaults[code]
		if hidden && code == ReasonAllowOriginMismatch {
			text = "not null, as the browser calls the page behind this redirect"
			detail = "a redirect from another origin led here, and behind it the browser says null for the page"
		}
		p.step("concept-cors-check", "4", Step{Verdict: Fail, Subject: allowOrigin, Want: want, Got: got, Text: text})
		return p.blocked(code, detail)
	}
	match := "this page's origin, to the letter"
	if hidden {
		match = "null, as the browser calls the page behind this redirect"
	}
	if !include {
		p.step("concept-cors-check", "5", Step{Verdict: Pass, Subject: allowOrigin, Want: want, Got: got, Text: match})
		return nil
	}
	p.step("concept-cors-check", "4", Step{Verdict: Pass, Subject: allowOrigin, Want: want, Got: got, Text: match})
	credentials, present := response.Headers.Get(allowCredentials)
	if credentials == "true" {
		p.step("concept-cors-check", "7", Step{Verdict: Pass, Subject: allowCredentials, Want: "true", Got: credentials,
			Text: "needed, because the credentials mode is include"})
		return nil
	}
	if !present {
		p.step("concept-cors-check", "8", Step{Verdict: Fail, Subject: allowCredentials, Want: "true",
			Text: "the header is missing, and the credentials mode is include"})
		return p.blocked(ReasonAllowCredentialsAbsent, "")
	}
	p.step("concept-cors-check", "8", Step{Verdict: Fail, Subject: allowCredentials, Want: "true", Got: credentials,
		Text: "only the word true in lower case counts"})
	return p.blocked(ReasonAllowCredentialsValue, "")
}

// allowOriginFaults says in a clause what is wrong with the header's value.
var allowOriginFaults = map[ReasonCode]string{
	ReasonAllowOriginWildcard: "* does not count when credentials are included",
	ReasonAllowOriginMultiple: "only one origin may stand in it",
	ReasonAllowOriginInvalid:  "not an origin as browsers write it",
	ReasonAllowOriginMismatch: "not this page's origin",
}

// classifyAllowOrigin tells apart what the standard's one comparison refuses, because each has another fix.
func classifyAllowOrigin(got, want string) (ReasonCode, string) {
	if got == "*" {
		return ReasonAllowOriginWildcard, ""
	}
	if strings.ContainsAny(got, ", \t") {
		return ReasonAllowOriginMultiple, ""
	}
	if got == "null" {
		return ReasonAllowOriginMismatch, "null stands for pages without an origin of their own"
	}
	allowed, err := origin.Parse(got)
	if err != nil {
		detail := "it is not an origin"
		if trimmed := strings.TrimRight(got, "/"); trimmed != got && trimmed == want {
			detail = "an origin has no slash at its end"
		} else if httpspec.EqualFold(got, want) {
			detail = "an origin is written in lower case"
		}
		return ReasonAllowOriginInvalid, detail
	}
	if page, err := origin.Parse(want); err == nil && !page.IsOpaque() {
		return ReasonAllowOriginMismatch, origin.Compare(page, allowed).String()
	}
	return ReasonAllowOriginMismatch, ""
}
