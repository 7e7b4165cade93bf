package promcors_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	promcors "github.com/corscope/corscope/contrib/prometheus"
	"github.com/corscope/corscope/cors"
)

// The label is needed only if there are several middlewares.
func ExampleNewCollector() {
	mw, err := cors.New(cors.Config{Origins: []string{"https://app.example.com"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	counters := new(cors.Counters)
	mw.Observe(counters.Observe)

	registry := prometheus.NewRegistry() // or prometheus.DefaultRegisterer
	labelled := prometheus.WrapRegistererWith(prometheus.Labels{"middleware": "api"}, registry)
	labelled.MustRegister(promcors.NewCollector(counters))
	metrics := promhttp.HandlerFor(registry, promhttp.HandlerOpts{})

	handler := mw.Wrap(http.NotFoundHandler())
	for _, origin := range []string{"https://app.example.com", "http://app.example.com", "https://evil.example"} {
		r := httptest.NewRequest("GET", "https://api.example.com/users", nil)
		r.Header.Set("Origin", origin)
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}

	w := httptest.NewRecorder()
	metrics.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	text, err := io.ReadAll(w.Body)
	if err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") && !strings.HasSuffix(line, " 0\n") {
			fmt.Print(line)
		}
	}
	// Output:
	// cors_decisions_total{middleware="api",preflight="false",reason="allowed"} 1
	// cors_decisions_total{middleware="api",preflight="false",reason="origin-not-allowed"} 2
}
