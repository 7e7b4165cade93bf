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

	// What takes less is done again and again: there are systems whose clock goes on by half a millisecond at a time.
	least = 5 * time.Millisecond
)

// Linear fails t if work takes much longer than its input grows. prepare makes the work for an input of a size, whose unit is the
// caller's; it is asked for size and for four times size, and what it does itself is not measured. The work must leave its input as it was.
func Linear(t testing.TB, size int, prepare func(size int) (work func())) {
	t.Helper()
	linear(t, size, prepare, func(work func()) time.Duration { return measure(work, time.Now) })
}

func measure(work func(), now func() time.Time) time.Duration {
	for n := 1; ; n *= 2 {
		start := now()
		for range n {
			work()
		}
		if took := now().Sub(start); took >= least {
			return took / time.Duration(n)
		}
	}
}

func linear(t testing.TB, size int, prepare func(size int) func(), measure func(work func()) time.Duration) {
	t.Helper()
	shortest := func(work func(), n int) time.Duration {
		took := measure(work)
		for range n - 1 {
			took = min(took, measure(work))
		}
		return took
	}
	small, large := prepare(size), prepare(times*size)
	small() // what is made once in a process is made here
	a, b := shortest(small, tries), shortest(large, tries)
	if b >= limit*a {
		b = min(b, shortest(large, more))
	}
	if b >= limit*a {
		t.Errorf("an input of %d takes %s, and one of %d takes %s", size, a, times*size, b)
	}
}
