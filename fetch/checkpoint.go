package fetch

import (
	"context"
	"errors"
	"slices"
)

// Checkpoint is where a fetch stood when it set out for the last URL of its redirects. A fetch whose trace has one fills it in, and
// [Checkpoint.Resume] makes the rest of it again: for those who want to know what other answers would have led to, without going the
// whole way each time. The zero value is an empty one. It is not safe for concurrent use, and belongs to the fetch that came last.
type Checkpoint struct {
	agent   *Agent
	page    *Page
	trace   *Trace
	request request
	phase   Phase
	status  int
	outcome *Response
	// known is what the preflight cache knew of the URL.
	known                        []preflightEntry
	exchanges, steps, preflights int
}

// ErrNoCheckpoint is returned by [Checkpoint.Resume] where no redirect was followed.
var ErrNoCheckpoint = errors.New("fetch: no redirect was followed, so there is nothing to resume")

// Exchanges is how many exchanges there were before it; 0 where no redirect was followed.
func (c *Checkpoint) Exchanges() int { return c.exchanges }

// save is called at the start of each hop behind a redirect.
func (c *Checkpoint) save(p *fetchParams) {
	c.agent, c.page, c.trace, c.request, c.phase, c.status = p.agent, p.page, p.trace, *p.request, p.phase, p.status
	c.outcome = p.outcome
	if p.request.memory != nil {
		memory := *p.request.memory
		c.request.memory = &memory
	}
	c.known = p.agent.preflightCache.entries(p.request)
	c.exchanges, c.steps, c.preflights = len(p.trace.Exchanges), len(p.trace.Steps), len(p.trace.Preflights)
}

// Resume runs the fetch again from the checkpoint, with the agent's transport as it is now, and returns the answer with a trace of the
// whole, whose first exchanges are those of the first time. The trace has the same checkpoint, further on where more redirects were
// followed. The preflight cache knows of the last URL what it knew then; cookies and stored answers that have come since are there. The
// error is [ErrNoCheckpoint], or ctx's.
func (c *Checkpoint) Resume(ctx context.Context) (*Response, *Trace, error) {
	if c.exchanges == 0 {
		return nil, nil, ErrNoCheckpoint
	}
	r, trace, phase := c.request, *c.trace, c.phase
	if r.memory != nil {
		memory := *r.memory
		r.memory = &memory
	}
	c.agent.preflightCache.restore(&r, c.known)
	trace.Exchanges = slices.Clip(trace.Exchanges[:c.exchanges])
	trace.Steps, trace.Preflights = slices.Clip(trace.Steps[:c.steps]), slices.Clip(trace.Preflights[:c.preflights])
	p := &fetchParams{agent: c.agent, page: c.page, request: &r, trace: &trace, status: c.status, outcome: c.outcome}
	response, err := p.run(ctx, func() *Response {
		p.phase = phase
		return p.handOver(p.mainFetch(true))
	})
	if err != nil {
		return nil, nil, err
	}
	p.endTrace(response)
	return response, &trace, nil
}
