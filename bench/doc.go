// Package bench compares package cors with its peers and with a hand-written
// floor: what a Go map and one fresh array per response cost, and nothing else.
// It is a module of its own so that the peers weigh on nobody who imports cors.
//
//	go test -bench . -benchmem
//
// BENCHMARKS.md at the top of the repository has the results and the commands
// that made them.
package bench
