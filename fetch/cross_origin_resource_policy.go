package fetch

import "github.com/corscope/corscope/origin"

// corpCheck is the cross-origin resource policy check under the embedder policy "unsafe-none". It returns nil for allowed.
//
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header
func (p *fetchParams) corpCheck(r *request, response *Response) *Response {
	const name = "Cross-Origin-Resource-Policy"
	policy, present := response.Headers.Get(name)
	if !present {
		return nil
	}
	target := response.URLList[len(response.URLList)-1].Origin()
	switch policy {
	case "same-origin":
		if !origin.SameOrigin(r.origin, target) {
			p.step("fetch#cross-origin-resource-policy-internal-check", "5", Step{Verdict: Fail, Subject: name, Want: "cross-origin",
				Got: policy, Text: "the page is of another origin"})
			return p.blocked(ReasonCORP, "")
		}
	case "same-site":
		if !p.sameResourcePolicySite(r.origin, target) {
			p.step("fetch#cross-origin-resource-policy-internal-check", "5", Step{Verdict: Fail, Subject: name, Want: "cross-origin",
				Got: policy, Text: "the page is of another site"})
			return p.blocked(ReasonCORP, "")
		}
		if r.origin.Scheme() != "https" && target.Scheme() == "https" {
			p.step("fetch#cross-origin-resource-policy-internal-check", "5", Step{Verdict: Fail, Subject: name, Want: "cross-origin",
				Got: policy, Text: "the page came over http and the answer over https"})
			return p.blocked(ReasonCORP, "a page on http is no same site for an answer over https")
		}
	case "cross-origin":
	default:
		p.step("fetch#cross-origin-resource-policy-internal-check", "3", Step{Verdict: Note, Subject: name, Got: policy,
			Text: "not one of the three values, so it says nothing"})
		return nil
	}
	p.step("concept-http-fetch", "5", Step{Verdict: Pass, Subject: name, Want: policy, Got: policy, Text: "the policy lets this page have it"})
	return nil
}

// sameResourcePolicySite reports whether a page is of the site that "same-site" speaks of.
func (p *fetchParams) sameResourcePolicySite(page, target origin.Origin) bool {
	if p.agent.profile.ResourcePolicySiteNeedsName && !origin.SameOrigin(page, target) && isAddress(target.Host()) {
		return false
	}
	return origin.SchemelesslySameSite(page, target)
}
