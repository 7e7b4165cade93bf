package fetch

import (
	"slices"

	"github.com/corscope/corscope/origin"
)

// beginTrace records what was asked. A trace that was used before starts over.
func (p *fetchParams) beginTrace(ignored []IgnoredHeader) {
	t, r := p.trace, p.request
	steps := 16
	if t.Brief {
		steps = 0
	}
	if t.Checkpoint != nil {
		*t.Checkpoint = Checkpoint{}
	}
	*t = Trace{BodyLimit: t.BodyLimit, Brief: t.Brief, Checkpoint: t.Checkpoint, Ignored: ignored, Steps: make([]Step, 0, steps), Exchanges: make([]*Exchange, 0, 2)}
	t.Page = PageRecord{
		URL: p.page.urlString(), Origin: p.page.origin.String(), TopSite: p.page.topSite.String(), Profile: p.agent.profile.name(),
		Policies: p.page.policyRecord(), AddressSpace: p.page.addressSpace,
	}
	t.Request = RequestRecord{
		Method: r.method, URL: r.currentURL().String(), Origin: r.currentURL().Origin().String(), Headers: r.headers.Clone(),
		BodySize: r.body.Len(), Mode: r.mode, Credentials: r.credentials, Redirect: r.redirect, Cache: r.cache,
		ReferrerPolicy: r.referrerPolicy, Integrity: r.integrity, TargetAddressSpace: r.targetAddressSpace, Destination: r.destination, InitiatorType: r.initiatorType,
		Keepalive: r.keepalive, UploadListener: r.useCORSPreflight && r.body.hasSource(),
	}
	if t.Request.ReferrerPolicy == "" {
		t.Request.ReferrerPolicy = p.page.referrerPolicy
	}
	t.Relation = origin.Compare(p.page.origin, r.currentURL().Origin())
	t.replay = &replaySource{page: p.page, request: r.clone(), spaces: map[string]AddressSpace{}}
}

// endTrace records what the page gets.
func (p *fetchParams) endTrace(response *Response) {
	o := Outcome{
		Allowed: !response.IsError(), Type: response.Type, Status: response.Status, URL: response.URL(),
		Redirected: response.Redirected(), Headers: response.Headers, BodyReadable: response.Body != nil,
	}
	if response.IsError() {
		reason := response.Reason
		o.Reason = &reason
	}
	if n := len(p.trace.Exchanges); n > 0 && !response.IsError() {
		for _, name := range sortedLowercaseSet(p.trace.Exchanges[n-1].ResponseHeaders.names()) {
			if !response.Headers.Contains(name) {
				o.Hidden = append(o.Hidden, name)
			}
		}
	}
	o.Hidden = slices.Clip(o.Hidden)
	p.trace.Outcome = o
}
