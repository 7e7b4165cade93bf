// Package cors is the server's half of CORS: a policy that is checked when it is
// built, decides as the Fetch standard has it, says why it refuses, and costs
// next to nothing.
//
// Write a [Config], make a [Middleware] of it with [New], and wrap your handler
// with [Middleware.Wrap]. Use [NewRoutes] for policies by path, and [Compile] and
// [Policy.Decide] to ask what a policy says without serving anything.
//
//	mw, err := cors.New(cors.Config{
//		Origins:        []string{"https://app.example.com"},
//		Credentials:    true,
//		Methods:        []string{"PUT", "DELETE"},
//		RequestHeaders: []string{"Authorization", "Content-Type"},
//		MaxAgeSeconds:  600,
//	})
//
// # What CORS does not protect
//
// CORS lets a browser show a response to a page of another origin. It keeps
// nobody from sending a request. What the standard calls a simple request, such
// as a POST with a form's content type, runs whatever the policy says; the
// browser only keeps its answer from the page. Programs that are not browsers
// are not bound at all. So a policy replaces neither authentication nor defence
// against cross-site request forgery. For the latter set net/http's
// CrossOriginProtection inside the middleware: see the example of that name.
//
// # Where to put it
//
// Outside of everything that may answer by itself: authentication (a preflight
// carries no credentials), rate limits, routers that answer 405 to OPTIONS. The
// headers are set before the wrapped handler runs, so that they stay on its 404s
// and 500s and on the answer of a recover middleware further out; without them
// a crash would look like a CORS error. Do not wrap twice, and let the handler
// set no CORS headers of its own. Where what is behind sets some, as backends of a
// reverse proxy do, wrap with [Middleware.WrapProxy].
//
// # Vary
//
// What the middleware adds to Vary follows from what an answer depends on:
//
//	policy                         answer                  Vary
//	AllowAnyOrigin                 every answer carries *  nothing: all the same
//	AlwaysSendOrigin               every answer carries    nothing: all the same
//	                               the one origin
//	any other                      actual, or not CORS,    Origin
//	                               allowed or refused
//	any                            to a preflight          nothing, or with PreflightVary
//	                                                       Origin and both request headers
//
// The answer to a request without Origin varies as well: a cache that stored it
// without Vary would give it to a page of an allowed origin, which would find no
// Access-Control-Allow-Origin. What stands in Vary already is kept and not said
// again; a handler that replaces it (Set instead of Add) breaks caching.
// Answers to OPTIONS cannot be cached (RFC 9110 section 9.3.7), so that
// preflights need no Vary, unless a CDN was told to cache them: then set
// PreflightVary. A CDN that ignores Vary must have Origin in its cache key; one
// that stops caching at the sight of it needs AllowAnyOrigin or
// AlwaysSendOrigin.
//
// # What it leaves out
//
// It has no pattern by regular expression or function: they are where the
// published vulnerabilities of CORS middlewares come from. It answers nothing
// about Private Network Access, which browsers have replaced by a permission
// prompt that needs no header. Standard: https://fetch.spec.whatwg.org/#http-cors-protocol
package cors
