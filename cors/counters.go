package cors

import (
	"expvar"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"
	"sync/atomic"
)

// Counters counts decisions by reason, preflights apart. The zero Counters is
// ready; pass its Observe method to [Middleware.Observe] or [Routes.Observe].
// It is safe for concurrent use and must not be copied.
//
// It is an [expvar.Var]: expvar.Publish("cors", counters) shows it under
// /debug/vars. For Prometheus see [Counters.WritePrometheus]. OpenTelemetry and
// others that ask at their own time read [Counters.All].
type Counters struct {
	actual, preflight [reasonCount]atomic.Int64
}

var _ expvar.Var = (*Counters)(nil)

// Observe counts one decision. It allocates nothing.
func (c *Counters) Observe(_ *http.Request, d Decision) {
	if d.Reason >= reasonCount {
		return
	}
	if d.Preflight {
		c.preflight[d.Reason].Add(1)
	} else {
		c.actual[d.Reason].Add(1)
	}
}

// Count is how often a reason was given.
type Count struct {
	Reason    Reason
	Preflight bool
	Total     int64
}

// All returns the counts that there can be, zeros included, in a fixed order:
// actual requests first, by reason.
func (c *Counters) All() iter.Seq[Count] {
	return func(yield func(Count) bool) {
		for _, reason := range Reasons() {
			if possible(reason, false) && !yield(Count{reason, false, c.actual[reason].Load()}) {
				return
			}
		}
		for _, reason := range Reasons() {
			if possible(reason, true) && !yield(Count{reason, true, c.preflight[reason].Load()}) {
				return
			}
		}
	}
}

// possible reports whether there are such decisions.
func possible(reason Reason, preflight bool) bool {
	if preflight {
		return reason >= ReasonAllowed
	}
	return reason <= ReasonOriginNotAllowed
}

// String returns the counts as a JSON object, for expvar:
//
//	{"actual": {"no-policy": 0, "not-cors": 7, ...}, "preflight": {"allowed": 2, ...}}
func (c *Counters) String() string {
	var b strings.Builder
	b.WriteString(`{"actual": {`)
	separator, preflight := "", false
	for count := range c.All() {
		if count.Preflight != preflight {
			b.WriteString(`}, "preflight": {`)
			separator, preflight = "", true
		}
		fmt.Fprintf(&b, "%s%q: %d", separator, count.Reason, count.Total)
		separator = ", "
	}
	b.WriteString("}}")
	return b.String()
}

// WritePrometheus writes the counts in Prometheus's text format, as the counter
// cors_decisions_total with the labels reason and preflight. It returns the first
// error of w.
//
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
func (c *Counters) WritePrometheus(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# HELP cors_decisions_total Decisions of the CORS policy.\n# TYPE cors_decisions_total counter\n")
	for count := range c.All() {
		fmt.Fprintf(&b, "cors_decisions_total{reason=%q,preflight=\"%t\"} %d\n", count.Reason, count.Preflight, count.Total)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
