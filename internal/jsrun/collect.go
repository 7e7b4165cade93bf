package jsrun

import (
	"os"
	"runtime/debug"
)

// Of Go's collector while a script runs.
const (
	collectPercent = 400      // of what is in use may come on top of it
	collectAlways  = 64 << 20 // bytes in use, from which on it is collected as often as it takes: what a script holds is not here
)

// CollectRarely has Go collect its garbage less often, until restore is called. It is for a process that does nothing but run a script:
// its heap is a few MiB, because the engine's own is not Go's, and each of the many collections of a heap so small stops the one thread
// that JavaScript has. It changes the whole process, and does nothing where the environment has GOGC or GOMEMLIMIT.
func CollectRarely() (restore func()) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	percent, limit := debug.SetGCPercent(collectPercent), debug.SetMemoryLimit(collectAlways)
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}
