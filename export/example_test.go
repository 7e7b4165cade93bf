package export_test

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/export"
)

func ExampleRender() {
	artifact, err := export.Render(cors.Config{
		Origins: []string{"https://app.example.com"},
		Methods: []string{"PUT"},
	}, export.Nginx)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, file := range artifact.Files {
		fmt.Println(file.Name+":", file.Place)
	}
	// Output:
	// corscope-maps.conf: include it in http { }, once
	// corscope-cors.conf: include it in server { } or location { }, and in each location inside that has an add_header or proxy_hide_header of its own
}

// What a server would get wrong is refused, all of it at once.
func ExampleRender_unsupported() {
	_, err := export.Render(cors.Config{
		Origins:        []string{"https://app.example.com"},
		Credentials:    true,
		Methods:        []string{"*"},
		RequestHeaders: []string{"*"},
	}, export.GoRSCors)
	var unsupported *export.UnsupportedError
	if errors.As(err, &unsupported) {
		for _, problem := range unsupported.Problems {
			fmt.Println(problem.Field, problem.Feature)
		}
	}
	// Output:
	// methods any-method
	// requestHeaders any-header
}

func ExampleGuessTargets() {
	headers := http.Header{"Server": {"nginx/1.22.1"}, "X-Powered-By": {"Express"}}
	for _, guess := range export.GuessTargets(headers, nil) {
		fmt.Println(guess.Target, "because of", guess.Evidence)
	}
	// Output:
	// nginx because of Server: nginx/1.22.1
	// express because of X-Powered-By: Express
}
