// Command reload is an API whose policies stand in a file that it follows while it runs.
// Copy it, and put your own policies into cors.yaml.
//
//	cd examples/reload
//	go run .
//
// In another terminal, ask what a page may do with it, change 5173 to 5174 in cors.yaml,
// and ask again:
//
//	corscope explain http://localhost:8080/api/users --from http://localhost:5173
//
// The file is looked at every two seconds, and at once on SIGHUP where there is one. With
// a mistake in it the program does not start; later on, it says what is wrong and goes on
// with what it has. In CI, corscope check cors.yaml finds the same mistakes, and those in
// what pages are expected to be able to do.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/corscope/corscope/policyfile"
)

func main() {
	source, err := policyfile.Open("cors.yaml")
	if err != nil {
		log.Fatal(err) // every mistake, with its line and column
	}
	told(source.File(), nil)
	go source.Watch(context.Background(), 2*time.Second, told)

	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	go func() {
		for range hangup {
			if _, err := source.Reload(); err != nil {
				told(nil, err)
			} else {
				told(source.File(), nil)
			}
		}
	}()

	server := &http.Server{Addr: "localhost:8080", Handler: newHandler(source), ReadHeaderTimeout: 5 * time.Second}
	log.Print("listening on http://", server.Addr)
	log.Fatal(server.ListenAndServe())
}

// told logs what is in force now, or why the file is not.
func told(f *policyfile.File, err error) {
	if err != nil {
		log.Print("the policies stay as they were: ", err)
		return
	}
	log.Print("policies in force: ", len(f.Config.Policies))
	for _, warning := range f.Warnings {
		log.Print("warning: ", warning)
	}
}

// newHandler returns the API with the policies of the file around all of it.
func newHandler(source *policyfile.Source) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/users", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode([]string{"Ada", "Grace"}); err != nil {
			log.Print(err)
		}
	})
	mux.HandleFunc("GET /health", func(http.ResponseWriter, *http.Request) {})
	return source.Routes().Wrap(mux)
}
