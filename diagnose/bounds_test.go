package diagnose

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/corscope/corscope/fetch"
)

// TestHugeAnswersAreDiagnosedInTime: a server may send 256 KiB of headers, and 21 redirects with a preflight each.
func TestHugeAnswersAreDiagnosedInTime(t *testing.T) {
	var list strings.Builder
	for i := range 40_000 {
		fmt.Fprintf(&list, "m%d,", i)
	}
	many := strings.Repeat("x-", 60_000)
	for name, c := range map[string]struct {
		r      fetch.Request
		answer script
	}{
		"a list of methods":              {fetch.Request{Method: "PUT"}, answers("204 x"+allow+"|Access-Control-Allow-Methods: "+list.String(), "")},
		"a list of methods that is none": {fetch.Request{Method: "PUT"}, answers("204 x"+allow+"|Access-Control-Allow-Methods: "+list.String()+"a b", "")},
		"a list of headers":              {fetch.Request{Headers: fetch.HeaderList{{Name: "X-A", Value: "1"}}}, answers("204 x"+allow+"|Access-Control-Allow-Headers: "+list.String(), "")},
		"headers with long names":        {fetch.Request{}, answers("", "200 x|"+many+": 1|Access-Control-Allow-Origin"+many+": *")},
		"a list of exposed headers":      {fetch.Request{}, answers("", "200 x|Access-Control-Expose-Headers: "+list.String())},
		"an origin":                      {fetch.Request{}, answers("", "200 x|Access-Control-Allow-Origin: https://"+strings.Repeat("a.", 100_000))},
		"a chain with a preflight at each hop": {fetch.Request{Method: "PUT"}, func(m *fetch.Message) string {
			if m.Headers.Contains("Access-Control-Request-Method") {
				return "204 x|Access-Control-Allow-Methods: PUT" + allow
			}
			return "307 x|Location: " + m.URL.Path() + "a" + allow
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c.r.URL = there + "/"
			trace := record(t, here, c.r, c.answer)
			start := time.Now()
			Diagnose(trace, Options{})
			// Many times what it takes, and far below what a search that squares takes.
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}
