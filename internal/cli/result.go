package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/export"
	"github.com/corscope/corscope/fetch"
)

// verdict is the one word on a fetch.
type verdict string

const (
	verdictAllowed verdict = "allowed"
	verdictBlocked verdict = "blocked"
	// verdictFailed: no rule was broken, the exchange itself failed.
	verdictFailed verdict = "failed"
	// verdictNotSent: the request may change data and was not sent.
	verdictNotSent verdict = "not-sent"
)

// result is one fetch and what explain and demo say about it beyond its trace.
type result struct {
	trace    *fetch.Trace
	verdict  verdict
	sentence string
	// notes are what the reader should know about the input.
	notes []string
	// understood is how the input was read; nil for a URL.
	understood *understood
	// server is what --server names; empty: guessed from the answers.
	server export.Target
	// initiator is what the page asked with, where the input says it.
	initiator diagnose.Initiator
	// bodyErr is what went wrong in the middle of a body that the page may read.
	bodyErr error
	// requestBody is what the page wanted to send, whether or not it was sent.
	requestBody []byte
	// curlNetwork is what curl has to be told of the network; see the function.
	curlNetwork string
	// heldCookies says that the browser was given cookies for the URL.
	heldCookies bool
	// probes are further requests that were made, with their answers.
	probes []diagnose.Probe
	// diagnosis is set when it is first asked for.
	diagnosis *diagnose.Report
	// deeds are what the server says it did, where the server is our own.
	deeds []string
}

// curl is the request from outside a browser.
func (r *result) curl() string {
	if scheme, _, _ := strings.Cut(r.trace.Request.URL, ":"); !slices.Contains([]string{"http", "https", "ftp"}, scheme) {
		return "" // no server is asked for it
	}
	return curlCommand(r.trace, r.requestBody, r.curlNetwork)
}

// judge returns the result with verdict and sentence.
func judge(t *fetch.Trace) *result {
	r, o := &result{trace: t, initiator: diagnose.InitiatorOf(t)}, t.Outcome
	switch {
	case o.Allowed:
		r.verdict, r.sentence = verdictAllowed, allowedSentence(r.trace)
	case o.Reason.Code == fetch.ReasonNotSent:
		r.verdict, r.sentence = verdictNotSent, notSentSentence(r.trace)
	case o.Reason.Code.IsNetwork():
		r.verdict, r.sentence = verdictFailed, o.Reason.Sentence()
	default:
		r.verdict, r.sentence = verdictBlocked, o.Reason.Sentence()
	}
	return r
}

// withBody says that the body could not be read, where that is so.
func (r *result) withBody() {
	switch {
	case r.bodyErr == nil || r.verdict != verdictAllowed || !r.trace.Outcome.BodyReadable:
	case r.neverBegan():
		r.verdict = verdictFailed
		r.sentence = "The server sent headers and broke off before the first byte of the body: no page gets an answer that it can use."
	default:
		r.sentence = strings.TrimSuffix(r.sentence, ".") + ", and its body fails: " + withoutPrefix(r.bodyErr) + "."
	}
}

// withOthers names what else the pasted words are said of. Where what stopped the request this time is among it, or is by the same rule, and its
// cause is certain, there is nothing else to think of.
func (r *result) withOthers(m diagnose.Meaning) {
	if r.understood == nil || r.understood.Said == nil || m.Cause.ID == "" {
		return
	}
	findings, all := r.report().Findings, append([]diagnose.Cause{m.Cause}, m.Others...)
	if len(findings) > 0 && !findings[0].Likely && r.verdict != verdictAllowed {
		found := findings[0].Cause.ID
		if r.understood.Said.Met && r.understood.Said.Code != "" || slices.ContainsFunc(all, func(c diagnose.Cause) bool { return c.ID == found }) {
			return
		}
	}
	for _, c := range all {
		if !slices.ContainsFunc(findings, func(f diagnose.Finding) bool { return f.Cause.ID == c.ID }) {
			r.understood.Said.Others = append(r.understood.Said.Others, otherCause{c.ID, c.Title})
		}
	}
}

