//go:build !linux

package sqlite

// refuseNetwork knows no network file system here; the folder is the operator's choice.
func refuseNetwork(string) error { return nil }
