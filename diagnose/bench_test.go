package diagnose

import (
	"testing"

	"github.com/corscope/corscope/fetch"
)

// BenchmarkDiagnose is the whole of it: causes, three consoles, the complete fix for the standard and three browsers, and the policy,
// proven. The bound that was set is 2 ms.
func BenchmarkDiagnose(b *testing.B) {
	headers := fetch.HeaderList{{Name: "X-A", Value: "1"}, {Name: "Authorization", Value: "x"}, {Name: "Content-Type", Value: "application/json"}}
	for name, trace := range map[string]*fetch.Trace{
		"one fault": record(b, here, fetch.Request{URL: there}, answers("", "200 x")),
		"eight faults": record(b, here, fetch.Request{URL: there, Method: "PATCH", Credentials: "include", Headers: headers},
			answers("405 x|Access-Control-Allow-Origin: *|Access-Control-Allow-Methods: patch|Access-Control-Allow-Headers: a b", "")),
		"a chain of redirects": record(b, here, fetch.Request{URL: there + "/a"}, func(m *fetch.Message) string {
			if len(m.URL.Path()) < 18 {
				return "302 x|Location: " + m.URL.Path() + "a" + allow
			}
			return "200 x"
		}),
		"a preflight for each of 20 redirects": record(b, here, fetch.Request{URL: there + "/a", Method: "PUT", Credentials: "include", Headers: headers}, func(m *fetch.Message) string {
			if preflight := "204 x|Access-Control-Allow-Credentials: true|Access-Control-Allow-Methods: PUT|Access-Control-Allow-Headers: x-a, authorization, content-type" + allow; m.Method == "OPTIONS" && len(m.URL.Path()) < 21 {
				return preflight
			}
			if len(m.URL.Path()) < 21 {
				return "307 x|Access-Control-Allow-Credentials: true|Location: " + m.URL.Path() + "a" + allow
			}
			return "200 x"
		}),
		"allowed": record(b, here, fetch.Request{URL: there}, answers("", "200 x"+allow)),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Diagnose(trace, Options{})
			}
		})
	}
}
