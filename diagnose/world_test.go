package diagnose

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
)

// worldConfig leads every name of the world to it.
func worldConfig(tb testing.TB, world *demo.World) fetch.NetConfig {
	tb.Helper()
	net := fetch.NetConfig{RootCAs: world.CAPool()}
	for _, hostPort := range slices.Sorted(maps.Keys(world.Resolve())) {
		rule, err := fetch.ParseResolveRule(hostPort + ":" + world.Resolve()[hostPort])
		if err != nil {
			tb.Fatal(err)
		}
		net.Resolve = append(net.Resolve, rule)
	}
	return net
}

// askAll asks what is left to ask about a trace, as explain does.
func askAll(tb testing.TB, transport fetch.Transport, trace *fetch.Trace) []Probe {
	tb.Helper()
	var done []Probe
	for {
		p, ok := NextProbe(trace, done)
		if !ok {
			return done
		}
		if len(done) == 12 {
			tb.Fatalf("questions without end: %+v", done)
		}
		u, err := fetch.ParseURL(p.Exchange.URL)
		if err != nil {
			tb.Fatal(err)
		}
		answer, err := transport.Exchange(tb.Context(), &fetch.Message{Method: p.Exchange.Method, URL: u, Headers: p.Exchange.RequestHeaders})
		if failure := new(fetch.NetworkError); errors.As(err, &failure) {
			p.Exchange.Failure = failure
		} else if err != nil {
			tb.Fatal(err)
		} else {
			answer.Body.Close()
			p.Exchange.Status, p.Exchange.ResponseHeaders = answer.Status, answer.Headers
		}
		done = append(done, p)
	}
}

// makeCall opens the page of a call and makes the call in it, with changes.
func makeCall(ctx context.Context, agent *fetch.Agent, c demo.Call, trace *fetch.Trace, changes ...PageChange) (*fetch.Response, error) {
	config := fetch.PageConfig{URL: c.Page, AddressSpace: fetch.AddressSpace(c.PageSpace)}
	page, err := agent.NewPage(config)
	if len(c.PageHeader) > 0 {
		page, _, err = agent.LoadPage(ctx, config)
	}
	if err != nil {
		return nil, err
	}
	if c.Import {
		return page.FetchModule(ctx, fetch.ModuleRequest{URL: c.URL, Trace: trace})
	}
	request := requestOf(c, trace)
	for _, change := range changes {
		change.apply(&request)
	}
	return page.Fetch(ctx, request)
}

// recordFaults runs every fault of the demo's world over real sockets and returns the traces by the faults' names.
func recordFaults(tb testing.TB) map[string]*fetch.Trace {
	tb.Helper()
	traces, _ := recordAndAsk(tb, false)
	return traces
}

// recordAndAsk is recordFaults with the further questions and their answers.
func recordAndAsk(tb testing.TB, ask bool) (map[string]*fetch.Trace, map[string][]Probe) {
	tb.Helper()
	world, err := demo.Start(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	defer world.Close()
	net := worldConfig(tb, world)
	traces, probes := make(map[string]*fetch.Trace), make(map[string][]Probe)
	for _, fault := range demo.Faults() {
		transport, err := fetch.NewNetTransport(net)
		if err != nil {
			tb.Fatal(err)
		}
		config := fetch.AgentConfig{Transport: transport, Limits: fetch.Limits{Timeout: 20 * time.Second}}
		if fault.NeedsTimeout {
			config.Limits.Timeout = 200 * time.Millisecond
		}
		if fault.Browser == "chromium" {
			config.Profile = fetch.Chromium()
		}
		agent, err := fetch.NewAgent(config)
		if err != nil {
			tb.Fatal(err)
		}
		trace := &fetch.Trace{BodyLimit: -1}
		response, err := makeCall(tb.Context(), agent, fault.Call, trace)
		if err != nil {
			tb.Fatalf("%s: %v", fault.ID, err)
		}
		response.Close()
		traces[fault.ID] = trace
		if ask {
			probes[fault.ID] = askAll(tb, transport, trace)
		}
		agent.Close()
	}
	return traces, probes
}
