package app

import (
	"errors"
	"sync"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/internal/store/sqlite"
	"github.com/commonhold/commonhold/org"
)

// atOnce calls f for both of two nodes at the same time.
func atOnce(one, two *rig, f func(*rig)) {
	var both sync.WaitGroup
	both.Go(func() { f(one) })
	both.Go(func() { f(two) })
	both.Wait()
}

// twoStarts starts two nodes on one empty database and then removes its two keys, both at once.
func twoStarts(t *testing.T, db store.DB, change ...func(*Options)) {
	one, two := newRig(t, db, change...), newRig(t, db, change...)
	var mu sync.Mutex
	var made []string
	atOnce(one, two, func(r *rig) {
		secret, err := r.FirstKey(t.Context())
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		if secret != "" {
			made = append(made, secret)
		}
	})
	keys, err := one.Keys(t.Context())
	if err != nil || len(keys) != 1 || len(made) != 1 {
		t.Fatalf("two nodes made %d first keys: %v, %v", len(made), keys, err)
	}
	if _, err := one.Authenticate(t.Context(), made[0]); err != nil {
		t.Error(err)
	}
	for range 20 {
		spare, _, err := one.AddKey(t.Context(), "spare", 0)
		if err != nil {
			t.Fatal(err)
		}
		last := map[*rig]string{one: keys[0].ID, two: spare.ID}
		errs := map[*rig]error{}
		atOnce(one, two, func(r *rig) {
			err := r.RemoveKey(t.Context(), last[r])
			mu.Lock()
			defer mu.Unlock()
			errs[r] = err
		})
		left, err := one.Keys(t.Context())
		if err != nil || len(left) != 1 || errors.Is(errs[one], ErrLastKey) == errors.Is(errs[two], ErrLastKey) {
			t.Fatalf("%d keys are left: %v, %v, %v", len(left), errs[one], errs[two], err)
		}
		keys = left
	}
}

func TestTwoNodesMakeOneFirstKeyAndLeaveALastOne_T186(t *testing.T) {
	t.Run("in memory", func(t *testing.T) { twoStarts(t, memory.Open()) })
	t.Run("on SQLite", func(t *testing.T) {
		db, err := sqlite.Open(t.Context(), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		twoStarts(t, db)
	})
}

func TestTheOperatorRemovesNoKeyOfOthers(t *testing.T) {
	r := newRig(t, nil)
	if _, err := r.FirstKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.db.Keys().AddKey(t.Context(), store.Key{ID: "key_of_ada", Hash: []byte("h"), Holder: "usr_1"}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"key_of_ada", "key_none"} {
		if err := r.RemoveKey(t.Context(), id); !errors.Is(err, org.ErrUnknownKey) {
			t.Errorf("remove %s: %v", id, err)
		}
	}
}
