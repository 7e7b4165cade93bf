package fetch

import (
	"context"
	"errors"
	"slices"

	"github.com/corscope/corscope/origin"
)

// FetchPreload runs the request of a link with rel=preload, as [Page.FetchPotentialCORS] does, and reports whether the link then has a load
// event. If not, it has an error event. Where nobody is asked response is nil, without a load event and without an error.
//
// https://html.spec.whatwg.org/#preload
func (p *Page) FetchPreload(ctx context.Context, q PotentialCORSRequest) (response *Response, loads bool, err error) {
	policy := &p.agent.profile.Preload
	if policy.NoTracks && q.Destination == DestinationTrack {
		return nil, false, nil
	}
	if q.Destination == DestinationFont && policy.AnonymousFonts {
		q.CORS = Anonymous
	}
	if policy.ignoresIntegrity(q.Destination) {
		q.Integrity = ""
	}
	r, response, err := p.fetchPotentialCORS(ctx, q)
	if err != nil {
		return nil, false, err
	}
	if response.IsError() {
		return response, r.failedPreloadLoads(response), nil
	}
	return response, policy.loads(q.Destination, response), nil
}

// FetchModulePreload runs the request of a link with rel=modulepreload, as [Page.FetchModule] does, and reports whether the link then has a load
// event; also beside a *[ModuleError], in some browsers.
//
// https://html.spec.whatwg.org/#link-type-modulepreload
func (p *Page) FetchModulePreload(ctx context.Context, m ModuleRequest) (response *Response, loads bool, err error) {
	r, response, err := p.fetchModule(ctx, m)
	switch noModule := new(ModuleError); {
	case errors.As(err, &noModule):
		noType := !slices.Contains(javaScriptTypes, response.Internal().MIMEType())
		return nil, p.agent.profile.Preload.FailuresLoad && noType && r.tainting == TaintingCORS, err
	case err != nil:
		return nil, false, err
	case response.IsError():
		return response, r.failedPreloadLoads(response), nil
	}
	return response, true, nil
}

func (p *PreloadPolicy) ignoresIntegrity(d Destination) bool {
	switch d {
	case DestinationScript, DestinationStyle:
		return false
	case DestinationFont:
		return p.FontIntegrityIgnored
	}
	return p.CodeIntegrityAlone
}

// failedPreloadLoads is [PreloadPolicy.FailuresLoad] of a network error.
func (r *request) failedPreloadLoads(response *Response) bool {
	reason := &response.Reason
	if !r.client.agent.profile.Preload.FailuresLoad || reason.Phase == PhaseBefore || reason.Code == ReasonIntegrity && r.tainting != TaintingOpaque {
		return false
	}
	asked := r.urlList
	if reason.StoppedBehindRedirect() {
		asked = asked[:len(asked)-1]
	}
	for _, u := range asked {
		if !origin.SameOrigin(u.Origin(), r.origin) {
			return true
		}
	}
	return false
}

// loads is what becomes of an answer to rel=preload.
func (p *PreloadPolicy) loads(d Destination, response *Response) bool {
	inner := response.Internal()
	mime, isOK, blocked := inner.MIMEType(), isOKStatus(inner.Status), inner.BlockedByType(d) != ""
	switch {
	case p.FailuresLoad && (response.Type == TypeOpaque || response.Type == TypeCORS && blocked):
		return true
	case !isOK && p.NeedOK && (d == DestinationFont || d == DestinationScript || d == DestinationStyle), !isOK && p.FetchNeedsOK && d == "":
		return false
	case blocked:
		return p.ScriptOfAnyType && d == DestinationScript
	}
	return !(p.StyleNeedsType && d == DestinationStyle && mime != "" && mime != "text/css")
}
