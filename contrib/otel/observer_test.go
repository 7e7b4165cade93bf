package otelcors_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	sdk "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/trace"

	otelcors "github.com/corscope/corscope/contrib/otel"
	"github.com/corscope/corscope/cors"
)

// newObserver returns an observer, and the reader of what it counts.
func newObserver(t testing.TB) (func(*http.Request, cors.Decision), *sdk.ManualReader) {
	t.Helper()
	reader := sdk.NewManualReader()
	provider := sdk.NewMeterProvider(sdk.WithReader(reader))
	t.Cleanup(func() {
		if err := provider.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	observe, err := otelcors.NewObserver(provider.Meter("test"))
	if err != nil {
		t.Fatal(err)
	}
	return observe, reader
}

// collect returns the one metric that there is.
func collect(t testing.TB, reader *sdk.ManualReader) metricdata.Metrics {
	t.Helper()
	var data metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &data); err != nil {
		t.Fatal(err)
	}
	if len(data.ScopeMetrics) != 1 || len(data.ScopeMetrics[0].Metrics) != 1 {
		t.Fatalf("%d scopes, want one with one metric: %+v", len(data.ScopeMetrics), data.ScopeMetrics)
	}
	return data.ScopeMetrics[0].Metrics[0]
}

func points(t testing.TB, reader *sdk.ManualReader) []metricdata.DataPoint[int64] {
	t.Helper()
	m := collect(t, reader)
	sum, ok := m.Data.(metricdata.Sum[int64])
	if !ok {
		t.Fatalf("%s is a %T, want a sum of whole numbers", m.Name, m.Data)
	}
	return sum.DataPoints
}

// counts returns the totals by attributes, such as
// "policy=app preflight=false reason=allowed".
func counts(t testing.TB, reader *sdk.ManualReader) map[string]int64 {
	t.Helper()
	totals := make(map[string]int64)
	for _, p := range points(t, reader) {
		var words []string
		for _, a := range p.Attributes.ToSlice() {
			words = append(words, fmt.Sprintf("%s=%s", a.Key, a.Value.String()))
		}
		totals[strings.Join(words, " ")] = p.Value
	}
	return totals
}

func request(method, target string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	return r
}

const (
	fromApp  = "Origin: https://app.example.com"
	fromEvil = "Origin: https://evil.example"
	wants    = "Access-Control-Request-Method: "
)

func TestDecisionsOfAMiddlewareAreCounted(t *testing.T) {
	mw, err := cors.New(cors.Config{Origins: []string{"https://app.example.com"}, Methods: []string{"PUT"}})
	if err != nil {
		t.Fatal(err)
	}
	h := mw.Wrap(http.NotFoundHandler())
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		requests []*http.Request
		want     string
		total    int64
	}{
		"requests without Origin":                              {[]*http.Request{request("GET", "/"), request("GET", "/")}, "preflight=false reason=not-cors", 2},
		"a request that is allowed":                            {[]*http.Request{request("GET", "/", fromApp)}, "preflight=false reason=allowed", 1},
		"a request of an origin that is not listed":            {[]*http.Request{request("GET", "/", fromEvil)}, "preflight=false reason=origin-not-allowed", 1},
		"a request that is no browser's":                       {[]*http.Request{request("GET", "/", "Origin: x y")}, "preflight=false reason=origin-malformed", 1},
		"a preflight that is allowed":                          {[]*http.Request{request("OPTIONS", "/", fromApp, wants+"PUT")}, "preflight=true reason=allowed", 1},
		"a preflight for another method":                       {[]*http.Request{request("OPTIONS", "/", fromApp, wants+"PURGE")}, "preflight=true reason=method-not-allowed", 1},
		"a preflight of an origin that is not listed":          {[]*http.Request{request("OPTIONS", "/", fromEvil, wants+"PUT")}, "preflight=true reason=origin-not-allowed", 1},
		"a request whose client has hung up, counted the same": {[]*http.Request{request("GET", "/", fromApp).WithContext(cancelled)}, "preflight=false reason=allowed", 1},
	} {
		t.Run(name, func(t *testing.T) {
			observe, reader := newObserver(t)
			mw.Observe(observe)
			for _, r := range c.requests {
				h.ServeHTTP(httptest.NewRecorder(), r)
			}
			if got, want := counts(t, reader), map[string]int64{c.want: c.total}; !maps.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestDecisionsOfRoutesAreCountedByPolicy(t *testing.T) {
	routes, err := cors.NewRoutes(cors.RoutesConfig{
		Policies: map[string]cors.Config{
			"app":    {Origins: []string{"https://app.example.com"}},
			"public": {AllowAnyOrigin: true},
		},
		Routes: []cors.Route{{Path: "/", Policy: "app"}, {Path: "/fonts/", Policy: "public"}, {Path: "/internal/", Policy: cors.RouteOff}},
	})
	if err != nil {
		t.Fatal(err)
	}
	observe, reader := newObserver(t)
	routes.Observe(observe)
	h := routes.Wrap(http.NotFoundHandler())
	for _, path := range []string{"/", "/fonts/a.woff2", "/fonts/b.woff2", "/internal/metrics"} {
		h.ServeHTTP(httptest.NewRecorder(), request("GET", path, fromEvil))
	}
	want := map[string]int64{
		"policy=app preflight=false reason=origin-not-allowed": 1,
		"policy=public preflight=false reason=allowed":         2,
		"preflight=false reason=no-policy":                     1,
	}
	if got := counts(t, reader); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTheMetricIsAMonotonicCounterOfDecisions(t *testing.T) {
	observe, reader := newObserver(t)
	observe(request("GET", "/"), cors.Decision{})
	m := collect(t, reader)
	if m.Name != "cors.decisions" || m.Unit != "{decision}" || m.Description == "" {
		t.Errorf("name %q, unit %q, description %q", m.Name, m.Unit, m.Description)
	}
	if sum, ok := m.Data.(metricdata.Sum[int64]); !ok || !sum.IsMonotonic {
		t.Errorf("%+v is no counter", m.Data)
	}
}

func TestEveryReasonHasItsSeries(t *testing.T) {
	observe, reader := newObserver(t)
	want := make(map[string]int64)
	for _, reason := range cors.Reasons() {
		for _, preflight := range []bool{false, true} {
			observe(request("GET", "/"), cors.Decision{Reason: reason, Preflight: preflight})
			want[fmt.Sprintf("preflight=%t reason=%s", preflight, reason)] = 1
		}
	}
	observe(request("GET", "/"), cors.Decision{Reason: cors.Reason(len(cors.Reasons()))})
	observe(request("GET", "/"), cors.Decision{Reason: 255, Preflight: true})
	if got := counts(t, reader); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestWhatARequestSaysMakesNoSeries(t *testing.T) {
	observe, reader := newObserver(t)
	for i := range 5000 {
		text := fmt.Sprint("x", i)
		r := request(text, "/"+text, "Origin: https://"+text+".example")
		observe(r, cors.Decision{Reason: cors.ReasonAllowed, Origin: "https://" + text, Pattern: "https://" + text, Method: text, Header: text, Status: i})
	}
	if got, want := counts(t, reader), map[string]int64{"preflight=false reason=allowed": 5000}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestPoliciesBeyondTheBoundAreCountedTogether(t *testing.T) {
	observe, reader := newObserver(t)
	r := request("GET", "/")
	// Whatever a policy can decide, so that every series there can be is there.
	const policies = 150
	each := int64(0)
	for possible := range new(cors.Counters).All() {
		d := cors.Decision{Reason: possible.Reason, Preflight: possible.Preflight}
		observe(r, d)
		if d.Reason == cors.ReasonNoPolicy {
			continue // and so without a name
		}
		each++
		for i := range policies {
			d.Policy = fmt.Sprint("tenant-", i)
			observe(r, d)
		}
	}
	names := make(map[string]int64)
	for _, p := range points(t, reader) {
		if p.Attributes.HasValue("otel.metric.overflow") {
			t.Error("the SDK has given up telling the series apart")
		}
		policy, _ := p.Attributes.Value("policy")
		names[policy.AsString()] += p.Value
	}
	want := map[string]int64{"": each + 1, "_other": 50 * each}
	for i := range 100 {
		want[fmt.Sprint("tenant-", i)] = each
	}
	if !maps.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}

func TestNoDecisionIsLostBetweenGoroutines(t *testing.T) {
	observe, reader := newObserver(t)
	const goroutines, policies, rounds = 8, 130, 5
	var all sync.WaitGroup
	for range goroutines {
		all.Go(func() {
			r := request("GET", "/")
			for range rounds {
				for i := range policies {
					observe(r, cors.Decision{Reason: cors.ReasonAllowed, Policy: fmt.Sprint("tenant-", i)})
				}
			}
		})
	}
	all.Wait()
	total, series := int64(0), 0
	for _, p := range points(t, reader) {
		total += p.Value
		series++
	}
	if total != goroutines*policies*rounds || series != 101 {
		t.Errorf("%d decisions in %d series, want %d in 101", total, series, goroutines*policies*rounds)
	}
}

func TestADecisionAllocatesNothingOfItsOwn(t *testing.T) {
	r := request("GET", "/", fromApp)
	for name, d := range map[string]cors.Decision{
		"without the name of a policy": {Reason: cors.ReasonOriginNotAllowed, Origin: "https://evil.example"},
		"with the name of a policy":    {Reason: cors.ReasonAllowed, Preflight: true, Policy: "app"},
	} {
		t.Run(name, func(t *testing.T) {
			observe, err := otelcors.NewObserver(noop.NewMeterProvider().Meter("test"))
			if err != nil {
				t.Fatal(err)
			}
			withSDK, _ := newObserver(t)
			for meter, observe := range map[string]func(*http.Request, cors.Decision){"a meter that does nothing": observe, "the SDK": withSDK} {
				if n := testing.AllocsPerRun(1000, func() { observe(r, d) }); n != 0 {
					t.Errorf("with %s a decision costs %v allocations", meter, n)
				}
			}
		})
	}
}

func TestAnExemplarLeadsToTheRequest(t *testing.T) {
	observe, reader := newObserver(t)
	span := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: trace.FlagsSampled})
	r := request("GET", "/", fromEvil)
	observe(r.WithContext(trace.ContextWithSpanContext(r.Context(), span)), cors.Decision{Reason: cors.ReasonOriginNotAllowed})
	got := points(t, reader)
	if len(got) != 1 || len(got[0].Exemplars) != 1 || !slices.Equal(got[0].Exemplars[0].TraceID, []byte{0: 1, 15: 0}) {
		t.Errorf("%+v has no exemplar of the trace", got)
	}
}

func TestTwoObserversOfOneMeterCountTogether(t *testing.T) {
	reader := sdk.NewManualReader()
	meter := sdk.NewMeterProvider(sdk.WithReader(reader)).Meter("test")
	for range 2 {
		observe, err := otelcors.NewObserver(meter)
		if err != nil {
			t.Fatal(err)
		}
		observe(request("GET", "/"), cors.Decision{Reason: cors.ReasonNotCORS})
	}
	if got, want := counts(t, reader), map[string]int64{"preflight=false reason=not-cors": 2}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

var errMeter = errors.New("no more instruments")

// brokenMeter refuses to make counters.
type brokenMeter struct{ noop.Meter }

func (brokenMeter) Int64Counter(string, ...metric.Int64CounterOption) (metric.Int64Counter, error) {
	return nil, errMeter
}

func TestNewObserverReportsWhatIsWrongWithTheMeter(t *testing.T) {
	if observe, err := otelcors.NewObserver(nil); observe != nil || !errors.Is(err, otelcors.ErrNoMeter) {
		t.Errorf("without a meter the error is %v", err)
	}
	if observe, err := otelcors.NewObserver(brokenMeter{}); observe != nil || !errors.Is(err, errMeter) {
		t.Errorf("with a meter that refuses the error is %v", err)
	}
}

// The SDK is the program's choice; an adapter that brought one along would take
// it away.
func TestOnlyTheAPIIsImported(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal("go list: ", err)
	}
	imports := strings.Fields(string(out))
	if !slices.Contains(imports, "go.opentelemetry.io/otel/metric") {
		t.Fatalf("go list does not show the API: %s", out)
	}
	for _, path := range imports {
		if strings.HasPrefix(path, "go.opentelemetry.io/otel/sdk") || strings.HasPrefix(path, "github.com/corscope/corscope/fetch") {
			t.Errorf("%s is imported", path)
		}
	}
}

func BenchmarkObserve(b *testing.B) {
	observe, _ := newObserver(b)
	r := request("GET", "/", fromApp)
	d := cors.Decision{Reason: cors.ReasonAllowed, Policy: "app"}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			observe(r, d)
		}
	})
}