// neverBegan reports an answer that the standard lets the page have, and of whose body not one byte came.
func (r *result) neverBegan() bool {
	return r.bodyErr != nil && diagnose.NeverBegan(r.trace, r.bodyErr)
}

func allowedSentence(t *fetch.Trace) string {
	o := t.Outcome
	switch o.Type {
	case fetch.TypeOpaque:
		if what := elementName(t); what != "" {
			return "The " + what + " may be used, and no script may look into it: it is asked for without crossorigin, in mode no-cors."
		}
		return "The request is sent, but the page can read nothing of the answer: mode no-cors."
	case fetch.TypeOpaqueRedirect:
		return "The server redirects, and the page learns no more than that: redirect mode manual."
	case fetch.TypeBasic:
		if len(t.Exchanges) == 0 {
			return fmt.Sprintf("The page may read the answer (%d): the URL holds it, nothing is asked, and no CORS rule applies.", o.Status)
		}
		return fmt.Sprintf("The page may read the answer (%d): it asks its own origin, so no CORS rule applies.", o.Status)
	}
	asked := ""
	for _, p := range t.Preflights {
		if p.Needed {
			asked = "The preflight allows the request, and the "
		}
	}
	if asked == "" {
		asked = "The "
	}
	return fmt.Sprintf("%spage may read the answer (%d).", asked, o.Status)
}

// elementName is what an element or a font asks for, or "".
func elementName(t *fetch.Trace) string {
	if t.Request.InitiatorType == "" {
		return ""
	}
	switch d := t.Request.Destination; d {
	case fetch.DestinationStyle:
		return "style sheet"
	case fetch.DestinationAudio, fetch.DestinationVideo:
		return string(d) + " file"
	default:
		return string(d)
	}
}

func notSentSentence(t *fetch.Trace) string {
	method := t.Request.Method
	if x := lastExchange(t); x != nil {
		method = x.Method
	}
	if x := lastExchange(t); x != nil && x.Failure != nil && x.Failure.Hint != "" {
		return fmt.Sprintf("The preflight allows this %s. Nobody sent the request itself: %s.", method, x.Failure.Hint)
	}
	if answered(t, fetch.ExchangePreflight) {
		return fmt.Sprintf("The preflight allows this %s. The request itself was not sent, because it may change data: --send sends it.", method)
	}
	if answered(t, fetch.ExchangeRequest) {
		return fmt.Sprintf("A redirect led to a %s that may change data; it was not sent: --send sends it.", method)
	}
	if t.Relation.Same() {
		return fmt.Sprintf("This %s goes to the page's own origin, where no CORS rule applies. It was not sent, because it may change data: --send sends it.", method)
	}
	return fmt.Sprintf("A page may send this %s without asking first. Whether it may read the answer shows only when it is sent, and it may change data: --send sends it.", method)
}

func answered(t *fetch.Trace, kind fetch.ExchangeKind) bool {
	for _, x := range t.Exchanges {
		if x.Kind == kind && x.Status != 0 {
			return true
		}
	}
	return false
}

func lastExchange(t *fetch.Trace) *fetch.Exchange {
	if len(t.Exchanges) == 0 {
		return nil
	}
	return t.Exchanges[len(t.Exchanges)-1]
}

// exitStatus is that of the process. A request that was not sent counts by its
// preflight; where nothing was asked, nothing was found out.
func (r *result) exitStatus() int {
	switch r.verdict {
	case verdictAllowed:
		return exitAllowed
	case verdictBlocked:
		return exitBlocked
	case verdictNotSent:
		if answered(r.trace, fetch.ExchangePreflight) || r.trace.Relation.Same() {
			return exitAllowed
		}
		return exitUsage
	}
	return exitFailed
}
