// Package corstest says in a Go test, in a line each, what a web page may and may
// not do with your server. The page's half is package fetch, an implementation
// of the Fetch standard, so that a test passes if and only if a browser that
// follows the standard lets the page through; which middleware the server uses,
// if any, does not matter.
//
// Two functions are enough for most tests. [Allows] fails unless the page may send
// the request and read the answer, [Blocks] fails unless the browser stops it:
//
//	func TestCORS(t *testing.T) {
//		api := newServer() // your http.Handler, with all its middleware
//		const app = "https://app.example.com"
//
//		corstest.Allows(t, api, app, corstest.Get("/users"))
//		corstest.Allows(t, api, app, corstest.Do("DELETE", "/users/7").WithCredentials())
//		corstest.Allows(t, api, app, corstest.Do("PUT", "/users/7").WithJSON(`{"name":"Ada"}`))
//		corstest.Exposes(t, api, app, corstest.Get("/users"), "X-Total-Count")
//
//		corstest.Blocks(t, api, "https://evil.example", corstest.Get("/users"))
//		corstest.Blocks(t, api, app, corstest.Do("PATCH", "/users/7"))
//	}
//
// There are no sockets: preflights and requests go straight to the handler. A
// failure says which rule of the browser decided, shows the exchange at which it
// did, and what the server would have to send.
//
// Each call of these functions is a new browser. [Browser] is one that stays: with
// its cookies and its preflight cache from one request to the next, and also for a
// server that runs elsewhere:
//
//	staging := &corstest.Browser{URL: "https://api.staging.example.com"}
//	staging.Allows(t, app, corstest.Get("/users"))
//
// What it does not do: it does not look at status codes, since a 404 that a page
// may read is no matter of CORS (the [Result] has the status); it asks whether the
// policy lets pages through, not whether it is too wide for your data; and a page
// that is blocked has often reached the handler all the same. A request that needs
// no preflight runs whatever the policy says; see package cors on what CORS does not
// protect.
package corstest
