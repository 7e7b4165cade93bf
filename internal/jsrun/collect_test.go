package jsrun

import (
	"runtime/debug"
	"testing"
)

func TestCollectRarely(t *testing.T) {
	now := func() (percent int, limit int64) {
		percent = debug.SetGCPercent(100)
		debug.SetGCPercent(percent)
		return percent, debug.SetMemoryLimit(-1)
	}
	for _, c := range []struct {
		name, gogc string
		percent    int
	}{
		{"a process of a script collects rarely", "", collectPercent},
		{"who says how often is obeyed", "50", 50},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("GOGC", c.gogc)
			t.Setenv("GOMEMLIMIT", "")
			percent, limit := now()
			if c.gogc != "" {
				defer debug.SetGCPercent(debug.SetGCPercent(c.percent))
				percent = c.percent
			}
			restore := CollectRarely()
			if p, _ := now(); p != c.percent {
				t.Errorf("a heap may grow by %d percent, want %d", p, c.percent)
			}
			restore()
			if p, l := now(); p != percent || l != limit {
				t.Errorf("afterwards it is %d percent and %d bytes, and was %d and %d", p, l, percent, limit)
			}
		})
	}
}
