package diagnose

import (
	"slices"
	"strconv"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// learn returns the probes with what each of them told. They themselves are not changed.
func learn(t *fetch.Trace, probes probed) []Probe {
	list := slices.Clone([]Probe(probes))
	l := learner{trace: t, include: t.Request.Credentials == fetch.CredentialsInclude, recorded: new(fetch.Exchange)}
	if n := len(t.Exchanges); n > 0 {
		l.recorded = effective(t.Exchanges[n-1])
	}
	for i, p := range list {
		switch x := p.Exchange; {
		case x == nil:
		case x.Failure != nil:
			list[i].Learned = "no answer"
			if x.Failure.Code == fetch.ReasonTimeout {
				list[i].Learned += " in time"
			} else if x.Failure.Detail != "" {
				list[i].Learned += ": " + x.Failure.Detail
			}
		case x.Status != 0:
			list[i].Learned = strconv.Itoa(x.Status) + ", " + l.told(p.Kind, x)
		}
	}
	return list
}

type learner struct {
	trace    *fetch.Trace
	include  bool
	recorded *fetch.Exchange // the last one
}

// told is what the answer x to a probe of that kind says, a clause behind the status.
func (l learner) told(kind ProbeKind, x *fetch.Exchange) string {
	asker := allowsAsker(l.include)(x)
	page := l.trace.Page.Origin
	pick := func(yes bool, ifSo, otherwise string) string {
		if yes {
			return ifSo
		}
		return otherwise
	}
	switch kind {
	case ProbeOwnOrigin, ProbeNearOrigin:
		return pick(asker, "and allowed: there is a list, and this page is not on it", "and not allowed either")
	case ProbeOtherOrigin:
		return l.other(x)
	case ProbeNoOrigin:
		if l.recorded.Status >= 400 {
			return pick(x.Status < 400, "and no error: it is the Origin that is refused", "an error all the same: the Origin plays no part in it")
		}
		return l.without(x)
	case ProbeWithOrigin:
		return pick(asker, "and the page may read it", "and the page may not read it: the server has to allow it too")
	case ProbePreflight:
		return pick(allows(x, page, false), "and allowed: only the answer itself lacks the header", pick(speaksCORS(x.ResponseHeaders), "and not allowed", "and no word of CORS"))
	case ProbePlainPreflight:
		return pick(asker, "and allowed: it is the method or a header that is refused", "and not allowed either")
	case ProbeMethodPreflight:
		return pick(asker, "and allowed: it is a header that is refused", "and not allowed: it is the method that is refused")
	case ProbeCredentials:
		return pick(asker, "and allowed: it is the login that stands before CORS", "and not allowed either")
	case ProbeRequest, ProbeGet:
		return pick(x.ResponseHeaders.Contains(httpspec.AccessControlAllowOrigin), pick(asker, "and this answer allows the page", "and this answer does not allow the page"),
			"and no Access-Control-Allow-Origin")
	case ProbeTarget:
		if x.Kind == fetch.ExchangePreflight {
			return pick(asker, "and the page is allowed there", "and the page is not allowed there either")
		}
		return pick(asker, "and the page may read it there", "and the page may not read it there either")
	case ProbeUncached:
		return pick(allows(x, page, l.include), "and allowed: the other answer was a cache's", "and no other origin is allowed than before")
	case ProbeRoot:
		return pick(x.ResponseHeaders.Contains(httpspec.AccessControlAllowOrigin), "with Access-Control-Allow-Origin: the other answer forgets it", "and no Access-Control-Allow-Origin there either")
	case ProbeScheme:
		return pick(l.trace.Outcome.Reason != nil && l.trace.Outcome.Reason.Code == fetch.ReasonTLS, "so that the port speaks http",
			pick(asker, "and the page is allowed", "and the page is not allowed"))
	case ProbeTwinHost:
		return "so that the server listens there"
	}
	return "answered"
}

// other is what a page of nobody's is told.
func (l learner) other(x *fetch.Exchange) string {
	switch value := firstAllowed(x); {
	case value == nobody:
		return "and allowed: so is whoever asks"
	case sameAllowed(x, l.recorded):
		return "and told the same: the allowed origin is fixed"
	case value == "":
		return "and not allowed: there is a list"
	}
	return "and told another origin"
}

// without is what an answer to no Origin says, beside one that allowed the page.
func (l learner) without(x *fetch.Exchange) string {
	vary := "and no Vary: Origin"
	if variesByOrigin(x.ResponseHeaders) {
		vary = "and Vary: Origin"
	}
	switch {
	case sameAllowed(x, l.recorded):
		return "and told the same"
	case firstAllowed(x) == "":
		return "no Access-Control-Allow-Origin " + vary
	}
	return "another Access-Control-Allow-Origin " + vary
}
