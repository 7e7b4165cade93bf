package fetch

import "context"

// fetchParams is what the algorithms of one fetch share.
//
// https://fetch.spec.whatwg.org/#fetch-params
type fetchParams struct {
	ctx     context.Context
	agent   *Agent
	page    *Page
	request *request
	trace   *Trace
	phase   Phase
	// exchange is the index of the exchange whose answer is being judged, or -1.
	exchange int
	// status is the status of that answer.
	status int
	// failed is the last step with the verdict Fail, from which blocked makes the reason.
	failed Step
	// outcome is what the page gets whatever comes of the redirects that are still followed, for [RedirectPolicy.KeepaliveRefusedLater] and
	// [RedirectPolicy.KeepaliveFollowsManual].
	outcome *Response
	// upgraded is [replaySource]'s, in a replay.
	upgraded []string
	// record is that of a keepalive request; nil: no limit applies.
	record *FetchRecord
	// deadline is the agent's own time-out, which cancels ctx.
	deadline deadline
}

// run runs an algorithm under ctx and the agent's time-out. The error is ctx's. A response without a body has freed everything;
// with one, its end or Close does.
func (p *fetchParams) run(ctx context.Context, algorithm func() *Response) (*Response, error) {
	p.ctx = p.deadline.start(ctx, p.agent.limits.Timeout, p.agent.watch)
	p.phase, p.exchange = PhaseBefore, -1
	response := algorithm()
	p.deadline.disarm()
	if response.IsError() || response.Internal().Body == nil {
		p.deadline.release()
	}
	if response.IsError() && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return response, nil
}

// step records one step of an algorithm. The first two arguments are always literals: a test compares them with the index of
// the standard's steps.
func (p *fetchParams) step(algorithm, id string, s Step) {
	if s.Verdict == Fail {
		s.Algorithm, s.ID = algorithm, id
		p.failed = s
	}
	if p.trace == nil || p.trace.Brief {
		return
	}
	s.Algorithm, s.ID, s.Exchange = algorithm, id, p.exchange
	p.trace.Steps = append(p.trace.Steps, s)
}

// blocked returns the network error for the step that was recorded last with the verdict Fail.
func (p *fetchParams) blocked(code ReasonCode, detail string) *Response {
	return networkError(Reason{
		Code: code, Phase: p.phase, Algorithm: p.failed.Algorithm, Step: p.failed.ID,
		URL:     BriefURL(p.request.currentURL().String()),
		Subject: p.failed.Subject, Want: p.failed.Want, Got: p.failed.Got,
		Status: p.status, Detail: detail,
	})
}
