package feed

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/internal/store/storetest"
)

// counted counts how often a database is asked for news.
type counted struct {
	store.Feed
	asked atomic.Int32
}

func (c *counted) Newest(ctx context.Context) (store.Position, error) {
	c.asked.Add(1)
	return c.Feed.Newest(ctx)
}

func open(db store.Feed, every time.Duration) *Feed {
	return New(db, slog.New(slog.DiscardHandler), time.Now, every)
}

func write(t *testing.T, db store.DB, h *storetest.History) {
	t.Helper()
	if err := db.Log().Append(t.Context(), []store.Append{h.Next(1)}); err != nil {
		t.Fatal(err)
	}
}

func TestWhatAnotherProgramWroteIsFound_I62(t *testing.T) {
	db, h := memory.Open(), storetest.History{Org: "org_1"}
	f := open(db, 20*time.Millisecond)
	time.AfterFunc(50*time.Millisecond, func() { write(t, db, &h) })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := f.Wait(ctx, ""); err != nil {
		t.Fatal(err)
	}
	events, _, err := f.Read(ctx, "", 9)
	if err != nil || len(events) != 1 || events[0].Version != 1 {
		t.Errorf("%+v, %v", events, err)
	}
}

func TestWhatWasWrittenHereIsFoundAtOnce(t *testing.T) {
	db, h := memory.Open(), storetest.History{Org: "org_1"}
	f := open(db, time.Hour)
	time.AfterFunc(50*time.Millisecond, func() { write(t, db, &h); f.Wake() })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := f.Wait(ctx, ""); err != nil {
		t.Fatal(err)
	}
}

func TestManyWhoWaitAskAsOne(t *testing.T) {
	db := &counted{Feed: memory.Open()}
	f := open(db, 200*time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if err := f.Wait(ctx, ""); !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := db.asked.Load(); n > 15 {
		t.Errorf("the database was asked %d times in a second", n)
	}
}

func TestADatabaseThatDoesNotAnswerEndsTheWait(t *testing.T) {
	f := open(storetest.Inject(memory.Open(), storetest.Plan{Read: func(int) bool { return true }}).Feed(), time.Millisecond)
	if err := f.Wait(t.Context(), ""); !errors.Is(err, ErrUnavailable) {
		t.Error(err)
	}
	if _, _, err := f.Read(t.Context(), "", 1); !errors.Is(err, ErrUnavailable) {
		t.Error(err)
	}
}

func TestAForeignPositionIsRefused_I51(t *testing.T) {
	f := open(memory.Open(), time.Second)
	if _, _, err := f.Read(t.Context(), "somewhere else", 1); !errors.Is(err, ErrLost) {
		t.Error(err)
	}
}

func TestAFactThatCannotBeReadComesAsItLies_I51(t *testing.T) {
	db, h := memory.Open(), storetest.History{Org: "org_1"}
	write(t, db, &h)
	events, _, err := open(db, time.Second).Read(t.Context(), "", 9)
	if err != nil || len(events) != 1 || events[0].Fact != nil || events[0].Name != "thing.happened" || string(events[0].Data) != `{"n":1}` || events[0].Actor != "usr_01" {
		t.Errorf("%+v, %v", events, err)
	}
}
