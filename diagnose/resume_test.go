package diagnose

import (
	"encoding/json"
	"testing"

	"github.com/corscope/corscope/fetch"
)

// TestResumedRunsGiveTheSameFix holds the search, which starts again from the last redirect where it can, against one that runs every fetch
// from its start.
func TestResumedRunsGiveTheSameFix(t *testing.T) {
	profiles := append([]fetch.Profile{{}}, Profiles()...)
	headers := fetch.HeaderList{{Name: "X-A", Value: "1"}, {Name: "Content-Type", Value: "application/json"}}
	compared := 0
	for _, credentials := range []fetch.CredentialsMode{fetch.CredentialsOmit, fetch.CredentialsInclude} {
		for _, end := range []string{"200 x", "200 x" + allow, "500 x", "302 x|Location: /z/", "302 x|Location: http://127.0.0.1:8803/z/", "302 x|Location: http://user:p@127.0.0.1:8802/z/", "302 x|Location: /a/"} {
			for _, preflight := range []string{"204 x", "405 x", "204 x|Access-Control-Allow-Methods: PUT|Access-Control-Allow-Headers: *" + allow} {
				for _, method := range []string{"GET", "PUT"} {
					trace := record(t, here, fetch.Request{URL: there + "/a/", Method: method, Credentials: credentials, Headers: headers}, func(m *fetch.Message) string {
						last := m.URL.Path() == "/c/"
						switch {
						case m.Method == "OPTIONS" && !last:
							return "204 x|Access-Control-Allow-Credentials: true|Access-Control-Allow-Methods: PUT|Access-Control-Allow-Headers: x-a, content-type" + allow
						case m.Method == "OPTIONS":
							return preflight
						case !last:
							return "307 x|Access-Control-Allow-Credentials: true|Location: /" + string(m.URL.Path()[1]+1) + "/" + allow
						}
						return end
					})
					fast, slow := newSearch(trace, profiles, nil), newSearch(trace, profiles, nil)
					slow.fromStart = true
					got, want := fixJSON(t, fast.fix()), fixJSON(t, slow.fix())
					if got != want {
						t.Errorf("%s, %s, %s, %s:\nresumed     %s\nfrom start  %s", credentials, method, preflight, end, got, want)
					}
					if len(fast.faults) != len(slow.faults) {
						t.Errorf("%d faults, and %d from the start", len(fast.faults), len(slow.faults))
					}
					for i := range fast.faults {
						a, b := fast.faults[i], slow.faults[i]
						if a.reason != b.reason || len(a.trace.Exchanges) != len(b.trace.Exchanges) {
							t.Errorf("fault %d is %v, and %v from the start", i, a.reason, b.reason)
						}
						compared++
					}
				}
			}
		}
	}
	if compared < 100 {
		t.Errorf("only %d faults were compared", compared)
	}
}

func fixJSON(t *testing.T, f *Fix) string {
	t.Helper()
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
