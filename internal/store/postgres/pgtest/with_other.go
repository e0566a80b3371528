//go:build unix && !linux

package pgtest

import "syscall"

func withUs(attributes *syscall.SysProcAttr) *syscall.SysProcAttr { return attributes }
