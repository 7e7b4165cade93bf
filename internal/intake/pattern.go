package intake

import (
	"regexp"
	"sync"
)

// pattern is a regular expression that is compiled when it is first used: every command has this package, and most read nothing with it.
// It is safe for concurrent use.
type pattern struct {
	source string
	re     func() *regexp.Regexp
}

// patterns are all of them, so that a test can compile each.
var patterns []*pattern

// newPattern is for variables of the package alone. Inlined at each of them it would make the binary larger by 400 KB.
//
//go:noinline
func newPattern(source string) *pattern {
	p := &pattern{source, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(source) })}
	patterns = append(patterns, p)
	return p
}
