package fetch

import (
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/origin"
)

// EmbedderPolicy is what a page asks of the answers of others that do not take part in CORS: Cross-Origin-Embedder-Policy.
//
// https://html.spec.whatwg.org/#embedder-policy-value
type EmbedderPolicy string

// The embedder policies. The zero value counts as [UnsafeNone].
const (
	UnsafeNone     EmbedderPolicy = "unsafe-none"
	Credentialless EmbedderPolicy = "credentialless"
	RequireCORP    EmbedderPolicy = "require-corp"
)

func (e EmbedderPolicy) valid() bool {
	switch e {
	case UnsafeNone, Credentialless, RequireCORP:
		return true
	}
	return false
}

// parseEmbedderPolicy reads the lines of a header whose value is a token, as a structured field, with parameters; anything else is
// "unsafe-none".
//
// https://html.spec.whatwg.org/#obtain-an-embedder-policy
func parseEmbedderPolicy(lines []string) EmbedderPolicy {
	value, parameters, found := strings.Cut(strings.Trim(joinLines(lines), " "), ";")
	e := EmbedderPolicy(value)
	if !e.valid() || found && !areSFParameters(parameters) {
		return UnsafeNone
	}
	return e
}

// areSFParameters reports whether s, which stands behind the first semicolon, can be parameters of a structured field. Their values are
// looked at no further than to tell a quoted comma from one that begins another member.
//
// https://www.rfc-editor.org/rfc/rfc9651#section-3.1.2
func areSFParameters(s string) bool {
	for {
		s = strings.TrimLeft(s, " ")
		n := 0
		for n < len(s) && (s[n] >= 'a' && s[n] <= 'z' || s[n] == '*' || n > 0 && (isDigits(s[n:n+1]) || strings.IndexByte("_-.", s[n]) >= 0)) {
			n++
		}
		if n == 0 {
			return false
		}
		if s = s[n:]; strings.HasPrefix(s, `="`) {
			_, s = quotedValue(s[1:])
		} else if value, ok := strings.CutPrefix(s, "="); ok {
			n := strings.IndexByte(value+";", ';')
			bare := strings.NewReplacer(":", "", "/", "").Replace(value[:n])
			if bare != "?0" && bare != "?1" && !httpspec.IsToken(bare) {
				return false
			}
			s = value[n:]
		}
		if s == "" {
			return true
		}
		if s[0] != ';' {
			return false
		}
		s = s[1:]
	}
}

// embedderPolicyAllowsCredentials is "Cross-Origin-Embedder-Policy allows credentials".
//
// DEVIATION(browser): the last condition stands inverted in the text at 586cd2a; what is meant, and what browsers do, is that a request
// to the page's own origin which was never elsewhere keeps its credentials. https://github.com/whatwg/fetch/issues/1958, 2026-11-22.
//
// https://fetch.spec.whatwg.org/#cross-origin-embedder-policy-allows-credentials
func (p *fetchParams) embedderPolicyAllowsCredentials(r *request) bool {
	if p.page.policies == nil || p.page.policies.embedder != Credentialless || r.mode != ModeNoCORS {
		return true
	}
	if origin.SameOrigin(r.origin, r.currentURL().Origin()) && r.redirectTaint() == TaintSameOrigin {
		return true
	}
	p.step("concept-http-network-or-cache-fetch", "8.4", Step{Verdict: Note, Subject: "Cross-Origin-Embedder-Policy", Got: string(Credentialless),
		Text: "mode no-cors goes without credentials, because the page's embedder policy is credentialless"})
	return false
}

// embedderPolicyCheck is the rest of the cross-origin resource policy check, for an answer that corpCheck has allowed under "unsafe-none".
// It returns nil for allowed.
//
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header
func (p *fetchParams) embedderPolicyCheck(r *request, response *Response) *Response {
	if p.page.policies == nil {
		return nil
	}
	const name = "Cross-Origin-Resource-Policy"
	got, _ := response.Headers.Get(name)
	switch got {
	case "same-origin", "same-site", "cross-origin":
		return nil // corpCheck has judged it
	}
	if origin.SameOrigin(r.origin, response.URLList[len(response.URLList)-1].Origin()) {
		return nil
	}
	wants := func(e EmbedderPolicy) bool {
		return e == RequireCORP || e == Credentialless && response.includesCredentials
	}
	want := "cross-origin"
	if r.client.sameSite(response.URLList[len(response.URLList)-1].Origin()) {
		want = "same-site"
	}
	if wants(p.page.policies.embedderReportOnly) {
		p.step("fetch#cross-origin-resource-policy-internal-check", "4", Step{Verdict: Note, Subject: name, Want: want, Got: got,
			Text: "the page's Cross-Origin-Embedder-Policy-Report-Only would block it, and only reports"})
	}
	policy := p.page.policies.embedder
	if !wants(policy) {
		return nil
	}
	p.step("fetch#cross-origin-resource-policy-internal-check", "4", Step{Verdict: Fail, Subject: name, Want: want, Got: got,
		Text: "the page's Cross-Origin-Embedder-Policy is " + string(policy) + ", and the answer does not say that the page may have it"})
	return p.blocked(ReasonCOEP, string(policy))
}
