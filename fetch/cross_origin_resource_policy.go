package fetch

import "github.com/corscope/corscope/origin"

const resourcePolicyName = "Cross-Origin-Resource-Policy"

// corpCheck is the cross-origin resource policy check under the embedder policy "unsafe-none". It returns nil for allowed.
//
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header
func (p *fetchParams) corpCheck(r *request, response *Response) *Response {
	const name = resourcePolicyName
	policy, present := response.Headers.Get(name)
	if !present {
		return nil
	}
	target := response.URLList[len(response.URLList)-1].Origin()
	if why := p.resourcePolicyRefuses(policy, r.origin, target); why != "" {
		p.step("fetch#cross-origin-resource-policy-internal-check", "5", Step{Verdict: Fail, Subject: name, Want: "cross-origin", Got: policy, Text: why})
		if why == resourcePolicyScheme {
			return p.blocked(ReasonCORP, "a page on http is no same site for an answer over https")
		}
		return p.blocked(ReasonCORP, "")
	}
	switch policy {
	case "same-origin", "same-site", "cross-origin":
	default:
		p.step("fetch#cross-origin-resource-policy-internal-check", "3", Step{Verdict: Note, Subject: name, Got: policy,
			Text: "not one of the three values, so it says nothing"})
		return nil
	}
	p.step("concept-http-fetch", "5", Step{Verdict: Pass, Subject: name, Want: policy, Got: policy, Text: "the policy lets this page have it"})
	return nil
}

const resourcePolicyScheme = "the page came over http and the answer over https"

// resourcePolicyRefuses says why a value of the header keeps an answer of target from a page; empty: it does not.
func (p *fetchParams) resourcePolicyRefuses(policy string, page, target origin.Origin) string {
	switch {
	case policy == "same-origin" && !origin.SameOrigin(page, target):
		return "the page is of another origin"
	case policy != "same-site":
		return ""
	case !p.sameResourcePolicySite(page, target):
		return "the page is of another site"
	case page.Scheme() != "https" && target.Scheme() == "https":
		return resourcePolicyScheme
	}
	return ""
}

// sameResourcePolicySite reports whether a page is of the site that "same-site" speaks of.
func (p *fetchParams) sameResourcePolicySite(page, target origin.Origin) bool {
	if p.agent.profile.ResourcePolicySiteNeedsName && !origin.SameOrigin(page, target) && isAddress(target.Host()) {
		return false
	}
	return origin.SchemelesslySameSite(page, target)
}
