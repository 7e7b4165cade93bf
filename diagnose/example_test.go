package diagnose_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
)

// Everything that is wrong with one recorded fetch, in the browser's words, and what would make it right.
func ExampleDiagnose() {
	server := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*") // no good for a request with cookies
	}
	agent, err := fetch.NewAgent(fetch.AgentConfig{
		Transport: &fetch.HandlerTransport{Handler: func(*fetch.URL) http.Handler { return http.HandlerFunc(server) }},
	})
	if err != nil {
		panic(err)
	}
	defer agent.Close()
	page, err := agent.NewPage(fetch.PageConfig{URL: "https://app.example.com"})
	if err != nil {
		panic(err)
	}
	trace := new(fetch.Trace)
	if _, err := page.Fetch(context.Background(), fetch.Request{
		URL: "https://api.example.com/me", Credentials: fetch.CredentialsInclude, Trace: trace,
	}); err != nil {
		panic(err)
	}
	report := diagnose.Diagnose(trace, diagnose.Options{})
	for _, f := range report.Findings {
		fmt.Println("cause:", f.Cause.ID)
	}
	for _, c := range report.Fix.Server {
		fmt.Printf("fix:   %s: %s\n", c.Header, c.After)
	}
	fmt.Println("whole:", report.Fix.Complete)
	// Output:
	// cause: allow-origin-wildcard-with-credentials
	// cause: allow-credentials-missing
	// fix:   Access-Control-Allow-Origin: https://app.example.com
	// fix:   Access-Control-Allow-Credentials: true
	// whole: true
}
