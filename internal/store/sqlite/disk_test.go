package sqlite

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/sqlite/vfs"
	"github.com/commonhold/commonhold/internal/store/storetest"
)

// badDisk is a disk that fails on demand, below the one that checks pages.
type badDisk struct {
	*vfs.Disk
	write, sync atomic.Int32 // what these answer, if not 0
	writeBack   atomic.Int32 // the same for writes that are not to the log
}

func newBadDisk(t *testing.T) *badDisk {
	t.Helper()
	d := &badDisk{}
	var err error
	d.Disk, err = vfs.New("", func(_ string, flags int32, m *vfs.Methods) []any {
		write, sync := vfs.Function[vfs.Transfer](m.FxWrite), vfs.Function[vfs.Command](m.FxSync)
		var failingWrite vfs.Transfer = func(tls *libc.TLS, file, buffer uintptr, n int32, at int64) int32 {
			if code := d.write.Load(); code != 0 {
				return code
			}
			if code := d.writeBack.Load(); code != 0 && flags&sqlite3.SQLITE_OPEN_MAIN_DB != 0 {
				return code
			}
			return write(tls, file, buffer, n, at)
		}
		var failingSync vfs.Command = func(tls *libc.TLS, file uintptr, flags int32) int32 {
			if code := d.sync.Load(); code != 0 {
				return code
			}
			return sync(tls, file, flags)
		}
		m.FxWrite, m.FxSync = vfs.Address(failingWrite), vfs.Address(failingSync)
		return []any{failingWrite, failingSync}
	})
	check(t, err)
	t.Cleanup(d.Close)
	return d
}

func TestADiskThatFailsIsNotTrustedAgain_T242(t *testing.T) {
	d, dir := newBadDisk(t), t.TempDir()
	db, err := openOver(t.Context(), d.Name, dir)
	check(t, err)
	known := storetest.History{Org: "org_1"}
	append1 := func() error {
		next := known
		err := db.Append(t.Context(), []store.Append{next.Next(2)})
		if err == nil {
			known = next
		}
		return err
	}
	asAcknowledged := func() {
		t.Helper()
		events, err := db.Events(t.Context(), "org_1", 0, 1000)
		check(t, err)
		check(t, store.Chain(0, nil, events))
		if uint64(len(events)) != known.Version {
			t.Fatalf("%d events are there, %d were acknowledged", len(events), known.Version)
		}
	}
	check(t, append1())
	for _, code := range []int32{sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL} {
		d.write.Store(code)
		want := store.ErrDisk
		if code == sqlite3.SQLITE_FULL {
			want = store.ErrFull
		}
		if err := append1(); !errors.Is(err, want) {
			t.Errorf("a write that fails with %d gives %v, want %v", code, err, want)
		}
		asAcknowledged()
		d.write.Store(0)
		check(t, append1())
	}
	d.sync.Store(sqlite3.SQLITE_IOERR_FSYNC)
	for range 3 {
		if err := append1(); !errors.Is(err, store.ErrDisk) {
			t.Errorf("a sync that fails gives %v", err)
		}
		d.sync.Store(0) // what the system says from then on is not believed
	}
	asAcknowledged()
	check(t, db.Ping(t.Context()))
	_ = db.Close() // it may fail, having been told not to sync
	db = openIn(t, dir)
	events, err := db.Events(t.Context(), "org_1", 0, 1000)
	check(t, err)
	check(t, store.Chain(0, nil, events))
	if n := uint64(len(events)); n != known.Version && n != known.Version+2 {
		t.Errorf("%d events are there, %d were acknowledged and 2 not", n, known.Version)
	}
}

func TestReadOnlyFolderIsToldAtTheStart_T242(t *testing.T) {
	d, dir := newBadDisk(t), t.TempDir()
	d.write.Store(sqlite3.SQLITE_READONLY)
	db, err := openOver(t.Context(), d.Name, dir)
	if err == nil {
		db.Close()
		t.Fatal("it was opened")
	}
	want := "see that the disk is whole and that this user may write to the folder"
	if !errors.Is(err, store.ErrDisk) || !strings.Contains(err.Error(), want) {
		t.Errorf("error is %q, want it to say %q", err, want)
	}
}

func TestFullDiskAtACheckpoint_T241(t *testing.T) {
	d, dir := newBadDisk(t), t.TempDir()
	db, err := openOver(t.Context(), d.Name, dir)
	check(t, err)
	_, err = db.writer.Exec(`PRAGMA wal_autocheckpoint = 5`)
	check(t, err)
	h := storetest.History{Org: "org_1"}
	for n := range 30 {
		d.writeBack.Store(map[bool]int32{true: sqlite3.SQLITE_FULL}[n%10 < 7])
		check(t, db.Append(t.Context(), []store.Append{h.Next(2)})) // the log has room
		events, err := db.Events(t.Context(), "org_1", 0, 1000)
		check(t, err)
		if len(events) != 2*(n+1) {
			t.Fatalf("%d events after %d appends", len(events), n+1)
		}
	}
	check(t, db.Close())
	db = openIn(t, dir)
	events, err := db.Events(t.Context(), "org_1", 0, 1000)
	check(t, err)
	check(t, store.Chain(0, nil, events))
}
