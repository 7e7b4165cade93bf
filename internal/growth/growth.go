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

	// A machine that is busy for a moment is no growth, and what is soon over is measured over and over.
	tries = 5
	least = 5 * time.Millisecond
)

// Linear fails t if work takes much longer than its input grows. prepare makes the work for an input of a size, whose unit is the
// caller's; it is asked for size and for four times size, and what it does itself is not measured. The work must leave its input as it was.
func Linear(t testing.TB, size int, prepare func(size int) (work func())) {
	t.Helper()
	small, large := prepare(size), prepare(times*size)
	small() // what is made once in a process is made here
	var a, b time.Duration
	for range tries {
		rounds := 0
		for a = 0; a < least; rounds++ {
			a += measure(small)
		}
		b = 0
		for range rounds {
			b += measure(large)
		}
		if b < limit*a {
			return
		}
	}
	t.Errorf("an input of %d takes %s, and one of %d takes %s", size, a, times*size, b)
}

func measure(work func()) time.Duration {
	start := time.Now()
	work()
	return time.Since(start)
}
