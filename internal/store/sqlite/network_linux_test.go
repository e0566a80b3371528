package sqlite

import (
	"strings"
	"testing"
)

// T-245 guarded by sqlite.refuseFileSystem
func TestNetworkFileSystemIsRefused(t *testing.T) {
	err := refuseFileSystem("/data", 0x6969)
	if err == nil || !strings.Contains(err.Error(), "/data lies on a network file system (NFS)") {
		t.Errorf("error is %v", err)
	}
	const ext4 = 0xef53
	check(t, refuseFileSystem("/data", ext4))
	check(t, refuseNetwork(t.TempDir()))
}
