// Command server is an API that a page at http://localhost:5173 may use. Copy it, and
// put your own origin, methods and headers into the policy.
//
//	go run ./examples/server
//
// In another terminal, ask what a page may do with it:
//
//	corscope explain http://localhost:8080/users --from http://localhost:5173
//	corscope explain http://localhost:8080/users/7 --from http://localhost:5173 -X DELETE --credentials include --send
//
// Both say that the browser allows it. Write 5174 for 5173 below, and they say why not.
// An origin that cannot be meant is refused when the server starts, with the reason.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"time"

	"github.com/corscope/corscope/cors"
)

// policy says which pages may read the answers, and what they may ask for.
var policy = cors.Config{
	Origins:        []string{"http://localhost:5173"}, // scheme, host and port as in the address bar
	Credentials:    true,                              // cookies may go along
	Methods:        []string{"PUT", "DELETE"},         // besides GET, HEAD and POST
	RequestHeaders: []string{"Content-Type"},          // JSON needs it
	ExposedHeaders: []string{"X-Total-Count"},         // what JavaScript may read
	MaxAgeSeconds:  600,                               // for how long a browser need not ask again
}

func main() {
	handler, err := newHandler(policy)
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Addr: "localhost:8080", Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	log.Print("listening on http://", server.Addr)
	log.Fatal(server.ListenAndServe())
}

// newHandler returns the API with the policy around all of it. The error has every
// mistake in the policy.
func newHandler(config cors.Config) (http.Handler, error) {
	middleware, err := cors.New(config)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /users", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Total-Count", "2")
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode([]string{"Ada", "Grace"}); err != nil {
			log.Print(err)
		}
	})
	mux.HandleFunc("DELETE /users/{id}", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})

	// CORS keeps other pages from reading, not from sending: what refuses forged
	// requests is CrossOriginProtection. It stands inside, so that pages which may read
	// can read its refusals too, and trusts the origins that the policy does.
	protection := http.NewCrossOriginProtection()
	for _, origin := range config.Origins {
		if err := protection.AddTrustedOrigin(origin); err != nil {
			return nil, err
		}
	}
	return middleware.Wrap(protection.Handler(mux)), nil
}
