package diagnose

import (
	"slices"

	"github.com/corscope/corscope/fetch"
)

// Options say how to diagnose. The zero value is for everyday use.
type Options struct {
	// Profiles are what the fix must work under besides the standard, which is always asked first. Nil: [Profiles].
	Profiles []fetch.Profile
	// BodyError is what reading the body of an answer ended with, which no trace says; nil for none. Where a [fetch.BodyError] says that the
	// connection broke off before the first byte, no browser gives the page an answer to use: [VerdictNotCORS].
	BodyError error
	// Initiator is what the page asked with. Empty: fetch().
	Initiator Initiator
	// Said is the browser's own name for the failure that is being looked into: the reason behind Firefox's frame, or Chromium's
	// net::ERR_... with or without the net::. Empty: not known.
	Said string
	// Probes are further requests with their answers; see [NextProbe]. They are not changed.
	Probes []Probe
}

// Verdict is a report in a word.
type Verdict string

// The verdicts.
const (
	// VerdictAllowed: the page gets the answer. There may still be findings.
	VerdictAllowed Verdict = "allowed"
	// VerdictBlocked: a rule of the browser's keeps it from the page.
	VerdictBlocked Verdict = "blocked"
	// VerdictNotCORS: no rule was broken; the exchange itself failed.
	VerdictNotCORS Verdict = "not-cors"
	// VerdictNotSent: the request was not sent, and nothing that came before forbids it.
	VerdictNotSent Verdict = "not-sent"
)

// Report is all that can be said about one recorded fetch.
type Report struct {
	Verdict Verdict `json:"verdict"`
	// Findings are the causes, what stops the fetch first; see [Recognise].
	Findings []Finding `json:"findings"`
	// Consoles is what each browser prints.
	Consoles []Printout `json:"consoles"`
	// Fix is nil where there is nothing to repair.
	Fix *Fix `json:"fix,omitempty"`
	// Probes are those of the options, with what each of them told.
	Probes []Probe `json:"probes,omitempty"`
}

// Profiles returns the browsers that a fix is proven for, beside the standard itself.
func Profiles() []fetch.Profile {
	return []fetch.Profile{fetch.Chromium(), fetch.Firefox(), fetch.WebKit()}
}

// Diagnose reports on a recorded fetch. The trace is not changed. It may come from a fetch of this process or from a file. A trace
// that holds no request gives an empty report. It is safe for concurrent use.
func Diagnose(t *fetch.Trace, o Options) *Report {
	r := &Report{Verdict: verdictOf(t), Findings: []Finding{}}
	broken := brokenBodyOf(t, o.BodyError)
	for _, b := range Browsers() {
		r.Consoles = append(r.Consoles, console(b, t, o.Initiator, broken))
	}
	profiles := o.Profiles
	if profiles == nil {
		profiles = Profiles()
	}
	s := newSearch(t, append([]fetch.Profile{{}}, profiles...), o.Probes)
	if r.Verdict != VerdictNotSent {
		r.Fix = s.fix()
	}
	r.Findings = recognise(t, s.faults, o.Probes)
	if o.BodyError != nil {
		evidence := []Evidence{{Exchange: len(t.Exchanges) - 1, Text: o.BodyError.Error()}}
		if broken != nil && broken.never {
			r.Verdict = VerdictNotCORS
			r.Findings = slices.Insert(r.Findings, 0, Finding{Cause: causesByID["body-never-begins"], Evidence: evidence})
		} else {
			r.Findings = append(r.Findings, Finding{Cause: causesByID["body-unreadable"], Evidence: evidence})
		}
	}
	r.Findings = withTold(r.Findings, t, o.Said)
	r.Probes = learn(t, o.Probes)
	return r
}

func newSearch(t *fetch.Trace, profiles []fetch.Profile, probes probed) *search {
	return &search{simulation: simulation{trace: t, observed: probes.observations()}, profiles: profiles, probes: probes}
}

func verdictOf(t *fetch.Trace) Verdict {
	r := t.Outcome.Reason
	switch {
	case r == nil:
		return VerdictAllowed
	case r.Code == fetch.ReasonNotSent || r.Code == fetch.ReasonNotRecorded:
		return VerdictNotSent
	case r.Code.IsNetwork():
		return VerdictNotCORS
	}
	return VerdictBlocked
}
