package bench

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// This file measures what BENCHMARKS.md shows. A benchmark's mean is of little
// use on a machine that does something else at the same time, so each candidate
// gets many short turns, one after the other, and the least time of each counts:
// what it takes when nothing comes between.

const (
	rounds = 400
	// turn is how many requests a turn has: about as many as fit before somebody
	// else gets the processor.
	turn = 400
)

// Report writes the tables of BENCHMARKS.md, in Markdown, to w.
func Report(w io.Writer) {
	fmt.Fprintf(w, "%s, %s/%s, %d processors\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	reportRequests(w)
	reportLookups(w)
	reportBuilds(w)
}

func reportRequests(w io.Writer) {
	fmt.Fprintln(w, "\n## One request\n\nNanoseconds / allocations per request.")
	header(w, "request", "corscope", "floor", "corscope : floor", "rs/cors", "go-chi/cors", "no middleware")
	for _, request := range requests {
		handlers := make([]http.Handler, len(candidates))
		for i, c := range candidates {
			handlers[i] = c.wrap(http.HandlerFunc(nothing))
		}
		cells := map[string]cell{}
		for i, c := range measure(handlers, []*http.Request{{Method: request.method, Header: request.headers}}) {
			cells[candidates[i].name] = c
		}
		row(w, request.name, cells["corscope"].String(), cells["floor"].String(), ratio(cells["corscope"], cells["floor"]),
			cells["rs"].String(), cells["chi"].String(), cells["none"].String())
	}
}

func reportLookups(w io.Writer) {
	fmt.Fprintln(w, "\n## One of many origins\n\nNanoseconds / allocations per actual request. The map of the floor has the same origins, or as many exact ones where corscope has patterns.")
	header(w, "origins", "corscope", "floor", "corscope : floor")
	for _, set := range sets {
		for _, n := range set.sizes {
			handlers := []http.Handler{
				corscope(list(n, set.entry)).Wrap(http.HandlerFunc(nothing)),
				(&floor{origins: setOf(n, set.origin), exposeHeaders: "x-request-id,x-total-count"}).wrap(http.HandlerFunc(nothing)),
			}
			for _, kind := range []string{"hit", "miss"} {
				cells := measure(handlers, probes(n, kind, set.origin))
				row(w, fmt.Sprintf("%d %s, %s", n, set.name, kind), cells[0].String(), cells[1].String(), ratio(cells[0], cells[1]))
			}
		}
	}
}

func reportBuilds(w io.Writer) {
	fmt.Fprintln(w, "\n## Building\n\nMicroseconds of processor time, and bytes of heap per origin that stay, strings included.")
	header(w, "origins", "corscope", "map, sized", "map, growing", "corscope : map, sized", "corscope, bytes", "map, bytes")
	for _, set := range sets {
		for _, n := range set.sizes {
			builds := []func([]string) any{
				func(entries []string) any { return corscope(entries) },
				func(entries []string) any { return mapOf(entries, len(entries)) },
				func(entries []string) any { return mapOf(entries, 0) },
			}
			var least [3]float64
			var bytes [3]float64
			for i := range least {
				least[i] = math.Inf(1)
			}
			entries := list(n, set.entry)
			for range max(3, min(50, 3_000_000/n)) {
				for i, build := range builds {
					runtime.GC()
					start := processorTime()
					built := build(entries)
					least[i] = min(least[i], float64((processorTime()-start).Nanoseconds())/1e3)
					runtime.KeepAlive(built)
				}
			}
			entries = nil
			for i, build := range builds {
				before := heap()
				built := build(list(n, set.entry))
				bytes[i] = float64(heap()-before) / float64(n)
				runtime.KeepAlive(built)
			}
			row(w, fmt.Sprintf("%d %s", n, set.name), fmt.Sprintf("%.0f", least[0]), fmt.Sprintf("%.0f", least[1]), fmt.Sprintf("%.0f", least[2]),
				fmt.Sprintf("%.2f", least[0]/least[1]), fmt.Sprintf("%.0f", bytes[0]), fmt.Sprintf("%.0f", bytes[1]))
		}
	}
}

func mapOf(entries []string, size int) map[string]struct{} {
	m := make(map[string]struct{}, size)
	for _, s := range entries {
		m[s] = struct{}{}
	}
	return m
}

// processorTime is that of all threads of the process, the collector's too.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// cell is what one candidate takes for one request.
type cell struct{ nanoseconds, allocations float64 }

func (c cell) String() string {
	if c.nanoseconds >= 10_000 {
		return fmt.Sprintf("%.0f µs / %.0f", c.nanoseconds/1e3, c.allocations)
	}
	return fmt.Sprintf("%.0f / %.0f", c.nanoseconds, c.allocations)
}

func ratio(a, b cell) string { return fmt.Sprintf("%.2f", a.nanoseconds/b.nanoseconds) }

// measure gives each handler its turns at the requests, one after the other.
func measure(handlers []http.Handler, requests []*http.Request) []cell {
	cells := make([]cell, len(handlers))
	w := &writer{header: http.Header{}}
	sizes := make([]int, len(handlers))
	next := 0
	take := func(h http.Handler, n int) time.Duration {
		start := time.Now()
		for range n {
			w.reset()
			h.ServeHTTP(w, requests[next%len(requests)])
			next++
		}
		return time.Since(start)
	}
	for i, h := range handlers {
		cells[i].nanoseconds = math.Inf(1)
		cells[i].allocations = testing.AllocsPerRun(10, func() { w.reset(); h.ServeHTTP(w, requests[0]) })
		// What takes milliseconds gets fewer in a turn.
		sizes[i] = max(1, min(turn, int(200*time.Microsecond/max(1, take(h, 1)))))
	}
	for range rounds {
		for i, h := range handlers {
			cells[i].nanoseconds = min(cells[i].nanoseconds, float64(take(h, sizes[i]).Nanoseconds())/float64(sizes[i]))
		}
	}
	return cells
}

func header(w io.Writer, names ...string) {
	fmt.Fprintln(w)
	row(w, names...)
	fmt.Fprintln(w, "|---"+strings.Repeat("|---:", len(names)-1)+"|")
}

func row(w io.Writer, cells ...string) { fmt.Fprintln(w, "| "+strings.Join(cells, " | ")+" |") }
