package promcors_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	promcors "github.com/corscope/corscope/contrib/prometheus"
	"github.com/corscope/corscope/cors"
)

const name = "cors_decisions_total"

// serve has a policy decide about requests, given as method and headers.
func serve(t *testing.T, counters *cors.Counters, requests ...[]string) {
	t.Helper()
	mw, err := cors.New(cors.Config{Origins: []string{"https://app.example.com"}, Methods: []string{"PUT"}})
	if err != nil {
		t.Fatal(err)
	}
	mw.Observe(counters.Observe)
	h := mw.Wrap(http.NotFoundHandler())
	for _, lines := range requests {
		r := httptest.NewRequest(lines[0], "/", nil)
		for _, line := range lines[1:] {
			key, value, _ := strings.Cut(line, ": ")
			r.Header.Add(key, value)
		}
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
}

// total returns the sum of all series of the one metric that there is.
func total(t *testing.T, g prometheus.Gatherer) int {
	t.Helper()
	families, err := g.Gather()
	if err != nil || len(families) != 1 {
		t.Fatalf("%d metrics, %v; want one", len(families), err)
	}
	sum := 0.0
	for _, m := range families[0].GetMetric() {
		sum += m.GetCounter().GetValue()
	}
	return int(sum)
}

func TestEverySeriesIsThereWithItsCount(t *testing.T) {
	counters := new(cors.Counters)
	serve(t, counters,
		[]string{"GET"},
		[]string{"GET"},
		[]string{"GET", "Origin: https://app.example.com"},
		[]string{"GET", "Origin: https://evil.example"},
		[]string{"OPTIONS", "Origin: https://app.example.com", "Access-Control-Request-Method: PUT"},
		[]string{"OPTIONS", "Origin: https://app.example.com", "Access-Control-Request-Method: PURGE"},
	)
	const want = `
# HELP cors_decisions_total Decisions of the CORS policy.
# TYPE cors_decisions_total counter
cors_decisions_total{preflight="false",reason="no-policy"} 0
cors_decisions_total{preflight="false",reason="not-cors"} 2
cors_decisions_total{preflight="false",reason="allowed"} 1
cors_decisions_total{preflight="false",reason="origin-repeated"} 0
cors_decisions_total{preflight="false",reason="origin-malformed"} 0
cors_decisions_total{preflight="false",reason="origin-null"} 0
cors_decisions_total{preflight="false",reason="origin-not-allowed"} 1
cors_decisions_total{preflight="true",reason="allowed"} 1
cors_decisions_total{preflight="true",reason="origin-repeated"} 0
cors_decisions_total{preflight="true",reason="origin-malformed"} 0
cors_decisions_total{preflight="true",reason="origin-null"} 0
cors_decisions_total{preflight="true",reason="origin-not-allowed"} 0
cors_decisions_total{preflight="true",reason="method-malformed"} 0
cors_decisions_total{preflight="true",reason="method-not-allowed"} 1
cors_decisions_total{preflight="true",reason="headers-malformed"} 0
cors_decisions_total{preflight="true",reason="headers-too-long"} 0
cors_decisions_total{preflight="true",reason="header-not-allowed"} 0
`
	if err := testutil.CollectAndCompare(promcors.NewCollector(counters), strings.NewReader(want), name); err != nil {
		t.Error(err)
	}
}

// The text that cors writes by itself, read by the client's own parser, is the
// oracle for every reason at once.
func TestTheCollectorAgreesWithWritePrometheus(t *testing.T) {
	counters := new(cors.Counters)
	n := 0
	for _, reason := range cors.Reasons() {
		for _, preflight := range []bool{false, true} {
			n++
			for range n {
				counters.Observe(nil, cors.Decision{Reason: reason, Preflight: preflight})
			}
		}
	}
	var text bytes.Buffer
	if err := counters.WritePrometheus(&text); err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(text.String(), "cors_decisions_total", name)
	// The client sorts labels by name, and its comparison minds the order.
	want = regexp.MustCompile(`\{(reason="[^"]*"),(preflight="[^"]*")\}`).ReplaceAllString(want, "{$2,$1}")
	if err := testutil.CollectAndCompare(promcors.NewCollector(counters), strings.NewReader(want)); err != nil {
		t.Error(err)
	}
}

func TestTheMetricKeepsToPrometheusHabits(t *testing.T) {
	problems, err := testutil.CollectAndLint(promcors.NewCollector(new(cors.Counters)))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func TestAScrapeShowsTheMomentNotTheRegistration(t *testing.T) {
	counters := new(cors.Counters)
	registry := prometheus.NewPedanticRegistry() // compares what is collected with what was described
	registry.MustRegister(promcors.NewCollector(counters))
	for want := range 3 {
		if got := total(t, registry); got != want {
			t.Errorf("%d decisions, want %d", got, want)
		}
		serve(t, counters, []string{"GET"})
	}
}

func TestMiddlewaresAreToldApartByALabel(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	for _, label := range []string{"api", "admin"} {
		labelled := prometheus.WrapRegistererWith(prometheus.Labels{"middleware": label}, registry)
		if err := labelled.Register(promcors.NewCollector(new(cors.Counters))); err != nil {
			t.Error(err)
		}
	}
	if n, err := testutil.GatherAndCount(registry, name); err != nil || n != 2*17 {
		t.Errorf("%d series, %v; want 34", n, err)
	}
	if err := registry.Register(promcors.NewCollector(new(cors.Counters))); err == nil {
		t.Error("a registry takes one without the label next to others with it; then the package comment is wrong")
	}
}

func TestTheSameSeriesTwiceAreRefused(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(promcors.NewCollector(new(cors.Counters)))
	err := registry.Register(promcors.NewCollector(new(cors.Counters)))
	if already := (prometheus.AlreadyRegisteredError{}); !errors.As(err, &already) {
		t.Errorf("the error of a second collector is %v", err)
	}
}

func TestScrapesAndDecisionsAtTheSameTime(t *testing.T) {
	counters := new(cors.Counters)
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(promcors.NewCollector(counters))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 1000 {
				counters.Observe(nil, cors.Decision{Reason: cors.ReasonOriginNull})
			}
		})
		all.Go(func() {
			for range 20 {
				if _, err := registry.Gather(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := total(t, registry); got != 4000 {
		t.Errorf("%d decisions, want 4000", got)
	}
}

func TestNilCountersAreRefusedBeforeAnyScrape(t *testing.T) {
	defer func() {
		if text, ok := recover().(string); !ok || !strings.HasPrefix(text, "promcors: ") {
			t.Errorf("NewCollector(nil) panics with %q", text)
		}
	}()
	promcors.NewCollector(nil)
}

func TestTheBrowsersHalfIsNotImported(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal("go list: ", err)
	}
	imports := strings.Fields(string(out))
	if !slices.Contains(imports, "github.com/corscope/corscope/cors") {
		t.Fatalf("go list does not show cors: %s", out)
	}
	for _, path := range imports {
		if strings.HasPrefix(path, "github.com/corscope/corscope/fetch") {
			t.Errorf("%s is imported", path)
		}
	}
}
