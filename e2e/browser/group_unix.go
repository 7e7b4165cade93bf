//go:build unix && !linux

package browser

import "syscall"

// ownGroup puts a browser and its children into a process group of their own.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
