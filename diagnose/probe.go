package diagnose

import (
	"slices"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// Probe is one further request, whose answer would tell what a recorded fetch cannot. It is GET, HEAD or OPTIONS.
type Probe struct {
	Kind ProbeKind `json:"kind"`
	// Asks says how the request differs from the recorded one, and Decides what its answer tells; each is a clause.
	Asks    string `json:"asks"`
	Decides string `json:"decides"`
	// Exchange is what to send: its kind, method, URL and headers, and by Credentials whether the cookies that the browser holds for
	// the URL go along. Whoever asks puts the answer or the failure into it, and follows no redirect.
	Exchange *fetch.Exchange `json:"exchange"`
	// Learned is what the answer told, a clause that [Diagnose] fills in.
	Learned string `json:"learned,omitempty"`
}

// ProbeKind is the question that a probe asks.
type ProbeKind string

// The kinds of probes.
const (
	// ProbeRequest is the request itself, which the browser held back.
	ProbeRequest ProbeKind = "request"
	// ProbeGet is a GET in the place of a request that may change data.
	ProbeGet ProbeKind = "get"
	// ProbePreflight is a preflight that the browser had no need of, ProbePlainPreflight one for GET without headers, and
	// ProbeMethodPreflight one for the method without headers.
	ProbePreflight       ProbeKind = "preflight"
	ProbePlainPreflight  ProbeKind = "plain-preflight"
	ProbeMethodPreflight ProbeKind = "method-preflight"
	// ProbeCredentials is the preflight with the credentials of the request, which browsers never send.
	ProbeCredentials ProbeKind = "preflight-with-credentials"
	// The same request, as a page of the server's own origin would make it, one of a neighbour's, and one of nobody's; and as what
	// has no page.
	ProbeOwnOrigin   ProbeKind = "own-origin"
	ProbeNearOrigin  ProbeKind = "near-origin"
	ProbeOtherOrigin ProbeKind = "other-origin"
	ProbeNoOrigin    ProbeKind = "no-origin"
	// ProbeWithOrigin is a request of mode no-cors as mode cors would send it.
	ProbeWithOrigin ProbeKind = "with-origin"
	// ProbeTarget asks the target of a redirect directly.
	ProbeTarget ProbeKind = "redirect-target"
	// ProbeUncached goes past caches, ProbeRoot asks for the server's root.
	ProbeUncached ProbeKind = "uncached"
	ProbeRoot     ProbeKind = "root"
	// ProbeScheme asks over https in the place of http or the other way round, ProbeTwinHost for this machine by another name.
	ProbeScheme   ProbeKind = "other-scheme"
	ProbeTwinHost ProbeKind = "twin-host"
)

// nobody is an origin that no server lists.
const nobody = "https://corscope.invalid"

// maxProbed bounds how many answers to probes are looked at.
const maxProbed = 64

// NextProbe returns the most telling question about t that is left after those of done, and false where no further request would
// tell anything. It makes none itself. A fetch for which nothing is open has no question: most that are allowed, and most whose one
// answer shows what is wrong.
func NextProbe(t *fetch.Trace, done []Probe) (Probe, bool) {
	p := &planner{walk: newWalk(t), probes: probed(done)}
	for _, q := range p.questions() {
		if !slices.ContainsFunc(done, func(d Probe) bool { return sameQuestion(d, q) }) {
			return q, true
		}
	}
	return Probe{}, false
}

func sameQuestion(a, b Probe) bool {
	if a.Kind != b.Kind || a.Exchange == nil || b.Exchange == nil || a.Exchange.URL != b.Exchange.URL {
		return a.Kind == b.Kind && (a.Exchange == nil || b.Exchange == nil)
	}
	one, _ := a.Exchange.RequestHeaders.Get(httpspec.HeaderOrigin)
	other, _ := b.Exchange.RequestHeaders.Get(httpspec.HeaderOrigin)
	return one == other
}

// probed are probes with their answers.
type probed []Probe

// find returns the first answered probe of the kind for which fits holds, and its number, counted from 1; without one, nil and 0.
// A nil fits takes any.
func (p probed) find(kind ProbeKind, fits func(x *fetch.Exchange) bool) (*fetch.Exchange, int) {
	for i, probe := range p[:min(len(p), maxProbed)] {
		if x := probe.Exchange; probe.Kind == kind && x != nil && x.Status != 0 && (fits == nil || fits(x)) {
			return x, i + 1
		}
	}
	return nil, 0
}

func (p probed) answer(kind ProbeKind) *fetch.Exchange {
	x, _ := p.find(kind, nil)
	return x
}

// observations are the answers to exactly what a browser would send, so that they stand for answers that were never recorded.
func (p probed) observations() []*fetch.Exchange {
	var list []*fetch.Exchange
	for _, probe := range p[:min(len(p), maxProbed)] {
		if probe.Exchange == nil || probe.Exchange.Status == 0 {
			continue
		}
		switch probe.Kind {
		case ProbeRequest, ProbeTarget, ProbeScheme, ProbeWithOrigin:
			list = append(list, probe.Exchange)
		}
	}
	return list
}

// Observed are the answers of [Report.Probes] that stand for answers which the recorded fetch never came to; the fix rests on them.
func (r *Report) Observed() []*fetch.Exchange { return probed(r.Probes).observations() }

// allows reports whether the answer x lets a page of that origin read it, as far as its origin and credentials go; a preflight's
// must have an ok status too.
func allows(x *fetch.Exchange, page string, include bool) bool {
	if x == nil || x.Kind == fetch.ExchangePreflight && !isOK(x.Status) {
		return false
	}
	lines := x.ResponseHeaders.Values(httpspec.AccessControlAllowOrigin)
	if len(lines) != 1 || lines[0] != page && (lines[0] != httpspec.Wildcard || include) {
		return false
	}
	credentials, _ := x.ResponseHeaders.Get(httpspec.AccessControlAllowCredentials)
	return !include || credentials == "true"
}

// allowsAsker is allows for the origin that x was asked with.
func allowsAsker(include bool) func(x *fetch.Exchange) bool {
	return func(x *fetch.Exchange) bool {
		asked, ok := x.RequestHeaders.Get(httpspec.HeaderOrigin)
		return ok && allows(x, asked, include)
	}
}
