package sqlite

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/storetest"
)

// contents is everything that a database answers, in rows of every kind, each by its question.
func contents(ctx context.Context, db *DB) (map[string]any, map[string]error) {
	answers, errs := map[string]any{}, map[string]error{}
	ask := func(question string, answer any, err error) {
		if err != nil {
			errs[question] = err
			return
		}
		answers[question] = answer
	}
	heads, err := db.Organizations(ctx, "", 100)
	ask("heads", heads, err)
	people, err := db.List(ctx, "", 100)
	ask("people", people, err)
	keys, err := db.ListKeys(ctx, "")
	ask("keys", keys, err)
	for i := range 5 {
		org, n := fmt.Sprintf("org_%d", i), fmt.Sprint(i)
		events, err := db.Events(ctx, org, 0, 1000)
		ask("events of "+org, events, err)
		head, err := db.Heads(ctx, []string{org})
		ask("head of "+org, head, err)
		leads, err := db.Scan(ctx, "slug", "", "", 100)
		ask("look-ups", leads, err)
		for j := range 20 {
			key := fmt.Sprintf("s-%d-%d", i, j)
			lead, err := db.Find(ctx, "slug", key)
			ask("look-up "+key, lead, err)
		}
		replay, err := db.Replayed(ctx, org, "usr_1", "once")
		ask("answer of "+org, replay, err)
		person, err := db.Get(ctx, []string{"usr_" + n})
		ask("person "+n, person, err)
		key, err := db.FindKey(ctx, []byte("hash "+n))
		ask("key "+n, key, err)
		token, err := db.Peek(ctx, "link", []byte(n), 1)
		ask("token "+n, token, err)
		text, err := db.Read(ctx, "text "+n)
		ask("document "+n, text, err)
		snapshot, err := db.Load(ctx, org, "1")
		ask("snapshot of "+org, snapshot, err)
	}
	waiting, err := db.Waiting(ctx)
	ask("messages", waiting, err)
	return answers, errs
}

// fill writes rows of every kind.
func fill(t *testing.T, db *DB) {
	t.Helper()
	for i := range 5 {
		h, n := storetest.History{Org: fmt.Sprintf("org_%d", i)}, fmt.Sprint(i)
		for j := range 20 {
			a := h.Next(5)
			a.Set = []store.Lookup{{Kind: "slug", Key: fmt.Sprintf("s-%d-%d", i, j), Org: h.Org, ID: "prj_1"}}
			a.Send = []store.Message{{ID: fmt.Sprint(i, j), Org: h.Org, Kind: "mail", Body: make([]byte, 300)}}
			if j == 0 {
				a.Replay = &store.Replay{Scope: h.Org, Actor: "usr_1", Key: "once", Command: "cmd", Answer: []byte("answer")}
			}
			check(t, db.Append(t.Context(), []store.Append{a}))
		}
		check(t, db.Add(t.Context(), store.Person{ID: "usr_" + n, Name: "Somebody", Vouched: i%2 == 0}, nil))
		check(t, db.AddKey(t.Context(), store.Key{ID: "key_" + n, Hash: []byte("hash " + n)}))
		check(t, db.Put(t.Context(), "link", []byte(n), []byte("data"), 1<<40))
		check(t, db.Keep(t.Context(), "text "+n, make([]byte, 6000)))
		check(t, db.Save(t.Context(), snapshotOf(h.Org, 9000)))
	}
}

func snapshotOf(org string, size int) store.Snapshot {
	data := make([]byte, size)
	sum := sha256.Sum256(data)
	return store.Snapshot{Org: org, Version: 100, Format: "1", Data: data, Hash: sum[:]}
}

