// Package routers shows package cors around the routers that Go programs use: the one
// of net/http, chi, gin and echo. Its tests prove with package corstest that preflights
// reach the middleware and that its headers stay on answers that the routers give by
// themselves.
//
// One line is right with all of them, because all of them are http.Handlers:
//
//	http.ListenAndServe(addr, middleware.Wrap(router))
//
// It stands outside of the router, so that nothing in there can answer OPTIONS first.
// Where the router wants its middlewares for itself, the functions here say how.
package routers
