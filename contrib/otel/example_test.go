package otelcors_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"

	sdk "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	otelcors "github.com/corscope/corscope/contrib/otel"
	"github.com/corscope/corscope/cors"
)

// A program has a reader that exports by itself, and uses otel.Meter in place of
// a provider of its own; a ManualReader shows what is exported.
func ExampleNewObserver() {
	reader := sdk.NewManualReader()
	provider := sdk.NewMeterProvider(sdk.WithReader(reader))

	observe, err := otelcors.NewObserver(provider.Meter("example.com/api"))
	if err != nil {
		fmt.Println(err)
		return
	}
	mw, err := cors.New(cors.Config{Origins: []string{"https://app.example.com"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	mw.Observe(observe)

	handler := mw.Wrap(http.NotFoundHandler())
	for _, origin := range []string{"https://app.example.com", "http://app.example.com", "https://evil.example"} {
		r := httptest.NewRequest("GET", "https://api.example.com/users", nil)
		r.Header.Set("Origin", origin)
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}

	var data metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &data); err != nil {
		fmt.Println(err)
		return
	}
	var lines []string
	for _, m := range data.ScopeMetrics[0].Metrics {
		for _, p := range m.Data.(metricdata.Sum[int64]).DataPoints {
			reason, _ := p.Attributes.Value("reason")
			preflight, _ := p.Attributes.Value("preflight")
			lines = append(lines, fmt.Sprintf("%s reason=%s preflight=%t: %d", m.Name, reason.AsString(), preflight.AsBool(), p.Value))
		}
	}
	slices.Sort(lines)
	for _, line := range lines {
		fmt.Println(line)
	}
	// Output:
	// cors.decisions reason=allowed preflight=false: 1
	// cors.decisions reason=origin-not-allowed preflight=false: 2
}
