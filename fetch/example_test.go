package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/corscope/corscope/fetch"
)

// api is a server that lets one page read, and forgets DELETE in its preflight.
func api(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "https://app.example.com")
	if r.Method == http.MethodOptions {
		w.Header().Set("Access-Control-Allow-Methods", "PUT")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	fmt.Fprint(w, `{"id":7}`)
}

// browser is a user agent whose network is the handler above. Leave Transport out for the real one.
func browser() *fetch.Agent {
	agent, err := fetch.NewAgent(fetch.AgentConfig{
		Transport: &fetch.HandlerTransport{Handler: func(*fetch.URL) http.Handler { return http.HandlerFunc(api) }},
	})
	if err != nil {
		panic(err)
	}
	return agent
}

// One request as the page's JavaScript would make it, with every step on record.
func ExamplePage_Fetch() {
	agent := browser()
	defer agent.Close()
	page, err := agent.NewPage(fetch.PageConfig{URL: "https://app.example.com/cart"})
	if err != nil {
		panic(err)
	}
	trace := new(fetch.Trace)
	response, err := page.Fetch(context.Background(), fetch.Request{URL: "https://api.example.com/users/7", Method: "DELETE", Trace: trace})
	if err != nil {
		panic(err) // the request could not even be begun
	}
	defer response.Close()
	fmt.Println(response.IsError(), response.Reason.Code)
	fmt.Println(response.Reason.Sentence())
	for _, x := range trace.Exchanges {
		fmt.Println(x.Method, x.Status)
	}
	step := trace.LastStep(fetch.Fail)
	fmt.Println(step.Algorithm, step.ID)
	// Output:
	// true method-not-allowed
	// The browser did not send the request: the answer to the preflight allows PUT, and not DELETE.
	// OPTIONS 204
	// cors-preflight-fetch-0 7.5
}

// An http.Client that obeys the same-origin policy for a page.
func ExamplePage_Client() {
	agent := browser()
	defer agent.Close()
	page, err := agent.NewPage(fetch.PageConfig{URL: "https://evil.example"})
	if err != nil {
		panic(err)
	}
	_, err = page.Client().Get("https://api.example.com/users/7")
	var blocked *fetch.BlockedError
	if errors.As(err, &blocked) {
		fmt.Println(blocked.Reason.Code)
		fmt.Println("wanted:", blocked.Reason.Want)
		fmt.Println("found: ", blocked.Reason.Got)
	}
	// Output:
	// allow-origin-mismatch
	// wanted: https://evil.example
	// found:  https://app.example.com
}

// What would happen if the server sent another header: the recorded answers are judged again, without the network.
func ExampleReplay() {
	agent := browser()
	defer agent.Close()
	page, err := agent.NewPage(fetch.PageConfig{URL: "https://app.example.com"})
	if err != nil {
		panic(err)
	}
	trace := new(fetch.Trace)
	if _, err := page.Fetch(context.Background(), fetch.Request{URL: "https://api.example.com/users/7", Method: "DELETE", Trace: trace}); err != nil {
		panic(err)
	}
	response, _, err := fetch.Replay{
		Trace: trace,
		Edit: func(x *fetch.Exchange) {
			x.ResponseHeaders.Set("Access-Control-Allow-Methods", "PUT, DELETE")
		},
		Assume: func(x *fetch.Exchange) bool { // the DELETE was never sent
			x.Status = 204
			x.ResponseHeaders.Set("Access-Control-Allow-Origin", "https://app.example.com")
			return true
		},
	}.Fetch(context.Background())
	if err != nil {
		panic(err)
	}
	fmt.Println(response.IsError(), response.Status)
	// Output: false 204
}
