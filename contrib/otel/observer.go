package otelcors

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/corscope/corscope/cors"
)

const (
	// maxPolicies is how many names of policies get time series of their own. With
	// all reasons, of actual requests and of preflights, that stays below the 2000
	// series after which the SDK gives up telling them apart.
	maxPolicies = 100

	// otherPolicies stands for the names beyond maxPolicies.
	otherPolicies = "_other"
)

// ErrNoMeter is the error of [NewObserver] without a meter.
var ErrNoMeter = errors.New("otelcors: the meter is nil")

// NewObserver returns an observer for [cors.Middleware.Observe] and
// [cors.Routes.Observe] that counts decisions with meter, as the package comment
// says. Its error is [ErrNoMeter], or wraps that of meter.
//
// The observer is safe for concurrent use. What it tells the meter is made once
// for each policy, so that a decision costs no allocation of its own. Several
// observers of one meter count into the same metric. Decisions whose reason is
// none of [cors.Reasons] are not counted.
func NewObserver(meter metric.Meter) (func(*http.Request, cors.Decision), error) {
	if meter == nil {
		return nil, ErrNoMeter
	}
	counter, err := meter.Int64Counter("cors.decisions",
		metric.WithDescription("Decisions of the CORS policy."),
		metric.WithUnit("{decision}"))
	if err != nil {
		return nil, fmt.Errorf("otelcors: making the counter: %w", err)
	}
	o := &observer{counter: counter}
	// No name is the usual one: that of every Middleware.
	o.policies.Store(&map[string]*policySeries{"": newPolicySeries(""), otherPolicies: newPolicySeries(otherPolicies)})
	return o.observe, nil
}

type observer struct {
	counter metric.Int64Counter
	// policies holds "", otherPolicies and at most maxPolicies names. A map that
	// was stored does not change.
	policies atomic.Pointer[map[string]*policySeries]
	// adding is held while policies is replaced.
	adding sync.Mutex
}

func (o *observer) observe(r *http.Request, d cors.Decision) {
	series, ok := (*o.policies.Load())[d.Policy]
	if !ok {
		series = o.add(d.Policy)
	}
	options := series.actual
	if d.Preflight {
		options = series.preflight
	}
	if int(d.Reason) >= len(options) {
		return
	}
	// The slice is passed as it is: one made for the call would be allocated.
	o.counter.Add(r.Context(), 1, options[d.Reason]...)
}

// add returns the series for the name of a policy that had no decision yet.
func (o *observer) add(policy string) *policySeries {
	if known := *o.policies.Load(); full(known) {
		// Without the lock, as this may be the way of every request to come.
		return known[otherPolicies]
	}
	o.adding.Lock()
	defer o.adding.Unlock()
	known := *o.policies.Load()
	if series, ok := known[policy]; ok {
		return series
	}
	if full(known) {
		return known[otherPolicies]
	}
	more := maps.Clone(known)
	more[policy] = newPolicySeries(policy)
	o.policies.Store(&more)
	return more[policy]
}

func full(known map[string]*policySeries) bool { return len(known) >= maxPolicies+2 }

// policySeries are what to call the counter with, by reason.
type policySeries struct {
	actual, preflight [][]metric.AddOption
}

func newPolicySeries(policy string) *policySeries {
	s := new(policySeries)
	for _, reason := range cors.Reasons() {
		s.actual = append(s.actual, seriesOption(reason, false, policy))
		s.preflight = append(s.preflight, seriesOption(reason, true, policy))
	}
	return s
}

func seriesOption(reason cors.Reason, preflight bool, policy string) []metric.AddOption {
	attributes := []attribute.KeyValue{
		attribute.String("reason", reason.String()),
		attribute.Bool("preflight", preflight),
	}
	if policy != "" {
		attributes = append(attributes, attribute.String("policy", policy))
	}
	return []metric.AddOption{metric.WithAttributeSet(attribute.NewSet(attributes...))}
}
