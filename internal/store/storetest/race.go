package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
)

func (s suite) race(t *testing.T) {
	s.each(t, []row{
		{"I-41, I-42: of many appenders none loses a version", manyAppenders},
		{"of many who want one look-up one gets it", oneLookup},
		{"of many with one idempotency key one is remembered", oneReplay},
		{"of many first keys one is added", oneFirstKey},
		{"however many keys are removed at once, one stays", oneKeyStays},
		{"no reader sees half a batch", halfBatch},
	})
}

// together runs n goroutines at once and fails the test with the errors that they return.
func together(t *testing.T, n int, do func(i int) error) {
	t.Helper()
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = do(i) })
	}
	all.Wait()
	check(t, errors.Join(errs...))
}

func manyAppenders(t *testing.T, db store.DB) {
	const appenders, each = 16, 12
	together(t, appenders, func(i int) error {
		for done := 0; done < each; {
			at := History{Org: "org_1"}
			heads, err := db.Log().Heads(t.Context(), []string{"org_1"})
			if err != nil {
				return err
			}
			if len(heads) == 1 {
				at.Version, at.Hash = heads[0].Version, heads[0].Hash
			}
			at.Command = fmt.Sprintf("cmd_%d_%d", i, done)
			switch err := db.Log().Append(t.Context(), []store.Append{at.Next(1 + (i+done)%3)}); {
			case err == nil:
				done++
			case !errors.Is(err, store.ErrConflict):
				return err
			}
		}
		return nil
	})
	events := readEvents(t, db, "org_1")
	check(t, store.Chain(0, nil, events))
	count := map[string]int{}
	for _, e := range events {
		count[e.Command]++
	}
	for i := range appenders {
		for n := range each {
			want(t, fmt.Sprintf("events of command %d of appender %d", n, i), count[fmt.Sprintf("cmd_%d_%d", i, n)], 1+(i+n)%3)
		}
	}
	last, _ := head(t, db, "org_1")
	want(t, "head", last.Version, uint64(len(events)))
}

func oneLookup(t *testing.T, db store.DB) {
	var won atomic.Int32
	together(t, 16, func(i int) error {
		h := History{Org: fmt.Sprintf("org_%d", i)}
		a := h.Next(1)
		a.Set = []store.Lookup{{Kind: "slug", Key: "wanted", Org: h.Org, ID: h.Org}}
		err := db.Log().Append(t.Context(), []store.Append{a})
		if err == nil {
			won.Add(1)
		} else if errors.Is(err, store.ErrTaken) {
			return nil
		}
		return err
	})
	want(t, "winners", won.Load(), 1)
	organizations, err := db.Log().Organizations(t.Context(), "", 100)
	check(t, err)
	want(t, "organizations", len(organizations), 1)
	want(t, "look-up", find(t, db, "slug", "wanted"), organizations[0].Org+"/"+organizations[0].Org)
}

func oneReplay(t *testing.T, db store.DB) {
	var won atomic.Int32
	together(t, 16, func(i int) error {
		h := History{Org: fmt.Sprintf("org_%d", i)}
		a := h.Next(1)
		a.Replay = &store.Replay{Scope: "instance", Actor: "usr_1", Key: "k", Command: h.Org}
		err := db.Log().Append(t.Context(), []store.Append{a})
		if err == nil {
			won.Add(1)
		} else if errors.Is(err, store.ErrTaken) {
			return nil
		}
		return err
	})
	want(t, "winners", won.Load(), 1)
	remembered, err := db.Log().Replayed(t.Context(), "instance", "usr_1", "k")
	check(t, err)
	if _, ok := head(t, db, remembered.Command); !ok {
		t.Fatalf("the remembered command left no log: %+v", remembered)
	}
}

func oneFirstKey(t *testing.T, db store.DB) {
	var won atomic.Int32
	together(t, 16, func(i int) error {
		err := db.Keys().AddFirstKey(t.Context(), store.Key{ID: fmt.Sprintf("key_%02d", i), Hash: []byte{byte(i)}})
		if err == nil {
			won.Add(1)
		} else if errors.Is(err, store.ErrConflict) {
			return nil
		}
		return err
	})
	keys, err := db.Keys().ListKeys(t.Context(), "")
	check(t, err)
	want(t, "winners", won.Load(), 1)
	want(t, "keys", len(keys), 1)
}

func oneKeyStays(t *testing.T, db store.DB) {
	const all = 4
	for i := range all {
		addKey(t, db, fmt.Sprintf("key_%02d", i), fmt.Sprint(i), 5)
	}
	var refused atomic.Int32
	together(t, all, func(i int) error {
		err := db.Keys().RemoveSpareKey(t.Context(), fmt.Sprintf("key_%02d", i), 9)
		if errors.Is(err, store.ErrConflict) {
			refused.Add(1)
			return nil
		}
		return err
	})
	keys, err := db.Keys().ListKeys(t.Context(), "")
	check(t, err)
	want(t, "refused", refused.Load(), 1)
	want(t, "keys", len(keys), 1)
}

func halfBatch(t *testing.T, db store.DB) {
	const rounds = 60
	var done atomic.Bool
	together(t, 3, func(i int) error {
		if i == 0 {
			defer done.Store(true)
			one, two := History{Org: "org_1"}, History{Org: "org_2"}
			for range rounds {
				if err := db.Log().Append(t.Context(), []store.Append{one.Next(2), two.Next(2)}); err != nil {
					return err
				}
			}
			return nil
		}
		for !done.Load() {
			heads, err := db.Log().Heads(t.Context(), []string{"org_1", "org_2"})
			if err != nil {
				return err
			}
			if len(heads) == 1 || len(heads) == 2 && heads[0].Version != heads[1].Version {
				return fmt.Errorf("heads stand at %+v", heads)
			}
			events, err := db.Log().Events(t.Context(), "org_1", 0, 1<<20)
			if err != nil {
				return err
			}
			if len(events)%2 != 0 {
				return fmt.Errorf("%d events are half an append", len(events))
			}
		}
		return nil
	})
}
