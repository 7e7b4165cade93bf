// Package demo is a small world of right and wrong servers: fixture, tutorial and
// demonstration in one.
//
// [Start] opens it on loopback, with TLS, HTTP/2 and real names
// (https://app.example.com, https://bank.example) under a certificate authority
// that lives in memory. [ServeLocal] opens the same servers without TLS on
// localhost ports, for a person's own browser and curl.
//
// Nothing here judges anything. [Scenes] and [Faults] are data: what a page asks
// for, and what must come of it. Whoever runs them holds the outcome against
// Want, and what the servers say they did is in [World.Requests]. The package
// never imports the browser's half, which is tested with it.
//
// The servers are wrong on purpose, and every name, account and token is
// invented. Do not copy an answer from here without reading its title.
package demo
