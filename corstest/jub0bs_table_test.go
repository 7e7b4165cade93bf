package corstest_test

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"testing"

	"github.com/corscope/corscope/cors"
)

// jub0bsCases is ../testdata/jub0bs-cases.json.
type jub0bsCases struct {
	Valid    []jub0bsConfigCase `json:"configs_valid"`
	Invalid  []jub0bsConfigCase `json:"configs_invalid"`
	Requests []jub0bsRequest    `json:"requests"`
	Patterns []struct {
		Pattern string `json:"pattern"`
		Valid   bool   `json:"valid"`
	} `json:"origin_patterns"`
	Sets []struct {
		Name     string   `json:"name"`
		Patterns []string `json:"patterns"`
		Accepts  []string `json:"accepts"`
		Rejects  []string `json:"rejects"`
	} `json:"origin_sets"`
	ACRH []struct {
		Name     string     `json:"name"`
		Allowed  []string   `json:"allowed_headers"`
		Accepted [][]string `json:"accepted_acrh_lines"`
		Rejected [][]string `json:"rejected_acrh_lines"`
	} `json:"acrh"`
	Insecure, PublicSuffix []jub0bsPattern
}

type jub0bsPattern struct {
	Pattern string `json:"pattern"`
	Want    bool   `json:"want"`
}

type jub0bsConfigCase struct {
	Name   string        `json:"name"`
	Config *jub0bsConfig `json:"config"`
}

type jub0bsConfig struct {
	Origins         []string `json:"origins"`
	Credentialed    bool     `json:"credentialed"`
	Methods         []string `json:"methods"`
	RequestHeaders  []string `json:"request_headers"`
	ResponseHeaders []string `json:"response_headers"`
	MaxAge          int      `json:"max_age"`
	Insecure        bool     `json:"tolerate_insecure_origins"`
	PublicSuffixes  bool     `json:"tolerate_public_suffix_subdomains"`
}

// translate says the same in our words. "*" among origins is a field of its own here.
func (c *jub0bsConfig) translate() cors.Config {
	out := cors.Config{
		Origins: c.Origins, Credentials: c.Credentialed, Methods: c.Methods,
		RequestHeaders: c.RequestHeaders, ExposedHeaders: c.ResponseHeaders, MaxAgeSeconds: c.MaxAge,
		DangerouslyAllowInsecureOrigins: c.Insecure, DangerouslyAllowPublicSuffixes: c.PublicSuffixes,
	}
	if slices.Contains(c.Origins, "*") {
		out.AllowAnyOrigin = true
		out.Origins = slices.DeleteFunc(slices.Clone(c.Origins), func(o string) bool { return o == "*" })
	}
	return out
}

type jub0bsRequest struct {
	Suite  string        `json:"suite"`
	Group  string        `json:"group"`
	Name   string        `json:"name"`
	Config *jub0bsConfig `json:"config"`
	Debug  bool          `json:"debug"`
	Before http.Header   `json:"headers_set_before"`
	Inner  struct {
		Status  int         `json:"status"`
		Headers http.Header `json:"headers"`
		Body    string      `json:"body"`
	} `json:"inner_handler"`
	Request struct {
		Method  string      `json:"method"`
		Headers http.Header `json:"headers"`
	} `json:"request"`
	Want struct {
		Inner   bool        `json:"inner_called"`
		Status  int         `json:"status"`
		Headers http.Header `json:"cors_headers"`
	} `json:"want"`
}

func loadCases(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile("../testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

func loadJub0bs(t *testing.T) *jub0bsCases {
	t.Helper()
	var cases jub0bsCases
	loadCases(t, "jub0bs-cases.json", &cases)
	var more struct {
		Insecure     []jub0bsPattern `json:"insecure_patterns"`
		PublicSuffix []jub0bsPattern `json:"public_suffix_patterns"`
	}
	loadCases(t, "jub0bs-cases.json", &more)
	cases.Insecure, cases.PublicSuffix = more.Insecure, more.PublicSuffix
	return &cases
}
