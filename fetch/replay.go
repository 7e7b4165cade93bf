package fetch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
)

// replaySource is what a trace needs to be judged again.
type replaySource struct {
	page    *Page
	request *request
	// upgraded are the URLs that were fetched over https because of HSTS, as they were before.
	upgraded []string
	// spaces are the address spaces of the servers, by host and port, as far as they were asked for.
	spaces map[string]AddressSpace
	// inFlight is how many bytes of keepalive requests were in flight when this one was made.
	inFlight         int64
	keepaliveImplied bool
}

// ErrNotReplayable is returned for a trace that no fetch has filled in this process: one that was read from JSON, or never used.
var ErrNotReplayable = errors.New("fetch: the trace cannot be replayed: it was not recorded by this process")

// Replay judges a recorded fetch again, without the network. The zero value of the other fields repeats it as it was.
type Replay struct {
	// Trace is the record of the fetch, made in this process: one read from JSON gives [ErrNotReplayable]. It is not changed.
	Trace *Trace
	// Profile to judge by; nil: the one that the fetch ran under.
	Profile *Profile
	// Edit is called with a copy of each recorded exchange before it is answered again, and may change its status, headers and
	// body. Nil: nothing is changed.
	Edit func(*Exchange)
	// Assume answers an exchange that was never recorded, for instance the request behind a preflight that failed. It fills in
	// the response's fields and reports true, or reports false. Nil: such an exchange ends the fetch with [ReasonNotRecorded].
	Assume func(*Exchange) bool
}

// Fetch runs the algorithms again over the recorded answers, those from the HTTP cache among them. It starts with an empty preflight
// cache, without an HTTP cache, and without cookies: those that were sent are not sent again, and what they made the server answer is
// what was recorded. The trace that it returns tells what happened this time.
//
// A recorded answer is found by its kind, method and URL; the first one that was not used yet is taken.
func (r Replay) Fetch(ctx context.Context) (*Response, *Trace, error) {
	if r.Trace == nil || r.Trace.replay == nil {
		return nil, nil, ErrNotReplayable
	}
	was := r.Trace.replay
	agent := *was.page.agent
	if r.Profile != nil {
		agent.profile = *r.Profile
	}
	agent.transport = &replayTransport{replay: r, left: slices.Clone(r.Trace.Exchanges)}
	agent.beforeSend = nil
	agent.jar = NewJar(agent.clock)
	agent.preflightCache = NewPreflightCache(agent.clock)
	agent.httpCache, agent.hsts = nil, nil
	page := was.page.in(&agent)

	request := was.request.clone()
	request.client = page
	request.unsafeNamesKnown, request.uploaded = false, nil
	trace := &Trace{BodyLimit: r.Trace.BodyLimit}
	p := &fetchParams{agent: &agent, page: page, request: request, trace: trace, upgraded: was.upgraded}
	p.beginTrace(r.Trace.Ignored)
	if request.keepalive {
		page.group.inFlight = was.inFlight
		p.joinGroup(&Request{Body: request.body, KeepaliveImplied: was.keepaliveImplied})
	}
	response, err := p.run(ctx, p.fetch)
	if err != nil {
		return nil, nil, err
	}
	p.endTrace(response)
	return response, trace, nil
}

// in is the same page in another agent.
func (p *Page) in(a *Agent) *Page {
	return &Page{
		agent: a, url: p.url, origin: p.origin, topSite: p.topSite, partitionKey: p.partitionKey, crossSiteParents: p.crossSiteParents,
		frameOf: p.frameOf, policies: p.policies,
		referrerPolicy: p.referrerPolicy, referrerURL: p.referrerURL, referrerOrigin: p.referrerOrigin, secureContext: p.secureContext,
		addressSpace: p.addressSpace, localNetworkGranted: p.localNetworkGranted,
	}
}

// replayTransport answers from a record. One fetch uses it, in sequence.
type replayTransport struct {
	replay Replay
	left   []*Exchange
}

// Exchange implements [Transport].
func (t *replayTransport) Exchange(_ context.Context, m *Message) (*Answer, error) {
	kind := ExchangeRequest
	if m.Method == "OPTIONS" && m.Headers.Contains("Access-Control-Request-Method") {
		kind = ExchangePreflight
	}
	url := m.URL.StringWithoutFragment()
	for i, x := range t.left {
		if x.Kind != kind || x.Method != m.Method || x.URL != url || x.Failure != nil && x.Failure.Code == ReasonNotSent {
			continue
		}
		t.left = slices.Delete(t.left, i, i+1)
		again := *x
		again.ResponseHeaders = x.ResponseHeaders.Clone()
		if x.Cache != nil {
			again.Status, again.ResponseHeaders = x.Cache.Status, x.Cache.Headers.Clone()
		}
		again.ResponseBody = slices.Clone(x.ResponseBody)
		if t.replay.Edit != nil {
			t.replay.Edit(&again)
		}
		return again.answer()
	}
	unknown := &Exchange{Kind: kind, Method: m.Method, URL: url, RequestHeaders: m.Headers.Clone(), Credentials: m.Credentials}
	if t.replay.Assume != nil && t.replay.Assume(unknown) {
		return unknown.answer()
	}
	return nil, &NetworkError{Code: ReasonNotRecorded, Detail: "the " + string(kind) + " " + m.Method + " " + url + " was never made, so nobody knows the answer"}
}

// AddressSpaceOf implements [AddressSpaceFinder].
func (t *replayTransport) AddressSpaceOf(_ context.Context, m *Message) AddressSpace {
	if space, ok := t.replay.Trace.replay.spaces[m.URL.HostPort()]; ok {
		return space
	}
	for _, x := range t.replay.Trace.Exchanges {
		if u, err := ParseURL(x.URL); err == nil && u.HostPort() == m.URL.HostPort() {
			return x.AddressSpace
		}
	}
	return AddressSpaceUnknown
}

func (x *Exchange) answer() (*Answer, error) {
	if x.Failure != nil {
		return nil, x.Failure
	}
	return &Answer{
		Status: x.Status, StatusText: x.StatusText, Proto: x.Proto, Headers: x.ResponseHeaders, RemoteAddr: x.RemoteAddr,
		cache: x.Cache.with(x.Status, x.ResponseHeaders),
		Body:  io.NopCloser(bytes.NewReader(x.ResponseBody)),
	}, nil
}
