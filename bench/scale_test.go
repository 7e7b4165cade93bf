package bench

import (
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/corscope/corscope/cors"
)

// BenchmarkBuild measures what it takes to make a policy of n origins, and a map
// with room for as many. Metric heap-B/origin is what the result holds once the
// list that it was made from is gone, the strings included.
func BenchmarkBuild(b *testing.B) {
	for _, set := range sets {
		for _, n := range set.sizes {
			run := func(name string, build func([]string) any) {
				b.Run(fmt.Sprintf("%s/%d/%s", set.name, n, name), func(b *testing.B) {
					entries := list(n, set.entry)
					for b.Loop() {
						runtime.KeepAlive(build(entries))
					}
					b.StopTimer()
					entries = nil
					before := heap()
					kept := build(list(n, set.entry))
					b.ReportMetric(float64(heap()-before)/float64(n), "heap-B/origin")
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/origin")
					runtime.KeepAlive(kept)
				})
			}
			run("corscope", func(entries []string) any { return corscope(entries) })
			run("map", func(entries []string) any {
				m := make(map[string]struct{}, len(entries))
				for _, s := range entries {
					m[s] = struct{}{}
				}
				return m
			})
		}
	}
}

// BenchmarkLookup measures an actual request whose origin is one of n, or none,
// through the whole middleware. The floor knows no patterns: beside those stands
// a map of as many exact origins.
func BenchmarkLookup(b *testing.B) {
	for _, set := range sets {
		for _, n := range set.sizes {
			for _, candidate := range []struct {
				name string
				wrap func(http.Handler) http.Handler
			}{
				{"corscope", corscope(list(n, set.entry)).Wrap},
				{"floor", (&floor{origins: setOf(n, set.origin), exposeHeaders: "x-request-id,x-total-count"}).wrap},
			} {
				for _, kind := range []string{"hit", "miss"} {
					b.Run(fmt.Sprintf("%s/%d/%s/%s", set.name, n, kind, candidate.name), func(b *testing.B) {
						h := candidate.wrap(http.HandlerFunc(nothing))
						requests := probes(n, kind, set.origin)
						w := &writer{header: http.Header{}}
						b.ReportAllocs()
						for i := 0; b.Loop(); i++ {
							w.reset()
							h.ServeHTTP(w, requests[i%len(requests)])
						}
					})
				}
			}
		}
	}
}

// BenchmarkAddOrigin measures one origin more beside n others: it is to take as
// long for a million as for a hundred.
func BenchmarkAddOrigin(b *testing.B) {
	for _, n := range []int{100, 10_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			m := corscope(list(n, tenant))
			more := list(1<<16, func(i int) string { return fmt.Sprintf("https://more%d.example.org", i) })
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				// Added and removed again, so that n stays what it is.
				if _, err := m.AddOrigin(more[i%len(more)]); err != nil {
					b.Fatal(err)
				}
				m.RemoveOrigin(more[i%len(more)])
			}
		})
	}
}

// TestOneOriginMoreNeverCopiesTheTable adds a quarter of a million origins and
// looks at the slowest hundredth: whatever copied the whole would show.
func TestOneOriginMoreNeverCopiesTheTable(t *testing.T) {
	m, err := cors.New(cors.Config{Origins: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	const n = 1 << 18
	took := make([]time.Duration, n)
	for i := range took {
		entry := tenant(i)
		start := time.Now()
		if _, err := m.AddOrigin(entry); err != nil {
			t.Fatal(err)
		}
		took[i] = time.Since(start)
	}
	late := took[n/2:]
	slices.Sort(late)
	median, rare := late[len(late)/2], late[len(late)*999/1000]
	t.Logf("median %v, one in a thousand %v, worst %v", median, rare, late[len(late)-1])
	// A copy of the table takes tens of milliseconds.
	if rare > 5*time.Millisecond {
		t.Errorf("one in a thousand takes %v", rare)
	}
}
