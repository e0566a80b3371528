package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/ledger"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/internal/store/sqlite"
	"github.com/commonhold/commonhold/org"
)

// sick is a database whose appends fail with an error while one is set.
type sick struct {
	store.DB
	fault atomic.Pointer[error]
}

type sickLog struct {
	store.Log
	db *sick
}

func (s *sick) Log() store.Log { return sickLog{s.DB.Log(), s} }

func (l sickLog) Append(ctx context.Context, batch []store.Append) error {
	if err := l.db.fault.Load(); err != nil {
		return *err
	}
	return l.Log.Append(ctx, batch)
}

func TestWhatIsSaidOfASickDisk_T241_T242(t *testing.T) {
	db := &sick{DB: memory.Open()}
	r := newRig(t, db)
	owner := r.person("ada")
	id := r.found("acme", owner)
	for _, row := range []struct {
		name  string
		fault error
		want  error
	}{
		{name: "a full disk", fault: store.ErrFull, want: ErrDiskFull},
		{name: "a disk that fails", fault: store.ErrDisk, want: ErrDiskFailed},
		{name: "a damaged page", fault: store.ErrDamaged, want: ErrDamaged},
		{name: "what nobody knows", fault: errors.New("odd"), want: ErrOutcomeUnknown},
	} {
		t.Run(row.name, func(t *testing.T) {
			fault := fmt.Errorf("append: %w", row.fault)
			db.fault.Store(&fault)
			if _, err := r.Do(t.Context(), as(owner), id, org.CreateTeam{Name: "Team"}, Opts{}); !errors.Is(err, row.want) {
				t.Errorf("a command gives %v, want %v", err, row.want)
			}
			if s, err := r.View(t.Context(), id, Freshness{Now: true}); err != nil || len(slices.Collect(s.Teams(""))) > 0 {
				t.Errorf("reading does not go on as it was: %v", err)
			}
			db.fault.Store(nil)
			r.do(as(owner), id, org.Rename{Name: org.Name("After " + row.name), Slug: "acme"})
		})
	}
}

// A page of one organization's log is damaged: that one is refused, others live on. A damaged snapshot is made anew.
func TestADamagedPageIsOfOneOrganization_T243(t *testing.T) {
	dir := t.TempDir()
	open := func(t *testing.T) *rig {
		t.Helper()
		db, err := sqlite.Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		return newRig(t, db, func(o *Options) { o.SnapshotGap, o.Clock = 100, time.Now })
	}
	shut := func(r *rig) {
		r.Close()
		if err := r.db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	r := open(t)
	owner := r.person("ada")
	one, two := r.found("one", owner), r.found("two", owner)
	for i := range 150 {
		for _, id := range []org.OrgID{one, two} {
			r.do(as(owner), id, org.CreateTeam{Name: org.Name(fmt.Sprintf("Team %d of %s", i, id))})
		}
	}
	for r.Stats().Snapshots.Load() < 2 {
		time.Sleep(time.Millisecond)
	}
	shut(r)
	damage := func(t *testing.T, text string) {
		t.Helper()
		file, err := os.ReadFile(dir + "/commonhold.db")
		if err != nil {
			t.Fatal(err)
		}
		places := 0
		for at := 0; ; {
			next := bytes.Index(file[at:], []byte(text))
			if next < 0 {
				break
			}
			at += next
			file[at] ^= 4
			places++
		}
		if places == 0 {
			t.Fatalf("%q is not in the file", text)
		}
		if err := os.WriteFile(dir+"/commonhold.db", file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	teams := func(r *rig, id org.OrgID) (int, error) {
		s, err := r.View(t.Context(), id, Freshness{})
		if err != nil {
			return 0, err
		}
		return len(slices.Collect(s.Teams(""))), nil
	}
	t.Run("a snapshot", func(t *testing.T) {
		snapshot := snapshotStart(t, dir, two)
		damage(t, snapshot)
		r := open(t)
		if n, err := teams(r, two); n != 150 || err != nil {
			t.Errorf("%d teams, %v", n, err)
		}
		shut(r)
	})
	t.Run("a log", func(t *testing.T) {
		damage(t, "Team 120 of "+string(one))
		r := open(t)
		if _, err := teams(r, one); !errors.Is(err, ErrDamaged) {
			t.Errorf("the damaged one gives %v", err)
		}
		if n, err := teams(r, two); n != 150 || err != nil {
			t.Errorf("the other has %d teams, %v", n, err)
		}
		r.do(as(owner), two, org.CreateTeam{Name: "One more"})
		shut(r)
	})
}

// snapshotStart is what an organization's snapshot begins with.
func snapshotStart(t *testing.T, dir string, id org.OrgID) string {
	t.Helper()
	db, err := sqlite.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s, err := db.Snapshots().Load(t.Context(), string(id), ledger.SnapshotFormat)
	if err != nil {
		t.Fatal(err)
	}
	return string(s.Data[:40])
}

func TestSixtyFourWriters_T246_I42(t *testing.T) {
	db, err := sqlite.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	r := newRig(t, db, func(o *Options) { o.Clock = time.Now })
	owner := r.person("ada")
	id := r.found("acme", owner)
	const writers, each = 64, 10
	var mu sync.Mutex
	var times []time.Duration
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			for j := range each {
				start := time.Now()
				_, err := r.Do(t.Context(), as(owner), id, org.CreateTeam{Name: org.Name(fmt.Sprintf("Team %d of %d", j, i))}, Opts{})
				mu.Lock()
				times = append(times, time.Since(start))
				mu.Unlock()
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	start := time.Now()
	all.Wait()
	if s, err := r.View(t.Context(), id, Freshness{Now: true}); err != nil || len(slices.Collect(s.Teams(""))) != writers*each {
		t.Errorf("an update is lost: %v", err)
	}
	r.events(id)
	slices.Sort(times)
	last := times[len(times)*99/100]
	t.Logf("%.0f commands a second, 99th of 100 after %v", writers*each/time.Since(start).Seconds(), last)
	if os.Getenv("COMMONHOLD_LONG") != "" && last > 200*time.Millisecond {
		t.Errorf("the 99th of 100 waited %v", last)
	}
}
