//go:build !unix

package jsrun

// giveBack does nothing: blocks stay with the process until the allocator gives their regions back.
func giveBack(from, to uintptr) {}
