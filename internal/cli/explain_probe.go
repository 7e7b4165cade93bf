package cli

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/origin"
)

// The budget of the further requests of one explain: how many, for how long in all and each, and how much of a body is read.
const (
	maxProbes  = 6
	probesTime = 10 * time.Second
	probeTime  = 5 * time.Second
	probeBody  = 4 << 10
)

// probes makes the further requests that tell what the one of t leaves open, by the same way over the network. Like it they carry what
// the user gave and nothing more. There are none for a fetch that needs none, and none for one that was not made over a network.
func (a *asked) probes(ctx context.Context, t *fetch.Trace) []diagnose.Probe {
	if a.transport == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, probesTime)
	defer cancel()
	var done []diagnose.Probe
	for len(done) < maxProbes && ctx.Err() == nil {
		p, ok := diagnose.NextProbe(t, done)
		if !ok {
			break
		}
		// A probe that may change data there is none; should there ever be one, it stays here.
		if !isSafeMethod(p.Exchange.Method) {
			break
		}
		a.makeProbe(ctx, t, p.Exchange)
		if f := p.Exchange.Failure; f != nil && f.Code == fetch.ReasonNotRecorded {
			break // a question that only a server could answer
		}
		done = append(done, p)
	}
	return done
}

// makeProbe sends x, and puts the answer or the failure into it.
func (a *asked) makeProbe(ctx context.Context, t *fetch.Trace, x *fetch.Exchange) {
	u, err := fetch.ParseURL(x.URL)
	if err != nil {
		x.Failure = &fetch.NetworkError{Code: fetch.ReasonNetwork, Detail: withoutPrefix(err)}
		return
	}
	if x.Credentials && !x.RequestHeaders.Contains("Cookie") {
		if cookies := a.cookiesFor(t, u); cookies != "" {
			x.RequestHeaders.Set("Cookie", cookies)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, min(probeTime, a.timeout))
	defer cancel()
	x.Start = time.Now()
	answer, err := a.transport.Exchange(ctx, &fetch.Message{Method: x.Method, URL: u, Headers: x.RequestHeaders.Clone(), Credentials: x.Credentials})
	x.Duration = time.Since(x.Start)
	var failure *fetch.NetworkError
	switch {
	case ctx.Err() != nil:
		x.Failure = &fetch.NetworkError{Code: fetch.ReasonTimeout, Detail: "no answer within the time that there is for it", Err: err}
		if answer != nil {
			answer.Body.Close()
		}
	case errors.As(err, &failure):
		x.Failure = failure
	case err != nil:
		x.Failure = &fetch.NetworkError{Code: fetch.ReasonNetwork, Detail: withoutPrefix(err), Err: err}
	default:
		x.Status, x.StatusText, x.Proto, x.ResponseHeaders, x.RemoteAddr = answer.Status, answer.StatusText, answer.Proto, answer.Headers, answer.RemoteAddr
		// What it says is in its headers. Of a body that stops half-way, the half will do; closing it ends a read that hangs.
		stop := context.AfterFunc(ctx, func() { answer.Body.Close() })
		body, _ := io.ReadAll(io.LimitReader(answer.Body, probeBody+1))
		stop()
		answer.Body.Close()
		x.ResponseBody, x.ResponseBodyTruncated = body[:min(len(body), probeBody)], len(body) > probeBody
	}
}

// cookiesFor are those that the browser would send with a request for u that includes credentials.
func (a *asked) cookiesFor(t *fetch.Trace, u *fetch.URL) string {
	c := fetch.CookieContext{SameSite: fetch.UnsetOrLess, ThirdParty: true, Method: "GET", PartitionKey: t.Page.TopSite, Policy: a.agent.Profile().Cookies}
	if page, err := origin.Parse(t.Page.Origin); err == nil && origin.SameSite(page, u.Origin()) {
		c.SameSite, c.ThirdParty = fetch.StrictOrLess, false
	}
	return a.agent.Jar().CookieHeader(u, c)
}

// probesMade is what was asked beyond the request itself, and what it told.
func (r *renderer) probesMade() {
	probes := r.report().Probes
	if len(probes) == 0 {
		return
	}
	r.blank()
	if r.verdict == verdictAllowed && !r.toldByProbes() {
		r.field("asked too", count(len(probes), "more request", "more requests")+": nothing came to light (--no-probe forbids it)")
		return
	}
	r.field("asked too", count(len(probes), "more request", "more requests")+" to find out (--no-probe forbids it)")
	for _, p := range probes {
		r.field("", probeText(p))
	}
}

// probeText is what was asked further and what it told, in a line.
func probeText(p diagnose.Probe) string {
	what := p.Exchange.Method
	if p.Exchange.Kind == fetch.ExchangePreflight && p.Kind != diagnose.ProbePreflight {
		what = "preflight"
	}
	return what + " " + p.Asks + ": " + p.Learned
}

// toldByProbes reports whether a finding rests on a further request.
func (r *renderer) toldByProbes() bool {
	return slices.ContainsFunc(r.report().Findings, func(f diagnose.Finding) bool {
		return slices.ContainsFunc(f.Evidence, func(e diagnose.Evidence) bool { return e.Probe > 0 })
	})
}
