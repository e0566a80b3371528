package sqlite

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/sqlite/vfs"
	"github.com/commonhold/commonhold/internal/store/storetest"
)

// recorder is a disk that remembers in which order what was written and synced.
type recorder struct {
	*vfs.Disk
	mu   sync.Mutex
	done []deed
}

// deed is what was done to a file: bytes written at a place, the end moved there, or everything so far synced.
type deed struct {
	file     string
	what     byte // 'w', 't' or 's'
	at       int64
	bytes    []byte
	versions map[string]uint64 // acknowledged when this began, by organization; shared, never changed
}

func newRecorder(t *testing.T, acknowledged func() map[string]uint64) *recorder {
	t.Helper()
	r := &recorder{}
	var err error
	r.Disk, err = vfs.New("", func(name string, flags int32, m *vfs.Methods) []any {
		if flags&(sqlite3.SQLITE_OPEN_MAIN_DB|sqlite3.SQLITE_OPEN_WAL) == 0 {
			return nil
		}
		note := func(d deed) {
			d.file, d.versions = filepath.Base(name), acknowledged()
			r.mu.Lock()
			defer r.mu.Unlock()
			r.done = append(r.done, d)
		}
		type ending = func(tls *libc.TLS, file uintptr, size int64) int32
		write, sync, truncate := vfs.Function[vfs.Transfer](m.FxWrite), vfs.Function[vfs.Command](m.FxSync), vfs.Function[ending](m.FxTruncate)
		var noteWrite vfs.Transfer = func(tls *libc.TLS, file, buffer uintptr, n int32, at int64) int32 {
			note(deed{what: 'w', at: at, bytes: slices.Clone(vfs.Bytes(buffer, int(n)))})
			return write(tls, file, buffer, n, at)
		}
		var noteSync vfs.Command = func(tls *libc.TLS, file uintptr, flags int32) int32 {
			code := sync(tls, file, flags)
			note(deed{what: 's'})
			return code
		}
		var noteEnd ending = func(tls *libc.TLS, file uintptr, size int64) int32 {
			note(deed{what: 't', at: size})
			return truncate(tls, file, size)
		}
		m.FxWrite, m.FxSync, m.FxTruncate = vfs.Address(noteWrite), vfs.Address(noteSync), vfs.Address(noteEnd)
		return []any{noteWrite, noteSync, noteEnd}
	})
	check(t, err)
	t.Cleanup(r.Close)
	return r
}

// cut is what a power cut before the n-th deed may leave of the files: all that was synced, and of the rest any part, of
// which sectors of 512 bytes are whole.
func (r *recorder) cut(n int, base map[string][]byte, chance *rand.Rand) map[string][]byte {
	synced := map[string]int{}
	for i, d := range r.done[:n] {
		if d.what == 's' {
			synced[d.file] = i
		}
	}
	files := maps.Clone(base)
	luck := chance.IntN(3) // sometimes nothing of the rest, sometimes nearly all of it
	for i, d := range r.done[:n] {
		last, ever := synced[d.file]
		kept := ever && i < last
		if !kept && (luck == 0 || luck == 1 && chance.IntN(2) == 0 || luck == 2 && chance.IntN(10) == 0) {
			continue
		}
		if bytes := d.bytes; !kept && len(bytes) > 512 && chance.IntN(4) == 0 {
			d.bytes = bytes[:512*chance.IntN(len(bytes)/512)]
		}
		files[d.file] = d.apply(files[d.file])
	}
	return files
}

func (d deed) apply(file []byte) []byte {
	switch d.what {
	case 'w':
		end := int(d.at) + len(d.bytes)
		out := make([]byte, max(len(file), end))
		copy(out, file)
		copy(out[d.at:], d.bytes)
		return out
	case 't':
		out := make([]byte, d.at)
		copy(out, file)
		return out
	}
	return file
}

// Appends and checkpoints go on; then the power is cut at some moment, again and again, and what the disk may hold is
// opened: every append that was acknowledged before is there, whole.
func TestPowerCut_T240(t *testing.T) {
	cuts := 150
	if os.Getenv("COMMONHOLD_LONG") != "" {
		cuts = 5000
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	dir := quickFolder(t)
	check(t, openIn(t, dir).Close())
	base := map[string][]byte{}
	for _, name := range []string{"commonhold.db"} {
		b, err := os.ReadFile(dir + "/" + name)
		check(t, err)
		base[name] = b
	}
	var mu sync.Mutex
	acknowledged := map[string]uint64{}
	r := newRecorder(t, func() map[string]uint64 {
		mu.Lock()
		defer mu.Unlock()
		return acknowledged
	})
	db, err := openOver(t.Context(), r.Name, dir)
	check(t, err)
	_, err = db.writer.Exec(`PRAGMA wal_autocheckpoint = 30`)
	check(t, err)
	logs := []*storetest.History{{Org: "org_1"}, {Org: "org_2"}, {Org: "org_3"}}
	for range 80 {
		h := logs[chance.IntN(len(logs))]
		check(t, db.Append(t.Context(), []store.Append{h.Next(1 + chance.IntN(4))}))
		mu.Lock()
		acknowledged = maps.Clone(acknowledged)
		acknowledged[h.Org] = h.Version
		mu.Unlock()
		if chance.IntN(20) == 0 {
			_, err := db.writer.Exec(`PRAGMA wal_checkpoint(restart)`)
			check(t, err)
		}
	}
	check(t, db.Close())
	for range cuts {
		n := chance.IntN(len(r.done))
		after := quickFolder(t)
		for name, bytes := range r.cut(n, base, chance) {
			check(t, os.WriteFile(after+"/"+name, bytes, 0o600))
		}
		r.done[n].compare(t, after)
		if t.Failed() {
			t.Fatalf("cut before deed %d of %d", n, len(r.done))
		}
		check(t, os.RemoveAll(after))
	}
	t.Logf("%d cuts in %d deeds", cuts, len(r.done))
}

// compare holds what is left against what had been acknowledged.
func (d deed) compare(t *testing.T, dir string) {
	db, err := Open(context.Background(), dir)
	if err != nil {
		t.Error(err)
		return
	}
	defer db.Close()
	for org, version := range d.versions {
		events, err := db.Events(context.Background(), org, 0, 10_000)
		if err == nil {
			err = store.Chain(0, nil, events)
		}
		if err == nil && uint64(len(events)) < version {
			err = fmt.Errorf("%d events are left, %d were acknowledged", len(events), version)
		}
		if err == nil {
			var heads []store.Head
			if heads, err = db.Heads(context.Background(), []string{org}); err == nil && (len(heads) != 1 || heads[0].Version != uint64(len(events))) {
				err = fmt.Errorf("the head is %v, the log has %d events", heads, len(events))
			}
		}
		if err != nil {
			t.Error(strings.Join([]string{org, err.Error()}, ": "))
		}
	}
}
