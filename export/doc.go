// Package export writes a policy of package cors in the language of the server
// that is there already: nginx, Apache httpd, HAProxy, Caddy, Express, FastAPI, Flask,
// Django, or Go.
//
// [Render] takes a cors.Config and a [Target] and returns an [Artifact]: files to
// include or to paste, each line with its reason, and notes on what comes out
// differently. [Guess] finds the target from an answer's headers and body.
//
// A server cannot always say what a policy says. What it would get wrong in the
// direction of too much is refused, with an [UnsupportedError] that lists all of
// it; what it leaves out or says in another way is a [Note], and a comment in the
// file. [Targets] holds that knowledge as values; docs/export.md is made of them.
//
// With every target a browser comes to the same verdict as with package cors:
// the origin is named to the letter, errors carry the headers too, preflights do
// not reach what is behind, and CORS headers from there are removed. What differs
// is how a refusal looks: package cors answers a preflight with a method or header
// that is not listed with 403 and nothing else, and the others say what they
// allow, so that the browser refuses.
//
// The package writes text only. It checks no syntax with the servers and changes
// none.
package export
