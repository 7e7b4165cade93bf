package spelling

import (
	"strings"
	"testing"
)

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		name, a, b string
		limit, d   int
	}{
		{"the same", "GET", "GET", 2, 0},
		{"one is empty", "", "GET", 3, 3},
		{"a letter is missing", "Autorization", "Authorization", 2, 1},
		{"a letter is another one", "Content-Tipe", "Content-Type", 2, 1},
		{"a letter is too many", "DELLETE", "DELETE", 2, 1},
		{"two neighbours have changed places", "PACTH", "PATCH", 2, 2},
		{"the lengths alone are beyond the limit", "a", strings.Repeat("a", 1<<20), 2, 3},
		{"case counts", "get", "GET", 3, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := Distance(c.a, c.b, c.limit); d != c.d {
				t.Errorf("got %d, want %d", d, c.d)
			}
			if d := Distance(c.b, c.a, c.limit); d != c.d {
				t.Errorf("the other way round: got %d, want %d", d, c.d)
			}
		})
	}
}
