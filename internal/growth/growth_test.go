package growth

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// sayings is a test that keeps what is said of it.
type sayings struct {
	testing.TB
	said []string
}

func (s *sayings) Helper() {}
func (s *sayings) Errorf(format string, args ...any) {
	s.said = append(s.said, fmt.Sprintf(format, args...))
}

func TestWhatSquaresIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		cost func(size, run int) int // in milliseconds, of that run
		want []string
	}{
		"what grows with its input":              {func(size, _ int) int { return size }, nil},
		"what sorts its input":                   {func(size, _ int) int { return size * len(fmt.Sprintf("%b", size)) }, nil},
		"what squares":                           {func(size, _ int) int { return size * size }, []string{"an input of 10 takes 100ms, and one of 40 takes 1.6s"}},
		"what squares, on a machine that stalls": {func(size, run int) int { return size*size + run%2*1000 }, []string{"an input of 10 takes 100ms, and one of 40 takes 1.6s"}},
		"a machine that was busy for long":       {func(size, run int) int { return size + max(0, 8-run)*size/10*100 }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got sayings
			var took time.Duration
			run := 0
			linear(&got, 10, func(size int) func() {
				return func() {
					run++
					took = time.Duration(c.cost(size, run)) * time.Millisecond
				}
			}, func(work func()) time.Duration {
				work()
				return took
			})
			if !slices.Equal(got.said, c.want) {
				t.Errorf("said %q, want %q", got.said, c.want)
			}
		})
	}
	work := make([]byte, 1000)
	Linear(t, 100, func(size int) func() {
		return func() {
			for i := range size {
				work[i]++
			}
		}
	})
}

func TestWhatIsShorterThanTheClockIsDoneAgainAndAgain(t *testing.T) {
	const work, tick = 3 * time.Microsecond, 500 * time.Microsecond
	var done time.Duration
	got := measure(func() { done += work }, func() time.Time { return time.Time{}.Add(done.Truncate(tick)) })
	if got < work*8/10 || got > work*12/10 {
		t.Errorf("%s of work by a clock that goes on by %s at a time: %s", work, tick, got)
	}
}
