// Package cli is the command line of Corscope: one file per verb, and [Run], which
// is all that main calls.
//
// Answers go to standard output, talk to standard error. The exit status is 0 when
// the page may do it, 1 when it is blocked, 2 for bad usage or input, 3 when the
// exchange failed for a reason that no CORS header would have helped, and 130
// when it was interrupted.
package cli
