// Package corscope is the map of the module; it holds no code.
//
// CORS is a conversation between a browser and a server of which the web
// developer sees one red line. Corscope implements both halves, each on its own,
// and uses the one to explain, prove and repair the other.
//
// The browser's half is [github.com/corscope/corscope/fetch]: the algorithms of
// the Fetch standard, run against a real server, with every step on record.
// Start at fetch.Agent and fetch.Page.
//
// The server's half is [github.com/corscope/corscope/cors]: a policy that is
// checked when it is built, says why it refuses, and wraps any http.Handler.
// Start at cors.New.
//
// Both stand on [github.com/corscope/corscope/origin], which says what two
// parties call "the same", and never import each other: they meet only over
// HTTP, so that each can judge the other. A test in this directory holds that.
//
// What was recorded is read by [github.com/corscope/corscope/diagnose]: every cause,
// what each browser prints, and the smallest set of changes that helps, proven.
//
// For tests in Go, [github.com/corscope/corscope/corstest] says in a line each what a
// page may do with an http.Handler. [github.com/corscope/corscope/export] writes a
// policy for servers that are not in Go, and
// [github.com/corscope/corscope/policyfile] has a server in Go follow a file of policies.
//
// The command is [github.com/corscope/corscope/cmd/corscope]. To see it at work,
// with no set-up beyond Go:
//
//	go run ./cmd/corscope demo
//
// docs/architecture.md tells the life of one fetch; docs/rationale.md says why
// things are as they are; docs/conformance.md says what of the standard is built.
package corscope
