package bench

import (
	"net/http"
	"strings"
	"testing"
)

// BenchmarkRequest measures what the middleware costs of a request that does
// nothing else.
func BenchmarkRequest(b *testing.B) {
	for _, request := range requests {
		for _, c := range candidates {
			b.Run(request.name+"/"+c.name, func(b *testing.B) {
				h := c.wrap(http.HandlerFunc(nothing))
				r := &http.Request{Method: request.method, Header: request.headers, Body: http.NoBody}
				w := &writer{header: http.Header{}}
				b.ReportAllocs()
				for b.Loop() {
					w.reset()
					h.ServeHTTP(w, r)
				}
			})
		}
	}
}

// TestCandidatesAnswerWhatTheirRowsSay keeps the table honest: a row that is
// called allowed must not time a refusal.
func TestCandidatesAnswerWhatTheirRowsSay(t *testing.T) {
	for _, request := range requests {
		for _, c := range candidates {
			if c.name == "none" {
				continue
			}
			t.Run(request.name+"/"+c.name, func(t *testing.T) {
				w := &writer{header: http.Header{}}
				w.reset()
				c.wrap(http.HandlerFunc(nothing)).ServeHTTP(w, &http.Request{Method: request.method, Header: request.headers})
				// Peers have other statuses for refusals, and answer 200 to preflights.
				if strings.Contains(request.name, "1 MiB of commas") || strings.Contains(request.name, "empty lines") {
					if c.name == "chi" {
						return // It answers yes, after its time.
					}
				}
				if got := w.header.Get("Access-Control-Allow-Origin") == request.headers.Get("Origin") && len(request.headers) > 0; got != request.allowed {
					t.Errorf("allowed = %v, want %v: %v", got, request.allowed, w.header)
				}
				if (c.name == "corscope" || c.name == "floor") && w.status != request.status {
					t.Errorf("status %d, want %d", w.status, request.status)
				}
			})
		}
	}
}

// TestAllocations holds corscope to at most one allocation for an answer that is
// allowed or that must carry Vary, and to none for a preflight that is refused.
func TestAllocations(t *testing.T) {
	for _, request := range requests {
		t.Run(request.name, func(t *testing.T) {
			h := corscope(fullOrigins).Wrap(http.HandlerFunc(nothing))
			r := &http.Request{Method: request.method, Header: request.headers}
			w := &writer{header: http.Header{}}
			want := 1.0
			if request.status == 403 {
				want = 0
			}
			if got := testing.AllocsPerRun(100, func() { w.reset(); h.ServeHTTP(w, r) }); got > want {
				t.Errorf("%v allocations, want at most %v", got, want)
			}
		})
	}
}
