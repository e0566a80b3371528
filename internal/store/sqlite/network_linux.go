package sqlite

import (
	"fmt"
	"syscall"
)

// What statfs(2) says of the file systems on which neither locks nor the shared memory of the write-ahead log work.
var networkFileSystems = map[uint32]string{
	0x6969:     "NFS",
	0x517b:     "SMB",
	0xff534d42: "CIFS",
	0xfe534d42: "SMB 2",
	0x5346414f: "AFS",
}

func refuseNetwork(dir string) error {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return fmt.Errorf("look at the file system of %s: %w", dir, err)
	}
	return refuseFileSystem(dir, uint32(s.Type))
}

func refuseFileSystem(dir string, kind uint32) error {
	if name, ok := networkFileSystems[kind]; ok {
		return fmt.Errorf("the data folder %s lies on a network file system (%s), which loses what SQLite writes: "+
			"name a folder on a local disk", dir, name)
	}
	return nil
}
