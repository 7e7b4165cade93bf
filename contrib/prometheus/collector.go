package promcors

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/corscope/corscope/cors"
)

// NewCollector returns a collector of what counters count, from the moment of
// each scrape; counting itself costs nothing more. It is safe for concurrent use.
//
// It panics if counters is nil, because a collector that panics during a scrape
// ends the program.
func NewCollector(counters *cors.Counters) prometheus.Collector {
	if counters == nil {
		panic("promcors: NewCollector with nil counters")
	}
	return &collector{
		counters: counters,
		decisions: prometheus.NewDesc("cors_decisions_total", "Decisions of the CORS policy.",
			[]string{"reason", "preflight"}, nil),
	}
}

type collector struct {
	counters  *cors.Counters
	decisions *prometheus.Desc
}

var _ prometheus.Collector = (*collector)(nil)

// Describe implements [prometheus.Collector].
func (c *collector) Describe(descs chan<- *prometheus.Desc) { descs <- c.decisions }

// Collect implements [prometheus.Collector].
func (c *collector) Collect(metrics chan<- prometheus.Metric) {
	for count := range c.counters.All() {
		// It panics for a wrong number of labels, or one that is not UTF-8.
		metrics <- prometheus.MustNewConstMetric(c.decisions, prometheus.CounterValue, float64(count.Total),
			count.Reason.String(), strconv.FormatBool(count.Preflight))
	}
}
