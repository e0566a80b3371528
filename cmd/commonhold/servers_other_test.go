//go:build !unix

package main

import "testing"

// withServers has no servers to end.
type withServers struct{ *testing.M }
