package demo

// policyFaults are rules on the answer other than CORS: they guard calls in mode
// no-cors, whose answer no script reads.
//
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header
func policyFaults() []fault {
	opaque := func(id, reason, title, server string, header ...Field) fault {
		return fault{
			Fault: Fault{
				ID: id, Kind: KindPolicy, Title: title,
				Call: Call{Page: "{app}/", URL: server + "/" + id, Mode: "no-cors"},
				Want: Want{Reason: reason, Phase: phaseOf(reason), Status: 200},
			},
			answer: with(header...),
		}
	}
	policy := func(value string) Field { return Field{"Cross-Origin-Resource-Policy", value} }
	const refused = "cross-origin-resource-policy"

	inCORS := opaque("resource-policy-with-cors", "", "same-origin, and CORS headers that allow the page: with CORS the policy plays no part", "{faults}",
		policy("same-origin"), allowOrigin("{app}"))
	inCORS.Mode = ""
	inCORS.Want = Want{Status: 200, Reads: inCORS.ID}

	return []fault{
		opaque("resource-policy-same-origin", refused, "only pages of the same origin", "{faults}", policy("same-origin")),
		opaque("resource-policy-same-origin-sibling", refused, "only pages of the same origin, asked by one of the same site", "{api}", policy("same-origin")),
		opaque("resource-policy-same-site", refused, "only pages of the same site, asked by another", "{faults}", policy("same-site")),
		opaque("resource-policy-same-site-sibling", "", "only pages of the same site, asked by one", "{api}", policy("same-site")),
		opaque("resource-policy-cross-origin", "", "everybody", "{faults}", policy("cross-origin")),
		opaque("resource-policy-twice", "", "two values, which count as none", "{faults}", policy("same-origin"), policy("same-site")),
		opaque("no-cors", "", "no header at all, in mode no-cors: the page gets an answer that it cannot read", "{faults}"),
		inCORS,
	}
}

// phaseOf is "request" where there is a reason.
func phaseOf(reason string) string {
	if reason == "" {
		return ""
	}
	return "request"
}
