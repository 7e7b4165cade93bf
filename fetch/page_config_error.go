package fetch

import (
	"errors"
	"strings"
)

// PageConfigCode says what is wrong with a [PageConfig].
type PageConfigCode string

// The mistakes.
const (
	// PageConfigURL: URL is no URL.
	PageConfigURL PageConfigCode = "page-url-invalid"
	// PageConfigTopLevel: TopLevel is no URL.
	PageConfigTopLevel PageConfigCode = "top-level-invalid"
	// PageConfigReferrerPolicy: ReferrerPolicy is none of the standard's.
	PageConfigReferrerPolicy PageConfigCode = "referrer-policy-invalid"
	// PageConfigEmbedderPolicy: EmbedderPolicy or EmbedderPolicyReportOnly is none of the standard's.
	PageConfigEmbedderPolicy PageConfigCode = "embedder-policy-invalid"
	// PageConfigAddressSpace: AddressSpace is none.
	PageConfigAddressSpace PageConfigCode = "address-space-invalid"
)

// PageConfigError is a mistake in a [PageConfig].
type PageConfigError struct {
	Code PageConfigCode
	// Field of PageConfig.
	Field string
	// Value is what stands there.
	Value string
	// Hint says what to give instead; may be empty.
	Hint string
	// Err is the cause, a *[URLError] for the two URLs; nil for the other fields.
	Err error
}

// pageConfigFaults say whose URL it is, or are clauses about the value.
var pageConfigFaults = map[PageConfigCode]string{
	PageConfigURL:            "page",
	PageConfigTopLevel:       "top-level page",
	PageConfigReferrerPolicy: "is not a referrer policy",
	PageConfigEmbedderPolicy: "is not an embedder policy",
	PageConfigAddressSpace:   "is not an address space",
}

func (e *PageConfigError) Error() string {
	if e.Err != nil {
		return "fetch: " + pageConfigFaults[e.Code] + ": " + strings.TrimPrefix(e.Err.Error(), "fetch: ")
	}
	return "fetch: " + quote(e.Value) + " " + pageConfigFaults[e.Code] + ": " + e.Hint
}

// Unwrap returns the cause.

func (e *PageConfigError) Unwrap() error { return e.Err }

// parse returns the URLs that c names, nil where it names none, or every mistake of c, joined in the order of the fields.
func (c *PageConfig) parse() (page, top *URL, err error) {
	var faults []error
	fault := func(code PageConfigCode, field, value, hint string, cause error) {
		faults = append(faults, &PageConfigError{Code: code, Field: field, Value: value, Hint: hint, Err: cause})
	}
	address := func(code PageConfigCode, field, value string) *URL {
		u, err := ParseURL(value)
		if bad := (*URLError)(nil); errors.As(err, &bad) {
			fault(code, field, value, bad.Hint, bad)
		}
		return u
	}
	if c.URL != "null" {
		page = address(PageConfigURL, "URL", c.URL)
	}
	if c.TopLevel != "" {
		top = address(PageConfigTopLevel, "TopLevel", c.TopLevel)
	}
	if c.ReferrerPolicy != "" && !c.ReferrerPolicy.valid() {
		fault(PageConfigReferrerPolicy, "ReferrerPolicy", string(c.ReferrerPolicy), "use one of "+referrerPolicyList(), nil)
	}
	embedder := func(field string, policy EmbedderPolicy) {
		if policy != "" && !policy.valid() {
			fault(PageConfigEmbedderPolicy, field, string(policy), "use unsafe-none, credentialless or require-corp", nil)
		}
	}
	embedder("EmbedderPolicy", c.EmbedderPolicy)
	embedder("EmbedderPolicyReportOnly", c.EmbedderPolicyReportOnly)
	if c.AddressSpace != AddressSpaceUnknown && !c.AddressSpace.valid() {
		fault(PageConfigAddressSpace, "AddressSpace", string(c.AddressSpace), "use public, local or loopback", nil)
	}
	return page, top, errors.Join(faults...)
}
