// Package moving shows how policies that were written for other CORS middlewares of Go
// are written for package cors. Each [Move] has a server before and the policy after, and
// the tests hold in a browser's eyes what comes out the same and what does not, and why.
//
// docs/moving.md has the fields of each middleware in tables.
package moving

import (
	"net/http"

	"github.com/corscope/corscope/cors"
)

// Move is one server and the policy that takes the place of its middleware's.
type Move struct {
	// Name is the middleware's, and what is set in it.
	Name string
	// Before puts the middleware around api.
	Before func(api http.Handler) http.Handler
	// After is the policy for package cors.
	After cors.Config
	// Differs says of pages and requests that fare otherwise after the move, why. The key
	// is the page's and the request's name in the tests.
	Differs map[string]string
}

// Moves returns all of them.
func Moves() []Move {
	return []Move{rsFull(), rsDefault(), rsAllowAll(), rsMethods(), chiFull(), chiDefault(), gorillaFull(), gorillaDefault(), ginFull(), ginDefault(), echoFull(), echoDefault(), fiberFull(), fiberDefault()}
}

// The policy that each full server has, in one way or another.
const (
	app      = "https://app.example.com"
	previews = "https://*.preview.example.com"
)
