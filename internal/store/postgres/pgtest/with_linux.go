package pgtest

import "syscall"

// withUs lets a process end when ours does, however that comes about.
func withUs(attributes *syscall.SysProcAttr) *syscall.SysProcAttr {
	attributes.Pdeathsig = syscall.SIGQUIT
	return attributes
}
