// Package otelcors counts the decisions of package cors as an OpenTelemetry
// metric.
//
//	observe, err := otelcors.NewObserver(otel.Meter("example.com/api"))
//	if err != nil {
//		return err
//	}
//	mw.Observe(observe) // a *cors.Middleware, or *cors.Routes
//
// It is a module of its own, so that nobody who imports cors pays for
// OpenTelemetry:
//
//	go get github.com/corscope/corscope/contrib/otel
//
// It needs OpenTelemetry's API only; the SDK, its readers and exporters are the
// program's choice. Without an SDK nothing is counted.
//
// # The metric
//
// There is one, the counter cors.decisions with the unit {decision}:
//
//	attribute   type    values
//	reason      string  the names of cors.Reason: allowed, not-cors, origin-not-allowed, ...
//	preflight   bool    whether it was a preflight, which the policy answers in place of the handler
//	policy      string  the name that cors.Routes know the policy by; absent if there is none
//
// OpenTelemetry's exporter for Prometheus calls it cors_decisions_total, which
// is what cors.Counters.WritePrometheus calls it as well.
//
// # What it leaves out
//
// The origin, the method, the header and the path of a request are no
// attributes, because anybody can send any number of them: each would be a time
// series of its own, for ever, which fills the memory of this process and of all
// that store its metrics; and once the SDK's limit is reached it puts every
// series that is new into one, the honest ones among them. The entry of the
// policy that allows an origin is left out too, as there may be a million. To see
// who is refused, have [cors.NewSlogObserver] log at the same time; it bounds what
// it writes. If the request's context has a sampled span, the SDK keeps it as an
// exemplar, which leads from a count to a request.
//
// Reasons are few, and the names of policies come from the configuration. Should
// a program keep making up new ones, they are bounded all the same: after the
// first 100 names the others are counted together as policy _other, so that the
// total stays right. That makes less than the 2000 series that the SDK allows one
// instrument by default.
//
// The request's duration is for HTTP instrumentation to measure, not for this
// package.
package otelcors
