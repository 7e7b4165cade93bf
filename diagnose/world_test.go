package diagnose

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
	"github.com/corscope/corscope/internal/demofetch"
)

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
	page, err := demofetch.OpenPage(ctx, agent, c)
	if err != nil {
		return nil, err
	}
	if c.Import {
		return demofetch.Make(ctx, page, c, trace) // no option of import() could be changed
	}
	request := demofetch.Request(c, trace)
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
	net, err := demofetch.Network(world)
	if err != nil {
		tb.Fatal(err)
	}
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
