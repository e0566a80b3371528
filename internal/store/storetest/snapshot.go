package storetest

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
)

func (s suite) snapshots(t *testing.T) {
	s.each(t, []row{
		{"the newest is loaded, in the format asked for", func(t *testing.T, db store.DB) {
			one, two := snapshot("org_1", 5, "f1", "five"), snapshot("org_1", 9, "f2", "nine")
			save(t, db, one)
			save(t, db, snapshot("org_2", 7, "f1", "other"))
			loads(t, db, one)
			save(t, db, two)
			loads(t, db, two)
			loadsNothing(t, db, "org_1", "f1")
			loadsNothing(t, db, "org_3", "f1")
			loadsNothing(t, db, "org_1", "")
		}},
		{"one that is not newer does nothing", func(t *testing.T, db store.DB) {
			newest := snapshot("org_1", 5, "f1", "five")
			save(t, db, newest)
			for _, version := range []uint64{4, 5} {
				save(t, db, snapshot("org_1", version, "f1", "late"))
				save(t, db, snapshot("org_1", version, "f2", "late"))
			}
			loads(t, db, newest)
			loadsNothing(t, db, "org_1", "f2")
		}},
		{"T-234 one whose bytes do not match its hash is not loaded", func(t *testing.T, db store.DB) {
			broken := snapshot("org_1", 5, "f1", "five")
			broken.Data = []byte("fife")
			save(t, db, broken)
			loadsNothing(t, db, "org_1", "f1")
			whole := snapshot("org_1", 6, "f1", "six")
			save(t, db, whole)
			loads(t, db, whole)
		}},
		{"a dropped one is gone, and dropping again is no error", func(t *testing.T, db store.DB) {
			save(t, db, snapshot("org_1", 5, "f1", "five"))
			other := snapshot("org_2", 5, "f1", "other")
			save(t, db, other)
			check(t, db.Snapshots().Drop(t.Context(), "org_1"))
			loadsNothing(t, db, "org_1", "f1")
			check(t, db.Snapshots().Drop(t.Context(), "org_1"))
			loads(t, db, other)
			older := snapshot("org_1", 2, "f1", "two")
			save(t, db, older)
			loads(t, db, older)
		}},
		{"a large one comes back whole, and an empty one too", func(t *testing.T, db store.DB) {
			large := snapshot("org_1", 1, "f1", string(bytes.Repeat([]byte("x\x00\xff"), 1<<20)))
			save(t, db, large)
			loads(t, db, large)
			empty := snapshot("org_2", 1, "f1", "")
			save(t, db, empty)
			loads(t, db, empty)
		}},
		{"nothing is shared with the caller", func(t *testing.T, db store.DB) {
			given := snapshot("org_1", 5, "f1", "five")
			save(t, db, given)
			clear(given.Data)
			loads(t, db, snapshot("org_1", 5, "f1", "five"))
			got, err := db.Snapshots().Load(t.Context(), "org_1", "f1")
			check(t, err)
			clear(got.Data)
			loads(t, db, snapshot("org_1", 5, "f1", "five"))
		}},
	})
}

func snapshot(org string, version uint64, format, data string) store.Snapshot {
	sum := sha256.Sum256([]byte(data))
	return store.Snapshot{Org: org, Version: version, Format: format, Data: []byte(data), Hash: sum[:]}
}

func save(t *testing.T, db store.DB, s store.Snapshot) {
	t.Helper()
	check(t, db.Snapshots().Save(t.Context(), s))
}

func loads(t *testing.T, db store.DB, want store.Snapshot) {
	t.Helper()
	got, err := db.Snapshots().Load(t.Context(), want.Org, want.Format)
	check(t, err)
	if got.Org != want.Org || got.Version != want.Version || got.Format != want.Format ||
		!bytes.Equal(got.Data, want.Data) || !bytes.Equal(got.Hash, want.Hash) {
		t.Fatalf("snapshot of %s is %d bytes at %d, want %d at %d",
			want.Org, len(got.Data), got.Version, len(want.Data), want.Version)
	}
}

func loadsNothing(t *testing.T, db store.DB, org, format string) {
	t.Helper()
	_, err := db.Snapshots().Load(t.Context(), org, format)
	wantError(t, "load", err, store.ErrNotFound)
}
