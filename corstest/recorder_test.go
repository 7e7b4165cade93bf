package corstest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// recorder is a testing.TB that keeps what it is told, so that failures can be
// looked at.
type recorder struct {
	testing.TB
	failures []string
	logs     []string
	fatal    bool
}

func (r *recorder) Helper()                  {}
func (r *recorder) Context() context.Context { return context.Background() }
func (r *recorder) Logf(format string, args ...any) {
	r.logs = append(r.logs, fmt.Sprintf(format, args...))
}
func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}
func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	r.fatal = true
	panic(stop{})
}

// stop is what a recorder ends a test with.
type stop struct{}

// record runs f as a test and returns what it was told.
func record(f func(t testing.TB)) (r *recorder) {
	r = new(recorder)
	defer func() {
		if v := recover(); v != nil && v != (stop{}) {
			panic(v)
		}
	}()
	f(r)
	return r
}

func (r *recorder) text() string { return strings.Join(r.failures, "\n") }