// Every answer out of a file in which a bit has changed is the answer from before, or an error that says so. A
// snapshot may be missing instead: it is made anew.
func TestAFlippedBitIsNoOtherAnswer_T243(t *testing.T) {
	positions := 1000
	if os.Getenv("COMMONHOLD_LONG") != "" {
		positions *= 10
	}
	dir := quickFolder(t)
	db := openIn(t, dir)
	fill(t, db)
	want, errs := contents(t.Context(), db)
	if len(errs) > 0 {
		t.Fatalf("before any harm: %v", errs)
	}
	check(t, db.Close())
	file := dir + "/commonhold.db"
	whole, err := os.ReadFile(file)
	check(t, err)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d, %d bytes", seed, len(whole))
	chance := rand.New(rand.NewPCG(seed, 0))
	found := map[string]int{}
	for range positions {
		bit := chance.IntN(8 * len(whole))
		if chance.IntN(10) == 0 {
			bit = chance.IntN(8 * 100) // the header of the file, on which everything hangs
		}
		whole[bit/8] ^= 1 << (bit % 8)
		check(t, os.WriteFile(file, whole, 0o600))
		whole[bit/8] ^= 1 << (bit % 8)
		found[judge(t, dir, want)]++
		if t.Failed() {
			t.Fatalf("byte %d, bit %d", bit/8, bit%8)
		}
	}
	t.Logf("of %d flipped bits: %v", positions, found)
}

func judge(t *testing.T, dir string, want map[string]any) string {
	db, err := Open(context.Background(), dir)
	if err != nil {
		return "refused at the start"
	}
	defer db.Close()
	got, errs := contents(context.Background(), db)
	for question, answer := range got {
		if !reflect.DeepEqual(answer, want[question]) {
			t.Errorf("%s: %+v, want %+v", question, answer, want[question])
		}
	}
	for question, err := range errs {
		if !errors.Is(err, store.ErrDamaged) {
			t.Errorf("%s: %v", question, err)
		}
	}
	if len(errs) > 0 {
		return "told when read"
	}
	return "not met"
}

// What a crash left in the log beside the database is either read as it was written, or refused. The last commit alone
// cannot be told from one that a power cut came before.
func TestAFlippedBitInTheLog_T243(t *testing.T) {
	positions := 200
	if os.Getenv("COMMONHOLD_LONG") != "" {
		positions *= 20
	}
	dir := quickFolder(t)
	db := openIn(t, dir)
	h := storetest.History{Org: "org_1"}
	for range 25 {
		check(t, db.Append(t.Context(), []store.Append{h.Next(2)}))
	}
	file, err := os.ReadFile(dir + "/commonhold.db")
	check(t, err)
	log, err := os.ReadFile(dir + "/commonhold.db-wal")
	check(t, err)
	check(t, db.Close())
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d, %d bytes", seed, len(log))
	chance := rand.New(rand.NewPCG(seed, 0))
	refused, short := 0, 0
	for range positions {
		after := quickFolder(t)
		bit := chance.IntN(8 * len(log))
		log[bit/8] ^= 1 << (bit % 8)
		check(t, os.WriteFile(after+"/commonhold.db", file, 0o600))
		check(t, os.WriteFile(after+"/commonhold.db-wal", log, 0o600))
		log[bit/8] ^= 1 << (bit % 8)
		db, err := Open(context.Background(), after)
		if err != nil {
			refused++
			continue
		}
		events, err := db.Events(context.Background(), "org_1", 0, 1000)
		check(t, err)
		check(t, store.Chain(0, nil, events))
		if uint64(len(events)) < h.Version-2 {
			t.Fatalf("byte %d, bit %d: %d events are left of %d", bit/8, bit%8, len(events), h.Version)
		}
		if uint64(len(events)) < h.Version {
			short++
		}
		check(t, db.Close())
		check(t, os.RemoveAll(after))
	}
	t.Logf("of %d flipped bits %d are refused, %d were in the last commit", positions, refused, short)
}

// quickFolder is a folder in memory if the system has such, for tests that rewrite files a thousand times.
func quickFolder(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "commonhold")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { check(t, os.RemoveAll(dir)) })
	return dir
}
