package webui

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/origin"
)

// run has the engine make the staged call, on servers of its own that it finds where the browser found its.
func (st *stage) run(ctx context.Context, profile fetch.Profile, userAgent string) (*Side, *fetch.Trace, error) {
	set, err := openSet(ctx, st.plan, st.set.at, http.HandlerFunc(st.backstage))
	if err != nil {
		return nil, nil, err
	}
	defer set.close()
	transport, err := set.network()
	if err != nil {
		return nil, nil, err
	}
	limit := cmp.Or(st.plan.limit, 20*time.Second)
	agent, err := fetch.NewAgent(fetch.AgentConfig{Profile: profile, Transport: transport, UserAgent: userAgent, Limits: fetch.Limits{Timeout: limit}})
	if err != nil {
		return nil, nil, err
	}
	defer agent.Close()
	config := fetch.PageConfig{URL: st.page(), TopLevel: st.lab, AddressSpace: fetch.AddressSpaceLoopback}.WithPolicies(st.plan.policies(st.set.at))
	if st.plan.window {
		config.TopLevel = ""
	}
	if st.plan.page == nil {
		config.Origin = origin.NewOpaque()
	}
	page, err := agent.NewPage(config)
	if err != nil {
		return nil, nil, err
	}
	if err := st.hold(ctx, agent, page); err != nil {
		return nil, nil, err
	}
	request := st.request()
	request.Trace = new(fetch.Trace)
	if st.call.Import {
		o, reason, err := imported(ctx, page, fetch.ModuleRequest{URL: request.URL, Trace: request.Trace})
		return &Side{Sentence: o.sentence(), Outcome: o, Requests: set.seen(), reason: reason}, request.Trace, err
	}
	response, err := page.Fetch(ctx, request)
	var refused *fetch.RequestError
	var bad *fetch.URLError
	switch {
	case errors.As(err, &refused), errors.As(err, &bad):
		o := Outcome{Error: "TypeError"}
		return &Side{Sentence: o.sentence(), Outcome: o, Requests: set.seen()}, nil, nil
	case err != nil:
		return nil, nil, err
	}
	o := outcomeOf(response, st.call.XHR, st.plan.limit > 0)
	side := &Side{Sentence: o.sentence(), Outcome: o, Requests: set.seen(), reason: response.Reason.Code}
	if st.plan.window {
		if err := st.askFor(ctx, agent, page); err != nil {
			return nil, nil, err
		}
		side.Sent = set.seenCookies()
	}
	return side, request.Trace, nil
}

// hold has the engine's browser hold the cookies of the case, set as they are in the reader's: by a page of another site in a frame, or by
// their own server, visited itself.
func (st *stage) hold(ctx context.Context, agent *fetch.Agent, page *fetch.Page) error {
	if st.call.Cookies == "" {
		return nil
	}
	request := fetch.Request{URL: st.call.Cookies, Mode: fetch.ModeNoCORS, Credentials: fetch.CredentialsInclude, Cache: fetch.CacheNoStore}
	if st.plan.window {
		var err error
		if page, err = agent.NewPage(fetch.PageConfig{URL: st.call.Cookies}); err != nil {
			return err
		}
		request.Mode, request.Redirect = fetch.ModeCORS, fetch.RedirectManual
	}
	response, err := page.Fetch(ctx, request)
	if err != nil {
		return err
	}
	return response.Close()
}

// imported is what a script gets of import(): the module, which is nothing that can be compared, or an error.
func imported(ctx context.Context, page *fetch.Page, m fetch.ModuleRequest) (Outcome, fetch.ReasonCode, error) {
	response, err := page.FetchModule(ctx, m)
	if noModule := (*fetch.ModuleError)(nil); errors.As(err, &noModule) {
		return Outcome{Error: "TypeError"}, "", nil
	}
	if err != nil {
		return Outcome{}, "", err
	}
	defer response.Close()
	if response.IsError() {
		return Outcome{Error: "TypeError"}, response.Reason.Code, nil
	}
	return Outcome{OK: true}, "", nil
}

// request is the staged call for the engine.
func (st *stage) request() fetch.Request {
	c := st.plan.item
	r := fetch.Request{
		URL: st.call.URL, Method: c.Method, Headers: headerList(c.Headers), Mode: fetch.Mode(c.Mode), Credentials: fetch.CredentialsMode(c.Credentials),
		Redirect: fetch.RedirectMode(c.Redirect), Cache: fetch.CacheMode(c.Cache), Keepalive: c.Keepalive, UploadListener: c.UploadListener,
		Integrity: c.Integrity, TargetAddressSpace: fetch.AddressSpace(c.TargetAddressSpace),
	}
	if c.Body != nil && c.Stream {
		r.Body = fetch.StreamBody(strings.NewReader(*c.Body))
	} else if c.Body != nil {
		r.Body = fetch.BytesBody([]byte(*c.Body))
		if !r.Headers.Contains("Content-Type") {
			r.Headers.Append("Content-Type", "text/plain;charset=UTF-8")
		}
	}
	return r
}

// onlySet is a network on which there is a set and nothing else.
type onlySet struct {
	*fetch.NetTransport
	set *stagedSet
}

func (s *stagedSet) network() (*onlySet, error) {
	config := fetch.NetConfig{Proxy: func(*url.URL) (*url.URL, error) { return nil, nil }}
	if s.world != nil {
		pool, err := s.world.CAPool()
		if err != nil {
			return nil, err
		}
		config.RootCAs = pool
	}
	for known, addrs := range s.addrs {
		if known == hostUnreachable {
			continue // is where it is
		}
		rule, err := fetch.ParseResolveRule(known + ":" + addrs[0].String())
		if err != nil {
			return nil, err
		}
		rule.Addrs = nil
		for _, a := range addrs {
			at, err := netip.ParseAddrPort(a.String())
			if err != nil {
				return nil, err
			}
			rule.Addrs = append(rule.Addrs, at)
		}
		config.Resolve = append(config.Resolve, rule)
	}
	t, err := fetch.NewNetTransport(config)
	if err != nil {
		return nil, err
	}
	return &onlySet{t, s}, nil
}

// AddressSpaceOf implements [fetch.AddressSpaceFinder]. Nobody is asked for the address of a name that is not of the set.
func (t *onlySet) AddressSpaceOf(ctx context.Context, m *fetch.Message) fetch.AddressSpace {
	if _, known := t.set.addrs[m.URL.HostPort()]; !known {
		return fetch.AddressSpaceUnknown
	}
	return t.NetTransport.AddressSpaceOf(ctx, m)
}

// Exchange implements [fetch.Transport].
func (t *onlySet) Exchange(ctx context.Context, m *fetch.Message) (*fetch.Answer, error) {
	if _, known := t.set.addrs[m.URL.HostPort()]; !known {
		return nil, &fetch.NetworkError{Code: fetch.ReasonNameNotResolved, Detail: "nothing is staged at " + m.URL.HostPort()}
	}
	return t.NetTransport.Exchange(ctx, m)
}
