//go:build unix

package sqlite

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/storetest"
)

var parts = map[string]part{"append until killed": appendUntilKilled, "hold": hold, "fill the disk": fillTheDisk}

func TestFilesAreClosedToOthers_T273(t *testing.T) {
	modes := func(t *testing.T, dir string) {
		t.Helper()
		db := openIn(t, dir)
		check(t, db.Keep(t.Context(), "d", []byte("text"))) // so that all files are there
		for _, name := range []string{"commonhold.db", "commonhold.db-wal", "commonhold.db-shm", "commonhold.lock"} {
			info, err := os.Stat(filepath.Join(dir, name))
			check(t, err)
			if info.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %v", name, info.Mode())
			}
		}
		info, err := os.Stat(dir)
		check(t, err)
		if info.Mode().Perm() != 0o700 {
			t.Errorf("the folder has mode %v", info.Mode())
		}
		check(t, db.Close())
	}
	t.Run("also when the umask closes nothing", func(t *testing.T) {
		defer syscall.Umask(syscall.Umask(0))
		modes(t, t.TempDir()+"/data")
	})
	t.Run("also when a back-up left them open", func(t *testing.T) {
		dir := t.TempDir() + "/data"
		check(t, openIn(t, dir).Close())
		check(t, os.Chmod(dir+"/commonhold.db", 0o666))
		modes(t, dir)
	})
}

func TestFullDisk_T241(t *testing.T) {
	dir := t.TempDir()
	cmd, out := play(t, "fill the disk", dir)
	said, err := io.ReadAll(out)
	check(t, err)
	if want := "refused\nread\nhealed\n"; string(said) != want {
		t.Fatalf("the process says %q, want %q", said, want)
	}
	check(t, cmd.Wait())
	db := openIn(t, dir)
	events, err := db.Events(t.Context(), "org_1", 0, 1<<20)
	check(t, err)
	check(t, store.Chain(0, nil, events))
}

// fillTheDisk appends until the system writes no more, and says what happens then and after there is room again. A
// limit on the size of files stands for the disk.
func fillTheDisk(dir string) error {
	db, err := Open(background, dir)
	if err != nil {
		return err
	}
	defer db.Close()
	signal.Ignore(syscall.SIGXFSZ)
	var room syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &room); err != nil {
		return err
	}
	little := syscall.Rlimit{Cur: 300 << 10, Max: room.Max}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &little); err != nil {
		return err
	}
	known := storetest.History{Org: "org_1"}
	for {
		next := known
		if err = db.Append(background, []store.Append{next.Next(3)}); err != nil {
			break
		}
		known = next
	}
	fmt.Println("refused")
	for range 10 {
		next := known
		if err := db.Append(background, []store.Append{next.Next(3)}); err == nil {
			return fmt.Errorf("an append went through on the full disk")
		}
		events, err := db.Events(background, "org_1", 0, 1<<20)
		if err != nil {
			return err
		}
		if uint64(len(events)) != known.Version {
			return fmt.Errorf("%d events are there, %d were acknowledged", len(events), known.Version)
		}
	}
	fmt.Println("read")
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &room); err != nil {
		return err
	}
	if err := db.Append(background, []store.Append{known.Next(3)}); err != nil {
		return err
	}
	fmt.Println("healed")
	return nil
}
