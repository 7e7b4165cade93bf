// Package e2e holds the fetch engine to real browsers: the same seeded, random fetches are put to Chromium, Firefox, WebKitGTK and the
// engine, over the same servers on loopback, and what JavaScript sees and what the servers saw must be equal.
//
//	go test .                                          1,000 cases in Chromium, 300 in Firefox and WebKit, and the vectors; prints its seeds
//	go test -run Chromium -seed 7 -cases 100000 .      more of them, again
//	go test -run Chromium -seed 7 -only 421 .          one of them
//	go test -run Chromium -case '{"page":...}' .       a case written by hand
//	go test -run 'Chromium|Firefox|WebKit' -update .          measure the vectors of testdata/browsers anew
//	go test -run Vectors .                             the vectors, without a browser
//	go test -run Hosts\|Addresses .                     which preflights Firefox forgets with the addresses of a host; takes a minute
//	go test ./differ -run XXX -fuzz Policies -fuzztime 1000000x   a million of them against policies of package cors, without a browser
//	go test -run Keepalive .                           what keepalive requests hold while their answers wait
//	go test -run Fixes .                               what diagnose says of every fault of internal/demo: the console, and the fix
//
// What waits more than it works runs beside other tests, three of them for each processor unless -parallel says otherwise. What depends on
// time runs alone, but for the package lab.
//
// The browsers come from ./install.sh. Without them their tests are skipped, but with CI=true, where they are installed or the tests
// fail. What is not generated, and why, stands in differ/generate.go; what is not compared, and why, in differ/compare.go. Nothing
// else is tolerated: a disagreement is shrunk, printed, and becomes a vector and a field of fetch.Profile, or a fix of the engine.
package e2e
