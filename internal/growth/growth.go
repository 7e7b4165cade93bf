// Package growth holds tests to work that grows as its input does, on any machine and under the race detector: it compares two runs
// with each other and never with a clock.
package growth

import (
	"testing"
	"time"
)

const (
	// times is how much larger the large work is: what grows with its input takes so many times as long, what squares 16 times.
	times = 4
	limit = 10

	// Of several runs the shortest counts: a machine that is busy for a moment is no growth.
	tries = 3
	more  = 10 // of the large work, if it seems to take too long
)

// Linear fails t if work takes much longer than its input grows. prepare makes the work for an input of a size, whose unit is the
// caller's; it is asked for size and for four times size, and what it does itself is not measured. The work must leave its input as it was.
func Linear(t testing.TB, size int, prepare func(size int) (work func())) {
	t.Helper()
	linear(t, size, prepare, func(work func()) time.Duration {
		start := time.Now()
		work()
		return time.Since(start)
	})
}

func linear(t testing.TB, size int, prepare func(size int) func(), measure func(work func()) time.Duration) {
	t.Helper()
	least := func(work func(), n int) time.Duration {
		shortest := measure(work)
		for range n - 1 {
			shortest = min(shortest, measure(work))
		}
		return shortest
	}
	small, large := prepare(size), prepare(times*size)
	small() // what is made once in a process is made here
	a, b := least(small, tries), least(large, tries)
	if b >= limit*a {
		b = min(b, least(large, more))
	}
	if b >= limit*a {
		t.Errorf("an input of %d takes %s, and one of %d takes %s", size, a, times*size, b)
	}
}
