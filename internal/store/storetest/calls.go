package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/store"
)

// readCalls are all calls that change nothing.
var readCalls = []struct {
	name string
	do   func(context.Context, store.DB) error
}{
	{"ping", func(ctx context.Context, db store.DB) error { return db.Ping(ctx) }},
	{"events", func(ctx context.Context, db store.DB) error { return second(db.Log().Events(ctx, "org_1", 0, 9)) }},
	{"heads", func(ctx context.Context, db store.DB) error { return second(db.Log().Heads(ctx, []string{"org_1"})) }},
	{"organizations", func(ctx context.Context, db store.DB) error { return second(db.Log().Organizations(ctx, "", 9)) }},
	{"replayed", func(ctx context.Context, db store.DB) error { return second(db.Log().Replayed(ctx, "", "", "")) }},
	{"find", func(ctx context.Context, db store.DB) error { return second(db.Lookups().Find(ctx, "slug", "a")) }},
	{"scan", func(ctx context.Context, db store.DB) error {
		return second(db.Lookups().Scan(ctx, "slug", "a", "", 9))
	}},
	{"load", func(ctx context.Context, db store.DB) error { return second(db.Snapshots().Load(ctx, "org_1", "f1")) }},
	{"get", func(ctx context.Context, db store.DB) error { return second(db.People().Get(ctx, []string{"usr_1"})) }},
	{"list", func(ctx context.Context, db store.DB) error { return second(db.People().List(ctx, "", 9)) }},
	{"find key", func(ctx context.Context, db store.DB) error { return second(db.Keys().FindKey(ctx, []byte("h"))) }},
	{"list keys", func(ctx context.Context, db store.DB) error { return second(db.Keys().ListKeys(ctx, "")) }},
	{"all keys", func(ctx context.Context, db store.DB) error { return second(db.Keys().AllKeys(ctx, "", 9)) }},
	{"waiting", func(ctx context.Context, db store.DB) error { return second(db.Outbox().Waiting(ctx)) }},
	{"read", func(ctx context.Context, db store.DB) error { return second(db.Documents().Read(ctx, "sha256:1")) }},
	{"peek", func(ctx context.Context, db store.DB) error {
		return second(db.Tokens().Peek(ctx, "invite", []byte("h"), 1))
	}},
	{"messages", func(ctx context.Context, db store.DB) error {
		return second(db.Outbox().Messages(ctx, "org_1", false, "", 9))
	}},
	{"follow", func(ctx context.Context, db store.DB) error {
		_, _, err := db.Feed().Follow(ctx, "", 9)
		return err
	}},
	{"newest", func(ctx context.Context, db store.DB) error { return second(db.Feed().Newest(ctx)) }},
	{"notes of", func(ctx context.Context, db store.DB) error {
		return second(db.Notes().NotesOf(ctx, "org_1", []string{"cmd_1"}))
	}},
	{"list notes", func(ctx context.Context, db store.DB) error {
		return second(db.Notes().ListNotes(ctx, "org_1", "", "", 9))
	}},
	{"incidents", func(ctx context.Context, db store.DB) error {
		return second(db.Security().Incidents(ctx, "org_1", 9, "", 9))
	}},
	{"alive", func(ctx context.Context, db store.DB) error { return second(db.Nodes().Alive(ctx, 0)) }},
}

func second[T any](_ T, err error) error { return err }

func (s suite) calls(t *testing.T) {
	t.Run("a read whose context ended returns its error", func(t *testing.T) {
		db := s.open(t)
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
		defer cancel()
		for _, r := range readCalls {
			wantError(t, r.name, r.do(canceled, db), context.Canceled)
			wantError(t, r.name, r.do(late, db), context.DeadlineExceeded)
		}
		check(t, db.Ping(t.Context()))
	})
	t.Run("a read that is told to fails", func(t *testing.T) {
		db := Inject(s.open(t), Plan{Read: func(int) bool { return true }})
		for _, r := range readCalls[1:] {
			wantError(t, r.name, r.do(t.Context(), db), ErrInjected)
		}
		check(t, db.Ping(t.Context()))
	})
	t.Run("what is wrapped without a plan is as it was", func(t *testing.T) {
		plain := s.open(t)
		db := Inject(plain, Plan{})
		h := History{Org: "org_1"}
		write(t, db, h.Next(2))
		for _, r := range readCalls {
			if got, want := r.do(t.Context(), db), r.do(t.Context(), plain); got != want {
				t.Errorf("%s: error is %v, want %v", r.name, got, want)
			}
		}
		want(t, "contents", dump(t, db), dump(t, plain))
	})
	t.Run("a closed database answers nothing", func(t *testing.T) {
		db := s.open(t)
		check(t, db.Close())
		check(t, db.Close())
		for _, r := range readCalls {
			fails(t, r.name, r.do(t.Context(), db))
		}
		for _, w := range allWriteCases() {
			fails(t, w.name, w.do(t.Context(), db))
		}
	})
}

func fails(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil {
		t.Fatalf("%s: no error", what)
	}
}
