package intake

import "testing"

// A pattern that does not compile would end the first program that meets it.
func TestPatternsCompile(t *testing.T) {
	if len(patterns) < 100 {
		t.Fatalf("only %d patterns are known", len(patterns))
	}
	for _, p := range patterns {
		t.Run(p.source, func(t *testing.T) { p.re() })
	}
}
