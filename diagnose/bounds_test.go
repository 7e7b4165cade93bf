package diagnose

import (
	"fmt"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/growth"
)

// TestHugeAnswersAreDiagnosedInTime: a server may send 256 KiB of headers, and 21 redirects with a preflight each.
func TestHugeAnswersAreDiagnosedInTime(t *testing.T) {
	list := func(n int) string {
		var list strings.Builder
		for i := range n {
			fmt.Fprintf(&list, "m%d,", i)
		}
		return list.String()
	}
	for name, c := range map[string]struct {
		size   int // the smaller one; the larger is four times as large
		r      fetch.Request
		answer func(n int) script
	}{
		"a list of methods": {2_500, fetch.Request{Method: "PUT"}, func(n int) script {
			return answers("204 x"+allow+"|Access-Control-Allow-Methods: "+list(n), "")
		}},
		"a list of methods that is none": {2_500, fetch.Request{Method: "PUT"}, func(n int) script {
			return answers("204 x"+allow+"|Access-Control-Allow-Methods: "+list(n)+"a b", "")
		}},
		"a list of headers": {2_500, fetch.Request{Headers: fetch.HeaderList{{Name: "X-A", Value: "1"}}}, func(n int) script {
			return answers("204 x"+allow+"|Access-Control-Allow-Headers: "+list(n), "")
		}},
		"headers with long names": {8_000, fetch.Request{}, func(n int) script {
			many := strings.Repeat("x", n)
			return answers("", "200 x|"+many+": 1|Access-Control-Allow-Origin"+many+": *")
		}},
		"a list of exposed headers": {2_500, fetch.Request{}, func(n int) script {
			return answers("", "200 x|Access-Control-Expose-Headers: "+list(n))
		}},
		"an origin": {6_000, fetch.Request{}, func(n int) script {
			return answers("", "200 x|Access-Control-Allow-Origin: https://"+strings.Repeat("a.", n))
		}},
		"a chain with a preflight at each hop": {5, fetch.Request{Method: "PUT"}, func(n int) script {
			return func(m *fetch.Message) string {
				switch {
				case m.Headers.Contains("Access-Control-Request-Method"):
					return "204 x|Access-Control-Allow-Methods: PUT" + allow
				case len(m.URL.Path()) > n:
					return "200 x"
				}
				return "307 x|Location: " + m.URL.Path() + "a" + allow
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c.r.URL = there + "/"
			growth.Linear(t, c.size, func(n int) func() {
				trace := record(t, here, c.r, c.answer(n))
				return func() { Diagnose(trace, Options{}) }
			})
		})
	}
}
