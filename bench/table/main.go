// Command table prints the tables of BENCHMARKS.md:
//
//	go run ./table
package main

import (
	"os"

	"github.com/corscope/corscope/bench"
)

func main() { bench.Report(os.Stdout) }
