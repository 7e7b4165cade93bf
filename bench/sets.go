package bench

import (
	"fmt"
	"net/http"
	"runtime"
)

// sets are lists of origins and of patterns to grow with.
var sets = []struct {
	name   string
	entry  func(i int) string
	origin func(i int) string
	sizes  []int
}{
	{"exact", tenant, tenant, []int{3, 100, 10_000, 1_000_000}},
	{
		"subdomains",
		func(i int) string { return fmt.Sprintf("https://*.tenant%d.example.com", i) },
		func(i int) string { return fmt.Sprintf("https://app.tenant%d.example.com", i) },
		[]int{100, 10_000, 100_000},
	},
}

func tenant(i int) string { return fmt.Sprintf("https://t%07d.example.com", i) }

func list(n int, entry func(int) string) []string {
	entries := make([]string, n)
	for i := range entries {
		entries[i] = entry(i)
	}
	return entries
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func setOf(n int, entry func(int) string) map[string]struct{} {
	m := make(map[string]struct{}, n)
	for i := range n {
		m[entry(i)] = struct{}{}
	}
	return m
}

// probes returns up to 4096 requests spread over the n origins, with strings of
// their own.
func probes(n int, kind string, origin func(int) string) []*http.Request {
	count := min(n, 4096)
	requests := make([]*http.Request, count)
	for i := range requests {
		at := i * (n / count)
		if kind == "miss" {
			at += n
		}
		requests[i] = &http.Request{Method: "GET", Header: http.Header{"Origin": {origin(at)}}}
	}
	return requests
}
