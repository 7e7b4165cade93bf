package browser

import "syscall"

// ownGroup puts a browser and its children into a process group that ends with the test.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
