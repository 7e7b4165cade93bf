// Package httpspec holds what both halves of CORS share: methods, header-name
// sets, header-list grammars and the names of the headers.
//
// It follows the Fetch standard (https://fetch.spec.whatwg.org/), pinned with
// the rest of the module, and RFC 9110 where Fetch refers to it. All functions
// are pure, work on bytes (never on Unicode case), and are safe for concurrent
// use. Strings that they return are substrings of their arguments wherever that
// is possible, so that nothing is allocated on the way to a "no".
//
// It decides nothing about requests or responses: that is the business of
// package fetch (the browser) and package cors (the server).
package httpspec
