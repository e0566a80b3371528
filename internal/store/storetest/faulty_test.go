package storetest_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/internal/store/storetest"
)

func TestOvertakenAppendConflicts(t *testing.T) {
	plain := memory.Open()
	overtakers := 0
	var rival storetest.History
	db := storetest.Inject(plain, storetest.Plan{
		Append: storetest.Nth(2, storetest.Overtaken),
		Overtake: func(ctx context.Context, log store.Log, batch []store.Append) error {
			overtakers++
			rival = storetest.History{Org: batch[0].Org, Version: batch[0].After, Hash: batch[0].Events[0].Prev, Command: "rival"}
			return log.Append(ctx, []store.Append{rival.Next(1)})
		},
	})
	h := storetest.History{Org: "org_1"}
	for n, want := range []error{nil, store.ErrConflict, nil} {
		at := h
		if n == 2 {
			at.Version, at.Hash = rival.Version, rival.Hash // the caller decides again, behind the rival
		}
		if err := db.Log().Append(t.Context(), []store.Append{at.Next(1)}); !errors.Is(err, want) {
			t.Fatalf("append %d: error is %v, want %v", n, err, want)
		}
		if n == 0 {
			h = at
		}
	}
	events, err := plain.Events(t.Context(), "org_1", 0, 10)
	if err != nil || len(events) != 3 || events[1].Command != "rival" || overtakers != 1 {
		t.Errorf("the log is %+v, %v", events, err)
	}
}

func TestOvertakerThatFailsIsHeard(t *testing.T) {
	broken := errors.New("broken")
	db := storetest.Inject(memory.Open(), storetest.Plan{
		Append:   storetest.Nth(1, storetest.Overtaken),
		Overtake: func(context.Context, store.Log, []store.Append) error { return broken },
	})
	h := storetest.History{Org: "org_1"}
	if err := db.Log().Append(t.Context(), []store.Append{h.Next(1)}); !errors.Is(err, broken) {
		t.Errorf("error is %v", err)
	}
}

func TestSeededFaultsReplay(t *testing.T) {
	draw := func(seed uint64) (faults []storetest.Fault) {
		next := storetest.Seeded(rand.New(rand.NewPCG(seed, 0)), 4, storetest.Fail, storetest.FailDone, storetest.Overtaken)
		for n := range 400 {
			faults = append(faults, next(n+1))
		}
		return faults
	}
	if !slices.Equal(draw(1), draw(1)) {
		t.Error("one seed drew two rows of faults")
	}
	if slices.Equal(draw(1), draw(2)) {
		t.Error("two seeds drew one row of faults")
	}
	count := map[storetest.Fault]int{}
	for _, fault := range draw(3) {
		count[fault]++
	}
	for fault, want := range map[storetest.Fault]int{
		storetest.None: 300, storetest.Fail: 33, storetest.FailDone: 33, storetest.Overtaken: 33,
	} {
		if got := count[fault]; got < want/2 || got > want*2 {
			t.Errorf("fault %d came %d times in 400, want about %d", fault, got, want)
		}
	}
}
