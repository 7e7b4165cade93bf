package growth_test

import (
	"fmt"
	"testing"

	"github.com/corscope/corscope/internal/growth"
)

// errors is a test that keeps what is said of it.
type errors struct {
	testing.TB
	said []string
}

func (e *errors) Helper() {}
func (e *errors) Errorf(format string, args ...any) {
	e.said = append(e.said, fmt.Sprintf(format, args...))
}

func TestWhatSquaresIsFound(t *testing.T) {
	text := make([]byte, 2000)
	for name, c := range map[string]struct {
		size  int
		work  func(text []byte)
		fails bool
	}{
		"one loop": {500, touch, false},
		"a loop within a loop": {500, func(text []byte) {
			for range text {
				touch(text)
			}
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			got := &errors{TB: t}
			growth.Linear(got, c.size, func(size int) func() { return func() { c.work(text[:size]) } })
			if fails := len(got.said) > 0; fails != c.fails {
				t.Errorf("said %q", got.said)
			}
		})
	}
}

func touch(text []byte) {
	for i := range text {
		text[i]++
	}
}
