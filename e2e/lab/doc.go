// Package lab drives the page of corscope lab in a real Chromium, as a person would: the binary is built, the lab is started, and the
// tests read from the page what they hold against the API and against corscope explain.
//
//	go test ./lab                       all of it
//	go test ./lab -run Screenshots -update
//	                                    keep what the page looks like now; look at it before
//
// Chromium comes from ../install.sh. The checks for accessibility are axe-core's, which npm brings.
package lab
