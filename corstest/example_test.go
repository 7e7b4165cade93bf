package corstest_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/corstest"
	"github.com/corscope/corscope/fetch"
)

// newServer is the server under test: your http.Handler with all its middleware.
func newServer() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /users", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Total-Count", "2")
		fmt.Fprint(w, `["Ada","Grace"]`)
	})
	mux.HandleFunc("DELETE /users/{id}", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})
	policy, err := cors.New(cors.Config{
		Origins:        []string{"https://app.example.com"},
		Credentials:    true,
		Methods:        []string{"DELETE"},
		ExposedHeaders: []string{"X-Total-Count"},
	})
	if err != nil {
		panic(err)
	}
	return policy.Wrap(mux)
}

// A test of your own says in a line each what a page may and may not do. Here t is
// one that prints; in a test it is the *testing.T.
func Example() {
	t := printer{}
	api := newServer()
	const app = "https://app.example.com"

	corstest.Allows(t, api, app, corstest.Get("/users"))
	corstest.Allows(t, api, app, corstest.Do("DELETE", "/users/7").WithCredentials())
	corstest.Exposes(t, api, app, corstest.Get("/users"), "X-Total-Count")

	corstest.Blocks(t, api, "https://evil.example", corstest.Get("/users"))
	corstest.Blocks(t, api, app, corstest.Do("PATCH", "/users/7"))

	fmt.Println("nothing failed")
	// Output: nothing failed
}

// A failure says what the browser did and why, shows the exchange that decided, and
// what the server would have to send.
func ExampleAllows() {
	t := printer{}
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://app.example.com")
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
	})

	corstest.Allows(t, api, "https://app.example.com", corstest.Do("DELETE", "/users/7").WithCredentials())

	// Output:
	// corstest: blocked, but should be allowed: DELETE https://server-under-test.example/users/7 with credentials from a page on https://app.example.com
	// The browser did not send the request: Access-Control-Allow-Credentials is missing in the answer to the preflight, and credentials are included.
	//
	//   OPTIONS https://server-under-test.example/users/7   (the preflight)
	//   > Origin: https://app.example.com
	//   > Access-Control-Request-Method: DELETE
	//   < 200 OK
	//   < Access-Control-Allow-Origin: https://app.example.com
	//   < Access-Control-Allow-Methods: GET, POST
	//
	// The answer to OPTIONS would have to have:
	//   Access-Control-Allow-Credentials: true
	//   Access-Control-Allow-Methods: GET, POST, DELETE
	// The answer to DELETE, which was never sent, must allow the origin too.
	// reason: allow-credentials-missing, step 8 of https://fetch.spec.whatwg.org/#concept-cors-check
}

// Wrong: CORS kept the answer from the page, and the transfer is done. A request that
// needs no preflight, such as a form's POST, runs whatever the policy says.
func ExampleBlocks_doesNotMeanThatNothingHappened() {
	t := printer{}
	transfers := 0
	policy, err := cors.New(cors.Config{Origins: []string{"https://bank.example"}, Credentials: true})
	if err != nil {
		panic(err)
	}
	bank := policy.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { transfers++ }))

	form := corstest.Do("POST", "/transfer").WithCredentials().WithBody("application/x-www-form-urlencoded", "to=mallory&amount=1000")
	result := corstest.Blocks(t, bank, "https://evil.example", form, fetch.ReasonAllowOriginMissing)
	fmt.Printf("blocked: %t, reached the handler: %t, transfers: %d\n", !result.Allowed, result.Reached(), transfers)

	// Right: net/http's CrossOriginProtection inside of the CORS middleware refuses it.
	protection := http.NewCrossOriginProtection()
	transfers = 0
	bank = policy.Wrap(protection.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { transfers++ })))
	corstest.Blocks(t, bank, "https://evil.example", form)
	fmt.Printf("transfers with CrossOriginProtection: %d\n", transfers)

	// Output:
	// blocked: true, reached the handler: true, transfers: 1
	// transfers with CrossOriginProtection: 0
}

// One browser keeps its cookies, and remembers what preflights allowed.
func ExampleBrowser() {
	t := printer{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "1", Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode})
	})
	mux.HandleFunc("GET /me", func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("sid"); err != nil {
			http.Error(w, "log in first", http.StatusUnauthorized)
		}
	})
	policy, err := cors.New(cors.Config{Origins: []string{"https://app.example.com"}, Credentials: true})
	if err != nil {
		panic(err)
	}

	browser := &corstest.Browser{Handler: policy.Wrap(mux)}
	const app = "https://app.example.com"
	before := browser.Allows(t, app, corstest.Get("/me").WithCredentials())
	browser.Allows(t, app, corstest.Do("POST", "/login").WithCredentials())
	after := browser.Allows(t, app, corstest.Get("/me").WithCredentials())
	fmt.Println(before.Status, after.Status)

	// Output: 401 200
}

// printer is a testing.TB for examples.
type printer struct{ testing.TB }

func (printer) Helper()                  {}
func (printer) Context() context.Context { return context.Background() }
func (printer) Errorf(format string, args ...any) {
	fmt.Println(fmt.Sprintf(format, args...))
}
func (printer) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
