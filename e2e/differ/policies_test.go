package differ_test

import (
	"slices"
	"testing"

	"github.com/corscope/corscope/e2e/differ"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/halves"
)

// The pages are those that the browsers get.
var scope = differ.Scope{Pages: []string{"http://app.test/?page=1", "http://app.test/?page=1", "https://app.test/?page=1"}}

// The cases of the browsers, put to policies in place of scripted headers, with no browser and no network: the engine against
// package cors. The fuzzer chooses which of them.
func FuzzTheEngineAgainstPolicies(f *testing.F) {
	f.Add(uint64(1), 1)
	f.Fuzz(func(t *testing.T, seed uint64, number int) { check(t, seed, number) })
}

func check(t *testing.T, seed uint64, number int) []string {
	r := differ.GenerateRuled(seed, number, scope)
	met, err := r.Check(t.Context(), fetch.Profile{})
	if err != nil {
		small, err := r.Shrink(t.Context(), fetch.Profile{})
		t.Fatalf("seed %d, number %d: %v\n  smallest: %s\n%s", seed, number, err, small, r.Policies())
	}
	return met
}

// A property that never meets a case says nothing about it.
func TestTheEngineAgainstPoliciesInEveryReason(t *testing.T) {
	met := map[string]int{}
	for number := range 10000 {
		for _, what := range check(t, 1, number) {
			met[what]++
		}
	}
	t.Log(met)
	wanted := []string{"not a request", "no matter of CORS", "from the cache", "hidden origin", "preflight from its cache", "cors: allowed", "cors: allowed, without credentials",
		"answer: basic", "answer: cors", "answer: opaque", "answer: opaqueredirect",
		"blocked: " + string(fetch.ReasonAllowOriginWildcard), "blocked: " + string(fetch.ReasonAllowCredentialsAbsent)}
	for refusal, codes := range halves.Reasons {
		wanted = append(wanted, "cors: "+refusal)
		for _, code := range codes {
			wanted = append(wanted, "blocked: "+string(code))
		}
	}
	for _, what := range wanted {
		// The two that corstest alone draws: methods and lists longer than any policy takes.
		if met[what] == 0 && !slices.Contains([]string{"cors: method-malformed", "cors: headers-too-long"}, what) {
			t.Errorf("never met: %s", what)
		}
	}
}
