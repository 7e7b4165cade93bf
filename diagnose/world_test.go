package diagnose

import (
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

// recordFaults runs every fault of the demo's world over real sockets and returns the traces by the faults' names.
func recordFaults(tb testing.TB) map[string]*fetch.Trace {
	tb.Helper()
	world, err := demo.Start(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	defer world.Close()
	net := worldConfig(tb, world)
	traces := make(map[string]*fetch.Trace)
	for _, fault := range demo.Faults() {
		transport, err := fetch.NewNetTransport(net)
		if err != nil {
			tb.Fatal(err)
		}
		config := fetch.AgentConfig{Transport: transport, Limits: fetch.Limits{Timeout: 20 * time.Second}}
		if fault.NeedsTimeout {
			config.Limits.Timeout = 200 * time.Millisecond
		}
		agent, err := fetch.NewAgent(config)
		if err != nil {
			tb.Fatal(err)
		}
		page, err := agent.NewPage(fetch.PageConfig{URL: fault.Page})
		if err != nil {
			tb.Fatal(err)
		}
		trace := &fetch.Trace{BodyLimit: -1}
		response, err := page.Fetch(tb.Context(), requestOf(fault.Call, trace))
		if err != nil {
			tb.Fatalf("%s: %v", fault.ID, err)
		}
		response.Close()
		agent.Close()
		traces[fault.ID] = trace
	}
	return traces
}
