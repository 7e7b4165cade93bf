package policyfile_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/corscope/corscope/policyfile"
)

// A program that serves by the policies in a file, and follows it while it runs. See
// examples/reload for the whole of one, with SIGHUP.
func Example() {
	source, err := policyfile.Open("cors.yaml")
	if err != nil {
		log.Fatal(err) // every mistake, with its line and column
	}
	go source.Watch(context.Background(), 5*time.Second, func(f *policyfile.File, err error) {
		if err != nil {
			log.Print("the policies stay as they were: ", err)
		}
	})
	api := http.NewServeMux() // your handler
	log.Fatal(http.ListenAndServe("localhost:8080", source.Routes().Wrap(api)))
}

// Every mistake is said at once, where encoding/json would take the first without a word.
func ExampleParse_mistakes() {
	_, err := policyfile.Parse([]byte(`policies:
  app:
    origins: ["https://app.example.com/"]
    credentails: true
`))
	var bad *policyfile.Error
	if errors.As(err, &bad) {
		for _, p := range bad.Problems {
			fmt.Printf("line %d, column %d: %s: %s\n", p.Line, p.Column, p.Code, p.Hint)
		}
	}
	// Output:
	// line 3, column 39: trailing-slash: write https://app.example.com
	// line 4, column 5: unknown-field: did you mean credentials?
}
