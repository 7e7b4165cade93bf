//go:build unix

package jsrun

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// giveBack gives the pages that are wholly between two addresses back to the system; what they hold is lost.
func giveBack(from, to uintptr) {
	from = (from + pageSize - 1) &^ (pageSize - 1)
	to &^= pageSize - 1
	if from < to {
		// A system that does not take them leaves the process larger than it need be.
		_ = unix.Madvise(unsafe.Slice(memoryAt[byte](from), to-from), unix.MADV_DONTNEED)
	}
}
