// Package promcors shows the counters of package cors to the Prometheus client.
//
//	counters := new(cors.Counters)
//	mw.Observe(counters.Observe) // a *cors.Middleware, or *cors.Routes
//	prometheus.MustRegister(promcors.NewCollector(counters))
//
// It is a module of its own, so that nobody who imports cors pays for the
// client:
//
//	go get github.com/corscope/corscope/contrib/prometheus
//
// A program that does not use the client otherwise needs neither:
// [cors.Counters.WritePrometheus] writes the same counts in the text format.
//
// # The metric
//
// There is one, the counter cors_decisions_total:
//
//	label      values
//	reason     the names of cors.Reason: allowed, not-cors, origin-not-allowed, ...
//	preflight  true of a preflight, which the policy answers in place of the handler; otherwise false
//
// All series that there can be, 17, are there from the first scrape on, with 0
// if nothing happened. So a first refusal is an increase, which an alert sees:
//
//	sum by (reason) (rate(cors_decisions_total{reason!~"no-policy|not-cors|allowed"}[5m])) > 1
//
// # Several of them
//
// A registry takes one collector as it is. If there are several middlewares, give
// each a label, as the example of [NewCollector] does: each, because a registry
// takes none without the label next to others with it. The policies of one
// cors.Routes are told apart in the same way, by one cors.Counters for each policy
// and an observer that chooses among them by the Policy of the decision; or by
// contrib/otel, which has it as an attribute.
//
// # What it leaves out
//
// The origin, the method, the header and the path of a request are no labels,
// because anybody can send any number of them: each would be a time series of
// its own, in this process and in Prometheus. To see who is refused, have
// [cors.NewSlogObserver] log at the same time; it bounds what it writes.
package promcors
