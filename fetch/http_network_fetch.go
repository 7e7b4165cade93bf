package fetch

import (
	"errors"
	"fmt"
	"slices"
)

// httpNetworkFetch makes one exchange over the agent's transport and stores the cookies that come with it.
//
// https://fetch.spec.whatwg.org/#concept-http-network-fetch
func (p *fetchParams) httpNetworkFetch(r *request, kind ExchangeKind, includeCredentials, forceNewConnection bool, cookies []CookieDecision) *Response {
	message := Message{
		Method: r.method, URL: r.currentURL(), Headers: r.headers, Body: r.body.telling(r.uploaded), Credentials: includeCredentials,
		PartitionKey: p.page.partitionKey, HTTP2Only: !r.body.hasSource(), NewConnection: forceNewConnection,
	}
	if blocked := p.localNetworkAccess(r, &message); blocked != nil {
		return blocked
	}
	p.phase = PhaseRequest
	if kind == ExchangePreflight {
		p.phase = PhasePreflight
	}
	x := p.recordExchange(&message, kind, cookies)
	if kind == ExchangePreflight && p.agent.profile.Preflight.ShowsClientCertificate {
		message.Credentials = true // for TLS: cookies were left out above
	}
	if p.agent.beforeSend != nil {
		shown := x
		if shown == nil {
			shown = &Exchange{Kind: kind, Hop: len(r.urlList) - 1, Method: r.method, URL: message.URL.StringWithoutFragment(),
				RequestHeaders: r.headers.Clone(), Credentials: includeCredentials, Cookies: cookies}
		}
		if err := p.agent.beforeSend(shown); err != nil {
			return p.exchangeFailed(x, &NetworkError{Code: ReasonNotSent, Detail: err.Error(), Err: err})
		}
	}
	p.learnAddresses(&message, kind)
	answer, err := p.agent.transport.Exchange(p.ctx, &message)
	if x != nil {
		x.Duration = p.agent.clock().Sub(x.Start)
	}
	if err != nil {
		return p.exchangeFailed(x, p.networkFailure(err))
	}
	if failed := p.begin(answer, message.URL.HostPort()); failed != nil {
		return p.exchangeFailed(x, failed)
	}
	if p.agent.profile.Redirect.SameLocationTwice {
		if values := slices.Compact(answer.Headers.Values("Location")); len(values) > 1 {
			answer.Body.Close()
			return p.exchangeFailed(x, &NetworkError{Code: ReasonMalformed, Detail: "the answer has two different Location headers",
				Hint: "send one Location header, not several"})
		}
	}
	p.agent.hsts.learn(message.URL, answer.Headers)
	p.status = answer.Status
	response := &Response{
		Type: TypeDefault, Status: answer.Status, StatusText: answer.StatusText, Headers: answer.Headers,
		cache: answer.cache, http2: answer.Proto == "HTTP/2.0",
	}
	if x != nil {
		x.Cache = answer.cache
		x.Status, x.StatusText, x.Proto, x.RemoteAddr = answer.Status, answer.StatusText, answer.Proto, answer.RemoteAddr
		x.ResponseHeaders = answer.Headers
	}
	if p.agent.profile.Headers.MergeAnswerLines {
		response.Headers = mergeAnswerLines(answer.Headers, r.tainting, response.http2)
	}
	if p.agent.profile.Headers.AddsHTTP2Header && response.http2 {
		response.Headers = append(response.Headers.Clone(), Header{"X-Firefox-Spdy", "h2"})
	}
	response.Body = p.responseBody(answer.Body, x)
	switch {
	case p.agent.profile.MisdirectedUnseen && r.asksMisdirectedAgain(response.Status, forceNewConnection):
	case p.agent.profile.ProxyAuthenticationUnseen && response.Status == 407:
	case includeCredentials:
		p.storeCookies(r, response, x)
	default:
		p.refuseCookies(r, response, x)
	}
	return response
}

// recordExchange returns nil without a trace.
func (p *fetchParams) recordExchange(m *Message, kind ExchangeKind, cookies []CookieDecision) *Exchange {
	p.status = 0
	if p.trace == nil {
		return nil
	}
	x := &Exchange{
		Kind: kind, Hop: len(p.request.urlList) - 1, Method: m.Method, URL: m.URL.StringWithoutFragment(),
		RequestHeaders: m.Headers, RequestBodySize: m.Body.Len(), Credentials: m.Credentials, Cookies: cookies,
		Start: p.agent.clock(), AddressSpace: p.trace.replay.spaces[m.URL.HostPort()],
	}
	if m.Body != nil && m.Body.hasSource() {
		x.RequestBody = m.Body.source[:min(len(m.Body.source), p.trace.bodyLimit())]
	}
	p.exchange = len(p.trace.Exchanges)
	p.trace.Exchanges = append(p.trace.Exchanges, x)
	return x
}

func (p *fetchParams) exchangeFailed(x *Exchange, failure *NetworkError) *Response {
	if x != nil {
		x.Failure = failure
	}
	if errors.Is(failure.Err, errHTTP1) {
		p.step("concept-http-network-fetch", "8.3", Step{Verdict: Fail, Subject: "body", Want: "HTTP/2", Got: "HTTP/1.1",
			Text: "a body that is a stream goes over HTTP/2 alone"})
		response := p.blocked(failure.Code, failure.Detail)
		response.Reason.Want = failure.Hint
		return response
	}
	p.step("concept-http-network-fetch", "8.1", Step{Verdict: Fail, Subject: p.request.currentURL().HostPort(), Want: "an answer",
		Got: string(failure.Code), Text: "no answer came, so no rule of the browser's was applied"})
	response := p.blocked(failure.Code, failure.Detail)
	response.Reason.Want = failure.Hint
	return response
}

// networkFailure tells the agent's own time-out from other failures.
func (p *fetchParams) networkFailure(err error) *NetworkError {
	var failure *NetworkError
	known := errors.As(err, &failure)
	if p.deadline.expired() {
		late := &NetworkError{Code: ReasonTimeout, Detail: fmt.Sprintf("no answer within %s", p.agent.limits.Timeout), Err: err,
			Hint: "raise the time-out, or see why the server does not answer"}
		if known && failure.Code == ReasonTimeout {
			late.Detail += "; " + failure.Detail
			if failure.Hint != "" {
				late.Hint = failure.Hint
			}
		}
		return late
	}
	if known {
		return failure
	}
	return &NetworkError{Code: ReasonNetwork, Detail: err.Error(), Err: err}
}
